//! The identification header of Opus (RFC 7845 5.1).

use alloc::vec::Vec;

use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::summary::Summary;
use crate::bits::BitReader;

const NAME: &str = "OpusHead";
const MAGIC: &[u8; 8] = b"OpusHead";
/// Decoders give this rate whatever the input had (RFC 7845 5.1).
const DECODED_RATE: u32 = 48_000;

/// The decoder configuration of Opus: FourCC `Opus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpusHead {
    /// Version: 1. Versions up to 15 are compatible.
    pub version: u8,
    /// Output channels, at least 1.
    pub channels: u8,
    /// Samples at 48 kHz to drop at the beginning.
    pub pre_skip: u16,
    /// Samples per second of the original input; 0 is unstated. Not the rate of the stream.
    pub input_sample_rate: u32,
    /// Gain in dB times 256.
    pub output_gain: i16,
    /// Mapping family: 0 mono or stereo, 1 Vorbis order, 255 unordered.
    pub mapping_family: u8,
    /// The mapping, for families other than 0.
    pub mapping: Option<OpusMapping>,
}

/// The channel mapping table (RFC 7845 5.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpusMapping {
    /// Streams in each packet.
    pub streams: u8,
    /// How many of them have two channels.
    pub coupled: u8,
    /// For each output channel, the decoded channel; 255 is silence.
    pub channels: Vec<u8>,
}

impl OpusHead {
    /// Reads a header. Bytes behind it are ignored. E-RTMP v2 allows an empty one, which says
    /// nothing and is refused here.
    ///
    /// # Errors
    /// It does not begin with `OpusHead`, has an incompatible version or no channels, or ends too
    /// early.
    pub fn decode(header: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, header);
        let at = reader.clone();
        if reader.bytes("magic signature", MAGIC.len())? != MAGIC {
            let found = u32::from(header[0]);
            return Err(at.error("magic signature", ErrorKind::Value { found, allowed: "OpusHead" }));
        }
        let at = reader.clone();
        let version = reader.small("version", 8)?;
        if version > 15 {
            return Err(at.error("version", ErrorKind::Value { found: version.into(), allowed: "0 to 15" }));
        }
        let at = reader.clone();
        let channels = reader.small("channel count", 8)?;
        if channels == 0 {
            return Err(at.error("channel count", ErrorKind::Value { found: 0, allowed: "at least 1" }));
        }
        let pre_skip = reader.u16("pre-skip")?.swap_bytes();
        let input_sample_rate = reader.bits("input sample rate", 32)?.swap_bytes();
        let output_gain = reader.u16("output gain")?.swap_bytes().cast_signed();
        let mapping_family = reader.small("mapping family", 8)?;
        let mapping = match mapping_family {
            0 => None,
            _ => Some(OpusMapping {
                streams: reader.small("stream count", 8)?,
                coupled: reader.small("coupled count", 8)?,
                channels: reader.bytes("channel mapping", channels.into())?.to_vec(),
            }),
        };
        Ok(Self { version, channels, pre_skip, input_sample_rate, output_gain, mapping_family, mapping })
    }

    /// The bytes of the header.
    ///
    /// # Errors
    /// A version above 15, no channels, or a mapping that does not fit family and channels.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        at_most("version", self.version.into(), 15)?;
        if self.channels == 0 {
            return Err(OutOfRange { field: "channels", value: 0, max: 255 });
        }
        let mapped = self.mapping.as_ref().map_or(0, |mapping| mapping.channels.len());
        let max = if self.mapping_family == 0 { 0 } else { usize::from(self.channels) };
        if mapped != max || self.mapping.is_some() != (self.mapping_family != 0) {
            return Err(OutOfRange { field: "mapped channels", value: mapped, max });
        }
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&[self.version, self.channels]);
        out.extend_from_slice(&self.pre_skip.to_le_bytes());
        out.extend_from_slice(&self.input_sample_rate.to_le_bytes());
        out.extend_from_slice(&self.output_gain.to_le_bytes());
        out.push(self.mapping_family);
        if let Some(mapping) = &self.mapping {
            out.extend_from_slice(&[mapping.streams, mapping.coupled]);
            out.extend_from_slice(&mapping.channels);
        }
        Ok(out)
    }

    /// Rate and channels as decoded.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::audio("Opus", DECODED_RATE, self.channels.into())
    }
}
