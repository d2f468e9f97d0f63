//! NetStream, the publishing side (RTMP 7.2.2.6).

mod relay;

use crate::case::Case;

/// In catalogue order.
pub const CASES: &[&Case] = &[&relay::AUDIO_AND_VIDEO];
