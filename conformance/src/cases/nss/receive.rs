//! receiveAudio and receiveVideo (RTMP 7.2.2.4, 7.2.2.5).

use super::QUIET;
use crate::case;
use crate::cases::nsp::{audio_arrives, code_of, codes};
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::media::{aac, inter, key};
use crate::pen::{Amf, Msg, command};
use crate::stage::{Echo, EchoOptions};
use crate::wire::link::command_seen;
use crate::wire::{Heard, Link};

/// How often media is published after a switch to off. The first may still come, where commands take effect
/// behind the barrier's answer; the last must not.
const ROUNDS: u32 = 3;

case! {
    /// RTMP 7.2.2.4: with the flag false "the server does not send any response"; audio stops.
    AUDIO_OFF = "nss/receive/audio-off" {
        title: "receiveAudio(false) is not answered and stops audio, video goes on",
        rules: [NSS_029],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("replied", "receiveAudio(false) was answered"),
            ("audio-goes-on", "audio came after receiveAudio(false)"),
        ],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let answered = switch(&mut echo, "receiveAudio", false).await?;
        s.check_fact("answer to receiveAudio(false)", answered, expect(want::equal(false)).cause("replied"));
        for round in 0..ROUNDS {
            let (audio, video) = frames(round);
            let all = interleave(&audio, &video);
            for frame in &all {
                echo.live.send(frame).await;
            }
            let mut seen = echo.collect(&all, 180 + round * 200).await;
            let mut audio_came = false;
            if let Seen::Media { items, .. } = &mut seen {
                audio_came = items.iter().any(|i| i.kind == 8 && i.label != "?");
                items.retain(|i| i.kind == 9);
            }
            if audio_came && round + 1 < ROUNDS {
                continue;
            }
            s.check_fact("audio came", audio_came, expect(want::equal(false)).cause("audio-goes-on"));
            let expected = echo.expects(&video);
            s.check("video after receiveAudio(false)", seen, expected);
            break;
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.5, the same for video.
    VIDEO_OFF = "nss/receive/video-off" {
        title: "receiveVideo(false) is not answered and stops video, audio goes on",
        rules: [NSS_029],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("replied", "receiveVideo(false) was answered"),
            ("video-goes-on", "video came after receiveVideo(false)"),
            ("audio-lost", "audio stopped as well"),
        ],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let answered = switch(&mut echo, "receiveVideo", false).await?;
        s.check_fact("answer to receiveVideo(false)", answered, expect(want::equal(false)).cause("replied"));
        for round in 0..ROUNDS {
            let from = echo.view.link.mark();
            let (audio, video) = frames(round);
            for frame in &interleave(&audio, &video) {
                echo.live.send(frame).await;
            }
            let is_last = |h: &Heard| h.message.kind == 8 && h.message.body == audio[1].body;
            let came = echo.view.link.wait(|v| v.heard[from..].iter().any(is_last).then_some(())).await;
            if let Err(closed @ Seen::Closed { .. }) = came {
                s.check("the player's connection", closed, expect(want::ANSWERED));
                return Ok(());
            }
            // Video that overtakes nothing may still be under way: a moment of silence.
            let is_video = |h: &Heard| video.iter().any(|frame| frame.body == h.message.body);
            let late = echo.view.link.quiet(QUIET, |v| v.heard[from..].iter().any(is_video).then_some(())).await;
            if late.is_some() && came.is_ok() && round + 1 < ROUNDS {
                continue;
            }
            s.check_fact("video frames came", late.is_some(), expect(want::equal(false)).cause("video-goes-on"));
            s.check_fact("audio came", came.is_ok(), expect(want::equal(true)).cause("audio-lost"));
            break;
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.4: with the flag true the media follows again.
    AUDIO_RESUMES = "nss/receive/audio-resumes" {
        title: "receiveAudio(true) brings audio back",
        rules: [NSS_030],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        switch(&mut echo, "receiveAudio", false).await?;
        switch(&mut echo, "receiveAudio", true).await?;
        let seen = audio_arrives(&mut echo, 100).await;
        s.check("audio after receiveAudio(true)", seen, expect(want::equal("arrived")).cause("frame-lost"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.4: with the flag true "the server responds with status messages NetStream.Seek.Notify and
    /// NetStream.Play.Start". Rare in the field (errata E-36).
    CONFIRMED = "nss/receive/on-is-confirmed" {
        title: "receiveAudio(true) is answered with NetStream.Seek.Notify and NetStream.Play.Start",
        rules: [NSS_030],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("not-confirmed", "one of the two status messages is missing")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        switch(&mut echo, "receiveAudio", false).await?;
        switch(&mut echo, "receiveAudio", true).await?;
        let told = |link: &Link| {
            let told = codes(link);
            ["NetStream.Seek.Notify", "NetStream.Play.Start"]
                .map(|code| if told.iter().any(|t| t == code) { code } else { "-" })
                .join(" ")
        };
        if told(&echo.view.link).contains('-') {
            let from = echo.view.link.since_mark().len();
            let later = |code: &str| code == "NetStream.Play.Start" || code == "NetStream.Seek.Notify";
            let start = echo.view.link.heard().len() - from;
            // Both may follow the barrier's answer where commands are handled apart from pings.
            let _ = echo
                .view
                .link
                .wait(|v| {
                    let all = v.heard[start..].iter().filter_map(|h| command_seen(&h.message));
                    (all.filter(|seen| later(code_of(seen))).count() >= 2).then_some(())
                })
                .await;
        }
        let both = told(&echo.view.link);
        s.check_fact(
            "status messages after receiveAudio(true)",
            both,
            expect(want::equal("NetStream.Seek.Notify NetStream.Play.Start")).cause("not-confirmed"),
        );
        Ok(())
    }
}

/// Sends the switch and a barrier; whether anything answered in between. Replies are looked for since then.
async fn switch(echo: &mut Echo, name: &str, on: bool) -> Result<bool, Stop> {
    let msid = echo.view.msid;
    let link = &mut echo.view.link;
    let from = link.mark();
    let arguments = [Amf::Boolean(u8::from(on))];
    let message = command::command(name, 0.0, Amf::Null, &arguments).for_stream(msid).on(8);
    link.send(&message).await;
    let barrier = link.barrier().await;
    if !matches!(barrier, Seen::Answered { .. }) {
        return Err(Stop::blocked(name, barrier.describe()));
    }
    let commands = link.heard()[from..]
        .iter()
        .filter(|h| {
            matches!(command_seen(&h.message), Some(Seen::Command { name, txn, .. })
                if name == "onStatus" || (txn == 0.0 && (name == "_result" || name == "_error")))
        })
        .count();
    Ok(commands > 0)
}

/// Two audio and two video messages of one round.
fn frames(round: u32) -> ([Msg; 2], [Msg; 2]) {
    let ts = 100 + round * 200;
    let label = |kind: &str| format!("{kind}-{round}");
    (
        [aac(&label("audio-1"), 80).at(ts), aac(&label("audio-2"), 80).at(ts + 40)],
        [key(&label("key"), 90).at(ts), inter(&label("inter"), 90).at(ts + 40)],
    )
}

fn interleave(audio: &[Msg], video: &[Msg]) -> Vec<Msg> {
    audio.iter().zip(video).flat_map(|(a, v)| [a.clone(), v.clone()]).collect()
}
