#![no_main]

use libfuzzer_sys::fuzz_target;
use rtmp_amf::{Limits, decode_all, encode_all, resolve};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    match decode_all(data, &limits) {
        Ok(values) => {
            let bytes = encode_all(&values).expect("what was decoded can be encoded");
            let again = decode_all(&bytes, &limits).expect("what was encoded can be decoded");
            assert_eq!(encode_all(&again).as_ref(), Ok(&bytes));
            let _ = resolve(&values, 0);
        }
        Err(error) => assert!(error.offset <= data.len()),
    }
});
