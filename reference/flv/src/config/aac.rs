//! AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).

use alloc::vec::Vec;

use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::summary::Summary;
use crate::bits::{BitReader, BitWriter};

const NAME: &str = "AudioSpecificConfig";
/// ISO/IEC 14496-3 table 1.18.
const SAMPLE_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const EXPLICIT_RATE: u32 = 15;
const ESCAPE: u8 = 31;
const SBR: u8 = 5;
const ER_BSAC: u8 = 22;
const PS: u8 = 29;
const SYNC_SBR: u32 = 0x2B7;
const SYNC_PS: u32 = 0x548;

/// The decoder configuration of AAC: sound format 10 and FourCC `mp4a`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioSpecificConfig {
    /// audioObjectType of the core codec, 1 to 95: 2 is AAC LC.
    pub object_type: u8,
    /// Samples per second of the core codec, of 24 bits.
    pub sample_rate: u32,
    /// channelConfiguration, of four bits; 0 leaves the channels to a program config element.
    pub channel_configuration: u8,
    /// Spectral band replication and parametric stereo.
    pub extension: AacExtension,
    /// Channels of the program config element that channel configuration 0 brings.
    pub program_channels: Option<u16>,
    /// Frames have 960 rather than 1024 samples. Known only for the general audio object types.
    pub short_frames: bool,
}

/// How a configuration signals SBR and PS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AacExtension {
    /// Nothing is said: decoders find implicit SBR in the frames.
    Unsaid,
    /// The object type is 5, or 29 with PS; the core type follows (hierarchical signalling).
    Hierarchical {
        /// Samples per second after SBR.
        sample_rate: u32,
        /// Parametric stereo: two channels from one.
        parametric_stereo: bool,
    },
    /// A sync extension behind the core configuration says that there is no SBR.
    None,
    /// A sync extension behind the core configuration says that there is SBR.
    BackwardCompatible {
        /// Samples per second after SBR.
        sample_rate: u32,
        /// Parametric stereo: two channels from one. `None` is unsaid.
        parametric_stereo: Option<bool>,
    },
}

impl AudioSpecificConfig {
    /// A configuration without extension: object type, samples per second, channel configuration.
    #[must_use]
    pub const fn new(object_type: u8, sample_rate: u32, channel_configuration: u8) -> Self {
        Self {
            object_type,
            sample_rate,
            channel_configuration,
            extension: AacExtension::Unsaid,
            program_channels: None,
            short_frames: false,
        }
    }

    /// Reads a configuration. What follows the parts that [`AudioSpecificConfig`] has is ignored.
    ///
    /// # Errors
    /// It ends before the channels are known, or has a reserved sampling frequency index.
    pub fn decode(config: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, config);
        let mut object = object_type(&mut reader)?;
        let sample_rate = sample_rate_of(&mut reader)?;
        let channel_configuration = reader.small("channelConfiguration", 4)?;
        let mut extension = AacExtension::Unsaid;
        if matches!(object, SBR | PS) {
            let parametric_stereo = object == PS;
            let extended = sample_rate_of(&mut reader)?;
            extension = AacExtension::Hierarchical { sample_rate: extended, parametric_stereo };
            object = object_type(&mut reader)?;
            if object == ER_BSAC {
                reader.skip("extensionChannelConfiguration", 4)?;
            }
        }
        let mut found = Self { extension, ..Self::new(object, sample_rate, channel_configuration) };
        if is_general_audio(object) {
            found.general_audio(&mut reader)?;
            let is_protected = is_error_resilient(object)
                && !reader.bits("epConfig", 2).is_ok_and(|ep_config| ep_config < 2);
            if found.extension == AacExtension::Unsaid && !is_protected {
                // A broken extension says nothing.
                found.extension = sync_extension(&mut reader).unwrap_or(AacExtension::Unsaid);
            }
        }
        Ok(found)
    }

    /// The bytes of the configuration.
    ///
    /// # Errors
    /// A value that its field cannot say, a program config element, which cannot be written, or a
    /// core object type outside the general audio ones, whose configuration is not known here.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        if !is_general_audio(self.object_type) || matches!(self.object_type, 6 | 17..) {
            return Err(OutOfRange { field: "object type", value: self.object_type.into(), max: 7 });
        }
        if self.channel_configuration == 0 || self.program_channels.is_some() {
            return Err(OutOfRange { field: "program config element", value: 1, max: 0 });
        }
        let mut bits = BitWriter::default();
        let channels = at_most("channel configuration", self.channel_configuration.into(), 15)?;
        if let AacExtension::Hierarchical { sample_rate, parametric_stereo } = self.extension {
            write_object_type(&mut bits, if parametric_stereo { PS } else { SBR });
            write_sample_rate(&mut bits, self.sample_rate)?;
            bits.bits(channels, 4);
            write_sample_rate(&mut bits, sample_rate)?;
            write_object_type(&mut bits, self.object_type);
        } else {
            write_object_type(&mut bits, self.object_type);
            write_sample_rate(&mut bits, self.sample_rate)?;
            bits.bits(channels, 4);
        }
        bits.flag(self.short_frames);
        bits.bits(0, 2);
        match self.extension {
            AacExtension::Unsaid | AacExtension::Hierarchical { .. } => {}
            AacExtension::None => {
                bits.bits(SYNC_SBR, 11);
                write_object_type(&mut bits, SBR);
                bits.flag(false);
            }
            AacExtension::BackwardCompatible { sample_rate, parametric_stereo } => {
                bits.bits(SYNC_SBR, 11);
                write_object_type(&mut bits, SBR);
                bits.flag(true);
                write_sample_rate(&mut bits, sample_rate)?;
                if let Some(present) = parametric_stereo {
                    bits.bits(SYNC_PS, 11);
                    bits.flag(present);
                }
            }
        }
        Ok(bits.finish())
    }

    /// Profile, and sampling rate and channels as a decoder gives them.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let (rate, sbr, stereo) = match self.extension {
            AacExtension::Unsaid | AacExtension::None => (self.sample_rate, false, false),
            AacExtension::Hierarchical { sample_rate, parametric_stereo } => {
                (sample_rate, true, parametric_stereo)
            }
            AacExtension::BackwardCompatible { sample_rate, parametric_stereo } => {
                (sample_rate, true, parametric_stereo == Some(true))
            }
        };
        let channels = match self.channel_configuration {
            0 => self.program_channels.unwrap_or(0),
            7 | 12 | 14 => 8,
            11 => 7,
            13 => 24,
            few @ 1..=6 => few.into(),
            _ => 0,
        };
        let channels = if stereo && channels == 1 { 2 } else { channels };
        let (codec, profile) = match (self.object_type, sbr, stereo) {
            (2, true, true) => ("HE-AAC v2", None),
            (2, true, false) => ("HE-AAC", None),
            (1, ..) => ("AAC", Some("Main")),
            (2, ..) => ("AAC", Some("LC")),
            (3, ..) => ("AAC", Some("SSR")),
            (4, ..) => ("AAC", Some("LTP")),
            (6, ..) => ("AAC", Some("Scalable")),
            (17, ..) => ("AAC", Some("ER LC")),
            (23, ..) => ("AAC", Some("LD")),
            (32..=34, ..) => ("MPEG-1 audio in MPEG-4", None),
            (36, ..) => ("MPEG-4 ALS", None),
            (39, ..) => ("AAC", Some("ELD")),
            (42, ..) => ("xHE-AAC", None),
            _ => ("MPEG-4 audio", None),
        };
        Summary { profile: profile.map(Into::into), ..Summary::audio(codec, rate, channels) }
    }

    /// GASpecificConfig (ISO/IEC 14496-3 4.4.1).
    fn general_audio(&mut self, reader: &mut BitReader<'_>) -> Result<(), Error> {
        self.short_frames = reader.flag("frameLengthFlag")?;
        if reader.flag("dependsOnCoreCoder")? {
            reader.skip("coreCoderDelay", 14)?;
        }
        let extension = reader.flag("extensionFlag")?;
        if self.channel_configuration == 0 {
            self.program_channels = Some(program_config_element(reader)?);
        }
        if matches!(self.object_type, 6 | 20) {
            reader.skip("layerNr", 3)?;
        }
        if extension {
            match self.object_type {
                ER_BSAC => reader.skip("numOfSubFrame and layer_length", 16)?,
                17 | 19 | 20 | 23 => reader.skip("resilience flags", 3)?,
                _ => {}
            }
            reader.skip("extensionFlag3", 1)?;
        }
        Ok(())
    }
}

/// The object types whose configuration is a GASpecificConfig (ISO/IEC 14496-3 table 1.15).
fn is_general_audio(object_type: u8) -> bool {
    matches!(object_type, 1..=4 | 6 | 7 | 17 | 19..=23)
}

/// Of the general audio object types, those whose configuration ends in epConfig (ISO/IEC 14496-3
/// 1.6.2.1). Values of 2 and more announce an error protection configuration, which is not read.
fn is_error_resilient(object_type: u8) -> bool {
    matches!(object_type, 17 | 19..=23)
}

fn object_type(reader: &mut BitReader<'_>) -> Result<u8, Error> {
    match reader.small("audioObjectType", 5)? {
        ESCAPE => Ok(32 + reader.small("audioObjectTypeExt", 6)?),
        object_type => Ok(object_type),
    }
}

fn write_object_type(bits: &mut BitWriter, object_type: u8) {
    if object_type < ESCAPE {
        bits.bits(object_type.into(), 5);
    } else {
        bits.bits(ESCAPE.into(), 5);
        bits.bits(u32::from(object_type).saturating_sub(32), 6);
    }
}

fn sample_rate_of(reader: &mut BitReader<'_>) -> Result<u32, Error> {
    let at = reader.clone();
    match reader.bits("samplingFrequencyIndex", 4)? {
        EXPLICIT_RATE => reader.bits("samplingFrequency", 24),
        found => SAMPLE_RATES.get(found as usize).copied().ok_or_else(|| {
            at.error("samplingFrequencyIndex", ErrorKind::Value { found, allowed: "0 to 12, or 15" })
        }),
    }
}

fn write_sample_rate(bits: &mut BitWriter, sample_rate: u32) -> Result<(), OutOfRange> {
    if let Some(index) = SAMPLE_RATES.iter().position(|rate| *rate == sample_rate) {
        bits.bits(index as u32, 4);
    } else {
        let rate = at_most("sampling rate", sample_rate as usize, 0xFF_FFFF)?;
        bits.bits(EXPLICIT_RATE, 4);
        bits.bits(rate, 24);
    }
    Ok(())
}

/// The extensions behind the core configuration, which fewer than 16 bits cannot hold.
fn sync_extension(reader: &mut BitReader<'_>) -> Result<AacExtension, Error> {
    if reader.left() < 16 || reader.bits("syncExtensionType", 11)? != SYNC_SBR {
        return Ok(AacExtension::Unsaid);
    }
    if object_type(reader)? != SBR {
        return Ok(AacExtension::Unsaid);
    }
    if !reader.flag("sbrPresentFlag")? {
        return Ok(AacExtension::None);
    }
    let sample_rate = sample_rate_of(reader)?;
    let mut parametric_stereo = None;
    if reader.left() >= 12 && reader.bits("syncExtensionType", 11)? == SYNC_PS {
        parametric_stereo = Some(reader.flag("psPresentFlag")?);
    }
    Ok(AacExtension::BackwardCompatible { sample_rate, parametric_stereo })
}

/// The channels of a program_config_element (ISO/IEC 14496-3 4.4.1.1), and the element taken.
fn program_config_element(reader: &mut BitReader<'_>) -> Result<u16, Error> {
    reader.skip("element_instance_tag, object_type and sampling_frequency_index", 10)?;
    let mut elements = [0; 3];
    for count in &mut elements {
        *count = reader.bits("num_channel_elements", 4)?;
    }
    let lfe = reader.bits("num_lfe_channel_elements", 2)?;
    let data = reader.bits("num_assoc_data_elements", 3)?;
    let coupling = reader.bits("num_valid_cc_elements", 4)?;
    for field in ["mono_mixdown_present", "stereo_mixdown_present"] {
        if reader.flag(field)? {
            reader.skip(field, 4)?;
        }
    }
    if reader.flag("matrix_mixdown_idx_present")? {
        reader.skip("matrix_mixdown_idx", 3)?;
    }
    let mut channels = lfe as u16;
    for _ in 0..elements.iter().sum() {
        channels += if reader.flag("element_is_cpe")? { 2 } else { 1 };
        reader.skip("element_tag_select", 4)?;
    }
    reader.skip("lfe and data elements", 4 * (lfe + data) as usize)?;
    reader.skip("coupling elements", 5 * coupling as usize)?;
    reader.align();
    let comment = reader.bits("comment_field_bytes", 8)?;
    reader.bytes("comment_field_data", comment as usize)?;
    Ok(channels)
}
