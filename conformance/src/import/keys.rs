//! Stream keys: where they stand in a stream. What is a key is decided by the rules of the recording proxy
//! ([`crate::capture::rules`]); so what `vectors import` writes of a connection is what `vectors capture` records
//! of it.

use std::ops::Range;
use std::rc::Rc;

use super::Budget;
use super::handshake::WHOLE;
use crate::capture::follow::{Follower, Kind, Part};
use crate::capture::rules::{by_place, by_value};
use crate::capture::secrets::Secrets;

/// Parts of a stream by their offsets, handshake included; in order, apart from each other.
pub type Places = Vec<Range<u64>>;

/// What is done about stream keys of a connection.
#[derive(Debug, Default, Clone)]
pub enum Keys {
    /// Nothing.
    #[default]
    Ignore,
    /// They are collected.
    Learn,
    /// It is noted where these stand.
    Find(Rc<Secrets>),
    /// `x` is taken for what stands there, to the server and to the client.
    Replace([Rc<Places>; 2]),
}

/// Looks for keys in one direction, from the end of the handshake on.
#[derive(Debug)]
pub struct Search {
    /// `None` once the stream cannot be read.
    follower: Option<Follower>,
    from_client: bool,
    learned: Secrets,
    known: Option<Rc<Secrets>>,
    places: Places,
    held: usize,
}

impl Search {
    /// A search that learns, or finds.
    #[must_use]
    pub fn new(keys: &Keys, from_client: bool) -> Option<Self> {
        let known = match keys {
            Keys::Ignore | Keys::Replace(_) => return None,
            Keys::Learn => None,
            Keys::Find(secrets) => Some(secrets.clone()),
        };
        let follower = Some(Follower::behind_handshake());
        let learned = Secrets::default();
        Some(Self { follower, from_client, learned, known, places: Vec::new(), held: 0 })
    }

    /// Takes bytes.
    pub fn feed(&mut self, bytes: &[u8], budget: &mut Budget) {
        let Some(follower) = &mut self.follower else { return };
        let mut parts = Vec::new();
        follower.feed(bytes, None, &mut parts);
        let held = follower.held();
        if let Some((at, _)) = follower.unreadable {
            // The account ends there too. If it does not, no byte is trusted.
            self.places.push(at + WHOLE as u64..u64::MAX);
            self.follower = None;
        }
        let held = if self.follower.is_some() { held } else { 0 };
        budget.bodies = budget.bodies + held - self.held;
        self.held = held;
        self.take(&parts, budget);
    }

    /// The keys that were learned, and where keys stand. Messages that are not complete are looked into as far
    /// as they came.
    #[must_use]
    pub fn finish(mut self) -> (Secrets, Places) {
        if let Some(mut follower) = self.follower.take() {
            let mut parts = Vec::new();
            follower.flush(&mut parts);
            self.take(&parts, &mut Budget::default());
        }
        (self.learned, joined(self.places))
    }

    fn take(&mut self, parts: &[Part], budget: &mut Budget) {
        let before = (self.learned.len(), self.places.len());
        for part in parts.iter().filter(|part| part.kind != Kind::Opaque) {
            let mut ranges = by_place(part, self.from_client, &mut self.learned, &mut Vec::new());
            let Some(known) = &self.known else { continue };
            ranges.extend(by_value(part, self.from_client, known));
            let places = ranges.into_iter().flat_map(|range| part.places(range));
            let places = joined(places.map(|(at, n)| at + WHOLE as u64..at + (WHOLE + n) as u64).collect());
            self.places.extend(places);
        }
        if self.known.is_none() {
            budget.keys += self.learned.len() - before.0;
        }
        budget.places += self.places.len() - before.1;
    }
}

/// Sorts ranges, and makes one of those that touch.
fn joined(mut ranges: Places) -> Places {
    ranges.sort_by_key(|range| range.start);
    let mut out: Places = Vec::with_capacity(ranges.len());
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// Replaces what stands at places, in bytes that come in order.
#[derive(Debug)]
pub struct Mask {
    places: Rc<Places>,
    /// The first that may come.
    next: usize,
}

impl Mask {
    /// For one direction.
    #[must_use]
    pub fn new(places: Rc<Places>) -> Self {
        Self { places, next: 0 }
    }

    /// Calls `cover` with each part of `at..at + len` that is to be replaced, counted from 0.
    pub fn each(&mut self, at: u64, len: usize, mut cover: impl FnMut(Range<usize>)) {
        let end = at + len as u64;
        while let Some(place) = self.places.get(self.next) {
            if place.end <= at {
                self.next += 1;
                continue;
            }
            if place.start >= end {
                break;
            }
            let index = |place: u64| usize::try_from(place.clamp(at, end) - at).unwrap_or(len);
            cover(index(place.start)..index(place.end));
            if place.end > end {
                break;
            }
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use proptest::prelude::*;

    use super::{Keys, Mask, Search, joined};
    use crate::import::Budget;
    use crate::import::chunks::Chunks;
    use crate::pen::chunk::{Form, Header, chunks};
    use crate::pen::command;

    fn search(keys: &Keys, from_client: bool, wire: &[u8], step: usize) -> (super::Secrets, super::Places) {
        let mut budget = Budget::default();
        let mut search = Search::new(keys, from_client).unwrap();
        wire.chunks(step).for_each(|piece| search.feed(piece, &mut budget));
        search.finish()
    }

    proptest! {
        /// How bytes come makes no difference, and the follower reads what the account reads, with extended
        /// timestamps repeated, omitted (errata E-15) or not there.
        #[test]
        fn a_key_is_found_wherever_chunks_cut_it(
            before in proptest::collection::vec((0_usize..500, 4_u32..70, any::<bool>()), 0..8),
            steps in (1_usize..900, 1_usize..900),
            omits in any::<bool>(),
            key in "[a-z0-9]{8,200}",
        ) {
            let mut wire = Vec::new();
            for (i, (len, csid, long)) in before.iter().enumerate() {
                let time = if *long { 0x0100_0000 + i as u32 } else { i as u32 };
                let form = Form::Smallest;
                let header = Header { fmt: 0, csid: *csid, form, time, len: *len, kind: 9, msid: 1 };
                let extended = omits.then_some(time.to_be_bytes()).filter(|_| *long);
                for (n, chunk) in chunks(header, &vec![i as u8 | 0x80; *len], 128).into_iter().enumerate() {
                    let basic = if *csid < 64 { 1 } else { 2 };
                    match extended {
                        Some(field) if n > 0 && chunk[basic..].starts_with(&field) => {
                            wire.extend(&chunk[..basic]);
                            wire.extend(&chunk[basic + 4..]);
                        }
                        _ => wire.extend(chunk),
                    }
                }
            }
            let begin = wire.len();
            wire.extend(command::publish(1, &key, "live").chunks(128).concat());
            let (learned, _) = search(&Keys::Learn, true, &wire, steps.0);
            let (_, places) = search(&Keys::Find(Rc::new(learned.clone())), true, &wire, steps.1);
            let mut read = Chunks::default();
            read.feed(&wire, &mut Budget::default());
            prop_assert_eq!(read.messages.len(), before.len() + 1);
            let marked: u64 = places.iter().map(|p| p.end - p.start).sum();
            prop_assert!(places.iter().all(|p| p.start >= (begin + super::WHOLE) as u64));
            prop_assert_eq!(marked as usize, key.len());
            let (_, again) = search(&Keys::Find(Rc::new(learned)), true, &wire, wire.len());
            prop_assert_eq!(places, again);
        }
    }

    #[test]
    fn places_are_covered_across_pieces() {
        let places = joined(vec![8..10, 2..5, 4..6, 10..10]);
        assert_eq!(places, [2..6, 8..10]);
        for step in 1..12 {
            let mut mask = Mask::new(Rc::new(places.clone()));
            let mut bytes = *b"............";
            for (i, piece) in bytes.chunks_mut(step).enumerate() {
                mask.each((i * step) as u64, piece.len(), |r| piece[r].fill(b'x'));
            }
            assert_eq!(&bytes, b"..xxxx..xx..");
        }
    }

    #[test]
    fn what_the_account_could_not_read_is_replaced_whole() {
        let (_, places) = search(&Keys::Find(Rc::default()), true, &[0xC7, b'k', b'e', b'y'], 1);
        assert_eq!((places.len(), places.first()), (1, Some(&(3073..u64::MAX))));
    }
}
