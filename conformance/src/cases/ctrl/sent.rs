//! Protocol control messages as the target sends them (RTMP 5.4).

use super::long_call_works;
use crate::case;
use crate::outcome::{Stop, expect, want};
use crate::pen::control;
use crate::stage::Stage;
use crate::wire::Heard;

/// Everything of the given types that the target sends around connect, a small window and some calls.
///
/// # Errors
/// Unsupported when there is none, blocked when the session does not come about.
async fn sent(s: &mut Stage, kinds: &[u8], what: &str) -> Result<Vec<Heard>, Stop> {
    let mut link = s.connected("client").await?;
    link.send(&control::window_ack_size(1000)).await;
    for _ in 0..4 {
        long_call_works(&mut link).await?;
    }
    let heard: Vec<Heard> = link.heard().into_iter().filter(|h| kinds.contains(&h.message.kind)).collect();
    if heard.is_empty() {
        let proof = format!("connect, a window of 1000 bytes and four calls brought no {what}");
        return Err(Stop::Unsupported { proof });
    }
    Ok(heard)
}

/// `type N: value` for each message that `odd` finds something in.
fn list(heard: &[Heard], odd: impl Fn(&Heard) -> Option<String>) -> Vec<String> {
    heard.iter().filter_map(|h| Some(format!("type {}: {}", h.message.kind, odd(h)?))).collect()
}

fn none() -> crate::outcome::Want {
    want::equal(Vec::<String>::new())
}

case! {
    /// RTMP 5.4: message stream 0.
    MESSAGE_STREAM_ZERO = "ctrl/sent/message-stream-zero" {
        title: "Protocol control messages are sent on message stream 0",
        rules: [CTRL_001],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("other-message-stream", "a protocol control message is on a message stream other than 0")],
    }
    async fn(s) {
        let heard = sent(s, &[1, 2, 3, 5, 6], "protocol control message").await?;
        let odd = list(&heard, |h| (h.message.msid != 0).then(|| format!("stream {}", h.message.msid)));
        s.check_fact("messages elsewhere", odd, expect(none()).cause("other-message-stream"));
        Ok(())
    }
}

case! {
    /// RTMP 5.4: chunk stream 2. Encoders of the field look for them there only (field item W24).
    CHUNK_STREAM_TWO = "ctrl/sent/chunk-stream-two" {
        title: "Protocol control messages are sent on chunk stream 2",
        rules: [CTRL_002],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("other-chunk-stream", "a protocol control message stands on a chunk stream other than 2")],
    }
    async fn(s) {
        let heard = sent(s, &[1, 2, 3, 5, 6], "protocol control message").await?;
        let odd = list(&heard, |h| (h.message.csid != 2).then(|| format!("chunk stream {}", h.message.csid)));
        s.check_fact("messages elsewhere", odd, expect(none()).cause("other-chunk-stream"));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: four bytes, the first bit zero, 1 to 2147483647.
    CHUNK_SIZE_LAYOUT = "ctrl/sent/chunk-size-layout" {
        title: "Set Chunk Size has four bytes, the first bit zero, and is not 0",
        rules: [CTRL_006],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("chunk-size-layout", "a Set Chunk Size has not four bytes, or not 1 to 2147483647")],
    }
    async fn(s) {
        let heard = sent(s, &[1], "Set Chunk Size").await?;
        let odd = list(&heard, |h| {
            let size = <[u8; 4]>::try_from(&h.message.body[..]).map(u32::from_be_bytes);
            let fits = size.is_ok_and(|size| (1..=0x7FFF_FFFF).contains(&size));
            (!fits).then(|| format!("{:02x?}", h.message.body))
        });
        s.check_fact("other payloads", odd, expect(none()).cause("chunk-size-layout"));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.1: at least 128 bytes, and at least 1.
    CHUNK_SIZE_AT_LEAST_128 = "ctrl/sent/chunk-size-at-least-128" {
        title: "The chunk size chosen is at least 128",
        rules: [CTRL_009],
        level: Should, profile: Core, company: Shared,
        after: ["ctrl/sent/chunk-size-layout"],
        causes: [("small-chunk-size", "a chunk size of less than 128 was chosen")],
    }
    async fn(s) {
        let heard = sent(s, &[1], "Set Chunk Size").await?;
        let odd = list(&heard, |h| {
            let size = u32::from_be_bytes(*h.message.body.first_chunk::<4>()?);
            (size < 128).then(|| size.to_string())
        });
        s.check_fact("smaller sizes", odd, expect(none()).cause("small-chunk-size"));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.4: four bytes.
    WINDOW_LAYOUT = "ctrl/sent/window-layout" {
        title: "Window Acknowledgement Size has four bytes",
        rules: [CTRL_030],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("window-layout", "a Window Acknowledgement Size has not four bytes")],
    }
    async fn(s) {
        let heard = sent(s, &[5], "Window Acknowledgement Size").await?;
        let odd = list(&heard, |h| (h.message.body.len() != 4).then(|| format!("{:02x?}", h.message.body)));
        s.check_fact("other payloads", odd, expect(none()).cause("window-layout"));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.5: four bytes of window, one byte of limit type.
    BANDWIDTH_LAYOUT = "ctrl/sent/bandwidth-layout" {
        title: "Set Peer Bandwidth has five bytes",
        rules: [CTRL_034],
        level: Must, profile: Core, company: Shared,
        after: [],
        causes: [("bandwidth-layout", "a Set Peer Bandwidth has not five bytes")],
    }
    async fn(s) {
        let heard = sent(s, &[6], "Set Peer Bandwidth").await?;
        let odd = list(&heard, |h| (h.message.body.len() != 5).then(|| format!("{:02x?}", h.message.body)));
        s.check_fact("other payloads", odd, expect(none()).cause("bandwidth-layout"));
        Ok(())
    }
}
