//! Aggregate messages (RTMP 7.1.6).

use crate::case;
use crate::outcome::{MediaItem, Seen, Stop};
use crate::pen::Msg;
use crate::pen::media::{aac, inter};
use crate::stage::{Echo, EchoOptions, Stage};

/// An aggregate at `ts` of `subs`, whose headers carry their own timestamps and the stream id `stream`. The
/// timestamps stand in FLV's order, as senders write them; RTMP 6.1 has the plain one (errata E-43). Messages with one
/// timestamp are at the aggregate's by both.
fn aggregate(ts: u32, stream: u32, subs: &[Msg]) -> Msg {
    let mut body = Vec::new();
    for sub in subs {
        let len = u32::try_from(sub.body.len()).expect("a short message");
        body.push(sub.kind);
        body.extend(&len.to_be_bytes()[1..]);
        body.extend(&sub.ts.to_be_bytes()[1..]);
        body.push(0);
        body.extend(&stream.to_be_bytes()[1..]);
        body.extend(&sub.body);
        body.extend((11 + len).to_be_bytes());
    }
    Msg { csid: 6, ts, kind: 22, msid: 1, body, label: format!("aggregate of {}", subs.len()) }
}

/// What became of an aggregate.
enum Became {
    /// Messages of their own, or something else: what the player saw up to the marker.
    Seen(Seen),
    /// It was relayed as it is.
    Whole,
}

async fn publish(echo: &mut Echo, message: &Msg, subs: &[Msg], marker: u32) -> Became {
    echo.live.send(message).await;
    let seen = echo.collect(subs, marker).await;
    let whole = echo.view.link.heard().iter().any(|h| h.message.kind == 22 && h.message.body == message.body);
    if whole { Became::Whole } else { Became::Seen(seen) }
}

fn items(seen: &Seen) -> &[MediaItem] {
    match seen {
        Seen::Media { items, .. } => items,
        _ => &[],
    }
}

/// An echo on which an aggregate in its simplest form is taken apart.
///
/// # Errors
/// Unsupported when nothing of it arrives or it is relayed whole, blocked when something else does.
async fn splitting_echo(s: &mut Stage) -> Result<Echo, Stop> {
    let mut echo = s.echo(EchoOptions::default()).await?;
    let subs = [aac("control-audio", 70).at(40), inter("control-video", 80).at(40)];
    let msid = echo.live.msid;
    match publish(&mut echo, &aggregate(40, msid, &subs), &subs, 90).await {
        Became::Whole => Err(Stop::Unsupported {
            proof: "an ordinary aggregate reached the player as an aggregate".into(),
        }),
        Became::Seen(seen) if items(&seen).is_empty() => Err(Stop::Unsupported {
            proof: format!("of an ordinary aggregate of two messages the player saw {}", seen.describe()),
        }),
        Became::Seen(seen) => {
            let observation =
                crate::outcome::Observation { label: String::new(), expect: echo.expects(&subs), seen };
            match observation.matched() {
                Some(_) => Ok(echo),
                None => Err(Stop::blocked("an ordinary aggregate", observation.seen.describe())),
            }
        }
    }
}

case! {
    /// RTMP 7.1.6: an aggregate is a row of messages, each with header and back pointer. A player gets them
    /// one by one, or the aggregate as it is. A target that does nothing with it does not offer the feature.
    SUB_MESSAGES = "msg/aggregate/sub-messages" {
        title: "The messages of an aggregate reach players",
        rules: [MSG_022],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let subs = [aac("audio-1", 70).at(40), inter("video-1", 80).at(40), aac("audio-2", 90).at(40)];
        let message = aggregate(40, echo.live.msid, &subs);
        match publish(&mut echo, &message, &subs, 100).await {
            Became::Whole => {
                let whole = crate::outcome::expect(crate::outcome::want::equal("whole"));
                s.check_fact("an aggregate of three messages", "whole", whole);
            }
            Became::Seen(seen) if items(&seen).is_empty() => {
                let proof = format!("of an aggregate of three messages the player saw {}", seen.describe());
                return Err(Stop::Unsupported { proof });
            }
            Became::Seen(seen) => {
                let expect = echo.expects(&subs);
                s.check("an aggregate of three messages", seen, expect);
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.1.6: the aggregate's message stream id overrides those of the messages in it.
    STREAM_ID = "msg/aggregate/stream-id" {
        title: "The aggregate's message stream id overrides those inside",
        rules: [MSG_023],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = splitting_echo(s).await?;
        let subs = [aac("audio-of-77", 70).at(100), inter("video-of-77", 80).at(100)];
        if let Became::Seen(seen) = publish(&mut echo, &aggregate(100, 77, &subs), &subs, 160).await {
            let expect = echo.expects(&subs);
            s.check("messages inside that name stream 77", seen, expect);
            return Ok(());
        }
        Err(Stop::Unsupported { proof: "the aggregate reached the player as an aggregate".into() })
    }
}

case! {
    /// RTMP 7.1.6: the difference between the aggregate's timestamp and the first one inside shifts them all
    /// (errata E-44). Read in the plain order of RTMP 6.1, the one millisecond between them is 256 (errata E-43).
    TIMESTAMPS = "msg/aggregate/timestamps" {
        title: "Timestamps inside an aggregate are shifted to the aggregate's",
        rules: [MSG_024],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        if !s.probe.class().timestamps {
            let proof = "the control run showed that the relay changes timestamp differences".into();
            return Err(Stop::Unsupported { proof });
        }
        let mut echo = splitting_echo(s).await?;
        let inside = [aac("audio-shifted", 70).at(100), inter("video-shifted", 80).at(101)];
        let shifted = |second: u32| [inside[0].clone().at(240), inside[1].clone().at(second)];
        if let Became::Seen(seen) = publish(&mut echo, &aggregate(240, 0, &inside), &shifted(241), 600).await {
            let expect = echo.expects(&shifted(241)).or(echo.want(&shifted(240 + 256)));
            s.check("messages at 100 and 101 in an aggregate at 240", seen, expect);
            return Ok(());
        }
        Err(Stop::Unsupported { proof: "the aggregate reached the player as an aggregate".into() })
    }
}
