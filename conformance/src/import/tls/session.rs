//! A TLS connection as one who looks on reads it: hellos choose the keys, records are opened in order.

use super::hello::{self, ClientHello, RETRY};
use super::keylog::{Label, Secrets};
use super::keys::{Keys, updated};
use super::messages::{CLIENT_HELLO, FINISHED, KEY_UPDATE, Messages, SERVER_HELLO};
use super::record::{self, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, Next, Record};
use super::suite::{Suite, suite};
use crate::import::account::Reason;

const ALERT: u8 = 21;
/// Bytes of a side that wait for the other side's hello.
const WAITING: usize = 64 << 10;
/// Records between the hello and the first application data that are passed over when the log does not hold the
/// handshake secrets.
const PASSED_OVER: u8 = 64;

/// What the hellos agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// 0x0303 is TLS 1.2, 0x0304 TLS 1.3.
    pub version: u16,
    /// Number of the cipher suite.
    pub suite: u16,
}

impl Agreed {
    /// The version as people write it: `"1.3"`.
    #[must_use]
    pub fn version_name(self) -> String {
        match self.version {
            0x0301..=0x0304 => format!("1.{}", self.version - 0x0301),
            other => format!("0x{other:04X}"),
        }
    }
}

/// Bytes that nothing explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Offset of the record in its direction.
    pub offset: u64,
    /// Why.
    pub why: &'static str,
}

/// How a direction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Bytes of records that are not application data: headers, tags, handshake, alerts.
    pub overhead: u64,
    /// Bytes of a record that is not complete.
    pub partial: u64,
    /// What could not be opened.
    pub broken: Option<Broken>,
}

/// How records of a side are read now.
#[derive(Debug)]
enum Phase {
    /// As they are.
    Clear,
    /// TLS 1.2 after ChangeCipherSpec.
    Protected(Keys),
    /// TLS 1.3 up to Finished; without keys, if the log does not hold them.
    Handshake(Option<Keys>),
    /// TLS 1.3 after Finished.
    Traffic(Keys),
}

#[derive(Debug)]
struct Side {
    buffer: Vec<u8>,
    /// Offset of the buffer's first byte in its direction.
    offset: u64,
    messages: Messages,
    phase: Phase,
    /// Keys of TLS 1.2 that ChangeCipherSpec puts into use.
    pending: Option<Keys>,
    /// The traffic secret of TLS 1.3 in force.
    secret: Vec<u8>,
    passed_over: u8,
    overhead: u64,
    broken: Option<Broken>,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            offset: 0,
            messages: Messages::default(),
            phase: Phase::Clear,
            pending: None,
            secret: Vec::new(),
            passed_over: 0,
            overhead: 0,
            broken: None,
        }
    }
}

/// Why a record cannot be read.
enum Stop {
    /// It and all after it in this direction.
    Broken(&'static str),
    /// The whole connection stays as it is.
    Opaque(Reason),
}

/// Both directions.
#[derive(Debug, Default)]
pub struct Session {
    /// Client, server.
    sides: [Side; 2],
    hello: Option<ClientHello>,
    hellos: u32,
    retries: u32,
    agreed: Option<Agreed>,
    suite: Option<Suite>,
    opaque: Option<Reason>,
}

impl Session {
    /// What the hellos agreed on.
    #[must_use]
    pub fn agreed(&self) -> Option<Agreed> {
        self.agreed
    }

    /// Takes bytes of a side, 0 for the client; hands out application data with the side it is of.
    pub fn push(&mut self, side: usize, bytes: &[u8], secrets: &Secrets, out: &mut dyn FnMut(usize, &[u8])) {
        if self.opaque.is_some() || self.sides[side].broken.is_some() {
            return;
        }
        self.sides[side].buffer.extend_from_slice(bytes);
        // A hello of one side may be what the other waits for.
        for side in [side, 1 - side, side] {
            self.run(side, secrets, out);
        }
        if self.opaque.is_none()
            && self.sides.iter().enumerate().any(|(i, s)| self.waits(i) && s.buffer.len() > WAITING)
        {
            self.give_up(Reason::NoHello);
        }
    }

    /// How a side ended, or why nothing of the connection was opened.
    ///
    /// # Errors
    /// The reason.
    pub fn end(&self, side: usize) -> Result<End, Reason> {
        if let Some(reason) = self.opaque {
            return Err(reason);
        }
        if self.suite.is_none() {
            return Err(Reason::NoHello);
        }
        let Side { buffer, overhead, broken, .. } = &self.sides[side];
        Ok(End { overhead: *overhead, partial: buffer.len() as u64, broken: broken.clone() })
    }

    fn give_up(&mut self, reason: Reason) {
        self.opaque = Some(reason);
        self.sides = Default::default();
    }

    /// Whether a side can go on only after the other side's hello.
    fn waits(&self, side: usize) -> bool {
        self.suite.is_none() && if side == 0 { self.hellos > self.retries } else { self.hello.is_none() }
    }

    fn run(&mut self, side: usize, secrets: &Secrets, out: &mut dyn FnMut(usize, &[u8])) {
        let buffer = std::mem::take(&mut self.sides[side].buffer);
        let mut at = 0;
        while self.opaque.is_none() && !self.waits(side) {
            let record = match record::next(&buffer[at..]) {
                Next::Record(record) => record,
                Next::More => break,
                Next::Wrong(why) => {
                    self.stop(side, Stop::Broken(why));
                    break;
                }
            };
            let size = HEADER + record.body.len();
            match self.record(side, &record, secrets) {
                Ok(content) => {
                    let own = &mut self.sides[side];
                    own.offset += size as u64;
                    own.overhead += (size - content.len()) as u64;
                    at += size;
                    if !content.is_empty() {
                        out(side, &content);
                    }
                }
                Err(stop) => {
                    self.stop(side, stop);
                    break;
                }
            }
        }
        if self.opaque.is_none() && self.sides[side].broken.is_none() {
            let mut buffer = buffer;
            buffer.drain(..at);
            self.sides[side].buffer = buffer;
        }
    }

    /// Before there are keys, what cannot be read makes the connection one that is not decrypted.
    fn stop(&mut self, side: usize, stop: Stop) {
        match (stop, self.suite) {
            (Stop::Opaque(reason), _) => self.give_up(reason),
            (Stop::Broken(_), None) => self.give_up(Reason::Malformed),
            (Stop::Broken(why), Some(_)) => {
                let own = &mut self.sides[side];
                own.broken = Some(Broken { offset: own.offset, why });
            }
        }
    }

    /// The application data in a record.
    fn record(&mut self, side: usize, record: &Record<'_>, secrets: &Secrets) -> Result<Vec<u8>, Stop> {
        let own = &mut self.sides[side];
        let tls13 = self.agreed.is_some_and(|a| a.version == 0x0304);
        match &mut own.phase {
            Phase::Clear => {
                match record.kind {
                    HANDSHAKE => self.clear_messages(side, record.body, secrets)?,
                    CHANGE_CIPHER_SPEC => {
                        if let Some(keys) = own.pending.take() {
                            own.phase = Phase::Protected(keys);
                        } else if !tls13 && self.retries == 0 {
                            return Err(Stop::Broken("ChangeCipherSpec before there are keys"));
                        }
                    }
                    ALERT => {}
                    _ => return Err(Stop::Broken("protected data before there are keys")),
                }
                return Ok(Vec::new());
            }
            // A client that can read nothing complains in the clear; other programs expect ChangeCipherSpec.
            Phase::Handshake(_) if record.kind == CHANGE_CIPHER_SPEC => return Ok(Vec::new()),
            Phase::Handshake(_) if record.kind == ALERT && record.body.len() == 2 => return Ok(Vec::new()),
            Phase::Handshake(_) | Phase::Traffic(_) if record.kind != APPLICATION => {
                return Err(Stop::Broken("a record without protection after keys are in use"));
            }
            _ => {}
        }
        let Some(suite) = self.suite else { return Err(Stop::Broken("no keys")) };
        const FALSE: Stop =
            Stop::Broken("a TLS record is not authentic: the secret is another one, or bytes changed");
        let opened = match &mut own.phase {
            Phase::Clear => return Err(Stop::Broken("no keys")),
            Phase::Protected(keys) | Phase::Traffic(keys) | Phase::Handshake(Some(keys)) => {
                keys.open(record).ok_or(FALSE)?
            }
            Phase::Handshake(None) => {
                let mut keys = Keys::tls13(suite, &own.secret).ok_or(FALSE)?;
                let Some(opened) = keys.open(record) else {
                    own.passed_over += 1;
                    return if own.passed_over > PASSED_OVER { Err(FALSE) } else { Ok(Vec::new()) };
                };
                own.phase = Phase::Traffic(keys);
                opened
            }
        };
        match (opened.kind, &own.phase) {
            (APPLICATION, Phase::Handshake(_)) => {
                Err(Stop::Broken("application data before the TLS handshake is done"))
            }
            (APPLICATION, _) => Ok(opened.content),
            (CHANGE_CIPHER_SPEC, _) => Err(Stop::Broken("TLS renegotiation is not followed")),
            (HANDSHAKE, _) if tls13 => {
                self.protected_messages(side, suite, &opened.content)?;
                Ok(Vec::new())
            }
            _ => Ok(Vec::new()),
        }
    }

    fn clear_messages(&mut self, side: usize, content: &[u8], secrets: &Secrets) -> Result<(), Stop> {
        const MALFORMED: Stop = Stop::Opaque(Reason::Malformed);
        for message in self.sides[side].messages.feed(content).ok_or(MALFORMED)? {
            match (side, message.kind, self.suite) {
                (0, CLIENT_HELLO, None) => {
                    let hello = hello::client(&message.body).ok_or(MALFORMED)?;
                    if hello.early_data {
                        return Err(Stop::Opaque(Reason::EarlyData));
                    }
                    self.hello = Some(hello);
                    self.hellos += 1;
                }
                (1, SERVER_HELLO, None) => {
                    let hello = hello::server(&message.body).ok_or(MALFORMED)?;
                    if hello.random == RETRY {
                        self.retries += 1;
                    } else {
                        self.choose(&hello, secrets).map_err(Stop::Opaque)?;
                    }
                }
                (_, CLIENT_HELLO | SERVER_HELLO, Some(_)) => {
                    return Err(Stop::Broken("a second TLS hello"));
                }
                (0, _, None) => return Err(MALFORMED),
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes keys out of the secrets.
    fn choose(&mut self, hello: &hello::ServerHello, secrets: &Secrets) -> Result<(), Reason> {
        let agreed = Agreed { version: hello.version, suite: hello.suite };
        let tls13 = match agreed.version {
            0x0304 => true,
            0x0303 => false,
            version => return Err(Reason::Version(version)),
        };
        self.agreed = Some(agreed);
        if hello.compression != 0 {
            return Err(Reason::Compression);
        }
        let suite = suite(agreed.suite, tls13).ok_or(Reason::Cipher(agreed.suite))?;
        let client = self.hello.ok_or(Reason::NoHello)?.random;
        let find = |label| secrets.find(label, &client);
        if tls13 {
            for (side, (handshake, traffic)) in self.sides.iter_mut().zip([
                (Label::ClientHandshake, Label::ClientTraffic),
                (Label::ServerHandshake, Label::ServerTraffic),
            ]) {
                side.secret = find(traffic).ok_or(Reason::NoSecrets)?.bytes().to_vec();
                let keys = find(handshake).map(|s| Keys::tls13(suite, s.bytes()).ok_or(Reason::SecretLength));
                if side.secret.len() != suite.hash.size() {
                    return Err(Reason::SecretLength);
                }
                side.phase = Phase::Handshake(keys.transpose()?);
                side.messages = Messages::default();
            }
        } else {
            let master = find(Label::Master).ok_or(Reason::NoSecrets)?;
            let keys = Keys::tls12(suite, master.bytes(), &client, &hello.random);
            for (side, keys) in self.sides.iter_mut().zip(keys.ok_or(Reason::SecretLength)?) {
                side.pending = Some(keys);
            }
        }
        self.suite = Some(suite);
        Ok(())
    }

    /// TLS 1.3: Finished ends the handshake keys, KeyUpdate the keys after it.
    fn protected_messages(&mut self, side: usize, suite: Suite, content: &[u8]) -> Result<(), Stop> {
        const NO_KEYS: Stop = Stop::Broken("keys cannot be derived");
        let own = &mut self.sides[side];
        let messages = own.messages.feed(content).ok_or(Stop::Broken("a TLS hello longer than 64 KiB"))?;
        let mut changed = false;
        for message in messages {
            if changed {
                return Err(Stop::Broken("a TLS record goes on after its keys ended"));
            }
            match (message.kind, &own.phase) {
                (FINISHED, Phase::Handshake(_)) => {}
                (KEY_UPDATE, Phase::Traffic(_)) => {
                    own.secret = updated(suite, &own.secret).ok_or(NO_KEYS)?;
                }
                _ => continue,
            }
            own.phase = Phase::Traffic(Keys::tls13(suite, &own.secret).ok_or(NO_KEYS)?);
            changed = true;
        }
        if changed && own.messages.within() {
            return Err(Stop::Broken("a TLS record goes on after its keys ended"));
        }
        Ok(())
    }
}
