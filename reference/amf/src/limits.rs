//! Bounds on what a message may make the decoder do.

/// The most that [`Limits::depth`] can allow. Decoding, encoding, comparing and dropping a
/// [`crate::Value`] recurse once per level, so the depth has a ceiling that no setting lifts.
pub const MAX_DEPTH: u32 = 128;

/// Text that AMF3 references of a message may repeat whatever its length, in bytes.
const EXPANSION_FLOOR: usize = 64 << 10;

/// Text that AMF3 references may repeat, in bytes for each byte of the message.
const EXPANSION_RATIO: usize = 16;

/// The most items, sealed members or entries for which room is made ahead because a count announces them:
/// small arrays take no more than they need, and a count without its items wastes little.
pub(crate) const ANNOUNCED: usize = 8;

/// Bounds of one message, which is the life of one [`crate::Decoder`]. AMF0 and the AMF3 values in
/// it share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Containers inside each other: 1 allows an object of plain values. Default 32; values above
    /// [`MAX_DEPTH`] act as [`MAX_DEPTH`]. Costs stack, on 64-bit machines up to 0.8 KiB per level with
    /// optimisation and 3 KiB without: 100 or 400 KiB at [`MAX_DEPTH`].
    pub depth: u32,
    /// Values in the message, containers and their members included. Default 65,536. On 64-bit machines
    /// an item or a member costs 32 to 168 bytes in AMF0 and 48 to 216 in AMF3, most while a long list
    /// grows. An object whose only member is another such object, up to the depth, costs more: 272 bytes
    /// in AMF0 (a typed object), 17 MiB in all, and 360 bytes in AMF3, 22.5 MiB. The first four
    /// containers of a message may take 1.8 KiB each beyond that, room for members that did not come.
    pub nodes: u32,
    /// Sum of the bytes of all strings, keys, class names, XML documents, byte arrays and vectors of
    /// numbers of the message, those that AMF3 references repeat included. Default 16,777,215, the
    /// longest RTMP message; the memory is the same number.
    ///
    /// Text that AMF3 references repeat has a second bound that cannot be set:
    /// 16 bytes for each byte of the message, at least 64 KiB
    /// ([`ErrorKind::ExpansionLimit`](crate::ErrorKind::ExpansionLimit)).
    pub string_bytes: usize,
    /// Entries of each AMF3 table: strings, traits, and the member names of all traits. Default 16,384.
    /// Costs at most 128 bytes each on 64-bit machines: 2 MiB.
    pub table_entries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 32, nodes: 65_536, string_bytes: 0xFF_FFFF, table_entries: 16_384 }
    }
}

/// The most text that references may repeat in a message of `len` bytes, in bytes.
pub(crate) const fn expansion(len: usize) -> usize {
    let ratio = len.saturating_mul(EXPANSION_RATIO);
    if ratio > EXPANSION_FLOOR { ratio } else { EXPANSION_FLOOR }
}
