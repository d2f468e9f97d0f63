//! Ping Request and Ping Response (RTMP 7.1.7, errata E-21c).

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::control;
use crate::stage::Stage;
use crate::wire::Link;

/// Waits for the Ping Response with `value`: the fact `true`, or how the wait ended.
async fn pong(link: &mut Link, value: u32) -> Seen {
    let body = [&[0, 7], &value.to_be_bytes()[..]].concat();
    let seen = link
        .wait(|v| v.heard.iter().any(|h| h.message.kind == 4 && h.message.body == body).then_some(()))
        .await;
    seen.map_or_else(|seen| seen, |()| Seen::fact(true))
}

/// Pings are the only user control messages whose effect a client can see.
fn needs_pings(s: &Stage) -> Result<(), Stop> {
    if s.probe.answers_ping {
        return Ok(());
    }
    Err(Stop::Unsupported { proof: "the control run sent an ordinary Ping Request and got no answer".into() })
}

case! {
    /// RTMP 7.1.7 lets the server ping. In the field clients do it, too, and most servers answer.
    ANSWERED = "ucm/ping/answered" {
        title: "A client's Ping Request is answered with the same four bytes",
        rules: [UCM_017],
        level: DeFacto, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        link.send(&control::ping_request(0x0102_0304)).await;
        let seen = pong(&mut link, 0x0102_0304).await;
        s.check("the Ping Response", seen, expect(want::equal(true)));
        Ok(())
    }
}

case! {
    /// RTMP 6.2: a user control message takes effect when it is received, its timestamp is ignored.
    ODD_TIMESTAMP = "ucm/ping/odd-timestamp" {
        title: "User control messages take effect whatever their timestamps",
        rules: [UCM_003],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        needs_pings(s)?;
        let mut link = s.connected("client").await?;
        for (value, ts) in [(0x1111_0001, 0x00FE_DCBA), (0x1111_0002, 7), (0x1111_0003, 0xFFFF_FFFF)] {
            link.send(&control::ping_request(value).at(ts)).await;
            let seen = pong(&mut link, value).await;
            let label = format!("the answer to a ping at timestamp {ts}");
            if !s.check(&label, seen, expect(want::equal(true))) {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 5.3: any message may be split. Six bytes in six chunks are the same message.
    SPLIT = "ucm/ping/split-over-chunks" {
        title: "A user control message in chunks of one byte is understood",
        rules: [UCM_005],
        level: Must, profile: Core, company: Shared,
        after: ["ctrl/chunk-size/small"],
        causes: [],
    }
    async fn(s) {
        needs_pings(s)?;
        let mut link = s.connected("client").await?;
        let value = 0x0A0B_0C0C;
        link.send_all(&[control::ping_request(value), control::set_chunk_size(1)]).await;
        if let seen @ (Seen::Closed { .. } | Seen::Silent { .. }) = pong(&mut link, value).await {
            return Err(Stop::blocked("a ping in one chunk", seen.describe()));
        }
        link.send(&control::ping_request(0x0A0B_0C0D)).await;
        let seen = pong(&mut link, 0x0A0B_0C0D).await;
        s.check("the answer to a ping in six chunks", seen, expect(want::equal(true)));
        Ok(())
    }
}
