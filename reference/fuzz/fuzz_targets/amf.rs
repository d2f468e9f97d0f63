#![no_main]
//! AMF0 with AMF3 inside, and AMF3 alone: what decodes can be encoded, and is the same after that.

use libfuzzer_sys::fuzz_target;
use rtmp_amf::{Decoder, Limits, amf3, decode_all, decode_all_ref, encode_all, resolve};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();

    let owned = decode_all(data, &limits);
    match (&owned, decode_all_ref(data, &limits)) {
        (Ok(values), Ok(lent)) => {
            assert_eq!(values.len(), lent.len());
            // NaN differs from itself, so bytes are compared.
            let again: Vec<_> = lent.iter().map(|value| value.to_value()).collect();
            assert_eq!(encode_all(&again), encode_all(values));
        }
        (Err(error), Err(other)) => assert_eq!(*error, other),
        (owned, lent) => panic!("owned {owned:?}, lent {lent:?}"),
    }
    match owned {
        Ok(values) => {
            // A message that shares AMF3 tables across values cannot be written as it was read.
            if let Ok(bytes) = encode_all(&values) {
                match decode_all(&bytes, &limits) {
                    Ok(again) => assert_eq!(encode_all(&again).as_ref(), Ok(&bytes)),
                    // Fresh tables for each 0x11 value need more room than the peer's shared ones.
                    Err(error) => assert!(error.kind.limit().is_some(), "{error}"),
                }
            }
            let _ = resolve(&values, 0);
        }
        Err(error) => assert!(error.offset <= data.len()),
    }

    let mut opaque = Decoder::new(data, &limits).keep_opaque();
    while let Ok(Some(_)) = opaque.next_value() {}

    match amf3::decode_all(data, &limits) {
        Ok(values) => {
            if let Ok(bytes) = amf3::encode_all(&values) {
                let again = amf3::decode_all(&bytes, &limits).expect("what was encoded can be decoded");
                assert_eq!(amf3::encode_all(&again).as_ref(), Ok(&bytes));
            }
            let _ = amf3::resolve(&values, 0);
        }
        Err(error) => assert!(error.offset <= data.len()),
    }
});
