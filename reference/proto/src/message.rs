//! A reassembled RTMP message, owned or lent.

use bytes::Bytes;

use crate::{ChunkStreamId, MessageStreamId, MessageType, Timestamp};

/// One whole message as it left the chunk layer (RTMP 5.1, 6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The chunk stream that carried it, or is to carry it.
    pub chunk_stream: ChunkStreamId,
    /// Absolute timestamp in ms, reconstructed from deltas.
    pub timestamp: Timestamp,
    /// Message type id.
    pub kind: MessageType,
    /// Message stream id.
    pub stream: MessageStreamId,
    /// Body, at most 16,777,215 bytes.
    pub payload: Bytes,
}

impl Message {
    /// The same message with its payload borrowed.
    #[must_use]
    #[inline]
    #[allow(clippy::should_implement_trait, reason = "the trait lends references, this lends a value")]
    pub fn as_ref(&self) -> MessageRef<'_> {
        let &Self { chunk_stream, timestamp, kind, stream, ref payload } = self;
        MessageRef { chunk_stream, timestamp, kind, stream, payload }
    }
}

/// A message whose payload is borrowed for the duration of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageRef<'a> {
    /// The chunk stream that carried it.
    pub chunk_stream: ChunkStreamId,
    /// Absolute timestamp in ms.
    pub timestamp: Timestamp,
    /// Message type id.
    pub kind: MessageType,
    /// Message stream id.
    pub stream: MessageStreamId,
    /// Body.
    pub payload: &'a [u8],
}

impl MessageRef<'_> {
    /// Copies the payload.
    #[must_use]
    pub fn to_owned(&self) -> Message {
        Message {
            chunk_stream: self.chunk_stream,
            timestamp: self.timestamp,
            kind: self.kind,
            stream: self.stream,
            payload: Bytes::copy_from_slice(self.payload),
        }
    }
}
