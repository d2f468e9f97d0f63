//! User control messages, type 4 (RTMP 6.2, 7.1.7).

use alloc::vec::Vec;

use bytes::Bytes;
use nom::{IResult, Parser, number::complete as be};

use crate::{DecodeError, Message, MessageType, control};

/// A user control event. Its timestamp means nothing and it takes effect when received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserControl {
    /// Event 0, from the server: the message stream became usable.
    StreamBegin(u32),
    /// Event 1, from the server: the playback that was asked for is over.
    StreamEof(u32),
    /// Event 2, from the server: no data for a while.
    StreamDry(u32),
    /// Event 3, from the client.
    SetBufferLength {
        /// Message stream id.
        stream: u32,
        /// Length of the client's buffer in milliseconds.
        ms: u32,
    },
    /// Event 4, from the server: the stream is a recording.
    StreamIsRecorded(u32),
    /// Event 6: the sender's time in milliseconds, to be sent back.
    PingRequest(u32),
    /// Event 7: the number of the Ping Request.
    PingResponse(u32),
    /// Any other event: 5 is not assigned, others are de facto or private. It is to be ignored.
    Unknown {
        /// Event type.
        event: u16,
        /// Everything after the event type.
        data: Bytes,
    },
}

impl UserControl {
    /// Reads the body of a user control message. Bytes after the defined fields are ignored.
    ///
    /// # Errors
    /// The body is shorter than its event needs (RTMP 6.2, 7.1.7). A session ignores such a
    /// message: no state depends on it.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let (rest, event) = be_u16(payload).map_err(|_| DecodeError {
            what: "user control message without an event type",
            clause: "RTMP 6.2",
        })?;
        let short = |_| DecodeError {
            what: "user control message shorter than its event needs",
            clause: "RTMP 7.1.7",
        };
        let number = || be_u32(rest).map(|(_, number)| number).map_err(short);
        Ok(match event {
            0 => Self::StreamBegin(number()?),
            1 => Self::StreamEof(number()?),
            2 => Self::StreamDry(number()?),
            3 => {
                let (_, (stream, ms)) = (be_u32, be_u32).parse(rest).map_err(short)?;
                Self::SetBufferLength { stream, ms }
            }
            4 => Self::StreamIsRecorded(number()?),
            6 => Self::PingRequest(number()?),
            7 => Self::PingResponse(number()?),
            _ => Self::Unknown { event, data: Bytes::copy_from_slice(rest) },
        })
    }

    /// The event type.
    #[must_use]
    pub const fn event(&self) -> u16 {
        match self {
            Self::StreamBegin(_) => 0,
            Self::StreamEof(_) => 1,
            Self::StreamDry(_) => 2,
            Self::SetBufferLength { .. } => 3,
            Self::StreamIsRecorded(_) => 4,
            Self::PingRequest(_) => 6,
            Self::PingResponse(_) => 7,
            Self::Unknown { event, .. } => *event,
        }
    }

    /// The message on chunk stream 2, message stream 0, timestamp 0 (RTMP 6.2).
    #[must_use]
    pub fn encode(&self) -> Message {
        let mut payload = Vec::with_capacity(10);
        payload.extend_from_slice(&self.event().to_be_bytes());
        match self {
            Self::StreamBegin(number)
            | Self::StreamEof(number)
            | Self::StreamDry(number)
            | Self::StreamIsRecorded(number)
            | Self::PingRequest(number)
            | Self::PingResponse(number) => payload.extend_from_slice(&number.to_be_bytes()),
            Self::SetBufferLength { stream, ms } => {
                payload.extend_from_slice(&stream.to_be_bytes());
                payload.extend_from_slice(&ms.to_be_bytes());
            }
            Self::Unknown { data, .. } => payload.extend_from_slice(data),
        }
        control::message(MessageType::USER_CONTROL, payload)
    }
}

fn be_u16(input: &[u8]) -> IResult<&[u8], u16> {
    be::be_u16(input)
}

fn be_u32(input: &[u8]) -> IResult<&[u8], u32> {
    be::be_u32(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_by_event() {
        let cases: [(UserControl, &[u8]); 8] = [
            (UserControl::StreamBegin(1), &[0, 0, 0, 0, 0, 1]),
            (UserControl::StreamEof(2), &[0, 1, 0, 0, 0, 2]),
            (UserControl::StreamDry(3), &[0, 2, 0, 0, 0, 3]),
            (UserControl::SetBufferLength { stream: 1, ms: 3000 }, &[0, 3, 0, 0, 0, 1, 0, 0, 0x0b, 0xb8]),
            (UserControl::StreamIsRecorded(4), &[0, 4, 0, 0, 0, 4]),
            (UserControl::PingRequest(0x0102_0304), &[0, 6, 1, 2, 3, 4]),
            (UserControl::PingResponse(0x0102_0304), &[0, 7, 1, 2, 3, 4]),
            (UserControl::Unknown { event: 26, data: Bytes::from_static(&[1]) }, &[0, 26, 1]),
        ];
        for (event, body) in cases {
            assert_eq!(event.encode().payload, body);
            assert_eq!(UserControl::decode(body), Ok(event));
        }
    }

    #[test]
    fn bodies_shorter_than_their_event() {
        assert_eq!(UserControl::decode(&[]).unwrap_err().clause, "RTMP 6.2");
        assert_eq!(UserControl::decode(&[0]).unwrap_err().clause, "RTMP 6.2");
        for event in [0, 1, 2, 4, 6, 7] {
            for length in 2..6 {
                let body = [0, event, 0, 0, 0, 0];
                assert_eq!(UserControl::decode(&body[..length]).unwrap_err().clause, "RTMP 7.1.7");
            }
        }
        assert!(UserControl::decode(&[0, 3, 0, 0, 0, 1, 0, 0, 0x0b]).is_err());
    }

    #[test]
    fn unassigned_events_are_kept_whatever_their_length() {
        for event in [5u16, 8, 9, 15, 31, 34, 41, 0xFFFF] {
            let body = event.to_be_bytes();
            assert_eq!(UserControl::decode(&body), Ok(UserControl::Unknown { event, data: Bytes::new() }));
        }
    }
}
