//! Bodies of Opus with one and with several streams. Bytes composed by hand from RFC 6716 3.2 and
//! appendix B.

use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_flv::HeaderErrorKind;
use rtmp_flv::audio::{MAX_OPUS_DURATION, MAX_OPUS_FRAME, OpusPacket, OpusPacking};

use super::hex;

fn packet(packing: OpusPacking, frames: Vec<&[u8]>) -> OpusPacket<'_> {
    // CELT, fullband, 10 ms.
    OpusPacket { config: 30, stereo: false, packing, frames }
}

const CBR: OpusPacking = OpusPacking::Counted { vbr: false, padding: None };

#[track_caller]
fn both_ways(bytes: &str, packets: &[OpusPacket<'_>]) {
    let body = hex(bytes);
    assert_eq!(OpusPacket::decode_streams(&body, packets.len() as u8).unwrap(), packets);
    let mut out = Vec::new();
    OpusPacket::encode_streams(packets, &mut out).unwrap();
    assert_eq!(out, body);
}

#[test]
fn one_stream_in_every_packing() {
    both_ways("f0aabb", &[packet(OpusPacking::One, vec![&[0xaa, 0xbb]])]);
    both_ways("f0", &[packet(OpusPacking::One, vec![&[]])]);
    both_ways("f1aabb", &[packet(OpusPacking::TwoEqual, vec![&[0xaa], &[0xbb]])]);
    both_ways("f201aabbcc", &[packet(OpusPacking::Two, vec![&[0xaa], &[0xbb, 0xcc]])]);
    both_ways("f303aabbcc", &[packet(CBR, vec![&[0xaa], &[0xbb], &[0xcc]])]);
    let padded = OpusPacking::Counted { vbr: true, padding: Some(2) };
    both_ways("f3c2 02 00 aa 0000", &[packet(padded, vec![&[], &[0xaa]])]);
    let stereo = OpusPacket { stereo: true, config: 3, ..packet(OpusPacking::One, vec![&[1]]) };
    both_ways("1c01", std::slice::from_ref(&stereo));
    assert_eq!(stereo.duration(), 2_880, "SILK, 60 ms");
}

#[test]
fn all_streams_but_the_last_delimit_themselves() {
    let one = |frame| packet(OpusPacking::One, vec![frame]);
    both_ways("f002aabb f001cc f0dd", &[one(&[0xaa, 0xbb]), one(&[0xcc]), one(&[0xdd])]);
    let two = |packing, first, second| packet(packing, vec![first, second]);
    both_ways(
        "f101aabb f20102aabbcc f382 01 02 aabbcc f302 01 aabb f1aabb",
        &[
            two(OpusPacking::TwoEqual, &[0xaa], &[0xbb]),
            two(OpusPacking::Two, &[0xaa], &[0xbb, 0xcc]),
            two(OpusPacking::Counted { vbr: true, padding: None }, &[0xaa], &[0xbb, 0xcc]),
            two(CBR, &[0xaa], &[0xbb]),
            two(OpusPacking::TwoEqual, &[0xaa], &[0xbb]),
        ],
    );
}

#[test]
fn packets_of_a_body_last_equally_long() {
    // 10 ms, then 20 ms.
    let error = OpusPacket::decode_streams(&hex("f001aa f8bb"), 2).unwrap_err();
    assert_eq!(error.kind, HeaderErrorKind::Invalid { field: "Opus packet duration", value: 960 });
    assert_eq!(error.offset, 3);
    let (short, long) = (packet(OpusPacking::One, vec![&[]]), packet(CBR, vec![&[], &[]]));
    let mut out = vec![0xee];
    assert!(OpusPacket::encode_streams(&[short, long], &mut out).is_err());
    assert!(OpusPacket::encode_streams(&[], &mut out).is_err());
    assert_eq!(out, [0xee]);
}

#[test]
fn the_limits_of_a_packet() {
    // 120 ms are 12 frames of 10 ms or 48 of 2.5 ms.
    for (config, most) in [(30_u8, 12_u8), (28, 48), (0, 12), (3, 2)] {
        let body = |count: u8| [config << 3 | 3, count];
        let at_limit = body(most);
        let found = OpusPacket::decode_streams(&at_limit, 1).unwrap();
        assert_eq!(found[0].duration(), MAX_OPUS_DURATION);
        let more = body(most + 1);
        assert!(OpusPacket::decode_streams(&more, 1).is_err(), "{config}");
        let beyond = OpusPacket { config, ..packet(CBR, vec![&[]; usize::from(most) + 1]) };
        assert!(OpusPacket::encode_streams(&[beyond], &mut Vec::new()).is_err());
    }
    assert!(OpusPacket::decode_streams(&hex("f300"), 1).is_err(), "no frames");
    assert!(OpusPacket::decode_streams(&hex("f0aa"), 0).is_err(), "no streams");

    let long = vec![7; MAX_OPUS_FRAME + 1];
    for delimited in [false, true] {
        let body = |len: usize| {
            let packet = packet(OpusPacking::One, vec![&long[..len]]);
            let packets = vec![packet; 1 + usize::from(delimited)];
            let mut out = Vec::new();
            OpusPacket::encode_streams(&packets, &mut out).map(|()| out)
        };
        let streams = 1 + u8::from(delimited);
        assert!(OpusPacket::decode_streams(&body(MAX_OPUS_FRAME).unwrap(), streams).is_ok());
        assert!(body(MAX_OPUS_FRAME + 1).is_err());
    }
    let beyond = [&[0xf0][..], &long].concat();
    let error = OpusPacket::decode_streams(&beyond, 1).unwrap_err();
    assert_eq!(error.kind, HeaderErrorKind::Invalid { field: "Opus frame length", value: 1_276 });
}

#[test]
fn what_is_cut_or_uneven_is_refused() {
    for (body, streams) in [
        ("", 1),
        ("f1aa", 1),
        ("f2", 1),
        ("f202aa", 1),
        ("f3", 1),
        ("f302aabbcc", 1),
        ("f34105aa", 1),
        ("f341ffffff", 1),
        ("f002aa", 2),
        ("f001aa", 2),
        ("f0fc", 2),
    ] {
        assert!(OpusPacket::decode_streams(&hex(body), streams).is_err(), "{body}");
    }
}

proptest! {
    #[test]
    fn reading_undoes_writing(
        streams in vec((any::<bool>(), 0_u8..5, prop::option::of(0_usize..600), vec(vec(any::<u8>(), 0..300), 2)), 1..5),
    ) {
        let packets: Vec<_> = streams
            .iter()
            .map(|(stereo, packing, padding, frames)| {
                let (first, second) = (&frames[0][..], &frames[1][..]);
                // Packets of 20 ms: one frame, or two of 10 ms.
                let (config, packing, frames) = match packing {
                    0 => (31, OpusPacking::One, vec![first]),
                    1 => (30, OpusPacking::TwoEqual, vec![first; 2]),
                    2 => (30, OpusPacking::Two, vec![first, second]),
                    3 => (30, OpusPacking::Counted { vbr: false, padding: *padding }, vec![first; 2]),
                    _ => (30, OpusPacking::Counted { vbr: true, padding: *padding }, vec![first, second]),
                };
                OpusPacket { config, stereo: *stereo, packing, frames }
            })
            .collect();
        let mut body = Vec::new();
        OpusPacket::encode_streams(&packets, &mut body).unwrap();
        prop_assert_eq!(OpusPacket::decode_streams(&body, packets.len() as u8), Ok(packets));
    }

    #[test]
    fn any_body_is_read_or_refused(body in vec(any::<u8>(), 0..100), streams in 0_u8..4) {
        if let Ok(packets) = OpusPacket::decode_streams(&body, streams) {
            let mut out = Vec::new();
            OpusPacket::encode_streams(&packets, &mut out).unwrap();
            prop_assert_eq!(OpusPacket::decode_streams(&out, streams), Ok(packets));
        }
    }
}
