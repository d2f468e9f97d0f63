//! AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding 2.3.3).

use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;

use super::av1_sequence::Av1SequenceHeader;
use super::avc::named;
use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::summary::Summary;
use super::vp::expect;
use crate::bits::{BitReader, BitWriter};

const NAME: &str = "AV1CodecConfigurationRecord";
const MARKER_AND_VERSION: u32 = 0x81;

/// The decoder configuration of AV1: FourCC `av01`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Av1CodecConfigurationRecord {
    /// seq_profile, of three bits.
    pub profile: u8,
    /// seq_level_idx of the first operating point, of five bits.
    pub level: u8,
    /// seq_tier of the first operating point: high rather than main tier.
    pub high_tier: bool,
    /// high_bitdepth: 10 bits, or 12 with `twelve_bit`.
    pub high_bitdepth: bool,
    /// twelve_bit.
    pub twelve_bit: bool,
    /// mono_chrome.
    pub monochrome: bool,
    /// Chroma has half the width.
    pub chroma_subsampling_x: bool,
    /// Chroma has half the height.
    pub chroma_subsampling_y: bool,
    /// chroma_sample_position, of two bits.
    pub chroma_sample_position: u8,
    /// initial_presentation_delay in frames, 1 to 16.
    pub initial_presentation_delay: Option<u8>,
    /// OBUs, of which the first is the sequence header. May be empty.
    pub config_obus: Bytes,
}

impl Av1CodecConfigurationRecord {
    /// Reads a record. Reserved bits are not looked at.
    ///
    /// # Errors
    /// Marker and version are not those of version 1, or the record has less than four bytes.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, record);
        let at = reader.clone();
        let found = reader.bits("marker and version", 8)?;
        if found != MARKER_AND_VERSION {
            return Err(at.error("marker and version", ErrorKind::Value { found, allowed: "129" }));
        }
        let profile = reader.small("seq_profile", 3)?;
        let level = reader.small("seq_level_idx_0", 5)?;
        let high_tier = reader.flag("seq_tier_0")?;
        let high_bitdepth = reader.flag("high_bitdepth")?;
        let twelve_bit = reader.flag("twelve_bit")?;
        let monochrome = reader.flag("monochrome")?;
        let chroma_subsampling_x = reader.flag("chroma_subsampling_x")?;
        let chroma_subsampling_y = reader.flag("chroma_subsampling_y")?;
        let chroma_sample_position = reader.small("chroma_sample_position", 2)?;
        reader.skip("reserved", 3)?;
        let delay_present = reader.flag("initial_presentation_delay_present")?;
        let delay = reader.small("initial_presentation_delay_minus_one", 4)?;
        Ok(Self {
            profile,
            level,
            high_tier,
            high_bitdepth,
            twelve_bit,
            monochrome,
            chroma_subsampling_x,
            chroma_subsampling_y,
            chroma_sample_position,
            initial_presentation_delay: delay_present.then_some(delay + 1),
            config_obus: Bytes::copy_from_slice(reader.rest()),
        })
    }

    /// Reads the AV1 video descriptor that packet type MPEG2TSSequenceStart carries (E-RTMP v2
    /// "Enhanced Video"; AV1 in MPEG-2 TS 2.1): a tag, a length, and the first four bytes of a
    /// record.
    ///
    /// # Errors
    /// The tag is not 0x80, the length is not 4, or as [`Av1CodecConfigurationRecord::decode`].
    pub fn decode_descriptor(descriptor: &[u8]) -> Result<Self, Error> {
        const LEN: usize = 4;
        let mut reader = BitReader::new("AV1 video descriptor", descriptor);
        expect(&mut reader, "descriptor_tag", 8, 0x80, "128")?;
        expect(&mut reader, "descriptor_length", 8, LEN as u32, "4")?;
        Self::decode(reader.bytes("AV1 video descriptor", LEN)?)
    }

    /// The bytes of the record. Of fields that are narrower than their types, the low bits count.
    ///
    /// # Errors
    /// An initial presentation delay of 0 or more than 16.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        let mut bits = BitWriter::default();
        bits.bits(MARKER_AND_VERSION, 8);
        bits.bits(self.profile.into(), 3);
        bits.bits(self.level.into(), 5);
        bits.flag(self.high_tier);
        bits.flag(self.high_bitdepth);
        bits.flag(self.twelve_bit);
        bits.flag(self.monochrome);
        bits.flag(self.chroma_subsampling_x);
        bits.flag(self.chroma_subsampling_y);
        bits.bits(self.chroma_sample_position.into(), 2);
        bits.bits(0, 3);
        bits.flag(self.initial_presentation_delay.is_some());
        let delay = self.initial_presentation_delay.unwrap_or(1);
        bits.bits(at_most("presentation delay minus 1", usize::from(delay).wrapping_sub(1), 15)?, 4);
        let mut out = bits.finish();
        out.extend_from_slice(&self.config_obus);
        Ok(out)
    }

    /// Profile, tier and level, and size and rate from the sequence header, if there is one.
    ///
    /// # Errors
    /// The sequence header is broken before the size.
    pub fn summary(&self) -> Result<Summary, Error> {
        let bit_depth = match (self.high_bitdepth, self.twelve_bit) {
            (false, _) => 8,
            (true, false) => 10,
            (true, true) => 12,
        };
        let mut summary = summary(self.profile, self.level, self.high_tier);
        summary.bit_depth = Some(bit_depth);
        if let Some(header) = Av1SequenceHeader::find(&self.config_obus)? {
            summary.width = Some(header.max_width);
            summary.height = Some(header.max_height);
            summary.frame_rate = header.frame_rate;
        }
        Ok(summary)
    }
}

/// Profile, level and tier in words (AV1 A.2 and A.3).
pub(crate) fn summary(profile: u8, level: u8, high_tier: bool) -> Summary {
    let name = match profile {
        0 => "Main",
        1 => "High",
        2 => "Professional",
        _ => "",
    };
    let level = match level {
        31 => "unlimited".into(),
        index => format!("{}.{}", 2 + (index >> 2), index & 3).into(),
    };
    Summary { profile: Some(named(name, profile)), level: Some(level), high_tier, ..Summary::of("AV1") }
}
