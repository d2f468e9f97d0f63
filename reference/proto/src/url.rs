//! `rtmp://` URLs (RTMP URI 3 to 7; EA 8.1.2, 8.1.3).

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

const SCHEME: &str = "rtmp://";
/// RTMP URI 4.1.
const DEFAULT_PORT: u16 = 1935;

/// `rtmp://[userinfo@]host[:port]/app[/instance...]/key[?query]`.
///
/// The last path segment is the stream key and carries the query; what is before it is the application
/// (URI-010). With a single segment that is the application, query included, unless the query holds a
/// `/`: `app?vhost=example.org/key` ends in the key as well. A fragment names the stream instead of the
/// last segment (RTMP URI 6).
///
/// Neither `Debug` nor `Display` shows the key, a query or userinfo.
#[derive(Clone, PartialEq, Eq)]
pub struct RtmpUrl {
    userinfo: Option<String>,
    /// Without the brackets of an IPv6 literal.
    host: String,
    port: Option<u16>,
    app: String,
    key: Option<String>,
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
    /// Host name or address, an IPv6 literal without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// TCP port, 1935 where the URL has none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT)
    }

    /// `host:port` for a resolver, an IPv6 literal in brackets.
    #[must_use]
    pub fn address(&self) -> String {
        let mut out = self.bracketed_host();
        out.push(':');
        out.push_str(&self.port().to_string());
        out
    }

    /// The application, without slashes at its ends; may be empty and may hold a query.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The name to publish or play, with its query. `None` where the URL names an application only.
    #[must_use]
    pub fn stream_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The same URL with another stream key.
    #[must_use]
    pub fn with_stream_key(mut self, key: &str) -> Self {
        self.key = (!key.is_empty()).then(|| key.to_owned());
        self.key_is_fragment = false;
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
    /// userinfo, fragment or key (EA 8.1.2).
    #[must_use]
    pub fn tc_url(&self) -> String {
        let mut out = SCHEME.to_owned();
        self.push_authority(&mut out);
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
        let mut out = SCHEME.to_owned();
        if let Some(userinfo) = &self.userinfo {
            out.push_str(&secret(userinfo));
            out.push('@');
        }
        self.push_authority(&mut out);
        out.push('/');
        let (path, query) = split_query(&self.app);
        out.push_str(path);
        if let Some(query) = query {
            out.push('?');
            out.push_str(&secret(query));
        }
        if let Some(key) = &self.key {
            out.push(if self.key_is_fragment { '#' } else { '/' });
            out.push_str(&secret(key));
        }
        out
    }

    fn push_authority(&self, out: &mut String) {
        out.push_str(&self.bracketed_host());
        if let Some(port) = self.port {
            out.push(':');
            out.push_str(&port.to_string());
        }
    }

    fn bracketed_host(&self) -> String {
        let mut out = String::new();
        let v6 = self.host.contains(':');
        if v6 {
            out.push('[');
        }
        out.push_str(&self.host);
        if v6 {
            out.push(']');
        }
        out
    }
}

impl FromStr for RtmpUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let error = |what, rest: &str| UrlError { what, at: text.len() - rest.len() };
        if let Some(at) = text.find(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(UrlError { what: "a space or control character in the URL", at });
        }
        let rest = match text.get(..SCHEME.len()) {
            Some(scheme) if scheme.eq_ignore_ascii_case(SCHEME) => &text[SCHEME.len()..],
            _ => return Err(UrlError { what: "the URL does not start with rtmp://", at: 0 }),
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (userinfo, server) = match authority.rfind('@') {
            Some(at) => (Some(authority[..at].to_owned()), &authority[at + 1..]),
            None => (None, authority),
        };
        let after = |part: &str| &text[text.len() - rest.len() - part.len()..];
        let (host, port) = if let Some(literal) = server.strip_prefix('[') {
            let end =
                literal.find(']').ok_or(error("the IPv6 address has no closing bracket", after(server)))?;
            let host = &literal[..end];
            if host.parse::<core::net::Ipv6Addr>().is_err() {
                return Err(error("this is no IPv6 address", after(literal)));
            }
            match (&literal[end + 1..], literal[end + 1..].strip_prefix(':')) {
                ("", _) => (host, ""),
                (_, Some(port)) => (host, port),
                (other, None) => return Err(error("only a port may follow the IPv6 address", after(other))),
            }
        } else if server.matches(':').count() > 1 {
            return Err(error("an IPv6 address needs brackets", after(server)));
        } else {
            server.split_once(':').unwrap_or((server, ""))
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
        let (resource, fragment) = match rest.split_once('#') {
            Some((resource, fragment)) => (resource, Some(fragment)),
            None => (rest, None),
        };
        let resource = resource.strip_prefix('/').unwrap_or(resource);
        let (app, key) = match fragment {
            Some(fragment) => (resource.trim_end_matches('/').to_owned(), percent_decoded(fragment)),
            None => split_resource(resource),
        };
        Ok(Self {
            userinfo,
            host: host.to_owned(),
            port,
            app,
            key: (!key.is_empty()).then_some(key),
            key_is_fragment: fragment.is_some(),
        })
    }
}

/// Application and key of a path with its query, without the slash before it.
fn split_resource(resource: &str) -> (String, String) {
    let (path, query) = split_query(resource);
    let trimmed = path.trim_end_matches('/');
    // A path that ends in a slash names an application only.
    if trimmed.len() < path.len() {
        return (resource.replacen(path, trimmed, 1), String::new());
    }
    match (path.rfind('/'), query) {
        (Some(at), _) => (path[..at].trim_matches('/').to_owned(), resource[at + 1..].to_owned()),
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

fn split_query(text: &str) -> (&str, Option<&str>) {
    match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    }
}

/// An `x` for each character.
pub(crate) fn crossed_out(secret: &str) -> String {
    secret.chars().map(|_| 'x').collect()
}

/// Escapes that are malformed, or that do not make UTF-8, stay as they are.
fn percent_decoded(text: &str) -> String {
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
        write!(f, "{} (at character {})", self.what, self.at + 1)
    }
}

impl core::error::Error for UrlError {}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn parse(text: &str) -> RtmpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn application_and_key() {
        for (url, app, key) in [
            ("rtmp://h", "", None),
            ("rtmp://h/", "", None),
            ("rtmp://h/live", "live", None),
            ("rtmp://h/live/", "live", None),
            ("rtmp://h/live?token=x", "live?token=x", None),
            ("rtmp://h/live/?token=x", "live?token=x", None),
            ("rtmp://h/live/key", "live", Some("key")),
            ("RTMP://h/live/key?auth=a/b", "live", Some("key?auth=a/b")),
            ("rtmp://h/live/inst/key", "live/inst", Some("key")),
            ("rtmp://h/v2/pub/NAME?token", "v2/pub", Some("NAME?token")),
            ("rtmp://h/live//key", "live", Some("key")),
            ("rtmp://h//key", "", Some("key")),
            ("rtmp://h/live?vhost=example.org/key", "live?vhost=example.org", Some("key")),
            ("rtmp://h/live/inst?x=1#na%6de", "live/inst?x=1", Some("name")),
            ("rtmp://h/app#", "app", None),
        ] {
            let parsed = parse(url);
            assert_eq!((parsed.app(), parsed.stream_key()), (app, key), "{url}");
            assert_eq!(parsed.tc_url(), format!("rtmp://h/{app}"));
        }
    }

    #[test]
    fn hosts_and_ports() {
        for (url, host, port, address) in [
            ("rtmp://example.org/a", "example.org", 1935, "example.org:1935"),
            ("rtmp://example.org:/a", "example.org", 1935, "example.org:1935"),
            ("rtmp://127.0.0.1:1936/a", "127.0.0.1", 1936, "127.0.0.1:1936"),
            ("rtmp://[::1]/a", "::1", 1935, "[::1]:1935"),
            ("rtmp://[2001:db8::2]:1936", "2001:db8::2", 1936, "[2001:db8::2]:1936"),
        ] {
            let parsed = parse(url);
            assert_eq!((parsed.host(), parsed.port(), parsed.address().as_str()), (host, port, address));
        }
        assert_eq!(parse("rtmp://[::1]:1936/a/k").tc_url(), "rtmp://[::1]:1936/a");
        assert_eq!(parse("rtmp://[::1]/a/k").tc_url(), "rtmp://[::1]/a");
    }

    #[test]
    fn userinfo_becomes_arguments_and_stays_out_of_tc_url() {
        let url = parse("rtmp://us%40er:pa:@host/app/key");
        assert_eq!(url.connect_arguments(), ["us@er", "pa", ""]);
        assert_eq!(url.tc_url(), "rtmp://host/app");
        assert!(parse("rtmp://host/app").connect_arguments().is_empty());
        assert_eq!(parse("rtmp://%zz%ff@host").connect_arguments(), ["%zz%ff"]);
    }

    #[test]
    fn secrets_are_crossed_out() {
        let text = "rtmp://u:p@h:99/live/inst/séc?t=1";
        let url = parse(text);
        assert_eq!(url.redacted(), "rtmp://xxx@h:99/live/inst/xxxxxxx");
        assert_eq!(format!("{url}"), url.redacted());
        assert_eq!(format!("{url:?}"), "RtmpUrl(rtmp://xxx@h:99/live/inst/xxxxxxx)");
        assert_eq!(url.to_secret_string(), text);
        assert_eq!(parse("rtmp://h/live?token=s").redacted(), "rtmp://h/live?xxxxxxx");
        assert_eq!(parse("rtmp://h/live#key").to_secret_string(), "rtmp://h/live#key");
        assert_eq!(url.with_stream_key("other").to_secret_string(), "rtmp://u:p@h:99/live/inst/other");
    }

    #[test]
    fn errors_say_where() {
        for (url, what, at) in [
            ("", "the URL does not start with rtmp://", 0),
            ("http://h/a", "the URL does not start with rtmp://", 0),
            ("rtmps://h/a", "the URL does not start with rtmp://", 0),
            ("rtmp://", "the URL has no host", 7),
            ("rtmp:///app", "the URL has no host", 7),
            ("rtmp://u@:1935/app", "the URL has no host", 9),
            ("rtmp://h:0/a", "the port is not a number from 1 to 65535", 9),
            ("rtmp://h:65536/a", "the port is not a number from 1 to 65535", 9),
            ("rtmp://h:+1/a", "the port is not a number from 1 to 65535", 9),
            ("rtmp://::1/a", "an IPv6 address needs brackets", 7),
            ("rtmp://[::1/a", "the IPv6 address has no closing bracket", 7),
            ("rtmp://[1.2.3.4]/a", "this is no IPv6 address", 8),
            ("rtmp://[::1]1935/a", "only a port may follow the IPv6 address", 12),
            ("rtmp://h/a live=1", "a space or control character in the URL", 10),
        ] {
            assert_eq!(url.parse::<RtmpUrl>(), Err(UrlError { what, at }), "{url}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_the_same(
            text in "rtmp://([a-c:%]{0,3}@)?(h|\\[::1\\])(:[1-9]{1,4})?/[a-c]{1,3}(/[a-cé]{1,3}){1,3}(\\?[a-c=/]{0,5})?",
        ) {
            let url: RtmpUrl = text.parse().unwrap();
            proptest::prop_assert_eq!(url.to_secret_string(), text);
        }

        #[test]
        fn no_text_panics_or_leaks(text in "rtmp://[a-c:@\\[\\]]{0,5}[a-c/?#%é]{0,12}", key in "SECRET[a-z/?#]{0,3}") {
            if let Ok(url) = text.parse::<RtmpUrl>() {
                let url = url.with_stream_key(&key);
                let shown = format!("{url} {url:?}");
                proptest::prop_assert!(!shown.contains("SECRET"), "{}", shown);
            }
        }
    }
}
