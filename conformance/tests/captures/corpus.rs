//! The corpus: accounted for, three readers of one mind, content under snapshot.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rtmp_proto::{ChunkDecoder, Limits as ProtoLimits};
use rtmpspec::import::chunks::Message;
use rtmpspec::import::handshake::WHOLE;
use rtmpspec::import::{Account, Cause, Direction, Import, Limits, Observer, import, json};
use rtmpspec::wire::reader::Reader;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::content;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/captures")
}

pub fn captures() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "pcapng"))
        .collect();
    all.sort();
    all
}

pub fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// The streams of a file: connection and whether to the server, as bytes.
#[derive(Default)]
pub struct Streams(pub BTreeMap<(usize, bool), Vec<u8>>);

impl Observer for Streams {
    fn bytes(&mut self, connection: usize, to_server: bool, bytes: &[u8]) {
        self.0.entry((connection, to_server)).or_default().extend_from_slice(bytes);
    }
}

pub fn read(path: &Path) -> (Import, Streams) {
    let mut streams = Streams::default();
    let file = fs::File::open(path).unwrap();
    let read = import(file, Limits::default(), &mut streams).unwrap();
    (read, streams)
}

pub fn directions(account: &Account) -> [(bool, &Direction); 2] {
    [(true, &account.to_server), (false, &account.to_client)]
}

pub fn sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

#[test]
fn every_byte_of_every_capture_is_accounted_for() {
    let (mut files, mut connections, mut messages, mut tails) = (0, 0, [0, 0], Vec::new());
    for path in captures() {
        files += 1;
        let (read, streams) = read(&path);
        assert_eq!(read.skipped, Default::default(), "{}", name(&path));
        for (index, account) in read.connections.iter().enumerate() {
            connections += 1;
            assert_eq!(account.undecodable(), None, "{} {index}", name(&path));
            for (to_server, direction) in directions(account) {
                let what = format!("{} {index} to_server {to_server}", name(&path));
                let len = streams.0.get(&(index, to_server)).map_or(0, |s| s.len() as u64);
                assert_eq!(direction.total, len, "{what}");
                assert_eq!(direction.accounted(), len, "{what}");
                assert_eq!((direction.missing_start, direction.tunnel), (None, None), "{what}");
                assert!(direction.aborted.is_empty(), "{what}");
                messages[usize::from(!to_server)] += direction.messages.len();
                if let Some(tail) = &direction.tail {
                    assert_eq!((tail.unfinished.len(), tail.cause), (1, Cause::Rst), "{what}");
                    tails.push(name(&path).to_owned());
                }
            }
        }
    }
    tails.dedup();
    assert_eq!((files, connections, messages, tails.len()), (125, 175, [24_325, 18_840], 38));
}

/// The account, the suite's reader of facts and the reference see the same messages.
#[test]
fn three_readers_agree() {
    for path in captures() {
        let (read, streams) = read(&path);
        for (index, account) in read.connections.iter().enumerate() {
            for (to_server, direction) in directions(account) {
                if direction.encrypted.is_some() || direction.handshake < WHOLE as u64 {
                    continue;
                }
                let what = format!("{} {index} to_server {to_server}", name(&path));
                let chunks = &streams.0[&(index, to_server)][WHOLE..];
                let mut reader = Reader::default();
                let facts: Vec<Message> = reader
                    .feed(chunks)
                    .iter()
                    .map(|m| Message {
                        kind: m.kind,
                        csid: m.csid,
                        msid: m.msid,
                        ts: m.ts,
                        len: m.body.len() as u32,
                        sha256: sha256(&m.body),
                    })
                    .collect();
                assert_eq!(reader.broken, None, "{what}");
                assert!(facts == direction.messages, "{what}: the reader of facts differs");
                let mut reference = Vec::new();
                ChunkDecoder::new(&ProtoLimits::default())
                    .for_each(chunks, |m| {
                        reference.push(Message {
                            kind: m.kind.0,
                            csid: m.chunk_stream.value(),
                            msid: m.stream.0,
                            ts: m.timestamp.0,
                            len: m.payload.len() as u32,
                            sha256: sha256(m.payload),
                        });
                    })
                    .unwrap_or_else(|e| panic!("{what}: {e}"));
                assert!(reference == direction.messages, "{what}: the reference differs");
            }
        }
    }
}

#[test]
fn what_each_capture_contains() {
    let mut text = String::new();
    for path in captures() {
        let (read, streams) = read(&path);
        writeln!(text, "\n{}", name(&path)).unwrap();
        for (index, account) in read.connections.iter().enumerate() {
            content::describe(&mut text, index, account, |to_server| {
                streams.0.get(&(index, to_server)).map_or(&[][..], Vec::as_slice)
            });
        }
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("captures", text);
    });
}

#[test]
fn the_manifest_and_the_table_name_every_file() {
    let manifest: Value = serde_json::from_slice(&fs::read(folder().join("manifest.json")).unwrap()).unwrap();
    let table = fs::read_to_string(folder().join("README.md")).unwrap();
    let files = manifest["files"].as_array().unwrap();
    let paths = captures();
    assert_eq!(files.len(), paths.len());
    for (file, path) in files.iter().zip(&paths) {
        let bytes = fs::read(path).unwrap();
        let hash: String = sha256(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(file["path"], format!("{}.pcapng", name(path)));
        assert_eq!((&file["bytes"], &file["sha256"]), (&bytes.len().into(), &hash.into()));
        assert!(table.contains(&format!("| {}.pcapng | {} |", name(path), bytes.len())), "{}", name(path));
    }
}

#[test]
fn json_is_what_the_account_says() {
    let path = folder().join("odd-aac-only--srs--publish.pcapng");
    let (read, _) = read(&path);
    let account = &read.connections[1];
    let mut out = Vec::new();
    json::write(account, &mut out).unwrap();
    let value: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["schema"], "connection-v1");
    assert_eq!(value["client"], account.client.to_string());
    assert_eq!(value["server"], account.server.to_string());
    assert_eq!((&value["handshake"]["c0"], &value["handshake"]["s0"]), (&3.into(), &3.into()));
    assert_eq!(value["handshake"]["kind"], "digest");
    for (key, direction) in [("to_server", &account.to_server), ("to_client", &account.to_client)] {
        let list = value[key]["messages"].as_array().unwrap();
        assert_eq!(list.len(), direction.messages.len());
        for (json, message) in list.iter().zip(&direction.messages) {
            let hash: String = message.sha256.iter().map(|b| format!("{b:02x}")).collect();
            let want = serde_json::json!({
                "type": message.kind, "csid": message.csid, "msid": message.msid,
                "ts": message.ts, "len": message.len, "sha256": hash,
            });
            assert_eq!(*json, want);
        }
        for key_of_null in ["encrypted", "missing_start", "undecodable"] {
            assert!(value[key][key_of_null].is_null());
        }
    }
    assert!(value["to_client"]["tail"].is_null());
    let tail = &value["to_server"]["tail"];
    assert_eq!((&tail["cause"], &tail["bytes"]), (&"rst".into(), &8.into()));
    assert_eq!(tail["unfinished"][0]["type"], 20);
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_rtmpspec")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[test]
fn the_command_writes_one_file_per_connection_and_no_key() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("a/b");
    let out = out.to_str().unwrap();
    let path = folder().join("odd-aac-only--srs--publish.pcapng");
    let (_, streams) = read(&path);
    // What the publisher calls its stream stands in releaseStream, after the null.
    let publisher = &streams.0[&(0, true)];
    let at = publisher.windows(13).position(|w| w == b"releaseStream").unwrap();
    let name_at = at + 13 + 9 + 1;
    let len = usize::from(publisher[name_at + 2]);
    let key = std::str::from_utf8(&publisher[name_at + 3..][..len]).unwrap();
    assert!(!key.is_empty() && publisher[name_at] == 2, "{key}");

    let (code, text, errors) = run(&["vectors", "import", path.to_str().unwrap(), "--out", out]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(text.contains("001.json") && text.contains("002.json"), "{text}");
    let mut written: Vec<_> =
        fs::read_dir(out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    written.sort();
    assert_eq!(written, ["001.json", "002.json"]);
    for name in written {
        let json = fs::read_to_string(Path::new(out).join(name)).unwrap();
        assert!(!json.contains(key));
    }
    assert!(!text.contains(key));

    // A file of an earlier import that would be taken for a part of this one.
    fs::write(Path::new(out).join("003.json"), "").unwrap();
    let (code, text, errors) = run(&["vectors", "import", path.to_str().unwrap(), "--out", out]);
    assert_eq!((code, text.as_str()), (2, ""));
    assert!(errors.contains("003.json is there from an earlier import"), "{errors}");
}

#[test]
fn usage_errors_are_exit_2() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let out = out.to_str().unwrap();
    for (bytes, want) in [
        (&b""[..], "the file is empty"),
        (b"not a capture at all", "neither pcap nor pcapng"),
        (&[0x1F, 0x8B, 8, 0, 0, 0], "gzip"),
    ] {
        let file = place.path().join("x");
        fs::write(&file, bytes).unwrap();
        let (code, text, errors) = run(&["vectors", "import", file.to_str().unwrap(), "--out", out]);
        assert_eq!((code, text.as_str()), (2, ""));
        assert!(errors.starts_with("error: ") && errors.contains(want), "{errors}");
    }
    assert_eq!(run(&["vectors", "import", "/nonexistent/x.pcap", "--out", out]).0, 2);
    assert_eq!(run(&["vectors", "import"]).0, 2);
    let (code, help, _) = run(&["vectors", "import", "--help"]);
    assert_eq!(code, 0);
    assert!(help.contains("Examples:") && help.contains("missing_start"), "{help}");
    assert!(!Path::new(out).exists());
}
