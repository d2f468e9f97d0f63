//! Faults of reading and writing AMF0.

use rtmp_amf::Value;
use rtmp_proto::MessageType;
use rtmp_proto::tamper::InputRuling::{Close, Process, Stall};
use rtmp_proto::tamper::{InputRuling, Tamper};

use super::conn::{body, on_command, rewrites};
use super::{Fault, Hooks};

/// Closes on a connect whose command object holds a member that fits.
fn refuses(fits: impl Fn(&str, &Value) -> bool + Send + 'static) -> Box<dyn Tamper> {
    rules(Close, fits)
}

fn rules(ruling: InputRuling, fits: impl Fn(&str, &Value) -> bool + Send + 'static) -> Box<dyn Tamper> {
    on_command(move |name, _, rest, _| {
        let members = rest.first().and_then(Value::properties).unwrap_or_default();
        if name == "connect" && members.iter().any(|(key, value)| fits(key, value)) {
            ruling
        } else {
            Process
        }
    })
    .boxed()
}

/// The beginning of a connect with transaction id 9, as the cases of `amf0/broken` send it.
const CONNECT_9: &[u8] = b"\x02\x00\x07connect\x00\x40\x22\x00\x00\x00\x00\x00\x00";

fn stalls_on_body(fits: impl Fn(&[u8]) -> bool + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default()
        .message_in(move |message| {
            if message.kind == MessageType::COMMAND_AMF0 && fits(&message.payload) { Stall } else { Process }
        })
        .boxed()
}

/// Changes the properties of onMetaData on its way into the relay, if they hold `key`.
fn changes_metadata(
    key: &'static str,
    change: impl Fn(&mut Vec<(String, Value)>) + Send + 'static,
) -> Box<dyn Tamper> {
    Hooks::default()
        .relay_in(move |kind, _, payload| {
            let limits = rtmp_amf::Limits::default();
            if kind == MessageType::DATA_AMF0
                && let Ok(mut values) = rtmp_amf::decode_all(payload, &limits)
                && values.iter().any(|v| v.property(key).is_some())
            {
                for value in &mut values {
                    if let Value::EcmaArray { properties, .. } | Value::Object(properties) = value {
                        change(properties);
                    }
                }
                *payload = body(&values);
            }
            true
        })
        .boxed()
}

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "amf0/numbers-are-single-precision",
        clause: "AMF0 2.2",
        what: "numbers lose their lower half",
        cases: &[("amf0/number/transaction-ids", "other-number")],
        plant: || {
            rewrites(Hooks::default(), |values| {
                if let Value::Number(transaction) = &mut values[1] {
                    *transaction = f64::from(*transaction as f32);
                }
            })
            .boxed()
        },
    },
    Fault {
        id: "amf0/only-one-is-true",
        clause: "AMF0 2.3",
        what: "a boolean byte of 0x02 is read as false",
        cases: &[("amf0/boolean/any-non-zero", "frame-lost")],
        plant: || {
            Hooks::default()
                .message_in(|message| {
                    if message.payload.starts_with(b"\x02\x00\x0creceiveAudio")
                        && message.payload.ends_with(&[1, 2])
                    {
                        let mut body = message.payload.to_vec();
                        body.pop();
                        body.push(0);
                        message.payload = body.into();
                    }
                    Process
                })
                .boxed()
        },
    },
    Fault {
        id: "amf0/length-counts-characters",
        clause: "AMF0 1.3.1",
        what: "a player's stream name is cut at as many bytes as it has characters",
        cases: &[("amf0/string/utf-8-name", "stream-lost")],
        plant: || {
            on_command(|name, transaction, rest, message| {
                if let ("play", Some(stream)) = (name, rest.get(1).and_then(Value::as_str))
                    && !stream.is_ascii()
                {
                    let bytes = &stream.as_bytes()[..stream.chars().count()];
                    let short = String::from_utf8_lossy(bytes).into_owned();
                    let values =
                        ["play".into(), Value::Number(transaction), Value::Null, Value::String(short)];
                    message.payload = body(&values);
                }
                Process
            })
            .boxed()
        },
    },
    Fault {
        id: "amf0/no-long-strings",
        clause: "AMF0 2.14",
        what: "a long string as tcUrl ends the connection",
        cases: &[("amf0/connect/long-string", "closed-before-barrier")],
        plant: || {
            Hooks::default()
                .message_in(|message| {
                    let long = message.payload.windows(8).any(|w| w == b"\x00\x05tcUrl\x0c");
                    if message.kind == MessageType::COMMAND_AMF0 && long { Close } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "amf0/no-nested-objects",
        clause: "AMF0 2.5",
        what: "an object two levels inside the command object ends the connection",
        cases: &[("amf0/connect/nested-object", "closed-before-barrier")],
        plant: || {
            refuses(|_, value| {
                value.properties().is_some_and(|p| p.iter().any(|(_, v)| matches!(v, Value::Object(_))))
            })
        },
    },
    Fault {
        id: "amf0/no-undefined",
        clause: "AMF0 2.8",
        what: "an undefined pageUrl ends the connection",
        cases: &[("amf0/connect/undefined-member", "closed-before-barrier")],
        plant: || refuses(|key, value| key == "pageUrl" && *value == Value::Undefined),
    },
    Fault {
        id: "amf0/no-references",
        clause: "AMF0 2.9",
        what: "a reference to the first member ends the connection",
        cases: &[("amf0/connect/reference", "closed-before-barrier")],
        plant: || refuses(|_, value| *value == Value::Reference(1)),
    },
    Fault {
        id: "amf0/counts-ecma-arrays",
        clause: "FLV E.4.4.4",
        what: "an ECMA array whose count is not exact ends the connection",
        cases: &[("amf0/connect/ecma-count", "closed-before-barrier")],
        plant: || {
            refuses(
                |_, value| matches!(value, Value::EcmaArray { count, properties } if *count as usize != properties.len()),
            )
        },
    },
    Fault {
        id: "amf0/no-ecma-command-object",
        clause: "E-RTMP v2 conventions",
        what: "an ECMA array as connect's command object ends the connection",
        cases: &[("amf0/connect/ecma-command-object", "closed-before-barrier")],
        plant: || {
            on_command(|name, _, rest, _| {
                let ecma = matches!(rest.first(), Some(Value::EcmaArray { .. }));
                if name == "connect" && ecma { Close } else { Process }
            })
            .boxed()
        },
    },
    Fault {
        id: "amf0/no-strict-arrays",
        clause: "AMF0 2.12",
        what: "a strict array of strings ends the connection",
        cases: &[("amf0/connect/strict-array", "closed-before-barrier")],
        plant: || {
            refuses(|_, value| {
                value.as_array().is_some_and(|items| items.iter().any(|v| v.as_str().is_some()))
            })
        },
    },
    Fault {
        id: "amf0/no-dates",
        clause: "AMF0 2.13",
        what: "a date ends the connection",
        cases: &[("amf0/connect/date", "closed-before-barrier")],
        plant: || refuses(|_, value| matches!(value, Value::Date { .. })),
    },
    Fault {
        id: "amf0/no-xml",
        clause: "AMF0 2.17",
        what: "an XML document ends the connection",
        cases: &[("amf0/connect/xml-document", "closed-before-barrier")],
        plant: || refuses(|_, value| matches!(value, Value::XmlDocument(_))),
    },
    Fault {
        id: "amf0/no-typed-objects",
        clause: "AMF0 2.18",
        what: "a typed object ends the connection",
        cases: &[("amf0/connect/typed-object", "closed-before-barrier")],
        plant: || refuses(|_, value| matches!(value, Value::TypedObject(_))),
    },
    Fault {
        id: "amf0/short-keys-only",
        clause: "AMF0 2.5",
        what: "a key of more than 1,000 bytes ends the connection",
        cases: &[("amf0/connect/long-key", "closed-before-barrier")],
        plant: || refuses(|key, _| key.len() > 1_000),
    },
    Fault {
        id: "amf0/stalls-on-duplicate-keys",
        clause: "AMF0 2.5",
        what: "a connect with two members of one key is never answered",
        cases: &[("amf0/connect/duplicate-key", "no-answer")],
        plant: || {
            on_command(|name, _, rest, _| {
                let members = rest.first().and_then(Value::properties).unwrap_or_default();
                let twice = members.iter().filter(|(key, _)| key == "app").count() > 1;
                if name == "connect" && twice { Stall } else { Process }
            })
            .boxed()
        },
    },
    Fault {
        id: "amf0/stalls-on-reference-to-nothing",
        clause: "AMF0 2.9",
        what: "a connect with an index beyond the complex values is never answered",
        cases: &[("amf0/broken/reference-out-of-range", "no-answer")],
        plant: || stalls_on_body(|body| body.windows(10).any(|w| w == b"nothing\x07\xff\xff")),
    },
    Fault {
        id: "amf0/follows-cycles",
        clause: "AMF0 2.9",
        what: "an array that contains itself is followed for ever",
        cases: &[("amf0/broken/cycle", "no-answer")],
        plant: || {
            rules(Stall, |_, value| {
                value.as_array().is_some_and(|items| items.contains(&Value::Reference(1)))
            })
        },
    },
    Fault {
        id: "amf0/stalls-on-unreadable-values",
        clause: "AMF0 2.1, 2.11",
        what: "a connect with an end marker or an unknown marker as a value is never answered",
        cases: &[("amf0/broken/stray-end-marker", "no-answer"), ("amf0/broken/unknown-marker", "no-answer")],
        plant: || {
            stalls_on_body(|body| {
                let end = body.windows(6).any(|w| w == b"\x00\x03end\x09");
                let unknown = body.ends_with(&[0, 1, 2, 3]);
                body.starts_with(CONNECT_9) && (end || unknown)
            })
        },
    },
    Fault {
        id: "amf0/waits-for-the-rest",
        clause: "Errata & Addenda 2",
        what: "after a connect that ends inside its first member the server waits for more",
        cases: &[("amf0/broken/truncated", "no-answer")],
        plant: || stalls_on_body(|body| body.starts_with(CONNECT_9) && body.len() < 40),
    },
    Fault {
        id: "amf0/cuts-long-strings",
        clause: "AMF0 2.14",
        what: "a metadata value of more than 65,535 bytes is cut there",
        cases: &[("amf0/metadata/long-string", "value-changed")],
        plant: || {
            changes_metadata("longText", |properties| {
                for (_, value) in properties {
                    if let Value::String(text) = value {
                        text.truncate(0xFFFF);
                    }
                }
            })
        },
    },
    Fault {
        id: "amf0/needs-the-end-marker",
        clause: "FLV E.4.4.4",
        what: "metadata without an end marker ends the connection",
        cases: &[("amf0/metadata/no-end-marker", "closed-before-barrier")],
        plant: || {
            Hooks::default()
                .message_in(|message| {
                    let cut = message.payload.ends_with(b"no end");
                    if message.kind == MessageType::DATA_AMF0 && cut { Close } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "amf0/sorts-keys",
        clause: "AMF0 2.10",
        what: "metadata keys are relayed in the order of the alphabet",
        cases: &[("amf0/metadata/key-order", "order")],
        plant: || changes_metadata("zulu", |properties| properties.sort_by(|a, b| a.0.cmp(&b.0))),
    },
    Fault {
        id: "amf0/nan-becomes-zero",
        clause: "AMF0 2.2",
        what: "a number that is not finite is relayed as 0",
        cases: &[("amf0/metadata/special-numbers", "value-changed")],
        plant: || {
            changes_metadata("notANumber", |properties| {
                for (_, value) in properties {
                    if value.as_f64().is_some_and(|v| !v.is_finite()) {
                        *value = Value::Number(0.0);
                    }
                }
            })
        },
    },
];
