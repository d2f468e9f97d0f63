//! Stream names (field/failures W45, W53).

use super::{codes, idle, lie, meet, publish_with, text};
use crate::case;
use crate::outcome::{Seen, Stop, Want, expect, want};
use crate::pen::Amf;

case! {
    /// Tokens travel as a query behind the name; the name itself is what stands before it.
    QUERY = "nsp/name/query" {
        title: "A name published with a query is played without it",
        rules: [NSP_021],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("other-stream", "the player of the bare name got nothing of name?token=x")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let link = s.connected("publisher").await?;
        let mut live = s.publish_on(link, &format!("{name}?token=x")).await?;
        live.send_headers(0).await;
        let met = match s.player(&name).await {
            Ok(mut view) => meet(&mut live, &mut view, 40, s.patience).await,
            Err(Stop::Blocked { by, why }) => Seen::fact(format!("{by}: {why}")),
            Err(stop) => return Err(stop),
        };
        s.check("media at a player of the bare name", met, expect(want::equal("seen")).cause("other-stream"));
        Ok(())
    }
}

case! {
    /// An empty name is no name: refused, or read as "stop publishing", which on an idle stream is nothing.
    EMPTY = "nsp/name/empty" {
        title: "publish of an empty name starts nothing",
        rules: [NSP_023],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [("accepted", "NetStream.Publish.Start for an empty name")],
    }
    async fn(s) {
        let (mut link, msid) = idle(s, "publisher").await?;
        link.mark();
        lie(&mut link, "EmptyPublishingName", &publish_with(msid, &[text(""), text("live")])).await;
        let after = link.barrier().await;
        s.check("the connection afterwards", after, expect(want::ANSWERED).or(want::CLOSED));
        let started = codes(&link).iter().any(|c| c == "NetStream.Publish.Start");
        s.check_fact("publish of an empty name started", started, expect(want::equal(false)).cause("accepted"));
        Ok(())
    }
}

case! {
    /// W45: an encoder that stops sends publish(false) (field/failures section 5 item 8). Targets that read a
    /// string there have crashed. What they take it for is recorded.
    FALSE = "nsp/name/false" {
        title: "publish(false) is survived",
        rules: [NSP_023],
        level: Safety, profile: Relay, company: Hostile,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send_headers(0).await;
        live.link.mark();
        lie(&mut live.link, "PublishFalse", &publish_with(live.msid, &[Amf::Boolean(0)])).await;
        let after = live.link.barrier().await;
        s.check("the connection afterwards", after, expect(want::ANSWERED).or(want::CLOSED));
        let told = codes(&live.link).join(" ");
        s.check_fact(
            "what publish(false) was answered with",
            told,
            expect(want::equal("NetStream.Unpublish.Success"))
                .or(want::equal("NetStream.Publish.BadName"))
                .or(want::equal(""))
                .or_info(want::equal("NetStream.Publish.Start"), "taken as the start of another publish")
                .or_info(Want::Anything, "another answer"),
        );
        let fresh = s.connected("fresh publisher").await?;
        let name = s.fresh_name();
        let seen = match s.publish_on(fresh, &name).await {
            Ok(_) => Seen::fact("started"),
            Err(Stop::Blocked { by, why }) => Seen::fact(format!("{by}: {why}")),
            Err(stop) => return Err(stop),
        };
        s.check("publish on a fresh connection", seen, expect(want::equal("started")).cause("fresh-connect-refused"));
        Ok(())
    }
}
