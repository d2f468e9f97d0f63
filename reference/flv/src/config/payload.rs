//! From a whole payload, or from a codec's name and what follows the header, to a summary.

use super::error::Error;
use super::summary::Summary;
use super::{
    AudioSpecificConfig, Av1CodecConfigurationRecord, Av1SequenceHeader, AvcDecoderConfigurationRecord,
    FlacStreamInfo, HevcDecoderConfigurationRecord, OpusHead, VpCodecConfigurationRecord,
    VvcDecoderConfigurationRecord, ac3_frame, mp3_frame, vp8_key_frame, vp9_key_frame,
};
use crate::audio::{self, SoundFormat};
use crate::video::{self, CodecId, FrameType};
use crate::{FourCc, TagKind};

/// What a video payload says of its stream: its configuration or key frame. `None` where it says
/// nothing: for other frames, metadata and commands, for payloads of several tracks, and for those
/// shorter than their header.
///
/// # Errors
/// The configuration, or the header of the key frame, is broken.
pub fn of_video(payload: &[u8]) -> Result<Option<Summary>, Error> {
    let Ok((header, body)) = video::Header::decode(payload) else { return Ok(None) };
    if header.multitrack.is_some() || header.command.is_some() {
        return Ok(None);
    }
    let four_cc = match header.codec {
        video::Codec::FourCc(four_cc) => four_cc,
        video::Codec::Legacy(CodecId::AVC) => FourCc::AVC,
        video::Codec::Legacy(CodecId::HEVC_DIALECT) => FourCc::HEVC,
        video::Codec::Legacy(CodecId::AV1_DIALECT) => FourCc::AV1,
        video::Codec::Legacy(codec) if header.frame_type == FrameType::KEY => {
            return Ok(legacy_video(codec, payload));
        }
        _ => return Ok(None),
    };
    match header.packet {
        video::PacketType::SequenceStart => of_sequence_header(four_cc, body),
        video::PacketType::Mpeg2TsSequenceStart if four_cc == FourCc::AV1 => {
            Av1CodecConfigurationRecord::decode_descriptor(body)?.summary().map(Some)
        }
        video::PacketType::CodedFrames | video::PacketType::CodedFramesX if header.is_key_frame() => {
            of_frame(four_cc, body)
        }
        _ => Ok(None),
    }
}

/// What an audio payload says of its stream: its configuration, its frame, or the header of a legacy
/// format. `None` where it says nothing: for frames of codecs with a configuration, for payloads of
/// several tracks, and for those shorter than their header.
///
/// # Errors
/// The configuration, or the header of the frame, is broken.
pub fn of_audio(payload: &[u8]) -> Result<Option<Summary>, Error> {
    let Ok((header, body)) = audio::Header::decode(payload) else { return Ok(None) };
    if header.multitrack.is_some() {
        return Ok(None);
    }
    let four_cc = match header.codec {
        audio::Codec::FourCc(four_cc) => four_cc,
        audio::Codec::Legacy(SoundFormat::AAC, _) => FourCc::AAC,
        audio::Codec::Legacy(format, sound) => return Ok(legacy_audio(format, sound, body)),
        audio::Codec::PerTrack => return Ok(None),
    };
    match header.packet {
        audio::PacketType::SequenceStart => of_sequence_header(four_cc, body),
        audio::PacketType::CodedFrames => of_frame(four_cc, body),
        _ => Ok(None),
    }
}

/// [`of_audio`] or [`of_video`] of the payload of a tag or message.
///
/// # Errors
/// As there.
pub fn of_payload(kind: TagKind, payload: &[u8]) -> Result<Option<Summary>, Error> {
    match kind {
        TagKind::Audio => of_audio(payload),
        TagKind::Video => of_video(payload),
        _ => Ok(None),
    }
}

/// What the decoder configuration of a codec says; `None` for codecs without one and unknown ones.
/// `body` is what follows the header of a payload, or a track of it, with packet type SequenceStart.
/// Legacy AVC counts as `avc1` and legacy AAC as `mp4a`.
///
/// # Errors
/// The configuration is broken.
pub fn of_sequence_header(four_cc: FourCc, body: &[u8]) -> Result<Option<Summary>, Error> {
    Ok(Some(match four_cc {
        FourCc::AVC => AvcDecoderConfigurationRecord::decode(body)?.summary()?,
        FourCc::HEVC => HevcDecoderConfigurationRecord::decode(body)?.summary()?,
        FourCc::VVC => VvcDecoderConfigurationRecord::decode(body)?.summary()?,
        FourCc::AV1 => Av1CodecConfigurationRecord::decode(body)?.summary()?,
        FourCc::VP8 | FourCc::VP9 => VpCodecConfigurationRecord::decode(body)?.summary(four_cc),
        FourCc::AAC => AudioSpecificConfig::decode(body)?.summary(),
        // E-RTMP v2 allows an empty header: the channels are in a MultichannelConfig then, if anywhere.
        FourCc::OPUS if body.is_empty() => Summary::audio("Opus", 48_000, 0),
        FourCc::OPUS => OpusHead::decode(body)?.summary(),
        FourCc::FLAC => FlacStreamInfo::decode(body)?.summary(),
        _ => return Ok(None),
    }))
}

/// What a coded frame says of its stream: the size for VP8, VP9 and AV1, whose key frames state it,
/// and everything for AC-3, E-AC-3 and MP3. `None` for the others, and for frames other than key
/// frames.
///
/// # Errors
/// The header of the frame is broken.
pub fn of_frame(four_cc: FourCc, body: &[u8]) -> Result<Option<Summary>, Error> {
    match four_cc {
        FourCc::VP8 => vp8_key_frame(body),
        FourCc::VP9 => vp9_key_frame(body),
        FourCc::AV1 => Ok(Av1SequenceHeader::find(body)?.map(|header| header.summary())),
        FourCc::AC3 | FourCc::EAC3 => ac3_frame(body).map(Some),
        FourCc::MP3 => mp3_frame(body).map(Some),
        _ => Ok(None),
    }
}

fn legacy_video(codec: CodecId, payload: &[u8]) -> Option<Summary> {
    let size = video::picture_size(payload);
    Some(Summary {
        width: size.map(|size| size.width.into()),
        height: size.map(|size| size.height.into()),
        ..Summary::of(codec.name()?)
    })
}

fn legacy_audio(format: SoundFormat, sound: audio::SoundInfo, body: &[u8]) -> Option<Summary> {
    if matches!(format, SoundFormat::MP3 | SoundFormat::MP3_8K)
        && let Ok(summary) = mp3_frame(body)
    {
        return Some(summary);
    }
    let rate = sound.sample_rate(format).unwrap_or(0);
    let channels = sound.channels(format).unwrap_or(0);
    let bit_depth = sound.sample_bits(format);
    let codec = match format {
        // Their names have the rate, which a summary says anyway.
        SoundFormat::NELLYMOSER_8K | SoundFormat::NELLYMOSER_16K => "Nellymoser",
        SoundFormat::MP3_8K => "MP3",
        format => format.name()?,
    };
    Some(Summary { bit_depth, ..Summary::audio(codec, rate, channels.into()) })
}
