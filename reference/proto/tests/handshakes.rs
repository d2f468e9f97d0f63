//! Sessions behind every form of handshake: encryption, fallbacks, SWF verification.
#![cfg(feature = "swf")]
#![cfg(feature = "rtmpe")]

use bytes::{Bytes, BytesMut};
use rtmp_proto::handshake::{HandshakeMode, HandshakePolicy, Layout, PACKET_LEN, RtmpeType};
use rtmp_proto::{
    ClientEvent, ClientSession, ConnectParams, Limits, MessageStreamId, MessageType, Millis, PlayStart,
    PublishMode, ServerEvent, ServerSession, SessionError, SwfError, SwfHash, SwfResponse, SwfVerdict,
    Timestamp, chunk_media,
};

fn modes() -> Vec<HandshakeMode> {
    let mut modes = vec![HandshakeMode::Plain];
    for layout in Layout::ALL {
        modes.push(HandshakeMode::Digest(layout));
        for rtmpe in [RtmpeType::Type6, RtmpeType::Type8, RtmpeType::Type9] {
            modes.push(HandshakeMode::Rtmpe(rtmpe, layout));
        }
    }
    modes
}

const RTMPE: HandshakeMode = HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::KeyFirst);

fn server() -> ServerSession {
    ServerSession::new(Limits::default(), [1; 32], Millis(0))
}

fn client(mode: HandshakeMode) -> ClientSession {
    let params = ConnectParams::new("live", "rtmp://localhost/live");
    let mut client = ClientSession::new(Limits::default(), [2; 32], Millis(0), params);
    client.set_handshake_mode(mode);
    client
}

fn sent_by_client(client: &mut ClientSession) -> Vec<u8> {
    std::iter::from_fn(|| client.poll_transmit()).flatten().collect()
}

fn sent_by_server(server: &mut ServerSession) -> Vec<u8> {
    std::iter::from_fn(|| server.poll_transmit()).flatten().collect()
}

/// Accepts whatever is asked for, and returns the events.
fn serve(server: &mut ServerSession, bytes: &[u8]) -> Vec<ServerEvent> {
    server.handle_input(Millis(1), &mut BytesMut::from(bytes)).unwrap();
    let mut events = Vec::new();
    while let Some(event) = server.poll_event() {
        match &event {
            ServerEvent::Connect { id, .. }
            | ServerEvent::Publish { id, .. }
            | ServerEvent::Play { id, .. } => server.accept(*id).unwrap(),
            _ => {}
        }
        events.push(event);
    }
    events
}

struct Run {
    server_events: Vec<ServerEvent>,
    client_events: Vec<ClientEvent>,
    by_client: Vec<u8>,
    by_server: Vec<u8>,
}

/// Both ends until nothing is on its way; what goes either way arrives in pieces of this size.
fn run(server: &mut ServerSession, client: &mut ClientSession, piece: usize) -> Run {
    let mut run = Run { server_events: vec![], client_events: vec![], by_client: vec![], by_server: vec![] };
    loop {
        let from_client = sent_by_client(client);
        for bytes in from_client.chunks(piece) {
            run.server_events.extend(serve(server, bytes));
        }
        let from_server = sent_by_server(server);
        for bytes in from_server.chunks(piece) {
            client.handle_input(Millis(1), &mut BytesMut::from(bytes)).unwrap();
            run.client_events.extend(std::iter::from_fn(|| client.poll_event()));
        }
        run.by_client.extend_from_slice(&from_client);
        run.by_server.extend_from_slice(&from_server);
        if from_client.is_empty() && from_server.is_empty() {
            return run;
        }
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn publishing_in_pieces_of_any_size() {
    for mode in modes() {
        let mut outcomes = Vec::new();
        for piece in [1, 2, 7, 1536, 1 << 20] {
            let (mut server, mut client) = (server(), client(mode));
            client.publish("key", PublishMode::Live).unwrap();
            let mut events = run(&mut server, &mut client, piece).server_events;
            let media = Bytes::from(vec![0xAB; 10_000]);
            client.send_media(MessageType::VIDEO, Timestamp(7), media.clone()).unwrap();
            let rest = run(&mut server, &mut client, piece);
            let expected = ServerEvent::Media {
                stream: MessageStreamId(1),
                kind: MessageType::VIDEO,
                timestamp: Timestamp(7),
                payload: media,
            };
            assert!(rest.server_events.contains(&expected), "{mode:?} in pieces of {piece}");
            events.extend(rest.server_events);
            outcomes.push(events);
            let signed = if mode == HandshakeMode::Plain { None } else { Some(true) };
            assert_eq!(server.handshake_report().unwrap().signed, signed);
            assert_eq!(client.handshake_report().unwrap().signed, signed);
        }
        assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "{mode:?}");
    }
}

/// The end of the handshake and what follows may arrive in one read, cut anywhere.
#[test]
fn any_cut_of_what_comes_with_c2() {
    for mode in [HandshakeMode::Digest(Layout::DigestFirst), RTMPE] {
        let (mut model, mut client) = (server(), client(mode));
        let first = sent_by_client(&mut client);
        serve(&mut model, &first);
        let answer = sent_by_server(&mut model);
        client.handle_input(Millis(1), &mut BytesMut::from(&answer[..])).unwrap();
        let second = sent_by_client(&mut client);
        assert!(second.len() > PACKET_LEN + 200);
        assert_eq!(contains(&second, b"connect"), mode != RTMPE);
        let around = [PACKET_LEN - 1, PACKET_LEN, PACKET_LEN + 1, second.len() - 1];
        for cut in (0..second.len()).step_by(61).chain(around) {
            let mut server = server();
            serve(&mut server, &first);
            let mut events = serve(&mut server, &second[..cut]);
            events.extend(serve(&mut server, &second[cut..]));
            assert!(matches!(&events[..], [ServerEvent::Connect { app, .. }] if app == "live"), "{cut}");
        }
    }
}

#[test]
fn nothing_after_an_rtmpe_handshake_is_in_the_clear() {
    let (mut server, mut client) = (server(), client(RTMPE));
    client.play("key", PlayStart::Live, -1.0, false).unwrap();
    let run = run(&mut server, &mut client, 1 << 20);
    assert!(run.client_events.iter().any(|event| matches!(event, ClientEvent::PlayStarted { .. })));
    for bytes in [&run.by_client, &run.by_server] {
        assert!(bytes.len() > 2 * PACKET_LEN + 200);
        for text in [&b"connect"[..], b"live", b"_result", b"NetStream", b"play"] {
            assert!(!contains(bytes, text));
        }
    }
    assert!(client.handshake_report().unwrap().is_encrypted());
    assert!(server.handshake_report().unwrap().is_encrypted());
}

/// Players with keys of their own share the chunks of a frame, which therefore stay as they are.
#[test]
fn shared_chunks_are_copied_before_they_are_encrypted() {
    let payload = Bytes::from(vec![0x17; 5000]);
    let stream = MessageStreamId(1);
    let wire = chunk_media(stream, MessageType::VIDEO, Timestamp(40), payload.clone(), 4096);
    let before = wire.to_vec();
    for mode in [RTMPE, HandshakeMode::Plain, RTMPE] {
        let (mut server, mut client) = (server(), client(mode));
        client.play("key", PlayStart::Live, -1.0, false).unwrap();
        run(&mut server, &mut client, 1 << 20);
        server.send_shared(stream, MessageType::VIDEO, wire.clone()).unwrap();
        let run = run(&mut server, &mut client, 1 << 20);
        let media = ClientEvent::Media {
            kind: MessageType::VIDEO,
            timestamp: Timestamp(40),
            payload: payload.clone(),
        };
        assert_eq!(run.client_events, [media]);
        assert_eq!(run.by_server == before, mode == HandshakeMode::Plain);
        assert_eq!(wire, before);
    }
}

#[test]
fn policies() {
    let policy = HandshakePolicy { rtmpe: [false; 3], ..HandshakePolicy::default() };
    let mut picky = server();
    picky.set_handshake_policy(policy);
    let mut encrypted = client(RTMPE);
    serve(&mut picky, &sent_by_client(&mut encrypted));
    let answer = sent_by_server(&mut picky);
    let result = encrypted.handle_input(Millis(1), &mut BytesMut::from(&answer[..]));
    let Err(SessionError::Peer(error)) = result else { panic!("{result:?}") };
    assert_eq!(error.clause, "RTMP 5.2.2");

    for (policy, layout) in [(policy, Some(Layout::KeyFirst)), (HandshakePolicy::PLAIN, None)] {
        let (mut server, mut client) = (server(), client(HandshakeMode::Digest(Layout::KeyFirst)));
        server.set_handshake_policy(policy);
        run(&mut server, &mut client, 1 << 20);
        assert_eq!(server.handshake_report().unwrap().layout, layout);
        assert_eq!(client.handshake_report().unwrap().layout, layout);
    }
}

/// `FWS`, version 5, 12 bytes in all, and its form compressed with zlib.
const FWS: &[u8] = b"FWS\x05\x0c\0\0\0abcd";
const CWS: &[u8] = b"CWS\x05\x0c\0\0\0\x78\xda\x4b\x4c\x4a\x4e\x01\x00\x03\xd8\x01\x8b";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Expected values from another implementation of HMAC-SHA256.
#[test]
fn hashes_of_swf_files() {
    let expected = "54d5df85982fc09369f64dfdcc8f7bd676cd14312716f899650744602c7a539b";
    for file in [FWS, CWS] {
        let hash = SwfHash::of(file, 12).unwrap();
        assert_eq!((hash.size, hex(&hash.hash)), (12, expected.into()));
        assert_eq!(SwfHash::of(file, 11), Err(SwfError::TooLong { maximum: 11 }));
    }
    let mut long = b"FWS\x0a".to_vec();
    long.extend_from_slice(&70_008u32.to_le_bytes());
    long.extend((0..70_000u32).map(|i| (i * 7 + i / 251) as u8));
    let expected = "864a53cc727778344a4ecd9609a8590e65939e84e394a5880ed1a262b217e24a";
    let hash = SwfHash::of(&long, 1 << 20).unwrap();
    assert_eq!((hash.size, hex(&hash.hash)), (70_008, expected.into()));
    // Longer than the window of deflate.
    let compressed = [b"C", &long[1..8], &miniz_oxide::deflate::compress_to_vec_zlib(&long[8..], 9)].concat();
    assert_eq!(SwfHash::of(&compressed, 70_008), Ok(hash));
    assert_eq!(SwfHash::of(&compressed, 70_007), Err(SwfError::TooLong { maximum: 70_007 }));

    let response = hash.response(&std::array::from_fn(|at| at as u8));
    assert_eq!(hex(&response.proof), "a7944a6c8c03d32cefc669ea40c8b78d566fc88f6b83934f433b9fb0f392848e");
    let encoded = response.encode();
    assert_eq!(encoded.len(), 42);
    assert_eq!(encoded[..10], [1, 1, 0, 1, 0x11, 0x78, 0, 1, 0x11, 0x78]);
    assert_eq!(SwfResponse::decode(&encoded), Ok(response));
    assert!(SwfResponse::decode(&encoded[..41]).is_err());
    assert!(SwfResponse::decode(&[&[1, 2], &encoded[2..]].concat()).is_err());
}

#[test]
fn files_without_a_hash() {
    for (file, error) in [
        (&b""[..], SwfError::NotSwf),
        (b"FWS\x05\x0c\0\0", SwfError::NotSwf),
        (b"FLV\x01\x05\0\0\0\x09", SwfError::NotSwf),
        (b"ZWS\x0d\x0c\0\0\0abcd", SwfError::Compression),
        (b"CWS\x05\x0c\0\0\0abcdefgh", SwfError::Corrupt),
    ] {
        assert_eq!(SwfHash::of(file, 1 << 20), Err(error), "{file:?}");
    }
    for length in 8..CWS.len() {
        assert_eq!(SwfHash::of(&CWS[..length], 1 << 20), Err(SwfError::Corrupt), "{length}");
    }
}

#[test]
fn swf_verification() {
    let ours = SwfHash::of(FWS, 1 << 20).unwrap();
    let other = SwfHash { hash: [7; 32], ..ours };
    let verdict = |mode, swf: Option<SwfHash>, expected: &[SwfHash]| {
        let (mut server, mut client) = (server(), client(mode));
        if let Some(swf) = swf {
            client.set_swf(swf);
        }
        run(&mut server, &mut client, 1 << 20);
        server.request_swf_verification(expected.to_vec()).ok()?;
        let events = run(&mut server, &mut client, 1 << 20).server_events;
        Some(match &events[..] {
            [] => None,
            [ServerEvent::SwfVerification { verdict }] => Some(*verdict),
            more => panic!("{more:?}"),
        })
    };
    for mode in modes().into_iter().filter(|mode| *mode != HandshakeMode::Plain) {
        assert_eq!(verdict(mode, Some(ours), &[ours]), Some(Some(SwfVerdict::Verified { file: 0 })));
        assert_eq!(verdict(mode, Some(ours), &[other, ours]), Some(Some(SwfVerdict::Verified { file: 1 })));
        assert_eq!(verdict(mode, Some(ours), &[other]), Some(Some(SwfVerdict::Unknown)));
        let longer = SwfHash { size: 13, ..ours };
        assert_eq!(verdict(mode, Some(longer), &[ours]), Some(Some(SwfVerdict::Unknown)));
        // SWFV-005.
        assert_eq!(verdict(mode, None, &[ours]), Some(None));
    }
    // SWFV-006.
    assert_eq!(verdict(HandshakeMode::Plain, Some(ours), &[ours]), None);
}
