//! Follows one direction of a connection byte by byte: handshake, chunk headers, bodies. What may hold a stream
//! key comes out in parts that know where in the stream each of their bytes stands.

use std::collections::HashMap;

use crate::pen::handshake;

/// Bytes of a body that are looked into at once. A command or data message with more is not looked into beyond.
const PART: usize = 256 << 10;
/// The same for messages in AMF.
const LOOKED_INTO: usize = 1 << 20;
/// Bytes that a part repeats of the one before, so that what stands across the cut is found.
pub const OVERLAP: usize = 1 << 10;
/// Bytes of unfinished parts of all chunk streams together.
const HELD: usize = 4 << 20;
/// What a piece costs beside its bytes.
const PER_PIECE: usize = 16;
/// Bytes of C0 and C1 with C2, or S0 and S1 with S2.
const HANDSHAKE: u64 = 1 + 2 * handshake::PACKET as u64;

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of the body of a message of this type.
    Message(u8),
    /// Of a body that is too long to be looked into.
    Blind,
    /// Bytes that are no chunk stream, or no longer one.
    Opaque,
}

/// Bytes to be looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// The bytes; empty in a blind part.
    pub body: Vec<u8>,
    /// Where they stand in the stream, in order: offset and number.
    pub pieces: Vec<(u64, usize)>,
    /// Whether it ends where its message ends.
    pub whole: bool,
}

impl Part {
    fn new(kind: Kind) -> Self {
        Self { kind, body: Vec::new(), pieces: Vec::new(), whole: false }
    }

    fn push(&mut self, at: u64, bytes: &[u8]) {
        self.place(at, bytes.len());
        self.body.extend_from_slice(bytes);
    }

    fn place(&mut self, at: u64, len: usize) {
        match self.pieces.last_mut() {
            Some((start, n)) if *start + *n as u64 == at => *n += len,
            _ => self.pieces.push((at, len)),
        }
    }

    /// Where it begins in the stream.
    #[must_use]
    pub fn begin(&self) -> u64 {
        self.pieces.first().map_or(0, |(at, _)| *at)
    }

    /// What it costs to hold.
    #[must_use]
    pub fn cost(&self) -> usize {
        self.body.len() + self.pieces.len() * PER_PIECE
    }

    /// The bytes of a range of the body in the stream: offset and number.
    pub fn places(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = (u64, usize)> {
        let mut begin = 0;
        self.pieces.iter().filter_map(move |(at, len)| {
            let (from, to) = (range.start.max(begin), range.end.min(begin + len));
            let place = (from < to).then(|| (at + (from - begin) as u64, to - from));
            begin += len;
            place
        })
    }

    /// The next part of the same body, which begins with the end of this one.
    fn next(&self) -> Self {
        let from = self.body.len().saturating_sub(OVERLAP);
        Self {
            kind: self.kind,
            body: self.body[from..].to_vec(),
            pieces: self.places(from..self.body.len()).collect(),
            whole: false,
        }
    }
}

/// Whether the body of a message is AMF, and looked into as such.
#[must_use]
pub fn is_amf(kind: u8) -> bool {
    matches!(kind, 15 | 17 | 18 | 20)
}

/// What a chunk stream remembers.
#[derive(Debug, Default)]
struct Stream {
    len: u32,
    kind: u8,
    extended: Option<u32>,
    used: bool,
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    received: u32,
    word: [u8; 4],
    part: Part,
}

/// What the bytes are at this point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Opening,
    Handshake,
    Chunks,
    /// RTMPE or TLS: nobody finds a key in it.
    Encrypted,
    Opaque,
}

/// One direction.
#[derive(Debug)]
pub struct Follower {
    stage: Stage,
    at: u64,
    first: Vec<u8>,
    header: Vec<u8>,
    due: Option<(u32, usize)>,
    chunk_size: u32,
    /// Whether type 3 chunks omit the extended timestamp, as far as seen (errata E-15).
    omits: bool,
    streams: HashMap<u32, Stream>,
    held: usize,
    opaque: Part,
    /// Why it cannot be read, with the offset in the stream.
    pub unreadable: Option<(u64, String)>,
}

impl Default for Follower {
    fn default() -> Self {
        Self {
            stage: Stage::Opening,
            at: 0,
            first: Vec::new(),
            header: Vec::new(),
            due: None,
            chunk_size: 128,
            omits: false,
            streams: HashMap::new(),
            held: 0,
            opaque: Part::new(Kind::Opaque),
            unreadable: None,
        }
    }
}

impl Follower {
    /// Follows chunks alone: the first byte is the first behind the handshake.
    #[must_use]
    pub fn behind_handshake() -> Self {
        Self { stage: Stage::Chunks, ..Self::default() }
    }

    /// What the parts that are not complete cost.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held + self.opaque.cost()
    }

    /// C0 or S0.
    #[must_use]
    pub fn version(&self) -> Option<u8> {
        self.first.first().copied()
    }

    /// Whether what passes is encrypted: RTMPE, or TLS that ends elsewhere.
    #[must_use]
    pub fn encrypted(&self) -> bool {
        self.stage == Stage::Encrypted
    }

    /// Takes bytes; `peer` is C0 or S0 of the other direction, where it is known.
    pub fn feed(&mut self, mut bytes: &[u8], peer: Option<u8>, out: &mut Vec<Part>) {
        while !bytes.is_empty() {
            let used = match self.stage {
                Stage::Opening => self.opening(bytes, out),
                Stage::Handshake => {
                    let n = bytes.len().min((HANDSHAKE - self.at) as usize);
                    if self.at + n as u64 == HANDSHAKE {
                        self.after_handshake(peer);
                    }
                    n
                }
                Stage::Chunks => self.chunks(bytes, out),
                Stage::Encrypted => bytes.len(),
                Stage::Opaque => {
                    let n = bytes.len().min(PART);
                    self.opaque.push(self.at, &bytes[..n]);
                    if self.opaque.body.len() >= PART {
                        let next = self.opaque.next();
                        out.push(std::mem::replace(&mut self.opaque, next));
                    }
                    n
                }
            };
            self.at += used as u64;
            bytes = &bytes[used..];
        }
    }

    /// C0 or S0 decides, and for a TLS record its second byte.
    fn opening(&mut self, bytes: &[u8], _: &mut Vec<Part>) -> usize {
        self.first.push(bytes[0]);
        match self.first[..] {
            [0x16] => {}
            [0x16, 3] => self.stage = Stage::Encrypted,
            [0x16, _] => self.stage = Stage::Handshake,
            [0..32, ..] => self.stage = Stage::Handshake,
            _ => {
                self.give_up(0, "it does not begin with a version of RTMP".into());
                self.opaque.push(0, &bytes[..1]);
            }
        }
        1
    }

    /// A server answers 3 where it does not speak what was asked for (RTMP 5.2.2, errata E-03).
    fn after_handshake(&mut self, peer: Option<u8>) {
        self.stage = match (self.version(), peer) {
            (Some(3), _) | (_, Some(3)) => Stage::Chunks,
            (Some(6 | 8 | 9), Some(6 | 8 | 9)) => Stage::Encrypted,
            (version, _) => {
                let why = format!("the handshake has version {}", version.unwrap_or(0));
                self.give_up(HANDSHAKE, why);
                Stage::Opaque
            }
        };
    }

    fn give_up(&mut self, at: u64, why: String) {
        self.stage = Stage::Opaque;
        self.unreadable = Some((at, why));
    }

    /// Part of a chunk: the rest of a payload, or one byte of a header.
    fn chunks(&mut self, bytes: &[u8], out: &mut Vec<Part>) -> usize {
        if let Some((csid, left)) = self.due {
            let n = left.min(bytes.len()).min(self.room(csid));
            self.due = (n < left).then_some((csid, left - n));
            self.payload(csid, self.at, &bytes[..n], out);
            return n;
        }
        self.header.push(bytes[0]);
        let begin = self.at + 1 - self.header.len() as u64;
        match self.read_header() {
            Ok(None) => {}
            Ok(Some((csid, payload, used))) => {
                let rest = self.header.split_off(used);
                self.header.clear();
                self.due = (payload > 0).then_some((csid, payload));
                if payload == 0 {
                    self.payload(csid, begin, &[], out);
                }
                // What was taken for an extended timestamp and is none.
                let at = begin + used as u64;
                let mut again = &rest[..];
                let now = self.at;
                self.at = at;
                while !again.is_empty() && self.stage == Stage::Chunks {
                    let n = self.chunks(again, out);
                    self.at += n as u64;
                    again = &again[n..];
                }
                if self.stage == Stage::Opaque {
                    self.opaque.push(self.at, again);
                }
                self.at = now;
            }
            Err(why) => {
                self.flush(out);
                self.give_up(begin, why);
                let header = std::mem::take(&mut self.header);
                self.opaque.push(begin, &header);
            }
        }
        1
    }

    /// Chunk stream id, bytes of payload, length of the header; `None` while it is not complete.
    fn read_header(&mut self) -> Result<Option<(u32, usize, usize)>, String> {
        let b = &self.header[..];
        let fmt = b[0] >> 6;
        let (csid, basic) = match (b[0] & 0x3F, b) {
            (0, [_, low, ..]) => (u32::from(*low) + 64, 2),
            (1, [_, low, high, ..]) => (u32::from(*high) * 256 + u32::from(*low) + 64, 3),
            (0 | 1, _) => return Ok(None),
            (id, _) => (u32::from(id), 1),
        };
        let mut used = basic + [11, 7, 3, 0][usize::from(fmt)];
        let Some(fields) = b.get(basic..used) else { return Ok(None) };
        let known = self.streams.get(&csid);
        if fmt > 1 && known.is_none_or(|s| !s.used) {
            return Err(format!("a type {fmt} chunk is the first on chunk stream {csid}"));
        }
        let starts = known.is_none_or(|s| s.partial.is_none());
        let in_force = known.and_then(|s| s.extended);
        let long = if fmt < 3 { be24(fields) == 0xFF_FFFF } else { in_force.is_some() };
        let mut extended = None;
        if long {
            let word = &b[used..];
            // Old senders leave the field out of type 3 (errata E-15).
            let same = in_force.is_some_and(|v| v.to_be_bytes().starts_with(&word[..word.len().min(4)]));
            if fmt < 3 || starts && !self.omits || same {
                let Some(word) = word.first_chunk() else { return Ok(None) };
                extended = Some(u32::from_be_bytes(*word));
                used += 4;
            }
            if fmt == 3 && !starts {
                self.omits = extended.is_none();
            }
        }
        let declared = (fmt < 2).then(|| (be24(&fields[3..]), fields[6]));
        if let (false, Some((len, _)), Some(stream)) = (starts, declared, known)
            && len != stream.len
        {
            return Err(format!("the length of an unfinished message changes on chunk stream {csid}"));
        }
        let stream = self.streams.entry(csid).or_default();
        if fmt < 3 {
            stream.extended = extended;
        }
        stream.used = true;
        if starts {
            if let Some((len, kind)) = declared {
                (stream.len, stream.kind) = (len, kind);
            }
            let part = Part::new(Kind::Message(stream.kind));
            stream.partial = Some(Partial { received: 0, word: [0; 4], part });
        }
        let received = stream.partial.as_ref().map_or(0, |p| p.received);
        Ok(Some((csid, (stream.len - received).min(self.chunk_size) as usize, used)))
    }

    /// Bytes that the part of a chunk stream takes before it is cut, so that cuts do not depend on how bytes come.
    fn room(&self, csid: u32) -> usize {
        let Some(stream) = self.streams.get(&csid) else { return usize::MAX };
        match &stream.partial {
            Some(partial) if partial.part.kind != Kind::Blind => {
                most(stream.kind).saturating_sub(partial.part.body.len()).max(1)
            }
            _ => usize::MAX,
        }
    }

    fn payload(&mut self, csid: u32, at: u64, bytes: &[u8], out: &mut Vec<Part>) {
        let Some(stream) = self.streams.get_mut(&csid) else { return };
        let Some(partial) = &mut stream.partial else { return };
        for (place, byte) in (partial.received as usize..4).zip(bytes) {
            partial.word[place] = *byte;
        }
        partial.received += bytes.len() as u32;
        let before = partial.part.cost();
        if partial.part.kind == Kind::Blind {
            let mut blind = Part::new(Kind::Blind);
            blind.place(at, bytes.len());
            out.push(blind);
        } else {
            partial.part.push(at, bytes);
        }
        if partial.received >= stream.len {
            let Some(mut done) = stream.partial.take() else { return };
            self.held -= before;
            let (kind, len) = (stream.kind, stream.len);
            if done.part.kind != Kind::Blind {
                done.part.whole = true;
                out.push(done.part);
            }
            if len >= 4 {
                self.apply(kind, u32::from_be_bytes(done.word), out);
            }
            return;
        }
        if partial.part.body.len() >= most(stream.kind) {
            cut(stream.kind, &mut partial.part, out);
        }
        self.held = self.held + partial.part.cost() - before;
        if self.held > HELD && self.due.is_none() {
            self.flush(out);
        }
    }

    /// Set Chunk Size and Abort take effect when they are complete (RTMP 5.4).
    fn apply(&mut self, kind: u8, word: u32, out: &mut Vec<Part>) {
        match kind {
            1 if word & 0x7FFF_FFFF > 0 => self.chunk_size = (word & 0x7FFF_FFFF).min(0xFF_FFFF),
            2 => {
                if let Some(partial) = self.streams.get_mut(&word).and_then(|s| s.partial.take()) {
                    self.held -= partial.part.cost();
                    if partial.part.kind != Kind::Blind && !partial.part.pieces.is_empty() {
                        out.push(partial.part);
                    }
                }
            }
            _ => {}
        }
    }

    /// Gives out what is unfinished. A command that goes on is not looked into any more; other bodies are, with
    /// an overlap.
    pub fn flush(&mut self, out: &mut Vec<Part>) {
        self.held = 0;
        for stream in self.streams.values_mut() {
            if let Some(partial) = &mut stream.partial {
                if partial.part.kind != Kind::Blind && !partial.part.pieces.is_empty() {
                    cut(stream.kind, &mut partial.part, out);
                }
                self.held += partial.part.cost();
            }
        }
        if !self.opaque.pieces.is_empty() {
            let next = self.opaque.next();
            out.push(std::mem::replace(&mut self.opaque, next));
        }
    }

    /// Offset of the first byte that is part of something unfinished.
    #[must_use]
    pub fn unfinished(&self) -> Option<u64> {
        let parts = self.streams.values().filter_map(|s| s.partial.as_ref()).map(|p| &p.part);
        parts.chain([&self.opaque]).filter(|p| !p.pieces.is_empty()).map(Part::begin).min()
    }
}

/// Bytes of a message of this type that are looked into at once.
fn most(kind: u8) -> usize {
    if is_amf(kind) { LOOKED_INTO } else { PART }
}

/// Gives out a part whose body goes on.
fn cut(kind: u8, part: &mut Part, out: &mut Vec<Part>) {
    let next = if is_amf(kind) { Part::new(Kind::Blind) } else { part.next() };
    out.push(std::mem::replace(part, next));
}

fn be24(b: &[u8]) -> u32 {
    u32::from_be_bytes([0, b[0], b[1], b[2]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Follower, Kind, Part};
    use crate::pen::chunk::{Form, Header, chunks};
    use crate::wire::reader::Reader;

    fn parts(bytes: &[u8], step: usize) -> (Vec<Part>, Follower) {
        let (mut follower, mut out) = (Follower::default(), Vec::new());
        let whole = [&[3][..], &[0; 3072], bytes].concat();
        for piece in whole.chunks(step) {
            follower.feed(piece, Some(3), &mut out);
        }
        (out, follower)
    }

    fn header(csid: u32, time: u32, len: usize, kind: u8) -> Header {
        Header { fmt: 0, csid, form: Form::Smallest, time, len, kind, msid: 1 }
    }

    proptest! {
        /// The bodies of the suite's other reader, at the places where they stand, in any split.
        #[test]
        fn bodies_and_places(
            lens in proptest::collection::vec((0_usize..700, 2_u32..400, any::<bool>()), 1..12),
            step in 1_usize..4000,
            cut in 0_usize..200,
        ) {
            let mut wire = Vec::new();
            for (i, (len, csid, long)) in lens.iter().enumerate() {
                let body: Vec<u8> = (0..*len).map(|n| (n * 7 + i) as u8).collect();
                let time = if *long { 0x0100_0000 + i as u32 } else { i as u32 };
                wire.extend(chunks(header(*csid, time, *len, 9), &body, 128).concat());
            }
            wire.truncate(wire.len().saturating_sub(cut));
            let (out, follower) = parts(&wire, step);
            prop_assert_eq!(&follower.unreadable, &None);
            let seen = Reader::default().feed(&wire);
            prop_assert_eq!(out.len(), seen.len());
            for (part, message) in out.iter().zip(&seen) {
                prop_assert_eq!(&part.body, &message.body);
                let there: Vec<u8> = part
                    .places(0..part.body.len())
                    .flat_map(|(at, n)| wire[at as usize - 3073..][..n].to_vec())
                    .collect();
                prop_assert_eq!(&there, &message.body);
            }
        }

        #[test]
        fn any_bytes_are_followed(wire in proptest::collection::vec(any::<u8>(), 0..600), step in 1_usize..600) {
            let (mut out, mut follower) = parts(&wire, step);
            follower.flush(&mut out);
            for part in &out {
                let placed: usize = part.pieces.iter().map(|(_, n)| n).sum();
                prop_assert!(part.kind == Kind::Blind || placed == part.body.len());
            }
        }
    }

    #[test]
    fn a_long_command_is_not_looked_into_beyond_its_bound() {
        let body = vec![2; (1 << 20) + 300];
        let (out, _) = parts(&chunks(header(3, 0, body.len(), 20), &body, 128).concat(), 4096);
        assert_eq!((out[0].kind, out[0].body.len()), (Kind::Message(20), 1 << 20));
        let blind: usize = out[1..].iter().flat_map(|p| &p.pieces).map(|(_, n)| n).sum();
        assert_eq!(blind, 300);
        assert!(out[1..].iter().all(|p| p.kind == Kind::Blind));
    }

    #[test]
    fn what_cannot_be_read_is_opaque_from_there_on() {
        let (mut out, mut follower) = parts(&[0xC7, 1, 2, 3], 1000);
        assert_eq!(follower.unreadable.as_ref().unwrap().0, 3073);
        follower.flush(&mut out);
        assert_eq!(
            (out[0].kind, &out[0].body[..], out[0].begin()),
            (Kind::Opaque, &[0xC7, 1, 2, 3][..], 3073)
        );
    }

    #[test]
    fn what_unfinished_messages_hold_is_bounded() {
        let (mut follower, mut out) = (Follower::default(), Vec::new());
        follower.feed(&[&[3][..], &[0; 3072]].concat(), Some(3), &mut out);
        for csid in 2..70_u32 {
            let first = chunks(header(csid, 0, 300_000, 9), &vec![0; 300_000], 16 << 20);
            follower.feed(&first[0][..first[0].len() - 1], Some(3), &mut out);
            assert!(follower.held <= super::HELD + super::LOOKED_INTO);
        }
    }
}
