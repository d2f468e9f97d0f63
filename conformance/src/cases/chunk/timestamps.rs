//! Timestamps (RTMP 4): 32 bits, unsigned, around their end.

use super::{keeps_timestamps, send_as};
use crate::case;
use crate::pen::chunk::{Header, chunks};
use crate::pen::control;
use crate::pen::media::{inter, key};
use crate::stage::EchoOptions;

case! {
    /// RTMP 4: timestamps have 32 bits. Servers that mask to 31 bits or hold them signed break after 24.8 days
    /// (W19, errata E-15f).
    ABOVE_2_31 = "chunk/timestamps/above-2-31" {
        title: "Timestamps above 0x7FFFFFFF are processed like any other",
        rules: [TIME_009],
        level: Must, profile: Relay, company: Shared,
        after: ["chunk/extended-timestamp/type-3-repeats", "chunk/extended-timestamp/complete-value"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, false)?;
        let mut echo = s.echo(EchoOptions { base: 0x7FFF_FF80, ..EchoOptions::default() }).await?;
        let frames = [inter("below", 90).at(0x7FFF_FFF6), key("above", 91).at(0x8000_000A)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 0x8000_0032).await;
        let expect = echo.expects(&frames);
        s.check("frames 20 ms apart across 2^31 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 4: timestamps wrap after 49.7 days; RFC 1982 arithmetic makes 100 follow 4,294,967,000 by 396 ms.
    WRAP = "chunk/timestamps/wrap" {
        title: "A timestamp of 100 ms follows 4,294,967,000 ms by 396 ms",
        rules: [TIME_003],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video", "chunk/timestamps/above-2-31"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, true)?;
        let mut echo = s.echo(EchoOptions { base: 4_294_966_900, ..EchoOptions::default() }).await?;
        let frames = [inter("before", 90).at(4_294_967_000), key("after", 91).at(100)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 140).await;
        let expect = echo.expects(&frames);
        s.check("frames on both sides of 2^32 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 4 and 5.3.1.2.5: a delta is added modulo 2^32.
    WRAP_BY_DELTA = "chunk/timestamps/wrap-by-delta" {
        title: "A delta leads across the end of the 32-bit timestamp",
        rules: [TIME_003, TIME_002],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video", "chunk/timestamps/above-2-31"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, false)?;
        let mut echo = s.echo(EchoOptions { base: 4_294_967_100, ..EchoOptions::default() }).await?;
        let frames = [inter("before", 93).at(4_294_967_276), inter("across", 94).at(20), inter("later", 94).at(60)];
        send_as(&mut echo, &frames[0], 0, 4_294_967_276).await;
        send_as(&mut echo, &frames[1], 1, 40).await;
        send_as(&mut echo, &frames[2], 3, 0).await;
        let seen = echo.collect(&frames, 100).await;
        let expect = echo.expects(&frames);
        s.check("frames 40 ms apart across 2^32 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4: protocol control messages take effect when they are received, their timestamps are ignored.
    CONTROL_IGNORED = "chunk/timestamps/control-timestamp-ignored" {
        title: "A Set Chunk Size with timestamp 0xFFFFFFFF takes effect at once",
        rules: [TIME_011],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let set = control::set_chunk_size(1000).at(0xFFFF_FFFF);
        echo.live.link.send(&set).await;
        let frames = [inter("one-chunk", 900).at(200)];
        let header = Header { msid: echo.live.msid, ..frames[0].header() };
        let wire = chunks(header, &frames[0].body, 1000).concat();
        echo.live.link.bytes("a frame in one chunk of 900 B", &wire).await;
        let seen = echo.collect(&frames, 240).await;
        let expect = echo.expects(&frames);
        s.check("a frame of 900 bytes after Set Chunk Size 1000", seen, expect);
        Ok(())
    }
}
