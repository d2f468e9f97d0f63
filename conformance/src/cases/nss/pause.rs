//! pause (RTMP 7.2.2.8).

use super::QUIET;
use crate::case;
use crate::cases::nsp::{answer_in, code_of};
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::media::{aac, key};
use crate::pen::{Amf, Msg, amf, command};
use crate::stage::{EchoOptions, Player, create_stream};

/// RTMP 7.2.2.8 allows pause to fail.
const REFUSED: &str = "the target refuses to pause a live stream";

case! {
    /// RTMP 7.2.2.8: NetStream.Pause.Notify when paused, NetStream.Unpause.Notify when resumed.
    NOTIFY = "nss/pause/notify" {
        title: "pause is answered with NetStream.Pause.Notify, its end with NetStream.Unpause.Notify",
        rules: [NSS_037, STAT_016],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("no-pause-notify", "pause(true) was not answered with NetStream.Pause.Notify"),
            ("no-unpause-notify", "pause(false) was not answered with NetStream.Unpause.Notify"),
        ],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let told = paused(&mut echo.view, "pause", true).await;
        let expected = expect(want::status_level("NetStream.Pause.Notify", "status"))
            .or_lenient(want::status("NetStream.Pause.Notify"), "another level, STAT-016 is de-facto")
            .or_info(want::ERROR, REFUSED)
            .or_info(want::status_level("NetStream.Pause.Failed", "error"), REFUSED);
        let granted = code_of(&told) == "NetStream.Pause.Notify";
        if s.check("pause(true)", told, expected.cause("no-pause-notify")) && granted {
            let told = paused(&mut echo.view, "pause", false).await;
            let expected = expect(want::status_level("NetStream.Unpause.Notify", "status"))
                .or_lenient(want::status("NetStream.Unpause.Notify"), "another level, STAT-016 is de-facto");
            s.check("pause(false)", told, expected.cause("no-unpause-notify"));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.8: a paused stream sends nothing. What was under way when pause was answered is behind the
    /// barrier.
    NO_MEDIA = "nss/pause/no-media" {
        title: "While paused no audio or video is sent",
        rules: [NSS_039],
        level: Must, profile: Relay, company: Shared,
        after: ["nss/pause/notify"],
        causes: [("media-while-paused", "audio or video published during the pause reached the player")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let told = paused(&mut echo.view, "pause", true).await;
        if code_of(&told) != "NetStream.Pause.Notify" {
            return Err(Stop::blocked("pause", told.describe()));
        }
        let _ = echo.view.link.barrier().await;
        let from = echo.view.link.mark();
        let frames = [key("paused-key", 90).at(100), aac("paused-audio", 80).at(110)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let is_ours = |h: &crate::wire::Heard| frames.iter().any(|f| f.body == h.message.body);
        // Silence can only be waited for.
        let came = echo.view.link.quiet(QUIET, |v| v.heard[from..].iter().any(is_ours).then_some(())).await;
        s.check_fact(
            "media published during the pause arrived",
            came.is_some(),
            expect(want::equal(false)).cause("media-while-paused"),
        );
        Ok(())
    }
}

case! {
    /// Flash players send pauseRaw for pause.
    RAW = "nss/pause/raw" {
        title: "pauseRaw is answered as pause is",
        rules: [NSS_040],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nss/pause/notify"],
        causes: [("no-pause-notify", "pauseRaw(true) was not answered with NetStream.Pause.Notify")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let told = paused(&mut echo.view, "pauseRaw", true).await;
        let expected = expect(want::status("NetStream.Pause.Notify"))
            .or_info(want::ERROR, REFUSED)
            .or_info(want::status_level("NetStream.Pause.Failed", "error"), REFUSED);
        s.check("pauseRaw(true)", told, expected.cause("no-pause-notify"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.8: "the server returns an _error message" on failure; errata E-37: the field says onStatus
    /// ...Failed. Whether pause without play is a failure at all is open, so success and silence are recorded.
    WITHOUT_PLAY = "nss/pause/without-play" {
        title: "pause on a stream that plays nothing, if it is a failure, is answered with _error",
        rules: [NSS_041],
        level: Must, profile: Play, company: Negative,
        after: [],
        causes: [("failure-shape", "the failure is told neither by _error nor by onStatus ...Failed")],
    }
    async fn(s) {
        let mut link = s.player_connection("player").await?;
        let msid = create_stream(&mut link).await?;
        let from = link.mark();
        link.send(&pause_message("pause", msid, true)).await;
        let barrier = link.barrier().await;
        let heard = link.heard();
        let told = heard[from..].iter().find_map(|h| {
            let seen = crate::wire::link::command_seen(&h.message)?;
            match &seen {
                Seen::Command { name, txn, .. } if name == "onStatus" || (*txn == 0.0 && name.starts_with('_')) => {
                    Some(seen)
                }
                _ => None,
            }
        });
        let failed = matches!(&told, Some(Seen::Command { code: Some(code), level, .. })
            if code.ends_with("Failed") && level.as_deref() == Some("error"));
        let expected = expect(want::ERROR)
            .or_info(want::status_level("*", "status"), "not taken as a failure")
            .or_info(want::status_level("*", "warning"), "not taken as a failure")
            .or_info(want::RESULT, "not taken as a failure")
            .or_info(want::ANSWERED, "not taken as a failure: silence")
            .or_lenient(want::CLOSED, "a failure told by closing")
            .cause("failure-shape");
        let note = "onStatus instead of _error, errata E-37";
        let expected = if failed { expected.or_lenient(want::status("*"), note) } else { expected };
        s.check("pause without play", told.unwrap_or(barrier), expected);
        Ok(())
    }
}

fn pause_message(name: &str, msid: u32, on: bool) -> Msg {
    let arguments = [Amf::Boolean(u8::from(on)), amf::number(0.0)];
    command::command(name, 0.0, Amf::Null, &arguments).for_stream(msid).on(8)
}

/// Sends pause; the first onStatus, `_error` or `_result` after it that is about it.
async fn paused(view: &mut Player, name: &str, on: bool) -> Seen {
    let from = view.link.mark();
    view.link.send(&pause_message(name, view.msid, on)).await;
    let about = |code: &str| code.contains("ause") || code.ends_with("Failed");
    view.link.wait(|v| answer_in(v, from, about)).await.unwrap_or_else(|seen| seen)
}
