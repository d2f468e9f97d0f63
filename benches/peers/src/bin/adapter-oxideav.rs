//! oxideav-rtmp behind the line protocol of `vectors/PROTOCOL.md`.

use oxideav_rtmp::{
    aggregate::parse_aggregate,
    amf::{self, Amf0Value},
    amf3::{Amf3Value, Decoder},
    chunk::{ChunkReader, Message as Received},
    handshake as peer,
    message::{UserControlEvent, parse_set_peer_bandwidth},
};
use rtmp_peers::{
    adapter::{Failed, Found, Peer, Request, error},
    forms::{self, bits, hex, sha256},
    streams::{self, Message, Socket},
};
use serde_json::{Value, json};

fn main() {
    Peer {
        name: "oxideav-rtmp",
        yields: &[
            ("chunk-stream-v1", chunks),
            ("control-v1", chunks),
            ("amf0-v1", amf0),
            ("amf3-v1", amf3),
            ("aggregate-v1", aggregate),
            ("handshake-v1", handshake),
        ],
        verdicts: &[],
        loses: &["csid", "control", "ecma-count", "references", "avm-plus"],
        note: "ChunkReader with set_chunk_size and abort_partial as its sessions and its documentation have it; \
               bodies of types 4 and 6 are parsed, those of 1, 2, 3 and 5 have no public parser",
    }
    .serve();
}

fn chunks(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut reader = ChunkReader::new(Socket::new(request));
    if let Some(size) = streams::chunk_size(request) {
        reader.set_chunk_size(size as usize);
    }
    loop {
        let message = match reader.read_message() {
            Ok(message) => message,
            Err(_) if reader.inner_mut().starved => return Ok(()),
            Err(cause) => return Err(error(cause)),
        };
        let word = || message.payload.first_chunk().map(|word| u32::from_be_bytes(*word));
        match message.msg_type_id {
            // Its sessions mask the highest bit and end with an error where the size is missing.
            1 => match word() {
                Some(size) => reader.set_chunk_size((size & 0x7FFF_FFFF) as usize),
                None => return Err(Failed::Error("Set Chunk Size without its size".into())),
            },
            2 => {
                word().map(|csid| reader.abort_partial(csid));
            }
            4 if request.control => drop(UserControlEvent::parse(&message.payload).map_err(error)?),
            6 if request.control => drop(parse_set_peer_bandwidth(&message.payload).map_err(error)?),
            _ => {}
        }
        let form = Message {
            kind: message.msg_type_id,
            csid: 0,
            msid: message.msg_stream_id,
            ts: message.timestamp,
            payload: &message.payload,
        };
        found.push(form.form(request, None));
    }
}

fn aggregate(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let number = |key: &str| request.state[key].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let message = Received {
        msg_type_id: 22,
        msg_stream_id: number("msid"),
        timestamp: number("ts"),
        payload: request.bytes.clone(),
    };
    for sub in parse_aggregate(&message).map_err(error)? {
        found.push(json!({"sub-message": {
            "type": sub.msg_type_id, "msid": sub.msg_stream_id, "ts": sub.timestamp,
            "len": sub.payload.len(), "sha256": sha256(&sub.payload),
        }}));
    }
    Ok(())
}

fn amf0(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let values = amf::decode_all(&request.bytes).map_err(error)?;
    found.extend(values.iter().map(form0));
    Ok(())
}

fn form0(value: &Amf0Value) -> Value {
    let properties =
        |members: &[(String, Amf0Value)]| forms::pairs(members.iter().map(|(k, v)| (k, v)), form0);
    forms::nested(|| match value {
        Amf0Value::Number(number) => forms::number(*number),
        Amf0Value::Boolean(value) => forms::boolean(*value),
        Amf0Value::String(text) => forms::text("string", text),
        Amf0Value::Object(members) => forms::object(properties(members)),
        Amf0Value::Null => forms::simple("null"),
        Amf0Value::Undefined => forms::simple("undefined"),
        Amf0Value::EcmaArray(members) => forms::ecma_array(properties(members)),
        Amf0Value::StrictArray(items) => forms::strict_array(items.iter().map(form0).collect()),
        Amf0Value::Date { millis, timezone } => forms::amf0_date(*millis, *timezone),
        Amf0Value::Unsupported => forms::simple("unsupported"),
        Amf0Value::XmlDocument(text) => forms::text("xml-document", text),
        Amf0Value::TypedObject { class_name, properties: members } => {
            forms::typed_object(class_name, properties(members))
        }
    })
}

fn amf3(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut decoder = Decoder::new();
    let mut at = 0;
    while at < request.bytes.len() {
        let value = decoder.decode(&request.bytes, &mut at).map_err(error)?;
        found.push(json!({"amf3": form3(&value)}));
    }
    Ok(())
}

fn form3(value: &Amf3Value) -> Value {
    let members = |members: &[(String, Amf3Value)]| forms::pairs(members.iter().map(|(k, v)| (k, v)), form3);
    let all = |items: &[Amf3Value]| items.iter().map(form3).collect::<Vec<_>>();
    forms::nested(|| match value {
        Amf3Value::Undefined => forms::simple("undefined"),
        Amf3Value::Null => forms::simple("null"),
        Amf3Value::Boolean(value) => forms::boolean(*value),
        Amf3Value::Integer(value) => json!({"type": "integer", "value": value}),
        Amf3Value::Double(number) => forms::double(*number),
        Amf3Value::String(text) => forms::text("string", text),
        Amf3Value::XmlDocument(text) => forms::text("xml-document", text),
        Amf3Value::Xml(text) => forms::text("xml", text),
        Amf3Value::Date(millis) => forms::amf3_date(*millis),
        Amf3Value::Array { dense, assoc } => {
            json!({"type": "array", "associative": members(assoc), "dense": all(dense)})
        }
        Amf3Value::Object { class_name, externalizable_body: Some(body), .. } => {
            json!({"type": "externalizable", "class": class_name, "hex": hex(body)})
        }
        Amf3Value::Object { class_name, dynamic, sealed, dynamic_members, .. } => json!({
            "type": "object", "class": class_name, "dynamic": dynamic, "sealed": members(sealed),
            "members": members(dynamic_members),
        }),
        Amf3Value::ByteArray(bytes) => json!({"type": "byte-array", "hex": hex(bytes)}),
        Amf3Value::VectorInt { fixed, items } => {
            json!({"type": "vector-int", "fixed": fixed, "items": items})
        }
        Amf3Value::VectorUInt { fixed, items } => {
            json!({"type": "vector-uint", "fixed": fixed, "items": items})
        }
        Amf3Value::VectorDouble { fixed, items } => {
            let items: Vec<_> = items.iter().copied().map(bits).collect();
            json!({"type": "vector-double", "fixed": fixed, "items": items})
        }
        Amf3Value::VectorObject { fixed, object_type_name, items } => {
            json!({"type": "vector-object", "fixed": fixed, "class": object_type_name, "items": all(items)})
        }
        Amf3Value::Dictionary { weak_keys, entries } => {
            let entry =
                |(key, value): &(Amf3Value, Amf3Value)| json!({"key": form3(key), "value": form3(value)});
            let entries: Vec<_> = entries.iter().map(entry).collect();
            json!({"type": "dictionary", "weak": weak_keys, "entries": entries})
        }
    })
}

fn handshake(request: &Request, found: &mut Found) -> Result<(), Failed> {
    let mut socket = Socket::new(request);
    let result = if request.state["role"] == "client" {
        peer::client_handshake(&mut socket)
    } else {
        peer::server_handshake(&mut socket)
    };
    match result {
        Err(cause) if !socket.starved => Err(error(cause)),
        _ => {
            found.push(socket.standing(request));
            Ok(())
        }
    }
}
