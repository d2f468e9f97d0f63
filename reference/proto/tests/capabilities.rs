//! Capabilities of connect: what is read, written, answered and agreed on.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use rtmp_amf::Value;
use rtmp_flv::{CapsEx, FourCc, FourCcInfo};
use rtmp_proto::{AudioCodecs, Capabilities, CodecKey, FourCcInfoMap, VideoCodecs, VideoFunction};

fn list(keys: &[&str]) -> Option<Vec<CodecKey>> {
    Some(keys.iter().map(|key| CodecKey::from_text(key)).collect())
}

fn map(entries: &[(&str, u32)]) -> Option<FourCcInfoMap> {
    Some(FourCcInfoMap(
        entries.iter().map(|(key, info)| (CodecKey::from_text(key), FourCcInfo(*info))).collect(),
    ))
}

#[test]
fn every_member_is_read() {
    let object = Value::object([
        ("app", Value::from("live")),
        ("audioCodecs", Value::Number(3575.0)),
        ("videoCodecs", Value::Number(252.0)),
        ("videoFunction", Value::Number(5.0)),
        ("fourCcList", Value::StrictArray(vec!["av01".into(), "*".into(), "hevc5".into()])),
        ("videoFourCcInfoMap", Value::object([("*", 4.0), ("vp09", 3.0)])),
        ("audioFourCcInfoMap", Value::object([("Opus", 1.0)])),
        ("capsEx", Value::Number(15.0)),
    ]);
    let read = Capabilities::from_value(&object);
    assert_eq!(read.four_cc_list, list(&["av01", "*", "hevc5"]));
    assert_eq!(read.video, map(&[("*", 4), ("vp09", 3)]));
    assert_eq!(read.audio, map(&[("Opus", 1)]));
    assert_eq!(read.caps_ex, Some(CapsEx(15)));
    assert_eq!(read.audio_codecs, Some(AudioCodecs(3575)));
    assert!(read.video_codecs.unwrap().contains(VideoCodecs::H264));
    assert_eq!(read.video_function, Some(VideoFunction(5)));
    assert!(read.is_enhanced());
    assert_eq!(Capabilities::from_value(&Value::Object(read.clone().into_properties())), read);
    assert_eq!(Capabilities::from_value(&Value::Null), Capabilities::default());
}

/// ERC-001, ERC-005.
#[test]
fn members_have_the_types_of_the_text() {
    let own = Capabilities {
        four_cc_list: list(&["av01", "*"]),
        caps_ex: Some(CapsEx(1)),
        ..Capabilities::forwarding()
    };
    let object = Value::Object(own.into_properties());
    assert_eq!(object.property("fourCcList"), Some(&Value::StrictArray(vec!["av01".into(), "*".into()])));
    assert_eq!(object.property("videoFourCcInfoMap"), Some(&Value::object([("*", 4.0)])));
    assert_eq!(object.property("capsEx"), Some(&Value::Number(1.0)));
}

#[test]
fn what_is_malformed_counts_as_not_sent() {
    let object = Value::object([
        ("audioCodecs", Value::from("4095")),
        ("videoCodecs", Value::Number(-1.0)),
        ("videoFunction", Value::Number(0.5)),
        ("fourCcList", Value::StrictArray(vec![Value::Number(1.0), "hvc1".into(), Value::Null])),
        ("videoFourCcInfoMap", Value::object([("av01", Value::Null), ("hvc1", Value::Number(1.0))])),
        ("audioFourCcInfoMap", Value::Null),
        ("capsEx", Value::Number(f64::NAN)),
    ]);
    let expected =
        Capabilities { four_cc_list: list(&["hvc1"]), video: map(&[("hvc1", 1)]), ..Capabilities::default() };
    assert_eq!(Capabilities::from_value(&object), expected);
    let ecma = Value::object([("fourCcList", Value::ecma_array([("0", "av01")]))]);
    assert_eq!(Capabilities::from_value(&ecma).four_cc_list, list(&["av01"]));
    let text = Value::object([("fourCcList", "av01")]);
    assert_eq!(Capabilities::from_value(&text).four_cc_list, None);
}

#[test]
fn lists_and_maps_are_bounded() {
    let read = |count: usize| {
        let keys: Vec<Value> = (0..count).map(|index| Value::from(format!("{index:04}"))).collect();
        let infos = Value::object((0..count).map(|index| (format!("{index:04}"), 1.0)));
        let object = Value::object([("fourCcList", Value::StrictArray(keys)), ("videoFourCcInfoMap", infos)]);
        let read = Capabilities::from_value(&object);
        (read.four_cc_list.unwrap().len(), read.video.unwrap().0.len())
    };
    assert_eq!(read(Capabilities::MAX_ENTRIES), (64, 64));
    assert_eq!(read(Capabilities::MAX_ENTRIES + 1), (64, 64));
}

#[test]
fn a_server_answers_in_the_terms_of_the_client() {
    let server = Capabilities {
        four_cc_list: list(&["*"]),
        audio_codecs: Some(AudioCodecs::ALL),
        ..Capabilities::forwarding()
    };
    // Nothing to a client of old; no array to one that sent none (ERC-010).
    let old = Capabilities { audio_codecs: Some(AudioCodecs::ALL), ..Capabilities::default() };
    assert_eq!(server.answer_to(&old), Capabilities::default());
    let v2 = Capabilities { caps_ex: Some(CapsEx::MOD_EX), ..Capabilities::default() };
    assert_eq!(server.answer_to(&v2), Capabilities::forwarding());
    let v1 = Capabilities { four_cc_list: list(&["av01"]), ..Capabilities::default() };
    let answer = server.answer_to(&v1);
    assert_eq!((answer.four_cc_list, answer.audio_codecs), (list(&["*"]), None));
}

#[test]
fn the_answer_may_stand_in_either_object() {
    let information = Value::object([("capsEx", 1.0)]);
    let properties =
        Value::object([("capsEx", Value::Number(2.0)), ("videoFourCcInfoMap", Value::object([("*", 4.0)]))]);
    let read = Capabilities::from_result(&properties, &information);
    assert_eq!((read.caps_ex, read.video), (Some(CapsEx(1)), map(&[("*", 4)])));
    assert_eq!(Capabilities::from_result(&properties, &Value::Null).caps_ex, Some(CapsEx(2)));
}

#[test]
fn both_ends_agree_on_codecs() {
    let encoder = Capabilities { video: map(&[("hvc1", 2)]), ..Capabilities::default() };
    let relay = Capabilities::forwarding();
    let decoder = Capabilities { video: map(&[("hvc1", 1), ("av01", 1)]), ..Capabilities::default() };
    let v1 = Capabilities { four_cc_list: list(&["av01"]), ..Capabilities::default() };
    assert!(encoder.may_send_video(&relay, FourCc::HEVC));
    assert!(!encoder.may_send_video(&relay, FourCc::AV1), "the encoder cannot");
    assert!(!encoder.may_send_audio(&relay, FourCc::OPUS));
    assert!(relay.may_send_video(&decoder, FourCc::AV1));
    assert!(!relay.may_send_video(&decoder, FourCc::VP9));
    assert!(!decoder.may_send_video(&relay, FourCc::HEVC), "to decode is not to send");
    assert!(!relay.may_send_video(&encoder, FourCc::HEVC), "to encode is not to receive");
    assert!(relay.may_send_video(&v1, FourCc::AV1) && v1.may_send_video(&relay, FourCc::AV1));
    // E-RTMP v2: `*` and a FourCC together (errata E-66).
    let both = map(&[("vp09", 3), ("*", 4)]).unwrap();
    assert_eq!((both.info(FourCc::VP9), both.info(FourCc::AV1)), (FourCcInfo(7), FourCcInfo(4)));
    let caps = |bits| Capabilities { caps_ex: Some(CapsEx(bits)), ..Capabilities::default() };
    assert_eq!(caps(7).common_caps_ex(&caps(14)), CapsEx(6));
    assert_eq!(caps(7).common_caps_ex(&Capabilities::default()), CapsEx::NONE);
}

#[test]
fn masks_have_the_numbers_of_the_tables() {
    let audio = [0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800];
    assert_eq!(audio.iter().sum::<u32>(), AudioCodecs::ALL.0);
    assert_eq!((AudioCodecs::G711U.0, AudioCodecs::AAC.0, AudioCodecs::SPEEX.0), (0x100, 0x400, 0x800));
    assert_eq!((VideoCodecs::SORENSON.0, VideoCodecs::VP6_ALPHA.0, VideoCodecs::ALL.0), (4, 0x20, 0xFF));
    assert_eq!(VideoFunction::CLIENT_LARGE_SCALE_TILE.0, 8);
    assert_eq!(AudioCodecs::from_f64(4_294_967_295.0), Some(AudioCodecs(u32::MAX)));
    assert_eq!(AudioCodecs::from_f64(4_294_967_296.0), None);
}

fn key() -> impl Strategy<Value = CodecKey> {
    "\\*|[a-z0-9.-]{4}|[a-zé]{0,6}".prop_map(|text| CodecKey::from_text(&text))
}

fn info_map() -> impl Strategy<Value = FourCcInfoMap> {
    vec((key(), any::<u32>().prop_map(FourCcInfo)), 0..6).prop_map(FourCcInfoMap)
}

proptest! {
    #[test]
    fn capabilities_read_as_they_were_written(
        four_cc_list in of(vec(key(), 0..6)), video in of(info_map()), audio in of(info_map()),
        caps_ex in of(any::<u32>()), audio_codecs in of(any::<u32>()), video_codecs in of(any::<u32>()),
        video_function in of(any::<u32>()),
    ) {
        let capabilities = Capabilities {
            four_cc_list, video, audio,
            caps_ex: caps_ex.map(CapsEx),
            audio_codecs: audio_codecs.map(AudioCodecs),
            video_codecs: video_codecs.map(VideoCodecs),
            video_function: video_function.map(VideoFunction),
        };
        let object = Value::Object(capabilities.clone().into_properties());
        let bytes = rtmp_amf::encode_all(&[object]).unwrap();
        let read = rtmp_amf::decode_all(&bytes, &rtmp_amf::Limits::default()).unwrap();
        prop_assert_eq!(Capabilities::from_value(&read[0]), capabilities);
    }
}
