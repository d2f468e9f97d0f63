"""Family flv-file-v1: FLV files (FLV E.2 to E.4.1)."""

import struct

from corpus import Family
from wire import filler, sha256, u24, u32

NOTES = {
    "PreviousSize": {
        "kind": "de-facto",
        "rule": "FLV-004",
        "effect": "A PreviousTagSize does not fit the tag before it (FLV E.3). Readers that go forward do not need "
        "it.",
        "links": [],
    },
    "Flags": {
        "kind": "de-facto",
        "rule": "FLV-002",
        "effect": "Reserved bits of the flags are set, or the flags do not fit the tags (FLV E.2). Readers look at "
        "the tags.",
        "links": [],
    },
    "Version": {
        "kind": "choice",
        "rule": "FLV-002",
        "effect": "The version is not 1, the only one that FLV E.2 defines.",
        "links": [],
    },
    "TagType": {
        "kind": "de-facto",
        "rule": "FLV-008",
        "effect": "A type that neither FLV E.4.1 nor E-RTMP v2 defines: a reader skips the tag, or hands it on.",
        "links": [],
    },
    "StreamId": {
        "kind": "de-facto",
        "rule": "FLV-005",
        "effect": "The stream id of a tag is not 0 (FLV E.4.1).",
        "links": [],
    },
    "ReservedBits": {
        "kind": "de-facto",
        "rule": "FLV-005",
        "effect": "The two top bits of the tag type are not 0 (FLV E.4.1).",
        "links": [],
    },
    "Encrypted": {
        "kind": "choice",
        "rule": "FLV-043",
        "effect": "The filter bit says that the tag is encrypted (FLV E.4.1). Few readers can go on.",
        "links": [],
    },
    "Truncated": {
        "kind": "de-facto",
        "rule": "FLV-003",
        "effect": "The file ends inside a tag (FLV E.3), as after a crash of its writer. The tags before are whole.",
        "links": [],
    },
    "DataOffset": {
        "kind": "choice",
        "rule": "FLV-002",
        "effect": "The data offset is not 9. Readers honour it (FLV E.2).",
        "links": [],
    },
    "Length": {
        "kind": "hostile",
        "rule": "FLV-005",
        "effect": "A size (FLV E.2, E.4.1) above the bytes that follow: memory for it must not be reserved.",
        "links": ["https://github.com/Red5/red5-server/issues/456"],
    },
}
family = Family("flv-file-v1", "flv-file", NOTES)
add = family.group()


def header(flags=5, version=1, offset=9, previous=b"\0\0\0\0"):
    return b"FLV" + bytes([version, flags]) + u32(offset) + previous


def tag(kind, time, data, stream=0, previous=None):
    head = bytes([kind]) + u24(len(data)) + u24(time & 0xFFFFFF) + bytes([time >> 24 & 0xFF]) + u24(stream)
    return head + data + (u32(11 + len(data)) if previous is None else previous)


def head(flags=5, version=1, offset=9):
    return {"flv-header": {"version": version, "audio": bool(flags & 4), "video": bool(flags & 1), "data_offset": offset}}


def found(kind, time, data):
    return {
        "flv-tag": {
            "type": kind,
            "ts": struct.unpack(">i", struct.pack(">I", time & 0xFFFFFFFF))[0],
            "len": len(data),
            "sha256": sha256(data),
        }
    }


A, V, S = b"\xaf\1\x21", b"\x17\1\0\0\0\1\2\3", bytes.fromhex("02000a6f6e4d657461446174610300000 9".replace(" ", ""))


def whole():
    assert header().hex() == "464c5601050000000900000000"
    assert tag(9, 0x01234567, b"12345").hex().startswith("0900000523456701000000")
    for flags, name in ((5, "audio and video"), (4, "audio"), (1, "video"), (0, "neither")):
        add(
            f"flv-file-flags-{flags}",
            f"a file without tags, flags: {name}",
            "FLV-002 FLV-003",
            header(flags),
            [head(flags)],
            feeds=[3, 6],
            canonical=True,
        )
    add(
        "flv-file-three-tags",
        "script data, audio, video",
        "FLV-003 FLV-004 FLV-005 FLV-007 FLV-008",
        [header(), tag(18, 0, S), tag(8, 0, A), tag(9, 40, V)],
        [head(), found(18, 0, S), found(8, 0, A), found(9, 40, V)],
        feeds=[13, 11, 4, 20, 1],
        canonical=True,
    )
    for time, name in ((0x01234567, "1234567"), (0xFFFFFF, "ffffff"), (0x1000000, "1000000"), (0x7FFFFFFF, "7fffffff")):
        add(
            f"flv-file-time-{name}",
            f"timestamp 0x{time:X}",
            "FLV-005 FLV-006 FLV-009",
            [header(), tag(9, time, b"12345")],
            [head(), found(9, time, b"12345")],
            feeds=[13, 7, 1],
            canonical=True,
        )
    add(
        "flv-file-time-minus-1",
        "timestamp -1: the value is signed",
        "FLV-006",
        [header(), tag(9, 0xFFFFFFFF, b"12345")],
        [head(), found(9, 0xFFFFFFFF, b"12345")],
    )
    add(
        "flv-file-empty-tag",
        "a tag without data",
        "FLV-005 FLV-004",
        [header(), tag(8, 5, b""), tag(9, 6, V)],
        [head(), found(8, 5, b""), found(9, 6, V)],
        feeds=[13, 11],
        canonical=True,
    )
    add(
        "flv-file-amf3-script",
        "a script tag of type 15",
        "FLV-008",
        [header(), tag(15, 0, b"\0" + S)],
        [head(), found(15, 0, b"\0" + S)],
        canonical=True,
    )
    big = filler(1, 70000)
    add(
        "flv-file-70000",
        "a tag of 70000 bytes",
        "FLV-005 FLV-009",
        [header(), tag(9, 1, big)],
        [head(), found(9, 1, big)],
        feeds=[24, 65536],
    )
    add(
        "flv-file-backwards",
        "timestamps that go back",
        "FLV-039",
        [header(), tag(9, 100, V), tag(8, 60, A)],
        [head(), found(9, 100, V), found(8, 60, A)],
    )


def odd():
    def lenient(id, title, rules, parts, yields, flag, allow=("accept", "close"), **more):
        add(id, title, rules, parts, yields, result="lenient", flags=[flag], allow=list(allow), **more)

    lenient(
        "flv-file-flags-ff", "all flags set", "FLV-002", [header(0xFF), tag(8, 0, A)], [head(0xFF), found(8, 0, A)], "Flags"
    )
    lenient(
        "flv-file-flags-audio-only-with-video",
        "a video tag, though the flags say audio only",
        "FLV-002",
        [header(4), tag(9, 0, V)],
        [head(4), found(9, 0, V)],
        "Flags",
    )
    for version in (0, 2, 255):
        lenient(
            f"flv-file-version-{version}",
            f"version {version}",
            "FLV-002",
            [header(version=version), tag(8, 0, A)],
            [head(version=version), found(8, 0, A)],
            "Version",
        )
    for offset in (10, 13, 100):
        gap = bytes(offset - 9)
        add(
            f"flv-file-offset-{offset}",
            f"data offset {offset}",
            "FLV-002",
            [header(offset=offset, previous=b""), gap, bytes(4), tag(8, 0, A)],
            [head(offset=offset), found(8, 0, A)],
            flags=["DataOffset"],
            feeds=[9, 1],
        )
    for offset in (0, 8):
        add(
            f"flv-file-offset-{offset}",
            f"data offset {offset} inside the header",
            "FLV-002",
            [header(offset=offset), tag(8, 0, A)],
            [head(offset=offset), found(8, 0, A)],
            result="lenient",
            flags=["DataOffset"],
            allow=["accept", "close"],
        )
    lenient(
        "flv-file-first-previous-size",
        "PreviousTagSize0 is 9",
        "FLV-003",
        [header(previous=u32(9)), tag(8, 0, A)],
        [head(), found(8, 0, A)],
        "PreviousSize",
    )
    for name, value in (("0", 0), ("data-only", len(A)), ("max", 0xFFFFFFFF)):
        lenient(
            f"flv-file-previous-size-{name}",
            f"PreviousTagSize {value}",
            "FLV-004",
            [header(), tag(8, 0, A, previous=u32(value)), tag(9, 1, V)],
            [head(), found(8, 0, A), found(9, 1, V)],
            "PreviousSize",
        )
    for kind in (0, 1, 10, 16, 31):
        lenient(
            f"flv-file-tag-type-{kind}",
            f"a tag of type {kind}, then audio",
            "FLV-008",
            [header(), tag(kind, 0, b"x"), tag(8, 1, A)],
            [head(), found(kind, 0, b"x"), found(8, 1, A)],
            "TagType",
            ["accept", "close", "alternative"],
            alternatives=[("the tag is skipped", [head(), found(8, 1, A)])],
        )
    for kind in (0x40, 0x80, 0xC0):
        lenient(
            f"flv-file-reserved-bits-{kind:x}",
            f"tag type byte 0x{kind | 8:X}",
            "FLV-005",
            [header(), tag(kind | 8, 0, A)],
            [head(), found(8, 0, A)],
            "ReservedBits",
        )
    lenient(
        "flv-file-filter",
        "the filter bit is set",
        "FLV-005 FLV-043",
        [header(), tag(0x28, 0, A)],
        [head(), found(8, 0, A)],
        "Encrypted",
        ["close", "accept"],
    )
    lenient(
        "flv-file-stream-id", "stream id 1", "FLV-005", [header(), tag(8, 0, A, stream=1)], [head(), found(8, 0, A)], "StreamId"
    )


def broken():
    for name, data in (("not-flv", b"FLX" + header()[3:]), ("swf", b"SWF\1\5\0\0\0\x09\0\0\0\0"), ("zero", bytes(13))):
        add(f"flv-file-signature-{name}", f"another signature: {name}", "FLV-002", data, result="invalid")
    add(
        "flv-file-cut-end-marker",
        "the last PreviousTagSize is missing",
        "FLV-003 FLV-004",
        [header(), tag(8, 0, A, previous=b"")],
        [head(), found(8, 0, A)],
        result="lenient",
        flags=["Truncated"],
        allow=["accept", "close"],
    )
    first = tag(8, 0, A)
    full = header() + first + tag(9, 40, V, previous=b"")
    for cut, where, count in (
        (1, "the signature", 0),
        (4, "the header", 0),
        (8, "the header", 0),
        (9, "the header without PreviousTagSize0", 1),
        (12, "PreviousTagSize0", 1),
        (14, "the first tag header", 1),
        (23, "the first tag header", 1),
        (24, "the first tag before its data", 1),
        (26, "the data of the first tag", 1),
        (29, "the size after the first tag", 2),
        (32, "the second tag header", 2),
        (45, "the data of the second tag", 2),
    ):
        done = [head(), found(8, 0, A)][:count]
        add(
            f"flv-file-cut-{cut}",
            f"the file ends after {cut} bytes: {where}",
            "FLV-003",
            full[:cut],
            done,
            result="lenient",
            flags=["Truncated"],
            allow=["accept", "close"],
        )
    add(
        "flv-file-tag-size-max",
        "a tag that announces 16777215 bytes",
        "FLV-005",
        [header(), b"\x09\xff\xff\xff\0\0\0\0\0\0\0", b"x"],
        [head()],
        result="lenient",
        flags=["Length", "Truncated"],
        allow=["accept", "close"],
    )
    add(
        "flv-file-offset-max",
        "data offset 4294967295",
        "FLV-002",
        [header(offset=0xFFFFFFFF), tag(8, 0, A)],
        [head(offset=0xFFFFFFFF)],
        result="lenient",
        flags=["Length", "DataOffset"],
        allow=["accept", "close"],
    )


whole()
odd()
broken()
