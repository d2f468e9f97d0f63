//! Messages in chunks: sizes, limits, and how the bytes arrive (RTMP 5.3, 5.4.1).

use std::time::Duration;

use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::amf::text;
use crate::pen::media::{aac, inter, key};
use crate::pen::{Amf, command};
use crate::stage::EchoOptions;

case! {
    /// RTMP 5.4.1: the chunk size is 128 bytes until the sender sets another.
    CONNECT_129 = "chunk/fragmentation/connect-129" {
        title: "A connect of 129 bytes arrives as a chunk of 128 bytes and one of 1 byte",
        rules: [CHUNK_046],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.shaken("client").await?;
        let least = command::connect(&s.place.app, &s.place.tc_url).body.len();
        // A multiple of 128 plus 1, whatever the length of the address.
        let want_len = (least + 4).next_multiple_of(128) + 1;
        let mut members = command::connect_members(&s.place.app, &s.place.tc_url);
        let room = want_len - least;
        let Some((_, version)) = members.iter_mut().find(|(k, _)| k == "flashVer") else {
            return Err(Stop::Harness("connect has no flashVer".into()));
        };
        *version = text(format!("FMLE/3.0 (compatible; rtmpspec{})", " ".repeat(room)));
        let connect = command::command("connect", 1.0, Amf::Object(members), &[]);
        let pieces = connect.chunks(128);
        if connect.body.len() % 128 != 1 {
            return Err(Stop::Harness(format!("connect has {} bytes", connect.body.len())));
        }
        link.bytes(&format!("connect, {} B in {} chunks", connect.body.len(), pieces.len()), &pieces.concat()).await;
        let seen = link.reply(1.0).await;
        s.check("connect one byte longer than its chunks", seen, expect(want::RESULT).or(want::ERROR));
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.5: all chunks but the last are full, and no empty chunk follows a whole multiple.
    AROUND_CHUNK_SIZE = "chunk/fragmentation/around-chunk-size" {
        title: "Messages of 127 to 257 bytes come whole out of chunks of 128 bytes",
        rules: [CHUNK_039, CHUNK_040],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames: Vec<_> = [127, 128, 129, 255, 256, 257]
            .into_iter()
            .zip(1..)
            .map(|(len, n)| inter(&format!("{len}-bytes"), len).at(40 * n))
            .collect();
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 400).await;
        let expect = echo.expects(&frames);
        s.check("frames around one and two chunks", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.1: a length of 0 is within range. Encoders send empty audio for silence; whether it is relayed is
    /// not judged.
    ZERO_LENGTH = "chunk/fragmentation/zero-length" {
        title: "An audio message without payload is a header and nothing else",
        rules: [CHUNK_041],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [
            aac("before", 50).at(100),
            crate::pen::Msg { body: Vec::new(), ..aac("empty", 2) }.at(120),
            aac("after", 51).at(140),
        ];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 200).await;
        let without = echo.want(&[frames[0].clone(), frames[2].clone()]);
        let expect = echo.expects(&frames).or(without);
        s.check("audio of 50, 0 and 51 bytes", seen, expect);
        let seen = echo.live.link.barrier().await;
        s.check("the publisher afterwards", seen, expect_answered());
        Ok(())
    }
}

fn expect_answered() -> crate::outcome::Expect {
    expect(want::ANSWERED)
}

case! {
    /// RTMP 5.4.1: 128 bytes for everything; the 64 bytes for audio of early descriptions are not in the text.
    AUDIO_IN_ONE_CHUNK = "chunk/fragmentation/audio-in-one-chunk" {
        title: "100 bytes of audio arrive in one chunk",
        rules: [CHUNK_048],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [aac("audio-100", 100).at(100), aac("audio-128", 128).at(123)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 200).await;
        let expect = echo.expects(&frames);
        s.check("audio of 100 and 128 bytes at chunk size 128", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the maximum chunk size is maintained independently for each direction (W31).
    PER_DIRECTION = "chunk/fragmentation/size-per-direction" {
        title: "A player's Set Chunk Size does not change how the target writes",
        rules: [CHUNK_047],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        echo.view.link.set_chunk_size(300).await;
        let seen = echo.view.link.barrier().await;
        if !matches!(seen, Seen::Answered { .. }) {
            return Err(Stop::blocked("barrier after Set Chunk Size", seen.describe()));
        }
        let frames = [inter("chunked-by-the-target", 1013).at(100), inter("after", 95).at(140)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 200).await;
        let expect = echo.expects(&frames);
        s.check("long frames for a player that writes chunks of 300 bytes", seen, expect);
        Ok(())
    }
}

case! {
    /// Errata EA 2: a message that the end of the connection cuts off is dropped.
    CUT_OFF = "chunk/fragmentation/cut-off" {
        title: "A message that the publisher's disconnect cuts off is not delivered",
        rules: [CHUNK_058],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("partial-delivered", "the part of a message that had arrived was delivered")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let whole = key("whole", 98).at(100);
        echo.live.send(&whole).await;
        let frame = inter("cut-off", 322).at(140).for_stream(echo.live.msid);
        let mut cut = frame.chunks(128);
        cut.truncate(2);
        let wire = cut.concat();
        echo.live.link.bytes("two of three chunks", &wire[..wire.len() - 20]).await;
        echo.live.link.finish().await;
        let body = whole.body;
        let from = echo
            .view
            .link
            .wait(|v| v.heard.iter().position(|h| h.message.body == body))
            .await
            .map_err(|seen| Stop::blocked("the frame before", seen.describe()))?;
        // Silence is the rule: a part that is delivered comes with the end of the publisher. What the target says
        // of its own at that moment, such as an end of sequence, is not the message.
        let beginning = &frame.body[..16];
        let part = echo
            .view
            .link
            .quiet(Duration::from_millis(400), |v| {
                v.heard[from + 1..]
                    .iter()
                    .map(|h| &h.message)
                    .find(|m| m.kind == 9 && m.body.starts_with(beginning))
                    .map(|m| m.body.len())
            })
            .await;
        let seen = part.map_or(Seen::fact("nothing"), |len| Seen::fact(format!("video of {len} bytes")));
        s.check("video after the last whole frame", seen, expect(want::equal("nothing")).cause("partial-delivered"));
        Ok(())
    }
}

case! {
    /// TCP keeps no boundaries: a header may be split at any byte.
    ONE_BYTE_PER_WRITE = "chunk/fragmentation/one-byte-per-write" {
        title: "Chunks that arrive byte by byte are read",
        rules: [CHUNK_059],
        level: DeFacto, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video", "chunk/extended-timestamp/complete-value"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("type-0", 160).at(100), inter("type-1", 41).at(140), inter("extended", 42).at(0x0100_0000)];
        let mut wire = super::pieces(&echo, &frames[0], 0, 100).concat();
        wire.extend(super::pieces(&echo, &frames[1], 1, 40).concat());
        wire.extend(super::pieces(&echo, &frames[2], 0, 0x0100_0000).concat());
        echo.live.link.one_by_one("three frames", &wire).await;
        let seen = echo.collect(&frames, 0x0100_0040).await;
        let expect = echo.expects(&frames);
        s.check("three frames byte by byte", seen, expect);
        Ok(())
    }
}

case! {
    /// Many chunks may arrive in one read.
    MANY_IN_ONE_WRITE = "chunk/fragmentation/many-in-one-write" {
        title: "2000 small messages in one write are all processed",
        rules: [CHUNK_060],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.send_headers(0).await;
        let before = live.link.barrier().await;
        if !matches!(before, Seen::Answered { .. }) {
            return Err(Stop::blocked("barrier", before.describe()));
        }
        let msid = live.msid;
        let wire: Vec<u8> =
            (0..2000_u32).flat_map(|n| aac("tiny", 9).at(n).for_stream(msid).chunks(128).concat()).collect();
        live.link.bytes(&format!("2000 audio messages of 9 B in {} B", wire.len()), &wire).await;
        let seen = live.link.barrier().await;
        s.check("the publisher after 2000 messages", seen, expect_answered());
        Ok(())
    }
}
