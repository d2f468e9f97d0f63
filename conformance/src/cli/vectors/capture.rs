use clap::Args;

/// `rtmpspec vectors capture`
#[derive(Args)]
pub struct Capture {}

impl Capture {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        2
    }
}
