//! How play is answered (RTMP 7.2.2.1).

use crate::case;
use crate::cases::nsp::meet;
use crate::outcome::{Seen, Stop, Want, expect, want};
use crate::pen::media::{aac, inter, key};
use crate::pen::{Amf, command};
use crate::stage::{Player, Publisher, Stage, create_stream, stream_id};
use crate::wire::Link;

case! {
    /// RTMP 7.2.2.1: "If the play command is successful, the server sends onStatus NetStream.Play.Start". The
    /// command comes on chunk stream 21, which means nothing.
    STARTS = "nss/play/starts" {
        title: "play of a live stream is answered with onStatus NetStream.Play.Start",
        rules: [NSS_012, STAT_014],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/publish/starts"],
        causes: [("not-started", "play of a live stream was not answered with NetStream.Play.Start")],
    }
    async fn(s) {
        let (_live, mut link, msid, name) = before_play(s, false).await?;
        link.mark();
        link.send(&command::play(msid, &name, &[]).on(21)).await;
        let seen = link.status_where(decides).await;
        let status = Want::Status { code: "NetStream.Play.Start".into(), level: Some("status".into()) };
        s.check(
            "play of a live stream",
            seen,
            expect(status)
                .or_lenient(want::status("NetStream.Play.Start"), "another level, STAT-014 is de-facto")
                .cause("not-started"),
        );
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2: NetStream updates travel on the stream that they are about. Where the target hands out
    /// several streams, the second is used.
    MESSAGE_STREAM = "nss/play/on-its-message-stream" {
        title: "The status of play comes on the playing message stream",
        rules: [NSS_047],
        level: Must, profile: Relay, company: Shared,
        after: ["nss/play/starts"],
        causes: [("wrong-message-stream", "onStatus carries another message stream id than play did")],
    }
    async fn(s) {
        let (mut live, mut link, msid, name) = before_play(s, true).await?;
        link.mark();
        link.send(&command::play(msid, &name, &[])).await;
        let status = link.status_where(|code| code == "NetStream.Play.Start").await;
        let Seen::Command { msid: carried, .. } = status else {
            return Err(Stop::blocked("play", status.describe()));
        };
        s.check_fact("message stream id of onStatus", carried, expect(want::equal(msid)).cause("wrong-message-stream"));
        let mut view = Player { link, msid };
        let met = meet(&mut live, &mut view, 40, s.patience).await;
        if met != Seen::fact("seen") {
            return Err(Stop::blocked("media at the player", met.describe()));
        }
        let elsewhere = crate::stage::media(&view.link.heard()).any(|h| h.message.msid != msid);
        let note = "the rule names commands and status only, errata E-39";
        s.check_fact("media on another message stream", elsewhere, expect(want::equal(false)).or_lenient(want::equal(true), note));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.1 step 2; errata E-26b: presence and order are a SHOULD. Judged is StreamBegin before media.
    STREAM_BEGIN = "nss/play/stream-begin" {
        title: "StreamBegin of the playing stream precedes the first media",
        rules: [NSS_010],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("no-stream-begin", "no StreamBegin with the stream's id before the first audio or video")],
    }
    async fn(s) {
        let (mut live, mut view) = live_and_view(s).await?;
        let met = meet(&mut live, &mut view, 40, s.patience).await;
        if met != Seen::fact("seen") {
            return Err(Stop::blocked("media at the player", met.describe()));
        }
        let mut begin = vec![0, 0];
        begin.extend(view.msid.to_be_bytes());
        let heard = view.link.heard();
        let media = heard.iter().position(|h| matches!(h.message.kind, 8 | 9)).unwrap_or(heard.len());
        let before = heard[..media].iter().any(|h| h.message.kind == 4 && h.message.body == begin);
        s.check_fact("StreamBegin before media", before, expect(want::equal(true)).cause("no-stream-begin"));
        Ok(())
    }
}

case! {
    /// A decoder starts at a sequence header and a key frame; a player that joins inside a group of pictures
    /// gets nothing else first.
    FIRST_VIDEO = "nss/play/first-video" {
        title: "The first video of a late player is a sequence header, then a key frame",
        rules: [NSS_017],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("no-header", "the first video message is no sequence header"),
            ("no-key-frame", "the first video frame is no key frame"),
        ],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send_headers(0).await;
        live.send(&key("group", 90)).await;
        for n in 1..=3_u32 {
            live.send(&inter(&format!("group-{n}"), 80).at(n * 40)).await;
        }
        let _ = live.link.barrier().await;
        let mut view = s.player(&live.name.clone()).await?;
        for n in 4..=7_u32 {
            live.send(&inter(&format!("group-{n}"), 80).at(n * 40)).await;
        }
        let met = meet(&mut live, &mut view, 400, s.patience).await;
        if met != Seen::fact("seen") {
            return Err(Stop::blocked("video at the player", met.describe()));
        }
        let heard = view.link.heard();
        let mut video = heard.iter().filter(|h| h.message.kind == 9).map(|h| &h.message.body);
        let header = video.clone().next().is_some_and(|body| body.get(1) == Some(&0));
        let first = video.find(|body| body.get(1) == Some(&1));
        let key_frame = first.is_some_and(|body| body[0] >> 4 == 1);
        s.check_fact("a sequence header first", header, expect(want::equal(true)).cause("no-header"));
        s.check_fact("then a key frame", key_frame, expect(want::equal(true)).cause("no-key-frame"));
        Ok(())
    }
}

/// Whether a status says what becomes of a play: not Reset, PublishNotify or UnpublishNotify, which may come
/// beside it.
pub(super) fn decides(code: &str) -> bool {
    code.starts_with("NetStream.Play.") && !code.ends_with(".Reset") && !code.ends_with("Notify")
}

/// A publisher with headers and a key frame, and a connection with a message stream to play it on.
pub(super) async fn before_play(s: &mut Stage, second: bool) -> Result<(Publisher, Link, u32, String), Stop> {
    let mut live = s.publisher().await?;
    live.send_headers(0).await;
    live.send(&key("first", 64)).await;
    live.send(&aac("first-audio", 64)).await;
    let mut link = s.player_connection("player").await?;
    let mut msid = create_stream(&mut link).await?;
    if second {
        let again = link.call("createStream", Amf::Null, &[]).await;
        msid = stream_id(&again).unwrap_or(msid);
    }
    let name = live.name.clone();
    Ok((live, link, msid, name))
}

/// A publisher with headers and a key frame, and a player whose play has started.
pub(super) async fn live_and_view(s: &mut Stage) -> Result<(Publisher, Player), Stop> {
    let mut live = s.publisher().await?;
    live.send_headers(0).await;
    live.send(&key("first", 64)).await;
    let view = s.player(&live.name.clone()).await?;
    Ok((live, view))
}
