//! What a receiver remembers of each chunk stream.

use alloc::{collections::BTreeMap, vec::Vec};

use super::header::MessageHeader;
use crate::{LimitExceeded, Timestamp};

/// The state of one chunk stream: 48 bytes on 64-bit machines, besides the partial message.
#[derive(Debug)]
pub(super) struct ChunkStream {
    /// What later chunks inherit.
    pub header: MessageHeader,
    /// Absolute timestamp of the message in progress, or else of the last one.
    pub timestamp: Timestamp,
    /// What a type 3 chunk that starts a message adds (RTMP 5.3.1.2.4).
    pub delta: u32,
    /// What has arrived of the message in progress, if there is one.
    pub partial: Option<Vec<u8>>,
}

const _: () = assert!(size_of::<ChunkStream>() <= 48);

impl ChunkStream {
    /// Bytes that have arrived of the message in progress.
    #[inline]
    pub(super) fn received(&self) -> usize {
        self.partial.as_ref().map_or(0, Vec::len)
    }

    /// Timestamp and delta after a chunk of type `fmt` that starts a message and has `time` in its
    /// header. After type 0 the delta is the absolute timestamp (RTMP 5.3.1.2.4).
    #[inline]
    pub(super) fn advance(&self, fmt: u8, time: u32) -> (Timestamp, u32) {
        match fmt {
            0 => (Timestamp(time), time),
            1 | 2 => (self.timestamp.plus(time), time),
            _ => (self.timestamp.plus(self.delta), self.delta),
        }
    }
}

/// The chunk streams of one direction. Ids below 64, the usual ones, are found without a search.
#[derive(Debug)]
pub(super) struct ChunkStreams {
    states: Vec<ChunkStream>,
    low: [u32; 64],
    high: BTreeMap<u32, u32>,
    limit: u32,
}

const NONE: u32 = u32::MAX;

impl ChunkStreams {
    pub(super) fn new(limit: u32) -> Self {
        Self { states: Vec::new(), low: [NONE; 64], high: BTreeMap::new(), limit }
    }

    /// The index of the chunk stream `id`, if it was ever used.
    #[inline]
    pub(super) fn find(&self, id: u32) -> Option<usize> {
        let index = match self.low.get(id as usize) {
            Some(&index) => index,
            None => self.high.get(&id).copied().unwrap_or(NONE),
        };
        (index != NONE).then_some(index as usize)
    }

    /// Adds the chunk stream `id`, which [`Self::find`] did not find, as if a message at time 0 on
    /// message stream 0 had gone before.
    #[cold]
    pub(super) fn add(&mut self, id: u32) -> Result<usize, LimitExceeded> {
        let index = self.states.len();
        if index >= self.limit as usize {
            return Err(LimitExceeded {
                limit: "chunk_streams",
                value: index as u64 + 1,
                maximum: u64::from(self.limit),
            });
        }
        match self.low.get_mut(id as usize) {
            Some(slot) => *slot = index as u32,
            None => drop(self.high.insert(id, index as u32)),
        }
        self.states.push(ChunkStream {
            header: MessageHeader::default(),
            timestamp: Timestamp(0),
            delta: 0,
            partial: None,
        });
        Ok(index)
    }
}

#[cfg(test)]
impl ChunkStreams {
    pub(super) fn reserved_bytes(&self) -> usize {
        let partial: usize =
            self.states.iter().filter_map(|state| state.partial.as_ref()).map(Vec::capacity).sum();
        self.states.capacity() * size_of::<ChunkStream>() + partial
    }
}

impl core::ops::Index<usize> for ChunkStreams {
    type Output = ChunkStream;

    #[inline]
    fn index(&self, index: usize) -> &ChunkStream {
        &self.states[index]
    }
}

impl core::ops::IndexMut<usize> for ChunkStreams {
    #[inline]
    fn index_mut(&mut self, index: usize) -> &mut ChunkStream {
        &mut self.states[index]
    }
}
