//! All live streams of a server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rtmp_proto::{MessageType, Timestamp};

use super::key::StreamKey;
use super::queue::PlayerQueue;
use super::stream::{GopLimits, Stream};

/// The live streams, by name.
///
/// Locks are taken in the order hub, stream, queue. Media only takes the last two.
#[derive(Debug, Default)]
pub struct Hub {
    gop: GopLimits,
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    streams: HashMap<StreamKey, Shared>,
    last_publisher: u64,
}

type Shared = Arc<Mutex<Stream>>;

/// The name has a publisher already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishRefused;

/// The name has no publisher, and the player did not want to wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscribeRefused;

impl Hub {
    /// A hub without streams.
    #[must_use]
    pub fn new(gop: GopLimits) -> Arc<Self> {
        Arc::new(Self { gop, names: Mutex::default() })
    }

    /// Takes `key` until the returned value is dropped. Players that wait for it are told.
    ///
    /// # Errors
    /// When somebody publishes under this key already; they are not disturbed.
    pub fn publish(self: &Arc<Self>, key: StreamKey) -> Result<Publisher, PublishRefused> {
        let mut names = lock(&self.names);
        let stream = names.find_or_create(&key, self.gop);
        let mut state = lock(&stream);
        if state.is_live() {
            return Err(PublishRefused);
        }
        names.last_publisher += 1;
        let id = names.last_publisher;
        state.start(id);
        drop(state);
        Ok(Publisher { hub: self.clone(), key, stream, id })
    }

    /// Adds `queue` to the players of `key` until the returned value is dropped. Data messages, the
    /// configuration of every video and audio track, and the current GOP are in the queue in this order
    /// when this returns.
    ///
    /// # Errors
    /// When nobody publishes under this key and `wait` is false.
    pub fn subscribe(
        self: &Arc<Self>,
        key: StreamKey,
        wait: bool,
        queue: Arc<PlayerQueue>,
    ) -> Result<Subscription, SubscribeRefused> {
        let mut names = lock(&self.names);
        if !wait && !names.streams.get(&key).is_some_and(|stream| lock(stream).is_live()) {
            return Err(SubscribeRefused);
        }
        let stream = names.find_or_create(&key, self.gop);
        lock(&stream).join(queue.clone());
        Ok(Subscription { hub: self.clone(), key, stream, queue })
    }

    /// Names with a publisher, names altogether, and players.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let names = lock(&self.names);
        let live = names.streams.values().filter(|stream| lock(stream).is_live()).count();
        let players = names.streams.values().map(|stream| lock(stream).player_count()).sum();
        (live, names.streams.len(), players)
    }

    fn release(&self, key: &StreamKey, change: impl FnOnce(&mut Stream)) {
        let mut names = lock(&self.names);
        let Some(stream) = names.streams.get(key) else { return };
        let mut state = lock(stream);
        change(&mut state);
        let unused = state.is_unused();
        drop(state);
        if unused {
            names.streams.remove(key);
        }
    }
}

impl Names {
    fn find_or_create(&mut self, key: &StreamKey, gop: GopLimits) -> Shared {
        if let Some(stream) = self.streams.get(key) {
            return stream.clone();
        }
        let stream = Arc::new(Mutex::new(Stream::new(gop)));
        self.streams.insert(key.clone(), stream.clone());
        stream
    }
}

/// The right to publish under a name. Dropping it frees the name and tells the players.
#[derive(Debug)]
pub struct Publisher {
    hub: Arc<Hub>,
    key: StreamKey,
    stream: Shared,
    id: u64,
}

impl Publisher {
    /// Hands a message to every player and remembers what late joiners need. Never waits.
    pub fn push(&self, kind: MessageType, timestamp: Timestamp, payload: Bytes) {
        lock(&self.stream).push(kind, timestamp, payload);
    }

    /// The name that is taken.
    #[must_use]
    pub fn key(&self) -> &StreamKey {
        &self.key
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.hub.release(&self.key, |stream| stream.stop(self.id));
    }
}

/// A player of a name. Dropping it leaves the stream.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<Hub>,
    key: StreamKey,
    stream: Shared,
    queue: Arc<PlayerQueue>,
}

impl Subscription {
    /// The queue that was given to [`Hub::subscribe`].
    #[must_use]
    pub fn queue(&self) -> &PlayerQueue {
        &self.queue
    }

    /// Holds media back.
    pub fn pause(&self) {
        self.queue.set_paused(true);
    }

    /// Goes on with what was missed since the newest key frame (RTMP 7.2.2.8).
    pub fn resume(&self) {
        lock(&self.stream).resume(&self.queue);
    }

    /// Stops video, or starts it again at the newest key frame (RTMP 7.2.2.5).
    pub fn set_video(&self, on: bool) {
        if on {
            lock(&self.stream).resume_video(&self.queue);
        } else {
            self.queue.set_video(false);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.release(&self.key, |stream| stream.leave(&self.queue));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
