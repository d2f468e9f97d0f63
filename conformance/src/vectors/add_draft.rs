//! What readers find in the bytes of a new vector: a draft for a person who compares it with the text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rtmp_vectors::{State, Yield, hex, reference};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::wire::reader::Reader;

/// What a reader made of the bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Who read.
    pub reader: &'static str,
    /// What it found.
    pub yields: Vec<Value>,
    /// Why it gave up.
    pub error: Option<String>,
}

const CODEC: &str = "the reference codec";

/// The codec of this workspace, which is what the vector will judge, and where there is one the reader of the suite.
///
/// # Errors
/// The family has no decoder here, or the state is not what it needs.
pub fn readings(family: &str, state: &str, bytes: &[u8]) -> Result<Vec<Reading>, String> {
    let start: State = serde_json::from_str(state).map_err(|error| format!("--state: {error}"))?;
    let outcomes = catch_unwind(AssertUnwindSafe(|| reference::decode(family, &start, bytes, &[])));
    let outcomes = outcomes.map_err(|_| format!("{CODEC} cannot read {family} from this state"))?;
    let outcome = outcomes.into_iter().next().ok_or_else(|| format!("{CODEC} has no decoder of {family}"))?;
    let value = |found: &Yield| {
        let mut value = serde_json::to_value(found).map_err(|error| error.to_string())?;
        // Only `control-v1` says what a message controls.
        if let Some(members) = value.as_object_mut().filter(|_| family == "chunk-stream-v1") {
            members.remove("control");
        }
        Ok::<_, String>(value)
    };
    let yields = outcome.yields.iter().map(value).collect::<Result<Vec<_>, _>>()?;
    let mut readings = vec![Reading { reader: CODEC, yields, error: outcome.error }];
    // The reader of the suite begins with chunks of 128 bytes.
    if family == "chunk-stream-v1" && start.chunk_size == Some(128) {
        readings.push(suite(bytes));
    }
    Ok(readings)
}

fn suite(bytes: &[u8]) -> Reading {
    let mut reader = Reader::default();
    let message = |message: crate::wire::reader::MessageSeen| {
        json!({
            "type": message.kind,
            "csid": message.csid,
            "msid": message.msid,
            "ts": message.ts,
            "len": message.body.len(),
            "sha256": hex::encode(&Sha256::digest(&message.body)),
        })
    };
    let yields = reader.feed(bytes).into_iter().map(message).collect();
    Reading { reader: "the chunk reader of the suite", yields, error: reader.broken }
}

#[cfg(test)]
mod tests {
    use super::readings;

    #[test]
    fn two_readers_of_chunks_and_one_of_values() {
        let bytes = [&[3, 0, 0, 7, 0, 0, 1, 8, 1, 0, 0, 0, 0xAF][..], &[0xC3]].concat();
        let found = readings("chunk-stream-v1", r#"{"chunk_size": 128}"#, &bytes).unwrap();
        assert_eq!(found.len(), 2);
        // Type 0: csid 3, timestamp 7, one byte of audio on stream 1 (RTMP 5.3.1.2.1).
        assert_eq!((&found[0].yields[0]["ts"], &found[0].yields[0]["msid"]), (&7.into(), &1.into()));
        assert_eq!(found[0].yields, found[1].yields);
        let found = readings("amf0-v1", "{}", &[5, 0x0E]).unwrap();
        assert!(found.len() == 1 && found[0].yields[0]["type"] == "null" && found[0].error.is_some());
        assert!(readings("message-v1", "{}", &[5]).is_err() && readings("no-v1", "{}", &[5]).is_err());
    }
}
