//! The bounded decoder.

use alloc::string::String;
use alloc::vec::Vec;

use nom::IResult;
use nom::bytes::complete::take;
use nom::number::complete::{be_f64, be_i16, be_u8, be_u16, be_u32};

use crate::{Error, ErrorKind, Limits, MAX_DEPTH, Value, marker};

/// Decodes the values of one message, one after the other.
#[derive(Debug, Clone)]
pub struct Decoder<'a> {
    input: &'a [u8],
    rest: &'a [u8],
    limits: Limits,
    depth: u32,
    nodes: u32,
    string_bytes: usize,
    /// Complex values that began so far: the size of the reference table.
    complex: u32,
    /// An AMF3 escape took the rest.
    escaped: bool,
    failed: Option<Error>,
}

/// All values of one message.
///
/// # Errors
/// The first error, as [`Decoder::next_value`] finds it.
pub fn decode_all(input: &[u8], limits: &Limits) -> Result<Vec<Value>, Error> {
    let mut decoder = Decoder::new(input, limits);
    let mut values = Vec::new();
    while let Some(value) = decoder.next_value()? {
        values.push(value);
    }
    Ok(values)
}

impl<'a> Decoder<'a> {
    /// A decoder for `input`, the AMF0 part of one message: a type 17 or 15 message without its
    /// format selector byte.
    #[must_use]
    pub fn new(input: &'a [u8], limits: &Limits) -> Self {
        Self {
            input,
            rest: input,
            limits: Limits { depth: limits.depth.min(MAX_DEPTH), ..*limits },
            depth: 0,
            nodes: 0,
            string_bytes: 0,
            complex: 0,
            escaped: false,
            failed: None,
        }
    }

    /// The next value; `None` at the end of the message.
    ///
    /// # Errors
    /// Any [`ErrorKind`]. An error is final: later calls return it again.
    pub fn next_value(&mut self) -> Result<Option<Value>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.value().map(Some).inspect_err(|error| self.failed = Some(*error))
    }

    /// The bytes that are not decoded yet.
    #[must_use]
    pub fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// Number of bytes that are decoded.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    fn value(&mut self) -> Result<Value, Error> {
        let start = self.offset();
        if self.nodes >= self.limits.nodes {
            return Err(Error { kind: ErrorKind::NodeLimit(self.limits.nodes), offset: start });
        }
        self.nodes += 1;
        match self.take(be_u8)? {
            marker::NUMBER => Ok(Value::Number(self.take(be_f64)?)),
            marker::BOOLEAN => Ok(Value::Boolean(self.take(be_u8)? != 0)),
            marker::STRING => Ok(Value::String(self.short_text()?)),
            marker::OBJECT => Ok(Value::Object(self.nested(start, Self::properties)?)),
            marker::NULL => Ok(Value::Null),
            marker::UNDEFINED => Ok(Value::Undefined),
            marker::REFERENCE => self.reference(),
            marker::ECMA_ARRAY => self.nested(start, Self::ecma_array),
            marker::OBJECT_END => Err(Error { kind: ErrorKind::StrayObjectEnd, offset: start }),
            marker::STRICT_ARRAY => Ok(Value::StrictArray(self.nested(start, Self::items)?)),
            marker::DATE => Ok(Value::Date { millis: self.take(be_f64)?, zone: self.take(be_i16)? }),
            marker::LONG_STRING => Ok(Value::String(self.long_text()?)),
            marker::UNSUPPORTED => Ok(Value::Unsupported),
            marker::XML_DOCUMENT => Ok(Value::XmlDocument(self.long_text()?)),
            marker::TYPED_OBJECT => self.nested(start, Self::typed_object),
            marker::AVM_PLUS => self.escape(),
            reserved @ (marker::MOVIE_CLIP | marker::RECORDSET) => {
                Err(Error { kind: ErrorKind::ReservedMarker(reserved), offset: start })
            }
            unknown => Err(Error { kind: ErrorKind::UnknownMarker(unknown), offset: start }),
        }
    }

    /// A complex value enters the reference table before its members are read: they may refer to it.
    fn nested<T>(
        &mut self,
        start: usize,
        content: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.depth >= self.limits.depth {
            return Err(Error { kind: ErrorKind::DepthLimit(self.limits.depth), offset: start });
        }
        self.depth += 1;
        self.complex += 1;
        let content = content(self)?;
        self.depth -= 1;
        Ok(content)
    }

    /// Pairs up to an empty key and 0x09 (AMF0 2.5, 2.11). An empty key before another marker names
    /// a property.
    fn properties(&mut self) -> Result<Vec<(String, Value)>, Error> {
        let mut properties = Vec::new();
        while !self.escaped && !self.object_end() {
            let key = self.short_text()?;
            properties.push((key, self.value()?));
        }
        Ok(properties)
    }

    fn object_end(&mut self) -> bool {
        match self.rest {
            [0, 0, marker::OBJECT_END, rest @ ..] => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Some encoders leave the end marker out when the array ends the message.
    fn ecma_array(&mut self) -> Result<Value, Error> {
        let count = self.take(be_u32)?;
        let mut properties = Vec::new();
        while !self.escaped && !self.rest.is_empty() && !self.object_end() {
            let key = self.short_text()?;
            properties.push((key, self.value()?));
        }
        Ok(Value::EcmaArray { count, properties })
    }

    fn items(&mut self) -> Result<Vec<Value>, Error> {
        let start = self.offset();
        let count = self.take(be_u32)?;
        // Each item takes a byte at least.
        if self.rest.len() < usize::try_from(count).unwrap_or(usize::MAX) {
            return Err(Error { kind: ErrorKind::Truncated, offset: start });
        }
        let mut items = Vec::new();
        for _ in 0..count {
            if self.escaped {
                return Err(Error { kind: ErrorKind::EscapeInsideArray, offset: start });
            }
            items.push(self.value()?);
        }
        Ok(items)
    }

    fn typed_object(&mut self) -> Result<Value, Error> {
        let class = self.short_text()?;
        Ok(Value::TypedObject { class, properties: self.properties()? })
    }

    fn reference(&mut self) -> Result<Value, Error> {
        let offset = self.offset();
        let index = self.take(be_u16)?;
        if u32::from(index) >= self.complex {
            let kind = ErrorKind::ReferenceOutOfRange { index, known: self.complex };
            return Err(Error { kind, offset });
        }
        Ok(Value::Reference(index))
    }

    fn escape(&mut self) -> Result<Value, Error> {
        self.account(self.rest.len())?;
        self.escaped = true;
        Ok(Value::AvmPlus(core::mem::take(&mut self.rest).to_vec()))
    }

    fn short_text(&mut self) -> Result<String, Error> {
        let len = self.take(be_u16)?;
        self.text(usize::from(len))
    }

    fn long_text(&mut self) -> Result<String, Error> {
        let len = self.take(be_u32)?;
        self.text(usize::try_from(len).unwrap_or(usize::MAX))
    }

    fn text(&mut self, len: usize) -> Result<String, Error> {
        let offset = self.offset();
        if self.rest.len() < len {
            return Err(Error { kind: ErrorKind::Truncated, offset });
        }
        self.account(len)?;
        let bytes = self.take(take(len))?;
        let text = core::str::from_utf8(bytes)
            .map_err(|e| Error { kind: ErrorKind::InvalidUtf8, offset: offset + e.valid_up_to() })?;
        Ok(String::from(text))
    }

    fn account(&mut self, len: usize) -> Result<(), Error> {
        let max = self.limits.string_bytes;
        self.string_bytes = self.string_bytes.saturating_add(len);
        if self.string_bytes > max {
            return Err(Error { kind: ErrorKind::StringLimit(max), offset: self.offset() });
        }
        Ok(())
    }

    fn take<T>(&mut self, parser: impl FnOnce(&'a [u8]) -> IResult<&'a [u8], T, ()>) -> Result<T, Error> {
        let (rest, value) =
            parser(self.rest).map_err(|_| Error { kind: ErrorKind::Truncated, offset: self.offset() })?;
        self.rest = rest;
        Ok(value)
    }
}
