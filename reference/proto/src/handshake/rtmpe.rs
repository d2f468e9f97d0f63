//! The parts of RTMPE: Diffie-Hellman, the keys and ciphers of a session (RTMPE-009, RTMPE-010), the
//! signatures of types 8 and 9.
//!
//! [`ClientHandshake`](super::ClientHandshake) and [`ServerHandshake`](super::ServerHandshake) put them
//! together; by themselves they are for programs that look into single packets.
//!
//! ```
//! use rtmp_proto::handshake::rtmpe::{KEY_LEN, PrivateKey, PublicKey, SessionKeys};
//!
//! let (client, server) = (PrivateKey::from_bytes(&[3; KEY_LEN]), PrivateKey::from_bytes(&[5; KEY_LEN]));
//! let (c1, s1) = (client.public(), server.public());
//! let of_client = client.shared(&PublicKey::new(&s1).expect("2 is a square, so its powers are, too"));
//! let of_server = server.shared(&PublicKey::new(&c1).expect("2 is a square, so its powers are, too"));
//! assert_eq!(of_client, of_server);
//!
//! let mut text = *b"connect";
//! SessionKeys::new(&of_client, &c1, &s1).ciphers().encrypt(&mut text);
//! SessionKeys::new(&of_server, &s1, &c1).ciphers().decrypt(&mut text);
//! assert_eq!(&text, b"connect");
//! ```
//!
//! `Debug` shows no key. Keys are not overwritten when they are dropped: who can read the memory of a
//! process finds what it sends in the clear there, too.

use core::fmt;

use rc4::{KeyInit, Rc4, StreamCipher};

pub use super::dh::{KEY_LEN, PrivateKey, PublicKey};
pub use super::signature::encipher_signature;
use super::{PACKET_LEN, hmac_sha256};

/// Length of the RC4 keys in bytes (RTMPE-009).
pub const RC4_KEY_LEN: usize = 16;

/// The keys of both directions.
#[derive(Clone)]
pub struct SessionKeys {
    /// For what the peer sends.
    pub incoming: [u8; RC4_KEY_LEN],
    /// For what is sent to the peer.
    pub outgoing: [u8; RC4_KEY_LEN],
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys")
    }
}

impl SessionKeys {
    /// The keys that follow from the shared secret and both public keys. A sender's key is made from the
    /// receiver's public key (RTMPE-009, errata E-74).
    #[must_use]
    pub fn new(secret: &[u8; KEY_LEN], own_key: &[u8; KEY_LEN], peer_key: &[u8; KEY_LEN]) -> Self {
        Self { incoming: rc4_key(secret, own_key), outgoing: rc4_key(secret, peer_key) }
    }

    /// The ciphers at the first byte after the handshake (RTMPE-010).
    #[must_use]
    pub fn ciphers(&self) -> Ciphers {
        Ciphers { incoming: advanced(&self.incoming), outgoing: advanced(&self.outgoing) }
    }
}

fn rc4_key(secret: &[u8; KEY_LEN], receivers_key: &[u8; KEY_LEN]) -> [u8; RC4_KEY_LEN] {
    let mut key = [0; RC4_KEY_LEN];
    key.copy_from_slice(&hmac_sha256(secret, &[receivers_key])[..RC4_KEY_LEN]);
    key
}

/// RC4 without its first 1536 bytes of key stream.
fn advanced(key: &[u8; RC4_KEY_LEN]) -> Rc4 {
    let mut cipher = Rc4::new_from_slice(key).expect("RC4 takes keys of 16 bytes");
    cipher.apply_keystream(&mut [0; PACKET_LEN]);
    cipher
}

/// RC4 in both directions. Every byte after the handshake passes through it once and in order.
pub struct Ciphers {
    incoming: Rc4,
    outgoing: Rc4,
}

impl fmt::Debug for Ciphers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ciphers")
    }
}

impl Ciphers {
    /// Decrypts the next bytes of the peer in place.
    pub fn decrypt(&mut self, bytes: &mut [u8]) {
        self.incoming.apply_keystream(bytes);
    }

    /// Encrypts the next bytes for the peer in place.
    pub fn encrypt(&mut self, bytes: &mut [u8]) {
        self.outgoing.apply_keystream(bytes);
    }
}
