"""Family message-v1: payloads of commands and data messages, types 15, 17, 18 and 20."""

import json

from amf3_wire import NULL as NULL3, array, integer, obj as obj3, reference as reference3, string as string3
from corpus import Family
from wire import NULL, UNDEFINED, boolean, date, ecma, number, obj, string

NOTES = {
    "NoSelector": {
        "kind": "de-facto",
        "rule": "MSG-014",
        "effect": "The selector byte before the values (RTMP errata 7.2) is missing. Its place is taken by the marker "
        "of a string.",
        "links": ["https://github.com/arut/nginx-rtmp-module/issues/1043"],
    },
    "OtherSelector": {
        "kind": "choice",
        "rule": "MSG-010",
        "effect": "A selector other than 0 (RTMP errata 7.2): another format, which must not be read as format 0.",
        "links": [],
    },
    "NotSticky": {
        "kind": "interop",
        "rule": "MSG-012",
        "effect": "0x11 covers one value (E-RTMP v2 on AMF). Decoders that stay in AMF3 read what follows wrongly.",
        "links": [],
    },
    "SharedTables": {
        "kind": "ambiguity",
        "rule": "AMF3-032",
        "effect": "Whether two 0x11 values of one message share reference tables is not said (errata E-29). Encoders do not "
        "depend on it.",
        "links": [],
    },
    "Empty": {
        "kind": "de-facto",
        "rule": "MSG-034",
        "effect": "A message without a payload holds no name (RTMP 7.1.1, 7.1.2). It is ignored, or the connection "
        "ends.",
        "links": ["https://github.com/HaishinKit/HaishinKit.swift/issues/52"],
    },
    "Timecode": {
        "kind": "de-facto",
        "rule": "DATA-011",
        "effect": "Four bytes that are no AMF (RTMP 7.1.2), which FFmpeg sends for time codes. Receivers ignore them.",
        "links": [],
    },
    "ZoneOfFlv": {
        "kind": "ambiguity",
        "rule": "FLV-038",
        "effect": "AMF0 says that the zone of a date is 0 and unused, FLV E.4.4.3 that it holds minutes (errata E-48).",
        "links": [],
    },
    "NameOrId": {
        "kind": "de-facto",
        "rule": "CONN-001",
        "effect": "RTMP 7.2: the name is a string, the transaction id a number. Here they are not; the values can be "
        "read, but they are no command.",
        "links": [],
    },
    "EscapeInAmf0": {
        "kind": "de-facto",
        "rule": "MSG-017",
        "effect": "A 0x11 value in a message of type 18 or 20, where RTMP 7.1.1 and 7.1.2 have AMF0 alone.",
        "links": ["https://github.com/bluenviron/mediamtx/issues/2986"],
    },
}
family = Family("message-v1", "message", NOTES)


def avm(value):
    return b"\x11" + value[0], {"type": "amf3", "value": value[1]}


def good(kind, id, title, rules, *values, prefix=b"", **more):
    more.setdefault("canonical", not more.get("flags"))
    # The end marker of an ECMA array can be missing (AMF0-019).
    if '"ecma-array"' not in json.dumps([v[1] for v in values]):
        more.setdefault("cuts", "parts")
    family.group(type=kind)(id, title, rules, [prefix, *(v[0] for v in values)], [v[1] for v in values], **more)


CREATE = (string("createStream"), number(2), NULL)
CONNECT = (
    string("connect"),
    number(1),
    obj(("app", string("live")), ("tcUrl", string("rtmp://example.com/live")), ("objectEncoding", number(3))),
)
META = (
    string("onMetaData"),
    ecma(
        ("width", number(1280)),
        ("height", number(720)),
        ("stereo", boolean(True)),
        ("videocodecid", number(1635135537)),
        ("audiocodecid", number(10)),
    ),
)


def commands():
    assert b"".join(v[0] for v in CREATE).hex() == "02000c63726561746553747265616d00400000000000000005"
    good(20, "command-create-stream", "createStream, transaction id 2", "MSG-007 MSG-013 CONN-001", *CREATE)
    good(
        17,
        "command-amf3-create-stream",
        "createStream as type 17 with selector 0",
        "MSG-007 MSG-010 MSG-011",
        *CREATE,
        prefix=b"\0",
    )
    value = avm(obj3())
    body = (string("f"), number(0), NULL, value)
    assert (b"\0" + b"".join(v[0] for v in body)).hex() == "000200016600000000000000000005110a0b0101"
    good(17, "command-amf3-object", "AMF0 values, then an AMF3 object", "MSG-010 MSG-011 ERC-023", *body, prefix=b"\0")
    good(20, "command-connect", "connect", "MSG-007 MSG-013 CONN-001", *CONNECT)
    good(17, "command-amf3-connect", "connect as type 17", "MSG-010 MSG-011", *CONNECT, prefix=b"\0")
    good(
        20,
        "command-user-arguments",
        "any number of arguments of any kind",
        "MSG-013 CONN-001",
        *CONNECT,
        number(1),
        string("a"),
        NULL,
        UNDEFINED,
        boolean(False),
    )
    play2 = obj(
        ("streamName", string("b")),
        ("oldStreamName", string("a")),
        ("start", number(-2)),
        ("len", number(-1)),
        ("offset", number(1.5)),
        ("transition", string("switch")),
    )
    good(20, "command-play2", "play2 with all fields of its object", "NSS-026 MSG-013", string("play2"), number(0), NULL, play2)
    good(
        20,
        "command-play2-short",
        "play2 with the fields that servers read",
        "NSS-026 MSG-013",
        string("play2"),
        number(0),
        NULL,
        obj(("streamName", string("b")), ("start", number(0))),
    )
    add20 = family.group(type=20)
    add20(
        "command-name-number",
        "the name is a number",
        "CONN-001",
        [number(1)[0], number(0)[0]],
        [number(1)[1], number(0)[1]],
        result="lenient",
        flags=["NameOrId"],
        allow=["accept", "close"],
    )
    add20(
        "command-id-string",
        "the transaction id is a string",
        "CONN-001",
        [string("f")[0], string("1")[0]],
        [string("f")[1], string("1")[1]],
        result="lenient",
        flags=["NameOrId"],
        allow=["accept", "close"],
    )
    good(20, "command-name-alone", "a name without a transaction id", "MSG-013", string("onBWDone"))
    good(
        17,
        "command-amf3-not-sticky",
        "an AMF3 value, then an AMF0 value",
        "MSG-012 MSG-011",
        string("f"),
        number(0),
        avm(array(integer(1))),
        string("after"),
        NULL,
        prefix=b"\0",
        flags=["NotSticky"],
    )
    good(
        17,
        "command-amf3-two-values",
        "two AMF3 values",
        "MSG-012 AMF3-032",
        string("f"),
        number(0),
        avm(string3("abc")),
        avm(string3("abd")),
        prefix=b"\0",
        flags=["NotSticky"],
    )
    good(
        17,
        "command-amf3-null",
        "AMF3 null where AMF0 null is usual",
        "MSG-011",
        string("f"),
        number(0),
        avm(NULL3),
        prefix=b"\0",
    )
    good(
        17,
        "command-amf3-own-reference",
        "a reference inside one AMF3 value",
        "MSG-011 AMF3-031",
        string("f"),
        number(0),
        avm(array(obj3(), reference3(10, 1))),
        prefix=b"\0",
    )
    good(
        17,
        "command-amf3-in-object",
        "an AMF3 value as member of an AMF0 object",
        "MSG-011 MSG-012",
        string("f"),
        number(0),
        obj(("a", avm(array(integer(1)))), ("b", string("after"))),
        prefix=b"\0",
        flags=["NotSticky"],
    )
    good(
        17,
        "command-amf3-all-amf3",
        "every value as AMF3",
        "MSG-011 MSG-012",
        avm(string3("f")),
        avm(integer(3)),
        avm(NULL3),
        prefix=b"\0",
        canonical=False,
    )
    add = family.group(type=17)
    first = (string("f"), number(0), avm(array()))
    add(
        "command-amf3-cross-reference",
        "the second AMF3 value names an object of the first",
        "AMF3-032 AMF3-031",
        [b"\0", *(v[0] for v in first), b"\x11\x09\0"],
        [*(v[1] for v in first), {"type": "amf3", "value": {"type": "reference", "index": 0}}],
        result="lenient",
        flags=["SharedTables"],
        allow=["accept", "close"],
    )
    add(
        "command-amf3-cross-string",
        "the second AMF3 value names a string of the first",
        "AMF3-032 AMF3-031",
        [b"\0", string("f")[0], number(0)[0], b"\x11\6\3a", b"\x11\6\0"],
        [string("f")[1], number(0)[1], *[{"type": "amf3", "value": {"type": "string", "value": "a"}}] * 2],
        result="lenient",
        flags=["SharedTables"],
        allow=["accept", "close"],
    )
    add(
        "command-amf3-no-selector",
        "type 17 without the selector",
        "MSG-014 MSG-010",
        [v[0] for v in CREATE],
        [v[1] for v in CREATE],
        result="lenient",
        flags=["NoSelector"],
        allow=["accept", "close"],
    )
    for selector in (1, 3, 0x11, 0xFF):
        add(
            f"command-amf3-selector-{selector}",
            f"selector {selector}",
            "MSG-010",
            [bytes([selector]), *(v[0] for v in CREATE)],
            result="invalid",
            flags=["OtherSelector"],
        )
    add(
        "command-amf3-selector-alone",
        "the selector and nothing else",
        "MSG-034 MSG-010",
        b"\0",
        result="lenient",
        flags=["Empty"],
        allow=["accept", "close"],
    )
    add(
        "command-amf3-escape-cut",
        "0x11 at the end",
        "MSG-011 AMF0-035",
        [b"\0", string("f")[0], b"\x11"],
        [string("f")[1]],
        result="invalid",
    )
    add(
        "command-amf3-value-cut",
        "an AMF3 value that is cut short",
        "MSG-011 AMF0-035",
        [b"\0", string("f")[0], b"\x11\x0a\x0b\1\3a"],
        [string("f")[1]],
        result="invalid",
    )
    add(
        "command-amf3-bad-marker",
        "an unknown AMF3 marker",
        "MSG-011 AMF3-033",
        [b"\0", string("f")[0], b"\x11\x12"],
        [string("f")[1]],
        result="invalid",
    )
    for kind, name in ((20, "command"), (17, "command-amf3"), (18, "data"), (15, "data-amf3")):
        family.group(type=kind)(
            f"{name}-empty", "no payload", "MSG-034", b"", result="lenient", flags=["Empty"], allow=["accept", "close"]
        )
    add = family.group(type=20)
    add(
        "command-selector-in-amf0",
        "type 20 with a selector: it is the marker of a number",
        "MSG-013 AMF0-035",
        [b"\0", string("f")[0]],
        result="invalid",
    )
    add(
        "command-amf0-escape",
        "an AMF3 value in a message of type 20",
        "MSG-013 MSG-017",
        [string("f")[0], number(0)[0], avm(array())[0]],
        [string("f")[1], number(0)[1], avm(array())[1]],
        result="lenient",
        flags=["EscapeInAmf0"],
        allow=["accept", "close", "alternative"],
        alternatives=[("the rest is unread", [string("f")[1], number(0)[1], {"type": "avm-plus", "hex": "090101"}])],
    )
    add(
        "command-cut",
        "the last argument is cut short",
        "AMF0-035 MSG-013",
        [*(v[0] for v in CREATE[:2]), b"\2\0\5ab"],
        [v[1] for v in CREATE[:2]],
        result="invalid",
    )


def data():
    good(18, "data-metadata", "onMetaData with an ECMA array", "DATA-001 DATA-002 MSG-005 FLV-037", *META)
    good(
        18,
        "data-metadata-object",
        "onMetaData with an object",
        "DATA-003 DATA-001",
        string("onMetaData"),
        obj(("width", number(1280))),
    )
    good(
        18, "data-set-data-frame", "@setDataFrame, onMetaData, ECMA array", "DATA-004 DATA-001", string("@setDataFrame"), *META
    )
    good(
        18,
        "data-clear-data-frame",
        "@clearDataFrame, onMetaData",
        "DATA-006 DATA-001",
        string("@clearDataFrame"),
        string("onMetaData"),
    )
    good(
        15,
        "data-amf3-metadata",
        "onMetaData as type 15 with selector 0",
        "MSG-018 MSG-010 ERC-023 DATA-001",
        *META,
        prefix=b"\0",
    )
    good(
        15,
        "data-amf3-metadata-amf3",
        "the metadata itself as AMF3",
        "MSG-018 MSG-011",
        string("onMetaData"),
        avm(array(assoc=[("width", integer(1280))])),
        prefix=b"\0",
    )
    good(
        18,
        "data-codec-strings",
        "codec ids as strings",
        "DATA-010 DATA-009",
        string("onMetaData"),
        ecma(("videocodecid", string("avc1")), ("audiocodecid", string("mp4a"))),
    )
    good(18, "data-text", "onTextData", "DATA-007 DATA-001", string("onTextData"), obj(("text", string("hello"))))
    good(
        18,
        "data-cue-point",
        "onCuePoint with a date",
        "DATA-007 FLV-037",
        string("onCuePoint"),
        obj(("time", number(1.5)), ("at", date(1000))),
    )
    good(
        18,
        "data-date-zone",
        "a date with a zone of -60 minutes",
        "FLV-038 AMF0-026",
        string("onCuePoint"),
        date(1000, -60),
        flags=["ZoneOfFlv"],
    )
    good(
        18,
        "data-plain",
        "metadata is not encrypted",
        "DATA-013 DATA-002",
        string("onMetaData"),
        ecma(("encrypted", boolean(True))),
    )
    family.group(type=15)(
        "data-amf3-no-selector",
        "type 15 without the selector",
        "MSG-014 MSG-018",
        [v[0] for v in META],
        [v[1] for v in META],
        result="lenient",
        flags=["NoSelector"],
        allow=["accept", "close"],
    )
    family.group(type=15)(
        "data-amf3-selector-1",
        "selector 1",
        "MSG-010",
        [b"\1", *(v[0] for v in META)],
        result="invalid",
        flags=["OtherSelector"],
    )
    family.group(type=18)(
        "data-timecode",
        "four bytes of a time code",
        "DATA-011",
        bytes.fromhex("00010203"),
        result="invalid",
        flags=["Timecode"],
    )
    family.group(type=18)(
        "data-metadata-cut",
        "metadata without an end",
        "DATA-001 FLV-037 AMF0-035",
        [META[0][0], META[1][0][:-14]],
        [META[0][1]],
        result="invalid",
    )
    family.group(type=18)(
        "data-date-no-zone",
        "a date that ends before its zone",
        "FLV-038 AMF0-026 AMF0-035",
        [string("onCuePoint")[0], date(1000)[0][:-2]],
        [string("onCuePoint")[1]],
        result="invalid",
    )


commands()
data()
