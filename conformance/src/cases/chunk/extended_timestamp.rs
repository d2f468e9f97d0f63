//! The extended timestamp (RTMP 5.3.1.3, errata E-15).

use serde_json::json;

use super::{pieces, refused_or_relayed, send_as};
use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::media::{inter, key};
use crate::stage::EchoOptions;

/// Shortly before the extended timestamp begins.
const BEFORE: EchoOptions = EchoOptions { base: 0x00FF_FF80, chunk_size: None, with_data: false };

case! {
    /// RTMP 5.3.1.3 and errata EA 5.1: while in use, the field stands on every continuation chunk.
    TYPE3_REPEATS = "chunk/extended-timestamp/type-3-repeats" {
        title: "Continuation chunks that repeat the extended timestamp are read as such",
        rules: [CHUNK_031, CHUNK_034],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(BEFORE).await?;
        let frames = [inter("first-long", 500).at(0x0100_0000), inter("second-long", 700).at(0x0100_0028)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x0100_0050).await;
        let expect = echo.expects(&frames);
        s.check("frames beyond 16,777,215 ms in several chunks", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.1 (errata E-15h): 16,777,214 fits the 24-bit field, exactly 16,777,215 already needs the
    /// extended one. Two timestamps off by one at this place make two frames off by hours, or lost.
    BOUNDARY = "chunk/extended-timestamp/boundary" {
        title: "0xFFFFFE is read from the 24-bit field, 0xFFFFFF and 0x1000000 from the extended timestamp",
        rules: [CHUNK_027, CHUNK_028],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(BEFORE).await?;
        let frames = [
            inter("at-fffffe", 90).at(0x00FF_FFFE),
            inter("at-ffffff", 91).at(0x00FF_FFFF),
            inter("at-1000000", 92).at(0x0100_0000),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x0100_0020).await;
        let expect = echo.expects(&frames);
        s.check("frames around 16,777,215 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.3: the field carries the complete 32-bit timestamp, not what exceeds 24 bits.
    COMPLETE_VALUE = "chunk/extended-timestamp/complete-value" {
        title: "The extended timestamp is taken as the complete 32-bit value",
        rules: [CHUNK_030],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [key("before", 90).at(1000), inter("after", 91).at(0x0123_4567)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x0123_4590).await;
        let expect = echo.expects(&frames);
        s.check("frames at 1,000 and 19,088,743 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.5 (errata E-15b): with types 1 and 2 the field is a delta whatever its width; a server that
    /// assigns it sends the stream back to 4 h 39 min (W16).
    DELTA_ADDED = "chunk/extended-timestamp/delta-is-added" {
        title: "An extended timestamp on types 1 and 2 is added to the timestamp before",
        rules: [CHUNK_033],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            inter("type-0", 90).at(11_000),
            inter("type-1", 95).at(11_000 + 0x0100_0010),
            inter("type-2", 95).at(11_000 + 0x0200_0030),
        ];
        // Deltas just above the threshold; the two frames of type 1 and 2 have one length.
        send_as(&mut echo, &frames[0], 0, 11_000).await;
        send_as(&mut echo, &frames[1], 1, 0x0100_0010).await;
        send_as(&mut echo, &frames[2], 2, 0x0100_0020).await;
        let seen = echo.collect(&frames, 11_000 + 0x0200_0060).await;
        let expect = echo.expects(&frames);
        s.check("frames at 11,000 ms and two long deltas later", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.3: the copies on continuation chunks repeat the delta, they do not add it again.
    DELTA_ONCE = "chunk/extended-timestamp/repeated-delta-counts-once" {
        title: "An extended delta that continuation chunks repeat is added once",
        rules: [CHUNK_034, CHUNK_031],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("type-0", 90).at(500), inter("long", 400).at(500 + 0x0100_0000)];
        send_as(&mut echo, &frames[0], 0, 500).await;
        send_as(&mut echo, &frames[1], 1, 0x0100_0000).await;
        let seen = echo.collect(&frames, 500 + 0x0100_0040).await;
        let expect = echo.expects(&frames);
        s.check("a frame of four chunks with an extended delta", seen, expect);
        Ok(())
    }
}

case! {
    /// Errata EA 5.1: a type 3 chunk that starts a message has the field as well.
    TYPE3_NEW_MESSAGE = "chunk/extended-timestamp/type-3-starts-message" {
        title: "A type 3 chunk that starts a message is read with the extended delta in force",
        rules: [CHUNK_032],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            inter("type-0", 90).at(500),
            inter("type-1", 97).at(500 + 0x0100_0000),
            inter("type-3", 97).at(500 + 0x0200_0000),
        ];
        send_as(&mut echo, &frames[0], 0, 500).await;
        send_as(&mut echo, &frames[1], 1, 0x0100_0000).await;
        send_as(&mut echo, &frames[2], 3, 0x0100_0000).await;
        let seen = echo.collect(&frames, 500 + 0x0200_0040).await;
        let expect = echo.expects(&frames);
        s.check("three frames, the last as type 3", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.3: the field is present when the most recent type 0, 1 or 2 chunk of the chunk stream says
    /// so, and only then.
    SWITCH_BACK = "chunk/extended-timestamp/switch-back" {
        title: "A short delta after an extended timestamp ends its repetition on type 3 chunks",
        rules: [CHUNK_037],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(BEFORE).await?;
        let frames = [inter("extended", 300).at(0x0100_0000), inter("short-delta", 310).at(0x0100_0014)];
        send_as(&mut echo, &frames[0], 0, 0x0100_0000).await;
        send_as(&mut echo, &frames[1], 1, 20).await;
        let seen = echo.collect(&frames, 0x0100_0040).await;
        let expect = echo.expects(&frames);
        s.check("a frame with a short delta in three chunks", seen, expect);
        Ok(())
    }
}

case! {
    /// Errata EA 5.1: the field is header: it counts neither towards the message length nor towards the chunk
    /// size. At whole multiples of the chunk size four bytes more or less show at once.
    NOT_PAYLOAD = "chunk/extended-timestamp/not-payload" {
        title: "The extended timestamp counts neither as payload nor towards the chunk size",
        rules: [CHUNK_036],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(BEFORE).await?;
        let frames = [
            inter("one-chunk", 128).at(0x0100_0000),
            inter("two-chunks", 256).at(0x0100_0028),
            inter("and-four", 260).at(0x0100_0050),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x0100_0080).await;
        let expect = echo.expects(&frames);
        s.check("frames of 128, 256 and 260 bytes", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.3: one copy is header, whatever the payload behind it looks like. Receivers that compare the
    /// four bytes (errata E-15) must not take the payload for a second copy, nor a copy for payload.
    PAYLOAD_LIKE_TIMESTAMP = "chunk/extended-timestamp/payload-like-timestamp" {
        title: "Payload that looks like the extended timestamp stays payload",
        rules: [CHUNK_031, CHUNK_036],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(BEFORE).await?;
        let ts: u32 = 0x0100_0010;
        let mut frame = inter("payload-like-timestamp", 404).at(ts);
        for at in [128, 256, 384] {
            frame.body[at..at + 4].copy_from_slice(&ts.to_be_bytes());
        }
        let frames = [inter("before", 300).at(0x0100_0000), frame];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x0100_0040).await;
        let expect = echo.expects(&frames);
        s.check("a frame whose chunks begin with the timestamp's bytes", seen, expect);
        Ok(())
    }
}

case! {
    /// Errata E-15: encoders after the edition of 2009 leave the field out of type 3 chunks. A receiver may find
    /// out by comparing; one that follows RTMP 5.3.1.3 to the letter cannot read such a frame, which is recorded.
    /// What harms players is a damaged frame handed on as a good one.
    ABSENT_ON_TYPE3 = "chunk/extended-timestamp/absent-on-type-3" {
        title: "A frame whose continuation chunks lack the extended timestamp is relayed whole or not at all",
        rules: [CHUNK_035],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["chunk/extended-timestamp/type-3-repeats"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(BEFORE).await?;
        let frames = [inter("omitted-1", 300).at(0x0100_0000), inter("omitted-2", 410).at(0x0100_0028)];
        let from = echo.view.link.heard().len();
        for frame in &frames {
            let mut wire = pieces(&echo, frame, 0, frame.ts);
            for chunk in &mut wire[1..] {
                chunk.drain(1..5);
            }
            echo.live.link.lie("Type3OmitsExtendedTimestamp", &wire.concat()).await;
        }
        let seen = refused_or_relayed(&mut echo, from, &frames, 0x0100_0050).await;
        let damaged = matches!(&seen, Seen::Media { items, .. } if items.iter().any(|item| item.label == "?"));
        let lost = matches!(&seen, Seen::Media { ended, .. } if ended != "marker");
        let seen = if lost && !damaged { Seen::fact("not relayed") } else { seen };
        let expect = echo
            .expects(&frames)
            .or_info(want::equal("closed"), "CHUNK-035, errata E-15: a strict reading is conformant")
            .or_info(want::equal("not relayed"), "CHUNK-035, errata E-15: a strict reading is conformant")
            .cause("payload-changed");
        s.check("frames of the older kind", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.3 (W13, W17): what the target itself sends at such timestamps. OBS and GStreamer lost streams
    /// after 4 h 40 min because a sender left the field out, cut it to 24 bits or wrote another value. The frames
    /// lie more than 0xFFFFFF ms apart, so that a sender of deltas needs the field as well.
    SENT_REPEATED = "chunk/extended-timestamp/sent-to-players" {
        title: "Frames beyond 16,777,215 ms are sent with the extended timestamp on every chunk",
        rules: [CHUNK_027, CHUNK_030, CHUNK_031],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video", "chunk/extended-timestamp/type-3-repeats"],
        causes: [
            ("truncated", "a player gets the timestamp cut to 24 bits"),
            ("absent-on-type-3", "a continuation chunk lacks the extended timestamp or repeats another value"),
        ],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { base: 0x0234_5000, chunk_size: Some(4096), with_data: false }).await?;
        let size = echo.view.link.heard().iter().map(|h| h.message.chunk_size).max().unwrap_or(128);
        if size > 0x1_0000 {
            return Err(Stop::Skipped(format!("the target writes chunks of {size} bytes")));
        }
        let frames = [
            inter("two-chunks", size + 500).at(0x0345_7000),
            inter("three-chunks", 2 * size + 500).at(0x0446_0000),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x0446_0050).await;
        let heard = echo.view.link.heard();
        // Found by length: a reader that has to guess about the field may have damaged the body.
        let found: Vec<_> = frames
            .iter()
            .filter_map(|f| heard.iter().find(|h| h.message.kind == 9 && h.message.body.len() == f.body.len()))
            .map(|h| &h.message)
            .collect();
        if found.is_empty() {
            let expect = echo.expects(&frames);
            s.check("long frames at 15 and 20 hours", seen, expect);
            return Ok(());
        }
        let truncated = found.iter().any(|m| frames.iter().any(|f| m.ts == f.ts & 0x00FF_FFFF));
        s.check_fact("timestamps cut to 24 bits", truncated, expect(want::equal(false)).cause("truncated"));
        let mut extended = 0;
        let mut wrong = Vec::new();
        for message in &found {
            let in_force = message.chunks[0].extended;
            extended += usize::from(in_force.is_some());
            for chunk in message.chunks.iter().filter(|c| in_force.is_some() && c.extended != in_force) {
                wrong.push(format!("byte {}", chunk.offset));
            }
        }
        let expected = expect(want::equal(json!([]))).cause("absent-on-type-3");
        s.check_fact("chunks without the extended timestamp in force", wrong, expected);
        let expected = expect(want::within(1.0, 2.0))
            .or_info(want::equal(0), "the target sends its own, smaller timestamps or short deltas");
        s.check_fact("frames sent with an extended timestamp", extended, expected);
        let expected = echo.expects(&frames);
        s.check("the frames themselves", seen, expected);
        Ok(())
    }
}
