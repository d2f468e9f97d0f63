#![no_main]

use libfuzzer_sys::fuzz_target;
use rtmp_flv::{FlvReader, TagKind, audio, demux, video};

fuzz_target!(|data: &[u8]| {
    let Some((portion, file)) = data.split_first() else { return };
    let whole = demux(file);

    let mut reader = FlvReader::new();
    let mut tags = Vec::new();
    for bytes in file.chunks(usize::from(*portion) + 1) {
        reader.push(bytes);
        while let Ok(Some(tag)) = reader.next_tag() {
            tags.push(tag);
        }
    }
    assert_eq!(tags, whole.tags);
    assert_eq!(reader.finish().err(), whole.error);

    for tag in &tags {
        match tag.kind {
            TagKind::Audio => drop(audio::Header::decode(&tag.payload)),
            TagKind::Video => drop(video::Header::decode(&tag.payload)),
            _ => {}
        }
    }
    let _ = (audio::Header::decode(file), video::Header::decode(file));
});
