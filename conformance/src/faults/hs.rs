//! Faults of the handshake.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use rtmp_proto::tamper::{HandshakePart, InputRuling};

use super::{Fault, Hooks};

/// C0 and C1.
const C0_C1: usize = 1537;
/// C0, C1 and C2.
const CLIENT_HANDSHAKE: usize = 3073;

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "hs/s0-is-6",
        clause: "RTMP 5.2.2",
        what: "S0 is 6 where C0 is 3",
        cases: &[("hs/version/s0-is-3", "other-version")],
        plant: || s0_for(|c0| (c0 == 3).then_some(6)),
    },
    Fault {
        id: "hs/adopts-version-4",
        clause: "RTMP 5.2.2",
        what: "S0 repeats a C0 of 4",
        cases: &[("hs/version/unknown-is-answered-with-3", "other-version")],
        plant: || s0_for(|c0| (c0 == 4).then_some(4)),
    },
    Fault {
        id: "hs/adopts-text",
        clause: "RTMP 5.2.2",
        what: "S0 repeats a C0 of 0x47, the first letter of an HTTP request",
        cases: &[("hs/version/text-is-never-adopted", "forbidden-version")],
        plant: || {
            let text = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&text);
            let mut first = true;
            Hooks::default()
                .bytes_in(move |bytes| {
                    if std::mem::take(&mut first) && bytes.first() == Some(&b'G') {
                        seen.store(true, Ordering::Relaxed);
                        bytes[0] = 3;
                    }
                    InputRuling::Process
                })
                .handshake_out(move |part, bytes| {
                    if part == HandshakePart::S0 && text.load(Ordering::Relaxed) {
                        bytes[0] = b'G';
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "hs/eager",
        clause: "RTMP 5.2.1",
        what: "S0, S1 and S2 are sent as soon as the connection stands",
        cases: &[
            ("hs/order/nothing-before-c0", "bytes-before-c0"),
            ("hs/order/s2-after-c1", "s2-before-c1"),
            ("hs/s2/echoes-c1", "s2-time"),
            ("hs/digest/falls-back-to-plain", "s2-time"),
        ],
        plant: || Hooks::default().eager().boxed(),
    },
    Fault {
        id: "hs/chunks-before-c2",
        clause: "RTMP 5.2.1",
        what: "Window Acknowledgement Size follows S2 at once",
        cases: &[("hs/packets/exactly-3073-bytes", "more-than-3073")],
        plant: || {
            Hooks::default()
                .handshake_out(|part, bytes| {
                    if part == HandshakePart::S2 {
                        bytes.extend([2, 0, 0, 0, 0, 0, 4, 5, 0, 0, 0, 0, 0, 0x26, 0x25, 0xA0]);
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "hs/s1-copies-the-time",
        clause: "RTMP 5.2.3",
        what: "bytes 4-7 of S1 are C1's time",
        cases: &[("hs/s1/zero-field", "s1-not-zero")],
        plant: || with_c1(HandshakePart::S1, |c1, s1| s1[4..8].copy_from_slice(&c1[..4])),
    },
    Fault {
        id: "hs/s1-is-c1",
        clause: "RTMP 5.2.3",
        what: "S1 repeats the random bytes of C1",
        cases: &[("hs/s1/has-its-own-random-bytes", "s1-is-c1")],
        plant: || with_c1(HandshakePart::S1, |c1, s1| s1[8..].copy_from_slice(&c1[8..])),
    },
    Fault {
        id: "hs/s2-is-noise",
        clause: "RTMP 5.2.4",
        what: "S2 does not repeat the random bytes of a plain C1",
        cases: &[("hs/s2/echoes-c1", "s2-echo")],
        plant: || {
            with_c1(HandshakePart::S2, |c1, s2| {
                if c1[4..8] == [0; 4] {
                    s2[8..].iter_mut().for_each(|b| *b ^= 0x55);
                }
            })
        },
    },
    Fault {
        id: "hs/demands-the-echo",
        clause: "RTMP errata and addenda 3",
        what: "a C2 that does not repeat S1 ends the session",
        cases: &[("hs/c2/need-not-be-an-echo", "closed-before-barrier")],
        plant: || {
            let sent = Arc::new(Mutex::new(Vec::new()));
            let s1 = Arc::clone(&sent);
            Hooks::default()
                .handshake_out(move |part, bytes| {
                    if part == HandshakePart::S1 {
                        s1.lock().expect("no holder panics").clone_from(bytes);
                    }
                })
                .handshake_in(move |part, bytes| {
                    let sent = sent.lock().expect("no holder panics");
                    if part == HandshakePart::C2 && bytes[8..] != sent[8..] {
                        InputRuling::Close
                    } else {
                        InputRuling::Process
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "hs/no-way-back-from-digest",
        clause: "field: plain handshake without a valid digest",
        what: "S2 is no echo where C1 has a version and no digest",
        cases: &[("hs/digest/falls-back-to-plain", "s2-echo")],
        plant: || {
            with_c1(HandshakePart::S2, |c1, s2| {
                if c1[4..8] != [0; 4] {
                    s2[8..].iter_mut().for_each(|b| *b ^= 0x55);
                }
            })
        },
    },
    Fault {
        id: "hs/wants-c1-in-few-pieces",
        clause: "RTMP 5.2.1",
        what: "a C1 in more than three pieces ends the session",
        cases: &[("hs/segments/byte-by-byte", "closed-before-barrier")],
        plant: || {
            let (mut got, mut pieces) = (0, 0);
            Hooks::default()
                .bytes_in(move |bytes| {
                    if got < C0_C1 {
                        got += bytes.len();
                        pieces += usize::from(!bytes.is_empty());
                    }
                    if pieces > 3 { InputRuling::Close } else { InputRuling::Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "hs/forgets-what-follows-c2",
        clause: "RTMP 5.2.1",
        what: "bytes that arrive in one read with the end of C2 are lost (for the one encoder that does it here)",
        cases: &[("hs/segments/c2-with-connect", "no-result")],
        plant: || {
            let mut got = 0;
            Hooks::default()
                .bytes_in(move |bytes| {
                    let left = CLIENT_HANDSHAKE.saturating_sub(got);
                    got += bytes.len();
                    // A slow reader may find C2 and connect of any client in one read: only the encoder of the
                    // case is meant.
                    let mark = b"c2-with-connect";
                    if left > 0 && bytes.len() > left && bytes.windows(mark.len()).any(|w| w == mark) {
                        bytes.truncate(left);
                    }
                    InputRuling::Process
                })
                .boxed()
        },
    },
];

/// A server that answers some C0 with an S0 of its own choice.
fn s0_for(choose: fn(u8) -> Option<u8>) -> Box<dyn rtmp_proto::tamper::Tamper> {
    let c0 = Arc::new(AtomicU8::new(0));
    let seen = Arc::clone(&c0);
    Hooks::default()
        .handshake_in(move |part, bytes| {
            if part == HandshakePart::C0 {
                seen.store(bytes[0], Ordering::Relaxed);
            }
            InputRuling::Process
        })
        .handshake_out(move |part, bytes| {
            if let (HandshakePart::S0, Some(version)) = (part, choose(c0.load(Ordering::Relaxed))) {
                bytes[0] = version;
            }
        })
        .boxed()
}

/// A server that changes one of its packets by what stood in C1.
fn with_c1(part: HandshakePart, change: fn(&[u8], &mut [u8])) -> Box<dyn rtmp_proto::tamper::Tamper> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let c1 = Arc::clone(&kept);
    Hooks::default()
        .handshake_in(move |part, bytes| {
            if part == HandshakePart::C1 {
                *c1.lock().expect("no holder panics") = bytes.to_vec();
            }
            InputRuling::Process
        })
        .handshake_out(move |out, bytes| {
            if out == part {
                change(&kept.lock().expect("no holder panics"), bytes);
            }
        })
        .boxed()
}
