//! What chunk decoding and encoding cost at least: no limits, no errors, no extended timestamps, no
//! chunk stream ids above 63, no sessions. Not a decoder to use, but the one to compare with.

use rtmp_proto::{Message, MessageType};

const FRESH: Stream = Stream { time: 0, delta: 0, length: 0, kind: 0, stream: 0, partial: Vec::new() };

#[derive(Clone)]
struct Stream {
    time: u32,
    delta: u32,
    length: usize,
    kind: u8,
    stream: u32,
    partial: Vec<u8>,
}

/// A message of [`Decoder`].
pub struct Lent<'a> {
    /// Absolute timestamp in ms.
    pub time: u32,
    /// Message type id.
    pub kind: u8,
    /// Message stream id.
    pub stream: u32,
    /// Whole body.
    pub payload: &'a [u8],
}

/// An incremental chunk decoder that trusts its input.
pub struct Decoder {
    chunk_size: usize,
    streams: [Stream; 64],
    /// Chunk stream and missing bytes of the chunk in progress.
    chunk: Option<(usize, usize)>,
    pending: Vec<u8>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { chunk_size: 128, streams: [FRESH; 64], chunk: None, pending: Vec::with_capacity(32) }
    }
}

impl Decoder {
    /// Consumes `input`, lending each message that ends in it.
    #[inline]
    pub fn for_each(&mut self, mut input: &[u8], mut f: impl FnMut(Lent<'_>)) {
        if !self.pending.is_empty() {
            let old = self.pending.len();
            self.pending.extend_from_slice(&input[..input.len().min(12 - old)]);
            let bytes = std::mem::take(&mut self.pending);
            match self.header(&bytes) {
                Some(length) => input = &input[length - old..],
                None => {
                    self.pending = bytes;
                    return;
                }
            }
        }
        loop {
            let (id, left) = match self.chunk.take() {
                Some(chunk) => chunk,
                None => match self.header(input) {
                    Some(length) => {
                        input = &input[length..];
                        self.chunk.take().unwrap_or_default()
                    }
                    None => return self.pending.extend_from_slice(input),
                },
            };
            let stream = &mut self.streams[id];
            let (part, rest) = input.split_at(left.min(input.len()));
            input = rest;
            let whole = stream.partial.is_empty() && part.len() == stream.length;
            if !whole {
                stream.partial.extend_from_slice(part);
                if part.len() < left {
                    self.chunk = Some((id, left - part.len()));
                    return;
                }
                if stream.partial.len() < stream.length {
                    continue;
                }
            }
            let payload = if whole { part } else { &stream.partial };
            if stream.kind == MessageType::SET_CHUNK_SIZE.0 {
                self.chunk_size = payload.iter().fold(0, |size, byte| size << 8 | usize::from(*byte));
            }
            f(Lent { time: stream.time, kind: stream.kind, stream: stream.stream, payload });
            stream.partial.clear();
        }
    }

    /// Puts a chunk header into effect and returns its length, if all of it is there.
    #[inline(always)]
    fn header(&mut self, input: &[u8]) -> Option<usize> {
        let first = *input.first()?;
        let id = usize::from(first & 63);
        let length = [12, 8, 4, 1][usize::from(first >> 6)];
        let bytes = input.get(1..length)?;
        let stream = &mut self.streams[id];
        if length >= 4 {
            stream.delta = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
        }
        if length >= 8 {
            stream.length = u32::from_be_bytes([0, bytes[3], bytes[4], bytes[5]]) as usize;
            stream.kind = bytes[6];
        }
        if length == 12 {
            stream.stream = u32::from_le_bytes([bytes[7], bytes[8], bytes[9], bytes[10]]);
            stream.time = 0;
        }
        if stream.partial.is_empty() {
            stream.time = stream.time.wrapping_add(stream.delta);
        }
        self.chunk = Some((id, (stream.length - stream.partial.len()).min(self.chunk_size)));
        Some(length)
    }
}

/// What an encoder remembers of each chunk stream: timestamp, delta, length and type.
pub struct Encoder {
    last: [(u32, u32, usize, u8); 64],
}

impl Default for Encoder {
    fn default() -> Self {
        Self { last: [(0, u32::MAX, 0, 0); 64] }
    }
}

impl Encoder {
    #[inline(always)]
    fn header(&mut self, message: &Message) -> ([u8; 12], usize) {
        let id = message.chunk_stream.value() as u8;
        let (length, time) = (message.payload.len(), message.timestamp.0);
        let last = &mut self.last[usize::from(id)];
        let delta = time.wrapping_sub(last.0);
        let fmt = match *last {
            (0, u32::MAX, 0, 0) => 0,
            (.., l, k) if l != length || k != message.kind.0 => 1,
            (_, d, ..) if d != delta => 2,
            _ => 3,
        };
        *last = (time, if fmt == 0 { u32::MAX - 1 } else { delta }, length, message.kind.0);
        let [_, t @ ..] = if fmt == 0 { time } else { delta }.to_be_bytes();
        let [_, l @ ..] = (length as u32).to_be_bytes();
        let s = message.stream.0.to_le_bytes();
        let head =
            [fmt << 6 | id, t[0], t[1], t[2], l[0], l[1], l[2], message.kind.0, s[0], s[1], s[2], s[3]];
        (head, [12, 8, 4, 1][usize::from(fmt)])
    }

    /// Appends the chunks of `message`, copying the payload.
    #[inline]
    pub fn copy(&mut self, message: &Message, chunk_size: usize, out: &mut Vec<u8>) {
        let (head, length) = self.header(message);
        let mut parts = message.payload.chunks(chunk_size);
        out.reserve(length + message.payload.len() + message.payload.len() / chunk_size);
        out.extend_from_slice(&head[..length]);
        out.extend_from_slice(parts.next().unwrap_or_default());
        for part in parts {
            out.push(head[0] | 0xC0);
            out.extend_from_slice(part);
        }
    }

    /// Writes the message header to `headers` and shows every slice of the wire to `f`.
    #[inline]
    pub fn slices(&mut self, message: &Message, chunk_size: usize, mut f: impl FnMut(&[u8])) {
        let (head, length) = self.header(message);
        let mut parts = message.payload.chunks(chunk_size);
        let more = [head[0] | 0xC0];
        f(&head[..length]);
        f(parts.next().unwrap_or_default());
        for part in parts {
            f(&more);
            f(part);
        }
    }
}
