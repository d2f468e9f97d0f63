//! The encoder.

use alloc::string::String;
use alloc::vec::Vec;

use crate::{EncodeError, MAX_DEPTH, Value, marker};

/// Appends one value to `out`. References are written as they are, because the values before this
/// one are not known here; [`encode_all`] checks them.
///
/// # Errors
/// [`EncodeError`]; `out` is then as it was.
pub fn encode(value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let before = out.len();
    let mut encoder = Encoder { out, depth: 0, complex: None, escaped: false };
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
    let mut out = Vec::new();
    let mut encoder = Encoder { out: &mut out, depth: 0, complex: Some(0), escaped: false };
    for value in values {
        encoder.value(value)?;
    }
    Ok(out)
}

struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    depth: u32,
    /// Complex values that began so far, where the whole message is known.
    complex: Option<u32>,
    escaped: bool,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value) -> Result<(), EncodeError> {
        if self.escaped {
            return Err(EncodeError::AfterEscape);
        }
        let levels = u32::from(value.is_complex());
        if self.depth + levels > MAX_DEPTH {
            return Err(EncodeError::TooDeep);
        }
        self.depth += levels;
        self.complex = self.complex.map(|count| count.saturating_add(levels));
        self.content(value)?;
        self.depth -= levels;
        Ok(())
    }

    fn content(&mut self, value: &Value) -> Result<(), EncodeError> {
        match value {
            Value::Number(number) => {
                self.out.push(marker::NUMBER);
                self.out.extend(number.to_be_bytes());
            }
            Value::Boolean(value) => self.out.extend([marker::BOOLEAN, u8::from(*value)]),
            Value::String(text) => return self.string(text),
            Value::Object(properties) => {
                self.out.push(marker::OBJECT);
                return self.properties(properties);
            }
            Value::Null => self.out.push(marker::NULL),
            Value::Undefined => self.out.push(marker::UNDEFINED),
            Value::Reference(index) => {
                if self.complex.is_some_and(|count| u32::from(*index) >= count) {
                    return Err(EncodeError::ReferenceOutOfRange(*index));
                }
                self.out.push(marker::REFERENCE);
                self.out.extend(index.to_be_bytes());
            }
            Value::EcmaArray { count, properties } => {
                self.out.push(marker::ECMA_ARRAY);
                self.out.extend(count.to_be_bytes());
                return self.properties(properties);
            }
            Value::StrictArray(items) => {
                self.out.push(marker::STRICT_ARRAY);
                self.length(items.len())?;
                return items.iter().try_for_each(|item| self.value(item));
            }
            Value::Date { millis, zone } => {
                self.out.push(marker::DATE);
                self.out.extend(millis.to_be_bytes());
                self.out.extend(zone.to_be_bytes());
            }
            Value::Unsupported => self.out.push(marker::UNSUPPORTED),
            Value::XmlDocument(text) => {
                self.out.push(marker::XML_DOCUMENT);
                return self.long_text(text);
            }
            Value::TypedObject { class, properties } => {
                self.out.push(marker::TYPED_OBJECT);
                self.short_text(class)?;
                return self.properties(properties);
            }
            Value::AvmPlus(bytes) => {
                self.escaped = true;
                self.out.push(marker::AVM_PLUS);
                self.out.extend(bytes);
            }
        }
        Ok(())
    }

    /// An AMF3 escape that ends the list holds the end of the list too.
    fn properties(&mut self, properties: &[(String, Value)]) -> Result<(), EncodeError> {
        for (key, value) in properties {
            if self.escaped {
                return Err(EncodeError::AfterEscape);
            }
            self.short_text(key)?;
            self.value(value)?;
        }
        if !self.escaped {
            self.out.extend([0, 0, marker::OBJECT_END]);
        }
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<(), EncodeError> {
        if u16::try_from(text.len()).is_ok() {
            self.out.push(marker::STRING);
            self.short_text(text)
        } else {
            self.out.push(marker::LONG_STRING);
            self.long_text(text)
        }
    }

    fn short_text(&mut self, text: &str) -> Result<(), EncodeError> {
        let len = u16::try_from(text.len()).map_err(|_| EncodeError::NameTooLong(text.len()))?;
        self.out.extend(len.to_be_bytes());
        self.out.extend(text.as_bytes());
        Ok(())
    }

    fn long_text(&mut self, text: &str) -> Result<(), EncodeError> {
        self.length(text.len())?;
        self.out.extend(text.as_bytes());
        Ok(())
    }

    fn length(&mut self, len: usize) -> Result<(), EncodeError> {
        self.out.extend(u32::try_from(len).map_err(|_| EncodeError::TooLong(len))?.to_be_bytes());
        Ok(())
    }
}
