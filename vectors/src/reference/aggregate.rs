use crate::{Found, State, SubMessage};
use bytes::Bytes;
use rtmp_proto::{
    Aggregate, AggregateBuilder, ChunkStreamId, Message, MessageStreamId, MessageType, Timestamp,
};

use crate::hex;
use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8], state: &State) -> Outcome {
    let mut yields = Vec::new();
    for part in Aggregate::new(outer(bytes, state)) {
        match part {
            Ok(message) => yields.push(found(Found::SubMessage(SubMessage {
                kind: message.kind.0,
                ts: message.timestamp.0,
                msid: message.stream.0,
                len: message.payload.len(),
                sha256: hex::sha256(&message.payload),
            }))),
            Err(error) => return Outcome { yields, error: Some(error.to_string()) },
        }
    }
    Outcome { yields, error: None }
}

pub fn encode(bytes: &[u8], state: &State) -> Result<Vec<u8>, String> {
    let mut builder = AggregateBuilder::new();
    for part in Aggregate::new(outer(bytes, state)) {
        let part = part.map_err(|error| error.to_string())?;
        builder.push(part.kind, part.timestamp, &part.payload).map_err(|error| format!("{error:?}"))?;
    }
    let message = builder.finish(ChunkStreamId::COMMAND, MessageStreamId(1)).ok_or("no message")?;
    Ok(message.payload.to_vec())
}

fn outer(bytes: &[u8], state: &State) -> Message {
    Message {
        chunk_stream: ChunkStreamId::COMMAND,
        timestamp: Timestamp(state.ts.expect("the group has a timestamp")),
        kind: MessageType::AGGREGATE,
        stream: MessageStreamId(state.msid.expect("the group has a message stream id")),
        payload: Bytes::copy_from_slice(bytes),
    }
}
