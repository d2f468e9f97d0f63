//! What both sides do in every handshake: taking packets, the challenge, the echo.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use bytes::{Bytes, BytesMut};

use super::PACKET_LEN;
use super::random::Seed;
use crate::tamper::{HandshakePart, InputRuling, Tamper};
use crate::{PeerMisbehaved, SessionError};

/// C1, C2, S1 or S2.
pub(super) type Packet = Box<[u8; PACKET_LEN]>;

/// What both sides keep.
#[derive(Clone)]
pub(super) struct Local {
    epoch: u32,
    pub(super) now: u32,
    pub(super) seed: Seed,
    pub(super) consumed: u64,
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("epoch", &self.epoch)
            .field("now", &self.now)
            .field("consumed", &self.consumed)
            .finish_non_exhaustive()
    }
}

pub(super) enum Taken {
    /// C0 or S0.
    Version(u8),
    /// Any other.
    Packet(Packet),
    NeedMore,
    Stopped(InputRuling),
}

impl Local {
    pub(super) fn new(time_ms: u32, seed: [u8; 32]) -> Self {
        Self { epoch: time_ms, now: time_ms, seed: Seed::new(seed), consumed: 0 }
    }

    /// The next packet that a tamper does not ignore.
    pub(super) fn take(
        &mut self,
        input: &mut BytesMut,
        part: HandshakePart,
        tamper: &mut Option<&mut (dyn Tamper + '_)>,
    ) -> Taken {
        let length = match part {
            HandshakePart::C0 | HandshakePart::S0 => 1,
            _ => PACKET_LEN,
        };
        while input.len() >= length {
            let packet = input.split_to(length);
            self.consumed += length as u64;
            let ruling =
                tamper.as_deref_mut().map_or(InputRuling::Process, |t| t.handshake_in(part, &packet));
            match ruling {
                InputRuling::Process if length == 1 => return Taken::Version(packet[0]),
                InputRuling::Process => {
                    let mut whole = Box::new([0; PACKET_LEN]);
                    whole.copy_from_slice(&packet);
                    return Taken::Packet(whole);
                }
                InputRuling::Ignore => {}
                ruling @ (InputRuling::Close | InputRuling::Stall) => return Taken::Stopped(ruling),
            }
        }
        Taken::NeedMore
    }

    /// C1 or S1: time, four zero bytes, random bytes (RTMP 5.2.3).
    pub(super) fn challenge(&self) -> Packet {
        let mut packet = Box::new([0; PACKET_LEN]);
        packet[..4].copy_from_slice(&self.epoch.to_be_bytes());
        self.seed.filler().fill(&mut packet[8..]);
        packet
    }

    /// C2 or S2: the peer's time, the time at which its packet was read, its random bytes
    /// (RTMP 5.2.4, read as errata E-02 corrects it).
    pub(super) fn echo(&self, peer: &[u8; PACKET_LEN]) -> Packet {
        let mut packet = Box::new(*peer);
        packet[4..8].copy_from_slice(&self.now.to_be_bytes());
        packet
    }
}

pub(super) fn misbehaved(what: &'static str, clause: &'static str, offset: u64) -> SessionError {
    PeerMisbehaved { what, clause, offset }.into()
}

/// Bytes 4 to 7 of C1 or S1.
pub(super) fn version_word(packet: &[u8; PACKET_LEN]) -> [u8; 4] {
    [packet[4], packet[5], packet[6], packet[7]]
}

/// The last 32 bytes.
#[cfg(feature = "digest")]
pub(super) fn tail(packet: &[u8; PACKET_LEN]) -> [u8; 32] {
    let mut tail = [0; 32];
    tail.copy_from_slice(&packet[PACKET_LEN - 32..]);
    tail
}

pub(super) fn push_part(
    wire: &mut Vec<u8>,
    part: HandshakePart,
    packet: &[u8],
    tamper: &mut Option<&mut (dyn Tamper + '_)>,
) {
    let Some(tamper) = tamper.as_deref_mut() else {
        wire.extend_from_slice(packet);
        return;
    };
    let mut packet = Vec::from(packet);
    tamper.handshake_out(part, &mut packet);
    wire.extend_from_slice(&packet);
}

pub(super) fn push_wire(out: &mut Vec<Bytes>, wire: Vec<u8>) {
    if !wire.is_empty() {
        out.push(Bytes::from(wire));
    }
}
