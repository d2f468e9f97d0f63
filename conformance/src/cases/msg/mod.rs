//! Message types and what they belong to (RTMP 6.1, 7.1).

mod aggregate;
mod empty;
mod media;
mod unknown;

use crate::case::Case;

/// Every case of this area.
pub const CASES: &[&Case] = &[
    &unknown::IGNORED,
    &media::PLAY_STREAM,
    &media::UNKNOWN_STREAM,
    &media::BEFORE_PUBLISH,
    &aggregate::SUB_MESSAGES,
    &aggregate::STREAM_ID,
    &aggregate::TIMESTAMPS,
    &empty::AUDIO,
    &empty::VIDEO,
    &empty::COMMAND_AND_DATA,
];
