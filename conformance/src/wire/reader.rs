//! A tolerant chunk reader of the suite's own. Where the reference's decoder only yields messages, this one
//! keeps every fact about every chunk, so that a peer's *sending* can be judged (the `[CAP]` rows).

use std::collections::HashMap;
use std::ops::Range;

/// Chunks of one message whose facts are kept; a 16 MB message in chunks of one byte would cost 1.2 GB.
pub const KEPT_CHUNKS: usize = 1 << 16;

/// One chunk as it stood on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkSeen {
    /// Offset of the first header byte in the stream after the handshake.
    pub offset: usize,
    /// Chunk type 0..=3.
    pub fmt: u8,
    /// Length of the basic header, 1..=3 bytes.
    pub basic_len: usize,
    /// Chunk stream id.
    pub csid: u32,
    /// The 24-bit field of types 0 to 2.
    pub field: Option<u32>,
    /// The extended timestamp where one stands.
    pub extended: Option<u32>,
    /// Whether a message starts here.
    pub starts: bool,
    /// Where its payload lies in the stream.
    pub payload: Range<usize>,
}

/// A whole message with the chunks that carried it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSeen {
    /// Chunk stream id.
    pub csid: u32,
    /// Absolute timestamp in ms.
    pub ts: u32,
    /// Message type id.
    pub kind: u8,
    /// Message stream id.
    pub msid: u32,
    /// Body.
    pub body: Vec<u8>,
    /// In order; at most the first [`KEPT_CHUNKS`].
    pub chunks: Vec<ChunkSeen>,
    /// Chunk size in force when its first chunk was read.
    pub chunk_size: usize,
}

/// What a chunk stream remembers between chunks.
#[derive(Debug, Default, Clone, Copy)]
struct State {
    ts: u32,
    delta: u32,
    len: usize,
    kind: u8,
    msid: u32,
    extended: Option<u32>,
    chunk_size: usize,
    used: bool,
}

#[derive(Debug, Default)]
struct Stream {
    state: State,
    body: Vec<u8>,
    chunks: Vec<ChunkSeen>,
}

/// Reads one direction of one connection, after the handshake.
#[derive(Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    start: usize,
    chunk_size: usize,
    streams: HashMap<u32, Stream>,
    /// Bytes of unfinished messages.
    unfinished: usize,
    /// What made the rest unreadable, with the offset.
    pub broken: Option<String>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            chunk_size: 128,
            streams: HashMap::new(),
            unfinished: 0,
            broken: None,
        }
    }
}

impl Reader {
    /// The chunk size in force.
    #[must_use]
    pub fn chunk_size(&self) -> usize {
        self.chunk_size
    }

    /// Bytes held: what is not read yet and what belongs to unfinished messages.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffer.len() + self.unfinished
    }

    /// Takes bytes and returns the messages they completed. Nothing is kept once the stream is unreadable.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<MessageSeen> {
        if self.broken.is_some() {
            return Vec::new();
        }
        self.buffer.extend_from_slice(bytes);
        let mut done = Vec::new();
        let mut at = 0;
        while self.broken.is_none() {
            match self.chunk(at) {
                Some((used, message)) => {
                    at += used;
                    if let Some(message) = message {
                        self.apply(&message);
                        done.push(message);
                    }
                }
                None => break,
            }
        }
        self.buffer.drain(..at);
        self.start += at;
        if self.broken.is_some() {
            self.buffer = Vec::new();
            self.streams.clear();
            self.unfinished = 0;
        }
        done
    }

    /// Set Chunk Size and Abort take effect when they are complete (RTMP 5.4).
    fn apply(&mut self, message: &MessageSeen) {
        let Some(word) = message.body.first_chunk::<4>().map(|b| u32::from_be_bytes(*b)) else { return };
        match message.kind {
            1 if word & 0x7FFF_FFFF > 0 => {
                self.chunk_size = (word & 0x7FFF_FFFF).min(0xFF_FFFF) as usize;
            }
            2 => {
                if let Some(stream) = self.streams.get_mut(&word) {
                    self.unfinished -= stream.body.len();
                    stream.body.clear();
                    stream.chunks.clear();
                }
            }
            _ => {}
        }
    }

    /// One chunk at `at`: bytes used and the message that it completed. `None`: more bytes are needed, or
    /// `broken` was set.
    fn chunk(&mut self, at: usize) -> Option<(usize, Option<MessageSeen>)> {
        let b = &self.buffer[at..];
        let first = *b.first()?;
        let fmt = first >> 6;
        let (csid, basic_len) = match first & 0x3F {
            0 => (u32::from(*b.get(1)?) + 64, 2),
            1 => (u32::from(*b.get(2)?) * 256 + u32::from(*b.get(1)?) + 64, 3),
            id => (u32::from(id), 1),
        };
        let header_len = [11, 7, 3, 0][usize::from(fmt)];
        let header = b.get(basic_len..basic_len + header_len)?;
        let field = (fmt < 3).then(|| be24(header));
        let known = self.streams.get(&csid);
        let mut stream = known.map_or(State::default(), |s| s.state);
        let received = known.map_or(0, |s| s.body.len());
        let starts = known.is_none_or(|s| s.chunks.is_empty());
        if !stream.used && fmt > 1 {
            self.broken = Some(format!(
                "byte {}: a type {fmt} chunk is the first on chunk stream {csid}",
                self.start + at
            ));
            return None;
        }
        let mut used = basic_len + header_len;
        let has_extended = match field {
            Some(field) => field == 0xFF_FFFF,
            None => stream.extended.is_some(),
        };
        let mut extended = None;
        if has_extended {
            let word = u32::from_be_bytes(*b.get(used..used + 4)?.first_chunk::<4>()?);
            // Old senders leave the field out of type 3 (errata E-15): take the four bytes for a
            // timestamp only if they are the one in force.
            if fmt < 3 || starts || stream.extended == Some(word) {
                extended = Some(word);
                used += 4;
            }
        }
        if fmt < 3 {
            stream.extended = extended;
        }
        if starts {
            let time = if fmt < 3 { extended.or(field).unwrap_or(0) } else { stream.delta };
            if fmt <= 1 {
                stream.len = be24(&header[3..]) as usize;
                stream.kind = header[6];
            }
            if fmt == 0 {
                stream.msid = u32::from_le_bytes([header[7], header[8], header[9], header[10]]);
                stream.ts = time;
            } else {
                stream.ts = stream.ts.wrapping_add(time);
            }
            stream.delta = time;
            stream.chunk_size = self.chunk_size;
            stream.used = true;
        } else if fmt < 2 && be24(&header[3..]) as usize != stream.len {
            self.broken = Some(format!(
                "byte {}: a type {fmt} chunk changes the length of an unfinished message on chunk stream {csid}",
                self.start + at
            ));
            return None;
        }
        let payload_len = (stream.len - received).min(self.chunk_size);
        let payload = b.get(used..used + payload_len)?;
        let entry = self.streams.entry(csid).or_default();
        entry.state = stream;
        entry.body.extend_from_slice(payload);
        self.unfinished += payload_len;
        let offset = self.start + at;
        if entry.chunks.len() < KEPT_CHUNKS {
            entry.chunks.push(ChunkSeen {
                offset,
                fmt,
                basic_len,
                csid,
                field,
                extended,
                starts,
                payload: offset + used..offset + used + payload_len,
            });
        }
        used += payload_len;
        if entry.body.len() == stream.len {
            self.unfinished -= stream.len;
        }
        let message = (entry.body.len() == stream.len).then(|| MessageSeen {
            csid,
            ts: stream.ts,
            kind: stream.kind,
            msid: stream.msid,
            body: std::mem::take(&mut entry.body),
            chunks: std::mem::take(&mut entry.chunks),
            chunk_size: stream.chunk_size,
        });
        Some((used, message))
    }
}

fn be24(b: &[u8]) -> u32 {
    u32::from_be_bytes([0, b[0], b[1], b[2]])
}

#[cfg(test)]
mod tests {
    use super::Reader;
    use crate::pen::chunk::{Form, Header, chunks};

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    /// The derived decode cases of the worked vectors, section V4, as headers of one-byte messages.
    #[test]
    fn timestamps_of_the_worked_vectors() {
        let h0 = |ext: &str, ts: &str| format!("06{ts}00000109010000 00{ext}00").replace(' ', "");
        for (wire, want) in [
            (h0("", "0003e8") + "8600001400" + "c600" + "c600", vec![1000, 1020, 1040, 1060]),
            (h0("", "0003e8") + "c600", vec![1000, 2000]),
            (h0("01000000", "ffffff") + "8600001400" + "c600", vec![0x100_0000, 0x100_0014, 0x100_0028]),
            (h0("", "00000a") + "46ffffff000001090100000000", vec![10, 0x100_000A]),
            (
                h0("", "00000a") + "46ffffff000001090100000000" + "c60100000000",
                vec![10, 0x100_000A, 0x200_000A],
            ),
            (h0("", "0003e8") + "46ffffff00000109ffffffec00", vec![1000, 980]),
            (h0("fffffff0", "ffffff") + "8600002000", vec![0xFFFF_FFF0, 0x10]),
        ] {
            let mut reader = Reader::default();
            let got: Vec<u32> = reader.feed(&bytes(&wire)).iter().map(|m| m.ts).collect();
            assert_eq!((got, reader.broken), (want, None), "{wire}");
        }
    }

    #[test]
    fn any_split_gives_the_same_messages() {
        let header =
            Header { fmt: 0, csid: 70, form: Form::Two, time: 0x0100_0000, len: 300, kind: 9, msid: 1 };
        let body: Vec<u8> = (0..300).map(|i| i as u8).collect();
        let wire = chunks(header, &body, 128).concat();
        let mut reader = Reader::default();
        let one_by_one: Vec<_> = wire.iter().flat_map(|b| reader.feed(&[*b])).collect();
        assert_eq!(one_by_one, Reader::default().feed(&wire));
        assert_eq!(one_by_one[0].body, body);
        assert_eq!(one_by_one[0].chunks.len(), 3);
        assert!(one_by_one[0].chunks.iter().all(|c| c.extended == Some(0x0100_0000)));
    }

    #[test]
    fn what_is_held_is_counted_and_ends_with_the_stream() {
        let header = Header { fmt: 0, csid: 6, form: Form::Smallest, time: 0, len: 300, kind: 9, msid: 1 };
        let wire = chunks(header, &[7; 300], 128);
        let mut reader = Reader::default();
        assert!(reader.feed(&wire[0]).is_empty());
        assert_eq!(reader.held(), 128);
        assert_eq!(reader.feed(&wire[1..].concat()).len(), 1);
        assert_eq!(reader.held(), 0);
        // An Abort of an unfinished message gives its bytes back.
        reader.feed(&wire[0]);
        reader.feed(&bytes("02000000000004020000000000000006"));
        assert_eq!(reader.held(), 0);
        reader.feed(&bytes("c7"));
        assert!(reader.broken.is_some());
        reader.feed(&[0; 10_000]);
        assert_eq!(reader.held(), 0);
    }

    #[test]
    fn a_compressed_header_first_is_named() {
        let mut reader = Reader::default();
        assert!(reader.feed(&bytes("860000140000")).is_empty());
        assert!(reader.broken.unwrap().contains("type 2 chunk is the first on chunk stream 6"));
    }
}
