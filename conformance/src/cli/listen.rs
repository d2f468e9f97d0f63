//! `listen`: be the server, and say what an encoder or player does right and wrong.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::{complain, print};
use crate::listen::{Options, Said, serve};

/// Lines that may wait for a slow terminal.
const WAITING: usize = 1024;

/// `rtmpspec listen`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec listen                            127.0.0.1:1935, until Ctrl-C
  rtmpspec listen 0.0.0.0:1935               for a camera in the same network
  rtmpspec listen 127.0.0.1:0 --once --json  a free port, one connection, JSON

Something to judge; a player gets a synthetic stream:
  ffmpeg -re -i FILE.flv -c copy -f flv rtmp://127.0.0.1:1935/live/test
  ffplay rtmp://127.0.0.1:1935/live/test

Marks:
  ok       as the rule says
  WRONG    a rule of level must is broken
  lenient  a rule of a lower level is broken, or generally tolerated
  note --  no verdict
`rtmpspec explain RULE` says where a rule stands.
Stream names and keys are printed as the same number of x.

Exit codes:
  0 ended by Ctrl-C, or with --once nothing was wrong
  1 with --once something was wrong
  2 the address cannot be listened on")]
pub struct Listen {
    /// Where to listen: HOST:PORT, or HOST alone for port 1935; port 0 takes a free one.
    #[arg(default_value = "127.0.0.1:1935")]
    addr: String,
    /// End after the first connection that sends anything; the exit code says whether anything was wrong.
    #[arg(long)]
    once: bool,
    /// One JSON object per line instead of text.
    #[arg(long)]
    json: bool,
    /// Close a connection after this many seconds without a byte.
    #[arg(long, default_value_t = 30.0, value_name = "SECONDS")]
    timeout: f64,
}

impl Listen {
    /// Runs it; the exit code.
    pub async fn run(self) -> u8 {
        let Some(idle) = Duration::try_from_secs_f64(self.timeout).ok().filter(|t| !t.is_zero()) else {
            complain("--timeout is a number of seconds above 0");
            return 2;
        };
        let listener = match TcpListener::bind(with_port(&self.addr)).await {
            Ok(listener) => listener,
            Err(error) => {
                complain(&format!("{} cannot be listened on: {error}\n  {}", self.addr, next_step(&error)));
                return 2;
            }
        };
        let local = match listener.local_addr() {
            Ok(local) => local,
            Err(error) => {
                complain(&format!("{} cannot be listened on: {error}", self.addr));
                return 2;
            }
        };
        print(&self.greeting(local));
        let (out, mut said) = mpsc::channel(WAITING);
        let (stop, stopped) = watch::channel(false);
        let json = self.json;
        let printer = tokio::spawn(async move {
            while let Some(said) = said.recv().await {
                if line(&said, json).is_some_and(|line| !print(&line)) {
                    // Nobody reads any more.
                    std::process::exit(0);
                }
            }
        });
        let interrupt = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = stop.send(true);
            } else {
                std::future::pending::<()>().await;
            }
        });
        let tally = serve(listener, Options { once: self.once, idle }, out, stopped.clone()).await;
        // Every sender is gone or going: what was said is still printed, within a bound.
        let _ = tokio::time::timeout(Duration::from_secs(2), printer).await;
        let interrupted = *stopped.borrow();
        interrupt.abort();
        u8::from(self.once && !interrupted && tally.wrong > 0)
    }

    fn greeting(&self, local: SocketAddr) -> String {
        let url = format!("rtmp://{local}/live");
        if self.json {
            return format!("{}\n", json!({"schema": "rtmpspec-listen-v1", "listening": url}));
        }
        let reach = if local.ip().is_unspecified() {
            "  (from elsewhere: this machine's address instead; it is open to the whole network)\n"
        } else {
            ""
        };
        format!(
            "Listening. Give this to the encoder or player:\n  server  {url}\n  key     anything, such as test\n  \
             or as one URL  {url}/test\n{reach}Ctrl-C ends it.\n\n"
        )
    }
}

/// The line for what was said; text has the account among the events already.
fn line(said: &Said, json: bool) -> Option<String> {
    match (said, json) {
        (Said::Event(event), true) => Some(event.json() + "\n"),
        (Said::Event(event), false) => Some(event.line() + "\n"),
        (Said::Account(account), true) => Some(json!({"account": account}).to_string() + "\n"),
        (Said::Account(_), false) => None,
    }
}

fn with_port(addr: &str) -> String {
    let bracketed = addr.starts_with('[') && addr.ends_with(']');
    match addr.parse::<std::net::IpAddr>() {
        Ok(ip) => SocketAddr::new(ip, 1935).to_string(),
        Err(_) if bracketed || !addr.contains(':') => format!("{addr}:1935"),
        Err(_) => addr.to_owned(),
    }
}

fn next_step(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind as E;
    match error.kind() {
        E::AddrInUse => {
            "another program has this port: end it, or take a free one with `rtmpspec listen 127.0.0.1:0`"
        }
        E::PermissionDenied => {
            "ports below 1024 need rights: take one above, such as `rtmpspec listen 127.0.0.1:1935`"
        }
        E::AddrNotAvailable => {
            "this machine has no such address: 127.0.0.1 for this machine, 0.0.0.0 for the network"
        }
        _ => "an address is written HOST:PORT, such as 127.0.0.1:1935",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_port_may_be_left_out() {
        for (given, want) in [
            ("127.0.0.1", "127.0.0.1:1935"),
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("::1", "[::1]:1935"),
            ("[::1]", "[::1]:1935"),
            ("[::1]:5000", "[::1]:5000"),
            ("localhost", "localhost:1935"),
        ] {
            assert_eq!(super::with_port(given), want);
        }
    }
}
