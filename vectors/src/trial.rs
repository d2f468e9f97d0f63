//! What a decoder is asked for one vector, and what is due each time.

use crate::judge::{Outcome, judge, judge_cut};
use crate::{State, Vector};

/// Bytes of a vector as they are put to a decoder, and what is due for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// So many bytes from the beginning.
    pub end: usize,
    /// How they arrive.
    pub reads: Reads,
    /// What the decoder has to do.
    pub due: Due,
}

/// Sizes of successive reads, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// All at once.
    Whole,
    /// These, and what is left at last.
    Sizes(Vec<usize>),
    /// Each of this size, the last one perhaps shorter.
    Every(usize),
}

/// What is due for the bytes of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// What the vector says.
    Outcome,
    /// No error: the bytes can begin a valid input ([`Vector::error_at`]).
    NoError,
    /// An error: the bytes end inside a value ([`Vector::cuts`]).
    Error,
}

/// All that a vector asks of a decoder: as a whole, in its `feeds`, byte by byte, its beginnings. Of the few above
/// 1 MiB pieces of 1021 bytes in place of single ones, for time.
#[must_use]
pub fn trials(family: &str, state: &State, vector: &Vector, len: usize) -> Vec<Trial> {
    let mut reads = vec![Reads::Whole];
    if is_stream(family, state) {
        if !vector.feeds.is_empty() {
            reads.push(Reads::Sizes(vector.feeds.clone()));
        }
        reads.push(Reads::Every(if len > 1 << 20 { 1021 } else { 1 }));
    }
    let mut trials = Vec::new();
    for reads in reads {
        if let Some(end) = vector.error_at {
            trials.push(Trial { end: end.min(len), reads: reads.clone(), due: Due::NoError });
        }
        trials.push(Trial { end: len, reads, due: Due::Outcome });
    }
    let cuts = vector.cuts.iter().flat_map(|[first, last]| *first..=*last);
    trials.extend(cuts.map(|end| Trial { end: end.min(len), reads: Reads::Whole, due: Due::Error }));
    trials
}

/// Families of bytes that arrive in portions.
#[must_use]
pub fn is_stream(family: &str, state: &State) -> bool {
    matches!(family, "chunk-stream-v1" | "control-v1" | "handshake-v1" | "flv-file-v1" | "rtmpt-v1")
        || state.role.is_some()
}

impl Trial {
    /// The rules of README.md "Judging a decoder".
    ///
    /// # Errors
    /// In words, what was expected and what was found.
    pub fn judge(&self, vector: &Vector, outcome: &Outcome) -> Result<(), String> {
        let judged = match (self.due, &outcome.error) {
            (Due::Outcome, _) => judge(vector, outcome),
            (Due::Error, _) => judge_cut(vector, outcome),
            (Due::NoError, None) => Ok(()),
            (Due::NoError, Some(error)) => Err(format!("these bytes can begin a valid input, but: {error}")),
        };
        judged.map_err(|why| format!("{}: {why}", self.words()))
    }

    /// What is put to the decoder, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let bytes = match self.due {
            Due::Outcome => String::new(),
            Due::NoError | Due::Error => format!("the first {} bytes, ", self.end),
        };
        match &self.reads {
            Reads::Whole => format!("{bytes}whole"),
            Reads::Sizes(sizes) => format!("{bytes}in reads of {sizes:?}"),
            Reads::Every(size) => format!("{bytes}in reads of {size}"),
        }
    }
}

impl Reads {
    /// Sizes of all reads but the last, for `len` bytes.
    #[must_use]
    pub fn sizes(&self, len: usize) -> Vec<usize> {
        match self {
            Self::Whole => vec![],
            Self::Sizes(sizes) => sizes.clone(),
            Self::Every(size) => vec![*size; len / size],
        }
    }
}
