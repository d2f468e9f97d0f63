//! A client session with a socket, a clock and a way to be stopped.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::BytesMut;
use rtmp_proto::handshake::{Layout, RtmpeType};
use rtmp_proto::{ClientEvent, ClientSession, ConnectParams, HandshakeMode, Limits, Millis, RtmpUrl, Scheme};
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use super::error::{ClientError, Step};
use crate::outbox::Outbox;

const READ_SIZE: usize = 64 << 10;
/// Media is handed to the session while fewer bytes than this wait for the transport.
const LOW_WATER: usize = 256 << 10;

pub(super) struct Driver<'a> {
    stream: TcpStream,
    pub(super) session: ClientSession,
    pub(super) step: Step,
    stop: Pin<&'a mut (dyn Future<Output = ()> + Send)>,
    stopped: bool,
    outbox: Outbox,
    input: BytesMut,
    started: Instant,
    progress: Instant,
    patience: Duration,
    received: u64,
}

/// How a session begins.
pub(super) struct Terms {
    pub(super) limits: Limits,
    pub(super) handshake: HandshakeMode,
}

impl Terms {
    /// The handshake that the URL's scheme and the caller's wish come to.
    fn handshake(&self, scheme: Scheme) -> Result<HandshakeMode, ClientError> {
        match scheme {
            Scheme::Rtmp => Ok(self.handshake),
            Scheme::Rtmpe => Ok(match self.handshake {
                mode @ HandshakeMode::Rtmpe(..) => mode,
                _ => HandshakeMode::Rtmpe(RtmpeType::Type6, Layout::KeyFirst),
            }),
            other => Err(ClientError::Unsupported { what: format!("the scheme {}", other.as_str()) }),
        }
    }
}

/// What ended a wait.
pub(super) enum Turn {
    Event(ClientEvent),
    /// The given time has come.
    Due,
    /// There is room for more media.
    Room,
    /// The caller wants an end.
    Stopped,
    /// The server closed its side; no event is left.
    Closed,
}

impl<'a> Driver<'a> {
    /// Opens the TCP connection and makes the session.
    pub(super) async fn connect(
        url: &RtmpUrl,
        terms: Terms,
        patience: Duration,
        mut stop: Pin<&'a mut (dyn Future<Output = ()> + Send)>,
    ) -> Result<Option<Self>, ClientError> {
        let handshake = terms.handshake(url.scheme())?;
        let address = (url.host(), url.port());
        let attempt = timeout(patience, TcpStream::connect(address));
        let connected = tokio::select! {
            connected = attempt => connected,
            () = &mut stop => return Ok(None),
        };
        let stream = connected
            .map_err(|_| ClientError::Timeout { step: Step::Tcp, after: patience })?
            .map_err(|error| ClientError::Unreachable { address: url.address(), error })?;
        let _ = stream.set_nodelay(true);
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|e| ClientError::Transport { step: Step::Connect, error: io::Error::other(e) })?;
        // What is late is for the driver to say; the session's own deadlines stand behind it.
        let deadline = (patience.as_millis() as u64).saturating_mul(2);
        let limits = Limits { handshake_ms: deadline, request_ms: deadline, ..terms.limits };
        let mut session = ClientSession::new(limits, random, Millis(0), ConnectParams::from_url(url));
        session.set_handshake_mode(handshake);
        let started = Instant::now();
        Ok(Some(Self {
            stream,
            session,
            step: Step::Connect,
            stop,
            stopped: false,
            outbox: Outbox::default(),
            input: BytesMut::new(),
            started,
            progress: started,
            patience,
            received: 0,
        }))
    }

    /// Bytes received and sent on the connection.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.received, self.outbox.written())
    }

    /// Waits for an event, at most until `until`; also for room where `room` is set.
    pub(super) async fn turn(&mut self, until: Option<Instant>, room: bool) -> Result<Turn, ClientError> {
        loop {
            if let Some(event) = self.session.poll_event() {
                return Ok(Turn::Event(event));
            }
            let was_idle = self.outbox.is_empty();
            while let Some(bytes) = self.session.poll_transmit() {
                self.outbox.push_media(bytes);
            }
            if was_idle {
                self.progress = Instant::now();
            }
            if !self.outbox.is_empty() {
                let written = self.outbox.write_to(&self.stream);
                if written.map_err(|error| self.broken(error))? > 0 {
                    self.progress = Instant::now();
                }
            }
            if self.session.should_close() {
                return match self.session.error() {
                    Some(error) => Err(ClientError::Session { step: self.step, error: error.clone() }),
                    None => Ok(Turn::Closed),
                };
            }
            if room && self.has_room() {
                return Ok(Turn::Room);
            }
            let now = Instant::now();
            if until.is_some_and(|until| now >= until) {
                return Ok(Turn::Due);
            }
            let stalled_at = self.progress + self.patience;
            if !self.outbox.is_empty() && now >= stalled_at {
                return Err(ClientError::Timeout { step: self.step, after: self.patience });
            }
            let session_due =
                self.session.poll_timeout().map(|at| self.started + Duration::from_millis(at.0));
            if session_due.is_some_and(|due| now >= due) {
                let result = self.session.handle_timeout(self.now());
                result.map_err(|error| ClientError::Session { step: self.step, error })?;
                continue;
            }
            let mut deadline = now + Duration::from_secs(3600);
            for at in [until, session_due].into_iter().flatten() {
                deadline = deadline.min(at);
            }
            let mut interest = Interest::READABLE;
            if !self.outbox.is_empty() {
                interest |= Interest::WRITABLE;
                deadline = deadline.min(stalled_at);
            }
            tokio::select! {
                ready = self.stream.ready(interest) => {
                    if ready.map_err(|error| self.broken(error))?.is_readable() && !self.read()? {
                        return Ok(self.session.poll_event().map_or(Turn::Closed, Turn::Event));
                    }
                }
                () = sleep_until(deadline) => {}
                () = &mut self.stop, if !self.stopped => {
                    self.stopped = true;
                    return Ok(Turn::Stopped);
                }
            }
        }
    }

    fn has_room(&self) -> bool {
        self.outbox.len() + self.session.transmit_backlog() < LOW_WATER
    }

    fn now(&self) -> Millis {
        Millis(self.started.elapsed().as_millis() as u64)
    }

    fn broken(&self, error: io::Error) -> ClientError {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                ClientError::Closed { step: self.step }
            }
            _ => ClientError::Transport { step: self.step, error },
        }
    }

    /// False at the end of the server's bytes.
    fn read(&mut self) -> Result<bool, ClientError> {
        self.input.reserve(READ_SIZE);
        match self.stream.try_read_buf(&mut self.input) {
            Ok(0) => return Ok(false),
            Ok(n) => self.received += n as u64,
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                return Ok(true);
            }
            Err(e) => return Err(self.broken(e)),
        }
        let now = self.now();
        // An error shows in `should_close` once the events before it are taken.
        let _ = self.session.handle_input(now, &mut self.input);
        Ok(true)
    }

    /// Sends what is left, closes our side, and reads on until the server closes its own, so that
    /// nothing on the way is lost.
    pub(super) async fn close(mut self, grace: Duration) -> Result<(), ClientError> {
        self.step = Step::Finish;
        let flushed = timeout(self.patience, self.flush()).await;
        flushed.map_err(|_| ClientError::Timeout { step: Step::Finish, after: self.patience })??;
        let _ = self.stream.shutdown().await;
        let until = Instant::now() + grace;
        loop {
            match self.turn(Some(until), false).await {
                Ok(Turn::Event(_) | Turn::Stopped | Turn::Room) => {}
                Ok(Turn::Due | Turn::Closed) | Err(_) => return Ok(()),
            }
        }
    }

    async fn flush(&mut self) -> Result<(), ClientError> {
        loop {
            while let Some(bytes) = self.session.poll_transmit() {
                self.outbox.push_media(bytes);
            }
            let interest = match (self.outbox.is_empty(), self.session.transmit_backlog() > 0) {
                (true, false) => return Ok(()),
                // The server's acknowledgement has to come first (RTMP 5.4.5).
                (true, true) => Interest::READABLE,
                (false, _) => Interest::WRITABLE | Interest::READABLE,
            };
            let ready = self.stream.ready(interest).await.map_err(|error| self.broken(error))?;
            if ready.is_readable() && !self.read()? {
                return Err(ClientError::Closed { step: Step::Finish });
            }
            while self.session.poll_event().is_some() {}
            self.outbox.write_to(&self.stream).map_err(|error| self.broken(error))?;
        }
    }
}
