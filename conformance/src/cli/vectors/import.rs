//! `vectors import`: what the corpus is made from.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::cli::{complain, print};
use crate::import::account::Layer;
use crate::import::json::{StreamFile, file_name};
use crate::import::stream_files::{self, Writer};
use crate::import::tls::Secrets;
use crate::import::{self, Account, Direction, Failure, Import, KeyHandling, Observer, Options};

/// Bytes of a key log that are read.
const KEY_LOG: u64 = 64 << 20;

/// `rtmpspec vectors import`
#[derive(Args)]
#[command(after_help = "Examples:
  dumpcap -i lo -f 'tcp port 1935' -w live.pcapng      make a capture, Ctrl-C ends it
  rtmpspec vectors import live.pcapng --out live       writes live/001.json, live/002.json, ...
  rtmpspec vectors import live.pcapng --out live --streams
                                     and live/001.to_server.rtmp, live/001.to_client.rtmp, ...
  SSLKEYLOGFILE=keys.txt PROGRAM rtmps://...           many TLS programs write their secrets there
  rtmpspec vectors import tls.pcapng --out tls --keylog keys.txt
  editcap --inject-secrets tls,keys.txt tls.pcapng whole.pcapng
                                     a capture that carries its secrets needs no --keylog

One file per TCP connection, in order of their SYNs, schema connection-v1
(vectors/schema/connection-v1.schema.json): both ends, the handshake, and for each direction
(to_server, to_client) every message in order of completion with type, csid, msid, ts (absolute, ms),
len and the SHA-256 of its body. Every other byte is named:
  bytes.tls      headers, tags and handshake of TLS that was decrypted
  tail           an unfinished message, handshake packet or TLS record at the end, and why it ended
  aborted        a message that Abort ended
  encrypted      TLS that was not decrypted, or what follows an RTMPE handshake, and why
  tunnel         HTTP around RTMP (RTMPT); the messages stand with the connection that opened the
                 session, `session` names its file
  missing_start  the capture began within the connection
  undecodable    none of these, such as a connection that is not RTMP: where it begins, and why

TLS 1.2 and 1.3 with AES-GCM or ChaCha20-Poly1305 are decrypted where the secrets are in the capture
(pcapng, Decryption Secrets Blocks) or in --keylog.

Bodies are not written without --streams. With it, the same number of x stands in place of stream
keys and credentials, by the rules of `rtmpspec vectors capture` (see its --help): byte for byte
what it records without --keep-keys; only that a key is replaced however late it is named. A
message that held one has \"redacted\": true, and its SHA-256 is that of the body as it was
written. --keep-keys writes what was sent. A stream file ends where the capture misses bytes; and,
unless keys are kept, where the stream cannot be decoded.

Without --streams, and with --keep-keys, the SHA-256 is that of what was sent: it does not show a
stream key, but who guesses the key can confirm it. Give away what --streams wrote.

Read are pcap and pcapng with Ethernet, raw IP, Linux cooked (SLL, SLL2) or BSD loopback, IPv4,
IPv6.

Exit codes:
  0 every byte is explained
  1 a byte is not: its connection, direction and offset are printed; or a limit was passed
  2 usage; the file is no capture or cannot be read, or the folder cannot be written")]
pub(super) struct ImportArgs {
    /// The capture: pcap or pcapng.
    #[arg(value_name = "PCAP")]
    file: PathBuf,
    /// Folder for NNN.json; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// TLS secrets in the NSS key log format, as programs write them to SSLKEYLOGFILE.
    #[arg(long, value_name = "FILE")]
    keylog: Option<PathBuf>,
    /// Write the RTMP stream of each direction too, decrypted, with stream keys replaced.
    #[arg(long)]
    streams: bool,
    /// Leave stream keys in what --streams writes.
    #[arg(long, requires = "streams")]
    keep_keys: bool,
    /// Print the summary as JSON (schema import-v1).
    #[arg(long)]
    json: bool,
}

/// Why nothing more is done, and the exit code.
struct Stop(String, u8);

impl ImportArgs {
    /// Runs it; the exit code.
    pub(super) fn run(self) -> u8 {
        self.all().unwrap_or_else(|Stop(text, code)| {
            complain(&text);
            code
        })
    }

    fn all(&self) -> Result<u8, Stop> {
        let mut secrets = self.keylog.as_deref().map(key_log).transpose()?.unwrap_or_default();
        let again = fs::metadata(&self.file).is_ok_and(|m| m.is_file());
        if again {
            // Secrets may stand behind the packets they open.
            let file = self.open("secrets")?;
            import::file::secrets(file, &mut secrets).map_err(|failure| self.stop(&failure))?;
        } else if self.streams && self.file.exists() {
            let name = self.file.display();
            let text = format!("{name}: --streams reads it more than once; save it as a file first");
            return Err(Stop(text, 2));
        }
        let learn = self.streams && !self.keep_keys;
        let keys = if learn { KeyHandling::Learn } else { KeyHandling::Ignore };
        let with = |keys| Options { secrets: secrets.clone(), keys, ..Options::default() };
        let mut read = self.import(with(keys), &mut ())?;
        let mut places = None;
        if learn {
            let found = read.connections.into_iter().map(|account| Rc::new(account.keys)).collect();
            read = self.import(with(KeyHandling::Find(found)), &mut ())?;
            let take = |account: &mut Account| {
                [&mut account.to_server, &mut account.to_client]
                    .map(|direction| Rc::new(std::mem::take(&mut direction.places)))
            };
            places = Some(read.connections.iter_mut().map(take).collect::<Vec<_>>());
        }
        prepare(&self.out, &read.connections, self.streams).map_err(|text| Stop(text, 2))?;
        let streams = if self.streams {
            let failed =
                |(path, error): (PathBuf, std::io::Error)| Stop(format!("{}: {error}", path.display()), 2);
            let mut writer = Writer::new(&self.out, &read.connections, places.as_deref()).map_err(failed)?;
            // Hashes of what was sent are in memory no longer.
            drop(read);
            read =
                self.import(with(places.map_or(KeyHandling::Ignore, KeyHandling::Replace)), &mut writer)?;
            writer.finish().map_err(failed)?
        } else {
            read.connections.iter().map(|_| [None, None]).collect()
        };
        write(&self.out, &read.connections, &streams).map_err(|text| Stop(text, 2))?;
        let code = u8::from(complaints(&read.connections));
        if self.json {
            print(&format!("{}\n", summary_json(&read, &streams, code)));
        } else {
            print(&report(&read));
        }
        Ok(code)
    }

    /// The capture, with a progress line on a terminal.
    fn open(&self, what: &'static str) -> Result<impl std::io::Read, Stop> {
        let failed = |error| Stop(format!("{}: {error}", self.file.display()), 2);
        let file = File::open(&self.file).map_err(failed)?;
        let total = file.metadata().map_err(failed)?.len();
        let shown = std::io::stderr().is_terminal() && total > 16 << 20;
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("reading {msg}: {bytes} of {total_bytes}, {eta} left")
        {
            bar.set_style(style);
        }
        Ok(bar.wrap_read(BufReader::new(file)))
    }

    fn import(&self, options: Options, observer: &mut dyn Observer) -> Result<Import, Stop> {
        let what = match &options.keys {
            KeyHandling::Find(_) => "packets again",
            KeyHandling::Replace(_) => "packets once more",
            _ => "packets",
        };
        import::read(self.open(what)?, options, observer).map_err(|failure| self.stop(&failure))
    }

    fn stop(&self, failure: &Failure) -> Stop {
        let code = if matches!(failure, Failure::File(_)) { 2 } else { 1 };
        Stop(format!("{}: {failure}", self.file.display()), code)
    }
}

/// Reads a key log.
fn key_log(path: &Path) -> Result<Secrets, Stop> {
    use std::io::Read as _;
    let failed = |what: String| Stop(format!("--keylog {}: {what}", path.display()), 2);
    let mut log = Vec::new();
    let file = File::open(path).map_err(|e| failed(e.to_string()))?;
    file.take(KEY_LOG + 1).read_to_end(&mut log).map_err(|e| failed(e.to_string()))?;
    if log.len() as u64 > KEY_LOG {
        return Err(failed("more than 64 MiB: keep only the lines of this capture".into()));
    }
    let mut secrets = Secrets::default();
    if secrets.add(&log) == 0 {
        let text = "no TLS secret is in it; lines such as `CLIENT_RANDOM 64-HEX-DIGITS 96-HEX-DIGITS` are \
                    expected, as programs write them to SSLKEYLOGFILE";
        return Err(failed(text.into()));
    }
    Ok(secrets)
}

/// Makes the folder, if nothing in it would be taken for a part of this import.
fn prepare(folder: &Path, connections: &[Account], streams: bool) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    let ours = |index: usize, account: &Account| {
        let stream = |to_server, direction: &Direction| {
            (streams && direction.rtmp > 0).then(|| stream_files::name(index, to_server))
        };
        [Some(file_name(index)), stream(true, &account.to_server), stream(false, &account.to_client)]
    };
    let ours: BTreeSet<String> =
        connections.iter().enumerate().flat_map(|(i, a)| ours(i, a)).flatten().collect();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let number = name.to_str().and_then(|n| {
            [".json", ".to_server.rtmp", ".to_client.rtmp"].iter().find_map(|end| n.strip_suffix(end))
        });
        let number = number.filter(|n| n.len() >= 3 && n.bytes().all(|b| b.is_ascii_digit()));
        if number.is_some() && name.to_str().is_some_and(|n| !ours.contains(n)) {
            return Err(format!(
                "{}: {} is there from an earlier import and would look like a part of this one; \
                 remove it, or name another folder",
                folder.display(),
                name.display()
            ));
        }
    }
    Ok(())
}

/// Writes the accounts.
fn write(folder: &Path, connections: &[Account], streams: &[[Option<StreamFile>; 2]]) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    for (index, (account, streams)) in connections.iter().zip(streams).enumerate() {
        let path = folder.join(file_name(index));
        let mut out = BufWriter::new(File::create(&path).map_err(|e| failed(&path, e))?);
        import::json::write_with(account, streams, &mut out)
            .and_then(|()| out.flush())
            .map_err(|e| failed(&path, e))?;
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
                    "{} ({} to {}) {direction}, offset {}{}: {}; {} bytes from there on are not explained",
                    file_name(index),
                    account.client,
                    account.server,
                    at.offset,
                    if at.layer == Layer::Rtmp { " of the decrypted stream" } else { "" },
                    at.cause,
                    at.bytes
                ));
            }
        }
    }
    any
}

fn report(read: &Import) -> String {
    let mut text = String::new();
    for (index, account) in read.connections.iter().enumerate() {
        let kind = account
            .handshake
            .as_ref()
            .map_or("no handshake".to_owned(), |h| format!("{} handshake", h.kind.name()));
        text += &format!("{}  {} to {}  {kind}", file_name(index), account.client, account.server);
        if let Some(tls) = account.tls {
            let cipher = import::tls::suite::name(tls.suite);
            text += &format!(", TLS {} {cipher}", tls.version_name());
        }
        text += &format!("\n  to_server  {}\n", summary(&account.to_server));
        text += &format!("  to_client  {}\n", summary(&account.to_client));
    }
    if read.connections.is_empty() {
        text += "no TCP connection is in this capture\n";
    }
    for note in notes(read) {
        text += &format!("note: {note}\n");
    }
    text
}

fn notes(read: &Import) -> Vec<String> {
    let skipped = &read.skipped;
    let mut notes = Vec::new();
    if let Some((link, count)) = skipped.link {
        notes.push(format!("{count} packets have a link type that is not read, such as {link}"));
    }
    if skipped.fragments > 0 {
        notes.push(format!("{} IP fragments were not put together", skipped.fragments));
    }
    if skipped.other > 0 {
        notes.push(format!("{} packets hold no whole TCP header", skipped.other));
    }
    if skipped.cut {
        notes.push("the file ends within a packet".into());
    }
    notes
}

/// The summary for programs.
fn summary_json(read: &Import, streams: &[[Option<StreamFile>; 2]], code: u8) -> Value {
    let direction = |direction: &Direction, stream: &Option<StreamFile>| {
        json!({
            "bytes": direction.total,
            "messages": direction.messages.len(),
            "redacted": direction.redacted.len(),
            "tail": direction.tail.as_ref().map(|t| json!({"bytes": t.bytes, "cause": t.cause.name()})),
            "encrypted": direction.encrypted.map(|e| e.reason.map(|r| r.to_string())),
            "undecodable": direction.undecodable.as_ref().map(|u| json!({
                "offset": u.offset, "layer": u.layer.name(), "bytes": u.bytes, "cause": u.cause
            })),
            "stream": stream.as_ref().map(|s| &s.file),
        })
    };
    let connections: Vec<Value> = read
        .connections
        .iter()
        .zip(streams)
        .enumerate()
        .map(|(index, (account, streams))| {
            json!({
                "file": file_name(index),
                "client": account.client.to_string(),
                "server": account.server.to_string(),
                "handshake": account.handshake.as_ref().map(|h| h.kind.name()),
                "decrypted": account.decrypted(),
                "to_server": direction(&account.to_server, &streams[0]),
                "to_client": direction(&account.to_client, &streams[1]),
            })
        })
        .collect();
    json!({"schema": "import-v1", "exit": code, "connections": connections, "notes": notes(read)})
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
            if let Some(reason) = named.reason {
                parts.push(reason.to_string());
            }
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
