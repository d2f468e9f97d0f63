//! The reset flag of play (RTMP 7.2.2.1, errata E-32).

use super::start::{before_play, decides};
use crate::case;
use crate::cases::nsp::{codes, meet};
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::{Amf, amf, command};
use crate::stage::Player;

case! {
    /// RTMP 7.2.2.1 step 5: "NetStream.Play.Reset is sent by the server only if the play command sent by the
    /// client has set the reset flag".
    ONLY_WHEN_ASKED = "nss/reset/only-when-asked" {
        title: "play without the reset flag is not answered with NetStream.Play.Reset",
        rules: [NSS_011],
        level: Must, profile: Relay, company: Shared,
        after: ["nss/play/starts"],
        causes: [("reset-not-asked", "NetStream.Play.Reset although reset was false")],
    }
    async fn(s) {
        let (mut live, mut link, msid, name) = before_play(s, false).await?;
        link.mark();
        let arguments = [amf::number(-2.0), amf::number(-1.0), Amf::Boolean(0)];
        link.send(&command::play(msid, &name, &arguments)).await;
        let started = link.status_where(|code| code == "NetStream.Play.Start").await;
        if !matches!(started, Seen::Command { .. }) {
            return Err(Stop::blocked("play", started.describe()));
        }
        // The prose names Start before Reset, so the look back is taken when media has come.
        let mut view = Player { link, msid };
        let _ = meet(&mut live, &mut view, 40, s.patience).await;
        let reset = codes(&view.link).iter().any(|code| code == "NetStream.Play.Reset");
        s.check_fact("NetStream.Play.Reset", reset, expect(want::equal(false)).cause("reset-not-asked"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.1: reset is "an optional Boolean value or number".
    AS_NUMBER = "nss/reset/as-number" {
        title: "The reset flag is read as a number as well",
        rules: [NSS_009],
        level: Must, profile: Relay, company: Shared,
        after: ["nss/play/starts"],
        causes: [("not-started", "play with a number as reset was not answered with NetStream.Play.Start")],
    }
    async fn(s) {
        let (live, first, _, name) = before_play(s, false).await?;
        drop(first);
        for reset in [0.0, 1.0] {
            let mut link = s.player_connection("player").await?;
            let msid = crate::stage::create_stream(&mut link).await?;
            link.mark();
            let arguments = [amf::number(-2.0), amf::number(-1.0), amf::number(reset)];
            link.send(&command::play(msid, &name, &arguments)).await;
            let seen = link.status_where(decides).await;
            let expected = expect(want::status("NetStream.Play.Start")).cause("not-started");
            if !s.check(&format!("play with reset {reset}"), seen, expected) {
                break;
            }
        }
        drop(live);
        Ok(())
    }
}
