//! How applications and stream names are written (RTMP 7.2.1.1, Errata & Addenda 8.1).

use super::if_answered;
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::{command, media};
use crate::stage::create_stream;

case! {
    /// Field habit: encoders put what stands between host and stream name into app as it is, a slash at the
    /// end and a query included.
    FORMS = "conn/app/forms" {
        title: "An application with a slash at its end or with a query is the same application",
        rules: [CONN_039],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("refused", "the application is accepted in its plain form only")],
    }
    async fn(s) {
        for (tail, judged) in [("/", true), ("?token=x", true), ("/inst", false)] {
            let app = format!("{}{tail}", s.place.app);
            let tc_url = format!("{}{tail}", s.place.tc_url);
            let mut link = s.shaken("client").await?;
            let seen = link.connect(&app, &tc_url).await;
            let mut expected = if_answered(expect(want::RESULT), &seen, "refused");
            if !judged {
                let note = "whether an instance belongs to the application is the server's own";
                expected = expected.or_info(want::ERROR, note).or_info(want::CLOSED, note).or_info(want::SILENT, note);
                expected = expected.or_info(want::status("*"), note);
            }
            if !s.check(&format!("app with {tail} behind it"), seen, expected) {
                return Ok(());
            }
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2.6: a player that asks for the very name that a publisher was given gets its stream. A slash
    /// or a query in it is no exception. The text says nothing about such names and the field gives them a
    /// meaning of their own, hence not a Must: a server may refuse them to publishers and to players.
    KEY_FORMS = "conn/app/key-forms" {
        title: "A stream name with a slash or a query that was accepted from a publisher finds it from a player",
        rules: [NSP_017],
        level: Should, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("stream-lost", "publish and play were accepted under one name, and nothing arrives")],
    }
    async fn(s) {
        for tail in ["/part", "?x=1"] {
            let name = format!("{}{tail}", s.fresh_name());
            let link = s.connected("publisher").await?;
            let refused = "the server accepts no such name";
            let mut live = match s.publish_on(link, &name).await {
                Ok(live) => live,
                Err(stop) => {
                    let seen = Seen::fact(format!("refused: {stop:?}"));
                    s.check(&format!("publish under a name with {tail}"), seen, expect(want::RESULT).or_info(crate::outcome::Want::Anything, refused));
                    continue;
                }
            };
            live.send_headers(0).await;
            let mut link = s.player_connection("player").await?;
            let msid = create_stream(&mut link).await?;
            link.mark();
            link.send(&command::play(msid, &name, &[])).await;
            let seen = match arrives(&mut live, &mut link, s.patience).await {
                Seen::Fact { .. } if refused_in_words(&link) => Seen::fact("refused"),
                seen => seen,
            };
            let ended = "the server ended the connection although it had accepted the name";
            let told = "the server accepts the name from publishers only, and says so";
            let expected = expect(want::equal("arrived"))
                .or_info(want::CLOSED, ended)
                .or_info(want::equal("refused"), told)
                .cause("stream-lost");
            s.check(&format!("a frame published under a name with {tail}"), seen, expected);
        }
        Ok(())
    }
}

/// Whether something since the mark was refused by `_error` or by a status of level error.
fn refused_in_words(link: &crate::wire::Link) -> bool {
    link.since_mark().iter().filter_map(|h| crate::wire::link::command_seen(&h.message)).any(
        |seen| matches!(&seen, Seen::Command { name, level, .. } if name == "_error" || level.as_deref() == Some("error")),
    )
}

/// Publishes key frames until the player sees one: the fact `arrived`.
pub(in crate::cases) async fn arrives(
    live: &mut crate::stage::Publisher,
    player: &mut crate::wire::Link,
    patience: std::time::Duration,
) -> Seen {
    let every = std::time::Duration::from_millis(250);
    let attempts = (patience.as_millis() / every.as_millis()).max(1) as u32;
    let mut last = Seen::fact("nothing arrived");
    for n in 0..attempts {
        let frame = media::key(&format!("name-{n}"), 64).at(n * 40);
        live.send(&frame).await;
        let is_frame = |body: &[u8]| body.len() == frame.body.len() && body[..5] == frame.body[..5];
        let seen = player
            .wait_for(every, |v| {
                v.heard.iter().any(|h| h.message.kind == 9 && is_frame(&h.message.body)).then_some(())
            })
            .await;
        match seen {
            Ok(()) => return Seen::fact("arrived"),
            Err(_) if live.link.is_closed() => return live.link.close().await,
            Err(seen @ Seen::Closed { .. }) => return seen,
            Err(_) => last = Seen::fact("nothing arrived"),
        }
    }
    last
}
