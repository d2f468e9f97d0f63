//! Messages in words: for transcripts, and as observations for reports.

use serde_json::Value as Json;

use super::reader::MessageSeen;
use crate::outcome::Seen;
use crate::pen::Msg;

/// Reads a command message (types 20 and 17); `None` for anything else.
#[must_use]
pub fn command_seen(message: &MessageSeen) -> Option<Seen> {
    let body = match (message.kind, message.body.first()) {
        (20, _) => &message.body[..],
        (17, Some(0)) => &message.body[1..],
        _ => return None,
    };
    let values = rtmp_amf::decode_all(body, &rtmp_amf::Limits::default()).ok()?;
    let name = values.first()?.as_str()?.to_owned();
    let txn = values.get(1)?.as_f64()?;
    let info = values[2..].iter().find(|v| v.property("code").is_some());
    let field = |key| info.and_then(|i| i.property(key)).and_then(|v| v.as_str()).map(str::to_owned);
    Some(Seen::Command {
        name,
        txn,
        msid: message.msid,
        csid: message.csid,
        code: field("code"),
        level: field("level"),
        values: values[2..].iter().map(json).collect(),
    })
}

/// An AMF0 value as JSON, for reports and for comparing.
#[must_use]
pub fn json(value: &rtmp_amf::Value) -> Json {
    use rtmp_amf::Value as V;
    let map = |properties: &[(String, V)]| {
        Json::Object(properties.iter().map(|(k, v)| (k.clone(), json(v))).collect())
    };
    match value {
        V::Number(n) => {
            serde_json::Number::from_f64(*n).map_or_else(|| Json::String(n.to_string()), Json::Number)
        }
        V::Boolean(b) => Json::Bool(*b),
        V::String(s) => Json::String(s.clone()),
        V::Null => Json::Null,
        V::StrictArray(list) => Json::Array(list.iter().map(json).collect()),
        other => match other.properties() {
            Some(properties) => map(properties),
            None => Json::String(format!("{other:?}")),
        },
    }
}

/// One line about a message of the suite.
#[must_use]
pub fn describe_sent(message: &Msg) -> String {
    format!(
        "csid {} ts {}{} type {} msid {} {} B {}",
        message.csid,
        message.ts,
        if message.ts >= 0xFF_FFFF { "*" } else { "" },
        message.kind,
        message.msid,
        message.body.len(),
        message.label
    )
}

/// One line about a message of the target.
#[must_use]
pub fn describe_heard(message: &MessageSeen) -> String {
    let first = &message.chunks[0];
    let what = match (message.kind, message.body.as_slice()) {
        (1, [a, b, c, d]) => format!("Set Chunk Size {}", u32::from_be_bytes([*a, *b, *c, *d])),
        (2, [a, b, c, d]) => format!("Abort {}", u32::from_be_bytes([*a, *b, *c, *d])),
        (3, [a, b, c, d]) => format!("Acknowledgement {}", u32::from_be_bytes([*a, *b, *c, *d])),
        (4, [0, 0, rest @ ..]) => format!("StreamBegin {:?}", &rest[..rest.len().min(8)]),
        (4, [0, 1, rest @ ..]) => format!("StreamEOF {:?}", &rest[..rest.len().min(8)]),
        (4, [0, 4, rest @ ..]) => format!("StreamIsRecorded {:?}", &rest[..rest.len().min(8)]),
        (4, [0, 6, ..]) => "Ping Request".into(),
        (4, [0, 7, ..]) => "Ping Response".into(),
        (4, _) => "User Control".into(),
        (5, [a, b, c, d]) => format!("Window Acknowledgement Size {}", u32::from_be_bytes([*a, *b, *c, *d])),
        (6, [a, b, c, d, kind]) => {
            format!("Set Peer Bandwidth {} type {kind}", u32::from_be_bytes([*a, *b, *c, *d]))
        }
        (8, _) => "audio".into(),
        (9, _) => "video".into(),
        (18, _) => "data".into(),
        (17 | 20, _) => match command_seen(message) {
            Some(seen) => seen.describe(),
            None => "command (unreadable)".into(),
        },
        _ => String::new(),
    };
    format!(
        "csid {} fmt {} ts {}{} type {} msid {} {} B in {} chunk(s) {what}",
        message.csid,
        first.fmt,
        message.ts,
        if first.extended.is_some() { "*" } else { "" },
        message.kind,
        message.msid,
        message.body.len(),
        message.chunks.len()
    )
}
