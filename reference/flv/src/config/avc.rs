//! AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1; FLV E.4.3.2).

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;

use super::avc_sps::AvcSps;
use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::hevc::looks_like_hevc;
use super::nal;
use super::summary::Summary;
use crate::bits::BitReader;

/// The most sequence parameter sets of a record.
pub const MAX_AVC_SPS: usize = 31;
/// The most picture parameter sets, and the most sequence parameter set extensions, of a record.
pub const MAX_AVC_PPS: usize = 255;

const NAME: &str = "AVCDecoderConfigurationRecord";

/// The decoder configuration of H.264: FLV codec id 7 and FourCC `avc1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvcDecoderConfigurationRecord {
    /// profile_idc of H.264 A.2.
    pub profile: u8,
    /// The constraint_set flags, first one in the highest bit.
    pub compatibility: u8,
    /// level_idc: ten times the level.
    pub level: u8,
    /// Bytes of the length before each NAL unit of a frame: 1, 2 or 4.
    pub nal_length_size: u8,
    /// Sequence parameter sets, at most 31.
    pub sps: Vec<Bytes>,
    /// Picture parameter sets, at most 255.
    pub pps: Vec<Bytes>,
    /// The part that profiles above Main add. Some writers leave it out.
    pub extension: Option<AvcExtension>,
}

/// What a record has at its end for the High profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvcExtension {
    /// chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Bits per luma sample, 8 to 15.
    pub bit_depth_luma: u8,
    /// Bits per chroma sample, 8 to 15.
    pub bit_depth_chroma: u8,
    /// Sequence parameter set extensions, at most 255.
    pub sps_ext: Vec<Bytes>,
}

impl AvcDecoderConfigurationRecord {
    /// Reads a record. Reserved bits are not looked at, bytes behind the record are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::AnnexB`] and [`ErrorKind::OtherRecord`] for what publishers send in its place,
    /// a version other than 1, a NAL unit length of 3 bytes, or a record that ends too early.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, record);
        if record.starts_with(&[0, 0, 1]) || record.starts_with(&[0, 0, 0, 1]) {
            return Err(reader.error("configurationVersion", ErrorKind::AnnexB));
        }
        if looks_like_hevc(record) {
            return Err(reader.error("AVCProfileIndication", ErrorKind::OtherRecord("HEVC")));
        }
        version(&mut reader, "configurationVersion")?;
        let profile = reader.small("AVCProfileIndication", 8)?;
        let compatibility = reader.small("profile_compatibility", 8)?;
        let level = reader.small("AVCLevelIndication", 8)?;
        let nal_length_size = nal_length_size(&mut reader, 6)?;
        reader.skip("reserved", 3)?;
        let sps_count = reader.small("numOfSequenceParameterSets", 5)?;
        let sps = nal::units(&mut reader, "sequenceParameterSet", sps_count.into())?;
        let pps_count = reader.small("numOfPictureParameterSets", 8)?;
        let pps = nal::units(&mut reader, "pictureParameterSet", pps_count.into())?;
        let extension = if has_extension(profile) && reader.left() >= 32 {
            Some(AvcExtension::decode(&mut reader)?)
        } else {
            None
        };
        Ok(Self { profile, compatibility, level, nal_length_size, sps, pps, extension })
    }

    /// The bytes of the record.
    ///
    /// # Errors
    /// A value that its field cannot say: too many parameter sets, an empty one or one of more than
    /// 65,535 bytes, a length size other than 1, 2 and 4, or an extension for a profile without.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        if !matches!(self.nal_length_size, 1 | 2 | 4) {
            return Err(OutOfRange { field: "NAL length size", value: self.nal_length_size.into(), max: 4 });
        }
        let mut out = Vec::new();
        out.extend_from_slice(&[1, self.profile, self.compatibility, self.level]);
        out.push(0b1111_1100 | (self.nal_length_size - 1));
        out.push(0b1110_0000 | at_most("SPS count", self.sps.len(), MAX_AVC_SPS)? as u8);
        nal::write(&mut out, "SPS length", &self.sps)?;
        out.push(at_most("PPS count", self.pps.len(), MAX_AVC_PPS)? as u8);
        nal::write(&mut out, "PPS length", &self.pps)?;
        if let Some(extension) = &self.extension {
            if !has_extension(self.profile) {
                return Err(OutOfRange { field: "extensions for this profile", value: 1, max: 0 });
            }
            extension.encode(&mut out)?;
        }
        Ok(out)
    }

    /// Profile and level, and size and rate from the first sequence parameter set, if there is one.
    ///
    /// # Errors
    /// The parameter set is broken before the size.
    pub fn summary(&self) -> Result<Summary, Error> {
        match self.sps.first() {
            Some(nal) => Ok(AvcSps::decode(nal)?.summary()),
            None => Ok(summary(self.profile, self.compatibility, self.level)),
        }
    }
}

impl AvcExtension {
    fn decode(reader: &mut BitReader<'_>) -> Result<Self, Error> {
        reader.skip("reserved", 6)?;
        let chroma_format = reader.small("chroma_format", 2)?;
        reader.skip("reserved", 5)?;
        let bit_depth_luma = 8 + reader.small("bit_depth_luma_minus8", 3)?;
        reader.skip("reserved", 5)?;
        let bit_depth_chroma = 8 + reader.small("bit_depth_chroma_minus8", 3)?;
        let count = reader.small("numOfSequenceParameterSetExt", 8)?;
        let sps_ext = nal::units(reader, "sequenceParameterSetExt", count.into())?;
        Ok(Self { chroma_format, bit_depth_luma, bit_depth_chroma, sps_ext })
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), OutOfRange> {
        out.push(0b1111_1100 | at_most("chroma format", self.chroma_format.into(), 3)? as u8);
        for depth in [self.bit_depth_luma, self.bit_depth_chroma] {
            let minus8 = usize::from(depth).wrapping_sub(8);
            out.push(0b1111_1000 | at_most("bit depth minus 8", minus8, 7)? as u8);
        }
        out.push(at_most("SPS extension count", self.sps_ext.len(), MAX_AVC_PPS)? as u8);
        nal::write(out, "SPS extension length", &self.sps_ext)
    }
}

/// The standard names four profiles; writers add the part for all that state a chroma format.
fn has_extension(profile: u8) -> bool {
    !matches!(profile, 66 | 77 | 88)
}

pub(crate) fn version(reader: &mut BitReader<'_>, field: &'static str) -> Result<(), Error> {
    let at = reader.clone();
    match reader.bits(field, 8)? {
        1 => Ok(()),
        found => Err(at.error(field, ErrorKind::Value { found, allowed: "1" })),
    }
}

/// lengthSizeMinusOne, after `reserved` bits.
pub(crate) fn nal_length_size(reader: &mut BitReader<'_>, reserved: usize) -> Result<u8, Error> {
    reader.skip("reserved", reserved)?;
    let at = reader.clone();
    match reader.small("lengthSizeMinusOne", 2)? {
        2 => Err(at.error("lengthSizeMinusOne", ErrorKind::Value { found: 2, allowed: "0, 1 or 3" })),
        minus_one => Ok(minus_one + 1),
    }
}

/// Profile and level in words (H.264 A.2 and A.3).
pub(crate) fn summary(profile: u8, constraints: u8, level: u8) -> Summary {
    let set = |number: u8| constraints & 0x80 >> number != 0;
    let name = match profile {
        66 if set(1) => "Constrained Baseline",
        66 => "Baseline",
        77 => "Main",
        88 => "Extended",
        100 => "High",
        110 if set(3) => "High 10 Intra",
        110 => "High 10",
        122 if set(3) => "High 4:2:2 Intra",
        122 => "High 4:2:2",
        244 if set(3) => "High 4:4:4 Intra",
        244 => "High 4:4:4 Predictive",
        44 => "CAVLC 4:4:4 Intra",
        83 => "Scalable Baseline",
        86 => "Scalable High",
        118 => "Multiview High",
        128 => "Stereo High",
        _ => "",
    };
    let level_1b = level == 9 || level == 11 && set(3) && matches!(profile, 66 | 77 | 88);
    let level = if level_1b { "1b".into() } else { format!("{}.{}", level / 10, level % 10).into() };
    Summary { profile: Some(named(name, profile)), level: Some(level), ..Summary::of("H.264") }
}

pub(crate) fn named(name: &'static str, number: u8) -> Cow<'static, str> {
    if name.is_empty() { format!("profile {number}").into() } else { name.into() }
}
