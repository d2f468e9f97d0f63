//! Files: the bytes of FLV E.2 to E.4.1, hostile files, and files that ffmpeg wrote.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_flv::{
    Error, ErrorKind, FileHeader, FlvReader, FlvWriter, MAX_PAYLOAD_LEN, PayloadTooLong, Tag, TagKind, demux,
};

/// Header with audio and video, and previous-tag size 0.
const START: [u8; 13] = [b'F', b'L', b'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0];
/// A video tag of 5 bytes at 0x01234567, and its size.
const VIDEO: [u8; 20] = [9, 0, 0, 5, 0x23, 0x45, 0x67, 0x01, 0, 0, 0, 0x17, 0x01, 0, 0, 0x50, 0, 0, 0, 16];

fn video_tag() -> Tag {
    Tag {
        kind: TagKind::Video,
        timestamp: 0x0123_4567,
        payload: Bytes::from_static(&[0x17, 0x01, 0, 0, 0x50]),
    }
}

fn mux(header: FileHeader, tags: &[Tag]) -> Vec<u8> {
    let mut writer = FlvWriter::new(header);
    for tag in tags {
        writer.write(tag).unwrap();
    }
    writer.take().to_vec()
}

#[test]
fn the_bytes_of_header_and_tag() {
    assert_eq!(FlvWriter::new(FileHeader::new(true, true)).take()[..], START);
    assert_eq!(FileHeader::new(true, false).encode()[4], 4);
    assert_eq!(FileHeader::new(false, true).encode()[4], 1);
    assert_eq!(FileHeader::new(false, false).encode()[4], 0);
    let file = [&START[..], &VIDEO].concat();
    assert_eq!(mux(FileHeader::new(true, true), &[video_tag()]), file);
    let found = demux(&file);
    assert_eq!((found.tags, found.error), (vec![video_tag()], None));
    let header = found.header.unwrap();
    assert!(header.has_audio() && header.has_video());
    assert_eq!(header.data_offset, 9);
}

#[test]
fn the_writer_gives_what_came_since() {
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    assert_eq!(writer.take()[..], START);
    assert!(writer.take().is_empty());
    writer.write(&video_tag()).unwrap();
    assert_eq!(writer.take()[..], VIDEO);
}

#[test]
fn timestamps_keep_all_32_bits() {
    for timestamp in [0, 0xff_ffff, 0x100_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
        let tag = Tag { timestamp, ..video_tag() };
        let found = demux(&mux(FileHeader::new(false, true), std::slice::from_ref(&tag)));
        assert_eq!(found.tags, [tag]);
    }
}

#[test]
fn tag_types_survive() {
    for tag_type in 0..32 {
        let kind = TagKind::from_type(tag_type);
        assert_eq!(kind.tag_type(), tag_type);
        let tag = Tag { kind, ..video_tag() };
        assert_eq!(demux(&mux(FileHeader::new(true, true), std::slice::from_ref(&tag))).tags, [tag]);
    }
    assert_eq!(TagKind::from_type(8), TagKind::Audio);
    assert_eq!(TagKind::from_type(9), TagKind::Video);
    assert_eq!(TagKind::from_type(18), TagKind::Script);
    assert_eq!(TagKind::from_type(15), TagKind::Other(15));
    assert_eq!(TagKind::from_type(0xc9), TagKind::Video, "the reserved bits do not count");
}

#[test]
fn a_payload_has_at_most_24_bits_of_length() {
    let longest = Tag { payload: vec![7; MAX_PAYLOAD_LEN].into(), ..video_tag() };
    let found = demux(&mux(FileHeader::new(false, true), std::slice::from_ref(&longest)));
    assert_eq!(found.tags, [longest]);
    let longer = Tag { payload: vec![7; MAX_PAYLOAD_LEN + 1].into(), ..video_tag() };
    let mut writer = FlvWriter::new(FileHeader::new(false, true));
    let _ = writer.take();
    assert_eq!(writer.write(&longer), Err(PayloadTooLong(MAX_PAYLOAD_LEN + 1)));
    assert!(writer.take().is_empty());
}

#[test]
fn an_empty_payload_is_a_tag() {
    let tag = Tag { payload: Bytes::new(), ..video_tag() };
    let file = mux(FileHeader::new(false, true), std::slice::from_ref(&tag));
    assert_eq!(file[file.len() - 4..], [0, 0, 0, 11]);
    assert_eq!(demux(&file).tags, [tag]);
}

#[test]
fn the_data_offset_is_honoured() {
    let mut file = START[..9].to_vec();
    file[8] = 12;
    file.extend([0xde, 0xad, 0xbe]);
    file.extend(&START[9..]);
    file.extend(VIDEO);
    let found = demux(&file);
    assert_eq!((found.tags, found.error), (vec![video_tag()], None));
    assert_eq!(found.header.unwrap().data_offset, 12);
    // It promises 4 GiB: nothing is held for it.
    let mut far = START.to_vec();
    far[5..9].fill(0xff);
    let error = demux(&far).error.unwrap();
    let ErrorKind::Truncated { inside, missing, .. } = error.kind else { panic!("{error}") };
    assert_eq!((inside, missing), ("the file header", 0xffff_ffff - 13));
}

#[test]
fn what_is_no_flv_file_is_said() {
    for bytes in [&b"RIFF....AVI "[..], b"FLX", b"\x1aE"] {
        assert_eq!(demux(bytes).error, Some(Error { kind: ErrorKind::NotFlv, offset: 0 }));
    }
    let mut file = START;
    file[3] = 2;
    assert_eq!(demux(&file).error.unwrap().kind, ErrorKind::UnknownVersion(2));
    let mut file = START;
    file[8] = 8;
    assert_eq!(demux(&file).error.unwrap().kind, ErrorKind::DataOffset(8));
    assert_eq!(
        demux(b"").error.unwrap().to_string(),
        "the file ends inside the file header: 0 bytes are there, 9 are missing (at byte 0)"
    );
}

#[test]
fn an_encrypted_tag_ends_the_reading() {
    let mut file = [&START[..], &VIDEO, &VIDEO].concat();
    file[33] |= 0x20;
    let found = demux(&file);
    assert_eq!(found.tags, [video_tag()]);
    assert_eq!(found.error, Some(Error { kind: ErrorKind::Encrypted, offset: 33 }));
}

#[test]
fn an_error_is_final() {
    let mut reader = FlvReader::new();
    reader.push(b"not this");
    let error = reader.next_tag().unwrap_err();
    reader.push(&START);
    assert_eq!(reader.next_tag(), Err(error));
    assert_eq!(reader.finish(), Err(error));
}

#[test]
fn a_wrong_previous_tag_size_is_counted_and_harmless() {
    let mut file = [&START[..], &VIDEO, &VIDEO].concat();
    file[32] = 99;
    let mut reader = FlvReader::new();
    reader.push(&file);
    assert_eq!(reader.next_tag(), Ok(Some(video_tag())));
    assert_eq!(reader.next_tag(), Ok(Some(video_tag())));
    assert_eq!(reader.next_tag(), Ok(None));
    assert_eq!(reader.mismatched_sizes(), 1);
    assert_eq!(reader.offset(), file.len() as u64);
    assert_eq!(reader.finish(), Ok(()));
}

/// The three files here, and those of the directory that `RTMP_FLV_MEDIA` names, if it is set.
fn media() -> Vec<(PathBuf, Vec<u8>)> {
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")];
    directories.extend(std::env::var_os("RTMP_FLV_MEDIA").map(PathBuf::from));
    let mut files: Vec<PathBuf> = directories
        .iter()
        .flat_map(|directory| std::fs::read_dir(directory).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "flv"))
        .collect();
    files.sort();
    assert!(files.len() >= 3);
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Where the payloads of the tags end, found from the back by the previous-tag sizes.
fn payload_ends(file: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut end = file.len() - 4;
    loop {
        let size = u32::from_be_bytes(file[end..end + 4].try_into().unwrap()) as usize;
        if size == 0 {
            break;
        }
        ends.push(end);
        end -= size + 4;
    }
    assert_eq!(end, 9);
    ends.reverse();
    ends
}

#[test]
fn what_ffmpeg_wrote_comes_out_byte_for_byte() {
    for (path, file) in media() {
        let found = demux(&file);
        assert_eq!(found.error, None, "{}", path.display());
        assert_eq!(found.tags.len(), payload_ends(&file).len(), "{}", path.display());
        assert!(mux(found.header.unwrap(), &found.tags) == file, "{}", path.display());
    }
}

#[test]
fn a_file_gives_each_tag_as_soon_as_its_payload_is_there() {
    for (path, file) in media() {
        let ends = payload_ends(&file);
        let mut reader = FlvReader::new();
        let mut tags = 0;
        for (at, byte) in file.iter().enumerate() {
            reader.push(&[*byte]);
            while reader.next_tag().unwrap().is_some() {
                assert_eq!(ends[tags], at + 1, "{}", path.display());
                tags += 1;
            }
        }
        assert_eq!(tags, ends.len(), "{}", path.display());
        assert_eq!(reader.finish(), Ok(()));
    }
}

#[test]
fn a_cut_file_gives_the_tags_before_the_cut_and_says_where_it_ends() {
    for (path, file) in media() {
        let ends = payload_ends(&file);
        let whole = demux(&file).tags;
        // All cuts near the start, and those around the end of each later tag.
        let early = 0..file.len().min(6_000);
        let late = ends.iter().flat_map(|end| end.saturating_sub(2)..end + 5).filter(|cut| *cut >= 6_000);
        for cut in early.chain(late.step_by(7)) {
            let found = demux(&file[..cut]);
            let expected = ends.iter().filter(|end| **end <= cut).count();
            assert!(found.tags[..] == whole[..expected], "{} cut at {cut}", path.display());
            let at_an_end = cut == 13 || cut >= 17 && ends.contains(&(cut - 4));
            assert_eq!(found.error.is_none(), at_an_end, "{} cut at {cut}", path.display());
            if let Some(Error { kind, offset }) = found.error {
                let ErrorKind::Truncated { present, missing, .. } = kind else { panic!("{kind}") };
                assert_eq!(offset + present, cut as u64, "{} cut at {cut}", path.display());
                assert!(missing > 0);
            }
        }
    }
}

fn tag() -> impl Strategy<Value = Tag> {
    (0_u8..32, any::<u32>(), vec(any::<u8>(), 0..300)).prop_map(|(tag_type, timestamp, payload)| Tag {
        kind: TagKind::from_type(tag_type),
        timestamp,
        payload: payload.into(),
    })
}

proptest! {
    #[test]
    fn reading_undoes_writing_in_any_portions(tags in vec(tag(), 0..8), portion in 1_usize..400) {
        let file = mux(FileHeader::new(true, true), &tags);
        let mut reader = FlvReader::new();
        let mut found = Vec::new();
        for bytes in file.chunks(portion) {
            reader.push(bytes);
            while let Some(tag) = reader.next_tag().unwrap() {
                found.push(tag);
            }
        }
        prop_assert_eq!(reader.mismatched_sizes(), 0);
        prop_assert_eq!(reader.finish(), Ok(()));
        prop_assert_eq!(found, tags);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        let _ = demux(&bytes);
        let after_start = demux(&[&START[..], &bytes].concat());
        let held: usize = after_start.tags.iter().map(|tag| tag.payload.len() + Tag::HEADER_LEN).sum();
        prop_assert!(held <= bytes.len());
    }
}
