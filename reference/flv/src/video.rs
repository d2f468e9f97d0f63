//! The header at the start of a video payload (FLV E.4.3.1; E-RTMP v2 "Enhanced Video").

use nom::number::complete::{be_i24, be_u8};

use crate::ex_header::{Parsed, four_cc, mod_ex, multitrack};
use crate::{Codec, FourCc, Multitrack};

/// Frame type, of four bits (three in an extended header).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameType(pub u8);

#[allow(missing_docs, reason = "the names are the specification's")]
impl FrameType {
    pub const KEY: Self = Self(1);
    pub const INTER: Self = Self(2);
    pub const DISPOSABLE_INTER: Self = Self(3);
    pub const GENERATED_KEY: Self = Self(4);
    pub const COMMAND: Self = Self(5);
}

/// Codec id of AVC (FLV E.4.3.1).
pub const CODEC_AVC: u8 = 7;
/// Codec id of HEVC in the dialect that some content delivery networks agreed on before Enhanced
/// RTMP; laid out like AVC.
pub const CODEC_HEVC: u8 = 12;
/// Codec id of AV1 in the same dialect.
pub const CODEC_AV1: u8 = 13;

/// What a video payload holds. Legacy codecs without a packet type are always `CodedFrames`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PacketType {
    /// The decoder configuration: AVC packet type 0, Enhanced RTMP 0.
    SequenceStart,
    /// A coded frame: AVC packet type 1, Enhanced RTMP 1.
    CodedFrames,
    /// AVC packet type 2, Enhanced RTMP 2.
    SequenceEnd,
    /// A coded frame with composition time 0: Enhanced RTMP 3.
    CodedFramesX,
    /// AMF pairs such as colorInfo: Enhanced RTMP 4. The frame type has no meaning.
    Metadata,
    /// The decoder configuration as an MPEG-2 TS descriptor: Enhanced RTMP 5.
    Mpeg2TsSequenceStart,
    /// The command of a frame of type 5, 0 for the start of a seek and 1 for its end.
    Command(u8),
    /// Any other number.
    Other(u8),
}

/// The decoded header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Key frame, inter frame and so on.
    pub frame_type: FrameType,
    /// The codec.
    pub codec: Codec,
    /// What the payload holds; inside a multitrack payload, what its tracks hold.
    pub packet: PacketType,
    /// Composition time offset in ms: presentation is this much after the timestamp. Negative
    /// values occur. 0 where the header has none.
    pub composition_time: i32,
    /// Nanoseconds to add to the timestamp (E-RTMP v2 "ModEx").
    pub nano_offset: u32,
    /// The first track of a multitrack payload.
    pub multitrack: Option<Multitrack>,
    /// Offset in the payload, in bytes, of what follows the header.
    pub body: usize,
}

impl Header {
    /// `None` when the payload is shorter than its header.
    #[must_use]
    pub fn decode(payload: &[u8]) -> Option<Self> {
        let (rest, header) = header(payload).ok()?;
        Some(Self { body: payload.len() - rest.len(), ..header })
    }

    /// Whether this is a coded frame that decoding can begin with. Sequence headers carry the frame
    /// type of a key frame too, but are none.
    #[must_use]
    pub fn is_key_frame(&self) -> bool {
        matches!(self.frame_type, FrameType::KEY | FrameType::GENERATED_KEY)
            && matches!(self.packet, PacketType::CodedFrames | PacketType::CodedFramesX)
    }

    /// Whether this is a decoder configuration.
    #[must_use]
    pub fn is_sequence_header(&self) -> bool {
        matches!(self.packet, PacketType::SequenceStart | PacketType::Mpeg2TsSequenceStart)
    }
}

/// Whether the payload is a coded frame that decoding can begin with; see [`Header::is_key_frame`].
#[must_use]
pub fn is_key_frame(payload: &[u8]) -> bool {
    Header::decode(payload).is_some_and(|header| header.is_key_frame())
}

/// Whether the payload is a decoder configuration.
#[must_use]
pub fn is_sequence_header(payload: &[u8]) -> bool {
    Header::decode(payload).is_some_and(|header| header.is_sequence_header())
}

const EX_HEADER: u8 = 0x80;
const METADATA: u8 = 4;
const MULTITRACK: u8 = 6;

fn header(input: &[u8]) -> Parsed<'_, Header> {
    let (rest, first) = be_u8(input)?;
    if first & EX_HEADER == 0 { legacy(rest, first) } else { enhanced(rest, first) }
}

fn legacy(input: &[u8], first: u8) -> Parsed<'_, Header> {
    let codec = first & 0x0F;
    let header = Header {
        frame_type: FrameType(first >> 4),
        codec: Codec::Legacy(codec),
        packet: PacketType::CodedFrames,
        composition_time: 0,
        nano_offset: 0,
        multitrack: None,
        body: 0,
    };
    if header.frame_type == FrameType::COMMAND {
        // FLV puts the four bytes of an AVC header before the command, E-RTMP v2 does not (E-58).
        let before = if codec == CODEC_AVC && input.len() >= 5 { 4 } else { 0 };
        let (rest, command) = be_u8(&input[before..])?;
        return Ok((rest, Header { packet: PacketType::Command(command), ..header }));
    }
    if !matches!(codec, CODEC_AVC | CODEC_HEVC | CODEC_AV1) {
        return Ok((input, header));
    }
    let (rest, packet) = be_u8(input)?;
    let (rest, composition_time) = be_i24(rest)?;
    let packet = match packet {
        0 => PacketType::SequenceStart,
        1 => PacketType::CodedFrames,
        2 => PacketType::SequenceEnd,
        other => PacketType::Other(other),
    };
    Ok((rest, Header { packet, composition_time, ..header }))
}

fn enhanced(input: &[u8], first: u8) -> Parsed<'_, Header> {
    let frame_type = FrameType(first >> 4 & 0b111);
    let (rest, (packet_type, nano_offset)) = mod_ex(input, first & 0x0F)?;
    let header = Header {
        frame_type,
        codec: Codec::Unstated,
        packet: packet(packet_type),
        composition_time: 0,
        nano_offset,
        multitrack: None,
        body: 0,
    };
    if frame_type == FrameType::COMMAND && packet_type != METADATA {
        let (rest, command) = be_u8(rest)?;
        return Ok((rest, Header { packet: PacketType::Command(command), ..header }));
    }
    let (rest, header, four_cc) = if packet_type == MULTITRACK {
        let (rest, (packet_type, four_cc, track)) = multitrack(rest)?;
        (rest, Header { packet: packet(packet_type), multitrack: Some(track), ..header }, four_cc)
    } else {
        let (rest, four_cc) = four_cc(rest)?;
        (rest, header, four_cc)
    };
    let header = Header { codec: Codec::FourCc(four_cc), ..header };
    if header.packet == PacketType::CodedFrames && has_composition_time(four_cc) {
        let (rest, composition_time) = be_i24(rest)?;
        return Ok((rest, Header { composition_time, ..header }));
    }
    Ok((rest, header))
}

fn packet(packet_type: u8) -> PacketType {
    match packet_type {
        0 => PacketType::SequenceStart,
        1 => PacketType::CodedFrames,
        2 => PacketType::SequenceEnd,
        3 => PacketType::CodedFramesX,
        METADATA => PacketType::Metadata,
        5 => PacketType::Mpeg2TsSequenceStart,
        other => PacketType::Other(other),
    }
}

fn has_composition_time(four_cc: FourCc) -> bool {
    matches!(four_cc, FourCc::AVC | FourCc::HEVC | FourCc::VVC)
}
