//! AMF0 values whose text stays in the message.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::{TypedObject, Value, amf3};

/// One AMF0 value with its strings lent from the message: what [`Value`] is, without a copy of the text.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueRef<'a> {
    /// See [`Value::Number`].
    Number(f64),
    /// See [`Value::Boolean`].
    Boolean(bool),
    /// See [`Value::String`].
    String(&'a str),
    /// See [`Value::Object`].
    Object(Vec<(&'a str, ValueRef<'a>)>),
    /// See [`Value::Null`].
    Null,
    /// See [`Value::Undefined`].
    Undefined,
    /// See [`Value::Reference`].
    Reference(u16),
    /// See [`Value::EcmaArray`].
    EcmaArray {
        /// The count on the wire, which is only approximate.
        count: u32,
        /// What was really there.
        properties: Vec<(&'a str, ValueRef<'a>)>,
    },
    /// See [`Value::StrictArray`].
    StrictArray(Vec<ValueRef<'a>>),
    /// See [`Value::Date`].
    Date {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        millis: f64,
        /// Reserved; minutes from UTC by FLV E.4.4.3 (errata E-48).
        zone: i16,
    },
    /// See [`Value::Unsupported`].
    Unsupported,
    /// See [`Value::XmlDocument`].
    XmlDocument(&'a str),
    /// See [`Value::TypedObject`].
    TypedObject(Box<TypedObjectRef<'a>>),
    /// See [`Value::AvmPlus`]. It owns its text, which AMF3 may repeat by reference.
    AvmPlus(Box<amf3::Value>),
}

/// What [`TypedObject`] is, without a copy of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedObjectRef<'a> {
    /// Registered name of the class.
    pub class: &'a str,
    /// The members.
    pub properties: Vec<(&'a str, ValueRef<'a>)>,
}

impl<'a> ValueRef<'a> {
    /// The same value with its text copied.
    ///
    /// ```
    /// use rtmp_amf::{Limits, Value, decode_all_ref};
    /// let values = decode_all_ref(&[2, 0, 2, b'o', b'k'], &Limits::default())?;
    /// assert_eq!(values[0].to_value(), Value::from("ok"));
    /// # Ok::<(), rtmp_amf::Error>(())
    /// ```
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(*number),
            Self::Boolean(value) => Value::Boolean(*value),
            Self::String(text) => Value::String((*text).into()),
            Self::Object(properties) => Value::Object(owned(properties)),
            Self::Null => Value::Null,
            Self::Undefined => Value::Undefined,
            Self::Reference(index) => Value::Reference(*index),
            Self::EcmaArray { count, properties } => {
                Value::EcmaArray { count: *count, properties: owned(properties) }
            }
            Self::StrictArray(items) => Value::StrictArray(items.iter().map(Self::to_value).collect()),
            Self::Date { millis, zone } => Value::Date { millis: *millis, zone: *zone },
            Self::Unsupported => Value::Unsupported,
            Self::XmlDocument(text) => Value::XmlDocument((*text).into()),
            Self::TypedObject(object) => Value::TypedObject(Box::new(TypedObject {
                class: object.class.into(),
                properties: owned(&object.properties),
            })),
            Self::AvmPlus(value) => Value::AvmPlus(value.clone()),
        }
    }

    /// The text of a string, which lives as long as the message. Not that of an AMF3 string, which the
    /// value owns.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::String(text) => Some(text),
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
    pub fn as_array(&self) -> Option<&[ValueRef<'a>]> {
        match self {
            Self::StrictArray(items) => Some(items),
            _ => None,
        }
    }

    /// The properties of an object, an ECMA array or a typed object.
    #[must_use]
    pub fn properties(&self) -> Option<&[(&'a str, ValueRef<'a>)]> {
        match self {
            Self::Object(properties) | Self::EcmaArray { properties, .. } => Some(properties),
            Self::TypedObject(object) => Some(&object.properties),
            _ => None,
        }
    }

    /// The property named `key`; of several, the last.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&ValueRef<'a>> {
        self.properties()?.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| value)
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
}

fn owned(properties: &[(&str, ValueRef<'_>)]) -> Vec<(alloc::string::String, Value)> {
    properties.iter().map(|(key, value)| ((*key).into(), value.to_value())).collect()
}
