//! Requests of a tunnel: what a client sends (RTMPT-001 to RTMPT-009).

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use bytes::{Buf, Bytes, BytesMut};

use super::head::{Fields, HeadScan, NO_HEADERS, Trouble, complete, write_fields};
use super::{HttpTraits, SessionId, TunnelLimits};
use crate::{DecodeError, LocalMisuse, SessionError};

/// A request of a client.
#[derive(Clone, PartialEq, Eq)]
pub struct TunnelRequest {
    /// What the path says.
    pub command: TunnelCommand,
    /// RTMP bytes of [`TunnelCommand::Send`]. The other commands carry a byte that means nothing.
    pub body: Bytes,
    /// What the head says beside.
    pub http: HttpTraits,
}

/// What the path of a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TunnelCommand {
    /// `/fcs/ident2`: a probe that clients may send first (RTMPT-003).
    Ident,
    /// `/open/1`: begins a session (RTMPT-004).
    Open,
    /// `/send/ID/SEQ`: RTMP for the server (RTMPT-006).
    Send(Seat),
    /// `/idle/ID/SEQ`: asks for what the server has (RTMPT-007).
    Idle(Seat),
    /// `/close/ID/SEQ`: ends the session (RTMPT-008).
    Close(Seat),
}

/// Which session a request belongs to, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The session.
    pub session: SessionId,
    /// Number of the request, from 0 after open (RTMPT-009).
    pub sequence: u32,
}

/// A command without its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// [`TunnelCommand::Ident`]
    Ident,
    /// [`TunnelCommand::Open`]
    Open,
    /// [`TunnelCommand::Send`]
    Send,
    /// [`TunnelCommand::Idle`]
    Idle,
    /// [`TunnelCommand::Close`]
    Close,
}

impl RequestKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Ident, Self::Open, Self::Send, Self::Idle, Self::Close];

    /// The word in the path; `ident2` for the probe.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ident => "ident2",
            Self::Open => "open",
            Self::Send => "send",
            Self::Idle => "idle",
            Self::Close => "close",
        }
    }
}

impl TunnelCommand {
    /// The command without its session.
    #[must_use]
    pub const fn kind(&self) -> RequestKind {
        match self {
            Self::Ident => RequestKind::Ident,
            Self::Open => RequestKind::Open,
            Self::Send(_) => RequestKind::Send,
            Self::Idle(_) => RequestKind::Idle,
            Self::Close(_) => RequestKind::Close,
        }
    }

    /// Session and sequence number; the probe and open have none.
    #[must_use]
    pub const fn seat(&self) -> Option<&Seat> {
        match self {
            Self::Ident | Self::Open => None,
            Self::Send(seat) | Self::Idle(seat) | Self::Close(seat) => Some(seat),
        }
    }

    /// Reads the target of a request: a path, or a URL with `http` or `https` (RFC 9112 3.2.2).
    ///
    /// # Errors
    /// It is none of the five paths.
    pub fn read(target: &str) -> Result<Self, DecodeError> {
        let complain = |what| Err(DecodeError { what, clause: "RTMPT-004" });
        let path = path_of(target);
        match path {
            "/fcs/ident2" => return Ok(Self::Ident),
            "/open/1" => return Ok(Self::Open),
            _ => {}
        }
        let mut segments = path.strip_prefix('/').unwrap_or_default().split('/');
        let (Some(word), Some(session), Some(sequence), None) =
            (segments.next(), segments.next(), segments.next(), segments.next())
        else {
            return complain("the path is not one of a tunnel");
        };
        let command = match word {
            "send" => Self::Send,
            "idle" => Self::Idle,
            "close" => Self::Close,
            _ => return complain("the path is not one of a tunnel"),
        };
        Ok(command(Seat { session: SessionId::new(session)?, sequence: read_sequence(sequence)? }))
    }

    fn path(&self) -> alloc::string::String {
        match self {
            Self::Ident => "/fcs/ident2".into(),
            Self::Open => "/open/1".into(),
            Self::Send(seat) | Self::Idle(seat) | Self::Close(seat) => {
                format!("/{}/{}/{}", self.kind().as_str(), seat.session, seat.sequence)
            }
        }
    }
}

fn path_of(target: &str) -> &str {
    for scheme in ["http://", "https://"] {
        if target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            let rest = &target[scheme.len()..];
            return rest.find('/').map_or("", |at| &rest[at..]);
        }
    }
    target
}

fn read_sequence(digits: &str) -> Result<u32, DecodeError> {
    let error = |what| DecodeError { what, clause: "RTMPT-009" };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error("the sequence number is not a number"));
    }
    if digits.len() > 10 {
        return Err(error("the sequence number has more than ten digits"));
    }
    digits.parse().map_err(|_| error("the sequence number does not fit into 32 bits"))
}

impl TunnelRequest {
    /// A request as a client should send it: HTTP/1.1, kept alive.
    #[must_use]
    pub fn new(command: TunnelCommand, body: Bytes) -> Self {
        Self { command, body, http: HttpTraits::default() }
    }

    /// Appends the request to `out`, head and body. `host` is the server's name, with its port where that is
    /// not the scheme's.
    ///
    /// # Errors
    /// `host` is empty or has a character that cannot stand in the field.
    pub fn encode(&self, host: &str, out: &mut Vec<u8>) -> Result<(), LocalMisuse> {
        if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(LocalMisuse {
                what: "the host of a tunnel is empty or has a control character or blank",
            });
        }
        let version = if self.http.http10 { "1.0" } else { "1.1" };
        let first = format!("POST {} HTTP/{version}\r\nHost: {host}\r\n", self.command.path());
        out.extend_from_slice(first.as_bytes());
        write_fields(self.http, self.body.len(), out);
        out.extend_from_slice(&self.body);
        Ok(())
    }
}

impl fmt::Debug for TunnelRequest {
    /// Without the body, which can hold a stream key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TunnelRequest")
            .field("command", &self.command)
            .field("body_len", &self.body.len())
            .field("http", &self.http)
            .finish()
    }
}

/// A request that is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TunnelRefusal {
    /// HTTP status of the answer, e.g. 400; the connection is closed after it.
    pub status: u16,
    /// Why.
    pub error: SessionError,
}

impl fmt::Display for TunnelRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (answered with {})", self.error, self.status)
    }
}

impl core::error::Error for TunnelRefusal {}

/// Reads the requests of one HTTP connection.
#[derive(Debug)]
pub struct RequestDecoder {
    limits: TunnelLimits,
    scan: HeadScan,
    /// An empty line was skipped before this request.
    blank: bool,
    head: Option<Head>,
    /// Bytes taken off the input so far.
    offset: u64,
    failed: Option<TunnelRefusal>,
}

#[derive(Debug)]
struct Head {
    command: TunnelCommand,
    http: HttpTraits,
    body_len: usize,
    expects_continue: bool,
}

impl RequestDecoder {
    /// For a new connection.
    #[must_use]
    pub fn new(limits: TunnelLimits) -> Self {
        Self { limits, scan: HeadScan::default(), blank: false, head: None, offset: 0, failed: None }
    }

    /// Takes one request off the front of `input`; `None` when more bytes are needed, which then are to be
    /// appended to what `input` still holds. It never holds more than a head and a body within the limits,
    /// plus what the caller appended last.
    ///
    /// # Errors
    /// The bytes are no request of a tunnel, or a limit was reached. Where the next request would begin is
    /// unknown then, and every further call fails in the same way.
    pub fn decode(&mut self, input: &mut BytesMut) -> Result<Option<TunnelRequest>, TunnelRefusal> {
        if let Some(refusal) = &self.failed {
            return Err(refusal.clone());
        }
        self.step(input).map_err(|trouble| {
            let status = match &trouble {
                Trouble::Limit(limit) if limit.limit == "body_bytes" => 413,
                Trouble::Limit(_) => 431,
                Trouble::Malformed(error) if error.clause == "RFC 9112 6.1" => 501,
                Trouble::Malformed(error) if error.clause == "RTMPT-001" => 405,
                Trouble::Malformed(error) if error.clause.starts_with("RTMPT") => 404,
                Trouble::Malformed(_) => 400,
            };
            let refusal = TunnelRefusal { status, error: trouble.at(self.offset) };
            self.failed = Some(refusal.clone());
            refusal
        })
    }

    /// Whether the client waits for `100 Continue` before it sends the body of the request that is being read
    /// (RFC 9110 10.1.1): write [`super::HttpResponse::CONTINUE`] once.
    #[must_use]
    pub fn expects_continue(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.expects_continue)
    }

    /// Whether the connection stands between two requests, where it may end.
    #[must_use]
    pub fn is_between(&self, input: &BytesMut) -> bool {
        self.head.is_none() && input.is_empty() && self.failed.is_none()
    }

    fn step(&mut self, input: &mut BytesMut) -> Result<Option<TunnelRequest>, Trouble> {
        if self.head.is_none() {
            self.skip_blank(input);
            if !self.blank && **input == *b"\r" {
                return Ok(None);
            }
            starts_with(input, b"POST ", "the method is not POST")?;
            let Some(end) = self.scan.scan(input, &self.limits)? else { return Ok(None) };
            self.head = Some(read_head(&input[..end], &self.limits)?);
            self.advance(input, end);
        }
        match self.head.take() {
            Some(head) if input.len() >= head.body_len => {
                let body = input.split_to(head.body_len).freeze();
                self.offset += body.len() as u64;
                self.blank = false;
                Ok(Some(TunnelRequest { command: head.command, body, http: head.http }))
            }
            waiting => {
                self.head = waiting;
                Ok(None)
            }
        }
    }

    /// One empty line may come before a request (RFC 9112 2.2).
    fn skip_blank(&mut self, input: &mut BytesMut) {
        if self.blank {
            return;
        }
        let len = match **input {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return,
        };
        self.blank = true;
        self.advance(input, len);
    }

    fn advance(&mut self, input: &mut BytesMut, len: usize) {
        input.advance(len);
        self.offset += len as u64;
    }
}

/// Refuses what cannot become a head as soon as that shows.
pub(super) fn starts_with(input: &[u8], start: &[u8], what: &'static str) -> Result<(), Trouble> {
    let len = input.len().min(start.len());
    if input[..len] == start[..len] {
        return Ok(());
    }
    Err(Trouble::new(what, "RTMPT-001"))
}

fn read_head(head: &[u8], limits: &TunnelLimits) -> Result<Head, Trouble> {
    let mut headers = NO_HEADERS;
    let mut request = httparse::Request::new(&mut headers[..limits.header_fields()]);
    complete(request.parse(head), head, limits)?;
    let fields = Fields::read(request.headers, request.version.unwrap_or(1), limits)?;
    let Some(body_len) = fields.content_length else {
        return Err(Trouble::new("a request has no Content-Length", "RFC 9112 6.3"));
    };
    Ok(Head {
        command: TunnelCommand::read(request.path.unwrap_or_default())?,
        http: fields.traits,
        body_len,
        expects_continue: fields.expects_continue && body_len > 0,
    })
}
