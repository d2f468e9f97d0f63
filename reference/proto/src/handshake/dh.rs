//! Diffie-Hellman in the 1024-bit group of RFC 2409 6.2 with generator 2 (RTMPE-004).
//!
//! Keys and secrets are always 128 bytes with their leading zeros: a shorter form is a mistake that
//! breaks one handshake in 256 (RTMPE-008).

use core::fmt;

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{JacobiSymbol, U256, U1024, Uint, const_monty_params};

use super::random::Seed;

/// Length of public keys and shared secrets, in bytes.
pub(super) const KEY_LEN: usize = 128;

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

/// A private exponent. 256 bits are more than the group is worth (RFC 7919 5.2 asks for 160 and more).
#[derive(Clone)]
pub(super) struct PrivateKey(U256);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl PrivateKey {
    pub(super) fn from_seed(seed: &Seed) -> Self {
        Self(U256::from_be_slice(&seed.derived(b"diffie-hellman private key")))
    }

    #[cfg(test)]
    pub(super) fn from_number(number: u32) -> Self {
        Self(U256::from_u32(number))
    }

    pub(super) fn public(&self) -> [u8; KEY_LEN] {
        public_key(&self.0)
    }

    pub(super) fn shared(&self, peer: &PublicKey) -> [u8; KEY_LEN] {
        shared_secret(&self.0, peer)
    }
}

/// A peer's public key that passed the checks.
#[derive(Clone)]
pub(super) struct PublicKey(Element);

impl PublicKey {
    /// `None` unless 2 <= y <= p - 2 and y to the power of q = (p - 1) / 2 is 1 (RTMPE-007). Since p is a
    /// prime, that power is the Legendre symbol of y, which costs far less to find.
    pub(super) fn new(bytes: &[u8; KEY_LEN]) -> Option<Self> {
        let y = U1024::from_be_slice(bytes);
        let last = Element::ZERO.sub(&Element::ONE).retrieve();
        if y < U1024::from_u32(2) || y >= last {
            return None;
        }
        let element = Element::new(&y);
        (element.jacobi_symbol_vartime() == JacobiSymbol::One).then_some(Self(element))
    }
}

pub(super) fn public_key<const LIMBS: usize>(private: &Uint<LIMBS>) -> [u8; KEY_LEN] {
    bytes(&Element::new(&U1024::from_u32(2)).pow(private))
}

pub(super) fn shared_secret<const LIMBS: usize>(private: &Uint<LIMBS>, peer: &PublicKey) -> [u8; KEY_LEN] {
    bytes(&peer.0.pow(private))
}

fn bytes(element: &Element) -> [u8; KEY_LEN] {
    element.retrieve().to_be_bytes().into()
}
