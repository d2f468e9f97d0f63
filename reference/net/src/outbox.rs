//! Bytes on their way to one peer.

use std::collections::VecDeque;
use std::io::{self, IoSlice};

use bytes::{Buf, Bytes};
use tokio::net::TcpStream;

/// Pre-chunked buffers, written with vectored writes.
#[derive(Debug, Default)]
pub struct Outbox {
    buffers: VecDeque<Piece>,
    bytes: usize,
    replies: usize,
    written: u64,
}

#[derive(Debug)]
struct Piece {
    bytes: Bytes,
    is_reply: bool,
}

/// Media is taken from the players' queues while less than this waits here, in bytes.
const MEDIA_LOW_WATER: usize = 128 << 10;
/// A peer that is sent more replies than this without reading them is not read from, either.
const REPLIES_HIGH_WATER: usize = 1 << 20;
const SLICES: usize = 32;
/// Bytes written before others get their turn.
const TURN: usize = 1 << 20;

impl Outbox {
    pub fn push_reply(&mut self, bytes: Bytes) {
        self.replies += bytes.len();
        self.push(Piece { bytes, is_reply: true });
    }

    pub fn push_media(&mut self, bytes: Bytes) {
        self.push(Piece { bytes, is_reply: false });
    }

    fn push(&mut self, piece: Piece) {
        if !piece.bytes.is_empty() {
            self.bytes += piece.bytes.len();
            self.buffers.push_back(piece);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.buffers.is_empty()
    }

    pub fn wants_media(&self) -> bool {
        self.bytes < MEDIA_LOW_WATER
    }

    pub fn allows_reading(&self) -> bool {
        self.replies < REPLIES_HIGH_WATER
    }

    /// Bytes that wait here.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Bytes handed to the transport since the start.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Writes what the transport takes without waiting. Returns the bytes that went out.
    pub fn write_to(&mut self, stream: &TcpStream) -> io::Result<usize> {
        let mut total = 0;
        while !self.buffers.is_empty() && total < TURN {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = self.buffers.len().min(SLICES);
            for (slice, piece) in slices.iter_mut().zip(&self.buffers) {
                *slice = IoSlice::new(&piece.bytes);
            }
            match stream.try_write_vectored(&slices[..count]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    self.advance(n);
                    total += n;
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(total)
    }

    fn advance(&mut self, mut n: usize) {
        self.bytes -= n;
        self.written += n as u64;
        while n > 0 {
            let Some(piece) = self.buffers.front_mut() else { return };
            let step = n.min(piece.bytes.len());
            piece.bytes.advance(step);
            n -= step;
            if piece.is_reply {
                self.replies -= step;
            }
            if piece.bytes.is_empty() {
                self.buffers.pop_front();
            }
        }
    }
}
