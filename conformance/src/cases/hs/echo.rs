//! What S2 repeats of C1 (RTMP 5.2.4).

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::handshake;
use crate::wire::link::SERVER_HANDSHAKE;

case! {
    /// RTMP 5.2.4: S2 repeats C1's time and its random bytes. Encoders that compare hang up otherwise.
    S2_ECHOES_C1 = "hs/s2/echoes-c1" {
        title: "S2 repeats the time and the random bytes of a plain C1",
        rules: [HS_018, HS_020, HS_029],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("s2-time", "S2 bytes 0-3 are not C1's time"), ("s2-echo", "S2 bytes 8-1535 are not C1's random bytes")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0x0001_E240, s.fresh_seed());
        link.bytes("C0 C1 (plain, time 123456)", &[&[handshake::VERSION], &c1[..]].concat()).await;
        let bytes = link
            .wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then(|| v.handshake.to_vec()))
            .await
            .map_err(|seen| Stop::blocked("S0 S1 S2", seen.describe()))?;
        let s2 = &bytes[1 + handshake::PACKET..];
        s.check_fact("S2 time", s2[..4] == c1[..4], expect(want::equal(true)).cause("s2-time"));
        s.check_fact("S2 random echo", s2[8..] == c1[8..], expect(want::equal(true)).cause("s2-echo"));
        Ok(())
    }
}
