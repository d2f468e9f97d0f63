//! From messages to bytes (RTMP 5.3).

use alloc::{collections::BTreeMap, vec::Vec};

use bytes::BytesMut;

use super::{DEFAULT_CHUNK_SIZE, EXTENDED, MAX_MESSAGE_LEN, chunks::Chunks, header::MessageHeader};
use crate::{ChunkStreamId, Message, MessageRef, Timestamp};

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
    /// Where in `last` the chunk streams below 64 are, plus 1.
    low: [u8; 64],
    last: Vec<Option<Last>>,
    high: BTreeMap<ChunkStreamId, Option<Last>>,
}

/// The message that went before on a chunk stream.
#[derive(Debug, Clone, Copy)]
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
        Self { chunk_size: DEFAULT_CHUNK_SIZE, low: [0; 64], last: Vec::new(), high: BTreeMap::new() }
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
        self.chunks(message.as_ref()).append_to(out);
    }

    /// The chunks of one message as slices, of which the payload is not copied. They have to be
    /// sent: the next message of this chunk stream refers to the header of this one.
    ///
    /// ```
    /// use rtmp_proto::{ChunkEncoder, Message, MessageStreamId, Timestamp, ChunkStreamId, MessageType};
    ///
    /// let message = Message {
    ///     chunk_stream: ChunkStreamId::new(4).unwrap(),
    ///     timestamp: Timestamp(1000),
    ///     kind: MessageType::AUDIO,
    ///     stream: MessageStreamId(1),
    ///     payload: vec![0xaf; 200].into(),
    /// };
    /// let mut encoder = ChunkEncoder::new();
    /// let chunks = encoder.chunks(message.as_ref());
    /// // RTMP 5.3.1: header of type 0, 128 bytes of payload, header of type 3, the other 72.
    /// assert_eq!(chunks.slices().map(<[u8]>::len).collect::<Vec<_>>(), [12, 128, 1, 72]);
    /// ```
    ///
    /// # Panics
    /// If the payload is longer than 16,777,215 bytes.
    #[inline]
    pub fn chunks<'a>(&mut self, message: MessageRef<'a>) -> Chunks<'a> {
        let mut header = full_header(&message);
        let last = self.last(message.chunk_stream);
        let (fmt, delta) = match last.and_then(|last| Some((last, last.delta_to(&message)?))) {
            None => (0, None),
            Some((last, delta)) if last.length != header.length || last.kind != header.kind => {
                (1, Some(delta))
            }
            Some((last, delta)) if last.delta != Some(delta) => (2, Some(delta)),
            Some((_, delta)) => (3, Some(delta)),
        };
        let MessageHeader { length, kind, stream, .. } = header;
        *last = Some(Last { timestamp: message.timestamp, delta, length, kind, stream });
        header.time = delta.unwrap_or(header.time);
        Chunks::new(&message, fmt, &header, self.chunk_size)
    }

    /// Appends the chunks of one message to `out` with a header of type 0, which depends on
    /// nothing that was sent before: the same bytes can go to many receivers that have the same
    /// `chunk_size` (brought into 1..=16,777,215). An encoder that also writes to that chunk stream
    /// has to [`Self::forget`] it.
    ///
    /// # Panics
    /// If the payload is longer than 16,777,215 bytes.
    pub fn encode_independent(message: &Message, chunk_size: u32, out: &mut BytesMut) {
        Self::independent_chunks(message.as_ref(), chunk_size).append_to(out);
    }

    /// As [`Self::encode_independent`], as slices of which the payload is not copied.
    ///
    /// # Panics
    /// If the payload is longer than 16,777,215 bytes.
    #[must_use]
    pub fn independent_chunks(message: MessageRef<'_>, chunk_size: u32) -> Chunks<'_> {
        Chunks::new(&message, 0, &full_header(&message), chunk_size.clamp(1, MAX_MESSAGE_LEN))
    }

    /// Forgets what went before on a chunk stream, so that its next header is of type 0.
    pub fn forget(&mut self, id: ChunkStreamId) {
        match self.low.get(id.value() as usize) {
            None => drop(self.high.remove(&id)),
            Some(0) => {}
            Some(&index) => self.last[usize::from(index) - 1] = None,
        }
    }

    #[inline]
    fn last(&mut self, id: ChunkStreamId) -> &mut Option<Last> {
        let Some(index) = self.low.get_mut(id.value() as usize) else {
            return self.high.entry(id).or_default();
        };
        if *index == 0 {
            self.last.push(None);
            *index = self.last.len() as u8;
        }
        &mut self.last[usize::from(*index) - 1]
    }
}

impl Last {
    /// The delta that leads to `message`, unless it has to have a header of type 0.
    #[inline]
    fn delta_to(&self, message: &MessageRef<'_>) -> Option<u32> {
        let delta = message.timestamp.since(self.timestamp);
        let delta = u32::try_from(delta).ok().filter(|delta| *delta < EXTENDED)?;
        (self.stream == message.stream.0).then_some(delta)
    }
}

#[inline]
fn full_header(message: &MessageRef<'_>) -> MessageHeader {
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
