//! Clients that do not wait for answers (field/failures W57b).

use super::{idle, meet};
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::media::{aac_header, avc_header, key, metadata};
use crate::pen::{Amf, command};
use crate::stage::{Publisher, stream_id};
use crate::wire::link::command_seen;

case! {
    /// W57b: relays and pushers send sequence headers behind publish without waiting for
    /// NetStream.Publish.Start.
    MEDIA = "nsp/early/headers-with-publish" {
        title: "Sequence headers sent right behind publish reach a player",
        rules: [NSP_019],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/late-joiner/sequence-headers"],
        causes: [("headers-lost", "the player got video frames and no AVC sequence header before them")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, msid) = idle(s, "publisher").await?;
        link.mark();
        let early = [metadata(), avc_header(), aac_header(), key("early", 64)].map(|m| m.for_stream(msid));
        let mut all = vec![command::publish(msid, &name, "live")];
        all.extend(early);
        link.send_all(&all).await;
        let started = link.status().await;
        if !s.check("publish with media behind it", started, expect(want::status("NetStream.Publish.Start"))) {
            return Ok(());
        }
        let mut live = Publisher { link, msid, name: name.clone() };
        let _ = live.link.barrier().await;
        let mut view = s.player(&name).await?;
        let met = meet(&mut live, &mut view, 40, s.patience).await;
        s.check("media at the player", met, expect(want::equal("seen")).cause("headers-lost"));
        let heard = view.link.heard();
        let at = |body: &[u8]| heard.iter().position(|h| h.message.kind == 9 && h.message.body == body);
        let frame = heard.iter().position(|h| h.message.kind == 9 && h.message.body.get(1) == Some(&1));
        let header = at(&avc_header().body);
        let first = header.is_some() && header < frame;
        s.check_fact("AVC sequence header before the first frame", first, expect(want::equal(true)).cause("headers-lost"));
        Ok(())
    }
}

case! {
    /// connect, createStream and publish in one write: tolerated, or refused cleanly. The stream id can only be
    /// guessed; nearly everybody hands out 1.
    ONE_WRITE = "nsp/early/whole-session-in-one-write" {
        title: "connect, createStream and publish in one write start a publish or fail cleanly",
        rules: [NSP_020],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [],
    }
    async fn(s) {
        let name = s.fresh_name();
        let mut link = s.shaken("publisher").await?;
        link.mark();
        let (app, tc_url) = (s.place.app.clone(), s.place.tc_url.clone());
        link.send_all(&[
            command::connect(&app, &tc_url),
            command::command("createStream", 2.0, Amf::Null, &[]),
            command::publish(1, &name, "live"),
        ])
        .await;
        let seen = link
            .wait(|v| {
                v.heard.iter().find_map(|h| {
                    let seen = command_seen(&h.message)?;
                    let verdict =
                        matches!(&seen, Seen::Command { name, .. } if name == "onStatus" || name == "_error");
                    verdict.then_some(seen)
                })
            })
            .await
            .unwrap_or_else(|seen| seen);
        let mut expected = expect(want::status("NetStream.Publish.Start"))
            .or(want::status_level("*", "error"))
            .or(want::ERROR)
            .or(want::CLOSED);
        let created = link.heard().iter().filter_map(|h| command_seen(&h.message)).find_map(|seen| match seen {
            Seen::Command { txn: 2.0, .. } => stream_id(&seen),
            _ => None,
        });
        if created.is_some_and(|msid| msid != 1) {
            expected = expected.or_info(want::SILENT, "createStream returned another id than the guessed 1");
        }
        s.check("what becomes of the pipelined session", seen, expected);
        Ok(())
    }
}
