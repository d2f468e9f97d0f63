#![no_main]

use libfuzzer_sys::fuzz_target;
use rtmp_proto::{ChunkDecoder, Limits};

/// Messages until the end or an error, and whether there was one.
fn messages<'a>(portions: impl Iterator<Item = &'a [u8]>) -> (Vec<(u8, u32, Vec<u8>)>, bool) {
    let limits = Limits { partial_bytes: 1 << 20, chunk_streams: 64, ..Limits::default() };
    let mut decoder = ChunkDecoder::new(&limits);
    let mut found = Vec::new();
    for bytes in portions {
        let result = decoder.for_each(bytes, |message| {
            found.push((message.kind.0, message.timestamp.0, message.payload.to_vec()));
        });
        if result.is_err() {
            return (found, true);
        }
    }
    (found, false)
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, stream)) = data.split_first() else { return };
    let whole = messages(core::iter::once(stream));
    let split = messages(stream.chunks(usize::from(*portion) + 1));
    assert_eq!(whole, split);
});
