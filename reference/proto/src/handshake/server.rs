//! The server's side.

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
use super::{HandshakePolicy, HandshakeReport, HandshakeState, PACKET_LEN, VERSION};
use crate::SessionError;
use crate::tamper::{HandshakePart, Tamper};

/// Bytes 4 to 7 of an S1 with a digest. Clients take 3 and above in the first byte for a server that signs.
#[cfg(feature = "digest")]
const SERVER_VERSION: [u8; 4] = [4, 5, 0, 1];

/// The server's side. S0, S1 and S2 go out together once the whole of C1 has arrived.
///
/// A C1 with a digest in either layout is answered in the same layout; any other C1 gets the plain
/// handshake, whatever stands in its bytes 4 to 7 (HS-029, HS-030).
#[derive(Debug, Clone)]
pub struct ServerHandshake {
    local: Local,
    policy: HandshakePolicy,
    /// `None` once C2 has arrived.
    awaits: Option<HandshakePart>,
    answered: bool,
    client_version: u8,
    report: HandshakeReport,
    /// The digest that C2 has to answer.
    #[cfg(feature = "digest")]
    digest: digest::Digest,
    #[cfg(feature = "digest")]
    tail: [u8; 32],
    #[cfg(feature = "rtmpe")]
    keys: Option<SessionKeys>,
}

impl ServerHandshake {
    /// `time_ms` is the server's time for S1, the epoch of its later timestamps (RTMP 5.2.3);
    /// `random` is the seed of all random bytes and, for RTMPE, of the private key: see the module's text.
    #[must_use]
    pub fn new(time_ms: u32, random: [u8; 32]) -> Self {
        Self {
            local: Local::new(time_ms, random),
            policy: HandshakePolicy::default(),
            awaits: Some(HandshakePart::C0),
            answered: false,
            client_version: VERSION,
            report: HandshakeReport { version: VERSION, peer_version: [0; 4], layout: None, signed: None },
            #[cfg(feature = "digest")]
            digest: [0; 32],
            #[cfg(feature = "digest")]
            tail: [0; 32],
            #[cfg(feature = "rtmpe")]
            keys: None,
        }
    }

    /// Sets which handshakes are taken part in. Has to come before C1.
    pub fn set_policy(&mut self, policy: HandshakePolicy) {
        self.policy = policy;
    }

    /// Sets the time in ms that S2 names as the time at which C1 was read (RTMP 5.2.4). Without
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

    /// Takes handshake packets from the front of `input`, never bytes after C2, and pushes what
    /// is to be sent to `out`.
    ///
    /// # Errors
    /// C0 announces a version that RTMP 5.2.2 does not allow (32 and above) or a deprecated one
    /// (0, 1, 2). Versions 4..=31 are answered with 3, except those of RTMPE that the policy takes; such a
    /// client's public key is not one of the group (RTMPE-007).
    pub fn handle(
        &mut self,
        input: &mut BytesMut,
        out: &mut Vec<Bytes>,
        mut tamper: Option<&mut (dyn Tamper + '_)>,
    ) -> Result<HandshakeState, SessionError> {
        if let Some(tamper) = tamper.as_deref_mut()
            && !self.answered
            && tamper.handshake_eager()
        {
            self.answer(&[0; PACKET_LEN], out, Some(tamper))?;
        }
        loop {
            let Some(part) = self.awaits else { return Ok(HandshakeState::Done) };
            self.awaits = match (part, self.local.take(input, part, &mut tamper)) {
                (_, Taken::NeedMore) => return Ok(HandshakeState::NeedMore),
                (_, Taken::Stopped(ruling)) => return Ok(HandshakeState::Stopped(ruling)),
                (_, Taken::Version(version)) => {
                    check_client_version(version)?;
                    self.client_version = version;
                    Some(HandshakePart::C1)
                }
                (HandshakePart::C1, Taken::Packet(c1)) => {
                    if !self.answered {
                        self.answer(&c1, out, tamper.as_deref_mut())?;
                    }
                    Some(HandshakePart::C2)
                }
                (_, Taken::Packet(c2)) => {
                    self.check_reply(&c2);
                    None
                }
            };
        }
    }

    fn answer(
        &mut self,
        c1: &[u8; PACKET_LEN],
        out: &mut Vec<Bytes>,
        mut tamper: Option<&mut (dyn Tamper + '_)>,
    ) -> Result<(), SessionError> {
        self.answered = true;
        self.report.peer_version = version_word(c1);
        let (s1, s2) = self.compose(c1)?;
        let mut wire = Vec::with_capacity(1 + 2 * PACKET_LEN);
        push_part(&mut wire, HandshakePart::S0, &[self.report.version], &mut tamper);
        push_part(&mut wire, HandshakePart::S1, &s1[..], &mut tamper);
        push_part(&mut wire, HandshakePart::S2, &s2[..], &mut tamper);
        push_wire(out, wire);
        Ok(())
    }

    #[cfg(not(feature = "digest"))]
    fn compose(&mut self, c1: &[u8; PACKET_LEN]) -> Result<(Packet, Packet), SessionError> {
        Ok((self.local.challenge(), self.local.echo(c1)))
    }

    /// S1 and S2. A C1 of version 3 with zero in its bytes 4 to 7 is a plain one (HS-029).
    #[cfg(feature = "digest")]
    fn compose(&mut self, c1: &[u8; PACKET_LEN]) -> Result<(Packet, Packet), SessionError> {
        let (mut s1, mut s2) = (self.local.challenge(), self.local.echo(c1));
        let rtmpe = self.wanted_rtmpe();
        let wanted = rtmpe.is_some() || (self.policy.digest && self.report.peer_version != [0; 4]);
        let Some((layout, client_digest)) = wanted.then(|| digest::find(c1, Maker::Client)).flatten() else {
            return Ok((s1, s2));
        };
        s1[4..8].copy_from_slice(&SERVER_VERSION);
        #[cfg(feature = "rtmpe")]
        if let Some(rtmpe) = rtmpe {
            let at = layout.key_offset(c1);
            let client_key = c1[at..at + KEY_LEN].try_into().expect("128 bytes");
            let peer = PublicKey::new(&client_key).ok_or_else(|| {
                misbehaved("the client's public key is not one of the group", "RTMPE-007", 1 + at as u64)
            })?;
            let private = PrivateKey::from_seed(&self.local.seed);
            let public = private.public();
            let at = layout.key_offset(&s1);
            s1[at..at + KEY_LEN].copy_from_slice(&public);
            self.keys = Some(SessionKeys::new(&private.shared(&peer), &public, &client_key));
            self.report.version = rtmpe as u8;
        }
        self.digest = digest::write(&mut s1, layout, Maker::Server);
        self.tail = super::plain::tail(&s1);
        digest::sign(&mut s2, Maker::Server, &client_digest, rtmpe);
        self.report.layout = Some(layout);
        Ok((s1, s2))
    }

    #[cfg(feature = "digest")]
    fn wanted_rtmpe(&self) -> Option<RtmpeType> {
        RtmpeType::from_version(self.client_version).filter(|rtmpe| self.policy.takes(*rtmpe))
    }

    fn check_reply(&mut self, c2: &[u8; PACKET_LEN]) {
        #[cfg(feature = "digest")]
        if self.report.layout.is_some() {
            let rtmpe = RtmpeType::from_version(self.report.version);
            self.report.signed = Some(digest::is_signed(c2, Maker::Client, &self.digest, rtmpe));
        }
        let _ = c2;
    }
}

/// RTMP 5.2.2: 3 is this version, 4..=31 are for the future, 0..=2 deprecated, the rest forbidden.
fn check_client_version(version: u8) -> Result<(), SessionError> {
    match version {
        0..=2 => Err(misbehaved("the client announced a deprecated version below 3", "RTMP 5.2.2", 0)),
        3..=31 => Ok(()),
        32.. => Err(misbehaved("the first byte is above 31 and so not RTMP", "RTMP 5.2.2", 0)),
    }
}
