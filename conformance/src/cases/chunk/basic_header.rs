//! The basic header: chunk stream ids in one, two and three bytes (RTMP 5.3.1.1).

use super::{or_closed, refused_or_relayed};
use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::amf::text;
use crate::pen::chunk::{Form, Header, basic, chunks};
use crate::pen::media::inter;
use crate::pen::{Amf, Msg, command};
use crate::stage::{EchoOptions, Stage};
use crate::wire::Link;

/// Answered, either way; a close is a refusal of the chunk stream id.
fn judge(s: &mut Stage, label: &str, seen: Seen) -> bool {
    let expected = expect(want::RESULT).or(want::ERROR);
    match or_closed(seen) {
        closed @ Seen::Fact { .. } => s.check(label, closed, expected.cause("refuses-csid")),
        seen => s.check(label, seen, expected),
    }
}

/// createStream on each of `ids`, up to the first that is not answered.
async fn commands_on(s: &mut Stage, ids: &[u32]) -> Result<(), Stop> {
    let mut link = s.connected("client").await?;
    for id in ids {
        let txn = link.transaction();
        link.send(&command::create_stream(txn).on(*id)).await;
        let seen = link.reply(txn).await;
        if !judge(s, &format!("createStream on chunk stream {id}"), seen) {
            return Ok(());
        }
    }
    Ok(())
}

/// connect in several chunks: a member that no server needs makes it long.
fn long_connect(s: &Stage) -> Msg {
    let mut members = command::connect_members(&s.place.app, &s.place.tc_url);
    members.push(("pageUrl".into(), text("http://example.com/".to_owned() + &"a".repeat(300))));
    command::command("connect", 1.0, Amf::Object(members), &[])
}

/// Sends `chunks` of connect and judges its reply.
async fn judge_connect(s: &mut Stage, mut link: Link, label: &str, wire: &[u8]) -> bool {
    link.bytes(label, wire).await;
    let seen = link.reply(1.0).await;
    judge(s, label, seen)
}

case! {
    /// RTMP 5.3.1.1: codes 2 to 63 are the id.
    ONE_BYTE = "chunk/basic-header/one-byte" {
        title: "Commands on chunk streams 3, 8 and 63 are answered",
        rules: [CHUNK_002],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("refuses-csid", "the target refuses a chunk stream id by a limit of its own")],
    }
    async fn(s) {
        commands_on(s, &[3, 8, 63]).await
    }
}

case! {
    /// RTMP 5.3.1.1: code 0, ids 64 to 319 in the second byte.
    TWO_BYTES = "chunk/basic-header/two-bytes" {
        title: "Commands on chunk streams 64, 200 and 319 are answered",
        rules: [CHUNK_003],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("refuses-csid", "the target refuses a chunk stream id by a limit of its own")],
    }
    async fn(s) {
        commands_on(s, &[64, 200, 319]).await
    }
}

case! {
    /// RTMP 5.3.1.1, errata EA 4.1: code 1, ids up to 65599 in two bytes, little-endian.
    THREE_BYTES = "chunk/basic-header/three-bytes" {
        title: "Commands on chunk streams 320, 575 and 65599 are answered",
        rules: [CHUNK_004],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("refuses-csid", "the target refuses a chunk stream id by a limit of its own")],
    }
    async fn(s) {
        commands_on(s, &[320, 575, 65_599]).await
    }
}

case! {
    /// RTMP 5.3.1.1: ids 64 to 319 in three bytes are the chunk streams of the two-byte form. A reader with the
    /// two bytes in the wrong order takes them for others.
    BOTH_FORMS = "chunk/basic-header/both-forms" {
        title: "A message that begins in the two-byte form goes on in the three-byte form",
        rules: [CHUNK_005, CHUNK_004],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("refuses-csid", "the target refuses a chunk stream id by a limit of its own")],
    }
    async fn(s) {
        let link = s.shaken("client").await?;
        let connect = long_connect(s).on(65);
        let mut wire = connect.chunks(128);
        for chunk in &mut wire[1..] {
            chunk.splice(..2, basic(3, 65, Form::Three));
        }
        judge_connect(s, link, "connect on chunk stream 65 in both forms", &wire.concat()).await;
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.1: every chunk has the whole basic header, continuation chunks too.
    CONTINUATION = "chunk/basic-header/continuation" {
        title: "Continuation chunks with basic headers of two and three bytes are read",
        rules: [CHUNK_064],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [("refuses-csid", "the target refuses a chunk stream id by a limit of its own")],
    }
    async fn(s) {
        for id in [100, 1000] {
            let link = s.shaken("client").await?;
            let connect = long_connect(s).on(id);
            let label = format!("connect in several chunks on chunk stream {id}");
            if !judge_connect(s, link, &label, &connect.chunks(128).concat()).await {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.1: the protocol supports ids 3 to 65599. Hardware encoders use high ones (W20).
    MEDIA = "chunk/basic-header/media-on-any-stream" {
        title: "Video on chunk streams 40, 100, 1000 and 65599 is relayed",
        rules: [CHUNK_008],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("refuses-csid", "the target refuses a chunk stream id by a limit of its own")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        for (n, id) in [40, 100, 1000, 65_599].into_iter().enumerate() {
            let ts = 100 + 80 * n as u32;
            let frames = [
                inter(&format!("csid-{id}"), 300).at(ts).on(id),
                inter(&format!("csid-{id}-delta"), 90).at(ts + 40).on(id),
            ];
            let from = echo.view.link.heard().len();
            for (frame, (fmt, time)) in frames.iter().zip([(0, ts), (1, 40)]) {
                let header = Header { fmt, time, msid: echo.live.msid, ..frame.header() };
                let note = format!("csid {id} fmt {fmt} video {} B", frame.body.len());
                echo.live.link.bytes(&note, &chunks(header, &frame.body, 128).concat()).await;
            }
            let seen = refused_or_relayed(&mut echo, from, &frames, ts + 60).await;
            let expect = echo.expects(&frames).cause("refuses-csid");
            if !s.check(&format!("video on chunk stream {id}"), seen, expect) {
                return Ok(());
            }
        }
        Ok(())
    }
}
