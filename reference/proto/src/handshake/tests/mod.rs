#![cfg_attr(not(feature = "digest"), allow(dead_code, reason = "helpers of the other forms"))]

#[cfg(feature = "digest")]
mod digest;
mod plain;
#[cfg(feature = "rtmpe")]
mod rtmpe;

use alloc::vec::Vec;

use bytes::BytesMut;

use super::*;
use crate::SessionError;

/// The filler of the worked examples: an LCG modulo 2^31, bits 16 to 23.
fn lcg<const N: usize>(seed: u32) -> [u8; N] {
    let mut x = seed;
    [(); N].map(|()| {
        x = x.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        (x >> 16) as u8
    })
}

/// C1 or S1 of the worked examples, before the digest is written.
fn challenge(time: u32, version: [u8; 4], seed: u32) -> [u8; PACKET_LEN] {
    let mut packet = [0; PACKET_LEN];
    packet[..4].copy_from_slice(&time.to_be_bytes());
    packet[4..8].copy_from_slice(&version);
    packet[8..].copy_from_slice(&lcg::<1528>(seed));
    packet
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Both ends, and what they sent.
struct Pair {
    server: ServerHandshake,
    client: ClientHandshake,
    sent_by_client: Vec<u8>,
    sent_by_server: Vec<u8>,
}

impl Pair {
    fn new(mode: HandshakeMode, policy: HandshakePolicy, seed: u8) -> Self {
        let mut server = ServerHandshake::new(7, [seed; 32]);
        let mut client = ClientHandshake::new(5, [seed.wrapping_add(101); 32]);
        server.set_policy(policy);
        client.set_mode(mode);
        Self { server, client, sent_by_client: Vec::new(), sent_by_server: Vec::new() }
    }

    /// Runs both ends, each getting what the other sent in pieces of this size, after `spoil` saw it.
    fn run(
        &mut self,
        piece: usize,
        mut spoil: impl FnMut(bool, &mut Vec<u8>),
    ) -> Result<(HandshakeReport, HandshakeReport), SessionError> {
        let mut out = Vec::new();
        self.client.handle(&mut BytesMut::new(), &mut out, None)?;
        let mut to_server = out.concat();
        let (mut at_server, mut at_client) = (BytesMut::new(), BytesMut::new());
        while !to_server.is_empty() {
            spoil(true, &mut to_server);
            self.sent_by_client.extend_from_slice(&to_server);
            let mut out = Vec::new();
            for bytes in to_server.chunks(piece) {
                at_server.extend_from_slice(bytes);
                self.server.handle(&mut at_server, &mut out, None)?;
            }
            let mut to_client = out.concat();
            spoil(false, &mut to_client);
            self.sent_by_server.extend_from_slice(&to_client);
            let mut out = Vec::new();
            for bytes in to_client.chunks(piece) {
                at_client.extend_from_slice(bytes);
                self.client.handle(&mut at_client, &mut out, None)?;
            }
            to_server = out.concat();
        }
        assert!(at_server.is_empty() && at_client.is_empty());
        let reports = (self.server.report(), self.client.report());
        Ok((reports.0.expect("the server is done"), reports.1.expect("the client is done")))
    }
}
