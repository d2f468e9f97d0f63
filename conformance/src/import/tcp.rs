//! One direction of a TCP connection: segments in, bytes in order out.

use std::collections::BTreeMap;

use super::Budget;

/// Bookkeeping of a held segment, as the limits count it.
const SEGMENT: usize = 64;
/// Bytes that wait for a SYN that may come late; then the lowest number is the start.
const WAITING: usize = 64 << 10;
/// The largest window that TCP can announce (RFC 7323, 2.3): a receiver drops what lies beyond.
const WINDOW: i64 = 1 << 30;

/// Bytes that were never captured, and those that came after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Offset of the first byte that is missing.
    pub offset: u64,
    /// How many are missing before the next that was captured.
    pub missing: u64,
    /// Captured bytes after the gap.
    pub beyond: u64,
}

/// What was odd in a direction.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Oddities {
    /// Bytes that came again.
    pub repeated: u64,
    /// Bytes that came again with another value while they were held; the first value counts.
    pub conflicting: u64,
    /// Bytes before the first one, where the capture began within the connection.
    pub before: u64,
    /// Bytes more than a window ahead, which a receiver drops.
    pub outside: u64,
}

/// A segment that waits for a SYN.
#[derive(Debug)]
struct Waiting {
    seq: u32,
    payload: Vec<u8>,
    missing: u32,
    fin: bool,
}

/// Puts the segments of one direction in order. Offsets count from the first byte after the SYN, or from the
/// first one captured.
#[derive(Debug, Default)]
pub struct Half {
    /// Sequence number of offset 0.
    base: Option<u32>,
    /// Segments before `base` is known.
    waiting: Vec<Waiting>,
    /// The SYN was seen, or its number follows from the other side's answer.
    pub start_seen: bool,
    /// Offset of the next byte that is due.
    next: u64,
    held: BTreeMap<u64, Vec<u8>>,
    cost: usize,
    /// Offset of the FIN.
    fin: Option<u64>,
    /// Offset after the last byte that was sent and not captured.
    promised: u64,
    /// Set when too much is held: nothing is delivered any more.
    given_up: Option<Gap>,
    /// What was odd.
    pub oddities: Oddities,
}

impl Half {
    /// Sequence number of the first byte, if known.
    #[must_use]
    pub fn base(&self) -> Option<u32> {
        self.base
    }

    /// Whether the FIN was captured.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.fin.is_some()
    }

    /// Bytes delivered.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.next
    }

    /// Takes the number of a SYN; whether it fits what is known.
    pub fn syn(&mut self, seq: u32) -> bool {
        let first = seq.wrapping_add(1);
        let near = |waiting: &Waiting| waiting.seq.wrapping_sub(first) as usize <= WAITING;
        let fits = match self.base {
            Some(base) => base == first,
            None => self.waiting.iter().all(near),
        };
        if fits {
            self.base = Some(first);
            self.start_seen = true;
        }
        fits
    }

    /// Takes a segment, and hands out what is in order now. `missing` bytes after the payload were not captured.
    pub fn push(
        &mut self,
        seq: u32,
        payload: &[u8],
        missing: u32,
        fin: bool,
        budget: &mut Budget,
        mut deliver: impl FnMut(&[u8], &mut Budget),
    ) {
        if self.base.is_none() {
            if payload.is_empty() && !fin {
                return;
            }
            self.waiting.push(Waiting { seq, payload: payload.to_vec(), missing, fin });
            self.cost += payload.len() + SEGMENT;
            budget.held += payload.len() + SEGMENT;
            if self.cost > WAITING || budget.held > budget.limits.held {
                self.wait_no_more(budget, &mut deliver);
            }
            return;
        }
        if !self.waiting.is_empty() {
            self.wait_no_more(budget, &mut deliver);
        }
        self.take(seq, payload, missing, fin, budget, &mut deliver);
    }

    /// Hands out what waits for a SYN; no more segments come, or too many did.
    pub fn wait_no_more(&mut self, budget: &mut Budget, deliver: &mut dyn FnMut(&[u8], &mut Budget)) {
        let waiting = std::mem::take(&mut self.waiting);
        for segment in &waiting {
            self.cost -= segment.payload.len() + SEGMENT;
            budget.held -= segment.payload.len() + SEGMENT;
            let base = self.base.get_or_insert(segment.seq);
            if !self.start_seen && segment.seq.wrapping_sub(*base).cast_signed() < 0 {
                *base = segment.seq;
            }
        }
        for Waiting { seq, payload, missing, fin } in waiting {
            self.take(seq, &payload, missing, fin, budget, deliver);
        }
    }

    fn take(
        &mut self,
        seq: u32,
        payload: &[u8],
        missing: u32,
        fin: bool,
        budget: &mut Budget,
        deliver: &mut dyn FnMut(&[u8], &mut Budget),
    ) {
        if let Some(gap) = &mut self.given_up {
            gap.beyond += payload.len() as u64;
            return;
        }
        let base = *self.base.get_or_insert(seq);
        let due = base.wrapping_add(self.next as u32);
        let ahead = i64::from(seq.wrapping_sub(due).cast_signed());
        if ahead >= WINDOW {
            self.oddities.outside += payload.len() as u64;
            return;
        }
        let at = self.next.cast_signed() + ahead;
        let mut payload = payload;
        if at < 0 {
            let before = usize::try_from(-at).unwrap_or(usize::MAX).min(payload.len());
            // A keep-alive repeats the byte before the first, which is the SYN.
            if !self.start_seen {
                self.oddities.before += before as u64;
            }
            payload = &payload[before..];
            if payload.is_empty() {
                return;
            }
        }
        let at = u64::try_from(at).unwrap_or(0);
        let end = at + payload.len() as u64 + u64::from(missing);
        if fin {
            self.fin.get_or_insert(end);
        }
        if missing > 0 {
            self.promised = self.promised.max(end);
        }
        let old = usize::try_from(self.next.saturating_sub(at)).unwrap_or(usize::MAX).min(payload.len());
        self.oddities.repeated += old as u64;
        let (at, payload) = (at + old as u64, &payload[old..]);
        if payload.is_empty() {
            return;
        }
        if at == self.next && self.held.is_empty() {
            self.next += payload.len() as u64;
            deliver(payload, budget);
            return;
        }
        self.hold(at, payload, budget);
        while let Some(first) = self.held.first_entry().filter(|e| *e.key() == self.next) {
            let bytes = first.remove();
            self.next += bytes.len() as u64;
            self.cost -= bytes.len() + SEGMENT;
            budget.held -= bytes.len() + SEGMENT;
            deliver(&bytes, budget);
        }
        if self.cost > budget.limits.held_per_direction || budget.held > budget.limits.held {
            self.given_up = self.gap();
            self.release(budget);
        }
    }

    /// Keeps what is not held yet. Where two segments say different things, the first counts.
    fn hold(&mut self, mut at: u64, mut rest: &[u8], budget: &mut Budget) {
        while !rest.is_empty() {
            let before = self.held.range(..=at).next_back();
            if let Some((start, bytes)) = before.filter(|(start, bytes)| *start + bytes.len() as u64 > at) {
                let there = &bytes[usize::try_from(at - start).unwrap_or(0)..];
                let n = there.len().min(rest.len());
                let differ = there.iter().zip(rest).filter(|(a, b)| a != b).count();
                self.oddities.conflicting += differ as u64;
                self.oddities.repeated += n as u64;
                (at, rest) = (at + n as u64, &rest[n..]);
                continue;
            }
            let room = self.held.range(at..).next().map_or(u64::MAX, |(start, _)| start - at);
            let n = usize::try_from(room).unwrap_or(usize::MAX).min(rest.len());
            self.held.insert(at, rest[..n].to_vec());
            self.cost += n + SEGMENT;
            budget.held += n + SEGMENT;
            (at, rest) = (at + n as u64, &rest[n..]);
        }
    }

    /// Bytes that are missing, if captured ones come after them or the FIN says that there are more.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        if self.given_up.is_some() {
            return self.given_up;
        }
        let beyond = self.held.values().map(|b| b.len() as u64).sum();
        let end = self.fin.unwrap_or(0).max(self.promised);
        let resumes = self.held.first_key_value().map_or(end, |(at, _)| *at);
        let missing = resumes.checked_sub(self.next).filter(|missing| *missing > 0)?;
        Some(Gap { offset: self.next, missing, beyond })
    }

    /// Forgets what is held.
    pub fn release(&mut self, budget: &mut Budget) {
        self.held.clear();
        budget.held -= self.cost;
        self.cost = 0;
    }
}
