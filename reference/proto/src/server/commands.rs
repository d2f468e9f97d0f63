//! Commands of the peer (RTMP 7.2), one method for each.

use alloc::string::String;

use rtmp_amf::Value;

use super::session::{Phase, Request, ServerSession};
use super::streams::Role;
use super::{PlayStart, PublishMode, ServerEvent};
use crate::{Command, Message, MessageStreamId, SessionError, StatusInfo, Timestamp, TransactionId};

type Outcome = Result<(), SessionError>;

impl ServerSession {
    pub(super) fn handle_command(&mut self, message: &Message) -> Outcome {
        let command = Command::decode(message.kind, &message.payload, self.link.limits())
            .map_err(|error| self.link.command_error(error))?
            .in_amf0();
        let stream = message.stream;
        self.note_command_type(message.kind);
        if command.name == "connect" {
            return self.connect(command);
        }
        if self.phase != Phase::Connected {
            return self.before_connect(stream, &command);
        }
        match command.name.as_str() {
            "createStream" => self.create_stream(&command),
            "deleteStream" => self.delete_stream(stream, &command),
            "closeStream" => self.end_stream(stream, true),
            "close" => self.close(),
            "releaseStream" => self.answer(&command, Ok(Value::Null)),
            "FCPublish" => self.fc(&command, "onFCPublish", "NetStream.Publish.Start"),
            "FCSubscribe" => self.fc(&command, "onFCSubscribe", "NetStream.Play.Start"),
            "FCUnpublish" => self.fc_unpublish(&command),
            "getStreamLength" => self.answer(&command, Ok(Value::Number(0.0))),
            "publish" => self.publish(stream, &command),
            "play" => self.play(stream, &command),
            "play2" => self.play2(stream, &command),
            "pause" | "pauseRaw" => self.pause(stream, &command),
            "seek" => self.seek(stream, &command),
            "receiveAudio" => self.receive(stream, &command, Kind::Audio),
            "receiveVideo" => self.receive(stream, &command, Kind::Video),
            "_result" | "_error" | "onStatus" => Ok(()),
            _ => self.answer(&command, Err(call_failed("There is no such method."))),
        }
    }

    /// The answer to a call, unless the caller wants none (RTMP 7.2.1.2).
    fn answer(&mut self, command: &Command, outcome: Result<Value, StatusInfo>) -> Outcome {
        if command.transaction.0 == 0.0 {
            return Ok(());
        }
        self.reply(MessageStreamId::CONNECTION, command.transaction, outcome)
    }

    /// RTMP 7.2.1.1. `app` is required (EA 8.1.3).
    fn connect(&mut self, command: Command) -> Outcome {
        if self.phase == Phase::Connected {
            let info = StatusInfo::error("NetConnection.Connect.Rejected", "This connection is connected.");
            return self.reply(MessageStreamId::CONNECTION, command.transaction, Err(info));
        }
        let text = |key: &str| command.object.property(key).and_then(Value::as_str).map(String::from);
        let Some(app) = text("app") else {
            let info = StatusInfo::error("NetConnection.Connect.Rejected", "connect needs an app, a string.");
            self.reply(MessageStreamId::CONNECTION, command.transaction, Err(info))?;
            self.link.close();
            return Ok(());
        };
        let tc_url = text("tcUrl");
        self.note_offer(&command.object);
        let id = self.ask(Request::Connect { transaction: command.transaction });
        let Command { object, arguments, .. } = command;
        self.emit(ServerEvent::Connect { id, app, tc_url, object, arguments })
    }

    /// CONN-038: calls are refused. What expects no answer is refused by ending the session, so that no
    /// client waits for a stream that never starts.
    fn before_connect(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        match command.name.as_str() {
            "publish" | "play" => {
                let code = if command.name == "play" {
                    "NetStream.Play.Failed"
                } else {
                    "NetStream.Publish.BadName"
                };
                self.status(stream, StatusInfo::error(code, "connect has to come first."))?;
                self.link.close();
                Ok(())
            }
            _ => self.answer(command, Err(call_failed("connect has to come first."))),
        }
    }

    /// RTMP 7.2.1.3.
    fn create_stream(&mut self, command: &Command) -> Outcome {
        let maximum = self.link.limits().message_streams;
        let outcome = match self.streams.create(maximum) {
            Some(id) => Ok(Value::Number(f64::from(id.0))),
            None => Err(call_failed("This connection has as many streams as it may have.")),
        };
        self.answer(command, outcome)
    }

    /// RTMP 7.2.2.3, EA 8.3: the id is the first argument; there is no answer. Without an id the stream
    /// that carried the command is meant.
    fn delete_stream(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        let id = match command.argument(0).and_then(Value::as_f64) {
            Some(number) if number >= 1.0 && number <= f64::from(u32::MAX) => MessageStreamId(number as u32),
            Some(_) => return Ok(()),
            None => stream,
        };
        self.end_stream(id, false)?;
        self.streams.remove(id);
        Ok(())
    }

    /// CONN-047.
    fn close(&mut self) -> Outcome {
        for id in self.streams.ids() {
            self.end_stream(id, false)?;
        }
        self.link.close();
        Ok(())
    }

    /// Ends what a stream does and leaves its id usable. `tell`: with NetStream.Unpublish.Success.
    fn end_stream(&mut self, id: MessageStreamId, tell: bool) -> Outcome {
        let Some(stream) = self.streams.find(id) else { return Ok(()) };
        match core::mem::replace(&mut stream.role, Role::Idle) {
            Role::Idle => Ok(()),
            Role::Playing(play) => self.emit(ServerEvent::PlayEnded { stream: id, name: play.name }),
            Role::Publishing { name } => {
                self.emit(ServerEvent::PublishEnded { stream: id, name })?;
                if tell {
                    let info = StatusInfo::status("NetStream.Unpublish.Success", "Publishing stopped.");
                    self.status(id, info)?;
                }
                Ok(())
            }
        }
    }

    /// FCPublish and FCSubscribe (AUX-002, AUX-005): a result, and a command that says the same.
    fn fc(&mut self, command: &Command, name: &str, code: &str) -> Outcome {
        self.answer(command, Ok(Value::Null))?;
        let info = StatusInfo::status(code, "Go on.").into_value();
        let notice = Command::new(name, TransactionId(0.0), [info].into());
        self.send_command(notice, crate::ChunkStreamId::COMMAND, MessageStreamId::CONNECTION)
    }

    /// AUX-004.
    fn fc_unpublish(&mut self, command: &Command) -> Outcome {
        self.answer(command, Ok(Value::Null))?;
        let stream =
            command.argument(0).and_then(Value::as_str).and_then(|name| self.streams.publisher_of(name));
        match stream {
            Some(stream) => self.end_stream(stream, true),
            None => Ok(()),
        }
    }

    /// RTMP 7.2.2.6.
    fn publish(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        let refuse = |session: &mut Self, why: &str| {
            session.status(stream, StatusInfo::error("NetStream.Publish.BadName", why))
        };
        let Some(found) = self.streams.find(stream) else {
            return refuse(self, "publish needs a stream that createStream returned.");
        };
        if matches!(found.role, Role::Playing(_)) {
            return refuse(self, "This stream plays.");
        }
        let name = match stream_name(command) {
            StreamName::Name(name) => name,
            StreamName::Stop if matches!(found.role, Role::Publishing { .. }) => {
                return self.end_stream(stream, true);
            }
            StreamName::Stop => return refuse(self, "publish needs a name."),
            StreamName::Wrong => return refuse(self, "The name to publish is not a string."),
            StreamName::TooLong => return refuse(self, "The name to publish is longer than 65535 bytes."),
        };
        let mode = match command.argument(1) {
            None | Some(Value::Null | Value::Undefined) => Some(PublishMode::Live),
            Some(value) => value.as_str().and_then(PublishMode::from_word),
        };
        let Some(mode) = mode else {
            return refuse(self, "The publishing type is not live, record or append.");
        };
        self.end_stream(stream, true)?;
        let id = self.ask(Request::Publish { stream, name: name.clone() });
        self.emit(ServerEvent::Publish { id, stream, name, mode })
    }

    /// RTMP 7.2.2.1.
    fn play(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        let refuse =
            |session: &mut Self, code: &str, why: &str| session.status(stream, StatusInfo::error(code, why));
        let Some(found) = self.streams.find(stream) else {
            return refuse(self, "NetStream.Play.Failed", "play needs a stream that createStream returned.");
        };
        if matches!(found.role, Role::Publishing { .. }) {
            return refuse(self, "NetStream.Play.Failed", "This stream publishes.");
        }
        let name = match stream_name(command) {
            StreamName::Name(name) => name,
            StreamName::Stop if matches!(found.role, Role::Playing(_)) => {
                return self.end_stream(stream, true);
            }
            StreamName::Stop => return refuse(self, "NetStream.Play.StreamNotFound", "play needs a name."),
            StreamName::Wrong => {
                return refuse(self, "NetStream.Play.StreamNotFound", "The name to play is not a string.");
            }
            StreamName::TooLong => {
                let why = "The name to play is longer than 65535 bytes.";
                return refuse(self, "NetStream.Play.StreamNotFound", why);
            }
        };
        let number = |index, default| command.argument(index).and_then(Value::as_f64).unwrap_or(default);
        let start = PlayStart::from_number(number(1, -2.0));
        let duration = number(2, -1.0);
        let duration = if duration >= 0.0 { duration } else { -1.0 };
        let reset = match command.argument(3) {
            Some(Value::Boolean(reset)) => *reset,
            Some(Value::Number(reset)) => *reset != 0.0,
            _ => false,
        };
        self.end_stream(stream, true)?;
        let id = self.ask(Request::Play { stream, name: name.clone(), reset });
        self.emit(ServerEvent::Play { id, stream, name, start, duration, reset })
    }

    /// RTMP 7.2.2.2: there are no other bit rates to switch to.
    fn play2(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        self.answer(command, Err(call_failed("This server has no play2.")))?;
        if command.transaction.0 == 0.0 && self.streams.find(stream).is_some() {
            let info = StatusInfo::error("NetStream.Play.Failed", "This server has no play2.");
            return self.status(stream, info);
        }
        Ok(())
    }

    /// RTMP 7.2.2.8.
    fn pause(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        let failed = |why| StatusInfo::error("NetStream.Pause.Failed", why);
        let at = command.argument(1).and_then(Value::as_f64).unwrap_or(0.0);
        let Some(paused) = command.argument(0).and_then(flag) else {
            return self.reply(stream, command.transaction, Err(failed("pause needs a flag.")));
        };
        let Some(play) = self.streams.play(stream) else {
            return self.reply(stream, command.transaction, Err(failed("Nothing plays on this stream.")));
        };
        if play.paused && !paused {
            play.resume_after = play.resume_point(at);
        }
        play.paused = paused;
        let info = if paused {
            StatusInfo::status("NetStream.Pause.Notify", "Playback is paused.")
        } else {
            StatusInfo::status("NetStream.Unpause.Notify", "Playback goes on.")
        };
        self.status(stream, info)?;
        self.emit(ServerEvent::Paused { stream, paused, at })
    }

    /// RTMP 7.2.2.7: a live stream cannot be wound.
    fn seek(&mut self, stream: MessageStreamId, command: &Command) -> Outcome {
        let playing = self.streams.play(stream).is_some();
        let why = if playing { "A live stream cannot seek." } else { "Nothing plays on this stream." };
        let info = StatusInfo::error("NetStream.Seek.Failed", why);
        self.reply(stream, command.transaction, Err(info))?;
        match command.argument(0).and_then(Value::as_f64) {
            Some(ms) if playing => self.emit(ServerEvent::Seek { stream, ms }),
            _ => Ok(()),
        }
    }

    /// RTMP 7.2.2.4 and 7.2.2.5: `false` has no answer, `true` has two.
    fn receive(&mut self, id: MessageStreamId, command: &Command, kind: Kind) -> Outcome {
        let Some(on) = command.argument(0).and_then(flag) else { return Ok(()) };
        let Some(stream) = self.streams.find(id) else { return Ok(()) };
        match kind {
            Kind::Audio => stream.audio = on,
            Kind::Video => stream.video = on,
        }
        if on && matches!(stream.role, Role::Playing(_)) {
            self.status(id, StatusInfo::status("NetStream.Seek.Notify", "Media follow."))?;
            self.status(id, StatusInfo::status("NetStream.Play.Start", "Playback started."))?;
        }
        self.emit(match kind {
            Kind::Audio => ServerEvent::ReceiveAudio { stream: id, on },
            Kind::Video => ServerEvent::ReceiveVideo { stream: id, on },
        })
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Audio,
    Video,
}

impl super::streams::Play {
    /// The time that media have to be later than. No client can have seen more than what was sent, so a
    /// time beyond that, which would hold back live media for ever, counts as the last one sent.
    fn resume_point(&self, at: f64) -> Option<Timestamp> {
        let last = self.last_sent?;
        let at = if at >= 0.0 && at <= f64::from(u32::MAX) { Timestamp(at as u32) } else { last };
        Some(if last.is_before(at) { last } else { at })
    }
}

enum StreamName {
    Name(String),
    /// Empty, false, null or absent: stop (NSP-023, NSS-043).
    Stop,
    Wrong,
    TooLong,
}

/// Most bytes of a stream name, which each stream keeps: what a short AMF0 string can carry.
const MAX_NAME_LEN: usize = 65_535;

fn stream_name(command: &Command) -> StreamName {
    match command.argument(0) {
        Some(Value::String(name)) if name.len() > MAX_NAME_LEN => StreamName::TooLong,
        Some(Value::String(name)) if !name.is_empty() => StreamName::Name(name.clone()),
        None | Some(Value::String(_) | Value::Boolean(false) | Value::Null | Value::Undefined) => {
            StreamName::Stop
        }
        Some(_) => StreamName::Wrong,
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(flag) => Some(*flag),
        Value::Number(number) => Some(*number != 0.0),
        _ => None,
    }
}

fn call_failed(why: &str) -> StatusInfo {
    StatusInfo::error("NetConnection.Call.Failed", why)
}
