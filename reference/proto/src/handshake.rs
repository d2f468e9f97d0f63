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
    /// `None` once C2 has arrived.
    awaits: Option<HandshakePart>,
    answered: bool,
}

impl ServerHandshake {
    /// `time_ms` is the server's time for S1, the epoch of its later timestamps (RTMP 5.2.3);
    /// `random` is expanded to the random part of S1.
    #[must_use]
    pub fn new(time_ms: u32, random: [u8; 32]) -> Self {
        Self { local: Local::new(time_ms, random), awaits: Some(HandshakePart::C0), answered: false }
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
            let Some(part) = self.awaits else { return Ok(HandshakeState::Done) };
            let packet = match self.local.take(input, part, &mut tamper) {
                Taken::Packet(packet) => packet,
                Taken::NeedMore => return Ok(HandshakeState::NeedMore),
                Taken::Stopped(ruling) => return Ok(HandshakeState::Stopped(ruling)),
            };
            self.awaits = match part {
                HandshakePart::C0 => {
                    check_client_version(packet[0])?;
                    Some(HandshakePart::C1)
                }
                HandshakePart::C1 => {
                    if !self.answered {
                        self.answer(&packet, out, tamper.as_deref_mut());
                    }
                    Some(HandshakePart::C2)
                }
                _ => None,
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
    /// `None` once S2 has arrived.
    awaits: Option<HandshakePart>,
    started: bool,
}

impl ClientHandshake {
    /// `time_ms` is the client's time for C1, the epoch of its later timestamps (RTMP 5.2.3);
    /// `random` is expanded to the random part of C1.
    #[must_use]
    pub fn new(time_ms: u32, random: [u8; 32]) -> Self {
        Self { local: Local::new(time_ms, random), awaits: Some(HandshakePart::S0), started: false }
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
            let Some(part) = self.awaits else { return Ok(HandshakeState::Done) };
            let packet = match self.local.take(input, part, &mut tamper) {
                Taken::Packet(packet) => packet,
                Taken::NeedMore => return Ok(HandshakeState::NeedMore),
                Taken::Stopped(ruling) => return Ok(HandshakeState::Stopped(ruling)),
            };
            self.awaits = match part {
                HandshakePart::S0 if packet[0] != VERSION => {
                    return Err(misbehaved("the server announced a version other than 3", 0));
                }
                HandshakePart::S0 => Some(HandshakePart::S1),
                HandshakePart::S1 => {
                    let mut wire = Vec::with_capacity(PACKET_LEN);
                    push_part(&mut wire, HandshakePart::C2, self.local.echo(&packet), &mut tamper);
                    push_wire(out, wire);
                    Some(HandshakePart::S2)
                }
                _ => None,
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

    /// The next packet that a tamper does not ignore.
    fn take(
        &mut self,
        input: &mut BytesMut,
        part: HandshakePart,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Taken {
        let length = match part {
            HandshakePart::C0 | HandshakePart::S0 => 1,
            _ => PACKET_LEN,
        };
        while input.remaining() >= length {
            let packet = input.split_to(length);
            self.consumed += length as u64;
            let ruling =
                tamper.as_deref_mut().map_or(InputRuling::Process, |t| t.handshake_in(part, &packet));
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

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    fn joined(out: &[Bytes]) -> Vec<u8> {
        out.concat()
    }

    fn c1(time: u32, version: u32) -> Vec<u8> {
        let mut packet = [time.to_be_bytes(), version.to_be_bytes()].concat();
        packet.extend((8..PACKET_LEN).map(|index| (index % 251) as u8));
        packet
    }

    fn serve(input: &[u8]) -> (Result<HandshakeState, SessionError>, Vec<u8>, Vec<u8>) {
        let mut server = ServerHandshake::new(7, [1; 32]);
        server.set_time(9);
        let (mut input, mut out) = (BytesMut::from(input), Vec::new());
        let state = server.handle(&mut input, &mut out, None);
        (state, joined(&out), input.to_vec())
    }

    #[test]
    fn the_server_answers_c1_with_three_packets() {
        for (time, version) in [(0, 0), (1, 0), (u32::MAX, 0), (5, 0x0a00_2d02)] {
            let first = c1(time, version);
            let (state, out, rest) = serve(&[&[3][..], &first].concat());
            assert_eq!(state, Ok(HandshakeState::NeedMore));
            assert_eq!((out.len(), rest.len()), (3073, 0));
            assert_eq!(out[0], 3);
            let (s1, s2) = out[1..].split_at(PACKET_LEN);
            assert_eq!(s1[..8], [0, 0, 0, 7, 0, 0, 0, 0]);
            assert_ne!(s1[8..], first[8..]);
            assert_eq!(s2[..4], time.to_be_bytes());
            assert_eq!(s2[4..8], 9u32.to_be_bytes());
            assert_eq!(s2[8..], first[8..]);
        }
    }

    #[test]
    fn nothing_is_sent_before_the_whole_of_c1() {
        let (state, out, _) = serve(&[&[3][..], &c1(0, 0)[..PACKET_LEN - 1]].concat());
        assert_eq!((state, out), (Ok(HandshakeState::NeedMore), vec![]));
    }

    #[test]
    fn c2_is_not_compared_and_chunks_after_it_stay_in_the_input() {
        for c2 in [vec![0; PACKET_LEN], vec![0xa5; PACKET_LEN]] {
            let (state, out, rest) = serve(&[vec![3], c1(0, 0), c2, vec![2, 0, 0]].concat());
            assert_eq!((state, out.len(), rest), (Ok(HandshakeState::Done), 3073, vec![2, 0, 0]));
        }
    }

    #[test]
    fn versions_of_the_client() {
        for version in 0..=255 {
            let (state, out, _) = serve(&[&[version][..], &c1(0, 0)].concat());
            if (3..32).contains(&version) {
                assert_eq!((state, out[0]), (Ok(HandshakeState::NeedMore), 3));
            } else {
                let Err(SessionError::Peer(error)) = state else { panic!("{version}: {state:?}") };
                assert_eq!((error.clause, error.offset, out.len()), ("RTMP 5.2.2", 0, 0));
            }
        }
    }

    #[test]
    fn both_sides_in_pieces_of_any_size() {
        for piece in [1, 2, 7, 1536, 1537, 4000] {
            let mut server = ServerHandshake::new(1, [1; 32]);
            let mut client = ClientHandshake::new(2, [2; 32]);
            let mut sent = [Vec::new(), Vec::new()];
            let mut states = [HandshakeState::NeedMore; 2];
            let mut out = Vec::new();
            client.handle(&mut BytesMut::new(), &mut out, None).unwrap();
            sent[0].extend(joined(&out));
            assert_eq!(sent[0].len(), 1537);
            let mut taken = [0, 0];
            let mut inputs = [BytesMut::new(), BytesMut::new()];
            while taken != [3073, 3073] {
                for (from, to) in [(0, 1), (1, 0)] {
                    let more = &sent[from][taken[from]..];
                    let more = &more[..more.len().min(piece)];
                    inputs[to].extend_from_slice(more);
                    taken[from] += more.len();
                    let mut out = Vec::new();
                    states[to] = match to {
                        1 => server.handle(&mut inputs[1], &mut out, None).unwrap(),
                        _ => client.handle(&mut inputs[0], &mut out, None).unwrap(),
                    };
                    sent[to].extend(joined(&out));
                }
            }
            assert_eq!(states, [HandshakeState::Done; 2]);
            assert_eq!((server.bytes_consumed(), client.bytes_consumed()), (3073, 3073));
            // C2 echoes S1, S2 echoes C1 (RTMP 5.2.4).
            assert_eq!(sent[0][1537 + 8..], sent[1][9..1537]);
            assert_eq!(sent[1][1537 + 8..], sent[0][9..1537]);
        }
    }

    #[test]
    fn the_client_waits_for_s1_before_c2_and_takes_any_echo() {
        let mut client = ClientHandshake::new(2, [2; 32]);
        let mut step = |input: &[u8]| {
            let mut out = Vec::new();
            let mut input = BytesMut::from(input);
            let state = client.handle(&mut input, &mut out, None).unwrap();
            (state, joined(&out).len(), input.len())
        };
        assert_eq!(step(&[]), (HandshakeState::NeedMore, 1537, 0));
        assert_eq!(step(&[3]), (HandshakeState::NeedMore, 0, 0));
        assert_eq!(step(&c1(1, 0x0d0e_0a0d)), (HandshakeState::NeedMore, 1536, 0));
        assert_eq!(step(&[0; PACKET_LEN + 2]), (HandshakeState::Done, 0, 2));
    }

    #[test]
    fn the_client_gives_up_on_another_version() {
        for version in [0, 2, 4, 6, 0x48] {
            let state = ClientHandshake::new(2, [2; 32]).handle(
                &mut BytesMut::from(&[version][..]),
                &mut Vec::new(),
                None,
            );
            assert!(matches!(state, Err(SessionError::Peer(_))), "{version}");
        }
    }

    #[test]
    fn random_bytes_depend_on_the_seed_alone_and_are_no_pattern() {
        let body = |seed| Local::new(0, seed).challenge()[8..].to_vec();
        assert_eq!(body([0; 32]), body([0; 32]));
        assert_ne!(body([0; 32]), body([1; 32]));
        for seed in [[0; 32], [0xff; 32], [1; 32]] {
            let body = body(seed);
            let distinct = (0..=255).filter(|byte| body.contains(byte)).count();
            assert!(distinct > 240, "{distinct} byte values");
            assert!(body.chunks(8).all(|word| body.windows(8).filter(|other| *other == word).count() == 1));
        }
    }

    struct Liar {
        eager: bool,
        ruling: InputRuling,
    }

    impl Tamper for Liar {
        fn handshake_in(&mut self, part: HandshakePart, bytes: &[u8]) -> InputRuling {
            assert_eq!(bytes.len(), if part == HandshakePart::C0 { 1 } else { PACKET_LEN });
            if part == HandshakePart::C1 { self.ruling } else { InputRuling::Process }
        }
        fn handshake_out(&mut self, part: HandshakePart, bytes: &mut Vec<u8>) {
            match part {
                HandshakePart::S0 => bytes[0] = 9,
                HandshakePart::S2 => bytes.clear(),
                _ => {}
            }
        }
        fn handshake_eager(&mut self) -> bool {
            self.eager
        }
    }

    #[test]
    fn tampered_handshakes() {
        let run = |eager, ruling, input: &[u8]| {
            let mut server = ServerHandshake::new(0, [1; 32]);
            let mut out = Vec::new();
            let mut liar = Liar { eager, ruling };
            let state = server.handle(&mut BytesMut::from(input), &mut out, Some(&mut liar)).unwrap();
            (state, joined(&out))
        };
        let begun = [&[3][..], &c1(0, 0)].concat();
        let (state, out) = run(true, InputRuling::Process, &[]);
        assert_eq!((state, out[0], out.len()), (HandshakeState::NeedMore, 9, 1537));
        assert_eq!(run(true, InputRuling::Process, &begun).1.len(), 1537);
        assert_eq!(run(false, InputRuling::Process, &begun).1.len(), 1537);
        assert_eq!(run(false, InputRuling::Ignore, &begun), (HandshakeState::NeedMore, vec![]));
        let stall = InputRuling::Stall;
        assert_eq!(run(false, stall, &begun), (HandshakeState::Stopped(stall), vec![]));
    }
}
