use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Yield, hex};

/// One file of vectors.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Family and version, e.g. `chunk-stream-v1`.
    pub schema: String,
    /// SPDX identifier.
    pub licence: String,
    /// What each flag means.
    pub notes: BTreeMap<String, Note>,
    /// Vectors of one source and one initial state.
    pub groups: Vec<Group>,
}

/// What a flag means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// `ambiguity`, `choice`, `de-facto`, `hostile` or `interop`.
    pub kind: String,
    /// Requirement id.
    pub rule: String,
    /// What it comes to.
    pub effect: String,
    /// Where it is discussed.
    pub links: Vec<String>,
}

/// Vectors of one source and one initial state.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Where the vectors come from.
    pub source: Source,
    /// What a decoder starts from.
    pub state: State,
    /// The vectors.
    pub tests: Vec<Vector>,
}

/// Where vectors come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `spec`, `captured` or `generated`.
    pub name: String,
    /// Program that made them.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Date, `YYYY-MM-DD`.
    pub made: String,
}

/// What a decoder starts from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Chunk size in bytes before the first byte (`chunk-stream-v1`, `control-v1`).
    pub chunk_size: Option<u32>,
    /// The side that receives the bytes (`handshake-v1`, `handshake-digest-v1`, `rtmpe-v1`, `rtmpt-v1`).
    pub role: Option<Role>,
    /// `audio` or `video` (`flv-tag-v1`, `enhanced-rtmp-v1`).
    pub medium: Option<String>,
    /// Externalizable classes whose objects hold one value by agreement, A3 3.12 (`amf3-v1`).
    pub knows: Option<Vec<String>>,
    /// Payloads that arrived before, hexadecimal (`enhanced-rtmp-v1`).
    pub before: Option<Vec<String>>,
    /// Message type id (`message-v1`, `shared-object-v1`).
    #[serde(rename = "type")]
    pub kind: Option<u8>,
    /// Timestamp of the aggregate in ms (`aggregate-v1`).
    pub ts: Option<u32>,
    /// Its message stream id.
    pub msid: Option<u32>,
    /// Timestamp to compare with in ms (`timestamp-v1`).
    pub reference: Option<u32>,
    /// `c1`, `s1`, `c2` or `s2` (`handshake-digest-v1`, `rtmpe-v1`).
    pub packet: Option<String>,
    /// Digest that C2 or S2 answers, hexadecimal (`handshake-digest-v1`).
    pub peer_digest: Option<String>,
    /// What is looked at (`rtmpe-v1`, `swf-verification-v1`).
    pub step: Option<String>,
    /// Private key, hexadecimal (`rtmpe-v1`).
    pub private: Option<String>,
    /// RC4 key, hexadecimal (`rtmpe-v1`).
    pub key: Option<String>,
    /// Type of RTMPE (`rtmpe-v1`).
    pub version: Option<u8>,
    /// HMAC key of a signature, hexadecimal (`rtmpe-v1`).
    pub answer_key: Option<String>,
    /// Last 32 bytes of S1, hexadecimal (`swf-verification-v1`).
    pub s1_tail: Option<String>,
    /// Hash of the SWF file, hexadecimal.
    pub swf_hash: Option<String>,
    /// Its length in bytes.
    pub swf_size: Option<u32>,
    /// Name of the publisher (`auth-v1`).
    pub user: Option<String>,
    /// Password of the publisher.
    pub password: Option<String>,
    /// Application of the connection.
    pub app: Option<String>,
    /// The client's challenge.
    pub client_challenge: Option<String>,
    /// The client's nonce.
    pub cnonce: Option<String>,
    /// Id of the session that is open (`rtmpt-v1`, server).
    pub session: Option<String>,
    /// Number of its next request.
    pub sequence: Option<u32>,
    /// Commands of the requests that wait for their answers, in order (`rtmpt-v1`, client).
    pub requests: Option<Vec<String>>,
}

/// A side of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Receives C0, C1, C2; the requests of a tunnel.
    Server,
    /// Receives S0, S1, S2; the responses of a tunnel.
    Client,
}

/// Bytes and what a decoder is to find in them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Permanent, unique over all files.
    pub id: String,
    /// One line.
    pub title: String,
    /// Requirement ids.
    pub requirements: Vec<String>,
    /// Hexadecimal with spaces between parts; absent where there are `runs`.
    pub bytes: Option<String>,
    /// In place of `bytes` where these are too many.
    pub runs: Option<Vec<Run>>,
    /// How the decoder is judged.
    pub result: Expected,
    /// Sizes in bytes of successive reads; what is left is one last read.
    #[serde(default)]
    pub feeds: Vec<usize>,
    /// Keys of [`File::notes`].
    #[serde(default)]
    pub flags: Vec<String>,
    /// What is allowed where `result` leaves a choice.
    #[serde(default)]
    pub allow: Vec<Allowed>,
    /// What the bytes hold; before the error for `invalid`.
    pub yields: Vec<Yield>,
    /// What other readings find.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// No error may be reported for the bytes before this offset alone.
    pub error_at: Option<usize>,
    /// The bytes end within a message or the handshake.
    #[serde(default)]
    pub pending: bool,
    /// Ranges of lengths, first and last: every beginning of such a length is refused with an error.
    #[serde(default)]
    pub cuts: Vec<[usize; 2]>,
    /// The bytes are what an encoder writes for `yields`, with references wherever it can.
    #[serde(default)]
    pub canonical: bool,
    /// Remark.
    pub note: Option<String>,
}

impl Vector {
    /// All its bytes.
    ///
    /// # Errors
    /// Bad hexadecimal; neither `bytes` nor `runs`, or both.
    pub fn input(&self) -> Result<Vec<u8>, String> {
        match (&self.bytes, &self.runs) {
            (Some(text), None) => hex::decode(text),
            (None, Some(runs)) => {
                let mut out = Vec::new();
                for run in runs {
                    let part = hex::decode(&run.hex)?;
                    out.extend(std::iter::repeat_n(part, run.times).flatten());
                }
                Ok(out)
            }
            _ => Err("neither bytes nor runs, or both".into()),
        }
    }
}

/// Bytes, repeated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Hexadecimal.
    pub hex: String,
    /// How often.
    pub times: usize,
}

/// How a decoder is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// `yields`, and no error.
    Valid,
    /// `yields`, then an error, or what `allow` lists.
    Invalid,
    /// What `allow` lists.
    Lenient,
}

/// An allowed behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Allowed {
    /// `yields`, and no error.
    Accept,
    /// A beginning of `yields` or of an alternative, then an error.
    Close,
    /// One of `alternatives`, and no error.
    Alternative,
}

/// What another reading finds.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// The reading, in words.
    pub reading: String,
    /// What it finds.
    pub yields: Vec<Yield>,
}
