//! A receiver of chunks written straight from RTMP 5.3.1 and 5.4, the errata and EA 5.1 and 6: the whole
//! input in memory, no limit but two, no short cut. What the decoder is compared with.

use std::collections::HashMap;

use bytes::Bytes;
use rtmp_proto::{ChunkStreamId, Message, MessageStreamId, MessageType, SessionError, Timestamp};

/// How a receiver reads what receivers are known to read differently.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Whether a type 3 chunk repeats the extended timestamp: by the text (E-15), by the edition of
    /// 2009, or as the first such chunk within a message shows.
    pub repeats: Option<bool>,
    /// Type 3 right after type 0 adds nothing (E-15c).
    pub nothing_after_type0: bool,
    /// The extended timestamp of types 1 and 2 is absolute (E-15b).
    pub absolute_extended: bool,
}

/// How the input ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Open,
    Peer(&'static str, u64),
    Limit(&'static str, u64),
}

impl End {
    pub fn of(result: Result<(), SessionError>) -> Self {
        match result {
            Ok(()) => Self::Open,
            Err(SessionError::Peer(error)) => Self::Peer(error.clause, error.offset),
            Err(SessionError::Limit(error)) => Self::Limit(error.limit, error.value),
            Err(SessionError::Local(error)) => panic!("{error}"),
        }
    }
}

#[derive(Default, Clone)]
struct Stream {
    time: u32,
    delta: u32,
    length: usize,
    kind: u8,
    stream: u32,
    extended: Option<u32>,
    body: Option<Vec<u8>>,
}

struct Input<'a>(&'a [u8], usize);

impl Input<'_> {
    /// The next `N` bytes, lowest first.
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.0.get(self.1..)?.first_chunk()?;
        self.1 += N;
        Some(*bytes)
    }

    fn u24(&mut self) -> Option<u32> {
        self.take().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }
}

/// All messages of `wire`, and its end.
pub fn read(wire: &[u8], reading: Reading, message_len: usize, chunk_streams: usize) -> (Vec<Message>, End) {
    let mut messages = Vec::new();
    let mut model = Model { reading, chunk_size: 128, streams: HashMap::new(), message_len, chunk_streams };
    let mut input = Input(wire, 0);
    loop {
        match model.chunk(&mut input) {
            Some(Ok(Some(message))) => messages.push(message),
            Some(Ok(None)) => {}
            Some(Err(end)) => return (messages, end),
            None => return (messages, End::Open),
        }
    }
}

struct Model {
    reading: Reading,
    chunk_size: usize,
    streams: HashMap<u32, Stream>,
    message_len: usize,
    chunk_streams: usize,
}

impl Model {
    /// Reads one chunk; `None` when the input ends within it.
    fn chunk(&mut self, input: &mut Input<'_>) -> Option<Result<Option<Message>, End>> {
        let start = input.1 as u64;
        // RTMP 5.3.1.1, EA 4.1.
        let [first] = input.take()?;
        let id = match first & 0x3F {
            0 => 64 + u32::from(input.take::<1>()?[0]),
            1 => 64 + u32::from(u16::from_le_bytes(input.take()?)),
            id => u32::from(id),
        };
        let fmt = first >> 6;
        let fresh = !self.streams.contains_key(&id);
        let mut state = self.streams.get(&id).cloned().unwrap_or_default();
        // RTMP 5.3.1.2.
        let mut field = 0;
        if fmt < 3 {
            field = input.u24()?;
        }
        if fmt < 2 {
            state.length = input.u24()? as usize;
            [state.kind] = input.take()?;
        }
        if fmt == 0 {
            state.stream = u32::from_le_bytes(input.take()?);
        }
        // RTMP 5.3.1.3, EA 5.1.
        if fmt < 3 {
            state.extended = if field == 0xFF_FFFF { Some(u32::from_be_bytes(input.take()?)) } else { None };
        } else if let Some(extended) = state.extended
            && self.repeated(input, &state, extended)?
        {
            input.take::<4>()?;
        }
        if fresh && fmt >= 2 {
            return Some(Err(End::Peer("RTMP 5.3.1.2.1", start)));
        }
        if fresh && self.streams.len() == self.chunk_streams {
            return Some(Err(End::Limit("chunk_streams", self.chunk_streams as u64 + 1)));
        }
        let mut body = match (state.body.take(), fmt) {
            (Some(body), 3) => body,
            (Some(_), _) => return Some(Err(End::Peer("RTMP 5.3.1.2.4", start))),
            (None, _) => {
                self.advance(&mut state, fmt, field);
                Vec::new()
            }
        };
        if state.length > self.message_len {
            return Some(Err(End::Limit("message_len", state.length as u64)));
        }
        let count = (state.length - body.len()).min(self.chunk_size);
        body.extend(input.0.get(input.1..input.1 + count)?);
        input.1 += count;
        if body.len() < state.length {
            state.body = Some(body);
            self.streams.insert(id, state);
            return Some(Ok(None));
        }
        let message = Message {
            chunk_stream: ChunkStreamId::new(id)?,
            timestamp: Timestamp(state.time),
            kind: MessageType(state.kind),
            stream: MessageStreamId(state.stream),
            payload: Bytes::from(body),
        };
        self.streams.insert(id, state);
        Some(self.obey(&message, input.1 as u64).map(|()| Some(message)))
    }

    /// Whether a type 3 chunk has the extended timestamp, where one is in force. Only the first of
    /// them within a message is looked at: by as many of its bytes as the message has left.
    fn repeated(&mut self, input: &Input<'_>, state: &Stream, extended: u32) -> Option<bool> {
        let (Some(body), None) = (&state.body, self.reading.repeats) else {
            return Some(self.reading.repeats.unwrap_or(true));
        };
        let left = state.length - body.len();
        let expected = &extended.to_be_bytes()[..left.min(4)];
        let next = &input.0[input.1..];
        if !next.starts_with(&expected[..expected.len().min(next.len())]) {
            self.reading.repeats = Some(false);
        } else if next.len() < 4 {
            return None;
        } else if left >= 4 {
            self.reading.repeats = Some(true);
        }
        Some(self.reading.repeats.unwrap_or(true))
    }

    /// RTMP 5.3.1.2.1 to 5.3.1.2.5: timestamp and delta of a new message.
    fn advance(&self, state: &mut Stream, fmt: u8, field: u32) {
        let value = state.extended.unwrap_or(field);
        match fmt {
            0 => {
                (state.time, state.delta) = (value, if self.reading.nothing_after_type0 { 0 } else { value })
            }
            3 => state.time = state.time.wrapping_add(state.delta),
            _ if self.reading.absolute_extended && state.extended.is_some() => state.time = value,
            _ => (state.time, state.delta) = (state.time.wrapping_add(value), value),
        }
    }

    /// RTMP 5.4.1 and 5.4.2, EA 6.
    fn obey(&mut self, message: &Message, offset: u64) -> Result<(), End> {
        let number = message.payload.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        match (message.kind.0, number, message.stream.0) {
            (1, None | Some(0 | 0x8000_0000..), _) => return Err(End::Peer("RTMP 5.4.1", offset)),
            (1, Some(_), 1..) => return Err(End::Peer("RTMP 5.4", offset)),
            (1, Some(size), 0) => self.chunk_size = size.min(0xFF_FFFF) as usize,
            (2, Some(id), 0) => {
                if let Some(state) = self.streams.get_mut(&id) {
                    state.body = None;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
