//! Robustness: input that tries to hurt. What the connection itself gets (an answer, an error, a close) is free
//! unless a case says otherwise; the process, a fresh connection and a healthy publisher and player beside it
//! must not notice.

mod amf;
mod floods;
mod garbage;
mod memory;
mod names;
mod resets;

use std::time::Duration;

use tokio::time::Instant;

use crate::case::Case;
use crate::outcome::{expect, want};
use crate::stage::Stage;
use crate::wire::Link;

/// In catalogue order.
pub const CASES: &[&Case] = &[
    &garbage::RANDOM,
    &garbage::FLIPS,
    &garbage::TRUNCATED,
    &garbage::LENGTH_CHANGES,
    &garbage::BLIND,
    &memory::MESSAGES,
    &memory::CHUNK_SIZE,
    &memory::CHUNK_STREAMS,
    &amf::NESTING,
    &amf::COUNTS,
    &floods::CREATE_STREAM,
    &floods::NEVER_READS,
    &floods::ABORTS,
    &floods::ONE_BYTE_CHUNKS,
    &names::NOT_UTF8,
    &names::TRAVERSAL,
    &names::NO_NAME,
    &resets::EVERY_STATE,
];

/// How long a target gets to close connections that the suite has finished. Nothing is judged by it: it only
/// lets the target work the stimulus off before the fresh connection.
const SETTLING: Duration = Duration::from_millis(300);

/// Finishes the connections and lets the target close them.
async fn leave(links: &mut [Link]) {
    for link in links.iter_mut() {
        link.finish().await;
    }
    let deadline = Instant::now() + SETTLING;
    for link in links {
        let left = deadline.saturating_duration_since(Instant::now());
        let _ = link.wait_for(left, |_| None::<()>).await;
    }
}

/// By how much a target's resident memory may grow in a case, in MiB. Every stimulus that is judged by it sends
/// at most 1 MB, so a receiver that keeps 64 KiB for each of a thousand messages, and the noise of a runtime that
/// collects its garbage late (0.4 GB were seen), stay below it; one that believes what is announced does not.
const MOST_GROWTH_MIB: f64 = 512.0;

/// Judges by how much the target's resident memory grew since `before`, where its process is known.
fn memory_is_bounded(s: &mut Stage, before: Option<u64>) {
    memory_is_bounded_by(s, before, MOST_GROWTH_MIB);
}

/// As [`memory_is_bounded`], with a bound of its own in MiB.
fn memory_is_bounded_by(s: &mut Stage, before: Option<u64>, most_mib: f64) {
    if let (Some(before), Some(after)) = (before, s.rss_kib()) {
        let grown = after.saturating_sub(before) / 1024;
        s.check_fact(
            "growth of resident memory in MiB",
            grown,
            expect(want::within(0.0, most_mib)).cause("memory-grows"),
        );
    }
}
