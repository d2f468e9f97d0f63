//! AMF0 that costs more than its bytes.

use super::{leave, memory_is_bounded};
use crate::case;
use crate::outcome::{expect, want};
use crate::pen::{Amf, command};

/// How deep values are nested.
const DEPTH: usize = 100_000;

case! {
    /// A reader that calls itself for each level runs out of stack at 100,000 of them, and the stack's end is
    /// the process's end. A reader with a bound refuses; skipping the command does as well.
    NESTING = "rob/amf/deep-nesting" {
        title: "A hundred thousand nested values do not end the process",
        rules: [AMF0_036],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let arrays = [0x0A, 0, 0, 0, 1].repeat(DEPTH);
        let objects = [0x03, 0, 1, b'x'].repeat(DEPTH);
        for (label, lie, bytes) in [("arrays", "NestedArrays", &arrays), ("objects", "NestedObjects", &objects)] {
            let mut link = s.connected(&format!("client of nested {label}")).await?;
            link.set_chunk_size(65_536).await;
            let nested = command::command("rsNested", 0.0, Amf::Null, &[Amf::Raw(bytes.clone())]);
            link.lie(lie, &nested.chunks(link.chunk_size).concat()).await;
            let seen = link.barrier().await;
            s.check(
                &format!("the connection after {DEPTH} nested {label}"),
                seen,
                expect(want::ANSWERED).or(want::CLOSED),
            );
        }
        // connect has to be read, whatever a server does with commands that it does not know.
        let mut link = s.shaken("client whose connect nests").await?;
        let mut members = command::connect_members(&s.place.app, &s.place.tc_url);
        members.push(("nested".into(), Amf::Raw(arrays)));
        let connect = command::command("connect", 1.0, Amf::Object(members), &[]);
        link.set_chunk_size(65_536).await;
        link.lie("NestedArraysInConnect", &connect.chunks(link.chunk_size).concat()).await;
        leave(std::slice::from_mut(&mut link)).await;
        Ok(())
    }
}

case! {
    /// Counts and lengths that claim four thousand million elements with one or none behind them. Memory
    /// must not follow the claim.
    COUNTS = "rob/amf/claimed-counts" {
        title: "A claimed count of 4294967295 elements is not allocated",
        rules: [AMF0_037],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("memory-grows", "the target's memory grew beyond what the bytes sent explain")],
    }
    async fn(s) {
        let before = s.rss_kib();
        for (lie, head) in [("StrictArrayCount", 0x0A), ("EcmaArrayCount", 0x08), ("LongStringLength", 0x0C)] {
            let mut link = s.connected(&format!("client of {lie}")).await?;
            // The head, and of an array one element: `null`, or the member "a": null.
            let tail: &[u8] = match head {
                0x0A => &[5],
                0x08 => &[0, 1, b'a', 5, 0, 0, 9],
                _ => b"abc",
            };
            let bytes = [&[head, 0xFF, 0xFF, 0xFF, 0xFF], tail].concat();
            let claim = command::command("rsClaim", 0.0, Amf::Null, &[Amf::Raw(bytes)]);
            link.lie(lie, &claim.chunks(link.chunk_size).concat()).await;
            let seen = link.barrier().await;
            s.check(&format!("the connection after {lie}"), seen, expect(want::ANSWERED).or(want::CLOSED));
        }
        memory_is_bounded(s, before);
        Ok(())
    }
}
