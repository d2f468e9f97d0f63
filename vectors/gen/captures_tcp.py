"""Packet captures: pcapng blocks, Ethernet, IPv4, TCP, and the bytes of each direction of each connection.

It reads the captures of ../captures and says Fault where one has anything that these do not have: what is not
understood must not vanish without a word.
"""

import struct


class Fault(Exception):
    """What cannot be read."""


SECTION, INTERFACE, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 3, 6
ETHERNET = 1
FIN, SYN, RST, ACK = 1, 2, 4, 16


def packets(data):
    """The Ethernet frames of a pcapng file, in its order."""
    order, interfaces, at = None, [], 0
    while at < len(data):
        if len(data) - at < 12:
            raise Fault(f"{len(data) - at} bytes at offset {at} are no block")
        if data[at : at + 4] == SECTION.to_bytes(4, "big"):
            magic = data[at + 8 : at + 12]
            order = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}.get(magic)
            interfaces = []
        if order is None:
            raise Fault(f"no section header at offset {at}")
        kind, length = struct.unpack_from(f"{order}II", data, at)
        end = at + length
        if length < 12 or length % 4 or end > len(data) or data[at + 4 : at + 8] != data[end - 4 : end]:
            raise Fault(f"the block at offset {at} has the length {length}")
        body = data[at + 8 : end - 4]
        if kind == INTERFACE:
            interfaces.append(struct.unpack_from(f"{order}HHI", body))
        elif kind in (SIMPLE, ENHANCED):
            if kind == SIMPLE:
                number, whole = 0, struct.unpack_from(f"{order}I", body)[0]
                held, start = min(whole, interfaces[0][2] or whole), 4
            else:
                number, _, _, held, whole = struct.unpack_from(f"{order}5I", body)
                start = 20
            if number >= len(interfaces) or interfaces[number][0] != ETHERNET:
                raise Fault(f"the packet at offset {at} is not of an Ethernet interface")
            if held != whole or start + held > len(body):
                raise Fault(f"the packet at offset {at} is cut")
            yield body[start : start + held]
        at = end


def segment(frame):
    """Source, destination, sequence number, flags and payload of a frame with TCP in IPv4."""
    if len(frame) < 34 or frame[12:14] != b"\x08\x00" or frame[14] >> 4 != 4:
        raise Fault("a frame without IPv4")
    ip = frame[14:]
    header, total = 4 * (ip[0] & 15), int.from_bytes(ip[2:4], "big")
    if not 20 <= header <= total <= len(ip):
        raise Fault(f"an IPv4 packet of {total} bytes with a header of {header} in {len(ip)}")
    if int.from_bytes(ip[6:8], "big") & 0x3FFF:
        raise Fault("a fragment of an IPv4 packet")
    if ip[9] != 6:
        raise Fault(f"IP protocol {ip[9]}")
    # Short Ethernet frames are padded: the length of the packet decides.
    tcp = ip[header:total]
    if len(tcp) < 20 or not 20 <= 4 * (tcp[12] >> 4) <= len(tcp):
        raise Fault("a TCP header that is cut")
    address = [".".join(map(str, ip[at : at + 4])) for at in (12, 16)]
    source, destination, seq = struct.unpack_from(">HHI", tcp)
    return (address[0], source), (address[1], destination), seq, tcp[13], tcp[4 * (tcp[12] >> 4) :]


class Half:
    """One direction: RFC 9293 counts its bytes from the SYN, modulo 2^32."""

    def __init__(self):
        self.base = None
        self.pieces = []
        self.fin = None
        self.near = 0
        self.began = False

    def add(self, seq, flags, payload):
        if flags & SYN:
            self.base, self.began = (seq + 1) & 0xFFFFFFFF, True
            seq += 1
        elif self.base is None:
            self.base = seq
        # The place nearest to what came last is meant.
        ahead = (seq - self.base - self.near + 0x80000000) % 0x100000000 - 0x80000000
        place = self.near + ahead
        if payload:
            self.pieces.append((place, payload))
            self.near = max(self.near, place + len(payload))
        if flags & FIN:
            self.fin = place + len(payload)

    def whole(self):
        """All bytes in order. The same bytes may come again, in other pieces; other bytes may not."""
        out = bytearray()
        if not self.began and self.pieces:
            # Without a SYN the first piece may be one that overtook others.
            shift = min(place for place, _ in self.pieces)
            pieces = [(place - shift, payload) for place, payload in self.pieces]
        else:
            pieces = self.pieces
        for place, payload in sorted(pieces, key=lambda piece: piece[0]):
            if place < 0:
                payload, place = payload[-place:] if -place < len(payload) else b"", 0
            if place > len(out):
                raise Fault(f"{place - len(out)} bytes at offset {len(out)} are not in the capture")
            known = bytes(out[place : place + len(payload)])
            if payload[: len(known)] != known:
                raise Fault(f"a repetition at offset {place} has other bytes")
            out += payload[len(known) :]
        return bytes(out)


class Connection:
    """Both directions between two ends; `client` sent the SYN."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.to_server, self.to_client = Half(), Half()
        self.reset = self.replaced = False

    def half(self, source):
        return self.to_server if source == self.client else self.to_client

    def cause(self, half):
        """Why nothing follows in a direction."""
        if half.fin is not None:
            return "fin"
        return "rst" if self.reset else "replaced" if self.replaced else "capture-end"


def connections(frames):
    """The connections, in order of their first packets."""
    found, open_ = [], {}
    for frame in frames:
        source, destination, seq, flags, payload = segment(frame)
        ends = frozenset((source, destination))
        known = open_.get(ends)
        if flags & (SYN | ACK) == SYN:
            again = known and known.client == source and known.to_server.base == (seq + 1) & 0xFFFFFFFF
            if not again:
                if known:
                    known.replaced = True
                known = open_[ends] = Connection(source, destination)
                found.append(known)
        elif known is None:
            # The SYN was not captured. Servers have the lower port.
            client, server = sorted((source, destination), key=lambda end: -end[1])
            known = open_[ends] = Connection(client, server)
            found.append(known)
        known.half(source).add(seq, flags, payload)
        known.reset |= bool(flags & RST)
    return found


def self_check():
    """Pieces in every order that TCP may bring them in."""
    text = bytes(range(200))

    def joined(*pieces, start=0xFFFFFFF0):
        half = Half()
        half.add(start, SYN, b"")
        for low, high in pieces:
            half.add((start + 1 + low) & 0xFFFFFFFF, ACK, text[low:high])
        return half.whole()

    assert joined((0, 50), (50, 200)) == text
    assert joined((50, 200), (0, 50)) == text, "reordering"
    assert joined((0, 50), (0, 50), (50, 200), (10, 60)) == text, "retransmission"
    assert joined((0, 120), (100, 200), (20, 180)) == text, "overlap"
    assert joined((150, 200), (0, 100), (60, 160)) == text, "a hole that is filled"
    for low, high, other in ((10, 20, b"x" * 10), (30, 40, None)):
        half = Half()
        half.add(5, SYN, b"")
        half.add(6, ACK, text[:20])
        half.add(6 + low, ACK, other or text[low:high])
        try:
            half.whole()
        except Fault:
            continue
        raise AssertionError(f"{low} to {high} was taken")
    client, server = ("127.0.0.1", 40000), ("127.0.0.1", 1935)

    def frame(source, destination, seq, flags, payload=b""):
        tcp = struct.pack(">HHIIBBHHH", source[1], destination[1], seq, 0, 0x50, flags, 0, 0, 0) + payload
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + bytes((127, 0, 0, 1) * 2)
        return (bytes(12) + b"\x08\x00" + ip + tcp).ljust(60, b"\0")

    begun = connections([frame(client, server, 9, SYN), frame(client, server, 9, SYN),
                         frame(server, client, 4, SYN | ACK), frame(client, server, 10, ACK, b"abc"),
                         frame(client, server, 90, SYN)])
    assert [one.to_server.whole() for one in begun] == [b"abc", b""]
    assert (begun[0].replaced, begun[0].to_server.began, begun[0].cause(begun[0].to_server)) == (True, True, "replaced")
    (late,) = connections([frame(server, client, 107, ACK, b"de"), frame(server, client, 104, ACK, b"abc"),
                           frame(client, server, 7, ACK | FIN, b"x")])
    assert (late.client, late.to_client.began, late.to_client.whole()) == (client, False, b"abcde")
    assert (late.cause(late.to_server), late.cause(late.to_client)) == ("fin", "capture-end")
