//! The message header: chunk types 0 to 3 (RTMP 5.3.1.2).

use super::{keeps_timestamps, send_as};
use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::chunk::{Header, chunks};
use crate::pen::command;
use crate::pen::media::{aac, inter, key};
use crate::stage::{EchoOptions, media};

case! {
    /// RTMP 5.3.1.2.1: type 0 carries the absolute timestamp.
    TYPE_0_ABSOLUTE = "chunk/message-header/type-0-absolute" {
        title: "The timestamp of a type 0 chunk is absolute",
        rules: [CHUNK_024],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, true)?;
        let mut echo = s.echo(EchoOptions { base: 4900, ..EchoOptions::default() }).await?;
        let frames = [key("at-5000", 90).at(5000), inter("at-9000", 91).at(9000)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 9040).await;
        let expect = echo.expects(&frames);
        s.check("two type 0 chunks at 5,000 and 9,000 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.2: delta, length and type anew, message stream as before.
    TYPE_1 = "chunk/message-header/type-1" {
        title: "A type 1 chunk brings delta, length and type; the message stream is inherited",
        rules: [CHUNK_010, CHUNK_025],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { base: 900, ..EchoOptions::default() }).await?;
        let frames = [
            key("type-0", 100).at(1000),
            inter("type-1-shorter", 71).at(1040),
            inter("type-1-longer", 270).at(1073),
        ];
        send_as(&mut echo, &frames[0], 0, 1000).await;
        send_as(&mut echo, &frames[1], 1, 40).await;
        send_as(&mut echo, &frames[2], 1, 33).await;
        let seen = echo.collect(&frames, 1120).await;
        let expect = echo.expects(&frames);
        s.check("type 0, 1, 1 with other lengths and deltas", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.3: only the delta; length, type and message stream as before.
    TYPE_2 = "chunk/message-header/type-2" {
        title: "A type 2 chunk brings the delta; length, type and message stream are inherited",
        rules: [CHUNK_011, CHUNK_025],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { base: 900, ..EchoOptions::default() }).await?;
        let frames = [
            aac("type-0", 77).at(1000),
            aac("type-2-23", 77).at(1023),
            aac("type-2-24", 77).at(1047),
        ];
        send_as(&mut echo, &frames[0], 0, 1000).await;
        send_as(&mut echo, &frames[1], 2, 23).await;
        send_as(&mut echo, &frames[2], 2, 24).await;
        let seen = echo.collect(&frames, 1100).await;
        let expect = echo.expects(&frames);
        s.check("type 0, 2, 2 with other deltas", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.4 and the example in 5.3.2.1: type 3 starts a message with everything of the one before,
    /// delta included. Taking it for a continuation is a frequent mistake (W23).
    TYPE_3_NEW_MESSAGE = "chunk/message-header/type-3-starts-message" {
        title: "A type 3 chunk after a whole message starts the next one with the last delta",
        rules: [CHUNK_012, CHUNK_022, CHUNK_066],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions { base: 900, ..EchoOptions::default() }).await?;
        let frames = [
            aac("type-0", 32).at(1000),
            aac("type-2", 32).at(1020),
            aac("type-3-first", 32).at(1040),
            aac("type-3-second", 32).at(1060),
        ];
        send_as(&mut echo, &frames[0], 0, 1000).await;
        send_as(&mut echo, &frames[1], 2, 20).await;
        send_as(&mut echo, &frames[2], 3, 0).await;
        send_as(&mut echo, &frames[3], 3, 0).await;
        let seen = echo.collect(&frames, 1100).await;
        let expect = echo.expects(&frames);
        s.check("type 0, 2, 3, 3", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.4: after type 0 the delta of a type 3 chunk is that chunk's timestamp. Contested (errata
    /// E-15c): widespread servers add nothing, so encoders avoid the sequence.
    TYPE_3_AFTER_TYPE_0 = "chunk/message-header/type-3-after-type-0" {
        title: "A type 3 message right after type 0 has that chunk's timestamp as its delta",
        rules: [CHUNK_023],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, false)?;
        let mut echo = s.echo(EchoOptions::default()).await?;
        let first = inter("type-0", 84).at(160);
        let literal = [first.clone(), inter("type-3", 84).at(320)];
        let zero = [first, inter("type-3", 84).at(160)];
        send_as(&mut echo, &literal[0], 0, 160).await;
        send_as(&mut echo, &literal[1], 3, 0).await;
        let seen = echo.collect(&literal, 400).await;
        let expect = echo
            .expects(&literal)
            .or_lenient(echo.want(&zero), "a delta of 0: contested, errata E-15c and the ruling for CHUNK-023");
        s.check("type 0 at 160 ms, then type 3", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.5: several message types may share a chunk stream; a delta counts from the message before
    /// on that chunk stream, whatever its type (errata E-13).
    MIXED_TYPES = "chunk/message-header/mixed-types" {
        title: "Audio and video on one chunk stream count their deltas from each other",
        rules: [CHUNK_026, CHUNK_025],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, false)?;
        let mut echo = s.echo(EchoOptions { base: 900, ..EchoOptions::default() }).await?;
        let frames = [
            key("video-1", 88).at(1000),
            aac("audio-1", 61).on(6).at(1010),
            inter("video-2", 87).at(1033),
            aac("audio-2", 62).on(6).at(1040),
        ];
        send_as(&mut echo, &frames[0], 0, 1000).await;
        send_as(&mut echo, &frames[1], 1, 10).await;
        send_as(&mut echo, &frames[2], 1, 23).await;
        send_as(&mut echo, &frames[3], 1, 7).await;
        let seen = echo.collect(&frames, 1100).await;
        let expect = echo.expects(&frames);
        s.check("audio and video by turns on chunk stream 6", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.4, example 5.3.2.2: continuation chunks belong to their message, its delta counts once.
    DELTA_COUNTS_ONCE = "chunk/message-header/delta-counts-once" {
        title: "Continuation chunks do not advance the timestamp",
        rules: [CHUNK_072, CHUNK_012],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, false)?;
        let mut echo = s.echo(EchoOptions { base: 900, ..EchoOptions::default() }).await?;
        let frames = [
            inter("type-0", 90).at(1000),
            inter("three-chunks", 302).at(1020),
            inter("one-chunk", 92).at(1050),
        ];
        send_as(&mut echo, &frames[0], 0, 1000).await;
        send_as(&mut echo, &frames[1], 1, 20).await;
        send_as(&mut echo, &frames[2], 1, 30).await;
        let seen = echo.collect(&frames, 1100).await;
        let expect = echo.expects(&frames);
        s.check("a delta of 20 ms on a message of three chunks", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 4 and 5.3.1.2.5: deltas are unsigned; 0x800000 ms are 2 h 20 min forward.
    DELTA_UNSIGNED = "chunk/message-header/delta-is-unsigned" {
        title: "A 24-bit delta with its top bit set leads forward",
        rules: [TIME_005, CHUNK_025],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [],
    }
    async fn(s) {
        keeps_timestamps(s, true)?;
        let mut echo = s.echo(EchoOptions { base: 900, ..EchoOptions::default() }).await?;
        let frames = [key("type-0", 90).at(1000), inter("far", 93).at(1000 + 0x0080_0000)];
        send_as(&mut echo, &frames[0], 0, 1000).await;
        send_as(&mut echo, &frames[1], 1, 0x0080_0000).await;
        let seen = echo.collect(&frames, 1100 + 0x0080_0000).await;
        let expect = echo.expects(&frames);
        s.check("a delta of 0x800000 ms", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.3.1.2.1, errata EA 4.2: the message stream id is the one little-endian field.
    STREAM_ID_ORDER = "chunk/message-header/stream-id-little-endian" {
        title: "Media for a player carries its message stream id in little-endian order",
        rules: [CHUNK_009],
        level: Must, profile: Relay, company: Shared,
        after: ["nsp/relay/audio-and-video"],
        causes: [("big-endian", "the message stream id stands in big-endian order")],
    }
    async fn(s) {
        let mut echo = s.echo(EchoOptions::default()).await?;
        let frames = [inter("frame", 90).at(100), aac("audio", 60).at(100)];
        for frame in &frames {
            echo.live.send(frame).await;
        }
        let seen = echo.collect(&frames, 140).await;
        if !matches!(&seen, Seen::Media { ended, .. } if ended == "marker") {
            return Err(Stop::blocked("relayed frames", seen.describe()));
        }
        let msid = echo.view.msid;
        let heard = echo.view.link.heard();
        let word = match media(&heard).map(|h| h.message.msid).find(|id| *id != msid) {
            None => "little-endian",
            Some(id) if id == msid.swap_bytes() => "big-endian",
            Some(_) => "another stream",
        };
        let expected = expect(want::equal("little-endian"))
            .or_info(want::equal("another stream"), "not a matter of byte order")
            .cause("big-endian");
        s.check_fact("message stream id of audio and video", word, expected);
        Ok(())
    }
}

case! {
    /// RTMP 3 (chunk stream): chunk streams exist per direction. What the target sends on the id that it answers
    /// on must not become the context of what it receives there.
    DIRECTIONS = "chunk/message-header/state-per-direction" {
        title: "A chunk stream id used in both directions is two independent chunk streams",
        rules: [CHUNK_071],
        level: Must, profile: Core, company: Shared,
        after: ["conn/connect/result"],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let first = link.transaction();
        let id = link
            .heard()
            .iter()
            .find(|h| h.message.kind == 20)
            .map(|h| h.message.csid)
            .ok_or_else(|| Stop::blocked("connect", "no reply of type 20"))?;
        link.send(&command::create_stream(first).on(id)).await;
        let seen = link.reply(first).await;
        if !matches!(seen, Seen::Command { .. }) {
            return Err(Stop::blocked("createStream", seen.describe()));
        }
        // The reply lay on this id with another length; this message repeats the header of the command.
        let second = link.transaction();
        let again = command::create_stream(second).on(id);
        let header = Header { fmt: 3, ..again.header() };
        let wire = chunks(header, &again.body, link.chunk_size).concat();
        link.bytes(&format!("csid {id} fmt 3 type 20 {} B createStream", again.body.len()), &wire).await;
        let seen = link.reply(second).await;
        s.check("a command as type 3 after the target's reply", seen, expect(want::RESULT).or(want::ERROR));
        Ok(())
    }
}
