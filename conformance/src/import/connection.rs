//! The connections of a file.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::account::{Account, Cause};
use super::keys::Keys;
use super::layer::{Context, End, Layer, Outcome};
use super::packet::Segment;
use super::tcp::Half;
use super::tls::Secrets;
use super::tunnel::Mail;
use super::{Budget, Failure, KeyHandling, Observer, Options};

/// Ports of servers, where no SYN says who the client is.
const SERVER_PORTS: [u16; 4] = [1935, 443, 80, 8080];

/// One connection.
#[derive(Debug)]
pub struct Connection {
    client: SocketAddr,
    server: SocketAddr,
    /// To the server, to the client.
    halves: [Half; 2],
    layer: Layer,
    reset: bool,
    replaced: bool,
}

impl Connection {
    fn new(client: SocketAddr, server: SocketAddr, keys: Keys) -> Self {
        Self {
            client,
            server,
            halves: Default::default(),
            layer: Layer::wire(keys),
            reset: false,
            replaced: false,
        }
    }

    /// Whether a SYN is one of this connection, sent again or late. It is taken, if so.
    fn takes_syn(&mut self, segment: &Segment<'_>) -> bool {
        let from_server = segment.from == self.server;
        if segment.ack.is_none() && from_server {
            return false;
        }
        let fits = self.halves[usize::from(from_server)].syn(segment.seq);
        if let (true, true, Some(ack)) = (fits, from_server, segment.ack) {
            // The answer says where the client's bytes begin.
            let client = &mut self.halves[0];
            if !client.start_seen {
                client.syn(ack.wrapping_sub(1));
            }
        }
        fits
    }

    fn push(&mut self, index: usize, segment: &Segment<'_>, outside: &mut Outside<'_>) {
        let side = usize::from(segment.from == self.server);
        self.reset |= segment.rst;
        // The payload of a RST is a text about it, no data (RFC 9293, 3.5.2).
        let payload = if segment.rst { &[] } else { segment.payload };
        let seq = if segment.syn { segment.seq.wrapping_add(1) } else { segment.seq };
        let layer = &mut self.layer;
        if !segment.rst {
            let (observer, secrets, mail) = (&mut *outside.observer, outside.secrets, &mut *outside.mail);
            let deliver = |bytes: &[u8], budget: &mut Budget| {
                observer.bytes(index, side == 0, bytes);
                let rtmp = &mut |side, bytes: &[u8]| observer.rtmp(index, side == 0, bytes);
                layer.push(side, bytes, &mut Context { budget, secrets, rtmp, mail });
            };
            self.halves[side].push(seq, payload, segment.missing, segment.fin, outside.budget, deliver);
        }
        self.decide(index, false, outside);
    }

    /// Takes what was held back; no more segments come.
    fn last(&mut self, index: usize, outside: &mut Outside<'_>) {
        let layer = &mut self.layer;
        for (side, half) in self.halves.iter_mut().enumerate() {
            let observer = &mut *outside.observer;
            let (secrets, mail) = (outside.secrets, &mut *outside.mail);
            half.wait_no_more(outside.budget, &mut |bytes, budget| {
                observer.bytes(index, side == 0, bytes);
                let rtmp = &mut |side, bytes: &[u8]| observer.rtmp(index, side == 0, bytes);
                layer.push(side, bytes, &mut Context { budget, secrets, rtmp, mail });
            });
        }
        self.decide(index, true, outside);
    }

    fn finish(mut self, index: usize, outside: &mut Outside<'_>) -> Account {
        self.decide(index, true, outside);
        let end = |half: &Half| match half {
            half if half.finished() => Cause::Fin,
            _ if self.reset => Cause::Rst,
            _ if self.replaced => Cause::Replaced,
            _ => Cause::CaptureEnd,
        };
        let ends = [&self.halves[0], &self.halves[1]].map(|half| End {
            gap: half.gap(),
            cause: end(half),
            oddities: half.oddities,
        });
        self.halves.iter_mut().for_each(|h| h.release(outside.budget));
        let Outcome { handshake, tls, directions: [to_server, to_client], keys } = self.layer.finish(ends);
        Account { client: self.client, server: self.server, handshake, tls, to_server, to_client, keys }
    }

    fn decide(&mut self, index: usize, last: bool, outside: &mut Outside<'_>) {
        let observer = &mut *outside.observer;
        let rtmp = &mut |side, bytes: &[u8]| observer.rtmp(index, side == 0, bytes);
        let mail = &mut *outside.mail;
        let mut context = Context { budget: outside.budget, secrets: outside.secrets, rtmp, mail };
        self.layer.decide(Some(&self.halves), last, &mut context);
    }
}

/// What connections share.
struct Outside<'a> {
    budget: &'a mut Budget,
    secrets: &'a Secrets,
    observer: &'a mut dyn Observer,
    mail: &'a mut Vec<Mail>,
}

/// All connections so far.
#[derive(Debug)]
pub struct Connections {
    budget: Budget,
    secrets: Secrets,
    keys: KeyHandling,
    /// The newest connection of each pair of addresses.
    newest: HashMap<(SocketAddr, SocketAddr), usize>,
    all: Vec<Connection>,
    /// The connections that opened the sessions of RTMPT, by server and id.
    sessions: HashMap<(SocketAddr, String), usize>,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let Options { limits, secrets, keys } = options;
        let budget = Budget { limits, ..Budget::default() };
        Self { budget, secrets, keys, newest: HashMap::new(), all: Vec::new(), sessions: HashMap::new() }
    }

    /// Adds secrets of connections whose hellos come later; how many the log held.
    pub fn add_secrets(&mut self, log: &[u8]) -> usize {
        self.secrets.add(log)
    }

    /// Takes a segment.
    ///
    /// # Errors
    /// [`Failure::Limit`].
    pub fn segment(&mut self, segment: &Segment<'_>, observer: &mut dyn Observer) -> Result<(), Failure> {
        let pair =
            if segment.from < segment.to { (segment.from, segment.to) } else { (segment.to, segment.from) };
        let known = self.newest.get(&pair).copied();
        let index = match known {
            Some(index) if !segment.syn || self.all[index].takes_syn(segment) => index,
            // What carries nothing and belongs to nothing: the end of a connection before the capture.
            None if !segment.syn && (segment.payload.is_empty() || segment.rst) => return Ok(()),
            _ => {
                if let Some(old) = known {
                    self.all[old].replaced = true;
                }
                if self.all.len() == self.budget.limits.connections {
                    return Err(Failure::Limit { what: "connections", most: self.budget.limits.connections });
                }
                let (client, server) = roles(segment);
                let keys = match &self.keys {
                    KeyHandling::Ignore => Keys::Ignore,
                    KeyHandling::Learn => Keys::Learn,
                    KeyHandling::Find(all) => {
                        all.get(self.all.len()).map_or(Keys::Ignore, |found| Keys::Find(found.clone()))
                    }
                    KeyHandling::Replace(all) => {
                        all.get(self.all.len()).map_or(Keys::Ignore, |places| Keys::Replace(places.clone()))
                    }
                };
                let mut connection = Connection::new(client, server, keys);
                if segment.syn {
                    connection.takes_syn(segment);
                }
                self.all.push(connection);
                self.newest.insert(pair, self.all.len() - 1);
                self.all.len() - 1
            }
        };
        let mut mail = Vec::new();
        let (budget, secrets) = (&mut self.budget, &self.secrets);
        self.all[index].push(index, segment, &mut Outside { budget, secrets, observer, mail: &mut mail });
        self.deliver(index, mail, observer);
        let limits = self.budget.limits;
        for (what, used, most) in [
            ("messages", self.budget.messages, limits.messages),
            ("chunk streams", self.budget.chunk_streams, limits.chunk_streams),
            (
                "bytes of unfinished messages that are searched for stream keys",
                self.budget.bodies,
                limits.bodies,
            ),
            ("stream keys and credentials", self.budget.keys, limits.keys),
            ("places where stream keys stand", self.budget.places, limits.places),
        ] {
            if used > most {
                return Err(Failure::Limit { what, most });
            }
        }
        Ok(())
    }

    /// Brings what a tunnel yielded to the connections that opened the sessions.
    fn deliver(&mut self, index: usize, mail: Vec<Mail>, observer: &mut dyn Observer) {
        let server = self.all[index].server;
        for mail in mail {
            match mail {
                Mail::Opened(session) => {
                    if self.all[index].layer.opened(index) {
                        self.sessions.insert((server, session), index);
                    }
                }
                Mail::Rtmp { session, side, bytes } => {
                    let owner = self.sessions.get(&(server, session)).copied();
                    if let Some(owner) = owner {
                        let rtmp = &mut |side, bytes: &[u8]| observer.rtmp(owner, side == 0, bytes);
                        let (budget, secrets, mail) = (&mut self.budget, &self.secrets, &mut Vec::new());
                        let mut context = Context { budget, secrets, rtmp, mail };
                        self.all[owner].layer.tunneled(side, &bytes, owner == index, &mut context);
                    }
                    if owner != Some(index) {
                        self.all[index].layer.listed_elsewhere(side, bytes.len() as u64, owner);
                    }
                }
            }
        }
    }

    /// The accounts, in order of the SYNs.
    #[must_use]
    pub fn finish(mut self, observer: &mut dyn Observer) -> Vec<Account> {
        for index in 0..self.all.len() {
            let mut mail = Vec::new();
            let (budget, secrets) = (&mut self.budget, &self.secrets);
            self.all[index].last(index, &mut Outside { budget, secrets, observer, mail: &mut mail });
            self.deliver(index, mail, observer);
        }
        let mail = &mut Vec::new();
        let mut outside = Outside { budget: &mut self.budget, secrets: &self.secrets, observer, mail };
        let all = self.all.into_iter().enumerate();
        all.map(|(index, connection)| connection.finish(index, &mut outside)).collect()
    }
}

/// Client and server of a connection that begins with this segment.
fn roles(segment: &Segment<'_>) -> (SocketAddr, SocketAddr) {
    let (from, to) = (segment.from, segment.to);
    let answer = match (segment.syn, segment.ack) {
        (true, None) => false,
        (true, Some(_)) => true,
        (false, _) => {
            let rank = |port: u16| {
                (SERVER_PORTS.iter().position(|p| *p == port).unwrap_or(SERVER_PORTS.len()), port)
            };
            rank(from.port()) < rank(to.port())
        }
    };
    if answer { (to, from) } else { (from, to) }
}
