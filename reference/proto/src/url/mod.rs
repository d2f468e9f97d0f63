//! URLs of the RTMP family (RTMP URI 3 to 7; EA 8.1.2, 8.1.3).

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

mod parse;
mod resolve;
mod scheme;
#[cfg(test)]
mod tests;

pub use parse::UrlOptions;
pub use scheme::Scheme;

use parse::{percent_decoded, percent_encoded, reads_as_app, reads_back, split_query};

/// `scheme://[userinfo@]host[:port]/app[/instance...]/key[?query]`.
///
/// The last path segment is the stream key and carries the query; what is before it is the application
/// (URI-010). A later segment that starts with a file prefix (`mp4:`, `flv:`, `mp3:` and the like) begins
/// the key, slashes included. With a single segment that is the application, query included, unless the
/// query holds a `/`: `app?vhost=example.org/key` ends in the key as well. A fragment names the stream
/// instead of the last segment (RTMP URI 6). Percent escapes stay as they are, but for those of userinfo
/// and fragment.
///
/// What is written reads back as the same value. Neither `Debug` nor `Display` shows the key, a query or
/// userinfo.
#[derive(Clone, PartialEq, Eq)]
pub struct RtmpUrl {
    scheme: Scheme,
    userinfo: Option<String>,
    /// Without the brackets and the zone of an IPv6 literal.
    host: String,
    /// Zone of an IPv6 literal, decoded (RFC 6874).
    zone: Option<String>,
    port: Option<u16>,
    app: String,
    key: Option<String>,
    /// Only where there is a key.
    key_is_fragment: bool,
}

/// Why a text is no URL that this crate can use. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UrlError {
    /// What was wrong, without a full stop.
    pub what: &'static str,
    /// Where, in bytes from the start of the text.
    pub at: usize,
}

impl RtmpUrl {
    /// Most bytes of a URL that is read: a `tcUrl` then fits into a short AMF0 string.
    pub const MAX_LEN: usize = 65_535;

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host name or address, an IPv6 literal without its brackets and zone.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Zone of a link-local IPv6 literal: `eth0` of `[fe80::1%25eth0]`.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// Port, that of the scheme where the URL has none ([`Scheme::default_port`]).
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }

    /// `host:port` for a resolver, an IPv6 literal in brackets, its zone behind a plain `%`.
    #[must_use]
    pub fn address(&self) -> String {
        let mut out = self.bracketed_host(self.zone.as_ref().map(|zone| ["%", zone.as_str()].concat()));
        out.push(':');
        out.push_str(&self.port().to_string());
        out
    }

    /// The application, without slashes at its end; may be empty and may hold a query.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The name to publish or play, with its query. `None` where the URL names an application only.
    #[must_use]
    pub fn stream_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The same URL with another stream key; with none where `key` is empty.
    #[must_use]
    pub fn with_stream_key(mut self, key: &str) -> Self {
        self.key = (!key.is_empty()).then(|| key.to_owned());
        // A key that a path could not carry, one with a `/` for example, goes into the fragment.
        self.key_is_fragment = !key.is_empty() && !reads_back(&self.app, key);
        self
    }

    /// The parts of the userinfo between its colons, percent-decoded: string arguments of connect
    /// (RTMP URI 4.2). Empty without userinfo.
    #[must_use]
    pub fn connect_arguments(&self) -> Vec<String> {
        let Some(userinfo) = &self.userinfo else { return Vec::new() };
        userinfo.split(':').map(percent_decoded).collect()
    }

    /// What connect sends as `tcUrl`: scheme, host, port where the URL has one, and application. No
    /// userinfo, fragment or key (EA 8.1.2), and no zone, which means nothing to the server (RFC 6874 1).
    #[must_use]
    pub fn tc_url(&self) -> String {
        let mut out = self.prefix();
        self.push_authority(&mut out, None);
        out.push('/');
        out.push_str(&self.app);
        out
    }

    /// The whole URL, for a program to read.
    #[must_use]
    pub fn to_secret_string(&self) -> String {
        self.written(str::to_owned)
    }

    /// The whole URL with an `x` for each character of the key, of queries and of userinfo.
    #[must_use]
    pub fn redacted(&self) -> String {
        self.written(crossed_out)
    }

    fn written(&self, secret: impl Fn(&str) -> String) -> String {
        let mut out = self.prefix();
        if let Some(userinfo) = &self.userinfo {
            out.push_str(&secret(userinfo));
            out.push('@');
        }
        self.push_authority(
            &mut out,
            self.zone.as_ref().map(|zone| ["%25", &percent_encoded(zone)].concat()),
        );
        out.push('/');
        let (path, query) = split_query(&self.app);
        out.push_str(path);
        // Without a key, a slash keeps the last segment from being taken for one, and an empty fragment
        // where a segment looks like a file.
        let has_bare_app = self.key.is_none() && !reads_back(&self.app, "");
        let is_closed = has_bare_app && reads_as_app(&self.app);
        if is_closed {
            out.push('/');
        }
        if let Some(query) = query {
            out.push('?');
            out.push_str(&secret(query));
        }
        if has_bare_app && !is_closed {
            out.push('#');
        }
        match &self.key {
            Some(key) if self.key_is_fragment => {
                out.push('#');
                out.push_str(&secret(&percent_encoded(key)));
            }
            Some(key) => {
                out.push('/');
                out.push_str(&secret(key));
            }
            None => {}
        }
        out
    }

    fn prefix(&self) -> String {
        [self.scheme.as_str(), "://"].concat()
    }

    fn push_authority(&self, out: &mut String, zone: Option<String>) {
        out.push_str(&self.bracketed_host(zone));
        if let Some(port) = self.port {
            out.push(':');
            out.push_str(&port.to_string());
        }
    }

    fn bracketed_host(&self, zone: Option<String>) -> String {
        if self.host.contains(':') {
            ["[", &self.host, zone.as_deref().unwrap_or(""), "]"].concat()
        } else {
            self.host.clone()
        }
    }
}

/// An `x` for each character.
pub(crate) fn crossed_out(secret: &str) -> String {
    secret.chars().map(|_| 'x').collect()
}

/// An application with its query crossed out.
pub(crate) fn without_query(app: &str) -> String {
    match split_query(app) {
        (path, Some(query)) => [path, "?", &crossed_out(query)].concat(),
        (path, None) => path.to_owned(),
    }
}

/// A `tcUrl` for people: redacted, or crossed out where it is none.
pub(crate) fn shown(tc_url: &str) -> String {
    RtmpUrl::from_tc_url(tc_url).map_or_else(|_| crossed_out(tc_url), |url| url.redacted())
}

impl fmt::Display for RtmpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl fmt::Debug for RtmpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RtmpUrl({})", self.redacted())
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.at)
    }
}

impl core::error::Error for UrlError {}
