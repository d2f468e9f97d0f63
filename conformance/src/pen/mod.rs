//! The suite's own pen: bytes that are valid by the text, or a named lie. Shares no code with the
//! reference's encoders.

pub mod amf;
pub mod chunk;
pub mod command;
pub mod control;
pub mod handshake;
pub mod media;

pub use amf::Amf;
pub use chunk::{Form, Header, Msg};
