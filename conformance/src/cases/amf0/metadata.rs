//! Values in onMetaData as a player receives them. A server that rebuilds metadata is not judged by values
//! that it leaves out.

use rtmp_amf::Value;

use crate::case;
use crate::outcome::{Seen, Stop, Want, expect, want};
use crate::pen::amf::{number, text};
use crate::pen::command::data;
use crate::pen::{Amf, Msg};
use crate::stage::{Echo, EchoOptions, Stage};

/// Why values that do not arrive are no failure.
const LEFT_OUT: &str = "the server rebuilds metadata and leaves the key out";

/// `@setDataFrame`, `onMetaData` and an ECMA array with these members beside a width.
fn message(members: &[(&str, Amf)]) -> Msg {
    let mut all = vec![("width".to_owned(), number(160.0))];
    all.extend(members.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
    let count = u32::try_from(all.len()).unwrap_or(0);
    data(1, "metadata", &[text("@setDataFrame"), text("onMetaData"), Amf::Ecma(count, all)])
}

/// The properties of the last onMetaData that the player received.
fn received(echo: &Echo) -> Option<Vec<(String, Value)>> {
    let limits = rtmp_amf::Limits::default();
    echo.view.link.heard().iter().rev().filter(|h| h.message.kind == 18).find_map(|h| {
        let values = rtmp_amf::decode_all(&h.message.body, &limits).ok()?;
        let at = values.iter().position(|v| v.as_str() == Some("onMetaData"))?;
        Some(values.get(at + 1)?.properties()?.to_vec())
    })
}

/// Publishes the metadata on a running stream and looks at what the player has when the next frame arrives.
/// `Err` is how the stream ended meanwhile.
async fn relayed(s: &mut Stage, members: &[(&str, Amf)]) -> Result<Result<Vec<(String, Value)>, Seen>, Stop> {
    let mut echo = s.echo(EchoOptions::default()).await?;
    echo.live.send(&message(members).at(100)).await;
    match echo.collect(&[], 200).await {
        Seen::Media { ended, .. } if ended == "marker" => Ok(Ok(received(&echo).unwrap_or_default())),
        seen => Ok(Err(seen)),
    }
}

case! {
    /// AMF0 2.4, 2.14: a string of more than 65,535 bytes is a long string with a length of 32 bits.
    LONG_VALUE = "amf0/metadata/long-string" {
        title: "A metadata value of 70,000 bytes is read as one string",
        rules: [AMF0_006],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("value-changed", "the value arrives at the player with another content")],
    }
    async fn(s) {
        let value = "v".repeat(70_000);
        match relayed(s, &[("longText", text(value.clone())), ("height", number(90.0))]).await? {
            Err(seen) => {
                let limit = "the server has a limit of its own (DATA-015)";
                let expected = expect(Want::Media { items: Vec::new(), class: s.probe.class() });
                let over = matches!(&seen, Seen::Media { ended, .. } if ended == "closed" || ended == "publisher-closed");
                let seen = if over { Seen::fact("closed") } else { seen };
                s.check("the stream after the metadata", seen, expected.or_info(want::equal("closed"), limit));
            }
            Ok(got) => {
                let seen = match got.iter().find(|(key, _)| key == "longText") {
                    None => "left out",
                    Some((_, Value::String(got))) if *got == value => "the same",
                    Some(_) => "changed",
                };
                let expected = expect(want::equal("the same")).or_info(want::equal("left out"), LEFT_OUT);
                s.check_fact("the value at the player", seen, expected.cause("value-changed"));
            }
        }
        Ok(())
    }
}

case! {
    /// Field habit (item W60): some encoders end the metadata array with the message, without an end marker.
    NO_END_MARKER = "amf0/metadata/no-end-marker" {
        title: "Metadata whose ECMA array lacks its end marker does not end the publisher",
        rules: [AMF0_019],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        let mut message = message(&[("height", number(90.0)), ("encoder", text("no end"))]).for_stream(live.msid);
        message.body.truncate(message.body.len() - 3);
        let bytes = message.chunks(live.link.chunk_size).concat();
        live.link.lie("EcmaArrayWithoutEndMarker", &bytes).await;
        let seen = live.link.barrier().await;
        s.check("the publisher afterwards", seen, expect(want::ANSWERED));
        Ok(())
    }
}

case! {
    /// Field habit: players and recorders read metadata in order, a relay keeps it.
    KEY_ORDER = "amf0/metadata/key-order" {
        title: "Metadata keys reach the player in the order in which they were published",
        rules: [AMF0_038],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("order", "keys arrive in another order")],
    }
    async fn(s) {
        let keys = ["zulu", "alpha", "mike", "bravo", "yankee"];
        let members: Vec<(&str, Amf)> = keys.iter().map(|key| (*key, number(1.0))).collect();
        match relayed(s, &members).await? {
            Err(seen) => return Err(Stop::blocked("a frame behind the metadata", seen.describe())),
            Ok(got) => {
                let got: Vec<&str> = got.iter().map(|(k, _)| k.as_str()).filter(|k| keys.contains(k)).collect();
                let expected = expect(want::equal(keys.join(" "))).or_info(want::equal(""), LEFT_OUT);
                s.check_fact("order of the keys", got.join(" "), expected.cause("order"));
            }
        }
        Ok(())
    }
}

case! {
    /// AMF0 2.2: a number may be minus zero, an infinity or NaN; decoding and encoding keep the value. The
    /// payload bits of NaN may change.
    NUMBERS = "amf0/metadata/special-numbers" {
        title: "Minus zero, infinity and NaN in metadata keep their values on the way to the player",
        rules: [AMF0_042],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("value-changed", "a number arrives at the player with another value")],
    }
    async fn(s) {
        let numbers = [("minusZero", -0.0), ("infinite", f64::INFINITY), ("notANumber", f64::NAN)];
        let members: Vec<(&str, Amf)> = numbers.iter().map(|(key, v)| (*key, number(*v))).collect();
        match relayed(s, &members).await? {
            Err(seen) => {
                let expected = expect(Want::Media { items: Vec::new(), class: s.probe.class() });
                s.check("the stream after the metadata", seen, expected);
            }
            Ok(got) => {
                for (key, sent) in numbers {
                    let seen = match got.iter().find(|(k, _)| k == key).map(|(_, v)| v) {
                        None => "left out",
                        Some(Value::Number(v)) if v.to_bits() == sent.to_bits() || (v.is_nan() && sent.is_nan()) => {
                            "the same"
                        }
                        Some(_) => "changed",
                    };
                    let expected = expect(want::equal("the same")).or_info(want::equal("left out"), LEFT_OUT);
                    s.check_fact(key, seen, expected.cause("value-changed"));
                }
            }
        }
        Ok(())
    }
}
