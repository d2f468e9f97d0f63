//! shiguredo_rtmp behind the line protocol of `vectors/PROTOCOL.md`, through its re-exports for tests.

use rtmp_peers::{
    adapter::{Failed, Found, Peer, Request},
    forms::{self, bits, control, hex},
    streams::{self, Message, Step},
};
use serde_json::{Value, json};
use shiguredo_rtmp::{
    Error, ErrorKind,
    tests::{
        Amf0Value, Amf3Value, Pair, RtmpChunkDecoder, RtmpChunkSize, RtmpClientHandshake, RtmpMessage,
        RtmpMessageDecoder, RtmpServerHandshake, RtmpUserControlEvent as Event,
    },
};

/// Without the place in its source that its text has, too.
fn error(cause: Error) -> Failed {
    Failed::Error(format!("{:?}: {}", cause.kind, cause.reason))
}

fn main() {
    Peer {
        name: "shiguredo_rtmp",
        yields: &[
            ("chunk-stream-v1", chunks),
            ("control-v1", chunks),
            ("amf0-v1", amf0),
            ("amf3-v1", amf3),
            ("handshake-v1", handshake),
        ],
        verdicts: &[],
        loses: &["ecma-count", "date-zone", "references", "sealed"],
        note: "RtmpChunkDecoder; each control message is read by an RtmpMessageDecoder of its own; AMF0 value by \
               value, as its RtmpMessageDecoder does; AMF3 of one value only",
    }
    .serve();
}

fn chunks(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut decoder = RtmpChunkDecoder::default();
    if let Some(size) = streams::chunk_size(request) {
        let size = RtmpChunkSize::new(size as usize);
        decoder.set_chunk_size(size.ok_or_else(|| Failed::Cannot("not a chunk size to it".into()))?);
    }
    let mut buffer: Vec<u8> = Vec::new();
    for read in request.reads() {
        buffer.extend_from_slice(read);
        let mut used = 0;
        loop {
            let (length, message) = match decoder.decode(&buffer[used..]) {
                Ok(decoded) => decoded,
                Err(cause) if cause.kind == ErrorKind::InsufficientBuffer => break,
                Err(cause) => return Err(error(cause)),
            };
            used += length;
            let Some(message) = message else { continue };
            let kind = message.message_type as u8;
            let wanted = matches!(kind, 1 | 2) || request.control && (3..=6).contains(&kind);
            let said = if wanted { Some(read_control(kind, &message.payload)?) } else { None };
            match &said {
                Some(RtmpMessage::SetChunkSize { size, .. }) => decoder.set_chunk_size(*size),
                Some(RtmpMessage::Abort { chunk_stream_id, .. }) => {
                    decoder.reset_chunk_stream(*chunk_stream_id)
                }
                _ => {}
            }
            let form = Message {
                kind,
                csid: message.chunk_stream_id.get(),
                msid: message.message_stream_id.get(),
                ts: message.timestamp.as_millis(),
                payload: &message.payload,
            };
            found.push(form.form(request, said.and_then(said_form)));
        }
        buffer.drain(..used);
    }
    Ok(())
}

/// Its reader of messages takes chunks only, so the body is put into one.
fn read_control(kind: u8, body: &[u8]) -> Result<RtmpMessage, Failed> {
    let Some(length) = u8::try_from(body.len()).ok().filter(|length| *length <= 128) else {
        return Err(Failed::Cannot("a control message longer than a chunk".into()));
    };
    let mut decoder = RtmpMessageDecoder::default();
    decoder.feed_buf(&[2, 0, 0, 0, 0, 0, length, kind, 0, 0, 0, 0]);
    decoder.feed_buf(body);
    match decoder.decode() {
        Ok(Some(message)) => Ok(message),
        // A body that is too short: the connection waits, for nothing that could come.
        Ok(None) => Err(Failed::Error("no message".into())),
        Err(cause) => Err(error(cause)),
    }
}

fn said_form(message: RtmpMessage) -> Option<Value> {
    let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    Some(match message {
        RtmpMessage::SetChunkSize { size, .. } => control::set_chunk_size(number(size.get())),
        RtmpMessage::Abort { chunk_stream_id, .. } => control::abort(chunk_stream_id.get()),
        RtmpMessage::Ack { sequence_number, .. } => control::acknowledgement(sequence_number),
        RtmpMessage::WinAckSize { size, .. } => control::window_ack_size(size),
        RtmpMessage::SetPeerBandwidth { size, limit_type, .. } => {
            control::set_peer_bandwidth(size, limit_type as u8)
        }
        RtmpMessage::UserControl { event, .. } => match event {
            Event::StreamBegin { stream_id } => control::stream("stream-begin", stream_id.get()),
            Event::StreamEof { stream_id } => control::stream("stream-eof", stream_id.get()),
            Event::StreamDry { stream_id } => control::stream("stream-dry", stream_id.get()),
            Event::StreamIsRecorded { stream_id } => control::stream("stream-is-recorded", stream_id.get()),
            Event::SetBufferLength { stream_id, length } => {
                control::set_buffer_length(stream_id.get(), length)
            }
            Event::PingRequest { timestamp } => control::ping("ping-request", timestamp.as_millis()),
            Event::PingResponse { timestamp } => control::ping("ping-response", timestamp.as_millis()),
            Event::BufferEmpty { stream_id } => control::unknown_event(31, &stream_id.get().to_be_bytes()),
            Event::BufferReady { stream_id } => control::unknown_event(32, &stream_id.get().to_be_bytes()),
        },
        _ => return None,
    })
}

fn amf0(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut rest = &request.bytes[..];
    while !rest.is_empty() {
        let (used, value) = Amf0Value::decode(rest).map_err(error)?;
        rest = &rest[used..];
        found.push(form0(&value));
    }
    Ok(())
}

fn members<V>(entries: &[Pair<String, V>], form: impl Fn(&V) -> Value) -> Value {
    forms::pairs(entries.iter().map(|pair| (&pair.key, &pair.value)), form)
}

#[expect(clippy::cast_precision_loss, reason = "whole milliseconds of a double")]
fn millis(time: std::time::Duration) -> f64 {
    time.as_millis() as f64
}

fn form0(value: &Amf0Value) -> Value {
    forms::nested(|| match value {
        Amf0Value::Number(number) => forms::number(*number),
        Amf0Value::Boolean(value) => forms::boolean(*value),
        Amf0Value::String(text) => forms::text("string", text),
        Amf0Value::Object { class_name: None, entries } => forms::object(members(entries, form0)),
        Amf0Value::Object { class_name: Some(class), entries } => {
            forms::typed_object(class, members(entries, form0))
        }
        Amf0Value::Null => forms::simple("null"),
        Amf0Value::Undefined => forms::simple("undefined"),
        Amf0Value::EcmaArray { entries } => forms::ecma_array(members(entries, form0)),
        Amf0Value::Array { entries } => forms::strict_array(entries.iter().map(form0).collect()),
        Amf0Value::Date { unix_time } => forms::amf0_date(millis(*unix_time), 0),
        Amf0Value::XmlDocument(text) => forms::text("xml-document", text),
        Amf0Value::AvmPlus(value) => json!({"type": "amf3", "value": form3(value)}),
    })
}

/// One value is all that it reads with one set of tables.
fn amf3(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let (used, value) = Amf3Value::decode(&request.bytes).map_err(error)?;
    if used < request.bytes.len() {
        return Err(Failed::Cannot("it reads one AMF3 value, and the tables end with it".into()));
    }
    found.push(json!({"amf3": form3(&value)}));
    Ok(())
}

fn form3(value: &Amf3Value) -> Value {
    let all = |items: &[Amf3Value]| items.iter().map(form3).collect::<Vec<_>>();
    forms::nested(|| match value {
        Amf3Value::Undefined => forms::simple("undefined"),
        Amf3Value::Null => forms::simple("null"),
        Amf3Value::Boolean(value) => forms::boolean(*value),
        Amf3Value::Integer(value) => json!({"type": "integer", "value": value}),
        Amf3Value::Double(number) => forms::double(*number),
        Amf3Value::String(text) => forms::text("string", text),
        Amf3Value::XmlDocument(text) => forms::text("xml-document", text),
        Amf3Value::Date { unix_time } => forms::amf3_date(millis(*unix_time)),
        Amf3Value::Array { assoc_entries, dense_entries } => json!({
            "type": "array", "associative": members(assoc_entries, form3), "dense": all(dense_entries),
        }),
        Amf3Value::Object { class_name, sealed_count, entries } => {
            let (sealed, dynamic) = entries.split_at((*sealed_count).min(entries.len()));
            json!({
                "type": "object", "class": class_name.as_deref().unwrap_or_default(), "dynamic": true,
                "sealed": members(sealed, form3), "members": members(dynamic, form3),
            })
        }
        Amf3Value::Xml(text) => forms::text("xml", text),
        Amf3Value::ByteArray(bytes) => json!({"type": "byte-array", "hex": hex(bytes)}),
        Amf3Value::IntVector { is_fixed, entries } => {
            json!({"type": "vector-int", "fixed": is_fixed, "items": entries})
        }
        Amf3Value::UintVector { is_fixed, entries } => {
            json!({"type": "vector-uint", "fixed": is_fixed, "items": entries})
        }
        Amf3Value::DoubleVector { is_fixed, entries } => {
            let items: Vec<_> = entries.iter().copied().map(bits).collect();
            json!({"type": "vector-double", "fixed": is_fixed, "items": items})
        }
        Amf3Value::ObjectVector { class_name, is_fixed, entries } => json!({
            "type": "vector-object", "fixed": is_fixed, "class": class_name.as_deref().unwrap_or("*"),
            "items": all(entries),
        }),
        Amf3Value::Dictionary { is_weak, entries } => {
            let entry = |pair: &Pair<Amf3Value, Amf3Value>| json!({"key": form3(&pair.key), "value": form3(&pair.value)});
            let entries: Vec<_> = entries.iter().map(entry).collect();
            json!({"type": "dictionary", "weak": is_weak, "entries": entries})
        }
    })
}

fn handshake(request: &Request, found: &mut Found) -> Result<(), Failed> {
    if request.state["role"] == "client" {
        let mut peer = RtmpClientHandshake::new();
        let first = peer.send_buf().to_vec();
        peer.advance_send_buf(first.len());
        streams::handshake(request, found, first, |read| {
            peer.feed_recv_buf(read).map_err(error)?;
            let sent = peer.send_buf().to_vec();
            peer.advance_send_buf(sent.len());
            Ok(Step { sent, left: peer.is_recv_complete().then(|| peer.take_recv_buf().len()) })
        })
    } else {
        let mut peer = RtmpServerHandshake::new();
        streams::handshake(request, found, Vec::new(), |read| {
            peer.feed_recv_buf(read).map_err(error)?;
            let sent = peer.send_buf().to_vec();
            peer.advance_send_buf(sent.len());
            Ok(Step { sent, left: peer.is_recv_complete().then(|| peer.take_recv_buf().len()) })
        })
    }
}
