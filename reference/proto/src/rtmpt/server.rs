use bytes::Bytes;

use super::{
    HttpResponse, RequestKind, SessionId, TunnelLimits, TunnelRefusal, TunnelRequest, TunnelResponse,
};
use crate::{DecodeError, SessionError};

/// The polling intervals of a server, in 64ths of a second: the first after an answer with RTMP in it, the
/// next after every ten answers without (RTMPT-011).
pub const POLLING_INTERVALS: [u8; 6] = [0x01, 0x03, 0x05, 0x09, 0x11, 0x21];

const EMPTY_ANSWERS_PER_STEP: u32 = 10;

/// The server's side of one session, from its open on. It does not care which HTTP connection a request comes
/// by.
///
/// For each request of the session: [`Self::accept`], then [`Self::answer`] with what the server has to say.
#[derive(Debug)]
pub struct ServerTunnel {
    session: SessionId,
    /// Number that is due; `None` after the last that fits into 32 bits.
    next: Option<u32>,
    /// The last request that was accepted, and its answer where there is one.
    last: Option<(RequestKind, u32, Option<HttpResponse>)>,
    /// Index into [`POLLING_INTERVALS`].
    step: usize,
    empty_answers: u32,
    heard_ms: u64,
    expiry_ms: u64,
    closed: bool,
}

/// What a request brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// RTMP bytes for the session; none when the client only polls.
    Rtmp(Bytes),
    /// The client is done: nothing follows after the answer.
    Closed,
    /// The client sent its last request again, because the answer got lost: here it is. Nothing goes to the
    /// session.
    Repeated(HttpResponse),
}

impl ServerTunnel {
    /// A session that begins now, `now_ms` on the caller's clock; the answer to open is
    /// [`TunnelResponse::Opened`] with this id.
    #[must_use]
    pub fn new(session: SessionId, limits: &TunnelLimits, now_ms: u64) -> Self {
        Self {
            session,
            next: Some(0),
            last: None,
            step: 0,
            empty_answers: 0,
            heard_ms: now_ms,
            expiry_ms: limits.expiry_ms,
            closed: false,
        }
    }

    /// The same session with `sequence` as the number of its next request, for one that began elsewhere.
    #[must_use]
    pub const fn with_next(mut self, sequence: u32) -> Self {
        self.next = Some(sequence);
        self
    }

    /// The id of the session.
    #[must_use]
    pub const fn session(&self) -> &SessionId {
        &self.session
    }

    /// Takes a request that names this session. Requests come in the order of their numbers, with one
    /// exception: the last one again (RTMPT-009, RTMPT-017).
    ///
    /// # Errors
    /// The request is for another session, comes after close, or is out of order. It changes nothing.
    pub fn accept(&mut self, request: &TunnelRequest, now_ms: u64) -> Result<Arrival, TunnelRefusal> {
        let refuse = |status, what, clause| {
            let error = SessionError::Peer(DecodeError { what, clause }.at(0));
            Err(TunnelRefusal { status, error })
        };
        let (kind, seat) = match request.command.seat() {
            Some(seat) if seat.session == self.session => (request.command.kind(), seat),
            _ => return refuse(404, "the request names another session", "RTMPT-013"),
        };
        if let Some((last, number, Some(answer))) = &self.last
            && (*last, *number) == (kind, seat.sequence)
        {
            self.heard_ms = now_ms;
            return Ok(Arrival::Repeated(answer.clone()));
        }
        if self.closed {
            return refuse(404, "the session is closed", "RTMPT-008");
        }
        if self.next != Some(seat.sequence) {
            return refuse(400, "the sequence number is not the next one", "RTMPT-009");
        }
        self.next = seat.sequence.checked_add(1);
        self.last = Some((kind, seat.sequence, None));
        self.heard_ms = now_ms;
        self.closed = kind == RequestKind::Close;
        Ok(match kind {
            RequestKind::Send => Arrival::Rtmp(request.body.clone()),
            RequestKind::Close => Arrival::Closed,
            _ => Arrival::Rtmp(Bytes::new()),
        })
    }

    /// The answer to the request that was accepted last, with the RTMP bytes that the session has to send;
    /// they may be none. It is kept until the next one, in case the client asks again.
    #[must_use]
    pub fn answer(&mut self, rtmp: Bytes) -> HttpResponse {
        if !rtmp.is_empty() {
            (self.step, self.empty_answers) = (0, 0);
        } else if self.step + 1 < POLLING_INTERVALS.len() {
            self.empty_answers += 1;
            if self.empty_answers > EMPTY_ANSWERS_PER_STEP {
                (self.step, self.empty_answers) = (self.step + 1, 1);
            }
        }
        let interval = if self.closed { 0 } else { POLLING_INTERVALS[self.step] };
        let answer = TunnelResponse::Data { interval, rtmp }.into_http();
        if let Some((.., kept)) = &mut self.last {
            *kept = Some(answer.clone());
        }
        answer
    }

    /// Whether the client closed the session.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// When the session is given up unless a request comes, in ms of the caller's clock (RTMPT-015).
    #[must_use]
    pub const fn expires_ms(&self) -> u64 {
        self.heard_ms.saturating_add(self.expiry_ms)
    }
}
