//! rml_rtmp and rml_amf0 behind the line protocol of `vectors/PROTOCOL.md`.

use rml_amf0::Amf0Value;
use rml_rtmp::{
    chunk_io::ChunkDeserializer,
    handshake::{Handshake, HandshakeProcessResult, PeerType},
    messages::{PeerBandwidthLimitType, RtmpMessage, UserControlEventType},
};
use rtmp_peers::{
    adapter::{Failed, Found, Peer, Request, error},
    forms::{self, control},
    streams::{self, Message, Step},
};
use serde_json::Value;

fn main() {
    Peer {
        name: "rml_rtmp",
        yields: &[
            ("chunk-stream-v1", chunks),
            ("control-v1", chunks),
            ("amf0-v1", amf0),
            ("handshake-v1", handshake),
        ],
        verdicts: &[],
        loses: &["csid", "order", "ecma-count", "array-kind"],
        note: "ChunkDeserializer, MessagePayload::to_rtmp_message for control messages, rml_amf0::deserialize",
    }
    .serve();
}

fn chunks(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut decoder = ChunkDeserializer::new();
    if let Some(size) = streams::chunk_size(request) {
        decoder.set_max_chunk_size(size as usize).map_err(error)?;
    }
    for read in request.reads() {
        let mut bytes = read;
        while let Some(message) = decoder.get_next_message(bytes).map_err(error)? {
            bytes = &[];
            let wanted = message.type_id == 1 || request.control && (2..=6).contains(&message.type_id);
            let said = if wanted { Some(message.to_rtmp_message().map_err(error)?) } else { None };
            if let Some(RtmpMessage::SetChunkSize { size }) = said {
                decoder.set_max_chunk_size(size as usize).map_err(error)?;
            }
            let form = Message {
                kind: message.type_id,
                csid: 0,
                msid: message.message_stream_id,
                ts: message.timestamp.value,
                payload: &message.data,
            };
            found.push(form.form(request, said.and_then(said_form)));
        }
    }
    Ok(())
}

fn said_form(message: RtmpMessage) -> Option<Value> {
    use UserControlEventType as Event;
    Some(match message {
        RtmpMessage::SetChunkSize { size } => control::set_chunk_size(size),
        RtmpMessage::Abort { stream_id } => control::abort(stream_id),
        RtmpMessage::Acknowledgement { sequence_number } => control::acknowledgement(sequence_number),
        RtmpMessage::WindowAcknowledgement { size } => control::window_ack_size(size),
        RtmpMessage::SetPeerBandwidth { size, limit_type } => {
            let limit = match limit_type {
                PeerBandwidthLimitType::Hard => 0,
                PeerBandwidthLimitType::Soft => 1,
                PeerBandwidthLimitType::Dynamic => 2,
            };
            control::set_peer_bandwidth(size, limit)
        }
        RtmpMessage::UserControl { event_type, stream_id, buffer_length, timestamp } => match event_type {
            Event::StreamBegin => control::stream("stream-begin", stream_id?),
            Event::StreamEof => control::stream("stream-eof", stream_id?),
            Event::StreamDry => control::stream("stream-dry", stream_id?),
            Event::StreamIsRecorded => control::stream("stream-is-recorded", stream_id?),
            Event::SetBufferLength => control::set_buffer_length(stream_id?, buffer_length?),
            Event::PingRequest => control::ping("ping-request", timestamp?.value),
            Event::PingResponse => control::ping("ping-response", timestamp?.value),
            Event::BufferEmpty => control::unknown_event(31, &stream_id?.to_be_bytes()),
            Event::BufferReady => control::unknown_event(32, &stream_id?.to_be_bytes()),
        },
        _ => return None,
    })
}

fn amf0(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let values = rml_amf0::deserialize(&mut &request.bytes[..]).map_err(error)?;
    found.extend(values.iter().map(form));
    Ok(())
}

fn form(value: &Amf0Value) -> Value {
    forms::nested(|| match value {
        Amf0Value::Number(number) => forms::number(*number),
        Amf0Value::Boolean(value) => forms::boolean(*value),
        Amf0Value::Utf8String(text) => forms::text("string", text),
        Amf0Value::Object(members) => forms::object(forms::pairs(members, form)),
        Amf0Value::StrictArray(items) => forms::strict_array(items.iter().map(form).collect()),
        Amf0Value::Null => forms::simple("null"),
        Amf0Value::Undefined => forms::simple("undefined"),
    })
}

fn handshake(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let client = request.state["role"] == "client";
    let mut peer = Handshake::new(if client { PeerType::Client } else { PeerType::Server });
    let first = if client { peer.generate_outbound_p0_and_p1().map_err(error)? } else { Vec::new() };
    streams::handshake(request, found, first, |read| {
        Ok(match peer.process_bytes(read).map_err(error)? {
            HandshakeProcessResult::InProgress { response_bytes } => {
                Step { sent: response_bytes, left: None }
            }
            HandshakeProcessResult::Completed { response_bytes, remaining_bytes } => {
                Step { sent: response_bytes, left: Some(remaining_bytes.len()) }
            }
        })
    })
}
