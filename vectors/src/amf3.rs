use serde::{Deserialize, Serialize};

/// An AMF3 value in JSON form.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Amf3 {
    /// AMF3 3.2.
    Undefined,
    /// AMF3 3.3.
    Null,
    /// AMF3 3.4, 3.5.
    Boolean {
        /// Its value.
        value: bool,
    },
    /// AMF3 3.6.
    Integer {
        /// From -2^28 to 2^28 - 1.
        value: i32,
    },
    /// AMF3 3.7.
    Double {
        /// The double, big-endian, hexadecimal. NaNs are all equal.
        bits: String,
        /// The same number for the reader; absent where JSON has none.
        value: Option<f64>,
    },
    /// AMF3 3.8; references are followed.
    String {
        /// Text.
        value: String,
        /// The text so many times; absent for once.
        times: Option<usize>,
    },
    /// AMF3 3.9.
    XmlDocument {
        /// Text.
        value: String,
        /// The text so many times; absent for once.
        times: Option<usize>,
    },
    /// AMF3 3.10.
    Date {
        /// Milliseconds since 1970 as a double, big-endian, hexadecimal.
        bits: String,
        /// The same number for the reader.
        value: Option<f64>,
    },
    /// AMF3 3.11.
    Array {
        /// Named members in the order of the wire.
        associative: Vec<Member>,
        /// The others.
        dense: Vec<Amf3>,
    },
    /// AMF3 3.12; references to traits are followed.
    Object {
        /// Name of the class, empty for none.
        class: String,
        /// Whether dynamic members can follow.
        dynamic: bool,
        /// Sealed members.
        sealed: Vec<Member>,
        /// Dynamic members in the order of the wire.
        members: Vec<Member>,
    },
    /// AMF3 3.12: an object that only its class can read.
    Externalizable {
        /// Name of the class.
        class: String,
        /// All bytes after the traits, hexadecimal, where they are unread.
        hex: Option<String>,
        /// The one value in it, where the class is known to hold one.
        value: Option<Box<Amf3>>,
    },
    /// AMF3 3.13.
    Xml {
        /// Text.
        value: String,
        /// The text so many times; absent for once.
        times: Option<usize>,
    },
    /// AMF3 3.14.
    ByteArray {
        /// Hexadecimal.
        hex: String,
    },
    /// AMF3 3.15.
    VectorInt {
        /// Whether the length is fixed.
        fixed: bool,
        /// The items.
        items: Vec<i32>,
    },
    /// AMF3 3.15.
    VectorUint {
        /// Whether the length is fixed.
        fixed: bool,
        /// The items.
        items: Vec<u32>,
    },
    /// AMF3 3.15.
    VectorDouble {
        /// Whether the length is fixed.
        fixed: bool,
        /// Doubles, big-endian, hexadecimal.
        items: Vec<String>,
    },
    /// AMF3 3.15.
    VectorObject {
        /// Whether the length is fixed.
        fixed: bool,
        /// Name of the type.
        class: String,
        /// The items.
        items: Vec<Amf3>,
    },
    /// AMF3 3.16.
    Dictionary {
        /// Whether keys are held weakly.
        weak: bool,
        /// In the order of the wire.
        entries: Vec<Entry>,
    },
    /// AMF3 2.2: references to objects are not followed.
    Reference {
        /// Index from 0 of the object table.
        index: u32,
    },
}

/// A named member.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Name.
    pub key: String,
    /// Value.
    pub value: Amf3,
}

/// An entry of a dictionary.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Key.
    pub key: Amf3,
    /// Value.
    pub value: Amf3,
}
