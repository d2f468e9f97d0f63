//! scuffle-rtmp and scuffle-amf0 behind the line protocol of `vectors/PROTOCOL.md`.

use std::io::Cursor;

use bytes::BytesMut;
use rtmp_peers::{
    adapter::{Failed, Found, Peer, Request, error},
    forms,
    streams::{self, Message, Step},
};
use scuffle_amf0::{Amf0Value, decoder::Amf0Decoder};
use scuffle_rtmp::{chunk::reader::ChunkReader, handshake::HandshakeServer, messages::MessageData};
use serde_json::Value;

fn main() {
    Peer {
        name: "scuffle-rtmp",
        yields: &[
            ("chunk-stream-v1", chunks),
            ("control-v1", chunks),
            ("amf0-v1", amf0),
            ("handshake-v1", handshake),
        ],
        verdicts: &[],
        loses: &["control", "order", "array-kind", "class", "date", "undefined", "xml"],
        note: "ChunkReader with MessageData::read for types 1 to 6, most of which it does not read; Amf0Decoder of \
               scuffle-amf0; the handshake of a server",
    }
    .serve();
}

fn chunks(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut reader = ChunkReader::default();
    if streams::chunk_size(request).is_some_and(|size| !reader.update_max_chunk_size(size as usize)) {
        return Err(Failed::Cannot("it refuses this chunk size".into()));
    }
    let mut buffer = BytesMut::new();
    for read in request.reads() {
        buffer.extend_from_slice(read);
        while let Some(message) = reader.read_chunk(&mut buffer).map_err(error)? {
            let kind = message.message_header.msg_type_id.0;
            let wanted = kind == 1 || request.control && (2..=6).contains(&kind);
            let said = if wanted { Some(MessageData::read(&message).map_err(error)?) } else { None };
            // The documentation of update_max_chunk_size: close the connection in this case.
            if let Some(MessageData::SetChunkSize(said)) = said
                && !reader.update_max_chunk_size(said.chunk_size as usize)
            {
                return Err(Failed::Error(format!("chunk size {} is refused", said.chunk_size)));
            }
            let form = Message {
                kind,
                csid: message.basic_header.chunk_stream_id,
                msid: message.message_header.msg_stream_id,
                ts: message.message_header.timestamp,
                payload: &message.payload,
            };
            found.push(form.form(request, None));
        }
    }
    Ok(())
}

fn amf0(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut decoder = Amf0Decoder::from_slice(&request.bytes);
    while decoder.has_remaining().map_err(error)? {
        found.push(form(&decoder.decode_value().map_err(error)?));
    }
    Ok(())
}

fn form(value: &Amf0Value<'_>) -> Value {
    forms::nested(|| match value {
        Amf0Value::Number(number) => forms::number(*number),
        Amf0Value::Boolean(value) => forms::boolean(*value),
        Amf0Value::String(text) => forms::text("string", text.as_str()),
        Amf0Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, value)| (key.as_str(), value)).collect();
            forms::object(forms::pairs(members.iter().map(|(key, value)| (key, *value)), form))
        }
        Amf0Value::Null => forms::simple("null"),
        Amf0Value::Array(items) => forms::strict_array(items.iter().map(form).collect()),
    })
}

/// Its steps take C0 and C1, then C2, each whole.
fn handshake(request: &Request, found: &mut Found) -> Result<(), Failed> {
    if request.state["role"] == "client" {
        return Err(Failed::Cannot("it has the server's side only".into()));
    }
    let mut peer = HandshakeServer::default();
    let mut buffer = BytesMut::new();
    let mut needs = 1537;
    streams::handshake(request, found, Vec::new(), |read| {
        buffer.extend_from_slice(read);
        let mut sent = Vec::new();
        while !peer.is_finished() && buffer.len() >= needs {
            let mut step = Cursor::new(buffer.split_to(needs).freeze());
            peer.handshake(&mut step, &mut sent).map_err(error)?;
            needs = 1536;
        }
        Ok(Step { sent, left: peer.is_finished().then_some(buffer.len()) })
    })
}
