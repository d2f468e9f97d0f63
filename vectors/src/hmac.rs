use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key)
        .expect("any length")
        .chain_update(data)
        .finalize()
        .into_bytes()
        .to_vec()
}
