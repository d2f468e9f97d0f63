//! Handshakes that are not quite plain and still have to work.

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::handshake::{self, PACKET};
use crate::wire::link::SERVER_HANDSHAKE;

case! {
    /// Errata and addenda 3: an echo that does not match is no reason to fail or limit the session. Real
    /// encoders do not echo (errata E-05). A server that enforces a handshake extension of its own is exempt.
    FOREIGN_C2 = "hs/c2/need-not-be-an-echo" {
        title: "A C2 that does not repeat S1 is tolerated",
        rules: [HS_021],
        level: Should, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("no-result", "connect after the handshake was not answered by _result")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        link.bytes("C0 C1 (plain)", &[&[handshake::VERSION], &c1[..]].concat()).await;
        link.wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then_some(()))
            .await
            .map_err(|seen| Stop::blocked("S0 S1 S2", seen.describe()))?;
        let noise = handshake::noise(s.fresh_seed(), PACKET);
        link.lie("C2IsNoEcho", &noise).await;
        let place = std::sync::Arc::clone(&s.place);
        let seen = link.connect(&place.app, &place.tc_url).await;
        s.check("connect after it", seen, expect(want::RESULT).cause("no-result"));
        Ok(())
    }
}

case! {
    /// A C1 with a version in bytes 4-7 announces a digest. Where none can be verified, servers fall back to the
    /// plain handshake instead of hanging up: VLC and GStreamer send such packets.
    NO_DIGEST = "hs/digest/falls-back-to-plain" {
        title: "A C1 with a version but without a digest gets the plain handshake",
        rules: [HS_030, HSD_022],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [
            ("s2-time", "S2 bytes 0-3 are not C1's time"),
            ("s2-echo", "S2 bytes 8-1535 are not C1's random bytes"),
            ("no-result", "connect after the handshake was not answered by _result"),
        ],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let mut c1 = handshake::c1(0x0001_E240, s.fresh_seed());
        c1[4..8].copy_from_slice(&[0x0A, 0x00, 0x2D, 0x02]);
        link.lie("VersionWithoutDigest", &[&[handshake::VERSION], &c1[..]].concat()).await;
        let bytes = match link
            .wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then(|| v.handshake.to_vec()))
            .await
        {
            Ok(bytes) => bytes,
            Err(seen) => {
                s.check("S0 S1 S2", seen, expect(want::equal("S0 S1 S2")));
                return Ok(());
            }
        };
        let (s1, s2) = bytes[1..].split_at(PACKET);
        s.check_fact("S2 time", s2[..4] == c1[..4], expect(want::equal(true)).cause("s2-time"));
        s.check_fact("S2 random echo", s2[8..] == c1[8..], expect(want::equal(true)).cause("s2-echo"));
        link.bytes("C2", &handshake::c2(s1, 0)).await;
        let place = std::sync::Arc::clone(&s.place);
        let seen = link.connect(&place.app, &place.tc_url).await;
        s.check("connect after it", seen, expect(want::RESULT).cause("no-result"));
        Ok(())
    }
}
