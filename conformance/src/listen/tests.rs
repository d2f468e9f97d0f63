use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::{End, Event, Kind, Options, Said, Session, serve};
use crate::pen::amf::{Amf, number, object, text};
use crate::pen::chunk::Msg;
use crate::pen::handshake::{PACKET, c1, c2};
use crate::pen::{command, control, media};

const KEY: &str = "s3cret-key";

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn wire(messages: &[Msg]) -> Vec<u8> {
    messages.iter().flat_map(|m| m.chunks(128).concat()).collect()
}

/// A session after a plain handshake, nothing said about it.
fn shaken() -> Session {
    let mut session = Session::new(1, 1);
    let mut hello = vec![3];
    hello.extend(c1(0, 5));
    session.feed(at(0), &hello);
    let answer = session.take_output();
    session.feed(at(1), &c2(&answer[1..=PACKET], 0));
    assert!(session.take_events().iter().all(|e| e.kind == Kind::Right));
    session
}

/// A session in which `connect` and `createStream` are done.
fn created() -> Session {
    let mut session = shaken();
    session.feed(at(2), &wire(&[command::connect("live", "rtmp://h/live"), command::create_stream(2.0)]));
    session.take_events();
    session
}

fn lines(session: &mut Session) -> Vec<String> {
    session.take_events().iter().map(Event::judgement).collect()
}

fn has(lines: &[String], start: &str, rule: &str) -> bool {
    lines.iter().any(|l| l.starts_with(start) && l.ends_with(&format!("[{rule}]")))
}

#[track_caller]
fn expect(session: &mut Session, start: &str, rule: &str) {
    let lines = lines(session);
    assert!(has(&lines, start, rule), "no `{start} ... [{rule}]` in {lines:#?}");
}

/// A whole good session over TCP: every line, times left out.
#[tokio::test]
async fn a_good_publisher_over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (out, mut said) = mpsc::channel(1024);
    let (_stop, stopped) = watch::channel(false);
    let options = Options { once: true, idle: Duration::from_secs(20) };
    let server = tokio::spawn(serve(listener, options, out, stopped));

    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut hello = vec![3];
    hello.extend(c1(0, 5));
    stream.write_all(&hello).await.unwrap();
    let mut answer = vec![0; 1 + 2 * PACKET];
    stream.read_exact(&mut answer).await.unwrap();
    stream.write_all(&c2(&answer[1..=PACKET], 0)).await.unwrap();
    let mut reader = crate::wire::reader::Reader::default();
    let connect = wire(&[command::connect("live", "rtmp://h/live?token=abc")]);
    stream.write_all(&connect).await.unwrap();
    until(&mut stream, &mut reader, "NetConnection.Connect.Success").await;
    let before = wire(&[
        command::command("releaseStream", 2.0, Amf::Null, &[text(KEY)]),
        command::command("FCPublish", 3.0, Amf::Null, &[text(KEY)]),
        command::create_stream(4.0),
    ]);
    let publish = wire(&[command::publish(1, KEY, "live")]);
    stream.write_all(&before).await.unwrap();
    stream.write_all(&publish).await.unwrap();
    until(&mut stream, &mut reader, "NetStream.Publish.Start").await;
    until_event(&mut stream, &mut reader, 6).await;
    let after = wire(&[
        control::ping_response(0x0102_0304),
        media::metadata(),
        media::avc_header(),
        media::aac_header(),
        media::key("k", 300).at(10),
        media::aac("a", 20).at(20),
        media::inter("i", 200).at(50),
        command::command("FCUnpublish", 5.0, Amf::Null, &[text(KEY)]),
        command::delete_stream(6.0, 1),
    ]);
    stream.write_all(&after).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();

    let tally = server.await.unwrap();
    let mut got = Vec::new();
    let mut accounts = Vec::new();
    while let Some(said) = said.recv().await {
        match said {
            Said::Event(event) => got.push(event.judgement()),
            Said::Account(account) => accounts.push(account),
        }
    }
    let all = got.join("\n");
    assert!(!all.contains(KEY) && !all.contains("abc"), "{all}");
    let sent = 1 + 2 * PACKET + [connect, before, publish, after].iter().map(Vec::len).sum::<usize>();
    let closed = format!("--       the client closed the connection; {sent} B came");
    // The time of an answer depends on the run.
    let steady: Vec<&str> = got.iter().map(|l| l.split(" after ").next().unwrap()).collect();
    assert_eq!(
        steady,
        [
            "ok       C0 version 3  [HS-009]",
            "ok       C1 time 0, bytes 4 to 7 zero  [HS-016]",
            "ok       C2 echoes S1: time and random bytes  [HS-020]",
            "ok       chunk streams begin with a type 0 chunk  [CHUNK-013]",
            "ok       messages are cut at the chunk size, 128 B  [CHUNK-039]",
            "ok       connect is the first command, transaction id 1  [CONN-006]",
            "ok       connection commands on message stream 0  [CONN-054]",
            "ok       app=live  [CONN-010]",
            "ok       tcUrl=rtmp://h/live?token=xxx  [CONN-011]",
            "lenient  app is not the path and query of tcUrl  [CONN-012]",
            "--       flashVer=FMLE/3.0 (compatible; rtmpspec)",
            "ok       no objectEncoding, that is 0  [CONN-025]",
            "--       releaseStream xxxxxxxxxx",
            "--       FCPublish xxxxxxxxxx",
            "ok       createStream on message stream 0, transaction id 4  [CONN-048]",
            "--       before publish: releaseStream, FCPublish, createStream",
            "ok       publishing type live  [NSP-002]",
            "ok       publish xxxxxxxxxx on message stream 1  [NSP-001]",
            "ok       user control messages on chunk stream 2, message stream 0  [UCM-002]",
            "ok       Ping Response 0x1020304",
            "ok       @setDataFrame onMetaData: width=160 height=90 framerate=25 videocodecid=7 audiocodecid=10 \
             encoder=rtmpspec  [DATA-002]",
            "--       video is AVC",
            "ok       AVC sequence header, 44 B  [FLV-032]",
            "--       audio is AAC",
            "ok       AAC sequence header, 4 B  [FLV-022]",
            "ok       timestamps do not go backwards  [TIME-007]",
            "ok       AVC frames are NAL units with lengths  [FLV-033]",
            "ok       first key frame, 300 B, timestamp 10  [FLV-024]",
            "--       FCUnpublish xxxxxxxxxx",
            "ok       deleteStream 1  [CONN-055]",
            "--       media: 3 video (1 key frame) 0.5 kB, 2 audio 0.0 kB, 1 data, timestamp 50",
            closed.as_str(),
            "--       publisher: 22 right, 0 wrong, 1 lenient",
        ]
    );
    assert_eq!((tally.right, tally.wrong, tally.lenient), (22, 0, 1));
    assert_eq!((accounts.len(), accounts[0].role, accounts[0].missing.is_empty()), (1, "publisher", true));
}

/// Reads until a command whose status code is `code`.
async fn until(stream: &mut TcpStream, reader: &mut crate::wire::reader::Reader, code: &str) {
    until_message(stream, reader, |m| m.body.windows(code.len()).any(|w| w == code.as_bytes())).await;
}

async fn until_event(stream: &mut TcpStream, reader: &mut crate::wire::reader::Reader, event: u8) {
    until_message(stream, reader, |m| m.kind == 4 && m.body.starts_with(&[0, event])).await;
}

/// Byte by byte, so that nothing is read beyond the message.
async fn until_message(
    stream: &mut TcpStream,
    reader: &mut crate::wire::reader::Reader,
    wanted: impl Fn(&crate::wire::MessageSeen) -> bool,
) {
    let search = async {
        loop {
            let byte = stream.read_u8().await.unwrap();
            if reader.feed(&[byte]).iter().any(&wanted) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), search).await.expect("the awaited message");
}

#[test]
fn a_stranger_cannot_print_control_characters() {
    let mut session = shaken();
    let nasty = "\u{1b}[2J\r\nfake line\u{202e}";
    let members = object(&[("app", text(nasty)), ("tcUrl", text(nasty)), ("flashVer", text(nasty))]);
    session.feed(
        at(2),
        &wire(&[
            command::command("connect", 1.0, members, &[]),
            command::command(nasty, 2.0, Amf::Null, &[]),
        ]),
    );
    let events = session.take_events();
    assert!(events.iter().any(|e| e.text.contains("fake line")));
    assert!(
        events.iter().all(|e| !e.line().chars().any(|c| c.is_control() || c == '\u{202e}')),
        "{events:#?}"
    );
}

#[test]
fn connect_is_judged() {
    let mut session = shaken();
    session.feed(at(2), &wire(&[command::create_stream(2.0)]));
    expect(&mut session, "WRONG    the first command is createStream", "CONN-006");

    let mut session = shaken();
    let members = object(&[("app", number(1.0)), ("objectEncoding", number(1.0))]);
    session.feed(at(2), &wire(&[command::command("connect", 5.0, members, &[]).for_stream(1)]));
    let lines = lines(&mut session);
    for (start, rule) in [
        ("WRONG    connect has transaction id 5", "CONN-006"),
        ("WRONG    connect on message stream 1", "CONN-054"),
        ("WRONG    connect without a string app", "CONN-010"),
        ("WRONG    connect without a string tcUrl", "CONN-011"),
        ("WRONG    objectEncoding=1", "CONN-025"),
    ] {
        assert!(has(&lines, start, rule), "{start}: {lines:#?}");
    }
}

#[test]
fn publish_is_judged() {
    let mut session = created();
    session.feed(at(3), &wire(&[command::publish(3, KEY, "LIVE")]));
    let said = lines(&mut session);
    assert!(has(&said, "WRONG    publishing type of 4 B", "NSP-002"), "{said:#?}");
    assert!(
        has(&said, "WRONG    publish xxxxxxxxxx on message stream 3: createStream", "NSP-001"),
        "{said:#?}"
    );

    let mut session = created();
    let publish = command::command("publish", 5.0, Amf::Null, &[text(KEY), text("live")]).for_stream(1);
    session.feed(at(3), &wire(&[publish, media::metadata()]));
    let said = lines(&mut session);
    assert!(
        has(&said, "lenient  publish xxxxxxxxxx on message stream 1, transaction id 5", "NSP-001"),
        "{said:#?}"
    );
    assert!(has(&said, "note     metadata before NetStream.Publish.Start", "NSP-019"), "{said:#?}");
    session.tick(at(60));
    assert!(session.take_output().windows(23).any(|w| w == b"NetStream.Publish.Start"));
    session.tick(at(5_060));
    expect(&mut session, "WRONG    no Ping Response within 5 s", "UCM-016");
    let account = session.finish(at(6_000), End::Closed);
    assert_eq!(account.missing, ["audio or video"]);
    let said = lines(&mut session);
    assert!(said.iter().any(|l| l.starts_with("note     closed without FCUnpublish")), "{said:#?}");
}

#[test]
fn control_messages_are_judged() {
    for (message, start, rule) in [
        (control::set_chunk_size(0), "WRONG    Set Chunk Size 0", "CTRL-010"),
        (control::set_chunk_size(0x8000_0000), "WRONG    Set Chunk Size 0x80000000", "CTRL-011"),
        (control::set_chunk_size(64), "lenient  chunk size 64 is less", "CTRL-009"),
        (control::set_chunk_size(0x0FFF_FFFF), "note     chunk size 268435455 is legal", "CTRL-008"),
        (control::set_chunk_size(256).on(3), "WRONG    Set Chunk Size on chunk stream 3", "CTRL-002"),
        (
            control::window_ack_size(9).for_stream(1),
            "WRONG    Window Acknowledgement Size on message",
            "CTRL-001",
        ),
        (
            control::acknowledgement(99_999_999),
            "WRONG    Acknowledgement of 99999999 B, but only",
            "CTRL-024",
        ),
        (control::user_control(3, &[0; 4]), "WRONG    Set Buffer Length with 4 B", "UCM-011"),
        (control::user_control(3, &[0; 8]).on(3), "lenient  a user control message on chunk", "UCM-002"),
    ] {
        let mut session = shaken();
        session.feed(at(2), &wire(&[message]));
        expect(&mut session, start, rule);
    }
}

#[test]
fn media_are_judged() {
    let mut session = created();
    session.feed(at(3), &wire(&[media::avc_header()]));
    expect(&mut session, "note     media before publish", "MSG-021");

    let mut session = created();
    session.feed(at(3), &wire(&[command::publish(1, KEY, "live")]));
    session.tick(at(60));
    session.take_events();
    let annex_b = Msg { body: vec![0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65, 1, 2], ..media::key("k", 50) };
    let adts = Msg { body: vec![0xAF, 1, 0xFF, 0xF1, 0, 0], ..media::aac("a", 20) };
    session.feed(
        at(70),
        &wire(&[
            media::inter("early", 50).at(100),
            media::avc_header().at(90),
            annex_b.at(110),
            adts,
            media::aac("msid", 20).for_stream(0),
            media::aac("csid", 20).on(2),
        ]),
    );
    let lines = lines(&mut session);
    for (start, rule) in [
        ("lenient  video frame before the sequence header", "FLV-029"),
        ("lenient  the first video frame is no key frame", "FLV-024"),
        ("lenient  type 9: timestamp 90 after 100", "TIME-007"),
        ("WRONG    AVC frame in Annex B form", "FLV-033"),
        ("WRONG    AAC frame with an ADTS header", "FLV-021"),
        ("lenient  AAC frame before the sequence header", "FLV-022"),
        ("WRONG    media on message stream 0", "MSG-019"),
        ("WRONG    type 8 on chunk stream 2", "CHUNK-007"),
    ] {
        assert!(has(&lines, start, rule), "{start}: {lines:#?}");
    }
}

#[test]
fn a_player_gets_a_stream_and_owes_acknowledgements() {
    let mut session = created();
    session.feed(
        at(100),
        &wire(&[control::set_buffer_length(1, 3000), command::play(1, KEY, &[number(-2000.0)])]),
    );
    let said = lines(&mut session);
    assert!(has(&said, "ok       Set Buffer Length of stream 1: 3000 ms", "UCM-011"), "{said:#?}");
    assert!(has(&said, "ok       play xxxxxxxxxx [-2000.0] on message stream 1", "NSS-001"), "{said:#?}");
    assert!(has(&said, "lenient  start -2000", "NSS-006"), "{said:#?}");
    let mut bytes = session.take_output();
    session.feed(at(110), &wire(&[control::ping_response(0x0102_0304)]));
    for ms in (110..6_000).step_by(20) {
        session.tick(at(ms));
        bytes.extend(session.take_output());
    }
    // Unread is not unacknowledged: only the answer to a second ping shows that it was read.
    assert!(!lines(&mut session).iter().any(|l| l.contains("[CTRL-023]")));
    session.feed(at(6_000), &wire(&[control::ping_response(0x0203_0405)]));
    expect(&mut session, "WRONG    no Acknowledgement for 200000 B", "CTRL-023");
    let mut reader = crate::wire::reader::Reader::default();
    let messages = reader.feed(&bytes);
    assert_eq!(reader.broken, None);
    let pictures: Vec<u32> = messages.iter().filter(|m| m.kind == 9).map(|m| m.ts).collect();
    assert_eq!(pictures[..4], [0, 0, 40, 80]);
    assert!(messages.iter().filter(|m| m.kind == 8).count() > 200);
}

#[test]
fn what_cannot_be_followed_is_closed() {
    let mut session = shaken();
    session.feed(at(2), &[0xC7, 0, 0]);
    expect(&mut session, "WRONG    byte 0: a type 3 chunk is the first on chunk stream 7", "CHUNK-013");
    assert!(session.closes());
}

#[test]
fn a_stalled_client_learns_what_is_missing() {
    let mut session = shaken();
    let due = session.deadline().unwrap();
    session.tick(due);
    assert_eq!(
        lines(&mut session),
        ["note     nothing for 5 s; missing so far: connect, createStream, publish or play"]
    );
    assert_eq!(session.deadline(), None);
    let account = session.finish(at(9_000), End::Idle);
    assert_eq!((account.role, account.tally.wrong), ("client", 0));
}

#[test]
fn an_enhanced_publisher_is_recognised() {
    let mut session = created();
    session.feed(at(3), &wire(&[command::publish(1, KEY, "live")]));
    session.tick(at(60));
    session.take_events();
    let header = Msg { body: b"\x90hvc1\x01\x02\x03".to_vec(), ..media::key("k", 50) };
    let frame = Msg { body: b"\x91hvc1\x00\x00\x00\x01".to_vec(), ..media::key("k", 50) };
    session.feed(at(70), &wire(&[header, frame.at(1)]));
    let lines = lines(&mut session);
    for (start, rule) in [
        ("lenient  hvc1 although connect announced no Enhanced RTMP codec", "ERV-034"),
        ("ok       Enhanced RTMP hvc1 sequence start, 8 B", "ERV-007"),
        ("ok       first key frame", "FLV-024"),
    ] {
        assert!(has(&lines, start, rule), "{start}: {lines:#?}");
    }
}

/// Whatever comes, nothing grows beyond its bound and nothing panics.
#[test]
fn noise_is_survived() {
    for seed in 0..200 {
        let mut session = shaken();
        for (i, piece) in crate::pen::handshake::noise(seed, 60_000).chunks(997).enumerate() {
            session.feed(at(2 + i as u64), piece);
            session.take_output();
        }
        session.finish(at(1_000), End::Reset);
        assert!(session.take_events().len() < 1000);
    }
}
