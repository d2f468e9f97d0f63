//! Shared object messages: worked vectors, limits, errors, and decode(encode(x)) = x.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_amf::{EncodeError, Value, amf3};
use rtmp_proto::{
    Limits, MessageStreamId, MessageType, SharedObject, SharedObjectErrorKind as Kind,
    SharedObjectEvent as Event,
};

const AMF0: MessageType = MessageType::SHARED_OBJECT_AMF0;
const AMF3: MessageType = MessageType::SHARED_OBJECT_AMF3;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn decode(body: &[u8]) -> Result<SharedObject, (Kind, usize)> {
    SharedObject::decode(AMF0, body, &Limits::default()).map_err(|error| (error.kind, error.offset))
}

/// Name `so`, version 0, not persistent.
const HEAD: &str = "0002736f000000000000000000000000";

fn with_events(hex: &str) -> Vec<u8> {
    bytes(&[HEAD, &hex.replace(' ', "")].concat())
}

#[test]
fn messages_of_the_worked_vectors() {
    // V8.
    for (body, event) in [
        ("0002736f0000000000000000000000000100000000", Event::Use),
        (
            "0002736f000000000000000000000000030000000b0003666f6f020003626172",
            Event::request_change("foo", "bar".into()),
        ),
    ] {
        let message = SharedObject::new("so", vec![event]);
        assert_eq!(message.encode(AMF0).unwrap(), bytes(body));
        assert_eq!(decode(&bytes(body)), Ok(message.clone()));
        // SO-021: the same behind a selector.
        let selected = [&[0][..], &bytes(body)].concat();
        assert_eq!(message.encode(AMF3).unwrap(), selected);
        assert_eq!(SharedObject::decode(AMF3, &selected, &Limits::default()), Ok(message));
    }
    let persistent = SharedObject { flags: SharedObject::PERSISTENT, ..SharedObject::new("so", vec![]) };
    assert_eq!(persistent.encode(AMF0).unwrap(), bytes("0002736f000000000000000200000000"));
    assert!(persistent.is_persistent() && !SharedObject::new("so", vec![]).is_persistent());
    let message = persistent.to_message(AMF0).unwrap();
    assert_eq!((message.kind, message.stream, message.chunk_stream.value()), (AMF0, MessageStreamId(0), 3));
}

#[test]
fn every_event_has_its_bytes() {
    for (hex, event) in [
        ("01 00000000", Event::Use),
        ("02 00000000", Event::Release),
        ("03 00000005 0001 61 0101", Event::request_change("a", Value::Boolean(true))),
        ("04 00000004 0001 61 05", Event::change("a", Value::Null)),
        (
            "04 00000008 0001 61 05 0001 62 06",
            Event::Change(vec![("a".into(), Value::Null), ("b".into(), Value::Undefined)]),
        ),
        ("05 00000003 0001 61", Event::Success("a".into())),
        ("06 00000005 020001 66 05", Event::SendMessage(vec!["f".into(), Value::Null])),
        ("07 00000006 0001 63 0001 6c", Event::Status { code: "c".into(), level: "l".into() }),
        ("08 00000000", Event::Clear),
        ("09 00000003 0001 61", Event::Remove("a".into())),
        ("0a 00000003 0001 61", Event::RequestRemove("a".into())),
        ("0b 00000000", Event::UseSuccess),
        ("0c 00000002 0102", Event::Unknown { event: 12, data: Bytes::from_static(&[1, 2]) }),
        ("0e 00000000", Event::Unknown { event: 14, data: Bytes::new() }),
        ("00 00000001 ff", Event::Unknown { event: 0, data: Bytes::from_static(&[255]) }),
    ] {
        let message = SharedObject::new("so", vec![event]);
        assert_eq!(message.encode(AMF0).unwrap(), with_events(hex), "{hex}");
        assert_eq!(decode(&with_events(hex)), Ok(message), "{hex}");
    }
    // SO-019: the answer to Use.
    let answer =
        SharedObject::new("so", vec![Event::UseSuccess, Event::Clear, Event::change("a", 1.0.into())]);
    let body = with_events("0b00000000 0800000000 040000000c 0001 61 003ff0000000000000");
    assert_eq!(answer.encode(AMF0).unwrap(), body);
    assert_eq!(decode(&body), Ok(answer));
}

#[test]
fn values_of_amf3_in_slots() {
    // {a:1} of V7, then a slot of AMF0 (MSG-012).
    let body = [&[0][..], &with_events("04 00000010 0001 6b 110a0b010361040101 0001 6c 05")].concat();
    let message = SharedObject::decode(AMF3, &body, &Limits::default()).unwrap();
    let object = amf3::Value::object([("a", amf3::Value::Integer(1))]);
    let slots = vec![("k".into(), Value::AvmPlus(Box::new(object))), ("l".into(), Value::Null)];
    assert_eq!(message.events, [Event::Change(slots)]);
    assert_eq!(message.encode(AMF3).unwrap(), body);
}

#[test]
fn errors_have_a_clause_and_an_offset() {
    let head = bytes(HEAD);
    for cut in 0..head.len() {
        assert_eq!(decode(&head[..cut]).unwrap_err().0, Kind::Truncated, "{cut}");
    }
    assert_eq!(decode(&head).unwrap().events, []);
    for (hex, kind, offset) in [
        ("01", Kind::Truncated, 17),
        ("01 000000", Kind::Truncated, 17),
        ("01 00000001", Kind::EventLength(1), 17),
        ("0100000000 0c ffffffff 00", Kind::EventLength(u32::MAX), 22),
        ("03 00000001 00", Kind::EventCut, 21),
        ("03 00000003 0001 61", Kind::EventCut, 24),
        ("05 00000000", Kind::EventCut, 21),
        ("09 00000003 0002 61", Kind::EventCut, 23),
        ("07 00000003 0001 61", Kind::EventCut, 24),
        ("05 00000003 0001 ff", Kind::InvalidUtf8, 23),
        ("04 00000005 0001 61 0200", Kind::Amf(rtmp_amf::ErrorKind::Truncated), 25),
        ("06 00000002 05 13", Kind::Amf(rtmp_amf::ErrorKind::UnknownMarker(0x13)), 22),
    ] {
        assert_eq!(decode(&with_events(hex)), Err((kind, offset)), "{hex}");
    }
    for (body, selector) in [(vec![], None), (vec![3, 0, 0], Some(3))] {
        let error = SharedObject::decode(AMF3, &body, &Limits::default()).unwrap_err();
        assert_eq!((error.kind, error.kind.clause()), (Kind::Selector(selector), "EA 7.2"));
        assert_eq!(error.offset, 0);
    }
    // Bytes behind the fields of an event are its sender's affair.
    assert_eq!(decode(&with_events("01 00000002 0102 05 00000005 0001 61 0500")).unwrap().events.len(), 2);
}

#[test]
fn events_and_values_are_counted() {
    let limits = Limits { amf_nodes: 5, ..Limits::default() };
    let count = |events: Vec<Event>| {
        let body = SharedObject::new("so", events).encode(AMF0).unwrap();
        SharedObject::decode(AMF0, &body, &limits).map(|_| ()).map_err(|error| error.kind)
    };
    assert_eq!(count(vec![Event::Clear; 5]), Ok(()));
    assert_eq!(count(vec![Event::Clear; 6]), Err(Kind::NodeLimit(5)));
    let slots = |count| Event::Change(vec![("a".into(), Value::Null); count]);
    assert_eq!(count(vec![slots(4)]), Ok(()));
    assert_eq!(count(vec![slots(5)]), Err(Kind::NodeLimit(5)));
    let nested = |len| Event::change("a", Value::StrictArray(vec![Value::Null; len]));
    assert_eq!(count(vec![nested(3)]), Ok(()));
    assert_eq!(count(vec![nested(4)]), Err(Kind::NodeLimit(5)));
    assert_eq!(count(vec![nested(0), nested(1)]), Ok(()));
    assert_eq!(count(vec![nested(1), nested(1)]), Err(Kind::NodeLimit(5)));
    let avm = |len| Value::AvmPlus(Box::new(amf3::Value::array(vec![amf3::Value::Null; len])));
    assert_eq!(count(vec![Event::SendMessage(vec![avm(1)]), Event::Clear]), Ok(()));
    assert_eq!(count(vec![Event::SendMessage(vec![avm(2)]), Event::Clear]), Err(Kind::NodeLimit(5)));
    let deep = Limits { amf_depth: 1, ..Limits::default() };
    let body = SharedObject::new("so", vec![nested(1)]).encode(AMF0).unwrap();
    assert!(SharedObject::decode(AMF0, &body, &deep).is_ok());
    let nested = Event::change("a", Value::StrictArray(vec![Value::StrictArray(vec![])]));
    let body = SharedObject::new("so", vec![nested]).encode(AMF0).unwrap();
    let error = SharedObject::decode(AMF0, &body, &deep).unwrap_err();
    assert_eq!(error.kind, Kind::Amf(rtmp_amf::ErrorKind::DepthLimit(1)));
}

#[test]
fn text_that_references_repeat_is_counted_over_all_slots() {
    // An AMF3 array of a string of 1000 bytes and 29 references to it: 30,000 bytes of text.
    let text = "t".repeat(1000);
    let array = Value::AvmPlus(Box::new(amf3::Value::array(vec![amf3::Value::String(text); 30])));
    let decode = |slots: usize| {
        let change = Event::Change(vec![("k".into(), array.clone()); slots]);
        let body = SharedObject::new("so", vec![change]).encode(AMF0).unwrap();
        assert!(body.len() < slots * 1100);
        SharedObject::decode(AMF0, &body, &Limits::default()).map(|_| ()).map_err(|error| error.kind)
    };
    assert_eq!(decode(2), Ok(()));
    assert!(matches!(decode(3), Err(Kind::Amf(rtmp_amf::ErrorKind::StringLimit(_)))));
}

#[test]
fn names_have_a_length_of_16_bits() {
    let named = |len: usize| SharedObject::new(&"n".repeat(len), vec![Event::Remove("k".repeat(len))]);
    let body = named(65_535).encode(AMF0).unwrap();
    assert_eq!(decode(&body), Ok(named(65_535)));
    assert_eq!(named(65_536).encode(AMF0), Err(EncodeError::NameTooLong(65_536)));
    let key = SharedObject::new("so", vec![Event::Remove("k".repeat(65_536))]);
    assert_eq!(key.encode(AMF0), Err(EncodeError::NameTooLong(65_536)));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|number| Value::Number(f64::from(number))),
        any::<bool>().prop_map(Value::Boolean),
        "[a-zé]{0,5}".prop_map(Value::String),
        Just(Value::Null),
        Just(Value::Undefined),
        "[a-z]{0,4}".prop_map(|text| Value::AvmPlus(Box::new(amf3::Value::String(text)))),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(("[a-z]{1,3}", inner.clone()), 0..3).prop_map(Value::Object),
            vec(inner, 0..3).prop_map(Value::StrictArray),
        ]
    })
}

fn event() -> impl Strategy<Value = Event> {
    let key = || "[a-zé]{0,5}";
    prop_oneof![
        Just(Event::Use),
        Just(Event::Release),
        vec((key(), value()), 0..3).prop_map(Event::RequestChange),
        vec((key(), value()), 0..3).prop_map(Event::Change),
        key().prop_map(Event::Success),
        vec(value(), 0..3).prop_map(Event::SendMessage),
        (key(), key()).prop_map(|(code, level)| Event::Status { code, level }),
        Just(Event::Clear),
        key().prop_map(Event::Remove),
        key().prop_map(Event::RequestRemove),
        Just(Event::UseSuccess),
        (12u8.., vec(any::<u8>(), 0..9))
            .prop_map(|(event, data)| Event::Unknown { event, data: data.into() }),
    ]
}

proptest! {
    #[test]
    fn messages_read_as_they_were_written(
        name in "[a-zé/]{0,6}", version in any::<u32>(), flags in any::<u32>(), reserved in any::<u32>(),
        events in vec(event(), 0..5), amf3 in any::<bool>(),
    ) {
        let message = SharedObject { name, version, flags, reserved, events };
        let kind = if amf3 { AMF3 } else { AMF0 };
        let body = message.encode(kind).unwrap();
        prop_assert_eq!(SharedObject::decode(kind, &body, &Limits::default()), Ok(message));
    }

    #[test]
    fn no_body_panics_and_errors_lie_inside(events in vec(event(), 0..4), at in any::<proptest::sample::Index>(), byte in any::<u8>(), cut in any::<proptest::sample::Index>()) {
        let mut body = SharedObject::new("so", events).encode(AMF0).unwrap().to_vec();
        let index = at.index(body.len());
        body[index] = byte;
        body.truncate(cut.index(body.len() + 1));
        if let Err((_, offset)) = decode(&body) {
            prop_assert!(offset <= body.len());
        }
    }
}
