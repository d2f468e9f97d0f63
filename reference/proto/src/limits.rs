//! Bounds on what a peer may make a session do.

/// Every bound of a session. Each field states unit, default, reason and worst-case memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest message, in bytes. Default 16,777,215, the most that the 24-bit field can say.
    pub message_len: u32,
    /// Chunk streams that a peer may use. Default 65,598, all there are: 48 bytes each, and about
    /// 16 more for an id above 63; 7 MiB when a peer uses all.
    pub chunk_streams: u32,
    /// Sum of the bytes of all partly received messages of a session. Default 32 MiB. Their
    /// buffers take at most twice what has arrived and sixteen times `reserve_ahead`, however long
    /// the messages say they are.
    pub partial_bytes: usize,
    /// Bytes reserved at the first bytes of a partial message, or its length if that is less, divided
    /// among the partial messages. Default 128 KiB, so that ordinary key frames need one allocation;
    /// a peer that sent one byte of a message has as much reserved. A message of which more than
    /// that has arrived has as much reserved again as has arrived.
    pub reserve_ahead: usize,
    /// Chunk size that is used for sending, in bytes. Default 4096.
    pub chunk_size_out: u32,
    /// Window acknowledgement size that is sent to the peer, in bytes. Default 2,500,000.
    pub window_ack_size: u32,
    /// Message streams of one connection at one time. Default 64.
    pub message_streams: u32,
    /// Bytes that wait for the transport before a session that is not read from is closed.
    /// Default 8 MiB.
    pub transmit_backlog: usize,
    /// Events that wait for the application before a session that is not polled is closed. Default 65,536,
    /// one for each byte of a 64 KiB read: 10 MB beside their payloads, which take as much as arrived. So
    /// many AMF values and [`Self::amf_nodes`] more may wait inside of them before another event with values
    /// is too much: 60 MB.
    pub events: u32,
    /// Nesting of AMF values. Default 32; values above [`rtmp_amf::MAX_DEPTH`] act as that.
    pub amf_depth: u32,
    /// AMF values in one message. Default 65,536.
    pub amf_nodes: u32,
    /// Handshake time in ms. Default 10,000.
    pub handshake_ms: u64,
    /// Time in ms from the end of the handshake to a client's connect, and from a request of a client
    /// session to its answer. Default 30,000.
    pub request_ms: u64,
    /// Time without any byte from the peer after which it is pinged, in ms. Default 30,000.
    pub idle_ping_ms: u64,
    /// Time after a ping without any byte from the peer, in ms, after which the session ends.
    /// Default 30,000.
    pub pong_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_len: 0xFF_FFFF,
            chunk_streams: 65_598,
            partial_bytes: 32 << 20,
            reserve_ahead: 128 << 10,
            chunk_size_out: 4096,
            window_ack_size: 2_500_000,
            message_streams: 64,
            transmit_backlog: 8 << 20,
            events: 65_536,
            amf_depth: 32,
            amf_nodes: 65_536,
            handshake_ms: 10_000,
            request_ms: 30_000,
            idle_ping_ms: 30_000,
            pong_ms: 30_000,
        }
    }
}

impl Limits {
    /// Bounds for an ESP32-S3: small messages, few streams.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            message_len: 256 << 10,
            chunk_streams: 8,
            partial_bytes: 256 << 10,
            reserve_ahead: 4 << 10,
            chunk_size_out: 4096,
            window_ack_size: 250_000,
            message_streams: 2,
            transmit_backlog: 64 << 10,
            events: 128,
            amf_depth: 8,
            amf_nodes: 256,
            handshake_ms: 10_000,
            request_ms: 30_000,
            idle_ping_ms: 30_000,
            pong_ms: 30_000,
        }
    }
}
