//! What can be wrong with a shared object message, and where.

use core::fmt;

/// Why a body is no shared object message, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedObjectError {
    /// What was wrong.
    pub kind: SharedObjectErrorKind,
    /// Offset in the body of the message, in bytes, of the field that was wrong.
    pub offset: usize,
}

/// What was wrong with a shared object message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedObjectErrorKind {
    /// The body of a type 16 message starts with a format selector other than 0, or is empty.
    Selector(Option<u8>),
    /// The body ends inside a field.
    Truncated,
    /// The length of an event reaches beyond the end of the message.
    EventLength(u32),
    /// An event is shorter than its fields.
    EventCut,
    /// A name, key, code or level is not UTF-8.
    InvalidUtf8,
    /// A value is malformed or exceeds a limit.
    Amf(rtmp_amf::ErrorKind),
    /// More events and values than [`crate::Limits::amf_nodes`], the given number.
    NodeLimit(u32),
}

impl SharedObjectErrorKind {
    /// The error in words, without its numbers and without a full stop.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Selector(_) => "the format selector of an AMF3 shared object message is not 0",
            Self::Truncated => "a shared object message is cut short",
            Self::EventLength(_) => "an event of a shared object reaches beyond the end of its message",
            Self::EventCut => "an event of a shared object is shorter than its fields",
            Self::InvalidUtf8 => "a name in a shared object message is not UTF-8",
            Self::Amf(kind) => kind.what(),
            Self::NodeLimit(_) => "too many events and values in one shared object message",
        }
    }

    /// The clause that speaks of it; for a limit, the name of the field of [`crate::Limits`].
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Selector(_) => "EA 7.2",
            Self::Amf(kind) => kind.clause(),
            Self::NodeLimit(_) => "amf_nodes",
            _ => "RTMP 7.1.3",
        }
    }
}

impl fmt::Display for SharedObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, at byte {} of the message)", self.kind.what(), self.kind.clause(), self.offset)
    }
}

impl core::error::Error for SharedObjectError {}
