//! `vectors capture`: a recording proxy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::capture::target::scheme;
use crate::capture::{Event, Forward, Options, Outcome, Proxy, Record, SetupError, Trust};
use crate::cli::{complain, print};

/// `rtmpspec vectors capture`
#[derive(Args)]
#[command(after_help = "Examples:
  Record what my encoder says to my server; then give the encoder rtmp://127.0.0.1:1936/live, the
  key stays as it is, and end with Ctrl-C:
    rtmpspec vectors capture --listen 127.0.0.1:1936 --forward 127.0.0.1:1935

  The server wants RTMPS, the encoder sends plain RTMP; one connection, then the file is complete:
    rtmpspec vectors capture --listen 127.0.0.1:1936 --forward rtmps://ingest.example:443/app \\
      --connections 1 --out my-encoder.pcapng

  The encoder wants RTMPS too; a certificate for a lab (the encoder has to accept it):
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 30 -keyout key.pem \\
      -out cert.pem
    rtmpspec vectors capture --listen 127.0.0.1:1936 --tls-cert cert.pem --tls-key key.pem \\
      --forward rtmps://127.0.0.1:443 --insecure

From a recording to vectors:
    rtmpspec vectors import my-encoder.pcapng --out my-encoder     messages as NNN.json
    rtmpspec vectors add --help                                    a vector from bytes of it
    tshark -r my-encoder.pcapng -Y rtmpt                           the same in Wireshark's words

Bytes pass unchanged. Recorded is what passed, in one pcapng file: a TCP connection for each
client, in order of their coming, with real times and ends (FIN, RST); Ethernet, IP and TCP are
synthetic, the server's port is 1935, real addresses stand in comments. Of RTMPS the RTMP inside
is recorded.

Stream keys and credentials are recorded as the same number of x, so lengths stay: names in publish,
play and the like, arguments of unknown commands, values of queries, user:password@, path segments
after the application; and the same text wherever it comes again, in answers too. Names shorter than
8 characters are looked for in texts only. What cannot be read as RTMP keeps only what is surely no
key. RTMPE, and TLS that is passed on, are recorded as they are. Look at a recording before you give
it away. --keep-keys records everything.

The server sees the address of this proxy in tcUrl. One that looks for its own name there (virtual
hosts, CDNs) may refuse: let its name point to this machine (/etc/hosts) and --forward to its
address.

Exit codes:
  0 ended by --connections or --duration
  1 the file is not complete: it could not be written
  2 an option is wrong, the address cannot be listened on, the file is there already
  5 clients came, and none of them reached the server
  130 ended by Ctrl-C or SIGTERM; what passed is in the file")]
pub struct Capture {
    /// Where clients connect to: HOST:PORT; port 0 takes a free one.
    #[arg(long, value_name = "HOST:PORT")]
    listen: String,
    /// The server: HOST:PORT, rtmp://HOST:PORT/APP, or rtmps://HOST:PORT/APP for TLS.
    #[arg(long, value_name = "SERVER")]
    forward: String,
    /// FILE.pcapng, or a folder for capture.pcapng [default: .rtmpspec/captures/<UTC>].
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Clients come with TLS: the certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Certificates that may vouch for an rtmps:// server, PEM, instead of the system's.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Take any certificate of an rtmps:// server. For labs: anybody can be the server then.
    #[arg(long, conflicts_with = "ca")]
    insecure: bool,
    /// Record stream keys and credentials as they are.
    #[arg(long)]
    keep_keys: bool,
    /// End when so many connections came and ended.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    connections: Option<u32>,
    /// End after so many seconds.
    #[arg(long, value_name = "SECONDS")]
    duration: Option<f64>,
    /// Record at most so many bytes of a connection (k, M, G: times 1000); it goes on unrecorded.
    #[arg(long, value_name = "BYTES", default_value = "1G", value_parser = bytes)]
    max_bytes: u64,
    /// JSON on stdout: a line with the address, and the summary at the end.
    #[arg(long)]
    json: bool,
}

impl Capture {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        crate::cli::in_runtime(self.record())
    }

    async fn record(self) -> u8 {
        let duration = match self.duration.map(Duration::try_from_secs_f64) {
            None => None,
            Some(Ok(duration)) if !duration.is_zero() => Some(duration),
            Some(_) => {
                complain("--duration is a number of seconds above 0");
                return 2;
            }
        };
        let options = match self.options() {
            Ok(options) => options,
            Err(text) => {
                complain(&text);
                return 2;
            }
        };
        // Before anything listens, so that no signal is missed.
        let interrupted = match interrupt() {
            Ok(interrupted) => interrupted,
            Err(error) => {
                complain(&format!("signals cannot be waited for: {error}"));
                return 2;
            }
        };
        let proxy = match Proxy::bind(options.clone()).await {
            Ok(proxy) => proxy,
            Err(SetupError::Listen(error)) => {
                let text = format!("--listen {}: {error}; HOST:0 takes a free port", self.listen);
                complain(&text);
                return 2;
            }
            Err(SetupError::Config(text)) => {
                complain(&text);
                return 2;
            }
        };
        self.greet(&proxy, &options);
        let mut by_signal = false;
        let stop = async {
            tokio::select! {
                () = interrupted => by_signal = true,
                () = async { match duration {
                    Some(duration) => tokio::time::sleep(duration).await,
                    None => std::future::pending().await,
                } } => {}
            }
        };
        let listening = proxy.local_addr();
        let outcome = proxy.run(stop, |event| say(&event, &options)).await;
        let code = match &outcome {
            Outcome { failed: Some(_), .. } => 1,
            _ if by_signal => 130,
            Outcome { count, reached: 0, .. } if *count > 0 => 5,
            _ => 0,
        };
        if self.json {
            let summary = json!({
                "schema": "rtmpspec-capture-v1",
                "file": options.out,
                "listening": listening,
                "forward": format!("{}://{}", options.forward.scheme(), options.forward.authority()),
                "keys": if options.keep_keys { "kept" } else { "replaced" },
                "count": outcome.count,
                "connections": outcome.connections,
                "failed": outcome.failed,
                "exit_code": code,
            });
            print(&format!("{summary}\n"));
        } else {
            print(&ending(&outcome, &options));
        }
        code
    }

    fn options(&self) -> Result<Options, String> {
        let forward: Forward = self.forward.parse().map_err(|why: String| format!("--forward: {why}"))?;
        if !forward.tls && (self.insecure || self.ca.is_some()) {
            let option = if self.insecure { "--insecure" } else { "--ca" };
            return Err(format!(
                "{option} is for servers with TLS: --forward rtmps://{}",
                forward.authority()
            ));
        }
        Ok(Options {
            listen: self.listen.clone(),
            forward,
            out: out(self.out.as_deref()),
            tls: self.tls_cert.clone().zip(self.tls_key.clone()),
            trust: match &self.ca {
                Some(path) => Trust::File(path.clone()),
                None if self.insecure => Trust::Anything,
                None => Trust::System,
            },
            keep_keys: self.keep_keys,
            connections: self.connections.map(|n| n as usize),
            max_bytes: self.max_bytes,
        })
    }

    fn greet(&self, proxy: &Proxy, options: &Options) {
        let local = proxy.local_addr();
        let app = options.forward.app.as_deref().unwrap_or("APP");
        let near = scheme(options.tls.is_some());
        let (far, to) = (options.forward.scheme(), options.forward.authority());
        if self.json {
            let url = format!("{near}://{local}");
            print(&format!("{}\n", json!({"schema": "rtmpspec-capture-v1", "listening": local, "url": url})));
        } else {
            let reach = if local.ip().is_unspecified() {
                "  (this machine's address instead; it is open to the whole network)\n"
            } else {
                ""
            };
            print(&format!(
                "Recording to {}\nGive the client this instead of the server's address; the key stays as it is:\n  \
                 {near}://{local}/{app}   in place of {far}://{to}/{app}\n{reach}Ctrl-C ends it.\n",
                options.out.display()
            ));
        }
        if options.keep_keys {
            warn("--keep-keys: stream keys and credentials are recorded. Give the file to nobody.");
        }
        if options.trust == Trust::Anything {
            warn(&format!(
                "--insecure: the certificate of {to} is NOT checked; whoever answers there gets the stream key"
            ));
        }
    }
}

fn warn(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "WARNING: {text}");
}

fn note(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Completes with Ctrl-C or SIGTERM; they are caught from the call on.
fn interrupt() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut int = signal(SignalKind::interrupt())?;
        let mut term = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = int.recv() => {}
                _ = term.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn out(given: Option<&Path>) -> PathBuf {
    match given {
        Some(path) if path.extension().is_some_and(|e| e == "pcapng") => path.to_owned(),
        Some(folder) => folder.join("capture.pcapng"),
        None => {
            let name = jiff::Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ").to_string();
            Path::new(".rtmpspec").join("captures").join(name).join("capture.pcapng")
        }
    }
}

fn bytes(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1_000),
        Some((at, 'm' | 'M')) => (&text[..at], 1_000_000),
        Some((at, 'g' | 'G')) => (&text[..at], 1_000_000_000),
        _ => (text, 1),
    };
    let number = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0);
    number.ok_or_else(|| "a number of bytes above 0, such as 500k, 64M, 2G".into())
}

fn size(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        _ => format!("{:.1} MB", n as f64 / 1e6),
    }
}

fn say(event: &Event, options: &Options) {
    match event {
        Event::Came { number, client } => note(&format!("{number:03} {client} came")),
        Event::TurnedAway { client } => {
            note(&format!("{client} was turned away: there are as many connections as may be at one time"));
        }
        Event::Full { number } => note(&format!(
            "{number:03} {} are recorded, the bound of --max-bytes; it goes on unrecorded",
            size(options.max_bytes)
        )),
        Event::Ended(record) => note(&line(record, options)),
        Event::Failed(why) => complain(&format!(
            "{}: {why}; every connection is ended, what was written until then is there",
            options.out.display()
        )),
    }
}

fn line(record: &Record, options: &Options) -> String {
    let to = record.server.map_or_else(|| options.forward.authority(), |s| s.to_string());
    let mut text = format!(
        "{:03} {} -> {to}: {:.1} s, {} to server, {} to client, {}, {}",
        record.number,
        record.client,
        record.seconds,
        size(record.to_server),
        size(record.to_client),
        record.purpose(),
        record.ended,
    );
    for (label, more) in [("", &record.problem), ("cannot be read as RTMP: ", &record.unreadable)] {
        if let Some(more) = more {
            text += &format!("\n    {label}{more}");
        }
    }
    if record.encrypted {
        text +=
            "\n    encrypted within (RTMPE, or TLS that is passed on): recorded as it is, not looked into";
    }
    text
}

fn ending(outcome: &Outcome, options: &Options) -> String {
    let file = options.out.display();
    let many = match outcome.count {
        1 => "1 connection".to_owned(),
        n => format!("{n} connections"),
    };
    let keys = if options.keep_keys { "with stream keys" } else { "stream keys are x" };
    let folder = options.out.with_extension("");
    format!("{many} in {file}, {keys}\nNext: rtmpspec vectors import {file} --out {}\n", folder.display())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn sizes_and_places() {
        assert_eq!(super::bytes("500k"), Ok(500_000));
        assert_eq!(super::bytes("2G"), Ok(2_000_000_000));
        assert_eq!(super::bytes("17"), Ok(17));
        for wrong in ["", "0", "k", "-1", "99999999999G", "1.5M"] {
            assert!(super::bytes(wrong).is_err(), "{wrong}");
        }
        assert_eq!(super::out(Some(Path::new("a/b.pcapng"))), Path::new("a/b.pcapng"));
        assert_eq!(super::out(Some(Path::new("a/b"))), Path::new("a/b/capture.pcapng"));
    }
}
