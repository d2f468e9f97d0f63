//! Audio payloads (FLV E.4.2.1; E-RTMP v2 "Enhanced Audio").
//!
//! ```
//! use rtmp_flv::audio::{Header, PacketType};
//!
//! let (header, body) = Header::decode(&[0x2e, 0xff, 0xfb])?;
//! assert_eq!(header.codec.to_string(), "MP3");
//! assert_eq!((header.sample_rate(), header.channels()), (Some(44_100), Some(1)));
//! assert_eq!((header.packet, body), (PacketType::CodedFrames, [0xff, 0xfb].as_slice()));
//! # Ok::<(), rtmp_flv::HeaderError>(())
//! ```

mod header;
mod multichannel;
mod opus;
mod packet_type;
mod sound_format;
mod track;

pub use header::Header;
pub use multichannel::{Channel, ChannelMask, ChannelOrder, MultichannelConfig};
pub use opus::{MAX_OPUS_DURATION, MAX_OPUS_FRAME, OpusPacket, OpusPacking};
pub use packet_type::PacketType;
pub use sound_format::{Codec, SoundFormat, SoundInfo};
pub use track::{Track, Tracks};

use crate::{CacheKey, CacheKind};

/// Whether the payload is empty: that is a message of its own, silence, and has no header (E-RTMP v2
/// "Enhanced Audio"; errata E-69).
#[must_use]
pub const fn is_silence(payload: &[u8]) -> bool {
    payload.is_empty()
}

/// Whether the payload is a decoder configuration, in a multitrack payload that of every track.
/// Does not allocate.
#[must_use]
pub fn is_sequence_header(payload: &[u8]) -> bool {
    // Two bytes tell most sound from configurations; multitrack (5) and ModEx (7) have their packet
    // type further on.
    let may_be = match payload {
        [0x90..0xA0, ..] => matches!(payload[0] & 0x0F, 0 | 5 | 7),
        [0xA0..0xB0, packet, ..] => *packet == 0,
        _ => false,
    };
    may_be && cache_key(payload).is_some_and(|key| key.kind == CacheKind::AudioSequenceHeader)
}

/// Under which key a relay keeps the payload for players that come late: `None` for sound and for
/// what is malformed. Does not allocate.
#[must_use]
pub fn cache_key(payload: &[u8]) -> Option<CacheKey> {
    let (header, body) = Header::decode(payload).ok()?;
    let kind = match header.packet {
        PacketType::SequenceStart => CacheKind::AudioSequenceHeader,
        PacketType::MultichannelConfig => CacheKind::MultichannelConfig,
        _ => return None,
    };
    let tracks = header.track_ids(body).ok()?;
    (!tracks.is_empty()).then_some(CacheKey { kind, tracks })
}
