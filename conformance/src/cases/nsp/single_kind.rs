//! Streams with one kind of media only (NSP-032).

use super::{all_of, arrivals};
use crate::case;
use crate::outcome::{Expect, Stop, expect, want};
use crate::pen::Msg;
use crate::pen::media::{aac, aac_header, avc_header, inter, key, metadata};
use crate::stage::Stage;

case! {
    /// A radio station.
    AUDIO_ONLY = "nsp/relay/audio-only" {
        title: "A stream without video is relayed",
        rules: [NSP_032],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("lost", "not every audio frame arrived once and in order")],
    }
    async fn(s) {
        let frames = [1, 2, 3].map(|n| aac(&format!("audio-{n}"), 70).at(1000 + n * 20));
        publish_only(s, aac_header(), aac, &frames).await
    }
}

case! {
    /// A surveillance camera.
    VIDEO_ONLY = "nsp/relay/video-only" {
        title: "A stream without audio is relayed",
        rules: [NSP_032],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("lost", "not every video frame arrived once and in order")],
    }
    async fn(s) {
        let frames = [key("key", 90).at(1000), inter("inter-1", 70).at(1040), inter("inter-2", 80).at(1080)];
        publish_only(s, avc_header(), key, &frames).await
    }
}

async fn publish_only(
    s: &mut Stage,
    header: Msg,
    sync: fn(&str, usize) -> Msg,
    frames: &[Msg],
) -> Result<(), Stop> {
    let mut live = s.publisher().await?;
    live.send(&metadata()).await;
    live.send(&header).await;
    live.send(&sync("first", 64)).await;
    let mut view = s.player(&live.name.clone()).await?;
    let seen = arrivals(s, &mut live, &mut view, sync, frames).await?;
    let expected: Expect = expect(want::equal(all_of(s, frames))).cause("lost");
    s.check("frames at the player", seen, expected);
    Ok(())
}
