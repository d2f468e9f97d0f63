//! Reading RTMP out of packet captures: files, TCP, handshake, chunks. Every byte of every connection is part of
//! the handshake, of a message, or named.
//!
//! The chunk reader here keeps an account of bytes; [`crate::wire::reader`] keeps facts about headers. Both are
//! the suite's own, and `tests/captures.rs` compares them with each other and with the reference.

pub mod account;
pub mod chunks;
pub mod connection;
pub mod file;
pub mod handshake;
pub mod json;
pub mod keys;
pub mod layer;
pub mod opening;
pub mod packet;
pub mod stream;
pub mod stream_files;
pub mod tcp;
pub mod tls;
pub mod tunnel;

use std::io::Read;
use std::rc::Rc;

pub use account::{Account, Cause, Direction, Named, Reason, Tail, Undecodable};
pub use connection::{Connection, Connections};

use crate::capture::secrets::Secrets;

/// Bounds of one import. What passes one ends it with [`Failure::Limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections in one file; each costs up to 10 kB.
    pub connections: usize,
    /// Messages in one file; each is kept in 56 bytes.
    pub messages: usize,
    /// Bytes that one direction holds while earlier ones are missing. More of them, and the earlier ones count as
    /// lost. 64 bytes are added for each segment.
    pub held_per_direction: usize,
    /// The same in one file.
    pub held: usize,
    /// Chunk streams of all connections together; each costs about 250 bytes.
    pub chunk_streams: usize,
    /// Bytes of unfinished messages that are kept to be searched for stream keys.
    pub bodies: usize,
    /// Stream keys and credentials in one file; each costs up to 1 kB.
    pub keys: usize,
    /// Places in one file where those stand; each costs 16 bytes.
    pub places: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1 << 14,
            messages: 1 << 22,
            held_per_direction: 16 << 20,
            held: 256 << 20,
            chunk_streams: 1 << 20,
            bodies: 256 << 20,
            keys: 1 << 17,
            places: 1 << 22,
        }
    }
}

/// What is used of the [`Limits`].
#[derive(Debug, Default)]
pub struct Budget {
    /// The bounds.
    pub limits: Limits,
    /// Messages so far.
    pub messages: usize,
    /// Bytes held in all directions.
    pub held: usize,
    /// Chunk streams so far.
    pub chunk_streams: usize,
    /// Bytes of unfinished messages that are kept to be searched.
    pub bodies: usize,
    /// Stream keys and credentials so far.
    pub keys: usize,
    /// Places so far where they stand.
    pub places: usize,
}

/// What is done about stream keys.
#[derive(Debug, Default, Clone)]
pub enum KeyHandling {
    /// Nothing: hashes are those of what was sent.
    #[default]
    Ignore,
    /// [`Account::keys`] says what they are.
    Learn,
    /// [`Direction::places`] says where these stand, by index of the connection.
    Find(Vec<Rc<Secrets>>),
    /// `x` is taken for what stands at these places, to the server and to the client, by index of the connection:
    /// hashes are those of what is written.
    Replace(Vec<[Rc<keys::Places>; 2]>),
}

/// How a file is read.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// TLS secrets. Those in the file itself are added where they stand in it.
    pub secrets: tls::Secrets,
    /// Stream keys.
    pub keys: KeyHandling,
}

/// Why a file was not read to its end.
#[derive(Debug)]
pub enum Failure {
    /// It cannot be read, or is no capture. The text names the next step.
    File(String),
    /// A bound of [`Limits`] was passed.
    Limit {
        /// Which.
        what: &'static str,
        /// Its value.
        most: usize,
    },
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(text) => f.write_str(text),
            Self::Limit { what, most } => {
                write!(f, "more than {most} {what}: cut the capture into smaller files, or filter it by port")
            }
        }
    }
}

impl std::error::Error for Failure {}

/// What was met in a file apart from TCP that could be read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Packets of link types that are not read here, with the number of the last such type.
    pub link: Option<(u32, u64)>,
    /// Fragments of IP packets; they are not put together.
    pub fragments: u64,
    /// Packets without TCP, or with a TCP header that is cut off or wrong.
    pub other: u64,
    /// The file ends within a packet.
    pub cut: bool,
    /// Blocks with TLS secrets.
    pub secrets: u64,
}

/// Sees the bytes of each direction as they come, handshake included, in order and without repetition.
pub trait Observer {
    /// `connection` counts from 0 in order of the SYNs.
    fn bytes(&mut self, connection: usize, to_server: bool, bytes: &[u8]);

    /// The same for the RTMP stream: what TLS holds, where it was decrypted. It ends before what is missing.
    fn rtmp(&mut self, connection: usize, to_server: bool, bytes: &[u8]) {
        let _ = (connection, to_server, bytes);
    }
}

impl Observer for () {
    fn bytes(&mut self, _: usize, _: bool, _: &[u8]) {}
}

/// A file that was read.
#[derive(Debug)]
pub struct Import {
    /// In order of their SYNs.
    pub connections: Vec<Account>,
    /// What else was in the file.
    pub skipped: Skipped,
}

/// Reads a pcap or pcapng file.
///
/// # Errors
/// [`Failure`]; bytes that cannot be decoded are no failure but [`Undecodable`].
pub fn import(file: impl Read, limits: Limits, observer: &mut dyn Observer) -> Result<Import, Failure> {
    read(file, Options { limits, ..Options::default() }, observer)
}

/// Reads a pcap or pcapng file in a way of one's own.
///
/// # Errors
/// [`Failure`]; bytes that cannot be decoded are no failure but [`Undecodable`].
pub fn read(file: impl Read, options: Options, observer: &mut dyn Observer) -> Result<Import, Failure> {
    let mut connections = Connections::new(options);
    let mut skipped = Skipped::default();
    file::packets(file, &mut skipped, |skipped, content| {
        let (link, data) = match content {
            file::Content::Packet { link, data } => (link, data),
            file::Content::Secrets(log) => {
                connections.add_secrets(log);
                return Ok(());
            }
        };
        match packet::segment(link, data) {
            Ok(segment) => connections.segment(&segment, observer)?,
            Err(packet::NoSegment::Link) => {
                let count = skipped.link.map_or(0, |(_, count)| count);
                skipped.link = Some((link, count + 1));
            }
            Err(packet::NoSegment::Fragment) => skipped.fragments += 1,
            Err(packet::NoSegment::Other) => skipped.other += 1,
        }
        Ok(())
    })?;
    Ok(Import { connections: connections.finish(observer), skipped })
}
