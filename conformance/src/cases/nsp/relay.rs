//! What is published reaches players (RTMP 7.2.2.6).

use super::{all_of, arrivals, collect_by_kind};
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::media::{aac, aac_header, avc_header, inter, key};
use crate::stage::EchoOptions;

case! {
    /// RTMP 7.2.2.6: audio and video messages published reach any player of that name.
    AUDIO_AND_VIDEO = "nsp/relay/audio-and-video" {
        title: "Published audio and video reach a player, each kind in order",
        rules: [NSP_017, NSS_016, MSG_004],
        level: Must, profile: Relay, company: Shared,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            key("key", 100).at(100),
            aac("audio-1", 80).at(100),
            inter("inter-1", 90).at(140),
            aac("audio-2", 80).at(140),
            inter("inter-2", 110).at(180),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let (seen, expected) = collect_by_kind(&mut echo, &frames, 220).await;
        s.check("what arrives of three video and two audio messages", seen, expected);
        Ok(())
    }
}

case! {
    /// A change of resolution: the new sequence header takes its place between the frames.
    NEW_HEADER = "nsp/relay/new-sequence-header" {
        title: "A new sequence header in mid-stream is relayed in its place",
        rules: [NSP_031],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let mut header = avc_header().at(140);
        header.label = "new-avc-header".into();
        // Another level in the record's head and in the parameter set.
        header.body[8] = 0x14;
        header.body[16] = 0x14;
        let frames =
            [key("old-key", 90).at(100), header, key("new-key", 100).at(140), inter("new-inter", 80).at(180)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let mut seen = echo.collect(&frames, 220).await;
        if let Seen::Media { items, .. } = &mut seen {
            // A relay may repeat the header in force; its first coming is looked at.
            let mut came = false;
            items.retain(|item| item.label != "new-avc-header" || !std::mem::replace(&mut came, true));
        }
        let expect = echo.expects(&frames);
        s.check("a new AVC sequence header between two key frames", seen, expect);
        Ok(())
    }
}

case! {
    /// Hardware encoders send no onMetaData at all; video may come before audio.
    NO_METADATA = "nsp/relay/no-metadata" {
        title: "A stream without metadata, its video first, is relayed",
        rules: [NSP_033],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("lost", "not every frame arrived once and in order")],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send(&avc_header()).await;
        live.send(&key("first", 64)).await;
        live.send(&aac_header()).await;
        let mut view = s.player(&live.name.clone()).await?;
        let frames = [
            key("key", 90).at(1000),
            aac("audio-1", 70).at(1010),
            inter("inter-1", 80).at(1040),
            inter("inter-2", 80).at(1080),
        ];
        let seen = arrivals(s, &mut live, &mut view, key, &frames).await?;
        let expected = expect(want::equal(all_of(s, &frames))).cause("lost");
        s.check("frames at the player", seen, expected);
        Ok(())
    }
}
