//! Names of codecs and tracks that audio and video share.

use core::fmt;

/// How a payload names its codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// The four-bit sound format (FLV E.4.2.1) or codec id (FLV E.4.3.1).
    Legacy(u8),
    /// The FourCC of Enhanced RTMP; with many tracks of many codecs, that of the first track.
    FourCc(FourCc),
    /// An Enhanced RTMP command frame, which names none (E-RTMP v2 "Enhanced Video").
    Unstated,
}

/// Four characters that name a codec (E-RTMP v2 "FourCC").
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
    /// The number that stands for it in `audiocodecid` and `videocodecid` of onMetaData
    /// (E-RTMP v2 "onMetaData").
    #[must_use]
    pub const fn as_u32(self) -> u32 {
        u32::from_be_bytes(self.0)
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

/// How the tracks of a multitrack payload are laid out (E-RTMP v2 "Multitrack").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MultitrackType(pub u8);

#[allow(missing_docs, reason = "the names are the specification's")]
impl MultitrackType {
    pub const ONE_TRACK: Self = Self(0);
    pub const MANY_TRACKS: Self = Self(1);
    pub const MANY_TRACKS_MANY_CODECS: Self = Self(2);
}

/// What a multitrack payload says of its first track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Multitrack {
    /// The layout.
    pub kind: MultitrackType,
    /// Id of the first track.
    pub track_id: u8,
    /// Length in bytes of the first track's part, where the layout states it.
    pub track_len: Option<u32>,
}
