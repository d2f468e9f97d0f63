//! `rtmpspec listen`: the suite plays the server and says, step by step, what an encoder or player does right
//! and wrong. It writes with its own pen and shares no code with the reference server.
//!
//! [`Session`] is the judge of one connection, without sockets or clock. [`serve`] gives it both, for several
//! connections at once, and passes on what it says.

mod chunks;
mod commands;
mod control;
mod event;
mod handshake;
mod media;
mod play;
pub mod redact;
mod session;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

pub use event::{Event, Kind, Tally};
pub use session::{Account, End, Session};

/// Connections at the same time; more are closed at once.
pub const CONNECTIONS: usize = 16;
/// Bytes read at once.
const READ: usize = 16 << 10;

/// How to listen.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// End after the first connection on which anything was said.
    pub once: bool,
    /// Time without a byte after which a connection is closed; also the patience for one write.
    pub idle: Duration,
}

/// What [`serve`] passes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// About a connection.
    Event(Event),
    /// A connection is over.
    Account(Account),
}

/// Serves connections until `stop` turns true, or until the first one is over if that is asked for. Returns the
/// sum of the judgements. What is said goes through `out`, whose capacity bounds what waits to be printed; a
/// closed `out` ends the work.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    out: mpsc::Sender<Said>,
    mut stop: watch::Receiver<bool>,
) -> Tally {
    let stopping = stop.clone();
    let mut running: JoinSet<Option<Account>> = JoinSet::new();
    let mut sum = Tally::default();
    let mut number = 0;
    let (mut over, mut full) = (false, false);
    loop {
        tokio::select! {
            accepted = listener.accept(), if !over => match accepted {
                // Dropped, so closed: the ones that are served come first.
                Ok(_) if running.len() >= CONNECTIONS => {
                    if !std::mem::replace(&mut full, true) {
                        let _ = out.try_send(Said::Event(too_many(number)));
                    }
                }
                Ok((stream, _)) => {
                    full = false;
                    number += 1;
                    running.spawn(connection(number, stream, options.idle, out.clone(), stopping.clone()));
                }
                // Out of descriptors or the like: let others end first.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            Some(ended) = running.join_next(), if !running.is_empty() => {
                if let Ok(Some(account)) = ended {
                    sum.right += account.tally.right;
                    sum.wrong += account.tally.wrong;
                    sum.lenient += account.tally.lenient;
                    over |= options.once;
                }
            }
            () = stopped(&mut stop), if !over => over = true,
        }
        if out.is_closed() {
            return sum;
        }
        if over && options.once && !*stopping.borrow() {
            return sum;
        }
        if over && running.is_empty() {
            return sum;
        }
    }
}

/// Said once until a connection is served again.
fn too_many(newest: u64) -> Event {
    let text = format!("{CONNECTIONS} connections are served, further ones are closed at once");
    Event { at_ms: 0.0, connection: newest, kind: Kind::Note, rule: None, text }
}

/// Serves one connection; `None` if the client sent nothing.
async fn connection(
    number: u64,
    mut stream: TcpStream,
    idle: Duration,
    out: mpsc::Sender<Said>,
    mut stop: watch::Receiver<bool>,
) -> Option<Account> {
    let accepted = Instant::now();
    let _ = stream.set_nodelay(true);
    let mut session = Session::new(number, rand::random());
    let mut buffer = vec![0; READ];
    let mut heard = accepted;
    let end = loop {
        let due = session.deadline().map(|at| accepted + at);
        let silent = heard + idle;
        let wake = due.map_or(silent, |due| due.min(silent));
        let step = tokio::select! {
            read = stream.read(&mut buffer) => Some(read),
            () = sleep_until(wake) => None,
            () = stopped(&mut stop) => break End::Stopped,
        };
        let now = accepted.elapsed();
        match step {
            Some(Ok(0)) => break End::Closed,
            Some(Ok(n)) => {
                heard = Instant::now();
                session.feed(now, &buffer[..n]);
            }
            Some(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => break End::Reset,
            Some(Err(_)) => break End::Closed,
            None => session.tick(now),
        }
        let bytes = session.take_output();
        if !bytes.is_empty() {
            match timeout(idle, stream.write_all(&bytes)).await {
                Ok(Ok(())) => {
                    // A player only listens: what it takes shows that it is there.
                    if session.plays() {
                        heard = Instant::now();
                    }
                }
                Ok(Err(_)) => break End::Reset,
                Err(_) => break End::Idle,
            }
        }
        if !say(&mut session, &out).await {
            return None;
        }
        if session.closes() {
            break End::Refused;
        }
        if heard + idle <= Instant::now() {
            break End::Idle;
        }
    };
    if !session.spoke() {
        return None;
    }
    let account = session.finish(accepted.elapsed(), end);
    say(&mut session, &out).await;
    let _ = out.send(Said::Account(account.clone())).await;
    Some(account)
}

/// Until the work is to end; also when nobody is left who could say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Passes the events on; false if nobody listens.
async fn say(session: &mut Session, out: &mpsc::Sender<Said>) -> bool {
    for event in session.take_events() {
        if out.send(Said::Event(event)).await.is_err() {
            return false;
        }
    }
    true
}
