//! `vectors import`: what the corpus is made from.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::{complain, print};
use crate::import::{Account, Direction, Failure, Import, Limits, import, json};

/// `rtmpspec vectors import`
#[derive(Args)]
#[command(after_help = "Examples:
  dumpcap -i lo -f 'tcp port 1935' -w live.pcapng      make a capture, Ctrl-C ends it
  rtmpspec vectors import live.pcapng --out live       writes live/001.json, live/002.json, ...

One file per TCP connection, in order of their SYNs, schema connection-v1: both ends, the handshake,
and for each direction (to_server, to_client) every message in order of completion with type, csid,
msid, ts (absolute, ms), len and the SHA-256 of its body. Every other byte is named:
  tail           an unfinished message or handshake packet at the end, and why it ended
  aborted        a message that Abort ended
  encrypted      TLS, or what follows an RTMPE handshake; neither is decrypted
  tunnel         RTMP in HTTP (RTMPT); it is not unpacked
  missing_start  the capture began within the connection
  undecodable    none of these, such as a connection that is not RTMP: where it begins, and why
Bodies, and so stream keys, are not written.

Read are pcap and pcapng with Ethernet, raw IP, Linux cooked (SLL, SLL2) or BSD loopback, IPv4, IPv6.

Exit codes:
  0 every byte is explained
  1 a byte is not: its connection, direction and offset are printed; or a limit was passed
  2 the file is no capture or cannot be read, or the folder cannot be written")]
pub(super) struct ImportArgs {
    /// The capture: pcap or pcapng.
    #[arg(value_name = "PCAP")]
    file: PathBuf,
    /// Folder for NNN.json; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// TLS secrets (SSLKEYLOGFILE format). They are not used yet: TLS stays `encrypted`.
    #[arg(long, value_name = "FILE")]
    keylog: Option<PathBuf>,
}

impl ImportArgs {
    /// Runs it; the exit code.
    pub(super) fn run(self) -> u8 {
        let name = self.file.display();
        if let Some(keylog) = &self.keylog
            && let Err(error) = File::open(keylog)
        {
            complain(&format!("--keylog {}: {error}", keylog.display()));
            return 2;
        }
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) => {
                complain(&format!("{name}: {error}"));
                return 2;
            }
        };
        let read = match import(BufReader::new(file), Limits::default(), &mut ()) {
            Ok(read) => read,
            Err(failure @ Failure::File(_)) => {
                complain(&format!("{name}: {failure}"));
                return 2;
            }
            Err(failure @ Failure::Limit { .. }) => {
                complain(&format!("{name}: {failure}"));
                return 1;
            }
        };
        if let Err(text) = write(&self.out, &read.connections) {
            complain(&text);
            return 2;
        }
        print(&report(&read, self.keylog.is_some()));
        u8::from(complaints(&read.connections))
    }
}

fn file_name(index: usize) -> String {
    format!("{:03}.json", index + 1)
}

/// Writes the accounts.
fn write(folder: &Path, connections: &[Account]) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    for entry in fs::read_dir(folder).map_err(|e| failed(folder, e))? {
        let name = entry.map_err(|e| failed(folder, e))?.file_name();
        let number = name.to_str().and_then(|n| n.strip_suffix(".json")).filter(|n| n.len() >= 3);
        if number.and_then(|n| n.parse::<usize>().ok()).is_some_and(|n| n == 0 || n > connections.len()) {
            return Err(format!(
                "{}: {} is there from an earlier import and would look like a part of this one; \
                 remove it, or name another folder",
                folder.display(),
                name.display()
            ));
        }
    }
    for (index, account) in connections.iter().enumerate() {
        let path = folder.join(file_name(index));
        let mut out = BufWriter::new(File::create(&path).map_err(|e| failed(&path, e))?);
        json::write(account, &mut out).and_then(|()| out.flush()).map_err(|e| failed(&path, e))?;
    }
    Ok(())
}

/// Prints what is not explained; whether there was any.
fn complaints(connections: &[Account]) -> bool {
    let mut any = false;
    for (index, account) in connections.iter().enumerate() {
        for (direction, seen) in [("to_server", &account.to_server), ("to_client", &account.to_client)] {
            if let Some(at) = &seen.undecodable {
                any = true;
                complain(&format!(
                    "{} ({} to {}) {direction}, offset {}: {}; {} bytes from there on are not explained",
                    file_name(index),
                    account.client,
                    account.server,
                    at.offset,
                    at.cause,
                    at.bytes
                ));
            }
        }
    }
    any
}

fn report(read: &Import, keylog: bool) -> String {
    let mut text = String::new();
    for (index, account) in read.connections.iter().enumerate() {
        let kind = account
            .handshake
            .as_ref()
            .map_or("no handshake".to_owned(), |h| format!("{} handshake", h.kind.name()));
        text += &format!("{}  {} to {}  {kind}\n", file_name(index), account.client, account.server);
        text += &format!("  to_server  {}\n", summary(&account.to_server));
        text += &format!("  to_client  {}\n", summary(&account.to_client));
    }
    if read.connections.is_empty() {
        text += "no TCP connection is in this capture\n";
    }
    let skipped = &read.skipped;
    let tls = read
        .connections
        .iter()
        .any(|a| [&a.to_server, &a.to_client].iter().any(|d| d.encrypted.is_some_and(|e| e.kind == "tls")));
    if tls && (keylog || skipped.secrets > 0) {
        text += "note: TLS secrets are given, but TLS is not decrypted by this version\n";
    }
    if let Some((link, count)) = skipped.link {
        text += &format!("note: {count} packets have a link type that is not read, such as {link}\n");
    }
    if skipped.fragments > 0 {
        text += &format!("note: {} IP fragments were not put together\n", skipped.fragments);
    }
    if skipped.other > 0 {
        text += &format!("note: {} packets hold no whole TCP header\n", skipped.other);
    }
    if skipped.cut {
        text += "note: the file ends within a packet\n";
    }
    text
}

fn summary(direction: &Direction) -> String {
    let mut parts = vec![format!("{} bytes", direction.total)];
    if direction.handshake > 0 {
        parts.push(format!("{} messages", direction.messages.len()));
    }
    if let Some(tail) = &direction.tail {
        parts.push(format!("tail of {} bytes ({})", tail.bytes, tail.cause.name()));
    }
    if !direction.aborted.is_empty() {
        parts.push(format!("{} aborted", direction.aborted.len()));
    }
    for (what, named) in [
        ("encrypted", direction.encrypted),
        ("tunnel", direction.tunnel),
        ("missing start", direction.missing_start),
    ] {
        if let Some(named) = named {
            parts.push(format!("{what}: {} bytes, {}", named.bytes, named.kind));
        }
    }
    if let Some(at) = &direction.undecodable {
        parts.push(format!("undecodable from offset {}", at.offset));
    }
    if direction.tcp.conflicting > 0 {
        parts.push(format!("{} bytes came twice with different values", direction.tcp.conflicting));
    }
    parts.join(", ")
}
