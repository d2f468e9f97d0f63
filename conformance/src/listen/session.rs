//! One connection as a state machine without sockets or clock: bytes in, bytes and events out.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use super::chunks::Chunks;
use super::event::{Event, Kind, Log, Tally};
use super::handshake::{Handshake, Turn};
use super::media::Media;
use super::play::Synthetic;
use crate::pen::{Msg, command, control};
use crate::rule;
use crate::wire::MessageSeen;
use crate::wire::reader::Reader;

/// Bytes given to the chunk reader at once.
const PIECE: usize = 4 << 10;
/// Chunk size of what is sent, after it was announced.
const CHUNK_SIZE: u32 = 4096;
/// Window Acknowledgement Size that the client is given: small, so that a player's acknowledgements show soon.
pub(super) const WINDOW: u32 = 100_000;
/// Publish.Start is held back this long: media that come meanwhile did not wait for it.
const HOLD_START: Duration = Duration::from_millis(50);
/// How long a Ping Request may stay unanswered.
const PONG_WITHIN: Duration = Duration::from_secs(5);
/// Value of the Ping Request that shows how far a player has read.
const ACK_PING: u32 = 0x0203_0405;
/// Silence after which the missing steps are named.
const STALLED: Duration = Duration::from_secs(5);
/// Length of a media account.
const ACCOUNT: Duration = Duration::from_secs(1);

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client closed it (FIN).
    Closed,
    /// The client reset it (RST).
    Reset,
    /// The listener closed it; the reason was said.
    Refused,
    /// Nothing came, or nothing was taken, for too long.
    Idle,
    /// The listener ends.
    Stopped,
}

/// The account at the end of a connection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// Number of the connection, from 1.
    pub connection: u64,
    /// `publisher`, `player`, `client` if it was neither yet.
    pub role: &'static str,
    /// Judgements.
    #[serde(flatten)]
    pub tally: Tally,
    /// Steps of an ordinary session that did not come.
    pub missing: Vec<String>,
    /// Bytes that came.
    pub received: u64,
}

#[derive(Debug)]
pub(super) struct Ping {
    pub value: u32,
    pub at: Duration,
    /// A missing answer is not judged (any more).
    pub judged: bool,
    /// Two windows were sent without an Acknowledgement before it.
    pub unacknowledged: bool,
}

/// The server's end of one connection.
#[derive(Debug)]
pub struct Session {
    pub(super) log: Log,
    pub(super) now: Duration,
    seed: u64,
    handshake: Handshake,
    reader: Reader,
    chunks: Chunks,
    out: Vec<u8>,
    out_chunk: usize,
    received: u64,
    reported: u64,
    heard_at: Duration,
    hinted: bool,
    accounted_at: Duration,
    close: bool,
    pub(super) client_window: Option<u32>,
    pub(super) sent: u64,
    pub(super) sent_at_ack: u64,
    pub(super) last_ack: Option<u32>,
    pub(super) acks: u64,
    pub(super) ping: Option<Ping>,
    pub(super) commands: u64,
    pub(super) connected: bool,
    pub(super) announced_enhanced: bool,
    pub(super) announced_codecs: bool,
    pub(super) streams: u32,
    pub(super) order: Vec<&'static str>,
    pub(super) publishing: BTreeSet<u32>,
    pub(super) published: bool,
    pub(super) unpublished: bool,
    pub(super) start: Option<(Duration, u32)>,
    pub(super) playing: Option<Synthetic>,
    pub(super) played: bool,
    pub(super) media: Media,
}

impl Session {
    /// The connection with this number; `seed` draws the random bytes of S1.
    #[must_use]
    pub fn new(connection: u64, seed: u64) -> Self {
        Self {
            log: Log::new(connection),
            now: Duration::ZERO,
            seed,
            handshake: Handshake::default(),
            reader: Reader::default(),
            chunks: Chunks::default(),
            out: Vec::new(),
            out_chunk: 128,
            received: 0,
            reported: 0,
            heard_at: Duration::ZERO,
            hinted: false,
            accounted_at: Duration::ZERO,
            close: false,
            client_window: None,
            sent: 0,
            sent_at_ack: 0,
            last_ack: None,
            acks: 0,
            ping: None,
            commands: 0,
            connected: false,
            announced_enhanced: false,
            announced_codecs: false,
            streams: 0,
            order: Vec::new(),
            publishing: BTreeSet::new(),
            published: false,
            unpublished: false,
            start: None,
            playing: None,
            played: false,
            media: Media::default(),
        }
    }

    /// Takes what came at `now`, the time since the connection was accepted.
    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        self.set_time(now);
        self.heard_at = now;
        self.hinted = false;
        self.received += bytes.len() as u64;
        let before = self.out.len();
        match self.handshake.feed(bytes, self.seed, &mut self.log, &mut self.out) {
            Turn::Wait => {}
            Turn::Close => self.close = true,
            Turn::Done(rest) => {
                for piece in rest.chunks(PIECE) {
                    self.piece(piece);
                }
            }
        }
        if matches!(self.handshake, Handshake::Done) {
            self.acknowledge();
        } else {
            self.sent += (self.out.len() - before) as u64;
        }
        self.tick(now);
    }

    fn piece(&mut self, piece: &[u8]) {
        if self.close {
            return;
        }
        self.chunks.fed(piece.len(), self.reader.chunk_size());
        for message in self.reader.feed(piece) {
            self.chunks.judge(&message, &mut self.log);
            self.message(&message);
        }
        self.chunks.fed(0, self.reader.chunk_size());
        if let Some(why) = &self.reader.broken {
            let text = format!(
                "{why}; or the message before was not cut at the chunk size, {} B (CHUNK-039)",
                self.reader.chunk_size()
            );
            self.log.broken(rule::CHUNK_013, text);
            self.close = true;
        } else if let Some(why) = self.chunks.beyond() {
            self.log.note(format!("closed here: {why}"));
            self.close = true;
        }
    }

    fn message(&mut self, message: &MessageSeen) {
        match message.kind {
            1..=6 => self.control(message),
            8 | 9 => self.audio_or_video(message),
            15 | 18 => self.data(message),
            17 | 20 => self.command(message),
            22 => self.log.step(format!("aggregate message of {} B, not looked into", message.body.len())),
            kind => self.log.remark(
                rule::MSG_009,
                format!("message of unknown type {kind}, {} B: servers ignore it", message.body.len()),
            ),
        }
    }

    fn audio_or_video(&mut self, message: &MessageSeen) {
        if !self.publishing.contains(&message.msid) {
            if self.publishing.is_empty() && !self.published {
                let text = "media before publish: servers drop it, sequence headers and all";
                self.log.remark(rule::MSG_021, text);
            } else if !self.unpublished {
                let text = format!("media on message stream {}, which is not publishing", message.msid);
                self.log.broken(rule::MSG_019, text);
            }
        }
        self.before_start("media");
        self.media.audio_or_video(message, self.announced_enhanced, &mut self.log);
    }

    fn data(&mut self, message: &MessageSeen) {
        if !self.publishing.is_empty() && !self.publishing.contains(&message.msid) {
            let text = format!("a data message on message stream {}, which is not publishing", message.msid);
            self.log.broken(rule::MSG_019, text);
        }
        if message.kind == 15 {
            self.log
                .broken(rule::MSG_015, "a data message of type 15 although objectEncoding 0 was answered");
        }
        self.before_start("metadata");
        self.media.data(message, &mut self.log);
    }

    fn before_start(&mut self, what: &str) {
        if self.start.is_some() && !self.log.said(Kind::Note, rule::NSP_019) {
            let text = format!("{what} before NetStream.Publish.Start: some servers lose it");
            self.log.remark(rule::NSP_019, text);
        }
    }

    /// Does what is due at `now`.
    pub fn tick(&mut self, now: Duration) {
        self.set_time(now);
        if self.start.is_some_and(|(due, _)| due <= now) {
            self.publish_start();
        }
        if let Some(ping) = &mut self.ping
            && !ping.judged
            && ping.at + PONG_WITHIN <= now
        {
            ping.judged = true;
            let text = format!("no Ping Response within {} s", PONG_WITHIN.as_secs());
            self.log.broken(rule::UCM_016, text);
        }
        if let Some(player) = &mut self.playing {
            for message in player.messages(now) {
                self.send(&message);
            }
        }
        self.watch_acknowledgements();
        if self.media.pending() && self.accounted_at + ACCOUNT <= now {
            self.account();
        }
        if self.stalls_at().is_some_and(|at| at <= now) {
            self.hinted = true;
            let missing = self.missing().join(", ");
            self.log.account(
                Kind::Note,
                format!("nothing for {} s; missing so far: {missing}", STALLED.as_secs()),
            );
        }
    }

    /// When [`Self::tick`] has something to do.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let account = self.media.pending().then(|| self.accounted_at + ACCOUNT);
        let pong = self.ping.as_ref().filter(|p| !p.judged).map(|p| p.at + PONG_WITHIN);
        let start = self.start.map(|(due, _)| due);
        let play = self.playing.as_ref().and_then(Synthetic::due);
        [account, pong, start, play, self.stalls_at()].into_iter().flatten().min()
    }

    fn stalls_at(&self) -> Option<Duration> {
        (!self.hinted && self.playing.is_none() && !self.missing().is_empty())
            .then(|| self.heard_at + STALLED)
    }

    /// The connection is over: what is still to be said.
    pub fn finish(&mut self, now: Duration, end: End) -> Account {
        self.set_time(now);
        if self.media.pending() {
            self.account();
        }
        if let Some(awaits) = self.handshake.awaits().filter(|_| self.received > 0 && end != End::Refused) {
            self.log.broken(rule::HS_001, format!("the handshake was not completed: {awaits} is missing"));
        }
        if self.ping.as_ref().is_some_and(|p| !p.judged) {
            self.log.remark(rule::UCM_016, "no Ping Response before the end");
        }
        if self.published && !self.unpublished && matches!(end, End::Closed | End::Reset) {
            self.log.note(
                "closed without FCUnpublish, closeStream or deleteStream: some servers keep the stream name taken",
            );
        }
        let how = match end {
            End::Closed => "the client closed the connection",
            End::Reset => "the client reset the connection",
            End::Refused => "closed by the listener",
            End::Idle => "closed by the listener: idle for too long",
            End::Stopped => "the listener ends",
        };
        if self.playing.is_some() || self.acks > 0 {
            self.log
                .account(Kind::Step, format!("{} B sent, {} acknowledgements came", self.sent, self.acks));
        }
        self.log.account(Kind::Step, format!("{how}; {} B came", self.received));
        let missing = self.missing();
        let role = self.role();
        let repeated = self.log.repeated();
        if !repeated.is_empty() {
            self.log.account(Kind::Note, format!("repeated: {}", repeated.join(", ")));
        }
        if self.log.held_back() > 0 {
            self.log.account(Kind::Note, format!("{} more lines were not printed", self.log.held_back()));
        }
        if !missing.is_empty() {
            self.log.account(Kind::Note, format!("missing: {}", missing.join(", ")));
        }
        let tally = self.log.tally();
        self.log.account(Kind::Step, format!("{role}: {tally}"));
        let connection = self.connection();
        Account { connection, role, tally, missing, received: self.received }
    }

    fn connection(&self) -> u64 {
        self.log.connection()
    }

    fn role(&self) -> &'static str {
        match (self.published, self.played) {
            (true, _) => "publisher",
            (false, true) => "player",
            (false, false) => "client",
        }
    }

    /// Steps of an ordinary session that did not come yet.
    fn missing(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.handshake.awaits().is_some() {
            out.push("handshake".into());
        }
        if !self.connected {
            out.push("connect".into());
        }
        if self.streams == 0 {
            out.push("createStream".into());
        }
        if self.published {
            out.extend(self.media.missing().into_iter().map(str::to_owned));
        } else if !self.played {
            out.push("publish or play".into());
        }
        out
    }

    /// Events so far; they are forgotten here.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.log.take()
    }

    /// Bytes to be sent; they are forgotten here.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Whether the listener is to close the connection.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.close
    }

    /// Whether the client is only expected to listen.
    #[must_use]
    pub fn plays(&self) -> bool {
        self.playing.is_some()
    }

    /// Whether any byte came.
    #[must_use]
    pub fn spoke(&self) -> bool {
        self.received > 0
    }

    pub(super) fn send(&mut self, message: &Msg) {
        let bytes = message.chunks(self.out_chunk).concat();
        self.sent += bytes.len() as u64;
        self.out.extend(bytes);
    }

    /// What stands around the reply to connect (RTMP 7.2.1.1).
    pub(super) fn send_opening(&mut self) {
        self.send(&control::window_ack_size(WINDOW));
        self.send(&control::set_peer_bandwidth(WINDOW, 2));
        self.send(&control::set_chunk_size(CHUNK_SIZE));
        self.out_chunk = CHUNK_SIZE as usize;
        self.send(&control::user_control(0, &[0; 4]));
    }

    /// Sends Publish.Start a little later, so that media that do not wait for it show.
    pub(super) fn publish_later(&mut self, msid: u32) {
        self.publish_start();
        self.start = Some((self.now + HOLD_START, msid));
    }

    fn publish_start(&mut self) {
        if let Some((_, msid)) = self.start.take() {
            self.send(&control::user_control(0, &msid.to_be_bytes()));
            self.send_status(msid, "status", "NetStream.Publish.Start", "Publishing");
            self.send_ping();
        }
    }

    pub(super) fn send_ping(&mut self) {
        let value = 0x0102_0304;
        self.send(&control::ping_request(value));
        self.ping = Some(Ping { value, at: self.now, judged: false, unacknowledged: false });
    }

    pub(super) fn send_status(&mut self, msid: u32, level: &str, code: &str, description: &str) {
        use crate::pen::amf::{Amf, object, text};
        let info =
            object(&[("level", text(level)), ("code", text(code)), ("description", text(description))]);
        self.send(&command::command("onStatus", 0.0, Amf::Null, &[info]).for_stream(msid).on(5));
    }

    fn acknowledge(&mut self) {
        let window = u64::from(self.client_window.unwrap_or(2_500_000));
        if window > 0 && self.received - self.reported >= window {
            self.reported = self.received;
            self.send(&control::acknowledgement((self.received & 0xFFFF_FFFF) as u32));
        }
    }

    /// A player owes an Acknowledgement per window (RTMP 5.4.3). What was written may still wait in a buffer:
    /// a Ping Request after two windows shows what was read, see [`Self::read_up_to_ping`].
    fn watch_acknowledgements(&mut self) {
        let due = self.sent - self.sent_at_ack >= 2 * u64::from(WINDOW);
        if due && self.playing.is_some() && self.ping.is_none() && !self.log.said(Kind::Wrong, rule::CTRL_023)
        {
            self.send(&control::ping_request(ACK_PING));
            self.ping = Some(Ping { value: ACK_PING, at: self.now, judged: true, unacknowledged: due });
        }
    }

    /// The client answered a Ping Request: it has read all that was sent before it.
    pub(super) fn read_up_to_ping(&mut self, ping: &Ping) {
        if ping.unacknowledged && self.sent - self.sent_at_ack >= 2 * u64::from(WINDOW) {
            let text = format!("no Acknowledgement for {} B; the window is {WINDOW} B", 2 * WINDOW);
            self.log.broken(rule::CTRL_023, text);
        }
    }

    fn account(&mut self) {
        let text = self.media.account();
        self.accounted_at = self.now;
        self.log.account(Kind::Step, text);
    }

    fn set_time(&mut self, now: Duration) {
        self.now = now;
        self.log.at(now);
    }
}
