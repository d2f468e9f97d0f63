//! The value model of AMF0.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::amf3;

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
    TypedObject(Box<TypedObject>),
    /// The switch to AMF3 for one value (AMF0 3.1, E-RTMP v2 "AMF"); AMF0 goes on after it. Its
    /// references mean its own tables, and it takes no place in the reference table of AMF0.
    AvmPlus(Box<amf3::Value>),
}

/// An object of a class (AMF0 2.18). It stands in a box, which keeps [`Value`] small.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedObject {
    /// Registered name of the class.
    pub class: String,
    /// The members.
    pub properties: Vec<(String, Value)>,
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

    /// An object of a class.
    #[must_use]
    pub fn typed_object<K: Into<String>, V: Into<Value>>(
        class: impl Into<String>,
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::TypedObject(Box::new(TypedObject { class: class.into(), properties: collect(properties) }))
    }

    /// The text of a string, in AMF0 or AMF3.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::AvmPlus(value) => value.as_str(),
            _ => None,
        }
    }

    /// The value of a number, or of an AMF3 integer or double.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::AvmPlus(value) => value.as_f64(),
            _ => None,
        }
    }

    /// The value of a boolean, in AMF0 or AMF3.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::AvmPlus(value) => value.as_bool(),
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
            Self::Object(properties) | Self::EcmaArray { properties, .. } => Some(properties),
            Self::TypedObject(object) => Some(&object.properties),
            _ => None,
        }
    }

    /// The property named `key`; of several, the last.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&Value> {
        self.properties()?.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether this is null or undefined, in AMF0 or AMF3.
    #[must_use]
    pub fn is_nullish(&self) -> bool {
        match self {
            Self::Null | Self::Undefined => true,
            Self::AvmPlus(value) => value.is_nullish(),
            _ => false,
        }
    }

    /// Whether the value takes a place in the reference table (AMF0 2.9).
    pub(crate) const fn is_complex(&self) -> bool {
        matches!(self, Self::Object(_) | Self::EcmaArray { .. } | Self::StrictArray(_) | Self::TypedObject(_))
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
    in_order(message).filter(|value| value.is_complex()).nth(usize::from(index))
}

/// The AMF3 value that an [`amf3::Value::MessageReference`] in `message` means: the one with this index
/// in the object tables of all its AMF3 values, laid end to end (errata E-29). Takes time in proportion
/// to the message.
#[must_use]
pub fn resolve_amf3(message: &[Value], index: u32) -> Option<&amf3::Value> {
    in_order(message)
        .filter_map(|value| match value {
            Value::AvmPlus(value) => Some(&**value),
            _ => None,
        })
        .flat_map(|value| amf3::in_order(core::slice::from_ref(value)))
        .filter(|value| value.is_complex())
        .nth(usize::try_from(index).ok()?)
}

/// All values of a message in the order in which they begin on the wire.
fn in_order(message: &[Value]) -> impl Iterator<Item = &Value> {
    let mut pending: Vec<&Value> = message.iter().rev().collect();
    core::iter::from_fn(move || {
        let value = pending.pop()?;
        if let Some(items) = value.as_array() {
            pending.extend(items.iter().rev());
        } else if let Some(properties) = value.properties() {
            pending.extend(properties.iter().rev().map(|(_, value)| value));
        }
        Some(value)
    })
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
