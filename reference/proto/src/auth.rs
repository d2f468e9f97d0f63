//! The publisher's side of the two challenge schemes in use, `authmod=adobe` and `authmod=llnw` (RTMP
//! itself has none: EA 8.1.6).
//!
//! A server that wants a publisher to authenticate rejects its connect with a description that says so. The
//! publisher connects anew with [`AuthRequest::answer`] appended to application and tcUrl: first with its name,
//! then, when it was sent a challenge, with the proof that it knows the password.
//!
//! ```
//! use rtmp_proto::auth::{AuthRequest, Credentials};
//!
//! let credentials = Credentials::new("myuser", "mypass", [0; 8]);
//! let asked = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
//! let request = AuthRequest::read(asked).expect("it asks for authentication");
//! assert_eq!(request.answer(&credentials, "live").as_deref(), Some("?authmod=adobe&user=myuser"));
//! ```
//!
//! Both schemes rest on MD5 and protect nothing but the password itself, and that weakly. Values stand in the
//! URL as they are, without percent-encoding (AUTH-011).

use alloc::string::String;
use core::fmt;

use base64ct::{Base64, Encoding};
use md5::{Digest, Md5};

/// What a publisher knows. `Debug` shows the name alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Name.
    pub user: String,
    /// Password.
    pub password: String,
    /// The client's challenge of `adobe`: four random bytes in base64 (AUTH-007).
    pub client_challenge: String,
    /// The client's nonce of `llnw`, hexadecimal.
    pub client_nonce: String,
}

impl Credentials {
    /// Credentials with challenge and nonce made of `random`, which has to differ from attempt to attempt.
    #[must_use]
    pub fn new(user: &str, password: &str, random: [u8; 8]) -> Self {
        let (challenge, nonce) = random.split_at(4);
        Self {
            user: user.into(),
            password: password.into(),
            client_challenge: Base64::encode_string(challenge),
            client_nonce: hex(nonce),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Which scheme a server asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme {
    /// `authmod=adobe` (AUTH-002 to AUTH-011).
    Adobe,
    /// `authmod=llnw`, an HTTP digest in disguise (AUTH-012 to AUTH-017).
    Llnw,
}

impl AuthScheme {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Adobe => "adobe",
            Self::Llnw => "llnw",
        }
    }
}

/// Where the exchange stands. A value that the server left out is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthStage<'a> {
    /// Authentication is needed: the name is to be sent (AUTH-002, AUTH-012).
    Needed,
    /// A challenge: the proof is to be sent (AUTH-004).
    Challenge {
        /// `salt` of `adobe`.
        salt: &'a str,
        /// `challenge` of `adobe`.
        challenge: &'a str,
        /// `opaque` of `adobe`; takes the place of the challenge where there is one (errata E-75).
        opaque: &'a str,
        /// `nonce` of `llnw`.
        nonce: &'a str,
    },
    /// The proof was wrong (`authfailed` and `authfail`: AUTH-009, AUTH-017).
    Failed,
    /// Nobody has that name (AUTH-009).
    NoSuchUser,
}

/// What the description of a rejected connect asks a publisher for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthRequest<'a> {
    /// The scheme.
    pub scheme: AuthScheme,
    /// How far it has come.
    pub stage: AuthStage<'a>,
}

/// `nc` of `llnw`: each nonce is used once (AUTH-015).
const NONCE_COUNT: &str = "00000001";

impl<'a> AuthRequest<'a> {
    /// Reads the `description` of a `NetConnection.Connect.Rejected`. `None` where it asks for none of the
    /// two schemes: no attempt is to be made then (AUTH-018).
    #[must_use]
    pub fn read(description: &'a str) -> Option<Self> {
        let scheme = [AuthScheme::Adobe, AuthScheme::Llnw].into_iter().find(|scheme| {
            description.split_once("authmod=").is_some_and(|(_, rest)| {
                rest.strip_prefix(scheme.as_str())
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
            })
        })?;
        let fields = description.split_once('?').map_or("", |(_, fields)| fields.trim_end());
        let field = |name: &str| {
            fields
                .split('&')
                .filter_map(|field| field.split_once('='))
                .find_map(|(key, value)| (key == name).then_some(value))
        };
        let stage = match field("reason") {
            Some("needauth") => AuthStage::Challenge {
                salt: field("salt").unwrap_or_default(),
                challenge: field("challenge").unwrap_or_default(),
                opaque: field("opaque").unwrap_or_default(),
                nonce: field("nonce").unwrap_or_default(),
            },
            Some("authfailed" | "authfail") => AuthStage::Failed,
            Some("nosuchuser") => AuthStage::NoSuchUser,
            _ if description.contains("code=403 need auth") => AuthStage::Needed,
            _ => return None,
        };
        Some(Self { scheme, stage })
    }

    /// The proof that answers a challenge; `None` at another stage. `app` is the application without query.
    #[must_use]
    pub fn response(&self, credentials: &Credentials, app: &str) -> Option<String> {
        let AuthStage::Challenge { salt, challenge, opaque, nonce } = self.stage else { return None };
        let Credentials { user, password, client_challenge, client_nonce } = credentials;
        Some(match self.scheme {
            AuthScheme::Adobe => {
                let secret = Base64::encode_string(&md5(&[user, salt, password]));
                let asked = if opaque.is_empty() { challenge } else { opaque };
                Base64::encode_string(&md5(&[&secret, asked, client_challenge]))
            }
            AuthScheme::Llnw => {
                let instance = if app.contains('/') { "" } else { "/_definst_" };
                let who = hex(&md5(&[user, ":live:", password]));
                let what = hex(&md5(&["publish:/", app, instance]));
                let parts = [&who, nonce, NONCE_COUNT, client_nonce, "auth", &what];
                hex(&md5(&[&parts.join(":")]))
            }
        })
    }

    /// What to append to application and tcUrl of the next connect (AUTH-003, AUTH-008, AUTH-016). `None`
    /// after a failure: the same attempt would fail again (AUTH-018). `app` is the application without query.
    #[must_use]
    pub fn answer(&self, credentials: &Credentials, app: &str) -> Option<String> {
        let name = ["?authmod=", self.scheme.as_str(), "&user=", &credentials.user].concat();
        let AuthStage::Challenge { opaque, nonce, .. } = self.stage else {
            return (self.stage == AuthStage::Needed).then_some(name);
        };
        let response = self.response(credentials, app)?;
        let Credentials { client_challenge, client_nonce, .. } = credentials;
        Some(match self.scheme {
            AuthScheme::Adobe => {
                let opaque = if opaque.is_empty() { String::new() } else { ["&opaque=", opaque].concat() };
                [&name, "&challenge=", client_challenge, "&response=", &response, &opaque].concat()
            }
            AuthScheme::Llnw => {
                let nonces = ["&nonce=", nonce, "&cnonce=", client_nonce, "&nc=", NONCE_COUNT].concat();
                [&name, &nonces, "&response=", &response].concat()
            }
        })
    }
}

fn md5(parts: &[&str]) -> [u8; 16] {
    let mut hash = Md5::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials { client_nonce: "deadbeef".into(), ..Credentials::new("myuser", "mypass", [0; 8]) }
    }

    /// The worked example of the vectors (V11).
    #[test]
    fn a_proof_of_each_scheme() {
        assert_eq!(credentials().client_challenge, "AAAAAA==");
        let adobe = "[ AccessManager.Reject ] : [ authmod=adobe ] : \
                     ?reason=needauth&user=myuser&salt=testsalt&challenge=testchallenge";
        let request = AuthRequest::read(adobe).unwrap();
        assert_eq!(request.response(&credentials(), "live").as_deref(), Some("U6zdytzCDK8uuEJfF0uh0w=="));
        let llnw =
            "[ AccessManager.Reject ] : [ authmod=llnw ] : ?reason=needauth&user=myuser&nonce=0123abcd";
        let request = AuthRequest::read(llnw).unwrap();
        for (app, proof) in
            [("live", "ba51a64b3dd54ba16be623e206abac7e"), ("live/inst", "3c80b857f1a169b89fde49e5050727cd")]
        {
            assert_eq!(request.response(&credentials(), app).as_deref(), Some(proof));
        }
    }

    #[test]
    fn a_failure_has_no_answer() {
        for reason in ["authfailed", "nosuchuser", "authfail"] {
            let text = ["[ authmod=adobe ] : ?reason=", reason, "&opaque=x"].concat();
            let request = AuthRequest::read(&text).unwrap();
            assert_eq!(request.answer(&credentials(), "live"), None);
            assert_eq!(request.response(&credentials(), "live"), None);
        }
    }

    #[test]
    fn what_asks_for_nothing() {
        for text in
            ["", "authmod=", "code=403 need auth; authmod=adobes", "[ authmod=adobe ] : ?reason=other"]
        {
            assert_eq!(AuthRequest::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        assert!(!alloc::format!("{:?}", credentials()).contains("mypass"));
    }
}
