//! Faults of the playing side.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};

use rtmp_amf::Value;
use rtmp_proto::tamper::InputRuling::{Ignore, Process};
use rtmp_proto::tamper::Tamper;
use rtmp_proto::{ChunkStreamId, Command, Message, MessageStreamId, MessageType};

use super::nsp::{change, code, named, set_info, text};
use super::{Fault, Hooks};

/// How often each name was asked for by play.
static PLAYS: LazyLock<Mutex<BTreeMap<String, u32>>> = LazyLock::new(Mutex::default);

fn count_play(name: &str) -> u32 {
    let mut plays = PLAYS.lock().expect("no panic");
    let n = plays.entry(name.to_owned()).or_default();
    *n += 1;
    *n
}

/// Every fault of this area.
pub const FAULTS: &[Fault] = &[
    Fault {
        id: "nss/play-by-chunk-stream",
        clause: "RTMP 7.2.2.1",
        what: "play on chunk stream 21 is not answered",
        cases: &[("nss/play/starts", "not-started")],
        plant: || ignore("play", |m, _| m.chunk_stream.value() == 21),
    },
    Fault {
        id: "nss/status-on-stream-zero",
        clause: "RTMP 7.2.2",
        what: "NetStream.Play.Start goes out on message stream 0",
        cases: &[("nss/play/on-its-message-stream", "wrong-message-stream")],
        plant: || on_code("NetStream.Play.Start", |m| m.stream = MessageStreamId::CONNECTION),
    },
    Fault {
        id: "nss/no-stream-begin",
        clause: "RTMP 7.2.2.1",
        what: "no StreamBegin before the media",
        cases: &[("nss/play/stream-begin", "no-stream-begin")],
        plant: || {
            let plays = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&plays);
            Hooks::default()
                .message_in(move |m| {
                    seen.fetch_or(named(m, "play").is_some(), Relaxed);
                    Process
                })
                .message_out(move |out| {
                    let begin =
                        |m: &Message| m.kind == MessageType::USER_CONTROL && m.payload.starts_with(&[0, 0]);
                    out.retain(|m| !(plays.load(Relaxed) && begin(m)));
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/loses-the-first-key-frame",
        clause: "NSS-017",
        what: "the first key frame of every player is lost",
        cases: &[("nss/play/first-video", "no-key-frame")],
        plant: || {
            let mut lost = false;
            Hooks::default()
                .message_out(move |out| {
                    out.retain(|m| {
                        let lose = !lost && m.kind == MessageType::VIDEO && m.payload.starts_with(&[0x17, 1]);
                        lost |= lose;
                        !lose
                    });
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/always-resets",
        clause: "RTMP 7.2.2.1",
        what: "NetStream.Play.Reset although reset is false",
        cases: &[("nss/reset/only-when-asked", "reset-not-asked")],
        plant: || {
            let said_no = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&said_no);
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "play") {
                        seen.store(c.argument(3) == Some(&Value::Boolean(false)), Relaxed);
                    }
                    Process
                })
                .message_out(move |out| {
                    if said_no.load(Relaxed) && out.iter().any(|m| code(m) == "NetStream.Play.Start") {
                        let mut reset = out[0].clone();
                        set_info(&mut reset, "code", "NetStream.Play.Reset");
                        out.insert(0, reset);
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/reset-is-no-number",
        clause: "RTMP 7.2.2.1",
        what: "play with a number as reset is not answered",
        cases: &[("nss/reset/as-number", "not-started")],
        plant: || ignore("play", |_, c| matches!(c.argument(3), Some(Value::Number(_)))),
    },
    Fault {
        id: "nss/silent-on-missing-streams",
        clause: "RTMP 7.2.2.1",
        what: "play of a missing stream is not answered",
        cases: &[("nss/missing/live-only", "not-told")],
        plant: || {
            Hooks::default()
                .message_out(|out| out.retain(|m| code(m) != "NetStream.Play.StreamNotFound"))
                .boxed()
        },
    },
    Fault {
        id: "nss/forgets-who-waits",
        clause: "RTMP 7.2.2.1",
        what: "a player that came before the publisher gets nothing of it",
        cases: &[("nss/missing/waits", "left-out")],
        plant: || {
            let mut waited = false;
            Hooks::default()
                .message_out(move |out| {
                    waited |= out.iter().any(|m| code(m) == "NetStream.Play.PublishNotify");
                    out.retain(|m| !(waited && matches!(m.kind, MessageType::AUDIO | MessageType::VIDEO)));
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/ignores-audio-off",
        clause: "RTMP 7.2.2.4",
        what: "receiveAudio(false) is ignored",
        cases: &[("nss/receive/audio-off", "audio-goes-on")],
        plant: || ignore("receiveAudio", |_, c| flag(c) == Some(false)),
    },
    Fault {
        id: "nss/ignores-video-off",
        clause: "RTMP 7.2.2.5",
        what: "receiveVideo(false) is ignored",
        cases: &[("nss/receive/video-off", "video-goes-on")],
        plant: || ignore("receiveVideo", |_, c| flag(c) == Some(false)),
    },
    Fault {
        id: "nss/audio-stays-off",
        clause: "RTMP 7.2.2.4",
        what: "receiveAudio(true) is ignored",
        cases: &[
            ("nss/receive/audio-resumes", "frame-lost"),
            ("nss/receive/on-is-confirmed", "not-confirmed"),
        ],
        plant: || ignore("receiveAudio", |_, c| flag(c) == Some(true)),
    },
    Fault {
        id: "nss/no-seek-notify",
        clause: "RTMP 7.2.2.4",
        what: "receiveAudio(true) is not answered with NetStream.Seek.Notify",
        cases: &[("nss/receive/on-is-confirmed", "not-confirmed")],
        plant: || {
            Hooks::default().message_out(|out| out.retain(|m| code(m) != "NetStream.Seek.Notify")).boxed()
        },
    },
    Fault {
        id: "nss/pause-without-a-word",
        clause: "RTMP 7.2.2.8",
        what: "pause is not answered with NetStream.Pause.Notify",
        cases: &[("nss/pause/notify", "no-pause-notify")],
        plant: || {
            Hooks::default().message_out(|out| out.retain(|m| code(m) != "NetStream.Pause.Notify")).boxed()
        },
    },
    Fault {
        id: "nss/pause-in-name-only",
        clause: "RTMP 7.2.2.8",
        what: "pause is confirmed and media goes on",
        cases: &[("nss/pause/no-media", "media-while-paused")],
        plant: || {
            let asked = Arc::new(AtomicBool::new(false));
            let last = Arc::clone(&asked);
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "pause") {
                        asked.store(flag(&c) == Some(true), Relaxed);
                        change(m, |c| c.arguments[0] = Value::Boolean(false));
                    }
                    Process
                })
                .message_out(move |out| {
                    if last.load(Relaxed) {
                        for m in out.iter_mut().filter(|m| code(m) == "NetStream.Unpause.Notify") {
                            set_info(m, "code", "NetStream.Pause.Notify");
                        }
                    }
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/no-pause-raw",
        clause: "NSS-040",
        what: "pauseRaw is ignored",
        cases: &[("nss/pause/raw", "no-pause-notify")],
        plant: || ignore("pauseRaw", |_, _| true),
    },
    Fault {
        id: "nss/pause-failure-by-another-status",
        clause: "RTMP 7.2.2.8",
        what: "the failure of pause is told by onStatus NetStream.Pause.Denied",
        cases: &[("nss/pause/without-play", "failure-shape")],
        plant: || {
            on_code("NetStream.Pause.Failed", |m| {
                change(m, |c| "onStatus".clone_into(&mut c.name));
                set_info(m, "code", "NetStream.Pause.Denied");
            })
        },
    },
    Fault {
        id: "nss/empty-name-is-ignored",
        clause: "NSS-043",
        what: "play of an empty name is ignored",
        cases: &[("nss/play/empty-name-stops", "plays-on")],
        plant: || ignore("play", |_, c| text(c, 0).is_empty()),
    },
    Fault {
        id: "nss/unpublish-is-an-error",
        clause: "STAT-019",
        what: "NetStream.Play.UnpublishNotify has the level error",
        cases: &[("nss/end/publisher-leaves", "level")],
        plant: || on_code("NetStream.Play.UnpublishNotify", |m| set_info(m, "level", "error")),
    },
    Fault {
        id: "nss/media-after-eof",
        clause: "RTMP 7.1.7",
        what: "StreamEOF when the publisher leaves, and media of the next without a command",
        cases: &[("nss/end/nothing-after-eof", "media-after-eof")],
        plant: || {
            Hooks::default()
                .message_out(|out| {
                    let Some(stream) =
                        out.iter().find(|m| code(m) == "NetStream.Play.UnpublishNotify").map(|m| m.stream)
                    else {
                        return;
                    };
                    let mut payload = vec![0, 1];
                    payload.extend(stream.0.to_be_bytes());
                    out.push(Message {
                        chunk_stream: ChunkStreamId::CONTROL,
                        timestamp: out[0].timestamp,
                        kind: MessageType::USER_CONTROL,
                        stream: MessageStreamId::CONNECTION,
                        payload: payload.into(),
                    });
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/second-player-loses-audio",
        clause: "NSS-045",
        what: "the second player of a name gets every third audio message less",
        cases: &[("nss/players/two-see-the-same", "differ")],
        plant: || {
            let second = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&second);
            let mut n = 0_u32;
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "play") {
                        seen.store(count_play(text(&c, 0)) == 2, Relaxed);
                    }
                    Process
                })
                .message_out(move |out| {
                    out.retain(|m| {
                        n += u32::from(m.kind == MessageType::AUDIO);
                        !(second.load(Relaxed) && m.kind == MessageType::AUDIO && n.is_multiple_of(3))
                    });
                })
                .boxed()
        },
    },
    Fault {
        id: "nss/one-megabyte-for-two-players",
        clause: "NSS-044",
        what: "a stream with two players is relayed up to one megabyte",
        cases: &[("nss/players/slow-reader", "frame-lost")],
        plant: || {
            let name = Arc::new(Mutex::new(String::new()));
            let own = Arc::clone(&name);
            let mut bytes = 0;
            Hooks::default()
                .message_in(move |m| {
                    if let Some(c) = named(m, "publish") {
                        text(&c, 0).clone_into(&mut name.lock().expect("no panic"));
                    }
                    if let Some(c) = named(m, "play") {
                        count_play(text(&c, 0));
                    }
                    Process
                })
                .relay_in(move |_, _, payload| {
                    bytes += payload.len();
                    let plays = PLAYS.lock().expect("no panic");
                    let name = own.lock().expect("no panic");
                    bytes < 1 << 20 || plays.get(name.as_str()).is_none_or(|n| *n < 2)
                })
                .boxed()
        },
    },
];

fn flag(command: &Command) -> Option<bool> {
    command.argument(0).and_then(Value::as_bool)
}

/// A server that does not see a command that fits.
fn ignore(name: &'static str, fits: impl Fn(&Message, &Command) -> bool + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default()
        .message_in(move |m| match named(m, name) {
            Some(c) if fits(m, &c) => Ignore,
            _ => Process,
        })
        .boxed()
}

/// A server that changes what it sends with this code.
fn on_code(wanted: &'static str, f: impl Fn(&mut Message) + Send + 'static) -> Box<dyn Tamper> {
    Hooks::default()
        .message_out(move |out| {
            for m in out.iter_mut().filter(|m| code(m) == wanted) {
                f(m);
            }
        })
        .boxed()
}
