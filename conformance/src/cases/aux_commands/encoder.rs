//! releaseStream, FCPublish and FCUnpublish as encoders send them around publish (errata E-40).

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::amf::text;
use crate::pen::command::{command, create_stream, publish};
use crate::pen::{Amf, Msg, command as pen};
use crate::stage::{Stage, stream_id};
use crate::wire::Link;

fn named(name: &str, txn: f64, stream: &str) -> Msg {
    command(name, txn, Amf::Null, &[text(stream)])
}

/// `before` (one command of the encoder), then createStream and publish, without waiting for an answer to
/// the first.
async fn publishes_after(s: &mut Stage, before: &str) -> crate::case::Step {
    let mut link = s.connected("encoder").await?;
    let name = s.fresh_name();
    let txn = link.transaction();
    link.send(&named(before, txn, &name)).await;
    let seen = link.call("createStream", Amf::Null, &[]).await;
    let msid = stream_id(&seen);
    if s.check(&format!("createStream after {before}"), seen, expect(want::RESULT)) {
        let msid = msid.ok_or_else(|| Stop::blocked("createStream", "a `_result` without a stream id"))?;
        link.mark();
        link.send(&publish(msid, &name, "live")).await;
        let seen = link.status_where(|code| code.starts_with("NetStream.Publish.")).await;
        s.check(&format!("publish after {before}"), seen, expect(want::status("NetStream.Publish.Start")));
        let seen = link.barrier().await;
        s.check("a call while publishing", seen, expect(want::ANSWERED));
    }
    Ok(())
}

case! {
    /// OBS and FFmpeg send releaseStream first and publish whatever the answer is, or without one.
    RELEASE_STREAM = "aux/release-stream/goes-on" {
        title: "releaseStream does not keep an encoder from publishing",
        rules: [AUX_001],
        level: DeFacto, profile: Publish, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) { publishes_after(s, "releaseStream").await }
}

case! {
    /// As releaseStream; a `_result` and onFCPublish are welcome and not needed.
    FC_PUBLISH = "aux/fc-publish/goes-on" {
        title: "FCPublish does not keep an encoder from publishing",
        rules: [AUX_002],
        level: DeFacto, profile: Publish, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) { publishes_after(s, "FCPublish").await }
}

case! {
    /// OBS ends with FCUnpublish and deleteStream. Whether FCUnpublish alone frees the name is recorded.
    FC_UNPUBLISH = "aux/fc-unpublish/goes-on" {
        title: "FCUnpublish does not end the session",
        rules: [AUX_004],
        level: DeFacto, profile: Publish, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send_headers(0).await;
        let txn = live.link.transaction();
        live.link.send(&named("FCUnpublish", txn, &live.name)).await;
        let seen = live.link.barrier().await;
        if s.check("a call after FCUnpublish", seen, expect(want::ANSWERED)) {
            let name = live.name.clone();
            let mut other = s.connected("next").await?;
            let msid = crate::stage::create_stream(&mut other).await?;
            other.mark();
            other.send(&publish(msid, &name, "live")).await;
            let seen = other.status_where(|code| code.starts_with("NetStream.Publish.")).await;
            let expect = expect(want::status("NetStream.Publish.Start"))
                .or_info(crate::outcome::Want::Anything, "FCUnpublish alone did not free the name");
            s.check("another publisher of the name after FCUnpublish", seen, expect);
            let msid = live.msid;
            live.link.send(&pen::delete_stream(0.0, msid)).await;
            let seen = live.link.barrier().await;
            let note = "the next publisher of the name took over";
            s.check("a call after deleteStream", seen, crate::outcome::expect(want::ANSWERED).or_info(want::CLOSED, note));
        }
        Ok(())
    }
}

/// The answer to createStream; a `_result` with a number under another transaction id is named.
async fn created(link: &mut Link, txn: f64) -> Seen {
    match link.reply(txn).await {
        seen @ Seen::Silent { .. } => link
            .heard()
            .iter()
            .filter_map(|h| crate::wire::link::command_seen(&h.message))
            .find(|seen| stream_id(seen).is_some())
            .unwrap_or(seen),
        seen => seen,
    }
}

case! {
    /// Encoders send the three in any order and without waiting, and look for createStream's transaction id
    /// (field item W44). Answers to the other two are not judged.
    ANY_ORDER = "aux/order/any" {
        title: "releaseStream, FCPublish and createStream work in any order, pipelined",
        rules: [AUX_006],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["aux/release-stream/goes-on", "aux/fc-publish/goes-on"],
        causes: [("wrong-transaction", "createStream was not answered by `_result` under its id")],
    }
    async fn(s) {
        for order in ["RFC", "RCF", "FRC", "FCR", "CRF", "CFR"] {
            let mut link = s.connected(&format!("encoder-{order}")).await?;
            let name = s.fresh_name();
            let mut txn = 1.0;
            let mut create = 0.0;
            let mut messages = Vec::new();
            for letter in order.chars() {
                txn += 1.0;
                messages.push(match letter {
                    'R' => named("releaseStream", txn, &name),
                    'F' => named("FCPublish", txn, &name),
                    _ => {
                        create = txn;
                        create_stream(txn)
                    }
                });
            }
            link.send_all(&messages).await;
            let seen = created(&mut link, create).await;
            let answered = match &seen {
                Seen::Command { txn, .. } if *txn == create && stream_id(&seen).is_some() => {
                    Seen::fact("created")
                }
                Seen::Command { .. } => Seen::fact(seen.describe()),
                _ => seen,
            };
            let label =
                format!("{order} (of releaseStream, FCPublish, createStream): transaction {create}");
            let fits = expect(want::equal("created")).cause(match answered {
                Seen::Silent { .. } => "no-answer",
                _ => "wrong-transaction",
            });
            if !s.check(&label, answered, fits) {
                break;
            }
        }
        Ok(())
    }
}
