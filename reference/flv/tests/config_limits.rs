//! Every bound of a configuration, at the limit and one above it.

use bytes::Bytes;
use rtmp_flv::config::{
    AacExtension, AudioSpecificConfig, AvcDecoderConfigurationRecord, AvcSps, ErrorKind,
    HevcDecoderConfigurationRecord, HevcSps, MAX_AVC_PPS, MAX_AVC_SPS, MAX_DIMENSION, MAX_NAL_LEN,
    MAX_RECORD_UNITS, NalArray, OutOfRange,
};

/// Bits from text; an element `e:5` is the exponential Golomb code of 5.
fn bits(text: &str) -> Vec<u8> {
    let mut bits = String::new();
    for word in text.split_whitespace() {
        match word.strip_prefix("e:") {
            Some(value) => {
                let code = format!("{:b}", value.parse::<u64>().unwrap() + 1);
                bits.push_str(&"0".repeat(code.len() - 1));
                bits.push_str(&code);
            }
            None => bits.push_str(word),
        }
    }
    bits.push('1');
    let padded = bits.len().next_multiple_of(8);
    let bits = format!("{bits:0<padded$}");
    let bytes = bits.as_bytes().chunks(8);
    bytes.map(|byte| byte.iter().fold(0, |all, bit| all << 1 | (bit - b'0'))).collect()
}

/// A unit with the emulation prevention bytes that H.264 7.3.1 demands.
fn escaped(nal: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in nal {
        if out.ends_with(&[0, 0]) && *byte <= 3 {
            out.push(3);
        }
        out.push(*byte);
    }
    out
}

/// Main profile, level 3.0; counting type 1 with so many entries; size in macroblocks minus 1.
fn avc_sps(poc_cycle: usize, width: u32, height: u32) -> Vec<u8> {
    let offsets = "e:0 ".repeat(poc_cycle);
    escaped(&bits(&format!(
        "01100111 01001101 00000000 00011110 e:0 e:0 e:1 1 e:0 e:0 e:{poc_cycle} {offsets} \
         e:1 0 e:{width} e:{height} 1 1 0 0"
    )))
}

#[test]
fn the_cycle_of_picture_order_counts() {
    let sps = AvcSps::decode(&avc_sps(255, 9, 4)).unwrap();
    assert_eq!((sps.width, sps.height), (160, 80));
    let error = AvcSps::decode(&avc_sps(256, 9, 4)).unwrap_err();
    assert_eq!(error.field, "num_ref_frames_in_pic_order_cnt_cycle");
    assert_eq!(error.kind, ErrorKind::TooMany { found: 256, max: 255 });
    // A count without its entries.
    let cut = bits("01100111 01001101 00000000 00011110 e:0 e:0 e:1 1 e:0 e:0 e:255");
    assert!(matches!(AvcSps::decode(&cut).unwrap_err().kind, ErrorKind::Truncated { .. }));
}

#[test]
fn the_size_of_an_avc_picture() {
    let last = MAX_DIMENSION / 16 - 1;
    let sps = AvcSps::decode(&avc_sps(0, last, last)).unwrap();
    assert_eq!((sps.width, sps.height), (MAX_DIMENSION, MAX_DIMENSION));
    for (width, height) in [(last + 1, 0), (0, last + 1), (u32::MAX - 1, 0)] {
        let error = AvcSps::decode(&avc_sps(0, width, height)).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::TooMany { .. }), "{error}");
    }
}

#[test]
fn cropping_leaves_at_least_one_sample() {
    let cropped = |right: u32| {
        AvcSps::decode(&escaped(&bits(&format!(
            "01100111 01001101 00000000 00011110 e:0 e:0 e:2 e:1 0 e:0 e:0 1 1 1 \
             e:0 e:{right} e:0 e:0 0"
        ))))
    };
    assert_eq!(cropped(7).unwrap().width, 2);
    assert_eq!(cropped(8).unwrap_err().kind, ErrorKind::TooMany { found: 16, max: 15 });
    let error = cropped(u32::MAX - 1).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TooMany { .. }), "{error}");
}

/// Main, level 3.1, of this size; then the short-term sets.
fn hevc_sps(width: u32, sets: &str) -> Vec<u8> {
    let profile = format!("00 0 00001 {} 01011101", "0".repeat(32 + 48));
    escaped(&bits(&format!(
        "0100001000000001 0000 000 1 {profile} e:0 e:1 e:{width} e:90 0 e:0 e:0 \
         e:4 1 e:4 e:2 e:4 e:0 e:3 e:0 e:3 e:0 e:0 0 00 0 {sets} 0 00 1 \
         0 0 0 0 000 0 1 00000000000000000000000000000001 00000000000000000000000000011001 0"
    )))
}

#[test]
fn the_size_of_an_hevc_picture() {
    assert_eq!(HevcSps::decode(&hevc_sps(MAX_DIMENSION, "e:0")).unwrap().width, MAX_DIMENSION);
    let error = HevcSps::decode(&hevc_sps(MAX_DIMENSION + 1, "e:0")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooMany { found: MAX_DIMENSION + 1, max: MAX_DIMENSION });
    assert!(matches!(HevcSps::decode(&hevc_sps(0, "e:0")).unwrap_err().kind, ErrorKind::Value { .. }));
}

#[test]
fn reference_picture_sets_up_to_the_frame_rate() {
    let rate = |sets: &str| {
        let sps = HevcSps::decode(&hevc_sps(160, sets)).unwrap();
        assert_eq!((sps.width, sps.height), (160, 90));
        sps.frame_rate.map(|rate| rate.to_string())
    };
    let known = Some("25".to_owned());
    assert_eq!(rate("e:0"), known);
    // The first set: two before, one after; the second: predicted from it, of four candidates the
    // third becomes 0 and is none; the third: predicted from those three.
    let predicted = "e:3 e:2 e:1 e:0 1 e:0 1 e:0 1 \
                     1 1 e:0 1 1 1 01 \
                     1 0 e:0 1 00 1 1";
    assert_eq!(rate(predicted), known);
    assert_eq!(rate(&format!("e:64 e:0 e:0 {}", "0 e:0 e:0 ".repeat(63))), known);
    assert_eq!(rate(&format!("e:65 e:0 e:0 {}", "0 e:0 e:0 ".repeat(64))), None);
    assert_eq!(rate(&format!("e:1 e:16 e:0 {}", "e:0 1 ".repeat(16))), known);
    assert_eq!(rate(&format!("e:1 e:17 e:0 {}", "e:0 1 ".repeat(17))), None);
}

fn unit() -> Bytes {
    Bytes::from_static(&[7])
}

fn avc(sps: usize, pps: usize) -> AvcDecoderConfigurationRecord {
    AvcDecoderConfigurationRecord {
        profile: 66,
        compatibility: 0,
        level: 30,
        nal_length_size: 4,
        sps: vec![unit(); sps],
        pps: vec![unit(); pps],
        extension: None,
    }
}

#[test]
fn parameter_sets_of_an_avc_record() {
    let most = avc(MAX_AVC_SPS, MAX_AVC_PPS);
    assert_eq!(AvcDecoderConfigurationRecord::decode(&most.encode().unwrap()), Ok(most));
    let error = avc(MAX_AVC_SPS + 1, 0).encode().unwrap_err();
    assert_eq!(error, OutOfRange { field: "SPS count", value: 32, max: 31 });
    assert_eq!(error.to_string(), "SPS count of 32; the record can say at most 31");
    assert_eq!(avc(0, MAX_AVC_PPS + 1).encode().unwrap_err().value, 256);
    // 31 announced, none there.
    let error = AvcDecoderConfigurationRecord::decode(&[1, 66, 0, 30, 0xff, 0xff]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Truncated { missing_bits: 16 });
}

#[test]
fn the_length_of_a_parameter_set() {
    let with = |len: usize| AvcDecoderConfigurationRecord { sps: vec![vec![7; len].into()], ..avc(0, 0) };
    let longest = with(MAX_NAL_LEN);
    assert_eq!(AvcDecoderConfigurationRecord::decode(&longest.encode().unwrap()), Ok(longest));
    assert_eq!(with(MAX_NAL_LEN + 1).encode().unwrap_err().value, MAX_NAL_LEN + 1);
    assert_eq!(with(0).encode().unwrap_err().value, 0);
    let error = AvcDecoderConfigurationRecord::decode(&[1, 66, 0, 30, 0xff, 0xe1, 0, 0, 0]).unwrap_err();
    assert_eq!(error.field, "sequenceParameterSet");
}

#[test]
fn nal_units_of_an_hevc_record() {
    let start = [1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93, 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f];
    let record = |arrays: &[usize]| {
        let mut bytes = start.to_vec();
        bytes.push(arrays.len() as u8);
        for count in arrays {
            bytes.push(0xa7);
            bytes.extend((*count as u16).to_be_bytes());
            bytes.extend([0, 1, 7].repeat(*count));
        }
        bytes
    };
    let most = HevcDecoderConfigurationRecord::decode(&record(&[MAX_RECORD_UNITS - 1, 1])).unwrap();
    assert_eq!(most.encode().unwrap(), record(&[MAX_RECORD_UNITS - 1, 1]));
    let error = HevcDecoderConfigurationRecord::decode(&record(&[MAX_RECORD_UNITS, 1])).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooMany { found: 257, max: 256 });
    let mut more = most;
    more.arrays.push(NalArray { complete: true, nal_type: 39, units: vec![unit()] });
    assert_eq!(more.encode().unwrap_err().value, 257);
    // 65,535 announced in each of 255 arrays, none there.
    let mut hostile = [&start[..], &[255]].concat();
    hostile.extend([0xa7, 0xff, 0xff].repeat(255));
    assert!(HevcDecoderConfigurationRecord::decode(&hostile).is_err());
}

#[test]
fn an_explicit_sampling_rate_has_24_bits() {
    let config = |rate| AudioSpecificConfig::new(2, rate, 2);
    assert_eq!(AudioSpecificConfig::decode(&config(0xff_ffff).encode().unwrap()), Ok(config(0xff_ffff)));
    assert_eq!(config(0x100_0000).encode().unwrap_err().field, "sampling rate");
    let extension = AacExtension::Hierarchical { sample_rate: 0x100_0000, parametric_stereo: false };
    assert!(AudioSpecificConfig { extension, ..config(44_100) }.encode().is_err());
    assert!(AudioSpecificConfig::new(2, 44_100, 16).encode().is_err());
    assert!(AudioSpecificConfig::new(2, 44_100, 0).encode().is_err());
    assert!(AudioSpecificConfig::new(42, 44_100, 2).encode().is_err());
}
