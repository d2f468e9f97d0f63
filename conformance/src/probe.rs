//! The control run: a three-second fingerprint that every server run does first, and `doctor` prints. It
//! learns which barrier works, what the relay keeps, and which step of an ordinary session fails.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::outcome::{Class, Seen, Stop};
use crate::pen::{Amf, Msg, command, media};
use crate::stage::{Place, Player, Publisher, Stage, create_stream, stream_id};
use crate::wire::link::{BarrierBy, json as amf_json};
use crate::wire::{Link, Transcript};

/// The longest difference between two frames, in ms, that echo cases judge on every relay which keeps
/// differences; what is longer is judged only where the control run saw a jump come back.
pub const LONGEST_STEP: u32 = 250;

/// How far a step of an ordinary session came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeStep {
    /// `handshake`, `connect`, ...
    pub name: String,
    /// Whether it worked.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
    /// Duration in milliseconds.
    pub ms: f64,
}

/// What the target does to what it relays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Fidelity {
    /// Payload bytes of audio and video come back unchanged.
    pub payload: bool,
    /// Timestamp differences come back unchanged.
    pub differences: bool,
    /// A jump of hours between two frames comes back unchanged: relays that smooth jitter replace it by a step
    /// of their own, which no text forbids.
    #[serde(default)]
    pub jumps: bool,
    /// Absolute timestamps come back unchanged.
    pub absolute: bool,
    /// Metadata comes back with the same keys and values.
    pub metadata: bool,
}

impl Fidelity {
    /// `verbatim`, or what is changed.
    #[must_use]
    pub fn describe(self) -> String {
        let mut changes = Vec::new();
        if !self.payload {
            changes.push("payload re-packaged");
        }
        if !self.differences {
            changes.push("timestamps smoothed");
        } else {
            if !self.absolute {
                changes.push("timestamps rebased");
            }
            if !self.jumps {
                changes.push("jumps smoothed");
            }
        }
        if !self.metadata {
            changes.push("metadata rebuilt");
        }
        if changes.is_empty() { "verbatim".into() } else { changes.join(", ") }
    }
}

/// What is known about the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Probe {
    /// Steps of an ordinary session, in order, up to the first that failed.
    pub steps: Vec<ProbeStep>,
    /// How barriers are built.
    pub barrier: BarrierBy,
    /// Whether a client's Ping Request is answered (UCM-017).
    pub answers_ping: bool,
    /// What the relay keeps; `None` if nothing came through.
    pub fidelity: Option<Fidelity>,
    /// Everything else that was noticed, by name.
    pub features: serde_json::Map<String, Value>,
    /// Whether there was a TCP connection at all.
    pub reachable: bool,
}

impl Probe {
    /// What echo cases compare.
    #[must_use]
    pub fn class(&self) -> Class {
        self.fidelity.map_or(Class { payload: true, timestamps: true }, |f| Class {
            payload: f.payload,
            timestamps: f.differences,
        })
    }

    /// Whether a timestamp that is hours after the one before is relayed with that difference.
    #[must_use]
    pub fn keeps_jumps(&self) -> bool {
        self.fidelity.is_none_or(|f| f.differences && f.jumps)
    }

    /// The first step that failed.
    #[must_use]
    pub fn failed_step(&self) -> Option<&ProbeStep> {
        self.steps.iter().find(|s| !s.ok)
    }

    /// One line.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut parts = vec![match self.failed_step() {
            Some(step) => format!("{} fails: {}", step.name, step.detail),
            None => "publish and play work".into(),
        }];
        parts.push(format!("ping {}", if self.answers_ping { "answered" } else { "not answered" }));
        if let Some(fidelity) = self.fidelity {
            parts.push(format!("relay {}", fidelity.describe()));
        }
        if let Some(version) = self.features.get("fmsVer").and_then(Value::as_str) {
            parts.push(version.into());
        }
        parts.join("; ")
    }

    /// Runs the control run.
    pub async fn run(place: &Arc<Place>, patience: Duration, seed: u64, counter: &Arc<AtomicU64>) -> Self {
        Self::run_recorded(place, patience, seed, counter).await.0
    }

    /// Runs the control run and keeps its transcript.
    pub async fn run_recorded(
        place: &Arc<Place>,
        patience: Duration,
        seed: u64,
        counter: &Arc<AtomicU64>,
    ) -> (Self, Arc<Transcript>) {
        let mut stage =
            Stage::new(Arc::clone(place), Arc::new(Self::default()), patience, seed, Arc::clone(counter));
        let mut run = Run { probe: Self::default(), began: Instant::now() };
        let _ = run.steps(&mut stage).await;
        (run.probe, stage.transcript)
    }

    /// The first thing to know: whether anybody is there.
    ///
    /// # Errors
    /// A sentence that names address and cause.
    pub async fn reach(addr: SocketAddr, patience: Duration) -> Result<(), String> {
        match tokio::time::timeout(patience, tokio::net::TcpStream::connect(addr)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(format!("nothing can be reached at {addr}: {error}")),
            Err(_) => Err(format!("nothing can be reached at {addr}: no answer within {patience:?}")),
        }
    }
}

struct Run {
    probe: Probe,
    began: Instant,
}

impl Run {
    fn step<T>(&mut self, name: &str, detail: impl Into<String>, value: Result<T, String>) -> Result<T, ()> {
        let (ok, detail) = match &value {
            Ok(_) => (true, detail.into()),
            Err(why) => (false, why.clone()),
        };
        let ms = self.began.elapsed().as_secs_f64() * 1e3;
        self.began = Instant::now();
        self.probe.steps.push(ProbeStep { name: name.into(), ok, detail, ms });
        value.map_err(drop)
    }

    fn feature(&mut self, name: &str, value: impl Into<Value>) {
        self.probe.features.insert(name.into(), value.into());
    }

    async fn steps(&mut self, stage: &mut Stage) -> Result<(), ()> {
        let link = stage.open("publisher").await.map_err(why);
        self.probe.reachable = link.is_ok();
        let mut link = self.step("tcp", "connected", link)?;
        let seed = stage.fresh_seed();
        let shaken = link.handshake(seed).await.map_err(why);
        let bytes = link.handshake_bytes();
        self.step("handshake", describe_handshake(&bytes, seed), shaken)?;
        let place = Arc::clone(&stage.place);
        self.connect(&mut link, &place).await?;
        self.probe.answers_ping = matches!(link.ping_barrier().await, Seen::Answered { .. });
        let by = if self.probe.answers_ping { BarrierBy::Ping } else { BarrierBy::CreateStream };
        self.probe.barrier = by;
        link.barrier_by = by;
        stage.probe = Arc::new(self.probe.clone());
        let msid = create_stream(&mut link).await.map_err(why);
        let msid = self.step("createStream", format!("stream {}", msid.clone().unwrap_or(0)), msid)?;
        let second = link.call("createStream", Amf::Null, &[]).await;
        self.feature(
            "several streams per connection",
            match stream_id(&second) {
                Some(id) if id != msid => json!(true),
                Some(_) => json!("the same id again"),
                None => json!(second.describe()),
            },
        );
        let name = stage.fresh_name();
        link.mark();
        link.send(&command::publish(msid, &name, "live")).await;
        let seen = link.status().await;
        let started = match &seen {
            Seen::Command { code: Some(code), .. } if code == "NetStream.Publish.Start" => Ok(()),
            _ => Err(seen.describe()),
        };
        self.step("publish", "NetStream.Publish.Start", started)?;
        let mut live = Publisher { link, msid, name };
        let answered = matches!(live.link.barrier().await, Seen::Answered { .. });
        self.step("barrier while publishing", "answered", answered.then_some(()).ok_or("no answer".into()))?;
        live.send_headers(0).await;
        live.send(&media::key("first", 64).at(0)).await;
        let view = stage.player(&live.name.clone()).await.map_err(why);
        let mut view = self.step("play", "NetStream.Play.Start", view)?;
        self.relay(&mut live, &mut view).await?;
        self.leave(live, &mut view).await;
        Ok(())
    }

    async fn connect(&mut self, link: &mut Link, place: &Place) -> Result<(), ()> {
        let seen = link.connect(&place.app, &place.tc_url).await;
        let (detail, answer) = match &seen {
            Seen::Command { name, values, code, .. } if name == "_result" => {
                for (index, key) in [(0, "fmsVer"), (0, "capabilities"), (1, "objectEncoding")] {
                    if let Some(value) = values.get(index).and_then(|v| v.get(key)) {
                        self.feature(key, value.clone());
                    }
                }
                (code.clone().unwrap_or_else(|| "_result".into()), Ok(()))
            }
            seen => (String::new(), Err(seen.describe())),
        };
        self.step("connect", detail, answer)?;
        for heard in link.heard() {
            let word = heard.message.body.first_chunk::<4>().map(|b| u32::from_be_bytes(*b));
            match (heard.message.kind, word) {
                (1, Some(size)) => self.feature("outgoing chunk size", size),
                (5, Some(size)) => self.feature("window acknowledgement size", size),
                (6, Some(size)) => self.feature("peer bandwidth", size),
                _ => {}
            }
        }
        Ok(())
    }

    /// Publishes a simple, forward-going sequence and looks at what of it comes back.
    async fn relay(&mut self, live: &mut Publisher, view: &mut Player) -> Result<(), ()> {
        let mut sent: Vec<Msg> = Vec::new();
        for n in 1..=12_u32 {
            sent.push(media::aac(&format!("audio-{n}"), 60).at(n * 40));
            let label = format!("video-{n}");
            let video = if n % 4 == 1 { media::key(&label, 100) } else { media::inter(&label, 90) };
            sent.push(video.at(n * 40));
        }
        for (i, frame) in sent.iter().enumerate() {
            live.send(frame).await;
            if i == 1 {
                // The player may still be attaching; from the first frame seen, everything counts.
                let _ = view
                    .link
                    .wait_for(Duration::from_millis(300), |v| {
                        v.heard.iter().any(|h| h.message.body == sent[0].body).then_some(())
                    })
                    .await;
            }
        }
        let last = sent[sent.len() - 1].clone();
        let arrived = view
            .link
            .wait(|v| {
                v.heard.iter().any(|h| h.message.kind == 9 && h.message.body == last.body).then_some(())
            })
            .await;
        let heard = view.link.heard();
        let items: Vec<(usize, u32)> = sent
            .iter()
            .enumerate()
            .filter_map(|(i, s)| {
                heard
                    .iter()
                    .find(|h| h.message.kind == s.kind && h.message.body == s.body)
                    .map(|h| (i, h.message.ts.wrapping_sub(s.ts)))
            })
            .collect();
        let media_heard = heard.iter().filter(|h| matches!(h.message.kind, 8 | 9)).count();
        if media_heard == 0 {
            let why = arrived.err().map_or("no media arrived".to_owned(), |s| s.describe());
            return self.step("relay", "", Err(why));
        }
        let first = items.first().copied();
        let complete = first.is_some_and(|(i, _)| items.len() == sent.len() - i && i < 6);
        let (steps, jumps) = match first {
            Some((_, offset)) => long_steps(live, view, last.ts, offset).await,
            None => (true, true),
        };
        let fidelity = Fidelity {
            payload: complete,
            differences: steps && items.iter().all(|(_, offset)| first.is_some_and(|f| f.1 == *offset)),
            jumps,
            absolute: items.iter().all(|(_, offset)| *offset == 0),
            metadata: metadata_kept(view),
        };
        self.probe.fidelity = Some(fidelity);
        let position = |body: &[u8]| heard.iter().position(|h| h.message.body == body);
        let (avc, aac) = (position(&media::avc_header().body), position(&media::aac_header().body));
        let frame = heard.iter().position(|h| h.message.kind == 9 && h.message.body.get(1) == Some(&1));
        self.feature(
            "late joiner gets sequence headers first",
            avc.is_some() && aac.is_some() && avc < frame,
        );
        self.feature(
            "late joiner gets metadata",
            heard.iter().any(|h| h.message.kind == 18 && has(&h.message.body, b"onMetaData")),
        );
        self.feature(
            "late joiner gets the last group of pictures",
            position(&media::key("first", 64).body).is_some(),
        );
        self.step(
            "relay",
            format!("{} of {} messages back, {}", items.len(), sent.len(), fidelity.describe()),
            Ok(()),
        )
    }

    /// The publisher leaves in order; how is the player told?
    async fn leave(&mut self, mut live: Publisher, view: &mut Player) {
        let from = view.link.mark();
        let txn = live.link.transaction();
        live.link
            .send(&command::command("FCUnpublish", txn, Amf::Null, &[Amf::Text(live.name.clone())]))
            .await;
        live.link.send(&command::delete_stream(0.0, live.msid)).await;
        live.link.finish().await;
        let told = view
            .link
            .wait_for(Duration::from_secs(1), |v| {
                v.heard[from.min(v.heard.len())..].iter().find_map(|h| {
                    match (
                        h.message.kind,
                        h.message.body.as_slice(),
                        crate::wire::link::command_seen(&h.message),
                    ) {
                        (4, [0, 1, ..], _) => Some("StreamEOF".to_owned()),
                        (_, _, Some(Seen::Command { name, code: Some(code), .. })) if name == "onStatus" => {
                            Some(code)
                        }
                        _ => None,
                    }
                })
            })
            .await;
        self.feature(
            "player is told that the publisher left",
            match told {
                Ok(how) => json!(how),
                Err(Seen::Closed { .. }) => json!("closed"),
                Err(_) => json!(false),
            },
        );
    }
}

/// Whether a step of [`LONGEST_STEP`] and one of more than two hours are relayed as they are. `offset` is what the
/// relay adds to timestamps. Frames that do not come are no proof of either.
async fn long_steps(live: &mut Publisher, view: &mut Player, last: u32, offset: u32) -> (bool, bool) {
    let step = media::key("step", 100).at(last + LONGEST_STEP);
    let jump = media::key("jump", 100).at(step.ts + 0x0090_0000);
    live.send(&step).await;
    live.send(&jump).await;
    let _ = view
        .link
        .wait_for(Duration::from_secs(1), |v| {
            v.heard.iter().any(|h| h.message.body == jump.body).then_some(())
        })
        .await;
    let heard = view.link.heard();
    let kept = |frame: &Msg| {
        heard
            .iter()
            .find(|h| h.message.body == frame.body)
            .map(|h| h.message.ts.wrapping_sub(frame.ts) == offset)
    };
    (kept(&step).unwrap_or(true), kept(&jump).unwrap_or(false))
}

fn metadata_kept(view: &Player) -> bool {
    let mut want = Vec::new();
    media::metadata_array().write(&mut want);
    let Ok(want) = rtmp_amf::decode_all(&want, &rtmp_amf::Limits::default()) else { return false };
    view.link.heard().iter().any(|h| {
        h.message.kind == 18
            && rtmp_amf::decode_all(&h.message.body, &rtmp_amf::Limits::default()).is_ok_and(|values| {
                values.first().and_then(|v| v.as_str()) == Some("onMetaData")
                    && values.get(1).map(amf_json) == want.first().map(amf_json)
            })
    })
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

fn why(stop: Stop) -> String {
    match stop {
        Stop::Blocked { by, why } => format!("{by}: {why}"),
        Stop::Skipped(why) | Stop::Harness(why) => why,
        Stop::Unsupported { proof } => proof,
    }
}

fn describe_handshake(bytes: &[u8], seed: u64) -> String {
    let Some(s1) = bytes.get(1..1537) else { return format!("{} of 3073 bytes", bytes.len()) };
    let c1 = crate::pen::handshake::c1(0, seed);
    let zero = if s1[4..8] == [0; 4] { "plain" } else { "version bytes set" };
    let copy = if s1[8..] == c1[8..] { ", S1 copies C1" } else { "" };
    let echo = if bytes.get(1545..) == c1.get(8..) { ", S2 echoes C1" } else { ", S2 does not echo C1" };
    format!("version {}, {zero}{copy}{echo}", bytes[0])
}
