//! What the server answers and calls.

use alloc::vec::Vec;

use rtmp_amf::Value;

use super::ClientEvent;
use super::session::{Call, ClientSession, Phase};
use crate::{Command, Message, MessageStreamId, SessionError, StatusInfo};

impl ClientSession {
    pub(super) fn handle_command(&mut self, message: &Message) -> Result<(), SessionError> {
        let command = Command::decode(message.kind, &message.payload, self.link.limits())
            .map_err(|error| self.link.command_error(error))?
            .in_amf0();
        match command.name.as_str() {
            "_result" => self.handle_result(command),
            "_error" => self.handle_error(&command),
            "onStatus" => self.handle_status(message.stream, &command),
            "close" => {
                self.emit(ClientEvent::Closed)?;
                self.link.close();
                Ok(())
            }
            // AUX-012 and AUX-009.
            "ping" => self.send_on_connection(Command::new("pong", command.transaction, Vec::new())),
            "_onbwcheck" => self.answer(&command, Ok(Value::Null)),
            name if name.starts_with("on") || name.starts_with('_') => Ok(()),
            _ => {
                let info = StatusInfo::error("NetConnection.Call.Failed", "There is no such method.");
                self.answer(&command, Err(info))
            }
        }
    }

    fn answer(&mut self, call: &Command, outcome: Result<Value, StatusInfo>) -> Result<(), SessionError> {
        if call.transaction.0 == 0.0 {
            return Ok(());
        }
        let (name, value) = match outcome {
            Ok(value) => ("_result", value),
            Err(info) => ("_error", info.into_value()),
        };
        self.send_on_connection(Command::new(name, call.transaction, Vec::from([value])))
    }

    /// Answers are matched by transaction id; those to calls that nobody waits for are dropped.
    fn take_call(&mut self, answer: &Command) -> Option<Call> {
        let at = self.calls.iter().position(|(id, _)| *id == answer.transaction)?;
        Some(self.calls.remove(at).1)
    }

    fn handle_result(&mut self, command: Command) -> Result<(), SessionError> {
        match self.take_call(&command) {
            None => Ok(()),
            Some(Call::Connect) => {
                self.answered();
                let information = information(&command);
                self.note_answer(&command.object, &information);
                let weight = command.weight();
                let event = ClientEvent::Connected { properties: command.object, information };
                self.emit_with(event, weight)?;
                self.connected()
            }
            Some(Call::CreateStream) => {
                self.answered();
                let id = command.arguments.iter().find_map(Value::as_f64).unwrap_or(0.0);
                if !(id >= 1.0 && id <= f64::from(u32::MAX)) {
                    let what = "the result of createStream is no message stream id";
                    return Err(self.link.peer_misbehaved(what, "RTMP 7.2.1.3"));
                }
                self.stream = MessageStreamId(id as u32);
                self.emit(ClientEvent::StreamReady { stream: self.stream })?;
                self.start_goal()
            }
        }
    }

    fn handle_error(&mut self, command: &Command) -> Result<(), SessionError> {
        let Some(call) = self.take_call(command) else { return Ok(()) };
        self.answered();
        let stream = MessageStreamId::CONNECTION;
        self.emit_with(rejected(stream, information(command)), command.weight())?;
        match call {
            Call::Connect => self.link.close(),
            Call::CreateStream => {
                self.goal = None;
                self.phase = Phase::Connected;
            }
        }
        Ok(())
    }

    /// RTMP 7.2.2. Codes that are not known are judged by their level (STAT-021).
    fn handle_status(&mut self, stream: MessageStreamId, command: &Command) -> Result<(), SessionError> {
        let information = information(command);
        let Some(info) = StatusInfo::from_value(&information) else { return Ok(()) };
        let ours = stream == self.stream || stream == MessageStreamId::CONNECTION;
        if info.is_error() {
            if ours && self.phase == Phase::Connecting {
                self.link.close();
            } else if ours && matches!(self.phase, Phase::PublishAsked | Phase::Publishing | Phase::PlayAsked)
            {
                self.answered();
                self.goal = None;
                self.phase = Phase::Ready;
            }
            let event = ClientEvent::Rejected { stream, info, information };
            return self.emit_with(event, command.weight());
        }
        match info.code.as_str() {
            "NetStream.Publish.Start" if ours && self.phase == Phase::PublishAsked => {
                self.answered();
                self.phase = Phase::Publishing;
                self.emit(ClientEvent::PublishStarted { stream: self.stream })
            }
            "NetStream.Play.Start" if ours && self.phase == Phase::PlayAsked => {
                self.phase = Phase::Playing;
                self.emit(ClientEvent::PlayStarted { stream: self.stream })
            }
            _ => {
                let event = self.reconnect_event(&information);
                let event = event.unwrap_or(ClientEvent::Status { stream, info, information });
                self.emit_with(event, command.weight())
            }
        }
    }
}

/// The information object is the first value with properties behind the command object; some servers
/// put it in the place of that.
fn information(command: &Command) -> Value {
    command
        .arguments
        .iter()
        .find(|value| value.properties().is_some())
        .or(Some(&command.object).filter(|object| object.property("code").is_some()))
        .cloned()
        .unwrap_or(Value::Null)
}

fn rejected(stream: MessageStreamId, information: Value) -> ClientEvent {
    let info = StatusInfo::from_value(&information)
        .unwrap_or_else(|| StatusInfo::error("", "The server gave no reason."));
    ClientEvent::Rejected { stream, info, information }
}
