//! Bodies of commands, data, aggregate and control messages: worked vectors, limits, and
//! decode(encode(x)) = x.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_amf::{Value, amf3};
use rtmp_proto::{
    Aggregate, AggregateBuilder, AggregateErrorKind, AggregateRefusal, ChunkStreamId, Command, CommandError,
    Control, Data, DataError, DataFrame, LimitType, Limits, Message, MessageStreamId, MessageType,
    ReconnectRequest, SharedObject, SharedObjectEvent, StatusInfo, Timestamp, TransactionId, UserControl,
};

const AMF0: MessageType = MessageType::COMMAND_AMF0;
const AMF3: MessageType = MessageType::COMMAND_AMF3;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn limits() -> Limits {
    Limits::default()
}

#[test]
fn commands_of_the_worked_vectors() {
    // V6: createStream as type 20 and as type 17; V7: a type 17 body with an AMF3 object.
    let create = Command::new("createStream", TransactionId(2.0), Vec::new());
    let body = bytes("02000c63726561746553747265616d00400000000000000005");
    assert_eq!(create.encode().unwrap(), body);
    assert_eq!(create.encode_as(AMF3).unwrap(), [&[0][..], &body].concat());
    let body = bytes("000200016600000000000000000005110a0b0101");
    let command = Command::decode(AMF3, &body, &limits()).unwrap();
    let empty = Value::AvmPlus(Box::new(amf3::Value::object([] as [(&str, amf3::Value); 0])));
    assert_eq!(command.arguments, [empty]);
    assert_eq!(command.encode_as(AMF3).unwrap(), body);
    assert_eq!(command.in_amf0().arguments, [Value::Object(Vec::new())]);
}

#[test]
fn values_of_amf3_stand_where_those_of_amf0_do() {
    // CONN-027: an AMF3 null as command object; MSG-012: AMF0 goes on behind it.
    let body =
        bytes("0002000c63726561746553747265616d0040000000000000001101020001 78".replace(' ', "").as_str());
    let command = Command::decode(AMF3, &body, &limits()).unwrap().in_amf0();
    assert_eq!((command.object, command.arguments), (Value::Null, vec!["x".into()]));
    // Name, transaction id and command object of AMF3.
    let body = bytes("00 11 0603 66 11 0407 11 0a0b01 0361 0603 62 01".replace(' ', "").as_str());
    let command = Command::decode(AMF3, &body, &limits()).unwrap().in_amf0();
    assert_eq!((command.name.as_str(), command.transaction), ("f", TransactionId(7.0)));
    assert_eq!(command.object, Value::object([("a", "b")]));
}

#[test]
fn what_amf0_cannot_express_stays() {
    let of = |value: amf3::Value| Value::AvmPlus(Box::new(value));
    let translated = |value: amf3::Value| {
        Command::new("f", TransactionId(0.0), vec![of(value)]).in_amf0().arguments.remove(0)
    };
    for value in [
        amf3::Value::ByteArray(vec![0, 1]),
        amf3::Value::array([amf3::Value::Reference(0)]),
        amf3::Value::VectorInt { fixed: false, items: vec![1] },
        amf3::Value::Dictionary { weak: false, entries: Vec::new() },
    ] {
        assert_eq!(translated(value.clone()), of(value));
    }
    assert_eq!(translated(amf3::Value::Integer(-1)), Value::Number(-1.0));
    assert_eq!(translated(amf3::Value::Date(5.0)), Value::Date { millis: 5.0, zone: 0 });
    let mixed = amf3::Value::Array {
        associative: vec![("k".into(), amf3::Value::Undefined)],
        dense: vec![amf3::Value::Boolean(true)],
    };
    let ecma = Value::ecma_array([("k", Value::Undefined), ("0", Value::Boolean(true))]);
    assert_eq!(translated(mixed), ecma);
    // AMF0 references count the complex values before them, so these must not become more.
    let arguments = vec![of(amf3::Value::array([])), Value::Object(Vec::new()), Value::Reference(0)];
    let command = Command::new("f", TransactionId(0.0), arguments.clone()).in_amf0();
    assert_eq!(command.arguments, arguments);
}

#[test]
fn objects_that_amf0_cannot_express_whole_are_opened() {
    // A body of type 17: {app:"live", self: reference to the object, at: a date, again: a reference to it,
    // blob: a byte array, inner: {o: the outer object}} (AMF3 3.12).
    let object = [
        &[0x11, 0x0a, 0x0b, 0x01][..],
        b"\x07app\x06\x09live",
        b"\x09self\x0a\x00",
        b"\x05at\x08\x01\0\0\0\0\0\0\0\0",
        b"\x0bagain\x08\x02",
        b"\x09blob\x0c\x03\xff",
        b"\x0binner\x0a\x01\x03o\x0a\x00\x01",
        b"\x01",
    ]
    .concat();
    let body = [b"\0\x02\0\x07connect\0\x3f\xf0\0\0\0\0\0\0".as_slice(), &object].concat();
    let command = Command::decode(AMF3, &body, &limits()).unwrap();
    assert!(matches!(command.object, Value::AvmPlus(_)));
    let opened = command.in_amf0();
    let members = opened.object.properties().unwrap();
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["app", "self", "at", "again", "blob", "inner"]);
    let member = |name| opened.object.property(name).unwrap();
    assert_eq!(member("app").as_str(), Some("live"));
    assert_eq!(member("at"), &Value::Date { millis: 0.0, zone: 0 });
    for refers in ["self", "again"] {
        assert_eq!(member(refers), &Value::Unsupported);
    }
    assert_eq!(member("blob"), &Value::AvmPlus(Box::new(amf3::Value::ByteArray(vec![255]))));
    assert_eq!(member("inner"), &Value::object([("o", Value::Unsupported)]));
    assert!(opened.encode().is_ok());
}

#[test]
fn debug_shows_no_secret() {
    let publish = Command::new("publish", TransactionId(0.0), vec!["SECRET".into()]);
    let shown = format!("{publish:?}");
    assert!(shown.contains("publish") && !shown.contains("SECRET"), "{shown}");
    for kind in [AMF0, AMF3] {
        let message =
            publish.clone().into_message_as(kind, ChunkStreamId::COMMAND, MessageStreamId(1)).unwrap();
        let shown = format!("{message:?} {:?}", message.as_ref());
        assert!(shown.contains("length: ") && !shown.contains("SECRET"), "{shown}");
    }
    let so = SharedObject::new("SECRET", vec![SharedObjectEvent::Clear]);
    let message = so.to_message(MessageType::SHARED_OBJECT_AMF0).unwrap();
    let shown = format!("{so:?} {message:?}");
    assert!(shown.contains("events: [8]") && !shown.contains("SECRET"), "{shown}");
}

#[test]
fn format_selectors() {
    let body = bytes("02000c63726561746553747265616d00400000000000000005");
    for selector in [1, 3, 0x0a, 0x11, 255] {
        let selected = [&[selector][..], &body].concat();
        assert_eq!(Command::decode(AMF3, &selected, &limits()), Err(CommandError::Selector(selector)));
        let data = Data::decode(MessageType::DATA_AMF3, &selected, &limits());
        assert_eq!(data, Err(DataError::Selector(selector)));
    }
    // The selector may be missing (MSG-014); a type 20 body never has one (MSG-013).
    assert!(Command::decode(AMF3, &body, &limits()).is_ok());
    assert!(Command::decode(AMF0, &[&[0][..], &body].concat(), &limits()).is_err());
    assert_eq!(Command::decode(AMF3, &[], &limits()), Err(CommandError::Name));
    assert_eq!(Command::decode(AMF3, &[0], &limits()), Err(CommandError::Name));
}

#[test]
fn data_messages_say_what_they_are_for() {
    let meta = Value::ecma_array([("width", 1280.0)]);
    let set = Data::set_data_frame("onMetaData", vec![meta.clone()]);
    assert_eq!(set.frame(), DataFrame::Set { name: "onMetaData", values: std::slice::from_ref(&meta) });
    assert_eq!(set.metadata(), Some(&meta));
    let plain = Data::new("onMetaData", vec![Value::object([("width", 1280.0)])]);
    assert!(plain.metadata().is_some());
    assert_eq!(Data::clear_data_frame("onMetaData").frame(), DataFrame::Clear { name: "onMetaData" });
    let text = Data::new("onTextData", vec!["hi".into()]);
    assert_eq!(text.frame(), DataFrame::Event { name: "onTextData", values: &["hi".into()] });
    assert_eq!(text.metadata(), None);
    let bare = Data::new("@setDataFrame", Vec::new());
    assert_eq!(bare.frame(), DataFrame::Event { name: "@setDataFrame", values: &[] });
    let body = set.encode(MessageType::DATA_AMF3).unwrap();
    assert_eq!(&body[..6], [0, 2, 0, 13, b'@', b's']);
    assert_eq!(Data::decode(MessageType::DATA_AMF0, &[], &limits()), Err(DataError::Handler));
    assert_eq!(Data::decode(MessageType::DATA_AMF0, &[0, 1, 2], &limits()).unwrap_err().clause(), "EA 2");
}

#[test]
fn the_aggregate_of_the_worked_vectors() {
    // V8.
    let body = bytes("0800000300006400000000af01aa0000000e09000006000078000000002701000000bb00000011");
    let mut builder = AggregateBuilder::new();
    builder.push(MessageType::AUDIO, Timestamp(100), &[0xaf, 1, 0xaa]).unwrap();
    builder.push(MessageType::VIDEO, Timestamp(120), &bytes("2701000000bb")).unwrap();
    assert_eq!((builder.count(), builder.body_len()), (2, body.len()));
    let built = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(1)).unwrap();
    assert_eq!(
        (built.kind, built.timestamp, &built.payload[..]),
        (MessageType(22), Timestamp(100), &body[..])
    );
    let moved = Message { timestamp: Timestamp(5000), ..built };
    let times: Vec<u32> = Aggregate::new(moved).map(|inner| inner.unwrap().timestamp.0).collect();
    assert_eq!(times, [5000, 5020]);
    assert_eq!(AggregateBuilder::new().finish(ChunkStreamId::COMMAND, MessageStreamId(1)), None);
}

#[test]
fn an_aggregate_is_as_long_as_a_message_and_no_longer() {
    let mut builder = AggregateBuilder::new();
    assert_eq!(builder.push(MessageType::AGGREGATE, Timestamp(0), &[]), Err(AggregateRefusal::Nested));
    let most = vec![0; 0xFF_FFFF - 15];
    let more = vec![0; 0xFF_FFFF - 14];
    assert_eq!(builder.push(MessageType::VIDEO, Timestamp(0), &more), Err(AggregateRefusal::Full));
    assert_eq!(builder.clone().finish(ChunkStreamId::COMMAND, MessageStreamId(1)), None);
    builder.push(MessageType::VIDEO, Timestamp(0), &most).unwrap();
    assert_eq!(builder.push(MessageType::VIDEO, Timestamp(0), &[]), Err(AggregateRefusal::Full));
    let message = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(1)).unwrap();
    assert_eq!(message.payload.len(), 0xFF_FFFF);
    assert_eq!(Aggregate::new(message).next().unwrap().unwrap().payload.len(), most.len());
}

#[test]
fn an_aggregate_holds_so_many_messages_and_no_more() {
    let mut builder = AggregateBuilder::new();
    for _ in 0..Aggregate::MAX_MESSAGES {
        builder.push(MessageType::AUDIO, Timestamp(0), &[]).unwrap();
    }
    assert_eq!(builder.push(MessageType::AUDIO, Timestamp(0), &[]), Err(AggregateRefusal::Full));
    let message = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(1)).unwrap();
    assert!(Aggregate::new(message.clone()).all(|inner| inner.is_ok()));
    let one_more = [&message.payload[..], &message.payload[..15]].concat();
    let last = Aggregate::new(Message { payload: one_more.into(), ..message.clone() }).last().unwrap();
    let error = last.unwrap_err();
    assert_eq!((error.kind, error.offset), (AggregateErrorKind::CountLimit(65_536), 65_536 * 15));
    let few = Message { payload: message.payload.slice(..45), ..message };
    assert!(Aggregate::with_limit(few.clone(), 3).all(|inner| inner.is_ok()));
    assert_eq!(Aggregate::with_limit(few, 2).filter(|inner| inner.is_err()).count(), 1);
}

#[test]
fn reconnect_requests_both_ways() {
    let request = ReconnectRequest { tc_url: Some("/other".into()), description: Some("Moving.".into()) };
    let command = request.clone().into_on_status();
    assert_eq!(
        (command.name.as_str(), command.transaction, &command.object),
        ("onStatus", TransactionId(0.0), &Value::Null)
    );
    let info = &command.arguments[0];
    assert_eq!(
        *info,
        Value::object([
            ("level", "status"),
            ("code", "NetConnection.Connect.ReconnectRequest"),
            ("description", "Moving."),
            ("tcUrl", "/other"),
        ])
    );
    assert_eq!(ReconnectRequest::from_value(info), Some(request));
    let bare = ReconnectRequest::to_same().into_value();
    assert_eq!(bare.properties().unwrap().len(), 2);
    assert_eq!(ReconnectRequest::from_value(&bare), Some(ReconnectRequest::to_same()));
    assert_eq!(ReconnectRequest::from_value(&StatusInfo::status("X", "").into_value()), None);
    let odd = Value::object([
        ("code", Value::from(ReconnectRequest::CODE)),
        ("tcUrl", Value::Null),
        ("description", Value::Number(1.0)),
    ]);
    assert_eq!(ReconnectRequest::from_value(&odd), Some(ReconnectRequest::to_same()));
    assert!(!format!("{:?}", ReconnectRequest::to("rtmp://h/app?token=SECRET")).contains("SECRET"));
}

fn text() -> impl Strategy<Value = String> {
    "[a-zé@]{0,6}"
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|number| Value::Number(f64::from(number) / 8.0)),
        any::<bool>().prop_map(Value::Boolean),
        text().prop_map(Value::String),
        Just(Value::Null),
        Just(Value::Undefined),
        Just(Value::Unsupported),
        text().prop_map(Value::XmlDocument),
        (any::<i32>(), any::<i16>())
            .prop_map(|(millis, zone)| Value::Date { millis: f64::from(millis), zone }),
        text().prop_map(|text| Value::AvmPlus(Box::new(amf3::Value::String(text)))),
        (0..1 << 20).prop_map(|number| {
            let members = [("n", amf3::Value::Integer(number)), ("u", amf3::Value::Undefined)];
            Value::AvmPlus(Box::new(amf3::Value::object(members)))
        }),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let properties = vec(("[a-z]{1,4}", inner.clone()), 0..4);
        prop_oneof![
            properties.clone().prop_map(Value::Object),
            (any::<u32>(), properties.clone())
                .prop_map(|(count, properties)| Value::EcmaArray { count, properties }),
            (text(), properties).prop_map(|(class, properties)| Value::typed_object(class, properties)),
            vec(inner, 0..4).prop_map(Value::StrictArray),
        ]
    })
}

proptest! {
    #[test]
    fn commands_read_as_they_were_written(
        name in text(), transaction in any::<u32>(), object in value(), arguments in vec(value(), 0..4), amf3 in any::<bool>(),
    ) {
        let command = Command { name, transaction: TransactionId(f64::from(transaction)), object, arguments };
        let kind = if amf3 { AMF3 } else { AMF0 };
        let body = command.encode_as(kind).unwrap();
        prop_assert_eq!(Command::decode(kind, &body, &limits()), Ok(command.clone()));
        // In the form of AMF0 it says the same to those who cannot read more.
        let plain = command.in_amf0();
        let body = plain.encode().unwrap();
        prop_assert_eq!(Command::decode(AMF0, &body, &limits()), Ok(plain.clone()));
        prop_assert_eq!(plain.clone().in_amf0(), plain);
    }

    #[test]
    fn data_read_as_they_were_written(handler in text(), values in vec(value(), 0..4), amf3 in any::<bool>()) {
        let data = Data { handler, values };
        let kind = if amf3 { MessageType::DATA_AMF3 } else { MessageType::DATA_AMF0 };
        let body = data.encode(kind).unwrap();
        prop_assert_eq!(Data::decode(kind, &body, &limits()), Ok(data));
    }

    #[test]
    fn aggregates_read_as_they_were_written(
        parts in vec((any::<u8>().prop_filter("nested", |kind| *kind != 22), any::<u32>(), vec(any::<u8>(), 0..40)), 1..8),
        stream in any::<u32>(),
        cut in 0usize..5,
    ) {
        let mut builder = AggregateBuilder::new();
        for (kind, timestamp, payload) in &parts {
            builder.push(MessageType(*kind), Timestamp(*timestamp), payload).unwrap();
        }
        let mut message = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(stream)).unwrap();
        prop_assert_eq!(message.timestamp, Timestamp(parts[0].1));
        message.payload.truncate(message.payload.len() - cut);
        let read: Vec<_> = Aggregate::new(message)
            .map(|inner| {
                let inner = inner.unwrap();
                assert_eq!(inner.stream, MessageStreamId(stream));
                (inner.kind.0, inner.timestamp.0, inner.payload.to_vec())
            })
            .collect();
        prop_assert_eq!(read, parts);
    }

    #[test]
    fn shifts_of_aggregates_are_modular(first in any::<u32>(), later in any::<u32>(), at in any::<u32>()) {
        let mut builder = AggregateBuilder::new();
        builder.push(MessageType::AUDIO, Timestamp(first), &[]).unwrap();
        builder.push(MessageType::AUDIO, Timestamp(later), &[]).unwrap();
        let built = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(1)).unwrap();
        let moved = Message { timestamp: Timestamp(at), ..built };
        let times: Vec<u32> = Aggregate::new(moved).map(|inner| inner.unwrap().timestamp.0).collect();
        prop_assert_eq!(times, vec![at, at.wrapping_add(later.wrapping_sub(first))]);
    }

    #[test]
    fn any_aggregate_body_is_split_or_refused(body in vec(0u8..24, 0..300)) {
        let len = body.len();
        let message = Message {
            chunk_stream: ChunkStreamId::COMMAND,
            timestamp: Timestamp(0),
            kind: MessageType::AGGREGATE,
            stream: MessageStreamId(1),
            payload: body.into(),
        };
        let mut sum = 0;
        for inner in Aggregate::new(message) {
            sum += 11;
            match inner {
                Ok(inner) => sum += inner.payload.len(),
                Err(error) => { prop_assert!(error.offset < len); sum = 0; }
            }
        }
        prop_assert!(sum <= len);
    }

    #[test]
    fn controls_read_as_they_were_written(kind in 0u8..5, number in any::<u32>(), limit in any::<u8>()) {
        let control = match kind {
            0 => Control::SetChunkSize((number & 0x7FFF_FFFF).max(1)),
            1 => Control::Abort(number),
            2 => Control::Acknowledgement(number),
            3 => Control::WindowAckSize(number),
            _ => Control::SetPeerBandwidth { window: number, limit: LimitType(limit) },
        };
        let message = control.encode();
        prop_assert_eq!(Control::decode(message.kind, &message.payload), Ok(control));
    }

    #[test]
    fn user_controls_read_as_they_were_written(event in any::<u16>(), small in 0u16..10, number in any::<u32>(), ms in any::<u32>(), data in vec(any::<u8>(), 0..50)) {
        for event in [event, small] {
            let event = match event {
                0 => UserControl::StreamBegin(number),
                1 => UserControl::StreamEof(number),
                2 => UserControl::StreamDry(number),
                3 => UserControl::SetBufferLength { stream: number, ms },
                4 => UserControl::StreamIsRecorded(number),
                6 => UserControl::PingRequest(number),
                7 => UserControl::PingResponse(number),
                event => UserControl::Unknown { event, data: Bytes::from(data.clone()) },
            };
            let message = event.encode();
            prop_assert_eq!(message.kind, MessageType::USER_CONTROL);
            prop_assert_eq!(UserControl::decode(&message.payload), Ok(event));
        }
    }

    #[test]
    fn statuses_read_as_they_were_written(level in text(), code in text(), description in text(), tc_url in proptest::option::of("[a-z:/]{1,9}")) {
        let info = StatusInfo { level, code, description };
        prop_assert_eq!(StatusInfo::from_value(&info.clone().into_value()), Some(info.clone()));
        let request = ReconnectRequest { tc_url, description: Some(info.description) };
        prop_assert_eq!(ReconnectRequest::from_value(&request.clone().into_value()), Some(request));
    }

    #[test]
    fn no_body_panics(body in vec(any::<u8>(), 0..200), kind in any::<u8>()) {
        let _ = Command::decode(MessageType(kind), &body, &limits()).map(Command::in_amf0);
        let _ = Data::decode(MessageType(kind), &body, &limits()).map(|data| data.metadata().cloned());
    }
}
