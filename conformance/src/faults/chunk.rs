//! Faults of the chunk stream layer and of timestamps. Where the decoder cannot be made to misread, the header that
//! it read is changed, or the bytes before it reads them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rtmp_proto::tamper::{ChunkIn, InputRuling, Tamper};
use rtmp_proto::{ChunkStreamId, MessageType, Timestamp};

use super::{Fault, Hooks};

/// A [`Tamper`] with one change of chunk headers on their way in.
fn headers(mut change: impl FnMut(&mut ChunkIn) -> InputRuling + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default().chunk_in(move |chunk| change(chunk)).boxed()
}

/// Ends the session at a chunk header that fits.
fn closes(mut fits: impl FnMut(&ChunkIn) -> bool + Send + 'static) -> Box<dyn Tamper> {
    headers(move |chunk| if fits(chunk) { InputRuling::Close } else { InputRuling::Process })
}

/// Changes the timestamp of a message at its first chunk.
fn times(mut change: impl FnMut(&ChunkIn) -> Option<Timestamp> + Send + 'static) -> Box<dyn Tamper> {
    headers(move |chunk| {
        if chunk.starts_message
            && let Some(timestamp) = change(chunk)
        {
            chunk.timestamp = timestamp;
        }
        InputRuling::Process
    })
}

fn id(value: u32) -> ChunkStreamId {
    ChunkStreamId::new(value).unwrap_or(ChunkStreamId::MAX)
}

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "chunk/refuses-stream-63",
        clause: "RTMP 5.3.1.1",
        what: "the last chunk stream id of the one-byte form is refused",
        cases: &[("chunk/basic-header/one-byte", "refuses-csid")],
        plant: || closes(|chunk| chunk.chunk_stream.value() == 63),
    },
    Fault {
        id: "chunk/refuses-streams-from-200",
        clause: "RTMP 5.3.1.1",
        what: "chunk stream ids from 200 on are refused in the two-byte form",
        cases: &[("chunk/basic-header/two-bytes", "refuses-csid")],
        plant: || closes(|chunk| chunk.basic_header_len == 2 && chunk.chunk_stream.value() >= 200),
    },
    Fault {
        id: "chunk/refuses-streams-above-65535",
        clause: "RTMP 5.3.1.1",
        what: "chunk stream ids that do not fit 16 bits are refused",
        cases: &[
            ("chunk/basic-header/three-bytes", "refuses-csid"),
            ("chunk/basic-header/media-on-any-stream", "refuses-csid"),
        ],
        plant: || closes(|chunk| chunk.chunk_stream.value() > 65_535),
    },
    Fault {
        id: "chunk/three-byte-form-big-endian",
        clause: "RTMP 5.3.1.1",
        what: "the two bytes of the three-byte form are read in the wrong order",
        cases: &[("chunk/basic-header/both-forms", "refuses-csid")],
        plant: || {
            Hooks::default()
                .chunk_stream(|wire, honest| match wire {
                    [_, high, low] => id(u32::from(u16::from_be_bytes([*high, *low])) + 64),
                    _ => honest,
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/two-byte-continuation",
        clause: "RTMP 5.3.1.1",
        what: "a continuation chunk with a basic header of two bytes is taken for one of another chunk stream",
        cases: &[
            ("chunk/basic-header/continuation", "refuses-csid"),
            ("chunk/basic-header/media-on-any-stream", "refuses-csid"),
            ("ctrl/abort/wide-chunk-stream-id", "closed-before-barrier"),
        ],
        plant: || {
            Hooks::default()
                .chunk_stream(|wire, honest| match wire {
                    [first, _] if first >> 6 == 3 => id(honest.value() + 1),
                    _ => honest,
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/type-0-is-relative",
        clause: "RTMP 5.3.1.2.1",
        what: "the timestamp of a type 0 chunk after one of 5,000 ms is added to it",
        cases: &[("chunk/message-header/type-0-absolute", "wrong-timestamp")],
        plant: || {
            times(|chunk| {
                let previous =
                    chunk.previous.filter(|t| t.0 == 5000 && chunk.fmt == 0 && chunk.field == 9000)?;
                Some(previous.plus(chunk.field))
            })
        },
    },
    Fault {
        id: "chunk/continuation-adds-delta",
        clause: "RTMP 5.3.1.2.4",
        what: "every continuation chunk adds the delta of its message again",
        cases: &[
            ("chunk/message-header/delta-counts-once", "wrong-timestamp"),
            ("chunk/message-header/type-1", "wrong-timestamp"),
            ("chunk/extended-timestamp/repeated-delta-counts-once", "wrong-timestamp"),
            ("chunk/extended-timestamp/switch-back", "wrong-timestamp"),
        ],
        plant: || {
            let mut relative = BTreeMap::new();
            headers(move |chunk| {
                if chunk.starts_message {
                    relative.insert(chunk.chunk_stream, chunk.fmt > 0);
                } else if relative.get(&chunk.chunk_stream) == Some(&true) {
                    chunk.timestamp = chunk.timestamp.plus(chunk.delta);
                }
                InputRuling::Process
            })
        },
    },
    Fault {
        id: "chunk/type-2-ignores-delta",
        clause: "RTMP 5.3.1.2.3",
        what: "the delta of a type 2 chunk of audio is ignored unless it is 20 ms",
        cases: &[("chunk/message-header/type-2", "wrong-timestamp")],
        plant: || {
            times(|chunk| {
                let ignored = chunk.fmt == 2 && chunk.kind == MessageType::AUDIO && chunk.field != 20;
                chunk.previous.filter(|_| ignored)
            })
        },
    },
    Fault {
        id: "chunk/type-3-repeats-timestamp",
        clause: "RTMP 5.3.1.2.4",
        what: "audio that begins with a type 3 chunk has the timestamp of the message before",
        cases: &[("chunk/message-header/type-3-starts-message", "wrong-timestamp")],
        plant: || {
            times(|chunk| chunk.previous.filter(|_| chunk.fmt == 3 && chunk.kind == MessageType::AUDIO))
        },
    },
    Fault {
        id: "chunk/type-3-after-type-0-halves",
        clause: "RTMP 5.3.1.2.4",
        what: "a type 3 message after type 0 adds neither that chunk's timestamp nor nothing",
        cases: &[("chunk/message-header/type-3-after-type-0", "wrong-timestamp")],
        plant: || {
            times(|chunk| {
                let previous =
                    chunk.previous.filter(|t| chunk.fmt == 3 && chunk.delta > 0 && t.0 == chunk.delta)?;
                Some(previous.plus(chunk.delta / 2))
            })
        },
    },
    Fault {
        id: "chunk/delta-per-type",
        clause: "RTMP 5.3.1.2.5",
        what: "a delta counts from the message before of the same type instead of the same chunk stream",
        cases: &[("chunk/message-header/mixed-types", "wrong-timestamp")],
        plant: || {
            let mut last = BTreeMap::new();
            times(move |chunk| {
                let key = (chunk.chunk_stream, chunk.kind.0);
                let base =
                    last.get(&key).copied().filter(|_| chunk.fmt > 0 && chunk.kind == MessageType::VIDEO);
                let time = base.map_or(chunk.timestamp, |base: Timestamp| base.plus(chunk.delta));
                last.insert(key, time);
                Some(time)
            })
        },
    },
    Fault {
        id: "chunk/delta-is-signed",
        clause: "RTMP 5.3.1.2.5",
        what: "a 24-bit delta is read as a signed number",
        cases: &[("chunk/message-header/delta-is-unsigned", "wrong-timestamp")],
        plant: || {
            times(|chunk| {
                let negative =
                    matches!(chunk.fmt, 1 | 2) && chunk.extended.is_none() && chunk.field >= 0x80_0000;
                chunk.previous.filter(|_| negative).map(|t| t.plus(chunk.field | 0xFF00_0000))
            })
        },
    },
    Fault {
        id: "chunk/shared-directions",
        clause: "RTMP 3",
        what: "a command of type 3 has the length of the reply that was sent on its chunk stream",
        cases: &[("chunk/message-header/state-per-direction", "no-answer")],
        plant: || {
            headers(|chunk| {
                if chunk.fmt == 3 && chunk.starts_message && chunk.kind == MessageType::COMMAND_AMF0 {
                    chunk.length = 41;
                }
                InputRuling::Process
            })
        },
    },
    Fault {
        id: "chunk/ignores-extended-on-type-3",
        clause: "RTMP 5.3.1.3",
        what: "a continuation chunk is read without its extended timestamp",
        cases: &[
            ("chunk/extended-timestamp/type-3-repeats", "closed-before-barrier"),
            ("chunk/extended-timestamp/repeated-delta-counts-once", "closed-before-barrier"),
            ("chunk/extended-timestamp/not-payload", "closed-before-barrier"),
            ("chunk/extended-timestamp/payload-like-timestamp", "closed-before-barrier"),
            ("chunk/extended-timestamp/switch-back", "closed-before-barrier"),
        ],
        plant: || Hooks::default().type3_has_extended(|starts_message| starts_message).boxed(),
    },
    Fault {
        id: "chunk/no-extended-on-new-message",
        clause: "RTMP 5.3.1.3",
        what: "a type 3 chunk that starts a message is read without its extended timestamp",
        cases: &[("chunk/extended-timestamp/type-3-starts-message", "closed-before-barrier")],
        plant: || Hooks::default().type3_has_extended(|starts_message| !starts_message).boxed(),
    },
    Fault {
        id: "chunk/boundary-off-by-one",
        clause: "RTMP 5.3.1.2.1",
        what: "an extended timestamp of exactly 0xFFFFFF is not taken into account",
        cases: &[("chunk/extended-timestamp/boundary", "wrong-timestamp")],
        plant: || {
            times(|chunk| chunk.previous.filter(|_| chunk.fmt == 0 && chunk.extended == Some(0xFF_FFFF)))
        },
    },
    Fault {
        id: "chunk/extended-is-excess",
        clause: "RTMP 5.3.1.3",
        what: "the first extended timestamp of a chunk stream is added to 0xFFFFFF",
        cases: &[("chunk/extended-timestamp/complete-value", "wrong-timestamp")],
        plant: || {
            times(|chunk| {
                let extended = chunk.extended.filter(|_| chunk.fmt == 0)?;
                chunk.previous.filter(|t| t.0 == 1000).map(|_| Timestamp(extended).plus(0xFF_FFFF))
            })
        },
    },
    Fault {
        id: "chunk/extended-delta-is-absolute",
        clause: "RTMP 5.3.1.2.5",
        what: "an extended timestamp on types 1 and 2 replaces the timestamp",
        cases: &[
            ("chunk/extended-timestamp/delta-is-added", "wrong-timestamp"),
            ("chunk/extended-timestamp/repeated-delta-counts-once", "wrong-timestamp"),
            ("chunk/extended-timestamp/type-3-starts-message", "wrong-timestamp"),
        ],
        plant: || times(|chunk| chunk.extended.filter(|_| matches!(chunk.fmt, 1 | 2)).map(Timestamp)),
    },
    Fault {
        id: "chunk/strict-about-type-3",
        clause: "RTMP 5.3.1.3",
        what: "a frame whose continuation chunks lack the extended timestamp loses four bytes",
        cases: &[("chunk/extended-timestamp/absent-on-type-3", "payload-changed")],
        plant: || {
            let absent = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&absent);
            Hooks::default()
                .chunk_in(move |chunk| {
                    if chunk.fmt == 3 && chunk.field == 0xFF_FFFF && chunk.extended.is_none() {
                        seen.store(true, Ordering::Relaxed);
                    }
                    InputRuling::Process
                })
                .relay_in(move |_, _, payload| {
                    if absent.swap(false, Ordering::Relaxed) {
                        payload.truncate(payload.len().saturating_sub(4));
                    }
                    true
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/masks-to-31-bits",
        clause: "RTMP 4",
        what: "timestamps lose their top bit",
        cases: &[("chunk/timestamps/above-2-31", "wrong-timestamp")],
        plant: || {
            Hooks::default()
                .relay_in(|_, timestamp, _| {
                    timestamp.0 &= 0x7FFF_FFFF;
                    true
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/never-wraps",
        clause: "RTMP 4",
        what: "a timestamp that is the smaller number is raised to the one before once that is above 0xF0000000",
        cases: &[
            ("chunk/timestamps/wrap", "wrong-timestamp"),
            ("chunk/timestamps/wrap-by-delta", "wrong-timestamp"),
        ],
        plant: || {
            let mut last = 0;
            Hooks::default()
                .relay_in(move |_, timestamp, _| {
                    if last > 0xF000_0000 && timestamp.0 < last {
                        timestamp.0 = last;
                    }
                    last = timestamp.0;
                    true
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/waits-for-control-timestamp",
        clause: "RTMP 5.4",
        what: "a Set Chunk Size with a timestamp in the far future has no effect",
        cases: &[
            ("chunk/timestamps/control-timestamp-ignored", "closed-before-barrier"),
            ("ctrl/chunk-size/timestamp-ignored", "no-answer"),
        ],
        plant: || {
            let future = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&future);
            Hooks::default()
                .chunk_in(move |chunk| {
                    if chunk.kind == MessageType::SET_CHUNK_SIZE {
                        seen.store(chunk.timestamp.0 > 0xF000_0000, Ordering::Relaxed);
                    }
                    InputRuling::Process
                })
                .chunk_size_in(
                    move |_, honest, current| {
                        if future.load(Ordering::Relaxed) { current } else { honest }
                    },
                )
                .boxed()
        },
    },
    Fault {
        id: "chunk/last-byte-chunk",
        clause: "RTMP 5.3.1.2.5",
        what: "a command whose last chunk has one byte ends the session",
        cases: &[
            ("chunk/fragmentation/connect-129", "closed-before-barrier"),
            ("ctrl/chunk-size/small", "closed-before-barrier"),
        ],
        plant: || {
            closes(|chunk| {
                chunk.kind == MessageType::COMMAND_AMF0
                    && chunk.received >= 128
                    && chunk.length == chunk.received + 1
            })
        },
    },
    Fault {
        id: "chunk/whole-multiple-is-lost",
        clause: "RTMP 5.3.1.2.5",
        what: "a frame of exactly two chunks without extended timestamp is lost",
        cases: &[
            ("chunk/fragmentation/around-chunk-size", "frame-lost"),
            ("ctrl/chunk-size/governs-later-chunks", "frame-lost"),
        ],
        plant: || {
            Hooks::default()
                .relay_in(|_, timestamp, payload| payload.len() != 256 || timestamp.0 >= 0xFF_FFFF)
                .boxed()
        },
    },
    Fault {
        id: "chunk/refuses-empty-audio",
        clause: "RTMP 5.1",
        what: "audio without payload at 120 ms ends the session",
        cases: &[("chunk/fragmentation/zero-length", "closed-before-barrier")],
        plant: || {
            closes(|chunk| chunk.kind == MessageType::AUDIO && chunk.length == 0 && chunk.timestamp.0 == 120)
        },
    },
    Fault {
        id: "chunk/audio-chunks-of-64",
        clause: "RTMP 5.4.1",
        what: "audio of 100 and of 128 bytes at 100 and 123 ms is cut after 64 bytes",
        cases: &[("chunk/fragmentation/audio-in-one-chunk", "payload-changed")],
        plant: || {
            Hooks::default()
                .relay_in(|kind, timestamp, payload| {
                    let named = [(100, 100), (123, 128)].contains(&(timestamp.0, payload.len()));
                    if kind == MessageType::AUDIO && named {
                        payload.truncate(64);
                    }
                    true
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/delivers-parts",
        clause: "errata EA 2",
        what: "a message of 322 bytes counts as whole after 236",
        cases: &[("chunk/fragmentation/cut-off", "partial-delivered")],
        plant: || {
            headers(|chunk| {
                if chunk.length == 322 && chunk.received == 128 {
                    chunk.length = 236;
                }
                InputRuling::Process
            })
        },
    },
    Fault {
        id: "chunk/tires-of-small-reads",
        clause: "field: segmentation",
        what: "many reads of few bytes within a session end it",
        cases: &[("chunk/fragmentation/one-byte-per-write", "closed-before-barrier")],
        plant: || {
            let (mut total, mut small) = (0, 0);
            Hooks::default()
                .bytes_in(move |bytes| {
                    total += bytes.len();
                    small += u32::from(total > 3500 && bytes.len() < 4);
                    if small > 8 { InputRuling::Close } else { InputRuling::Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/counts-messages",
        clause: "field: segmentation",
        what: "the session ends after 1500 audio messages",
        cases: &[("chunk/fragmentation/many-in-one-write", "closed-before-barrier")],
        plant: || {
            let mut n = 0;
            Hooks::default()
                .message_in(move |message| {
                    n += u32::from(message.kind == MessageType::AUDIO);
                    if n > 1500 { InputRuling::Close } else { InputRuling::Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/one-message-at-a-time",
        clause: "RTMP 5.3",
        what: "a continuation chunk after a media chunk of another chunk stream ends the session",
        cases: &[("chunk/interleaving/messages", "closed-before-barrier")],
        plant: || {
            let mut last = ChunkStreamId::CONTROL;
            closes(move |chunk| {
                if !matches!(chunk.kind, MessageType::AUDIO | MessageType::VIDEO) {
                    return false;
                }
                let other = !chunk.starts_message && chunk.chunk_stream != last;
                last = chunk.chunk_stream;
                other
            })
        },
    },
    Fault {
        id: "chunk/size-from-next-message",
        clause: "RTMP 5.4.1",
        what: "a Set Chunk Size inside a video message has no effect",
        cases: &[
            ("chunk/interleaving/set-chunk-size-mid-message", "closed-before-barrier"),
            ("chunk/interleaving/set-chunk-size-odd", "closed-before-barrier"),
        ],
        plant: || {
            let inside = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&inside);
            Hooks::default()
                .chunk_in(move |chunk| {
                    if chunk.kind == MessageType::VIDEO {
                        seen.store(
                            chunk.received == 0 && matches!(chunk.length, 301 | 500),
                            Ordering::Relaxed,
                        );
                    }
                    InputRuling::Process
                })
                .chunk_size_in(
                    move |_, honest, current| {
                        if inside.swap(false, Ordering::Relaxed) { current } else { honest }
                    },
                )
                .boxed()
        },
    },
    Fault {
        id: "chunk/no-control-inside-message",
        clause: "RTMP 5.4",
        what: "a Ping Request inside a video message of 3000 bytes ends the session",
        cases: &[("chunk/interleaving/ping-mid-message", "closed-before-barrier")],
        plant: || {
            let mut inside = false;
            closes(move |chunk| {
                if chunk.kind == MessageType::VIDEO {
                    inside = chunk.length == 3000 && chunk.received < 2800;
                }
                inside && chunk.kind == MessageType::USER_CONTROL
            })
        },
    },
    Fault {
        id: "chunk/refuses-type-1-first",
        clause: "field: librtmp",
        what: "a chunk stream that begins with type 1 ends the session",
        cases: &[("chunk/fresh-stream/begins-with-type-1", "closed-before-barrier")],
        plant: || closes(|chunk| chunk.fmt == 1 && chunk.previous.is_none()),
    },
    Fault {
        id: "chunk/inherits-from-another-stream",
        clause: "RTMP 5.3.1.2.1",
        what: "types 2 and 3 on chunk stream 10, when it was never used, inherit from chunk stream 3",
        cases: &[
            ("chunk/fresh-stream/begins-with-type-2", "barrier-unanswered"),
            ("chunk/fresh-stream/begins-with-type-3", "barrier-unanswered"),
        ],
        plant: || {
            Hooks::default()
                .chunk_stream(|wire, honest| match wire {
                    [0x8A | 0xCA] => ChunkStreamId::COMMAND,
                    _ => honest,
                })
                .boxed()
        },
    },
    Fault {
        id: "chunk/merges-messages",
        clause: "RTMP 5.3.1.2.4",
        what: "a type 0 or 1 chunk inside a video message of 303 or 304 bytes goes on with it",
        cases: &[
            ("chunk/fresh-stream/restart-inside-message", "payload-changed"),
            ("chunk/fresh-stream/length-changes-inside-message", "payload-changed"),
        ],
        plant: || {
            Hooks::default()
                .bytes_in(|bytes| {
                    let begun =
                        |w: &[u8]| w == [6, 0, 0, 100, 0, 1, 0x2F, 9] || w == [6, 0, 0, 100, 0, 1, 0x30, 9];
                    let Some(at) = bytes.windows(8).position(begun) else { return InputRuling::Process };
                    let next = at + 12 + 128;
                    match bytes.get(next) {
                        Some(0x06) => drop(bytes.splice(next..next + 12, [0xC6])),
                        Some(0x46) => drop(bytes.splice(next..next + 8, [0xC6])),
                        _ => {}
                    }
                    InputRuling::Process
                })
                .boxed()
        },
    },
];
