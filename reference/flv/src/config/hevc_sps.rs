//! The sequence parameter set of HEVC (H.265 7.3.2.2.1), as far as size and rate.

use alloc::vec::Vec;

use super::avc_sps::{MAX_DIMENSION, cropped, vui_colour};
use super::error::{Error, ErrorKind};
use super::hevc::HevcProfile;
use super::summary::{FrameRate, Summary};
use crate::bits::{BitReader, unescape};

const NAME: &str = "HEVC SPS";
const NAL_TYPE: u32 = 33;
/// H.265 7.4.3.2.1 bounds num_short_term_ref_pic_sets.
const MAX_SHORT_TERM_SETS: u32 = 64;
/// H.265 7.4.8: sps_max_dec_pic_buffering_minus1 is at most 15, and bounds both counts of a set.
const MAX_SET_PICTURES: u32 = 16;
/// H.265 7.4.3.2.1 bounds num_long_term_ref_pics_sps.
const MAX_LONG_TERM: u32 = 32;

/// What a sequence parameter set says of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HevcSps {
    /// Profile, tier and level.
    pub profile: HevcProfile,
    /// chroma_format_idc: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// Width in luma samples, after the conformance window.
    pub width: u32,
    /// Height in luma samples, after the conformance window.
    pub height: u32,
    /// Bits per luma sample.
    pub bit_depth_luma: u8,
    /// Bits per chroma sample.
    pub bit_depth_chroma: u8,
    /// Frame rate of the VUI; `None` where it has none or cannot be read.
    pub frame_rate: Option<FrameRate>,
}

impl HevcSps {
    /// Reads a NAL unit of type 33 of the base layer, header included.
    ///
    /// # Errors
    /// It is another NAL unit, a field is out of bounds, or it ends before the size. A fault after
    /// the bit depth only costs the frame rate.
    pub fn decode(nal: &[u8]) -> Result<Self, Error> {
        let bytes = unescape(nal);
        let mut reader = BitReader::new(NAME, &bytes);
        let at = reader.clone();
        let nal_type = reader.bits("nal_unit_type", 16)? >> 9 & 0x3F;
        if nal_type != NAL_TYPE {
            return Err(at.error("nal_unit_type", ErrorKind::Value { found: nal_type, allowed: "33" }));
        }
        reader.skip("sps_video_parameter_set_id", 4)?;
        let max_sub_layers_minus1 = reader.bits("sps_max_sub_layers_minus1", 3)?;
        reader.skip("sps_temporal_id_nesting_flag", 1)?;
        let profile = HevcProfile::decode(&mut reader)?;
        sub_layers(&mut reader, max_sub_layers_minus1)?;
        reader.count("sps_seq_parameter_set_id", 15)?;
        let chroma_format = reader.count("chroma_format_idc", 3)?;
        if chroma_format == 3 {
            reader.skip("separate_colour_plane_flag", 1)?;
        }
        let mut width = dimension(&mut reader, "pic_width_in_luma_samples")?;
        let mut height = dimension(&mut reader, "pic_height_in_luma_samples")?;
        let (crop_x, crop_y) = crop_units(chroma_format);
        if reader.flag("conformance_window_flag")? {
            width = cropped(&mut reader, "conf_win_right_offset", width, crop_x)?;
            height = cropped(&mut reader, "conf_win_bottom_offset", height, crop_y)?;
        }
        let bit_depth_luma = 8 + reader.count("bit_depth_luma_minus8", 8)? as u8;
        let bit_depth_chroma = 8 + reader.count("bit_depth_chroma_minus8", 8)? as u8;
        let frame_rate = to_frame_rate(&mut reader, max_sub_layers_minus1).ok().flatten();
        let chroma_format = chroma_format as u8;
        Ok(Self { profile, chroma_format, width, height, bit_depth_luma, bit_depth_chroma, frame_rate })
    }

    /// In words.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            width: Some(self.width),
            height: Some(self.height),
            frame_rate: self.frame_rate,
            bit_depth: Some(self.bit_depth_luma),
            ..self.profile.summary()
        }
    }
}

/// A width or height, of at least one sample.
pub(crate) fn dimension(reader: &mut BitReader<'_>, field: &'static str) -> Result<u32, Error> {
    match reader.count(field, MAX_DIMENSION)? {
        0 => Err(reader.error(field, ErrorKind::Value { found: 0, allowed: "at least 1" })),
        size => Ok(size),
    }
}

/// SubWidthC and SubHeightC (H.264 and H.265 table 6-1), in which the edges to cut are measured.
pub(crate) fn crop_units(chroma_format: u32) -> (u32, u32) {
    match chroma_format {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    }
}

/// The sub-layers of profile_tier_level (H.265 7.3.3).
fn sub_layers(reader: &mut BitReader<'_>, count: u32) -> Result<(), Error> {
    const PROFILE_LEN: usize = 88;
    const LEVEL_LEN: usize = 8;
    let mut len = 0;
    for _ in 0..count {
        len += if reader.flag("sub_layer_profile_present_flag")? { PROFILE_LEN } else { 0 };
        len += if reader.flag("sub_layer_level_present_flag")? { LEVEL_LEN } else { 0 };
    }
    if count > 0 {
        reader.skip("reserved_zero_2bits", 2 * (8 - count as usize))?;
    }
    reader.skip("sub_layer_profile_and_level", len)
}

/// From log2_max_pic_order_cnt_lsb_minus4 to the timing of the VUI.
fn to_frame_rate(reader: &mut BitReader<'_>, max_sub_layers_minus1: u32) -> Result<Option<FrameRate>, Error> {
    let poc_lsb_len = 4 + reader.count("log2_max_pic_order_cnt_lsb_minus4", 12)? as usize;
    let all = reader.flag("sps_sub_layer_ordering_info_present_flag")?;
    for _ in 0..if all { max_sub_layers_minus1 + 1 } else { 1 } {
        reader.ue("sps_max_dec_pic_buffering_minus1")?;
        reader.ue("sps_max_num_reorder_pics")?;
        reader.ue("sps_max_latency_increase_plus1")?;
    }
    for _ in 0..6 {
        reader.ue("block structure")?;
    }
    if reader.flag("scaling_list_enabled_flag")? && reader.flag("sps_scaling_list_data_present_flag")? {
        scaling_lists(reader)?;
    }
    reader.skip("amp_enabled_flag and sample_adaptive_offset_enabled_flag", 2)?;
    if reader.flag("pcm_enabled_flag")? {
        reader.skip("pcm_sample_bit_depth", 8)?;
        reader.ue("log2_min_pcm_luma_coding_block_size_minus3")?;
        reader.ue("log2_diff_max_min_pcm_luma_coding_block_size")?;
        reader.skip("pcm_loop_filter_disabled_flag", 1)?;
    }
    let mut set = Vec::new();
    for index in 0..reader.count("num_short_term_ref_pic_sets", MAX_SHORT_TERM_SETS)? {
        set = short_term_set(reader, index, &set)?;
    }
    if reader.flag("long_term_ref_pics_present_flag")? {
        let count = reader.count("num_long_term_ref_pics_sps", MAX_LONG_TERM)? as usize;
        reader.skip("lt_ref_pic_poc_lsb_sps", count * (poc_lsb_len + 1))?;
    }
    reader.skip("sps_temporal_mvp_enabled_flag and strong_intra_smoothing_enabled_flag", 2)?;
    if !reader.flag("vui_parameters_present_flag")? {
        return Ok(None);
    }
    vui_colour(reader)?;
    reader.skip("neutral_chroma_indication_flag and two more", 3)?;
    if reader.flag("default_display_window_flag")? {
        for _ in 0..4 {
            reader.ue("def_disp_win_offset")?;
        }
    }
    if !reader.flag("vui_timing_info_present_flag")? {
        return Ok(None);
    }
    let num_units_in_tick = reader.bits("vui_num_units_in_tick", 32)?;
    let time_scale = reader.bits("vui_time_scale", 32)?;
    Ok(FrameRate::new(time_scale.into(), num_units_in_tick.into()))
}

/// H.265 7.3.4: the values do not matter here, their number does.
fn scaling_lists(reader: &mut BitReader<'_>) -> Result<(), Error> {
    for size_id in 0..4 {
        for _ in 0..if size_id == 3 { 2 } else { 6 } {
            if !reader.flag("scaling_list_pred_mode_flag")? {
                reader.ue("scaling_list_pred_matrix_id_delta")?;
                continue;
            }
            if size_id > 1 {
                reader.se("scaling_list_dc_coef_minus8")?;
            }
            for _ in 0..64.min(1 << (4 + (size_id << 1))) {
                reader.se("scaling_list_delta_coef")?;
            }
        }
    }
    Ok(())
}

/// One st_ref_pic_set (H.265 7.3.7): the distances to its pictures, those before it first, the
/// nearest first. `previous` is the set before it.
fn short_term_set(reader: &mut BitReader<'_>, index: u32, previous: &[i32]) -> Result<Vec<i32>, Error> {
    if index > 0 && reader.flag("inter_ref_pic_set_prediction_flag")? {
        return predicted_set(reader, previous);
    }
    let negative = reader.count("num_negative_pics", MAX_SET_PICTURES)?;
    let positive = reader.count("num_positive_pics", MAX_SET_PICTURES - negative)?;
    let mut set = Vec::new();
    for (count, sign) in [(negative, -1), (positive, 1)] {
        let mut distance = 0;
        for _ in 0..count {
            distance += 1 + poc_delta(reader, "delta_poc_minus1")?;
            reader.skip("used_by_curr_pic_flag", 1)?;
            set.push(sign * distance);
        }
    }
    Ok(set)
}

fn predicted_set(reader: &mut BitReader<'_>, previous: &[i32]) -> Result<Vec<i32>, Error> {
    let negative = reader.flag("delta_rps_sign")?;
    let delta = 1 + poc_delta(reader, "abs_delta_rps_minus1")?;
    let delta = if negative { -delta } else { delta };
    let mut set = Vec::new();
    for distance in previous.iter().chain(&[0]) {
        let used = reader.flag("used_by_curr_pic_flag")?;
        let taken = used || reader.flag("use_delta_flag")?;
        let distance = distance.saturating_add(delta);
        if taken && distance != 0 {
            set.push(distance);
        }
    }
    reader.at_most("NumDeltaPocs", set.len() as u32, MAX_SET_PICTURES)?;
    set.sort_unstable_by_key(|distance| (*distance > 0, distance.unsigned_abs()));
    Ok(set)
}

/// A picture order count difference: H.265 7.4.8 allows 15 bits.
fn poc_delta(reader: &mut BitReader<'_>, field: &'static str) -> Result<i32, Error> {
    Ok(reader.count(field, 0x7FFF)? as i32)
}
