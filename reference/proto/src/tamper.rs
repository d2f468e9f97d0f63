//! The hook through which a conformance suite plants one fault into a session, to prove that its
//! cases can fail. A session without a [`Tamper`] (every session that `rtmpref` makes) behaves
//! as if this module did not exist.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::{ChunkStreamId, Message, MessageStreamId, MessageType, Timestamp};

/// The six handshake packets (RTMP 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the specification's")]
pub enum HandshakePart {
    C0,
    C1,
    C2,
    S0,
    S1,
    S2,
}

/// What becomes of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputRuling {
    /// Processed as usual.
    Process,
    /// Dropped without a trace.
    Ignore,
    /// The session ends as if the peer had misbehaved.
    Close,
    /// The session stops reading and answering for ever, without closing.
    Stall,
}

/// A chunk header as the decoder understood it, before it takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkIn {
    /// Chunk type 0..=3.
    pub fmt: u8,
    /// Length of the basic header in bytes, 1..=3.
    pub basic_header_len: u8,
    /// Chunk stream id.
    pub chunk_stream: ChunkStreamId,
    /// Whether this chunk is the first of a message.
    pub starts_message: bool,
    /// The 24-bit timestamp or delta field; the inherited one for type 3.
    pub field: u32,
    /// The extended timestamp, where one was read in this chunk.
    pub extended: Option<u32>,
    /// Absolute timestamp of the message before on this chunk stream. In a later chunk of a
    /// message it is `timestamp` less `delta`, which is 0 for a message that began with type 0.
    pub previous: Option<Timestamp>,
    /// Absolute timestamp of this message as computed.
    pub timestamp: Timestamp,
    /// Delta in force after this chunk.
    pub delta: u32,
    /// Message length in bytes.
    pub length: u32,
    /// Message type id.
    pub kind: MessageType,
    /// Message stream id.
    pub stream: MessageStreamId,
    /// Bytes of the message received before this chunk.
    pub received: u32,
}

/// Deviations of one session. Every method has the honest behaviour as its default.
#[allow(unused_variables, reason = "defaults ignore their arguments")]
pub trait Tamper: Send {
    /// Raw bytes from the peer, before anything looks at them. May be rewritten.
    fn bytes_in(&mut self, bytes: &mut Vec<u8>) -> InputRuling {
        InputRuling::Process
    }
    /// Raw bytes about to be handed to the transport. May be rewritten.
    fn bytes_out(&mut self, bytes: &mut Vec<u8>) {}
    /// A complete handshake packet from the peer.
    fn handshake_in(&mut self, part: HandshakePart, bytes: &[u8]) -> InputRuling {
        InputRuling::Process
    }
    /// A handshake packet about to be sent. May be rewritten, emptied or enlarged.
    fn handshake_out(&mut self, part: HandshakePart, bytes: &mut Vec<u8>) {}
    /// Whether S0, S1 and S2 go out before the packets they answer have arrived.
    fn handshake_eager(&mut self) -> bool {
        false
    }
    /// Maps the chunk stream id that a basic header of `wire` bytes (1..=3) announced. Asked again
    /// for the same chunk when its header arrives in pieces, so the answer must not depend on the
    /// number of calls.
    fn chunk_stream(&mut self, wire: &[u8], id: ChunkStreamId) -> ChunkStreamId {
        id
    }
    /// Whether a type 3 chunk is read with an extended timestamp while one is in force. Asked again
    /// like [`Self::chunk_stream`].
    fn type3_has_extended(&mut self, starts_message: bool) -> bool {
        true
    }
    /// A chunk header before it takes effect, once per chunk; an ignored chunk is skipped with its
    /// payload. `timestamp`, `delta`, `length`,
    /// `kind` and `stream` may be changed.
    fn chunk_in(&mut self, chunk: &mut ChunkIn) -> InputRuling {
        InputRuling::Process
    }
    /// The chunk size that a Set Chunk Size of `declared` leads to. `honest` is what a correct
    /// receiver would use, `current` what is in force. Not asked about sizes that end the session.
    fn chunk_size_in(&mut self, declared: u32, honest: u32, current: u32) -> u32 {
        honest
    }
    /// Whether an Abort for `id` discards the partial message.
    fn abort_in(&mut self, id: ChunkStreamId) -> bool {
        true
    }
    /// A whole message from the peer, protocol control included. May be rewritten.
    fn message_in(&mut self, message: &mut Message) -> InputRuling {
        InputRuling::Process
    }
    /// A message about to be sent. What is left in `messages` goes out instead of it, in order;
    /// at call time it holds exactly the honest message.
    fn message_out(&mut self, messages: &mut Vec<Message>) {}
    /// The chunks of one outgoing message, honestly encoded. May be rewritten.
    fn chunks_out(&mut self, message: &Message, wire: &mut Vec<u8>) {}
    /// Media, metadata and commands that the application above the session is about to see, e.g.
    /// a published frame on its way into the relay. Return false to swallow it.
    fn relay_in(&mut self, kind: MessageType, timestamp: &mut Timestamp, payload: &mut Bytes) -> bool {
        true
    }
}
