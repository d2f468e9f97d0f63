//! ModEx parts and multitrack payloads.

use rtmp_flv::{
    FourCc, HeaderError, HeaderErrorKind, MAX_MOD_EX, MAX_MOD_EX_DATA, MAX_NANO_OFFSET, MAX_TRACKS, ModEx,
    ModExBuf, ModExType, MultitrackType, audio, video,
};

use super::hex;

fn nanos(bytes: &str) -> Option<u32> {
    video::Header::decode(&hex(bytes)).unwrap().0.mod_ex.nano_offset()
}

#[test]
fn mod_ex_sizes() {
    // Length on the wire for data of 1, 3, 255, 256 and 65,536 bytes.
    for (len, size) in [(1, "00"), (3, "02"), (255, "fe"), (256, "ff00ff"), (65_536, "ffffff")] {
        let data = vec![0xAB; len];
        let payload = hex(&format!("97{size}{}5361766331", "ab".repeat(len)));
        let (header, body) = video::Header::decode(&payload).unwrap();
        let part = ModEx { kind: ModExType(5), data: &data };
        assert!(header.mod_ex.iter().eq([part]), "{len}");
        assert_eq!((header.packet, header.nano_offset()), (video::PacketType::CodedFramesX, 0));
        assert!(body.is_empty());

        let mut parts = ModExBuf::new();
        parts.push(part).unwrap();
        assert_eq!(parts.list(), header.mod_ex);
        let mut out = Vec::new();
        video::Header { mod_ex: parts.list(), ..header }.encode(&mut out).unwrap();
        assert_eq!(out, payload, "{len}");
    }
    let mut parts = ModExBuf::new();
    for len in [0, MAX_MOD_EX_DATA + 1] {
        assert!(parts.push(ModEx { kind: ModExType(5), data: &vec![0; len] }).is_err());
    }
    assert!(parts.push(ModEx { kind: ModExType(16), data: &[0] }).is_err());
    assert!(parts.list().is_empty());
}

#[test]
fn mod_ex_nanoseconds() {
    assert_eq!(nanos("970207a1200361766331"), Some(500_000));
    assert_eq!(nanos("97020f423f0361766331"), Some(999_999));
    assert_eq!(nanos("970300000aff0361766331"), Some(10), "the first three of four bytes");
    assert_eq!(nanos("9701ffff0361766331"), None, "two bytes are too short");
    assert_eq!(nanos("9700ff1702000005036176633100"), Some(5), "after an unknown type");
    assert_eq!(nanos("97020000010702000002 03 61766331"), Some(2), "the last counts");
    assert_eq!(nanos("a361766331"), None);
    let mut parts = ModExBuf::new();
    assert!(parts.push_nano_offset(MAX_NANO_OFFSET + 1).is_err());
    parts.push_nano_offset(MAX_NANO_OFFSET).unwrap();
    assert_eq!(parts.list().nano_offset(), Some(MAX_NANO_OFFSET));

    let payload = hex("970207a120014f707573");
    let (header, _) = audio::Header::decode(&payload).unwrap();
    assert_eq!((header.packet, header.nano_offset()), (audio::PacketType::CodedFrames, 500_000));
    // Before a command, and before a multitrack part (errata E-63).
    let payload = hex("d7020000010100");
    assert_eq!(video::Header::decode(&payload).unwrap().0.nano_offset(), 1);
    let payload = hex("970200000106016876633101000000aa");
    let (header, body) = video::Header::decode(&payload).unwrap();
    assert_eq!((header.nano_offset(), header.multitrack), (1, Some(MultitrackType::ONE_TRACK)));
    assert_eq!(header.tracks(body).next().unwrap().unwrap().body, [0xaa]);
}

#[test]
fn as_many_mod_ex_parts_as_allowed() {
    let payload = |parts: usize| hex(&format!("97{}0000{}61766331", "000017".repeat(parts - 1), "13"));
    let (at_limit, beyond) = (payload(MAX_MOD_EX), payload(MAX_MOD_EX + 1));
    assert_eq!(video::Header::decode(&at_limit).unwrap().0.mod_ex.iter().count(), MAX_MOD_EX);
    let error = video::Header::decode(&beyond).unwrap_err();
    assert_eq!(error, HeaderError { kind: HeaderErrorKind::TooManyModEx, offset: 1 + 3 * MAX_MOD_EX });
    let mut parts = ModExBuf::new();
    for _ in 0..MAX_MOD_EX {
        parts.push(ModEx { kind: ModExType(1), data: &[0] }).unwrap();
    }
    assert!(parts.push(ModEx { kind: ModExType(1), data: &[0] }).is_err());
    assert_eq!(parts.list().iter().count(), MAX_MOD_EX);
}

fn video_track(track_id: u8, four_cc: FourCc, body: &[u8]) -> video::Track<'_> {
    let codec = video::Codec::FourCc(four_cc);
    video::Track { track_id, codec, packet: video::PacketType::CodedFrames, composition_time: 0, body }
}

#[track_caller]
fn check_video(bytes: &str, kind: MultitrackType, tracks: &[video::Track<'_>]) {
    let payload = hex(bytes);
    let (header, body) = video::Header::decode(&payload).unwrap();
    assert_eq!(header.multitrack, Some(kind));
    assert_eq!((header.frame_type, header.packet), (video::FrameType::KEY, video::PacketType::CodedFrames));
    assert_eq!(header.encoded_len(), payload.len() - body.len());
    let decoded: Vec<_> = header.tracks(body).collect::<Result<_, _>>().unwrap();
    assert_eq!(decoded, tracks);
    let mut out = Vec::new();
    header.encode_with_tracks(tracks, &mut out).unwrap();
    assert_eq!(out, payload);
}

#[test]
fn video_in_all_layouts() {
    check_video(
        "96016876633101000000aa",
        MultitrackType::ONE_TRACK,
        &[video_track(1, FourCc::HEVC, &[0xaa])],
    );
    check_video(
        "961168766331000000050000004142010000050000004142",
        MultitrackType::MANY_TRACKS,
        &[video_track(0, FourCc::HEVC, b"AB"), video_track(1, FourCc::HEVC, b"AB")],
    );
    check_video(
        "96216876633100000005000000414261763031010000024142",
        MultitrackType::MANY_TRACKS_MANY_CODECS,
        &[video_track(0, FourCc::HEVC, b"AB"), video_track(1, FourCc::AV1, b"AB")],
    );
    let delayed = video::Track { composition_time: -1, ..video_track(7, FourCc::VVC, &[]) };
    check_video("96217676633107000003ffffff", MultitrackType::MANY_TRACKS_MANY_CODECS, &[delayed]);
    check_video("961168766331", MultitrackType::MANY_TRACKS, &[]);
}

#[test]
fn audio_in_all_layouts() {
    let track = |track_id, four_cc, body| audio::Track {
        track_id,
        codec: audio::Codec::FourCc(four_cc),
        packet: audio::PacketType::CodedFrames,
        body,
    };
    for (bytes, tracks) in [
        ("95014f70757305aabb", vec![track(5, FourCc::OPUS, [0xaa, 0xbb].as_slice())]),
        ("95014f70757305", vec![track(5, FourCc::OPUS, &[])]),
        (
            "95114f70757300000001aaff000000",
            vec![track(0, FourCc::OPUS, [0xaa].as_slice()), track(255, FourCc::OPUS, &[])],
        ),
        (
            "95214f70757300000001aa6d7034610100000101",
            vec![track(0, FourCc::OPUS, [0xaa].as_slice()), track(1, FourCc::AAC, &[1])],
        ),
    ] {
        let payload = hex(bytes);
        let (header, body) = audio::Header::decode(&payload).unwrap();
        let decoded: Vec<_> = header.tracks(body).collect::<Result<_, _>>().unwrap();
        assert_eq!(decoded, tracks, "{bytes}");
        let mut out = Vec::new();
        header.encode_with_tracks(&tracks, &mut out).unwrap();
        assert_eq!(out, payload);
    }
}

#[test]
fn a_payload_without_multitrack_part_is_track_0() {
    let payload = hex("9168766331ffffd8aa");
    let (header, body) = video::Header::decode(&payload).unwrap();
    let track = video::Track { composition_time: -40, ..video_track(0, FourCc::HEVC, &[0xaa]) };
    assert!(header.tracks(body).eq([Ok(track)]));
    let mut out = Vec::new();
    header.encode_with_tracks(&[track], &mut out).unwrap();
    assert_eq!(out, payload);

    let payload = hex("af0121");
    let (header, body) = audio::Header::decode(&payload).unwrap();
    let track = header.tracks(body).next().unwrap().unwrap();
    assert_eq!((track.track_id, track.codec, track.body), (0, header.codec, [0x21].as_slice()));
}

#[test]
fn layouts_that_cannot_be_read() {
    let kind = |payload: &str| video::Header::decode(&hex(payload)).unwrap_err();
    for reserved in 3..=15u8 {
        let error = kind(&format!("96{reserved:x}168766331"));
        assert_eq!(error, HeaderError { kind: HeaderErrorKind::UnknownMultitrackType(reserved), offset: 1 });
    }
    assert_eq!(kind("960668766331").kind, HeaderErrorKind::NestedPacketType(6));
    assert_eq!(kind("960768766331").kind, HeaderErrorKind::NestedPacketType(7));
    let error = audio::Header::decode(&hex("95154f707573")).unwrap_err();
    assert_eq!(error.kind, HeaderErrorKind::NestedPacketType(5));
    // 5 is a packet type of video, and 6 one of audio that nobody defined.
    assert!(video::Header::decode(&hex("960561763031")).is_ok());
    assert!(audio::Header::decode(&hex("95064f707573")).is_ok());
}

#[test]
fn a_track_cut_anywhere_ends_the_iteration_with_an_error() {
    for (whole, starts) in [
        ("961168766331000000050000004142010000050000004142", vec![6, 15, 24]),
        ("96216876633100000005000000414261763031010000024142", vec![2, 15, 25]),
        ("96016876633101000000aa", vec![10, 11]),
    ] {
        let whole = hex(whole);
        let head = if whole[1] >> 4 == 2 { 2 } else { 6 };
        for cut in head..=whole.len() {
            let (header, body) = video::Header::decode(&whole[..cut]).unwrap();
            let tracks: Vec<_> = header.tracks(body).collect();
            let errors = tracks.iter().filter(|track| track.is_err()).count();
            assert_eq!(errors == 0, starts.contains(&cut), "cut at {cut}: {tracks:?}");
            assert!(errors == 0 || tracks.last().unwrap().is_err());
            assert!(errors <= 1);
        }
    }
    // The first track is good, the second states 5 bytes of 1.
    let payload = hex("9511 4f707573 00000001aa 01000005bb");
    let (header, body) = audio::Header::decode(&payload).unwrap();
    let mut tracks = header.tracks(body);
    assert_eq!(tracks.next().unwrap().unwrap().body, [0xaa]);
    let kind = HeaderErrorKind::TrackTooLong { track_id: 1, stated: 5, left: 1 };
    assert_eq!(tracks.next(), Some(Err(HeaderError { kind, offset: 15 })));
    assert_eq!(tracks.next(), None);
    // A track too short for its composition time.
    let payload = hex("961168766331000000020000010000020000");
    let (header, body) = video::Header::decode(&payload).unwrap();
    let mut tracks = header.tracks(body);
    assert_eq!(tracks.next().unwrap().unwrap_err().offset, 10);
    assert_eq!(tracks.next(), None);
}

#[test]
fn as_many_tracks_as_there_are_ids() {
    let payload = |tracks: usize| {
        let mut payload = hex("95114f707573");
        for id in 0..tracks {
            payload.extend_from_slice(&[id as u8, 0, 0, 0]);
        }
        payload
    };
    let at_limit = payload(MAX_TRACKS);
    let (header, body) = audio::Header::decode(&at_limit).unwrap();
    assert_eq!(header.track_ids(body).unwrap().iter().count(), MAX_TRACKS);
    let tracks: Vec<_> = header.tracks(body).map(Result::unwrap).collect();
    let mut out = Vec::new();
    header.encode_with_tracks(&tracks, &mut out).unwrap();
    assert_eq!(out, at_limit);

    let beyond = payload(MAX_TRACKS + 1);
    let (header, body) = audio::Header::decode(&beyond).unwrap();
    let last = header.tracks(body).last().unwrap().unwrap_err();
    assert_eq!(last, HeaderError { kind: HeaderErrorKind::TooManyTracks, offset: 6 + 4 * MAX_TRACKS });
    let tracks: Vec<_> = tracks.iter().cycle().take(MAX_TRACKS + 1).copied().collect();
    let mut out = Vec::new();
    assert!(header.encode_with_tracks(&tracks, &mut out).is_err());
    assert!(out.is_empty());
}

#[test]
fn tracks_that_do_not_fit_their_header_are_not_written() {
    let payload = hex("961168766331");
    let (header, _) = video::Header::decode(&payload).unwrap();
    let good = video_track(1, FourCc::HEVC, b"AB");
    let one = video::Header { multitrack: Some(MultitrackType::ONE_TRACK), ..header };
    let single = video::Header { multitrack: None, ..header };
    let reserved = video::Header { multitrack: Some(MultitrackType(3)), ..header };
    let long = vec![0; 0x100_0000 - 3];
    for (header, tracks) in [
        (header, vec![good, video_track(2, FourCc::AV1, b"AB")]),
        (header, vec![video::Track { packet: video::PacketType::SequenceStart, ..good }]),
        (header, vec![video::Track { composition_time: 0x80_0000, ..good }]),
        (header, vec![video::Track { body: &long, ..good }]),
        (one, vec![]),
        (one, vec![good, good]),
        (single, vec![good]),
        (single, vec![]),
        (reserved, vec![good]),
    ] {
        let mut out = vec![0xEE];
        assert!(header.encode_with_tracks(&tracks, &mut out).is_err());
        assert_eq!(out, [0xEE]);
    }
    let mut out = Vec::new();
    header.encode_with_tracks(&[video::Track { body: &long[1..], ..good }], &mut out).unwrap();
    assert_eq!(out.len(), 6 + 4 + 0xFF_FFFF);
}
