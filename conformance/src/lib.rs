//! rtmpspec: a conformance suite for RTMP. See README.md.
#![forbid(unsafe_code)]

pub mod baseline;
pub mod capture;
pub mod case;
pub mod cases;
pub mod catalogue;
pub mod cli;
pub mod faults;
pub mod import;
pub mod listen;
pub mod outcome;
pub mod pen;
pub mod probe;
pub mod rule;
pub mod runner;
pub mod select;
pub mod stage;
pub mod suite;
pub mod target;
pub mod vectors;
pub mod wire;
