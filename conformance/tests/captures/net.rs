//! Packets and files made by hand.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use etherparse::PacketBuilder;
use rtmpspec::import::{Failure, Import, Limits, Observer, import};
use rtmpspec::pen::handshake;

pub const CLIENT_PORT: u16 = 50_000;

/// Flags of a segment.
#[derive(Clone, Copy, Default)]
pub struct Flags {
    pub syn: bool,
    pub ack: Option<u32>,
    pub fin: bool,
    pub rst: bool,
}

pub const SYN: Flags = Flags { syn: true, ack: None, fin: false, rst: false };
pub const DATA: Flags = Flags { syn: false, ack: Some(0), fin: false, rst: false };
pub const FIN: Flags = Flags { syn: false, ack: Some(0), fin: true, rst: false };
pub const RST: Flags = Flags { syn: false, ack: Some(0), fin: false, rst: true };

/// Both directions of one connection, as segments without link layer.
#[derive(Clone)]
pub struct Wire {
    pub to_server: Vec<u8>,
    pub to_client: Vec<u8>,
    /// Sequence numbers of the SYNs.
    pub isn: [u32; 2],
    pub client_port: u16,
    pub v6: bool,
}

impl Wire {
    /// A plain handshake and then these chunks.
    pub fn new(to_server: &[u8], to_client: &[u8]) -> Self {
        let (c1, s1) = (handshake::c1(1, 2), handshake::c1(3, 4));
        Self {
            to_server: [&[3], &c1[..], &handshake::c2(&s1, 5), to_server].concat(),
            to_client: [&[3], &s1[..], &handshake::c2(&c1, 6), to_client].concat(),
            isn: [1_000, 900_000],
            client_port: CLIENT_PORT,
            v6: false,
        }
    }

    /// A segment to the server with bytes `at..at + len` of the stream.
    pub fn c(&self, at: usize, len: usize) -> Vec<u8> {
        self.segment(0, at, DATA, &self.to_server[at..at + len])
    }

    /// A segment to the client.
    pub fn s(&self, at: usize, len: usize) -> Vec<u8> {
        self.segment(1, at, DATA, &self.to_client[at..at + len])
    }

    pub fn syn(&self) -> Vec<u8> {
        self.packet(0, self.isn[0], SYN, &[])
    }

    pub fn syn_ack(&self) -> Vec<u8> {
        let flags = Flags { ack: Some(self.isn[0].wrapping_add(1)), ..SYN };
        self.packet(1, self.isn[1], flags, &[])
    }

    /// A segment of a side, 0 for the client, at an offset of its stream.
    pub fn segment(&self, side: usize, at: usize, flags: Flags, payload: &[u8]) -> Vec<u8> {
        let seq = self.isn[side].wrapping_add(1).wrapping_add(at as u32);
        self.packet(side, seq, flags, payload)
    }

    pub fn packet(&self, side: usize, seq: u32, flags: Flags, payload: &[u8]) -> Vec<u8> {
        let ends: [IpAddr; 2] = if self.v6 {
            [
                Ipv6Addr::new(0xFD00, 0, 0, 0, 0, 0, 0, 1).into(),
                Ipv6Addr::new(0xFD00, 0, 0, 0, 0, 0, 0, 2).into(),
            ]
        } else {
            [Ipv4Addr::new(192, 0, 2, 1).into(), Ipv4Addr::new(192, 0, 2, 2).into()]
        };
        let ports = [self.client_port, 1935];
        let ip = match (ends[side], ends[1 - side]) {
            (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), 64),
            (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), 64),
            _ => unreachable!(),
        };
        let mut tcp = ip.tcp(ports[side], ports[1 - side], seq, 65_535);
        if flags.syn {
            tcp = tcp.syn();
        }
        if let Some(ack) = flags.ack {
            tcp = tcp.ack(ack);
        }
        if flags.fin {
            tcp = tcp.fin();
        }
        if flags.rst {
            tcp = tcp.rst();
        }
        let mut out = Vec::new();
        tcp.write(&mut out, payload).unwrap();
        out
    }

    /// SYN, answer, everything in segments of at most `size`, one side after the other in turn, FINs.
    pub fn whole(&self, size: usize) -> Vec<Vec<u8>> {
        let mut packets = vec![self.syn(), self.syn_ack()];
        let (mut c, mut s) = (0, 0);
        while c < self.to_server.len() || s < self.to_client.len() {
            let n = size.min(self.to_server.len() - c);
            if n > 0 {
                packets.push(self.c(c, n));
                c += n;
            }
            let n = size.min(self.to_client.len() - s);
            if n > 0 {
                packets.push(self.s(s, n));
                s += n;
            }
        }
        packets.push(self.segment(0, c, FIN, &[]));
        packets.push(self.segment(1, s, FIN, &[]));
        packets
    }
}

/// A message of one type 0 chunk.
pub fn message(csid: u8, kind: u8, ts: u32, body: &[u8]) -> Vec<u8> {
    let mut out = vec![csid];
    out.extend(&ts.to_be_bytes()[1..]);
    out.extend(&(body.len() as u32).to_be_bytes()[1..]);
    out.push(kind);
    out.extend([1, 0, 0, 0]);
    out.extend(body);
    out
}

/// A classic pcap file.
pub fn pcap(link: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut out = 0xA1B2_C3D4_u32.to_be_bytes().to_vec();
    out.extend([0, 2, 0, 4]);
    for word in [0, 0, 262_144, link] {
        out.extend(u32::to_be_bytes(word));
    }
    for packet in packets {
        let len = packet.len() as u32;
        for word in [1, 0, len, len] {
            out.extend(word.to_be_bytes());
        }
        out.extend(packet);
    }
    out
}

/// Raw IP.
pub const RAW: u32 = 101;

pub fn read_with(
    packets: &[Vec<u8>],
    limits: Limits,
    observer: &mut dyn Observer,
) -> Result<Import, Failure> {
    import(&pcap(RAW, packets)[..], limits, observer)
}

/// Reads packets; every byte has to be accounted for.
pub fn read(packets: &[Vec<u8>]) -> Import {
    let read = read_with(packets, Limits::default(), &mut ()).unwrap();
    for account in &read.connections {
        for direction in [&account.to_server, &account.to_client] {
            assert_eq!(direction.accounted(), direction.total, "{direction:?}");
        }
    }
    read
}
