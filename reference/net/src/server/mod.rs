//! The server: accepts connections and runs one task for each.

mod config;
mod connection;
mod log;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub use config::{Apps, Observer, ServerConfig, TamperFactory};
pub use log::{Log, LogEvent};

use crate::relay::Hub;

/// A bound, not yet running server.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    shared: Arc<Shared>,
}

/// What all connections of a server have in common.
#[derive(Debug)]
struct Shared {
    config: ServerConfig,
    hub: Arc<Hub>,
    started: Instant,
    connections: AtomicUsize,
}

/// A running server. Dropping it stops the server without waiting.
#[derive(Debug)]
pub struct ServerHandle {
    local_addr: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

/// How much a server holds at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Open connections.
    pub connections: usize,
    /// Names that have a publisher.
    pub publishers: usize,
    /// Names that have a publisher or players.
    pub names: usize,
    /// Playing or waiting streams.
    pub players: usize,
}

impl Server {
    /// Listens on `addr`; port 0 picks a free one.
    ///
    /// # Errors
    /// Whatever the operating system says, e.g. that the address is in use.
    pub async fn bind(addr: impl ToSocketAddrs, config: ServerConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let local_addr = listener.local_addr()?;
        let hub = Hub::new(config.gop);
        let shared =
            Arc::new(Shared { config, hub, started: Instant::now(), connections: AtomicUsize::new(0) });
        Ok(Self { listener, local_addr, shared })
    }

    /// The address that it listens on, with the real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` completes, then ends every connection with what is to be flushed.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let serve = self.serve(stopped);
        tokio::pin!(serve);
        tokio::select! {
            () = &mut serve => return,
            () = shutdown => {}
        }
        let _ = stop.send(true);
        serve.await;
    }

    /// Serves in a task of the current runtime.
    #[must_use]
    pub fn spawn(self) -> ServerHandle {
        let (stop, stopped) = watch::channel(false);
        let local_addr = self.local_addr;
        let shared = self.shared.clone();
        let task = Some(tokio::spawn(self.serve(stopped)));
        ServerHandle { local_addr, shared, stop, task }
    }

    async fn serve(self, mut stopped: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        let mut number = 0;
        let for_tasks = stopped.clone();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        number += 1;
                        self.admit(&mut tasks, stream, peer, number, &for_tasks);
                    }
                    // Out of file descriptors or the like: the pending connection stays pending.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = tasks.join_next() => {}
                () = stop_requested(&mut stopped) => break,
            }
        }
        drop(self.listener);
        while tasks.join_next().await.is_some() {}
    }

    fn admit(
        &self,
        tasks: &mut JoinSet<()>,
        stream: TcpStream,
        peer: SocketAddr,
        number: u64,
        stopped: &watch::Receiver<bool>,
    ) {
        if tasks.len() >= self.shared.config.max_connections {
            self.shared.log(number, peer, LogEvent::TurnedAway);
            return;
        }
        let open = Open::new(self.shared.clone());
        let stopped = stopped.clone();
        tasks.spawn(async move {
            connection::serve(stream, peer, number, &open.0, stopped).await;
        });
    }
}

/// Completes when the server is to stop, or nobody is left who could say so.
async fn stop_requested(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

impl Shared {
    fn log(&self, connection: u64, peer: SocketAddr, event: LogEvent) {
        if let Some(observer) = &self.config.observer {
            observer(&Log { connection, peer, event });
        }
    }
}

/// Counts a connection for as long as its task lives.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: Arc<Shared>) -> Self {
        shared.connections.fetch_add(1, Ordering::Relaxed);
        Self(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl ServerHandle {
    /// The address that the server listens on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// How much the server holds now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let (publishers, names, players) = self.shared.hub.counts();
        Stats { connections: self.shared.connections.load(Ordering::Relaxed), publishers, names, players }
    }

    /// Stops accepting, ends every connection in good order and waits for that, which takes no
    /// longer than the configured `linger_ms` twice over.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}
