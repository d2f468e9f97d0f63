//! Data messages that are unusual.

use crate::case;
use crate::cases::nsp::lie;
use crate::outcome::{Seen, expect, want};
use crate::pen::amf::{number, text};
use crate::pen::media::{inter, key};
use crate::pen::{Amf, Msg, command};
use crate::stage::EchoOptions;

case! {
    /// FFmpeg writes the timecode track of some inputs as a data message of four bytes that is no AMF.
    FOUR_BYTES = "data/odd/four-bytes" {
        title: "A data message of four bytes that is no AMF is ignored",
        rules: [DATA_011],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let timecode = Msg {
            csid: 5,
            ts: 100,
            kind: 18,
            msid: echo.live.msid,
            body: vec![0, 0x01, 0x51, 0x80],
            label: "timecode".into(),
        };
        let before = key("before", 90).at(100);
        echo.live.send(&before).await;
        lie(&mut echo.live.link, "FourByteData", &timecode).await;
        let frames = [before, inter("after", 90).at(140)];
        echo.live.send(&frames[1]).await;
        let seen = echo.collect(&frames, 180).await;
        let expected = echo.expects(&frames);
        s.check("frames around a data message of four bytes", seen, expected);
        Ok(())
    }
}

case! {
    /// Metadata with cue points or embedded pictures passes 64 kB: a long string, many keys, some depth.
    LARGE = "data/odd/large-metadata" {
        title: "Metadata of more than 64 kB does not end the relaying",
        rules: [DATA_015],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [("stuck", "frames after large metadata no longer reach the player, the connection is open")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { chunk_size: Some(4096), ..EchoOptions::default() }).await?;
        let mut members: Vec<(String, Amf)> =
            (0..500).map(|n| (format!("key-{n}"), number(f64::from(n)))).collect();
        members.push(("comment".into(), Amf::LongText("a".repeat(70_000))));
        let deep = (0..8).fold(number(1.0), |inner, _| Amf::Object(vec![("inner".into(), inner)]));
        members.push(("deep".into(), deep));
        members.push(("width".into(), number(160.0)));
        let count = u32::try_from(members.len()).unwrap_or(0);
        let values = [text("@setDataFrame"), text("onMetaData"), Amf::Ecma(count, members)];
        echo.live.send(&command::data(1, "large metadata", &values).at(100)).await;
        let frames = [key("after", 90).at(140), inter("after-2", 90).at(180)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let fact = match echo.collect(&frames, 220).await {
            Seen::Media { items, ended } if ended == "marker" && items.len() >= frames.len() => "goes on",
            Seen::Media { ended, .. } if ended.ends_with("closed") => "closed",
            _ => "nothing more arrives",
        };
        s.check_fact(
            "the stream after large metadata",
            fact,
            expect(want::equal("goes on"))
                .or_lenient(want::equal("closed"), "a clean refusal, field/failures section 5 item 16")
                .cause("stuck"),
        );
        Ok(())
    }
}
