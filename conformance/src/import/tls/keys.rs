//! From secrets to keys: TLS 1.2 (RFC 5246, 5 and 6.3; RFC 5288; RFC 7905) and TLS 1.3 (RFC 8446, 7).

use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{KeyType, Prk};
use ring::hmac;

use super::record::{HEADER, Record};
use super::suite::{Cipher, Suite};

/// What opens the records of one direction.
#[derive(Debug)]
pub struct Keys {
    key: LessSafeKey,
    scheme: Scheme,
    next: u64,
}

#[derive(Debug)]
enum Scheme {
    /// GCM in TLS 1.2: four bytes of the nonce are a secret, eight stand in the record.
    Explicit([u8; 4]),
    /// ChaCha20-Poly1305 in TLS 1.2.
    Counted12([u8; 12]),
    /// TLS 1.3.
    Counted13([u8; 12]),
}

/// The content of a record.
#[derive(Debug, PartialEq, Eq)]
pub struct Opened {
    /// Content type; in TLS 1.3 the one that was hidden.
    pub kind: u8,
    /// Content.
    pub content: Vec<u8>,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// `HKDF-Expand-Label(secret, label, "", length)`.
fn expand_label(suite: Suite, secret: &[u8], label: &str, len: usize) -> Option<Vec<u8>> {
    let label_len = u8::try_from("tls13 ".len() + label.len()).ok()?;
    let info = [&u16::try_from(len).ok()?.to_be_bytes()[..], &[label_len], b"tls13 ", label.as_bytes(), &[0]];
    let prk = Prk::new_less_safe(suite.hash.hkdf(), secret);
    let mut out = vec![0; len];
    prk.expand(&info, Length(len)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

/// The secret after a KeyUpdate.
#[must_use]
pub fn updated(suite: Suite, secret: &[u8]) -> Option<Vec<u8>> {
    expand_label(suite, secret, "traffic upd", suite.hash.size())
}

/// `P_hash` of TLS 1.2 with label and seed in one.
fn prf(suite: Suite, secret: &[u8], seed: &[u8], len: usize) -> Vec<u8> {
    let key = hmac::Key::new(suite.hash.hmac(), secret);
    let mut out = Vec::with_capacity(len + 48);
    let mut a = hmac::sign(&key, seed);
    while out.len() < len {
        let mut step = hmac::Context::with_key(&key);
        step.update(a.as_ref());
        step.update(seed);
        out.extend_from_slice(step.sign().as_ref());
        a = hmac::sign(&key, a.as_ref());
    }
    out.truncate(len);
    out
}

impl Keys {
    /// Keys of TLS 1.3 from a traffic secret; `None` if the secret has not the length of the suite's hash.
    #[must_use]
    pub fn tls13(suite: Suite, secret: &[u8]) -> Option<Self> {
        if secret.len() != suite.hash.size() {
            return None;
        }
        let aead = suite.cipher.aead();
        let key = expand_label(suite, secret, "key", aead.key_len())?;
        let iv = expand_label(suite, secret, "iv", aead.nonce_len())?;
        let key = LessSafeKey::new(UnboundKey::new(aead, &key).ok()?);
        Some(Self { key, scheme: Scheme::Counted13(iv.try_into().ok()?), next: 0 })
    }

    /// Keys of TLS 1.2 for the client's and the server's records; `None` if the secret has not 48 bytes.
    #[must_use]
    pub fn tls12(suite: Suite, master: &[u8], client: &[u8; 32], server: &[u8; 32]) -> Option<[Self; 2]> {
        if master.len() != 48 {
            return None;
        }
        let aead = suite.cipher.aead();
        let iv_len = if suite.cipher == Cipher::ChaCha20Poly1305 { 12 } else { 4 };
        let seed = [&b"key expansion"[..], server, client].concat();
        let block = prf(suite, master, &seed, 2 * (aead.key_len() + iv_len));
        let (keys, ivs) = block.split_at(2 * aead.key_len());
        let side = |index: usize| {
            let key = &keys[index * aead.key_len()..][..aead.key_len()];
            let iv = &ivs[index * iv_len..][..iv_len];
            let scheme = match iv.first_chunk::<12>() {
                Some(iv) => Scheme::Counted12(*iv),
                None => Scheme::Explicit(*iv.first_chunk()?),
            };
            Some(Self { key: LessSafeKey::new(UnboundKey::new(aead, key).ok()?), scheme, next: 0 })
        };
        Some([side(0)?, side(1)?])
    }

    /// Opens the next record; `None` if it is not authentic, and then it does not count.
    pub fn open(&mut self, record: &Record<'_>) -> Option<Opened> {
        let tag = self.key.algorithm().tag_len();
        let counted = |iv: &[u8; 12]| {
            let mut nonce = *iv;
            for (byte, number) in nonce[4..].iter_mut().zip(self.next.to_be_bytes()) {
                *byte ^= number;
            }
            nonce
        };
        let (nonce, sealed) = match &self.scheme {
            Scheme::Explicit(iv) => {
                let (explicit, sealed) = record.body.split_at_checked(8)?;
                let mut nonce = [0; 12];
                nonce[..4].copy_from_slice(iv);
                nonce[4..].copy_from_slice(explicit);
                (nonce, sealed)
            }
            Scheme::Counted12(iv) | Scheme::Counted13(iv) => (counted(iv), record.body),
        };
        let len = u16::try_from(sealed.len().checked_sub(tag)?).ok()?;
        let mut content = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = if let Scheme::Counted13(_) = self.scheme {
            self.key.open_in_place(nonce, Aad::from(record.header), &mut content)
        } else {
            let mut data = [0; 8 + HEADER];
            data[..8].copy_from_slice(&self.next.to_be_bytes());
            data[8..11].copy_from_slice(&record.header[..3]);
            data[11..].copy_from_slice(&len.to_be_bytes());
            self.key.open_in_place(nonce, Aad::from(data), &mut content)
        };
        let mut plain = opened.ok()?.len();
        self.next = self.next.checked_add(1)?;
        let kind = if let Scheme::Counted13(_) = self.scheme {
            // The last byte that is not zero is the type (RFC 8446, 5.2).
            plain = content[..plain].iter().rposition(|b| *b != 0)?;
            content[plain]
        } else {
            record.kind
        };
        content.truncate(plain);
        Some(Opened { kind, content })
    }
}

#[cfg(test)]
mod tests {
    use super::{expand_label, prf};
    use crate::import::tls::suite::{Cipher, Hash, Suite};

    fn unhex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|d| (d[0] * 16 + d[1]) as u8).collect()
    }

    const SUITE: Suite = Suite { cipher: Cipher::Aes128Gcm, hash: Hash::Sha256 };

    /// RFC 8448, 3: the server's handshake traffic secret and its write key and IV.
    #[test]
    fn keys_of_the_trace_in_rfc_8448() {
        let secret = unhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        let key = expand_label(SUITE, &secret, "key", 16).unwrap();
        assert_eq!(key, unhex("3fce516009c21727d0f2e4e86ee403bc"));
        let iv = expand_label(SUITE, &secret, "iv", 12).unwrap();
        assert_eq!(iv, unhex("5d313eb2671276ee13000b30"));
    }

    /// The test vector for P_SHA256 that was published on the TLS working group's list in 2009.
    #[test]
    fn the_pseudorandom_function_of_tls_1_2() {
        let secret = unhex("9bbe436ba940f017b17652849a71db35");
        let seed = [b"test label".to_vec(), unhex("a0ba9f936cda311827a6f796ffd5198c")].concat();
        let want = unhex(
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af\
             0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701\
             87347b66",
        );
        assert_eq!(prf(SUITE, &secret, &seed, 100), want);
    }
}
