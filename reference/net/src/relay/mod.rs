//! The live relay: one publisher and any number of players per name, without any socket.
//!
//! [`Hub`] finds a stream by its [`StreamKey`]. A publisher pushes each
//! [`MediaFrame`] once; every player's [`PlayerQueue`] gets a clone of the `Arc`. Nothing here
//! waits: a player that is too slow skips or is given up, and neither the publisher nor the other
//! players notice.

mod config_cache;
mod frame;
mod hub;
pub(crate) mod key;
mod lead_track;
mod queue;
mod stream;
#[cfg(test)]
mod tests;

pub use frame::{FrameClass, MediaFrame};
pub use hub::{Hub, PublishRefused, Publisher, SubscribeRefused, Subscription};
pub use key::StreamKey;
pub use queue::{GaveUp, Item, Notice, PlayerQueue, QueueLimits};
pub use stream::GopLimits;
