use alloc::collections::BTreeSet;

use bytes::{BufMut, Bytes, BytesMut};
use proptest::prelude::*;
use rtmp_amf::Value;

use super::captured::{self, FFMPEG_PUBLISH, LIBRTMP_PUBLISH, RTMP2SINK_PUBLISH, RTMPDUMP_PLAY};
use super::*;
use crate::tamper::{InputRuling, Tamper};
use crate::{
    ChunkDecoder, Command, Decoded, Limits, LocalMisuse, Message, MessageStreamId, MessageType, Millis,
    SessionError, StatusInfo, Timestamp,
};

const ONE: MessageStreamId = MessageStreamId(1);

/// A client that writes chunks by hand and reads with the chunk decoder.
struct Client {
    session: ServerSession,
    decoder: ChunkDecoder,
    now: Millis,
}

impl Client {
    fn new(limits: Limits) -> Self {
        let mut client = Self::with(ServerSession::new(limits, [7; 32], Millis(0)));
        client.shake_hands();
        client
    }

    fn with(session: ServerSession) -> Self {
        // The server answers with 4096 byte chunks; a limit below does not matter to a decoder.
        Self { session, decoder: ChunkDecoder::new(&Limits::default()), now: Millis(0) }
    }

    fn shake_hands(&mut self) {
        self.feed(&[&[3][..], &[0; 1536]].concat()).unwrap();
        let reply: BytesMut = core::iter::from_fn(|| self.session.poll_transmit()).flatten().collect();
        assert_eq!(reply.len(), 1 + 2 * 1536);
        assert_eq!(reply[0], 3);
        self.feed(&reply[1..1537]).unwrap();
    }

    fn connected() -> Self {
        let mut client = Self::new(Limits::default());
        client.connect();
        client
    }

    fn connect(&mut self) {
        self.call("connect", 1.0, 0, app(), &[]);
        let Some(ServerEvent::Connect { id, .. }) = self.session.poll_event() else { panic!() };
        self.session.accept(id).unwrap();
        assert_eq!(self.read().len(), 5);
    }

    /// Connected, with a stream that publishes `name`.
    fn publishing(name: &str) -> Self {
        let mut client = Self::connected();
        client.call("createStream", 2.0, 0, Value::Null, &[]);
        client.call("publish", 0.0, 1, Value::Null, &[name.into(), "live".into()]);
        client.accept_next();
        client.read();
        client
    }

    fn playing(name: &str) -> Self {
        let mut client = Self::connected();
        client.call("createStream", 2.0, 0, Value::Null, &[]);
        client.call("play", 0.0, 1, Value::Null, &[name.into()]);
        client.accept_next();
        client.read();
        client
    }

    fn accept_next(&mut self) {
        let event = self.session.poll_event();
        let Some(
            ServerEvent::Connect { id, .. } | ServerEvent::Publish { id, .. } | ServerEvent::Play { id, .. },
        ) = event
        else {
            panic!("{event:?}")
        };
        self.session.accept(id).unwrap();
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        let mut data = BytesMut::from(bytes);
        let result = self.session.handle_input(self.now, &mut data);
        assert!(data.is_empty());
        result
    }

    fn send(&mut self, kind: u8, stream: u32, timestamp: u32, body: &[u8]) -> Result<(), SessionError> {
        self.feed(&chunks(kind, stream, timestamp, body))
    }

    fn call(&mut self, name: &str, transaction: f64, stream: u32, object: Value, arguments: &[Value]) {
        self.send(20, stream, 0, &command(name, transaction, object, arguments)).unwrap();
    }

    /// What the server sent since the last time.
    fn read(&mut self) -> Vec<Message> {
        let mut wire: BytesMut = core::iter::from_fn(|| self.session.poll_transmit()).flatten().collect();
        let mut messages = Vec::new();
        while let Decoded::Message(message) = self.decoder.next(&mut wire).unwrap() {
            messages.push(message);
        }
        messages
    }

    /// The same, as one line for each message.
    fn lines(&mut self) -> Vec<String> {
        self.read().iter().map(line).collect()
    }

    fn events(&mut self) -> Vec<ServerEvent> {
        core::iter::from_fn(|| self.session.poll_event()).collect()
    }
}

fn app() -> Value {
    Value::object([("app", "live"), ("tcUrl", "rtmp://example.org/live")])
}

fn command(name: &str, transaction: f64, object: Value, arguments: &[Value]) -> Vec<u8> {
    let mut values = vec![name.into(), Value::Number(transaction), object];
    values.extend_from_slice(arguments);
    rtmp_amf::encode_all(&values).unwrap()
}

/// Chunks of at most 128 bytes on chunk stream 3.
fn chunks(kind: u8, stream: u32, timestamp: u32, body: &[u8]) -> Vec<u8> {
    assert!(timestamp < 0xFF_FFFF);
    let mut out = vec![3];
    out.extend_from_slice(&timestamp.to_be_bytes()[1..]);
    out.extend_from_slice(&(body.len() as u32).to_be_bytes()[1..]);
    out.push(kind);
    out.extend_from_slice(&stream.to_le_bytes());
    for (index, piece) in body.chunks(128).enumerate() {
        if index > 0 {
            out.push(0xC3);
        }
        out.extend_from_slice(piece);
    }
    out
}

/// `csid/kind@stream` and the body: numbers in hex for control messages, values for commands.
fn line(message: &Message) -> String {
    let place = format!("{}/{}@{}", message.chunk_stream, message.kind.0, message.stream);
    if message.kind != MessageType::COMMAND_AMF0 {
        let hex: String = message.payload.iter().map(|byte| format!("{byte:02x}")).collect();
        return format!("{place} {hex}");
    }
    let command = Command::decode(message.kind, &message.payload, &Limits::default()).unwrap();
    let value = match command.arguments.as_slice() {
        [] => "-".into(),
        [Value::Null] => "null".into(),
        [Value::Number(number)] => format!("{number}"),
        [info] => {
            let info = StatusInfo::from_value(info).unwrap();
            assert!(!info.description.is_empty());
            format!("{} {}", info.level, info.code)
        }
        more => format!("{more:?}"),
    };
    format!("{place} {} {} {value}", command.name, command.transaction.0)
}

#[test]
fn connect_is_answered_in_the_order_of_the_specification() {
    let mut client = Client::new(Limits::default());
    let object = Value::object([("app", Value::from("live")), ("objectEncoding", Value::Number(3.0))]);
    client.call("connect", 1.0, 0, object.clone(), &["user".into(), "pass".into()]);
    assert_eq!(client.session.poll_transmit(), None);
    let events = client.events();
    let [ServerEvent::Connect { id, app, tc_url, object: seen, arguments }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((app.as_str(), tc_url, seen), ("live", &None, &object));
    assert_eq!(arguments, &["user".into(), "pass".into()]);
    client.session.accept(*id).unwrap();
    let messages = client.read();
    let lines: Vec<String> = messages.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "2/5@0 002625a0",
            "2/6@0 002625a002",
            "2/4@0 000000000000",
            "2/1@0 00001000",
            "3/20@0 _result 1 status NetConnection.Connect.Success",
        ]
    );
    let result = Command::decode(MessageType(20), &messages[4].payload, &Limits::default()).unwrap();
    assert!(result.object.property("fmsVer").is_some() && result.object.property("capabilities").is_some());
    // What the client offered and this end can read (EA 8.1.1).
    assert_eq!(result.arguments[0].property("objectEncoding"), Some(&Value::Number(3.0)));
    assert_eq!(
        client.session.accept(*id),
        Err(LocalMisuse { what: "this request does not wait for an answer" })
    );
}

#[test]
fn the_first_bytes_after_connect() {
    let mut client = Client::new(Limits::default());
    client.call("connect", 1.0, 0, app(), &[]);
    client.accept_next();
    let wire: BytesMut = core::iter::from_fn(|| client.session.poll_transmit()).flatten().collect();
    // Messages of vectors V5, each with the most compact header the specification allows: type 1 on
    // chunk stream 2 after the first.
    let expected = [
        &[0x02, 0, 0, 0, 0, 0, 4, 5, 0, 0, 0, 0, 0x00, 0x26, 0x25, 0xa0][..],
        &[0x42, 0, 0, 0, 0, 0, 5, 6, 0x00, 0x26, 0x25, 0xa0, 0x02],
        &[0x42, 0, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0, 0, 0],
        &[0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0x10, 0],
    ]
    .concat();
    assert_eq!(&wire[..expected.len()], expected);
}

#[test]
fn a_rejected_connect_gets_an_error_and_the_connection_ends() {
    let mut client = Client::new(Limits::default());
    client.call("connect", 1.0, 0, app(), &[]);
    let Some(ServerEvent::Connect { id, .. }) = client.session.poll_event() else { panic!() };
    client.session.reject(id, Rejection::connect_rejected("No such application.")).unwrap();
    assert_eq!(client.lines(), ["3/20@0 _error 1 error NetConnection.Connect.Rejected"]);
    assert!(client.session.should_close());
    assert_eq!(client.session.poll_timeout(), None);
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    assert!(client.read().is_empty());
}

#[test]
fn connect_without_app_is_rejected_and_a_second_connect_too() {
    let mut client = Client::new(Limits::default());
    client.call("connect", 5.0, 0, Value::Null, &[]);
    assert_eq!(client.lines(), ["3/20@0 _error 5 error NetConnection.Connect.Rejected"]);
    assert!(client.session.should_close());

    let mut client = Client::connected();
    client.call("connect", 9.0, 0, app(), &[]);
    assert_eq!(client.lines(), ["3/20@0 _error 9 error NetConnection.Connect.Rejected"]);
    client.call("createStream", 10.0, 0, Value::Null, &[]);
    assert_eq!(client.lines(), ["3/20@0 _result 10 1"]);
}

#[test]
fn commands_before_connect_are_refused() {
    let mut client = Client::new(Limits::default());
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    assert_eq!(client.lines(), ["3/20@0 _error 2 error NetConnection.Call.Failed"]);
    client.connect();

    let mut client = Client::new(Limits::default());
    client.call("publish", 0.0, 1, Value::Null, &["x".into()]);
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Publish.BadName"]);
    assert!(client.session.should_close());
}

#[test]
fn streams_have_distinct_ids_and_a_limit() {
    let mut client = Client::new(Limits { message_streams: 2, ..Limits::default() });
    client.connect();
    for transaction in [4.5, 1e6, 7.0] {
        client.call("createStream", transaction, 0, Value::Null, &[Value::Null, "extra".into()]);
    }
    assert_eq!(
        client.lines(),
        [
            "3/20@0 _result 4.5 1",
            "3/20@0 _result 1000000 2",
            "3/20@0 _error 7 error NetConnection.Call.Failed",
        ]
    );
    // No answer to deleteStream (RTMP 7.2.2.3), and other ids do no harm.
    for id in [999.0, 1.0, 0.0, -1.0, f64::NAN] {
        client.call("deleteStream", 8.0, 0, Value::Null, &[Value::Number(id)]);
    }
    client.call("createStream", 9.0, 0, Value::Null, &[]);
    assert_eq!(client.lines(), ["3/20@0 _result 9 3"]);
}

#[test]
fn missing_tail_values_and_type_17_are_accepted() {
    let mut client = Client::connected();
    // createStream, 2, nothing else (CONN-067); the vector of V6 with a format selector; the selector
    // left out; an AMF3 null as the command object.
    let number = |n: f64| [&[0][..], &n.to_be_bytes()].concat();
    let name = [&[2, 0, 12][..], b"createStream"].concat();
    client.send(20, 0, 0, &[&name[..], &number(2.0)].concat()).unwrap();
    client.send(17, 0, 0, &[&[0][..], &name, &number(3.0), &[5]].concat()).unwrap();
    client.send(17, 0, 0, &[&name[..], &number(4.0), &[5]].concat()).unwrap();
    client.send(17, 0, 0, &[&[0][..], &name, &number(5.0), &[0x11, 1]].concat()).unwrap();
    assert_eq!(
        client.lines(),
        ["3/20@0 _result 2 1", "3/20@0 _result 3 2", "3/20@0 _result 4 3", "3/20@0 _result 5 4"]
    );
    let error = client.send(17, 0, 0, &[&[1][..], &name, &number(6.0), &[5]].concat()).unwrap_err();
    assert!(matches!(error, SessionError::Peer(ref e) if e.clause == "EA 7.2"), "{error}");
}

#[test]
fn publish_is_announced_on_its_stream() {
    let mut client = Client::connected();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.read();
    client.call("publish", 5.0, 1, Value::Null, &["key?token=1".into(), "live".into()]);
    let events = client.events();
    let [ServerEvent::Publish { id, stream, name, mode }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((*stream, name.as_str(), *mode), (ONE, "key?token=1", PublishMode::Live));
    assert!(client.read().is_empty());
    client.session.accept(*id).unwrap();
    // Transaction id 0 whatever publish had (NSP-007, NSP-008).
    assert_eq!(client.lines(), ["2/4@0 000000000001", "5/20@1 onStatus 0 status NetStream.Publish.Start"]);
    client.send(9, 1, 40, &[0x17, 1, 0, 0, 0]).unwrap();
    let media = ServerEvent::Media {
        stream: ONE,
        kind: MessageType::VIDEO,
        timestamp: Timestamp(40),
        payload: Bytes::from_static(&[0x17, 1, 0, 0, 0]),
    };
    assert_eq!(client.events(), [media]);
}

#[test]
fn a_rejected_publish_gets_its_reason_and_its_media_go_nowhere() {
    let mut client = Client::connected();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.read();
    client.call("publish", 0.0, 1, Value::Null, &["taken".into(), "live".into()]);
    client.send(8, 1, 0, &[0xaf, 0]).unwrap();
    let Some(ServerEvent::Publish { id, .. }) = client.session.poll_event() else { panic!() };
    client.session.reject(id, Rejection::bad_name("The name is taken.")).unwrap();
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Publish.BadName"]);
    assert!(!client.session.should_close());
    assert_eq!(client.events(), []);
    client.call("publish", 0.0, 1, Value::Null, &["free".into()]);
    client.accept_next();

    client.call("deleteStream", 0.0, 0, Value::Null, &[Value::Number(1.0)]);
    client.call("createStream", 3.0, 0, Value::Null, &[]);
    client.call("publish", 0.0, 2, Value::Null, &["free".into()]);
    client.read();
    let events = client.events();
    let Some(ServerEvent::Publish { id, .. }) = events.last() else { panic!("{events:?}") };
    client.session.reject(*id, Rejection::bad_name("Go away.").closing()).unwrap();
    assert_eq!(client.lines(), ["5/20@2 onStatus 0 error NetStream.Publish.BadName"]);
    assert!(client.session.should_close());
}

#[test]
fn names_that_are_none() {
    let mut client = Client::connected();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.read();
    for name in [Value::from(""), Value::Boolean(false), Value::Null, Value::Number(3.0)] {
        client.call("publish", 0.0, 1, Value::Null, core::slice::from_ref(&name));
        assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Publish.BadName"], "{name:?}");
        client.call("play", 0.0, 1, Value::Null, &[name]);
        assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Play.StreamNotFound"]);
    }
    client.call("publish", 0.0, 1, Value::Null, &["x".into(), "foo".into()]);
    client.call("publish", 0.0, 1, Value::Null, &[]);
    client.call("publish", 0.0, 7, Value::Null, &["x".into()]);
    client.call("play", 0.0, 0, Value::Null, &["x".into()]);
    assert_eq!(
        client.lines(),
        [
            "5/20@1 onStatus 0 error NetStream.Publish.BadName",
            "5/20@1 onStatus 0 error NetStream.Publish.BadName",
            "5/20@7 onStatus 0 error NetStream.Publish.BadName",
            "5/20@0 onStatus 0 error NetStream.Play.Failed",
        ]
    );
    assert_eq!(client.events(), []);
    // Anything else is a name.
    for name in ["../../etc/passwd", "a\0b", "LIVE/é?x=/", "false"] {
        client.call("publish", 0.0, 1, Value::Null, &[name.into(), "LIVE".into()]);
        let events = client.events();
        let Some(ServerEvent::Publish { id, name: seen, .. }) = events.last() else { panic!() };
        assert_eq!(seen, name);
        client.session.accept(*id).unwrap();
    }
}

#[test]
fn the_ways_to_stop_publishing() {
    let ended = |name: &str| ServerEvent::PublishEnded { stream: ONE, name: name.into() };
    let success = "5/20@1 onStatus 0 status NetStream.Unpublish.Success";
    let mut client = Client::publishing("key");

    client.call("publish", 0.0, 1, Value::Null, &[Value::Boolean(false)]);
    assert_eq!((client.lines(), client.events()), (vec![success.into()], vec![ended("key")]));

    // closeStream leaves the id usable (NSP-026).
    client.call("publish", 0.0, 1, Value::Null, &["two".into()]);
    client.accept_next();
    client.read();
    client.call("closeStream", 0.0, 1, Value::Null, &[]);
    assert_eq!((client.lines(), client.events()), (vec![success.into()], vec![ended("two")]));

    client.call("publish", 0.0, 1, Value::Null, &["three?auth=x".into()]);
    client.accept_next();
    client.read();
    client.call("FCUnpublish", 6.0, 0, Value::Null, &["other".into()]);
    assert_eq!((client.lines(), client.events()), (vec!["3/20@0 _result 6 null".into()], vec![]));
    client.call("FCUnpublish", 7.0, 0, Value::Null, &["three".into()]);
    assert_eq!(client.lines(), ["3/20@0 _result 7 null", success]);
    assert_eq!(client.events(), [ended("three?auth=x")]);

    client.call("publish", 0.0, 1, Value::Null, &["four".into()]);
    client.accept_next();
    client.read();
    client.call("deleteStream", 0.0, 1, Value::Null, &[]);
    assert_eq!((client.lines(), client.events()), (vec![], vec![ended("four")]));
    client.send(8, 1, 0, &[0xaf, 1]).unwrap();
    assert_eq!(client.events(), []);
}

#[test]
fn delete_stream_and_close_touch_only_what_they_name() {
    let mut client = Client::publishing("one");
    client.call("createStream", 3.0, 0, Value::Null, &[]);
    client.call("publish", 0.0, 2, Value::Null, &["two".into()]);
    client.accept_next();
    client.call("deleteStream", 0.0, 0, Value::Null, &[Value::Number(1.0)]);
    assert_eq!(client.events(), [ServerEvent::PublishEnded { stream: ONE, name: "one".into() }]);
    client.send(8, 2, 0, &[0xaf, 1]).unwrap();
    assert_eq!(client.events().len(), 1);
    client.call("close", 0.0, 0, Value::Null, &[]);
    let two = MessageStreamId(2);
    assert_eq!(client.events(), [ServerEvent::PublishEnded { stream: two, name: "two".into() }]);
    assert!(client.session.should_close());
}

#[test]
fn auxiliary_commands() {
    let mut client = Client::connected();
    for (transaction, name) in (2..).zip([
        "releaseStream",
        "FCPublish",
        "FCSubscribe",
        "getStreamLength",
        "_checkbw",
        "CreateStream",
    ]) {
        client.call(name, f64::from(transaction), 0, Value::Null, &["key".into()]);
    }
    assert_eq!(
        client.lines(),
        [
            "3/20@0 _result 2 null",
            "3/20@0 _result 3 null",
            "3/20@0 onFCPublish 0 status NetStream.Publish.Start",
            "3/20@0 _result 4 null",
            "3/20@0 onFCSubscribe 0 status NetStream.Play.Start",
            "3/20@0 _result 5 0",
            "3/20@0 _error 6 error NetConnection.Call.Failed",
            "3/20@0 _error 7 error NetConnection.Call.Failed",
        ]
    );
    // Transaction id 0: no answer wanted (RTMP 7.2.1.2). Answers are never answered.
    for name in ["releaseStream", "getStreamLength", "_checkbw", "keepalive"] {
        client.call(name, 0.0, 0, Value::Null, &[]);
    }
    client.call("_result", 3.0, 0, Value::Null, &[]);
    client.call("_error", 3.0, 0, Value::Null, &[]);
    assert_eq!((client.lines(), client.events()), (vec![], vec![]));
}

#[test]
fn play_with_and_without_reset() {
    let mut client = Client::connected();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.read();
    let number = Value::Number;
    let arguments = ["key".into(), number(-2000.0), number(-5.0), number(2.0)];
    client.call("play", 4.0, 1, Value::Null, &arguments);
    let events = client.events();
    let [ServerEvent::Play { id, stream, name, start, duration, reset }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((*stream, name.as_str()), (ONE, "key"));
    assert_eq!((*start, *duration, *reset), (PlayStart::LiveOrRecorded, -1.0, true));
    client.session.accept(*id).unwrap();
    assert_eq!(
        client.lines(),
        [
            "2/4@0 000000000001",
            "5/20@1 onStatus 0 status NetStream.Play.Reset",
            "5/20@1 onStatus 0 status NetStream.Play.Start",
        ]
    );
    // Another name on the same stream, and a rejection.
    client.call("play", 0.0, 1, Value::Null, &["other".into(), number(-1.0)]);
    let events = client.events();
    let [ServerEvent::PlayEnded { name: ended, .. }, ServerEvent::Play { id, start, reset, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((ended.as_str(), *start, *reset), ("key", PlayStart::Live, false));
    client.session.accept(*id).unwrap();
    assert_eq!(client.lines(), ["2/4@0 000000000001", "5/20@1 onStatus 0 status NetStream.Play.Start"]);
    client.call("play", 0.0, 1, Value::Null, &["none".into(), number(1.5)]);
    let events = client.events();
    let Some(ServerEvent::Play { id, start, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(*start, PlayStart::Recorded(1.5));
    client.session.reject(*id, Rejection::stream_not_found("No such stream.")).unwrap();
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Play.StreamNotFound"]);
    assert_eq!(
        client.session.send_media(ONE, MessageType::AUDIO, Timestamp(0), Bytes::new()),
        Err(NOT_PLAYING)
    );
}

const NOT_PLAYING: LocalMisuse = LocalMisuse { what: "nothing plays on this message stream" };

#[test]
fn a_stream_either_plays_or_publishes() {
    let mut client = Client::publishing("key");
    client.call("play", 0.0, 1, Value::Null, &["other".into()]);
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Play.Failed"]);
    client.send(8, 1, 0, &[0xaf]).unwrap();
    assert_eq!(client.events().len(), 1);
    let mut client = Client::playing("key");
    client.call("publish", 0.0, 1, Value::Null, &["other".into()]);
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 error NetStream.Publish.BadName"]);
    assert_eq!(client.events(), []);
}

#[test]
fn media_go_out_alike_by_either_way() {
    let payload = Bytes::from(vec![0x17; 5000]);
    let mut wires = BTreeSet::new();
    for shared in [false, true] {
        let mut client = Client::playing("key");
        let kind = MessageType::VIDEO;
        if shared {
            let size = client.session.chunk_size_out();
            assert_eq!(size, 4096);
            let wire = chunk_media(ONE, kind, Timestamp(0x0123_4567), payload.clone(), size);
            client.session.send_shared(ONE, kind, wire).unwrap();
        } else {
            client.session.send_media(ONE, kind, Timestamp(0x0123_4567), payload.clone()).unwrap();
        }
        client.session.send_media(ONE, MessageType::DATA_AMF0, Timestamp(0), Bytes::new()).unwrap();
        client.session.notify(ONE, Notice::StreamDry).unwrap();
        let wire: BytesMut = core::iter::from_fn(|| client.session.poll_transmit()).flatten().collect();
        wires.insert(wire.freeze());
    }
    assert_eq!(wires.len(), 1);
    let wire = wires.first().unwrap();
    // Format 0 on chunk stream 6, extended timestamp, 5000 bytes of type 9 on stream 1.
    let header = [6, 0xff, 0xff, 0xff, 0, 0x13, 0x88, 9, 1, 0, 0, 0, 1, 0x23, 0x45, 0x67];
    assert_eq!(&wire[..16], header);
    assert_eq!(wire[16 + 4096..][..5], [0xC6, 1, 0x23, 0x45, 0x67]);
    let mut client = Client::playing("key");
    let misuse = client.session.send_media(ONE, MessageType(20), Timestamp(0), Bytes::new());
    assert_eq!(misuse, Err(LocalMisuse { what: "only types 8, 9 and 18 are media" }));
}

#[test]
fn on_status_after_independent_data_on_the_same_chunk_stream_is_decodable() {
    let mut client = Client::playing("key");
    let data = Bytes::from_static(&[2, 0, 1, b'x']);
    client.session.send_media(ONE, MessageType::DATA_AMF0, Timestamp(70), data).unwrap();
    client.session.notify(ONE, Notice::UnpublishNotify).unwrap();
    let messages = client.read();
    assert_eq!(messages[0].timestamp, Timestamp(70));
    assert_eq!(line(&messages[1]), "5/20@1 onStatus 0 status NetStream.Play.UnpublishNotify");
    assert_eq!(messages[1].timestamp, Timestamp(0));
}

fn send(client: &mut Client, kind: u8, timestamp: u32, head: &'static [u8]) {
    client
        .session
        .send_media(ONE, MessageType(kind), Timestamp(timestamp), Bytes::from_static(head))
        .unwrap();
}

#[test]
fn pause_stops_media_and_video_resumes_at_a_key_frame() {
    let mut client = Client::playing("key");
    send(&mut client, 9, 900, &[0x17, 1]);
    assert_eq!(client.read().len(), 1);
    client.call("pause", 0.0, 1, Value::Null, &[Value::Boolean(true), Value::Number(1000.0)]);
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 status NetStream.Pause.Notify"]);
    assert_eq!(client.events(), [ServerEvent::Paused { stream: ONE, paused: true, at: 1000.0 }]);
    send(&mut client, 9, 1000, &[0x27, 1]);
    send(&mut client, 8, 1000, &[0xaf, 1]);
    assert!(client.read().is_empty());
    client.call("pauseRaw", 0.0, 1, Value::Null, &[Value::Boolean(false), Value::Number(1000.0)]);
    assert_eq!(client.lines(), ["5/20@1 onStatus 0 status NetStream.Unpause.Notify"]);
    send(&mut client, 8, 900, &[0xaf, 1]);
    assert!(client.read().is_empty(), "not later than what was sent");
    send(&mut client, 9, 1040, &[0x27, 1]);
    send(&mut client, 8, 1041, &[0xaf, 1]);
    send(&mut client, 9, 1080, &[0x17, 1]);
    send(&mut client, 9, 1120, &[0x27, 1]);
    let times: Vec<u32> = client.read().iter().map(|m| m.timestamp.0).collect();
    assert_eq!(times, [1041, 1080, 1120]);
}

#[test]
fn pause_and_seek_that_fail_get_an_error() {
    let mut client = Client::connected();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.read();
    client.call("pause", 0.0, 1, Value::Null, &[Value::Boolean(true), Value::Number(0.0)]);
    client.call("seek", 3.0, 1, Value::Null, &[Value::Number(0.0)]);
    assert_eq!(
        client.lines(),
        ["5/20@1 _error 0 error NetStream.Pause.Failed", "5/20@1 _error 3 error NetStream.Seek.Failed"]
    );
    let mut client = Client::playing("key");
    client.call("seek", 0.0, 1, Value::Null, &[Value::Number(2000.0)]);
    client.call("pause", 0.0, 1, Value::Null, &[]);
    assert_eq!(
        client.lines(),
        ["5/20@1 _error 0 error NetStream.Seek.Failed", "5/20@1 _error 0 error NetStream.Pause.Failed"]
    );
    assert_eq!(client.events(), [ServerEvent::Seek { stream: ONE, ms: 2000.0 }]);
}

#[test]
fn receive_audio_and_video() {
    let mut client = Client::playing("key");
    client.call("receiveAudio", 0.0, 1, Value::Null, &[Value::Boolean(false)]);
    client.call("receiveVideo", 0.0, 1, Value::Null, &[Value::Boolean(false)]);
    assert!(client.read().is_empty(), "no answer to false (RTMP 7.2.2.4)");
    send(&mut client, 8, 0, &[0xaf, 1]);
    send(&mut client, 9, 0, &[0x17, 1]);
    send(&mut client, 18, 0, &[2, 0, 1, b'x']);
    assert_eq!(client.read().len(), 1);
    client.call("receiveVideo", 0.0, 1, Value::Null, &[Value::Boolean(true)]);
    let answer =
        ["5/20@1 onStatus 0 status NetStream.Seek.Notify", "5/20@1 onStatus 0 status NetStream.Play.Start"];
    assert_eq!(client.lines(), answer);
    send(&mut client, 9, 10, &[0x27, 1]);
    send(&mut client, 9, 20, &[0x17, 0]);
    send(&mut client, 9, 30, &[0x17, 1]);
    send(&mut client, 8, 30, &[0xaf, 1]);
    let kinds: Vec<(u8, u32)> = client.read().iter().map(|m| (m.kind.0, m.timestamp.0)).collect();
    assert_eq!(kinds, [(9, 20), (9, 30)], "the sequence header and the key frame");
    client.call("receiveAudio", 0.0, 1, Value::Null, &[Value::Boolean(true)]);
    assert_eq!(client.lines(), answer);
    send(&mut client, 8, 40, &[0xaf, 1]);
    assert_eq!(client.read().len(), 1);
    assert_eq!(client.events().len(), 4);
}

#[test]
fn a_player_is_told_when_the_publisher_leaves() {
    let mut client = Client::playing("key");
    client.session.notify(ONE, Notice::PublishNotify).unwrap();
    send(&mut client, 8, 0, &[0xaf, 1]);
    client.session.notify(ONE, Notice::PublisherLeft).unwrap();
    assert_eq!(
        client.lines(),
        [
            "5/20@1 onStatus 0 status NetStream.Play.PublishNotify",
            "4/8@1 af01",
            "5/20@1 onStatus 0 status NetStream.Play.UnpublishNotify",
            "2/4@0 000100000001",
        ]
    );
    assert_eq!(client.session.notify(ONE, Notice::PublishNotify), Err(NOT_PLAYING));
    client.call("closeStream", 0.0, 1, Value::Null, &[]);
    assert_eq!((client.lines(), client.events()), (vec![], vec![]));
    client.call("play", 0.0, 1, Value::Null, &["key".into()]);
    client.accept_next();
    client.session.notify(ONE, Notice::PlayStop).unwrap();
    assert_eq!(client.lines().last().unwrap(), "2/4@0 000100000001");
}

#[test]
fn aggregates_are_split_and_data_messages_normalised() {
    let mut client = Client::publishing("key");
    // Vectors V8: sub-messages 100 and 120 in an aggregate at 5000. Another aggregate inside is left out.
    let body = "0800000300006400000000af01aa0000000e09000006000078000000002701000000bb00000011";
    let body = [&captured::bytes(body)[..], &[22, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]].concat();
    client.send(22, 1, 5000, &body).unwrap();
    client.send(15, 1, 7, &[0, 2, 0, 1, b'x']).unwrap();
    client.send(18, 1, 8, &[2, 0, 1, b'x', 3, 0]).unwrap();
    client.send(18, 1, 9, &[0, 1, 2, 3]).unwrap();
    client.send(8, 1, 10, &[]).unwrap();
    client.send(8, 99, 10, &[0xaf]).unwrap();
    client.send(18, 0, 10, &[2, 0, 1, b'x']).unwrap();
    let seen: Vec<(u8, u32, Vec<u8>)> = client
        .events()
        .into_iter()
        .map(|event| match event {
            ServerEvent::Media { stream: ONE, kind, timestamp, payload } => {
                (kind.0, timestamp.0, payload.to_vec())
            }
            // No handler name: FFmpeg's time code (DATA-011).
            ServerEvent::Other { stream: ONE, kind, timestamp, payload } => {
                assert_eq!((kind.0, timestamp.0, &payload[..]), (18, 9, &[0, 1, 2, 3][..]));
                (255, 9, vec![])
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        seen,
        [
            (8, 5000, vec![0xaf, 1, 0xaa]),
            (9, 5020, vec![0x27, 1, 0, 0, 0, 0xbb]),
            (18, 7, vec![2, 0, 1, b'x']),
            (18, 8, vec![2, 0, 1, b'x', 3, 0]),
            (255, 9, vec![]),
            (8, 10, vec![]),
        ]
    );
    let error = client.send(22, 1, 0, &[8, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]).unwrap_err();
    assert!(matches!(error, SessionError::Peer(e) if e.clause == "RTMP 7.1.6"));
}

#[test]
fn pings_and_unknown_messages() {
    let mut client = Client::connected();
    client.send(4, 0, 77, &[0, 6, 1, 2, 3, 4]).unwrap();
    assert_eq!(client.lines(), ["2/4@0 000701020304"]);
    client.send(4, 0, 0, &[0, 7, 0, 0, 0, 9]).unwrap();
    assert_eq!(client.events(), [ServerEvent::Pong { value: 9 }]);
    for event in [5u8, 8, 15, 26, 27, 31, 32, 34, 41] {
        client.send(4, 0, 0, &[0, event]).unwrap();
    }
    for body in [&[][..], &[0], &[0, 6], &[0, 6, 1]] {
        client.send(4, 0, 0, body).unwrap();
        for kind in [2, 3, 5, 6] {
            client.send(kind, 0, 0, body).unwrap();
        }
    }
    for kind in [0, 7, 10, 14, 16, 17, 19, 20, 21, 30, 255] {
        client.send(kind, 0, 0, &[]).unwrap();
    }
    client.send(6, 0, 0, &[0, 0, 0x30, 0x39, 9]).unwrap();
    assert_eq!(client.lines(), ["2/5@0 00003039"], "a window that differs from the last one sent");
    client.send(6, 0, 0, &[0, 0, 0x30, 0x39, 2]).unwrap();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    assert_eq!(client.lines(), ["3/20@0 _result 2 1"]);
}

#[test]
fn acknowledgements_follow_the_window() {
    let mut client = Client::connected();
    client.send(5, 0, 0, &20_000u32.to_be_bytes()).unwrap();
    let message = chunks(8, 1, 0, &[0xaf; 1000]);
    let mut acknowledgements = Vec::new();
    for _ in 0..200 {
        client.feed(&message).unwrap();
        acknowledgements.extend(client.read().iter().map(|m| {
            assert_eq!(m.kind, MessageType::ACKNOWLEDGEMENT);
            u32::from_be_bytes(m.payload[..].try_into().unwrap())
        }));
    }
    // 200 messages of 1000 bytes in 8 chunks, plus what came before.
    assert!(acknowledgements.len() >= 9, "{acknowledgements:?}");
    for pair in acknowledgements.windows(2) {
        let step = pair[1] - pair[0];
        assert!((20_000..20_000 + message.len() as u32).contains(&step), "{step}");
    }
    client.send(5, 0, 0, &1u32.to_be_bytes()).unwrap();
    client.read();
    client.feed(&message.repeat(100)).unwrap();
    assert_eq!(client.read().len(), 1, "one for each input, however many windows it fills");
    client.send(5, 0, 0, &0u32.to_be_bytes()).unwrap();
    client.feed(&message).unwrap();
    assert!(client.read().is_empty());
}

#[test]
fn a_hard_limit_holds_output_back_until_it_is_acknowledged() {
    let mut client = Client::playing("key");
    client.send(6, 0, 0, &[0, 0, 0x20, 0, 0]).unwrap();
    let mut window_announced = BytesMut::new();
    let mut sent = 3073 + 500;
    for _ in 0..100 {
        client
            .session
            .send_media(ONE, MessageType::AUDIO, Timestamp(0), Bytes::from_static(&[1; 1000]))
            .unwrap();
    }
    while let Some(piece) = client.session.poll_transmit() {
        window_announced.put(piece);
    }
    assert!(window_announced.len() <= 8192 + 16, "{}", window_announced.len());
    sent += window_announced.len();
    // Acknowledge more than was sent: everything is acknowledged.
    client.send(3, 0, 0, &(sent as u32 + 100_000).to_be_bytes()).unwrap();
    let more: BytesMut = core::iter::from_fn(|| client.session.poll_transmit()).flatten().collect();
    assert!(more.len() >= 8192);
    // Window 0 would end all output; it lifts the limit.
    client.send(6, 0, 0, &[0, 0, 0, 0, 0]).unwrap();
    let rest: BytesMut = core::iter::from_fn(|| client.session.poll_transmit()).flatten().collect();
    assert!(window_announced.len() + more.len() + rest.len() > 100_000);
    assert_eq!(client.session.transmit_backlog(), 0);
}

#[test]
fn timers() {
    let limits = Limits::default();
    let mut session = ServerSession::new(limits.clone(), [0; 32], Millis(5));
    assert_eq!(session.poll_timeout(), Some(Millis(10_005)));
    session.handle_timeout(Millis(10_004)).unwrap();
    let error = session.handle_timeout(Millis(10_006)).unwrap_err();
    assert!(
        matches!(error, SessionError::Limit(e) if (e.limit, e.value, e.maximum) == ("handshake_ms", 10_001, 10_000))
    );
    assert!(session.should_close());
    assert_eq!(session.poll_timeout(), None);

    let mut client = Client::new(limits.clone());
    assert_eq!(client.session.poll_timeout(), Some(Millis(30_000)));
    let error = client.session.handle_timeout(Millis(30_000)).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "request_ms"), "{error}");

    let mut client = Client::connected();
    client.now = Millis(1000);
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.read();
    assert_eq!(client.session.poll_timeout(), Some(Millis(31_000)));
    client.session.handle_timeout(Millis(31_000)).unwrap();
    assert_eq!(client.lines(), ["2/4@0 000600007918"]);
    assert_eq!(client.session.poll_timeout(), Some(Millis(61_000)));
    client.now = Millis(60_000);
    client.send(4, 0, 0, &[0, 7, 0, 0, 0x79, 0x18]).unwrap();
    assert_eq!(client.session.poll_timeout(), Some(Millis(90_000)));
    client.session.handle_timeout(Millis(90_000)).unwrap();
    let error = client.session.handle_timeout(Millis(120_000)).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "pong_ms"));
    assert_eq!(client.session.error(), Some(&error));
}

#[test]
fn a_peer_that_floods_without_reading_reaches_a_limit() {
    let mut client = Client::new(Limits { transmit_backlog: 10_000, ..Limits::default() });
    client.connect();
    let ping = chunks(4, 0, 0, &[0, 6, 1, 2, 3, 4]);
    let error = client.feed(&ping.repeat(2000)).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "transmit_backlog"), "{error}");
    assert_eq!(client.feed(&ping), Err(error));
    assert!(client.session.should_close());

    let mut client = Client::new(Limits { transmit_backlog: 10_000, ..Limits::default() });
    client.connect();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    client.call("play", 0.0, 1, Value::Null, &["key".into()]);
    client.accept_next();
    client.read();
    for _ in 0..11 {
        client
            .session
            .send_media(ONE, MessageType::VIDEO, Timestamp(0), Bytes::from_static(&[0x17; 1000]))
            .unwrap();
    }
    assert!(client.session.should_close() && client.session.error().is_some());
    assert!(client.session.transmit_backlog() < 12_000);
}

#[test]
fn events_and_held_input_are_bounded() {
    let mut client = Client::publishing("key");
    let mut wire = chunks(8, 1, 0, &[]);
    // Type 3 headers, each an empty audio message.
    wire.resize(wire.len() + 70_000, 0xC3);
    let error = client.feed(&wire).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "events"), "{error}");
    assert_eq!(client.events().len(), 65_536);

    let mut client = Client::new(Limits { partial_bytes: 5000, ..Limits::default() });
    client.call("connect", 1.0, 0, app(), &[]);
    let message = chunks(8, 1, 0, &[0; 1000]);
    for _ in 0..4 {
        client.feed(&message).unwrap();
    }
    let error = client.feed(&message).unwrap_err();
    assert!(matches!(error, SessionError::Limit(e) if e.limit == "partial_bytes"), "{error}");
}

#[test]
fn amf_errors_end_the_session_with_the_clause() {
    let body = command("createStream", 2.0, Value::Null, &[]);
    for cut in 1..body.len() {
        let mut client = Client::connected();
        match client.send(20, 0, 0, &body[..cut]) {
            Ok(()) => assert!(cut == 15 || cut == 24, "{cut}"),
            Err(SessionError::Peer(_)) => assert!(client.session.should_close()),
            Err(other) => panic!("{other}"),
        }
    }
    let fails = |body: &[u8]| {
        let mut client = Client::connected();
        client.send(20, 0, 0, body).unwrap_err()
    };
    let clause = |body: &[u8]| match fails(body) {
        SessionError::Peer(error) => {
            assert!(error.offset > 3073);
            error.clause
        }
        other => panic!("{other}"),
    };
    assert_eq!(clause(&[5]), "RTMP 7.1.1");
    assert_eq!(clause(&[2, 0, 1, b'x', 2, 0, 1, b'2']), "RTMP 7.1.1");
    // A name that is not UTF-8 (ROB-011).
    assert_eq!(clause(&[2, 0, 2, 0xC0, 0x80]), "AMF0 1.3.1, AMF3 1.3.2");
    let nested = [&command("x", 0.0, Value::Null, &[])[..], &[0x0A, 0, 0, 0, 1].repeat(70_000)].concat();
    assert!(matches!(fails(&nested), SessionError::Limit(e) if e.limit == "amf_depth"));
}

#[test]
fn pipelined_requests_are_served_in_order() {
    for wire in [FFMPEG_PUBLISH, LIBRTMP_PUBLISH, RTMP2SINK_PUBLISH] {
        let mut client = Client::new(Limits::default());
        client.feed(&captured::bytes(wire)).unwrap();
        client.accept_next();
        client.accept_next();
        let media: Vec<(u8, usize)> = client
            .events()
            .into_iter()
            .map(|event| match event {
                ServerEvent::Media { stream: ONE, kind, payload, .. } => (kind.0, payload.len()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!((media[0].0, &media[1..]), (18, &[(9, 44), (8, 7)][..]));
        let lines = client.lines();
        assert_eq!(lines.last().unwrap(), "5/20@1 onStatus 0 status NetStream.Publish.Start");
        assert!(lines.iter().any(|line| line.starts_with("3/20@0 _result") && line.ends_with(" 1")));
    }
}

#[test]
fn the_session_of_rtmpdump() {
    let mut client = Client::new(Limits::default());
    client.feed(&captured::bytes(RTMPDUMP_PLAY)).unwrap();
    let Some(ServerEvent::Connect { id, app, tc_url, .. }) = client.session.poll_event() else { panic!() };
    assert_eq!((app.as_str(), tc_url.as_deref()), ("live", Some("rtmp://127.0.0.1:22001/live")));
    client.session.accept(id).unwrap();
    let Some(ServerEvent::Play { id, name, start, .. }) = client.session.poll_event() else { panic!() };
    assert_eq!((name.as_str(), start), ("test", PlayStart::LiveOrRecorded));
    client.session.accept(id).unwrap();
    assert_eq!(client.events(), [ServerEvent::PlayEnded { stream: ONE, name: "test".into() }]);
    assert_eq!(
        client.lines()[5..],
        [
            "3/20@0 _result 2 1",
            "3/20@0 _result 3 null",
            "3/20@0 onFCSubscribe 0 status NetStream.Play.Start",
            "2/4@0 000000000001",
            "5/20@1 onStatus 0 status NetStream.Play.Start",
        ]
    );
}

/// Swallows each Nth message in, doubles Acknowledgements out, renames audio for the relay.
struct Fault;

impl Tamper for Fault {
    fn message_in(&mut self, message: &mut Message) -> InputRuling {
        match (message.kind, message.payload.first()) {
            (MessageType::AUDIO, Some(1)) => InputRuling::Ignore,
            (MessageType::AUDIO, Some(2)) => InputRuling::Stall,
            (MessageType::AUDIO, Some(3)) => InputRuling::Close,
            _ => InputRuling::Process,
        }
    }

    fn message_out(&mut self, messages: &mut Vec<Message>) {
        if messages[0].kind == MessageType::USER_CONTROL {
            messages.push(messages[0].clone());
        }
    }

    fn relay_in(&mut self, kind: MessageType, timestamp: &mut Timestamp, _: &mut Bytes) -> bool {
        timestamp.0 += 1;
        kind == MessageType::AUDIO
    }
}

#[test]
fn a_tampered_session_deviates_as_it_is_told() {
    let tampered = || {
        let mut session = ServerSession::new(Limits::default(), [7; 32], Millis(0));
        session.set_tamper(Box::new(Fault));
        let mut client = Client::with(session);
        client.shake_hands();
        client.call("connect", 1.0, 0, app(), &[]);
        client.accept_next();
        assert_eq!(client.read().len(), 6);
        client.call("createStream", 2.0, 0, Value::Null, &[]);
        client.read();
        client
    };
    let mut client = tampered();
    client.call("publish", 0.0, 1, Value::Null, &["x".into()]);
    client.accept_next();
    assert_eq!(client.read().len(), 3);
    client.send(8, 1, 10, &[0xaf]).unwrap();
    client.send(8, 1, 10, &[1]).unwrap();
    client.send(9, 1, 10, &[0x17]).unwrap();
    let events = client.events();
    assert!(matches!(events[..], [ServerEvent::Media { timestamp: Timestamp(11), .. }]), "{events:?}");
    client.send(8, 1, 10, &[2]).unwrap();
    client.call("createStream", 3.0, 0, Value::Null, &[]);
    assert!(client.read().is_empty());
    assert!(!client.session.should_close());
    assert_eq!(client.session.poll_timeout(), None);

    let mut client = tampered();
    client.call("play", 0.0, 1, Value::Null, &["x".into()]);
    client.accept_next();
    client.read();
    let wire = chunk_media(ONE, MessageType::AUDIO, Timestamp(0), Bytes::new(), 4096);
    assert!(client.session.send_shared(ONE, MessageType::AUDIO, wire).is_err());
    send(&mut client, 8, 0, &[0xaf]);
    assert_eq!(client.lines(), ["4/8@1 af"]);
    client.send(8, 1, 10, &[3]).unwrap_err();
}

/// Feeds `wire` in pieces that end at `cuts`, accepts every request at once, and returns the events, as
/// text without request ids, and the error.
fn run(wire: &[u8], cuts: &[usize]) -> (Vec<String>, Option<SessionError>) {
    let mut session = ServerSession::new(Limits::default(), [7; 32], Millis(0));
    let mut events = Vec::new();
    let mut start = 0;
    let mut error = None;
    for &end in cuts.iter().chain([&wire.len()]) {
        let end = end.clamp(start, wire.len());
        let mut data = BytesMut::from(&wire[start..end]);
        start = end;
        error = session.handle_input(Millis(0), &mut data).err();
        while let Some(event) = session.poll_event() {
            if let ServerEvent::Connect { id, .. }
            | ServerEvent::Publish { id, .. }
            | ServerEvent::Play { id, .. } = event
            {
                let _ = session.accept(id);
            }
            events.push(format!("{event:?}"));
        }
        while session.poll_transmit().is_some() {}
        error = error.or_else(|| session.error().cloned());
        if error.is_some() {
            break;
        }
    }
    (events, error)
}

fn with_handshake(wire: &[u8]) -> Vec<u8> {
    [&[3][..], &[0; 2 * 1536], wire].concat()
}

#[test]
fn debug_shows_no_secret() {
    let mut client = Client::connected();
    client.call("createStream", 2.0, 0, Value::Null, &[]);
    for method in ["publish", "play"] {
        client.call(method, 0.0, 1, Value::Null, &["SECRET?SECRET".into()]);
        let events = client.events();
        let [ServerEvent::Publish { id, .. } | ServerEvent::Play { id, .. }] = events.as_slice() else {
            panic!()
        };
        client.session.accept(*id).unwrap();
        client.call("closeStream", 0.0, 1, Value::Null, &[]);
        let shown = format!("{events:?}{:?}", client.events());
        assert!(!shown.contains("SECRET") && shown.matches("xxxxxxxxxxxxx").count() == 2, "{shown}");
    }
    let mut client = Client::new(Limits::default());
    let object = Value::object([("app", "live?SECRET"), ("tcUrl", "rtmp://h/live?SECRET")]);
    client.call("connect", 1.0, 0, object, &["SECRET".into()]);
    let shown = format!("{:?}", client.events());
    assert!(shown.contains("live?xxxxxx") && !shown.contains("SECRET"), "{shown}");
}

#[test]
fn byte_by_byte() {
    for capture in [FFMPEG_PUBLISH, LIBRTMP_PUBLISH, RTMP2SINK_PUBLISH, RTMPDUMP_PLAY] {
        let wire = with_handshake(&captured::bytes(capture));
        let cuts: Vec<usize> = (0..wire.len()).collect();
        let whole = run(&wire, &[]);
        assert!(whole.0.len() >= 3 && whole.1.is_none(), "{whole:?}");
        assert_eq!(run(&wire, &cuts), whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_gives_the_same_events(
        which in 0usize..4,
        mut cuts in proptest::collection::vec(0usize..4000, 0..20),
        flips in proptest::collection::vec((0usize..800, any::<u8>()), 0..3),
    ) {
        cuts.sort_unstable();
        let mut wire =
            captured::bytes([FFMPEG_PUBLISH, LIBRTMP_PUBLISH, RTMP2SINK_PUBLISH, RTMPDUMP_PLAY][which]);
        for (at, bits) in flips {
            let at = at % wire.len();
            wire[at] ^= bits;
        }
        let wire = with_handshake(&wire);
        prop_assert_eq!(run(&wire, &cuts), run(&wire, &[]));
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        run(&bytes, &[]);
        run(&with_handshake(&bytes), &[]);
    }

    #[test]
    fn random_commands_never_panic(
        calls in proptest::collection::vec((0usize..20, 0u32..4, 0f64..3.0, argument(), argument()), 1..30),
    ) {
        let names = [
            "connect", "createStream", "deleteStream", "closeStream", "close", "releaseStream", "FCPublish",
            "FCSubscribe", "FCUnpublish", "getStreamLength", "publish", "play", "play2", "pause", "seek",
            "receiveAudio", "receiveVideo", "_result", "x", "",
        ];
        let mut wire = chunks(20, 0, 0, &command("connect", 1.0, app(), &[]));
        for (name, stream, transaction, first, second) in calls {
            let body = command(names[name], transaction.floor(), Value::Null, &[first, second]);
            wire.extend(chunks(20, stream, 0, &body));
            wire.extend(chunks(9, stream, 0, &[0x17, 1]));
        }
        let (_, error) = run(&with_handshake(&wire), &[]);
        prop_assert_eq!(error, None);
    }
}

fn argument() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        any::<f64>().prop_map(Value::Number),
        (0u8..4).prop_map(|n| Value::Number(f64::from(n))),
        "[a-c]{0,2}".prop_map(Value::String),
        Just(app()),
    ]
}
