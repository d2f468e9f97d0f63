//! The header at the start of an audio payload.

use alloc::vec::Vec;

use super::packet_type::MULTITRACK;
use super::{Codec, PacketType, SoundFormat, SoundInfo, Track, Tracks};
use crate::cursor::Cursor;
use crate::mod_ex::MOD_EX;
use crate::multitrack::{check_track_count, decode_types, encode_track_head};
use crate::{FourCc, HeaderError, ModExList, MultitrackType, TrackSet, Unencodable};

/// The header. Decoding it does not allocate, and encoding what was decoded gives the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The codec.
    pub codec: Codec,
    /// What the payload holds, in a multitrack payload each of its tracks.
    pub packet: PacketType,
    /// Parts that modify the message (E-RTMP v2 "ModEx").
    pub mod_ex: ModExList<'a>,
    /// The layout of a multitrack payload.
    pub multitrack: Option<MultitrackType>,
}

const EX_HEADER: u8 = SoundFormat::EX_HEADER.0 << 4;

impl Header<'static> {
    /// The header of a legacy format without packet type: anything but AAC.
    #[must_use]
    pub const fn legacy(format: SoundFormat, sound: SoundInfo) -> Self {
        Self {
            codec: Codec::Legacy(format, sound),
            packet: PacketType::CodedFrames,
            mod_ex: ModExList::EMPTY,
            multitrack: None,
        }
    }

    /// The header of AAC.
    #[must_use]
    pub const fn aac(packet: PacketType) -> Self {
        Self { packet, ..Self::legacy(SoundFormat::AAC, SoundInfo::MAX) }
    }

    /// An extended header.
    #[must_use]
    pub const fn enhanced(codec: FourCc, packet: PacketType) -> Self {
        Self { codec: Codec::FourCc(codec), ..Self::aac(packet) }
    }
}

impl<'a> Header<'a> {
    /// The header at the start of `payload` and what follows it.
    ///
    /// # Errors
    /// The payload is shorter than its header, which is so for an empty payload (see
    /// [`super::is_silence`]); there are too many ModEx parts; or the layout of a multitrack payload
    /// is unknown.
    pub fn decode(payload: &'a [u8]) -> Result<(Self, &'a [u8]), HeaderError> {
        let mut cursor = Cursor::new(payload);
        let first = cursor.u8("audio header")?;
        let header = if first & 0xF0 == EX_HEADER {
            enhanced(&mut cursor, first)?
        } else {
            legacy(&mut cursor, first)?
        };
        Ok((header, cursor.rest()))
    }

    /// The tracks of a multitrack payload, or the one track of another. `body` is what follows this
    /// header.
    pub fn tracks(&self, body: &'a [u8]) -> Tracks<'a> {
        Tracks::new(self, body)
    }

    /// The ids of [`Header::tracks`].
    ///
    /// # Errors
    /// A track is malformed.
    pub fn track_ids(&self, body: &'a [u8]) -> Result<TrackSet, HeaderError> {
        self.tracks(body).map(|track| track.map(|track| track.track_id)).collect()
    }

    /// Whether this is a decoder configuration.
    #[must_use]
    pub fn is_sequence_header(&self) -> bool {
        self.packet == PacketType::SequenceStart
    }

    /// Samples per second, where the header decides it: not for AAC and Enhanced RTMP, whose
    /// configuration does. See [`SoundInfo::sample_rate`].
    #[must_use]
    pub fn sample_rate(&self) -> Option<u32> {
        match self.codec {
            Codec::Legacy(format, sound) => sound.sample_rate(format),
            _ => None,
        }
    }

    /// Number of channels, where the header decides it. See [`SoundInfo::channels`].
    #[must_use]
    pub fn channels(&self) -> Option<u8> {
        match self.codec {
            Codec::Legacy(format, sound) => sound.channels(format),
            _ => None,
        }
    }

    /// Nanoseconds to add to the presentation time (E-RTMP v2 "ModEx").
    #[must_use]
    pub fn nano_offset(&self) -> u32 {
        self.mod_ex.nano_offset().unwrap_or(0)
    }

    /// Length on the wire in bytes, where the header can be written.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        match self.codec {
            Codec::Legacy(SoundFormat::AAC, _) => 2,
            Codec::Legacy(..) => 1,
            Codec::PerTrack => 2 + self.mod_ex.encoded_len(),
            Codec::FourCc(_) => {
                let fixed = if self.multitrack.is_some() { 6 } else { 5 };
                fixed + self.mod_ex.encoded_len()
            }
        }
    }

    /// Appends the header.
    ///
    /// # Errors
    /// The fields do not fit together or are too large; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        match self.codec {
            Codec::Legacy(format, sound) => self.encode_legacy(format, sound, out),
            _ => self.encode_enhanced(out),
        }
    }

    /// Appends the header and the tracks: in a multitrack payload as many as its layout allows,
    /// otherwise one.
    ///
    /// # Errors
    /// As [`Header::encode`]; or codec or packet type of a track are not those of the header, or
    /// their number or length is too large. Nothing is appended then.
    pub fn encode_with_tracks(&self, tracks: &[Track<'_>], out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let before = out.len();
        let written = self.encode_parts(tracks, out);
        if written.is_err() {
            out.truncate(before);
        }
        written
    }

    fn encode_parts(&self, tracks: &[Track<'_>], out: &mut Vec<u8>) -> Result<(), Unencodable> {
        check_track_count(self.multitrack, tracks.len())?;
        self.encode(out)?;
        for track in tracks {
            if track.packet != self.packet || (self.codec != Codec::PerTrack && self.codec != track.codec) {
                return Err(Unencodable("a track differs from its header"));
            }
            match (self.multitrack, track.codec) {
                (Some(kind), Codec::FourCc(four_cc)) => {
                    encode_track_head(kind, four_cc, track.track_id, track.body.len(), out)?;
                }
                (Some(_), _) => return Err(Unencodable("a track names its codec by FourCC")),
                (None, _) if track.track_id != 0 => {
                    return Err(Unencodable("a track differs from its header"));
                }
                (None, _) => {}
            }
            out.extend_from_slice(track.body);
        }
        Ok(())
    }

    fn encode_legacy(
        &self,
        format: SoundFormat,
        sound: SoundInfo,
        out: &mut Vec<u8>,
    ) -> Result<(), Unencodable> {
        if format.0 > 0x0F || format == SoundFormat::EX_HEADER || sound.rate > 3 {
            return Err(Unencodable("a sound format has four bits and is not 9, a rate two"));
        }
        if self.multitrack.is_some() || !self.mod_ex.is_empty() {
            return Err(Unencodable("a legacy header has neither tracks nor ModEx parts"));
        }
        let number = self.packet.number();
        let first = format.0 << 4 | sound.bits();
        match format {
            SoundFormat::AAC if PacketType::from_aac(number) == self.packet => {
                out.extend_from_slice(&[first, number]);
            }
            SoundFormat::AAC => return Err(Unencodable("AAC has no such packet type")),
            _ if self.packet == PacketType::CodedFrames => out.push(first),
            _ => return Err(Unencodable("this format has no packet types")),
        }
        Ok(())
    }

    fn encode_enhanced(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let number = self.packet.number();
        let is_nesting = matches!(number, MULTITRACK | MOD_EX);
        if number > 0x0F || is_nesting || PacketType::from_enhanced(number) != self.packet {
            return Err(Unencodable("Enhanced RTMP has no such packet type"));
        }
        match (self.codec, self.multitrack) {
            (Codec::FourCc(_), None) => self.mod_ex.encode(EX_HEADER, number, out),
            (Codec::FourCc(_), Some(kind @ (MultitrackType::ONE_TRACK | MultitrackType::MANY_TRACKS)))
            | (Codec::PerTrack, Some(kind @ MultitrackType::MANY_TRACKS_MANY_CODECS)) => {
                self.mod_ex.encode(EX_HEADER, MULTITRACK, out);
                out.push(kind.0 << 4 | number);
            }
            _ => return Err(Unencodable("codec and layout of the tracks do not fit together")),
        }
        if let Codec::FourCc(four_cc) = self.codec {
            out.extend_from_slice(&four_cc.0);
        }
        Ok(())
    }
}

fn legacy(cursor: &mut Cursor<'_>, first: u8) -> Result<Header<'static>, HeaderError> {
    let header = Header::legacy(SoundFormat(first >> 4), SoundInfo::from_bits(first));
    match header.codec {
        Codec::Legacy(SoundFormat::AAC, _) => {
            let packet = PacketType::from_aac(cursor.u8("AAC packet type")?);
            Ok(Header { packet, ..header })
        }
        _ => Ok(header),
    }
}

fn enhanced<'a>(cursor: &mut Cursor<'a>, first: u8) -> Result<Header<'a>, HeaderError> {
    let (mod_ex, number) = ModExList::decode(cursor, first & 0x0F)?;
    if number == MULTITRACK {
        let (kind, number, four_cc) = decode_types(cursor, MULTITRACK)?;
        return Ok(Header {
            codec: four_cc.map_or(Codec::PerTrack, Codec::FourCc),
            packet: PacketType::from_enhanced(number),
            mod_ex,
            multitrack: Some(kind),
        });
    }
    let codec = Codec::FourCc(cursor.four_cc()?);
    Ok(Header { codec, packet: PacketType::from_enhanced(number), mod_ex, multitrack: None })
}
