//! deleteStream (RTMP 7.2.2.3, Errata & Addenda 8.3, errata E-22).

use super::name_is_free;
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::command;
use crate::wire::link::command_seen;

case! {
    /// RTMP 7.2.2.3: deleteStream ends what is published on the stream. That its name is free at once is the
    /// field's habit, the text says nothing about names that are taken; `nsp/unpublish/delete-stream` judges
    /// what the text says.
    FREES_NAME = "conn/delete-stream/frees-name" {
        title: "After deleteStream the name can be published again while the connection stays open",
        rules: [CONN_058],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["conn/create-stream/result"],
        causes: [("still-published", "the name is refused although its stream was deleted")],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.link.send(&command::delete_stream(0.0, live.msid)).await;
        let seen = live.link.barrier().await;
        if s.check("the connection after deleteStream", seen, expect(want::ANSWERED)) {
            let seen = name_is_free(s, &live.name).await;
            s.check("another publisher of the name", seen, expect(want::equal("accepted")).cause("still-published"));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.3 lists deleteStream with the NetStream commands, Errata & Addenda 8.3 moves it to message
    /// stream 0 (errata E-22): servers take both.
    ON_ITS_STREAM = "conn/delete-stream/on-its-stream" {
        title: "deleteStream sent on the stream's own message stream id is carried out too",
        rules: [CONN_056],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["conn/delete-stream/frees-name"],
        causes: [("still-published", "the name is refused although its stream was deleted")],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        let message = command::delete_stream(0.0, live.msid).for_stream(live.msid).on(8);
        live.link.send(&message).await;
        let seen = live.link.barrier().await;
        if s.check("the connection after deleteStream", seen, expect(want::ANSWERED)) {
            let seen = name_is_free(s, &live.name).await;
            s.check("another publisher of the name", seen, expect(want::equal("accepted")).cause("still-published"));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.3: the server sends no reply. One to a transaction id other than 0 is tolerated.
    NO_REPLY = "conn/delete-stream/no-reply" {
        title: "deleteStream is not answered",
        rules: [CONN_057],
        level: Must, profile: Core, company: Shared,
        after: ["conn/create-stream/result"],
        causes: [("answered", "a _result or _error with transaction id 0 came")],
    }
    async fn(s) {
        for (txn, tolerated) in [(0.0, false), (77.0, true)] {
            let mut link = s.connected("client").await?;
            let msid = crate::stage::create_stream(&mut link).await?;
            let mark = link.mark();
            let message = command::delete_stream(txn, msid);
            if tolerated {
                let bytes = super::wire(&link, &message);
                link.lie("DeleteStreamWithTransactionId", &bytes).await;
            } else {
                link.send(&message).await;
            }
            let seen = link.rpc_barrier().await;
            let replies = link
                .heard()
                .iter()
                .skip(mark)
                .filter_map(|h| command_seen(&h.message))
                .filter(|seen| super::is_reply(seen) && matches!(seen, Seen::Command { txn: t, .. } if *t == txn))
                .count();
            if !s.check("a call behind it", seen, expect(want::ANSWERED)) {
                return Ok(());
            }
            let mut expected = expect(want::equal(0)).cause("answered");
            if tolerated {
                let note = "a reply to a transaction id other than 0 (CONN-057)";
                expected = expected.or_lenient(want::within(1.0, 2.0), note);
            }
            s.check_fact(&format!("replies to deleteStream with transaction id {txn}"), replies, expected);
        }
        Ok(())
    }
}

case! {
    /// Field habit: encoders delete streams that they never had, or twice.
    UNKNOWN_ID = "conn/delete-stream/unknown-id" {
        title: "deleteStream of an id that was never given leaves the connection alive",
        rules: [CONN_060],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        crate::stage::create_stream(&mut link).await?;
        let bytes = super::wire(&link, &command::delete_stream(0.0, 999));
        link.lie("DeleteStreamOfUnknownId", &bytes).await;
        let seen = link.barrier().await;
        s.check("the connection after deleteStream 999", seen, expect(want::ANSWERED));
        Ok(())
    }
}
