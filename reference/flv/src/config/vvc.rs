//! VvcDecoderConfigurationRecord (ISO/IEC 14496-15 11.2.4.2).

use alloc::format;
use alloc::vec::Vec;

use super::avc::{nal_length_size, named};
use super::avc_sps::cropped;
use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::hevc_sps::{crop_units, dimension};
use super::nal::{self, NalArray};
use super::summary::{FrameRate, Summary};
use crate::bits::{BitReader, BitWriter, unescape};

const NAME: &str = "VvcDecoderConfigurationRecord";
const SPS_NAME: &str = "VVC SPS";
const OPI: u8 = 12;
const DCI: u8 = 13;
const SPS: u8 = 15;

/// The decoder configuration of VVC: FourCC `vvc1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VvcDecoderConfigurationRecord {
    /// Bytes of the length before each NAL unit of a frame: 1, 2 or 4.
    pub nal_length_size: u8,
    /// Profile, tier, level and size, if the record states them.
    pub profile: Option<VvcProfile>,
    /// Parameter sets and SEI messages.
    pub arrays: Vec<NalArray>,
}

/// The part of a record that ptl_present_flag announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VvcProfile {
    /// Index of the output layer set, of nine bits.
    pub ols_index: u16,
    /// Temporal sublayers, 1 to 7; 0 counts as 1.
    pub sublayers: u8,
    /// constant_frame_rate, of two bits.
    pub constant_frame_rate: u8,
    /// chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Bits per sample, 8 to 15.
    pub bit_depth: u8,
    /// general_profile_idc, of seven bits.
    pub profile: u8,
    /// general_tier_flag: high rather than main tier.
    pub high_tier: bool,
    /// general_level_idc: sixteen times the major number and three times the minor one.
    pub level: u8,
    /// The frame-only and multilayer flags and the constraint flags behind them, as they are; at
    /// least one byte and at most 63.
    pub constraints: Vec<u8>,
    /// Levels of the sublayers that state one, the highest sublayer first; of each of the
    /// `sublayers - 1` entries, `None` is unstated.
    pub sublayer_levels: Vec<Option<u8>>,
    /// general_sub_profile_idc, at most 255.
    pub sub_profiles: Vec<u32>,
    /// Largest coded width in luma samples, without the conformance window.
    pub max_width: u16,
    /// Largest coded height in luma samples, without the conformance window.
    pub max_height: u16,
    /// Frames in 256 seconds; 0 is unstated.
    pub average_frame_rate: u16,
}

impl VvcDecoderConfigurationRecord {
    /// Reads a record. Reserved bits are not looked at, bytes behind the record are ignored. The
    /// four bytes of a full box in front, which the record does not have, are skipped.
    ///
    /// # Errors
    /// [`ErrorKind::AnnexB`] for start codes in its place, a NAL unit length of 3 bytes, no
    /// constraint byte, more than [`super::MAX_RECORD_UNITS`] NAL units, or a record that ends too
    /// early.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, record);
        if record.starts_with(&[0, 0, 1]) || record.starts_with(&[0, 0, 0, 1]) {
            return Err(reader.error("LengthSizeMinusOne", ErrorKind::AnnexB));
        }
        if record.starts_with(&[0; 4]) {
            reader.skip("version and flags", 32)?;
        }
        let nal_length_size = nal_length_size(&mut reader, 5)?;
        let profile =
            if reader.flag("ptl_present_flag")? { Some(VvcProfile::decode(&mut reader)?) } else { None };
        let mut arrays = Vec::new();
        let mut units = 0;
        for _ in 0..reader.bits("num_of_arrays", 8)? {
            let complete = reader.flag("array_completeness")?;
            reader.skip("reserved", 2)?;
            let nal_type = reader.small("NAL_unit_type", 5)?;
            let count = if is_single(nal_type) { 1 } else { reader.u16("num_nalus")? };
            let units = NalArray::units(&mut reader, count, &mut units)?;
            arrays.push(NalArray { complete, nal_type, units });
        }
        Ok(Self { nal_length_size, profile, arrays })
    }

    /// The bytes of the record. Of fields that are narrower than their types, the low bits count.
    ///
    /// # Errors
    /// A value that its field cannot say, such as too many NAL units or sub-profiles, an empty unit
    /// or one of more than 65,535 bytes, or a length size other than 1, 2 and 4.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        if !matches!(self.nal_length_size, 1 | 2 | 4) {
            return Err(OutOfRange { field: "NAL length size", value: self.nal_length_size.into(), max: 4 });
        }
        nal::check_total(&self.arrays)?;
        let mut bits = BitWriter::default();
        bits.bits(0x1F, 5);
        bits.bits(u32::from(self.nal_length_size) - 1, 2);
        bits.flag(self.profile.is_some());
        if let Some(profile) = &self.profile {
            profile.encode(&mut bits)?;
        }
        bits.bits(at_most("array count", self.arrays.len(), 255)?, 8);
        let mut out = bits.finish();
        for array in &self.arrays {
            out.push(u8::from(array.complete) << 7 | array.nal_type & 0x1F);
            if !is_single(array.nal_type & 0x1F) {
                out.extend_from_slice(&(array.units.len() as u16).to_be_bytes());
            } else if array.units.len() != 1 {
                return Err(OutOfRange { field: "units of this type", value: array.units.len(), max: 1 });
            }
            nal::write(&mut out, "NAL unit length", &array.units)?;
        }
        Ok(out)
    }

    /// Profile, tier, level and rate, and the size from the first sequence parameter set; without
    /// one, the largest coded size.
    ///
    /// # Errors
    /// The parameter set is broken before the size.
    pub fn summary(&self) -> Result<Summary, Error> {
        let mut summary = self.profile.as_ref().map_or_else(|| Summary::of("VVC"), VvcProfile::summary);
        if let Some(nal) = nal::first(&self.arrays, SPS) {
            let size = sps_size(nal)?;
            (summary.width, summary.height) = (Some(size.0), Some(size.1));
        }
        Ok(summary)
    }
}

impl VvcProfile {
    fn decode(reader: &mut BitReader<'_>) -> Result<Self, Error> {
        let ols_index = reader.bits("ols_idx", 9)? as u16;
        let sublayers = reader.small("num_sublayers", 3)?;
        let constant_frame_rate = reader.small("constant_frame_rate", 2)?;
        let chroma_format = reader.small("chroma_format_idc", 2)?;
        let bit_depth = 8 + reader.small("bit_depth_minus8", 3)?;
        reader.skip("reserved", 5 + 2)?;
        let constraint_len = reader.bits("num_bytes_constraint_info", 6)?;
        let profile = reader.small("general_profile_idc", 7)?;
        let high_tier = reader.flag("general_tier_flag")?;
        let level = reader.small("general_level_idc", 8)?;
        if constraint_len == 0 {
            let kind = ErrorKind::Value { found: 0, allowed: "at least 1" };
            return Err(reader.error("num_bytes_constraint_info", kind));
        }
        let constraints = reader.bytes("general_constraint_info", constraint_len as usize)?.to_vec();
        let mut sublayer_levels = Vec::new();
        for _ in 1..sublayers {
            sublayer_levels.push(reader.flag("ptl_sublayer_level_present_flag")?.then_some(0));
        }
        reader.align();
        for level in sublayer_levels.iter_mut().flatten() {
            *level = reader.small("sublayer_level_idc", 8)?;
        }
        let mut sub_profiles = Vec::new();
        for _ in 0..reader.bits("ptl_num_sub_profiles", 8)? {
            sub_profiles.push(reader.bits("general_sub_profile_idc", 32)?);
        }
        Ok(Self {
            ols_index,
            sublayers,
            constant_frame_rate,
            chroma_format,
            bit_depth,
            profile,
            high_tier,
            level,
            constraints,
            sublayer_levels,
            sub_profiles,
            max_width: reader.u16("max_picture_width")?,
            max_height: reader.u16("max_picture_height")?,
            average_frame_rate: reader.u16("avg_frame_rate")?,
        })
    }

    fn encode(&self, bits: &mut BitWriter) -> Result<(), OutOfRange> {
        bits.bits(self.ols_index.into(), 9);
        bits.bits(self.sublayers.into(), 3);
        bits.bits(self.constant_frame_rate.into(), 2);
        bits.bits(self.chroma_format.into(), 2);
        bits.bits(at_most("bit depth minus 8", usize::from(self.bit_depth).wrapping_sub(8), 7)?, 3);
        bits.bits(0x1F, 5);
        if self.constraints.is_empty() {
            return Err(OutOfRange { field: "constraint bytes", value: 0, max: 63 });
        }
        bits.bits(at_most("constraint bytes", self.constraints.len(), 63)?, 8);
        bits.bits(self.profile.into(), 7);
        bits.flag(self.high_tier);
        bits.bits(self.level.into(), 8);
        for byte in &self.constraints {
            bits.bits((*byte).into(), 8);
        }
        let levels = usize::from(self.sublayers & 7).saturating_sub(1);
        if self.sublayer_levels.len() != levels {
            let value = self.sublayer_levels.len();
            return Err(OutOfRange { field: "sublayer levels", value, max: levels });
        }
        for level in &self.sublayer_levels {
            bits.flag(level.is_some());
        }
        if levels > 0 {
            bits.bits(0, 8 - levels);
        }
        for level in self.sublayer_levels.iter().flatten() {
            bits.bits((*level).into(), 8);
        }
        bits.bits(at_most("sub-profiles", self.sub_profiles.len(), 255)?, 8);
        for sub_profile in &self.sub_profiles {
            bits.bits(*sub_profile, 32);
        }
        for value in [self.max_width, self.max_height, self.average_frame_rate] {
            bits.bits(value.into(), 16);
        }
        Ok(())
    }

    /// In words (H.266 A.3 and A.4).
    fn summary(&self) -> Summary {
        let name = match self.profile {
            1 => "Main 10",
            2 => "Main 12",
            10 => "Main 12 Intra",
            17 => "Multilayer Main 10",
            33 => "Main 10 4:4:4",
            34 => "Main 12 4:4:4",
            35 => "Main 16 4:4:4",
            42 => "Main 12 4:4:4 Intra",
            43 => "Main 16 4:4:4 Intra",
            49 => "Multilayer Main 10 4:4:4",
            65 => "Main 10 Still Picture",
            66 => "Main 12 Still Picture",
            81 => "Multilayer Main 10 Still Picture",
            97 => "Main 10 4:4:4 Still Picture",
            98 => "Main 12 4:4:4 Still Picture",
            99 => "Main 16 4:4:4 Still Picture",
            113 => "Multilayer Main 10 4:4:4 Still Picture",
            _ => "",
        };
        let known = |size: u16| Some(u32::from(size)).filter(|size| *size > 0);
        Summary {
            profile: Some(named(name, self.profile)),
            level: Some(format!("{}.{}", self.level / 16, self.level % 16 / 3).into()),
            high_tier: self.high_tier,
            width: known(self.max_width),
            height: known(self.max_height),
            frame_rate: FrameRate::new(self.average_frame_rate.into(), 256),
            bit_depth: Some(self.bit_depth),
            ..Summary::of("VVC")
        }
    }
}

/// These types have no count: there is one unit.
fn is_single(nal_type: u8) -> bool {
    matches!(nal_type, OPI | DCI)
}

/// Width and height after the conformance window (H.266 7.3.2.4).
fn sps_size(nal: &[u8]) -> Result<(u32, u32), Error> {
    let bytes = unescape(nal);
    let mut reader = BitReader::new(SPS_NAME, &bytes);
    let at = reader.clone();
    let nal_type = reader.bits("nal_unit_type", 16)? >> 3 & 0x1F;
    if nal_type != u32::from(SPS) {
        return Err(at.error("nal_unit_type", ErrorKind::Value { found: nal_type, allowed: "15" }));
    }
    reader.skip("sps_seq_parameter_set_id and sps_video_parameter_set_id", 8)?;
    let max_sublayers_minus1 = reader.bits("sps_max_sublayers_minus1", 3)?;
    let chroma_format = reader.bits("sps_chroma_format_idc", 2)?;
    reader.skip("sps_log2_ctu_size_minus5", 2)?;
    if reader.flag("sps_ptl_dpb_hrd_params_present_flag")? {
        profile_tier_level(&mut reader, max_sublayers_minus1)?;
    }
    reader.skip("sps_gdr_enabled_flag", 1)?;
    if reader.flag("sps_ref_pic_resampling_enabled_flag")? {
        reader.skip("sps_res_change_in_clvs_allowed_flag", 1)?;
    }
    let mut width = dimension(&mut reader, "sps_pic_width_max_in_luma_samples")?;
    let mut height = dimension(&mut reader, "sps_pic_height_max_in_luma_samples")?;
    if reader.flag("sps_conformance_window_flag")? {
        let (crop_x, crop_y) = crop_units(chroma_format);
        width = cropped(&mut reader, "sps_conf_win_right_offset", width, crop_x)?;
        height = cropped(&mut reader, "sps_conf_win_bottom_offset", height, crop_y)?;
    }
    Ok((width, height))
}

/// profile_tier_level with its profile (H.266 7.3.3.1 and 7.3.3.2), skipped.
fn profile_tier_level(reader: &mut BitReader<'_>, max_sublayers_minus1: u32) -> Result<(), Error> {
    const CONSTRAINT_FLAGS: usize = 71;
    reader.skip("general_profile_idc, tier and level", 16)?;
    reader.skip("ptl_frame_only_constraint_flag and ptl_multilayer_enabled_flag", 2)?;
    if reader.flag("gci_present_flag")? {
        reader.skip("general_constraints_info", CONSTRAINT_FLAGS)?;
        let reserved = reader.bits("gci_num_reserved_bits", 8)?;
        reader.skip("gci_reserved_zero_bit", reserved as usize)?;
    }
    reader.align();
    let mut levels = 0;
    for _ in 0..max_sublayers_minus1 {
        levels += usize::from(reader.flag("ptl_sublayer_level_present_flag")?);
    }
    reader.align();
    reader.skip("sublayer_level_idc", 8 * levels)?;
    let sub_profiles = reader.bits("ptl_num_sub_profiles", 8)?;
    reader.skip("general_sub_profile_idc", 32 * sub_profiles as usize)
}
