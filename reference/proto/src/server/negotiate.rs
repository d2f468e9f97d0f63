//! What connect settles beyond the application: object encoding and capabilities; and the messages that
//! are neither commands nor media.

use alloc::vec::Vec;

use rtmp_amf::Value;
use rtmp_flv::CapsEx;

use super::ServerEvent;
use super::session::{Phase, ServerSession};
use crate::chunk::MAX_MESSAGE_LEN;
use crate::message::TOO_LONG;
use crate::{
    Capabilities, ChunkStreamId, Command, LocalMisuse, Message, MessageStreamId, MessageType,
    ReconnectRequest, SessionError, SharedObject,
};

/// What both ends said at connect.
pub(super) struct Agreed {
    own: Capabilities,
    client: Capabilities,
    /// The client offered object encoding 3.
    amf3_offered: bool,
    /// Object encoding 3 is in force.
    amf3: bool,
    /// Type of the last command.
    asked_in: MessageType,
}

impl Default for Agreed {
    fn default() -> Self {
        Self {
            own: Capabilities::forwarding(),
            client: Capabilities::default(),
            amf3_offered: false,
            amf3: false,
            asked_in: MessageType::COMMAND_AMF0,
        }
    }
}

impl ServerSession {
    /// Sets what this server says it can do, to clients that speak of Enhanced RTMP at all; without it,
    /// [`Capabilities::forwarding`]. Counts for a connect that is accepted later.
    pub fn set_capabilities(&mut self, capabilities: Capabilities) {
        self.agreed.own = capabilities;
    }

    /// What this server says it can do.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.agreed.own
    }

    /// What the client said at connect that it can do; nothing before.
    #[must_use]
    pub fn client_capabilities(&self) -> &Capabilities {
        &self.agreed.client
    }

    /// Whether object encoding 3 is in force: the client may be sent messages of types 15, 16 and 17
    /// (EA 8.1.1).
    #[must_use]
    pub fn uses_amf3(&self) -> bool {
        self.agreed.amf3
    }

    /// Asks the client to go to another connection (E-RTMP v2 "Reconnect Request"). The session goes on
    /// until the client leaves (ERC-018).
    ///
    /// # Errors
    /// The client is not connected, or did not say that it understands this ([`CapsEx::RECONNECT`],
    /// ERC-020).
    pub fn request_reconnect(&mut self, request: ReconnectRequest) -> Result<(), LocalMisuse> {
        self.connected()?;
        if !self.agreed.client.caps_ex.unwrap_or_default().contains(CapsEx::RECONNECT) {
            return Err(LocalMisuse { what: "the client does not understand reconnect requests" });
        }
        let result =
            self.send_command(request.into_on_status(), ChunkStreamId::COMMAND, MessageStreamId::CONNECTION);
        self.settle(result);
        Ok(())
    }

    /// Sends a shared object message: type 16 where object encoding 3 is in force, else type 19.
    ///
    /// # Errors
    /// The client is not connected, or the message holds what cannot be written.
    pub fn send_shared_object(&mut self, message: &SharedObject) -> Result<(), LocalMisuse> {
        self.connected()?;
        let kind = match self.agreed.amf3 {
            true => MessageType::SHARED_OBJECT_AMF3,
            false => MessageType::SHARED_OBJECT_AMF0,
        };
        let message = message
            .to_message(kind)
            .map_err(|_| LocalMisuse { what: "a value that AMF cannot carry in a shared object message" })?;
        if message.payload.len() > MAX_MESSAGE_LEN as usize {
            return Err(TOO_LONG);
        }
        let result = self.link.send(message);
        self.settle(result);
        Ok(())
    }

    fn connected(&self) -> Result<(), LocalMisuse> {
        match self.phase {
            Phase::Connected => Ok(()),
            _ => Err(LocalMisuse { what: "the client is not connected" }),
        }
    }

    pub(super) fn note_command_type(&mut self, kind: MessageType) {
        self.agreed.asked_in = kind;
    }

    /// Reads what the command object of connect says.
    pub(super) fn note_offer(&mut self, object: &Value) {
        self.agreed.client = Capabilities::from_value(object);
        self.agreed.amf3_offered = object.property("objectEncoding").and_then(Value::as_f64) == Some(3.0);
    }

    /// Settles what connect offered, and returns the members of the answer's information object. Object
    /// encoding never exceeds the offer (EA 8.1.1).
    pub(super) fn settle_offer(&mut self) -> Vec<(alloc::string::String, Value)> {
        self.agreed.amf3 = self.agreed.amf3_offered;
        let encoding = if self.agreed.amf3 { 3.0 } else { 0.0 };
        let mut members = Vec::from([("objectEncoding".into(), Value::Number(encoding))]);
        members.extend(self.agreed.own.answer_to(&self.agreed.client).into_properties());
        members
    }

    /// Answers in the type of the question: one that asked in type 17 after agreeing on object encoding 3
    /// reads that; nobody else has to (MSG-015).
    pub(super) fn send_command(
        &mut self,
        command: Command,
        chunk_stream: ChunkStreamId,
        stream: MessageStreamId,
    ) -> Result<(), SessionError> {
        let kind = if self.agreed.amf3 { self.agreed.asked_in } else { MessageType::COMMAND_AMF0 };
        let message = command
            .into_message_as(kind, chunk_stream, stream)
            .map_err(|_| LocalMisuse { what: "a value that AMF0 cannot carry in a command" })?;
        self.link.send(message)
    }

    /// A malformed message changes nothing (SO-024).
    pub(super) fn handle_shared_object(&mut self, message: &Message) -> Result<(), SessionError> {
        let decoded = SharedObject::decode(message.kind, &message.payload, self.link.limits());
        match decoded {
            Ok(shared) if self.phase == Phase::Connected => {
                let weight = shared.weight(message.payload.len());
                self.emit_with(ServerEvent::SharedObject { message: shared }, weight)
            }
            _ => Ok(()),
        }
    }

    /// What this session has no use for is the application's to see.
    pub(super) fn other(&mut self, message: Message) -> Result<(), SessionError> {
        if self.phase != Phase::Connected {
            return Ok(());
        }
        let Message { stream, kind, timestamp, payload, .. } = message;
        self.emit(ServerEvent::Other { stream, kind, timestamp, payload })
    }
}
