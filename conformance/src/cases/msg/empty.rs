//! Messages without a body (E-RTMP v2 audio table, errata E-69, field item W72).

use crate::case;
use crate::outcome::{expect, want};
use crate::pen::Msg;
use crate::pen::media::{aac, inter};
use crate::stage::EchoOptions;

fn empty(kind: u8, csid: u32, label: &str) -> Msg {
    Msg { csid, ts: 0, kind, msid: 1, body: Vec::new(), label: label.into() }
}

case! {
    /// E-RTMP v2: an audio message of zero bytes is silence. Whether it is relayed is only recorded.
    AUDIO = "msg/empty/audio" {
        title: "An audio message of zero bytes is survived",
        rules: [MSG_032],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            aac("audio-1", 90).at(40),
            empty(8, 4, "silence").at(60),
            aac("audio-2", 90).at(80),
            inter("video", 90).at(80),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 120).await;
        let without: Vec<Msg> = frames.iter().filter(|f| !f.body.is_empty()).cloned().collect();
        let expect = expect(echo.want(&frames)).or_info(
            echo.want(&without),
            "the frames around it arrived, the empty message was not relayed",
        );
        s.check("audio, an audio message of zero bytes, audio, video", seen, expect);
        Ok(())
    }
}

case! {
    /// A video message of zero bytes carries nothing; encoders of the field send it all the same.
    VIDEO = "msg/empty/video" {
        title: "A video message of zero bytes does not end the session",
        rules: [MSG_033],
        level: DeFacto, profile: Publish, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send_headers(0).await;
        live.send(&empty(9, 6, "empty video").at(40)).await;
        live.send(&inter("video", 90).at(80)).await;
        let seen = live.link.barrier().await;
        s.check("a call after it", seen, expect(want::ANSWERED));
        Ok(())
    }
}

case! {
    /// A command or data message without a name says nothing: ignored or refused.
    COMMAND_AND_DATA = "msg/empty/command-and-data" {
        title: "Command and data messages of zero bytes are ignored or refused by a close",
        rules: [MSG_034],
        level: DeFacto, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        for (kind, what) in [(20, "command"), (18, "data")] {
            let mut link = s.connected(&format!("client-{what}")).await?;
            let message = empty(kind, 3, what).for_stream(0);
            link.lie("EmptyMessage", &message.chunks(128).concat()).await;
            let seen = link.barrier().await;
            let label = format!("a call after an empty {what} message");
            if !s.check(&label, seen, expect(want::ANSWERED).or(want::CLOSED)) {
                break;
            }
        }
        Ok(())
    }
}
