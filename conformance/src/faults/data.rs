//! Faults around data messages.

use bytes::Bytes;
use rtmp_proto::MessageType;
use rtmp_proto::tamper::InputRuling::{Close, Process};

use super::{Fault, Hooks};

const SET: &[u8] = b"\x02\x00\x0d@setDataFrame";
const META: &[u8] = b"\x02\x00\x0aonMetaData";

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "data/keeps-set-data-frame",
        clause: "DATA-004",
        what: "players get @setDataFrame in front of onMetaData",
        cases: &[("data/metadata/set-data-frame-is-stripped", "not-stripped")],
        plant: || {
            Hooks::default()
                .message_out(|out| {
                    for m in out
                        .iter_mut()
                        .filter(|m| m.kind == MessageType::DATA_AMF0 && m.payload.starts_with(META))
                    {
                        m.payload = [SET, &m.payload].concat().into();
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "data/needs-set-data-frame",
        clause: "DATA-005",
        what: "onMetaData without @setDataFrame is lost",
        cases: &[("data/metadata/plain", "lost")],
        plant: || swallow(|payload| payload.starts_with(META)),
    },
    Fault {
        id: "data/needs-an-ecma-array",
        clause: "DATA-003",
        what: "metadata in an object is lost",
        cases: &[("data/metadata/object", "lost")],
        plant: || swallow(|payload| payload.get(SET.len() + META.len()) == Some(&3)),
    },
    Fault {
        id: "data/only-metadata",
        clause: "DATA-007",
        what: "data events other than metadata are lost",
        cases: &[("data/custom/relayed", "lost")],
        plant: || swallow(|payload| !payload.starts_with(SET) && !payload.starts_with(META)),
    },
    Fault {
        id: "data/closes-on-timecode",
        clause: "DATA-011",
        what: "a data message that does not begin with a string ends the session",
        cases: &[("data/odd/four-bytes", "closed-before-barrier")],
        plant: || {
            Hooks::default()
                .message_in(|m| {
                    if m.kind == MessageType::DATA_AMF0 && m.payload.first() != Some(&2) {
                        Close
                    } else {
                        Process
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "data/stops-at-large-metadata",
        clause: "DATA-015",
        what: "after metadata of more than 64 kB nothing more is relayed",
        cases: &[("data/odd/large-metadata", "stuck"), ("amf0/metadata/long-string", "frame-lost")],
        plant: || {
            let mut stuck = false;
            Hooks::default()
                .relay_in(move |kind, _, payload| {
                    stuck |= kind == MessageType::DATA_AMF0 && payload.len() > 65_535;
                    !stuck
                })
                .boxed()
        },
    },
];

/// A relay that loses data messages that fit.
fn swallow(fits: impl Fn(&Bytes) -> bool + Send + 'static) -> Box<dyn rtmp_proto::tamper::Tamper> {
    Hooks::default()
        .relay_in(move |kind, _, payload| kind != MessageType::DATA_AMF0 || !fits(payload))
        .boxed()
}
