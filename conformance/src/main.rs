//! The `rtmpspec` program. See README.md and `rtmpspec --help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    rtmpspec::cli::main()
}
