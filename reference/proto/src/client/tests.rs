use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use rtmp_amf::Value;

use super::*;
use crate::{
    ChunkDecoder, Command, Decoded, Limits, LocalMisuse, Message, MessageStreamId, MessageType, Millis,
    Notice, PlayStart, PublishMode, Rejection, ServerEvent, ServerSession, SessionError, StatusInfo,
    Timestamp, TransactionId, chunk_media,
};

const ONE: MessageStreamId = MessageStreamId(1);
const NOW: Millis = Millis(0);

fn client() -> ClientSession {
    let params = ConnectParams::new("live", "rtmp://example.org/live");
    ClientSession::new(Limits::default(), [9; 32], NOW, params)
}

/// A client and a server in memory. Pieces of `piece` bytes go back and forth.
struct Pair {
    client: ClientSession,
    server: ServerSession,
    piece: usize,
    seen: Vec<ClientEvent>,
    served: Vec<ServerEvent>,
    refuse: Option<Rejection>,
}

impl Pair {
    fn new(piece: usize) -> Self {
        let server = ServerSession::new(Limits::default(), [7; 32], NOW);
        Self { client: client(), server, piece, seen: Vec::new(), served: Vec::new(), refuse: None }
    }

    /// Until neither side has anything to say.
    fn pump(&mut self) {
        loop {
            let up: BytesMut = core::iter::from_fn(|| self.client.poll_transmit()).flatten().collect();
            for piece in up.chunks(self.piece) {
                self.server.handle_input(NOW, &mut BytesMut::from(piece)).unwrap();
                while let Some(event) = self.server.poll_event() {
                    self.serve(&event);
                    self.served.push(event);
                }
            }
            let down: BytesMut = core::iter::from_fn(|| self.server.poll_transmit()).flatten().collect();
            for piece in down.chunks(self.piece) {
                self.client.handle_input(NOW, &mut BytesMut::from(piece)).unwrap();
                self.seen.extend(core::iter::from_fn(|| self.client.poll_event()));
            }
            if up.is_empty() && down.is_empty() {
                return;
            }
        }
    }

    fn serve(&mut self, event: &ServerEvent) {
        match (event, &self.refuse) {
            (ServerEvent::Publish { id, .. } | ServerEvent::Play { id, .. }, Some(rejection)) => {
                self.server.reject(*id, rejection.clone()).unwrap();
            }
            (
                ServerEvent::Connect { id, .. }
                | ServerEvent::Publish { id, .. }
                | ServerEvent::Play { id, .. },
                _,
            ) => self.server.accept(*id).unwrap(),
            _ => {}
        }
    }

    fn seen(&mut self) -> Vec<String> {
        self.seen.drain(..).map(|event| line(&event)).collect()
    }
}

fn line(event: &ClientEvent) -> String {
    match event {
        ClientEvent::Connected { .. } => "connected".into(),
        ClientEvent::Status { stream, info, .. } => format!("{stream} {} {}", info.level, info.code),
        ClientEvent::Rejected { stream, info, .. } => format!("{stream} rejected {}", info.code),
        ClientEvent::Media { kind, timestamp, payload } => {
            format!("media {} {timestamp} {}", kind.0, payload.len())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn publish_in_memory() {
    let frame = Bytes::from((0..=255).cycle().take(20_000).collect::<Vec<u8>>());
    for piece in [usize::MAX, 1, 1000] {
        let mut pair = Pair::new(piece);
        pair.client.publish("key", PublishMode::Live).unwrap();
        pair.pump();
        assert_eq!(
            pair.seen(),
            [
                "StreamBegin { stream: MessageStreamId(0) }",
                "connected",
                "StreamReady { stream: MessageStreamId(1) }",
                "StreamBegin { stream: MessageStreamId(1) }",
                "PublishStarted { stream: MessageStreamId(1) }",
            ]
        );
        let mut sent = Vec::new();
        // Audio, video and data with timestamps that go up, stand still, pass 24 bits, wrap and go back.
        for (index, time) in
            [0, 20, 40, 40, 0xFF_FFFE, 0xFF_FFFF, 0x0100_0014, 0xFFFF_FFF0, 4, 1].into_iter().enumerate()
        {
            let kind = MessageType([8, 9, 18][index % 3]);
            let payload = if kind == MessageType::DATA_AMF0 {
                Bytes::from_static(&[2, 0, 1, b'x', 5])
            } else {
                frame.slice(..index * index * 200)
            };
            pair.client.send_media(kind, Timestamp(time), payload.clone()).unwrap();
            sent.push(ServerEvent::Media { stream: ONE, kind, timestamp: Timestamp(time), payload });
        }
        pair.served.clear();
        pair.pump();
        assert_eq!(pair.served, sent);
        pair.served.clear();

        pair.client.close_stream();
        assert!(pair.client.send_media(MessageType::AUDIO, Timestamp(0), Bytes::new()).is_err());
        pair.client.publish("again", PublishMode::Append).unwrap();
        let busy = pair.client.publish("more", PublishMode::Live);
        assert_eq!(busy, Err(LocalMisuse { what: "the message stream is in use" }));
        pair.pump();
        let again = matches!(
            &pair.served[..],
            [
                ServerEvent::PublishEnded { stream: ONE, .. },
                ServerEvent::Publish { stream: ONE, mode: PublishMode::Append, .. }
            ]
        );
        assert!(again, "{:?}", pair.served);
        pair.client.delete_stream();
        pair.client.play("other", PlayStart::Live, -1.0, true).unwrap();
        pair.pump();
        assert!(matches!(
            pair.served.last(),
            Some(ServerEvent::Play { stream: MessageStreamId(2), reset: true, .. })
        ));
    }
}

#[test]
fn play_in_memory() {
    for piece in [usize::MAX, 1] {
        let mut pair = Pair::new(piece);
        pair.client.play("key", PlayStart::Live, -1.0, false).unwrap();
        pair.pump();
        let Some(ServerEvent::Play { stream, start, duration, reset, .. }) = pair.served.last() else {
            panic!()
        };
        assert_eq!((*stream, *start, *duration, *reset), (ONE, PlayStart::Live, -1.0, false));
        pair.seen.clear();
        let payload = Bytes::from(vec![0x17; 9000]);
        let video = MessageType::VIDEO;
        let size = pair.server.chunk_size_out();
        let wire = chunk_media(ONE, video, Timestamp(5), payload.clone(), size);
        pair.server.send_shared(ONE, video, wire).unwrap();
        pair.server.send_media(ONE, MessageType::AUDIO, Timestamp(0x0100_0000), payload.slice(..3)).unwrap();
        pair.server.notify(ONE, Notice::PublisherLeft).unwrap();
        pair.pump();
        assert_eq!(
            pair.seen(),
            [
                "media 9 5 9000",
                "media 8 16777216 3",
                "1 status NetStream.Play.UnpublishNotify",
                "StreamEof { stream: MessageStreamId(1) }",
            ]
        );
        pair.client.pause(true, 0.0);
        pair.pump();
        assert_eq!(pair.seen(), [""; 0]);
    }
}

#[test]
fn pause_seek_and_receive() {
    let mut pair = Pair::new(usize::MAX);
    pair.client.play("key", PlayStart::LiveOrRecorded, -1.0, false).unwrap();
    pair.pump();
    pair.seen.clear();
    pair.served.clear();
    pair.client.pause(true, 10.0);
    pair.client.pause(false, 10.0);
    pair.client.receive_audio(false);
    pair.client.receive_video(true);
    pair.client.seek(1.0);
    pair.pump();
    assert_eq!(
        pair.seen(),
        [
            "1 status NetStream.Pause.Notify",
            "1 status NetStream.Unpause.Notify",
            "1 status NetStream.Seek.Notify",
            "1 status NetStream.Play.Start",
        ]
    );
    assert_eq!(pair.served.len(), 5);
    pair.client.close();
    assert!(pair.client.should_close());
}

#[test]
fn rejections_arrive_with_their_reason() {
    let mut pair = Pair::new(usize::MAX);
    pair.refuse = Some(Rejection::bad_name("The name is taken."));
    pair.client.publish("key", PublishMode::Live).unwrap();
    pair.pump();
    assert_eq!(pair.seen().last().unwrap(), "1 rejected NetStream.Publish.BadName");
    assert_eq!(pair.client.poll_timeout(), None);
    // The stream is free for another attempt.
    pair.refuse = None;
    pair.client.publish("other", PublishMode::Live).unwrap();
    pair.pump();
    assert_eq!(pair.seen().last().unwrap(), "PublishStarted { stream: MessageStreamId(1) }");
}

/// A server that writes what it likes.
struct Script {
    client: ClientSession,
    decoder: ChunkDecoder,
}

impl Script {
    /// After the handshake and the reading of connect.
    fn new() -> Self {
        let mut script = Self { client: client(), decoder: ChunkDecoder::new(&Limits::default()) };
        let hello = script.raw();
        assert_eq!((hello.len(), hello[0]), (1537, 3));
        script.feed(&[&[3][..], &[0; 1536], &hello[1..]].concat()).unwrap();
        assert_eq!(&script.raw_split(1536)[..], [0; 1536], "C2 echoes S1");
        script
    }

    fn connected() -> Self {
        let mut script = Self::new();
        script.read();
        script.command("_result", 1.0, 0, &[info("status", "NetConnection.Connect.Success")]);
        assert_eq!(script.events(), ["connected"]);
        script
    }

    fn publishing() -> Self {
        let mut script = Self::connected();
        script.client.publish("key", PublishMode::Live).unwrap();
        script.command("_result", 4.0, 0, &[Value::Number(1.0)]);
        script.command("onStatus", 0.0, 1, &[info("status", "NetStream.Publish.Start")]);
        assert_eq!(script.events().len(), 2);
        script.read();
        script
    }

    fn raw(&mut self) -> BytesMut {
        core::iter::from_fn(|| self.client.poll_transmit()).flatten().collect()
    }

    /// The first `len` bytes; the rest goes to the decoder later.
    fn raw_split(&mut self, len: usize) -> BytesMut {
        let mut all = self.raw();
        let first = all.split_to(len);
        self.messages(all).into_iter().for_each(|message| self.check_connect(&message));
        first
    }

    fn check_connect(&self, message: &Message) {
        let connect = Command::decode(message.kind, &message.payload, &Limits::default()).unwrap();
        assert_eq!((connect.name.as_str(), connect.transaction), ("connect", TransactionId(1.0)));
        assert_eq!((message.chunk_stream.value(), message.stream.0), (3, 0));
        assert_eq!(connect.object.property("app"), Some(&"live".into()));
        assert_eq!(connect.object.property("tcUrl"), Some(&"rtmp://example.org/live".into()));
        assert_eq!(connect.object.property("objectEncoding"), Some(&Value::Number(0.0)));
    }

    fn messages(&mut self, mut wire: BytesMut) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Decoded::Message(message) = self.decoder.next(&mut wire).unwrap() {
            messages.push(message);
        }
        messages
    }

    fn read(&mut self) -> Vec<String> {
        let wire = self.raw();
        self.messages(wire)
            .iter()
            .map(|message| {
                let place = format!("{}/{}@{}", message.chunk_stream, message.kind.0, message.stream);
                if message.kind != MessageType::COMMAND_AMF0 {
                    return format!("{place} {:02x?}", &message.payload[..]);
                }
                let command = Command::decode(message.kind, &message.payload, &Limits::default()).unwrap();
                format!("{place} {} {} {:?}", command.name, command.transaction.0, command.arguments)
            })
            .collect()
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        self.client.handle_input(NOW, &mut BytesMut::from(bytes))
    }

    fn send(&mut self, kind: u8, stream: u32, body: &[u8]) -> Result<(), SessionError> {
        assert!(body.len() < 65_536);
        let mut wire = vec![3, 0, 0, 0, 0];
        wire.extend_from_slice(&(body.len() as u16).to_be_bytes());
        wire.push(kind);
        wire.extend_from_slice(&stream.to_le_bytes());
        for (index, piece) in body.chunks(128).enumerate() {
            if index > 0 {
                wire.push(0xC3);
            }
            wire.extend_from_slice(piece);
        }
        self.feed(&wire)
    }

    fn command(&mut self, name: &str, transaction: f64, stream: u32, arguments: &[Value]) {
        let mut values = vec![name.into(), Value::Number(transaction), Value::Null];
        values.extend_from_slice(arguments);
        self.send(20, stream, &rtmp_amf::encode_all(&values).unwrap()).unwrap();
    }

    fn events(&mut self) -> Vec<String> {
        core::iter::from_fn(|| self.client.poll_event()).map(|event| line(&event)).collect()
    }
}

fn info(level: &str, code: &str) -> Value {
    Value::object([("level", level), ("code", code)])
}

#[test]
fn what_a_publisher_sends() {
    let mut script = Script::connected();
    assert_eq!(script.read(), ["2/1@0 [00, 00, 10, 00]"]);
    script.client.publish("key", PublishMode::Record).unwrap();
    assert_eq!(
        script.read(),
        [
            "3/20@0 releaseStream 2 [String(\"key\")]",
            "3/20@0 FCPublish 3 [String(\"key\")]",
            "3/20@0 createStream 4 []",
        ]
    );
    // Any order, errors and silence for the calls around it (CONN-064, W44).
    script.command("_error", 2.0, 0, &[info("error", "NetConnection.Call.Failed")]);
    script.command("onFCPublish", 0.0, 0, &[info("status", "NetStream.Publish.Start")]);
    script.command("_result", 4.0, 0, &[Value::Number(5.0)]);
    assert_eq!(script.events(), ["StreamReady { stream: MessageStreamId(5) }"]);
    assert_eq!(script.read(), ["5/20@5 publish 0 [String(\"key\"), String(\"record\")]"]);
    script.command("onStatus", 3.0, 5, &[info("status", "NetStream.Publish.Start")]);
    assert_eq!(script.events(), ["PublishStarted { stream: MessageStreamId(5) }"]);
    script.client.delete_stream();
    assert_eq!(
        script.read(),
        ["3/20@0 FCUnpublish 5 [String(\"key\")]", "3/20@0 deleteStream 0 [Number(5.0)]"]
    );
}

#[test]
fn what_a_player_sends() {
    let mut script = Script::connected();
    script.read();
    script.client.play("key", PlayStart::LiveOrRecorded, -1.0, true).unwrap();
    script.command("_result", 2.0, 0, &[Value::Number(1.0)]);
    assert_eq!(
        script.read(),
        [
            "3/20@0 createStream 2 []",
            "2/4@0 [00, 03, 00, 00, 00, 01, 00, 00, 03, e8]",
            "5/20@1 play 0 [String(\"key\"), Number(-2.0), Number(-1.0), Boolean(true)]",
        ]
    );
    // Media before Play.Start, on the stream or on 0; on another stream they are not ours.
    for stream in [1, 0, 2] {
        script.send(8, stream, &[0xaf, 1]).unwrap();
    }
    // Vectors V8.
    let aggregate = [
        &[8, 0, 0, 3, 0, 0, 100, 0, 0, 0, 0, 0xaf, 1, 0xaa, 0, 0, 0, 14][..],
        &[9, 0, 0, 6, 0, 0, 120, 0, 0, 0, 0, 0x27, 1, 0, 0, 0, 0xbb],
    ]
    .concat();
    script.send(22, 1, &aggregate).unwrap();
    script.send(15, 1, &[0, 2, 0, 1, b'x']).unwrap();
    assert_eq!(
        script.events(),
        [
            "StreamReady { stream: MessageStreamId(1) }",
            "media 8 0 2",
            "media 8 0 2",
            "media 8 0 3",
            "media 9 20 6",
            "media 18 0 4",
        ]
    );
    // After StreamEOF nothing until StreamBegin (RTMP 7.1.7); that of another stream does not matter.
    script.send(4, 0, &[0, 1, 0, 0, 0, 9]).unwrap();
    script.send(8, 1, &[0xaf]).unwrap();
    script.send(4, 0, &[0, 1, 0, 0, 0, 1]).unwrap();
    script.send(8, 1, &[0xaf]).unwrap();
    script.send(4, 0, &[0, 0, 0, 0, 0, 1]).unwrap();
    script.send(8, 1, &[0xaf]).unwrap();
    script.send(4, 0, &[0, 2, 0, 0, 0, 1]).unwrap();
    assert_eq!(
        script.events(),
        [
            "StreamEof { stream: MessageStreamId(9) }",
            "media 8 0 1",
            "StreamEof { stream: MessageStreamId(1) }",
            "StreamBegin { stream: MessageStreamId(1) }",
            "media 8 0 1",
            "StreamDry { stream: MessageStreamId(1) }",
        ]
    );
}

#[test]
fn calls_of_the_server() {
    let mut script = Script::publishing();
    script.command("onBWDone", 0.0, 0, &[Value::Number(8000.0)]);
    script.command("onBWDone", 2.0, 0, &[]);
    script.command("_onbwdone", 0.0, 0, &[]);
    script.command("unknownMethod", 0.0, 0, &[]);
    assert_eq!(script.read(), [""; 0]);
    script.command("_onbwcheck", 7.0, 0, &[Value::Number(1.0)]);
    script.command("ping", 8.0, 0, &[]);
    script.command("unknownMethod", 9.0, 0, &[]);
    let answers = script.read();
    assert_eq!(answers[..2], ["3/20@0 _result 7 [Null]", "3/20@0 pong 8 []"]);
    assert!(answers[2].starts_with("3/20@0 _error 9 "));
    script.send(4, 0, &[0, 6, 1, 2, 3, 4]).unwrap();
    assert_eq!(script.read(), ["2/4@0 [00, 07, 01, 02, 03, 04]"]);
    script.send(6, 0, &[0, 0, 0x30, 0x39, 2]).unwrap();
    assert_eq!(script.read(), ["2/5@0 [00, 00, 30, 39]"]);
    for event in [26, 27, 31, 32] {
        script.send(4, 0, &[0, event]).unwrap();
    }
    // Acknowledgements of any kind do no harm (CTRL-027, W38).
    for count in [0xFFFF_FFFFu32, 0, 7, 131_325, 131_325] {
        script.send(3, 0, &count.to_be_bytes()).unwrap();
    }
    script.client.send_media(MessageType::AUDIO, Timestamp(0), Bytes::from_static(&[0xaf])).unwrap();
    assert_eq!(script.read(), ["4/8@1 [af]"]);
    assert_eq!(script.events(), [""; 0]);
    script.command("close", 0.0, 0, &[]);
    assert_eq!(script.events(), ["Closed"]);
    assert!(script.client.should_close());
}

#[test]
fn statuses_are_judged_by_their_level() {
    let mut script = Script::publishing();
    script.command("onStatus", 0.0, 1, &[info("status", "X.Y")]);
    script.command("onStatus", 0.0, 1, &[Value::object([("code", "NetStream.Unpublish.Success")])]);
    script.command("onStatus", 0.0, 7, &[info("error", "Of.Another.Stream")]);
    script.command("onStatus", 0.0, 1, &[]);
    script.command("onStatus", 0.0, 1, &[Value::Number(1.0)]);
    assert_eq!(
        script.events(),
        ["1 status X.Y", "1 status NetStream.Unpublish.Success", "7 rejected Of.Another.Stream"]
    );
    script.client.send_media(MessageType::AUDIO, Timestamp(0), Bytes::new()).unwrap();
    script.command("onStatus", 0.0, 1, &[info("error", "X.Z")]);
    assert_eq!(script.events(), ["1 rejected X.Z"]);
    script.client.send_media(MessageType::AUDIO, Timestamp(0), Bytes::new()).unwrap_err();
}

#[test]
fn a_refused_connect_ends_the_session() {
    let mut script = Script::new();
    let ex =
        Value::object([("code", Value::Number(302.0)), ("redirect", "rtmp://other.example/live".into())]);
    let information = Value::object([
        ("level", Value::from("error")),
        ("code", "NetConnection.Connect.Rejected".into()),
        ("description", "Go there.".into()),
        ("ex", ex.clone()),
    ]);
    script.command("_error", 1.0, 0, core::slice::from_ref(&information));
    let Some(ClientEvent::Rejected { stream, info: status, information: seen }) = script.client.poll_event()
    else {
        panic!()
    };
    assert_eq!(status, StatusInfo::error("NetConnection.Connect.Rejected", "Go there."));
    assert_eq!((stream, &seen), (MessageStreamId(0), &information));
    assert!(script.client.should_close());

    let mut script = Script::new();
    script.command("_error", 1.0, 0, &[]);
    assert_eq!(script.events(), ["0 rejected "]);
    // A rejection by onStatus (errata E-38).
    let mut script = Script::new();
    script.command("onStatus", 0.0, 0, &[info("error", "NetConnection.Connect.Rejected")]);
    assert_eq!(script.events(), ["0 rejected NetConnection.Connect.Rejected"]);
    assert!(script.client.should_close());
}

#[test]
fn answers_that_make_no_sense() {
    for id in [Value::Number(0.0), Value::Number(-1.0), Value::Number(f64::NAN), "1".into(), Value::Null] {
        let mut script = Script::connected();
        script.client.play("key", PlayStart::Live, -1.0, false).unwrap();
        let values = ["_result".into(), Value::Number(2.0), Value::Null, id];
        let error = script.send(20, 0, &rtmp_amf::encode_all(&values).unwrap()).unwrap_err();
        assert!(matches!(error, SessionError::Peer(e) if e.clause == "RTMP 7.2.1.3"));
    }
    let mut script = Script::connected();
    script.client.play("key", PlayStart::Live, -1.0, false).unwrap();
    script.command("_result", 99.0, 0, &[]);
    script.command("_error", 2.0, 0, &[info("error", "NetConnection.Call.Failed")]);
    assert_eq!(script.events(), ["0 rejected NetConnection.Call.Failed"]);
    script.client.play("key", PlayStart::Live, -1.0, false).unwrap();
    script.command("_result", 3.0, 0, &[Value::Number(1.0)]);
    assert_eq!(script.events(), ["StreamReady { stream: MessageStreamId(1) }"]);
}

#[test]
fn timers() {
    let mut session = client();
    assert_eq!(session.poll_timeout(), Some(Millis(10_000)));
    let error = session.handle_timeout(Millis(10_000)).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "handshake_ms"));

    let mut script = Script::new();
    assert_eq!(script.client.poll_timeout(), Some(Millis(30_000)));
    script.command("_result", 1.0, 0, &[]);
    assert_eq!(script.client.poll_timeout(), None);
    script.client.handle_timeout(Millis(900_000)).unwrap();
    script.client.publish("key", PublishMode::Live).unwrap();
    assert_eq!(script.client.poll_timeout(), Some(Millis(900_000)), "at once, to learn the time");
    script.client.handle_timeout(Millis(900_001)).unwrap();
    assert_eq!(script.client.poll_timeout(), Some(Millis(930_001)));
    let error = script.client.handle_timeout(Millis(930_001)).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "request_ms"), "{error}");
    assert!(script.client.should_close());
}

#[test]
fn a_server_that_does_not_read_reaches_a_limit() {
    let mut script = Script::publishing();
    let frame = Bytes::from(vec![0x17; 1 << 20]);
    for _ in 0..9 {
        script.client.send_media(MessageType::VIDEO, Timestamp(0), frame.clone()).unwrap();
    }
    let error = script.client.error().unwrap();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "transmit_backlog"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000), play in any::<bool>()) {
        let mut script = Script::new();
        if play {
            script.client.play("key", PlayStart::Live, -1.0, false).unwrap();
        } else {
            script.client.publish("key", PublishMode::Live).unwrap();
        }
        let _ = script.feed(&bytes);
        script.events();
    }

    #[test]
    fn random_answers_never_panic(
        answers in proptest::collection::vec((0usize..8, 0u32..3, 0u32..6, argument()), 0..20),
    ) {
        let mut script = Script::new();
        script.client.publish("key", PublishMode::Live).unwrap();
        let names = ["_result", "_error", "onStatus", "close", "ping", "x", "", "onBWDone"];
        for (name, stream, transaction, value) in answers {
            let values = [names[name].into(), Value::Number(f64::from(transaction)), Value::Null, value];
            let _ = script.send(20, stream, &rtmp_amf::encode_all(&values).unwrap());
        }
    }
}

fn argument() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (0u8..4).prop_map(|n| Value::Number(f64::from(n))),
        Just(info("status", "NetConnection.Connect.Success")),
        Just(info("status", "NetStream.Publish.Start")),
        Just(info("error", "NetStream.Publish.BadName")),
    ]
}
