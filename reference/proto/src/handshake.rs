//! The plain handshake (RTMP 5.2) as two pull-style state machines without a clock or a source of
//! randomness of their own.
//!
//! Nothing of the peer's echo is compared: errata EA 3 asks for that, and many peers echo
//! something else. So neither side has to remember what it sent.

use alloc::vec::Vec;

use bytes::{Buf, Bytes, BytesMut};

use crate::{
    PeerMisbehaved, SessionError,
    tamper::{HandshakePart, InputRuling, Tamper},
};

/// Length of C1, C2, S1 and S2 in bytes (RTMP 5.2.3, 5.2.4).
pub const PACKET_LEN: usize = 1536;

/// The version of RTMP that this crate speaks (RTMP 5.2.2).
pub const VERSION: u8 = 3;

/// What a call of `handle` came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandshakeState {
    /// More bytes of the peer are needed.
    NeedMore,
    /// The handshake is over; what is left in the input is chunk data.
    Done,
    /// A tamper ruled [`InputRuling::Close`] or [`InputRuling::Stall`].
    Stopped(InputRuling),
}

/// The server's side. S0, S1 and S2 go out together once the whole of C1 has arrived.
#[derive(Debug, Clone)]
pub struct ServerHandshake {
    local: Local,
    awaits: HandshakePart,
    answered: bool,
}

impl ServerHandshake {
    /// `time_ms` is the server's time for S1, the epoch of its later timestamps (RTMP 5.2.3);
    /// `random` is expanded to the random part of S1.
    #[must_use]
    pub fn new(time_ms: u32, random: [u8; 32]) -> Self {
        Self { local: Local::new(time_ms, random), awaits: HandshakePart::C0, answered: false }
    }

    /// Sets the time in ms that S2 names as the time at which C1 was read (RTMP 5.2.4). Without
    /// it that is the time given to [`Self::new`].
    pub fn set_time(&mut self, now_ms: u32) {
        self.local.now = now_ms;
    }

    /// Bytes of the peer that were taken from the input so far.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.local.consumed
    }

    /// Takes handshake packets from the front of `input`, never bytes after C2, and pushes what
    /// is to be sent to `out`.
    ///
    /// # Errors
    /// C0 announces a version that RTMP 5.2.2 does not allow (32 and above) or a deprecated one
    /// (0, 1, 2). Versions 4..=31 are answered with 3.
    pub fn handle(
        &mut self,
        input: &mut BytesMut,
        out: &mut Vec<Bytes>,
        mut tamper: Option<&mut (dyn Tamper + '_)>,
    ) -> Result<HandshakeState, SessionError> {
        if let Some(tamper) = tamper.as_deref_mut()
            && !self.answered
            && tamper.handshake_eager()
        {
            self.answer(&[0; PACKET_LEN], out, Some(tamper));
        }
        loop {
            let (part, length) = match self.awaits {
                HandshakePart::C0 => (HandshakePart::C0, 1),
                HandshakePart::C1 => (HandshakePart::C1, PACKET_LEN),
                HandshakePart::C2 => (HandshakePart::C2, PACKET_LEN),
                _ => return Ok(HandshakeState::Done),
            };
            let packet = match self.local.take(input, part, length, &mut tamper) {
                Taken::Packet(packet) => packet,
                Taken::NeedMore => return Ok(HandshakeState::NeedMore),
                Taken::Stopped(ruling) => return Ok(HandshakeState::Stopped(ruling)),
            };
            self.awaits = match part {
                HandshakePart::C0 => {
                    check_client_version(packet[0])?;
                    HandshakePart::C1
                }
                HandshakePart::C1 => {
                    if !self.answered {
                        self.answer(&packet, out, tamper.as_deref_mut());
                    }
                    HandshakePart::C2
                }
                _ => HandshakePart::S2,
            };
        }
    }

    fn answer(&mut self, c1: &[u8], out: &mut Vec<Bytes>, mut tamper: Option<&mut (dyn Tamper + '_)>) {
        self.answered = true;
        let mut wire = Vec::with_capacity(1 + 2 * PACKET_LEN);
        let mut push = |part, packet| push_part(&mut wire, part, packet, &mut tamper);
        push(HandshakePart::S0, Vec::from([VERSION]));
        push(HandshakePart::S1, self.local.challenge());
        push(HandshakePart::S2, self.local.echo(c1));
        push_wire(out, wire);
    }
}

/// The client's side. The first call of [`Self::handle`] sends C0 and C1; C2 follows S1.
#[derive(Debug, Clone)]
pub struct ClientHandshake {
    local: Local,
    awaits: HandshakePart,
    started: bool,
}

impl ClientHandshake {
    /// `time_ms` is the client's time for C1, the epoch of its later timestamps (RTMP 5.2.3);
    /// `random` is expanded to the random part of C1.
    #[must_use]
    pub fn new(time_ms: u32, random: [u8; 32]) -> Self {
        Self { local: Local::new(time_ms, random), awaits: HandshakePart::S0, started: false }
    }

    /// Sets the time in ms that C2 names as the time at which S1 was read (RTMP 5.2.4). Without
    /// it that is the time given to [`Self::new`].
    pub fn set_time(&mut self, now_ms: u32) {
        self.local.now = now_ms;
    }

    /// Bytes of the peer that were taken from the input so far.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.local.consumed
    }

    /// Takes handshake packets from the front of `input`, never bytes after S2, and pushes what
    /// is to be sent to `out`. To be called once with an empty `input` to start.
    ///
    /// # Errors
    /// S0 is not 3 (RTMP 5.2.2; a client may give up).
    pub fn handle(
        &mut self,
        input: &mut BytesMut,
        out: &mut Vec<Bytes>,
        mut tamper: Option<&mut (dyn Tamper + '_)>,
    ) -> Result<HandshakeState, SessionError> {
        if !self.started {
            self.started = true;
            let mut wire = Vec::with_capacity(1 + PACKET_LEN);
            push_part(&mut wire, HandshakePart::C0, Vec::from([VERSION]), &mut tamper);
            push_part(&mut wire, HandshakePart::C1, self.local.challenge(), &mut tamper);
            push_wire(out, wire);
        }
        loop {
            let (part, length) = match self.awaits {
                HandshakePart::S0 => (HandshakePart::S0, 1),
                HandshakePart::S1 => (HandshakePart::S1, PACKET_LEN),
                HandshakePart::S2 => (HandshakePart::S2, PACKET_LEN),
                _ => return Ok(HandshakeState::Done),
            };
            let packet = match self.local.take(input, part, length, &mut tamper) {
                Taken::Packet(packet) => packet,
                Taken::NeedMore => return Ok(HandshakeState::NeedMore),
                Taken::Stopped(ruling) => return Ok(HandshakeState::Stopped(ruling)),
            };
            self.awaits = match part {
                HandshakePart::S0 if packet[0] != VERSION => {
                    return Err(misbehaved("the server announced a version other than 3", 0));
                }
                HandshakePart::S0 => HandshakePart::S1,
                HandshakePart::S1 => {
                    let mut wire = Vec::with_capacity(PACKET_LEN);
                    push_part(&mut wire, HandshakePart::C2, self.local.echo(&packet), &mut tamper);
                    push_wire(out, wire);
                    HandshakePart::S2
                }
                _ => HandshakePart::C2,
            };
        }
    }
}

/// What both sides keep.
#[derive(Debug, Clone)]
struct Local {
    epoch: u32,
    now: u32,
    seed: [u8; 32],
    consumed: u64,
}

enum Taken {
    Packet(BytesMut),
    NeedMore,
    Stopped(InputRuling),
}

impl Local {
    fn new(time_ms: u32, seed: [u8; 32]) -> Self {
        Self { epoch: time_ms, now: time_ms, seed, consumed: 0 }
    }

    /// The next packet of `length` bytes that a tamper does not ignore.
    fn take(
        &mut self,
        input: &mut BytesMut,
        part: HandshakePart,
        length: usize,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Taken {
        while input.remaining() >= length {
            let packet = input.split_to(length);
            self.consumed += length as u64;
            let ruling = tamper.as_deref_mut().map_or(InputRuling::Process, |t| t.handshake_in(part, &packet));
            match ruling {
                InputRuling::Process => return Taken::Packet(packet),
                InputRuling::Ignore => {}
                ruling @ (InputRuling::Close | InputRuling::Stall) => return Taken::Stopped(ruling),
            }
        }
        Taken::NeedMore
    }

    /// C1 or S1: time, four zero bytes, random bytes (RTMP 5.2.3).
    fn challenge(&self) -> Vec<u8> {
        let mut packet = Vec::with_capacity(PACKET_LEN);
        packet.extend_from_slice(&self.epoch.to_be_bytes());
        packet.extend_from_slice(&[0; 4]);
        let mut generator = Generator::new(&self.seed);
        while packet.len() < PACKET_LEN {
            packet.extend_from_slice(&generator.next().to_le_bytes());
        }
        packet
    }

    /// C2 or S2: the peer's time, the time at which its packet was read, its random bytes
    /// (RTMP 5.2.4, read as errata E-02 corrects it).
    fn echo(&self, peer: &[u8]) -> Vec<u8> {
        let mut packet = peer.to_vec();
        packet[4..8].copy_from_slice(&self.now.to_be_bytes());
        packet
    }
}

/// RTMP 5.2.2: 3 is this version, 4..=31 are for the future, 0..=2 deprecated, the rest forbidden.
fn check_client_version(version: u8) -> Result<(), SessionError> {
    match version {
        0..=2 => Err(misbehaved("the client announced a deprecated version below 3", 0)),
        3..=31 => Ok(()),
        32.. => Err(misbehaved("the first byte is above 31 and so not RTMP", 0)),
    }
}

fn misbehaved(what: &'static str, offset: u64) -> SessionError {
    PeerMisbehaved { what, clause: "RTMP 5.2.2", offset }.into()
}

fn push_part(
    wire: &mut Vec<u8>,
    part: HandshakePart,
    mut packet: Vec<u8>,
    tamper: &mut Option<&mut (dyn Tamper + '_)>,
) {
    if let Some(tamper) = tamper.as_deref_mut() {
        tamper.handshake_out(part, &mut packet);
    }
    wire.extend_from_slice(&packet);
}

fn push_wire(out: &mut Vec<Bytes>, wire: Vec<u8>) {
    if !wire.is_empty() {
        out.push(Bytes::from(wire));
    }
}

/// A small generator (xoshiro256++ after a mix of the seed): the handshake's bytes have to tell
/// two endpoints apart, they are no secret (RTMP 5.2.3).
struct Generator([u64; 4]);

impl Generator {
    fn new(seed: &[u8; 32]) -> Self {
        let mut state = [0; 4];
        for (index, (word, bytes)) in state.iter_mut().zip(seed.chunks_exact(8)).enumerate() {
            let bytes = bytes.try_into().expect("chunks of eight bytes");
            // An odd constant per word keeps the all-zero seed from being a fixed point.
            *word = u64::from_le_bytes(bytes) ^ 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(index as u64 + 1);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }
}
