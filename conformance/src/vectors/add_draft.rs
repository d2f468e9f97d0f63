//! What readers find in the bytes of a new vector: a draft for a person who compares it with the text.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rtmp_vectors::{FILES, State, Yield, hex, reference};
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
    let nulls = nulls(family);
    let value = |found: &Yield| {
        let mut value = written(serde_json::to_value(found).map_err(|error| error.to_string())?, &nulls);
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

/// Names of the properties that are null somewhere in what the vectors of the family yield.
fn nulls(family: &str) -> BTreeSet<String> {
    fn gather(value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                if value.is_null() {
                    names.insert(name.clone());
                }
                gather(value, names);
            }),
            Value::Array(items) => items.iter().for_each(|item| gather(item, names)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    for (_, text) in FILES {
        let Ok(file) = serde_json::from_str::<Value>(text) else { continue };
        let groups = file["groups"].as_array().filter(|_| file["schema"] == family);
        for test in groups.into_iter().flatten().flat_map(|group| group["tests"].as_array()).flatten() {
            gather(&test["yields"], &mut names);
        }
    }
    names
}

/// A value as the files write it: numbers beside their bits, and no property that is null without meaning it.
fn written(value: Value, nulls: &BTreeSet<String>) -> Value {
    match value {
        Value::Object(mut members) => {
            let bits =
                members.get("bits").and_then(Value::as_str).and_then(|b| u64::from_str_radix(b, 16).ok());
            let number =
                bits.map(f64::from_bits).filter(|n| n.is_finite()).and_then(serde_json::Number::from_f64);
            if let Some(number) = number.filter(|_| members.contains_key("value")) {
                members.insert("value".into(), Value::Number(number));
            }
            let kept = members.into_iter().filter(|(name, value)| !value.is_null() || nulls.contains(name));
            Value::Object(kept.map(|(name, value)| (name, written(value, nulls))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| written(item, nulls)).collect()),
        other => other,
    }
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
    use rtmp_vectors::{Expected, FILES, load_all};
    use serde_json::Value;

    use super::readings;

    /// What a draft says has the form of the files, so that it can be given back with --yields.
    #[test]
    fn a_draft_of_each_family_follows_the_schema() {
        let schema: Value = serde_json::from_str(rtmp_vectors::SCHEMA).unwrap();
        let validator = jsonschema::draft202012::options().build(&schema).unwrap();
        for (file, (name, text)) in load_all().iter().zip(FILES) {
            let mut document: Value = serde_json::from_str(text).unwrap();
            for (g, group) in file.groups.iter().enumerate() {
                let state = document["groups"][g]["state"].to_string();
                let tests = document["groups"][g]["tests"].as_array_mut().unwrap();
                let mut drafts = Vec::new();
                let short =
                    |t: &usize| group.tests[*t].bytes.as_ref().is_some_and(|text| text.len() < 1 << 15);
                let chosen =
                    (0..tests.len()).filter(|t| group.tests[*t].result == Expected::Valid).filter(short);
                for t in chosen.step_by(tests.len() / 20 + 1) {
                    let bytes = group.tests[t].input().unwrap();
                    let found = readings(&file.schema, &state, &bytes).unwrap().remove(0);
                    let mut draft = tests[t].clone();
                    // Handshakes are told as ranges and keys, which a reader of bytes alone does not have.
                    if !file.schema.starts_with("handshake") && file.schema != "rtmpe-v1" {
                        draft["yields"] = Value::Array(found.yields);
                    }
                    drafts.push(draft);
                }
                if drafts.is_empty() {
                    drafts.push(tests[0].clone());
                }
                *tests = drafts;
            }
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|e| format!("{}: {e:.200}", e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}: {}", errors[..errors.len().min(5)].join("\n"));
        }
    }

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
