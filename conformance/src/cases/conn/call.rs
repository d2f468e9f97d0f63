//! Calls on a NetConnection (RTMP 7.2, 7.2.1.2).

use super::{any_reply, if_answered, transaction_of};
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::amf::{object, text};
use crate::pen::{Amf, command};
use crate::wire::link::command_seen;

case! {
    /// RTMP 7.2: a reply carries the transaction id of its call, a number like any other.
    TRANSACTION_ID = "conn/call/transaction-id" {
        title: "Replies to createStream carry the transaction ids 7, 4.5 and 1000000 that were sent",
        rules: [CONN_003, CONN_004],
        level: Must, profile: Core, company: Shared,
        after: ["conn/create-stream/result"],
        causes: [("other-transaction", "the reply carries another transaction id")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        for txn in [7.0, 4.5, 1e6] {
            let mark = link.mark();
            link.send(&command::create_stream(txn)).await;
            let seen = transaction_of(any_reply(&mut link, mark).await);
            let expected = if_answered(expect(want::equal(txn)), &seen, "other-transaction");
            if !s.check(&format!("reply to createStream with transaction id {txn}"), seen, expected) {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2 and 7.2.1.2: any name may be called with any values; a method that a server does not have is
    /// no reason to end. What it answers is recorded.
    UNKNOWN_METHOD = "conn/call/unknown-method" {
        title: "A call of an unknown method leaves the connection alive",
        rules: [CONN_005, CONN_042],
        level: Must, profile: Core, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let mark = link.mark();
        let txn = link.transaction();
        let call = command::command("suiteMethod", txn, object(&[("k", text("v"))]), &[text("one"), Amf::Null]);
        link.send(&call).await;
        let seen = link.rpc_barrier().await;
        let reply = link.heard().iter().skip(mark).filter_map(|h| command_seen(&h.message)).find(
            |seen| matches!(seen, Seen::Command { txn: t, .. } if *t == txn),
        );
        if s.check("a call behind it", seen, expect(want::ANSWERED)) {
            let failed = expect(want::status("NetConnection.Call.Failed"));
            let note = "what an unknown method is answered with is recorded (CONN-045)";
            let recorded = failed.or_info(crate::outcome::Want::Anything, note);
            s.check("answer to the unknown method", reply.unwrap_or_else(|| Seen::fact("none")), recorded);
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.1.2: transaction id 0 says that no reply is wanted. A reply all the same is tolerated, it can
    /// be told apart.
    TRANSACTION_ZERO = "conn/call/transaction-zero" {
        title: "A call with transaction id 0 is taken without a reply",
        rules: [CONN_044],
        level: Must, profile: Core, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let mark = link.mark();
        link.send(&command::command("suiteMethod", 0.0, Amf::Null, &[text("one")])).await;
        let seen = link.rpc_barrier().await;
        let replies = link
            .heard()
            .iter()
            .skip(mark)
            .filter_map(|h| command_seen(&h.message))
            .filter(|seen| super::is_reply(seen) && matches!(seen, Seen::Command { txn, .. } if *txn == 0.0))
            .count();
        if s.check("a call behind it", seen, expect(want::ANSWERED)) {
            let note = "no reply is wanted; the row's remark makes one a warning (CONN-044)";
            let none = expect(want::equal(0)).or_lenient(crate::outcome::Want::Anything, note);
            s.check_fact("replies with transaction id 0", replies, none);
        }
        Ok(())
    }
}
