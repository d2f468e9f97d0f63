//! The buffers of messages that have begun and not ended.

use alloc::vec::Vec;
use core::mem;

use super::{DEFAULT_CHUNK_SIZE, streams::ChunkStream};
use crate::{LimitExceeded, Limits};

/// Largest buffer that is kept for the next message.
const SPARE_AT_MOST: usize = 256 << 10;

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
            let ahead = self.ahead(length, partial.len());
            partial.reserve_exact(ahead.max(bytes.len()));
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
        let mut left = state.header.length as usize - before;
        let most = left.min(input.len());
        if self.bytes + most > self.bytes_limit {
            return 0;
        }
        if partial.capacity() - before < most {
            let ahead = self.ahead(before + left, before);
            partial.reserve_exact(ahead.max(most));
        }
        let mut rest = input;
        // The default has a loop of its own, in which the length of the copy is a constant.
        if chunk_size == USUAL {
            while left > USUAL
                && let Some((chunk, tail)) = rest.split_first_chunk::<{ 1 + USUAL }>()
                && chunk[0] == first
            {
                partial.extend_from_slice(&chunk[1..]);
                left -= USUAL;
                rest = tail;
            }
        }
        while left > 0
            && let Some((&header, tail)) = rest.split_first()
            && header == first
            && let Some((part, tail)) = tail.split_at_checked(left.min(chunk_size))
        {
            partial.extend_from_slice(part);
            left -= part.len();
            rest = tail;
        }
        self.bytes += partial.len() - before;
        input.len() - rest.len()
    }

    /// Bytes to reserve ahead for a message of which `received` of `length` bytes have arrived. Doubling
    /// keeps the work linear; shares keep the sum of all reservations small. A message that is alone and
    /// not much longer than its share gets all of it: ordinary key frames need one allocation.
    fn ahead(&self, length: usize, received: usize) -> usize {
        let left = length - received;
        if self.count == 1 && length <= 2 * self.reserve_ahead {
            return left;
        }
        left.min(received.max(self.reserve_ahead / self.count))
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
        if buffer.capacity() <= SPARE_AT_MOST && buffer.capacity() > self.spare.capacity() {
            buffer.clear();
            self.spare = buffer;
        }
    }

    #[cfg(test)]
    pub(super) fn reserved_bytes(&self) -> usize {
        self.spare.capacity()
    }
}
