//! Several streams on one connection (RTMP 7.2.2). Only servers that give a second stream an id of its own are
//! judged; `conn/create-stream/distinct` judges the others.

use std::time::Duration;

use super::name_is_free;
use crate::case;
use crate::outcome::{Seen, Stop, Want, expect, want};
use crate::pen::{Msg, command, media};
use crate::stage::{Player, Stage, create_stream, stream_id};
use crate::wire::Link;

/// A synchronising frame goes out this often.
const EVERY: Duration = Duration::from_millis(250);

/// One connection that publishes twice.
struct Two {
    link: Link,
    msids: [u32; 2],
    names: [String; 2],
}

/// Publishes on two streams of one connection. `Err(seen)` is the explicit refusal of the second publish.
async fn two(s: &mut Stage) -> Result<Result<Two, Seen>, Stop> {
    let mut link = s.connected("publisher of two").await?;
    let first = create_stream(&mut link).await?;
    let seen = link.call("createStream", crate::pen::Amf::Null, &[]).await;
    let second = match stream_id(&seen) {
        Some(id) if id != first => id,
        Some(_) => {
            return Err(Stop::Unsupported { proof: "the second createStream got the first one's id".into() });
        }
        None => {
            return Err(Stop::Unsupported {
                proof: format!("the second createStream got {}", seen.describe()),
            });
        }
    };
    let names = [s.fresh_name(), s.fresh_name()];
    for (at, msid) in [first, second].into_iter().enumerate() {
        link.mark();
        link.send(&command::publish(msid, &names[at], "live")).await;
        let seen = link.status().await;
        match &seen {
            Seen::Command { code: Some(code), .. } if code == "NetStream.Publish.Start" => {}
            _ if at == 0 => return Err(Stop::blocked("publish", seen.describe())),
            _ => return Ok(Err(seen)),
        }
    }
    Ok(Ok(Two { link, msids: [first, second], names }))
}

impl Two {
    async fn send(&mut self, which: usize, message: &Msg) {
        let message = message.clone().for_stream(self.msids[which]).on(message.csid + 8 * which as u32);
        self.link.send(&message).await;
    }

    async fn headers(&mut self, which: usize) {
        for message in [media::metadata(), media::avc_header(), media::aac_header()] {
            self.send(which, &message).await;
        }
    }

    /// Publishes key frames of its own on every stream of `players` until each player saw one of its stream:
    /// `arrived`, or which is missing.
    async fn arrives(
        &mut self,
        players: &mut [(usize, Player)],
        round: &str,
        ts: u32,
        patience: Duration,
    ) -> Seen {
        let attempts = (patience.as_millis() / EVERY.as_millis()).max(1) as u32;
        // A relay may take longer than one attempt: any frame of the round counts.
        let mut sent: Vec<(usize, Vec<u8>)> = Vec::new();
        for n in 0..attempts {
            let frames: Vec<(usize, Msg)> = players
                .iter()
                .map(|(which, _)| (*which, media::key(&format!("{round}-{which}-{n}"), 64).at(ts + n * 40)))
                .collect();
            for (which, frame) in &frames {
                self.send(*which, frame).await;
                sent.push((*which, frame.body.clone()));
            }
            let mut all = true;
            for (which, player) in players.iter_mut() {
                let own = |body: &Vec<u8>| sent.iter().any(|(of, frame)| of == which && frame == body);
                let seen = player
                    .link
                    .wait_for(EVERY, |v| v.heard.iter().any(|h| own(&h.message.body)).then_some(()))
                    .await;
                all &= seen.is_ok();
            }
            if all {
                return Seen::fact("arrived");
            }
            if self.link.is_closed() {
                return Seen::fact("the publishing connection was closed");
            }
        }
        Seen::fact("nothing arrived")
    }
}

case! {
    /// RTMP 7.2.2: the streams of a connection are independent; what is published on each reaches its own
    /// players only.
    TWO_PUBLISHERS = "conn/several-streams/two-publishers" {
        title: "Two streams published on one connection reach their own players",
        rules: [CONN_052],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video", "conn/create-stream/result"],
        causes: [
            ("second-refused", "the second publish was not accepted"),
            ("stream-lost", "one of the two did not reach its player"),
            ("streams-mixed", "a player received frames of the other stream")
        ],
    }
    async fn(s) {
        let mut two = match two(s).await? {
            Ok(two) => two,
            Err(seen) => {
                let note = "refused in words, so the encoder knows (W57e)";
                let expected = expect(want::status("NetStream.Publish.Start")).or_lenient(want::ERROR, note);
                let expected = expected.or_lenient(want::status_level("*", "error"), note).cause("second-refused");
                s.check("second publish", seen, expected);
                return Ok(());
            }
        };
        let mut players = Vec::new();
        for which in [0, 1] {
            two.headers(which).await;
            let name = two.names[which].clone();
            players.push((which, s.player(&name).await?));
        }
        let seen = two.arrives(&mut players, "both", 40, s.patience).await;
        s.check("a frame of each", seen, expect(want::equal("arrived")).cause("stream-lost"));
        let foreign = players.iter().any(|(which, player)| {
            let other = 1 - which;
            let bodies: Vec<Vec<u8>> = (0..100).map(|n| media::key(&format!("both-{other}-{n}"), 64).body).collect();
            player.link.heard().iter().any(|h| bodies.contains(&h.message.body))
        });
        s.check_fact("frames of the other stream", foreign, expect(want::equal(false)).cause("streams-mixed"));
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.3: deleteStream names the stream that ends; the others go on.
    DELETES_ONE = "conn/several-streams/delete-one" {
        title: "deleteStream ends the stream that it names and no other",
        rules: [CONN_058],
        level: Must, profile: Relay, company: Shared,
        after: ["conn/several-streams/two-publishers"],
        causes: [("other-stream-stopped", "the stream that was not named no longer arrives")],
    }
    async fn(s) {
        let mut two = two(s).await?.map_err(|seen| Stop::blocked("second publish", seen.describe()))?;
        two.headers(1).await;
        let name = two.names[1].clone();
        let mut players = vec![(1, s.player(&name).await?)];
        let seen = two.arrives(&mut players, "before", 40, s.patience).await;
        if seen != Seen::fact("arrived") {
            return Err(Stop::blocked("first frame at the player", seen.describe()));
        }
        let first = two.msids[0];
        two.link.send(&command::delete_stream(0.0, first)).await;
        let seen = two.arrives(&mut players, "after", 10_000, s.patience).await;
        if s.check("the other stream", seen, expect(want::equal("arrived")).cause("other-stream-stopped")) {
            let seen = name_is_free(s, &two.names[0].clone()).await;
            let note = "the deleted stream's name is not free; the text says nothing about names";
            let expected = expect(want::equal("accepted")).or_lenient(Want::Anything, note);
            s.check("another publisher of the deleted stream's name", seen, expected);
        }
        Ok(())
    }
}
