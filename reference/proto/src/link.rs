//! What both kinds of session do alike: handshake, chunks in both directions, acknowledgements,
//! bandwidth limits, pings, the transmit queue and the tamper hook.

mod opening;
mod output;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

use crate::ack::AckWindow;
use crate::chunk::{ChunkDecoder, ChunkEncoder, Decoded};
use crate::control::Control;
use crate::handshake::{Ciphers, HandshakeMode, HandshakePolicy, HandshakeReport, HandshakeState};
use crate::tamper::{InputRuling, Tamper};
use crate::{
    CommandError, LimitExceeded, Limits, Message, MessageType, Millis, PeerMisbehaved, SessionError,
    UserControl,
};

pub(crate) use opening::Handshake;
use output::OutputLimit;

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    /// Flushes what is queued, then closes.
    Closing,
    /// Keeps the connection open and does nothing for ever; only a tamper asks for it.
    Stalled,
    Failed(SessionError),
}

pub(crate) struct Link {
    limits: Limits,
    state: State,
    handshake: Option<Box<Handshake>>,
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

impl Link {
    pub(crate) fn new(limits: Limits, handshake: Handshake, now: Millis) -> Self {
        let pings = matches!(handshake, Handshake::Server(_));
        Self {
            decoder: ChunkDecoder::new(&limits),
            encoder: ChunkEncoder::new(),
            state: State::Open,
            handshake: Some(Box::new(handshake)),
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
        if let Some(Handshake::Server(server)) = self.handshake.as_deref_mut() {
            server.set_policy(policy);
        }
    }

    /// For a client before C0.
    pub(crate) fn set_handshake_mode(&mut self, mode: HandshakeMode) {
        if let Some(Handshake::Client(client)) = self.handshake.as_deref_mut() {
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
                    // The tables of AMF3 hold no more entries than a message has values.
                    "nodes" | "table_entries" => "amf_nodes",
                    "string_bytes" => "message_len",
                    other => other,
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
            // Dropped bytes use up their part of the key stream, too.
            self.decrypt(&mut bytes);
            if self.obey(ruling)? {
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
        let Some(handshake) = self.handshake.as_deref_mut() else { return Ok(()) };
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
    LimitExceeded { limit, value: maximum + now.0.saturating_sub(deadline.0).max(1), maximum }.into()
}
