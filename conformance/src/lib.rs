//! rtmpspec: a conformance suite for RTMP. See README.md.
#![forbid(unsafe_code)]

pub mod case;
pub mod cases;
pub mod catalogue;
pub mod faults;
pub mod outcome;
pub mod pen;
pub mod probe;
pub mod rule;
pub mod runner;
pub mod stage;
pub mod target;
pub mod wire;
