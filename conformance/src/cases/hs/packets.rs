//! The lengths of S0, S1 and S2, and the silence after them (RTMP 5.2.1 to 5.2.4).

use std::time::Duration;

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::handshake;
use crate::wire::link::SERVER_HANDSHAKE;

case! {
    /// RTMP 5.2.1: a server sends no other data before it has received C2; RTMP 5.2.2 to 5.2.4: S0, S1 and
    /// S2 are 1 + 1536 + 1536 bytes. Both show in one count, which is watched for half a second (errata E-07
    /// names a whole one; half finds every server that sends on its own). connect afterwards shows that the count
    /// was that of a session; what it is answered is not judged here.
    EXACTLY_3073 = "hs/packets/exactly-3073-bytes" {
        title: "The server sends exactly 3073 bytes before C2",
        rules: [HS_002, HS_008],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("more-than-3073", "bytes beyond S0, S1 and S2 arrived before C2 was sent")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        link.bytes("C0 C1 (plain)", &[&[handshake::VERSION], &c1[..]].concat()).await;
        let bytes = link
            .wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then(|| v.handshake.to_vec()))
            .await
            .map_err(|seen| Stop::blocked("S0 S1 S2", seen.describe()))?;
        let more = |received: u64| received > SERVER_HANDSHAKE as u64;
        link.quiet(Duration::from_millis(500), |v| more(v.bytes_in).then_some(())).await;
        let received = link.bytes_in();
        s.check_fact(
            "bytes before C2",
            received,
            expect(want::equal(SERVER_HANDSHAKE)).cause("more-than-3073"),
        );
        link.bytes("C2", &handshake::c2(&bytes[1..=handshake::PACKET], 0)).await;
        let place = std::sync::Arc::clone(&s.place);
        match link.connect(&place.app, &place.tc_url).await {
            Seen::Command { .. } => Ok(()),
            seen => Err(Stop::blocked("connect", seen.describe())),
        }
    }
}
