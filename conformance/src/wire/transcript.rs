//! What happened in one case, as lines for people and packets for Wireshark.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Bytes kept per connection and direction; what comes after is counted and not kept.
const KEPT_BYTES: usize = 2 << 20;
/// Bytes kept per case, all connections together.
const KEPT_PER_CASE: usize = 32 << 20;
/// What a packet costs beside its bytes.
const PER_PACKET: usize = 64;
/// Characters kept of a line: names and codes come from the target.
const LINE: usize = 1_000;
/// Lines kept per case.
const KEPT_LINES: usize = 5_000;

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the suite to the target.
    Sent,
    /// From the target to the suite.
    Heard,
}

/// Bytes that went one way at one time.
#[derive(Debug, Clone)]
pub struct Packet {
    /// Since the start of the case.
    pub at: Duration,
    /// Which way.
    pub direction: Direction,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The record of one connection.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// `publisher`, `player`, ...
    pub name: String,
    /// Local port, for the capture.
    pub local_port: u16,
    /// The target's real port.
    pub remote_port: u16,
    /// In order of time.
    pub packets: Vec<Packet>,
    /// Bytes not kept, sent and heard.
    pub dropped: [u64; 2],
    /// What is kept takes this much, sent and heard.
    pub kept: [usize; 2],
    /// How it ended, with the time.
    pub end: Option<(Duration, Direction, bool)>,
}

/// The record of one case.
#[derive(Debug)]
pub struct Transcript {
    started: Instant,
    inner: Mutex<Inner>,
    held: AtomicUsize,
}

#[derive(Debug, Default)]
struct Inner {
    lines: Vec<String>,
    lines_dropped: usize,
    connections: Vec<Connection>,
    kept: usize,
}

impl Default for Transcript {
    fn default() -> Self {
        Self { started: Instant::now(), inner: Mutex::default(), held: AtomicUsize::new(0) }
    }
}

impl Transcript {
    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Counts what the connections of this case hold of the target's messages: one held `was` bytes and holds
    /// `is` now. The sum.
    pub fn held(&self, was: usize, is: usize) -> usize {
        self.held.fetch_add(is, Ordering::Relaxed);
        self.held.fetch_sub(was, Ordering::Relaxed).saturating_sub(was)
    }

    /// Registers a connection and returns its index.
    pub fn connection(&self, name: &str, local_port: u16, remote_port: u16) -> usize {
        let mut inner = self.lock();
        inner.connections.push(Connection {
            name: name.into(),
            local_port,
            remote_port,
            ..Connection::default()
        });
        inner.connections.len() - 1
    }

    /// Adds a line: `mark` is `>` sent, `<` heard, `.` the suite's own step, `!` a lie.
    pub fn line(&self, mark: char, who: &str, text: &str) {
        let at = self.elapsed().as_secs_f64() * 1e3;
        let mut inner = self.lock();
        if inner.lines.len() >= KEPT_LINES {
            inner.lines_dropped += 1;
            return;
        }
        let long = text.chars().nth(LINE).is_some();
        let mut text: String =
            text.chars().take(LINE).map(|c| if acts_on_a_reader(c) { '\u{FFFD}' } else { c }).collect();
        if long {
            text.push('…');
        }
        inner.lines.push(format!("+{at:.1}ms {mark} {who}: {text}"));
    }

    /// Adds bytes to a connection.
    pub fn packet(&self, connection: usize, direction: Direction, bytes: &[u8]) {
        let at = self.elapsed();
        let mut inner = self.lock();
        let full = inner.kept > KEPT_PER_CASE;
        let Some(c) = inner.connections.get_mut(connection) else { return };
        let side = usize::from(direction == Direction::Heard);
        if full || c.dropped[side] > 0 || c.kept[side] + bytes.len() + PER_PACKET > KEPT_BYTES {
            c.dropped[side] += bytes.len() as u64;
            return;
        }
        c.kept[side] += bytes.len() + PER_PACKET;
        c.packets.push(Packet { at, direction, bytes: bytes.to_vec() });
        inner.kept += bytes.len() + PER_PACKET;
    }

    /// Records how a connection ended; `reset` tells RST from FIN.
    pub fn ended(&self, connection: usize, direction: Direction, reset: bool) {
        let at = self.elapsed();
        if let Some(c) = self.lock().connections.get_mut(connection) {
            c.end.get_or_insert((at, direction, reset));
        }
    }

    /// The last `n` lines.
    #[must_use]
    pub fn tail(&self, n: usize) -> Vec<String> {
        let inner = self.lock();
        inner.lines[inner.lines.len().saturating_sub(n)..].to_vec()
    }

    /// Everything as text.
    #[must_use]
    pub fn text(&self) -> String {
        let inner = self.lock();
        let mut out = inner.lines.join("\n");
        out.push('\n');
        if inner.lines_dropped > 0 {
            let _ = writeln!(out, "({} more lines were not kept)", inner.lines_dropped);
        }
        for c in &inner.connections {
            if c.dropped != [0, 0] {
                let _ = writeln!(
                    out,
                    "({}: {} bytes sent and {} bytes heard were not kept)",
                    c.name, c.dropped[0], c.dropped[1]
                );
            }
        }
        out
    }

    /// The connections.
    #[must_use]
    pub fn connections(&self) -> Vec<Connection> {
        self.lock().connections.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Control characters, and those that turn or hide the text around them.
fn acts_on_a_reader(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
}

#[cfg(test)]
mod tests {
    use super::{LINE, Transcript};

    #[test]
    fn a_line_of_the_target_is_bounded_and_obeyed_by_no_terminal() {
        let transcript = Transcript::default();
        transcript.line('<', "player", &format!("a\u{1b}[31mb\u{202E}\n{}", "c".repeat(1 << 20)));
        let text = transcript.text();
        assert_eq!(text.lines().count(), 1);
        assert!(text.len() < LINE + 100 && !text.contains(['\u{1b}', '\u{202E}']));
    }
}
