//! Chunk streams and handshakes, which arrive in reads.

use std::io::{Error, ErrorKind, Read, Write};

use serde_json::{Value, json};

use crate::{
    adapter::{Failed, Found, Request},
    forms::sha256,
};

const PACKET: usize = 1536;

/// A message as a peer hands it out.
pub struct Message<'a> {
    pub kind: u8,
    /// 0 where the peer does not say.
    pub csid: u32,
    pub msid: u32,
    pub ts: u32,
    pub payload: &'a [u8],
}

impl Message<'_> {
    /// For both families; `said` is left out where it is not asked for.
    pub fn form(&self, request: &Request, said: Option<Value>) -> Value {
        let mut form = json!({
            "type": self.kind, "csid": self.csid, "msid": self.msid, "ts": self.ts,
            "len": self.payload.len(), "sha256": sha256(self.payload),
        });
        if request.control {
            form["control"] = said.unwrap_or(Value::Null);
        }
        form
    }
}

/// The chunk size before the first byte, where it is not the 128 that every peer begins with.
pub fn chunk_size(request: &Request) -> Option<u32> {
    let size = request.state["chunk_size"].as_u64()?;
    u32::try_from(size).ok().filter(|size| *size != 128)
}

/// Where a peer's handshake stands after a read.
pub struct Step {
    pub sent: Vec<u8>,
    /// Bytes behind the handshake, once it is over.
    pub left: Option<usize>,
}

/// Feeds a handshake until it is over; `first` is what the peer sends before it receives anything.
pub fn handshake(
    request: &Request,
    found: &mut Found,
    first: Vec<u8>,
    mut feed: impl FnMut(&[u8]) -> Result<Step, Failed>,
) -> Result<(), Failed> {
    let (mut sent, mut fed, mut left) = (first, 0, None);
    for read in request.reads() {
        fed += read.len();
        let step = feed(read)?;
        sent.extend(step.sent);
        left = step.left;
        if left.is_some() {
            break;
        }
    }
    found.push(standing(request, &sent, left.map(|left| fed - left)));
    Ok(())
}

fn standing(request: &Request, sent: &[u8], end: Option<usize>) -> Value {
    let echo = sent.get(1 + PACKET..1 + 2 * PACKET);
    let mut form = json!({
        "done": end.is_some(),
        "consumed": end.unwrap_or(request.bytes.len()),
        "peer_version": request.bytes.first(),
        "sent": [sent.len(), sent.len()],
    });
    if let Some(echo) = echo {
        form["echo_time"] = json!(u32::from_be_bytes([echo[0], echo[1], echo[2], echo[3]]));
        form["echo_random_sha256"] = json!(sha256(&echo[8..]));
    }
    form
}

/// The reads of a request for a peer that blocks: the reader fails when there are no more.
pub struct Socket<'a> {
    reads: Vec<&'a [u8]>,
    at: usize,
    pub taken: usize,
    pub sent: Vec<u8>,
    /// The peer asked for more than there is.
    pub starved: bool,
}

impl<'a> Socket<'a> {
    pub fn new(request: &'a Request) -> Self {
        Self { reads: request.reads().collect(), at: 0, taken: 0, sent: Vec::new(), starved: false }
    }

    /// For `handshake-v1`, after a handshake that did not fail.
    pub fn standing(&self, request: &Request) -> Value {
        standing(request, &self.sent, (!self.starved).then_some(self.taken))
    }
}

impl Read for Socket<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let Some(read) = self.reads.get_mut(self.at) else {
            self.starved = true;
            return Err(Error::new(ErrorKind::UnexpectedEof, "the bytes end here"));
        };
        let count = read.len().min(out.len());
        out[..count].copy_from_slice(&read[..count]);
        *read = &read[count..];
        if read.is_empty() {
            self.at += 1;
        }
        self.taken += count;
        Ok(count)
    }
}

impl Write for Socket<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.sent.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
