//! An account as JSON of schema `connection-v1`: one message per line, no content but hashes.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::account::{Account, Direction, Layer, Named};
use super::chunks::{Message, Unfinished};
use super::handshake::{First, Handshake, Layout};

#[derive(Serialize)]
struct HandshakeJson {
    c0: Option<u8>,
    s0: Option<u8>,
    kind: &'static str,
    c1: Option<FirstJson>,
    s1: Option<FirstJson>,
    c2_echoes_s1: Option<bool>,
    s2_echoes_c1: Option<bool>,
}

#[derive(Serialize)]
struct FirstJson {
    time: u32,
    version: String,
    digest: Option<&'static str>,
}

#[derive(Serialize)]
struct MessageJson {
    #[serde(rename = "type")]
    kind: u8,
    csid: u32,
    msid: u32,
    ts: u32,
    len: u32,
    sha256: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    redacted: bool,
}

#[derive(Serialize)]
struct UnfinishedJson {
    #[serde(rename = "type")]
    kind: u8,
    csid: u32,
    msid: u32,
    ts: u32,
    len: u32,
    received: u32,
}

#[derive(Serialize)]
struct TailJson {
    cause: &'static str,
    bytes: u64,
    unfinished: Vec<UnfinishedJson>,
    header_bytes: u64,
    #[serde(skip_serializing_if = "is_zero")]
    record_bytes: u64,
    packet: Option<&'static str>,
}

#[derive(Serialize)]
struct AbortedJson {
    bytes: u64,
    message: UnfinishedJson,
}

#[derive(Serialize)]
struct NamedJson {
    kind: &'static str,
    bytes: u64,
}

#[derive(Serialize)]
struct TunnelJson {
    kind: &'static str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    carried: u64,
    #[serde(skip_serializing_if = "is_zero")]
    from_others: u64,
}

#[derive(Serialize)]
struct EncryptedJson {
    kind: &'static str,
    bytes: u64,
    reason: String,
}

#[derive(Serialize)]
struct TlsJson {
    version: String,
    cipher: String,
    decrypted: bool,
}

/// What a file with one direction of RTMP holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamFile {
    /// Its name; it stands in the same folder.
    pub file: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: String,
    /// What comes after them: `"end"` (nothing), `"gap"` (bytes that were not captured) or `"undecodable"`.
    pub ends: &'static str,
}

#[derive(Serialize)]
struct UndecodableJson<'a> {
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'static str>,
    bytes: u64,
    cause: &'a str,
}

#[derive(Serialize)]
struct BytesJson {
    total: u64,
    handshake: u64,
    messages: u64,
    #[serde(skip_serializing_if = "is_zero")]
    tls: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The name of the file of a connection; they count from 0 here.
#[must_use]
pub fn file_name(connection: usize) -> String {
    format!("{:03}.json", connection + 1)
}

/// Writes an account.
///
/// # Errors
/// What `out` returns.
pub fn write(account: &Account, out: &mut impl Write) -> io::Result<()> {
    write_with(account, &[None, None], out)
}

/// Writes an account, and what the files with the streams to the server and to the client hold.
///
/// # Errors
/// What `out` returns.
pub fn write_with(
    account: &Account,
    streams: &[Option<StreamFile>; 2],
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{{")?;
    writeln!(out, " \"schema\": \"connection-v1\",")?;
    writeln!(out, " \"client\": {},", line(&account.client.to_string())?)?;
    writeln!(out, " \"server\": {},", line(&account.server.to_string())?)?;
    writeln!(out, " \"handshake\": {},", line(&account.handshake.as_ref().map(handshake))?)?;
    if let Some(tls) = tls(account) {
        writeln!(out, " \"tls\": {},", line(&tls)?)?;
    }
    direction(out, "to_server", &account.to_server, ["C1", "C2"], &streams[0])?;
    writeln!(out, ",")?;
    direction(out, "to_client", &account.to_client, ["S1", "S2"], &streams[1])?;
    writeln!(out, "\n}}")
}

fn direction(
    out: &mut impl Write,
    name: &str,
    direction: &Direction,
    packets: [&'static str; 2],
    stream: &Option<StreamFile>,
) -> io::Result<()> {
    writeln!(out, " \"{name}\": {{")?;
    write!(out, "  \"messages\": [")?;
    for (index, seen) in direction.messages.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let redacted = direction.redacted.binary_search(&index).is_ok();
        write!(out, "{comma}\n   {}", line(&message(seen, redacted))?)?;
    }
    let close = if direction.messages.is_empty() { "]" } else { "\n  ]" };
    writeln!(out, "{close},")?;
    let tail = direction.tail.as_ref().map(|tail| TailJson {
        cause: tail.cause.name(),
        bytes: tail.bytes,
        unfinished: tail.unfinished.iter().map(unfinished).collect(),
        header_bytes: tail.header,
        record_bytes: tail.record,
        packet: tail.packet.map(|number| packets[usize::from(number == 2)]),
    });
    writeln!(out, "  \"tail\": {},", line(&tail)?)?;
    let encrypted = direction.encrypted.map(|named| EncryptedJson {
        kind: named.kind,
        bytes: named.bytes,
        reason: named.reason.map_or_else(String::new, |reason| reason.to_string()),
    });
    writeln!(out, "  \"encrypted\": {},", line(&encrypted)?)?;
    writeln!(out, "  \"missing_start\": {},", line(&direction.missing_start.map(named))?)?;
    let tunnel = direction.tunnel.map(|named| TunnelJson {
        kind: named.kind,
        bytes: named.bytes,
        session: direction.session.map(file_name),
        carried: direction.carried,
        from_others: direction.from_others,
    });
    writeln!(out, "  \"tunnel\": {},", line(&tunnel)?)?;
    let aborted: Vec<_> = direction
        .aborted
        .iter()
        .map(|aborted| AbortedJson { bytes: aborted.bytes, message: unfinished(&aborted.message) })
        .collect();
    writeln!(out, "  \"aborted\": {},", line(&aborted)?)?;
    let undecodable = direction.undecodable.as_ref();
    let undecodable = undecodable.map(|u| UndecodableJson {
        offset: u.offset,
        layer: (u.layer == Layer::Rtmp).then(|| u.layer.name()),
        bytes: u.bytes,
        cause: &u.cause,
    });
    writeln!(out, "  \"undecodable\": {},", line(&undecodable)?)?;
    let bytes = BytesJson {
        total: direction.total,
        handshake: direction.handshake,
        messages: direction.message_bytes,
        tls: direction.tls,
    };
    write!(out, "  \"bytes\": {}", line(&bytes)?)?;
    if let Some(stream) = stream {
        write!(out, ",\n  \"stream\": {}", line(stream)?)?;
    }
    write!(out, "\n }}")
}

fn line(value: &impl Serialize) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::other)
}

fn handshake(handshake: &Handshake) -> HandshakeJson {
    HandshakeJson {
        c0: handshake.c0,
        s0: handshake.s0,
        kind: handshake.kind.name(),
        c1: handshake.c1.map(first),
        s1: handshake.s1.map(first),
        c2_echoes_s1: handshake.c2_echoes,
        s2_echoes_c1: handshake.s2_echoes,
    }
}

fn first(first: First) -> FirstJson {
    let version = first.version.map(|b| b.to_string()).join(".");
    FirstJson { time: first.time, version, digest: first.digest.map(Layout::name) }
}

fn message(message: &Message, redacted: bool) -> MessageJson {
    let Message { kind, csid, msid, ts, len, .. } = *message;
    MessageJson { kind, csid, msid, ts, len, sha256: hex(&message.sha256), redacted }
}

fn tls(account: &Account) -> Option<TlsJson> {
    account.tls.map(|agreed| TlsJson {
        version: agreed.version_name(),
        cipher: super::tls::suite::name(agreed.suite),
        decrypted: account.decrypted(),
    })
}

fn unfinished(message: &Unfinished) -> UnfinishedJson {
    let Unfinished { kind, csid, msid, ts, len, received } = *message;
    UnfinishedJson { kind, csid, msid, ts, len, received }
}

fn named(named: Named) -> NamedJson {
    NamedJson { kind: named.kind, bytes: named.bytes }
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
