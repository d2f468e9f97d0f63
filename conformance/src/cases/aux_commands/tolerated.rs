//! Commands of particular clients and services: whoever does not know them goes on (errata E-40).

use crate::case;
use crate::case::Step;
use crate::outcome::{Seen, Want, expect, want};
use crate::pen::Amf;
use crate::pen::amf::{number, text};
use crate::pen::command::command;
use crate::stage::Stage;
use crate::wire::link::command_seen;

/// Sends each command with a transaction id; answers are not looked at, the session goes on.
async fn goes_on(s: &mut Stage, commands: &[(&str, Vec<Amf>)]) -> Step {
    let mut link = s.connected("client").await?;
    for (name, arguments) in commands {
        let txn = link.transaction();
        link.send(&command(name, txn, Amf::Null, arguments)).await;
        let seen = link.barrier().await;
        if !s.check(&format!("a call after {name}"), seen, expect(want::ANSWERED)) {
            break;
        }
    }
    Ok(())
}

case! {
    /// Players of Akamai and Limelight ask for a name before they play it; only their servers answer.
    FC_SUBSCRIBE = "aux/fc-subscribe/goes-on" {
        title: "FCSubscribe does not end the session",
        rules: [AUX_005],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("player").await?;
        let name = s.fresh_name();
        let txn = link.transaction();
        link.send(&command("FCSubscribe", txn, Amf::Null, &[text(name)])).await;
        let seen = link.barrier().await;
        if s.check("a call after FCSubscribe", seen, expect(want::ANSWERED)) {
            let told = link.heard().iter().any(|h| match command_seen(&h.message) {
                Some(Seen::Command { name, .. }) => name == "onFCSubscribe",
                _ => false,
            });
            let expect = expect(want::equal(true)).or_info(Want::Anything, "onFCSubscribe is not offered");
            s.check_fact("onFCSubscribe came", told, expect);
        }
        Ok(())
    }
}

case! {
    /// librtmp and OBS answer onBWDone with _checkbw.
    CHECKBW = "aux/checkbw/goes-on" {
        title: "_checkbw does not end the session",
        rules: [AUX_007],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) { goes_on(s, &[("_checkbw", vec![])]).await }
}

case! {
    /// FFmpeg asks before it plays; a number of seconds or nothing comes back.
    STREAM_LENGTH = "aux/stream-length/goes-on" {
        title: "getStreamLength does not end the session",
        rules: [AUX_010],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let name = s.fresh_name();
        goes_on(s, &[("getStreamLength", vec![text(name)])]).await
    }
}

case! {
    /// Commands that librtmp sends to particular services.
    VENDOR_COMMANDS = "aux/vendor-commands/goes-on" {
        title: "set_playlist, secureTokenResponse and bgHasStream do not end the session",
        rules: [AUX_011],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let name = s.fresh_name();
        let playlist = Amf::Object(vec![("playlist".into(), text(name.clone()))]);
        goes_on(s, &[
            ("set_playlist", vec![playlist]),
            ("secureTokenResponse", vec![text("rtmpspec")]),
            ("bgHasStream", vec![text(name)]),
        ])
        .await
    }
}

case! {
    /// Clients that speak RTMFP as well send these on TCP, too.
    RTMFP_COMMANDS = "aux/rtmfp-commands/goes-on" {
        title: "setPeerInfo and keepalive do not end the session",
        rules: [AUX_015],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        goes_on(s, &[("setPeerInfo", vec![text("192.0.2.1:1935")]), ("keepalive", vec![number(15.0)])]).await
    }
}
