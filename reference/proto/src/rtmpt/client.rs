use bytes::{Bytes, BytesMut};

use super::{
    HttpResponse, RequestKind, Seat, SessionId, TunnelCommand, TunnelLimits, TunnelRequest, TunnelResponse,
};
use crate::{LimitExceeded, LocalMisuse, SessionError};

/// The client's side of one session: which request is due when. One request is under way at a time.
///
/// The loop: [`Self::send`] what the RTMP session wants to say; [`Self::poll_request`] and write what it
/// gives; [`Self::handle_response`] and hand the RTMP session what it returns; wait for bytes to send or
/// until [`Self::due_ms`]. It does not send the probe `/fcs/ident2`, which servers do not need (RTMPT-003).
#[derive(Debug)]
pub struct ClientTunnel {
    limits: TunnelLimits,
    session: Option<SessionId>,
    /// Number of the next request; `None` after the last that fits into 32 bits.
    sequence: Option<u32>,
    waiting: BytesMut,
    under_way: Option<RequestKind>,
    /// When the next poll is due, in ms.
    due_ms: u64,
    closing: bool,
    closed: bool,
}

impl ClientTunnel {
    /// A session that is not open yet.
    #[must_use]
    pub fn new(limits: TunnelLimits) -> Self {
        Self {
            limits,
            session: None,
            sequence: Some(0),
            waiting: BytesMut::new(),
            under_way: None,
            due_ms: 0,
            closing: false,
            closed: false,
        }
    }

    /// Takes RTMP bytes for the server.
    ///
    /// # Errors
    /// More wait than [`TunnelLimits::backlog`] allows, or the session is closing. Nothing is taken then.
    pub fn send(&mut self, rtmp: &[u8]) -> Result<(), SessionError> {
        if self.closing || self.closed {
            return Err(LocalMisuse { what: "bytes for a tunnel that is closing" }.into());
        }
        let (value, maximum) = (self.waiting.len().saturating_add(rtmp.len()), self.limits.backlog);
        if value > maximum {
            let (value, maximum) = (value as u64, maximum as u64);
            return Err(LimitExceeded { limit: "backlog", value, maximum }.into());
        }
        self.waiting.extend_from_slice(rtmp);
        Ok(())
    }

    /// Ends the session with the next request, after the bytes that wait; at once where it has not begun and
    /// none do.
    pub fn close(&mut self) {
        self.closing = true;
        self.closed |= self.session.is_none() && self.under_way.is_none() && self.waiting.is_empty();
    }

    /// The request that is due now: open, then send where bytes wait, close when asked for, idle when the
    /// polling interval is over. `None`: one is under way, or nothing is due.
    ///
    /// # Errors
    /// The numbers of requests are used up (RTMPT-009 knows no way on).
    pub fn poll_request(&mut self, now_ms: u64) -> Result<Option<TunnelRequest>, SessionError> {
        if self.under_way.is_some() || self.closed {
            return Ok(None);
        }
        let nothing = Bytes::from_static(&[0]);
        let Some(session) = &self.session else {
            self.under_way = Some(RequestKind::Open);
            return Ok(Some(TunnelRequest::new(TunnelCommand::Open, nothing)));
        };
        if self.waiting.is_empty() && !self.closing && now_ms < self.due_ms {
            return Ok(None);
        }
        let Some(sequence) = self.sequence else {
            return Err(LocalMisuse { what: "the sequence numbers of a tunnel are used up" }.into());
        };
        let seat = Seat { session: session.clone(), sequence };
        self.sequence = sequence.checked_add(1);
        let (command, body) = if !self.waiting.is_empty() {
            let len = self.waiting.len().min(self.limits.body_bytes.max(1));
            (TunnelCommand::Send(seat), self.waiting.split_to(len).freeze())
        } else if self.closing {
            (TunnelCommand::Close(seat), nothing)
        } else {
            (TunnelCommand::Idle(seat), nothing)
        };
        self.under_way = Some(command.kind());
        Ok(Some(TunnelRequest::new(command, body)))
    }

    /// Takes the answer to the request under way and gives the RTMP bytes in it.
    ///
    /// # Errors
    /// No request is under way, the server refused it, or its body is not what it should be. The session is
    /// over.
    pub fn handle_response(&mut self, response: &HttpResponse, now_ms: u64) -> Result<Bytes, SessionError> {
        let Some(kind) = self.under_way.take() else {
            self.closed = true;
            return Err(LocalMisuse { what: "a response to no request" }.into());
        };
        match TunnelResponse::read(kind, response) {
            Ok(TunnelResponse::Opened(session)) => {
                self.session = Some(session);
                self.due_ms = now_ms;
                Ok(Bytes::new())
            }
            Ok(TunnelResponse::Data { interval, rtmp }) => {
                self.due_ms = now_ms.saturating_add(u64::from(interval) * 1000 / 64);
                self.closed = kind == RequestKind::Close;
                Ok(rtmp)
            }
            Ok(TunnelResponse::Ident { .. }) => Ok(Bytes::new()),
            Err(error) => {
                self.closed = true;
                Err(SessionError::Peer(error.at(0)))
            }
        }
    }

    /// The request that waits for its answer.
    #[must_use]
    pub const fn under_way(&self) -> Option<RequestKind> {
        self.under_way
    }

    /// When the next poll is due, in ms of the caller's clock; a request with bytes is due at once. `None`
    /// while one is under way and when the session is over.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        let at_once = self.session.is_none() || self.closing || !self.waiting.is_empty();
        (self.under_way.is_none() && !self.closed).then_some(if at_once { 0 } else { self.due_ms })
    }

    /// The id of the session, once the server gave it.
    #[must_use]
    pub const fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// Whether the session is over.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }
}
