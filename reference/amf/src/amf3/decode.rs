//! The bounded decoder of AMF3.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::tables::{Mark, Tables, Traits};
use super::{Flex, FlexClass, Object, Opaque, Value, VectorObject, marker, u29};
use crate::cursor::{Cursor, Stop};
use crate::limits::ANNOUNCED;
use crate::{Amf3Table, ClassName, Error, ErrorKind, Limits};

/// Decodes the values of a body of AMF3 throughout. They share their tables (AMF3 4.1).
#[derive(Debug, Clone)]
pub struct Decoder<'a> {
    cursor: Cursor<'a>,
    tables: Tables<'a>,
    keep_opaque: bool,
}

/// All values of a body of AMF3 throughout.
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
    /// A decoder for `input`, without any AMF0 before it.
    #[must_use]
    pub fn new(input: &'a [u8], limits: &Limits) -> Self {
        Self { cursor: Cursor::new(input, limits), tables: Tables::default(), keep_opaque: false }
    }

    /// Takes an object of an unknown externalizable class as [`Value::Opaque`], which is the rest of the
    /// input, where it stands in no container. Without this it is an error (AMF3 3.12).
    #[must_use]
    pub fn keep_opaque(mut self) -> Self {
        self.keep_opaque = true;
        self
    }

    /// The next value; `None` at the end of the input.
    ///
    /// # Errors
    /// Any [`ErrorKind`] but those of AMF0 markers and references. An error is final: later calls return
    /// it again.
    pub fn next_value(&mut self) -> Result<Option<Value>, Error> {
        if let Some(error) = self.cursor.error() {
            return Err(error);
        }
        if self.cursor.rest().is_empty() {
            return Ok(None);
        }
        let value = Reader::new(&mut self.cursor, &mut self.tables, self.keep_opaque).own().value();
        value.map(Some).map_err(|Stop| self.cursor.stopped())
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
}

/// Reads AMF3 values at a cursor.
pub(crate) struct Reader<'r, 'a> {
    cursor: &'r mut Cursor<'a>,
    tables: &'r mut Tables<'a>,
    keep_opaque: bool,
    /// Index 0 of references is this entry of the tables.
    base: Mark,
    /// First entry of the object table that a [`Value::Reference`] can mean.
    first: u32,
}

/// What stands in the place of a length: a reference to an earlier complex value, or the upper 28 bits.
enum Head {
    Reference(Value),
    Inline(u32),
}

impl<'r, 'a> Reader<'r, 'a> {
    /// A reader whose references mean entries from here on.
    pub(crate) fn new(cursor: &'r mut Cursor<'a>, tables: &'r mut Tables<'a>, keep_opaque: bool) -> Self {
        let base = tables.mark();
        Self { cursor, tables, keep_opaque, base, first: base.objects }
    }

    /// References mean all entries; those to objects before this value are told from the others.
    pub(crate) fn share(mut self) -> Self {
        self.base = Mark::default();
        self
    }

    /// References mean all entries, which belong to this value too.
    fn own(mut self) -> Self {
        self.base = Mark::default();
        self.first = 0;
        self
    }

    pub(crate) fn value(&mut self) -> Result<Value, Stop> {
        self.cursor.node()?;
        let start = self.cursor.offset();
        match self.cursor.u8()? {
            marker::UNDEFINED => Ok(Value::Undefined),
            marker::NULL => Ok(Value::Null),
            marker::FALSE => Ok(Value::Boolean(false)),
            marker::TRUE => Ok(Value::Boolean(true)),
            marker::INTEGER => Ok(Value::Integer(u29::signed(self.u29()?))),
            marker::DOUBLE => Ok(Value::Double(self.cursor.f64()?)),
            marker::STRING => {
                let text = self.string()?;
                Ok(Value::String(self.keep(text)?))
            }
            marker::OBJECT => self.object(start),
            marker::ARRAY => self.array(start),
            marker::VECTOR_OBJECT => self.vector_object(start),
            marker::DICTIONARY => self.dictionary(start),
            complex @ marker::XML_DOCUMENT..=marker::VECTOR_DOUBLE => self.plain(complex),
            unknown => self.cursor.fail(ErrorKind::UnknownAmf3Marker(unknown), start),
        }
    }

    /// Complex values that contain no others.
    #[inline(never)]
    fn plain(&mut self, marker: u8) -> Result<Value, Stop> {
        let count = match self.head()? {
            Head::Reference(value) => return Ok(value),
            Head::Inline(count) => count,
        };
        Ok(match marker {
            // The bits beside the flag are unused (AMF3 3.10).
            marker::DATE => Value::Date(self.cursor.f64()?),
            marker::XML_DOCUMENT => Value::XmlDocument(self.long_text(count)?),
            marker::XML => Value::Xml(self.long_text(count)?),
            marker::VECTOR_INT => {
                let fixed = self.cursor.u8()? != 0;
                let items = self.fixed_width::<4, _>(count, i32::from_be_bytes)?;
                Value::VectorInt { fixed, items }
            }
            marker::VECTOR_UINT => {
                let fixed = self.cursor.u8()? != 0;
                let items = self.fixed_width::<4, _>(count, u32::from_be_bytes)?;
                Value::VectorUint { fixed, items }
            }
            marker::VECTOR_DOUBLE => {
                let fixed = self.cursor.u8()? != 0;
                let items = self.fixed_width::<8, _>(count, f64::from_be_bytes)?;
                Value::VectorDouble { fixed, items }
            }
            _ => Value::ByteArray(self.fixed_width::<1, _>(count, |[byte]| byte)?),
        })
    }

    fn fixed_width<const N: usize, T>(
        &mut self,
        count: u32,
        item: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, Stop> {
        let len = self.cursor.require(count, N)?;
        self.cursor.account(len)?;
        Ok(self.cursor.bytes(len)?.as_chunks().0.iter().map(|chunk| item(*chunk)).collect())
    }

    /// XML is in the object table and never in that of the strings (AMF3 3.9, 3.13).
    fn long_text(&mut self, len: u32) -> Result<String, Stop> {
        let len = self.cursor.require(len, 1)?;
        self.cursor.account(len)?;
        Ok(self.cursor.text(len)?.into())
    }

    fn array(&mut self, start: usize) -> Result<Value, Stop> {
        let count = match self.head()? {
            Head::Reference(value) => return Ok(value),
            Head::Inline(count) => count,
        };
        self.cursor.enter(start)?;
        let associative = self.pairs()?;
        let dense = self.items(count)?;
        self.cursor.leave();
        Ok(Value::Array { associative, dense })
    }

    fn vector_object(&mut self, start: usize) -> Result<Value, Stop> {
        let count = match self.head()? {
            Head::Reference(value) => return Ok(value),
            Head::Inline(count) => count,
        };
        self.cursor.enter(start)?;
        let fixed = self.cursor.u8()? != 0;
        let type_name = self.string()?;
        let type_name = self.keep(type_name)?;
        let items = self.items(count)?;
        self.cursor.leave();
        Ok(Value::VectorObject(Box::new(VectorObject { fixed, type_name, items })))
    }

    fn dictionary(&mut self, start: usize) -> Result<Value, Stop> {
        let count = match self.head()? {
            Head::Reference(value) => return Ok(value),
            Head::Inline(count) => count,
        };
        self.cursor.enter(start)?;
        let weak = self.cursor.u8()? != 0;
        let least = self.cursor.require(count, 2)?;
        let mut entries = Vec::with_capacity((least / 2).min(ANNOUNCED));
        for _ in 0..count {
            entries.push((self.value()?, self.value()?));
        }
        self.cursor.leave();
        Ok(Value::Dictionary { weak, entries })
    }

    /// Each item takes a byte at least.
    fn items(&mut self, count: u32) -> Result<Vec<Value>, Stop> {
        let mut items = Vec::with_capacity(self.cursor.require(count, 1)?.min(ANNOUNCED));
        for _ in 0..count {
            items.push(self.value()?);
        }
        Ok(items)
    }

    /// Named values up to an empty name.
    fn pairs(&mut self) -> Result<Vec<(String, Value)>, Stop> {
        let mut pairs = Vec::new();
        loop {
            let name = self.string()?;
            if name.0.is_empty() {
                return Ok(pairs);
            }
            pairs.push((self.keep(name)?, self.value()?));
        }
    }

    /// The low bits tell what follows: 0 a reference, 01 a reference to traits, 011 traits, 111 traits of
    /// an externalizable class (AMF3 3.12).
    fn object(&mut self, start: usize) -> Result<Value, Stop> {
        let at = self.cursor.offset();
        let head = self.u29()?;
        if head & 1 == 0 {
            return self.reference(head >> 1, at);
        }
        let repeated = head & 2 == 0;
        let index = if repeated { self.known_traits(head >> 2, at)? } else { self.new_traits(head)? };
        self.complex();
        self.cursor.enter(start)?;
        let traits = self.tables.traits[index].clone();
        let value = if traits.externalizable {
            self.external(traits.class, repeated, start)?
        } else {
            let class = self.keep((traits.class, repeated))?;
            let count = u32::try_from(traits.members.len()).unwrap_or(u32::MAX);
            let mut sealed = Vec::with_capacity(self.cursor.require(count, 1)?.min(ANNOUNCED));
            for member in traits.members {
                let name = self.keep((self.tables.members[member], repeated))?;
                sealed.push((name, self.value()?));
            }
            let dynamic = if traits.dynamic { Some(self.pairs()?) } else { None };
            Value::Object(Box::new(Object { class, sealed, dynamic }))
        };
        self.cursor.leave();
        Ok(value)
    }

    /// The index in the table of traits that index `index` on the wire means.
    fn known_traits(&mut self, index: u32, at: usize) -> Result<usize, Stop> {
        let found = usize::try_from(index).ok().and_then(|index| index.checked_add(self.base.traits));
        match found.filter(|found| *found < self.tables.traits.len()) {
            Some(found) => Ok(found),
            None => self.dangling(Amf3Table::Traits, index, self.tables.traits.len() - self.base.traits, at),
        }
    }

    fn new_traits(&mut self, head: u32) -> Result<usize, Stop> {
        let index = self.tables.traits.len();
        self.cursor.table_room(index)?;
        let externalizable = head & 4 != 0;
        let class = self.trait_name()?;
        let first = self.tables.members.len();
        if !externalizable {
            let count = head >> 4;
            self.cursor.require(count, 1)?;
            for _ in 0..count {
                self.cursor.table_room(self.tables.members.len())?;
                let name = self.trait_name()?;
                self.tables.members.push(name);
            }
        }
        let members = first..self.tables.members.len();
        self.tables.traits.push(Traits { class, members, dynamic: head & 8 != 0, externalizable });
        Ok(index)
    }

    fn external(&mut self, class: &'a str, repeated: bool, start: usize) -> Result<Value, Stop> {
        if let Some(class) = FlexClass::of(class) {
            return Ok(Value::Flex(Box::new(Flex { class, value: self.value()? })));
        }
        if !self.keep_opaque || self.cursor.depth() != 1 {
            return self.cursor.fail(ErrorKind::UnknownExternalizable(ClassName::new(class)), start);
        }
        let class = self.keep((class, repeated))?;
        self.cursor.account(self.cursor.rest().len())?;
        Ok(Value::Opaque(Box::new(Opaque { class, bytes: self.cursor.take_rest().to_vec() })))
    }

    /// A new complex value enters the object table before its content is read: that may refer to it.
    fn head(&mut self) -> Result<Head, Stop> {
        let at = self.cursor.offset();
        let head = self.u29()?;
        if head & 1 == 0 {
            return self.reference(head >> 1, at).map(Head::Reference);
        }
        self.complex();
        Ok(Head::Inline(head >> 1))
    }

    /// Nodes bound it: there is at most one entry for each.
    fn complex(&mut self) {
        self.tables.objects += 1;
    }

    fn reference(&mut self, index: u32, at: usize) -> Result<Value, Stop> {
        let known = self.tables.objects - self.base.objects;
        if index >= known {
            return self.dangling(Amf3Table::Objects, index, known as usize, at);
        }
        let entry = self.base.objects + index;
        Ok(entry.checked_sub(self.first).map_or(Value::MessageReference(entry), Value::Reference))
    }

    /// A string, a key or a name, and whether it is a reference. The empty string is never in the table
    /// (AMF3 1.3.2).
    fn string(&mut self) -> Result<(&'a str, bool), Stop> {
        let at = self.cursor.offset();
        let head = self.u29()?;
        let index = head >> 1;
        if head & 1 != 0 {
            let len = self.cursor.require(index, 1)?;
            let text = self.cursor.text(len)?;
            if len > 0 {
                self.cursor.table_room(self.tables.strings.len())?;
                self.tables.strings.push(text);
            }
            return Ok((text, false));
        }
        let found = usize::try_from(index).ok().and_then(|index| index.checked_add(self.base.strings));
        match found.and_then(|found| self.tables.strings.get(found)) {
            Some(text) => Ok((text, true)),
            None => {
                self.dangling(Amf3Table::Strings, index, self.tables.strings.len() - self.base.strings, at)
            }
        }
    }

    /// A name in traits that stand here. The first object of these traits owns it, at no further cost.
    fn trait_name(&mut self) -> Result<&'a str, Stop> {
        let (text, repeated) = self.string()?;
        if repeated {
            self.cursor.expand(text.len())?;
        }
        Ok(text)
    }

    /// Text and whether it is repeated, as the tree owns it.
    fn keep(&mut self, (text, repeated): (&'a str, bool)) -> Result<String, Stop> {
        self.cursor.account(text.len())?;
        if repeated {
            self.cursor.expand(text.len())?;
        }
        Ok(text.into())
    }

    fn dangling<T>(&mut self, table: Amf3Table, index: u32, known: usize, at: usize) -> Result<T, Stop> {
        let known = u32::try_from(known).unwrap_or(u32::MAX);
        self.cursor.fail(ErrorKind::Amf3ReferenceOutOfRange { table, index, known }, at)
    }

    fn u29(&mut self) -> Result<u32, Stop> {
        match u29::read(self.cursor.rest()) {
            Some((number, rest)) => {
                self.cursor.skip_to(rest);
                Ok(number)
            }
            None => self.cursor.fail(ErrorKind::Truncated, self.cursor.offset()),
        }
    }
}
