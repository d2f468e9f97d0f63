//! What can be wrong with a file, and where.

use core::fmt;

use crate::TagKind;

/// Why a file could not be read on, and where. The tags before it are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What was wrong.
    pub kind: ErrorKind,
    /// Offset in the file, in bytes, of the structure that was wrong.
    pub offset: u64,
}

/// What was wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first three bytes are not `FLV` (FLV E.2).
    NotFlv,
    /// A file version other than 1 (FLV E.2).
    UnknownVersion(u8),
    /// A data offset smaller than the header itself (FLV E.2), or farther away than a tolerant reader
    /// goes.
    DataOffset(u32),
    /// A tag with the filter bit: its payload is encrypted (FLV E.4.1).
    Encrypted,
    /// Flags other than audio and video in the header (FLV E.2).
    Flags(u8),
    /// A previous-tag size that does not fit the tag before it (FLV E.3).
    PreviousSize {
        /// The size read.
        found: u32,
        /// The size of the tag, header included; 0 before the first one.
        expected: u32,
    },
    /// The two reserved bits before the tag type are not 0 (FLV E.4.1).
    ReservedBits(u8),
    /// A tag type that is none of 8, 9, 15 and 18 (FLV E.4.1; E-RTMP v2, errata E-70).
    TagType(u8),
    /// A stream id other than 0 (FLV E.4.1).
    StreamId(u32),
    /// The first tag has a timestamp other than 0 (FLV E.4.1).
    FirstTimestamp(u32),
    /// A tag of a kind that the header does not announce (FLV E.2).
    Unannounced(TagKind),
    /// A payload longer than [`crate::ReaderLimits::max_payload`].
    TagTooLong {
        /// The declared length in bytes.
        len: usize,
        /// The limit.
        max: usize,
    },
    /// Bytes that belong to no tag; the next tag follows them.
    Garbage {
        /// How many.
        len: u64,
    },
    /// Bytes that belong to no tag, and no tag was found behind them, up to the end of the file or
    /// [`crate::ReaderLimits::max_resync`].
    NoTag {
        /// How many bytes were searched.
        searched: u64,
    },
    /// The file ends before the structure does.
    Truncated {
        /// The structure.
        inside: &'static str,
        /// How many bytes of it are there.
        present: u64,
        /// How many bytes of it are missing.
        missing: u64,
    },
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFlv => f.write_str("not an FLV file: it does not begin with `FLV`"),
            Self::UnknownVersion(version) => write!(f, "FLV version {version}; only 1 is known"),
            Self::DataOffset(offset) => {
                write!(f, "the FLV header says that it has {offset} bytes; it should have 9")
            }
            Self::Encrypted => f.write_str("an encrypted FLV tag"),
            Self::Flags(flags) => write!(f, "reserved flags in the FLV header: {flags:#010b}"),
            Self::PreviousSize { found, expected } => {
                write!(f, "a previous-tag size of {found}; it should be {expected}")
            }
            Self::ReservedBits(bits) => write!(f, "reserved bits {bits:#04b} before the tag type"),
            Self::TagType(tag_type) => write!(f, "tag type {tag_type}"),
            Self::StreamId(id) => write!(f, "stream id {id}; it is always 0"),
            Self::FirstTimestamp(timestamp) => {
                write!(f, "the first tag has timestamp {timestamp}; it should be 0")
            }
            Self::Unannounced(kind) => {
                write!(f, "a tag of kind {kind:?}, which the header does not announce")
            }
            Self::TagTooLong { len, max } => write!(f, "a tag of {len} bytes; at most {max} are taken"),
            Self::Garbage { len } => write!(f, "{len} bytes that belong to no tag"),
            Self::NoTag { searched } => write!(f, "no tag in {searched} bytes"),
            Self::Truncated { inside, present, missing } => {
                write!(f, "the file ends inside {inside}: {present} bytes are there, {missing} are missing")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.kind, self.offset)
    }
}

/// A payload of more than [`crate::MAX_PAYLOAD_LEN`] bytes, which the 24-bit field of a tag cannot
/// say (FLV E.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadTooLong(pub usize);

impl fmt::Display for PayloadTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a payload of {} bytes; an FLV tag has at most {}", self.0, crate::MAX_PAYLOAD_LEN)
    }
}

impl core::error::Error for Error {}
impl core::error::Error for PayloadTooLong {}
