//! Headers of payloads. Bytes are those of the specifications' tables (vectors V9 and V10).

use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_flv::video::FrameType;
use rtmp_flv::{Codec, FourCc, Multitrack, MultitrackType, audio, video};

fn hex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "{text}");
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn video_header(bytes: &str) -> video::Header {
    video::Header::decode(&hex(bytes)).unwrap()
}

fn audio_header(bytes: &str) -> audio::Header {
    audio::Header::decode(&hex(bytes)).unwrap()
}

/// Frame type, codec, packet type, composition time and offset of the body.
fn check_video(
    bytes: &str,
    frame: FrameType,
    codec: Codec,
    packet: video::PacketType,
    cts: i32,
    body: usize,
) {
    let header = video_header(bytes);
    assert_eq!(header.frame_type, frame, "{bytes}");
    assert_eq!(header.codec, codec, "{bytes}");
    assert_eq!(header.packet, packet, "{bytes}");
    assert_eq!(header.composition_time, cts, "{bytes}");
    assert_eq!(header.body, body, "{bytes}");
}

#[test]
fn legacy_video() {
    use video::PacketType::{CodedFrames, Command, Other, SequenceEnd, SequenceStart};
    let avc = Codec::Legacy(7);
    check_video("1700000000", FrameType::KEY, avc, SequenceStart, 0, 5);
    check_video("1701000050", FrameType::KEY, avc, CodedFrames, 80, 5);
    check_video("2701ffffd8", FrameType::INTER, avc, CodedFrames, -40, 5);
    check_video("27017fffff", FrameType::INTER, avc, CodedFrames, 8_388_607, 5);
    check_video("2701800000", FrameType::INTER, avc, CodedFrames, -8_388_608, 5);
    check_video("1702000000", FrameType::KEY, avc, SequenceEnd, 0, 5);
    check_video("1703000000", FrameType::KEY, avc, Other(3), 0, 5);
    check_video("5700", FrameType::COMMAND, avc, Command(0), 0, 2);
    check_video("570000000001", FrameType::COMMAND, avc, Command(1), 0, 6);
    check_video("5201", FrameType::COMMAND, Codec::Legacy(2), Command(1), 0, 2);
    for (first, frame, codec) in [
        ("12", FrameType::KEY, 2),
        ("22", FrameType::INTER, 2),
        ("32", FrameType::DISPOSABLE_INTER, 2),
        ("13", FrameType::KEY, 3),
        ("23", FrameType::INTER, 3),
        ("14", FrameType::KEY, 4),
        ("24", FrameType::INTER, 4),
        ("15", FrameType::KEY, 5),
        ("25", FrameType::INTER, 5),
        ("16", FrameType::KEY, 6),
        ("26", FrameType::INTER, 6),
        ("19", FrameType::KEY, 9),
        ("1f", FrameType::KEY, 15),
    ] {
        check_video(&format!("{first}aabbccdd"), frame, Codec::Legacy(codec), CodedFrames, 0, 1);
    }
    // The dialect of HEVC and AV1 before Enhanced RTMP.
    check_video("1c00000000", FrameType::KEY, Codec::Legacy(12), SequenceStart, 0, 5);
    check_video("2d01000000", FrameType::INTER, Codec::Legacy(13), CodedFrames, 0, 5);
}

#[test]
fn enhanced_video() {
    use video::PacketType::{
        CodedFrames, CodedFramesX, Command, Metadata, Mpeg2TsSequenceStart, SequenceEnd, SequenceStart,
    };
    let hevc = Codec::FourCc(FourCc::HEVC);
    check_video("9068766331", FrameType::KEY, hevc, SequenceStart, 0, 5);
    check_video("9168766331000050", FrameType::KEY, hevc, CodedFrames, 80, 8);
    check_video("a168766331ffffd8", FrameType::INTER, hevc, CodedFrames, -40, 8);
    check_video("a368766331", FrameType::INTER, hevc, CodedFramesX, 0, 5);
    check_video("9268766331", FrameType::KEY, hevc, SequenceEnd, 0, 5);
    for first in ["84", "94", "d4"] {
        let frame = FrameType(u8::from_str_radix(&first[..1], 16).unwrap() & 7);
        check_video(&format!("{first}68766331"), frame, hevc, Metadata, 0, 5);
    }
    check_video("d100", FrameType::COMMAND, Codec::Unstated, Command(0), 0, 2);
    check_video("9561763031", FrameType::KEY, Codec::FourCc(FourCc::AV1), Mpeg2TsSequenceStart, 0, 5);
    // No composition time for AV1, VP8 and VP9; one for AVC and VVC.
    check_video("9161763031", FrameType::KEY, Codec::FourCc(FourCc::AV1), CodedFrames, 0, 5);
    check_video("9176703039", FrameType::KEY, Codec::FourCc(FourCc::VP9), CodedFrames, 0, 5);
    check_video("9161766331000001", FrameType::KEY, Codec::FourCc(FourCc::AVC), CodedFrames, 1, 8);
    check_video("9176766331000001", FrameType::KEY, Codec::FourCc(FourCc::VVC), CodedFrames, 1, 8);
}

#[test]
fn mod_ex_carries_nanoseconds_and_unknown_ones_are_skipped() {
    use video::PacketType::{CodedFramesX, Command};
    let avc = Codec::FourCc(FourCc::AVC);
    check_video("970207a1200361766331", FrameType::KEY, avc, CodedFramesX, 0, 10);
    assert_eq!(video_header("970207a1200361766331").nano_offset, 500_000);
    assert_eq!(video_header("97020f423f0361766331").nano_offset, 999_999);
    // 256 bytes: the size in one byte says that two follow.
    check_video(
        &format!("97ff00ff{}0361766331", "00".repeat(256)),
        FrameType::KEY,
        avc,
        CodedFramesX,
        0,
        265,
    );
    // 65,536 bytes of an unknown type, then the nanoseconds.
    let long = format!("97ffffff{}170207a1200361766331", "00".repeat(65_536));
    assert_eq!(video_header(&long).nano_offset, 500_000);
    assert_eq!(video_header(&long).packet, CodedFramesX);
    // One byte is too short for an offset.
    assert_eq!(video_header("9700ff0361766331").nano_offset, 0);
    check_video("d7020000010100", FrameType::COMMAND, Codec::Unstated, Command(0), 0, 7);
    assert_eq!(audio_header("970207a120014f707573").nano_offset, 500_000);
}

#[test]
fn multitrack_video() {
    let one = video_header("96016876633101000000aa");
    assert_eq!(one.codec, Codec::FourCc(FourCc::HEVC));
    assert_eq!(one.packet, video::PacketType::CodedFrames);
    assert_eq!(
        one.multitrack,
        Some(Multitrack { kind: MultitrackType::ONE_TRACK, track_id: 1, track_len: None })
    );
    assert_eq!((one.composition_time, one.body), (0, 10));

    let many = video_header("961168766331000000050000004142010000050000004142");
    assert_eq!(
        many.multitrack,
        Some(Multitrack { kind: MultitrackType::MANY_TRACKS, track_id: 0, track_len: Some(5) })
    );
    assert_eq!((many.codec, many.body), (Codec::FourCc(FourCc::HEVC), 13));

    let codecs = video_header("96216876633100000005000000414261763031010000024142");
    assert_eq!(
        codecs.multitrack,
        Some(Multitrack { kind: MultitrackType::MANY_TRACKS_MANY_CODECS, track_id: 0, track_len: Some(5) })
    );
    assert_eq!((codecs.codec, codecs.body), (Codec::FourCc(FourCc::HEVC), 13));

    assert!(video::is_sequence_header(&hex("9600687663310101020304")));
    assert!(audio::is_sequence_header(&hex("95004f70757301")));
}

#[test]
fn legacy_audio() {
    for (first, format, rate, wide, stereo, sample_rate) in [
        ("3f", 3, 3, true, true, 44_100),
        ("1e", 1, 3, true, false, 44_100),
        ("2f", 2, 3, true, true, 44_100),
        ("2b", 2, 2, true, true, 22_050),
        ("26", 2, 1, true, false, 11_025),
        ("22", 2, 0, true, false, 5_512),
        ("42", 4, 0, true, false, 16_000),
        ("4f", 4, 3, true, true, 16_000),
        ("52", 5, 0, true, false, 8_000),
        ("6a", 6, 2, true, false, 22_050),
        ("72", 7, 0, true, false, 8_000),
        ("82", 8, 0, true, false, 8_000),
        ("b2", 11, 0, true, false, 16_000),
        ("e2", 14, 0, true, false, 8_000),
    ] {
        let header = audio_header(&format!("{first}00"));
        let sound = audio::SoundInfo { rate, wide, stereo };
        assert_eq!((header.codec, header.sound), (Codec::Legacy(format), Some(sound)), "{first}");
        assert_eq!(header.packet, audio::PacketType::CodedFrames, "{first}");
        assert_eq!((header.sample_rate(), header.body), (Some(sample_rate), 1), "{first}");
    }
    for format in [12, 13, 15] {
        assert_eq!(audio::Header::decode(&[format << 4]).unwrap().codec, Codec::Legacy(format));
    }
}

#[test]
fn aac() {
    let start = audio_header("af001210");
    assert_eq!((start.codec, start.body), (Codec::Legacy(audio::FORMAT_AAC), 2));
    assert_eq!(start.packet, audio::PacketType::SequenceStart);
    assert_eq!(start.sample_rate(), None, "the AudioSpecificConfig decides");
    assert_eq!(audio_header("af01").packet, audio::PacketType::CodedFrames);
    assert_eq!(audio_header("af02").packet, audio::PacketType::Other(2));
}

#[test]
fn enhanced_audio() {
    for (bytes, packet) in [
        ("904f707573", audio::PacketType::SequenceStart),
        ("914f707573", audio::PacketType::CodedFrames),
        ("924f707573", audio::PacketType::SequenceEnd),
        ("944f70757301060000003f", audio::PacketType::MultichannelConfig),
        ("9f4f707573", audio::PacketType::Other(15)),
    ] {
        let header = audio_header(bytes);
        assert_eq!(header.packet, packet, "{bytes}");
        assert_eq!((header.codec, header.body), (Codec::FourCc(FourCc::OPUS), 5), "{bytes}");
        assert_eq!((header.sound, header.sample_rate()), (None, None), "{bytes}");
    }
}

#[test]
fn key_frames_are_coded_frames() {
    for key in
        ["1701000050", "12", "42", "9168766331000050", "9368766331", "970207a1200361766331", "1c01000000"]
    {
        assert!(video::is_key_frame(&hex(key)), "{key}");
        assert!(!video::is_sequence_header(&hex(key)), "{key}");
    }
    for other in [
        "",
        "17",
        "1700000000",
        "1702000000",
        "2701ffffd8",
        "22",
        "32",
        "5700",
        "9068766331",
        "9268766331",
        "9468766331",
        "a368766331",
        "d100",
        "9361",
    ] {
        assert!(!video::is_key_frame(&hex(other)), "{other}");
    }
}

#[test]
fn sequence_headers() {
    for header in ["1700000000", "1c00000000", "9068766331", "9561763031"] {
        assert!(video::is_sequence_header(&hex(header)), "{header}");
    }
    for other in ["", "17", "1700", "1701000000", "1200000000", "9168766331000000", "90687663"] {
        assert!(!video::is_sequence_header(&hex(other)), "{other}");
    }
    for header in ["af001210", "af00", "904f707573"] {
        assert!(audio::is_sequence_header(&hex(header)), "{header}");
    }
    for other in ["", "af", "af01", "2f00", "914f707573", "904f7075"] {
        assert!(!audio::is_sequence_header(&hex(other)), "{other}");
    }
}

#[test]
fn a_payload_shorter_than_its_header_has_none() {
    for whole in
        ["1701000050", "5700", "9168766331000050", "d100", "970207a1200361766331", "96016876633101000000"]
    {
        let bytes = hex(whole);
        assert!(video::Header::decode(&bytes).is_some());
        for cut in 0..bytes.len() {
            assert_eq!(video::Header::decode(&bytes[..cut]), None, "{whole} cut at {cut}");
        }
    }
    for whole in ["2f", "af00", "904f707573", "95004f70757301", "970207a120014f707573"] {
        let bytes = hex(whole);
        assert!(audio::Header::decode(&bytes).is_some());
        for cut in 0..bytes.len() {
            assert_eq!(audio::Header::decode(&bytes[..cut]), None, "{whole} cut at {cut}");
        }
    }
}

#[test]
fn four_ccs_as_numbers_and_text() {
    for (four_cc, number) in [
        (FourCc::AV1, 1_635_135_537),
        (FourCc::VP8, 1_987_063_864),
        (FourCc::VP9, 1_987_063_865),
        (FourCc::AVC, 1_635_148_593),
        (FourCc::HEVC, 1_752_589_105),
        (FourCc::VVC, 1_987_470_129),
        (FourCc::AC3, 1_633_889_587),
        (FourCc::EAC3, 1_700_998_451),
        (FourCc::OPUS, 1_332_770_163),
        (FourCc::MP3, 778_924_083),
        (FourCc::FLAC, 1_716_281_667),
        (FourCc::AAC, 1_836_069_985),
    ] {
        assert_eq!(four_cc.as_u32(), number, "{four_cc}");
    }
    assert_eq!(FourCc::MP3.to_string(), ".mp3");
    assert_eq!(FourCc([0, b'a', 0xff, b'\n']).to_string(), "\\x00a\\xff\\n");
}

proptest! {
    #[test]
    fn any_payload_is_decoded_or_too_short(payload in vec(any::<u8>(), 0..400)) {
        if let Some(header) = video::Header::decode(&payload) {
            prop_assert!(header.body <= payload.len());
            prop_assert!(!(header.is_key_frame() && header.is_sequence_header()));
        }
        if let Some(header) = audio::Header::decode(&payload) {
            prop_assert!(header.body <= payload.len());
        }
    }
}
