//! How the handshake is cut into segments does not matter: RTMP runs on a byte stream (RTMP 5.2.1).

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::amf::text;
use crate::pen::{Amf, command, handshake};
use crate::wire::link::SERVER_HANDSHAKE;

case! {
    /// C0 and C1 may arrive a byte at a time, as over a slow modem or from a simple device.
    BYTE_BY_BYTE = "hs/segments/byte-by-byte" {
        title: "C0 and C1 in 1537 writes of one byte are a handshake",
        rules: [HS_022],
        level: DeFacto, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("no-result", "connect after the handshake was not answered by _result")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        link.one_by_one("C0 C1 (plain), each byte alone", &[&[handshake::VERSION], &c1[..]].concat()).await;
        let got = link
            .wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then(|| v.handshake[1..=handshake::PACKET].to_vec()))
            .await;
        let s1 = match got {
            Ok(s1) => s1,
            Err(seen) => {
                s.check("S0 S1 S2", seen, expect(want::equal("S0 S1 S2")));
                return Ok(());
            }
        };
        link.bytes("C2", &handshake::c2(&s1, 0)).await;
        let place = std::sync::Arc::clone(&s.place);
        let seen = link.connect(&place.app, &place.tc_url).await;
        s.check("connect after it", seen, expect(want::RESULT).cause("no-result"));
        Ok(())
    }
}

case! {
    /// C2 and the first message may arrive in one segment: encoders write both at once. A server that copies
    /// C2 out of the buffer and forgets the rest never answers connect.
    C2_WITH_CONNECT = "hs/segments/c2-with-connect" {
        title: "connect in the same segment as C2 is answered",
        rules: [HS_023],
        level: DeFacto, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("no-result", "connect was not answered by _result")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        link.bytes("C0 C1 (plain)", &[&[handshake::VERSION], &c1[..]].concat()).await;
        let s1 = link
            .wait(|v| (v.handshake.len() >= SERVER_HANDSHAKE).then(|| v.handshake[1..=handshake::PACKET].to_vec()))
            .await
            .map_err(|seen| Stop::blocked("S0 S1 S2", seen.describe()))?;
        let mut members = command::connect_members(&s.place.app, &s.place.tc_url);
        for (key, value) in &mut members {
            if key == "flashVer" {
                *value = text("FMLE/3.0 (compatible; c2-with-connect)");
            }
        }
        let connect = command::command("connect", 1.0, Amf::Object(members), &[]);
        let wire = [handshake::c2(&s1, 0), connect.chunks(link.chunk_size).concat()].concat();
        link.bytes("C2 and connect in one write", &wire).await;
        let seen = link.reply(1.0).await;
        s.check("the reply to connect", seen, expect(want::RESULT).cause("no-result"));
        Ok(())
    }
}
