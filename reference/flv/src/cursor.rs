//! Reading of fields one after the other, with their place in the error.

use crate::{FourCc, HeaderError, HeaderErrorKind};

#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    input: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, offset: 0 }
    }

    /// A cursor over a part that lies `offset` bytes into what is decoded.
    pub fn at(input: &'a [u8], offset: usize) -> Self {
        Self { input, offset }
    }

    pub fn rest(&self) -> &'a [u8] {
        self.input
    }

    pub fn offset(&self) -> usize {
        self.offset
    }

    pub fn error(&self, kind: HeaderErrorKind) -> HeaderError {
        HeaderError { kind, offset: self.offset }
    }

    pub fn take(&mut self, len: usize, field: &'static str) -> Result<&'a [u8], HeaderError> {
        let Some((taken, rest)) = self.input.split_at_checked(len) else {
            return Err(self.error(HeaderErrorKind::Truncated {
                field,
                needed: len,
                left: self.input.len(),
            }));
        };
        self.input = rest;
        self.offset += len;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], HeaderError> {
        let Some((taken, rest)) = self.input.split_first_chunk::<N>() else {
            return Err(self.error(HeaderErrorKind::Truncated { field, needed: N, left: self.input.len() }));
        };
        self.input = rest;
        self.offset += N;
        Ok(*taken)
    }

    pub fn u8(&mut self, field: &'static str) -> Result<u8, HeaderError> {
        self.array::<1>(field).map(|[byte]| byte)
    }

    pub fn u16(&mut self, field: &'static str) -> Result<u16, HeaderError> {
        self.array(field).map(u16::from_be_bytes)
    }

    pub fn u24(&mut self, field: &'static str) -> Result<u32, HeaderError> {
        self.array(field).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    pub fn i24(&mut self, field: &'static str) -> Result<i32, HeaderError> {
        self.array(field).map(|[a, b, c]| i32::from_be_bytes([a, b, c, 0]) >> 8)
    }

    pub fn u32(&mut self, field: &'static str) -> Result<u32, HeaderError> {
        self.array(field).map(u32::from_be_bytes)
    }

    pub fn four_cc(&mut self) -> Result<FourCc, HeaderError> {
        self.array("FourCC").map(FourCc)
    }
}
