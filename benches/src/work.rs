//! One pass over an input, by the floor and by the reference codec. Each returns the number of messages.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use rtmp_proto::{ChunkDecoder, ChunkEncoder, Decoded, Limits};

use crate::{floor, inputs::Input};

/// How long an owned message lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Dropped at once.
    Not,
    /// Until 256 later ones have come.
    Retained,
}

/// The last 256 of something, as a group of pictures keeps its frames.
pub struct Ring<T> {
    kept: Vec<Option<T>>,
    next: usize,
}

impl<T> Ring<T> {
    /// An empty ring, or one that keeps nothing.
    #[must_use]
    pub fn new(keep: Keep) -> Self {
        let length = if keep == Keep::Retained { 256 } else { 0 };
        Self { kept: std::iter::repeat_with(|| None).take(length).collect(), next: 0 }
    }

    /// Takes `item` in place of the oldest one.
    #[inline]
    pub fn put(&mut self, item: T) {
        match self.kept.get_mut(self.next) {
            Some(slot) => {
                *slot = Some(item);
                self.next = (self.next + 1) % 256;
            }
            None => drop(black_box(item)),
        }
    }
}

/// The input copied piece by piece: what every receiver does at least.
pub fn memcpy(input: &Input, piece: usize) -> u64 {
    let mut buffer = vec![0; piece.min(input.wire.len())];
    for piece in input.wire.chunks(piece) {
        buffer[..piece.len()].copy_from_slice(piece);
        black_box(&buffer);
    }
    input.count()
}

/// The floor, payload lent.
pub fn floor_lent(input: &Input, piece: usize) -> u64 {
    let mut decoder = floor::Decoder::default();
    let mut count = 0;
    for piece in input.wire.chunks(piece) {
        decoder.for_each(piece, |message| {
            black_box(message);
            count += 1;
        });
    }
    count
}

/// The floor, payload copied into a message of its own.
pub fn floor_owned(input: &Input, piece: usize, keep: Keep) -> u64 {
    let mut decoder = floor::Decoder::default();
    let mut ring = Ring::new(keep);
    let mut count = 0;
    for piece in input.wire.chunks(piece) {
        decoder.for_each(piece, |message| {
            ring.put((message.time, message.kind, message.stream, Bytes::copy_from_slice(message.payload)));
            count += 1;
        });
    }
    count
}

/// [`ChunkDecoder::for_each`].
pub fn lent(input: &Input, piece: usize) -> u64 {
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut count = 0;
    for piece in input.wire.chunks(piece) {
        let result = decoder.for_each(piece, |message| {
            black_box(message);
            count += 1;
        });
        result.expect("the input is well-formed");
    }
    count
}

/// [`ChunkDecoder::next`]; the copy into the read buffer stands for the read and is part of it.
pub fn owned(input: &Input, piece: usize, keep: Keep) -> u64 {
    let mut ring = Ring::new(keep);
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut count = 0;
    let mut buffer = BytesMut::new();
    for piece in input.wire.chunks(piece) {
        buffer.reserve(piece.len());
        buffer.extend_from_slice(piece);
        while let Decoded::Message(message) = decoder.next(&mut buffer).expect("the input is well-formed") {
            ring.put(message);
            count += 1;
        }
    }
    count
}

/// [`ChunkDecoder::for_each_owned`]; the copy into a buffer of its own stands for the read and is part of it.
pub fn given(input: &Input, piece: usize, share_from: usize, keep: Keep) -> u64 {
    let mut ring = Ring::new(keep);
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut count = 0;
    for piece in input.wire.chunks(piece) {
        let piece = Bytes::copy_from_slice(piece);
        let result = decoder.for_each_owned(&piece, share_from, |message| {
            ring.put(message);
            count += 1;
        });
        result.expect("the input is well-formed");
    }
    count
}

/// Bytes that an encoder appends before its output is taken away.
pub const BATCH: usize = 64 << 10;

/// The floor, payload copied.
pub fn floor_encode_copying(input: &Input) -> u64 {
    let mut encoder = floor::Encoder::default();
    let mut out = Vec::with_capacity(4 * BATCH);
    let mut filled = 0;
    for message in &input.messages {
        encoder.copy(message, input.chunk_size as usize, &mut out);
        filled += message.payload.len();
        if filled >= BATCH {
            filled = 0;
            black_box(&out);
            out.clear();
        }
    }
    input.count()
}

/// The floor, slices for a gathering write.
pub fn floor_encode_iovec(input: &Input) -> u64 {
    let mut encoder = floor::Encoder::default();
    for message in &input.messages {
        encoder.slices(message, input.chunk_size as usize, |slice| {
            black_box(slice);
        });
    }
    input.count()
}

/// [`ChunkEncoder::encode`].
pub fn encode_copying(input: &Input) -> u64 {
    let mut encoder = ChunkEncoder::new();
    encoder.set_chunk_size(input.chunk_size);
    let mut out = BytesMut::with_capacity(4 * BATCH);
    let mut filled = 0;
    for message in &input.messages {
        encoder.encode(message, &mut out);
        filled += message.payload.len();
        if filled >= BATCH {
            filled = 0;
            black_box(&out);
            out.clear();
        }
    }
    input.count()
}

/// [`ChunkEncoder::chunks`]: slices for a gathering write.
pub fn encode_iovec(input: &Input) -> u64 {
    let mut encoder = ChunkEncoder::new();
    encoder.set_chunk_size(input.chunk_size);
    for message in &input.messages {
        encoder.chunks(message.as_ref()).slices().for_each(|slice| {
            black_box(slice);
        });
    }
    input.count()
}
