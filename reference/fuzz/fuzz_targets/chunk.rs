#![no_main]

#[path = "../../proto/tests/chunk_model/model.rs"]
mod model;

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use model::{End, Reading};
use rtmp_proto::{ChunkDecoder, Decoded, Limits, Message, SessionError};

const CHUNK_STREAMS: u32 = 64;

fn decoder() -> ChunkDecoder {
    ChunkDecoder::new(&Limits { chunk_streams: CHUNK_STREAMS, ..Limits::default() })
}

/// Messages until the end or an error, and the error.
fn lent(stream: &[u8], portion: usize) -> (Vec<Message>, End) {
    let (mut decoder, mut found) = (decoder(), Vec::new());
    let mut each = |bytes| decoder.for_each(bytes, |message| found.push(message.to_owned())).map(drop);
    let result = stream.chunks(portion).try_for_each(&mut each);
    (found, End::of(result))
}

fn given(stream: &[u8], portion: usize) -> (Vec<Message>, End) {
    let (mut decoder, mut found, stream) = (decoder(), Vec::new(), Bytes::copy_from_slice(stream));
    let mut each = |start: usize| {
        let bytes = stream.slice(start..(start + portion).min(stream.len()));
        decoder.for_each_owned(&bytes, 64, |message| found.push(message))
    };
    let result = (0..stream.len()).step_by(portion).try_for_each(&mut each);
    (found, End::of(result))
}

fn owned(stream: &[u8], portion: usize) -> (Vec<Message>, End) {
    let (mut decoder, mut found, mut input) = (decoder(), Vec::new(), BytesMut::new());
    let mut each = |bytes: &[u8]| -> Result<(), SessionError> {
        input.extend_from_slice(bytes);
        while let Decoded::Message(message) = decoder.next(&mut input)? {
            found.push(message);
        }
        assert!(input.is_empty());
        Ok(())
    };
    let result = stream.chunks(portion).try_for_each(&mut each);
    (found, End::of(result))
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, stream)) = data.split_first() else { return };
    let portion = usize::from(*portion) + 1;
    let whole = stream.len().max(1);
    let expected = model::read(stream, Reading::default(), 0xFF_FFFF, CHUNK_STREAMS as usize);
    for portion in [whole, portion] {
        assert_eq!(lent(stream, portion), expected);
        assert_eq!(owned(stream, portion), expected);
        assert_eq!(given(stream, portion), expected);
    }
});
