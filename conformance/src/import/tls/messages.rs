//! Handshake messages across records (RFC 8446, 4): their types, and the bodies of the hellos.

/// Types of handshake messages.
pub const CLIENT_HELLO: u8 = 1;
/// ServerHello, and HelloRetryRequest.
pub const SERVER_HELLO: u8 = 2;
/// Finished: the last message under handshake keys.
pub const FINISHED: u8 = 20;
/// KeyUpdate: the next record of this side has new keys.
pub const KEY_UPDATE: u8 = 24;

/// The longest hello that is read.
pub const HELLO: usize = 64 << 10;

/// A message that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complete {
    /// Its type.
    pub kind: u8,
    /// The body of a hello; nothing of others.
    pub body: Vec<u8>,
}

/// Puts messages together.
#[derive(Debug, Default)]
pub struct Messages {
    header: Vec<u8>,
    left: usize,
    body: Vec<u8>,
}

impl Messages {
    /// Takes the content of a record and hands out the messages that end in it. `None`: a hello longer than
    /// [`HELLO`].
    pub fn feed(&mut self, mut bytes: &[u8]) -> Option<Vec<Complete>> {
        let mut out = Vec::new();
        loop {
            if self.header.len() < 4 {
                let n = bytes.len().min(4 - self.header.len());
                self.header.extend_from_slice(&bytes[..n]);
                bytes = &bytes[n..];
                let [kind, a, b, c] = self.header[..] else { return Some(out) };
                self.left = u32::from_be_bytes([0, a, b, c]) as usize;
                if self.left > HELLO && matches!(kind, CLIENT_HELLO | SERVER_HELLO) {
                    return None;
                }
            }
            let n = bytes.len().min(self.left);
            let kind = self.header[0];
            if matches!(kind, CLIENT_HELLO | SERVER_HELLO) {
                self.body.extend_from_slice(&bytes[..n]);
            }
            self.left -= n;
            bytes = &bytes[n..];
            if self.left > 0 {
                return Some(out);
            }
            self.header.clear();
            out.push(Complete { kind, body: std::mem::take(&mut self.body) });
        }
    }

    /// Whether a message is begun and not complete.
    #[must_use]
    pub fn within(&self) -> bool {
        !self.header.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{HELLO, Messages};

    #[test]
    fn messages_byte_by_byte_and_at_once() {
        let bytes =
            [&[1, 0, 0, 3, 7, 8, 9][..], &[20, 0, 0, 2, 1, 1], &[24, 0, 0, 1, 0], &[14, 0, 0, 0]].concat();
        let whole = Messages::default().feed(&bytes).unwrap();
        assert_eq!(whole.iter().map(|m| m.kind).collect::<Vec<_>>(), [1, 20, 24, 14]);
        assert_eq!((&whole[0].body[..], &whole[1].body[..]), (&[7, 8, 9][..], &[][..]));
        let mut messages = Messages::default();
        let single: Vec<_> = bytes.iter().flat_map(|b| messages.feed(&[*b]).unwrap()).collect();
        assert_eq!(single, whole);
        assert!(!messages.within());
        messages.feed(&[20]).unwrap();
        assert!(messages.within());
    }

    #[test]
    fn the_longest_hello_and_one_byte_more() {
        let header = |kind: u8, len: usize| {
            let len = u32::try_from(len).unwrap().to_be_bytes();
            [kind, len[1], len[2], len[3]]
        };
        assert!(Messages::default().feed(&header(1, HELLO)).is_some());
        assert!(Messages::default().feed(&header(2, HELLO + 1)).is_none());
        assert!(Messages::default().feed(&header(11, 0xFF_FFFF)).is_some());
    }
}
