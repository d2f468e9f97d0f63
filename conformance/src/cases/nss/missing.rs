//! play of a name that nobody publishes (RTMP 7.2.2.1, errata E-30).

use crate::case;
use crate::cases::nsp::{answer_in, code_of, meet};
use crate::outcome::{Expect, Seen, Stop, expect, want};
use crate::pen::{amf, command};
use crate::stage::{Player, create_stream};
use crate::wire::Link;
use crate::wire::link::command_seen;

case! {
    /// RTMP 7.2.2.1: start -1 is "only the live stream"; "if the specified stream is not found,
    /// NetStream.Play.StreamNotFound". Live servers that wait are tolerated by ruling, silence is not.
    LIVE_ONLY = "nss/missing/live-only" {
        title: "play of a missing stream with start -1 is answered with NetStream.Play.StreamNotFound",
        rules: [NSS_013, NSS_014, STAT_015],
        level: Must, profile: Play, company: Shared,
        after: [],
        causes: [("not-told", "play of a missing stream was left without an answer")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let mut link = s.player_connection("player").await?;
        let msid = create_stream(&mut link).await?;
        let from = link.mark();
        link.send(&command::play(msid, &name, &[amf::number(-1.0)])).await;
        let seen = link
            .wait(|v| answer_in(v, from, |code| !code.ends_with(".Reset") && !code.ends_with("Notify")))
            .await
            .unwrap_or_else(|seen| seen);
        s.check(
            "play of a missing stream, live only",
            seen,
            expect(want::status_level("NetStream.Play.StreamNotFound", "error"))
                .or_lenient(want::status("NetStream.Play.StreamNotFound"), "another level, STAT-015 is de-facto")
                .or_lenient(want::status("NetStream.Play.Start"), "waits for a publisher, ruling on NSS-013")
                .or_lenient(want::status_level("*", "error"), "refused with another code")
                .or_lenient(want::CLOSED, "refused by a plain close, field/failures section 5 item 11")
                .cause("not-told"),
        );
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.1: start -2, the default, waits for a live stream of that name; step 5 of the same clause says
    /// StreamNotFound. Both conform (errata E-30); a player that was left waiting has to get the stream.
    WAITS = "nss/missing/waits" {
        title: "play of a name before its publisher waits for the stream, or says that it is not there",
        rules: [NSS_003],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("left-out", "the player was not refused and got nothing when the publisher came")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let mut link = s.player_connection("player").await?;
        let msid = create_stream(&mut link).await?;
        link.mark();
        link.send(&command::play(msid, &name, &[])).await;
        let barrier = link.barrier().await;
        if let Some(refusal) = refusal(&link) {
            s.check("play of a missing stream", refusal, not_found());
            return Ok(());
        }
        if matches!(barrier, Seen::Closed { .. }) {
            let note = "neither waits nor says StreamNotFound, field/failures section 5 item 11";
            s.check("play of a missing stream", barrier, expect(want::ANSWERED).or_lenient(want::CLOSED, note));
            return Ok(());
        }
        let publisher = s.connected("publisher").await?;
        let mut live = s.publish_on(publisher, &name).await?;
        live.send_headers(0).await;
        let mut view = Player { link, msid };
        match meet(&mut live, &mut view, 40, s.patience).await {
            closed @ Seen::Closed { .. } => Err(Stop::blocked("the waiting player", closed.describe())),
            met => {
                // The refusal may have come behind the barrier.
                match refusal(&view.link).filter(|_| met != Seen::fact("seen")) {
                    Some(refusal) => s.check("play of a missing stream", refusal, not_found()),
                    None => {
                        let expected = expect(want::equal("seen")).cause("left-out");
                        s.check("media at the player that waited", met, expected)
                    }
                };
                Ok(())
            }
        }
    }
}

/// What refuses the play since the mark: `_error`, a status of level error, or one that says so by its code.
fn refusal(link: &Link) -> Option<Seen> {
    link.since_mark().iter().filter_map(|h| command_seen(&h.message)).find(|seen| {
        let Seen::Command { name, level, .. } = seen else { return false };
        let code = code_of(seen);
        let told =
            level.as_deref() == Some("error") || code.ends_with("NotFound") || code.ends_with("Failed");
        name == "_error" || (name == "onStatus" && told)
    })
}

fn not_found() -> Expect {
    let note = "refused, by another answer than the text's";
    expect(want::status("NetStream.Play.StreamNotFound"))
        .or_lenient(want::status("*"), note)
        .or_lenient(want::ERROR, note)
}
