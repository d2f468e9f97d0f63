use clap::Args;

/// `rtmpspec vectors add`
#[derive(Args)]
pub struct Add {}

impl Add {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        2
    }
}
