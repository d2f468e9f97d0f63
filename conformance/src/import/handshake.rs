//! What a handshake shows once both sides of it are known (RTMP 5.2; digest: HSD-001 to HSD-009, errata E-04).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Bytes of C1, C2, S1 and S2.
pub const PACKET: usize = 1536;
/// Bytes of a whole handshake in one direction.
pub const WHOLE: usize = 1 + 2 * PACKET;

const PLAYER_KEY: &[u8] = b"Genuine Adobe Flash Player 001";
const SERVER_KEY: &[u8] = b"Genuine Adobe Flash Media Server 001";

/// How the two sides came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RTMP 5.2 as written; one side may have offered a digest.
    Plain,
    /// C1 and S1 carry valid digests; one of them, if only that side was captured.
    Digest,
    /// RTMPE.
    Rtmpe,
}

impl Kind {
    /// As it is written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Digest => "digest",
            Self::Rtmpe => "rtmpe",
        }
    }
}

/// Where the digest stands in C1 or S1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Offset bytes at 8 to 11 (HSD-004).
    A,
    /// Offset bytes at 772 to 775 (HSD-005).
    B,
}

impl Layout {
    /// As it is written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// C1 or S1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// Bytes 0 to 3.
    pub time: u32,
    /// Bytes 4 to 7: zero, or a version.
    pub version: [u8; 4],
    /// The layout in which the digest is valid.
    pub digest: Option<Layout>,
}

/// A whole handshake, as far as it was captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Version byte of the client.
    pub c0: Option<u8>,
    /// Version byte of the server.
    pub s0: Option<u8>,
    /// The kind.
    pub kind: Kind,
    /// C1, if complete.
    pub c1: Option<First>,
    /// S1, if complete.
    pub s1: Option<First>,
    /// Whether C2 repeats bytes 8 to 1535 of S1, if both are complete.
    pub c2_echoes: Option<bool>,
    /// Whether S2 repeats bytes 8 to 1535 of C1, if both are complete.
    pub s2_echoes: Option<bool>,
}

/// The handshake bytes of both directions, each up to [`WHOLE`] bytes.
#[must_use]
pub fn judge(client: &[u8], server: &[u8], encrypted: bool) -> Handshake {
    let (c1, s1) = (packet(client, 1), packet(server, 1));
    let first = |packet: Option<&[u8]>, key| {
        packet.map(|p| First {
            time: u32::from_be_bytes([p[0], p[1], p[2], p[3]]),
            version: [p[4], p[5], p[6], p[7]],
            digest: digest(p, key),
        })
    };
    let echoes = |echo: Option<&[u8]>, of: Option<&[u8]>| Some(echo?[8..] == of?[8..]);
    let (c2, s2) = (packet(client, 1 + PACKET), packet(server, 1 + PACKET));
    let (c2_echoes, s2_echoes) = (echoes(c2, s1), echoes(s2, c1));
    let (c1, s1) = (first(c1, PLAYER_KEY), first(s1, SERVER_KEY));
    let valid = |first: Option<First>| first.is_none_or(|f| f.digest.is_some());
    let kind = if encrypted {
        Kind::Rtmpe
    } else if (c1.is_some() || s1.is_some()) && valid(c1) && valid(s1) {
        Kind::Digest
    } else {
        Kind::Plain
    };
    Handshake { c0: client.first().copied(), s0: server.first().copied(), kind, c1, s1, c2_echoes, s2_echoes }
}

/// Whether these bytes can be C0 and C1, or S0 and S1, where nothing else says that the stream begins here.
#[must_use]
pub fn likely(bytes: &[u8]) -> bool {
    packet(bytes, 1).is_some_and(|first| {
        bytes[0] == 3
            && (first[4..8] == [0; 4]
                || digest(first, PLAYER_KEY).is_some()
                || digest(first, SERVER_KEY).is_some())
    })
}

fn packet(bytes: &[u8], at: usize) -> Option<&[u8]> {
    bytes.get(at..at + PACKET)
}

/// The layout in which `packet` holds a valid digest.
fn digest(packet: &[u8], key: &[u8]) -> Option<Layout> {
    [(Layout::A, 8), (Layout::B, 772)].into_iter().find_map(|(layout, offset)| {
        let sum: usize = packet[offset..offset + 4].iter().map(|b| usize::from(*b)).sum();
        let at = sum % 728 + offset + 4;
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        mac.update(&packet[..at]);
        mac.update(&packet[at + 32..]);
        mac.verify_slice(&packet[at..at + 32]).is_ok().then_some(layout)
    })
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};

    use super::{Kind, Layout, PACKET, judge, likely};

    fn signed(offset: usize, key: &[u8]) -> Vec<u8> {
        let mut packet: Vec<u8> = (0..PACKET).map(|i| (i * 7) as u8).collect();
        packet[4..8].copy_from_slice(&[9, 0, 124, 2]);
        let at = packet[offset..offset + 4].iter().map(|b| usize::from(*b)).sum::<usize>() % 728 + offset + 4;
        let rest = [&packet[..at], &packet[at + 32..]].concat();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(&rest);
        packet[at..at + 32].copy_from_slice(&mac.finalize().into_bytes());
        packet
    }

    #[test]
    fn both_layouts_are_found_and_one_side_alone_is_plain() {
        let c1 = signed(8, b"Genuine Adobe Flash Player 001");
        let s1 = signed(772, b"Genuine Adobe Flash Media Server 001");
        let client = [vec![3], c1.clone()].concat();
        let server = [vec![3], s1, c1.clone()].concat();
        let both = judge(&client, &server, false);
        assert_eq!(both.kind, Kind::Digest);
        assert_eq!(both.c1.unwrap().digest, Some(Layout::A));
        assert_eq!(both.s1.unwrap().digest, Some(Layout::B));
        assert_eq!((both.c2_echoes, both.s2_echoes), (None, Some(true)));
        let zeros = [vec![3], vec![0; PACKET]].concat();
        assert_eq!(judge(&client, &zeros, false).kind, Kind::Plain);
        assert_eq!(judge(&client, &[], false).kind, Kind::Digest);
        assert!(likely(&client) && likely(&zeros) && !likely(&zeros[..PACKET]));
        let mut odd = client;
        odd[100] ^= 1;
        assert!(!likely(&odd));
    }
}
