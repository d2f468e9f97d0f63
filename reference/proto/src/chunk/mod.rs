//! The chunk stream (RTMP 5.3): messages cut into chunks that may interleave.

mod arrived;
mod chunks;
mod decode;
mod encode;
mod header;
mod partial;
mod step;
mod streams;
#[cfg(test)]
mod tests;

pub use chunks::{Chunks, Slices};
pub use decode::{ChunkDecoder, Decoded};
pub use encode::ChunkEncoder;

/// Chunk size in bytes before any Set Chunk Size, in each direction (RTMP 5.4.1).
pub const DEFAULT_CHUNK_SIZE: u32 = 128;

/// The most bytes that the 24-bit length of a message can say (RTMP 5.3.1.2.1). Larger chunk
/// sizes mean the same as this one (RTMP 5.4.1).
pub const MAX_MESSAGE_LEN: u32 = 0xFF_FFFF;

/// Value of the 24-bit timestamp field that says an extended timestamp follows (RTMP 5.3.1.3).
pub(crate) const EXTENDED: u32 = 0xFF_FFFF;
