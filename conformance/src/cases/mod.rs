//! Every server case, in catalogue order: an explicit list, one file per clause family.

mod chunk;
mod hs;
mod nsp;

use crate::case::Case;

/// Every case.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    [hs::CASES, chunk::CASES, nsp::CASES].concat()
}
