//! AMF3: expected bytes are those of the specification's tables and of an independent generator
//! (vectors V7), or are put together from the grammar by hand; no value here was produced by this crate.

use rtmp_amf::amf3::{
    self, Flex, FlexClass, Object, Opaque, Value, VectorObject, decode_all, encode, encode_all, resolve, u29,
};
use rtmp_amf::{EncodeError, Limits};

fn hex(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    assert_eq!(text.len() % 2, 0, "{text}");
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn decode(bytes: &str) -> Vec<Value> {
    decode_all(&hex(bytes), &Limits::default()).unwrap_or_else(|error| panic!("{bytes}: {error}"))
}

fn both_ways(bytes: &str, value: &Value) {
    assert_eq!(decode(bytes), std::slice::from_ref(value), "{bytes}");
    let mut out = Vec::new();
    encode(value, &mut out).unwrap();
    assert_eq!(out, hex(bytes), "{value:?}");
}

fn all_both_ways(bytes: &str, values: &[Value]) {
    assert_eq!(decode(bytes), values, "{bytes}");
    assert_eq!(encode_all(values).unwrap(), hex(bytes), "{values:?}");
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn int(integer: i32) -> Value {
    Value::Integer(integer)
}

#[test]
fn u29_has_one_to_four_bytes() {
    for (number, bytes) in [
        (0, "00"),
        (1, "01"),
        (127, "7f"),
        (128, "8100"),
        (129, "8101"),
        (16_383, "ff7f"),
        (16_384, "818000"),
        (2_097_151, "ffff7f"),
        (2_097_152, "80c08000"),
        (268_435_455, "bfffffff"),
        (268_435_456, "c0808000"),
        (536_870_911, "ffffffff"),
    ] {
        let mut out = Vec::new();
        u29::write(number, &mut out).unwrap();
        assert_eq!(out, hex(bytes), "{number}");
        assert_eq!(u29::read(&out), Some((number, &[][..])), "{bytes}");
        for cut in 0..out.len() {
            assert_eq!(u29::read(&out[..cut]), None, "{bytes} cut at {cut}");
        }
    }
}

#[test]
fn u29_ends_at_29_bits() {
    let mut out = vec![7];
    assert_eq!(u29::write(u29::MAX, &mut out), Ok(()));
    assert_eq!(u29::write(u29::MAX + 1, &mut out), Err(EncodeError::Amf3TooLong(0x2000_0000)));
    assert_eq!(out, [7, 255, 255, 255, 255]);
}

#[test]
fn longer_forms_of_u29_are_accepted() {
    assert_eq!(u29::read(&hex("80808000")), Some((0, &[][..])));
    assert_eq!(u29::read(&hex("8001")), Some((1, &[][..])));
    assert_eq!(u29::read(&hex("808001")), Some((1, &[][..])));
    assert_eq!(u29::read(&hex("80808001")), Some((1, &[][..])));
    assert_eq!(decode("04 80808000 04 8001"), [int(0), int(1)]);
    assert_eq!(decode("06 8003 61"), [text("a")]);
}

#[test]
fn every_plain_marker_has_its_bytes() {
    both_ways("00", &Value::Undefined);
    both_ways("01", &Value::Null);
    both_ways("02", &Value::Boolean(false));
    both_ways("03", &Value::Boolean(true));
    both_ways("05 3ff0000000000000", &Value::Double(1.0));
    both_ways("06 07 616263", &text("abc"));
    both_ways("06 01", &text(""));
    both_ways("06 05 c3a9", &text("é"));
}

#[test]
fn integers_are_sign_extended_from_29_bits() {
    both_ways("04 00", &int(0));
    both_ways("04 ffffffff", &int(-1));
    both_ways("04 fffffffe", &int(-2));
    both_ways("04 c0808000", &int(-268_435_456));
    both_ways("04 bfffffff", &int(268_435_455));
}

#[test]
fn other_integers_are_written_as_doubles() {
    for (integer, bytes) in [
        (268_435_456, "05 41b0000000000000"),
        (-268_435_457, "05 c1b0000001000000"),
        (i32::MAX, "05 41dfffffffc00000"),
        (i32::MIN, "05 c1e0000000000000"),
    ] {
        assert_eq!(encode_all(&[int(integer)]).unwrap(), hex(bytes), "{integer}");
    }
}

#[test]
fn strings_share_one_table() {
    all_both_ways("06 07 616263 06 00", &[text("abc"), text("abc")]);
    // Value, key, class name, sealed name, type name of a vector: all "a".
    all_both_ways(
        "06 03 61  09 01 00 01 01  0a 13 00 00 01  10 01 00 00  06 00",
        &[
            text("a"),
            Value::Array { associative: vec![("a".into(), Value::Null)], dense: vec![] },
            Value::Object(Box::new(Object {
                class: "a".into(),
                sealed: vec![("a".into(), Value::Null)],
                dynamic: None,
            })),
            Value::VectorObject(Box::new(VectorObject {
                fixed: false,
                type_name: "a".into(),
                items: vec![],
            })),
            text("a"),
        ],
    );
}

#[test]
fn the_empty_string_and_xml_are_not_in_the_table_of_strings() {
    all_both_ways(
        "06 01 0b 03 62 07 03 62 06 03 61 06 00 06 03 62 06 02",
        &[
            text(""),
            Value::Xml("b".into()),
            Value::XmlDocument("b".into()),
            text("a"),
            text("a"),
            text("b"),
            text("b"),
        ],
    );
}

#[test]
fn dates_and_xml_have_references() {
    both_ways("08 01 408f400000000000", &Value::Date(1000.0));
    both_ways("07 09 3c612f3e", &Value::XmlDocument("<a/>".into()));
    both_ways("0b 09 3c612f3e", &Value::Xml("<a/>".into()));
    all_both_ways(
        "08 01 408f400000000000 07 03 61 0b 03 61 08 00 07 02 0b 04",
        &[
            Value::Date(1000.0),
            Value::XmlDocument("a".into()),
            Value::Xml("a".into()),
            Value::Reference(0),
            Value::Reference(1),
            Value::Reference(2),
        ],
    );
    // Only the lowest bit of the head of a date counts.
    assert_eq!(decode("08 7f 408f400000000000"), [Value::Date(1000.0)]);
}

#[test]
fn arrays_have_named_and_dense_items() {
    both_ways("09 01 01", &Value::array([]));
    both_ways("09 05 01 04 01 04 02", &Value::array([int(1), int(2)]));
    both_ways(
        "09 03 03 61 04 01 03 62 01 01 04 02",
        &Value::Array {
            associative: vec![("a".into(), int(1)), ("b".into(), Value::Null)],
            dense: vec![int(2)],
        },
    );
}

#[test]
fn objects_have_traits() {
    // Anonymous, dynamic.
    both_ways("0a 0b 01 03 61 04 01 01", &Value::object([("a", int(1))]));
    both_ways("0a 0b 01 01", &Value::object::<&str>([]));
    // Class "C" with sealed "x" and "y": names first, then values; not dynamic.
    let sealed = vec![("x".into(), int(1)), ("y".into(), int(2))];
    let object = Object { class: "C".into(), sealed: sealed.clone(), dynamic: None };
    both_ways("0a 23 03 43 03 78 03 79 04 01 04 02", &Value::Object(Box::new(object)));
    // The same, dynamic with "z", and dynamic without further members.
    let object = Object {
        class: "C".into(),
        sealed: sealed.clone(),
        dynamic: Some(vec![("z".into(), Value::Boolean(true))]),
    };
    both_ways("0a 2b 03 43 03 78 03 79 04 01 04 02 03 7a 03 01", &Value::Object(Box::new(object)));
    let object = Object { class: "C".into(), sealed, dynamic: Some(vec![]) };
    both_ways("0a 2b 03 43 03 78 03 79 04 01 04 02 01", &Value::Object(Box::new(object)));
}

#[test]
fn traits_are_referred_to() {
    let object = |x| {
        Value::Object(Box::new(Object {
            class: "C".into(),
            sealed: vec![("x".into(), int(x))],
            dynamic: None,
        }))
    };
    // Traits 0 inline, traits 1 inline, then traits 0 and 1 again.
    all_both_ways(
        "0a 13 03 43 03 78 04 01  0a 0b 01 01  0a 01 04 02  0a 05 01",
        &[object(1), Value::object::<&str>([]), object(2), Value::object::<&str>([])],
    );
}

#[test]
fn the_three_tables_are_independent() {
    // An object of class "C" with the sealed member "m"; then index 0 of the strings, of the objects and of
    // the traits, around index 1 of the strings.
    let object = |value| {
        Value::Object(Box::new(Object {
            class: "C".into(),
            sealed: vec![("m".into(), value)],
            dynamic: None,
        }))
    };
    all_both_ways(
        "0a 13 03 43 03 6d 01  06 00  0a 00  0a 01 06 02",
        &[object(Value::Null), text("C"), Value::Reference(0), object(text("m"))],
    );
}

#[test]
fn each_body_starts_with_empty_tables() {
    let limits = Limits::default();
    assert!(decode_all(&hex("06 03 61 06 00"), &limits).is_ok());
    assert!(decode_all(&hex("06 00"), &limits).is_err());
    assert!(decode_all(&hex("0a 0b 01 01 0a 00 0a 01 01"), &limits).is_ok());
    assert!(decode_all(&hex("0a 00"), &limits).is_err());
    assert!(decode_all(&hex("0a 01 01"), &limits).is_err());
}

#[test]
fn an_externalizable_class_has_no_other_bits() {
    // Bits 3 to 28 of the head mean nothing beside bit 2 (AMF3 3.12): no dynamic members, no sealed ones.
    let name = FlexClass::ArrayList.name();
    for head in ["07", "0f", "7f", "ffffffff"] {
        let mut bytes = hex("0a");
        bytes.extend(hex(head));
        bytes.push((name.len() * 2 + 1) as u8);
        bytes.extend(name.as_bytes());
        bytes.push(0x01);
        let flex = Flex { class: FlexClass::ArrayList, value: Value::Null };
        assert_eq!(decode_all(&bytes, &Limits::default()), Ok(vec![Value::Flex(Box::new(flex))]), "{head}");
    }
}

#[test]
fn an_object_may_contain_itself() {
    let values = decode("0a 0b 01 03 61 0a 00 01");
    assert_eq!(values, [Value::object([("a", Value::Reference(0))])]);
    assert_eq!(resolve(&values, 0), Some(&values[0]));
    both_ways("0a 0b 01 03 61 0a 00 01", &values[0]);
    both_ways("09 03 01 09 00", &Value::array([Value::Reference(0)]));
    both_ways(
        "11 03 00 11 00 11 00",
        &Value::Dictionary { weak: false, entries: vec![(Value::Reference(0), Value::Reference(0))] },
    );
}

#[test]
fn byte_arrays_and_vectors_have_their_bytes() {
    both_ways("0c 05 0001", &Value::ByteArray(vec![0, 1]));
    both_ways("0c 01", &Value::ByteArray(vec![]));
    both_ways("0d 03 00 00000001", &Value::VectorInt { fixed: false, items: vec![1] });
    both_ways("0d 03 01 00000001", &Value::VectorInt { fixed: true, items: vec![1] });
    both_ways("0d 05 00 ffffffff 80000000", &Value::VectorInt { fixed: false, items: vec![-1, i32::MIN] });
    both_ways("0e 03 01 ffffffff", &Value::VectorUint { fixed: true, items: vec![u32::MAX] });
    both_ways("0f 03 00 3ff0000000000000", &Value::VectorDouble { fixed: false, items: vec![1.0] });
    both_ways(
        "10 05 01 03 43 01 06 00",
        &Value::VectorObject(Box::new(VectorObject {
            fixed: true,
            type_name: "C".into(),
            items: vec![Value::Null, text("C")],
        })),
    );
}

#[test]
fn dictionaries_take_any_keys() {
    both_ways(
        "11 03 00 06 03 61 04 01",
        &Value::Dictionary { weak: false, entries: vec![(text("a"), int(1))] },
    );
    both_ways(
        "11 05 01 03 01 0a 0b 01 01 02",
        &Value::Dictionary {
            weak: true,
            entries: vec![
                (Value::Boolean(true), Value::Null),
                (Value::object::<&str>([]), Value::Boolean(false)),
            ],
        },
    );
}

#[test]
fn integer_keys_of_dictionaries_are_written_as_text() {
    let dictionary = Value::Dictionary { weak: false, entries: vec![(int(-12), int(1)), (int(-12), int(2))] };
    assert_eq!(encode_all(&[dictionary]).unwrap(), hex("11 05 00 06 07 2d3132 04 01 06 00 04 02"));
}

#[test]
fn every_complex_type_and_no_other_enters_the_object_table() {
    let bytes = concat!(
        "00 01 02 03 04 00 05 0000000000000000 06 03 61", // none of these
        "07 01",                                          // 0
        "08 01 0000000000000000",                         // 1
        "09 01 01",                                       // 2
        "0a 0b 01 01",                                    // 3
        "0b 01",                                          // 4
        "0c 01",                                          // 5
        "0d 01 00",                                       // 6
        "0e 01 00",                                       // 7
        "0f 01 00",                                       // 8
        "10 01 00 01",                                    // 9
        "11 01 00",                                       // 10
        "07 00 08 02 09 04 0a 06 0b 08 0c 0a 0d 0c 0e 0e 0f 10 10 12 11 14"
    );
    let values = decode(bytes);
    let references: Vec<Value> = (0..11).map(Value::Reference).collect();
    assert_eq!(values[18..], references);
    assert_eq!(encode_all(&values).unwrap(), hex(bytes));
    for index in 0..11 {
        assert_eq!(resolve(&values, index), Some(&values[7 + index as usize]));
    }
    assert_eq!(resolve(&values, 11), None);
}

#[test]
fn a_reference_counts_in_the_order_of_the_wire() {
    // Array 0 with "k" object 1 in its associative part and date 2 in its dense part; the dictionary 3 has
    // a byte array 4 as key and XML 5 as value; a vector 6 of objects holds a date 7.
    let bytes = "09 03 03 6b 0a 0b 01 01 01 08 01 0000000000000000 \
                 11 03 00 0c 01 0b 01  10 03 00 01 08 01 3ff0000000000000";
    let values = decode(bytes);
    assert_eq!(resolve(&values, 0), Some(&values[0]));
    assert_eq!(resolve(&values, 1), Some(&Value::object::<&str>([])));
    assert_eq!(resolve(&values, 2), Some(&Value::Date(0.0)));
    assert_eq!(resolve(&values, 3), Some(&values[1]));
    assert_eq!(resolve(&values, 4), Some(&Value::ByteArray(vec![])));
    assert_eq!(resolve(&values, 5), Some(&Value::Xml(String::new())));
    assert_eq!(resolve(&values, 6), Some(&values[2]));
    assert_eq!(resolve(&values, 7), Some(&Value::Date(1.0)));
    assert_eq!(encode_all(&values).unwrap(), hex(bytes));
}

#[test]
fn flex_collections_hold_one_value() {
    for (class, name) in [
        (FlexClass::ArrayCollection, "flex.messaging.io.ArrayCollection"),
        (FlexClass::ArrayList, "flex.messaging.io.ArrayList"),
        (FlexClass::ObjectProxy, "flex.messaging.io.ObjectProxy"),
    ] {
        let mut bytes = vec![0x0a, 0x07, (name.len() * 2 + 1) as u8];
        bytes.extend(name.as_bytes());
        // The array inside is entry 1; the same traits again by reference, around a reference to it.
        bytes.extend(hex("09 03 01 04 01  0a 01 09 02"));
        let values = decode_all(&bytes, &Limits::default()).unwrap();
        let first = Value::Flex(Box::new(Flex { class, value: Value::array([int(1)]) }));
        let second = Value::Flex(Box::new(Flex { class, value: Value::Reference(1) }));
        assert_eq!(values, [first, second]);
        assert_eq!(encode_all(&values).unwrap(), bytes);
        assert_eq!(resolve(&values, 1), Some(&Value::array([int(1)])));
        assert_eq!(resolve(&values, 2), Some(&values[1]));
    }
}

#[test]
fn an_unknown_externalizable_class_can_be_kept() {
    let bytes = hex("01 0a 07 07 6f2e43 00ff0042");
    let limits = Limits::default();
    let mut decoder = amf3::Decoder::new(&bytes, &limits).keep_opaque();
    assert_eq!(decoder.next_value(), Ok(Some(Value::Null)));
    assert_eq!((decoder.offset(), decoder.remaining().len()), (1, bytes.len() - 1));
    let opaque = Value::Opaque(Box::new(Opaque { class: "o.C".into(), bytes: hex("00ff0042") }));
    assert_eq!(decoder.next_value(), Ok(Some(opaque.clone())));
    assert_eq!(decoder.next_value(), Ok(None));
    assert_eq!(encode_all(&[Value::Null, opaque]).unwrap(), bytes);
}

#[test]
fn members_are_found_by_name() {
    let object = Value::Object(Box::new(Object {
        class: "C".into(),
        sealed: vec![("a".into(), int(1)), ("b".into(), int(2))],
        dynamic: Some(vec![("b".into(), int(3))]),
    }));
    assert_eq!(object.property("a"), Some(&int(1)));
    assert_eq!(object.property("b"), Some(&int(3)));
    assert_eq!(object.property("c"), None);
    let array = Value::Array { associative: vec![("k".into(), text("v"))], dense: vec![] };
    assert_eq!(array.property("k").and_then(Value::as_str), Some("v"));
    assert_eq!(Value::Null.property("k"), None);
    assert_eq!((int(-3).as_f64(), Value::Double(0.5).as_f64()), (Some(-3.0), Some(0.5)));
    assert!(Value::Undefined.is_nullish() && Value::Null.is_nullish() && !int(0).is_nullish());
}
