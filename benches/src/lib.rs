//! Inputs of the benches, the floor to compare with, and an allocator that counts.

pub mod amf;
pub mod counting;
pub mod floor;
pub mod inputs;
pub mod ratios;
pub mod work;

/// Piece sizes in which an input is fed, in bytes: whole, what a large read of a socket gives, and what
/// one segment on Ethernet carries.
pub const PIECES: [(&str, usize); 3] = [("whole", usize::MAX), ("64 KiB", 64 << 10), ("1460 B", 1460)];
