//! Every bound of a session at its limit and one beyond it: which limit the error names, with which numbers.

use bytes::{Bytes, BytesMut};
use rtmp_amf::{Value, amf3};
use rtmp_proto::{
    Aggregate, AggregateBuilder, ChunkDecoder, ChunkEncoder, ChunkStreamId, ClientSession, Command,
    ConnectParams, Control, Decoded, LimitExceeded, Limits, LocalMisuse, Message, MessageStreamId,
    MessageType, Millis, PublishMode, ServerEvent, ServerSession, SessionError, SharedObject,
    SharedObjectEvent, Timestamp, TransactionId, UserControl, chunk_media,
};

const NOW: Millis = Millis(0);
const ONE: MessageStreamId = MessageStreamId(1);
const COMMAND: MessageType = MessageType::COMMAND_AMF0;
const COMMAND_AMF3: MessageType = MessageType::COMMAND_AMF3;

fn exceeded(limit: &'static str, value: u64, maximum: u64) -> Result<(), SessionError> {
    Err(SessionError::Limit(LimitExceeded { limit, value, maximum }))
}

fn on(chunk_stream: u32, kind: MessageType, stream: u32, payload: impl Into<Bytes>) -> Message {
    Message {
        chunk_stream: ChunkStreamId::new(chunk_stream).unwrap(),
        timestamp: Timestamp(0),
        kind,
        stream: MessageStreamId(stream),
        payload: payload.into(),
    }
}

fn command(name: &str, transaction: f64, object: Value, arguments: Vec<Value>) -> Vec<u8> {
    let name = name.to_string();
    let command = Command { name, transaction: TransactionId(transaction), object, arguments };
    command.encode().unwrap().into()
}

fn connect() -> Vec<u8> {
    command("connect", 1.0, Value::object([("app", "live")]), Vec::new())
}

/// A peer that writes its own messages to a server session, in chunks of any length once connected.
struct Peer {
    server: ServerSession,
    chunk_size: u32,
}

impl Peer {
    fn shaken(limits: Limits) -> Self {
        let mut server = ServerSession::new(limits, [7; 32], NOW);
        server.handle_input(NOW, &mut BytesMut::from(&[&[3][..], &[0; 2 * 1536]].concat()[..])).unwrap();
        while server.poll_transmit().is_some() {}
        Self { server, chunk_size: 128 }
    }

    fn connected(limits: Limits) -> Self {
        let mut peer = Self::shaken(limits);
        peer.send(&on(3, COMMAND, 0, connect())).unwrap();
        peer.grant();
        peer.send(&Control::SetChunkSize(0xFF_FFFF).encode()).unwrap();
        peer.chunk_size = 0xFF_FFFF;
        peer
    }

    /// Publishes or plays on stream 1.
    fn streaming(limits: Limits, verb: &str) -> Self {
        let mut peer = Self::connected(limits);
        peer.call("createStream", 2.0, 0, Vec::new()).unwrap();
        peer.call(verb, 0.0, 1, vec!["key".into()]).unwrap();
        peer.grant();
        peer
    }

    fn grant(&mut self) {
        match self.server.poll_event() {
            Some(
                ServerEvent::Connect { id, .. }
                | ServerEvent::Publish { id, .. }
                | ServerEvent::Play { id, .. },
            ) => self.server.accept(id).unwrap(),
            other => panic!("{other:?}"),
        }
        while self.server.poll_transmit().is_some() {}
    }

    fn wire(&self, message: &Message) -> BytesMut {
        let mut wire = BytesMut::new();
        ChunkEncoder::encode_independent(message, self.chunk_size, &mut wire);
        wire
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        self.server.handle_input(NOW, &mut BytesMut::from(bytes))
    }

    fn send(&mut self, message: &Message) -> Result<(), SessionError> {
        let wire = self.wire(message);
        self.feed(&wire)
    }

    fn call(
        &mut self,
        name: &str,
        transaction: f64,
        stream: u32,
        arguments: Vec<Value>,
    ) -> Result<(), SessionError> {
        self.send(&on(3, COMMAND, stream, command(name, transaction, Value::Null, arguments)))
    }

    fn events(&mut self) -> Vec<ServerEvent> {
        std::iter::from_fn(|| self.server.poll_event()).collect()
    }

    /// The names of the commands that the server sent.
    fn answers(&mut self) -> Vec<String> {
        let mut wire: BytesMut = std::iter::from_fn(|| self.server.poll_transmit()).flatten().collect();
        let mut decoder = ChunkDecoder::new(&Limits::default());
        // The answers before were read without this decoder: the chunk size is in force already.
        let mut start = self.wire(&Control::SetChunkSize(self.server.chunk_size_out()).encode());
        decoder.next(&mut start).unwrap();
        let mut names = Vec::new();
        while let Decoded::Message(message) = decoder.next(&mut wire).unwrap() {
            if message.kind == COMMAND {
                let command = Command::decode(COMMAND, &message.payload, &Limits::default()).unwrap();
                names.push(command.name);
            }
        }
        names
    }
}

#[test]
fn message_len() {
    let limits = Limits { message_len: 300, ..Limits::default() };
    let audio = |len: usize| on(4, MessageType::AUDIO, 1, vec![0; len]);
    assert_eq!(Peer::connected(limits.clone()).send(&audio(300)), Ok(()));
    assert_eq!(Peer::connected(limits).send(&audio(301)), exceeded("message_len", 301, 300));
    // The most that the field can say.
    let mut peer = Peer::streaming(Limits::default(), "publish");
    assert_eq!(peer.send(&audio(0xFF_FFFF)), Ok(()));
    assert!(matches!(&peer.events()[..], [ServerEvent::Media { payload, .. }] if payload.len() == 0xFF_FFFF));
}

#[test]
fn chunk_streams() {
    let mut peer = Peer::shaken(Limits { chunk_streams: 3, ..Limits::default() });
    for id in [3, 64, 65_599] {
        assert_eq!(peer.send(&on(id, MessageType(7), 0, "x")), Ok(()));
    }
    assert_eq!(peer.send(&on(4, MessageType(7), 0, "x")), exceeded("chunk_streams", 4, 3));
}

#[test]
fn partial_bytes() {
    let limits = Limits { partial_bytes: 5000, ..Limits::default() };
    let mut peer = Peer::connected(limits.clone());
    let wire = peer.wire(&on(4, MessageType::AUDIO, 1, vec![0; 6000]));
    assert_eq!(peer.feed(&wire[..12 + 5000]), Ok(()));
    assert_eq!(peer.feed(&[0]), exceeded("partial_bytes", 5001, 5000));
    // What is held back behind a request that waits for the application.
    let mut peer = Peer::shaken(limits);
    peer.send(&on(3, COMMAND, 0, connect())).unwrap();
    assert_eq!(peer.feed(&[0; 5000]), Ok(()));
    assert_eq!(peer.feed(&[0]), exceeded("partial_bytes", 5001, 5000));
}

/// Streams are no reason to end a session: the call is answered with `_error`.
#[test]
fn message_streams() {
    let mut peer = Peer::connected(Limits { message_streams: 3, ..Limits::default() });
    for _ in 0..4 {
        peer.call("createStream", 2.0, 0, Vec::new()).unwrap();
    }
    assert_eq!(peer.answers(), ["_result", "_result", "_result", "_error"]);
    assert_eq!(peer.server.error(), None);
}

#[test]
fn transmit_backlog() {
    let limits = Limits { transmit_backlog: 10_000, ..Limits::default() };
    let play = |len: usize| {
        let mut peer = Peer::streaming(limits.clone(), "play");
        let server = &mut peer.server;
        let media = |server: &mut ServerSession, len: usize| {
            server.send_media(ONE, MessageType::AUDIO, Timestamp(0), vec![0; len].into()).unwrap();
        };
        media(server, 100);
        let header = server.transmit_backlog() - 100;
        media(server, len - server.transmit_backlog() - header);
        (server.transmit_backlog(), server.error().cloned())
    };
    let (backlog, error) = play(4000);
    assert_eq!((backlog, error), (4000, None));
    // Two more chunks, each with a header of a byte.
    for (len, error) in [(9_998, None), (9_999, exceeded("transmit_backlog", 10_001, 10_000).err())] {
        assert_eq!(play(len).1, error, "{len}");
    }
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(Value::StrictArray(Vec::new()), |inner, _| Value::StrictArray(vec![inner]))
}

#[test]
fn amf_depth() {
    for (set, most) in [(3, 3), (32, 32), (1000, 128)] {
        let limits = Limits { amf_depth: set, ..Limits::default() };
        let call = |depth| Peer::connected(limits.clone()).call("f", 0.0, 0, vec![nested(depth)]);
        assert_eq!(call(most), Ok(()));
        // No codec of this workspace writes deeper values than the most that can be set.
        let mut body = command("f", 0.0, Value::Null, Vec::new());
        body.extend([0x0A, 0, 0, 0, 1].repeat(most));
        body.extend([0x0A, 0, 0, 0, 0]);
        let result = Peer::connected(limits.clone()).send(&on(3, COMMAND, 0, body));
        assert_eq!(result, exceeded("amf_depth", most as u64 + 1, most as u64));
    }
}

#[test]
fn amf_nodes() {
    let limits = Limits { amf_nodes: 10, ..Limits::default() };
    let call = |count| Peer::connected(limits.clone()).call("f", 0.0, 0, vec![Value::Null; count]);
    assert_eq!(call(7), Ok(()));
    assert_eq!(call(8), exceeded("amf_nodes", 11, 10));
}

/// An AMF3 array of one text, written once, and references to it.
fn repeated(text: &str, times: usize) -> Value {
    Value::AvmPlus(Box::new(amf3::Value::array(vec![amf3::Value::String(text.into()); times])))
}

#[test]
fn text_of_one_message_is_as_long_as_a_message() {
    let limits = Limits { message_len: 1001, ..Limits::default() };
    // With the name of the command and 10 times 100 bytes.
    let call = |name: &str| {
        let body = command(name, 0.0, Value::Null, vec![repeated(&"t".repeat(100), 10)]);
        Peer::connected(limits.clone()).send(&on(3, COMMAND, 0, body))
    };
    assert_eq!(call("f"), Ok(()));
    assert_eq!(call("ff"), exceeded("message_len", 1002, 1001));
}

/// Bounds of AMF3 that the decoder derives: what is exceeded ends the session with their numbers.
#[test]
fn tables_and_repeated_text_of_amf3() {
    let limits = Limits { amf_nodes: 40, ..Limits::default() };
    let named = |count: usize| {
        // Each sealed member of a class takes an entry of the table of names, but no value.
        let members = (0..count).map(|index| (format!("m{index}"), amf3::Value::Null)).collect();
        let object = amf3::Object { class: "c".into(), sealed: members, dynamic: None };
        Value::AvmPlus(Box::new(amf3::Value::Object(Box::new(object))))
    };
    let call = |value: Value| Peer::connected(limits.clone()).call("f", 0.0, 0, vec![value]);
    assert_eq!(call(named(30)), Ok(()));
    assert_eq!(call(named(41)), exceeded("amf_nodes", 41, 40));
    // 64 KiB may be repeated in any case: an array of a text of 1024 bytes and references to it.
    let call = |references: u8| {
        let mut body = command("f", 0.0, Value::Null, Vec::new());
        body.extend([0x11, 0x09, 0x81, (references + 1 - 64) << 1 | 1, 0x01, 0x06, 0x90, 0x01]);
        body.extend([b't'; 1024]);
        body.extend([0x06, 0x00].repeat(references.into()));
        Peer::connected(Limits::default()).send(&on(3, COMMAND, 0, body))
    };
    assert_eq!(call(64), Ok(()));
    let limit = "16 bytes of repeated text for each byte of the message";
    assert_eq!(call(65), exceeded(limit, 65_537, 65_536));
}

/// Messages that need no understanding are no reason to end a session.
#[test]
fn amf_limits_of_data_and_shared_objects() {
    let limits = Limits { amf_nodes: 5, ..Limits::default() };
    let mut peer = Peer::streaming(limits, "publish");
    for (count, events) in [(4, 1), (5, 0)] {
        let event = SharedObjectEvent::SendMessage(vec![Value::Null; count]);
        let body = SharedObject::new("so", vec![event]).encode(MessageType::SHARED_OBJECT_AMF0).unwrap();
        peer.send(&on(3, MessageType::SHARED_OBJECT_AMF0, 0, body)).unwrap();
        assert_eq!(peer.events().len(), events, "{count}");
    }
    // A value of AMF3 counts twice, itself and its switch. Data are translated up to the limit, and passed on
    // as they are beyond it.
    for (count, translated) in [(2, true), (3, false)] {
        let mut values = vec![Value::from("f"), Value::AvmPlus(Box::new(amf3::Value::Null))];
        values.resize(count + 2, Value::Null);
        let body = rtmp_amf::encode_all(&values).unwrap();
        peer.send(&on(5, MessageType::DATA_AMF0, 1, body.clone())).unwrap();
        let Some(ServerEvent::Media { payload, .. }) = peer.server.poll_event() else { panic!() };
        assert_eq!(payload != body, translated, "{count}");
    }
}

#[test]
fn data_of_amf3_grow_sixteenfold_at_most() {
    let mut peer = Peer::streaming(Limits::default(), "publish");
    let mut relayed = |value: Value| {
        let body = rtmp_amf::encode_all(&["f".into(), value]).unwrap();
        peer.send(&on(5, MessageType::DATA_AMF0, 1, body.clone())).unwrap();
        let Some(ServerEvent::Media { payload, .. }) = peer.server.poll_event() else { panic!() };
        assert!(payload.len() <= 16 * body.len());
        // What is left in AMF3 is left as it came.
        assert_eq!(payload.contains(&0x11), payload == body);
        payload != body
    };
    // Handler 4, AMF3 array 4 and a text of 62 with marker and length 2, references of 2 bytes: 72 + 2n.
    // In AMF0: handler 4, array 5, each text 65.
    let text = "t".repeat(62);
    let most = (16 * 70 - 9) / (65 - 32);
    assert!(relayed(repeated(&text, most)));
    assert!(!relayed(repeated(&text, most + 4)));
    // More than a message can carry: 15 references to a megabyte, and small integers, which take 9 bytes.
    let mut items = vec![amf3::Value::String("t".repeat(1_043_750)); 16];
    items.resize(60_000, amf3::Value::Integer(1));
    assert!(!relayed(Value::AvmPlus(Box::new(amf3::Value::array(items)))));
}

#[test]
fn what_a_session_is_told_to_send() {
    let mut peer = Peer::streaming(Limits { transmit_backlog: 1 << 30, ..Limits::default() }, "play");
    let mut send =
        |len| peer.server.send_media(ONE, MessageType::AUDIO, Timestamp(0), Bytes::from(vec![0; len]));
    assert_eq!(send(0xFF_FFFF), Ok(()));
    let refused = Err(LocalMisuse { what: "a message is at most 16777215 bytes long" });
    assert_eq!(send(0x100_0000), refused);
    let so = |len: usize| {
        let data = Bytes::from(vec![0; len - 2 - 2 - 12 - 5]);
        SharedObject::new("so", vec![SharedObjectEvent::Unknown { event: 12, data }])
    };
    assert_eq!(peer.server.send_shared_object(&so(0xFF_FFFF)), Ok(()));
    assert_eq!(peer.server.send_shared_object(&so(0x100_0000)), refused);
}

#[test]
fn names_of_streams() {
    for verb in ["publish", "play"] {
        let mut peer = Peer::connected(Limits::default());
        peer.call("createStream", 2.0, 0, Vec::new()).unwrap();
        peer.answers();
        peer.call(verb, 0.0, 1, vec!["k".repeat(65_536).as_str().into()]).unwrap();
        assert_eq!(peer.server.poll_event(), None);
        assert_eq!(peer.answers(), ["onStatus"]);
        peer.call(verb, 0.0, 1, vec!["k".repeat(65_535).as_str().into()]).unwrap();
        peer.grant();
    }
}

#[test]
fn messages_of_an_aggregate() {
    let mut builder = AggregateBuilder::new();
    for _ in 0..Aggregate::MAX_MESSAGES {
        builder.push(MessageType::AUDIO, Timestamp(0), &[]).unwrap();
    }
    let most = builder.finish(ChunkStreamId::COMMAND, ONE).unwrap();
    let mut peer = Peer::streaming(Limits::default(), "publish");
    assert_eq!(peer.send(&most), Ok(()));
    assert_eq!(peer.events().len(), 65_536);
    let more = Message { payload: [&most.payload[..], &most.payload[..15]].concat().into(), ..most };
    assert_eq!(peer.send(&more), exceeded("aggregate_messages", 65_537, 65_536));
}

#[test]
fn events_that_wait() {
    let mut peer = Peer::streaming(Limits::default(), "publish");
    peer.send(&on(4, MessageType::AUDIO, 1, "")).unwrap();
    // Headers of type 3, each an empty audio message.
    assert_eq!(peer.feed(&[0xC4; 65_535]), Ok(()));
    assert_eq!(peer.feed(&[0xC4]), exceeded("events", 65_537, 65_536));
    assert_eq!(peer.events().len(), 65_536);

    // Values in events: what one message may have, and another message.
    let event = SharedObjectEvent::SendMessage(vec![Value::Null; 65_535]);
    let body = SharedObject::new("so", vec![event]).encode(MessageType::SHARED_OBJECT_AMF0).unwrap();
    let big = on(3, MessageType::SHARED_OBJECT_AMF0, 0, body);
    let small = SharedObject::new("so", Vec::new()).encode(MessageType::SHARED_OBJECT_AMF0).unwrap();
    let small = on(3, MessageType::SHARED_OBJECT_AMF0, 0, small);
    let mut peer = Peer::streaming(Limits::default(), "publish");
    assert_eq!((peer.send(&big), peer.send(&big)), (Ok(()), Ok(())));
    assert_eq!(peer.send(&small), Ok(()));
    assert_eq!(peer.send(&on(4, MessageType::AUDIO, 1, "x")), Ok(()));
    assert_eq!(peer.send(&big), exceeded("events", 3 * 65_536, 2 * 65_536));
    assert_eq!(peer.events().len(), 4);

    let limits = Limits { events: 3, ..Limits::default() };
    let mut peer = Peer::streaming(limits, "publish");
    assert_eq!(peer.feed(&peer.wire(&on(4, MessageType::AUDIO, 1, "")).repeat(3)), Ok(()));
    assert_eq!(peer.send(&on(4, MessageType::AUDIO, 1, "")), exceeded("events", 4, 3));
}

#[test]
fn handshake_ms() {
    let limits = Limits { handshake_ms: 100, ..Limits::default() };
    let new = || ServerSession::new(limits.clone(), [0; 32], Millis(5));
    assert_eq!(new().poll_timeout(), Some(Millis(105)));
    assert_eq!(new().handle_timeout(Millis(104)), Ok(()));
    assert!(new().handle_timeout(Millis(105)).is_err());
    assert_eq!(new().handle_timeout(Millis(106)), exceeded("handshake_ms", 101, 100));
    let new =
        || ClientSession::new(limits.clone(), [0; 32], Millis(5), ConnectParams::new("a", "rtmp://h/a"));
    assert_eq!(new().handle_timeout(Millis(104)), Ok(()));
    assert!(new().handle_timeout(Millis(105)).is_err());
    assert_eq!(new().handle_timeout(Millis(106)), exceeded("handshake_ms", 101, 100));
}

#[test]
fn request_ms() {
    let limits = Limits { request_ms: 100, ..Limits::default() };
    let new = || Peer::shaken(limits.clone()).server;
    assert_eq!(new().poll_timeout(), Some(Millis(100)));
    assert_eq!(new().handle_timeout(Millis(99)), Ok(()));
    assert!(new().handle_timeout(Millis(100)).is_err());
    assert_eq!(new().handle_timeout(Millis(101)), exceeded("request_ms", 101, 100));
    // A request that the application has not answered is not the peer's delay.
    let mut peer = Peer::shaken(limits.clone());
    peer.send(&on(3, COMMAND, 0, connect())).unwrap();
    assert_eq!(peer.server.handle_timeout(Millis(101)), Ok(()));

    let new = || {
        let mut client = ClientSession::new(limits.clone(), [0; 32], NOW, ConnectParams::new("a", ""));
        client.publish("key", PublishMode::Live).unwrap();
        let hello: BytesMut = std::iter::from_fn(|| client.poll_transmit()).flatten().collect();
        let answer = [&[3][..], &[0; 1536], &hello[1..1537]].concat();
        client.handle_input(Millis(50), &mut BytesMut::from(&answer[..])).unwrap();
        client
    };
    assert_eq!(new().poll_timeout(), Some(Millis(150)));
    assert_eq!(new().handle_timeout(Millis(149)), Ok(()));
    assert!(new().handle_timeout(Millis(150)).is_err());
    assert_eq!(new().handle_timeout(Millis(151)), exceeded("request_ms", 101, 100));
}

#[test]
fn idle_ping_ms_and_pong_ms() {
    let limits = Limits { idle_ping_ms: 100, pong_ms: 50, ..Limits::default() };
    let pinged = || {
        let mut peer = Peer::connected(limits.clone());
        assert_eq!(peer.server.poll_timeout(), Some(Millis(100)));
        assert_eq!(peer.server.handle_timeout(Millis(99)), Ok(()));
        assert_eq!(peer.server.poll_transmit(), None);
        assert_eq!(peer.server.handle_timeout(Millis(100)), Ok(()));
        assert!(peer.server.poll_transmit().is_some());
        assert_eq!(peer.server.poll_timeout(), Some(Millis(150)));
        peer
    };
    assert_eq!(pinged().server.handle_timeout(Millis(149)), Ok(()));
    assert!(pinged().server.handle_timeout(Millis(150)).is_err());
    assert_eq!(pinged().server.handle_timeout(Millis(151)), exceeded("pong_ms", 51, 50));
    let mut peer = pinged();
    let pong = peer.wire(&UserControl::PingResponse(100).encode());
    peer.server.handle_input(Millis(149), &mut pong.clone()).unwrap();
    assert_eq!(peer.server.handle_timeout(Millis(150)), Ok(()));
    assert_eq!(peer.server.poll_timeout(), Some(Millis(249)));
}

#[test]
fn limits_hold_in_type_17_as_well() {
    let limits = Limits { amf_nodes: 10, ..Limits::default() };
    let call = |count| {
        let body = [vec![0], command("f", 0.0, Value::Null, vec![Value::Null; count])].concat();
        Peer::connected(limits.clone()).send(&on(3, COMMAND_AMF3, 0, body))
    };
    assert_eq!(call(7), Ok(()));
    assert_eq!(call(8), exceeded("amf_nodes", 11, 10));
}

/// Media that a relay chunks for its players: as long as a message can be.
#[test]
fn relayed_media_fit_into_a_message() {
    let wire = chunk_media(ONE, MessageType::VIDEO, Timestamp(0), Bytes::from(vec![0; 0xFF_FFFF]), 0xFF_FFFF);
    assert_eq!(wire.len(), 12 + 0xFF_FFFF);
}
