//! What a server reports while it runs. Stream names are keys and appear nowhere.

use std::fmt;
use std::net::SocketAddr;

use rtmp_proto::{HandshakeReport, SwfVerdict};

/// One line of a server's log.
#[derive(Debug, Clone)]
pub struct Log {
    /// Number of the connection, counted from 1.
    pub connection: u64,
    /// The other end.
    pub peer: SocketAddr,
    /// What happened.
    pub event: LogEvent,
}

/// What happened on a connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum LogEvent {
    /// A TCP connection was accepted.
    Opened,
    /// Too many connections: it was closed at once.
    TurnedAway,
    /// The handshake is over and `connect` has arrived.
    Handshake {
        /// What the handshake turned out to be.
        report: HandshakeReport,
    },
    /// The answer of a client that was asked for a SWF file.
    SwfVerification {
        /// What it is worth.
        verdict: SwfVerdict,
    },
    /// `connect` succeeded.
    Connected {
        /// Application without its query.
        app: String,
    },
    /// `connect` was refused: no such application.
    Rejected {
        /// Application without its query.
        app: String,
    },
    /// A publisher started.
    PublishStarted,
    /// The name has a publisher already.
    PublishRefused,
    /// The publisher stopped.
    PublishEnded,
    /// A player started, perhaps to wait.
    PlayStarted,
    /// The player did not want to wait for a publisher.
    PlayRefused,
    /// The player stopped.
    PlayEnded,
    /// The connection is over.
    Closed {
        /// Why, in words.
        reason: String,
        /// Bytes received.
        received: u64,
        /// Bytes sent.
        sent: u64,
    },
}

impl LogEvent {
    /// A stable word for the event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::TurnedAway => "turned-away",
            Self::Handshake { .. } => "handshake",
            Self::SwfVerification { .. } => "swf-verification",
            Self::Connected { .. } => "connected",
            Self::Rejected { .. } => "rejected",
            Self::PublishStarted => "publish-started",
            Self::PublishRefused => "publish-refused",
            Self::PublishEnded => "publish-ended",
            Self::PlayStarted => "play-started",
            Self::PlayRefused => "play-refused",
            Self::PlayEnded => "play-ended",
            Self::Closed { .. } => "closed",
        }
    }
}

fn swf_verdict(verdict: SwfVerdict) -> &'static str {
    match verdict {
        SwfVerdict::Verified { .. } => "verified",
        SwfVerdict::Unknown => "another file",
        _ => "no answer that can be read",
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {} {}", self.connection, self.peer, self.event)
    }
}

impl fmt::Display for LogEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened => f.write_str("opened"),
            Self::TurnedAway => f.write_str("turned away: too many connections"),
            Self::Handshake { report } => write!(f, "handshake: {report}"),
            Self::SwfVerification { verdict } => write!(f, "SWF file: {}", swf_verdict(*verdict)),
            Self::Connected { app } => write!(f, "connected to app {app:?}"),
            Self::Rejected { app } => write!(f, "rejected: there is no app {app:?}"),
            Self::PublishStarted => f.write_str("publishes"),
            Self::PublishRefused => f.write_str("may not publish: the name is taken"),
            Self::PublishEnded => f.write_str("stopped publishing"),
            Self::PlayStarted => f.write_str("plays"),
            Self::PlayRefused => f.write_str("may not play: nobody publishes the name"),
            Self::PlayEnded => f.write_str("stopped playing"),
            Self::Closed { reason, received, sent } => {
                write!(f, "closed: {reason} ({received} bytes in, {sent} bytes out)")
            }
        }
    }
}
