//! Which packet waits for which (RTMP 5.2.1).

use std::time::Duration;

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::handshake::{self, PACKET};
use crate::wire::link::SERVER_HANDSHAKE;

/// How long silence is watched: the rules of this file forbid bytes, and no event ends such a wait.
const WATCH: Duration = Duration::from_millis(500);

case! {
    /// RTMP 5.2.1: the server must wait until C0 has been received before it sends S0 and S1.
    NOTHING_BEFORE_C0 = "hs/order/nothing-before-c0" {
        title: "A connection on which nothing was sent stays silent",
        rules: [HS_005],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("bytes-before-c0", "the server sent bytes before C0")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        link.quiet(WATCH, |v| (v.bytes_in > 0).then_some(())).await;
        let received = link.bytes_in();
        s.check_fact("bytes before C0", received, expect(want::equal(0)).cause("bytes-before-c0"));
        Ok(())
    }
}

case! {
    /// RTMP 5.2.1: the server must wait until C1 has been received before it sends S2. S0 and S1 may be there
    /// already or not (HS-006).
    S2_AFTER_C1 = "hs/order/s2-after-c1" {
        title: "S2 is not sent before the last byte of C1",
        rules: [HS_007],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("s2-before-c1", "bytes of S2 arrived before C1 was complete")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        let (most, last) = c1.split_at(PACKET - 1);
        link.bytes("C0 and C1 without its last byte", &[&[handshake::VERSION], most].concat()).await;
        link.quiet(WATCH, |v| (v.handshake.len() > 1 + PACKET).then_some(())).await;
        let received = link.handshake_bytes().len();
        s.check_fact(
            "bytes before the end of C1",
            received,
            expect(want::within(0.0, 1.0 + PACKET as f64)).cause("s2-before-c1"),
        );
        link.bytes("the last byte of C1", last).await;
        link.wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then_some(()))
            .await
            .map_err(|seen| Stop::blocked("S0 S1 S2", seen.describe()))
    }
}
