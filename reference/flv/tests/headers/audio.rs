use rtmp_flv::audio::{
    Channel, ChannelMask, ChannelOrder, Codec, Header, MultichannelConfig, PacketType, SoundFormat,
    SoundInfo, is_silence,
};
use rtmp_flv::{FourCc, HeaderErrorKind, Unencodable};

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

#[test]
fn legacy_formats() {
    let sound = |rate, wide, stereo| SoundInfo { rate, wide, stereo };
    let (mono, stereo) = (Some(1), Some(2));
    for (bytes, format, info, rate, channels, bits) in [
        ("0f", SoundFormat::LPCM_PLATFORM_ENDIAN, sound(3, true, true), Some(44_100), stereo, Some(16)),
        ("3f", SoundFormat::LPCM_LITTLE_ENDIAN, sound(3, true, true), Some(44_100), stereo, Some(16)),
        ("38", SoundFormat::LPCM_LITTLE_ENDIAN, sound(2, false, false), Some(22_050), mono, Some(8)),
        ("1e", SoundFormat::ADPCM, sound(3, true, false), Some(44_100), mono, None),
        ("2f", SoundFormat::MP3, sound(3, true, true), Some(44_100), stereo, None),
        ("2b", SoundFormat::MP3, sound(2, true, true), Some(22_050), stereo, None),
        ("26", SoundFormat::MP3, sound(1, true, false), Some(11_025), mono, None),
        ("22", SoundFormat::MP3, sound(0, true, false), Some(5_512), mono, None),
        ("42", SoundFormat::NELLYMOSER_16K, sound(0, true, false), Some(16_000), mono, None),
        ("4f", SoundFormat::NELLYMOSER_16K, sound(3, true, true), Some(16_000), mono, None),
        ("52", SoundFormat::NELLYMOSER_8K, sound(0, true, false), Some(8_000), mono, None),
        ("5d", SoundFormat::NELLYMOSER_8K, sound(3, false, true), Some(8_000), mono, None),
        ("6a", SoundFormat::NELLYMOSER, sound(2, true, false), Some(22_050), mono, None),
        ("72", SoundFormat::G711_A_LAW, sound(0, true, false), Some(8_000), mono, None),
        ("82", SoundFormat::G711_MU_LAW, sound(0, true, false), Some(8_000), mono, None),
        ("83", SoundFormat::G711_MU_LAW, sound(0, true, true), Some(8_000), stereo, None),
        ("b2", SoundFormat::SPEEX, SoundInfo::FIXED, Some(16_000), mono, None),
        ("e2", SoundFormat::MP3_8K, sound(0, true, false), Some(8_000), mono, None),
        ("f2", SoundFormat::DEVICE_SPECIFIC, sound(0, true, false), None, None, None),
        ("c0", SoundFormat(12), sound(0, false, false), None, None, None),
        ("df", SoundFormat::OPUS_DIALECT, SoundInfo::MAX, None, None, None),
    ] {
        let header = Header::legacy(format, info);
        check(bytes, header);
        assert_eq!((header.sample_rate(), header.channels()), (rate, channels), "{bytes}");
        assert_eq!(info.sample_bits(format), bits, "{bytes}");
    }
    assert_eq!(Codec::Legacy(SoundFormat::G711_A_LAW, SoundInfo::MAX).to_string(), "G.711 A-law");
    assert_eq!(Codec::Legacy(SoundFormat(12), SoundInfo::MAX).to_string(), "sound format 12");
    assert!(SoundFormat(13).is_dialect());
}

#[test]
fn aac() {
    check("af00", Header::aac(PacketType::SequenceStart));
    check("af01", Header::aac(PacketType::CodedFrames));
    check("af02", Header::aac(PacketType::Other(2)));
    let payload = hex("af001210");
    let (start, config) = Header::decode(&payload).unwrap();
    assert_eq!(config, [0x12, 0x10]);
    assert_eq!((start.sample_rate(), start.channels()), (None, None), "AudioSpecificConfig decides");
    // Whatever the bits say (FLV-018).
    let odd = SoundInfo { rate: 1, wide: false, stereo: false };
    check("a401", Header { packet: PacketType::CodedFrames, ..Header::legacy(SoundFormat::AAC, odd) });
}

#[test]
fn enhanced() {
    for (first, packet) in [
        ("90", PacketType::SequenceStart),
        ("91", PacketType::CodedFrames),
        ("92", PacketType::SequenceEnd),
        ("93", PacketType::Other(3)),
        ("94", PacketType::MultichannelConfig),
        ("96", PacketType::Other(6)),
        ("98", PacketType::Other(8)),
        ("9f", PacketType::Other(15)),
    ] {
        check(&format!("{first}4f707573"), Header::enhanced(FourCc::OPUS, packet));
    }
    for four_cc in FourCc::AUDIO {
        let [a, b, c, d] = four_cc.0;
        let header = Header::enhanced(four_cc, PacketType::CodedFrames);
        check(&format!("91{a:02x}{b:02x}{c:02x}{d:02x}"), header);
        assert_eq!((header.sample_rate(), header.channels()), (None, None));
    }
}

#[test]
fn an_empty_payload_is_silence_and_has_no_header() {
    assert!(is_silence(&[]));
    assert!(!is_silence(&[0xaf]));
    let error = Header::decode(&[]).unwrap_err();
    assert!(matches!(error.kind, HeaderErrorKind::Truncated { needed: 1, left: 0, .. }));
}

#[test]
fn a_payload_shorter_than_its_header_is_an_error() {
    for whole in ["2f", "af00", "904f707573", "95004f707573", "970207a120014f707573", "9520"] {
        let bytes = hex(whole);
        assert!(Header::decode(&bytes).is_ok(), "{whole}");
        for cut in 0..bytes.len() {
            let error = Header::decode(&bytes[..cut]).unwrap_err();
            assert!(matches!(error.kind, HeaderErrorKind::Truncated { .. }), "{whole} cut at {cut}");
        }
    }
}

#[test]
fn what_has_no_form_on_the_wire_is_not_written() {
    let mp3 = Header::legacy(SoundFormat::MP3, SoundInfo::MAX);
    let opus = Header::enhanced(FourCc::OPUS, PacketType::CodedFrames);
    for header in [
        Header::legacy(SoundFormat::EX_HEADER, SoundInfo::MAX),
        Header::legacy(SoundFormat(16), SoundInfo::MAX),
        Header::legacy(SoundFormat::MP3, SoundInfo { rate: 4, wide: true, stereo: true }),
        Header { packet: PacketType::SequenceStart, ..mp3 },
        Header::aac(PacketType::Other(1)),
        Header::aac(PacketType::SequenceEnd),
        Header { packet: PacketType::Other(5), ..opus },
        Header { packet: PacketType::Other(7), ..opus },
        Header { packet: PacketType::Other(2), ..opus },
        Header { packet: PacketType::Other(16), ..opus },
        Header { codec: Codec::PerTrack, ..opus },
    ] {
        let mut out = vec![0xEE];
        assert!(matches!(header.encode(&mut out), Err(Unencodable(_))), "{header:?}");
        assert_eq!(out, [0xEE], "{header:?}");
    }
}

#[test]
fn multichannel_config() {
    use Channel as C;
    // V10: 5.1 in the native order.
    let payload = hex("944f70757301060000003f");
    let (header, body) = Header::decode(&payload).unwrap();
    assert_eq!(header, Header::enhanced(FourCc::OPUS, PacketType::MultichannelConfig));
    let (config, rest) = MultichannelConfig::decode(body).unwrap();
    assert_eq!(config, MultichannelConfig { count: 6, order: ChannelOrder::Native(ChannelMask(0x3F)) });
    assert!(rest.is_empty() && config.is_consistent());
    let surround = [C::FRONT_LEFT, C::FRONT_RIGHT, C::FRONT_CENTER, C::LOW_FREQUENCY_1, C::BACK_LEFT];
    assert!(config.channels().eq(surround.into_iter().chain([C::BACK_RIGHT])));
    assert_eq!(surround.into_iter().chain([C::BACK_RIGHT]).collect::<ChannelMask>(), ChannelMask(0x3F));
    let mut out = payload[..5].to_vec();
    config.encode(&mut out).unwrap();
    assert_eq!(out, payload);

    for (bytes, config) in [
        ("0002", MultichannelConfig { count: 2, order: ChannelOrder::Unspecified }),
        ("02030201feff", MultichannelConfig { count: 3, order: ChannelOrder::Custom(&[2, 1, 0xfe]) }),
        ("0200", MultichannelConfig { count: 0, order: ChannelOrder::Custom(&[]) }),
        ("0303", MultichannelConfig { count: 3, order: ChannelOrder::Other(3) }),
    ] {
        let bytes = hex(bytes);
        let (decoded, rest) = MultichannelConfig::decode(&bytes).unwrap();
        assert_eq!(decoded, config);
        let mut out = Vec::new();
        config.encode(&mut out).unwrap();
        assert_eq!(out, bytes[..bytes.len() - rest.len()]);
    }
    let wrong = MultichannelConfig { count: 5, order: ChannelOrder::Native(ChannelMask(0x3F)) };
    assert!(!wrong.is_consistent());
    for whole in ["0002", "01060000003f", "020302010e"] {
        let bytes = hex(whole);
        for cut in 0..bytes.len() {
            assert!(MultichannelConfig::decode(&bytes[..cut]).is_err(), "{whole} cut at {cut}");
        }
    }
    for order in [ChannelOrder::Custom(&[1]), ChannelOrder::Other(2)] {
        assert!(MultichannelConfig { count: 2, order }.encode(&mut Vec::new()).is_err());
    }
}

#[test]
fn channels_have_numbers_names_and_bits() {
    for (channel, name, bit) in [
        (Channel::FRONT_LEFT, "FrontLeft", 1),
        (Channel::BACK_CENTER, "BackCenter", 0x100),
        (Channel::TOP_BACK_CENTER, "TopBackCenter", 0x1_0000),
        (Channel::LOW_FREQUENCY_2, "LowFrequency2", 0x4_0000),
        (Channel::BOTTOM_FRONT_RIGHT, "BottomFrontRight", 0x80_0000),
    ] {
        assert_eq!(channel.to_string(), name);
        assert_eq!(channel.mask(), Some(ChannelMask(bit)));
    }
    // In the order of the enumeration of E-RTMP v2, which is also that of the bits.
    let all = "FrontLeft FrontRight FrontCenter LowFrequency1 BackLeft BackRight FrontLeftCenter \
               FrontRightCenter BackCenter SideLeft SideRight TopCenter TopFrontLeft TopFrontCenter \
               TopFrontRight TopBackLeft TopBackCenter TopBackRight LowFrequency2 TopSideLeft TopSideRight \
               BottomFrontCenter BottomFrontLeft BottomFrontRight";
    assert!(ChannelMask(0xFF_FFFF).channels().map(|channel| channel.to_string()).eq(all.split(' ')));
    assert_eq!((Channel(31).mask(), Channel(32).mask()), (Some(ChannelMask(1 << 31)), None));
    assert_eq!(Channel(24).name(), None);
    assert_eq!((Channel::UNUSED.to_string(), Channel::UNUSED.mask()), ("Unused".into(), None));
    assert_eq!(Channel::UNKNOWN.to_string(), "Unknown");
}
