use crate::{FlvHeader, FlvTag, Found, Yield};
use rtmp_flv::{FlvReader, FlvWriter, Tag};

use super::chunk::reads;
use crate::hex;
use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8], split: &[usize]) -> Outcome {
    let mut reader = FlvReader::new();
    let mut tags = Vec::new();
    for read in reads(bytes, split) {
        reader.push(read);
        // An error comes again at the end.
        while let Ok(Some(tag)) = reader.next_tag() {
            tags.push(tag);
        }
    }
    let header = reader.header().map(|header| {
        found(Found::FlvHeader(FlvHeader {
            version: 1,
            audio: header.has_audio(),
            video: header.has_video(),
            data_offset: header.data_offset,
        }))
    });
    let yields = header.into_iter().chain(tags.iter().map(tag)).collect();
    Outcome { yields, error: reader.finish().err().map(|error| error.to_string()) }
}

pub fn encode(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let file = rtmp_flv::demux(bytes);
    let mut writer = FlvWriter::new(file.header.ok_or("no header")?);
    for tag in &file.tags {
        writer.write(tag).map_err(|error| error.to_string())?;
    }
    Ok(writer.take().to_vec())
}

fn tag(tag: &Tag) -> Yield {
    found(Found::FlvTag(FlvTag {
        kind: tag.kind.tag_type(),
        ts: tag.timestamp as i32,
        len: tag.payload.len(),
        sha256: hex::sha256(&tag.payload),
    }))
}
