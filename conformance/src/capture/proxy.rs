//! Listens, connects each client to the server, and keeps the records.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::pass::{Ended, Side, pass};
use super::rules::Told;
use super::tape::{Reel, Tape};
use super::target::{Forward, scheme};
use super::tls::{Trust, acceptor, connector, server_name};
use crate::listen::redact::printable;
use crate::wire::transcript::Direction;

/// Connections at one time; further ones are closed at once.
const AT_ONCE: usize = 64;
/// Between two tries to accept after one failed.
const BACK_OFF: Duration = Duration::from_millis(50);
/// How long a connection to the server, or TLS with either side, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Records that the outcome lists; later ones are counted.
const LISTED: usize = 10_000;

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen: `HOST:PORT`; port 0 takes a free one.
    pub listen: String,
    /// Where to pass on to.
    pub forward: Forward,
    /// The file; it must not be there yet. Its folder is made.
    pub out: PathBuf,
    /// Certificate chain and private key, both PEM: clients come with TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Which certificates of the server are trusted.
    pub trust: Trust,
    /// Record stream keys.
    pub keep_keys: bool,
    /// End after so many connections.
    pub connections: Option<usize>,
    /// Bytes recorded per connection, both directions together.
    pub max_bytes: u64,
}

/// Why nothing was begun.
#[derive(Debug)]
pub enum SetupError {
    /// The address cannot be listened on.
    Listen(io::Error),
    /// The file cannot be written, or a certificate cannot be used. A sentence.
    Config(String),
}

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Listen(error) => error.fmt(f),
            Self::Config(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for SetupError {}

/// One connection, told without secrets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// From 1, in order of their coming; also the order in the file.
    pub number: usize,
    /// The client's address.
    pub client: SocketAddr,
    /// The server's address; absent if none could be reached.
    pub server: Option<SocketAddr>,
    /// Its port in the file.
    pub port_in_file: u16,
    /// From the client's coming to the end.
    pub seconds: f64,
    /// Bytes that passed to the server, recorded or not.
    pub to_server: u64,
    /// Bytes that passed to the client.
    pub to_client: u64,
    /// The application, secrets as `x`.
    pub app: Option<String>,
    /// Names that were published, as `x`.
    pub published: Vec<String>,
    /// Names that were played, as `x`.
    pub played: Vec<String>,
    /// `closed`, `client-reset`, `server-reset`, `interrupted`, `no-server`, `no-tls`.
    pub ended: &'static str,
    /// Whether the bound of bytes ended the recording before the connection.
    pub full: bool,
    /// RTMPE, or TLS that was passed on: nothing could be looked into.
    pub encrypted: bool,
    /// The first byte that cannot be read as RTMP, with its direction and why.
    pub unreadable: Option<String>,
    /// What went wrong, in a sentence.
    pub problem: Option<String>,
}

impl Record {
    /// What the connection was for: `publish live/xxxx`.
    #[must_use]
    pub fn purpose(&self) -> String {
        let app = self.app.as_deref().unwrap_or("?");
        let mut said: Vec<String> = self.published.iter().map(|n| format!("publish {app}/{n}")).collect();
        said.extend(self.played.iter().map(|n| format!("play {app}/{n}")));
        match (said.is_empty(), &self.app) {
            (false, _) => said.join(", "),
            (true, Some(app)) => format!("connect {app}"),
            (true, None) if self.encrypted => "encrypted".into(),
            (true, None) => "no connect".into(),
        }
    }
}

/// What is said while it runs.
#[derive(Debug, Clone)]
pub enum Event {
    /// A client came.
    Came {
        /// Number of the connection.
        number: usize,
        /// The client.
        client: SocketAddr,
    },
    /// A client came while there were as many as there may be at one time; it was closed and is not recorded.
    TurnedAway {
        /// The client.
        client: SocketAddr,
    },
    /// Nothing more is recorded of a connection; it goes on.
    Full {
        /// Number of the connection.
        number: usize,
    },
    /// A connection ended.
    Ended(Box<Record>),
    /// The file takes no more: why. Everything is ended.
    Failed(String),
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// In order; at most 10,000.
    pub connections: Vec<Record>,
    /// How many there were.
    pub count: usize,
    /// Connections that reached the server.
    pub reached: usize,
    /// Why the file is not complete.
    pub failed: Option<String>,
}

/// The proxy, listening.
pub struct Proxy {
    listener: TcpListener,
    local: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    reel: Arc<Reel>,
    acceptor: Option<TlsAcceptor>,
    connector: Option<TlsConnector>,
    ports: Mutex<HashSet<u16>>,
}

impl Proxy {
    /// Reads certificates, makes the file, listens.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is left behind then.
    pub async fn bind(options: Options) -> Result<Self, SetupError> {
        let certificate = options.tls.as_ref().map(|(certificate, key)| acceptor(certificate, key));
        let acceptor = certificate.transpose().map_err(SetupError::Config)?;
        let wanted = options.forward.tls.then(|| {
            server_name(&options.forward.host)?;
            connector(&options.trust)
        });
        let connector = wanted.transpose().map_err(SetupError::Config)?;
        let listener = TcpListener::bind(&options.listen).await.map_err(SetupError::Listen)?;
        let local = listener.local_addr().map_err(SetupError::Listen)?;
        let file = make(&options.out).map_err(SetupError::Config)?;
        let keys = if options.keep_keys {
            "stream keys are in it as they were sent (--keep-keys)"
        } else {
            "stream keys and credentials are replaced by as many x"
        };
        let comment = format!(
            "rtmpspec vectors capture: recorded by a proxy between clients ({} on {local}) and a server ({} at {}). \
             Addresses and TCP headers are synthetic, 127.0.0.1 is the client, 127.0.0.2 the server; the server port \
             is written as 1935; what was TLS is recorded without it; {keys}",
            scheme(options.tls.is_some()),
            options.forward.scheme(),
            options.forward.authority(),
        );
        let reel = Reel::new(file, comment)
            .map_err(|e| SetupError::Config(format!("{}: {e}", options.out.display())))?;
        let shared =
            Shared { options, reel: Arc::new(reel), acceptor, connector, ports: Mutex::new(HashSet::new()) };
        Ok(Self { listener, local, shared: Arc::new(shared) })
    }

    /// The address it listens on, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Passes connections on until `stop` completes, or the number of connections in the options came and ended.
    /// Everything that passed is in the file then.
    pub async fn run(self, stop: impl Future<Output = ()>, mut say: impl FnMut(Event)) -> Outcome {
        let Self { listener, shared, .. } = self;
        let mut listener = Some(listener);
        let (end, ended) = watch::channel(false);
        let (tell, mut told) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(AT_ONCE));
        let (mut tasks, mut outcome) = (JoinSet::new(), Outcome::default());
        let most = shared.options.connections.unwrap_or(usize::MAX);
        tokio::pin!(stop);
        loop {
            if outcome.count >= most {
                listener = None;
            }
            if listener.is_none() && tasks.is_empty() {
                break;
            }
            tokio::select! {
                () = &mut stop => break,
                Some(event) = told.recv() => outcome.take(event, &mut say),
                Some(_) = tasks.join_next() => {}
                came = accept(listener.as_ref()) => {
                    let Some((client, address)) = came else { continue };
                    let Ok(place) = room.clone().try_acquire_owned() else {
                        say(Event::TurnedAway { client: address });
                        continue;
                    };
                    outcome.count += 1;
                    let number = outcome.count;
                    say(Event::Came { number, client: address });
                    let tape = shared.tape(number, address);
                    let (shared, tell, ended) = (shared.clone(), tell.clone(), ended.clone());
                    tasks.spawn(async move {
                        let record = shared.serve(number, client, address, tape, ended, &tell).await;
                        let _ = tell.send(Event::Ended(Box::new(record)));
                        drop(place);
                    });
                }
            }
            if let Some(why) = shared.reel.failed() {
                say(Event::Failed(why.clone()));
                outcome.failed = Some(why);
                break;
            }
        }
        drop((listener, tell));
        let _ = end.send(true);
        // Each ends at once, and with it the last sender of events.
        while let Some(event) = told.recv().await {
            outcome.take(event, &mut say);
        }
        while tasks.join_next().await.is_some() {}
        outcome.connections.sort_by_key(|r| r.number);
        outcome.failed = outcome.failed.or_else(|| shared.reel.failed());
        outcome
    }
}

impl Outcome {
    fn take(&mut self, event: Event, say: &mut impl FnMut(Event)) {
        if let Event::Ended(record) = &event {
            self.reached += usize::from(record.server.is_some());
            if self.connections.len() < LISTED {
                self.connections.push((**record).clone());
            }
        }
        say(event);
    }
}

/// The next client. An error such as too many open files is tried again after a moment, in which others may end.
async fn accept(listener: Option<&TcpListener>) -> Option<(TcpStream, SocketAddr)> {
    let Some(listener) = listener else { return std::future::pending().await };
    match listener.accept().await {
        Ok(came) => Some(came),
        Err(_) => {
            tokio::time::sleep(BACK_OFF).await;
            None
        }
    }
}

fn make(path: &Path) -> Result<fs::File, String> {
    let shown = path.display();
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{shown}: is there already and is not written over; name another with --out")
        }
        _ => format!("{shown}: {error}"),
    })
}

impl Shared {
    /// A record that begins now.
    fn tape(&self, number: usize, client: SocketAddr) -> Tape {
        let mut ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
        // Ports come again, and clients of several machines may have the same.
        let candidates = [client.port()].into_iter().chain((1_024..=u16::MAX).rev());
        let port = candidates.into_iter().find(|p| *p != 1_935 && !ports.contains(p)).unwrap_or_else(|| {
            ports.clear();
            client.port()
        });
        ports.insert(port);
        let options = &self.options;
        let comment = format!(
            "rtmpspec: connection {number}, client {client} ({}), server {} ({})",
            scheme(self.acceptor.is_some()),
            options.forward.authority(),
            options.forward.scheme(),
        );
        let (reel, keep) = (self.reel.clone(), options.keep_keys);
        Tape::new(reel, port, number - 1, keep, options.max_bytes, &comment)
    }

    async fn serve(
        &self,
        number: usize,
        client: TcpStream,
        address: SocketAddr,
        tape: Tape,
        mut ended: watch::Receiver<bool>,
        tell: &mpsc::UnboundedSender<Event>,
    ) -> Record {
        let began = Instant::now();
        let tape = Mutex::new(tape);
        let mut stop = ended.clone();
        let opened = tokio::select! {
            opened = self.open(client, &tape) => opened,
            _ = stop.wait_for(|end| *end) => Err((Ended::Interrupted, None)),
        };
        let (mut server, mut problem) = (None, None);
        let how = match opened {
            Ok((near, far, at)) => {
                server = Some(at);
                let stop = async {
                    let _ = ended.wait_for(|end| *end).await;
                };
                let full = || {
                    let _ = tell.send(Event::Full { number });
                };
                pass(near, far, &tape, stop, full).await
            }
            Err((how, why)) => {
                problem = why;
                how
            }
        };
        let mut tape = tape.into_inner().unwrap_or_else(PoisonError::into_inner);
        tape.finish();
        let unreadable = tape.first_unreadable();
        let mut record = Record {
            number,
            client: address,
            server,
            port_in_file: tape.port,
            seconds: (began.elapsed().as_secs_f64() * 1e3).round() / 1e3,
            to_server: tape.passed[0],
            to_client: tape.passed[1],
            app: None,
            published: Vec::new(),
            played: Vec::new(),
            ended: how.name(),
            full: tape.is_full(),
            encrypted: tape.encrypted(),
            unreadable: unreadable.map(|(direction, at, why)| format!("{direction}, byte {at}: {why}")),
            problem,
        };
        for told in &tape.told {
            match told {
                Told::App(app) => record.app = Some(printable(app, 80)),
                Told::Publish(name) => record.published.push(name.clone()),
                Told::Play(name) => record.played.push(name.clone()),
            }
        }
        record.published.dedup();
        record.played.dedup();
        record
    }

    /// Connects to the server, then agrees on TLS with both sides.
    async fn open(
        &self,
        client: TcpStream,
        tape: &Mutex<Tape>,
    ) -> Result<(Side, Side, SocketAddr), (Ended, Option<String>)> {
        let to = self.options.forward.authority();
        let refuse = |client: TcpStream, why: String| {
            let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
            tape.note(&format!("rtmpspec: {why}"));
            tape.end(Direction::Heard, true);
            Side::Plain(client).reset();
            why
        };
        let far = match timeout(PATIENCE, TcpStream::connect(&to)).await {
            Ok(Ok(far)) => far,
            Ok(Err(error)) => {
                let why = refuse(client, format!("the server {to} cannot be reached: {error}"));
                return Err((Ended::NoServer, Some(why)));
            }
            Err(_) => {
                let why = refuse(client, format!("the server {to} cannot be reached: no answer in 10 s"));
                return Err((Ended::NoServer, Some(why)));
            }
        };
        let _ = (client.set_nodelay(true), far.set_nodelay(true));
        let at = far.peer_addr().map_err(|e| (Ended::NoServer, Some(e.to_string())))?;
        let far = match &self.connector {
            None => Side::Plain(far),
            Some(connector) => {
                let name = server_name(&self.options.forward.host).map_err(|e| (Ended::NoTls, Some(e)))?;
                match agreed(connector.connect(name, far)).await {
                    Ok(tls) => Side::Tls(Box::new(tls.into())),
                    Err(error) => {
                        let why = refuse(client, format!("no TLS with the server {to}: {error}"));
                        return Err((Ended::NoTls, Some(why)));
                    }
                }
            }
        };
        tape.lock().unwrap_or_else(PoisonError::into_inner).accepted();
        let near = match &self.acceptor {
            None => Side::Plain(client),
            Some(acceptor) => match agreed(acceptor.accept(client)).await {
                Ok(tls) => Side::Tls(Box::new(tls.into())),
                Err(error) => {
                    let why = format!("no TLS with the client: {error}");
                    let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
                    tape.note(&format!("rtmpspec: {why}"));
                    tape.end(Direction::Sent, true);
                    return Err((Ended::NoTls, Some(why)));
                }
            },
        };
        Ok((near, far, at))
    }
}

async fn agreed<T>(tls: impl Future<Output = io::Result<T>>) -> Result<T, String> {
    match timeout(PATIENCE, tls).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("nothing was agreed on in 10 s".into()),
    }
}
