//! The version in C0 and S0 (RTMP 5.2.2, errata E-03).

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::handshake;
use crate::wire::Link;

/// The first byte that the server sends, or how the wait for it ended.
async fn first_byte(link: &mut Link) -> Seen {
    match link.wait(|v| v.handshake.first().copied()).await {
        Ok(byte) => Seen::fact(byte),
        Err(seen) => seen,
    }
}

/// Whether the answer is one of HTTP or RTSP, or the beginning of one.
fn in_text(bytes: &[u8]) -> bool {
    let first = &bytes[..bytes.len().min(5)];
    !first.is_empty() && [b"HTTP/", b"RTSP/"].iter().any(|protocol| protocol.starts_with(first))
}

case! {
    /// RTMP 5.2.2: the version of this protocol is 3, and S0 names the one that the server chose.
    S0_IS_3 = "hs/version/s0-is-3" {
        title: "S0 is 3 where C0 is 3",
        rules: [HS_009],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("other-version", "S0 is another byte than 3")],
    }
    async fn(s) {
        let mut link = s.open("client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        link.bytes("C0 C1 (plain)", &[&[handshake::VERSION], &c1[..]].concat()).await;
        let s0 = link
            .wait(|v| v.handshake.first().copied())
            .await
            .map_err(|seen| Stop::blocked("S0", seen.describe()))?;
        s.check_fact("S0", s0, expect(want::equal(3)).cause("other-version"));
        Ok(())
    }
}

case! {
    /// RTMP 5.2.2: a server that does not recognise the version should answer 3; RTMP 5.2.5 knows hanging up
    /// as well, so both conform (errata E-03). Wrong is only to go on in a version that does not exist. 6, 8 and
    /// 9 are left out: a server may know them.
    UNKNOWN = "hs/version/unknown-is-answered-with-3" {
        title: "A version of the future is answered with 3 or refused",
        rules: [HS_010],
        level: Should, profile: Core, company: Negative,
        after: [],
        causes: [("other-version", "S0 is another byte than 3")],
    }
    async fn(s) {
        for version in [4, 31] {
            let mut link = s.open(&format!("client of version {version}")).await?;
            let c1 = handshake::c1(0, s.fresh_seed());
            link.lie("UnassignedVersion", &[&[version], &c1[..]].concat()).await;
            let seen = first_byte(&mut link).await;
            s.check(
                &format!("the answer to C0 = {version}"),
                seen,
                expect(want::equal(3))
                    .or(want::CLOSED)
                    .or_info(want::SILENT, "no version is announced; the text wants an answer, errata E-03")
                    .cause("other-version"),
            );
        }
        Ok(())
    }
}

case! {
    /// RTMP 5.2.2: versions 32 to 255 are not allowed, so that RTMP can be told from text protocols. A browser,
    /// a scanner or an encoder set to the wrong port sends HTTP; closing, waiting, 3, and an answer in a text protocol
    /// (a server with a tunnel or RTSP on the same port) are all fine.
    TEXT = "hs/version/text-is-never-adopted" {
        title: "An HTTP request on the port is not taken for a version of RTMP",
        rules: [HS_012],
        level: Must, profile: Core, company: Negative,
        after: [],
        causes: [("forbidden-version", "S0 is 32 or above")],
    }
    async fn(s) {
        let mut link = s.open("HTTP client").await?;
        let request = format!(
            "GET /live HTTP/1.1\r\nHost: {}\r\nX-Filler: {}\r\n\r\n",
            s.place.addr,
            "x".repeat(1 + handshake::PACKET)
        );
        link.lie("HttpRequest", request.as_bytes()).await;
        // Five bytes tell HTTP from S0; half a second is enough for a server that adopts the version, and
        // silence conforms.
        let five = link
            .wait_for(std::time::Duration::from_millis(500), |v| (v.handshake.len() >= 5).then_some(()))
            .await;
        let bytes = link.handshake_bytes();
        let seen = match (five, bytes.first()) {
            _ if in_text(&bytes) => Seen::fact("an answer in a text protocol"),
            (_, Some(byte)) => Seen::fact(*byte),
            (Err(seen), None) => seen,
            (Ok(()), None) => Seen::fact("nothing"),
        };
        s.check(
            "the first byte in answer to an HTTP request",
            seen,
            expect(want::equal(3))
                .or(want::CLOSED)
                .or(want::SILENT)
                .or(want::equal("an answer in a text protocol"))
                .or_info(want::within(0.0, 31.0), "not a forbidden version, not the one of this protocol")
                .cause("forbidden-version"),
        );
        Ok(())
    }
}
