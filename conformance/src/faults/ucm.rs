//! Faults of user control.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmp_proto::{Message, MessageStreamId, MessageType};

use super::peek::{closes_on, control, event, is_command, rules, sends, stalls_on, word};
use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "ucm/little-endian-event",
        clause: "RTMP 6.2",
        what: "a StreamEOF with the bytes of its event type swapped goes before StreamBegin",
        cases: &[("ucm/sent/event-type", "event-layout")],
        plant: || sends(|m| begins(m).then(|| vec![user_control(&[1, 0, 0, 0, 0, 1]), m.clone()])),
    },
    Fault {
        id: "ucm/event-on-message-stream-1",
        clause: "RTMP 6.2",
        what: "StreamBegin is sent on message stream 1",
        cases: &[("ucm/sent/stream-zero-chunk-stream-two", "event-elsewhere")],
        plant: || sends(|m| begins(m).then(|| vec![Message { stream: MessageStreamId(1), ..m.clone() }])),
    },
    Fault {
        id: "ucm/begins-a-stream-that-is-none",
        clause: "RTMP 7.1.7",
        what: "StreamBegin for stream 77 follows every other one",
        cases: &[("ucm/sent/stream-begin-layout", "stream-begin-layout")],
        plant: || sends(|m| begins(m).then(|| vec![m.clone(), user_control(&[0, 0, 0, 0, 0, 77])])),
    },
    Fault {
        id: "ucm/eof-of-stream-0",
        clause: "RTMP 7.1.7",
        what: "StreamEOF names stream 0",
        cases: &[("ucm/sent/stream-eof-layout", "stream-eof-layout")],
        plant: || {
            sends(|m| {
                let notify = m.payload.windows(15).any(|w| w == b"UnpublishNotify");
                let eof = m.payload.starts_with(&[0, 1]) && m.kind == MessageType::USER_CONTROL;
                let wrong = user_control(&[0, 1, 0, 0, 0, 0]);
                if eof { Some(vec![wrong]) } else { notify.then(|| vec![wrong, m.clone()]) }
            })
        },
    },
    Fault {
        id: "ucm/begins-after-media",
        clause: "RTMP 7.2.2.1",
        what: "a player's StreamBegin follows the first media message",
        cases: &[
            ("ucm/stream-begin/before-media", "media-before-begin"),
            ("nss/play/stream-begin", "no-stream-begin"),
        ],
        plant: begins_after_media,
    },
    Fault {
        id: "ucm/ignores-a-ping",
        clause: "RTMP 7.1.7",
        what: "Ping Request 0x01020304 is not answered",
        cases: &[("ucm/ping/answered", "no-answer")],
        plant: || {
            rules(InputRuling::Ignore, |m| event(m) == Some(6) && word(&m.payload[2..]) == Some(0x0102_0304))
        },
    },
    Fault {
        id: "ucm/waits-for-the-timestamp",
        clause: "RTMP 6.2",
        what: "user control messages with a timestamp do not take effect",
        cases: &[("ucm/ping/odd-timestamp", "no-answer")],
        plant: || rules(InputRuling::Ignore, |m| event(m) == Some(6) && m.timestamp.0 == 0x00FE_DCBA),
    },
    Fault {
        id: "ucm/wants-events-in-one-chunk",
        clause: "RTMP 5.3",
        what: "closes on a user control message that is split",
        cases: &[("ucm/ping/split-over-chunks", "closed-before-barrier")],
        plant: || {
            Hooks::default()
                .chunk_in(|chunk| {
                    if chunk.kind == MessageType::USER_CONTROL && !chunk.starts_message {
                        InputRuling::Close
                    } else {
                        InputRuling::Process
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "ucm/closes-on-event-5",
        clause: "RTMP 7.1.7",
        what: "closes on event 5",
        cases: &[("ucm/unknown/event-5", "closed-before-barrier")],
        plant: || closes_on(|m| event(m) == Some(5)),
    },
    Fault {
        id: "ucm/closes-on-event-16",
        clause: "RTMP 7.1.7",
        what: "closes on event 16",
        cases: &[("ucm/unknown/flash-events", "closed-before-barrier")],
        plant: || closes_on(|m| event(m) == Some(16)),
    },
    Fault {
        id: "ucm/closes-on-event-41",
        clause: "RTMP 7.1.7",
        what: "closes on event 41",
        cases: &[("ucm/unknown/rtmfp-events", "closed-before-barrier")],
        plant: || closes_on(|m| event(m) == Some(41)),
    },
    Fault {
        id: "ucm/closes-on-event-65535",
        clause: "RTMP 7.1.7",
        what: "closes on event 65535",
        cases: &[("ucm/unknown/far-events", "closed-before-barrier")],
        plant: || closes_on(|m| event(m) == Some(0xFFFF)),
    },
    Fault {
        id: "ucm/short-event-stalls",
        clause: "RTMP 6.2",
        what: "goes silent on a user control message of one byte",
        cases: &[("ucm/unknown/too-short", "barrier-unanswered")],
        plant: || stalls_on(|m| m.kind == MessageType::USER_CONTROL && m.payload.len() == 1),
    },
];

/// Whether it is StreamBegin for a stream other than 0.
fn begins(message: &Message) -> bool {
    event(message) == Some(0) && word(&message.payload[2..]).is_some_and(|id| id != 0)
}

fn user_control(payload: &[u8]) -> Message {
    control(MessageType::USER_CONTROL, payload)
}

fn begins_after_media() -> Box<dyn Tamper> {
    let plays = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&plays);
    let mut held = None;
    Hooks::default()
        .message_in(move |m| {
            if is_command(m, "play") {
                plays.store(true, Ordering::Relaxed);
            }
            InputRuling::Process
        })
        .message_out(move |messages| {
            if !seen.load(Ordering::Relaxed) {
                return;
            }
            if let Some(at) = messages.iter().position(begins) {
                held = Some(messages.remove(at));
            }
            if messages.iter().any(|m| matches!(m.kind, MessageType::AUDIO | MessageType::VIDEO)) {
                messages.extend(held.take());
            }
        })
        .boxed()
}
