//! The message stream that media belong to (RTMP 7.2.2).

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::media::{aac, inter};
use crate::stage::{EchoOptions, create_stream, media};

case! {
    /// RTMP 7.2.2: a NetStream is the channel of its media; a player looks for them under its own id.
    PLAY_STREAM = "msg/media/play-stream" {
        title: "Media are sent on the message stream that was asked to play",
        rules: [MSG_019],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("other-message-stream", "media stand on a message stream other than the player's")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [aac("audio", 90).at(40), inter("video", 90).at(40)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        echo.collect(&frames, 80).await;
        let heard = echo.view.link.heard();
        let mut others: Vec<u32> =
            media(&heard).map(|h| h.message.msid).filter(|msid| *msid != echo.view.msid).collect();
        others.dedup();
        s.check_fact(
            &format!("message streams of media other than {}", echo.view.msid),
            others,
            expect(want::equal(Vec::<u32>::new())).cause("other-message-stream"),
        );
        Ok(())
    }
}

case! {
    /// No text says what becomes of media for a stream that was never created. They are dropped.
    UNKNOWN_STREAM = "msg/media/unknown-stream" {
        title: "Media on a message stream that was never created do not end the session",
        rules: [MSG_020],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        create_stream(&mut link).await?;
        link.lie("MediaOnUnknownStream", &aac("audio", 90).for_stream(99).chunks(128).concat()).await;
        let seen = link.barrier().await;
        s.check("a call after audio on message stream 99", seen, expect(want::ANSWERED));
        Ok(())
    }
}

case! {
    /// Encoders send their headers before the answer to publish, some before publish (field item W57b).
    BEFORE_PUBLISH = "msg/media/before-publish" {
        title: "Media before publish do not end the session",
        rules: [MSG_021],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [("not-started", "publish after it was answered by another status than NetStream.Publish.Start")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let msid = create_stream(&mut link).await?;
        link.lie("MediaBeforePublish", &aac("audio", 90).for_stream(msid).chunks(128).concat()).await;
        let seen = link.barrier().await;
        if s.check("a call after audio before publish", seen, expect(want::ANSWERED)) {
            let name = s.fresh_name();
            link.mark();
            link.send(&crate::pen::command::publish(msid, &name, "live")).await;
            let seen = link.status().await;
            let started = expect(want::status("NetStream.Publish.Start")).cause("not-started");
            s.check("publish after it", seen, started);
        }
        Ok::<(), Stop>(())
    }
}
