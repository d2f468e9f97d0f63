//! Unusual forms of publish and unusual places for it.

use super::{answer, answer_in, code_of, idle, lie, publish_with, text};
use crate::case;
use crate::outcome::{Seen, Want, expect, want};
use crate::pen::command;
use crate::pen::media::{inter, key};
use crate::stage::EchoOptions;

fn refusal() -> Want {
    want::status_level("*", "error")
}

case! {
    /// The publishing type is not marked as optional in RTMP 7.2.2.6; field/failures section 5 item 8: senders
    /// leave it out, servers take it as live.
    TYPE_MISSING = "nsp/publish/type-missing" {
        title: "publish without a publishing type is taken as live",
        rules: [NSP_003],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [("refused", "publish without a type did not start")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, msid) = idle(s, "publisher").await?;
        let from = link.mark();
        lie(&mut link, "PublishWithoutType", &publish_with(msid, &[text(&name)])).await;
        let seen = answer(&mut link, from).await;
        s.check("publish without a type", seen, expect(want::status("NetStream.Publish.Start")).cause("refused"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.6 knows live, record and append. Anything else is refused in words or taken as live.
    TYPE_UNKNOWN = "nsp/publish/type-unknown" {
        title: "publish of an unknown type is refused in words or taken as live",
        rules: [NSP_004],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, msid) = idle(s, "publisher").await?;
        let from = link.mark();
        lie(&mut link, "PublishTypeFoo", &publish_with(msid, &[text(&name), text("foo")])).await;
        let seen = answer(&mut link, from).await;
        s.check(
            "publish of type foo",
            seen,
            expect(want::status("NetStream.Publish.Start"))
                .or(refusal())
                .or(want::ERROR)
                .or_lenient(want::CLOSED, "refusal by a plain close, field/failures section 5 item 11"),
        );
        Ok(())
    }
}

case! {
    /// publish belongs on a message stream that createStream returned.
    STREAM_ZERO = "nsp/publish/stream-zero" {
        title: "publish on message stream 0 is refused or tolerated, and not left without an answer",
        rules: [NSP_036],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, _) = idle(s, "publisher").await?;
        let from = link.mark();
        lie(&mut link, "PublishOnStreamZero", &command::publish(0, &name, "live")).await;
        let seen = answer(&mut link, from).await;
        s.check(
            "publish on message stream 0",
            seen,
            expect(refusal())
                .or(want::ERROR)
                .or(want::status("NetStream.Publish.Start"))
                .or_lenient(want::CLOSED, "refusal by a plain close, field/failures section 5 item 11"),
        );
        Ok(())
    }
}

case! {
    /// One message stream does one thing: play on a stream that publishes is refused, or ends the publish.
    PLAY_ON_SAME = "nsp/publish/play-on-the-same-stream" {
        title: "play on a publishing message stream is refused or ends the publish",
        rules: [NSP_037],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("plays-and-publishes", "play was granted and the same stream goes on publishing")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let other = s.publisher().await?;
        let from = echo.live.link.mark();
        let msid = echo.live.msid;
        lie(&mut echo.live.link, "PlayOnPublishingStream", &command::play(msid, &other.name, &[])).await;
        let answer = echo
            .live
            .link
            .wait(|v| answer_in(v, from, |code| !code.ends_with(".Reset")))
            .await
            .unwrap_or_else(|seen| seen);
        let seen = if code_of(&answer) == "NetStream.Play.Start" {
            let frames = [key("after-play", 90).at(100), inter("after-play-2", 80).at(140)];
            for frame in &frames {
                echo.live.send(frame).await;
            }
            match echo.collect(&frames, 180).await {
                Seen::Media { ended, .. } if ended == "marker" => Seen::fact("plays and publishes"),
                _ => Seen::fact("play ended the publish"),
            }
        } else {
            answer
        };
        s.check(
            "play on a publishing message stream",
            seen,
            expect(refusal())
                .or(want::ERROR)
                .or(want::equal("play ended the publish"))
                .or(want::CLOSED)
                .or_info(want::SILENT, "neither granted nor refused in words")
                .or_info(want::status("NetStream.Unpublish.Success"), "ends the publish")
                .cause("plays-and-publishes"),
        );
        Ok(())
    }
}
