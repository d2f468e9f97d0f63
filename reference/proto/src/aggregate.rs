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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChunkStreamId, MessageStreamId};

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
