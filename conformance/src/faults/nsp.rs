//! Faults of the publishing side.

use rtmp_proto::MessageType;

use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[Fault {
    id: "nsp/loses-a-frame",
    clause: "RTMP 7.2.2.6",
    what: "every third audio message is lost",
    cases: &[("nsp/relay/audio-and-video", "frame-lost")],
    plant: || {
        let mut n = 0;
        Hooks::default()
            .relay_in(move |kind, _, _| {
                n += u32::from(kind == MessageType::AUDIO);
                kind != MessageType::AUDIO || n % 3 != 0
            })
            .boxed()
    },
}];
