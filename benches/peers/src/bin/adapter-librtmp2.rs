//! librtmp2 behind the line protocol of `vectors/PROTOCOL.md`.

use librtmp2::{
    amf::amf0::skip_value,
    buffer::Buffer,
    chunk::{
        reader::{ChunkMessage, chunk_read_owned},
        state::ChunkRegistry,
    },
    handshake::{self as peer, Handshake, HandshakeState},
    message::control as read,
};
use rtmp_peers::{
    adapter::{Failed, Found, Peer, Request, error},
    forms::control,
    streams::{self, Message, Step},
};
use serde_json::Value;

fn main() {
    Peer {
        name: "librtmp2",
        yields: &[("chunk-stream-v1", chunks), ("control-v1", chunks), ("handshake-v1", handshake)],
        verdicts: &[("amf0-v1", amf0)],
        loses: &[],
        note: "chunk_read_owned, read_* of message::control (errors of those but Set Chunk Size mean that the message \
               is ignored, as its sessions do); amf0: skip_value",
    }
    .serve();
}

fn chunks(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut registry = ChunkRegistry::new();
    registry.init();
    // Its own limit is lower, and can be set.
    registry.max_msg_length = 0x00FF_FFFF;
    if let Some(size) = streams::chunk_size(request) {
        registry.set_all_chunk_size(size);
    }
    let mut buffer = Buffer::new();
    let mut message = ChunkMessage::default();
    // Its buffer grows to at most some megabytes.
    for piece in request.reads().flat_map(|read| read.chunks(1 << 16)) {
        buffer.write(piece).map_err(error)?;
        loop {
            let before = buffer.available();
            let (result, payload) =
                chunk_read_owned(&mut buffer, &mut registry, &mut message).map_err(error)?;
            if result != 1 || !message.is_complete {
                if buffer.available() == before {
                    break;
                }
                continue;
            }
            match message.msg_type_id {
                1 => registry.set_all_chunk_size(read::read_set_chunk_size(&payload).map_err(error)?),
                2 => {
                    if let Ok(csid) = read::read_abort_message(&payload) {
                        registry.abort_stream(csid);
                    }
                }
                _ => {}
            }
            let form = Message {
                kind: message.msg_type_id,
                csid: message.csid,
                msid: message.msg_stream_id,
                ts: message.timestamp,
                payload: &payload,
            };
            found.push(form.form(request, said(message.msg_type_id, &payload)));
        }
    }
    Ok(())
}

fn said(kind: u8, body: &[u8]) -> Option<Value> {
    Some(match kind {
        1 => control::set_chunk_size(read::read_set_chunk_size(body).ok()?),
        2 => control::abort(read::read_abort_message(body).ok()?),
        3 => control::acknowledgement(read::read_acknowledgement_size(body).ok()?),
        4 => {
            let (event, first, second) = read::read_user_control(body, true).ok()?;
            match event {
                0 => control::stream("stream-begin", first),
                1 => control::stream("stream-eof", first),
                2 => control::stream("stream-dry", first),
                3 => control::set_buffer_length(first, second?),
                4 => control::stream("stream-is-recorded", first),
                6 => control::ping("ping-request", first),
                7 => control::ping("ping-response", first),
                _ => control::unknown_event(event, &first.to_be_bytes()),
            }
        }
        5 => control::window_ack_size(read::read_window_ack_size(body).ok()?),
        6 => {
            let (window, limit) = read::read_set_peer_bandwidth(body).ok()?;
            control::set_peer_bandwidth(window, limit)
        }
        _ => return None,
    })
}

/// It has no tree of values: it steps over them.
fn amf0(request: &Request, _: &mut Found) -> Result<(), Failed> {
    let mut buffer = Buffer::from_slice(&request.bytes);
    while buffer.available() > 0 {
        skip_value(&mut buffer).map_err(error)?;
    }
    Ok(())
}

fn handshake(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut state = Handshake::default();
    let client = request.state["role"] == "client";
    let mut first = Vec::new();
    if client {
        peer::client_init(&mut state);
        peer::client_generate_c0c1(&mut state).map_err(error)?;
        first = state.out.take();
    } else {
        peer::server_init(&mut state);
    }
    let mut buffer = Buffer::new();
    streams::handshake(request, found, first, |read| {
        buffer.write(read).map_err(error)?;
        let mut sent = Vec::new();
        loop {
            let needs = match state.state {
                HandshakeState::ServerWaitC0 | HandshakeState::ClientWaitS0 => 1,
                _ => 1536,
            };
            if state.is_complete() || buffer.available() < needs {
                break;
            }
            match state.state {
                HandshakeState::ServerWaitC0 => {
                    peer::server_read_c0(&mut state, &mut buffer).map_err(error)?;
                    // Its sessions send S0 themselves.
                    sent.push(3);
                }
                HandshakeState::ServerWaitC1 => {
                    peer::server_read_c1(&mut state, &mut buffer).map_err(error)?
                }
                HandshakeState::ServerWaitC2 => {
                    peer::server_read_c2(&mut state, &mut buffer).map_err(error)?
                }
                HandshakeState::ClientWaitS0 => {
                    peer::client_read_s0(&mut state, &mut buffer).map_err(error)?
                }
                HandshakeState::ClientWaitS1 => {
                    peer::client_read_s1(&mut state, &mut buffer).map_err(error)?
                }
                HandshakeState::ClientWaitS2 => {
                    peer::client_read_s2(&mut state, &mut buffer).map_err(error)?
                }
                _ => break,
            }
            sent.extend(state.out.take());
        }
        Ok(Step { sent, left: state.is_complete().then(|| buffer.available()) })
    })
}
