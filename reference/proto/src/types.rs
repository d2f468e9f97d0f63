//! Newtypes for the numbers that RTMP passes around, so that one is not taken for another.

use core::fmt;

/// Milliseconds on the caller's monotonic clock; the core never reads a clock itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub u64);

impl Millis {
    /// The instant `ms` milliseconds after this one.
    #[must_use]
    pub const fn after(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// Chunk stream id, 2..=65599 (RTMP 5.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkStreamId(u32);

impl ChunkStreamId {
    /// Reserved for protocol control and user control messages (RTMP 5.4, 6.2).
    pub const CONTROL: Self = Self(2);
    /// Customary for NetConnection commands.
    pub const COMMAND: Self = Self(3);
    /// The largest id that the three-byte basic header can carry.
    pub const MAX: Self = Self(65_599);

    /// `None` outside 2..=65599: 0 and 1 select the longer header forms and are no ids.
    #[must_use]
    pub const fn new(id: u32) -> Option<Self> {
        if id >= 2 && id <= Self::MAX.0 { Some(Self(id)) } else { None }
    }

    /// The number on the wire.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ChunkStreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Message stream id; little-endian on the wire (RTMP 5.3.1.2.1, errata EA 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MessageStreamId(pub u32);

impl MessageStreamId {
    /// Stream 0 is the NetConnection itself (RTMP 7.2.1.3).
    pub const CONNECTION: Self = Self(0);
}

impl fmt::Display for MessageStreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Milliseconds modulo 2^32 against an epoch that the sender chose (RTMP 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Timestamp(pub u32);

impl Timestamp {
    /// The timestamp `delta` ms later, modulo 2^32.
    #[must_use]
    pub const fn plus(self, delta: u32) -> Self {
        Self(self.0.wrapping_add(delta))
    }

    /// Signed distance from `earlier` to `self` under serial arithmetic (RFC 1982, RTMP 4).
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.wrapping_sub(earlier.0) as i32
    }

    /// Whether `self` comes before `other` under serial arithmetic.
    #[must_use]
    pub const fn is_before(self, other: Self) -> bool {
        self.since(other) < 0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Message type id (RTMP 5.4, 6.2, 7.1). Open: unknown values survive a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageType(pub u8);

#[allow(missing_docs, reason = "the names are the specification's")]
impl MessageType {
    pub const SET_CHUNK_SIZE: Self = Self(1);
    pub const ABORT: Self = Self(2);
    pub const ACKNOWLEDGEMENT: Self = Self(3);
    pub const USER_CONTROL: Self = Self(4);
    pub const WINDOW_ACK_SIZE: Self = Self(5);
    pub const SET_PEER_BANDWIDTH: Self = Self(6);
    pub const AUDIO: Self = Self(8);
    pub const VIDEO: Self = Self(9);
    pub const DATA_AMF3: Self = Self(15);
    pub const SHARED_OBJECT_AMF3: Self = Self(16);
    pub const COMMAND_AMF3: Self = Self(17);
    pub const DATA_AMF0: Self = Self(18);
    pub const SHARED_OBJECT_AMF0: Self = Self(19);
    pub const COMMAND_AMF0: Self = Self(20);
    pub const AGGREGATE: Self = Self(22);
}

/// Transaction id of a command: an AMF number (RTMP 7.2).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct TransactionId(pub f64);
