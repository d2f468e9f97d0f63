//! The header at the start of an audio payload (FLV E.4.2.1; E-RTMP v2 "Enhanced Audio").

use nom::number::complete::be_u8;

use crate::ex_header::{Parsed, four_cc, mod_ex, multitrack};
use crate::{Codec, Multitrack};

/// Sound format of AAC (FLV E.4.2.1).
pub const FORMAT_AAC: u8 = 10;
/// The sound format that announces an extended header (E-RTMP v2 "Enhanced Audio").
pub const FORMAT_EX_HEADER: u8 = 9;

/// What an audio payload holds. Legacy formats other than AAC are always `CodedFrames`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PacketType {
    /// The decoder configuration: AAC packet type 0, Enhanced RTMP 0.
    SequenceStart,
    /// Coded audio: AAC packet type 1, Enhanced RTMP 1.
    CodedFrames,
    /// Enhanced RTMP 2.
    SequenceEnd,
    /// The order of the channels: Enhanced RTMP 4.
    MultichannelConfig,
    /// Any other number.
    Other(u8),
}

/// The low four bits of a legacy header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SoundInfo {
    /// 0..=3 for 5.5, 11, 22 and 44 kHz.
    pub rate: u8,
    /// 16-bit rather than 8-bit samples; means something for uncompressed audio only.
    pub wide: bool,
    /// Two channels.
    pub stereo: bool,
}

/// The decoded header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The codec.
    pub codec: Codec,
    /// Rate, sample size and channels as a legacy header states them. For AAC they mean nothing.
    pub sound: Option<SoundInfo>,
    /// What the payload holds; inside a multitrack payload, what its tracks hold.
    pub packet: PacketType,
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

    /// Whether this is a decoder configuration.
    #[must_use]
    pub fn is_sequence_header(&self) -> bool {
        self.packet == PacketType::SequenceStart
    }

    /// Samples per second, where the header decides it: not for AAC and Enhanced RTMP, whose
    /// configuration does (FLV E.4.2.1). Formats with one rate have it whatever the bits say.
    #[must_use]
    pub fn sample_rate(&self) -> Option<u32> {
        let (Codec::Legacy(format), Some(sound)) = (self.codec, self.sound) else {
            return None;
        };
        match format {
            FORMAT_AAC => None,
            // Nellymoser 8 kHz, G.711 A-law and mu-law, MP3 8 kHz.
            5 | 7 | 8 | 14 => Some(8_000),
            // Nellymoser 16 kHz, Speex.
            4 | 11 => Some(16_000),
            _ => Some([5_512, 11_025, 22_050, 44_100][usize::from(sound.rate & 3)]),
        }
    }
}

/// Whether the payload is a decoder configuration.
#[must_use]
pub fn is_sequence_header(payload: &[u8]) -> bool {
    Header::decode(payload).is_some_and(|header| header.is_sequence_header())
}

const MULTITRACK: u8 = 5;

fn header(input: &[u8]) -> Parsed<'_, Header> {
    let (rest, first) = be_u8(input)?;
    if first >> 4 == FORMAT_EX_HEADER { enhanced(rest, first) } else { legacy(rest, first) }
}

fn legacy(input: &[u8], first: u8) -> Parsed<'_, Header> {
    let format = first >> 4;
    let sound = SoundInfo { rate: first >> 2 & 3, wide: first & 2 != 0, stereo: first & 1 != 0 };
    let header = Header {
        codec: Codec::Legacy(format),
        sound: Some(sound),
        packet: PacketType::CodedFrames,
        nano_offset: 0,
        multitrack: None,
        body: 0,
    };
    if format != FORMAT_AAC {
        return Ok((input, header));
    }
    let (rest, packet) = be_u8(input)?;
    let packet = match packet {
        0 => PacketType::SequenceStart,
        1 => PacketType::CodedFrames,
        other => PacketType::Other(other),
    };
    Ok((rest, Header { packet, ..header }))
}

fn enhanced(input: &[u8], first: u8) -> Parsed<'_, Header> {
    let (rest, (packet_type, nano_offset)) = mod_ex(input, first & 0x0F)?;
    let (rest, (packet_type, four_cc, multitrack)) = if packet_type == MULTITRACK {
        let (rest, (packet_type, four_cc, track)) = multitrack(rest)?;
        (rest, (packet_type, four_cc, Some(track)))
    } else {
        let (rest, four_cc) = four_cc(rest)?;
        (rest, (packet_type, four_cc, None))
    };
    let packet = match packet_type {
        0 => PacketType::SequenceStart,
        1 => PacketType::CodedFrames,
        2 => PacketType::SequenceEnd,
        4 => PacketType::MultichannelConfig,
        other => PacketType::Other(other),
    };
    let codec = Codec::FourCc(four_cc);
    Ok((rest, Header { codec, sound: None, packet, nano_offset, multitrack, body: 0 }))
}
