//! What a connection carries, by the first bytes of both sides.

use super::handshake;

/// Bytes kept of a side while the other has to be waited for.
pub const KEPT: usize = 64 << 10;

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// RTMP, plain or with digests.
    Rtmp,
    /// RTMP whose chunks are encrypted.
    Rtmpe,
    /// TLS.
    Tls,
    /// RTMP in HTTP.
    Rtmpt,
    /// RTMP perhaps, but the capture began within it.
    Middle,
    /// Something else.
    Other,
}

/// The beginning of one side.
#[derive(Debug, Default)]
pub struct Side {
    /// Up to [`KEPT`] bytes.
    pub bytes: Vec<u8>,
    /// Whether they are the first of the connection.
    pub start_seen: bool,
}

/// Decides; `None` while more bytes are needed. `last`: no more will come.
#[must_use]
pub fn decide(client: &Side, server: &Side, last: bool) -> Option<Carries> {
    let last = last || client.bytes.len() >= KEPT || server.bytes.len() >= KEPT;
    if !client.start_seen && !server.start_seen {
        return middle(&client.bytes, &server.bytes, last);
    }
    if client.start_seen && !client.bytes.is_empty() {
        return by_client(&client.bytes, server, last);
    }
    if !last {
        return None;
    }
    if !server.start_seen || server.bytes.is_empty() {
        return Some(if tls(&client.bytes) { Carries::Tls } else { Carries::Middle });
    }
    Some(match &server.bytes[..] {
        [3, ..] => Carries::Rtmp,
        [6 | 8 | 9, ..] => Carries::Rtmpe,
        bytes if tls(bytes) => Carries::Tls,
        bytes if bytes.starts_with(b"HTTP/1.") && tunnel_type(bytes) => Carries::Rtmpt,
        _ => Carries::Other,
    })
}

fn by_client(client: &[u8], server: &Side, last: bool) -> Option<Carries> {
    let answer = server.bytes.first().filter(|_| server.start_seen);
    match (client[0], answer) {
        (3, _) => Some(Carries::Rtmp),
        (0x16, _) if client.len() < 3 && !last => None,
        (0x16, _) if tls(client) => Some(Carries::Tls),
        // A server answers 3 where it does not speak what was asked for (RTMP 5.2.2, errata E-03).
        (0..32, Some(3)) => Some(Carries::Rtmp),
        (6 | 8 | 9, Some(6 | 8 | 9)) => Some(Carries::Rtmpe),
        (0..32, Some(_)) => Some(Carries::Other),
        (0..32, None) if !last => None,
        (6 | 8 | 9, None) => Some(Carries::Rtmpe),
        (b'P', _) if client.len() < 12 && !last => None,
        (b'P', _) => Some(if tunnel(client) { Carries::Rtmpt } else { Carries::Other }),
        _ => Some(Carries::Other),
    }
}

/// Neither side's start was captured.
fn middle(client: &[u8], server: &[u8], last: bool) -> Option<Carries> {
    if tls(client) || tls(server) {
        return Some(Carries::Tls);
    }
    if tunnel(client) {
        return Some(Carries::Rtmpt);
    }
    let whole = |bytes: &[u8]| bytes.len() > handshake::PACKET;
    if !(last || whole(client) && whole(server)) {
        return None;
    }
    let start = |bytes| handshake::likely(bytes);
    Some(if start(client) || start(server) { Carries::Rtmp } else { Carries::Middle })
}

/// A TLS record header (RFC 8446, 5.1).
fn tls(bytes: &[u8]) -> bool {
    matches!(bytes, [0x14..=0x17, 3, 0..=4, ..])
}

/// The requests of RTMPT (RTMPT memo; fcs/ident2 comes first from some clients).
fn tunnel(bytes: &[u8]) -> bool {
    [&b"POST /open/"[..], b"POST /idle/", b"POST /send/", b"POST /close/", b"POST /fcs/"]
        .iter()
        .any(|start| bytes.starts_with(start))
}

fn tunnel_type(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    head.windows(17).any(|w| w.eq_ignore_ascii_case(b"application/x-fcs"))
}
