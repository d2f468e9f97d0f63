//! Audio, video and data messages of a publisher (RTMP 7.1.2, 7.1.4, 7.1.5, FLV E.4, E-RTMP v2).

use std::collections::BTreeMap;

use rtmp_amf::{Limits, Value};

use super::event::Log;
use super::redact;
use crate::rule;
use crate::wire::MessageSeen;

/// Message streams and types whose timestamps are followed.
const TRACKS: usize = 64;

/// What has been seen of the media of one connection.
#[derive(Debug, Default)]
pub(super) struct Media {
    last_ts: BTreeMap<(u32, u8), u32>,
    metadata: bool,
    audio: Track,
    video: Track,
    key: bool,
    coded: bool,
    nalu_size: usize,
    count: Count,
}

/// One kind of media.
#[derive(Debug, Default)]
struct Track {
    seen: bool,
    /// Its codec has a sequence header.
    wants_header: bool,
    header: bool,
}

/// Since the last account.
#[derive(Debug, Default)]
struct Count {
    video: u64,
    keys: u64,
    video_bytes: u64,
    audio: u64,
    audio_bytes: u64,
    data: u64,
    last_ts: u32,
}

/// The Enhanced RTMP part of a video or audio header.
struct Enhanced {
    packet_type: u8,
    four_cc: Option<[u8; 4]>,
}

impl Media {
    /// Whether there is something for an account.
    pub fn pending(&self) -> bool {
        self.count.video + self.count.audio + self.count.data > 0
    }

    /// The account since the last one.
    pub fn account(&mut self) -> String {
        let c = std::mem::take(&mut self.count);
        let plural = if c.keys == 1 { "key frame" } else { "key frames" };
        let mut text = format!(
            "media: {} video ({} {plural}) {:.1} kB, {} audio {:.1} kB",
            c.video,
            c.keys,
            c.video_bytes as f64 / 1e3,
            c.audio,
            c.audio_bytes as f64 / 1e3,
        );
        if c.data > 0 {
            text += &format!(", {} data", c.data);
        }
        text + &format!(", timestamp {}", c.last_ts)
    }

    /// What an ordinary publisher sends and did not come.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut out = Vec::new();
        if !self.metadata {
            out.push("metadata");
        }
        if !self.audio.seen && !self.video.seen {
            out.push("audio or video");
        }
        if self.video.seen && self.video.wants_header && !self.video.header {
            out.push("video sequence header");
        }
        if self.video.seen && !self.key {
            out.push("first key frame");
        }
        if self.audio.seen && self.audio.wants_header && !self.audio.header {
            out.push("audio sequence header");
        }
        out
    }

    /// An audio or video message.
    pub fn audio_or_video(&mut self, message: &MessageSeen, announced: bool, log: &mut Log) {
        self.timestamp(message, log);
        let bytes = message.body.len() as u64;
        self.count.last_ts = message.ts;
        if message.kind == 8 {
            self.count.audio += 1;
            self.count.audio_bytes += bytes;
            self.audio_message(message, announced, log);
        } else {
            self.count.video += 1;
            self.count.video_bytes += bytes;
            self.video_message(message, announced, log);
        }
    }

    /// TIME-007: per message stream and type, in serial arithmetic.
    fn timestamp(&mut self, message: &MessageSeen, log: &mut Log) {
        let track = (message.msid, message.kind);
        if self.last_ts.len() >= TRACKS && !self.last_ts.contains_key(&track) {
            return;
        }
        if let Some(last) = self.last_ts.insert(track, message.ts) {
            if message.ts.wrapping_sub(last) > 0x7FFF_FFFF {
                let text = format!("type {}: timestamp {} after {last}", message.kind, message.ts);
                log.broken(rule::TIME_007, text);
            } else if message.ts != last {
                log.right_once(rule::TIME_007, "timestamps do not go backwards");
            }
        }
    }

    fn video_message(&mut self, message: &MessageSeen, announced: bool, log: &mut Log) {
        let body = message.body.as_slice();
        let Some(&first) = body.first() else {
            return log.remark(rule::MSG_033, "video message without a byte: servers ignore it");
        };
        let enhanced = first & 0x80 != 0;
        let frame = if enhanced { first >> 4 & 7 } else { first >> 4 };
        if frame == 5 {
            return;
        }
        let first_video = !std::mem::replace(&mut self.video.seen, true);
        let (header, coded, name) = if enhanced {
            let ex = enhanced_header(body, 6);
            let name = ex.four_cc.map_or("no FourCC".into(), |cc| four_cc(&cc));
            if first_video && !announced {
                let text = format!("{name} although connect announced no Enhanced RTMP codec (common)");
                log.broken(rule::ERV_034, text);
            }
            self.video.wants_header = true;
            (
                matches!(ex.packet_type, 0 | 5),
                matches!(ex.packet_type, 1 | 3),
                format!("Enhanced RTMP {name}"),
            )
        } else {
            let codec = first & 0x0F;
            self.video.wants_header = codec == 7;
            let packet = if codec == 7 { body.get(1).copied() } else { Some(1) };
            (codec == 7 && packet == Some(0), packet == Some(1), video_codec(codec).to_owned())
        };
        if first_video {
            log.step(format!("video is {name}"));
        }
        if header && !std::mem::replace(&mut self.video.header, true) {
            self.video_header(message, enhanced, &name, log);
        }
        if !enhanced && first & 0x0F == 7 {
            self.avc(body, log);
        }
        if !coded {
            return;
        }
        if self.video.wants_header && !self.video.header && !self.coded {
            log.lenient(rule::FLV_029, "video frame before the sequence header: no decoder can start");
        }
        let key = matches!(frame, 1 | 4);
        if !std::mem::replace(&mut self.coded, true) && !key {
            log.lenient(rule::FLV_024, "the first video frame is no key frame");
        }
        if key {
            self.count.keys += 1;
            if !std::mem::replace(&mut self.key, true) {
                log.right(
                    rule::FLV_024,
                    format!("first key frame, {} B, timestamp {}", body.len(), message.ts),
                );
            }
        }
    }

    fn video_header(&mut self, message: &MessageSeen, enhanced: bool, name: &str, log: &mut Log) {
        let body = message.body.as_slice();
        if enhanced {
            return log.right(rule::ERV_007, format!("{name} sequence start, {} B", body.len()));
        }
        let config = body.get(5..).unwrap_or(&[]);
        self.nalu_size = config.get(4).map_or(4, |b| usize::from(b & 3) + 1);
        let before = if self.coded { ", after frames" } else { "" };
        log.judge(
            rule::FLV_032,
            config.first() == Some(&1) && config.len() >= 7,
            format!("AVC sequence header, {} B{before}", body.len()),
            format!("AVC sequence header without a decoder configuration record, {} B", config.len()),
        );
        if body[0] >> 4 != 1 {
            log.broken(
                rule::FLV_035,
                format!("AVC sequence header with frame type {}, not key", body[0] >> 4),
            );
        }
    }

    /// FLV E.4.3.1 and E.4.3.2: composition time, and NAL units with lengths.
    fn avc(&self, body: &[u8], log: &mut Log) {
        let [_, packet, c0, c1, c2, units @ ..] = body else {
            return log
                .broken(rule::FLV_028, format!("AVC message of {} B, shorter than its header", body.len()));
        };
        if matches!(packet, 0 | 2) && [*c0, *c1, *c2] != [0; 3] {
            log.broken(
                rule::FLV_030,
                format!("AVC packet type {packet} with a composition time other than 0"),
            );
        }
        if *packet != 1 || !self.video.header {
            return;
        }
        if adds_up(units, self.nalu_size) {
            log.right_once(rule::FLV_033, "AVC frames are NAL units with lengths");
        } else if units.starts_with(&[0, 0, 0, 1]) || units.starts_with(&[0, 0, 1]) {
            log.broken(rule::FLV_033, "AVC frame in Annex B form (start codes), not with lengths");
        } else {
            log.broken(rule::FLV_033, "the lengths of the NAL units do not add up to the AVC frame");
        }
    }

    fn audio_message(&mut self, message: &MessageSeen, announced: bool, log: &mut Log) {
        let body = message.body.as_slice();
        let Some(&first) = body.first() else {
            return log.remark(rule::ERA_016, "audio message without a byte: silence");
        };
        let first_audio = !std::mem::replace(&mut self.audio.seen, true);
        let format = first >> 4;
        let (header, coded, name) = match format {
            9 => {
                let ex = enhanced_header(body, 5);
                let name = ex.four_cc.map_or("no FourCC".into(), |cc| four_cc(&cc));
                if first_audio && !announced {
                    let text = format!("{name} although connect announced no Enhanced RTMP codec (common)");
                    log.broken(rule::ERA_018, text);
                }
                self.audio.wants_header =
                    matches!(&ex.four_cc, Some(cc) if matches!(cc, b"mp4a" | b"Opus" | b"fLaC"));
                (ex.packet_type == 0, ex.packet_type == 1, format!("Enhanced RTMP {name}"))
            }
            10 => {
                self.audio.wants_header = true;
                (body.get(1) == Some(&0), body.get(1) == Some(&1), "AAC".to_owned())
            }
            format => (false, true, audio_codec(format).to_owned()),
        };
        if first_audio {
            log.step(format!("audio is {name}"));
        }
        if format == 10 {
            if first & 0x0C != 0x0C || first & 1 != 1 {
                log.broken(
                    rule::FLV_017,
                    format!("AAC with first byte {first:#04x}; rate and type bits are all set"),
                );
            }
            if coded && matches!(body.get(2..4), Some([0xFF, b]) if b & 0xF6 == 0xF0) {
                log.broken(rule::FLV_021, "AAC frame with an ADTS header");
            }
        }
        if header && !std::mem::replace(&mut self.audio.header, true) {
            let rule = if format == 9 { rule::ERA_003 } else { rule::FLV_022 };
            log.right(rule, format!("{name} sequence header, {} B", body.len()));
        }
        if coded && self.audio.wants_header && !self.audio.header {
            log.lenient(
                rule::FLV_022,
                format!("{name} frame before the sequence header: no decoder can start"),
            );
        }
    }

    /// A data message: metadata or anything else.
    pub fn data(&mut self, message: &MessageSeen, log: &mut Log) {
        self.timestamp(message, log);
        self.count.data += 1;
        self.count.last_ts = message.ts;
        let body = match (message.kind, message.body.as_slice()) {
            (15, [0, rest @ ..]) => rest,
            (_, body) => body,
        };
        let limits = Limits { depth: 32, nodes: 8192, string_bytes: 1 << 20, ..Limits::default() };
        let values = match rtmp_amf::decode_all(body, &limits) {
            Ok(values) => values,
            Err(error) if body.len() == 4 => {
                return log.remark(rule::DATA_011, format!("data message of 4 B, no AMF: {error}"));
            }
            Err(error) => {
                return log.broken(rule::DATA_001, format!("data message that cannot be read: {error}"));
            }
        };
        let mut values = values.as_slice();
        let wrapped = values.first().and_then(Value::as_str) == Some("@setDataFrame");
        if wrapped {
            values = &values[1..];
        }
        match values {
            [Value::String(name), rest @ ..] if name == "onMetaData" => {
                let prefix = if wrapped { "@setDataFrame onMetaData" } else { "onMetaData" };
                metadata(prefix, rest, log);
                if !std::mem::replace(&mut self.metadata, true) && (self.audio.seen || self.video.seen) {
                    log.note("metadata after the first media: late players of some servers miss it");
                }
            }
            [Value::String(name), ..] => log.step(format!("data message {}", log.foreign(name))),
            _ => log.broken(rule::DATA_001, "data message without a handler name"),
        }
    }
}

/// DATA-002, DATA-008: the argument of onMetaData.
fn metadata(prefix: &str, rest: &[Value], log: &mut Log) {
    let Some((value, more)) = rest.split_first() else {
        return log.broken(rule::DATA_002, format!("{prefix} without an argument"));
    };
    let Some(properties) = value.properties() else {
        return log.broken(rule::DATA_002, format!("{prefix} whose argument is no ECMA array"));
    };
    let text = format!("{prefix}: {}", describe(properties, log));
    match value {
        Value::EcmaArray { .. } if more.is_empty() => log.right(rule::DATA_002, text),
        Value::EcmaArray { .. } => {
            log.broken(rule::DATA_002, format!("{text}; {} values follow it", more.len()));
        }
        _ => log.lenient(rule::DATA_003, format!("{text}; an object, not an ECMA array (errata E-54)")),
    }
    for (key, value) in properties {
        let fine = match key.as_str() {
            "audiocodecid" | "videocodecid" if value.as_str().is_some() => {
                log.lenient(rule::DATA_010, format!("{key} as a string, not a number"));
                continue;
            }
            "audiocodecid" | "audiodatarate" | "audiodelay" | "audiosamplerate" | "audiosamplesize"
            | "duration" | "filesize" | "framerate" | "height" | "videocodecid" | "videodatarate"
            | "width" => value.as_f64().is_some(),
            "canSeekToEnd" | "stereo" => value.as_bool().is_some(),
            "creationdate" => value.as_str().is_some(),
            _ => true,
        };
        if !fine {
            log.broken(
                rule::DATA_008,
                format!("{key} of onMetaData has another type than the text gives it"),
            );
        }
    }
}

/// The well-known numbers; of the rest only the count.
fn describe(properties: &[(String, Value)], log: &Log) -> String {
    const SHOWN: [&str; 6] =
        ["width", "height", "framerate", "videocodecid", "audiocodecid", "audiosamplerate"];
    let mut out = Vec::new();
    for (key, value) in properties.iter().filter(|(key, _)| SHOWN.contains(&key.as_str())).take(12) {
        match value {
            Value::Number(n) => out.push(format!("{key}={n}")),
            Value::String(s) => out.push(format!("{key}={}", log.foreign(s))),
            _ => {}
        }
    }
    if let Some((_, Value::String(encoder))) = properties.iter().find(|(key, _)| key == "encoder") {
        out.push(format!("encoder={}", log.foreign(encoder)));
    }
    let more = properties.len().saturating_sub(out.len());
    if more > 0 {
        out.push(format!("and {more} more"));
    }
    out.join(" ")
}

/// Steps over ModEx (type 7) and Multitrack (`multitrack`) to packet type and FourCC (E-RTMP v2).
fn enhanced_header(body: &[u8], multitrack: u8) -> Enhanced {
    let mut packet_type = body[0] & 0x0F;
    let mut at = 1;
    for _ in 0..8 {
        if packet_type != 7 {
            break;
        }
        let Some(&size) = body.get(at) else { break };
        let mut size = usize::from(size) + 1;
        at += 1;
        if size == 256 {
            let Some(&[high, low]) = body.get(at..at + 2).and_then(|b| b.first_chunk::<2>()) else { break };
            size = usize::from(u16::from_be_bytes([high, low])) + 1;
            at += 2;
        }
        at += size;
        let Some(&next) = body.get(at) else { break };
        packet_type = next & 0x0F;
        at += 1;
    }
    if packet_type == multitrack
        && let Some(&inner) = body.get(at)
    {
        packet_type = inner & 0x0F;
        at += 1;
    }
    Enhanced { packet_type, four_cc: body.get(at..).and_then(|b| b.first_chunk::<4>().copied()) }
}

fn four_cc(bytes: &[u8; 4]) -> String {
    redact::printable(&String::from_utf8_lossy(bytes), 8)
}

/// Whether length fields of `size` bytes lead exactly to the end.
fn adds_up(mut units: &[u8], size: usize) -> bool {
    while !units.is_empty() {
        let Some((length, rest)) = units.split_at_checked(size) else { return false };
        let length = length.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
        let Some(rest) = rest.get(length..) else { return false };
        units = rest;
    }
    true
}

fn video_codec(id: u8) -> &'static str {
    match id {
        2 => "Sorenson H.263",
        3 => "Screen video",
        4 => "VP6",
        5 => "VP6 with alpha",
        6 => "Screen video 2",
        7 => "AVC",
        12 => "HEVC (id 12, a private extension)",
        13 => "AV1 (id 13, a private extension)",
        _ => "of an unknown codec id",
    }
}

fn audio_codec(format: u8) -> &'static str {
    match format {
        0 | 3 => "linear PCM",
        1 => "ADPCM",
        2 | 14 => "MP3",
        4..=6 => "Nellymoser",
        7 => "G.711 A-law",
        8 => "G.711 mu-law",
        11 => "Speex",
        _ => "of an unknown format",
    }
}
