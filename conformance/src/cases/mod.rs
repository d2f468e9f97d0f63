//! Every server case, in catalogue order: an explicit list, one file per clause family.

mod amf0;
mod aux_commands;
mod chunk;
mod conn;
mod ctrl;
mod data;
mod hs;
mod msg;
mod nsp;
mod nss;
mod rob;
mod ucm;

use crate::case::Case;

/// Every case.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    [
        hs::CASES,
        chunk::CASES,
        ctrl::CASES,
        ucm::CASES,
        msg::CASES,
        amf0::CASES,
        conn::CASES,
        nsp::CASES,
        nss::CASES,
        data::CASES,
        aux_commands::CASES,
        rob::CASES,
    ]
    .concat()
}
