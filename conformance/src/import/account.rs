//! What a connection consists of, to the last byte.

use std::net::SocketAddr;

use super::chunks::{Aborted, Message, Unfinished};
use super::handshake::Handshake;
use super::tcp::Oddities;

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
}

/// Bytes that nothing explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// Offset of the first such byte in its direction.
    pub offset: u64,
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
    /// TLS, or what follows an RTMPE handshake.
    pub encrypted: Option<Named>,
    /// RTMP in HTTP.
    pub tunnel: Option<Named>,
    /// The capture began within the connection.
    pub missing_start: Option<Named>,
    /// What nothing explains.
    pub undecodable: Option<Undecodable>,
    /// What TCP showed.
    pub tcp: Oddities,
}

impl Direction {
    /// The sum of everything that is named; equal to `total`.
    #[must_use]
    pub fn accounted(&self) -> u64 {
        let named = |named: &Option<Named>| named.map_or(0, |n| n.bytes);
        self.handshake
            + self.message_bytes
            + self.aborted.iter().map(|a| a.bytes).sum::<u64>()
            + self.tail.as_ref().map_or(0, |t| t.bytes)
            + named(&self.encrypted)
            + named(&self.tunnel)
            + named(&self.missing_start)
            + self.undecodable.as_ref().map_or(0, |u| u.bytes)
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
    /// Client to server.
    pub to_server: Direction,
    /// Server to client.
    pub to_client: Direction,
}

impl Account {
    /// The direction and the first byte in it that nothing explains.
    #[must_use]
    pub fn undecodable(&self) -> Option<(&'static str, &Undecodable)> {
        let server = self.to_server.undecodable.as_ref().map(|u| ("to_server", u));
        server.or(self.to_client.undecodable.as_ref().map(|u| ("to_client", u)))
    }
}
