//! Parts of the extended header that audio and video share (E-RTMP v2 "Enhanced Audio", "Enhanced
//! Video").

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u24};

use crate::{FourCc, Multitrack, MultitrackType};

pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T, ()>;

pub(crate) const MOD_EX: u8 = 7;
const TIMESTAMP_OFFSET_NANO: u8 = 0;

/// Follows ModEx parts up to a packet type other than ModEx. A part of an unknown type is skipped.
/// Returns that packet type and the nanosecond offset.
pub(crate) fn mod_ex(mut input: &[u8], mut packet_type: u8) -> Parsed<'_, (u8, u32)> {
    let mut nanos = 0;
    while packet_type == MOD_EX {
        let (rest, data) = mod_ex_data(input)?;
        let (rest, next) = be_u8(rest)?;
        if let (TIMESTAMP_OFFSET_NANO, [a, b, c, ..]) = (next >> 4, data) {
            nanos = u32::from_be_bytes([0, *a, *b, *c]);
        }
        packet_type = next & 0x0F;
        input = rest;
    }
    Ok((input, (packet_type, nanos)))
}

/// The size is one less than the number of bytes; 256 in one byte means that two bytes follow.
fn mod_ex_data(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (mut rest, short) = be_u8(input)?;
    let mut size = usize::from(short) + 1;
    if size == 256 {
        let (after, long) = be_u16(rest)?;
        (rest, size) = (after, usize::from(long) + 1);
    }
    take(size)(rest)
}

pub(crate) fn four_cc(input: &[u8]) -> Parsed<'_, FourCc> {
    let (rest, (a, b, c, d)) = (be_u8, be_u8, be_u8, be_u8).parse(input)?;
    Ok((rest, FourCc([a, b, c, d])))
}

/// The multitrack part up to the body of the first track: packet type, FourCC and track.
pub(crate) fn multitrack(input: &[u8]) -> Parsed<'_, (u8, FourCc, Multitrack)> {
    let (rest, types) = be_u8(input)?;
    let kind = MultitrackType(types >> 4);
    // One FourCC for all tracks stands here, one of the first track just before its id.
    let (rest, (four_cc, track_id)) = (four_cc, be_u8).parse(rest)?;
    let (rest, track_len) = if kind == MultitrackType::ONE_TRACK {
        (rest, None)
    } else {
        let (rest, len) = be_u24(rest)?;
        (rest, Some(len))
    };
    Ok((rest, (types & 0x0F, four_cc, Multitrack { kind, track_id, track_len })))
}
