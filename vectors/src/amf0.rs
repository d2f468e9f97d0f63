use serde::{Deserialize, Serialize};

use crate::Amf3;

/// An AMF0 value in JSON form.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Amf0 {
    /// AMF0 2.2.
    Number {
        /// The double, big-endian, hexadecimal. NaNs are all equal.
        bits: String,
        /// The same number for the reader; absent where JSON has none.
        value: Option<f64>,
    },
    /// AMF0 2.3.
    Boolean {
        /// Its value.
        value: bool,
    },
    /// AMF0 2.4, 2.14: the short and the long form alike.
    String {
        /// Text.
        value: String,
        /// The text so many times; absent for once.
        times: Option<usize>,
    },
    /// AMF0 2.5.
    Object {
        /// In the order of the wire.
        properties: Vec<Property>,
    },
    /// AMF0 2.7.
    Null,
    /// AMF0 2.8.
    Undefined,
    /// AMF0 2.9; references are not followed.
    Reference {
        /// Index from 0 of a complex value of the same message.
        index: u16,
    },
    /// AMF0 2.10.
    EcmaArray {
        /// As on the wire, whatever the number of properties.
        count: u32,
        /// In the order of the wire.
        properties: Vec<Property>,
    },
    /// AMF0 2.12.
    StrictArray {
        /// The items.
        items: Vec<Amf0>,
    },
    /// AMF0 2.13.
    Date {
        /// Milliseconds since 1970 as a double, big-endian, hexadecimal.
        bits: String,
        /// The same number for the reader.
        value: Option<f64>,
        /// As on the wire; a reader need not keep it.
        zone: i16,
    },
    /// AMF0 2.15.
    Unsupported,
    /// AMF0 2.17.
    XmlDocument {
        /// Text.
        value: String,
        /// The text so many times; absent for once.
        times: Option<usize>,
    },
    /// AMF0 2.18.
    TypedObject {
        /// Name of the class.
        class: String,
        /// In the order of the wire.
        properties: Vec<Property>,
    },
    /// AMF0 3.1, followed for one value.
    Amf3 {
        /// The value.
        value: Amf3,
    },
    /// AMF0 3.1, unread.
    AvmPlus {
        /// The AMF3 value after 0x11, hexadecimal.
        hex: String,
    },
}

/// A property of an object or an ECMA array.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// Name.
    pub key: String,
    /// The name so many times; absent for once.
    pub key_times: Option<usize>,
    /// Value.
    pub value: Amf0,
}
