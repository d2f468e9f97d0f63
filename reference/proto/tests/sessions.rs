//! Client and server session in memory: object encoding, capabilities, reconnect requests, shared objects,
//! and messages that nobody knows.

use bytes::{Bytes, BytesMut};
use rtmp_amf::{Value, amf3};
use rtmp_flv::{CapsEx, FourCc};
use rtmp_proto::{
    Capabilities, ChunkDecoder, ChunkEncoder, ChunkStreamId, ClientEvent, ClientSession, CodecKey, Command,
    ConnectParams, Data, Decoded, Limits, Message, MessageStreamId, MessageType, Millis, PlayStart,
    PublishMode, ReconnectRequest, ServerEvent, ServerSession, SharedObject, SharedObjectEvent, Timestamp,
    TransactionId,
};

const NOW: Millis = Millis(0);

/// A client session and a server session that grants everything.
struct Pair {
    client: ClientSession,
    server: ServerSession,
    seen: Vec<ClientEvent>,
    served: Vec<ServerEvent>,
}

impl Pair {
    fn new(params: ConnectParams) -> Self {
        let server = ServerSession::new(Limits::default(), [7; 32], NOW);
        let client = ClientSession::new(Limits::default(), [9; 32], NOW, params);
        Self { client, server, seen: Vec::new(), served: Vec::new() }
    }

    fn connected(params: ConnectParams) -> Self {
        let mut pair = Self::new(params);
        pair.pump();
        assert!(matches!(pair.seen.last(), Some(ClientEvent::Connected { .. })), "{:?}", pair.seen);
        pair
    }

    fn pump(&mut self) {
        loop {
            let mut up: BytesMut = std::iter::from_fn(|| self.client.poll_transmit()).flatten().collect();
            let from_client = up.len();
            self.server.handle_input(NOW, &mut up).unwrap();
            while let Some(event) = self.server.poll_event() {
                if let ServerEvent::Connect { id, .. }
                | ServerEvent::Publish { id, .. }
                | ServerEvent::Play { id, .. } = &event
                {
                    self.server.accept(*id).unwrap();
                }
                self.served.push(event);
            }
            let mut down: BytesMut = std::iter::from_fn(|| self.server.poll_transmit()).flatten().collect();
            let from_server = down.len();
            self.client.handle_input(NOW, &mut down).unwrap();
            self.seen.extend(std::iter::from_fn(|| self.client.poll_event()));
            if from_client + from_server == 0 {
                return;
            }
        }
    }
}

/// A peer of a server session that writes its own messages.
struct Raw {
    server: ServerSession,
    encoder: ChunkEncoder,
    decoder: ChunkDecoder,
}

impl Raw {
    fn new(object_encoding: Option<f64>, kind: MessageType) -> (Self, Message) {
        let mut server = ServerSession::new(Limits::default(), [7; 32], NOW);
        server.handle_input(NOW, &mut BytesMut::from(&[&[3][..], &[0; 1536]].concat()[..])).unwrap();
        let reply: BytesMut = std::iter::from_fn(|| server.poll_transmit()).flatten().collect();
        server.handle_input(NOW, &mut BytesMut::from(&reply[1..1537])).unwrap();
        let mut raw =
            Self { server, encoder: ChunkEncoder::new(), decoder: ChunkDecoder::new(&Limits::default()) };
        let mut object = vec![("app".to_string(), Value::from("live"))];
        object.extend(object_encoding.map(|number| ("objectEncoding".into(), Value::Number(number))));
        let connect = Command {
            name: "connect".into(),
            transaction: TransactionId(1.0),
            object: Value::Object(object),
            arguments: Vec::new(),
        };
        raw.command(kind, 0, connect);
        let Some(ServerEvent::Connect { id, .. }) = raw.server.poll_event() else { panic!() };
        raw.server.accept(id).unwrap();
        let result = raw.read().pop().unwrap();
        (raw, result)
    }

    fn send(&mut self, kind: MessageType, stream: u32, payload: &[u8]) {
        let message = Message {
            chunk_stream: ChunkStreamId::COMMAND,
            timestamp: Timestamp(7),
            kind,
            stream: MessageStreamId(stream),
            payload: Bytes::copy_from_slice(payload),
        };
        let mut wire = BytesMut::new();
        self.encoder.encode(&message, &mut wire);
        self.server.handle_input(NOW, &mut wire).unwrap();
    }

    fn command(&mut self, kind: MessageType, stream: u32, command: Command) {
        let body = command.encode_as(kind).unwrap();
        self.send(kind, stream, &body);
    }

    fn read(&mut self) -> Vec<Message> {
        let mut wire: BytesMut = std::iter::from_fn(|| self.server.poll_transmit()).flatten().collect();
        let mut messages = Vec::new();
        while let Decoded::Message(message) = self.decoder.next(&mut wire).unwrap() {
            messages.push(message);
        }
        messages
    }

    /// Publishes on stream 1.
    fn publish(&mut self) {
        let none = TransactionId(0.0);
        self.command(MessageType(20), 0, Command::new("createStream", TransactionId(2.0), Vec::new()));
        self.command(MessageType(20), 1, Command::new("publish", none, vec!["key".into()]));
        let Some(ServerEvent::Publish { id, .. }) = self.server.poll_event() else { panic!() };
        self.server.accept(id).unwrap();
        self.read();
    }
}

fn params() -> ConnectParams {
    ConnectParams::new("live/inst", "rtmp://one.example:1936/live/inst")
}

fn encoding(result: &Message) -> Option<f64> {
    let command = Command::decode(result.kind, &result.payload, &Limits::default()).unwrap();
    assert_eq!((command.name.as_str(), command.transaction), ("_result", TransactionId(1.0)));
    command.arguments[0].property("objectEncoding").and_then(Value::as_f64)
}

#[test]
fn object_encoding_never_exceeds_the_offer() {
    for (offered, chosen) in
        [(None, 0.0), (Some(0.0), 0.0), (Some(3.0), 3.0), (Some(1.0), 0.0), (Some(4.0), 0.0)]
    {
        let (raw, result) = Raw::new(offered, MessageType::COMMAND_AMF0);
        assert_eq!(encoding(&result), Some(chosen), "{offered:?}");
        assert_eq!(result.kind, MessageType::COMMAND_AMF0);
        assert_eq!(raw.server.uses_amf3(), chosen == 3.0);
    }
}

#[test]
fn a_question_in_type_17_is_answered_in_type_17_if_that_was_agreed() {
    for (offered, answered) in [(Some(3.0), 17), (None, 20)] {
        // CONN-009: connect itself may come in type 17.
        let (mut raw, result) = Raw::new(offered, MessageType::COMMAND_AMF3);
        assert_eq!(result.kind.0, answered);
        assert_eq!(encoding(&result), offered.or(Some(0.0)));
        // CONN-027: an AMF3 null as command object.
        let mut create = Command::new("createStream", TransactionId(2.0), Vec::new());
        create.object = Value::AvmPlus(Box::new(amf3::Value::Null));
        raw.command(MessageType::COMMAND_AMF3, 0, create.clone());
        let answer = raw.read().pop().unwrap();
        assert_eq!(answer.kind.0, answered);
        assert_eq!(answer.payload[0], if answered == 17 { 0 } else { 2 });
        // MSG-016: types may be mixed, and each answer goes its question's way.
        raw.command(MessageType::COMMAND_AMF0, 0, create);
        assert_eq!(raw.read().pop().unwrap().kind, MessageType::COMMAND_AMF0);
        // A whole publish in AMF3 values.
        let name = Value::AvmPlus(Box::new(amf3::Value::String("key".into())));
        raw.command(MessageType::COMMAND_AMF3, 1, Command::new("publish", TransactionId(0.0), vec![name]));
        let event = raw.server.poll_event().unwrap();
        assert!(matches!(&event, ServerEvent::Publish { name, .. } if name == "key"), "{event:?}");
    }
}

/// A Flash client may name an object twice: the second time is a reference (AMF3 2.2).
#[test]
fn a_connect_of_amf3_with_references_is_read() {
    let mut server = ServerSession::new(Limits::default(), [7; 32], NOW);
    server.handle_input(NOW, &mut BytesMut::from(&[&[3][..], &[0; 2 * 1536]].concat()[..])).unwrap();
    let object = amf3::Value::object([
        ("app", amf3::Value::String("live".into())),
        ("tcUrl", amf3::Value::String("rtmp://one.example/live".into())),
        ("capsEx", amf3::Value::Integer(3)),
        ("objectEncoding", amf3::Value::Integer(3)),
        ("self", amf3::Value::Reference(0)),
    ]);
    let connect = Command {
        name: "connect".into(),
        transaction: TransactionId(1.0),
        object: Value::AvmPlus(Box::new(object)),
        arguments: Vec::new(),
    };
    let message = connect
        .into_message_as(MessageType::COMMAND_AMF3, ChunkStreamId::COMMAND, MessageStreamId(0))
        .unwrap();
    let mut wire = BytesMut::new();
    ChunkEncoder::new().encode(&message, &mut wire);
    server.handle_input(NOW, &mut wire).unwrap();
    let Some(ServerEvent::Connect { id, app, tc_url, .. }) = server.poll_event() else { panic!() };
    assert_eq!((app.as_str(), tc_url.as_deref()), ("live", Some("rtmp://one.example/live")));
    server.accept(id).unwrap();
    assert!(server.uses_amf3());
    assert_eq!(server.client_capabilities().caps_ex, Some(CapsEx(3)));
}

#[test]
fn debug_of_a_client_shows_no_secret() {
    let params = ConnectParams {
        extra: vec![("token".into(), "SECRET".into())],
        arguments: vec!["SECRET".into()],
        ..ConnectParams::new("live?t=SECRET", "rtmp://u:SECRET@one.example/live?t=SECRET")
    };
    assert!(!format!("{params:?}").contains("SECRET"), "{params:?}");
    // Servers repeat the name of the stream in what they write for people.
    let information = Value::object([("details", "SECRET")]);
    let info = rtmp_proto::StatusInfo::status("NetStream.Play.Reset", "Playing and resetting SECRET.");
    let events = [
        ClientEvent::Connected { properties: information.clone(), information: information.clone() },
        ClientEvent::Status {
            stream: MessageStreamId(1),
            info: info.clone(),
            information: information.clone(),
        },
        ClientEvent::Rejected { stream: MessageStreamId(1), info, information },
        ClientEvent::ReconnectRequested {
            url: "rtmp://one.example/live/?t=SECRET".parse().unwrap(),
            description: Some("SECRET".into()),
        },
        ClientEvent::SharedObject { message: SharedObject::new("SECRET", vec![]) },
    ];
    let shown = format!("{events:?}");
    assert!(!shown.contains("SECRET") && shown.contains("NetStream.Play.Reset"), "{shown}");
}

#[test]
fn data_of_amf3_reach_the_application_in_amf0() {
    let (mut raw, _) = Raw::new(Some(3.0), MessageType::COMMAND_AMF0);
    raw.publish();
    let object = amf3::Value::object([("width", amf3::Value::Integer(1280))]);
    let meta = Data::set_data_frame("onMetaData", vec![Value::AvmPlus(Box::new(object))]);
    raw.send(MessageType::DATA_AMF3, 1, &meta.encode(MessageType::DATA_AMF3).unwrap());
    let Some(ServerEvent::Media { kind, payload, .. }) = raw.server.poll_event() else { panic!() };
    assert_eq!(kind, MessageType::DATA_AMF0);
    let plain = Data::set_data_frame("onMetaData", vec![Value::object([("width", 1280.0)])]);
    assert_eq!(payload, plain.encode(MessageType::DATA_AMF0).unwrap());
}

#[test]
fn what_nobody_knows_comes_out_as_it_went_in() {
    let (mut raw, _) = Raw::new(None, MessageType::COMMAND_AMF0);
    raw.publish();
    let cases: [(u8, u32, &[u8]); 12] = [
        (0, 0, b"x"),
        (7, 1, b"abc"),
        (10, 9, b""),
        (14, 0, b"y"),
        (16, 0, b""),
        (17, 0, b""),
        (18, 1, b""),
        (19, 0, b""),
        (20, 0, b""),
        (21, 1, b"z"),
        (23, 0xFF_FFFF, b"z"),
        (255, 1, b"zz"),
    ];
    for (kind, stream, payload) in cases {
        raw.send(MessageType(kind), stream, payload);
        let event = raw.server.poll_event().unwrap();
        let ServerEvent::Other { stream: seen_on, kind: seen, timestamp, payload: body } = event else {
            panic!("{event:?}")
        };
        assert_eq!((seen.0, seen_on.0, timestamp.0, &body[..]), (kind, stream, 7, payload));
    }
    for kind in [8, 9] {
        raw.send(MessageType(kind), 1, b"");
        let event = raw.server.poll_event().unwrap();
        assert!(
            matches!(&event, ServerEvent::Media { kind: seen, payload, .. } if seen.0 == kind && payload.is_empty())
        );
    }
    for (kind, stream) in [(8, 0), (9, 5), (18, 0), (22, 1)] {
        raw.send(MessageType(kind), stream, b"");
    }
    assert_eq!(raw.server.poll_event(), None);
    assert!(raw.read().is_empty());
}

#[test]
fn a_client_sees_what_it_does_not_know() {
    let mut pair = Pair::connected(params());
    pair.client.play("key", PlayStart::Live, -1.0, false).unwrap();
    pair.pump();
    pair.seen.clear();
    let mut wire = BytesMut::new();
    for (kind, stream, payload) in [(7u8, 0, "abc"), (255, 1, ""), (8, 1, ""), (18, 1, ""), (8, 9, "x")] {
        let message = Message {
            chunk_stream: ChunkStreamId::new(99).unwrap(),
            timestamp: Timestamp(3),
            kind: MessageType(kind),
            stream: MessageStreamId(stream),
            payload: Bytes::from_static(payload.as_bytes()),
        };
        ChunkEncoder::encode_independent(&message, pair.server.chunk_size_out(), &mut wire);
    }
    pair.client.handle_input(NOW, &mut wire).unwrap();
    let other = |stream, kind, payload: &'static str| ClientEvent::Other {
        stream: MessageStreamId(stream),
        kind: MessageType(kind),
        timestamp: Timestamp(3),
        payload: Bytes::from_static(payload.as_bytes()),
    };
    let silence =
        ClientEvent::Media { kind: MessageType::AUDIO, timestamp: Timestamp(3), payload: Bytes::new() };
    let seen: Vec<ClientEvent> = std::iter::from_fn(|| pair.client.poll_event()).collect();
    assert_eq!(seen, [other(0, 7, "abc"), other(1, 255, ""), silence, other(1, 18, "")]);
}

#[test]
fn shared_objects_both_ways_and_in_both_types() {
    for params in [params(), params().with_amf3()] {
        let mut pair = Pair::connected(params);
        assert_eq!(pair.client.uses_amf3(), pair.server.uses_amf3());
        let join = SharedObject::new("so", vec![SharedObjectEvent::Use]);
        pair.client.send_shared_object(&join).unwrap();
        pair.pump();
        assert_eq!(pair.served.pop(), Some(ServerEvent::SharedObject { message: join }));
        let slot = Value::AvmPlus(Box::new(amf3::Value::String("v".into())));
        let events = vec![
            SharedObjectEvent::UseSuccess,
            SharedObjectEvent::Clear,
            SharedObjectEvent::change("k", slot),
            SharedObjectEvent::Unknown { event: 13, data: Bytes::from_static(b"?") },
        ];
        let answer = SharedObject { version: 4, ..SharedObject::new("so", events) };
        pair.server.send_shared_object(&answer).unwrap();
        pair.pump();
        assert_eq!(pair.seen.pop(), Some(ClientEvent::SharedObject { message: answer }));
    }
    let early = ServerSession::new(Limits::default(), [0; 32], NOW)
        .send_shared_object(&SharedObject::new("s", vec![]));
    assert!(early.is_err());
    // SO-024.
    let (mut raw, _) = Raw::new(None, MessageType::COMMAND_AMF0);
    raw.send(MessageType::SHARED_OBJECT_AMF0, 0, b"\0\x05so");
    assert_eq!(raw.server.poll_event(), None);
    assert!(raw.server.error().is_none());
}

#[test]
fn capabilities_are_exchanged_at_connect() {
    let pair = Pair::connected(params());
    assert!(!pair.server.client_capabilities().is_enhanced());
    assert_eq!(pair.client.server_capabilities(), &Capabilities::default());

    let own = Capabilities {
        four_cc_list: Some(vec![CodecKey::FourCc(FourCc::HEVC), CodecKey::Any]),
        caps_ex: Some(CapsEx::RECONNECT | CapsEx::MOD_EX),
        ..Capabilities::default()
    };
    let pair = Pair::connected(params().with_capabilities(own.clone()));
    let client = pair.server.client_capabilities();
    assert_eq!((&client.four_cc_list, client.caps_ex), (&own.four_cc_list, own.caps_ex));
    assert_eq!(pair.client.server_capabilities(), &Capabilities::forwarding());
    assert!(own.may_send_video(pair.client.server_capabilities(), FourCc::HEVC));
    assert_eq!(own.common_caps_ex(pair.client.server_capabilities()), CapsEx::MOD_EX);
}

#[test]
fn a_server_sends_a_client_elsewhere() {
    let able = Capabilities { caps_ex: Some(CapsEx::RECONNECT), ..Capabilities::default() };
    for (request, target) in [
        (ReconnectRequest::to_same(), "rtmp://one.example:1936/live/inst"),
        (ReconnectRequest::to("rtmps://two.example/other"), "rtmps://two.example/other"),
        (ReconnectRequest::to("//192.0.2.0/other"), "rtmp://192.0.2.0/other"),
        (ReconnectRequest::to("/other"), "rtmp://one.example:1936/other"),
    ] {
        let mut pair = Pair::connected(params().with_capabilities(able.clone()));
        pair.client.publish("key", PublishMode::Live).unwrap();
        pair.pump();
        pair.server.request_reconnect(request).unwrap();
        pair.pump();
        let Some(ClientEvent::ReconnectRequested { url, description: None }) = pair.seen.pop() else {
            panic!()
        };
        assert_eq!(url.tc_url(), target);
        // ERC-017, ERC-018: both go on until the client leaves.
        pair.client.send_media(MessageType::AUDIO, Timestamp(0), Bytes::from_static(&[0xaf])).unwrap();
        pair.pump();
        assert!(matches!(pair.served.last(), Some(ServerEvent::Media { .. })));
    }
    let mut pair = Pair::connected(params().with_capabilities(able));
    pair.server.request_reconnect(ReconnectRequest::to("file:///etc/passwd")).unwrap();
    pair.pump();
    assert!(matches!(pair.seen.last(), Some(ClientEvent::Status { .. })), "ERC-024");
    let mut pair = Pair::connected(params());
    assert!(pair.server.request_reconnect(ReconnectRequest::to_same()).is_err(), "ERC-020");
    assert!(
        ServerSession::new(Limits::default(), [0; 32], NOW)
            .request_reconnect(ReconnectRequest::to_same())
            .is_err()
    );
}

/// Sends the command object of connect in a session of its own and returns the event, if there is one.
fn connect_with(members: Vec<(String, Value)>) -> (ServerSession, Option<ServerEvent>) {
    let mut server = ServerSession::new(Limits::default(), [7; 32], NOW);
    server.handle_input(NOW, &mut BytesMut::from(&[&[3][..], &[0; 2 * 1536]].concat()[..])).unwrap();
    let connect = Command {
        name: "connect".into(),
        transaction: TransactionId(1.0),
        object: Value::Object(members),
        arguments: Vec::new(),
    };
    let message = connect.into_message(ChunkStreamId::COMMAND, MessageStreamId::CONNECTION).unwrap();
    let mut wire = BytesMut::new();
    ChunkEncoder::new().encode(&message, &mut wire);
    server.handle_input(NOW, &mut wire).unwrap();
    let event = server.poll_event();
    (server, event)
}

/// ERC-009 and the shapes that clients send where a property is missing: only `app` is needed, and may be
/// empty.
#[test]
fn what_connect_may_lack_and_have() {
    let member = |name: &str, value: Value| (name.to_string(), value);
    let app = |value: &str| member("app", value.into());
    let unknown = (0..20).map(|index| member(&format!("x{index}"), Value::StrictArray(vec![Value::Null])));
    for (members, expected) in [
        (vec![app("live")], Some(("live", None))),
        (vec![app("")], Some(("", None))),
        (vec![app("live"), member("tcUrl", "".into())], Some(("live", Some("")))),
        (
            vec![app("live"), member("tcUrl", Value::Null), member("flashVer", 1.0.into())],
            Some(("live", None)),
        ),
        (std::iter::once(app("live/")).chain(unknown).collect(), Some(("live/", None))),
        (vec![member("tcUrl", "rtmp://h/live".into())], None),
        (vec![member("app", Value::Null)], None),
    ] {
        let (mut server, event) = connect_with(members);
        match (event, expected) {
            (Some(ServerEvent::Connect { id, app, tc_url, .. }), Some(expected)) => {
                assert_eq!((app.as_str(), tc_url.as_deref()), expected);
                server.accept(id).unwrap();
                assert!(!server.should_close());
            }
            (None, None) => assert!(server.should_close()),
            other => panic!("{other:?}"),
        }
    }
}

/// MSG-010: another selector is not read as 0.
#[test]
fn other_selectors_in_a_session() {
    let (mut raw, _) = Raw::new(Some(3.0), MessageType::COMMAND_AMF0);
    raw.publish();
    raw.send(MessageType::DATA_AMF3, 1, b"\x01\x02\0\x01f\x05");
    let event = raw.server.poll_event().unwrap();
    assert!(matches!(event, ServerEvent::Other { kind: MessageType::DATA_AMF3, .. }), "{event:?}");
    let create = Command::new("createStream", TransactionId(2.0), Vec::new());
    let mut body = create.encode_as(MessageType::COMMAND_AMF3).unwrap().to_vec();
    body[0] = 1;
    let mut wire = BytesMut::new();
    let message = Message {
        chunk_stream: ChunkStreamId::COMMAND,
        timestamp: Timestamp(7),
        kind: MessageType::COMMAND_AMF3,
        stream: MessageStreamId(0),
        payload: body.into(),
    };
    raw.encoder.encode(&message, &mut wire);
    let error = raw.server.handle_input(NOW, &mut wire).unwrap_err();
    assert!(error.to_string().contains("EA 7.2"), "{error}");
}

/// MSG-015, ERC-013.
#[test]
fn what_goes_out_on_the_connection() {
    for (offered, kind) in
        [(None, MessageType::SHARED_OBJECT_AMF0), (Some(3.0), MessageType::SHARED_OBJECT_AMF3)]
    {
        let (mut raw, _) = Raw::new(offered, MessageType::COMMAND_AMF0);
        raw.server.send_shared_object(&SharedObject::new("so", vec![])).unwrap();
        let message = raw.read().pop().unwrap();
        assert_eq!((message.kind, message.stream), (kind, MessageStreamId(0)));
    }
    let caps = vec![("app".to_string(), "live".into()), ("capsEx".to_string(), 1.0.into())];
    let (mut server, Some(ServerEvent::Connect { id, .. })) = connect_with(caps) else { panic!() };
    server.accept(id).unwrap();
    server.request_reconnect(ReconnectRequest::to("/other")).unwrap();
    let mut wire: BytesMut =
        std::iter::from_fn(|| server.poll_transmit()).flatten().skip(1 + 2 * 1536).collect();
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut last = None;
    while let Decoded::Message(message) = decoder.next(&mut wire).unwrap() {
        last = Some(message);
    }
    let last = last.unwrap();
    assert_eq!((last.kind, last.stream), (MessageType::COMMAND_AMF0, MessageStreamId(0)));
    let start = b"\x02\0\x08onStatus\0\0\0\0\0\0\0\0\0\x05\x03\0\x05level\x02\0\x06status\0\x04code";
    assert_eq!(&last.payload[..start.len()], start);
}

/// DATA-015: long or deep metadata are passed on as they came.
#[test]
fn long_and_deep_metadata() {
    let (mut raw, _) = Raw::new(None, MessageType::COMMAND_AMF0);
    raw.publish();
    let deep = (0..100).fold(Value::Null, |inner, _| Value::object([("x", inner)]));
    for value in [Value::object([("text", "x".repeat(100_000))]), deep] {
        let body = Data::new("onMetaData", vec![value]).encode(MessageType::DATA_AMF0).unwrap();
        raw.send(MessageType::DATA_AMF0, 1, &body);
        let Some(ServerEvent::Media { payload, .. }) = raw.server.poll_event() else { panic!() };
        assert_eq!(payload, body);
    }
}
