//! The handshake as the server sees it (RTMP 5.2): what is judged in C0, C1 and C2, and S0, S1 and S2 in answer.

use sha2::{Digest as _, Sha256};

use super::event::Log;
use crate::pen::handshake::{PACKET, VERSION, noise};
use crate::rule;

/// The text whose HMAC keys the digest in a C1 (HSD-008).
const PLAYER_KEY: &[u8] = b"Genuine Adobe Flash Player 001";

/// How far the handshake is.
#[derive(Debug)]
pub(super) enum Handshake {
    /// C0 and C1 are not complete.
    Greeting { got: Vec<u8> },
    /// S0, S1 and S2 were sent; C2 is not complete.
    Echo { s1: Vec<u8>, digest: bool, got: Vec<u8> },
    /// Chunks follow.
    Done,
}

/// What is to be done after some input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing; more bytes are needed.
    Wait,
    /// Close: this is not RTMP.
    Close,
    /// Go on with the bytes that were not used.
    Done(Vec<u8>),
}

impl Default for Handshake {
    fn default() -> Self {
        Self::Greeting { got: Vec::new() }
    }
}

impl Handshake {
    /// Takes bytes, judges what they completed, appends the answer to `out`.
    pub fn feed(&mut self, bytes: &[u8], seed: u64, log: &mut Log, out: &mut Vec<u8>) -> Turn {
        if let Self::Greeting { got } = self {
            if got.is_empty() && bytes.first().is_some_and(|&c0| !version(c0, bytes, log)) {
                return Turn::Close;
            }
            got.extend_from_slice(bytes);
            if got.len() < 1 + PACKET {
                return Turn::Wait;
            }
            let rest = got.split_off(1 + PACKET);
            let digest = judge_c1(&got[1..], log);
            if !rest.is_empty() {
                let text =
                    format!("{} B after C1 came before S0 and S1 were sent: C2 answers S1", rest.len());
                log.broken(rule::HS_003, text);
            }
            let mut s1 = noise(seed, PACKET);
            s1[..8].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0]);
            out.push(VERSION);
            out.extend(&s1);
            out.extend(&got[1..5]);
            out.extend([0, 0, 0, 1]);
            out.extend(&got[9..]);
            *self = Self::Echo { s1, digest, got: Vec::new() };
            return self.feed(&rest, seed, log, out);
        }
        let Self::Echo { s1, digest, got } = self else { return Turn::Done(bytes.to_vec()) };
        got.extend_from_slice(bytes);
        if got.len() < PACKET {
            return Turn::Wait;
        }
        let rest = got.split_off(PACKET);
        judge_c2(got, s1, *digest, log);
        *self = Self::Done;
        Turn::Done(rest)
    }

    /// What is awaited, for the account at the end.
    pub fn awaits(&self) -> Option<String> {
        match self {
            Self::Greeting { got } if got.is_empty() => Some("C0".into()),
            Self::Greeting { got } => Some(format!("C1 ({} of {PACKET} B came)", got.len() - 1)),
            Self::Echo { got, .. } => Some(format!("C2 ({} of {PACKET} B came)", got.len())),
            Self::Done => None,
        }
    }
}

/// Judges C0 (RTMP 5.2.2); false where going on makes no sense.
fn version(c0: u8, bytes: &[u8], log: &mut Log) -> bool {
    match c0 {
        VERSION => log.right(rule::HS_009, "C0 version 3"),
        6 | 8 | 9 => log.remark(
            rule::HS_009,
            format!("C0 version {c0}: RTMPE was asked for; answered with 3, plain RTMP (errata E-03)"),
        ),
        0x16 if bytes.get(1) == Some(&3) => {
            log.broken(rule::HS_009, "looks like TLS: an rtmps:// address? Only rtmp:// is served here");
            return false;
        }
        0..=31 => log.broken(rule::HS_009, format!("C0 version {c0}, not 3; answered with 3 (errata E-03)")),
        _ => {
            let guess = match bytes {
                [b'P' | b'G' | b'O' | b'H', ..] => {
                    "looks like HTTP: an rtmpt:// address? Only rtmp:// is served here"
                }
                _ => "no RTMP at all?",
            };
            log.broken(
                rule::HS_012,
                format!("first byte {c0:#04x}: versions 32 to 255 do not exist; {guess}"),
            );
            return false;
        }
    }
    true
}

/// Judges C1 (RTMP 5.2.3); whether it carries a valid digest (errata E-04).
fn judge_c1(c1: &[u8], log: &mut Log) -> bool {
    let time = u32::from_be_bytes([c1[0], c1[1], c1[2], c1[3]]);
    let version = &c1[4..8];
    if version == [0; 4] {
        log.right(rule::HS_016, format!("C1 time {time}, bytes 4 to 7 zero"));
        return false;
    }
    let named = version.iter().map(u8::to_string).collect::<Vec<_>>().join(".");
    if has_digest(c1) {
        log.remark(
            rule::HS_016,
            format!(
                "C1 time {time}, digest handshake, version {named} (errata E-04); answered in plain form"
            ),
        );
        return true;
    }
    log.broken(
        rule::HS_016,
        format!("C1 bytes 4 to 7 are {named}, not zero, and there is no digest (errata E-04)"),
    );
    false
}

/// Judges C2 (RTMP 5.2.4).
fn judge_c2(c2: &[u8], s1: &[u8], digest: bool, log: &mut Log) {
    let same = c2[8..] == s1[8..];
    if digest && !same {
        log.remark(rule::HS_020, "C2 is no echo; allowed with a digest");
        return;
    }
    match (c2[..4] == s1[..4], same) {
        (true, true) => log.right(rule::HS_020, "C2 echoes S1: time and random bytes"),
        (false, true) => log.lenient(rule::HS_018, "C2 repeats the random bytes of S1, but not its time"),
        (_, false) => {
            let differ = c2[8..].iter().zip(&s1[8..]).filter(|(a, b)| a != b).count();
            log.lenient(
                rule::HS_020,
                format!("C2 does not echo S1: {differ} of 1528 bytes differ; servers go on (errata E-05)"),
            );
        }
    }
}

/// Whether C1 carries a digest in either layout (HSD-003 to HSD-005, HSD-008).
fn has_digest(c1: &[u8]) -> bool {
    [8, 772].into_iter().any(|offset| {
        let sum: usize = c1[offset..offset + 4].iter().map(|&b| usize::from(b)).sum();
        let at = sum % 728 + offset + 4;
        let rest = [&c1[..at], &c1[at + 32..]].concat();
        hmac_sha256(PLAYER_KEY, &rest)[..] == c1[at..at + 32]
    })
}

/// HMAC (RFC 2104) with a key of at most 64 bytes.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5C)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Handshake, Turn, hmac_sha256};
    use crate::listen::event::Log;
    use crate::pen::handshake::{PACKET, c1, c2};

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_of_the_rfc() {
        let hex: String = hmac_sha256(b"Jefe", b"what do ya want for nothing?")
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    fn run(c0: u8, c1: &[u8], answer: impl Fn(&[u8]) -> Vec<u8>) -> Vec<String> {
        let (mut log, mut out, mut handshake) = (Log::new(1), Vec::new(), Handshake::default());
        let mut hello = vec![c0];
        hello.extend(c1);
        for byte in &hello {
            if handshake.feed(&[*byte], 1, &mut log, &mut out) == Turn::Close {
                return log.take().iter().map(super::super::Event::judgement).collect();
            }
        }
        assert_eq!(out.len(), 1 + 2 * PACKET);
        assert_eq!(&out[1 + PACKET + 8..], &c1[8..]);
        let s1 = out[1..=PACKET].to_vec();
        let mut rest = answer(&s1);
        rest.extend(*b"next");
        assert_eq!(handshake.feed(&rest, 1, &mut log, &mut out), Turn::Done(b"next".to_vec()));
        log.take().iter().map(super::super::Event::judgement).collect()
    }

    #[test]
    fn judges_every_packet() {
        let plain = c1(7, 9);
        assert_eq!(
            run(3, &plain, |s1| c2(s1, 5)),
            [
                "ok       C0 version 3  [HS-009]",
                "ok       C1 time 7, bytes 4 to 7 zero  [HS-016]",
                "ok       C2 echoes S1: time and random bytes  [HS-020]",
            ]
        );
        let mut odd = plain.clone();
        odd[4..8].copy_from_slice(&[9, 0, 124, 2]);
        let lines = run(4, &odd, |_| vec![0; PACKET]);
        assert!(lines[0].starts_with("WRONG    C0 version 4"), "{lines:?}");
        assert!(lines[1].starts_with("WRONG    C1 bytes 4 to 7 are 9.0.124.2"), "{lines:?}");
        assert!(lines[2].starts_with("lenient  C2 does not echo S1"), "{lines:?}");
        let (mut log, mut out) = (Log::new(1), Vec::new());
        let tls = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC];
        assert_eq!(Handshake::default().feed(&tls, 1, &mut log, &mut out), Turn::Close);
        assert!(log.take()[0].text.starts_with("looks like TLS"));
        assert_eq!(Handshake::default().feed(b"GET / HTTP/1.1", 1, &mut log, &mut out), Turn::Close);
        assert!(log.take()[0].text.contains("looks like HTTP"));
    }

    #[test]
    fn a_digest_explains_the_version() {
        let mut packet = c1(7, 9);
        packet[4..8].copy_from_slice(&[9, 0, 124, 2]);
        let at = packet[8..12].iter().map(|&b| usize::from(b)).sum::<usize>() % 728 + 12;
        let rest = [&packet[..at], &packet[at + 32..]].concat();
        let digest = hmac_sha256(super::PLAYER_KEY, &rest);
        packet[at..at + 32].copy_from_slice(&digest);
        let lines = run(3, &packet, |s1| c2(s1, 5));
        assert!(lines[1].starts_with("note     C1 time 7, digest handshake, version 9.0.124.2"), "{lines:?}");
    }
}
