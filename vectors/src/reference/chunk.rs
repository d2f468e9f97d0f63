use crate::{self as vectors, State, Yield};
use bytes::BytesMut;
use rtmp_proto::{ChunkDecoder, Control, Decoded, LimitType, Limits, MessageRef, MessageType, UserControl};

use crate::hex;
use crate::judge::Outcome;

/// One outcome for each of the two ways to drive the decoder.
pub fn decode(bytes: &[u8], split: &[usize], state: &State, control: bool) -> Vec<Outcome> {
    let decoder = || ChunkDecoder::new(&Limits::default());
    assert_eq!(state.chunk_size, Some(decoder().chunk_size()), "the decoder starts at its default");
    vec![lent(decoder(), bytes, split, control), owned(decoder(), bytes, split, control)]
}

fn lent(mut decoder: ChunkDecoder, bytes: &[u8], split: &[usize], control: bool) -> Outcome {
    let mut yields = Vec::new();
    let error = reads(bytes, split)
        .try_for_each(|read| decoder.for_each(read, |m| yields.push(found(&m, control))).map(drop))
        .err();
    Outcome { yields, error: error.map(|e| e.to_string()) }
}

fn owned(mut decoder: ChunkDecoder, bytes: &[u8], split: &[usize], control: bool) -> Outcome {
    let mut yields = Vec::new();
    for read in reads(bytes, split) {
        let mut input = BytesMut::from(read);
        loop {
            match decoder.next(&mut input) {
                Ok(Decoded::Message(m)) => {
                    let lent = MessageRef {
                        chunk_stream: m.chunk_stream,
                        timestamp: m.timestamp,
                        kind: m.kind,
                        stream: m.stream,
                        payload: &m.payload,
                    };
                    yields.push(found(&lent, control));
                }
                Ok(_) => break,
                Err(error) => return Outcome { yields, error: Some(error.to_string()) },
            }
        }
    }
    Outcome { yields, error: None }
}

/// The bytes in reads of the given sizes, the last one with what is left.
pub fn reads<'a>(bytes: &'a [u8], split: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    let mut sizes = split.iter();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let size = sizes.next().copied().unwrap_or(rest.len()).min(rest.len());
        let (read, after) = rest.split_at(size);
        rest = after;
        Some(read)
    })
}

fn found(message: &MessageRef<'_>, control: bool) -> Yield {
    Yield::Message(vectors::Message {
        kind: message.kind.0,
        csid: message.chunk_stream.value(),
        msid: message.stream.0,
        ts: message.timestamp.0,
        len: message.payload.len(),
        sha256: hex::sha256(message.payload),
        control: if control { said(message.kind, message.payload) } else { None },
    })
}

fn said(kind: MessageType, payload: &[u8]) -> Option<vectors::Control> {
    use vectors::Control as Said;
    if kind == MessageType::USER_CONTROL {
        return Some(match UserControl::decode(payload).ok()? {
            UserControl::StreamBegin(stream) => Said::StreamBegin { stream },
            UserControl::StreamEof(stream) => Said::StreamEof { stream },
            UserControl::StreamDry(stream) => Said::StreamDry { stream },
            UserControl::SetBufferLength { stream, ms } => Said::SetBufferLength { stream, ms },
            UserControl::StreamIsRecorded(stream) => Said::StreamIsRecorded { stream },
            UserControl::PingRequest(value) => Said::PingRequest { value },
            UserControl::PingResponse(value) => Said::PingResponse { value },
            UserControl::Unknown { event, data } => Said::UnknownEvent { event, data: hex::encode(&data) },
        });
    }
    Some(match Control::decode(kind, payload).ok()? {
        Control::SetChunkSize(size) => Said::SetChunkSize { size },
        Control::Abort(csid) => Said::Abort { csid },
        Control::Acknowledgement(bytes) => Said::Acknowledgement { bytes },
        Control::WindowAckSize(size) => Said::WindowAckSize { size },
        Control::SetPeerBandwidth { window, limit: LimitType(limit) } => {
            Said::SetPeerBandwidth { window, limit }
        }
    })
}
