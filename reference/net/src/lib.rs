//! RTMP on tokio: a TCP server with a live relay, and a client that publishes and plays.
//!
//! The sessions of [`rtmp_proto`] do the talking; this crate gives them sockets, a clock and
//! randomness, and carries media from publishers to players.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use rtmp_net::{Server, ServerConfig};
//!
//! let server = Server::bind("127.0.0.1:0", ServerConfig::default()).await?;
//! println!("rtmp://{}", server.local_addr());
//! let handle = server.spawn();
//! // ... publish and play ...
//! handle.shutdown().await;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod client;
mod outbox;
mod pace;
pub mod relay;
pub mod server;

pub use pace::Pace;
pub use server::{Apps, Log, LogEvent, Observer, Server, ServerConfig, ServerHandle, Stats, TamperFactory};
