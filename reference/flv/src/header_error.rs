//! What can be wrong with the header of an audio or video payload, and where.

use core::fmt;

/// Why the header of a payload could not be read, and where. The payload's sender is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderError {
    /// What was wrong.
    pub kind: HeaderErrorKind,
    /// Offset in bytes of the field that was wrong, from the start of what was decoded.
    pub offset: usize,
}

/// What was wrong with a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderErrorKind {
    /// The payload ends inside a field.
    Truncated {
        /// The field.
        field: &'static str,
        /// Its length in bytes.
        needed: usize,
        /// How many bytes are left for it.
        left: usize,
    },
    /// A field has a value that its structure does not allow.
    Invalid {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u32,
    },
    /// More ModEx parts than [`crate::MAX_MOD_EX`].
    TooManyModEx,
    /// More tracks than [`crate::MAX_TRACKS`].
    TooManyTracks,
    /// A multitrack payload whose tracks hold multitrack payloads or ModEx parts (errata E-63).
    NestedPacketType(u8),
    /// A layout of tracks that nobody defined.
    UnknownMultitrackType(u8),
    /// A track that says it is longer than what is left of the payload.
    TrackTooLong {
        /// Id of the track.
        track_id: u8,
        /// The length in bytes that it states.
        stated: u32,
        /// How many bytes are left.
        left: usize,
    },
}

impl HeaderErrorKind {
    /// The clause that the payload does not follow.
    #[must_use]
    pub const fn clause(&self) -> &'static str {
        match self {
            Self::Truncated { .. } | Self::Invalid { .. } => "FLV E.4.2.1, E.4.3.1; E-RTMP v2 headers",
            Self::TooManyModEx => "E-RTMP v2 ModEx",
            Self::TooManyTracks
            | Self::NestedPacketType(_)
            | Self::UnknownMultitrackType(_)
            | Self::TrackTooLong { .. } => "E-RTMP v2 Multitrack",
        }
    }
}

impl fmt::Display for HeaderErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { field, needed, left } => {
                write!(f, "the payload ends inside {field}: {left} of {needed} bytes are there")
            }
            Self::Invalid { field, value } => write!(f, "{field} is {value}, which it cannot be"),
            Self::TooManyModEx => write!(f, "more than {} ModEx parts", crate::MAX_MOD_EX),
            Self::TooManyTracks => write!(f, "more than {} tracks", crate::MAX_TRACKS),
            Self::NestedPacketType(packet) => {
                write!(f, "packet type {packet} inside a multitrack payload")
            }
            Self::UnknownMultitrackType(kind) => write!(f, "multitrack type {kind}; 0, 1 and 2 are known"),
            Self::TrackTooLong { track_id, stated, left } => {
                write!(f, "track {track_id} states {stated} bytes; {left} are left")
            }
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {}; {})", self.kind, self.offset, self.kind.clause())
    }
}

impl core::error::Error for HeaderError {}

/// A structure that has no form on the wire: the program that built it is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unencodable(pub &'static str);

impl fmt::Display for Unencodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot be written: {}", self.0)
    }
}

impl core::error::Error for Unencodable {}
