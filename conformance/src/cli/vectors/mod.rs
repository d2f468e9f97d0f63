//! `vectors`: the corpus of test vectors.

mod add;
mod capture;
mod check;
mod import;
mod run;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `rtmpspec vectors`
#[derive(Args)]
pub struct Vectors {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All of the corpus: faults, layout, regeneration, and our codec against every vector.
    Check(check::Check),
    /// The vectors, one line each.
    List(show::List),
    /// All about one vector: bytes, what a decoder is to find, flags, requirements, provenance.
    Explain(show::Explain),
    /// Faults of the files, each with its place.
    Lint(check::Lint),
    /// Brings files into the layout of the generator.
    Fmt(check::Fmt),
    /// Decode the RTMP connections of a packet capture, every byte accounted for.
    Import(import::ImportArgs),
    /// Judge a decoder in any language by the corpus, through a program that speaks a line protocol.
    Run(run::Run),
    /// A recording proxy: what a client and a server say, as a packet capture.
    Capture(capture::Capture),
    /// Add a vector to the corpus.
    Add(Box<add::Add>),
}

/// Where the vectors are.
#[derive(Args)]
struct Place {
    /// Folder `vectors` of a checkout (default: of the one this program was built in).
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Vectors {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        let done = match self.command {
            Command::Check(check) => check.run(),
            Command::List(list) => list.run(),
            Command::Explain(explain) => explain.run(),
            Command::Lint(lint) => lint.run(),
            Command::Fmt(fmt) => fmt.run(),
            Command::Import(import) => return import.run(),
            Command::Run(run) => return run.run(),
            Command::Capture(capture) => return capture.run(),
            Command::Add(add) => return add.run(),
        };
        done.unwrap_or_else(|error| {
            super::complain(&error.to_string());
            2
        })
    }
}
