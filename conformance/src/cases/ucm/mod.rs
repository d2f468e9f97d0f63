//! User control messages (RTMP 6.2, 7.1.7).

mod ping;
mod sent;
mod unknown;

use crate::case::Case;

/// Every case of this area.
pub const CASES: &[&Case] = &[
    &sent::EVENT_TYPE,
    &sent::ON_STREAM_ZERO,
    &sent::STREAM_BEGIN_LAYOUT,
    &sent::STREAM_EOF_LAYOUT,
    &sent::STREAM_BEGIN_BEFORE_MEDIA,
    &ping::ANSWERED,
    &ping::ODD_TIMESTAMP,
    &ping::SPLIT,
    &unknown::EVENT_5,
    &unknown::FLASH_EVENTS,
    &unknown::RTMFP_EVENTS,
    &unknown::FAR_EVENTS,
    &unknown::TOO_SHORT,
];
