//! Diffie-Hellman in the 1024-bit group of RFC 2409 6.2 with generator 2 (RTMPE-004).
//!
//! Keys and secrets are always 128 bytes with their leading zeros: a shorter form is a mistake that
//! breaks one handshake in 256 (RTMPE-008).

use core::fmt;

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{JacobiSymbol, U1024, const_monty_params};

use super::random::Seed;

/// Length of keys and shared secrets, in bytes (RTMPE-003, RTMPE-008).
pub const KEY_LEN: usize = 128;

const_monty_params!(
    Group,
    U1024,
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74\
     020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437\
     4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
     ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff",
    "The prime of RFC 2409 6.2."
);

type Element = ConstMontyForm<Group, { U1024::LIMBS }>;

/// A private exponent.
#[derive(Clone)]
pub struct PrivateKey {
    exponent: U1024,
    bits: u32,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl PrivateKey {
    /// 256 bits are more than the group is worth (RFC 7919 5.2 asks for 160 and more).
    pub(super) fn from_seed(seed: &Seed) -> Self {
        let mut bytes = [0; KEY_LEN];
        bytes[KEY_LEN - 32..].copy_from_slice(&seed.derived(b"diffie-hellman private key"));
        Self { exponent: U1024::from_be_slice(&bytes), bits: 256 }
    }

    /// A number in big-endian order. 0 leads to the public key 1, which peers refuse.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; KEY_LEN]) -> Self {
        Self { exponent: U1024::from_be_slice(bytes), bits: U1024::BITS }
    }

    /// The public key of this private key, in big-endian order.
    #[must_use]
    pub fn public(&self) -> [u8; KEY_LEN] {
        self.power_of(&Element::new(&U1024::from_u32(2)))
    }

    /// The secret that this private key and `peer` share, in big-endian order.
    #[must_use]
    pub fn shared(&self, peer: &PublicKey) -> [u8; KEY_LEN] {
        self.power_of(&peer.0)
    }

    /// Takes the same time for all exponents of this length.
    fn power_of(&self, base: &Element) -> [u8; KEY_LEN] {
        base.pow_bounded_exp(&self.exponent, self.bits).retrieve().to_be_bytes().into()
    }
}

/// A peer's public key that passed the checks.
#[derive(Clone)]
pub struct PublicKey(Element);

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey")
    }
}

impl PublicKey {
    /// Reads a number y in big-endian order. `None` unless 2 <= y <= p - 2 and y to the power of
    /// q = (p - 1) / 2 is 1 (RTMPE-007). Since p is a prime, that power is the Legendre symbol of y, which
    /// costs far less to find.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_LEN]) -> Option<Self> {
        let y = U1024::from_be_slice(bytes);
        let last = Element::ZERO.sub(&Element::ONE).retrieve();
        if y < U1024::from_u32(2) || y >= last {
            return None;
        }
        let element = Element::new(&y);
        (element.jacobi_symbol_vartime() == JacobiSymbol::One).then_some(Self(element))
    }
}
