//! Link types, file forms, and what a connection carries.

use etherparse::{EtherType, PacketBuilder};
use rtmpspec::import::handshake::Kind;
use rtmpspec::import::{Account, Cause, Import, Limits, import};
use rtmpspec::pen::handshake;

use crate::net::{FIN, Wire, message, pcap, read};

const CHUNKS: usize = 3073;

fn wire() -> Wire {
    Wire::new(&message(3, 20, 0, &[1; 90]), &message(3, 20, 0, &[4; 100]))
}

fn lens(account: &Account) -> [Vec<u32>; 2] {
    [&account.to_server, &account.to_client].map(|d| d.messages.iter().map(|m| m.len).collect())
}

fn whole(read: &Import) {
    let [account] = &read.connections[..] else { panic!("{read:?}") };
    assert_eq!((lens(account), account.undecodable()), ([vec![90], vec![100]], None));
}

fn prefixed(prefix: &[u8], packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
    packets.iter().map(|p| [prefix, p].concat()).collect()
}

#[test]
fn every_link_type() {
    for v6 in [false, true] {
        let wire = Wire { v6, ..wire() };
        let packets = wire.whole(500);
        let protocol = if v6 { EtherType::IPV6 } else { EtherType::IPV4 }.0.to_be_bytes();
        let ethernet = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], &protocol[..]].concat();
        let vlan = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 9][..], &protocol].concat();
        let sll = [&[0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0][..], &protocol].concat();
        let sll2 = [&protocol[..], &[0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        let family = if v6 { [30, 0, 0, 0] } else { [2, 0, 0, 0] };
        for (link, prefix) in [
            (1, &ethernet[..]),
            (1, &vlan),
            (101, &[]),
            (12, &[]),
            (if v6 { 229 } else { 228 }, &[]),
            (113, &sll),
            (276, &sll2),
            (0, &family),
            (108, &family),
        ] {
            let file = pcap(link, &prefixed(prefix, &packets));
            let read = import(&file[..], Limits::default(), &mut ()).unwrap();
            whole(&read);
            assert_eq!(read.skipped, Default::default(), "link type {link}");
        }
    }
    let file = pcap(105, &wire().whole(500));
    let read = import(&file[..], Limits::default(), &mut ()).unwrap();
    assert_eq!((read.connections.len(), read.skipped.link.map(|l| l.0)), (0, Some(105)));
}

#[test]
fn padding_of_short_ethernet_frames_is_no_data() {
    let header = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    let mut packets = prefixed(&header, &wire().whole(3));
    for packet in &mut packets {
        packet.resize(packet.len().max(60), 0xAA);
    }
    let read = import(&pcap(1, &packets)[..], Limits::default(), &mut ()).unwrap();
    whole(&read);
}

#[test]
fn what_is_no_tcp_is_counted() {
    let mut packets = wire().whole(500);
    let mut udp = Vec::new();
    PacketBuilder::ipv4([1; 4], [2; 4], 9).udp(1935, 1935).write(&mut udp, &[3; 20]).unwrap();
    let mut fragment = packets[2].clone();
    fragment[6] |= 0x20;
    packets.extend([udp, fragment, vec![0x45], vec![]]);
    let read = read(&packets);
    whole(&read);
    assert_eq!((read.skipped.other, read.skipped.fragments), (3, 1));
}

/// pcapng in either byte order, with enhanced, simple and obsolete packets, secrets and unknown blocks.
#[test]
fn pcapng_blocks() {
    for little in [false, true] {
        let word = |v: u32| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let half = |v: u16| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let block = |kind: u32, body: &[u8]| {
            let padded = [body, &vec![0; (4 - body.len() % 4) % 4]].concat();
            let len = padded.len() as u32 + 12;
            [&word(kind)[..], &word(len), &padded, &word(len)].concat()
        };
        let version = [half(1), half(0)].concat();
        let section = [&word(0x1A2B_3C4D)[..], &version, &[0xFF; 8]].concat();
        let interface = |link: u16| [&half(link)[..], &half(0), &word(0)].concat();
        let mut file =
            [block(0x0A0D_0D0A, &section), block(1, &interface(101)), block(1, &interface(1))].concat();
        let ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        for (index, packet) in wire().whole(500).into_iter().enumerate() {
            let len = packet.len() as u32;
            let enhanced = |id: u32, bytes: &[u8]| {
                let n = bytes.len() as u32;
                let numbers = [id, 0, index as u32, n, n].map(word).concat();
                block(6, &[&numbers[..], bytes].concat())
            };
            file.extend(match index % 4 {
                0 => enhanced(0, &packet),
                1 => enhanced(1, &[&ethernet[..], &packet].concat()),
                2 => block(3, &[&word(len)[..], &packet].concat()),
                _ => {
                    let numbers = [0, 0, len, len].map(word).concat();
                    block(2, &[&half(0)[..], &half(0), &numbers, &packet].concat())
                }
            });
        }
        file.extend(block(10, &[word(0x544C_534B), word(4), *b"abcd"].concat()));
        file.extend(block(0x4000_0000, &[1, 2, 3, 4]));
        let read = import(&file[..], Limits::default(), &mut ()).unwrap();
        whole(&read);
        assert_eq!(read.skipped.secrets, 1);
        // A packet of an interface that is not described.
        file.extend(block(6, &[7, 0, 0, 0, 0].map(word).concat()));
        assert!(
            import(&file[..], Limits::default(), &mut ()).unwrap_err().to_string().contains("interface 7")
        );
    }
}

/// A connection with these bytes and nothing else.
fn raw(to_server: &[u8], to_client: &[u8]) -> Account {
    let wire = Wire { to_server: to_server.to_vec(), to_client: to_client.to_vec(), ..wire() };
    let mut read = read(&wire.whole(700));
    assert_eq!(read.connections.len(), 1);
    read.connections.remove(0)
}

#[test]
fn tls() {
    let account = raw(&[&[0x16, 3, 1, 0, 200][..], &[7; 200]].concat(), &[0x15, 3, 3, 0, 2, 2, 40]);
    for (direction, bytes) in [(&account.to_server, 205), (&account.to_client, 7)] {
        let named = direction.encrypted.unwrap();
        assert_eq!((named.kind, named.bytes), ("tls", bytes));
    }
    assert_eq!((&account.handshake, account.undecodable()), (&None, None));
}

#[test]
fn tunnels() {
    let account = raw(
        b"POST /open/1 HTTP/1.1\r\nContent-Length: 1\r\n\r\n\0",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-fcs\r\n\r\n",
    );
    assert_eq!(account.to_server.tunnel.unwrap().bytes, account.to_server.total);
    assert_eq!(account.to_client.tunnel.unwrap().bytes, account.to_client.total);
}

#[test]
fn rtmpe_and_its_refusal() {
    for asked in [6, 8, 9] {
        let mut asking = wire();
        asking.to_server[0] = asked;
        let mut both = asking.clone();
        both.to_client[0] = asked;
        let account = raw(&both.to_server, &both.to_client);
        assert_eq!(account.handshake.as_ref().unwrap().kind, Kind::Rtmpe);
        for direction in [&account.to_server, &account.to_client] {
            assert_eq!((direction.handshake, direction.messages.len()), (CHUNKS as u64, 0));
            let named = direction.encrypted.unwrap();
            assert_eq!((named.kind, named.bytes), ("rtmpe", direction.total - CHUNKS as u64));
        }
        // The server answers 3: plain from there on.
        let account = raw(&asking.to_server, &asking.to_client);
        let handshake = account.handshake.as_ref().unwrap();
        assert_eq!((handshake.c0, handshake.s0, handshake.kind), (Some(asked), Some(3), Kind::Plain));
        assert_eq!(lens(&account), [vec![90], vec![100]]);
        // Only the client was captured.
        let account = raw(&asking.to_server, &[]);
        assert_eq!(account.handshake.unwrap().kind, Kind::Rtmpe);
    }
}

#[test]
fn what_is_not_rtmp_is_shown_by_its_first_bytes_only() {
    let account = raw(b"GET /live?key=topsecret HTTP/1.1\r\n\r\n", b"HTTP/1.1 404\r\n\r\n");
    let at = account.to_server.undecodable.as_ref().unwrap();
    assert_eq!((at.offset, at.bytes), (0, 36));
    assert_eq!(at.cause, "not RTMP: begins with 47 45 54 20 2f 6c 69 76");
    assert!(account.to_client.undecodable.is_some());
    // A server that answers something else.
    let wire = wire();
    let account = raw(&wire.to_server, b"SSH-2.0-x\r\n");
    assert_eq!(lens(&account)[0], [90]);
    assert_eq!(account.undecodable().unwrap().0, "to_client");
}

#[test]
fn the_first_undecodable_chunk() {
    // A type 3 chunk is the first on chunk stream 7, in the middle of a message on 6.
    let begun = [&message(6, 9, 0, &[5; 200])[..12 + 128], &[0xC7, 1, 2, 3]].concat();
    let wire = Wire::new(&[message(3, 20, 0, &[1; 90]), begun].concat(), &[]);
    let account = raw(&wire.to_server, &wire.to_client);
    let at = account.to_server.undecodable.as_ref().unwrap();
    assert_eq!((at.offset, at.bytes), ((CHUNKS + 102 + 140) as u64, 4));
    assert!(at.cause.contains("type 3 chunk is the first on chunk stream 7"), "{}", at.cause);
    let tail = account.to_server.tail.as_ref().unwrap();
    assert_eq!((tail.cause, tail.bytes), (Cause::Undecodable, 140));
    assert_eq!(account.handshake.unwrap().kind, Kind::Plain);
}

#[test]
fn each_direction_has_its_own_chunk_size_and_abort_is_named() {
    let to_server = [
        message(2, 1, 0, &300_u32.to_be_bytes()),
        message(6, 9, 0, &[1; 300]),
        // Begun, aborted, begun anew with another length.
        message(5, 8, 0, &[2; 400])[..12 + 300].to_vec(),
        message(2, 2, 0, &5_u32.to_be_bytes()),
        message(5, 8, 7, &[3; 20]),
        // An aggregate counts as one, an unknown type and an empty message are kept.
        message(4, 22, 9, &[4; 77]),
        message(4, 99, 9, &[]),
    ];
    let to_client = [&message(6, 9, 0, &[6; 200])[..12 + 128], &[0xC6], &[6; 72][..]].concat();
    let wire = Wire::new(&to_server.concat(), &to_client);
    let account = raw(&wire.to_server, &wire.to_client);
    assert_eq!(account.undecodable(), None);
    assert_eq!(lens(&account), [vec![4, 300, 4, 20, 77, 0], vec![200]]);
    let [aborted] = account.to_server.aborted[..] else { panic!() };
    assert_eq!((aborted.bytes, aborted.message.len, aborted.message.received), (312, 400, 300));
    assert_eq!(account.to_server.tail, None);
}

#[test]
fn extended_timestamps_in_both_habits() {
    let ts = 0x0123_4567_u32.to_be_bytes();
    for repeats in [true, false] {
        let ext = if repeats { &ts[..] } else { &[] };
        let mut chunks = vec![6, 0xFF, 0xFF, 0xFF, 0, 1, 44, 9, 1, 0, 0, 0];
        chunks.extend(ts);
        chunks.extend([1; 128]);
        for len in [128, 44] {
            chunks.push(0xC6);
            chunks.extend(ext);
            chunks.extend(vec![1; len]);
        }
        // A last chunk with fewer than four bytes of payload, at the very end of the stream.
        chunks.extend([6, 0xFF, 0xFF, 0xFF, 0, 0, 130, 9, 1, 0, 0, 0]);
        chunks.extend(ts);
        chunks.extend([2; 128]);
        chunks.push(0xC6);
        chunks.extend(ext);
        chunks.extend([2; 2]);
        let wire = Wire::new(&chunks, &[]);
        for size in [1, 3, 5000] {
            let mut packets = wire.whole(size);
            packets.push(wire.segment(0, wire.to_server.len(), FIN, &[]));
            let read = read(&packets);
            let account = &read.connections[0];
            assert_eq!(lens(account)[0], [300, 130], "repeats {repeats}");
            assert!(account.to_server.messages.iter().all(|m| m.ts == 0x0123_4567));
            assert_eq!(account.to_server.tail, None);
        }
    }
}

#[test]
fn a_digest_on_both_sides_makes_the_kind() {
    // Versions without a digest are plain.
    let mut wire = wire();
    wire.to_server[5..9].copy_from_slice(&[9, 0, 124, 2]);
    let account = raw(&wire.to_server, &wire.to_client);
    let judged = account.handshake.unwrap();
    assert_eq!((judged.kind, judged.c1.unwrap().version), (Kind::Plain, [9, 0, 124, 2]));
    assert_eq!((judged.c2_echoes, judged.s2_echoes), (Some(true), Some(true)));
    assert_eq!(wire.to_server.len(), 1 + 2 * handshake::PACKET + 102);
}
