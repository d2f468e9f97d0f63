//! The plain handshake.

use alloc::{vec, vec::Vec};

use bytes::{Bytes, BytesMut};

use super::super::plain::Local;
use super::super::*;
use crate::SessionError;
use crate::tamper::{HandshakePart, Tamper};

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

/// HS-018 to HS-020 and HS-035; HS-031: S1 may be the client's own C1.
#[test]
fn c2_answers_any_s1() {
    let foreign = [0, 1, u32::MAX].map(|time| Some(c1(time, 0x0d0e_0a0d)));
    for s1 in foreign.into_iter().chain([None]) {
        let mut client = ClientHandshake::new(2, [2; 32]);
        client.set_time(11);
        let mut out = Vec::new();
        client.handle(&mut BytesMut::new(), &mut out, None).unwrap();
        assert_eq!(out[0][..9], [3, 0, 0, 0, 2, 0, 0, 0, 0]);
        let s1 = s1.unwrap_or_else(|| out[0][1..].to_vec());
        let mut input = BytesMut::from(&[&[3], &s1[..], &[0x5a; PACKET_LEN]].concat()[..]);
        assert_eq!(client.handle(&mut input, &mut out, None), Ok(HandshakeState::Done));
        assert_eq!((&out[1][..4], &out[1][4..8], &out[1][8..]), (&s1[..4], &[0, 0, 0, 11][..], &s1[8..]));
    }
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
