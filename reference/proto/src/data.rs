//! Data messages, types 18 and 15 (RTMP 7.1.2): a handler name and values.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use rtmp_amf::{Decoder, EncodeError, Value};

use crate::body::{amf_limits, amf0_body, holds, in_amf0, selector};
use crate::chunk::MAX_MESSAGE_LEN;
use crate::{Limits, Message, MessageType};

/// One data message, decoded: handler name and values (RTMP 7.1.2, FLV E.4.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// Name of the handler, e.g. `onMetaData`, `onTextData` or `@setDataFrame`.
    pub handler: String,
    /// What follows.
    pub values: Vec<Value>,
}

/// What a data message is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DataFrame<'a> {
    /// `@setDataFrame`: store this event for late joiners and pass it on without that word (DATA-004).
    Set {
        /// Handler of the event, e.g. `onMetaData`.
        name: &'a str,
        /// Values of the event.
        values: &'a [Value],
    },
    /// `@clearDataFrame`: forget the stored event (DATA-006).
    Clear {
        /// Handler of the event.
        name: &'a str,
    },
    /// Any other event, to be passed on as it is (DATA-005, DATA-007).
    Event {
        /// Handler of the event.
        name: &'a str,
        /// Values of the event.
        values: &'a [Value],
    },
}

/// Why a message is no data message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataError {
    /// A value is malformed or exceeds a limit; the offset counts from the first AMF byte.
    Amf(rtmp_amf::Error),
    /// The body of a type 15 message starts with a format selector other than 0 (EA 7.2).
    Selector(u8),
    /// The first value is no string (RTMP 7.1.2), or there is none.
    Handler,
}

impl Data {
    /// The handler that keeps an event for late joiners.
    pub const SET_DATA_FRAME: &str = "@setDataFrame";
    /// The handler that forgets it.
    pub const CLEAR_DATA_FRAME: &str = "@clearDataFrame";
    /// The event that describes the media of a stream.
    pub const ON_META_DATA: &str = "onMetaData";

    /// An event.
    #[must_use]
    pub fn new(handler: &str, values: Vec<Value>) -> Self {
        Self { handler: handler.into(), values }
    }

    /// An event that the server is to keep.
    #[must_use]
    pub fn set_data_frame(name: &str, mut values: Vec<Value>) -> Self {
        values.insert(0, Value::from(name));
        Self::new(Self::SET_DATA_FRAME, values)
    }

    /// Ends that.
    #[must_use]
    pub fn clear_data_frame(name: &str) -> Self {
        Self::new(Self::CLEAR_DATA_FRAME, Vec::from([Value::from(name)]))
    }

    /// Reads the body of a message of type 18 or 15. That of type 15 may lack its format selector
    /// (MSG-014, MSG-018).
    ///
    /// # Errors
    /// [`DataError`].
    pub fn decode(kind: MessageType, payload: &[u8], limits: &Limits) -> Result<Self, DataError> {
        let body = amf0_body(kind, payload).map_err(DataError::Selector)?;
        let mut decoder = Decoder::new(body, &amf_limits(limits));
        let handler = match decoder.next_value()? {
            Some(Value::String(handler)) => handler,
            other => other.as_ref().and_then(Value::as_str).ok_or(DataError::Handler)?.into(),
        };
        let mut values = Vec::new();
        while let Some(value) = decoder.next_value()? {
            values.push(value);
        }
        Ok(Self { handler, values })
    }

    /// The body of a message of type 18, or 15 with its format selector.
    ///
    /// # Errors
    /// A value that cannot be written.
    pub fn encode(&self, kind: MessageType) -> Result<Bytes, EncodeError> {
        let mut out = selector(kind);
        rtmp_amf::encode(&Value::from(self.handler.as_str()), &mut out)?;
        for value in &self.values {
            rtmp_amf::encode(value, &mut out)?;
        }
        Ok(out.into())
    }

    /// What the message is for. `@setDataFrame` and `@clearDataFrame` without the name of an event are
    /// events themselves.
    #[must_use]
    pub fn frame(&self) -> DataFrame<'_> {
        let event = DataFrame::Event { name: &self.handler, values: &self.values };
        let Some((first, values)) = self.values.split_first() else { return event };
        match (self.handler.as_str(), first.as_str()) {
            (Self::SET_DATA_FRAME, Some(name)) => DataFrame::Set { name, values },
            (Self::CLEAR_DATA_FRAME, Some(name)) => DataFrame::Clear { name },
            _ => event,
        }
    }

    /// The properties of `onMetaData`, with or without `@setDataFrame`: an ECMA array by the text, an
    /// object by habit (DATA-002, DATA-003).
    #[must_use]
    pub fn metadata(&self) -> Option<&Value> {
        match self.frame() {
            DataFrame::Set { name: Self::ON_META_DATA, values }
            | DataFrame::Event { name: Self::ON_META_DATA, values } => {
                values.iter().find(|value| value.properties().is_some())
            }
            _ => None,
        }
    }
}

impl DataError {
    /// What was wrong, without a full stop.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Amf(error) => error.kind.what(),
            Self::Selector(_) => "the format selector of an AMF3 data message is not 0",
            Self::Handler => "a data message does not start with the name of a handler, a string",
        }
    }

    /// The clause that says so.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Amf(error) => error.kind.clause(),
            Self::Selector(_) => "EA 7.2",
            Self::Handler => "RTMP 7.1.2",
        }
    }
}

impl From<rtmp_amf::Error> for DataError {
    fn from(error: rtmp_amf::Error) -> Self {
        Self::Amf(error)
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amf(error) => error.fmt(f),
            _ => write!(f, "{} ({})", self.what(), self.clause()),
        }
    }
}

impl core::error::Error for DataError {}

/// The type and body in which media leave a session: data messages as type 18 with values of AMF0 as far
/// as AMF0 can express them, because nobody has to read AMF3 (EA 8.1.1). `None` for other types and for
/// data messages that do not start with a handler name.
pub(crate) fn relayed_form(message: &Message, limits: &Limits) -> Option<(MessageType, Bytes)> {
    let payload = &message.payload;
    match message.kind {
        MessageType::AUDIO | MessageType::VIDEO => Some((message.kind, payload.clone())),
        MessageType::DATA_AMF0 | MessageType::DATA_AMF3 => {
            let body = amf0_body(message.kind, payload).ok()?;
            let mut decoder = Decoder::new(body, &amf_limits(limits));
            decoder.next_value_ref().ok()??.as_str()?;
            let plain = if body.contains(&AVM_PLUS) { plain_form(body, limits) } else { None };
            Some((MessageType::DATA_AMF0, plain.unwrap_or_else(|| payload.slice_ref(body))))
        }
        _ => None,
    }
}

/// The marker of AMF3 values (AMF0 3.1).
const AVM_PLUS: u8 = 0x11;

/// Bytes in the form of AMF0 for each byte of the message: text that AMF3 writes once and refers to is
/// written out.
const EXPANSION: usize = 16;

/// The body without values of AMF3; `None` where it has none, is malformed, or would become longer than
/// [`EXPANSION`] times what it is or than a message may be.
fn plain_form(body: &[u8], limits: &Limits) -> Option<Bytes> {
    let most = body.len().saturating_mul(EXPANSION).min(limits.message_len.min(MAX_MESSAGE_LEN) as usize);
    let values = rtmp_amf::decode_all(body, &amf_limits(limits)).ok()?;
    let has_amf3 = values.iter().any(|value| holds(value, &|value| matches!(value, Value::AvmPlus(_))));
    let plain = if has_amf3 { rtmp_amf::encode_all(&in_amf0(values)).ok()? } else { return None };
    (plain.len() <= most).then(|| plain.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChunkStreamId, MessageStreamId, Timestamp};

    fn form(kind: MessageType, payload: &'static [u8]) -> Option<(MessageType, Bytes)> {
        let message = Message {
            chunk_stream: ChunkStreamId::COMMAND,
            timestamp: Timestamp(0),
            kind,
            stream: MessageStreamId(1),
            payload: Bytes::from_static(payload),
        };
        relayed_form(&message, &Limits::default())
    }

    #[test]
    fn data_needs_a_handler_name_and_loses_its_selector() {
        let named: &[u8] = &[2, 0, 1, b'f', 0x0d];
        assert_eq!(form(MessageType::DATA_AMF0, named), Some((MessageType(18), Bytes::from_static(named))));
        assert_eq!(
            form(MessageType::DATA_AMF3, &[0, 2, 0, 1, b'f']),
            Some((MessageType(18), Bytes::from_static(&[2, 0, 1, b'f'])))
        );
        // What follows the name is not read: a cut value does not matter.
        assert!(form(MessageType::DATA_AMF0, &[2, 0, 1, b'f', 3, 0, 9]).is_some());
        // AMF3 becomes AMF0 (vectors V7): a string, and a string before a byte array, which stays.
        let text: &[u8] = &[0, 2, 0, 1, b'f', 0x11, 6, 7, b'a', b'b', b'c'];
        let plain: &[u8] = &[2, 0, 1, b'f', 2, 0, 3, b'a', b'b', b'c'];
        assert_eq!(form(MessageType::DATA_AMF3, text), Some((MessageType(18), Bytes::from_static(plain))));
        let bytes: &[u8] = &[0, 2, 0, 1, b'f', 0x11, 0x0c, 5, 0, 1];
        assert_eq!(
            form(MessageType::DATA_AMF3, bytes),
            Some((MessageType(18), Bytes::from_static(&bytes[1..])))
        );
        assert_eq!(form(MessageType::DATA_AMF0, &[0, 1, 2, 3]), None);
        assert_eq!(form(MessageType::DATA_AMF0, &[]), None);
        assert_eq!(form(MessageType::DATA_AMF3, &[1, 2, 0, 1, b'f']), None);
        assert_eq!(form(MessageType::COMMAND_AMF0, named), None);
    }
}
