"""Family aggregate-v1: bodies of aggregate messages, type 22 (RTMP 7.1.6)."""

from corpus import Family
from wire import filler, sha256, string, u24, u32

NOTES = {
    "FlvOrder": {
        "kind": "ambiguity",
        "rule": "MSG-027",
        "effect": "RTMP 6.1 has the timestamp as a plain 32-bit number, nginx-rtmp and SRS read it in the order of FLV, whose "
        "low 24 bits come first (errata E-43). Only the first message has the same timestamp by both.",
        "links": [],
    },
    "BackPointer": {
        "kind": "de-facto",
        "rule": "MSG-028",
        "effect": "RTMP 7.1.6 wants the size of the message before it, header included. A back pointer is wrong; "
        "readers that go forward do not need it.",
        "links": [],
    },
    "NoLastBackPointer": {
        "kind": "de-facto",
        "rule": "MSG-028",
        "effect": "RTMP 7.1.6 ends each message with a back pointer. The last one is missing or cut short; some "
        "senders leave it out, some receivers close.",
        "links": [],
    },
    "Nested": {
        "kind": "hostile",
        "rule": "MSG-030",
        "effect": "An aggregate inside an aggregate, which RTMP 7.1.6 neither allows nor forbids: handed on as it is, "
        "or refused; never followed without a bound.",
        "links": [],
    },
    "Empty": {
        "kind": "de-facto",
        "rule": "MSG-022",
        "effect": "RTMP 7.1.6 does not say that an aggregate holds at least one message.",
        "links": [],
    },
    "Length": {
        "kind": "de-facto",
        "rule": "MSG-029",
        "effect": "The three bytes of a length (RTMP 6.1) reach beyond the aggregate. An error by habit; nothing may "
        "be read or reserved for it.",
        "links": ["https://github.com/Red5/red5-server/issues/456"],
    },
    "Cut": {
        "kind": "de-facto",
        "rule": "MSG-029",
        "effect": "RTMP 7.1.6 does not say what a receiver does with an aggregate that ends inside a message. An error is what "
        "nginx-rtmp and SRS make of it.",
        "links": [],
    },
    "Data": {
        "kind": "de-facto",
        "rule": "MSG-031",
        "effect": "RTMP 7.1.6 does not limit the types in an aggregate. Data messages are kept by habit; some drop them.",
        "links": [],
    },
    "SubType": {
        "kind": "de-facto",
        "rule": "MSG-031",
        "effect": "RTMP 7.1.6 does not limit the types in an aggregate; audio, video and data are usual. Another one "
        "is kept, or dropped.",
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


def read_plain(time):
    """What RTMP 6.1 makes of a timestamp that was written in the order of FLV."""
    return (time & 0xFFFFFF) << 8 | time >> 24


def both(id, title, rules, subs, ts=5000, msid=1, left_out=(), others=(), flags=(), allow=("accept",), parts=None, **more):
    """`subs`: type, data and timestamp of each message. Where the two orders of a timestamp make a difference, both
    readings pass. `left_out`: indices of messages that may be left out."""
    base = subs[0][2]
    readings = [
        [found(kind, data, ts + order(time) - order(base), msid) for kind, data, time in subs]
        for order in ((lambda time: time), read_plain)
    ]
    alternatives = [("plain 32-bit timestamps", readings[1])] if readings[0] != readings[1] else []
    flags = [*flags, *(["FlvOrder"] if alternatives else [])]
    for reading, yields in zip(("", ", plain 32-bit timestamps"), readings[: 1 + len(alternatives)]):
        if left_out:
            kept = [one for i, one in enumerate(yields) if i not in left_out]
            alternatives.append((f"it is left out{reading}", kept))
    alternatives += others
    if flags:
        more |= {"result": "lenient", "flags": flags, "allow": [*allow, *(["alternative"] if alternatives else [])]}
    more |= {"alternatives": alternatives} if alternatives else {}
    parts = [sub(*one) for one in subs] if parts is None else parts
    state(ts, msid)(id, title, rules, parts, readings[0], **more)


def whole():
    two = [(8, A, 100), (9, V, 120)]
    parts = [sub(*one) for one in two]
    assert b"".join(parts).hex() == "0800000300006400000000af01aa0000000e09000006000078000000002701000000bb00000011"
    first = len(parts[0])
    both(
        "aggregate-v8",
        "audio at 100, video at 120, in a message at 5000",
        "MSG-001 MSG-022 MSG-024 MSG-026 MSG-029 MSG-027",
        two,
        cuts=[[1, first - 5], [first + 1, first + len(parts[1]) - 5]],
    )
    both("aggregate-offset-0", "the first timestamp is that of the aggregate", "MSG-025 MSG-024 MSG-027", two, 100, canonical=True)
    both("aggregate-offset-negative", "the aggregate is earlier than its first message", "MSG-024 MSG-027", two, 0)
    both(
        "aggregate-wrap",
        "the shifted timestamps pass 2^32",
        "MSG-024 TIME-002 MSG-027",
        [(8, A, 100), (9, V, 132)],
        0xFFFFFFF0,
    )
    both(
        "aggregate-sub-wrap",
        "the inner timestamps pass 2^32",
        "MSG-024 MSG-027 TIME-002",
        [(8, A, 0xFFFFFFFB), (9, V, 5)],
        5,
    )
    both(
        "aggregate-backwards",
        "the second message is earlier than the first",
        "MSG-024 MSG-027",
        [(8, A, 100), (9, V, 60)],
    )
    # Four equal bytes are one number in both orders.
    same = [(8, A, 0x01010101), (9, V, 0x02020202), (8, A, 0x02020202)]
    for name, ts in (("", 5000), ("-offset-0", 0x01010101), ("-offset-negative", 7), ("-wrap", 0xFFFFFFF0)):
        both(f"aggregate-any-order{name}", f"timestamps that are the same in both orders, in a message at {ts}",
             "MSG-024 MSG-022 MSG-001" + {"-offset-0": " MSG-025", "-wrap": " TIME-002"}.get(name, ""), same, ts)
    both("aggregate-any-order-backwards", "timestamps that are the same in both orders and go back", "MSG-024 MSG-022",
         [same[1], same[0]])
    both(
        "aggregate-stream-id",
        "the message stream id is that of the aggregate",
        "MSG-023 MSG-027",
        [(8, A, 100), (9, V, 120)],
        5000,
        3,
        parts=[sub(8, A, 100, 77), sub(9, V, 120, 0xFFFFFF)],
    )
    state(5000, 3)(
        "aggregate-stream-id-same-time",
        "the message stream id is that of the aggregate; one timestamp",
        "MSG-023",
        [sub(8, A, 100, 77), sub(9, V, 100, 0xFFFFFF)],
        [found(8, A, 5000, 3), found(9, V, 5000, 3)],
    )
    state()("aggregate-one", "one message", "MSG-022", sub(9, V, 0), [found(9, V, 5000)], canonical=False)
    both("aggregate-empty-message", "a message without a payload", "MSG-022 MSG-032 MSG-027", [(8, b"", 7), (9, V, 8)])
    big = filler(1, 70000)
    both("aggregate-70000", "a message of 70000 bytes", "MSG-022 MSG-026 MSG-027", [(9, big, 0), (8, A, 1)])
    state()(
        "aggregate-70000-same-time",
        "a message of 70000 bytes; one timestamp",
        "MSG-022 MSG-026",
        [sub(9, big, 0), sub(8, A, 0)],
        [found(9, big, 5000), found(8, A, 5000)],
    )
    both("aggregate-many", "1000 messages", "MSG-022 MSG-024 MSG-027", [(8, A, i) for i in range(1000)])
    state()(
        "aggregate-data",
        "a data message inside",
        "MSG-031 MSG-022",
        [sub(18, S, 10), sub(8, A, 10)],
        [found(18, S, 5000), found(8, A, 5000)],
        flags=["Data"],
    )
    for time, name in (
        (0xFFFFFF, "ffffff"),
        (0x1000000, "1000000"),
        (0x01234567, "1234567"),
        (0x7FFFFFFF, "7fffffff"),
        (0xFFFFFFFF, "ffffffff"),
    ):
        second = time + 40 & 0xFFFFFFFF
        both(f"aggregate-flv-order-{name}", f"inner timestamps from 0x{time:X} in the order of FLV", "MSG-027 MSG-024",
             [(8, A, time), (9, V, second)])
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
        both(f"aggregate-back-pointer-{name}", "a wrong back pointer between two messages", "MSG-028 MSG-026",
             [(8, A, 0), (9, V, 5)], parts=[sub(8, A, 0, back=back), sub(9, V, 5)], flags=["BackPointer"],
             allow=["accept", "close"])
    for cut in range(4):
        both(f"aggregate-last-back-pointer-{cut}", f"{cut} byte(s) of the last back pointer", "MSG-028",
             [(8, A, 0), (9, V, 5)], parts=[sub(8, A, 0), sub(9, V, 5, back=bytes(cut))], flags=["NoLastBackPointer"],
             allow=["accept", "close"])
    inner = sub(8, A, 0)
    split = [(f"it is split too{order}", [found(8, A, 5000), found(8, A, 5000 + step)])
             for order, step in (("", 5), (", plain 32-bit timestamps", read_plain(5)))]
    both("aggregate-nested", "an aggregate inside", "MSG-030", [(22, inner, 0), (8, A, 5)], left_out=[0], others=split,
         flags=["Nested"], allow=["accept", "close"])
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
        both(f"aggregate-type-{kind}", f"a message of type {kind} inside", "MSG-031 MSG-022",
             [(kind, b"\0\0\0\1", 0), (8, A, 5)], left_out=[0], flags=["SubType"], allow=["accept", "close"])
    state()("aggregate-empty", "no message", "MSG-022", b"", [], result="lenient", flags=["Empty"], allow=["accept", "close"])


def broken():
    whole = sub(8, A, 0)
    for cut in range(1, 11):
        state()(f"aggregate-cut-header-{cut}", f"{cut} byte(s) of a header", "MSG-001 MSG-029 MSG-022", whole[:cut], result="invalid",
                flags=["Cut"])
    for cut in (11, 12, 13):
        state()(f"aggregate-cut-data-{cut - 11}", f"{cut - 11} byte(s) of 3", "MSG-029 MSG-022", whole[:cut], result="invalid",
                flags=["Cut"])
    for cut in (1, 10, 11, 16):
        state()(
            f"aggregate-cut-second-{cut}",
            f"{cut} byte(s) of the second message",
            "MSG-029",
            [whole, sub(9, V, 5)[:cut]],
            [found(8, A, 5000)],
            result="invalid",
            flags=["Cut"],
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
        flags=["Cut"],
        allow=["close"],
    )


whole()
odd()
broken()
