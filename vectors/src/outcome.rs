use serde::{Deserialize, Serialize};

use crate::{Amf0, Found};

/// What a decoder finds.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Yield {
    /// A message (`chunk-stream-v1`, `control-v1`).
    Message(Message),
    /// Where the handshake stands after the bytes (`handshake-v1`).
    Handshake(Handshake),
    /// A value (`amf0-v1`, `message-v1`).
    Amf0(Amf0),
    /// What the other families find.
    Found(Box<Found>),
}

/// A message (RTMP 5.3.1.2), in order of completion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Message type id.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Chunk stream id.
    pub csid: u32,
    /// Message stream id.
    pub msid: u32,
    /// Absolute timestamp in ms, modulo 2^32.
    pub ts: u32,
    /// Bytes of the payload.
    pub len: usize,
    /// SHA-256 of the payload, hexadecimal.
    pub sha256: String,
    /// In `control-v1`, what the body says; `None` for other messages and for one that is ignored.
    pub control: Option<Control>,
}

/// The body of a protocol control or user control message (RTMP 5.4, 7.1.7).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Control {
    /// RTMP 5.4.1.
    SetChunkSize {
        /// Bytes.
        size: u32,
    },
    /// RTMP 5.4.2.
    Abort {
        /// Chunk stream id.
        csid: u32,
    },
    /// RTMP 5.4.3.
    Acknowledgement {
        /// Bytes received so far, modulo 2^32.
        bytes: u32,
    },
    /// RTMP 5.4.4.
    WindowAckSize {
        /// Bytes.
        size: u32,
    },
    /// RTMP 5.4.5.
    SetPeerBandwidth {
        /// Bytes.
        window: u32,
        /// Limit type.
        limit: u8,
    },
    /// Event 0.
    StreamBegin {
        /// Message stream id.
        stream: u32,
    },
    /// Event 1.
    StreamEof {
        /// Message stream id.
        stream: u32,
    },
    /// Event 2.
    StreamDry {
        /// Message stream id.
        stream: u32,
    },
    /// Event 3.
    SetBufferLength {
        /// Message stream id.
        stream: u32,
        /// Milliseconds.
        ms: u32,
    },
    /// Event 4.
    StreamIsRecorded {
        /// Message stream id.
        stream: u32,
    },
    /// Event 6.
    PingRequest {
        /// The sender's time in ms.
        value: u32,
    },
    /// Event 7.
    PingResponse {
        /// The number of the request.
        value: u32,
    },
    /// Any other event.
    UnknownEvent {
        /// Event type.
        event: u16,
        /// What follows the event type, hexadecimal.
        data: String,
    },
}

/// Where the handshake stands after the bytes (RTMP 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// Whether it is over.
    pub done: bool,
    /// Bytes that belong to it; what follows are chunks.
    pub consumed: usize,
    /// C0 or S0.
    pub peer_version: u8,
    /// The least and the most bytes that the receiver may have sent by then.
    pub sent: [usize; 2],
    /// Bytes 0 to 3 of the S2 or C2 that is due, if one is.
    pub echo_time: Option<u32>,
    /// SHA-256 of its bytes 8 to 1535, hexadecimal.
    pub echo_random_sha256: Option<String>,
}
