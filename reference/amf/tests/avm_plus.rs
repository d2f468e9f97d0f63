//! The switch to AMF3 inside AMF0 (AMF0 3.1, E-RTMP v2, errata E-29). Bytes are those of vectors V7 or put
//! together from the grammars by hand.

use rtmp_amf::amf3::{self, Object, Opaque};
use rtmp_amf::{
    Amf3Table, Decoder, EncodeError, ErrorKind, Limits, MAX_DEPTH, Value, ValueRef, decode_all,
    decode_all_ref, encode, encode_all, resolve, resolve_amf3,
};

fn plus(value: amf3::Value) -> Value {
    Value::AvmPlus(Box::new(value))
}

fn amf3_text(text: &str) -> amf3::Value {
    amf3::Value::String(text.into())
}

fn decode(bytes: &[u8]) -> Vec<Value> {
    let values =
        decode_all(bytes, &Limits::default()).unwrap_or_else(|error| panic!("{bytes:02x?}: {error}"));
    let borrowed = decode_all_ref(bytes, &Limits::default()).unwrap();
    assert_eq!(borrowed.iter().map(ValueRef::to_value).collect::<Vec<_>>(), values);
    values
}

fn both_ways(bytes: &[u8], values: &[Value]) {
    assert_eq!(decode(bytes), values);
    assert_eq!(encode_all(values).unwrap(), bytes);
}

fn kind(bytes: &[u8], limits: &Limits) -> Option<ErrorKind> {
    let owned = decode_all(bytes, limits).err();
    assert_eq!(decode_all_ref(bytes, limits).err(), owned);
    owned.map(|error| error.kind)
}

#[test]
fn a_command_of_type_17_holds_amf3_values() {
    // "f", 0, null, AMF3 {}: vectors V7 without the selector byte.
    let bytes = [2, 0, 1, b'f', 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0x11, 0x0a, 0x0b, 0x01, 0x01];
    both_ways(
        &bytes,
        &[Value::from("f"), Value::Number(0.0), Value::Null, plus(amf3::Value::object::<&str>([]))],
    );
}

#[test]
fn the_switch_is_for_one_value() {
    both_ways(&[0x11, 0x04, 7, 1, 1], &[plus(amf3::Value::Integer(7)), Value::Boolean(true)]);
    // Inside an object, a strict array and an ECMA array, which go on and end in AMF0.
    both_ways(
        &[3, 0, 1, b'a', 0x11, 1, 0, 1, b'b', 6, 0, 0, 9, 5],
        &[Value::object([("a", plus(amf3::Value::Null)), ("b", Value::Undefined)]), Value::Null],
    );
    both_ways(
        &[0x0a, 0, 0, 0, 3, 0x11, 3, 5, 0x11, 2],
        &[Value::StrictArray(vec![
            plus(amf3::Value::Boolean(true)),
            Value::Null,
            plus(amf3::Value::Boolean(false)),
        ])],
    );
    both_ways(
        &[8, 0, 0, 0, 1, 0, 1, b'a', 0x11, 0x0c, 3, 9, 0, 0, 9],
        &[Value::ecma_array([("a", plus(amf3::Value::ByteArray(vec![9])))])],
    );
}

#[test]
fn plain_amf3_values_read_like_those_of_amf0() {
    let bytes = [0x11, 6, 5, b'o', b'k', 0x11, 4, 5, 0x11, 3, 0x11, 1];
    let borrowed = decode_all_ref(&bytes, &Limits::default()).unwrap();
    assert_eq!(borrowed[1].as_f64(), Some(5.0));
    assert_eq!(borrowed[2].as_bool(), Some(true));
    assert!(borrowed[3].is_nullish());
    let values = decode(&bytes);
    assert_eq!(values[0].as_str(), Some("ok"));
    assert_eq!(values[1].as_f64(), Some(5.0));
    assert_eq!(values[2].as_bool(), Some(true));
    assert!(values[3].is_nullish());
}

#[test]
fn amf3_values_take_no_place_in_the_table_of_amf0() {
    let values = decode(&[0x11, 9, 1, 1, 3, 0, 0, 9, 7, 0, 0]);
    assert_eq!(values[2], Value::Reference(0));
    assert_eq!(resolve(&values, 0), Some(&Value::Object(vec![])));
    assert_eq!(resolve(&values, 1), None);
}

#[test]
fn each_switch_has_tables_of_its_own() {
    // Twice ["a", "a", the array itself]; the second must not mean the first.
    let one = [0x11, 9, 7, 1, 6, 3, b'a', 6, 0, 9, 0];
    let array = || {
        let items = [amf3_text("a"), amf3_text("a"), amf3::Value::Reference(0)];
        plus(amf3::Value::array(items))
    };
    both_ways(&[one, one].concat(), &[array(), array()]);
    // The same for traits: {} of class C, twice.
    let one = [0x11, 0x0a, 0x03, 0x03, b'C'];
    let object = || plus(amf3::Value::Object(Box::new(Object { class: "C".into(), ..Object::default() })));
    both_ways(&[one, one].concat(), &[object(), object()]);
    // Own strings first: "b" is meant, not the "a" before.
    let values = decode(&[0x11, 6, 3, b'a', 0x11, 9, 5, 1, 6, 3, b'b', 6, 0]);
    assert_eq!(values[1], plus(amf3::Value::array([amf3_text("b"), amf3_text("b")])));
}

#[test]
fn a_peer_that_shares_its_tables_is_read() {
    // "a"; then "a" by reference; then ["b", "b" by the reference 1 of the whole message].
    let values = decode(&[0x11, 6, 3, b'a', 5, 0x11, 6, 0, 0x11, 9, 5, 1, 6, 3, b'b', 6, 2]);
    assert_eq!(values[0], plus(amf3_text("a")));
    assert_eq!(values[2], plus(amf3_text("a")));
    assert_eq!(values[3], plus(amf3::Value::array([amf3_text("b"), amf3_text("b")])));
    // Such values are written with tables of their own.
    let bytes = encode_all(&values).unwrap();
    assert_eq!(bytes, [0x11, 6, 3, b'a', 5, 0x11, 6, 3, b'a', 0x11, 9, 5, 1, 6, 3, b'b', 6, 0]);
    // Traits of class C with the member m, by reference.
    let values = decode(&[0x11, 0x0a, 0x13, 3, b'C', 3, b'm', 1, 0x11, 0x0a, 0x01, 3]);
    let object = |value| {
        let sealed = vec![("m".into(), value)];
        plus(amf3::Value::Object(Box::new(Object { class: "C".into(), sealed, dynamic: None })))
    };
    assert_eq!(values, [object(amf3::Value::Null), object(amf3::Value::Boolean(true))]);
}

#[test]
fn references_to_objects_of_earlier_switches_are_told_apart() {
    // Array 0 with array 1; then array 2 with references to 1 and, as own entry, to 2.
    let bytes = [0x11, 9, 3, 1, 9, 1, 1, 5, 0x11, 9, 5, 1, 9, 2, 9, 4];
    let values = decode(&bytes);
    assert_eq!(
        values[2],
        plus(amf3::Value::array([amf3::Value::MessageReference(1), amf3::Value::Reference(0)]))
    );
    assert_eq!(resolve_amf3(&values, 1), Some(&amf3::Value::array([])));
    let Value::AvmPlus(last) = &values[2] else { panic!() };
    assert_eq!(resolve_amf3(&values, 2), Some(&**last));
    assert_eq!(resolve_amf3(&values, 3), None);
    assert_eq!(encode_all(&values), Err(EncodeError::MessageReference(1)));
}

#[test]
fn references_that_lead_nowhere_in_either_table_are_errors() {
    let limits = Limits::default();
    let missing = |table, index, known| Some(ErrorKind::Amf3ReferenceOutOfRange { table, index, known });
    assert_eq!(kind(&[0x11, 6, 0], &limits), missing(Amf3Table::Strings, 0, 0));
    // The error is that of the value's own tables.
    assert_eq!(kind(&[0x11, 6, 3, b'a', 0x11, 6, 2], &limits), missing(Amf3Table::Strings, 1, 0));
    assert_eq!(kind(&[0x11, 9, 1, 1, 0x11, 9, 2], &limits), missing(Amf3Table::Objects, 1, 0));
    // Another error than a reference is final at once.
    assert_eq!(kind(&[0x11, 6, 3, b'a', 0x11, 0x12], &limits), Some(ErrorKind::UnknownAmf3Marker(0x12)));
}

#[test]
fn depth_is_shared() {
    let array = |inner: Vec<u8>| [vec![0x0a, 0, 0, 0, 1], inner].concat();
    let nested = |amf0: usize, amf3: usize| {
        let inner = [vec![0x11], [9, 3, 1].repeat(amf3), vec![1]].concat();
        (0..amf0).fold(inner, |inner, _| array(inner))
    };
    let limits = Limits { depth: 5, ..Limits::default() };
    for amf0 in 0..=5 {
        assert_eq!(kind(&nested(amf0, 5 - amf0), &limits), None);
        assert_eq!(kind(&nested(amf0, 6 - amf0), &limits), Some(ErrorKind::DepthLimit(5)));
    }
    let limits = Limits { depth: u32::MAX, ..Limits::default() };
    let half = MAX_DEPTH as usize / 2;
    let values = decode_all(&nested(half, half), &limits).unwrap();
    assert_eq!(encode_all(&values).unwrap(), nested(half, half));
    assert_eq!(encode_all(&[Value::StrictArray(values)]), Err(EncodeError::TooDeep));
}

#[test]
fn nodes_and_text_are_shared() {
    let limits = Limits { nodes: 4, ..Limits::default() };
    assert_eq!(kind(&[5, 0x11, 9, 3, 1, 1], &limits), None);
    assert_eq!(kind(&[5, 0x11, 9, 5, 1, 1, 1], &limits), Some(ErrorKind::NodeLimit(4)));
    let limits = Limits { string_bytes: 4, ..Limits::default() };
    assert_eq!(kind(&[2, 0, 2, b'a', b'b', 0x11, 6, 5, b'c', b'd'], &limits), None);
    assert_eq!(
        kind(&[2, 0, 2, b'a', b'b', 0x11, 6, 7, b'c', b'd', b'e'], &limits),
        Some(ErrorKind::StringLimit(4))
    );
    // A value that is read twice because its peer shares tables counts once.
    let limits = Limits { nodes: 6, string_bytes: 4, table_entries: 2, ..Limits::default() };
    let bytes = [0x11, 6, 3, b'a', 0x11, 9, 5, 1, 6, 3, b'b', 6, 2, 5];
    assert_eq!(kind(&bytes, &limits), Some(ErrorKind::NodeLimit(6)));
    assert_eq!(kind(&bytes[..13], &limits), None);
}

#[test]
fn tables_are_bounded_over_the_whole_message() {
    let limits = Limits { table_entries: 2, ..Limits::default() };
    let one = [0x11, 6, 3, b'a'];
    assert_eq!(kind(&one.repeat(2), &limits), None);
    assert_eq!(kind(&one.repeat(3), &limits), Some(ErrorKind::TableLimit(2)));
}

#[test]
fn an_opaque_object_ends_the_message() {
    let bytes = [5, 0x11, 0x0a, 0x07, 0x03, b'C', 1, 2, 3];
    let limits = Limits::default();
    assert!(matches!(kind(&bytes, &limits), Some(ErrorKind::UnknownExternalizable(_))));
    let mut decoder = Decoder::new(&bytes, &limits).keep_opaque();
    assert_eq!(decoder.next_value(), Ok(Some(Value::Null)));
    let opaque = plus(amf3::Value::Opaque(Box::new(Opaque { class: "C".into(), bytes: vec![1, 2, 3] })));
    assert_eq!(decoder.next_value(), Ok(Some(opaque.clone())));
    assert_eq!(decoder.next_value(), Ok(None));
    assert_eq!(encode_all(&[Value::Null, opaque.clone()]).unwrap(), bytes);
    assert_eq!(encode_all(&[opaque.clone(), Value::Null]), Err(EncodeError::AfterOpaque));
    let mut out = vec![7];
    assert_eq!(encode(&Value::object([("a", opaque)]), &mut out), Err(EncodeError::OpaqueInside));
    assert_eq!(out, [7]);
    // Inside an AMF0 container it is an error, kept or not.
    let inside = [&[0x0a, 0, 0, 0, 1][..], &bytes[1..]].concat();
    let error = Decoder::new(&inside, &limits).keep_opaque().next_value().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::UnknownExternalizable(_)));
}

#[test]
fn every_cut_is_truncated_or_a_whole_value() {
    let bytes = [
        &[2, 0, 1, b'f', 0x11, 9, 5, 1, 6, 3, b'a', 6, 0][..],
        &[3, 0, 1, b'k', 0x11, 0x0a, 0x0b, 1, 3, b'm', 5, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 9],
        &[0x11, 6, 0],
    ]
    .concat();
    assert_eq!(decode(&bytes).len(), 4);
    let ends = [0, 4, 13, 36];
    for cut in 0..bytes.len() {
        match (kind(&bytes[..cut], &Limits::default()), ends.contains(&cut)) {
            (None, true) | (Some(ErrorKind::Truncated), false) => {}
            (other, _) => panic!("cut at {cut}: {other:?}"),
        }
    }
}
