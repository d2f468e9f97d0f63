//! The session: requests, events, timers, and what the application may ask of it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use rtmp_amf::Value;

use super::media::{chunk_stream_of, peek_wire, stream_csid};
use super::negotiate::Agreed;
use super::streams::{Play, Role, Streams};
use super::{Notice, Rejection, RequestId, ServerEvent};
use crate::body::Weight;
use crate::chunk::MAX_MESSAGE_LEN;
use crate::control::{Control, LimitType};
use crate::data::relayed_form;
use crate::events::Events;
use crate::handshake::{HandshakePolicy, HandshakeReport, ServerHandshake};
use crate::link::{Handshake, Link, late};
use crate::message::TOO_LONG;
#[cfg(feature = "digest")]
use crate::swf_verification::{self, SwfHash, SwfVerdict};
use crate::tamper::Tamper;
use crate::{
    Aggregate, AggregateErrorKind, ChunkStreamId, Command, LimitExceeded, Limits, LocalMisuse, Message,
    MessageStreamId, MessageType, Millis, SessionError, StatusInfo, Timestamp, TransactionId, UserControl,
};

/// The server's half of one connection, without sockets, clock or randomness.
///
/// Feed it with [`Self::handle_input`], then drain [`Self::poll_event`] and [`Self::poll_transmit`], and
/// call [`Self::handle_timeout`] no later than [`Self::poll_timeout`] says. After an error, or once
/// [`Self::should_close`] says so, write out what `poll_transmit` still has and close the transport.
///
/// `connect`, `publish` and `play` are the application's to decide: each comes as an event with a
/// [`RequestId`] for [`Self::accept`] or [`Self::reject`]. Until the answer the session holds back what
/// the peer sent after the request, so a client that pipelines its requests is served in order.
pub struct ServerSession {
    pub(super) link: Link,
    pub(super) streams: Streams,
    pub(super) phase: Phase,
    pub(super) agreed: Agreed,
    pending: Option<Pending>,
    last_request: u64,
    /// The files that the client that was asked may have.
    #[cfg(feature = "digest")]
    swf_expected: Option<Vec<SwfHash>>,
    events: Events<ServerEvent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Handshake,
    /// The handshake is over, connect has to come before the deadline.
    AwaitingConnect(Millis),
    Connected,
}

struct Pending {
    id: RequestId,
    request: Request,
}

pub(super) enum Request {
    Connect { transaction: TransactionId },
    Publish { stream: MessageStreamId, name: String },
    Play { stream: MessageStreamId, name: String, reset: bool },
}

impl ServerSession {
    /// A session for a connection that was just accepted. `random` seeds S1 and, for RTMPE, the private
    /// key: nobody may be able to predict it. `now` starts the handshake timeout.
    #[must_use]
    pub fn new(limits: Limits, random: [u8; 32], now: Millis) -> Self {
        let handshake = Handshake::Server(ServerHandshake::new(now.0 as u32, random));
        Self {
            events: Events::new(&limits),
            link: Link::new(limits, handshake, now),
            streams: Streams::default(),
            phase: Phase::Handshake,
            agreed: Agreed::default(),
            pending: None,
            last_request: 0,
            #[cfg(feature = "digest")]
            swf_expected: None,
        }
    }

    /// Sets which handshakes are taken part in; without it all that the crate's features offer. Has to come
    /// before the first input.
    pub fn set_handshake_policy(&mut self, policy: HandshakePolicy) {
        self.link.set_handshake_policy(policy);
    }

    /// What the handshake turned out to be, once it is over.
    #[must_use]
    pub fn handshake_report(&self) -> Option<HandshakeReport> {
        self.link.handshake_report()
    }

    /// Plants deviations. Has to come before the first input.
    pub fn set_tamper(&mut self, tamper: Box<dyn Tamper>) {
        self.link.set_tamper(tamper);
    }

    /// Whether a [`Tamper`] is planted. Such a session encodes all media itself.
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
        let result = self.link.feed(now, data).and_then(|()| {
            if self.phase == Phase::Handshake && self.link.is_ready() {
                self.phase = Phase::AwaitingConnect(now.after(self.link.limits().request_ms));
            }
            self.process()
        });
        self.settle(result);
        self.link.result()
    }

    /// Does what is due: handshake timeout, missing connect, idle ping, missing answer to it.
    ///
    /// # Errors
    /// As [`Self::handle_input`]; a deadline that passed is a [`LimitExceeded`].
    pub fn handle_timeout(&mut self, now: Millis) -> Result<(), SessionError> {
        let result = match self.phase {
            Phase::AwaitingConnect(deadline)
                if now >= deadline && self.pending.is_none() && self.link.is_open() =>
            {
                Err(late("request_ms", self.link.limits().request_ms, deadline, now))
            }
            _ => self.link.handle_timeout(now),
        };
        self.settle(result);
        self.link.result()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<ServerEvent> {
        self.events.pop()
    }

    /// The next bytes for the transport, to be written in order and whole.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        self.link.poll_transmit()
    }

    /// When [`Self::handle_timeout`] is due next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Millis> {
        let due = self.link.poll_timeout()?;
        match self.phase {
            Phase::AwaitingConnect(deadline) if self.pending.is_none() => Some(due.min(deadline)),
            _ => Some(due),
        }
    }

    /// Whether the connection is to be closed once everything is written out.
    #[must_use]
    pub fn should_close(&self) -> bool {
        self.link.should_close()
    }

    /// Why the session failed, if it did. Calls that cannot report it, such as [`Self::send_media`] with
    /// a full transmit queue, leave it here.
    #[must_use]
    pub fn error(&self) -> Option<&SessionError> {
        self.link.error()
    }

    /// Grants a request.
    ///
    /// # Errors
    /// `id` is not the request that waits for an answer.
    pub fn accept(&mut self, id: RequestId) -> Result<(), LocalMisuse> {
        let result = match self.take_request(id)? {
            Request::Connect { transaction } => self.accept_connect(transaction),
            Request::Publish { stream, name } => self.accept_publish(stream, name),
            Request::Play { stream, name, reset } => self.accept_play(stream, name, reset),
        };
        let result = result.and_then(|()| self.process());
        self.settle(result);
        Ok(())
    }

    /// Refuses a request: `_error` for connect, which also closes; onStatus on the stream for publish
    /// and play. Level `error` in each case.
    ///
    /// # Errors
    /// `id` is not the request that waits for an answer.
    pub fn reject(&mut self, id: RequestId, rejection: Rejection) -> Result<(), LocalMisuse> {
        let request = self.take_request(id)?;
        let info = StatusInfo::error(&rejection.code, &rejection.description);
        let mut close = rejection.close;
        let result = match request {
            Request::Connect { transaction } => {
                close = true;
                self.reply(MessageStreamId::CONNECTION, transaction, Err(info))
            }
            Request::Publish { stream, .. } | Request::Play { stream, .. } => self.status(stream, info),
        };
        let result = result.and_then(|()| {
            if close {
                self.link.close();
            }
            self.process()
        });
        self.settle(result);
        Ok(())
    }

    /// Sends a media message to a player. Leaves it out where the peer paused or switched the kind off,
    /// and video after that until the next key frame. A transmit queue beyond
    /// [`Limits::transmit_backlog`] ends the session.
    ///
    /// # Errors
    /// `kind` is not 8, 9 or 18, `payload` is longer than 16,777,215 bytes, or nothing plays on `stream`.
    pub fn send_media(
        &mut self,
        stream: MessageStreamId,
        kind: MessageType,
        timestamp: Timestamp,
        payload: Bytes,
    ) -> Result<(), LocalMisuse> {
        let chunk_stream = chunk_stream_of(kind).ok_or(NOT_MEDIA)?;
        if payload.len() > MAX_MESSAGE_LEN as usize {
            return Err(TOO_LONG);
        }
        if self.passes(stream, kind, timestamp, &payload)? {
            let message = Message { chunk_stream, timestamp, kind, stream, payload };
            let result = if self.is_tampered() {
                self.link.send(message)
            } else {
                self.link.encode_independent(&message)
            };
            self.settle(result);
        }
        Ok(())
    }

    /// As [`Self::send_media`], with chunks that [`super::chunk_media`] made for this stream id, kind and
    /// [`Self::chunk_size_out`].
    ///
    /// # Errors
    /// As [`Self::send_media`]; or the session is tampered with and has to encode for itself.
    pub fn send_shared(
        &mut self,
        stream: MessageStreamId,
        kind: MessageType,
        wire: Bytes,
    ) -> Result<(), LocalMisuse> {
        let chunk_stream = chunk_stream_of(kind).ok_or(NOT_MEDIA)?;
        if self.is_tampered() {
            return Err(LocalMisuse { what: "a tampered session encodes media itself" });
        }
        let (timestamp, head) =
            peek_wire(&wire).ok_or(LocalMisuse { what: "these are no chunks of a media message" })?;
        if self.passes(stream, kind, timestamp, head)? {
            let result = self.link.send_wire(chunk_stream, wire);
            self.settle(result);
        }
        Ok(())
    }

    fn passes(
        &mut self,
        stream: MessageStreamId,
        kind: MessageType,
        timestamp: Timestamp,
        head: &[u8],
    ) -> Result<bool, LocalMisuse> {
        match self.streams.find(stream) {
            Some(stream) if matches!(stream.role, Role::Playing(_)) => {
                Ok(stream.lets_pass(kind, timestamp, head))
            }
            _ => Err(NOT_PLAYING),
        }
    }

    /// The chunk size in force for what this session sends, in bytes.
    #[must_use]
    pub fn chunk_size_out(&self) -> u32 {
        self.link.chunk_size_out()
    }

    /// Tells the peer something about a stream.
    ///
    /// # Errors
    /// Nothing plays on `stream`; a [`Notice::Status`] only needs the stream to exist.
    pub fn notify(&mut self, stream: MessageStreamId, notice: Notice) -> Result<(), LocalMisuse> {
        let result = if let Notice::Status(info) = notice {
            self.streams.find(stream).ok_or(LocalMisuse { what: "there is no such message stream" })?;
            self.status(stream, info)
        } else {
            let play = self.streams.play(stream).ok_or(NOT_PLAYING)?;
            play.resume_after = None;
            self.notify_player(stream, &notice)
        };
        self.settle(result);
        Ok(())
    }

    fn notify_player(&mut self, stream: MessageStreamId, notice: &Notice) -> Result<(), SessionError> {
        match notice {
            Notice::PublishNotify => {
                let info = StatusInfo::status("NetStream.Play.PublishNotify", "A publisher appeared.");
                self.status(stream, info)?;
            }
            Notice::UnpublishNotify | Notice::PublisherLeft => {
                let info = StatusInfo::status("NetStream.Play.UnpublishNotify", "The publisher left.");
                self.status(stream, info)?;
            }
            Notice::StreamDry => self.link.send_user_control(UserControl::StreamDry(stream.0))?,
            Notice::PlayStop | Notice::Status(_) => {}
        }
        // RTMP 7.1.7: a client discards what comes on the stream after StreamEOF, so that comes last.
        if matches!(notice, Notice::PublisherLeft | Notice::PlayStop) {
            if *notice == Notice::PlayStop {
                self.status(stream, StatusInfo::status("NetStream.Play.Stop", "The stream is over."))?;
            }
            self.link.send_user_control(UserControl::StreamEof(stream.0))?;
            if let Some(stream) = self.streams.find(stream) {
                stream.role = Role::Idle;
            }
        }
        Ok(())
    }

    /// Sends a Ping Request with the time in ms; the answer is [`ServerEvent::Pong`].
    pub fn ping(&mut self, now: Millis) {
        if self.link.is_ready() {
            let result = self.link.ping(now);
            self.settle(result);
        }
    }

    /// Asks the client which of these SWF files it was loaded from (user control event 26). The answer is
    /// [`ServerEvent::SwfVerification`]; a client without a file gives none (SWFV-005). To be asked once the
    /// client is connected. A later call replaces an earlier one.
    ///
    /// # Errors
    /// The handshake is not over, or was one without digests (SWFV-006).
    #[cfg(feature = "digest")]
    pub fn request_swf_verification(&mut self, expected: Vec<SwfHash>) -> Result<(), LocalMisuse> {
        if self.link.swf_verification_key().is_none() {
            return Err(LocalMisuse { what: "SWF verification without a handshake with digests" });
        }
        self.swf_expected = Some(expected);
        let result = self.link.send_user_control(swf_verification::request());
        self.settle(result);
        Ok(())
    }

    /// An answer that nobody waits for is dropped.
    #[cfg(feature = "digest")]
    fn handle_swf_response(&mut self, answer: &[u8]) -> Result<(), SessionError> {
        let (Some(key), Some(expected)) = (self.link.swf_verification_key(), self.swf_expected.take()) else {
            return Ok(());
        };
        self.emit(ServerEvent::SwfVerification { verdict: SwfVerdict::of(answer, &expected, &key) })
    }

    /// Bytes that wait for the transport, with what the queue itself costs.
    #[must_use]
    pub fn transmit_backlog(&self) -> usize {
        self.link.backlog()
    }

    pub(super) fn settle(&mut self, result: Result<(), SessionError>) {
        if let Err(error) = result {
            self.link.fail(error);
        }
    }

    fn take_request(&mut self, id: RequestId) -> Result<Request, LocalMisuse> {
        match self.pending.take() {
            Some(pending) if pending.id == id => Ok(pending.request),
            other => {
                self.pending = other;
                Err(LocalMisuse { what: "this request does not wait for an answer" })
            }
        }
    }

    /// Sets a request up to wait for its answer and returns its id.
    pub(super) fn ask(&mut self, request: Request) -> RequestId {
        self.last_request += 1;
        let id = RequestId(self.last_request);
        self.pending = Some(Pending { id, request });
        id
    }

    pub(super) fn emit(&mut self, event: ServerEvent) -> Result<(), SessionError> {
        self.emit_with(event, Weight::default())
    }

    /// For an event that takes more memory than what arrived for it.
    pub(super) fn emit_with(&mut self, event: ServerEvent, weight: Weight) -> Result<(), SessionError> {
        self.events.push(event, weight)
    }

    fn process(&mut self) -> Result<(), SessionError> {
        while self.pending.is_none() {
            let Some(message) = self.link.next_message()? else { break };
            self.dispatch(message)?;
        }
        let (value, maximum) = (self.link.held_input() as u64, self.link.limits().partial_bytes as u64);
        if self.pending.is_some() && value > maximum {
            return Err(LimitExceeded { limit: "partial_bytes", value, maximum }.into());
        }
        self.link.acknowledge()
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
            MessageType::USER_CONTROL => match UserControl::decode(&message.payload) {
                Ok(UserControl::PingResponse(value)) => self.emit(ServerEvent::Pong { value }),
                #[cfg(feature = "digest")]
                Ok(UserControl::Unknown { event: swf_verification::RESPONSE, data }) => {
                    self.handle_swf_response(&data)
                }
                _ => Ok(()),
            },
            // The link did what types 1 to 6 ask for.
            MessageType(1..=6) => Ok(()),
            _ => self.other(message),
        }
    }

    /// RTMP 7.1.6. An aggregate inside an aggregate is left out (MSG-030); what is no media comes as
    /// [`ServerEvent::Other`].
    fn handle_aggregate(&mut self, message: Message) -> Result<(), SessionError> {
        if !self.streams.is_publishing(message.stream) {
            return Ok(());
        }
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

    /// Media anywhere but on a publishing stream is dropped. Data without a handler name are no media.
    fn handle_media(&mut self, message: Message) -> Result<(), SessionError> {
        if !self.streams.is_publishing(message.stream) {
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
            let event = ServerEvent::Media { stream: message.stream, kind, timestamp, payload };
            self.emit_with(event, weight)?;
        }
        Ok(())
    }

    /// Order of RTMP 7.2.1.1; Set Chunk Size goes before the result so that it is in force for all of
    /// the session (errata E-20h).
    fn accept_connect(&mut self, transaction: TransactionId) -> Result<(), SessionError> {
        self.phase = Phase::Connected;
        let (window, chunk_size) = {
            let limits = self.link.limits();
            (limits.window_ack_size, limits.chunk_size_out)
        };
        self.link.announce_window(window)?;
        self.link.send(Control::SetPeerBandwidth { window, limit: LimitType::DYNAMIC }.encode())?;
        self.link.send_user_control(UserControl::StreamBegin(0))?;
        self.link.send(Control::SetChunkSize(chunk_size).encode())?;
        let properties = Value::Object(Vec::from([
            ("fmsVer".into(), Value::from("FMS/3,0,1,123")),
            ("capabilities".into(), Value::Number(31.0)),
        ]));
        let info = StatusInfo::status("NetConnection.Connect.Success", "Connection succeeded.");
        let mut info = info.into_value();
        if let Value::Object(properties) = &mut info {
            properties.extend(self.settle_offer());
        }
        let result =
            Command { name: "_result".into(), transaction, object: properties, arguments: Vec::from([info]) };
        self.send_command(result, ChunkStreamId::COMMAND, MessageStreamId::CONNECTION)
    }

    fn accept_publish(&mut self, stream: MessageStreamId, name: String) -> Result<(), SessionError> {
        if let Some(found) = self.streams.find(stream) {
            found.role = Role::Publishing { name };
        }
        self.link.send_user_control(UserControl::StreamBegin(stream.0))?;
        self.status(stream, StatusInfo::status("NetStream.Publish.Start", "Publishing started."))
    }

    fn accept_play(
        &mut self,
        stream: MessageStreamId,
        name: String,
        reset: bool,
    ) -> Result<(), SessionError> {
        if let Some(found) = self.streams.find(stream) {
            found.role = Role::Playing(Play { name, ..Play::default() });
        }
        self.link.send_user_control(UserControl::StreamBegin(stream.0))?;
        if reset {
            self.status(stream, StatusInfo::status("NetStream.Play.Reset", "The playlist was reset."))?;
        }
        self.status(stream, StatusInfo::status("NetStream.Play.Start", "Playback started."))
    }

    /// onStatus on the stream it is about (RTMP 7.2.2).
    pub(super) fn status(&mut self, stream: MessageStreamId, info: StatusInfo) -> Result<(), SessionError> {
        self.send_command(info.into_on_status(), stream_csid(), stream)
    }

    /// `_result` or `_error` with the transaction id of the call (RTMP 7.2).
    pub(super) fn reply(
        &mut self,
        stream: MessageStreamId,
        transaction: TransactionId,
        outcome: Result<Value, StatusInfo>,
    ) -> Result<(), SessionError> {
        let (name, value) = match outcome {
            Ok(value) => ("_result", value),
            Err(info) => ("_error", info.into_value()),
        };
        let chunk_stream =
            if stream == MessageStreamId::CONNECTION { ChunkStreamId::COMMAND } else { stream_csid() };
        self.send_command(Command::new(name, transaction, Vec::from([value])), chunk_stream, stream)
    }
}

const NOT_MEDIA: LocalMisuse = LocalMisuse { what: "only types 8, 9 and 18 are media" };
const NOT_PLAYING: LocalMisuse = LocalMisuse { what: "nothing plays on this message stream" };
