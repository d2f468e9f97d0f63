//! A deviation written as a closure at one hook.

use bytes::Bytes;
use rtmp_proto::tamper::{ChunkIn, HandshakePart, InputRuling, Tamper};
use rtmp_proto::{ChunkStreamId, Message, MessageType, Timestamp};

type Boxed<F> = Option<Box<F>>;

/// A [`Tamper`] made of closures; every hook that has none behaves honestly.
#[derive(Default)]
#[allow(clippy::type_complexity, reason = "each type is the signature of one hook")]
pub struct Hooks {
    bytes_in: Boxed<dyn FnMut(&mut Vec<u8>) -> InputRuling + Send>,
    bytes_out: Boxed<dyn FnMut(&mut Vec<u8>) + Send>,
    handshake_in: Boxed<dyn FnMut(HandshakePart, &[u8]) -> InputRuling + Send>,
    handshake_out: Boxed<dyn FnMut(HandshakePart, &mut Vec<u8>) + Send>,
    eager: bool,
    chunk_stream: Boxed<dyn FnMut(&[u8], ChunkStreamId) -> ChunkStreamId + Send>,
    type3_has_extended: Boxed<dyn FnMut(bool) -> bool + Send>,
    chunk_in: Boxed<dyn FnMut(&mut ChunkIn) -> InputRuling + Send>,
    chunk_size_in: Boxed<dyn FnMut(u32, u32, u32) -> u32 + Send>,
    abort_in: Boxed<dyn FnMut(ChunkStreamId) -> bool + Send>,
    message_in: Boxed<dyn FnMut(&mut Message) -> InputRuling + Send>,
    message_out: Boxed<dyn FnMut(&mut Vec<Message>) + Send>,
    chunks_out: Boxed<dyn FnMut(&Message, &mut Vec<u8>) + Send>,
    relay_in: Boxed<dyn FnMut(MessageType, &mut Timestamp, &mut Bytes) -> bool + Send>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: ($($arg:ty),*) $(-> $ret:ty)?;)*) => {
        impl Hooks {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(mut self, f: impl FnMut($($arg),*) $(-> $ret)? + Send + 'static) -> Self {
                    self.$name = Some(Box::new(f));
                    self
                }
            )*
        }
    };
}

setters! {
    /// See [`Tamper::bytes_in`].
    bytes_in: (&mut Vec<u8>) -> InputRuling;
    /// See [`Tamper::bytes_out`].
    bytes_out: (&mut Vec<u8>);
    /// See [`Tamper::handshake_in`].
    handshake_in: (HandshakePart, &[u8]) -> InputRuling;
    /// See [`Tamper::handshake_out`].
    handshake_out: (HandshakePart, &mut Vec<u8>);
    /// See [`Tamper::chunk_stream`].
    chunk_stream: (&[u8], ChunkStreamId) -> ChunkStreamId;
    /// See [`Tamper::type3_has_extended`].
    type3_has_extended: (bool) -> bool;
    /// See [`Tamper::chunk_in`].
    chunk_in: (&mut ChunkIn) -> InputRuling;
    /// See [`Tamper::chunk_size_in`].
    chunk_size_in: (u32, u32, u32) -> u32;
    /// See [`Tamper::abort_in`].
    abort_in: (ChunkStreamId) -> bool;
    /// See [`Tamper::message_in`].
    message_in: (&mut Message) -> InputRuling;
    /// See [`Tamper::message_out`].
    message_out: (&mut Vec<Message>);
    /// See [`Tamper::chunks_out`].
    chunks_out: (&Message, &mut Vec<u8>);
    /// See [`Tamper::relay_in`].
    relay_in: (MessageType, &mut Timestamp, &mut Bytes) -> bool;
}

impl Hooks {
    /// See [`Tamper::handshake_eager`].
    #[must_use]
    pub fn eager(mut self) -> Self {
        self.eager = true;
        self
    }

    /// The deviation.
    #[must_use]
    pub fn boxed(self) -> Box<dyn Tamper> {
        Box::new(self)
    }
}

impl Tamper for Hooks {
    fn bytes_in(&mut self, bytes: &mut Vec<u8>) -> InputRuling {
        self.bytes_in.as_mut().map_or(InputRuling::Process, |f| f(bytes))
    }
    fn bytes_out(&mut self, bytes: &mut Vec<u8>) {
        if let Some(f) = &mut self.bytes_out {
            f(bytes);
        }
    }
    fn handshake_in(&mut self, part: HandshakePart, bytes: &[u8]) -> InputRuling {
        self.handshake_in.as_mut().map_or(InputRuling::Process, |f| f(part, bytes))
    }
    fn handshake_out(&mut self, part: HandshakePart, bytes: &mut Vec<u8>) {
        if let Some(f) = &mut self.handshake_out {
            f(part, bytes);
        }
    }
    fn handshake_eager(&mut self) -> bool {
        self.eager
    }
    fn chunk_stream(&mut self, wire: &[u8], id: ChunkStreamId) -> ChunkStreamId {
        self.chunk_stream.as_mut().map_or(id, |f| f(wire, id))
    }
    fn type3_has_extended(&mut self, starts_message: bool) -> bool {
        self.type3_has_extended.as_mut().is_none_or(|f| f(starts_message))
    }
    fn chunk_in(&mut self, chunk: &mut ChunkIn) -> InputRuling {
        self.chunk_in.as_mut().map_or(InputRuling::Process, |f| f(chunk))
    }
    fn chunk_size_in(&mut self, declared: u32, honest: u32, current: u32) -> u32 {
        self.chunk_size_in.as_mut().map_or(honest, |f| f(declared, honest, current))
    }
    fn abort_in(&mut self, id: ChunkStreamId) -> bool {
        self.abort_in.as_mut().is_none_or(|f| f(id))
    }
    fn message_in(&mut self, message: &mut Message) -> InputRuling {
        self.message_in.as_mut().map_or(InputRuling::Process, |f| f(message))
    }
    fn message_out(&mut self, messages: &mut Vec<Message>) {
        if let Some(f) = &mut self.message_out {
            f(messages);
        }
    }
    fn chunks_out(&mut self, message: &Message, wire: &mut Vec<u8>) {
        if let Some(f) = &mut self.chunks_out {
            f(message, wire);
        }
    }
    fn relay_in(&mut self, kind: MessageType, timestamp: &mut Timestamp, payload: &mut Bytes) -> bool {
        self.relay_in.as_mut().is_none_or(|f| f(kind, timestamp, payload))
    }
}
