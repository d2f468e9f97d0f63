//! VPCodecConfigurationRecord (VP Codec ISO Media File Format Binding), and the key frame headers of
//! VP8 and VP9, which alone state the size.

use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;

use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::summary::Summary;
use crate::FourCc;
use crate::bits::{BitReader, BitWriter};

const NAME: &str = "VPCodecConfigurationRecord";
const VP8_NAME: &str = "VP8 frame header";
const VP9_NAME: &str = "VP9 frame header";
/// Version 1 and no flags, as the box around the record has them.
const FULL_BOX: [u8; 4] = [1, 0, 0, 0];
const VP9_SYNC_CODE: u32 = 0x49_8342;
const VP8_START_CODE: u32 = 0x9D_012A;

/// The decoder configuration of VP8 and VP9: FourCC `vp08` and `vp09`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpCodecConfigurationRecord {
    /// Whether version and flags of the box stand in front. Publishers send them; the record as
    /// such has none.
    pub full_box: bool,
    /// Profile of the codec.
    pub profile: u8,
    /// Ten times the level; 0 is unstated.
    pub level: u8,
    /// Bits per sample, of four bits.
    pub bit_depth: u8,
    /// Chroma format, of three bits: 0 and 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_subsampling: u8,
    /// The full range of sample values rather than the video range.
    pub full_range: bool,
    /// colourPrimaries (ISO/IEC 23001-8).
    pub colour_primaries: u8,
    /// transferCharacteristics (ISO/IEC 23001-8).
    pub transfer_characteristics: u8,
    /// matrixCoefficients (ISO/IEC 23001-8).
    pub matrix_coefficients: u8,
    /// codecInitializationData: empty for VP8 and VP9.
    pub initialization_data: Bytes,
}

impl VpCodecConfigurationRecord {
    /// Reads a record with or without version and flags of the box; a record cannot begin with their
    /// bytes, because it would have a bit depth of 0. Bytes behind the record are ignored.
    ///
    /// # Errors
    /// It ends too early.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, record);
        let full_box = record.starts_with(&FULL_BOX);
        if full_box {
            reader.skip("version and flags", 32)?;
        }
        let profile = reader.small("profile", 8)?;
        let level = reader.small("level", 8)?;
        let bit_depth = reader.small("bitDepth", 4)?;
        let chroma_subsampling = reader.small("chromaSubsampling", 3)?;
        let full_range = reader.flag("videoFullRangeFlag")?;
        let colour_primaries = reader.small("colourPrimaries", 8)?;
        let transfer_characteristics = reader.small("transferCharacteristics", 8)?;
        let matrix_coefficients = reader.small("matrixCoefficients", 8)?;
        let len = reader.u16("codecInitializationDataSize")?;
        let data = reader.bytes("codecInitializationData", len.into())?;
        Ok(Self {
            full_box,
            profile,
            level,
            bit_depth,
            chroma_subsampling,
            full_range,
            colour_primaries,
            transfer_characteristics,
            matrix_coefficients,
            initialization_data: Bytes::copy_from_slice(data),
        })
    }

    /// The bytes of the record. Of fields that are narrower than their types, the low bits count.
    ///
    /// # Errors
    /// More than 65,535 bytes of initialization data.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        let mut bits = BitWriter::default();
        if self.full_box {
            bits.bits(u32::from_be_bytes(FULL_BOX), 32);
        }
        bits.bits(self.profile.into(), 8);
        bits.bits(self.level.into(), 8);
        bits.bits(self.bit_depth.into(), 4);
        bits.bits(self.chroma_subsampling.into(), 3);
        bits.flag(self.full_range);
        bits.bits(self.colour_primaries.into(), 8);
        bits.bits(self.transfer_characteristics.into(), 8);
        bits.bits(self.matrix_coefficients.into(), 8);
        bits.bits(at_most("initialization data", self.initialization_data.len(), 0xFFFF)?, 16);
        let mut out = bits.finish();
        out.extend_from_slice(&self.initialization_data);
        Ok(out)
    }

    /// Profile, level and bit depth, of VP8 or VP9 as the FourCC beside the record says.
    #[must_use]
    pub fn summary(&self, four_cc: FourCc) -> Summary {
        Summary {
            profile: Some(format!("Profile {}", self.profile).into()),
            level: (self.level > 0).then(|| format!("{}.{}", self.level / 10, self.level % 10).into()),
            bit_depth: (self.bit_depth > 0).then_some(self.bit_depth),
            ..Summary::of(if four_cc == FourCc::VP8 { "VP8" } else { "VP9" })
        }
    }
}

/// Profile, bit depth and size from a VP9 frame (VP9 bitstream 6.2); `None` where it is no key
/// frame.
///
/// # Errors
/// It is no VP9 frame, or ends before the size.
pub fn vp9_key_frame(frame: &[u8]) -> Result<Option<Summary>, Error> {
    const SRGB: u32 = 7;
    let mut reader = BitReader::new(VP9_NAME, frame);
    expect(&mut reader, "frame_marker", 2, 2, "2")?;
    let profile = reader.bits("profile_low_bit", 1)? | reader.bits("profile_high_bit", 1)? << 1;
    if profile == 3 {
        reader.skip("reserved_zero", 1)?;
    }
    let shows_existing = reader.flag("show_existing_frame")?;
    if shows_existing || reader.flag("frame_type")? {
        return Ok(None);
    }
    reader.skip("show_frame and error_resilient_mode", 2)?;
    expect(&mut reader, "frame_sync_code", 24, VP9_SYNC_CODE, "4817730")?;
    let mut bit_depth = 8;
    if profile >= 2 {
        bit_depth = if reader.flag("ten_or_twelve_bit")? { 12 } else { 10 };
    }
    let srgb = reader.bits("color_space", 3)? == SRGB;
    let odd_profile = profile & 1 == 1;
    match (srgb, odd_profile) {
        (false, false) => reader.skip("color_range", 1)?,
        (false, true) => reader.skip("color_range and subsampling", 4)?,
        (true, false) => {}
        (true, true) => reader.skip("reserved_zero", 1)?,
    }
    let width = 1 + reader.bits("frame_width_minus_1", 16)?;
    let height = 1 + reader.bits("frame_height_minus_1", 16)?;
    Ok(Some(Summary {
        profile: Some(format!("Profile {profile}").into()),
        width: Some(width),
        height: Some(height),
        bit_depth: Some(bit_depth),
        ..Summary::of("VP9")
    }))
}

/// Profile and size from a VP8 frame (RFC 6386 9.1); `None` where it is no key frame.
///
/// # Errors
/// It is no VP8 frame, or ends before the size.
pub fn vp8_key_frame(frame: &[u8]) -> Result<Option<Summary>, Error> {
    let mut reader = BitReader::new(VP8_NAME, frame);
    let first = reader.small("frame tag", 8)?;
    if first & 1 == 1 {
        return Ok(None);
    }
    reader.skip("frame tag", 16)?;
    expect(&mut reader, "start code", 24, VP8_START_CODE, "10289450")?;
    // Little-endian; the two highest bits scale the picture up on display.
    let [width, height] =
        [reader.u16("width")?, reader.u16("height")?].map(|size| u32::from(size.swap_bytes() & 0x3FFF));
    Ok(Some(Summary {
        profile: Some(format!("Profile {}", first >> 1 & 7).into()),
        width: Some(width),
        height: Some(height),
        ..Summary::of("VP8")
    }))
}

pub(crate) fn expect(
    reader: &mut BitReader<'_>,
    field: &'static str,
    len: usize,
    expected: u32,
    allowed: &'static str,
) -> Result<(), Error> {
    let at = reader.clone();
    let found = reader.bits(field, len)?;
    if found == expected { Ok(()) } else { Err(at.error(field, ErrorKind::Value { found, allowed })) }
}
