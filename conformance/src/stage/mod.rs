//! What a case stands on: connections, publishers, players, and the place where observations are collected.

mod bystander;
mod echo;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;

pub use bystander::Bystander;
pub use echo::{Echo, EchoOptions, is_header_of_its_own};

use crate::outcome::{Expect, Observation, Seen, Stop};
use crate::pen::{Msg, command};
use crate::probe::Probe;
use crate::wire::{Heard, Link, Transcript};

/// Where the target is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Place {
    /// Resolved address.
    pub addr: SocketAddr,
    /// Application name.
    pub app: String,
    /// tcUrl of connect.
    pub tc_url: String,
    /// Template of stream names: `{n}` is replaced by a number.
    pub names: String,
    /// Where players connect, if elsewhere: address, app, tcUrl.
    pub play: Option<(SocketAddr, String, String)>,
    /// Process id of the target, where it is known.
    pub pid: Option<u32>,
}

/// What a case stands on.
pub struct Stage {
    /// The target.
    pub place: Arc<Place>,
    /// What the control run learned about it.
    pub probe: Arc<Probe>,
    /// The record of this case.
    pub transcript: Arc<Transcript>,
    /// How long one event is waited for.
    pub patience: Duration,
    /// Everything observed so far.
    pub observations: Vec<Observation>,
    /// Seed of everything random in this case.
    pub seed: u64,
    counter: Arc<AtomicU64>,
}

/// A connection that publishes.
pub struct Publisher {
    /// The connection.
    pub link: Link,
    /// Message stream id that createStream returned.
    pub msid: u32,
    /// Stream name.
    pub name: String,
}

/// A connection that plays.
pub struct Player {
    /// The connection.
    pub link: Link,
    /// Message stream id that createStream returned.
    pub msid: u32,
}

impl Publisher {
    /// Sends a message on the publishing stream (its message stream id is set here), as one type 0 chunk
    /// and type 3 chunks.
    pub async fn send(&mut self, message: &Msg) {
        let message = message.clone().for_stream(self.msid);
        self.link.send(&message).await;
    }

    /// Metadata, AVC and AAC sequence headers at `ts`.
    pub async fn send_headers(&mut self, ts: u32) {
        use crate::pen::media;
        for message in [media::metadata(), media::avc_header(), media::aac_header()] {
            self.send(&message.at(ts)).await;
        }
    }
}

impl Stage {
    /// A stage for one case.
    #[must_use]
    pub fn new(
        place: Arc<Place>,
        probe: Arc<Probe>,
        patience: Duration,
        seed: u64,
        counter: Arc<AtomicU64>,
    ) -> Self {
        Self {
            place,
            probe,
            transcript: Arc::new(Transcript::default()),
            patience,
            observations: Vec::new(),
            seed,
            counter,
        }
    }

    /// Records what was seen beside what was expected; `true` if it fits.
    pub fn check(&mut self, label: &str, seen: Seen, expect: Expect) -> bool {
        let observation = Observation { label: label.into(), expect, seen };
        let fits = observation.matched().is_some();
        self.transcript.line(
            '.',
            "suite",
            &format!(
                "{label}: expected {}, got {} [{}]",
                observation.expect.describe(),
                observation.seen.describe(),
                if fits { "ok" } else { "no" }
            ),
        );
        self.observations.push(observation);
        fits
    }

    /// Records a fact.
    pub fn check_fact(&mut self, label: &str, value: impl Into<Value>, expect: Expect) -> bool {
        self.check(label, Seen::fact(value), expect)
    }

    /// A stream name that nobody else uses.
    pub fn fresh_name(&mut self) -> String {
        let n = self.counter.fetch_add(1, Ordering::Relaxed);
        self.place.names.replace("{n}", &n.to_string())
    }

    /// A number for seeding what looks random; different on every call.
    pub fn fresh_seed(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.seed
    }

    /// A TCP connection, nothing sent.
    ///
    /// # Errors
    /// Blocked when the target does not accept.
    pub async fn open(&mut self, name: &str) -> Result<Link, Stop> {
        let addr = self.place.addr;
        self.open_at(addr, name).await
    }

    async fn open_at(&mut self, addr: SocketAddr, name: &str) -> Result<Link, Stop> {
        let transcript = Arc::clone(&self.transcript);
        let mut link = Link::open(addr, name, transcript, self.patience)
            .await
            .map_err(|e| Stop::blocked("TCP connect", e.to_string()))?;
        link.barrier_by = self.probe.barrier;
        Ok(link)
    }

    /// A connection with the handshake done.
    ///
    /// # Errors
    /// Blocked when the target does not complete it.
    pub async fn shaken(&mut self, name: &str) -> Result<Link, Stop> {
        let mut link = self.open(name).await?;
        let seed = self.fresh_seed();
        link.handshake(seed).await?;
        Ok(link)
    }

    /// A connection with connect answered by `_result`.
    ///
    /// # Errors
    /// Blocked when the target refuses.
    pub async fn connected(&mut self, name: &str) -> Result<Link, Stop> {
        let mut link = self.shaken(name).await?;
        let place = Arc::clone(&self.place);
        connect(&mut link, &place.app, &place.tc_url).await?;
        Ok(link)
    }

    /// A publisher whose publish was answered by NetStream.Publish.Start.
    ///
    /// # Errors
    /// Blocked when the target refuses.
    pub async fn publisher(&mut self) -> Result<Publisher, Stop> {
        let name = self.fresh_name();
        let link = self.connected("publisher").await?;
        self.publish_on(link, &name).await
    }

    /// createStream and publish on a connection.
    ///
    /// # Errors
    /// Blocked when the target refuses.
    pub async fn publish_on(&mut self, mut link: Link, name: &str) -> Result<Publisher, Stop> {
        let msid = create_stream(&mut link).await?;
        link.mark();
        link.send(&command::publish(msid, name, "live")).await;
        match link.status().await {
            Seen::Command { code: Some(code), .. } if code == "NetStream.Publish.Start" => {
                Ok(Publisher { link, msid, name: name.into() })
            }
            seen => Err(Stop::blocked("publish", seen.describe())),
        }
    }

    /// A connection to where players connect, with connect answered.
    ///
    /// # Errors
    /// Blocked when the target refuses.
    pub async fn player_connection(&mut self, name: &str) -> Result<Link, Stop> {
        let (addr, app, tc_url) = match &self.place.play {
            Some(play) => play.clone(),
            None => (self.place.addr, self.place.app.clone(), self.place.tc_url.clone()),
        };
        let mut link = self.open_at(addr, name).await?;
        let seed = self.fresh_seed();
        link.handshake(seed).await?;
        connect(&mut link, &app, &tc_url).await?;
        Ok(link)
    }

    /// A player of `stream` whose play was answered by NetStream.Play.Start.
    ///
    /// # Errors
    /// Blocked when the target refuses.
    pub async fn player(&mut self, stream: &str) -> Result<Player, Stop> {
        let mut link = self.player_connection("player").await?;
        let msid = create_stream(&mut link).await?;
        link.mark();
        link.send(&command::play(msid, stream, &[])).await;
        match link.status_where(|code| code.starts_with("NetStream.Play.S") || code.ends_with("Failed")).await
        {
            Seen::Command { code: Some(code), .. } if code == "NetStream.Play.Start" => {
                Ok(Player { link, msid })
            }
            seen => Err(Stop::blocked("play", seen.describe())),
        }
    }

    /// A publisher with metadata, sequence headers and a key frame, and a player that sees it.
    ///
    /// # Errors
    /// Blocked when one of the two cannot be had.
    pub async fn echo(&mut self, options: EchoOptions) -> Result<Echo, Stop> {
        Echo::start(self, options).await
    }

    /// Whether a new connection is served up to connect; what every negative case ends with.
    pub async fn fresh_connection(&mut self) -> Seen {
        match self.connected("fresh").await {
            Ok(_) => Seen::fact("served"),
            Err(Stop::Blocked { by, why }) => Seen::fact(format!("{by}: {why}")),
            Err(_) => Seen::fact("not served"),
        }
    }

    /// Resident memory of the target in KiB, where its process is known (Linux).
    #[must_use]
    pub fn rss_kib(&self) -> Option<u64> {
        rss_kib(self.place.pid?)
    }
}

/// Resident memory of a process in KiB (Linux); `None` elsewhere or when it has ended.
#[must_use]
pub fn rss_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

async fn connect(link: &mut Link, app: &str, tc_url: &str) -> Result<(), Stop> {
    match link.connect(app, tc_url).await {
        Seen::Command { name, .. } if name == "_result" => Ok(()),
        seen => Err(Stop::blocked("connect", seen.describe())),
    }
}

/// createStream; the message stream id.
///
/// # Errors
/// Blocked when the target refuses.
pub async fn create_stream(link: &mut Link) -> Result<u32, Stop> {
    let seen = link.call("createStream", crate::pen::Amf::Null, &[]).await;
    stream_id(&seen).ok_or_else(|| Stop::blocked("createStream", seen.describe()))
}

/// The stream id in a `_result` of createStream.
#[must_use]
pub fn stream_id(seen: &Seen) -> Option<u32> {
    let Seen::Command { name, values, .. } = seen else { return None };
    let id = values.get(1)?.as_f64()?;
    (name == "_result" && id.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&id)).then_some(id as u32)
}

/// Media messages (types 8 and 9) among what was heard.
pub fn media(heard: &[Heard]) -> impl Iterator<Item = &Heard> {
    heard.iter().filter(|h| matches!(h.message.kind, 8 | 9))
}
