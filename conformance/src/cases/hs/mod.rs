//! The plain handshake (RTMP 5.2).

mod echo;

use crate::case::Case;

/// In catalogue order.
pub const CASES: &[&Case] = &[&echo::S2_ECHOES_C1];
