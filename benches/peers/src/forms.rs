//! JSON forms of `vectors/README.md`.

use std::cell::Cell;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn bits(number: f64) -> String {
    format!("{:016x}", number.to_bits())
}

/// Null in place of a value nested deeper than the protocol's 32 levels.
pub fn nested(form: impl FnOnce() -> Value) -> Value {
    thread_local!(static DEPTH: Cell<u32> = const { Cell::new(0) });
    let depth = DEPTH.get();
    if depth > 32 {
        return simple("null");
    }
    DEPTH.set(depth + 1);
    let value = form();
    DEPTH.set(depth);
    value
}

pub fn simple(kind: &str) -> Value {
    json!({"type": kind})
}

pub fn number(number: f64) -> Value {
    json!({"type": "number", "bits": bits(number)})
}

pub fn double(number: f64) -> Value {
    json!({"type": "double", "bits": bits(number)})
}

pub fn boolean(value: bool) -> Value {
    json!({"type": "boolean", "value": value})
}

/// `string`, `xml` or `xml-document`.
pub fn text(kind: &str, value: &str) -> Value {
    json!({"type": kind, "value": value})
}

pub fn pairs<'a, K: AsRef<str> + 'a, V: 'a>(
    members: impl IntoIterator<Item = (&'a K, &'a V)>,
    form: impl Fn(&V) -> Value,
) -> Value {
    members.into_iter().map(|(key, value)| json!({"key": key.as_ref(), "value": form(value)})).collect()
}

pub fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

pub fn typed_object(class: &str, properties: Value) -> Value {
    json!({"type": "typed-object", "class": class, "properties": properties})
}

/// The count is lost everywhere.
pub fn ecma_array(properties: Value) -> Value {
    json!({"type": "ecma-array", "count": 0, "properties": properties})
}

pub fn strict_array(items: Vec<Value>) -> Value {
    json!({"type": "strict-array", "items": items})
}

pub fn amf0_date(millis: f64, zone: i16) -> Value {
    json!({"type": "date", "bits": bits(millis), "zone": zone})
}

pub fn amf3_date(millis: f64) -> Value {
    json!({"type": "date", "bits": bits(millis)})
}

/// The body of a control message.
pub mod control {
    use super::{Value, hex, json};

    pub fn set_chunk_size(size: u32) -> Value {
        json!({"name": "set-chunk-size", "size": size})
    }

    pub fn abort(csid: u32) -> Value {
        json!({"name": "abort", "csid": csid})
    }

    pub fn acknowledgement(bytes: u32) -> Value {
        json!({"name": "acknowledgement", "bytes": bytes})
    }

    pub fn window_ack_size(size: u32) -> Value {
        json!({"name": "window-ack-size", "size": size})
    }

    pub fn set_peer_bandwidth(window: u32, limit: u8) -> Value {
        json!({"name": "set-peer-bandwidth", "window": window, "limit": limit})
    }

    /// An event that names a message stream: `stream-begin`, `stream-eof`, `stream-dry`, `stream-is-recorded`.
    pub fn stream(name: &str, stream: u32) -> Value {
        json!({"name": name, "stream": stream})
    }

    pub fn set_buffer_length(stream: u32, ms: u32) -> Value {
        json!({"name": "set-buffer-length", "stream": stream, "ms": ms})
    }

    /// `ping-request` or `ping-response`.
    pub fn ping(name: &str, value: u32) -> Value {
        json!({"name": name, "value": value})
    }

    pub fn unknown_event(event: u16, data: &[u8]) -> Value {
        json!({"name": "unknown-event", "event": event, "data": hex(data)})
    }
}
