//! The codec of this workspace, driven by vectors.

pub mod aggregate;
pub mod amf0;
pub mod amf3;
pub mod auth;
pub mod capability;
pub mod chunk;
pub mod digest;
pub mod flv_file;
pub mod handshake;
pub mod hex;
pub mod judge;
pub mod keys;
pub mod media;
pub mod message;
pub mod shared_object;
pub mod swf;
pub mod timestamp;
pub mod url;
