//! STREAMINFO of FLAC (RFC 9639 8.2).

use alloc::vec::Vec;

use super::error::{Error, ErrorKind, OutOfRange, at_most};
use super::summary::Summary;
use crate::bits::{BitReader, BitWriter};

const NAME: &str = "FLAC STREAMINFO";
const MARKER: &[u8; 4] = b"fLaC";
const LEN: u32 = 34;

/// The decoder configuration of FLAC: FourCC `fLaC`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlacStreamInfo {
    /// How the block stands in the payload.
    pub form: FlacForm,
    /// Fewest samples of a block.
    pub min_block: u16,
    /// Most samples of a block.
    pub max_block: u16,
    /// Fewest bytes of a frame, of 24 bits; 0 is unknown.
    pub min_frame: u32,
    /// Most bytes of a frame, of 24 bits; 0 is unknown.
    pub max_frame: u32,
    /// Samples per second, of 20 bits.
    pub sample_rate: u32,
    /// Channels, 1 to 8.
    pub channels: u8,
    /// Bits per sample, 4 to 32.
    pub bits_per_sample: u8,
    /// Samples of the stream, of 36 bits; 0 is unknown.
    pub total_samples: u64,
    /// MD5 of the samples; zeros are unknown.
    pub md5: [u8; 16],
}

/// What stands before the 34 bytes of STREAMINFO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlacForm {
    /// `fLaC` and a block header, as E-RTMP v2 says.
    Stream {
        /// No other metadata block follows.
        last: bool,
    },
    /// Nothing: ffmpeg writes this.
    Bare,
}

impl FlacStreamInfo {
    /// Reads the marker, the block header and STREAMINFO, or STREAMINFO alone where it is exactly
    /// 34 bytes. Blocks behind it are ignored.
    ///
    /// # Errors
    /// There is neither, the first block is not STREAMINFO, or it ends too early.
    pub fn decode(header: &[u8]) -> Result<Self, Error> {
        let mut reader = BitReader::new(NAME, header);
        let form = if header.starts_with(MARKER) {
            reader.skip("fLaC", 32)?;
            let last = reader.flag("last-metadata-block flag")?;
            let at = reader.clone();
            let found = reader.bits("block type", 7)?;
            if found != 0 {
                return Err(at.error("block type", ErrorKind::Value { found, allowed: "0" }));
            }
            let at = reader.clone();
            let found = reader.bits("block length", 24)?;
            if found != LEN {
                return Err(at.error("block length", ErrorKind::Value { found, allowed: "34" }));
            }
            FlacForm::Stream { last }
        } else if header.len() == LEN as usize {
            FlacForm::Bare
        } else {
            let found = header.len() as u32;
            return Err(reader.error("fLaC", ErrorKind::Value { found, allowed: "the marker, or 34 bytes" }));
        };
        let min_block = reader.u16("minimum block size")?;
        let max_block = reader.u16("maximum block size")?;
        let min_frame = reader.bits("minimum frame size", 24)?;
        let max_frame = reader.bits("maximum frame size", 24)?;
        let sample_rate = reader.bits("sample rate", 20)?;
        let channels = 1 + reader.small("channels", 3)?;
        let bits_per_sample = 1 + reader.small("bits per sample", 5)?;
        let high = u64::from(reader.bits("total samples", 4)?);
        let total_samples = high << 32 | u64::from(reader.bits("total samples", 32)?);
        let mut md5 = [0; 16];
        md5.copy_from_slice(reader.bytes("MD5", 16)?);
        Ok(Self {
            form,
            min_block,
            max_block,
            min_frame,
            max_frame,
            sample_rate,
            channels,
            bits_per_sample,
            total_samples,
            md5,
        })
    }

    /// The bytes of the header in its form.
    ///
    /// # Errors
    /// A value that its field cannot say.
    pub fn encode(&self) -> Result<Vec<u8>, OutOfRange> {
        let mut bits = BitWriter::default();
        if let FlacForm::Stream { last } = self.form {
            bits.bits(u32::from_be_bytes(*MARKER), 32);
            bits.flag(last);
            bits.bits(0, 7);
            bits.bits(LEN, 24);
        }
        bits.bits(self.min_block.into(), 16);
        bits.bits(self.max_block.into(), 16);
        bits.bits(at_most("minimum frame size", self.min_frame as usize, 0xFF_FFFF)?, 24);
        bits.bits(at_most("maximum frame size", self.max_frame as usize, 0xFF_FFFF)?, 24);
        bits.bits(at_most("sample rate", self.sample_rate as usize, 0xF_FFFF)?, 20);
        bits.bits(at_most("channels minus 1", usize::from(self.channels).wrapping_sub(1), 7)?, 3);
        let depth = usize::from(self.bits_per_sample).wrapping_sub(1);
        bits.bits(at_most("bits per sample minus 1", depth, 31)?, 5);
        bits.bits(at_most("total samples >> 32", (self.total_samples >> 32) as usize, 15)?, 4);
        bits.bits(self.total_samples as u32, 32);
        let mut out = bits.finish();
        out.extend_from_slice(&self.md5);
        Ok(out)
    }

    /// Rate, channels and sample size.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let bit_depth = Some(self.bits_per_sample);
        Summary { bit_depth, ..Summary::audio("FLAC", self.sample_rate, self.channels.into()) }
    }
}
