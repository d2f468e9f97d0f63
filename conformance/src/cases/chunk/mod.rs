//! The chunk stream layer (RTMP 5.3).

mod extended_timestamp;

use crate::case::Case;

/// In catalogue order.
pub const CASES: &[&Case] = &[&extended_timestamp::TYPE3_REPEATS];
