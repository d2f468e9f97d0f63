//! Message types that the text does not assign (RTMP 6.1.1, 7.1).

use crate::case;
use crate::outcome::{expect, want};
use crate::pen::Msg;

case! {
    /// Types beyond those of RTMP 5.4, 6.2 and 7.1 have no meaning; ignored, they leave room for later.
    IGNORED = "msg/unknown-types/ignored" {
        title: "Messages of unassigned types are ignored",
        rules: [MSG_009],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        for kind in [7, 10, 11, 12, 13, 14, 21, 23, 24, 100, 255] {
            let label = format!("type {kind}");
            let message = Msg { csid: 3, ts: 0, kind, msid: 0, body: vec![0, 0, 0, 1, 2, 3], label };
            link.lie("UnassignedMessageType", &message.chunks(128).concat()).await;
            let seen = link.barrier().await;
            if !s.check(&format!("a call after message type {kind}"), seen, expect(want::ANSWERED)) {
                break;
            }
        }
        Ok(())
    }
}
