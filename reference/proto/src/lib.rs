//! The I/O-free core of RTMP. See the crate's documentation below each module.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod ack;
mod aggregate;
pub mod chunk;
pub mod client;
mod command;
mod control;
mod data;
mod error;
pub mod handshake;
mod limits;
mod link;
mod message;
pub mod server;
mod status;
pub mod tamper;
mod types;
mod url;
mod user_control;

pub use ack::AckWindow;
pub use aggregate::{Aggregate, AggregateError};
pub use chunk::{ChunkDecoder, ChunkEncoder, Decoded};
pub use client::{ClientEvent, ClientSession, ConnectParams};
pub use command::{Command, CommandError};
pub use control::{Control, LimitType};
pub use error::{DecodeError, LimitExceeded, LocalMisuse, PeerMisbehaved, SessionError};
pub use limits::Limits;
pub use message::{Message, MessageRef};
pub use server::{
    Notice, PlayStart, PublishMode, Rejection, RequestId, ServerEvent, ServerSession, chunk_media,
};
pub use status::StatusInfo;
pub use types::{ChunkStreamId, MessageStreamId, MessageType, Millis, Timestamp, TransactionId};
pub use url::{RtmpUrl, UrlError};
pub use user_control::UserControl;
