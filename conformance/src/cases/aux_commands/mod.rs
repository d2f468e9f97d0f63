//! Commands that no text defines and every encoder sends (errata E-40).

mod encoder;
mod tolerated;

use crate::case::Case;

/// Every case of this area.
pub const CASES: &[&Case] = &[
    &encoder::RELEASE_STREAM,
    &encoder::FC_PUBLISH,
    &encoder::FC_UNPUBLISH,
    &encoder::ANY_ORDER,
    &tolerated::FC_SUBSCRIBE,
    &tolerated::CHECKBW,
    &tolerated::STREAM_LENGTH,
    &tolerated::VENDOR_COMMANDS,
    &tolerated::RTMFP_COMMANDS,
];
