//! Two publishers of one name (field/failures W46, W47; section 5 item 12).

use super::{answer, code_of, idle};
use crate::case;
use crate::outcome::{Seen, expect, want};
use crate::pen::command;
use crate::pen::media::{inter, key};
use crate::stage::EchoOptions;

case! {
    /// RTMP says nothing about a name that is taken. The field refuses with NetStream.Publish.BadName, or the
    /// second takes over and the first is ended; an encoder that hears nothing waits for ever (W46).
    SECOND = "nsp/conflict/second-publisher" {
        title: "A second publisher of a name is refused in words, or takes over and ends the first",
        rules: [NSP_011, STAT_017],
        level: DeFacto, profile: Publish, company: Negative,
        after: ["nsp/publish/starts"],
        causes: [
            ("no-policy", "the second publisher heard nothing and stayed connected"),
            ("started-after-refusal", "NetStream.Publish.Start followed the refusal"),
        ],
    }
    async fn(s) {
        let mut first = s.publisher().await?;
        first.send_headers(0).await;
        let (mut second, msid) = idle(s, "second").await?;
        let from = second.mark();
        let first_from = first.link.mark();
        second.send(&command::publish(msid, &first.name, "live")).await;
        let seen = answer(&mut second, from).await;
        let policy = match &seen {
            Seen::Command { code: Some(code), .. } if code == "NetStream.Publish.Start" => {
                match first.link.wait(|v| super::answer_in(v, first_from, |_| true)).await {
                    Ok(_) | Err(Seen::Closed { .. }) => "takes over, the first is told".to_owned(),
                    Err(_) => "takes over, the first is not told".to_owned(),
                }
            }
            Seen::Command { name, code, level, .. } if name == "_error" || level.as_deref() == Some("error") => {
                format!("refused with {}", code.as_deref().unwrap_or(name))
            }
            Seen::Closed { .. } => "refused by a plain close".to_owned(),
            Seen::Silent { .. } => "silence".to_owned(),
            other => other.describe(),
        };
        let refused = policy.starts_with("refused with");
        let kept = policy.clone();
        let expectation = expect(want::equal("refused with NetStream.Publish.BadName"))
            .or(want::equal("takes over, the first is told"))
            .or_lenient(want::equal("takes over, the first is not told"), "the first publisher is left in the dark")
            .or_lenient(want::equal("refused by a plain close"), "field/failures section 5 item 11")
            .cause("no-policy");
        let expectation = if refused {
            expectation.or_lenient(want::equal(kept), "refused with another code than BadName, STAT-017 is de-facto")
        } else {
            expectation
        };
        s.check_fact("what becomes of a second publisher", policy, expectation);
        if refused {
            let _ = second.barrier().await;
            let started = super::codes(&second).iter().any(|c| c == "NetStream.Publish.Start");
            s.check_fact(
                "NetStream.Publish.Start beside the refusal",
                started,
                expect(want::equal(false)).cause("started-after-refusal"),
            );
        }
        Ok(())
    }
}

case! {
    /// W47: the refused publisher's media and its leaving do not disturb the first.
    FIRST_STAYS = "nsp/conflict/first-stays-relayed" {
        title: "After a second publisher was refused and left, the first is relayed as before",
        rules: [NSP_012],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video", "nsp/conflict/second-publisher"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let (mut second, msid) = idle(s, "second").await?;
        let from = second.mark();
        second.send(&command::publish(msid, &echo.live.name, "live")).await;
        let refused = answer(&mut second, from).await;
        if code_of(&refused) == "NetStream.Publish.Start" {
            let note = "the second takes over: there is nobody whose media could be ignored";
            s.check("second publisher", refused, expect(want::SILENT).or_info(want::status("*"), note));
            return Ok(());
        }
        second.send(&key("intruder", 80).at(50).for_stream(msid)).await;
        let _ = second.barrier().await;
        second.send(&command::delete_stream(0.0, msid)).await;
        second.finish().await;
        let _ = second.close().await;
        let frames = [key("key", 100).at(100), inter("inter-1", 90).at(140), inter("inter-2", 90).at(180)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 220).await;
        let expect = echo.expects(&frames);
        s.check("the first publisher's frames after the second left", seen, expect);
        Ok(())
    }
}
