//! The reading position in a message, and what the message has cost so far.

use crate::{Error, ErrorKind, Limits, MAX_DEPTH, limits};

/// Decoding cannot go on; [`Cursor::error`] says why. It carries nothing, so that results stay small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop;

/// Bytes that are checked for UTF-8 ahead of the text that is wanted: checking many at once is faster.
const AHEAD: usize = 256;

#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    input: &'a [u8],
    rest: &'a [u8],
    /// A part of the input that is valid UTF-8, text or not.
    checked: &'a str,
    /// Bytes from the start of `checked` to the end of the input; not fewer than `rest` has.
    checked_to_end: usize,
    limits: Limits,
    depth: u32,
    /// Values that may still come.
    nodes_left: u32,
    /// Bytes that the values may still own.
    bytes_left: usize,
    /// Bytes of text that AMF3 references repeated.
    expanded: usize,
    error: Option<Error>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(input: &'a [u8], limits: &Limits) -> Self {
        Self {
            input,
            rest: input,
            checked: "",
            checked_to_end: input.len(),
            limits: Limits { depth: limits.depth.min(MAX_DEPTH), ..*limits },
            depth: 0,
            nodes_left: limits.nodes,
            bytes_left: limits.string_bytes,
            expanded: 0,
            error: None,
        }
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) const fn offset(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    pub(crate) const fn depth(&self) -> u32 {
        self.depth
    }

    pub(crate) const fn error(&self) -> Option<Error> {
        self.error
    }

    /// Why decoding cannot go on, after a [`Stop`].
    #[cold]
    #[inline(never)]
    pub(crate) fn stopped(&self) -> Error {
        self.error.unwrap_or(Error { kind: ErrorKind::Truncated, offset: self.offset() })
    }

    /// Whether it ended with a reference to an AMF3 table entry that is not there.
    pub(crate) fn is_dangling(&self) -> bool {
        self.error.is_some_and(|error| matches!(error.kind, ErrorKind::Amf3ReferenceOutOfRange { .. }))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn fail<T>(&mut self, kind: ErrorKind, offset: usize) -> Result<T, Stop> {
        self.error = Some(Error { kind, offset });
        Err(Stop)
    }

    /// Counts a value.
    #[inline]
    pub(crate) fn node(&mut self) -> Result<(), Stop> {
        match self.nodes_left.checked_sub(1) {
            Some(left) => self.nodes_left = left,
            None => return self.fail(ErrorKind::NodeLimit(self.limits.nodes), self.offset()),
        }
        Ok(())
    }

    /// Enters a container whose marker was the byte before.
    #[inline]
    pub(crate) fn enter(&mut self, start: usize) -> Result<(), Stop> {
        if self.depth >= self.limits.depth {
            return self.fail(ErrorKind::DepthLimit(self.limits.depth), start);
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts bytes that the values will own.
    #[inline]
    pub(crate) fn account(&mut self, len: usize) -> Result<(), Stop> {
        match self.bytes_left.checked_sub(len) {
            Some(left) => self.bytes_left = left,
            None => return self.fail(ErrorKind::StringLimit(self.limits.string_bytes), self.offset()),
        }
        Ok(())
    }

    /// Counts text that a reference repeats.
    pub(crate) fn expand(&mut self, len: usize) -> Result<(), Stop> {
        self.expanded = self.expanded.saturating_add(len);
        let max = limits::expansion(self.input.len());
        if self.expanded > max {
            return self.fail(ErrorKind::ExpansionLimit(max), self.offset());
        }
        Ok(())
    }

    /// Checks that one of the AMF3 tables has room for another entry.
    pub(crate) fn table_room(&mut self, entries: usize) -> Result<(), Stop> {
        let max = self.limits.table_entries;
        if entries >= usize::try_from(max).unwrap_or(usize::MAX) {
            return self.fail(ErrorKind::TableLimit(max), self.offset());
        }
        Ok(())
    }

    /// Fails unless `count` elements of `size` bytes can be in the rest. Nothing is allocated before.
    #[inline]
    pub(crate) fn require(&mut self, count: u32, size: usize) -> Result<usize, Stop> {
        match usize::try_from(count).ok().and_then(|count| count.checked_mul(size)) {
            Some(len) if len <= self.rest.len() => Ok(len),
            _ => self.fail(ErrorKind::Truncated, self.offset()),
        }
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        match self.rest.split_first_chunk() {
            Some((array, rest)) => {
                self.rest = rest;
                Ok(*array)
            }
            None => self.fail(ErrorKind::Truncated, self.offset()),
        }
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8, Stop> {
        self.array().map(|[byte]| byte)
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> Result<u16, Stop> {
        self.array().map(u16::from_be_bytes)
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_be_bytes)
    }

    #[inline]
    pub(crate) fn f64(&mut self) -> Result<f64, Stop> {
        self.array().map(f64::from_be_bytes)
    }

    #[inline]
    pub(crate) fn bytes(&mut self, len: usize) -> Result<&'a [u8], Stop> {
        match self.rest.split_at_checked(len) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => self.fail(ErrorKind::Truncated, self.offset()),
        }
    }

    /// UTF-8 of `len` bytes, not yet accounted.
    #[inline(always)]
    pub(crate) fn text(&mut self, len: usize) -> Result<&'a str, Stop> {
        let start = self.checked_to_end - self.rest.len();
        let bytes = self.bytes(len)?;
        match self.checked.get(start..start + len) {
            Some(text) => Ok(text),
            None => self.check(bytes),
        }
    }

    /// Checks `bytes`, which stand before the position, and bytes after them. Each byte of the input is
    /// checked a bounded number of times: what was valid is not checked again.
    #[inline(never)]
    fn check(&mut self, bytes: &'a [u8]) -> Result<&'a str, Stop> {
        let start = self.offset() - bytes.len();
        let end = self.input.len().min(start + bytes.len().max(AHEAD));
        let ahead = &self.input[start..end];
        let valid = match core::str::from_utf8(ahead) {
            Ok(text) => text,
            Err(error) => core::str::from_utf8(&ahead[..error.valid_up_to()]).unwrap_or_default(),
        };
        (self.checked, self.checked_to_end) = (valid, self.input.len() - start);
        match valid.get(..bytes.len()) {
            Some(text) => Ok(text),
            // The length ends inside a character, or what is valid ends before the length.
            None => {
                let len = (0..=valid.len().min(bytes.len())).rev().find(|at| valid.is_char_boundary(*at));
                self.fail(ErrorKind::InvalidUtf8, start + len.unwrap_or(0))
            }
        }
    }

    /// Goes on at `rest`, a tail of what was left.
    #[inline]
    pub(crate) fn skip_to(&mut self, rest: &'a [u8]) {
        self.rest = rest;
    }

    /// Everything that is left.
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// Takes the end of an AMF0 property list (AMF0 2.11), if it stands here.
    #[inline]
    pub(crate) fn object_end(&mut self) -> bool {
        match self.rest {
            [0, 0, crate::marker::OBJECT_END, rest @ ..] => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}
