//! Recordings: metadata with places for what is known at the end only.

use rtmp_flv::{
    FileHeader, FlvWriter, OnMetaData, Patch, PayloadTooLong, Tag, TagKind, demux, demux_tolerant,
};

fn media(kind: TagKind, timestamp: u32) -> Tag {
    Tag { kind, timestamp, payload: vec![0xaf, 1, 0x21].into() }
}

#[test]
fn the_bytes_of_metadata() {
    // AMF0 by hand: string, ECMA array of five, their pairs, the end.
    let expected = [
        &b"\x02\0\x0aonMetaData\x08\0\0\0\x05"[..],
        b"\0\x08duration\0\0\0\0\0\0\0\0\0",
        b"\0\x08filesize\0\0\0\0\0\0\0\0\0",
        b"\0\x05width\0\x40\x94\0\0\0\0\0\0",
        b"\0\x06stereo\x01\x01",
        b"\0\x07encoder\x02\0\x01x",
        b"\0\0\x09",
    ];
    let metadata = OnMetaData::new().number("width", 1280.0).boolean("stereo", true).string("encoder", "x");
    assert_eq!(metadata.encode(), expected.concat());
    assert_eq!(OnMetaData::default(), OnMetaData::new());
}

#[test]
fn a_long_string_is_cut_at_a_character() {
    let metadata = OnMetaData::new().string("s", &"é".repeat(40_000));
    let payload = metadata.encode();
    let at = payload.windows(4).position(|bytes| bytes == [0, 1, b's', 2]).unwrap();
    assert_eq!(payload[at + 4..at + 6], 65_534_u16.to_be_bytes());
    assert_eq!(payload.len(), at + 6 + 65_534 + 3);
}

#[test]
fn a_recording_is_playable_before_and_after_its_patches() {
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    let places = writer.write_metadata(&OnMetaData::new().string("encoder", "test")).unwrap();
    let mut file = writer.take().to_vec();
    for timestamp in [0, 20, 40, 12_345] {
        writer.write(&media(TagKind::Audio, timestamp)).unwrap();
        file.extend(writer.take());
        // Whatever the moment of a crash, the file is whole.
        let found = demux(&file);
        assert_eq!((found.error, found.tolerated.len()), (None, 0));
    }
    assert_eq!(writer.position(), file.len() as u64);

    let before = demux(&file).tags;
    for Patch { offset, bytes } in writer.patches() {
        let offset = offset as usize;
        file[offset..offset + bytes.len()].copy_from_slice(&bytes);
    }
    let after = demux_tolerant(&file);
    assert_eq!((after.error, after.tolerated.len()), (None, 0));
    assert_eq!(after.header, Some(FileHeader::new(true, false)), "no video came");
    assert_eq!(after.tags[1..], before[1..]);
    let number = |offset: u64| {
        let offset = offset as usize;
        assert_eq!(file[offset - 1], 0, "the marker of a number");
        f64::from_be_bytes(file[offset..offset + 8].try_into().unwrap())
    };
    assert_eq!(number(places.duration), 12.345);
    assert_eq!(number(places.filesize), file.len() as f64);
    assert!(file[..places.duration as usize - 1].ends_with(b"duration"));
    assert!(file[..places.filesize as usize - 1].ends_with(b"filesize"));
}

#[test]
fn without_metadata_only_the_flags_are_patched() {
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    writer.write(&media(TagKind::Video, 0)).unwrap();
    assert_eq!(writer.patches(), [Patch { offset: 4, bytes: vec![1] }]);
}

#[test]
fn metadata_that_is_too_long_is_refused() {
    let mut metadata = OnMetaData::new();
    let text = "x".repeat(65_535);
    while metadata.encode().len() <= rtmp_flv::MAX_PAYLOAD_LEN {
        metadata = metadata.string("s", &text).string("t", &text).string("u", &text).string("v", &text);
    }
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    let before = writer.position();
    assert_eq!(writer.write_metadata(&metadata), Err(PayloadTooLong(metadata.encode().len())));
    assert_eq!(writer.position(), before);
    assert_eq!(writer.patches().len(), 1);
}
