//! The session: what it asks for, timers, and what the application may do.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use rtmp_amf::Value;

use super::negotiate::Agreed;
use super::{ClientEvent, ConnectParams};
use crate::body::Weight;
use crate::chunk::MAX_MESSAGE_LEN;
use crate::control::Control;
use crate::data::relayed_form;
use crate::events::Events;
use crate::handshake::{ClientHandshake, HandshakeMode, HandshakeReport};
use crate::link::{Handshake, Link, late};
use crate::message::TOO_LONG;
#[cfg(feature = "digest")]
use crate::swf_verification::{self, SwfHash};
use crate::tamper::Tamper;
use crate::{
    Aggregate, AggregateErrorKind, ChunkStreamId, Command, LimitExceeded, Limits, LocalMisuse, Message,
    MessageStreamId, MessageType, Millis, PlayStart, PublishMode, SessionError, Timestamp, TransactionId,
    UserControl,
};

/// Length of the buffer that SetBufferLength announces, in ms.
const BUFFER_MS: u32 = 1000;

/// The client's half of one connection with one message stream, without sockets, clock or randomness.
///
/// The run loop is that of [`crate::ServerSession`]: poll the transmit queue, feed what the transport
/// delivers, drain the events, keep the timeout. The session connects by itself once the handshake is
/// over, and creates the stream when [`Self::publish`] or [`Self::play`] was called, before or after.
pub struct ClientSession {
    pub(super) link: Link,
    pub(super) phase: Phase,
    pub(super) agreed: Agreed,
    pub(super) goal: Option<Goal>,
    pub(super) stream: MessageStreamId,
    /// Calls whose answers matter.
    pub(super) calls: Vec<(TransactionId, Call)>,
    connect: Option<ConnectParams>,
    last_transaction: u32,
    deadline: Deadline,
    now: Millis,
    over: bool,
    #[cfg(feature = "digest")]
    swf: Option<SwfHash>,
    events: Events<ClientEvent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Handshake,
    Connecting,
    /// Connected, without a stream.
    Connected,
    Creating,
    /// The stream is there and idle.
    Ready,
    PublishAsked,
    Publishing,
    PlayAsked,
    Playing,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Goal {
    Publish { name: String, mode: PublishMode },
    Play { name: String, start: PlayStart, duration: f64, reset: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Connect,
    CreateStream,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deadline {
    None,
    /// Begins with the next call that tells the time.
    Pending,
    At(Millis),
}

impl ClientSession {
    /// A session for a transport that is connected. `random` seeds C1 and, for RTMPE, the private key:
    /// nobody may be able to predict it. `now` starts the handshake timeout. C0 and C1 come from the first [`Self::poll_transmit`].
    #[must_use]
    pub fn new(limits: Limits, random: [u8; 32], now: Millis, params: ConnectParams) -> Self {
        let handshake = Handshake::Client(ClientHandshake::new(now.0 as u32, random));
        Self {
            events: Events::new(&limits),
            link: Link::new(limits, handshake, now),
            phase: Phase::Handshake,
            agreed: Agreed::default(),
            goal: None,
            stream: MessageStreamId::CONNECTION,
            calls: Vec::new(),
            connect: Some(params),
            last_transaction: 0,
            deadline: Deadline::None,
            now,
            over: false,
            #[cfg(feature = "digest")]
            swf: None,
        }
    }

    /// Sets which handshake to begin; without it the plain one. Has to come before the first poll and the
    /// first input.
    pub fn set_handshake_mode(&mut self, mode: HandshakeMode) {
        self.link.set_handshake_mode(mode);
    }

    /// What the handshake turned out to be, once it is over.
    #[must_use]
    pub fn handshake_report(&self) -> Option<HandshakeReport> {
        self.link.handshake_report()
    }

    /// Sets the SWF file that this client says it was loaded from when a server asks (user control event
    /// 26). Without it, and after a handshake without digests, such requests are ignored (SWFV-005,
    /// SWFV-006).
    #[cfg(feature = "digest")]
    pub fn set_swf(&mut self, swf: SwfHash) {
        self.swf = Some(swf);
    }

    /// Plants deviations. Has to come before the first poll and the first input.
    pub fn set_tamper(&mut self, tamper: Box<dyn Tamper>) {
        self.link.set_tamper(tamper);
    }

    /// Whether a [`Tamper`] is planted.
    #[must_use]
    pub fn is_tampered(&self) -> bool {
        self.link.is_tampered()
    }

    /// Takes bytes from the transport: all of `data`, however they are split.
    ///
    /// # Errors
    /// Why the session is over; the same error for every later call. What
    /// [`Self::poll_event`] and [`Self::poll_transmit`] still hold is valid.
    pub fn handle_input(&mut self, now: Millis, data: &mut BytesMut) -> Result<(), SessionError> {
        self.tell_time(now);
        let result = self.link.feed(now, data).and_then(|()| {
            if self.phase == Phase::Handshake && self.link.is_ready() {
                self.send_connect()?;
                self.tell_time(now);
            }
            while let Some(message) = self.link.next_message()? {
                self.dispatch(message)?;
            }
            self.link.acknowledge()
        });
        self.tell_time(now);
        self.settle(result);
        self.link.result()
    }

    /// Does what is due: handshake timeout; no answer to connect, createStream or publish within
    /// [`Limits::request_ms`]. A play may wait as long as it likes for a live stream.
    ///
    /// # Errors
    /// As [`Self::handle_input`]; a deadline that passed is a [`LimitExceeded`].
    pub fn handle_timeout(&mut self, now: Millis) -> Result<(), SessionError> {
        self.tell_time(now);
        let result = match self.deadline {
            Deadline::At(deadline) if now >= deadline && self.link.is_open() => {
                Err(late("request_ms", self.link.limits().request_ms, deadline, now))
            }
            _ => self.link.handle_timeout(now),
        };
        self.settle(result);
        self.link.result()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop()
    }

    /// The next bytes for the transport, to be written in order and whole.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        self.link.poll_transmit()
    }

    /// When [`Self::handle_timeout`] is due next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Millis> {
        if !self.link.is_open() {
            return None;
        }
        let request = match self.deadline {
            Deadline::None => None,
            Deadline::Pending => Some(self.now),
            Deadline::At(deadline) => Some(deadline),
        };
        [self.link.poll_timeout(), request].into_iter().flatten().min()
    }

    /// Whether the connection is to be closed once everything is written out.
    #[must_use]
    pub fn should_close(&self) -> bool {
        self.link.should_close()
    }

    /// Why the session failed, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&SessionError> {
        self.link.error()
    }

    /// Publishes under `name`: releaseStream, FCPublish, createStream unless a stream is there, publish.
    /// [`ClientEvent::PublishStarted`] says when media may be sent.
    ///
    /// # Errors
    /// The stream is in use already.
    pub fn publish(&mut self, name: &str, mode: PublishMode) -> Result<(), LocalMisuse> {
        self.pursue(Goal::Publish { name: name.into(), mode })
    }

    /// Plays `name`: createStream unless a stream is there, SetBufferLength, play. `duration` in seconds,
    /// -1 for all there is.
    ///
    /// # Errors
    /// The stream is in use already.
    pub fn play(
        &mut self,
        name: &str,
        start: PlayStart,
        duration: f64,
        reset: bool,
    ) -> Result<(), LocalMisuse> {
        self.pursue(Goal::Play { name: name.into(), start, duration, reset })
    }

    fn pursue(&mut self, goal: Goal) -> Result<(), LocalMisuse> {
        if self.goal.is_some() {
            return Err(LocalMisuse { what: "the message stream is in use" });
        }
        self.goal = Some(goal);
        let result = match self.phase {
            Phase::Connected => self.create_stream(),
            Phase::Ready => self.start_goal(),
            _ => Ok(()),
        };
        self.settle(result);
        Ok(())
    }

    /// Sends a media message of the stream that is published.
    ///
    /// # Errors
    /// `kind` is not 8, 9 or 18, `payload` is longer than 16,777,215 bytes, or
    /// [`ClientEvent::PublishStarted`] did not come yet.
    pub fn send_media(
        &mut self,
        kind: MessageType,
        timestamp: Timestamp,
        payload: Bytes,
    ) -> Result<(), LocalMisuse> {
        let id = match kind {
            MessageType::AUDIO => 4,
            MessageType::VIDEO => 6,
            MessageType::DATA_AMF0 => STREAM_CSID,
            _ => return Err(LocalMisuse { what: "only types 8, 9 and 18 are media" }),
        };
        if payload.len() > MAX_MESSAGE_LEN as usize {
            return Err(TOO_LONG);
        }
        if self.phase != Phase::Publishing {
            return Err(LocalMisuse { what: "nothing is published" });
        }
        let result =
            self.link.send(Message { chunk_stream: csid(id), timestamp, kind, stream: self.stream, payload });
        self.settle(result);
        Ok(())
    }

    /// Ends the publish or play with closeStream and keeps the stream for another.
    pub fn close_stream(&mut self) {
        let name = self.end_goal();
        if self.phase as u8 >= Phase::Ready as u8 {
            self.phase = Phase::Ready;
            let result = self
                .fc_unpublish(name)
                .and_then(|()| self.send_on_stream(Command::new("closeStream", NO_ANSWER, Vec::new())));
            self.settle(result);
        }
    }

    /// Ends the publish or play with FCUnpublish, where it was a publish, and deleteStream (RTMP 7.2.2.3,
    /// EA 8.3).
    pub fn delete_stream(&mut self) {
        let name = self.end_goal();
        if self.phase as u8 >= Phase::Ready as u8 {
            self.phase = Phase::Connected;
            let id = Value::Number(f64::from(self.stream.0));
            let delete = Command::new("deleteStream", NO_ANSWER, Vec::from([id]));
            let result = self.fc_unpublish(name).and_then(|()| self.send_on_connection(delete));
            self.settle(result);
            self.stream = MessageStreamId::CONNECTION;
        }
    }

    fn fc_unpublish(&mut self, name: Option<String>) -> Result<(), SessionError> {
        let Some(name) = name else { return Ok(()) };
        let transaction = self.next_transaction();
        self.send_on_connection(Command::new("FCUnpublish", transaction, Vec::from([Value::String(name)])))
    }

    /// Forgets the goal; the name if it was to publish.
    fn end_goal(&mut self) -> Option<String> {
        self.deadline = Deadline::None;
        match self.goal.take() {
            Some(Goal::Publish { name, .. }) => Some(name),
            _ => None,
        }
    }

    /// `pause` (RTMP 7.2.2.8); `at` in ms of stream time.
    pub fn pause(&mut self, paused: bool, at: f64) {
        self.command_on_stream("pause", Vec::from([Value::Boolean(paused), Value::Number(at)]));
    }

    /// `seek` (RTMP 7.2.2.7), in ms.
    pub fn seek(&mut self, ms: f64) {
        self.command_on_stream("seek", Vec::from([Value::Number(ms)]));
    }

    /// `receiveAudio` (RTMP 7.2.2.4).
    pub fn receive_audio(&mut self, on: bool) {
        self.command_on_stream("receiveAudio", Vec::from([Value::Boolean(on)]));
    }

    /// `receiveVideo` (RTMP 7.2.2.5).
    pub fn receive_video(&mut self, on: bool) {
        self.command_on_stream("receiveVideo", Vec::from([Value::Boolean(on)]));
    }

    /// NetStream commands have transaction id 0 and go on the stream's message stream id.
    fn command_on_stream(&mut self, name: &str, arguments: Vec<Value>) {
        if self.phase as u8 >= Phase::Ready as u8 {
            let result = self.send_on_stream(Command::new(name, NO_ANSWER, arguments));
            self.settle(result);
        }
    }

    /// Ends the session: what is queued still goes out, then [`Self::should_close`].
    pub fn close(&mut self) {
        self.link.close();
    }

    /// Bytes that wait for the transport, with what the queue itself costs.
    #[must_use]
    pub fn transmit_backlog(&self) -> usize {
        self.link.backlog()
    }

    /// The chunk size in force for what this session sends, in bytes.
    #[must_use]
    pub fn chunk_size_out(&self) -> u32 {
        self.link.chunk_size_out()
    }

    pub(super) fn settle(&mut self, result: Result<(), SessionError>) {
        if let Err(error) = result {
            self.link.fail(error);
        }
    }

    fn tell_time(&mut self, now: Millis) {
        self.now = now;
        if self.deadline == Deadline::Pending {
            self.deadline = Deadline::At(now.after(self.link.limits().request_ms));
        }
    }

    pub(super) fn answered(&mut self) {
        self.deadline = Deadline::None;
    }

    pub(super) fn next_transaction(&mut self) -> TransactionId {
        self.last_transaction += 1;
        TransactionId(f64::from(self.last_transaction))
    }

    pub(super) fn emit(&mut self, event: ClientEvent) -> Result<(), SessionError> {
        self.emit_with(event, Weight::default())
    }

    /// For an event that takes more memory than what arrived for it.
    pub(super) fn emit_with(&mut self, event: ClientEvent, weight: Weight) -> Result<(), SessionError> {
        self.events.push(event, weight)
    }

    fn dispatch(&mut self, message: Message) -> Result<(), SessionError> {
        match message.kind {
            MessageType::COMMAND_AMF0 | MessageType::COMMAND_AMF3 if !message.payload.is_empty() => {
                self.handle_command(&message)
            }
            MessageType::AUDIO | MessageType::VIDEO | MessageType::DATA_AMF0 | MessageType::DATA_AMF3 => {
                self.handle_media(message)
            }
            MessageType::AGGREGATE => self.handle_aggregate(message),
            MessageType::SHARED_OBJECT_AMF0 | MessageType::SHARED_OBJECT_AMF3
                if !message.payload.is_empty() =>
            {
                self.handle_shared_object(&message)
            }
            MessageType::USER_CONTROL => self.handle_user_control(&message),
            // The link did what types 1 to 6 ask for.
            MessageType(1..=6) => Ok(()),
            _ => self.other(message),
        }
    }

    /// RTMP 7.1.7. Media that come after StreamEOF are discarded until a StreamBegin or a new play.
    fn handle_user_control(&mut self, message: &Message) -> Result<(), SessionError> {
        let event = match UserControl::decode(&message.payload) {
            Ok(UserControl::StreamBegin(id)) => ClientEvent::StreamBegin { stream: MessageStreamId(id) },
            Ok(UserControl::StreamEof(id)) => ClientEvent::StreamEof { stream: MessageStreamId(id) },
            Ok(UserControl::StreamDry(id)) => ClientEvent::StreamDry { stream: MessageStreamId(id) },
            #[cfg(feature = "digest")]
            Ok(UserControl::Unknown { event: swf_verification::REQUEST, data }) => {
                return self.answer_swf_request(&data);
            }
            _ => return Ok(()),
        };
        match event {
            ClientEvent::StreamBegin { stream } if stream == self.stream => self.over = false,
            ClientEvent::StreamEof { stream } if stream == self.stream => self.over = true,
            _ => {}
        }
        self.emit(event)
    }

    #[cfg(feature = "digest")]
    fn answer_swf_request(&mut self, request: &[u8]) -> Result<(), SessionError> {
        match (self.swf, self.link.swf_verification_key()) {
            (Some(swf), Some(key)) if swf_verification::is_answerable(request) => {
                self.link.send_user_control(swf.response(&key).into_event())
            }
            _ => Ok(()),
        }
    }

    fn handle_aggregate(&mut self, message: Message) -> Result<(), SessionError> {
        for inner in Aggregate::new(message) {
            let inner = inner.map_err(|error| match error.kind {
                AggregateErrorKind::CountLimit(most) => LimitExceeded {
                    limit: "aggregate_messages",
                    value: u64::from(most) + 1,
                    maximum: u64::from(most),
                }
                .into(),
                kind => self.link.peer_misbehaved(kind.what(), "RTMP 7.1.6"),
            })?;
            self.handle_media(inner)?;
        }
        Ok(())
    }

    /// Media belong to the stream that plays. Some servers send them on message stream 0 (MSG-019).
    fn handle_media(&mut self, message: Message) -> Result<(), SessionError> {
        let ours = message.stream == self.stream || message.stream == MessageStreamId::CONNECTION;
        if !ours || self.over || !matches!(self.phase, Phase::PlayAsked | Phase::Playing) {
            return Ok(());
        }
        let Some((kind, mut payload)) = relayed_form(&message, self.link.limits()) else {
            return if message.kind == MessageType::AGGREGATE { Ok(()) } else { self.other(message) };
        };
        let weight = Weight { nodes: 0, bytes: payload.len().saturating_sub(message.payload.len()) };
        let mut timestamp = message.timestamp;
        let keep = match self.link.tamper() {
            Some(tamper) => tamper.relay_in(kind, &mut timestamp, &mut payload),
            None => true,
        };
        if keep {
            self.emit_with(ClientEvent::Media { kind, timestamp, payload }, weight)?;
        }
        Ok(())
    }

    /// RTMP 7.2.1.1: the first command, with transaction id 1.
    fn send_connect(&mut self) -> Result<(), SessionError> {
        let Some(params) = self.connect.take() else { return Ok(()) };
        let (object, arguments) = params.into_values();
        self.note_offer(&object);
        let transaction = self.call(Call::Connect);
        self.phase = Phase::Connecting;
        self.send_on_connection(Command { name: "connect".into(), transaction, object, arguments })
    }

    pub(super) fn connected(&mut self) -> Result<(), SessionError> {
        self.phase = Phase::Connected;
        let size = self.link.limits().chunk_size_out;
        self.link.send(Control::SetChunkSize(size).encode())?;
        if self.goal.is_some() { self.create_stream() } else { Ok(()) }
    }

    fn create_stream(&mut self) -> Result<(), SessionError> {
        if let Some(Goal::Publish { name, .. }) = &self.goal {
            let name = Value::String(name.clone());
            for command in ["releaseStream", "FCPublish"] {
                let transaction = self.next_transaction();
                self.send_on_connection(Command::new(command, transaction, Vec::from([name.clone()])))?;
            }
        }
        self.phase = Phase::Creating;
        let transaction = self.call(Call::CreateStream);
        self.send_on_connection(Command::new("createStream", transaction, Vec::new()))
    }

    pub(super) fn start_goal(&mut self) -> Result<(), SessionError> {
        self.over = false;
        match self.goal.clone() {
            None => {
                self.phase = Phase::Ready;
                Ok(())
            }
            Some(Goal::Publish { name, mode }) => {
                self.phase = Phase::PublishAsked;
                self.deadline = Deadline::Pending;
                let arguments = Vec::from([Value::String(name), Value::from(mode.as_str())]);
                self.send_on_stream(Command::new("publish", NO_ANSWER, arguments))
            }
            Some(Goal::Play { name, start, duration, reset }) => {
                self.phase = Phase::PlayAsked;
                let buffer = UserControl::SetBufferLength { stream: self.stream.0, ms: BUFFER_MS };
                self.link.send_user_control(buffer)?;
                let arguments = Vec::from([
                    Value::String(name),
                    Value::Number(start.number()),
                    Value::Number(duration),
                    Value::Boolean(reset),
                ]);
                self.send_on_stream(Command::new("play", NO_ANSWER, arguments))
            }
        }
    }

    fn call(&mut self, call: Call) -> TransactionId {
        let transaction = self.next_transaction();
        self.calls.push((transaction, call));
        self.deadline = Deadline::Pending;
        transaction
    }

    pub(super) fn send_on_connection(&mut self, command: Command) -> Result<(), SessionError> {
        self.link.send_command(command, ChunkStreamId::COMMAND, MessageStreamId::CONNECTION)
    }

    fn send_on_stream(&mut self, command: Command) -> Result<(), SessionError> {
        self.link.send_command(command, csid(STREAM_CSID), self.stream)
    }
}

/// Chunk stream of stream commands and data messages.
const STREAM_CSID: u32 = 5;

/// RTMP 7.2.2: NetStream commands have transaction id 0.
const NO_ANSWER: TransactionId = TransactionId(0.0);

fn csid(id: u32) -> ChunkStreamId {
    ChunkStreamId::new(id).unwrap_or(ChunkStreamId::COMMAND)
}
