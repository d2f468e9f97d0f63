//! Values that cannot be read: the command is refused, skipped, or the connection closed; never silence.
//!
//! The broken connect has transaction id 9 and a plain one with transaction id 1 behind it, so that skipping
//! shows at once.

use crate::case;
use crate::cases::conn::{first_reply, members};
use crate::outcome::{Expect, Seen, Stop, expect, want};
use crate::pen::amf::{number, sequence, text};
use crate::pen::{Amf, command};
use crate::stage::Stage;

/// Transaction id of the connect that cannot be read.
const BROKEN: f64 = 9.0;

/// Sends a connect with this body, a plain connect behind it, and returns what is answered first: a reply to
/// the broken one, `ignored` when the plain one is answered without it, or how the connection ended.
async fn answer(s: &mut Stage, lie: &str, body: Vec<u8>) -> Result<Seen, Stop> {
    let mut link = s.shaken("client").await?;
    let mut message = command::raw_command("connect", &[]);
    message.body = body;
    let mut bytes = message.chunks(link.chunk_size).concat();
    let plain = command::connect(&s.place.app, &s.place.tc_url);
    bytes.extend(plain.chunks(link.chunk_size).concat());
    link.lie(lie, &bytes).await;
    Ok(first_reply(&mut link, 0, BROKEN, 1.0).await)
}

/// connect with these members in front of the ordinary ones and these bytes behind the command object.
fn body(s: &Stage, first: &[(&str, Amf)], behind: &[u8]) -> Vec<u8> {
    let mut all: Vec<(String, Amf)> = first.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    all.extend(members(s, &[]));
    sequence(&[text("connect"), number(BROKEN), Amf::Object(all), Amf::Raw(behind.to_vec())])
}

/// Refused, skipped or closed.
fn clean() -> Expect {
    expect(want::ERROR).or(want::CLOSED).or(want::equal("ignored"))
}

case! {
    /// AMF0 2.9: an index beyond the complex values of the message names nothing.
    REFERENCE_OUT_OF_RANGE = "amf0/broken/reference-out-of-range" {
        title: "A reference to nothing is a clean error",
        rules: [AMF0_015],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let body = body(s, &[("nothing", Amf::Reference(0xFFFF))], &[]);
        let seen = answer(s, "ReferenceToNothing", body).await?;
        let note = "a reader that has no use for the member need not look it up";
        s.check("connect with reference 65535", seen, clean().or_info(want::RESULT, note));
        Ok(())
    }
}

case! {
    /// AMF0 2.9, 2.12: an array may contain itself by reference. Whoever follows it without a bound hangs.
    CYCLE = "amf0/broken/cycle" {
        title: "An array that contains itself by reference does not hang the reader",
        rules: [AMF0_016],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let body = body(s, &[("self", Amf::Strict(vec![Amf::Reference(1)]))], &[]);
        let seen = answer(s, "ArrayContainsItself", body).await?;
        s.check("connect with an array that contains itself", seen, clean().or(want::RESULT));
        Ok(())
    }
}

case! {
    /// AMF0 2.11: 0x09 ends an object after an empty key; as a value of its own it means nothing. Runs alone, because servers
    /// have died of it.
    STRAY_END = "amf0/broken/stray-end-marker" {
        title: "An object end marker in the place of a value is an error",
        rules: [AMF0_022],
        level: Must, profile: Core, company: Hostile,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let body = body(s, &[("end", Amf::Raw(vec![0x09]))], &[]);
        let seen = answer(s, "EndMarkerAsValue", body).await?;
        let note = "read as an empty value, and what follows is read rightly";
        s.check("connect with 0x09 as a member's value", seen, clean().or_lenient(want::RESULT, note));
        Ok(())
    }
}

case! {
    /// AMF0 2.1: the markers 0x12 to 0xFF are not assigned, the length of such a value is not known.
    /// Runs alone, because servers have died of it.
    UNKNOWN_MARKER = "amf0/broken/unknown-marker" {
        title: "An unknown marker is an error, and what follows the message is read rightly",
        rules: [AMF0_034],
        level: Must, profile: Core, company: Hostile,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        for marker in [0x12, 0x7F, 0xFF] {
            let body = body(s, &[], &[marker, 0, 1, 2, 3]);
            let seen = answer(s, "UnknownMarker", body).await?;
            let note = "a reader that needs no further values need not look at them";
            if !s.check(&format!("connect with marker {marker:#04x} behind it"), seen, clean().or_info(want::RESULT, note)) {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// Errata & Addenda 2, field item W61: a message that ends inside a value. Servers have died of it.
    TRUNCATED = "amf0/broken/truncated" {
        title: "A connect cut inside a value is an error and hurts nobody else",
        rules: [AMF0_035],
        level: Safety, profile: Core, company: Hostile,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        // Offsets: 0 name, 10 transaction id, 19 object marker, 20 key `app`, 25 its value, 28 on its text.
        let whole = body(s, &[], &[]);
        let cuts = [1, 2, 5, 9, 10, 11, 18, 19, 20, 21, 23, 25, 26, 27, 28, 30];
        for cut in cuts.into_iter().filter(|cut| *cut < 28 + s.place.app.len()).collect::<Vec<_>>() {
            let seen = answer(s, "TruncatedCommand", whole[..cut].to_vec()).await?;
            // A case of level safety judges survival; that AMF0-035 wants an error is reported.
            let expected = match cut {
                10 | 19 => clean().or_info(want::RESULT, "no value is cut, what is missing is absent (CONN-067)"),
                _ => clean().or_lenient(want::RESULT, "accepted although a value is cut (AMF0-035)"),
            };
            if !s.check(&format!("connect of {cut} bytes"), seen, expected) {
                return Ok(());
            }
        }
        let end = whole.len();
        for cut in [end - 1, end - 2, end - 3] {
            let seen = answer(s, "TruncatedCommand", whole[..cut].to_vec()).await?;
            let note = "every member was there (field habit of AMF0-019)";
            let expected = clean().or_lenient(want::RESULT, note);
            if !s.check(&format!("connect without its last {} bytes", end - cut), seen, expected) {
                return Ok(());
            }
        }
        Ok(())
    }
}
