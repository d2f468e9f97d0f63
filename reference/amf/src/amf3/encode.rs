//! The encoder of AMF3.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Flex, FlexClass, Object, Opaque, Value, VectorObject, marker, u29};
use crate::{EncodeError, MAX_DEPTH, limits};

/// The longest text and the most items, 2^28 - 1 (AMF3 1.3.2).
const MAX_LEN: u32 = u29::MAX >> 1;

/// Appends one value with tables of its own to `out`.
///
/// # Errors
/// [`EncodeError`]; `out` is then as it was.
pub fn encode(value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let before = out.len();
    let result = Writer::new(0, Expansion { start: before, bytes: 0 }).value(value, out);
    if result.is_err() {
        out.truncate(before);
    }
    result
}

/// A body of AMF3 throughout, whose values share their tables (AMF3 4.1).
///
/// # Errors
/// [`EncodeError`] of the first value that cannot be written.
pub fn encode_all(values: &[Value]) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    let mut writer = Writer::new(0, Expansion::default());
    for value in values {
        writer.value(value, &mut out)?;
    }
    Ok(out)
}

/// Text that a message repeats by reference. A decoder bounds it, so an encoder does.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Expansion {
    /// Where the message starts in the output.
    pub start: usize,
    /// Bytes repeated so far.
    pub bytes: usize,
}

/// Writes values that share tables. Text and traits that occur again are written as references as far as
/// the bound on repeated text allows, objects only where the tree says so.
pub(crate) struct Writer<'v> {
    strings: BTreeMap<Cow<'v, str>, u32>,
    /// Entries of the table of strings: text that is written again takes another.
    string_count: u32,
    traits: BTreeMap<Traits<'v>, u32>,
    trait_count: u32,
    /// Marker of each complex value that began.
    objects: Vec<u8>,
    depth: u32,
    expansion: Expansion,
    /// An opaque object took the rest.
    ended: bool,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Traits<'v> {
    class: &'v str,
    /// `None` for an externalizable class.
    members: Option<Vec<&'v str>>,
    dynamic: bool,
}

impl<'v> Writer<'v> {
    /// A writer inside `depth` containers.
    pub(crate) const fn new(depth: u32, expansion: Expansion) -> Self {
        Self {
            strings: BTreeMap::new(),
            string_count: 0,
            traits: BTreeMap::new(),
            trait_count: 0,
            objects: Vec::new(),
            depth,
            expansion,
            ended: false,
        }
    }

    pub(crate) const fn expansion(&self) -> Expansion {
        self.expansion
    }

    pub(crate) const fn is_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn value(&mut self, value: &'v Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if self.ended {
            return Err(EncodeError::AfterOpaque);
        }
        match value {
            Value::Undefined => out.push(marker::UNDEFINED),
            Value::Null => out.push(marker::NULL),
            Value::Boolean(value) => out.push(if *value { marker::TRUE } else { marker::FALSE }),
            Value::Integer(integer) => match u29::unsigned(*integer) {
                Some(number) => {
                    out.push(marker::INTEGER);
                    u29::write(number, out)?;
                }
                None => double(f64::from(*integer), out),
            },
            Value::Double(number) => double(*number, out),
            Value::String(text) => {
                out.push(marker::STRING);
                self.text(text, out)?;
            }
            Value::Reference(index) => {
                let found = usize::try_from(*index).ok().and_then(|index| self.objects.get(index));
                out.push(*found.ok_or(EncodeError::Amf3ReferenceOutOfRange(*index))?);
                head(*index, 0, out)?;
            }
            Value::MessageReference(index) => return Err(EncodeError::MessageReference(*index)),
            Value::XmlDocument(text) => {
                self.begin(marker::XML_DOCUMENT, text.len(), out)?;
                out.extend_from_slice(text.as_bytes());
            }
            Value::Xml(text) => {
                self.begin(marker::XML, text.len(), out)?;
                out.extend_from_slice(text.as_bytes());
            }
            Value::Date(millis) => {
                self.begin(marker::DATE, 0, out)?;
                out.extend_from_slice(&millis.to_be_bytes());
            }
            Value::ByteArray(bytes) => {
                self.begin(marker::BYTE_ARRAY, bytes.len(), out)?;
                out.extend_from_slice(bytes);
            }
            Value::VectorInt { fixed, items } => {
                self.begin(marker::VECTOR_INT, items.len(), out)?;
                out.push(u8::from(*fixed));
                out.extend(items.iter().flat_map(|item| item.to_be_bytes()));
            }
            Value::VectorUint { fixed, items } => {
                self.begin(marker::VECTOR_UINT, items.len(), out)?;
                out.push(u8::from(*fixed));
                out.extend(items.iter().flat_map(|item| item.to_be_bytes()));
            }
            Value::VectorDouble { fixed, items } => {
                self.begin(marker::VECTOR_DOUBLE, items.len(), out)?;
                out.push(u8::from(*fixed));
                out.extend(items.iter().flat_map(|item| item.to_be_bytes()));
            }
            Value::Array { associative, dense } => return self.array(associative, dense, out),
            Value::Object(object) => return self.object(object, out),
            Value::Flex(flex) => return self.flex(flex, out),
            Value::Opaque(opaque) => return self.opaque(opaque, out),
            Value::VectorObject(vector) => return self.vector_object(vector, out),
            Value::Dictionary { weak, entries } => return self.dictionary(*weak, entries, out),
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), EncodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(EncodeError::TooDeep);
        }
        self.depth += 1;
        Ok(())
    }

    fn array(
        &mut self,
        associative: &'v [(String, Value)],
        dense: &'v [Value],
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        self.enter()?;
        self.begin(marker::ARRAY, dense.len(), out)?;
        self.pairs(associative, out)?;
        dense.iter().try_for_each(|item| self.value(item, out))?;
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, object: &'v Object, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.enter()?;
        let members = object.sealed.iter().map(|(name, _)| name.as_str()).collect();
        let dynamic = object.dynamic.is_some();
        self.traits(Traits { class: &object.class, members: Some(members), dynamic }, out)?;
        object.sealed.iter().try_for_each(|(_, value)| self.value(value, out))?;
        if let Some(members) = &object.dynamic {
            self.pairs(members, out)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn flex(&mut self, flex: &'v Flex, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.enter()?;
        self.traits(Traits { class: flex.class.name(), members: None, dynamic: false }, out)?;
        self.value(&flex.value, out)?;
        self.depth -= 1;
        Ok(())
    }

    fn opaque(&mut self, opaque: &'v Opaque, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if self.depth != 0 {
            return Err(EncodeError::OpaqueInside);
        }
        if FlexClass::of(&opaque.class).is_some() {
            return Err(EncodeError::OpaqueClass);
        }
        self.traits(Traits { class: &opaque.class, members: None, dynamic: false }, out)?;
        out.extend_from_slice(&opaque.bytes);
        self.ended = true;
        Ok(())
    }

    fn vector_object(&mut self, vector: &'v VectorObject, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.enter()?;
        self.begin(marker::VECTOR_OBJECT, vector.items.len(), out)?;
        out.push(u8::from(vector.fixed));
        self.text(&vector.type_name, out)?;
        vector.items.iter().try_for_each(|item| self.value(item, out))?;
        self.depth -= 1;
        Ok(())
    }

    fn dictionary(
        &mut self,
        weak: bool,
        entries: &'v [(Value, Value)],
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        self.enter()?;
        self.begin(marker::DICTIONARY, entries.len(), out)?;
        out.push(u8::from(weak));
        for (key, value) in entries {
            self.key(key, out)?;
            self.value(value, out)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// The head of an object: its traits, or a reference to them (AMF3 3.12).
    fn traits(&mut self, traits: Traits<'v>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.push(marker::OBJECT);
        self.objects.push(marker::OBJECT);
        if let Some(&index) = self.traits.get(&traits) {
            let names = traits.members.iter().flatten().map(|name| name.len()).sum::<usize>();
            if self.repeats(names.saturating_add(traits.class.len()), out) {
                return u29::write(index.checked_mul(4).map_or(u32::MAX, |index| index | 1), out);
            }
        }
        let Some(members) = &traits.members else {
            u29::write(0b111, out)?;
            self.text(traits.class, out)?;
            return self.remember(traits);
        };
        let count = u32::try_from(members.len()).ok().filter(|count| *count <= u29::MAX >> 4);
        let count = count.ok_or(EncodeError::Amf3TooLong(members.len()))?;
        u29::write(count << 4 | u32::from(traits.dynamic) << 3 | 0b011, out)?;
        self.text(traits.class, out)?;
        members.iter().try_for_each(|name| self.text(*name, out))?;
        self.remember(traits)
    }

    fn remember(&mut self, traits: Traits<'v>) -> Result<(), EncodeError> {
        let index = self.trait_count;
        self.trait_count = index.checked_add(1).ok_or(EncodeError::Amf3TooLong(usize::MAX))?;
        self.traits.entry(traits).or_insert(index);
        Ok(())
    }

    /// Named values and the empty name that ends them, which stands there even where none came before
    /// (errata E-53).
    fn pairs(&mut self, pairs: &'v [(String, Value)], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        for (name, value) in pairs {
            if name.is_empty() {
                return Err(EncodeError::EmptyName);
            }
            self.text(name, out)?;
            self.value(value, out)?;
        }
        out.push(0x01);
        Ok(())
    }

    /// An integer as key is written as its decimal text (AMF3 3.16).
    fn key(&mut self, key: &'v Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match key {
            Value::Integer(integer) => {
                out.push(marker::STRING);
                self.text(integer.to_string(), out)
            }
            other => self.value(other, out),
        }
    }

    /// The first half of a new complex value: marker and length.
    fn begin(&mut self, marker: u8, len: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.push(marker);
        self.objects.push(marker);
        length(len, out)
    }

    /// Text, or a reference to it. The empty string is never in the table (AMF3 1.3.2).
    fn text(&mut self, text: impl Into<Cow<'v, str>>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let text = text.into();
        if text.is_empty() {
            out.push(0x01);
            return Ok(());
        }
        if let Some(&index) = self.strings.get(&text)
            && self.repeats(text.len(), out)
        {
            return head(index, 0, out);
        }
        length(text.len(), out)?;
        out.extend_from_slice(text.as_bytes());
        let index = self.string_count;
        self.string_count = index.checked_add(1).ok_or(EncodeError::Amf3TooLong(usize::MAX))?;
        self.strings.entry(text).or_insert(index);
        Ok(())
    }

    /// Whether `len` bytes may be repeated, which are then counted.
    fn repeats(&mut self, len: usize, out: &[u8]) -> bool {
        let bytes = self.expansion.bytes.saturating_add(len);
        let fits = bytes <= limits::expansion(out.len() - self.expansion.start);
        if fits {
            self.expansion.bytes = bytes;
        }
        fits
    }
}

fn double(number: f64, out: &mut Vec<u8>) {
    out.push(marker::DOUBLE);
    out.extend_from_slice(&number.to_be_bytes());
}

fn length(len: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    head(u32::try_from(len).map_err(|_| EncodeError::Amf3TooLong(len))?, 1, out)
}

/// 28 bits and a flag below them.
fn head(number: u32, flag: u32, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if number > MAX_LEN {
        return Err(EncodeError::Amf3TooLong(usize::try_from(number).unwrap_or(usize::MAX)));
    }
    u29::write(number << 1 | flag, out)
}

#[cfg(test)]
mod tests {
    use super::{MAX_LEN, length};
    use crate::EncodeError;

    #[test]
    fn lengths_have_28_bits() {
        let mut out = Vec::new();
        assert_eq!(length(0x0fff_ffff, &mut out), Ok(()));
        assert_eq!(out, [0xff; 4]);
        assert_eq!(length(0x1000_0000, &mut out), Err(EncodeError::Amf3TooLong(0x1000_0000)));
        assert_eq!((out.len(), MAX_LEN), (4, 0x0fff_ffff));
    }
}
