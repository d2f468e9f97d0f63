#![no_main]
//! FLV files in portions and in one piece; the strict, the plain and the tolerant reader.

use libfuzzer_sys::fuzz_target;
use rtmp_flv::{Event, FileHeader, FlvReader, FlvWriter, ReaderLimits, demux, demux_tolerant};

/// All events, and how it ended.
fn read(mut reader: FlvReader, portions: impl Iterator<Item = Vec<u8>>) -> (Vec<Event>, String) {
    let mut events = Vec::new();
    for bytes in portions {
        reader.push(&bytes);
        loop {
            match reader.next_event() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => break,
                Err(error) => return (events, format!("{error:?}")),
            }
        }
    }
    reader.end_of_input();
    loop {
        match reader.next_event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => break,
            Err(error) => return (events, format!("{error:?}")),
        }
    }
    (events, format!("{:?}", reader.finish()))
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, file)) = data.split_first() else { return };
    let limits = ReaderLimits { max_resync: 4096, ..ReaderLimits::default() };
    for make in [FlvReader::new, FlvReader::tolerant, FlvReader::strict] {
        let whole = read(make().with_limits(limits), core::iter::once(file.to_vec()));
        let split =
            read(make().with_limits(limits), file.chunks(usize::from(*portion) + 1).map(<[u8]>::to_vec));
        assert_eq!(whole, split);
    }

    let found = demux(file);
    let _ = demux_tolerant(file);
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    for tag in &found.tags {
        writer.write(tag).expect("a tag that was read");
    }
    let again = demux(&writer.take());
    assert_eq!((again.tags, again.error), (found.tags, None));
});
