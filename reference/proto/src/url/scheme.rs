//! The schemes of the RTMP family and their ports.

use core::fmt;

/// Scheme of an RTMP URL (RTMP URI 4.1; tunnelled and encrypted forms by practice, URI-011).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scheme {
    /// `rtmp`: the chunk stream over TCP, port 1935.
    #[default]
    Rtmp,
    /// `rtmps`: the same inside TLS, port 443.
    Rtmps,
    /// `rtmpt`: tunnelled in HTTP, port 80.
    Rtmpt,
    /// `rtmpts`: tunnelled in HTTPS, port 443.
    Rtmpts,
    /// `rtmpe`: encrypted chunk stream (obsolete), port 1935.
    Rtmpe,
    /// `rtmpte`: the encrypted chunk stream tunnelled in HTTP (obsolete), port 80.
    Rtmpte,
    /// `rtmfp`: over UDP, port 1935. URLs of it are read and written; no session of this crate speaks it.
    Rtmfp,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 7] =
        [Self::Rtmp, Self::Rtmps, Self::Rtmpt, Self::Rtmpts, Self::Rtmpe, Self::Rtmpte, Self::Rtmfp];

    /// The word before `://`, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rtmp => "rtmp",
            Self::Rtmps => "rtmps",
            Self::Rtmpt => "rtmpt",
            Self::Rtmpts => "rtmpts",
            Self::Rtmpe => "rtmpe",
            Self::Rtmpte => "rtmpte",
            Self::Rtmfp => "rtmfp",
        }
    }

    /// The scheme that a word names, in any case (RFC 3986 3.1).
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(word))
    }

    /// The port of a URL that has none, or an empty one: TCP, for `rtmfp` UDP.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Rtmp | Self::Rtmpe | Self::Rtmfp => 1935,
            Self::Rtmps | Self::Rtmpts => 443,
            Self::Rtmpt | Self::Rtmpte => 80,
        }
    }

    /// Whether the transport is inside TLS.
    #[must_use]
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Rtmps | Self::Rtmpts)
    }

    /// Whether the bytes are carried by HTTP requests.
    #[must_use]
    pub const fn is_tunnelled(self) -> bool {
        matches!(self, Self::Rtmpt | Self::Rtmpts | Self::Rtmpte)
    }

    /// Whether the handshake agrees on RTMPE encryption.
    #[must_use]
    pub const fn is_encrypted(self) -> bool {
        matches!(self, Self::Rtmpe | Self::Rtmpte)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
