//! The codec of this workspace, driven by vectors.

pub mod amf0;
pub mod chunk;
pub mod handshake;
pub mod hex;
pub mod judge;
