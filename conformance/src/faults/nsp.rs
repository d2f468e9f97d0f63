//! Faults of the publishing side.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};

use rtmp_amf::Value;
use rtmp_proto::tamper::InputRuling::{Ignore, Process, Stall};
use rtmp_proto::{Command, Limits, Message, MessageStreamId, MessageType, TransactionId};

use super::{Fault, Hooks};

/// The message as a command.
pub(super) fn command(message: &Message) -> Option<Command> {
    matches!(message.kind, MessageType::COMMAND_AMF0 | MessageType::COMMAND_AMF3)
        .then(|| Command::decode(message.kind, &message.payload, &Limits::default()).ok())
        .flatten()
}

/// The message as a command of this name.
pub(super) fn named(message: &Message, name: &str) -> Option<Command> {
    command(message).filter(|c| c.name == name)
}

/// Code of the information object; empty where there is none.
pub(super) fn code(message: &Message) -> String {
    let code = |c: Command| c.arguments.iter().find_map(|a| Some(a.property("code")?.as_str()?.to_owned()));
    command(message).and_then(code).unwrap_or_default()
}

/// Changes a command.
pub(super) fn change(message: &mut Message, f: impl FnOnce(&mut Command)) {
    if let Some(mut command) = command(message) {
        f(&mut command);
        if let Ok(payload) = command.encode() {
            message.payload = payload;
        }
    }
}

/// Changes a string of the information object.
pub(super) fn set_info(message: &mut Message, key: &str, value: &str) {
    change(message, |command| {
        for argument in &mut command.arguments {
            if let Value::Object(properties) = argument {
                for (_, v) in properties.iter_mut().filter(|(k, _)| k == key) {
                    *v = Value::from(value);
                }
            }
        }
    });
}

/// The argument at `index` as text; empty where it is none.
pub(super) fn text(command: &Command, index: usize) -> &str {
    command.argument(index).and_then(Value::as_str).unwrap_or_default()
}

/// A sequence header: FLV E.4.2.1, E.4.3.1, byte 1 is 0.
fn is_header(payload: &[u8]) -> bool {
    payload.get(1) == Some(&0)
}

/// Names that were refused to a second publisher.
static REFUSED: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "nsp/loses-a-frame",
        clause: "RTMP 7.2.2.6",
        what: "audio with the timestamp of the video before it is lost",
        cases: &[("nsp/relay/audio-and-video", "frame-lost")],
        plant: || {
            let mut video = None;
            Hooks::default()
                .relay_in(move |kind, ts, payload| {
                    if kind == MessageType::VIDEO {
                        video = Some(*ts);
                    }
                    kind != MessageType::AUDIO || is_header(payload) || video != Some(*ts)
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/publish-by-chunk-stream",
        clause: "RTMP 7.2.2.6",
        what: "publish on chunk stream 21 is not answered",
        cases: &[("nsp/publish/starts", "not-started")],
        plant: || {
            Hooks::default()
                .message_in(|m| {
                    if m.chunk_stream.value() == 21 && named(m, "publish").is_some() {
                        Ignore
                    } else {
                        Process
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/status-on-stream-zero",
        clause: "RTMP 7.2.2",
        what: "NetStream.Publish.Start goes out on message stream 0",
        cases: &[("nsp/publish/on-its-message-stream", "wrong-message-stream")],
        plant: || {
            Hooks::default()
                .message_out(|out| {
                    for m in out.iter_mut().filter(|m| code(m) == "NetStream.Publish.Start") {
                        m.stream = MessageStreamId::CONNECTION;
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/level-information",
        clause: "RTMP 7.2.2",
        what: "NetStream.Publish.Start has the level information",
        cases: &[("nsp/publish/status-shape", "level")],
        plant: || {
            Hooks::default()
                .message_out(|out| {
                    for m in out.iter_mut().filter(|m| code(m) == "NetStream.Publish.Start") {
                        set_info(m, "level", "information");
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/copies-the-transaction",
        clause: "RTMP 7.2.2",
        what: "onStatus repeats the transaction id of publish",
        cases: &[("nsp/publish/transaction-counter", "transaction-copied")],
        plant: || {
            let seen = Arc::new(AtomicU64::new(0));
            let asked = Arc::clone(&seen);
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "publish") {
                        seen.store(c.transaction.0.to_bits(), Relaxed);
                    }
                    Process
                })
                .message_out(move |out| {
                    for m in out.iter_mut().filter(|m| code(m) == "NetStream.Publish.Start") {
                        change(m, |c| c.transaction = TransactionId(f64::from_bits(asked.load(Relaxed))));
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/no-stream-begin",
        clause: "RTMP 7.3.1",
        what: "no StreamBegin before NetStream.Publish.Start",
        cases: &[("nsp/publish/stream-begin", "no-stream-begin")],
        plant: || {
            let publishes = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&publishes);
            Hooks::default()
                .message_in(move |m| {
                    seen.fetch_or(named(m, "publish").is_some(), Relaxed);
                    Process
                })
                .message_out(move |out| {
                    out.retain(|m| {
                        !(publishes.load(Relaxed)
                            && m.kind == MessageType::USER_CONTROL
                            && m.payload.starts_with(&[0, 0]))
                    });
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/needs-a-type",
        clause: "RTMP 7.2.2.6",
        what: "publish without a type is not answered",
        cases: &[("nsp/publish/type-missing", "refused")],
        plant: || ignore_publish(|_, c| c.argument(1).is_none()),
    },
    Fault {
        id: "nsp/silent-on-unknown-type",
        clause: "RTMP 7.2.2.6",
        what: "publish of an unknown type is not answered",
        cases: &[("nsp/publish/type-unknown", "no-answer")],
        plant: || ignore_publish(|_, c| text(c, 1) == "foo"),
    },
    Fault {
        id: "nsp/silent-on-stream-zero",
        clause: "RTMP 7.2.2",
        what: "publish on message stream 0 is not answered",
        cases: &[("nsp/publish/stream-zero", "no-answer")],
        plant: || ignore_publish(|m, _| m.stream == MessageStreamId::CONNECTION),
    },
    Fault {
        id: "nsp/plays-and-publishes",
        clause: "RTMP 7.2.2",
        what: "play on a publishing stream is granted and the publish goes on",
        cases: &[("nsp/publish/play-on-the-same-stream", "plays-and-publishes")],
        plant: || {
            Hooks::default()
                .message_out(|out| {
                    for m in out.iter_mut().filter(|m| code(m) == "NetStream.Play.Failed") {
                        set_info(m, "level", "status");
                        set_info(m, "code", "NetStream.Play.Start");
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/silent-on-conflict",
        clause: "field/failures W46",
        what: "the second publisher of a name hears nothing",
        cases: &[("nsp/conflict/second-publisher", "no-policy")],
        plant: || {
            let plain = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&plain);
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "publish") {
                        let named = !text(&c, 0).is_empty() && text(&c, 1) == "live";
                        seen.store(named && m.stream != MessageStreamId::CONNECTION, Relaxed);
                    }
                    Process
                })
                .message_out(move |out| {
                    out.retain(|m| !(plain.load(Relaxed) && code(m) == "NetStream.Publish.BadName"));
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/refusal-stops-the-first",
        clause: "field/failures W47",
        what: "once a second publisher was refused, the first is no longer relayed",
        cases: &[("nsp/conflict/first-stays-relayed", "frame-lost")],
        plant: || {
            let name = Arc::new(Mutex::new(String::new()));
            let (own, publishing) = (Arc::clone(&name), Arc::clone(&name));
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "publish") {
                        text(&c, 0).clone_into(&mut name.lock().expect("no panic"));
                    }
                    Process
                })
                .message_out(move |out| {
                    if out.iter().any(|m| code(m) == "NetStream.Publish.BadName") {
                        REFUSED.lock().expect("no panic").insert(own.lock().expect("no panic").clone());
                    }
                })
                .relay_in(move |_, _, _| {
                    let name = publishing.lock().expect("no panic");
                    !REFUSED.lock().expect("no panic").contains(name.as_str())
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/loses-what-comes-with-publish",
        clause: "field/failures W57b",
        what: "media that arrived together with publish is lost",
        cases: &[("nsp/early/headers-with-publish", "headers-lost")],
        plant: || {
            let reads = Arc::new(AtomicU64::new(0));
            let published_at = Arc::new(AtomicU64::new(u64::MAX));
            let (count, now) = (Arc::clone(&reads), Arc::clone(&reads));
            let at = Arc::clone(&published_at);
            Hooks::default()
                .bytes_in(move |_| {
                    count.fetch_add(1, Relaxed);
                    Process
                })
                .message_in(move |m| {
                    if named(m, "publish").is_some() {
                        at.store(reads.load(Relaxed), Relaxed);
                    }
                    Process
                })
                .relay_in(move |_, _, _| published_at.load(Relaxed) != now.load(Relaxed))
                .boxed()
        },
    },
    Fault {
        id: "nsp/silent-on-a-session-in-one-write",
        clause: "RTMP 7.2.2.6",
        what: "publish that arrives together with connect is not answered",
        cases: &[("nsp/early/whole-session-in-one-write", "no-answer")],
        plant: || {
            let reads = Arc::new(AtomicU64::new(0));
            let count = Arc::clone(&reads);
            let mut connected_at = u64::MAX;
            Hooks::default()
                .bytes_in(move |_| {
                    count.fetch_add(1, Relaxed);
                    Process
                })
                .message_in(move |m| {
                    let now = reads.load(Relaxed);
                    if named(m, "connect").is_some() {
                        connected_at = now;
                    }
                    if connected_at == now && named(m, "publish").is_some() { Ignore } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/query-is-part-of-the-name",
        clause: "NSP-021",
        what: "name?token=x is another name than name",
        cases: &[("nsp/name/query", "other-stream")],
        plant: || rename_publish(|name| name.contains("?token=").then(|| name.replace('?', "-"))),
    },
    Fault {
        id: "nsp/takes-an-empty-name",
        clause: "NSP-023",
        what: "an empty name is published",
        cases: &[("nsp/name/empty", "accepted")],
        plant: || rename_publish(|name| name.is_empty().then(|| "unnamed".to_owned())),
    },
    Fault {
        id: "nsp/stalls-on-false",
        clause: "field/failures W45",
        what: "after publish(false) without a type the connection is neither read nor closed",
        cases: &[("nsp/name/false", "barrier-unanswered"), ("rob/names/no-name", "barrier-unanswered")],
        plant: || {
            Hooks::default()
                .message_in(|m| match named(m, "publish") {
                    Some(c) if c.arguments == [Value::Boolean(false)] => Stall,
                    _ => Process,
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/ignores-delete-stream",
        clause: "RTMP 7.2.2.3",
        what: "deleteStream of a connection's only stream is ignored when it has metadata",
        cases: &[("nsp/unpublish/delete-stream", "still-relayed")],
        plant: || {
            let (mut data, mut streams) = (false, 0);
            Hooks::default()
                .message_in(move |m| {
                    data |= m.kind == MessageType::DATA_AMF0;
                    streams += u32::from(named(m, "createStream").is_some());
                    if data && streams == 1 && named(m, "deleteStream").is_some() { Ignore } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/close-stream-is-final",
        clause: "NSP-026",
        what: "publish after closeStream is not answered",
        cases: &[("nsp/unpublish/close-stream-then-publish", "not-started")],
        plant: || {
            let mut closed = false;
            Hooks::default()
                .message_in(move |m| {
                    closed |= named(m, "closeStream").is_some();
                    if closed && named(m, "publish").is_some() { Ignore } else { Process }
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/tires-of-publish",
        clause: "NSP-027",
        what: "the fifteenth publish of a connection is not answered",
        cases: &[("nsp/unpublish/republish-twenty-times", "refused-again")],
        plant: || {
            let mut n = 0;
            ignore_publish(move |_, _| {
                n += 1;
                n == 15
            })
        },
    },
    Fault {
        id: "nsp/forgets-the-audio-header",
        clause: "NSP-028",
        what: "the AAC sequence header is lost",
        cases: &[("nsp/late-joiner/sequence-headers", "no-audio-header")],
        plant: || {
            Hooks::default()
                .relay_in(|kind, _, payload| !(kind == MessageType::AUDIO && is_header(payload)))
                .boxed()
        },
    },
    Fault {
        id: "nsp/forgets-metadata",
        clause: "NSP-029",
        what: "metadata that comes before the first video is lost",
        cases: &[("nsp/late-joiner/metadata", "no-metadata")],
        plant: || {
            let mut video = false;
            Hooks::default()
                .relay_in(move |kind, _, _| {
                    video |= kind == MessageType::VIDEO;
                    video || kind != MessageType::DATA_AMF0
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/one-video-header",
        clause: "NSP-031",
        what: "a second, different AVC sequence header is lost",
        cases: &[("nsp/relay/new-sequence-header", "frame-lost")],
        plant: || {
            let mut first = None;
            Hooks::default()
                .relay_in(move |kind, _, payload| {
                    if kind != MessageType::VIDEO || !payload.starts_with(&[0x17, 0]) {
                        return true;
                    }
                    *first.get_or_insert_with(|| payload.clone()) == *payload
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/needs-metadata",
        clause: "NSP-033",
        what: "nothing is relayed before metadata came",
        cases: &[("nsp/relay/no-metadata", "lost")],
        plant: || {
            let mut data = false;
            Hooks::default()
                .relay_in(move |kind, _, _| {
                    data |= kind == MessageType::DATA_AMF0;
                    data
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/needs-video",
        clause: "NSP-032",
        what: "audio is not relayed before video came",
        cases: &[("nsp/relay/audio-only", "lost")],
        plant: || {
            let mut video = false;
            Hooks::default()
                .relay_in(move |kind, _, payload| {
                    video |= kind == MessageType::VIDEO;
                    video || kind != MessageType::AUDIO || is_header(payload)
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/needs-audio",
        clause: "NSP-032",
        what: "video frames are not relayed before audio came",
        cases: &[("nsp/relay/video-only", "lost")],
        plant: || {
            let mut audio = false;
            Hooks::default()
                .relay_in(move |kind, _, payload| {
                    audio |= kind == MessageType::AUDIO;
                    audio || kind != MessageType::VIDEO || is_header(payload)
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/drops-audio-behind-video",
        clause: "E-RTMP errata EA 5.2",
        what: "audio more than 50 ms behind the video before it is lost",
        cases: &[("nsp/relay/crossed-timestamps", "frame-lost")],
        plant: || {
            let mut video = 0_u32;
            Hooks::default()
                .relay_in(move |kind, ts, _| {
                    if kind == MessageType::VIDEO {
                        video = ts.0;
                    }
                    kind != MessageType::AUDIO || !(50..=90).contains(&video.wrapping_sub(ts.0))
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/stops-at-a-step-back",
        clause: "field/failures W70",
        what: "after a step of five seconds back nothing more is relayed",
        cases: &[("nsp/relay/backwards-timestamps", "stuck")],
        plant: || {
            let (mut last, mut stuck) = (None, false);
            Hooks::default()
                .relay_in(move |kind, ts, _| {
                    if kind == MessageType::VIDEO {
                        stuck |= last.is_some_and(|last| ts.since(last) <= -5000);
                        last = Some(*ts);
                    }
                    !stuck
                })
                .boxed()
        },
    },
    Fault {
        id: "nsp/composition-time-is-unsigned",
        clause: "FLV E.4.3.1",
        what: "a negative composition time is set to 0",
        cases: &[("nsp/relay/negative-composition-time", "payload-changed")],
        plant: || {
            Hooks::default()
                .relay_in(|kind, _, payload| {
                    if kind == MessageType::VIDEO
                        && payload.len() > 5
                        && payload[0] & 0x8F == 7
                        && payload[1] == 1
                        && payload[2] >= 0x80
                    {
                        let mut bytes = payload.to_vec();
                        bytes[2..5].fill(0);
                        *payload = bytes.into();
                    }
                    true
                })
                .boxed()
        },
    },
];

/// A server that does not see a publish that fits.
fn ignore_publish(
    mut fits: impl FnMut(&Message, &Command) -> bool + Send + 'static,
) -> Box<dyn rtmp_proto::tamper::Tamper> {
    Hooks::default()
        .message_in(move |m| match named(m, "publish") {
            Some(c) if fits(m, &c) => Ignore,
            _ => Process,
        })
        .boxed()
}

/// A server that reads another name in publish.
fn rename_publish(
    rename: impl Fn(&str) -> Option<String> + Send + 'static,
) -> Box<dyn rtmp_proto::tamper::Tamper> {
    Hooks::default()
        .message_in(move |m| {
            if let Some(c) = named(m, "publish")
                && let Some(Value::String(name)) = c.argument(0)
                && let Some(new) = rename(name)
            {
                change(m, |c| c.arguments[0] = Value::from(new.as_str()));
            }
            Process
        })
        .boxed()
}
