//! What can be wrong with a file, and where.

use core::fmt;

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
    /// A data offset smaller than the header itself (FLV E.2).
    DataOffset(u32),
    /// A tag with the filter bit: its payload is encrypted (FLV E.4.1).
    Encrypted,
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
                write!(f, "the FLV header says that it has {offset} bytes; it has at least 9")
            }
            Self::Encrypted => f.write_str("an encrypted FLV tag"),
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
