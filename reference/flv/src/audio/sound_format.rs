//! The legacy audio header: sound format, rate, size and type (FLV E.4.2.1).

use core::fmt;

use crate::FourCc;

/// Sound format, of four bits. Those that nobody defined are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SoundFormat(pub u8);

impl SoundFormat {
    /// Linear PCM in the byte order of the machine that recorded it. Should not be used.
    pub const LPCM_PLATFORM_ENDIAN: Self = Self(0);
    /// ADPCM.
    pub const ADPCM: Self = Self(1);
    /// MP3.
    pub const MP3: Self = Self(2);
    /// Linear PCM, little-endian: 8 bits unsigned or 16 bits signed, left before right.
    pub const LPCM_LITTLE_ENDIAN: Self = Self(3);
    /// Nellymoser, 16 kHz and mono whatever the bits say.
    pub const NELLYMOSER_16K: Self = Self(4);
    /// Nellymoser, 8 kHz and mono whatever the bits say.
    pub const NELLYMOSER_8K: Self = Self(5);
    /// Nellymoser.
    pub const NELLYMOSER: Self = Self(6);
    /// G.711 A-law, 8 kHz.
    pub const G711_A_LAW: Self = Self(7);
    /// G.711 mu-law, 8 kHz.
    pub const G711_MU_LAW: Self = Self(8);
    /// No format: an extended header begins (E-RTMP v2 "Enhanced Audio").
    pub const EX_HEADER: Self = Self(9);
    /// AAC, whose header has a packet type.
    pub const AAC: Self = Self(10);
    /// Speex, 16 kHz and mono.
    pub const SPEEX: Self = Self(11);
    /// Opus, in use by some although the specification reserves it.
    pub const OPUS_DIALECT: Self = Self(13);
    /// MP3 at 8 kHz.
    pub const MP3_8K: Self = Self(14);
    /// Device-specific sound.
    pub const DEVICE_SPECIFIC: Self = Self(15);

    /// Name of the format, if it has a known meaning.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::LPCM_PLATFORM_ENDIAN => "linear PCM, platform-endian",
            Self::ADPCM => "ADPCM",
            Self::MP3 => "MP3",
            Self::LPCM_LITTLE_ENDIAN => "linear PCM, little-endian",
            Self::NELLYMOSER_16K => "Nellymoser 16 kHz mono",
            Self::NELLYMOSER_8K => "Nellymoser 8 kHz mono",
            Self::NELLYMOSER => "Nellymoser",
            Self::G711_A_LAW => "G.711 A-law",
            Self::G711_MU_LAW => "G.711 mu-law",
            Self::EX_HEADER => "extended header",
            Self::AAC => "AAC",
            Self::SPEEX => "Speex",
            Self::OPUS_DIALECT => "Opus (dialect)",
            Self::MP3_8K => "MP3 8 kHz",
            Self::DEVICE_SPECIFIC => "device-specific sound",
            _ => return None,
        })
    }

    /// Whether the format is in use although the specification reserves it.
    #[must_use]
    pub const fn is_dialect(self) -> bool {
        matches!(self, Self::OPUS_DIALECT)
    }
}

/// The low four bits of a legacy header, as they are. What they mean depends on the format: see
/// [`SoundInfo::sample_rate`], [`SoundInfo::channels`] and [`SoundInfo::sample_bits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SoundInfo {
    /// 0..=3 for 5.5, 11, 22 and 44 kHz.
    pub rate: u8,
    /// 16-bit rather than 8-bit samples.
    pub wide: bool,
    /// Two channels.
    pub stereo: bool,
}

impl SoundInfo {
    /// 44 kHz, 16 bits, stereo: what AAC has to state whatever it is (FLV E.4.2.1).
    pub const MAX: Self = Self { rate: 3, wide: true, stereo: true };
    /// 5.5 kHz, 16 bits, mono: what Speex has to state, and others with a fixed rate usually do.
    pub const FIXED: Self = Self { rate: 0, wide: true, stereo: false };

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self { rate: bits >> 2 & 3, wide: bits & 2 != 0, stereo: bits & 1 != 0 }
    }

    pub(super) const fn bits(self) -> u8 {
        self.rate << 2 | (self.wide as u8) << 1 | self.stereo as u8
    }

    /// Samples per second. Formats with one rate have it whatever the bits say; for AAC the
    /// AudioSpecificConfig decides, for Opus its header; of device-specific and reserved formats
    /// nothing is known.
    #[must_use]
    pub fn sample_rate(self, format: SoundFormat) -> Option<u32> {
        match format {
            SoundFormat::NELLYMOSER_8K
            | SoundFormat::G711_A_LAW
            | SoundFormat::G711_MU_LAW
            | SoundFormat::MP3_8K => Some(8_000),
            SoundFormat::NELLYMOSER_16K | SoundFormat::SPEEX => Some(16_000),
            SoundFormat::LPCM_PLATFORM_ENDIAN
            | SoundFormat::ADPCM
            | SoundFormat::MP3
            | SoundFormat::LPCM_LITTLE_ENDIAN
            | SoundFormat::NELLYMOSER => Some([5_512, 11_025, 22_050, 44_100][usize::from(self.rate & 3)]),
            _ => None,
        }
    }

    /// Number of channels, known for the same formats as the rate. Nellymoser at 8 and 16 kHz and
    /// Speex are mono whatever the bits say.
    #[must_use]
    pub fn channels(self, format: SoundFormat) -> Option<u8> {
        self.sample_rate(format)?;
        Some(match format {
            SoundFormat::NELLYMOSER_16K | SoundFormat::NELLYMOSER_8K | SoundFormat::SPEEX => 1,
            _ => 1 + u8::from(self.stereo),
        })
    }

    /// Bits per sample of linear PCM. `None` for compressed formats, which always decode to 16 bits.
    #[must_use]
    pub const fn sample_bits(self, format: SoundFormat) -> Option<u8> {
        match format {
            SoundFormat::LPCM_PLATFORM_ENDIAN | SoundFormat::LPCM_LITTLE_ENDIAN => {
                Some(if self.wide { 16 } else { 8 })
            }
            _ => None,
        }
    }
}

/// How a payload names its codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// A legacy header, with its other four bits.
    Legacy(SoundFormat, SoundInfo),
    /// An extended header.
    FourCc(FourCc),
    /// A multitrack payload whose tracks each name theirs.
    PerTrack,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Legacy(format, _) => match format.name() {
                Some(name) => f.write_str(name),
                None => write!(f, "sound format {}", format.0),
            },
            Self::FourCc(four_cc) => four_cc.fmt(f),
            Self::PerTrack => f.write_str("a codec per track"),
        }
    }
}
