use crate::{Handshake, Role, State, Yield};
use bytes::BytesMut;
use rtmp_proto::handshake::{ClientHandshake, HandshakeState, PACKET_LEN, ServerHandshake, VERSION};

use super::chunk::reads;
use crate::hex;
use crate::judge::Outcome;

pub fn decode(bytes: &[u8], split: &[usize], state: &State) -> Outcome {
    let (mut server, mut client) = (ServerHandshake::new(9, [7; 32]), ClientHandshake::new(9, [7; 32]));
    let role = state.role.expect("the group names the receiver's role");
    let (mut input, mut sent, mut last) = (BytesMut::new(), Vec::new(), HandshakeState::NeedMore);
    let none: &[u8] = &[];
    for read in std::iter::once(none).chain(reads(bytes, split)) {
        input.extend_from_slice(read);
        let result = match role {
            Role::Server => server.handle(&mut input, &mut sent, None),
            Role::Client => client.handle(&mut input, &mut sent, None),
        };
        match result {
            Ok(state) => last = state,
            Err(error) => return Outcome { yields: vec![], error: Some(error.to_string()) },
        }
    }
    let done = last == HandshakeState::Done;
    let sent = sent.concat();
    if let Some(version) = sent.first() {
        assert_eq!(*version, VERSION, "the version that is announced");
    }
    // S2 or C2, in both roles the third packet.
    let echo = sent.get(1 + PACKET_LEN..1 + 2 * PACKET_LEN);
    let yields = vec![Yield::Handshake(Handshake {
        done,
        consumed: if done { bytes.len() - input.len() } else { bytes.len() },
        peer_version: bytes[0],
        sent: [sent.len(); 2],
        echo_time: echo.map(|echo| u32::from_be_bytes([echo[0], echo[1], echo[2], echo[3]])),
        echo_random_sha256: echo.map(|echo| hex::sha256(&echo[8..])),
    })];
    Outcome { yields, error: None }
}
