//! Media on its way to a player.

use bytes::{Bytes, BytesMut};

use super::streams::{Play, Role, Stream};
use crate::{ChunkEncoder, ChunkStreamId, Message, MessageStreamId, MessageType, Timestamp};

/// Audio, one chunk stream for each kind, so that a frame can be chunked once for all players.
const AUDIO: u32 = 4;
/// Data messages; onStatus goes the same way.
pub(super) const DATA: u32 = 5;
const VIDEO: u32 = 6;

/// Chunk stream 5 carries what a server says on a message stream.
pub(super) fn stream_csid() -> ChunkStreamId {
    csid(DATA)
}

/// The chunk stream of a kind of media; `None` for what is no media.
pub(super) fn chunk_stream_of(kind: MessageType) -> Option<ChunkStreamId> {
    match kind {
        MessageType::AUDIO => Some(csid(AUDIO)),
        MessageType::VIDEO => Some(csid(VIDEO)),
        MessageType::DATA_AMF0 => Some(csid(DATA)),
        _ => None,
    }
}

fn csid(id: u32) -> ChunkStreamId {
    ChunkStreamId::new(id).unwrap_or(ChunkStreamId::COMMAND)
}

/// Chunks one media message in the only way that [`super::ServerSession`] sends media: format 0 and
/// the chunk stream of its kind, so that the same bytes serve every player whose stream id and chunk
/// size agree. `kind` other than 8 and 9 goes the way of data messages.
///
/// # Panics
/// If the payload is longer than 16,777,215 bytes; that of a [`super::ServerEvent::Media`] never is.
#[must_use]
pub fn chunk_media(
    stream: MessageStreamId,
    kind: MessageType,
    timestamp: Timestamp,
    payload: Bytes,
    chunk_size: u32,
) -> Bytes {
    let chunk_stream = chunk_stream_of(kind).unwrap_or_else(stream_csid);
    let chunks = payload.len() / chunk_size.max(1) as usize;
    let mut out = BytesMut::with_capacity(16 + payload.len() + chunks.min(1 << 20) * 5);
    let message = Message { chunk_stream, timestamp, kind, stream, payload };
    ChunkEncoder::encode_independent(&message, chunk_size, &mut out);
    out.freeze()
}

/// Timestamp and first payload bytes of what [`chunk_media`] made. The chunk stream ids used there take
/// one byte, so the header has 12 bytes, and 4 more where the timestamp does not fit into 24 bits.
pub(super) fn peek_wire(wire: &[u8]) -> Option<(Timestamp, &[u8])> {
    let short = u32::from_be_bytes([0, *wire.get(1)?, *wire.get(2)?, *wire.get(3)?]);
    if short < 0xFF_FFFF {
        return Some((Timestamp(short), wire.get(12..)?));
    }
    let extended = wire.get(12..16)?.try_into().ok()?;
    Some((Timestamp(u32::from_be_bytes(extended)), wire.get(16..)?))
}

impl Stream {
    /// Whether a media message goes out to this player now. Keeps account of what was left out.
    pub(super) fn lets_pass(&mut self, kind: MessageType, timestamp: Timestamp, head: &[u8]) -> bool {
        let wanted = match kind {
            MessageType::AUDIO => self.audio,
            MessageType::VIDEO => self.video,
            _ => true,
        };
        let Role::Playing(play) = &mut self.role else { return false };
        if !wanted || play.paused {
            play.wants_key_frame |= kind == MessageType::VIDEO;
            return false;
        }
        play.passes_gates(kind, timestamp, head)
    }
}

impl Play {
    fn passes_gates(&mut self, kind: MessageType, timestamp: Timestamp, head: &[u8]) -> bool {
        if kind == MessageType::DATA_AMF0 {
            return true;
        }
        let video = kind == MessageType::VIDEO;
        if video && is_configuration(head) {
            return true;
        }
        if let Some(after) = self.resume_after {
            if !after.is_before(timestamp) {
                self.wants_key_frame |= video;
                return false;
            }
            self.resume_after = None;
        }
        if video && self.wants_key_frame {
            if !is_key_frame(head) {
                return false;
            }
            self.wants_key_frame = false;
        }
        self.last_sent = Some(timestamp);
        true
    }
}

/// Frame type 1 (FLV E.4.3.1; the same bits in E-RTMP v1).
fn is_key_frame(head: &[u8]) -> bool {
    head.first().is_some_and(|byte| byte >> 4 & 7 == 1)
}

/// A sequence header or video metadata, which a decoder needs whatever was left out before:
/// AVCPacketType 0 (FLV E.4.3.1); PacketTypeSequenceStart, Metadata and MPEG2TSSequenceStart
/// (E-RTMP v1), behind the Multitrack type where there is one (E-RTMP v2).
fn is_configuration(head: &[u8]) -> bool {
    const MULTITRACK: u8 = 6;
    match head {
        [first, second, ..] if first & 0x80 != 0 => {
            let kind = first & 0x0F;
            matches!(if kind == MULTITRACK { second & 0x0F } else { kind }, 0 | 4 | 5)
        }
        [first, 0, ..] => matches!(first & 0x0F, 7 | 12 | 13),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_key_frame_and_what_is_configuration() {
        // AVC sequence header, key frame and inter frame (vectors V9).
        assert!(is_configuration(&[0x17, 0, 0, 0, 0]));
        assert!(!is_configuration(&[0x17, 1, 0, 0, 0x50]) && is_key_frame(&[0x17, 1]));
        assert!(!is_key_frame(&[0x27, 1, 0xff, 0xff, 0xd8]));
        // Enhanced RTMP: SequenceStart, CodedFrames, CodedFramesX, Metadata, Multitrack (vectors V10).
        assert!(is_configuration(&[0x90, 0x68, 0x76, 0x63, 0x31]));
        assert!(is_key_frame(&[0x91, 0x68]) && !is_configuration(&[0x91, 0x68]));
        assert!(!is_key_frame(&[0xa3, 0x68]));
        assert!(is_configuration(&[0x94, 0x68]));
        assert!(is_key_frame(&[0x96, 0x01]) && !is_configuration(&[0x96, 0x01]));
        assert!(is_configuration(&[0x96, 0x00]));
        assert!(!is_key_frame(&[]) && !is_configuration(&[]));
    }

    #[test]
    fn chunked_media_can_be_read_back() {
        for timestamp in [0, 0xFF_FFFE, 0xFF_FFFF, 0xFFFF_FFFF] {
            let stream = MessageStreamId(1);
            let payload = Bytes::from_static(&[0x27; 300]);
            let wire = chunk_media(stream, MessageType::VIDEO, Timestamp(timestamp), payload, 128);
            let (read, head) = peek_wire(&wire).unwrap();
            assert_eq!(read, Timestamp(timestamp));
            assert_eq!(&head[..128], [0x27; 128]);
        }
    }
}
