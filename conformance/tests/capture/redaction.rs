//! One set of rules: what `vectors import --streams` writes of a recording with keys is, byte for byte, what the
//! proxy records of the same connection without keys.

use std::process::Command;

use rtmpspec::pen::amf::number;
use rtmpspec::pen::chunk::{Form, Header, chunks};

use super::*;

/// client -> keeps (records keys) -> hides (does not) -> server
struct Chain {
    kept: Folder,
    hidden: Folder,
    keeps: Running,
    hides: Running,
}

impl Chain {
    async fn start(server: SocketAddr, connections: usize) -> Self {
        let (kept, hidden) = (Folder::new(), Folder::new());
        let connections = Some(connections);
        let hides = Running::start(Options { connections, ..options(&hidden, server) }).await;
        let keeps =
            Running::start(Options { connections, keep_keys: true, ..options(&kept, hides.at) }).await;
        Self { kept, hidden, keeps, hides }
    }

    /// Ends both, and compares. What the redacted streams are, and what was sent.
    async fn end(self) -> (Streams, Streams) {
        self.keeps.end().await;
        self.hides.end().await;
        let (_, sent) = read(&self.kept.file());
        let (recorded, streams) = read(&self.hidden.file());
        let out = self.kept.0.path().join("out");
        let ran = Command::new(env!("CARGO_BIN_EXE_rtmpspec"))
            .args(["vectors", "import", "--streams", "--out"])
            .arg(&out)
            .arg(self.kept.file())
            .output()
            .unwrap();
        assert!(ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(ran.status.code(), Some(0));
        for (index, (account, both)) in recorded.connections.iter().zip(&streams.0).enumerate() {
            let list: serde_json::Value =
                serde_json::from_slice(&fs::read(out.join(format!("{:03}.json", index + 1))).unwrap())
                    .unwrap();
            let sides = [("to_server", &account.to_server), ("to_client", &account.to_client)];
            for ((side, direction), want) in sides.into_iter().zip(both) {
                let file = out.join(format!("{:03}.{side}.rtmp", index + 1));
                let got = fs::read(&file).unwrap();
                let differs = got.iter().zip(want).position(|(a, b)| a != b);
                assert_eq!((got.len(), differs), (want.len(), None), "connection {} {side}", index + 1);
                let hashes: Vec<String> = direction
                    .messages
                    .iter()
                    .map(|m| m.sha256.iter().map(|b| format!("{b:02x}")).collect())
                    .collect();
                let listed = list[side]["messages"].as_array().unwrap();
                let listed: Vec<&str> = listed.iter().map(|m| m["sha256"].as_str().unwrap()).collect();
                assert_eq!(listed, hashes, "connection {} {side}", index + 1);
            }
        }
        (streams, sent)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_and_a_player_by_both_ways() {
    let (server, _) = reference().await;
    let chain = Chain::start(server.local_addr(), 2).await;
    publish_and_play(chain.keeps.at).await;
    let (streams, sent) = chain.end().await;
    server.shutdown().await;
    for (stream, sent) in streams.0.iter().zip(&sent.0) {
        assert!(replaced(&stream[0], &sent[0]) > 2 * KEY.len());
        for secret in [KEY, TOKEN] {
            assert_eq!(memchr::memmem::find(&stream.concat(), secret.as_bytes()), None);
        }
    }
}

/// A message in chunks of 128 bytes, the extended timestamp left out of type 3 chunks.
fn omitting(header: Header, body: &[u8]) -> Vec<u8> {
    let whole = chunks(header, body, 128);
    whole
        .iter()
        .enumerate()
        .flat_map(|(n, chunk)| if n == 0 { chunk.clone() } else { [&chunk[..1], &chunk[5..]].concat() })
        .collect()
}

/// What a client may say about streams, in any form that the rules know.
fn odd() -> [Vec<u8>; 2] {
    let message = |kind: u8, csid: u32, time: u32, body: &[u8]| {
        (Header { fmt: 0, csid, form: Form::Smallest, time, len: body.len(), kind, msid: 1 }, body.to_vec())
    };
    let plain = |kind, csid, body: &[u8]| {
        let (header, body) = message(kind, csid, 5, body);
        chunks(header, &body, 128).concat()
    };
    let long = format!("{}{KEY}?auth={TOKEN}", "p".repeat(100));
    let mut amf3 = vec![0];
    amf3.extend(rtmpspec::pen::amf::sequence(&[text("publish"), number(4.0), Amf::Null]));
    amf3.extend([0x11, 0x06, (KEY.len() as u8) << 1 | 1]);
    amf3.extend(KEY.as_bytes());
    let connect = object(&[
        ("app", text("live/second?user=me")),
        ("tcUrl", text(format!("rtmp://me:pa55w0rd@host/live/second?t={TOKEN}"))),
        ("pageUrl", text("https://host/page?session=s3ss10n")),
        ("token", text("unheard-of")),
    ]);
    let connect = rtmpspec::pen::amf::sequence(&[text("connect"), number(1.0), connect, text("0ptional")]);
    let unknown =
        rtmpspec::pen::amf::sequence(&[text("_check"), number(2.0), Amf::Null, text("an-0ther-key")]);
    let (video, frame) = message(9, 6, 0x0100_0005, &handshake::noise(7, 900));
    let second =
        rtmpspec::pen::amf::sequence(&[text("publish"), number(5.0), Amf::Null, text(long.as_str())]);
    let (late, second) = message(20, 6, 0x0100_0009, &second);
    let mut frame_with_key = handshake::noise(9, 300_000);
    frame_with_key[262_130..262_130 + KEY.len()].copy_from_slice(KEY.as_bytes());
    let abort = [&[2, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0][..], &[0, 0, 0, 8]].concat();
    let begun = plain(20, 8, &second)[..100].to_vec();
    let client = [
        plain(20, 3, &connect),
        plain(20, 3, &unknown),
        plain(17, 3, &amf3),
        omitting(video, &frame),
        omitting(late, &second),
        plain(18, 4, format!("\x02\0\x0aonMetaData\x02\0\x23about {KEY}..").as_bytes()),
        plain(16, 7, format!("\0\x04{KEY} in a shared object").as_bytes()),
        plain(19, 7, b"\0\x04play second/key"),
        plain(9, 6, &frame_with_key),
        begun,
        abort,
        // A command that does not come to its end.
        command::publish(1, &long, "live").chunks(128).concat()[..140].to_vec(),
    ]
    .concat();
    let status = command::command(
        "onStatus",
        0.0,
        Amf::Null,
        &[object(&[
            ("code", text("NetStream.Publish.Start")),
            ("description", text(format!("{long} of second is up, key {KEY}, by me"))),
            ("details", text("second")),
        ])],
    );
    let refused = command::command("_error", 1.0, Amf::Null, &[text("rtmp://a:b@edge/live?token=t0k")]);
    let server = [status.chunks(128).concat(), refused.chunks(128).concat()].concat();
    [to_server(&client), to_server(&server)]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_by_both_ways() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let [sent, heard] = odd();
    let chain = Chain::start(server.local_addr().unwrap(), 1).await;
    let mut client = TcpStream::connect(chain.keeps.at).await.unwrap();
    let mut far = server.accept().await.unwrap().0;
    let copy = sent.clone();
    let writer = tokio::spawn(async move {
        client.write_all(&copy).await.unwrap();
        client
    });
    assert_eq!(exactly(&mut far, sent.len()).await, sent);
    let mut client = writer.await.unwrap();
    far.write_all(&heard).await.unwrap();
    assert_eq!(exactly(&mut client, heard.len()).await, heard);
    drop((client, far));
    let (streams, kept) = chain.end().await;
    assert_eq!(kept.0[0], [sent.clone(), heard.clone()]);
    let [to_server, to_client] = &streams.0[0];
    assert!(replaced(to_server, &sent) > 8 * KEY.len() && replaced(to_client, &heard) > 100);
    // The bodies as a decoder sees them.
    let bodies = |stream: &[u8]| -> Vec<u8> {
        let read = rtmpspec::wire::reader::Reader::default().feed(&stream[3073..]);
        read.into_iter().flat_map(|m| m.body).collect()
    };
    let (client, server) = (bodies(to_server), bodies(to_client));
    for secret in
        [KEY, TOKEN, "pa55w0rd", "s3ss10n", "unheard-of", "0ptional", "an-0ther-key", "second", "t0k"]
    {
        for bytes in [to_server, to_client, &client, &server] {
            assert_eq!(memchr::memmem::find(bytes, secret.as_bytes()), None, "{secret}");
        }
    }
    for harmless in ["publish", "onMetaData", "pageUrl", "https://host/page?session=", "_check"] {
        assert!(memchr::memmem::find(&client, harmless.as_bytes()).is_some(), "{harmless}");
    }
    assert!(memchr::memmem::find(&server, b"NetStream.Publish.Start").is_some());
}
