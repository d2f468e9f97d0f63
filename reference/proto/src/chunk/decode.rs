//! From bytes to messages (RTMP 5.3).

mod headers;

use core::{num::NonZeroUsize, ops::Range};

use bytes::{Buf, Bytes, BytesMut};

use super::{
    DEFAULT_CHUNK_SIZE, MAX_MESSAGE_LEN,
    arrived::{Header, tampered_header},
    header::{MAX_HEADER_LEN, Repeated},
    partial::PartialMessages,
    step::{Head, Step},
    streams::ChunkStreams,
};
use crate::{
    ChunkStreamId, Control, LimitExceeded, Limits, Message, MessageRef, MessageStreamId, MessageType,
    PeerMisbehaved, SessionError,
    tamper::{InputRuling, Tamper},
};

/// Payloads of at least this many bytes that lie within one chunk are split off the input by
/// [`ChunkDecoder::next`]; shorter ones are copied, so that they do not keep a whole read buffer
/// alive.
const SPLIT_AT: usize = 16 << 10;

/// What a call of [`ChunkDecoder::next`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// A whole message.
    Message(Message),
    /// The input was consumed; at least so many bytes are missing from the next chunk header or
    /// the payload of the chunk in progress.
    NeedMore(NonZeroUsize),
    /// A tamper ruled [`InputRuling::Close`] or [`InputRuling::Stall`].
    Stopped(InputRuling),
}

/// Reassembles messages from the chunks of one direction of a connection.
///
/// It applies Set Chunk Size and Abort by itself when the message is complete, and still yields
/// them. All other types are opaque to it. State: at most 512 bytes, 48 bytes for each chunk stream
/// that was used, and the bytes of partial messages within [`Limits::partial_bytes`]. For every
/// partial message up to as many bytes as have arrived of it are reserved ahead, or
/// [`Limits::reserve_ahead`] divided by the number of partial messages if that is more, but never
/// more than the rest of the message. [`Self::for_each`] keeps one buffer of at most twice
/// `reserve_ahead` for the next message.
///
/// After an error the position in the stream is lost: the decoder is of no more use.
///
/// ```
/// use rtmp_proto::{ChunkDecoder, Limits};
///
/// // RTMP 5.3.2.1: type 0 and type 3 chunks of chunk stream 3, here with a payload of one byte.
/// let wire = [0x03, 0, 3, 0xe8, 0, 0, 1, 8, 0x39, 0x30, 0, 0, 0xaf, 0x83, 0, 0, 20, 0xaf, 0xc3, 0xaf];
/// let mut times = Vec::new();
/// ChunkDecoder::new(&Limits::default())
///     .for_each(&wire, |message| times.push(message.timestamp.0))
///     .unwrap();
/// assert_eq!(times, [1000, 1020, 1040]);
/// ```
#[derive(Debug)]
pub struct ChunkDecoder {
    chunk_size: u32,
    message_len: u32,
    streams: ChunkStreams,
    partial: PartialMessages,
    habit: Habit,
    chunk: Option<Chunk>,
    /// Bytes of a header that is not complete yet. In one rare case they turn out to be payload:
    /// those that agreed with the extended timestamp before one did not.
    pending: [u8; MAX_HEADER_LEN],
    pending_len: u8,
    consumed: u64,
}

const _: () = assert!(size_of::<ChunkDecoder>() <= 512);

/// Whether the peer repeats the extended timestamp in type 3 chunks. RTMP 5.3.1.3 of 2012 says
/// it does, the edition of 2009 said it does not (errata E-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Unknown,
    Repeats,
    Omits,
}

/// The chunk whose payload is being received.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    id: u32,
    stream: usize,
    /// Payload bytes of this chunk that have not been taken.
    left: usize,
    /// A tamper wants the chunk to be ignored.
    ignored: bool,
}

impl ChunkDecoder {
    /// A decoder for the first chunk after the handshake: chunk size 128.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            chunk_size: DEFAULT_CHUNK_SIZE,
            message_len: limits.message_len,
            streams: ChunkStreams::new(limits.chunk_streams),
            partial: PartialMessages::new(limits),
            habit: Habit::Unknown,
            chunk: None,
            pending: [0; MAX_HEADER_LEN],
            pending_len: 0,
            consumed: 0,
        }
    }

    /// Counts from `offset`, the bytes of the handshake, instead of 0. Errors and
    /// [`Self::bytes_consumed`] then speak of offsets in the connection.
    #[must_use]
    pub fn starting_at(mut self, offset: u64) -> Self {
        self.consumed = offset;
        self
    }

    /// The most payload bytes in a chunk of the peer at this point, 1..=16,777,215.
    #[must_use]
    pub fn chunk_size(&self) -> u32 {
        self.chunk_size
    }

    /// Bytes taken from all inputs so far, counted from [`Self::starting_at`].
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.consumed
    }

    /// Consumes all of `input` and lends each message that becomes complete. A message that lies
    /// within one chunk and within `input` is not copied. Returns the number of bytes consumed,
    /// which is the length of `input`.
    ///
    /// # Errors
    /// As for [`Self::next`]; messages before the error have been lent.
    pub fn for_each(
        &mut self,
        input: &[u8],
        mut f: impl FnMut(MessageRef<'_>),
    ) -> Result<usize, SessionError> {
        let mut taken = 0;
        loop {
            self.whole_messages(input, &mut taken, |head, at| f(head.lend(&input[at])));
            match self.step(input, &mut taken, &mut None)? {
                Step::Lent(head, len) => f(head.lend(&input[taken - len..taken])),
                Step::Assembled(head, payload) => {
                    f(head.lend(&payload));
                    self.partial.recycle(payload);
                }
                Step::NeedMore(_) | Step::Stopped(_) => return Ok(taken),
            }
        }
    }

    /// Consumes all of `input` and gives away each message that becomes complete. A payload of at
    /// least `share_from` bytes that lies within one chunk and within `input` is not copied but keeps
    /// the whole buffer behind `input` alive: at most `buffer length / share_from` times as many bytes
    /// as the payload has. Others have memory of their own, at most twice their length. 0 suits a
    /// receiver that keeps all messages or none, `usize::MAX` one that keeps few of them for long.
    ///
    /// # Errors
    /// As for [`Self::next`]; messages before the error have been given away.
    pub fn for_each_owned(
        &mut self,
        input: &Bytes,
        share_from: usize,
        mut f: impl FnMut(Message),
    ) -> Result<(), SessionError> {
        let mut taken = 0;
        loop {
            self.whole_messages(input, &mut taken, |head, at| f(head.own(own(input, at, share_from))));
            match self.step(input, &mut taken, &mut None)? {
                Step::Lent(head, len) => f(head.own(own(input, taken - len..taken, share_from))),
                Step::Assembled(head, payload) => f(head.own(self.partial.give_away(payload))),
                Step::NeedMore(_) | Step::Stopped(_) => return Ok(()),
            }
        }
    }

    /// Takes bytes from the front of `input` up to the end of the next message. When there is no
    /// whole message all of `input` is consumed. A payload of 16 KiB or more that lies within one
    /// chunk and within `input` is split off and keeps the whole buffer behind `input` alive; others
    /// have memory of their own, at most twice their length.
    ///
    /// # Errors
    /// [`PeerMisbehaved`] for a chunk of type 2 or 3 on a chunk stream that was never used
    /// (RTMP 5.3.1.2.1), for one of type 0, 1 or 2 within a message (RTMP 5.3.1.2.4), for a Set
    /// Chunk Size that is too short, 0, above 0x7FFF_FFFF or not on message stream 0 (RTMP 5.4,
    /// 5.4.1); [`LimitExceeded`] for `message_len`, `chunk_streams` and `partial_bytes`.
    #[inline(always)]
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Decoded, SessionError> {
        self.next_tampered(input, None)
    }

    /// [`Self::next`] with the calls of [`Tamper`] that concern chunks.
    ///
    /// # Errors
    /// As for [`Self::next`].
    #[inline(always)]
    pub fn next_tampered(
        &mut self,
        input: &mut BytesMut,
        mut tamper: Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Decoded, SessionError> {
        if self.between_chunks()
            && tamper.is_none()
            && let Some(whole) = self.streams.whole_message(input, self.plain_len())
        {
            self.consumed += (whole.header_len + whole.len) as u64;
            let payload = take(input, whole.header_len, whole.len);
            return Ok(Decoded::Message(whole.head.own(payload)));
        }
        self.next_other(input, &mut tamper)
    }

    /// What is not the most usual case of [`Self::next`].
    #[inline(never)]
    fn next_other(
        &mut self,
        input: &mut BytesMut,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Decoded, SessionError> {
        let mut taken = 0;
        let step = self.step(input, &mut taken, tamper);
        if !matches!(step, Ok(Step::Lent(..))) {
            input.advance(taken);
        }
        Ok(match step? {
            Step::Lent(head, len) => Decoded::Message(head.own(take(input, taken - len, len))),
            Step::Assembled(head, payload) => Decoded::Message(head.own(self.partial.give_away(payload))),
            Step::NeedMore(missing) => Decoded::NeedMore(missing),
            Step::Stopped(ruling) => Decoded::Stopped(ruling),
        })
    }

    /// Takes messages of the most usual kind off `input[*taken..]` while there are any.
    #[inline(always)]
    fn whole_messages(&mut self, input: &[u8], taken: &mut usize, mut f: impl FnMut(Head, Range<usize>)) {
        if !self.between_chunks() {
            return;
        }
        let mut end = *taken;
        while let Some(whole) = self.streams.whole_message(&input[end..], self.plain_len()) {
            let start = end + whole.header_len;
            end = start + whole.len;
            f(whole.head, start..end);
        }
        self.consumed += (end - *taken) as u64;
        *taken = end;
    }

    /// Goes on at `input[*taken..]` up to the end of a message or of the input.
    #[inline(always)]
    fn step(
        &mut self,
        input: &[u8],
        taken: &mut usize,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Step, SessionError> {
        loop {
            if self.between_chunks()
                && tamper.is_none()
                && let Some((id, stream)) = self.long_message(input, taken)?
            {
                return self.assembled(id, stream, tamper);
            }
            let chunk = match self.chunk.take() {
                Some(chunk) => chunk,
                None => {
                    let before = self.consumed - u64::from(self.pending_len);
                    let header = match self.read_header(input, taken, tamper) {
                        Ok(header) => header,
                        Err(missing) => return Ok(Step::NeedMore(missing)),
                    };
                    match self.begin_chunk(header, before, tamper)? {
                        Ok(chunk) => chunk,
                        Err(ruling) => return Ok(Step::Stopped(ruling)),
                    }
                }
            };
            // The usual case of small chunks and messages: nothing to keep.
            let state = &mut self.streams[chunk.stream];
            if chunk.left == state.header.length as usize
                && input.len() - *taken >= chunk.left
                && state.received() == 0
                && self.pending_len == 0
                && !chunk.ignored
            {
                state.partial = None;
                *taken += chunk.left;
                self.consumed += chunk.left as u64;
                let payload = &input[*taken - chunk.left..*taken];
                return self.lent(chunk.id, chunk.stream, payload, tamper);
            }
            if let Some(step) = self.read_payload(chunk, input, taken, tamper)? {
                return Ok(step);
            }
        }
    }

    /// Whether the next byte of the input begins a chunk.
    #[inline(always)]
    fn between_chunks(&self) -> bool {
        self.chunk.is_none() && self.pending_len == 0
    }

    /// Longest message that comes in one chunk and is within the limits.
    #[inline(always)]
    fn plain_len(&self) -> usize {
        self.chunk_size.min(self.message_len) as usize
    }

    /// A short cut for nearly all chunks of long messages: takes those of one message that have no
    /// extended timestamp and lie whole in the input. Returns chunk stream id and index when the
    /// message is complete.
    #[inline]
    fn long_message(
        &mut self,
        input: &[u8],
        taken: &mut usize,
    ) -> Result<Option<(u32, usize)>, LimitExceeded> {
        let rest = &input[*taken..];
        let chunk = self.chunk_size as usize;
        let (id, stream, mut used) = match self.streams.continued(rest) {
            Some((id, stream)) => (id, stream, 0),
            None => {
                let begun = self.streams.begun(rest, chunk, self.message_len as usize);
                let Some((id, stream, header)) = begun else { return Ok(None) };
                self.partial.keep(&mut self.streams[stream], &rest[header..header + chunk])?;
                (id, stream, header + chunk)
            }
        };
        let state = &mut self.streams[stream];
        used += self.partial.keep_chunks(state, 0xC0 | id as u8, &rest[used..], chunk);
        *taken += used;
        self.consumed += used as u64;
        let complete = used > 0 && state.received() == state.header.length as usize;
        Ok(complete.then_some((id, stream)))
    }

    /// Puts a header into effect. The inner error is a tamper's wish to stop.
    #[inline(always)]
    fn begin_chunk(
        &mut self,
        header: Header,
        offset: u64,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Result<Chunk, InputRuling>, SessionError> {
        let fmt = header.basic.fmt;
        let misbehaved = |what, clause| PeerMisbehaved { what, clause, offset };
        if let Repeated::Unknown { rest } = header.repeated {
            self.habit = match header.extended {
                None => Habit::Omits,
                Some(_) if rest >= 4 => Habit::Repeats,
                Some(_) => Habit::Unknown,
            };
        }
        if header.stream.is_none() && fmt >= 2 {
            // Type 1 is tolerated: some clients begin chunk stream 2 with it.
            let what = "the first chunk of a chunk stream leaves out the message length";
            return Err(misbehaved(what, "RTMP 5.3.1.2.1").into());
        }
        let stream = match header.stream {
            Some(stream) => stream,
            None => self.streams.add(header.id.value())?,
        };
        let state = &mut self.streams[stream];
        let starts = state.partial.is_none();
        let received = state.received();
        if !starts && fmt != 3 {
            let what = "a chunk within a message is not of type 3";
            return Err(misbehaved(what, "RTMP 5.3.1.2.4").into());
        }
        let mut message = header.message;
        let (mut timestamp, mut delta) = match starts {
            true => state.advance(fmt, message.time),
            false => (state.timestamp, state.delta),
        };
        if let Some(tamper) = tamper {
            let (ruling, chunk) = tampered_header(*tamper, header, state, timestamp, delta);
            match ruling {
                InputRuling::Process => {
                    (timestamp, delta) = (chunk.timestamp, chunk.delta);
                    message.length = chunk.length.min(MAX_MESSAGE_LEN).max(received as u32);
                    message.kind = chunk.kind.0;
                    message.stream = chunk.stream.0;
                }
                InputRuling::Ignore => {
                    let left = (message.length as usize - received).min(self.chunk_size as usize);
                    return Ok(Ok(Chunk { id: header.id.value(), stream, left, ignored: true }));
                }
                ruling @ (InputRuling::Close | InputRuling::Stall) => return Ok(Err(ruling)),
            }
        }
        if starts && message.length > self.message_len {
            return Err(LimitExceeded {
                limit: "message_len",
                value: u64::from(message.length),
                maximum: u64::from(self.message_len),
            }
            .into());
        }
        state.header = message;
        state.timestamp = timestamp;
        state.delta = delta;
        state.partial.get_or_insert_default();
        let left = (message.length as usize - received).min(self.chunk_size as usize);
        Ok(Ok(Chunk { id: header.id.value(), stream, left, ignored: false }))
    }

    /// Takes payload that has to be kept.
    fn read_payload(
        &mut self,
        mut chunk: Chunk,
        input: &[u8],
        taken: &mut usize,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Option<Step>, SessionError> {
        if self.pending_len > 0 {
            let bytes = self.pending;
            let count = chunk.left.min(usize::from(self.pending_len));
            self.pending.copy_within(count.., 0);
            self.pending_len -= count as u8;
            if !chunk.ignored {
                self.partial.keep(&mut self.streams[chunk.stream], &bytes[..count])?;
            }
            chunk.left -= count;
        }
        let rest = &input[*taken..];
        let count = chunk.left.min(rest.len());
        *taken += count;
        self.consumed += count as u64;
        if !chunk.ignored {
            self.partial.keep(&mut self.streams[chunk.stream], &rest[..count])?;
        }
        chunk.left -= count;
        if let Some(missing) = NonZeroUsize::new(chunk.left) {
            self.chunk = Some(chunk);
            return Ok(Some(Step::NeedMore(missing)));
        }
        let state = &mut self.streams[chunk.stream];
        if chunk.ignored || state.received() < state.header.length as usize {
            return Ok(None);
        }
        self.assembled(chunk.id, chunk.stream, tamper).map(Some)
    }

    /// A message complete within one chunk of the input.
    #[inline]
    fn lent(
        &mut self,
        id: u32,
        stream: usize,
        payload: &[u8],
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Step, SessionError> {
        let head = self.head(id, stream);
        if head.kind <= MessageType::ABORT {
            self.apply(head, payload, tamper)?;
        }
        Ok(Step::Lent(head, payload.len()))
    }

    /// A message complete in its buffer.
    fn assembled(
        &mut self,
        id: u32,
        stream: usize,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<Step, SessionError> {
        let payload = self.partial.give_up(&mut self.streams[stream]);
        let head = self.head(id, stream);
        if head.kind <= MessageType::ABORT {
            self.apply(head, &payload, tamper)?;
        }
        Ok(Step::Assembled(head, payload))
    }

    /// Heap memory of all chunk streams and buffers, without the search tree of high ids.
    #[cfg(test)]
    pub(super) fn reserved_bytes(&self) -> usize {
        self.streams.reserved_bytes() + self.partial.reserved_bytes()
    }

    #[inline]
    fn head(&self, id: u32, stream: usize) -> Head {
        let state = &self.streams[stream];
        Head {
            chunk_stream: ChunkStreamId::new(id).unwrap_or(ChunkStreamId::CONTROL),
            timestamp: state.timestamp,
            kind: MessageType(state.header.kind),
            stream: MessageStreamId(state.header.stream),
        }
    }

    /// Set Chunk Size and Abort take effect as soon as they are complete (RTMP 5.4).
    #[cold]
    fn apply(
        &mut self,
        head: Head,
        payload: &[u8],
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Result<(), SessionError> {
        let on_connection = head.stream == MessageStreamId::CONNECTION;
        match (head.kind, Control::decode(head.kind, payload)) {
            (MessageType::SET_CHUNK_SIZE, Err(error)) => Err(error.at(self.consumed).into()),
            // Ignored or obeyed, one of the two sides would take the next chunk for something else.
            (MessageType::SET_CHUNK_SIZE, Ok(_)) if !on_connection => Err(PeerMisbehaved {
                what: "Set Chunk Size on a message stream other than 0",
                clause: "RTMP 5.4",
                offset: self.consumed,
            }
            .into()),
            (_, Ok(Control::SetChunkSize(declared))) => {
                let honest = declared.min(MAX_MESSAGE_LEN);
                let current = self.chunk_size;
                self.chunk_size = match tamper {
                    Some(tamper) => tamper.chunk_size_in(declared, honest, current).max(1),
                    None => honest,
                };
                Ok(())
            }
            (_, Ok(Control::Abort(id))) if on_connection => {
                let Some(stream) = self.streams.find(id) else { return Ok(()) };
                let id = ChunkStreamId::new(id).unwrap_or(ChunkStreamId::CONTROL);
                if tamper.as_mut().is_none_or(|tamper| tamper.abort_in(id)) {
                    drop(self.partial.give_up(&mut self.streams[stream]));
                }
                Ok(())
            }
            // An Abort without an id, or the message type 0, which is not assigned.
            _ => Ok(()),
        }
    }
}

/// The payload at `range` of `input`.
#[inline]
fn own(input: &Bytes, range: Range<usize>, share_from: usize) -> Bytes {
    if range.len() >= share_from { input.slice(range) } else { Bytes::copy_from_slice(&input[range]) }
}

/// Takes `skip` bytes off `input` and then a payload of `len` bytes.
#[inline(always)]
fn take(input: &mut BytesMut, skip: usize, len: usize) -> Bytes {
    if len >= SPLIT_AT {
        input.advance(skip);
        return input.split_to(len).freeze();
    }
    let payload = Bytes::copy_from_slice(&input[skip..skip + len]);
    input.advance(skip + len);
    payload
}
