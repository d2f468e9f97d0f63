//! The handshake of either side.

use alloc::boxed::Box;

use crate::handshake::{Ciphers, ClientHandshake, HandshakeReport, ServerHandshake};

#[derive(Debug)]
pub(crate) enum Handshake {
    Server(ServerHandshake),
    Client(ClientHandshake),
}

impl Handshake {
    pub(super) fn report(&self) -> Option<HandshakeReport> {
        match self {
            Self::Server(server) => server.report(),
            Self::Client(client) => client.report(),
        }
    }

    #[cfg(feature = "rtmpe")]
    pub(super) fn ciphers(&self) -> Option<Box<Ciphers>> {
        match self {
            Self::Server(server) => server.ciphers(),
            Self::Client(client) => client.ciphers(),
        }
        .map(Box::new)
    }

    #[cfg(not(feature = "rtmpe"))]
    pub(super) fn ciphers(&self) -> Option<Box<Ciphers>> {
        None
    }

    #[cfg(feature = "digest")]
    pub(super) fn swf_verification_key(&self) -> Option<[u8; 32]> {
        match self {
            Self::Server(server) => server.swf_verification_key(),
            Self::Client(client) => client.swf_verification_key(),
        }
    }
}
