//! The streams and lists of vectors/captures/streams. Another reader wrote them (vectors/gen/captures.py), from the
//! text alone: the import and the reference have to find the same.

use std::collections::BTreeSet;
use std::fs;

use bytes::BytesMut;
use rtmp_proto::handshake::{ClientHandshake, HandshakeState, ServerHandshake};
use rtmp_proto::{ChunkDecoder, Decoded, Limits as ProtoLimits};
use rtmpspec::import::handshake::WHOLE;
use rtmpspec::import::json;
use serde_json::{Value, json};

use crate::corpus::{captures, folder, name, read, sha256};

/// Differences that are printed for one file.
const SHOWN: usize = 5;
const SIDES: [(bool, &str); 2] = [(true, "to_server"), (false, "to_client")];

fn hex(body: &[u8]) -> String {
    sha256(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file(name: &str) -> Vec<u8> {
    let path = folder().join("streams").join(name);
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn list(name: &str) -> Value {
    serde_json::from_slice(&file(&format!("{name}.json"))).unwrap()
}

/// The rows of the manifest, one for each connection.
fn contents() -> Vec<Value> {
    let manifest: Value = serde_json::from_slice(&fs::read(folder().join("manifest.json")).unwrap()).unwrap();
    manifest["contents"].as_array().unwrap().clone()
}

fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

/// The first differences, with the place of each; messages by their index.
fn differences(at: &str, found: &Value, want: &Value, out: &mut Vec<String>) {
    match (found, want) {
        (Value::Object(found), Value::Object(want)) => {
            let keys: BTreeSet<&String> = found.keys().chain(want.keys()).collect();
            for key in keys {
                let none = &Value::Null;
                let (here, there) = (found.get(key), want.get(key));
                if here.is_none() != there.is_none() {
                    out.push(format!("{at}.{key}: import {here:?}, list {there:?}"));
                } else {
                    differences(&format!("{at}.{key}"), here.unwrap_or(none), there.unwrap_or(none), out);
                }
            }
        }
        (Value::Array(found), Value::Array(want)) => {
            if found.len() != want.len() {
                out.push(format!("{at}: import has {}, list {}", found.len(), want.len()));
            }
            for (index, (found, want)) in found.iter().zip(want).enumerate() {
                differences(&format!("{at}[{index}]"), found, want, out);
            }
        }
        _ if found == want => {}
        _ => out.push(format!("{at}: import {found}, list {want}")),
    }
}

/// `found` without the properties that `want` does not have.
fn known_to(want: &Value, found: &Value) -> Value {
    match (want, found) {
        (Value::Object(want), Value::Object(found)) => found
            .iter()
            .filter_map(|(key, found)| Some((key.clone(), known_to(want.get(key)?, found))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        _ => found.clone(),
    }
}

#[test]
fn differences_name_the_message() {
    let one = json!({"a": [{"ts": 1, "len": 2}, {"ts": 3}], "b": null});
    let mut out = Vec::new();
    differences("", &one, &one, &mut out);
    assert!(out.is_empty());
    assert_eq!(known_to(&json!({"b": 1, "c": 2}), &one), json!({"b": null}));
    differences("", &one, &json!({"a": [{"ts": 1, "len": 2}, {"ts": 4}, 5], "c": 1}), &mut out);
    assert_eq!(
        out,
        [
            ".a: import has 2, list 3",
            ".a[1].ts: import 3, list 4",
            ".b: import Some(Null), list None",
            ".c: import None, list Some(Number(1))"
        ]
    );
}

#[test]
fn the_import_finds_what_the_lists_say() {
    let rows = contents();
    let mut rows = rows.iter();
    for path in captures() {
        let (found, streams) = read(&path);
        for (index, account) in found.connections.iter().enumerate() {
            let row = rows.next().expect("a row of the manifest for each connection");
            let own = format!("{}.{:03}", name(&path), index + 1);
            assert_eq!(text(row, "name"), Some(own.as_str()));
            let kept = text(row, "same_as").unwrap_or(&own);
            let mut written = Vec::new();
            json::write(account, &mut written).unwrap();
            let written: Value = serde_json::from_slice(&written).unwrap();
            let mut wrong = Vec::new();
            let want = list(kept);
            if account.handshake.is_some() {
                differences("", &written, &want, &mut wrong);
            } else {
                // The import says more about TLS: what was agreed, and why it stays closed.
                differences("", &known_to(&want, &written), &want, &mut wrong);
            }
            wrong.truncate(SHOWN);
            assert!(wrong.is_empty(), "{own}:\n{}", wrong.join("\n"));
            for (to_server, side) in SIDES {
                if account.handshake.is_some() {
                    let bytes = &streams.0[&(index, to_server)];
                    assert_eq!(hex(bytes), hex(&file(&format!("{kept}.{side}.rtmp"))), "{own} {side}");
                }
            }
        }
    }
    assert!(rows.next().is_none(), "a row of the manifest without a connection");
}

#[test]
fn the_manifest_names_every_stream_and_list() {
    let rows = contents();
    let names: BTreeSet<&str> = rows.iter().map(|row| text(row, "name").unwrap()).collect();
    assert_eq!(names.len(), rows.len());
    let (mut wanted, mut bytes, mut messages) = (BTreeSet::new(), 0, 0);
    for row in &rows {
        let own = text(row, "name").unwrap();
        assert!(own.starts_with(text(row, "capture").unwrap().trim_end_matches(".pcapng")), "{own}");
        if let Some(kept) = text(row, "same_as") {
            assert!(names.contains(kept) && kept < own, "{own}");
            continue;
        }
        assert_eq!(text(row, "list_sha256"), Some(hex(&file(&format!("{own}.json"))).as_str()), "{own}");
        wanted.insert(format!("{own}.json"));
        for (_, side) in SIDES {
            let about = &row[side];
            if about.get("encrypted").is_some() {
                continue;
            }
            let stream = file(&format!("{own}.{side}.rtmp"));
            assert_eq!(
                (&about["bytes"], &about["sha256"]),
                (&json!(stream.len()), &json!(hex(&stream))),
                "{own}"
            );
            bytes += stream.len();
            messages += about["messages"].as_u64().unwrap();
            wanted.insert(format!("{own}.{side}.rtmp"));
        }
    }
    let there: BTreeSet<String> = fs::read_dir(folder().join("streams"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, wanted);
    let manifest: Value = serde_json::from_slice(&fs::read(folder().join("manifest.json")).unwrap()).unwrap();
    assert_eq!(
        [&manifest["connections"], &manifest["stream_bytes"], &manifest["messages"]],
        [&json!(rows.len()), &json!(bytes), &json!(messages)]
    );
}

/// What the reference makes of one direction that arrives in reads of these sizes, over and over: bytes of the
/// handshake, and messages.
fn reference(stream: &[u8], to_server: bool, sizes: &[usize]) -> Result<(u64, Vec<Value>), String> {
    let (mut server, mut client) = (ServerHandshake::new(9, [7; 32]), ClientHandshake::new(9, [7; 32]));
    let mut chunks = ChunkDecoder::new(&ProtoLimits::default());
    let (mut input, mut sent, mut done, mut messages) = (BytesMut::new(), Vec::new(), false, Vec::new());
    let (mut rest, mut sizes) = (stream, sizes.iter().cycle());
    while !rest.is_empty() {
        let (now, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        rest = later;
        input.extend_from_slice(now);
        if !done {
            let state = if to_server {
                server.handle(&mut input, &mut sent, None)
            } else {
                client.handle(&mut input, &mut sent, None)
            };
            done = state.map_err(|why| format!("handshake: {why}"))? == HandshakeState::Done;
        }
        if !done {
            continue;
        }
        while let Decoded::Message(m) =
            chunks.next(&mut input).map_err(|why| format!("after {} messages: {why}", messages.len()))?
        {
            messages.push(json!({
                "type": m.kind.0, "csid": m.chunk_stream.value(), "msid": m.stream.0, "ts": m.timestamp.0,
                "len": m.payload.len(), "sha256": hex(&m.payload),
            }));
        }
    }
    Ok((if to_server { server.bytes_consumed() } else { client.bytes_consumed() }, messages))
}

#[test]
fn the_reference_reads_the_streams() {
    let (mut streams, mut messages) = (0, 0);
    for row in contents() {
        if row.get("same_as").is_some() || row["to_server"].get("encrypted").is_some() {
            continue;
        }
        let own = text(&row, "name").unwrap();
        let list = list(own);
        for (to_server, side) in SIDES {
            let stream = file(&format!("{own}.{side}.rtmp"));
            for sizes in [&[stream.len()][..], &[1, 2, 3, 5, 7, 11, 13], &[1021], &[4099, 1, 131]] {
                let what = format!("{own} {side} in reads of {sizes:?}");
                let (handshake, found) =
                    reference(&stream, to_server, sizes).unwrap_or_else(|why| panic!("{what}: {why}"));
                assert_eq!(handshake, WHOLE as u64, "{what}");
                let mut wrong = Vec::new();
                differences(side, &Value::Array(found), &list[side]["messages"], &mut wrong);
                wrong.truncate(SHOWN);
                assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
            }
            streams += 1;
            messages += list[side]["messages"].as_array().unwrap().len();
        }
    }
    assert_eq!((streams, messages), (246, 35_462));
}
