//! Headers of audio and video payloads. Bytes are those of the specifications' tables (vectors V9 and
//! V10); the rest is composed from the tables by hand.

mod audio;
mod laws;
mod legacy_bodies;
mod metadata;
mod multitrack;
mod opus;
mod relay;
mod video;

/// Bytes from hexadecimal digits; spaces may stand between them.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter(|c| *c != ' ').map(|c| c.to_digit(16).unwrap() as u8).collect();
    assert_eq!(digits.len() % 2, 0, "{text}");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[test]
fn four_ccs_as_numbers_and_text() {
    use rtmp_flv::FourCc;
    for (four_cc, text, name, number) in [
        (FourCc::AV1, "av01", "AV1", 1_635_135_537),
        (FourCc::VP8, "vp08", "VP8", 1_987_063_864),
        (FourCc::VP9, "vp09", "VP9", 1_987_063_865),
        (FourCc::AVC, "avc1", "AVC", 1_635_148_593),
        (FourCc::HEVC, "hvc1", "HEVC", 1_752_589_105),
        (FourCc::VVC, "vvc1", "VVC", 1_987_470_129),
        (FourCc::AC3, "ac-3", "AC-3", 1_633_889_587),
        (FourCc::EAC3, "ec-3", "E-AC-3", 1_700_998_451),
        (FourCc::OPUS, "Opus", "Opus", 1_332_770_163),
        (FourCc::MP3, ".mp3", "MP3", 778_924_083),
        (FourCc::FLAC, "fLaC", "FLAC", 1_716_281_667),
        (FourCc::AAC, "mp4a", "AAC", 1_836_069_985),
    ] {
        assert_eq!(four_cc.as_u32(), number, "{four_cc}");
        assert_eq!(FourCc::from_u32(number), four_cc);
        assert_eq!(FourCc::from_text(text), Some(four_cc));
        assert_eq!((four_cc.to_string().as_str(), four_cc.name()), (text, Some(name)));
        assert_ne!(four_cc.is_video(), four_cc.is_audio());
    }
    assert_eq!(FourCc([0, b'a', 0xff, b'\n']).to_string(), "\\x00a\\xff\\n");
    assert_eq!(FourCc(*b"zzzz").name(), None);
    for text in ["", "av1", "av011", "*"] {
        assert_eq!(FourCc::from_text(text), None, "{text}");
    }
}
