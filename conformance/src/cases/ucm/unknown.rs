//! User control events that the text does not assign, and payloads too short for their event (RTMP 7.1.7,
//! errata E-21b).

use crate::case;
use crate::case::Step;
use crate::outcome::{expect, want};
use crate::pen::control;
use crate::stage::Stage;

/// Sends the events with four bytes of data each; the session goes on.
async fn ignored(s: &mut Stage, events: &[u16]) -> Step {
    let mut link = s.connected("client").await?;
    for event in events {
        let message = control::user_control(*event, &[0, 0, 0, 1]);
        link.lie("UnassignedEvent", &message.chunks(128).concat()).await;
        let seen = link.barrier().await;
        if !s.check(&format!("a call after event {event}"), seen, expect(want::ANSWERED)) {
            break;
        }
    }
    Ok(())
}

case! {
    /// RTMP 7.1.7 leaves 5 out.
    EVENT_5 = "ucm/unknown/event-5" {
        title: "User control event 5 is ignored",
        rules: [UCM_014],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) { ignored(s, &[5]).await }
}

case! {
    /// Events 8, 9 and 15 and those up to 25 stand in old lists of Flash and in no text.
    FLASH_EVENTS = "ucm/unknown/flash-events" {
        title: "User control events 8, 9 and 15 to 25 are ignored",
        rules: [UCM_018, UCM_019],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) { ignored(s, &[8, 9, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]).await }
}

case! {
    /// FlowSync and SetKeepalive belong to RTMFP and mean nothing on TCP.
    RTMFP_EVENTS = "ucm/unknown/rtmfp-events" {
        title: "User control events 34 and 41 are ignored",
        rules: [UCM_024],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) { ignored(s, &[34, 41]).await }
}

case! {
    /// An event that does not exist yet must not end the session, else none can ever be added.
    FAR_EVENTS = "ucm/unknown/far-events" {
        title: "User control events 32767 and 65535 are ignored",
        rules: [UCM_025],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) { ignored(s, &[0x7FFF, 0xFFFF]).await }
}

case! {
    /// RTMP 7.1.7: Ping Request and Set Buffer Length have four and eight bytes of data. What is missing is
    /// not read from elsewhere.
    TOO_SHORT = "ucm/unknown/too-short" {
        title: "User control messages shorter than their event are ignored or refused by a close",
        rules: [UCM_026],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        for body in [&[0][..], &[0, 6], &[0, 3], &[0, 6, 1, 2], &[0, 3, 0, 0, 0, 1]] {
            let mut link = s.connected(&format!("client-{}", body.len())).await?;
            let mut message = control::user_control(0, &[]);
            message.body = body.to_vec();
            link.lie("EventTooShort", &message.chunks(128).concat()).await;
            let seen = link.barrier().await;
            if !s.check(&format!("a call after {body:02x?}"), seen, expect(want::ANSWERED).or(want::CLOSED)) {
                break;
            }
        }
        Ok(())
    }
}
