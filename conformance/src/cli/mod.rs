//! The command line.

mod catalogue;
mod coverage;
mod doctor;
mod listen;
mod server;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Judges RTMP servers against the specification.
#[derive(Parser)]
#[command(
    version,
    about = "Judges RTMP servers against the specification, and shows the bytes behind every verdict.",
    after_help = "Examples:
  rtmpspec server                                   the embedded reference
  rtmpspec server rtmp://127.0.0.1:1935/live        a running server
  rtmpspec server rtmp://127.0.0.1/live 'chunk/**'  only the chunk stream
  rtmpspec doctor rtmp://127.0.0.1/live             which step of a session fails
  rtmpspec listen                                   be the server for an encoder
  rtmpspec explain chunk/extended-timestamp/type-3-repeats

Exit codes:
  0 as expected   1 new failure, crash or hang   2 usage or configuration
  3 only stale baseline entries   4 nothing selected or no case reached a verdict
  5 the target was never reachable   6 fault of the suite   130 interrupted"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge a server: the embedded reference, a URL, or a program that is started for it.
    Server(Box<server::Server>),
    /// A three-second fingerprint: which step of connect, publish and play works, and which features.
    Doctor(doctor::Doctor),
    /// Be the server and print each step of an encoder's or player's session with its clause.
    Listen(listen::Listen),
    /// The cases, one line each.
    List(catalogue::List),
    /// What a case or a requirement says, where it comes from, and how its verdicts arise.
    Explain(catalogue::Explain),
    /// Which requirement is covered by which case, and what is still open.
    Coverage(coverage::Coverage),
    /// Test vectors: judge a decoder by them, look at them, add to them; record and take apart traffic.
    Vectors(vectors::Vectors),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let code = match cli.command {
        Command::List(list) => list.run(),
        Command::Explain(explain) => explain.run(),
        Command::Coverage(coverage) => coverage.run(),
        Command::Vectors(vectors) => vectors.run(),
        Command::Server(server) => in_runtime(server.run()),
        Command::Doctor(doctor) => in_runtime(doctor.run()),
        Command::Listen(listen) => in_runtime(listen.run()),
    };
    ExitCode::from(code)
}

fn in_runtime(work: impl Future<Output = u8>) -> u8 {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(work);
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            code
        }
        Err(error) => {
            complain(&format!("no runtime: {error}"));
            6
        }
    }
}

/// Prints to stdout; whether somebody still reads. A closed pipe (`| head`) is no error: what follows is not
/// printed, and the exit code stays what it is.
fn print(text: &str) -> bool {
    use std::io::Write as _;
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Prints an error with its next step.
fn complain(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "error: {text}");
}

/// Patience in seconds, within bounds that a clock can hold.
fn patience(seconds: f64) -> Result<std::time::Duration, String> {
    use std::time::Duration;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|t| (Duration::from_millis(50)..=Duration::from_secs(600)).contains(t))
        .ok_or_else(|| format!("--timeout {seconds}: 0.05 to 600 seconds"))
}
