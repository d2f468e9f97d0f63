//! Servers that differ from the reference in what no text forbids. No case may call that a failure: each liberty
//! is planted into an embedded server, the control run looks at it as at any other, and nothing may be bad.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rtmp_proto::tamper::{InputRuling, Tamper};
use rtmp_proto::{ChunkStreamId, Message, MessageType};
use rtmpspec::faults::Hooks;
use rtmpspec::probe::Probe;
use rtmpspec::runner::{self, Options};
use rtmpspec::target::{Target, fresh_names};

const AAC_HEADER: [u8; 4] = [0xAF, 0, 0x12, 0x10];

/// Relays a step of more than 250 ms, or backwards, as one of 10 ms.
fn smooths_jumps() -> Box<dyn Tamper> {
    let mut last: Option<(u32, u32)> = None;
    Hooks::default()
        .relay_in(move |kind, timestamp, _| {
            if matches!(kind, MessageType::AUDIO | MessageType::VIDEO) {
                let (before, sent) = last.unwrap_or((timestamp.0, 0));
                let step = timestamp.0.wrapping_sub(before) as i32;
                let step = if (-250..=250).contains(&step) { step } else { 10 };
                let now = sent.wrapping_add(step as u32);
                last = Some((timestamp.0, now));
                timestamp.0 = now;
            }
            true
        })
        .boxed()
}

/// Lets every publication begin at 0.
fn rebases() -> Box<dyn Tamper> {
    let mut first = None;
    Hooks::default()
        .relay_in(move |_, timestamp, _| {
            let first = *first.get_or_insert(timestamp.0);
            timestamp.0 = timestamp.0.wrapping_sub(first);
            true
        })
        .boxed()
}

/// Writes an AAC sequence header of its own before every tenth audio message.
fn adds_headers() -> Box<dyn Tamper> {
    let mut n = 0_u32;
    Hooks::default()
        .message_out(move |messages| {
            let mut out = Vec::with_capacity(messages.len());
            for message in messages.drain(..) {
                if message.kind == MessageType::AUDIO && message.payload[..] != AAC_HEADER {
                    n += 1;
                    if n % 10 == 1 {
                        let payload = Bytes::from_static(&[0xAF, 0, 0x12, 0x10, 0x56, 0xE5, 0]);
                        out.push(Message { payload, ..message.clone() });
                    }
                }
                out.push(message);
            }
            *messages = out;
        })
        .boxed()
}

/// Sends audio and video on chunk streams of its own.
fn other_chunk_streams() -> Box<dyn Tamper> {
    Hooks::default()
        .message_out(|messages| {
            for message in messages {
                let id = match message.kind {
                    MessageType::AUDIO => 20,
                    MessageType::VIDEO => 21,
                    MessageType::COMMAND_AMF0 => 9,
                    _ => continue,
                };
                message.chunk_stream = ChunkStreamId::new(id).unwrap_or(message.chunk_stream);
            }
        })
        .boxed()
}

/// Does not answer Ping Requests, which a client need not send.
fn no_pings() -> Box<dyn Tamper> {
    Hooks::default()
        .message_in(|m| {
            let ping = m.kind == MessageType::USER_CONTROL && m.payload.starts_with(&[0, 6]);
            if ping { InputRuling::Ignore } else { InputRuling::Process }
        })
        .boxed()
}

/// Does not relay empty audio and video.
fn drops_empty_media() -> Box<dyn Tamper> {
    Hooks::default().relay_in(|_, _, payload| !payload.is_empty()).boxed()
}

/// Reads timestamps inside aggregates as plain 32-bit numbers (RTMP 6.1), not in the order of FLV (errata E-43).
fn plain_aggregates() -> Box<dyn Tamper> {
    Hooks::default()
        .message_in(|message| {
            if message.kind == MessageType::AGGREGATE {
                let (mut body, mut at) = (message.payload.to_vec(), 0);
                while let Some([_, a, b, c, timestamp @ .., _, _, _]) = body.get_mut(at..at + 11) {
                    at += 15 + u32::from_be_bytes([0, *a, *b, *c]) as usize;
                    timestamp.rotate_left(1);
                }
                message.payload = body.into();
            }
            InputRuling::Process
        })
        .boxed()
}

async fn bad_verdicts(plant: fn() -> Box<dyn Tamper>) -> Vec<String> {
    let options = Options { patience: Duration::from_secs(2), allow_hostile: true, ..Options::default() };
    let mut target = Target::embedded(Some(Arc::new(plant)), fresh_names()).await.expect("a server");
    let probe = Probe::run(&target.place(), options.patience, options.seed, &target.counter()).await;
    assert!(probe.failed_step().is_none(), "{}", probe.summary());
    let all = rtmpspec::cases::all();
    let selected: Vec<_> = all
        .iter()
        .copied()
        .filter(|c| {
            matches!(c.area(), "hs" | "chunk" | "ctrl" | "ucm" | "msg") || c.id == "rob/flood/one-byte-chunks"
        })
        .collect();
    let (_keep, stop) = tokio::sync::watch::channel(false);
    let report = runner::run(&all, &selected, &mut target, Arc::new(probe), &options, stop, |_| {}).await;
    target.shut_down().await;
    let must = |outcome: &&runner::Outcome| {
        use rtmpspec::case::Level::{May, Must, Safety, Should};
        matches!(outcome.case.level, Must | Should | May | Safety)
    };
    report
        .outcomes
        .iter()
        .filter(must)
        .filter(|o| o.judged.verdict.is_bad() || o.judged.verdict == rtmpspec::outcome::Verdict::HarnessFault)
        .map(|o| format!("{}: {}", o.case.id, o.judged.detail.as_deref().unwrap_or("-")))
        .collect()
}

macro_rules! liberties {
    ($($name:ident),+ $(,)?) => {
        $(
            mod $name {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn is_no_failure() {
                    let bad = super::bad_verdicts(super::$name).await;
                    assert!(bad.is_empty(), "{}", bad.join("\n"));
                }
            }
        )+
    };
}

/// The liberty that the class of the relay has to know about.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_control_run_learns_that_jumps_are_smoothed() {
    let target = Target::embedded(Some(Arc::new(smooths_jumps)), fresh_names()).await.expect("a server");
    let options = Options::default();
    let probe = Probe::run(&target.place(), options.patience, options.seed, &target.counter()).await;
    target.shut_down().await;
    assert!(probe.class().timestamps && !probe.keeps_jumps(), "{}", probe.summary());
}

liberties!(
    smooths_jumps,
    rebases,
    adds_headers,
    other_chunk_streams,
    no_pings,
    drops_empty_media,
    plain_aggregates
);
