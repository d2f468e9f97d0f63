//! Several players of one stream.

use crate::case;
use crate::cases::nsp::{all_of, collect_by_kind, meet};
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::media::{aac, inter, key};
use crate::stage::{EchoOptions, Player};
use serde_json::{Value, json};

case! {
    /// Players of one stream see the same.
    TWO = "nss/players/two-see-the-same" {
        title: "Two players of one stream receive the same sequence",
        rules: [NSS_045],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("differ", "the second player's sequence is not what was published")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let mut second = s.player(&echo.live.name.clone()).await?;
        let met = meet(&mut echo.live, &mut second, 40, s.patience).await;
        if met != Seen::fact("seen") {
            return Err(Stop::blocked("media at the second player", met.describe()));
        }
        // Until here frames for attaching; the first player's account starts behind them.
        let _ = echo.collect(&[], 1000).await;
        let mut frames = Vec::new();
        for n in 1..=6_u32 {
            let ts = 1000 + n * 40;
            let label = format!("video-{n}");
            frames.push(if n % 3 == 1 { key(&label, 90).at(ts) } else { inter(&label, 80).at(ts) });
            frames.push(aac(&format!("audio-{n}"), 70).at(ts));
        }
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let (seen, expected) = collect_by_kind(&mut echo, &frames, 1280).await;
        s.check("the first player", seen, expected);
        let labels = |view: &Player| -> Value {
            let verbatim = s.probe.class().payload;
            let heard = view.link.heard();
            let mut arrived: Vec<_> = heard
                .iter()
                .filter_map(|h| frames.iter().find(|f| f.kind == h.message.kind && f.body == h.message.body))
                .collect();
            arrived.sort_by_key(|frame| frame.kind);
            arrived.iter().map(|f| if verbatim { json!(f.label) } else { json!(f.kind) }).collect()
        };
        let _ = second
            .link
            .wait(|v| {
                let came = |body: &[u8]| v.heard.iter().any(|h| h.message.body == body);
                frames.iter().all(|frame| came(&frame.body)).then_some(())
            })
            .await;
        let seen = labels(&second);
        s.check_fact("the second player", seen, expect(want::equal(all_of(s, &frames))).cause("differ"));
        Ok(())
    }
}

case! {
    /// A player that stops reading may lose frames or its connection; the publisher and the other players go on.
    /// Fifteen megabytes are more than the sockets hold.
    SLOW = "nss/players/slow-reader" {
        title: "A player that stops reading does not hold up the others",
        rules: [NSS_044],
        level: DeFacto, profile: Relay, company: Hostile,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { chunk_size: Some(65_536), ..EchoOptions::default() }).await?;
        let mut slow = s.player(&echo.live.name.clone()).await?;
        let met = meet(&mut echo.live, &mut slow, 40, s.patience).await;
        if met != Seen::fact("seen") {
            return Err(Stop::blocked("media at the slow player", met.describe()));
        }
        let _ = echo.collect(&[], 100).await;
        slow.link.set_reading(false);
        for batch in 0..60_u32 {
            let frames: Vec<_> = (0..2_u32)
                .map(|n| {
                    let ts = 140 + (batch * 2 + n) * 40;
                    key(&format!("big-{batch}-{n}"), 130_000).at(ts)
                })
                .collect();
            for frame in &frames {
                echo.live.send(frame).await;
            }
            let seen = echo.collect(&frames, 140 + (batch * 2 + 1) * 40 + 20).await;
            let expected = echo.expects(&frames);
            if !s.check("what the other player gets beside a slow one", seen, expected) {
                break;
            }
        }
        slow.link.set_reading(true);
        Ok(())
    }
}
