//! Protocol control messages, types 1, 2, 3, 5 and 6 (RTMP 5.4).

use alloc::vec::Vec;

use bytes::Bytes;
use nom::{IResult, number::complete as be};

use crate::{ChunkStreamId, DecodeError, Message, MessageStreamId, MessageType, Timestamp};

/// A protocol control message. Its timestamp means nothing and it takes effect when received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Type 1: the most payload bytes in each later chunk of the sender, 1..=0x7FFF_FFFF
    /// (RTMP 5.4.1).
    SetChunkSize(u32),
    /// Type 2: the chunk stream id whose partly sent message is to be discarded (RTMP 5.4.2).
    /// It is kept as a plain number, because a peer may name an id that cannot exist.
    Abort(u32),
    /// Type 3: bytes received so far, modulo 2^32 (RTMP 5.4.3).
    Acknowledgement(u32),
    /// Type 5: bytes after which the receiver of this message is to acknowledge (RTMP 5.4.4).
    WindowAckSize(u32),
    /// Type 6: the peer asks for a limit of unacknowledged output (RTMP 5.4.5).
    SetPeerBandwidth {
        /// Window in bytes.
        window: u32,
        /// How the window combines with the one in force.
        limit: LimitType,
    },
}

/// Limit type of Set Peer Bandwidth (RTMP 5.4.5). Open: unknown values survive a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitType(pub u8);

impl LimitType {
    /// Limit the output to the given window.
    pub const HARD: Self = Self(0);
    /// Limit the output to the given window or the one in force, whichever is smaller.
    pub const SOFT: Self = Self(1);
    /// As hard if the limit before was hard, ignored otherwise.
    pub const DYNAMIC: Self = Self(2);
}

impl Control {
    /// Reads the body of a protocol control message. Bytes after the defined fields are ignored;
    /// a Set Peer Bandwidth without its limit type counts as [`LimitType::DYNAMIC`].
    ///
    /// # Errors
    /// `kind` is none of 1, 2, 3, 5, 6; the body is shorter than its fields; the chunk size is 0
    /// or has its top bit set (RTMP 5.4.1).
    pub fn decode(kind: MessageType, payload: &[u8]) -> Result<Self, DecodeError> {
        let clause = clause(kind).ok_or(DecodeError {
            what: "the message type is not one of the protocol control messages",
            clause: "RTMP 5.4",
        })?;
        let (rest, number) = be_u32(payload)
            .map_err(|_| DecodeError { what: "protocol control message of less than 4 bytes", clause })?;
        Ok(match kind {
            MessageType::SET_CHUNK_SIZE => match number {
                0 => return Err(DecodeError { what: "chunk size 0", clause }),
                0x8000_0000.. => {
                    return Err(DecodeError { what: "top bit of the chunk size is set", clause });
                }
                size => Self::SetChunkSize(size),
            },
            MessageType::ABORT => Self::Abort(number),
            MessageType::ACKNOWLEDGEMENT => Self::Acknowledgement(number),
            MessageType::WINDOW_ACK_SIZE => Self::WindowAckSize(number),
            _ => {
                let limit = rest.first().map_or(LimitType::DYNAMIC, |&byte| LimitType(byte));
                Self::SetPeerBandwidth { window: number, limit }
            }
        })
    }

    /// The message type id of this message.
    #[must_use]
    pub const fn kind(&self) -> MessageType {
        match self {
            Self::SetChunkSize(_) => MessageType::SET_CHUNK_SIZE,
            Self::Abort(_) => MessageType::ABORT,
            Self::Acknowledgement(_) => MessageType::ACKNOWLEDGEMENT,
            Self::WindowAckSize(_) => MessageType::WINDOW_ACK_SIZE,
            Self::SetPeerBandwidth { .. } => MessageType::SET_PEER_BANDWIDTH,
        }
    }

    /// The message on chunk stream 2, message stream 0, timestamp 0 (RTMP 5.4). Values go out as
    /// they are, an invalid chunk size included.
    #[must_use]
    pub fn encode(&self) -> Message {
        let (Self::SetChunkSize(number)
        | Self::Abort(number)
        | Self::Acknowledgement(number)
        | Self::WindowAckSize(number)
        | Self::SetPeerBandwidth { window: number, .. }) = *self;
        let mut payload = Vec::with_capacity(5);
        payload.extend_from_slice(&number.to_be_bytes());
        if let Self::SetPeerBandwidth { limit, .. } = self {
            payload.push(limit.0);
        }
        message(self.kind(), payload)
    }
}

/// A message as RTMP 5.4 and 6.2 place it: chunk stream 2, message stream 0.
pub(crate) fn message(kind: MessageType, payload: Vec<u8>) -> Message {
    Message {
        chunk_stream: ChunkStreamId::CONTROL,
        timestamp: Timestamp(0),
        kind,
        stream: MessageStreamId::CONNECTION,
        payload: Bytes::from(payload),
    }
}

fn clause(kind: MessageType) -> Option<&'static str> {
    Some(match kind {
        MessageType::SET_CHUNK_SIZE => "RTMP 5.4.1",
        MessageType::ABORT => "RTMP 5.4.2",
        MessageType::ACKNOWLEDGEMENT => "RTMP 5.4.3",
        MessageType::WINDOW_ACK_SIZE => "RTMP 5.4.4",
        MessageType::SET_PEER_BANDWIDTH => "RTMP 5.4.5",
        _ => return None,
    })
}

fn be_u32(input: &[u8]) -> IResult<&[u8], u32> {
    be::be_u32(input)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn bodies_of_the_worked_vectors() {
        let cases: [(Control, u8, &[u8]); 5] = [
            (Control::SetChunkSize(4096), 1, &[0, 0, 0x10, 0]),
            (Control::Abort(6), 2, &[0, 0, 0, 6]),
            (Control::Acknowledgement(0x1234_5678), 3, &[0x12, 0x34, 0x56, 0x78]),
            (Control::WindowAckSize(2_500_000), 5, &[0, 0x26, 0x25, 0xa0]),
            (
                Control::SetPeerBandwidth { window: 2_500_000, limit: LimitType::DYNAMIC },
                6,
                &[0, 0x26, 0x25, 0xa0, 2],
            ),
        ];
        for (control, kind, body) in cases {
            let message = control.encode();
            assert_eq!(message.kind, MessageType(kind));
            assert_eq!(message.payload, body);
            assert_eq!(message.chunk_stream.value(), 2);
            assert_eq!(message.stream, MessageStreamId(0));
            assert_eq!(message.timestamp, Timestamp(0));
            assert_eq!(Control::decode(MessageType(kind), body), Ok(control));
        }
    }

    #[test]
    fn chunk_sizes_at_the_edges() {
        let decode = |size: u32| Control::decode(MessageType::SET_CHUNK_SIZE, &size.to_be_bytes());
        for size in [1, 2, 127, 128, 65_536, 65_537, 16_777_215, 0x7FFF_FFFF] {
            assert_eq!(decode(size), Ok(Control::SetChunkSize(size)));
        }
        for size in [0, 0x8000_0000, 0x8000_0080, u32::MAX] {
            assert_eq!(decode(size).unwrap_err().clause, "RTMP 5.4.1", "{size:#x}");
        }
    }

    #[test]
    fn short_bodies_are_refused_and_long_ones_are_not() {
        for (kind, clause) in
            [(1, "RTMP 5.4.1"), (2, "RTMP 5.4.2"), (3, "RTMP 5.4.3"), (5, "RTMP 5.4.4"), (6, "RTMP 5.4.5")]
        {
            for length in 0..4 {
                let error = Control::decode(MessageType(kind), &vec![0; length]).unwrap_err();
                assert_eq!(error.clause, clause);
            }
            assert!(Control::decode(MessageType(kind), &[0, 0, 1, 0, 0, 9, 9, 9]).is_ok());
        }
        assert!(Control::decode(MessageType(4), &[0; 6]).is_err());
    }

    #[test]
    fn peer_bandwidth_without_a_limit_type_and_with_an_unknown_one() {
        let decode = |body: &[u8]| Control::decode(MessageType::SET_PEER_BANDWIDTH, body).unwrap();
        assert_eq!(decode(&[0, 0, 0, 9]), Control::SetPeerBandwidth { window: 9, limit: LimitType::DYNAMIC });
        assert_eq!(decode(&[0, 0, 0, 9, 77]), Control::SetPeerBandwidth { window: 9, limit: LimitType(77) });
    }
}
