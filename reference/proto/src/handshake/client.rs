//! The client's side.

#[cfg(feature = "rtmpe")]
use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

#[cfg(feature = "rtmpe")]
use super::Ciphers;
#[cfg(feature = "digest")]
use super::RtmpeType;
#[cfg(feature = "digest")]
use super::digest::{self, Maker};
use super::plain::{Local, Packet, Taken, misbehaved, push_part, push_wire, version_word};
#[cfg(feature = "rtmpe")]
use super::rtmpe::{KEY_LEN, PrivateKey, PublicKey, SessionKeys};
use super::{HandshakeMode, HandshakeReport, HandshakeState, PACKET_LEN, VERSION};
use crate::SessionError;
use crate::tamper::{HandshakePart, Tamper};

/// Bytes 4 to 7 of a C1 with a digest, those of a player that knows all forms of the handshake.
#[cfg(feature = "digest")]
const CLIENT_VERSION: [u8; 4] = [0x80, 0, 3, 2];

/// The client's side. The first call of [`Self::handle`] sends C0 and C1; C2 follows S1.
#[derive(Debug, Clone)]
pub struct ClientHandshake {
    local: Local,
    mode: HandshakeMode,
    /// `None` once S2 has arrived.
    awaits: Option<HandshakePart>,
    started: bool,
    report: HandshakeReport,
    /// The digest that S2 has to answer.
    #[cfg(feature = "digest")]
    digest: digest::Digest,
    #[cfg(feature = "digest")]
    tail: [u8; 32],
    #[cfg(feature = "rtmpe")]
    offered: Option<Box<Offered>>,
    #[cfg(feature = "rtmpe")]
    keys: Option<SessionKeys>,
}

/// The keys of an RTMPE client until S1 has come.
#[cfg(feature = "rtmpe")]
#[derive(Debug, Clone)]
struct Offered {
    private: PrivateKey,
    public: [u8; KEY_LEN],
}

impl ClientHandshake {
    /// `time_ms` is the client's time for C1, the epoch of its later timestamps (RTMP 5.2.3);
    /// `random` is the seed of all random bytes and, for RTMPE, of the private key: see the module's text.
    #[must_use]
    pub fn new(time_ms: u32, random: [u8; 32]) -> Self {
        Self {
            local: Local::new(time_ms, random),
            mode: HandshakeMode::Plain,
            awaits: Some(HandshakePart::S0),
            started: false,
            report: HandshakeReport { version: VERSION, peer_version: [0; 4], layout: None, signed: None },
            #[cfg(feature = "digest")]
            digest: [0; 32],
            #[cfg(feature = "digest")]
            tail: [0; 32],
            #[cfg(feature = "rtmpe")]
            offered: None,
            #[cfg(feature = "rtmpe")]
            keys: None,
        }
    }

    /// Sets which handshake to begin. Has to come before the first call of [`Self::handle`].
    pub fn set_mode(&mut self, mode: HandshakeMode) {
        self.mode = mode;
    }

    /// Sets the time in ms that C2 names as the time at which S1 was read (RTMP 5.2.4). Without
    /// it that is the time given to [`Self::new`].
    pub fn set_time(&mut self, now_ms: u32) {
        self.local.now = now_ms;
    }

    /// Bytes of the peer that were taken from the input so far.
    #[must_use]
    pub fn bytes_consumed(&self) -> u64 {
        self.local.consumed
    }

    /// What the handshake turned out to be, once it is over.
    #[must_use]
    pub fn report(&self) -> Option<HandshakeReport> {
        self.awaits.is_none().then_some(self.report)
    }

    /// The ciphers for all bytes after the handshake, once an RTMPE handshake is over. Each call makes them
    /// anew, from the beginning of their key streams.
    #[cfg(feature = "rtmpe")]
    #[must_use]
    pub fn ciphers(&self) -> Option<Ciphers> {
        self.keys.as_ref().filter(|_| self.awaits.is_none()).map(SessionKeys::ciphers)
    }

    /// The last 32 bytes of S1, the key of SWF verification (SWFV-003), once a handshake with digests is
    /// over.
    #[must_use]
    pub fn swf_verification_key(&self) -> Option<[u8; 32]> {
        #[cfg(feature = "digest")]
        return self.report()?.layout.map(|_| self.tail);
        #[cfg(not(feature = "digest"))]
        None
    }

    /// Takes handshake packets from the front of `input`, never bytes after S2, and pushes what
    /// is to be sent to `out`. To be called once with an empty `input` to start.
    ///
    /// # Errors
    /// S0 is not 3 (RTMP 5.2.2; a client may give up). With `HandshakeMode::Rtmpe`: S0 is none of 6, 8
    /// and 9, S1 has no valid digest, or its public key is not one of the group.
    pub fn handle(
        &mut self,
        input: &mut BytesMut,
        out: &mut Vec<Bytes>,
        mut tamper: Option<&mut (dyn Tamper + '_)>,
    ) -> Result<HandshakeState, SessionError> {
        if !self.started {
            self.started = true;
            let (c0, c1) = self.begin();
            let mut wire = Vec::with_capacity(1 + PACKET_LEN);
            push_part(&mut wire, HandshakePart::C0, &[c0], &mut tamper);
            push_part(&mut wire, HandshakePart::C1, &c1[..], &mut tamper);
            push_wire(out, wire);
        }
        loop {
            let Some(part) = self.awaits else { return Ok(HandshakeState::Done) };
            self.awaits = match (part, self.local.take(input, part, &mut tamper)) {
                (_, Taken::NeedMore) => return Ok(HandshakeState::NeedMore),
                (_, Taken::Stopped(ruling)) => return Ok(HandshakeState::Stopped(ruling)),
                (_, Taken::Version(version)) => {
                    self.check_server_version(version)?;
                    self.report.version = version;
                    Some(HandshakePart::S1)
                }
                (HandshakePart::S1, Taken::Packet(s1)) => {
                    self.report.peer_version = version_word(&s1);
                    let c2 = self.reply(&s1)?;
                    let mut wire = Vec::with_capacity(PACKET_LEN);
                    push_part(&mut wire, HandshakePart::C2, &c2[..], &mut tamper);
                    push_wire(out, wire);
                    Some(HandshakePart::S2)
                }
                (_, Taken::Packet(s2)) => {
                    self.check_reply(&s2);
                    None
                }
            };
        }
    }

    /// C0 and C1.
    fn begin(&mut self) -> (u8, Packet) {
        #[allow(unused_mut, reason = "only digests change it")]
        let mut c1 = self.local.challenge();
        match self.mode {
            HandshakeMode::Plain => (VERSION, c1),
            #[cfg(feature = "digest")]
            HandshakeMode::Digest(layout) => {
                c1[4..8].copy_from_slice(&CLIENT_VERSION);
                self.digest = digest::write(&mut c1, layout, Maker::Client);
                (VERSION, c1)
            }
            #[cfg(feature = "rtmpe")]
            HandshakeMode::Rtmpe(rtmpe, layout) => {
                c1[4..8].copy_from_slice(&CLIENT_VERSION);
                let private = PrivateKey::from_seed(&self.local.seed);
                let public = private.public();
                let at = layout.key_offset(&c1);
                c1[at..at + KEY_LEN].copy_from_slice(&public);
                self.offered = Some(Box::new(Offered { private, public }));
                self.digest = digest::write(&mut c1, layout, Maker::Client);
                (rtmpe as u8, c1)
            }
        }
    }

    /// A server may choose another type of RTMPE than the one that was asked for.
    fn check_server_version(&self, version: u8) -> Result<(), SessionError> {
        let clause = "RTMP 5.2.2";
        #[cfg(feature = "rtmpe")]
        if let HandshakeMode::Rtmpe(..) = self.mode {
            return match RtmpeType::from_version(version) {
                Some(_) => Ok(()),
                None => Err(misbehaved("the server does not encrypt: S0 is none of 6, 8 and 9", clause, 0)),
            };
        }
        match version {
            VERSION => Ok(()),
            _ => Err(misbehaved("the server announced a version other than 3", clause, 0)),
        }
    }

    #[cfg(not(feature = "digest"))]
    fn reply(&mut self, s1: &[u8; PACKET_LEN]) -> Result<Packet, SessionError> {
        Ok(self.local.echo(s1))
    }

    /// C2. Without a digest in S1 the handshake goes on as a plain one (HSD-015).
    #[cfg(feature = "digest")]
    fn reply(&mut self, s1: &[u8; PACKET_LEN]) -> Result<Packet, SessionError> {
        let mut c2 = self.local.echo(s1);
        if self.mode == HandshakeMode::Plain {
            return Ok(c2);
        }
        let found = digest::find(s1, Maker::Server);
        let rtmpe = RtmpeType::from_version(self.report.version);
        #[cfg(feature = "rtmpe")]
        if let Some(own) = self.offered.take() {
            let (layout, _) = found
                .ok_or_else(|| misbehaved("S1 of an RTMPE server has no valid digest", "RTMPE-003", 1))?;
            let at = layout.key_offset(s1);
            let server_key = s1[at..at + KEY_LEN].try_into().expect("128 bytes");
            let peer = PublicKey::new(&server_key).ok_or_else(|| {
                misbehaved("the server's public key is not one of the group", "RTMPE-007", 1 + at as u64)
            })?;
            self.keys = Some(SessionKeys::new(&own.private.shared(&peer), &own.public, &server_key));
        }
        if let Some((layout, server_digest)) = found {
            digest::sign(&mut c2, Maker::Client, &server_digest, rtmpe);
            self.tail = super::plain::tail(s1);
            self.report.layout = Some(layout);
        }
        Ok(c2)
    }

    fn check_reply(&mut self, s2: &[u8; PACKET_LEN]) {
        #[cfg(feature = "digest")]
        if self.report.layout.is_some() {
            let rtmpe = RtmpeType::from_version(self.report.version);
            self.report.signed = Some(digest::is_signed(s2, Maker::Server, &self.digest, rtmpe));
        }
        let _ = s2;
    }
}
