//! The reply to connect (RTMP 7.2.1.1).

use serde_json::Value as Json;

use super::{any_reply, connect_with, if_answered, members, shape, transaction_of};
use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::amf::{number, text};
use crate::pen::{Amf, command};
use crate::wire::link::command_seen;

/// Why null in the place of an object is tolerated.
const NULL_OBJECT: &str = "null where the text shows an object, ruling for CONN-004 and CONN-030";

/// Blocked unless connect was accepted.
fn accepted(seen: &Seen) -> Result<(), Stop> {
    match seen {
        Seen::Command { name, .. } if name == "_result" => Ok(()),
        seen => Err(Stop::blocked("connect", seen.describe())),
    }
}

case! {
    /// RTMP 7.2.1.1: `_result`, transaction id 1, an object of properties, an object of information. Clients
    /// read both by position.
    RESULT = "conn/connect/result" {
        title: "connect is answered by _result with transaction id 1, properties and information",
        rules: [CONN_004, CONN_030],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [
            ("refused", "an ordinary connect got something else than _result"),
            ("properties", "the value after the transaction id is no object"),
            ("information", "the value after the properties is no object")
        ],
    }
    async fn(s) {
        let object = Amf::Object(members(s, &[]));
        let (_link, seen) = connect_with(s, "client", object, &[]).await?;
        let (properties, information) = (shape(&seen, 0), shape(&seen, 1));
        let expected = if_answered(expect(want::RESULT), &seen, "refused");
        if s.check("reply to connect", seen, expected) {
            let object = || expect(want::equal("object")).or_lenient(want::equal("null"), NULL_OBJECT);
            s.check_fact("properties", properties, object().cause("properties"));
            s.check_fact("information", information, object().cause("information"));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.1.1 and E-RTMP v2 (NetConnection status table): level, code and description of a connect that
    /// worked. Clients go by the code alone.
    STATUS_INFORMATION = "conn/connect/status-information" {
        title: "The information of a successful connect has level status and code NetConnection.Connect.Success",
        rules: [CONN_032],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("code-or-level", "code or level of the information object differ")],
    }
    async fn(s) {
        let object = Amf::Object(members(s, &[]));
        let (_link, seen) = connect_with(s, "client", object, &[]).await?;
        let described = matches!(&seen, Seen::Command { values, .. }
            if values.iter().any(|v| v.get("code").is_some() && v.get("description").is_some_and(Json::is_string)));
        let success = want::status_level("NetConnection.Connect.Success", "status");
        let expected = if_answered(expect(success), &seen, "code-or-level");
        if s.check("information of connect", seen, expected) {
            let note = "a missing description is a remark on STAT-001 only (errata E-42)";
            s.check_fact("has a description", described, expect(want::equal(true)).or_info(want::equal(false), note));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.1.1 steps 2 to 6: Window Acknowledgement Size, Set Peer Bandwidth, then `_result`. One flow
    /// diagram without a keyword, so a recommendation (errata E-26b); other messages may stand between.
    ORDER = "conn/connect/order" {
        title: "Window Acknowledgement Size and Set Peer Bandwidth come before the reply to connect",
        rules: [CONN_034],
        level: Should, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("order", "one of the three is missing before the reply or the order differs")],
    }
    async fn(s) {
        let object = Amf::Object(members(s, &[]));
        let (link, seen) = connect_with(s, "client", object, &[]).await?;
        accepted(&seen)?;
        let mut order = Vec::new();
        for heard in link.heard() {
            let what = match heard.message.kind {
                5 => "Window Acknowledgement Size",
                6 => "Set Peer Bandwidth",
                _ => match command_seen(&heard.message) {
                    Some(Seen::Command { name, txn, .. }) if name == "_result" && txn == 1.0 => "_result",
                    _ => continue,
                },
            };
            if !order.contains(&what) {
                order.push(what);
            }
            if what == "_result" {
                break;
            }
        }
        let right = "Window Acknowledgement Size, Set Peer Bandwidth, _result";
        s.check_fact("first of each", order.join(", "), expect(want::equal(right)).cause("order"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2 ties a reply to its call by the transaction id; 7.2.1.1 prints 1 for connect. The field
    /// answers with whatever was sent.
    TRANSACTION_FIVE = "conn/connect/transaction-id" {
        title: "connect with transaction id 5 is answered with transaction id 5",
        rules: [CONN_007],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("other-transaction", "the reply carries another transaction id")],
    }
    async fn(s) {
        let mut link = s.shaken("client").await?;
        let object = Amf::Object(members(s, &[]));
        let mark = link.mark();
        // RTMP 7.2.1.1 prints 1 for connect.
        let bytes = super::wire(&link, &command::command("connect", 5.0, object, &[]));
        link.lie("ConnectWithTransactionFive", &bytes).await;
        let seen = transaction_of(any_reply(&mut link, mark).await);
        let expected = if_answered(expect(want::equal(5.0)), &seen, "other-transaction");
        s.check("transaction id of the reply", seen, expected);
        Ok(())
    }
}

/// objectEncoding in a reply: where it stands, and its value.
fn object_encoding(seen: &Seen) -> (&'static str, Json) {
    let Seen::Command { values, .. } = seen else { return ("nowhere", Json::Null) };
    let at = |index: usize| values.get(index).and_then(|v| v.get("objectEncoding")).cloned();
    match (at(1), at(0)) {
        (Some(value), _) => ("information", value),
        (None, Some(value)) => ("properties", value),
        (None, None) => ("nowhere", Json::Null),
    }
}

case! {
    /// Errata & Addenda 8.1.1: the reply's objectEncoding is at most what the client offered; a client that
    /// was told 3 would go on in AMF3.
    OBJECT_ENCODING_OFFER = "conn/connect/object-encoding-offer" {
        title: "objectEncoding in the reply is not above the client's offer",
        rules: [CONN_026],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("above-the-offer", "the reply says AMF3 to a client that did not offer it")],
    }
    async fn(s) {
        for (label, more) in [
            ("objectEncoding for a client that offers none", &[][..]),
            ("objectEncoding for a client that offers 0", &[("objectEncoding", number(0.0))][..]),
        ] {
            let object = Amf::Object(members(s, more));
            let (_link, seen) = connect_with(s, "client", object, &[]).await?;
            let (_, value) = object_encoding(&seen);
            accepted(&seen)?;
            let expected = expect(want::equal(0.0)).or(want::equal(Json::Null));
            s.check_fact(label, value, expected.cause("above-the-offer"));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.1.1 step 6 and Errata & Addenda 8.1.1: the information object holds objectEncoding.
    OBJECT_ENCODING_PRESENT = "conn/connect/object-encoding-present" {
        title: "The information of the reply to connect holds objectEncoding",
        rules: [CONN_028],
        level: Should, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("absent", "no object of the reply holds objectEncoding")],
    }
    async fn(s) {
        let object = Amf::Object(members(s, &[("objectEncoding", number(0.0))]));
        let (_link, seen) = connect_with(s, "client", object, &[]).await?;
        let (place, _) = object_encoding(&seen);
        accepted(&seen)?;
        let note = "it stands in the other object of the reply";
        let expected = expect(want::equal("information")).or_info(want::equal("properties"), note);
        s.check_fact("where objectEncoding stands", place, expected.cause("absent"));
        Ok(())
    }
}

case! {
    /// Errata & Addenda 8.1.5 and 8.2 (errata E-26): any number of values of any type may follow the command
    /// object. Flash clients pass credentials there; a server that does not want them says so by `_error`.
    USER_ARGUMENTS = "conn/connect/user-arguments" {
        title: "connect with further arguments of any type is parsed and answered",
        rules: [CONN_002],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        for (label, arguments) in [
            ("reply to connect with three strings", vec![text("one"), text("two"), text("three")]),
            (
                "reply to connect with a number, a boolean, null and an object",
                vec![number(7.0), Amf::Boolean(1), Amf::Null, crate::pen::amf::object(&[("k", text("v"))])],
            ),
        ] {
            let object = Amf::Object(members(s, &[]));
            let (_link, seen) = connect_with(s, "client", object, &arguments).await?;
            s.check(label, seen, expect(want::RESULT).or(want::ERROR));
        }
        Ok(())
    }
}

case! {
    /// Errata & Addenda 7.2 and 8.1.1: a type 17 message is a format selector of 0 and AMF0 values. Some
    /// encoders send connect so.
    TYPE_17 = "conn/connect/type-17" {
        title: "connect in a type 17 message is answered",
        rules: [CONN_009],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect in type 20 is accepted, this one is not")],
    }
    async fn(s) {
        let mut link = s.shaken("client").await?;
        let mut message = command::connect(&s.place.app, &s.place.tc_url);
        message.kind = 17;
        message.body.insert(0, 0);
        message.label = "connect in type 17".into();
        link.send(&message).await;
        let seen = link.reply(1.0).await;
        let expected = if_answered(expect(want::RESULT), &seen, "refused");
        s.check("reply to connect in type 17", seen, expected);
        Ok(())
    }
}

/// How a member is missing.
const MISSING: [(&str, Option<Amf>); 3] =
    [("left out", None), ("null", Some(Amf::Null)), ("undefined", Some(Amf::Undefined))];

/// An ordinary connect that lacks `key` in this way.
fn connect_lacking(s: &crate::stage::Stage, key: &str, instead: Option<&Amf>) -> crate::pen::Msg {
    let mut members = members(s, &[]);
    match instead {
        None => members.retain(|(k, _)| k != key),
        Some(value) => members.iter_mut().filter(|(k, _)| k == key).for_each(|m| m.1 = value.clone()),
    }
    command::command("connect", 1.0, Amf::Object(members), &[])
}

case! {
    /// RTMP 7.2.1.1, Errata & Addenda 8.1: only app and tcUrl are required. Encoders leave others out; a server
    /// that needs one refuses by `_error`, it neither falls silent nor hangs up without a word. Some encoders
    /// send null where a string belongs: whoever hangs up on that is tolerated.
    MEMBERS = "conn/connect/optional-members" {
        title: "connect without type or flashVer, or with null in their place, is accepted or refused by _error",
        rules: [CONN_035],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        for key in ["type", "flashVer"] {
            for (how, instead) in MISSING {
                let mut link = s.shaken("client").await?;
                let message = connect_lacking(s, key, instead.as_ref());
                let mut expected = expect(want::RESULT).or(want::ERROR);
                if instead.is_none() {
                    link.send(&message).await;
                } else {
                    let bytes = super::wire(&link, &message);
                    link.lie("ConnectWithNullForString", &bytes).await;
                    expected = expected.or_lenient(want::CLOSED, "hangs up on a value that is no string");
                }
                let seen = link.reply(1.0).await;
                if !s.check(&format!("{key} {how}"), seen, expected) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

case! {
    /// Errata & Addenda 8.1.2 and 8.1.3: app and tcUrl are required strings. What a server does about a client
    /// without them is recorded; it may not fall silent, end, or harm others (field item W55).
    REQUIRED_MEMBERS = "conn/connect/required-members" {
        title: "connect without app or tcUrl, or with null in their place, is answered or ended cleanly",
        rules: [CONN_010, CONN_011],
        level: Safety, profile: Core, company: Hostile,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        for key in ["app", "tcUrl"] {
            for (how, instead) in MISSING {
                let mut link = s.shaken("client").await?;
                let message = connect_lacking(s, key, instead.as_ref());
                let bytes = super::wire(&link, &message);
                link.lie("ConnectLacksRequiredMember", &bytes).await;
                let seen = link.reply(1.0).await;
                let note = "ended without a word; what a server does without a required member is recorded";
                let expected = expect(want::RESULT).or(want::ERROR).or_info(want::CLOSED, note);
                if !s.check(&format!("{key} {how}"), seen, expected) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
