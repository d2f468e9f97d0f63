//! A chunk header between its parse and its effect.

use super::{
    EXTENDED,
    header::{BasicHeader, MessageHeader, Repeated},
    streams::ChunkStream,
};
use crate::{
    ChunkStreamId, MessageStreamId, MessageType, Timestamp,
    tamper::{ChunkIn, InputRuling, Tamper},
};

/// A complete header, not yet in effect.
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub len: usize,
    pub basic: BasicHeader,
    pub id: ChunkStreamId,
    pub stream: Option<usize>,
    pub message: MessageHeader,
    pub extended: Option<u32>,
    pub repeated: Repeated,
}

/// Shows a header to the tamper before it takes effect.
#[cold]
pub(super) fn tampered_header(
    tamper: &mut (dyn Tamper + '_),
    header: Header,
    state: &ChunkStream,
    timestamp: Timestamp,
    delta: u32,
) -> (InputRuling, ChunkIn) {
    let starts_message = state.partial.is_none();
    let message = header.message;
    let mut chunk = ChunkIn {
        fmt: header.basic.fmt,
        basic_header_len: header.basic.len,
        chunk_stream: header.id,
        starts_message,
        field: if message.extended { EXTENDED } else { message.time },
        extended: header.extended,
        previous: header.stream.map(|_| match starts_message {
            true => state.timestamp,
            false => Timestamp(state.timestamp.0.wrapping_sub(state.delta)),
        }),
        timestamp,
        delta,
        length: message.length,
        kind: MessageType(message.kind),
        stream: MessageStreamId(message.stream),
        received: state.received() as u32,
    };
    (tamper.chunk_in(&mut chunk), chunk)
}
