//! Decoder configurations of every codec that FLV and Enhanced RTMP carry, as far as they say
//! profile, level, size, rate and channels; and [`Summary`], which says it to people.
//!
//! ```
//! use rtmp_flv::config::{AudioSpecificConfig, AvcDecoderConfigurationRecord};
//!
//! let config = AudioSpecificConfig::decode(&[0x11, 0x90])?;
//! assert_eq!(config.summary().to_string(), "AAC-LC 48000 Hz stereo");
//! # Ok::<(), rtmp_flv::config::Error>(())
//! ```
//!
//! Everything here is a total function over bytes: counts are bounded by their specification and by
//! the bits that are left, and nothing is allocated for a declared length.

mod aac;
mod av1;
mod av1_sequence;
mod avc;
mod avc_sps;
mod error;
mod flac;
mod frames;
mod hevc;
mod hevc_sps;
mod nal;
mod opus;
mod payload;
mod summary;
mod vp;
mod vvc;

pub use aac::{AacExtension, AudioSpecificConfig};
pub use av1::Av1CodecConfigurationRecord;
pub use av1_sequence::Av1SequenceHeader;
pub use avc::{AvcDecoderConfigurationRecord, AvcExtension, MAX_AVC_PPS, MAX_AVC_SPS};
pub use avc_sps::{AvcSps, MAX_DIMENSION};
pub use error::{Error, ErrorKind, OutOfRange};
pub use flac::{FlacForm, FlacStreamInfo};
pub use frames::{ac3_frame, mp3_frame};
pub use hevc::{HevcDecoderConfigurationRecord, HevcProfile};
pub use hevc_sps::HevcSps;
pub use nal::{MAX_NAL_LEN, MAX_RECORD_UNITS, NalArray};
pub use opus::{OpusHead, OpusMapping};
pub use payload::{of_audio, of_frame, of_payload, of_sequence_header, of_video};
pub use summary::{FrameRate, Summary};
pub use vp::{VpCodecConfigurationRecord, vp8_key_frame, vp9_key_frame};
pub use vvc::{VvcDecoderConfigurationRecord, VvcProfile};
