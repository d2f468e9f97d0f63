//! What is published reaches players (RTMP 7.2.2.6).

use crate::case;
use crate::pen::media::{aac, inter, key};
use crate::stage::EchoOptions;

case! {
    /// RTMP 7.2.2.6: audio and video messages published reach any player of that name.
    AUDIO_AND_VIDEO = "nsp/relay/audio-and-video" {
        title: "Published audio and video reach a player in order",
        rules: [NSP_017, NSS_016, MSG_004],
        level: Must, profile: Relay, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            key("key", 100).at(100),
            aac("audio-1", 80).at(100),
            inter("inter-1", 90).at(140),
            aac("audio-2", 80).at(140),
            inter("inter-2", 110).at(180),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 220).await;
        let expect = echo.expects(&frames);
        s.check("what arrives of three video and two audio messages", seen, expect);
        Ok(())
    }
}
