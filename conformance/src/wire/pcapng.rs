//! A case's connections as a pcapng file: synthetic Ethernet, IPv4 and TCP around the recorded bytes. The
//! server's port is written as 1935, so that dissectors recognise RTMP; the real one stands in a comment.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use etherparse::PacketBuilder;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, PcapError};

use super::transcript::{Connection, Direction};

/// Port of the server in synthetic packets.
pub const SERVER_PORT: u16 = 1935;
const SUITE: [u8; 4] = [127, 0, 0, 1];
const TARGET: [u8; 4] = [127, 0, 0, 2];
/// Largest TCP payload of one synthetic packet.
pub const SEGMENT: usize = 16 << 10;

/// Flags of one synthetic TCP packet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// SYN.
    pub syn: bool,
    /// FIN.
    pub fin: bool,
    /// RST.
    pub rst: bool,
    /// PSH.
    pub psh: bool,
    /// No ACK, as in the first packet of a connection.
    pub no_ack: bool,
}

/// The first packet of a connection.
pub const SYN: Flags = Flags { syn: true, fin: false, rst: false, psh: false, no_ack: true };
/// The server's answer to it.
pub const SYN_ACK: Flags = Flags { no_ack: false, ..SYN };
/// An acknowledgement without data.
pub const ACK: Flags = Flags { syn: false, ..SYN_ACK };
/// Data.
pub const DATA: Flags = Flags { psh: true, ..ACK };
/// The end of one direction.
pub const FIN: Flags = Flags { fin: true, ..ACK };
/// The end of the connection.
pub const RST: Flags = Flags { rst: true, ..ACK };

/// The headers of one synthetic connection from 127.0.0.1 to port 1935 of 127.0.0.2.
#[derive(Debug)]
pub struct Synthetic {
    port: u16,
    seq: [u32; 2],
}

impl Synthetic {
    /// A connection from `port` whose first sequence number is `isn`; the server's is 1000 further on.
    #[must_use]
    pub fn new(port: u16, isn: u32) -> Self {
        Self { port, seq: [isn, isn.wrapping_add(1_000)] }
    }

    /// The next packet in a direction, from the Ethernet header on; `payload` is at most [`SEGMENT`] bytes.
    ///
    /// # Panics
    /// When `payload` does not fit into an IP packet.
    pub fn packet(&mut self, direction: Direction, flags: Flags, payload: &[u8]) -> Vec<u8> {
        let sent = direction == Direction::Sent;
        let (own, peer) = if sent { (0, 1) } else { (1, 0) };
        let (from, to) = if sent { (SUITE, TARGET) } else { (TARGET, SUITE) };
        let (from_port, to_port) = if sent { (self.port, SERVER_PORT) } else { (SERVER_PORT, self.port) };
        let mut builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .ipv4(from, to, 64)
            .tcp(from_port, to_port, self.seq[own], 65_535);
        if flags.syn {
            builder = builder.syn();
        }
        if flags.fin {
            builder = builder.fin();
        }
        if flags.rst {
            builder = builder.rst();
        }
        if flags.psh {
            builder = builder.psh();
        }
        if !flags.no_ack {
            builder = builder.ack(self.seq[peer]);
        }
        let mut bytes = Vec::with_capacity(builder.size(payload.len()));
        builder.write(&mut bytes, payload).expect("a packet of at most 16 KiB of payload");
        let advance = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        self.seq[own] = self.seq[own].wrapping_add(advance);
        bytes
    }
}

/// Writes Ethernet packets into a pcapng file.
pub struct Writer<W: io::Write>(PcapNgWriter<W>);

impl<W: io::Write> Writer<W> {
    /// Begins the file; `comment` stands in its section header.
    ///
    /// # Errors
    /// When `out` takes no bytes.
    pub fn new(out: W, comment: String) -> io::Result<Self> {
        let section = SectionHeaderBlock {
            options: vec![SectionHeaderOption::Comment(Cow::Owned(comment))],
            ..SectionHeaderBlock::default()
        };
        let mut writer = PcapNgWriter::with_section_header(out, section).map_err(fault)?;
        writer
            .write_pcapng_block(InterfaceDescriptionBlock {
                linktype: DataLink::ETHERNET,
                snaplen: 0,
                // The library writes nanoseconds; without this they are read as microseconds.
                options: vec![InterfaceDescriptionOption::IfTsResol(9)],
            })
            .map_err(fault)?;
        Ok(Self(writer))
    }

    /// Adds a packet with its time since 1970 and, where there is something to say, a comment.
    ///
    /// # Errors
    /// When the file takes no bytes.
    pub fn packet(&mut self, unix: Duration, bytes: &[u8], comment: Option<&str>) -> io::Result<()> {
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: unix,
            original_len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            data: Cow::Borrowed(bytes),
            options: comment.map(|c| EnhancedPacketOption::Comment(Cow::Borrowed(c))).into_iter().collect(),
        };
        self.0.write_pcapng_block(block).map_err(fault).map(drop)
    }

    /// What is written to.
    pub fn inner(&mut self) -> &mut W {
        self.0.get_mut()
    }

    /// Ends the file.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.0.into_inner()
    }
}

fn fault(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

struct Packet {
    at: Duration,
    bytes: Vec<u8>,
}

/// The file.
///
/// # Errors
/// When a block cannot be written, which would be a fault of the suite.
pub fn file(case: &str, connections: &[Connection], started_unix: Duration) -> io::Result<Vec<u8>> {
    let mut packets: Vec<Packet> = connections.iter().enumerate().flat_map(|(i, c)| tcp(i, c)).collect();
    packets.sort_by_key(|p| p.at);
    let ports: Vec<String> =
        connections.iter().map(|c| format!("{} to port {}", c.name, c.remote_port)).collect();
    let comment = format!(
        "rtmpspec case {case}; addresses and TCP headers are synthetic, 127.0.0.1 is the suite, 127.0.0.2 the \
         target; the server port is written as 1935, really: {}",
        ports.join(", ")
    );
    let mut writer = Writer::new(Vec::new(), comment)?;
    for packet in packets {
        writer.packet(started_unix + packet.at, &packet.bytes, None)?;
    }
    Ok(writer.into_inner())
}

fn tcp(index: usize, connection: &Connection) -> Vec<Packet> {
    // Two connections of one case may have had the same local port one after the other.
    let port =
        if connection.local_port == SERVER_PORT { 40_000 + index as u16 } else { connection.local_port };
    let mut synthetic = Synthetic::new(port, 1_000);
    let mut out = Vec::new();
    let mut emit = |at: Duration, direction: Direction, flags: Flags, payload: &[u8]| {
        out.push(Packet { at, bytes: synthetic.packet(direction, flags, payload) });
    };
    let first = connection.packets.first().map_or(Duration::ZERO, |p| p.at);
    emit(first, Direction::Sent, SYN, &[]);
    emit(first, Direction::Heard, SYN_ACK, &[]);
    emit(first, Direction::Sent, ACK, &[]);
    for packet in &connection.packets {
        for segment in packet.bytes.chunks(SEGMENT) {
            emit(packet.at, packet.direction, DATA, segment);
        }
    }
    if let Some((at, direction, reset)) = connection.end {
        emit(at, direction, if reset { RST } else { FIN }, &[]);
    }
    out
}
