//! Abort (RTMP 5.4.2, errata annotations 6).

use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::chunk::{Form, Header};
use crate::pen::media::{aac, inter};
use crate::pen::{Msg, control};
use crate::stage::{Echo, EchoOptions};

/// Sends the first chunk of `message` and nothing more of it.
async fn first_chunk(echo: &mut Echo, message: &Msg) {
    let message = message.clone().for_stream(echo.live.msid);
    let chunk = message.chunks(echo.live.link.chunk_size).swap_remove(0);
    let note = format!("first chunk of {} B on csid {}: {}", message.body.len(), message.csid, message.label);
    echo.live.link.bytes(&note, &chunk).await;
}

case! {
    /// RTMP 5.4.2: the receiver discards the partly received message and takes what follows for a new one.
    DISCARDS_PARTIAL = "ctrl/abort/discards-partial" {
        title: "After Abort the partial message is gone and a new one is read",
        rules: [CTRL_018],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        first_chunk(&mut echo, &inter("aborted", 300).at(40)).await;
        echo.live.link.send(&control::abort(6)).await;
        let frames = [inter("after-abort", 300).at(80), aac("audio", 90).at(90)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 120).await;
        let expect = echo.expects(&frames);
        s.check("a new message on the chunk stream that was aborted", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.2, errata annotations 6: only the chunk stream named is concerned, and the session goes on.
    OTHER_STREAMS = "ctrl/abort/other-chunk-streams" {
        title: "Abort leaves a message on another chunk stream alone",
        rules: [CTRL_019],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let other = aac("interleaved", 300).at(40).for_stream(echo.live.msid);
        let rest = other.chunks(128)[1..].concat();
        first_chunk(&mut echo, &inter("aborted", 300).at(40)).await;
        first_chunk(&mut echo, &other).await;
        echo.live.link.send(&control::abort(6)).await;
        echo.live.link.bytes("the rest of interleaved on csid 4", &rest).await;
        let frames = [other];
        let seen = echo.collect(&frames, 120).await;
        let expect = echo.expects(&frames);
        s.check("the message begun on csid 4 before Abort of csid 6", seen, expect);
        Ok(())
    }
}

case! {
    /// Nothing is there to be discarded; a target that hangs up loses the session for nothing.
    IDLE_STREAM = "ctrl/abort/idle-chunk-stream" {
        title: "Abort for a chunk stream that was never used is harmless",
        rules: [CTRL_020],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        link.send(&control::abort(77)).await;
        let seen = link.barrier().await;
        let expect = expect(want::ANSWERED)
            .or_lenient(want::CLOSED, "zenomt's server closes; no text says what an unknown id means");
        s.check("a call after Abort 77", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.2: the id has 32 bits; chunk streams beyond 63 can be aborted as well.
    WIDE_ID = "ctrl/abort/wide-chunk-stream-id" {
        title: "Abort works on chunk stream 100",
        rules: [CTRL_021],
        level: Must, profile: Relay, company: Shared,
        after: ["ctrl/abort/discards-partial"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let before = [inter("on-100", 90).at(40).on(100)];
        echo.live.send(&before[0]).await;
        let seen = echo.collect(&before, 60).await;
        let fits = crate::outcome::Observation { label: String::new(), expect: echo.expects(&before), seen };
        if fits.matched().is_none() {
            return Err(Stop::blocked("video on chunk stream 100", fits.seen.describe()));
        }
        first_chunk(&mut echo, &inter("aborted", 300).at(80).on(100)).await;
        echo.live.link.send(&control::abort(100)).await;
        let frames = [inter("after-abort", 300).at(120).on(100)];
        echo.live.send(&frames[0]).await;
        let seen = echo.collect(&frames, 160).await;
        let expect = echo.expects(&frames);
        s.check("a new message on chunk stream 100", seen, expect);
        Ok(())
    }
}

case! {
    /// Errata annotations 6: what the header of the aborted message said stays the base of later deltas.
    TIMESTAMP_STAYS_BASE = "ctrl/abort/timestamp-stays-base" {
        title: "The timestamp of an aborted message is the base of the next delta",
        rules: [CHUNK_053],
        level: Must, profile: Relay, company: Shared,
        after: ["ctrl/abort/discards-partial"],
        causes: [],
    }
    async fn(s) {
        if !s.probe.class().timestamps {
            let proof = "the control run showed that the relay changes timestamp differences".into();
            return Err(Stop::Unsupported { proof });
        }
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("at-100", 90).at(100), inter("20-after-200", 90).at(220)];
        echo.live.send(&frames[0]).await;
        first_chunk(&mut echo, &inter("aborted", 300).at(200)).await;
        echo.live.link.send(&control::abort(6)).await;
        let header = Header { fmt: 1, csid: 6, form: Form::Smallest, time: 20, len: 90, kind: 9, msid: 0 };
        let wire = [header.bytes(), frames[1].body.clone()].concat();
        echo.live.link.bytes("csid 6 fmt 1 delta 20 type 9 90 B 20-after-200", &wire).await;
        let seen = echo.collect(&frames, 260).await;
        let expect = echo.expects(&frames);
        s.check("a frame at 100, an aborted one at 200, a delta of 20", seen, expect);
        Ok(())
    }
}
