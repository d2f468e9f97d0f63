//! One connection: the session in the middle, the socket on one side, the relay on the other.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rtmp_proto::server::{
    Notice as SessionNotice, PlayStart, Rejection, RequestId, ServerEvent, ServerSession,
};
use rtmp_proto::{MessageStreamId, Millis, SessionError};
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{LogEvent, Shared};
use crate::outbox::Outbox;
use crate::relay::{GaveUp, Item, Notice, PlayerQueue, Publisher, StreamKey, Subscription, key};

/// Bytes read at a time: little for idle peers, more for busy ones.
const READ_MIN: usize = 4 << 10;
const READ_MAX: usize = 64 << 10;
/// What a peer may still send after the end before it is cut off.
const DRAIN_MAX: usize = 4 << 20;

/// Serves one peer until either side ends it.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    number: u64,
    shared: &Arc<Shared>,
    stopped: watch::Receiver<bool>,
) {
    shared.log(number, peer, LogEvent::Opened);
    let _ = stream.set_nodelay(true);
    let mut random = [0; 32];
    let Ok(()) = getrandom::fill(&mut random) else { return };
    let mut connection = Connection::new(peer, number, shared.clone(), random);
    let end = connection.run(&stream, stopped).await;
    connection.finish(stream, end).await;
}

struct Connection {
    shared: Arc<Shared>,
    peer: SocketAddr,
    number: u64,
    session: ServerSession,
    app: String,
    publishers: HashMap<MessageStreamId, Publisher>,
    players: Vec<Player>,
    wake: Arc<Notify>,
    outbox: Outbox,
    received: u64,
    read_size: usize,
}

struct Player {
    stream: MessageStreamId,
    subscription: Subscription,
    /// When the play is over unless a publisher comes back.
    over_at: Option<Instant>,
}

/// Why a connection is over.
enum End {
    Session,
    Failed(SessionError),
    PeerClosed,
    Transport(io::Error),
    TooSlow(GaveUp),
    NoProgress(u64),
    Shutdown,
}

impl Connection {
    fn new(peer: SocketAddr, number: u64, shared: Arc<Shared>, random: [u8; 32]) -> Self {
        let now = Millis(shared.started.elapsed().as_millis() as u64);
        let mut session = ServerSession::new(shared.config.limits.clone(), random, now);
        session.set_handshake_policy(shared.config.handshake);
        if let Some(tamper) = &shared.config.tamper {
            session.set_tamper(tamper());
        }
        Self {
            shared,
            peer,
            number,
            session,
            app: String::new(),
            publishers: HashMap::new(),
            players: Vec::new(),
            wake: Arc::new(Notify::new()),
            outbox: Outbox::default(),
            received: 0,
            read_size: READ_MIN,
        }
    }

    async fn run(&mut self, stream: &TcpStream, mut stopped: watch::Receiver<bool>) -> End {
        let mut input = BytesMut::new();
        let mut progress = Instant::now();
        let timer = sleep_until(Instant::now() + Duration::from_secs(3600));
        tokio::pin!(timer);
        loop {
            let was_idle = !self.waits_for_peer();
            self.handle_events();
            self.take_replies();
            if self.session.should_close() {
                return self.session.error().map_or(End::Session, |error| End::Failed(error.clone()));
            }
            if let Err(gave_up) = self.take_media() {
                return End::TooSlow(gave_up);
            }
            if was_idle {
                progress = Instant::now();
            }
            if !self.outbox.is_empty() {
                match self.outbox.write_to(stream) {
                    Ok(0) => {}
                    Ok(_) => progress = Instant::now(),
                    Err(e) => return End::Transport(e),
                }
            }

            let deadline = self.deadline(progress);
            if deadline < timer.deadline() {
                timer.as_mut().reset(deadline);
            }
            let interest = match (self.outbox.allows_reading(), self.outbox.is_empty()) {
                (true, true) => Interest::READABLE,
                (true, false) => Interest::READABLE | Interest::WRITABLE,
                (false, _) => Interest::WRITABLE,
            };
            tokio::select! {
                ready = stream.ready(interest) => match ready {
                    Ok(ready) if ready.is_readable() && self.outbox.allows_reading() => {
                        if let Err(end) = self.read(stream, &mut input) {
                            return end;
                        }
                    }
                    Ok(_) => {}
                    Err(e) => return End::Transport(e),
                },
                () = self.wake.notified(), if self.wants_media() => {}
                () = timer.as_mut() => {
                    let now = Instant::now();
                    timer.as_mut().reset(now + Duration::from_secs(3600));
                    if let Err(end) = self.handle_timeout(now, progress) {
                        return end;
                    }
                }
                () = super::stop_requested(&mut stopped) => return End::Shutdown,
            }
        }
    }

    fn read(&mut self, stream: &TcpStream, input: &mut BytesMut) -> Result<(), End> {
        input.reserve(self.read_size);
        match stream.try_read_buf(input) {
            Ok(0) => return Err(End::PeerClosed),
            Ok(n) => {
                self.received += n as u64;
                self.read_size = if n >= self.read_size { READ_MAX.min(n * 2) } else { READ_MIN.max(n) };
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                return Ok(());
            }
            Err(e) => return Err(End::Transport(e)),
        }
        let result = self.session.handle_input(self.now(), input);
        if result.is_err() {
            // What came before the fault still counts.
            self.handle_events();
        }
        result.map_err(End::Failed)
    }

    fn now(&self) -> Millis {
        Millis(self.shared.started.elapsed().as_millis() as u64)
    }

    fn instant(&self, at: Millis) -> Instant {
        Instant::from_std(self.shared.started) + Duration::from_millis(at.0)
    }

    fn deadline(&self, progress: Instant) -> Instant {
        let mut deadline = Instant::now() + Duration::from_secs(3600);
        if let Some(at) = self.session.poll_timeout() {
            deadline = deadline.min(self.instant(at));
        }
        if self.waits_for_peer() {
            deadline = deadline.min(self.stalled_at(progress));
        }
        for over_at in self.players.iter().filter_map(|player| player.over_at) {
            deadline = deadline.min(over_at);
        }
        deadline
    }

    /// Whether bytes wait for the transport, or for the peer's acknowledgement (RTMP 5.4.5).
    fn waits_for_peer(&self) -> bool {
        !self.outbox.is_empty() || self.session.transmit_backlog() > 0
    }

    fn wants_media(&self) -> bool {
        self.outbox.wants_media() && self.session.transmit_backlog() == 0
    }

    fn stalled_at(&self, progress: Instant) -> Instant {
        progress + Duration::from_millis(self.shared.config.no_progress_ms)
    }

    fn handle_timeout(&mut self, now: Instant, progress: Instant) -> Result<(), End> {
        if self.waits_for_peer() && now >= self.stalled_at(progress) {
            return Err(End::NoProgress(self.shared.config.no_progress_ms));
        }
        let mut index = 0;
        while index < self.players.len() {
            if self.players[index].over_at.is_some_and(|at| now >= at) {
                let player = self.players.swap_remove(index);
                let _ = self.session.notify(player.stream, SessionNotice::PlayStop);
                self.log(LogEvent::PlayEnded);
            } else {
                index += 1;
            }
        }
        self.session.handle_timeout(self.now()).map_err(End::Failed)
    }

    fn handle_events(&mut self) {
        while let Some(event) = self.session.poll_event() {
            self.handle_event(event);
        }
    }

    fn handle_event(&mut self, event: ServerEvent) {
        match event {
            ServerEvent::Media { stream, kind, timestamp, payload } => {
                if let Some(publisher) = self.publishers.get(&stream) {
                    publisher.push(kind, timestamp, payload);
                }
            }
            ServerEvent::Connect { id, app, .. } => self.connect(id, &app),
            ServerEvent::Publish { id, stream, name, .. } => self.publish(id, stream, &name),
            ServerEvent::Play { id, stream, name, start, .. } => self.play(id, stream, &name, start),
            ServerEvent::PublishEnded { stream, .. } => self.end_publish(stream),
            ServerEvent::PlayEnded { stream, .. } => self.end_play(stream),
            ServerEvent::SwfVerification { verdict } => self.log(LogEvent::SwfVerification { verdict }),
            ServerEvent::ReceiveAudio { stream, on } => {
                if let Some(player) = self.player(stream) {
                    player.queue().set_audio(on);
                }
            }
            ServerEvent::ReceiveVideo { stream, on } => {
                if let Some(player) = self.player(stream) {
                    player.set_video(on);
                }
            }
            ServerEvent::Paused { stream, paused, .. } => {
                if let Some(player) = self.player(stream) {
                    if paused { player.pause() } else { player.resume() }
                }
            }
            _ => {}
        }
    }

    fn connect(&mut self, id: RequestId, app: &str) {
        let name = key::app_name(app).to_owned();
        if let Some(report) = self.session.handshake_report() {
            self.log(LogEvent::Handshake { report });
        }
        if self.shared.config.apps.admit(&name) {
            self.accept(id);
            self.log(LogEvent::Connected { app: name });
            if !self.shared.config.swf.is_empty() {
                // A client whose handshake had no digests cannot be asked.
                let _ = self.session.request_swf_verification(self.shared.config.swf.clone());
            }
        } else {
            self.reject(id, Rejection::connect_rejected("there is no such application"));
            self.log(LogEvent::Rejected { app: name });
        }
        app.clone_into(&mut self.app);
    }

    fn publish(&mut self, id: RequestId, stream: MessageStreamId, name: &str) {
        self.end_publish(stream);
        match self.shared.hub.publish(StreamKey::new(&self.app, name)) {
            Ok(publisher) => {
                self.publishers.insert(stream, publisher);
                self.accept(id);
                self.log(LogEvent::PublishStarted);
            }
            Err(_) => {
                self.reject(id, Rejection::bad_name("somebody publishes under this name already"));
                self.log(LogEvent::PublishRefused);
            }
        }
    }

    fn play(&mut self, id: RequestId, stream: MessageStreamId, name: &str, start: PlayStart) {
        self.end_play(stream);
        let wait = matches!(start, PlayStart::LiveOrRecorded);
        let queue = PlayerQueue::new(self.shared.config.queue, self.wake.clone());
        match self.shared.hub.subscribe(StreamKey::new(&self.app, name), wait, queue) {
            Ok(subscription) => {
                self.accept(id);
                self.players.push(Player { stream, subscription, over_at: None });
                self.log(LogEvent::PlayStarted);
            }
            Err(_) => {
                self.reject(id, Rejection::stream_not_found("nobody publishes under this name"));
                self.log(LogEvent::PlayRefused);
            }
        }
    }

    fn end_publish(&mut self, stream: MessageStreamId) {
        if self.publishers.remove(&stream).is_some() {
            self.log(LogEvent::PublishEnded);
        }
    }

    fn end_play(&mut self, stream: MessageStreamId) {
        let before = self.players.len();
        self.players.retain(|player| player.stream != stream);
        if self.players.len() < before {
            self.log(LogEvent::PlayEnded);
        }
    }

    fn player(&self, stream: MessageStreamId) -> Option<&Subscription> {
        self.players.iter().find(|player| player.stream == stream).map(|player| &player.subscription)
    }

    fn accept(&mut self, id: RequestId) {
        let answered = self.session.accept(id);
        debug_assert!(answered.is_ok(), "{answered:?}");
    }

    fn reject(&mut self, id: RequestId, rejection: Rejection) {
        let answered = self.session.reject(id, rejection);
        debug_assert!(answered.is_ok(), "{answered:?}");
    }

    fn take_replies(&mut self) {
        while let Some(bytes) = self.session.poll_transmit() {
            self.outbox.push_reply(bytes);
        }
    }

    /// Moves what waits for this connection's players to the outbox, in turn, while it has room.
    fn take_media(&mut self) -> Result<(), GaveUp> {
        let mut taken = true;
        while taken && self.wants_media() {
            taken = false;
            for index in 0..self.players.len() {
                if let Some(item) = self.players[index].subscription.queue().pop()? {
                    taken = true;
                    self.deliver(index, item);
                    while let Some(bytes) = self.session.poll_transmit() {
                        self.outbox.push_media(bytes);
                    }
                }
            }
        }
        if taken {
            self.wake.notify_one();
        }
        Ok(())
    }

    fn deliver(&mut self, index: usize, item: Item) {
        let player = &mut self.players[index];
        let stream = player.stream;
        match item {
            Item::Frame(frame) => {
                // A refusal means that the peer has just stopped playing.
                let _ = if frame.is_shared_on(stream) && !self.session.is_tampered() {
                    let wire = frame.wire(self.session.chunk_size_out());
                    self.session.send_shared(stream, frame.kind, wire)
                } else {
                    self.session.send_media(stream, frame.kind, frame.timestamp, frame.payload.clone())
                };
            }
            Item::Notice(Notice::Published) => {
                player.over_at = None;
                let _ = self.session.notify(stream, SessionNotice::PublishNotify);
            }
            Item::Notice(Notice::Unpublished) => {
                let wait = Duration::from_millis(self.shared.config.republish_wait_ms);
                player.over_at = Some(Instant::now() + wait);
                let _ = self.session.notify(stream, SessionNotice::UnpublishNotify);
            }
        }
    }

    fn log(&self, event: LogEvent) {
        self.shared.log(self.number, self.peer, event);
    }

    /// Frees the names at once, flushes what the session still has to say, and closes.
    async fn finish(mut self, mut stream: TcpStream, end: End) {
        self.publishers.clear();
        self.players.clear();
        let until = Instant::now() + Duration::from_millis(self.shared.config.linger_ms);
        if end.peer_may_listen() {
            self.take_replies();
            let _ = timeout_at(until, self.flush(&stream)).await;
            if stream.shutdown().await.is_ok() && !matches!(end, End::PeerClosed) {
                // Closing with unread bytes would reset the connection and take the answer with it.
                let _ = timeout_at(until, drain(&stream)).await;
            }
        }
        let (received, sent) = (self.received, self.outbox.written());
        self.log(LogEvent::Closed { reason: end.to_string(), received, sent });
    }

    async fn flush(&mut self, stream: &TcpStream) -> io::Result<()> {
        while !self.outbox.is_empty() {
            stream.writable().await?;
            self.outbox.write_to(stream)?;
        }
        Ok(())
    }
}

async fn drain(stream: &TcpStream) -> io::Result<()> {
    let mut scratch = [0; 4096];
    let mut drained = 0;
    while drained < DRAIN_MAX {
        stream.readable().await?;
        match stream.try_read(&mut scratch) {
            Ok(0) => break,
            Ok(n) => drained += n,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

impl End {
    fn peer_may_listen(&self) -> bool {
        !matches!(self, Self::Transport(_) | Self::TooSlow(_) | Self::NoProgress(_))
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("the session is over"),
            Self::Failed(e) => e.fmt(f),
            Self::PeerClosed => f.write_str("the peer closed"),
            Self::Transport(e) => write!(f, "the transport failed: {e}"),
            Self::TooSlow(gave_up) => gave_up.fmt(f),
            Self::NoProgress(ms) => write!(f, "the peer took no byte for {ms} ms"),
            Self::Shutdown => f.write_str("the server stops"),
        }
    }
}
