//! The value model of AMF3.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// One AMF3 value. Values are a tree: a complex value that occurs again is a [`Value::Reference`], so
/// that shared and cyclic values are only data. References to strings and traits are resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Undefined (AMF3 3.2).
    Undefined,
    /// Null (AMF3 3.3).
    Null,
    /// False or true (AMF3 3.4, 3.5).
    Boolean(bool),
    /// Integer of 29 bits, -2^28 to 2^28 - 1 (AMF3 3.6). Others are written as [`Value::Double`].
    Integer(i32),
    /// IEEE 754 double (AMF3 3.7).
    Double(f64),
    /// String (AMF3 3.8).
    String(String),
    /// Document of the old class `XMLDocument` (AMF3 3.9). Complex.
    XmlDocument(String),
    /// Milliseconds since 1970-01-01T00:00:00Z (AMF3 3.10). Complex.
    Date(f64),
    /// Array (AMF3 3.11). Complex.
    Array {
        /// Named members, in the order of the wire. No name is empty.
        associative: Vec<(String, Value)>,
        /// Items with the indices from 0.
        dense: Vec<Value>,
    },
    /// Object with traits (AMF3 3.12). Complex.
    Object(Box<Object>),
    /// Object of a Flex class that writes itself as one value (AMF3 3.12). Complex.
    Flex(Box<Flex>),
    /// Object of any other externalizable class (AMF3 3.12). Complex.
    Opaque(Box<Opaque>),
    /// Document of the E4X class `XML` (AMF3 3.13). Complex.
    Xml(String),
    /// Bytes (AMF3 3.14). Complex.
    ByteArray(Vec<u8>),
    /// Vector of signed integers (AMF3 3.15). Complex.
    VectorInt {
        /// Whether the length is fixed.
        fixed: bool,
        /// The items.
        items: Vec<i32>,
    },
    /// Vector of unsigned integers (AMF3 3.15). Complex.
    VectorUint {
        /// Whether the length is fixed.
        fixed: bool,
        /// The items.
        items: Vec<u32>,
    },
    /// Vector of doubles (AMF3 3.15). Complex.
    VectorDouble {
        /// Whether the length is fixed.
        fixed: bool,
        /// The items.
        items: Vec<f64>,
    },
    /// Vector of objects (AMF3 3.15). Complex.
    VectorObject(Box<VectorObject>),
    /// Dictionary (AMF3 3.16). Complex.
    Dictionary {
        /// Whether it holds its keys weakly.
        weak: bool,
        /// Keys and values in the order of the wire. An integer as key is written as its decimal text.
        entries: Vec<(Value, Value)>,
    },
    /// Index of a complex value that began earlier, from 0, in the object table that this value belongs
    /// to: that of one 0x11 value, or that of a body of AMF3 throughout. It may be one that contains the
    /// reference. [`resolve`] finds the value.
    Reference(u32),
    /// Index of a complex value of an earlier 0x11 value of the same message, counted through all of
    /// them. Only a peer that shares its tables between those sends it, and it cannot be written (errata
    /// E-29). [`crate::resolve_amf3`] finds the value.
    MessageReference(u32),
}

/// An object with traits (AMF3 3.12).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    /// Registered name of the class; empty for an anonymous object.
    pub class: String,
    /// Members that the class declares.
    pub sealed: Vec<(String, Value)>,
    /// Further members, if the class is dynamic. No name is empty.
    pub dynamic: Option<Vec<(String, Value)>>,
}

/// An externalizable object whose body is one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Flex {
    /// The class.
    pub class: FlexClass,
    /// What the object wraps.
    pub value: Value,
}

/// The Flex classes whose body is one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlexClass {
    /// `flex.messaging.io.ArrayCollection`.
    ArrayCollection,
    /// `flex.messaging.io.ArrayList`.
    ArrayList,
    /// `flex.messaging.io.ObjectProxy`.
    ObjectProxy,
}

impl FlexClass {
    const ALL: [Self; 3] = [Self::ArrayCollection, Self::ArrayList, Self::ObjectProxy];

    /// The registered name of the class.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ArrayCollection => "flex.messaging.io.ArrayCollection",
            Self::ArrayList => "flex.messaging.io.ArrayList",
            Self::ObjectProxy => "flex.messaging.io.ObjectProxy",
        }
    }

    /// The class with this registered name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// An object in a form that only its class knows, kept with the rest of the message. Nothing can follow
/// it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opaque {
    /// Registered name of the class.
    pub class: String,
    /// All bytes after the traits.
    pub bytes: Vec<u8>,
}

/// A vector of objects (AMF3 3.15).
#[derive(Debug, Clone, PartialEq)]
pub struct VectorObject {
    /// Whether the length is fixed.
    pub fixed: bool,
    /// Name of the type of the items; `*` or empty for any.
    pub type_name: String,
    /// The items.
    pub items: Vec<Value>,
}

impl Value {
    /// An anonymous dynamic object.
    #[must_use]
    pub fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        let members = members.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Self::Object(Box::new(Object { dynamic: Some(members), ..Object::default() }))
    }

    /// An array of items.
    #[must_use]
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array { associative: Vec::new(), dense: items.into_iter().collect() }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of an integer or a double.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Integer(integer) => Some(f64::from(*integer)),
            Self::Double(number) => Some(*number),
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

    /// Whether this is null or undefined.
    #[must_use]
    pub const fn is_nullish(&self) -> bool {
        matches!(self, Self::Null | Self::Undefined)
    }

    /// The member of an object, sealed or dynamic, or of the associative part of an array; of several
    /// with this name, the last.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Self> {
        let (first, second): (&[_], &[_]) = match self {
            Self::Object(object) => (&object.sealed, object.dynamic.as_deref().unwrap_or_default()),
            Self::Array { associative, .. } => (associative, &[]),
            _ => return None,
        };
        first.iter().chain(second).rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Whether the value takes a place in the object table (AMF3 2.2).
    pub(crate) const fn is_complex(&self) -> bool {
        !matches!(
            self,
            Self::Undefined
                | Self::Null
                | Self::Boolean(_)
                | Self::Integer(_)
                | Self::Double(_)
                | Self::String(_)
                | Self::Reference(_)
                | Self::MessageReference(_)
        )
    }
}

/// The complex value with this index in the object table of `values`: one 0x11 value as a slice of one,
/// or a body of AMF3 throughout. The value may contain the reference that led here: a caller that
/// follows references has to bound its steps. Takes time in proportion to the values.
#[must_use]
pub fn resolve(values: &[Value], index: u32) -> Option<&Value> {
    in_order(values).filter(|value| value.is_complex()).nth(usize::try_from(index).ok()?)
}

/// All values in the order in which they begin on the wire.
pub(crate) fn in_order(values: &[Value]) -> impl Iterator<Item = &Value> {
    let mut pending: Vec<&Value> = values.iter().rev().collect();
    core::iter::from_fn(move || {
        let value = pending.pop()?;
        match value {
            Value::Array { associative, dense } => {
                pending.extend(dense.iter().rev());
                pending.extend(associative.iter().rev().map(|(_, value)| value));
            }
            Value::Object(object) => {
                pending.extend(object.dynamic.iter().flatten().rev().map(|(_, value)| value));
                pending.extend(object.sealed.iter().rev().map(|(_, value)| value));
            }
            Value::Flex(flex) => pending.push(&flex.value),
            Value::VectorObject(vector) => pending.extend(vector.items.iter().rev()),
            Value::Dictionary { entries, .. } => {
                pending.extend(entries.iter().rev().flat_map(|(key, value)| [value, key]));
            }
            _ => {}
        }
        Some(value)
    })
}
