//! What the decoder's loop hands to its callers.

use alloc::vec::Vec;
use core::num::NonZeroUsize;

use bytes::Bytes;

use crate::{
    ChunkStreamId, Message, MessageRef, MessageStreamId, MessageType, Timestamp, tamper::InputRuling,
};

/// What one step came to.
pub(super) enum Step {
    /// A message whose payload is the last so many bytes that were taken from the input.
    Lent(Head, usize),
    /// A message with its payload.
    Assembled(Head, Vec<u8>),
    /// All of the input was taken; at least so many bytes are missing.
    NeedMore(NonZeroUsize),
    /// A tamper ruled so.
    Stopped(InputRuling),
}

/// A message that lies whole in one chunk and in the input.
pub(super) struct Whole {
    pub head: Head,
    /// Bytes of the chunk header.
    pub header_len: usize,
    /// Bytes of the payload.
    pub len: usize,
}

/// A message without its payload.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub chunk_stream: ChunkStreamId,
    pub timestamp: Timestamp,
    pub kind: MessageType,
    pub stream: MessageStreamId,
}

impl Head {
    #[inline]
    pub fn lend(self, payload: &[u8]) -> MessageRef<'_> {
        let Self { chunk_stream, timestamp, kind, stream } = self;
        MessageRef { chunk_stream, timestamp, kind, stream, payload }
    }

    #[inline]
    pub fn own(self, payload: Bytes) -> Message {
        let Self { chunk_stream, timestamp, kind, stream } = self;
        Message { chunk_stream, timestamp, kind, stream, payload }
    }
}
