//! The handshake with digests.

use alloc::vec::Vec;

use bytes::BytesMut;
use sha2::{Digest as _, Sha256};

use super::super::digest::{Maker, find, is_signed, sign, write};
use super::*;

const MODES: [HandshakeMode; 2] =
    [HandshakeMode::Digest(Layout::DigestFirst), HandshakeMode::Digest(Layout::KeyFirst)];

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

struct Example {
    layout: Layout,
    offsets: [usize; 2],
    digests: [&'static str; 2],
    challenges: [&'static str; 2],
    signatures: [&'static str; 2],
    replies: [&'static str; 2],
}

#[test]
fn worked_examples() {
    for example in [
        Example {
            layout: Layout::DigestFirst,
            offsets: [572, 554],
            digests: [
                "4a2e03544347cb3bb9cbbb1851f74ca0f3d785e7756316a4587ac660c8abb2fe",
                "94cd4fa81eb1e27aac2a6c5459dc533ec32b93e2e0f49bdbbdf55248987fe019",
            ],
            challenges: [
                "23ea3cc941a880a8207d555fc15f30f6f4bbf4d8748f6da3eb9d7d41a7a33207",
                "153c8b5ef01a32f5c036aaf92a2606891ffff776d7491301564e2b23551eb656",
            ],
            signatures: [
                "a5d644975cab6ea76741ac6ab3df2d1f7e486f770b125462a8e27e5bf0ebedbe",
                "5422bad1631fbd436e208e3bbf23ed29e21d8ccd64acad3d3a8693cd06dde8e6",
            ],
            replies: [
                "f211874b1946719dcbb2b9f8dbc99428af541a2339bc55610c63866f5c27ac7c",
                "fdfbfefc2f23c240d6dc88c38d4502356f170b144966b19ad132eb0469d2a2a3",
            ],
        },
        Example {
            layout: Layout::KeyFirst,
            offsets: [1060, 1164],
            digests: [
                "f9f85125e78a429455e14d66197c3883e5b445bd0192d31c530b20294a9634bf",
                "299ad7cd9816c995003e23f2b21fb80671b80377cf434fab1e829d6c32c25182",
            ],
            challenges: [
                "c64ea620e6b1bdc02206103e5eaf4f008063ea0e80b3eff23437e43dd4050b14",
                "11fb245cb445f6e381bac4d5fedc6da7f1cfdbdcf4931f276b4d0c9fb25d8826",
            ],
            signatures: [
                "e52186599e89fc2bc1ba8097f7d98a56d92b9a79a5708339bde377fb2b5368c4",
                "b49a70376852d9fe115c046500c43f6dcd59db4e3bc4f8b229b02e2bebe301fb",
            ],
            replies: [
                "26ae05ed8b5a868308736c854ff73deed28de596ca68fb0f36b15b934f585f0c",
                "073409b3952f2c370234ba5317bbea31317717f901050beae07fa69fac04abcf",
            ],
        },
    ] {
        let mut c1 = challenge(0, [0x0a, 0, 0x2d, 2], 1);
        let mut s1 = challenge(0x0102_0304, [4, 5, 0, 1], 2);
        assert_eq!(hex(&c1[8..24]), "c67e816b4bfbe2fb54f6bddf7c1ce187");
        let layout = example.layout;
        assert_eq!([&c1, &s1].map(|packet| layout.digest_offset(packet)), example.offsets);
        let digests = [write(&mut c1, layout, Maker::Client), write(&mut s1, layout, Maker::Server)];
        assert_eq!(digests.map(|digest| hex(&digest)), example.digests);
        assert_eq!([sha256(&c1), sha256(&s1)], example.challenges);
        assert_eq!(find(&c1, Maker::Client), Some((layout, digests[0])));
        assert_eq!(find(&s1, Maker::Server), Some((layout, digests[1])));
        assert_eq!((find(&c1, Maker::Server), find(&s1, Maker::Client)), (None, None));

        let (mut s2, mut c2) = (lcg::<PACKET_LEN>(3), lcg::<PACKET_LEN>(4));
        let signatures = [
            sign(&mut s2, Maker::Server, &digests[0], None),
            sign(&mut c2, Maker::Client, &digests[1], None),
        ];
        assert_eq!(signatures.map(|signature| hex(&signature)), example.signatures);
        assert_eq!([sha256(&s2), sha256(&c2)], example.replies);
        assert!(is_signed(&s2, Maker::Server, &digests[0], None));
        assert!(is_signed(&c2, Maker::Client, &digests[1], None));
        assert!(!is_signed(&c2, Maker::Client, &digests[0], None));
    }
}

#[test]
fn edges_of_the_offsets() {
    let [a, b] = Layout::ALL;
    let zeros = [0; PACKET_LEN];
    let ones = [0xff; PACKET_LEN];
    let offsets = |packet| {
        [a.digest_offset(packet), b.digest_offset(packet), a.key_offset(packet), b.key_offset(packet)]
    };
    assert_eq!(offsets(&zeros), [12, 776, 772, 8]);
    assert_eq!(offsets(&ones), [304, 1068, 1160, 396]);
    // 727 = 255 + 255 + 217 is the last digest offset, 631 = 255 + 255 + 121 the last key offset.
    let mut last = zeros;
    for (at, bytes) in [
        (8, [255, 255, 217, 0]),
        (772, [255, 255, 217, 0]),
        (1532, [255, 255, 121, 0]),
        (768, [0, 255, 255, 121]),
    ] {
        last[at..at + 4].copy_from_slice(&bytes);
    }
    assert_eq!(offsets(&last), [739, 1503, 1403, 639]);
    for layout in Layout::ALL {
        for packet in [&zeros, &ones, &last] {
            for maker in [Maker::Client, Maker::Server] {
                let mut packet = *packet;
                let digest = write(&mut packet, layout, maker);
                assert_eq!(find(&packet, maker), Some((layout, digest)));
            }
        }
    }
}

/// Digest, key and the bytes that say where they stand never share a byte, whatever the offsets.
#[test]
fn digest_and_key_do_not_overlap() {
    for (layout, digest_sum, key_sum) in [(Layout::DigestFirst, 8, 1532), (Layout::KeyFirst, 772, 768)] {
        for sum in 0..=1020usize {
            let mut packet = [0; PACKET_LEN];
            for at in [digest_sum, key_sum] {
                for (index, byte) in packet[at..at + 4].iter_mut().enumerate() {
                    *byte = sum.saturating_sub(255 * index).min(255) as u8;
                }
            }
            let (digest, key) = (layout.digest_offset(&packet), layout.key_offset(&packet));
            let mut ranges =
                [digest..digest + 32, key..key + 128, digest_sum..digest_sum + 4, key_sum..key_sum + 4];
            ranges.sort_by_key(|range| range.start);
            assert!(ranges[0].start >= 8 && ranges[3].end <= PACKET_LEN, "{layout:?} {sum}");
            assert!(
                ranges.windows(2).all(|pair| pair[0].end <= pair[1].start),
                "{layout:?} {sum}: {ranges:?}"
            );
        }
    }
}

#[test]
fn both_sides_in_both_layouts_and_pieces_of_any_size() {
    for mode in MODES {
        let HandshakeMode::Digest(layout) = mode else { continue };
        let mut streams = Vec::new();
        for piece in [1, 7, 1535, 1536, 1537, 4000] {
            let mut pair = Pair::new(mode, HandshakePolicy::default(), 1);
            let (server, client) = pair.run(piece, |_, _| {}).unwrap();
            for report in [server, client] {
                assert_eq!((report.version, report.layout, report.signed), (3, Some(layout), Some(true)));
                assert!(!report.is_encrypted());
            }
            assert_eq!((server.peer_version, client.peer_version), ([0x80, 0, 3, 2], [4, 5, 0, 1]));
            let tail = <[u8; 32]>::try_from(&pair.sent_by_server[1505..1537]).unwrap();
            assert_eq!(pair.server.swf_verification_key(), Some(tail));
            assert_eq!(pair.client.swf_verification_key(), Some(tail));
            streams.push((pair.sent_by_client, pair.sent_by_server));
        }
        assert!(streams.windows(2).all(|pair| pair[0] == pair[1]));
        // Up to the signature C2 and S2 are echoes.
        let (client, server) = &streams[0];
        assert_eq!((client.len(), server.len()), (3073, 3073));
        assert_eq!(client[1545..3041], server[9..1505]);
        assert_eq!(server[1545..3041], client[9..1505]);
        assert_eq!((client[0], server[0]), (3, 3));
    }
}

#[test]
fn sides_that_do_not_know_digests() {
    for mode in MODES {
        let mut pair = Pair::new(mode, HandshakePolicy::PLAIN, 1);
        let (server, client) = pair.run(4000, |_, _| {}).unwrap();
        for report in [server, client] {
            assert_eq!((report.version, report.layout, report.signed), (3, None, None));
        }
        assert_eq!((pair.server.swf_verification_key(), pair.client.swf_verification_key()), (None, None));
        assert_eq!(pair.sent_by_client[1545..], pair.sent_by_server[9..1537]);
        assert_eq!(pair.sent_by_server[1545..], pair.sent_by_client[9..1537]);
    }
    let (server, client) =
        Pair::new(HandshakeMode::Plain, HandshakePolicy::default(), 1).run(4000, |_, _| {}).unwrap();
    assert_eq!((server.layout, client.layout), (None, None));
}

/// One wrong bit anywhere in a C1 makes it a plain one; zero in bytes 4 to 7 does so, too (HS-029).
#[test]
fn a_c1_that_is_not_quite_right_is_a_plain_one() {
    let s2_for = |c1: &[u8; PACKET_LEN]| {
        let mut server = ServerHandshake::new(7, [1; 32]);
        let mut out = Vec::new();
        let mut input = BytesMut::from(&[&[3], &c1[..]].concat()[..]);
        server.handle(&mut input, &mut out, None).unwrap();
        out.concat()[1537..].to_vec()
    };
    for layout in Layout::ALL {
        let mut c1 = challenge(0, [9, 0, 124, 2], 1);
        write(&mut c1, layout, Maker::Client);
        assert_ne!(s2_for(&c1)[8..], c1[8..]);
        let digest = layout.digest_offset(&c1);
        for at in [0, 5, 8, digest, digest + 31, 772, 1535] {
            for bit in [0, 7] {
                let mut wrong = c1;
                wrong[at] ^= 1 << bit;
                let s2 = s2_for(&wrong);
                assert_eq!((&s2[..4], &s2[8..]), (&wrong[..4], &wrong[8..]), "{layout:?} {at} {bit}");
            }
        }
        let mut zero = challenge(0, [0; 4], 1);
        write(&mut zero, layout, Maker::Client);
        assert_eq!(s2_for(&zero)[8..], zero[8..]);
    }
}

#[test]
fn wrong_signatures_are_reported_and_end_nothing() {
    for mode in MODES {
        let run = |of_client: bool| {
            let mut pair = Pair::new(mode, HandshakePolicy::default(), 1);
            pair.run(4000, |by_client, bytes| {
                if by_client == of_client && [1536, 3073].contains(&bytes.len()) {
                    *bytes.last_mut().unwrap() ^= 1;
                }
            })
            .unwrap()
        };
        let (server, client) = run(true);
        assert_eq!((server.signed, client.signed), (Some(false), Some(true)));
        let (server, client) = run(false);
        assert_eq!((server.signed, client.signed), (Some(true), Some(false)));
    }
}

/// HSD-015: an S1 without a digest, whatever its version, gets an echo.
#[test]
fn a_client_goes_on_with_a_plain_server() {
    for version in [[0; 4], [4, 5, 0, 1]] {
        let mut client = ClientHandshake::new(1, [1; 32]);
        client.set_mode(MODES[0]);
        let s1 = challenge(9, version, 3);
        let mut out = Vec::new();
        let mut input = BytesMut::from(&[&[3], &s1[..], &[0xa5; PACKET_LEN + 1]].concat()[..]);
        assert_eq!(client.handle(&mut input, &mut out, None), Ok(HandshakeState::Done));
        assert_eq!((out[1][..4].as_ref(), out[1][8..].as_ref()), (&s1[..4], &s1[8..]));
        let report = client.report().unwrap();
        assert_eq!((report.layout, report.signed, report.peer_version), (None, None, version));
        assert_eq!(input.len(), 1);
    }
}

/// HS-031: a server that sends C1 back as S1 knows no digests.
#[test]
fn a_client_goes_on_with_its_own_c1() {
    for mode in MODES {
        let mut client = ClientHandshake::new(1, [1; 32]);
        client.set_mode(mode);
        let mut out = Vec::new();
        client.handle(&mut BytesMut::new(), &mut out, None).unwrap();
        let c1 = out[0][1..].to_vec();
        let mut input = BytesMut::from(&[&[3], &c1[..], &c1].concat()[..]);
        assert_eq!(client.handle(&mut input, &mut out, None), Ok(HandshakeState::Done));
        assert_eq!((client.report().unwrap().layout, &out[1][8..]), (None, &c1[8..]));
    }
}
