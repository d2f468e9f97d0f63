//! Laws of configurations: reading undoes writing, and any bytes are read or refused.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rtmp_flv::FourCc;
use rtmp_flv::config::{
    AacExtension, AudioSpecificConfig, Av1CodecConfigurationRecord, Av1SequenceHeader,
    AvcDecoderConfigurationRecord, AvcExtension, AvcSps, FlacForm, FlacStreamInfo,
    HevcDecoderConfigurationRecord, HevcProfile, HevcSps, NalArray, OpusHead, OpusMapping,
    VpCodecConfigurationRecord, VvcDecoderConfigurationRecord, VvcProfile, ac3_frame, mp3_frame, of_audio,
    of_frame, of_sequence_header, of_video, vp8_key_frame, vp9_key_frame,
};

fn units(max: usize) -> impl Strategy<Value = Vec<Bytes>> {
    vec(vec(any::<u8>(), 1..20).prop_map(Bytes::from), 0..max)
}

fn length_size() -> impl Strategy<Value = u8> {
    prop_oneof![Just(1), Just(2), Just(4)]
}

prop_compose! {
    fn avc()(
        profile in prop_oneof![Just(66), Just(77), Just(88), Just(100), any::<u8>()],
        compatibility: u8, level: u8, nal_length_size in length_size(),
        sps in units(31), pps in units(40),
        extension in option::of((0_u8..4, 8_u8..16, 8_u8..16, units(4))),
    ) -> AvcDecoderConfigurationRecord {
        let extension = extension.filter(|_| !matches!(profile, 66 | 77 | 88)).map(
            |(chroma_format, bit_depth_luma, bit_depth_chroma, sps_ext)| AvcExtension {
                chroma_format, bit_depth_luma, bit_depth_chroma, sps_ext,
            },
        );
        AvcDecoderConfigurationRecord { profile, compatibility, level, nal_length_size, sps, pps, extension }
    }
}

fn arrays(types: std::ops::Range<u8>) -> impl Strategy<Value = Vec<NalArray>> {
    let array = (any::<bool>(), types, units(6));
    let array = array.prop_map(|(complete, nal_type, units)| NalArray { complete, nal_type, units });
    vec(array, 0..5)
}

prop_compose! {
    fn hevc_profile()(
        space in 0_u8..4, high_tier: bool, profile in 0_u8..32, compatibility: u32,
        constraints in 0_u64..1 << 48, level: u8,
    ) -> HevcProfile {
        HevcProfile { space, high_tier, profile, compatibility, constraints, level }
    }
}

prop_compose! {
    fn hevc()(
        profile in hevc_profile(), min_spatial_segmentation in 0_u16..4096,
        (parallelism, chroma_format, constant_frame_rate) in (0_u8..4, 0_u8..4, 0_u8..4),
        (bit_depth_luma, bit_depth_chroma) in (8_u8..16, 8_u8..16),
        average_frame_rate: u16, temporal_layers in 0_u8..8, temporal_id_nested: bool,
        nal_length_size in length_size(), arrays in arrays(0..64),
    ) -> HevcDecoderConfigurationRecord {
        HevcDecoderConfigurationRecord {
            profile, min_spatial_segmentation, parallelism, chroma_format, bit_depth_luma, bit_depth_chroma,
            average_frame_rate, constant_frame_rate, temporal_layers, temporal_id_nested, nal_length_size,
            arrays,
        }
    }
}

prop_compose! {
    fn vvc_profile()(
        ols_index in 0_u16..512, sublayers in 0_u8..8,
        (constant_frame_rate, chroma_format, bit_depth) in (0_u8..4, 0_u8..4, 8_u8..16),
        (profile, high_tier, level) in (0_u8..128, any::<bool>(), any::<u8>()),
        constraints in vec(any::<u8>(), 1..64), levels in vec(option::of(any::<u8>()), 6),
        sub_profiles in vec(any::<u32>(), 0..5),
        (max_width, max_height, average_frame_rate) in any::<(u16, u16, u16)>(),
    ) -> VvcProfile {
        let sublayer_levels = levels[..usize::from(sublayers).saturating_sub(1)].to_vec();
        VvcProfile {
            ols_index, sublayers, constant_frame_rate, chroma_format, bit_depth, profile, high_tier, level,
            constraints, sublayer_levels, sub_profiles, max_width, max_height, average_frame_rate,
        }
    }
}

prop_compose! {
    fn vvc()(
        nal_length_size in length_size(), profile in option::of(vvc_profile()), arrays in arrays(14..32),
    ) -> VvcDecoderConfigurationRecord {
        VvcDecoderConfigurationRecord { nal_length_size, profile, arrays }
    }
}

prop_compose! {
    fn av1()(
        profile in 0_u8..8, level in 0_u8..32, flags: [bool; 6], chroma_sample_position in 0_u8..4,
        initial_presentation_delay in option::of(1_u8..=16), obus in vec(any::<u8>(), 0..30),
    ) -> Av1CodecConfigurationRecord {
        Av1CodecConfigurationRecord {
            profile, level, high_tier: flags[0], high_bitdepth: flags[1], twelve_bit: flags[2],
            monochrome: flags[3], chroma_subsampling_x: flags[4], chroma_subsampling_y: flags[5],
            chroma_sample_position, initial_presentation_delay, config_obus: obus.into(),
        }
    }
}

prop_compose! {
    fn vp()(
        full_box: bool, profile in 0_u8..4, level: u8, bit_depth in 1_u8..16, chroma_subsampling in 0_u8..8,
        full_range: bool, (colour_primaries, transfer_characteristics, matrix_coefficients) in any::<(u8, u8, u8)>(),
        data in vec(any::<u8>(), 0..20),
    ) -> VpCodecConfigurationRecord {
        VpCodecConfigurationRecord {
            full_box, profile, level, bit_depth, chroma_subsampling, full_range, colour_primaries,
            transfer_characteristics, matrix_coefficients, initialization_data: data.into(),
        }
    }
}

fn sample_rate() -> impl Strategy<Value = u32> {
    prop_oneof![Just(44_100), Just(48_000), Just(7_350), 0_u32..1 << 24]
}

fn aac_extension() -> impl Strategy<Value = AacExtension> {
    prop_oneof![
        Just(AacExtension::Unsaid),
        Just(AacExtension::None),
        (sample_rate(), any::<bool>()).prop_map(|(sample_rate, parametric_stereo)| {
            AacExtension::Hierarchical { sample_rate, parametric_stereo }
        }),
        (sample_rate(), any::<Option<bool>>()).prop_map(|(sample_rate, parametric_stereo)| {
            AacExtension::BackwardCompatible { sample_rate, parametric_stereo }
        }),
    ]
}

prop_compose! {
    fn aac()(
        object_type in prop_oneof![1_u8..5, Just(7)], sample_rate in sample_rate(),
        channel_configuration in 1_u8..16, extension in aac_extension(), short_frames: bool,
    ) -> AudioSpecificConfig {
        AudioSpecificConfig {
            extension, short_frames,
            ..AudioSpecificConfig::new(object_type, sample_rate, channel_configuration)
        }
    }
}

prop_compose! {
    fn opus()(
        version in 0_u8..16, pre_skip: u16, input_sample_rate: u32, output_gain: i16, mapping_family: u8,
        streams: u8, coupled: u8, channels in vec(any::<u8>(), 1..256),
    ) -> OpusHead {
        let count = channels.len() as u8;
        let mapping = (mapping_family != 0).then_some(OpusMapping { streams, coupled, channels });
        OpusHead { version, channels: count, pre_skip, input_sample_rate, output_gain, mapping_family, mapping }
    }
}

prop_compose! {
    fn flac()(
        form in prop_oneof![Just(FlacForm::Bare), any::<bool>().prop_map(|last| FlacForm::Stream { last })],
        // A bare block that begins like the marker is none.
        min_block in (0_u16..=u16::MAX).prop_filter("fL", |size| *size != 0x664c), max_block: u16,
        min_frame in 0_u32..1 << 24, max_frame in 0_u32..1 << 24, sample_rate in 0_u32..1 << 20,
        channels in 1_u8..9, bits_per_sample in 1_u8..33, total_samples in 0_u64..1 << 36, md5: [u8; 16],
    ) -> FlacStreamInfo {
        FlacStreamInfo {
            form, min_block, max_block, min_frame, max_frame, sample_rate, channels, bits_per_sample,
            total_samples, md5,
        }
    }
}

proptest! {
    #[test]
    fn reading_undoes_writing_avc(record in avc()) {
        let bytes = record.encode().unwrap();
        prop_assert_eq!(AvcDecoderConfigurationRecord::decode(&bytes), Ok(record));
    }

    #[test]
    fn reading_undoes_writing_hevc(record in hevc()) {
        let bytes = record.encode().unwrap();
        prop_assert_eq!(HevcDecoderConfigurationRecord::decode(&bytes), Ok(record));
    }

    #[test]
    fn reading_undoes_writing_vvc(record in vvc()) {
        let bytes = record.encode().unwrap();
        prop_assert_eq!(VvcDecoderConfigurationRecord::decode(&bytes), Ok(record));
    }

    #[test]
    fn reading_undoes_writing_av1(record in av1()) {
        let bytes = record.encode().unwrap();
        prop_assert_eq!(Av1CodecConfigurationRecord::decode(&bytes), Ok(record));
    }

    #[test]
    fn reading_undoes_writing_vp(record in vp()) {
        let bytes = record.encode().unwrap();
        prop_assert_eq!(VpCodecConfigurationRecord::decode(&bytes), Ok(record));
    }

    #[test]
    fn reading_undoes_writing_aac(config in aac()) {
        let bytes = config.encode().unwrap();
        prop_assert_eq!(AudioSpecificConfig::decode(&bytes), Ok(config));
    }

    #[test]
    fn reading_undoes_writing_opus(head in opus()) {
        let bytes = head.encode().unwrap();
        prop_assert_eq!(OpusHead::decode(&bytes), Ok(head));
    }

    #[test]
    fn reading_undoes_writing_flac(info in flac()) {
        let bytes = info.encode().unwrap();
        prop_assert_eq!(FlacStreamInfo::decode(&bytes), Ok(info));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        for four_cc in [
            FourCc::AVC, FourCc::HEVC, FourCc::VVC, FourCc::AV1, FourCc::VP8, FourCc::VP9, FourCc::AAC,
            FourCc::OPUS, FourCc::FLAC, FourCc::AC3, FourCc::EAC3, FourCc::MP3, FourCc(*b"zzzz"),
        ] {
            if let Ok(Some(summary)) = of_sequence_header(four_cc, &bytes) {
                let _ = summary.to_string();
            }
            let _ = of_frame(four_cc, &bytes);
        }
        let _ = (of_audio(&bytes), of_video(&bytes));
        let _ = (ac3_frame(&bytes), mp3_frame(&bytes), vp8_key_frame(&bytes), vp9_key_frame(&bytes));
    }

    /// What follows the beginning of a parameter set is arbitrary: the parsers get deep into it.
    #[test]
    fn any_parameter_set_is_read_or_refused(bytes in vec(any::<u8>(), 0..200), profile: u8) {
        for sps in [
            [&[0x67, profile, 0, 30][..], &bytes].concat(),
            [&[0x67, 100, 0, 30, 0x80][..], &bytes].concat(),
        ] {
            if let Ok(sps) = AvcSps::decode(&sps) {
                prop_assert!(sps.width <= 65_536 && sps.height <= 65_536);
            }
        }
        // VPS id 0, one layer; Main; level; SPS id 0, 4:2:0, 1x1.
        let start = [0x42, 0x01, 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 93];
        for middle in [&[0xa4, 0x92, 0x7f][..], &[]] {
            if let Ok(sps) = HevcSps::decode(&[&start[..], middle, &bytes].concat()) {
                prop_assert!(sps.width <= 65_536 && sps.height <= 65_536);
            }
        }
        let unit = Bytes::from([&[0x00, 0x79][..], &bytes].concat());
        let arrays = vec![NalArray { complete: true, nal_type: 15, units: vec![unit] }];
        let _ = VvcDecoderConfigurationRecord { nal_length_size: 4, profile: None, arrays }.summary();
        let _ = (Av1SequenceHeader::decode(&bytes), Av1SequenceHeader::find(&bytes));
    }

    /// Records of encoders (see config_records.rs for their source), changed anywhere.
    #[test]
    fn damaged_records_are_read_or_refused(
        record in prop::sample::select(RECORDS.to_vec()),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut: prop::sample::Index,
    ) {
        let (four_cc, text) = record;
        let mut bytes: Vec<u8> =
            (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            match of_sequence_header(FourCc(*four_cc), bytes) {
                Ok(summary) => drop(summary.map(|summary| summary.to_string())),
                Err(error) => drop(error.to_string()),
            }
        }
    }
}

const RECORDS: [(&[u8; 4], &str); 8] = [
    (
        b"avc1",
        "0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000668ebe3cb22c0fdf8f800",
    ),
    (
        b"avc1",
        "017a001fffe10025677a001fb6cd9405005bb01100000300010000030032626000f424001e84e4c30078c18cb001000668ebecb3002cfefafa00",
    ),
    (
        b"hvc1",
        "0104080000009908000000005df000fcfefcfc00001b012100010048420104040800000300990800000300005d0000b00280802d114a59594aca565924e5780b40400000030040000006582725978003d090007a13e000f424001e84f8003d090007a132",
    ),
    (
        b"hvc1",
        "010160000000800000000000baf000fcfdf8f800001301210001002a4201020160000003008000000300000300ba0000a00284802d96820464932ac040400000fa40001d4c02",
    ),
    (
        b"vvc1",
        "ff00655f01021080000000a000600000018f0001002a007900ad021080000080508187c86a0062f4dba6469149bce13656304082700228216221032441a90f",
    ),
    (b"av01", "81000c000a0b020000051da7ec805f0008"),
    (b"mp4a", "12800544040021100c4c61766336332e312e31303256e500"),
    (b"Opus", "4f707573486561640106380180bb00000000010402000401020305"),
];
