"""Family swf-verification-v1: the question of a server about the SWF file of a client, and the answer."""

import hashlib
import hmac
import struct
import zlib

from corpus import Family
from wire import filler

NOTES = {
    "DeFacto": {
        "kind": "de-facto",
        "rule": "SWFV-001",
        "effect": "No specification has SWF verification, and RTMP 7.1.7 does not define events 26 and 27: this is what "
        "its implementations agree on.",
        "links": [],
    },
    "Compressed": {
        "kind": "de-facto",
        "rule": "SWFV-004",
        "effect": "The file is compressed with zlib (SWF file format, version 19, chapter 2). The hash is that of the "
        "decompressed file, with the signature FWS; who decompresses elsewhere refuses it.",
        "links": [],
    },
    "OtherType": {
        "kind": "de-facto",
        "rule": "SWFV-001",
        "effect": "A verification type other than 1, the only one that is known: answered as type 1, or ignored. RTMP "
        "7.1.7 does not define event 26.",
        "links": [],
    },
    "NoType": {
        "kind": "de-facto",
        "rule": "SWFV-001",
        "effect": "The question has no type byte; it is answered, or ignored. RTMP 7.1.7 does not define event 26.",
        "links": [],
    },
    "NotFlat": {
        "kind": "choice",
        "rule": "SWFV-004",
        "effect": "The bytes are no decompressed SWF file (SWF file format, version 19, chapter 2).",
        "links": [],
    },
}
family = Family("swf-verification-v1", "swf-verification", NOTES, "DeFacto")
PLAYER = b"Genuine Adobe Flash Player 001"


def sign(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def swf(length, version=9, seed=1):
    return b"FWS" + bytes([version]) + struct.pack("<I", length) + filler(seed, length - 8)


def zlib_stored(data):
    """The bytes in one stored block (RFC 1950, RFC 1951 3.2.4), so that no compressor decides what they are."""
    block = b"\1" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data
    return b"\x78\1" + block + struct.pack(">I", zlib.adler32(data))


def answer(tail, digest, size):
    body = b"\1\1" + struct.pack(">II", size, size) + sign(tail, digest)
    assert len(body) == 42
    return [{"swf-verification": {"response": (b"\0\x1b" + body).hex()}}]


def all():
    hashes = family.group(step="hash")
    for length in (8, 9, 64, 1000, 65537):
        data = swf(length)
        hashes(
            f"swf-hash-{length}",
            f"a SWF file of {length} bytes",
            "SWFV-004",
            data,
            [{"swf-verification": {"hash": sign(PLAYER, data).hex(), "size": length}}],
        )
    for length in (8, 1000):
        data = swf(length)
        hashes(
            f"swf-hash-compressed-{length}",
            f"a compressed SWF file, {length} bytes when decompressed",
            "SWFV-004",
            [b"CWS" + data[3:8], zlib_stored(data[8:])],
            [{"swf-verification": {"hash": sign(PLAYER, data).hex(), "size": length}}],
            result="lenient",
            flags=["Compressed"],
            allow=["accept", "close"],
        )
    data = filler(1, 20)
    hashes(
        "swf-hash-not-swf",
        "other bytes",
        "SWFV-004",
        data,
        [{"swf-verification": {"hash": sign(PLAYER, data).hex(), "size": 20}}],
        result="lenient",
        flags=["NotFlat"],
        allow=["accept", "close"],
    )
    hashes(
        "swf-hash-empty",
        "no bytes",
        "SWFV-004",
        b"",
        [{"swf-verification": {"hash": sign(PLAYER, b"").hex(), "size": 0}}],
        result="lenient",
        flags=["NotFlat"],
        allow=["accept", "close"],
    )
    for size, seed in ((1000, 2), (65537, 3), (0xFFFFFFFF, 4)):
        tail, digest = filler(seed, 32), sign(PLAYER, swf(1000, seed=seed))
        group = family.group(step="answer", s1_tail=tail.hex(), swf_hash=digest.hex(), swf_size=size)
        group(
            f"swf-answer-{size}",
            f"the answer for a file of {size} bytes",
            "SWFV-001 SWFV-002 SWFV-003",
            b"\0\x1a\1",
            answer(tail, digest, size),
        )
        if size == 1000:
            group(
                "swf-answer-type-2",
                "verification type 2",
                "SWFV-001",
                b"\0\x1a\2",
                answer(tail, digest, size),
                result="lenient",
                flags=["OtherType"],
                allow=["accept", "close", "alternative"],
                alternatives=[("ignored", [])],
            )
            group(
                "swf-answer-no-type",
                "no verification type",
                "SWFV-001",
                b"\0\x1a",
                answer(tail, digest, size),
                result="lenient",
                flags=["NoType"],
                allow=["accept", "close", "alternative"],
                alternatives=[("ignored", [])],
            )


all()
