//! Where strings stand in the AMF body of a message, in AMF0 and AMF3, whole or cut. Nothing is decoded but the
//! structure; offsets are those of the body.

use std::ops::Range;

/// Values within values that are followed.
const DEPTH: usize = 64;
/// Members of AMF3 classes of one body that are remembered.
const MEMBERS: usize = 4_096;

/// A string of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its bytes.
    pub range: Range<usize>,
    /// Which of the body's values it belongs to, from 0.
    pub top: usize,
    /// Whether it is that value itself.
    pub alone: bool,
    /// Whether it is the name of a member or class.
    pub name: bool,
    /// The name of the nearest member it belongs to.
    pub member: Option<Range<usize>>,
}

/// The strings of a body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Strings {
    /// In order.
    pub found: Vec<Found>,
    /// Where the body stops to be AMF; what follows is not understood.
    pub stopped: Option<usize>,
}

/// Why a walk ends.
enum Stop {
    /// The body ends within a value.
    End,
    /// At the walker's position stands no AMF.
    Malformed,
}

type Step = Result<(), Stop>;

struct Walk<'a> {
    b: &'a [u8],
    at: usize,
    found: Vec<Found>,
    top: usize,
    /// AMF3: strings and classes that may be referred to.
    texts: Vec<Range<usize>>,
    classes: Vec<(Vec<Range<usize>>, bool)>,
    members: usize,
}

/// The strings of a body that consists of AMF0 values (with AMF3 behind the marker 0x11).
#[must_use]
pub fn strings(body: &[u8]) -> Strings {
    let mut walk = Walk {
        b: body,
        at: 0,
        found: Vec::new(),
        top: 0,
        texts: Vec::new(),
        classes: Vec::new(),
        members: 0,
    };
    let mut stopped = None;
    while walk.at < body.len() {
        let begin = walk.at;
        match walk.value(0, None) {
            Ok(()) => walk.top += 1,
            Err(Stop::End) => break,
            Err(Stop::Malformed) => {
                stopped = Some(begin.max(walk.at.saturating_sub(1)));
                break;
            }
        }
    }
    Strings { found: walk.found, stopped }
}

impl Walk<'_> {
    fn byte(&mut self) -> Result<u8, Stop> {
        let byte = *self.b.get(self.at).ok_or(Stop::End)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip(&mut self, n: usize) -> Step {
        self.at = self.at.checked_add(n).filter(|at| *at <= self.b.len()).ok_or(Stop::End)?;
        Ok(())
    }

    fn be(&mut self, n: usize) -> Result<usize, Stop> {
        (0..n).try_fold(0, |word, _| Ok(word << 8 | usize::from(self.byte()?)))
    }

    /// Notes a string of `len` bytes; one that the body cuts is noted as far as it goes.
    fn text(&mut self, len: usize, name: bool, depth: usize, member: Option<Range<usize>>) -> Step {
        let range = self.at..self.b.len().min(self.at.saturating_add(len));
        if !range.is_empty() {
            let alone = depth == 0 && !name;
            self.found.push(Found { range, top: self.top, alone, name, member });
        }
        self.skip(len)
    }

    fn value(&mut self, depth: usize, member: Option<Range<usize>>) -> Step {
        if depth > DEPTH {
            return Err(Stop::Malformed);
        }
        match self.byte()? {
            0x00 => self.skip(8),
            0x01 => self.skip(1),
            0x02 => {
                let len = self.be(2)?;
                self.text(len, false, depth, member)
            }
            0x03 => self.members(depth),
            0x05 | 0x06 | 0x0D => Ok(()),
            0x07 => self.skip(2),
            0x08 => {
                self.skip(4)?;
                self.members(depth)
            }
            0x0A => {
                let count = self.be(4)?;
                (0..count).try_for_each(|_| self.value(depth + 1, member.clone()))
            }
            0x0B => self.skip(10),
            0x0C | 0x0F => {
                let len = self.be(4)?;
                self.text(len, false, depth, member)
            }
            0x10 => {
                let len = self.be(2)?;
                self.text(len, true, depth, None)?;
                self.members(depth)
            }
            0x11 => self.value3(depth, member),
            _ => Err(Stop::Malformed),
        }
    }

    fn members(&mut self, depth: usize) -> Step {
        loop {
            let len = self.be(2)?;
            if len == 0 && self.b.get(self.at).is_none_or(|b| *b == 0x09) {
                return self.skip(1);
            }
            let name = self.at..self.b.len().min(self.at + len);
            self.text(len, true, depth, None)?;
            self.value(depth + 1, Some(name))?;
        }
    }

    /// A variable-length integer of AMF3 (AMF 3, 1.3.1).
    fn u29(&mut self) -> Result<usize, Stop> {
        let mut value = 0;
        for _ in 0..3 {
            let byte = self.byte()?;
            value = value << 7 | usize::from(byte & 0x7F);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Ok(value << 8 | usize::from(self.byte()?))
    }

    /// A string of AMF3, given here or referred to; its range.
    fn text3(
        &mut self,
        name: bool,
        depth: usize,
        member: Option<Range<usize>>,
    ) -> Result<Range<usize>, Stop> {
        let head = self.u29()?;
        if head & 1 == 0 {
            let range = self.texts.get(head >> 1).cloned().unwrap_or(0..0);
            if !range.is_empty() {
                let alone = depth == 0 && !name;
                self.found.push(Found { range: range.clone(), top: self.top, alone, name, member });
            }
            return Ok(range);
        }
        let begin = self.at;
        self.text(head >> 1, name, depth, member)?;
        let range = begin..self.at;
        if !range.is_empty() {
            self.texts.push(range.clone());
        }
        Ok(range)
    }

    fn value3(&mut self, depth: usize, member: Option<Range<usize>>) -> Step {
        if depth > DEPTH {
            return Err(Stop::Malformed);
        }
        let marker = self.byte()?;
        match marker {
            0x00..=0x03 => Ok(()),
            0x04 => self.u29().map(drop),
            0x05 => self.skip(8),
            0x06 => self.text3(false, depth, member).map(drop),
            // What else may be a reference begins with a number whose lowest bit says so.
            0x07..=0x11 => {
                let head = self.u29()?;
                if head & 1 == 0 {
                    return Ok(());
                }
                let count = head >> 1;
                match marker {
                    0x07 | 0x0B => self.text(count, false, depth, member),
                    0x08 => self.skip(8),
                    0x09 => self.array3(count, depth, member),
                    0x0A => self.object3(head, depth),
                    0x0C => self.skip(count),
                    0x0D | 0x0E => self.skip(count.saturating_mul(4).saturating_add(1)),
                    0x0F => self.skip(count.saturating_mul(8).saturating_add(1)),
                    0x10 => {
                        self.skip(1)?;
                        self.text3(true, depth, None)?;
                        (0..count).try_for_each(|_| self.value3(depth + 1, member.clone()))
                    }
                    _ => {
                        self.skip(1)?;
                        (0..count).try_for_each(|_| {
                            self.value3(depth + 1, member.clone())?;
                            self.value3(depth + 1, member.clone())
                        })
                    }
                }
            }
            _ => Err(Stop::Malformed),
        }
    }

    /// Members by name until an empty one.
    fn named3(&mut self, depth: usize) -> Step {
        loop {
            let name = self.text3(true, depth, None)?;
            if name.is_empty() {
                return Ok(());
            }
            self.value3(depth + 1, Some(name))?;
        }
    }

    fn array3(&mut self, count: usize, depth: usize, member: Option<Range<usize>>) -> Step {
        self.named3(depth)?;
        (0..count).try_for_each(|_| self.value3(depth + 1, member.clone()))
    }

    fn object3(&mut self, head: usize, depth: usize) -> Step {
        let class = if head & 2 == 0 {
            self.classes.get(head >> 2).cloned().ok_or(Stop::Malformed)?
        } else if head & 4 != 0 {
            // Externalizable: what it consists of is known to its class alone.
            self.text3(true, depth, None)?;
            return Err(Stop::Malformed);
        } else {
            self.text3(true, depth, None)?;
            let mut names = Vec::new();
            for _ in 0..head >> 4 {
                self.members += 1;
                if self.members > MEMBERS {
                    return Err(Stop::Malformed);
                }
                names.push(self.text3(true, depth, None)?);
            }
            self.classes.push((names, head & 8 != 0));
            self.classes.last().cloned().unwrap_or_default()
        };
        for name in class.0 {
            self.value3(depth + 1, Some(name))?;
        }
        if class.1 { self.named3(depth) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::strings;
    use crate::pen::amf::{Amf, number, object, sequence, text};

    fn texts(body: &[u8]) -> Vec<String> {
        strings(body)
            .found
            .into_iter()
            .map(|f| String::from_utf8_lossy(&body[f.range]).into_owned())
            .collect()
    }

    #[test]
    fn strings_of_amf0_with_their_members() {
        let body = sequence(&[
            text("connect"),
            number(1.0),
            object(&[("app", text("live")), ("list", Amf::Strict(vec![text("av01"), number(1.0)]))]),
            Amf::LongText("token".into()),
        ]);
        assert_eq!(texts(&body), ["connect", "app", "live", "list", "av01", "token"]);
        let found = strings(&body).found;
        assert!(found[0].alone && !found[0].name && found[0].top == 0);
        assert!(found[1].name && found[1].top == 2);
        assert_eq!(&body[found[4].member.clone().unwrap()], b"list");
        assert!(found[5].alone && found[5].top == 3);
        assert_eq!(strings(&body).stopped, None);
        // Cut within the last string: as far as it goes.
        assert_eq!(texts(&body[..body.len() - 2]).last().unwrap(), "tok");
        assert_eq!(strings(&[&body[..], &[0x77, 1, 2]].concat()).stopped, Some(body.len()));
    }

    #[test]
    fn strings_of_amf3() {
        // AMF 3, 3.12: an object with traits {sealed "n"} and dynamic members: n = "key1", d = (reference to "key1").
        let body = [
            0x11, 0x0A, 0x1B, 0x01, 0x03, b'n', 0x06, 0x09, b'k', b'e', b'y', b'1', 0x03, b'd', 0x06, 0x02,
            0x01, 0x11, 0x06, 0x07, b'e', b'n', b'd',
        ];
        assert_eq!(texts(&body), ["n", "key1", "d", "key1", "end"]);
        assert_eq!(strings(&body).stopped, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            for found in strings(&body).found {
                prop_assert!(found.range.end <= body.len());
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let body = [0x0A, 0, 0, 0, 1].repeat(100_000);
        assert!(strings(&body).stopped.is_some());
        let body = [0x11, 0x09, 0x03, 0x01]
            .iter()
            .copied()
            .chain([0x09, 0x03, 0x01].repeat(100_000))
            .collect::<Vec<_>>();
        assert!(strings(&body).stopped.is_some());
    }
}
