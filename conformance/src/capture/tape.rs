//! The record of one connection on its way into the file. It lags behind: a window of bytes is held so that a key
//! which becomes known late is replaced in what came before it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::follow::{Follower, Part};
use super::rules::{Told, by_place, by_value};
use super::secrets::Secrets;
use crate::wire::pcapng::{ACK, DATA, FIN, RST, SEGMENT, SYN, SYN_ACK, Synthetic, Writer};
use crate::wire::transcript::Direction;

/// Bytes held per connection before the oldest half of them is written.
pub const WINDOW: usize = 4 << 20;
/// What the parts of them that wait for secrets may cost.
const PARTS: usize = 2 * WINDOW;
/// What a part costs beside its bytes; there may be one for each byte, since messages may be empty.
const PER_PART: usize = 96;
/// What a read costs beside its bytes.
const PER_READ: usize = 64;

/// The file of all connections.
pub struct Reel {
    inner: Mutex<Inner>,
    started: Instant,
    unix: Duration,
}

struct Inner {
    writer: Writer<BufWriter<File>>,
    failed: Option<String>,
}

impl Reel {
    /// Begins the file; `comment` stands at its beginning.
    ///
    /// # Errors
    /// When it takes no bytes.
    pub fn new(file: File, comment: String) -> io::Result<Self> {
        let mut writer = Writer::new(BufWriter::new(file), comment)?;
        writer.inner().flush()?;
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self { inner: Mutex::new(Inner { writer, failed: None }), started: Instant::now(), unix })
    }

    /// Why nothing more can be written, such as a full disk.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).failed.clone()
    }

    fn write(&self, work: impl FnOnce(&mut Writer<BufWriter<File>>) -> io::Result<()>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.failed.is_some() {
            return;
        }
        let done = work(&mut inner.writer).and_then(|()| inner.writer.inner().flush());
        inner.failed = done.err().map(|error| error.to_string());
    }

    fn unix(&self, at: Instant) -> Duration {
        self.unix + at.saturating_duration_since(self.started)
    }
}

/// What happened on the connection, in order.
enum Event {
    Data(usize),
    End { reset: bool },
}

struct Entry {
    at: Instant,
    direction: Direction,
    event: Event,
    comment: Option<String>,
}

/// Bytes of one direction that are held, and the parts that are still to be compared with secrets.
#[derive(Default)]
struct Held {
    follower: Follower,
    bytes: VecDeque<u8>,
    /// Offset of the first in the stream.
    base: u64,
    pending: Vec<Part>,
    said: bool,
}

impl Held {
    fn mask(&mut self, part: &Part, ranges: Vec<std::ops::Range<usize>>) {
        for range in ranges {
            for (at, n) in part.places(range) {
                for place in at.max(self.base)..at + n as u64 {
                    if let Some(byte) = self.bytes.get_mut((place - self.base) as usize) {
                        *byte = b'x';
                    }
                }
            }
        }
    }
}

/// The record of one connection.
pub struct Tape {
    reel: Arc<Reel>,
    synthetic: Synthetic,
    entries: VecDeque<Entry>,
    held: [Held; 2],
    /// What the held bytes cost, and what the pending parts do.
    cost: usize,
    parts: usize,
    secrets: Secrets,
    keep: bool,
    left: u64,
    ended: [bool; 2],
    reset: bool,
    note: Option<String>,
    /// The client's port in the file.
    pub port: u16,
    /// Bytes that passed, to the server and to the client; recorded or not.
    pub passed: [u64; 2],
    /// What the client said, without secrets.
    pub told: Vec<Told>,
}

fn side(direction: Direction) -> usize {
    usize::from(direction == Direction::Heard)
}

impl Tape {
    /// Begins the record with the client's SYN. `port` is the client's in the file and unique there, `keep` records
    /// keys, `most` bounds the bytes that are recorded.
    #[must_use]
    pub fn new(reel: Arc<Reel>, port: u16, index: usize, keep: bool, most: u64, comment: &str) -> Self {
        let isn = 1_000_u32.wrapping_add((index as u32).wrapping_mul(0x0010_0000));
        let mut synthetic = Synthetic::new(port, isn);
        let packet = synthetic.packet(Direction::Sent, SYN, &[]);
        reel.write(|w| w.packet(reel.unix(Instant::now()), &packet, Some(comment)));
        Self {
            reel,
            synthetic,
            entries: VecDeque::new(),
            held: Default::default(),
            cost: 0,
            parts: 0,
            secrets: Secrets::default(),
            keep,
            left: most,
            ended: [false; 2],
            reset: false,
            note: None,
            port,
            passed: [0; 2],
            told: Vec::new(),
        }
    }

    /// The server took the connection.
    pub fn accepted(&mut self) {
        let now = self.reel.unix(Instant::now());
        let packets = [
            self.synthetic.packet(Direction::Heard, SYN_ACK, &[]),
            self.synthetic.packet(Direction::Sent, ACK, &[]),
        ];
        self.reel.write(|w| packets.iter().try_for_each(|p| w.packet(now, p, None)));
    }

    /// A comment for the next packet. It must not hold a secret.
    pub fn note(&mut self, text: &str) {
        match &mut self.note {
            Some(note) => *note = format!("{note}; {text}"),
            None => self.note = Some(text.to_owned()),
        }
    }

    /// Bytes that passed.
    pub fn data(&mut self, direction: Direction, bytes: &[u8]) {
        let own = side(direction);
        self.passed[own] += bytes.len() as u64;
        let bytes = &bytes[..bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX))];
        self.left -= bytes.len() as u64;
        let peer = self.held[1 - own].follower.version();
        self.held[own].bytes.extend(bytes);
        let mut parts = Vec::new();
        self.held[own].follower.feed(bytes, peer, &mut parts);
        self.take(own, parts);
        if let (false, Some((at, why))) = (self.held[own].said, &self.held[own].follower.unreadable) {
            let text = self.unreadable(*at, why);
            self.held[own].said = true;
            self.note(&text);
        }
        if !bytes.is_empty() {
            self.cost += bytes.len() + PER_READ;
            self.entry(direction, Event::Data(bytes.len()));
        }
        if self.keep {
            self.write(0);
        } else if self.cost > WINDOW || self.parts > PARTS {
            self.write(self.cost / 2);
            if self.cost > 2 * WINDOW || self.parts > 2 * PARTS {
                // An unfinished message is older than the window, or chunks are very small.
                self.force();
                self.write(0);
            }
        }
    }

    fn unreadable(&self, at: u64, why: &str) -> String {
        let rule = if self.keep {
            "recorded as it is (--keep-keys)"
        } else {
            "from there on stream keys known by then are replaced by x, everything after the next command that \
             names a stream, and everything where no key was known"
        };
        format!("rtmpspec: byte {at} of this direction cannot be read as RTMP: {why}; {rule}")
    }

    /// Whether no more bytes are recorded, because the bound is reached.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.left == 0
    }

    /// One side closed its direction, or reset the connection.
    pub fn end(&mut self, direction: Direction, reset: bool) {
        if self.reset || self.ended[side(direction)] && !reset {
            return;
        }
        self.ended[side(direction)] = true;
        self.reset |= reset;
        // What was not recorded has no end.
        if !self.is_full() {
            self.entry(direction, Event::End { reset });
        }
    }

    /// The text of the first reason why a direction cannot be read, and which.
    #[must_use]
    pub fn first_unreadable(&self) -> Option<(&'static str, u64, &str)> {
        ["to_server", "to_client"].into_iter().zip(&self.held).find_map(|(name, held)| {
            let (at, why) = held.follower.unreadable.as_ref()?;
            Some((name, *at, &why[..]))
        })
    }

    /// Whether it is encrypted within what is recorded (RTMPE, or TLS that was passed on).
    #[must_use]
    pub fn encrypted(&self) -> bool {
        self.held.iter().any(|h| h.follower.encrypted())
    }

    /// Writes everything. Messages that are not complete are looked into as far as they came.
    pub fn finish(&mut self) {
        self.force();
        self.write(0);
        if let Some(note) = self.note.take() {
            let packet = self.synthetic.packet(Direction::Sent, ACK, &[]);
            let reel = &self.reel;
            reel.write(|w| w.packet(reel.unix(Instant::now()), &packet, Some(&note)));
        }
    }

    fn entry(&mut self, direction: Direction, event: Event) {
        let comment = self.note.take();
        self.entries.push_back(Entry { at: Instant::now(), direction, event, comment });
    }

    fn take(&mut self, own: usize, parts: Vec<Part>) {
        for part in parts {
            let ranges = by_place(&part, own == 0, &mut self.secrets, &mut self.told);
            if !self.keep {
                self.held[own].mask(&part, ranges);
                self.parts += part.cost() + PER_PART;
                self.held[own].pending.push(part);
            }
        }
    }

    /// Gives out what is unfinished as it is.
    fn force(&mut self) {
        for own in 0..2 {
            let mut parts = Vec::new();
            self.held[own].follower.flush(&mut parts);
            self.take(own, parts);
        }
    }

    /// Writes the oldest events until at most `most` bytes are held; what belongs to an unfinished message stays.
    fn write(&mut self, most: usize) {
        if self.keep {
            return self.roll(usize::MAX);
        }
        let limits: Vec<u64> =
            self.held.iter().map(|h| h.follower.unfinished().unwrap_or(u64::MAX)).collect();
        let limits = if most == 0 { vec![u64::MAX; 2] } else { limits };
        // Up to where events will be written.
        let (mut ends, mut cost, mut count) = ([self.held[0].base, self.held[1].base], self.cost, 0);
        for entry in &self.entries {
            if most > 0 && cost <= most {
                break;
            }
            if let Event::Data(n) = entry.event {
                let own = side(entry.direction);
                if ends[own] + n as u64 > limits[own] {
                    break;
                }
                ends[own] += n as u64;
                cost = cost.saturating_sub(n + PER_READ);
            }
            count += 1;
        }
        for (own, end) in ends.into_iter().enumerate() {
            let (now, later): (Vec<Part>, Vec<Part>) =
                std::mem::take(&mut self.held[own].pending).into_iter().partition(|p| p.begin() < end);
            self.held[own].pending = later;
            for part in now {
                self.parts = self.parts.saturating_sub(part.cost() + PER_PART);
                let ranges = by_value(&part, own == 0, &self.secrets);
                self.held[own].mask(&part, ranges);
            }
        }
        self.roll(count);
    }

    /// Writes the first `count` events.
    fn roll(&mut self, count: usize) {
        let count = count.min(self.entries.len());
        if count == 0 {
            return;
        }
        let mut packets: Vec<(Instant, Vec<u8>, Option<String>)> = Vec::new();
        for entry in self.entries.drain(..count) {
            let held = &mut self.held[side(entry.direction)];
            let mut comment = entry.comment;
            match entry.event {
                Event::Data(n) => {
                    held.base += n as u64;
                    self.cost = self.cost.saturating_sub(n + PER_READ);
                    let bytes: Vec<u8> = held.bytes.drain(..n).collect();
                    for segment in bytes.chunks(SEGMENT) {
                        let packet = self.synthetic.packet(entry.direction, DATA, segment);
                        packets.push((entry.at, packet, comment.take()));
                    }
                }
                Event::End { reset } => {
                    let flags = if reset { RST } else { FIN };
                    packets.push((entry.at, self.synthetic.packet(entry.direction, flags, &[]), comment));
                }
            }
        }
        let reel = &self.reel;
        reel.write(|w| packets.iter().try_for_each(|(at, p, c)| w.packet(reel.unix(*at), p, c.as_deref())));
    }
}
