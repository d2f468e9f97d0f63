//! onMetaData and the forms in which publishers send it.

use rtmp_amf::Value;

use super::data_after;
use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::amf::{number, object, text};
use crate::pen::{Amf, command};
use crate::stage::Stage;

case! {
    /// `@setDataFrame` is an order to the server; players see the event that it stores.
    SET_DATA_FRAME = "data/metadata/set-data-frame-is-stripped" {
        title: "Players get onMetaData without the @setDataFrame in front of it",
        rules: [DATA_004],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("lost", "no onMetaData reached the player"),
            ("not-stripped", "the first value at the player is @setDataFrame"),
        ],
    }
    async fn(s) {
        let array = Amf::Ecma(4, members(162.0));
        let message = command::data(1, "metadata", &[text("@setDataFrame"), text("onMetaData"), array]);
        let (_echo, data) = data_after(s, &message.at(150)).await?;
        let names: Vec<&str> = data.iter().filter_map(|d| d.first()?.as_str()).collect();
        let fact = if names.contains(&"@setDataFrame") {
            "@setDataFrame"
        } else if names.contains(&"onMetaData") {
            "onMetaData"
        } else {
            "nothing"
        };
        let cause = if fact == "nothing" { "lost" } else { "not-stripped" };
        s.check_fact("first value of the data message", fact, expect(want::equal("onMetaData")).cause(cause));
        Ok(())
    }
}

case! {
    /// Some encoders leave `@setDataFrame` out (field/failures section 5 item 9).
    PLAIN = "data/metadata/plain" {
        title: "onMetaData without @setDataFrame is accepted",
        rules: [DATA_005],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("lost", "the metadata's values did not reach the player")],
    }
    async fn(s) {
        width_arrives(s, &[text("onMetaData"), Amf::Ecma(4, members(164.0))], 164.0).await
    }
}

case! {
    /// An object in place of the ECMA array: tolerated by everybody.
    OBJECT = "data/metadata/object" {
        title: "Metadata in an object instead of an ECMA array is accepted",
        rules: [DATA_003],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("lost", "the metadata's values did not reach the player")],
    }
    async fn(s) {
        let object = Amf::Object(members(166.0));
        width_arrives(s, &[text("@setDataFrame"), text("onMetaData"), object], 166.0).await
    }
}

/// The target may rebuild metadata (DATA-014), so the width is what is looked for.
async fn width_arrives(s: &mut Stage, values: &[Amf], width: f64) -> Result<(), Stop> {
    let (_echo, data) = data_after(s, &command::data(1, "metadata", values).at(150)).await?;
    let arrived = data.iter().any(|d| {
        d.iter().any(|v| v.as_str() == Some("onMetaData"))
            && d.iter().any(|v| v.property("width").and_then(Value::as_f64) == Some(width))
    });
    s.check_fact("onMetaData with its width arrived", arrived, expect(want::equal(true)).cause("lost"));
    Ok(())
}

fn members(width: f64) -> Vec<(String, Amf)> {
    let Amf::Object(members) = object(&[
        ("width", number(width)),
        ("height", number(90.0)),
        ("videocodecid", number(7.0)),
        ("audiocodecid", number(10.0)),
    ]) else {
        return Vec::new();
    };
    members
}
