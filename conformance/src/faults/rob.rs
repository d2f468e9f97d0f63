//! Faults of robustness. A fault cannot end the process that the other cases need; it does what comes next to
//! it: the session never moves again, or the connection after it is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use rtmp_proto::tamper::{ChunkIn, HandshakePart, InputRuling, Tamper};
use rtmp_proto::{Message, MessageType};

use super::{Fault, Hooks};

/// C0, C1 and C2.
const CLIENT_HANDSHAKE: usize = 3073;
/// The longest message.
const LONGEST: u32 = 0xFF_FFFF;

/// Whether the next connection is refused: one for each fault that does so.
static AFTER_NOISE: AtomicBool = AtomicBool::new(false);
static AFTER_FLIP: AtomicBool = AtomicBool::new(false);
static AFTER_CUT: AtomicBool = AtomicBool::new(false);
static AFTER_LENGTH: AtomicBool = AtomicBool::new(false);
static AFTER_CHUNK_SIZE: AtomicBool = AtomicBool::new(false);
static AFTER_BLIND: AtomicBool = AtomicBool::new(false);
static AFTER_RESET: AtomicBool = AtomicBool::new(false);

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "rob/noise-poisons",
        clause: "field: random input",
        what: "noise instead of chunks makes the next connection fail",
        cases: &[("rob/garbage/random-bytes", "fresh-connect-refused")],
        plant: || {
            poisoned(&AFTER_NOISE, || {
                let mut start = Vec::new();
                Hooks::default().bytes_in(move |bytes| {
                    if start.len() < CLIENT_HANDSHAKE + 64 {
                        start.extend_from_slice(bytes);
                        let zeros = |bytes: &[u8]| bytes.iter().filter(|b| **b == 0).count();
                        if start.get(CLIENT_HANDSHAKE..CLIENT_HANDSHAKE + 64).is_some_and(|b| zeros(b) < 3) {
                            AFTER_NOISE.store(true, Ordering::Relaxed);
                        }
                    }
                    InputRuling::Process
                })
            })
        },
    },
    Fault {
        id: "rob/flip-poisons",
        clause: "field: damaged input",
        what: "connect with a flipped bit in its message type makes the next connection fail",
        cases: &[("rob/garbage/bit-flips", "fresh-connect-refused")],
        plant: || {
            poisoned(&AFTER_FLIP, || {
                message_poisons(&AFTER_FLIP, |m| {
                    m.kind != MessageType::COMMAND_AMF0 && m.payload.starts_with(b"\x02\x00\x07connect")
                })
            })
        },
    },
    Fault {
        id: "rob/truncation-poisons",
        clause: "RTMP errata and addenda 2",
        what: "connect without its last byte makes the next connection fail",
        cases: &[("rob/garbage/truncated-connect", "fresh-connect-refused")],
        plant: || {
            poisoned(&AFTER_CUT, || {
                message_poisons(&AFTER_CUT, |m| {
                    m.payload.starts_with(b"\x02\x00\x07connect")
                        && contains(&m.payload, b"http://truncated.example/")
                        && m.payload.ends_with(&[0, 0])
                })
            })
        },
    },
    Fault {
        id: "rob/length-change-poisons",
        clause: "RTMP 5.3.1.2",
        what: "a message length that changes inside a message makes the next connection fail",
        cases: &[("rob/garbage/length-changes-mid-message", "fresh-connect-refused")],
        plant: || {
            poisoned(&AFTER_LENGTH, || {
                // The decoder refuses such a header before any hook of chunks sees it.
                Hooks::default().bytes_in(|bytes| {
                    if contains(bytes, &[6, 0, 0, 0, 0x01, 0x86, 0xA0, 9]) {
                        AFTER_LENGTH.store(true, Ordering::Relaxed);
                    }
                    InputRuling::Process
                })
            })
        },
    },
    Fault {
        id: "rob/blind-handshake-poisons",
        clause: "RTMP 5.2.1",
        what: "a C2 of zeros makes the next connection fail",
        cases: &[("rob/garbage/blind-handshake", "fresh-connect-refused")],
        plant: || {
            poisoned(&AFTER_BLIND, || {
                Hooks::default().handshake_in(|part, bytes| {
                    if part == HandshakePart::C2 && bytes.iter().all(|b| *b == 0) {
                        AFTER_BLIND.store(true, Ordering::Relaxed);
                    }
                    InputRuling::Process
                })
            })
        },
    },
    Fault {
        id: "rob/stuck-by-announced-messages",
        clause: "field: memory",
        what: "the session stops at the 900th announced message of 16 MiB",
        cases: &[("rob/memory/announced-messages", "barrier-unanswered")],
        plant: || stuck_at_chunk(900, |chunk| chunk.starts_message && chunk.length == LONGEST),
    },
    Fault {
        id: "rob/chunk-size-poisons",
        clause: "field: memory",
        what: "a chunk size of 2147483647 before a message of 16 MiB makes the next connection fail",
        cases: &[("rob/memory/announced-chunk-size", "fresh-connect-refused")],
        plant: || {
            poisoned(&AFTER_CHUNK_SIZE, || {
                let largest = Arc::new(AtomicBool::new(false));
                let seen = Arc::clone(&largest);
                Hooks::default()
                    .chunk_size_in(move |declared, honest, _| {
                        seen.store(declared == 0x7FFF_FFFF, Ordering::Relaxed);
                        honest
                    })
                    .bytes_in(move |bytes| {
                        // The header of the message follows in the same segment, or in one of its own.
                        let header = [4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 9];
                        if contains(bytes, &header) && contains(bytes, &[0x7F, 0xFF, 0xFF, 0xFF]) {
                            largest.store(true, Ordering::Relaxed);
                        }
                        if largest.load(Ordering::Relaxed) && contains(bytes, &header) {
                            AFTER_CHUNK_SIZE.store(true, Ordering::Relaxed);
                        }
                        InputRuling::Process
                    })
            })
        },
    },
    Fault {
        id: "rob/stuck-by-chunk-streams",
        clause: "RTMP 5.3.1.1",
        what: "the session stops at the 60,000th unfinished message",
        cases: &[("rob/memory/unfinished-messages-everywhere", "barrier-unanswered")],
        plant: || stuck_at_chunk(60_000, |chunk| chunk.starts_message && chunk.length == 100),
    },
    Fault {
        id: "rob/stuck-by-nesting",
        clause: "AMF0 2",
        what: "the session stops at a command with deeply nested values",
        cases: &[("rob/amf/deep-nesting", "barrier-unanswered")],
        plant: || stuck_at_message(1, |m| m.kind == MessageType::COMMAND_AMF0 && m.payload.len() > 390_000),
    },
    Fault {
        id: "rob/stuck-by-claims",
        clause: "AMF0 2.12",
        what: "the session stops at a strict array that claims 4294967295 elements",
        cases: &[("rob/amf/claimed-counts", "barrier-unanswered")],
        plant: || stuck_at_message(1, |m| contains(&m.payload, &[0x0A, 0xFF, 0xFF, 0xFF, 0xFF])),
    },
    Fault {
        id: "rob/stuck-by-create-stream",
        clause: "RTMP 7.2.1.3",
        what: "the session stops at the 3000th createStream",
        cases: &[("rob/flood/create-stream", "barrier-unanswered")],
        plant: || stuck_at_message(3000, |m| contains(&m.payload, b"createStream")),
    },
    Fault {
        id: "rob/stuck-by-a-client-that-does-not-read",
        clause: "field: back-pressure",
        what: "the session stops at the 1500th message while 1500 answers are owed",
        cases: &[("rob/flood/publisher-that-does-not-read", "barrier-unanswered")],
        plant: || stuck_at_message(1500, |m| m.kind == MessageType::USER_CONTROL),
    },
    Fault {
        id: "rob/stuck-by-aborts",
        clause: "RTMP 5.4.2",
        what: "the session stops at the 50,000th Abort",
        cases: &[("rob/flood/aborts", "barrier-unanswered")],
        plant: || stuck_at_message(50_000, |m| m.kind == MessageType::ABORT),
    },
    Fault {
        id: "rob/loses-what-comes-in-many-chunks",
        clause: "RTMP 5.4.1",
        what: "messages that came in more than 4096 chunks are lost",
        cases: &[("rob/flood/one-byte-chunks", "frame-lost")],
        plant: || {
            let chunks = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&chunks);
            Hooks::default()
                .chunk_in(move |chunk| {
                    if chunk.kind == MessageType::VIDEO {
                        if chunk.starts_message {
                            counted.store(0, Ordering::Relaxed);
                        }
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                    InputRuling::Process
                })
                .relay_in(move |kind, _, _| {
                    kind != MessageType::VIDEO || chunks.load(Ordering::Relaxed) <= 4096
                })
                .boxed()
        },
    },
    Fault {
        id: "rob/stuck-by-a-name",
        clause: "AMF0 1.3.1",
        what: "the session stops at the name C0 80",
        cases: &[("rob/names/not-utf-8", "barrier-unanswered")],
        plant: || stuck_at_message(1, |m| contains(&m.payload, &[2, 0, 2, 0xC0, 0x80])),
    },
    Fault {
        id: "rob/serves-files",
        clause: "field: path traversal",
        what: "playing a name with ../ returns the content of a file",
        cases: &[("rob/names/path-traversal", "file-served")],
        plant: || {
            let asked = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&asked);
            Hooks::default()
                .message_in(move |m| {
                    if contains(&m.payload, b"play") && contains(&m.payload, b"../etc/passwd") {
                        seen.store(true, Ordering::Relaxed);
                    }
                    InputRuling::Process
                })
                .message_out(move |messages| {
                    if asked.swap(false, Ordering::Relaxed)
                        && let Some(file) = messages.first().cloned()
                    {
                        let payload = Bytes::from_static(b"root:x:0:0:");
                        messages.insert(0, Message { kind: MessageType::AUDIO, payload, ..file });
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "rob/stuck-by-no-name",
        clause: "RTMP 7.2.2.6",
        what: "the session stops at publish with null for a name",
        cases: &[("rob/names/no-name", "barrier-unanswered")],
        plant: || {
            stuck_at_message(1, |m| {
                m.payload.starts_with(b"\x02\x00\x07publish")
                    && m.payload[10..] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5]
            })
        },
    },
    Fault {
        id: "rob/reset-poisons",
        clause: "field: aborted handshake",
        what: "a connection that ends in the middle of C1 makes the next one fail",
        cases: &[("rob/reset/every-state", "connection-refused")],
        plant: || {
            poisoned(&AFTER_RESET, || {
                let mut session = EndsInC1::default();
                Hooks::default().bytes_in(move |bytes| {
                    session.count(bytes.len());
                    InputRuling::Process
                })
            })
        },
    },
];

/// Counts the bytes of a session and arms [`AFTER_RESET`] if it ends within C1.
#[derive(Default)]
struct EndsInC1 {
    got: usize,
}

impl EndsInC1 {
    fn count(&mut self, bytes: usize) {
        self.got += bytes;
    }
}

impl Drop for EndsInC1 {
    fn drop(&mut self) {
        if (2..1537).contains(&self.got) {
            AFTER_RESET.store(true, Ordering::Relaxed);
        }
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

/// A session that ends at its first byte if `armed` is set, which that byte unsets (the runner's looks whether
/// the target still accepts connections send none); otherwise `hooks`.
fn poisoned(armed: &'static AtomicBool, hooks: impl FnOnce() -> Hooks) -> Box<dyn Tamper> {
    if armed.load(Ordering::Relaxed) {
        return Hooks::default()
            .bytes_in(move |_| {
                armed.store(false, Ordering::Relaxed);
                InputRuling::Close
            })
            .boxed();
    }
    hooks().boxed()
}

fn message_poisons(armed: &'static AtomicBool, which: fn(&Message) -> bool) -> Hooks {
    Hooks::default().message_in(move |m| {
        if which(m) {
            armed.store(true, Ordering::Relaxed);
        }
        InputRuling::Process
    })
}

/// A session that never moves again at its `nth` message of a kind.
fn stuck_at_message(nth: u32, which: fn(&Message) -> bool) -> Box<dyn Tamper> {
    let mut n = 0;
    Hooks::default()
        .message_in(move |m| {
            n += u32::from(which(m));
            if n >= nth { InputRuling::Stall } else { InputRuling::Process }
        })
        .boxed()
}

/// A session that never moves again at its `nth` chunk of a kind.
fn stuck_at_chunk(nth: u32, which: fn(&ChunkIn) -> bool) -> Box<dyn Tamper> {
    let mut n = 0;
    Hooks::default()
        .chunk_in(move |chunk| {
            n += u32::from(which(chunk));
            if n >= nth { InputRuling::Stall } else { InputRuling::Process }
        })
        .boxed()
}
