//! Sizes of pictures in the bodies of legacy codecs. Bytes composed from the tables by hand.

use rtmp_flv::video::{
    PictureSize, PictureType, ScreenHeader, SorensonHeader, Vp6Alpha, Vp6Crop, Vp6KeyFrame, picture_size,
};

use super::hex;

fn size(width: u16, height: u16) -> PictureSize {
    PictureSize { width, height }
}

/// Bytes from bits, the last one filled with zeros.
fn bits(text: &str) -> Vec<u8> {
    let bits: Vec<u8> = text.bytes().filter(|bit| *bit != b' ').map(|bit| bit - b'0').collect();
    bits.chunks(8)
        .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | bit << (7 - at)))
        .collect()
}

const START: &str = "00000000000000001 00000 00000101";

#[test]
fn sorenson_h263() {
    let header = |size| SorensonHeader {
        version: 0,
        temporal_reference: 5,
        size,
        picture: PictureType::INTER,
        deblocking: true,
        quantizer: 9,
    };
    // Picture type 1, deblocking, quantizer 9, no extra information.
    let end = "01 1 01001 0";
    for (code, expected) in [
        ("000 11110000 10110100", Some(size(240, 180))),
        ("001 0000010100000000 0000001011010000", Some(size(1_280, 720))),
        ("010", Some(size(352, 288))),
        ("011", Some(size(176, 144))),
        ("100", Some(size(128, 96))),
        ("101", Some(size(320, 240))),
        ("110", Some(size(160, 120))),
        ("111", None),
    ] {
        let body = bits(&format!("{START} {code} {end}"));
        assert_eq!(SorensonHeader::decode(&body), Ok(header(expected)), "{code}");
        let mut out = Vec::new();
        header(expected).encode(&mut out).unwrap();
        assert_eq!(out, body, "{code}");
        for cut in 0..body.len() - 1 {
            assert!(SorensonHeader::decode(&body[..cut]).is_err(), "{code} cut at {cut}");
        }
        let payload = [[0x22].as_slice(), &body].concat();
        assert_eq!(picture_size(&payload), expected);
    }
    assert!(SorensonHeader::decode(&[0; 20]).is_err(), "no start code");
    assert!(SorensonHeader { quantizer: 32, ..header(None) }.encode(&mut Vec::new()).is_err());
}

#[test]
fn screen_video() {
    // Blocks of 64 by 32 pixels, a picture of 640 by 360.
    let body = hex("328011680102");
    let expected = ScreenHeader { size: size(640, 360), block_width: 64, block_height: 32 };
    let (header, rest) = ScreenHeader::decode(&body).unwrap();
    assert_eq!((header, rest), (expected, [1, 2].as_slice()));
    let mut out = Vec::new();
    header.encode(&mut out).unwrap();
    assert_eq!(out, body[..4]);
    for cut in 0..4 {
        assert!(ScreenHeader::decode(&body[..cut]).is_err());
    }
    for first in [0x13, 0x23, 0x16, 0x26] {
        let payload = [[first].as_slice(), &body].concat();
        assert_eq!(picture_size(&payload), Some(size(640, 360)));
    }
    for wrong in [
        ScreenHeader { block_width: 0, ..expected },
        ScreenHeader { block_width: 24, ..expected },
        ScreenHeader { block_height: 272, ..expected },
        ScreenHeader { size: size(4_096, 1), ..expected },
    ] {
        assert!(wrong.encode(&mut Vec::new()).is_err(), "{wrong:?}");
    }
}

#[test]
fn vp6() {
    // Adjustment 8 and 6; key frame in the simple profile with partition offset; 23 rows, 40 columns.
    let body = hex("86 7e 30 0100 17 28 17 28");
    let (crop, picture) = Vp6Crop::decode(&body).unwrap();
    assert_eq!(crop, Vp6Crop { horizontal: 8, vertical: 6 });
    let frame = Vp6KeyFrame::decode(picture).unwrap();
    assert_eq!((frame, frame.coded_size()), (Vp6KeyFrame { rows: 23, columns: 40 }, size(640, 368)));
    assert_eq!(crop.apply(frame.coded_size()), size(632, 362));
    // Advanced profile without separated coefficients: no partition offset.
    assert_eq!(Vp6KeyFrame::decode(&hex("7e361728")), Ok(frame));
    assert_eq!(Vp6KeyFrame::decode(&hex("7f3601001728")), Ok(frame));
    assert!(Vp6KeyFrame::decode(&hex("fe361728")).is_err(), "an inter frame");
    for cut in 0..6 {
        assert!(Vp6KeyFrame::decode(&picture[..cut]).is_err(), "{cut}");
    }
    let payload = |first: u8, body: &[u8]| [[first].as_slice(), body].concat();
    assert_eq!(picture_size(&payload(0x14, &body)), Some(size(632, 362)));
    assert_eq!(picture_size(&payload(0x24, &body)), None);

    let alpha_body = hex("86 000008 7e300100 17281728 aabb");
    let (alpha, pictures) = Vp6Alpha::decode(&alpha_body).unwrap();
    assert_eq!(alpha, Vp6Alpha { crop, alpha_offset: 8 });
    assert_eq!(alpha.split(pictures), Some((&alpha_body[4..12], [0xaa, 0xbb].as_slice())));
    assert_eq!(Vp6Alpha { alpha_offset: 11, ..alpha }.split(pictures), None);
    assert_eq!(picture_size(&payload(0x15, &alpha_body)), Some(size(632, 362)));
    let mut out = Vec::new();
    alpha.encode(&mut out).unwrap();
    assert_eq!(out, alpha_body[..4]);
    for cut in 0..4 {
        assert!(Vp6Alpha::decode(&alpha_body[..cut]).is_err());
    }
    assert!(Vp6Crop { horizontal: 16, vertical: 0 }.encode(&mut Vec::new()).is_err());
    assert!(Vp6Alpha { alpha_offset: 0x100_0000, ..alpha }.encode(&mut Vec::new()).is_err());
}

#[test]
fn jpeg() {
    let app0 = "ffe000104a46494600010100000100010000";
    let table = "ffdb0003aa";
    let frame = "ffc0000b0800f00140010111 00";
    let picture = |segments: &str| picture_size(&hex(&format!("11ffd8{segments}")));
    assert_eq!(picture(&format!("{app0}{table}{frame}")), Some(size(320, 240)));
    assert_eq!(picture(&format!("ff{table}fffffec20004")), None);
    assert_eq!(picture(&format!("ffff{}", &frame[2..])), Some(size(320, 240)));
    for none in ["", "ff", "00", app0, "ffe0ffff00", "ffe00000", "ffda0000", &frame[..16]] {
        assert_eq!(picture(none), None, "{none}");
    }
    assert_eq!(picture_size(&hex("11")), None);
}

#[test]
fn other_payloads_state_no_size() {
    for payload in ["", "1700000000", "9068766331", "5200", "1f328011680102"] {
        assert_eq!(picture_size(&hex(payload)), None, "{payload}");
    }
}
