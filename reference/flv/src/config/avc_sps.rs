//! The sequence parameter set of H.264 (H.264 7.3.2.1.1), as far as size and rate.

use super::avc;
use super::error::{Error, ErrorKind};
use super::hevc_sps::crop_units;
use super::summary::{FrameRate, Summary};
use crate::bits::{BitReader, unescape};

/// The largest width and height that is believed, in luma samples. No level of any codec here
/// allows as much.
pub const MAX_DIMENSION: u32 = 65_536;

const NAME: &str = "H.264 SPS";
const NAL_TYPE: u32 = 7;
/// H.264 7.4.2.1.1 bounds num_ref_frames_in_pic_order_cnt_cycle.
const MAX_POC_CYCLE: u32 = 255;

/// What a sequence parameter set says of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvcSps {
    /// profile_idc.
    pub profile: u8,
    /// The constraint_set flags, first one in the highest bit.
    pub constraints: u8,
    /// level_idc: ten times the level.
    pub level: u8,
    /// chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Bits per luma sample.
    pub bit_depth_luma: u8,
    /// Bits per chroma sample.
    pub bit_depth_chroma: u8,
    /// Width in luma samples, after cropping.
    pub width: u32,
    /// Height in luma samples of a frame, after cropping.
    pub height: u32,
    /// Frame rate of the VUI; `None` where it has none or cannot be read.
    pub frame_rate: Option<FrameRate>,
}

impl AvcSps {
    /// Reads a NAL unit of type 7, header included.
    ///
    /// # Errors
    /// It is another NAL unit, a field is out of bounds, or it ends before the size. A fault after
    /// the size only costs the frame rate.
    pub fn decode(nal: &[u8]) -> Result<Self, Error> {
        let bytes = unescape(nal);
        let mut reader = BitReader::new(NAME, &bytes);
        let at = reader.clone();
        let nal_type = reader.bits("nal_unit_type", 8)? & 0x1F;
        if nal_type != NAL_TYPE {
            return Err(at.error("nal_unit_type", ErrorKind::Value { found: nal_type, allowed: "7" }));
        }
        let mut sps = Self::to_cropping(&mut reader)?;
        sps.frame_rate = vui_frame_rate(&mut reader).ok().flatten();
        Ok(sps)
    }

    fn to_cropping(reader: &mut BitReader<'_>) -> Result<Self, Error> {
        let profile = reader.small("profile_idc", 8)?;
        let constraints = reader.small("constraint_set_flags", 8)?;
        let level = reader.small("level_idc", 8)?;
        reader.count("seq_parameter_set_id", 31)?;
        let mut chroma_format = 1;
        let (mut bit_depth_luma, mut bit_depth_chroma) = (8, 8);
        if has_chroma_format(profile) {
            chroma_format = reader.count("chroma_format_idc", 3)?;
            if chroma_format == 3 {
                reader.skip("separate_colour_plane_flag", 1)?;
            }
            bit_depth_luma = 8 + reader.count("bit_depth_luma_minus8", 6)?;
            bit_depth_chroma = 8 + reader.count("bit_depth_chroma_minus8", 6)?;
            reader.skip("qpprime_y_zero_transform_bypass_flag", 1)?;
            if reader.flag("seq_scaling_matrix_present_flag")? {
                scaling_matrix(reader, if chroma_format == 3 { 12 } else { 8 })?;
            }
        }
        reader.count("log2_max_frame_num_minus4", 12)?;
        match reader.count("pic_order_cnt_type", 2)? {
            0 => {
                reader.count("log2_max_pic_order_cnt_lsb_minus4", 12)?;
            }
            1 => {
                reader.skip("delta_pic_order_always_zero_flag", 1)?;
                reader.se("offset_for_non_ref_pic")?;
                reader.se("offset_for_top_to_bottom_field")?;
                for _ in 0..reader.count("num_ref_frames_in_pic_order_cnt_cycle", MAX_POC_CYCLE)? {
                    reader.se("offset_for_ref_frame")?;
                }
            }
            _ => {}
        }
        reader.ue("max_num_ref_frames")?;
        reader.skip("gaps_in_frame_num_value_allowed_flag", 1)?;
        let width_mbs = reader.count("pic_width_in_mbs_minus1", MAX_DIMENSION / 16 - 1)? + 1;
        let height_units = reader.count("pic_height_in_map_units_minus1", MAX_DIMENSION / 16 - 1)? + 1;
        let frame_mbs_only = reader.flag("frame_mbs_only_flag")?;
        if !frame_mbs_only {
            reader.skip("mb_adaptive_frame_field_flag", 1)?;
        }
        reader.skip("direct_8x8_inference_flag", 1)?;
        // A map unit is a macroblock in frames, and a pair of them where fields are possible.
        let unit_height = if frame_mbs_only { 16 } else { 32 };
        let field = if frame_mbs_only { 1 } else { 2 };
        let (crop_x, crop_y) = crop_units(chroma_format);
        let (mut width, mut height) = (width_mbs * 16, height_units * unit_height);
        reader.at_most("pic_height_in_map_units_minus1", height, MAX_DIMENSION)?;
        if reader.flag("frame_cropping_flag")? {
            width = cropped(reader, "frame_crop_right_offset", width, crop_x)?;
            height = cropped(reader, "frame_crop_bottom_offset", height, crop_y * field)?;
        }
        Ok(Self {
            profile,
            constraints,
            level,
            chroma_format: chroma_format as u8,
            bit_depth_luma: bit_depth_luma as u8,
            bit_depth_chroma: bit_depth_chroma as u8,
            width,
            height,
            frame_rate: None,
        })
    }

    /// In words.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            width: Some(self.width),
            height: Some(self.height),
            frame_rate: self.frame_rate,
            bit_depth: Some(self.bit_depth_luma),
            ..avc::summary(self.profile, self.constraints, self.level)
        }
    }
}

/// Takes the offsets of two opposite edges, in units of so many samples, from the coded size.
pub(crate) fn cropped(
    reader: &mut BitReader<'_>,
    field: &'static str,
    size: u32,
    unit: u32,
) -> Result<u32, Error> {
    let offsets = u64::from(reader.ue(field)?) + u64::from(reader.ue(field)?);
    let cut = offsets * u64::from(unit);
    if cut >= u64::from(size) {
        let found = u32::try_from(cut).unwrap_or(u32::MAX);
        return Err(reader.error(field, ErrorKind::TooMany { found, max: size.saturating_sub(1) }));
    }
    Ok(size - cut as u32)
}

/// H.264 7.3.2.1.1 lists the profiles whose parameter sets state the chroma format.
fn has_chroma_format(profile: u8) -> bool {
    matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135)
}

/// H.264 7.3.2.1.1.1: the values do not matter here, their number does.
fn scaling_matrix(reader: &mut BitReader<'_>, lists: usize) -> Result<(), Error> {
    for list in 0..lists {
        if !reader.flag("seq_scaling_list_present_flag")? {
            continue;
        }
        let (mut last, mut next) = (8_i32, 8_i32);
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                let delta = reader.se("delta_scale")?;
                next = last.wrapping_add(delta).rem_euclid(256);
            }
            if next != 0 {
                last = next;
            }
        }
    }
    Ok(())
}

/// The part of the VUI up to the timing (H.264 E.1.1).
fn vui_frame_rate(reader: &mut BitReader<'_>) -> Result<Option<FrameRate>, Error> {
    if !reader.flag("vui_parameters_present_flag")? {
        return Ok(None);
    }
    vui_colour(reader)?;
    if !reader.flag("timing_info_present_flag")? {
        return Ok(None);
    }
    let num_units_in_tick = reader.bits("num_units_in_tick", 32)?;
    let time_scale = reader.bits("time_scale", 32)?;
    // A frame lasts two ticks (H.264 E.2.1).
    Ok(FrameRate::new(time_scale.into(), 2 * u64::from(num_units_in_tick)))
}

/// The fields at the beginning of the VUI, which H.264 E.1.1 and H.265 E.2.1 share.
pub(crate) fn vui_colour(reader: &mut BitReader<'_>) -> Result<(), Error> {
    const EXTENDED_SAR: u32 = 255;
    if reader.flag("aspect_ratio_info_present_flag")? && reader.bits("aspect_ratio_idc", 8)? == EXTENDED_SAR {
        reader.skip("sar_width and sar_height", 32)?;
    }
    if reader.flag("overscan_info_present_flag")? {
        reader.skip("overscan_appropriate_flag", 1)?;
    }
    if reader.flag("video_signal_type_present_flag")? {
        reader.skip("video_format and video_full_range_flag", 4)?;
        if reader.flag("colour_description_present_flag")? {
            reader.skip("colour_description", 24)?;
        }
    }
    if reader.flag("chroma_loc_info_present_flag")? {
        reader.ue("chroma_sample_loc_type_top_field")?;
        reader.ue("chroma_sample_loc_type_bottom_field")?;
    }
    Ok(())
}
