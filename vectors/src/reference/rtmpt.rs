//! Tunnel over HTTP, either side.

use bytes::{Bytes, BytesMut};
use rtmp_proto::rtmpt::{
    Arrival, HttpResponse, RequestDecoder, RequestKind, ResponseDecoder, ServerTunnel, SessionId,
    TunnelCommand, TunnelLimits, TunnelRequest, TunnelResponse as Said,
};

use super::chunk::reads;
use crate::hex;
use crate::judge::{Outcome, found};
use crate::{Found, Role, State, TunnelResponse, Yield};

/// The side that the group names reads the bytes.
pub fn decode(bytes: &[u8], split: &[usize], state: &State) -> Outcome {
    let mut yields = Vec::new();
    let mut input = BytesMut::new();
    let error = match state.role.expect("the group names the receiver's role") {
        Role::Server => {
            let mut server = Server::new(state);
            reads(bytes, split).try_for_each(|read| {
                input.extend_from_slice(read);
                server.read(&mut input, &mut yields)
            })
        }
        Role::Client => {
            let mut client = Client::new(state);
            reads(bytes, split).try_for_each(|read| {
                input.extend_from_slice(read);
                client.read(&mut input, &mut yields)
            })
        }
    };
    Outcome { yields, error: error.err() }
}

struct Server {
    decoder: RequestDecoder,
    tunnel: Option<ServerTunnel>,
}

impl Server {
    fn new(state: &State) -> Self {
        let limits = TunnelLimits::default();
        let id = state.session.as_deref().and_then(|id| SessionId::new(id).ok());
        let next = state.sequence.unwrap_or_default();
        let tunnel = id.map(|id| ServerTunnel::new(id, &limits, 0).with_next(next));
        Self { decoder: RequestDecoder::new(limits), tunnel }
    }

    fn read(&mut self, input: &mut BytesMut, yields: &mut Vec<Yield>) -> Result<(), String> {
        while let Some(request) = self.decoder.decode(input).map_err(|error| error.to_string())? {
            let mut rtmp = None;
            if request.command.seat().is_some() {
                let tunnel = self.tunnel.as_mut().ok_or("no session is open")?;
                match tunnel.accept(&request, 0).map_err(|error| error.to_string())? {
                    Arrival::Repeated(_) => continue,
                    Arrival::Rtmp(bytes) => rtmp = Some(bytes),
                    Arrival::Closed => {}
                }
                let _ = tunnel.answer(Bytes::new());
            }
            yields.push(found(Found::TunnelRequest(asked(&request, rtmp))));
        }
        Ok(())
    }
}

fn asked(request: &TunnelRequest, rtmp: Option<Bytes>) -> crate::TunnelRequest {
    let seat = request.command.seat();
    let rtmp = rtmp.filter(|_| matches!(request.command, TunnelCommand::Send(_)));
    crate::TunnelRequest {
        command: request.command.kind().as_str().to_owned(),
        session: seat.map(|seat| seat.session.to_string()),
        sequence: seat.map(|seat| seat.sequence),
        len: rtmp.as_ref().map(Bytes::len),
        sha256: rtmp.map(|rtmp| hex::sha256(&rtmp)),
    }
}

struct Client {
    decoder: ResponseDecoder,
    /// Requests that have no response, the last one first.
    requests: Vec<RequestKind>,
}

impl Client {
    fn new(state: &State) -> Self {
        let kind = |word: &String| {
            let known = RequestKind::ALL.into_iter().find(|kind| kind.as_str() == word);
            known.expect("a request of a tunnel")
        };
        let requests = state.requests.iter().flatten().rev().map(kind).collect();
        Self { decoder: ResponseDecoder::new(TunnelLimits::default()), requests }
    }

    fn read(&mut self, input: &mut BytesMut, yields: &mut Vec<Yield>) -> Result<(), String> {
        while !input.is_empty() {
            let to = *self.requests.last().ok_or("a response to no request")?;
            let Some(response) = self.decoder.decode(input).map_err(|error| error.to_string())? else {
                break;
            };
            self.requests.pop();
            yields.push(found(Found::TunnelResponse(said(to, &response)?)));
        }
        Ok(())
    }
}

fn said(to: RequestKind, response: &HttpResponse) -> Result<TunnelResponse, String> {
    let empty = TunnelResponse {
        to: to.as_str().to_owned(),
        status: None,
        session: None,
        interval: None,
        len: None,
        sha256: None,
    };
    Ok(match Said::read(to, response).map_err(|error| error.to_string())? {
        Said::Ident { status } => TunnelResponse { status: Some(status), ..empty },
        Said::Opened(id) => TunnelResponse { session: Some(id.to_string()), ..empty },
        Said::Data { interval, rtmp } => TunnelResponse {
            interval: Some(interval),
            len: Some(rtmp.len()),
            sha256: Some(hex::sha256(&rtmp)),
            ..empty
        },
    })
}
