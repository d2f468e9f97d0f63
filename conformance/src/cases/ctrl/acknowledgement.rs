//! Acknowledgement and Window Acknowledgement Size (RTMP 5.4.3, 5.4.4).

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::control;
use crate::pen::handshake::PACKET;
use crate::pen::media::aac;
use crate::stage::{Publisher, Stage};
use crate::wire::{Heard, Link};

/// Window that the suite announces, in bytes.
const WINDOW: u64 = 20_000;
/// Bytes of one media message; each is one chunk.
const MESSAGE: usize = 1000;
/// C0, C1 and C2, which some count and some do not (errata E-16).
const HANDSHAKE: u64 = 1 + 2 * PACKET as u64;
/// A message with its longest header.
const CHUNK: u64 = MESSAGE as u64 + 18;

/// A publisher whose chunk size holds every message that it sends here.
async fn publisher(s: &mut Stage) -> Result<Publisher, Stop> {
    let mut live = s.publisher().await?;
    live.link.set_chunk_size(4096).await;
    live.send_headers(0).await;
    Ok(live)
}

/// Sends `count` audio messages of 1000 bytes as single writes.
async fn burst(live: &mut Publisher, from: u32, count: u32) {
    for n in from..from + count {
        live.send(&aac(&format!("audio-{n}"), MESSAGE).at(n * 23)).await;
    }
}

fn value(heard: &Heard) -> Option<u32> {
    (heard.message.kind == 3)
        .then(|| heard.message.body.first_chunk::<4>().map(|b| u32::from_be_bytes(*b)))
        .flatten()
}

fn acknowledgements(link: &Link) -> Vec<Heard> {
    link.heard().into_iter().filter(|h| h.message.kind == 3).collect()
}

/// Waits for an Acknowledgement of at least `least`; the fact `true`, or how the wait ended.
async fn acknowledged(link: &mut Link, least: u64) -> Seen {
    let seen =
        link.wait(|v| v.heard.iter().filter_map(value).any(|v| u64::from(v) >= least).then_some(())).await;
    seen.map_or_else(|seen| seen, |()| Seen::fact(true))
}

/// What of `sent` bytes has to be acknowledged, if the handshake does not count.
fn due(sent: u64) -> u64 {
    sent.saturating_sub(HANDSHAKE + WINDOW + CHUNK)
}

case! {
    /// RTMP 5.4.3, 5.4.4: an Acknowledgement follows whenever the window's bytes were received since the last
    /// one. Encoders that keep to the window stop without it. Judged is that what was sent is covered up to
    /// one window and one chunk, with or without the handshake's bytes (errata E-16, E-18); not how many.
    EVERY_WINDOW = "ctrl/acknowledgement/every-window" {
        title: "What was received is acknowledged up to one window",
        rules: [CTRL_023],
        level: Must, profile: Publish, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut live = publisher(s).await?;
        live.link.send(&control::window_ack_size(WINDOW as u32)).await;
        for n in 0..8 {
            burst(&mut live, n * 25, 25).await;
            let least = due(live.link.bytes_out());
            let seen = acknowledged(&mut live.link, least).await;
            let label = format!("an Acknowledgement of at least {least} after burst {}", n + 1);
            if !s.check(&label, seen, expect(want::equal(true))) {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 5.4.3: the sequence number is the number of bytes received so far, four bytes: it never goes back
    /// and is never beyond what was sent, the handshake included (errata E-16).
    CUMULATIVE = "ctrl/acknowledgement/cumulative" {
        title: "Acknowledgements never go back and never exceed what was sent",
        rules: [CTRL_022, CTRL_024],
        level: Must, profile: Publish, company: Shared,
        after: ["ctrl/acknowledgement/every-window"],
        causes: [
            ("acknowledgement-layout", "an Acknowledgement has not four bytes"),
            ("acknowledges-too-much", "an Acknowledgement is greater than what was sent"),
            ("acknowledgement-goes-back", "an Acknowledgement is less than the one before"),
        ],
    }
    async fn(s) {
        let mut live = publisher(s).await?;
        live.link.send(&control::window_ack_size(WINDOW as u32)).await;
        let mut looked_at = 0;
        let mut last = 0_u32;
        for n in 0..4 {
            burst(&mut live, n * 25, 25).await;
            let least = due(live.link.bytes_out());
            let seen = acknowledged(&mut live.link, least).await;
            if matches!(seen, Seen::Closed { .. } | Seen::Silent { .. }) {
                return Err(Stop::blocked("an Acknowledgement in every window", seen.describe()));
            }
            let heard = acknowledgements(&live.link);
            let sent = live.link.bytes_out();
            let news = &heard[looked_at..];
            looked_at = heard.len();
            let odd: Vec<usize> = news.iter().map(|h| h.message.body.len()).filter(|len| *len != 4).collect();
            s.check_fact(
                "lengths other than four",
                odd,
                expect(want::equal(Vec::<usize>::new())).cause("acknowledgement-layout"),
            );
            for value in news.iter().filter_map(value) {
                s.check_fact(
                    &format!("burst {}: an acknowledged count", n + 1),
                    value,
                    expect(want::within(0.0, sent as f64)).cause("acknowledges-too-much"),
                );
                s.check_fact(
                    &format!("burst {}: {last}, then {value}: the step", n + 1),
                    i64::from(value) - i64::from(last),
                    expect(want::within(0.0, sent as f64)).cause("acknowledgement-goes-back"),
                );
                last = value;
            }
        }
        Ok(())
    }
}

case! {
    /// A window of 0 divides badly. The field takes it for "no acknowledgements", or for 1.
    WINDOW_ZERO = "ctrl/acknowledgement/window-zero" {
        title: "A window of 0 neither ends the session nor makes a storm of Acknowledgements",
        rules: [CTRL_032],
        level: DeFacto, profile: Publish, company: Negative,
        after: [],
        causes: [("acknowledgement-storm", "more than one Acknowledgement for 64 bytes")],
    }
    async fn(s) { flood(s, 0, 100).await }
}

case! {
    /// One Acknowledgement for each read is accepted; one for each byte is sixteen times the media.
    WINDOW_ONE = "ctrl/acknowledgement/window-one" {
        title: "A window of 1 does not make a storm of Acknowledgements",
        rules: [CTRL_033],
        level: DeFacto, profile: Publish, company: Negative,
        after: [],
        causes: [("acknowledgement-storm", "more than one Acknowledgement for 64 bytes")],
    }
    async fn(s) { flood(s, 1, 1000).await }
}

/// `count` messages after the window was announced: the session goes on, the Acknowledgements stay few.
async fn flood(s: &mut Stage, window: u32, count: u32) -> crate::case::Step {
    let mut live = publisher(s).await?;
    live.link.send(&control::window_ack_size(window)).await;
    let before = live.link.bytes_out();
    burst(&mut live, 0, count).await;
    let seen = live.link.barrier().await;
    if s.check(&format!("a call after {count} media messages"), seen, expect(want::ANSWERED)) {
        let sent = live.link.bytes_out() - before;
        s.check_fact(
            &format!("Acknowledgements for {sent} bytes"),
            acknowledgements(&live.link).len(),
            expect(want::within(0.0, sent as f64 / 64.0)).cause("acknowledgement-storm"),
        );
    }
    Ok(())
}

case! {
    /// RTMP 5.4.3: the count has 32 bits; a session of more than 4 GiB comes back to 0, or to somewhere near
    /// (errata E-17).
    COUNT_WRAPS = "ctrl/acknowledgement/count-wraps" {
        title: "Acknowledgements of the peer may wrap or start again",
        rules: [CTRL_027],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        for count in [0xF000_0000, 0xFFFF_FFFF, 0, 4096] {
            link.lie("AcknowledgesUnsentBytes", &control::acknowledgement(count).chunks(128).concat()).await;
        }
        let seen = link.barrier().await;
        s.check("a call after counts up to 4294967295, then 0", seen, expect(want::ANSWERED));
        Ok(())
    }
}
