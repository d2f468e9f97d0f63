//! A recording proxy: what passes between a client and a server, as a packet capture without stream keys.
//!
//! ```text
//! client <-> pass <-> server         bytes unchanged, bounded buffers
//!             |
//!            tape: follow (parts of the stream), rules + secrets (which bytes to replace), window
//!             |
//!            reel: one pcapng file for all connections
//! ```

pub mod follow;
pub mod pass;
pub mod proxy;
pub mod rules;
pub mod secrets;
pub mod strings;
pub mod tape;
pub mod target;
pub mod tls;

pub use pass::Ended;
pub use proxy::{Event, Options, Outcome, Proxy, Record, SetupError};
pub use target::Forward;
pub use tls::Trust;
