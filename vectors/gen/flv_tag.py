"""Family flv-tag-v1: legacy payloads of audio and video messages, which are the bodies of FLV tags."""

from corpus import Family

NOTES = {
    "Vp6": {
        "kind": "de-facto",
        "rule": "FLV-036",
        "effect": "FLV E.4.3.1 does not show what stands before a VP6 picture: a byte of adjustment, for VP6 with alpha an "
        "offset too. It is that of the SWF file format, as decoders read it.",
        "links": [],
    },
    "Reserved": {
        "kind": "de-facto",
        "rule": "FLV-041",
        "effect": "FLV E.4.2.1 or E.4.3.1 reserves the format, codec or frame type, or leaves it to private use. A "
        "relay passes it on; a decoder names it by its number or gives the payload up.",
        "links": [],
    },
    "Dialect": {
        "kind": "de-facto",
        "rule": "FLV-026",
        "effect": "Codec ids 12 (HEVC) and 13 (AV1) with the header of AVC are a private agreement of content "
        "delivery networks. Who does not know it sees no header after the first byte.",
        "links": [
            "https://github.com/CDN-Union/H265",
            "https://github.com/veovera/enhanced-rtmp/issues/24",
            "https://github.com/ant-media/Ant-Media-Server/issues/6585",
        ],
    },
    "ShortPayload": {
        "kind": "de-facto",
        "rule": "FLV-042",
        "effect": "The payload ends inside its header (FLV E.4.2.1, E.4.3.1). The message is given up; the connection "
        "is not.",
        "links": [],
    },
    "Silence": {
        "kind": "de-facto",
        "rule": "MSG-032",
        "effect": "An audio message without a payload means silence (E-RTMP v2).",
        "links": [
            "https://github.com/veovera/enhanced-rtmp/issues/29",
            "https://github.com/arut/nginx-rtmp-module/issues/1734",
        ],
    },
    "EmptyVideo": {
        "kind": "de-facto",
        "rule": "MSG-033",
        "effect": "A video message without a payload, which FLV E.4.3.1 does not provide for. It is ignored.",
        "links": ["https://github.com/arut/nginx-rtmp-module/issues/1734"],
    },
    "UnknownPacket": {
        "kind": "de-facto",
        "rule": "FLV-042",
        "effect": "FLV E.4.2.2 or E.4.3.1 does not define the packet type, or does not expect these bytes behind it.",
        "links": [],
    },
    "CommandPlace": {
        "kind": "ambiguity",
        "rule": "FLV-027",
        "effect": "The table of FLV E.4.3.1 puts the four bytes of the AVC header before the command of a frame of type "
        "5, Enhanced RTMP v2 does not (errata E-58).",
        "links": [],
    },
}
family = Family("flv-tag-v1", "flv-tag", NOTES)
audio_add, video_add = family.group(medium="audio"), family.group(medium="video")
AUDIO = {
    0: "LPCM, platform order",
    1: "ADPCM",
    2: "MP3",
    3: "LPCM, little-endian",
    4: "Nellymoser 16 kHz mono",
    5: "Nellymoser 8 kHz mono",
    6: "Nellymoser",
    7: "G.711 A-law",
    8: "G.711 mu-law",
    10: "AAC",
    11: "Speex",
    12: "reserved",
    13: "reserved",
    14: "MP3 8 kHz",
    15: "device-specific",
}
VIDEO = {1: "JPEG", 2: "Sorenson H.263", 3: "Screen video", 4: "VP6", 5: "VP6 with alpha", 6: "Screen video 2", 7: "AVC"}
FIXED_RATE = {4: 16000, 5: 8000, 7: 8000, 8: 8000, 11: 16000, 14: 8000}


def audio(first, body=b"", packet="coded-frames"):
    form = {"format": first >> 4, "rate": first >> 2 & 3, "bits": 16 if first & 2 else 8, "channels": 1 + (first & 1)}
    rate = FIXED_RATE.get(first >> 4, (None, 11025, 22050, 44100)[first >> 2 & 3])
    if rate and first >> 4 not in (10, 12, 13, 15):
        form["sample_rate"] = rate
    return [{"audio": {**form, "packet": packet, "body": body.hex()}}]


def video(first, body=b"", packet="coded-frames", time=None, **more):
    form = {"frame_type": first >> 4, "codec": first & 15, "packet": packet}
    if time is not None:
        form["composition_time"] = time
    if packet != "command":
        form["body"] = body.hex()
    return [{"video": {**form, **more}}]


def sounds():
    body = b"\x11\x22\x33\x44"
    rows = {0: "FLV-015", 3: "FLV-014", 4: "FLV-016", 5: "FLV-016", 11: "FLV-019"}
    for code, name in AUDIO.items():
        for low in range(16):
            first = code << 4 | low
            rules = " ".join(["FLV-010", "FLV-011", "FLV-012", "FLV-013", rows.get(code, "")])
            odd = {"result": "lenient", "flags": ["Reserved"], "allow": ["accept", "close"]} if code in (12, 13) else {}
            if code == 10:
                audio_add(
                    f"flv-audio-{first:02x}",
                    f"{name}, raw frame, first byte {first:02X}",
                    f"{rules} FLV-018 FLV-020",
                    [bytes([first, 1]), body],
                    audio(first, body),
                    canonical=True,
                )
            else:
                audio_add(
                    f"flv-audio-{first:02x}",
                    f"{name}, first byte {first:02X}",
                    rules,
                    [bytes([first]), body],
                    audio(first, body),
                    **(odd or {"canonical": True}),
                )
    audio_add("flv-audio-empty-body", "ADPCM without samples", "FLV-010", b"\x1e", audio(0x1E))
    config = bytes.fromhex("1210")
    assert (b"\xaf\0" + config).hex() == "af001210"
    audio_add(
        "flv-aac-sequence-header",
        "AudioSpecificConfig: LC, 44100 Hz, stereo",
        "FLV-020 FLV-021 FLV-001",
        [b"\xaf\0", config],
        audio(0xAF, config, "sequence-start"),
        canonical=True,
    )
    audio_add(
        "flv-aac-sequence-header-mono-48000",
        "AudioSpecificConfig 48000 Hz mono under the byte AF",
        "FLV-018 FLV-017",
        [b"\xaf\0", bytes.fromhex("1188")],
        audio(0xAF, bytes.fromhex("1188"), "sequence-start"),
        canonical=True,
    )
    audio_add(
        "flv-aac-sequence-header-empty",
        "an empty AudioSpecificConfig",
        "FLV-020",
        b"\xaf\0",
        audio(0xAF, b"", "sequence-start"),
    )
    audio_add("flv-aac-raw-empty", "an empty raw frame", "FLV-020", b"\xaf\1", audio(0xAF))
    for kind in (2, 255):
        audio_add(
            f"flv-aac-packet-{kind}",
            f"AAC packet type {kind}",
            "FLV-020 FLV-042",
            [b"\xaf", bytes([kind]), body],
            audio(0xAF, body, kind),
            result="lenient",
            flags=["UnknownPacket"],
            allow=["accept", "close"],
        )
    audio_add("flv-aac-cut", "AAC without a packet type", "FLV-042 FLV-020", b"\xaf", result="invalid", flags=["ShortPayload"])
    audio_add(
        "flv-audio-silence",
        "an audio message without a payload",
        "MSG-032 ERA-016",
        b"",
        [{"audio": {"packet": "silence"}}],
        result="lenient",
        flags=["Silence"],
        allow=["accept", "close"],
    )


def frames():
    body = b"\x11\x22\x33\x44"
    reserved = {"result": "lenient", "flags": ["Reserved"], "allow": ["accept", "close"]}
    for kind in range(8):
        for code in [c for c in range(16) if c not in (7, 12, 13)]:
            first = kind << 4 | code
            rules = "FLV-023 FLV-024 FLV-025"
            if kind == 5:
                continue
            known = 2 <= code <= 6 and 1 <= kind <= 4
            more, form = {}, video(first, body)
            if code in (4, 5):
                rules += " FLV-036"
                form = video(
                    first, body, vp6={"horizontal": 1, "vertical": 1, **({"alpha_offset": 0x223344} if code == 5 else {})}
                )
            title = f"{VIDEO.get(code, 'reserved')}, frame type {kind}, first byte {first:02X}"
            video_add(
                f"flv-video-{first:02x}",
                title,
                rules,
                [bytes([first]), body],
                form,
                **({"canonical": True} if known else reserved),
                **({"flags": ["Vp6"]} if known and code in (4, 5) else {}),
                **more,
            )
    rules = "FLV-023 FLV-028 FLV-029"
    for id, title, data, time, packet, extra in (
        ("sequence-header", "AVC configuration", "1700000000", 0, "sequence-start", "FLV-030 FLV-032 FLV-035"),
        ("key-80", "AVC key frame, composition time 80", "1701000050", 80, "coded-frames", "FLV-031 FLV-033"),
        ("inter-minus-40", "AVC inter frame, composition time -40", "2701ffffd8", -40, "coded-frames", "FLV-031"),
        ("end", "AVC end of sequence", "1702000000", 0, "sequence-end", "FLV-030"),
        ("key-0", "AVC key frame, composition time 0", "1701000000", 0, "coded-frames", "FLV-031"),
        ("time-max", "the largest composition time", "27017fffff", 8388607, "coded-frames", "FLV-031 FLV-009"),
        ("time-min", "the smallest composition time", "2701800000", -8388608, "coded-frames", "FLV-031 FLV-009"),
        ("disposable", "AVC frame of type 3", "3701000001", 1, "coded-frames", "FLV-024"),
        ("generated-key", "AVC frame of type 4", "4701000000", 0, "coded-frames", "FLV-024"),
    ):
        head = bytes.fromhex(data)
        tail = {"sequence-start": bytes.fromhex("0142c01effe1"), "sequence-end": b""}.get(packet, body)
        video_add(f"flv-avc-{id}", title, f"{rules} {extra}", [head, tail], video(head[0], tail, packet, time), canonical=True)
    video_add(
        "flv-avc-end-with-body",
        "end of sequence with bytes after it",
        "FLV-029",
        [bytes.fromhex("1702000000"), b"\1"],
        video(0x17, b"\1", "sequence-end", 0),
        result="lenient",
        flags=["UnknownPacket"],
        allow=["accept", "close"],
    )
    for kind in (3, 255):
        head = bytes([0x17, kind, 0, 0, 5])
        video_add(
            f"flv-avc-packet-{kind}",
            f"AVC packet type {kind}",
            "FLV-029 FLV-042",
            [head, body],
            video(0x17, body, kind, 5),
            result="lenient",
            flags=["UnknownPacket"],
            allow=["accept", "close"],
        )
    for kind in (0, 6, 7):
        head = bytes([kind << 4 | 7, 1, 0, 0, 0])
        video_add(
            f"flv-avc-frame-type-{kind}",
            f"AVC frame of reserved type {kind}",
            "FLV-024 FLV-041",
            [head, body],
            video(head[0], body, time=0),
            **reserved,
        )
    for code, name in ((12, "hevc"), (13, "av1")):
        for packet, kind in (("sequence-start", 0), ("coded-frames", 1), ("sequence-end", 2)):
            head, tail = bytes([0x10 | code, kind, 0, 0, 0]), b"" if kind == 2 else body
            plain = bytes([kind, 0, 0, 0]) + tail
            video_add(
                f"flv-{name}-dialect-{packet}",
                f"codec id {code} as {name.upper()} laid out like AVC: {packet}",
                "FLV-026 FLV-041",
                [head, tail],
                video(head[0], tail, packet, 0),
                result="lenient",
                flags=["Dialect"],
                allow=["accept", "close", "alternative"],
                alternatives=[("an unknown codec without a further header", video(head[0], plain))],
            )
    for cut in range(1, 5):
        video_add(
            f"flv-avc-cut-{cut}",
            f"AVC, {cut} byte(s) of a header of five",
            "FLV-042 FLV-028" + (" FLV-029" if cut == 1 else ""),
            bytes.fromhex("1701000050")[:cut],
            result="invalid",
            flags=["ShortPayload"],
        )
    for code in (2, 3, 4, 5, 6):
        for command, name in ((0, "start"), (1, "end")):
            head = bytes([0x50 | code, command])
            video_add(
                f"flv-command-{code}-{name}",
                f"client-side seek {name}, codec id {code}",
                "FLV-027 FLV-024",
                head,
                video(head[0], packet="command", command=command),
                canonical=code == 2,
            )
    video_add(
        "flv-command-7-short",
        "seek start with codec id 7 straight after the first byte",
        "FLV-027",
        b"\x57\0",
        video(0x57, packet="command", command=0),
        result="lenient",
        flags=["CommandPlace"],
        allow=["accept", "close"],
    )
    video_add(
        "flv-command-7-long",
        "seek start with codec id 7 after the AVC header",
        "FLV-027",
        bytes.fromhex("570100000000"),
        video(0x57, packet="command", command=0),
        result="lenient",
        flags=["CommandPlace"],
        allow=["accept", "close", "alternative"],
        alternatives=[("the command stands straight after the first byte", video(0x57, packet="command", command=1))],
    )
    video_add(
        "flv-command-cut",
        "a command frame without its command",
        "FLV-027 FLV-042",
        b"\x52",
        result="invalid",
        flags=["ShortPayload"],
    )
    for code in (4, 5):
        for cut in (1,) if code == 4 else (1, 2, 4):
            first = 0x10 | code
            video_add(
                f"flv-vp6-{code}-cut-{cut}",
                f"VP6 codec id {code}, {cut} byte(s)",
                "FLV-036 FLV-042",
                (bytes([first]) + b"\x11\0\0\5")[:cut],
                video(first, b"\x11\0\0\5"[: cut - 1]),
                result="lenient",
                flags=["ShortPayload"],
                allow=["accept", "close"],
            )
    for code in (4, 5):
        first, body = 0x10 | code, b"\x21\0\0\5\x77"
        offset = {"alpha_offset": 5} if code == 5 else {}
        video_add(
            f"flv-vp6-{code}-adjustment",
            f"VP6 codec id {code}, adjusted by 2 across and 1 down",
            "FLV-036",
            bytes([first]) + body,
            video(first, body, vp6={"horizontal": 2, "vertical": 1, **offset}),
            flags=["Vp6"],
        )
    video_add(
        "flv-video-empty",
        "a video message without a payload",
        "MSG-033",
        b"",
        result="lenient",
        flags=["EmptyVideo"],
        allow=["accept", "close"],
    )


sounds()
frames()
# The first bytes and headers of vectors V9, each in a vector of its own.
made = {test["id"]: test["bytes"].replace(" ", "") for _, tests in family.groups for test in tests}
for first in "3f 1e 2f 42 52 6a 72 82 af b2 e2 f2".split():
    assert made[f"flv-audio-{first}"].startswith(first)
for first in "12 22 32 13 23 14 24 15 25 16 26".split():
    assert made[f"flv-video-{first}"].startswith(first)
for name, start in (
    ("avc-sequence-header", "1700000000"),
    ("avc-key-80", "1701000050"),
    ("avc-inter-minus-40", "2701ffffd8"),
    ("avc-end", "1702000000"),
    ("aac-sequence-header", "af001210"),
    ("aac-raw-empty", "af01"),
    ("command-7-short", "57"),
):
    assert made[f"flv-{name}"].startswith(start)
