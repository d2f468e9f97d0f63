//! The captures of vectors/captures, and captures made here: every byte accounted for.

#[path = "captures/content.rs"]
mod content;
#[path = "captures/corpus.rs"]
mod corpus;
#[path = "captures/net.rs"]
mod net;
#[path = "captures/reassembly.rs"]
mod reassembly;
#[path = "captures/recognition.rs"]
mod recognition;
#[path = "captures/streams.rs"]
mod streams;
