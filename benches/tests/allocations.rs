//! Gate: allocations per message of the chunk decoder, counted exactly. A program without the test
//! harness, whose threads would allocate, too.

use std::process::ExitCode;

use bytes::{Bytes, BytesMut};
use rtmp_bench::{
    counting::{self, Counting},
    inputs::{Input, chunk_inputs},
};
use rtmp_proto::{ChunkDecoder, Decoded, Limits, Message};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PIECE: usize = 64 << 10;
/// Each message owned.
const OWNED: f64 = 1.0;
/// Each message kept, as a slice of the input wherever it lies in one chunk.
const SHARED: f64 = 0.15;
/// Allocations for the states of the chunk streams, which do not grow with the number of messages.
const PER_CONNECTION: usize = 2;
/// Inputs of which nearly all messages lie in one chunk: the others cannot do without a copy.
const IN_ONE_CHUNK: [&str; 3] = ["av 60000", "audio 4096", "tiny 128"];

fn main() -> ExitCode {
    let mut broken = false;
    println!("allocations per message{:>10}{:>10}{:>10}{:>10}", "lent", "next", "owned", "shared");
    for input in chunk_inputs() {
        let per_message =
            |allocations: usize| allocations.saturating_sub(PER_CONNECTION) as f64 / input.count() as f64;
        let lent = per_message(lent(&input));
        let next = per_message(next(&input));
        let owned = per_message(given(&input, usize::MAX));
        let shared = per_message(given(&input, 0));
        println!("{:23}{lent:10.3}{next:10.3}{owned:10.3}{shared:10.3}", input.name);
        broken |= next > OWNED || owned > OWNED || lent > SHARED;
        broken |= shared > if IN_ONE_CHUNK.contains(&input.name) { SHARED } else { OWNED };
    }
    println!("at most {OWNED} next and owned; {SHARED} lent, and shared of {}", IN_ONE_CHUNK.join(", "));
    if broken {
        println!("FAILED: above a bound");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn decoder() -> ChunkDecoder {
    ChunkDecoder::new(&Limits::default())
}

fn lent(input: &Input) -> usize {
    let mut decoder = decoder();
    let before = counting::calls();
    for piece in input.wire.chunks(PIECE) {
        decoder.for_each(piece, |_| ()).expect("the input is well-formed");
    }
    counting::calls() - before
}

/// The read buffer is the caller's and not counted.
fn next(input: &Input) -> usize {
    let mut decoder = decoder();
    let mut kept = Vec::with_capacity(input.messages.len());
    let mut allocations = 0;
    for piece in input.wire.chunks(PIECE) {
        let mut buffer = BytesMut::from(piece);
        let before = counting::calls();
        while let Decoded::Message(message) = decoder.next(&mut buffer).expect("the input is well-formed") {
            kept.push(message);
        }
        allocations += counting::calls() - before;
    }
    check(input, &kept);
    allocations
}

fn given(input: &Input, share_from: usize) -> usize {
    let mut decoder = decoder();
    let mut kept = Vec::with_capacity(input.messages.len());
    let mut allocations = 0;
    for piece in input.wire.chunks(PIECE) {
        let piece = Bytes::copy_from_slice(piece);
        let before = counting::calls();
        let result = decoder.for_each_owned(&piece, share_from, |message| kept.push(message));
        result.expect("the input is well-formed");
        allocations += counting::calls() - before;
    }
    check(input, &kept);
    allocations
}

fn check(input: &Input, kept: &[Message]) {
    assert!(kept == input.messages, "{}: other messages than were encoded", input.name);
}
