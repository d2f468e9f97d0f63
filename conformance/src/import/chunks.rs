//! A chunk reader that accounts for every byte: messages are hashed while they arrive and not kept.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::Budget;
use super::handshake::WHOLE;
use super::keys::{Keys, Mask, Places, Search};
use crate::capture::secrets::Secrets;

/// A complete message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Message type id.
    pub kind: u8,
    /// Chunk stream id.
    pub csid: u32,
    /// Message stream id.
    pub msid: u32,
    /// Absolute timestamp in ms.
    pub ts: u32,
    /// Bytes of its body.
    pub len: u32,
    /// SHA-256 of its body.
    pub sha256: [u8; 32],
}

/// A message that was begun and not completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished {
    /// Message type id.
    pub kind: u8,
    /// Chunk stream id.
    pub csid: u32,
    /// Message stream id.
    pub msid: u32,
    /// Absolute timestamp in ms.
    pub ts: u32,
    /// Declared bytes.
    pub len: u32,
    /// Bytes that came.
    pub received: u32,
}

/// A message that was begun and ended by Abort (RTMP 5.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aborted {
    /// What was begun.
    pub message: Unfinished,
    /// Bytes of its chunks, headers included.
    pub bytes: u64,
}

/// Why the rest cannot be read, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Offset of the chunk in the stream after the handshake.
    pub offset: u64,
    /// Why.
    pub why: String,
}

/// Whether type 3 chunks repeat the extended timestamp (errata E-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Unknown,
    Repeats,
    Omits,
}

/// What a chunk stream remembers.
#[derive(Debug, Default)]
struct Stream {
    ts: u32,
    delta: u32,
    len: u32,
    kind: u8,
    msid: u32,
    /// The extended timestamp of the newest chunk of types 0 to 2.
    extended: Option<u32>,
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    hash: Sha256,
    received: u32,
    /// Bytes of its chunks, headers included.
    bytes: u64,
    /// The first four, for control messages.
    word: [u8; 4],
    /// Position among all beginnings.
    order: u64,
    /// Whether bytes of it were replaced.
    redacted: bool,
}

/// A header that was read.
struct Header {
    used: usize,
    csid: u32,
    payload: usize,
}

/// Reads one direction after the handshake.
#[derive(Debug)]
pub struct Chunks {
    chunk_size: u32,
    streams: HashMap<u32, Stream>,
    habit: Habit,
    /// Bytes of a header that is not complete: less than 18.
    carry: Vec<u8>,
    /// Chunk stream and bytes of the payload that is due.
    due: Option<(u32, usize)>,
    consumed: u64,
    begun: u64,
    /// Messages so far.
    pub messages: Vec<Message>,
    /// Bytes of the chunks that carried them.
    pub message_bytes: u64,
    /// What Abort ended.
    pub aborted: Vec<Aborted>,
    /// What made the rest unreadable.
    pub broken: Option<Broken>,
    /// Looks for stream keys.
    search: Option<Search>,
    /// Replaces them.
    mask: Option<Mask>,
    /// Indices of messages whose hash is that of the body with keys replaced.
    pub redacted: Vec<usize>,
}

impl Default for Chunks {
    fn default() -> Self {
        Self {
            chunk_size: 128,
            streams: HashMap::new(),
            habit: Habit::Unknown,
            carry: Vec::new(),
            due: None,
            consumed: 0,
            begun: 0,
            messages: Vec::new(),
            message_bytes: 0,
            aborted: Vec::new(),
            broken: None,
            search: None,
            mask: None,
            redacted: Vec::new(),
        }
    }
}

impl Chunks {
    /// Reads, and does something about stream keys.
    #[must_use]
    pub fn with(keys: &Keys, from_client: bool) -> Self {
        let mask = match keys {
            Keys::Replace(places) => Some(Mask::new(places[usize::from(!from_client)].clone())),
            _ => None,
        };
        Self { search: Search::new(keys, from_client), mask, ..Self::default() }
    }

    /// Ends the search for keys: those that were learned, and where keys stand.
    pub fn searched(&mut self) -> (Secrets, Places) {
        self.search.take().map(Search::finish).unwrap_or_default()
    }

    /// Takes bytes. Nothing more is read after `broken`.
    pub fn feed(&mut self, bytes: &[u8], budget: &mut Budget) {
        if self.broken.is_some() {
            return;
        }
        if let Some(search) = &mut self.search {
            search.feed(bytes, budget);
        }
        let mut whole = std::mem::take(&mut self.carry);
        let mut rest = if whole.is_empty() {
            bytes
        } else {
            whole.extend_from_slice(bytes);
            &whole[..]
        };
        while self.broken.is_none() {
            if let Some((csid, left)) = self.due {
                let n = left.min(rest.len());
                let (payload, after) = rest.split_at(n);
                rest = after;
                self.consumed += n as u64;
                self.due = (n < left).then_some((csid, left - n));
                self.payload(csid, payload, budget);
                if n < left || self.due.is_none() && rest.is_empty() {
                    break;
                }
                continue;
            }
            match self.header(rest, budget) {
                Ok(Some(header)) => {
                    rest = &rest[header.used..];
                    self.consumed += header.used as u64;
                    if header.payload == 0 {
                        self.payload(header.csid, &[], budget);
                    } else {
                        self.due = Some((header.csid, header.payload));
                    }
                }
                Ok(None) => {
                    self.carry = rest.to_vec();
                    break;
                }
                Err(why) => self.broken = Some(Broken { offset: self.consumed, why }),
            }
        }
    }

    /// Bytes of a header that is not complete.
    #[must_use]
    pub fn header_bytes(&self) -> u64 {
        self.carry.len() as u64
    }

    /// Bytes of chunks of unfinished messages.
    #[must_use]
    pub fn unfinished_bytes(&self) -> u64 {
        self.streams.values().filter_map(|s| s.partial.as_ref()).map(|p| p.bytes).sum()
    }

    /// Messages that were begun, in that order.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let mut all: Vec<_> = self
            .streams
            .iter()
            .filter_map(|(csid, stream)| Some((stream.partial.as_ref()?, unfinished(*csid, stream)?)))
            .collect();
        all.sort_by_key(|(partial, _)| partial.order);
        all.into_iter().map(|(_, unfinished)| unfinished).collect()
    }

    /// A chunk header at the start of `b`; `None` when more bytes are needed.
    fn header(&mut self, b: &[u8], budget: &mut Budget) -> Result<Option<Header>, String> {
        let Some((fmt, csid, basic)) = basic(b) else { return Ok(None) };
        let fixed = [11, 7, 3, 0][usize::from(fmt)];
        let Some(fields) = b.get(basic..basic + fixed) else { return Ok(None) };
        let mut used = basic + fixed;
        let known = self.streams.get(&csid);
        if known.is_none() && fmt > 1 {
            return Err(format!("a type {fmt} chunk is the first on chunk stream {csid}"));
        }
        let starts = known.is_none_or(|s| s.partial.is_none());
        let in_force = known.and_then(|s| s.extended);
        let field = (fmt < 3).then(|| be24(fields));
        let mut extended = None;
        if field == Some(0xFF_FFFF) || fmt == 3 && in_force.is_some() {
            let word = &b[used..b.len().min(used + 4)];
            let same = in_force.is_some_and(|v| v.to_be_bytes().starts_with(word));
            let certain = fmt < 3 || starts && self.habit != Habit::Omits;
            if certain || same {
                let Some(word) = word.first_chunk() else { return Ok(None) };
                extended = Some(u32::from_be_bytes(*word));
                used += 4;
            }
            if fmt == 3 && !starts {
                self.habit = if extended.is_some() { Habit::Repeats } else { Habit::Omits };
            }
        }
        if !starts && fmt < 2 && known.is_some_and(|s| s.len != be24(&fields[3..])) {
            return Err(format!(
                "a type {fmt} chunk changes the length of an unfinished message on chunk stream {csid}"
            ));
        }
        if known.is_none() {
            budget.chunk_streams += 1;
        }
        let stream = self.streams.entry(csid).or_default();
        if fmt < 3 {
            stream.extended = extended;
        }
        if starts {
            let time = if fmt < 3 { extended.or(field).unwrap_or(0) } else { stream.delta };
            if fmt < 2 {
                stream.len = be24(&fields[3..]);
                stream.kind = fields[6];
            }
            if fmt == 0 {
                stream.msid = u32::from_le_bytes([fields[7], fields[8], fields[9], fields[10]]);
                stream.ts = time;
            } else {
                stream.ts = stream.ts.wrapping_add(time);
            }
            stream.delta = time;
            self.begun += 1;
            stream.partial = Some(Partial {
                hash: Sha256::new(),
                received: 0,
                bytes: 0,
                word: [0; 4],
                order: self.begun,
                redacted: false,
            });
        }
        let received = stream.partial.as_mut().map_or(0, |partial| {
            partial.bytes += used as u64;
            partial.received
        });
        let payload = (stream.len - received).min(self.chunk_size) as usize;
        Ok(Some(Header { used, csid, payload }))
    }

    fn payload(&mut self, csid: u32, bytes: &[u8], budget: &mut Budget) {
        let Some(stream) = self.streams.get_mut(&csid) else { return };
        let Some(partial) = &mut stream.partial else { return };
        for (at, byte) in (partial.received as usize..4).zip(bytes) {
            partial.word[at] = *byte;
        }
        let mut covered = Vec::new();
        if let Some(mask) = &mut self.mask {
            let at = WHOLE as u64 + self.consumed - bytes.len() as u64;
            mask.each(at, bytes.len(), |range| {
                if covered.is_empty() {
                    covered.extend_from_slice(bytes);
                }
                covered[range].fill(b'x');
            });
            partial.redacted |= !covered.is_empty();
        }
        partial.hash.update(if covered.is_empty() { bytes } else { &covered });
        partial.received += bytes.len() as u32;
        partial.bytes += bytes.len() as u64;
        if partial.received < stream.len {
            return;
        }
        let Some(partial) = stream.partial.take() else { return };
        let (kind, len) = (stream.kind, stream.len);
        let sha256 = partial.hash.finalize().into();
        if partial.redacted {
            self.redacted.push(self.messages.len());
        }
        self.messages.push(Message { kind, csid, msid: stream.msid, ts: stream.ts, len, sha256 });
        budget.messages += 1;
        self.message_bytes += partial.bytes;
        if len >= 4 {
            self.apply(kind, u32::from_be_bytes(partial.word));
        }
    }

    /// Set Chunk Size and Abort take effect when they are complete (RTMP 5.4).
    fn apply(&mut self, kind: u8, word: u32) {
        match kind {
            1 if word & 0x7FFF_FFFF > 0 => self.chunk_size = (word & 0x7FFF_FFFF).min(0xFF_FFFF),
            2 => {
                let Some(stream) = self.streams.get_mut(&word) else { return };
                let Some(message) = unfinished(word, stream) else { return };
                let Some(partial) = stream.partial.take() else { return };
                self.aborted.push(Aborted { message, bytes: partial.bytes });
            }
            _ => {}
        }
    }
}

fn unfinished(csid: u32, stream: &Stream) -> Option<Unfinished> {
    let received = stream.partial.as_ref()?.received;
    let Stream { kind, msid, ts, len, .. } = *stream;
    Some(Unfinished { kind, csid, msid, ts, len, received })
}

/// Chunk type, chunk stream id and length of a basic header (RTMP 5.3.1.1).
fn basic(b: &[u8]) -> Option<(u8, u32, usize)> {
    let first = *b.first()?;
    let (csid, len) = match first & 0x3F {
        0 => (u32::from(*b.get(1)?) + 64, 2),
        1 => (u32::from(*b.get(2)?) * 256 + u32::from(*b.get(1)?) + 64, 3),
        id => (u32::from(id), 1),
    };
    Some((first >> 6, csid, len))
}

fn be24(b: &[u8]) -> u32 {
    u32::from_be_bytes([0, b[0], b[1], b[2]])
}
