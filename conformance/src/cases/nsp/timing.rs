//! Timestamps and composition times that are unusual and real (field/failures W68, W70).

use super::collect_by_kind;
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::media::{aac, inter, key};
use crate::stage::EchoOptions;

case! {
    /// Errata EA 5.2 and TIME-008: there is no order between kinds, only within one.
    CROSSED = "nsp/relay/crossed-timestamps" {
        title: "Audio that is behind or ahead of the video around it is relayed",
        rules: [NSP_034],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            key("key", 100).at(200),
            aac("behind", 80).at(131),
            inter("inter-1", 90).at(240),
            aac("ahead", 80).at(290),
            inter("inter-2", 90).at(280),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let (seen, expected) = collect_by_kind(&mut echo, &frames, 320).await;
        s.check("audio 69 ms behind and 50 ms ahead of video", seen, expected);
        Ok(())
    }
}

case! {
    /// W70: clocks are set back, encoders restart. The target may repair or refuse; it may not fall over, and a
    /// stream that it keeps has to go on.
    BACKWARDS = "nsp/relay/backwards-timestamps" {
        title: "Timestamps that go back within a kind do not end the relaying of what follows",
        rules: [NSP_034],
        level: Safety, profile: Relay, company: Hostile,
        after: ["nsp/relay/audio-and-video"],
        causes: [("stuck", "frames after the step back no longer reach the player, the connection is open")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { base: 20_000, ..EchoOptions::default() }).await?;
        let mut frames = Vec::new();
        for (n, ts) in [20_100, 20_099, 20_059, 10_059, 0, 86_400_000, 86_400_040].into_iter().enumerate() {
            frames.push(key(&format!("step-{n}"), 90).at(ts));
            frames.push(aac(&format!("audio-step-{n}"), 70).at(ts));
        }
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = match echo.collect(&frames, 86_400_080).await {
            Seen::Media { ended, .. } if ended == "marker" => Seen::fact("goes on"),
            Seen::Media { ended, .. } if ended.ends_with("closed") => Seen::fact("closed"),
            _ => Seen::fact("nothing more arrives"),
        };
        s.check(
            "the stream after steps of -1, -40, -10000 ms, to 0 and by a day",
            seen,
            expect(want::equal("goes on"))
                .or_lenient(want::equal("closed"), "a clean refusal, field/failures section 5 item 16")
                .cause("stuck"),
        );
        Ok(())
    }
}

case! {
    /// FLV E.4.3.1: the composition time is signed. A relay has no business with it and leaves the bytes (W68).
    NEGATIVE_COMPOSITION = "nsp/relay/negative-composition-time" {
        title: "A negative composition time reaches the player",
        rules: [NSP_018, FLV_031],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let with = |mut frame: crate::pen::Msg, time: [u8; 3]| {
            frame.body[2..5].copy_from_slice(&time);
            frame
        };
        let frames = [
            with(key("minus-34", 90).at(100), [0xFF, 0xFF, 0xDE]),
            with(inter("minus-1", 80).at(140), [0xFF, 0xFF, 0xFF]),
            with(inter("plus-80", 80).at(180), [0, 0, 80]),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 220).await;
        let expect = echo.expects(&frames);
        s.check("composition times -34, -1 and +80 ms", seen, expect);
        Ok(())
    }
}
