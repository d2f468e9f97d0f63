//! Multitrack payloads: one message with the frames of several tracks (E-RTMP v2 "Multitrack
//! Streaming").

use alloc::vec::Vec;

use crate::cursor::Cursor;
use crate::mod_ex::MOD_EX;
use crate::{FourCc, HeaderError, HeaderErrorKind, Unencodable};

/// How many tracks a payload may have: as many as there are track ids.
pub const MAX_TRACKS: usize = 256;

/// How the tracks of a multitrack payload are laid out, of four bits. A length counts what follows it
/// of its track, composition time included, and nothing of the next track (errata E-64).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MultitrackType(pub u8);

impl MultitrackType {
    /// FourCC, track id, and the track up to the end of the payload.
    pub const ONE_TRACK: Self = Self(0);
    /// FourCC; then track id, 24-bit length and the track, of each.
    pub const MANY_TRACKS: Self = Self(1);
    /// FourCC, track id, 24-bit length and the track, of each.
    pub const MANY_TRACKS_MANY_CODECS: Self = Self(2);
}

/// The byte of layout and packet type, and the FourCC that all tracks share. `multitrack` is the
/// packet type that a track cannot have.
pub(crate) fn decode_types(
    cursor: &mut Cursor<'_>,
    multitrack: u8,
) -> Result<(MultitrackType, u8, Option<FourCc>), HeaderError> {
    let at = cursor.clone();
    let types = cursor.u8("multitrack type")?;
    let (kind, packet) = (MultitrackType(types >> 4), types & 0x0F);
    if kind.0 > MultitrackType::MANY_TRACKS_MANY_CODECS.0 {
        return Err(at.error(HeaderErrorKind::UnknownMultitrackType(kind.0)));
    }
    if packet == multitrack || packet == MOD_EX {
        return Err(at.error(HeaderErrorKind::NestedPacketType(packet)));
    }
    let four_cc = match kind {
        MultitrackType::MANY_TRACKS_MANY_CODECS => None,
        _ => Some(cursor.four_cc()?),
    };
    Ok((kind, packet, four_cc))
}

/// A track whose body is not looked into.
pub(crate) struct RawTrack<'a> {
    pub track_id: u8,
    pub four_cc: FourCc,
    pub body: &'a [u8],
    /// Offset of the body in the payload.
    pub offset: usize,
}

/// The tracks of a payload. Ends after the first error.
#[derive(Clone)]
pub(crate) struct RawTracks<'a> {
    cursor: Cursor<'a>,
    kind: MultitrackType,
    four_cc: Option<FourCc>,
    count: usize,
    done: bool,
}

impl<'a> RawTracks<'a> {
    /// `body` is what follows the header, `offset` its place in the payload.
    pub fn new(body: &'a [u8], offset: usize, kind: MultitrackType, four_cc: Option<FourCc>) -> Self {
        Self { cursor: Cursor::at(body, offset), kind, four_cc, count: 0, done: false }
    }

    fn track(&mut self) -> Result<RawTrack<'a>, HeaderError> {
        let cursor = &mut self.cursor;
        if self.count == MAX_TRACKS {
            return Err(cursor.error(HeaderErrorKind::TooManyTracks));
        }
        self.count += 1;
        let four_cc = match self.four_cc {
            Some(four_cc) => four_cc,
            None => cursor.four_cc()?,
        };
        let track_id = cursor.u8("track id")?;
        let stated = match self.kind {
            MultitrackType::ONE_TRACK => cursor.rest().len() as u32,
            _ => cursor.u24("track length")?,
        };
        let offset = cursor.offset();
        let left = cursor.rest().len();
        let len = match self.kind {
            MultitrackType::ONE_TRACK => left,
            _ => stated as usize,
        };
        if len > left {
            return Err(cursor.error(HeaderErrorKind::TrackTooLong { track_id, stated, left }));
        }
        let body = cursor.take(len, "track")?;
        Ok(RawTrack { track_id, four_cc, body, offset })
    }
}

impl<'a> Iterator for RawTracks<'a> {
    type Item = Result<RawTrack<'a>, HeaderError>;

    fn next(&mut self) -> Option<Self::Item> {
        // A payload of one track has one, even if nothing is left for it.
        let first_of_one = self.kind == MultitrackType::ONE_TRACK && self.count == 0;
        if self.done || (self.cursor.rest().is_empty() && !first_of_one) {
            return None;
        }
        let track = self.track();
        self.done = track.is_err();
        Some(track)
    }
}

/// What stands before the body of a track of `len` bytes.
pub(crate) fn encode_track_head(
    kind: MultitrackType,
    four_cc: FourCc,
    track_id: u8,
    len: usize,
    out: &mut Vec<u8>,
) -> Result<(), Unencodable> {
    if kind == MultitrackType::MANY_TRACKS_MANY_CODECS {
        out.extend_from_slice(&four_cc.0);
    }
    out.push(track_id);
    if kind != MultitrackType::ONE_TRACK {
        let Some([0, len @ ..]) = u32::try_from(len).ok().map(u32::to_be_bytes) else {
            return Err(Unencodable("a track has at most 16,777,215 bytes"));
        };
        out.extend_from_slice(&len);
    }
    Ok(())
}

/// Whether `count` tracks fit the layout.
pub(crate) fn check_track_count(kind: Option<MultitrackType>, count: usize) -> Result<(), Unencodable> {
    match kind {
        None | Some(MultitrackType::ONE_TRACK) if count != 1 => {
            Err(Unencodable("this layout has exactly one track"))
        }
        _ if count > MAX_TRACKS => Err(Unencodable("too many tracks")),
        _ => Ok(()),
    }
}
