//! The parts of the digest handshake and of RTMPE, each by itself.

use crate::{Cipher, Found, KeyExchange, Signature, State};
use rtmp_proto::handshake::digest::{self, Maker};
use rtmp_proto::handshake::rtmpe::{PrivateKey, PublicKey, SessionKeys, encipher_signature};
use rtmp_proto::handshake::{PACKET_LEN, RtmpeType};

use crate::hex;
use crate::judge::{Outcome, found};

fn bytes<const N: usize>(text: Option<&str>) -> [u8; N] {
    hex::decode(text.expect("the group has it")).unwrap().try_into().expect("of the right length")
}

fn one(form: Found) -> Outcome {
    Outcome { yields: vec![found(form)], error: None }
}

/// C2 or S2.
pub fn signature(packet: &[u8], state: &State) -> Outcome {
    let maker = if state.packet.as_deref() == Some("c2") { Maker::Client } else { Maker::Server };
    let answered = bytes(state.peer_digest.as_deref());
    let packet: &[u8; PACKET_LEN] = packet.try_into().expect("a packet is 1536 bytes");
    let valid = digest::is_signed(packet, maker, &answered, None);
    let mut again = *packet;
    digest::sign(&mut again, maker, &answered, None);
    assert_eq!(again == *packet, valid, "signed anew");
    let answer_key = hex::encode(&digest::signature_key(maker, &answered));
    one(Found::Signature(Signature { answer_key, valid }))
}

/// The peer's public key.
pub fn exchange(peer: &[u8], state: &State) -> Outcome {
    let peer: &[u8; 128] = peer.try_into().expect("a public key is 128 bytes");
    let Some(checked) = PublicKey::new(peer) else {
        return Outcome { yields: vec![], error: Some("a public key outside the group".to_owned()) };
    };
    let private = PrivateKey::from_bytes(&bytes(state.private.as_deref()));
    let (public, secret) = (private.public(), private.shared(&checked));
    let keys = SessionKeys::new(&secret, &public, peer);
    one(Found::KeyExchange(KeyExchange {
        public: hex::encode(&public),
        secret: hex::encode(&secret),
        send_key: hex::encode(&keys.outgoing),
        receive_key: hex::encode(&keys.incoming),
    }))
}

/// Bytes after the handshake; in both directions, and in one piece or many.
pub fn cipher(text: &[u8], state: &State) -> Outcome {
    let key = bytes(state.key.as_deref());
    let mut ciphers = SessionKeys { incoming: key, outgoing: key }.ciphers();
    let (mut sent, mut received) = (text.to_vec(), text.to_vec());
    ciphers.encrypt(&mut sent);
    for piece in received.chunks_mut(7) {
        ciphers.decrypt(piece);
    }
    assert_eq!(sent, received, "encrypted and decrypted");
    one(Found::Cipher(Cipher { hex: hex::encode(&sent) }))
}

/// A signature before types 8 and 9 encipher it.
pub fn enciphered(signature: &[u8], state: &State) -> Outcome {
    let rtmpe = state.version.and_then(RtmpeType::from_version).expect("the group has a type");
    let mut signature = signature.try_into().expect("a signature is 32 bytes");
    encipher_signature(rtmpe, &mut signature, &bytes(state.answer_key.as_deref()));
    one(Found::Cipher(Cipher { hex: hex::encode(&signature) }))
}
