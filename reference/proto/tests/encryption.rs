//! What a server does to the bytes after an RTMPE handshake, seen by a client that is made of the crate's
//! parts: every byte passes the ciphers once and in order, however it is cut, bounded or tampered with.
#![cfg(feature = "rtmpe")]

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use rtmp_proto::handshake::rtmpe::Ciphers;
use rtmp_proto::handshake::{ClientHandshake, HandshakeMode, HandshakeState, Layout, RtmpeType};
use rtmp_proto::tamper::{HandshakePart, InputRuling, Tamper};
use rtmp_proto::{
    ChunkEncoder, ClientSession, ConnectParams, Control, LimitType, Limits, Message, MessageStreamId,
    MessageType, Millis, PlayStart, ServerEvent, ServerSession, SwfHash, SwfVerdict, Timestamp, UserControl,
    chunk_media,
};

const RTMPE: HandshakeMode = HandshakeMode::Rtmpe(RtmpeType::Type9, Layout::KeyFirst);

/// A server, and the client's end of the connection.
struct Wire {
    server: ServerSession,
    ciphers: Option<Ciphers>,
    encoder: ChunkEncoder,
    events: Vec<ServerEvent>,
}

impl Wire {
    /// After the handshake, of which C2 was not yet given to the server.
    fn new(mode: HandshakeMode, tamper: Option<Box<dyn Tamper>>) -> (Self, Vec<u8>) {
        let mut server = ServerSession::new(Limits::default(), [1; 32], Millis(0));
        if let Some(tamper) = tamper {
            server.set_tamper(tamper);
        }
        let mut wire = Self { server, ciphers: None, encoder: ChunkEncoder::new(), events: vec![] };
        let mut handshake = ClientHandshake::new(0, [3; 32]);
        handshake.set_mode(mode);
        let (mut out, mut input) = (Vec::new(), BytesMut::new());
        handshake.handle(&mut input, &mut out, None).unwrap();
        wire.deliver(&out.concat());
        input.extend_from_slice(&wire.sent().concat());
        out.clear();
        assert_eq!(handshake.handle(&mut input, &mut out, None), Ok(HandshakeState::Done));
        assert_eq!((input.len(), handshake.report().unwrap().signed.unwrap_or(true)), (0, true));
        wire.ciphers = handshake.ciphers();
        (wire, out.concat())
    }

    fn done(mode: HandshakeMode, tamper: Option<Box<dyn Tamper>>) -> Self {
        let (mut wire, c2) = Self::new(mode, tamper);
        wire.deliver(&c2);
        wire
    }

    /// One read of the server, which accepts everything.
    fn deliver(&mut self, bytes: &[u8]) {
        self.server.handle_input(Millis(1), &mut BytesMut::from(bytes)).unwrap();
        while let Some(event) = self.server.poll_event() {
            match &event {
                ServerEvent::Connect { id, .. }
                | ServerEvent::Publish { id, .. }
                | ServerEvent::Play { id, .. } => self.server.accept(*id).unwrap(),
                _ => {}
            }
            self.events.push(event);
        }
    }

    fn encrypted(&mut self, mut text: Vec<u8>) -> Vec<u8> {
        if let Some(ciphers) = &mut self.ciphers {
            ciphers.encrypt(&mut text);
        }
        text
    }

    fn chunks(&mut self, message: &Message) -> Vec<u8> {
        let mut text = BytesMut::new();
        self.encoder.encode(message, &mut text);
        text.to_vec()
    }

    fn send(&mut self, message: &Message) {
        let text = self.chunks(message);
        let bytes = self.encrypted(text);
        self.deliver(&bytes);
    }

    /// What is ready to go out, piece by piece.
    fn sent(&mut self) -> Vec<Bytes> {
        std::iter::from_fn(|| self.server.poll_transmit()).collect()
    }

    /// The same, decrypted.
    fn answers(&mut self) -> Vec<Vec<u8>> {
        let pieces = self.sent();
        pieces
            .iter()
            .map(|piece| {
                let mut text = piece.to_vec();
                if let Some(ciphers) = &mut self.ciphers {
                    ciphers.decrypt(&mut text);
                }
                text
            })
            .collect()
    }
}

/// What a client sends after a plain handshake to get to play, in the clear.
fn to_play() -> Vec<u8> {
    let params = ConnectParams::new("live", "rtmp://localhost/live");
    let mut client = ClientSession::new(Limits::default(), [2; 32], Millis(0), params);
    client.play("key", PlayStart::Live, -1.0, false).unwrap();
    let mut wire = Wire {
        server: ServerSession::new(Limits::default(), [1; 32], Millis(0)),
        ciphers: None,
        encoder: ChunkEncoder::new(),
        events: vec![],
    };
    let mut sent = Vec::new();
    loop {
        let bytes: Vec<u8> = std::iter::from_fn(|| client.poll_transmit()).flatten().collect();
        if bytes.is_empty() {
            break;
        }
        wire.deliver(&bytes);
        sent.extend(bytes);
        client.handle_input(Millis(1), &mut BytesMut::from(&wire.sent().concat()[..])).unwrap();
        while client.poll_event().is_some() {}
    }
    assert!(wire.events.iter().any(|event| matches!(event, ServerEvent::Play { .. })));
    sent.split_off(3073)
}

/// Changes nothing; that a tamper is there makes a session copy what it sends and reads.
struct Honest;
impl Tamper for Honest {}

fn tamper(is_there: bool) -> Option<Box<dyn Tamper>> {
    is_there.then(|| Box::new(Honest) as Box<dyn Tamper>)
}

/// The pieces of a whole session's output, decrypted. The script comes in reads of these sizes, the first of
/// them together with C2; a limit is set first, and lifted piece by piece through acknowledgements.
fn output(mode: HandshakeMode, tampered: bool, limit: Option<u32>, reads: &[usize]) -> Vec<Vec<u8>> {
    let (mut wire, mut c2) = Wire::new(mode, tamper(tampered));
    let limit = limit.map(|window| Control::SetPeerBandwidth { window, limit: LimitType::HARD });
    let mut text = limit.map_or_else(Vec::new, |limit| wire.chunks(&limit.encode()));
    text.extend(to_play());
    let encrypted = wire.encrypted(text);
    c2.extend(encrypted);
    let mut rest = &c2[..];
    for read in reads.iter().copied().chain([usize::MAX]) {
        let (now, later) = rest.split_at(read.min(rest.len()));
        wire.deliver(now);
        rest = later;
    }
    assert!(wire.events.iter().any(|event| matches!(event, ServerEvent::Play { .. })));
    let frame = chunk_media(
        MessageStreamId(1),
        MessageType::VIDEO,
        Timestamp(40),
        Bytes::from_static(&[0x17; 300]),
        wire.server.chunk_size_out(),
    );
    if !tampered {
        wire.server.send_shared(MessageStreamId(1), MessageType::VIDEO, frame).unwrap();
    }
    let payload = Bytes::from_static(&[0x27; 300]);
    wire.server.send_media(MessageStreamId(1), MessageType::VIDEO, Timestamp(80), payload).unwrap();
    let mut pieces = Vec::new();
    loop {
        let more = wire.answers();
        if more.is_empty() {
            return pieces;
        }
        pieces.extend(more);
        if limit.is_some() {
            let received = pieces.iter().map(|piece| piece.len() as u32).sum();
            wire.send(&Control::Acknowledgement(received).encode());
        }
    }
}

/// The output is that of a plain session, in the same pieces.
#[test]
fn tampers_and_limits_change_nothing_about_encryption() {
    for tampered in [false, true] {
        for limit in [None, Some(1), Some(100)] {
            let plain = output(HandshakeMode::Plain, tampered, limit, &[]);
            assert!(plain.concat().windows(7).any(|bytes| bytes == b"_result"));
            assert!(plain.concat().ends_with(&[0x27; 100]));
            assert_eq!(limit.is_some(), plain.len() > 8, "{} pieces", plain.len());
            for mode in [RTMPE, HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::DigestFirst)] {
                assert_eq!(output(mode, tampered, limit, &[]), plain, "{tampered} {limit:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Cut anywhere, C2 included.
    #[test]
    fn reads_change_nothing_about_encryption(
        reads in prop::collection::vec(0usize..900, 0..12),
        tampered: bool,
    ) {
        let whole = output(RTMPE, tampered, None, &[]).concat();
        prop_assert_eq!(output(RTMPE, tampered, None, &reads).concat(), whole);
    }
}

/// Drops one read.
struct Forgetful {
    reads: usize,
    dropped: usize,
}

impl Tamper for Forgetful {
    fn bytes_in(&mut self, _: &mut Vec<u8>) -> InputRuling {
        self.reads += 1;
        if self.reads == self.dropped { InputRuling::Ignore } else { InputRuling::Process }
    }
}

/// Bytes that a tamper drops were sent all the same, so the next ones are still decrypted.
#[test]
fn dropped_reads_use_up_their_key_stream() {
    // C0 and C1, C2, then the read that is dropped.
    let mut wire = Wire::done(RTMPE, Some(Box::new(Forgetful { reads: 0, dropped: 3 })));
    let ping = |value| {
        let mut text = BytesMut::new();
        ChunkEncoder::new().encode(&UserControl::PingRequest(value).encode(), &mut text);
        text.to_vec()
    };
    for value in [7, 8] {
        let bytes = wire.encrypted(ping(value));
        wire.deliver(&bytes);
    }
    let answers = wire.answers().concat();
    assert!(answers.ends_with(&[0, 7, 0, 0, 0, 8]), "{answers:02x?}");
    assert!(!answers.windows(6).any(|bytes| bytes == [0, 7, 0, 0, 0, 7]));
}

/// What a tamper does to S2.
#[derive(Clone, Copy, PartialEq, Eq)]
enum S2 {
    AsItIs,
    Longer,
    Missing,
}

impl Tamper for S2 {
    fn handshake_out(&mut self, part: HandshakePart, bytes: &mut Vec<u8>) {
        match (part, *self) {
            (HandshakePart::S2, Self::Longer) => bytes.extend_from_slice(b"more"),
            (HandshakePart::S2, Self::Missing) => bytes.clear(),
            _ => {}
        }
    }
}

/// RTMPE-011: the handshake is sent as it is, even where C2 came before it, and all else is encrypted,
/// whatever a tamper made of the packets.
#[test]
fn handshake_packets_are_never_encrypted() {
    for s2 in [S2::AsItIs, S2::Longer, S2::Missing] {
        let mut client = ClientHandshake::new(0, [3; 32]);
        client.set_mode(RTMPE);
        let (mut out, mut input) = (Vec::new(), BytesMut::new());
        client.handle(&mut input, &mut out, None).unwrap();
        let mut server = ServerSession::new(Limits::default(), [1; 32], Millis(0));
        server.set_tamper(Box::new(s2));
        // A server takes any C2, so all may come before anything is sent.
        let first = [&out.concat()[..], &[0; 1536]].concat();
        server.handle_input(Millis(1), &mut BytesMut::from(&first[..])).unwrap();
        server.ping(Millis(5));
        let mut sent: Vec<u8> = std::iter::from_fn(|| server.poll_transmit()).flatten().collect();
        if s2 == S2::Missing {
            sent.splice(1537..1537, [0; 1536]);
        }
        input.extend_from_slice(&sent);
        assert_eq!(client.handle(&mut input, &mut out, None), Ok(HandshakeState::Done));
        assert_eq!(client.report().unwrap().signed, Some(s2 != S2::Missing));
        if s2 == S2::Longer {
            assert_eq!(input.split_to(4), b"more"[..]);
        }
        client.ciphers().unwrap().decrypt(&mut input);
        assert!(input.ends_with(&[0, 6, 0, 0, 0, 5]), "{:02x?}", &input[..]);
    }
}

/// SWFV-001, SWFV-002: the question, and answers that are none.
#[test]
fn questions_and_bad_answers_of_swf_verification() {
    let expected = SwfHash { size: 1, hash: [1; 32] };
    for (body, verdict) in [
        (vec![1; 41], Some(SwfVerdict::Malformed)),
        (vec![2; 42], Some(SwfVerdict::Malformed)),
        (vec![1; 42], Some(SwfVerdict::Unknown)),
        (vec![1; 43], Some(SwfVerdict::Unknown)),
        (vec![], Some(SwfVerdict::Malformed)),
    ] {
        for asked in [true, false] {
            let mut wire = Wire::done(RTMPE, None);
            if asked {
                wire.server.request_swf_verification(vec![expected]).unwrap();
                assert!(wire.answers().concat().ends_with(&[0, 0, 3, 4, 0, 0, 0, 0, 0, 26, 1]));
            }
            let answer = UserControl::Unknown { event: 27, data: Bytes::from(body.clone()) };
            // The second answer is to no question.
            wire.send(&answer.encode());
            wire.send(&answer.encode());
            let verdicts: Vec<_> = wire
                .events
                .iter()
                .filter_map(|event| match event {
                    ServerEvent::SwfVerification { verdict } => Some(*verdict),
                    _ => None,
                })
                .collect();
            assert_eq!(verdicts, verdict.filter(|_| asked).into_iter().collect::<Vec<_>>());
        }
    }
}
