//! An account as JSON of schema `connection-v1`: one message per line, no content but hashes.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::account::{Account, Direction, Named};
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
struct UndecodableJson<'a> {
    offset: u64,
    bytes: u64,
    cause: &'a str,
}

#[derive(Serialize)]
struct BytesJson {
    total: u64,
    handshake: u64,
    messages: u64,
}

/// Writes an account.
///
/// # Errors
/// What `out` returns.
pub fn write(account: &Account, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{{")?;
    writeln!(out, " \"schema\": \"connection-v1\",")?;
    writeln!(out, " \"client\": {},", line(&account.client.to_string())?)?;
    writeln!(out, " \"server\": {},", line(&account.server.to_string())?)?;
    writeln!(out, " \"handshake\": {},", line(&account.handshake.as_ref().map(handshake))?)?;
    direction(out, "to_server", &account.to_server, ["C1", "C2"])?;
    writeln!(out, ",")?;
    direction(out, "to_client", &account.to_client, ["S1", "S2"])?;
    writeln!(out, "\n}}")
}

fn direction(
    out: &mut impl Write,
    name: &str,
    direction: &Direction,
    packets: [&'static str; 2],
) -> io::Result<()> {
    writeln!(out, " \"{name}\": {{")?;
    write!(out, "  \"messages\": [")?;
    for (index, seen) in direction.messages.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}\n   {}", line(&message(seen))?)?;
    }
    let close = if direction.messages.is_empty() { "]" } else { "\n  ]" };
    writeln!(out, "{close},")?;
    let tail = direction.tail.as_ref().map(|tail| TailJson {
        cause: tail.cause.name(),
        bytes: tail.bytes,
        unfinished: tail.unfinished.iter().map(unfinished).collect(),
        header_bytes: tail.header,
        packet: tail.packet.map(|number| packets[usize::from(number == 2)]),
    });
    writeln!(out, "  \"tail\": {},", line(&tail)?)?;
    for (key, value) in [
        ("encrypted", direction.encrypted),
        ("missing_start", direction.missing_start),
        ("tunnel", direction.tunnel),
    ] {
        writeln!(out, "  \"{key}\": {},", line(&value.map(named))?)?;
    }
    let aborted: Vec<_> = direction
        .aborted
        .iter()
        .map(|aborted| AbortedJson { bytes: aborted.bytes, message: unfinished(&aborted.message) })
        .collect();
    writeln!(out, "  \"aborted\": {},", line(&aborted)?)?;
    let undecodable = direction.undecodable.as_ref();
    let undecodable =
        undecodable.map(|u| UndecodableJson { offset: u.offset, bytes: u.bytes, cause: &u.cause });
    writeln!(out, "  \"undecodable\": {},", line(&undecodable)?)?;
    let bytes = BytesJson {
        total: direction.total,
        handshake: direction.handshake,
        messages: direction.message_bytes,
    };
    writeln!(out, "  \"bytes\": {}", line(&bytes)?)?;
    write!(out, " }}")
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

fn message(message: &Message) -> MessageJson {
    let Message { kind, csid, msid, ts, len, .. } = *message;
    MessageJson { kind, csid, msid, ts, len, sha256: hex(&message.sha256) }
}

fn unfinished(message: &Unfinished) -> UnfinishedJson {
    let Unfinished { kind, csid, msid, ts, len, received } = *message;
    UnfinishedJson { kind, csid, msid, ts, len, received }
}

fn named(named: Named) -> NamedJson {
    NamedJson { kind: named.kind, bytes: named.bytes }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
