//! Audio, video and metadata messages with real headers and recognisable payloads.

use super::amf::{Amf, number, text};
use super::chunk::Msg;
use super::command::data;
use super::handshake::noise;

/// Chunk stream of video.
pub const VIDEO_CSID: u32 = 6;
/// Chunk stream of audio.
pub const AUDIO_CSID: u32 = 4;

/// An AVC decoder configuration record of H.264 baseline 160x90, as a real encoder made it.
const AVC_CONFIG: [u8; 39] = [
    0x01, 0x42, 0xC0, 0x0A, 0xFF, 0xE1, 0x00, 0x18, 0x67, 0x42, 0xC0, 0x0A, 0xDA, 0x0A, 0x37, 0xE4, 0xC0,
    0x44, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0x7A, 0x3C, 0x48, 0x9A, 0x80, 0x01, 0x00,
    0x04, 0x68, 0xCE, 0x3C, 0x80,
];

fn video(label: &str, body: Vec<u8>) -> Msg {
    Msg { csid: VIDEO_CSID, ts: 0, kind: 9, msid: 1, body, label: label.into() }
}

fn audio(label: &str, body: Vec<u8>) -> Msg {
    Msg { csid: AUDIO_CSID, ts: 0, kind: 8, msid: 1, body, label: label.into() }
}

/// AVC sequence header (FLV E.4.3.1: 17 00).
#[must_use]
pub fn avc_header() -> Msg {
    let mut body = vec![0x17, 0, 0, 0, 0];
    body.extend(AVC_CONFIG);
    video("avc-header", body)
}

/// AAC sequence header: LC, 44.1 kHz, stereo (FLV E.4.2.1: AF 00).
#[must_use]
pub fn aac_header() -> Msg {
    audio("aac-header", vec![0xAF, 0, 0x12, 0x10])
}

/// A key frame of `len` bytes in all; its label seeds the payload.
#[must_use]
pub fn key(label: &str, len: usize) -> Msg {
    video(label, nalu(&[0x17, 1, 0, 0, 0], 0x65, label, len))
}

/// An inter frame of `len` bytes in all; its label seeds the payload.
#[must_use]
pub fn inter(label: &str, len: usize) -> Msg {
    video(label, nalu(&[0x27, 1, 0, 0, 0], 0x41, label, len))
}

/// A raw AAC frame of `len` bytes in all; its label seeds the payload.
#[must_use]
pub fn aac(label: &str, len: usize) -> Msg {
    let mut body = vec![0xAF, 1];
    body.extend(noise(seed(label), len.saturating_sub(2)));
    audio(label, body)
}

/// `@setDataFrame`, `onMetaData`, ECMA array: as encoders send it.
#[must_use]
pub fn metadata() -> Msg {
    data(1, "metadata", &[text("@setDataFrame"), text("onMetaData"), metadata_array()])
}

/// The ECMA array of [`metadata`], with a key that nobody else uses.
#[must_use]
pub fn metadata_array() -> Amf {
    let members: Vec<(String, Amf)> = [
        ("width", number(160.0)),
        ("height", number(90.0)),
        ("framerate", number(25.0)),
        ("videocodecid", number(7.0)),
        ("audiocodecid", number(10.0)),
        ("encoder", text("rtmpspec")),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    Amf::Ecma(6, members)
}

/// `head`, then one length-prefixed NAL unit, `len` bytes in all. Shorter than the head plus six bytes:
/// just the beginning of it.
fn nalu(head: &[u8], first: u8, label: &str, len: usize) -> Vec<u8> {
    let unit = len.saturating_sub(head.len() + 4);
    let mut out = head.to_vec();
    out.extend(u32::try_from(unit).unwrap_or(u32::MAX).to_be_bytes());
    out.push(first);
    out.extend(noise(seed(label), unit.saturating_sub(1)));
    out.truncate(len);
    out
}

fn seed(label: &str) -> u64 {
    label.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}
