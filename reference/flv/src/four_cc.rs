//! FourCC: four characters that name a codec (E-RTMP v2 "Enhanced Audio", "Enhanced Video").

use core::fmt;

/// Four characters that name a codec. Those that nobody defined are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FourCc(pub [u8; 4]);

#[allow(missing_docs, reason = "the names are the specification's")]
impl FourCc {
    pub const AVC: Self = Self(*b"avc1");
    pub const HEVC: Self = Self(*b"hvc1");
    pub const VVC: Self = Self(*b"vvc1");
    pub const VP8: Self = Self(*b"vp08");
    pub const VP9: Self = Self(*b"vp09");
    pub const AV1: Self = Self(*b"av01");
    pub const AC3: Self = Self(*b"ac-3");
    pub const EAC3: Self = Self(*b"ec-3");
    pub const OPUS: Self = Self(*b"Opus");
    pub const MP3: Self = Self(*b".mp3");
    pub const FLAC: Self = Self(*b"fLaC");
    pub const AAC: Self = Self(*b"mp4a");
}

impl FourCc {
    /// The video codecs of E-RTMP v2. Version 1 has av01, vp09 and hvc1 (errata E-61).
    pub const VIDEO: [Self; 6] = [Self::VP8, Self::VP9, Self::AV1, Self::AVC, Self::HEVC, Self::VVC];
    /// The audio codecs of E-RTMP v2. Version 1 has none.
    pub const AUDIO: [Self; 6] = [Self::AC3, Self::EAC3, Self::OPUS, Self::MP3, Self::FLAC, Self::AAC];

    /// The FourCC that a text of four bytes is, as in `fourCcList`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }

    /// The FourCC of a number in `audiocodecid` or `videocodecid` of onMetaData.
    #[must_use]
    pub const fn from_u32(number: u32) -> Self {
        Self(number.to_be_bytes())
    }

    /// The number that stands for it in `audiocodecid` and `videocodecid` of onMetaData
    /// (E-RTMP v2 "onMetaData").
    #[must_use]
    pub const fn as_u32(self) -> u32 {
        u32::from_be_bytes(self.0)
    }

    /// Whether E-RTMP v2 defines it as a video codec.
    #[must_use]
    pub fn is_video(self) -> bool {
        Self::VIDEO.contains(&self)
    }

    /// Whether E-RTMP v2 defines it as an audio codec.
    #[must_use]
    pub fn is_audio(self) -> bool {
        Self::AUDIO.contains(&self)
    }

    /// Name of the codec, if E-RTMP v2 defines it.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::AVC => "AVC",
            Self::HEVC => "HEVC",
            Self::VVC => "VVC",
            Self::VP8 => "VP8",
            Self::VP9 => "VP9",
            Self::AV1 => "AV1",
            Self::AC3 => "AC-3",
            Self::EAC3 => "E-AC-3",
            Self::OPUS => "Opus",
            Self::MP3 => "MP3",
            Self::FLAC => "FLAC",
            Self::AAC => "AAC",
            _ => return None,
        })
    }
}

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FourCc({self})")
    }
}
