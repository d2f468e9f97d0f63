//! rtmp-rs behind the line protocol of `vectors/PROTOCOL.md`.

use bytes::{Bytes, BytesMut};
use rtmp_peers::{
    adapter::{Failed, Found, Peer, Request, error},
    forms::{self, control},
    streams::{self, Message, Step},
};
use rtmp_rs::{
    amf::{AmfValue, amf0::Amf0Decoder},
    protocol::{ChunkDecoder, Handshake, HandshakeRole, RtmpMessage, message::UserControlEvent as Event},
};
use serde_json::Value;

fn main() {
    Peer {
        name: "rtmp-rs",
        yields: &[
            ("chunk-stream-v1", chunks),
            ("control-v1", chunks),
            ("amf0-v1", amf0),
            ("handshake-v1", handshake),
        ],
        verdicts: &[],
        loses: &["order", "ecma-count", "date-zone", "unsupported-undefined", "references"],
        note: "ChunkDecoder, RtmpMessage::from_chunk for control messages, Amf0Decoder::new (lenient, as its sessions)",
    }
    .serve();
}

fn chunks(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut decoder = ChunkDecoder::new();
    if let Some(size) = streams::chunk_size(request) {
        decoder.set_chunk_size(size);
    }
    let mut buffer = BytesMut::new();
    for read in request.reads() {
        buffer.extend_from_slice(read);
        loop {
            let before = buffer.len();
            let Some(message) = decoder.decode(&mut buffer).map_err(error)? else {
                // A chunk that did not end a message was taken, or nothing was.
                if buffer.len() == before {
                    break;
                }
                continue;
            };
            let kind = message.message_type;
            let wanted = matches!(kind, 1 | 2) || request.control && (3..=6).contains(&kind);
            let said = if wanted { Some(RtmpMessage::from_chunk(&message).map_err(error)?) } else { None };
            match said {
                Some(RtmpMessage::SetChunkSize(size)) => decoder.set_chunk_size(size),
                Some(RtmpMessage::Abort { csid }) => decoder.abort(csid),
                _ => {}
            }
            let form = Message {
                kind,
                csid: message.csid,
                msid: message.stream_id,
                ts: message.timestamp,
                payload: &message.payload,
            };
            found.push(form.form(request, said.and_then(said_form)));
        }
    }
    Ok(())
}

fn said_form(message: RtmpMessage) -> Option<Value> {
    Some(match message {
        RtmpMessage::SetChunkSize(size) => control::set_chunk_size(size),
        RtmpMessage::Abort { csid } => control::abort(csid),
        RtmpMessage::Acknowledgement { sequence } => control::acknowledgement(sequence),
        RtmpMessage::WindowAckSize(size) => control::window_ack_size(size),
        RtmpMessage::SetPeerBandwidth { size, limit_type } => control::set_peer_bandwidth(size, limit_type),
        RtmpMessage::UserControl(event) => match event {
            Event::StreamBegin(stream) => control::stream("stream-begin", stream),
            Event::StreamEof(stream) => control::stream("stream-eof", stream),
            Event::StreamDry(stream) => control::stream("stream-dry", stream),
            Event::StreamIsRecorded(stream) => control::stream("stream-is-recorded", stream),
            Event::SetBufferLength { stream_id, buffer_ms } => {
                control::set_buffer_length(stream_id, buffer_ms)
            }
            Event::PingRequest(value) => control::ping("ping-request", value),
            Event::PingResponse(value) => control::ping("ping-response", value),
            Event::Unknown { event_type, data } => control::unknown_event(event_type, &data),
        },
        _ => return None,
    })
}

fn amf0(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut decoder = Amf0Decoder::new();
    let mut rest = Bytes::copy_from_slice(&request.bytes);
    while !rest.is_empty() {
        let value = decoder.decode(&mut rest).map_err(error)?;
        found.push(form(&value));
    }
    Ok(())
}

fn form(value: &AmfValue) -> Value {
    forms::nested(|| match value {
        AmfValue::Null => forms::simple("null"),
        AmfValue::Undefined => forms::simple("undefined"),
        AmfValue::Boolean(value) => forms::boolean(*value),
        AmfValue::Number(number) => forms::number(*number),
        AmfValue::String(text) => forms::text("string", text),
        AmfValue::Array(items) => forms::strict_array(items.iter().map(form).collect()),
        AmfValue::Object(members) => forms::object(forms::pairs(members, form)),
        AmfValue::EcmaArray(members) => forms::ecma_array(forms::pairs(members, form)),
        AmfValue::TypedObject { class_name, properties } => {
            forms::typed_object(class_name, forms::pairs(properties, form))
        }
        AmfValue::Date(millis) => forms::amf0_date(*millis, 0),
        AmfValue::Xml(text) => forms::text("xml-document", text),
        // Of AMF3 alone; its reader of AMF0 makes none.
        AmfValue::Integer(number) => forms::number(f64::from(*number)),
        AmfValue::ByteArray(_) => forms::simple("undefined"),
    })
}

fn handshake(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let client = request.state["role"] == "client";
    let mut peer = Handshake::new(if client { HandshakeRole::Client } else { HandshakeRole::Server });
    let first = peer.generate_initial().map(|bytes| bytes.to_vec()).unwrap_or_default();
    let mut buffer = BytesMut::new();
    streams::handshake(request, found, first, |read| {
        buffer.extend_from_slice(read);
        let mut rest = buffer.split().freeze();
        let mut sent = Vec::new();
        while !peer.is_done() {
            let before = rest.len();
            if let Some(answer) = peer.process(&mut rest).map_err(error)? {
                sent.extend_from_slice(&answer);
            }
            if rest.len() == before {
                break;
            }
        }
        buffer.extend_from_slice(&rest);
        Ok(Step { sent, left: peer.is_done().then_some(rest.len()) })
    })
}
