//! Errors that carry blame: the peer broke a clause, a limit of ours was reached, or the local
//! caller misused the API.

use core::fmt;

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionError {
    /// The peer broke a clause.
    Peer(PeerMisbehaved),
    /// A limit of [`crate::Limits`] was reached.
    Limit(LimitExceeded),
    /// The local caller misused the API.
    Local(LocalMisuse),
}

/// A clause that the peer broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerMisbehaved {
    /// What was wrong, in a sentence without a full stop.
    pub what: &'static str,
    /// The clause, e.g. `RTMP 5.3.1.2.1`.
    pub clause: &'static str,
    /// Offset in the bytes received on this connection, handshake included.
    pub offset: u64,
}

/// A message body that does not have the form its type prescribes. The layer that knows where
/// the body stood turns it into a [`PeerMisbehaved`] with [`DecodeError::at`], or ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    /// What was wrong, in a sentence without a full stop.
    pub what: &'static str,
    /// The clause, e.g. `RTMP 5.4.1`.
    pub clause: &'static str,
}

impl DecodeError {
    /// The same complaint with the connection's byte offset.
    #[must_use]
    pub const fn at(self, offset: u64) -> PeerMisbehaved {
        PeerMisbehaved { what: self.what, clause: self.clause, offset }
    }
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitExceeded {
    /// Name of the field of [`crate::Limits`]; or of a bound that cannot be set, e.g. `aggregate_messages`
    /// for [`crate::Aggregate::MAX_MESSAGES`].
    pub limit: &'static str,
    /// What the peer asked for.
    pub value: u64,
    /// The most that is allowed.
    pub maximum: u64,
}

/// A call that the state of the session does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalMisuse {
    /// What was wrong.
    pub what: &'static str,
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(e) => e.fmt(f),
            Self::Limit(e) => e.fmt(f),
            Self::Local(e) => e.fmt(f),
        }
    }
}

impl fmt::Display for PeerMisbehaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the peer broke {}: {} (at byte {})", self.clause, self.what, self.offset)
    }
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "limit `{}` reached: {} asked for, {} allowed", self.limit, self.value, self.maximum)
    }
}

impl fmt::Display for LocalMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "misuse by the local caller: {}", self.what)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.clause)
    }
}

impl core::error::Error for SessionError {}
impl core::error::Error for DecodeError {}
impl core::error::Error for PeerMisbehaved {}
impl core::error::Error for LimitExceeded {}
impl core::error::Error for LocalMisuse {}

impl From<PeerMisbehaved> for SessionError {
    fn from(e: PeerMisbehaved) -> Self {
        Self::Peer(e)
    }
}

impl From<LimitExceeded> for SessionError {
    fn from(e: LimitExceeded) -> Self {
        Self::Limit(e)
    }
}

impl From<LocalMisuse> for SessionError {
    fn from(e: LocalMisuse) -> Self {
        Self::Local(e)
    }
}
