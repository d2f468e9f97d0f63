//! What waits for one player.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::frame::{FrameClass, MediaFrame};

/// Bounds of one player's queue, in bytes of payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLimits {
    /// Beyond this the player skips to the next random access point. Default 12 MiB, so that a
    /// whole GOP cache fits.
    pub soft_bytes: usize,
    /// Beyond this the player is given up. Default 48 MiB: two messages of the greatest length
    /// on top of the soft limit.
    pub hard_bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { soft_bytes: 12 << 20, hard_bytes: 48 << 20 }
    }
}

/// What a player is told apart from media, in order with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A publisher took the name.
    Published,
    /// The publisher left.
    Unpublished,
}

/// One entry of a queue.
#[derive(Debug, Clone)]
pub enum Item {
    /// Media or data.
    Frame(Arc<MediaFrame>),
    /// A change of the publisher.
    Notice(Notice),
}

/// Why a player was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaveUp {
    /// Bytes that were waiting.
    pub waiting: usize,
    /// The most that may wait.
    pub maximum: usize,
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the player reads too slowly: {} bytes are waiting, {} may", self.waiting, self.maximum)
    }
}

/// The queue between the relay and one playing stream.
#[derive(Debug)]
pub struct PlayerQueue {
    limits: QueueLimits,
    wake: Arc<Notify>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    bytes: usize,
    /// Inter frames are dropped until a key frame comes.
    awaits_key: bool,
    /// Video was delivered since the last reset, so an audio frame is no random access point.
    has_video: bool,
    no_audio: bool,
    no_video: bool,
    paused: bool,
    /// Sequence number of the newest frame that was offered while the player listened.
    newest: u64,
    gave_up: Option<GaveUp>,
    skipped: u64,
}

impl PlayerQueue {
    /// An empty queue; `wake` is notified when there is something to take.
    #[must_use]
    pub fn new(limits: QueueLimits, wake: Arc<Notify>) -> Arc<Self> {
        Arc::new(Self { limits, wake, state: Mutex::default() })
    }

    /// The oldest entry.
    ///
    /// # Errors
    /// When more than the hard limit was waiting; from then on for ever.
    pub fn pop(&self) -> Result<Option<Item>, GaveUp> {
        let mut state = self.lock();
        if let Some(gave_up) = state.gave_up {
            return Err(gave_up);
        }
        if state.paused {
            return Ok(None);
        }
        let item = state.items.pop_front();
        if let Some(Item::Frame(frame)) = &item {
            state.bytes -= frame.len();
        }
        Ok(item)
    }

    /// Frames that were left out because the player was too slow.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.lock().skipped
    }

    /// Switches audio on or off (RTMP 7.2.2.4).
    pub fn set_audio(&self, on: bool) {
        self.lock().no_audio = !on;
    }

    /// Switches video off; [`super::Subscription::resume_video`] switches it on.
    pub(super) fn set_video(&self, on: bool) {
        self.lock().no_video = !on;
    }

    /// Holds back what is waiting and takes nothing more in until the player goes on.
    pub(super) fn set_paused(&self, paused: bool) {
        self.lock().paused = paused;
        self.wake.notify_one();
    }

    pub(super) fn newest(&self) -> u64 {
        self.lock().newest
    }

    pub(super) fn await_key(&self) {
        self.lock().awaits_key = true;
    }

    /// What a joiner gets at once: never skipped, but counted.
    pub(super) fn push_backlog(&self, number: u64, frame: Arc<MediaFrame>) {
        let mut state = self.lock();
        state.newest = state.newest.max(number);
        if state.listens_to(&frame) {
            state.append(frame);
            self.check(&mut state);
        }
        drop(state);
        self.wake.notify_one();
    }

    pub(super) fn push(&self, number: u64, frame: &Arc<MediaFrame>) {
        let mut state = self.lock();
        if state.gave_up.is_some() || state.paused {
            return;
        }
        state.newest = number;
        if !state.listens_to(frame) {
            return;
        }
        let random_access = match frame.class() {
            FrameClass::KeyFrame => true,
            FrameClass::Audio => !state.has_video,
            _ => false,
        };
        if random_access && frame.class() == FrameClass::KeyFrame {
            state.awaits_key = false;
        }
        if state.bytes + frame.len() > self.limits.soft_bytes {
            if random_access && !state.items.is_empty() {
                state.skip_to_here();
            } else if matches!(frame.class(), FrameClass::Audio | FrameClass::Video) {
                state.skipped += 1;
                state.awaits_key |= frame.class() == FrameClass::Video;
                return;
            }
        } else if state.awaits_key && frame.class() == FrameClass::Video {
            return;
        }
        state.append(frame.clone());
        self.check(&mut state);
        drop(state);
        self.wake.notify_one();
    }

    pub(super) fn push_notice(&self, notice: Notice) {
        let mut state = self.lock();
        if notice == Notice::Published {
            state.awaits_key = false;
            state.has_video = false;
        }
        // A publisher that comes and goes while the player does not read leaves its last change.
        if let Some(Item::Notice(last)) = state.items.back_mut()
            && notice == Notice::Unpublished
        {
            *last = notice;
        } else {
            state.items.push_back(Item::Notice(notice));
            if state.items.len() > MAX_ITEMS {
                self.give_up(&mut state);
            }
        }
        drop(state);
        self.wake.notify_one();
    }

    fn check(&self, state: &mut State) {
        if state.bytes > self.limits.hard_bytes || state.items.len() > MAX_ITEMS {
            self.give_up(state);
        }
    }

    fn give_up(&self, state: &mut State) {
        state.gave_up = Some(GaveUp { waiting: state.bytes, maximum: self.limits.hard_bytes });
        state.items = VecDeque::new();
        state.bytes = 0;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Entries of any size, so that a flood of empty messages is bounded, too.
const MAX_ITEMS: usize = 65_536;

impl State {
    fn listens_to(&self, frame: &MediaFrame) -> bool {
        match frame.class() {
            FrameClass::Audio => !self.no_audio,
            FrameClass::Video | FrameClass::KeyFrame => !self.no_video,
            _ => true,
        }
    }

    fn append(&mut self, frame: Arc<MediaFrame>) {
        self.has_video |= matches!(frame.class(), FrameClass::Video | FrameClass::KeyFrame);
        self.bytes += frame.len();
        self.items.push_back(Item::Frame(frame));
    }

    /// Drops waiting audio and video, but no headers, data or notices.
    fn skip_to_here(&mut self) {
        let before = self.items.len();
        self.items.retain(|item| match item {
            Item::Frame(frame) => {
                !matches!(frame.class(), FrameClass::Audio | FrameClass::Video | FrameClass::KeyFrame)
            }
            Item::Notice(_) => true,
        });
        self.skipped += (before - self.items.len()) as u64;
        self.bytes = self
            .items
            .iter()
            .map(|item| match item {
                Item::Frame(frame) => frame.len(),
                Item::Notice(_) => 0,
            })
            .sum();
    }
}
