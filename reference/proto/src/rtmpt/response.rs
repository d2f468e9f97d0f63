//! Responses of a tunnel: what a server answers (RTMPT-002, RTMPT-005, RTMPT-010 to RTMPT-012).

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::head::{Fields, HeadScan, NO_HEADERS, Trouble, complete, write_fields};
use super::{HttpTraits, RequestKind, SessionId, TunnelLimits};
use crate::{DecodeError, SessionError};

/// A response, whatever its request was.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code, 200 to 599.
    pub status: u16,
    /// What the head says beside.
    pub http: HttpTraits,
    /// The body.
    pub body: Bytes,
}

impl HttpResponse {
    /// The interim response that [`super::RequestDecoder::expects_continue`] asks for.
    pub const CONTINUE: &'static [u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

    /// The answer to a request that is refused; the connection is closed after it.
    #[must_use]
    pub fn refusal(status: u16) -> Self {
        let http = HttpTraits { keep_alive: false, fcs: false, http10: false };
        Self { status, http, body: Bytes::new() }
    }

    /// Appends the response to `out`, head and body.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let version = if self.http.http10 { "1.0" } else { "1.1" };
        let first = format!("HTTP/{version} {} {}\r\n", self.status, reason(self.status));
        out.extend_from_slice(first.as_bytes());
        write_fields(self.http, self.body.len(), out);
        out.extend_from_slice(&self.body);
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        _ => "",
    }
}

impl fmt::Debug for HttpResponse {
    /// Without the body, which can hold a stream key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("http", &self.http)
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// What a response says to the request it answers.
#[derive(Clone, PartialEq, Eq)]
pub enum TunnelResponse {
    /// To the probe: 200 or 404, both are normal (RTMPT-003).
    Ident {
        /// Status code.
        status: u16,
    },
    /// To open: the id of the session (RTMPT-005).
    Opened(SessionId),
    /// To send, idle and close.
    Data {
        /// Polling interval in 64ths of a second (RTMPT-010, RTMPT-011).
        interval: u8,
        /// RTMP of the server (RTMPT-012).
        rtmp: Bytes,
    },
}

impl TunnelResponse {
    /// Reads a response to a request of this kind.
    ///
    /// # Errors
    /// The status is not 200 (or 404 of the probe), the body of open is no session id, or the interval is
    /// missing; of close it may be missing, and is 0 then.
    pub fn read(to: RequestKind, response: &HttpResponse) -> Result<Self, DecodeError> {
        let complain = |what, clause| Err(DecodeError { what, clause });
        match (to, response.status) {
            (RequestKind::Ident, status @ (200 | 404)) => return Ok(Self::Ident { status }),
            (_, 200) => {}
            _ => return complain("the server refuses the request", "RTMPT-002"),
        }
        let body = &response.body;
        if to == RequestKind::Open {
            let id = core::str::from_utf8(body.trim_ascii_end());
            let error = DecodeError { what: "the session id is not text", clause: "RTMPT-005" };
            return SessionId::new(id.map_err(|_| error)?).map(Self::Opened);
        }
        match (to, body.first()) {
            (_, Some(interval)) => Ok(Self::Data { interval: *interval, rtmp: body.slice(1..) }),
            (RequestKind::Close, None) => Ok(Self::Data { interval: 0, rtmp: Bytes::new() }),
            _ => complain("the polling interval is missing", "RTMPT-010"),
        }
    }

    /// The response as a server should send it.
    #[must_use]
    pub fn into_http(self) -> HttpResponse {
        let (status, body) = match self {
            Self::Ident { status } => (status, Bytes::new()),
            Self::Opened(id) => (200, Bytes::from(format!("{id}\n"))),
            Self::Data { interval, rtmp } => {
                let mut body = BytesMut::with_capacity(1 + rtmp.len());
                body.put_u8(interval);
                body.put_slice(&rtmp);
                (200, body.freeze())
            }
        };
        HttpResponse { status, http: HttpTraits::default(), body }
    }
}

impl fmt::Debug for TunnelResponse {
    /// Without the RTMP bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ident { status } => f.debug_struct("Ident").field("status", status).finish(),
            Self::Opened(id) => f.debug_tuple("Opened").field(id).finish(),
            Self::Data { interval, rtmp } => {
                f.debug_struct("Data").field("interval", interval).field("rtmp_len", &rtmp.len()).finish()
            }
        }
    }
}

/// Reads the responses of one HTTP connection.
#[derive(Debug)]
pub struct ResponseDecoder {
    limits: TunnelLimits,
    scan: HeadScan,
    /// Status, traits and length of a response whose body is not complete.
    head: Option<(u16, HttpTraits, usize)>,
    /// Interim responses since the last final one.
    interim: u32,
    /// Bytes taken off the input so far.
    offset: u64,
    failed: Option<SessionError>,
}

impl ResponseDecoder {
    /// Interim responses (RFC 9110 15.2) that may come before a final one.
    pub const MAX_INTERIM: u32 = 8;

    /// For a new connection.
    #[must_use]
    pub fn new(limits: TunnelLimits) -> Self {
        Self { limits, scan: HeadScan::default(), head: None, interim: 0, offset: 0, failed: None }
    }

    /// Takes one response off the front of `input`; `None` when more bytes are needed, which then are to be
    /// appended to what `input` still holds. Interim responses such as `100 Continue` are skipped.
    ///
    /// # Errors
    /// The bytes are no response, its length is not announced, or a limit was reached. Every further call
    /// fails in the same way.
    pub fn decode(&mut self, input: &mut BytesMut) -> Result<Option<HttpResponse>, SessionError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.step(input).map_err(|trouble| {
            let error = trouble.at(self.offset);
            self.failed = Some(error.clone());
            error
        })
    }

    /// Whether the connection stands between two responses.
    #[must_use]
    pub fn is_between(&self, input: &BytesMut) -> bool {
        self.head.is_none() && self.interim == 0 && input.is_empty() && self.failed.is_none()
    }

    fn step(&mut self, input: &mut BytesMut) -> Result<Option<HttpResponse>, Trouble> {
        while self.head.is_none() {
            super::request::starts_with(input, b"HTTP/1.", "the answer is not HTTP/1.1")?;
            let Some(end) = self.scan.scan(input, &self.limits)? else { return Ok(None) };
            let head = read_head(&input[..end], &self.limits)?;
            input.advance(end);
            self.offset += end as u64;
            if head.0 >= 200 {
                self.head = Some(head);
                break;
            }
            self.interim += 1;
            if self.interim > Self::MAX_INTERIM {
                return Err(Trouble::Limit(crate::LimitExceeded {
                    limit: "interim",
                    value: self.interim.into(),
                    maximum: Self::MAX_INTERIM.into(),
                }));
            }
        }
        match self.head {
            Some((status, http, len)) if input.len() >= len => {
                (self.head, self.interim) = (None, 0);
                self.offset += len as u64;
                Ok(Some(HttpResponse { status, http, body: input.split_to(len).freeze() }))
            }
            _ => Ok(None),
        }
    }
}

fn read_head(head: &[u8], limits: &TunnelLimits) -> Result<(u16, HttpTraits, usize), Trouble> {
    let mut headers = NO_HEADERS;
    let mut response = httparse::Response::new(&mut headers[..limits.header_fields()]);
    complete(response.parse(head), head, limits)?;
    let status = response.code.unwrap_or_default();
    let fields = Fields::read(response.headers, response.version.unwrap_or(1), limits)?;
    match (status, fields.content_length) {
        (101, _) => Err(Trouble::new("the server switches to another protocol", "RFC 9110 15.2.2")),
        (100..200 | 204 | 304, _) => Ok((status, fields.traits, 0)),
        (200..600, Some(len)) => Ok((status, fields.traits, len)),
        (200..600, None) => Err(Trouble::new("a response has no Content-Length", "RFC 9112 6.3")),
        _ => Err(Trouble::new("the status code is none", "RFC 9110 15")),
    }
}
