//! One connection of the suite to the target: sends with the suite's pen, hears with the suite's reader.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::time::timeout_at;

use super::describe::describe_sent;
pub use super::describe::{command_seen, describe_heard, json};
use super::reader::{MessageSeen, Reader};
use super::transcript::{Direction, Transcript};
use crate::outcome::{CloseHow, Seen, Stop};
use crate::pen::{Amf, Msg, command, control, handshake};

/// Bytes of [`Link::one_by_one`] that are paced.
const PACED: usize = 64;
/// Length of S0 + S1 + S2.
pub const SERVER_HANDSHAKE: usize = 1 + 2 * handshake::PACKET;
/// Bytes kept per connection: messages with what is noted of each, and unfinished ones. A target that floods is
/// no longer read beyond it.
const HEARD_LIMIT: usize = 64 << 20;
/// The same for all connections of a case.
const HEARD_PER_CASE: usize = 192 << 20;
/// Ping Requests of the target that wait for their answer.
const PINGS_KEPT: usize = 64;
/// What is kept of a message beside its body (the list of them doubles as it grows), and of each of its chunks.
const PER_MESSAGE: usize = 2 * std::mem::size_of::<Heard>();
const PER_CHUNK: usize = std::mem::size_of::<super::reader::ChunkSeen>();

/// A message from the target.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Time since the connection was opened.
    pub at: Duration,
    /// Bytes sent by the suite on this connection when it arrived.
    pub sent: u64,
    /// The message.
    pub message: MessageSeen,
}

/// How a barrier is built on this target; learned by the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BarrierBy {
    /// User Control Ping Request, answered by Ping Response.
    #[default]
    Ping,
    /// createStream, answered by `_result` or `_error`.
    CreateStream,
}

#[derive(Debug, Default)]
struct State {
    handshake: Vec<u8>,
    handshake_len: usize,
    reader: Reader,
    heard: Vec<Heard>,
    heard_bytes: usize,
    /// Bytes that the case was told this connection holds.
    counted: usize,
    bytes_in: u64,
    pings: Vec<u32>,
    closed: Option<(CloseHow, Instant)>,
}

struct Shared {
    state: Mutex<State>,
    version: watch::Sender<u64>,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What a wait looks at.
pub struct View<'a> {
    /// S0, S1, S2 so far.
    pub handshake: &'a [u8],
    /// Every message so far.
    pub heard: &'a [Heard],
    /// Bytes received.
    pub bytes_in: u64,
    /// Why the target's bytes cannot be read as chunks.
    pub broken: Option<&'a str>,
}

/// One connection.
pub struct Link {
    /// Who the suite plays on it, for the transcript.
    pub name: String,
    /// The chunk size that the suite writes with.
    pub chunk_size: usize,
    /// How long the suite waits for one event.
    pub patience: Duration,
    /// How barriers are built.
    pub barrier_by: BarrierBy,
    /// Whether Ping Requests of the target are answered.
    pub answers_pings: bool,
    /// What was received before `mark` is not looked at by the waits for replies.
    mark: usize,
    shared: Arc<Shared>,
    writer: Option<OwnedWriteHalf>,
    changed: watch::Receiver<u64>,
    reading: watch::Sender<bool>,
    transcript: Arc<Transcript>,
    index: usize,
    stimulus: Instant,
    bytes_out: Arc<std::sync::atomic::AtomicU64>,
    next_txn: f64,
    next_ping: u32,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
        let counted = std::mem::take(&mut self.shared.lock().counted);
        self.transcript.held(counted, 0);
    }
}

impl Link {
    /// Opens a connection.
    ///
    /// # Errors
    /// When the target does not accept within `patience`.
    pub async fn open(
        addr: SocketAddr,
        name: &str,
        transcript: Arc<Transcript>,
        patience: Duration,
    ) -> io::Result<Self> {
        let stream = tokio::time::timeout(patience, TcpStream::connect(addr))
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "no answer to the TCP connect"))??;
        stream.set_nodelay(true)?;
        let index = transcript.connection(name, stream.local_addr()?.port(), addr.port());
        let (read, writer) = stream.into_split();
        let (version, changed) = watch::channel(0);
        let (reading, reading_rx) = watch::channel(true);
        let state = State { handshake_len: SERVER_HANDSHAKE, ..State::default() };
        let shared = Arc::new(Shared { state: Mutex::new(state), version });
        let opened = Instant::now();
        let bytes_out = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let task = tokio::spawn(read_loop(
            read,
            Arc::clone(&shared),
            reading_rx,
            Tape {
                transcript: Arc::clone(&transcript),
                index,
                name: name.into(),
                opened,
                bytes_out: Arc::clone(&bytes_out),
            },
        ));
        Ok(Self {
            name: name.into(),
            chunk_size: 128,
            patience,
            barrier_by: BarrierBy::default(),
            answers_pings: true,
            mark: 0,
            shared,
            writer: Some(writer),
            changed,
            reading,
            transcript,
            index,
            stimulus: opened,
            bytes_out,
            next_txn: 100.0,
            next_ping: 0x5253_0000,
            task,
        })
    }

    // ----- sending -----

    /// Sends valid bytes as one write. A connection that the target has closed is found by the next wait.
    pub async fn bytes(&mut self, note: &str, bytes: &[u8]) {
        self.transcript.line('>', &self.name, note);
        self.write(bytes).await;
    }

    /// Sends valid bytes, one write each. The first 64 are a millisecond apart: that is the stimulus, or a
    /// busy target finds them all in one read.
    pub async fn one_by_one(&mut self, note: &str, bytes: &[u8]) {
        self.transcript.line('>', &self.name, &format!("{note}, {} writes of one byte", bytes.len()));
        let mut pace = tokio::time::interval(Duration::from_millis(1));
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for (i, byte) in bytes.iter().enumerate() {
            if i < PACED {
                pace.tick().await;
            }
            self.write(std::slice::from_ref(byte)).await;
        }
    }

    /// Sends bytes that break the text, under the lie's name.
    pub async fn lie(&mut self, name: &str, bytes: &[u8]) {
        self.transcript.line('!', &self.name, &format!("lie {name}, {} B", bytes.len()));
        self.write(bytes).await;
    }

    /// Sends one whole message; a Set Chunk Size changes the suite's own writing after it.
    pub async fn send(&mut self, message: &Msg) {
        self.send_all(std::slice::from_ref(message)).await;
    }

    /// Sends whole messages as one write.
    pub async fn send_all(&mut self, messages: &[Msg]) {
        let mut wire = Vec::new();
        for message in messages {
            self.transcript.line('>', &self.name, &describe_sent(message));
            wire.extend(message.chunks(self.chunk_size).concat());
            if let (1, Some(size)) = (message.kind, message.body.first_chunk::<4>()) {
                let size = u32::from_be_bytes(*size) & 0x7FFF_FFFF;
                if size > 0 {
                    self.chunk_size = size.min(0xFF_FFFF) as usize;
                }
            }
        }
        self.write(&wire).await;
    }

    /// Set Chunk Size for the suite's own direction (RTMP 5.4.1).
    pub async fn set_chunk_size(&mut self, size: u32) {
        self.send(&control::set_chunk_size(size)).await;
    }

    /// Notes a step of the suite in the transcript.
    pub fn note(&self, text: &str) {
        self.transcript.line('.', &self.name, text);
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stimulus = Instant::now();
        self.transcript.packet(self.index, Direction::Sent, bytes);
        let Some(writer) = &mut self.writer else { return };
        match tokio::time::timeout(self.patience, writer.write_all(bytes)).await {
            Ok(Ok(())) => {
                self.bytes_out.fetch_add(bytes.len() as u64, std::sync::atomic::Ordering::Relaxed);
            }
            Ok(Err(error)) => self.transcript.line('.', &self.name, &format!("write failed: {error}")),
            Err(_) => self.transcript.line('.', &self.name, "the target stopped reading: write timed out"),
        }
    }

    /// Half-closes: FIN after what was sent.
    pub async fn finish(&mut self) {
        self.note("FIN");
        if let Some(mut writer) = self.writer.take() {
            let _ = writer.shutdown().await;
            self.transcript.ended(self.index, Direction::Sent, false);
            self.writer = Some(writer);
        }
    }

    /// Ends the connection by RST.
    pub fn reset(mut self) {
        self.note("RST");
        self.transcript.ended(self.index, Direction::Sent, true);
        if let Some(writer) = self.writer.take() {
            let _ = writer.as_ref().set_zero_linger();
            writer.forget();
            self.task.abort();
        }
    }

    /// Stops or resumes reading from the socket.
    pub fn set_reading(&self, on: bool) {
        self.note(if on { "reads again" } else { "stops reading" });
        let _ = self.reading.send(on);
    }

    // ----- hearing -----

    /// From here on, replies are looked for.
    pub fn mark(&mut self) -> usize {
        self.mark = self.shared.lock().heard.len();
        self.mark
    }

    /// Messages since the mark.
    #[must_use]
    pub fn since_mark(&self) -> Vec<Heard> {
        let state = self.shared.lock();
        state.heard[self.mark.min(state.heard.len())..].to_vec()
    }

    /// Every message so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.shared.lock().heard.clone()
    }

    /// S0, S1 and S2 as far as they arrived.
    #[must_use]
    pub fn handshake_bytes(&self) -> Vec<u8> {
        self.shared.lock().handshake.clone()
    }

    /// Bytes received.
    #[must_use]
    pub fn bytes_in(&self) -> u64 {
        self.shared.lock().bytes_in
    }

    /// Bytes sent.
    #[must_use]
    pub fn bytes_out(&self) -> u64 {
        self.bytes_out.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Whether the target closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.lock().closed.is_some()
    }

    /// Why the target's bytes cannot be read as chunks, if so.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        self.shared.lock().reader.broken.clone()
    }

    /// Waits until `found` answers; otherwise how the wait ended: closed or silent.
    ///
    /// # Errors
    /// [`Seen::Closed`] or [`Seen::Silent`].
    pub async fn wait<T>(&mut self, found: impl FnMut(&View<'_>) -> Option<T>) -> Result<T, Seen> {
        self.wait_for(self.patience, found).await
    }

    /// As [`Self::wait`], with a patience of its own.
    ///
    /// # Errors
    /// [`Seen::Closed`] or [`Seen::Silent`].
    pub async fn wait_for<T>(
        &mut self,
        patience: Duration,
        mut found: impl FnMut(&View<'_>) -> Option<T>,
    ) -> Result<T, Seen> {
        let began = Instant::now();
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            self.changed.borrow_and_update();
            let (closed, pings) = {
                let mut state = self.shared.lock();
                let view = View {
                    handshake: &state.handshake,
                    heard: &state.heard,
                    bytes_in: state.bytes_in,
                    broken: state.reader.broken.as_deref(),
                };
                if let Some(value) = found(&view) {
                    return Ok(value);
                }
                (state.closed, std::mem::take(&mut state.pings))
            };
            if let Some((how, at)) = closed {
                let after = at.saturating_duration_since(self.stimulus);
                return Err(Seen::Closed { how, after_ms: millis(after) });
            }
            if self.answers_pings {
                for value in pings {
                    let pong = control::ping_response(value);
                    self.send(&pong).await;
                }
            }
            // A target that floods makes every wait end at once: the deadline is looked at in any case.
            let over = tokio::time::Instant::now() >= deadline;
            if over || timeout_at(deadline, self.changed.changed()).await.is_err() {
                return Err(Seen::Silent { waited_ms: millis(began.elapsed()), barrier: false });
            }
        }
    }

    /// Waits for the target to close.
    pub async fn close(&mut self) -> Seen {
        match self.wait(|_| None::<()>).await {
            Ok(()) => unreachable!("nothing is found"),
            Err(seen) => seen,
        }
    }

    /// Watches that nothing matching arrives for `time`; `Silent` if so.
    pub async fn quiet<T>(&mut self, time: Duration, found: impl FnMut(&View<'_>) -> Option<T>) -> Option<T> {
        self.wait_for(time, found).await.ok()
    }

    /// A barrier: everything sent before it was accepted if it is answered. Where the chunk size would split a
    /// Ping Request, createStream takes its place: a target may fail UCM-005 and nothing else.
    pub async fn barrier(&mut self) -> Seen {
        match self.barrier_by {
            BarrierBy::Ping if self.chunk_size >= 6 => self.ping_barrier().await,
            _ => self.rpc_barrier().await,
        }
    }

    /// A barrier by Ping Request.
    pub async fn ping_barrier(&mut self) -> Seen {
        self.next_ping += 1;
        let value = self.next_ping;
        let from = self.shared.lock().heard.len();
        self.send(&control::ping_request(value)).await;
        let mut want = vec![0, 7];
        want.extend(value.to_be_bytes());
        let seen = self
            .wait(|v| {
                v.heard[from..].iter().find(|h| h.message.kind == 4 && h.message.body == want).map(drop)
            })
            .await;
        self.barrier_end("ping", seen)
    }

    /// A barrier by createStream.
    pub async fn rpc_barrier(&mut self) -> Seen {
        let txn = self.transaction();
        self.send(&command::create_stream(txn)).await;
        let seen = self.wait(|v| reply_in(v.heard, txn).map(drop)).await;
        self.barrier_end("createStream", seen)
    }

    fn barrier_end(&self, by: &str, seen: Result<(), Seen>) -> Seen {
        let seen = match seen {
            Ok(()) => Seen::Answered { by: by.into() },
            Err(Seen::Silent { waited_ms, .. }) => Seen::Silent { waited_ms, barrier: true },
            Err(seen) => seen,
        };
        self.note(&format!("barrier {}", seen.describe()));
        seen
    }

    /// A fresh transaction id.
    pub fn transaction(&mut self) -> f64 {
        self.next_txn += 1.0;
        self.next_txn
    }

    /// The `_result` or `_error` with this transaction id, whenever it came.
    pub async fn reply(&mut self, txn: f64) -> Seen {
        self.wait(|v| reply_in(v.heard, txn)).await.unwrap_or_else(|seen| seen)
    }

    /// Sends a command and returns its reply. The transaction id stands in the message.
    pub async fn call(&mut self, name: &str, object: Amf, arguments: &[Amf]) -> Seen {
        let txn = self.transaction();
        self.send(&command::command(name, txn, object, arguments)).await;
        self.reply(txn).await
    }

    /// The first `onStatus` since the mark.
    pub async fn status(&mut self) -> Seen {
        self.status_where(|_| true).await
    }

    /// The first `onStatus` since the mark whose code fits.
    pub async fn status_where(&mut self, fits: impl Fn(&str) -> bool) -> Seen {
        let mark = self.mark;
        self.wait(|v| {
            v.heard[mark.min(v.heard.len())..].iter().find_map(|h| {
                let seen = command_seen(&h.message)?;
                match &seen {
                    Seen::Command { name, code: Some(code), .. } if name == "onStatus" && fits(code) => {
                        Some(seen)
                    }
                    _ => None,
                }
            })
        })
        .await
        .unwrap_or_else(|seen| seen)
    }

    // ----- set-up -----

    /// C0, C1, then C2 after S1 and S2: the plain handshake (RTMP 5.2).
    ///
    /// # Errors
    /// Blocked when the target does not complete it.
    pub async fn handshake(&mut self, seed: u64) -> Result<(), Stop> {
        let mut c0c1 = vec![handshake::VERSION];
        c0c1.extend(handshake::c1(0, seed));
        self.bytes("C0 C1 (plain)", &c0c1).await;
        let s = self
            .wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then(|| v.handshake.to_vec()))
            .await
            .map_err(|seen| Stop::blocked("handshake", seen.describe()))?;
        let c2 = handshake::c2(&s[1..=handshake::PACKET], 0);
        self.bytes("C2", &c2).await;
        Ok(())
    }

    /// connect with transaction id 1; the reply.
    pub async fn connect(&mut self, app: &str, tc_url: &str) -> Seen {
        self.send(&command::connect(app, tc_url)).await;
        self.reply(1.0).await
    }
}

struct Tape {
    transcript: Arc<Transcript>,
    index: usize,
    name: String,
    opened: Instant,
    bytes_out: Arc<std::sync::atomic::AtomicU64>,
}

async fn read_loop(
    mut read: OwnedReadHalf,
    shared: Arc<Shared>,
    mut reading: watch::Receiver<bool>,
    tape: Tape,
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        if reading.wait_for(|on| *on).await.is_err() {
            return;
        }
        let got = tokio::select! {
            got = read.read(&mut buffer) => got,
            _ = reading.changed() => continue,
        };
        match got {
            Ok(n) if n > 0 => {
                tape.transcript.packet(tape.index, Direction::Heard, &buffer[..n]);
                take(&shared, &tape, &buffer[..n]);
            }
            end => {
                let how = if end.is_ok() { CloseHow::Fin } else { CloseHow::Rst };
                let word = if end.is_ok() { "closed (FIN)" } else { "closed (RST)" };
                tape.transcript.line('<', &tape.name, word);
                tape.transcript.ended(tape.index, Direction::Heard, end.is_err());
                shared.lock().closed = Some((how, Instant::now()));
                shared.version.send_modify(|v| *v += 1);
                return;
            }
        }
        let flooded = {
            let mut state = shared.lock();
            let is = state.heard_bytes + state.reader.held();
            let was = std::mem::replace(&mut state.counted, is);
            tape.transcript.held(was, is) > HEARD_PER_CASE || is > HEARD_LIMIT
        };
        if flooded {
            tape.transcript.line(
                '.',
                &tape.name,
                "no longer read: what the target sends takes too much memory",
            );
            shared.version.send_modify(|v| *v += 1);
            return;
        }
        shared.version.send_modify(|v| *v += 1);
    }
}

fn take(shared: &Shared, tape: &Tape, mut bytes: &[u8]) {
    let mut state = shared.lock();
    state.bytes_in += bytes.len() as u64;
    let missing = state.handshake_len.saturating_sub(state.handshake.len());
    if missing > 0 {
        let (now, later) = bytes.split_at(bytes.len().min(missing));
        state.handshake.extend_from_slice(now);
        bytes = later;
        if state.handshake.len() == state.handshake_len {
            tape.transcript.line('<', &tape.name, "S0 S1 S2");
        }
    }
    let broken = state.reader.broken.is_some();
    for message in state.reader.feed(bytes) {
        tape.transcript.line('<', &tape.name, &describe_heard(&message));
        if let (4, [0, 6, a, b, c, d]) = (message.kind, message.body.as_slice()) {
            // One that is not looked at soon is not answered either: a flood of them is not collected.
            if state.pings.len() < PINGS_KEPT {
                state.pings.push(u32::from_be_bytes([*a, *b, *c, *d]));
            }
        }
        state.heard_bytes += message.body.len() + PER_MESSAGE + message.chunks.capacity() * PER_CHUNK;
        let sent = tape.bytes_out.load(std::sync::atomic::Ordering::Relaxed);
        state.heard.push(Heard { at: tape.opened.elapsed(), sent, message });
    }
    if let (false, Some(why)) = (broken, &state.reader.broken) {
        tape.transcript.line('<', &tape.name, &format!("unreadable chunks: {why}"));
    }
}

fn reply_in(heard: &[Heard], txn: f64) -> Option<Seen> {
    heard.iter().find_map(|h| {
        let seen = command_seen(&h.message)?;
        match &seen {
            Seen::Command { name, txn: t, .. } if *t == txn && (name == "_result" || name == "_error") => {
                Some(seen)
            }
            _ => None,
        }
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
