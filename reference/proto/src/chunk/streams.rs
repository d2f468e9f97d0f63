//! What a receiver remembers of each chunk stream.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    EXTENDED,
    header::MessageHeader,
    step::{Head, Whole},
};
use crate::{ChunkStreamId, LimitExceeded, MessageStreamId, MessageType, Timestamp};

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

/// What [`ChunkStreams::beginning`] found.
#[derive(Clone, Copy)]
struct Begin {
    id: u8,
    header: MessageHeader,
    timestamp: Timestamp,
    delta: u32,
    header_len: usize,
}

impl Begin {
    #[inline(always)]
    fn put_into_effect(self, state: &mut ChunkStream) {
        state.header = self.header;
        state.timestamp = self.timestamp;
        state.delta = self.delta;
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

#[inline(always)]
fn be24(high: u8, middle: u8, low: u8) -> u32 {
    u32::from_be_bytes([0, high, middle, low])
}

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

    /// The message at the front of `input`, if it is of the kind that nearly all are: whole, in one
    /// chunk of at most `most` bytes, on a known chunk stream below 64, without an extended
    /// timestamp, and nothing that the decoder itself obeys. Its header is in effect then; else
    /// nothing has changed.
    #[inline(always)]
    pub(super) fn whole_message(&mut self, input: &[u8], most: usize) -> Option<Whole> {
        let (state, begin) = self.beginning(input)?;
        let Begin { id, header, timestamp, header_len, .. } = begin;
        let len = header.length as usize;
        if len > most || input.len() - header_len < len || header.kind <= MessageType::ABORT.0 {
            return None;
        }
        begin.put_into_effect(state);
        let chunk_stream = ChunkStreamId::new(u32::from(id)).unwrap_or(ChunkStreamId::CONTROL);
        let (kind, stream) = (MessageType(header.kind), MessageStreamId(header.stream));
        Some(Whole { head: Head { chunk_stream, timestamp, kind, stream }, header_len, len })
    }

    /// As [`Self::whole_message`] for the first chunk, whole in `input`, of a message of several chunks
    /// and at most `most` bytes. Returns chunk stream id, index and length of the header.
    #[inline]
    pub(super) fn begun(&mut self, input: &[u8], chunk: usize, most: usize) -> Option<(u32, usize, usize)> {
        let (state, begin) = self.beginning(input)?;
        let Begin { id, header, header_len, .. } = begin;
        if !(chunk + 1..=most).contains(&(header.length as usize)) || input.len() - header_len < chunk {
            return None;
        }
        begin.put_into_effect(state);
        Some((u32::from(id), self.low[usize::from(id)] as usize, header_len))
    }

    /// The header at the front of `input` of a new message on a known chunk stream below 64, without
    /// an extended timestamp.
    #[inline(always)]
    fn beginning(&mut self, input: &[u8]) -> Option<(&mut ChunkStream, Begin)> {
        let (&first, rest) = input.split_first()?;
        let id = first & 0x3F;
        // Not there for the ids 0 and 1, which say that the basic header is longer.
        let state = self.states.get_mut(self.low[usize::from(id)] as usize)?;
        if state.partial.is_some() {
            return None;
        }
        let mut header = state.header;
        let (timestamp, delta, header_len) = match first >> 6 {
            0 => {
                let bytes = rest.first_chunk::<11>()?;
                header.time = be24(bytes[0], bytes[1], bytes[2]);
                header.length = be24(bytes[3], bytes[4], bytes[5]);
                header.kind = bytes[6];
                header.stream = u32::from_le_bytes([bytes[7], bytes[8], bytes[9], bytes[10]]);
                (Timestamp(header.time), header.time, 12)
            }
            1 => {
                let bytes = rest.first_chunk::<7>()?;
                header.time = be24(bytes[0], bytes[1], bytes[2]);
                header.length = be24(bytes[3], bytes[4], bytes[5]);
                header.kind = bytes[6];
                (state.timestamp.plus(header.time), header.time, 8)
            }
            2 => {
                let bytes = rest.first_chunk::<3>()?;
                header.time = be24(bytes[0], bytes[1], bytes[2]);
                (state.timestamp.plus(header.time), header.time, 4)
            }
            _ => (state.timestamp.plus(state.delta), state.delta, 1),
        };
        // Type 3 inherits an extended timestamp, the others have one or not.
        header.extended &= first >= 0xC0;
        if header.time == EXTENDED || header.extended {
            return None;
        }
        Some((state, Begin { id, header, timestamp, delta, header_len }))
    }

    /// Id and index of the chunk stream below 64 whose message in progress the chunk at the front of
    /// `input` goes on with, if it has a header of one byte.
    #[inline]
    pub(super) fn continued(&self, input: &[u8]) -> Option<(u32, usize)> {
        let id = input.first()?.checked_sub(0xC0)?;
        let index = self.low[usize::from(id)] as usize;
        let state = self.states.get(index)?;
        (state.partial.is_some() && !state.header.extended).then_some((u32::from(id), index))
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
