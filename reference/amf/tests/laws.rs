//! Laws over generated values and bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_amf::amf3::{self, Flex, FlexClass, Object, VectorObject};
use rtmp_amf::{EncodeError, ErrorKind, Limits, Value, ValueRef, decode_all, decode_all_ref, encode_all};

fn amf0_plain() -> impl Strategy<Value = Value> {
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
        amf3_value().prop_map(|value| Value::AvmPlus(Box::new(value))),
    ]
}

fn amf0_value() -> impl Strategy<Value = Value> {
    amf0_plain().prop_recursive(5, 40, 6, |inner| {
        let properties = vec((".{0,6}", inner.clone()), 0..6);
        prop_oneof![
            properties.clone().prop_map(Value::Object),
            (any::<u32>(), properties.clone())
                .prop_map(|(count, properties)| Value::EcmaArray { count, properties }),
            (".{0,6}", properties).prop_map(|(class, properties)| Value::typed_object(class, properties)),
            // The reference is in range: the array itself comes before it.
            vec(inner, 0..6).prop_map(|mut items| {
                items.push(Value::Reference(0));
                Value::StrictArray(items)
            }),
        ]
    })
}

fn amf0_message() -> impl Strategy<Value = Vec<Value>> {
    vec(amf0_value(), 0..5)
}

/// Few different names, so that references to strings and traits arise.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("a".into()), Just("b".into()), Just("code".into()), ".{1,6}"]
}

fn amf3_plain() -> impl Strategy<Value = amf3::Value> {
    use amf3::Value as V;
    prop_oneof![
        Just(V::Undefined),
        Just(V::Null),
        any::<bool>().prop_map(V::Boolean),
        (amf3::u29::INT_MIN..=amf3::u29::INT_MAX).prop_map(V::Integer),
        any::<u64>().prop_map(|bits| V::Double(f64::from_bits(bits))),
        prop_oneof![name(), ".{0,20}", Just("x".repeat(20_000))].prop_map(V::String),
        ".{0,8}".prop_map(V::XmlDocument),
        ".{0,8}".prop_map(V::Xml),
        any::<u64>().prop_map(|bits| V::Date(f64::from_bits(bits))),
        vec(any::<u8>(), 0..300).prop_map(V::ByteArray),
        (any::<bool>(), vec(any::<i32>(), 0..5)).prop_map(|(fixed, items)| V::VectorInt { fixed, items }),
        (any::<bool>(), vec(any::<u32>(), 0..5)).prop_map(|(fixed, items)| V::VectorUint { fixed, items }),
        (any::<bool>(), vec(any::<f64>(), 0..5)).prop_map(|(fixed, items)| V::VectorDouble { fixed, items }),
        // Made to fit by `within`.
        any::<u32>().prop_map(V::Reference),
    ]
}

fn amf3_tree() -> impl Strategy<Value = amf3::Value> {
    use amf3::Value as V;
    amf3_plain().prop_recursive(5, 40, 6, |inner| {
        let members = vec((name(), inner.clone()), 0..4).boxed();
        let items = vec(inner.clone(), 0..5);
        // Not an integer: those are written as text where they are keys.
        let key = inner.clone().prop_map(|key| if matches!(key, V::Integer(_)) { V::Null } else { key });
        let class = prop_oneof![Just(FlexClass::ArrayCollection), Just(FlexClass::ObjectProxy)];
        prop_oneof![
            (members.clone(), items.clone()).prop_map(|(associative, dense)| V::Array { associative, dense }),
            (prop_oneof![Just(String::new()), name()], members.clone(), proptest::option::of(members))
                .prop_map(|(class, sealed, dynamic)| V::Object(Box::new(Object { class, sealed, dynamic }))),
            (class, inner.clone()).prop_map(|(class, value)| V::Flex(Box::new(Flex { class, value }))),
            (any::<bool>(), name(), items).prop_map(|(fixed, type_name, items)| {
                V::VectorObject(Box::new(VectorObject { fixed, type_name, items }))
            }),
            (any::<bool>(), vec((key, inner), 0..4))
                .prop_map(|(weak, entries)| V::Dictionary { weak, entries }),
        ]
    })
}

/// Moves every reference to an index that began before it: an earlier value, or one it is inside of.
fn within(value: &mut amf3::Value, began: &mut u32) {
    use amf3::Value as V;
    match value {
        V::Reference(_) if *began == 0 => *value = V::Null,
        V::Reference(index) => *index %= *began,
        V::Undefined | V::Null | V::Boolean(_) | V::Integer(_) | V::Double(_) | V::String(_) => {}
        complex => {
            *began += 1;
            match complex {
                V::Array { associative, dense } => {
                    associative.iter_mut().for_each(|(_, value)| within(value, began));
                    dense.iter_mut().for_each(|value| within(value, began));
                }
                V::Object(object) => {
                    object.sealed.iter_mut().for_each(|(_, value)| within(value, began));
                    object.dynamic.iter_mut().flatten().for_each(|(_, value)| within(value, began));
                }
                V::Flex(flex) => within(&mut flex.value, began),
                V::VectorObject(vector) => vector.items.iter_mut().for_each(|value| within(value, began)),
                V::Dictionary { entries, .. } => entries.iter_mut().for_each(|(key, value)| {
                    within(key, began);
                    within(value, began);
                }),
                _ => {}
            }
        }
    }
}

fn amf3_value() -> impl Strategy<Value = amf3::Value> {
    amf3_tree().prop_map(|mut value| {
        within(&mut value, &mut 0);
        value
    })
}

fn amf3_message() -> impl Strategy<Value = Vec<amf3::Value>> {
    vec(amf3_tree(), 0..4).prop_map(|mut values| {
        let mut began = 0;
        values.iter_mut().for_each(|value| within(value, &mut began));
        values
    })
}

/// Equality that tells NaN from NaN and -0 from 0: `Debug` prints both apart, the bytes decide.
fn same(left: &[Value], right: &[Value]) -> bool {
    encode_all(left).unwrap() == encode_all(right).unwrap() && format!("{left:?}") == format!("{right:?}")
}

fn same_amf3(left: &[amf3::Value], right: &[amf3::Value]) -> bool {
    amf3::encode_all(left).unwrap() == amf3::encode_all(right).unwrap()
        && format!("{left:?}") == format!("{right:?}")
}

/// What was decoded can be written and reads back as itself, and borrowed values are the owned ones.
fn check_amf0(bytes: &[u8]) -> Result<(), TestCaseError> {
    let limits = Limits::default();
    let owned = decode_all(bytes, &limits);
    match (&owned, decode_all_ref(bytes, &limits)) {
        (Ok(owned), Ok(borrowed)) => {
            let borrowed: Vec<Value> = borrowed.iter().map(ValueRef::to_value).collect();
            prop_assert_eq!(format!("{owned:?}"), format!("{borrowed:?}"));
        }
        (Err(owned), Err(borrowed)) => prop_assert_eq!(*owned, borrowed),
        (owned, borrowed) => prop_assert!(false, "{owned:?} but {borrowed:?}"),
    }
    match owned {
        Ok(values) => match encode_all(&values) {
            Ok(bytes) => match decode_all(&bytes, &limits) {
                Ok(again) => prop_assert!(same(&again, &values)),
                // Tables of its own for each AMF3 value have more entries than shared ones.
                Err(error) => prop_assert!(error.kind.limit().is_some(), "{error}"),
            },
            Err(error) => {
                prop_assert!(matches!(error, EncodeError::MessageReference(_) | EncodeError::EmptyName))
            }
        },
        Err(error) => prop_assert!(error.offset <= bytes.len()),
    }
    Ok(())
}

fn check_amf3(bytes: &[u8]) -> Result<(), TestCaseError> {
    match amf3::decode_all(bytes, &Limits::default()) {
        Ok(values) => {
            let bytes = amf3::encode_all(&values).unwrap();
            let again = amf3::decode_all(&bytes, &Limits::default()).unwrap();
            prop_assert_eq!(amf3::encode_all(&again).unwrap(), bytes);
        }
        Err(error) => prop_assert!(error.offset <= bytes.len()),
    }
    Ok(())
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(values in amf0_message()) {
        let bytes = encode_all(&values).unwrap();
        let decoded = decode_all(&bytes, &Limits::default()).unwrap();
        prop_assert!(same(&decoded, &values), "{values:?} became {decoded:?}");
    }

    #[test]
    fn decoding_undoes_encoding_in_amf3(values in amf3_message()) {
        let bytes = amf3::encode_all(&values).unwrap();
        let decoded = amf3::decode_all(&bytes, &Limits::default()).unwrap();
        prop_assert!(same_amf3(&decoded, &values), "{values:?} became {decoded:?}");
    }

    #[test]
    fn every_cut_decodes_to_a_prefix_or_is_truncated(
        values in amf0_message(),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = encode_all(&values).unwrap();
        let cut = cut.index(bytes.len() + 1);
        match decode_all(&bytes[..cut], &Limits::default()) {
            Ok(decoded) => prop_assert!(decoded.len() <= values.len()),
            Err(error) => {
                prop_assert!(error.offset <= cut);
                prop_assert_eq!(error.kind, ErrorKind::Truncated);
            }
        }
    }

    #[test]
    fn every_cut_of_amf3_decodes_to_a_prefix_or_is_truncated(
        values in amf3_message(),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = amf3::encode_all(&values).unwrap();
        let cut = cut.index(bytes.len() + 1);
        match amf3::decode_all(&bytes[..cut], &Limits::default()) {
            Ok(decoded) => prop_assert!(decoded.len() <= values.len()),
            Err(error) => {
                prop_assert!(error.offset <= cut);
                prop_assert_eq!(error.kind, ErrorKind::Truncated);
            }
        }
    }

    #[test]
    fn changed_bytes_decode_or_fail_cleanly(
        values in amf0_message(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = encode_all(&values).unwrap();
        bytes.push(0);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check_amf0(&bytes)?;
    }

    #[test]
    fn changed_bytes_of_amf3_decode_or_fail_cleanly(
        values in amf3_message(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = amf3::encode_all(&values).unwrap();
        bytes.push(0);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check_amf3(&bytes)?;
    }

    #[test]
    fn any_bytes_decode_or_fail_cleanly(bytes in vec(any::<u8>(), 0..200)) {
        check_amf0(&bytes)?;
        check_amf3(&bytes)?;
    }

    #[test]
    fn bytes_made_of_markers_decode_or_fail_cleanly(bytes in vec(0_u8..=0x12, 0..200)) {
        check_amf0(&bytes)?;
        check_amf3(&bytes)?;
    }

    #[test]
    fn u29_is_read_as_written(number in 0..=amf3::u29::MAX) {
        let mut bytes = Vec::new();
        amf3::u29::write(number, &mut bytes).unwrap();
        prop_assert_eq!(amf3::u29::read(&bytes), Some((number, &[][..])));
        prop_assert_eq!(amf3::u29::unsigned(amf3::u29::signed(number)), Some(number));
    }
}
