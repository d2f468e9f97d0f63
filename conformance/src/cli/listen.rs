//! `listen`: be the server.

use clap::Args;

/// `rtmpspec listen`
#[derive(Args)]
pub struct Listen {}

impl Listen {
    /// Runs it; the exit code.
    pub async fn run(self) -> u8 {
        2
    }
}
