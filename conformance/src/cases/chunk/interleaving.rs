//! Chunks of several messages by turns (RTMP 5.3, 5.4).

use super::pieces;
use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::chunk::{Header, chunks};
use crate::pen::control;
use crate::pen::media::{aac, inter};
use crate::stage::EchoOptions;

case! {
    /// RTMP 5.3: messages of different chunk streams may be interleaved. One buffer for all of them damages
    /// both (W22).
    MESSAGES = "chunk/interleaving/messages" {
        title: "Video, audio and control messages that interleave by chunks all arrive whole",
        rules: [CHUNK_043],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let video = inter("video", 600).at(100);
        let audio = [aac("audio-1", 205).at(100), aac("audio-2", 206).at(123)];
        let v = pieces(&echo, &video, 0, 100);
        let a1 = pieces(&echo, &audio[0], 0, 100);
        let a2 = pieces(&echo, &audio[1], 0, 123);
        let ack = control::acknowledgement(3073).chunks(128).concat();
        let order: [&[u8]; 10] = [&v[0], &a1[0], &v[1], &ack, &a1[1], &v[2], &a2[0], &v[3], &a2[1], &v[4]];
        echo.live.link.bytes("video in 5 chunks, audio in 2 + 2 and an Acknowledgement between", &order.concat()).await;
        let [a1, a2] = audio;
        let frames = [a1, a2, video];
        let seen = echo.collect(&frames, 200).await;
        let expect = echo.expects(&frames);
        s.check("interleaved audio and video", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the size holds for all subsequent chunks, also those of a message that has begun.
    CHUNK_SIZE_MID_MESSAGE = "chunk/interleaving/set-chunk-size-mid-message" {
        title: "Set Chunk Size inside a message of another chunk stream holds from its next chunk on",
        rules: [CHUNK_045, CHUNK_044],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frame = inter("resized", 301).at(100);
        let header = Header { msid: echo.live.msid, ..frame.header() };
        let (first, rest) = frame.body.split_at(128);
        let mut wire = header.bytes();
        wire.extend(first);
        wire.extend(control::set_chunk_size(4096).chunks(128).concat());
        wire.extend(Header { fmt: 3, ..header }.bytes());
        wire.extend(rest);
        echo.live.link.bytes("128 B of 301, Set Chunk Size 4096, the other 173 B in one chunk", &wire).await;
        echo.live.link.chunk_size = 4096;
        let frames = [frame, inter("after", 500).at(140)];
        echo.live.send(&frames[1]).await;
        let seen = echo.collect(&frames, 200).await;
        let expect = echo.expects(&frames);
        s.check("a frame with a chunk size change inside", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: a chunk after the change has the new size, however many bytes came before it. Readers that
    /// count bytes modulo the chunk size expect a shorter one.
    CHUNK_SIZE_ODD = "chunk/interleaving/set-chunk-size-odd" {
        title: "After a change inside a message its next chunk is as long as the new chunk size",
        rules: [CHUNK_045],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frame = inter("resized", 500).at(100);
        let header = Header { msid: echo.live.msid, ..frame.header() };
        let again = Header { fmt: 3, ..header }.bytes();
        let mut wire = header.bytes();
        wire.extend(&frame.body[..128]);
        wire.extend(control::set_chunk_size(200).chunks(128).concat());
        wire.extend(&again);
        wire.extend(&frame.body[128..328]);
        wire.extend(&again);
        wire.extend(&frame.body[328..]);
        echo.live.link.bytes("128 B of 500, Set Chunk Size 200, chunks of 200 B and 172 B", &wire).await;
        echo.live.link.chunk_size = 200;
        let frames = [frame, inter("after", 450).at(140)];
        echo.live.send(&frames[1]).await;
        let seen = echo.collect(&frames, 200).await;
        let expect = echo.expects(&frames);
        s.check("a frame in chunks of 128, 200 and 172 bytes", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4, 6.2: control messages may stand between the chunks of a large message and take effect when
    /// they arrive. Judged only where a plain Ping Request was answered (UCM-017).
    PING_MID_MESSAGE = "chunk/interleaving/ping-mid-message" {
        title: "A Ping Request between the chunks of a video message is answered before its last chunk",
        rules: [CHUNK_044],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        if !s.probe.answers_ping {
            return Err(Stop::Unsupported { proof: "a plain Ping Request was not answered".into() });
        }
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("interrupted", 3000).at(100)];
        let header = Header { msid: echo.live.msid, ..frames[0].header() };
        let mut wire = chunks(header, &frames[0].body, 128);
        let rest = wire.split_off(10);
        echo.live.link.bytes("10 of 24 chunks", &wire.concat()).await;
        let seen = echo.live.link.ping_barrier().await;
        if !s.check("a Ping Request inside the message", seen, expect(want::ANSWERED)) {
            return Ok(());
        }
        echo.live.link.bytes("the other 14 chunks", &rest.concat()).await;
        let seen = echo.collect(&frames, 200).await;
        let expect = echo.expects(&frames);
        s.check("the frame around the Ping Request", seen, expect);
        Ok(())
    }
}
