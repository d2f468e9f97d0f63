//! The recording proxy: what passed is recorded byte by byte, except keys; keys reach the server and no file.

#[path = "capture/redaction.rs"]
mod redaction;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use rtmp_net::client::{Discard, FlvSource, PlayOptions, PublishOptions, Update, play, publish};
use rtmp_net::{Pace, Server, ServerConfig};
use rtmp_proto::RtmpUrl;
use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmpspec::capture::{Ended, Event, Forward, Options, Outcome, Proxy, Trust};
use rtmpspec::import::{Cause, Import, Limits, Observer, import};
use rtmpspec::pen::amf::{Amf, object, text};
use rtmpspec::pen::{command, handshake};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

const KEY: &str = "k3y-0f-m1ne-and-n0b0dy-else";
const TOKEN: &str = "t0k3n.0f.th3.c0nn3ct10n";
/// Nothing here takes this long; a test that hangs ends.
const PATIENCE: Duration = Duration::from_secs(60);

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("capture.pcapng")
    }

    /// No part of a secret of eight bytes or more stands in any file.
    fn holds_no(&self, secrets: &[&str]) {
        for entry in fs::read_dir(self.0.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            for secret in secrets {
                for piece in secret.as_bytes().windows(8.min(secret.len())) {
                    let there = memchr::memmem::find(&bytes, piece);
                    assert_eq!(there, None, "{}: {}", path.display(), String::from_utf8_lossy(piece));
                }
            }
        }
    }
}

fn options(folder: &Folder, server: SocketAddr) -> Options {
    Options {
        listen: "127.0.0.1:0".into(),
        forward: server.to_string().parse().unwrap(),
        out: folder.file(),
        tls: None,
        trust: Trust::System,
        keep_keys: false,
        connections: None,
        max_bytes: u64::MAX,
    }
}

struct Running {
    at: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<(Outcome, Vec<Event>)>,
}

impl Running {
    async fn start(options: Options) -> Self {
        let proxy = Proxy::bind(options).await.unwrap();
        let at = proxy.local_addr();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut events = Vec::new();
            let stop = async {
                let _ = stopped.await;
            };
            let outcome = proxy.run(stop, |event| events.push(event)).await;
            (outcome, events)
        });
        Self { at, stop, task }
    }

    /// When as many connections ended as the options say.
    async fn end(self) -> (Outcome, Vec<Event>) {
        let ended = tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
        drop(self.stop);
        ended
    }

    async fn interrupt(self) -> (Outcome, Vec<Event>) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap()
    }
}

/// Both streams of each connection of a file.
#[derive(Default)]
struct Streams(Vec<[Vec<u8>; 2]>);

impl Observer for Streams {
    fn bytes(&mut self, connection: usize, to_server: bool, bytes: &[u8]) {
        self.0.resize(self.0.len().max(connection + 1), Default::default());
        self.0[connection][usize::from(!to_server)].extend_from_slice(bytes);
    }
}

fn read(path: &Path) -> (Import, Streams) {
    let mut streams = Streams::default();
    let read = import(fs::File::open(path).unwrap(), Limits::default(), &mut streams).unwrap();
    streams.0.resize(read.connections.len(), Default::default());
    for account in &read.connections {
        for direction in [&account.to_server, &account.to_client] {
            assert_eq!(direction.accounted(), direction.total);
            assert_eq!(direction.tcp, Default::default());
        }
    }
    (read, streams)
}

/// The same bytes, but for some `x`; how many.
fn replaced(recorded: &[u8], passed: &[u8]) -> usize {
    assert_eq!(recorded.len(), passed.len());
    let differing = recorded.iter().zip(passed).filter(|(r, p)| r != p);
    differing.inspect(|(r, _)| assert_eq!(**r, b'x')).count()
}

/// What one session of the reference server saw.
#[derive(Default)]
struct Saw {
    bytes: Vec<u8>,
    messages: Vec<(u8, u32, Vec<u8>)>,
}

struct Watch(Arc<Mutex<Saw>>);

impl Tamper for Watch {
    fn bytes_in(&mut self, bytes: &mut Vec<u8>) -> InputRuling {
        self.0.lock().unwrap().bytes.extend_from_slice(bytes);
        InputRuling::Process
    }

    fn message_in(&mut self, message: &mut rtmp_proto::Message) -> InputRuling {
        let seen = (message.kind.0, message.timestamp.0, message.payload.to_vec());
        self.0.lock().unwrap().messages.push(seen);
        InputRuling::Process
    }
}

type Sessions = Arc<Mutex<Vec<Arc<Mutex<Saw>>>>>;

async fn reference() -> (rtmp_net::ServerHandle, Sessions) {
    let sessions = Sessions::default();
    let all = sessions.clone();
    let config = ServerConfig {
        tamper: Some(Arc::new(move || {
            let saw = Arc::<Mutex<Saw>>::default();
            all.lock().unwrap().push(saw.clone());
            Box::new(Watch(saw))
        })),
        ..ServerConfig::default()
    };
    (Server::bind("127.0.0.1:0", config).await.unwrap().spawn(), sessions)
}

/// An FLV file whose metadata has the key in it, and video of some kilobytes.
fn flv() -> Bytes {
    let mut out = b"FLV\x01\x01\0\0\0\x09\0\0\0\0".to_vec();
    let mut tag = |kind: u8, time: u8, body: &[u8]| {
        out.push(kind);
        out.extend(&(body.len() as u32).to_be_bytes()[1..]);
        out.extend([0, 0, time, 0, 0, 0, 0]);
        out.extend(body);
        out.extend((body.len() as u32 + 11).to_be_bytes());
    };
    let mut metadata = Vec::new();
    for value in [text("onMetaData"), object(&[("title", text(format!("about {KEY}.")))])] {
        value.write(&mut metadata);
    }
    tag(18, 0, &metadata);
    for i in 0..FRAMES {
        let body = [&[if i == 0 { 0x12 } else { 0x22 }][..], &handshake::noise(i, 5_000)].concat();
        tag(9, i as u8, &body);
    }
    out.into()
}

const FRAMES: u64 = 20;

fn source() -> FlvSource {
    FlvSource::from_bytes(flv()).unwrap()
}

fn url(at: SocketAddr) -> RtmpUrl {
    format!("rtmp://{at}/live/{KEY}?token={TOKEN}").parse().unwrap()
}

/// Publishes and plays through a proxy at `at`, the player first.
async fn publish_and_play(at: SocketAddr) {
    let (started, all) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (seen_started, seen_all) = (started.clone(), all.clone());
    let player = tokio::spawn(async move {
        let stop = async { all.notified().await };
        let progress = |update| match update {
            Update::Started => seen_started.notify_one(),
            Update::Media(counts) if counts.video == FRAMES => seen_all.notify_one(),
            _ => {}
        };
        play(&url(at), &mut Discard, &PlayOptions::default(), stop, progress).await.unwrap();
    });
    tokio::time::timeout(PATIENCE, started.notified()).await.unwrap();
    let options = PublishOptions { pace: Pace::Fast, ..PublishOptions::default() };
    publish(&url(at), source(), &options, std::future::pending(), |_| {}).await.unwrap();
    tokio::time::timeout(PATIENCE, player).await.unwrap().unwrap();
}

/// The messages of a file are those that the server saw, apart from keys.
fn as_the_server_saw(folder: &Folder, sessions: &Sessions) {
    let (read, streams) = read(&folder.file());
    let sessions = sessions.lock().unwrap();
    assert_eq!((read.connections.len(), sessions.len()), (2, 2));
    for ((account, stream), saw) in read.connections.iter().zip(&streams.0).zip(sessions.iter()) {
        assert_eq!(account.undecodable(), None);
        let saw = saw.lock().unwrap();
        assert!(memchr::memmem::find(&saw.bytes, KEY.as_bytes()).is_some(), "the server got the key");
        // The server may close before it has read all of the client's last words.
        assert!(stream[0].len() >= saw.bytes.len());
        assert!(replaced(&stream[0][..saw.bytes.len()], &saw.bytes) > KEY.len());
        let seen: Vec<_> =
            saw.messages.iter().map(|(kind, ts, body)| (*kind, *ts, body.len() as u32)).collect();
        let recorded = account.to_server.messages.iter().map(|m| (m.kind, m.ts, m.len));
        assert_eq!(recorded.take(seen.len()).collect::<Vec<_>>(), seen);
        for (message, (kind, _, body)) in account.to_server.messages.iter().zip(&saw.messages) {
            let whole = body.windows(8).all(|w| !KEY.as_bytes().windows(8).any(|k| k == w));
            let same = message.sha256 == <[u8; 32]>::from(Sha256::digest(body));
            assert_eq!(same, whole, "type {kind} of {} bytes", body.len());
        }
    }
    // The player got every frame as it was.
    let frames: Vec<[u8; 32]> = sessions[1]
        .lock()
        .unwrap()
        .messages
        .iter()
        .filter(|m| m.0 == 9)
        .map(|m| Sha256::digest(&m.2).into())
        .collect();
    let played: Vec<[u8; 32]> =
        read.connections[0].to_client.messages.iter().filter(|m| m.kind == 9).map(|m| m.sha256).collect();
    assert_eq!(frames.len() as u64, FRAMES);
    assert_eq!(played, frames);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_publisher_and_a_player_say_is_recorded_without_the_key() {
    let folder = Folder::new();
    let (server, sessions) = reference().await;
    let options = Options { connections: Some(2), ..options(&folder, server.local_addr()) };
    let proxy = Running::start(options).await;
    publish_and_play(proxy.at).await;
    let (outcome, _) = proxy.end().await;
    server.shutdown().await;
    assert_eq!((outcome.count, outcome.reached, &outcome.failed), (2, 2, &None));
    assert_eq!(
        outcome.connections[0].purpose(),
        format!("play live/{}", "x".repeat(KEY.len() + TOKEN.len() + 7))
    );
    assert!(outcome.connections[1].purpose().starts_with("publish live/xxx"));
    folder.holds_no(&[KEY, TOKEN]);
    as_the_server_saw(&folder, &sessions);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_kept_when_that_is_wanted() {
    let folder = Folder::new();
    let (server, sessions) = reference().await;
    let options = Options { connections: Some(2), keep_keys: true, ..options(&folder, server.local_addr()) };
    let proxy = Running::start(options).await;
    publish_and_play(proxy.at).await;
    proxy.end().await;
    server.shutdown().await;
    let (_, streams) = read(&folder.file());
    for (stream, saw) in streams.0.iter().zip(sessions.lock().unwrap().iter()) {
        let saw = saw.lock().unwrap();
        assert_eq!(stream[0][..saw.bytes.len()], saw.bytes[..]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_on_both_sides_and_what_is_inside_is_recorded() {
    let (near, far) = (Folder::new(), Folder::new());
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
    let secrets = Folder::new();
    let (certificate, key) = (secrets.0.path().join("cert.pem"), secrets.0.path().join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (server, sessions) = reference().await;
    // reference client -> near -(TLS)-> far -> reference server
    let far_options = Options {
        connections: Some(2),
        tls: Some((certificate.clone(), key)),
        ..options(&far, server.local_addr())
    };
    let far_proxy = Running::start(far_options).await;
    let forward = |scheme: &str| -> Forward { format!("{scheme}://{}", far_proxy.at).parse().unwrap() };
    let near_options = Options {
        connections: Some(2),
        forward: forward("rtmps"),
        trust: Trust::File(certificate),
        ..options(&near, server.local_addr())
    };
    let near_proxy = Running::start(near_options).await;
    publish_and_play(near_proxy.at).await;
    for (proxy, folder) in [(near_proxy, &near), (far_proxy, &far)] {
        let (outcome, _) = proxy.end().await;
        assert_eq!((outcome.reached, &outcome.failed), (2, &None));
        folder.holds_no(&[KEY, TOKEN]);
        as_the_server_saw(folder, &sessions);
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_unless_anything_is_trusted() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let (far, near) = (Folder::new(), Folder::new());
    let (certificate, key) = (far.0.path().join("cert.pem"), far.0.path().join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let far_options =
        Options { tls: Some((certificate.clone(), key)), ..options(&far, server.local_addr().unwrap()) };
    let far_proxy = Running::start(far_options).await;
    for (trust, reached) in [(Trust::File(certificate), false), (Trust::Anything, true)] {
        // The certificate is for another name than the address that is connected to.
        let folder = Folder::new();
        let options = Options {
            connections: Some(1),
            forward: format!("rtmps://{}", far_proxy.at).parse().unwrap(),
            trust,
            ..options(&folder, far_proxy.at)
        };
        let proxy = Running::start(options).await;
        let mut client = TcpStream::connect(proxy.at).await.unwrap();
        if reached {
            client.write_all(&[3]).await.unwrap();
            let (mut far_end, _) = server.accept().await.unwrap();
            // The far side's first try came to the server before its TLS failed.
            let mut byte = [0];
            if far_end.read(&mut byte).await.unwrap() == 0 {
                far_end = server.accept().await.unwrap().0;
                assert_eq!(far_end.read(&mut byte).await.unwrap(), 1);
            }
            assert_eq!(byte, [3]);
            drop((client, far_end));
        }
        let (outcome, _) = proxy.end().await;
        assert_eq!(outcome.reached, usize::from(reached));
        assert_eq!(outcome.connections[0].problem.is_some(), !reached, "{:?}", outcome.connections);
    }
    far_proxy.interrupt().await;
    drop(near);
}

/// A server without RTMP: a listener, and the proxy before it.
async fn bare(folder: &Folder, change: impl FnOnce(Options) -> Options) -> (TcpListener, Running) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = options(folder, server.local_addr().unwrap());
    (server, Running::start(change(options)).await)
}

async fn both_ends(server: &TcpListener, proxy: &Running) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect(proxy.at).await.unwrap();
    (client, server.accept().await.unwrap().0)
}

async fn exactly(from: &mut TcpStream, n: usize) -> Vec<u8> {
    let mut bytes = vec![0; n];
    tokio::time::timeout(PATIENCE, from.read_exact(&mut bytes)).await.unwrap().unwrap();
    bytes
}

fn to_server(rest: &[u8]) -> Vec<u8> {
    [&[3][..], &handshake::c1(1, 2), &handshake::c1(3, 4), rest].concat()
}

#[tokio::test]
async fn half_a_connection_closes_before_the_other() {
    let folder = Folder::new();
    let (server, proxy) = bare(&folder, |o| Options { connections: Some(1), ..o }).await;
    let (mut client, mut far) = both_ends(&server, &proxy).await;
    client.write_all(&to_server(&[])).await.unwrap();
    client.shutdown().await.unwrap();
    let mut seen = Vec::new();
    far.read_to_end(&mut seen).await.unwrap();
    assert_eq!(seen, to_server(&[]));
    // The server goes on speaking.
    far.write_all(&to_server(&command::create_stream(1.0).chunks(128).concat())).await.unwrap();
    drop(far);
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).await.unwrap();
    let (outcome, _) = proxy.end().await;
    assert_eq!(outcome.connections[0].ended, Ended::Closed.name());
    let (read, streams) = read(&folder.file());
    assert_eq!(streams.0, [[seen, heard]]);
    assert_eq!(read.connections[0].to_client.messages.len(), 1);
}

#[tokio::test]
async fn a_reset_reaches_the_other_side_and_the_file() {
    for by_client in [true, false] {
        let folder = Folder::new();
        let (server, proxy) = bare(&folder, |o| Options { connections: Some(1), ..o }).await;
        let (mut client, mut far) = both_ends(&server, &proxy).await;
        let cut = command::publish(1, KEY, "live").chunks(128).concat();
        let sent = to_server(&cut[..cut.len() - 4 - KEY.len()]);
        client.write_all(&sent).await.unwrap();
        exactly(&mut far, sent.len()).await;
        let (resetting, mut other) = if by_client { (client, far) } else { (far, client) };
        resetting.set_zero_linger().unwrap();
        drop(resetting);
        let error = tokio::time::timeout(PATIENCE, other.read(&mut [0])).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        let (outcome, _) = proxy.end().await;
        let how = if by_client { Ended::ClientReset } else { Ended::ServerReset };
        assert_eq!(outcome.connections[0].ended, how.name());
        let (read, _) = read(&folder.file());
        let direction = &read.connections[0].to_server;
        assert_eq!(direction.total, sent.len() as u64);
        assert_eq!(direction.tail.as_ref().unwrap().cause, Cause::Rst);
    }
}

#[tokio::test]
async fn what_passed_before_an_interruption_is_in_the_file() {
    let cut = command::publish(1, &format!("{KEY}{}", "k".repeat(200)), "live").chunks(128).concat();
    // Cut in the name, in the chunk header within it, and right behind the name.
    for end in [40, 60, 128, 140, 141, 142, 143, 200, cut.len() - 7, cut.len() - 1] {
        let folder = Folder::new();
        let (server, proxy) = bare(&folder, |o| o).await;
        let (mut client, mut far) = both_ends(&server, &proxy).await;
        let sent = to_server(&cut[..end]);
        client.write_all(&sent).await.unwrap();
        assert_eq!(exactly(&mut far, sent.len()).await, sent);
        let (outcome, _) = proxy.interrupt().await;
        assert_eq!(outcome.connections[0].ended, Ended::Interrupted.name());
        folder.holds_no(&[KEY, "kkk"]);
        let (read, streams) = read(&folder.file());
        assert!(replaced(&streams.0[0][0], &sent) >= 5);
        let tail = read.connections[0].to_server.tail.as_ref().unwrap();
        assert_eq!((tail.cause, tail.bytes), (Cause::CaptureEnd, end as u64));
        // Both sides are told.
        assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
        assert_eq!(far.read(&mut [0]).await.unwrap_or(0), 0);
    }
}

#[tokio::test]
async fn a_key_is_replaced_in_what_came_before_it_was_known() {
    let folder = Folder::new();
    let (server, proxy) = bare(&folder, |o| Options { connections: Some(1), ..o }).await;
    let (mut client, mut far) = both_ends(&server, &proxy).await;
    let early = [
        rtmpspec::pen::command::data(1, "early", &[text("onMetaData"), text(format!("by {KEY}"))])
            .chunks(128),
        command::publish(1, KEY, "live").chunks(128),
    ]
    .concat()
    .concat();
    let sent = to_server(&early);
    client.write_all(&sent).await.unwrap();
    exactly(&mut far, sent.len()).await;
    let status = command::command(
        "onStatus",
        0.0,
        Amf::Null,
        &[object(&[
            ("code", text("NetStream.Publish.Start")),
            ("description", text(format!("{} {KEY}", "p".repeat(60)))),
        ])],
    );
    let heard = to_server(&status.chunks(128).concat());
    far.write_all(&heard).await.unwrap();
    exactly(&mut client, heard.len()).await;
    drop((client, far));
    proxy.end().await;
    folder.holds_no(&[KEY]);
    let (_, streams) = read(&folder.file());
    assert_eq!(replaced(&streams.0[0][0], &sent), 2 * KEY.len());
    assert_eq!(replaced(&streams.0[0][1], &heard), KEY.len());
}

#[tokio::test]
async fn what_is_longer_than_the_window_is_recorded_as_it_is() {
    let folder = Folder::new();
    let (server, proxy) = bare(&folder, |o| Options { connections: Some(1), ..o }).await;
    let (mut client, mut far) = both_ends(&server, &proxy).await;
    let mut sent = to_server(&command::publish(1, KEY, "live").chunks(128).concat());
    for i in 0..12_u64 {
        let mut frame = rtmpspec::pen::media::key("frame", 900_000);
        frame.body[100_000..900_000].copy_from_slice(&handshake::noise(i, 800_000));
        sent.extend(frame.chunks(128).concat());
    }
    // The key again, across two chunks, in data that come much later.
    let late = rtmpspec::pen::command::data(
        1,
        "late",
        &[text("onCuePoint"), text(format!("{}{KEY}", "p".repeat(100)))],
    );
    sent.extend(late.chunks(128).concat());
    let copy = sent.clone();
    let writer = tokio::spawn(async move {
        client.write_all(&copy).await.unwrap();
        client
    });
    assert_eq!(exactly(&mut far, sent.len()).await, sent);
    drop((writer.await.unwrap(), far));
    let (outcome, _) = proxy.end().await;
    assert_eq!(outcome.connections[0].to_server, sent.len() as u64);
    folder.holds_no(&[KEY]);
    let (read, streams) = read(&folder.file());
    assert_eq!(replaced(&streams.0[0][0], &sent), 2 * KEY.len());
    assert_eq!(read.connections[0].to_server.messages.len(), 14);
}

#[tokio::test]
async fn what_cannot_be_read_holds_no_key() {
    let folder = Folder::new();
    let (server, proxy) = bare(&folder, |o| Options { connections: Some(2), ..o }).await;
    // After a lie: the known key, then a command that names another.
    let (mut client, mut far) = both_ends(&server, &proxy).await;
    let mut rest = command::publish(1, KEY, "live").chunks(128).concat();
    rest.extend([0xBF, 1, 2, 3]);
    rest.extend(KEY.as_bytes());
    rest.extend(command::publish(1, TOKEN, "live").chunks(128).concat());
    let sent = to_server(&rest);
    client.write_all(&sent).await.unwrap();
    exactly(&mut far, sent.len()).await;
    drop((client, far));
    // No RTMP at all.
    let (mut client, mut far) = both_ends(&server, &proxy).await;
    let request = format!("GET /live/{TOKEN} HTTP/1.1\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    exactly(&mut far, request.len()).await;
    drop((client, far));
    let (outcome, _) = proxy.end().await;
    assert!(outcome.connections[0].unreadable.as_ref().unwrap().contains("type 2 chunk is the first"));
    folder.holds_no(&[KEY, TOKEN]);
    let (_, streams) = read(&folder.file());
    // Of the second command a number, null, two strings with their markers, and `live`.
    assert_eq!(replaced(&streams.0[0][0], &sent), 2 * KEY.len() + 9 + 1 + 3 + TOKEN.len() + 3 + 4);
    assert_eq!(streams.0[1][0], "x".repeat(request.len()).as_bytes());
}

#[tokio::test]
async fn a_server_that_refuses_and_a_bound_of_bytes() {
    let folder = Folder::new();
    let (server, proxy) = bare(&folder, |o| Options { connections: Some(2), max_bytes: 100, ..o }).await;
    let (mut client, mut far) = both_ends(&server, &proxy).await;
    let sent = to_server(&[]);
    client.write_all(&sent).await.unwrap();
    assert_eq!(exactly(&mut far, sent.len()).await, sent, "it goes on");
    drop((client, far, server));
    let mut client = TcpStream::connect(proxy.at).await.unwrap();
    assert!(matches!(client.read(&mut [0]).await, Ok(0) | Err(_)));
    let (outcome, events) = proxy.end().await;
    assert!(events.iter().any(|e| matches!(e, Event::Full { number: 1 })));
    let [first, second] = &outcome.connections[..] else { panic!("{outcome:?}") };
    assert_eq!((first.full, first.to_server), (true, sent.len() as u64));
    assert_eq!((second.ended, second.server), (Ended::NoServer.name(), None));
    assert!(second.problem.as_ref().unwrap().contains("cannot be reached"));
    let (read, streams) = read(&folder.file());
    assert_eq!(streams.0[0][0], sent[..100]);
    assert_eq!(read.connections.len(), 2);
    assert_eq!(read.connections[1].to_server.total, 0);
}

/// Clients that say nothing take the places of others; who finds none is told by a close, and does not wait for ever.
#[tokio::test]
async fn who_is_one_too_many_is_turned_away() {
    let folder = Folder::new();
    let (server, proxy) = bare(&folder, |o| o).await;
    let mut silent = Vec::new();
    for _ in 0..64 {
        silent.push(both_ends(&server, &proxy).await);
    }
    let mut client = TcpStream::connect(proxy.at).await.unwrap();
    let read = tokio::time::timeout(PATIENCE, client.read(&mut [0])).await.expect("a close");
    assert!(matches!(read, Ok(0) | Err(_)));
    let (outcome, events) = proxy.interrupt().await;
    assert!(matches!(events.iter().filter(|e| matches!(e, Event::TurnedAway { .. })).count(), 1));
    assert_eq!(outcome.count, 64);
}

#[tokio::test]
async fn a_file_that_is_there_is_not_written_over() {
    let folder = Folder::new();
    fs::write(folder.file(), "mine").unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = options(&folder, server.local_addr().unwrap());
    let error = Proxy::bind(options).await.err().unwrap();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(fs::read(folder.file()).unwrap(), b"mine");
}
