use rtmp_flv::video::{Codec, CodecId, FrameType, Header, PacketType, VideoCommand};
use rtmp_flv::{FourCc, HeaderError, HeaderErrorKind, Unencodable};

use super::hex;

/// The header that `bytes` are, all of them; it is written as the same bytes.
#[track_caller]
fn check(bytes: &str, expected: Header<'_>) {
    let bytes = hex(bytes);
    let (header, body) = Header::decode(&bytes).unwrap();
    assert_eq!((header, body), (expected, [].as_slice()));
    let mut written = Vec::new();
    expected.encode(&mut written).unwrap();
    assert_eq!(written, bytes);
    assert_eq!(expected.encoded_len(), bytes.len());
}

fn command(header: Header<'static>, command: u8) -> Header<'static> {
    Header { frame_type: FrameType::COMMAND, command: Some(VideoCommand(command)), ..header }
}

#[test]
fn avc() {
    check("1700000000", Header::avc(FrameType::KEY, PacketType::SequenceStart, 0));
    check("1701000050", Header::avc(FrameType::KEY, PacketType::CodedFrames, 80));
    check("2701ffffd8", Header::avc(FrameType::INTER, PacketType::CodedFrames, -40));
    check("27017fffff", Header::avc(FrameType::INTER, PacketType::CodedFrames, 8_388_607));
    check("2701800000", Header::avc(FrameType::INTER, PacketType::CodedFrames, -8_388_608));
    check("1702000000", Header::avc(FrameType::KEY, PacketType::SequenceEnd, 0));
    check("1703000000", Header::avc(FrameType::KEY, PacketType::Other(3), 0));
}

#[test]
fn dialects_of_hevc_and_av1_are_laid_out_like_avc() {
    for (first, id, name) in
        [("1c", CodecId::HEVC_DIALECT, "HEVC (dialect)"), ("1d", CodecId::AV1_DIALECT, "AV1 (dialect)")]
    {
        let codec = Codec::Legacy(id);
        let header = Header::avc(FrameType::KEY, PacketType::CodedFrames, 80);
        check(&format!("{first}01000050"), Header { codec, ..header });
        assert!(id.is_dialect());
        assert_eq!(codec.to_string(), name);
    }
}

#[test]
fn legacy_codecs_without_packet_type() {
    let (key, inter) = (FrameType::KEY, FrameType::INTER);
    for (bytes, frame_type, id, name) in [
        ("11", key, CodecId::JPEG, "JPEG (dialect)"),
        ("12", key, CodecId::SORENSON_H263, "Sorenson H.263"),
        ("22", inter, CodecId::SORENSON_H263, "Sorenson H.263"),
        ("32", FrameType::DISPOSABLE_INTER, CodecId::SORENSON_H263, "Sorenson H.263"),
        ("42", FrameType::GENERATED_KEY, CodecId::SORENSON_H263, "Sorenson H.263"),
        ("13", key, CodecId::SCREEN, "Screen Video"),
        ("23", inter, CodecId::SCREEN, "Screen Video"),
        ("14", key, CodecId::VP6, "VP6"),
        ("24", inter, CodecId::VP6, "VP6"),
        ("15", key, CodecId::VP6_ALPHA, "VP6 with alpha"),
        ("25", inter, CodecId::VP6_ALPHA, "VP6 with alpha"),
        ("16", key, CodecId::SCREEN_V2, "Screen Video 2"),
        ("26", inter, CodecId::SCREEN_V2, "Screen Video 2"),
        ("10", key, CodecId(0), "codec id 0"),
        ("19", key, CodecId(9), "codec id 9"),
        ("1f", key, CodecId(15), "codec id 15"),
        ("02", FrameType(0), CodecId::SORENSON_H263, "Sorenson H.263"),
        ("72", FrameType(7), CodecId::SORENSON_H263, "Sorenson H.263"),
    ] {
        check(bytes, Header::legacy(frame_type, id));
        assert_eq!(Codec::Legacy(id).to_string(), name);
    }
    let payload = hex("12aabbccdd");
    assert_eq!(Header::decode(&payload).unwrap().1, hex("aabbccdd"));
}

#[test]
fn commands() {
    let h263 = Header::legacy(FrameType::COMMAND, CodecId::SORENSON_H263);
    check("5200", command(h263, 0));
    check("5201", command(h263, 1));
    // FLV puts the AVC header before the command, E-RTMP v2 does not (errata E-58).
    check("570000000001", command(Header::avc(FrameType::COMMAND, PacketType::SequenceStart, 0), 1));
    check("570100000000", command(Header::avc(FrameType::COMMAND, PacketType::CodedFrames, 0), 0));
    check("5700", command(Header::avc(FrameType::COMMAND, PacketType::Unstated, 0), 0));
    check("d100", Header::command(VideoCommand::START_SEEK));
    check("d101", Header::command(VideoCommand::END_SEEK));
    let number = |packet| Header { packet, ..Header::command(VideoCommand::START_SEEK) };
    check("d000", number(PacketType::SequenceStart));
    check("d600", number(PacketType::Other(6)));
    for bytes in ["d100", "d000", "d600", "5700", "570000000000", "5200"] {
        let payload = hex(bytes);
        let (header, body) = Header::decode(&payload).unwrap();
        assert!(!header.is_key_frame() && !header.is_sequence_header(), "{bytes}");
        assert_eq!(header.tracks(body).count(), 0, "{bytes}");
    }
}

#[test]
fn enhanced() {
    let hevc = |frame_type, packet| Header::enhanced(frame_type, FourCc::HEVC, packet);
    let timed = |composition_time, header: Header<'static>| Header { composition_time, ..header };
    let (key, inter) = (FrameType::KEY, FrameType::INTER);
    check("9068766331", hevc(key, PacketType::SequenceStart));
    check("9168766331000050", timed(80, hevc(key, PacketType::CodedFrames)));
    check("a168766331ffffd8", timed(-40, hevc(inter, PacketType::CodedFrames)));
    check("a368766331", hevc(inter, PacketType::CodedFramesX));
    check("9268766331", hevc(key, PacketType::SequenceEnd));
    check("9468766331", hevc(key, PacketType::Metadata));
    check("8468766331", hevc(FrameType(0), PacketType::Metadata));
    check("d468766331", hevc(FrameType::COMMAND, PacketType::Metadata));
    check("9561763031", Header::enhanced(key, FourCc::AV1, PacketType::Mpeg2TsSequenceStart));
    // No composition time for AV1, VP8 and VP9; one for AVC and VVC.
    check("9161763031", Header::enhanced(key, FourCc::AV1, PacketType::CodedFrames));
    check("9176703038", Header::enhanced(key, FourCc::VP8, PacketType::CodedFrames));
    check("9176703039", Header::enhanced(key, FourCc::VP9, PacketType::CodedFrames));
    // Undefined for these (errata E-60); taken as coded frames, which are laid out the same.
    check("9361763031", Header::enhanced(key, FourCc::AV1, PacketType::CodedFramesX));
    check("9376703039", Header::enhanced(key, FourCc::VP9, PacketType::CodedFramesX));
    check("9161766331000001", timed(1, Header::enhanced(key, FourCc::AVC, PacketType::CodedFrames)));
    check("9176766331000001", timed(1, Header::enhanced(key, FourCc::VVC, PacketType::CodedFrames)));
    // What nobody defined is kept: packet types 8 to 15, frame types 0, 6 and 7, other FourCCs.
    for packet in 8..=15u8 {
        check(&format!("9{packet:x}68766331"), hevc(key, PacketType::Other(packet)));
    }
    check("e368766331", hevc(FrameType(6), PacketType::CodedFramesX));
    check("f37a7a7a7a", Header::enhanced(FrameType(7), FourCc(*b"zzzz"), PacketType::CodedFramesX));
    // Without the top bit nothing of this is read (ERV-003): 0x10 is codec id 0.
    check("10", Header::legacy(key, CodecId(0)));
}

#[test]
fn a_payload_shorter_than_its_header_is_an_error() {
    for whole in [
        "1701000050",
        "5700",
        "5200",
        "9168766331000050",
        "d100",
        "970207a1200361766331",
        "97ff00020000000361766331",
        "960168766331",
    ] {
        let bytes = hex(whole);
        assert!(Header::decode(&bytes).is_ok(), "{whole}");
        for cut in 0..bytes.len() {
            let error = Header::decode(&bytes[..cut]).unwrap_err();
            assert!(matches!(error.kind, HeaderErrorKind::Truncated { .. }), "{whole} cut at {cut}");
            assert!(error.offset <= cut);
        }
    }
    let error = HeaderError {
        kind: HeaderErrorKind::Truncated { field: "composition time", needed: 3, left: 2 },
        offset: 5,
    };
    assert_eq!(Header::decode(&hex("91687663310000")), Err(error));
    assert_eq!(
        error.to_string(),
        "the payload ends inside composition time: 2 of 3 bytes are there \
         (at byte 5; FLV E.4.2.1, E.4.3.1; E-RTMP v2 headers)"
    );
}

#[test]
fn what_has_no_form_on_the_wire_is_not_written() {
    let avc = Header::avc(FrameType::KEY, PacketType::CodedFrames, 0);
    let h263 = Header::legacy(FrameType::KEY, CodecId::SORENSON_H263);
    let hevc = Header::enhanced(FrameType::KEY, FourCc::HEVC, PacketType::CodedFrames);
    let start = Some(VideoCommand::START_SEEK);
    for header in [
        Header { composition_time: 0x80_0000, ..avc },
        Header { composition_time: -0x80_0001, ..avc },
        Header { frame_type: FrameType(8), ..avc },
        Header { frame_type: FrameType(8), ..hevc },
        Header { codec: Codec::Legacy(CodecId(16)), ..avc },
        Header { packet: PacketType::CodedFramesX, ..avc },
        Header { packet: PacketType::Other(1), ..avc },
        Header { packet: PacketType::Unstated, ..avc },
        Header { packet: PacketType::SequenceStart, ..h263 },
        Header { composition_time: 1, ..h263 },
        Header { command: start, ..h263 },
        Header { frame_type: FrameType::COMMAND, ..h263 },
        Header { packet: PacketType::Other(1), ..hevc },
        Header { packet: PacketType::Other(6), ..hevc },
        Header { packet: PacketType::Other(7), ..hevc },
        Header { packet: PacketType::Other(16), ..hevc },
        Header { packet: PacketType::Unstated, ..hevc },
        Header { packet: PacketType::CodedFramesX, composition_time: 1, ..hevc },
        Header { command: start, ..hevc },
        Header { frame_type: FrameType::COMMAND, ..hevc },
        Header { codec: Codec::Unstated, ..hevc },
        Header { codec: Codec::PerTrack, ..hevc },
        Header { packet: PacketType::Metadata, ..Header::command(VideoCommand::START_SEEK) },
    ] {
        let mut out = vec![0xEE];
        assert!(matches!(header.encode(&mut out), Err(Unencodable(_))), "{header:?}");
        assert_eq!(out, [0xEE], "{header:?}");
    }
}
