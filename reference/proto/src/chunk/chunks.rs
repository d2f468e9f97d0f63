//! The chunks of one outgoing message (RTMP 5.3.1).

use bytes::BytesMut;

use super::{
    DEFAULT_CHUNK_SIZE,
    header::{self, MAX_HEADER_LEN, MessageHeader},
};
use crate::MessageRef;

/// One message cut into chunks: the two headers that occur in it, and its payload.
#[derive(Debug, Clone, Copy)]
pub struct Chunks<'a> {
    first: [u8; MAX_HEADER_LEN],
    first_len: u8,
    /// Header of every other chunk: type 3, with the extended timestamp if the first one has it
    /// (RTMP 5.3.1.3, errata EA 5.1).
    next: [u8; 8],
    next_len: u8,
    chunk_size: u32,
    payload: &'a [u8],
}

impl<'a> Chunks<'a> {
    #[inline(always)]
    pub(super) fn new(message: &MessageRef<'a>, fmt: u8, header: &MessageHeader, chunk_size: u32) -> Self {
        let id = message.chunk_stream.value();
        let (first, first_len, extended) = header::first(fmt, id, header);
        let (next, next_len) = header::continuation(id, extended.then_some(header.time));
        Self { first, first_len, next, next_len, chunk_size, payload: message.payload }
    }

    /// Bytes on the wire.
    #[must_use]
    #[inline]
    pub fn wire_len(&self) -> usize {
        let continuations = match self.payload.len() {
            // The usual case needs no division.
            length if length <= self.chunk_size as usize => 0,
            length => (length - 1) / self.chunk_size as usize,
        };
        usize::from(self.first_len) + self.payload.len() + continuations * usize::from(self.next_len)
    }

    /// Headers and parts of the payload in turn, in the order of the wire.
    #[inline]
    pub fn slices(&self) -> Slices<'_> {
        let next = &self.next[..usize::from(self.next_len)];
        let first = &self.first[..usize::from(self.first_len)];
        Slices { header: Some(first), next, rest: self.payload, chunk_size: self.chunk_size as usize }
    }

    /// Appends all of it to `out`.
    #[inline]
    pub fn append_to(&self, out: &mut BytesMut) {
        // Copies of a constant length are much cheaper: 18 bytes, of which the tail is cut off.
        out.reserve(self.wire_len() + MAX_HEADER_LEN);
        let end = out.len() + usize::from(self.first_len);
        out.extend_from_slice(&self.first);
        out.truncate(end);
        let Some((part, rest)) = self.payload.split_at_checked(self.chunk_size as usize) else {
            return out.extend_from_slice(self.payload);
        };
        out.extend_from_slice(part);
        self.append_rest(rest, out);
    }

    /// The chunks after the first.
    fn append_rest(&self, mut rest: &[u8], out: &mut BytesMut) {
        const USUAL: usize = DEFAULT_CHUNK_SIZE as usize;
        if self.chunk_size == DEFAULT_CHUNK_SIZE && self.next_len == 1 {
            while let Some((part, tail)) = rest.split_first_chunk::<USUAL>() {
                out.extend_from_slice(&[self.next[0]]);
                out.extend_from_slice(part);
                rest = tail;
            }
        }
        for part in rest.chunks(self.chunk_size as usize) {
            out.extend_from_slice(&self.next[..usize::from(self.next_len)]);
            out.extend_from_slice(part);
        }
    }
}

/// The slices of [`Chunks`]; none is empty.
#[derive(Debug, Clone)]
pub struct Slices<'a> {
    header: Option<&'a [u8]>,
    next: &'a [u8],
    rest: &'a [u8],
    chunk_size: usize,
}

impl<'a> Iterator for Slices<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if let Some(header) = self.header.take() {
            return Some(header);
        }
        if self.rest.is_empty() {
            return None;
        }
        let (part, rest) = self.rest.split_at_checked(self.chunk_size).unwrap_or((self.rest, &[]));
        self.rest = rest;
        self.header = (!rest.is_empty()).then_some(self.next);
        Some(part)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let parts = self.rest.len().div_ceil(self.chunk_size);
        let count = match self.header {
            Some(_) => 1 + parts + parts.saturating_sub(1),
            None => parts + parts.saturating_sub(1),
        };
        (count, Some(count))
    }

    #[inline]
    fn fold<B, F: FnMut(B, &'a [u8]) -> B>(self, init: B, mut f: F) -> B {
        let mut result = init;
        if let Some(header) = self.header {
            result = f(result, header);
        }
        let mut parts = self.rest.chunks(self.chunk_size);
        if let Some(part) = parts.next() {
            result = f(result, part);
        }
        for part in parts {
            result = f(result, self.next);
            result = f(result, part);
        }
        result
    }
}

impl ExactSizeIterator for Slices<'_> {}
