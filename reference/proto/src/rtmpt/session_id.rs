use alloc::boxed::Box;
use core::fmt;

use crate::DecodeError;

/// The id that a server gives a session in its answer to open (RTMPT-005). It becomes a path segment, so it
/// has 1 to 64 characters that can stand there as they are: letters, digits, and `-._~!$&'()*+,;=:@`; `.` and
/// `..` are none.
///
/// Whoever knows it can speak for the session: servers make it of random bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Box<str>);

impl SessionId {
    /// Longest id in bytes. FFmpeg takes no more than 62.
    pub const MAX_LEN: usize = 64;

    /// Takes `text` as an id.
    ///
    /// # Errors
    /// It is empty, too long, or has a character that cannot stand in a path segment.
    pub fn new(text: &str) -> Result<Self, DecodeError> {
        let complain = |what| Err(DecodeError { what, clause: "RTMPT-005" });
        match text {
            "" => complain("the session id is empty"),
            "." | ".." => complain("the session id is a step in a path"),
            _ if text.len() > Self::MAX_LEN => complain("the session id has more than 64 bytes"),
            _ if text.bytes().all(stands_in_a_segment) => Ok(Self(text.into())),
            _ => complain("a character of the session id cannot stand in a path"),
        }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `pchar` of RFC 3986 without percent-encoding.
fn stands_in_a_segment(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_id_is() {
        for good in ["1", "Xk_7-~", "...", "a=b", &"a".repeat(64)] {
            assert_eq!(SessionId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", ".", "..", "a/b", "%2e", "a b", "a\r", "a?b", "ä", &"a".repeat(65)] {
            assert!(SessionId::new(bad).is_err(), "{bad}");
        }
    }
}
