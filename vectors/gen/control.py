"""Family control-v1: protocol control and user control messages as whole chunks."""

import struct

from corpus import Family
from wire import Message, control, filler, u32, user_control

NOTES = {
    "ControlStream": {
        "kind": "de-facto", "rule": "CTRL-004",
        "effect": "RTMP 5.4 has senders place protocol control messages on chunk stream 2 and message stream 0, "
                  "and says nothing of receivers: from elsewhere they are taken, ignored or refused.",
        "links": ["https://github.com/ossrs/srs/issues/4683"]},
    "ShortBody": {
        "kind": "de-facto",
        "rule": "CTRL-041",
        "effect": "The body is shorter than its fields (RTMP 5.4.1 to 5.4.5, 7.1.7). Receivers ignore the message or "
        "close; none may read beyond it.",
        "links": [],
    },
    "FreshType": {
        "kind": "de-facto",
        "rule": "CHUNK-015",
        "effect": "Read with the chunk size that holds (RTMP 5.4.1), a type 3 chunk stands on a chunk stream that never "
        "began (RTMP 5.3.1.2.1). Most receivers end the connection, others ignore the chunk.",
        "links": [],
    },
    "SmallWindow": {
        "kind": "de-facto",
        "rule": "CTRL-032",
        "effect": "RTMP 5.4.4 sets no least window. One of 0 or 1 byte asks for an acknowledgement of each read; receivers "
        "ignore it or raise it.",
        "links": [],
    },
    "InvalidChunkSize": {
        "kind": "hostile", "rule": "CTRL-010",
        "effect": "Chunk size 0 allows no payload, and the top bit has to be 0 (RTMP 5.4.1). Receivers close or "
                  "ignore it; some drop the top bit.",
        "links": []},
    "LongBody": {
        "kind": "de-facto",
        "rule": "CTRL-042",
        "effect": "Bytes follow the fields that RTMP 5.4.1 to 5.4.5 define. Receivers ignore the bytes, or the message, or "
        "close.",
        "links": [],
    },
    "UnknownLimitType": {
        "kind": "de-facto",
        "rule": "CTRL-039",
        "effect": "RTMP 5.4.5 defines the limit types 0 to 2. Another one is ignored.",
        "links": [],
    },
    "UnknownEvent": {
        "kind": "de-facto", "rule": "UCM-025",
        "effect": "Events that RTMP 7.1.7 does not name are in use; a receiver ignores those that it does not know.",
        "links": []},
}
family = Family("control-v1", "control", NOTES)
add = family.group(chunk_size=128)


def flat(*lists):
    return [chunk for part in lists for chunk in part]


def one(id, title, rules, m, decoded, **more):
    add(id, title, rules, m.chunks(), [m.yields(control=decoded)], **more)


def size_of(number):
    return {"name": "set-chunk-size", "size": number}


def taken_or_ignored(m):
    return {"allow": ["accept", "close", "alternative"], "alternatives": [("the message is ignored", [m.yields(control=None)])]}


def bodies():
    one("control-set-chunk-size-4096", "Set Chunk Size 4096", "CTRL-001 CTRL-002 CTRL-006", control(1, u32(4096)), size_of(4096),
        feeds=[12, 2])
    partial, stop = Message(0, filler(1, 300)), control(2, u32(6))
    add("control-abort-6", "Abort of the partial message on chunk stream 6", "CTRL-017", [partial.chunks()[0], *stop.chunks()],
        [stop.yields(control={"name": "abort", "csid": 6})], feeds=[140, 12])
    after = Message(20, filler(2, 20))
    add("control-abort-6-then-type-1", "Abort of the partial message on chunk stream 6, then a message there with type 1",
        "CTRL-018 CTRL-017 CHUNK-053", [partial.chunks()[0], *stop.chunks(), *after.chunks(1, 20)],
        [stop.yields(control={"name": "abort", "csid": 6}), after.yields()], feeds=[140, 16, 3])
    for value in (0, 0x12345678, 0xFFFFFFFF):
        one(f"control-acknowledgement-{value:x}", f"Acknowledgement 0x{value:X}", "CTRL-022", control(3, u32(value)),
            {"name": "acknowledgement", "bytes": value})
    for value in (2500000, 0xFFFFFFFF):
        one(f"control-window-ack-size-{value}", f"Window Acknowledgement Size {value}", "CTRL-030", control(5, u32(value)),
            {"name": "window-ack-size", "size": value})
    for value, rule in ((0, "CTRL-032"), (1, "CTRL-033")):
        m = control(5, u32(value))
        others = [("the message is ignored", [m.yields(control=None)])]
        if value == 0:
            others.append(("raised to 1 byte", [m.yields(control={"name": "window-ack-size", "size": 1})]))
        one(f"control-window-ack-size-{value}", f"Window Acknowledgement Size {value}", f"CTRL-030 {rule}", m,
            {"name": "window-ack-size", "size": value}, result="lenient", flags=["SmallWindow"],
            allow=["accept", "alternative"], alternatives=others)
    for limit, name in enumerate(("hard", "soft", "dynamic")):
        one(f"control-set-peer-bandwidth-{name}", f"Set Peer Bandwidth 2500000 {name}", f"CTRL-034 CTRL-{36 + limit:03}",
            control(6, u32(2500000) + bytes([limit])), {"name": "set-peer-bandwidth", "window": 2500000, "limit": limit})
    one("control-set-peer-bandwidth-9", "Set Peer Bandwidth with limit type 9", "CTRL-039", control(6, u32(4096) + b"\x09"),
        {"name": "set-peer-bandwidth", "window": 4096, "limit": 9}, result="lenient", flags=["UnknownLimitType"],
        allow=["accept", "alternative"],
        alternatives=[("the message is ignored", [control(6, u32(4096) + b"\x09").yields(control=None)])])


def chunk_sizes():
    for size in (1, 2, 127, 128, 65536, 65537, 0xFFFFFF, 0x7FFFFFFF):
        scs, m = control(1, u32(size)), Message(40, filler(size & 0xFF, 5 if size < 3 else 300), 9)
        rules = "CTRL-007 CTRL-012" + (" CTRL-008" if size > 0xFFFFFF else "")
        add(f"control-chunk-size-{size}", f"chunk size {size}, then a message of {len(m.payload)} bytes", rules,
            flat(scs.chunks(), m.chunks(size=size)), [scs.yields(control=size_of(size)), m.yields()], feeds=[16, 13])
    scs, m = control(1, u32(65536)), Message(40, filler(1, 5000), 9)
    add("control-chunk-size-65536-whole", "chunk size 65536, then a message of 5000 bytes in one chunk", "CTRL-007 CTRL-012",
        flat(scs.chunks(), m.chunks(size=65536)), [scs.yields(control=size_of(65536)), m.yields()], feeds=[16, 4109])
    first, second, m = control(1, u32(1)), control(1, u32(4096)), Message(40, filler(1, 300))
    add("control-chunk-size-old-framing", "the second Set Chunk Size is itself in chunks of one byte", "CTRL-013 CTRL-014",
        flat(first.chunks(), second.chunks(size=1), m.chunks(size=4096)),
        [first.yields(control=size_of(1)), second.yields(control=size_of(4096)), m.yields()], feeds=[16, 14, 5])
    # The second byte of the size is read as the header of a type 3 chunk on the fresh chunk stream 8.
    add("control-chunk-size-new-framing", "the second Set Chunk Size is one chunk of four bytes, though chunks hold one",
        "CTRL-013 CHUNK-015", flat(first.chunks(), control(1, u32(0xC80000)).chunks()), [first.yields(control=size_of(1))],
        result="invalid", error_at=29, feeds=[16, 13], flags=["FreshType"], allow=["close", "alternative"],
        alternatives=[("the chunk is ignored", [first.yields(control=size_of(1))])])
    scs = control(1, u32(4096), ts=0xFFFFFFFF)
    add("control-chunk-size-timestamp", "Set Chunk Size at timestamp 0xFFFFFFFF takes effect at once", "TIME-011 CTRL-003",
        flat(scs.chunks(), m.chunks(size=4096)), [scs.yields(control=size_of(4096)), m.yields()], feeds=[15])
    ping = user_control(6, bytes.fromhex("01020304"))
    add("control-ping-chunk-size-1", "a ping in chunks of one byte", "UCM-005 CTRL-007",
        flat(first.chunks(), ping.chunks(size=1)),
        [first.yields(control=size_of(1)), ping.yields(control={"name": "ping-request", "value": 0x01020304})], feeds=[30])


def bad():
    for size in (0, 0x80000000, 0x80000080, 0xFFFFFFFF):
        scs = control(1, u32(size))
        others = [("the message is ignored", [scs.yields(control=None)])]
        if size & 0x7FFFFFFF:
            others.append(("the top bit is dropped", [scs.yields(control=size_of(size & 0x7FFFFFFF))]))
        one(f"control-chunk-size-invalid-{size:x}", f"chunk size 0x{size:X}", "CTRL-011" if size else "CTRL-010", scs, None,
            result="invalid", flags=["InvalidChunkSize"], allow=["close", "alternative"], alternatives=others,
            error_at=12, feeds=[12, 1])
    for kind, name, length in ((1, "set-chunk-size", 2), (2, "abort", 3), (3, "acknowledgement", 0), (5, "window-ack-size", 1),
                               (6, "set-peer-bandwidth", 3)):
        one(f"control-short-{name}", f"type {kind} with a body of {length} byte(s)", "CTRL-041", control(kind, bytes(length)), None,
            result="lenient", flags=["ShortBody"], allow=["accept", "close"])
    m = control(6, u32(4096))
    one("control-set-peer-bandwidth-no-type", "Set Peer Bandwidth without its limit type", "CTRL-040", m, None,
        result="lenient", flags=["ShortBody"], allow=["accept", "close", "alternative"],
        alternatives=[(f"limit type {n}", [m.yields(control={"name": "set-peer-bandwidth", "window": 4096, "limit": n})])
                      for n in range(3)])
    m = control(1, u32(4096) + bytes(4))
    one("control-long-set-chunk-size", "Set Chunk Size with four bytes after the size", "CTRL-042", m, size_of(4096),
        result="lenient", flags=["LongBody"], **taken_or_ignored(m))
    m = control(1, u32(4096), csid=3)
    one("control-on-chunk-stream-3", "Set Chunk Size on chunk stream 3", "CTRL-004 CTRL-002", m, size_of(4096),
        result="lenient", flags=["ControlStream"], **taken_or_ignored(m))
    m = control(1, u32(4096), msid=1)
    one("control-on-message-stream-1", "Set Chunk Size on message stream 1", "CTRL-005 CTRL-001", m, None,
        result="lenient", flags=["ControlStream"], allow=["accept", "close", "alternative"],
        alternatives=[("it takes effect", [m.yields(control=size_of(4096))])])


def events():
    stream = (("stream-begin", 0, "UCM-006"), ("stream-eof", 1, "UCM-008"), ("stream-dry", 2, "UCM-010"),
              ("stream-is-recorded", 4, "UCM-013"))
    for name, event, rule in stream:
        one(f"control-{name}", f"user control event {event} for message stream 1", f"UCM-001 {rule}",
            user_control(event, u32(1)), {"name": name, "stream": 1}, feeds=[13, 1])
    one("control-stream-begin-0", "StreamBegin for message stream 0", "UCM-006 UCM-007", user_control(0, u32(0)),
        {"name": "stream-begin", "stream": 0})
    one("control-set-buffer-length", "SetBufferLength 3000 ms for message stream 1", "UCM-001 UCM-011",
        user_control(3, struct.pack(">II", 1, 3000)), {"name": "set-buffer-length", "stream": 1, "ms": 3000}, feeds=[18])
    one("control-ping-request", "PingRequest 0x01020304", "UCM-001 UCM-015", user_control(6, bytes.fromhex("01020304")),
        {"name": "ping-request", "value": 0x01020304})
    one("control-ping-response", "PingResponse 0x01020304", "UCM-001 UCM-016", user_control(7, bytes.fromhex("01020304")),
        {"name": "ping-response", "value": 0x01020304})
    one("control-ping-timestamp", "PingRequest at timestamp 0xFFFFFFFE", "UCM-003",
        user_control(6, bytes.fromhex("01020304"), ts=0xFFFFFFFE), {"name": "ping-request", "value": 0x01020304})
    for event, data, rule in ((5, b"", "UCM-014"), (26, b"\1", "UCM-020"), (31, u32(1), "UCM-022"), (32, u32(1), "UCM-023"),
                              (34, u32(1), "UCM-024"), (0xFFFF, b"", "UCM-025")):
        one(f"control-event-{event}", f"user control event {event}", f"{rule} UCM-025" if rule != "UCM-025" else rule,
            user_control(event, data), {"name": "unknown-event", "event": event, "data": data.hex()}, result="lenient",
            flags=["UnknownEvent"], allow=["accept", "alternative"],
            alternatives=[("the event is ignored", [user_control(event, data).yields(control=None)])])
    for length in (0, 1, 2, 5):
        m = control(4, bytes([0, 6, 1, 2, 3, 4])[:length])
        one(f"control-short-event-{length}", f"a ping of {length} byte(s)", "UCM-026", m, None, result="lenient",
            flags=["ShortBody"], allow=["accept", "close"])
    m = control(4, bytes.fromhex("0003000000010000"))
    one("control-short-set-buffer-length", "SetBufferLength that ends inside its time", "UCM-026", m, None, result="lenient",
        flags=["ShortBody"], allow=["accept", "close"])


for part in (bodies, chunk_sizes, bad, events):
    part()
