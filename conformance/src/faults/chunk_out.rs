//! Faults of the chunks that the server writes: they are encoded honestly and rewritten before they leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rtmp_proto::tamper::InputRuling;
use rtmp_proto::{ChunkStreamId, Message, MessageType, Timestamp};

use super::{Fault, Hooks};

/// Length of a chunk header on a chunk stream below 64.
fn header_len(wire: &[u8]) -> usize {
    let fmt = usize::from(wire[0] >> 6);
    let extended = fmt < 3 && wire[1..4] == [0xFF; 3];
    [12, 8, 4, 1][fmt] + if extended { 4 } else { 0 }
}

/// Cuts a message that was written into chunks again, `size` bytes each.
fn cut_again(message: &Message, wire: &mut Vec<u8>, size: usize) {
    let mut again = wire[..header_len(wire)].to_vec();
    for (n, part) in message.payload.chunks(size).enumerate() {
        if n > 0 {
            again.push(0xC0 | wire[0]);
        }
        again.extend(part);
    }
    *wire = again;
}

/// Every fault of this area that concerns what is written.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "chunk/stream-id-big-endian",
        clause: "RTMP 5.3.1.2.1",
        what: "the message stream id of audio and video is written in big-endian order",
        cases: &[
            ("chunk/message-header/stream-id-little-endian", "big-endian"),
            ("chunk/sending/stream-id-limit", "beyond-24-bits"),
            ("msg/media/play-stream", "other-message-stream"),
        ],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    if matches!(message.kind, MessageType::AUDIO | MessageType::VIDEO) && wire[0] >> 6 == 0 {
                        wire[8..12].reverse();
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/omits-extended-on-type-3",
        clause: "RTMP 5.3.1.3",
        what: "continuation chunks are written without the extended timestamp",
        cases: &[("chunk/extended-timestamp/sent-to-players", "absent-on-type-3")],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    if message.timestamp.0 < 0xFF_FFFF || wire[0] >> 6 != 0 {
                        return;
                    }
                    let mut marker = vec![0xC0 | wire[0]];
                    marker.extend(message.timestamp.0.to_be_bytes());
                    let mut at = header_len(wire);
                    while let Some(next) = wire[at..].windows(5).position(|w| w == marker) {
                        at += next + 1;
                        wire.drain(at..at + 4);
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/size-for-both-directions",
        clause: "RTMP 5.4.1",
        what: "a Set Chunk Size of 300 changes how the server writes",
        cases: &[("chunk/fragmentation/size-per-direction", "payload-changed")],
        plant: || {
            let theirs = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&theirs);
            Hooks::default()
                .chunk_size_in(move |declared, honest, _| {
                    seen.store(declared == 300, Ordering::Relaxed);
                    honest
                })
                .chunks_out(move |message, wire| {
                    let payload = &message.payload;
                    if theirs.load(Ordering::Relaxed) && payload.len() == 1013 {
                        cut_again(message, wire, 300);
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/begins-with-type-1",
        clause: "RTMP 5.3.1.2.1",
        what: "chunk stream 2 begins with a type 1 chunk",
        cases: &[("chunk/sending/first-is-type-0", "compressed-first")],
        plant: || {
            let mut begun = false;
            Hooks::default()
                .chunks_out(move |message, wire| {
                    if message.chunk_stream == ChunkStreamId::CONTROL && !begun {
                        begun = true;
                        wire[0] |= 0x40;
                        wire.drain(8..12);
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/writes-three-byte-form",
        clause: "RTMP 5.3.1.1",
        what: "audio is written on chunk stream 65 in the three-byte form",
        cases: &[("chunk/sending/smallest-basic-header", "longer-form")],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    if message.kind == MessageType::AUDIO {
                        let first = wire[0] & 0xC0 | 1;
                        drop(wire.splice(..1, [first, 1, 0]));
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/data-on-stream-2",
        clause: "RTMP 5.3.1.1",
        what: "data at 110 ms is written on chunk stream 2",
        cases: &[("chunk/sending/reserved-chunk-stream", "media-on-2")],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    if message.kind == MessageType::DATA_AMF0 && message.timestamp.0 == 110 {
                        let mut header = vec![2, 0, 0, 110];
                        header.extend(&(message.payload.len() as u32).to_be_bytes()[1..]);
                        header.push(message.kind.0);
                        header.extend(message.stream.0.to_le_bytes());
                        let old = header_len(wire);
                        drop(wire.splice(..old, header));
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/short-chunks",
        clause: "RTMP 5.3.1.2.5",
        what: "a frame of 9001 bytes is written in chunks of 1000 bytes",
        cases: &[("chunk/sending/full-chunks", "unreadable")],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    if message.payload.len() == 9001 {
                        cut_again(message, wire, 1000);
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/large-chunks-unannounced",
        clause: "RTMP 5.4.1",
        what: "after a connect with timestamp 7 long chunks are written without a Set Chunk Size",
        cases: &[("chunk/sending/default-chunk-size", "unreadable")],
        plant: || {
            let seven = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&seven);
            Hooks::default()
                .message_in(move |message| {
                    let connect = message.kind == MessageType::COMMAND_AMF0 && message.timestamp.0 == 7;
                    seen.fetch_or(connect, Ordering::Relaxed);
                    InputRuling::Process
                })
                .chunks_out(move |message, wire| {
                    if message.kind == MessageType::SET_CHUNK_SIZE && seven.load(Ordering::Relaxed) {
                        wire.clear();
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/continues-with-type-1",
        clause: "RTMP 5.3.1.2.4",
        what: "the second chunk of a frame of 9000 bytes is of type 1",
        cases: &[("chunk/sending/continuation-is-type-3", "other-type")],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    let at = header_len(wire) + 4096;
                    if message.payload.len() == 9000 && wire.get(at) == Some(&(0xC0 | wire[0])) {
                        let id = wire[0] & 0x3F;
                        drop(wire.splice(at..=at, [0x40 | id, 0, 0, 0, 0, 0x23, 0x28, message.kind.0]));
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/extends-small-timestamps",
        clause: "RTMP 5.3.1.2.1",
        what: "type 0 chunks of short audio have an extended timestamp below 0xFFFFFF",
        cases: &[("chunk/sending/plain-field", "needless-extended")],
        plant: || {
            Hooks::default()
                .chunks_out(|message, wire| {
                    let small = message.timestamp.0 < 0xFF_FFFF && message.payload.len() <= 4096;
                    if message.kind == MessageType::AUDIO && wire[0] >> 6 == 0 && small {
                        wire[1..4].fill(0xFF);
                        drop(wire.splice(12..12, message.timestamp.0.to_be_bytes()));
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/negative-delta",
        clause: "RTMP 5.3.1.2.1",
        what: "video whose timestamp goes back is written as type 1 with a delta modulo 2^32",
        cases: &[("chunk/sending/backwards-is-type-0", "negative-delta")],
        plant: || {
            let mut last: Option<Timestamp> = None;
            Hooks::default()
                .chunks_out(move |message, wire| {
                    if message.kind != MessageType::VIDEO {
                        return;
                    }
                    let before = last.replace(message.timestamp);
                    let Some(before) = before.filter(|t| message.timestamp.is_before(*t)) else { return };
                    if wire[0] >> 6 == 0 && message.payload.len() <= 4096 {
                        let delta = message.timestamp.0.wrapping_sub(before.0);
                        wire[0] |= 0x40;
                        wire[1..4].fill(0xFF);
                        drop(wire.splice(8..12, delta.to_be_bytes()));
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/audio-goes-back",
        clause: "errata EA 5.2",
        what: "300 bytes of audio at 146 ms are relayed with 101 ms",
        cases: &[("chunk/sending/timestamps-go-forward", "goes-back")],
        plant: || {
            Hooks::default()
                .relay_in(|kind, timestamp, payload| {
                    if kind == MessageType::AUDIO && payload.len() == 300 && timestamp.0 == 146 {
                        timestamp.0 = 101;
                    }
                    true
                })
                .boxed()
        },
    },
];
