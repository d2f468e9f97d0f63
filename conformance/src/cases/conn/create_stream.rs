//! createStream (RTMP 7.2.1.3).

use super::{if_answered, shape, wire};
use crate::case;
use crate::outcome::{expect, want};
use crate::pen::amf::{number, object, text};
use crate::pen::{Amf, command};
use crate::stage::{create_stream, stream_id};

case! {
    /// RTMP 7.2.1.3: `_result`, the same transaction id, null or an object, the stream id as a number. 0 is
    /// the NetConnection itself.
    RESULT = "conn/create-stream/result" {
        title: "createStream is answered by _result, null or an object, and a stream id other than 0",
        rules: [CONN_046, CONN_049, CONN_050],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [
            ("refused", "the first createStream of a connection got something else than _result"),
            ("command-object", "the value after the transaction id is neither null nor an object"),
            ("no-stream-id", "the value after it is no whole number"),
            ("stream-id-zero", "the stream id is 0")
        ],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let seen = link.call("createStream", Amf::Null, &[]).await;
        let (first, id) = (shape(&seen, 0), stream_id(&seen));
        let expected = if_answered(expect(want::RESULT), &seen, "refused");
        if s.check("reply to createStream", seen, expected) {
            let either = expect(want::equal("null")).or(want::equal("object"));
            s.check_fact("value after the transaction id", first, either.cause("command-object"));
            if s.check_fact("stream id is a number", id.is_some(), expect(want::equal(true)).cause("no-stream-id")) {
                let expected = expect(want::within(1.0, f64::from(u32::MAX)));
                s.check_fact("stream id", id.unwrap_or(0), expected.cause("stream-id-zero"));
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2: one NetConnection can hold several streams; two that share an id cannot be told apart
    /// (errata E-39). A server that has only one says `_error` to the second.
    DISTINCT = "conn/create-stream/distinct" {
        title: "Two streams of one connection have different ids, or the second is refused by _error",
        rules: [CONN_051],
        level: Must, profile: Core, company: Shared,
        after: ["conn/create-stream/result"],
        causes: [("same-id", "both createStream got the same stream id")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let first = create_stream(&mut link).await?;
        let seen = link.call("createStream", Amf::Null, &[]).await;
        let second = stream_id(&seen);
        s.check("second createStream", seen, expect(want::RESULT).or(want::ERROR));
        if let Some(second) = second {
            s.check_fact("second id differs", second != first, expect(want::equal(true)).cause("same-id"));
        }
        Ok(())
    }
}

case! {
    /// Field habit: values missing at the tail of a command are absent, not an error. Small clients leave out
    /// the null.
    NO_COMMAND_OBJECT = "conn/create-stream/no-command-object" {
        title: "createStream without a command object is answered",
        rules: [CONN_067],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let txn = link.transaction();
        let message = command::raw_command("createStream", &[text("createStream"), number(txn)]);
        let bytes = wire(&link, &message);
        link.lie("CommandWithoutCommandObject", &bytes).await;
        let seen = link.reply(txn).await;
        s.check("reply to createStream of two values", seen, expect(want::RESULT).or(want::ERROR));
        Ok(())
    }
}

case! {
    /// Errata & Addenda 8.2: any values may follow the command object; what the receiver has no use for, it
    /// ignores.
    FURTHER_VALUES = "conn/create-stream/further-values" {
        title: "createStream with five further values is answered",
        rules: [CONN_068],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [("refused", "createStream is accepted without the further values only")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let more = [number(1.0), text("two"), Amf::Boolean(1), Amf::Null, object(&[("five", number(5.0))])];
        let seen = link.call("createStream", Amf::Null, &more).await;
        let expected = if_answered(expect(want::RESULT), &seen, "refused");
        s.check("reply to createStream of eight values", seen, expected);
        Ok(())
    }
}
