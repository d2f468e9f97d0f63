//! Faults of message types.

use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmp_proto::{Message, MessageStreamId, MessageType, Timestamp};

use super::peek::{closes_on, is_command, rules, sends, stalls_on};
use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "msg/closes-on-type-21",
        clause: "RTMP 6.1.1",
        what: "closes on message type 21",
        cases: &[("msg/unknown-types/ignored", "closed-before-barrier")],
        plant: || closes_on(|m| m.kind == MessageType(21)),
    },
    Fault {
        id: "msg/media-on-message-stream-0",
        clause: "RTMP 7.2.2",
        what: "media are sent on message stream 0",
        cases: &[("msg/media/play-stream", "other-message-stream")],
        plant: || {
            sends(|m| {
                let stream = MessageStreamId::CONNECTION;
                matches!(m.kind, MessageType::AUDIO | MessageType::VIDEO)
                    .then(|| vec![Message { stream, ..m.clone() }])
            })
        },
    },
    Fault {
        id: "msg/closes-on-media-for-stream-99",
        clause: "RTMP 7.2.2",
        what: "closes on audio for message stream 99",
        cases: &[("msg/media/unknown-stream", "closed-before-barrier")],
        plant: || closes_on(|m| m.kind == MessageType::AUDIO && m.stream == MessageStreamId(99)),
    },
    Fault {
        id: "msg/closes-on-media-before-publish",
        clause: "RTMP 7.2.2",
        what: "closes on audio before publish",
        cases: &[("msg/media/before-publish", "closed-before-barrier")],
        plant: closes_on_media_before_publish,
    },
    Fault {
        id: "msg/takes-apart-two-messages-only",
        clause: "RTMP 7.1.6",
        what: "the third message of an aggregate is lost",
        cases: &[("msg/aggregate/sub-messages", "frame-lost")],
        plant: || {
            Hooks::default()
                .message_in(|m| {
                    if m.kind == MessageType::AGGREGATE && subs(&m.payload).len() == 3 {
                        let two = subs(&m.payload)[2];
                        m.payload.truncate(two);
                    }
                    InputRuling::Process
                })
                .boxed()
        },
    },
    Fault {
        id: "msg/keeps-the-inner-stream-id",
        clause: "RTMP 7.1.6",
        what: "an aggregate whose messages name stream 77 is not taken for the stream that carried it",
        cases: &[("msg/aggregate/stream-id", "frame-lost")],
        plant: || {
            rules(InputRuling::Ignore, |m| {
                m.kind == MessageType::AGGREGATE && m.payload.get(8..11) == Some(&[0, 0, 77])
            })
        },
    },
    Fault {
        id: "msg/keeps-the-inner-timestamps",
        clause: "RTMP 7.1.6",
        what: "messages of an aggregate keep their own timestamps",
        cases: &[("msg/aggregate/timestamps", "wrong-timestamp")],
        plant: || {
            Hooks::default()
                .message_in(|m| {
                    if let (MessageType::AGGREGATE, Some([a, b, c])) = (m.kind, m.payload.get(4..7)) {
                        m.timestamp = Timestamp(u32::from_be_bytes([0, *a, *b, *c]));
                    }
                    InputRuling::Process
                })
                .boxed()
        },
    },
    Fault {
        id: "msg/closes-on-silence",
        clause: "E-RTMP v2 audio",
        what: "closes on an audio message of zero bytes",
        cases: &[("msg/empty/audio", "closed-before-barrier")],
        plant: || closes_on(|m| m.kind == MessageType::AUDIO && m.payload.is_empty() && m.timestamp.0 == 60),
    },
    Fault {
        id: "msg/closes-on-empty-video",
        clause: "RTMP 7.1.5",
        what: "closes on a video message of zero bytes",
        cases: &[("msg/empty/video", "closed-before-barrier")],
        plant: || closes_on(|m| m.kind == MessageType::VIDEO && m.payload.is_empty() && m.timestamp.0 == 40),
    },
    Fault {
        id: "msg/empty-data-stalls",
        clause: "RTMP 7.1.2",
        what: "goes silent on a data message of zero bytes",
        cases: &[("msg/empty/command-and-data", "barrier-unanswered")],
        plant: || {
            stalls_on(|m| {
                m.kind == MessageType::DATA_AMF0
                    && m.payload.is_empty()
                    && m.stream == MessageStreamId::CONNECTION
            })
        },
    },
];

/// Where the messages of an aggregate begin.
fn subs(payload: &[u8]) -> Vec<usize> {
    let mut at = 0;
    let mut out = Vec::new();
    while let Some([a, b, c]) = payload.get(at + 1..at + 4) {
        out.push(at);
        at += 15 + u32::from_be_bytes([0, *a, *b, *c]) as usize;
    }
    out
}

fn closes_on_media_before_publish() -> Box<dyn Tamper> {
    let mut published = false;
    Hooks::default()
        .message_in(move |m| {
            published |= is_command(m, "publish");
            let early = !published && m.kind == MessageType::AUDIO && m.stream != MessageStreamId(99);
            if early { InputRuling::Close } else { InputRuling::Process }
        })
        .boxed()
}
