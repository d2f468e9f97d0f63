//! Reading a URL.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::str::FromStr;

use super::{RtmpUrl, Scheme, UrlError};

/// What stands before the name of a file that is played; the colon behind it is not part of a host.
const FILE_PREFIXES: [&str; 8] = ["mp4:", "f4v:", "flv:", "mp3:", "id3:", "raw:", "smil:", "amlst:"];

/// Names and values of the options behind a URL, in order.
pub type UrlOptions<'a> = Vec<(&'a str, &'a str)>;

/// Scheme, userinfo, host and port, and what is left of the text.
struct Authority<'a> {
    scheme: Scheme,
    userinfo: Option<&'a str>,
    host: &'a str,
    zone: Option<String>,
    port: Option<u16>,
    rest: &'a str,
}

impl FromStr for RtmpUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let authority = authority(text)?;
        let (resource, fragment) = match authority.rest.split_once('#') {
            Some((resource, fragment)) => (resource, Some(fragment)),
            None => (authority.rest, None),
        };
        let resource = resource.strip_prefix('/').unwrap_or(resource);
        let (app, key) = match fragment {
            Some(fragment) => (without_last_slashes(resource), percent_decoded(fragment)),
            None => split_resource(resource),
        };
        Ok(authority.into_url(app, key, fragment.is_some()))
    }
}

impl RtmpUrl {
    /// Reads a `tcUrl`: all of its path and query is the application, and a fragment is dropped
    /// (EA 8.1.2).
    ///
    /// # Errors
    /// As for any URL.
    pub fn from_tc_url(text: &str) -> Result<Self, UrlError> {
        let authority = authority(text)?;
        let resource = authority.rest.split_once('#').map_or(authority.rest, |(resource, _)| resource);
        let app = without_last_slashes(resource.strip_prefix('/').unwrap_or(resource));
        Ok(authority.into_url(app, String::new(), false))
    }

    /// Reads a URL that may be followed by options in the manner of librtmp, `key=value` behind spaces
    /// (URI-012): `rtmp://host/app/name live=1 timeout=30`. They are no part of the URL and come back as
    /// they are; a word without `=` has an empty value. Values can be secrets.
    ///
    /// # Errors
    /// As for any URL.
    pub fn parse_with_options(text: &str) -> Result<(Self, UrlOptions<'_>), UrlError> {
        let (url, options) = text.split_once(' ').unwrap_or((text, ""));
        let options = options.split(' ').filter(|word| !word.is_empty());
        Ok((url.parse()?, options.map(|word| word.split_once('=').unwrap_or((word, ""))).collect()))
    }
}

impl Authority<'_> {
    fn into_url(self, app: String, key: String, key_is_fragment: bool) -> RtmpUrl {
        RtmpUrl {
            scheme: self.scheme,
            userinfo: self.userinfo.map(str::to_owned),
            host: self.host.to_owned(),
            zone: self.zone,
            port: self.port,
            app,
            key_is_fragment: key_is_fragment && !key.is_empty(),
            key: (!key.is_empty()).then_some(key),
        }
    }
}

fn authority(text: &str) -> Result<Authority<'_>, UrlError> {
    let error = |what, rest: &str| UrlError { what, at: text.len() - rest.len() };
    if text.len() > RtmpUrl::MAX_LEN {
        return Err(UrlError { what: "the URL is longer than 65535 bytes", at: RtmpUrl::MAX_LEN });
    }
    if let Some(at) = text.find(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(UrlError { what: "a space or control character in the URL", at });
    }
    let (scheme, rest) = text
        .split_once("://")
        .and_then(|(word, rest)| Some((Scheme::from_word(word)?, rest)))
        .ok_or(UrlError { what: "the URL does not start with rtmp:// or its like", at: 0 })?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (userinfo, server) = match authority.rfind('@') {
        Some(at) => (Some(&authority[..at]), &authority[at + 1..]),
        None => (None, authority),
    };
    let after = |part: &str| &text[text.len() - rest.len() - part.len()..];
    let (host, zone, port) = if let Some(literal) = server.strip_prefix('[') {
        let end = literal.find(']').ok_or(error("the IPv6 address has no closing bracket", after(server)))?;
        let (host, zone) = match literal[..end].split_once('%') {
            Some((host, zone)) => (host, Some(percent_decoded(zone.strip_prefix("25").unwrap_or(zone)))),
            None => (&literal[..end], None),
        };
        if host.parse::<core::net::Ipv6Addr>().is_err() {
            return Err(error("this is no IPv6 address", after(literal)));
        }
        if zone.as_ref().is_some_and(|zone| zone.is_empty() || !zone.bytes().all(is_unreserved)) {
            return Err(error("the zone of the IPv6 address is not a name", after(literal)));
        }
        match (&literal[end + 1..], literal[end + 1..].strip_prefix(':')) {
            ("", _) => (host, zone, ""),
            (_, Some(port)) => (host, zone, port),
            (other, None) => return Err(error("only a port may follow the IPv6 address", after(other))),
        }
    } else if server.matches(':').count() > 1 {
        return Err(error("an IPv6 address needs brackets", after(server)));
    } else {
        let (host, port) = server.split_once(':').unwrap_or((server, ""));
        (host, None, port)
    };
    if host.is_empty() {
        return Err(error("the URL has no host", after(server)));
    }
    let port = match port {
        "" => None,
        digits => match digits.parse() {
            Ok(port) if port > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Some(port),
            _ => return Err(error("the port is not a number from 1 to 65535", after(digits))),
        },
    };
    Ok(Authority { scheme, userinfo, host, zone, port, rest })
}

/// Application and key of a path with its query, without the slash before it.
fn split_resource(resource: &str) -> (String, String) {
    let (path, query) = split_query(resource);
    if let Some(at) = file_name(path) {
        return (path[..at].trim_end_matches('/').to_owned(), resource[at..].to_owned());
    }
    // A path that ends in a slash names an application only.
    if path.ends_with('/') {
        return (without_last_slashes(resource), String::new());
    }
    match (path.rfind('/'), query) {
        (Some(at), _) => (path[..at].trim_end_matches('/').to_owned(), resource[at + 1..].to_owned()),
        (None, Some(query)) => match query.rfind('/') {
            Some(at) => {
                let end = path.len() + 1 + at;
                (resource[..end].to_owned(), resource[end + 1..].to_owned())
            }
            None => (resource.to_owned(), String::new()),
        },
        (None, None) => (resource.to_owned(), String::new()),
    }
}

/// Where the first segment but the very first starts that has a file prefix.
fn file_name(path: &str) -> Option<usize> {
    path.match_indices('/')
        .map(|(at, _)| at + 1)
        .find(|&at| FILE_PREFIXES.iter().any(|prefix| path[at..].starts_with(prefix)))
}

/// Whether the path form of an application and a key, which may be empty, reads as just these two.
pub(super) fn reads_back(app: &str, key: &str) -> bool {
    let written = if key.is_empty() { app.to_owned() } else { [app, "/", key].concat() };
    let plain = !key.contains(|c: char| c == '#' || c.is_whitespace() || c.is_control());
    let (read_app, read_key) = split_resource(&written);
    plain && read_app == app && read_key == key
}

/// Whether an application without key reads as just that where a slash ends its path.
pub(super) fn reads_as_app(app: &str) -> bool {
    let (path, _) = split_query(app);
    split_resource(&[path, "/", &app[path.len()..]].concat()) == (app.to_owned(), String::new())
}

fn without_last_slashes(resource: &str) -> String {
    let (path, _) = split_query(resource);
    [path.trim_end_matches('/'), &resource[path.len()..]].concat()
}

pub(super) fn split_query(text: &str) -> (&str, Option<&str>) {
    match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    }
}

/// Escapes that are malformed, or that do not make UTF-8, stay as they are.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => {
                char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16))
            }
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                out.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The inverse of [`percent_decoded`]: escapes what a URL could not carry, and the percent sign.
pub(super) fn percent_encoded(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        if c != '%' && !c.is_whitespace() && !c.is_control() {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut buffer).bytes() {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
