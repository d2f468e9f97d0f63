//! The connections of a file.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::account::{Account, Cause};
use super::handshake;
use super::opening::{Carries, decide};
use super::packet::Segment;
use super::stream::Stream;
use super::tcp::Half;
use super::{Budget, Failure, Limits, Observer};

/// Ports of servers, where no SYN says who the client is.
const SERVER_PORTS: [u16; 4] = [1935, 443, 80, 8080];

/// One connection.
#[derive(Debug)]
pub struct Connection {
    client: SocketAddr,
    server: SocketAddr,
    /// To the server, to the client.
    halves: [Half; 2],
    streams: [Stream; 2],
    carries: Option<Carries>,
    reset: bool,
    replaced: bool,
}

impl Connection {
    fn new(client: SocketAddr, server: SocketAddr) -> Self {
        Self {
            client,
            server,
            halves: Default::default(),
            streams: Default::default(),
            carries: None,
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

    fn push(
        &mut self,
        index: usize,
        segment: &Segment<'_>,
        budget: &mut Budget,
        observer: &mut dyn Observer,
    ) {
        let side = usize::from(segment.from == self.server);
        self.reset |= segment.rst;
        // The payload of a RST is a text about it, no data (RFC 9293, 3.5.2).
        let payload = if segment.rst { &[] } else { segment.payload };
        let seq = if segment.syn { segment.seq.wrapping_add(1) } else { segment.seq };
        let stream = &mut self.streams[side];
        if !segment.rst {
            self.halves[side].push(seq, payload, segment.missing, segment.fin, budget, |bytes, budget| {
                observer.bytes(index, side == 0, bytes);
                stream.push(bytes, budget);
            });
        }
        self.decide(false, budget);
    }

    fn decide(&mut self, last: bool, budget: &mut Budget) {
        for (stream, half) in self.streams.iter_mut().zip(&self.halves) {
            stream.start_seen(half.start_seen);
        }
        if self.carries.is_some() {
            return;
        }
        let [client, server] = &self.streams;
        self.carries = decide(client.side(), server.side(), last);
        if let Some(carries) = self.carries {
            self.streams.iter_mut().for_each(|s| s.decided(carries, budget));
        }
    }

    fn finish(mut self, index: usize, budget: &mut Budget, observer: &mut dyn Observer) -> Account {
        for (side, (half, stream)) in self.halves.iter_mut().zip(&mut self.streams).enumerate() {
            half.wait_no_more(budget, &mut |bytes, budget| {
                observer.bytes(index, side == 0, bytes);
                stream.push(bytes, budget);
            });
        }
        self.decide(true, budget);
        let end = |half: &Half| match half {
            half if half.finished() => Cause::Fin,
            _ if self.reset => Cause::Rst,
            _ if self.replaced => Cause::Replaced,
            _ => Cause::CaptureEnd,
        };
        let ends = [end(&self.halves[0]), end(&self.halves[1])];
        let [client, server] = &self.streams;
        let handshake = (!client.handshake().is_empty() || !server.handshake().is_empty()).then(|| {
            handshake::judge(client.handshake(), server.handshake(), self.carries == Some(Carries::Rtmpe))
        });
        let gaps = [self.halves[0].gap(), self.halves[1].gap()];
        self.halves.iter_mut().for_each(|h| h.release(budget));
        let [client, server] = self.streams;
        let to_server = client.finish(gaps[0], ends[0], self.halves[0].oddities);
        let to_client = server.finish(gaps[1], ends[1], self.halves[1].oddities);
        // A handshake that turned out to be none.
        let none = to_server.handshake + to_client.handshake == 0
            && to_server.tail.is_none()
            && to_client.tail.is_none();
        let handshake = handshake.filter(|_| !none);
        Account { client: self.client, server: self.server, handshake, to_server, to_client }
    }
}

/// All connections so far.
#[derive(Debug)]
pub struct Connections {
    budget: Budget,
    /// The newest connection of each pair of addresses.
    newest: HashMap<(SocketAddr, SocketAddr), usize>,
    all: Vec<Connection>,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { budget: Budget { limits, ..Budget::default() }, newest: HashMap::new(), all: Vec::new() }
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
                let mut connection = Connection::new(client, server);
                if segment.syn {
                    connection.takes_syn(segment);
                }
                self.all.push(connection);
                self.newest.insert(pair, self.all.len() - 1);
                self.all.len() - 1
            }
        };
        self.all[index].push(index, segment, &mut self.budget, observer);
        let limits = self.budget.limits;
        for (what, used, most) in [
            ("messages", self.budget.messages, limits.messages),
            ("chunk streams", self.budget.chunk_streams, limits.chunk_streams),
        ] {
            if used > most {
                return Err(Failure::Limit { what, most });
            }
        }
        Ok(())
    }

    /// The accounts, in order of the SYNs.
    #[must_use]
    pub fn finish(mut self, observer: &mut dyn Observer) -> Vec<Account> {
        let budget = &mut self.budget;
        let all = self.all.into_iter().enumerate();
        all.map(|(index, connection)| connection.finish(index, budget, observer)).collect()
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
