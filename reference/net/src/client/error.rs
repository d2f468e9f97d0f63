//! Why publishing or playing failed, and who is to blame.

use std::fmt;
use std::io;
use std::time::Duration;

use rtmp_proto::{LocalMisuse, SessionError, StatusInfo};

use super::source::SourceError;

/// What a client was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The TCP connection.
    Tcp,
    /// The handshake and the command `connect`.
    Connect,
    /// `createStream` and `publish`.
    Publish,
    /// `createStream` and `play`.
    Play,
    /// Media.
    Media,
    /// The end of the stream.
    Finish,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "opening the TCP connection",
            Self::Connect => "handshake and connect",
            Self::Publish => "createStream and publish",
            Self::Play => "createStream and play",
            Self::Media => "media",
            Self::Finish => "ending the stream",
        })
    }
}

/// Why a client failed. No message holds a stream key, unless the server put one into its
/// description.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientError {
    /// The URL asks for what this client cannot do.
    Unsupported {
        /// What that is.
        what: String,
    },
    /// The server cannot be reached.
    Unreachable {
        /// Host and port.
        address: String,
        /// What the operating system says.
        error: io::Error,
    },
    /// The server refused.
    Refused {
        /// When.
        step: Step,
        /// What it said.
        info: StatusInfo,
    },
    /// The server broke a clause, a limit was reached, or this crate misused the session.
    Session {
        /// When.
        step: Step,
        /// Which of these, and how.
        error: SessionError,
    },
    /// The server did nothing for too long.
    Timeout {
        /// When.
        step: Step,
        /// How long.
        after: Duration,
    },
    /// The server closed the connection before its time.
    Closed {
        /// When.
        step: Step,
    },
    /// The connection broke.
    Transport {
        /// When.
        step: Step,
        /// What the operating system says.
        error: io::Error,
    },
    /// There is nothing (more) to publish.
    Source(SourceError),
    /// What was received cannot be kept.
    Sink(io::Error),
}

impl ClientError {
    /// Whether the server could not even be reached.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Timeout { step: Step::Tcp, .. })
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { what } => f.write_str(what),
            Self::Unreachable { address, error } => write!(f, "cannot reach {address}: {error}"),
            Self::Refused { step, info } => {
                write!(f, "the server refused ({step}): {}", info.code)?;
                if info.description.is_empty() { Ok(()) } else { write!(f, ", {:?}", info.description) }
            }
            Self::Session { step, error } => write!(f, "{error} ({step})"),
            Self::Timeout { step, after } => {
                write!(f, "the server did nothing for {} s ({step})", after.as_secs_f64())
            }
            Self::Closed { step } => write!(f, "the server closed the connection ({step})"),
            Self::Transport { step, error } => write!(f, "the connection broke ({step}): {error}"),
            Self::Source(error) => error.fmt(f),
            Self::Sink(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreachable { error, .. } | Self::Transport { error, .. } | Self::Sink(error) => {
                Some(error)
            }
            Self::Session { error, .. } => Some(error),
            Self::Source(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SourceError> for ClientError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<LocalMisuse> for ClientError {
    fn from(error: LocalMisuse) -> Self {
        Self::Session { step: Step::Media, error: error.into() }
    }
}
