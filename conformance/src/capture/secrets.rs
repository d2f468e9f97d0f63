//! The stream keys and credentials of one connection, as they become known, and where they stand in bytes.

use std::fmt;
use std::ops::Range;

use memchr::memmem::Finder;

/// Secrets that are remembered; beyond it, [`Secrets::full`].
const MOST: usize = 256;
/// Longest piece that is searched for; longer secrets are several pieces.
const PIECE: usize = 512;
/// From this length on a secret is searched for everywhere, media included: chance does not make it.
pub const LONG: usize = 8;
/// From this length on a secret is searched for in text, where it stands between other characters than
/// letters and digits.
const SHORT: usize = 3;

/// What must not be recorded; `Debug` does not show it.
#[derive(Default, Clone)]
pub struct Secrets {
    all: Vec<Finder<'static>>,
    /// More than can be remembered.
    pub full: bool,
    /// A stream was named.
    pub named: bool,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (full, named) = (self.full, self.named);
        write!(f, "{} secrets (full: {full}, a stream was named: {named})", self.all.len())
    }
}

impl PartialEq for Secrets {
    fn eq(&self, other: &Self) -> bool {
        (self.full, self.named) == (other.full, other.named)
            && self.all.iter().map(Finder::needle).eq(other.all.iter().map(Finder::needle))
    }
}

impl Eq for Secrets {}

impl Secrets {
    /// How many are remembered; each costs up to 1 kB.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Remembers those of the other direction too.
    pub fn append(&mut self, other: &Self) {
        self.full |= other.full;
        self.named |= other.named;
        other.all.iter().for_each(|finder| self.add_exact(finder.needle()));
    }

    /// Remembers a stream name: whole, without its query, the query, its values, without a prefix such as `mp4:`,
    /// and what percent-encoding stands for.
    pub fn stream(&mut self, name: &[u8]) {
        self.named = true;
        self.add(name);
        let (path, query) = split(name, b'?');
        self.add(path);
        let path = path.strip_prefix(b"/").unwrap_or(path);
        self.add(path);
        let (_, unprefixed) = split(path, b':');
        self.add(unprefixed.unwrap_or_default());
        if let Some(query) = query {
            self.add(query);
            for pair in query.split(|b| *b == b'&') {
                let (name, value) = split(pair, b'=');
                self.add(value.unwrap_or(name));
            }
        }
        // Servers name streams by a part of the path, and a path may hold the key in front of a name.
        if path.contains(&b'/') {
            path.split(|b| *b == b'/').for_each(|segment| self.add(segment));
        }
    }

    /// Remembers a secret as it is, and what percent-encoding in it stands for.
    pub fn add(&mut self, secret: &[u8]) {
        if secret.contains(&b'%') {
            self.add_exact(&unescaped(secret));
        }
        self.add_exact(secret);
    }

    fn add_exact(&mut self, secret: &[u8]) {
        for piece in secret.chunks(PIECE) {
            if piece.is_empty() || self.all.iter().any(|f| f.needle() == piece) {
                continue;
            }
            if self.all.len() >= MOST {
                self.full = true;
                return;
            }
            self.all.push(Finder::new(piece).into_owned());
        }
    }

    /// Where long secrets stand in bytes of any kind.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.find(bytes, |finder| finder.needle().len() >= LONG)
    }

    /// Where secrets stand in text: long ones anywhere, shorter ones between other characters than letters and
    /// digits, the shortest alone.
    #[must_use]
    pub fn in_text(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = self.in_bytes(text);
        let apart = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
        let short = self.find(text, |finder| finder.needle().len() < LONG);
        found.extend(short.into_iter().filter(|r| {
            let whole = r.len() == text.len();
            let bounded = apart(r.start.checked_sub(1).and_then(|at| text.get(at))) && apart(text.get(r.end));
            whole || r.len() >= SHORT && bounded
        }));
        found
    }

    /// The end of bytes that go on elsewhere, if it is the beginning of a secret, from `least` bytes on.
    #[must_use]
    pub fn at_end(&self, bytes: &[u8], least: usize) -> Option<Range<usize>> {
        let longest = self.all.iter().filter_map(|finder| {
            let needle = finder.needle();
            (least..needle.len()).rev().find(|n| bytes.ends_with(&needle[..*n]))
        });
        longest.max().filter(|n| *n > 0).map(|n| bytes.len() - n..bytes.len())
    }

    /// The secrets from [`SHORT`] bytes on, for searches of other kinds.
    #[must_use]
    pub fn needles(&self) -> Vec<&[u8]> {
        self.all.iter().map(Finder::needle).filter(|n| n.len() >= SHORT).collect()
    }

    fn find(&self, bytes: &[u8], fits: impl Fn(&Finder<'_>) -> bool) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for finder in self.all.iter().filter(|f| fits(f)) {
            let n = finder.needle().len();
            // A key such as "aaaaaaaaa" overlaps itself; short ones are judged place by place.
            let period = if n < LONG { n } else { n - overlap(finder.needle()) };
            let mut at = 0;
            while let Some(place) = bytes.get(at..).and_then(|rest| finder.find(rest)) {
                let (start, mut end) = (at + place, at + place + n);
                if period < n {
                    // Once more after each further period.
                    let run = bytes[end..].iter().zip(&bytes[end - period..]).take_while(|(a, b)| a == b);
                    end += run.count() / period * period;
                }
                found.push(start..end);
                at = if n < LONG { start + 1 } else { end - n + period };
            }
        }
        found
    }
}

/// The most bytes that the end of a key may share with its own beginning.
fn overlap(needle: &[u8]) -> usize {
    (1..needle.len()).rev().find(|n| needle.ends_with(&needle[..*n])).unwrap_or(0)
}

/// What stands before the first `at` and, if it is there, after it.
#[must_use]
pub fn split(bytes: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().position(|b| *b == at) {
        Some(place) => (&bytes[..place], Some(&bytes[place + 1..])),
        None => (bytes, None),
    }
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    fn masked(secrets: &Secrets, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        secrets.in_text(text.as_bytes()).into_iter().for_each(|r| bytes[r].fill(b'x'));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn parts_of_a_name() {
        let mut secrets = Secrets::default();
        secrets.stream(b"mp4:abcdefgh.mp4?token=s3cr3t%2F1&v=2");
        assert_eq!(masked(&secrets, "started abcdefgh.mp4 now"), "started xxxxxxxxxxxx now");
        assert_eq!(masked(&secrets, "with s3cr3t/1"), "with xxxxxxxx");
        assert_eq!(masked(&secrets, "2"), "x");
        assert_eq!(masked(&secrets, "2 players"), "2 players");
    }

    #[test]
    fn short_names_stand_alone() {
        let mut secrets = Secrets::default();
        secrets.stream(b"test");
        assert_eq!(masked(&secrets, "test/test: latest tests 'test'"), "xxxx/xxxx: latest tests 'xxxx'");
        assert!(secrets.in_bytes(b"test").is_empty());
        assert_eq!(secrets.at_end(b"started te", 1), Some(8..10));
    }

    #[test]
    fn a_key_that_overlaps_itself() {
        let mut secrets = Secrets::default();
        secrets.stream(b"abababababab");
        assert_eq!(masked(&secrets, "abababababababab!"), "xxxxxxxxxxxxxxxx!");
        let mut secrets = Secrets::default();
        secrets.stream(&[b'k'; 2_000]);
        assert_eq!(masked(&secrets, &"k".repeat(2_000)), "x".repeat(2_000));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut secrets = Secrets::default();
        for i in 0..300 {
            secrets.add(format!("secret-{i}").as_bytes());
        }
        assert!(secrets.full && secrets.all.len() == super::MOST);
        let mut other = Secrets::default();
        other.stream(b"one-more");
        other.append(&secrets);
        assert!(other.full && other.named && other.len() == super::MOST);
        assert_eq!(format!("{other:?}"), "256 secrets (full: true, a stream was named: true)");
    }

    #[test]
    fn overlapping_places_of_a_key_are_one() {
        let mut secrets = Secrets::default();
        secrets.add(&[b'a'; 20]);
        assert_eq!(secrets.in_bytes(&[b'a'; 100_000]).first(), Some(&(0..100_000)));
    }
}
