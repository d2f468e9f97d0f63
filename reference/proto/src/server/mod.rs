//! The server's half of a connection.

mod commands;
mod event;
mod media;
mod negotiate;
mod session;
mod streams;

pub use event::{Notice, PlayStart, PublishMode, Rejection, RequestId, ServerEvent};
pub use media::chunk_media;
pub use session::ServerSession;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(test)]
mod captured;
#[cfg(test)]
mod tests;
