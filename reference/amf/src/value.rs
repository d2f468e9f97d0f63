//! The value model of AMF0.

use alloc::string::String;
use alloc::vec::Vec;

/// One AMF0 value. Keys keep their order and may repeat, as on the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// IEEE 754 double (AMF0 2.2). -0, infinities and NaN keep their bits.
    Number(f64),
    /// Any byte but 0 reads as true, which is written as 1 (AMF0 2.3).
    Boolean(bool),
    /// String or long string (AMF0 2.4, 2.14): the encoder takes the short form up to 65,535 bytes.
    String(String),
    /// Anonymous object (AMF0 2.5).
    Object(Vec<(String, Value)>),
    /// Null (AMF0 2.7).
    Null,
    /// Undefined (AMF0 2.8); also what stands for a hole in a sparse array (AMF0 2.12).
    Undefined,
    /// Index of a complex value that began earlier in the same message, from 0 (AMF0 2.9). It may
    /// be one that contains the reference. [`resolve`] finds the value.
    Reference(u16),
    /// ECMA array (AMF0 2.10).
    EcmaArray {
        /// The count on the wire. It is only approximate (FLV E.4.4.4): decoding goes by the end
        /// marker.
        count: u32,
        /// What was really there.
        properties: Vec<(String, Value)>,
    },
    /// Strict array (AMF0 2.12).
    StrictArray(Vec<Value>),
    /// Date (AMF0 2.13).
    Date {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        millis: f64,
        /// Reserved, should be written as 0 and not be used (AMF0 2.13); minutes from UTC by FLV
        /// E.4.4.3 (errata E-48).
        zone: i16,
    },
    /// Unsupported: a value that its sender could not serialise (AMF0 2.15).
    Unsupported,
    /// XML document (AMF0 2.17).
    XmlDocument(String),
    /// Object of a class (AMF0 2.18).
    TypedObject {
        /// Registered name of the class.
        class: String,
        /// The members.
        properties: Vec<(String, Value)>,
    },
    /// The switch to AMF3 (AMF0 3.1) and all bytes of the message after the marker 0x11, unread.
    /// Nothing can follow it. Inside an object or array it takes the end of these with it.
    AvmPlus(Vec<u8>),
}

impl Value {
    /// An anonymous object.
    ///
    /// ```
    /// use rtmp_amf::Value;
    /// let info = Value::object([("level", "status"), ("code", "NetStream.Play.Start")]);
    /// assert_eq!(info.property("level").and_then(Value::as_str), Some("status"));
    /// ```
    #[must_use]
    pub fn object<K: Into<String>, V: Into<Value>>(properties: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Object(collect(properties))
    }

    /// An ECMA array whose count is exact.
    #[must_use]
    pub fn ecma_array<K: Into<String>, V: Into<Value>>(properties: impl IntoIterator<Item = (K, V)>) -> Self {
        let properties = collect(properties);
        Self::EcmaArray { count: u32::try_from(properties.len()).unwrap_or(u32::MAX), properties }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number.
    #[must_use]
    pub const fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value of a boolean.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of a strict array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::StrictArray(items) => Some(items),
            _ => None,
        }
    }

    /// The properties of an object, an ECMA array or a typed object: readers take one for the other
    /// (E-RTMP v2 "onMetaData").
    #[must_use]
    pub fn properties(&self) -> Option<&[(String, Value)]> {
        match self {
            Self::Object(properties)
            | Self::EcmaArray { properties, .. }
            | Self::TypedObject { properties, .. } => Some(properties),
            _ => None,
        }
    }

    /// The property named `key`; of several, the last.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&Value> {
        self.properties()?.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether this is null or undefined.
    #[must_use]
    pub const fn is_nullish(&self) -> bool {
        matches!(self, Self::Null | Self::Undefined)
    }

    /// Whether the value takes a place in the reference table (AMF0 2.9).
    pub(crate) const fn is_complex(&self) -> bool {
        matches!(
            self,
            Self::Object(_) | Self::EcmaArray { .. } | Self::StrictArray(_) | Self::TypedObject { .. }
        )
    }
}

fn collect<K: Into<String>, V: Into<Value>>(
    properties: impl IntoIterator<Item = (K, V)>,
) -> Vec<(String, Value)> {
    properties.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}

/// The complex value with this index in the reference table of `message`, the values of one whole
/// message in order (AMF0 2.9). The value may contain the reference that led here: a caller that
/// follows references has to bound its steps. Takes time in proportion to the message.
#[must_use]
pub fn resolve(message: &[Value], index: u16) -> Option<&Value> {
    let mut pending: Vec<&Value> = message.iter().rev().collect();
    let mut left = index;
    while let Some(value) = pending.pop() {
        if value.is_complex() {
            if left == 0 {
                return Some(value);
            }
            left -= 1;
        }
        if let Some(items) = value.as_array() {
            pending.extend(items.iter().rev());
        } else if let Some(properties) = value.properties() {
            pending.extend(properties.iter().rev().map(|(_, value)| value));
        }
    }
    None
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}
