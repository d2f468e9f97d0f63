use crate::{Audio, Channels, Found, Packet, State, Track, Video, Vp6};
use rtmp_amf::{Limits, Value};
use rtmp_flv::audio::{self, ChannelOrder, MultichannelConfig};
use rtmp_flv::video::{self, CodecId, ColorState, Metadata, Vp6Alpha, Vp6Crop};
use rtmp_flv::{FourCc, MultitrackType};

use super::amf0;
use crate::hex;
use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8], state: &State) -> Outcome {
    let result = match state.medium.as_deref() {
        Some("audio") => sound(bytes).map(Found::Audio),
        _ if bytes.is_empty() => return Outcome { yields: vec![], error: None },
        _ => picture(bytes).and_then(|video| colored(video, state)).map(Found::Video),
    };
    match result {
        Ok(header) => Outcome { yields: vec![found(header)], error: None },
        Err(error) => Outcome { yields: vec![], error: Some(error) },
    }
}

pub fn encode(bytes: &[u8], state: &State) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    if state.medium.as_deref() == Some("audio") {
        let (header, body) = audio::Header::decode(bytes).map_err(text)?;
        let tracks: Vec<_> = header.tracks(body).collect::<Result<_, _>>().map_err(text)?;
        header.encode_with_tracks(&tracks, &mut out).map_err(text)?;
    } else {
        let (header, body) = video::Header::decode(bytes).map_err(text)?;
        if header.command.is_some() {
            header.encode(&mut out).map_err(text)?;
        } else {
            let tracks: Vec<_> = header.tracks(body).collect::<Result<_, _>>().map_err(text)?;
            header.encode_with_tracks(&tracks, &mut out).map_err(text)?;
        }
    }
    Ok(out)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn name(name: &str) -> Packet {
    Packet::Name(name.to_owned())
}

fn layout(kind: MultitrackType) -> String {
    let name = match kind {
        MultitrackType::ONE_TRACK => "one-track",
        MultitrackType::MANY_TRACKS => "many-tracks",
        MultitrackType::MANY_TRACKS_MANY_CODECS => "many-tracks-many-codecs",
        MultitrackType(other) => return other.to_string(),
    };
    name.to_owned()
}

fn four_cc(code: FourCc) -> String {
    String::from_utf8_lossy(&code.0).into_owned()
}

fn sound(bytes: &[u8]) -> Result<Audio, String> {
    let mut form = Audio {
        packet: name("silence"),
        format: None,
        rate: None,
        bits: None,
        channels: None,
        sample_rate: None,
        body: None,
        nanos: None,
        multitrack: None,
        tracks: None,
    };
    if audio::is_silence(bytes) {
        return Ok(form);
    }
    let (header, body) = audio::Header::decode(bytes).map_err(text)?;
    form.packet = match header.packet {
        audio::PacketType::SequenceStart => name("sequence-start"),
        audio::PacketType::CodedFrames => name("coded-frames"),
        audio::PacketType::SequenceEnd => name("sequence-end"),
        audio::PacketType::MultichannelConfig => name("multichannel-config"),
        audio::PacketType::Other(number) => Packet::Number(number),
    };
    if let audio::Codec::Legacy(format, sound) = header.codec {
        return Ok(Audio {
            format: Some(format.0),
            rate: Some(sound.rate),
            bits: Some(if sound.wide { 16 } else { 8 }),
            channels: Some(1 + u8::from(sound.stereo)),
            // 5.5 kHz is no whole number; the vectors leave it out.
            sample_rate: header.sample_rate().filter(|rate| *rate > 5_513),
            body: Some(hex::encode(body)),
            ..form
        });
    }
    let tracks = header.tracks(body).map(|track| {
        let track = track.map_err(text)?;
        let config = header.packet == audio::PacketType::MultichannelConfig;
        Ok(Track {
            id: header.multitrack.map(|_| track.track_id),
            fourcc: match track.codec {
                audio::Codec::FourCc(code) => four_cc(code),
                other => return Err(format!("a track without a codec: {other:?}")),
            },
            composition_time: None,
            body: hex::encode(track.body),
            channels: if config { Some(channels(track.body)?) } else { None },
        })
    });
    form.tracks = Some(tracks.collect::<Result<_, String>>()?);
    form.nanos = Some(header.nano_offset());
    form.multitrack = header.multitrack.map(layout);
    Ok(form)
}

fn channels(body: &[u8]) -> Result<Channels, String> {
    let (config, _) = MultichannelConfig::decode(body).map_err(text)?;
    let (order, mask, mapping) = match config.order {
        ChannelOrder::Unspecified => (0, None, None),
        ChannelOrder::Native(mask) => (1, Some(mask.0), None),
        ChannelOrder::Custom(mapping) => (2, None, Some(mapping.to_vec())),
        ChannelOrder::Other(order) => (order, None, None),
    };
    Ok(Channels { order, count: config.count, mask, mapping })
}

fn picture(bytes: &[u8]) -> Result<Video, String> {
    let (header, body) = video::Header::decode(bytes).map_err(text)?;
    let packet = match header.packet {
        video::PacketType::SequenceStart => name("sequence-start"),
        video::PacketType::CodedFrames => name("coded-frames"),
        video::PacketType::SequenceEnd => name("sequence-end"),
        video::PacketType::CodedFramesX => name("coded-frames-x"),
        video::PacketType::Metadata => name("metadata"),
        video::PacketType::Mpeg2TsSequenceStart => name("mpeg2ts-sequence-start"),
        video::PacketType::Other(number) => Packet::Number(number),
        video::PacketType::Unstated => name("command"),
    };
    let legacy = match header.codec {
        video::Codec::Legacy(id) => Some(id),
        _ => None,
    };
    let mut form = Video {
        frame_type: header.frame_type.0,
        packet,
        codec: legacy.map(|id| id.0),
        composition_time: None,
        body: None,
        vp6: None,
        command: None,
        nanos: legacy.is_none().then(|| header.nano_offset()),
        multitrack: header.multitrack.map(layout),
        tracks: None,
        metadata: None,
        color: None,
    };
    if let Some(command) = header.command {
        return Ok(Video { packet: name("command"), command: Some(command.0), ..form });
    }
    if let Some(id) = legacy {
        form.composition_time = id.has_packet_type().then_some(header.composition_time);
        form.vp6 = vp6(id, body);
        form.body = Some(hex::encode(body));
        return Ok(form);
    }
    let tracks: Vec<video::Track<'_>> = header.tracks(body).collect::<Result<_, _>>().map_err(text)?;
    if header.is_metadata()
        && let Some(first) = tracks.first()
    {
        let metadata = Metadata::decode(first.body, &Limits::default()).map_err(text)?;
        let pair =
            |(key, value): &(String, Value)| [amf0::form(&Value::String(key.clone())), amf0::form(value)];
        form.metadata = Some(metadata.pairs.iter().flat_map(pair).collect());
    }
    let timed = matches!(header.packet, video::PacketType::CodedFrames | video::PacketType::CodedFramesX);
    let track = |track: &video::Track<'_>| {
        let video::Codec::FourCc(code) = track.codec else {
            return Err(format!("a track without a codec: {:?}", track.codec));
        };
        let timed = timed && matches!(code, FourCc::AVC | FourCc::HEVC | FourCc::VVC);
        Ok(Track {
            id: header.multitrack.map(|_| track.track_id),
            fourcc: four_cc(code),
            composition_time: timed.then_some(track.composition_time),
            body: hex::encode(track.body),
            channels: None,
        })
    };
    form.tracks = Some(tracks.iter().map(track).collect::<Result<_, String>>()?);
    Ok(form)
}

/// With the colours that the payloads before it leave in effect.
fn colored(mut video: Video, state: &State) -> Result<Video, String> {
    let Some(before) = &state.before else { return Ok(video) };
    let mut colors = ColorState::default();
    for payload in before {
        let payload = hex::decode(payload)?;
        let (header, body) = video::Header::decode(&payload).map_err(text)?;
        if header.is_metadata() {
            for track in header.tracks(body) {
                let body = track.map_err(text)?.body;
                colors.update(&Metadata::decode(body, &Limits::default()).map_err(text)?);
            }
        }
    }
    let color = colors.current().map_or(Value::Null, video::ColorInfo::to_value);
    video.color = Some(amf0::form(&color));
    Ok(video)
}

fn vp6(id: CodecId, body: &[u8]) -> Option<Vp6> {
    let form = |crop: Vp6Crop, alpha_offset| Vp6 {
        horizontal: crop.horizontal,
        vertical: crop.vertical,
        alpha_offset,
    };
    match id {
        CodecId::VP6 => Vp6Crop::decode(body).ok().map(|(crop, _)| form(crop, None)),
        CodecId::VP6_ALPHA => {
            Vp6Alpha::decode(body).ok().map(|(head, _)| form(head.crop, Some(head.alpha_offset)))
        }
        _ => None,
    }
}
