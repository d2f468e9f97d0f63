//! Set Chunk Size with values or layouts that the text does not allow (RTMP 5.4, 5.4.1).

use super::{long_call, long_call_works};
use crate::case;
use crate::outcome::{expect, want};
use crate::pen::control;

case! {
    /// RTMP 5.4.1: the size is at least 1. A receiver that takes 0 never reaches the end of a message.
    ZERO = "ctrl/chunk-size/zero" {
        title: "Chunk size 0 is ignored or refused by a close",
        rules: [CTRL_010],
        level: Must, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        link.lie("ChunkSizeZero", &control::set_chunk_size(0).chunks(128).concat()).await;
        let seen = link.barrier().await;
        s.check("a call after Set Chunk Size 0", seen, expect(want::ANSWERED).or(want::CLOSED));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the first bit is zero. Ignored and masked, 0x80000080 leaves the size at 128; a size of
    /// two thousand million, or a negative one, is neither.
    TOP_BIT = "ctrl/chunk-size/top-bit" {
        title: "Chunk size 0x80000080 is ignored, masked or refused by a close",
        rules: [CTRL_011],
        level: Must, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        long_call_works(&mut link).await?;
        link.lie("ChunkSizeTopBit", &control::set_chunk_size(0x8000_0080).chunks(128).concat()).await;
        let seen = long_call(&mut link).await;
        let expect = expect(want::RESULT).or(want::ERROR).or(want::CLOSED);
        s.check("a call of more than 300 bytes in chunks of 128", seen, expect);
        Ok(())
    }
}

case! {
    /// RTMP 5.4 wants chunk stream 2; senders that use another one are accepted in the field.
    OTHER_CHUNK_STREAM = "ctrl/chunk-size/other-chunk-stream" {
        title: "Set Chunk Size on chunk stream 3 is accepted",
        rules: [CTRL_004],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        long_call_works(&mut link).await?;
        let message = control::set_chunk_size(4096).on(3);
        link.lie("ControlOnOtherChunkStream", &message.chunks(128).concat()).await;
        link.chunk_size = 4096;
        let seen = long_call(&mut link).await;
        s.check("a call in one chunk of more than 300 bytes", seen, expect(want::RESULT).or(want::ERROR));
        Ok(())
    }
}

case! {
    /// RTMP 5.4 wants message stream 0. Obeyed and ignored look alike here: 128 is in force already.
    OTHER_MESSAGE_STREAM = "ctrl/chunk-size/other-message-stream" {
        title: "Set Chunk Size on message stream 1 is ignored or refused by a close",
        rules: [CTRL_005],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let message = control::set_chunk_size(128).for_stream(1);
        link.lie("ControlOnOtherMessageStream", &message.chunks(128).concat()).await;
        let seen = link.barrier().await;
        s.check("a call after it", seen, expect(want::ANSWERED).or(want::CLOSED));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the payload has four bytes. Two must not be read beyond their end.
    TOO_SHORT = "ctrl/chunk-size/too-short" {
        title: "A Set Chunk Size of two bytes is ignored or refused by a close",
        rules: [CTRL_041],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let mut message = control::set_chunk_size(4096);
        message.body.truncate(2);
        link.lie("ChunkSizeTooShort", &message.chunks(128).concat()).await;
        let seen = link.barrier().await;
        s.check("a call after it", seen, expect(want::ANSWERED).or(want::CLOSED));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: the payload has four bytes; what follows them is ignored by those who read the four.
    TOO_LONG = "ctrl/chunk-size/too-long" {
        title: "Bytes after the four of a Set Chunk Size are ignored",
        rules: [CTRL_042],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        long_call_works(&mut link).await?;
        let mut message = control::set_chunk_size(4096);
        message.body.extend([0xDE, 0xAD, 0xBE, 0xEF]);
        link.lie("ChunkSizeTooLong", &message.chunks(128).concat()).await;
        link.chunk_size = 4096;
        let seen = long_call(&mut link).await;
        let expect = expect(want::RESULT)
            .or(want::ERROR)
            .or_lenient(want::CLOSED, "refused by a clean close; no text says what becomes of the rest");
        s.check("a call in one chunk of more than 300 bytes", seen, expect);
        Ok(())
    }
}
