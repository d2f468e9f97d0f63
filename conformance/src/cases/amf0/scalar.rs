//! Numbers, booleans and strings whose value shows in what the server does.

use crate::case;
use crate::cases::conn::{any_reply, arrives, if_answered, transaction_of};
use crate::cases::nsp::audio_arrives;
use crate::outcome::{Seen, expect, want};
use crate::pen::{Amf, command};
use crate::stage::{EchoOptions, create_stream};

case! {
    /// AMF0 2.2: a number is a double, read and written whole.
    NUMBER = "amf0/number/transaction-ids" {
        title: "Transaction ids come back as the same double: 0.1, 1.5, 1e9, 2^53 - 1",
        rules: [AMF0_002],
        level: Must, profile: Core, company: Shared,
        after: ["conn/call/transaction-id"],
        causes: [("other-number", "the reply carries another number")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        for txn in [0.1, 1.5, 1e9, 9_007_199_254_740_991.0] {
            let mark = link.mark();
            link.send(&command::create_stream(txn)).await;
            let seen = transaction_of(any_reply(&mut link, mark).await);
            let expected = if_answered(expect(want::equal(txn)), &seen, "other-number");
            if !s.check(&format!("reply to {txn}"), seen, expected) {
                break;
            }
        }
        Ok(())
    }
}

case! {
    /// AMF0 2.3: zero is false, every other byte is true.
    BOOLEAN = "amf0/boolean/any-non-zero" {
        title: "receiveAudio with the boolean byte 0x02 leaves audio on",
        rules: [AMF0_003],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let receive = command::command("receiveAudio", 0.0, Amf::Null, &[Amf::Boolean(2)]);
        let msid = echo.view.msid;
        echo.view.link.send(&receive.for_stream(msid).on(8)).await;
        let seen = echo.view.link.barrier().await;
        if s.check("the player after receiveAudio", seen, expect(want::ANSWERED)) {
            let seen = audio_arrives(&mut echo, 4_000).await;
            s.check("audio published afterwards", seen, expect(want::equal("arrived")).cause("frame-lost"));
        }
        Ok(())
    }
}

case! {
    /// AMF0 1.3.1, 2.4: a string's length counts the bytes of its UTF-8.
    UTF8_NAME = "amf0/string/utf-8-name" {
        title: "A stream name of several bytes per character reaches its players",
        rules: [AMF0_004, AMF0_005],
        level: Must, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("stream-lost", "publish and play were accepted under one name, and nothing arrives")],
    }
    async fn(s) {
        let name = format!("{}-\u{e9}\u{6f22}\u{1f3a5}", s.fresh_name());
        let mut link = s.connected("publisher").await?;
        let msid = create_stream(&mut link).await?;
        link.mark();
        link.send(&command::publish(msid, &name, "live")).await;
        let seen = link.status().await;
        let started = want::status("NetStream.Publish.Start");
        let refused = "refused: a server may limit the names that it takes";
        let expected = expect(started).or_info(want::status_level("*", "error"), refused);
        let accepted = matches!(&seen, Seen::Command { code: Some(code), .. } if code == "NetStream.Publish.Start");
        let silent = "left without an answer; nsp/publish/starts judges that publish is answered";
        let expected = expected.or_info(want::CLOSED, refused).or_info(want::status("*"), refused);
        if !s.check("publish", seen, expected.or_info(want::SILENT, silent)) || !accepted {
            return Ok(());
        }
        let mut live = crate::stage::Publisher { link, msid, name };
        live.send_headers(0).await;
        let mut player = s.player_connection("player").await?;
        let msid = create_stream(&mut player).await?;
        player.send(&command::play(msid, &live.name, &[])).await;
        let seen = arrives(&mut live, &mut player, s.patience).await;
        let ended = "the server ended the connection although it had accepted the name";
        let expected = expect(want::equal("arrived")).or_info(want::CLOSED, ended).cause("stream-lost");
        s.check("a frame published under the name", seen, expected);
        Ok(())
    }
}
