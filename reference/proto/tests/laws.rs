//! Laws of whole sessions: the split of the input, the interleaving of chunk streams, and time that wraps.

use bytes::{Bytes, BytesMut};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rtmp_amf::{Value, amf3};
use rtmp_proto::handshake::HandshakeMode;
use rtmp_proto::{
    ChunkDecoder, ChunkEncoder, ChunkStreamId, ClientEvent, ClientSession, ConnectParams, Decoded, Limits,
    Message, MessageStreamId, MessageType, Millis, Notice, PlayStart, PublishMode, ReconnectRequest,
    ServerEvent, ServerSession, SessionError, SharedObject, SharedObjectEvent, Timestamp,
};

const NOW: Millis = Millis(0);
const ONE: MessageStreamId = MessageStreamId(1);

fn modes() -> Vec<HandshakeMode> {
    #[allow(unused_mut, reason = "without features there is one")]
    let mut modes = vec![HandshakeMode::Plain];
    #[cfg(feature = "digest")]
    modes.extend(rtmp_proto::handshake::Layout::ALL.map(HandshakeMode::Digest));
    #[cfg(feature = "rtmpe")]
    for kind in [
        rtmp_proto::handshake::RtmpeType::Type6,
        rtmp_proto::handshake::RtmpeType::Type8,
        rtmp_proto::handshake::RtmpeType::Type9,
    ] {
        modes.push(HandshakeMode::Rtmpe(kind, rtmp_proto::handshake::Layout::DigestFirst));
    }
    modes
}

fn server() -> ServerSession {
    ServerSession::new(Limits::default(), [1; 32], NOW)
}

fn client(mode: HandshakeMode, plays: bool) -> ClientSession {
    let able = rtmp_proto::Capabilities {
        caps_ex: Some(rtmp_flv::CapsEx::RECONNECT),
        ..rtmp_proto::Capabilities::default()
    };
    let params = ConnectParams::new("live", "rtmp://example.org/live").with_amf3().with_capabilities(able);
    let mut client = ClientSession::new(Limits::default(), [2; 32], NOW, params);
    client.set_handshake_mode(mode);
    match plays {
        true => client.play("key", PlayStart::Live, -1.0, true).unwrap(),
        false => client.publish("key", PublishMode::Live).unwrap(),
    }
    client
}

fn feed_server(server: &mut ServerSession, bytes: &[u8], events: &mut Vec<ServerEvent>) {
    let _ = server.handle_input(NOW, &mut BytesMut::from(bytes));
    while let Some(event) = server.poll_event() {
        if let ServerEvent::Connect { id, .. }
        | ServerEvent::Publish { id, .. }
        | ServerEvent::Play { id, .. } = &event
        {
            server.accept(*id).unwrap();
        }
        events.push(event);
    }
}

fn feed_client(client: &mut ClientSession, bytes: &[u8], events: &mut Vec<ClientEvent>) {
    let _ = client.handle_input(NOW, &mut BytesMut::from(bytes));
    events.extend(std::iter::from_fn(|| client.poll_event()));
}

/// One thing that an end does once media may flow.
#[derive(Debug, Clone)]
enum Act {
    Media {
        kind: MessageType,
        time: u32,
        payload: Vec<u8>,
    },
    Data(Value),
    Shared(Vec<Value>),
    /// To the player, or by the client.
    Other(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let time = prop_oneof![0u32..2000, 0xFF_FFF0u32..0x100_0010, 0xFFFF_FFF0u32..=u32::MAX];
    let kind = select(vec![MessageType::AUDIO, MessageType::VIDEO]);
    let value = prop_oneof![
        Just(Value::Null),
        any::<u8>().prop_map(|number| Value::Number(number.into())),
        "[a-z]{0,4}".prop_map(|text| Value::AvmPlus(Box::new(amf3::Value::String(text)))),
    ];
    prop_oneof![
        3 => (kind, time, vec(any::<u8>(), 0..600))
            .prop_map(|(kind, time, payload)| Act::Media { kind, time, payload }),
        1 => value.clone().prop_map(Act::Data),
        1 => vec(value, 0..3).prop_map(Act::Shared),
        1 => any::<u8>().prop_map(Act::Other),
    ]
}

fn shared(values: &[Value]) -> SharedObject {
    SharedObject::new("so", vec![SharedObjectEvent::Use, SharedObjectEvent::SendMessage(values.to_vec())])
}

fn data(value: &Value) -> Bytes {
    rtmp_amf::encode_all(&["onTextData".into(), value.clone()]).unwrap().into()
}

/// What went over the wire and came out of a session whose input was not split, or was in pieces that one
/// read gave.
struct Recorded {
    up: Vec<u8>,
    down: Vec<u8>,
    served: Vec<ServerEvent>,
    seen: Vec<ClientEvent>,
}

/// Both sessions in memory until nothing is on its way, then one act after the other.
fn recorded(mode: HandshakeMode, plays: bool, acts: &[Act]) -> Recorded {
    let (mut server, mut client) = (server(), client(mode, plays));
    let mut all = Recorded { up: vec![], down: vec![], served: vec![], seen: vec![] };
    let mut pump = |server: &mut ServerSession, client: &mut ClientSession| {
        loop {
            let up: Vec<u8> = std::iter::from_fn(|| client.poll_transmit()).flatten().collect();
            feed_server(server, &up, &mut all.served);
            let down: Vec<u8> = std::iter::from_fn(|| server.poll_transmit()).flatten().collect();
            feed_client(client, &down, &mut all.seen);
            all.up.extend_from_slice(&up);
            all.down.extend_from_slice(&down);
            if up.is_empty() && down.is_empty() {
                return;
            }
        }
    };
    pump(&mut server, &mut client);
    for act in acts {
        if plays {
            let send = |server: &mut ServerSession, kind, time, payload: &[u8]| {
                server.send_media(ONE, kind, Timestamp(time), Bytes::copy_from_slice(payload)).unwrap();
            };
            match act {
                Act::Media { kind, time, payload } => send(&mut server, *kind, *time, payload),
                Act::Data(value) => send(&mut server, MessageType::DATA_AMF0, 9, &data(value)),
                Act::Shared(values) => server.send_shared_object(&shared(values)).unwrap(),
                Act::Other(0..85) => server.ping(Millis(7)),
                Act::Other(85..170) => server.notify(ONE, Notice::PublishNotify).unwrap(),
                Act::Other(_) => server.request_reconnect(ReconnectRequest::to("/other")).unwrap(),
            }
        } else {
            let send = |client: &mut ClientSession, kind, time, payload: &[u8]| {
                client.send_media(kind, Timestamp(time), Bytes::copy_from_slice(payload)).unwrap();
            };
            match act {
                Act::Media { kind, time, payload } => send(&mut client, *kind, *time, payload),
                Act::Data(value) => send(&mut client, MessageType::DATA_AMF0, 9, &data(value)),
                Act::Shared(values) => client.send_shared_object(&shared(values)).unwrap(),
                Act::Other(_) => client.receive_audio(true),
            }
        }
    }
    pump(&mut server, &mut client);
    assert_eq!((server.error(), client.error()), (None, None));
    all
}

/// `bytes` in pieces that end at `cuts`; all of them single where there are no cuts.
fn pieces<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    if cuts.is_empty() {
        return bytes.chunks(1).collect();
    }
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(bytes.len());
    let mut start = 0;
    let piece = |end| &bytes[std::mem::replace(&mut start, end)..end];
    ends.into_iter().map(piece).collect()
}

fn serve_all(pieces: &[&[u8]]) -> (Vec<ServerEvent>, Option<SessionError>) {
    let (mut server, mut events) = (server(), Vec::new());
    for piece in pieces {
        feed_server(&mut server, piece, &mut events);
        while server.poll_transmit().is_some() {}
    }
    (events, server.error().cloned())
}

fn see_all(mode: HandshakeMode, plays: bool, pieces: &[&[u8]]) -> (Vec<ClientEvent>, Option<SessionError>) {
    let (mut client, mut events) = (client(mode, plays), Vec::new());
    while client.poll_transmit().is_some() {}
    for piece in pieces {
        feed_client(&mut client, piece, &mut events);
        while client.poll_transmit().is_some() {}
    }
    (events, client.error().cloned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_split_of_the_input_does_not_matter_to_a_server(
        mode in select(modes()), plays in any::<bool>(), acts in vec(act(), 0..8),
        cuts in vec(any::<Index>(), 0..12), flip in proptest::option::of((any::<Index>(), 1u8..)),
    ) {
        let recorded = recorded(mode, plays, &acts);
        let mut up = recorded.up;
        prop_assert_eq!(serve_all(&pieces(&up, &cuts)), (recorded.served, None));
        // And to one whose peer errs.
        if let Some((at, bits)) = flip {
            let at = at.index(up.len());
            up[at] ^= bits;
            prop_assert_eq!(serve_all(&pieces(&up, &cuts)), serve_all(&[&up]));
        }
    }

    #[test]
    fn the_split_of_the_input_does_not_matter_to_a_client(
        mode in select(modes()), plays in any::<bool>(), acts in vec(act(), 0..8),
        cuts in vec(any::<Index>(), 0..12), flip in proptest::option::of((any::<Index>(), 1u8..)),
    ) {
        let recorded = recorded(mode, plays, &acts);
        let mut down = recorded.down;
        prop_assert_eq!(see_all(mode, plays, &pieces(&down, &cuts)), (recorded.seen, None));
        if let Some((at, bits)) = flip {
            let at = at.index(down.len());
            down[at] ^= bits;
            prop_assert_eq!(see_all(mode, plays, &pieces(&down, &cuts)), see_all(mode, plays, &[&down]));
        }
    }
}

/// Chunks of one message in turn, the first with a header of type 0 (RTMP 5.3.1.2, 5.3.1.3).
fn chunks_of(id: u8, kind: MessageType, time: u32, body: &[u8], size: usize) -> Vec<Vec<u8>> {
    let extended = if time >= 0xFF_FFFF { time.to_be_bytes().to_vec() } else { vec![] };
    let mut first = vec![id];
    first.extend(&time.min(0xFF_FFFF).to_be_bytes()[1..]);
    first.extend(&(body.len() as u32).to_be_bytes()[1..]);
    first.extend([kind.0, 1, 0, 0, 0]);
    let mut chunks = vec![[&first[..], &extended, &body[..body.len().min(size)]].concat()];
    for part in body.chunks(size).skip(1) {
        chunks.push([&[0xC0 | id][..], &extended, part].concat());
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Each kind of media has a chunk stream of its own; what of each kind comes out does not depend on how
    /// the chunks of the others lie between.
    #[test]
    fn the_interleaving_of_chunk_streams_does_not_matter_to_a_server(
        bodies in vec(vec((any::<u32>(), vec(any::<u8>(), 0..9000)), 0..4), 3),
        order in vec(0usize..3, 0..24),
    ) {
        const SIZE: usize = 4096;
        let kinds = [(4, MessageType::AUDIO), (6, MessageType::VIDEO), (7, MessageType::DATA_AMF0)];
        let mut queues = Vec::new();
        let mut expected = Vec::new();
        for (messages, (id, kind)) in bodies.iter().zip(kinds) {
            let mut queue = Vec::new();
            for (time, body) in messages {
                let body = match kind {
                    MessageType::DATA_AMF0 => [vec![2, 0, 1, b'f'], vec![5; body.len()]].concat(),
                    _ => body.clone(),
                };
                queue.extend(chunks_of(id, kind, *time, &body, SIZE));
                expected.push((kind, Timestamp(*time), body));
            }
            queue.reverse();
            queues.push(queue);
        }
        let mut wire = recorded(HandshakeMode::Plain, false, &[]).up;
        for index in order.into_iter().chain((0..3).flat_map(|index| [index; 16])) {
            wire.extend(queues[index].pop().unwrap_or_default());
        }
        let (events, error) = serve_all(&[&wire]);
        prop_assert_eq!(error, None);
        for (_, kind) in kinds {
            let of_kind: Vec<_> = events
                .iter()
                .filter_map(|event| match event {
                    ServerEvent::Media { kind: seen, timestamp, payload, .. } if *seen == kind => {
                        Some((kind, *timestamp, payload.to_vec()))
                    }
                    _ => None,
                })
                .collect();
            let expected: Vec<_> = expected.iter().filter(|message| message.0 == kind).cloned().collect();
            prop_assert_eq!(of_kind, expected);
        }
    }
}

fn decode(wire: &[u8]) -> Vec<u32> {
    let mut decoder = ChunkDecoder::new(&Limits::default());
    let mut input = BytesMut::from(wire);
    let mut times = Vec::new();
    while let Decoded::Message(message) = decoder.next(&mut input).unwrap() {
        times.push(message.timestamp.0);
    }
    assert!(input.is_empty());
    times
}

fn step() -> impl Strategy<Value = u32> {
    prop_oneof![0u32..100, 0xFF_FFFDu32..0x100_0002, 0x7FFF_FFFEu32..0x8000_0002, any::<u32>()]
}

proptest! {
    /// Headers of types 1 and 2 add their delta, type 3 at the start of a message that of the header before,
    /// extended or not, modulo 2^32 (RTMP 5.3.1.2, 5.3.1.3; 4).
    #[test]
    fn deltas_add_up_modulo_2_to_32(
        start in prop_oneof![any::<u32>(), 0xFFFF_FF00u32.., 0xFF_FF00u32..0x100_0100],
        steps in vec((1u8..4, step()), 0..12),
    ) {
        let mut wire = chunks_of(4, MessageType::AUDIO, start, b"x", 128).concat();
        let mut expected = vec![start];
        let mut last: Option<u32> = None;
        for (fmt, step) in steps {
            // A message of type 3 right after one of type 0 is read in more than one way (errata E-15c).
            let (fmt, delta) = match (fmt, last) {
                (3, Some(last)) => (3, last),
                (3, None) => (2, step),
                (fmt, _) => (fmt, step),
            };
            let extended = delta >= 0xFF_FFFF;
            wire.push(fmt << 6 | 4);
            if fmt < 3 {
                wire.extend(&delta.min(0xFF_FFFF).to_be_bytes()[1..]);
            }
            if fmt == 1 {
                wire.extend([0, 0, 1, 8]);
            }
            if extended {
                wire.extend(delta.to_be_bytes());
            }
            wire.push(b'x');
            last = Some(delta);
            expected.push(expected[expected.len() - 1].wrapping_add(delta));
        }
        prop_assert_eq!(decode(&wire), expected);
    }

    /// What is encoded across the wrap, forwards or backwards, is decoded as it was (RTMP 4).
    #[test]
    fn time_wraps_on_its_way(start in 0xFFFF_F000u32.., steps in vec(step(), 0..12)) {
        let times: Vec<u32> = std::iter::once(start)
            .chain(steps.iter().scan(start, |time, step| {
                *time = time.wrapping_add(*step);
                Some(*time)
            }))
            .collect();
        let mut encoder = ChunkEncoder::new();
        let mut wire = BytesMut::new();
        for time in &times {
            let message = Message {
                chunk_stream: ChunkStreamId::COMMAND,
                timestamp: Timestamp(*time),
                kind: MessageType::AUDIO,
                stream: ONE,
                payload: Bytes::from_static(&[1; 200]),
            };
            encoder.encode(&message, &mut wire);
        }
        prop_assert_eq!(decode(&wire), times);
    }

    /// Serial arithmetic (RTMP 4): the sum comes later for less than half the circle. Which of two comes first
    /// that are half the circle apart is not defined (RFC 1982 3.2).
    #[test]
    fn serial_arithmetic(time in any::<u32>(), step in step()) {
        let (earlier, later) = (Timestamp(time), Timestamp(time).plus(step));
        prop_assert_eq!(later.0, (u64::from(time) + u64::from(step)) as u32);
        prop_assert_eq!(later.since(earlier), step as i32);
        if step != 0x8000_0000 {
            prop_assert_eq!(earlier.is_before(later), (1..0x8000_0000).contains(&step));
            prop_assert_eq!(later.is_before(earlier), step > 0x8000_0000);
        }
    }
}

/// The examples of RTMP 4.
#[test]
fn the_examples_of_the_specification() {
    assert!(Timestamp(4_000_000_000).is_before(Timestamp(10_000)));
    assert!(Timestamp(3_000_000_000).is_before(Timestamp(4_000_000_000)));
}
