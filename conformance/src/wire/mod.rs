//! Connections, what was sent and heard on them, and how that is written down.

pub mod describe;
pub mod link;
pub mod pcapng;
pub mod reader;
pub mod redact;
pub mod transcript;

pub use link::{Heard, Link};
pub use reader::MessageSeen;
pub use transcript::Transcript;
