//! A TLS client and a TLS server of rustls, joined in memory; what they send and what they log.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};

use rustls::crypto::{CryptoProvider, SupportedKxGroup, ring};
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Connection, KeyLog, RootCertStore, ServerConfig,
    ServerConnection, SupportedProtocolVersion,
};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};

use crate::packets::Sent;

#[derive(Debug, Default)]
struct Log(Mutex<String>);

impl KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        self.0.lock().unwrap().push_str(&line);
    }
}

/// A client and a server that know each other.
pub struct Peers {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    log: Arc<Log>,
}

/// What is not plain in a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    None,
    /// Both sides change their keys before each message.
    KeyUpdates,
}

impl Peers {
    pub fn new(version: &'static SupportedProtocolVersion, suite: CipherSuite) -> Self {
        Self::with_groups(version, suite, ring::ALL_KX_GROUPS.to_vec(), ring::ALL_KX_GROUPS.to_vec())
    }

    pub fn with_groups(
        version: &'static SupportedProtocolVersion,
        suite: CipherSuite,
        client_groups: Vec<&'static dyn SupportedKxGroup>,
        server_groups: Vec<&'static dyn SupportedKxGroup>,
    ) -> Self {
        let provider = |kx_groups| {
            let mut all = ring::default_provider();
            all.cipher_suites.retain(|s| s.suite() == suite);
            Arc::new(CryptoProvider { kx_groups, ..all })
        };
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let mut client = ClientConfig::builder_with_provider(provider(client_groups))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = ServerConfig::builder_with_provider(provider(server_groups))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let log = Arc::new(Log::default());
        client.key_log = log.clone();
        Self { client: Arc::new(client), server: Arc::new(server), log }
    }

    /// The key log so far.
    pub fn log(&self) -> String {
        self.log.0.lock().unwrap().clone()
    }

    /// What is on the wire when the two sides say `sent` to each other.
    pub fn say(&self, sent: &[Sent], extra: Extra) -> Vec<Sent> {
        let name = ServerName::try_from("localhost").unwrap();
        let mut client: Connection = ClientConnection::new(self.client.clone(), name).unwrap().into();
        let mut server: Connection = ServerConnection::new(self.server.clone()).unwrap().into();
        let mut wire = Vec::new();
        while client.is_handshaking() || server.is_handshaking() {
            carry(&mut client, &mut server, true, &mut wire);
            carry(&mut server, &mut client, false, &mut wire);
        }
        carry(&mut server, &mut client, false, &mut wire);
        for (from_client, bytes) in sent {
            let (from, to) =
                if *from_client { (&mut client, &mut server) } else { (&mut server, &mut client) };
            if extra == Extra::KeyUpdates {
                from.refresh_traffic_keys().unwrap();
            }
            for piece in bytes.chunks(20_000) {
                from.writer().write_all(piece).unwrap();
                carry(from, to, *from_client, &mut wire);
                let mut got = vec![0; piece.len()];
                to.reader().read_exact(&mut got).unwrap();
                assert_eq!(got, piece);
            }
        }
        client.send_close_notify();
        carry(&mut client, &mut server, true, &mut wire);
        wire
    }
}

fn carry(from: &mut Connection, to: &mut Connection, client: bool, wire: &mut Vec<Sent>) {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets().unwrap();
    }
    if !bytes.is_empty() {
        wire.push((client, bytes));
    }
}
