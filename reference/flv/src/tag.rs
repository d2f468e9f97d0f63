//! Tags (FLV E.4.1).

use bytes::Bytes;
use nom::IResult;
use nom::Parser;
use nom::number::complete::{be_u8, be_u24};

use crate::PayloadTooLong;

/// The longest payload of a tag in bytes.
pub const MAX_PAYLOAD_LEN: usize = 0xFF_FFFF;

/// What a tag carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagKind {
    /// Type 8, the payload of RTMP message type 8.
    Audio,
    /// Type 9, the payload of RTMP message type 9.
    Video,
    /// Type 18, the payload of RTMP message type 18.
    Script,
    /// Any other type, of five bits: 15 is script data in AMF3 (E-RTMP v2). Kept as it is.
    Other(u8),
}

impl TagKind {
    /// The kind of a tag type; only the low five bits count.
    #[must_use]
    pub const fn from_type(tag_type: u8) -> Self {
        match tag_type & 0x1F {
            8 => Self::Audio,
            9 => Self::Video,
            18 => Self::Script,
            other => Self::Other(other),
        }
    }

    /// The tag type, of five bits.
    #[must_use]
    pub const fn tag_type(self) -> u8 {
        match self {
            Self::Audio => 8,
            Self::Video => 9,
            Self::Script => 18,
            Self::Other(other) => other & 0x1F,
        }
    }
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What it carries.
    pub kind: TagKind,
    /// Milliseconds, all 32 bits as they are. FLV reads them as a signed number (FLV E.4.1).
    pub timestamp: u32,
    /// What an RTMP message of the same type carries.
    pub payload: Bytes,
}

impl Tag {
    /// Length in bytes of the header before the payload.
    pub const HEADER_LEN: usize = 11;

    /// The header: type, payload length, timestamp as its low 24 bits and then its high 8, and
    /// stream id 0.
    ///
    /// # Errors
    /// The payload is longer than [`MAX_PAYLOAD_LEN`].
    pub fn header(&self) -> Result<[u8; Self::HEADER_LEN], PayloadTooLong> {
        let len = self.payload.len();
        if len > MAX_PAYLOAD_LEN {
            return Err(PayloadTooLong(len));
        }
        let [_, l1, l2, l3] = (len as u32).to_be_bytes();
        let [extended, t1, t2, t3] = self.timestamp.to_be_bytes();
        Ok([self.kind.tag_type(), l1, l2, l3, t1, t2, t3, extended, 0, 0, 0])
    }
}

/// A tag header as read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TagHeader {
    pub(crate) kind: TagKind,
    pub(crate) reserved: u8,
    pub(crate) encrypted: bool,
    pub(crate) stream_id: u32,
    pub(crate) len: usize,
    pub(crate) timestamp: u32,
}

const FILTER: u8 = 0x20;

pub(crate) fn tag_header(input: &[u8]) -> IResult<&[u8], TagHeader, ()> {
    let (rest, (first, len, low, high, stream_id)) = (be_u8, be_u24, be_u24, be_u8, be_u24).parse(input)?;
    let header = TagHeader {
        kind: TagKind::from_type(first),
        reserved: first >> 6,
        encrypted: first & FILTER != 0,
        stream_id,
        len: len as usize,
        timestamp: u32::from(high) << 24 | low,
    };
    Ok((rest, header))
}
