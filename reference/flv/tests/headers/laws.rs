//! Laws over arbitrary headers and arbitrary bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rtmp_amf::{Limits, Value};
use rtmp_flv::video::{ColorChange, ColorConfig, ColorInfo, HdrCll, HdrMdcv, Metadata};
use rtmp_flv::{FourCc, ModEx, ModExBuf, ModExType, MultitrackType, audio, video};

fn mod_ex() -> impl Strategy<Value = ModExBuf> {
    let len = prop_oneof![8 => 1..8usize, 1 => 250..262usize];
    let part = (0..16u8, len.prop_flat_map(|len| vec(any::<u8>(), len)));
    vec(part, 0..4).prop_map(|parts| {
        let mut buf = ModExBuf::new();
        for (kind, data) in parts {
            buf.push(ModEx { kind: ModExType(kind), data: &data }).unwrap();
        }
        buf
    })
}

fn four_cc() -> impl Strategy<Value = FourCc> {
    prop_oneof![
        4 => select([FourCc::VIDEO, FourCc::AUDIO].concat()),
        1 => any::<[u8; 4]>().prop_map(FourCc),
    ]
}

fn has_time(four_cc: FourCc) -> bool {
    [FourCc::AVC, FourCc::HEVC, FourCc::VVC].contains(&four_cc)
}

fn time() -> impl Strategy<Value = i32> {
    -0x80_0000..0x80_0000
}

fn video_packet(number: u8) -> video::PacketType {
    use video::PacketType as P;
    match number {
        0 => P::SequenceStart,
        1 => P::CodedFrames,
        2 => P::SequenceEnd,
        3 => P::CodedFramesX,
        4 => P::Metadata,
        5 => P::Mpeg2TsSequenceStart,
        other => P::Other(other),
    }
}

fn audio_packet(number: u8) -> audio::PacketType {
    use audio::PacketType as P;
    match number {
        0 => P::SequenceStart,
        1 => P::CodedFrames,
        2 => P::SequenceEnd,
        4 => P::MultichannelConfig,
        other => P::Other(other),
    }
}

fn frame_type() -> impl Strategy<Value = video::FrameType> {
    select(vec![0, 1, 2, 3, 4, 6, 7]).prop_map(video::FrameType)
}

/// A number without those of multitrack and ModEx.
fn number(multitrack: u8) -> impl Strategy<Value = u8> {
    (0..16u8).prop_filter("nesting", move |number| *number != multitrack && *number != 7)
}

fn legacy_video() -> impl Strategy<Value = video::Header<'static>> {
    let avc = (frame_type(), select(vec![7, 12, 13]), any::<u8>(), time(), prop::option::of(any::<u8>()))
        .prop_map(|(frame_type, id, number, time, command)| {
            let packet = match number {
                0..=2 => video_packet(number),
                other => video::PacketType::Other(other),
            };
            video::Header {
                codec: video::Codec::Legacy(video::CodecId(id)),
                command: command.map(video::VideoCommand),
                ..video::Header::avc(frame_type, packet, time)
            }
        });
    let other = (frame_type(), select(vec![0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 14, 15]), any::<Option<u8>>())
        .prop_map(|(frame_type, id, command)| video::Header {
            command: command.map(video::VideoCommand),
            ..video::Header::legacy(frame_type, video::CodecId(id))
        });
    prop_oneof![avc, other].prop_map(|header| match header.command {
        Some(_) => video::Header { frame_type: video::FrameType::COMMAND, ..header },
        None => header,
    })
}

#[track_caller]
fn video_round_trip(header: video::Header<'_>, body: &[u8]) {
    let mut payload = Vec::new();
    header.encode(&mut payload).unwrap();
    assert_eq!(payload.len(), header.encoded_len());
    for cut in 0..payload.len() {
        // A cut AVC header before a command is a command without it.
        let command = header.command.is_some() && cut > 1 && payload[0] & 0x80 == 0;
        assert!(command || video::Header::decode(&payload[..cut]).is_err(), "cut at {cut}");
    }
    payload.extend_from_slice(body);
    assert_eq!(video::Header::decode(&payload), Ok((header, body)));
}

/// Numbers that equal themselves.
fn numeric() -> impl Strategy<Value = Option<f64>> {
    prop::option::of(any::<f64>().prop_filter("NaN", |number| !number.is_nan()))
}

fn others() -> impl Strategy<Value = Vec<(String, Value)>> {
    vec(("x[a-z]{0,5}", prop_oneof![Just(Value::Null), ".{0,9}".prop_map(Value::String)]), 0..3)
}

fn color_info() -> impl Strategy<Value = ColorInfo> {
    let config =
        (numeric(), numeric(), numeric(), numeric(), others()).prop_map(|(a, b, c, d, other)| ColorConfig {
            bit_depth: a,
            color_primaries: b,
            transfer_characteristics: c,
            matrix_coefficients: d,
            other,
        });
    let cll = (numeric(), numeric(), others()).prop_map(|(max_fall, max_cll, other)| HdrCll {
        max_fall,
        max_cll,
        other,
    });
    let mdcv = (proptest::array::uniform10(numeric()), others()).prop_map(
        |([red_x, red_y, green_x, green_y, blue_x, blue_y, x, y, max, min], other)| HdrMdcv {
            red_x,
            red_y,
            green_x,
            green_y,
            blue_x,
            blue_y,
            white_point_x: x,
            white_point_y: y,
            max_luminance: max,
            min_luminance: min,
            other,
        },
    );
    (prop::option::of(config), prop::option::of(cll), prop::option::of(mdcv), others()).prop_map(
        |(color_config, hdr_cll, hdr_mdcv, other)| ColorInfo { color_config, hdr_cll, hdr_mdcv, other },
    )
}

proptest! {
    #[test]
    fn legacy_video_headers(header in legacy_video(), body in vec(any::<u8>(), 0..9)) {
        video_round_trip(header, &body);
    }

    #[test]
    fn enhanced_video_headers(
        frame_type in frame_type(),
        number in number(6),
        four_cc in four_cc(),
        time in time(),
        mod_ex in mod_ex(),
        body in vec(any::<u8>(), 0..9),
    ) {
        let header = video::Header::enhanced(frame_type, four_cc, video_packet(number));
        let timed = number == 1 && has_time(four_cc);
        let composition_time = if timed { time } else { 0 };
        video_round_trip(video::Header { composition_time, mod_ex: mod_ex.list(), ..header }, &body);
    }

    #[test]
    fn video_commands(number in number(4), command in any::<u8>(), mod_ex in mod_ex()) {
        let header = video::Header::command(video::VideoCommand(command));
        video_round_trip(video::Header { packet: video_packet(number), mod_ex: mod_ex.list(), ..header }, &[]);
    }

    #[test]
    fn legacy_audio_headers(first in prop_oneof![0..0x90u8, 0xA0..=0xFFu8], number in any::<u8>(), body in vec(any::<u8>(), 0..9)) {
        let format = audio::SoundFormat(first >> 4);
        let sound = audio::SoundInfo { rate: first >> 2 & 3, wide: first & 2 != 0, stereo: first & 1 != 0 };
        let packet = match number {
            _ if format != audio::SoundFormat::AAC => audio::PacketType::CodedFrames,
            0 => audio::PacketType::SequenceStart,
            1 => audio::PacketType::CodedFrames,
            other => audio::PacketType::Other(other),
        };
        let header = audio::Header { packet, ..audio::Header::legacy(format, sound) };
        let mut payload = Vec::new();
        header.encode(&mut payload).unwrap();
        payload.extend_from_slice(&body);
        prop_assert_eq!(audio::Header::decode(&payload), Ok((header, body.as_slice())));
    }

    #[test]
    fn enhanced_audio_headers(
        number in number(5),
        four_cc in four_cc(),
        mod_ex in mod_ex(),
        body in vec(any::<u8>(), 0..9),
    ) {
        let header = audio::Header {
            mod_ex: mod_ex.list(),
            ..audio::Header::enhanced(four_cc, audio_packet(number))
        };
        let mut payload = Vec::new();
        header.encode(&mut payload).unwrap();
        for cut in 0..payload.len() {
            prop_assert!(audio::Header::decode(&payload[..cut]).is_err());
        }
        payload.extend_from_slice(&body);
        prop_assert_eq!(audio::Header::decode(&payload), Ok((header, body.as_slice())));
    }

    #[test]
    fn video_tracks(
        layout in 0..3u8,
        frame_type in frame_type(),
        number in number(6),
        tracks in vec((any::<u8>(), four_cc(), time(), vec(any::<u8>(), 0..9)), 1..5),
        mod_ex in mod_ex(),
    ) {
        let packet = video_packet(number);
        let shared = tracks[0].1;
        let tracks: Vec<_> = tracks
            .iter()
            .take(if layout == 0 { 1 } else { 4 })
            .map(|(track_id, own, time, body)| {
                let four_cc = if layout == 2 { *own } else { shared };
                let composition_time = if number == 1 && has_time(four_cc) { *time } else { 0 };
                let codec = video::Codec::FourCc(four_cc);
                video::Track { track_id: *track_id, codec, packet, composition_time, body }
            })
            .collect();
        let header = video::Header {
            codec: if layout == 2 { video::Codec::PerTrack } else { tracks[0].codec },
            multitrack: Some(MultitrackType(layout)),
            mod_ex: mod_ex.list(),
            ..video::Header::enhanced(frame_type, shared, packet)
        };
        let mut payload = Vec::new();
        header.encode_with_tracks(&tracks, &mut payload).unwrap();
        let (decoded, body) = video::Header::decode(&payload).unwrap();
        prop_assert_eq!(decoded, header);
        prop_assert!(header.tracks(body).eq(tracks.iter().copied().map(Ok)));
        for cut in 0..payload.len() {
            if let Ok((header, body)) = video::Header::decode(&payload[..cut]) {
                prop_assert!(header.tracks(body).count() <= tracks.len());
            }
        }
    }

    #[test]
    fn audio_tracks(
        layout in 0..3u8,
        number in number(5),
        tracks in vec((any::<u8>(), four_cc(), vec(any::<u8>(), 0..9)), 1..5),
    ) {
        let packet = audio_packet(number);
        let shared = tracks[0].1;
        let tracks: Vec<_> = tracks
            .iter()
            .take(if layout == 0 { 1 } else { 4 })
            .map(|(track_id, own, body)| {
                let codec = audio::Codec::FourCc(if layout == 2 { *own } else { shared });
                audio::Track { track_id: *track_id, codec, packet, body }
            })
            .collect();
        let header = audio::Header {
            codec: if layout == 2 { audio::Codec::PerTrack } else { tracks[0].codec },
            multitrack: Some(MultitrackType(layout)),
            ..audio::Header::enhanced(shared, packet)
        };
        let mut payload = Vec::new();
        header.encode_with_tracks(&tracks, &mut payload).unwrap();
        let (decoded, body) = audio::Header::decode(&payload).unwrap();
        prop_assert_eq!(decoded, header);
        prop_assert!(header.tracks(body).eq(tracks.iter().copied().map(Ok)));
    }

    #[test]
    fn multichannel_configs(
        order in any::<u8>(),
        count in any::<u8>(),
        mask in any::<u32>(),
        mapping in vec(any::<u8>(), 255),
        after in vec(any::<u8>(), 0..4),
    ) {
        use audio::{ChannelMask, ChannelOrder, MultichannelConfig};
        let order = match order {
            0..64 => ChannelOrder::Unspecified,
            64..128 => ChannelOrder::Native(ChannelMask(mask)),
            128..192 => ChannelOrder::Custom(&mapping[..count.into()]),
            other => ChannelOrder::Other(other),
        };
        let config = MultichannelConfig { count, order };
        let mut body = Vec::new();
        config.encode(&mut body).unwrap();
        body.extend_from_slice(&after);
        prop_assert_eq!(MultichannelConfig::decode(&body), Ok((config, after.as_slice())));
    }

    #[test]
    fn color_infos(info in color_info()) {
        prop_assert_eq!(ColorInfo::from_value(&info.to_value()), Some(info.clone()));
        let metadata = Metadata::color(&ColorChange::Set(info));
        let mut body = Vec::new();
        metadata.encode(&mut body).unwrap();
        prop_assert_eq!(Metadata::decode(&body, &Limits::default()), Ok(metadata));
    }

    #[test]
    fn sorenson_headers(
        (version, temporal_reference, picture, deblocking, quantizer) in
            (0..32u8, any::<u8>(), 0..4u8, any::<bool>(), 0..32u8),
        size in prop::option::of((any::<u16>(), any::<u16>())),
    ) {
        let size = size.map(|(width, height)| video::PictureSize { width, height });
        let picture = video::PictureType(picture);
        let header =
            video::SorensonHeader { version, temporal_reference, size, picture, deblocking, quantizer };
        let mut body = Vec::new();
        header.encode(&mut body).unwrap();
        prop_assert_eq!(video::SorensonHeader::decode(&body), Ok(header));
    }

    /// Any bytes are a header or an error, and what was read is written as it was.
    #[test]
    fn any_bytes(payload in vec(prop_oneof![any::<u8>(), select(vec![0x97, 0x96, 0x95, 0, 1, 7])], 0..400)) {
        if let Ok((header, body)) = video::Header::decode(&payload) {
            let mut out = Vec::new();
            header.encode(&mut out).unwrap();
            prop_assert_eq!(&out, &payload[..payload.len() - body.len()]);
            prop_assert!(!(header.is_key_frame() && header.is_sequence_header()));
            let tracks: Result<Vec<_>, _> = header.tracks(body).collect();
            if let (Ok(tracks), None) = (tracks, header.command) {
                let mut out = Vec::new();
                header.encode_with_tracks(&tracks, &mut out).unwrap();
                prop_assert_eq!(&out, &payload);
            }
        }
        if let Ok((header, body)) = audio::Header::decode(&payload) {
            let mut out = Vec::new();
            header.encode(&mut out).unwrap();
            prop_assert_eq!(&out, &payload[..payload.len() - body.len()]);
            if let Ok(tracks) = header.tracks(body).collect::<Result<Vec<_>, _>>() {
                let mut out = Vec::new();
                header.encode_with_tracks(&tracks, &mut out).unwrap();
                prop_assert_eq!(&out, &payload);
            }
            let _ = audio::MultichannelConfig::decode(body);
        }
        let _ = (video::cache_key(&payload), audio::cache_key(&payload));
        let _ = Metadata::decode(&payload, &Limits::default());
    }

    /// What the predicates say without decoding is what the header says.
    #[test]
    fn predicates_agree_with_headers(
        first in any::<u8>(),
        second in select(vec![0, 1, 2, 3, 0x10, 0x25]),
        rest in vec(select(vec![0, 1, 2, 0x07, 0x13, 0x20]), 0..20),
    ) {
        let payload = [[first, second].as_slice(), &rest].concat();
        let whole = |ids: Result<rtmp_flv::TrackSet, _>| ids.is_ok_and(|ids| !ids.is_empty());
        let video = video::Header::decode(&payload).ok().map(|(header, body)| {
            let tracks: Result<Vec<_>, _> = header.tracks(body).collect();
            (header, tracks.unwrap_or_default())
        });
        let is_key = video.as_ref().is_some_and(|(header, tracks)| {
            header.is_key_frame() && !tracks.is_empty() && tracks.iter().all(|track| !track.body.is_empty())
        });
        let is_start = video.is_some_and(|(header, tracks)| header.is_sequence_header() && !tracks.is_empty());
        prop_assert_eq!(video::is_key_frame(&payload), is_key);
        prop_assert_eq!(video::is_sequence_header(&payload), is_start);
        let audio = audio::Header::decode(&payload)
            .is_ok_and(|(header, body)| header.is_sequence_header() && whole(header.track_ids(body)));
        prop_assert_eq!(audio::is_sequence_header(&payload), audio);
    }

    #[test]
    fn any_legacy_body(first in select(vec![0x11, 0x12, 0x13, 0x14, 0x15, 0x16]), body in vec(any::<u8>(), 0..64)) {
        let mut payload = vec![first];
        if first == 0x11 {
            payload.extend_from_slice(&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]);
        }
        payload.extend_from_slice(&body);
        let _ = video::picture_size(&payload);
    }
}
