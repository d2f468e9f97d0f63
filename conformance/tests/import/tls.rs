//! TLS, decrypted and not.

use rtmpspec::import::account::Layer;
use rtmpspec::import::tls::Secrets;
use rtmpspec::import::{Account, Cause, Options, Reason};
use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, SupportedProtocolVersion};

use crate::packets::{Sent, account, capture, import, with_secrets};
use crate::rtmp;
use crate::tls_peers::{Extra, Peers};

const ALL: [(&SupportedProtocolVersion, CipherSuite); 6] = [
    (&TLS12, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
    (&TLS12, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    (&TLS12, CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
    (&TLS13, CipherSuite::TLS13_AES_128_GCM_SHA256),
    (&TLS13, CipherSuite::TLS13_AES_256_GCM_SHA384),
    (&TLS13, CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
];
const AES13: (&SupportedProtocolVersion, CipherSuite) = ALL[3];

fn options(log: &str) -> Options {
    let mut secrets = Secrets::default();
    secrets.add(log.as_bytes());
    Options { secrets, ..Options::default() }
}

fn open(wire: &[Sent], log: &str) -> Account {
    account(&capture(&[wire.to_vec()], 1_400, None), options(log))
}

/// The account has to say of the content what it says without TLS.
fn same_as_plain(tls: &Account, wire: &[Sent]) {
    let plain = account(&capture(&[rtmp::session()], 1_400, None), Options::default());
    assert!(tls.decrypted());
    assert_eq!(tls.handshake, plain.handshake);
    let both = [(true, &tls.to_server, &plain.to_server), (false, &tls.to_client, &plain.to_client)];
    for (client, tls, plain) in both {
        assert_eq!(tls.messages, plain.messages);
        assert_eq!(tls.tail, plain.tail);
        assert_eq!((&tls.undecodable, &tls.encrypted), (&None, &None));
        assert_eq!(tls.total, rtmp::side(wire, client).len() as u64);
        assert_eq!(tls.tls, tls.total - plain.total);
        assert!(tls.tls > 200);
    }
}

#[test]
fn each_version_and_cipher() {
    for (version, suite) in ALL {
        let peers = Peers::new(version, suite);
        let wire = peers.say(&rtmp::session(), Extra::None);
        let seen = open(&wire, &peers.log());
        same_as_plain(&seen, &wire);
        let agreed = seen.tls.unwrap();
        assert_eq!(agreed.version_name(), if version.version == TLS13.version { "1.3" } else { "1.2" });
        assert_eq!(agreed.suite, u16::from(suite));
        // One log for many connections; and a resumed session.
        let wire = peers.say(&rtmp::session(), Extra::None);
        same_as_plain(&open(&wire, &peers.log()), &wire);
    }
}

#[test]
fn segments_of_one_byte() {
    let (version, suite) = AES13;
    let peers = Peers::new(version, suite);
    let wire = peers.say(&rtmp::session(), Extra::None);
    same_as_plain(&account(&capture(std::slice::from_ref(&wire), 1, None), options(&peers.log())), &wire);
}

#[test]
fn keys_that_change_and_a_hello_that_is_asked_for_again() {
    for (version, suite) in &ALL[3..] {
        let peers = Peers::new(version, *suite);
        let wire = peers.say(&rtmp::session(), Extra::KeyUpdates);
        same_as_plain(&open(&wire, &peers.log()), &wire);

        let client = vec![ring::kx_group::X25519, ring::kx_group::SECP384R1];
        let peers = Peers::with_groups(version, *suite, client, vec![ring::kx_group::SECP384R1]);
        let wire = peers.say(&rtmp::session(), Extra::None);
        assert!(wire.iter().filter(|(client, _)| *client).nth(1).unwrap().1.len() > 200, "two hellos");
        same_as_plain(&open(&wire, &peers.log()), &wire);
    }
}

#[test]
fn a_log_without_handshake_secrets() {
    let (version, suite) = AES13;
    let peers = Peers::new(version, suite);
    let wire = peers.say(&rtmp::session(), Extra::None);
    let log: String =
        peers.log().lines().filter(|l| !l.contains("HANDSHAKE")).map(|l| format!("{l}\n")).collect();
    assert!(log.lines().count() < peers.log().lines().count());
    same_as_plain(&open(&wire, &log), &wire);
}

#[test]
fn without_secrets_it_stays_as_it_is() {
    for (version, suite) in ALL {
        let peers = Peers::new(version, suite);
        let wire = peers.say(&rtmp::session(), Extra::None);
        let other = Peers::new(version, suite);
        other.say(&rtmp::session(), Extra::None);
        let short = peers.log().lines().map(|l| format!("{}\n", &l[..l.len() - 32])).collect::<String>();
        for (log, reason) in
            [("", Reason::NoSecrets), (&other.log(), Reason::NoSecrets), (&short, Reason::NoSecrets)]
        {
            // A secret of 48 bytes without 16 of them has the length of another hash.
            let reason = match version.version == TLS13.version && suite != ALL[4].1 || log != short {
                true => reason,
                false => Reason::SecretLength,
            };
            let seen = open(&wire, log);
            assert!(!seen.decrypted() && seen.tls.is_some() && seen.handshake.is_none());
            for direction in [&seen.to_server, &seen.to_client] {
                let named = direction.encrypted.unwrap();
                assert_eq!((named.kind, named.bytes, named.reason), ("tls", direction.total, Some(reason)));
            }
            assert_eq!(seen.undecodable(), None);
        }
    }
}

/// The first record of application data that the client sends: offset in its direction.
fn application_record(wire: &[Sent], nth: usize) -> usize {
    let bytes = rtmp::side(wire, true);
    let mut at = 0;
    let mut seen = 0;
    while bytes[at] != 23 || seen < nth {
        seen += usize::from(bytes[at] == 23);
        at += 5 + usize::from(u16::from_be_bytes([bytes[at + 3], bytes[at + 4]]));
    }
    at
}

fn change(wire: &mut [Sent], client: bool, mut at: usize) {
    for (_, bytes) in wire.iter_mut().filter(|(from, _)| *from == client) {
        if at < bytes.len() {
            bytes[at] ^= 1;
            return;
        }
        at -= bytes.len();
    }
    unreachable!();
}

#[test]
fn a_changed_byte_is_not_explained() {
    for (version, suite) in ALL {
        let peers = Peers::new(version, suite);
        let mut wire = peers.say(&rtmp::session(), Extra::None);
        let at = application_record(&wire, 3);
        change(&mut wire, true, at + 30);
        let seen = open(&wire, &peers.log());
        let (name, wrong) = seen.undecodable().unwrap();
        assert_eq!((name, wrong.offset, wrong.layer), ("to_server", at as u64, Layer::Wire));
        assert_eq!(wrong.bytes, seen.to_server.total - at as u64);
        assert!(wrong.cause.contains("not authentic"), "{}", wrong.cause);
        // The other direction goes on.
        assert_eq!(seen.to_client.messages.len(), 3);
        assert_eq!(seen.to_client.undecodable, None);
    }
}

#[test]
fn what_is_wrong_within_tls_counts_in_the_rtmp_stream() {
    let (version, suite) = AES13;
    let peers = Peers::new(version, suite);
    let mut session = rtmp::session();
    session[2].1.push(0x87); // A type 2 chunk on a new chunk stream.
    let before = 1537 + session[2].1.len() as u64 - 1;
    let wire = peers.say(&session, Extra::None);
    let seen = open(&wire, &peers.log());
    let (name, wrong) = seen.undecodable().unwrap();
    assert_eq!((name, wrong.layer, wrong.offset), ("to_server", Layer::Rtmp, before));
    assert_eq!(wrong.bytes, rtmp::side(&session, true).len() as u64 - before);
}

#[test]
fn an_unfinished_record_and_lost_segments() {
    let (version, suite) = AES13;
    let peers = Peers::new(version, suite);
    let wire = peers.say(&rtmp::session(), Extra::None);
    let mut cut = wire.clone();
    let last = cut.iter_mut().rfind(|(client, _)| !client).unwrap();
    last.1.pop();
    let partial = last.1.len() as u64;
    let seen = open(&cut, &peers.log());
    let tail = seen.to_client.tail.as_ref().unwrap();
    assert_eq!((tail.bytes, tail.record, tail.cause), (partial, partial, Cause::Fin));
    assert_eq!(seen.undecodable(), None);

    let segments = wire.iter().map(|(_, bytes)| bytes.len().div_ceil(1_400)).sum::<usize>();
    let mut found = [0; 2];
    for lost in 0..segments {
        let seen = account(&capture(std::slice::from_ref(&wire), 1_400, Some(lost)), options(&peers.log()));
        let gap = [&seen.to_server, &seen.to_client].into_iter().find(|d| d.gap).unwrap();
        assert!(gap.total > 0);
        found[usize::from(seen.decrypted())] += 1;
    }
    assert!(found[0] > 0 && found[1] > 10, "{found:?}");
}

#[test]
fn ciphers_and_versions_that_are_not_decrypted() {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0xC0, 0x13, 1, 0]);
    let record = |kind: u8, body: &[u8]| {
        let len = body.len() as u8;
        [&[22, 3, 3, 0, len + 4, kind, 0, 0, len][..], body].concat()
    };
    let answer = |version: u8, suite: [u8; 2]| {
        let mut body = vec![3, version];
        body.extend([8; 32]);
        body.extend([0, suite[0], suite[1], 0]);
        record(2, &body)
    };
    for (server, want) in [
        (answer(3, [0xC0, 0x13]), "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA is not decrypted"),
        (answer(3, [0xFA, 0xCE]), "cipher suite 0xFACE is not decrypted"),
        (answer(2, [0xC0, 0x13]), "TLS 1.1 is not decrypted"),
        (answer(0, [0xC0, 0x13]), "SSL 3.0 is not decrypted"),
        (answer(3, [0xC0, 0x2F]), "no secrets for this connection are given"),
        (vec![21, 3, 3, 0, 2, 2, 40], "not both in the capture"),
        (vec![21, 9], "cannot be read"),
    ] {
        let wire = vec![(true, record(1, &body)), (false, server), (true, vec![23, 3, 3, 0, 1, 9])];
        let seen = open(&wire, "");
        for direction in [&seen.to_server, &seen.to_client] {
            let named = direction.encrypted.unwrap();
            assert_eq!((named.kind, named.bytes), ("tls", direction.total));
            let text = named.reason.unwrap().to_string();
            assert!(text.contains(want), "{text}");
        }
    }
}

#[test]
fn the_command_takes_secrets_from_the_file_and_from_a_log() {
    let (version, suite) = AES13;
    let peers = Peers::new(version, suite);
    let wire = peers.say(&rtmp::session(), Extra::None);
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let bytes = capture(std::slice::from_ref(&wire), 1_400, None);
    std::fs::write(path("bare.pcapng"), &bytes).unwrap();
    std::fs::write(path("own.pcapng"), with_secrets(&bytes, &peers.log())).unwrap();
    std::fs::write(path("keys.txt"), peers.log()).unwrap();
    std::fs::write(path("none.txt"), "# nothing\n").unwrap();

    let log = path("keys.txt");
    let log = ["--keylog", log.to_str().unwrap()];
    let (code, text, errors) = import(&path("bare.pcapng"), &path("a"), &log);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(text.contains("TLS 1.3 TLS_AES_128_GCM_SHA256"), "{text}");
    let (code, ..) = import(&path("own.pcapng"), &path("b"), &[]);
    assert_eq!(code, 0);
    let json = std::fs::read_to_string(path("a/001.json")).unwrap();
    assert_eq!(json, std::fs::read_to_string(path("b/001.json")).unwrap());
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let want = serde_json::json!({"version": "1.3", "cipher": "TLS_AES_128_GCM_SHA256", "decrypted": true});
    assert_eq!(value["tls"], want);

    let (code, text, _) = import(&path("bare.pcapng"), &path("c"), &["--json"]);
    assert_eq!(code, 0);
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        summary["connections"][0]["to_server"]["encrypted"],
        "no secrets for this connection are given"
    );

    let none = path("none.txt");
    let (code, _, errors) = import(&path("bare.pcapng"), &path("d"), &["--keylog", none.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(errors.contains("no TLS secret is in it"), "{errors}");

    let mut wrong = wire.clone();
    let at = application_record(&wire, 3);
    change(&mut wrong, true, at + 9);
    std::fs::write(path("wrong.pcapng"), capture(&[wrong], 1_400, None)).unwrap();
    let (code, _, errors) = import(&path("wrong.pcapng"), &path("e"), &log);
    assert_eq!(code, 1);
    assert!(errors.contains(&format!("to_server, offset {at}: a TLS record is not authentic")), "{errors}");
}
