//! Cipher suites: those that are decrypted, and names of others that are met.

use ring::{aead, hkdf, hmac};

/// The cipher of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-256-GCM.
    Aes256Gcm,
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305,
}

impl Cipher {
    /// The primitive.
    #[must_use]
    pub fn aead(self) -> &'static aead::Algorithm {
        match self {
            Self::Aes128Gcm => &aead::AES_128_GCM,
            Self::Aes256Gcm => &aead::AES_256_GCM,
            Self::ChaCha20Poly1305 => &aead::CHACHA20_POLY1305,
        }
    }
}

/// The hash of a suite's key schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Hash {
    /// For TLS 1.3.
    #[must_use]
    pub fn hkdf(self) -> hkdf::Algorithm {
        match self {
            Self::Sha256 => hkdf::HKDF_SHA256,
            Self::Sha384 => hkdf::HKDF_SHA384,
        }
    }

    /// For TLS 1.2.
    #[must_use]
    pub fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
        }
    }

    /// Bytes of its output.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

/// A suite that is decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    /// The cipher.
    pub cipher: Cipher,
    /// The hash.
    pub hash: Hash,
}

/// The suite of a number, if it is decrypted here in this version of TLS.
#[must_use]
pub fn suite(id: u16, tls13: bool) -> Option<Suite> {
    use Cipher::{Aes128Gcm, Aes256Gcm, ChaCha20Poly1305};
    use Hash::{Sha256, Sha384};
    let (cipher, hash) = match (id, tls13) {
        (0x1301, true) => (Aes128Gcm, Sha256),
        (0x1302, true) => (Aes256Gcm, Sha384),
        (0x1303, true) => (ChaCha20Poly1305, Sha256),
        (0x009C | 0x009E | 0xC02B | 0xC02F, false) => (Aes128Gcm, Sha256),
        (0x009D | 0x009F | 0xC02C | 0xC030, false) => (Aes256Gcm, Sha384),
        (0xCCA8..=0xCCAA, false) => (ChaCha20Poly1305, Sha256),
        _ => return None,
    };
    Some(Suite { cipher, hash })
}

/// Names of the TLS Cipher Suites registry, of what clients and servers of RTMPS agree on.
const NAMES: [(u16, &str); 39] = [
    (0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
    (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
    (0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
    (0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
    (0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
    (0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0x1301, "TLS_AES_128_GCM_SHA256"),
    (0x1302, "TLS_AES_256_GCM_SHA384"),
    (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
    (0x1304, "TLS_AES_128_CCM_SHA256"),
    (0x1305, "TLS_AES_128_CCM_8_SHA256"),
    (0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    (0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    (0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    (0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
    (0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    (0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xC09C, "TLS_RSA_WITH_AES_128_CCM"),
    (0xC09D, "TLS_RSA_WITH_AES_256_CCM"),
    (0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"),
    (0xC0AD, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"),
    (0xC0AE, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"),
    (0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
];

/// The name of a suite, or its number.
#[must_use]
pub fn name(id: u16) -> String {
    match NAMES.iter().find(|(known, _)| *known == id) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("cipher suite 0x{id:04X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, suite};

    /// What a suite does stands in its name.
    #[test]
    fn suites_do_what_their_names_say() {
        for (id, name) in NAMES {
            let tls13 = !name.contains("_WITH_");
            assert_eq!(suite(id, !tls13), None, "{name}");
            let Some(suite) = suite(id, tls13) else {
                assert!(name.contains("CBC") || name.contains("CCM"), "{name}");
                continue;
            };
            let cipher = format!("{:?}", suite.cipher).to_uppercase();
            assert!(name.replace('_', "").contains(&cipher), "{name}");
            assert!(name.ends_with(&format!("{:?}", suite.hash).to_uppercase()), "{name}");
        }
        assert!(NAMES.is_sorted());
    }
}
