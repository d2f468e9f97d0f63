//! Chunk headers (RTMP 5.3.1): a parser over at most 18 bytes, so that an incomplete header costs
//! at most 18 bytes to parse again.

use nom::{
    Err::Incomplete,
    IResult, Needed,
    number::streaming::{be_u24, be_u32, le_u16, le_u32, u8},
};

use super::EXTENDED;

/// Longest chunk header in bytes: basic header 3, message header 11, extended timestamp 4.
pub(super) const MAX_HEADER_LEN: usize = 18;

/// Basic header (RTMP 5.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BasicHeader {
    /// Chunk type 0..=3.
    pub fmt: u8,
    /// Bytes of the basic header, 1..=3.
    pub len: u8,
    /// Chunk stream id, 2..=65599.
    pub id: u32,
}

/// Message header (RTMP 5.3.1.2); what the chunk type leaves out stays as in `inherited`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct MessageHeader {
    /// Timestamp of type 0, delta of types 1 and 2, in ms: the extended field where there is one.
    pub time: u32,
    /// Message length in bytes.
    pub length: u32,
    /// Message type id.
    pub kind: u8,
    /// Message stream id.
    pub stream: u32,
    /// Whether the header, or the one a type 3 chunk inherits from, has an extended timestamp.
    pub extended: bool,
}

/// Where a type 3 chunk may have a copy of the extended timestamp in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    /// It has none.
    Absent,
    /// It has one (RTMP 5.3.1.3, errata EA 5.1).
    Present,
    /// To be found out by a comparison of the next four bytes with the value in force, but of no
    /// more than this many: the rest of the message.
    Unknown {
        /// Bytes of the message that have not arrived.
        rest: u32,
    },
}

/// RTMP 5.3.1.1: the id follows in one or two more bytes when the low six bits are 0 or 1. The
/// two-byte number is little-endian (errata EA 4.1).
#[inline(always)]
pub(super) fn basic_header(input: &[u8]) -> IResult<&[u8], BasicHeader> {
    let (input, first) = u8(input)?;
    let fmt = first >> 6;
    match first & 0x3F {
        0 => {
            let (input, id) = u8(input)?;
            Ok((input, BasicHeader { fmt, len: 2, id: 64 + u32::from(id) }))
        }
        1 => {
            let (input, id) = le_u16(input)?;
            Ok((input, BasicHeader { fmt, len: 3, id: 64 + u32::from(id) }))
        }
        id => Ok((input, BasicHeader { fmt, len: 1, id: u32::from(id) })),
    }
}

/// RTMP 5.3.1.2 and 5.3.1.3. The second part of the result is the extended timestamp that was
/// read in this chunk.
#[inline(always)]
pub(super) fn message_header<'a>(
    input: &'a [u8],
    fmt: u8,
    inherited: &MessageHeader,
    repeated: Repeated,
) -> IResult<&'a [u8], (MessageHeader, Option<u32>)> {
    let mut header = *inherited;
    if fmt == 3 {
        let (input, copy) = repeated_timestamp(input, inherited.time, repeated)?;
        return Ok((input, (header, copy)));
    }
    let (mut input, field) = be_u24(input)?;
    header.time = field;
    if fmt < 2 {
        (input, header.length) = be_u24(input)?;
        (input, header.kind) = u8(input)?;
    }
    if fmt == 0 {
        // The one little-endian field of the message header (errata EA 4.2).
        (input, header.stream) = le_u32(input)?;
    }
    header.extended = field == EXTENDED;
    if !header.extended {
        return Ok((input, (header, None)));
    }
    let (input, time) = be_u32(input)?;
    header.time = time;
    Ok((input, (header, Some(time))))
}

/// The copy of the extended timestamp in a type 3 chunk. Bytes that agree with it are it, as the
/// text of 2012 wants, whatever the payload.
fn repeated_timestamp(input: &[u8], value: u32, repeated: Repeated) -> IResult<&[u8], Option<u32>> {
    match repeated {
        Repeated::Absent => return Ok((input, None)),
        Repeated::Present => {}
        Repeated::Unknown { rest } => {
            let expected = value.to_be_bytes();
            let most = expected.len().min(rest as usize);
            let seen = most.min(input.len());
            if input[..seen] != expected[..seen] {
                return Ok((input, None));
            }
            if seen < most {
                return Err(Incomplete(Needed::new(most - seen)));
            }
        }
    }
    let (input, copy) = be_u32(input)?;
    Ok((input, Some(copy)))
}

/// Basic header in the smallest form that holds `id` (RTMP 5.3.1.1), as a little-endian number, and
/// its length in bytes.
#[inline(always)]
fn basic(fmt: u8, id: u32) -> (u32, u32) {
    let fmt = u32::from(fmt) << 6;
    match id {
        ..64 => (fmt | id, 1),
        64..320 => (fmt | (id - 64) << 8, 2),
        _ => (fmt | 1 | (id - 64) << 8, 3),
    }
}

/// A number of three bytes, as it lies in memory, as a little-endian number.
#[inline(always)]
fn be24(value: u32) -> u128 {
    u128::from(value.swap_bytes() >> 8)
}

/// The header of the first chunk of a message, its length, and whether it has an extended
/// timestamp; `header.extended` is not looked at. What the chunk type leaves out lies behind the
/// length. Put together in a register: a store of all bytes costs as much as one of a single byte.
#[inline(always)]
pub(super) fn first(fmt: u8, id: u32, header: &MessageHeader) -> ([u8; MAX_HEADER_LEN], u8, bool) {
    let (basic, basic_len) = basic(fmt, id);
    // Type 3 has no timestamp field.
    let extended = header.time >= EXTENDED && fmt < 3;
    // The message stream id is the one little-endian field (errata EA 4.2).
    let mut fields = be24(header.time.min(EXTENDED))
        | be24(header.length) << 24
        | u128::from(header.kind) << 48
        | u128::from(header.stream) << 56;
    let mut len = [11, 7, 3, 0][usize::from(fmt & 3)];
    if extended {
        fields &= !(u128::MAX << (8 * len));
        fields |= u128::from(header.time.swap_bytes()) << (8 * len);
        len += 4;
    }
    let mut out = [0; MAX_HEADER_LEN];
    // At most 15 bytes so far: only a long basic header reaches behind the 16 bytes of the number.
    let shifted = if basic_len == 1 { fields << 8 } else { fields << (8 * basic_len) };
    let whole = u128::from(basic) | shifted;
    out[..16].copy_from_slice(&whole.to_le_bytes());
    if basic_len > 1 {
        let tail = (fields >> (8 * (16 - basic_len))) as u16;
        out[16..].copy_from_slice(&tail.to_le_bytes());
    }
    (out, (basic_len + len) as u8, extended)
}

/// The header of a type 3 chunk that goes on with a message, and its length. What is behind the
/// length has no meaning.
#[inline(always)]
pub(super) fn continuation(id: u32, extended: Option<u32>) -> ([u8; 8], u8) {
    let (basic, len) = basic(3, id);
    match extended {
        Some(time) => {
            let whole = u64::from(basic) | u64::from(time.swap_bytes()) << (8 * len);
            (whole.to_le_bytes(), len as u8 + 4)
        }
        None => (u64::from(basic).to_le_bytes(), len as u8),
    }
}
