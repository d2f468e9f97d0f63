//! Expected bytes are those of the specifications' tables and of an independent generator
//! (vectors V6); no value here was produced by this crate.

use rtmp_amf::{Decoder, Limits, Value, decode_all, encode, encode_all, resolve};

fn hex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "{text}");
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn both_ways(bytes: &str, value: &Value) {
    let bytes = hex(bytes);
    assert_eq!(decode_all(&bytes, &Limits::default()).as_deref(), Ok(std::slice::from_ref(value)));
    let mut out = Vec::new();
    encode(value, &mut out).unwrap();
    assert_eq!(out, bytes, "{value:?}");
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

#[test]
fn every_marker_has_its_bytes() {
    both_ways("003ff0000000000000", &Value::Number(1.0));
    both_ways("000000000000000000", &Value::Number(0.0));
    both_ways("00bff0000000000000", &Value::Number(-1.0));
    both_ways("020007636f6e6e656374", &text("connect"));
    both_ways("05", &Value::Null);
    both_ways("06", &Value::Undefined);
    both_ways("0101", &Value::Boolean(true));
    both_ways("0100", &Value::Boolean(false));
    both_ways("0300036170700200046c697665000009", &Value::object([("app", "live")]));
    both_ways("080000000100036170700200046c697665000009", &Value::ecma_array([("app", "live")]));
    both_ways("03000009", &Value::Object(vec![]));
    both_ways("0a0000000102000461763031", &Value::StrictArray(vec![text("av01")]));
    both_ways("0b408f4000000000000000", &Value::Date { millis: 1000.0, zone: 0 });
    both_ways("0b408f400000000000ffc4", &Value::Date { millis: 1000.0, zone: -60 });
    both_ways("0d", &Value::Unsupported);
    both_ways("0f000000043c612f3e", &Value::XmlDocument("<a/>".into()));
    both_ways("10000143000178003ff0000000000000000009", &Value::typed_object("C", [("x", 1.0)]));
}

#[test]
fn numbers_keep_their_bits() {
    for bits in [
        0x8000_0000_0000_0000_u64,
        0x7ff0_0000_0000_0000,
        0xfff0_0000_0000_0000,
        0x7ff8_0000_0000_0000,
        0x7ff8_0000_dead_beef,
        0x0000_0000_0000_0001,
        0x3ff8_0000_0000_0000,
        0x41cd_cd65_0000_0000,
    ] {
        let mut bytes = vec![0];
        bytes.extend(bits.to_be_bytes());
        let values = decode_all(&bytes, &Limits::default()).unwrap();
        assert_eq!(values[0].as_f64().unwrap().to_bits(), bits);
        assert_eq!(encode_all(&values).unwrap(), bytes);
    }
}

#[test]
fn a_boolean_is_true_unless_zero() {
    for byte in 1..=255 {
        assert_eq!(decode_all(&[1, byte], &Limits::default()).unwrap(), [Value::Boolean(true)]);
    }
}

#[test]
fn a_short_text_coded_as_long_string_is_a_string() {
    assert_eq!(decode_all(&hex("0c0000000161"), &Limits::default()).unwrap(), [text("a")]);
    assert_eq!(decode_all(&hex("0c00000000"), &Limits::default()).unwrap(), [text("")]);
}

#[test]
fn the_encoder_takes_the_long_form_above_65535_bytes() {
    let short = encode_all(&[text(&"a".repeat(65_535))]).unwrap();
    assert_eq!((&short[..3], short.len()), (&[0x02, 0xff, 0xff][..], 65_538));
    let long = encode_all(&[text(&"a".repeat(65_536))]).unwrap();
    assert_eq!((&long[..5], long.len()), (&[0x0c, 0, 1, 0, 0][..], 65_541));
    assert_eq!(decode_all(&long, &Limits::default()).unwrap(), [text(&"a".repeat(65_536))]);
}

#[test]
fn lengths_count_bytes() {
    both_ways("020002c3a9", &text("é"));
}

#[test]
fn a_hole_in_an_array_is_undefined() {
    both_ways("0a00000003050605", &Value::StrictArray(vec![Value::Null, Value::Undefined, Value::Null]));
}

#[test]
fn an_embedded_nul_survives() {
    both_ways("0200066c6976650078", &text("live\0x"));
}

#[test]
fn create_stream_is_a_name_a_number_and_null() {
    let bytes = hex("02000c63726561746553747265616d00400000000000000005");
    let values = [text("createStream"), Value::Number(2.0), Value::Null];
    assert_eq!(decode_all(&bytes, &Limits::default()).unwrap(), values);
    assert_eq!(encode_all(&values).unwrap(), bytes);
}

#[test]
fn references_stay_references() {
    let bytes = hex("0a0000000203000009070001");
    let values = decode_all(&bytes, &Limits::default()).unwrap();
    assert_eq!(values, [Value::StrictArray(vec![Value::Object(vec![]), Value::Reference(1)])]);
    assert_eq!(encode_all(&values).unwrap(), bytes);
    assert_eq!(resolve(&values, 0), Some(&values[0]));
    assert_eq!(resolve(&values, 1), Some(&Value::Object(vec![])));
    assert_eq!(resolve(&values, 2), None);
}

#[test]
fn an_array_may_contain_itself() {
    let bytes = hex("0a00000001070000");
    let values = decode_all(&bytes, &Limits::default()).unwrap();
    assert_eq!(values, [Value::StrictArray(vec![Value::Reference(0)])]);
    assert_eq!(encode_all(&values).unwrap(), bytes);
    assert_eq!(resolve(&values, 0), Some(&values[0]));
}

#[test]
fn all_four_complex_types_and_no_others_enter_the_reference_table() {
    // Null, date, string, XML; then object 0, typed object 1, strict array 2, ECMA array 3.
    let bytes = hex(concat!(
        "05",
        "0b408f4000000000000000",
        "0200",
        "00",
        "0f00000000",
        "03000009",
        "10000143000009",
        "0a00000000",
        "0800000000000009",
        "070003",
    ));
    let values = decode_all(&bytes, &Limits::default()).unwrap();
    assert_eq!(values.last(), Some(&Value::Reference(3)));
    assert_eq!(resolve(&values, 0), Some(&Value::Object(vec![])));
    assert_eq!(resolve(&values, 1), Some(&Value::typed_object::<&str, Value>("C", [])));
    assert_eq!(resolve(&values, 2), Some(&Value::StrictArray(vec![])));
    assert_eq!(resolve(&values, 3), Some(&Value::EcmaArray { count: 0, properties: vec![] }));
}

#[test]
fn the_ecma_count_is_only_approximate() {
    let pair = "000161003ff0000000000000";
    for (count, pairs) in [("00000000", 5), ("00000064", 1), ("ffffffff", 2), ("00000001", 0)] {
        let bytes = hex(&format!("08{count}{}00000905", pair.repeat(pairs)));
        let values = decode_all(&bytes, &Limits::default()).unwrap();
        assert_eq!(values[0].properties().unwrap().len(), pairs);
        assert_eq!(values[1], Value::Null);
        assert_eq!(encode_all(&values).unwrap(), bytes);
    }
}

#[test]
fn an_ecma_array_may_lack_its_end_marker_at_the_end_of_the_message() {
    let whole = hex("080000000100036170700200046c697665000009");
    let bare = &whole[..whole.len() - 3];
    assert_eq!(decode_all(bare, &Limits::default()), decode_all(&whole, &Limits::default()));
    assert_eq!(
        decode_all(&hex("0800000000"), &Limits::default()).unwrap(),
        [Value::EcmaArray { count: 0, properties: vec![] }]
    );
}

#[test]
fn an_empty_key_may_name_a_property() {
    both_ways("03000005000009", &Value::Object(vec![(String::new(), Value::Null)]));
    both_ways("03000003000009000009", &Value::Object(vec![(String::new(), Value::Object(vec![]))]));
}

#[test]
fn order_and_duplicates_of_keys_stay_and_the_last_counts() {
    let value = Value::object([("b", 1.0), ("a", 2.0), ("b", 3.0)]);
    let bytes = concat!(
        "03",
        "000162003ff0000000000000",
        "000161004000000000000000",
        "000162004008000000000000",
        "000009"
    );
    both_ways(bytes, &value);
    assert_eq!(value.property("b"), Some(&Value::Number(3.0)));
    assert_eq!(value.property("c"), None);
    assert_eq!(Value::Null.property("a"), None);
}

#[test]
fn a_key_may_have_65535_bytes() {
    let key = "k".repeat(65_535);
    let bytes = hex(&format!("03ffff{}05000009", "6b".repeat(65_535)));
    let values = decode_all(&bytes, &Limits::default()).unwrap();
    assert!(values[0].property(&key).unwrap().is_nullish());
    assert_eq!(encode_all(&values).unwrap(), bytes);
}

#[test]
fn the_decoder_tells_where_it_stands() {
    let bytes = hex("05020001610a00000000");
    let limits = Limits::default();
    let mut decoder = Decoder::new(&bytes, &limits);
    assert_eq!((decoder.offset(), decoder.remaining().len()), (0, 10));
    decoder.next_value().unwrap();
    assert_eq!(decoder.offset(), 1);
    decoder.next_value().unwrap();
    assert_eq!((decoder.offset(), decoder.remaining()), (5, &bytes[5..]));
}
