//! TLS 1.2 and 1.3 opened with logged secrets: AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305. Ciphers, HMAC and
//! HKDF are those of `ring`; records, hellos and key schedule are read here.

pub mod hello;
pub mod keylog;
pub mod keys;
pub mod messages;
pub mod record;
pub mod session;
pub mod suite;

pub use keylog::Secrets;
pub use session::{Agreed, Session};
