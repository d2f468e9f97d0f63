//! A case's connections as a pcapng file: synthetic Ethernet, IPv4 and TCP around the recorded bytes. The
//! server's port is written as 1935, so that dissectors recognise RTMP; the real one stands in a comment.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use etherparse::PacketBuilder;
use pcap_file::DataLink;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionBlock;
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};

use super::transcript::{Connection, Direction};

const SERVER_PORT: u16 = 1935;
const SUITE: [u8; 4] = [127, 0, 0, 1];
const TARGET: [u8; 4] = [127, 0, 0, 2];
/// Largest TCP payload of one synthetic packet.
const SEGMENT: usize = 16 << 10;

/// Flags of one synthetic TCP packet.
#[derive(Clone, Copy, Default)]
struct Flags {
    syn: bool,
    fin: bool,
    rst: bool,
    psh: bool,
    no_ack: bool,
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
    let section = SectionHeaderBlock {
        options: vec![SectionHeaderOption::Comment(Cow::Owned(comment))],
        ..SectionHeaderBlock::default()
    };
    let fault = |e: pcap_file::PcapError| io::Error::other(e.to_string());
    let mut writer = PcapNgWriter::with_section_header(Vec::new(), section).map_err(fault)?;
    writer
        .write_pcapng_block(InterfaceDescriptionBlock {
            linktype: DataLink::ETHERNET,
            snaplen: 0,
            options: vec![],
        })
        .map_err(fault)?;
    for packet in packets {
        writer
            .write_pcapng_block(EnhancedPacketBlock {
                interface_id: 0,
                timestamp: started_unix + packet.at,
                original_len: u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX),
                data: Cow::Owned(packet.bytes),
                options: vec![],
            })
            .map_err(fault)?;
    }
    Ok(writer.into_inner())
}

fn tcp(index: usize, connection: &Connection) -> Vec<Packet> {
    // Two connections of one case may have had the same local port one after the other.
    let port =
        if connection.local_port == SERVER_PORT { 40_000 + index as u16 } else { connection.local_port };
    let mut seq = [1_000_u32, 2_000_u32];
    let mut out = Vec::new();
    let mut emit = |at: Duration, direction: Direction, flags: Flags, payload: &[u8]| {
        let sent = direction == Direction::Sent;
        let (own, peer) = if sent { (0, 1) } else { (1, 0) };
        let (from, to) = if sent { (SUITE, TARGET) } else { (TARGET, SUITE) };
        let (from_port, to_port) = if sent { (port, SERVER_PORT) } else { (SERVER_PORT, port) };
        let mut builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .ipv4(from, to, 64)
            .tcp(from_port, to_port, seq[own], 65_535);
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
            builder = builder.ack(seq[peer]);
        }
        let mut bytes = Vec::with_capacity(builder.size(payload.len()));
        builder.write(&mut bytes, payload).expect("a packet of at most 16 KiB of payload");
        out.push(Packet { at, bytes });
        let advance = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        seq[own] = seq[own].wrapping_add(advance);
    };
    let first = connection.packets.first().map_or(Duration::ZERO, |p| p.at);
    let syn = Flags { syn: true, ..Flags::default() };
    emit(first, Direction::Sent, Flags { no_ack: true, ..syn }, &[]);
    emit(first, Direction::Heard, syn, &[]);
    emit(first, Direction::Sent, Flags::default(), &[]);
    for packet in &connection.packets {
        for segment in packet.bytes.chunks(SEGMENT) {
            emit(packet.at, packet.direction, Flags { psh: true, ..Flags::default() }, segment);
        }
    }
    if let Some((at, direction, reset)) = connection.end {
        emit(at, direction, Flags { rst: reset, fin: !reset, ..Flags::default() }, &[]);
    }
    out
}
