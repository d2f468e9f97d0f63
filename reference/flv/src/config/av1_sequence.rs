//! OBUs of AV1 as far as the sequence header (AV1 5.3, 5.5), and that as far as the size.

use super::av1;
use super::error::{Error, ErrorKind};
use super::summary::{FrameRate, Summary};
use crate::bits::BitReader;

const NAME: &str = "AV1 sequence header";
const SEQUENCE_HEADER: u8 = 1;

/// What a sequence header says of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Av1SequenceHeader {
    /// seq_profile.
    pub profile: u8,
    /// seq_level_idx of the first operating point.
    pub level: u8,
    /// seq_tier of the first operating point.
    pub high_tier: bool,
    /// Largest width of a frame.
    pub max_width: u32,
    /// Largest height of a frame.
    pub max_height: u32,
    /// Frames per second, where all pictures last equally long.
    pub frame_rate: Option<FrameRate>,
}

impl Av1SequenceHeader {
    /// The first sequence header among OBUs, such as those of a configuration record or a key
    /// frame; `None` where there is none.
    ///
    /// # Errors
    /// An OBU, or the sequence header, ends too early.
    pub fn find(obus: &[u8]) -> Result<Option<Self>, Error> {
        let mut reader = BitReader::new("AV1 OBU", obus);
        while reader.left() > 0 {
            reader.skip("obu_forbidden_bit", 1)?;
            let obu_type = reader.small("obu_type", 4)?;
            let extension = reader.flag("obu_extension_flag")?;
            let has_size = reader.flag("obu_has_size_field")?;
            reader.skip("obu_reserved_1bit", 1)?;
            if extension {
                reader.skip("obu_extension_header", 8)?;
            }
            let len = if has_size { leb128(&mut reader)? } else { reader.rest().len() };
            let payload = reader.bytes("obu_size", len)?;
            if obu_type == SEQUENCE_HEADER {
                return Self::decode(payload).map(Some);
            }
        }
        Ok(None)
    }

    /// Reads sequence_header_obu (AV1 5.5.1), without the OBU header.
    ///
    /// # Errors
    /// It ends before the size.
    pub fn decode(payload: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, payload);
        let profile = reader.small("seq_profile", 3)?;
        reader.skip("still_picture", 1)?;
        let mut header =
            Self { profile, level: 0, high_tier: false, max_width: 0, max_height: 0, frame_rate: None };
        if reader.flag("reduced_still_picture_header")? {
            header.level = reader.small("seq_level_idx", 5)?;
        } else {
            header.operating_points(&mut reader)?;
        }
        let width_len = 1 + reader.bits("frame_width_bits_minus_1", 4)? as usize;
        let height_len = 1 + reader.bits("frame_height_bits_minus_1", 4)? as usize;
        header.max_width = 1 + reader.bits("max_frame_width_minus_1", width_len)?;
        header.max_height = 1 + reader.bits("max_frame_height_minus_1", height_len)?;
        Ok(header)
    }

    /// In words.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            width: Some(self.max_width),
            height: Some(self.max_height),
            frame_rate: self.frame_rate,
            ..av1::summary(self.profile, self.level, self.high_tier)
        }
    }

    /// From timing_info_present_flag to the operating points, of which the first counts.
    fn operating_points(&mut self, reader: &mut BitReader<'_>) -> Result<(), Error> {
        let mut delay_len = None;
        if reader.flag("timing_info_present_flag")? {
            self.frame_rate = timing_info(reader)?;
            if reader.flag("decoder_model_info_present_flag")? {
                delay_len = Some(1 + reader.bits("buffer_delay_length_minus_1", 5)? as usize);
                reader.skip("num_units_in_decoding_tick and two lengths", 32 + 5 + 5)?;
            }
        }
        let display_delay = reader.flag("initial_display_delay_present_flag")?;
        let count = 1 + reader.bits("operating_points_cnt_minus_1", 5)?;
        for index in 0..count {
            reader.skip("operating_point_idc", 12)?;
            let level = reader.small("seq_level_idx", 5)?;
            let high_tier = level > 7 && reader.flag("seq_tier")?;
            if index == 0 {
                (self.level, self.high_tier) = (level, high_tier);
            }
            if let Some(len) = delay_len
                && reader.flag("decoder_model_present_for_this_op")?
            {
                reader.skip("operating_parameters_info", 2 * len + 1)?;
            }
            if display_delay && reader.flag("initial_display_delay_present_for_this_op")? {
                reader.skip("initial_display_delay_minus_1", 4)?;
            }
        }
        Ok(())
    }
}

fn timing_info(reader: &mut BitReader<'_>) -> Result<Option<FrameRate>, Error> {
    let num_units = reader.bits("num_units_in_display_tick", 32)?;
    let time_scale = reader.bits("time_scale", 32)?;
    if !reader.flag("equal_picture_interval")? {
        return Ok(None);
    }
    let ticks = 1 + u64::from(reader.uvlc("num_ticks_per_picture_minus_1")?);
    Ok(FrameRate::new(time_scale.into(), ticks.saturating_mul(num_units.into())))
}

/// leb128() of AV1 4.10.5: at most eight bytes, and a value of at most 32 bits.
fn leb128(reader: &mut BitReader<'_>) -> Result<usize, Error> {
    let mut value = 0_u64;
    for index in 0..8 {
        let byte = reader.bits("obu_size", 8)?;
        value |= u64::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return match u32::try_from(value) {
                Ok(value) => Ok(value as usize),
                Err(_) => {
                    let kind = ErrorKind::TooMany { found: u32::MAX, max: u32::MAX - 1 };
                    Err(reader.error("obu_size", kind))
                }
            };
        }
    }
    Err(reader.error("obu_size", ErrorKind::Value { found: 0x80, allowed: "at most eight bytes" }))
}
