//! Set Chunk Size with valid values (RTMP 5.4.1).

use std::sync::Arc;

use super::{long_call, long_connect_members, settled_at};
use crate::case;
use crate::case::Step;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::command::command;
use crate::pen::control;
use crate::pen::media::{aac, inter, key};
use crate::stage::{EchoOptions, Stage};

/// Each size on a connection of its own: a message of more than 300 bytes is cut at it. `_error` is an
/// answer, too.
async fn each(s: &mut Stage, sizes: &[u32]) -> Step {
    for size in sizes {
        let mut link = s.connected(&format!("client-{size}")).await?;
        settled_at(&mut link, control::set_chunk_size(*size)).await?;
        let seen = long_call(&mut link).await;
        let label = format!("createStream of more than 300 bytes at chunk size {size}");
        if !s.check(&label, seen, expect(want::RESULT).or(want::ERROR)) {
            break;
        }
    }
    Ok(())
}

case! {
    /// RTMP 5.4.1: valid sizes are 1 to 2147483647. A receiver that refuses small ones cannot read what the
    /// text allows.
    SMALL = "ctrl/chunk-size/small" {
        title: "Chunk sizes 1, 2, 127 and 128 are followed",
        rules: [CTRL_007],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) { each(s, &[1, 2, 127, 128]).await }
}

case! {
    /// RTMP 5.4.1: sizes up to 16777215, the longest message, differ; encoders of the field announce a size
    /// beyond every message. A receiver that keeps the old size takes payload for headers.
    LARGE = "ctrl/chunk-size/large" {
        title: "Chunk sizes 65536, 65537 and 16777215 are followed",
        rules: [CTRL_007],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) { each(s, &[65_536, 65_537, 16_777_215]).await }
}

case! {
    /// RTMP 5.4.1: sizes beyond 16777215 are equivalent to it, since no message is longer.
    BEYOND_24_BITS = "ctrl/chunk-size/beyond-24-bits" {
        title: "Chunk size 2147483647 acts as 16777215",
        rules: [CTRL_008],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) { each(s, &[0x7FFF_FFFF]).await }
}

case! {
    /// RTMP 5.4.1: the size governs every chunk after the message, also between publish and the next frame,
    /// where encoders change it (field item W30).
    GOVERNS_LATER_CHUNKS = "ctrl/chunk-size/governs-later-chunks" {
        title: "After chunk size 256 a message of 256 bytes is one chunk",
        rules: [CTRL_012],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames =
            [inter("one-chunk", 256).at(40), aac("two-chunks", 257).at(60), inter("three", 700).at(80)];
        echo.live.link.set_chunk_size(256).await;
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 120).await;
        let expect = echo.expects(&frames);
        s.check("frames of 256, 257 and 700 bytes at chunk size 256", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: an endpoint may change the size at any time, up or down. Sizes below 128 have a case of
    /// their own.
    UP_AND_DOWN = "ctrl/chunk-size/up-and-down" {
        title: "The chunk size may rise and fall between media messages",
        rules: [CTRL_014],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let mut ts = 0;
        for size in [4096, 128, 60_000, 200] {
            ts += 100;
            let frames = [
                aac(&format!("audio-at-{size}"), 150).at(ts),
                inter(&format!("video-at-{size}"), 5000).at(ts),
            ];
            let [audio, video] = frames.clone().map(|frame| frame.for_stream(echo.live.msid));
            // One write: what follows may be there already when the size takes effect.
            echo.live.link.send_all(&[control::set_chunk_size(size), audio, video]).await;
            let seen = echo.collect(&frames, ts + 40).await;
            let expect = echo.expects(&frames);
            if !s.check(&format!("frames of 150 and 5000 bytes at chunk size {size}"), seen, expect) {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the size is kept for each direction by itself. A server that cuts its own messages at the
    /// player's size sends chunks that the player cannot read (field item W31).
    EACH_DIRECTION = "ctrl/chunk-size/each-direction" {
        title: "The player's chunk size does not change how the server cuts its own messages",
        rules: [CTRL_012],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { chunk_size: Some(4096), ..EchoOptions::default() }).await?;
        echo.view.link.set_chunk_size(2_000_000).await;
        let answered = echo.view.link.barrier().await;
        if !matches!(answered, Seen::Answered { .. }) {
            return Err(Stop::blocked("barrier after Set Chunk Size 2000000", answered.describe()));
        }
        let frames = [key("longer-than-any-usual-chunk", 150_000).at(40), aac("audio", 90).at(60)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 100).await;
        let expect = echo.expects(&frames);
        s.check("150,000 bytes to a player that announced 2,000,000", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1 names no moment; OBS and FFmpeg announce their size before connect or right after it.
    BEFORE_CONNECT = "ctrl/chunk-size/before-connect" {
        title: "Set Chunk Size before connect is accepted",
        rules: [CTRL_015],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.shaken("client").await?;
        link.set_chunk_size(4096).await;
        let place = Arc::clone(&s.place);
        link.send(&command("connect", 1.0, long_connect_members(&place.app, &place.tc_url), &[])).await;
        let seen = link.reply(1.0).await;
        s.check("connect in one chunk of more than 128 bytes", seen, expect(want::RESULT).or(want::ERROR));
        Ok(())
    }
}

case! {
    /// RTMP 5.4: protocol control messages take effect when they are received, their timestamps are ignored.
    TIMESTAMP_IGNORED = "ctrl/chunk-size/timestamp-ignored" {
        title: "Set Chunk Size takes effect at once whatever its timestamp",
        rules: [CTRL_003, TIME_011],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        for ts in [12_345, 0xFFFF_FFFF] {
            let mut link = s.connected(&format!("client-{ts}")).await?;
            settled_at(&mut link, control::set_chunk_size(4096).at(ts)).await?;
            let seen = long_call(&mut link).await;
            let label = format!("createStream in one chunk after Set Chunk Size 4096 at timestamp {ts}");
            if !s.check(&label, seen, expect(want::RESULT).or(want::ERROR)) {
                break;
            }
        }
        Ok(())
    }
}
