//! Laws over generated values and bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_amf::{Limits, Value, decode_all, encode_all};

fn plain() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(|bits| Value::Number(f64::from_bits(bits))),
        any::<bool>().prop_map(Value::Boolean),
        ".{0,20}".prop_map(Value::String),
        Just(Value::String("x".repeat(65_536))),
        Just(Value::Null),
        Just(Value::Undefined),
        (any::<u64>(), any::<i16>())
            .prop_map(|(bits, zone)| Value::Date { millis: f64::from_bits(bits), zone }),
        Just(Value::Unsupported),
        ".{0,20}".prop_map(Value::XmlDocument),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    plain().prop_recursive(5, 40, 6, |inner| {
        let properties = vec((".{0,6}", inner.clone()), 0..6);
        prop_oneof![
            properties.clone().prop_map(Value::Object),
            (any::<u32>(), properties.clone())
                .prop_map(|(count, properties)| Value::EcmaArray { count, properties }),
            (".{0,6}", properties).prop_map(|(class, properties)| Value::TypedObject { class, properties }),
            // The reference is in range: the array itself comes before it.
            vec(inner, 0..6).prop_map(|mut items| {
                items.push(Value::Reference(0));
                Value::StrictArray(items)
            }),
        ]
    })
}

fn message() -> impl Strategy<Value = Vec<Value>> {
    (vec(value(), 0..5), proptest::option::of(vec(any::<u8>(), 0..20))).prop_map(|(mut values, escape)| {
        values.extend(escape.map(Value::AvmPlus));
        values
    })
}

/// Equality that tells NaN from NaN and -0 from 0: `Debug` prints both apart, the bytes decide.
fn same(left: &[Value], right: &[Value]) -> bool {
    encode_all(left).unwrap() == encode_all(right).unwrap() && format!("{left:?}") == format!("{right:?}")
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(values in message()) {
        let bytes = encode_all(&values).unwrap();
        let decoded = decode_all(&bytes, &Limits::default()).unwrap();
        prop_assert!(same(&decoded, &values), "{values:?} became {decoded:?}");
    }

    #[test]
    fn every_cut_decodes_to_a_prefix_or_an_error(values in message(), cut in any::<prop::sample::Index>()) {
        let bytes = encode_all(&values).unwrap();
        let cut = cut.index(bytes.len() + 1);
        match decode_all(&bytes[..cut], &Limits::default()) {
            Ok(decoded) => prop_assert!(decoded.len() <= values.len()),
            Err(error) => prop_assert!(error.offset <= cut),
        }
    }

    #[test]
    fn any_bytes_decode_or_fail_cleanly(bytes in vec(any::<u8>(), 0..200)) {
        match decode_all(&bytes, &Limits::default()) {
            // What was decoded can be written, and reads back as itself.
            Ok(values) => {
                let again = decode_all(&encode_all(&values).unwrap(), &Limits::default()).unwrap();
                prop_assert!(same(&again, &values));
            }
            Err(error) => prop_assert!(error.offset <= bytes.len()),
        }
    }

    #[test]
    fn bytes_made_of_markers_decode_or_fail_cleanly(bytes in vec(0_u8..=0x12, 0..200)) {
        if let Ok(values) = decode_all(&bytes, &Limits::default()) {
            let again = decode_all(&encode_all(&values).unwrap(), &Limits::default()).unwrap();
            prop_assert!(same(&again, &values));
        }
    }
}
