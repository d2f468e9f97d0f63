"""Family aggregate-v1: bodies of aggregate messages, type 22 (RTMP 7.1.6)."""

from corpus import Family
from wire import filler, sha256, string, u24, u32

NOTES = {
    "FlvOrder": {
        "kind": "ambiguity",
        "rule": "MSG-027",
        "effect": "Timestamps above 0xFFFFFF: RTMP 6.1 has a plain 32-bit number, the field the order of FLV, whose low 24 bits "
        "come first (errata E-43).",
        "links": [],
    },
    "BackPointer": {
        "kind": "de-facto",
        "rule": "MSG-028",
        "effect": "A back pointer is wrong; readers that go forward do not need it.",
        "links": [],
    },
    "NoLastBackPointer": {
        "kind": "de-facto",
        "rule": "MSG-028",
        "effect": "The last back pointer is missing or cut short.",
        "links": [],
    },
    "Nested": {
        "kind": "hostile",
        "rule": "MSG-030",
        "effect": "An aggregate inside an aggregate: handed on as it is, or refused; never followed without a bound.",
        "links": [],
    },
    "Empty": {"kind": "de-facto", "rule": "MSG-022", "effect": "An aggregate without a message.", "links": []},
    "Length": {
        "kind": "hostile",
        "rule": "MSG-029",
        "effect": "The length of a message reaches beyond the aggregate: nothing may be read or reserved for it.",
        "links": [],
    },
    "SubType": {
        "kind": "de-facto",
        "rule": "MSG-031",
        "effect": "A message of a type that is unusual in an aggregate: kept, or dropped.",
        "links": [],
    },
}
family = Family("aggregate-v1", "aggregate", NOTES)


def sub(kind, data, time, stream=0, back=None, order="flv"):
    stamp = u24(time & 0xFFFFFF) + bytes([time >> 24]) if order == "flv" else u32(time)
    return bytes([kind]) + u24(len(data)) + stamp + u24(stream) + data + (u32(11 + len(data)) if back is None else back)


def found(kind, data, ts, msid=1):
    return {"sub-message": {"type": kind, "ts": ts & 0xFFFFFFFF, "msid": msid, "len": len(data), "sha256": sha256(data)}}


A, V, S = bytes.fromhex("af01aa"), bytes.fromhex("2701000000bb"), string("onMetaData")[0]


def state(ts=5000, msid=1):
    return family.group(ts=ts, msid=msid)


def whole():
    parts = [sub(8, A, 100), sub(9, V, 120)]
    assert b"".join(parts).hex() == "0800000300006400000000af01aa0000000e09000006000078000000002701000000bb00000011"
    first = len(parts[0])
    state()(
        "aggregate-v8",
        "audio at 100, video at 120, in a message at 5000",
        "MSG-001 MSG-022 MSG-024 MSG-026 MSG-029",
        parts,
        [found(8, A, 5000), found(9, V, 5020)],
        cuts=[[1, first - 5], [first + 1, first + len(parts[1]) - 5]],
    )
    state(100)(
        "aggregate-offset-0",
        "the first timestamp is that of the aggregate",
        "MSG-025 MSG-024",
        parts,
        [found(8, A, 100), found(9, V, 120)],
        canonical=True,
    )
    state(0)(
        "aggregate-offset-negative",
        "the aggregate is earlier than its first message",
        "MSG-024",
        parts,
        [found(8, A, 0), found(9, V, 20)],
    )
    state(0xFFFFFFF0)(
        "aggregate-wrap",
        "the shifted timestamps pass 2^32",
        "MSG-024 TIME-002",
        [sub(8, A, 100), sub(9, V, 132)],
        [found(8, A, 0xFFFFFFF0), found(9, V, 0x10)],
    )
    state(5)(
        "aggregate-sub-wrap",
        "the inner timestamps pass 2^32",
        "MSG-024 MSG-027 TIME-002",
        [sub(8, A, 0xFFFFFFFB), sub(9, V, 5)],
        [found(8, A, 5), found(9, V, 15)],
    )
    state()(
        "aggregate-backwards",
        "the second message is earlier than the first",
        "MSG-024",
        [sub(8, A, 100), sub(9, V, 60)],
        [found(8, A, 5000), found(9, V, 4960)],
    )
    state(5000, 3)(
        "aggregate-stream-id",
        "the message stream id is that of the aggregate",
        "MSG-023",
        [sub(8, A, 100, 77), sub(9, V, 120, 0xFFFFFF)],
        [found(8, A, 5000, 3), found(9, V, 5020, 3)],
    )
    state()("aggregate-one", "one message", "MSG-022", sub(9, V, 0), [found(9, V, 5000)], canonical=False)
    state()(
        "aggregate-empty-message",
        "a message without a payload",
        "MSG-022 MSG-032",
        [sub(8, b"", 7), sub(9, V, 8)],
        [found(8, b"", 5000), found(9, V, 5001)],
    )
    big = filler(1, 70000)
    state()(
        "aggregate-70000",
        "a message of 70000 bytes",
        "MSG-022 MSG-026",
        [sub(9, big, 0), sub(8, A, 1)],
        [found(9, big, 5000), found(8, A, 5001)],
    )
    state()(
        "aggregate-many",
        "1000 messages",
        "MSG-022 MSG-024",
        [sub(8, A, i) for i in range(1000)],
        [found(8, A, 5000 + i) for i in range(1000)],
    )
    state()(
        "aggregate-data",
        "a data message inside",
        "MSG-031",
        [sub(18, S, 10), sub(8, A, 10)],
        [found(18, S, 5000), found(8, A, 5000)],
    )
    for time, name in (
        (0xFFFFFF, "ffffff"),
        (0x1000000, "1000000"),
        (0x01234567, "1234567"),
        (0x7FFFFFFF, "7fffffff"),
        (0xFFFFFFFF, "ffffffff"),
    ):
        # Read in the other order, the stamp of the first message is another number.
        other = lambda t: (t & 0xFFFFFF) << 8 | t >> 24
        yields = [found(8, A, 5000), found(9, V, 5040)]
        second = time + 40 & 0xFFFFFFFF
        state()(
            f"aggregate-flv-order-{name}",
            f"inner timestamps from 0x{time:X} in the order of FLV",
            "MSG-027 MSG-024",
            [sub(8, A, time), sub(9, V, second)],
            yields,
            result="lenient",
            flags=["FlvOrder"],
            allow=["accept", "alternative"],
            alternatives=[("a plain 32-bit number", [yields[0], found(9, V, 5000 + other(second) - other(time))])],
        )
    yields = lambda step: [found(8, A, 5000), found(9, V, 5000 + step)]
    state()(
        "aggregate-plain-order",
        "the same timestamps as plain 32-bit numbers",
        "MSG-001 MSG-027",
        [sub(8, A, 0x01000000, order="plain"), sub(9, V, 0x01000028, order="plain")],
        yields(0x28000000),
        result="lenient",
        flags=["FlvOrder"],
        allow=["accept", "alternative"],
        alternatives=[("a plain 32-bit number", yields(0x28))],
    )


def odd():
    for name, back in (("0", u32(0)), ("data-only", u32(3)), ("max", u32(0xFFFFFFFF))):
        state()(
            f"aggregate-back-pointer-{name}",
            "a wrong back pointer between two messages",
            "MSG-028 MSG-026",
            [sub(8, A, 0, back=back), sub(9, V, 5)],
            [found(8, A, 5000), found(9, V, 5005)],
            result="lenient",
            flags=["BackPointer"],
            allow=["accept", "close"],
        )
    for cut in range(4):
        state()(
            f"aggregate-last-back-pointer-{cut}",
            f"{cut} byte(s) of the last back pointer",
            "MSG-028",
            [sub(8, A, 0), sub(9, V, 5, back=bytes(cut))],
            [found(8, A, 5000), found(9, V, 5005)],
            result="lenient",
            flags=["NoLastBackPointer"],
            allow=["accept", "close"],
        )
    inner = sub(8, A, 0)
    state()(
        "aggregate-nested",
        "an aggregate inside",
        "MSG-030",
        [sub(22, inner, 0), sub(8, A, 5)],
        [found(22, inner, 5000), found(8, A, 5005)],
        result="lenient",
        flags=["Nested"],
        allow=["accept", "close", "alternative"],
        alternatives=[("it is split too", [found(8, A, 5000), found(8, A, 5005)]), ("it is left out", [found(8, A, 5005)])],
    )
    deep = inner
    for _ in range(1000):
        deep = sub(22, deep, 0)
    state()(
        "aggregate-nested-1000",
        "a thousand aggregates inside each other",
        "MSG-030",
        deep,
        [found(22, deep[11:-4], 5000)],
        result="lenient",
        flags=["Nested"],
        allow=["accept", "close", "alternative"],
        alternatives=[("the innermost message", [found(8, A, 5000)]), ("left out", [])],
    )
    for kind in (1, 4, 20, 0, 255):
        state()(
            f"aggregate-type-{kind}",
            f"a message of type {kind} inside",
            "MSG-031 MSG-022",
            [sub(kind, b"\0\0\0\1", 0), sub(8, A, 5)],
            [found(kind, b"\0\0\0\1", 5000), found(8, A, 5005)],
            result="lenient",
            flags=["SubType"],
            allow=["accept", "close", "alternative"],
            alternatives=[("it is left out", [found(8, A, 5005)])],
        )
    state()("aggregate-empty", "no message", "MSG-022", b"", [], result="lenient", flags=["Empty"], allow=["accept", "close"])


def broken():
    whole = sub(8, A, 0)
    for cut in range(1, 11):
        state()(f"aggregate-cut-header-{cut}", f"{cut} byte(s) of a header", "MSG-029 MSG-022", whole[:cut], result="invalid")
    for cut in (11, 12, 13):
        state()(f"aggregate-cut-data-{cut - 11}", f"{cut - 11} byte(s) of 3", "MSG-029 MSG-022", whole[:cut], result="invalid")
    for cut in (1, 10, 11, 16):
        state()(
            f"aggregate-cut-second-{cut}",
            f"{cut} byte(s) of the second message",
            "MSG-029",
            [whole, sub(9, V, 5)[:cut]],
            [found(8, A, 5000)],
            result="invalid",
        )
    for name, length in (("1", 4), ("back-pointer", 8), ("max", 0xFFFFFF)):
        state()(
            f"aggregate-length-{name}",
            f"a message that announces {length} bytes",
            "MSG-029",
            b"\x08" + u24(length) + whole[4:-4],
            result="invalid",
            flags=["Length"],
        )
    state()(
        "aggregate-zeros",
        "zeros: messages of type 0 without a payload, and a rest",
        "MSG-029",
        bytes(20),
        [found(0, b"", 5000)],
        result="invalid",
    )


whole()
odd()
broken()
