//! What goes out: encoding, the transmit queue, its bound, and the limit that the peer set.

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

use super::Link;
use crate::chunk::ChunkEncoder;
use crate::control::{Control, LimitType};
use crate::handshake::PACKET_LEN;
use crate::{
    ChunkStreamId, Command, LimitExceeded, LocalMisuse, Message, MessageStreamId, SessionError, UserControl,
};

/// The limit of unacknowledged output that the peer asked for (RTMP 5.4.5).
#[derive(Debug, Clone, Copy)]
pub(super) struct OutputLimit {
    window: u32,
    /// Bytes sent up to here are free: they were on their way when the limit came.
    free_until: u64,
}

/// Bookkeeping for each element of the transmit queue that the backlog accounts for.
const QUEUE_OVERHEAD: usize = 32;

impl Link {
    /// Set Peer Bandwidth (RTMP 5.4.5). A window of 0 lifts the limit: obeyed, it would end all output.
    pub(super) fn limit_output(&mut self, window: u32, limit: LimitType) -> Result<(), SessionError> {
        let window_in_force = match (limit, self.output_limit) {
            (LimitType::SOFT, Some(current)) => Some(window.min(current.window)),
            (LimitType::HARD | LimitType::SOFT, _) => Some(window),
            (LimitType::DYNAMIC, _) if self.last_limit_was_hard => Some(window),
            _ => None,
        };
        self.last_limit_was_hard =
            limit == LimitType::HARD || (limit == LimitType::DYNAMIC && self.last_limit_was_hard);
        if window != self.announced_window {
            self.announce_window(window)?;
        }
        if let Some(window) = window_in_force {
            let free_until = self.sent + self.backlog() as u64;
            self.output_limit = (window > 0).then_some(OutputLimit { window, free_until });
        }
        Ok(())
    }

    /// Window Acknowledgement Size.
    pub(crate) fn announce_window(&mut self, window: u32) -> Result<(), SessionError> {
        self.announced_window = window;
        self.send(Control::WindowAckSize(window).encode())
    }

    /// The Acknowledgement that is due after an input: one, however many windows it filled.
    pub(crate) fn acknowledge(&mut self) -> Result<(), SessionError> {
        match self.ack.take_due() {
            Some(count) if self.handshake_done => self.send(Control::Acknowledgement(count).encode()),
            _ => Ok(()),
        }
    }

    /// Encodes and queues a message. After a Set Chunk Size the new size is in force.
    pub(crate) fn send(&mut self, message: Message) -> Result<(), SessionError> {
        if !self.is_open() {
            return Ok(());
        }
        let Some(tamper) = self.tamper.as_mut() else {
            self.encoder.encode(&message, &mut self.pending);
            self.note_chunk_size(&message);
            return self.check_backlog();
        };
        let mut messages = Vec::from([message]);
        tamper.message_out(&mut messages);
        for message in messages {
            let mut wire = BytesMut::new();
            self.encoder.encode(&message, &mut wire);
            self.note_chunk_size(&message);
            let mut wire = Vec::from(&wire[..]);
            if let Some(tamper) = self.tamper.as_mut() {
                tamper.chunks_out(&message, &mut wire);
            }
            self.pending.extend_from_slice(&wire);
        }
        self.check_backlog()
    }

    fn note_chunk_size(&mut self, message: &Message) {
        if let Ok(Control::SetChunkSize(size)) = Control::decode(message.kind, &message.payload) {
            self.encoder.set_chunk_size(size);
        }
    }

    pub(crate) fn send_command(
        &mut self,
        command: Command,
        chunk_stream: ChunkStreamId,
        stream: MessageStreamId,
    ) -> Result<(), SessionError> {
        let message = command
            .into_message(chunk_stream, stream)
            .map_err(|_| LocalMisuse { what: "a value that AMF0 cannot carry in a command" })?;
        self.send(message)
    }

    pub(crate) fn send_user_control(&mut self, event: UserControl) -> Result<(), SessionError> {
        self.send(event.encode())
    }

    /// Queues chunks that were made by [`ChunkEncoder::encode_independent`].
    pub(crate) fn send_wire(&mut self, chunk_stream: ChunkStreamId, wire: Bytes) -> Result<(), SessionError> {
        if !self.is_open() {
            return Ok(());
        }
        self.encoder.forget(chunk_stream);
        self.push(wire);
        self.check_backlog()
    }

    pub(crate) fn encode_independent(&mut self, message: &Message) -> Result<(), SessionError> {
        if self.is_open() {
            self.encoder.forget(message.chunk_stream);
            ChunkEncoder::encode_independent(message, self.encoder.chunk_size(), &mut self.pending);
        }
        self.check_backlog()
    }

    pub(super) fn push(&mut self, wire: Bytes) {
        self.flush_pending();
        if wire.is_empty() {
            return;
        }
        self.queued += wire.len() + QUEUE_OVERHEAD;
        self.queue.push_back(wire);
    }

    fn flush_pending(&mut self) {
        if !self.pending.is_empty() {
            // Taken whole: a remainder of the block would keep all of it alive.
            let wire = core::mem::take(&mut self.pending).freeze();
            self.queued += wire.len() + QUEUE_OVERHEAD;
            self.queue.push_back(wire);
        }
    }

    fn check_backlog(&self) -> Result<(), SessionError> {
        let value = self.backlog();
        let maximum = self.limits.transmit_backlog;
        if value <= maximum {
            return Ok(());
        }
        Err(LimitExceeded { limit: "transmit_backlog", value: value as u64, maximum: maximum as u64 }.into())
    }

    /// Bytes that wait, with what the queue itself costs.
    pub(crate) fn backlog(&self) -> usize {
        self.queued + self.pending.len()
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Bytes> {
        self.start();
        self.flush_pending();
        loop {
            let is_handshake = self.sent < self.handshake_out;
            let mut piece = self.next_piece()?;
            if let Some(ciphers) = self.ciphers.as_mut().filter(|_| !is_handshake) {
                // Others may hold the same bytes, e.g. those of a relayed frame; then a copy is encrypted.
                let mut own = piece.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
                ciphers.encrypt(&mut own);
                piece = own.freeze();
            }
            let Some(tamper) = self.tamper.as_mut() else { return Some(piece) };
            let mut bytes = Vec::from(&piece[..]);
            tamper.bytes_out(&mut bytes);
            if !bytes.is_empty() {
                return Some(bytes.into());
            }
        }
    }

    fn next_piece(&mut self) -> Option<Bytes> {
        let allowed = self.allowance();
        let next = self.queue.front_mut()?;
        if allowed == 0 {
            return None;
        }
        let piece = if next.len() as u64 > allowed {
            self.queued -= allowed as usize;
            next.split_to(allowed as usize)
        } else {
            self.queued -= next.len() + QUEUE_OVERHEAD;
            self.queue.pop_front()?
        };
        self.sent += piece.len() as u64;
        Some(piece)
    }

    /// Bytes that the peer's limit lets go out now. The peer may or may not count the handshake in its
    /// acknowledgements (errata E-16), so the handshake counts as acknowledged.
    fn allowance(&self) -> u64 {
        let Some(limit) = self.output_limit else { return u64::MAX };
        if self.sent < limit.free_until {
            return limit.free_until - self.sent;
        }
        let handshake = 1 + 2 * PACKET_LEN as u32;
        let unacknowledged = (self.sent as u32).wrapping_sub(handshake).wrapping_sub(self.acknowledged);
        // A peer that acknowledges more than was sent has acknowledged all of it.
        let unacknowledged = if unacknowledged > u32::MAX / 2 { 0 } else { unacknowledged };
        u64::from(limit.window.saturating_sub(unacknowledged))
    }
}
