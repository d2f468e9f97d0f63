//! The client's half of a connection.

mod event;
mod negotiate;
mod replies;
mod session;

pub use event::{ClientEvent, ConnectParams};
pub use session::ClientSession;

#[cfg(test)]
mod tests;
