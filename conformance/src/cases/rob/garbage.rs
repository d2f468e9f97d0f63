//! Bytes that are no session, or nearly one.

use super::{SETTLING, leave};
use crate::case;
use crate::outcome::{Stop, Want, expect, want};
use crate::pen::amf::text;
use crate::pen::{Amf, Form, Header, Msg, chunk, command, handshake, media};
use crate::stage::Stage;
use crate::wire::Link;
use crate::wire::link::command_seen;

/// Connections with the handshake done.
async fn shaken(s: &mut Stage, n: usize) -> Result<Vec<Link>, Stop> {
    let mut links = Vec::with_capacity(n);
    for i in 0..n {
        links.push(s.shaken(&format!("client {i}")).await?);
    }
    Ok(links)
}

case! {
    /// Random bytes where chunks are expected, before connect and after it. A declared length in them may
    /// leave the server waiting for more, so nothing is asked of these connections.
    RANDOM = "rob/garbage/random-bytes" {
        title: "Random bytes instead of chunks hurt nobody",
        rules: [ROB_001, ROB_009],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut links = shaken(s, 12).await?;
        for i in 0..4 {
            links.push(s.connected(&format!("connected client {i}")).await?);
        }
        for link in &mut links {
            let noise = handshake::noise(s.fresh_seed(), 8192);
            link.lie("RandomBytes", &noise).await;
        }
        leave(&mut links).await;
        Ok(())
    }
}

case! {
    /// A valid session (connect, createStream, publish, a frame) with one bit flipped: 32 times in the header
    /// of connect, 32 times evenly over the rest. The sample is the same in every run.
    FLIPS = "rob/garbage/bit-flips" {
        title: "A session with one bit flipped hurts nobody",
        rules: [ROB_002],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        const HEADER_BITS: usize = 12 * 8;
        let mut links = shaken(s, 64).await?;
        for (i, link) in links.iter_mut().enumerate() {
            let session: Vec<Msg> = vec![
                command::connect(&s.place.app, &s.place.tc_url),
                command::create_stream(2.0),
                command::publish(1, &s.fresh_name(), "live"),
                media::aac("audio", 40).at(20),
            ];
            let mut wire: Vec<u8> = session.iter().flat_map(|m| m.chunks(128).concat()).collect();
            let bit = match i {
                0..32 => i * 3,
                _ => HEADER_BITS + (i - 32) * ((wire.len() * 8 - HEADER_BITS) / 32) + i % 8,
            };
            wire[bit / 8] ^= 0x80 >> (bit % 8);
            link.lie(&format!("BitFlip{bit}"), &wire).await;
        }
        leave(&mut links).await;
        Ok(())
    }
}

case! {
    /// RTMP errata and addenda 2: implementations have means to detect malformed input. connect is cut after
    /// each of its bytes, the message length says so: what is left is no whole AMF0.
    TRUNCATED = "rob/garbage/truncated-connect" {
        title: "connect cut short at any byte hurts nobody",
        rules: [ROB_010],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        const AT_ONCE: usize = 64;
        let mut members = command::connect_members(&s.place.app, &s.place.tc_url);
        members.push(("pageUrl".into(), text("http://truncated.example/")));
        let whole = command::command("connect", 1.0, Amf::Object(members), &[]);
        let lengths: Vec<usize> = (0..whole.body.len()).collect();
        for batch in lengths.chunks(AT_ONCE) {
            let mut links = shaken(s, batch.len()).await?;
            for (link, len) in links.iter_mut().zip(batch) {
                let cut = Msg { body: whole.body[..*len].to_vec(), ..whole.clone() };
                link.lie(&format!("ConnectCutAt{len}"), &cut.chunks(128).concat()).await;
            }
            leave(&mut links).await;
        }
        Ok(())
    }
}

case! {
    /// A second header on the chunk stream of an unfinished message says another length: the buffer that the
    /// first one sized is too small or too large (CVE-2016-10191 was a heap overflow of this kind). Restart,
    /// error and close all do; the payload must not be written where it does not belong.
    LENGTH_CHANGES = "rob/garbage/length-changes-mid-message" {
        title: "A message length that changes inside a message hurts nobody",
        rules: [ROB_010],
        level: Safety, profile: Publish, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        const VARIANTS: [(u8, usize, usize); 6] =
            [(0, 400, 1), (0, 400, 100_000), (1, 400, 1), (1, 400, 100_000), (1, 0xFF_FFFF, 200), (0, 129, 0xFF_FFFF)];
        let mut lives = Vec::new();
        for _ in VARIANTS {
            lives.push(s.publisher().await?);
        }
        let mut links = Vec::new();
        for (live, (fmt, first, second)) in lives.into_iter().zip(VARIANTS) {
            let mut link = live.link;
            let header = Header {
                fmt: 0,
                csid: 6,
                form: Form::Smallest,
                time: 0,
                len: first,
                kind: 9,
                msid: live.msid,
            };
            let body = media::key("never-whole", 40_000).body;
            let mut wire = [&header.bytes(), &body[..128]].concat();
            // A whole chunk of the second length, and more of them: a server that goes on with either
            // length has something to write.
            let again = Header { fmt, len: second, ..header };
            wire.extend(chunk::chunks(again, &body[..second.clamp(1, 40_000)], 128).concat());
            link.lie(&format!("Length{first}Becomes{second}InType{fmt}"), &wire).await;
            link.send(&command::command("rsAfter", 0.0, Amf::Null, &[])).await;
            links.push(link);
        }
        leave(&mut links).await;
        Ok(())
    }
}

case! {
    /// Some encoders send C0, C1 and a C2 of zeros at once, and connect, without ever reading S1. RTMP 5.2.1
    /// forbids that; whether a server puts up with it is recorded, that it survives is expected.
    BLIND = "rob/garbage/blind-handshake" {
        title: "A client that shakes hands without reading hurts nobody",
        rules: [HS_026],
        level: DeFacto, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.open("blind client").await?;
        let c1 = handshake::c1(0, s.fresh_seed());
        let c0c1 = [&[handshake::VERSION], &c1[..]].concat();
        let connect = command::connect(&s.place.app, &s.place.tc_url).chunks(128).concat();
        link.lie("BlindHandshake", &[&c0c1[..], &[0; handshake::PACKET], &connect].concat()).await;
        let seen = match link.wait_for(SETTLING, |v| v.heard.iter().find_map(|h| command_seen(&h.message))).await {
            Ok(seen) | Err(seen) => seen,
        };
        s.check("the answer to its connect", seen, expect(want::RESULT).or_info(Want::Anything, "recorded"));
        Ok(())
    }
}
