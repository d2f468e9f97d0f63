//! Every stream of captures/streams under its own name against this workspace's codec: what real clients and servers
//! sent, and the messages that gen/captures.py found in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use rtmp_vectors::{Message, Role, State, Yield, hex, reference};
use serde_json::Value;

/// C0, C1, C2 and S0, S1, S2 (RTMP 5.2).
const HANDSHAKE: usize = 3073;
/// Longer streams arrive in pieces of [`PIECE`] bytes and not byte by byte.
const LONG: usize = 1 << 20;
const PIECE: usize = 1021;
/// Bytes behind the handshake that its reader sees, and leaves.
const BEHIND: usize = 100;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let manifest = manifest();
    let mut trials = vec![Trial::test("laws/counts", counts), Trial::test("laws/judge-refuses", refuses)];
    for row in manifest["contents"].as_array().expect("contents") {
        let name = row["name"].as_str().expect("name").to_owned();
        if row.get("same_as").is_some() {
            continue;
        }
        for (side, role) in [("to_server", Role::Server), ("to_client", Role::Client)] {
            let about = row[side].clone();
            let list = name.clone();
            let test = move || match about.get("encrypted") {
                Some(_) => unread(&list, side),
                None => stream(&list, side, role, &about),
            };
            trials.push(Trial::test(format!("captured/{name}.{side}"), test));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

fn manifest() -> Value {
    let text = fs::read(folder().join("manifest.json")).expect("captures/manifest.json");
    serde_json::from_slice(&text).expect("captures/manifest.json is JSON")
}

fn bytes(name: &str) -> Result<Vec<u8>, Failed> {
    fs::read(folder().join("streams").join(name))
        .map_err(|why| format!("captures/streams/{name}: {why}").into())
}

fn list(name: &str, side: &str) -> Result<Value, Failed> {
    let mut list: Value = serde_json::from_slice(&bytes(&format!("{name}.json"))?)?;
    Ok(list[side].take())
}

fn messages(list: &Value) -> Result<Vec<Message>, Failed> {
    Ok(serde_json::from_value(list["messages"].clone())?)
}

/// TLS: there is nothing to read.
fn unread(name: &str, side: &str) -> Result<(), Failed> {
    let list = list(name, side)?;
    if list["encrypted"]["kind"] != "tls" || list["encrypted"]["bytes"] != list["bytes"]["total"] {
        return Err(format!("{}", list["encrypted"]).into());
    }
    Ok(())
}

fn stream(name: &str, side: &str, role: Role, about: &Value) -> Result<(), Failed> {
    let stream = bytes(&format!("{name}.{side}.rtmp"))?;
    if about["bytes"] != stream.len() || about["sha256"] != hex::sha256(&stream) {
        return Err("the manifest says otherwise".into());
    }
    let list = list(name, side)?;
    accounted(&list, stream.len())?;
    let want = messages(&list)?;
    for piece in [stream.len(), if stream.len() > LONG { PIECE } else { 1 }] {
        handshake(&stream, role, piece)?;
        chunks(&stream[HANDSHAKE..], piece, &want).map_err(|why| format!("in pieces of {piece}: {why}"))?;
    }
    Ok(())
}

/// Every byte belongs to something.
fn accounted(list: &Value, len: usize) -> Result<(), Failed> {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let aborted: u64 = list["aborted"].as_array().into_iter().flatten().map(|a| number(&a["bytes"])).sum();
    let sum = number(&list["bytes"]["handshake"])
        + number(&list["bytes"]["messages"])
        + aborted
        + number(&list["tail"]["bytes"]);
    if sum != len as u64 || number(&list["bytes"]["total"]) != len as u64 {
        return Err(format!("{len} bytes, {sum} of them named: {}", list["bytes"]).into());
    }
    Ok(())
}

fn split(len: usize, piece: usize) -> Vec<usize> {
    vec![piece; len / piece.max(1)]
}

/// The first 3073 bytes are the handshake, and the codec leaves what follows. What is sent for it depends on the
/// codec's own random bytes.
fn handshake(stream: &[u8], role: Role, piece: usize) -> Result<(), Failed> {
    let stream = &stream[..stream.len().min(HANDSHAKE + BEHIND)];
    let state = State { role: Some(role), ..State::default() };
    for outcome in reference::decode("handshake-v1", &state, stream, &split(stream.len(), piece)) {
        match (&outcome.yields[..], &outcome.error) {
            ([Yield::Handshake(seen)], None) if seen.done && seen.peer_version == 3 => {
                if seen.consumed != HANDSHAKE {
                    return Err(format!("{} bytes of handshake", seen.consumed).into());
                }
            }
            _ => return Err(format!("handshake: {outcome:?}").into()),
        }
    }
    Ok(())
}

fn chunks(bytes: &[u8], piece: usize, want: &[Message]) -> Result<(), String> {
    let state = State { chunk_size: Some(128), ..State::default() };
    let outcomes = reference::decode("chunk-stream-v1", &state, bytes, &split(bytes.len(), piece));
    assert!(!outcomes.is_empty());
    for outcome in outcomes {
        let found: Vec<&Message> = outcome
            .yields
            .iter()
            .map(|found| match found {
                Yield::Message(message) => message,
                other => panic!("{other:?}"),
            })
            .collect();
        for (index, (found, want)) in found.iter().zip(want).enumerate() {
            if *found != want {
                return Err(format!("message {index}:\n expected {want:?}\n found    {found:?}"));
            }
        }
        if let Some(error) = outcome.error {
            return Err(format!("after {} messages: {error}", found.len()));
        }
        if found.len() != want.len() {
            return Err(format!("{} messages, expected {}", found.len(), want.len()));
        }
    }
    Ok(())
}

fn counts() -> Result<(), Failed> {
    let manifest = manifest();
    let rows = manifest["contents"].as_array().ok_or("contents")?;
    let stored = rows.iter().filter(|row| row["to_server"].get("sha256").is_some()).count();
    let seen = (&manifest["connections"], &manifest["streams"]);
    if seen != (&rows.len().into(), &(2 * stored).into()) {
        return Err(format!("{seen:?}: {} connections, {stored} of them stored", rows.len()).into());
    }
    for row in rows {
        let twin = row.get("same_as");
        if twin.is_some_and(|twin| !rows.iter().any(|r| r["name"] == *twin && r.get("same_as").is_none())) {
            return Err(format!("{row}").into());
        }
    }
    Ok(())
}

/// A list with one wrong field is not taken.
fn refuses() -> Result<(), Failed> {
    let name = "odd-extts--srs--publish.001";
    let stream = bytes(&format!("{name}.to_server.rtmp"))?;
    let want = messages(&list(name, "to_server")?)?;
    let last = want.len() - 1;
    let changes: [fn(&mut Message); 6] = [
        |m| m.kind ^= 1,
        |m| m.csid += 1,
        |m| m.msid += 1,
        |m| m.ts ^= 1 << 31,
        |m| m.len += 1,
        |m| m.sha256.replace_range(..1, "x"),
    ];
    for change in changes {
        let mut wrong = want.clone();
        change(&mut wrong[last]);
        if chunks(&stream[HANDSHAKE..], stream.len(), &wrong).is_ok() {
            return Err(format!("taken: {:?}", wrong[last]).into());
        }
    }
    for wrong in [&want[..last], &[&want[..], &want[last..]].concat()[..]] {
        if chunks(&stream[HANDSHAKE..], stream.len(), wrong).is_ok() {
            return Err(format!("taken: {} messages", wrong.len()).into());
        }
    }
    Ok(())
}
