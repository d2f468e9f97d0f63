//! The client: publishes from a source, or plays into a sink.

mod driver;
mod error;
mod play;
mod publish;
mod sink;
mod source;

use std::time::Duration;

use rtmp_proto::{HandshakeReport, Timestamp};

pub use error::{ClientError, Step};
pub use play::{PlayOptions, play};
pub use publish::{PublishOptions, publish};
pub use sink::{Discard, FlvSink, MediaSink};
pub use source::{FlvSource, SourceError};

/// What a client reports while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Update {
    /// `connect` succeeded.
    Connected,
    /// The server said Publish.Start or Play.Start. A player may still have to wait for media.
    Started,
    /// Another message went out or came in.
    Media(Counts),
}

/// What went out or came in so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Audio messages.
    pub audio: u64,
    /// Video messages.
    pub video: u64,
    /// Data messages.
    pub data: u64,
    /// Bytes of payload.
    pub bytes: u64,
    /// Time from the first to the newest timestamp.
    pub media_time: Duration,
    /// Publisher: bytes of the file that were read in this round.
    pub position: u64,
    newest: Option<Timestamp>,
    elapsed: i64,
}

/// How a client came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The source was published to its end; or the server said that the stream is over.
    EndOfStream,
    /// The time to play is over.
    Duration,
    /// The caller wanted it.
    Stopped,
    /// The server closed the connection without a word.
    Closed,
}

/// What a client did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How it ended.
    pub ended: Ended,
    /// Media that went out or came in.
    pub counts: Counts,
    /// Bytes received on the connection.
    pub received: u64,
    /// Bytes sent on the connection.
    pub sent: u64,
    /// What the handshake turned out to be; `None` where it did not come to its end.
    pub handshake: Option<HandshakeReport>,
}

impl Summary {
    fn new() -> Self {
        Self { ended: Ended::Stopped, counts: Counts::default(), received: 0, sent: 0, handshake: None }
    }
}

impl Counts {
    fn add(&mut self, kind: rtmp_proto::MessageType, timestamp: Timestamp, len: usize) {
        match kind {
            rtmp_proto::MessageType::AUDIO => self.audio += 1,
            rtmp_proto::MessageType::VIDEO => self.video += 1,
            _ => self.data += 1,
        }
        self.bytes += len as u64;
        if let Some(newest) = self.newest {
            self.elapsed += i64::from(timestamp.since(newest));
            let elapsed = Duration::from_millis(u64::try_from(self.elapsed).unwrap_or(0));
            self.media_time = self.media_time.max(elapsed);
        }
        self.newest = Some(timestamp);
    }
}
