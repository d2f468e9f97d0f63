//! Expected bytes and timestamps come from RTMP 5.3 and from worked vectors, not from this crate.

use alloc::{vec, vec::Vec};
use core::num::NonZeroUsize;

use bytes::{Bytes, BytesMut};
use proptest::{collection::vec as vec_of, prelude::*, sample::select};

use super::*;
use crate::{
    ChunkStreamId, Control, LimitExceeded, LimitType, Limits, Message, MessageStreamId, MessageType,
    SessionError, Timestamp, UserControl,
    tamper::{ChunkIn, InputRuling, Tamper},
};

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    assert_eq!(digits.len() % 2, 0);
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn message(csid: u32, timestamp: u32, kind: u8, stream: u32, payload: impl Into<Bytes>) -> Message {
    Message {
        chunk_stream: ChunkStreamId::new(csid).unwrap(),
        timestamp: Timestamp(timestamp),
        kind: MessageType(kind),
        stream: MessageStreamId(stream),
        payload: payload.into(),
    }
}

/// Bytes of which no four in a row are alike elsewhere in a short payload.
fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 + index / 256) as u8 | 1).collect()
}

fn decode_with(decoder: &mut ChunkDecoder, wire: &[u8]) -> Result<Vec<Message>, SessionError> {
    let mut messages = Vec::new();
    decoder.for_each(wire, |message| messages.push(message.to_owned()))?;
    Ok(messages)
}

fn decode(wire: &[u8]) -> Vec<Message> {
    decode_with(&mut ChunkDecoder::new(&Limits::default()), wire).unwrap()
}

fn decode_error(wire: &[u8]) -> SessionError {
    decode_with(&mut ChunkDecoder::new(&Limits::default()), wire).unwrap_err()
}

fn timestamps(wire: &[u8]) -> Vec<u32> {
    decode(wire).iter().map(|message| message.timestamp.0).collect()
}

fn encode(messages: &[Message]) -> Vec<u8> {
    let mut out = BytesMut::new();
    let mut encoder = ChunkEncoder::new();
    for message in messages {
        encoder.encode(message, &mut out);
    }
    out.to_vec()
}

fn header_of(message: &Message) -> Vec<u8> {
    let mut out = BytesMut::new();
    ChunkEncoder::encode_independent(message, MAX_MESSAGE_LEN, &mut out);
    out[..out.len() - message.payload.len()].to_vec()
}

/// A type 0 chunk header with a one-byte chunk stream id below 64, written without the crate.
fn type0(csid: u8, timestamp: u32, length: u32, kind: u8, stream: u32) -> Vec<u8> {
    let mut out = vec![csid];
    out.extend_from_slice(&timestamp.min(0xFF_FFFF).to_be_bytes()[1..]);
    out.extend_from_slice(&length.to_be_bytes()[1..]);
    out.push(kind);
    out.extend_from_slice(&stream.to_le_bytes());
    if timestamp >= 0xFF_FFFF {
        out.extend_from_slice(&timestamp.to_be_bytes());
    }
    out
}

mod vectors {
    use super::*;

    #[test]
    fn basic_headers_in_all_three_forms() {
        for (id, fmt0, fmt3) in [
            (2, "02", "c2"),
            (3, "03", "c3"),
            (63, "3f", "ff"),
            (64, "0000", "c000"),
            (65, "0001", "c001"),
            (319, "00ff", "c0ff"),
            (320, "010001", "c10001"),
            (365, "012d01", "c12d01"),
            (575, "01ff01", "c1ff01"),
            (65_599, "01ffff", "c1ffff"),
        ] {
            let wire = encode(&[message(id, 0, 8, 1, payload(129))]);
            let (first, second) = (hex(fmt0), hex(fmt3));
            assert_eq!(wire[..first.len()], first, "{id}");
            let at = first.len() + 11 + 128;
            assert_eq!(wire[at..at + second.len()], second, "{id}");
            assert_eq!(decode(&wire), [message(id, 0, 8, 1, payload(129))]);
        }
    }

    #[test]
    fn longer_basic_headers_than_needed_name_the_same_stream() {
        let rest = hex("000000 000001 08 01000000 aa");
        for (id, form) in [(64, "010000"), (319, "01ff00"), (64, "0000"), (319, "00ff")] {
            let wire = [hex(form), rest.clone()].concat();
            assert_eq!(decode(&wire), [message(id, 0, 8, 1, vec![0xaa])]);
        }
        // Begun on 65 in two bytes, continued in three (CHUNK-005).
        let body = payload(130);
        let wire =
            [&hex("0001 000000 000082 08 01000000")[..], &body[..128], &hex("c10100"), &body[128..]].concat();
        assert_eq!(decode(&wire), [message(65, 0, 8, 1, body)]);
    }

    #[test]
    fn ids_that_differ_in_byte_order_only_do_not_collide() {
        let wire = [
            hex("01 4001 000001 000001 08 01000000 aa"),
            hex("01 0140 000002 000001 09 01000000 bb"),
            hex("81 4001 000010 cc"),
        ]
        .concat();
        let expected = [
            message(64 + 0x0140, 1, 8, 1, vec![0xaa]),
            message(64 + 0x4001, 2, 9, 1, vec![0xbb]),
            message(64 + 0x0140, 0x11, 8, 1, vec![0xcc]),
        ];
        assert_eq!(decode(&wire), expected);
    }

    #[test]
    fn example_1_of_the_specification() {
        let body = payload(32);
        let messages: Vec<_> =
            [1000, 1020, 1040, 1060].iter().map(|&ms| message(3, ms, 8, 12_345, body.clone())).collect();
        let chunks: Vec<_> = ["030003e80000200839300000", "83000014", "c3", "c3"]
            .iter()
            .map(|header| [hex(header), body.clone()].concat())
            .collect();
        assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [44, 36, 33, 33]);
        assert_eq!(encode(&messages), chunks.concat());
        assert_eq!(decode(&chunks.concat()), messages);
    }

    #[test]
    fn example_2_of_the_specification() {
        let body = payload(307);
        let chunks = [
            [&hex("040003e8000133093a300000")[..], &body[..128]].concat(),
            [&hex("c4")[..], &body[128..256]].concat(),
            [&hex("c4")[..], &body[256..]].concat(),
        ];
        assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [140, 129, 52]);
        let expected = message(4, 1000, 9, 12_346, body);
        assert_eq!(encode(core::slice::from_ref(&expected)), chunks.concat());
        assert_eq!(decode(&chunks.concat()), [expected]);
    }

    #[test]
    fn extended_timestamps() {
        for (timestamp, header) in [
            (0xff_fffe, "06fffffe0000c80901000000"),
            (0xff_ffff, "06ffffff0000c8090100000000ffffff"),
            (0x100_0000, "06ffffff0000c8090100000001000000"),
            (0xffff_ffff, "06ffffff0000c80901000000ffffffff"),
        ] {
            let expected = message(6, timestamp, 9, 1, payload(200));
            assert_eq!(header_of(&expected), hex(header));
            let wire = [hex("0200000000000401000000000000ffff"), hex(header), payload(200)].concat();
            assert_eq!(decode(&wire)[1], expected);
        }
        let body = payload(200);
        let wire =
            [&hex("06ffffff0000c8090100000001000000")[..], &body[..128], &hex("c601000000"), &body[128..]]
                .concat();
        let expected = message(6, 0x100_0000, 9, 1, body);
        assert_eq!(encode(core::slice::from_ref(&expected)), wire);
        assert_eq!(decode(&wire), [expected]);
    }

    #[test]
    fn deltas() {
        let first = hex("06 000000 000001 09 01000000 aa");
        for (header, timestamp, kind) in [
            ("46ffffff0000010801000000", 0x100_0000, 8),
            ("86fffffe", 0xff_fffe, 9),
            ("86ffffff00ffffff", 0xff_ffff, 9),
        ] {
            let wire = [first.clone(), hex(header), hex("bb")].concat();
            assert_eq!(decode(&wire)[1], message(6, timestamp, kind, 1, vec![0xbb]));
        }
    }

    #[test]
    fn timestamps_of_the_derived_table() {
        let t0 = |timestamp| [type0(6, timestamp, 1, 9, 1), vec![0xaa]].concat();
        let t1 = |delta: &str| [hex("46"), hex(delta), hex("000001 09")].concat();
        let cases: [(Vec<Vec<u8>>, &[u32]); 11] = [
            (vec![t0(1000), hex("86000014aa"), hex("c6aa"), hex("c6aa")], &[1000, 1020, 1040, 1060]),
            (vec![t0(1000), hex("c6aa")], &[1000, 2000]),
            (vec![t0(1000), t1("000014"), hex("aac6aa")], &[1000, 1020, 1040]),
            (vec![t0(0x100_0000), hex("86000014aa"), hex("c6aa")], &[0x100_0000, 0x100_0014, 0x100_0028]),
            (vec![t0(10), t1("ffffff"), hex("01000000aa")], &[10, 0x100_000A]),
            (
                vec![t0(10), t1("ffffff"), hex("01000000aa"), hex("c601000000aa")],
                &[10, 0x100_000A, 0x200_000A],
            ),
            (vec![t0(1000), t1("ffffff"), hex("ffffffecaa")], &[1000, 980]),
            (vec![t0(0xFFFF_FFF0), hex("86000020aa")], &[0xFFFF_FFF0, 0x10]),
            (vec![t0(5000), t0(100)], &[5000, 100]),
            // A fresh chunk stream that begins with type 1 (CHUNK-014).
            (vec![t1("000014"), hex("aa")], &[20]),
            // The literal reading of type 3 after an extended type 0 (errata E-15d).
            (vec![t0(0x100_0000), hex("c601000000aa")], &[0x100_0000, 0x200_0000]),
        ];
        for (parts, expected) in cases {
            assert_eq!(timestamps(&parts.concat()), expected, "{parts:x?}");
        }
    }

    #[test]
    fn an_aborted_message_is_still_the_base_of_deltas() {
        let wire = [
            type0(6, 1000, 300, 9, 1),
            payload(128),
            hex("02000000000004020000000000000006"),
            hex("46 000014 000001 09 aa"),
        ]
        .concat();
        let messages = decode(&wire);
        assert_eq!(messages[0].kind, MessageType::ABORT);
        assert_eq!(messages[1..], [message(6, 1020, 9, 1, vec![0xaa])]);
    }

    #[test]
    fn fragmentation() {
        for (length, chunks) in [
            (0, 1),
            (1, 1),
            (127, 1),
            (128, 1),
            (129, 2),
            (255, 2),
            (256, 2),
            (257, 3),
            (16_777_215, 131_072),
        ] {
            let expected = message(6, 0, 9, 1, payload(length));
            let wire = encode(core::slice::from_ref(&expected));
            assert_eq!(wire.len(), 11 + chunks + length);
            assert!(decode(&wire) == [expected], "{length} bytes");
        }
    }

    #[test]
    fn control_and_user_control_messages() {
        let cases = [
            (Control::SetChunkSize(4096).encode(), "02000000000004010000000000001000"),
            (Control::Abort(6).encode(), "02000000000004020000000000000006"),
            (Control::Acknowledgement(0x1234_5678).encode(), "02000000000004030000000012345678"),
            (Control::WindowAckSize(2_500_000).encode(), "020000000000040500000000002625a0"),
            (
                Control::SetPeerBandwidth { window: 2_500_000, limit: LimitType::DYNAMIC }.encode(),
                "020000000000050600000000002625a002",
            ),
            (UserControl::StreamBegin(1).encode(), "020000000000060400000000000000000001"),
            (
                UserControl::SetBufferLength { stream: 1, ms: 3000 }.encode(),
                "0200000000000a040000000000030000000100000bb8",
            ),
            (UserControl::PingRequest(0x0102_0304).encode(), "020000000000060400000000000601020304"),
        ];
        for (message, wire) in cases {
            assert_eq!(encode(core::slice::from_ref(&message)), hex(wire));
            assert_eq!(decode(&hex(wire)), [message]);
        }
    }
}

mod receiving {
    use super::*;

    fn clause(error: &SessionError) -> (&'static str, u64) {
        match error {
            SessionError::Peer(error) => (error.clause, error.offset),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_type_3_message_inherits_everything_and_continuations_add_no_delta() {
        let body = payload(300);
        let chunk = |header: &str, part: &[u8]| [&hex(header)[..], part].concat();
        let wire = [
            [type0(6, 100, 300, 9, 7), body[..128].to_vec()].concat(),
            chunk("c6", &body[128..256]),
            chunk("c6", &body[256..]),
            chunk("46 000014 00012c 08", &body[..128]),
            chunk("c6", &body[128..256]),
            chunk("c6", &body[256..]),
            chunk("c6", &body[..128]),
            chunk("c6", &body[128..256]),
            chunk("c6", &body[256..]),
        ]
        .concat();
        let expected = [(100, 9), (120, 8), (140, 8)].map(|(ms, kind)| message(6, ms, kind, 7, body.clone()));
        assert_eq!(decode(&wire), expected);
    }

    #[test]
    fn one_chunk_stream_carries_several_message_streams_and_types() {
        let wire = [
            type0(6, 5, 1, 9, 1),
            hex("aa"),
            type0(6, 6, 1, 18, 2),
            hex("bb"),
            hex("46 000001 000002 08 cccc"),
        ]
        .concat();
        let expected = [
            message(6, 5, 9, 1, vec![0xaa]),
            message(6, 6, 18, 2, vec![0xbb]),
            message(6, 7, 8, 2, vec![0xcc; 2]),
        ];
        assert_eq!(decode(&wire), expected);
    }

    #[test]
    fn a_chunk_size_change_within_a_message_applies_to_its_next_chunk() {
        let body = payload(300);
        let wire = [
            &type0(6, 0, 300, 9, 1)[..],
            &body[..128],
            &hex("020000000000040100000000 00001000"),
            &hex("c6"),
            &body[128..],
            &hex("020000000000040100000000 00000001"),
            &hex("04 000000 000002 08 01000000 aa c4 bb"),
        ]
        .concat();
        let messages = decode(&wire);
        assert_eq!(messages[1], message(6, 0, 9, 1, body));
        assert_eq!(messages[3], message(4, 0, 8, 1, vec![0xaa, 0xbb]));
    }

    #[test]
    fn chunk_sizes_above_the_longest_message_mean_the_longest_message() {
        for (size, effective) in [(1, 1), (128, 128), (16_777_215, 16_777_215), (0x7FFF_FFFF, 16_777_215u32)]
        {
            let mut decoder = ChunkDecoder::new(&Limits::default());
            decode_with(&mut decoder, &encode(&[Control::SetChunkSize(size).encode()])).unwrap();
            assert_eq!(decoder.chunk_size(), effective);
        }
    }

    #[test]
    fn invalid_chunk_sizes() {
        for body in ["00000000", "80000080", "ffffffff"] {
            let wire = [hex("020000000000040100000000"), hex(body)].concat();
            assert_eq!(clause(&decode_error(&wire)), ("RTMP 5.4.1", 16));
        }
        assert_eq!(clause(&decode_error(&hex("020000000000020100000000 0010"))).0, "RTMP 5.4.1");
        assert_eq!(clause(&decode_error(&hex("020000000000040101000000 00001000"))).0, "RTMP 5.4");
    }

    #[test]
    fn set_chunk_size_takes_effect_whatever_its_timestamp_chunk_stream_and_surplus_bytes() {
        for wire in [
            "02 ffffff 000004 01 00000000 ffffffff 00001000",
            "03 000000 000004 01 00000000 00001000",
            "02 000000 000008 01 00000000 00001000 01020304",
        ] {
            let mut decoder = ChunkDecoder::new(&Limits::default());
            assert_eq!(decode_with(&mut decoder, &hex(wire)).unwrap().len(), 1);
            assert_eq!(decoder.chunk_size(), 4096);
        }
    }

    #[test]
    fn abort_discards_the_partial_message_of_its_chunk_stream_only() {
        let body = payload(200);
        let abort = |id: u32| [hex("020000000000040200000000"), id.to_be_bytes().to_vec()].concat();
        let on_100 = |rest: &str| [hex("0024"), hex(rest)].concat();
        let wire = [
            &type0(6, 0, 200, 9, 1)[..],
            &body[..128],
            &on_100("000000 0000c8 08 01000000"),
            &body[..128],
            &abort(100),
            &abort(77),
            &abort(0),
            &abort(u32::MAX),
            &hex("020000000000020200000000 0000"),
            &on_100("000009 000001 08 01000000 bb"),
            &hex("c6"),
            &body[128..],
            &abort(6),
            &hex("c6"),
            &body[..128],
            &hex("c6"),
            &body[128..],
        ]
        .concat();
        let messages: Vec<_> = decode(&wire).into_iter().filter(|m| m.kind != MessageType::ABORT).collect();
        let expected = [
            message(100, 9, 8, 1, vec![0xbb]),
            message(6, 0, 9, 1, body.clone()),
            message(6, 0, 9, 1, body.clone()),
        ];
        assert_eq!(messages, expected);
    }

    #[test]
    fn a_message_is_never_merged_with_one_that_begins_within_it() {
        let begun = [type0(6, 0, 200, 9, 1), payload(128)].concat();
        for next in ["06 000000 0000c8 09 01000000", "06 000000 000001 09 01000000", "46 000000 0000c8 09"] {
            let wire = [begun.clone(), hex(next), payload(200)].concat();
            assert_eq!(clause(&decode_error(&wire)), ("RTMP 5.3.1.2.4", 140));
        }
    }

    #[test]
    fn a_fresh_chunk_stream_needs_a_message_length() {
        let mut decoder = ChunkDecoder::new(&Limits::default()).starting_at(3073);
        assert_eq!(decode_with(&mut decoder, &type0(3, 0, 0, 20, 0)).unwrap().len(), 1);
        let error = decode_with(&mut decoder, &hex("86000014aa")).unwrap_err();
        assert_eq!(clause(&error), ("RTMP 5.3.1.2.1", 3073 + 12));
        assert_eq!(clause(&decode_error(&hex("c0ff"))), ("RTMP 5.3.1.2.1", 0));
    }

    #[test]
    fn zero_length_messages_are_a_header() {
        let wire =
            [type0(4, 7, 0, 8, 1), hex("84000005"), hex("c4"), type0(4, 9, 1, 8, 1), hex("aa")].concat();
        let expected = [(7, 0), (12, 0), (17, 0), (9, 1)].map(|(ms, n)| message(4, ms, 8, 1, vec![0xaa; n]));
        assert_eq!(decode(&wire), expected);
    }

    #[test]
    fn unassigned_message_types_pass_unchanged() {
        for kind in [0, 7, 99, 255] {
            let wire = [type0(4, 7, 3, kind, 0xFEDC_BA98), hex("000102")].concat();
            assert_eq!(decode(&wire), [message(4, 7, kind, 0xFEDC_BA98, vec![0, 1, 2])]);
        }
    }

    #[test]
    fn next_says_how_much_is_missing_and_consumes_what_it_is_given() {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut feed = |wire: &str| {
            let mut input = BytesMut::from(&hex(wire)[..]);
            let decoded = decoder.next(&mut input).unwrap();
            (decoded, input.to_vec(), decoder.bytes_consumed())
        };
        let need = |missing| Decoded::NeedMore(NonZeroUsize::new(missing).unwrap());
        assert_eq!(feed(""), (need(1), vec![], 0));
        assert_eq!(feed("01"), (need(2), vec![], 1));
        assert_eq!(feed("4001 000001 000003 08"), (need(4), vec![], 10));
        assert_eq!(feed("01000000"), (need(3), vec![], 14));
        assert_eq!(feed("aabb"), (need(1), vec![], 16));
        let whole = message(64 + 0x0140, 1, 8, 1, vec![0xaa, 0xbb, 0xcc]);
        assert_eq!(feed("ccc1"), (Decoded::Message(whole), vec![0xc1], 17));
    }

    #[test]
    fn for_each_lends_from_the_input_what_lies_within_one_chunk() {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let wire = [type0(4, 0, 128, 8, 1), payload(128), type0(6, 0, 129, 9, 1), payload(128)].concat();
        let range = wire.as_ptr_range();
        let mut lent = 0;
        let consumed = decoder.for_each(&wire, |message| {
            assert!(range.contains(&message.payload.as_ptr()));
            lent += 1;
        });
        assert_eq!((consumed, lent), (Ok(wire.len()), 1));
    }

    #[test]
    fn for_each_owned_shares_the_input_from_the_length_that_is_asked_for() {
        let wire =
            Bytes::from([type0(4, 0, 99, 8, 1), payload(99), type0(4, 0, 100, 8, 1), payload(100)].concat());
        for (share_from, expected) in [(0, [true, true]), (100, [false, true]), (101, [false, false])] {
            let mut shared = Vec::new();
            let mut decoder = ChunkDecoder::new(&Limits::default());
            let result = decoder.for_each_owned(&wire, share_from, |message| {
                shared.push(wire.as_ptr_range().contains(&message.payload.as_ptr()));
            });
            assert_eq!(result, Ok(()));
            assert_eq!(shared, expected);
        }
    }
}

mod extended_timestamp_habits {
    use super::*;

    const TIME: &str = "01000000";

    /// Messages on chunk stream 6 at 0x1000000 with 128-byte chunks; whether a continuation has
    /// the extended timestamp is up to `repeats`.
    fn wire(bodies: &[Vec<u8>], repeats: bool) -> Vec<u8> {
        let mut out = Vec::new();
        for body in bodies {
            out.extend(type0(6, 0x100_0000, body.len() as u32, 9, 1));
            for (index, part) in body.chunks(128).enumerate() {
                if index > 0 {
                    out.push(0xc6);
                    if repeats {
                        out.extend(hex(TIME));
                    }
                }
                out.extend_from_slice(part);
            }
        }
        out
    }

    fn check(wire: &[u8], bodies: &[Vec<u8>]) {
        let expected: Vec<_> = bodies.iter().map(|body| message(6, 0x100_0000, 9, 1, body.clone())).collect();
        assert_eq!(decode(wire), expected);
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let bytewise: Vec<_> =
            wire.iter().flat_map(|byte| decode_with(&mut decoder, &[*byte]).unwrap()).collect();
        assert_eq!(bytewise, expected);
    }

    #[test]
    fn both_habits_are_learnt() {
        let bodies = [payload(500), payload(129), payload(131), payload(1000)];
        check(&wire(&bodies, true), &bodies);
        check(&wire(&bodies, false), &bodies);
    }

    #[test]
    fn a_latched_habit_survives_payload_that_looks_like_the_other() {
        let like_time = [payload(128), hex(TIME), payload(50)].concat();
        let bodies = [payload(300), like_time.clone()];
        check(&wire(&bodies, true), &bodies);
        check(&wire(&bodies, false), &bodies);
        let bodies = [like_time];
        check(&wire(&bodies, true), &bodies);
    }

    #[test]
    fn a_short_rest_of_a_message_is_enough_to_see_that_the_field_is_missing() {
        // One byte of the message is left: the decoder must not wait for three more.
        let body = payload(129);
        let short = wire(core::slice::from_ref(&body), false);
        check(&short, core::slice::from_ref(&body));
        // It does wait when that byte is how the field begins: the text of 2012 wins.
        let ambiguous = [payload(128), vec![1]].concat();
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let bytes = wire(core::slice::from_ref(&ambiguous), false);
        assert_eq!(decode_with(&mut decoder, &bytes), Ok(vec![]));
        let bytes = wire(core::slice::from_ref(&ambiguous), true);
        check(&bytes, &[ambiguous]);
    }

    #[test]
    fn bytes_that_only_began_like_the_field_are_payload() {
        // With chunk size 1 they are even headers and payload of other messages.
        let scs = hex("020000000000040100000000 00000001");
        let mut wire = [scs, type0(6, 0x01c4_01c4, 5, 9, 1), hex("10")].concat();
        wire.splice(16..16, hex("04 000000 000001 08 01000000 aa"));
        wire.extend(hex("c6 01 c4 01 c6 02 c6 03 c6 04"));
        let expected = [
            message(4, 0, 8, 1, vec![0xaa]),
            message(4, 0, 8, 1, vec![0x01]),
            message(6, 0x01c4_01c4, 9, 1, vec![0x10, 1, 2, 3, 4]),
        ];
        assert_eq!(decode(&wire)[1..], expected);
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut input = BytesMut::new();
        let mut messages = Vec::new();
        for byte in wire {
            input.extend_from_slice(&[byte]);
            while let Decoded::Message(message) = decoder.next(&mut input).unwrap() {
                messages.push(message);
            }
        }
        assert_eq!(messages[1..], expected);
    }

    #[test]
    fn the_repeated_field_is_no_payload_even_at_chunk_size_1() {
        let scs = hex("020000000000040100000000 00000001");
        let wire = [scs, type0(6, 0x100_0000, 3, 9, 1), hex("aa c601000000 bb c601000000 cc")].concat();
        assert_eq!(decode(&wire)[1], message(6, 0x100_0000, 9, 1, vec![0xaa, 0xbb, 0xcc]));
    }

    #[test]
    fn an_extended_delta_counts_once_and_a_short_one_ends_the_repetition() {
        let body = payload(200);
        let wire = [
            &type0(6, 10, 200, 9, 1)[..],
            &body[..128],
            &hex("c6"),
            &body[128..],
            &hex("46 ffffff 0000c8 09 01000000"),
            &body[..128],
            &hex("c601000000"),
            &body[128..],
            &hex("c601000000"),
            &body[..128],
            &hex("c601000000"),
            &body[128..],
            &hex("86 000014"),
            &body[..128],
            &hex("c6"),
            &body[128..],
            &hex("c6"),
            &body[..128],
            &hex("c6"),
            &body[128..],
        ]
        .concat();
        assert_eq!(timestamps(&wire), [10, 0x100_000A, 0x200_000A, 0x200_001E, 0x200_0032]);
    }
}

mod limits {
    use super::*;

    fn limited(limits: &Limits, wire: &[u8]) -> Result<usize, SessionError> {
        decode_with(&mut ChunkDecoder::new(limits), wire).map(|messages| messages.len())
    }

    fn exceeded(limit: &'static str, value: u64, maximum: u64) -> Result<usize, SessionError> {
        Err(LimitExceeded { limit, value, maximum }.into())
    }

    #[test]
    fn message_length() {
        let limits = Limits { message_len: 100, ..Limits::default() };
        assert_eq!(limited(&limits, &[type0(6, 0, 100, 9, 1), payload(100)].concat()), Ok(1));
        assert_eq!(limited(&limits, &type0(6, 0, 101, 9, 1)), exceeded("message_len", 101, 100));
    }

    #[test]
    fn chunk_streams() {
        let limits = Limits { chunk_streams: 3, ..Limits::default() };
        let three: Vec<u8> = [2, 3, 63].iter().flat_map(|&csid| type0(csid, 0, 0, 99, 0)).collect();
        assert_eq!(limited(&limits, &three), Ok(3));
        assert_eq!(limited(&limits, &[three.clone(), three.clone()].concat()), Ok(6));
        let four = [three, hex("01ffff 000000 000000 63 00000000")].concat();
        assert_eq!(limited(&limits, &four), exceeded("chunk_streams", 4, 3));
    }

    #[test]
    fn partial_bytes() {
        let limits = Limits { partial_bytes: 128 + 100, ..Limits::default() };
        let begun = [type0(6, 0, 300, 9, 1), payload(128), type0(4, 0, 300, 8, 1)].concat();
        assert_eq!(limited(&limits, &[begun.clone(), payload(100)].concat()), Ok(0));
        let over = [begun.clone(), payload(101)].concat();
        assert_eq!(limited(&limits, &over), exceeded("partial_bytes", 229, 228));
        // What an Abort or the end of a message frees counts no more.
        let aborted = [
            type0(6, 0, 300, 9, 1),
            payload(128),
            hex("02000000000004020000000000000006"),
            type0(4, 0, 200, 8, 1),
            payload(128),
            hex("c4"),
            payload(72),
            type0(4, 0, 300, 8, 1),
            payload(128),
        ]
        .concat();
        assert_eq!(limited(&limits, &aborted), Ok(2));
    }

    #[test]
    fn partial_bytes_of_chunks_that_are_taken_together() {
        let known = type0(6, 0, 0, 9, 1);
        for length in [300, 128 * 4, 128 * 4 + 1] {
            let wire = [known.clone(), encode(&[message(6, 0, 9, 1, payload(length))])].concat();
            let with = |partial_bytes| limited(&Limits { partial_bytes, ..Limits::default() }, &wire);
            assert_eq!(with(length), Ok(2));
            let maximum = length as u64 - 1;
            assert_eq!(with(length - 1), exceeded("partial_bytes", maximum + 1, maximum));
        }
    }

    #[test]
    fn every_chunk_stream_with_a_partial_message_costs_little() {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut wire = hex("020000000000040100000000 00000001");
        for id in 3..=65_599u32 {
            match id {
                ..64 => wire.push(id as u8),
                64..320 => wire.extend([0, (id - 64) as u8]),
                _ => wire.extend([1, (id - 64) as u8, ((id - 64) >> 8) as u8]),
            }
            wire.extend(hex("000000 ffffff 09 01000000 aa"));
        }
        assert_eq!(decode_with(&mut decoder, &wire).map(|messages| messages.len()), Ok(1));
        let reserved = decoder.reserved_bytes();
        assert!(reserved < 8 << 20, "{reserved} bytes reserved");
    }

    #[test]
    fn nothing_is_reserved_for_a_declared_length() {
        let limits = Limits { reserve_ahead: 1000, ..Limits::default() };
        let mut decoder = ChunkDecoder::new(&limits);
        decode_with(&mut decoder, &[type0(6, 0, 0xFF_FFFF, 9, 1), payload(1)].concat()).unwrap();
        let streams = 8 * 48;
        assert!(decoder.reserved_bytes() <= 1000 + streams);
        // Nor for one that is hardly longer than what may be reserved.
        for (length, most) in [(1000, 1000), (1001, 1000), (999, 999)] {
            let mut decoder = ChunkDecoder::new(&limits);
            decode_with(&mut decoder, &[type0(6, 0, length, 9, 1), payload(1)].concat()).unwrap();
            assert!(decoder.reserved_bytes() <= most + streams);
        }
    }

    #[test]
    fn nothing_is_reserved_for_bytes_of_other_messages_in_the_same_input() {
        let limits = Limits { reserve_ahead: 1000, ..Limits::default() };
        let mut wire: Vec<u8> = (2..64).flat_map(|id| type0(id, 0, 0, 99, 0)).collect();
        wire.extend(hex("020000000000040100000000 00000001"));
        for id in 2..64 {
            wire.extend([type0(id, 0, 0xFF_FFFF, 9, 1), vec![1]].concat());
        }
        for round in 0..200_000u32 {
            wire.extend([0xC0 | (2 + round % 62) as u8, 1]);
        }
        let mut decoder = ChunkDecoder::new(&limits);
        assert_eq!(decode_with(&mut decoder, &wire).map(|messages| messages.len()), Ok(63));
        let (arrived, reserved) = (200_000 + 62, decoder.reserved_bytes());
        assert!(reserved <= 2 * arrived + 16 * 1000 + 64 * 48, "{reserved} bytes reserved");
    }

    #[test]
    fn a_small_message_in_the_buffer_of_a_large_one_is_given_away_without_it() {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let large = encode(&[message(6, 0, 9, 1, payload(100_000))]);
        decode_with(&mut decoder, &large).unwrap();
        let before = decoder.reserved_bytes();
        let mut given = Vec::new();
        let small = Bytes::from(encode(&[message(6, 0, 9, 1, payload(129))]));
        decoder.for_each_owned(&small, 0, |message| given.push(message)).unwrap();
        assert_eq!(given, [message(6, 0, 9, 1, payload(129))]);
        assert_eq!(decoder.reserved_bytes(), before);
    }

    #[test]
    fn the_buffer_that_is_kept_is_within_the_limits() {
        let limits = Limits { reserve_ahead: 1000, ..Limits::default() };
        for (length, kept) in [(2000, 2000), (2001, 0)] {
            let mut decoder = ChunkDecoder::new(&limits);
            decode_with(&mut decoder, &encode(&[message(6, 0, 9, 1, payload(length))])).unwrap();
            assert_eq!(decoder.reserved_bytes(), kept + 4 * 48, "{length} bytes");
        }
    }
}

mod sending {
    use super::*;

    fn fmts(messages: &[Message]) -> Vec<u8> {
        let mut encoder = ChunkEncoder::new();
        let mut out = BytesMut::new();
        let first_byte = |message| {
            out.clear();
            encoder.encode(message, &mut out);
            out[0] >> 6
        };
        messages.iter().map(first_byte).collect()
    }

    #[test]
    fn the_most_compact_header_that_everyone_reads_alike() {
        let m = |ms, length| message(6, ms, 9, 1, payload(length));
        // The first message; another length; the same; the same delta; another delta; backwards;
        // right after type 0.
        let messages = [m(100, 5), m(120, 6), m(140, 6), m(160, 6), m(190, 6), m(189, 6), m(378, 6)];
        assert_eq!(fmts(&messages), [0, 1, 3, 3, 2, 0, 2]);
        assert_eq!(fmts(&[m(0, 5), m(0, 5), m(0, 5)]), [0, 2, 3]);
        assert_eq!(fmts(&[m(5, 5), message(6, 6, 8, 1, payload(5))]), [0, 1]);
        assert_eq!(fmts(&[m(5, 5), message(6, 6, 9, 2, payload(5))]), [0, 0]);
        assert_eq!(fmts(&[m(5, 5), message(7, 6, 9, 1, payload(5))]), [0, 0]);
        // Modulo 2^32, and the largest delta of 24 bits.
        assert_eq!(fmts(&[m(0xFFFF_FFF0, 5), m(0x10, 5)]), [0, 2]);
        assert_eq!(fmts(&[m(0, 5), m(0xFF_FFFE, 5), m(0x1FF_FFFD, 5)]), [0, 2, 0]);
        assert_eq!(fmts(&[m(0, 5), m(0x8000_0000, 5)]), [0, 0]);
    }

    #[test]
    fn chunk_size_is_brought_into_range() {
        let mut encoder = ChunkEncoder::new();
        assert_eq!(encoder.chunk_size(), 128);
        for (size, effective) in [(0, 1), (1, 1), (0xFF_FFFF, 0xFF_FFFF), (u32::MAX, 0xFF_FFFF)] {
            encoder.set_chunk_size(size);
            assert_eq!(encoder.chunk_size(), effective);
        }
    }

    #[test]
    fn an_independent_frame_depends_on_nothing() {
        let frame = |ms| message(6, ms, 9, 1, payload(300));
        let mut encoder = ChunkEncoder::new();
        let (mut out, mut alone) = (BytesMut::new(), BytesMut::new());
        ChunkEncoder::encode_independent(&frame(40), 128, &mut alone);
        encoder.encode(&frame(0), &mut out);
        encoder.encode(&frame(20), &mut out);
        out.extend_from_slice(&alone);
        encoder.forget(ChunkStreamId::new(6).unwrap());
        encoder.encode(&frame(60), &mut out);
        assert_eq!(decode(&out), [0, 20, 40, 60].map(frame));
        assert_eq!(decode(&alone), [frame(40)]);
    }

    #[test]
    fn slices_lend_the_payload() {
        let message = message(4, 0x100_0000, 8, 1, payload(300));
        let mut encoder = ChunkEncoder::new();
        let chunks = encoder.chunks(message.as_ref());
        let slices: Vec<_> = chunks.slices().collect();
        assert_eq!(slices.iter().map(|slice| slice.len()).collect::<Vec<_>>(), [16, 128, 5, 128, 5, 44]);
        assert_eq!(slices[2], hex("c401000000"));
        let range = message.payload.as_ptr_range();
        assert!([1, 3, 5].iter().all(|&index| range.contains(&slices[index].as_ptr())));
    }

    #[test]
    #[should_panic(expected = "24-bit length")]
    fn messages_longer_than_their_length_field_are_a_bug_of_the_caller() {
        encode(&[message(6, 0, 9, 1, vec![0; 0x100_0000])]);
    }
}

mod tampered {
    use super::*;

    #[derive(Default)]
    struct Liar {
        seen: Vec<ChunkIn>,
        ruling: Option<InputRuling>,
        shift_ids: bool,
        no_repeat: bool,
        keep_size: bool,
        no_abort: bool,
        length: Option<u32>,
    }

    impl Tamper for Liar {
        fn chunk_stream(&mut self, wire: &[u8], id: ChunkStreamId) -> ChunkStreamId {
            assert!(matches!(wire.len(), 1..=3));
            if self.shift_ids { ChunkStreamId::new(id.value() + 1).unwrap() } else { id }
        }
        fn type3_has_extended(&mut self, _: bool) -> bool {
            !self.no_repeat
        }
        fn chunk_in(&mut self, chunk: &mut ChunkIn) -> InputRuling {
            self.seen.push(*chunk);
            chunk.length = self.length.unwrap_or(chunk.length);
            self.ruling.unwrap_or(InputRuling::Process)
        }
        fn chunk_size_in(&mut self, _: u32, honest: u32, current: u32) -> u32 {
            if self.keep_size { current } else { honest }
        }
        fn abort_in(&mut self, _: ChunkStreamId) -> bool {
            !self.no_abort
        }
    }

    fn run(liar: &mut Liar, wire: &[u8]) -> (Vec<Message>, Decoded) {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut input = BytesMut::from(wire);
        let mut messages = Vec::new();
        loop {
            match decoder.next_tampered(&mut input, Some(liar)).unwrap() {
                Decoded::Message(message) => messages.push(message),
                end => return (messages, end),
            }
        }
    }

    #[test]
    fn an_idle_tamper_changes_nothing_and_sees_each_chunk_once() {
        let messages = [
            message(6, 5, 9, 1, payload(300)),
            message(6, 0x100_0010, 9, 1, payload(200)),
            message(70, 9, 8, 1, payload(0)),
        ];
        let mut liar = Liar::default();
        assert_eq!(run(&mut liar, &encode(&messages)).0, messages);
        let seen: Vec<_> = liar
            .seen
            .iter()
            .map(|c| (c.fmt, c.starts_message, c.received, c.extended, c.previous.map(|t| t.0)))
            .collect();
        let time = Some(0x100_0010);
        let expected = [
            (0, true, 0, None, None),
            (3, false, 128, None, Some(0)),
            (3, false, 256, None, Some(0)),
            (0, true, 0, time, Some(5)),
            (3, false, 128, time, Some(0)),
            (0, true, 0, None, None),
        ];
        assert_eq!(seen, expected);
        assert_eq!(liar.seen[5].basic_header_len, 2);
        assert_eq!(liar.seen[3].field, 0xFF_FFFF);
    }

    #[test]
    fn each_call_has_its_effect() {
        let two = encode(&[message(6, 5, 9, 1, payload(300)), message(4, 5, 8, 1, payload(3))]);
        let mut liar = Liar { ruling: Some(InputRuling::Stall), ..Liar::default() };
        assert_eq!(run(&mut liar, &two), (vec![], Decoded::Stopped(InputRuling::Stall)));
        let mut liar = Liar { ruling: Some(InputRuling::Ignore), ..Liar::default() };
        assert_eq!(run(&mut liar, &two[two.len() - 15..]).0, []);
        let mut liar = Liar { shift_ids: true, ..Liar::default() };
        assert_eq!(run(&mut liar, &two).0[0].chunk_stream.value(), 7);
        let mut liar = Liar { length: Some(2), ..Liar::default() };
        assert_eq!(run(&mut liar, &two[two.len() - 15..]).0, [message(4, 5, 8, 1, payload(2))]);

        let ext = encode(&[message(6, 0x100_0000, 9, 1, payload(132))]);
        let mut liar = Liar { no_repeat: true, ..Liar::default() };
        let body = [payload(128), hex("01000000")].concat();
        assert_eq!(run(&mut liar, &ext).0, [message(6, 0x100_0000, 9, 1, body)]);

        let mut liar = Liar { keep_size: true, ..Liar::default() };
        let scs = encode(&[Control::SetChunkSize(4096).encode(), message(6, 0, 9, 1, payload(130))]);
        assert_eq!(run(&mut liar, &scs).0[1], message(6, 0, 9, 1, payload(130)));

        let mut liar = Liar { no_abort: true, ..Liar::default() };
        let body = payload(130);
        let parts = [
            &type0(6, 0, 130, 9, 1)[..],
            &body[..128],
            &hex("02000000000004020000000000000006c6"),
            &body[128..],
        ];
        assert_eq!(run(&mut liar, &parts.concat()).0[1], message(6, 0, 9, 1, body));
    }
}

mod laws {
    use super::*;

    fn any_message() -> impl Strategy<Value = Message> {
        let id = select(vec![2, 3, 4, 6, 63, 64, 65, 319, 320, 65_599]);
        let time = prop_oneof![
            0u32..1000,
            0xFF_FFF0u32..0x100_0010,
            Just(0x01c4_01c4u32),
            Just(0xFFFF_FFF0u32),
            any::<u32>()
        ];
        let kind = prop_oneof![select(vec![8u8, 9, 18, 20]), 3u8..=255];
        let body = prop_oneof![vec_of(any::<u8>(), 0..20), vec_of(any::<u8>(), 0..700)];
        (id, time, kind, select(vec![0u32, 1, 0xFFFF_FFFF]), body)
            .prop_map(|(id, time, kind, stream, body)| message(id, time, kind, stream, body))
    }

    fn any_chunk_size() -> impl Strategy<Value = u32> {
        prop_oneof![1u32..10, Just(128), 100u32..5000, Just(0x7FFF_FFFF)]
    }

    /// Chunks that mean something more often than bytes alone would.
    fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            4 => (0u8..4, 2u8..6, select(vec![0u32, 5, 0xFF_FFFE, 0x0102_0304, 0xc4c5_c4c5]), 0u32..400).prop_map(
                |(fmt, id, time, length)| {
                    let whole = type0(id, time, length, 9, 1);
                    let extended = if time >= 0xFF_FFFF { time.to_be_bytes().to_vec() } else { vec![] };
                    let header = match fmt {
                        0 => return [whole, payload(length.min(128) as usize)].concat(),
                        1 => &whole[1..8],
                        2 => &whole[1..4],
                        _ => &[],
                    };
                    [&[fmt << 6 | id][..], header, &extended, &payload(length.min(128) as usize)].concat()
                }
            ),
            2 => vec_of(any::<u8>(), 0..130),
            2 => vec_of(select(vec![0xc2u8, 0xc4, 0xc5, 1, 2, 3, 4, 0]), 0..20),
            1 => (0u32..6).prop_map(|size| {
                [hex("020000000000040100000000"), size.to_be_bytes().to_vec()].concat()
            }),
            1 => (2u32..6).prop_map(|id| {
                [hex("020000000000040200000000"), id.to_be_bytes().to_vec()].concat()
            }),
        ];
        vec_of(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// Every message and the error that ends them, if any.
    type Outcome = (Vec<Message>, Option<SessionError>, u64);

    fn lent(pieces: &[&[u8]]) -> Outcome {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut messages = Vec::new();
        for piece in pieces {
            match decoder.for_each(piece, |message| messages.push(message.to_owned())) {
                Ok(consumed) => assert_eq!(consumed, piece.len()),
                Err(error) => return (messages, Some(error), 0),
            }
        }
        (messages, None, decoder.bytes_consumed())
    }

    fn owned(pieces: &[&[u8]]) -> Outcome {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut messages = Vec::new();
        let mut input = BytesMut::new();
        for piece in pieces {
            input.extend_from_slice(piece);
            loop {
                match decoder.next(&mut input) {
                    Ok(Decoded::Message(message)) => messages.push(message),
                    Ok(Decoded::NeedMore(_)) => break assert!(input.is_empty()),
                    Ok(Decoded::Stopped(_)) => unreachable!("nobody tampers"),
                    Err(error) => return (messages, Some(error), 0),
                }
            }
        }
        (messages, None, decoder.bytes_consumed())
    }

    fn given(pieces: &[&[u8]], share_from: usize) -> Outcome {
        let mut decoder = ChunkDecoder::new(&Limits::default());
        let mut messages = Vec::new();
        for piece in pieces {
            let piece = Bytes::copy_from_slice(piece);
            if let Err(error) = decoder.for_each_owned(&piece, share_from, |message| messages.push(message)) {
                return (messages, Some(error), 0);
            }
        }
        (messages, None, decoder.bytes_consumed())
    }

    fn cut(mut wire: &[u8], lengths: Vec<usize>) -> Vec<&[u8]> {
        let mut pieces = Vec::new();
        for length in lengths {
            let (piece, rest) = wire.split_at(length.min(wire.len()));
            pieces.push(piece);
            wire = rest;
        }
        pieces.push(wire);
        pieces
    }

    fn any_cuts() -> impl Strategy<Value = Vec<usize>> {
        prop_oneof![Just(vec![1; 4000]), vec_of(1usize..8, 0..600), vec_of(0usize..400, 0..20)]
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            size in any_chunk_size(),
            messages in vec_of(any_message(), 0..20),
            cuts in any_cuts(),
        ) {
            let mut encoder = ChunkEncoder::new();
            let mut wire = BytesMut::new();
            encoder.encode(&Control::SetChunkSize(size).encode(), &mut wire);
            encoder.set_chunk_size(size);
            for message in &messages {
                let mut sliced = encoder.clone();
                let chunks = sliced.chunks(message.as_ref());
                let slices = chunks.slices();
                let before = wire.len();
                encoder.encode(message, &mut wire);
                prop_assert_eq!(chunks.wire_len(), wire.len() - before);
                prop_assert_eq!(slices.len(), slices.clone().count());
                prop_assert!(slices.clone().all(|slice| !slice.is_empty()));
                prop_assert_eq!(&slices.collect::<Vec<_>>().concat(), &wire[before..]);
            }
            let (decoded, error, consumed) = owned(&cut(&wire, cuts));
            prop_assert_eq!(error, None);
            prop_assert_eq!(consumed, wire.len() as u64);
            prop_assert_eq!(&decoded[1..], messages);
        }

        #[test]
        fn independent_frames_decode_after_anything(
            size in any_chunk_size(),
            messages in vec_of(any_message(), 0..10),
        ) {
            let mut wire = BytesMut::new();
            ChunkEncoder::encode_independent(&Control::SetChunkSize(size).encode(), 128, &mut wire);
            for message in &messages {
                ChunkEncoder::encode_independent(message, size, &mut wire);
            }
            prop_assert_eq!(&lent(&[&wire]).0[1..], messages);
        }

        #[test]
        fn the_split_of_the_input_does_not_matter(wire in any_bytes(), cuts in any_cuts()) {
            let whole = lent(&[&wire]);
            let pieces = cut(&wire, cuts);
            prop_assert_eq!(&lent(&pieces), &whole);
            prop_assert_eq!(&owned(&[&wire]), &whole);
            prop_assert_eq!(&owned(&pieces), &whole);
            for share_from in [0, 64, usize::MAX] {
                prop_assert_eq!(&given(&[&wire], share_from), &whole);
                prop_assert_eq!(&given(&pieces, share_from), &whole);
            }
        }

        #[test]
        fn the_interleaving_of_chunk_streams_does_not_matter(
            streams in vec_of(vec_of((any::<u32>(), vec_of(any::<u8>(), 0..600)), 0..4), 4),
            order in vec_of(0usize..4, 0..80),
        ) {
            // Chunks of 128 bytes, type 0 first and then type 3 with the extended timestamp.
            let chunks_of = |id: u8, messages: &[(u32, Vec<u8>)]| -> Vec<Vec<u8>> {
                let mut chunks = Vec::new();
                for (time, body) in messages {
                    let first = type0(id, *time, body.len() as u32, 9, 1);
                    chunks.push([&first[..], &body[..body.len().min(128)]].concat());
                    for part in body.chunks(128).skip(1) {
                        let repeated = if *time >= 0xFF_FFFF { time.to_be_bytes().to_vec() } else { vec![] };
                        chunks.push([&[0xC0 | id][..], &repeated, part].concat());
                    }
                }
                chunks.reverse();
                chunks
            };
            let mut left: Vec<_> =
                streams.iter().zip(4..).map(|(messages, id)| chunks_of(id, messages)).collect();
            let mut wire = Vec::new();
            for index in order.into_iter().chain((0..4).flat_map(|index| [index; 64])) {
                wire.extend(left[index].pop().unwrap_or_default());
            }
            let decoded = decode(&wire);
            for (messages, id) in streams.iter().zip(4..) {
                let of_stream: Vec<_> =
                    decoded.iter().filter(|message| message.chunk_stream.value() == id).cloned().collect();
                let expected: Vec<_> =
                    messages.iter().map(|(time, body)| message(id, *time, 9, 1, body.clone())).collect();
                prop_assert_eq!(of_stream, expected);
            }
        }
    }
}
