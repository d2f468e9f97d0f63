//! A publisher and a player of the same stream, synchronised, so that what was published can be compared with
//! what arrived: the `[ECHO]` oracle.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{Player, Publisher, Stage};
use crate::outcome::{Class, Expect, MediaItem, Seen, Stop, Want, expect};
use crate::pen::{Msg, media};
use crate::probe::LONGEST_STEP;
use crate::wire::Heard;

/// How often a synchronising frame is repeated while the player is not attached yet.
const SYNC_EVERY: Duration = Duration::from_millis(250);

/// How often the wait for a marker looks whether the publisher was closed meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(400);

/// How an echo is set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct EchoOptions {
    /// Timestamp of headers and of the first synchronising frame, in ms.
    pub base: u32,
    /// Chunk size that the publisher announces before anything else; `None`: 128.
    pub chunk_size: Option<u32>,
    /// Whether data messages (type 18) count as media.
    pub with_data: bool,
}

/// A publisher and a player that sees it.
pub struct Echo {
    /// The publisher.
    pub live: Publisher,
    /// The player.
    pub view: Player,
    base: u32,
    offset: u32,
    from: usize,
    class: Class,
    keeps_jumps: bool,
    with_data: bool,
    markers: u32,
    /// Timestamp of the last frame published.
    last: u32,
    /// Whether a difference beyond [`LONGEST_STEP`] lies between synchronisation and the last frame.
    jumped: bool,
}

impl Echo {
    pub(super) async fn start(stage: &mut Stage, options: EchoOptions) -> Result<Self, Stop> {
        let mut live = stage.publisher().await?;
        if let Some(size) = options.chunk_size {
            live.link.set_chunk_size(size).await;
        }
        live.send_headers(options.base).await;
        live.send(&media::key("first", 64).at(options.base)).await;
        let view = stage.player(&live.name.clone()).await?;
        let mut echo = Self {
            live,
            view,
            base: options.base,
            offset: 0,
            from: 0,
            class: stage.probe.class(),
            keeps_jumps: stage.probe.keeps_jumps(),
            with_data: options.with_data,
            markers: 0,
            last: options.base,
            jumped: false,
        };
        echo.synchronise(stage.patience).await?;
        Ok(echo)
    }

    /// Repeats a key frame until the player sees one, then waits for the last that was sent; from there on
    /// everything is compared. A relay slower than the repetition is only slow.
    async fn synchronise(&mut self, patience: Duration) -> Result<(), Stop> {
        let attempts = (patience.as_millis() / SYNC_EVERY.as_millis()).max(1) as u32;
        let mut sent: Vec<Msg> = Vec::new();
        let mut last = Seen::fact("nothing");
        for attempt in 0..attempts {
            let frame = media::key(&format!("sync-{attempt}"), 64).at(self.base.wrapping_add(attempt));
            self.live.send(&frame).await;
            sent.push(frame.clone());
            let any = self
                .view
                .link
                .wait_for(SYNC_EVERY, |v| {
                    let is_sync =
                        |h: &Heard| h.message.kind == 9 && sent.iter().any(|s| s.body == h.message.body);
                    v.heard.iter().any(is_sync).then_some(())
                })
                .await;
            match any {
                Ok(()) => {
                    let seen = self
                        .view
                        .link
                        .wait_for(patience, |v| {
                            v.heard
                                .iter()
                                .position(|h| h.message.kind == 9 && h.message.body == frame.body)
                                .map(|at| (at, v.heard[at].message.ts))
                        })
                        .await;
                    let (at, ts) = seen.map_err(|seen| Stop::blocked("first frame", seen.describe()))?;
                    self.from = at + 1;
                    self.offset = ts.wrapping_sub(frame.ts);
                    return Ok(());
                }
                Err(seen @ Seen::Closed { .. }) => return Err(Stop::blocked("first frame", seen.describe())),
                Err(seen) => last = seen,
            }
        }
        Err(Stop::blocked("first frame at the player", last.describe()))
    }

    /// What the player should see of `published`, in the relay's fidelity class.
    #[must_use]
    pub fn expects(&self, published: &[Msg]) -> Expect {
        expect(self.want(published))
    }

    /// As [`Self::expects`], as a shape for further alternatives.
    #[must_use]
    pub fn want(&self, published: &[Msg]) -> Want {
        let items = published.iter().map(|m| self.item(&m.label, m.kind, m.ts, &m.body)).collect();
        Want::Media { items, class: self.class_for(published) }
    }

    /// What is compared of `published`: timestamps across a jump only where the control run saw one kept.
    fn class_for(&self, published: &[Msg]) -> Class {
        let within = published.windows(2).any(|pair| is_jump(pair[0].ts, pair[1].ts));
        Class {
            timestamps: self.class.timestamps && (self.keeps_jumps || !(self.jumped || within)),
            ..self.class
        }
    }

    /// Notes the way that the timestamps went.
    fn went(&mut self, timestamps: impl Iterator<Item = u32>) {
        for ts in timestamps {
            self.jumped |= is_jump(self.last, ts);
            self.last = ts;
        }
    }

    /// Publishes a marker at `ts` and returns everything that the player saw between synchronisation (or the
    /// marker before) and it. `published` gives arriving frames their names.
    pub async fn collect(&mut self, published: &[Msg], ts: u32) -> Seen {
        self.markers += 1;
        let marker = media::key(&format!("marker-{}", self.markers), 64).at(ts).on(7);
        self.live.send(&marker).await;
        let seen = self.until(published, &marker.body).await;
        self.went(std::iter::once(ts));
        seen
    }

    /// As [`Self::collect`] where the case itself has sent the last frame of `published` as the marker; it is
    /// not part of the result.
    pub async fn until(&mut self, published: &[Msg], marker: &[u8]) -> Seen {
        self.went(published.iter().map(|m| m.ts));
        let from = self.from;
        let deadline = tokio::time::Instant::now() + self.view.link.patience;
        let seen = loop {
            let publisher_gone = self.live.link.is_closed();
            let seen = self
                .view
                .link
                .wait_for(LOOK_AGAIN, |v| {
                    v.heard[from.min(v.heard.len())..]
                        .iter()
                        .position(|h| h.message.kind == 9 && h.message.body == marker)
                        .map(|at| from + at)
                })
                .await;
            // Without a publisher nothing more is on its way but what was relayed in the last moment.
            let over = publisher_gone || tokio::time::Instant::now() >= deadline;
            match seen {
                Err(Seen::Silent { .. }) if !over => {}
                seen => break seen,
            }
        };
        let heard = self.view.link.heard();
        let (end, ended) = match seen {
            Ok(at) => (at, "marker"),
            Err(Seen::Closed { .. }) => (heard.len(), "closed"),
            Err(_) if self.live.link.is_closed() => (heard.len(), "publisher-closed"),
            Err(_) => (heard.len(), "timeout"),
        };
        let items = heard[from.min(end)..end]
            .iter()
            .filter(|h| matches!(h.message.kind, 8 | 9) || (self.with_data && h.message.kind == 18))
            .filter(|h| !is_header_of_its_own(h.message.kind, &h.message.body, published))
            .map(|h| self.heard_item(h, published))
            .collect();
        self.from = if ended == "marker" { end + 1 } else { end };
        Seen::Media { items, ended: ended.into() }
    }

    fn heard_item(&self, heard: &Heard, published: &[Msg]) -> MediaItem {
        let m = &heard.message;
        let label =
            published.iter().find(|p| p.kind == m.kind && p.body == m.body).map_or("?", |p| p.label.as_str());
        self.item(label, m.kind, m.ts.wrapping_sub(self.offset), &m.body)
    }

    fn item(&self, label: &str, kind: u8, ts: u32, body: &[u8]) -> MediaItem {
        MediaItem {
            label: label.into(),
            kind,
            len: body.len(),
            sha: short_sha(body),
            dt: i64::from(ts.wrapping_sub(self.base) as i32),
        }
    }
}

/// An AVC or AAC sequence header that the case did not publish: repeated by the target for its own reasons
/// (nginx-rtmp gives a player the AAC header only with the first audio message), or written anew. Nothing
/// obliges a relay not to.
pub fn is_header_of_its_own(kind: u8, body: &[u8], published: &[Msg]) -> bool {
    let header = matches!((kind, body), (9, [0x17, 0, ..]) | (8, [0xA0..=0xAF, 0, ..]));
    header && !published.iter().any(|p| p.body == body)
}

/// Whether two frames are further apart than a relay that smooths jitter lets pass.
fn is_jump(from: u32, to: u32) -> bool {
    (to.wrapping_sub(from) as i32).unsigned_abs() > LONGEST_STEP
}

/// First 8 bytes of the SHA-256 in hex.
#[must_use]
pub fn short_sha(body: &[u8]) -> String {
    Sha256::digest(body)[..8].iter().map(|b| format!("{b:02x}")).collect()
}
