//! Faults of protocol control.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use rtmp_proto::tamper::{ChunkIn, InputRuling, Tamper};
use rtmp_proto::{ChunkStreamId, Message, MessageStreamId, MessageType, Timestamp};

use super::peek::{closes_on, control, rules, sends, stalls_on, word};
use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "ctrl/refuses-chunk-size-2",
        clause: "RTMP 5.4.1",
        what: "closes on chunk size 2",
        cases: &[("ctrl/chunk-size/small", "closed-before-barrier")],
        plant: || closes_on(|m| chunk_size(m) == Some(2)),
    },
    Fault {
        id: "ctrl/refuses-chunk-size-16777215",
        clause: "RTMP 5.4.1",
        what: "closes on chunk size 16777215",
        cases: &[("ctrl/chunk-size/large", "closed-before-barrier")],
        plant: || closes_on(|m| chunk_size(m) == Some(0xFF_FFFF)),
    },
    Fault {
        id: "ctrl/refuses-chunk-size-beyond-24-bits",
        clause: "RTMP 5.4.1",
        what: "closes on chunk sizes beyond 16777215",
        cases: &[("ctrl/chunk-size/beyond-24-bits", "closed-before-barrier")],
        plant: || closes_on(|m| chunk_size(m).is_some_and(|size| size > 0xFF_FFFF)),
    },
    Fault {
        id: "ctrl/full-chunk-loses-a-byte",
        clause: "RTMP 5.4.1",
        what: "after a new chunk size, a message of exactly that length loses its last byte",
        cases: &[("ctrl/chunk-size/governs-later-chunks", "payload-changed")],
        plant: full_chunk_loses_a_byte,
    },
    Fault {
        id: "ctrl/refuses-smaller-chunk-size",
        clause: "RTMP 5.4.1",
        what: "closes when a chunk size of 4096 or more is lowered",
        cases: &[("ctrl/chunk-size/up-and-down", "closed-before-barrier")],
        plant: refuses_smaller_chunk_size,
    },
    Fault {
        id: "ctrl/writes-with-the-peers-chunk-size",
        clause: "RTMP 5.4.1",
        what: "cuts its own messages at the chunk size of the peer",
        cases: &[("ctrl/chunk-size/each-direction", "frame-lost")],
        plant: writes_with_the_peers_chunk_size,
    },
    Fault {
        id: "ctrl/refuses-chunk-size-before-connect",
        clause: "RTMP 5.4.1",
        what: "closes on Set Chunk Size before any command",
        cases: &[("ctrl/chunk-size/before-connect", "closed-before-barrier")],
        plant: refuses_chunk_size_before_connect,
    },
    Fault {
        id: "ctrl/refuses-late-chunk-size",
        clause: "RTMP 5.4",
        what: "closes on Set Chunk Size with a timestamp in the future",
        cases: &[("ctrl/chunk-size/timestamp-ignored", "closed-before-barrier")],
        plant: || closes_on(|m| chunk_size(m) == Some(4096) && m.timestamp.0 == 0xFFFF_FFFF),
    },
    Fault {
        id: "ctrl/chunk-size-0-stalls",
        clause: "RTMP 5.4.1",
        what: "goes silent on chunk size 0",
        cases: &[("ctrl/chunk-size/zero", "barrier-unanswered")],
        plant: || stalls_on_bytes(&[0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    },
    Fault {
        id: "ctrl/chunk-size-top-bit-stalls",
        clause: "RTMP 5.4.1",
        what: "goes silent on a chunk size with the top bit",
        cases: &[("ctrl/chunk-size/top-bit", "no-answer")],
        plant: || stalls_on_bytes(&[0, 0, 4, 1, 0, 0, 0, 0, 0x80, 0, 0, 0x80]),
    },
    Fault {
        id: "ctrl/refuses-control-on-other-chunk-streams",
        clause: "RTMP 5.4",
        what: "closes on Set Chunk Size on a chunk stream other than 2",
        cases: &[("ctrl/chunk-size/other-chunk-stream", "closed-before-barrier")],
        plant: || closes_on(|m| chunk_size(m).is_some() && m.chunk_stream != ChunkStreamId::CONTROL),
    },
    Fault {
        id: "ctrl/control-on-message-stream-1-stalls",
        clause: "RTMP 5.4",
        what: "goes silent on Set Chunk Size on a message stream other than 0",
        cases: &[("ctrl/chunk-size/other-message-stream", "barrier-unanswered")],
        plant: || {
            stalls_on_chunk(|c| {
                c.kind == MessageType::SET_CHUNK_SIZE && c.stream != MessageStreamId::CONNECTION
            })
        },
    },
    Fault {
        id: "ctrl/short-chunk-size-stalls",
        clause: "RTMP 5.4.1",
        what: "goes silent on a Set Chunk Size of two bytes",
        cases: &[("ctrl/chunk-size/too-short", "barrier-unanswered")],
        plant: || stalls_on_chunk(|c| c.kind == MessageType::SET_CHUNK_SIZE && c.length == 2),
    },
    Fault {
        id: "ctrl/long-chunk-size-stalls",
        clause: "RTMP 5.4.1",
        what: "goes silent on a Set Chunk Size of eight bytes",
        cases: &[("ctrl/chunk-size/too-long", "no-answer")],
        plant: || stalls_on(|m| m.kind == MessageType::SET_CHUNK_SIZE && m.payload.len() == 8),
    },
    Fault {
        id: "ctrl/aborted-message-comes-back",
        clause: "RTMP 5.4.2",
        what: "the bytes of an aborted message stand before those of the next one",
        cases: &[("ctrl/abort/discards-partial", "payload-changed")],
        plant: || keeps_what_was_aborted(6, 80),
    },
    Fault {
        id: "ctrl/abort-drops-other-messages",
        clause: "RTMP 5.4.2",
        what: "Abort discards what is under way on other chunk streams, too",
        cases: &[("ctrl/abort/other-chunk-streams", "frame-lost")],
        plant: abort_drops_other_messages,
    },
    Fault {
        id: "ctrl/idle-abort-stalls",
        clause: "RTMP 5.4.2",
        what: "goes silent on Abort for chunk stream 77",
        cases: &[("ctrl/abort/idle-chunk-stream", "barrier-unanswered")],
        plant: || stalls_on(|m| m.kind == MessageType::ABORT && word(&m.payload) == Some(77)),
    },
    Fault {
        id: "ctrl/abort-reads-one-byte-ids",
        clause: "RTMP 5.4.2",
        what: "the bytes of an aborted message on chunk stream 100 stand before those of the next one",
        cases: &[("ctrl/abort/wide-chunk-stream-id", "payload-changed")],
        plant: || keeps_what_was_aborted(100, 120),
    },
    Fault {
        id: "ctrl/abort-takes-the-timestamp-back",
        clause: "EA 6",
        what: "a delta after Abort is added to the timestamp before the aborted message",
        cases: &[("ctrl/abort/timestamp-stays-base", "wrong-timestamp")],
        plant: abort_takes_the_timestamp_back,
    },
    Fault {
        id: "ctrl/never-acknowledges",
        clause: "RTMP 5.4.3",
        what: "a window of 20000 bytes is not followed",
        cases: &[("ctrl/acknowledgement/every-window", "no-answer")],
        plant: || rules(InputRuling::Ignore, |m| window(m) == Some(20_000)),
    },
    Fault {
        id: "ctrl/acknowledges-too-much",
        clause: "RTMP 5.4.3",
        what: "acknowledges a million bytes more than it received",
        cases: &[("ctrl/acknowledgement/cumulative", "acknowledges-too-much")],
        plant: || {
            sends(|m| {
                let count = word(&m.payload).filter(|_| m.kind == MessageType::ACKNOWLEDGEMENT)?;
                Some(vec![control(m.kind, &(count + 1_000_000).to_be_bytes())])
            })
        },
    },
    Fault {
        id: "ctrl/divides-by-the-window",
        clause: "RTMP 5.4.4",
        what: "closes on a window of 0",
        cases: &[("ctrl/acknowledgement/window-zero", "closed-before-barrier")],
        plant: || closes_on(|m| window(m) == Some(0)),
    },
    Fault {
        id: "ctrl/acknowledges-each-byte",
        clause: "RTMP 5.4.4",
        what: "sends twenty thousand Acknowledgements after a window of 1",
        cases: &[("ctrl/acknowledgement/window-one", "acknowledgement-storm")],
        plant: acknowledges_each_byte,
    },
    Fault {
        id: "ctrl/refuses-wrapped-counts",
        clause: "RTMP 5.4.3",
        what: "closes when the peer's count goes back",
        cases: &[("ctrl/acknowledgement/count-wraps", "closed-before-barrier")],
        plant: || closes_on(|m| m.kind == MessageType::ACKNOWLEDGEMENT && word(&m.payload) == Some(0)),
    },
    Fault {
        id: "ctrl/refuses-unknown-limit-types",
        clause: "RTMP 5.4.5",
        what: "closes on limit types beyond 2",
        cases: &[("ctrl/peer-bandwidth/unknown-limit-type", "closed-before-barrier")],
        plant: || {
            closes_on(|m| {
                m.kind == MessageType::SET_PEER_BANDWIDTH && m.payload.get(4).is_some_and(|t| *t > 2)
            })
        },
    },
    Fault {
        id: "ctrl/refuses-missing-limit-type",
        clause: "RTMP 5.4.5",
        what: "closes on a Set Peer Bandwidth of four bytes",
        cases: &[("ctrl/peer-bandwidth/without-limit-type", "closed-before-barrier")],
        plant: || closes_on(|m| m.kind == MessageType::SET_PEER_BANDWIDTH && m.payload.len() == 4),
    },
    Fault {
        id: "ctrl/window-on-message-stream-1",
        clause: "RTMP 5.4",
        what: "Window Acknowledgement Size is sent on message stream 1",
        cases: &[("ctrl/sent/message-stream-zero", "other-message-stream")],
        plant: || {
            sends(|m| {
                let stream = MessageStreamId(1);
                (m.kind == MessageType::WINDOW_ACK_SIZE).then(|| vec![Message { stream, ..m.clone() }])
            })
        },
    },
    Fault {
        id: "ctrl/bandwidth-on-chunk-stream-3",
        clause: "RTMP 5.4",
        what: "Set Peer Bandwidth is sent on chunk stream 3",
        cases: &[("ctrl/sent/chunk-stream-two", "other-chunk-stream")],
        plant: || {
            sends(|m| {
                let chunk_stream = ChunkStreamId::COMMAND;
                (m.kind == MessageType::SET_PEER_BANDWIDTH)
                    .then(|| vec![Message { chunk_stream, ..m.clone() }])
            })
        },
    },
    Fault {
        id: "ctrl/chunk-size-of-five-bytes",
        clause: "RTMP 5.4.1",
        what: "Set Chunk Size is sent with a fifth byte",
        cases: &[("ctrl/sent/chunk-size-layout", "chunk-size-layout")],
        plant: || {
            sends(|m| {
                let long = [&m.payload[..], &[0]].concat();
                (m.kind == MessageType::SET_CHUNK_SIZE).then(|| vec![control(m.kind, &long)])
            })
        },
    },
    Fault {
        id: "ctrl/announces-chunk-size-64",
        clause: "RTMP 5.4.1",
        what: "chunk size 64 is announced for a moment",
        cases: &[("ctrl/sent/chunk-size-at-least-128", "small-chunk-size")],
        plant: || {
            sends(|m| {
                let small = control(m.kind, &64_u32.to_be_bytes());
                (m.kind == MessageType::SET_CHUNK_SIZE).then(|| vec![small, m.clone()])
            })
        },
    },
    Fault {
        id: "ctrl/window-of-five-bytes",
        clause: "RTMP 5.4.4",
        what: "Window Acknowledgement Size is sent with a fifth byte",
        cases: &[("ctrl/sent/window-layout", "window-layout")],
        plant: || {
            sends(|m| {
                let long = [&m.payload[..], &[0]].concat();
                (m.kind == MessageType::WINDOW_ACK_SIZE).then(|| vec![control(m.kind, &long)])
            })
        },
    },
    Fault {
        id: "ctrl/bandwidth-without-limit-type",
        clause: "RTMP 5.4.5",
        what: "Set Peer Bandwidth is sent without its limit type",
        cases: &[("ctrl/sent/bandwidth-layout", "bandwidth-layout")],
        plant: || {
            sends(|m| {
                let short = m.payload.get(..4).filter(|_| m.kind == MessageType::SET_PEER_BANDWIDTH)?;
                Some(vec![control(m.kind, short)])
            })
        },
    },
];

fn chunk_size(message: &Message) -> Option<u32> {
    word(&message.payload).filter(|_| message.kind == MessageType::SET_CHUNK_SIZE)
}

fn window(message: &Message) -> Option<u32> {
    word(&message.payload).filter(|_| message.kind == MessageType::WINDOW_ACK_SIZE)
}

/// For what the decoder itself refuses: its rest of a header and its payload in the raw bytes.
fn stalls_on_bytes(needle: &'static [u8]) -> Box<dyn Tamper> {
    Hooks::default()
        .bytes_in(move |bytes| {
            if bytes.windows(needle.len()).any(|w| w == needle) {
                InputRuling::Stall
            } else {
                InputRuling::Process
            }
        })
        .boxed()
}

fn stalls_on_chunk(fits: impl Fn(&ChunkIn) -> bool + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default()
        .chunk_in(move |chunk| if fits(chunk) { InputRuling::Stall } else { InputRuling::Process })
        .boxed()
}

fn full_chunk_loses_a_byte() -> Box<dyn Tamper> {
    let mut size = None;
    Hooks::default()
        .message_in(move |m| {
            size = chunk_size(m).or(size);
            if m.kind == MessageType::VIDEO && size == Some(256) && m.payload.len() == 256 {
                m.payload.truncate(255);
            }
            InputRuling::Process
        })
        .boxed()
}

fn refuses_smaller_chunk_size() -> Box<dyn Tamper> {
    let mut size = 128;
    Hooks::default()
        .message_in(move |m| {
            let Some(now) = chunk_size(m) else { return InputRuling::Process };
            let lowered = size >= 4096 && now < size;
            size = now;
            if lowered { InputRuling::Close } else { InputRuling::Process }
        })
        .boxed()
}

fn writes_with_the_peers_chunk_size() -> Box<dyn Tamper> {
    let size = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&size);
    Hooks::default()
        .message_in(move |m| {
            if let Some(size) = chunk_size(m) {
                seen.store(size, Ordering::Relaxed);
            }
            InputRuling::Process
        })
        .chunks_out(move |m, wire| {
            if m.payload.len() > 100_000 && size.load(Ordering::Relaxed) as usize > m.payload.len() {
                let header = [12, 8, 4, 1][usize::from(wire[0] >> 6)];
                wire.truncate(header);
                wire.extend_from_slice(&m.payload);
            }
        })
        .boxed()
}

fn refuses_chunk_size_before_connect() -> Box<dyn Tamper> {
    let mut command = false;
    Hooks::default()
        .message_in(move |m| {
            command |= m.kind == MessageType::COMMAND_AMF0;
            if !command && chunk_size(m) == Some(4096) { InputRuling::Close } else { InputRuling::Process }
        })
        .boxed()
}

/// The first message on chunk stream `id` after its Abort, at timestamp `at`, begins with 128 other bytes.
fn keeps_what_was_aborted(id: u32, at: u32) -> Box<dyn Tamper> {
    let mut aborted = false;
    Hooks::default()
        .message_in(move |m| {
            aborted |= m.kind == MessageType::ABORT && word(&m.payload) == Some(id);
            if aborted && m.kind == MessageType::VIDEO && m.chunk_stream.value() == id && m.timestamp.0 == at
            {
                let mut mixed = vec![0xAB; 128];
                mixed.extend_from_slice(&m.payload);
                mixed.truncate(m.payload.len());
                m.payload = Bytes::from(mixed);
                aborted = false;
            }
            InputRuling::Process
        })
        .boxed()
}

fn abort_drops_other_messages() -> Box<dyn Tamper> {
    let mut aborted = false;
    Hooks::default()
        .message_in(move |m| {
            aborted |= m.kind == MessageType::ABORT;
            if aborted && m.kind == MessageType::AUDIO && m.payload.len() == 300 {
                InputRuling::Ignore
            } else {
                InputRuling::Process
            }
        })
        .boxed()
}

fn abort_takes_the_timestamp_back() -> Box<dyn Tamper> {
    let aborted = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&aborted);
    let complete = Arc::new(AtomicU32::new(0));
    let last = Arc::clone(&complete);
    Hooks::default()
        .abort_in(move |_| {
            aborted.store(true, Ordering::Relaxed);
            true
        })
        .message_in(move |m| {
            if m.kind == MessageType::VIDEO {
                complete.store(m.timestamp.0, Ordering::Relaxed);
            }
            InputRuling::Process
        })
        .chunk_in(move |chunk| {
            if chunk.fmt == 1 && chunk.starts_message && seen.swap(false, Ordering::Relaxed) {
                chunk.timestamp = Timestamp(last.load(Ordering::Relaxed)).plus(chunk.delta);
            }
            InputRuling::Process
        })
        .boxed()
}

fn acknowledges_each_byte() -> Box<dyn Tamper> {
    let tiny = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&tiny);
    Hooks::default()
        .message_in(move |m| {
            if window(m) == Some(1) {
                tiny.store(true, Ordering::Relaxed);
            }
            InputRuling::Process
        })
        .message_out(move |messages| {
            let one = messages.iter().find(|m| m.kind == MessageType::ACKNOWLEDGEMENT).cloned();
            if let (Some(one), true) = (one, seen.load(Ordering::Relaxed)) {
                seen.store(false, Ordering::Relaxed);
                messages.extend(std::iter::repeat_n(one, 20_000));
            }
        })
        .boxed()
}
