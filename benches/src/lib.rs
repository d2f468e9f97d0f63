//! Inputs of the benches: chunk streams made from a fixed seed, the same bytes on each machine.

use bytes::{Bytes, BytesMut};
use rtmp_proto::{ChunkEncoder, ChunkStreamId, Control, Message, MessageStreamId, MessageType, Timestamp};

/// Pieces in which an input is fed, in bytes: what a large read of a socket gives.
pub const PIECE: usize = 64 << 10;

/// One direction of a connection after its handshake.
pub struct Input {
    /// Name in the reports, e.g. `av 4096`.
    pub name: &'static str,
    /// The chunks.
    pub wire: Vec<u8>,
    /// Messages in `wire`.
    pub messages: u64,
}

impl Input {
    fn new(name: &'static str, chunk_size: u32, messages: impl IntoIterator<Item = Message>) -> Self {
        let mut encoder = ChunkEncoder::new();
        let mut wire = BytesMut::new();
        encoder.encode(&Control::SetChunkSize(chunk_size).encode(), &mut wire);
        encoder.set_chunk_size(chunk_size);
        let mut count = 1;
        for message in messages {
            encoder.encode(&message, &mut wire);
            count += 1;
        }
        Self { name, wire: wire.to_vec(), messages: count }
    }
}

/// All inputs of the chunk benches.
#[must_use]
pub fn chunk_inputs() -> Vec<Input> {
    vec![
        Input::new("av 128", 128, audio_and_video()),
        Input::new("av 4096", 4096, audio_and_video()),
        Input::new("tiny", 128, tiny()),
    ]
}

/// 60 s of video at 2.5 Mb/s and 30 frames per second with a key frame of 60..100 kB every two
/// seconds, and of audio at 128 kb/s.
#[must_use]
pub fn audio_and_video() -> Vec<Message> {
    let mut random = Random(1);
    let mut messages = Vec::new();
    for frame in 0..60 * 30 {
        let length = match frame % 60 {
            0 => 60_000 + random.below(40_000),
            _ => 6_000 + random.below(6_000),
        };
        messages.push(message(6, frame * 1000 / 30, MessageType::VIDEO, random.bytes(length)));
    }
    for frame in 0..60 * 44_100 / 1024 {
        let length = 340 + random.below(60);
        messages.push(message(4, frame * 1024 * 10 / 441, MessageType::AUDIO, random.bytes(length)));
    }
    messages.sort_by_key(|message| message.timestamp.0);
    messages
}

/// Messages of some tens of bytes on two chunk streams.
#[must_use]
pub fn tiny() -> Vec<Message> {
    let mut random = Random(2);
    (0..20_000)
        .map(|index| {
            let length = 10 + random.below(50);
            message(4 + index % 2 * 2, index * 5, MessageType::AUDIO, random.bytes(length))
        })
        .collect()
}

fn message(id: u32, ms: u32, kind: MessageType, payload: Bytes) -> Message {
    Message {
        chunk_stream: ChunkStreamId::new(id).expect("an id between 2 and 65599"),
        timestamp: Timestamp(ms),
        kind,
        stream: MessageStreamId(1),
        payload,
    }
}

/// A linear congruential generator: the inputs only have to be the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.next() % bound
    }

    fn bytes(&mut self, length: u32) -> Bytes {
        (0..length).map(|_| self.next() as u8).collect()
    }
}
