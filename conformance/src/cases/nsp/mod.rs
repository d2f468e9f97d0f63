//! NetStream, the publishing side (RTMP 7.2.2.6).

mod conflict;
mod early;
mod late_joiner;
mod name;
mod relay;
mod single_kind;
mod start;
mod timing;
mod unpublish;
mod variants;

use std::time::Duration;

use serde_json::{Value, json};

use crate::case::Case;
use crate::outcome::{Expect, Seen, Stop};
use crate::pen::media::{aac, key};
use crate::pen::{Amf, Msg, amf, command};
use crate::stage::{Echo, Player, Publisher, Stage, create_stream};
use crate::wire::Link;
use crate::wire::link::{View, command_seen};
use crate::wire::reader::MessageSeen;

/// In catalogue order.
pub const CASES: &[&Case] = &[
    &start::STARTS,
    &start::MESSAGE_STREAM,
    &start::SHAPE,
    &start::TRANSACTION,
    &start::STREAM_BEGIN,
    &variants::TYPE_MISSING,
    &variants::TYPE_UNKNOWN,
    &variants::STREAM_ZERO,
    &variants::PLAY_ON_SAME,
    &conflict::SECOND,
    &conflict::FIRST_STAYS,
    &early::MEDIA,
    &early::ONE_WRITE,
    &name::QUERY,
    &name::EMPTY,
    &name::FALSE,
    &unpublish::DELETE_STREAM,
    &unpublish::CLOSE_STREAM,
    &unpublish::TWENTY_TIMES,
    &late_joiner::HEADERS,
    &late_joiner::METADATA,
    &relay::AUDIO_AND_VIDEO,
    &relay::NEW_HEADER,
    &relay::NO_METADATA,
    &single_kind::AUDIO_ONLY,
    &single_kind::VIDEO_ONLY,
    &timing::CROSSED,
    &timing::BACKWARDS,
    &timing::NEGATIVE_COMPOSITION,
];

/// How often a frame is repeated while a player may still be attaching.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A connection with a message stream on which nothing happens yet.
pub(crate) async fn idle(s: &mut Stage, name: &str) -> Result<(Link, u32), Stop> {
    let mut link = s.connected(name).await?;
    let msid = create_stream(&mut link).await?;
    Ok((link, msid))
}

/// publish with any values after the command object.
pub(crate) fn publish_with(msid: u32, arguments: &[Amf]) -> Msg {
    command::command("publish", 0.0, Amf::Null, arguments).for_stream(msid).on(8)
}

/// Sends what breaks the text, under the lie's name.
pub(crate) async fn lie(link: &mut Link, name: &str, message: &Msg) {
    let wire = message.chunks(link.chunk_size).concat();
    link.lie(name, &wire).await;
}

/// The first onStatus, `_result` or `_error` among the messages from `from` on.
pub(crate) async fn answer(link: &mut Link, from: usize) -> Seen {
    link.wait(|v| answer_in(v, from, |_| true)).await.unwrap_or_else(|seen| seen)
}

/// The first answer whose code fits, or that has none, among the messages from `from` on.
pub(crate) fn answer_in(view: &View<'_>, from: usize, fits: impl Fn(&str) -> bool) -> Option<Seen> {
    view.heard.iter().skip(from).find_map(|h| {
        let seen = command_seen(&h.message)?;
        match &seen {
            Seen::Command { name, code, .. }
                if matches!(name.as_str(), "onStatus" | "_result" | "_error")
                    && code.as_deref().is_none_or(&fits) =>
            {
                Some(seen)
            }
            _ => None,
        }
    })
}

/// The code of an onStatus; empty for anything else.
pub(crate) fn code_of(seen: &Seen) -> &str {
    match seen {
        Seen::Command { code: Some(code), .. } => code,
        _ => "",
    }
}

/// The codes of every onStatus since the mark.
pub(crate) fn codes(link: &Link) -> Vec<String> {
    let heard = link.since_mark();
    heard
        .iter()
        .filter_map(|h| match command_seen(&h.message)? {
            Seen::Command { name, code, .. } if name == "onStatus" => code,
            _ => None,
        })
        .collect()
}

/// A name that a player waits for or finds: repeats a key frame until the player has a video frame. The fact
/// `seen`, `not seen`, or how the player's connection ended.
pub(crate) async fn meet(live: &mut Publisher, view: &mut Player, base: u32, patience: Duration) -> Seen {
    let attempts = (patience.as_millis() / AGAIN_AFTER.as_millis()).max(1) as u32;
    for attempt in 0..attempts {
        live.send(&key(&format!("meet-{attempt}"), 64).at(base + attempt)).await;
        let met = view
            .link
            .wait_for(AGAIN_AFTER, |v| {
                let frame = |m: &MessageSeen| m.kind == 9 && m.body.get(1) == Some(&1);
                v.heard.iter().any(|h| frame(&h.message)).then_some(())
            })
            .await;
        match met {
            Ok(()) => return Seen::fact("seen"),
            Err(closed @ Seen::Closed { .. }) => return closed,
            Err(_) => {}
        }
    }
    Seen::fact("not seen")
}

/// Repeats `sync` until the player sees it, then publishes `frames`; the fact is the list of labels of what
/// arrived of the frames' kinds, kind after kind, each in order (kinds only where the relay repackages payloads).
pub(crate) async fn arrivals(
    s: &Stage,
    live: &mut Publisher,
    view: &mut Player,
    sync: fn(&str, usize) -> Msg,
    frames: &[Msg],
) -> Result<Seen, Stop> {
    let attempts = (s.patience.as_millis() / AGAIN_AFTER.as_millis()).max(1) as u32;
    let mut from = None;
    // A relay may take longer than one attempt: any of them counts, and those behind it are left out.
    let mut syncs: Vec<Msg> = Vec::new();
    let is = |m: &MessageSeen, sent: &Msg| m.kind == sent.kind && m.body == sent.body;
    for attempt in 0..attempts {
        let frame = sync(&format!("sync-{attempt}"), 64).at(attempt);
        live.send(&frame).await;
        syncs.push(frame);
        let seen = view
            .link
            .wait_for(AGAIN_AFTER, |v| {
                v.heard.iter().position(|h| syncs.iter().any(|sync| is(&h.message, sync)))
            })
            .await;
        if let Ok(at) = seen {
            from = Some(at + 1);
            break;
        }
    }
    let Some(from) = from else { return Ok(Seen::fact(json!([]))) };
    for frame in frames {
        live.send(frame).await;
    }
    let _ = view
        .link
        .wait(|v| {
            let arrived = |frame: &Msg| v.heard[from..].iter().any(|h| is(&h.message, frame));
            frames.iter().all(arrived).then_some(())
        })
        .await;
    let verbatim = s.probe.class().payload;
    let mut labels: Vec<(u8, Value)> = view.link.heard()[from..]
        .iter()
        .filter(|h| frames.iter().any(|f| f.kind == h.message.kind) && h.message.body.get(1) != Some(&0))
        .filter(|h| !syncs.iter().any(|sync| is(&h.message, sync)))
        .map(|h| match frames.iter().find(|f| f.body == h.message.body) {
            _ if !verbatim => (h.message.kind, json!(h.message.kind)),
            Some(frame) => (frame.kind, json!(frame.label)),
            None => (h.message.kind, json!("?")),
        })
        .collect();
    labels.sort_by_key(|(kind, _)| *kind);
    Ok(Seen::fact(labels.into_iter().map(|(_, label)| label).collect::<Value>()))
}

/// What [`arrivals`] yields when everything arrives: kind after kind, each in order.
pub(crate) fn all_of(s: &Stage, frames: &[Msg]) -> Value {
    let verbatim = s.probe.class().payload;
    grouped(frames).iter().map(|f| if verbatim { json!(f.label) } else { json!(f.kind) }).collect()
}

/// Kind after kind, each in its order. There is no order between kinds (Errata & Addenda 5.2, TIME-008).
fn grouped(frames: &[Msg]) -> Vec<Msg> {
    let mut frames = frames.to_vec();
    frames.sort_by_key(|frame| frame.kind);
    frames
}

/// What the player got of `frames`, which were just sent, up to a marker at `ts`, and what is expected; both
/// kind after kind, because there is no order between kinds (Errata & Addenda 5.2, TIME-008).
pub(crate) async fn collect_by_kind(echo: &mut Echo, frames: &[Msg], ts: u32) -> (Seen, Expect) {
    // The marker is video; audio may come later than it.
    if let Some(last) = frames.iter().rev().find(|frame| frame.kind == 8) {
        let arrived = |m: &MessageSeen| m.kind == 8 && m.body == last.body;
        let _ = echo.view.link.wait(|v| v.heard.iter().any(|h| arrived(&h.message)).then_some(())).await;
    }
    let mut seen = echo.collect(frames, ts).await;
    if let Seen::Media { items, .. } = &mut seen {
        items.sort_by_key(|item| item.kind);
    }
    (seen, echo.expects(&grouped(frames)))
}

/// Publishes key frames and audio from `base` on until the player has audio of it: the fact `arrived`, `nothing
/// arrived`, or how the player's connection ended.
pub(crate) async fn audio_arrives(echo: &mut Echo, base: u32) -> Seen {
    let attempts = (echo.view.link.patience.as_millis() / AGAIN_AFTER.as_millis()).max(1) as u32;
    let mut sent: Vec<Vec<u8>> = Vec::new();
    for attempt in 0..attempts {
        let ts = base + attempt * 40;
        let audio = aac(&format!("resumed-{attempt}"), 80).at(ts);
        echo.live.send(&key(&format!("resumed-{attempt}"), 80).at(ts)).await;
        echo.live.send(&audio).await;
        sent.push(audio.body);
        let arrived = |m: &MessageSeen| m.kind == 8 && sent.contains(&m.body);
        let wait = |v: &View<'_>| v.heard.iter().any(|h| arrived(&h.message)).then_some(());
        match echo.view.link.wait_for(AGAIN_AFTER, wait).await {
            Ok(()) => return Seen::fact("arrived"),
            Err(closed @ Seen::Closed { .. }) => return closed,
            Err(_) => {}
        }
    }
    Seen::fact("nothing arrived")
}

/// A string value, shorter to write.
fn text(value: &str) -> Amf {
    amf::text(value)
}
