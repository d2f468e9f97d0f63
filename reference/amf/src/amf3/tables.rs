//! The three reference tables of a decoder (AMF3 2.2).

use alloc::vec::Vec;
use core::ops::Range;

#[derive(Debug, Clone, Default)]
pub(crate) struct Tables<'a> {
    pub strings: Vec<&'a str>,
    pub traits: Vec<Traits<'a>>,
    /// Sealed member names of all traits.
    pub members: Vec<&'a str>,
    /// Complex values that began so far. The values themselves are in the tree.
    pub objects: u32,
}

/// The traits of a class (AMF3 3.12).
#[derive(Debug, Clone)]
pub(crate) struct Traits<'a> {
    pub class: &'a str,
    /// Where its sealed member names are.
    pub members: Range<usize>,
    pub dynamic: bool,
    pub externalizable: bool,
}

/// The sizes of the tables at a time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mark {
    pub strings: usize,
    pub traits: usize,
    members: usize,
    pub objects: u32,
}

impl Mark {
    pub(crate) const fn is_empty(self) -> bool {
        self.strings == 0 && self.traits == 0 && self.objects == 0
    }
}

impl Tables<'_> {
    pub(crate) const fn mark(&self) -> Mark {
        Mark {
            strings: self.strings.len(),
            traits: self.traits.len(),
            members: self.members.len(),
            objects: self.objects,
        }
    }

    pub(crate) fn truncate(&mut self, mark: Mark) {
        self.strings.truncate(mark.strings);
        self.traits.truncate(mark.traits);
        self.members.truncate(mark.members);
        self.objects = mark.objects;
    }
}
