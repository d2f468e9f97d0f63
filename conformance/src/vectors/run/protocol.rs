//! The lines of `vectors/PROTOCOL.md`.

use std::collections::{BTreeMap, BTreeSet};

use rtmp_vectors::trial::Reads;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::losses::Loss;

/// First line of a program.
pub const HELLO: &str = r#"{"hello":"rtmp-vectors-1"}"#;

/// What a program says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The decoder.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Families it can be asked, such as `amf0-v1`.
    pub families: BTreeMap<String, Depth>,
    /// What its values cannot express.
    #[serde(default)]
    pub loses: BTreeSet<Loss>,
    /// For the report.
    pub note: Option<String>,
}

/// How much a program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// What it found.
    Yields,
    /// Whether it took the bytes.
    Verdict,
}

/// Bytes for a decoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its number.
    pub n: u64,
    /// The family.
    pub family: String,
    /// What the decoder starts from.
    pub state: Value,
    /// Hexadecimal.
    pub bytes: String,
    /// Sizes of successive reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<Vec<usize>>,
    /// Size of each read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<usize>,
}

impl Request {
    /// How the bytes arrive.
    #[must_use]
    pub fn arrival(&self) -> Reads {
        match (&self.reads, self.every) {
            (Some(sizes), _) => Reads::Sizes(sizes.clone()),
            (None, Some(size)) => Reads::Every(size.max(1)),
            (None, None) => Reads::Whole,
        }
    }
}

/// What a decoder made of the bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Number of the request.
    pub n: u64,
    /// What it found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yields: Option<Vec<Value>>,
    /// Why it gave up.
    #[serde(default)]
    pub error: Option<String>,
    /// Why it cannot be asked this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot: Option<String>,
    /// The error is a panic or abort that the program caught.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub panic: bool,
}
