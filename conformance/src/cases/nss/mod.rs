//! NetStream, the playing side (RTMP 7.2.2.1 to 7.2.2.5, 7.2.2.8).

mod end;
mod missing;
mod pause;
mod players;
mod receive;
mod reset;
mod start;

use crate::case::Case;

/// In catalogue order.
pub const CASES: &[&Case] = &[
    &start::STARTS,
    &start::MESSAGE_STREAM,
    &start::STREAM_BEGIN,
    &start::FIRST_VIDEO,
    &reset::ONLY_WHEN_ASKED,
    &reset::AS_NUMBER,
    &missing::LIVE_ONLY,
    &missing::WAITS,
    &receive::AUDIO_OFF,
    &receive::VIDEO_OFF,
    &receive::AUDIO_RESUMES,
    &receive::CONFIRMED,
    &pause::NOTIFY,
    &pause::NO_MEDIA,
    &pause::RAW,
    &pause::WITHOUT_PLAY,
    &end::EMPTY_NAME,
    &end::PUBLISHER_LEAVES,
    &end::AFTER_EOF,
    &players::TWO,
    &players::SLOW,
];

/// How long nothing must be heard where a rule asks for silence.
const QUIET: std::time::Duration = std::time::Duration::from_millis(400);
