//! What connect settles beyond the application: object encoding and capabilities; and the messages that
//! are neither commands nor media.

use alloc::string::String;

use rtmp_amf::Value;

use super::ClientEvent;
use super::session::{ClientSession, Phase};
use crate::chunk::MAX_MESSAGE_LEN;
use crate::message::TOO_LONG;
use crate::{
    Capabilities, LocalMisuse, Message, MessageType, ReconnectRequest, RtmpUrl, SessionError, SharedObject,
};

/// What both ends said at connect.
#[derive(Default)]
pub(super) struct Agreed {
    tc_url: String,
    amf3_offered: bool,
    /// Object encoding 3 is in force.
    amf3: bool,
    server: Capabilities,
}

impl ClientSession {
    /// What the server said in its answer to connect that it can do; nothing before.
    #[must_use]
    pub fn server_capabilities(&self) -> &Capabilities {
        &self.agreed.server
    }

    /// Whether object encoding 3 is in force: the server may be sent messages of types 15, 16 and 17
    /// (EA 8.1.1). The session itself sends types 18 and 20, which every server reads.
    #[must_use]
    pub fn uses_amf3(&self) -> bool {
        self.agreed.amf3
    }

    /// Sends a shared object message: type 16 where object encoding 3 is in force, else type 19.
    ///
    /// # Errors
    /// The session is not connected, or the message holds what cannot be written.
    pub fn send_shared_object(&mut self, message: &SharedObject) -> Result<(), LocalMisuse> {
        if matches!(self.phase, Phase::Handshake | Phase::Connecting) {
            return Err(LocalMisuse { what: "the session is not connected" });
        }
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

    /// Keeps what the command object of connect says.
    pub(super) fn note_offer(&mut self, object: &Value) {
        let tc_url = object.property("tcUrl").and_then(Value::as_str);
        self.agreed.tc_url = tc_url.unwrap_or_default().into();
        self.agreed.amf3_offered = object.property("objectEncoding").and_then(Value::as_f64) == Some(3.0);
    }

    /// Reads the answer to connect. The server cannot choose more than was offered (EA 8.1.1).
    pub(super) fn note_answer(&mut self, properties: &Value, information: &Value) {
        let encoding = information.property("objectEncoding").or(properties.property("objectEncoding"));
        let chosen = encoding.and_then(Value::as_f64) == Some(3.0);
        self.agreed.amf3 = self.agreed.amf3_offered && chosen;
        self.agreed.server = Capabilities::from_result(properties, information);
    }

    /// The event of a reconnect request; `None` for another status, and where the target is no URL of
    /// the RTMP family (ERC-024).
    pub(super) fn reconnect_event(&self, information: &Value) -> Option<ClientEvent> {
        let request = ReconnectRequest::from_value(information)?;
        let current = RtmpUrl::from_tc_url(&self.agreed.tc_url).ok()?;
        let url = request.target(&current).ok()?;
        Some(ClientEvent::ReconnectRequested { url, description: request.description })
    }

    /// A malformed message changes nothing (SO-024).
    pub(super) fn handle_shared_object(&mut self, message: &Message) -> Result<(), SessionError> {
        match SharedObject::decode(message.kind, &message.payload, self.link.limits()) {
            Ok(shared) => {
                let weight = shared.weight(message.payload.len());
                self.emit_with(ClientEvent::SharedObject { message: shared }, weight)
            }
            Err(_) => Ok(()),
        }
    }

    /// What this session has no use for is the application's to see.
    pub(super) fn other(&mut self, message: Message) -> Result<(), SessionError> {
        let Message { stream, kind, timestamp, payload, .. } = message;
        self.emit(ClientEvent::Other { stream, kind, timestamp, payload })
    }
}
