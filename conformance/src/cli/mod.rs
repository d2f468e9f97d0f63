//! The command line.

mod catalogue;
mod doctor;
mod listen;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Judges RTMP servers against the specification.
#[derive(Parser)]
#[command(
    version,
    about = "Judges RTMP servers against the specification, and shows the bytes behind every verdict.",
    after_help = "Examples:
  rtmpspec server                                  judge the embedded reference server
  rtmpspec server rtmp://127.0.0.1:1935/live       judge a running server
  rtmpspec server rtmp://127.0.0.1/live 'chunk/**' only the chunk stream cases
  rtmpspec doctor rtmp://127.0.0.1/live            which step of an ordinary session fails
  rtmpspec listen                                  be the server; say what an encoder does right and wrong
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
    Coverage(catalogue::Coverage),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let code = match cli.command {
        Command::List(list) => list.run(),
        Command::Explain(explain) => explain.run(),
        Command::Coverage(coverage) => coverage.run(),
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
            eprintln!("error: no runtime: {error}");
            6
        }
    }
}

/// Prints to stdout; a closed pipe (`| head`) ends the program quietly.
fn print(text: &str) {
    use std::io::Write as _;
    let mut out = anstream::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Prints an error with its next step.
fn complain(text: &str) {
    eprintln!("error: {text}");
}
