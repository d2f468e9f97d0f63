//! The header at the start of a video payload.

use alloc::vec::Vec;

use super::codec_id::has_composition_time;
use super::frame_type::{METADATA, MULTITRACK};
use super::{Codec, CodecId, FrameType, PacketType, Track, Tracks, VideoCommand};
use crate::cursor::Cursor;
use crate::mod_ex::MOD_EX;
use crate::multitrack::{check_track_count, decode_types, encode_track_head};
use crate::{FourCc, HeaderError, ModExList, MultitrackType, TrackSet, Unencodable};

/// The header. Decoding it does not allocate, and encoding what was decoded gives the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Key frame, inter frame and so on.
    pub frame_type: FrameType,
    /// The codec.
    pub codec: Codec,
    /// What the payload holds, in a multitrack payload each of its tracks.
    pub packet: PacketType,
    /// Composition time offset in ms: presentation is this much after the timestamp. Negative
    /// values occur. 0 where the header has none; in a multitrack payload the tracks have their own.
    pub composition_time: i32,
    /// What stands in place of a picture in a frame of type [`FrameType::COMMAND`].
    pub command: Option<VideoCommand>,
    /// Parts that modify the message (E-RTMP v2 "ModEx").
    pub mod_ex: ModExList<'a>,
    /// The layout of a multitrack payload.
    pub multitrack: Option<MultitrackType>,
}

const EX_HEADER: u8 = 0x80;

impl Header<'static> {
    /// The header of a legacy codec without packet type: anything but AVC and what is laid out like
    /// it.
    #[must_use]
    pub const fn legacy(frame_type: FrameType, codec: CodecId) -> Self {
        Self {
            frame_type,
            codec: Codec::Legacy(codec),
            packet: PacketType::CodedFrames,
            composition_time: 0,
            command: None,
            mod_ex: ModExList::EMPTY,
            multitrack: None,
        }
    }

    /// The header of AVC, with the composition time in ms.
    #[must_use]
    pub const fn avc(frame_type: FrameType, packet: PacketType, composition_time: i32) -> Self {
        Self { packet, composition_time, ..Self::legacy(frame_type, CodecId::AVC) }
    }

    /// An extended header with composition time 0.
    #[must_use]
    pub const fn enhanced(frame_type: FrameType, codec: FourCc, packet: PacketType) -> Self {
        Self { codec: Codec::FourCc(codec), packet, ..Self::legacy(frame_type, CodecId::AVC) }
    }

    /// A command with an extended header.
    #[must_use]
    pub const fn command(command: VideoCommand) -> Self {
        Self {
            codec: Codec::Unstated,
            command: Some(command),
            ..Self::legacy(FrameType::COMMAND, CodecId::AVC)
        }
    }
}

impl<'a> Header<'a> {
    /// The header at the start of `payload` and what follows it.
    ///
    /// # Errors
    /// The payload is shorter than its header, which is so for an empty payload; there are too many
    /// ModEx parts; or the layout of a multitrack payload is unknown.
    pub fn decode(payload: &'a [u8]) -> Result<(Self, &'a [u8]), HeaderError> {
        let mut cursor = Cursor::new(payload);
        let first = cursor.u8("video header")?;
        let header =
            if first & EX_HEADER == 0 { legacy(&mut cursor, first)? } else { enhanced(&mut cursor, first)? };
        Ok((header, cursor.rest()))
    }

    /// The tracks of a multitrack payload, or the one track of another. `body` is what follows this
    /// header. A command has none.
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

    /// Whether this is a coded frame that decoding can begin with. Sequence headers carry the frame
    /// type of a key frame too, but are none. [`super::is_key_frame`] also asks for a body.
    #[must_use]
    pub fn is_key_frame(&self) -> bool {
        matches!(self.frame_type, FrameType::KEY | FrameType::GENERATED_KEY) && self.packet.is_coded()
    }

    /// Whether this is a decoder configuration.
    #[must_use]
    pub fn is_sequence_header(&self) -> bool {
        self.command.is_none() && self.packet.is_sequence_header()
    }

    /// Whether this is metadata, whatever the frame type says.
    #[must_use]
    pub fn is_metadata(&self) -> bool {
        self.packet == PacketType::Metadata
    }

    /// Nanoseconds to add to the presentation time (E-RTMP v2 "ModEx").
    #[must_use]
    pub fn nano_offset(&self) -> u32 {
        self.mod_ex.nano_offset().unwrap_or(0)
    }

    /// Length on the wire in bytes, where the header can be written.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let command = usize::from(self.command.is_some());
        match self.codec {
            Codec::Legacy(id) => {
                let avc = id.has_packet_type() && self.packet != PacketType::Unstated;
                1 + if avc { 4 } else { 0 } + command
            }
            Codec::Unstated => 1 + self.mod_ex.encoded_len() + command,
            Codec::PerTrack => 2 + self.mod_ex.encoded_len(),
            Codec::FourCc(four_cc) => {
                let fixed = if self.multitrack.is_some() { 6 } else { 5 };
                let timed = self.multitrack.is_none()
                    && self.packet == PacketType::CodedFrames
                    && has_composition_time(four_cc);
                fixed + self.mod_ex.encoded_len() + if timed { 3 } else { 0 }
            }
        }
    }

    /// Appends the header.
    ///
    /// # Errors
    /// The fields do not fit together or are too large; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let before = out.len();
        let written = match self.codec {
            Codec::Legacy(id) => self.encode_legacy(id, out),
            _ => self.encode_enhanced(out),
        };
        if written.is_err() {
            out.truncate(before);
        }
        written
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
            let Some(kind) = self.multitrack else {
                if track.track_id != 0 || track.composition_time != self.composition_time {
                    return Err(Unencodable("a track differs from its header"));
                }
                out.extend_from_slice(track.body);
                continue;
            };
            let Codec::FourCc(four_cc) = track.codec else {
                return Err(Unencodable("a track names its codec by FourCC"));
            };
            let timed = track.packet == PacketType::CodedFrames && has_composition_time(four_cc);
            let len = track.body.len() + if timed { 3 } else { 0 };
            encode_track_head(kind, four_cc, track.track_id, len, out)?;
            encode_composition_time(timed, track.composition_time, out)?;
            out.extend_from_slice(track.body);
        }
        Ok(())
    }

    fn encode_legacy(&self, id: CodecId, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        if self.frame_type.0 > 7 || id.0 > 0x0F {
            return Err(Unencodable("a frame type has three bits and a codec id four"));
        }
        if self.multitrack.is_some() || !self.mod_ex.is_empty() {
            return Err(Unencodable("a legacy header has neither tracks nor ModEx parts"));
        }
        if (self.frame_type == FrameType::COMMAND) != self.command.is_some() {
            return Err(Unencodable("a command stands in command frames only"));
        }
        out.push(self.frame_type.0 << 4 | id.0);
        if self.packet == PacketType::Unstated && !(id.has_packet_type() && self.command.is_some()) {
            return Err(Unencodable("only a command frame of AVC can lack the packet type"));
        }
        if id.has_packet_type() && self.packet != PacketType::Unstated {
            match self.packet.number() {
                Some(number) if PacketType::from_avc(number) == self.packet => out.push(number),
                _ => return Err(Unencodable("AVC has no such packet type")),
            }
            encode_composition_time(true, self.composition_time, out)?;
        } else {
            if !matches!(self.packet, PacketType::CodedFrames | PacketType::Unstated) {
                return Err(Unencodable("this codec has no packet types"));
            }
            encode_composition_time(false, self.composition_time, out)?;
        }
        out.extend(self.command.map(|command| command.0));
        Ok(())
    }

    fn encode_enhanced(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        if self.frame_type.0 > 7 {
            return Err(Unencodable("a frame type has three bits"));
        }
        let high = EX_HEADER | self.frame_type.0 << 4;
        let number = match self.packet.number() {
            Some(n) if n < 16 && n != MOD_EX && PacketType::from_enhanced(n) == self.packet => n,
            _ => return Err(Unencodable("Enhanced RTMP has no such packet type")),
        };
        let is_command = self.frame_type == FrameType::COMMAND && number != METADATA;
        // Inside a multitrack payload the outer packet type decides whether there is a command.
        if is_command || (self.multitrack.is_some() && self.frame_type == FrameType::COMMAND) {
            let (Some(command), Codec::Unstated, None) = (self.command, self.codec, self.multitrack) else {
                return Err(Unencodable("a command frame has a command, no codec and no tracks"));
            };
            self.mod_ex.encode(high, number, out);
            out.push(command.0);
            return encode_composition_time(false, self.composition_time, out);
        }
        if self.command.is_some() {
            return Err(Unencodable("a command stands in command frames only"));
        }
        if number == MULTITRACK {
            return Err(Unencodable("tracks hold no multitrack payloads"));
        }
        if let Some(kind) = self.multitrack {
            self.mod_ex.encode(high, MULTITRACK, out);
            out.push(kind.0 << 4 | number);
        } else {
            self.mod_ex.encode(high, number, out);
        }
        let timed = match (self.codec, self.multitrack) {
            (Codec::FourCc(four_cc), None) => {
                out.extend_from_slice(&four_cc.0);
                number == 1 && has_composition_time(four_cc)
            }
            (Codec::FourCc(four_cc), Some(MultitrackType::ONE_TRACK | MultitrackType::MANY_TRACKS)) => {
                out.extend_from_slice(&four_cc.0);
                false
            }
            (Codec::PerTrack, Some(MultitrackType::MANY_TRACKS_MANY_CODECS)) => false,
            _ => return Err(Unencodable("codec and layout of the tracks do not fit together")),
        };
        encode_composition_time(timed, self.composition_time, out)
    }
}

fn encode_composition_time(present: bool, millis: i32, out: &mut Vec<u8>) -> Result<(), Unencodable> {
    if !present {
        return match millis {
            0 => Ok(()),
            _ => Err(Unencodable("this packet has no composition time")),
        };
    }
    if !(-0x80_0000..0x80_0000).contains(&millis) {
        return Err(Unencodable("a composition time has 24 bits"));
    }
    out.extend_from_slice(&millis.to_be_bytes()[1..]);
    Ok(())
}

fn legacy(cursor: &mut Cursor<'_>, first: u8) -> Result<Header<'static>, HeaderError> {
    let id = CodecId(first & 0x0F);
    let mut header = Header::legacy(FrameType(first >> 4), id);
    let is_command = header.frame_type == FrameType::COMMAND;
    if id.has_packet_type() {
        // FLV puts the four bytes of an AVC header before a command, E-RTMP v2 does not (E-58).
        if is_command && cursor.rest().len() < 5 {
            header.packet = PacketType::Unstated;
        } else {
            header.packet = PacketType::from_avc(cursor.u8("AVC packet type")?);
            header.composition_time = cursor.i24("composition time")?;
        }
    }
    if is_command {
        header.command = Some(VideoCommand(cursor.u8("video command")?));
    }
    Ok(header)
}

fn enhanced<'a>(cursor: &mut Cursor<'a>, first: u8) -> Result<Header<'a>, HeaderError> {
    let frame_type = FrameType(first >> 4 & 0b111);
    let (mod_ex, number) = ModExList::decode(cursor, first & 0x0F)?;
    let packet = PacketType::from_enhanced(number);
    if frame_type == FrameType::COMMAND && number != METADATA {
        let command = VideoCommand(cursor.u8("video command")?);
        return Ok(Header { packet, mod_ex, ..Header::command(command) });
    }
    if number == MULTITRACK {
        let (kind, number, four_cc) = decode_types(cursor, MULTITRACK)?;
        let codec = four_cc.map_or(Codec::PerTrack, Codec::FourCc);
        let packet = PacketType::from_enhanced(number);
        let header = Header { codec, packet, ..Header::legacy(frame_type, CodecId::AVC) };
        return Ok(Header { mod_ex, multitrack: Some(kind), ..header });
    }
    let four_cc = cursor.four_cc()?;
    let composition_time = composition_time(cursor, packet, four_cc)?;
    Ok(Header { composition_time, mod_ex, ..Header::enhanced(frame_type, four_cc, packet) })
}

/// The composition time of an extended header or of a track, 0 where there is none.
pub(super) fn composition_time(
    cursor: &mut Cursor<'_>,
    packet: PacketType,
    four_cc: FourCc,
) -> Result<i32, HeaderError> {
    if packet == PacketType::CodedFrames && has_composition_time(four_cc) {
        cursor.i24("composition time")
    } else {
        Ok(0)
    }
}
