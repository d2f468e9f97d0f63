//! Data events of the application's own.

use super::data_after;
use crate::case;
use crate::outcome::{expect, want};
use crate::pen::amf::{number, object, text};
use crate::pen::command;

case! {
    /// RTMP 7.1.2: "The client or the server sends this message to send metadata or any user data to the peer".
    RELAYED = "data/custom/relayed" {
        title: "A data event of another name reaches the player",
        rules: [DATA_007],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("lost", "the event did not reach the player")],
    }
    async fn(s) {
        let values = [text("onCaption"), object(&[("text", text("good morning")), ("track", number(3.0))])];
        let (_echo, data) = data_after(s, &command::data(1, "onCaption", &values).at(150)).await?;
        let arrived = data.iter().any(|d| {
            d.first().and_then(|v| v.as_str()) == Some("onCaption")
                && d.iter().any(|v| v.property("text").and_then(|t| t.as_str()) == Some("good morning"))
        });
        s.check_fact("the event arrived with its text", arrived, expect(want::equal(true)).cause("lost"));
        Ok(())
    }
}
