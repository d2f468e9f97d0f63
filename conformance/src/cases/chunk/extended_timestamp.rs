//! The extended timestamp (RTMP 5.3.1.3, errata E-15).

use crate::case;
use crate::pen::media::inter;
use crate::stage::EchoOptions;

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
        let mut echo = s.echo(EchoOptions { base: 0x00FF_FF00, ..EchoOptions::default() }).await?;
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
