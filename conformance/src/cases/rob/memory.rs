//! Memory follows the bytes that arrived, not the ones that were announced.

use super::{leave, memory_is_bounded, memory_is_bounded_by};
use crate::case;
use crate::outcome::{expect, want};
use crate::pen::{Form, Header, control};

/// The first chunk of a video message that never goes on: its header, and one byte.
fn beginning(csid: u32, len: usize) -> Vec<u8> {
    let header = Header { fmt: 0, csid, form: Form::Smallest, time: 0, len, kind: 9, msid: 1 };
    [&header.bytes()[..], &[0x17]].concat()
}

case! {
    /// A thousand chunk streams announce a message of 16 MiB and send one byte of it (the chunk size is 1): 16
    /// GiB for 16 kB. A receiver that buffers what arrived needs kilobytes, one that reserves 64 KiB for each
    /// message needs 64 MiB.
    MESSAGES = "rob/memory/announced-messages" {
        title: "Announced messages of 16 MiB on a thousand chunk streams are not allocated",
        rules: [ROB_003],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("memory-grows", "the target's memory grew beyond what the bytes sent explain")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let before = s.rss_kib();
        link.set_chunk_size(1).await;
        let wire: Vec<u8> = (0..1000).flat_map(|i| beginning(10 + i, 0xFF_FFFF)).collect();
        link.note("1000 messages of 16777215 B begin on 1000 chunk streams, 1 B each");
        link.lie("AnnouncedAndNeverSent", &wire).await;
        let seen = link.barrier().await;
        s.check("the connection after it", seen, expect(want::ANSWERED).or(want::CLOSED));
        // 16 GB are announced. How much of what a runtime reserves becomes resident before it is collected is a
        // matter of timing (0.1 to 0.6 GB were seen); a quarter of it all is a server that believes the headers.
        memory_is_bounded_by(s, before, 4096.0);
        Ok(())
    }
}

case! {
    /// 32 connections announce the largest chunk size there is and a message of 16 MiB, and send one byte of
    /// it. Buffers of the chunk size would be 64 GiB; the bound is 2 GiB.
    CHUNK_SIZE = "rob/memory/announced-chunk-size" {
        title: "A chunk size of 2147483647 is not allocated",
        rules: [ROB_003],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("memory-grows", "the target's memory grew beyond what the bytes sent explain")],
    }
    async fn(s) {
        let mut links = Vec::new();
        for i in 0..32 {
            links.push(s.connected(&format!("client {i}")).await?);
        }
        let before = s.rss_kib();
        for link in &mut links {
            let size = control::set_chunk_size(0x7FFF_FFFF).chunks(128).concat();
            let wire = [size, beginning(4, 0xFF_FFFF)].concat();
            link.note("Set Chunk Size 2147483647, the first byte of a message of 16777215 B");
            link.lie("AnnouncedAndNeverSent", &wire).await;
        }
        // Without FIN first: memory is looked at while the connections are there.
        for link in &mut links {
            let _ = link.wait_for(std::time::Duration::from_millis(5), |_| None::<()>).await;
        }
        // The message buffers, 512 MiB in all, are the matter of rob/memory/announced-messages.
        memory_is_bounded_by(s, before, 2048.0);
        leave(&mut links).await;
        Ok(())
    }
}

case! {
    /// All 65,536 chunk streams of the three-byte form hold a message of 100 bytes of which one arrived. State
    /// for each is allowed, as is a limit that closes: the bound is 8 KiB for each chunk stream.
    CHUNK_STREAMS = "rob/memory/unfinished-messages-everywhere" {
        title: "Unfinished messages on every chunk stream take bounded memory",
        rules: [CHUNK_061],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("memory-grows", "the target's memory grew beyond what the bytes sent explain")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let before = s.rss_kib();
        link.set_chunk_size(1).await;
        let wire: Vec<u8> = (64..65_600).flat_map(|csid| beginning(csid, 100)).collect();
        link.note("65536 messages of 100 B begin on chunk streams 64 to 65599, 1 B each");
        link.lie("AnnouncedAndNeverSent", &wire).await;
        let seen = link.barrier().await;
        s.check("the connection after it", seen, expect(want::ANSWERED).or(want::CLOSED));
        memory_is_bounded(s, before);
        Ok(())
    }
}
