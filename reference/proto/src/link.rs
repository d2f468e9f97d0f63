//! What both kinds of session do alike: handshake, chunks in both directions, acknowledgements,
//! bandwidth limits, pings, the transmit queue and the tamper hook.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

use crate::ack::AckWindow;
use crate::chunk::{ChunkDecoder, ChunkEncoder, Decoded};
use crate::control::{Control, LimitType};
use crate::handshake::{
    Ciphers, ClientHandshake, HandshakeMode, HandshakePolicy, HandshakeReport, HandshakeState, PACKET_LEN,
    ServerHandshake,
};
use crate::tamper::{InputRuling, Tamper};
use crate::{
    ChunkStreamId, Command, CommandError, LimitExceeded, Limits, LocalMisuse, Message, MessageStreamId,
    MessageType, Millis, PeerMisbehaved, SessionError, UserControl,
};

#[derive(Debug)]
pub(crate) enum Handshake {
    Server(ServerHandshake),
    Client(ClientHandshake),
}

impl Handshake {
    fn report(&self) -> Option<HandshakeReport> {
        match self {
            Self::Server(server) => server.report(),
            Self::Client(client) => client.report(),
        }
    }

    #[cfg(feature = "rtmpe")]
    fn ciphers(&self) -> Option<Box<Ciphers>> {
        match self {
            Self::Server(server) => server.ciphers(),
            Self::Client(client) => client.ciphers(),
        }
        .map(Box::new)
    }

    #[cfg(not(feature = "rtmpe"))]
    fn ciphers(&self) -> Option<Box<Ciphers>> {
        None
    }

    #[cfg(feature = "digest")]
    fn swf_verification_key(&self) -> Option<[u8; 32]> {
        match self {
            Self::Server(server) => server.swf_verification_key(),
            Self::Client(client) => client.swf_verification_key(),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    /// Flushes what is queued, then closes.
    Closing,
    /// Keeps the connection open and does nothing for ever; only a tamper asks for it.
    Stalled,
    Failed(SessionError),
}

/// The limit of unacknowledged output that the peer asked for (RTMP 5.4.5).
#[derive(Debug, Clone, Copy)]
struct OutputLimit {
    window: u32,
    /// Bytes sent up to here are free: they were on their way when the limit came.
    free_until: u64,
}

pub(crate) struct Link {
    limits: Limits,
    state: State,
    handshake: Option<Handshake>,
    report: Option<HandshakeReport>,
    /// For what comes and goes after the handshake.
    ciphers: Option<Box<Ciphers>>,
    /// Bytes of the handshake that were queued; they are never encrypted.
    handshake_out: u64,
    #[cfg(feature = "digest")]
    swf_verification_key: Option<[u8; 32]>,
    started: bool,
    input: BytesMut,
    decoder: ChunkDecoder,
    encoder: ChunkEncoder,
    tamper: Option<Box<dyn Tamper>>,
    /// Encoded messages that are not in `queue` yet.
    pending: BytesMut,
    queue: VecDeque<Bytes>,
    queued: usize,
    sent: u64,
    ack: AckWindow,
    /// Last Acknowledgement of the peer, and its last window that we announced.
    acknowledged: u32,
    announced_window: u32,
    output_limit: Option<OutputLimit>,
    last_limit_was_hard: bool,
    last_input: Millis,
    ping_sent: Option<Millis>,
    pings: bool,
    handshake_done: bool,
    handshake_deadline: Millis,
}

/// Bookkeeping for each element of the transmit queue that the backlog accounts for.
const QUEUE_OVERHEAD: usize = 32;

impl Link {
    pub(crate) fn new(limits: Limits, handshake: Handshake, now: Millis) -> Self {
        let pings = matches!(handshake, Handshake::Server(_));
        Self {
            decoder: ChunkDecoder::new(&limits),
            encoder: ChunkEncoder::new(),
            state: State::Open,
            handshake: Some(handshake),
            report: None,
            ciphers: None,
            handshake_out: 0,
            #[cfg(feature = "digest")]
            swf_verification_key: None,
            started: false,
            input: BytesMut::new(),
            tamper: None,
            pending: BytesMut::new(),
            queue: VecDeque::new(),
            queued: 0,
            sent: 0,
            ack: AckWindow::new(),
            acknowledged: 0,
            announced_window: 0,
            output_limit: None,
            last_limit_was_hard: false,
            last_input: now,
            ping_sent: None,
            pings,
            handshake_done: false,
            handshake_deadline: now.after(limits.handshake_ms),
            limits,
        }
    }

    pub(crate) fn set_tamper(&mut self, tamper: Box<dyn Tamper>) {
        self.tamper = Some(tamper);
    }

    /// For a server before C1.
    pub(crate) fn set_handshake_policy(&mut self, policy: HandshakePolicy) {
        if let Some(Handshake::Server(server)) = &mut self.handshake {
            server.set_policy(policy);
        }
    }

    /// For a client before C0.
    pub(crate) fn set_handshake_mode(&mut self, mode: HandshakeMode) {
        if let Some(Handshake::Client(client)) = &mut self.handshake {
            client.set_mode(mode);
        }
    }

    pub(crate) fn handshake_report(&self) -> Option<HandshakeReport> {
        self.report
    }

    /// The last 32 bytes of S1 where the handshake was one with digests.
    #[cfg(feature = "digest")]
    pub(crate) fn swf_verification_key(&self) -> Option<[u8; 32]> {
        self.swf_verification_key
    }

    pub(crate) fn tamper(&mut self) -> Option<&mut (dyn Tamper + '_)> {
        match &mut self.tamper {
            Some(tamper) => Some(tamper.as_mut()),
            None => None,
        }
    }

    pub(crate) fn is_tampered(&self) -> bool {
        self.tamper.is_some()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn chunk_size_out(&self) -> u32 {
        self.encoder.chunk_size()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.handshake_done
    }

    pub(crate) fn error(&self) -> Option<&SessionError> {
        match &self.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// The first failure stays.
    pub(crate) fn fail(&mut self, error: SessionError) {
        if !matches!(self.state, State::Failed(_)) {
            self.state = State::Failed(error);
            self.input.clear();
        }
    }

    pub(crate) fn close(&mut self) {
        if self.is_open() {
            self.state = State::Closing;
            self.input.clear();
        }
    }

    pub(crate) fn should_close(&self) -> bool {
        matches!(self.state, State::Closing | State::Failed(_))
    }

    pub(crate) fn result(&self) -> Result<(), SessionError> {
        self.error().map_or(Ok(()), |error| Err(error.clone()))
    }

    pub(crate) fn peer_misbehaved(&self, what: &'static str, clause: &'static str) -> SessionError {
        PeerMisbehaved { what, clause, offset: self.decoder.bytes_consumed() }.into()
    }

    /// What a malformed command does to the session.
    pub(crate) fn command_error(&self, error: CommandError) -> SessionError {
        let limit = match error {
            CommandError::Amf(error) => error.kind.limit(),
            _ => None,
        };
        match limit {
            Some(maximum) => {
                let limit = match error.clause() {
                    "depth" => "amf_depth",
                    "nodes" => "amf_nodes",
                    _ => "message_len",
                };
                LimitExceeded { limit, value: maximum + 1, maximum }.into()
            }
            None => self.peer_misbehaved(error.what(), error.clause()),
        }
    }

    /// Takes all of `data` into the session and performs the handshake.
    pub(crate) fn feed(&mut self, now: Millis, data: &mut BytesMut) -> Result<(), SessionError> {
        if !self.is_open() {
            data.clear();
            return Ok(());
        }
        if !data.is_empty() {
            self.last_input = now;
            self.ping_sent = None;
        }
        self.ack.add(data.len());
        if let Some(tamper) = self.tamper.as_mut() {
            let mut bytes = Vec::from(&data[..]);
            data.clear();
            let ruling = tamper.bytes_in(&mut bytes);
            if self.obey(ruling)? {
                self.decrypt(&mut bytes);
                self.input.extend_from_slice(&bytes);
            }
        } else {
            self.decrypt(data);
            if self.input.is_empty() {
                self.input = data.split();
            } else {
                self.input.unsplit(data.split());
            }
        }
        self.run_handshake(now)
    }

    /// What arrived after the handshake's end was known. What came in the same read as that is decrypted in
    /// [`Self::end_handshake`].
    fn decrypt(&mut self, bytes: &mut [u8]) {
        if let Some(ciphers) = &mut self.ciphers {
            ciphers.decrypt(bytes);
        }
    }

    /// Whether to go on with the input.
    fn obey(&mut self, ruling: InputRuling) -> Result<bool, SessionError> {
        match ruling {
            InputRuling::Process => Ok(true),
            InputRuling::Ignore => Ok(false),
            InputRuling::Close => {
                Err(self.peer_misbehaved("input that this session was told to refuse", "none"))
            }
            InputRuling::Stall => {
                self.state = State::Stalled;
                self.input.clear();
                Ok(false)
            }
        }
    }

    /// C0 and C1 of a client, before any input.
    pub(crate) fn start(&mut self) {
        if !self.started && self.is_open() {
            let result = self.run_handshake(self.last_input);
            if let Err(error) = result {
                self.fail(error);
            }
        }
    }

    fn run_handshake(&mut self, now: Millis) -> Result<(), SessionError> {
        self.started = true;
        let Some(handshake) = &mut self.handshake else { return Ok(()) };
        let mut out = Vec::new();
        let tamper: Option<&mut dyn Tamper> = match &mut self.tamper {
            Some(tamper) => Some(tamper.as_mut()),
            None => None,
        };
        let time = now.0 as u32;
        let (state, consumed) = match handshake {
            Handshake::Server(server) => {
                server.set_time(time);
                (server.handle(&mut self.input, &mut out, tamper), server.bytes_consumed())
            }
            Handshake::Client(client) => {
                client.set_time(time);
                (client.handle(&mut self.input, &mut out, tamper), client.bytes_consumed())
            }
        };
        for packet in out {
            self.handshake_out += packet.len() as u64;
            self.push(packet);
        }
        match state? {
            HandshakeState::NeedMore => {}
            HandshakeState::Done => self.end_handshake(consumed),
            HandshakeState::Stopped(ruling) => {
                self.obey(ruling)?;
            }
        }
        Ok(())
    }

    fn end_handshake(&mut self, consumed: u64) {
        if let Some(handshake) = self.handshake.take() {
            self.report = handshake.report();
            #[cfg(feature = "digest")]
            {
                self.swf_verification_key = handshake.swf_verification_key();
            }
            self.ciphers = handshake.ciphers();
        }
        if let Some(ciphers) = &mut self.ciphers {
            ciphers.decrypt(&mut self.input);
        }
        self.handshake_done = true;
        self.decoder = ChunkDecoder::new(&self.limits).starting_at(consumed);
    }

    /// The next whole message, after what the link itself does about it.
    pub(crate) fn next_message(&mut self) -> Result<Option<Message>, SessionError> {
        while self.handshake_done && self.is_open() {
            let tamper: Option<&mut dyn Tamper> = match &mut self.tamper {
                Some(tamper) => Some(tamper.as_mut()),
                None => None,
            };
            let mut message = match self.decoder.next_tampered(&mut self.input, tamper)? {
                Decoded::Message(message) => message,
                Decoded::NeedMore(_) => return Ok(None),
                Decoded::Stopped(ruling) => {
                    self.obey(ruling)?;
                    continue;
                }
            };
            let ruling = self.tamper().map_or(InputRuling::Process, |tamper| tamper.message_in(&mut message));
            if self.obey(ruling)? {
                self.apply(&message)?;
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Effects of protocol control messages and pings; the decoder already did types 1 and 2. Bodies
    /// too short for their type are ignored.
    fn apply(&mut self, message: &Message) -> Result<(), SessionError> {
        if message.kind == MessageType::USER_CONTROL {
            if let Ok(UserControl::PingRequest(value)) = UserControl::decode(&message.payload) {
                self.send(UserControl::PingResponse(value).encode())?;
            }
            return Ok(());
        }
        match Control::decode(message.kind, &message.payload) {
            Ok(Control::WindowAckSize(window)) => self.ack.set_window(window),
            Ok(Control::Acknowledgement(count)) => self.acknowledged = count,
            Ok(Control::SetPeerBandwidth { window, limit }) => self.limit_output(window, limit)?,
            _ => {}
        }
        Ok(())
    }

    /// Set Peer Bandwidth (RTMP 5.4.5). A window of 0 lifts the limit: obeyed, it would end all output.
    fn limit_output(&mut self, window: u32, limit: LimitType) -> Result<(), SessionError> {
        let window_in_force = match (limit, self.output_limit) {
            (LimitType::SOFT, Some(current)) => Some(window.min(current.window)),
            (LimitType::HARD | LimitType::SOFT, _) => Some(window),
            (LimitType::DYNAMIC, _) if self.last_limit_was_hard => Some(window),
            _ => None,
        };
        self.last_limit_was_hard =
            limit == LimitType::HARD || (limit == LimitType::DYNAMIC && self.last_limit_was_hard);
        if window != self.announced_window {
            self.announce_window(window)?;
        }
        if let Some(window) = window_in_force {
            let free_until = self.sent + self.backlog() as u64;
            self.output_limit = (window > 0).then_some(OutputLimit { window, free_until });
        }
        Ok(())
    }

    /// Window Acknowledgement Size.
    pub(crate) fn announce_window(&mut self, window: u32) -> Result<(), SessionError> {
        self.announced_window = window;
        self.send(Control::WindowAckSize(window).encode())
    }

    /// The Acknowledgement that is due after an input: one, however many windows it filled.
    pub(crate) fn acknowledge(&mut self) -> Result<(), SessionError> {
        match self.ack.take_due() {
            Some(count) if self.handshake_done => self.send(Control::Acknowledgement(count).encode()),
            _ => Ok(()),
        }
    }

    /// Encodes and queues a message. After a Set Chunk Size the new size is in force.
    pub(crate) fn send(&mut self, message: Message) -> Result<(), SessionError> {
        if !self.is_open() {
            return Ok(());
        }
        let Some(tamper) = self.tamper.as_mut() else {
            self.encoder.encode(&message, &mut self.pending);
            self.note_chunk_size(&message);
            return self.check_backlog();
        };
        let mut messages = Vec::from([message]);
        tamper.message_out(&mut messages);
        for message in messages {
            let mut wire = BytesMut::new();
            self.encoder.encode(&message, &mut wire);
            self.note_chunk_size(&message);
            let mut wire = Vec::from(&wire[..]);
            if let Some(tamper) = self.tamper.as_mut() {
                tamper.chunks_out(&message, &mut wire);
            }
            self.pending.extend_from_slice(&wire);
        }
        self.check_backlog()
    }

    fn note_chunk_size(&mut self, message: &Message) {
        if let Ok(Control::SetChunkSize(size)) = Control::decode(message.kind, &message.payload) {
            self.encoder.set_chunk_size(size);
        }
    }

    pub(crate) fn send_command(
        &mut self,
        command: Command,
        chunk_stream: ChunkStreamId,
        stream: MessageStreamId,
    ) -> Result<(), SessionError> {
        let message = command
            .into_message(chunk_stream, stream)
            .map_err(|_| LocalMisuse { what: "a value that AMF0 cannot carry in a command" })?;
        self.send(message)
    }

    pub(crate) fn send_user_control(&mut self, event: UserControl) -> Result<(), SessionError> {
        self.send(event.encode())
    }

    /// Queues chunks that were made by [`ChunkEncoder::encode_independent`].
    pub(crate) fn send_wire(&mut self, chunk_stream: ChunkStreamId, wire: Bytes) -> Result<(), SessionError> {
        if !self.is_open() {
            return Ok(());
        }
        self.encoder.forget(chunk_stream);
        self.push(wire);
        self.check_backlog()
    }

    pub(crate) fn encode_independent(&mut self, message: &Message) -> Result<(), SessionError> {
        if self.is_open() {
            self.encoder.forget(message.chunk_stream);
            ChunkEncoder::encode_independent(message, self.encoder.chunk_size(), &mut self.pending);
        }
        self.check_backlog()
    }

    fn push(&mut self, wire: Bytes) {
        self.flush_pending();
        if wire.is_empty() {
            return;
        }
        self.queued += wire.len() + QUEUE_OVERHEAD;
        self.queue.push_back(wire);
    }

    fn flush_pending(&mut self) {
        if !self.pending.is_empty() {
            let wire = self.pending.split().freeze();
            self.queued += wire.len() + QUEUE_OVERHEAD;
            self.queue.push_back(wire);
        }
    }

    fn check_backlog(&self) -> Result<(), SessionError> {
        let value = self.backlog();
        let maximum = self.limits.transmit_backlog;
        if value <= maximum {
            return Ok(());
        }
        Err(LimitExceeded { limit: "transmit_backlog", value: value as u64, maximum: maximum as u64 }.into())
    }

    /// Bytes that wait, with what the queue itself costs.
    pub(crate) fn backlog(&self) -> usize {
        self.queued + self.pending.len()
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Bytes> {
        self.start();
        self.flush_pending();
        loop {
            let is_handshake = self.sent < self.handshake_out;
            let mut piece = self.next_piece()?;
            if let Some(ciphers) = self.ciphers.as_mut().filter(|_| !is_handshake) {
                // Others may hold the same bytes, e.g. those of a relayed frame.
                let mut copy = Vec::from(&piece[..]);
                ciphers.encrypt(&mut copy);
                piece = copy.into();
            }
            let Some(tamper) = self.tamper.as_mut() else { return Some(piece) };
            let mut bytes = Vec::from(&piece[..]);
            tamper.bytes_out(&mut bytes);
            if !bytes.is_empty() {
                return Some(bytes.into());
            }
        }
    }

    fn next_piece(&mut self) -> Option<Bytes> {
        let allowed = self.allowance();
        let next = self.queue.front_mut()?;
        if allowed == 0 {
            return None;
        }
        let piece = if next.len() as u64 > allowed {
            self.queued -= allowed as usize;
            next.split_to(allowed as usize)
        } else {
            self.queued -= next.len() + QUEUE_OVERHEAD;
            self.queue.pop_front()?
        };
        self.sent += piece.len() as u64;
        Some(piece)
    }

    /// Bytes that the peer's limit lets go out now. The peer may or may not count the handshake in its
    /// acknowledgements (errata E-16), so the handshake counts as acknowledged.
    fn allowance(&self) -> u64 {
        let Some(limit) = self.output_limit else { return u64::MAX };
        if self.sent < limit.free_until {
            return limit.free_until - self.sent;
        }
        let handshake = 1 + 2 * PACKET_LEN as u32;
        let unacknowledged = (self.sent as u32).wrapping_sub(handshake).wrapping_sub(self.acknowledged);
        // A peer that acknowledges more than was sent has acknowledged all of it.
        let unacknowledged = if unacknowledged > u32::MAX / 2 { 0 } else { unacknowledged };
        u64::from(limit.window.saturating_sub(unacknowledged))
    }

    pub(crate) fn ping(&mut self, now: Millis) -> Result<(), SessionError> {
        self.send_user_control(UserControl::PingRequest(now.0 as u32))
    }

    /// Handshake timeout, idle ping, missing answer to it.
    pub(crate) fn handle_timeout(&mut self, now: Millis) -> Result<(), SessionError> {
        if !self.is_open() || self.poll_timeout().is_none_or(|due| now < due) {
            return Ok(());
        }
        if !self.handshake_done {
            return Err(late("handshake_ms", self.limits.handshake_ms, self.handshake_deadline, now));
        }
        match self.ping_sent {
            Some(sent) => Err(late("pong_ms", self.limits.pong_ms, sent.after(self.limits.pong_ms), now)),
            None => {
                self.ping_sent = Some(now);
                self.ping(now)
            }
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Millis> {
        if !self.is_open() {
            None
        } else if !self.handshake_done {
            Some(self.handshake_deadline)
        } else if !self.pings {
            None
        } else {
            Some(match self.ping_sent {
                Some(sent) => sent.after(self.limits.pong_ms),
                None => self.last_input.after(self.limits.idle_ping_ms),
            })
        }
    }

    pub(crate) fn held_input(&self) -> usize {
        self.input.len()
    }
}

/// A deadline that passed, as the limit that set it.
pub(crate) fn late(limit: &'static str, maximum: u64, deadline: Millis, now: Millis) -> SessionError {
    LimitExceeded { limit, value: maximum + now.0.saturating_sub(deadline.0), maximum }.into()
}
