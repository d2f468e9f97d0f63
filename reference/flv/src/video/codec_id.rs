//! How a video payload names its codec (FLV E.4.3.1; E-RTMP v2 "Enhanced Video").

use core::fmt;

use crate::FourCc;

/// Codec id of a legacy header, of four bits. Those that nobody defined are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodecId(pub u8);

impl CodecId {
    /// JPEG pictures, as boards with Espressif's RTMP send them. Reserved by the specification.
    pub const JPEG: Self = Self(1);
    /// Sorenson H.263.
    pub const SORENSON_H263: Self = Self(2);
    /// Screen Video.
    pub const SCREEN: Self = Self(3);
    /// On2 VP6.
    pub const VP6: Self = Self(4);
    /// On2 VP6 with an alpha channel.
    pub const VP6_ALPHA: Self = Self(5);
    /// Screen Video, version 2.
    pub const SCREEN_V2: Self = Self(6);
    /// AVC, whose header has a packet type and a composition time.
    pub const AVC: Self = Self(7);
    /// HEVC, laid out like AVC: a dialect that content delivery networks agreed on before Enhanced
    /// RTMP (errata E-71).
    pub const HEVC_DIALECT: Self = Self(12);
    /// AV1 in the same dialect.
    pub const AV1_DIALECT: Self = Self(13);

    /// Name of the codec, if the id has a known meaning.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::JPEG => "JPEG (dialect)",
            Self::SORENSON_H263 => "Sorenson H.263",
            Self::SCREEN => "Screen Video",
            Self::VP6 => "VP6",
            Self::VP6_ALPHA => "VP6 with alpha",
            Self::SCREEN_V2 => "Screen Video 2",
            Self::AVC => "AVC",
            Self::HEVC_DIALECT => "HEVC (dialect)",
            Self::AV1_DIALECT => "AV1 (dialect)",
            _ => return None,
        })
    }

    /// Whether the id is in use although the specification reserves it.
    #[must_use]
    pub const fn is_dialect(self) -> bool {
        matches!(self, Self::JPEG | Self::HEVC_DIALECT | Self::AV1_DIALECT)
    }

    /// Whether a packet type and a composition time follow.
    #[must_use]
    pub const fn has_packet_type(self) -> bool {
        matches!(self, Self::AVC | Self::HEVC_DIALECT | Self::AV1_DIALECT)
    }
}

/// How a payload names its codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// A legacy header.
    Legacy(CodecId),
    /// An extended header.
    FourCc(FourCc),
    /// A multitrack payload whose tracks each name theirs.
    PerTrack,
    /// A command frame with extended header, which names none (E-RTMP v2 "Enhanced Video").
    Unstated,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Legacy(id) => match id.name() {
                Some(name) => f.write_str(name),
                None => write!(f, "codec id {}", id.0),
            },
            Self::FourCc(four_cc) => four_cc.fmt(f),
            Self::PerTrack => f.write_str("a codec per track"),
            Self::Unstated => f.write_str("no codec"),
        }
    }
}

/// Whether a composition time follows the header of `CodedFrames`.
pub(super) fn has_composition_time(four_cc: FourCc) -> bool {
    matches!(four_cc, FourCc::AVC | FourCc::HEVC | FourCc::VVC)
}
