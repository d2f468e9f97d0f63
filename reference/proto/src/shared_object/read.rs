//! Reading a body.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use rtmp_amf::{Decoder, Value};

use super::{SharedObjectError, SharedObjectErrorKind as Kind, SharedObjectEvent};
use crate::Limits;
use crate::body::{Weight, amf_limits, without_room};

/// Text of values for each byte of the body, and what a short body may have in any case.
const EXPANSION: usize = 16;
const EXPANSION_FLOOR: usize = 64 << 10;

/// A body, or the data of one event in it.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// Offset of `rest` in the body.
    offset: usize,
    limits: rtmp_amf::Limits,
    /// Events and values that may still come.
    nodes: u32,
    /// Bytes of text that may still come. References of AMF3 repeat text, and each value is a message of
    /// its own to its decoder.
    text: usize,
    /// What it means when `rest` is too short.
    short: Kind,
}

impl<'a> Reader<'a> {
    pub(super) fn new(body: &'a [u8], limits: &Limits) -> Self {
        let limits = amf_limits(limits);
        let text = limits.string_bytes.min(body.len().saturating_mul(EXPANSION).max(EXPANSION_FLOOR));
        Self { rest: body, offset: 0, nodes: limits.nodes, text, limits, short: Kind::Truncated }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn error(&self, kind: Kind) -> SharedObjectError {
        SharedObjectError { kind, offset: self.offset }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], SharedObjectError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(self.error(self.short))?;
        self.rest = rest;
        self.offset += len;
        Ok(taken)
    }

    /// EA 7.2.
    pub(super) fn selector(&mut self) -> Result<(), SharedObjectError> {
        match self.rest.first() {
            Some(0) => self.take(1).map(|_| ()),
            other => Err(self.error(Kind::Selector(other.copied()))),
        }
    }

    pub(super) fn u32(&mut self) -> Result<u32, SharedObjectError> {
        Ok(self.take(4)?.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    pub(super) fn text(&mut self) -> Result<String, SharedObjectError> {
        let len = self.take(2)?.iter().fold(0, |number, &byte| number << 8 | usize::from(byte));
        let offset = self.offset;
        let text = core::str::from_utf8(self.take(len)?).map_err(|error| SharedObjectError {
            kind: Kind::InvalidUtf8,
            offset: offset + error.valid_up_to(),
        })?;
        Ok(text.into())
    }

    fn account(&mut self, nodes: u32) -> Result<(), SharedObjectError> {
        let left = self.nodes.checked_sub(nodes).ok_or(self.error(Kind::NodeLimit(self.limits.nodes)))?;
        self.nodes = left;
        Ok(())
    }

    pub(super) fn event(&mut self) -> Result<SharedObjectEvent, SharedObjectError> {
        self.account(1)?;
        let event = self.take(1)?[0];
        let at = self.offset;
        let len = self.u32()?;
        let start = self.offset;
        let beyond = SharedObjectError { kind: Kind::EventLength(len), offset: at };
        if self.rest.len() < usize::try_from(len).unwrap_or(usize::MAX) {
            return Err(beyond);
        }
        let mut data = Reader {
            rest: self.take(len as usize)?,
            offset: start,
            limits: self.limits,
            nodes: self.nodes,
            text: self.text,
            short: Kind::EventCut,
        };
        let event = data.content(event)?;
        (self.nodes, self.text) = (data.nodes, data.text);
        Ok(event)
    }

    fn content(&mut self, event: u8) -> Result<SharedObjectEvent, SharedObjectError> {
        Ok(match event {
            1 => SharedObjectEvent::Use,
            2 => SharedObjectEvent::Release,
            3 => SharedObjectEvent::RequestChange(self.slots()?),
            4 => SharedObjectEvent::Change(self.slots()?),
            5 => SharedObjectEvent::Success(self.text()?),
            6 => SharedObjectEvent::SendMessage(self.values(usize::MAX)?),
            7 => SharedObjectEvent::Status { code: self.text()?, level: self.text()? },
            8 => SharedObjectEvent::Clear,
            9 => SharedObjectEvent::Remove(self.text()?),
            10 => SharedObjectEvent::RequestRemove(self.text()?),
            11 => SharedObjectEvent::UseSuccess,
            event => SharedObjectEvent::Unknown { event, data: Bytes::copy_from_slice(self.rest) },
        })
    }

    fn slots(&mut self) -> Result<Vec<(String, Value)>, SharedObjectError> {
        let mut slots = Vec::new();
        while !self.is_empty() {
            let key = self.text()?;
            let mut value = self.values(1)?.pop().ok_or(self.error(Kind::EventCut))?;
            // Each value has a decoder of its own, and each decoder makes room for what may come.
            without_room(&mut value);
            slots.push((key, value));
        }
        Ok(slots)
    }

    /// At most `most` values, which share one reference table.
    fn values(&mut self, most: usize) -> Result<Vec<Value>, SharedObjectError> {
        let mut values = Vec::new();
        let limits = rtmp_amf::Limits { nodes: self.nodes, string_bytes: self.text, ..self.limits };
        let mut decoder = Decoder::new(self.rest, &limits);
        while values.len() < most {
            let offset = self.offset;
            let failed = |error: rtmp_amf::Error| SharedObjectError {
                kind: match error.kind {
                    rtmp_amf::ErrorKind::NodeLimit(_) => Kind::NodeLimit(self.limits.nodes),
                    kind => Kind::Amf(kind),
                },
                offset: offset + error.offset,
            };
            let Some(value) = decoder.next_value().map_err(failed)? else { break };
            values.push(value);
        }
        let used = Weight::of(&values);
        let len = decoder.offset();
        self.take(len)?;
        self.text = self.text.saturating_sub(used.bytes);
        self.account(used.nodes)?;
        Ok(values)
    }
}
