//! Secrets of TLS connections, as programs write them when `SSLKEYLOGFILE` is set (NSS key log format,
//! draft-ietf-tls-keylogfile): `LABEL CLIENT_RANDOM SECRET`, a line each.

use std::collections::HashMap;
use std::fmt;

/// The longest line that is read: a label, 32 bytes and 48 bytes in hex take less than 200.
const LINE: usize = 1_024;
/// The most secrets that are kept; each costs about 100 bytes.
pub const MOST: usize = 1 << 18;

/// What a line of the log names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// `CLIENT_RANDOM`: the master secret of TLS 1.2.
    Master,
    /// `CLIENT_HANDSHAKE_TRAFFIC_SECRET`.
    ClientHandshake,
    /// `SERVER_HANDSHAKE_TRAFFIC_SECRET`.
    ServerHandshake,
    /// `CLIENT_TRAFFIC_SECRET_0`.
    ClientTraffic,
    /// `SERVER_TRAFFIC_SECRET_0`.
    ServerTraffic,
}

impl Label {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "CLIENT_RANDOM" => Self::Master,
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshake,
            "SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshake,
            "CLIENT_TRAFFIC_SECRET_0" => Self::ClientTraffic,
            "SERVER_TRAFFIC_SECRET_0" => Self::ServerTraffic,
            _ => return None,
        })
    }
}

/// A secret: 32 or 48 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a secret of {} bytes", self.0.len())
    }
}

/// Secrets by the random of the client's hello.
#[derive(Debug, Default, Clone)]
pub struct Secrets {
    all: HashMap<(Label, [u8; 32]), Secret>,
}

impl Secrets {
    /// Adds the lines of a log; how many secrets they held. Comments, other labels and what is no line of this
    /// format are passed over: programs append to one log, and the last line may be cut off. Of two secrets with
    /// one name the later one counts.
    pub fn add(&mut self, log: &[u8]) -> usize {
        let mut added = 0;
        for line in log.split(|b| *b == b'\n').filter(|line| line.len() <= LINE) {
            let Ok(text) = std::str::from_utf8(line) else { continue };
            let mut words = text.split_ascii_whitespace();
            let (Some(label), Some(random), Some(secret), None) =
                (words.next().and_then(Label::of), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let random = hex(random).and_then(|r| <[u8; 32]>::try_from(r).ok());
            let secret = hex(secret).filter(|s| matches!(s.len(), 32 | 48));
            if let (Some(random), Some(secret)) = (random, secret)
                && (self.all.len() < MOST || self.all.contains_key(&(label, random)))
            {
                self.all.insert((label, random), Secret(secret));
                added += 1;
            }
        }
        added
    }

    /// The secret of a connection.
    #[must_use]
    pub fn find(&self, label: Label, client_random: &[u8; 32]) -> Option<&Secret> {
        self.all.get(&(label, *client_random))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Label, Secrets};

    #[test]
    fn lines_of_a_log() {
        let (random, other) = ("0a".repeat(32), "FF".repeat(32));
        let log = format!(
            "# a comment\r\nCLIENT_RANDOM {random} {}\r\nSERVER_TRAFFIC_SECRET_0 {random} {}\n\
             EXPORTER_SECRET {random} {}\nCLIENT_RANDOM {other} {}\nCLIENT_RANDOM {random} 00 00\n\
             CLIENT_RANDOM {random}",
            "11".repeat(48),
            "22".repeat(32),
            "33".repeat(32),
            "44".repeat(47),
        );
        let mut secrets = Secrets::default();
        assert_eq!((secrets.add(log.as_bytes()), secrets.len()), (2, 2));
        assert_eq!(secrets.find(Label::Master, &[10; 32]).unwrap().bytes(), [0x11; 48]);
        assert_eq!(secrets.find(Label::ServerTraffic, &[10; 32]).unwrap().bytes(), [0x22; 32]);
        assert_eq!(secrets.find(Label::Master, &[255; 32]), None);
        assert!(!format!("{secrets:?}").contains("17, 17"));
        secrets.add(format!("CLIENT_RANDOM {random} {}", "55".repeat(48)).as_bytes());
        assert_eq!(secrets.find(Label::Master, &[10; 32]).unwrap().bytes(), [0x55; 48]);
        assert_eq!(secrets.add(&[0xFF, b'\n', 0]), 0);
    }
}
