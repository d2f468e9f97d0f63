/// Bounds on what a peer may make a tunnel do. Each field states unit, default, reason and worst-case memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TunnelLimits {
    /// Longest head of a request or response, its empty line included, in bytes. Default 8192: heads of real
    /// peers have some 200.
    pub head_bytes: usize,
    /// Header fields in one head. Default 32; values above [`Self::MAX_HEADERS`] act as that.
    pub headers: usize,
    /// Longest body, in bytes. Default 4 MiB. A message that announces more is refused at its head; no memory
    /// is reserved for what is announced.
    pub body_bytes: usize,
    /// RTMP bytes that a client holds until a request can carry them. Default 8 MiB.
    pub backlog: usize,
    /// Time without a request after which a server gives a session up, in ms (RTMPT-015). Default 30,000;
    /// clients poll at least every 0.6 s.
    pub expiry_ms: u64,
}

impl TunnelLimits {
    /// The most that [`Self::headers`] can say: 64.
    pub const MAX_HEADERS: usize = 64;

    /// [`Self::headers`], at most [`Self::MAX_HEADERS`].
    pub(super) fn header_fields(&self) -> usize {
        self.headers.min(Self::MAX_HEADERS)
    }

    /// Bounds for small devices.
    #[must_use]
    pub fn embedded() -> Self {
        Self { head_bytes: 2048, headers: 16, body_bytes: 64 << 10, backlog: 64 << 10, ..Self::default() }
    }
}

impl Default for TunnelLimits {
    fn default() -> Self {
        Self { head_bytes: 8192, headers: 32, body_bytes: 4 << 20, backlog: 8 << 20, expiry_ms: 30_000 }
    }
}
