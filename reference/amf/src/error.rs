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
    /// A string, key, class name or XML document that is not UTF-8 (AMF0 1.3.1, AMF3 1.3.2).
    InvalidUtf8,
    /// A reference to a complex value that did not begin before it in this message (AMF0 2.9).
    ReferenceOutOfRange {
        /// The index on the wire.
        index: u16,
        /// Complex values that began before the reference.
        known: u32,
    },
    /// 0x12 to 0xFF where an AMF3 value has to stand (AMF3 3.1).
    UnknownAmf3Marker(u8),
    /// A reference to an entry that one of the AMF3 tables does not have (AMF3 2.2).
    Amf3ReferenceOutOfRange {
        /// The table it refers to.
        table: Amf3Table,
        /// The index on the wire.
        index: u32,
        /// Entries of that table before the reference.
        known: u32,
    },
    /// An AMF3 object of a class that writes itself in a form only it knows: where it ends is not
    /// known (AMF3 3.12).
    UnknownExternalizable(ClassName),
    /// Deeper than [`crate::Limits::depth`], the given number.
    DepthLimit(u32),
    /// More values than [`crate::Limits::nodes`], the given number.
    NodeLimit(u32),
    /// More text than [`crate::Limits::string_bytes`], the given number.
    StringLimit(usize),
    /// An AMF3 table with more entries than [`crate::Limits::table_entries`], the given number.
    TableLimit(u32),
    /// AMF3 references repeat more text than the message may have, the given number of bytes: 16 for
    /// each byte of the message, at least 65,536.
    ExpansionLimit(usize),
}

/// One of the three tables of AMF3 (AMF3 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amf3Table {
    /// Strings, keys and names.
    Strings,
    /// Everything with members, dates, XML, byte arrays, vectors and dictionaries.
    Objects,
    /// Classes and their member names.
    Traits,
}

/// The beginning of a class name, at most [`ClassName::MAX`] bytes, as a peer sent it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClassName {
    bytes: [u8; Self::MAX],
    len: u8,
}

impl ClassName {
    /// The most that is kept, in bytes.
    pub const MAX: usize = 63;

    /// The beginning of `name`, cut between characters.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let len = (0..=name.len().min(Self::MAX)).rev().find(|&at| name.is_char_boundary(at)).unwrap_or(0);
        let mut bytes = [0; Self::MAX];
        bytes[..len].copy_from_slice(&name.as_bytes()[..len]);
        Self { bytes, len: len as u8 }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Debug for ClassName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Quoted, with control characters escaped.
impl fmt::Display for ClassName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl ErrorKind {
    /// The error in words, without its numbers and without a full stop.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Truncated => "an AMF value is cut short",
            Self::ReservedMarker(_) => "a reserved AMF0 marker (movie clip or recordset)",
            Self::UnknownMarker(_) => "an unknown AMF0 marker",
            Self::StrayObjectEnd => "an AMF0 object end marker where a value has to stand",
            Self::InvalidUtf8 => "an AMF string is not UTF-8",
            Self::ReferenceOutOfRange { .. } => "an AMF0 reference to a value that is not there",
            Self::UnknownAmf3Marker(_) => "an unknown AMF3 marker",
            Self::Amf3ReferenceOutOfRange { .. } => "an AMF3 reference to something that is not there",
            Self::UnknownExternalizable(_) => "an AMF3 object of an unknown externalizable class",
            Self::DepthLimit(_) => "AMF values are nested too deep",
            Self::NodeLimit(_) => "too many AMF values in one message",
            Self::StringLimit(_) => "too much text in one AMF message",
            Self::TableLimit(_) => "too many entries in an AMF3 reference table",
            Self::ExpansionLimit(_) => "AMF3 references repeat too much text",
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
            Self::InvalidUtf8 => "AMF0 1.3.1, AMF3 1.3.2",
            Self::ReferenceOutOfRange { .. } => "AMF0 2.9",
            Self::UnknownAmf3Marker(_) => "AMF3 3.1",
            Self::Amf3ReferenceOutOfRange { .. } => "AMF3 2.2",
            Self::UnknownExternalizable(_) => "AMF3 3.12",
            Self::DepthLimit(_) => "depth",
            Self::NodeLimit(_) => "nodes",
            Self::StringLimit(_) => "string_bytes",
            Self::TableLimit(_) => "table_entries",
            Self::ExpansionLimit(_) => "16 bytes of repeated text for each byte of the message",
        }
    }

    /// For a limit of ours rather than a broken clause, the most that is allowed.
    #[must_use]
    pub const fn limit(self) -> Option<u64> {
        match self {
            Self::DepthLimit(max) | Self::NodeLimit(max) | Self::TableLimit(max) => Some(max as u64),
            Self::StringLimit(max) | Self::ExpansionLimit(max) => Some(max as u64),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what())?;
        match self {
            Self::ReservedMarker(marker) | Self::UnknownMarker(marker) | Self::UnknownAmf3Marker(marker) => {
                write!(f, ": 0x{marker:02x}")
            }
            Self::Amf3ReferenceOutOfRange { table, index, known } => {
                let table = match table {
                    Amf3Table::Strings => "strings",
                    Amf3Table::Objects => "objects",
                    Amf3Table::Traits => "traits",
                };
                write!(f, ": index {index} of {known} {table}")
            }
            Self::UnknownExternalizable(class) => write!(f, ": {class}"),
            Self::ReferenceOutOfRange { index, known } => write!(f, ": index {index} of {known}"),
            Self::DepthLimit(max) | Self::NodeLimit(max) | Self::TableLimit(max) => {
                write!(f, ": more than {max}")
            }
            Self::StringLimit(max) | Self::ExpansionLimit(max) => write!(f, ": more than {max} bytes"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.kind, self.offset)
    }
}

/// A value that AMF0 or AMF3 cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A key or class name of more than 65,535 bytes in AMF0; the number is its length (AMF0 2.5, 2.18).
    NameTooLong(usize),
    /// A string or XML document of more than 4,294,967,295 bytes, or an array of more items, in AMF0.
    TooLong(usize),
    /// Containers nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// A reference to a complex value that does not begin before it in this message (AMF0 2.9).
    ReferenceOutOfRange(u16),
    /// A length, a count or an index of more than 28 bits in AMF3, or a number of more than 29 bits as
    /// U29 (AMF3 1.3).
    Amf3TooLong(usize),
    /// A reference to an AMF3 value that does not begin before it in the same tables (AMF3 2.2).
    Amf3ReferenceOutOfRange(u32),
    /// A reference from one 0x11 value to another, which no encoder may write (errata E-29).
    MessageReference(u32),
    /// An empty name in the associative part of an AMF3 array or among the dynamic members of an object:
    /// it would end them (AMF3 3.11, 3.12).
    EmptyName,
    /// An [`crate::amf3::Value::Opaque`] inside a container: it takes the rest of the message.
    OpaqueInside,
    /// An [`crate::amf3::Value::Opaque`] of a class whose form is known.
    OpaqueClass,
    /// A value after an [`crate::amf3::Value::Opaque`], which takes the rest of the message.
    AfterOpaque,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTooLong(len) => {
                write!(f, "a key or class name of {len} bytes; AMF0 allows 65535")
            }
            Self::TooLong(len) => write!(f, "a length of {len}; AMF0 allows 4294967295"),
            Self::TooDeep => write!(f, "AMF values nested deeper than {}", crate::MAX_DEPTH),
            Self::ReferenceOutOfRange(index) => {
                write!(f, "reference {index} to a value that does not begin before it")
            }
            Self::Amf3TooLong(len) => write!(f, "a length, count or number of {len} is too much for AMF3"),
            Self::Amf3ReferenceOutOfRange(index) => {
                write!(f, "AMF3 reference {index} to a value that does not begin before it")
            }
            Self::MessageReference(index) => {
                write!(f, "reference {index} from one AMF3 value of a message to another")
            }
            Self::EmptyName => f.write_str("an empty name ends the members of an AMF3 array or object"),
            Self::OpaqueInside => f.write_str("an opaque AMF3 object inside a container"),
            Self::OpaqueClass => f.write_str("an opaque AMF3 object of a class whose form is known"),
            Self::AfterOpaque => f.write_str("a value after an opaque AMF3 object, which takes the rest"),
        }
    }
}

impl core::error::Error for Error {}
impl core::error::Error for EncodeError {}
