//! Aggregate messages, type 22 (RTMP 7.1.6): several messages in one body.

use bytes::Bytes;

use crate::{Message, MessageType, Timestamp};

/// Bytes of a sub-message header: type 1, length 3, timestamp 4, stream id 3.
const HEADER_LEN: usize = 11;
const BACK_POINTER_LEN: usize = 4;

/// The messages inside an aggregate message, in order.
///
/// They take the aggregate's message stream id (MSG-023) and chunk stream; their timestamps are shifted
/// by the difference between the aggregate's and that of the first of them (MSG-024). Sub-header
/// timestamps are in the FLV order, low 24 bits first (errata E-43). Back pointers are not compared and
/// the last may be missing (MSG-028). The iterator ends after the first error. It does not look into an
/// aggregate inside the aggregate, which it yields as it is.
#[derive(Debug, Clone)]
pub struct Aggregate {
    outer: Message,
    rest: Bytes,
    offset: Option<u32>,
}

/// A sub-message that does not fit into its aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AggregateError {
    /// Offset in the body of the aggregate, in bytes, of the sub-message header.
    pub offset: usize,
}

impl Aggregate {
    /// Splits `message`, whatever its type id says.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self { rest: message.payload.clone(), outer: message, offset: None }
    }
}

impl Iterator for Aggregate {
    type Item = Result<Message, AggregateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let at = self.outer.payload.len() - self.rest.len();
        let header: Option<[u8; HEADER_LEN]> = self.rest.get(..HEADER_LEN).and_then(|h| h.try_into().ok());
        let Some([kind, l2, l1, l0, t2, t1, t0, t3, ..]) = header else {
            self.rest.clear();
            return Some(Err(AggregateError { offset: at }));
        };
        let end = HEADER_LEN + u32::from_be_bytes([0, l2, l1, l0]) as usize;
        if end > self.rest.len() {
            self.rest.clear();
            return Some(Err(AggregateError { offset: at }));
        }
        let timestamp = Timestamp(u32::from_be_bytes([t3, t2, t1, t0]));
        let offset = *self.offset.get_or_insert(self.outer.timestamp.0.wrapping_sub(timestamp.0));
        let payload = self.rest.split_to(end).slice(HEADER_LEN..);
        let _ = self.rest.split_to(BACK_POINTER_LEN.min(self.rest.len()));
        Some(Ok(Message {
            kind: MessageType(kind),
            timestamp: timestamp.plus(offset),
            payload,
            ..self.outer.clone()
        }))
    }
}

impl core::fmt::Display for AggregateError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "a sub-message at byte {} of an aggregate message reaches beyond its end", self.offset)
    }
}

impl core::error::Error for AggregateError {}
