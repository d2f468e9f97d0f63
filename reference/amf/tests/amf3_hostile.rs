//! AMF3: bad input is a clear error that names what and where; every bound holds at its limit and breaks
//! one above.

use rtmp_amf::amf3::{self, Object, Opaque, Value, decode_all, encode, encode_all};
use rtmp_amf::{Amf3Table, EncodeError, Error, ErrorKind, Limits, MAX_DEPTH};

fn error(bytes: &[u8]) -> Error {
    decode_all(bytes, &Limits::default()).unwrap_err()
}

fn missing(table: Amf3Table, index: u32, known: u32) -> ErrorKind {
    ErrorKind::Amf3ReferenceOutOfRange { table, index, known }
}

fn u29(number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    amf3::u29::write(number as u32, &mut out).unwrap();
    out
}

/// A string value with marker.
fn string(len: usize) -> Vec<u8> {
    [vec![6], u29(len << 1 | 1), vec![b's'; len]].concat()
}

/// One value of each form, with references to all tables.
fn everything() -> Vec<Vec<u8>> {
    vec![
        vec![0x04, 0xff, 0xff, 0xff, 0xff],
        vec![0x05, 1, 2, 3, 4, 5, 6, 7, 8],
        vec![0x06, 0x07, b'a', b'b', b'c'],
        vec![0x07, 0x03, b'x'],
        vec![0x08, 0x01, 0, 0, 0, 0, 0, 0, 0, 0],
        vec![0x09, 0x05, 0x03, b'k', 0x01, 0x01, 0x09, 0x00, 0x06, 0x00],
        vec![0x0a, 0x1b, 0x03, b'C', 0x03, b'm', 0x04, 0x01, 0x03, b'd', 0x0a, 0x01, 0x02, 0x01, 0x01],
        vec![0x0b, 0x03, b'x'],
        vec![0x0c, 0x05, 1, 2],
        vec![0x0d, 0x03, 0, 0, 0, 0, 1],
        vec![0x0e, 0x03, 1, 0, 0, 0, 1],
        vec![0x0f, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        vec![0x10, 0x05, 0, 0x03, b'T', 0x01, 0x0a, 0x0b, 0x01, 0x01],
        vec![0x11, 0x03, 0, 0x06, 0x03, b'k', 0x11, 0x00],
    ]
}

#[test]
fn every_cut_of_every_type_is_truncated() {
    for value in everything() {
        assert_eq!(decode_all(&value, &Limits::default()).map(|v| v.len()), Ok(1), "{value:02x?}");
        for cut in 1..value.len() {
            let error = error(&value[..cut]);
            assert_eq!(error.kind, ErrorKind::Truncated, "{:02x?}", &value[..cut]);
            assert!(error.offset <= cut);
        }
    }
}

#[test]
fn every_flipped_byte_decodes_or_fails_cleanly() {
    let bytes = everything().concat();
    for at in 0..bytes.len() {
        for byte in 0..=255 {
            let mut bytes = bytes.clone();
            bytes[at] = byte;
            match decode_all(&bytes, &Limits::default()) {
                Ok(values) => assert!(!values.is_empty()),
                Err(error) => assert!(error.offset <= bytes.len()),
            }
        }
    }
}

#[test]
fn unknown_markers_are_named() {
    for marker in 0x12..=0xff {
        assert_eq!(error(&[1, marker]), Error { kind: ErrorKind::UnknownAmf3Marker(marker), offset: 1 });
    }
    assert_eq!(error(&[0x12]).to_string(), "an unknown AMF3 marker: 0x12 (at byte 0)");
}

#[test]
fn references_have_to_lead_somewhere() {
    for marker in 0x07..=0x11 {
        assert_eq!(error(&[marker, 0x00]), Error { kind: missing(Amf3Table::Objects, 0, 0), offset: 1 });
    }
    assert_eq!(error(&[0x09, 1, 1, 0x09, 2]).kind, missing(Amf3Table::Objects, 1, 1));
    assert_eq!(error(&[0x06, 0x00]).kind, missing(Amf3Table::Strings, 0, 0));
    assert_eq!(error(&[0x06, 0xff, 0xff, 0xff, 0xfe]).kind, missing(Amf3Table::Strings, 0x0fff_ffff, 0));
    assert_eq!(error(&[0x06, 1, 0x06, 0]).kind, missing(Amf3Table::Strings, 0, 0));
    assert_eq!(error(&[0x0a, 0x01]).kind, missing(Amf3Table::Traits, 0, 0));
    assert_eq!(error(&[0x0a, 0x0b, 1, 1, 0x0a, 5]).kind, missing(Amf3Table::Traits, 1, 1));
    assert_eq!(
        error(&[0x0a, 0x05]).to_string(),
        "an AMF3 reference to something that is not there: index 1 of 0 traits (at byte 1)"
    );
}

#[test]
fn claims_without_bytes_cost_nothing() {
    let claim = [0xff, 0xff, 0xff, 0xff];
    for marker in [0x06, 0x07, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11] {
        let bytes = [&[marker][..], &claim, &[1; 100]].concat();
        assert_eq!(error(&bytes).kind, ErrorKind::Truncated, "{marker:02x}");
    }
    // 2^25 - 1 members of a class.
    let bytes = [&[0x0a, 0xff, 0xff, 0xff, 0xf3, 1][..], &[1; 100]].concat();
    assert_eq!(error(&bytes).kind, ErrorKind::Truncated);
}

#[test]
fn text_has_to_be_utf8() {
    for bad in [&[0xc0, 0x80][..], &[0xed, 0xa0, 0x80], &[0xff], &[0xc3], &[0xf5, 0x80, 0x80, 0x80]] {
        let text = [u29(bad.len() << 1 | 1), bad.to_vec()].concat();
        for head in [&[0x06][..], &[0x07], &[0x0b], &[0x09, 1], &[0x0a, 3], &[0x10, 1, 0]] {
            let bytes = [head, &text, &[1, 1, 1]].concat();
            assert_eq!(
                error(&bytes),
                Error { kind: ErrorKind::InvalidUtf8, offset: head.len() + 1 },
                "{bad:02x?}"
            );
        }
    }
    assert_eq!(error(&[0x06, 0x07, b'a', b'b', 0xff]).offset, 4);
    // The length ends inside a character.
    assert_eq!(error(&[0x06, 0x05, b'a', 0xc3, 0xa9]), Error { kind: ErrorKind::InvalidUtf8, offset: 3 });
}

#[test]
fn an_unknown_externalizable_class_is_named() {
    let error = error(&[1, 0x0a, 0x07, 0x07, b'o', b'.', b'C', 1, 2, 3]);
    let ErrorKind::UnknownExternalizable(class) = error.kind else { panic!("{error}") };
    assert_eq!((class.as_str(), error.offset), ("o.C", 1));
    assert_eq!(error.to_string(), "an AMF3 object of an unknown externalizable class: \"o.C\" (at byte 1)");
    // The name is cut between characters, and control characters are escaped.
    for (name, kept) in [("x".repeat(63), 63), ("x".repeat(64), 63), (format!("{}é", "x".repeat(62)), 62)] {
        let bytes = [vec![0x0a, 0x07], u29(name.len() << 1 | 1), name.clone().into()].concat();
        let ErrorKind::UnknownExternalizable(class) = self::error(&bytes).kind else { panic!("{name}") };
        assert_eq!(class.as_str(), &name[..kept]);
    }
    assert!(self::error(&[0x0a, 0x07, 0x05, b'\n', 0x1b]).to_string().contains(r#""\n\u{1b}""#));
}

#[test]
fn an_opaque_object_stands_alone() {
    let object = [0x0a, 0x07, 0x03, b'C', 9, 9];
    let limits = Limits::default();
    for head in [&[0x09, 0x03, 0x01][..], &[0x0a, 0x0b, 0x01, 0x03, b'a']] {
        let bytes = [head, &object].concat();
        let error = amf3::Decoder::new(&bytes, &limits).keep_opaque().next_value().unwrap_err();
        assert!(matches!(error.kind, ErrorKind::UnknownExternalizable(_)), "{error}");
    }
    let opaque = || Value::Opaque(Box::new(Opaque { class: "C".into(), bytes: vec![9] }));
    assert_eq!(encode_all(&[Value::array([opaque()])]), Err(EncodeError::OpaqueInside));
    assert_eq!(encode_all(&[opaque(), Value::Null]), Err(EncodeError::AfterOpaque));
    let flex = Opaque { class: "flex.messaging.io.ObjectProxy".into(), bytes: vec![] };
    assert_eq!(encode_all(&[Value::Opaque(Box::new(flex))]), Err(EncodeError::OpaqueClass));
}

#[test]
fn names_that_would_end_the_members_are_refused() {
    let pair = vec![(String::new(), Value::Null)];
    let array = Value::Array { associative: pair.clone(), dense: vec![] };
    assert_eq!(encode_all(&[array]), Err(EncodeError::EmptyName));
    assert_eq!(encode_all(&[Value::object([("", Value::Null)])]), Err(EncodeError::EmptyName));
    // A sealed member may have an empty name: the count tells where they end.
    let object = Value::Object(Box::new(Object { sealed: pair, ..Object::default() }));
    let bytes = encode_all(std::slice::from_ref(&object)).unwrap();
    assert_eq!(decode_all(&bytes, &Limits::default()), Ok(vec![object]));
}

#[test]
fn references_that_cannot_be_written_are_refused() {
    assert_eq!(encode_all(&[Value::Reference(0)]), Err(EncodeError::Amf3ReferenceOutOfRange(0)));
    assert_eq!(
        encode_all(&[Value::array([Value::Reference(1)])]),
        Err(EncodeError::Amf3ReferenceOutOfRange(1))
    );
    assert_eq!(encode_all(&[Value::MessageReference(0)]), Err(EncodeError::MessageReference(0)));
    let mut out = vec![1, 2];
    assert!(encode(&Value::array([Value::Null, Value::Reference(1)]), &mut out).is_err());
    assert_eq!(out, [1, 2], "a failed encode leaves nothing behind");
}

fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = [0x09, 0x03, 0x01].repeat(depth);
    bytes.push(1);
    bytes
}

#[test]
fn depth_is_bounded() {
    let limits = Limits { depth: 4, ..Limits::default() };
    assert!(decode_all(&nested(4), &limits).is_ok());
    let error = decode_all(&nested(5), &limits).unwrap_err();
    assert_eq!(error, Error { kind: ErrorKind::DepthLimit(4), offset: 12 });
    assert_eq!(decode_all(&[nested(4), nested(4)].concat(), &limits).unwrap().len(), 2);
    // Dates, XML, byte arrays and vectors of numbers contain nothing.
    let none = Limits { depth: 0, ..Limits::default() };
    assert!(decode_all(&[0x0c, 1, 0x0b, 1, 0x07, 1, 0x0d, 1, 0], &none).is_ok());
    for container in [&[0x09, 1, 1][..], &[0x0a, 0x0b, 1, 1], &[0x10, 1, 0, 1], &[0x11, 1, 0]] {
        assert_eq!(decode_all(container, &none).unwrap_err().kind, ErrorKind::DepthLimit(0));
    }
}

#[test]
fn no_setting_lifts_the_ceiling_of_the_depth() {
    let limits = Limits { depth: u32::MAX, nodes: u32::MAX, ..Limits::default() };
    let deepest = decode_all(&nested(MAX_DEPTH as usize), &limits).unwrap();
    assert_eq!(encode_all(&deepest).unwrap(), nested(MAX_DEPTH as usize));
    assert_eq!(encode_all(&[Value::array(deepest)]), Err(EncodeError::TooDeep));
    // Array, associative part, object, vector, keys and values of dictionaries.
    for level in [
        &[0x09, 0x03, 0x01][..],
        &[0x09, 0x01, 0x03, b'a'],
        &[0x0a, 0x0b, 0x01, 0x03, b'a'],
        &[0x0a, 0x13, 0x01, 0x03, b'a'],
        &[0x10, 0x03, 0, 1],
        &[0x11, 0x03, 0],
        &[0x11, 0x03, 0, 1],
    ] {
        let error = decode_all(&level.repeat(100_000), &limits).unwrap_err();
        assert_eq!(error.kind, ErrorKind::DepthLimit(MAX_DEPTH), "{level:02x?}");
    }
}

#[test]
fn nodes_are_bounded() {
    let limits = Limits { nodes: 3, ..Limits::default() };
    assert!(decode_all(&[1, 1, 1], &limits).is_ok());
    assert_eq!(
        decode_all(&[1, 1, 1, 1], &limits).unwrap_err(),
        Error { kind: ErrorKind::NodeLimit(3), offset: 3 }
    );
    assert!(decode_all(&[0x09, 5, 1, 1, 1], &limits).is_ok());
    assert!(decode_all(&[0x09, 7, 1, 1, 1, 1], &limits).is_err());
    assert!(decode_all(&[0x11, 3, 0, 1, 1], &limits).is_ok());
    assert!(decode_all(&[0x11, 5, 0, 1, 1, 1, 1], &limits).is_err());
    // Numbers in a vector are no values: they take no more than their bytes.
    assert!(decode_all(&[&[0x0d, 41, 0][..], &[0; 80]].concat(), &limits).is_ok());
}

#[test]
fn text_and_bytes_are_bounded_over_the_whole_input() {
    let limits = Limits { string_bytes: 8, ..Limits::default() };
    let check = |bytes: &[u8], fits: bool| match decode_all(bytes, &limits) {
        Ok(_) => assert!(fits, "{bytes:02x?}"),
        Err(error) => assert_eq!((error.kind, fits), (ErrorKind::StringLimit(8), false), "{bytes:02x?}"),
    };
    check(&string(8), true);
    check(&string(9), false);
    // A reference costs what it repeats.
    check(&[string(4), vec![6, 0]].concat(), true);
    check(&[string(4), vec![6, 0, 6, 0]].concat(), false);
    for marker in [0x07, 0x0b, 0x0c] {
        check(&[&[marker, 17][..], &[b'x'; 8]].concat(), true);
        check(&[&[marker, 19][..], &[b'x'; 9]].concat(), false);
    }
    check(&[&[0x0e, 5, 0][..], &[0; 8]].concat(), true);
    check(&[&[0x0e, 7, 0][..], &[0; 12]].concat(), false);
    // Class and member names, of each object.
    let class = [0x0a, 0x13, 0x05, b'C', b'C', 0x05, b'm', b'm', 1];
    check(&[&class[..], &[0x0a, 0x01, 1]].concat(), true);
    check(&[&class[..], &[0x0a, 0x01, 1, 0x0a, 0x01, 1]].concat(), false);
}

#[test]
fn each_table_is_bounded() {
    let limits = Limits { table_entries: 2, ..Limits::default() };
    let limit = ErrorKind::TableLimit(2);
    assert_eq!(limit.limit(), Some(2));
    let kind = |bytes: &[u8]| decode_all(bytes, &limits).err().map(|error| error.kind);
    // Strings; the empty one takes no place, and a repeated literal does.
    assert_eq!(kind(&[6, 3, b'a', 6, 3, b'a', 6, 1, 6, 0]), None);
    assert_eq!(kind(&[6, 3, b'a', 6, 3, b'a', 6, 3, b'b']), Some(limit));
    // Traits.
    let empty = [0x0a, 0x03, 0x01];
    assert_eq!(kind(&empty.repeat(2)), None);
    assert_eq!(kind(&empty.repeat(3)), Some(limit));
    // Members, of all traits together; their names are empty.
    assert_eq!(kind(&[0x0a, 0x23, 1, 1, 1, 1, 1]), None);
    assert_eq!(kind(&[0x0a, 0x33, 1, 1, 1, 1, 1, 1, 1]), Some(limit));
    assert_eq!(kind(&[0x0a, 0x13, 1, 1, 1, 0x0a, 0x23, 1, 1, 1, 1, 1]), Some(limit));
}

#[test]
fn repeated_text_is_bounded_by_the_length_of_the_input() {
    // Up to 64 KiB whatever the length: 64 times 1 KiB.
    let short = |times: usize| [string(1024), [6, 0].repeat(times)].concat();
    assert_eq!(decode_all(&short(64), &Limits::default()).unwrap().len(), 65);
    assert_eq!(error(&short(65)).kind, ErrorKind::ExpansionLimit(65_536));
    // Above that, 16 bytes for each byte. The string has 20,000 bytes and a head of 4; a reference has 2.
    let long = |times: usize| [string(20_000), [6, 0].repeat(times)].concat();
    assert_eq!(long(16).len(), 20_036);
    assert_eq!(decode_all(&long(16), &Limits::default()).unwrap().len(), 17);
    assert_eq!(error(&long(17)).kind, ErrorKind::ExpansionLimit(20_038 * 16));
    assert_eq!(ErrorKind::ExpansionLimit(7).limit(), Some(7));
}

#[test]
fn repeated_traits_are_bounded_by_the_length_of_the_input() {
    // A class name of 20,000 bytes, and objects of two bytes that repeat it.
    let objects = |times: usize| {
        [vec![0x0a, 0x03], u29(20_000 << 1 | 1), vec![b'C'; 20_000], [0x0a, 0x01].repeat(times)].concat()
    };
    assert_eq!(decode_all(&objects(16), &Limits::default()).unwrap().len(), 17);
    assert!(matches!(error(&objects(17)).kind, ErrorKind::ExpansionLimit(_)));
    // The same with the name of a member, and as key.
    let members = [vec![0x0a, 0x13, 0x01], u29(20_000 << 1 | 1), vec![b'm'; 20_000], vec![1]].concat();
    assert!(matches!(
        error(&[members, [0x0a, 0x01, 1].repeat(17)].concat()).kind,
        ErrorKind::ExpansionLimit(_)
    ));
    let keys = [string(20_000), vec![0x09, 1], [0x00, 1].repeat(17), vec![1]].concat();
    assert!(matches!(error(&keys).kind, ErrorKind::ExpansionLimit(_)));
}

#[test]
fn the_encoder_repeats_no_more_than_the_decoder_takes() {
    let text = Value::String("s".repeat(20_000));
    let values = vec![text; 100];
    let bytes = encode_all(&values).unwrap();
    assert!(bytes.len() > 5 * 20_000 && bytes.len() < 8 * 20_000, "{}", bytes.len());
    assert!(decode_all(&bytes, &Limits::default()).as_ref() == Ok(&values));
    let object = Object {
        class: "C".repeat(2000),
        sealed: vec![("m".repeat(3000), Value::Null), ("n".repeat(3000), Value::Null)],
        dynamic: Some(vec![("d".repeat(1000), Value::Null)]),
    };
    let values = vec![Value::Object(Box::new(object)); 300];
    let bytes = encode_all(&values).unwrap();
    assert!(bytes.len() < 300 * 9000 / 10, "{}", bytes.len());
    assert!(decode_all(&bytes, &Limits::default()).as_ref() == Ok(&values));
    // Over all values of a message, each with tables of its own.
    let message: Vec<_> = values
        .chunks(50)
        .map(|chunk| rtmp_amf::Value::AvmPlus(Box::new(Value::array(chunk.iter().cloned()))))
        .collect();
    let bytes = rtmp_amf::encode_all(&message).unwrap();
    assert!(rtmp_amf::decode_all(&bytes, &Limits::default()).as_ref() == Ok(&message));
}

#[test]
fn longer_values_than_28_bits_tell_are_refused() {
    // Zeroed memory that nothing touches.
    let bytes = Value::ByteArray(vec![0; 1 << 28]);
    assert_eq!(encode_all(&[bytes]), Err(EncodeError::Amf3TooLong(1 << 28)));
}

#[test]
fn an_error_is_final() {
    let limits = Limits::default();
    let mut decoder = amf3::Decoder::new(&[1, 0x12, 1], &limits);
    assert_eq!(decoder.next_value(), Ok(Some(Value::Null)));
    let error = decoder.next_value().unwrap_err();
    assert_eq!(decoder.next_value(), Err(error));
    assert_eq!(decoder.next_value(), Err(error));
}
