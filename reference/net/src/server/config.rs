//! What a server may be told.

use std::fmt;
use std::sync::Arc;

use rtmp_proto::tamper::Tamper;
use rtmp_proto::{HandshakePolicy, Limits, SwfHash};

use super::log::Log;
use crate::relay::{GopLimits, QueueLimits};

/// Makes the deviations of one session; called once per connection.
pub type TamperFactory = Arc<dyn Fn() -> Box<dyn Tamper> + Send + Sync>;

/// Receives what happens on a server, one call per line of a log. It must not block.
pub type Observer = Arc<dyn Fn(&Log) + Send + Sync>;

/// Settings of a [`super::Server`].
#[derive(Clone)]
pub struct ServerConfig {
    /// Bounds of each session. The default differs from [`Limits::default`] in `transmit_backlog`, which
    /// is 36 MiB here: two messages of the greatest length fit.
    pub limits: Limits,
    /// Which handshakes are taken part in. Default all: plain, digest and RTMPE.
    pub handshake: HandshakePolicy,
    /// SWF files of which a client is asked to have one, after a handshake with digests. The answer goes to
    /// the log and has no other effect, since it proves nothing. Default none: nobody is asked.
    pub swf: Vec<SwfHash>,
    /// Applications that a client may connect to.
    pub apps: Apps,
    /// Deviations to plant into every session, for proving that a conformance case can fail.
    /// `None`, the default, leaves every session as it is.
    pub tamper: Option<TamperFactory>,
    /// Connections at one time. Default 4096; further ones are closed at once.
    pub max_connections: usize,
    /// Bounds of what waits for one player.
    pub queue: QueueLimits,
    /// Bounds of what is kept for late joiners.
    pub gop: GopLimits,
    /// Time in ms after which a connection is closed whose peer takes none of the bytes that wait
    /// for it. Default 30,000.
    pub no_progress_ms: u64,
    /// Time in ms that a player waits for a publisher that left. It is told at once that the
    /// publisher is gone, and when this has passed that its play is over. Default 10,000.
    pub republish_wait_ms: u64,
    /// Time in ms that remains for flushing when a connection ends. Default 2000.
    pub linger_ms: u64,
    /// Gets the log.
    pub observer: Option<Observer>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            limits: Limits { transmit_backlog: 36 << 20, ..Limits::default() },
            handshake: HandshakePolicy::default(),
            swf: Vec::new(),
            apps: Apps::Any,
            tamper: None,
            max_connections: 4096,
            queue: QueueLimits::default(),
            gop: GopLimits::default(),
            no_progress_ms: 30_000,
            republish_wait_ms: 10_000,
            linger_ms: 2000,
            observer: None,
        }
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("limits", &self.limits)
            .field("handshake", &self.handshake)
            .field("swf", &self.swf)
            .field("apps", &self.apps)
            .field("tamper", &self.tamper.is_some())
            .field("max_connections", &self.max_connections)
            .field("queue", &self.queue)
            .field("gop", &self.gop)
            .field("no_progress_ms", &self.no_progress_ms)
            .field("republish_wait_ms", &self.republish_wait_ms)
            .field("linger_ms", &self.linger_ms)
            .finish_non_exhaustive()
    }
}

/// Which applications exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Apps {
    /// Whatever the client asks for.
    #[default]
    Any,
    /// These, and instances below them: `live` admits `live/room`, too.
    Only(Vec<String>),
}

impl Apps {
    /// Whether `app`, without query and outer slashes, exists.
    pub(super) fn admit(&self, app: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(names) => names.iter().any(|name| {
                let name = name.trim_matches('/');
                app.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_belong_to_their_app() {
        let apps = Apps::Only(vec!["live".into(), "/cam/".into()]);
        for (app, admitted) in [
            ("live", true),
            ("live/room", true),
            ("cam", true),
            ("lively", false),
            ("", false),
            ("vod", false),
        ] {
            assert_eq!(apps.admit(app), admitted, "{app}");
        }
        assert!(Apps::Any.admit(""));
    }
}
