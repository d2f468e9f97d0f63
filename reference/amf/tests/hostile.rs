//! Bad input is a clear error that names what and where; every bound holds at its limit and breaks
//! one above.

use rtmp_amf::{
    Decoder, EncodeError, Error, ErrorKind, Limits, MAX_DEPTH, TypedObject, Value, ValueRef, decode_all,
    decode_all_ref, encode, encode_all, resolve, resolve_amf3,
};

fn error(bytes: &[u8]) -> Error {
    decode_all(bytes, &Limits::default()).unwrap_err()
}

fn number(out: &mut Vec<u8>, value: f64) {
    out.push(0);
    out.extend(value.to_be_bytes());
}

fn short(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u16).to_be_bytes());
    out.extend(text.as_bytes());
}

/// Written by hand: name, transaction id, object of every plain type, extra argument.
fn connect() -> Vec<u8> {
    let mut out = vec![2];
    short(&mut out, "connect");
    number(&mut out, 1.0);
    out.push(3);
    for (key, text) in [("app", "live"), ("flashVer", "LNX 9,0,124,2"), ("tcUrl", "rtmp://h/live")] {
        short(&mut out, key);
        out.push(2);
        short(&mut out, text);
    }
    short(&mut out, "fpad");
    out.extend([1, 0]);
    short(&mut out, "capabilities");
    number(&mut out, 15.0);
    short(&mut out, "pageUrl");
    out.push(6);
    short(&mut out, "fourCcList");
    out.extend([0x0a, 0, 0, 0, 2]);
    for fourcc in ["av01", "hvc1"] {
        out.push(2);
        short(&mut out, fourcc);
    }
    out.extend([0, 0, 9]);
    out
}

#[test]
fn every_cut_of_a_connect_command_is_an_error_or_a_whole_value() {
    let bytes = connect();
    let whole = decode_all(&bytes, &Limits::default()).unwrap();
    assert_eq!(whole.len(), 3);
    assert_eq!(whole[2].property("app").and_then(Value::as_str), Some("live"));
    let ends = [0, 10, 19, bytes.len()];
    for cut in 0..bytes.len() {
        let result = decode_all(&bytes[..cut], &Limits::default());
        if let Some(count) = ends.iter().position(|end| *end == cut) {
            assert_eq!(result.as_deref(), Ok(&whole[..count]), "cut at {cut}");
        } else {
            let error = result.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Truncated, "cut at {cut}");
            assert!(error.offset <= cut, "cut at {cut}: {error}");
        }
    }
}

#[test]
fn every_cut_of_every_type_is_an_error() {
    let cases: [&[u8]; 9] = [
        &[0x00, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0],
        &[0x01, 1],
        &[0x02, 0, 3, b'a', b'b', b'c'],
        &[0x03, 0, 1, b'a', 0x05, 0, 0, 9],
        &[0x0a, 0, 0, 0, 2, 5, 5],
        &[0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0x0c, 0, 0, 0, 2, b'a', b'b'],
        &[0x0f, 0, 0, 0, 2, b'a', b'b'],
        &[0x10, 0, 1, b'C', 0, 1, b'a', 0x05, 0, 0, 9],
    ];
    for case in cases {
        assert_eq!(decode_all(case, &Limits::default()).unwrap().len(), 1, "{case:02x?}");
        for cut in 1..case.len() {
            assert_eq!(error(&case[..cut]).kind, ErrorKind::Truncated, "{:02x?}", &case[..cut]);
        }
    }
    assert_eq!(error(&[0x07, 0]).kind, ErrorKind::Truncated);
}

#[test]
fn an_ecma_array_cut_inside_a_property_is_an_error() {
    // Only a cut between two properties looks like a missing end marker.
    let bytes = [0x08, 0, 0, 0, 2, 0, 1, b'a', 0x05, 0, 1, b'b', 0x01, 1, 0, 0, 9];
    let boundaries = [5, 9, 14];
    for cut in 1..bytes.len() {
        let result = decode_all(&bytes[..cut], &Limits::default());
        assert_eq!(result.is_ok(), boundaries.contains(&cut), "cut at {cut}: {result:?}");
    }
}

#[test]
fn reserved_and_unknown_markers_are_named() {
    assert_eq!(error(&[5, 0x04]), Error { kind: ErrorKind::ReservedMarker(0x04), offset: 1 });
    assert_eq!(error(&[5, 5, 0x0e]), Error { kind: ErrorKind::ReservedMarker(0x0e), offset: 2 });
    for marker in 0x12..=0xff {
        assert_eq!(error(&[marker]), Error { kind: ErrorKind::UnknownMarker(marker), offset: 0 });
    }
    assert_eq!(error(&[0xff]).to_string(), "an unknown AMF0 marker: 0xff (at byte 0)");
}

#[test]
fn a_stray_object_end_is_an_error() {
    assert_eq!(error(&[0x09]), Error { kind: ErrorKind::StrayObjectEnd, offset: 0 });
    assert_eq!(error(&[0, 0, 9]).kind, ErrorKind::Truncated);
    assert_eq!(error(&[0x0a, 0, 0, 0, 1, 9]), Error { kind: ErrorKind::StrayObjectEnd, offset: 5 });
    assert_eq!(error(&[0x03, 0, 1, b'a', 9]), Error { kind: ErrorKind::StrayObjectEnd, offset: 4 });
}

#[test]
fn text_has_to_be_utf8() {
    for bad in [&[0xc0, 0x80][..], &[0xed, 0xa0, 0x80], &[0xff], &[0xc3], &[0xf5, 0x80, 0x80, 0x80]] {
        let mut string = vec![0x02, 0, bad.len() as u8];
        string.extend(bad);
        assert_eq!(error(&string), Error { kind: ErrorKind::InvalidUtf8, offset: 3 });
        let mut key = vec![0x03, 0, bad.len() as u8];
        key.extend(bad);
        key.extend([5, 0, 0, 9]);
        assert_eq!(error(&key).kind, ErrorKind::InvalidUtf8);
        let mut xml = vec![0x0f, 0, 0, 0, bad.len() as u8];
        xml.extend(bad);
        assert_eq!(error(&xml).kind, ErrorKind::InvalidUtf8);
        let mut class = vec![0x10, 0, bad.len() as u8];
        class.extend(bad);
        class.extend([0, 0, 9]);
        assert_eq!(error(&class).kind, ErrorKind::InvalidUtf8);
    }
    assert_eq!(error(&[0x02, 0, 3, b'a', b'b', 0xff]).offset, 5);
}

#[test]
fn references_stay_inside_their_message() {
    let out_of_range = |index, known| ErrorKind::ReferenceOutOfRange { index, known };
    assert_eq!(error(&[0x07, 0, 0]).kind, out_of_range(0, 0));
    assert_eq!(error(&[0x07, 0xff, 0xff]).kind, out_of_range(65_535, 0));
    assert_eq!(error(&[0x03, 0, 0, 9, 0x07, 0, 1]).kind, out_of_range(1, 1));
    // The table of a second message is empty again.
    assert!(decode_all(&[0x03, 0, 0, 9, 0x07, 0, 0], &Limits::default()).is_ok());
    assert_eq!(error(&[0x07, 0, 0]).kind, out_of_range(0, 0));
    assert_eq!(
        encode_all(&[Value::Object(vec![]), Value::Reference(1)]),
        Err(EncodeError::ReferenceOutOfRange(1))
    );
}

fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = [0x0a, 0, 0, 0, 1].repeat(depth);
    bytes.push(5);
    bytes
}

#[test]
fn depth_is_bounded() {
    let limits = Limits { depth: 4, ..Limits::default() };
    assert!(decode_all(&nested(4), &limits).is_ok());
    let error = decode_all(&nested(5), &limits).unwrap_err();
    assert_eq!(error, Error { kind: ErrorKind::DepthLimit(4), offset: 20 });
    assert_eq!(error.kind.limit(), Some(4));
    // Siblings do not add up.
    let siblings = [nested(4), nested(4)].concat();
    assert_eq!(decode_all(&siblings, &limits).unwrap().len(), 2);
    // Plain values need no depth.
    let none = Limits { depth: 0, ..Limits::default() };
    assert!(decode_all(&[5, 5], &none).is_ok());
    assert_eq!(decode_all(&[3, 0, 0, 9], &none).unwrap_err().kind, ErrorKind::DepthLimit(0));
}

#[test]
fn no_setting_lifts_the_ceiling_of_the_depth() {
    let limits = Limits { depth: u32::MAX, nodes: u32::MAX, ..Limits::default() };
    let deepest = decode_all(&nested(MAX_DEPTH as usize), &limits).unwrap();
    assert_eq!(encode_all(&deepest).unwrap(), nested(MAX_DEPTH as usize));
    for depth in [MAX_DEPTH as usize + 1, 1000, 70_000, 100_000] {
        assert_eq!(decode_all(&nested(depth), &limits).unwrap_err().kind, ErrorKind::DepthLimit(MAX_DEPTH));
    }
    let [inner] = <[Value; 1]>::try_from(deepest).unwrap();
    let mut out = vec![1, 2];
    assert_eq!(encode(&Value::StrictArray(vec![inner]), &mut out), Err(EncodeError::TooDeep));
    assert_eq!(out, [1, 2], "a failed encode leaves nothing behind");
}

#[test]
fn deep_objects_of_every_kind_are_bounded() {
    for level in [&[0x03, 0, 1, b'a'][..], &[0x08, 0, 0, 0, 1, 0, 1, b'a'], &[0x10, 0, 0, 0, 1, b'a']] {
        assert_eq!(error(&level.repeat(100_000)).kind, ErrorKind::DepthLimit(32));
    }
}

/// Unoptimised code takes most, less than half of this.
#[test]
fn the_deepest_values_fit_on_a_stack_of_a_mebibyte() {
    const DEPTH: usize = MAX_DEPTH as usize;
    let levels: [(&[u8], &[u8], &[u8]); 10] = [
        (&[], &[0x03, 0, 0], &[0, 0, 9]),
        (&[], &[0x08, 0, 0, 0, 1, 0, 0], &[0, 0, 9]),
        (&[], &[0x0a, 0, 0, 0, 1], &[]),
        (&[], &[0x10, 0, 0, 0, 0], &[0, 0, 9]),
        (&[0x11], &[0x09, 0x03, 1], &[]),
        (&[0x11], &[0x09, 0x01, 0x03, b'a'], &[1]),
        (&[0x11], &[0x0a, 0x13, 1, 1], &[]),
        (&[0x11], &[0x0a, 0x0b, 1, 0x03, b'a'], &[1]),
        (&[0x11], &[0x10, 0x03, 0, 1], &[]),
        (&[0x11], &[0x11, 0x03, 0, 1], &[]),
    ];
    let deepest = move || {
        for (head, begin, end) in levels {
            let null = if head.is_empty() { 5 } else { 1 };
            let bytes = [head, &begin.repeat(DEPTH), &[null], &end.repeat(DEPTH)].concat();
            let limits = Limits { depth: MAX_DEPTH, ..Limits::default() };
            let values = decode_all(&bytes, &limits).unwrap();
            assert!(decode_all_ref(&bytes, &limits).unwrap() == decode_all_ref(&bytes, &limits).unwrap());
            assert!(decode_all(&encode_all(&values).unwrap(), &limits).unwrap() == values.clone());
            assert!(resolve(&values, u16::MAX).is_none() && resolve_amf3(&values, u32::MAX).is_none());
            assert!(format!("{values:?}").len() > DEPTH);
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(deepest).unwrap().join().unwrap();
}

#[test]
fn values_and_decoders_may_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Value>();
    crosses::<ValueRef<'static>>();
    crosses::<rtmp_amf::amf3::Value>();
    crosses::<Decoder<'static>>();
    crosses::<rtmp_amf::amf3::Decoder<'static>>();
    crosses::<(Error, EncodeError)>();
}

#[test]
fn nodes_are_bounded() {
    let limits = Limits { nodes: 3, ..Limits::default() };
    assert!(decode_all(&[5, 5, 5], &limits).is_ok());
    let error = decode_all(&[5, 5, 5, 5], &limits).unwrap_err();
    assert_eq!(error, Error { kind: ErrorKind::NodeLimit(3), offset: 3 });
    // Members count like values, and so does their container.
    assert!(decode_all(&[0x0a, 0, 0, 0, 2, 5, 5], &limits).is_ok());
    assert!(decode_all(&[0x0a, 0, 0, 0, 3, 5, 5, 5], &limits).is_err());
    assert!(decode_all(&[0x03, 0, 0, 5, 0, 0, 5, 0, 0, 9], &limits).is_ok());
    assert!(decode_all(&[0x03, 0, 0, 5, 0, 0, 5, 0, 0, 5, 0, 0, 9], &limits).is_err());
}

#[test]
fn text_is_bounded_over_the_whole_message() {
    let limits = Limits { string_bytes: 4, ..Limits::default() };
    assert!(decode_all(&[2, 0, 2, b'a', b'b', 2, 0, 2, b'c', b'd'], &limits).is_ok());
    let error = decode_all(&[2, 0, 2, b'a', b'b', 2, 0, 3, b'c', b'd', b'e'], &limits).unwrap_err();
    assert_eq!(error.kind, ErrorKind::StringLimit(4));
    // Keys, class names, XML and AMF3 byte arrays count too.
    assert!(decode_all(&[3, 0, 4, b'a', b'b', b'c', b'd', 5, 0, 0, 9], &limits).is_ok());
    assert!(decode_all(&[3, 0, 5, b'a', b'b', b'c', b'd', b'e', 5, 0, 0, 9], &limits).is_err());
    assert!(decode_all(&[0x10, 0, 4, b'a', b'b', b'c', b'd', 0, 0, 9], &limits).is_ok());
    assert!(decode_all(&[0x10, 0, 5, b'a', b'b', b'c', b'd', b'e', 0, 0, 9], &limits).is_err());
    assert!(decode_all(&[0x0f, 0, 0, 0, 4, b'a', b'b', b'c', b'd'], &limits).is_ok());
    assert!(decode_all(&[0x0f, 0, 0, 0, 5, b'a', b'b', b'c', b'd', b'e'], &limits).is_err());
    assert!(decode_all(&[0x11, 0x0c, 9, 1, 2, 3, 4], &limits).is_ok());
    assert!(decode_all(&[0x11, 0x0c, 11, 1, 2, 3, 4, 5], &limits).is_err());
}

#[test]
fn claims_without_bytes_cost_nothing() {
    for length in [0x7fff_ffff_u32, 0xffff_fff0, 0xffff_ffff] {
        for marker in [0x0a, 0x0c, 0x0f] {
            let mut bytes = vec![marker];
            bytes.extend(length.to_be_bytes());
            assert_eq!(error(&bytes).kind, ErrorKind::Truncated);
            bytes.extend([5; 100]);
            assert_eq!(error(&bytes).kind, ErrorKind::Truncated);
        }
    }
    let mut ecma = vec![0x08, 0xff, 0xff, 0xff, 0xff];
    ecma.extend([0, 0, 9]);
    assert_eq!(decode_all(&ecma, &Limits::default()).unwrap().len(), 1);
    // A million keys: one too many at the default limit.
    let mut keys = vec![0x08, 0, 0x0f, 0x42, 0x40];
    keys.extend([0, 1, b'k', 5].repeat(1_000_000));
    keys.extend([0, 0, 9]);
    assert_eq!(error(&keys).kind, ErrorKind::NodeLimit(65_536));
}

#[test]
fn names_have_at_most_65535_bytes() {
    let name = "n".repeat(65_536);
    let object = Value::Object(vec![(name.clone(), Value::Null)]);
    assert_eq!(encode_all(&[object]), Err(EncodeError::NameTooLong(65_536)));
    let typed = Value::typed_object::<&str, Value>(name, []);
    assert_eq!(encode_all(&[typed]), Err(EncodeError::NameTooLong(65_536)));
}

#[test]
fn an_error_is_final() {
    let limits = Limits::default();
    let mut decoder = Decoder::new(&[5, 0x12, 5], &limits);
    assert_eq!(decoder.next_value(), Ok(Some(Value::Null)));
    let error = decoder.next_value().unwrap_err();
    assert_eq!(decoder.next_value(), Err(error));
    assert_eq!(decoder.next_value(), Err(error));
}

/// [`Limits`] states the memory of its bounds from these.
#[cfg(target_pointer_width = "64")]
#[test]
fn values_have_the_size_that_the_limits_state() {
    assert_eq!(size_of::<Value>(), 32);
    assert_eq!(size_of::<TypedObject>(), 48);
    assert!(size_of::<ValueRef>() <= 32);
    assert_eq!(size_of::<(String, Value)>(), 56);
    assert_eq!(size_of::<rtmp_amf::amf3::Value>(), 48);
    assert_eq!(size_of::<rtmp_amf::amf3::Object>(), 72);
}
