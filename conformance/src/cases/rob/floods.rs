//! Valid messages, too many of them.

use super::{SETTLING, memory_is_bounded};
use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::media::{aac, key};
use crate::pen::{Msg, command, control};
use crate::stage::EchoOptions;
use crate::wire::Link;
use crate::wire::link::{BarrierBy, command_seen};

/// The chunks of all messages, one behind the other.
fn wire(messages: impl IntoIterator<Item = Msg>) -> Vec<u8> {
    messages.into_iter().flat_map(|m| m.chunks(128).concat()).collect()
}

case! {
    /// 5000 createStream calls in one write. Ids without end, `_error` from some number on, and closing all
    /// do; what must not happen is silence, or memory without end.
    CREATE_STREAM = "rob/flood/create-stream" {
        title: "Thousands of createStream calls are answered or refused",
        rules: [ROB_005],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("memory-grows", "the target's memory grew beyond what the bytes sent explain")],
    }
    async fn(s) {
        const CALLS: u32 = 5000;
        let mut link = s.connected("client").await?;
        let before = s.rss_kib();
        let last = f64::from(10_000 + CALLS);
        let calls = wire((1..=CALLS).map(|n| command::create_stream(f64::from(10_000 + n))));
        let mut at = link.mark();
        link.bytes("5000 createStream calls", &calls).await;
        // However slow the target is, it is not silent while answers come.
        let mut answers = at;
        let seen = loop {
            let seen = link
                .wait(|v| {
                    let new = &v.heard[at..];
                    at = v.heard.len();
                    let is_last = |seen: Seen| matches!(seen, Seen::Command { txn, .. } if txn == last);
                    new.iter().any(|h| command_seen(&h.message).is_some_and(is_last)).then_some(())
                })
                .await;
            match seen {
                Ok(()) => break Seen::Answered { by: "createStream".into() },
                Err(Seen::Silent { .. }) if at > answers => answers = at,
                Err(Seen::Silent { waited_ms, .. }) => break Seen::Silent { waited_ms, barrier: true },
                Err(seen) => break seen,
            }
        };
        s.check("the last of 5000 calls", seen, expect(want::ANSWERED).or(want::CLOSED));
        memory_is_bounded(s, before);
        Ok(())
    }
}

case! {
    /// A publisher sends 4 MB of media and 2000 pings without reading one answer, and then reads. A server may
    /// hold the answers, stop reading meanwhile, or close; it must not be stuck for ever.
    NEVER_READS = "rob/flood/publisher-that-does-not-read" {
        title: "A publisher that sends without reading does not block the server",
        rules: [ROB_006],
        level: Safety, profile: Publish, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send_headers(0).await;
        live.link.set_reading(false);
        let pings = wire((1..=2000).map(control::ping_request));
        live.link.bytes("2000 Ping Requests", &pings).await;
        live.link.set_chunk_size(60_000).await;
        for n in 0..80 {
            let before = live.link.bytes_out();
            live.send(&key(&format!("key-{n}"), 50_000).at(40 * n)).await;
            if live.link.bytes_out() == before {
                // Closed, or a part of the frame is under way: nothing valid can follow it.
                live.link.set_reading(true);
                let seen = match live.link.wait_for(SETTLING, |_| None::<()>).await {
                    Err(closed @ Seen::Closed { .. }) => closed,
                    _ => Seen::fact("a part"),
                };
                let expect = expect(want::CLOSED).or_info(want::equal("a part"), "it stopped reading meanwhile");
                s.check("what the target took while its answers were not read", seen, expect);
                return Ok(());
            }
        }
        live.link.set_reading(true);
        let seen = live.link.barrier().await;
        s.check("the publisher after it", seen, expect(want::ANSWERED).or(want::CLOSED));
        Ok(())
    }
}

case! {
    /// 100,000 Abort messages (RTMP 5.4.2) for chunk streams on which nothing is unfinished, in ten storms, so that
    /// a slow target gets its time for each.
    ABORTS = "rob/flood/aborts" {
        title: "A storm of Abort messages is survived",
        rules: [ROB_008],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let storm = wire((0..10_000).map(|n| control::abort(3 + n % 61)));
        for n in 1..=10 {
            link.bytes("10000 Abort messages for chunk streams 3 to 63", &storm).await;
            let seen = link.barrier().await;
            let answered = matches!(seen, Seen::Answered { .. });
            let label = format!("the connection after storm {n}");
            if !s.check(&label, seen, expect(want::ANSWERED).or(want::CLOSED)) || !answered {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: a chunk size of 1 is valid. A second of 1 Mbit/s in chunks of one byte, sent as fast as the
    /// server takes it, arrives unchanged.
    ONE_BYTE_CHUNKS = "rob/flood/one-byte-chunks" {
        title: "Media in chunks of one byte is relayed unchanged",
        rules: [ROB_007],
        level: Safety, profile: Relay, company: Hostile,
        after: ["nsp/relay/audio-and-video", "ctrl/chunk-size/small"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let mut frames = Vec::new();
        for n in 0..25 {
            frames.push(key(&format!("key-{n}"), 4600).at(100 + 40 * n));
            frames.push(aac(&format!("audio-{n}"), 400).at(100 + 40 * n));
        }
        smallest_chunks(&mut echo.live.link).await?;
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 1200).await;
        let expect = echo.expects(&frames);
        s.check("what arrives of 25 video and 25 audio messages", seen, expect);
        Ok(())
    }
}

/// Set Chunk Size 1, taken by the server before anything follows it: it stands in one segment behind a call whose
/// answer is awaited. What a server makes of a size that changes with chunks right behind it is another rule
/// (CTRL-012), and would depend on how the segments fall.
async fn smallest_chunks(link: &mut Link) -> Result<(), Stop> {
    let size = control::set_chunk_size(1);
    let answer = match link.barrier_by {
        BarrierBy::Ping => {
            link.send_all(&[control::ping_request(1), size]).await;
            let pong = [0, 7, 0, 0, 0, 1];
            link.wait(|v| v.heard.iter().any(|h| h.message.kind == 4 && h.message.body == pong).then_some(()))
                .await
        }
        BarrierBy::CreateStream => {
            let txn = link.transaction();
            link.send_all(&[command::create_stream(txn), size]).await;
            match link.reply(txn).await {
                Seen::Command { .. } => Ok(()),
                seen => Err(seen),
            }
        }
    };
    answer.map_err(|seen| Stop::blocked("the call before Set Chunk Size", seen.describe()))
}
