//! A reassembled RTMP message, owned or lent.

use core::fmt;

use bytes::Bytes;

use crate::{ChunkStreamId, LocalMisuse, MessageStreamId, MessageType, Timestamp};

/// For a payload that a session is asked to send.
pub(crate) const TOO_LONG: LocalMisuse = LocalMisuse { what: "a message is at most 16777215 bytes long" };

/// One whole message as it left the chunk layer (RTMP 5.1, 6.1). `Debug` shows the length only of commands
/// and shared object messages, which often hold secrets.
#[derive(Clone, PartialEq, Eq)]
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

/// A message whose payload is borrowed for the duration of a call. `Debug` as that of [`Message`].
#[derive(Clone, Copy, PartialEq, Eq)]
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

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().show(f, "Message")
    }
}

impl fmt::Debug for MessageRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f, "MessageRef")
    }
}

impl MessageRef<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let mut out = f.debug_struct(name);
        out.field("chunk_stream", &self.chunk_stream)
            .field("timestamp", &self.timestamp)
            .field("kind", &self.kind)
            .field("stream", &self.stream);
        match self.kind {
            MessageType::COMMAND_AMF0
            | MessageType::COMMAND_AMF3
            | MessageType::SHARED_OBJECT_AMF0
            | MessageType::SHARED_OBJECT_AMF3 => out.field("length", &self.payload.len()).finish(),
            _ => out.field("payload", &self.payload).finish(),
        }
    }
}
