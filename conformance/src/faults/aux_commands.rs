//! Faults of the commands that no text defines.

use std::sync::Arc;
use std::sync::Mutex;

use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmp_proto::{Message, MessageType};

use super::peek::{closes_on, command, is_command};
use super::{Fault, Hooks};

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "aux/closes-on-release-stream",
        clause: "errata E-40",
        what: "closes on releaseStream as the first command after connect",
        cases: &[("aux/release-stream/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| first_of(m, "releaseStream")),
    },
    Fault {
        id: "aux/closes-on-fc-publish",
        clause: "errata E-40",
        what: "closes on FCPublish as the first command after connect",
        cases: &[("aux/fc-publish/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| first_of(m, "FCPublish")),
    },
    Fault {
        id: "aux/closes-on-fc-unpublish",
        clause: "errata E-40",
        what: "closes on FCUnpublish",
        cases: &[("aux/fc-unpublish/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| is_command(m, "FCUnpublish")),
    },
    Fault {
        id: "aux/answers-create-stream-as-fc-publish",
        clause: "errata E-40",
        what: "createStream after FCPublish is answered under the transaction id of FCPublish",
        cases: &[("aux/order/any", "wrong-transaction")],
        plant: answers_create_stream_as_fc_publish,
    },
    Fault {
        id: "aux/closes-on-fc-subscribe",
        clause: "errata E-40",
        what: "closes on FCSubscribe",
        cases: &[("aux/fc-subscribe/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| is_command(m, "FCSubscribe")),
    },
    Fault {
        id: "aux/closes-on-checkbw",
        clause: "errata E-40",
        what: "closes on _checkbw",
        cases: &[("aux/checkbw/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| is_command(m, "_checkbw")),
    },
    Fault {
        id: "aux/closes-on-stream-length",
        clause: "errata E-40",
        what: "closes on getStreamLength",
        cases: &[("aux/stream-length/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| is_command(m, "getStreamLength")),
    },
    Fault {
        id: "aux/closes-on-bg-has-stream",
        clause: "errata E-40",
        what: "closes on bgHasStream",
        cases: &[("aux/vendor-commands/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| is_command(m, "bgHasStream")),
    },
    Fault {
        id: "aux/closes-on-keepalive",
        clause: "errata E-40",
        what: "closes on keepalive",
        cases: &[("aux/rtmfp-commands/goes-on", "closed-before-barrier")],
        plant: || closes_on(|m| is_command(m, "keepalive")),
    },
];

/// The suite counts its transactions from 101.
fn first_of(message: &Message, name: &str) -> bool {
    command(message) == Some((name.as_bytes(), 101.0))
}

fn answers_create_stream_as_fc_publish() -> Box<dyn Tamper> {
    let fc_publish = Arc::new(Mutex::new(None));
    let create = Arc::new(Mutex::new(None));
    let (fc_publish_in, create_in) = (Arc::clone(&fc_publish), Arc::clone(&create));
    Hooks::default()
        .message_in(move |m| {
            let small = command(m).filter(|(_, txn)| *txn < 10.0);
            match small {
                Some((b"FCPublish", txn)) => *fc_publish_in.lock().expect("no panic") = Some(txn),
                Some((b"createStream", txn)) => *create_in.lock().expect("no panic") = Some(txn),
                _ => {}
            }
            InputRuling::Process
        })
        .message_out(move |messages| {
            let (Some(from), Some(to)) =
                (*create.lock().expect("no panic"), *fc_publish.lock().expect("no panic"))
            else {
                return;
            };
            for message in messages {
                if message.kind == MessageType::COMMAND_AMF0 && command(message) == Some((b"_result", from)) {
                    let mut body = message.payload.to_vec();
                    body[11..19].copy_from_slice(&f64::to_be_bytes(to));
                    message.payload = body.into();
                }
            }
        })
        .boxed()
}
