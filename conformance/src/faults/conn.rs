//! Faults of NetConnection: connect, calls, createStream, deleteStream and the end of a connection.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rtmp_amf::Value;
use rtmp_proto::tamper::InputRuling::{Close, Ignore, Process};
use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmp_proto::{Message, MessageType};

use super::{Fault, Hooks};

/// The values of a type 20 message.
pub(super) fn values(message: &Message) -> Option<Vec<Value>> {
    if message.kind != MessageType::COMMAND_AMF0 {
        return None;
    }
    rtmp_amf::decode_all(&message.payload, &rtmp_amf::Limits::default()).ok()
}

/// Name, transaction id and everything behind it of a type 20 message.
fn parts(message: &Message) -> Option<(String, f64, Vec<Value>)> {
    let values = values(message)?;
    Some((values.first()?.as_str()?.to_owned(), values.get(1)?.as_f64()?, values[2..].to_vec()))
}

/// The body of values that AMF0 can carry.
pub(super) fn body(values: &[Value]) -> Bytes {
    rtmp_amf::encode_all(values).expect("values that were just decoded").into()
}

/// Rules on commands by name, transaction id and what follows.
pub(super) fn on_command(
    mut rule: impl FnMut(&str, f64, &[Value], &mut Message) -> InputRuling + Send + 'static,
) -> Hooks {
    Hooks::default().message_in(move |message| match parts(message) {
        Some((name, transaction, rest)) => rule(&name, transaction, &rest, message),
        None => Process,
    })
}

/// Rules on connect by its command object.
fn on_connect(mut rule: impl FnMut(&Value) -> InputRuling + Send + 'static) -> Hooks {
    on_command(move |name, _, rest, _| match (name, rest.first()) {
        ("connect", Some(object)) => rule(object),
        _ => Process,
    })
}

/// Rewrites all values of outgoing commands.
pub(super) fn rewrites(hooks: Hooks, mut rewrite: impl FnMut(&mut Vec<Value>) + Send + 'static) -> Hooks {
    hooks.message_out(move |messages| {
        for message in messages {
            if let Some(mut values) = values(message) {
                rewrite(&mut values);
                message.payload = body(&values);
            }
        }
    })
}

/// Rewrites the `_result` of connect.
fn rewrites_connect_result(mut rewrite: impl FnMut(&mut Vec<Value>) + Send + 'static) -> Box<dyn Tamper> {
    rewrites(Hooks::default(), move |values| {
        if is_connect_result(values) {
            rewrite(values);
        }
    })
    .boxed()
}

fn is_connect_result(values: &[Value]) -> bool {
    values[0].as_str() == Some("_result")
        && values.get(3).and_then(|v| v.property("code")).and_then(Value::as_str)
            == Some("NetConnection.Connect.Success")
}

fn properties_mut(value: &mut Value) -> Option<&mut Vec<(String, Value)>> {
    match value {
        Value::Object(properties) | Value::EcmaArray { properties, .. } => Some(properties),
        _ => None,
    }
}

fn set(value: &mut Value, key: &str, to: impl Into<Value>) {
    if let Some(properties) = properties_mut(value) {
        properties.retain(|(k, _)| k != key);
        properties.push((key.into(), to.into()));
    }
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.property(key)?.as_str()
}

fn is_media(message: &Message) -> bool {
    matches!(message.kind, MessageType::AUDIO | MessageType::VIDEO | MessageType::DATA_AMF0)
}

/// State that both directions of one connection share.
fn shared<T: Default + Send + 'static>() -> (Arc<Mutex<T>>, Arc<Mutex<T>>) {
    let state = Arc::new(Mutex::new(T::default()));
    (Arc::clone(&state), state)
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rewrites the `_result` of createStream; the number counts the calls since the last publish or deleteStream,
/// from 0.
fn on_create_stream_reply(
    mut rewrite: impl FnMut(usize, &mut Vec<Value>) + Send + 'static,
) -> Box<dyn Tamper> {
    let (calls, seen) = shared::<Vec<f64>>();
    let hooks = on_command(move |name, transaction, _, _| {
        match name {
            "createStream" => lock(&calls).push(transaction),
            "publish" | "deleteStream" => lock(&calls).clear(),
            _ => {}
        }
        Process
    });
    rewrites(hooks, move |values| {
        if values[0].as_str() == Some("_result")
            && let Some(at) = lock(&seen).iter().position(|t| Some(*t) == values[1].as_f64())
        {
            rewrite(at, values);
        }
    })
    .boxed()
}

/// Names under which something was published without any media and without an orderly end, in this process.
static TAKEN: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

fn name_stays_taken() -> Box<dyn Tamper> {
    let (writes, reads) = shared::<Vec<String>>();
    let hooks = Hooks::default().message_in(move |message| {
        let mut names = lock(&writes);
        let command = parts(message);
        let ends = command.as_ref().is_some_and(|(name, ..)| {
            ["deleteStream", "closeStream", "FCUnpublish"].contains(&name.as_str())
        });
        if is_media(message) || ends {
            for name in names.drain(..) {
                lock(&TAKEN).remove(&name);
            }
        }
        if let Some((name, _, rest)) = command
            && name == "publish"
        {
            names.extend(rest.get(1).and_then(Value::as_str).map(str::to_owned));
        }
        Process
    });
    rewrites(hooks, move |values| {
        let Some(info) = values.get_mut(3) else { return };
        if text(info, "code") == Some("NetStream.Publish.Start")
            && let Some(name) = lock(&reads).last()
            && !lock(&TAKEN).insert(name.clone())
        {
            set(info, "code", "NetStream.Publish.BadName");
            set(info, "level", "error");
        }
    })
    .boxed()
}

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "conn/connect-properties-are-a-number",
        clause: "RTMP 7.2.1.1",
        what: "the properties in the reply to connect are a number",
        cases: &[("conn/connect/result", "properties")],
        plant: || rewrites_connect_result(|values| values[2] = Value::Number(0.0)),
    },
    Fault {
        id: "conn/connect-level-ok",
        clause: "RTMP 7.2.1.1",
        what: "the information of connect has level ok",
        cases: &[("conn/connect/status-information", "code-or-level")],
        plant: || rewrites_connect_result(|values| set(&mut values[3], "level", "ok")),
    },
    Fault {
        id: "conn/bandwidth-before-window",
        clause: "RTMP 7.2.1.1",
        what: "Set Peer Bandwidth is sent before Window Acknowledgement Size",
        cases: &[("conn/connect/order", "order")],
        plant: || {
            let mut held = None;
            let mut done = false;
            Hooks::default()
                .message_out(move |messages| {
                    if done {
                        return;
                    }
                    match messages.first().map(|m| m.kind) {
                        Some(MessageType::WINDOW_ACK_SIZE) if held.is_none() => held = messages.pop(),
                        Some(MessageType::SET_PEER_BANDWIDTH) => {
                            messages.extend(held.take());
                            done = true;
                        }
                        _ => {}
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "conn/connect-reply-is-always-one",
        clause: "RTMP 7.2",
        what: "the reply to a connect with transaction id 5 carries 1",
        cases: &[("conn/connect/transaction-id", "other-transaction")],
        plant: || {
            rewrites_connect_result(|values| {
                if values[1] == Value::Number(5.0) {
                    values[1] = Value::Number(1.0);
                }
            })
        },
    },
    Fault {
        id: "conn/object-encoding-3-unasked",
        clause: "Errata & Addenda 8.1.1",
        what: "a client that offers no objectEncoding is told 3",
        cases: &[("conn/connect/object-encoding-offer", "above-the-offer")],
        plant: || {
            let (writes, reads) = shared::<bool>();
            let hooks = on_connect(move |object| {
                *lock(&writes) = object.property("objectEncoding").is_some();
                Process
            });
            rewrites(hooks, move |values| {
                if is_connect_result(values) && !*lock(&reads) {
                    set(&mut values[3], "objectEncoding", 3.0);
                }
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/no-object-encoding",
        clause: "RTMP 7.2.1.1",
        what: "the reply to connect holds no objectEncoding",
        cases: &[("conn/connect/object-encoding-present", "absent")],
        plant: || {
            rewrites_connect_result(|values| {
                for value in &mut values[2..] {
                    if let Some(properties) = properties_mut(value) {
                        properties.retain(|(key, _)| key != "objectEncoding");
                    }
                }
            })
        },
    },
    Fault {
        id: "conn/closes-on-user-arguments",
        clause: "Errata & Addenda 8.1.5",
        what: "connect with more than one further value ends the connection",
        cases: &[("conn/connect/user-arguments", "closed-before-barrier")],
        plant: || {
            on_command(|name, _, rest, _| if name == "connect" && rest.len() > 2 { Close } else { Process })
                .boxed()
        },
    },
    Fault {
        id: "conn/refuses-type-17",
        clause: "Errata & Addenda 8.1.1",
        what: "connect in a type 17 message ends the connection",
        cases: &[("conn/connect/type-17", "closed-before-barrier")],
        plant: || {
            Hooks::default()
                .message_in(|message| {
                    let connect = message.payload.get(1..11) == Some(b"\x02\x00\x07connect");
                    if message.kind == MessageType::COMMAND_AMF3 && connect { Close } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "conn/closes-without-type",
        clause: "RTMP 7.2.1.1",
        what: "connect without the member type ends the connection",
        cases: &[("conn/connect/optional-members", "closed-before-barrier")],
        plant: || {
            on_connect(|object| if object.property("type").is_none() { Close } else { Process }).boxed()
        },
    },
    Fault {
        id: "conn/silent-without-tc-url",
        clause: "Errata & Addenda 8.1.2",
        what: "connect without tcUrl is never answered",
        cases: &[("conn/connect/required-members", "no-answer")],
        plant: || {
            on_connect(|object| if object.property("tcUrl").is_none() { Ignore } else { Process }).boxed()
        },
    },
    Fault {
        id: "conn/closes-on-unknown-app",
        clause: "RTMP 7.2.1.1",
        what: "connect to an unknown application ends the connection without a reply",
        cases: &[("conn/connect/unknown-app", "closed-before-barrier")],
        plant: || on_connect(|object| if is_unknown_app(object) { Close } else { Process }).boxed(),
    },
    Fault {
        id: "conn/refusal-has-its-own-code",
        clause: "RTMP 7.2.2",
        what: "an unknown application is refused with a code that nobody knows",
        cases: &[("conn/connect/refusal-code", "other-code")],
        plant: || {
            let (writes, reads) = shared::<bool>();
            let hooks = on_connect(move |object| {
                *lock(&writes) = is_unknown_app(object);
                Process
            });
            rewrites(hooks, move |values| {
                if is_connect_result(values) && *lock(&reads) {
                    values[0] = "_error".into();
                    set(&mut values[3], "level", "error");
                    set(&mut values[3], "code", "Suite.Faulty");
                }
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/second-connect-accepted",
        clause: "RTMP 7.2.1.1",
        what: "a second connect on a connection is answered by _result",
        cases: &[("conn/connect/second", "accepted-again")],
        plant: || {
            let mut connected = false;
            on_command(move |name, transaction, _, message| {
                if name == "connect" {
                    if connected && transaction == 9.0 {
                        message.payload =
                            body(&["createStream".into(), Value::Number(transaction), Value::Null]);
                    }
                    connected = true;
                }
                Process
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/serves-before-connect",
        clause: "RTMP 7.2.1.1",
        what: "createStream before connect is answered by _result",
        cases: &[("conn/connect/commands-before", "served-before-connect")],
        plant: || {
            let mut connected = false;
            on_command(move |name, transaction, _, message| {
                if name == "createStream" && !connected {
                    let object = Value::object([("app", "live"), ("tcUrl", "rtmp://localhost/live")]);
                    message.payload = body(&["connect".into(), Value::Number(transaction), object]);
                }
                connected = true;
                Process
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/slash-ends-connection",
        clause: "RTMP 7.2.1.1",
        what: "an application with a slash at its end is refused by closing",
        cases: &[("conn/app/forms", "closed-before-barrier")],
        plant: || {
            on_connect(|object| {
                if text(object, "app").is_some_and(|app| app.ends_with('/')) { Close } else { Process }
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/player-loses-part-of-name",
        clause: "RTMP 7.2.2.6",
        what: "a player's stream name ends at its first slash",
        cases: &[("conn/app/key-forms", "stream-lost")],
        plant: || {
            on_command(|name, transaction, rest, message| {
                if let ("play", Some(stream)) = (name, rest.get(1).and_then(Value::as_str))
                    && let Some((short, "part")) = stream.split_once('/')
                {
                    message.payload =
                        body(&["play".into(), Value::Number(transaction), Value::Null, short.into()]);
                }
                Process
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/transaction-id-is-whole",
        clause: "RTMP 7.2",
        what: "replies carry the whole part of the transaction id",
        cases: &[("conn/call/transaction-id", "other-transaction")],
        plant: || {
            rewrites(Hooks::default(), |values| {
                if let Value::Number(transaction) = &mut values[1] {
                    *transaction = transaction.trunc();
                }
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/closes-on-unknown-method",
        clause: "RTMP 7.2.1.2",
        what: "a call of an unknown method that wants a reply ends the connection",
        cases: &[("conn/call/unknown-method", "closed-before-barrier")],
        plant: || {
            on_command(
                |name, transaction, _, _| {
                    if name == "suiteMethod" && transaction != 0.0 { Close } else { Process }
                },
            )
            .boxed()
        },
    },
    Fault {
        id: "conn/closes-on-transaction-zero",
        clause: "RTMP 7.2.1.2",
        what: "a call of an unknown method that wants no reply ends the connection",
        cases: &[("conn/call/transaction-zero", "closed-before-barrier")],
        plant: || {
            on_command(
                |name, transaction, _, _| {
                    if name == "suiteMethod" && transaction == 0.0 { Close } else { Process }
                },
            )
            .boxed()
        },
    },
    Fault {
        id: "conn/create-stream-object-is-a-number",
        clause: "RTMP 7.2.1.3",
        what: "a number stands in the place of the command object in the reply to createStream",
        cases: &[("conn/create-stream/result", "command-object")],
        plant: || on_create_stream_reply(|_, values| values[2] = Value::Number(0.0)),
    },
    Fault {
        id: "conn/create-stream-repeats-the-id",
        clause: "RTMP 7.2.2",
        what: "a second createStream in a row gets the id of the first",
        cases: &[("conn/create-stream/distinct", "same-id")],
        plant: || {
            let mut first = Value::Null;
            on_create_stream_reply(move |at, values| match at {
                0 => first = values[3].clone(),
                _ => values[3] = first.clone(),
            })
        },
    },
    Fault {
        id: "conn/needs-a-command-object",
        clause: "RTMP 7.2.1.3",
        what: "createStream without a command object is dropped",
        cases: &[("conn/create-stream/no-command-object", "no-answer")],
        plant: || {
            on_command(
                |name, _, rest, _| if name == "createStream" && rest.is_empty() { Ignore } else { Process },
            )
            .boxed()
        },
    },
    Fault {
        id: "conn/closes-on-further-values",
        clause: "Errata & Addenda 8.2",
        what: "createStream with five further values ends the connection",
        cases: &[("conn/create-stream/further-values", "closed-before-barrier")],
        plant: || {
            on_command(
                |name, _, rest, _| if name == "createStream" && rest.len() == 6 { Close } else { Process },
            )
            .boxed()
        },
    },
    Fault {
        id: "conn/one-publisher-per-connection",
        clause: "RTMP 7.2.2",
        what: "a second publish on a connection silences the first",
        cases: &[("conn/several-streams/two-publishers", "stream-lost")],
        plant: || {
            let mut published = Vec::new();
            Hooks::default()
                .message_in(move |message| {
                    if parts(message).is_some_and(|(name, ..)| name == "publish") {
                        published.push(message.stream);
                    }
                    let first = published.len() > 1 && published[0] == message.stream;
                    if is_media(message) && first { Ignore } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "conn/delete-stream-ends-all",
        clause: "RTMP 7.2.2.3",
        what: "deleteStream on a connection with two publishers silences both",
        cases: &[("conn/several-streams/delete-one", "other-stream-stopped")],
        plant: || {
            let (mut published, mut deleted) = (0, false);
            Hooks::default()
                .message_in(move |message| {
                    match parts(message) {
                        Some((name, ..)) if name == "publish" => published += 1,
                        Some((name, ..)) if name == "deleteStream" => deleted = true,
                        _ => {}
                    }
                    if is_media(message) && published > 1 && deleted { Ignore } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "conn/delete-stream-keeps-name",
        clause: "RTMP 7.2.2.3",
        what: "deleteStream before the first media message does not end the publishing",
        cases: &[("conn/delete-stream/frees-name", "still-published")],
        plant: || {
            let mut media = false;
            Hooks::default()
                .message_in(move |message| {
                    media |= is_media(message);
                    let deletes = parts(message).is_some_and(|(name, ..)| name == "deleteStream");
                    if deletes && !media && message.stream.0 == 0 { Ignore } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "conn/delete-stream-on-zero-only",
        clause: "Errata & Addenda 8.3",
        what: "deleteStream on the stream's own message stream id is ignored",
        cases: &[("conn/delete-stream/on-its-stream", "still-published")],
        plant: || {
            on_command(
                |name, _, _, message| {
                    if name == "deleteStream" && message.stream.0 != 0 { Ignore } else { Process }
                },
            )
            .boxed()
        },
    },
    Fault {
        id: "conn/delete-stream-is-answered",
        clause: "RTMP 7.2.2.3",
        what: "deleteStream with transaction id 0 is answered by _result",
        cases: &[("conn/delete-stream/no-reply", "answered")],
        plant: || {
            let (writes, reads) = shared::<bool>();
            on_command(move |name, transaction, _, _| {
                if name == "deleteStream" && transaction == 0.0 {
                    *lock(&writes) = true;
                }
                Process
            })
            .message_out(move |messages| {
                let reply = messages.first().filter(|m| m.kind == MessageType::COMMAND_AMF0).cloned();
                if let Some(mut reply) = reply
                    && std::mem::take(&mut *lock(&reads))
                {
                    reply.payload = body(&["_result".into(), Value::Number(0.0), Value::Null]);
                    messages.insert(0, reply);
                }
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/closes-on-unknown-stream",
        clause: "RTMP 7.2.2.3",
        what: "deleteStream of an id that was never given ends the connection",
        cases: &[("conn/delete-stream/unknown-id", "closed-before-barrier")],
        plant: || {
            on_command(|name, _, rest, _| {
                if name == "deleteStream" && rest.get(1) == Some(&Value::Number(999.0)) {
                    Close
                } else {
                    Process
                }
            })
            .boxed()
        },
    },
    Fault {
        id: "conn/name-stays-taken",
        clause: "RTMP 7.2.2.6",
        what: "the name of a publisher that went away without a word and without media stays taken",
        cases: &[
            ("conn/teardown/fin-frees-name", "still-published"),
            ("conn/teardown/rst-frees-name", "still-published"),
        ],
        plant: name_stays_taken,
    },
];

fn is_unknown_app(object: &Value) -> bool {
    text(object, "app").is_some_and(|app| app.starts_with("no-such-app-"))
}
