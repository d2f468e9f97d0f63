//! Configurations that encoders wrote, and what ffmpeg says of them.
//!
//! The hex is from synthetic streams: the FLV files named here, made with ffmpeg 5.1.9 and 9.0.2, and
//! runs of ffmpeg 9.0.2 whose command is named. The expected values are those that ffprobe 5.1.9
//! (H.264, AAC, MP3) or ffmpeg 9.0.2 (`ffmpeg -i`, and `-bsf:v trace_headers` for level and tier)
//! printed for them. Records without such a source are built by hand from the specification.

use rtmp_flv::FourCc;
use rtmp_flv::config::{
    AacExtension, AudioSpecificConfig, Av1CodecConfigurationRecord, AvcDecoderConfigurationRecord, ErrorKind,
    FlacForm, FlacStreamInfo, FrameRate, HevcDecoderConfigurationRecord, OpusHead, Summary,
    VpCodecConfigurationRecord, VvcDecoderConfigurationRecord, ac3_frame, mp3_frame, of_frame,
    of_sequence_header, vp8_key_frame, vp9_key_frame,
};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn words(four_cc: FourCc, record: &str) -> String {
    of_sequence_header(four_cc, &hex(record)).unwrap().unwrap().to_string()
}

/// h264_aac.flv, ffprobe 5.1.9: Constrained Baseline, level 10, 160x90, 15/1.
const AVC_BASELINE: &str = "0142c00affe100186742c00ada0a37e4c0440000030004000003007a3c489a8001000468ce3c80";
/// hevc_aac.flv without its SEI, ffmpeg 9.0.2: Main, 160x90, 15 fps; trace_headers: level_idc 30.
const HEVC_MAIN: &str = "0101600000009000000000001ef000fcfdf8f800000f03
    2000010018 40010c01ffff01600000030090000003000003001e959409
    210001002a 42010101600000030090000003000003001ea0142061f26595952930bc05a020000003002000000301e1
    2200010006 4401c073c189";
/// vvc_aac.flv, ffmpeg 9.0.2: Main 10, yuv420p10le, 160x90; trace_headers: level_idc 16.
const VVC_MAIN10: &str = "ff00655f01021080000000a000600000 02 8f0001007b
    007900ad021080000080508187c86a0062f4dba6469149bce13656304082700228216221032441a90f47ab525e493525
    9222d445e22f56a4bc97a845042c402164081108102c8408122041a081241070832045a104908710d0972395ffa5d97f
    9c90000003001000000300fe00b007520005573003a90002ab9840 900001000b 008100002840c22241fb82";
/// av1_aac.flv, ffmpeg 9.0.2: Main, yuv420p, 160x90; trace_headers: seq_level_idx 0.
const AV1_MAIN: &str = "81000c000a0b020000051da7ec805f0008";
/// vp9_aac.flv, ffmpeg 9.0.2: Profile 0, yuv420p, 160x90.
const VP9_PROFILE0: &str = "01000000000a820202020000";

#[test]
fn h264() {
    // The encoder names the tests: ffmpeg 9.0.2 with testsrc2 of size and rate, libx264.
    for (record, expected) in [
        (AVC_BASELINE, "H.264 Constrained Baseline@1.0 160x90 15 fps"),
        // h264_bframes_aac.flv, ffprobe 5.1.9: Main, level 11, 160x90, 15/1. That is level_idc; with
        // constraint_set3_flag it means level 1b (H.264 7.4.2.1.1).
        (
            "014d500bffe10017674d500beca146fc980880000003008000000f078912cb01000468efbc80",
            "H.264 Main@1b 160x90 15 fps",
        ),
        // s=1280x720:r=30 -profile:v high -level 3.1: High, 1280x720, 30 fps.
        (
            "0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f1831960
             01000668ebe3cb22c0 fdf8f800",
            "H.264 High@3.1 1280x720 30 fps",
        ),
        // s=1920x1080:r=30000/1001 -profile:v high -level 4.1: 8 rows are cropped; 29.97 fps.
        (
            "01640029ffe1001967640029acd940780227e5c04400000fa40003a9803c60c658
             01000668ebe3cb22c0 fdf8f800",
            "H.264 High@4.1 1920x1080 29.97 fps",
        ),
        // s=720x576:r=25 -flags +ilme+ildct -x264-params interlaced=1: fields.
        (
            "0164001effe100186764001eacd940b424d8088000000300800000190f8a14cb
             01000668fba3cb22c0 fdf8f800",
            "H.264 High@3.0 720x576 25 fps",
        ),
        // s=638x358:r=24000/1001 -pix_fmt yuv444p10le: cropped in units of one sample.
        (
            "01f4001effe1001a67f4001e90d9b281405fdc5e022000007d2000177001e2c5b2c0
             01000668ebe3c44844 fffafa00",
            "H.264 High 4:4:4 Predictive@3.0 638x358 23.976 fps 10 bit",
        ),
        // s=1280x720:r=25 -pix_fmt yuv422p10le -x264-params cqm=jvt:nal-hrd=cbr:...: High 4:2:2.
        (
            "017a001fffe10025677a001fb6cd9405005bb01100000300010000030032626000f424001e84e4c30078c18cb0
             01000668ebecb3002c fefafa00",
            "H.264 High 4:2:2@3.1 1280x720 25 fps 10 bit",
        ),
    ] {
        assert_eq!(words(FourCc::AVC, record), expected);
    }
}

#[test]
fn the_parts_of_an_h264_record() {
    let record = AvcDecoderConfigurationRecord::decode(&hex(AVC_BASELINE)).unwrap();
    assert_eq!((record.profile, record.compatibility, record.level), (66, 0xc0, 10));
    assert_eq!((record.nal_length_size, record.sps.len(), record.pps.len()), (4, 1, 1));
    assert_eq!(record.pps[0][..], hex("68ce3c80"));
    assert_eq!(record.extension, None);
    assert_eq!(record.encode().unwrap(), hex(AVC_BASELINE));
    let summary = record.summary().unwrap();
    assert_eq!((summary.width, summary.height), (Some(160), Some(90)));
    assert_eq!(summary.frame_rate, FrameRate::new(15, 1));
    // Without parameter sets (avc3) profile and level are left.
    assert_eq!(words(FourCc::AVC, "0164001f ff e0 00"), "H.264 High@3.1");
    // Level 1b, both ways (H.264 7.4.2.1.1 and A.3.2).
    assert_eq!(words(FourCc::AVC, "0142100b ff e0 00"), "H.264 Baseline@1b");
    assert_eq!(words(FourCc::AVC, "01640009 ff e0 00"), "H.264 High@1b");
}

#[test]
fn an_h264_extension_may_be_missing() {
    let whole = hex("01f4001effe1001a67f4001e90d9b281405fdc5e022000007d2000177001e2c5b2c0
                     01000668ebe3c44844 fffafa00");
    let record = AvcDecoderConfigurationRecord::decode(&whole).unwrap();
    let extension = record.extension.clone().unwrap();
    assert_eq!((extension.chroma_format, extension.bit_depth_luma, extension.bit_depth_chroma), (3, 10, 10));
    assert_eq!(record.encode().unwrap(), whole);
    let without = AvcDecoderConfigurationRecord::decode(&whole[..whole.len() - 4]).unwrap();
    assert_eq!((without.extension.is_none(), without.pps), (true, record.pps));
}

#[test]
fn what_publishers_send_instead_of_an_h264_record_is_named() {
    let start_codes = AvcDecoderConfigurationRecord::decode(&hex("00000001 6742c00a")).unwrap_err();
    assert_eq!(start_codes.kind, ErrorKind::AnnexB);
    let hevc = AvcDecoderConfigurationRecord::decode(&hex(HEVC_MAIN)).unwrap_err();
    assert_eq!(hevc.kind, ErrorKind::OtherRecord("HEVC"));
    assert_eq!(
        hevc.to_string(),
        "AVCDecoderConfigurationRecord, AVCProfileIndication: this is the record of HEVC (at byte 0)"
    );
    let empty = AvcDecoderConfigurationRecord::decode(&[]).unwrap_err();
    assert_eq!(
        empty.to_string(),
        "AVCDecoderConfigurationRecord, configurationVersion: 1 bytes are missing (at byte 0)"
    );
    // A unit that is longer than the record.
    let long = AvcDecoderConfigurationRecord::decode(&hex("0142c00a ff e1 ffff 67")).unwrap_err();
    assert_eq!(long.kind, ErrorKind::Truncated { missing_bits: 0xfffe * 8 });
}

#[test]
fn a_broken_vui_costs_only_the_rate() {
    let record = hex(AVC_BASELINE);
    let sps = &record[8..8 + 24];
    let whole = rtmp_flv::config::AvcSps::decode(sps).unwrap();
    assert_eq!((whole.width, whole.height, whole.frame_rate), (160, 90, FrameRate::new(15, 1)));
    let cut = rtmp_flv::config::AvcSps::decode(&sps[..14]).unwrap();
    assert_eq!((cut.width, cut.height, cut.frame_rate), (160, 90, None));
    assert!(rtmp_flv::config::AvcSps::decode(&sps[..6]).is_err());
}

#[test]
fn hevc() {
    for (record, expected) in [
        (HEVC_MAIN, "HEVC Main@1.0 160x90 15 fps"),
        // ffmpeg 9.0.2, testsrc2 s=1920x1080:r=30000/1001, libx265, yuv420p10le: Main 10, 1920x1080;
        // trace_headers: level_idc 120, time_scale 30000, num_units_in_tick 1001.
        (
            "01022000000090000000000078f000fcfdfafa00000f03
             2000010018 40010c01ffff022000000300900000030000030078959809
             210001002a 42010102200000030090000003000003 0078a003c08010e4d96566924caf01680800001f480003a98040
             2200010007 4401c172b46240",
            "HEVC Main 10@4.0 1920x1080 29.97 fps 10 bit",
        ),
        // ffmpeg 9.0.2, s=1280x720:r=50, libx265, high-tier=1:level-idc=5.1: Main, 1280x720;
        // trace_headers: general_tier_flag 1, level_idc 153, time_scale 50.
        (
            "01216000000090000000000099f000fcfdf8f800000f03
             2000010018 40010c01ffff216000000300900000030000030099959809
             210001002b 420101216000000300900000030000030099a00280802d165959a4932bc05a0200000300020000030064
             10 2200010007 4401c172b46240",
            "HEVC Main@5.1 high tier 1280x720 50 fps",
        ),
    ] {
        assert_eq!(words(FourCc::HEVC, record), expected);
        let bytes = hex(record);
        let decoded = HevcDecoderConfigurationRecord::decode(&bytes).unwrap();
        assert_eq!((decoded.arrays.len(), decoded.nal_length_size), (3, 4));
        assert_eq!(decoded.encode().unwrap(), bytes);
    }
    // ffmpeg 9.0.2, s=1280x720:r=25, libx265, yuv422p12le, scaling-list=default:hrd=1:...: Rext,
    // 1280x720; trace_headers: level_idc 93, time_scale 25. The SPS alone.
    let rext = "0104080000009908000000005df000fcfefcfc00001b01 2100010048
        420104040800000300990800000300005d0000b00280802d114a59594aca565924e5780b404000000300400000
        06582725978003d090007a13e000f424001e84f8003d090007a132";
    assert_eq!(words(FourCc::HEVC, rext), "HEVC Range Extensions@3.1 1280x720 25 fps 12 bit");
    // ffmpeg 9.0.2, s=1288x728:r=30000/1001, libkvazaar; trace_headers: level_idc 186.
    let kvazaar = "010160000000800000000000baf000fcfdf8f800001301 210001002a
        4201020160000003008000000300000300ba0000a00284802d96820464932ac040400000fa40001d4c02";
    assert_eq!(words(FourCc::HEVC, kvazaar), "HEVC Main@6.2 1288x728 29.97 fps");
    // avgFrameRate in the record, in units of 1/256 frames per second, without parameter sets.
    assert_eq!(
        words(FourCc::HEVC, "010160000000900000000000 5df000fcfdf8f8 1900 0f 00"),
        "HEVC Main@3.1 25 fps"
    );
}

#[test]
fn vvc() {
    let bytes = hex(VVC_MAIN10);
    let record = VvcDecoderConfigurationRecord::decode(&bytes).unwrap();
    assert_eq!(words(FourCc::VVC, VVC_MAIN10), "VVC Main 10@1.0 160x90 10 bit");
    let profile = record.profile.clone().unwrap();
    assert_eq!((profile.profile, profile.level, profile.sublayers, profile.bit_depth), (1, 16, 6, 10));
    assert_eq!((profile.max_width, profile.max_height), (160, 96));
    assert_eq!(record.arrays.iter().map(|array| array.nal_type).collect::<Vec<_>>(), [15, 16]);
    assert_eq!(record.encode().unwrap(), bytes);
    // ffmpeg 9.0.2, s=1000x562:r=50, libvvenc: Main 10, 1000x562; trace_headers: level_idc 51. Only
    // the beginning of the SPS.
    let larger = "ff00655f01023380000003e802380000 01 8f0001002a
        007900ab0233800000801f480239f21a801cdffeb084d958c10209c004c404104108184210b110859210b5";
    assert_eq!(words(FourCc::VVC, larger), "VVC Main 10@3.1 1000x562 10 bit");
    // With version and flags of a full box in front.
    let boxed = [&[0; 4], &bytes[..]].concat();
    assert_eq!(VvcDecoderConfigurationRecord::decode(&boxed).unwrap(), record);
}

#[test]
fn av1() {
    assert_eq!(words(FourCc::AV1, AV1_MAIN), "AV1 Main@2.0 160x90");
    // ffmpeg 9.0.2, s=1920x1080, libsvtav1, yuv420p10le: Main, 1920x1080; seq_level_idx 8.
    assert_eq!(words(FourCc::AV1, "81084c000a0c02000042955dfe1b805f0808"), "AV1 Main@4.0 1920x1080 10 bit");
    // Without a sequence header.
    assert_eq!(words(FourCc::AV1, "81084c00"), "AV1 Main@4.0 10 bit");
    let record = Av1CodecConfigurationRecord::decode(&hex(AV1_MAIN)).unwrap();
    assert_eq!(record.encode().unwrap(), hex(AV1_MAIN));
    // The first bytes of a key frame of av1_aac.flv.
    let frame = of_frame(FourCc::AV1, &hex("12000a0b020000051da7ec895f2008")).unwrap().unwrap();
    assert_eq!(frame.to_string(), "AV1 Main@2.0 160x90");
    let error = Av1CodecConfigurationRecord::decode(&hex("01084c00")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "AV1CodecConfigurationRecord, marker and version: 1; expected 129 (at byte 0)"
    );
}

#[test]
fn the_av1_descriptor_of_mpeg2_ts() {
    // Key frame, MPEG2TSSequenceStart, av01; then the record above as a descriptor.
    let payload = hex("95 61763031 80 04 81084c00");
    let summary = rtmp_flv::config::of_video(&payload).unwrap().unwrap();
    assert_eq!(summary.to_string(), "AV1 Main@4.0 10 bit");
    for (at, field) in [(5, "descriptor_tag"), (6, "descriptor_length")] {
        let mut broken = payload.clone();
        broken[at] += 1;
        assert_eq!(rtmp_flv::config::of_video(&broken).unwrap_err().field, field);
    }
    assert!(rtmp_flv::config::of_video(&payload[..10]).is_err());
}

#[test]
fn payloads_that_say_nothing_of_their_stream() {
    use rtmp_flv::config::{of_audio, of_video};
    for payload in [
        "",
        "27010000000000000141",                 // an inter frame of AVC
        "1702000000",                           // its end
        "d100",                                 // a command
        "9468766331020009636f6c6f72496e666f06", // metadata
        "22000084",                             // an inter frame of H.263
        "917a7a7a7a00",                         // an unknown FourCC
    ] {
        assert_eq!(of_video(&hex(payload)), Ok(None), "{payload}");
    }
    for payload in ["", "af", "af0121", "944f707573010100000004", "924f707573", "907a7a7a7a", "c0"] {
        assert_eq!(of_audio(&hex(payload)), Ok(None), "{payload}");
    }
}

#[test]
fn av1_timing_and_operating_points() {
    // By hand from AV1 5.5.1: profile 0, timing 1/25 with equal intervals of one tick, decoder model
    // with 5-bit delays, two operating points of level 5.1 high tier and 4.0, 640x360.
    let bits = [
        "000 0 0",                          // seq_profile, still_picture, reduced header
        "1",                                // timing_info_present_flag
        "00000000000000000000000000000001", // num_units_in_display_tick
        "00000000000000000000000000011001", // time_scale
        "1 1",                              // equal_picture_interval, num_ticks_per_picture_minus_1
        "1 00100",                          // decoder_model_info_present_flag, buffer delay length
        "00000000000000000000000000000001", // num_units_in_decoding_tick
        "00100 00100",                      // two more lengths
        "1",                                // initial_display_delay_present_flag
        "00001",                            // operating_points_cnt_minus_1
        "000100000011 01101 1 1 10101 01010 0 1 0111",
        "000100000001 01000 0 0 0",
        "1001 1000 1001111111 101100111", // widths of the fields, 639, 359
        "0000000",
    ];
    let bits: Vec<u8> = bits.concat().bytes().filter(|byte| *byte != b' ').collect();
    let payload: Vec<u8> =
        bits.chunks(8).map(|byte| byte.iter().fold(0, |all, bit| all << 1 | (bit - b'0'))).collect();
    let header = rtmp_flv::config::Av1SequenceHeader::decode(&payload).unwrap();
    assert_eq!(header.summary().to_string(), "AV1 Main@5.1 high tier 640x360 25 fps");
}

#[test]
fn vp8_and_vp9() {
    assert_eq!(words(FourCc::VP9, VP9_PROFILE0), "VP9 Profile 0@1.0");
    // ffmpeg 9.0.2, libvpx-vp9, yuv422p10le -profile:v 3: Profile 3, 10 bits.
    let profile3 = "010000000328a40202020000";
    assert_eq!(words(FourCc::VP9, profile3), "VP9 Profile 3@4.0 10 bit");
    let record = VpCodecConfigurationRecord::decode(&hex(profile3)).unwrap();
    assert!(record.full_box);
    assert_eq!((record.bit_depth, record.chroma_subsampling, record.full_range), (10, 2, false));
    assert_eq!(record.encode().unwrap(), hex(profile3));
    // The same without version and flags.
    let bare = VpCodecConfigurationRecord::decode(&hex(profile3)[4..]).unwrap();
    assert_eq!(bare, VpCodecConfigurationRecord { full_box: false, ..record });
    assert_eq!(bare.encode().unwrap(), hex(profile3)[4..]);

    // Key frames: of vp9_aac.flv, ffmpeg 9.0.2: 160x90; of the command above: 1920x1080.
    let size = |summary: Summary| (summary.width.unwrap(), summary.height.unwrap());
    assert_eq!(size(vp9_key_frame(&hex("824983420009f00596")).unwrap().unwrap()), (160, 90));
    let summary = vp9_key_frame(&hex("b124c1a10203bf821bb031c1")).unwrap().unwrap();
    assert_eq!(summary.to_string(), "VP9 Profile 3 1920x1080 10 bit");
    assert_eq!(vp9_key_frame(&hex("86004092f0a1")), Ok(None));
    assert!(vp9_key_frame(&hex("8249834300")).is_err());
    // By hand from RFC 6386 9.1: key frame of version 0, 640x360, the width scaled.
    let summary = vp8_key_frame(&hex("100200 9d012a 8042 6801")).unwrap().unwrap();
    assert_eq!(summary.to_string(), "VP8 Profile 0 640x360");
    assert_eq!(vp8_key_frame(&hex("110200")), Ok(None));
    assert!(vp8_key_frame(&hex("100200 9d012b")).is_err());
}

#[test]
fn aac() {
    for (config, expected) in [
        // h264_aac.flv and h264_bframes_aac.flv, ffprobe 5.1.9: LC, 44100, 1 and 2 channels.
        ("120856e500", "AAC-LC 44100 Hz mono"),
        ("121056e500", "AAC-LC 44100 Hz stereo"),
        // ffmpeg 9.0.2 -c:a aac -ac 6 -ar 48000.
        ("11b056e500", "AAC-LC 48000 Hz 6 channels"),
        // The same -af aformat=channel_layouts=7.1 and =quad, -ar 32000: configuration 12, and 0 with
        // a program config element.
        ("12e056e500", "AAC-LC 32000 Hz 8 channels"),
        ("12800544040021100c4c61766336332e312e31303256e500", "AAC-LC 32000 Hz 4 channels"),
        // Vectors V9: LC 44100.
        ("1210", "AAC-LC 44100 Hz stereo"),
        // By hand from ISO/IEC 14496-3 1.6.2.1: HE-AAC hierarchical, 24 kHz to 48 kHz, stereo.
        ("2b118800", "HE-AAC 48000 Hz stereo"),
        // HE-AAC v2 hierarchical: 29, 24 kHz mono to 48 kHz.
        ("eb098800", "HE-AAC v2 48000 Hz stereo"),
        // LC 22.05 kHz stereo, sync extension with SBR at 44.1 kHz.
        ("139056e5a0", "HE-AAC 44100 Hz stereo"),
        // LC 22.05 kHz mono, sync extensions with SBR at 44.1 kHz and PS.
        ("138856e5a54880", "HE-AAC v2 44100 Hz stereo"),
        // LC with an explicit rate of 44,056 Hz.
        ("17805 60c10", "AAC-LC 44056 Hz stereo"),
        // xHE-AAC: object type 42 by the escape, 48 kHz stereo.
        ("f9464000", "xHE-AAC 48000 Hz stereo"),
        // ER AAC LC: epConfig 0 before the sync extension; epConfig 2 before what is not read.
        ("8b9015b968", "AAC-ER LC 44100 Hz stereo"),
        ("8b9095b968", "AAC-ER LC 22050 Hz stereo"),
        // Channel configuration 7 is 7.1.
        ("11b8", "AAC-LC 48000 Hz 8 channels"),
    ] {
        assert_eq!(words(FourCc::AAC, config), expected, "{config}");
    }
    let config = AudioSpecificConfig::decode(&hex("120856e500")).unwrap();
    assert_eq!(config.extension, AacExtension::None);
    assert_eq!(config.encode().unwrap(), hex("120856e500"));
    assert_eq!(AudioSpecificConfig::new(2, 44_100, 2).encode().unwrap(), hex("1210"));
    let error = AudioSpecificConfig::decode(&hex("1690")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "AudioSpecificConfig, samplingFrequencyIndex: 13; expected 0 to 12, or 15 (at byte 0, bit 5)"
    );
}

#[test]
fn a_program_config_element_says_the_channels() {
    // By hand from ISO/IEC 14496-3 4.4.1.1: LC 48 kHz, configuration 0; front: one single element
    // and one pair, back: one pair, one LFE; no mixdown; no comment.
    let bits = "00010 0011 0000 000 0000 01 0011 0010 0000 0001 01 000 0000 0 0 0 \
                0 0000 1 0000 1 0001 0000 00000000";
    let bits: Vec<u8> = bits.bytes().filter(|byte| *byte != b' ').collect();
    // The element ends at bit 16 + 56; the comment length follows at the next byte.
    let mut bytes: Vec<u8> = bits
        .chunks(8)
        .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | (bit - b'0')) << (8 - byte.len()))
        .collect();
    bytes.push(0);
    let config = AudioSpecificConfig::decode(&bytes).unwrap();
    assert_eq!(config.program_channels, Some(6));
    assert_eq!(config.summary().to_string(), "AAC-LC 48000 Hz 6 channels");
}

#[test]
fn opus() {
    // h264_opus.flv, ffmpeg 9.0.2: 48000 Hz, mono; and -ac 6: 5.1.
    assert_eq!(words(FourCc::OPUS, "4f70757348656164 01 01 3801 80bb0000 0000 00"), "Opus 48000 Hz mono");
    let surround = "4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305";
    assert_eq!(words(FourCc::OPUS, surround), "Opus 48000 Hz 6 channels");
    let head = OpusHead::decode(&hex(surround)).unwrap();
    assert_eq!((head.pre_skip, head.input_sample_rate, head.output_gain), (312, 48_000, 0));
    assert_eq!(head.encode().unwrap(), hex(surround));
    // Empty is allowed (E-RTMP v2 "Opus"), and says only the rate.
    assert_eq!(words(FourCc::OPUS, ""), "Opus 48000 Hz");
    assert_eq!(OpusHead::decode(&hex("4f70757348656165")).unwrap_err().field, "magic signature");
    assert_eq!(OpusHead::decode(&hex("4f70757348656164 10")).unwrap_err().field, "version");
    assert_eq!(OpusHead::decode(&hex("4f70757348656164 01 00")).unwrap_err().field, "channel count");
}

#[test]
fn flac() {
    // h264_flac.flv, ffmpeg 9.0.2: 16000 Hz, mono, s16; and -ac 2 -ar 96000: stereo, 24 bit. Both are
    // STREAMINFO alone, although E-RTMP v2 wants `fLaC` and a block header before it.
    let mono = "01630163 000000 0002db 03e800f000000000 00000000000000000000000000000000";
    assert_eq!(words(FourCc::FLAC, mono), "FLAC 16000 Hz mono 16 bit");
    let stereo = "08930893 000000 00349f 1770037000000000 00000000000000000000000000000000";
    assert_eq!(words(FourCc::FLAC, stereo), "FLAC 96000 Hz stereo 24 bit");
    let info = FlacStreamInfo::decode(&hex(mono)).unwrap();
    assert_eq!((info.form, info.min_block, info.max_frame), (FlacForm::Bare, 355, 731));
    assert_eq!(info.encode().unwrap(), hex(mono));
    let whole = format!("664c6143 80 000022 {mono}");
    let marked = FlacStreamInfo::decode(&hex(&whole)).unwrap();
    assert_eq!(marked, FlacStreamInfo { form: FlacForm::Stream { last: true }, ..info });
    assert_eq!(marked.encode().unwrap(), hex(&whole));
    assert!(FlacStreamInfo::decode(&hex(mono)[1..]).is_err());
}

#[test]
fn frames_that_describe_themselves() {
    // h264_ac3.flv, ffmpeg 9.0.2: 44100 Hz, mono.
    assert_eq!(ac3_frame(&hex("0b776ac348402f84")).unwrap().to_string(), "AC-3 44100 Hz mono");
    // ffmpeg 9.0.2 -ac 6 -ar 48000 with -c:a ac3 and eac3: 5.1(side).
    assert_eq!(ac3_frame(&hex("0b772ba71e40ebf8")).unwrap().to_string(), "AC-3 48000 Hz 6 channels");
    assert_eq!(ac3_frame(&hex("0b77037f3f87c000")).unwrap().to_string(), "E-AC-3 48000 Hz 6 channels");
    assert_eq!(ac3_frame(&hex("0b782ba71e40ebf8")).unwrap_err().field, "syncword");
    // h264_mp3.flv, ffprobe 5.1.9: 44100, 1 channel; and ffmpeg 9.0.2 -ac 2 -ar 22050.
    assert_eq!(mp3_frame(&hex("fffb10c4")).unwrap().to_string(), "MP3 44100 Hz mono");
    assert_eq!(mp3_frame(&hex("fff38064")).unwrap().to_string(), "MP3 22050 Hz stereo");
    assert_eq!(mp3_frame(&hex("ffeb10c4")).unwrap_err().field, "version");
}

#[test]
fn every_prefix_of_a_record_is_refused_or_says_less() {
    for (four_cc, record) in [
        (FourCc::AVC, AVC_BASELINE),
        (FourCc::HEVC, HEVC_MAIN),
        (FourCc::VVC, VVC_MAIN10),
        (FourCc::AV1, AV1_MAIN),
        (FourCc::VP9, VP9_PROFILE0),
        (FourCc::AAC, "120856e500"),
        (FourCc::OPUS, "4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305"),
    ] {
        let record = hex(record);
        for len in 1..record.len() {
            if let Err(error) = of_sequence_header(four_cc, &record[..len]) {
                assert!(error.bit <= len * 8, "{four_cc} {len}: {error}");
            }
        }
    }
}

#[test]
fn rates_are_printed_for_people() {
    let text = |frames, seconds| FrameRate::new(frames, seconds).unwrap().to_string();
    assert_eq!(text(30, 1), "30");
    assert_eq!(text(30_000, 1_001), "29.97");
    assert_eq!(text(24_000, 1_001), "23.976");
    assert_eq!(text(25, 2), "12.5");
    assert_eq!(text(1, 1_000_000), "0");
    assert_eq!(text(u64::MAX, 1), "18446744073709551615");
    assert_eq!(FrameRate::new(0, 1), None);
    assert_eq!(FrameRate::new(1, 0), None);
    let rate = FrameRate::new(60, 4).unwrap();
    assert_eq!((rate.frames(), rate.seconds()), (15, 1));
}
