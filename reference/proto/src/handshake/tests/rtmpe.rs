//! RTMPE.

use alloc::vec::Vec;

use crypto_bigint::{NonZero, U1024};
use sha2::{Digest as _, Sha256};

use super::super::digest::{Maker, write};
use super::super::rtmpe::{PrivateKey, PublicKey, SessionKeys, encipher_signature};
use super::*;

const TYPES: [RtmpeType; 3] = [RtmpeType::Type6, RtmpeType::Type8, RtmpeType::Type9];
const P: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn bytes(number: &U1024) -> [u8; 128] {
    number.to_be_bytes().into()
}

#[test]
fn worked_examples() {
    let p = NonZero::new(U1024::from_be_hex(P)).unwrap();
    let private = |seed| PrivateKey::from_bytes(&bytes(&U1024::from_be_slice(&lcg::<128>(seed)).rem(&p)));
    let (a, b) = (private(5), private(6));
    let (client, server) = (a.public(), b.public());
    assert_eq!(sha256(&client), "f3c9c2e77b501ff91feec04119db66d4bd232f823f336fa4fb366cc0c13c95ba");
    assert_eq!(sha256(&server), "21e767b7a6980eee300342ec225202b8622694c8c8fb5c2ff8b56248af94fec3");
    let secret = a.shared(&PublicKey::new(&server).unwrap());
    assert_eq!(secret, b.shared(&PublicKey::new(&client).unwrap()));
    assert_eq!(sha256(&secret), "7cf05c59a02a7dc7ddef217b689cda0d20b1b30efdc71c230aed3455071d4991");

    let keys = SessionKeys::new(&secret, &client, &server);
    assert_eq!(hex(&keys.outgoing), "c08b980ace5c8ca476f83b8af049604e");
    assert_eq!(hex(&keys.incoming), "da74a5827012e5aff1cf83ba1adc5ff9");
    let keys_of_server = SessionKeys::new(&secret, &server, &client);
    assert_eq!((keys_of_server.incoming, keys_of_server.outgoing), (keys.outgoing, keys.incoming));
    let (mut c2s, mut s2c) = ([0; 16], [0; 16]);
    let mut ciphers = keys.ciphers();
    ciphers.encrypt(&mut c2s);
    ciphers.decrypt(&mut s2c);
    assert_eq!(hex(&c2s), "80762da41e204e11c5146e6eb7a8f26b");
    assert_eq!(hex(&s2c), "7407aa8ccc60292af9565ee8806687c3");

    for (layout, key_at, digest) in [
        (Layout::DigestFirst, 1390, "26f420f30b3a2f435c69a786ae199a601dafbc6bbd85f1e0e845e1f3ada12056"),
        (Layout::KeyFirst, 614, "b7f063b1e4b5835af462a42c5fc089eb1343ea564bf7528e3222fe51624368dd"),
    ] {
        let mut c1 = challenge(0, [0x80, 0, 3, 2], 1);
        assert_eq!(layout.key_offset(&c1), key_at);
        c1[key_at..key_at + 128].copy_from_slice(&client);
        assert_eq!(hex(&write(&mut c1, layout, Maker::Client)), digest);
    }
}

/// Expected values from another implementation of each cipher.
#[test]
fn enciphered_signatures() {
    let number = |text: &str| -> [u8; 32] {
        core::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    };
    for (signature, key, xtea, blowfish) in [
        (
            "a5d644975cab6ea76741ac6ab3df2d1f7e486f770b125462a8e27e5bf0ebedbe",
            "67235ac49e484579e430ca73a6f31ea979fa4d71953c83b7c071cde4020d8059",
            "9f144104abab0907561f5b49a682e0220c6d7e83e23e87fae71d6a12182381c5",
            "bf853c89833e276a989c25ac5f2f50b7f3f7afb173e2d028db1c1a26bed73de2",
        ),
        (
            "5422bad1631fbd436e208e3bbf23ed29e21d8ccd64acad3d3a8693cd06dde8e6",
            "cea5a22c930992a835590e98d0f27b0b3667b44d78297829bcd32171e581a286",
            "e90a8d944843000551d77dfca470b55d14a3b9144c3b2f5611d1e34908c1a074",
            "87401147ff5a727b46a33c8bb3624f78de3b355b91df48c754231dbae935cf9c",
        ),
    ] {
        for (rtmpe, expected) in TYPES.into_iter().zip([signature, xtea, blowfish]) {
            let mut enciphered = number(signature);
            encipher_signature(rtmpe, &mut enciphered, &number(key));
            assert_eq!(hex(&enciphered), expected, "{rtmpe:?}");
        }
    }
}

/// RTMPE-007.
#[test]
fn public_keys_outside_the_group() {
    let p = U1024::from_be_hex(P);
    let less = |by: u32| p.wrapping_sub(&U1024::from_u32(by));
    for bad in [U1024::ZERO, U1024::ONE, less(1), p, p.wrapping_add(&U1024::ONE), U1024::MAX] {
        assert!(PublicKey::new(&bytes(&bad)).is_none());
    }
    // -1 is no square modulo p, so of x and p - x exactly one is a square.
    for (number, is_square) in SQUARES {
        assert_eq!(PublicKey::new(&bytes(&U1024::from_u32(number))).is_some(), is_square, "{number}");
        assert_eq!(PublicKey::new(&bytes(&less(number))).is_some(), !is_square, "p - {number}");
    }
}

/// Numbers, and whether they are squares modulo p.
const SQUARES: [(u32, bool); 12] = [
    (2, true),
    (3, true),
    (4, true),
    (5, false),
    (6, true),
    (7, true),
    (9, true),
    (10, false),
    (11, false),
    (13, false),
    (17, true),
    (19, false),
];

fn small_key(exponent: u32) -> PrivateKey {
    PrivateKey::from_bytes(&bytes(&U1024::from_u32(exponent)))
}

/// RTMPE-008: a public key or secret that begins with zeros is 128 bytes all the same.
#[test]
fn leading_zeros() {
    let (a, b) = (small_key(1000), small_key(2));
    // 2^1000 and 2^2.
    let (of_a, of_b) = (a.public(), b.public());
    assert_eq!(
        (of_a[..2].as_ref(), of_a[2], of_a[3..].iter().any(|byte| *byte != 0)),
        (&[0, 0][..], 1, false)
    );
    assert_eq!((of_b[..127].iter().all(|byte| *byte == 0), of_b[127]), (true, 4));
    let (c, d) = (small_key(2), small_key(500));
    let secret = c.shared(&PublicKey::new(&d.public()).unwrap());
    assert_eq!(secret, of_a);
    assert_eq!(secret, d.shared(&PublicKey::new(&c.public()).unwrap()));
    let keys = SessionKeys::new(&secret, &c.public(), &d.public());
    // HMAC-SHA256 of another implementation, with all 128 bytes of the secret and of the keys.
    assert_eq!(hex(&keys.outgoing), "cded06767ca30fc7c3fdfbb24e140eac");
    assert_eq!(hex(&keys.incoming), "68880a336d84358e62d99d00cede34f7");
}

#[test]
fn both_sides_in_every_type_and_layout() {
    for rtmpe in TYPES {
        for layout in Layout::ALL {
            for (seed, piece) in [(1, 1), (2, 1536), (3, 4000)] {
                let mut pair =
                    Pair::new(HandshakeMode::Rtmpe(rtmpe, layout), HandshakePolicy::default(), seed);
                let (server, client) = pair.run(piece, |_, _| {}).unwrap();
                for report in [server, client] {
                    assert_eq!((report.version, report.layout), (rtmpe as u8, Some(layout)));
                    assert_eq!((report.signed, report.is_encrypted()), (Some(true), true));
                }
                assert_eq!((pair.sent_by_client[0], pair.sent_by_server[0]), (rtmpe as u8, rtmpe as u8));
                assert_ciphers_match(&pair);
            }
        }
    }
}

fn assert_ciphers_match(pair: &Pair) {
    let (mut server, mut client) = (pair.server.ciphers().unwrap(), pair.client.ciphers().unwrap());
    let mut text = *b"both ways";
    client.encrypt(&mut text);
    assert_ne!(&text, b"both ways");
    server.decrypt(&mut text);
    assert_eq!(&text, b"both ways");
    server.encrypt(&mut text);
    client.decrypt(&mut text);
    assert_eq!(&text, b"both ways");
}

/// W10: one key in 256 begins with a zero byte. Whatever the seed, both ends agree.
#[test]
fn many_seeds() {
    for seed in 0..=255 {
        let mode = HandshakeMode::Rtmpe(TYPES[usize::from(seed) % 3], Layout::ALL[usize::from(seed) % 2]);
        let mut pair = Pair::new(mode, HandshakePolicy::default(), seed);
        let (server, client) = pair.run(4000, |_, _| {}).unwrap();
        assert_eq!((server.signed, client.signed), (Some(true), Some(true)));
        assert_ciphers_match(&pair);
    }
}

#[test]
fn the_private_key_and_the_filler_do_not_share_bytes() {
    let pair = |seed| {
        let mut pair = Pair::new(
            HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::KeyFirst),
            HandshakePolicy::default(),
            seed,
        );
        pair.run(4000, |_, _| {}).unwrap();
        (pair.sent_by_client, pair.sent_by_server)
    };
    assert_eq!(pair(1), pair(1));
    assert_ne!(pair(1).0, pair(2).0);
    // The seed of the server is 32 times 1, that of the client 32 times 102.
    let (client, server) = pair(1);
    for run in [[1; 8], [102; 8]] {
        assert!(!client.windows(8).chain(server.windows(8)).any(|bytes| bytes == run));
    }
}

#[test]
fn types_that_a_server_does_not_take_are_answered_with_3() {
    for (rtmpe, taken) in TYPES.into_iter().zip(0..) {
        let mut policy = HandshakePolicy::default();
        policy.rtmpe[taken] = false;
        let mut pair = Pair::new(HandshakeMode::Rtmpe(rtmpe, Layout::KeyFirst), policy, 1);
        let Err(SessionError::Peer(error)) = pair.run(4000, |_, _| {}) else { panic!("went on") };
        assert_eq!((error.clause, pair.sent_by_server[0]), ("RTMP 5.2.2", 3));
    }
}

/// The type is the one in S0. Nothing authenticates C0, so something on the way may change it.
#[test]
fn a_client_goes_on_with_another_type() {
    for rtmpe in TYPES {
        let mut pair = Pair::new(
            HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::KeyFirst),
            HandshakePolicy::default(),
            1,
        );
        let spoil = |by_client: bool, bytes: &mut Vec<u8>| {
            if by_client && bytes.len() == 1 + PACKET_LEN {
                bytes[0] = rtmpe as u8;
            }
        };
        for report in <[_; 2]>::from(pair.run(4000, spoil).unwrap()) {
            assert_eq!((report.version, report.signed), (rtmpe as u8, Some(true)));
        }
        assert_ciphers_match(&pair);
    }
}

/// HS-029 is about version 3: with another version, zero in bytes 4 to 7 does not hide a digest.
#[test]
fn an_rtmpe_c1_without_a_version_word() {
    let mut c1 = challenge(0, [0; 4], 1);
    let at = Layout::KeyFirst.key_offset(&c1);
    c1[at..at + 128].copy_from_slice(&small_key(1000).public());
    write(&mut c1, Layout::KeyFirst, Maker::Client);
    for version in [6, 8, 9] {
        let mut server = ServerHandshake::new(7, [1; 32]);
        let mut out = Vec::new();
        let mut input = BytesMut::from(&[&[version], &c1[..], &[0; PACKET_LEN]].concat()[..]);
        assert_eq!(server.handle(&mut input, &mut out, None), Ok(HandshakeState::Done));
        assert_eq!((out.concat()[0], server.ciphers().is_some()), (version, true));
    }
}

/// A client that names an RTMPE type without a digest gets the plain handshake.
#[test]
fn an_rtmpe_type_without_a_digest() {
    for version in [6, 8, 9] {
        let mut server = ServerHandshake::new(7, [1; 32]);
        let c1 = challenge(0, [0x80, 0, 3, 2], 1);
        let mut out = Vec::new();
        let mut input = BytesMut::from(&[&[version], &c1[..]].concat()[..]);
        assert_eq!(server.handle(&mut input, &mut out, None), Ok(HandshakeState::NeedMore));
        let out = out.concat();
        assert_eq!((out[0], &out[1545..]), (3, &c1[8..]));
    }
}

#[test]
fn bad_public_keys_end_the_handshake() {
    for layout in Layout::ALL {
        let mut c1 = challenge(0, [0x80, 0, 3, 2], 1);
        let at = layout.key_offset(&c1);
        c1[at..at + 127].fill(0);
        c1[at + 127] = 1;
        write(&mut c1, layout, Maker::Client);
        let mut server = ServerHandshake::new(7, [1; 32]);
        let mut out = Vec::new();
        let mut input = BytesMut::from(&[&[6], &c1[..]].concat()[..]);
        let Err(SessionError::Peer(error)) = server.handle(&mut input, &mut out, None) else {
            panic!("the server went on")
        };
        assert_eq!((error.clause, error.offset, out.len()), ("RTMPE-007", 1 + at as u64, 0));

        let mut s1 = challenge(0, [4, 5, 0, 1], 2);
        let at = layout.key_offset(&s1);
        s1[at..at + 128].fill(0xff);
        let run = |s1: &[u8; PACKET_LEN]| {
            let mut client = ClientHandshake::new(7, [1; 32]);
            client.set_mode(HandshakeMode::Rtmpe(RtmpeType::Type6, layout));
            let mut input = BytesMut::from(&[&[6], &s1[..]].concat()[..]);
            match client.handle(&mut input, &mut Vec::new(), None) {
                Err(SessionError::Peer(error)) => (error.clause, error.offset),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(run(&s1), ("RTMPE-003", 1));
        write(&mut s1, layout, Maker::Server);
        assert_eq!(run(&s1), ("RTMPE-007", 1 + at as u64));
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let mut pair =
        Pair::new(HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::KeyFirst), HandshakePolicy::default(), 1);
    pair.run(4000, |_, _| {}).unwrap();
    let text = format!("{:?} {:?} {:?}", pair.server, pair.client, pair.server.ciphers());
    assert!(text.contains("SessionKeys") && !text.contains("incoming") && !text.contains("seed"), "{text}");
}
