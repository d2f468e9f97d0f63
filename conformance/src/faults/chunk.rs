//! Faults of the chunk stream layer.

use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[Fault {
    id: "chunk/ignores-extended-on-type-3",
    clause: "RTMP 5.3.1.3",
    what: "a continuation chunk is read without its extended timestamp",
    cases: &[("chunk/extended-timestamp/type-3-repeats", "payload-changed")],
    plant: || Hooks::default().type3_has_extended(|starts_message| starts_message).boxed(),
}];
