//! The chunk decoder's entry points and the encoder against a plain model of RTMP 5.3.1, on streams as peers
//! write them and on damaged ones, in pieces of any length.

mod model;
mod writer;

use bytes::{Bytes, BytesMut};
use model::{End, Reading};
use proptest::{collection::vec as vec_of, prelude::*};
use rtmp_proto::{
    ChunkDecoder, ChunkEncoder, ChunkStreamId, Decoded, Limits, Message, MessageStreamId, MessageType,
    Timestamp, tamper::Tamper,
};
use writer::{any_body, any_wire};

const MAX_MESSAGE_LEN: u32 = 0xFF_FFFF;

/// What [`model::read`] gives, and the bytes consumed if there was no error.
type Outcome = (Vec<Message>, End, Option<u64>);

#[derive(Debug, Clone, Copy)]
enum Entry {
    Lent,
    Next,
    Tampered,
    Owned(usize),
}

const ENTRIES: [Entry; 6] =
    [Entry::Lent, Entry::Next, Entry::Tampered, Entry::Owned(0), Entry::Owned(64), Entry::Owned(usize::MAX)];

struct Idle;

impl Tamper for Idle {}

impl Entry {
    fn read(
        self,
        decoder: &mut ChunkDecoder,
        input: &mut BytesMut,
        messages: &mut Vec<Message>,
    ) -> Result<(), rtmp_proto::SessionError> {
        match self {
            Self::Lent => {
                let consumed = decoder.for_each(input, |message| messages.push(message.to_owned()))?;
                assert_eq!(consumed, input.len());
                input.clear();
                Ok(())
            }
            Self::Owned(share_from) => {
                let input = input.split().freeze();
                decoder.for_each_owned(&input, share_from, |message| messages.push(message))
            }
            Self::Next | Self::Tampered => loop {
                let decoded = match self {
                    Self::Next => decoder.next(input)?,
                    _ => decoder.next_tampered(input, Some(&mut Idle))?,
                };
                match decoded {
                    Decoded::Message(message) => messages.push(message),
                    Decoded::NeedMore(_) => {
                        assert!(input.is_empty());
                        return Ok(());
                    }
                    Decoded::Stopped(ruling) => panic!("{ruling:?}"),
                }
            },
        }
    }
}

/// Pieces of `wire` by `lengths` in turn, each read by the next of `entries`.
fn decode(limits: &Limits, wire: &[u8], lengths: &[usize], entries: &[Entry]) -> Outcome {
    let mut decoder = ChunkDecoder::new(limits);
    let mut messages = Vec::new();
    let mut input = BytesMut::new();
    let mut rest = wire;
    let mut entries = entries.iter().cycle();
    for &length in lengths.iter().chain([&wire.len()]) {
        let (piece, later) = rest.split_at(length.min(rest.len()));
        rest = later;
        input.extend_from_slice(piece);
        let entry = entries.next().expect("there is an entry");
        if let Err(error) = entry.read(&mut decoder, &mut input, &mut messages) {
            // The decoder is of no more use, but does not panic either.
            input.extend_from_slice(rest);
            let _ = entry.read(&mut decoder, &mut input, &mut Vec::new());
            return (messages, End::of(Err(error)), None);
        }
    }
    (messages, End::Open, Some(decoder.bytes_consumed()))
}

fn any_lengths() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![1; 10_000]),
        vec_of(1usize..8, 0..600),
        vec_of(0usize..400, 0..20),
        vec_of(0usize..3000, 0..6)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn all_entry_points_read_what_the_model_reads(
        wire in any_wire(),
        lengths in any_lengths(),
        (message_len, chunk_streams) in prop_oneof![4 => Just((0xFF_FFFFu32, 65_598u32)), 1 => (1u32..600, 1u32..5)],
        mixed in vec_of(proptest::sample::select(ENTRIES.to_vec()), 1..6),
    ) {
        let limits = Limits { message_len, chunk_streams, ..Limits::default() };
        let (messages, end) =
            model::read(&wire, Reading::default(), message_len as usize, chunk_streams as usize);
        let consumed = (end == End::Open).then_some(wire.len() as u64);
        let expected = (messages, end, consumed);
        for entry in ENTRIES {
            prop_assert_eq!(&decode(&limits, &wire, &[], &[entry]), &expected, "{:?} in one piece", entry);
            prop_assert_eq!(&decode(&limits, &wire, &lengths, &[entry]), &expected, "{:?} in pieces", entry);
        }
        prop_assert_eq!(&decode(&limits, &wire, &lengths, &mixed), &expected, "{:?}", mixed);
    }
}

fn any_message() -> impl Strategy<Value = Message> {
    let id = proptest::sample::select(vec![2u32, 3, 4, 63, 64, 65, 319, 320, 575, 65_599]);
    let time = prop_oneof![
        0u32..1000,
        0xFF_FFF0u32..0x100_0010,
        0x1FF_FFF0u32..0x200_0010,
        Just(0xFFFF_FFF0u32),
        any::<u32>()
    ];
    let kind = prop_oneof![Just(8u8), Just(9u8), 3u8..=255];
    (id, time, kind, proptest::sample::select(vec![0u32, 1, 0xFFFF_FFFF]), any_body(700)).prop_map(
        |(id, time, kind, stream, body)| Message {
            chunk_stream: ChunkStreamId::new(id).expect("within 2..=65599"),
            timestamp: Timestamp(time),
            kind: MessageType(kind),
            stream: MessageStreamId(stream),
            payload: Bytes::from(body),
        },
    )
}

/// Few chunk streams, types and deltas, so that all chunk types occur.
fn any_sequence() -> impl Strategy<Value = Vec<Message>> {
    let step = prop_oneof![4 => 0u32..3, 1 => 0xFF_FFFDu32..0x100_0002, 1 => any::<u32>()];
    let from = prop_oneof![Just(0u32), Just(0xFF_FF00), Just(0xFFFF_FFF0)];
    (from, vec_of((any_message(), 0u32..4, step, prop_oneof![Just(9u8), Just(8u8)], 0usize..3), 0..20))
        .prop_map(|(mut now, messages)| {
            let few = |(mut message, id, step, kind, length): (Message, u32, u32, u8, usize)| {
                now = now.wrapping_add(step);
                message.chunk_stream = ChunkStreamId::new([3, 4, 64, 320][id as usize]).expect("an id");
                message.timestamp = Timestamp(now);
                message.kind = MessageType(kind);
                message.stream = MessageStreamId(1);
                message.payload.truncate([1, 130, 700][length]);
                message
            };
            messages.into_iter().map(few).collect()
        })
}

fn any_chunk_size() -> impl Strategy<Value = u32> {
    prop_oneof![1u32..10, Just(128), 100u32..800, Just(MAX_MESSAGE_LEN)]
}

fn set_chunk_size(size: u32, wire: &mut BytesMut) {
    wire.extend_from_slice(&[2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]);
    wire.extend_from_slice(&size.to_be_bytes());
}

fn read_all(wire: &[u8], reading: Reading) -> (Vec<Message>, End) {
    let (mut messages, end) = model::read(wire, reading, MAX_MESSAGE_LEN as usize, usize::MAX);
    messages.remove(0);
    (messages, end)
}

proptest! {
    #[test]
    fn what_the_encoder_writes_is_read_alike_by_receivers_of_all_habits(
        size in any_chunk_size(),
        messages in prop_oneof![vec_of(any_message(), 0..20), any_sequence()],
        forgotten in vec_of(any::<bool>(), 20),
    ) {
        let (mut wire, mut encoder) = (BytesMut::new(), ChunkEncoder::new());
        set_chunk_size(size, &mut wire);
        encoder.set_chunk_size(size);
        let mut repeats = false;
        for (message, forget) in messages.iter().zip(forgotten) {
            if forget {
                encoder.forget(message.chunk_stream);
            }
            let chunks = encoder.chunks(message.as_ref());
            chunks.append_to(&mut wire);
            let fmt = chunks.slices().next().expect("a header")[0] >> 6;
            let extended = fmt == 0 && message.timestamp.0 >= 0xFF_FFFF;
            repeats |= extended && message.payload.len() > size as usize;
        }
        // A continuation has to repeat the extended timestamp or not: only there do habits matter.
        let habits: &[Option<bool>] = if repeats { &[Some(true)] } else { &[Some(true), Some(false), None] };
        for &repeats in habits {
            for nothing_after_type0 in [false, true] {
                for absolute_extended in [false, true] {
                    let reading = Reading { repeats, nothing_after_type0, absolute_extended };
                    let (read, end) = read_all(&wire, reading);
                    prop_assert_eq!(&read, &messages, "{:?}", reading);
                    prop_assert_eq!(end, End::Open);
                }
            }
        }
    }

    #[test]
    fn independent_chunks_are_the_bytes_of_encode_independent(
        size in prop_oneof![any_chunk_size(), Just(0), any::<u32>()],
        message in any_message(),
    ) {
        let (mut wire, mut appended) = (BytesMut::new(), BytesMut::new());
        ChunkEncoder::encode_independent(&message, size, &mut wire);
        let chunks = ChunkEncoder::independent_chunks(message.as_ref(), size);
        chunks.append_to(&mut appended);
        prop_assert_eq!(&appended, &wire);
        prop_assert_eq!(chunks.wire_len(), wire.len());
        prop_assert_eq!(chunks.slices().len(), chunks.slices().count());
        // Once by `fold`, once by `next`.
        prop_assert_eq!(&chunks.slices().collect::<Vec<_>>().concat(), &wire);
        let mut folded = Vec::new();
        chunks.slices().for_each(|slice| folded.extend_from_slice(slice));
        prop_assert_eq!(&folded, &wire);
        let mut sent = BytesMut::new();
        set_chunk_size(size.clamp(1, MAX_MESSAGE_LEN), &mut sent);
        sent.extend_from_slice(&wire);
        prop_assert_eq!(read_all(&sent, Reading { repeats: Some(true), ..Reading::default() }), (vec![message], End::Open));
    }
}
