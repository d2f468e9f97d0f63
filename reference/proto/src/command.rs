//! Command messages, types 20 and 17 (RTMP 7.1.1, 7.2): name, transaction id, command object and
//! any number of further values (EA 8.2).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use rtmp_amf::{Decoder, EncodeError, Value};

use crate::body::{Weight, amf_limits, amf0_body, holds_references, in_amf0, opened, selector};
use crate::{ChunkStreamId, Limits, Message, MessageStreamId, MessageType, Timestamp, TransactionId};

/// One command: a call, or the answer to one. `Debug` leaves out the values, which often hold secrets.
#[derive(Clone, PartialEq)]
pub struct Command {
    /// Procedure to call, or `_result` or `_error` for an answer. Case matters.
    pub name: String,
    /// Ties an answer to its call; 0 where no answer is wanted (RTMP 7.2.1.2).
    pub transaction: TransactionId,
    /// Command object, null where there is none.
    pub object: Value,
    /// What follows the command object.
    pub arguments: Vec<Value>,
}

/// Why a message is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// A value is malformed or exceeds a limit.
    Amf(rtmp_amf::Error),
    /// The body of a type 17 message starts with a format selector other than 0 (EA 7.2).
    Selector(u8),
    /// The first value is no string (RTMP 7.1.1).
    Name,
    /// The second value is no number (RTMP 7.1.1).
    Transaction,
}

impl Command {
    /// A command without a command object.
    #[must_use]
    pub fn new(name: &str, transaction: TransactionId, arguments: Vec<Value>) -> Self {
        Self { name: name.into(), transaction, object: Value::Null, arguments }
    }

    /// Reads the body of a message of type 20 or 17. Values missing at the tail are absent: the
    /// transaction id is then 0 and the command object null. A null in the place of the transaction id
    /// reads as 0 as well. The body of type 17 may lack its format selector (MSG-014). Name and transaction
    /// id may be of AMF3; [`Self::in_amf0`] does the same for the rest.
    ///
    /// # Errors
    /// [`CommandError`]; the offset inside counts from the first AMF byte of the body.
    pub fn decode(kind: MessageType, payload: &[u8], limits: &Limits) -> Result<Self, CommandError> {
        let body = amf0_body(kind, payload).map_err(CommandError::Selector)?;
        let limits = amf_limits(limits);
        let mut decoder = Decoder::new(body, &limits);
        let name = match decoder.next_value()? {
            Some(Value::String(name)) => name,
            other => other.as_ref().and_then(Value::as_str).ok_or(CommandError::Name)?.into(),
        };
        let transaction = match decoder.next_value()? {
            Some(value) if value.is_nullish() => TransactionId(0.0),
            Some(value) => TransactionId(value.as_f64().ok_or(CommandError::Transaction)?),
            None => TransactionId(0.0),
        };
        let object = decoder.next_value()?.unwrap_or(Value::Null);
        let mut arguments = Vec::new();
        while let Some(value) = decoder.next_value()? {
            arguments.push(value);
        }
        Ok(Self { name, transaction, object, arguments })
    }

    /// The same command with its AMF3 values in the form of AMF0, each that AMF0 can express: not byte
    /// arrays, vectors, dictionaries, opaque objects and what holds references. The command object and the
    /// arguments that are AMF3 objects with such members become AMF0 objects; a member that refers to what
    /// is outside it is then [`Value::Unsupported`]. Nothing changes where AMF0 references count the values.
    #[must_use]
    pub fn in_amf0(mut self) -> Self {
        self.arguments.insert(0, self.object);
        let mut values = in_amf0(self.arguments);
        if !holds_references(&values) {
            values = values.into_iter().map(opened).collect();
        }
        self.object = values.remove(0);
        self.arguments = values;
        self
    }

    /// What its values take.
    pub(crate) fn weight(&self) -> Weight {
        Weight::of(self.arguments.iter().chain([&self.object]))
    }

    /// The body of a type 20 message.
    ///
    /// # Errors
    /// A value that AMF0 cannot carry.
    pub fn encode(&self) -> Result<Bytes, EncodeError> {
        self.encode_as(MessageType::COMMAND_AMF0)
    }

    /// The body of a message of type 20, or of type 17: the same values behind the format selector 0
    /// (EA 7.2), which any end that negotiated object encoding 3 can read.
    ///
    /// # Errors
    /// A value that AMF0 cannot carry.
    pub fn encode_as(&self, kind: MessageType) -> Result<Bytes, EncodeError> {
        let mut out = selector(kind);
        rtmp_amf::encode(&Value::from(self.name.as_str()), &mut out)?;
        rtmp_amf::encode(&Value::Number(self.transaction.0), &mut out)?;
        rtmp_amf::encode(&self.object, &mut out)?;
        for value in &self.arguments {
            rtmp_amf::encode(value, &mut out)?;
        }
        Ok(out.into())
    }

    /// A type 20 message with timestamp 0.
    ///
    /// # Errors
    /// A value that AMF0 cannot carry.
    pub fn into_message(
        self,
        chunk_stream: ChunkStreamId,
        stream: MessageStreamId,
    ) -> Result<Message, EncodeError> {
        self.into_message_as(MessageType::COMMAND_AMF0, chunk_stream, stream)
    }

    /// A message of type 20 or 17 with timestamp 0.
    ///
    /// # Errors
    /// A value that AMF0 cannot carry.
    pub fn into_message_as(
        self,
        kind: MessageType,
        chunk_stream: ChunkStreamId,
        stream: MessageStreamId,
    ) -> Result<Message, EncodeError> {
        Ok(Message { chunk_stream, timestamp: Timestamp(0), kind, stream, payload: self.encode_as(kind)? })
    }

    /// The argument at `index`, counted after the command object.
    #[must_use]
    pub fn argument(&self, index: usize) -> Option<&Value> {
        self.arguments.get(index)
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("name", &self.name)
            .field("transaction", &self.transaction)
            .field("arguments", &self.arguments.len())
            .finish_non_exhaustive()
    }
}

impl CommandError {
    /// What was wrong, without a full stop.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Amf(error) => error.kind.what(),
            Self::Selector(_) => "the format selector of an AMF3 command is not 0",
            Self::Name => "a command does not start with its name, a string",
            Self::Transaction => "the transaction id of a command is not a number",
        }
    }

    /// The clause that says so.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Amf(error) => error.kind.clause(),
            Self::Selector(_) => "EA 7.2",
            Self::Name | Self::Transaction => "RTMP 7.1.1",
        }
    }
}

impl From<rtmp_amf::Error> for CommandError {
    fn from(error: rtmp_amf::Error) -> Self {
        Self::Amf(error)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amf(error) => error.fmt(f),
            _ => write!(f, "{} ({})", self.what(), self.clause()),
        }
    }
}

impl core::error::Error for CommandError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// createStream of vectors V6: transaction id 2, null.
    const CREATE_STREAM: &[u8] = b"\x02\x00\x0ccreateStream\x00\x40\0\0\0\0\0\0\0\x05";

    fn decode(kind: MessageType, payload: &[u8]) -> Result<Command, CommandError> {
        Command::decode(kind, payload, &Limits::default())
    }

    #[test]
    fn a_command_both_ways() {
        let command = Command::new("createStream", TransactionId(2.0), Vec::new());
        assert_eq!(command.encode().unwrap(), CREATE_STREAM);
        assert_eq!(decode(MessageType::COMMAND_AMF0, CREATE_STREAM).as_ref(), Ok(&command));
        let message = command.clone().into_message(ChunkStreamId::COMMAND, MessageStreamId(7)).unwrap();
        assert_eq!((message.kind, message.stream), (MessageType(20), MessageStreamId(7)));
        let selected = [&[0], CREATE_STREAM].concat();
        assert_eq!(decode(MessageType::COMMAND_AMF3, &selected).as_ref(), Ok(&command));
        assert_eq!(decode(MessageType::COMMAND_AMF3, CREATE_STREAM), Ok(command));
    }

    #[test]
    fn what_is_missing_is_absent() {
        let bare = Command::new("createStream", TransactionId(0.0), Vec::new());
        assert_eq!(decode(MessageType::COMMAND_AMF0, &CREATE_STREAM[..15]), Ok(bare));
        let called = Command::new("createStream", TransactionId(2.0), Vec::new());
        assert_eq!(decode(MessageType::COMMAND_AMF0, &CREATE_STREAM[..24]), Ok(called));
    }

    #[test]
    fn what_is_no_command() {
        let amf0 = MessageType::COMMAND_AMF0;
        assert_eq!(decode(amf0, &[]), Err(CommandError::Name));
        assert_eq!(decode(amf0, &[5]), Err(CommandError::Name));
        assert_eq!(decode(amf0, b"\x02\0\x01x\x02\0\x011"), Err(CommandError::Transaction));
        assert_eq!(decode(MessageType::COMMAND_AMF3, &[3, 0]), Err(CommandError::Selector(3)));
        let cut = decode(amf0, &CREATE_STREAM[..20]).unwrap_err();
        assert!(matches!(cut, CommandError::Amf(error) if error.offset == 16), "{cut}");
    }
}
