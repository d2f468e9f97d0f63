//! Streams as files, keys replaced.

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use rtmpspec::wire::reader::Reader;

use crate::packets::{Sent, capture, import};
use crate::rtmp::{self, KEY};
use crate::schema;

const START: usize = 3073;
const SECRETS: [&str; 4] = [KEY, "hunter2hunter2", "0123456789abcdef", "me:pass"];

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Bodies of all messages of a stream.
fn bodies(stream: &[u8]) -> Vec<Vec<u8>> {
    Reader::default().feed(&stream[START..]).into_iter().map(|m| m.body).collect()
}

fn load(folder: &Path, name: &str) -> (Value, Vec<Vec<u8>>) {
    let value: Value = serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap();
    assert_eq!(schema::faults(&value), Vec::<String>::new());
    let files = ["to_server", "to_client"].map(|side| {
        let stream = &value[side]["stream"];
        let bytes = fs::read(folder.join(stream["file"].as_str().unwrap())).unwrap();
        assert_eq!((&stream["bytes"], &stream["sha256"]), (&bytes.len().into(), &hash(&bytes).into()));
        bytes
    });
    (value, files.to_vec())
}

#[test]
fn keys_are_replaced_and_hashes_are_of_what_is_written() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("x.pcapng");
    let sent = rtmp::session();
    fs::write(&file, capture(std::slice::from_ref(&sent), 1_000, None)).unwrap();
    let out = place.path().join("out");
    let (code, _, errors) = import(&file, &out, &["--streams"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let (value, files) = load(&out, "001.json");
    for (name, (client, got)) in
        ["to_server", "to_client"].into_iter().zip([(true, &files[0]), (false, &files[1])])
    {
        let want = rtmp::side(&sent, client);
        assert_eq!(got.len(), want.len());
        assert!(got.iter().zip(&want).all(|(a, b)| a == b || *a == b'x'));
        for secret in SECRETS {
            assert!(!holds(&bodies(got).concat(), secret), "{name}: {secret}");
            assert!(!holds(got, secret), "{name}: {secret}");
        }
        let messages = value[name]["messages"].as_array().unwrap();
        let (plain, read) = (bodies(&want), bodies(got));
        assert_eq!((messages.len(), read.len()), (plain.len(), plain.len()));
        for ((message, body), plain) in messages.iter().zip(&read).zip(&plain) {
            assert_eq!(message["sha256"], hash(body));
            assert_eq!(message.get("redacted").is_some(), body != plain, "{message}");
            assert_eq!(body.len(), plain.len());
        }
        assert_eq!(value[name]["stream"]["ends"], "end");
    }
    assert!(holds(&bodies(&rtmp::side(&sent, false)).concat(), KEY), "the server names the key");
    // Type, command name and application are no keys.
    assert!(holds(&bodies(&files[0]).concat(), "publish") && holds(&files[0], "live"));
    // Of the command that was begun ten bytes of the key came.
    assert_eq!(value["to_server"]["tail"]["unfinished"][0]["received"], 33);
    assert!(files[0].ends_with(b"\x02\0\x0dxxxxxxxxxx"));
}

#[test]
fn keys_are_kept_on_demand_and_nothing_is_written_without_streams() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("x.pcapng");
    let sent = rtmp::session();
    fs::write(&file, capture(std::slice::from_ref(&sent), 1_000, None)).unwrap();
    let out = place.path().join("out");
    let (code, ..) = import(&file, &out, &["--streams", "--keep-keys"]);
    assert_eq!(code, 0);
    let (value, files) = load(&out, "001.json");
    assert_eq!(files, [rtmp::side(&sent, true), rtmp::side(&sent, false)]);
    assert!(!value.to_string().contains("redacted"));

    // A folder with files that this import would not write.
    let (code, _, errors) = import(&file, &out, &[]);
    assert_eq!(code, 2);
    assert!(errors.contains(".rtmp is there from an earlier import"), "{errors}");
    let bare = place.path().join("bare");
    assert_eq!(import(&file, &bare, &[]).0, 0);
    assert_eq!(fs::read_dir(&bare).unwrap().count(), 1);
    let (code, _, errors) = import(&file, &bare, &["--keep-keys"]);
    assert_eq!(code, 2);
    assert!(errors.contains("--streams"), "{errors}");
}

#[test]
fn a_stream_ends_where_bytes_are_missing_or_mean_nothing() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("x.pcapng");
    let out = place.path().join("gap");
    // Segments of 100 bytes; the one that is lost lies in the video.
    let sent = rtmp::session();
    let before: usize = sent[..7].iter().map(|(_, bytes)| bytes.len().div_ceil(100)).sum();
    fs::write(&file, capture(std::slice::from_ref(&sent), 100, Some(before + 50))).unwrap();
    assert_eq!(import(&file, &out, &["--streams"]).0, 1);
    let (value, files) = load(&out, "001.json");
    let offset = rtmp::side(&sent[..7], true).len() + 5_000;
    assert_eq!((&value["to_server"]["stream"]["ends"], files[0].len()), (&"gap".into(), offset));
    assert_eq!(value["to_client"]["stream"]["ends"], "end");

    let mut wrong: Vec<Sent> = rtmp::session();
    wrong.insert(6, (true, [&[0x87][..], KEY.as_bytes()].concat()));
    fs::write(&file, capture(std::slice::from_ref(&wrong), 100, None)).unwrap();
    let out = place.path().join("wrong");
    assert_eq!(import(&file, &out, &["--streams"]).0, 1);
    let (value, files) = load(&out, "001.json");
    let offset = rtmp::side(&wrong[..6], true).len();
    assert_eq!((&value["to_server"]["stream"]["ends"], files[0].len()), (&"undecodable".into(), offset));
    assert_eq!(value["to_server"]["undecodable"]["offset"], offset);
    let out = place.path().join("kept");
    assert_eq!(import(&file, &out, &["--streams", "--keep-keys"]).0, 1);
    let (_, files) = load(&out, "001.json");
    assert_eq!(files[0], rtmp::side(&wrong, true));
}
