//! Decoding of chunks against a plain copy of the same bytes in the same pieces.

use std::hint::black_box;

use bytes::BytesMut;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rtmp_bench::{Input, PIECE, chunk_inputs};
use rtmp_proto::{ChunkDecoder, Decoded, Limits};

fn decode(criterion: &mut Criterion) {
    for input in chunk_inputs() {
        let mut group = criterion.benchmark_group(format!("decode/{}", input.name));
        group.throughput(Throughput::Elements(input.messages));
        group.bench_function("memcpy", |bencher| {
            let mut buffer = vec![0; PIECE];
            bencher.iter(|| copy(&input, &mut buffer));
        });
        group.bench_function("for_each", |bencher| bencher.iter(|| lend(&input)));
        group.bench_function("next", |bencher| bencher.iter(|| own(&input)));
        group.finish();
    }
}

/// What every receiver has to do at least: the floor of the other two.
fn copy(input: &Input, buffer: &mut [u8]) {
    for piece in input.wire.chunks(PIECE) {
        buffer[..piece.len()].copy_from_slice(piece);
        black_box(&buffer);
    }
}

/// Payload borrowed for the duration of a call.
fn lend(input: &Input) {
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut messages = 0;
    for piece in input.wire.chunks(PIECE) {
        decoder
            .for_each(piece, |message| {
                black_box(message);
                messages += 1;
            })
            .expect("the input is well-formed");
    }
    assert_eq!(messages, input.messages);
}

/// Each message owned and dropped at once; the copy into the read buffer is part of it.
fn own(input: &Input) {
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut messages = 0;
    let mut buffer = BytesMut::with_capacity(PIECE);
    for piece in input.wire.chunks(PIECE) {
        buffer.extend_from_slice(piece);
        while let Decoded::Message(message) = decoder.next(&mut buffer).expect("the input is well-formed") {
            black_box(message);
            messages += 1;
        }
    }
    assert_eq!(messages, input.messages);
}

criterion_group!(benches, decode);
criterion_main!(benches);
