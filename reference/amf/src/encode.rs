//! The encoder of AMF0.

use alloc::string::String;
use alloc::vec::Vec;

use crate::amf3::Expansion;
use crate::{EncodeError, MAX_DEPTH, TypedObject, Value, amf3, marker};

/// Room for the encoded values of most commands, in bytes.
const ROOM: usize = 512;

/// Appends one value to `out`. References are written as they are, because the values before this
/// one are not known here; [`encode_all`] checks them.
///
/// # Errors
/// [`EncodeError`]; `out` is then as it was.
pub fn encode(value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let before = out.len();
    let expansion = Expansion { start: before, bytes: 0 };
    let mut encoder = Encoder { out, depth: 0, complex: u32::MAX, expansion, ended: false };
    let result = encoder.value(value);
    if result.is_err() {
        out.truncate(before);
    }
    result
}

/// The values of one whole message, with its references checked.
///
/// # Errors
/// [`EncodeError`] of the first value that cannot be written.
pub fn encode_all(values: &[Value]) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(ROOM);
    let mut encoder =
        Encoder { out: &mut out, depth: 0, complex: 0, expansion: Expansion::default(), ended: false };
    for value in values {
        if encoder.ended {
            return Err(EncodeError::AfterOpaque);
        }
        encoder.value(value)?;
    }
    Ok(out)
}

struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    depth: u32,
    /// Complex values that began so far; the maximum where the message is not known.
    complex: u32,
    expansion: Expansion,
    /// An opaque AMF3 object took the rest. That happens in no container.
    ended: bool,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value) -> Result<(), EncodeError> {
        match value {
            Value::Number(number) => {
                let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
                self.out.extend_from_slice(&[marker::NUMBER, a, b, c, d, e, f, g, h]);
            }
            Value::Boolean(value) => self.out.extend_from_slice(&[marker::BOOLEAN, u8::from(*value)]),
            Value::String(text) => return self.string(text),
            Value::Null => self.out.push(marker::NULL),
            Value::Undefined => self.out.push(marker::UNDEFINED),
            Value::Unsupported => self.out.push(marker::UNSUPPORTED),
            Value::Object(properties) => {
                self.enter()?;
                self.out.push(marker::OBJECT);
                return self.properties(properties);
            }
            Value::EcmaArray { count, properties } => {
                self.enter()?;
                let [a, b, c, d] = count.to_be_bytes();
                self.out.extend_from_slice(&[marker::ECMA_ARRAY, a, b, c, d]);
                return self.properties(properties);
            }
            Value::Reference(index) => return self.reference(*index),
            Value::StrictArray(items) => return self.strict_array(items),
            Value::Date { millis, zone } => self.date(*millis, *zone),
            Value::XmlDocument(text) => {
                self.out.push(marker::XML_DOCUMENT);
                return self.long_text(text);
            }
            Value::TypedObject(object) => return self.typed_object(object),
            Value::AvmPlus(value) => return self.avm_plus(value),
        }
        Ok(())
    }

    #[inline(never)]
    fn reference(&mut self, index: u16) -> Result<(), EncodeError> {
        if u32::from(index) >= self.complex {
            return Err(EncodeError::ReferenceOutOfRange(index));
        }
        self.out.push(marker::REFERENCE);
        self.out.extend_from_slice(&index.to_be_bytes());
        Ok(())
    }

    #[inline(never)]
    fn strict_array(&mut self, items: &[Value]) -> Result<(), EncodeError> {
        self.enter()?;
        self.out.push(marker::STRICT_ARRAY);
        self.length(items.len())?;
        items.iter().try_for_each(|item| self.value(item))?;
        self.depth -= 1;
        Ok(())
    }

    #[inline(never)]
    fn date(&mut self, millis: f64, zone: i16) {
        self.out.push(marker::DATE);
        self.out.extend_from_slice(&millis.to_be_bytes());
        self.out.extend_from_slice(&zone.to_be_bytes());
    }

    #[inline(never)]
    fn typed_object(&mut self, object: &TypedObject) -> Result<(), EncodeError> {
        self.enter()?;
        self.out.push(marker::TYPED_OBJECT);
        self.short_text(&object.class)?;
        self.properties(&object.properties)
    }

    fn enter(&mut self) -> Result<(), EncodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(EncodeError::TooDeep);
        }
        self.depth += 1;
        self.complex = self.complex.saturating_add(1);
        Ok(())
    }

    fn properties(&mut self, properties: &[(String, Value)]) -> Result<(), EncodeError> {
        for (key, value) in properties {
            self.short_text(key)?;
            self.value(value)?;
        }
        self.out.extend_from_slice(&[0, 0, marker::OBJECT_END]);
        self.depth -= 1;
        Ok(())
    }

    /// One value with tables of its own (errata E-29).
    #[inline(never)]
    fn avm_plus(&mut self, value: &amf3::Value) -> Result<(), EncodeError> {
        self.out.push(marker::AVM_PLUS);
        let mut writer = amf3::Writer::new(self.depth, self.expansion);
        writer.value(value, self.out)?;
        self.expansion = writer.expansion();
        self.ended = writer.is_ended();
        Ok(())
    }

    #[inline]
    fn string(&mut self, text: &str) -> Result<(), EncodeError> {
        if let Ok(len) = u16::try_from(text.len()) {
            let [a, b] = len.to_be_bytes();
            self.out.extend_from_slice(&[marker::STRING, a, b]);
            self.out.extend_from_slice(text.as_bytes());
        } else {
            self.out.push(marker::LONG_STRING);
            self.long_text(text)?;
        }
        Ok(())
    }

    #[inline]
    fn short_text(&mut self, text: &str) -> Result<(), EncodeError> {
        let len = u16::try_from(text.len()).map_err(|_| EncodeError::NameTooLong(text.len()))?;
        self.out.extend_from_slice(&len.to_be_bytes());
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn long_text(&mut self, text: &str) -> Result<(), EncodeError> {
        self.length(text.len())?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn length(&mut self, len: usize) -> Result<(), EncodeError> {
        let len = u32::try_from(len).map_err(|_| EncodeError::TooLong(len))?;
        self.out.extend_from_slice(&len.to_be_bytes());
        Ok(())
    }
}
