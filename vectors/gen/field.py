"""Vectors after failures of real servers and clients. The flags name the public reports."""

import struct

from amf3_wire import byte_array
from corpus import FAMILIES
from enhanced import BODY, head, si24, track, video as ex_video
from flv_file import A, V, found as tag_found, head as file_head, header as file_header, tag
from flv_tag import audio, video
from message import CONNECT, META, avm
from wire import (END, Message, NULL, UNDEFINED, boolean, control, date, ecma, filler, header, long_string, number, obj, short, strict,
                  string, typed, u32, xml)


def gh(repository, *numbers):
    return [f"https://github.com/{repository}/issues/{number}" for number in numbers]


def note(schema, flag, kind, rule, effect, *links):
    FAMILIES[schema].notes[flag] = {"kind": kind, "rule": rule, "effect": effect, "links": [x for part in links for x in part]}


def lenient(flag, *allow, **more):
    return {"result": "lenient", "flags": [flag], "allow": list(allow or ("accept", "close")), **more}


def amf0():
    note("amf0-v1", "EcmaCount", "interop", "AMF0-018",
         "The count of an ECMA array is approximate (FLV E.4.4.4) and often 0. Decoders that trust it, or that look for the end "
         "by its bytes, lose the place.", gh("ossrs/srs", 852), gh("q191201771/lal", 237), gh("MicrosoftDX/AzureRTMPIngestLib", 5))
    add = FAMILIES["amf0-v1"].group()
    tricky = [("a", string("\0\0\t")), ("b\0\0\t", number(bits="0000090000090000")), ("c", long_string("\t\0\0\t")), ("d", strict())]
    for name, count in (("0", 0), ("9999", 9999)):
        value = ecma(*tricky, count=count)
        add(f"amf0-ecma-array-end-in-values-{name}", f"keys and values hold the bytes of the end marker, count {count}",
            "AMF0-017 AMF0-018", value[0], [value[1]], flags=["EcmaCount"])
    value = obj(*tricky)
    add("amf0-object-end-in-values", "keys and values hold the bytes of the end marker", "AMF0-008", value[0], [value[1]],
        flags=["EcmaCount"])


def messages():
    note("message-v1", "RareMarkers", "interop", "AMF0-034",
         "All markers of AMF0 2.2 to 2.18 can stand in a command. Decoders that know only the usual ones end the session.",
         gh("bluenviron/mediamtx", 3188, 2077), gh("vbence/stream-m", 24), gh("yapingcat/gomedia", 153))
    note("message-v1", "Type17", "interop", "MSG-010",
         "Type 17 and 15 begin with a selector (RTMP errata 7.2) and hold AMF0 with values of AMF3 behind 0x11. Decoders take the "
         "body for AMF0 or for AMF3.", gh("arut/nginx-rtmp-module", 1043, 313), gh("HaishinKit/HaishinKit.swift", 16))
    note("message-v1", "ByteArray", "interop", "AMF3-023",
         "A byte array of AMF3 in a data message, as Twitch sends for additional media. Decoders without it ended the session.",
         gh("bluenviron/mediamtx", 2986), gh("membraneframework/membrane_rtmp_plugin", 63))
    note("message-v1", "Metadata", "interop", "DATA-004",
         "onMetaData comes with and without @setDataFrame, as an object and as an ECMA array, and can be empty. Receivers that "
         "know one form lose the others, or keep waiting.", gh("arut/nginx-rtmp-module", 755), gh("ossrs/srs", 830),
         gh("bluenviron/mediamtx", 386, 3301))
    note("message-v1", "Truncated", "hostile", "AMF0-035",
         "A body that ends at any byte inside a value. Decoders read beyond it or end with an exception that nobody catches.",
         gh("illuspas/Node-Media-Server", 65, 88), gh("androidx/media", 3414), ["https://nvd.nist.gov/vuln/detail/CVE-2017-11665"])
    note("message-v1", "MissingArguments", "hostile", "CONN-001",
         "Arguments that RTMP 7.2 names are missing or of another type. The values can be read, and the command be refused; who "
         "uses them without a look ends.", ["https://nvd.nist.gov/vuln/detail/CVE-2015-8272", "https://nvd.nist.gov/vuln/detail/CVE-2012-0779"],
         gh("illuspas/Node-Media-Server", 67), gh("nareix/joy4", 112))
    note("message-v1", "ReconnectRequest", "interop", "STAT-011",
         "NetConnection.Connect.ReconnectRequest (E-RTMP v2 \"Reconnect Request\"), which released clients do not know. They go on.",
         gh("obsproject/obs-studio", 11123), gh("software-mansion/smelter", 2034))
    family = FAMILIES["message-v1"]

    def good(kind, id, title, rules, *values, prefix=b"", flag, **more):
        family.group(type=kind)(id, title, rules, [prefix, *(v[0] for v in values)], [v[1] for v in values], flags=[flag], **more)

    every = [("list", strict(string("av01"), string("hvc1"))), ("nested", obj(("a", obj()))), ("undefined", UNDEFINED),
             ("null", NULL), ("date", date(1000)), ("long", long_string("a")), ("typed", typed("C", ("x", number(1)))),
             ("xml", xml("<a/>")), ("ecma", ecma(("0", number(1)))), ("false", boolean(False))]
    good(20, "command-connect-every-kind", "connect with a property of every kind", "CONN-001 MSG-013 AMF0-024 AMF0-026 AMF0-029 "
         "AMF0-030", string("connect"), number(1), obj(("app", string("live")), *every), flag="RareMarkers")
    for name, value in every:
        good(20, f"command-argument-{name}", f"a call with an argument of the kind {name}", "CONN-001 MSG-013", string("f"),
             number(2), NULL, value, flag="RareMarkers")
        good(20, f"command-object-{name}", f"a call whose command object is of the kind {name}", "CONN-001 MSG-013", string("f"),
             number(2), value, flag="RareMarkers")
    status = lambda code, *more: obj(("level", string("status")), ("code", string(code)), *more)
    good(20, "command-on-status-every-kind", "onStatus with members of every kind", "MSG-013 STAT-001", string("onStatus"),
         number(0), NULL, status("NetStream.Publish.Start", *every), flag="RareMarkers")
    good(17, "command-amf3-connect-encoding-3", "connect as type 17, objectEncoding 3", "MSG-010 MSG-011", *CONNECT, prefix=b"\0",
         flag="Type17", cuts="parts")
    good(15, "data-amf3-set-data-frame", "@setDataFrame as type 15", "MSG-018 MSG-010 DATA-004", string("@setDataFrame"), *META,
         prefix=b"\0", flag="Type17")
    good(15, "data-amf3-byte-array", "a data message with a byte array", "MSG-018 MSG-011 AMF3-023", string("additionalMedia"),
         avm(byte_array(filler(1, 40))), prefix=b"\0", flag="ByteArray", cuts="parts")
    raw = avm(byte_array(filler(1, 40)))
    family.group(type=18)(
        "data-amf0-byte-array", "a byte array behind 0x11 in a message of type 18", "MSG-005 AMF3-023",
        [string("additionalMedia")[0], raw[0]], [string("additionalMedia")[1], raw[1]], result="lenient", flags=["ByteArray"],
        allow=["accept", "close", "alternative"],
        alternatives=[("the rest is unread", [string("additionalMedia")[1], {"type": "avm-plus", "hex": raw[0][1:].hex()}])])
    on = string("onMetaData")
    for name, value in (("object", obj(("width", number(1280)))), ("ecma", META[1]), ("empty-object", obj()), ("empty-ecma", ecma())):
        for prefix, words in (("", (on,)), ("set-data-frame-", (string("@setDataFrame"), on))):
            rules = "DATA-001" + (" DATA-004" if prefix else "") + (" DATA-003" if "object" in name else " DATA-002")
            good(18, f"data-form-{prefix}{name}", f"metadata: {' and '.join(w[1]['value'] for w in words)}, {name}", rules,
                 *words, value, flag="Metadata")
    family.group(type=18)("data-metadata-name-alone", "onMetaData without a value", "DATA-001", on[0], [on[1]],
                          **lenient("Metadata"))
    # Each property a part of its own: between two of them an ECMA array without an end marker could end.
    pairs = [("width", number(1280)), ("encoder", string("x")), ("stereo", boolean(True)), ("list", strict(number(1)))]
    family.group(type=18)(
        "data-metadata-cut-anywhere", "metadata, cut inside each name and value", "DATA-001 AMF0-035",
        [on[0], b"\x08" + u32(len(pairs)), *(short(key) + value[0] for key, value in pairs), END],
        [on[1], ecma(*pairs)[1]], flags=["Truncated"],
        cuts=[[1, 12], [14, 17], *cut_ranges(18, pairs)])
    replies = {
        "result-connect": (string("_result"), number(1), obj(("fmsVer", string("FMS/3,0,1,123")), ("capabilities", number(31))),
                           status("NetConnection.Connect.Success", ("objectEncoding", number(0)))),
        "result-create-stream": (string("_result"), number(2), NULL, number(1)),
        "error": (string("_error"), number(1), NULL, obj(("level", string("error")), ("code", string("NetConnection.Connect.Rejected")))),
        "on-status": (string("onStatus"), number(0), NULL, status("NetStream.Play.Start", ("details", string("a")))),
        "publish": (string("publish"), number(0), NULL, string("key"), string("live")),
        "play": (string("play"), number(0), NULL, string("key"), number(-2), number(-1), boolean(True)),
    }
    for name, values in replies.items():
        good(20, f"command-cut-anywhere-{name}", f"{name.replace('-', ' ')}, cut inside each value", "MSG-013 AMF0-035", *values,
             flag="Truncated", cuts="parts", canonical=True)
    for name, values in {
        "connect-without-object": (string("connect"), number(1)),
        "connect-null": (string("connect"), number(1), NULL),
        "connect-empty-object": (string("connect"), number(1), obj()),
        "connect-null-properties": (string("connect"), number(1), obj(("app", NULL), ("tcUrl", NULL), ("flashVer", NULL))),
        "connect-empty-tcurl": (string("connect"), number(1), obj(("app", string("live")), ("tcUrl", string("")))),
        "publish-without-name": (string("publish"), number(0), NULL),
        "publish-false": (string("publish"), number(0), NULL, boolean(False)),
        "publish-null": (string("publish"), number(0), NULL, NULL),
        "publish-number": (string("publish"), number(0), NULL, number(1)),
        "play-without-name": (string("play"), number(0), NULL),
        "play-number": (string("play"), number(0), NULL, number(1)),
        "create-stream-alone": (string("createStream"), number(2)),
        "delete-stream-string": (string("deleteStream"), number(3), NULL, string("1")),
        "error-string": (string("_error"), number(1), string("object"), string("info")),
        "result-nothing": (string("_result"), number(2)),
        "result-string": (string("_result"), number(2), NULL, string("1")),
        "on-status-string": (string("onStatus"), number(0), NULL, string("NetStream.Play.Start")),
        "on-status-without-info": (string("onStatus"), number(0)),
    }.items():
        good(20, f"command-odd-{name}", f"{name.replace('-', ' ')}: readable values", "CONN-001 MSG-013", *values,
             flag="MissingArguments", canonical=True, result="lenient", allow=["accept", "close"])
    code = "NetConnection.Connect.ReconnectRequest"
    for name, more in (("", ()), ("-tcurl", [("tcUrl", string("rtmp://foo.mydomain.com:1935/realtimeapp"))])):
        good(20, f"command-reconnect-request{name}", "ReconnectRequest" + (" with tcUrl" if more else ""), "STAT-011 STAT-001",
             string("onStatus"), number(0), NULL, status(code, ("description", string("The streaming server is undergoing updates.")),
                                                         *more), flag="ReconnectRequest", canonical=True, cuts="parts")


def cut_ranges(start, pairs):
    out = []
    for key, value in pairs:
        size = len(short(key)) + len(value[0])
        out.append([start + 1, start + size - 1])
        start += size
    return out


def tags():
    note("flv-tag-v1", "SignedTime", "interop", "FLV-031",
         "The composition time of AVC has a sign (FLV E.4.3.1). Receivers read 0xFFFFDE as 16777182 ms.",
         gh("bluenviron/gortmplib", 88), gh("arut/nginx-rtmp-module", 250), gh("ossrs/srs", 809))
    note("flv-tag-v1", "Minimal", "interop", "FLV-020",
         "A frame of two bytes, or the end of the sequence: short, but whole (FLV E.4.2.2, E.4.3.1). Receivers report it as broken.",
         gh("q191201771/lal", 135))
    note("flv-tag-v1", "BrokenBody", "hostile", "FLV-032",
         "The header is good, the configuration or frame behind it is not. A decoder of headers goes on; one that looks into the "
         "body gives the message up. None may end.", gh("illuspas/Node-Media-Server", 6), gh("nintha/river", 4), gh("ossrs/srs", 183, 29),
         gh("bluenviron/mediamtx", 1074, 2375))
    note("flv-tag-v1", "HevcAsAvc", "de-facto", "FLV-026",
         "Before Enhanced RTMP some encoders sent HEVC under codec id 7. The header is that of AVC (FLV E.4.3.1); what follows is not.",
         gh("bluenviron/mediamtx", 1621))
    add = FAMILIES["flv-tag-v1"].group(medium="video")
    body = b"\x11\x22\x33\x44"
    for time in (-34, -1):
        start = b"\x27\1" + si24(time)
        add(f"flv-avc-inter-minus-{-time}", f"AVC inter frame, composition time {time}", "FLV-028 FLV-031 FLV-033",
            [start, body], video(0x27, body, "coded-frames", time), canonical=True, flags=["SignedTime"])
    assert si24(-34).hex() == "ffffde"
    sound = FAMILIES["flv-tag-v1"].group(medium="audio")
    sound("flv-aac-raw-minimal", "a raw AAC frame of no bytes", "FLV-020", b"\xaf\1", audio(0xAF), flags=["Minimal"])
    sound("flv-audio-minimal", "MP3 without a frame: one byte", "FLV-010", b"\x2f", audio(0x2F), flags=["Minimal"])
    add("flv-avc-end-minimal", "end of sequence of an inter frame", "FLV-028 FLV-029 FLV-030", bytes.fromhex("2702000000"),
        video(0x27, b"", "sequence-end", 0), flags=["Minimal"])
    record = bytes.fromhex("0142c01eff")
    for name, packet, tail, title in (
        ("config-empty", 0, b"", "a configuration of no bytes"),
        ("config-1-byte", 0, b"\1", "a configuration of one byte"),
        ("config-31-sps", 0, record + b"\xff\0\4\x67\x42\xc0\x1e", "a configuration that announces 31 sequence parameter sets and has one"),
        ("config-sps-length-max", 0, record + b"\xe1\xff\xff\x67", "a sequence parameter set that announces 65535 bytes"),
        ("config-version-0", 0, b"\0" + record[1:] + b"\xe0\0", "a configuration of version 0"),
        ("nalu-length-max", 1, b"\xff\xff\xff\xff\x65", "an access unit that announces 4294967295 bytes"),
        ("nalu-length-1", 1, b"\0\0\0\6\x65\1\2\3\4", "an access unit that announces one byte more than there is"),
        ("nalu-length-0", 1, b"\0\0\0\0", "an access unit of no bytes"),
        ("annex-b", 1, b"\0\0\0\1\x65\1\2\3", "start codes in place of lengths"),
    ):
        kind = "sequence-start" if packet == 0 else "coded-frames"
        add(f"flv-avc-{name}", title, "FLV-028 FLV-032" if packet == 0 else "FLV-028 FLV-033",
            [bytes([0x17, packet, 0, 0, 0]), tail], video(0x17, tail, kind, 0), **lenient("BrokenBody"))
    hevc = bytes.fromhex("0101600000009000000000005df000fcfdf8f800000f00")
    add("flv-avc-with-hevc-record", "codec id 7 with a configuration record of HEVC", "FLV-026 FLV-028", [b"\x17\0\0\0\0", hevc],
        video(0x17, hevc, "sequence-start", 0), **lenient("HevcAsAvc"))


def enhanced():
    schema = "enhanced-rtmp-v1"
    note(schema, "SignedTime", "interop", "ERV-008",
         "The composition time of CodedFrames has a sign (E-RTMP v2). Receivers read 0xFFFFDE as 16777182 ms.",
         gh("bluenviron/gortmplib", 88))
    note(schema, "LegacyReading", "interop", "ERV-002",
         "With the top bit set the low four bits are the packet type (E-RTMP v2). A reader of legacy headers sees codec 0, or another "
         "wrong codec.", gh("bluenviron/mediamtx", 1621, 1796), gh("obsproject/obs-studio", 8589), gh("AirenSoft/OvenMediaEngine", 1704),
         gh("ZLMediaKit/ZLMediaKit", 2807))
    note(schema, "Multitrack", "interop", "ERM-014",
         "Several tracks, with ModEx before them (E-RTMP v2). Receivers read track 0 alone, or close.",
         gh("bluenviron/mediamtx", 3685), gh("obsproject/obs-studio", 10500, 10618, 11118))
    add = FAMILIES[schema].group(medium="video")
    for code in ("avc1", "hvc1", "vvc1"):
        for time in (-34, -1):
            add(f"ex-video-{code}-coded-frames-minus-{-time}", f"{code} CodedFrames, composition time {time}", "ERV-008 ERV-001 ERV-002",
                [head(1, 2), code.encode(), si24(time), BODY], ex_video("coded-frames", track(code, time=time), frame=2),
                canonical=True, flags=["SignedTime"], cuts=[[1, 7]])
        start = [head(1), code.encode(), si24(0)]
        add(f"ex-video-{code}-coded-frames-empty", f"{code} CodedFrames without a frame", "ERV-008", start,
            ex_video("coded-frames", track(code, b"", 0)), **lenient("EmptyBody"))
        add(f"ex-video-{code}-coded-frames-x-empty", f"{code} CodedFramesX without a frame", "ERV-011", [head(3), code.encode()],
            ex_video("coded-frames-x", track(code, b"", 0)), **lenient("EmptyBody"))
    # In a legacy header these first bytes say: codec 0 to 5.
    for code in ("hvc1", "av01", "vp09"):
        for packet, name in ((0, "sequence-start"), (2, "sequence-end"), (5, "mpeg2ts-sequence-start")):
            if packet == 5 and code != "av01":
                continue
            body = b"" if packet == 2 else BODY
            add(f"ex-legacy-reading-{code}-{name}", f"{code} {name}: the low bits are no codec", "ERV-001 ERV-002",
                [head(packet), code.encode(), body], ex_video(name, track(code, body)), canonical=True, flags=["LegacyReading"],
                cuts=[[1, 4]])
    sized = lambda id, body: bytes([id]) + len(body).to_bytes(3, "big") + body
    timed = si24(-34) + BODY
    t = lambda id, code="hvc1", time=-34: track(code, BODY, time, id)
    for name, layout, parts, tracks in (
        ("one", 0, [b"hvc1", b"\3", timed], [t(3)]),
        ("many", 1, [b"hvc1", sized(0, timed), sized(1, timed), sized(2, timed)], [t(0), t(1), t(2)]),
        ("codecs", 2, [b"hvc1", sized(0, timed), b"av01", sized(1, BODY)], [t(0), t(1, "av01", None)]),
    ):
        kind = {0: "one-track", 1: "many-tracks", 2: "many-tracks-many-codecs"}[layout]
        for nanos in (0, 999999):
            prefix = [head(7), b"\2" + nanos.to_bytes(3, "big") + b"\6"] if nanos else [head(6)]
            add(f"ex-multitrack-field-{name}-{nanos}", f"{kind}" + (f" behind an offset of {nanos} ns" if nanos else ""),
                "ERM-007 ERM-009 ERM-010 ERM-014", [*prefix, bytes([layout << 4 | 1]), *parts],
                ex_video("coded-frames", *tracks, multitrack=kind, nanos=nanos), canonical=True, flags=["Multitrack"])


def streams():
    schema = "chunk-stream-v1"
    note(schema, "Backwards", "interop", "CHUNK-024",
         "A type 0 timestamp is absolute (RTMP 5.3.1.2.1) and can lie before the last one. Receivers that subtract without a sign "
         "end.", gh("illuspas/Node-Media-Server", 107, 123), gh("harlanc/xiu", 71))
    note(schema, "DeclaredLength", "hostile", "CHUNK-058",
         "RTMP 5.3.1.2.1 allows lengths of 16777215 bytes on each of 65597 chunk streams. Memory is due for bytes that arrived; a "
         "receiver may bound the sum.", gh("Red5/red5-server", 456))
    family = FAMILIES[schema]
    add = family.group(chunk_size=128)
    for name, second in (("1-ms", 99999), ("40-ms", 99960), ("10-s", 90000), ("to-0", 0), ("a-day-ahead", 86500000)):
        a, b, c = Message(100000, filler(1, 40)), Message(second, filler(2, 40), 8, 4), Message(100040, filler(3, 40))
        d = Message(second, filler(4, 40))
        add(f"ts-field-{name}", f"timestamps 100000, {second} in another chunk stream, 100040, {second} in the first one",
            "CHUNK-024 TIME-002", [*a.chunks(), *b.chunks(), *c.chunks(), *d.chunks()],
            [m.yields() for m in (a, b, c, d)], flags=["Backwards"], feeds=[12, 41])
    m = Message(40, filler(1, 500))
    one, two = m.chunks()[:2]
    for fmt, other in ((0, 100), (0, 500), (0, 1000), (0, 0xFFFFFF)):
        again = Message(60, filler(2, 500), 9)
        data = [one, two, Message(60, filler(2, 100), 9).chunks()[0] if other == 100 else (
            bytes([6]) + b"\0\0\x3c" + other.to_bytes(3, "big") + b"\x09" + struct.pack("<I", 1) + again.payload[:128])]
        done = [Message(60, filler(2, 100), 9).yields()] if other == 100 else []
        add(f"length-field-type-{fmt}-to-{other}", f"type {fmt} after two of four chunks, with the length {other}", "CHUNK-050",
            data, done, **lenient("LengthChanges"), **({} if done else {"pending": True}))
    for other in (100, 1000, 0xFFFFFF):
        add(f"length-field-type-1-to-{other}", f"type 1 after two of four chunks, with the length {other}", "CHUNK-052",
            [one, two, b"\x46\0\0\0" + other.to_bytes(3, "big") + b"\x09" + m.payload[256:356]], result="invalid",
            error_at=len(one) + len(two), flags=["LengthChanges"])
    parts = [header(0, csid, 0, 0xFFFFFF, 9, 1) + b"\0" for csid in range(3, 203)]
    small = control(1, u32(1))
    add("chunk-200-declared-lengths", "200 chunk streams, each with a message that declares 16777215 bytes and sends one",
        "CHUNK-058 CHUNK-038", [*small.chunks(), *parts], [small.yields()], result="lenient", flags=["DeclaredLength"],
        allow=["accept", "close"], pending=True)
    file = FAMILIES["flv-file-v1"]
    note("flv-file-v1", "Backwards", "interop", "FLV-039",
         "Timestamps that go back or jump; FLV E.4.1 does not order them. Readers that subtract without a sign end.",
         gh("illuspas/Node-Media-Server", 107, 123), gh("harlanc/xiu", 71))
    for name, times in (("1-ms", (100, 99)), ("40-ms", (100, 60)), ("10-s", (10100, 100)), ("to-0", (100, 0)),
                        ("a-day", (100, 86400100)), ("per-track", (5000, 20))):
        a, b = times
        file.group()(f"flv-file-backwards-{name}", f"timestamps {a}, then {b}", "FLV-039 FLV-006",
                     [file_header(), tag(9, a, V), tag(8, b, A), tag(9, a, V)],
                     [file_head(), tag_found(9, a, V), tag_found(8, b, A), tag_found(9, a, V)], flags=["Backwards"], feeds=[24, 3])


for part in (amf0, messages, tags, enhanced, streams):
    part()
