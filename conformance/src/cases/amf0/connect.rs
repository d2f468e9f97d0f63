//! Values of every kind among the members of connect. The same connect without them is accepted, so that what
//! fails here is the reading of the value.

use crate::case;
use crate::cases::conn::{connect_with, if_answered, members};
use crate::outcome::{Stop, expect, want};
use crate::pen::Amf;
use crate::pen::amf::{number, object, text};
use crate::stage::Stage;

/// Sends connect with these members in front of the ordinary ones, so that a server that misreads them misses
/// app, and looks for `_result`.
async fn accepts(s: &mut Stage, label: &str, first: &[(&str, Amf)]) -> Result<(), Stop> {
    let mut all: Vec<(String, Amf)> = first.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    all.extend(members(s, &[]));
    let (_link, seen) = connect_with(s, "client", Amf::Object(all), &[]).await?;
    let expected = if_answered(expect(want::RESULT), &seen, "refused");
    s.check(label, seen, expected);
    Ok(())
}

case! {
    /// AMF0 2.14: a long string is a string; nothing forbids it for a short one. Some libraries write all
    /// strings of a kind so.
    LONG_STRING = "amf0/connect/long-string" {
        title: "connect with tcUrl as a long string is accepted",
        rules: [AMF0_007],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let mut members = members(s, &[]);
        for member in members.iter_mut().filter(|(key, _)| key == "tcUrl") {
            member.1 = Amf::LongText(s.place.tc_url.clone());
        }
        let (_link, seen) = connect_with(s, "client", Amf::Object(members), &[]).await?;
        let expected = if_answered(expect(want::RESULT), &seen, "refused");
        s.check("reply to connect", seen, expected);
        Ok(())
    }
}

case! {
    /// AMF0 2.5, 2.11: an object may hold objects; its end is the end marker of its own depth.
    NESTED_OBJECT = "amf0/connect/nested-object" {
        title: "connect with an object inside an object among its members is accepted",
        rules: [AMF0_008],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let inner = object(&[("a", text("\t\0\0\t")), ("b", object(&[("c", number(9.0))])), ("d", object(&[]))]);
        accepts(s, "reply to connect", &[("nested", inner)]).await
    }
}

case! {
    /// AMF0 2.7, 2.8: null and undefined are a marker and nothing else. Flash clients send pageUrl undefined.
    UNDEFINED = "amf0/connect/undefined-member" {
        title: "connect with pageUrl undefined and swfUrl null is accepted",
        rules: [AMF0_010],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        accepts(s, "reply to connect", &[("pageUrl", Amf::Undefined), ("swfUrl", Amf::Null)]).await
    }
}

case! {
    /// AMF0 2.9: a reference is an index of two bytes into the complex values before it, from 0; here the
    /// command object is 0 and the member `one` is 1. The ruling counts a refusal as a failure.
    REFERENCE = "amf0/connect/reference" {
        title: "connect with a reference to an object before it is accepted",
        rules: [AMF0_011, AMF0_012],
        level: Must, profile: Core, company: Negative,
        after: ["amf0/connect/nested-object"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let one = object(&[("a", number(1.0))]);
        accepts(s, "reply to connect", &[("one", one), ("again", Amf::Reference(1))]).await
    }
}

case! {
    /// AMF0 2.10 and FLV E.4.4.4: the count of an ECMA array is approximate, decoding ends at the end marker.
    /// Flash Media Live Encoder writes 0. Runs alone, because servers have died of it.
    ECMA_COUNT = "amf0/connect/ecma-count" {
        title: "An ECMA array among connect's members whose count is too low or too high is read to its end marker",
        rules: [AMF0_017, AMF0_018],
        level: Must, profile: Core, company: Hostile,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let list = |n: usize| (0..n).map(|i| (format!("k{i}"), number(i as f64))).collect::<Vec<_>>();
        for (label, count, n) in [("count 1, 1 entry", 1, 1), ("count 0, 5 entries", 0, 5), ("count 100, 1 entry", 100, 1)] {
            accepts(s, &format!("reply to connect: {label}"), &[("list", Amf::Ecma(count, list(n)))]).await?;
        }
        Ok(())
    }
}

case! {
    /// E-RTMP v2 (conventions): readers take an ECMA array where an object is expected.
    ECMA_OBJECT = "amf0/connect/ecma-command-object" {
        title: "connect with an ECMA array as its command object is accepted",
        rules: [AMF0_020],
        level: Should, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect with an object is accepted")],
    }
    async fn(s) {
        let members = members(s, &[]);
        let count = u32::try_from(members.len()).unwrap_or(0);
        let (_link, seen) = connect_with(s, "client", Amf::Ecma(count, members), &[]).await?;
        let expected = if_answered(expect(want::RESULT), &seen, "refused");
        s.check("reply to connect", seen, expected);
        Ok(())
    }
}

case! {
    /// AMF0 2.12: a strict array is a count and so many values, without an end marker. Encoders of Enhanced
    /// RTMP send fourCcList in every connect.
    STRICT_ARRAY = "amf0/connect/strict-array" {
        title: "connect with the strict array fourCcList is accepted",
        rules: [AMF0_024],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let list = ["av01", "hvc1", "vp09", "avc1"].map(text).to_vec();
        accepts(s, "reply to connect", &[("fourCcList", Amf::Strict(list)), ("none", Amf::Strict(Vec::new()))]).await
    }
}

case! {
    /// AMF0 2.13: a date is eight bytes of milliseconds and two of a zone. The ruling counts a refusal as a
    /// failure.
    DATE = "amf0/connect/date" {
        title: "connect with a date among its members is accepted",
        rules: [AMF0_026],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        accepts(s, "reply to connect", &[("since", Amf::Date(1_000_000_000_000.0, 0))]).await
    }
}

case! {
    /// AMF0 2.17: an XML document is a long string with a marker of its own. The ruling counts a refusal as a
    /// failure. Runs alone, because servers have died of it.
    XML = "amf0/connect/xml-document" {
        title: "connect with an XML document among its members is accepted",
        rules: [AMF0_029],
        level: Must, profile: Core, company: Hostile,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        accepts(s, "reply to connect", &[("note", Amf::Xml("<note>none</note>".into()))]).await
    }
}

case! {
    /// AMF0 2.18: a typed object is an object with a class name in front. The ruling counts a refusal as a
    /// failure.
    TYPED_OBJECT = "amf0/connect/typed-object" {
        title: "connect with a typed object among its members is accepted",
        rules: [AMF0_030],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let typed = Amf::Typed("org.example.Thing".into(), vec![("x".into(), number(1.0))]);
        accepts(s, "reply to connect", &[("thing", typed)]).await
    }
}

case! {
    /// AMF0 2.5: a key has a length of 16 bits.
    LONG_KEY = "amf0/connect/long-key" {
        title: "connect with a key of 65,535 bytes among its members is accepted",
        rules: [AMF0_040],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the same connect without the value is accepted")],
    }
    async fn(s) {
        let key = "k".repeat(0xFFFF);
        accepts(s, "reply to connect", &[(key.as_str(), number(1.0))]).await
    }
}

case! {
    /// Field habit: of two members with one key, either may win; here both say the same.
    DUPLICATE_KEY = "amf0/connect/duplicate-key" {
        title: "connect with app twice, both alike, is answered",
        rules: [AMF0_039],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let app = text(s.place.app.clone());
        let object = Amf::Object(members(s, &[("app", app)]));
        let (_link, seen) = connect_with(s, "client", object, &[]).await?;
        let note = "refused without a word; nothing says that keys are unique, nor that they need not be";
        s.check("reply to connect", seen, expect(want::RESULT).or(want::ERROR).or_info(want::CLOSED, note));
        Ok(())
    }
}
