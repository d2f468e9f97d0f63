//! How play ends: by the player, or because the publisher leaves.

use super::QUIET;
use super::start::live_and_view;
use crate::case;
use crate::cases::nsp::{code_of, lie, meet};
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::media::key;
use crate::pen::{Amf, amf, command};
use crate::stage::EchoOptions;
use crate::wire::Heard;
use crate::wire::link::command_seen;

case! {
    /// play with an empty name, or false, is how some players stop.
    EMPTY_NAME = "nss/play/empty-name-stops" {
        title: "play of an empty name ends what is played",
        rules: [NSS_043],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("plays-on", "media came after play of an empty name")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let play = command::play(echo.view.msid, "", &[]);
        lie(&mut echo.view.link, "EmptyPlayName", &play).await;
        let after = echo.view.link.barrier().await;
        let open = matches!(after, Seen::Answered { .. });
        s.check("the connection afterwards", after, expect(want::ANSWERED).or(want::CLOSED));
        let from = echo.view.link.mark();
        let frame = key("after-stop", 90).at(100);
        echo.live.send(&frame).await;
        // Silence can only be waited for.
        let came = open
            && echo
                .view
                .link
                .quiet(QUIET, |v| v.heard[from..].iter().any(|h| h.message.body == frame.body).then_some(()))
                .await
                .is_some();
        s.check_fact("media after play of an empty name", came, expect(want::equal(false)).cause("plays-on"));
        Ok(())
    }
}

case! {
    /// W57d: players have to tell the end from a stall. How they are told is recorded; that an
    /// UnpublishNotify, where it comes, has the level status is judged.
    PUBLISHER_LEAVES = "nss/end/publisher-leaves" {
        title: "A player is told that the publisher left, by a status of level status where by a status",
        rules: [NSS_020, STAT_019],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("level", "NetStream.Play.UnpublishNotify with another level than status")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let from = echo.view.link.mark();
        let (name, msid) = (echo.live.name.clone(), echo.live.msid);
        let txn = echo.live.link.transaction();
        echo.live.link.send(&command::command("FCUnpublish", txn, Amf::Null, &[amf::text(name)])).await;
        echo.live.link.send(&command::delete_stream(0.0, msid)).await;
        echo.live.link.finish().await;
        let told = echo
            .view
            .link
            .wait(|v| {
                v.heard[from..].iter().find_map(|h| match (h.message.kind, h.message.body.as_slice()) {
                    (4, [0, 1, ..]) => Some(Seen::fact("StreamEOF")),
                    _ => command_seen(&h.message)
                        .filter(|seen| matches!(seen, Seen::Command { name, .. } if name == "onStatus")),
                })
            })
            .await
            .unwrap_or_else(|seen| seen);
        let mut expected = expect(want::status_level("NetStream.Play.UnpublishNotify", "status"))
            .or(want::equal("StreamEOF"))
            .or(want::status_level("NetStream.Play.Stop", "status"))
            .or(want::status_level("NetStream.Play.Complete", "status"))
            .or_info(want::CLOSED, "the player's connection is closed")
            .or_info(want::SILENT, "the player is not told, errata E-21d, field/failures section 5 item 10");
        if code_of(&told) != "NetStream.Play.UnpublishNotify" {
            expected = expected.or_info(want::status("*"), "another status");
        }
        s.check("what a player hears when the publisher leaves", told, expected.cause("level"));
        Ok(())
    }
}

case! {
    /// RTMP 7.1.7: after StreamEOF "no additional data is sent without issuing of additional commands". Whether
    /// a live publisher's leaving is such an end is the target's choice (errata E-21d).
    AFTER_EOF = "nss/end/nothing-after-eof" {
        title: "After StreamEOF no media comes on that stream until a new command",
        rules: [UCM_008],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("media-after-eof", "audio or video on the stream after its StreamEOF")],
    }
    async fn(s) {
        let (mut live, mut view) = live_and_view(s).await?;
        let met = meet(&mut live, &mut view, 40, s.patience).await;
        if met != Seen::fact("seen") {
            return Err(Stop::blocked("media at the player", met.describe()));
        }
        let (name, msid) = (live.name.clone(), view.msid);
        let from = view.link.mark();
        live.link.send(&command::delete_stream(0.0, live.msid)).await;
        let _ = live.link.barrier().await;
        live.link.finish().await;
        let _ = live.link.close().await;
        let publisher = s.connected("publisher again").await?;
        let mut again = match s.publish_on(publisher, &name).await {
            Ok(again) => again,
            Err(Stop::Blocked { by, why }) => return Err(Stop::blocked(format!("{by} again"), why)),
            Err(stop) => return Err(stop),
        };
        again.send_headers(1000).await;
        for n in 0..5_u32 {
            again.send(&key(&format!("again-{n}"), 90).at(1000 + n * 40)).await;
        }
        let _ = again.link.barrier().await;
        let mut eof = vec![0, 1];
        eof.extend(msid.to_be_bytes());
        let mut begin = vec![0, 0];
        begin.extend(msid.to_be_bytes());
        // Silence can only be waited for.
        let after = view
            .link
            .quiet(QUIET, |v| {
                let heard = &v.heard[from..];
                let end = heard.iter().position(|h| h.message.kind == 4 && h.message.body == eof)?;
                let is_media = |h: &Heard| matches!(h.message.kind, 8 | 9) && h.message.msid == msid;
                let media = heard[end..].iter().position(is_media)?;
                Some(heard[end..end + media].iter().any(|h| h.message.kind == 4 && h.message.body == begin))
            })
            .await;
        let ended = view.link.since_mark().iter().any(|h| h.message.kind == 4 && h.message.body == eof);
        let fact = match (ended, after) {
            (true, Some(true)) => "StreamEOF, then StreamBegin and media",
            (true, Some(false)) => "StreamEOF, then media",
            (true, None) => "StreamEOF, then nothing",
            _ => "no StreamEOF",
        };
        s.check_fact(
            "a player through the change of its publisher",
            fact,
            expect(want::equal("StreamEOF, then nothing"))
                .or_lenient(
                    want::equal("StreamEOF, then StreamBegin and media"),
                    "the field marks the pause between two live publishers so, errata E-21d",
                )
                .or_info(want::equal("no StreamEOF"), "the target sends no StreamEOF here, errata E-21d")
                .cause("media-after-eof"),
        );
        Ok(())
    }
}
