//! Chunk streams made from a fixed seed: the same bytes on each machine.

use bytes::{Bytes, BytesMut};
use rtmp_proto::{ChunkEncoder, ChunkStreamId, Control, Message, MessageStreamId, MessageType, Timestamp};

use crate::amf;

/// One direction of a connection after its handshake.
pub struct Input {
    /// Name in the reports, e.g. `av 4096`.
    pub name: &'static str,
    /// Chunk size of `wire` in bytes, which its first message announces.
    pub chunk_size: u32,
    /// The messages in the order in which they end, the Set Chunk Size first.
    pub messages: Vec<Message>,
    /// The chunks.
    pub wire: Vec<u8>,
}

impl Input {
    fn new(name: &'static str, chunk_size: u32, messages: Vec<Message>) -> Self {
        Self::interleaved(name, chunk_size, messages, false)
    }

    /// With `interleave`, an audio message that follows a video message goes between the chunks of it.
    fn interleaved(name: &'static str, chunk_size: u32, messages: Vec<Message>, interleave: bool) -> Self {
        let mut encoder = ChunkEncoder::new();
        let mut wire = BytesMut::new();
        let first = Control::SetChunkSize(chunk_size).encode();
        encoder.encode(&first, &mut wire);
        encoder.set_chunk_size(chunk_size);
        let mut ordered = vec![first];
        let mut messages = messages.into_iter().peekable();
        while let Some(message) = messages.next() {
            let at = wire.len();
            encoder.encode(&message, &mut wire);
            let inside = |next: &Message| {
                interleave && message.kind == MessageType::VIDEO && next.kind != message.kind
            };
            if let Some(next) = messages.next_if(inside) {
                // Continuations of chunk streams below 64 have a header of one byte.
                let continuations = (message.payload.len() - 1) / chunk_size as usize;
                let header = wire.len() - at - message.payload.len() - continuations;
                if continuations > 0 {
                    let middle = continuations.div_ceil(2);
                    let cut = at + header - 1 + middle * (chunk_size as usize + 1);
                    let tail = wire[cut..].to_vec();
                    wire.truncate(cut);
                    encoder.encode(&next, &mut wire);
                    wire.extend_from_slice(&tail);
                    ordered.push(next);
                    ordered.push(message);
                    continue;
                }
                encoder.encode(&next, &mut wire);
                ordered.push(message);
                ordered.push(next);
                continue;
            }
            ordered.push(message);
        }
        Self { name, chunk_size, messages: ordered, wire: wire.to_vec() }
    }

    /// Number of messages.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.messages.len() as u64
    }
}

/// All inputs of the chunk benches.
#[must_use]
pub fn chunk_inputs() -> Vec<Input> {
    vec![
        Input::new("av 128", 128, audio_and_video(60)),
        Input::new("av 4096", 4096, audio_and_video(60)),
        Input::new("av 60000", 60_000, audio_and_video(60)),
        Input::interleaved("av_ilv 4096", 4096, audio_and_video(60), true),
        Input::new("audio 4096", 4096, audio(20_000)),
        Input::new("amf 128", 128, commands(20_000)),
        Input::new("tiny 128", 128, tiny(40_000)),
    ]
}

/// Shorter versions of the inputs that the instruction counts are bound for.
#[must_use]
pub fn counted_input(name: &str) -> Input {
    match name {
        "av 128" => Input::new("av 128", 128, audio_and_video(6)),
        "av 4096" => Input::new("av 4096", 4096, audio_and_video(6)),
        "audio 4096" => Input::new("audio 4096", 4096, audio(1000)),
        _ => Input::new("tiny 128", 128, tiny(1000)),
    }
}

/// Video at 2.5 Mb/s and 30 frames per second with a key frame of 60..100 kB every two seconds, and
/// audio at 128 kb/s.
#[must_use]
pub fn audio_and_video(seconds: u32) -> Vec<Message> {
    let mut random = Random(1);
    let mut messages = Vec::new();
    for frame in 0..seconds * 30 {
        let length = match frame % 60 {
            0 => 60_000 + random.below(40_000),
            _ => 6_000 + random.below(6_000),
        };
        messages.push(message(6, frame * 1000 / 30, MessageType::VIDEO, random.bytes(length)));
    }
    for frame in 0..seconds * 44_100 / 1024 {
        let length = 340 + random.below(60);
        messages.push(message(4, frame * 1024 * 10 / 441, MessageType::AUDIO, random.bytes(length)));
    }
    messages.sort_by_key(|message| message.timestamp.0);
    messages
}

/// Audio messages of 350 bytes on one chunk stream.
#[must_use]
pub fn audio(count: u32) -> Vec<Message> {
    let mut random = Random(3);
    (0..count).map(|index| message(4, index * 23, MessageType::AUDIO, random.bytes(350))).collect()
}

/// AMF0 commands and metadata, 248 bytes on average.
#[must_use]
pub fn commands(count: u32) -> Vec<Message> {
    let bodies: Vec<Bytes> = amf::messages().into_iter().map(Bytes::from).collect();
    (0..count)
        .zip(bodies.iter().cycle())
        .map(|(index, body)| {
            let kind = if body.starts_with(b"\x02\0\x0d@setDataFrame") {
                MessageType::DATA_AMF0
            } else {
                MessageType::COMMAND_AMF0
            };
            message(3, index * 10, kind, body.clone())
        })
        .collect()
}

/// Messages of 10 to 59 bytes on two chunk streams.
#[must_use]
pub fn tiny(count: u32) -> Vec<Message> {
    let mut random = Random(2);
    (0..count)
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
