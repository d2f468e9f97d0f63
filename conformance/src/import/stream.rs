//! The bytes of one direction, by what the connection carries.

use super::Budget;
use super::account::{Cause, Direction, Layer, Named, Reason, Tail, Undecodable};
use super::chunks::Chunks;
use super::handshake::{PACKET, WHOLE};
use super::keys::{Keys, Places};
use super::opening::{Carries, Side};
use super::tcp::{Gap, Oddities};
use crate::capture::secrets::Secrets;

/// Bytes of something that is not RTMP that are shown; too few for a key.
const SHOWN: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is not known yet what the connection carries.
    Opening,
    Handshake,
    Chunks,
    /// After the handshake of RTMPE.
    Rtmpe,
    Tls,
    Rtmpt,
    MissingStart,
    Other,
}

/// One direction.
#[derive(Debug)]
pub struct Stream {
    side: Side,
    stage: Stage,
    total: u64,
    handshake: Vec<u8>,
    /// Known before this side's beginning was.
    carries: Option<Carries>,
    encrypted_next: bool,
    chunks: Chunks,
    places: Places,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            side: Side::default(),
            stage: Stage::Opening,
            total: 0,
            handshake: Vec::new(),
            carries: None,
            encrypted_next: false,
            chunks: Chunks::default(),
            places: Vec::new(),
        }
    }
}

impl Stream {
    /// Reads, and does something about stream keys.
    #[must_use]
    pub fn with(keys: &Keys, from_client: bool) -> Self {
        Self { chunks: Chunks::with(keys, from_client), ..Self::default() }
    }

    /// Bytes so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Ends the search for stream keys: those that were learned. Where keys stand is part of the account.
    pub fn searched(&mut self) -> Secrets {
        let (learned, places) = self.chunks.searched();
        self.places = places;
        learned
    }

    /// The beginning, for [`super::opening::decide`].
    #[must_use]
    pub fn side(&self) -> &Side {
        &self.side
    }

    /// Says whether the first byte is the first of the connection.
    pub fn start_seen(&mut self, seen: bool) {
        self.side.start_seen = seen;
    }

    /// C0, C1 and C2, or S0, S1 and S2, as far as they came.
    #[must_use]
    pub fn handshake(&self) -> &[u8] {
        &self.handshake
    }

    /// Takes bytes.
    pub fn push(&mut self, bytes: &[u8], budget: &mut Budget) {
        self.total += bytes.len() as u64;
        match self.stage {
            // More than this is never kept: by then it is decided, after each segment.
            Stage::Opening => {
                self.side.bytes.extend_from_slice(bytes);
                if let Some(carries) = self.carries {
                    self.decided(carries, budget);
                }
            }
            Stage::Handshake => {
                let (packets, rest) = bytes.split_at(bytes.len().min(WHOLE - self.handshake.len()));
                self.handshake.extend_from_slice(packets);
                if self.handshake.len() == WHOLE {
                    self.stage = if self.encrypted_next { Stage::Rtmpe } else { Stage::Chunks };
                    if self.stage == Stage::Chunks {
                        self.chunks.feed(rest, budget);
                    }
                }
            }
            Stage::Chunks => self.chunks.feed(bytes, budget),
            Stage::Other if self.side.bytes.len() < SHOWN => self.side.bytes.extend_from_slice(bytes),
            Stage::Rtmpe | Stage::Tls | Stage::Rtmpt | Stage::MissingStart | Stage::Other => {}
        }
    }

    /// Goes on with what was kept, now that it is known what the connection carries.
    pub fn decided(&mut self, carries: Carries, budget: &mut Budget) {
        let enough = if self.side.start_seen { 1 } else { 1 + PACKET };
        if matches!(carries, Carries::Rtmp | Carries::Rtmpe) && self.side.bytes.len() < enough {
            self.carries = Some(carries);
            return;
        }
        let begins = self.side.start_seen || super::handshake::likely(&self.side.bytes);
        let version = self.side.bytes.first().is_some_and(|first| *first < 32);
        self.stage = match carries {
            Carries::Tls => Stage::Tls,
            Carries::Rtmpt => Stage::Rtmpt,
            Carries::Middle => Stage::MissingStart,
            Carries::Other => Stage::Other,
            Carries::Rtmp | Carries::Rtmpe if !begins => Stage::MissingStart,
            Carries::Rtmp | Carries::Rtmpe if version => Stage::Handshake,
            Carries::Rtmp | Carries::Rtmpe => Stage::Other,
        };
        self.encrypted_next = carries == Carries::Rtmpe;
        let mut kept = std::mem::take(&mut self.side.bytes);
        if self.stage == Stage::Handshake {
            self.total -= kept.len() as u64;
            self.push(&kept, budget);
        } else if self.stage == Stage::Other {
            kept.truncate(SHOWN);
            kept.shrink_to_fit();
            self.side.bytes = kept;
        }
    }

    /// The account.
    #[must_use]
    pub fn finish(mut self, gap: Option<Gap>, end: Cause, tcp: Oddities) -> Direction {
        let beyond = gap.map_or(0, |g| g.beyond);
        let total = self.total + beyond;
        let base = Direction { total, tcp, gap: gap.is_some(), ..Direction::default() };
        let named = |kind| (total > 0).then_some(Named { kind, bytes: total, reason: None });
        let missing =
            || Direction { missing_start: named("capture began within the connection"), ..base.clone() };
        match self.stage {
            Stage::Opening | Stage::Other if total == 0 => base,
            Stage::MissingStart => missing(),
            Stage::Opening if self.carries.is_some() && !self.side.start_seen => missing(),
            // What began like a handshake by chance.
            _ if !self.side.start_seen && self.chunks.broken.is_some() => missing(),
            Stage::Tls => {
                let reason = Some(Reason::Nested);
                Direction { encrypted: named("tls").map(|n| Named { reason, ..n }), ..base }
            }
            Stage::Rtmpt => Direction { tunnel: named("rtmpt"), ..base },
            Stage::Opening | Stage::Other => {
                let hex: Vec<String> =
                    self.side.bytes.iter().take(SHOWN).map(|b| format!("{b:02x}")).collect();
                let cause = if hex.is_empty() {
                    "the first bytes are not in the capture".to_owned()
                } else {
                    format!("not RTMP: begins with {}", hex.join(" "))
                };
                let layer = Layer::default();
                Direction { undecodable: Some(Undecodable { offset: 0, layer, bytes: total, cause }), ..base }
            }
            Stage::Handshake | Stage::Chunks | Stage::Rtmpe => self.rtmp(base, gap, end),
        }
    }

    fn rtmp(&mut self, base: Direction, gap: Option<Gap>, end: Cause) -> Direction {
        let have = self.handshake.len();
        let (whole, packet) = match have {
            0 => (0, None),
            1 => (1, None),
            _ if have < 1 + PACKET => (1, Some(1)),
            _ if have == 1 + PACKET => (have, None),
            _ if have < WHOLE => (1 + PACKET, Some(2)),
            _ => (WHOLE, None),
        };
        let chunks = std::mem::take(&mut self.chunks);
        let partial = (have - whole) as u64;
        let rest = self.total - have as u64;
        let (mut tail, mut undecodable, mut encrypted) = (None, None, None);
        if self.stage == Stage::Rtmpe {
            let bytes = rest + gap.map_or(0, |g| g.beyond);
            encrypted =
                (bytes > 0).then_some(Named { kind: "rtmpe", bytes, reason: Some(Reason::DiffieHellman) });
        } else if let Some(broken) = &chunks.broken {
            let offset = WHOLE as u64 + broken.offset;
            let cause = broken.why.clone();
            undecodable = Some(Undecodable { offset, layer: Layer::Wire, bytes: base.total - offset, cause });
        } else if let Some(gap) = gap.filter(|g| g.beyond > 0) {
            let cause = format!("{} bytes before it were not captured", gap.missing);
            let offset = gap.offset + gap.missing;
            undecodable = Some(Undecodable { offset, layer: Layer::Wire, bytes: gap.beyond, cause });
        }
        let readable = chunks.broken.as_ref().map_or(self.total, |broken| WHOLE as u64 + broken.offset);
        let header = chunks.header_bytes();
        let bytes = partial + chunks.unfinished_bytes() + header;
        if bytes > 0 {
            let cause = match (&chunks.broken, gap) {
                (Some(_), _) => Cause::Undecodable,
                (None, Some(_)) => Cause::Gap,
                (None, None) => end,
            };
            tail = Some(Tail { cause, bytes, unfinished: chunks.unfinished(), header, record: 0, packet });
        }
        Direction {
            handshake: whole as u64,
            places: std::mem::take(&mut self.places),
            redacted: chunks.redacted,
            rtmp: self.total,
            readable,
            messages: chunks.messages,
            message_bytes: chunks.message_bytes,
            aborted: chunks.aborted,
            tail,
            encrypted,
            undecodable,
            ..base
        }
    }
}
