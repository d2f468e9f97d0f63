//! Metadata packets and colorInfo.

use rtmp_amf::{Limits, Value};
use rtmp_flv::video::{
    ColorChange, ColorConfig, ColorInfo, FrameType, HdrCll, HdrMdcv, Header, Metadata, MetadataError,
    PacketType,
};

use super::hex;

fn decode(body: &[u8]) -> Result<Metadata, MetadataError> {
    Metadata::decode(body, &Limits::default())
}

const NAME: &str = "020009636f6c6f72496e666f";

#[test]
fn color_info_from_bytes() {
    // colorInfo { colorConfig { bitDepth: 10 }, hdrCll { maxFall: 400, maxCLL: 1000 } }
    let object = "03000b636f6c6f72436f6e6669670300086269744465707468004024000000000000 000009\
                  0006686472436c6c0300076d617846616c6c00407900000000000000066d6178434c4c00408f400000000000000009\
                  000009";
    let payload = hex(&format!("9468766331{NAME}{object}"));
    let (header, body) = Header::decode(&payload).unwrap();
    assert_eq!((header.frame_type, header.packet), (FrameType::KEY, PacketType::Metadata));
    let info = ColorInfo {
        color_config: Some(ColorConfig { bit_depth: Some(10.0), ..ColorConfig::default() }),
        hdr_cll: Some(HdrCll { max_fall: Some(400.0), max_cll: Some(1000.0), other: vec![] }),
        ..ColorInfo::default()
    };
    let metadata = decode(body).unwrap();
    assert_eq!(metadata.color_change(), Some(ColorChange::Set(info.clone())));
    let mut out = payload[..5].to_vec();
    Metadata::color(&ColorChange::Set(info)).encode(&mut out).unwrap();
    assert_eq!(out, payload);
}

#[test]
fn every_member_by_its_name() {
    let numbers = |names: &str| {
        let named = names.split(' ').enumerate().map(|(at, name)| (name, Value::Number(at as f64)));
        Value::object(named.collect::<Vec<_>>())
    };
    let value = Value::object([
        ("colorConfig", numbers("bitDepth colorPrimaries transferCharacteristics matrixCoefficients")),
        ("hdrCll", numbers("maxFall maxCLL")),
        (
            "hdrMdcv",
            numbers("redX redY greenX greenY blueX blueY whitePointX whitePointY maxLuminance minLuminance"),
        ),
    ]);
    let info = ColorInfo::from_value(&value).unwrap();
    let n = |number: u8| Some(f64::from(number));
    let expected = ColorInfo {
        color_config: Some(ColorConfig {
            bit_depth: n(0),
            color_primaries: n(1),
            transfer_characteristics: n(2),
            matrix_coefficients: n(3),
            other: vec![],
        }),
        hdr_cll: Some(HdrCll { max_fall: n(0), max_cll: n(1), other: vec![] }),
        hdr_mdcv: Some(HdrMdcv {
            red_x: n(0),
            red_y: n(1),
            green_x: n(2),
            green_y: n(3),
            blue_x: n(4),
            blue_y: n(5),
            white_point_x: n(6),
            white_point_y: n(7),
            max_luminance: n(8),
            min_luminance: n(9),
            other: vec![],
        }),
        other: vec![],
    };
    assert_eq!(info, expected);
    assert_eq!(info.to_value(), value);
}

#[test]
fn a_reset_is_undefined_or_an_empty_object() {
    for value in ["06", "05", "03000009", "0800000000000009"] {
        let metadata = decode(&hex(&format!("{NAME}{value}"))).unwrap();
        assert_eq!(metadata.color_change(), Some(ColorChange::Reset), "{value}");
    }
    let mut out = Vec::new();
    Metadata::color(&ColorChange::Reset).encode(&mut out).unwrap();
    assert_eq!(out, hex(&format!("{NAME}06")));
}

#[test]
fn the_last_color_info_counts_and_others_are_kept() {
    let reset = format!("{NAME}06");
    let set = format!("{NAME}0300066d61784c756d004059000000000000 000009");
    let both = decode(&hex(&format!("{set}{reset}"))).unwrap();
    assert_eq!(both.color_change(), Some(ColorChange::Reset));
    let both = decode(&hex(&format!("{reset}{set}"))).unwrap();
    let Some(ColorChange::Set(info)) = both.color_change() else { panic!("{both:?}") };
    assert_eq!(info.other, [("maxLum".to_string(), Value::Number(100.0))]);
    let other = decode(&hex("0200016105")).unwrap();
    assert_eq!((other.pairs.len(), other.color_change()), (1, None));
    let number = decode(&hex(&format!("{NAME}003ff0000000000000"))).unwrap();
    assert_eq!(number.color_change(), None);
    assert_eq!(decode(&[]).unwrap(), Metadata::default());
}

#[test]
fn unknown_and_mistyped_members_survive() {
    let value = Value::object([
        ("hdrCll", Value::object([("maxFall", Value::from("bright")), ("maxCLL", Value::Number(1.0))])),
        ("hdrMdcv", Value::Null),
        ("hdr10plus", Value::Boolean(true)),
    ]);
    let info = ColorInfo::from_value(&value).unwrap();
    let cll = info.hdr_cll.as_ref().unwrap();
    assert_eq!((cll.max_fall, cll.max_cll), (None, Some(1.0)));
    assert_eq!(cll.other, [("maxFall".to_string(), Value::from("bright"))]);
    assert_eq!(info.hdr_mdcv, None);
    assert_eq!(info.other.len(), 2);
    assert_eq!(ColorInfo::from_value(&info.to_value()), Some(info));
    assert_eq!(ColorInfo::from_value(&Value::Null), None);
}

#[test]
fn color_info_in_amf3() {
    // The name in AMF0; then 0x11 and { hdrCll: { maxFall: 400 (integer), maxCLL: 1000 (double) } }.
    let object =
        "11 0a0b01 0d68647243 6c6c 0a01 0f6d617846616c6c 048310 0d6d6178434c4c 05408f400000000000 01 01";
    let metadata = decode(&hex(&format!("{NAME}{object}"))).unwrap();
    let cll = HdrCll { max_fall: Some(400.0), max_cll: Some(1000.0), other: vec![] };
    let info = ColorInfo { hdr_cll: Some(cll), ..ColorInfo::default() };
    assert_eq!(metadata.color_change(), Some(ColorChange::Set(info)));
    for reset in ["1100", "1101", "110a0b0101"] {
        let metadata = decode(&hex(&format!("{NAME}{reset}"))).unwrap();
        assert_eq!(metadata.color_change(), Some(ColorChange::Reset), "{reset}");
    }
}

#[test]
fn ranges() {
    let mdcv = |x, max| HdrMdcv { red_x: Some(x), max_luminance: Some(max), ..HdrMdcv::default() };
    let with = |hdr_mdcv| ColorInfo { hdr_mdcv: Some(hdr_mdcv), ..ColorInfo::default() };
    assert_eq!(with(mdcv(0.0001, 5.0)).check(), Ok(()));
    assert_eq!(with(mdcv(0.74, 10_000.0)).check(), Ok(()));
    let check = |member: &str, group: &str, number: f64| {
        let object = Value::object([(group, Value::object([(member, Value::Number(number))]))]);
        ColorInfo::from_value(&object).unwrap().check()
    };
    for (group, members, low, high, step) in [
        ("colorConfig", "bitDepth", 8.0, 12.0, 1.0),
        ("colorConfig", "colorPrimaries transferCharacteristics matrixCoefficients", 0.0, 255.0, 1.0),
        ("hdrCll", "maxFall maxCLL", 0.0001, 10_000.0, 0.0001),
        ("hdrMdcv", "redX greenX blueX whitePointX", 0.0001, 0.74, 0.0001),
        ("hdrMdcv", "redY greenY blueY whitePointY", 0.0001, 0.84, 0.0001),
        ("hdrMdcv", "maxLuminance", 5.0, 10_000.0, 0.0001),
        ("hdrMdcv", "minLuminance", 0.0001, 5.0, 0.0001),
    ] {
        for member in members.split(' ') {
            for (number, allowed) in [(low, true), (high, true), (low - step, false), (high + step, false)] {
                assert_eq!(check(member, group, number).is_ok(), allowed, "{member} {number}");
            }
        }
    }
    assert_eq!(with(mdcv(0.7401, 5.0)).check().unwrap_err().member, "hdrMdcv.redX");
    assert_eq!(with(mdcv(0.64, 4.9)).check().unwrap_err().member, "hdrMdcv.maxLuminance");
    assert!(with(mdcv(f64::NAN, 5.0)).check().is_err());
    let cll = HdrCll { max_cll: Some(10_000.1), ..HdrCll::default() };
    let error = ColorInfo { hdr_cll: Some(cll), ..ColorInfo::default() }.check().unwrap_err();
    assert_eq!(error.to_string(), "colorInfo.hdrCll.maxCLL is 10000.1; 0.0001 to 10000 are allowed");
    let config = ColorConfig { color_primaries: Some(256.0), ..ColorConfig::default() };
    let error = ColorInfo { color_config: Some(config), ..ColorInfo::default() }.check().unwrap_err();
    assert_eq!(error.member, "colorConfig.colorPrimaries");
    assert_eq!(ColorInfo::default().check(), Ok(()));
}

#[test]
fn what_is_no_metadata() {
    assert_eq!(decode(&hex("05")), Err(MetadataError::NameIsNoString { offset: 0 }));
    assert_eq!(decode(&hex("0200016105 05")), Err(MetadataError::NameIsNoString { offset: 5 }));
    assert_eq!(decode(&hex(NAME)), Err(MetadataError::NameWithoutValue { offset: 0 }));
    let whole = hex(&format!("{NAME}03000161003ff0000000000000000009"));
    assert!(decode(&whole).is_ok());
    for cut in 1..whole.len() {
        assert!(decode(&whole[..cut]).is_err(), "cut at {cut}");
    }
}
