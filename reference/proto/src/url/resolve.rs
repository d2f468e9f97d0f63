//! Relative references against a `tcUrl` (RFC 3986 5.2; E-RTMP v2 "Reconnect Request", errata E-67).

use alloc::string::String;

use super::parse::split_query;
use super::{RtmpUrl, Scheme, UrlError};

impl RtmpUrl {
    /// The URL that `reference` names as seen from this one: an absolute URL of the RTMP family,
    /// `//host/app`, `/app`, `app` or `?query`. All of its path is the application, and it has no stream
    /// key; [`Self::with_stream_key`] carries one over. Userinfo of this URL is kept where the host is.
    ///
    /// # Errors
    /// The result is no URL of the RTMP family: a server cannot send a client to another scheme
    /// (ERC-024). The place counts in the resolved text.
    pub fn resolve(&self, reference: &str) -> Result<Self, UrlError> {
        if has_scheme(reference) {
            return Self::from_tc_url(reference);
        }
        let mut text = self.prefix();
        if let Some(rest) = reference.strip_prefix("//") {
            text.push_str(rest);
            return Self::from_tc_url(&text);
        }
        let (path, query) = split_query(&self.app);
        let reference = reference.split_once('#').map_or(reference, |(reference, _)| reference);
        let (new_path, new_query) = split_query(reference);
        let merged = if new_path.is_empty() {
            String::from(path)
        } else if let Some(absolute) = new_path.strip_prefix('/') {
            without_dots(absolute)
        } else {
            let folder = path.rfind('/').map_or("", |at| &path[..=at]);
            without_dots(&[folder, new_path].concat())
        };
        let query = if new_path.is_empty() { new_query.or(query) } else { new_query };
        self.push_authority(&mut text, None);
        text.push('/');
        text.push_str(&merged);
        if let Some(query) = query {
            text.push('?');
            text.push_str(query);
        }
        let resolved = Self::from_tc_url(&text)?;
        Ok(Self { userinfo: self.userinfo.clone(), zone: self.zone.clone(), ..resolved })
    }
}

/// Whether a text starts with a scheme of any kind (RFC 3986 3.1).
fn has_scheme(text: &str) -> bool {
    let Some((word, rest)) = text.split_once(':') else { return false };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let named = word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.bytes().all(legal);
    // `mp4:name` is a relative path in this family.
    named && (rest.starts_with("//") || Scheme::from_word(word).is_some())
}

/// RFC 3986 5.2.4, for a path without the slash before it.
fn without_dots(path: &str) -> String {
    let mut kept: alloc::vec::Vec<&str> = alloc::vec::Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    kept.join("/")
}
