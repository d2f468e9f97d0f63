//! What a connection carries, layer by layer: TCP holds RTMP, TLS or HTTP, TLS holds RTMP or HTTP, HTTP holds RTMP.

use super::Budget;
use super::account::{self, Cause, Direction, Named, Reason, Tail, Undecodable};
use super::handshake::{self, Handshake};
use super::keys::Keys;
use super::opening::{Carries, decide};
use super::stream::Stream;
use super::tcp::{Gap, Half, Oddities};
use super::tls::{Agreed, Secrets, Session};
use super::tunnel::{Mail, Tunnel};
use crate::capture::secrets::Secrets as StreamKeys;

/// What reading needs from outside.
pub struct Context<'a> {
    /// Bounds.
    pub budget: &'a mut Budget,
    /// Secrets of TLS connections.
    pub secrets: &'a Secrets,
    /// Sees RTMP: the side, 0 for the client, and its bytes.
    pub rtmp: &'a mut dyn FnMut(usize, &[u8]),
    /// What tunnels yield; it may belong to another connection.
    pub mail: &'a mut Vec<Mail>,
}

/// How a direction ended on the wire.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// What was not captured.
    pub gap: Option<Gap>,
    /// Why no more came.
    pub cause: Cause,
    /// What TCP showed.
    pub oddities: Oddities,
}

/// What the two sides turned out to be.
#[derive(Debug)]
pub struct Outcome {
    /// The RTMP handshake.
    pub handshake: Option<Handshake>,
    /// What the TLS hellos agreed on.
    pub tls: Option<Agreed>,
    /// To the server, to the client.
    pub directions: [Direction; 2],
    /// Stream keys.
    pub keys: StreamKeys,
}

/// Both directions of one layer.
#[derive(Debug)]
pub struct Layer {
    streams: [Stream; 2],
    carries: Option<Carries>,
    inside: Option<Inside>,
    keys: Keys,
    depth: Depth,
}

/// What is around a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Wire,
    Tls,
    Tunnel,
}

/// What a layer holds.
#[derive(Debug)]
enum Inside {
    Tls(Box<Tls>),
    Tunnel(Box<Http>),
}

#[derive(Debug)]
struct Http {
    tunnel: Tunnel,
    /// The session that was opened here.
    content: Option<Layer>,
    /// RTMP of it that came over other connections, to the server and to the client.
    from_others: [u64; 2],
    /// RTMP here that is listed elsewhere.
    carried: [u64; 2],
    /// RTMP here of sessions that are listed nowhere.
    strays: [u64; 2],
    /// The connection that lists it.
    session: Option<usize>,
}

#[derive(Debug)]
struct Tls {
    session: Session,
    content: Layer,
}

impl Layer {
    /// What TCP carries.
    #[must_use]
    pub fn wire(keys: Keys) -> Self {
        Self::new(keys, Depth::Wire)
    }

    fn new(keys: Keys, depth: Depth) -> Self {
        let streams = [Stream::with(&keys, true), Stream::with(&keys, false)];
        Self { streams, carries: None, inside: None, keys, depth }
    }

    /// Takes bytes of a side, 0 for the client.
    pub fn push(&mut self, side: usize, bytes: &[u8], context: &mut Context<'_>) {
        self.streams[side].push(bytes, context.budget);
        match (self.carries, &mut self.inside) {
            (_, Some(inside)) => inside.push(side, bytes, context),
            (Some(Carries::Rtmp | Carries::Rtmpe), None) => (context.rtmp)(side, bytes),
            _ => {}
        }
    }

    /// Looks what it is, once that can be said. `last`: no more bytes come.
    pub fn decide(&mut self, halves: Option<&[Half; 2]>, last: bool, context: &mut Context<'_>) {
        for (side, stream) in self.streams.iter_mut().enumerate() {
            stream.start_seen(halves.is_none_or(|h| h[side].start_seen));
        }
        if self.carries.is_none() {
            let [client, server] = &self.streams;
            self.carries = decide(client.side(), server.side(), last);
            if let Some(carries) = self.carries {
                self.begin(carries, context);
            }
        }
        if let (true, Some(content)) = (last, self.content()) {
            content.decide(None, true, context);
        }
    }

    fn content(&mut self) -> Option<&mut Self> {
        match self.inside.as_mut()? {
            Inside::Tls(tls) => Some(&mut tls.content),
            Inside::Tunnel(http) => http.content.as_mut(),
        }
    }

    fn http(&mut self) -> Option<&mut Http> {
        match self.inside.as_mut()? {
            Inside::Tls(tls) => tls.content.http(),
            Inside::Tunnel(http) => Some(http),
        }
    }

    /// A session was opened here, on connection `index`; whether its messages will be listed here.
    pub fn opened(&mut self, index: usize) -> bool {
        let keys = self.keys.clone();
        let Some(http) = self.http().filter(|http| http.content.is_none()) else { return false };
        http.content = Some(Self::new(keys, Depth::Tunnel));
        http.session = Some(index);
        true
    }

    /// Takes RTMP of the session that was opened here. `own`: it came over this connection.
    pub fn tunneled(&mut self, side: usize, bytes: &[u8], own: bool, context: &mut Context<'_>) {
        let Some(http) = self.http() else { return };
        if !own {
            http.from_others[side] += bytes.len() as u64;
        }
        if let Some(content) = &mut http.content {
            content.push(side, bytes, context);
            content.decide(None, false, context);
        }
    }

    /// RTMP that came over this connection is listed with connection `owner`, or nowhere.
    pub fn listed_elsewhere(&mut self, side: usize, bytes: u64, owner: Option<usize>) {
        let Some(http) = self.http() else { return };
        match owner {
            Some(owner) => {
                http.carried[side] += bytes;
                http.session.get_or_insert(owner);
            }
            None => http.strays[side] += bytes,
        }
    }

    fn begin(&mut self, carries: Carries, context: &mut Context<'_>) {
        let inside = match carries {
            Carries::Tls if self.depth == Depth::Wire => {
                let content = Self::new(self.keys.clone(), Depth::Tls);
                Some(Inside::Tls(Box::new(Tls { session: Session::default(), content })))
            }
            Carries::Rtmpt if self.depth < Depth::Tunnel => Some(Inside::Tunnel(Box::new(Http {
                tunnel: Tunnel::default(),
                content: None,
                from_others: [0; 2],
                carried: [0; 2],
                strays: [0; 2],
                session: None,
            }))),
            _ => None,
        };
        if let Some(mut inside) = inside {
            for (side, stream) in self.streams.iter().enumerate() {
                inside.push(side, &stream.side().bytes, context);
            }
            self.inside = Some(inside);
        }
        for (side, stream) in self.streams.iter_mut().enumerate() {
            if let Carries::Rtmp | Carries::Rtmpe = carries {
                (context.rtmp)(side, &stream.side().bytes);
            }
            stream.decided(carries, context.budget);
        }
    }

    /// The accounts of both directions.
    #[must_use]
    pub fn finish(mut self, ends: [End; 2]) -> Outcome {
        match self.inside.take() {
            Some(Inside::Tls(tls)) => return tls.finish(self.streams, ends),
            Some(Inside::Tunnel(http)) => return http.finish(self.streams, ends),
            None => {}
        }
        let [client, server] = &self.streams;
        let handshake = (!client.handshake().is_empty() || !server.handshake().is_empty()).then(|| {
            handshake::judge(client.handshake(), server.handshake(), self.carries == Some(Carries::Rtmpe))
        });
        let [mut client, mut server] = self.streams;
        let mut keys = client.searched();
        keys.append(&server.searched());
        let to_server = client.finish(ends[0].gap, ends[0].cause, ends[0].oddities);
        let to_client = server.finish(ends[1].gap, ends[1].cause, ends[1].oddities);
        // A handshake that turned out to be none.
        let none = to_server.handshake + to_client.handshake == 0
            && to_server.tail.is_none()
            && to_client.tail.is_none();
        let handshake = handshake.filter(|_| !none);
        Outcome { handshake, tls: None, directions: [to_server, to_client], keys }
    }
}

impl Inside {
    fn push(&mut self, side: usize, bytes: &[u8], context: &mut Context<'_>) {
        match self {
            Self::Tls(tls) => tls.push(side, bytes, context),
            Self::Tunnel(http) => http.tunnel.push(side, bytes, context.mail),
        }
    }
}

impl Http {
    fn finish(self, wire: [Stream; 2], ends: [End; 2]) -> Outcome {
        let tunnels = [self.tunnel.end(0), self.tunnel.end(1)];
        let inner = |side: usize| End {
            gap: None,
            cause: match (&tunnels[side].broken, ends[side].gap) {
                (Some(_), _) => Cause::Undecodable,
                (None, Some(_)) => Cause::Gap,
                (None, None) => ends[side].cause,
            },
            oddities: ends[side].oddities,
        };
        let session = self.content.is_some() || self.carried != [0; 2];
        let mut outcome = match self.content {
            Some(content) => content.finish([inner(0), inner(1)]),
            None => Outcome {
                handshake: None,
                tls: None,
                directions: Default::default(),
                keys: StreamKeys::default(),
            },
        };
        for (side, direction) in outcome.directions.iter_mut().enumerate() {
            let (tunnel, total) = (&tunnels[side], wire[side].total());
            direction.tcp = ends[side].oddities;
            if !session {
                // Perhaps HTTP of something else; nothing in it was read.
                let bytes = total + ends[side].gap.map_or(0, |g| g.beyond);
                direction.total = bytes;
                direction.gap = ends[side].gap.is_some();
                direction.tunnel = (bytes > 0).then_some(Named { kind: "rtmpt", bytes, reason: None });
                continue;
            }
            let broken = tunnel.broken.as_ref().map(|b| (b.offset, b.why.clone()));
            around(direction, tunnel.partial, broken, total, ends[side]);
            let http = tunnel.http + self.strays[side];
            direction.tunnel = (http > 0).then_some(Named { kind: "rtmpt", bytes: http, reason: None });
            direction.session = self.session;
            direction.carried = self.carried[side];
            direction.from_others = self.from_others[side];
        }
        outcome
    }
}

impl Tls {
    fn push(&mut self, side: usize, bytes: &[u8], context: &mut Context<'_>) {
        let content = &mut self.content;
        self.session.push(side, bytes, context.secrets, &mut |side, bytes| {
            content.push(side, bytes, context);
            content.decide(None, false, context);
        });
    }

    fn finish(self, wire: [Stream; 2], ends: [End; 2]) -> Outcome {
        let agreed = self.session.agreed();
        let opened = [self.session.end(0), self.session.end(1)];
        let [Ok(client), Ok(server)] = &opened else {
            let reason = opened.iter().find_map(|end| end.as_ref().err()).copied();
            let mut directions =
                wire.into_iter().zip(ends).map(|(stream, end)| encrypted(&stream, end, reason));
            let directions = [directions.next().unwrap_or_default(), directions.next().unwrap_or_default()];
            return Outcome { handshake: None, tls: agreed, directions, keys: StreamKeys::default() };
        };
        let inner = |end: &super::tls::session::End, wire: End| End {
            gap: None,
            cause: match (&end.broken, wire.gap) {
                (Some(_), _) => Cause::Undecodable,
                (None, Some(_)) => Cause::Gap,
                (None, None) => wire.cause,
            },
            oddities: wire.oddities,
        };
        let mut outcome = self.content.finish([inner(client, ends[0]), inner(server, ends[1])]);
        for (side, end) in [client, server].into_iter().enumerate() {
            let total = wire[side].total();
            let broken = end.broken.as_ref().map(|b| (b.offset, b.why.to_owned()));
            let direction = &mut outcome.directions[side];
            around(direction, end.partial, broken, total, ends[side]);
            direction.tls = end.overhead;
        }
        outcome.tls = agreed;
        outcome
    }
}

/// A direction of TLS that was not decrypted.
fn encrypted(stream: &Stream, end: End, reason: Option<Reason>) -> Direction {
    let total = stream.total() + end.gap.map_or(0, |g| g.beyond);
    let encrypted = (total > 0).then_some(Named { kind: "tls", bytes: total, reason });
    Direction { total, encrypted, tcp: end.oddities, gap: end.gap.is_some(), ..Direction::default() }
}

/// Adds to the account of what was inside the bytes around it. `total` are those that came in order, `partial`
/// those of a unit that is not complete, `broken` the offset from which on nothing was read, and why.
fn around(direction: &mut Direction, partial: u64, broken: Option<(u64, String)>, total: u64, end: End) {
    let beyond = end.gap.map_or(0, |g| g.beyond);
    direction.total = total + beyond;
    direction.gap = end.gap.is_some();
    let cause = if end.gap.is_some() { Cause::Gap } else { end.cause };
    if partial > 0 {
        let none = Tail { cause, bytes: 0, unfinished: Vec::new(), header: 0, record: 0, packet: None };
        let tail = direction.tail.get_or_insert(none);
        tail.bytes += partial;
        tail.record += partial;
    }
    let wrong = match (broken, end.gap) {
        (Some((offset, why)), _) => Some((offset, total - offset + beyond, why)),
        (None, Some(gap)) if gap.beyond > 0 => {
            let why = format!("{} bytes before it were not captured", gap.missing);
            Some((gap.offset + gap.missing, gap.beyond, why))
        }
        _ => None,
    };
    if let Some(inner) = &mut direction.undecodable {
        inner.layer = account::Layer::Rtmp;
        inner.bytes += wrong.map_or(0, |(_, bytes, _)| bytes);
    } else if let Some((offset, bytes, cause)) = wrong {
        direction.undecodable = Some(Undecodable { offset, layer: account::Layer::Wire, bytes, cause });
    }
}
