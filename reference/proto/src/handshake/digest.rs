//! Digests in C1 and S1, signatures in C2 and S2 (HSD-003 to HSD-013), with HMAC-SHA256 throughout.
//!
//! [`ClientHandshake`](super::ClientHandshake) and [`ServerHandshake`](super::ServerHandshake) do all of it;
//! these functions are for programs that look into single packets. All keys are public: neither a digest
//! nor a signature proves who made it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Layout, PACKET_LEN, RtmpeType};

/// The player's key (HSD-017). Its first [`PLAYER_NAME_LEN`] bytes make digests, all of it signatures.
pub(crate) const PLAYER_KEY: &[u8; 62] = b"Genuine Adobe Flash Player 001\
\xf0\xee\xc2\x4a\x80\x68\xbe\xe8\x2e\x00\xd0\xd1\x02\x9e\x7e\x57\
\x6e\xec\x5d\x2d\x29\x80\x6f\xab\x93\xb8\xe6\x36\xcf\xeb\x31\xae";
/// Length of the text that the player's key begins with.
pub(crate) const PLAYER_NAME_LEN: usize = 30;

const SERVER_KEY: &[u8; 68] = b"Genuine Adobe Flash Media Server 001\
\xf0\xee\xc2\x4a\x80\x68\xbe\xe8\x2e\x00\xd0\xd1\x02\x9e\x7e\x57\
\x6e\xec\x5d\x2d\x29\x80\x6f\xab\x93\xb8\xe6\x36\xcf\xeb\x31\xae";
const SERVER_NAME_LEN: usize = 36;

/// Length of digests and signatures in bytes.
pub const DIGEST_LEN: usize = 32;
/// Where the signature begins in C2 and S2, in bytes.
pub const SIGNATURE_AT: usize = PACKET_LEN - DIGEST_LEN;

/// A digest, a signature, or the key of one.
pub type Digest = [u8; DIGEST_LEN];

/// Who made a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// The client: C1 and C2.
    Client,
    /// The server: S1 and S2.
    Server,
}

impl Maker {
    fn digest_key(self) -> &'static [u8] {
        match self {
            Self::Client => &PLAYER_KEY[..PLAYER_NAME_LEN],
            Self::Server => &SERVER_KEY[..SERVER_NAME_LEN],
        }
    }

    fn signature_key(self) -> &'static [u8] {
        match self {
            Self::Client => PLAYER_KEY,
            Self::Server => SERVER_KEY,
        }
    }
}

/// Finds the digest of C1 or S1 in either layout (HSD-010); `None` where none verifies.
#[must_use]
pub fn find(packet: &[u8; PACKET_LEN], maker: Maker) -> Option<(Layout, Digest)> {
    Layout::ALL.into_iter().find_map(|layout| {
        let (before, digest, after) = around(packet, layout);
        is_hmac_sha256(maker.digest_key(), &[before, after], &digest).then_some((layout, digest))
    })
}

/// Writes the digest into C1 or S1, which must not change afterwards, and returns it (HSD-008, HSD-009). A
/// public key has to be there already (RTMPE-005).
pub fn write(packet: &mut [u8; PACKET_LEN], layout: Layout, maker: Maker) -> Digest {
    let (before, _, after) = around(packet, layout);
    let digest = hmac_sha256(maker.digest_key(), &[before, after]);
    let at = layout.digest_offset(packet);
    packet[at..at + DIGEST_LEN].copy_from_slice(&digest);
    digest
}

fn around(packet: &[u8; PACKET_LEN], layout: Layout) -> (&[u8], Digest, &[u8]) {
    let (before, rest) = packet.split_at(layout.digest_offset(packet));
    let (digest, after) = rest.split_at(DIGEST_LEN);
    (before, digest.try_into().expect("split at the length of a digest"), after)
}

/// The HMAC key of the signature with which `maker` answers a C1 or S1 that has this `digest` (HSD-012,
/// HSD-013).
#[must_use]
pub fn signature_key(maker: Maker, digest: &Digest) -> Digest {
    hmac_sha256(maker.signature_key(), &[digest])
}

/// Writes the signature with which `maker` answers `digest` over the last 32 bytes of C2 or S2, and returns
/// it (HSD-012, HSD-013). `rtmpe` says whether to encipher it (RTMPE-012).
pub fn sign(
    packet: &mut [u8; PACKET_LEN],
    maker: Maker,
    digest: &Digest,
    rtmpe: Option<RtmpeType>,
) -> Digest {
    let signature = signature(packet, maker, digest, rtmpe);
    packet[SIGNATURE_AT..].copy_from_slice(&signature);
    signature
}

/// Whether C2 or S2 carries the signature with which `maker` answers `digest`; the last two arguments are
/// those of [`sign`].
#[must_use]
pub fn is_signed(packet: &[u8; PACKET_LEN], maker: Maker, digest: &Digest, rtmpe: Option<RtmpeType>) -> bool {
    use hmac::digest::CtOutput;
    let expected = signature(packet, maker, digest, rtmpe);
    let carried = super::plain::tail(packet);
    CtOutput::<Hmac<Sha256>>::new(expected.into()) == CtOutput::new(carried.into())
}

fn signature(packet: &[u8; PACKET_LEN], maker: Maker, digest: &Digest, rtmpe: Option<RtmpeType>) -> Digest {
    let key = signature_key(maker, digest);
    #[allow(unused_mut, reason = "only RTMPE enciphers it")]
    let mut signature = hmac_sha256(&key, &[&packet[..SIGNATURE_AT]]);
    #[cfg(feature = "rtmpe")]
    if let Some(rtmpe) = rtmpe {
        super::rtmpe::encipher_signature(rtmpe, &mut signature, &key);
    }
    #[cfg(not(feature = "rtmpe"))]
    let _ = rtmpe;
    signature
}

pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    keyed(key, parts).finalize().into_bytes().into()
}

/// Compares in constant time.
pub(crate) fn is_hmac_sha256(key: &[u8], parts: &[&[u8]], expected: &[u8; 32]) -> bool {
    keyed(key, parts).verify_slice(expected).is_ok()
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(part);
    }
    mac
}
