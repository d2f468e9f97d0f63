//! Handshakes (RTMP 5.2) as pull-style state machines without a clock or a source of randomness of
//! their own: the plain one, the digest one that Flash endpoints use, and RTMPE.
//!
//! | form | C0 | C1 and S1 hold | C2 and S2 hold |
//! |---|---|---|---|
//! | plain | 3 | time, zero, random bytes | an echo |
//! | digest | 3 | a version instead of the zero, a digest | an echo whose last 32 bytes are a signature |
//! | RTMPE | 6, 8, 9 | as digest, and a Diffie-Hellman public key | as digest; 8 and 9 encipher the signature |
//!
//! Echoes are not compared: errata EA 3 asks for that, and many peers echo something else. Signatures
//! are checked and reported in [`HandshakeReport`], not enforced: servers take clients without one
//! (HSD-014), and the keys are public, so they prove nothing.
//!
//! **RTMPE is obfuscation.** Nothing authenticates either end, and RC4 is broken. It hides bytes from
//! whoever only looks on.
//!
//! **The seed.** All random bytes are expanded from the 32 bytes that the caller gives. For the plain and
//! the digest handshake they need to differ from peer to peer; for RTMPE nobody may be able to predict
//! them, because the private key comes from them. One seed serves one handshake.

mod client;
#[cfg(feature = "rtmpe")]
mod dh;
#[cfg(feature = "digest")]
pub mod digest;
mod plain;
mod random;
#[cfg(feature = "rtmpe")]
pub mod rtmpe;
mod server;
#[cfg(feature = "rtmpe")]
mod signature;

#[cfg(test)]
mod tests;

use core::fmt;

pub use client::ClientHandshake;
#[cfg(feature = "digest")]
pub(crate) use digest::{PLAYER_KEY, PLAYER_NAME_LEN, hmac_sha256, is_hmac_sha256};
#[cfg(feature = "rtmpe")]
pub use rtmpe::Ciphers;
pub use server::ServerHandshake;

use crate::tamper::InputRuling;

/// Length of C1, C2, S1 and S2 in bytes (RTMP 5.2.3, 5.2.4).
pub const PACKET_LEN: usize = 1536;

/// The version of RTMP that this crate speaks (RTMP 5.2.2).
pub const VERSION: u8 = 3;

/// What a call of `handle` came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandshakeState {
    /// More bytes of the peer are needed.
    NeedMore,
    /// The handshake is over; what is left in the input is chunk data.
    Done,
    /// A tamper ruled [`InputRuling::Close`] or [`InputRuling::Stall`].
    Stopped(InputRuling),
}

/// The order of the two 764-byte blocks behind the first 8 bytes of C1 or S1 (HSD-002).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Layout A: the digest stands in the first block, the public key in the second (HSD-004, HSD-006).
    DigestFirst,
    /// Layout B: the other way round (HSD-005, HSD-007).
    KeyFirst,
}

impl Layout {
    /// Both, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::DigestFirst, Self::KeyFirst];

    /// Where the 32-byte digest begins in C1 or S1, in bytes: 12..=739 or 776..=1503. The offset is the
    /// sum of four bytes modulo 728 (HSD-003, HSD-019).
    #[must_use]
    pub fn digest_offset(self, packet: &[u8; PACKET_LEN]) -> usize {
        match self {
            Self::DigestFirst => sum(packet, 8) % 728 + 12,
            Self::KeyFirst => sum(packet, 772) % 728 + 776,
        }
    }

    /// Where the 128-byte public key begins, in bytes: 772..=1403 or 8..=639. The offset is the sum of
    /// four bytes modulo 632 (HSD-006, HSD-007).
    #[must_use]
    pub fn key_offset(self, packet: &[u8; PACKET_LEN]) -> usize {
        match self {
            Self::DigestFirst => sum(packet, 1532) % 632 + 772,
            Self::KeyFirst => sum(packet, 768) % 632 + 8,
        }
    }
}

fn sum(packet: &[u8; PACKET_LEN], at: usize) -> usize {
    packet[at..at + 4].iter().map(|byte| usize::from(*byte)).sum()
}

/// The three kinds of RTMPE. All encrypt the session with RC4; they differ in what is done to the
/// signature in C2 and S2 (RTMPE-012).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RtmpeType {
    /// C0 = 6: the signature stands as it is.
    Type6 = 6,
    /// C0 = 8: enciphered with XTEA.
    Type8 = 8,
    /// C0 = 9: enciphered with Blowfish.
    Type9 = 9,
}

impl RtmpeType {
    /// The type that a version byte announces, if it announces one.
    #[must_use]
    pub const fn from_version(version: u8) -> Option<Self> {
        match version {
            6 => Some(Self::Type6),
            8 => Some(Self::Type8),
            9 => Some(Self::Type9),
            _ => None,
        }
    }
}

/// Which handshake a client begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum HandshakeMode {
    /// Without digests.
    #[default]
    Plain,
    /// With digests in this layout. Where the server answers without, the client goes on without
    /// (HSD-015). Needs the feature `digest`.
    #[cfg(feature = "digest")]
    Digest(Layout),
    /// RTMPE, with digest and key in this layout; servers of old expect [`Layout::KeyFirst`]
    /// (RTMPE-006). A server that does not encrypt ends the session. Needs the feature `rtmpe`.
    #[cfg(feature = "rtmpe")]
    Rtmpe(RtmpeType, Layout),
}

/// Which handshakes a server takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandshakePolicy {
    /// Answers a C1 with a valid digest with digests; otherwise every C1 of version 3 gets the plain
    /// handshake. Default true. Nothing without the feature `digest`.
    pub digest: bool,
    /// Types of RTMPE that are taken: 6, 8 and 9, in this order. A type that is not taken is answered as
    /// any other unknown version, with 3 (RTMPE-014). Each such client costs one Diffie-Hellman exchange, two
    /// powers with exponents of 256 bits. Default all. Nothing without the feature `rtmpe`.
    pub rtmpe: [bool; 3],
}

impl Default for HandshakePolicy {
    fn default() -> Self {
        Self { digest: true, rtmpe: [true; 3] }
    }
}

impl HandshakePolicy {
    /// Plain handshakes only.
    pub const PLAIN: Self = Self { digest: false, rtmpe: [false; 3] };

    /// Whether this type of RTMPE is taken.
    #[must_use]
    pub const fn takes(&self, rtmpe: RtmpeType) -> bool {
        cfg!(feature = "rtmpe")
            && match rtmpe {
                RtmpeType::Type6 => self.rtmpe[0],
                RtmpeType::Type8 => self.rtmpe[1],
                RtmpeType::Type9 => self.rtmpe[2],
            }
    }
}

/// What a handshake turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandshakeReport {
    /// The version in S0: 3, or 6, 8, 9 for RTMPE.
    pub version: u8,
    /// Bytes 4 to 7 of the peer's C1 or S1: zero, or the version of its program.
    pub peer_version: [u8; 4],
    /// Where the digest of the peer's C1 or S1 was found; `None` for a plain handshake.
    pub layout: Option<Layout>,
    /// Whether the peer's C2 or S2 carried the right signature; `None` where none was due. A wrong one
    /// ends nothing (HSD-014, HSD-016).
    pub signed: Option<bool>,
}

impl HandshakeReport {
    /// Whether the bytes after the handshake are encrypted.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        RtmpeType::from_version(self.version).is_some()
    }
}

impl fmt::Display for HandshakeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_encrypted(), self.layout) {
            (true, _) => write!(f, "RTMPE type {}", self.version)?,
            (false, Some(_)) => f.write_str("digest")?,
            (false, None) => f.write_str("plain")?,
        }
        match self.layout {
            Some(Layout::DigestFirst) => f.write_str(", digest first")?,
            Some(Layout::KeyFirst) => f.write_str(", key first")?,
            None => {}
        }
        match self.signed {
            Some(true) => f.write_str(", signed"),
            Some(false) => f.write_str(", not signed"),
            None => Ok(()),
        }
    }
}

/// The ciphers of a build without RTMPE: there are none.
#[cfg(not(feature = "rtmpe"))]
#[derive(Debug)]
pub(crate) enum Ciphers {}

#[cfg(not(feature = "rtmpe"))]
impl Ciphers {
    pub(crate) fn decrypt(&mut self, _: &mut [u8]) {
        match *self {}
    }

    pub(crate) fn encrypt(&mut self, _: &mut [u8]) {
        match *self {}
    }
}
