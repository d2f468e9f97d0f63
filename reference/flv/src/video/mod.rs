//! Video payloads (FLV E.4.3.1; E-RTMP v2 "Enhanced Video").
//!
//! ```
//! use rtmp_flv::video::{FrameType, Header, PacketType};
//!
//! let payload = b"\x91hvc1\x00\x00\x50data";
//! let (header, body) = Header::decode(payload)?;
//! assert_eq!((header.frame_type, header.packet), (FrameType::KEY, PacketType::CodedFrames));
//! assert_eq!((header.composition_time, body), (80, b"data".as_slice()));
//! # Ok::<(), rtmp_flv::HeaderError>(())
//! ```

mod codec_id;
mod color_info;
mod color_state;
mod frame_type;
mod header;
mod jpeg;
mod metadata;
mod picture_size;
mod screen;
mod sorenson;
mod track;
mod vp6;

pub use codec_id::{Codec, CodecId};
pub use color_info::{ColorConfig, ColorInfo, HdrCll, HdrMdcv, OutOfRange};
pub use color_state::ColorState;
pub use frame_type::{FrameType, PacketType, VideoCommand};
pub use header::Header;
pub use metadata::{ColorChange, Metadata, MetadataError};
pub use picture_size::{PictureSize, picture_size};
pub use screen::ScreenHeader;
pub use sorenson::{PictureType, SorensonHeader};
pub use track::{Track, Tracks};
pub use vp6::{Vp6Alpha, Vp6Crop, Vp6KeyFrame};

use crate::{CacheKey, CacheKind};

/// Whether the payload is a coded frame that decoding can begin with; see [`Header::is_key_frame`].
/// A frame without a byte for the decoder is none; in a multitrack payload every track has to have
/// one. Does not allocate.
#[must_use]
pub fn is_key_frame(payload: &[u8]) -> bool {
    // Both kinds of header have the frame type here, and most frames are no key frames.
    let may_be = payload.first().is_some_and(|first| matches!(first >> 4 & 7, 1 | 4));
    let Some((header, body)) = may_be.then(|| Header::decode(payload).ok()).flatten() else { return false };
    let mut tracks = header.tracks(body).peekable();
    header.is_key_frame()
        && tracks.peek().is_some()
        && tracks.all(|track| track.is_ok_and(|track| !track.body.is_empty()))
}

/// Whether the payload is a decoder configuration, in a multitrack payload that of every track.
/// Does not allocate.
#[must_use]
pub fn is_sequence_header(payload: &[u8]) -> bool {
    may_be_sequence_header(payload)
        && cache_key(payload).is_some_and(|key| key.kind == CacheKind::VideoSequenceHeader)
}

/// Under which key a relay keeps the payload for players that come late: `None` for pictures, for
/// commands and for what is malformed. Does not allocate.
#[must_use]
pub fn cache_key(payload: &[u8]) -> Option<CacheKey> {
    let (header, body) = Header::decode(payload).ok()?;
    let kind = if header.is_sequence_header() {
        CacheKind::VideoSequenceHeader
    } else if header.is_metadata() {
        CacheKind::VideoMetadata
    } else {
        return None;
    };
    let tracks = header.track_ids(body).ok()?;
    (!tracks.is_empty()).then_some(CacheKey { kind, tracks })
}

/// A look at two bytes that tells most pictures from decoder configurations: 5 is an MPEG-2 TS one,
/// and multitrack (6) and ModEx (7) have their packet type further on.
fn may_be_sequence_header(payload: &[u8]) -> bool {
    match payload {
        [0x80..=0xFF, ..] => matches!(payload[0] & 0x0F, 0 | 5 | 6 | 7),
        [_, packet, ..] => *packet == 0,
        _ => false,
    }
}
