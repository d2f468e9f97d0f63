//! How a publish ends, and what can follow (RTMP 7.2.2.3).

use std::time::Duration;

use super::{answer_in, idle, lie};
use crate::case;
use crate::outcome::{expect, want};
use crate::pen::media::{inter, key};
use crate::pen::{Amf, command};
use crate::stage::{EchoOptions, stream_id};

case! {
    /// RTMP 7.2.2.3: deleteStream destroys the stream; what is sent under its id afterwards goes nowhere.
    DELETE_STREAM = "nsp/unpublish/delete-stream" {
        title: "deleteStream of a publishing stream ends what players get of it",
        rules: [NSP_024],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("still-relayed", "a frame sent on the deleted stream reached the player")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [key("before", 90).at(100)];
        echo.live.send(&frames[0]).await;
        let seen = echo.collect(&frames, 140).await;
        let expected = echo.expects(&frames);
        s.check("a frame before deleteStream", seen, expected);
        let msid = echo.live.msid;
        echo.live.link.send(&command::delete_stream(0.0, msid)).await;
        let _ = echo.live.link.barrier().await;
        let after = key("after", 90).at(180).for_stream(msid);
        lie(&mut echo.live.link, "MediaOnDeletedStream", &after).await;
        // Silence can only be waited for: half a second.
        let relayed = echo
            .view
            .link
            .quiet(Duration::from_millis(500), |v| {
                v.heard.iter().any(|h| h.message.kind == 9 && h.message.body == after.body).then_some(())
            })
            .await;
        s.check_fact(
            "a frame sent on the deleted stream arrived",
            relayed.is_some(),
            expect(want::equal(false)).cause("still-relayed"),
        );
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2 lists closeStream without a format. In the field it ends publish or play and leaves the id.
    CLOSE_STREAM = "nsp/unpublish/close-stream-then-publish" {
        title: "After closeStream the same message stream publishes again",
        rules: [NSP_026],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [("not-started", "publish after closeStream did not start")],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.link.send(&command::command("closeStream", 0.0, Amf::Null, &[]).for_stream(live.msid)).await;
        let closed = live.link.barrier().await;
        s.check("the connection after closeStream", closed, expect(want::ANSWERED));
        let name = s.fresh_name();
        live.link.mark();
        live.link.send(&command::publish(live.msid, &name, "live")).await;
        let seen = live.link.status_where(|c| c.starts_with("NetStream.Publish.")).await;
        s.check("publish again", seen, expect(want::status("NetStream.Publish.Start")).cause("not-started"));
        Ok(())
    }
}

case! {
    /// An encoder that reconnects its output within one connection: the name is free after deleteStream.
    TWENTY_TIMES = "nsp/unpublish/republish-twenty-times" {
        title: "The same name can be published twenty times in a row on one connection",
        rules: [NSP_027],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [("refused-again", "one of the later publishes did not start")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, mut msid) = idle(s, "publisher").await?;
        for round in 1..=20 {
            let from = link.mark();
            link.send(&command::publish(msid, &name, "live")).await;
            // An onStatus about the end of the one before may still come.
            let about = |code: &str| code.starts_with("NetStream.Publish.");
            let seen = link.wait(|v| answer_in(v, from, about)).await.unwrap_or_else(|seen| seen);
            let label = format!("publish number {round}");
            let expected = expect(want::status("NetStream.Publish.Start")).cause("refused-again");
            if !s.check(&label, seen, expected) {
                return Ok(());
            }
            link.send(&inter("media", 60).for_stream(msid)).await;
            link.send(&command::delete_stream(0.0, msid)).await;
            let created = link.call("createStream", Amf::Null, &[]).await;
            msid = stream_id(&created).unwrap_or(msid);
            if !s.check(&format!("createStream after it, round {round}"), created, expect(want::RESULT)) {
                return Ok(());
            }
        }
        Ok(())
    }
}
