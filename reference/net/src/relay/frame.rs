//! One relayed message, shared by everyone who needs it.

use std::sync::OnceLock;

use bytes::Bytes;
use rtmp_flv::{audio, video};
use rtmp_proto::server::chunk_media;
use rtmp_proto::{MessageStreamId, MessageType, Timestamp};

/// The message stream id for which frames are chunked in advance: the first that a server
/// allocates, hence nearly every player's.
const SHARED_STREAM: MessageStreamId = MessageStreamId(1);

/// What a frame is to the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameClass {
    /// What audio decoders need before the first sound: sequence header, MultichannelConfig.
    AudioConfig,
    /// What video decoders need before the first picture: sequence header, metadata such as colorInfo.
    VideoConfig,
    /// Any other audio.
    Audio,
    /// Video that can be decoded without earlier pictures; where a publisher has several video tracks,
    /// of the track that leads.
    KeyFrame,
    /// Any other video.
    Video,
    /// A data message.
    Data,
}

/// An audio (8), video (9) or data (18) message on its way from a publisher to its players.
#[derive(Debug)]
pub struct MediaFrame {
    /// Message type id.
    pub kind: MessageType,
    /// The publisher's timestamp in ms, unmodified.
    pub timestamp: Timestamp,
    /// The publisher's payload, unmodified.
    pub payload: Bytes,
    class: FrameClass,
    wire: OnceLock<(u32, Bytes)>,
}

impl MediaFrame {
    /// Looks at the first bytes of `payload` and keeps the frame as it is.
    #[must_use]
    pub fn new(kind: MessageType, timestamp: Timestamp, payload: Bytes) -> Self {
        let class = classify(kind, &payload);
        Self { kind, timestamp, payload, class, wire: OnceLock::new() }
    }

    /// A key frame as a picture like all others: of a track that does not lead.
    pub(super) fn demote(&mut self) {
        if self.class == FrameClass::KeyFrame {
            self.class = FrameClass::Video;
        }
    }

    /// The same payload at another time: cached configuration frames are handed to late
    /// joiners with the timestamp at which they join, so that their clock does not jump.
    #[must_use]
    pub fn at(&self, timestamp: Timestamp) -> Self {
        Self {
            kind: self.kind,
            timestamp,
            payload: self.payload.clone(),
            class: self.class,
            wire: OnceLock::new(),
        }
    }

    /// What the frame is to the relay.
    #[must_use]
    pub fn class(&self) -> FrameClass {
        self.class
    }

    /// Whether [`MediaFrame::wire`] is made for message stream `stream`.
    #[must_use]
    pub fn is_shared_on(&self, stream: MessageStreamId) -> bool {
        stream == SHARED_STREAM
    }

    /// Bytes of payload.
    #[must_use]
    pub fn len(&self) -> usize {
        self.payload.len()
    }

    /// Whether the payload is empty, which is legal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.payload.is_empty()
    }

    /// The frame as chunks of `chunk_size` on message stream 1. It is chunked by the first caller
    /// and shared with all that use the same chunk size.
    #[must_use]
    pub fn wire(&self, chunk_size: u32) -> Bytes {
        let (size, wire) = self.wire.get_or_init(|| (chunk_size, self.chunked(chunk_size)));
        if *size == chunk_size { wire.clone() } else { self.chunked(chunk_size) }
    }

    fn chunked(&self, chunk_size: u32) -> Bytes {
        chunk_media(SHARED_STREAM, self.kind, self.timestamp, self.payload.clone(), chunk_size)
    }
}

fn classify(kind: MessageType, payload: &[u8]) -> FrameClass {
    match kind {
        MessageType::AUDIO if audio::cache_key(payload).is_some() => FrameClass::AudioConfig,
        MessageType::AUDIO => FrameClass::Audio,
        MessageType::VIDEO if video::cache_key(payload).is_some() => FrameClass::VideoConfig,
        MessageType::VIDEO if video::is_key_frame(payload) => FrameClass::KeyFrame,
        MessageType::VIDEO => FrameClass::Video,
        _ => FrameClass::Data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(kind: MessageType, payload: &'static [u8]) -> FrameClass {
        MediaFrame::new(kind, Timestamp(0), Bytes::from_static(payload)).class()
    }

    #[test]
    fn classes() {
        assert_eq!(class(MessageType::VIDEO, &[0x17, 0, 0, 0, 0, 1]), FrameClass::VideoConfig);
        assert_eq!(class(MessageType::VIDEO, &[0x17, 1, 0, 0, 0, 1]), FrameClass::KeyFrame);
        assert_eq!(class(MessageType::VIDEO, &[0x17, 2, 0, 0, 0]), FrameClass::Video);
        assert_eq!(class(MessageType::VIDEO, &[0x27, 1, 0, 0, 0, 1]), FrameClass::Video);
        assert_eq!(class(MessageType::VIDEO, &[]), FrameClass::Video);
        assert_eq!(class(MessageType::AUDIO, &[0xAF, 0, 0x12, 0x10]), FrameClass::AudioConfig);
        assert_eq!(class(MessageType::AUDIO, &[0xAF, 1, 0]), FrameClass::Audio);
        assert_eq!(class(MessageType::AUDIO, &[]), FrameClass::Audio);
        assert_eq!(class(MessageType::VIDEO, b"\x90hvc1"), FrameClass::VideoConfig);
        assert_eq!(class(MessageType::VIDEO, b"\xd4hvc1"), FrameClass::VideoConfig);
        assert_eq!(class(MessageType::VIDEO, b"\x93hvc1K"), FrameClass::KeyFrame);
        assert_eq!(class(MessageType::VIDEO, b"\x92hvc1"), FrameClass::Video);
        assert_eq!(class(MessageType::AUDIO, b"\x90Opus"), FrameClass::AudioConfig);
        assert_eq!(class(MessageType::AUDIO, b"\x94Opus\x00\x02"), FrameClass::AudioConfig);
        assert_eq!(class(MessageType::AUDIO, b"\x91Opus"), FrameClass::Audio);
        assert_eq!(class(MessageType::DATA_AMF0, &[2, 0, 0]), FrameClass::Data);
    }

    #[test]
    fn wire_is_made_once_per_chunk_size() {
        let frame = MediaFrame::new(MessageType::AUDIO, Timestamp(7), Bytes::from_static(&[0xAF, 1, 2, 3]));
        let first = frame.wire(4096);
        assert_eq!(first.as_ptr(), frame.wire(4096).as_ptr());
        assert_eq!(&first[..], &[0x04, 0, 0, 7, 0, 0, 4, 8, 1, 0, 0, 0, 0xAF, 1, 2, 3]);
        assert_eq!(&frame.wire(3)[12..], &[0xAF, 1, 2, 0xC4, 3]);
    }
}
