//! RTMP test vectors as data. The files under `data/`, their schema and the way to judge a result
//! are described in `README.md`. This crate reads them, judges what a decoder found and, with the feature `reference`,
//! puts the bytes to the codec of this workspace.
//!
//! ```
//! let files = rtmp_vectors::load_all();
//! assert!(files.iter().any(|file| file.schema == "chunk-stream-v1"));
//! ```
#![forbid(unsafe_code)]

mod amf0;
mod amf3;
mod found;
pub mod hex;
mod hmac;
pub mod judge;
mod outcome;
#[cfg(feature = "reference")]
pub mod reference;
pub mod trial;
mod vector;

pub use amf0::{Amf0, Property};
pub use amf3::{Amf3, Entry, Member};
pub use found::{
    Audio, Auth, Capabilities, Channels, Cipher, DigestHandshake, DigestPacket, Event, FlvHeader, FlvTag,
    Found, FourCcFlags, KeyExchange, Mask, Packet, RtmpeHandshake, SharedObject, Signature, SubMessage,
    SwfVerification, Timestamp, Track, TunnelRequest, TunnelResponse, Url, Video, Vp6,
};
pub use outcome::{Control, Handshake, Message, Yield};
pub use vector::{Allowed, Alternative, Expected, File, Group, Note, Role, Run, Source, State, Vector};

/// The JSON Schema (draft 2020-12) of the files.
pub const SCHEMA: &str = include_str!("../schema/vectors-v1.schema.json");

/// The files with their names, as text.
pub const FILES: [(&str, &str); 19] = [
    ("aggregate.json", include_str!("../data/aggregate.json")),
    ("amf0.json", include_str!("../data/amf0.json")),
    ("amf3.json", include_str!("../data/amf3.json")),
    ("auth.json", include_str!("../data/auth.json")),
    ("capability.json", include_str!("../data/capability.json")),
    ("chunk-stream.json", include_str!("../data/chunk-stream.json")),
    ("control.json", include_str!("../data/control.json")),
    ("enhanced-rtmp.json", include_str!("../data/enhanced-rtmp.json")),
    ("flv-file.json", include_str!("../data/flv-file.json")),
    ("flv-tag.json", include_str!("../data/flv-tag.json")),
    ("handshake-digest.json", include_str!("../data/handshake-digest.json")),
    ("handshake.json", include_str!("../data/handshake.json")),
    ("message.json", include_str!("../data/message.json")),
    ("rtmpe.json", include_str!("../data/rtmpe.json")),
    ("rtmpt.json", include_str!("../data/rtmpt.json")),
    ("shared-object.json", include_str!("../data/shared-object.json")),
    ("swf-verification.json", include_str!("../data/swf-verification.json")),
    ("timestamp.json", include_str!("../data/timestamp.json")),
    ("url.json", include_str!("../data/url.json")),
];

/// Counts and hashes of the files, as text.
pub const MANIFEST: &str = include_str!("../manifest.json");

/// All files.
///
/// # Panics
/// A file does not have the form of its schema; the tests of this crate exclude that.
#[must_use]
pub fn load_all() -> Vec<File> {
    let read = |(name, text): &(&str, &str)| {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    FILES.iter().map(read).collect()
}

/// The families of the corpus, such as `amf0-v1`.
#[must_use]
pub fn families() -> std::collections::BTreeSet<&'static str> {
    let schema = |text: &'static str| text[text.find("\"schema\": \"")? + 11..].split('"').next();
    FILES.iter().filter_map(|(_, text)| schema(text)).collect()
}
