//! The plain handshake (RTMP 5.2).

mod echo;
mod order;
mod packets;
mod s1;
mod segments;
mod tolerance;
mod version;

use crate::case::Case;

/// In catalogue order.
pub const CASES: &[&Case] = &[
    &version::S0_IS_3,
    &version::UNKNOWN,
    &version::TEXT,
    &order::NOTHING_BEFORE_C0,
    &order::S2_AFTER_C1,
    &packets::EXACTLY_3073,
    &s1::ZERO,
    &s1::OWN_RANDOM,
    &echo::S2_ECHOES_C1,
    &tolerance::FOREIGN_C2,
    &tolerance::NO_DIGEST,
    &segments::BYTE_BY_BYTE,
    &segments::C2_WITH_CONNECT,
];
