//! TCP as captures show it. Every file is built here; what is expected follows from the bytes that were cut up.

use proptest::prelude::*;
use rtmpspec::import::{Account, Cause, Failure, Import, Limits};

use crate::corpus::Streams;
use crate::net::{DATA, FIN, Flags, RST, SYN, Wire, message, pcap, read, read_with};

/// Offset of the first chunk.
const CHUNKS: usize = 3073;

/// Three messages to the server, two to the client, of different lengths.
fn wire() -> Wire {
    let to_server = [message(3, 20, 0, &[1; 90]), message(4, 8, 20, &[2; 60]), message(6, 9, 40, &[3; 128])];
    let to_client = [message(2, 5, 0, &[0, 0, 1, 0]), message(3, 20, 0, &[4; 100])];
    Wire::new(&to_server.concat(), &to_client.concat())
}

fn lens(account: &Account) -> [Vec<u32>; 2] {
    [&account.to_server, &account.to_client].map(|d| d.messages.iter().map(|m| m.len).collect())
}

/// The one connection, whole and with nothing odd at its end.
fn whole(read: &Import) -> &Account {
    let [account] = &read.connections[..] else { panic!("{read:?}") };
    assert_eq!(lens(account), [vec![90, 60, 128], vec![4, 100]]);
    for direction in [&account.to_server, &account.to_client] {
        assert_eq!((&direction.tail, &direction.undecodable, direction.missing_start), (&None, &None, None));
    }
    account
}

/// Packets with the segments to the server in these pieces, after everything to the client.
fn with_pieces(wire: &Wire, pieces: &[(usize, usize)]) -> Vec<Vec<u8>> {
    let mut packets = vec![wire.syn(), wire.syn_ack(), wire.s(0, wire.to_client.len())];
    packets.extend(pieces.iter().map(|(at, len)| wire.c(*at, *len)));
    packets.push(wire.segment(0, wire.to_server.len(), FIN, &[]));
    packets
}

#[test]
fn in_order() {
    for size in [1, 7, 100, 1460] {
        let read = read(&wire().whole(size));
        let account = whole(&read);
        assert_eq!(account.client.to_string(), "192.0.2.1:50000");
        assert_eq!(account.server.to_string(), "192.0.2.2:1935");
        assert_eq!(account.to_server.tcp, Default::default());
    }
}

#[test]
fn retransmissions_whole_and_overlapping() {
    let wire = wire();
    let len = wire.to_server.len();
    // Twice, a piece across what is known and new, and one inside.
    let pieces = [(0, 1000), (0, 1000), (500, 1000), (600, 10), (1400, len - 1400), (0, len)];
    let read = read(&with_pieces(&wire, &pieces));
    assert_eq!(whole(&read).to_server.tcp.repeated, 1000 + 500 + 10 + 100 + len as u64);
}

#[test]
fn reordering_down_to_reversed() {
    let wire = wire();
    let len = wire.to_server.len();
    let mut pieces: Vec<(usize, usize)> = (0..len).step_by(100).map(|at| (at, 100.min(len - at))).collect();
    pieces.reverse();
    whole(&read(&with_pieces(&wire, &pieces)));
    // The FIN before the data, and the SYN after it.
    let mut packets = with_pieces(&wire, &pieces);
    packets.reverse();
    whole(&read(&packets));
}

#[test]
fn of_overlaps_with_different_data_the_first_counts() {
    let wire = wire();
    let len = wire.to_server.len();
    let lie = vec![0xEE; 300];
    let mut packets = vec![wire.syn(), wire.syn_ack(), wire.s(0, wire.to_client.len())];
    packets.push(wire.c(0, 500));
    packets.push(wire.c(1000, 1000));
    // Over the end of what was delivered: only the unknown part is taken, and it is a lie that came first.
    packets.push(wire.c(2000, len - 2000));
    packets.push(wire.segment(0, 900, DATA, &[&wire.to_server[900..1000], &lie[..]].concat()));
    packets.push(wire.c(500, 400));
    packets.push(wire.segment(0, 0, DATA, &lie));
    packets.push(wire.segment(0, len, FIN, &[]));
    let read = read(&packets);
    let account = whole(&read);
    let differing = wire.to_server[1000..1300].iter().filter(|b| **b != 0xEE).count();
    assert_eq!(account.to_server.tcp.conflicting, differing as u64);
}

#[test]
fn numbers_wrap() {
    for isn in [u32::MAX, u32::MAX - 1, u32::MAX - 100, u32::MAX - 3072, u32::MAX / 2 - 7] {
        let wire = Wire { isn: [isn, isn.wrapping_sub(5)], ..wire() };
        whole(&read(&wire.whole(64)));
        let len = wire.to_server.len();
        let mut pieces: Vec<_> = (0..len).step_by(64).map(|at| (at, 64.min(len - at))).collect();
        pieces.reverse();
        whole(&read(&with_pieces(&wire, &pieces)));
    }
}

#[test]
fn a_gap_is_named_with_the_first_byte_after_it() {
    let wire = wire();
    let len = wire.to_server.len();
    // Lost: 50 bytes within the second message.
    let lost = CHUNKS + 12 + 90 + 20;
    let mut packets = with_pieces(&wire, &[(0, lost), (lost + 50, len - lost - 50)]);
    let read_1 = read(&packets);
    let to_server = &read_1.connections[0].to_server;
    let undecodable = to_server.undecodable.as_ref().unwrap();
    assert_eq!((undecodable.offset, undecodable.bytes), ((lost + 50) as u64, (len - lost - 50) as u64));
    assert!(undecodable.cause.contains("50 bytes before it were not captured"), "{undecodable:?}");
    assert_eq!(to_server.messages.len(), 1);
    let tail = to_server.tail.as_ref().unwrap();
    assert_eq!((tail.cause, tail.bytes, tail.unfinished[0].received), (Cause::Gap, 20, 8));
    assert_eq!(read_1.connections[0].undecodable().unwrap().0, "to_server");
    assert_eq!(lens(&read_1.connections[0])[1], [4, 100]);
    // Sent again at last: nothing is missing.
    packets.push(wire.c(lost, 50));
    whole(&read(&packets));
    // Lost at the end: no captured byte is unexplained, and the tail says why.
    let read_2 = read(&with_pieces(&wire, &[(0, len - 30)]));
    let to_server = &read_2.connections[0].to_server;
    assert_eq!(to_server.undecodable, None);
    assert_eq!(to_server.tail.as_ref().unwrap().cause, Cause::Gap);
}

#[test]
fn a_packet_cut_by_the_snapshot_length_is_a_gap() {
    let wire = wire();
    let mut packets = with_pieces(&wire, &[(0, CHUNKS), (CHUNKS, 150)]);
    let at = packets.len() - 2;
    let short = packets[at].len() - 40;
    packets[at].truncate(short);
    packets.insert(at + 1, wire.c(CHUNKS + 150, 20));
    let read = read(&packets);
    let to_server = &read.connections[0].to_server;
    assert_eq!(to_server.undecodable.as_ref().unwrap().offset, (CHUNKS + 150) as u64);
    assert!(to_server.undecodable.as_ref().unwrap().cause.starts_with("40 bytes"));
}

#[test]
fn the_capture_began_within_the_connection() {
    let wire = wire();
    let packets: Vec<_> = wire.whole(100).split_off(60);
    let read = read(&packets);
    let [account] = &read.connections[..] else { panic!() };
    // Without a SYN the well-known port says who the server is.
    assert_eq!(account.server.port(), 1935);
    assert_eq!((&account.handshake, account.undecodable()), (&None, None));
    for direction in [&account.to_server, &account.to_client] {
        assert_eq!(direction.missing_start.unwrap().bytes, direction.total);
        assert!(direction.total > 0 && direction.messages.is_empty());
    }
}

#[test]
fn without_syn_a_whole_handshake_is_start_enough() {
    let wire = wire();
    let packets: Vec<_> = wire.whole(100).split_off(2);
    let read_1 = read(&packets);
    whole(&read_1);
    // With the server's SYN alone both numbers are known, whatever comes first.
    let mut packets = wire.whole(100).split_off(1);
    packets.swap(1, 3);
    whole(&read(&packets));
}

#[test]
fn what_begins_with_3_by_chance_is_no_handshake() {
    // The first chunk of the file is one on chunk stream 3.
    let wire = Wire::new(&message(3, 20, 0, &[1; 90]).repeat(40), &message(3, 20, 0, &[1; 90]).repeat(40));
    let packets: Vec<_> = (0..40).map(|i| wire.c(CHUNKS + i * 102, 102)).collect();
    let read = read(&packets);
    let to_server = &read.connections[0].to_server;
    assert_eq!(to_server.missing_start.unwrap().bytes, 40 * 102);
}

#[test]
fn reset_within_a_message() {
    let wire = wire();
    let mut packets = with_pieces(&wire, &[(0, CHUNKS + 102 + 12 + 5)]);
    packets.pop();
    packets.push(wire.segment(1, wire.to_client.len(), RST, b"text about the reset"));
    let read = read(&packets);
    let to_server = &read.connections[0].to_server;
    let tail = to_server.tail.as_ref().unwrap();
    assert_eq!((tail.cause, tail.bytes, tail.packet), (Cause::Rst, 17, None));
    assert_eq!((tail.unfinished[0].len, tail.unfinished[0].received), (60, 5));
    assert_eq!(read.connections[0].to_client.total, wire.to_client.len() as u64);
}

#[test]
fn the_end_of_the_capture_within_a_header_and_within_the_handshake() {
    let wire = wire();
    let mut packets = with_pieces(&wire, &[(0, CHUNKS + 7)]);
    packets.pop();
    let read_1 = read(&packets);
    let tail = read_1.connections[0].to_server.tail.clone().unwrap();
    assert_eq!((tail.cause, tail.bytes, tail.header), (Cause::CaptureEnd, 7, 7));
    for (have, whole, packet) in [(1, 1, None), (2, 1, Some(1)), (1537, 1537, None), (3072, 1537, Some(2))] {
        let packets = [wire.syn(), wire.c(0, have)];
        let read = read(&packets);
        let to_server = &read.connections[0].to_server;
        assert_eq!(to_server.handshake, whole);
        let tail = to_server.tail.as_ref().map(|t| (t.bytes, t.packet));
        assert_eq!(tail, packet.map(|p| (have as u64 - whole, Some(p))));
    }
}

#[test]
fn half_open_connections_carry_nothing() {
    let wire = wire();
    // SYN three times, never answered; then an answer that is reset.
    let read_1 = read(&[wire.syn(), wire.syn(), wire.syn()]);
    let [account] = &read_1.connections[..] else { panic!() };
    assert_eq!((account.to_server.total, account.to_client.total, &account.handshake), (0, 0, &None));
    assert_eq!(account.undecodable(), None);
    let read_2 = read(&[wire.syn(), wire.syn_ack(), wire.segment(0, 0, RST, &[])]);
    assert_eq!(read_2.connections.len(), 1);
    // Only one side was captured.
    let len = wire.to_server.len();
    let read_3 = read(&[wire.syn(), wire.c(0, len), wire.segment(0, len, FIN, &[])]);
    assert_eq!(lens(&read_3.connections[0]), [vec![90, 60, 128], vec![]]);
    assert_eq!(read_3.connections[0].handshake.as_ref().unwrap().s0, None);
}

#[test]
fn a_closed_window_is_probed_and_keep_alives_are_no_data() {
    let wire = wire();
    let len = wire.to_server.len();
    let mut packets = vec![wire.syn(), wire.syn_ack(), wire.s(0, wire.to_client.len())];
    // A keep-alive before any data repeats the number of the SYN.
    packets.push(wire.packet(0, wire.isn[0], DATA, &[0]));
    packets.push(wire.c(0, 1000));
    // The window is closed: the next byte alone, twice, then more of it.
    packets.extend([wire.c(1000, 1), wire.c(1000, 1), wire.c(1000, 500)]);
    packets.push(wire.segment(0, 1499, DATA, &[0xFF]));
    packets.push(wire.c(1500, len - 1500));
    packets.push(wire.segment(0, len, FIN, &[]));
    let read = read(&packets);
    let account = whole(&read);
    assert_eq!(account.to_server.tcp.before, 0);
}

#[test]
fn two_connections_on_the_same_ports() {
    let first = wire();
    let second = Wire { isn: [77_000, 5], ..Wire::new(&message(3, 20, 0, &[9; 33]), &[]) };
    // Properly ended; then without any end, and with a SYN number that fits nothing.
    let ended = first.whole(500);
    let unended: Vec<_> = ended[..ended.len() - 2].to_vec();
    for (packets, cause) in [(ended, None), (unended, None)] {
        let read = read(&[packets, second.whole(500)].concat());
        let [a, b] = &read.connections[..] else { panic!("{read:?}") };
        assert_eq!(lens(a), [vec![90, 60, 128], vec![4, 100]]);
        assert_eq!(lens(b), [vec![33], vec![]]);
        assert_eq!(a.to_server.tail.as_ref().map(|t| t.cause), cause);
    }
    // Cut within a message by the next connection.
    let mut packets = with_pieces(&first, &[(0, CHUNKS + 20)]);
    packets.pop();
    packets.extend(second.whole(500));
    let read = read(&packets);
    assert_eq!(read.connections[0].to_server.tail.as_ref().unwrap().cause, Cause::Replaced);
    assert_eq!(lens(&read.connections[1]), [vec![33], vec![]]);
}

#[test]
fn connections_are_in_order_of_their_syns() {
    let wires: Vec<Wire> = (0..5).map(|i| Wire { client_port: 50_000 + (i * 7) % 5, ..wire() }).collect();
    let mut packets: Vec<_> = wires.iter().map(Wire::syn).collect();
    let rest: Vec<Vec<Vec<u8>>> = wires.iter().map(|w| w.whole(300).split_off(1)).collect();
    for at in 0..rest[0].len() {
        packets.extend(rest.iter().rev().map(|one| one[at].clone()));
    }
    let read = read(&packets);
    let ports: Vec<u16> = read.connections.iter().map(|c| c.client.port()).collect();
    assert_eq!(ports, wires.iter().map(|w| w.client_port).collect::<Vec<_>>());
    assert!(read.connections.iter().all(|c| lens(c) == [vec![90, 60, 128], vec![4, 100]]));
}

#[test]
fn segments_beyond_any_window_are_dropped() {
    let wire = wire();
    let mut packets = wire.whole(700);
    let far = wire.isn[0].wrapping_add(1 << 30).wrapping_add(5000);
    packets.insert(4, wire.packet(0, far, DATA, &[1; 10]));
    let read = read(&packets);
    assert_eq!(whole(&read).to_server.tcp.outside, 10);
}

#[test]
fn data_with_the_syn() {
    let wire = wire();
    let mut packets = wire.whole(4000);
    packets[0] = wire.packet(0, wire.isn[0], SYN, &wire.to_server[..100]);
    whole(&read(&packets));
}

#[test]
fn limits_at_their_bound_and_one_below() {
    let wires: Vec<Wire> = (0..3).map(|i| Wire { client_port: 50_000 + i, ..wire() }).collect();
    let packets: Vec<_> = wires.iter().flat_map(|w| w.whole(500)).collect();
    let with = |limits| read_with(&packets, limits, &mut ());
    let full = Limits { connections: 3, messages: 15, chunk_streams: 15, ..Limits::default() };
    assert!(with(full).is_ok());
    for (limits, what) in [
        (Limits { connections: 2, ..full }, "connections"),
        (Limits { messages: 14, ..full }, "messages"),
        (Limits { chunk_streams: 14, ..full }, "chunk streams"),
    ] {
        match with(limits) {
            Err(Failure::Limit { what: got, .. }) => assert_eq!(got, what),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn what_is_held_is_bounded() {
    let wire = wire();
    let len = wire.to_server.len();
    // 100 bytes are late; the rest is held in one segment, which costs 64 bytes more than it has.
    let mut packets = with_pieces(&wire, &[(100, len - 100), (0, 100)]);
    let cost = len - 100 + 64;
    for (limits, fits) in [
        (Limits { held_per_direction: cost, ..Limits::default() }, true),
        (Limits { held_per_direction: cost - 1, ..Limits::default() }, false),
        (Limits { held: cost, ..Limits::default() }, true),
        (Limits { held: cost - 1, ..Limits::default() }, false),
    ] {
        let read = read_with(&packets, limits, &mut ()).unwrap();
        let to_server = &read.connections[0].to_server;
        assert_eq!(to_server.undecodable.is_none(), fits);
        assert_eq!(to_server.accounted(), to_server.total);
        assert_eq!(read.connections[0].to_client.messages.len(), 2);
    }
    // Each segment counts, however small: 3000 segments of a byte cost 65 bytes each.
    let mut pieces: Vec<_> = (1..3001).map(|at| (at, 1)).collect();
    pieces.push((3001, len - 3001));
    pieces.push((0, 1));
    packets = with_pieces(&wire, &pieces);
    let small = Limits { held_per_direction: 100_000, ..Limits::default() };
    assert!(read_with(&packets, small, &mut ()).unwrap().connections[0].undecodable().is_some());
    whole(&read(&packets));
}

#[test]
fn a_file_that_ends_within_a_packet() {
    let file = pcap(101, &wire().whole(500));
    let cut = &file[..file.len() - 9];
    let read = rtmpspec::import::import(cut, Limits::default(), &mut ()).unwrap();
    assert!(read.skipped.cut);
    assert_eq!(lens(&read.connections[0]), [vec![90, 60, 128], vec![4, 100]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any cutting, repetition and order gives the same streams.
    #[test]
    fn any_order_gives_the_same_streams(
        isn in any::<[u32; 2]>(),
        cuts in prop::collection::vec((0.0..1.0_f64, 1..900_usize), 0..40),
        seed in any::<u64>(),
    ) {
        let wire = Wire { isn, ..wire() };
        let mut packets = wire.whole(400);
        let (first, mut rest) = (packets[..2].to_vec(), packets.split_off(2));
        for (at, len) in cuts {
            let total = wire.to_server.len();
            let at = (at * total as f64) as usize;
            rest.push(wire.c(at, len.min(total - at)));
        }
        // A shuffle by a linear congruence.
        let mut state = seed;
        for i in (1..rest.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rest.swap(i, (state >> 33) as usize % (i + 1));
        }
        let mut streams = Streams::default();
        let packets = [first, rest].concat();
        let read = read_with(&packets, Limits::default(), &mut streams).unwrap();
        whole(&read);
        prop_assert_eq!(&streams.0[&(0, true)], &wire.to_server);
        prop_assert_eq!(&streams.0[&(0, false)], &wire.to_client);
    }

    /// Nonsense is an error or an account that adds up, never a panic.
    #[test]
    fn nonsense_adds_up(
        segments in prop::collection::vec(
            (any::<bool>(), any::<u32>(), any::<[bool; 4]>(), prop::collection::vec(any::<u8>(), 0..60)),
            0..60,
        ),
        near in any::<bool>(),
    ) {
        let wire = wire();
        let packets: Vec<_> = segments
            .into_iter()
            .map(|(side, seq, [syn, ack, fin, rst], body)| {
                let seq = if near { seq % 200 } else { seq };
                let flags = Flags { syn, ack: ack.then_some(seq), fin, rst };
                wire.packet(usize::from(side), seq, flags, &body)
            })
            .collect();
        let _ = read(&packets);
    }

    #[test]
    fn any_bytes_are_an_error_or_a_file(
        magic in prop::sample::select(vec![0x0A0D_0D0A_u32, 0xA1B2_C3D4, 0xD4C3_B2A1, 7]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let file = [&magic.to_be_bytes()[..], &bytes].concat();
        let _ = rtmpspec::import::import(&file[..], Limits::default(), &mut ());
    }
}
