//! Decoding by each library: one pass over an input, every message owned.

use bytes::{Bytes, BytesMut};
use rtmp_bench::{
    inputs::Input,
    work::{Keep, Ring},
};
use rtmp_proto::{Decoded, Limits, Message};

/// Number of messages, and the sum of their timestamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    pub messages: u64,
    pub times: u64,
}

impl Seen {
    pub fn expected(input: &Input) -> Self {
        let times = input.messages.iter().map(|message| u64::from(message.timestamp.0)).sum();
        Self { messages: input.count(), times }
    }

    #[inline]
    fn add(&mut self, time: u32) {
        self.messages += 1;
        self.times += u64::from(time);
    }
}

pub type Pass = fn(&Input, usize, Keep) -> Result<Seen, String>;

pub const PEERS: [(&str, Pass); 6] = [
    ("rtmp-rs", rtmp_rs),
    ("shiguredo", shiguredo),
    ("scuffle", scuffle),
    ("rml", rml),
    ("librtmp2", librtmp2),
    ("xiu", xiu),
];

/// The chunk size that the payload of a Set Chunk Size announces.
fn chunk_size(payload: &[u8]) -> u32 {
    payload.first_chunk().map_or(128, |bytes| u32::from_be_bytes(*bytes))
}

fn text(error: impl std::fmt::Debug) -> String {
    let mut text = format!("{error:?}");
    text.truncate(60);
    text
}

/// The reference decoder from a buffer that is read into.
pub fn ours_next(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    let mut ring: Ring<Message> = Ring::new(keep);
    let mut seen = Seen::default();
    let mut decoder = rtmp_proto::ChunkDecoder::new(&Limits::default());
    let mut buffer = BytesMut::new();
    for piece in input.wire.chunks(piece) {
        buffer.extend_from_slice(piece);
        while let Decoded::Message(message) = decoder.next(&mut buffer).map_err(text)? {
            seen.add(message.timestamp.0);
            ring.put(message);
        }
    }
    Ok(seen)
}

/// The reference decoder, payloads of 4 KiB and more shared with the input.
pub fn ours_owned(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    ours_sharing(input, piece, keep, 4096)
}

/// The reference decoder, every payload within one chunk shared with the input.
pub fn ours_shared(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    ours_sharing(input, piece, keep, 0)
}

fn ours_sharing(input: &Input, piece: usize, keep: Keep, share_from: usize) -> Result<Seen, String> {
    let mut ring: Ring<Message> = Ring::new(keep);
    let mut seen = Seen::default();
    let mut decoder = rtmp_proto::ChunkDecoder::new(&Limits::default());
    for piece in input.wire.chunks(piece) {
        let piece = Bytes::copy_from_slice(piece);
        let result = decoder.for_each_owned(&piece, share_from, |message| {
            seen.add(message.timestamp.0);
            ring.put(message);
        });
        result.map_err(text)?;
    }
    Ok(seen)
}

fn rtmp_rs(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    let mut ring = Ring::new(keep);
    let mut seen = Seen::default();
    let mut decoder = rtmp_rs::protocol::chunk::ChunkDecoder::new();
    let mut buffer = BytesMut::new();
    for piece in input.wire.chunks(piece) {
        buffer.extend_from_slice(piece);
        loop {
            let before = buffer.len();
            match decoder.decode(&mut buffer).map_err(text)? {
                Some(message) => {
                    if message.message_type == 1 {
                        decoder.set_chunk_size(chunk_size(&message.payload));
                    }
                    seen.add(message.timestamp);
                    ring.put(message);
                }
                // A chunk that did not end a message was taken, or nothing was.
                None if buffer.len() == before => break,
                None => {}
            }
        }
    }
    Ok(seen)
}

fn shiguredo(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    use shiguredo_rtmp::{
        ErrorKind,
        tests::{RtmpChunkDecoder, RtmpChunkSize},
    };
    let mut ring = Ring::new(keep);
    let mut seen = Seen::default();
    let mut decoder = RtmpChunkDecoder::default();
    let mut buffer: Vec<u8> = Vec::new();
    for piece in input.wire.chunks(piece) {
        buffer.extend_from_slice(piece);
        let mut used = 0;
        loop {
            match decoder.decode(&buffer[used..]) {
                Ok((length, message)) => {
                    used += length;
                    let Some(message) = message else { continue };
                    if message.message_type as u8 == 1 {
                        decoder.set_chunk_size(RtmpChunkSize::saturating_new(
                            chunk_size(&message.payload) as usize
                        ));
                    }
                    seen.add(message.timestamp.as_millis());
                    ring.put(message);
                }
                Err(error) if error.kind == ErrorKind::InsufficientBuffer => break,
                Err(error) => return Err(text(error)),
            }
        }
        buffer.drain(..used);
    }
    Ok(seen)
}

fn scuffle(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    let mut ring = Ring::new(keep);
    let mut seen = Seen::default();
    let mut reader = scuffle_rtmp::chunk::reader::ChunkReader::default();
    let mut buffer = BytesMut::new();
    for piece in input.wire.chunks(piece) {
        buffer.extend_from_slice(piece);
        while let Some(message) = reader.read_chunk(&mut buffer).map_err(text)? {
            if message.message_header.msg_type_id.0 == 1 {
                reader.update_max_chunk_size(chunk_size(&message.payload) as usize);
            }
            seen.add(message.message_header.timestamp);
            ring.put(message);
        }
    }
    Ok(seen)
}

fn rml(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    let mut ring = Ring::new(keep);
    let mut seen = Seen::default();
    let mut decoder = rml_rtmp::chunk_io::ChunkDeserializer::new();
    for piece in input.wire.chunks(piece) {
        let mut bytes = piece;
        while let Some(message) = decoder.get_next_message(bytes).map_err(text)? {
            bytes = &[];
            if message.type_id == 1 {
                decoder.set_max_chunk_size(chunk_size(&message.data) as usize).map_err(text)?;
            }
            seen.add(message.timestamp.value);
            ring.put(message);
        }
    }
    Ok(seen)
}

fn librtmp2(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    use librtmp2::{
        buffer::Buffer,
        chunk::{
            reader::{ChunkMessage, chunk_read_owned},
            state::ChunkRegistry,
        },
    };
    let mut ring = Ring::new(keep);
    let mut seen = Seen::default();
    let mut registry = ChunkRegistry::new();
    registry.init();
    let mut buffer = Buffer::new();
    let mut message = ChunkMessage::default();
    // Its buffer grows to at most some megabytes.
    for piece in input.wire.chunks(piece.min(1 << 20)) {
        buffer.write(piece).map_err(text)?;
        loop {
            let before = buffer.available();
            let (result, payload) =
                chunk_read_owned(&mut buffer, &mut registry, &mut message).map_err(text)?;
            if result == 1 && message.is_complete {
                if message.msg_type_id == 1 {
                    registry.set_all_chunk_size(chunk_size(&payload));
                }
                seen.add(message.timestamp);
                ring.put((message.clone(), payload));
            } else if buffer.available() == before {
                break;
            }
        }
    }
    Ok(seen)
}

fn xiu(input: &Input, piece: usize, keep: Keep) -> Result<Seen, String> {
    use rtmp::chunk::unpacketizer::{ChunkUnpacketizer, UnpackResult};
    let mut ring = Ring::new(keep);
    let mut seen = Seen::default();
    let mut decoder = ChunkUnpacketizer::new();
    for piece in input.wire.chunks(piece) {
        decoder.extend_data(piece);
        // The error it ends with says that no message is complete.
        while let Ok(UnpackResult::Chunks(messages)) = decoder.read_chunks() {
            for message in messages {
                if message.message_header.msg_type_id == 1 {
                    decoder.update_max_chunk_size(chunk_size(&message.payload) as usize);
                }
                seen.add(message.message_header.timestamp);
                ring.put(message);
            }
        }
    }
    Ok(seen)
}
