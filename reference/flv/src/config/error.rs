//! What can be wrong with a configuration, and where.

use core::fmt;

/// Why a configuration could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// The structure, by its name in the specification.
    pub inside: &'static str,
    /// The field of it.
    pub field: &'static str,
    /// Offset of the fault in the structure, in bits. In a NAL unit, emulation prevention bytes do
    /// not count.
    pub bit: usize,
    /// What was wrong.
    pub kind: ErrorKind,
}

/// What was wrong with a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The structure ends before the field does.
    Truncated {
        /// How many bits are missing.
        missing_bits: usize,
    },
    /// An exponential Golomb code of more than 32 bits.
    ExpGolomb,
    /// A count or size above its bound.
    TooMany {
        /// The value read.
        found: u32,
        /// The largest that is taken.
        max: u32,
    },
    /// A value that the specification does not allow there.
    Value {
        /// The value read.
        found: u32,
        /// What is allowed.
        allowed: &'static str,
    },
    /// NAL units behind start codes (Annex B) where a record belongs.
    AnnexB,
    /// The record of another codec: some publishers send HEVC under the codec id of AVC.
    OtherRecord(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inside, field, bit, kind } = self;
        write!(f, "{inside}, {field}: {kind} (at byte {}", bit / 8)?;
        match bit % 8 {
            0 => f.write_str(")"),
            bit => write!(f, ", bit {bit})"),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { missing_bits } if missing_bits % 8 == 0 => {
                write!(f, "{} bytes are missing", missing_bits / 8)
            }
            Self::Truncated { missing_bits } => write!(f, "{missing_bits} bits are missing"),
            Self::ExpGolomb => f.write_str("an exponential Golomb code of more than 32 bits"),
            Self::TooMany { found, max } => write!(f, "{found}; at most {max}"),
            Self::Value { found, allowed } => write!(f, "{found}; expected {allowed}"),
            Self::AnnexB => f.write_str("start codes (Annex B) instead of a record"),
            Self::OtherRecord(name) => write!(f, "this is the record of {name}"),
        }
    }
}

impl core::error::Error for Error {}

/// A value that the fields of a record cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange {
    /// The field.
    pub field: &'static str,
    /// The value, or the number of elements or bytes.
    pub value: usize,
    /// The largest that the field can say.
    pub max: usize,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}; the record can say at most {}", self.field, self.value, self.max)
    }
}

impl core::error::Error for OutOfRange {}

/// `value` where it fits.
pub(crate) fn at_most(field: &'static str, value: usize, max: usize) -> Result<u32, OutOfRange> {
    if value > max { Err(OutOfRange { field, value, max }) } else { Ok(value as u32) }
}
