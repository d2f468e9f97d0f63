//! Broken files: what each of the three readers makes of them.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use rtmp_flv::{
    Error, ErrorKind, Event, FileHeader, FlvReader, FlvWriter, ReaderLimits, Tag, TagKind, demux,
    demux_tolerant,
};

const START: [u8; 13] = [b'F', b'L', b'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0];

fn tag(kind: TagKind, timestamp: u32, payload: &[u8]) -> Tag {
    Tag { kind, timestamp, payload: Bytes::copy_from_slice(payload) }
}

fn video(timestamp: u32) -> Tag {
    tag(TagKind::Video, timestamp, &[0x17, 1, 0, 0, 0, 0xaa, 0xbb])
}

fn audio(timestamp: u32) -> Tag {
    tag(TagKind::Audio, timestamp, &[0xaf, 1, 0x21])
}

/// A tag and its size.
fn bytes(tag: &Tag) -> Vec<u8> {
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    let _ = writer.take();
    writer.write(tag).unwrap();
    writer.take().to_vec()
}

fn file(parts: &[&[u8]]) -> Vec<u8> {
    [&START[..], &parts.concat()].concat()
}

fn strict(file: &[u8]) -> Result<Vec<Tag>, Error> {
    let mut reader = FlvReader::strict();
    reader.push(file);
    let mut tags = Vec::new();
    while let Some(tag) = reader.next_tag()? {
        tags.push(tag);
    }
    reader.finish().map(|()| tags)
}

fn at(kind: ErrorKind, offset: u64) -> Error {
    Error { kind, offset }
}

#[test]
fn a_good_file_is_the_same_to_all() {
    let good = file(&[&bytes(&video(0)), &bytes(&audio(5)), &bytes(&tag(TagKind::Other(15), 9, &[0]))]);
    let tags = strict(&good).unwrap();
    assert_eq!(tags.len(), 3);
    for found in [demux(&good), demux_tolerant(&good)] {
        assert_eq!((&found.tags, &found.tolerated[..], found.error), (&tags, &[][..], None));
    }
}

#[test]
fn a_wrong_previous_tag_size() {
    let mut broken = file(&[&bytes(&video(0)), &bytes(&audio(5))]);
    broken[13 + 18 + 3] = 99;
    let fault = at(ErrorKind::PreviousSize { found: 99, expected: 18 }, 31);
    assert_eq!(strict(&broken), Err(fault));
    for found in [demux(&broken), demux_tolerant(&broken)] {
        assert_eq!(found.tags, [video(0), audio(5)]);
        assert_eq!((&found.tolerated[..], found.error), (&[fault][..], None));
    }
    // Also the last one, and the first, which is 0.
    let mut broken = file(&[&bytes(&video(0))]);
    broken[12] = 1;
    broken[31] = 1;
    let found = demux_tolerant(&broken);
    assert_eq!((found.tags, found.tolerated.len(), found.error), (vec![video(0)], 2, None));
}

#[test]
fn garbage_between_tags() {
    for len in [1_usize, 2, 3, 4, 5, 11, 12, 100] {
        let garbage = vec![0x5a; len];
        let broken = file(&[&bytes(&video(0)), &garbage, &bytes(&audio(5)), &bytes(&video(40))]);
        let found = demux_tolerant(&broken);
        assert_eq!(found.tags, [video(0), audio(5), video(40)], "{len}");
        assert_eq!(found.tolerated, [at(ErrorKind::Garbage { len: len as u64 }, 35)], "{len}");
        assert_eq!(found.error, None, "{len}");
    }
    // Inside: a payload that lost three bytes swallows the size behind it and a part of the next tag.
    let short = {
        let mut bytes = bytes(&video(0));
        bytes.drain(12..15);
        bytes
    };
    let broken = file(&[&short, &bytes(&audio(5)), &bytes(&video(40)), &bytes(&audio(45))]);
    let found = demux_tolerant(&broken);
    assert_eq!(found.tags[1..], [audio(5), video(40), audio(45)][..found.tags.len() - 1]);
    assert!(found.tags.len() >= 3 && found.error.is_none());
}

#[test]
fn garbage_that_looks_like_a_tag_does_not_hide_the_tags_behind_it() {
    // Type 9, a length beyond the end of the file, stream id 0.
    let trap = [0xff, 9, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let broken = file(&[&bytes(&video(0)), &trap, &bytes(&audio(5)), &bytes(&video(40))]);
    let mut reader = FlvReader::tolerant();
    reader.push(&broken);
    assert_eq!(reader.next_tag(), Ok(Some(video(0))));
    assert_eq!(reader.next_tag(), Ok(None), "the rest of the trap may come yet");
    reader.end_of_input();
    assert_eq!(reader.next_event(), Ok(Some(Event::Tolerated(at(ErrorKind::Garbage { len: 12 }, 35)))));
    assert_eq!(reader.next_tag(), Ok(Some(audio(5))));
    assert_eq!(reader.next_tag(), Ok(Some(video(40))));
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn a_length_beyond_the_end_does_not_hide_the_tags_behind_it() {
    let broken_at = |place: usize| {
        let mut second = bytes(&audio(5));
        second[1] = 0x40;
        second[0] = if place == 0 { 15 } else { 8 };
        file(&[&bytes(&video(0)), &second, &bytes(&audio(9)), &bytes(&video(40))])
    };
    for place in [0, 1] {
        let broken = broken_at(place);
        let found = demux_tolerant(&broken);
        assert_eq!(found.tags, [video(0), audio(9), video(40)]);
        assert_eq!(found.tolerated, [at(ErrorKind::Garbage { len: 18 }, 35)]);
        assert_eq!(found.error, None);
        // To the others it is a cut file.
        let error = demux(&broken).error.unwrap();
        assert_eq!((demux(&broken).tags, error.offset), (vec![video(0)], 35));
        assert!(matches!(error.kind, ErrorKind::Truncated { inside: "a tag", .. }));
    }
    // The search has its limit here too: 18 bytes are to be passed over.
    let read = |max_resync: u64| {
        let limits = ReaderLimits { max_resync, ..ReaderLimits::default() };
        let mut reader = FlvReader::tolerant().with_limits(limits);
        reader.push(&broken_at(1));
        reader.end_of_input();
        let mut tags = 0;
        while reader.next_tag().unwrap().is_some() {
            tags += 1;
        }
        (tags, reader.finish().is_ok())
    };
    assert_eq!(read(18), (3, true));
    assert_eq!(read(17), (1, false));
}

#[test]
fn a_limit_may_shrink_while_the_reader_searches() {
    let mut reader = FlvReader::tolerant();
    reader.push(&file(&[&bytes(&video(0)), &[0xee; 30]]));
    assert_eq!(reader.next_tag(), Ok(Some(video(0))));
    assert_eq!(reader.next_tag(), Ok(None));
    let mut reader = reader.with_limits(ReaderLimits { max_resync: 5, ..ReaderLimits::default() });
    reader.push(&[0xee]);
    assert!(matches!(reader.next_tag().unwrap_err().kind, ErrorKind::NoTag { .. }));
}

#[test]
fn a_second_file_behind_the_first() {
    let once = file(&[&bytes(&video(0)), &bytes(&audio(5))]);
    let found = demux_tolerant(&[&once[..], &once].concat());
    assert_eq!(found.tags, [video(0), audio(5), video(0), audio(5)]);
    assert_eq!(found.tolerated, [at(ErrorKind::Garbage { len: 13 }, once.len() as u64)]);
}

#[test]
fn a_file_without_its_beginning() {
    let whole = [bytes(&video(0)), bytes(&audio(5)), bytes(&video(40))].concat();
    for (cut, tags) in [(0, 3), (1, 2), (22, 2), (23, 1)] {
        let found = demux_tolerant(&whole[cut..]);
        assert_eq!(found.tags.len(), tags, "{cut}");
        assert_eq!(found.tolerated[0], at(ErrorKind::NotFlv, 0), "{cut}");
        assert_eq!((found.header, found.error), (None, None), "{cut}");
    }
    assert_eq!(demux(&whole).error, Some(at(ErrorKind::NotFlv, 0)));
}

#[test]
fn odd_file_headers() {
    let tags = bytes(&video(0));
    let with = |at: usize, value: u8| {
        let mut file = file(&[&tags]);
        file[at] = value;
        file
    };
    for (file, kind) in [
        (with(3, 2), ErrorKind::UnknownVersion(2)),
        (with(8, 8), ErrorKind::DataOffset(8)),
        (with(5, 0x7f), ErrorKind::DataOffset(0x7f00_0009)),
    ] {
        let found = demux_tolerant(&file);
        assert_eq!((found.tags, found.tolerated), (vec![video(0)], vec![at(kind, 0)]));
        assert!(found.header.unwrap().has_video());
    }
    assert_eq!(strict(&with(4, 0x0d)), Err(at(ErrorKind::Flags(0x0d), 0)));
    // A header that is longer than nine bytes is allowed to all.
    let mut long = with(8, 12);
    long.splice(9..9, [1, 2, 3]);
    assert_eq!(strict(&long), Ok(vec![video(0)]));
    assert_eq!(demux_tolerant(&long).tags, [video(0)]);
}

#[test]
fn flags_that_lie() {
    let mut lying = file(&[&bytes(&video(0)), &bytes(&audio(5))]);
    lying[4] = 1;
    assert_eq!(strict(&lying), Err(at(ErrorKind::Unannounced(TagKind::Audio), 35)));
    let mut reader = FlvReader::tolerant();
    reader.push(&lying);
    while reader.next_tag().unwrap().is_some() {}
    assert_eq!(reader.header(), Some(FileHeader::new(false, true)));
    assert_eq!(reader.contents(), FileHeader::new(true, true));
}

#[test]
fn what_only_a_strict_reader_minds() {
    let first = bytes(&video(0));
    let with = |place: usize, value: u8| {
        let mut second = bytes(&audio(5));
        second[place] = value;
        file(&[&first, &second])
    };
    for (file, kind) in [
        (with(0, 0x48), ErrorKind::ReservedBits(1)),
        (with(0, 10), ErrorKind::TagType(10)),
        (with(10, 7), ErrorKind::StreamId(7)),
    ] {
        assert_eq!(strict(&file), Err(at(kind, 35)));
        assert_eq!(demux(&file).error, None);
        assert_eq!(demux(&file).tags.len(), 2);
    }
    let late = file(&[&bytes(&video(1))]);
    assert_eq!(strict(&late), Err(at(ErrorKind::FirstTimestamp(1), 13)));
    assert_eq!(demux_tolerant(&late).tags, [video(1)]);
}

#[test]
fn encrypted_tags() {
    let mut encrypted = bytes(&video(20));
    encrypted[0] |= 0x20;
    let broken = file(&[&bytes(&video(0)), &encrypted, &bytes(&audio(25))]);
    let fault = at(ErrorKind::Encrypted, 35);
    assert_eq!(strict(&broken), Err(fault));
    let found = demux(&broken);
    assert_eq!((found.tags, found.error), (vec![video(0)], Some(fault)));
    let found = demux_tolerant(&broken);
    assert_eq!((found.tags, found.tolerated), (vec![video(0), audio(25)], vec![fault]));
    assert_eq!(found.error, None);
    let cut = demux_tolerant(&broken[..35 + 11 + 3]).error.unwrap();
    assert_eq!(cut, at(ErrorKind::Truncated { inside: "an encrypted tag", present: 0, missing: 4 }, 49));
}

#[test]
fn the_limit_of_a_tag() {
    let seven = file(&[&bytes(&audio(0)), &bytes(&video(5)), &bytes(&audio(9))]);
    let read = |reader: FlvReader, max_payload: usize| {
        let mut reader = reader.with_limits(ReaderLimits { max_payload, ..ReaderLimits::default() });
        reader.push(&seven);
        reader.end_of_input();
        let mut tags = 0;
        loop {
            match reader.next_tag() {
                Ok(Some(_)) => tags += 1,
                Ok(None) => return (tags, None),
                Err(error) => return (tags, Some(error)),
            }
        }
    };
    for reader in [FlvReader::new, FlvReader::strict, FlvReader::tolerant] {
        assert_eq!(read(reader(), 7), (3, None));
    }
    let fault = at(ErrorKind::TagTooLong { len: 7, max: 6 }, 31);
    assert_eq!(read(FlvReader::new(), 6), (1, Some(fault)));
    assert_eq!(read(FlvReader::strict(), 6), (1, Some(fault)));
    assert_eq!(read(FlvReader::tolerant(), 6), (2, None), "it is passed over");
}

#[test]
fn the_limit_of_the_search() {
    let search = |garbage: usize, portion: usize| {
        let limits = ReaderLimits { max_resync: 50, ..ReaderLimits::default() };
        let mut reader = FlvReader::tolerant().with_limits(limits);
        let broken = file(&[&bytes(&video(0)), &vec![0xee; garbage], &bytes(&audio(5))]);
        let mut tags = Vec::new();
        for bytes in broken.chunks(portion) {
            reader.push(bytes);
            while let Ok(Some(tag)) = reader.next_tag() {
                tags.push(tag);
            }
        }
        (tags.len(), reader.finish())
    };
    for portion in [1, 7, 1_000] {
        assert_eq!(search(50, portion), (2, Ok(())));
        assert_eq!(search(51, portion), (1, Err(at(ErrorKind::NoTag { searched: 50 }, 35))));
    }
}

#[test]
fn the_limit_of_the_data_offset() {
    let read = |data_offset: u8| {
        let limits = ReaderLimits { max_resync: 50, ..ReaderLimits::default() };
        let mut reader = FlvReader::tolerant().with_limits(limits);
        let mut file = file(&[&bytes(&video(0))]);
        file[8] = data_offset;
        file.splice(9..9, vec![0xee; usize::from(data_offset) - 9]);
        reader.push(&file);
        reader.end_of_input();
        let first = reader.next_event();
        (first, reader.next_tag())
    };
    assert_eq!(read(50), (Ok(Some(Event::Tag(video(0)))), Ok(None)));
    // It looks for a tag right behind the header, and finds the same one.
    let fault = Event::Tolerated(at(ErrorKind::DataOffset(51), 0));
    assert_eq!(read(51), (Ok(Some(fault)), Ok(Some(video(0)))));
}

#[test]
fn a_file_that_ends_in_garbage() {
    let broken = file(&[&bytes(&video(0)), &[0xee; 30]]);
    let found = demux_tolerant(&broken);
    assert_eq!(found.tags, [video(0)]);
    assert_eq!(found.error, Some(at(ErrorKind::NoTag { searched: 30 }, 35)));
    // A file of something else.
    let found = demux_tolerant(&[b'x'; 500]);
    assert_eq!(found.error, Some(at(ErrorKind::NoTag { searched: 500 }, 0)));
    assert_eq!(found.error.unwrap().to_string(), "no tag in 500 bytes (at byte 0)");
}

#[test]
fn a_declared_length_is_not_reserved() {
    let mut reader = FlvReader::tolerant();
    reader.push(&file(&[&[9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]]));
    assert_eq!(reader.next_tag(), Ok(None));
    let tail = ErrorKind::Truncated { inside: "a tag", present: 14, missing: 0xff_ffff - 3 };
    assert_eq!(reader.finish(), Err(at(tail, 13)));
}

#[test]
fn a_small_file_cut_anywhere_gives_a_prefix_of_its_tags() {
    let tags =
        [tag(TagKind::Script, 0, b"\x02\0\x01x\x05"), video(0), audio(0), video(40), audio(0x0123_4567)];
    let parts: Vec<Vec<u8>> = tags.iter().map(bytes).collect();
    let whole = file(&parts.iter().map(|part| &part[..]).collect::<Vec<_>>());
    for cut in 0..=whole.len() {
        let mut end = START.len();
        let ends = parts.iter().map(|part| {
            end += part.len();
            end
        });
        let ends: Vec<usize> = ends.collect();
        let expected = ends.iter().filter(|end| **end - 4 <= cut).count();
        for found in [demux(&whole[..cut]), demux_tolerant(&whole[..cut])] {
            assert_eq!(found.tags, tags[..expected], "{cut}");
            let complete = cut == START.len() || ends.contains(&cut);
            assert_eq!(found.error.is_none(), complete, "{cut}");
            if let Some(error) = found.error {
                let ErrorKind::Truncated { present, missing, .. } = error.kind else { panic!("{error}") };
                assert_eq!(error.offset + present, cut as u64, "{cut}");
                assert!(missing > 0);
            }
        }
    }
}

/// A file of tags, garbage and damage.
fn messy() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![Just(TagKind::Audio), Just(TagKind::Video), Just(TagKind::Script)];
    let whole = (kind, any::<u32>(), vec(any::<u8>(), 0..60))
        .prop_map(|(kind, timestamp, payload)| bytes(&tag(kind, timestamp, &payload)));
    let part = prop_oneof![4 => whole, 1 => vec(any::<u8>(), 0..40), 1 => vec(0_u8..20, 0..40)];
    (vec(part, 0..12), vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)).prop_map(|(parts, damage)| {
        let mut file = [&START[..], &parts.concat()].concat();
        for (place, value) in damage {
            let place = place.index(file.len());
            file[place] = value;
        }
        file
    })
}

proptest! {
    #[test]
    fn any_portions_give_the_same_events(file in messy(), portion in 1_usize..60) {
        for make in [FlvReader::new, FlvReader::strict, FlvReader::tolerant] {
            let read = |portion: usize| {
                let mut reader = make();
                let mut events = Vec::new();
                for bytes in file.chunks(portion) {
                    reader.push(bytes);
                    while let Ok(Some(event)) = reader.next_event() {
                        events.push(event);
                    }
                }
                reader.end_of_input();
                while let Ok(Some(event)) = reader.next_event() {
                    events.push(event);
                }
                (events, reader.header(), reader.mismatched_sizes(), reader.finish())
            };
            prop_assert_eq!(read(portion), read(file.len().max(1)));
        }
    }

    #[test]
    fn a_tolerant_reader_finds_every_tag_between_garbage(
        garbage in vec(vec(64_u8..=255, 0..40), 4),
        payloads in vec(vec(any::<u8>(), 0..40), 3),
    ) {
        // Bytes of 64 and more have reserved bits, and begin no tag.
        let tags: Vec<Tag> = payloads.iter().map(|payload| tag(TagKind::Audio, 7, payload)).collect();
        let mut broken = START.to_vec();
        for (garbage, tag) in garbage.iter().zip(&tags) {
            broken.extend(garbage);
            broken.extend(bytes(tag));
        }
        prop_assert_eq!(demux_tolerant(&broken).tags, tags);
    }

    #[test]
    fn what_stands_before_the_damage_is_read(
        payloads in vec(vec(any::<u8>(), 0..40), 0..4),
        rest in messy(),
    ) {
        let tags: Vec<Tag> = payloads.iter().map(|payload| tag(TagKind::Video, 7, payload)).collect();
        let good: Vec<u8> = tags.iter().flat_map(bytes).collect();
        let broken = file(&[&good, &rest]);
        for found in [demux(&broken), demux_tolerant(&broken)] {
            prop_assert!(found.tags.starts_with(&tags));
            let held: usize = found.tags.iter().map(|tag| tag.payload.len() + Tag::HEADER_LEN).sum();
            prop_assert!(held <= broken.len());
            prop_assert!(found.tolerated.len() <= broken.len());
        }
    }
}
