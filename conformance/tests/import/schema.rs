//! The schema connection-v1: it takes what the import writes and refuses what is changed in it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::Validator;
use rtmpspec::import::{Options, json, read};
use serde_json::{Value, json};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let text = include_str!("../../../vectors/schema/connection-v1.schema.json");
    let schema: Value = serde_json::from_str(text).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// What the schema has against a document.
pub fn faults(value: &Value) -> Vec<String> {
    SCHEMA.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn captures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/captures");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|e| e == "pcapng")).collect()
}

fn documents(path: &Path) -> Vec<Value> {
    let file = std::fs::File::open(path).unwrap();
    let read = read(std::io::BufReader::new(file), Options::default(), &mut ()).unwrap();
    let document = |account| {
        let mut out = Vec::new();
        json::write(account, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    };
    read.connections.iter().map(document).collect()
}

#[test]
fn every_capture_fits_the_schema() {
    let mut count = 0;
    for path in captures() {
        for document in documents(&path) {
            assert_eq!(faults(&document), Vec::<String>::new(), "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 174, "{count}");
}

/// The lists that the second reader wrote.
#[test]
fn every_stored_list_fits_the_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/captures/streams");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut count = 0;
    for path in all.filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let document = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(faults(&document), Vec::<String>::new(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 129, "{count}");
}

/// Every object of a document, by path.
fn objects(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            out.push(path.to_owned());
            for (key, value) in map {
                objects(value, &format!("{path}/{key}"), out);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate().take(2) {
                objects(value, &format!("{path}/{index}"), out);
            }
        }
        _ => {}
    }
}

#[test]
fn changed_documents_are_refused() {
    let name = |path: &PathBuf| path.ends_with("odd-aac-only--srs--publish.pcapng");
    let path = captures().into_iter().find(name).unwrap();
    let document = documents(&path).remove(1);
    let mut all = Vec::new();
    objects(&document, "", &mut all);
    assert!(all.len() > 10, "{all:?}");
    for at in &all {
        let mut more = document.clone();
        more.pointer_mut(at).unwrap()["surprise"] = json!(1);
        assert!(!faults(&more).is_empty(), "an unknown property in {at}");
        let keys: Vec<String> = document.pointer(at).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut less = document.clone();
            less.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(!faults(&less).is_empty(), "no {key} in {at}");
        }
    }
    for (at, value) in [
        ("/schema", json!("connection-v2")),
        ("/client", json!("localhost:1935")),
        ("/handshake/kind", json!("tls")),
        ("/handshake/c0", json!(256)),
        ("/handshake/c1/version", json!("9.0.124")),
        ("/handshake/c1/digest", json!("C")),
        ("/to_server/messages/0/type", json!(256)),
        ("/to_server/messages/0/csid", json!(1)),
        ("/to_server/messages/0/ts", json!(4_294_967_296_u64)),
        ("/to_server/messages/0/len", json!(16_777_216)),
        ("/to_server/messages/0/sha256", json!("00")),
        ("/to_server/tail/cause", json!("end")),
        ("/to_server/tail/packet", json!("S1")),
        ("/to_server/tail/bytes", json!(0)),
        ("/to_server/encrypted", json!({"kind": "tls", "bytes": 1})),
        ("/to_server/undecodable", json!({"offset": 0, "layer": "tcp", "bytes": 1, "cause": "x"})),
        ("/to_server/bytes/handshake", json!(3074)),
        (
            "/to_server/stream",
            json!({"file": "001.to_client.rtmp", "bytes": 0, "sha256": "0".repeat(64), "ends": "end"}),
        ),
        ("/tls", json!({"version": "1.4", "cipher": "x", "decrypted": true})),
    ] {
        let mut changed = document.clone();
        match (changed.pointer_mut(at), at.rsplit_once('/')) {
            (Some(there), _) => *there = value,
            (None, Some((parent, key))) => changed.pointer_mut(parent).unwrap()[key] = value,
            (None, None) => unreachable!(),
        }
        assert!(!faults(&changed).is_empty(), "{at}");
    }
    let mut redacted = document.clone();
    redacted["to_server"]["messages"][0]["redacted"] = json!(true);
    assert_eq!(faults(&redacted), Vec::<String>::new());
    redacted["to_server"]["messages"][0]["redacted"] = json!(false);
    assert!(!faults(&redacted).is_empty());
}
