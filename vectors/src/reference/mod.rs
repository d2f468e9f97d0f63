//! The codec of this workspace, driven by the bytes of vectors (feature `reference`).
//!
//! [`decode`] is what an adapter of `PROTOCOL.md` does: it sees bytes and state, never what is expected.

mod aggregate;
mod amf0;
mod amf3;
mod auth;
mod capability;
mod chunk;
mod digest;
mod flv_file;
mod handshake;
mod keys;
mod media;
mod message;
mod rtmpt;
mod shared_object;
mod swf;
mod timestamp;
mod url;

use crate::judge::Outcome;
use crate::trial::trials;
use crate::{State, Vector, hex};

/// What the codec makes of `bytes`, arriving in reads of the sizes of `split` and a last one with what is left: one
/// outcome for each way to drive it. Nothing where the family has no decoder here.
///
/// # Panics
/// The state lacks what the family needs, or two ways to read the same bytes disagree.
#[must_use]
pub fn decode(family: &str, state: &State, bytes: &[u8], split: &[usize]) -> Vec<Outcome> {
    let one = match (family, state.step.as_deref()) {
        ("chunk-stream-v1", _) => return chunk::decode(bytes, split, state, false),
        ("control-v1", _) => return chunk::decode(bytes, split, state, true),
        ("aggregate-v1", _) => aggregate::decode(bytes, state),
        ("amf0-v1", _) => amf0::decode(bytes),
        ("amf3-v1", _) => amf3::decode(bytes),
        ("auth-v1", _) => auth::read(bytes, state),
        ("capability-v1", _) => capability::decode(bytes),
        ("enhanced-rtmp-v1" | "flv-tag-v1", _) => media::decode(bytes, state),
        ("flv-file-v1", _) => flv_file::decode(bytes, split),
        ("handshake-v1", _) => handshake::decode(bytes, split, state),
        ("handshake-digest-v1", _) if state.role.is_some() => digest::flow(bytes, split, state),
        ("handshake-digest-v1", _) if state.peer_digest.is_some() => keys::signature(bytes, state),
        ("handshake-digest-v1", _) => digest::packet(bytes, state),
        ("message-v1", _) => message::decode(bytes, state),
        ("rtmpe-v1", Some("packet")) => digest::packet(bytes, state),
        ("rtmpe-v1", Some("handshake")) => digest::rtmpe(bytes, split, state),
        ("rtmpe-v1", Some("key-exchange")) => keys::exchange(bytes, state),
        ("rtmpe-v1", Some("cipher")) => keys::cipher(bytes, state),
        ("rtmpe-v1", Some("signature")) => keys::enciphered(bytes, state),
        ("rtmpt-v1", _) => rtmpt::decode(bytes, split, state),
        ("shared-object-v1", _) => shared_object::decode(bytes, state),
        ("swf-verification-v1", _) => swf::decode(bytes, state),
        ("timestamp-v1", _) => timestamp::decode(bytes, state),
        ("url-v1", _) => url::decode(bytes),
        _ => return vec![],
    };
    vec![one]
}

/// What the codec writes for what it read.
///
/// # Errors
/// It refuses the bytes, or has no encoder for the family.
pub fn encode(family: &str, state: &State, bytes: &[u8]) -> Result<Vec<u8>, String> {
    match family {
        "aggregate-v1" => aggregate::encode(bytes, state),
        "amf3-v1" => amf3::encode(bytes),
        "enhanced-rtmp-v1" | "flv-tag-v1" => media::encode(bytes, state),
        "flv-file-v1" => flv_file::encode(bytes),
        "message-v1" => message::encode(bytes, state),
        "shared-object-v1" => shared_object::encode(bytes, state),
        other => Err(format!("no encoder for the family {other}")),
    }
}

/// Whether the codec does all that a vector asks: whole, in its `feeds`, byte by byte, its beginnings; where a vector is
/// canonical, it has to write the bytes too.
///
/// # Errors
/// In words, what it did else.
///
/// # Panics
/// As [`decode`].
pub fn passes(family: &str, state: &State, vector: &Vector) -> Result<(), String> {
    let bytes = vector.input()?;
    for trial in trials(family, state, vector, bytes.len()) {
        let given = &bytes[..trial.end];
        let outcomes = decode(family, state, given, &trial.reads.sizes(given.len()));
        if outcomes.is_empty() {
            return Err(format!("no decoder for the family {family}"));
        }
        outcomes.iter().try_for_each(|outcome| trial.judge(vector, outcome))?;
    }
    if vector.canonical {
        let again = encode(family, state, &bytes).map_err(|why| format!("writing it: {why}"))?;
        if again != bytes {
            return Err(format!("written again it is {:.2000}", hex::encode(&again)));
        }
    }
    Ok(())
}
