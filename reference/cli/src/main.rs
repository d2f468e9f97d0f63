//! `rtmpref`: the reference RTMP client and server.
#![forbid(unsafe_code)]

mod args;
mod failure;
mod output;
mod play;
mod publish;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("rtmpref: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match args.command {
            Command::Serve(serve) => serve::run(serve).await,
            Command::Publish(publish) => publish::run(publish).await,
            Command::Play(play) => play::run(play).await,
        }
    });
    // A task that hangs in a system call must not keep the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_millis(100));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}
