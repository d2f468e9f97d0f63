//! What a connection consists of, to the last byte.

use std::fmt;
use std::net::SocketAddr;

use super::chunks::{Aborted, Message, Unfinished};
use super::handshake::Handshake;
use super::keys::Places;
use super::tcp::Oddities;
use super::tls::Agreed;
use super::tls::suite;
use crate::capture::secrets::Secrets;

/// How a direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Its sender closed it.
    Fin,
    /// Either side reset the connection.
    Rst,
    /// The capture ends before the connection does.
    CaptureEnd,
    /// Another connection took its ports, with neither FIN nor RST captured.
    Replaced,
    /// The capture misses bytes.
    Gap,
    /// What follows cannot be decoded.
    Undecodable,
}

impl Cause {
    /// As it is written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fin => "fin",
            Self::Rst => "rst",
            Self::CaptureEnd => "capture-end",
            Self::Replaced => "replaced",
            Self::Gap => "gap",
            Self::Undecodable => "undecodable",
        }
    }
}

/// Bytes at the end that belong to nothing complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// Why nothing follows.
    pub cause: Cause,
    /// Bytes, chunk headers included.
    pub bytes: u64,
    /// Messages that were begun, in order of their beginning.
    pub unfinished: Vec<Unfinished>,
    /// Bytes of a chunk header that is not complete, out of `bytes`.
    pub header: u64,
    /// Bytes of a TLS record or an HTTP message that is not complete, out of `bytes`.
    pub record: u64,
    /// The handshake packet that is not complete: 1 for C1 or S1, 2 for C2 or S2.
    pub packet: Option<u8>,
}

/// Bytes that are named but not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// `"tls"`, `"rtmpe"`, `"rtmpt"`, or why the start is missing.
    pub kind: &'static str,
    /// Bytes.
    pub bytes: u64,
    /// Why they are not read, where there can be more than one reason.
    pub reason: Option<Reason>,
}

/// Why encrypted bytes stay encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// RTMPE: the keys come from a Diffie-Hellman exchange, and no file holds its private numbers.
    DiffieHellman,
    /// No log holds secrets of this connection.
    NoSecrets,
    /// The secrets in the log have a length that does not fit the cipher.
    SecretLength,
    /// The hellos of client and server are not both in the capture.
    NoHello,
    /// The hellos cannot be read.
    Malformed,
    /// Another version of TLS; its number.
    Version(u16),
    /// Another cipher; its number.
    Cipher(u16),
    /// TLS compression.
    Compression,
    /// The client offers data before the handshake is done (0-RTT).
    EarlyData,
    /// TLS within TLS.
    Nested,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DiffieHellman => "RTMPE: the private Diffie-Hellman numbers are in no file",
            Self::NoSecrets => "no secrets for this connection are given",
            Self::SecretLength => "the secrets have a length that does not fit the cipher",
            Self::NoHello => "the hellos of client and server are not both in the capture",
            Self::Malformed => "the TLS handshake cannot be read",
            Self::Version(0x0300) => "SSL 3.0 is not decrypted",
            Self::Version(0x0301) => "TLS 1.0 is not decrypted",
            Self::Version(0x0302) => "TLS 1.1 is not decrypted",
            Self::Version(other) => return write!(f, "TLS version 0x{other:04X} is not decrypted"),
            Self::Cipher(id) => return write!(f, "{} is not decrypted", suite::name(*id)),
            Self::Compression => "TLS compression is not read",
            Self::EarlyData => "the client offers early data (0-RTT), which is not decrypted",
            Self::Nested => "TLS within TLS is not decrypted",
        })
    }
}

/// What an offset counts in.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The bytes that TCP carried.
    #[default]
    Wire,
    /// The RTMP stream within TLS or HTTP.
    Rtmp,
}

impl Layer {
    /// As it is written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Rtmp => "rtmp",
        }
    }
}

/// Bytes that nothing explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// Offset of the first such byte in its direction.
    pub offset: u64,
    /// What the offset counts in.
    pub layer: Layer,
    /// That byte and all after it.
    pub bytes: u64,
    /// Why.
    pub cause: String,
}

/// One direction.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Direction {
    /// Bytes after reassembly, whatever they are.
    pub total: u64,
    /// Bytes of complete handshake packets.
    pub handshake: u64,
    /// Complete messages in order of completion.
    pub messages: Vec<Message>,
    /// Bytes of the chunks that carried them, headers included.
    pub message_bytes: u64,
    /// Messages that Abort ended.
    pub aborted: Vec<Aborted>,
    /// What is not complete.
    pub tail: Option<Tail>,
    /// Bytes of TLS records that are not application data, where TLS was decrypted.
    pub tls: u64,
    /// TLS, or what follows an RTMPE handshake.
    pub encrypted: Option<Named>,
    /// RTMP in HTTP: bytes of HTTP, or all, if no session was found.
    pub tunnel: Option<Named>,
    /// The connection, by index, that lists the messages of the RTMPT session whose bytes are here.
    pub session: Option<usize>,
    /// Bytes of RTMP here whose messages are listed with that other connection.
    pub carried: u64,
    /// Bytes of RTMP that other connections carried and whose messages are listed here.
    pub from_others: u64,
    /// The capture began within the connection.
    pub missing_start: Option<Named>,
    /// What nothing explains.
    pub undecodable: Option<Undecodable>,
    /// What TCP showed.
    pub tcp: Oddities,
    /// Indices of the messages whose hash is that of the body with its keys replaced.
    pub redacted: Vec<usize>,
    /// Parts of the RTMP stream in whose place `x` is written, if they were asked for.
    pub places: Places,
    /// Bytes of the RTMP stream, handshake included, decrypted where it was encrypted by TLS.
    pub rtmp: u64,
    /// How many of them come before the first that cannot be decoded.
    pub readable: u64,
    /// The capture misses bytes.
    pub gap: bool,
}

impl Direction {
    /// The sum of everything that is named; equal to `total`.
    #[must_use]
    pub fn accounted(&self) -> u64 {
        let named = |named: &Option<Named>| named.map_or(0, |n| n.bytes);
        self.handshake
            + self.tls
            + self.message_bytes
            + self.aborted.iter().map(|a| a.bytes).sum::<u64>()
            + self.tail.as_ref().map_or(0, |t| t.bytes)
            + named(&self.encrypted)
            + named(&self.tunnel)
            + named(&self.missing_start)
            + self.undecodable.as_ref().map_or(0, |u| u.bytes)
            + self.carried
            - self.from_others
    }
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who sent the SYN; without it, a guess by port.
    pub client: SocketAddr,
    /// The other side.
    pub server: SocketAddr,
    /// `None` if it is not RTMP, or its start is missing.
    pub handshake: Option<Handshake>,
    /// What the TLS hellos agreed on.
    pub tls: Option<Agreed>,
    /// Client to server.
    pub to_server: Direction,
    /// Server to client.
    pub to_client: Direction,
    /// Stream keys and credentials, if they were asked for.
    pub keys: Secrets,
}

impl Account {
    /// Whether it was TLS and was decrypted.
    #[must_use]
    pub fn decrypted(&self) -> bool {
        let opaque = |d: &Direction| d.encrypted.is_some_and(|e| e.kind == "tls");
        self.tls.is_some() && !opaque(&self.to_server) && !opaque(&self.to_client)
    }

    /// The direction and the first byte in it that nothing explains.
    #[must_use]
    pub fn undecodable(&self) -> Option<(&'static str, &Undecodable)> {
        let server = self.to_server.undecodable.as_ref().map(|u| ("to_server", u));
        server.or(self.to_client.undecodable.as_ref().map(|u| ("to_client", u)))
    }
}
