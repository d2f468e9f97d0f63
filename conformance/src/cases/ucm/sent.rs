//! User control messages as the target sends them (RTMP 6.2, 7.1.7).

use crate::case;
use crate::outcome::{Stop, Want, expect, want};
use crate::pen::command::delete_stream;
use crate::pen::media::{aac, inter};
use crate::stage::{Echo, EchoOptions, Stage, media};
use crate::wire::Heard;

/// A short publication with its player.
async fn session(s: &mut Stage) -> Result<Echo, Stop> {
    let mut echo = s.echo(EchoOptions::default()).await?;
    let frames = [aac("audio", 90).at(40), inter("video", 90).at(40)];
    for frame in &frames {
        echo.live.send(frame).await;
    }
    echo.collect(&frames, 80).await;
    Ok(echo)
}

/// Every user control message that publisher and player got, with the message stream id of its connection.
async fn sent(s: &mut Stage, fits: impl Fn(&[u8]) -> bool, what: &str) -> Result<Vec<(u32, Heard)>, Stop> {
    let echo = session(s).await?;
    let player = echo.view.link.heard().into_iter().map(|h| (echo.view.msid, h));
    let publisher = echo.live.link.heard().into_iter().map(|h| (echo.live.msid, h));
    let all: Vec<_> =
        player.chain(publisher).filter(|(_, h)| h.message.kind == 4 && fits(&h.message.body)).collect();
    if all.is_empty() {
        return Err(Stop::Unsupported { proof: format!("a publisher and its player got no {what}") });
    }
    Ok(all)
}

fn none() -> Want {
    want::equal(Vec::<String>::new())
}

fn hex(body: &[u8]) -> String {
    body.iter().map(|b| format!("{b:02x}")).collect()
}

case! {
    /// RTMP 6.2: two bytes of event type in network byte order, then the event's data. The events 1 to 7
    /// written the other way round are 0x0100 to 0x0700, which nobody has assigned.
    EVENT_TYPE = "ucm/sent/event-type" {
        title: "User control messages begin with a big-endian event type",
        rules: [UCM_001],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("event-layout", "a user control message has no event type, or one with its bytes swapped")],
    }
    async fn(s) {
        let heard = sent(s, |_| true, "user control message").await?;
        let odd: Vec<String> = heard
            .iter()
            .map(|(_, h)| &h.message.body[..])
            .filter(|body| matches!(body, [] | [_] | [1..=7, 0, ..]))
            .map(hex)
            .collect();
        s.check_fact("other payloads", odd, expect(none()).cause("event-layout"));
        Ok(())
    }
}

case! {
    /// RTMP 6.2: message stream 0, chunk stream 2.
    ON_STREAM_ZERO = "ucm/sent/stream-zero-chunk-stream-two" {
        title: "User control messages are sent on message stream 0 and chunk stream 2",
        rules: [UCM_002],
        level: Should, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("event-elsewhere", "a user control message is on another message stream or chunk stream")],
    }
    async fn(s) {
        let heard = sent(s, |_| true, "user control message").await?;
        let odd: Vec<String> = heard
            .iter()
            .filter(|(_, h)| h.message.msid != 0 || h.message.csid != 2)
            .map(|(_, h)| format!("message stream {}, chunk stream {}", h.message.msid, h.message.csid))
            .collect();
        s.check_fact("messages elsewhere", odd, expect(none()).cause("event-elsewhere"));
        Ok(())
    }
}

case! {
    /// RTMP 7.1.7: four bytes of stream id: 0 after connect, or the stream that became functional. Whether
    /// the event is sent at all is not judged here.
    STREAM_BEGIN_LAYOUT = "ucm/sent/stream-begin-layout" {
        title: "StreamBegin carries the four-byte id of a stream of its connection",
        rules: [UCM_006],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("stream-begin-layout", "a StreamBegin has not the id of a stream of its connection")],
    }
    async fn(s) {
        let heard = sent(s, |body| body.starts_with(&[0, 0]), "StreamBegin").await?;
        let odd: Vec<String> = heard
            .iter()
            .filter(|(msid, h)| match &h.message.body[2..] {
                [a, b, c, d] => ![0, *msid].contains(&u32::from_be_bytes([*a, *b, *c, *d])),
                _ => true,
            })
            .map(|(_, h)| hex(&h.message.body))
            .collect();
        s.check_fact("other payloads", odd, expect(none()).cause("stream-begin-layout"));
        Ok(())
    }
}

case! {
    /// RTMP 7.1.7: four bytes of stream id, and nothing more of that stream after it. A live publisher that
    /// leaves need not lead to one (errata E-21d).
    STREAM_EOF_LAYOUT = "ucm/sent/stream-eof-layout" {
        title: "StreamEOF carries the player's four-byte stream id and no media follows",
        rules: [UCM_008],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [
            ("stream-eof-layout", "a StreamEOF does not carry the four-byte id of the stream played"),
            ("media-after-eof", "media of the stream followed its StreamEOF"),
        ],
    }
    async fn(s) {
        let mut echo = session(s).await?;
        let msid = echo.live.msid;
        echo.live.link.send(&delete_stream(0.0, msid)).await;
        echo.live.link.barrier().await;
        let is_eof = |h: &Heard| h.message.kind == 4 && h.message.body.starts_with(&[0, 1]);
        // Half a second: whoever tells a player at all does so when the publisher leaves.
        let told = echo
            .view
            .link
            .wait_for(std::time::Duration::from_millis(500), |v| v.heard.iter().position(is_eof))
            .await;
        let Ok(at) = told else {
            let proof =
                "the publisher deleted its stream, the player got no StreamEOF within half a second".into();
            return Err(Stop::Unsupported { proof });
        };
        echo.view.link.barrier().await;
        let heard = echo.view.link.heard();
        let want_body = [&[0, 1], &echo.view.msid.to_be_bytes()[..]].concat();
        let layout = expect(want::equal(hex(&want_body))).cause("stream-eof-layout");
        s.check_fact("StreamEOF", hex(&heard[at].message.body), layout);
        let end = expect(want::equal(0)).cause("media-after-eof");
        s.check_fact("media messages after it", media(&heard[at..]).count(), end);
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.1 shows StreamBegin before the stream's first media. Without any StreamBegin there is
    /// nothing to be in order.
    STREAM_BEGIN_BEFORE_MEDIA = "ucm/stream-begin/before-media" {
        title: "StreamBegin precedes the first media of its stream",
        rules: [UCM_027],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("media-before-begin", "media of the stream came before its StreamBegin")],
    }
    async fn(s) {
        let echo = session(s).await?;
        let heard = echo.view.link.heard();
        let body = [&[0, 0], &echo.view.msid.to_be_bytes()[..]].concat();
        let Some(begin) = heard.iter().position(|h| h.message.kind == 4 && h.message.body == body) else {
            let proof = format!("a player of stream {} got media and no StreamBegin for it", echo.view.msid);
            return Err(Stop::Unsupported { proof });
        };
        let before = media(&heard[..begin]).count();
        s.check_fact("media messages before it", before, expect(want::equal(0)).cause("media-before-begin"));
        Ok(())
    }
}
