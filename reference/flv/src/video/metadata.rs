//! Video metadata: names and values in AMF0 (E-RTMP v2 "Metadata Frame").

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rtmp_amf::{Decoder, EncodeError, Limits, Value, encode};

use super::ColorInfo;
use super::color_info::members;

/// The body of a payload of type [`super::PacketType::Metadata`], or of a track of one.
///
/// ```
/// use rtmp_amf::Limits;
/// use rtmp_flv::video::{ColorChange, Metadata};
///
/// let metadata = Metadata::decode(b"\x02\x00\x09colorInfo\x06", &Limits::default())?;
/// assert_eq!(metadata.color_change(), Some(ColorChange::Reset));
/// # Ok::<(), rtmp_flv::video::MetadataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata {
    /// Names and values in their order. `colorInfo` is the only name with a meaning yet.
    pub pairs: Vec<(String, Value)>,
}

/// What a `colorInfo` does to the colours of the frames that follow.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "made once in a scene and hardly ever kept in numbers")]
pub enum ColorChange {
    /// It replaces what was said before, all of it.
    Set(ColorInfo),
    /// Back to the colours that the coded stream states: undefined, null or an object without
    /// members.
    Reset,
}

impl Metadata {
    /// The metadata that changes colours.
    #[must_use]
    pub fn color(change: &ColorChange) -> Self {
        let value = match change {
            ColorChange::Set(info) => info.to_value(),
            ColorChange::Reset => Value::Undefined,
        };
        Self { pairs: Vec::from([(String::from(COLOR_INFO), value)]) }
    }

    /// Reads a whole body: AMF0, which may switch to AMF3 for a value.
    ///
    /// # Errors
    /// The body is no AMF0 or exceeds `limits`, a name is no string, or the last name has no value.
    pub fn decode(body: &[u8], limits: &Limits) -> Result<Self, MetadataError> {
        let mut decoder = Decoder::new(body, limits);
        let mut pairs = Vec::new();
        loop {
            let offset = decoder.offset();
            let Some(name) = decoder.next_value().map_err(MetadataError::Amf)? else {
                return Ok(Self { pairs });
            };
            let name = String::from(name.as_str().ok_or(MetadataError::NameIsNoString { offset })?);
            let value = decoder.next_value().map_err(MetadataError::Amf)?;
            pairs.push((name, value.ok_or(MetadataError::NameWithoutValue { offset })?));
        }
    }

    /// Appends the body. The shape of a value is not checked.
    ///
    /// # Errors
    /// AMF0 cannot say a value.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let before = out.len();
        let written = self.pairs.iter().try_for_each(|(name, value)| {
            encode(&Value::String(name.clone()), out)?;
            encode(value, out)
        });
        if written.is_err() {
            out.truncate(before);
        }
        written
    }

    /// What it says of colours: of several `colorInfo`, the last. A `colorInfo` that is no object
    /// and no reset says nothing.
    #[must_use]
    pub fn color_change(&self) -> Option<ColorChange> {
        let (_, value) = self.pairs.iter().rev().find(|(name, _)| name == COLOR_INFO)?;
        match members(value) {
            Some(members) if members.is_empty() => Some(ColorChange::Reset),
            Some(_) => ColorInfo::from_value(value).map(ColorChange::Set),
            None => value.is_nullish().then_some(ColorChange::Reset),
        }
    }
}

const COLOR_INFO: &str = "colorInfo";

/// Why a body is no metadata. Its sender is to blame, unless a limit is too low for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is no AMF0, or more than the limits allow.
    Amf(rtmp_amf::Error),
    /// A value of another type stands where a name is expected.
    NameIsNoString {
        /// Offset of the value in bytes.
        offset: usize,
    },
    /// The body ends after a name.
    NameWithoutValue {
        /// Offset of the name in bytes.
        offset: usize,
    },
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CLAUSE: &str = "E-RTMP v2 Metadata Frame";
        match self {
            Self::Amf(error) => write!(f, "{error}"),
            Self::NameIsNoString { offset } => {
                write!(f, "a name of metadata is no string (at byte {offset}; {CLAUSE})")
            }
            Self::NameWithoutValue { offset } => {
                write!(f, "a name of metadata has no value (at byte {offset}; {CLAUSE})")
            }
        }
    }
}

impl core::error::Error for MetadataError {}
