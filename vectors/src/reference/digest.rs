use bytes::{Bytes, BytesMut};
use rtmp_proto::handshake::{
    ClientHandshake, HandshakeMode, HandshakeState, Layout, PACKET_LEN, ServerHandshake,
};

use super::chunk::reads;
use crate::hex;
use crate::hmac::hmac;
use crate::judge::{Outcome, found};
use crate::{DigestHandshake, DigestPacket, Found, Role, RtmpeHandshake, State};

const SEED: [u8; 32] = [7; 32];

/// One side, driven by the bytes of the other.
enum Side {
    Server(ServerHandshake),
    Client(ClientHandshake),
}

/// Where a side stands after the bytes.
struct Stand {
    side: Side,
    sent: Vec<u8>,
    done: bool,
    consumed: usize,
}

impl Side {
    fn new(role: Role) -> Self {
        match role {
            Role::Server => Self::Server(ServerHandshake::new(9, SEED)),
            Role::Client => {
                let mut client = ClientHandshake::new(9, SEED);
                client.set_mode(HandshakeMode::Digest(Layout::DigestFirst));
                Self::Client(client)
            }
        }
    }

    fn run(mut self, bytes: &[u8], split: &[usize]) -> Result<Stand, String> {
        let (mut input, mut sent, mut last) =
            (BytesMut::new(), Vec::<Bytes>::new(), HandshakeState::NeedMore);
        let none: &[u8] = &[];
        for read in std::iter::once(none).chain(reads(bytes, split)) {
            input.extend_from_slice(read);
            last = match &mut self {
                Self::Server(server) => server.handle(&mut input, &mut sent, None),
                Self::Client(client) => client.handle(&mut input, &mut sent, None),
            }
            .map_err(|error| error.to_string())?;
        }
        let done = last == HandshakeState::Done;
        let consumed = if done { bytes.len() - input.len() } else { bytes.len() };
        Ok(Stand { side: self, sent: sent.concat(), done, consumed })
    }
}

impl Stand {
    /// The layout that was found. It is only told at the end, so a packet that ends the handshake is added.
    fn layout(self, so_far: usize) -> Option<Layout> {
        let rest = vec![0; (1 + 2 * PACKET_LEN).saturating_sub(so_far)];
        match self.side.run(&rest, &[]).expect("any C2 or S2 is taken").side {
            Side::Server(server) => server.report(),
            Side::Client(client) => client.report(),
        }
        .expect("the handshake is over")
        .layout
    }
}

fn letter(layout: Layout) -> String {
    match layout {
        Layout::DigestFirst => "A".to_owned(),
        Layout::KeyFirst => "B".to_owned(),
    }
}

/// C1 or S1 alone.
pub fn packet(bytes: &[u8], state: &State) -> Outcome {
    let packet: &[u8; PACKET_LEN] = bytes.try_into().expect("a packet is 1536 bytes");
    let role = if state.packet.as_deref() == Some("c1") { Role::Server } else { Role::Client };
    let rtmpe = state.step.is_some();
    let first = if rtmpe { 6 } else { 3 };
    let layout = match Side::new(role).run(&[&[first], bytes].concat(), &[]) {
        Ok(stand) => stand.layout(1 + PACKET_LEN),
        Err(error) => return Outcome { yields: vec![], error: Some(error) },
    };
    let cut = |at: usize, len: usize| hex::encode(&packet[at..at + len]);
    let form = DigestPacket {
        layout: layout.map(letter),
        digest_a: Layout::DigestFirst.digest_offset(packet),
        digest_b: Layout::KeyFirst.digest_offset(packet),
        key_a: Layout::DigestFirst.key_offset(packet),
        key_b: Layout::KeyFirst.key_offset(packet),
        digest: layout.map(|layout| cut(layout.digest_offset(packet), 32)),
        public_key: layout.filter(|_| rtmpe).map(|layout| cut(layout.key_offset(packet), 128)),
    };
    Outcome { yields: vec![found(Found::DigestPacket(form))], error: None }
}

/// A whole handshake or its beginning.
pub fn flow(bytes: &[u8], split: &[usize], state: &State) -> Outcome {
    let stand = match Side::new(state.role.expect("the group names the receiver's role")).run(bytes, split) {
        Ok(stand) => stand,
        Err(error) => return Outcome { yields: vec![], error: Some(error) },
    };
    let (sent, done, consumed) = (stand.sent.clone(), stand.done, stand.consumed);
    let layout = stand.layout(consumed).map(letter);
    // S2 or C2, in both roles the third packet.
    let answer = sent.get(1 + PACKET_LEN..1 + 2 * PACKET_LEN).expect("C1 or S1 is answered");
    let form = DigestHandshake {
        done,
        consumed,
        peer_version: bytes[0],
        sent: [sent.len(); 2],
        answer_key: None,
        echo_time: None,
        echo_random_sha256: None,
        answer: Some(hex::encode(answer)),
        layout,
    };
    Outcome { yields: vec![found(Found::DigestHandshake(form))], error: None }
}

/// RTMPE as a server, with a client whose private key is 1: the secret is then the server's public key.
pub fn rtmpe(bytes: &[u8], split: &[usize], state: &State) -> Outcome {
    let private = hex::decode(state.private.as_deref().expect("the group has the client's key")).unwrap();
    assert!(private.iter().rev().skip(1).all(|byte| *byte == 0) && private.last() == Some(&1));
    let stand = match Side::new(Role::Server).run(bytes, split) {
        Ok(stand) => stand,
        Err(error) => return Outcome { yields: vec![], error: Some(error) },
    };
    let (sent, done, consumed) = (stand.sent.clone(), stand.done, stand.consumed);
    let ciphers = match &stand.side {
        Side::Server(server) => server.ciphers(),
        Side::Client(_) => None,
    };
    let layout = stand.layout(consumed);
    let version = sent[0];
    let s1: &[u8; PACKET_LEN] = sent[1..=PACKET_LEN].try_into().unwrap();
    let c1: &[u8; PACKET_LEN] = bytes[1..=PACKET_LEN].try_into().unwrap();
    if let (true, Some(layout)) = (done, layout) {
        let key = |packet: &[u8; PACKET_LEN]| packet[layout.key_offset(packet)..][..128].to_vec();
        let (secret, client) = (key(s1), key(c1));
        let mut ciphers = ciphers.expect("the session is encrypted");
        let (mut to_client, mut to_server) = ([0; 64], [0; 64]);
        ciphers.encrypt(&mut to_client);
        ciphers.decrypt(&mut to_server);
        assert_eq!(to_client, rc4(&hmac(&secret, &client)[..16]), "the key stream to the client");
        assert_eq!(to_server, rc4(&hmac(&secret, &secret)[..16]), "the key stream to the server");
    }
    let form = RtmpeHandshake {
        done,
        consumed,
        version,
        layout: layout.map(letter),
        answer_key: None,
        answer: Some(hex::encode(&sent[1 + PACKET_LEN..])),
    };
    Outcome { yields: vec![found(Found::RtmpeHandshake(form))], error: None }
}

/// 64 bytes of key stream after the first 1536.
fn rc4(key: &[u8]) -> [u8; 64] {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0;
    for i in 0..256 {
        j = (j + usize::from(state[i]) + usize::from(key[i % key.len()])) & 255;
        state.swap(i, j);
    }
    let (mut i, mut j) = (0, 0);
    let mut next = || {
        i = (i + 1) & 255;
        j = (j + usize::from(state[i])) & 255;
        state.swap(i, j);
        state[usize::from(state[i].wrapping_add(state[j]))]
    };
    for _ in 0..PACKET_LEN {
        next();
    }
    std::array::from_fn(|_| next())
}
