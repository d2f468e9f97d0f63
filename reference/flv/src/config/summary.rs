//! What a configuration says, in words for people.

use alloc::borrow::Cow;
use core::fmt;

/// What a decoder configuration, or the header of a frame that describes itself, says of a stream.
/// What it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Name of the codec, such as `H.264`.
    pub codec: &'static str,
    /// Name of the profile, such as `High`; `profile 9` where the number has no name here.
    pub profile: Option<Cow<'static, str>>,
    /// Level, such as `3.1`.
    pub level: Option<Cow<'static, str>>,
    /// High rather than Main tier (HEVC, VVC, AV1).
    pub high_tier: bool,
    /// Width of the picture in luma samples, after cropping.
    pub width: Option<u32>,
    /// Height of the picture in luma samples, after cropping.
    pub height: Option<u32>,
    /// Frames per second.
    pub frame_rate: Option<FrameRate>,
    /// Audio samples per second and channel, as decoded.
    pub sample_rate: Option<u32>,
    /// Audio channels, low frequency effects included.
    pub channels: Option<u16>,
    /// Bits per luma or audio sample, for codecs that state them.
    pub bit_depth: Option<u8>,
}

/// A frame rate as a fraction in its lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRate {
    frames: u64,
    seconds: u64,
}

impl FrameRate {
    /// So many frames in so many seconds; `None` where one of them is 0.
    #[must_use]
    pub fn new(frames: u64, seconds: u64) -> Option<Self> {
        if frames == 0 || seconds == 0 {
            return None;
        }
        let (mut divisor, mut rest) = (frames, seconds);
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        Some(Self { frames: frames / divisor, seconds: seconds / divisor })
    }

    /// Frames in [`FrameRate::seconds`].
    #[must_use]
    pub const fn frames(self) -> u64 {
        self.frames
    }

    /// Seconds that [`FrameRate::frames`] take.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.seconds
    }
}

impl fmt::Display for FrameRate {
    /// With up to three decimals: `30`, `29.97`, `23.976`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scaled = u128::from(self.frames) * 1_000;
        let thousandths = (scaled + u128::from(self.seconds / 2)) / u128::from(self.seconds);
        let (whole, decimals) = (thousandths / 1_000, thousandths % 1_000);
        match decimals {
            0 => write!(f, "{whole}"),
            _ if decimals % 100 == 0 => write!(f, "{whole}.{}", decimals / 100),
            _ if decimals % 10 == 0 => write!(f, "{whole}.{:02}", decimals / 10),
            _ => write!(f, "{whole}.{decimals:03}"),
        }
    }
}

impl Summary {
    pub(crate) fn of(codec: &'static str) -> Self {
        Self { codec, ..Self::default() }
    }

    pub(crate) fn audio(codec: &'static str, sample_rate: u32, channels: u16) -> Self {
        Self {
            sample_rate: Some(sample_rate).filter(|rate| *rate > 0),
            channels: Some(channels).filter(|channels| *channels > 0),
            ..Self::of(codec)
        }
    }
}

impl fmt::Display for Summary {
    /// Such as `H.264 High@3.1 1280x720 30 fps` or `AAC-LC 48000 Hz stereo`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.codec)?;
        if let Some(profile) = &self.profile {
            f.write_str(if self.is_audio() { "-" } else { " " })?;
            f.write_str(profile)?;
        }
        if let Some(level) = &self.level {
            write!(f, "{}{level}", if self.profile.is_some() { "@" } else { " level " })?;
        }
        if self.high_tier {
            f.write_str(" high tier")?;
        }
        if let (Some(width), Some(height)) = (self.width, self.height) {
            write!(f, " {width}x{height}")?;
        }
        if let Some(rate) = self.frame_rate {
            write!(f, " {rate} fps")?;
        }
        if let Some(rate) = self.sample_rate {
            write!(f, " {rate} Hz")?;
        }
        match self.channels {
            None => {}
            Some(1) => f.write_str(" mono")?,
            Some(2) => f.write_str(" stereo")?,
            Some(channels) => write!(f, " {channels} channels")?,
        }
        match self.bit_depth {
            Some(bits) if self.is_audio() || bits != 8 => write!(f, " {bits} bit"),
            _ => Ok(()),
        }
    }
}

impl Summary {
    fn is_audio(&self) -> bool {
        self.sample_rate.is_some() || self.channels.is_some()
    }
}
