//! The I/O-free core of RTMP. See the crate's documentation below each module.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod ack;
mod aggregate;
#[cfg(feature = "auth")]
pub mod auth;
mod body;
mod capabilities;
pub mod chunk;
pub mod client;
mod command;
mod control;
mod data;
mod error;
mod events;
pub mod handshake;
mod limits;
mod link;
mod message;
#[cfg(feature = "rtmpt")]
pub mod rtmpt;
pub mod server;
mod shared_object;
mod status;
#[cfg(feature = "digest")]
mod swf_verification;
pub mod tamper;
mod types;
mod url;
mod user_control;

pub use ack::AckWindow;
pub use aggregate::{Aggregate, AggregateBuilder, AggregateError, AggregateErrorKind, AggregateRefusal};
pub use capabilities::{AudioCodecs, Capabilities, CodecKey, FourCcInfoMap, VideoCodecs, VideoFunction};
pub use chunk::{ChunkDecoder, ChunkEncoder, Chunks, Decoded, Slices};
pub use client::{ClientEvent, ClientSession, ConnectParams};
pub use command::{Command, CommandError};
pub use control::{Control, LimitType};
pub use data::{Data, DataError, DataFrame};
pub use error::{DecodeError, LimitExceeded, LocalMisuse, PeerMisbehaved, SessionError};
pub use handshake::{HandshakeMode, HandshakePolicy, HandshakeReport};
pub use limits::Limits;
pub use message::{Message, MessageRef};
pub use server::{
    Notice, PlayStart, PublishMode, Rejection, RequestId, ServerEvent, ServerSession, chunk_media,
};
pub use shared_object::{SharedObject, SharedObjectError, SharedObjectErrorKind, SharedObjectEvent};
pub use status::{ReconnectRequest, StatusInfo};
#[cfg(feature = "digest")]
pub use swf_verification::{SwfError, SwfHash, SwfResponse, SwfVerdict};
pub use types::{ChunkStreamId, MessageStreamId, MessageType, Millis, Timestamp, TransactionId};
pub use url::{RtmpUrl, Scheme, UrlError, UrlOptions};
pub use user_control::UserControl;
