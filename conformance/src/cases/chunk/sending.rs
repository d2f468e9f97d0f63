//! How the target itself writes chunks, judged on everything it sends to a player (RTMP 5.3).

use std::collections::BTreeMap;

use serde_json::json;

use super::send_as;
use crate::case;
use crate::outcome::{Expect, Seen, Stop, expect, want};
use crate::pen::command;
use crate::pen::media::{aac, inter, key, metadata};
use crate::stage::{Echo, EchoOptions, Stage};
use crate::wire::Heard;
use crate::wire::link::SERVER_HANDSHAKE;
use crate::wire::reader::ChunkSeen;

/// A player's whole connection with short and long audio, video and data on it.
async fn watched(s: &mut Stage) -> Result<(Echo, Vec<Heard>), Stop> {
    let mut echo = s.echo(EchoOptions { chunk_size: Some(4096), ..EchoOptions::default() }).await?;
    let frames = [
        key("key", 9000).at(100),
        aac("audio-1", 300).at(100),
        metadata().at(110),
        aac("audio-2", 300).at(123),
        inter("inter-1", 5000).at(140),
        aac("audio-3", 300).at(146),
        aac("audio-4", 300).at(169),
        inter("inter-2", 200).at(180),
    ];
    for frame in &frames {
        echo.live.send(frame).await;
    }
    let seen = echo.collect(&frames, 220).await;
    if !matches!(&seen, Seen::Media { ended, .. } if ended == "marker") {
        return Err(Stop::blocked("frames at the player", seen.describe()));
    }
    let heard = echo.view.link.heard();
    Ok((echo, heard))
}

/// Every chunk of a connection, in order.
fn every_chunk(heard: &[Heard]) -> Vec<&ChunkSeen> {
    let mut all: Vec<_> = heard.iter().flat_map(|h| &h.message.chunks).collect();
    all.sort_by_key(|c| c.offset);
    all
}

fn place(chunk: &ChunkSeen) -> String {
    format!("byte {}: chunk stream {} type {}", chunk.offset, chunk.csid, chunk.fmt)
}

/// An empty list, or the cause.
fn none(cause: &str) -> Expect {
    expect(want::equal(json!([]))).cause(cause)
}

case! {
    /// RTMP 5.3.1.2.1: type 0 is used at the start of a chunk stream.
    FIRST_IS_TYPE_0 = "chunk/sending/first-is-type-0" {
        title: "The first chunk on each chunk stream towards a player is of type 0",
        rules: [CHUNK_013],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("compressed-first", "a chunk stream begins with another type than 0")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let mut first = BTreeMap::new();
        for chunk in every_chunk(&heard) {
            first.entry(chunk.csid).or_insert(chunk);
        }
        let wrong: Vec<String> = first.values().filter(|c| c.fmt != 0).map(|c| place(c)).collect();
        s.check_fact("chunk streams that begin with another type", wrong, none("compressed-first"));
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.1: the smallest form that holds the id should be used.
    SMALLEST_FORM = "chunk/sending/smallest-basic-header" {
        title: "Basic headers towards a player have the smallest form that holds the id",
        rules: [CHUNK_006],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("longer-form", "a basic header is longer than its id needs")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let needed = |id: u32| if id < 64 { 1 } else if id < 320 { 2 } else { 3 };
        let wrong: Vec<String> =
            every_chunk(&heard).iter().filter(|c| c.basic_len > needed(c.csid)).map(|c| place(c)).collect();
        s.check_fact("basic headers longer than needed", wrong, none("longer-form"));
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.1: chunk stream 2 is reserved for low-level control. Commands there are only recorded (errata
    /// E-11b).
    RESERVED_STREAMS = "chunk/sending/reserved-chunk-stream" {
        title: "Audio, video and data towards a player are not on chunk stream 2",
        rules: [CHUNK_007],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("media-on-2", "audio, video or data on chunk stream 2")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let on_two = |kinds: &[u8]| heard.iter().any(|h| h.message.csid == 2 && kinds.contains(&h.message.kind));
        let word = if on_two(&[8, 9, 15, 18, 22]) {
            "media"
        } else if on_two(&[17, 20]) {
            "commands"
        } else {
            "control only"
        };
        let expected = expect(want::equal("control only"))
            .or_info(want::equal("commands"), "errata E-11b: a command on chunk stream 2")
            .cause("media-on-2");
        s.check_fact("what stands on chunk stream 2", word, expected);
        Ok(())
    }
}

case! {
    /// RTMP 5.3, 5.3.1.2.5: each chunk is sent entirely before the next, and all but the last of a message have
    /// the maximum size. Anything else cannot be read.
    FULL_CHUNKS = "chunk/sending/full-chunks" {
        title: "Long frames towards a player come in whole chunks of the announced size",
        rules: [CHUNK_039, CHUNK_042],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("unreadable", "what the target sends cannot be read as chunks of the size it announced")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { chunk_size: Some(4096), ..EchoOptions::default() }).await?;
        let frames = [
            key("9001-bytes", 9001).at(100),
            aac("400-bytes", 400).at(100),
            inter("4096-bytes", 4096).at(140),
            inter("4097-bytes", 4097).at(180),
            inter("30000-bytes", 30_000).at(220),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 260).await;
        let broken = echo.view.link.broken();
        let readable = expect(want::equal("readable")).cause("unreadable");
        s.check_fact("the target's chunks", broken.unwrap_or_else(|| "readable".into()), readable);
        let expect = echo.expects(&frames);
        s.check("long frames", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the target writes chunks of 128 bytes until its own Set Chunk Size.
    DEFAULT_CHUNK_SIZE = "chunk/sending/default-chunk-size" {
        title: "Until it has sent Set Chunk Size the target writes chunks of at most 128 bytes",
        rules: [CHUNK_046],
        level: Must, profile: Core, company: Shared,
        after: ["hs/s2/echoes-c1"],
        causes: [("unreadable", "what the target sends before its Set Chunk Size cannot be read as chunks of 128 bytes")],
    }
    async fn(s) {
        let mut link = s.shaken("client").await?;
        // Any timestamp is legal; this one makes the connect of this case recognisable in a capture.
        link.send(&command::connect(&s.place.app, &s.place.tc_url).at(7)).await;
        let seen = link.reply(1.0).await;
        let heard = link.heard();
        if !matches!(seen, Seen::Command { .. }) {
            // A reply in one long chunk leaves a reader of 128 bytes with a remainder.
            let whole = heard.iter().flat_map(|h| &h.message.chunks).map(|c| c.payload.end).max().unwrap_or(0);
            let rest = link.bytes_in().saturating_sub((SERVER_HANDSHAKE + whole) as u64);
            if rest == 0 {
                return Err(Stop::blocked("connect", seen.describe()));
            }
            let why = link.broken().unwrap_or_else(|| format!("{rest} B make no message"));
            s.check_fact("the target's chunks", why, expect(want::equal("readable")).cause("unreadable"));
            return Ok(());
        }
        let announced = heard.iter().position(|h| h.message.kind == 1).unwrap_or(heard.len());
        let longest = heard[..announced].iter().map(|h| h.message.body.len()).max().unwrap_or(0);
        let expected = expect(want::within(129.0, 16_777_215.0))
            .or_info(want::within(0.0, 128.0), "nothing longer than 128 bytes was sent before a Set Chunk Size");
        s.check_fact("longest message read before a Set Chunk Size, in bytes", longest, expected);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.4: continuation chunks should be of type 3.
    CONTINUATION_TYPE_3 = "chunk/sending/continuation-is-type-3" {
        title: "Continuation chunks towards a player are of type 3",
        rules: [CHUNK_020],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("other-type", "a continuation chunk is of another type than 3")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let wrong: Vec<String> =
            every_chunk(&heard).iter().filter(|c| !c.starts && c.fmt != 3).map(|c| place(c)).collect();
        s.check_fact("continuation chunks of another type", wrong, none("other-type"));
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.1: below 0xFFFFFF the field should hold the whole value.
    PLAIN_FIELD = "chunk/sending/plain-field" {
        title: "Small timestamps towards a player do not use the extended timestamp",
        rules: [CHUNK_029],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("needless-extended", "an extended timestamp carries a value below 0xFFFFFF")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let wrong: Vec<String> = every_chunk(&heard)
            .iter()
            .filter(|c| c.fmt < 3 && c.extended.is_some_and(|e| e < 0x00FF_FFFF))
            .map(|c| place(c))
            .collect();
        s.check_fact("extended timestamps below 0xFFFFFF", wrong, none("needless-extended"));
        Ok(())
    }
}

case! {
    /// Errata EA 7: message stream ids stay within 24 bits, because FLV and aggregates hold no more.
    LIMITS = "chunk/sending/stream-id-limit" {
        title: "Message stream ids towards a player are at most 16777215",
        rules: [MSG_002],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("beyond-24-bits", "a message stream id above 16777215")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let largest = heard.iter().map(|h| h.message.msid).max().unwrap_or(0);
        let expected = expect(want::within(0.0, 16_777_215.0)).cause("beyond-24-bits");
        s.check_fact("largest message stream id", largest, expected);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.1 and 4: a timestamp that goes back needs type 0, deltas are unsigned. The publisher's
    /// timestamps go back by 40 ms; whether the target refuses, repairs or relays that is its own affair.
    BACKWARDS = "chunk/sending/backwards-is-type-0" {
        title: "Where timestamps go back the target writes type 0, never a delta near 2^32",
        rules: [CHUNK_016, CHUNK_067],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("negative-delta", "a delta that only makes sense as a negative number")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("forward", 90).at(5000), inter("back", 91).at(4960), inter("forward-again", 92).at(5080)];
        send_as(&mut echo, &frames[0], 0, 5000).await;
        let back = super::pieces(&echo, &frames[1], 0, 4960).concat();
        echo.live.link.lie("TimestampGoesBack", &back).await;
        send_as(&mut echo, &frames[2], 0, 5080).await;
        let _ = echo.collect(&frames, 5120).await;
        let heard = echo.view.link.heard();
        let wrong: Vec<String> = every_chunk(&heard)
            .iter()
            .filter(|c| matches!(c.fmt, 1 | 2) && c.extended.or(c.field).is_some_and(|delta| delta > 0x7FFF_FFFF))
            .map(|c| place(c))
            .collect();
        s.check_fact("deltas near 2^32", wrong, none("negative-delta"));
        Ok(())
    }
}

case! {
    /// Errata EA 5.2: within a message stream and type timestamps do not go back unless the receiver asked.
    FORWARD = "chunk/sending/timestamps-go-forward" {
        title: "Timestamps of audio, video and data towards a player do not go back",
        rules: [TIME_007],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("goes-back", "a timestamp before that of the message before of its type and stream")],
    }
    async fn(s) {
        let (_echo, heard) = watched(s).await?;
        let mut last = BTreeMap::new();
        let mut wrong = Vec::new();
        for message in heard.iter().map(|h| &h.message).filter(|m| matches!(m.kind, 8 | 9 | 18)) {
            let before = last.insert((message.msid, message.kind), message.ts).unwrap_or(message.ts);
            if (message.ts.wrapping_sub(before) as i32) < 0 {
                wrong.push(format!("type {}: {} ms after {before} ms", message.kind, message.ts));
            }
        }
        s.check_fact("timestamps that go back", wrong, none("goes-back"));
        Ok(())
    }
}
