//! Encoding by each library: one pass over the messages of an input, in batches of 64 KiB.

use std::hint::black_box;

use bytes::BytesMut;
use rtmp_bench::{inputs::Input, ratios::Row, work::BATCH};

/// Rows of all peers that can encode into memory; xiu's encoder wants an asynchronous transport.
pub fn rows<'a>(input: &'a Input) -> Vec<Row<'a>> {
    let row = |who, pass: Box<dyn FnMut() -> Result<u64, String> + 'a>| Row {
        group: "encode",
        input: input.name,
        who,
        pass,
    };
    vec![
        row("rtmp-rs", rtmp_rs(input)),
        row("shiguredo", shiguredo(input)),
        row("scuffle", scuffle(input)),
        row("rml", rml(input)),
        row("librtmp2", librtmp2(input)),
    ]
}

type Pass<'a> = Box<dyn FnMut() -> Result<u64, String> + 'a>;

/// Counts payload bytes up to a batch.
#[derive(Default)]
struct Batch(usize);

impl Batch {
    #[inline]
    fn full(&mut self, added: usize) -> bool {
        self.0 += added;
        let full = self.0 >= BATCH;
        if full {
            self.0 = 0;
        }
        full
    }
}

fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn rtmp_rs(input: &Input) -> Pass<'_> {
    use rtmp_rs::protocol::chunk::{ChunkEncoder, RtmpChunk};
    let messages: Vec<RtmpChunk> = input
        .messages
        .iter()
        .map(|message| RtmpChunk {
            csid: message.chunk_stream.value(),
            timestamp: message.timestamp.0,
            message_type: message.kind.0,
            stream_id: message.stream.0,
            payload: message.payload.clone(),
        })
        .collect();
    Box::new(move || {
        let mut encoder = ChunkEncoder::new();
        encoder.set_chunk_size(input.chunk_size);
        let mut out = BytesMut::with_capacity(4 * BATCH);
        let mut batch = Batch::default();
        for message in &messages {
            encoder.encode(message, &mut out);
            if batch.full(message.payload.len()) {
                black_box(&out);
                out.clear();
            }
        }
        Ok(messages.len() as u64)
    })
}

fn shiguredo(input: &Input) -> Pass<'_> {
    use shiguredo_rtmp::{
        RtmpTimestamp,
        tests::{RtmpChunk, RtmpChunkEncoder, RtmpChunkSize, RtmpChunkStreamId},
    };
    // The types of its message stream ids and message types are not public; its own decoder makes them.
    let mut decoder = shiguredo_rtmp::tests::RtmpChunkDecoder::default();
    let mut messages = Vec::new();
    let mut used = 0;
    while let Ok((length, message)) = decoder.decode(&input.wire[used..]) {
        used += length;
        let Some(RtmpChunk { message_stream_id, message_type, timestamp, payload, chunk_stream_id }) =
            message
        else {
            continue;
        };
        if message_type as u8 == 1 {
            decoder.set_chunk_size(RtmpChunkSize::saturating_new(input.chunk_size as usize));
        }
        let _: (RtmpTimestamp, RtmpChunkStreamId) = (timestamp, chunk_stream_id);
        messages.push(RtmpChunk { chunk_stream_id, message_stream_id, message_type, timestamp, payload });
    }
    Box::new(move || {
        let mut encoder = RtmpChunkEncoder::default();
        encoder.set_chunk_size(RtmpChunkSize::saturating_new(input.chunk_size as usize));
        let mut out = Vec::with_capacity(4 * BATCH);
        let mut batch = Batch::default();
        for message in &messages {
            encoder.encode(&mut out, message);
            if batch.full(message.payload.len()) {
                black_box(&out);
                out.clear();
            }
        }
        Ok(messages.len() as u64)
    })
}

fn scuffle(input: &Input) -> Pass<'_> {
    use scuffle_rtmp::{
        chunk::{Chunk, writer::ChunkWriter},
        messages::MessageType,
    };
    let messages: Vec<Chunk> = input
        .messages
        .iter()
        .map(|message| {
            let (id, time) = (message.chunk_stream.value(), message.timestamp.0);
            Chunk::new(id, time, MessageType(message.kind.0), message.stream.0, message.payload.clone())
        })
        .collect();
    Box::new(move || {
        let mut encoder = ChunkWriter::default();
        encoder.set_chunk_size(input.chunk_size as usize);
        let mut out = Vec::with_capacity(4 * BATCH);
        let mut batch = Batch::default();
        for message in &messages {
            let length = message.payload.len();
            encoder.write_chunk(&mut out, message.clone()).map_err(text)?;
            if batch.full(length) {
                black_box(&out);
                out.clear();
            }
        }
        Ok(messages.len() as u64)
    })
}

fn rml(input: &Input) -> Pass<'_> {
    use rml_rtmp::{chunk_io::ChunkSerializer, messages::MessagePayload, time::RtmpTimestamp};
    let messages: Vec<MessagePayload> = input
        .messages
        .iter()
        .map(|message| MessagePayload {
            timestamp: RtmpTimestamp::new(message.timestamp.0),
            type_id: message.kind.0,
            message_stream_id: message.stream.0,
            data: message.payload.clone(),
        })
        .collect();
    Box::new(move || {
        let mut encoder = ChunkSerializer::new();
        encoder.set_max_chunk_size(input.chunk_size, RtmpTimestamp::new(0)).map_err(text)?;
        for message in &messages {
            black_box(encoder.serialize(message, false, false).map_err(text)?);
        }
        Ok(messages.len() as u64)
    })
}

fn librtmp2(input: &Input) -> Pass<'_> {
    use librtmp2::{
        buffer::Buffer,
        chunk::{reader::ChunkMessage, writer::chunk_write},
    };
    let messages: Vec<(ChunkMessage, &[u8])> = input
        .messages
        .iter()
        .map(|message| {
            let header = ChunkMessage {
                csid: message.chunk_stream.value(),
                fmt: 0,
                timestamp: message.timestamp.0,
                msg_length: message.payload.len() as u32,
                msg_type_id: message.kind.0,
                msg_stream_id: message.stream.0,
                is_complete: true,
            };
            (header, &message.payload[..])
        })
        .collect();
    Box::new(move || {
        let mut out = Buffer::with_capacity(4 * BATCH);
        let mut batch = Batch::default();
        for (header, payload) in &messages {
            chunk_write(&mut out, header, payload, payload.len(), input.chunk_size as usize).map_err(text)?;
            if batch.full(payload.len()) {
                black_box(&out);
                out.reset();
            }
        }
        Ok(messages.len() as u64)
    })
}
