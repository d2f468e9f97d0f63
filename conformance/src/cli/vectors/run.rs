use clap::Args;

/// `rtmpspec vectors run`
#[derive(Args)]
pub struct Run {}

impl Run {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        2
    }
}
