"""Family enhanced-rtmp-v1: audio and video payloads with an extended header (E-RTMP v1 and v2)."""

import struct

from corpus import Family
from wire import NULL, UNDEFINED, forms, number, obj, string, u24, wire

NOTES = {
    "ReservedPacket": {
        "kind": "de-facto",
        "rule": "ERV-018",
        "effect": "A packet type or command that E-RTMP v2 reserves: named by its number, or the payload is given up.",
        "links": [],
    },
    "ReservedFrameType": {
        "kind": "de-facto",
        "rule": "ERV-020",
        "effect": "A frame type that E-RTMP v2 reserves: named by its number, or the payload is given up.",
        "links": ["https://github.com/obsproject/obs-studio/issues/8761"],
    },
    "UnknownFourCc": {
        "kind": "de-facto",
        "rule": "ERV-019",
        "effect": "A codec that E-RTMP v2 does not list: handed on, or given up.",
        "links": [],
    },
    "LongNano": {
        "kind": "de-facto",
        "rule": "ERM-006",
        "effect": "An offset in nanoseconds has at least three bytes (E-RTMP v2 \"Extended VideoTagHeader\"). With more, the "
        "first three count by habit.",
        "links": [],
    },
    "NoComposition": {
        "kind": "ambiguity",
        "rule": "ERV-012",
        "effect": "CodedFramesX is defined for avc1, hvc1 and vvc1 only. With others it is CodedFrames, or given up "
        "(errata E-60).",
        "links": [],
    },
    "BytesAfterEnd": {
        "kind": "ambiguity",
        "rule": "ERV-010",
        "effect": 'SequenceEnd has no payload (E-RTMP v2 "Extended VideoTagHeader", "Extended AudioTagHeader"); bytes '
        "follow.",
        "links": [],
    },
    "CommandFourCc": {
        "kind": "ambiguity",
        "rule": "ERV-021",
        "effect": "E-RTMP v1 puts the command after the FourCC, v2 straight after the first byte (errata E-58). A "
        "receiver may be of either; behind ModEx, which v1 lacks, it is of v2.",
        "links": ["https://github.com/veovera/enhanced-rtmp"],
    },
    "NanoRange": {
        "kind": "ambiguity",
        "rule": "ERM-003",
        "effect": "E-RTMP v2 has offsets up to 999999 ns in three bytes at least; this one is larger, or shorter.",
        "links": [],
    },
    "ModExSize": {
        "kind": "ambiguity",
        "rule": "ERM-001",
        "effect": "A comment speaks of sizes 1 to 256 in one byte; 0xFF escapes to two bytes, so 256 needs FF 00FF "
        "(errata E-62).",
        "links": [],
    },
    "UnknownModEx": {
        "kind": "choice",
        "rule": "ERM-005",
        "effect": 'E-RTMP v2 "Extended VideoTagHeader": an unknown ModEx type is skipped by its size; dropping the '
        "message is as good.",
        "links": [],
    },
    "NoTracks": {
        "kind": "ambiguity",
        "rule": "ERM-011",
        "effect": 'A multitrack payload of many tracks holds none, which E-RTMP v2 "Extended VideoTagHeader" neither '
        "allows nor forbids.",
        "links": [],
    },
    "RepeatedTrack": {
        "kind": "ambiguity",
        "rule": "ERM-014",
        "effect": 'One track id stands twice in a payload; E-RTMP v2 "Extended VideoTagHeader" does not say what that '
        "means.",
        "links": [],
    },
    "ChannelOrder": {
        "kind": "ambiguity",
        "rule": "ERA-012",
        "effect": 'The channel order, or a channel, is none that E-RTMP v2 "Extended AudioTagHeader" defines.',
        "links": [],
    },
    "EmptyBody": {
        "kind": "de-facto",
        "rule": "ERV-007",
        "effect": "The configuration or frame is empty; E-RTMP v2 sets no least length. Receivers that see a broken "
        "message close.",
        "links": ["https://github.com/bluenviron/mediamtx/issues/4014"],
    },
    "Length": {
        "kind": "hostile",
        "rule": "ERM-024",
        "effect": 'A size (E-RTMP v2 "Extended VideoTagHeader") above the bytes that follow: nothing may be read '
        "beyond the payload.",
        "links": [],
    },
    "Chain": {
        "kind": "hostile",
        "rule": "ERM-002",
        "effect": 'E-RTMP v2 "Extended VideoTagHeader" sets no bound on ModEx parts: a decoder that recurses without '
        "one ends.",
        "links": [],
    },
}
family = Family("enhanced-rtmp-v1", "enhanced-rtmp", NOTES)
audio_add, video_add = family.group(medium="audio"), family.group(medium="video")
VIDEO = ("avc1", "hvc1", "vvc1", "vp08", "vp09", "av01")
AUDIO = ("ac-3", "ec-3", "Opus", ".mp3", "fLaC", "mp4a")
TIMED = ("avc1", "hvc1", "vvc1")
PACKETS = {
    0: "sequence-start",
    1: "coded-frames",
    2: "sequence-end",
    3: "coded-frames-x",
    4: "metadata",
    5: "mpeg2ts-sequence-start",
}
SOUNDS = {0: "sequence-start", 1: "coded-frames", 2: "sequence-end", 4: "multichannel-config"}
BODY = b"\x41\x42"


def head(packet, frame=1):
    return bytes([0x80 | frame << 4 | packet])


def slug(code):
    return code.strip(".").lower().replace("-", "")


def si24(time):
    return u24(time & 0xFFFFFF)


def track(code, body=BODY, time=None, id=None, **more):
    form = {}
    if id is not None:
        form["id"] = id
    form["fourcc"] = code
    if time is not None:
        form["composition_time"] = time
    return {**form, "body": body.hex(), **more}


def video(packet, *tracks, frame=1, nanos=0, multitrack=None, **more):
    form = {"frame_type": frame, "packet": packet, "nanos": nanos}
    if multitrack is not None:
        form["multitrack"] = multitrack
    if tracks or multitrack is not None:
        form["tracks"] = list(tracks)
    return [{"video": {**form, **more}}]


def audio(packet, *tracks, nanos=0, multitrack=None, **more):
    form = {"packet": packet, "nanos": nanos}
    if multitrack is not None:
        form["multitrack"] = multitrack
    return [{"audio": {**form, "tracks": list(tracks), **more}}]


def lenient(*flags, allow=("accept", "close"), **more):
    return {"result": "lenient", "flags": list(flags), "allow": list(allow), **more}


def video_packets():
    for code in VIDEO:
        four, name = code.encode(), slug(code)
        rules = f"ERV-001 ERV-002 ERV-004 {'ERV-005' if code in ('av01', 'vp09', 'hvc1') else 'ERV-006'}"
        video_add(
            f"ex-video-{name}-sequence-start",
            f"{code} SequenceStart",
            f"{rules} ERV-007",
            [head(0), four, BODY],
            video("sequence-start", track(code)),
            canonical=True,
        )
        if code in TIMED:
            for time, frame in ((80, 1), (-40, 2), (0, 1), (8388607, 2), (-8388608, 2)):
                video_add(
                    f"ex-video-{name}-coded-frames-{str(time).replace('-', 'minus-')}",
                    f"{code} CodedFrames, composition time {time}",
                    f"{rules} ERV-008",
                    [head(1, frame), four, si24(time), BODY],
                    video("coded-frames", track(code, time=time), frame=frame),
                    canonical=True,
                )
            video_add(
                f"ex-video-{name}-coded-frames-x",
                f"{code} CodedFramesX",
                f"{rules} ERV-011",
                [head(3, 2), four, BODY],
                video("coded-frames-x", track(code, time=0), frame=2),
                canonical=True,
            )
            for cut in (0, 1, 2):
                video_add(
                    f"ex-video-{name}-composition-cut-{cut}",
                    f"{code} CodedFrames with {cut} byte(s) of composition time",
                    "ERV-008 ERM-024",
                    [head(1), four, bytes(cut)],
                    result="invalid",
                )
        else:
            video_add(
                f"ex-video-{name}-coded-frames",
                f"{code} CodedFrames has no composition time",
                f"{rules} ERV-009",
                [head(1), four, BODY],
                video("coded-frames", track(code)),
                canonical=True,
            )
            video_add(
                f"ex-video-{name}-coded-frames-x",
                f"{code} CodedFramesX",
                "ERV-012",
                [head(3, 2), four, BODY],
                video("coded-frames-x", track(code), frame=2),
                **lenient(
                    "NoComposition",
                    allow=["accept", "close", "alternative"],
                    alternatives=[
                        ("as CodedFrames", video("coded-frames", track(code), frame=2)),
                        ("with composition time 0", video("coded-frames-x", track(code, time=0), frame=2)),
                    ],
                ),
            )
        video_add(
            f"ex-video-{name}-sequence-end",
            f"{code} SequenceEnd",
            f"{rules} ERV-010",
            [head(2), four],
            video("sequence-end", track(code, b"")),
            canonical=True,
        )
        video_add(
            f"ex-video-{name}-mpeg2ts",
            f"{code} MPEG2TSSequenceStart",
            f"{rules} ERV-014",
            [head(5), four, BODY],
            video("mpeg2ts-sequence-start", track(code)),
            **({"canonical": True} if code == "av01" else lenient("ReservedPacket")),
        )
    # V10.
    assert (head(0) + b"hvc1").hex() == "9068766331" and (head(1) + b"hvc1" + si24(80)).hex() == "9168766331000050"
    assert (head(3, 2) + b"hvc1").hex() == "a368766331" and (head(2) + b"hvc1").hex() == "9268766331"
    assert (head(4) + b"hvc1").hex() == "9468766331" and (head(1, 5) + b"\0").hex() == "d100"
    video_add(
        "ex-video-end-with-body",
        "SequenceEnd with bytes after it",
        "ERV-010 ERV-028",
        [head(2), b"hvc1", BODY],
        video("sequence-end", track("hvc1")),
        **lenient(
            "BytesAfterEnd",
            allow=["accept", "close", "alternative"],
            alternatives=[("the bytes are dropped", video("sequence-end", track("hvc1", b"")))],
        ),
    )
    for packet in range(8, 16):
        video_add(
            f"ex-video-packet-{packet}",
            f"reserved packet type {packet}",
            "ERV-018",
            [head(packet), b"hvc1", BODY],
            video(packet, track("hvc1")),
            **lenient("ReservedPacket"),
        )
    for frame in (0, 6, 7):
        video_add(
            f"ex-video-frame-type-{frame}",
            f"reserved frame type {frame}",
            "ERV-020 ERV-001",
            [head(1, frame), b"av01", BODY],
            video("coded-frames", track("av01"), frame=frame),
            **lenient("ReservedFrameType"),
        )
    for frame in (1, 2, 3, 4):
        video_add(
            f"ex-video-frame-type-{frame}",
            f"frame type {frame}: three bits",
            "ERV-001 ERV-033",
            [head(1, frame), b"av01", BODY],
            video("coded-frames", track("av01"), frame=frame),
            canonical=True,
        )
    for code in ("zzzz", "mp4v", "HEVC", "hev1"):
        video_add(
            f"ex-video-fourcc-{code.lower()}",
            f"FourCC {code}",
            "ERV-019 ERV-004",
            [head(1), code.encode(), BODY],
            video("coded-frames", track(code)),
            **lenient("UnknownFourCc"),
        )
    video_add(
        "ex-video-audio-fourcc",
        "an audio FourCC in a video message",
        "ERV-019",
        [head(1), b"Opus", BODY],
        video("coded-frames", track("Opus")),
        **lenient("UnknownFourCc"),
    )
    for command, name in ((0, "start"), (1, "end")):
        for packet in (0, 1, 3):
            video_add(
                f"ex-video-command-{name}-{packet}",
                f"seek {name}, packet type {packet}: no FourCC",
                "ERV-021",
                [head(packet, 5), bytes([command])],
                [{"video": {"frame_type": 5, "packet": "command", "nanos": 0, "command": command}}],
                canonical=packet == 0,
                **lenient("CommandFourCc"),
            )
    for command in (2, 3, 255):
        video_add(
            f"ex-video-command-{command}",
            f"reserved command {command}",
            "ERV-021",
            [head(1, 5), bytes([command])],
            [{"video": {"frame_type": 5, "packet": "command", "nanos": 0, "command": command}}],
            **lenient("ReservedPacket"),
        )
    video_add(
        "ex-video-command-v1",
        "the command after a FourCC, as in E-RTMP v1",
        "ERV-021",
        [head(1, 5), b"hvc1", b"\0"],
        [{"video": {"frame_type": 5, "packet": "command", "nanos": 0, "command": 0}}],
        **lenient(
            "CommandFourCc",
            allow=["accept", "close", "alternative"],
            alternatives=[
                (
                    "the byte after the first is the command",
                    [{"video": {"frame_type": 5, "packet": "command", "nanos": 0, "command": 0x68}}],
                )
            ],
        ),
    )
    for cut in range(1, 5):
        video_add(
            f"ex-video-cut-{cut}",
            f"the payload ends after {cut} byte(s)",
            "ERV-004 ERM-024",
            (head(0) + b"hvc1")[:cut],
            result="invalid",
        )
    video_add("ex-video-command-cut", "a command frame without its command", "ERV-021 ERM-024", head(1, 5), result="invalid")
    video_add(
        "ex-video-sequence-start-empty",
        "SequenceStart without a configuration",
        "ERV-007",
        [head(0), b"hvc1"],
        video("sequence-start", track("hvc1", b"")),
        **lenient("EmptyBody"),
    )


def metadata():
    color = lambda *members: wire(string("colorInfo"), obj(*members))
    full = [
        (
            "colorConfig",
            obj(
                ("bitDepth", number(10)),
                ("colorPrimaries", number(9)),
                ("transferCharacteristics", number(16)),
                ("matrixCoefficients", number(9)),
            ),
        ),
        ("hdrCll", obj(("maxFall", number(400)), ("maxCLL", number(1000)))),
        (
            "hdrMdcv",
            obj(
                ("redX", number(0.708)),
                ("redY", number(0.292)),
                ("greenX", number(0.17)),
                ("greenY", number(0.797)),
                ("blueX", number(0.131)),
                ("blueY", number(0.046)),
                ("whitePointX", number(0.3127)),
                ("whitePointY", number(0.329)),
                ("maxLuminance", number(1000)),
                ("minLuminance", number(0.0001)),
            ),
        ),
    ]
    assert wire(string("colorInfo")).hex() == "020009636f6c6f72496e666f"
    cases = (
        (
            "full",
            "all members of colorInfo",
            color(*full),
            forms(string("colorInfo"), obj(*full)),
            "ERM-028 ERM-030 ERM-031",
            1,
        ),
        ("config", "colorConfig alone", color(full[0]), forms(string("colorInfo"), obj(full[0])), "ERM-028 ERM-029", 1),
        (
            "reset-undefined",
            "reset by undefined",
            wire(string("colorInfo"), UNDEFINED),
            forms(string("colorInfo"), UNDEFINED),
            "ERM-027",
            1,
        ),
        ("reset-object", "reset by an empty object", color(), forms(string("colorInfo"), obj()), "ERM-027", 1),
        (
            "replaced",
            "two colorInfo in one message: the last one counts",
            wire(string("colorInfo"), obj(full[0]), string("colorInfo"), obj(full[1])),
            forms(string("colorInfo"), obj(full[0]), string("colorInfo"), obj(full[1])),
            "ERM-026 ERV-028",
            1,
        ),
        ("other-name", "a pair of another name", wire(string("other"), NULL), forms(string("other"), NULL), "ERV-013", 1),
        (
            "frame-type-0",
            "the frame type of metadata means nothing: 0",
            color(full[0]),
            forms(string("colorInfo"), obj(full[0])),
            "ERV-013 ERV-020",
            0,
        ),
        (
            "frame-type-5",
            "the frame type of metadata means nothing: 5",
            color(full[0]),
            forms(string("colorInfo"), obj(full[0])),
            "ERV-013 ERV-021",
            5,
        ),
        ("empty", "metadata without pairs", b"", [], "ERV-013", 1),
    )
    for id, title, body, values, rules, frame in cases:
        video_add(
            f"ex-metadata-{id}",
            title,
            f"ERV-013 {rules}" if "ERV-013" not in rules else rules,
            [head(4, frame), b"hvc1", body],
            video("metadata", track("hvc1", body), frame=frame, metadata=values),
            canonical=frame == 1,
        )
    video_add(
        "ex-metadata-cut",
        "metadata that ends inside a value",
        "ERV-013 ERM-024",
        [head(4), b"hvc1", color(*full)[:-4]],
        result="invalid",
    )
    video_add("ex-metadata-cut-before-fourcc", "metadata without a FourCC", "ERV-013 ERV-004", head(4), result="invalid")


def mod_ex():
    nano = lambda value, next, kind=0, extra=b"": bytes([2 + len(extra)]) + u24(value) + extra + bytes([kind << 4 | next])
    x = lambda nanos: video("coded-frames-x", track("avc1", time=0), nanos=nanos)
    assert (head(7) + nano(500000, 3) + b"avc1").hex() == "970207a1200361766331"
    for value in (0, 1, 500000, 999999):
        video_add(
            f"ex-modex-nano-{value}",
            f"offset of {value} ns",
            "ERM-003 ERM-004 ERM-001",
            [head(7), nano(value, 3), b"avc1", BODY],
            x(value),
            canonical=value > 0,
            cuts=[[1, 9]],
        )
    for value in (1000000, 16777215):
        video_add(
            f"ex-modex-nano-{value}",
            f"offset of {value} ns",
            "ERM-003",
            [head(7), nano(value, 3), b"avc1", BODY],
            x(value),
            **lenient(
                "NanoRange",
                allow=["accept", "close", "alternative"],
                alternatives=[("ignored", x(0)), ("at most 999999", x(999999))],
            ),
        )
    for size in (1, 2):
        video_add(
            f"ex-modex-nano-in-{size}",
            f"a nanosecond offset of {size} byte(s)",
            "ERM-003",
            [head(7), bytes([size - 1]), b"\7" * size, b"\3", b"avc1", BODY],
            x(0),
            **lenient(
                "NanoRange",
                allow=["accept", "close", "alternative"],
                alternatives=[("what is there counts", x(int("07" * size, 16)))],
            ),
        )
    video_add(
        "ex-modex-nano-in-5",
        "a nanosecond offset of 5 bytes: the first three count",
        "ERM-006",
        [head(7), nano(500000, 3, extra=b"\1\2"), b"avc1", BODY],
        x(500000),
        flags=["LongNano"],
    )
    for size in (1, 3, 255, 256, 257, 65536):
        short = bytes([size - 1]) if size < 256 else b"\xff" + struct.pack(">H", size - 1)
        assert {1: "00", 3: "02", 255: "fe", 256: "ff00ff", 65536: "ffffff"}.get(size, short.hex()) == short.hex()
        flags = lenient("UnknownModEx")
        if size == 256:
            flags = lenient("UnknownModEx", "ModExSize")
        video_add(
            f"ex-modex-size-{size}",
            f"ModEx data of {size} byte(s), unknown type 5",
            "ERM-001 ERM-005",
            [head(7), short, bytes(size), b"\x53", b"avc1", BODY],
            x(0),
            **flags,
        )
    for size in (255, 256, 65536):
        short = bytes([size - 1]) if size < 256 else b"\xff" + struct.pack(">H", size - 1)
        video_add(
            f"ex-modex-nano-size-{size}",
            f"nanosecond offset in {size} bytes",
            "ERM-001 ERM-006",
            [head(7), short, u24(7), bytes(size - 3), b"\3", b"avc1", BODY],
            x(7),
            flags=["LongNano"],
        )
    video_add(
        "ex-modex-one-byte-256",
        "256 in one byte: the escape is followed by a size above the rest",
        "ERM-001 ERM-024",
        [head(7), b"\xff", bytes([0x41]) * 256, b"\3", b"avc1", BODY],
        result="invalid",
        flags=["Length"],
    )
    video_add(
        "ex-modex-chain",
        "an unknown ModEx, then a nanosecond offset",
        "ERM-002 ERM-005",
        [head(7), b"\0\xaa\x57", nano(5, 3), b"avc1", BODY],
        x(5),
        **lenient("UnknownModEx"),
    )
    video_add(
        "ex-modex-chain-after",
        "a nanosecond offset, then an unknown ModEx",
        "ERM-002 ERM-005",
        [head(7), nano(5, 7), b"\0\xaa\x53", b"avc1", BODY],
        x(5),
        **lenient("UnknownModEx"),
    )
    video_add(
        "ex-modex-chain-1000",
        "1000 ModEx parts",
        "ERM-002",
        [head(7), nano(1, 7) * 999, nano(9, 3), b"avc1", BODY],
        x(9),
        **lenient("Chain"),
    )
    for kind in range(1, 16):
        video_add(
            f"ex-modex-type-{kind}",
            f"ModEx type {kind}",
            "ERM-005",
            [head(7), b"\1\1\2", bytes([kind << 4 | 3]), b"avc1", BODY],
            x(0),
            **lenient("UnknownModEx"),
        )
    video_add(
        "ex-modex-sequence-start",
        "ModEx before SequenceStart",
        "ERM-002 ERV-007",
        [head(7), nano(1, 0), b"hvc1", BODY],
        video("sequence-start", track("hvc1"), nanos=1),
    )
    video_add(
        "ex-modex-composition-time",
        "ModEx before CodedFrames with a composition time",
        "ERM-003 ERV-008",
        [head(7), nano(3, 1), b"hvc1", si24(-1), BODY],
        video("coded-frames", track("hvc1", time=-1), nanos=3),
        canonical=True,
    )
    video_add(
        "ex-modex-command",
        "ModEx before a command frame",
        "ERM-002 ERV-021",
        [head(7, 5), nano(3, 1), b"\1"],
        [{"video": {"frame_type": 5, "packet": "command", "nanos": 3, "command": 1}}],
    )
    video_add(
        "ex-modex-metadata",
        "ModEx before metadata",
        "ERM-002 ERV-013",
        [head(7), nano(3, 4), b"hvc1", wire(string("colorInfo"), UNDEFINED)],
        video(
            "metadata",
            track("hvc1", wire(string("colorInfo"), UNDEFINED)),
            nanos=3,
            metadata=forms(string("colorInfo"), UNDEFINED),
        ),
    )
    for name, data in (
        ("size", b""),
        ("long-size", b"\xff\0"),
        ("data", b"\2\7\xa1"),
        ("type", nano(1, 3)[:-1]),
        ("fourcc", nano(1, 3) + b"avc"),
        ("chain", nano(1, 7)),
        ("long-data", b"\xff\xff\xff" + bytes(100)),
    ):
        video_add(
            f"ex-modex-cut-{name}",
            f"the payload ends inside ModEx: {name}",
            "ERM-001 ERM-024",
            [head(7), data],
            result="invalid",
            flags=["Length"] if name == "long-data" else [],
        )
    audio_add(
        "ex-audio-modex-nano",
        "audio with an offset of 500000 ns",
        "ERM-003 ERA-004",
        [b"\x97", nano(500000, 1), b"Opus", BODY],
        audio("coded-frames", track("Opus"), nanos=500000),
        canonical=True,
    )
    audio_add(
        "ex-audio-modex-type-2",
        "audio with an unknown ModEx",
        "ERM-005 ERA-004",
        [b"\x97", b"\0\1\x21", b"Opus", BODY],
        audio("coded-frames", track("Opus")),
        **lenient("UnknownModEx"),
    )
    audio_add("ex-audio-modex-cut", "audio that ends inside ModEx", "ERM-001 ERM-024", b"\x97\2\1", result="invalid")


def sized(id, body, size=None):
    return bytes([id]) + u24(len(body) if size is None else size) + body


def multitrack():
    h = b"hvc1"
    timed = si24(0) + BODY
    two = sized(0, timed) + sized(1, timed)
    assert (head(6) + b"\1" + h + b"\1" + si24(0)).hex() == "96016876633101000000"
    assert (head(6) + b"\x11" + h + two).hex() == "961168766331000000050000004142010000050000004142"
    many = h + sized(0, timed) + b"av01" + sized(1, BODY)
    assert (head(6) + b"\x21" + many).hex() == "96216876633100000005000000414261763031010000024142"
    t = lambda id, code="hvc1", time=0, body=BODY: track(code, body, time, id)
    rules = "ERM-007 ERM-009 ERM-010 ERM-011 ERV-016"
    video_add(
        "ex-multitrack-one",
        "OneTrack, track 1, CodedFrames",
        rules,
        [head(6), b"\1", h, b"\1", timed],
        video("coded-frames", t(1), multitrack="one-track"),
        canonical=True,
    )
    video_add(
        "ex-multitrack-many",
        "ManyTracks, tracks 0 and 1",
        f"{rules} ERM-012 ERM-014 ERV-028",
        [head(6), b"\x11", h, two],
        video("coded-frames", t(0), t(1), multitrack="many-tracks"),
        canonical=True,
        cuts=[[1, 5], [7, 14], [16, 23]],
    )
    video_add(
        "ex-multitrack-codecs",
        "ManyTracksManyCodecs, hvc1 in track 0 and av01 in track 1",
        f"{rules} ERM-012 ERM-014 ERV-009",
        [head(6), b"\x21", many],
        video("coded-frames", t(0), t(1, "av01", None), multitrack="many-tracks-many-codecs"),
        canonical=True,
    )
    for id in (0, 127, 255):
        video_add(
            f"ex-multitrack-one-id-{id}",
            f"OneTrack, track {id}, SequenceStart",
            f"{rules} ERV-007",
            [head(6), b"\0", b"av01", bytes([id]), BODY],
            video("sequence-start", t(id, "av01", None), multitrack="one-track"),
            canonical=True,
        )
    for packet in (0, 1, 2, 3, 5):
        body = timed if packet == 1 else b"" if packet == 2 else BODY
        time = 0 if packet in (1, 3) else None
        inner = b"" if packet == 2 else BODY
        flags = lenient("ReservedPacket") if packet == 5 else {"canonical": True}
        video_add(
            f"ex-multitrack-many-packet-{packet}",
            f"ManyTracks of {PACKETS[packet]}",
            f"{rules} ERM-012",
            [head(6), bytes([0x10 | packet]), h, sized(0, body), sized(2, body)],
            video(PACKETS[packet], t(0, "hvc1", time, inner), t(2, "hvc1", time, inner), multitrack="many-tracks"),
            **flags,
        )
    video_add(
        "ex-multitrack-one-of-many",
        "ManyTracks with a single track",
        f"{rules} ERM-012",
        [head(6), b"\x10", h, sized(7, BODY)],
        video("sequence-start", t(7, "hvc1", None), multitrack="many-tracks"),
        canonical=True,
    )
    video_add(
        "ex-multitrack-sizes",
        "tracks of different sizes, one empty",
        "ERM-012 ERM-014",
        [head(6), b"\x11", b"av01", sized(0, b"x" * 300), sized(1, b""), sized(2, b"y")],
        video(
            "coded-frames",
            t(0, "av01", None, b"x" * 300),
            t(1, "av01", None, b""),
            t(2, "av01", None, b"y"),
            multitrack="many-tracks",
        ),
    )
    video_add(
        "ex-multitrack-codecs-three",
        "three codecs",
        "ERM-010 ERM-014",
        [head(6), b"\x20", b"avc1", sized(0, b"a"), b"vp09", sized(1, b"b"), b"vvc1", sized(2, b"c")],
        video(
            "sequence-start",
            t(0, "avc1", None, b"a"),
            t(1, "vp09", None, b"b"),
            t(2, "vvc1", None, b"c"),
            multitrack="many-tracks-many-codecs",
        ),
        canonical=True,
    )
    video_add(
        "ex-multitrack-256",
        "256 tracks",
        "ERM-014",
        [head(6), b"\x11", b"av01", *[sized(i, b"x") for i in range(256)]],
        video("coded-frames", *[t(i, "av01", None, b"x") for i in range(256)], multitrack="many-tracks"),
    )
    video_add(
        "ex-multitrack-repeated",
        "track 0 twice",
        "ERM-014",
        [head(6), b"\x10", h, sized(0, b"a"), sized(0, b"b")],
        video("sequence-start", t(0, "hvc1", None, b"a"), t(0, "hvc1", None, b"b"), multitrack="many-tracks"),
        **lenient("RepeatedTrack"),
    )
    video_add(
        "ex-multitrack-none",
        "ManyTracks without a track",
        "ERM-011",
        [head(6), b"\x10", h],
        video("sequence-start", multitrack="many-tracks"),
        **lenient("NoTracks"),
    )
    video_add(
        "ex-multitrack-modex",
        "ModEx before multitrack holds for the whole message",
        "ERM-002 ERM-007 ERM-004",
        [head(7), b"\2\0\0\x09\6", b"\x11", h, two],
        video("coded-frames", t(0), t(1), multitrack="many-tracks", nanos=9),
        canonical=True,
    )
    pairs = wire(string("colorInfo"), UNDEFINED)
    video_add(
        "ex-multitrack-metadata",
        "metadata of track 1",
        "ERV-013 ERM-007",
        [head(6), b"\4", h, b"\1", pairs],
        video("metadata", t(1, "hvc1", None, pairs), multitrack="one-track", metadata=forms(string("colorInfo"), UNDEFINED)),
    )
    video_add(
        "ex-multitrack-inner-multitrack",
        "multitrack inside multitrack",
        "ERM-008",
        [head(6), b"\6", h, b"\1", BODY],
        result="invalid",
    )
    video_add(
        "ex-multitrack-inner-modex",
        "ModEx inside multitrack cannot be read (errata E-63)",
        "ERM-007 ERM-008",
        [head(6), b"\7", h, b"\1", BODY],
        result="invalid",
    )
    for kind in (3, 4, 8, 15):
        video_add(
            f"ex-multitrack-type-{kind}",
            f"reserved multitrack type {kind}",
            "ERM-009",
            [head(6), bytes([kind << 4]), h, b"\1", BODY],
            result="invalid",
        )
    rows = {
        "fourcc": "ERM-010",
        "data": "ERM-012",
        "second-data": "ERM-012 ERV-028",
        "size-max": "ERM-012",
        "second-size": "ERV-028",
        "second-id": "ERM-010 ERV-028",
        "second-fourcc": "ERM-010 ERV-028",
        "one-fourcc-for-two-codecs": "ERM-010",
        "size-counts-itself": "ERM-012",
    }
    for name, data in (
        ("type", b""),
        ("fourcc", b"\1hvc"),
        ("id", b"\1hvc1"),
        ("size", b"\x10hvc1\0\0\0"),
        ("data", b"\x10hvc1" + sized(0, BODY, 3)),
        ("second-size", b"\x10hvc1" + sized(0, BODY) + b"\1\0"),
        ("second-id", b"\x20hvc1" + sized(0, BODY) + b"av01"),
        ("second-fourcc", b"\x20hvc1" + sized(0, BODY) + b"av"),
        ("second-data", b"\x10hvc1" + sized(0, BODY) + sized(1, BODY, 4)),
        ("size-max", b"\x10hvc1" + sized(0, BODY, 0xFFFFFF)),
        ("composition", b"\x11hvc1" + sized(0, b"\0\0") + sized(1, timed)),
        ("one-composition", b"\1hvc1\1\0\0"),
        ("one-fourcc-for-two-codecs", b"\x20hvc1" + sized(0, BODY) + sized(1, BODY)),
        ("size-counts-itself", b"\x10hvc1" + sized(0, BODY, len(BODY) + 3)),
    ):
        video_add(
            f"ex-multitrack-cut-{name}",
            f"the payload ends inside multitrack: {name}",
            f"ERM-024 ERM-011 {rows.get(name, '')}",
            [head(6), data],
            result="invalid",
            flags=["Length"] if name == "size-max" else [],
        )
    a = lambda id, code="Opus", body=BODY: track(code, body, None, id)
    rules = "ERM-007 ERM-009 ERM-010 ERM-011 ERA-004"
    audio_add(
        "ex-audio-multitrack-one",
        "OneTrack audio, track 1",
        rules,
        [b"\x95", b"\1", b"Opus", b"\1", BODY],
        audio("coded-frames", a(1), multitrack="one-track"),
        canonical=True,
    )
    audio_add(
        "ex-audio-multitrack-many",
        "ManyTracks audio",
        f"{rules} ERM-012 ERM-014",
        [b"\x95", b"\x11", b"Opus", sized(0, BODY), sized(1, b"z")],
        audio("coded-frames", a(0), a(1, "Opus", b"z"), multitrack="many-tracks"),
        canonical=True,
    )
    audio_add(
        "ex-audio-multitrack-codecs",
        "ManyTracksManyCodecs audio",
        f"{rules} ERM-012 ERM-014",
        [b"\x95", b"\x20", b"mp4a", sized(0, BODY), b"fLaC", sized(1, b"z")],
        audio("sequence-start", a(0, "mp4a"), a(1, "fLaC", b"z"), multitrack="many-tracks-many-codecs"),
        canonical=True,
    )
    audio_add(
        "ex-audio-multitrack-inner-multitrack",
        "multitrack inside multitrack",
        "ERM-008",
        [b"\x95", b"\5", b"Opus", b"\1", BODY],
        result="invalid",
    )
    audio_add(
        "ex-audio-multitrack-inner-modex",
        "ModEx inside multitrack",
        "ERM-007 ERM-008",
        [b"\x95", b"\7", b"Opus", b"\1", BODY],
        result="invalid",
    )
    audio_add(
        "ex-audio-multitrack-type-3",
        "reserved multitrack type 3",
        "ERM-009",
        [b"\x95", b"\x31", b"Opus", b"\1", BODY],
        result="invalid",
    )
    for name, data in (
        ("id", b"\1Opus"),
        ("size", b"\x11Opus\0\0"),
        ("data", b"\x11Opus" + sized(0, BODY, 3)),
        ("second", b"\x11Opus" + sized(0, BODY) + b"\1"),
    ):
        audio_add(
            f"ex-audio-multitrack-cut-{name}",
            f"the payload ends inside multitrack: {name}",
            "ERM-024 ERM-011",
            [b"\x95", data],
            result="invalid",
        )
    audio_add(
        "ex-audio-multitrack-channels",
        "a channel configuration for track 1",
        "ERA-011 ERM-007",
        [b"\x95", b"\4", b"Opus", b"\1", b"\1\2\0\0\0\3"],
        audio(
            "multichannel-config",
            a(1, "Opus", b"\1\2\0\0\0\3") | {"channels": {"order": 1, "count": 2, "mask": 3}},
            multitrack="one-track",
        ),
    )


def sounds():
    assert (b"\x90Opus").hex() == "904f707573" and (b"\x94Opus\1\6" + struct.pack(">I", 0x3F)).hex() == "944f70757301060000003f"
    for code in AUDIO:
        four, name, rules = code.encode(), slug(code), "ERA-001 ERA-002 ERA-003"
        extra = {"mp4a": " ERA-005 ERA-019", "fLaC": " ERA-006", "Opus": " ERA-007"}.get(code, " ERA-009")
        audio_add(
            f"ex-audio-{name}-sequence-start",
            f"{code} SequenceStart",
            rules + extra,
            [b"\x90", four, BODY],
            audio("sequence-start", track(code)),
            canonical=True,
        )
        audio_add(
            f"ex-audio-{name}-coded-frames",
            f"{code} CodedFrames",
            rules,
            [b"\x91", four, BODY],
            audio("coded-frames", track(code)),
            canonical=True,
        )
        audio_add(
            f"ex-audio-{name}-sequence-end",
            f"{code} SequenceEnd",
            f"{rules} ERA-015",
            [b"\x92", four],
            audio("sequence-end", track(code, b"")),
            canonical=True,
        )
    audio_add(
        "ex-audio-opus-empty-start",
        "Opus SequenceStart without an ID header: mono or stereo",
        "ERA-007 ERA-008",
        [b"\x90", b"Opus"],
        audio("sequence-start", track("Opus", b"")),
    )
    packed = bytes.fromhex("7c02aabb") + bytes.fromhex("7ccc")
    audio_add(
        "ex-audio-opus-two-streams",
        "two Opus streams: the first packet is self-delimited, the last is not",
        "ERA-010",
        [b"\x91", b"Opus", packed],
        audio("coded-frames", track("Opus", packed)),
    )
    for packet in (3, 6, 8, 9, 10, 11, 12, 13, 14, 15):
        audio_add(
            f"ex-audio-packet-{packet}",
            f"reserved packet type {packet}",
            "ERA-004 ERA-017",
            [bytes([0x90 | packet]), b"Opus", BODY],
            audio(packet, track("Opus")),
            **lenient("ReservedPacket"),
        )
    for code in ("zzzz", "opus", "hvc1"):
        audio_add(
            f"ex-audio-fourcc-{code}",
            f"FourCC {code}",
            "ERA-017 ERA-002",
            [b"\x91", code.encode(), BODY],
            audio("coded-frames", track(code)),
            **lenient("UnknownFourCc"),
        )
    for cut in range(1, 5):
        audio_add(
            f"ex-audio-cut-{cut}",
            f"the payload ends after {cut} byte(s)",
            "ERA-001 ERM-024",
            b"\x91Opus"[:cut],
            result="invalid",
        )
    audio_add(
        "ex-audio-end-with-body",
        "SequenceEnd with bytes after it",
        "ERA-015",
        [b"\x92", b"Opus", BODY],
        audio("sequence-end", track("Opus")),
        **lenient(
            "BytesAfterEnd",
            allow=["accept", "close", "alternative"],
            alternatives=[("the bytes are dropped", audio("sequence-end", track("Opus", b"")))],
        ),
    )
    config = lambda data, channels: (
        [b"\x94", b"Opus", data],
        audio("multichannel-config", track("Opus", data) | {"channels": channels}),
    )
    for id, title, data, channels in (
        ("unspecified", "6 channels in no stated order", b"\0\6", {"order": 0, "count": 6}),
        ("native-51", "5.1 in native order", bytes.fromhex("01060000003f"), {"order": 1, "count": 6, "mask": 0x3F}),
        ("native-stereo", "stereo in native order", bytes.fromhex("010200000003"), {"order": 1, "count": 2, "mask": 3}),
        ("native-222", "all 24 channels", bytes.fromhex("011800ffffff"), {"order": 1, "count": 24, "mask": 0xFFFFFF}),
        (
            "native-bottom-front-right",
            "the highest bit of the mask",
            bytes.fromhex("010100800000"),
            {"order": 1, "count": 1, "mask": 0x800000},
        ),
        ("custom", "a mapping of two channels", bytes.fromhex("02020100"), {"order": 2, "count": 2, "mapping": [1, 0]}),
        (
            "custom-edges",
            "channels 0 and 23, unused and unknown",
            bytes.fromhex("02040017feff"),
            {"order": 2, "count": 4, "mapping": [0, 23, 254, 255]},
        ),
        ("custom-0", "a mapping of no channel", b"\2\0", {"order": 2, "count": 0, "mapping": []}),
    ):
        parts, yields = config(data, channels)
        audio_add(
            f"ex-audio-channels-{id}",
            title,
            "ERA-004 ERA-011 ERA-012 ERA-013 ERA-014",
            parts,
            yields,
            canonical=True,
            cuts=[[1, len(b"".join(parts)) - 1]],
        )
    for id, title, data, channels in (
        ("order-3", "channel order 3", b"\3\2", {"order": 3, "count": 2}),
        ("order-255", "channel order 255", b"\xff\2", {"order": 255, "count": 2}),
        ("custom-24", "channel 24", b"\2\1\x18", {"order": 2, "count": 1, "mapping": [24]}),
        (
            "mask-count",
            "a count that does not fit the mask",
            bytes.fromhex("01020000003f"),
            {"order": 1, "count": 2, "mask": 0x3F},
        ),
        ("mask-bit-24", "bit 24 of the mask", bytes.fromhex("010101000000"), {"order": 1, "count": 1, "mask": 1 << 24}),
    ):
        parts, yields = config(data, channels)
        audio_add(f"ex-audio-channels-{id}", title, "ERA-012 ERA-013 ERA-014", parts, yields, **lenient("ChannelOrder"))
    for id, data in (
        ("order", b""),
        ("count", b"\1"),
        ("mask", b"\1\6\0\0\0"),
        ("mapping", b"\2\3\0\1"),
        ("mapping-255", b"\2\xff\0"),
    ):
        audio_add(
            f"ex-audio-channels-cut-{id}",
            f"the channel configuration ends early: {id}",
            "ERA-011 ERA-012 ERM-024" + {"mask": " ERA-014", "mapping": " ERA-013", "mapping-255": " ERA-013"}.get(id, ""),
            [b"\x94", b"Opus", data],
            result="invalid",
        )


def colors():
    config = lambda depth: ("colorConfig", obj(("bitDepth", number(depth)), ("colorPrimaries", number(9))))
    light = ("hdrCll", obj(("maxFall", number(400)), ("maxCLL", number(1000))))
    said = lambda *pairs: head(4) + b"hvc1" + wire(*(v for pair in pairs for v in pair))
    info = lambda *members: said((string("colorInfo"), obj(*members)))
    frame, inter = head(1) + b"hvc1" + si24(0) + BODY, head(1, 2) + b"hvc1" + si24(0) + BODY
    start = head(0) + b"hvc1" + BODY
    ten, eight, both = info(config(10)), info(config(8)), info(config(10), light)
    color = lambda *members: obj(*members)[1] if members else NULL[1]
    for id, title, before, value in (
        ("none", "no metadata came before", [], color()),
        ("first-frame", "the first frame after colorInfo", [ten], color(config(10))),
        ("second-frame", "the second frame after colorInfo", [ten, frame], color(config(10))),
        ("sequence-start", "colorInfo, configuration, frame", [ten, start], color(config(10))),
        ("after-frames", "frames, then colorInfo", [start, frame, inter, ten], color(config(10))),
        ("replaced", "a second colorInfo between frames", [ten, frame, eight], color(config(8))),
        ("replaced-whole", "the second colorInfo has other members: nothing of the first one stays", [both, frame, info(light)],
         color(light)),
        ("replaced-before-a-frame", "two colorInfo and no frame between them", [ten, eight], color(config(8))),
        ("two-in-one", "two colorInfo in one payload: the last one counts",
         [said((string("colorInfo"), obj(config(10))), (string("colorInfo"), obj(light)))], color(light)),
        ("reset-undefined", "a reset by undefined", [ten, frame, said((string("colorInfo"), UNDEFINED))], color()),
        ("reset-object", "a reset by an empty object", [ten, frame, info()], color()),
        ("other-name", "metadata of another name change nothing", [ten, said((string("other"), obj(light)))], color(config(10))),
        ("sequence-end", "a sequence end between metadata and frame", [head(2) + b"hvc1", ten, start], color(config(10))),
    ):
        family.group(medium="video", before=[payload.hex() for payload in before])(
            f"ex-color-{id}",
            f"the colours of a frame: {title}",
            "ERM-033" + (" ERM-026" if "replaced" in id or id == "two-in-one" else "") + (" ERM-027" if "reset" in id else ""),
            [head(1, 2), b"hvc1", si24(0), BODY],
            video("coded-frames", track("hvc1", time=0), frame=2, color=value),
        )


for part in (video_packets, metadata, mod_ex, multitrack, sounds, colors):
    part()
