//! Planted faults: each changes one behaviour of one clause in the reference server and has to make its cases,
//! and only its cases, fail with the cause it declares. A case that no fault makes fail is not finished.
//!
//! The faults are values of [`rtmp_proto::tamper::Tamper`]. Only the test binary `rtmpspec-faults` and the tests
//! construct them.

mod amf0;
mod aux_commands;
pub mod check;
mod chunk;
mod chunk_out;
mod conn;
mod ctrl;
mod data;
mod hooks;
mod hs;
mod msg;
mod nsp;
mod nss;
mod peek;
mod rob;
mod ucm;

use rtmp_proto::tamper::Tamper;

pub use hooks::Hooks;

/// One planted fault.
pub struct Fault {
    /// `area/what-is-wrong`.
    pub id: &'static str,
    /// The clause that is broken, e.g. `RTMP 5.3.1.3`.
    pub clause: &'static str,
    /// What the faulty server does, in one line.
    pub what: &'static str,
    /// The cases that have to fail (at most five), each with the cause code that they end with.
    pub cases: &'static [(&'static str, &'static str)],
    /// Makes the deviation for one connection.
    pub plant: fn() -> Box<dyn Tamper>,
}

/// Every fault.
#[must_use]
pub fn all() -> Vec<&'static Fault> {
    let areas: &[&'static [Fault]] = &[
        hs::FAULTS,
        chunk::FAULTS,
        chunk_out::FAULTS,
        ctrl::FAULTS,
        ucm::FAULTS,
        msg::FAULTS,
        amf0::FAULTS,
        conn::FAULTS,
        nsp::FAULTS,
        nss::FAULTS,
        data::FAULTS,
        aux_commands::FAULTS,
        rob::FAULTS,
    ];
    areas.iter().flat_map(|faults| faults.iter()).collect()
}
