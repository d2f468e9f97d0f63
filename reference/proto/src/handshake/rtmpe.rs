//! The ciphers of an RTMPE session (RTMPE-009, RTMPE-010).

use core::fmt;

use rc4::{KeyInit, Rc4, StreamCipher};

use super::dh::KEY_LEN;
use super::{PACKET_LEN, hmac_sha256};

const RC4_KEY_LEN: usize = 16;

/// The keys of both directions.
#[derive(Clone)]
pub(super) struct SessionKeys {
    pub(super) incoming: [u8; RC4_KEY_LEN],
    pub(super) outgoing: [u8; RC4_KEY_LEN],
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys")
    }
}

impl SessionKeys {
    /// A sender's key is made from the receiver's public key.
    pub(super) fn new(secret: &[u8; KEY_LEN], own_key: &[u8; KEY_LEN], peer_key: &[u8; KEY_LEN]) -> Self {
        Self { incoming: rc4_key(secret, own_key), outgoing: rc4_key(secret, peer_key) }
    }

    pub(super) fn ciphers(&self) -> Ciphers {
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
