//! The state of one name: what a late joiner needs, and who is playing.

use std::sync::Arc;

use bytes::{Buf, Bytes};
use rtmp_flv::{audio, video};
use rtmp_proto::{MessageType, Timestamp};

use super::config_cache::ConfigCache;
use super::frame::{FrameClass, MediaFrame};
use super::lead_track::LeadTrack;
use super::queue::{Notice, PlayerQueue};

/// Bounds of the cached group of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GopLimits {
    /// Bytes of payload. Default 8 MiB. A group that grows beyond is dropped as a whole.
    pub bytes: usize,
    /// Messages. Default 4096.
    pub frames: usize,
}

impl Default for GopLimits {
    fn default() -> Self {
        Self { bytes: 8 << 20, frames: 4096 }
    }
}

/// Data frames kept for late joiners (`@setDataFrame`), and their bytes of payload together.
const MAX_DATA_FRAMES: usize = 16;
const MAX_DATA_BYTES: usize = 4 << 20;

#[derive(Debug, Default)]
pub(super) struct Stream {
    limits: GopLimits,
    publisher: Option<u64>,
    players: Vec<Arc<PlayerQueue>>,
    newest: u64,
    newest_timestamp: Timestamp,
    data: Vec<(Bytes, Arc<MediaFrame>)>,
    audio_config: ConfigCache,
    video_config: ConfigCache,
    lead: LeadTrack,
    gop: Gop,
}

#[derive(Debug, Default)]
struct Gop {
    frames: Vec<(u64, Arc<MediaFrame>)>,
    bytes: usize,
    /// A key frame was seen, but its group is not (or no longer) cached.
    missing: bool,
}

impl Stream {
    pub(super) fn new(limits: GopLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    pub(super) fn is_live(&self) -> bool {
        self.publisher.is_some()
    }

    pub(super) fn is_unused(&self) -> bool {
        self.publisher.is_none() && self.players.is_empty()
    }

    pub(super) fn player_count(&self) -> usize {
        self.players.len()
    }

    pub(super) fn start(&mut self, publisher: u64) {
        self.publisher = Some(publisher);
        self.forget();
        for player in &self.players {
            player.push_notice(Notice::Published);
        }
    }

    pub(super) fn stop(&mut self, publisher: u64) {
        if self.publisher != Some(publisher) {
            return;
        }
        self.publisher = None;
        self.forget();
        for player in &self.players {
            player.push_notice(Notice::Unpublished);
        }
    }

    fn forget(&mut self) {
        self.data.clear();
        self.audio_config = ConfigCache::default();
        self.video_config = ConfigCache::default();
        self.lead = LeadTrack::default();
        self.gop = Gop::default();
    }

    /// Takes a message of the publisher and hands it to every player.
    pub(super) fn push(&mut self, kind: MessageType, timestamp: Timestamp, payload: Bytes) {
        let Some(payload) =
            (if kind == MessageType::DATA_AMF0 { self.data_frame(payload) } else { Some(payload) })
        else {
            return;
        };
        let mut frame = MediaFrame::new(kind, timestamp, payload);
        if kind == MessageType::VIDEO && !self.lead.follow(&frame.payload) {
            frame.demote();
        }
        let frame = Arc::new(frame);
        self.newest += 1;
        self.newest_timestamp = timestamp;
        self.remember(&frame);
        for player in &self.players {
            player.push(self.newest, &frame);
        }
    }

    /// Adds a player together with what it needs to start at once.
    pub(super) fn join(&mut self, player: Arc<PlayerQueue>) {
        let from = self.joined_at();
        for (_, frame) in &self.data {
            player.push_backlog(0, Arc::new(frame.at(from)));
        }
        for (_, frame) in self.configs() {
            player.push_backlog(0, Arc::new(frame.at(from)));
        }
        for (number, frame) in &self.gop.frames {
            player.push_backlog(*number, frame.clone());
        }
        if self.gop.missing {
            player.await_key();
        }
        self.players.push(player);
    }

    pub(super) fn leave(&mut self, player: &Arc<PlayerQueue>) {
        self.players.retain(|other| !Arc::ptr_eq(other, player));
    }

    /// Goes on after a pause: what the player missed of the current group, or all of a newer one.
    pub(super) fn resume(&self, player: &PlayerQueue) {
        let delivered = player.newest();
        player.set_paused(false);
        for (number, frame) in self.configs().filter(|(number, _)| *number > delivered) {
            player.push_backlog(number, frame.clone());
        }
        for (number, frame) in self.gop.frames.iter().filter(|(number, _)| *number > delivered) {
            player.push_backlog(*number, frame.clone());
        }
        if self.gop.missing {
            player.await_key();
        }
    }

    /// Video again after `receiveVideo(false)`: from the newest key frame on (RTMP 7.2.2.5).
    pub(super) fn resume_video(&self, player: &PlayerQueue) {
        player.set_video(true);
        let from = self.joined_at();
        for (_, frame) in self.video_config.iter() {
            player.push_backlog(0, Arc::new(frame.at(from)));
        }
        for (number, frame) in &self.gop.frames {
            if frame.kind == MessageType::VIDEO {
                player.push_backlog(*number, frame.clone());
            }
        }
        if self.gop.missing {
            player.await_key();
        }
    }

    /// The time at which a player that comes now starts.
    fn joined_at(&self) -> Timestamp {
        self.gop.frames.first().map_or(self.newest_timestamp, |(_, frame)| frame.timestamp)
    }

    fn configs(&self) -> impl Iterator<Item = (u64, &Arc<MediaFrame>)> {
        self.video_config.iter().chain(self.audio_config.iter())
    }

    /// Applies `@setDataFrame` and `@clearDataFrame`. Returns what players get to see.
    fn data_frame(&mut self, payload: Bytes) -> Option<Bytes> {
        let (name, rest) = amf_string(&payload)?;
        match name.as_ref() {
            b"@setDataFrame" => {
                let (name, _) = amf_string(&rest)?;
                self.store_data(name, &rest);
                Some(rest)
            }
            b"@clearDataFrame" => {
                if let Some((name, _)) = amf_string(&rest) {
                    self.data.retain(|(other, _)| *other != name);
                }
                None
            }
            b"onMetaData" => {
                self.store_data(name, &payload);
                Some(payload)
            }
            _ => Some(payload),
        }
    }

    fn store_data(&mut self, name: Bytes, payload: &Bytes) {
        self.data.retain(|(other, _)| *other != name);
        let bytes: usize = self.data.iter().map(|(_, frame)| frame.len()).sum();
        if self.data.len() < MAX_DATA_FRAMES && bytes + payload.len() <= MAX_DATA_BYTES {
            let frame = MediaFrame::new(MessageType::DATA_AMF0, Timestamp(0), payload.clone());
            self.data.push((name, Arc::new(frame)));
        }
    }

    fn remember(&mut self, frame: &Arc<MediaFrame>) {
        match frame.class() {
            FrameClass::VideoConfig => {
                if let Some(key) = video::cache_key(&frame.payload)
                    && self.video_config.insert(key, self.newest, frame)
                {
                    self.gop.drop_frames();
                }
            }
            FrameClass::AudioConfig => {
                if let Some(key) = audio::cache_key(&frame.payload)
                    && self.audio_config.insert(key, self.newest, frame)
                {
                    self.gop.drop_audio();
                }
            }
            FrameClass::KeyFrame => {
                self.gop = Gop::default();
                self.gop.push(self.newest, frame, &self.limits);
            }
            FrameClass::Data if is_stored(&self.data, frame) => {}
            _ if self.gop.frames.is_empty() => {}
            _ => self.gop.push(self.newest, frame, &self.limits),
        }
    }
}

impl Gop {
    fn push(&mut self, number: u64, frame: &Arc<MediaFrame>, limits: &GopLimits) {
        self.bytes += frame.len();
        self.frames.push((number, frame.clone()));
        if self.bytes > limits.bytes || self.frames.len() > limits.frames {
            self.drop_frames();
        }
    }

    fn drop_frames(&mut self) {
        let missing = self.missing || !self.frames.is_empty();
        *self = Self { missing, ..Self::default() };
    }

    fn drop_audio(&mut self) {
        self.frames.retain(|(_, frame)| frame.kind != MessageType::AUDIO);
        self.bytes = self.frames.iter().map(|(_, frame)| frame.len()).sum();
    }
}

fn is_stored(data: &[(Bytes, Arc<MediaFrame>)], frame: &MediaFrame) -> bool {
    data.iter().any(|(_, stored)| stored.payload.as_ptr() == frame.payload.as_ptr())
}

/// A leading AMF0 string (marker 2, 16-bit length) and what follows it.
fn amf_string(payload: &Bytes) -> Option<(Bytes, Bytes)> {
    let mut rest = payload.clone();
    if rest.try_get_u8().ok()? != 2 {
        return None;
    }
    let len = usize::from(rest.try_get_u16().ok()?);
    if rest.len() < len {
        return None;
    }
    let text = rest.split_to(len);
    Some((text, rest))
}
