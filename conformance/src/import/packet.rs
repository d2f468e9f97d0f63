//! TCP segments out of link-layer packets.

use std::net::SocketAddr;

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// Link types as files number them.
const NULL: u32 = 0;
const ETHERNET: u32 = 1;
const RAW_BSD: u32 = 12;
const RAW_OPENBSD: u32 = 14;
const RAW: u32 = 101;
const LOOP: u32 = 108;
const LINUX_SLL: u32 = 113;
const IPV4: u32 = 228;
const IPV6: u32 = 229;
const LINUX_SLL2: u32 = 276;

/// One TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Sender.
    pub from: SocketAddr,
    /// Receiver.
    pub to: SocketAddr,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgement number, where the flag is set.
    pub ack: Option<u32>,
    /// SYN.
    pub syn: bool,
    /// FIN.
    pub fin: bool,
    /// RST.
    pub rst: bool,
    /// What was captured of the payload.
    pub payload: &'a [u8],
    /// Bytes of the payload that were sent but not captured.
    pub missing: u32,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSegment {
    /// The link type is not read here.
    Link,
    /// A fragment of an IP packet.
    Fragment,
    /// No TCP, or a header is cut off or wrong.
    Other,
}

/// Finds the TCP segment in a packet of a link type: Ethernet with VLAN tags, raw IP, Linux cooked (both
/// versions), BSD loopback.
///
/// # Errors
/// Why there is none.
pub fn segment(link: u32, data: &[u8]) -> Result<Segment<'_>, NoSegment> {
    let cooked = |kind: usize, payload: usize| {
        let protocol = data.get(kind..kind + 2).ok_or(NoSegment::Other)?;
        let payload = data.get(payload..).ok_or(NoSegment::Other)?;
        let protocol = EtherType(u16::from_be_bytes([protocol[0], protocol[1]]));
        Ok(LaxSlicedPacket::from_ether_type(protocol, payload))
    };
    let ip = |data| LaxSlicedPacket::from_ip(data).map_err(|_| NoSegment::Other);
    let packet = match link & 0xFFFF {
        ETHERNET => LaxSlicedPacket::from_ethernet(data).map_err(|_| NoSegment::Other)?,
        // The four bytes before are an address family whose value depends on the system.
        NULL | LOOP => ip(data.get(4..).ok_or(NoSegment::Other)?)?,
        RAW | RAW_BSD | RAW_OPENBSD | IPV4 | IPV6 => ip(data)?,
        LINUX_SLL => cooked(14, 16)?,
        LINUX_SLL2 => cooked(0, 20)?,
        _ => return Err(NoSegment::Link),
    };
    let (from, to) = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        _ => return Err(NoSegment::Other),
    };
    let inner = packet.ip_payload().ok_or(NoSegment::Other)?;
    if inner.fragmented {
        return Err(NoSegment::Fragment);
    }
    let Some(TransportSlice::Tcp(tcp)) = &packet.transport else { return Err(NoSegment::Other) };
    Ok(Segment {
        from: SocketAddr::new(from, tcp.source_port()),
        to: SocketAddr::new(to, tcp.destination_port()),
        seq: tcp.sequence_number(),
        ack: tcp.ack().then(|| tcp.acknowledgment_number()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        payload: tcp.payload(),
        missing: missing(&packet, inner.payload.len()),
    })
}

/// Bytes of the IP payload that the IP header promises and the capture does not hold.
fn missing(packet: &LaxSlicedPacket<'_>, held: usize) -> u32 {
    let promised = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            usize::from(header.total_len()).saturating_sub(usize::from(header.ihl()) * 4)
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let extensions = ip.extensions().slice().len();
            usize::from(ip.header().payload_length()).saturating_sub(extensions)
        }
        _ => 0,
    };
    u32::try_from(promised.saturating_sub(held)).unwrap_or(0)
}
