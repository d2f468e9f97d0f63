//! The bounded decoder of AMF0.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::amf3::{Reader, Tables};
use crate::cursor::{Cursor, Stop};
use crate::limits::ANNOUNCED;
use crate::tree::{Properties, Tree};
use crate::{Error, ErrorKind, Limits, Value, ValueRef, amf3, marker};

/// Values for which [`decode_all`] makes room ahead: a command has seldom more.
const ROOM: usize = 6;

/// Containers of a message for whose properties room is made ahead: guessing wrong costs memory.
const GUESSED_CONTAINERS: u32 = 4;

/// The most that is allocated ahead of properties, in bytes: allocators serve small blocks faster.
const GUESSED_BYTES: usize = 1008;

/// The most properties for which room is made ahead because a count announces them.
const ANNOUNCED_PROPERTIES: usize = 32;

/// Decodes the values of one message, one after the other.
#[derive(Debug, Clone)]
pub struct Decoder<'a> {
    cursor: Cursor<'a>,
    /// Complex values that began so far: the size of the reference table.
    complex: u32,
    keep_opaque: bool,
    amf3: Option<Box<Amf3<'a>>>,
}

/// The AMF3 side of a message.
#[derive(Debug, Clone, Default)]
struct Amf3<'a> {
    tables: Tables<'a>,
    /// The message was found to refer from one 0x11 value into an earlier one (errata E-29).
    shared: bool,
}

/// All values of one message.
///
/// # Errors
/// The first error, as [`Decoder::next_value`] finds it.
pub fn decode_all(input: &[u8], limits: &Limits) -> Result<Vec<Value>, Error> {
    Decoder::new(input, limits).all()
}

/// All values of one message, with their text lent from `input`.
///
/// # Errors
/// The same errors as [`decode_all`] on the same input.
pub fn decode_all_ref<'a>(input: &'a [u8], limits: &Limits) -> Result<Vec<ValueRef<'a>>, Error> {
    Decoder::new(input, limits).all()
}

impl<'a> Decoder<'a> {
    /// A decoder for `input`, the AMF0 part of one message: a type 17 or 15 message without its
    /// format selector byte.
    #[must_use]
    pub fn new(input: &'a [u8], limits: &Limits) -> Self {
        Self { cursor: Cursor::new(input, limits), complex: 0, keep_opaque: false, amf3: None }
    }

    /// Takes an AMF3 object of an unknown externalizable class as [`amf3::Value::Opaque`], which is the
    /// rest of the message, where it stands in no container. Without this it is an error (AMF3 3.12).
    #[must_use]
    pub fn keep_opaque(mut self) -> Self {
        self.keep_opaque = true;
        self
    }

    /// The next value; `None` at the end of the message.
    ///
    /// # Errors
    /// Any [`ErrorKind`]. An error is final: later calls return it again.
    pub fn next_value(&mut self) -> Result<Option<Value>, Error> {
        self.next()
    }

    /// The next value with its text lent from the input; `None` at the end of the message. Takes the
    /// same inputs and the same limits as [`Decoder::next_value`].
    ///
    /// # Errors
    /// Any [`ErrorKind`]. An error is final: later calls return it again.
    pub fn next_value_ref(&mut self) -> Result<Option<ValueRef<'a>>, Error> {
        self.next()
    }

    /// The bytes that are not decoded yet.
    #[must_use]
    pub fn remaining(&self) -> &'a [u8] {
        self.cursor.rest()
    }

    /// Number of bytes that are decoded.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    #[inline]
    fn next<V: Tree<'a>>(&mut self) -> Result<Option<V>, Error> {
        if let Some(error) = self.cursor.error() {
            return Err(error);
        }
        if self.cursor.rest().is_empty() {
            return Ok(None);
        }
        self.value().map(Some).map_err(|Stop| self.cursor.stopped())
    }

    #[inline]
    fn all<V: Tree<'a>>(mut self) -> Result<Vec<V>, Error> {
        let mut values = Vec::with_capacity(self.cursor.rest().len().min(ROOM));
        while !self.cursor.rest().is_empty() {
            values.push(self.value().map_err(|Stop| self.cursor.stopped())?);
        }
        Ok(values)
    }

    /// Plain values in line, so that the loops over properties make no calls for them.
    #[inline(always)]
    fn value<V: Tree<'a>>(&mut self) -> Result<V, Stop> {
        self.cursor.node()?;
        match self.cursor.u8()? {
            marker::NUMBER => Ok(V::number(self.cursor.f64()?)),
            marker::BOOLEAN => Ok(V::boolean(self.cursor.u8()? != 0)),
            marker::STRING => Ok(V::string(self.short_text()?)),
            marker::NULL => Ok(V::NULL),
            other => self.other(other),
        }
    }

    /// Containers, and what commands and metadata seldom hold.
    #[inline(never)]
    fn other<V: Tree<'a>>(&mut self, marker: u8) -> Result<V, Stop> {
        let start = self.cursor.offset() - 1;
        match marker {
            marker::OBJECT => Ok(V::object(self.object::<V>()?)),
            marker::ECMA_ARRAY => self.ecma_array(),
            marker::UNDEFINED => Ok(V::UNDEFINED),
            marker::REFERENCE => self.reference(),
            marker::OBJECT_END => self.cursor.fail(ErrorKind::StrayObjectEnd, start),
            marker::STRICT_ARRAY => self.strict_array(),
            marker::DATE => {
                let millis = self.cursor.f64()?;
                Ok(V::date(millis, i16::from_be_bytes(self.cursor.array()?)))
            }
            marker::LONG_STRING => Ok(V::string(self.long_text()?)),
            marker::UNSUPPORTED => Ok(V::UNSUPPORTED),
            marker::XML_DOCUMENT => Ok(V::xml_document(self.long_text()?)),
            marker::TYPED_OBJECT => self.typed_object(),
            marker::AVM_PLUS => self.avm_plus().map(V::avm_plus),
            marker::MOVIE_CLIP | marker::RECORDSET => {
                self.cursor.fail(ErrorKind::ReservedMarker(marker), start)
            }
            unknown => self.cursor.fail(ErrorKind::UnknownMarker(unknown), start),
        }
    }

    /// A complex value enters the reference table before its members are read: they may refer to it.
    #[inline]
    fn enter(&mut self) -> Result<(), Stop> {
        self.cursor.enter(self.cursor.offset() - 1)?;
        self.complex += 1;
        Ok(())
    }

    fn object<V: Tree<'a>>(&mut self) -> Result<Properties<'a, V>, Stop> {
        self.enter()?;
        let mut properties = self.room::<V>(None);
        while !self.cursor.object_end() {
            self.property(&mut properties)?;
        }
        self.cursor.leave();
        Ok(properties)
    }

    /// Some encoders leave the end marker out when the array ends the message.
    fn ecma_array<V: Tree<'a>>(&mut self) -> Result<V, Stop> {
        self.enter()?;
        let count = self.cursor.u32()?;
        let mut properties = self.room::<V>(Some(count));
        while !self.cursor.rest().is_empty() && !self.cursor.object_end() {
            self.property(&mut properties)?;
        }
        self.cursor.leave();
        Ok(V::ecma_array(count, properties))
    }

    fn typed_object<V: Tree<'a>>(&mut self) -> Result<V, Stop> {
        self.enter()?;
        let class = self.short_text()?;
        let mut properties = Vec::new();
        while !self.cursor.object_end() {
            self.property(&mut properties)?;
        }
        self.cursor.leave();
        Ok(V::typed_object(class, properties))
    }

    /// Pairs go up to an empty key and 0x09 (AMF0 2.5, 2.11). An empty key before another marker names a
    /// property.
    #[inline(always)]
    fn property<V: Tree<'a>>(&mut self, properties: &mut Properties<'a, V>) -> Result<(), Stop> {
        let key = V::text(self.short_text()?);
        properties.push((key, self.value()?));
        Ok(())
    }

    /// Room for the properties of the first containers: as many as announced, or by a guess from the bytes
    /// that are left.
    #[inline]
    fn room<V: Tree<'a>>(&self, announced: Option<u32>) -> Properties<'a, V> {
        let rest = self.cursor.rest().len();
        if self.complex > GUESSED_CONTAINERS || rest < 8 {
            return Vec::new();
        }
        // A property takes three bytes at least.
        let announced = announced.and_then(|count| usize::try_from(count).ok());
        Vec::with_capacity(match announced.filter(|count| *count <= ANNOUNCED_PROPERTIES.min(rest / 3)) {
            Some(count) => count,
            None => (rest / 16).clamp(1, GUESSED_BYTES / size_of::<(V::Text, V)>()),
        })
    }

    fn strict_array<V: Tree<'a>>(&mut self) -> Result<V, Stop> {
        self.enter()?;
        let count = self.cursor.u32()?;
        // Each item takes a byte at least.
        let mut items = Vec::with_capacity(self.cursor.require(count, 1)?.min(ANNOUNCED));
        for _ in 0..count {
            items.push(self.value()?);
        }
        self.cursor.leave();
        Ok(V::strict_array(items))
    }

    fn reference<V: Tree<'a>>(&mut self) -> Result<V, Stop> {
        let offset = self.cursor.offset();
        let index = self.cursor.u16()?;
        if u32::from(index) >= self.complex {
            return self.cursor.fail(ErrorKind::ReferenceOutOfRange { index, known: self.complex }, offset);
        }
        Ok(V::reference(index))
    }

    #[inline(always)]
    fn short_text(&mut self) -> Result<&'a str, Stop> {
        let len = self.cursor.u16()?;
        self.text(usize::from(len))
    }

    fn long_text(&mut self) -> Result<&'a str, Stop> {
        let len = self.cursor.u32()?;
        self.text(usize::try_from(len).unwrap_or(usize::MAX))
    }

    #[inline(always)]
    fn text(&mut self, len: usize) -> Result<&'a str, Stop> {
        let text = self.cursor.text(len)?;
        self.cursor.account(len)?;
        Ok(text)
    }

    /// One AMF3 value (AMF0 3.1). Its references mean its own tables; where that leads to nothing, those
    /// of the message's AMF3 values so far (errata E-29), and then for the rest of the message.
    #[inline(never)]
    fn avm_plus(&mut self) -> Result<amf3::Value, Stop> {
        let amf3 = self.amf3.get_or_insert_default();
        let before = self.cursor.clone();
        let mark = amf3.tables.mark();
        let mut reader = Reader::new(&mut self.cursor, &mut amf3.tables, self.keep_opaque);
        if amf3.shared {
            return reader.share().value();
        }
        let result = reader.value();
        if result.is_ok() || mark.is_empty() || !self.cursor.is_dangling() {
            return result;
        }
        let failed = core::mem::replace(&mut self.cursor, before);
        amf3.tables.truncate(mark);
        let again = Reader::new(&mut self.cursor, &mut amf3.tables, self.keep_opaque).share().value();
        match again {
            Ok(value) => {
                amf3.shared = true;
                Ok(value)
            }
            Err(stop) => {
                self.cursor = failed;
                Err(stop)
            }
        }
    }
}
