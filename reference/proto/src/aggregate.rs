//! Aggregate messages, type 22 (RTMP 7.1.6): several messages in one body.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use crate::{ChunkStreamId, Message, MessageStreamId, MessageType, Timestamp};

/// Bytes of a sub-message header: type 1, length 3, timestamp 4, stream id 3.
const HEADER_LEN: usize = 11;
const BACK_POINTER_LEN: usize = 4;
/// Longest body of a message or sub-message.
const MAX_LEN: usize = 0xFF_FFFF;

/// The messages inside an aggregate message, in order.
///
/// They take the aggregate's message stream id (MSG-023) and chunk stream; their timestamps are shifted
/// by the difference between the aggregate's and that of the first of them (MSG-024, errata E-44), modulo
/// 2^32. Sub-header timestamps are in the FLV order, low 24 bits first (errata E-43). Back pointers are
/// not compared and the last may be missing (MSG-028). The iterator ends after the first error. It does
/// not look into an aggregate inside the aggregate, which it yields as it is (MSG-030).
#[derive(Debug, Clone)]
pub struct Aggregate {
    outer: Message,
    rest: Bytes,
    offset: Option<u32>,
    limit: u32,
    left: u32,
}

/// What is wrong with an aggregate message, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AggregateError {
    /// What was wrong.
    pub kind: AggregateErrorKind,
    /// Offset in the body of the aggregate, in bytes, of the sub-message header.
    pub offset: usize,
}

/// What is wrong with an aggregate message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AggregateErrorKind {
    /// A sub-message reaches beyond the end of the aggregate (MSG-029).
    Truncated,
    /// More sub-messages than allowed, the given number.
    CountLimit(u32),
}

impl Aggregate {
    /// Most sub-messages of one aggregate, unless [`Self::with_limit`] says otherwise. Each takes 15 bytes
    /// at least, so an aggregate that is as long as a message can be could hold a million.
    pub const MAX_MESSAGES: u32 = 65_536;

    /// Splits `message`, whatever its type id says.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self::with_limit(message, Self::MAX_MESSAGES)
    }

    /// Splits `message` into at most `messages` parts.
    #[must_use]
    pub fn with_limit(message: Message, messages: u32) -> Self {
        Self { rest: message.payload.clone(), outer: message, offset: None, limit: messages, left: messages }
    }

    fn fail(&mut self, kind: AggregateErrorKind) -> AggregateError {
        let offset = self.outer.payload.len() - self.rest.len();
        self.rest.clear();
        AggregateError { kind, offset }
    }
}

impl Iterator for Aggregate {
    type Item = Result<Message, AggregateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let header: Option<[u8; HEADER_LEN]> = self.rest.get(..HEADER_LEN).and_then(|h| h.try_into().ok());
        let Some([kind, l2, l1, l0, t2, t1, t0, t3, ..]) = header else {
            return Some(Err(self.fail(AggregateErrorKind::Truncated)));
        };
        let end = HEADER_LEN + u32::from_be_bytes([0, l2, l1, l0]) as usize;
        if end > self.rest.len() {
            return Some(Err(self.fail(AggregateErrorKind::Truncated)));
        }
        let Some(left) = self.left.checked_sub(1) else {
            let limit = self.limit;
            return Some(Err(self.fail(AggregateErrorKind::CountLimit(limit))));
        };
        self.left = left;
        let timestamp = Timestamp(u32::from_be_bytes([t3, t2, t1, t0]));
        let offset = *self.offset.get_or_insert(self.outer.timestamp.0.wrapping_sub(timestamp.0));
        let payload = self.rest.split_to(end).slice(HEADER_LEN..);
        let _ = self.rest.split_to(BACK_POINTER_LEN.min(self.rest.len()));
        let Message { chunk_stream, stream, .. } = self.outer;
        Some(Ok(Message {
            chunk_stream,
            timestamp: timestamp.plus(offset),
            kind: MessageType(kind),
            stream,
            payload,
        }))
    }
}

/// Puts messages together into an aggregate message.
///
/// Timestamps of sub-headers go out in the FLV order (errata E-43), back pointers count the header
/// (MSG-026), the stream ids of sub-headers are 0, as in FLV, because those of the aggregate hold
/// (MSG-023). The aggregate takes the timestamp of its first message, so that the shift is 0 (MSG-025).
#[derive(Debug, Clone, Default)]
pub struct AggregateBuilder {
    first: Option<Timestamp>,
    count: u32,
    body: Vec<u8>,
}

/// Why an aggregate does not take a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AggregateRefusal {
    /// The body would be longer than 16,777,215 bytes, or there are [`Aggregate::MAX_MESSAGES`]: finish
    /// this aggregate and begin another.
    Full,
    /// An aggregate cannot hold an aggregate (MSG-030).
    Nested,
}

impl AggregateBuilder {
    /// Without messages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Messages so far.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of the body so far.
    #[must_use]
    pub fn body_len(&self) -> usize {
        self.body.len()
    }

    /// Adds a message of any type but 22; `payload` may be empty.
    ///
    /// # Errors
    /// [`AggregateRefusal`]; nothing was added then.
    pub fn push(
        &mut self,
        kind: MessageType,
        timestamp: Timestamp,
        payload: &[u8],
    ) -> Result<(), AggregateRefusal> {
        if kind == MessageType::AGGREGATE {
            return Err(AggregateRefusal::Nested);
        }
        let room = MAX_LEN - self.body.len();
        if payload.len() > room.saturating_sub(HEADER_LEN + BACK_POINTER_LEN)
            || room < HEADER_LEN + BACK_POINTER_LEN
            || self.count == Aggregate::MAX_MESSAGES
        {
            return Err(AggregateRefusal::Full);
        }
        self.first.get_or_insert(timestamp);
        self.count += 1;
        let len = payload.len() as u32;
        let [t3, t2, t1, t0] = timestamp.0.to_be_bytes();
        self.body.push(kind.0);
        self.body.extend_from_slice(&len.to_be_bytes()[1..]);
        self.body.extend_from_slice(&[t2, t1, t0, t3, 0, 0, 0]);
        self.body.extend_from_slice(payload);
        self.body.extend_from_slice(&(len + HEADER_LEN as u32).to_be_bytes());
        Ok(())
    }

    /// The aggregate message; `None` without any message in it.
    #[must_use]
    pub fn finish(self, chunk_stream: ChunkStreamId, stream: MessageStreamId) -> Option<Message> {
        let kind = MessageType::AGGREGATE;
        self.first.map(|timestamp| Message {
            chunk_stream,
            timestamp,
            kind,
            stream,
            payload: self.body.into(),
        })
    }
}

impl AggregateErrorKind {
    /// The error in words, without a full stop.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Truncated => "a sub-message reaches beyond the end of its aggregate message",
            Self::CountLimit(_) => "too many messages in one aggregate message",
        }
    }
}

impl fmt::Display for AggregateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (RTMP 7.1.6, at byte {} of the message)", self.kind.what(), self.offset)
    }
}

impl fmt::Display for AggregateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the aggregate message is full",
            Self::Nested => "an aggregate message cannot hold another",
        })
    }
}

impl core::error::Error for AggregateError {}
impl core::error::Error for AggregateRefusal {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Type, timestamp and body, or the offset of an error.
    type Inner = Result<(u8, u32, Vec<u8>), usize>;

    fn split(timestamp: u32, payload: &[u8]) -> Vec<Inner> {
        let message = Message {
            chunk_stream: ChunkStreamId::COMMAND,
            timestamp: Timestamp(timestamp),
            kind: MessageType::AGGREGATE,
            stream: MessageStreamId(3),
            payload: Bytes::copy_from_slice(payload),
        };
        Aggregate::new(message)
            .map(|inner| {
                let inner = inner.map_err(|error| error.offset)?;
                assert_eq!((inner.stream, inner.chunk_stream), (MessageStreamId(3), ChunkStreamId::COMMAND));
                Ok((inner.kind.0, inner.timestamp.0, inner.payload.to_vec()))
            })
            .collect()
    }

    /// Sub-message with stream id 77, and its back pointer.
    fn sub(kind: u8, timestamp: [u8; 4], body: &[u8]) -> Vec<u8> {
        let length = body.len() as u8;
        let back = [0, 0, 0, 11 + length];
        [&[kind, 0, 0, length][..], &timestamp, &[0, 0, 77], body, &back].concat()
    }

    #[test]
    fn timestamps_are_shifted_by_the_difference_to_the_first() {
        let body = [sub(8, [0, 0, 100, 0], &[1]), sub(9, [0, 0, 120, 0], &[]), sub(18, [0, 0, 90, 0], &[2])];
        let at = |timestamp| split(timestamp, &body.concat());
        assert_eq!(at(5000), [Ok((8, 5000, vec![1])), Ok((9, 5020, vec![])), Ok((18, 4990, vec![2]))]);
        assert_eq!(at(0xFFFF_FFFF)[1], Ok((9, 19, vec![])));
        // Low 24 bits first, then the high byte (errata E-43): 0x01000000 and 20 ms later.
        let body = [sub(8, [0, 0, 0, 1], &[]), sub(8, [0, 0, 20, 1], &[])];
        assert_eq!(
            split(0x0100_0000, &body.concat()),
            [Ok((8, 0x0100_0000, vec![])), Ok((8, 0x0100_0014, vec![]))]
        );
    }

    #[test]
    fn back_pointers_may_be_wrong_or_cut() {
        let mut body = [sub(8, [0; 4], &[1]), sub(9, [0; 4], &[2])].concat();
        body[15] = 0xEE;
        for cut in 0..=4 {
            let split = split(0, &body[..body.len() - cut]);
            assert_eq!(split, [Ok((8, 0, vec![1])), Ok((9, 0, vec![2]))], "{cut}");
        }
    }

    #[test]
    fn a_cut_sub_message_is_an_error_at_its_place() {
        let body = [sub(8, [0; 4], &[1]), sub(9, [0; 4], &[2, 3])].concat();
        for cut in 17..body.len() - 4 {
            assert_eq!(split(0, &body[..cut]), [Ok((8, 0, vec![1])), Err(16)], "{cut}");
        }
        assert_eq!(split(0, &[]), []);
        assert_eq!(split(0, &[8, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0]), [Err(0)]);
    }
}
