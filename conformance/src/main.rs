//! rtmpspec
fn main() {}
