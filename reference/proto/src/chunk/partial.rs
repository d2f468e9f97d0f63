//! The buffers of messages that have begun and not ended.

use alloc::vec::Vec;
use core::mem;

use bytes::Bytes;

use super::{DEFAULT_CHUNK_SIZE, streams::ChunkStream};
use crate::{LimitExceeded, Limits};

const USUAL: usize = DEFAULT_CHUNK_SIZE as usize;

/// What the partial messages of all chunk streams have in common. The bytes themselves are in
/// [`ChunkStream::partial`].
#[derive(Debug)]
pub(super) struct PartialMessages {
    bytes: usize,
    bytes_limit: usize,
    /// Messages of which at least one byte is kept.
    count: usize,
    reserve_ahead: usize,
    /// A buffer for the next message, of at most twice `reserve_ahead`.
    spare: Vec<u8>,
}

impl PartialMessages {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            bytes: 0,
            bytes_limit: limits.partial_bytes,
            count: 0,
            reserve_ahead: limits.reserve_ahead,
            spare: Vec::new(),
        }
    }

    /// Adds to the message in progress of `state`.
    #[inline]
    pub(super) fn keep(&mut self, state: &mut ChunkStream, bytes: &[u8]) -> Result<(), LimitExceeded> {
        if bytes.is_empty() {
            return Ok(());
        }
        let total = self.bytes + bytes.len();
        if total > self.bytes_limit {
            return Err(LimitExceeded {
                limit: "partial_bytes",
                value: total as u64,
                maximum: self.bytes_limit as u64,
            });
        }
        self.bytes = total;
        let length = state.header.length as usize;
        let partial = state.partial.get_or_insert_default();
        if partial.is_empty() {
            self.count += 1;
            // A used buffer may be far larger than what arrives, so at most one message has one.
            if self.count == 1 {
                *partial = mem::take(&mut self.spare);
            }
        }
        if partial.capacity() - partial.len() < bytes.len() {
            grow(partial, length, bytes.len(), self.reserve_ahead / self.count);
        }
        partial.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds the payloads of chunks with the header `first` that lie whole at the front of `input`, up
    /// to the end of the message in progress of `state`, of which something has arrived. Returns the
    /// bytes used: 0 when there is no such chunk, or when [`Self::keep`] has to look at a limit.
    #[inline]
    pub(super) fn keep_chunks(
        &mut self,
        state: &mut ChunkStream,
        first: u8,
        input: &[u8],
        chunk_size: usize,
    ) -> usize {
        let Some(partial) = state.partial.as_mut().filter(|partial| !partial.is_empty()) else { return 0 };
        let before = partial.len();
        let length = state.header.length as usize;
        let mut left = length - before;
        if self.bytes + left.min(input.len()) > self.bytes_limit {
            return 0;
        }
        // What follows in the input may belong to other messages: room is made chunk by chunk.
        let share = self.reserve_ahead / self.count;
        let mut append = |part: &[u8]| {
            if partial.capacity() - partial.len() < part.len() {
                grow(partial, length, part.len(), share);
            }
            partial.extend_from_slice(part);
        };
        let mut rest = input;
        // The default has a loop of its own, in which the length of the copy is a constant.
        if chunk_size == USUAL {
            while left > USUAL
                && let Some((chunk, tail)) = rest.split_first_chunk::<{ 1 + USUAL }>()
                && chunk[0] == first
            {
                append(&chunk[1..]);
                left -= USUAL;
                rest = tail;
            }
        }
        while left > 0
            && let Some((&header, tail)) = rest.split_first()
            && header == first
            && let Some((part, tail)) = tail.split_at_checked(left.min(chunk_size))
        {
            append(part);
            left -= part.len();
            rest = tail;
        }
        self.bytes += partial.len() - before;
        input.len() - rest.len()
    }

    /// Ends the message in progress of `state`, if any, and returns what has arrived of it.
    /// Timestamp and delta stay what they are (errata EA 6).
    pub(super) fn give_up(&mut self, state: &mut ChunkStream) -> Vec<u8> {
        let partial = state.partial.take().unwrap_or_default();
        self.bytes -= partial.len();
        self.count -= usize::from(!partial.is_empty());
        partial
    }

    /// Takes a buffer back for a later message.
    pub(super) fn recycle(&mut self, mut buffer: Vec<u8>) {
        let at_most = self.reserve_ahead.saturating_mul(2);
        if buffer.capacity() <= at_most && buffer.capacity() > self.spare.capacity() {
            buffer.clear();
            self.spare = buffer;
        }
    }

    /// The payload of a message that is given away. One that fills less than half of its buffer, as it may
    /// have been a larger message's before, gets memory of its own.
    pub(super) fn give_away(&mut self, payload: Vec<u8>) -> Bytes {
        if payload.len() >= payload.capacity() / 2 {
            return Bytes::from(payload);
        }
        let bytes = Bytes::copy_from_slice(&payload);
        self.recycle(payload);
        bytes
    }

    #[cfg(test)]
    pub(super) fn reserved_bytes(&self) -> usize {
        self.spare.capacity()
    }
}

/// Makes room for `needed` bytes in a message of which up to `length` bytes arrive: the rest of it, but no
/// more than as many bytes as have arrived, or `share` if that is more. Doubling keeps the work linear;
/// shares keep the sum of all reservations small.
#[cold]
fn grow(partial: &mut Vec<u8>, length: usize, needed: usize, share: usize) {
    let ahead = (length - partial.len()).min(partial.len().max(share));
    partial.reserve_exact(ahead.max(needed));
}
