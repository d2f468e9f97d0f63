//! Protocol control messages (RTMP 5.4).

mod abort;
mod acknowledgement;
mod chunk_size;
mod chunk_size_lies;
mod peer_bandwidth;
mod sent;

use crate::case::Case;
use crate::outcome::{Seen, Stop};
use crate::pen::amf::{object, text};
use crate::pen::command::command;
use crate::pen::{Amf, Msg};
use crate::wire::Link;

/// Every case of this area.
pub const CASES: &[&Case] = &[
    &chunk_size::SMALL,
    &chunk_size::LARGE,
    &chunk_size::BEYOND_24_BITS,
    &chunk_size::GOVERNS_LATER_CHUNKS,
    &chunk_size::UP_AND_DOWN,
    &chunk_size::EACH_DIRECTION,
    &chunk_size::BEFORE_CONNECT,
    &chunk_size::TIMESTAMP_IGNORED,
    &chunk_size_lies::ZERO,
    &chunk_size_lies::TOP_BIT,
    &chunk_size_lies::OTHER_CHUNK_STREAM,
    &chunk_size_lies::OTHER_MESSAGE_STREAM,
    &chunk_size_lies::TOO_SHORT,
    &chunk_size_lies::TOO_LONG,
    &abort::DISCARDS_PARTIAL,
    &abort::OTHER_STREAMS,
    &abort::IDLE_STREAM,
    &abort::WIDE_ID,
    &abort::TIMESTAMP_STAYS_BASE,
    &acknowledgement::EVERY_WINDOW,
    &acknowledgement::CUMULATIVE,
    &acknowledgement::WINDOW_ZERO,
    &acknowledgement::WINDOW_ONE,
    &acknowledgement::COUNT_WRAPS,
    &peer_bandwidth::UNKNOWN_LIMIT_TYPE,
    &peer_bandwidth::WITHOUT_LIMIT_TYPE,
    &sent::MESSAGE_STREAM_ZERO,
    &sent::CHUNK_STREAM_TWO,
    &sent::CHUNK_SIZE_LAYOUT,
    &sent::CHUNK_SIZE_AT_LEAST_128,
    &sent::WINDOW_LAYOUT,
    &sent::BANDWIDTH_LAYOUT,
];

/// createStream with command information (RTMP 7.2.1.3 allows an object there): more than 300 bytes, so that
/// the chunk size in force decides whether it can be read.
async fn long_call(link: &mut Link) -> Seen {
    let txn = link.transaction();
    link.send(&long_message(txn)).await;
    link.reply(txn).await
}

/// A [`long_call`] and a Set Chunk Size in one write: when the call is answered, the size was read with it,
/// and nothing that follows was there yet.
///
/// # Errors
/// Blocked when the call is not answered.
async fn settled_at(link: &mut Link, size: Msg) -> Result<(), Stop> {
    let txn = link.transaction();
    link.send_all(&[long_message(txn), size]).await;
    match link.reply(txn).await {
        Seen::Command { .. } => Ok(()),
        seen => Err(Stop::blocked("createStream with command information", seen.describe())),
    }
}

fn long_message(txn: f64) -> Msg {
    command("createStream", txn, object(&[("info", text("rtmpspec ".repeat(34)))]), &[])
}

/// Proves that the target answers [`long_call`] at the chunk size in force.
///
/// # Errors
/// Blocked when it does not.
async fn long_call_works(link: &mut Link) -> Result<(), Stop> {
    match long_call(link).await {
        Seen::Command { .. } => Ok(()),
        seen => Err(Stop::blocked("createStream with command information", seen.describe())),
    }
}

/// connect with the addresses of a page and of a player: more than 128 bytes.
fn long_connect_members(app: &str, tc_url: &str) -> Amf {
    let mut members = crate::pen::command::connect_members(app, tc_url);
    members.push(("swfUrl".into(), text(tc_url)));
    members.push(("pageUrl".into(), text("http://rtmpspec.invalid/".to_owned() + &"page/".repeat(12))));
    Amf::Object(members)
}
