//! Headers that the state of the chunk stream does not allow: compressed ones on a chunk stream never used, new
//! ones inside a message (RTMP 5.3.1.2).

use super::{pieces, refused_or_relayed};
use crate::case;
use crate::outcome::{Expect, Stop, expect, want};
use crate::pen::chunk::{Form, Header, basic};
use crate::pen::control;
use crate::pen::media::inter;
use crate::stage::{EchoOptions, Stage};

case! {
    /// librtmp begins chunk stream 2 with type 1 when it sends a user control message first. Everything needed
    /// but the message stream id, which is 0, stands in the header.
    TYPE_1 = "chunk/fresh-stream/begins-with-type-1" {
        title: "A user control message that begins chunk stream 2 with type 1 is tolerated",
        rules: [CHUNK_014],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        link.answers_pings = false;
        let message = control::set_buffer_length(1, 3000);
        let mut wire = Header { fmt: 1, ..message.header() }.bytes();
        wire.extend(&message.body);
        link.lie("FreshChunkStreamBeginsWithType1", &wire).await;
        let seen = link.barrier().await;
        s.check("Set Buffer Length as type 1 on a fresh chunk stream 2", seen, expect(want::ANSWERED));
        Ok(())
    }
}

async fn compressed_first(s: &mut Stage, fmt: u8, lie: &str) -> Result<(), Stop> {
    let mut link = s.connected("client").await?;
    let mut wire = basic(fmt, 10, Form::Smallest);
    if fmt == 2 {
        wire.extend([0, 0, 20]);
    }
    link.lie(lie, &wire).await;
    let seen = link.barrier().await;
    s.check(&format!("a type {fmt} chunk on a fresh chunk stream"), seen, closed_or_ignored());
    Ok(())
}

/// Length and type are unknown: an error, or nothing at all.
fn closed_or_ignored() -> Expect {
    expect(want::CLOSED).or(want::ANSWERED)
}

case! {
    /// RTMP 5.3.1.2.1: a chunk stream begins with type 0. Type 2 has neither length nor type; cameras that do it
    /// brought servers down (W21).
    TYPE_2 = "chunk/fresh-stream/begins-with-type-2" {
        title: "A type 2 chunk on a chunk stream never used ends the connection or is ignored",
        rules: [CHUNK_015],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        compressed_first(s, 2, "FreshChunkStreamBeginsWithType2").await
    }
}

case! {
    /// RTMP 5.3.1.2.1: a chunk stream begins with type 0; type 3 has no header to inherit (W21).
    TYPE_3 = "chunk/fresh-stream/begins-with-type-3" {
        title: "A type 3 chunk on a chunk stream never used ends the connection or is ignored",
        rules: [CHUNK_015],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        compressed_first(s, 3, "FreshChunkStreamBeginsWithType3").await
    }
}

case! {
    /// A type 0 chunk inside a message: the old message is abandoned or the connection ended; bytes of two
    /// messages are never put together.
    RESTART = "chunk/fresh-stream/restart-inside-message" {
        title: "A type 0 chunk inside a message abandons that message or ends the connection",
        rules: [CHUNK_050],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("abandoned", 303).at(100), inter("restarted", 199).at(140)];
        let wire = [pieces(&echo, &frames[0], 0, 100)[0].clone(), pieces(&echo, &frames[1], 0, 140).concat()];
        let from = echo.view.link.heard().len();
        echo.live.link.lie("Type0InsideMessage", &wire.concat()).await;
        let seen = refused_or_relayed(&mut echo, from, &frames, 200).await;
        let expect = echo.expects(&frames[1..]).or(want::equal("closed")).cause("payload-changed");
        s.check("a frame that another one interrupts on its chunk stream", seen, expect);
        Ok(())
    }
}

case! {
    /// A type 1 chunk inside a message with another length: the connection is ended; a reader that goes on with
    /// either length puts two messages together or reads beyond one.
    LENGTH_CHANGES = "chunk/fresh-stream/length-changes-inside-message" {
        title: "A type 1 chunk that changes the length inside a message ends the connection",
        rules: [CHUNK_052],
        level: DeFacto, profile: Relay, company: Negative,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("begun", 304).at(100), inter("other-length", 201).at(140)];
        let wire = [pieces(&echo, &frames[0], 0, 100)[0].clone(), pieces(&echo, &frames[1], 1, 40).concat()];
        let from = echo.view.link.heard().len();
        echo.live.link.lie("LengthChangesInsideMessage", &wire.concat()).await;
        let seen = refused_or_relayed(&mut echo, from, &frames, 200).await;
        let restarted = echo.want(&frames[1..]);
        let expect = expect(want::equal("closed"))
            .or_lenient(restarted, "the message that had begun is abandoned, nothing is merged")
            .cause("payload-changed");
        s.check("a frame whose second chunk has another length", seen, expect);
        Ok(())
    }
}
