//! Faults of the handshake.

use rtmp_proto::tamper::HandshakePart;

use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[Fault {
    id: "hs/s2-is-noise",
    clause: "RTMP 5.2.4",
    what: "S2 does not repeat C1's random bytes",
    cases: &[("hs/s2/echoes-c1", "s2-echo")],
    plant: || {
        Hooks::default()
            .handshake_out(|part, bytes| {
                if part == HandshakePart::S2 {
                    bytes[8..].iter_mut().for_each(|b| *b ^= 0x55);
                }
            })
            .boxed()
    },
}];
