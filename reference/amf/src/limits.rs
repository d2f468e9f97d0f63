//! Bounds on what a message may make the decoder do.

/// The most that [`Limits::depth`] can allow. Decoding, encoding, comparing and dropping a
/// [`crate::Value`] recurse once per level, so the depth has a ceiling that no setting lifts.
pub const MAX_DEPTH: u32 = 128;

/// Bounds of one message, which is the life of one [`crate::Decoder`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Containers inside each other: 1 allows an object of plain values. Default 32; values above
    /// [`MAX_DEPTH`] act as [`MAX_DEPTH`]. Costs stack, some hundred bytes per level.
    pub depth: u32,
    /// Values in the message, containers and their members included. Default 65,536. Costs at most
    /// `2 * size_of::<(String, Value)>()` bytes each, 144 on 64-bit machines: 9 MiB.
    pub nodes: u32,
    /// Sum of the bytes of all strings, keys, class names, XML documents and AMF3 escapes of the
    /// message. Default 16,777,215, the longest RTMP message; the memory is the same number.
    pub string_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 32, nodes: 65_536, string_bytes: 0xFF_FFFF }
    }
}
