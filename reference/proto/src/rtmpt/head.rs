//! Heads of HTTP messages, as far as a tunnel needs them (RFC 9112).

use httparse::{EMPTY_HEADER, Header};

use super::{CONTENT_TYPE, TunnelLimits};
use crate::{DecodeError, LimitExceeded, SessionError};

/// What the head of a message says beside command and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpTraits {
    /// The connection stays open for further messages (RTMPT-001). By default so with HTTP/1.1, not with
    /// HTTP/1.0.
    pub keep_alive: bool,
    /// The content type is `application/x-fcs` (RTMPT-001, RTMPT-002). Messages with another one are read
    /// too.
    pub fcs: bool,
    /// The message is one of HTTP/1.0, which some proxies make of 1.1.
    pub http10: bool,
}

impl Default for HttpTraits {
    /// As a tunnel should be: HTTP/1.1, kept alive, `application/x-fcs`.
    fn default() -> Self {
        Self { keep_alive: true, fcs: true, http10: false }
    }
}

/// Why a head was refused.
pub(super) enum Trouble {
    Malformed(DecodeError),
    Limit(LimitExceeded),
}

impl Trouble {
    pub(super) const fn new(what: &'static str, clause: &'static str) -> Self {
        Self::Malformed(DecodeError { what, clause })
    }

    pub(super) fn at(self, offset: u64) -> SessionError {
        match self {
            Self::Malformed(error) => SessionError::Peer(error.at(offset)),
            Self::Limit(limit) => SessionError::Limit(limit),
        }
    }
}

impl From<DecodeError> for Trouble {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<LimitExceeded> for Trouble {
    fn from(limit: LimitExceeded) -> Self {
        Self::Limit(limit)
    }
}

/// Looks for the end of a head without looking at a byte twice.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HeadScan {
    scanned: usize,
}

impl HeadScan {
    /// Length of the head that `input` begins with, its empty line included; `None` before that line is
    /// there. Lines may end in a mere LF (RFC 9112 2.2).
    pub(super) fn scan(
        &mut self,
        input: &[u8],
        limits: &TunnelLimits,
    ) -> Result<Option<usize>, LimitExceeded> {
        let window = &input[..input.len().min(limits.head_bytes.saturating_add(1))];
        while let Some(found) = window[self.scanned..].iter().position(|byte| *byte == b'\n') {
            let at = self.scanned + found;
            let end = match &window[at + 1..] {
                [b'\n', ..] => at + 2,
                [b'\r', b'\n', ..] => at + 3,
                [] | [b'\r'] => {
                    self.scanned = at;
                    break;
                }
                _ => {
                    self.scanned = at + 1;
                    continue;
                }
            };
            if end > limits.head_bytes {
                break;
            }
            self.scanned = 0;
            return Ok(Some(end));
        }
        let maximum = limits.head_bytes as u64;
        if input.len() > limits.head_bytes {
            return Err(LimitExceeded { limit: "head_bytes", value: maximum + 1, maximum });
        }
        if !matches!(window.get(self.scanned), Some(b'\n')) {
            self.scanned = window.len();
        }
        Ok(None)
    }
}

/// Room for the most fields that any limits allow.
pub(super) const NO_HEADERS: [Header<'static>; TunnelLimits::MAX_HEADERS] =
    [EMPTY_HEADER; TunnelLimits::MAX_HEADERS];

/// Whether httparse found a head in all of `head`, or what is wrong with it.
pub(super) fn complete(
    parsed: Result<httparse::Status<usize>, httparse::Error>,
    head: &[u8],
    limits: &TunnelLimits,
) -> Result<(), Trouble> {
    let error = match parsed {
        Ok(httparse::Status::Complete(len)) if len == head.len() => return Ok(()),
        Ok(_) => return Err(Trouble::new("the head is malformed", "RFC 9112 2.1")),
        Err(error) => error,
    };
    Err(explain(error, limits))
}

fn explain(error: httparse::Error, limits: &TunnelLimits) -> Trouble {
    let what = match error {
        httparse::Error::TooManyHeaders => {
            let maximum = limits.header_fields() as u64;
            return Trouble::Limit(LimitExceeded { limit: "headers", value: maximum + 1, maximum });
        }
        httparse::Error::HeaderName => "a header field has a malformed name",
        httparse::Error::HeaderValue => "a header field has a malformed value",
        httparse::Error::NewLine => "a line ends in CR without LF",
        httparse::Error::Status => "the status code is malformed",
        httparse::Error::Version => "the HTTP version is not 1.0 or 1.1",
        httparse::Error::Token => "the first line is malformed",
    };
    Trouble::new(what, "RFC 9112 2.1")
}

/// The fields that matter to a tunnel.
pub(super) struct Fields {
    pub(super) traits: HttpTraits,
    /// Bytes of the body, if the head says it.
    pub(super) content_length: Option<usize>,
    /// `Expect: 100-continue` (RFC 9110 10.1.1).
    pub(super) expects_continue: bool,
}

impl Fields {
    /// Reads the fields of a message of HTTP/1.`minor`. Transfer codings are refused: nobody tunnels with
    /// them, and who believes them and who does not disagree about where a message ends (RFC 9112 11.2).
    pub(super) fn read(headers: &[Header<'_>], minor: u8, limits: &TunnelLimits) -> Result<Self, Trouble> {
        let (mut length, mut keep_alive, mut close, mut fcs, mut expects_continue) =
            (None, false, false, false, false);
        for header in headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            let value = header.value.trim_ascii();
            if is("content-length") {
                let read = content_length(value, limits)?;
                if length.is_some_and(|known| known != read) {
                    return Err(Trouble::new("two Content-Length fields differ", "RFC 9112 6.3"));
                }
                length = Some(read);
            } else if is("transfer-encoding") {
                return Err(Trouble::new("a transfer coding is not understood", "RFC 9112 6.1"));
            } else if is("connection") {
                for option in value.split(|byte| *byte == b',') {
                    let option = option.trim_ascii();
                    keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                    close |= option.eq_ignore_ascii_case(b"close");
                }
            } else if is("content-type") {
                let media_type = value.split(|byte| *byte == b';').next().unwrap_or_default();
                fcs = media_type.trim_ascii().eq_ignore_ascii_case(CONTENT_TYPE.as_bytes());
            } else if is("expect") {
                expects_continue = value.eq_ignore_ascii_case(b"100-continue");
            }
        }
        let http10 = minor == 0;
        let traits = HttpTraits { keep_alive: !close && (keep_alive || !http10), fcs, http10 };
        Ok(Self { traits, content_length: length, expects_continue })
    }
}

fn content_length(value: &[u8], limits: &TunnelLimits) -> Result<usize, Trouble> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Trouble::new("Content-Length is not a number", "RFC 9110 8.6"));
    }
    let read =
        value.iter().fold(0u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    match usize::try_from(read) {
        Ok(read) if read <= limits.body_bytes => Ok(read),
        _ => {
            Err(LimitExceeded { limit: "body_bytes", value: read, maximum: limits.body_bytes as u64 }.into())
        }
    }
}

/// The fields that every message of a tunnel has, and the empty line.
pub(super) fn write_fields(traits: HttpTraits, body_len: usize, out: &mut alloc::vec::Vec<u8>) {
    if traits.fcs {
        out.extend_from_slice(b"Content-Type: ");
        out.extend_from_slice(CONTENT_TYPE.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    let connection = if traits.keep_alive { "keep-alive" } else { "close" };
    out.extend_from_slice(
        alloc::format!(
            "Connection: {connection}\r\nCache-Control: no-cache\r\nContent-Length: {body_len}\r\n\r\n"
        )
        .as_bytes(),
    );
}
