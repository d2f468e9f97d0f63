//! The I/O-free core of RTMP. See the crate's documentation below each module.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod error;
mod limits;
mod message;
pub mod tamper;
mod types;

pub use error::{LimitExceeded, LocalMisuse, PeerMisbehaved, SessionError};
pub use limits::Limits;
pub use message::{Message, MessageRef};
pub use types::{
    ChunkStreamId, MessageStreamId, MessageType, Millis, Timestamp, TransactionId,
};
