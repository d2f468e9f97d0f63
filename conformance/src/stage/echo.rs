//! A publisher and a player of the same stream, synchronised, so that what was published can be compared with
//! what arrived: the `[ECHO]` oracle.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{Player, Publisher, Stage};
use crate::outcome::{Class, Expect, MediaItem, Seen, Stop, Want, expect};
use crate::pen::{Msg, media};
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
    with_data: bool,
    markers: u32,
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
            with_data: options.with_data,
            markers: 0,
        };
        echo.synchronise(stage.patience).await?;
        Ok(echo)
    }

    /// Repeats a key frame until the player sees it; from there on everything is compared.
    async fn synchronise(&mut self, patience: Duration) -> Result<(), Stop> {
        let attempts = (patience.as_millis() / SYNC_EVERY.as_millis()).max(1) as u32;
        let mut last = Seen::fact("nothing");
        for attempt in 0..attempts {
            let frame = media::key(&format!("sync-{attempt}"), 64).at(self.base.wrapping_add(attempt));
            self.live.send(&frame).await;
            let seen = self
                .view
                .link
                .wait_for(SYNC_EVERY, |v| {
                    v.heard
                        .iter()
                        .position(|h| h.message.kind == 9 && h.message.body == frame.body)
                        .map(|at| (at, v.heard[at].message.ts))
                })
                .await;
            match seen {
                Ok((at, ts)) => {
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
        let items = published.iter().map(|m| self.item(&m.label, m.kind, m.ts, &m.body)).collect();
        expect(Want::Media { items, class: self.class })
    }

    /// As [`Self::expects`], as a shape for further alternatives.
    #[must_use]
    pub fn want(&self, published: &[Msg]) -> Want {
        let items = published.iter().map(|m| self.item(&m.label, m.kind, m.ts, &m.body)).collect();
        Want::Media { items, class: self.class }
    }

    /// Publishes a marker at `ts` and returns everything that the player saw between synchronisation (or the
    /// marker before) and it. `published` gives arriving frames their names.
    pub async fn collect(&mut self, published: &[Msg], ts: u32) -> Seen {
        self.markers += 1;
        let marker = media::key(&format!("marker-{}", self.markers), 64).at(ts).on(7);
        self.live.send(&marker).await;
        self.until(published, &marker.body).await
    }

    /// As [`Self::collect`] where the case itself has sent the last frame of `published` as the marker; it is
    /// not part of the result.
    pub async fn until(&mut self, published: &[Msg], marker: &[u8]) -> Seen {
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
            .filter(|h| !is_cached_header(&h.message.body, published))
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

/// A sequence header that the echo itself published, repeated by the target for its own reasons (nginx-rtmp
/// gives a player the AAC header only with the first audio message). Nothing obliges a relay not to.
fn is_cached_header(body: &[u8], published: &[Msg]) -> bool {
    (body == media::avc_header().body || body == media::aac_header().body)
        && !published.iter().any(|p| p.body == body)
}

/// First 8 bytes of the SHA-256 in hex.
#[must_use]
pub fn short_sha(body: &[u8]) -> String {
    Sha256::digest(body)[..8].iter().map(|b| format!("{b:02x}")).collect()
}
