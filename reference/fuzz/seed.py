#!/usr/bin/env python3
"""Writes the seed corpora of the fuzz targets: seed.py OUT. Standard library only.

Sources: the vectors in vectors/data (every family goes to the targets that read such bytes) and the captures in
vectors/captures (the TCP payload of each direction, in the order of the packets; what was sent again is in it
twice, which does not hurt a seed).
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Which targets read the bytes of a family (by the start of its name).
FAMILIES = {
    "amf0": ["amf", "messages"],
    "amf3": ["amf", "messages"],
    "chunk-stream": ["chunk", "server_session", "client_session"],
    "control": ["chunk", "messages"],
    "handshake": ["handshake", "server_session", "client_session"],
    "rtmpe": ["handshake"],
    "rtmpt": ["rtmpt"],
    "command": ["messages"],
    "data": ["messages"],
    "message": ["messages"],
    "shared-object": ["messages"],
    "aggregate": ["messages"],
    "capability": ["messages"],
    "reconnect": ["messages"],
    "flv": ["flv_file", "flv_headers"],
    "enhanced": ["flv_headers"],
    "config": ["flv_config"],
    "swf-verification": ["messages"],
    "timestamp": ["chunk"],
    "url": ["text"],
    "auth": ["text"],
}
LARGEST = 65536


class Corpus:
    def __init__(self, out):
        self.out = Path(out)
        self.written = 0

    def add(self, target, data):
        if not data or len(data) > LARGEST:
            return
        folder = self.out / target
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / hashlib.sha256(data).hexdigest()[:16]
        if not file.exists():
            file.write_bytes(data)
            self.written += 1


def vector_bytes(vector):
    if vector.get("bytes") is not None:
        return bytes.fromhex(vector["bytes"].replace(" ", ""))
    if vector.get("runs"):
        total = sum(len(run["hex"].replace(" ", "")) // 2 * run["times"] for run in vector["runs"])
        if total <= LARGEST:
            return b"".join(bytes.fromhex(run["hex"].replace(" ", "")) * run["times"] for run in vector["runs"])
    return str(vector["text"]).encode() if vector.get("text") is not None else b""


def vectors(corpus):
    for path in sorted((ROOT / "vectors/data").glob("*.json")):
        family = path.stem
        targets = next((t for name, t in FAMILIES.items() if family.startswith(name)), None)
        if targets is None:
            sys.exit(f"seed: {path.name}: no target for this family; add it to FAMILIES")
        for group in json.loads(path.read_text())["groups"]:
            for vector in group["tests"]:
                data = vector_bytes(vector)
                for target in targets:
                    # The first byte tells most targets how to split the rest, or what to do with it.
                    for lead in (b"", b"\xff"):
                        corpus.add(target, lead + data)


def blocks(data):
    """The blocks of a pcapng file in little-endian order."""
    at = 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12 or at + length > len(data):
            return
        yield kind, data[at + 8 : at + length - 4]
        at += length


def streams(path):
    """TCP payload by direction, from Ethernet frames with IPv4."""
    found = {}
    for kind, body in blocks(path.read_bytes()):
        if kind != 6:
            continue
        frame = body[20 : 20 + struct.unpack_from("<I", body, 12)[0]]
        if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        ip = frame[14:]
        head = (ip[0] & 15) * 4
        tcp = ip[head : struct.unpack_from(">H", ip, 2)[0]]
        if len(tcp) < 20:
            continue
        payload = tcp[(tcp[12] >> 4) * 4 :]
        key = (ip[12:16], ip[16:20], tcp[:4])
        found.setdefault(key, bytearray()).extend(payload)
    return list(found.values())


def captures(corpus):
    for path in sorted((ROOT / "vectors/captures").glob("*.pcapng")):
        for stream in streams(path):
            if len(stream) < 3073 or stream[0] != 3:
                continue
            # The client's side has C0 C1 C2, the server's S0 S1 S2: the same lengths.
            corpus.add("handshake", bytes([0xFF]) + bytes(stream[:3073]))
            for cut in (4096, 12288):
                part = bytes(stream[:cut])
                corpus.add("server_session", bytes([0xFF]) + part)
                corpus.add("client_session", bytes([0xFF]) + part)
                corpus.add("chunk", bytes([0xFF]) + part[3073:])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    corpus = Corpus(sys.argv[1])
    vectors(corpus)
    captures(corpus)
    print(f"seed: {corpus.written} seeds in {corpus.out}")


main()
