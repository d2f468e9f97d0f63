//! Every bound of a configuration, at the limit and one above it.

use bytes::Bytes;
use rtmp_flv::config::{
    AacExtension, AudioSpecificConfig, Av1CodecConfigurationRecord, Av1SequenceHeader,
    AvcDecoderConfigurationRecord, AvcExtension, AvcSps, ErrorKind, FlacForm, FlacStreamInfo,
    HevcDecoderConfigurationRecord, HevcSps, MAX_AVC_PPS, MAX_AVC_SPS, MAX_DIMENSION, MAX_NAL_LEN,
    MAX_RECORD_UNITS, NalArray, OpusHead, OutOfRange, VpCodecConfigurationRecord,
    VvcDecoderConfigurationRecord, ac3_frame,
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

/// High profile, with these values of the fields that are bounded.
fn avc_fields([id, chroma, depth, frame_num, poc_type, poc_lsb]: [u32; 6]) -> Result<AvcSps, ErrorKind> {
    let planes = if chroma == 3 { "0" } else { "" };
    let lsb = if poc_type == 0 { format!("e:{poc_lsb}") } else { String::new() };
    let nal = escaped(&bits(&format!(
        "01100111 01100100 00000000 00011110 e:{id} e:{chroma} {planes} e:{depth} e:{depth} 0 0 \
         e:{frame_num} e:{poc_type} {lsb} e:1 0 e:9 e:4 1 1 0 0"
    )));
    AvcSps::decode(&nal).map_err(|error| error.kind)
}

#[test]
fn the_fields_of_an_avc_parameter_set() {
    let at_limit = [31, 3, 6, 12, 0, 12];
    let sps = avc_fields(at_limit).unwrap();
    assert_eq!((sps.chroma_format, sps.bit_depth_luma, sps.width), (3, 14, 160));
    assert!(avc_fields([0, 0, 0, 0, 2, 0]).is_ok());
    for (field, max) in [31, 3, 6, 12, 2, 12].into_iter().enumerate() {
        let mut beyond = at_limit;
        beyond[field] = max + 1;
        assert_eq!(avc_fields(beyond), Err(ErrorKind::TooMany { found: max + 1, max }), "{field}");
    }
}

/// As [`hevc_sps`], with these values of the fields that are bounded.
fn hevc_fields([id, chroma, depth, poc_lsb]: [u32; 4], sets: &str) -> Result<HevcSps, ErrorKind> {
    let profile = format!("00 0 00001 {} 01011101", "0".repeat(32 + 48));
    let planes = if chroma == 3 { "0" } else { "" };
    let nal = escaped(&bits(&format!(
        "0100001000000001 0000 000 1 {profile} e:{id} e:{chroma} {planes} e:160 e:90 0 e:{depth} e:{depth} \
         e:{poc_lsb} 1 e:4 e:2 e:4 e:0 e:3 e:0 e:3 e:0 e:0 0 00 0 {sets} 00 1 \
         0 0 0 0 000 0 1 00000000000000000000000000000001 00000000000000000000000000011001 0"
    )));
    HevcSps::decode(&nal).map_err(|error| error.kind)
}

#[test]
fn the_fields_of_an_hevc_parameter_set() {
    let at_limit = [15, 3, 8, 12];
    let sps = hevc_fields(at_limit, "e:0 0").unwrap();
    assert_eq!((sps.chroma_format, sps.bit_depth_luma, sps.frame_rate.is_some()), (3, 16, true));
    for (field, max) in [15, 3, 8].into_iter().enumerate() {
        let mut beyond = at_limit;
        beyond[field] = max + 1;
        let error = hevc_fields(beyond, "e:0 0");
        assert_eq!(error, Err(ErrorKind::TooMany { found: max + 1, max }), "{field}");
    }
    // Behind the size, a fault costs only the rate.
    let has_rate =
        |poc_lsb: u32, sets: &str| hevc_fields([0, 1, 0, poc_lsb], sets).unwrap().frame_rate.is_some();
    assert!(has_rate(12, "e:0 0") && !has_rate(13, "e:0 0"));
    let long_term = |count: usize| format!("e:0 1 e:{count} {}", "00000000 1 ".repeat(count));
    assert!(has_rate(4, &long_term(32)) && !has_rate(4, &long_term(33)));
    let distance = |minus1: u32| format!("e:1 e:1 e:0 e:{minus1} 1 0");
    assert!(has_rate(0, &distance(0x7fff)) && !has_rate(0, &distance(0x8000)));
    let predicted = |minus1: u32| format!("e:2 e:0 e:0 1 0 e:{minus1} 1 0");
    assert!(has_rate(0, &predicted(0x7fff)) && !has_rate(0, &predicted(0x8000)));
    // A set of 16 pictures, and one predicted from it that has all of them moved, and a 17th.
    let full = format!("e:2 e:16 e:0 {}", "e:0 1 ".repeat(16));
    assert!(has_rate(0, &format!("{full} 1 1 e:0 {} 00 0", "1 ".repeat(16))));
    assert!(!has_rate(0, &format!("{full} 1 1 e:0 {} 1 0", "1 ".repeat(16))));
}

fn vvc(units: Vec<Bytes>) -> VvcDecoderConfigurationRecord {
    let arrays = vec![NalArray { complete: true, nal_type: 15, units }];
    VvcDecoderConfigurationRecord { nal_length_size: 4, profile: None, arrays }
}

#[test]
fn the_size_of_a_vvc_picture() {
    let width = |width: u32| {
        let sps = escaped(&bits(&format!("0000000001111001 0000 0000 000 01 00 0 0 0 e:{width} e:90 0")));
        vvc(vec![sps.into()]).summary().map(|summary| summary.width)
    };
    assert_eq!(width(MAX_DIMENSION), Ok(Some(MAX_DIMENSION)));
    let error = width(MAX_DIMENSION + 1).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooMany { found: MAX_DIMENSION + 1, max: MAX_DIMENSION });
}

#[test]
fn nal_units_of_a_vvc_record() {
    let most = vvc(vec![unit(); MAX_RECORD_UNITS]);
    let bytes = most.encode().unwrap();
    assert_eq!(VvcDecoderConfigurationRecord::decode(&bytes), Ok(most));
    assert_eq!(vvc(vec![unit(); MAX_RECORD_UNITS + 1]).encode().unwrap_err().value, 257);
    let mut beyond = bytes;
    assert_eq!(beyond[2..5], [0x8f, 1, 0], "the array and its count");
    beyond[4] = 1;
    beyond.extend([0, 1, 7]);
    let error = VvcDecoderConfigurationRecord::decode(&beyond).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooMany { found: 257, max: 256 });
    let arrays = |count: usize| VvcDecoderConfigurationRecord {
        arrays: vec![NalArray { complete: true, nal_type: 15, units: vec![] }; count],
        ..vvc(vec![])
    };
    assert_eq!(VvcDecoderConfigurationRecord::decode(&arrays(255).encode().unwrap()), Ok(arrays(255)));
    assert_eq!(arrays(256).encode().unwrap_err().field, "array count");
}

#[test]
fn the_fields_of_a_vvc_profile() {
    // Main 10, level 3.1, one constraint byte; 160x96, 25 frames in 256 seconds.
    let bytes = [0xff, 0, 0x11, 0x5f, 1, 2, 51, 0, 0, 0, 160, 0, 96, 0, 25, 0];
    let record = VvcDecoderConfigurationRecord::decode(&bytes).unwrap();
    assert_eq!(record.encode().unwrap(), bytes);
    let with = |constraints: usize, sub_profiles: usize, bit_depth: u8| {
        let mut record = record.clone();
        let profile = record.profile.as_mut().unwrap();
        profile.constraints = vec![0; constraints];
        profile.sub_profiles = vec![7; sub_profiles];
        profile.bit_depth = bit_depth;
        record
    };
    let most = with(63, 255, 15);
    assert_eq!(VvcDecoderConfigurationRecord::decode(&most.encode().unwrap()), Ok(most));
    for (beyond, field) in [
        (with(64, 0, 8), "constraint bytes"),
        (with(0, 0, 8), "constraint bytes"),
        (with(1, 256, 8), "sub-profiles"),
        (with(1, 0, 16), "bit depth minus 8"),
        (with(1, 0, 7), "bit depth minus 8"),
    ] {
        assert_eq!(beyond.encode().unwrap_err().field, field);
    }
}

#[test]
fn extensions_of_an_avc_record() {
    let with = |count: usize, depth: u8| AvcDecoderConfigurationRecord {
        profile: 100,
        extension: Some(AvcExtension {
            chroma_format: 3,
            bit_depth_luma: depth,
            bit_depth_chroma: depth,
            sps_ext: vec![unit(); count],
        }),
        ..avc(1, 1)
    };
    let most = with(MAX_AVC_PPS, 15);
    assert_eq!(AvcDecoderConfigurationRecord::decode(&most.encode().unwrap()), Ok(most));
    assert_eq!(with(MAX_AVC_PPS + 1, 15).encode().unwrap_err().field, "SPS extension count");
    assert_eq!(with(0, 16).encode().unwrap_err().field, "bit depth minus 8");
    assert_eq!(with(0, 7).encode().unwrap_err().field, "bit depth minus 8");
}

#[test]
fn the_fields_of_av1_and_vp_records() {
    let av1 = Av1CodecConfigurationRecord::decode(&[0x81, 8, 0x4c, 0]).unwrap();
    let delayed = |frames| {
        let initial_presentation_delay = Some(frames);
        Av1CodecConfigurationRecord { initial_presentation_delay, ..av1.clone() }
    };
    assert_eq!(Av1CodecConfigurationRecord::decode(&delayed(16).encode().unwrap()), Ok(delayed(16)));
    assert!(delayed(17).encode().is_err() && delayed(0).encode().is_err());
    let vp = VpCodecConfigurationRecord::decode(&[0, 10, 0x82, 1, 1, 1, 0, 0]).unwrap();
    let with =
        |len: usize| VpCodecConfigurationRecord { initialization_data: vec![7; len].into(), ..vp.clone() };
    assert_eq!(VpCodecConfigurationRecord::decode(&with(0xffff).encode().unwrap()), Ok(with(0xffff)));
    assert!(with(0x1_0000).encode().is_err());
}

#[test]
fn the_size_of_an_obu() {
    // A temporal delimiter without payload; its size in eight bytes, in nine, and beyond 32 bits.
    let find = |size: &[u8]| Av1SequenceHeader::find(&[&[0x12][..], size].concat()).map_err(|e| e.kind);
    let zeros = |count: usize| [&vec![0x80; count - 1][..], &[0]].concat();
    assert_eq!(find(&zeros(8)), Ok(None));
    assert!(matches!(find(&zeros(9)), Err(ErrorKind::Value { .. })));
    let missing_bits = (u32::MAX as usize).saturating_mul(8);
    assert_eq!(find(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(ErrorKind::Truncated { missing_bits }));
    assert!(matches!(find(&[0x80, 0x80, 0x80, 0x80, 0x10]), Err(ErrorKind::TooMany { .. })));
}

#[test]
fn the_fields_of_audio_configurations() {
    let opus = OpusHead {
        version: 15,
        channels: 1,
        pre_skip: 0,
        input_sample_rate: 0,
        output_gain: 0,
        mapping_family: 0,
        mapping: None,
    };
    let mut bytes = opus.encode().unwrap();
    assert_eq!(OpusHead::decode(&bytes).unwrap(), opus);
    bytes[8] = 16;
    assert_eq!(OpusHead::decode(&bytes).unwrap_err().field, "version");
    assert!(OpusHead { version: 16, ..opus.clone() }.encode().is_err());
    assert!(OpusHead { channels: 0, ..opus }.encode().is_err());

    let flac = FlacStreamInfo {
        form: FlacForm::Bare,
        min_block: u16::MAX,
        max_block: u16::MAX,
        min_frame: 0xff_ffff,
        max_frame: 0xff_ffff,
        sample_rate: 0xf_ffff,
        channels: 8,
        bits_per_sample: 32,
        total_samples: 0xf_ffff_ffff,
        md5: [0xff; 16],
    };
    assert_eq!(FlacStreamInfo::decode(&flac.encode().unwrap()).unwrap(), flac);
    for beyond in [
        FlacStreamInfo { min_frame: 0x100_0000, ..flac.clone() },
        FlacStreamInfo { max_frame: 0x100_0000, ..flac.clone() },
        FlacStreamInfo { sample_rate: 0x10_0000, ..flac.clone() },
        FlacStreamInfo { channels: 9, ..flac.clone() },
        FlacStreamInfo { channels: 0, ..flac.clone() },
        FlacStreamInfo { bits_per_sample: 33, ..flac.clone() },
        FlacStreamInfo { total_samples: 0x10_0000_0000, ..flac.clone() },
    ] {
        assert!(beyond.encode().is_err(), "{beyond:?}");
    }

    // bsid, the upper five bits of the sixth byte.
    let frame = |bsid: u8| ac3_frame(&[0x0b, 0x77, 0, 0, 0, bsid << 3, 0x40, 0]);
    assert!(frame(16).is_ok());
    assert_eq!(frame(17).unwrap_err().kind, ErrorKind::Value { found: 17, allowed: "0 to 16" });
}
