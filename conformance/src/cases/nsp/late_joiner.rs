//! What a player gets that comes after the stream began.

use super::meet;
use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::media::{aac, aac_header, avc_header, inter, key, metadata};
use crate::stage::{Player, Publisher, Stage};
use crate::wire::Heard;

case! {
    /// Without its sequence header nothing can be decoded, and an encoder sends it once.
    HEADERS = "nsp/late-joiner/sequence-headers" {
        title: "A late player gets each sequence header before the first frame of its kind",
        rules: [NSP_028],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("no-video-header", "a video frame came without the AVC sequence header before it"),
            ("no-audio-header", "an audio frame came without the AAC sequence header before it"),
        ],
    }
    async fn(s) {
        let (mut live, mut view) = late(s).await?;
        let met = meet(&mut live, &mut view, 400, s.patience).await;
        s.check("video at the late player", met, expect(want::equal("seen")).cause("no-video-header"));
        let mut audio = Ok(());
        for n in 0..4_u32 {
            live.send(&aac(&format!("late-{n}"), 64).at(700 + n * 20)).await;
        }
        let is_audio_frame = |h: &Heard| h.message.kind == 8 && h.message.body.get(1) == Some(&1);
        let came = view.link.wait(|v| v.heard.iter().any(is_audio_frame).then_some(())).await;
        if let Err(seen) = came {
            audio = Err(Stop::blocked("audio at the late player", seen.describe()));
        }
        let heard = view.link.heard();
        let header = |body: &[u8]| heard.iter().position(|h| h.message.body == body);
        let frame = |kind: u8| {
            heard.iter().position(|h| h.message.kind == kind && h.message.body.get(1) == Some(&1))
        };
        let before = |body: &[u8], kind: u8| header(body).is_some_and(|at| frame(kind).is_none_or(|f| at < f));
        s.check_fact(
            "AVC sequence header before the first video frame",
            before(&avc_header().body, 9),
            expect(want::equal(true)).cause("no-video-header"),
        );
        audio?;
        s.check_fact(
            "AAC sequence header before the first audio frame",
            before(&aac_header().body, 8),
            expect(want::equal(true)).cause("no-audio-header"),
        );
        Ok(())
    }
}

case! {
    /// onMetaData is sent once as well. Its values may be rebuilt by the target (DATA-014), its arrival counts.
    METADATA = "nsp/late-joiner/metadata" {
        title: "A late player gets onMetaData",
        rules: [NSP_029],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("no-metadata", "no onMetaData by the time video is seen and after it")],
    }
    async fn(s) {
        let (mut live, mut view) = late(s).await?;
        let met = meet(&mut live, &mut view, 400, s.patience).await;
        s.check("video at the late player", met, expect(want::equal("seen")).cause("no-metadata"));
        let is_metadata =
            |h: &Heard| h.message.kind == 18 && h.message.body.windows(10).any(|w| w == b"onMetaData");
        let came = view.link.wait(|v| v.heard.iter().any(is_metadata).then_some(())).await;
        s.check_fact("onMetaData arrived", came.is_ok(), expect(want::equal(true)).cause("no-metadata"));
        Ok(())
    }
}

/// A publisher that is some frames ahead, and a player that joins then.
async fn late(s: &mut Stage) -> Result<(Publisher, Player), Stop> {
    let mut live = s.publisher().await?;
    for message in [
        metadata(),
        avc_header(),
        aac_header(),
        key("early-key", 90),
        aac("early-audio", 60),
        inter("early-inter-1", 80).at(40),
        inter("early-inter-2", 80).at(80),
    ] {
        live.send(&message).await;
    }
    let _ = live.link.barrier().await;
    let view = s.player(&live.name.clone()).await?;
    Ok((live, view))
}
