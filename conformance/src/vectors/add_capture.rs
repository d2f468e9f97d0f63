//! Bytes of a vector out of a packet capture.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use crate::import::{Direction, Import, Limits, Observer, import};
use crate::wire::reader::Reader;

/// Bytes of one direction that are kept.
const KEPT: usize = 64 << 20;
/// Bytes that go to the chunk reader at a time.
const STEP: usize = 64 << 10;

/// Which bytes of a capture: `FILE#CONNECTION:to_server`, and behind it `:message=N` or `:bytes=FIRST-LAST`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The capture.
    pub file: PathBuf,
    /// From 1, in order of the SYNs: the number of the file that `vectors import` writes.
    pub connection: usize,
    /// Client to server.
    pub to_server: bool,
    /// What of the direction.
    pub what: What,
}

/// A part of a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// What the family has: the handshake, or all after it.
    Whole,
    /// The body of a message, from 1, in order of completion.
    Message(usize),
    /// First and last byte, from 0; the handshake counts.
    Bytes(usize, usize),
}

const FORM: &str = "CAPTURE#CONNECTION:to_server or CAPTURE#CONNECTION:to_client, and behind it :message=N or :bytes=FIRST-LAST";

impl std::str::FromStr for Pick {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("{why}; the form is {FORM}");
        let (file, rest) = text.rsplit_once('#').ok_or_else(|| wrong("no `#` and connection"))?;
        let mut parts = rest.split(':');
        let connection = parts.next().unwrap_or_default();
        let connection = connection.parse().ok().filter(|n| *n > 0);
        let connection = connection.ok_or_else(|| wrong("behind `#` stands the connection, from 1"))?;
        let to_server = match parts.next() {
            Some("to_server") => true,
            Some("to_client") => false,
            _ => return Err(wrong("behind the connection stands :to_server or :to_client")),
        };
        let number = |text: &str| text.parse::<usize>().ok();
        let what = match parts.next().map(|part| part.split_once('=').unwrap_or((part, ""))) {
            None => Some(What::Whole),
            Some(("message", n)) => number(n).filter(|n| *n > 0).map(What::Message),
            Some(("bytes", range)) => range
                .split_once('-')
                .and_then(|(first, last)| Some((number(first)?, number(last)?)))
                .filter(|(first, last)| first <= last)
                .map(|(first, last)| What::Bytes(first, last)),
            Some(_) => None,
        };
        let what = what.filter(|_| parts.next().is_none());
        let what = what
            .ok_or_else(|| wrong("behind the direction stands nothing, :message=N or :bytes=FIRST-LAST"))?;
        if file.is_empty() {
            return Err(wrong("no capture in front of `#`"));
        }
        Ok(Self { file: file.into(), connection, to_server, what })
    }
}

/// Keeps one direction of one connection.
struct Keep {
    connection: usize,
    to_server: bool,
    bytes: Vec<u8>,
}

impl Observer for Keep {
    fn bytes(&mut self, connection: usize, to_server: bool, bytes: &[u8]) {
        if (connection, to_server) == (self.connection, self.to_server) {
            let room = KEPT.saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}

/// The bytes for a vector of `family`, such as `chunk-stream-v1`.
///
/// # Errors
/// The file cannot be read, or does not have what is picked; with what it has.
pub fn bytes(pick: &Pick, family: &str) -> Result<Vec<u8>, String> {
    let name = pick.file.display();
    let file = File::open(&pick.file).map_err(|error| format!("{name}: {error}"))?;
    let mut keep = Keep { connection: pick.connection - 1, to_server: pick.to_server, bytes: Vec::new() };
    let read =
        import(BufReader::new(file), Limits::default(), &mut keep).map_err(|e| format!("{name}: {e}"))?;
    let direction = direction(&read, pick)?;
    let handshake = usize::try_from(direction.handshake).unwrap_or(usize::MAX).min(keep.bytes.len());
    match pick.what {
        What::Bytes(first, last) => keep.bytes.get(first..=last).map(<[u8]>::to_vec).ok_or_else(|| {
            format!("{name}: {first}-{last} is not within the {} bytes of this direction", keep.bytes.len())
        }),
        What::Message(number) => {
            message(direction, &keep.bytes[handshake..], number).map_err(|e| format!("{name}: {e}"))
        }
        What::Whole if family.starts_with("handshake") => Ok(keep.bytes[..handshake].to_vec()),
        What::Whole if family.starts_with("chunk-stream") || family.starts_with("control") => {
            readable(direction).map_err(|e| format!("{name}: {e}"))?;
            Ok(keep.bytes[handshake..].to_vec())
        }
        What::Whole => Err(format!(
            "{name}: a vector of {family} is one message or a part of one: put :message=N (1 to {}) behind the \
             direction, or :bytes=FIRST-LAST; `rtmpspec vectors import {name} --out DIR` lists the messages",
            direction.messages.len()
        )),
    }
}

fn direction<'a>(read: &'a Import, pick: &Pick) -> Result<&'a Direction, String> {
    let name = pick.file.display();
    let account = read.connections.get(pick.connection - 1).ok_or_else(|| match read.connections.len() {
        0 => format!("{name}: no TCP connection is in this capture"),
        1 => format!("{name}: no connection {}: it has one, #1", pick.connection),
        many => format!("{name}: no connection {}: it has {many}, #1 to #{many}", pick.connection),
    })?;
    Ok(if pick.to_server { &account.to_server } else { &account.to_client })
}

/// Whether chunks can be read from the end of the handshake on.
fn readable(direction: &Direction) -> Result<(), String> {
    let named = [
        ("is encrypted", direction.encrypted),
        ("is RTMP in HTTP", direction.tunnel),
        ("has no beginning in this capture", direction.missing_start),
    ];
    if let Some((why, _)) = named.iter().find(|(_, named)| named.is_some()) {
        return Err(format!("this direction {why}: only :bytes=FIRST-LAST can be taken from it"));
    }
    Ok(())
}

fn message(direction: &Direction, chunks: &[u8], number: usize) -> Result<Vec<u8>, String> {
    readable(direction)?;
    let mut reader = Reader::default();
    let mut left = number;
    for step in chunks.chunks(STEP) {
        for message in reader.feed(step) {
            left -= 1;
            if left == 0 {
                return Ok(message.body);
            }
        }
    }
    let broken =
        reader.broken.map_or_else(String::new, |why| format!(" before it cannot be read further ({why})"));
    Err(format!("no message {number}: this direction has {}{broken}", number - left))
}

#[cfg(test)]
mod tests {
    use super::{Pick, What};

    #[test]
    fn forms() {
        let pick = |text: &str| text.parse::<Pick>();
        let good = pick("a#b.pcapng#2:to_client:bytes=0-15").unwrap();
        assert_eq!((good.file.to_str(), good.connection, good.to_server), (Some("a#b.pcapng"), 2, false));
        assert_eq!(good.what, What::Bytes(0, 15));
        assert_eq!(pick("x#1:to_server").unwrap().what, What::Whole);
        assert_eq!(pick("x#1:to_server:message=3").unwrap().what, What::Message(3));
        for bad in [
            "x",
            "#1:to_server",
            "x#0:to_server",
            "x#1",
            "x#1:up",
            "x#1:to_server:message=0",
            "x#1:to_server:bytes=5-4",
            "x#1:to_server:bytes=5",
            "x#1:to_server:bytes=99999999999999999999-1",
            "x#1:to_server:message=1:more",
        ] {
            assert!(pick(bad).unwrap_err().contains("the form is CAPTURE#"), "{bad}");
        }
    }
}
