//! Shared object messages, types 19 and 16 (RTMP 7.1.3): a named set of slots that a server keeps equal
//! at all of its clients.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use rtmp_amf::EncodeError;

use crate::body::Weight;
use crate::url::crossed_out;
use crate::{ChunkStreamId, Limits, Message, MessageStreamId, MessageType, Timestamp};

mod error;
mod event;
mod read;

pub use error::{SharedObjectError, SharedObjectErrorKind};
pub use event::SharedObjectEvent;

use read::Reader;

/// One shared object message: whom it is about, and what happens to it.
///
/// The widths of its fields are practice, the text gives none (SO-002 to SO-004, errata E-45): a name
/// with a 16-bit length, a 32-bit version, two 32-bit words of flags, all big-endian. `Debug` crosses out
/// the name and leaves out what the events hold.
#[derive(Clone, PartialEq)]
pub struct SharedObject {
    /// Name of the shared object.
    pub name: String,
    /// Version that the sender knows.
    pub version: u32,
    /// First word of flags; see [`Self::PERSISTENT`]. Other values have been seen and are kept.
    pub flags: u32,
    /// Second word of flags, 0 in practice.
    pub reserved: u32,
    /// What happens, in order (SO-006).
    pub events: Vec<SharedObjectEvent>,
}

impl SharedObject {
    /// The flag of a shared object that outlives its clients (SO-004).
    pub const PERSISTENT: u32 = 2;

    /// A message about an object that is not persistent, at version 0.
    #[must_use]
    pub fn new(name: &str, events: Vec<SharedObjectEvent>) -> Self {
        Self { name: name.into(), version: 0, flags: 0, reserved: 0, events }
    }

    /// Whether the object outlives its clients.
    #[must_use]
    pub const fn is_persistent(&self) -> bool {
        self.flags & Self::PERSISTENT != 0
    }

    /// Reads the body of a message of type 19, or of type 16 with its format selector (SO-021). Bytes of
    /// an event after its defined fields are ignored. Each event and each value in it counts as one of
    /// [`Limits::amf_nodes`]; the text of all values together may take 16 bytes for each byte of the body,
    /// or 64 KiB.
    ///
    /// # Errors
    /// [`SharedObjectError`] with the offset in the body. A session leaves such a message out (SO-024).
    pub fn decode(kind: MessageType, payload: &[u8], limits: &Limits) -> Result<Self, SharedObjectError> {
        let mut reader = Reader::new(payload, limits);
        if kind == MessageType::SHARED_OBJECT_AMF3 {
            reader.selector()?;
        }
        let name = reader.text()?;
        let (version, flags, reserved) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let mut events = Vec::new();
        while !reader.is_empty() {
            events.push(reader.event()?);
        }
        Ok(Self { name, version, flags, reserved, events })
    }

    /// What it takes beyond the body of `len` bytes that it was read from.
    pub(crate) fn weight(&self, len: usize) -> Weight {
        let values = Weight::of(self.events.iter().flat_map(SharedObjectEvent::values));
        let events = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        Weight { nodes: values.nodes.saturating_add(events), bytes: values.bytes.saturating_sub(len) }
    }

    /// The body of a message of type 19, or 16 with its format selector.
    ///
    /// # Errors
    /// A name, key, code or level of more than 65,535 bytes; an event of more than 4,294,967,295 bytes;
    /// a value that cannot be written.
    pub fn encode(&self, kind: MessageType) -> Result<Bytes, EncodeError> {
        let mut out = Vec::with_capacity(64);
        if kind == MessageType::SHARED_OBJECT_AMF3 {
            out.push(0);
        }
        event::push_text(&mut out, &self.name)?;
        for word in [self.version, self.flags, self.reserved] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        for event in &self.events {
            event.encode(&mut out)?;
        }
        Ok(out.into())
    }

    /// The message where Flash clients put it: message stream 0, chunk stream 3 (SO-023), timestamp 0.
    ///
    /// # Errors
    /// As [`Self::encode`].
    pub fn to_message(&self, kind: MessageType) -> Result<Message, EncodeError> {
        Ok(Message {
            chunk_stream: ChunkStreamId::COMMAND,
            timestamp: Timestamp(0),
            kind,
            stream: MessageStreamId::CONNECTION,
            payload: self.encode(kind)?,
        })
    }
}

impl fmt::Debug for SharedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, version, flags, events, .. } = self;
        let events: Vec<u8> = events.iter().map(SharedObjectEvent::event).collect();
        f.debug_struct("SharedObject")
            .field("name", &crossed_out(name))
            .field("version", version)
            .field("flags", flags)
            .field("events", &events)
            .finish_non_exhaustive()
    }
}
