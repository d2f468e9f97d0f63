//! The chunk stream layer (RTMP 5.3) and timestamps (RTMP 4).

mod basic_header;
mod extended_timestamp;
mod fragmentation;
mod fresh_csid;
mod interleaving;
mod message_header;
mod sending;
mod timestamps;

use std::time::{Duration, Instant};

use crate::case::Case;
use crate::outcome::{Seen, Stop};
use crate::pen::Msg;
use crate::pen::chunk::{Header, chunks};
use crate::pen::media::key;
use crate::stage::{Echo, Stage, is_header_of_its_own};
use crate::wire::link::View;

/// In catalogue order.
pub const CASES: &[&Case] = &[
    &basic_header::ONE_BYTE,
    &basic_header::TWO_BYTES,
    &basic_header::THREE_BYTES,
    &basic_header::BOTH_FORMS,
    &basic_header::CONTINUATION,
    &basic_header::MEDIA,
    &message_header::TYPE_0_ABSOLUTE,
    &message_header::TYPE_1,
    &message_header::TYPE_2,
    &message_header::TYPE_3_NEW_MESSAGE,
    &message_header::TYPE_3_AFTER_TYPE_0,
    &message_header::MIXED_TYPES,
    &message_header::DELTA_COUNTS_ONCE,
    &message_header::DELTA_UNSIGNED,
    &message_header::STREAM_ID_ORDER,
    &message_header::DIRECTIONS,
    &extended_timestamp::TYPE3_REPEATS,
    &extended_timestamp::BOUNDARY,
    &extended_timestamp::COMPLETE_VALUE,
    &extended_timestamp::DELTA_ADDED,
    &extended_timestamp::DELTA_ONCE,
    &extended_timestamp::TYPE3_NEW_MESSAGE,
    &extended_timestamp::SWITCH_BACK,
    &extended_timestamp::NOT_PAYLOAD,
    &extended_timestamp::PAYLOAD_LIKE_TIMESTAMP,
    &extended_timestamp::ABSENT_ON_TYPE3,
    &extended_timestamp::SENT_REPEATED,
    &timestamps::ABOVE_2_31,
    &timestamps::WRAP,
    &timestamps::WRAP_BY_DELTA,
    &timestamps::CONTROL_IGNORED,
    &fragmentation::CONNECT_129,
    &fragmentation::AROUND_CHUNK_SIZE,
    &fragmentation::ZERO_LENGTH,
    &fragmentation::AUDIO_IN_ONE_CHUNK,
    &fragmentation::PER_DIRECTION,
    &fragmentation::CUT_OFF,
    &fragmentation::ONE_BYTE_PER_WRITE,
    &fragmentation::MANY_IN_ONE_WRITE,
    &interleaving::MESSAGES,
    &interleaving::CHUNK_SIZE_MID_MESSAGE,
    &interleaving::CHUNK_SIZE_ODD,
    &interleaving::PING_MID_MESSAGE,
    &fresh_csid::TYPE_1,
    &fresh_csid::TYPE_2,
    &fresh_csid::TYPE_3,
    &fresh_csid::RESTART,
    &fresh_csid::LENGTH_CHANGES,
    &sending::FIRST_IS_TYPE_0,
    &sending::SMALLEST_FORM,
    &sending::RESERVED_STREAMS,
    &sending::FULL_CHUNKS,
    &sending::DEFAULT_CHUNK_SIZE,
    &sending::CONTINUATION_TYPE_3,
    &sending::PLAIN_FIELD,
    &sending::LIMITS,
    &sending::BACKWARDS,
    &sending::FORWARD,
];

/// Chunks of `message` for the publishing stream, its first header of type `fmt` with `time` in its timestamp
/// field. `message.ts` is the absolute timestamp that comes of it.
fn pieces(echo: &Echo, message: &Msg, fmt: u8, time: u32) -> Vec<Vec<u8>> {
    let header = Header { fmt, time, msid: echo.live.msid, ..message.header() };
    chunks(header, &message.body, echo.live.link.chunk_size)
}

/// Publishes `message` with a first header of type `fmt`, as one write.
async fn send_as(echo: &mut Echo, message: &Msg, fmt: u8, time: u32) {
    let wire = pieces(echo, message, fmt, time).concat();
    let note = format!(
        "csid {} fmt {fmt} field {time} type {} {} B {}",
        message.csid,
        message.kind,
        message.body.len(),
        message.label
    );
    echo.live.link.bytes(&note, &wire).await;
}

/// What becomes of a stimulus that the target may refuse by closing: what the player gets of `published` up to a
/// marker at `ts`, or the fact `closed`, or that something followed which was never published. `from` is the
/// number of messages that the player had before the stimulus.
async fn refused_or_relayed(echo: &mut Echo, from: usize, published: &[Msg], ts: u32) -> Seen {
    let marker = key(&format!("refusal-marker-{ts}"), 64).at(ts).on(7);
    echo.live.send(&marker).await;
    let deadline = Instant::now() + echo.live.link.patience;
    while !echo.live.link.is_closed() && Instant::now() < deadline {
        let arrived = |v: &View<'_>| v.heard.iter().any(|h| h.message.body == marker.body).then_some(());
        if echo.view.link.wait_for(Duration::from_millis(20), arrived).await.is_ok() {
            break;
        }
    }
    if !echo.live.link.is_closed() {
        return echo.until(published, &marker.body).await;
    }
    // Silence is the rule: what the target made of the refused bytes must not follow.
    let stray = echo
        .view
        .link
        .quiet(Duration::from_millis(300), |v| {
            v.heard[from.min(v.heard.len())..]
                .iter()
                .map(|h| &h.message)
                .find(|m| {
                    matches!(m.kind, 8 | 9)
                        && !published.iter().chain([&marker]).any(|p| p.body == m.body)
                        && !is_header_of_its_own(m.kind, &m.body, published)
                })
                .map(|m| m.body.len())
        })
        .await;
    Seen::fact(stray.map_or("closed".into(), |len| format!("a message of {len} B that was never published")))
}

/// For rules that only a timestamp at the player can show.
///
/// # Errors
/// Unsupported when the control run showed that the relay changes differences, or jumps where `jump` is set.
fn keeps_timestamps(s: &Stage, jump: bool) -> Result<(), Stop> {
    let proof = if !s.probe.class().timestamps {
        "the control run showed that the relay changes timestamp differences"
    } else if jump && !s.probe.keeps_jumps() {
        "the control run showed that the relay changes a jump in timestamps"
    } else {
        return Ok(());
    };
    Err(Stop::Unsupported { proof: proof.into() })
}

/// `seen`, or the fact `closed` in place of a close, so that a case can judge it by itself.
fn or_closed(seen: Seen) -> Seen {
    if matches!(seen, Seen::Closed { .. }) { Seen::fact("closed") } else { seen }
}
