"""Family shared-object-v1: bodies of shared object messages, types 19 and 16 (RTMP 7.1.3)."""

import struct

from amf3_wire import array, integer, obj as obj3
from corpus import Family, Runs
from wire import NULL, boolean, forms, number, obj, short, string, u32, wire

NOTES = {
    "Layout": {
        "kind": "de-facto",
        "rule": "SO-002",
        "effect": "RTMP 7.1.3 names the fields of the header and does not give their widths (errata E-45): a name of 16-bit "
        "length, a version of 32 bits, flags of 64 bits are what implementations agree on.",
        "links": [],
    },
    "UnknownEvent": {
        "kind": "de-facto",
        "rule": "SO-020",
        "effect": "An event that RTMP 7.1.3 does not define; 12 to 14 have been seen (errata E-47). It is ignored.",
        "links": [],
    },
    "Flags": {
        "kind": "de-facto",
        "rule": "SO-004",
        "effect": "RTMP 7.1.3 does not define the flags (errata E-45). Words other than 0 and 2 have been seen. They "
        "are kept or ignored.",
        "links": [],
    },
    "DataInEmptyEvent": {
        "kind": "de-facto",
        "rule": "SO-005",
        "effect": "Data in an event that has none (RTMP 7.1.3).",
        "links": [],
    },
    "ShortEvent": {
        "kind": "de-facto",
        "rule": "SO-024",
        "effect": "The data of an event end inside its fields (RTMP 7.1.3). The event is dropped, or the message.",
        "links": [],
    },
    "Length": {
        "kind": "hostile",
        "rule": "SO-024",
        "effect": "The length of an event (RTMP 7.1.3) reaches beyond the message: nothing may be read or reserved "
        "for it.",
        "links": [],
    },
    "ManySlots": {
        "kind": "de-facto",
        "rule": "SO-010",
        "effect": "Several slots in one event; RTMP 7.1.3 has one.",
        "links": [],
    },
    "NoSelector": {
        "kind": "de-facto",
        "rule": "SO-021",
        "effect": "The selector byte of type 16 (RTMP errata 7.2) is missing.",
        "links": [],
    },
    "Empty": {
        "kind": "de-facto",
        "rule": "SO-001",
        "effect": "A body of a name and flags without an event, which RTMP 7.1.3 neither allows nor forbids.",
        "links": [],
    },
    "Count": {
        "kind": "hostile",
        "rule": "SO-006",
        "effect": "RTMP 7.1.3 sets no bound on the events of one message; a receiver may.",
        "links": [],
    },
}
family = Family("shared-object-v1", "shared-object", NOTES, "Layout")
amf0, amf3 = family.group(type=19), family.group(type=16)


def head(name="so", version=0, flags=0, second=0):
    return short(name) + struct.pack(">III", version, flags, second)


def event(kind, data=b"", length=None):
    return bytes([kind]) + u32(len(data) if length is None else length) + data


def found(*events, name="so", version=0, flags=0, second=0):
    return [{"shared-object": {"name": name, "version": version, "flags": [flags, second], "events": list(events)}}]


def dropped(*before):
    """SO-024: the event that is cut short may be dropped."""
    return {"allow": ["close", "alternative"], "alternatives": [("the event is dropped", found(*before))]}


def slots(*pairs):
    return b"".join(short(k) + v[0] for k, v in pairs), [{"key": k, "value": v[1]} for k, v in pairs]


def forms_of():
    foo = slots(("foo", string("bar")))
    return {
        "use": (1, b"", {"type": "use"}, "SO-007"),
        "release": (2, b"", {"type": "release"}, "SO-008"),
        "request-change": (3, foo[0], {"type": "request-change", "slots": foo[1]}, "SO-009"),
        "change": (4, foo[0], {"type": "change", "slots": foo[1]}, "SO-010"),
        "success": (5, short("foo"), {"type": "success", "key": "foo"}, "SO-011"),
        "send-message": (
            6,
            wire(string("hello"), number(1)),
            {"type": "send-message", "values": forms(string("hello"), number(1))},
            "SO-012 SO-013",
        ),
        "status": (
            7,
            short("SharedObject.NoWriteAccess") + short("error"),
            {"type": "status", "code": "SharedObject.NoWriteAccess", "level": "error"},
            "SO-014",
        ),
        "clear": (8, b"", {"type": "clear"}, "SO-015"),
        "remove": (9, short("foo"), {"type": "remove", "key": "foo"}, "SO-016"),
        "request-remove": (10, short("foo"), {"type": "request-remove", "key": "foo"}, "SO-017"),
        "use-success": (11, b"", {"type": "use-success"}, "SO-018"),
    }


def events():
    all = forms_of()
    assert (head() + event(1)).hex() == "0002736f0000000000000000000000000100000000"
    assert (
        head() + event(3, all["request-change"][1])
    ).hex() == "0002736f000000000000000000000000030000000b0003666f6f020003626172"
    for name, (kind, data, form, rule) in all.items():
        size = len(head())
        amf0(
            f"so-{name}",
            f"event {kind}, {name}",
            f"SO-001 SO-002 SO-003 SO-005 {rule}",
            [head(), event(kind, data)],
            found(form),
            cuts=[[1, size - 1], [size + 1, size + len(event(kind, data)) - 1]],
            canonical=True,
        )
        if data:
            for cut in sorted({0, 1, 2, len(data) - 1}):
                if name == "send-message" and cut == 0:
                    continue
                drop = [
                    ("the event is dropped", found()),
                    ("handed on as bytes", found({"type": "unknown", "event": kind, "data": data[:cut].hex()})),
                ]
                if cut == 0 and name in ("request-change", "change"):
                    drop.append(("an event without slots", found({"type": name, "slots": []})))
                amf0(
                    f"so-{name}-short-{cut}",
                    f"event {kind} with {cut} byte(s) of {len(data)}",
                    f"SO-024 SO-005 {rule}",
                    [head(), event(kind, data[:cut])],
                    result="lenient",
                    flags=["ShortEvent"],
                    allow=["close", "alternative"],
                    alternatives=drop,
                )
        else:
            amf0(
                f"so-{name}-with-data",
                f"event {kind} with data",
                f"SO-005 {rule}",
                [head(), event(kind, b"\1\2")],
                found(form),
                result="lenient",
                flags=["DataInEmptyEvent"],
                allow=["accept", "close", "alternative"],
                alternatives=[("handed on as bytes", found({"type": "unknown", "event": kind, "data": "0102"}))],
            )
    for kind in (0, 12, 13, 14, 15, 127, 255):
        for data in (b"", b"\1\2\3"):
            amf0(
                f"so-unknown-{kind}-{len(data)}",
                f"event {kind} with {len(data)} byte(s), then Clear",
                "SO-020 SO-005 SO-006",
                [head(), event(kind, data), event(8)],
                found({"type": "unknown", "event": kind, "data": data.hex()}, {"type": "clear"}),
                result="lenient",
                flags=["UnknownEvent"],
                allow=["accept", "alternative"],
                alternatives=[("left out", found({"type": "clear"}))],
            )
    a, b = all["use-success"], all["clear"]
    values = slots(
        ("n", number(1)),
    )
    amf0(
        "so-answer-to-use",
        "UseSuccess, Clear, Change: the answer to Use",
        "SO-019 SO-006 SO-018",
        [head(), event(11), event(8), event(4, values[0])],
        found(a[2], b[2], {"type": "change", "slots": values[1]}),
        canonical=True,
    )
    amf0(
        "so-all-events",
        "every event in one message",
        "SO-006 SO-001",
        [head("all", 7, 2), *[event(k, d) for k, d, _, _ in all.values()]],
        found(*[f for _, _, f, _ in all.values()], name="all", version=7, flags=2),
        canonical=True,
    )
    for title, value, id in (
        ("null", NULL, "null"),
        ("an object", obj(("a", number(1))), "object"),
        ("a boolean", boolean(True), "boolean"),
    ):
        one = slots(("k", value))
        amf0(
            f"so-change-{id}",
            f"a slot that holds {title}",
            "SO-010 SO-005",
            [head(), event(4, one[0])],
            found({"type": "change", "slots": one[1]}),
            canonical=True,
        )
    two = slots(("a", number(1)), ("b", number(2)))
    for kind, name in ((3, "request-change"), (4, "change")):
        amf0(
            f"so-{name}-two-slots",
            "two slots in one event",
            "SO-010 SO-009",
            [head(), event(kind, two[0])],
            found({"type": name, "slots": two[1]}),
            result="lenient",
            flags=["ManySlots"],
            allow=["accept", "close", "alternative"],
            alternatives=[("the first alone", found({"type": name, "slots": two[1][:1]}))],
        )
    amf0(
        "so-send-message-empty",
        "SendMessage without values",
        "SO-012",
        [head(), event(6)],
        found({"type": "send-message", "values": []}),
    )


def heads():
    use, form = event(1), {"type": "use"}
    for flags, second in ((2, 0),):
        amf0(
            f"so-flags-{flags}",
            "persistent" if flags else "not persistent",
            "SO-004 SO-001",
            [head("x", 0, flags, second), use],
            found(form, name="x", flags=flags),
            canonical=True,
        )
    for flags, second in ((1, 0), (16, 0), (32, 0), (48, 0), (0xFFFFFFFF, 0), (0, 1), (2, 0xFFFFFFFF)):
        amf0(
            f"so-flags-{flags}-{second}",
            f"flag words {flags} and {second}",
            "SO-004",
            [head("x", 0, flags, second), use],
            found(form, name="x", flags=flags, second=second),
            result="lenient",
            flags=["Flags"],
            allow=["accept", "close"],
        )
    for version in (1, 0x01020304, 0xFFFFFFFF):
        amf0(
            f"so-version-{version}",
            f"version {version}",
            "SO-003 SO-001",
            [head("x", version), use],
            found(form, name="x", version=version),
            canonical=True,
        )
    for id, name in (("empty", ""), ("2-byte", "é"), ("slashes", "a/b/c"), ("space", "a b")):
        amf0(f"so-name-{id}", f"name {name!r}", "SO-002 SO-001", [head(name), use], found(form, name=name), canonical=True)
    amf0("so-no-event", "no event", "SO-001", head(), found(), result="lenient", flags=["Empty"], allow=["accept", "close"])
    for id, data in (
        ("name-length", b"\0"),
        ("name", b"\0\5so"),
        ("version", head()[:6]),
        ("flags", head()[:10]),
        ("second-flags", head()[:15]),
        ("event-length", head() + b"\1\0\0"),
        ("second-event", head() + use + b"\x08"),
        ("name-length-max", b"\xff\xffso" + bytes(12)),
    ):
        rules = "SO-024 SO-001" + (" SO-003" if id == "version" else "")
        more = {}
        if "event" in id:
            more = dropped(*([form] if id == "second-event" else []))
        amf0(f"so-cut-{id}", f"the body ends early: {id}", rules, data, result="invalid", **more)
    for id, length in (("1", 1), ("2147483648", 0x80000000), ("max", 0xFFFFFFFF)):
        amf0(
            f"so-length-{id}",
            f"an event that announces {length} byte(s) more than there are",
            "SO-024 SO-005",
            head() + event(8, b"", length),
            result="invalid",
            flags=["Length"],
            **dropped(),
        )
        amf0(
            f"so-unknown-length-{id}",
            f"an unknown event that announces {length} byte(s) more than there are",
            "SO-024 SO-005 SO-020",
            head() + event(99, b"", length),
            result="invalid",
            flags=["Length"],
            **dropped(),
        )
    amf0(
        "so-key-length-max",
        "a key that announces 65535 bytes",
        "SO-024 SO-016",
        [head(), event(9, b"\xff\xfffoo")],
        result="lenient",
        flags=["ShortEvent"],
        allow=["close", "alternative"],
        alternatives=[
            ("the event is dropped", found()),
            ("handed on as bytes", found({"type": "unknown", "event": 9, "data": "ffff666f6f"})),
        ],
    )
    amf0(
        "so-value-bad-marker",
        "a slot with an unknown AMF0 marker",
        "SO-024 SO-009",
        [head(), event(3, short("k") + b"\x20")],
        result="lenient",
        flags=["ShortEvent"],
        allow=["close", "alternative"],
        alternatives=[
            ("the event is dropped", found()),
            ("handed on as bytes", found({"type": "unknown", "event": 3, "data": "00016b20"})),
        ],
    )
    amf0(
        "so-1000000-events",
        "a million events",
        "SO-006 SO-024",
        Runs((head(), 1), (event(8), 1000000)),
        result="lenient",
        flags=["Count"],
        allow=["close"],
    )


def amf3_bodies():
    all = forms_of()
    for name in ("use", "request-change", "send-message", "status"):
        kind, data, form, rule = all[name]
        amf3(
            f"so-amf3-{name}",
            f"type 16: selector, then {name} as in type 19",
            f"SO-021 {rule}",
            [b"\0", head(), event(kind, data)],
            found(form),
            canonical=True,
        )
    value = (b"\x11" + obj3(("a", integer(1)))[0], {"type": "amf3", "value": obj3(("a", integer(1)))[1]})
    one = slots(("k", value))
    amf3(
        "so-amf3-value",
        "a slot with an AMF3 value",
        "SO-021 SO-009",
        [b"\0", head(), event(3, one[0])],
        found({"type": "request-change", "slots": one[1]}),
        canonical=True,
    )
    value = (b"\x11" + array(integer(1))[0], {"type": "amf3", "value": array(integer(1))[1]})
    amf3(
        "so-amf3-send-message-mixed",
        "a message with an AMF3 value, then an AMF0 value",
        "SO-021 SO-012 MSG-012",
        [b"\0", head(), event(6, string("f")[0] + value[0] + NULL[0])],
        found({"type": "send-message", "values": [string("f")[1], value[1], NULL[1]]}),
        canonical=True,
    )
    for selector in (1, 3, 255):
        amf3(
            f"so-amf3-selector-{selector}",
            f"selector {selector}",
            "SO-021 MSG-010",
            [bytes([selector]), head(), event(1)],
            result="invalid",
        )
    amf3(
        "so-amf3-no-selector",
        "type 16 without the selector",
        "SO-021",
        [head(""), event(8)],
        found({"type": "clear"}, name=""),
        result="lenient",
        flags=["NoSelector"],
        allow=["accept", "close"],
    )
    amf3("so-amf3-empty", "type 16 without a body", "SO-021 SO-001", b"", result="invalid")
    amf3(
        "so-amf3-value-cut",
        "an AMF3 value that is cut short",
        "SO-021 SO-024",
        [b"\0", head(), event(3, short("k") + b"\x11\x0a\x0b\1\3a")],
        result="lenient",
        flags=["ShortEvent"],
        allow=["close", "alternative"],
        alternatives=[
            ("the event is dropped", found()),
            ("handed on as bytes", found({"type": "unknown", "event": 3, "data": (short("k") + b"\x11\x0a\x0b\1\3a").hex()})),
        ],
    )
    amf0("so-empty", "type 19 without a body", "SO-001", b"", result="invalid")


events()
heads()
amf3_bodies()
