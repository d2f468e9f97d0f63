//! RTMPT on one TCP connection: HTTP in, the RTMP of its sessions out (requirements RTMPT-001 to RTMPT-018).
//!
//! The requests of one session may come over several connections. Its messages are listed with the connection
//! that opened it; [`super::Connections`] brings the pieces there in the order of the capture.

use std::collections::VecDeque;

use bytes::{Buf as _, BytesMut};
use rtmp_proto::rtmpt::{
    RequestDecoder, RequestKind, ResponseDecoder, TunnelCommand, TunnelLimits, TunnelResponse,
};

/// Responses that wait for the requests they answer, in bytes.
const WAITING: usize = 8 << 20;
/// Requests that wait for their responses. Clients send one at a time.
const ASKED: usize = 1_024;

/// What a tunnel yields.
#[derive(Debug, PartialEq, Eq)]
pub enum Mail {
    /// A session was opened on this connection.
    Opened(String),
    /// RTMP of a session.
    Rtmp {
        /// Its id.
        session: String,
        /// 0 from the client, 1 from the server.
        side: usize,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// Where HTTP stops being RTMPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Offset of the message in its direction.
    pub offset: u64,
    /// Why.
    pub why: String,
}

/// One direction.
#[derive(Debug, Default)]
struct Side {
    buffer: BytesMut,
    total: u64,
    /// Offset after the last complete message.
    complete: u64,
    rtmp: u64,
    broken: Option<Broken>,
}

/// How a direction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Bytes of HTTP: heads, polling intervals, bodies that hold no RTMP.
    pub http: u64,
    /// Bytes of RTMP, whatever session they are of.
    pub rtmp: u64,
    /// Bytes of a request or response that is not complete.
    pub partial: u64,
    /// What is no RTMPT.
    pub broken: Option<Broken>,
}

/// Both directions.
#[derive(Debug)]
pub struct Tunnel {
    requests: RequestDecoder,
    responses: ResponseDecoder,
    /// Client, server.
    sides: [Side; 2],
    /// Requests without their responses, and their sessions.
    asked: VecDeque<(RequestKind, String)>,
}

impl Default for Tunnel {
    fn default() -> Self {
        Self {
            requests: RequestDecoder::new(TunnelLimits::default()),
            responses: ResponseDecoder::new(TunnelLimits::default()),
            sides: Default::default(),
            asked: VecDeque::new(),
        }
    }
}

impl Tunnel {
    /// Takes bytes of a side, 0 for the client.
    pub fn push(&mut self, side: usize, bytes: &[u8], mail: &mut Vec<Mail>) {
        let own = &mut self.sides[side];
        own.total += bytes.len() as u64;
        if own.broken.is_none() {
            own.buffer.extend_from_slice(bytes);
        }
        if side == 0 {
            self.read_requests(mail);
        }
        self.read_responses(mail);
        let server = &mut self.sides[1];
        if server.buffer.len() > WAITING {
            server.stop("more than 8 MiB of responses without requests".into());
        }
    }

    fn read_requests(&mut self, mail: &mut Vec<Mail>) {
        let own = &mut self.sides[0];
        while own.broken.is_none() && own.buffer.has_remaining() {
            let request = match self.requests.decode(&mut own.buffer) {
                Ok(Some(request)) => request,
                Ok(None) => return,
                Err(refusal) => return own.stop(format!("HTTP of the tunnel: {}", refusal.error)),
            };
            if self.asked.len() == ASKED {
                return own.stop(format!("more than {ASKED} requests without answers"));
            }
            own.complete = own.total - own.buffer.len() as u64;
            let kind = request.command.kind();
            let session = request.command.seat().map_or_else(String::new, |s| s.session.as_str().to_owned());
            if let TunnelCommand::Send(_) = request.command {
                own.rtmp += request.body.len() as u64;
                mail.push(Mail::Rtmp { session: session.clone(), side: 0, bytes: request.body.to_vec() });
            }
            self.asked.push_back((kind, session));
        }
    }

    fn read_responses(&mut self, mail: &mut Vec<Mail>) {
        let own = &mut self.sides[1];
        while own.broken.is_none() && own.buffer.has_remaining() && !self.asked.is_empty() {
            let response = match self.responses.decode(&mut own.buffer) {
                Ok(Some(response)) => response,
                Ok(None) => return,
                Err(error) => return own.stop(format!("HTTP of the tunnel: {error}")),
            };
            own.complete = own.total - own.buffer.len() as u64;
            let Some((kind, session)) = self.asked.pop_front() else { return };
            match TunnelResponse::read(kind, &response) {
                Ok(TunnelResponse::Opened(id)) => mail.push(Mail::Opened(id.as_str().to_owned())),
                Ok(TunnelResponse::Data { rtmp, .. }) => {
                    own.rtmp += rtmp.len() as u64;
                    mail.push(Mail::Rtmp { session, side: 1, bytes: rtmp.to_vec() });
                }
                // A refusal is HTTP and nothing else.
                Ok(TunnelResponse::Ident { .. }) | Err(_) => {}
            }
        }
    }

    /// How a side ended.
    #[must_use]
    pub fn end(&self, side: usize) -> End {
        let own = &self.sides[side];
        let after = own.total - own.complete;
        let partial = if own.broken.is_some() { 0 } else { after };
        End { http: own.complete - own.rtmp, rtmp: own.rtmp, partial, broken: own.broken.clone() }
    }
}

impl Side {
    fn stop(&mut self, why: String) {
        self.broken = Some(Broken { offset: self.complete, why });
        self.buffer = BytesMut::new();
    }
}
