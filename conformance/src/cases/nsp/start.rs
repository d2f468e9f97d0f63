//! How publish is answered (RTMP 7.2.2, 7.2.2.6, 7.3.1).

use serde_json::Value;

use super::{answer, answer_in, idle, lie};
use crate::case;
use crate::outcome::{Seen, Stop, Want, expect, want};
use crate::pen::{Amf, amf, command};
use crate::stage::{Stage, create_stream, stream_id};

case! {
    /// RTMP 7.2.2.6: "the server responds with the onStatus command to mark the beginning of publish". The code
    /// is the field's (STAT-017). The command comes on chunk stream 21, which means nothing.
    STARTS = "nsp/publish/starts" {
        title: "publish is answered with onStatus NetStream.Publish.Start",
        rules: [NSP_005, STAT_017],
        level: Must, profile: Publish, company: Shared,
        after: [],
        causes: [("not-started", "publish of a fresh name was not answered with onStatus NetStream.Publish.Start")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, msid) = idle(s, "publisher").await?;
        link.mark();
        link.send(&command::publish(msid, &name, "live").on(21)).await;
        let seen = link.status().await;
        let status = Want::Status { code: "*".into(), level: Some("status".into()) };
        s.check(
            "publish of a fresh name",
            seen,
            expect(want::status("NetStream.Publish.Start"))
                .or_lenient(status, "another code than the field's, STAT-017 is de-facto")
                .cause("not-started"),
        );
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2: NetStream updates travel on the stream that they are about. Where the target hands out
    /// several streams, the second is used.
    MESSAGE_STREAM = "nsp/publish/on-its-message-stream" {
        title: "The status of publish comes on the publishing message stream",
        rules: [NSP_006, NSS_047],
        level: Must, profile: Publish, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [("wrong-message-stream", "onStatus carries another message stream id than publish did")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let (mut link, first) = idle(s, "publisher").await?;
        let again = link.call("createStream", Amf::Null, &[]).await;
        let msid = stream_id(&again).unwrap_or(first);
        link.mark();
        link.send(&command::publish(msid, &name, "live")).await;
        let status = link.status().await;
        let Seen::Command { msid: carried, .. } = status else {
            return Err(Stop::blocked("publish", status.describe()));
        };
        s.check_fact("message stream id of onStatus", carried, expect(want::equal(msid)).cause("wrong-message-stream"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2: transaction id 0, null, and an object with at least level, code and description; the levels
    /// are warning, status and error. Enhanced RTMP v2 makes the description optional.
    SHAPE = "nsp/publish/status-shape" {
        title: "The status of publish has transaction id 0, null, and level, code and description",
        rules: [NSP_007, STAT_001, STAT_002],
        level: Must, profile: Publish, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [
            ("transaction-id", "onStatus has a transaction id other than 0"),
            ("command-object", "the second value of onStatus is not null"),
            ("information-object", "onStatus lacks a level or a code"),
            ("level", "the level is none of status, warning and error"),
        ],
    }
    async fn(s) {
        let (txn, values) = started(s, "live", 0.0).await?;
        let info = values.iter().find(|v| v.get("code").is_some()).cloned().unwrap_or(Value::Null);
        let text = |key: &str| info.get(key).and_then(Value::as_str).map(str::to_owned);
        s.check_fact("transaction id", txn, expect(want::equal(0.0)).cause("transaction-id"));
        let null = values.first().is_some_and(Value::is_null);
        s.check_fact("null as command object", null, expect(want::equal(true)).cause("command-object"));
        let members = ["level", "code", "description"].map(|key| if text(key).is_some() { key } else { "-" });
        s.check_fact(
            "strings of the information object",
            members.join(" "),
            expect(want::equal("level code description"))
                .or_lenient(want::equal("level code -"), "Enhanced RTMP v2 makes the description optional")
                .cause("information-object"),
        );
        s.check_fact(
            "level",
            text("level").unwrap_or_default(),
            expect(want::equal("status")).or(want::equal("warning")).or(want::equal("error")).cause("level"),
        );
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2 fixes transaction id 0 for onStatus; encoders count publish like any call (errata E-35).
    TRANSACTION = "nsp/publish/transaction-counter" {
        title: "publish with a transaction id is still answered with onStatus of transaction id 0",
        rules: [NSP_008],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [("transaction-copied", "onStatus repeats the transaction id of publish")],
    }
    async fn(s) {
        let (txn, _) = started(s, "live", 5.0).await?;
        s.check_fact("transaction id of onStatus", txn, expect(want::equal(0.0)).cause("transaction-copied"));
        Ok(())
    }
}

case! {
    /// The diagrams of RTMP 7.3.1 and 7.3.3 show StreamBegin before the answer; errata E-26b: a SHOULD.
    STREAM_BEGIN = "nsp/publish/stream-begin" {
        title: "StreamBegin of the publishing stream precedes NetStream.Publish.Start",
        rules: [NSP_009],
        level: Should, profile: Publish, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [("no-stream-begin", "no StreamBegin with the stream's id before NetStream.Publish.Start")],
    }
    async fn(s) {
        let name = s.fresh_name();
        let mut link = s.connected("publisher").await?;
        let msid = create_stream(&mut link).await?;
        link.mark();
        link.send(&command::publish(msid, &name, "live")).await;
        let started = link.status().await;
        if !matches!(started, Seen::Command { .. }) {
            return Err(Stop::blocked("publish", started.describe()));
        }
        let mut begin = vec![0, 0];
        begin.extend(msid.to_be_bytes());
        // Some servers announce the stream right after createStream.
        let heard = link.heard();
        let status = heard.iter().position(|h| {
            crate::wire::link::command_seen(&h.message)
                .is_some_and(|seen| matches!(seen, Seen::Command { name, .. } if name == "onStatus"))
        });
        let before = heard[..status.unwrap_or(heard.len())]
            .iter()
            .any(|h| h.message.kind == 4 && h.message.body == begin);
        s.check_fact("StreamBegin before onStatus", before, expect(want::equal(true)).cause("no-stream-begin"));
        Ok(())
    }
}

/// Transaction id and values of the onStatus that answers a publish.
async fn started(s: &mut Stage, kind: &str, txn: f64) -> Result<(f64, Vec<Value>), Stop> {
    let name = s.fresh_name();
    let (mut link, msid) = idle(s, "publisher").await?;
    let from = link.mark();
    let publish = command::command("publish", txn, Amf::Null, &[amf::text(name), amf::text(kind)]);
    let publish = publish.for_stream(msid).on(8);
    if txn == 0.0 {
        link.send(&publish).await;
    } else {
        lie(&mut link, "PublishWithTransactionId", &publish).await;
    }
    let found = link
        .wait(|v| {
            answer_in(v, from, |_| true)
                .filter(|s| matches!(s, Seen::Command { name, .. } if name == "onStatus"))
        })
        .await;
    match found {
        Ok(Seen::Command { txn, values, .. }) => Ok((txn, values)),
        Ok(other) | Err(other) => {
            let first = answer(&mut link, from).await;
            Err(Stop::blocked("publish", format!("{}; {}", other.describe(), first.describe())))
        }
    }
}
