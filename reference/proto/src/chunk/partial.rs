//! The buffers of messages that have begun and not ended.

use alloc::vec::Vec;
use core::mem;

use super::streams::ChunkStream;
use crate::{LimitExceeded, Limits};

/// Largest buffer that is kept for the next message.
const SPARE_AT_MOST: usize = 256 << 10;

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
            // Doubling keeps the work linear; shares keep the sum of all reservations small.
            let share = (self.reserve_ahead / self.count).max(partial.len());
            partial.reserve_exact(share.min(length - partial.len()).max(bytes.len()));
        }
        partial.extend_from_slice(bytes);
        Ok(())
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
