//! What can be wrong with a message, and where.

use core::fmt;

/// Why a message could not be decoded, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What was wrong.
    pub kind: ErrorKind,
    /// Offset in the input, in bytes, of the marker or the field that was wrong.
    pub offset: usize,
}

/// What was wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends inside a value.
    Truncated,
    /// 0x04 (movie clip) or 0x0E (recordset), which are never serialised (AMF0 2.6, 2.16).
    ReservedMarker(u8),
    /// 0x12 to 0xFF (AMF0 2.1).
    UnknownMarker(u8),
    /// 0x09 where a value has to stand (AMF0 2.11).
    StrayObjectEnd,
    /// A string, key, class name or XML document that is not UTF-8 (AMF0 1.3.1).
    InvalidUtf8,
    /// A reference to a complex value that did not begin before it in this message (AMF0 2.9).
    ReferenceOutOfRange {
        /// The index on the wire.
        index: u16,
        /// Complex values that began before the reference.
        known: u32,
    },
    /// An AMF3 escape inside a strict array that announces further items after it: their bytes
    /// cannot be told from those of the escape (AMF0 3.1).
    EscapeInsideArray,
    /// Deeper than [`crate::Limits::depth`], the given number.
    DepthLimit(u32),
    /// More values than [`crate::Limits::nodes`], the given number.
    NodeLimit(u32),
    /// More text than [`crate::Limits::string_bytes`], the given number.
    StringLimit(usize),
}

impl ErrorKind {
    /// The error in words, without its numbers and without a full stop.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Truncated => "an AMF0 value is cut short",
            Self::ReservedMarker(_) => "a reserved AMF0 marker (movie clip or recordset)",
            Self::UnknownMarker(_) => "an unknown AMF0 marker",
            Self::StrayObjectEnd => "an AMF0 object end marker where a value has to stand",
            Self::InvalidUtf8 => "an AMF0 string is not UTF-8",
            Self::ReferenceOutOfRange { .. } => "an AMF0 reference to a value that is not there",
            Self::EscapeInsideArray => "an AMF3 value before the last item of an AMF0 strict array",
            Self::DepthLimit(_) => "AMF0 values are nested too deep",
            Self::NodeLimit(_) => "too many AMF0 values in one message",
            Self::StringLimit(_) => "too much text in one AMF0 message",
        }
    }

    /// The clause that speaks of it; for a limit, the name of the field of [`crate::Limits`].
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Truncated => "EA 2",
            Self::ReservedMarker(_) => "AMF0 2.6, 2.16",
            Self::UnknownMarker(_) => "AMF0 2.1",
            Self::StrayObjectEnd => "AMF0 2.11",
            Self::InvalidUtf8 => "AMF0 1.3.1",
            Self::ReferenceOutOfRange { .. } => "AMF0 2.9",
            Self::EscapeInsideArray => "AMF0 3.1",
            Self::DepthLimit(_) => "depth",
            Self::NodeLimit(_) => "nodes",
            Self::StringLimit(_) => "string_bytes",
        }
    }

    /// For a limit of ours rather than a broken clause, the most that is allowed.
    #[must_use]
    pub const fn limit(self) -> Option<u64> {
        match self {
            Self::DepthLimit(max) | Self::NodeLimit(max) => Some(max as u64),
            Self::StringLimit(max) => Some(max as u64),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what())?;
        match self {
            Self::ReservedMarker(marker) | Self::UnknownMarker(marker) => write!(f, ": 0x{marker:02x}"),
            Self::ReferenceOutOfRange { index, known } => write!(f, ": index {index} of {known}"),
            Self::DepthLimit(max) | Self::NodeLimit(max) => write!(f, ": more than {max}"),
            Self::StringLimit(max) => write!(f, ": more than {max} bytes"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.kind, self.offset)
    }
}

/// A value that AMF0 cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A key or class name of more than 65,535 bytes; the number is its length (AMF0 2.5, 2.18).
    NameTooLong(usize),
    /// A string or XML document of more than 4,294,967,295 bytes, or an array of more items.
    TooLong(usize),
    /// Containers nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// A value after an AMF3 escape, which takes the rest of the message.
    AfterEscape,
    /// A reference to a complex value that does not begin before it in this message (AMF0 2.9).
    ReferenceOutOfRange(u16),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTooLong(len) => {
                write!(f, "a key or class name of {len} bytes; AMF0 allows 65535")
            }
            Self::TooLong(len) => write!(f, "a length of {len}; AMF0 allows 4294967295"),
            Self::TooDeep => write!(f, "AMF0 values nested deeper than {}", crate::MAX_DEPTH),
            Self::AfterEscape => {
                f.write_str("a value after an AMF3 escape, which takes the rest of the message")
            }
            Self::ReferenceOutOfRange(index) => {
                write!(f, "reference {index} to a value that does not begin before it")
            }
        }
    }
}

impl core::error::Error for Error {}
impl core::error::Error for EncodeError {}
