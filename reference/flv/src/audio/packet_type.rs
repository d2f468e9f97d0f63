//! Types of audio packets.

/// What an audio payload holds. Legacy formats other than AAC always have `CodedFrames`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PacketType {
    /// The decoder configuration: AAC packet type 0, Enhanced RTMP 0.
    SequenceStart,
    /// Coded audio: AAC packet type 1, Enhanced RTMP 1.
    CodedFrames,
    /// Nothing more of this sequence, which means at least what an empty payload means: Enhanced
    /// RTMP 2.
    SequenceEnd,
    /// The order of the channels: Enhanced RTMP 4.
    MultichannelConfig,
    /// Any other number, kept.
    Other(u8),
}

pub(super) const MULTITRACK: u8 = 5;

impl PacketType {
    pub(super) const fn from_aac(number: u8) -> Self {
        match number {
            0 => Self::SequenceStart,
            1 => Self::CodedFrames,
            other => Self::Other(other),
        }
    }

    pub(super) const fn from_enhanced(number: u8) -> Self {
        match number {
            0 => Self::SequenceStart,
            1 => Self::CodedFrames,
            2 => Self::SequenceEnd,
            4 => Self::MultichannelConfig,
            other => Self::Other(other),
        }
    }

    /// The number on the wire.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::SequenceStart => 0,
            Self::CodedFrames => 1,
            Self::SequenceEnd => 2,
            Self::MultichannelConfig => 4,
            Self::Other(other) => other,
        }
    }
}
