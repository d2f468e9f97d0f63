//! A client that a test drives step by step, and synthetic media.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rtmp_net::{Server, ServerConfig, ServerHandle};
use rtmp_proto::{
    ClientEvent, ClientSession, ConnectParams, Limits, MessageType, Millis, PlayStart, PublishMode, RtmpUrl,
    Timestamp,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No step of a test takes longer, however slow the machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub async fn serve(config: ServerConfig) -> ServerHandle {
    Server::bind("127.0.0.1:0", config).await.unwrap().spawn()
}

pub fn url(addr: SocketAddr, path: &str) -> RtmpUrl {
    format!("rtmp://{addr}/{path}").parse().unwrap()
}

pub struct Client {
    pub session: ClientSession,
    pub stream: TcpStream,
}

impl Client {
    pub async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let url = url(addr, "live");
        let session =
            ClientSession::new(Limits::default(), [7; 32], Millis(0), ConnectParams::from_url(&url));
        Self { session, stream }
    }

    pub async fn publisher(addr: SocketAddr, name: &str) -> Self {
        let mut client = Self::connect(addr).await;
        client.session.publish(name, PublishMode::Live).unwrap();
        client.wait_for(|event| matches!(event, ClientEvent::PublishStarted { .. })).await;
        client
    }

    pub async fn player(addr: SocketAddr, name: &str) -> Self {
        let mut client = Self::connect(addr).await;
        client.session.play(name, PlayStart::LiveOrRecorded, -1.0, true).unwrap();
        client.wait_for(|event| matches!(event, ClientEvent::PlayStarted { .. })).await;
        client
    }

    /// The next event; `None` when the server closed.
    pub async fn event(&mut self) -> Option<ClientEvent> {
        timeout(PATIENCE, self.next()).await.expect("the server does nothing")
    }

    async fn next(&mut self) -> Option<ClientEvent> {
        let mut input = BytesMut::new();
        loop {
            if let Some(event) = self.session.poll_event() {
                return Some(event);
            }
            self.flush().await;
            match self.stream.read_buf(&mut input).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => self.session.handle_input(Millis(0), &mut input).unwrap(),
            }
        }
    }

    pub async fn flush(&mut self) {
        while let Some(bytes) = self.session.poll_transmit() {
            if self.stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }

    pub async fn wait_for(&mut self, wanted: impl Fn(&ClientEvent) -> bool) -> ClientEvent {
        loop {
            let event = self.event().await.expect("the server closed");
            if wanted(&event) {
                return event;
            }
        }
    }

    pub async fn wait_for_status(&mut self, wanted: &str) {
        self.wait_for(|event| match event {
            ClientEvent::Status { info, .. } | ClientEvent::Rejected { info, .. } => info.code == wanted,
            _ => false,
        })
        .await;
    }

    /// The next media message.
    pub async fn media(&mut self) -> (MessageType, u32, Bytes) {
        match self.wait_for(|event| matches!(event, ClientEvent::Media { .. })).await {
            ClientEvent::Media { kind, timestamp, payload } => (kind, timestamp.0, payload),
            other => unreachable!("{other:?}"),
        }
    }

    pub async fn send(&mut self, kind: MessageType, timestamp: u32, payload: &[u8]) {
        let payload = Bytes::copy_from_slice(payload);
        self.session.send_media(kind, Timestamp(timestamp), payload).unwrap();
        self.flush().await;
    }

    /// Ends the connection with RST.
    pub fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

pub const META: &[u8] = b"\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09";
pub const SET_META: &[u8] = b"\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x08\0\0\0\0\0\0\x09";
pub const VIDEO_HEADER: &[u8] = &[0x17, 0, 0, 0, 0, 1];
pub const AUDIO_HEADER: &[u8] = &[0xAF, 0, 0x12, 0x10];

/// A video message of `len` bytes: AVC, key frame or not, filled from `n`.
pub fn picture(key: bool, n: u32, len: usize) -> Vec<u8> {
    let mut payload = vec![if key { 0x17 } else { 0x27 }, 1, 0, 0, 0];
    payload.extend((5..len.max(9)).map(|at| (n as usize * 31 + at) as u8));
    payload[5..9].copy_from_slice(&n.to_be_bytes());
    payload
}
