//! One client and the server: bytes pass unchanged, and the tape runs beside them.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf, ReadHalf, WriteHalf, split,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsStream;

use super::tape::Tape;
use crate::wire::transcript::Direction;

/// Bytes that are on their way in one direction.
const BUFFER: usize = 32 << 10;
/// How long a side that takes no more bytes may go on speaking.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A connection to one of the two, with or without TLS.
pub enum Side {
    /// TCP.
    Plain(TcpStream),
    /// TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Side {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref().0,
        }
    }

    /// Closes with RST.
    pub fn reset(self) {
        let _ = self.tcp().set_zero_linger();
    }
}

impl AsyncRead for Side {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Side {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(context),
        }
    }
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Both sides closed.
    Closed,
    /// The client reset it.
    ClientReset,
    /// The server reset it.
    ServerReset,
    /// The recording ended first.
    Interrupted,
    /// The server could not be reached.
    NoServer,
    /// TLS could not be agreed on.
    NoTls,
}

impl Ended {
    /// As it is written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::ClientReset => "client-reset",
            Self::ServerReset => "server-reset",
            Self::Interrupted => "interrupted",
            Self::NoServer => "no-server",
            Self::NoTls => "no-tls",
        }
    }
}

/// What ends a direction before its time: its sender is gone, or its receiver.
enum Gone {
    From,
    To,
}

fn lock(tape: &Mutex<Tape>) -> std::sync::MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes bytes one way until their sender closes; then the receiver's direction is closed too.
async fn pump(
    from: &mut ReadHalf<Side>,
    to: &mut WriteHalf<Side>,
    tape: &Mutex<Tape>,
    direction: Direction,
    full: &(impl Fn() + Sync),
) -> Result<(), Gone> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer).await {
            Ok(n) if n > 0 => {
                let became_full = {
                    let mut tape = lock(tape);
                    let was = tape.is_full();
                    tape.data(direction, &buffer[..n]);
                    !was && tape.is_full()
                };
                if became_full {
                    full();
                }
                if to.write_all(&buffer[..n]).await.is_err() || to.flush().await.is_err() {
                    return Err(Gone::To);
                }
            }
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(Gone::From),
            end => {
                {
                    let mut tape = lock(tape);
                    if end.is_err() {
                        tape.note("rtmpspec: TCP was closed without the close_notify of TLS");
                    }
                    tape.end(direction, false);
                }
                // The receiver may be gone already; its own direction says so.
                let _ = to.shutdown().await;
                return Ok(());
            }
        }
    }
}

/// Passes bytes both ways until both directions ended, one side reset, or `stop`. `full` is called when the tape
/// takes no more.
pub async fn pass(
    client: Side,
    server: Side,
    tape: &Mutex<Tape>,
    stop: impl Future<Output = ()>,
    full: impl Fn() + Sync,
) -> Ended {
    let (mut from_client, mut to_client) = split(client);
    let (mut from_server, mut to_server) = split(server);
    let who = {
        let up = pump(&mut from_client, &mut to_server, tape, Direction::Sent, &full);
        let down = pump(&mut from_server, &mut to_client, tape, Direction::Heard, &full);
        tokio::pin!(up, down, stop);
        tokio::select! {
            who = both(up, down) => who,
            () = &mut stop => return Ended::Interrupted,
        }
    };
    let Some(who) = who else { return Ended::Closed };
    lock(tape).end(who, true);
    // The other side is to see a reset too.
    from_client.unsplit(to_client).reset();
    from_server.unsplit(to_server).reset();
    match who {
        Direction::Sent => Ended::ClientReset,
        Direction::Heard => Ended::ServerReset,
    }
}

/// Who reset the connection, if somebody did.
async fn both(
    mut up: Pin<&mut impl Future<Output = Result<(), Gone>>>,
    mut down: Pin<&mut impl Future<Output = Result<(), Gone>>>,
) -> Option<Direction> {
    let (first, sent) = tokio::select! {
        done = &mut up => (done, true),
        done = &mut down => (done, false),
    };
    let (own, peer) =
        if sent { (Direction::Sent, Direction::Heard) } else { (Direction::Heard, Direction::Sent) };
    let second = async { if sent { down.await } else { up.await } };
    match first {
        Err(Gone::From) => Some(own),
        // The last words of a side that takes nothing more may still be on their way.
        Err(Gone::To) => {
            let _ = tokio::time::timeout(LAST_WORDS, second).await;
            Some(peer)
        }
        Ok(()) => match second.await {
            Ok(()) => None,
            Err(Gone::From) => Some(peer),
            Err(Gone::To) => Some(own),
        },
    }
}
