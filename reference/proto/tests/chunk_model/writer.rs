//! Chunk streams as peers may write them: every form of every header, in disorder, and damaged.

use std::collections::HashMap;

use proptest::{collection::vec as vec_of, prelude::*, sample::select};

const IDS: [u32; 10] = [2, 3, 4, 63, 64, 65, 319, 320, 575, 65_599];

#[derive(Debug, Clone)]
enum Op {
    /// The next chunk of a message in progress, or else a new message.
    Chunk {
        id: u32,
        /// Bytes of the basic header, 1..=3, brought up to what the id needs.
        form: u8,
        fmt: u8,
        time: u32,
        length: Length,
        kind: u8,
        stream: u32,
        body: u8,
        /// Chunk types and lengths as they come, even where they break a rule.
        wild: bool,
    },
    SetChunkSize(u32),
    Abort(u32),
    Raw(Vec<u8>),
}

#[derive(Debug, Clone, Copy)]
enum Length {
    Of(u32),
    /// So many chunks, and so many bytes more or less.
    Chunks(u32, i32),
}

fn any_op() -> impl Strategy<Value = Op> {
    let time = prop_oneof![
        4 => select(vec![0u32, 1, 20, 0xFF_FFFE]),
        2 => select(vec![0xFF_FFFF, 0x100_0000, 0x0102_0304, 0xC3C4_C3C4, 0xFFFF_FFEC, 0xFFFF_FFFF]),
        1 => any::<u32>(),
    ];
    let length = prop_oneof![
        1 => Just(Length::Of(0)),
        2 => (0u32..400).prop_map(Length::Of),
        3 => (0u32..5, -1i32..2).prop_map(|(count, more)| Length::Chunks(count, more)),
    ];
    let kind = prop_oneof![8 => select(vec![8u8, 9, 18, 20, 0, 255]), 1 => 0u8..7];
    let chunk = (
        (select(IDS.to_vec()), 1u8..4, 0u8..4, time),
        (length, kind, select(vec![0u32, 0, 1, 0xFEDC_BA98]), 0u8..5, prop::bool::weighted(0.02)),
    );
    let size = prop_oneof![1u32..6, select(vec![64, 127, 128, 129, 4096, 0xFF_FFFF, 0x7FFF_FFFF])];
    prop_oneof![
        24 => chunk.prop_map(|((id, form, fmt, time), (length, kind, stream, body, wild))| {
            Op::Chunk { id, form, fmt, time, length, kind, stream, body, wild }
        }),
        2 => size.prop_map(Op::SetChunkSize),
        2 => prop_oneof![select(IDS.to_vec()), select(vec![0, 1, 5, u32::MAX])].prop_map(Op::Abort),
        1 => prop_oneof![
            3 => Just(Vec::new()),
            1 => vec_of(any::<u8>(), 0..30),
            1 => vec_of(select(vec![0xC2u8, 0xC3, 0xC4, 0x84, 0x44, 4, 2, 1, 0]), 0..10),
        ].prop_map(Op::Raw),
    ]
}

pub fn any_body(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec_of(any::<u8>(), 0..20), vec_of(any::<u8>(), 0..longest)]
}

/// Chunks so short that what follows the header of a type 3 chunk, if it has no extended timestamp, agrees
/// with it for some bytes: payload, and headers and payload of later chunks.
fn deceptive_ops() -> impl Strategy<Value = Vec<Op>> {
    let times = vec![0x0404_0404u32, 0xC4C4_C4C4, 0x04C4_04C4, 0x04C4_04C3, 0x04C4_0404, 0x0404_C404];
    let chunk = (select(vec![4u32, 4, 4, 3]), select(vec![0u8, 3]), select(times), 3u32..12, 2u8..8);
    let op = prop_oneof![
        12 => chunk.prop_map(|(id, fmt, time, length, body)| {
            let length = Length::Of(length);
            Op::Chunk { id, form: 1, fmt, time, length, kind: 9, stream: 1, body, wild: false }
        }),
        1 => (1u32..5).prop_map(Op::SetChunkSize),
    ];
    (1u32..5, vec_of(op, 1..30)).prop_map(|(size, mut ops)| {
        ops.insert(0, Op::SetChunkSize(size));
        ops
    })
}

/// Whole streams, in which a few bytes may be changed, and the end cut off.
pub fn any_wire() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop_oneof![
        2 => Just(Vec::new()),
        1 => vec_of((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ];
    let few = vec_of(any_op(), 0..40).prop_map(|ops| {
        // The more chunks on one chunk stream, the more meaning they have.
        let narrow = |op| match op {
            Op::Chunk { id, form, fmt, time, length, kind, stream, body, wild } => {
                let id = if id > 64 { 4 } else { id };
                Op::Chunk { id, form, fmt, time, length, kind, stream, body, wild }
            }
            other => other,
        };
        ops.into_iter().map(narrow).collect()
    });
    let ops = prop_oneof![vec_of(any_op(), 0..60), few, deceptive_ops()];
    let cut = prop_oneof![3 => Just(None), 1 => any::<prop::sample::Index>().prop_map(Some)];
    (any::<bool>(), ops, damage, cut).prop_map(|(repeats, ops, damage, cut)| {
        let mut writer = Writer { out: Vec::new(), chunk_size: 128, repeats, streams: HashMap::new() };
        for op in ops {
            writer.write(op);
        }
        let mut wire = writer.out;
        if wire.is_empty() {
            return wire;
        }
        for (at, byte) in damage {
            let at = at.index(wire.len());
            wire[at] = byte;
        }
        if let Some(at) = cut {
            wire.truncate(at.index(wire.len()));
        }
        wire
    })
}

#[derive(Default, Clone, Copy)]
struct Stream {
    length: usize,
    left: usize,
    extended: Option<u32>,
}

struct Writer {
    out: Vec<u8>,
    chunk_size: usize,
    repeats: bool,
    streams: HashMap<u32, Stream>,
}

impl Writer {
    fn write(&mut self, op: Op) {
        match op {
            Op::Chunk { id, form, fmt, time, length, kind, stream, body, wild } => {
                let length = match length {
                    Length::Of(length) => length as usize,
                    Length::Chunks(count, more) => {
                        (self.chunk_size * count as usize).saturating_add_signed(more as isize).min(2000)
                    }
                };
                let known = self.streams.get(&id).copied();
                let fmt = match known {
                    _ if wild => fmt,
                    None if fmt >= 2 => 0,
                    Some(state) if state.left > 0 => 3,
                    _ => fmt,
                };
                self.chunk(id, form, fmt, time, length, kind, stream, |index, extended| match body {
                    0 => index as u8,
                    1 => 0xC4,
                    2 => extended.to_be_bytes()[index % 4],
                    3 => 0,
                    5.. => 4,
                    _ => (index * 7 + index / 256) as u8,
                });
            }
            Op::SetChunkSize(size) if self.control(1, size) => self.chunk_size = size.min(0xFF_FFFF) as usize,
            Op::Abort(id) if self.control(2, id) => {
                if let Some(state) = self.streams.get_mut(&id) {
                    state.left = 0;
                }
            }
            Op::SetChunkSize(_) | Op::Abort(_) => {}
            Op::Raw(bytes) => self.out.extend(bytes),
        }
    }

    /// A whole message on chunk stream 2, unless there is one in progress.
    fn control(&mut self, kind: u8, number: u32) -> bool {
        if self.streams.get(&2).is_some_and(|state| state.left > 0) {
            return false;
        }
        let mut fmt = 0;
        while fmt == 0 || self.streams[&2].left > 0 {
            self.chunk(2, 1, fmt, 0, 4, kind, 0, |index, _| number.to_be_bytes()[index % 4]);
            fmt = 3;
        }
        true
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a chunk")]
    fn chunk(
        &mut self,
        id: u32,
        form: u8,
        fmt: u8,
        time: u32,
        length: usize,
        kind: u8,
        stream: u32,
        body: impl Fn(usize, u32) -> u8,
    ) {
        let bits = fmt << 6;
        let rest = id.wrapping_sub(64).to_le_bytes();
        match (id, form) {
            (..64, _) => self.out.push(bits | id as u8),
            (64..320, 1 | 2) => self.out.extend([bits, rest[0]]),
            _ => self.out.extend([bits | 1, rest[0], rest[1]]),
        }
        let state = self.streams.entry(id).or_default();
        let continued = state.left > 0;
        if fmt < 3 {
            self.out.extend(&time.min(0xFF_FFFF).to_be_bytes()[1..]);
            state.extended = (time >= 0xFF_FFFF).then_some(time);
        }
        if fmt < 2 {
            state.length = length;
            self.out.extend(&(length as u32).to_be_bytes()[1..]);
            self.out.push(kind);
        }
        if fmt == 0 {
            self.out.extend(stream.to_le_bytes());
        }
        if let Some(extended) = state.extended
            && (fmt < 3 || self.repeats)
        {
            self.out.extend(extended.to_be_bytes());
        }
        if !continued {
            state.left = state.length;
        }
        let from = state.length.saturating_sub(state.left);
        let count = state.left.min(self.chunk_size);
        self.out.extend((from..from + count).map(|index| body(index, state.extended.unwrap_or(0))));
        state.left -= count;
    }
}
