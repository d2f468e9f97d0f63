//! Types of video frames, packets and commands.

/// Frame type. Three bits: the fourth announces an extended header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameType(pub u8);

impl FrameType {
    /// A frame that decoding can begin with.
    pub const KEY: Self = Self(1);
    /// A frame that needs earlier ones.
    pub const INTER: Self = Self(2);
    /// An inter frame that no other needs; Sorenson H.263 only.
    pub const DISPOSABLE_INTER: Self = Self(3);
    /// A key frame that a server made.
    pub const GENERATED_KEY: Self = Self(4);
    /// A command instead of a picture.
    pub const COMMAND: Self = Self(5);
}

/// Command of a frame of type [`FrameType::COMMAND`]. Values from 2 on are reserved (errata E-59).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VideoCommand(pub u8);

impl VideoCommand {
    /// Frames from here on are for a seek on the client's side, not to be shown.
    pub const START_SEEK: Self = Self(0);
    /// The frames for the seek end.
    pub const END_SEEK: Self = Self(1);
}

/// What a video payload holds. Legacy codecs without a packet type always have `CodedFrames`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PacketType {
    /// The decoder configuration: AVC packet type 0, Enhanced RTMP 0.
    SequenceStart,
    /// A coded frame: AVC packet type 1, Enhanced RTMP 1.
    CodedFrames,
    /// Nothing more of this sequence: AVC packet type 2, Enhanced RTMP 2.
    SequenceEnd,
    /// A coded frame with composition time 0: Enhanced RTMP 3.
    CodedFramesX,
    /// AMF pairs such as colorInfo: Enhanced RTMP 4. The frame type has no meaning.
    Metadata,
    /// The decoder configuration as an MPEG-2 TS descriptor: Enhanced RTMP 5.
    Mpeg2TsSequenceStart,
    /// Any other number, kept.
    Other(u8),
    /// None stands there: a command frame of AVC without the bytes of the AVC header (errata E-58).
    Unstated,
}

pub(super) const METADATA: u8 = 4;
pub(super) const MULTITRACK: u8 = 6;

impl PacketType {
    pub(super) const fn from_avc(number: u8) -> Self {
        match number {
            0 => Self::SequenceStart,
            1 => Self::CodedFrames,
            2 => Self::SequenceEnd,
            other => Self::Other(other),
        }
    }

    pub(super) const fn from_enhanced(number: u8) -> Self {
        match number {
            0 => Self::SequenceStart,
            1 => Self::CodedFrames,
            2 => Self::SequenceEnd,
            3 => Self::CodedFramesX,
            METADATA => Self::Metadata,
            5 => Self::Mpeg2TsSequenceStart,
            other => Self::Other(other),
        }
    }

    /// The number on the wire.
    pub(super) const fn number(self) -> Option<u8> {
        Some(match self {
            Self::SequenceStart => 0,
            Self::CodedFrames => 1,
            Self::SequenceEnd => 2,
            Self::CodedFramesX => 3,
            Self::Metadata => METADATA,
            Self::Mpeg2TsSequenceStart => 5,
            Self::Other(other) => other,
            Self::Unstated => return None,
        })
    }

    /// Whether this is a decoder configuration.
    #[must_use]
    pub const fn is_sequence_header(self) -> bool {
        matches!(self, Self::SequenceStart | Self::Mpeg2TsSequenceStart)
    }

    /// Whether this is a coded frame.
    #[must_use]
    pub const fn is_coded(self) -> bool {
        matches!(self, Self::CodedFrames | Self::CodedFramesX)
    }
}
