//! From messages to bytes (RTMP 5.3).

use alloc::collections::BTreeMap;

use bytes::{BufMut, BytesMut};

use super::{
    DEFAULT_CHUNK_SIZE, EXTENDED, MAX_MESSAGE_LEN,
    header::{self, MAX_HEADER_LEN, MessageHeader},
};
use crate::{ChunkStreamId, Message, Timestamp};

/// Cuts messages into the chunks of one direction of a connection.
///
/// Each message gets the most compact header that every receiver reads alike:
/// - type 3 for a new message only when the header before was of type 1, 2 or 3. After type 0 it
///   would have to mean a delta as large as the absolute timestamp, and many receivers take it for
///   a delta of 0 (errata E-15c);
/// - type 0 instead of a delta of 4.6 hours or more, which would need an extended timestamp:
///   receivers disagree whether that is a delta (errata E-15b);
/// - type 0 when the timestamp goes backwards (RTMP 5.3.1.2.1).
#[derive(Debug, Clone)]
pub struct ChunkEncoder {
    chunk_size: u32,
    streams: BTreeMap<ChunkStreamId, Last>,
}

/// The message that went before on a chunk stream.
#[derive(Debug, Clone)]
struct Last {
    timestamp: Timestamp,
    /// `None` after a header of type 0.
    delta: Option<u32>,
    length: u32,
    kind: u8,
    stream: u32,
}

impl Default for ChunkEncoder {
    fn default() -> Self {
        Self::new()
    }
}

impl ChunkEncoder {
    /// An encoder for the first message after the handshake: chunk size 128 (RTMP 5.4.1).
    #[must_use]
    pub fn new() -> Self {
        Self { chunk_size: DEFAULT_CHUNK_SIZE, streams: BTreeMap::new() }
    }

    /// The most payload bytes in a chunk.
    #[must_use]
    pub fn chunk_size(&self) -> u32 {
        self.chunk_size
    }

    /// Sets the most payload bytes in each later chunk, brought into 1..=16,777,215. The caller
    /// encodes the Set Chunk Size message first: it still goes out with the old size.
    pub fn set_chunk_size(&mut self, size: u32) {
        self.chunk_size = size.clamp(1, MAX_MESSAGE_LEN);
    }

    /// Appends the chunks of one message to `out`.
    ///
    /// # Panics
    /// If the payload is longer than 16,777,215 bytes.
    pub fn encode(&mut self, message: &Message, out: &mut BytesMut) {
        let mut header = full_header(message);
        let last = self.streams.get(&message.chunk_stream);
        let (fmt, delta) = match last.and_then(|last| Some((last, last.delta_to(message)?))) {
            None => (0, None),
            Some((last, delta)) if last.length != header.length || last.kind != header.kind => {
                (1, Some(delta))
            }
            Some((last, delta)) if last.delta != Some(delta) => (2, Some(delta)),
            Some((_, delta)) => (3, Some(delta)),
        };
        let MessageHeader { length, kind, stream, .. } = header;
        let last = Last { timestamp: message.timestamp, delta, length, kind, stream };
        self.streams.insert(message.chunk_stream, last);
        header.time = delta.unwrap_or(header.time);
        put_message(message, fmt, &header, self.chunk_size, out);
    }

    /// Appends the chunks of one message to `out` with a header of type 0, which depends on
    /// nothing that was sent before: the same bytes can go to many receivers that have the same
    /// `chunk_size` (brought into 1..=16,777,215). An encoder that also writes to that chunk stream
    /// has to [`Self::forget`] it.
    ///
    /// # Panics
    /// If the payload is longer than 16,777,215 bytes.
    pub fn encode_independent(message: &Message, chunk_size: u32, out: &mut BytesMut) {
        put_message(message, 0, &full_header(message), chunk_size.clamp(1, MAX_MESSAGE_LEN), out);
    }

    /// Forgets what went before on a chunk stream, so that its next header is of type 0.
    pub fn forget(&mut self, id: ChunkStreamId) {
        self.streams.remove(&id);
    }
}

impl Last {
    /// The delta that leads to `message`, unless it has to have a header of type 0.
    fn delta_to(&self, message: &Message) -> Option<u32> {
        let delta = message.timestamp.since(self.timestamp);
        let delta = u32::try_from(delta).ok().filter(|delta| *delta < EXTENDED)?;
        (self.stream == message.stream.0).then_some(delta)
    }
}

fn full_header(message: &Message) -> MessageHeader {
    let length = message.payload.len();
    assert!(length <= MAX_MESSAGE_LEN as usize, "a message of {length} bytes does not fit its 24-bit length");
    MessageHeader {
        time: message.timestamp.0,
        length: length as u32,
        kind: message.kind.0,
        stream: message.stream.0,
        extended: false,
    }
}

fn put_message(message: &Message, fmt: u8, header: &MessageHeader, chunk_size: u32, out: &mut BytesMut) {
    let id = message.chunk_stream.value();
    let payload = &message.payload[..];
    let chunk_size = chunk_size as usize;
    let more_chunks = payload.len().saturating_sub(1) / chunk_size;
    out.reserve(MAX_HEADER_LEN + payload.len() + more_chunks * (3 + 4));
    header::put_basic_header(out, fmt, id);
    let extended = fmt < 3 && header::put_message_header(out, fmt, header);
    let (first, rest) = payload.split_at(payload.len().min(chunk_size));
    out.put_slice(first);
    for part in rest.chunks(chunk_size) {
        header::put_basic_header(out, 3, id);
        if extended {
            // RTMP 5.3.1.3, errata EA 5.1: in every type 3 chunk.
            out.put_u32(header.time);
        }
        out.put_slice(part);
    }
}
