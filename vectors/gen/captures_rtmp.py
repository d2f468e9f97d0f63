"""What the bytes of one direction consist of, read by the text: RTMP 5.2 (handshake) and 5.3, 5.4 (chunk stream).

Written from the specification and this project's list of its errata (E-09 byte order of the message stream id, E-15
to E-15d timestamps, E-20e chunk size in the middle of a message, E-20g Abort), without looking at a decoder.
"""

import hashlib
import struct

from captures_tcp import Fault
from digest_wire import PLAYER, SERVER, digest_at, sign

PACKET = 1536
HANDSHAKE = 1 + 2 * PACKET
SET_CHUNK_SIZE, ABORT = 1, 2
NO_DELTA = 0xFFFFFF


class ChunkStream:
    """What one chunk stream remembers from chunk to chunk (5.3.1.2), and the message in progress."""

    def __init__(self):
        self.ts = self.delta = self.length = self.kind = self.msid = None
        # The four bytes are there in type 3 chunks as well (5.3.1.3, E-15).
        self.extended = False
        self.body = None
        self.bytes = 0
        self.begun = 0


class Chunks:
    """A chunk stream from its first byte to its last."""

    def __init__(self, data):
        self.data, self.at = data, 0
        self.size = 128
        self.streams = {}
        self.messages, self.aborted = [], []
        self.message_bytes = self.count = 0
        self.extended_chunks = self.continued = 0
        self.header_left = 0
        while self.at < len(data):
            start = self.at
            if not self.chunk():
                self.header_left = len(data) - start
                break

    def chunk(self):
        """Reads one chunk; false where the bytes end within its headers."""
        data, start = self.data, self.at
        # 5.3.1.1: the basic header; of three bytes the second counts ones (E-09).
        fmt, csid, at = data[start] >> 6, data[start] & 63, start + 1
        if csid < 2:
            need = 1 + csid
            if at + need > len(data):
                return False
            csid, at = int.from_bytes(data[at : at + need], "little") + 64, at + need
        known = self.streams.get(csid)
        if fmt != 0 and (known is None or known.kind is None):
            raise Fault(f"chunk at offset {start}: type {fmt} opens the chunk stream {csid}")
        # 5.3.1.2: the message header.
        width = (11, 7, 3, 0)[fmt]
        if at + width > len(data):
            return False
        header = data[at : at + width]
        at += width
        field = int.from_bytes(header[:3], "big") if width else None
        extended = field == NO_DELTA if width else known.extended
        value = field
        if extended:
            if at + 4 > len(data):
                return False
            value, at = int.from_bytes(data[at : at + 4], "big"), at + 4
        stream = known or self.streams.setdefault(csid, ChunkStream())
        self.count += 1
        self.extended_chunks += extended
        if stream.body is None:
            self.begin(stream, fmt, header, value)
        elif fmt != 3:
            raise Fault(f"chunk at offset {start}: type {fmt} within a message of chunk stream {csid}")
        else:
            self.continued += 1
        if width:
            stream.extended = extended
        part = data[at : at + min(self.size, stream.length - len(stream.body))]
        at += len(part)
        stream.body += part
        stream.bytes += at - start
        self.at = at
        if len(stream.body) == stream.length:
            self.complete(csid, stream)
        return True

    def begin(self, stream, fmt, header, value):
        if fmt == 0:
            stream.ts = value
            # 5.3.1.2.4: a type 3 chunk that begins a message after this adds the timestamp itself (E-15c, E-15d).
            stream.delta = value
            stream.msid = int.from_bytes(header[7:11], "little")
        else:
            if fmt != 3:
                stream.delta = value
            stream.ts = (stream.ts + stream.delta) & 0xFFFFFFFF
        if fmt < 2:
            stream.length, stream.kind = int.from_bytes(header[3:6], "big"), header[6]
        stream.body, stream.bytes, stream.begun = bytearray(), 0, self.at

    def complete(self, csid, stream):
        body = bytes(stream.body)
        self.messages.append({"type": stream.kind, "csid": csid, "msid": stream.msid, "ts": stream.ts,
                              "len": len(body), "sha256": hashlib.sha256(body).hexdigest()})
        self.message_bytes += stream.bytes
        stream.body = None
        if stream.kind in (SET_CHUNK_SIZE, ABORT) and len(body) != 4:
            raise Fault(f"control message of type {stream.kind} with {len(body)} bytes")
        if stream.kind == SET_CHUNK_SIZE:
            # 5.4.1: the first bit is zero and the size at least 1.
            self.size = int.from_bytes(body, "big")
            if not 1 <= self.size <= 0x7FFFFFFF:
                raise Fault(f"chunk size {self.size}")
        elif stream.kind == ABORT:
            # 5.4.2: the message in progress is discarded; its timestamp counts (E-20g).
            other = int.from_bytes(body, "big")
            ended = self.streams.get(other)
            if ended is not None and ended.body is not None:
                self.aborted.append({"bytes": ended.bytes, "message": self.unfinished(other, ended)})
                ended.body = None

    @staticmethod
    def unfinished(csid, stream):
        return {"type": stream.kind, "csid": csid, "msid": stream.msid, "ts": stream.ts, "len": stream.length,
                "received": len(stream.body)}

    def tail(self, cause):
        rest = [(s.begun, csid, s) for csid, s in self.streams.items() if s.body is not None]
        rest.sort(key=lambda one: one[0])
        if not rest and not self.header_left:
            return None
        return {"cause": cause, "bytes": sum(s.bytes for _, _, s in rest) + self.header_left,
                "unfinished": [self.unfinished(csid, s) for _, csid, s in rest],
                "header_bytes": self.header_left, "packet": None}


def empty(total):
    return {"messages": [], "tail": None, "encrypted": None, "missing_start": None, "tunnel": None, "aborted": [],
            "undecodable": None, "bytes": {"total": total, "handshake": 0, "messages": 0}}


def first(packet, key):
    """C1 or S1: time, the four bytes that RTMP 5.2.3 wants zero, and where a digest verifies (HSD-003 to HSD-009)."""
    if packet is None:
        return None
    places = ((layout, digest_at(packet, layout)) for layout in "AB")
    digest = next((layout for layout, at in places
                   if sign(key, packet[:at] + packet[at + 32 :]) == packet[at : at + 32]), None)
    return {"time": struct.unpack_from(">I", packet)[0], "version": ".".join(map(str, packet[4:8])), "digest": digest}


def echoes(answer, packet):
    """Whether C2 or S2 repeats time and random bytes of S1 or C1; bytes 4 to 7 are the time of reading (5.2.4)."""
    if answer is None or packet is None:
        return None
    return answer[:4] == packet[:4] and answer[8:] == packet[8:]


def handshake(to_server, to_client):
    def parts(data):
        version = data[0] if data else None
        one = data[1 : 1 + PACKET] if len(data) > PACKET else None
        two = data[1 + PACKET : HANDSHAKE] if len(data) >= HANDSHAKE else None
        return version, one, two

    (c0, c1, c2), (s0, s1, s2) = parts(to_server), parts(to_client)
    for version in (c0, s0):
        if version not in (3, None):
            raise Fault(f"version {version}: not read here")
    client, server = first(c1, PLAYER), first(s1, SERVER)
    digests = [side["digest"] for side in (client, server) if side is not None]
    kind = "digest" if digests and all(digests) else "plain"
    return {"c0": c0, "s0": s0, "kind": kind, "c1": client, "s1": server,
            "c2_echoes_s1": echoes(c2, s1), "s2_echoes_c1": echoes(s2, c1)}


def direction(data, cause, names):
    out = empty(len(data))
    if len(data) < HANDSHAKE:
        done = 0 if not data else 1 if len(data) <= PACKET else 1 + PACKET
        out["bytes"]["handshake"] = done
        if len(data) > done or len(data) == 1:
            out["tail"] = {"cause": cause, "bytes": len(data) - done, "unfinished": [], "header_bytes": 0,
                           "packet": names[done > 1]}
        return out, None
    chunks = Chunks(data[HANDSHAKE:])
    out["bytes"].update(handshake=HANDSHAKE, messages=chunks.message_bytes)
    out.update(messages=chunks.messages, aborted=chunks.aborted, tail=chunks.tail(cause))
    named = chunks.message_bytes + sum(a["bytes"] for a in chunks.aborted) + (out["tail"] or {"bytes": 0})["bytes"]
    assert HANDSHAKE + named == len(data), "bytes without a name"
    return out, chunks


def connection(found):
    """The expected list of a connection, in the form connection-v1, and its two streams if they are RTMP."""
    data = {"to_server": found.to_server.whole(), "to_client": found.to_client.whole()}
    half = {"to_server": found.to_server, "to_client": found.to_client}
    out = {"schema": "connection-v1"}
    for key, (address, port) in (("client", found.client), ("server", found.server)):
        out[key] = f"{address}:{port}"
    out["handshake"] = None
    sides = {key: empty(len(data[key])) for key in data}
    if not (found.to_server.began and found.to_client.began):
        for key in data:
            sides[key]["missing_start"] = {"kind": "capture began within the connection", "bytes": len(data[key])}
        return out | sides, None, {}
    if data["to_server"][:2] == b"\x16\x03":
        # A TLS record with a handshake message, of any version (RFC 8446 5.1).
        for key in data:
            sides[key]["encrypted"] = {
                "kind": "tls", "bytes": len(data[key]), "reason": "no secrets for this connection are given"}
        return out | sides, None, {}
    facts = {}
    out["handshake"] = handshake(data["to_server"], data["to_client"])
    for key, names in (("to_server", ("C1", "C2")), ("to_client", ("S1", "S2"))):
        sides[key], facts[key] = direction(data[key], found.cause(half[key]), names)
    return out | sides, data, facts


def self_check():
    """The rules that the captures use little: three forms of chunk stream ids, timestamps, Abort, chunk sizes."""
    def zero(csid, ts, length, kind, msid=1):
        return csid + ts.to_bytes(3, "big") + length.to_bytes(3, "big") + bytes([kind]) + msid.to_bytes(4, "little")

    def read(*parts):
        chunks = Chunks(b"".join(parts))
        return [(m["csid"], m["ts"], m["len"]) for m in chunks.messages]

    assert read(zero(b"\x00\x00", 0, 1, 9), b"x") == [(64, 0, 1)]
    assert read(zero(b"\x01\x2d\x01", 0, 1, 9), b"x") == [(365, 0, 1)], "E-10"
    assert read(zero(b"\x04", 1000, 1, 8), b"x", b"\x84\x00\x00\x14x", b"\xc4x") == [
        (4, 1000, 1), (4, 1020, 1), (4, 1040, 1)]
    assert read(zero(b"\x04", 1000, 1, 8), b"x", b"\xc4x") == [(4, 1000, 1), (4, 2000, 1)], "5.3.1.2.4"
    long = b"\x01\x00\x00\x00"
    assert read(zero(b"\x04", 0xFFFFFF, 130, 8), long, bytes(128), b"\xc4", long, bytes(2),
                b"\x84\x00\x00\x05", bytes(128), b"\xc4", bytes(2)) == [(4, 1 << 24, 130), (4, (1 << 24) + 5, 130)]
    assert read(zero(b"\x04", 0xFFFFFF, 1, 8), b"\xff\xff\xff\xffx\x84\x00\x00\x02x") == [
        (4, 0xFFFFFFFF, 1), (4, 1, 1)], "wraps"
    size = zero(b"\x02", 0, 4, 1, 0)
    assert read(zero(b"\x04", 0, 300, 8), bytes(128), size, b"\x00\x00\x00\xff", b"\xc4", bytes(172)) == [
        (2, 0, 4), (4, 0, 300)], "E-20e"
    chunks = Chunks(zero(b"\x04", 50, 300, 8) + bytes(128) + zero(b"\x02", 0, 4, 2, 0) + b"\x00\x00\x00\x04"
                    + b"\x84\x00\x00\x07" + bytes(128) + b"\xc4" + bytes(100))
    assert [a["bytes"] for a in chunks.aborted] == [12 + 128] and chunks.tail("fin") == {
        "cause": "fin", "bytes": 4 + 128 + 1 + 100, "unfinished": [
            {"type": 8, "csid": 4, "msid": 1, "ts": 57, "len": 300, "received": 228}],
        "header_bytes": 0, "packet": None}
    assert Chunks(zero(b"\x04", 0xFFFFFF, 1, 8) + long[:3]).tail("rst")["header_bytes"] == 15
    assert [m["len"] for m in Chunks(zero(b"\x04", 0, 0, 8)).messages] == [0]
