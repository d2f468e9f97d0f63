//! The events of a shared object.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use rtmp_amf::{EncodeError, Value, encode_all};

/// One event: type byte, 32-bit length, data (RTMP 7.1.3).
#[derive(Debug, Clone, PartialEq)]
pub enum SharedObjectEvent {
    /// 1, from the client: it joins the object.
    Use,
    /// 2, from the client: it leaves.
    Release,
    /// 3, from the client: slots to be set. One by the text; more are read and written as they come.
    RequestChange(Vec<(String, Value)>),
    /// 4, from the server to all but the originator: slots that were set.
    Change(Vec<(String, Value)>),
    /// 5, from the server to the originator: the change of this slot is accepted.
    Success(String),
    /// 6, both ways: values to be handed to every client, by practice the name of a handler first.
    SendMessage(Vec<Value>),
    /// 7, from the server: an error.
    Status {
        /// For programs, e.g. `SharedObject.NoWriteAccess`.
        code: String,
        /// `error`, `warning` or `status`.
        level: String,
    },
    /// 8, from the server: delete every slot. Also part of the answer to Use.
    Clear,
    /// 9, from the server: delete this slot.
    Remove(String),
    /// 10, from the client: this slot is to be deleted. (The text says that the client sends it to have
    /// the client delete; errata E-46.)
    RequestRemove(String),
    /// 11, from the server: Use is accepted.
    UseSuccess,
    /// Any other type, to be ignored; 12, 13 and 14 have been seen (SO-020, errata E-47).
    Unknown {
        /// Event type: 0, or 12 and above.
        event: u8,
        /// Its data.
        data: Bytes,
    },
}

impl SharedObjectEvent {
    /// RequestChange of one slot.
    #[must_use]
    pub fn request_change(key: &str, value: Value) -> Self {
        Self::RequestChange(Vec::from([(key.into(), value)]))
    }

    /// Change of one slot.
    #[must_use]
    pub fn change(key: &str, value: Value) -> Self {
        Self::Change(Vec::from([(key.into(), value)]))
    }

    /// The event type.
    #[must_use]
    pub const fn event(&self) -> u8 {
        match self {
            Self::Use => 1,
            Self::Release => 2,
            Self::RequestChange(_) => 3,
            Self::Change(_) => 4,
            Self::Success(_) => 5,
            Self::SendMessage(_) => 6,
            Self::Status { .. } => 7,
            Self::Clear => 8,
            Self::Remove(_) => 9,
            Self::RequestRemove(_) => 10,
            Self::UseSuccess => 11,
            Self::Unknown { event, .. } => *event,
        }
    }

    /// The values in it.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        let (slots, values): (&[(String, Value)], &[Value]) = match self {
            Self::RequestChange(slots) | Self::Change(slots) => (slots, &[]),
            Self::SendMessage(values) => (&[], values),
            _ => (&[], &[]),
        };
        slots.iter().map(|(_, value)| value).chain(values)
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.push(self.event());
        let length_at = out.len();
        out.extend_from_slice(&[0; 4]);
        match self {
            Self::Use | Self::Release | Self::Clear | Self::UseSuccess => {}
            Self::RequestChange(slots) | Self::Change(slots) => {
                for (key, value) in slots {
                    push_text(out, key)?;
                    // Each value is a context of its own: a reference cannot reach over a key.
                    out.extend(encode_all(core::slice::from_ref(value))?);
                }
            }
            Self::SendMessage(values) => out.extend(encode_all(values)?),
            Self::Status { code, level } => {
                push_text(out, code)?;
                push_text(out, level)?;
            }
            Self::Success(key) | Self::Remove(key) | Self::RequestRemove(key) => push_text(out, key)?,
            Self::Unknown { data, .. } => out.extend_from_slice(data),
        }
        let len = out.len() - length_at - 4;
        let len = u32::try_from(len).map_err(|_| EncodeError::TooLong(len))?;
        out[length_at..length_at + 4].copy_from_slice(&len.to_be_bytes());
        Ok(())
    }
}

/// 16-bit length and text, without a marker (SO-002).
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) -> Result<(), EncodeError> {
    let len = u16::try_from(text.len()).map_err(|_| EncodeError::NameTooLong(text.len()))?;
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(text.as_bytes());
    Ok(())
}
