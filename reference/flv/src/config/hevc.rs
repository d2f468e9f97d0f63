//! HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 8.3.3.1).

use alloc::format;
use alloc::vec::Vec;

use super::avc::{nal_length_size, named, version};
use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::hevc_sps::HevcSps;
use super::nal::{self, NalArray};
use super::summary::{FrameRate, Summary};
use crate::bits::{BitReader, BitWriter};

const NAME: &str = "HEVCDecoderConfigurationRecord";
const SPS: u8 = 33;

/// Profile, tier and level as H.265 7.3.3 and the record state them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HevcProfile {
    /// general_profile_space, of two bits.
    pub space: u8,
    /// general_tier_flag: high rather than main tier.
    pub high_tier: bool,
    /// general_profile_idc, of five bits.
    pub profile: u8,
    /// general_profile_compatibility_flags, the first in the highest bit.
    pub compatibility: u32,
    /// The 48 bits of constraint flags.
    pub constraints: u64,
    /// general_level_idc: thirty times the level.
    pub level: u8,
}

/// The decoder configuration of HEVC: FourCC `hvc1`, and the legacy codec id 12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HevcDecoderConfigurationRecord {
    /// Profile, tier and level.
    pub profile: HevcProfile,
    /// min_spatial_segmentation_idc, of 12 bits.
    pub min_spatial_segmentation: u16,
    /// parallelismType, of two bits; 0 is unknown.
    pub parallelism: u8,
    /// chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Bits per luma sample, 8 to 15.
    pub bit_depth_luma: u8,
    /// Bits per chroma sample, 8 to 15.
    pub bit_depth_chroma: u8,
    /// Frames in 256 seconds; 0 is unstated.
    pub average_frame_rate: u16,
    /// constantFrameRate, of two bits.
    pub constant_frame_rate: u8,
    /// Temporal layers, of three bits; 0 is unknown.
    pub temporal_layers: u8,
    /// temporalIdNested.
    pub temporal_id_nested: bool,
    /// Bytes of the length before each NAL unit of a frame: 1, 2 or 4.
    pub nal_length_size: u8,
    /// Parameter sets and SEI messages.
    pub arrays: Vec<NalArray>,
}

impl HevcProfile {
    pub(crate) fn decode(reader: &mut BitReader<'_>) -> Result<Self, Error> {
        let space = reader.small("general_profile_space", 2)?;
        let high_tier = reader.flag("general_tier_flag")?;
        let profile = reader.small("general_profile_idc", 5)?;
        let compatibility = reader.bits("general_profile_compatibility_flags", 32)?;
        let high = reader.bits("general_constraint_indicator_flags", 16)?;
        let low = reader.bits("general_constraint_indicator_flags", 32)?;
        let constraints = u64::from(high) << 32 | u64::from(low);
        let level = reader.small("general_level_idc", 8)?;
        Ok(Self { space, high_tier, profile, compatibility, constraints, level })
    }

    /// Profile, tier and level in words (H.265 A.3 and A.4).
    pub(crate) fn summary(&self) -> Summary {
        // Profile 0 occurs with the real one among the compatible profiles.
        let profile = match self.profile {
            0 => (1..32).find(|bit| self.compatibility >> (31 - bit) & 1 == 1).unwrap_or(0),
            profile => profile,
        };
        let name = match profile {
            1 => "Main",
            2 => "Main 10",
            3 => "Main Still Picture",
            4 => "Range Extensions",
            5 => "High Throughput",
            6 => "Multiview Main",
            7 => "Scalable Main",
            8 => "3D Main",
            9 => "Screen Content",
            10 => "Scalable Range Extensions",
            11 => "High Throughput Screen Content",
            _ => "",
        };
        Summary {
            profile: Some(named(name, profile)),
            level: Some(format!("{}.{}", self.level / 30, self.level % 30 / 3).into()),
            high_tier: self.high_tier,
            ..Summary::of("HEVC")
        }
    }
}

impl HevcDecoderConfigurationRecord {
    /// Reads a record. Reserved bits are not looked at, bytes behind the record are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::AnnexB`] for start codes in its place, a version other than 1, a NAL unit
    /// length of 3 bytes, more than [`super::MAX_RECORD_UNITS`] NAL units, or a record that ends
    /// too early.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, record);
        if record.starts_with(&[0, 0, 1]) || record.starts_with(&[0, 0, 0, 1]) {
            return Err(reader.error("configurationVersion", ErrorKind::AnnexB));
        }
        version(&mut reader, "configurationVersion")?;
        let profile = HevcProfile::decode(&mut reader)?;
        reader.skip("reserved", 4)?;
        let min_spatial_segmentation = reader.bits("min_spatial_segmentation_idc", 12)? as u16;
        reader.skip("reserved", 6)?;
        let parallelism = reader.small("parallelismType", 2)?;
        reader.skip("reserved", 6)?;
        let chroma_format = reader.small("chromaFormat", 2)?;
        reader.skip("reserved", 5)?;
        let bit_depth_luma = 8 + reader.small("bitDepthLumaMinus8", 3)?;
        reader.skip("reserved", 5)?;
        let bit_depth_chroma = 8 + reader.small("bitDepthChromaMinus8", 3)?;
        let average_frame_rate = reader.u16("avgFrameRate")?;
        let constant_frame_rate = reader.small("constantFrameRate", 2)?;
        let temporal_layers = reader.small("numTemporalLayers", 3)?;
        let temporal_id_nested = reader.flag("temporalIdNested")?;
        let nal_length_size = nal_length_size(&mut reader, 0)?;
        let mut arrays = Vec::new();
        let mut units = 0;
        for _ in 0..reader.bits("numOfArrays", 8)? {
            let complete = reader.flag("array_completeness")?;
            reader.skip("reserved", 1)?;
            let nal_type = reader.small("NAL_unit_type", 6)?;
            let count = reader.u16("numNalus")?;
            let units = NalArray::units(&mut reader, count, &mut units)?;
            arrays.push(NalArray { complete, nal_type, units });
        }
        Ok(Self {
            profile,
            min_spatial_segmentation,
            parallelism,
            chroma_format,
            bit_depth_luma,
            bit_depth_chroma,
            average_frame_rate,
            constant_frame_rate,
            temporal_layers,
            temporal_id_nested,
            nal_length_size,
            arrays,
        })
    }

    /// The bytes of the record. Of fields that are narrower than their types, the low bits count.
    ///
    /// # Errors
    /// A value that its field cannot say: too many NAL units or arrays, an empty unit or one of more
    /// than 65,535 bytes, or a length size other than 1, 2 and 4.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        if !matches!(self.nal_length_size, 1 | 2 | 4) {
            return Err(OutOfRange { field: "NAL length size", value: self.nal_length_size.into(), max: 4 });
        }
        nal::check_total(&self.arrays)?;
        let mut bits = BitWriter::default();
        bits.bits(1, 8);
        bits.bits(self.profile.space.into(), 2);
        bits.flag(self.profile.high_tier);
        bits.bits(self.profile.profile.into(), 5);
        bits.bits(self.profile.compatibility, 32);
        bits.bits((self.profile.constraints >> 32) as u32, 16);
        bits.bits(self.profile.constraints as u32, 32);
        bits.bits(self.profile.level.into(), 8);
        bits.bits(0xF, 4);
        bits.bits(self.min_spatial_segmentation.into(), 12);
        bits.bits(0x3F, 6);
        bits.bits(self.parallelism.into(), 2);
        bits.bits(0x3F, 6);
        bits.bits(self.chroma_format.into(), 2);
        for depth in [self.bit_depth_luma, self.bit_depth_chroma] {
            bits.bits(0x1F, 5);
            bits.bits(at_most("bit depth minus 8", usize::from(depth).wrapping_sub(8), 7)?, 3);
        }
        bits.bits(self.average_frame_rate.into(), 16);
        bits.bits(self.constant_frame_rate.into(), 2);
        bits.bits(self.temporal_layers.into(), 3);
        bits.flag(self.temporal_id_nested);
        bits.bits(u32::from(self.nal_length_size) - 1, 2);
        bits.bits(at_most("array count", self.arrays.len(), 255)?, 8);
        let mut out = bits.finish();
        for array in &self.arrays {
            out.push(u8::from(array.complete) << 7 | array.nal_type & 0x3F);
            out.extend_from_slice(&(array.units.len() as u16).to_be_bytes());
            nal::write(&mut out, "NAL unit length", &array.units)?;
        }
        Ok(out)
    }

    /// Profile, tier and level, and size and rate from the first sequence parameter set, if there is
    /// one.
    ///
    /// # Errors
    /// The parameter set is broken before the size.
    pub fn summary(&self) -> Result<Summary, Error> {
        let frame_rate = FrameRate::new(self.average_frame_rate.into(), 256);
        let Some(nal) = nal::first(&self.arrays, SPS) else {
            let bit_depth = Some(self.bit_depth_luma);
            return Ok(Summary { frame_rate, bit_depth, ..self.profile.summary() });
        };
        let summary = HevcSps::decode(nal)?.summary();
        Ok(Summary { frame_rate: summary.frame_rate.or(frame_rate), ..summary })
    }
}

/// Whether this is an HEVC record rather than an AVC one, by the reserved bits of both, which are
/// ones.
pub(crate) fn looks_like_hevc(record: &[u8]) -> bool {
    let Some(record) = record.first_chunk::<23>() else { return false };
    let avc = record[4] >> 2 == 0x3F && record[5] >> 5 == 7;
    let hevc = [(13, 4), (15, 2), (16, 2), (17, 3), (18, 3)];
    !avc && record[0] == 1 && hevc.iter().all(|(at, free)| record[*at] >> free == 0xFF >> free)
}
