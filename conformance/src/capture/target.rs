//! Where connections are passed on to, as it is given on the command line.

use std::str::FromStr;

/// `HOST:PORT`, `rtmp://HOST:PORT/...` or `rtmps://HOST:PORT/...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// Name or address; an IPv6 address stands in brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether the server expects TLS.
    pub tls: bool,
    /// The first segment of the path: the application, for the URL that the client is given.
    pub app: Option<String>,
}

impl Forward {
    /// `HOST:PORT`.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// `rtmp` or `rtmps`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        scheme(self.tls)
    }
}

/// `rtmp` or `rtmps`.
#[must_use]
pub fn scheme(tls: bool) -> &'static str {
    if tls { "rtmps" } else { "rtmp" }
}

impl FromStr for Forward {
    type Err = String;

    /// The text is not repeated in the error: it may hold a key.
    fn from_str(text: &str) -> Result<Self, String> {
        let (tls, rest) = match text.split_once("://") {
            None => (false, text),
            Some(("rtmp", rest)) => (false, rest),
            Some(("rtmps", rest)) => (true, rest),
            Some(_) => return Err("only rtmp:// and rtmps:// are passed on".into()),
        };
        let (authority, path) = rest.split_once(['/', '?', '#']).unwrap_or((rest, ""));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.into() };
        let port = match port {
            Some(port) => {
                port.parse().ok().filter(|p| *p > 0).ok_or("the port is no number from 1 to 65535")?
            }
            None if tls => 443,
            None => 1935,
        };
        if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("HOST:PORT, rtmp://HOST:PORT/APP or rtmps://HOST:PORT/APP is wanted".into());
        }
        let app = path.split(['/', '?', '#']).next().filter(|a| !a.is_empty()).map(str::to_owned);
        Ok(Self { host, port, tls, app })
    }
}

#[cfg(test)]
mod tests {
    use super::Forward;

    #[test]
    fn forms_of_a_target() {
        for (text, want) in [
            ("server:1936", ("server:1936", false, None)),
            ("server", ("server:1935", false, None)),
            ("rtmp://server/live/key?x", ("server:1935", false, Some("live"))),
            ("rtmps://u:p@server/live", ("server:443", true, Some("live"))),
            ("rtmps://[::1]:8443/", ("[::1]:8443", true, None)),
            ("::1", ("[::1]:1935", false, None)),
        ] {
            let parsed: Forward = text.parse().unwrap();
            assert_eq!((&parsed.authority()[..], parsed.tls, parsed.app.as_deref()), want, "{text}");
        }
        for text in ["", "http://server/key", "server:0", "server:x", "a b:1"] {
            assert!(text.parse::<Forward>().is_err(), "{text}");
        }
    }
}
