//! What a server session tells the application, and what the application answers.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use rtmp_amf::Value;

use crate::url::{crossed_out, shown, without_query};
use crate::{MessageStreamId, MessageType, SharedObject, StatusInfo, Timestamp};

/// Names one request of the peer; good for one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(pub(super) u64);

/// What the peer did. `Debug` crosses out stream names, queries and userinfo, which are often secrets, and
/// leaves out the command object and its arguments.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ServerEvent {
    /// `connect` (RTMP 7.2.1.1). Wants [`super::ServerSession::accept`] or
    /// [`super::ServerSession::reject`]; a rejection closes the connection.
    Connect {
        /// For the answer.
        id: RequestId,
        /// Property `app` of the command object, as sent: it may be empty, end in `/` or hold a query.
        app: String,
        /// Property `tcUrl`.
        tc_url: Option<String>,
        /// The command object.
        object: Value,
        /// What followed the command object.
        arguments: Vec<Value>,
    },
    /// `publish` (RTMP 7.2.2.6). Wants an answer. Until then the session holds back what the peer
    /// sent after it.
    Publish {
        /// For the answer.
        id: RequestId,
        /// Stream to publish on.
        stream: MessageStreamId,
        /// Publishing name as sent, never empty. Often a secret, and it may hold a query.
        name: String,
        /// Publishing type.
        mode: PublishMode,
    },
    /// `play` (RTMP 7.2.2.1). Wants an answer. Until then the session holds back what the peer sent
    /// after it.
    Play {
        /// For the answer.
        id: RequestId,
        /// Stream to play on.
        stream: MessageStreamId,
        /// Stream name as sent, never empty.
        name: String,
        /// Where to start.
        start: PlayStart,
        /// Seconds to play; -1 for all there is. Negative values arrive as -1.
        duration: f64,
        /// Whether a playlist before it is to be flushed.
        reset: bool,
    },
    /// An audio, video or data message of a publishing stream. Sub-messages of an aggregate and data
    /// messages of type 15 arrive as types 8, 9 and 18. A leading `@setDataFrame` is still there.
    Media {
        /// The publishing stream.
        stream: MessageStreamId,
        /// 8, 9 or 18.
        kind: MessageType,
        /// As the publisher sent it.
        timestamp: Timestamp,
        /// As the publisher sent it; may be empty.
        payload: Bytes,
    },
    /// An accepted publish is over: deleteStream, closeStream, FCUnpublish, publish(false), another
    /// publish, or close. A transport that just ends gives no event.
    PublishEnded {
        /// The stream.
        stream: MessageStreamId,
        /// The name as it stood in [`ServerEvent::Publish`].
        name: String,
    },
    /// An accepted play is over: deleteStream, closeStream, play(false), another play, or close.
    PlayEnded {
        /// The stream.
        stream: MessageStreamId,
        /// The name as it stood in [`ServerEvent::Play`].
        name: String,
    },
    /// `receiveAudio` (RTMP 7.2.2.4). The session already acts on it.
    ReceiveAudio {
        /// The stream.
        stream: MessageStreamId,
        /// Whether audio is wanted.
        on: bool,
    },
    /// `receiveVideo` (RTMP 7.2.2.5). The session already acts on it.
    ReceiveVideo {
        /// The stream.
        stream: MessageStreamId,
        /// Whether video is wanted.
        on: bool,
    },
    /// `pause` (RTMP 7.2.2.8). The session already acts on it.
    Paused {
        /// The stream.
        stream: MessageStreamId,
        /// Whether playback is to stand still.
        paused: bool,
        /// Stream time in ms at which the peer paused or resumes.
        at: f64,
    },
    /// `seek` (RTMP 7.2.2.7), which the session refused: what it plays is live.
    Seek {
        /// The stream.
        stream: MessageStreamId,
        /// Where to, in ms.
        ms: f64,
    },
    /// A shared object message (RTMP 7.1.3). The session does nothing about it.
    SharedObject {
        /// What it says.
        message: SharedObject,
    },
    /// A message that this session has no use for, as it came: of a type that is not known (MSG-009), an
    /// empty command or shared object message, or data on a publishing stream that are empty or without a
    /// handler name (MSG-034, DATA-011). It can be ignored.
    Other {
        /// The stream; 0 for the connection.
        stream: MessageStreamId,
        /// Its type.
        kind: MessageType,
        /// As sent.
        timestamp: Timestamp,
        /// As sent; may be empty.
        payload: Bytes,
    },
    /// A Ping Response (RTMP 7.1.7).
    Pong {
        /// The time that the Ping Request carried.
        value: u32,
    },
    /// The answer to [`super::ServerSession::request_swf_verification`].
    #[cfg(feature = "digest")]
    SwfVerification {
        /// What it is worth.
        verdict: crate::SwfVerdict,
    },
}

impl fmt::Debug for ServerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { id, app, tc_url, .. } => f
                .debug_struct("Connect")
                .field("id", id)
                .field("app", &without_query(app))
                .field("tc_url", &tc_url.as_deref().map(shown))
                .finish_non_exhaustive(),
            Self::Publish { id, stream, name, mode } => f
                .debug_struct("Publish")
                .field("id", id)
                .field("stream", stream)
                .field("name", &crossed_out(name))
                .field("mode", mode)
                .finish(),
            Self::Play { id, stream, name, start, duration, reset } => f
                .debug_struct("Play")
                .field("id", id)
                .field("stream", stream)
                .field("name", &crossed_out(name))
                .field("start", start)
                .field("duration", duration)
                .field("reset", reset)
                .finish(),
            Self::Media { stream, kind, timestamp, payload } => f
                .debug_struct("Media")
                .field("stream", stream)
                .field("kind", kind)
                .field("timestamp", timestamp)
                .field("payload", payload)
                .finish(),
            Self::PublishEnded { stream, name } => {
                write!(f, "PublishEnded {{ stream: {stream:?}, name: {:?} }}", crossed_out(name))
            }
            Self::PlayEnded { stream, name } => {
                write!(f, "PlayEnded {{ stream: {stream:?}, name: {:?} }}", crossed_out(name))
            }
            Self::ReceiveAudio { stream, on } => {
                write!(f, "ReceiveAudio {{ stream: {stream:?}, on: {on} }}")
            }
            Self::ReceiveVideo { stream, on } => {
                write!(f, "ReceiveVideo {{ stream: {stream:?}, on: {on} }}")
            }
            Self::Paused { stream, paused, at } => {
                write!(f, "Paused {{ stream: {stream:?}, paused: {paused}, at: {at:?} }}")
            }
            Self::Seek { stream, ms } => write!(f, "Seek {{ stream: {stream:?}, ms: {ms:?} }}"),
            Self::SharedObject { message } => message.fmt(f),
            Self::Other { stream, kind, timestamp, payload } => f
                .debug_struct("Other")
                .field("stream", stream)
                .field("kind", kind)
                .field("timestamp", timestamp)
                .field("payload", &payload.len())
                .finish(),
            Self::Pong { value } => write!(f, "Pong {{ value: {value} }}"),
            #[cfg(feature = "digest")]
            Self::SwfVerification { verdict } => write!(f, "SwfVerification {{ verdict: {verdict:?} }}"),
        }
    }
}

/// Publishing type (RTMP 7.2.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublishMode {
    /// Nothing is recorded.
    Live,
    /// Recorded into a new file.
    Record,
    /// Appended to a file.
    Append,
}

impl PublishMode {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Record => "record",
            Self::Append => "append",
        }
    }

    /// The mode that a word names, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Live, Self::Record, Self::Append].into_iter().find(|m| m.as_str().eq_ignore_ascii_case(word))
    }
}

/// The start argument of `play` (RTMP 7.2.2.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlayStart {
    /// -2, the default, and any other negative number but -1 (errata E-31): the live stream, else a
    /// recorded one, else wait for a live one.
    LiveOrRecorded,
    /// -1: a live stream only.
    Live,
    /// A recorded stream from that second.
    Recorded(f64),
}

impl PlayStart {
    /// The meaning of the number on the wire.
    #[must_use]
    pub fn from_number(start: f64) -> Self {
        if start >= 0.0 {
            Self::Recorded(start)
        } else if start == -1.0 {
            Self::Live
        } else {
            Self::LiveOrRecorded
        }
    }

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> f64 {
        match self {
            Self::LiveOrRecorded => -2.0,
            Self::Live => -1.0,
            Self::Recorded(seconds) => seconds,
        }
    }
}

/// Why a request is refused. Goes out with level `error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// For programs, e.g. `NetStream.Publish.BadName`.
    pub code: String,
    /// For people. Must not hold a stream key.
    pub description: String,
    /// Whether the connection ends after the answer. A rejected connect ends it in any case.
    pub close: bool,
}

impl Rejection {
    /// A rejection with any code; the connection stays open.
    #[must_use]
    pub fn new(code: &str, description: &str) -> Self {
        Self { code: code.into(), description: description.into(), close: false }
    }

    /// `NetConnection.Connect.Rejected`.
    #[must_use]
    pub fn connect_rejected(description: &str) -> Self {
        Self { close: true, ..Self::new("NetConnection.Connect.Rejected", description) }
    }

    /// `NetStream.Publish.BadName`.
    #[must_use]
    pub fn bad_name(description: &str) -> Self {
        Self::new("NetStream.Publish.BadName", description)
    }

    /// `NetStream.Play.StreamNotFound`.
    #[must_use]
    pub fn stream_not_found(description: &str) -> Self {
        Self::new("NetStream.Play.StreamNotFound", description)
    }

    /// Ends the connection after the answer.
    #[must_use]
    pub fn closing(self) -> Self {
        Self { close: true, ..self }
    }
}

/// What a server tells a player or publisher of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// To a player: onStatus `NetStream.Play.PublishNotify`, a publisher appeared.
    PublishNotify,
    /// To a player: onStatus `NetStream.Play.UnpublishNotify`, the publisher left. The play goes on
    /// waiting for the next.
    UnpublishNotify,
    /// To a player: onStatus `NetStream.Play.UnpublishNotify`, then StreamEOF. The play is over: no
    /// media follow without a new `play` (RTMP 7.1.7), and no [`ServerEvent::PlayEnded`] comes for it.
    PublisherLeft,
    /// To a player: onStatus `NetStream.Play.Stop`, then StreamEOF. The play is over.
    PlayStop,
    /// To a player: StreamDry, no data for a while (RTMP 7.1.7).
    StreamDry,
    /// Any onStatus on the stream.
    Status(StatusInfo),
}
