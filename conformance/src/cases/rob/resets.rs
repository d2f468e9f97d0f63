//! Connections that end at a bad moment.

use std::sync::Arc;

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::handshake::{self, PACKET};
use crate::pen::{command, media};
use crate::stage::{Stage, create_stream};
use crate::wire::Link;

/// How far a connection gets before it ends.
const STATES: [&str; 12] = [
    "nothing sent",
    "C0",
    "half of C1",
    "C0 and C1, nothing read",
    "half of C2",
    "C2",
    "half of connect",
    "connect, nothing read",
    "connected",
    "stream created",
    "publishing, half of a frame",
    "playing",
];

/// Takes a connection to a state.
async fn at(s: &mut Stage, state: usize) -> Result<Link, Stop> {
    let place = Arc::clone(&s.place);
    let connect = || command::connect(&place.app, &place.tc_url).chunks(128).concat();
    let name = STATES[state];
    let c1 = handshake::c1(0, s.fresh_seed());
    let c0c1 = [&[handshake::VERSION], &c1[..]].concat();
    let c0c1_part = match state {
        0 => Some(0),
        1 => Some(1),
        2 => Some(1 + PACKET / 2),
        3 => Some(c0c1.len()),
        _ => None,
    };
    if let Some(part) = c0c1_part {
        let mut link = s.open(name).await?;
        if part > 0 {
            link.bytes(name, &c0c1[..part]).await;
        }
        return Ok(link);
    }
    if state == 4 {
        let mut link = s.open(name).await?;
        link.bytes("C0 C1", &c0c1).await;
        link.bytes(name, &c1[..PACKET / 2]).await;
        return Ok(link);
    }
    if state < 8 {
        let mut link = s.shaken(name).await?;
        let wire = connect();
        let part = [0, wire.len() / 2, wire.len()][state - 5];
        if part > 0 {
            link.bytes(name, &wire[..part]).await;
        }
        return Ok(link);
    }
    let mut link = s.connected(name).await?;
    if state > 8 {
        let msid = create_stream(&mut link).await?;
        match state {
            10 => {
                let stream = s.fresh_name();
                let mut live = s.publish_on(link, &stream).await?;
                live.send_headers(0).await;
                let frame = media::key("half", 5000).for_stream(live.msid).chunks(128).concat();
                live.link.bytes(name, &frame[..frame.len() / 2]).await;
                return Ok(live.link);
            }
            11 => link.send(&command::play(msid, &s.fresh_name(), &[])).await,
            _ => {}
        }
    }
    Ok(link)
}

case! {
    /// RST and FIN in every state of a session, in the handshake above all: the session is freed, and the
    /// connections that come next are served.
    EVERY_STATE = "rob/reset/every-state" {
        title: "Connections that end at any moment leave a server that serves",
        rules: [HS_034, ROB_009],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("connection-refused", "a connection after the resets was not served")],
    }
    async fn(s) {
        let mut links = Vec::new();
        for how in ["RST", "FIN"] {
            for state in 0..STATES.len() {
                links.push((how, at(s, state).await?));
            }
        }
        for (how, mut link) in links {
            match how {
                "RST" => link.reset(),
                _ => link.finish().await,
            }
        }
        for n in 1..=10 {
            let seen = match s.fresh_connection().await {
                Seen::Fact { value } if value == "served" => continue,
                seen => seen,
            };
            s.check(
                &format!("connection {n} after the resets"),
                seen,
                expect(want::equal("served")).cause("connection-refused"),
            );
            return Ok(());
        }
        s.check_fact("10 connections after the resets", "served", expect(want::equal("served")));
        Ok(())
    }
}
