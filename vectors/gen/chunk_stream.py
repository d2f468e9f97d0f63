"""Family chunk-stream-v1: bytes of one direction after the handshake, and the messages in them."""

from corpus import Family, Runs
from wire import Message, basic, control, filler, header, string, number, u32, wire, NULL

NOTES = {
    "ExtTsType3": {
        "kind": "ambiguity", "rule": "CHUNK-031",
        "effect": "The type 3 chunks of a message with an extended timestamp lack it. RTMP 5.3.1.3 of 2012 "
                  "and errata 5.1 want it repeated, an edition of 2009 did not. A strict reader takes four "
                  "bytes of payload for it and loses its place: with real senders after 4 h 39 min.",
        "links": ["https://github.com/obsproject/obs-studio/pull/10097"]},
    "Type3AfterType0": {
        "kind": "ambiguity", "rule": "CHUNK-023",
        "effect": "A type 3 chunk starts a message right after a type 0 chunk. RTMP 5.3.1.2.4: the delta is "
                  "the absolute timestamp of that chunk. Some receivers add 0.",
        "links": []},
    "Type1First": {
        "kind": "de-facto", "rule": "CHUNK-014",
        "effect": "RTMP 5.3.1.2.1 wants type 0 at the start of a chunk stream; some clients send their first "
                  "ping with type 1. Message stream id and base timestamp are then 0.",
        "links": []},
    "FreshType": {
        "kind": "de-facto",
        "rule": "CHUNK-015",
        "effect": "A chunk stream begins with type 2 or 3. RTMP 5.3.1.2.1 has senders begin with type 0 and says nothing "
        "of receivers: most end the connection, others ignore the chunk. None has a length to make a message with.",
        "links": [],
    },
    "LengthChanges": {
        "kind": "de-facto",
        "rule": "CHUNK-052",
        "effect": "A second header changes the length of a message that is not complete (RTMP 5.3.1.2.4: type 3 within a "
        "message). No text says what a receiver does; receivers that close are safe, others wrote beyond the memory of the "
        "first length.",
        "links": ["https://nvd.nist.gov/vuln/detail/CVE-2016-10191"],
    },
    "MessageLimit": {
        "kind": "choice",
        "rule": "CHUNK-063",
        "effect": "RTMP 5.1 allows messages of 16777215 bytes. Receivers have limits of their own, from 1 MiB on, and end the "
        "connection: taking the message is as good as refusing it.",
        "links": [],
    },
    "NegativeDelta": {
        "kind": "de-facto",
        "rule": "CHUNK-068",
        "effect": "RTMP 4 has deltas without a sign, and a message that is earlier wants type 0 (RTMP 5.3.1.2.1). Some senders "
        "write a delta just below 2^32; receivers that add modulo 2^32 go back.",
        "links": [],
    },
    "RestartWithinMessage": {
        "kind": "de-facto",
        "rule": "CHUNK-050",
        "effect": "A type 0 chunk stands where the rest of a message is due (RTMP 5.3.1.2.4: type 3 within a "
        "message). Receivers give up the old message or the connection; none may mix the two.",
        "links": ["https://nvd.nist.gov/vuln/detail/CVE-2016-10191"],
    },
    "Type12WithinMessage": {
        "kind": "de-facto",
        "rule": "CHUNK-051",
        "effect": "A type 1 or 2 chunk with the same length stands where the rest of a message is due (RTMP "
        "5.3.1.2.4: type 3 within a message). Some receivers go on with the message, others close.",
        "links": [],
    },
    "Abort": {
        "kind": "interop", "rule": "CTRL-018",
        "effect": "RTMP 5.4.2 and errata 6 say what Abort does; several receivers ignore it and then take "
                  "the next message for the rest of the aborted one.",
        "links": []},
    "AbortIdle": {
        "kind": "de-facto",
        "rule": "CTRL-020",
        "effect": "Abort names a chunk stream without a partial message, or one never used. RTMP 5.4.2 says nothing "
        "of it; most receivers take no notice.",
        "links": [],
    },
    "ExtendedDelta": {
        "kind": "interop", "rule": "CHUNK-033",
        "effect": "The extended timestamp of types 1 and 2 is a delta. Some receivers took it for the "
                  "absolute timestamp.",
        "links": ["https://github.com/ossrs/srs/pull/4365", "https://github.com/veovera/enhanced-rtmp/issues/42"]},
}
family = Family("chunk-stream-v1", "chunk-stream", NOTES)
add = family.group(chunk_size=128)


def flat(*lists):
    return [chunk for part in lists for chunk in part]


def yields(*messages):
    return [m.yields() for m in messages]


def basic_headers():
    forms = [(2, None, "CHUNK-002"), (3, None, "CHUNK-002"), (63, None, "CHUNK-002"), (64, None, "CHUNK-003"),
             (65, None, "CHUNK-003"), (319, None, "CHUNK-003"), (320, None, "CHUNK-004"),
             (365, None, "CHUNK-004"), (575, None, "CHUNK-004"), (65599, None, "CHUNK-004"),
             (64, 3, "CHUNK-005"), (319, 3, "CHUNK-005")]
    for csid, form, rule in forms:
        kind, msid = (4, 0) if csid == 2 else (9, 1)
        m = Message(40, filler(csid, 130), kind, csid, msid)
        if kind == 4:  # a private user control event: chunk stream 2 is for control messages
            m.payload = b"\xff\xff" + m.payload[2:]
        name = f"{csid}" if form is None else f"{csid}-3-byte-form"
        head = len(basic(0, csid, form))
        add(f"chunk-csid-{name}", f"chunk stream id {csid} in {head} byte(s), types 0 and 3",
            f"CHUNK-001 CHUNK-008 CHUNK-056 {rule}" + (" CHUNK-064" if csid > 63 else ""),
            m.chunks(form=form), yields(m), feeds=[1, head, 138])
    m = Message(40, filler(65, 130), 9, 65)
    add("chunk-csid-65-both-forms", "id 65 begun in the 2-byte form and continued in the 3-byte form is one stream",
        "CHUNK-005", [m.chunks()[0], header(3, 65, form=3) + m.payload[128:]], yields(m), feeds=[141, 1, 1])
    a, b = Message(1, filler(1, 130), 9, 0x0140 + 64), Message(2, filler(2, 130), 8, 0x4001 + 64)
    add("chunk-csid-byte-order", "ids whose two bytes are each other's reverse are two streams", "CHUNK-004 CHUNK-056",
        [a.chunks()[0], b.chunks()[0], a.chunks()[1], b.chunks()[1]], yields(a, b), feeds=[2, 141, 2])
    add("chunk-csid-swapped-continuation", "the two bytes of the id in the other order name a chunk stream that never began",
        "CHUNK-004 CHUNK-056 CHUNK-015", [a.chunks()[0], header(3, b.csid) + a.payload[128:]], result="invalid", error_at=142,
        feeds=[142, 1], flags=["FreshType"], allow=["close", "alternative"], alternatives=[("the chunk is ignored", [])])


def headers():
    m = [Message(1000 + 20 * i, filler(i + 1, 32), 8, 3, 12345) for i in range(4)]
    parts = [m[0].chunks(), m[1].chunks(2, 20), m[2].chunks(3), m[3].chunks(3)]
    assert [len(p[0]) for p in parts] == [44, 36, 33, 33]  # printed in RTMP 5.3.2.1
    add("chunk-spec-example-1", "the first example of RTMP 5.3.2", "CHUNK-009 CHUNK-011 CHUNK-012 CHUNK-022 CHUNK-066",
        flat(*parts), yields(*m), feeds=[12, 33, 35, 1])
    v = Message(1000, filler(5, 307), 9, 4, 12346)
    assert [len(c) for c in v.chunks()] == [140, 129, 52]  # printed in RTMP 5.3.2.2
    add("chunk-spec-example-2", "the second example of RTMP 5.3.2", "CHUNK-012 CHUNK-039 CHUNK-046", v.chunks(), yields(v),
        feeds=[140, 1, 128, 1])
    for ts, rules in ((0xFFFFFE, "CHUNK-028 CHUNK-029"), (0xFFFFFF, "CHUNK-027 CHUNK-028 CHUNK-031"),
                      (0x1000000, "CHUNK-027 CHUNK-030 CHUNK-031 CHUNK-036"), (0xFFFFFFFF, "CHUNK-030 TIME-009")):
        v = Message(ts, filler(6, 200))
        add(f"chunk-type0-ts-{ts:x}", f"type 0 with timestamp 0x{ts:X}, 200 bytes in two chunks", rules, v.chunks(),
            yields(v), feeds=[11, 3, 1, 131, 1])
    a, b = Message(10, b"\xaf", 8), Message(0x100000A, b"\xb0", 8)
    add("chunk-type1-extended-delta", "type 1 with delta 0x01000000 and length 1 adds it", "CHUNK-027 CHUNK-033 TIME-005",
        flat(a.chunks(), b.chunks(1, 0x1000000)), yields(a, b), feeds=[13, 9, 2], flags=["ExtendedDelta"])
    for delta in (0xFFFFFE, 0xFFFFFF):
        a, b = Message(1, b"\xaf", 8), Message(1 + delta, b"\xb0", 8)
        add(f"chunk-type2-delta-{delta:x}", f"type 2 with delta 0x{delta:X}", "CHUNK-011 CHUNK-028",
            flat(a.chunks(), b.chunks(2, delta)), yields(a, b), feeds=[14, 3])
    a, b = Message(7, filler(1, 4), 8), Message(27, filler(2, 9), 9)
    add("chunk-type1-changes-length-and-type", "type 1 brings a new length and type and keeps the message stream id",
        "CHUNK-010 CHUNK-025", flat(a.chunks(), b.chunks(1, 20)), yields(a, b), feeds=[15, 8])
    a = Message(5, filler(1, 3), 9, 6, 0x04030201)
    add("chunk-msid-little-endian", "the message stream id is little-endian", "CHUNK-009 CHUNK-056", a.chunks(), yields(a))
    a = Message(5, filler(1, 3), 99, 6)
    add("chunk-type-99-is-opaque", "a message type that is not assigned passes the chunk layer unchanged", "CHUNK-055",
        a.chunks(), yields(a))
    body = wire(string("createStream"), number(2), NULL)
    for kind, data, what in ((20, body, "createStream as type 20"), (17, b"\0" + body, "createStream as type 17, format 0")):
        a = Message(0, data, kind, 3, 0)
        add(f"chunk-create-stream-type-{kind}", what, "CHUNK-055 AMF0-001", a.chunks(), yields(a), feeds=[12])


def timestamps():
    def run(id, title, rules, steps, **more):
        """steps: (fmt, time field, expected timestamp, extended value in force for fmt 3)"""
        parts, out = [], []
        for i, (fmt, time, ts, *ext) in enumerate(steps):
            m = Message(ts, filler(i + 1, 5))
            parts += m.chunks(fmt, time, extended=ext[0] if ext else None)
            out.append(m)
        add(id, title, rules, parts, yields(*out), feeds=[1, 11, 5, 1], **more)

    run("ts-0-2-3-3", "T0 1000, T2 +20, T3, T3", "CHUNK-022 CHUNK-025",
        [(0, 1000, 1000), (2, 20, 1020), (3, 0, 1040), (3, 0, 1060)])
    run("ts-0-1-3", "T0 1000, T1 +20, T3", "CHUNK-022", [(0, 1000, 1000), (1, 20, 1020), (3, 0, 1040)])
    run("ts-extended-then-2-3", "T0 0x1000000, T2 +20, T3: the 24-bit delta ends the extended state", "CHUNK-037 CHUNK-022",
        [(0, 0x1000000, 0x1000000), (2, 20, 0x1000014), (3, 0, 0x1000028)])
    run("ts-extended-delta", "T0 10, T1 with extended delta 0x1000000", "CHUNK-033",
        [(0, 10, 10), (1, 0x1000000, 0x100000A)], flags=["ExtendedDelta"])
    run("ts-extended-delta-type3", "T0 10, T1 with extended delta, T3 with the extended timestamp",
        "CHUNK-032 CHUNK-033", [(0, 10, 10), (1, 0x1000000, 0x100000A), (3, 0, 0x200000A, 0x1000000)],
        flags=["ExtendedDelta"])
    run("ts-delta-wraps-below", "T0 1000, T1 with extended delta 0xFFFFFFEC is 20 ms back", "CHUNK-068 TIME-002",
        [(0, 1000, 1000), (1, 0xFFFFFFEC, 980)], flags=["ExtendedDelta", "NegativeDelta"])
    run("ts-wraps-at-2-32", "T0 0xFFFFFFF0, T2 +32", "TIME-002 CHUNK-025", [(0, 0xFFFFFFF0, 0xFFFFFFF0), (2, 32, 0x10)])
    run("ts-backwards-type0", "T0 5000, T0 100: type 0 is absolute", "CHUNK-024", [(0, 5000, 5000), (0, 100, 100)])
    run("ts-above-31-bits", "T0 0x7FFFFFF6, T2 +20", "TIME-009", [(0, 0x7FFFFFF6, 0x7FFFFFF6), (2, 20, 0x8000000A)])
    run("ts-from-0-type3", "T0 0, T3: both readings of a type 3 after a type 0 agree", "CHUNK-012 CHUNK-066",
        [(0, 0, 0), (3, 0, 0)])
    run("ts-edge-by-1", "0xFFFFFE, 0xFFFFFF and 0x1000000 in type 0", "CHUNK-027 CHUNK-028",
        [(0, t, t) for t in (0xFFFFFE, 0xFFFFFF, 0x1000000)])
    run("ts-crosses-edge-by-delta", "a 24-bit delta leads across 0xFFFFFF without an extended timestamp", "CHUNK-029 CHUNK-025",
        [(0, 0xFFFFF0, 0xFFFFF0), (2, 20, 0x1000004), (3, 0, 0x1000018)])
    a, b, other = Message(1000, filler(1, 5)), Message(2000, filler(2, 5)), Message(1000, filler(2, 5))
    add("ts-0-3", "T0 1000, T3: delta is the absolute timestamp", "CHUNK-023", flat(a.chunks(), b.chunks(3)), yields(a, b),
        result="lenient", flags=["Type3AfterType0"], allow=["accept", "alternative"], feeds=[16],
        alternatives=[("the delta after a type 0 chunk is 0", yields(a, other))])
    a, b, other = (Message(t, filler(s, 5)) for t, s in ((0x1000000, 1), (0x2000000, 2), (0x1000000, 2)))
    add("ts-extended-0-3", "T0 0x1000000, T3 with the extended timestamp starts a message", "CHUNK-023 CHUNK-032",
        flat(a.chunks(), b.chunks(3, extended=0x1000000)), yields(a, b), result="lenient", flags=["Type3AfterType0"],
        allow=["accept", "alternative"], feeds=[21, 2],
        alternatives=[("the delta after a type 0 chunk is 0", yields(a, other))])
    a, b = Message(1000, filler(1, 3)), Message(1020, filler(2, 300))
    c = Message(1040, filler(3, 300))
    add("ts-delta-counts-once", "type 3 chunks within a message do not add the delta again", "CHUNK-072 CHUNK-034",
        flat(a.chunks(), b.chunks(1, 20), c.chunks(3)), yields(a, b, c), feeds=[15, 7, 129])
    b = Message(0x10003E8, filler(2, 300))
    add("ts-extended-delta-counts-once", "the repeated extended delta within a message is not added again",
        "CHUNK-034 CHUNK-031", flat(a.chunks(), b.chunks(1, 0x1000000)), yields(a, b), feeds=[15, 12, 130, 2],
        flags=["ExtendedDelta"])
    a, b = Message(0x1000000, filler(4, 200)), Message(0x1000014, filler(5, 200))
    add("ts-switch-back", "after a delta below 0xFFFFFF the type 3 chunks have no extended timestamp", "CHUNK-037",
        flat(a.chunks(), b.chunks(1, 20)), yields(a, b), feeds=[144, 3])
    a, v = Message(1000, filler(1, 4), 8), Message(1020, filler(2, 4), 9)
    w = Message(1030, filler(3, 4), 8, 6)
    add("ts-base-is-the-chunk-stream", "audio and video on one chunk stream: the base is the last message of either",
        "CHUNK-026", flat(a.chunks(), v.chunks(1, 20), w.chunks(1, 10)), yields(a, v, w))


def omitted_extended():
    for length in (129, 200):
        m = Message(0x1000000, filler(8, length))
        add(f"ext-ts-omitted-{length}", f"{length} bytes at 0x1000000, type 3 without the extended timestamp",
            "CHUNK-035 CHUNK-031", m.chunks(repeat=False), yields(m), result="lenient", flags=["ExtTsType3"],
            allow=["accept", "close", "alternative"], feeds=[143, 1, 1],
            alternatives=[("the field is taken from the payload, so the message is still open", [])])
    m = Message(0x1000000, filler(9, 600))
    add("ext-ts-repeated-5-chunks", "600 bytes at 0x1000000, the extended timestamp in every chunk", "CHUNK-031 CHUNK-036",
        m.chunks(), yields(m), feeds=[144, 1, 4, 127, 3])
    size = control(1, u32(1))
    m = Message(0x1000000, filler(9, 3))
    add("ext-ts-chunk-size-1", "the extended timestamp counts neither for the chunk size nor the length", "CHUNK-036 CTRL-007",
        flat(size.chunks(), m.chunks(size=1)), yields(size, m), feeds=[16, 17, 2])


def fragments():
    rules = {0: "CHUNK-041", 128: "CHUNK-040", 256: "CHUNK-040"}
    for length in (0, 1, 127, 128, 129, 255, 256, 257):
        m = Message(40, filler(10 + length, length))
        count = max(1, -(-length // 128))
        assert len(m.chunks()) == count
        n = Message(60, b"\x27", 9)
        add(f"fragment-{length}", f"{length} bytes in {count} chunk(s), then a message that shows the place is not lost",
            f"CHUNK-039 CHUNK-046 {rules.get(length, '')}", flat(m.chunks(), n.chunks(1, 20)), yields(m, n), feeds=[12, 1])
    block, last = filler(20, 128), filler(21, 127)
    m = Message(40, block * 131071 + last)
    assert len(m.payload) == 0xFFFFFF
    add("fragment-16777215", "the longest message in 131072 chunks", "CHUNK-038 CHUNK-039 CHUNK-063",
        Runs((header(0, 6, 40, 0xFFFFFF, 9, 1) + block, 1), (header(3, 6) + block, 131070), (header(3, 6) + last, 1)),
        yields(m), result="lenient", flags=["MessageLimit"], allow=["accept", "close"])
    # nginx-rtmp's default, the smallest limit that is usual.
    m = Message(40, block * 8192)
    assert len(m.payload) == 1 << 20
    add("fragment-1048576", "a message of 1 MiB in 8192 chunks", "CHUNK-038 CHUNK-039",
        Runs((header(0, 6, 40, 1 << 20, 9, 1) + block, 1), (header(3, 6) + block, 8191)), yields(m))
    m = Message(40, filler(22, 300))
    size = control(1, u32(4096))
    rest = header(3, 6) + m.payload[128:]
    add("size-grows-within-message", "Set Chunk Size between two chunks governs the rest of the message",
        "CHUNK-044 CHUNK-045 CTRL-012", [m.chunks()[0], *size.chunks(), rest], yields(size, m), feeds=[140, 15, 2])
    small = control(1, u32(64))
    parts = [m.chunks()[0], *small.chunks()]
    parts += [header(3, 6) + m.payload[at:at + 64] for at in (128, 192, 256)]
    add("size-shrinks-within-message", "a smaller chunk size governs the rest of the message", "CHUNK-045 CTRL-014", parts,
        yields(small, m), feeds=[141, 16, 64])


def interleaving():
    v, a = Message(40, filler(1, 300)), Message(41, filler(2, 140), 8, 4)
    ping = control(4, bytes.fromhex("000601020304"))
    vc, ac = v.chunks(), a.chunks()
    add("interleave-three-streams", "video, audio and a ping interleaved: order of completion", "CHUNK-043 CHUNK-044",
        [vc[0], ac[0], *ping.chunks(), vc[1], ac[1], vc[2]], yields(ping, a, v), feeds=[139, 2, 140, 1])
    one, two = Message(1, filler(1, 9), 9, 6, 1), Message(2, filler(2, 9), 9, 6, 2)
    add("interleave-message-streams", "two message streams take turns on one chunk stream", "CHUNK-049 CHUNK-069",
        flat(one.chunks(), two.chunks(), one.chunks()), yields(one, two, one))
    n = [Message(0, bytes([i]), 8, 4) for i in range(64)]
    add("many-small-messages", "64 messages of one byte, type 3 after the first", "CHUNK-060 CHUNK-012",
        flat(n[0].chunks(), *(m.chunks(3) for m in n[1:])), yields(*n), feeds=[13, 1, 1, 64])


def pending():
    m = Message(40, filler(1, 200))
    whole = b"".join(m.chunks())
    for cut, where in ((1, "message header"), (12, "payload, before its first byte"), (140, "message, between two chunks"),
                       (len(whole) - 1, "last chunk")):
        add(f"cut-at-{cut}", f"the bytes end inside the {where}: no message, no error", "CHUNK-058", whole[:cut],
            pending=True)
    add("cut-3-byte-form", "the bytes end inside the basic header", "CHUNK-058", bytes.fromhex("0140"), pending=True)
    add("cut-extended", "the bytes end inside the extended timestamp", "CHUNK-058", Message(0x1000000, b"").chunks()[0][:-1],
        pending=True)
    add("huge-length-few-bytes", "a message declares 16777215 bytes and 4 arrive: nothing may be allocated for the rest",
        "CHUNK-058 CHUNK-038 CHUNK-063", [header(0, 6, 0, 0xFFFFFF, 9, 1), filler(1, 4)], pending=True, result="lenient",
        flags=["MessageLimit"], allow=["accept", "close"])


def broken():
    for fmt in (2, 3):
        data = header(fmt, 6, 20) + b"\0"
        add(f"type-{fmt}-first", f"the first chunk of a chunk stream is of type {fmt}", "CHUNK-015 CHUNK-013", data,
            result="invalid", error_at=0, flags=["FreshType"], allow=["close", "alternative"],
            alternatives=[("the chunk is ignored", [])])
        before = Message(40, filler(1, 3), 9, 4)
        add(f"type-{fmt}-first-of-second-stream", f"type {fmt} on a fresh chunk stream while another is in use",
            "CHUNK-015 CHUNK-013", [*before.chunks(), data], yields(before), result="invalid", error_at=15, feeds=[15],
            flags=["FreshType"], allow=["close", "alternative"], alternatives=[("the chunk is ignored", yields(before))])
    m = Message(40, filler(1, 300))
    first = m.chunks()[0]
    for other in (200, 400, 0xFFFFFF):
        add(f"length-changes-to-{other}", f"type 1 within a message of 300 bytes says {other}", "CHUNK-052",
            [first, header(1, 6, 0, other, 9) + m.payload[128:256]], result="invalid", error_at=140, feeds=[140],
            flags=["LengthChanges"])
    short = Message(60, filler(2, 40))
    add("type-0-within-message", "type 0 within a message: the old one is given up", "CHUNK-050", [first, *short.chunks()],
        yields(short), result="lenient", flags=["RestartWithinMessage"], allow=["accept", "close"], feeds=[140, 11])
    second, third = header(1, 6, 0, 300, 9) + m.payload[128:256], header(3, 6) + m.payload[256:]
    for fmt, chunk in ((1, second), (2, header(2, 6, 0) + m.payload[128:256])):
        add(f"type-{fmt}-within-message", f"type {fmt} within a message, delta 0 and the same length", "CHUNK-051",
            [first, chunk, third], yields(m), result="lenient", flags=["Type12WithinMessage"],
            allow=["accept", "close", "alternative"], feeds=[140, 3],
            alternatives=[("the chunk starts a message of its own, which is still open", [])])
    ping = Message(0, bytes.fromhex("000601020304"), 4, 2, 0)
    add("type-1-first", "a ping on the fresh chunk stream 2 with type 1", "CHUNK-014", ping.chunks(1, 0), yields(ping),
        result="lenient", flags=["Type1First"], allow=["accept", "close"], feeds=[8])


def aborts():
    for csid, rule in ((6, "CTRL-018"), (100, "CTRL-018 CTRL-021"), (400, "CTRL-018 CTRL-021")):
        old, new = Message(1000, filler(1, 300), 9, csid), Message(2000, filler(2, 150), 9, csid)
        stop = control(2, u32(csid))
        add(f"abort-csid-{csid}", f"a partial message on chunk stream {csid} is aborted, a new one follows",
            f"{rule} CTRL-017", [old.chunks()[0], *stop.chunks(), *new.chunks()], yields(stop, new), flags=["Abort"],
            feeds=[140, 16])
    old, new, stop = Message(1000, filler(1, 300)), Message(1020, filler(2, 20)), control(2, u32(6))
    add("abort-keeps-timestamp", "T0 1000 aborted after its first chunk, T1 +20", "CHUNK-053 CTRL-018",
        [old.chunks()[0], *stop.chunks(), *new.chunks(1, 20)], yields(stop, new), flags=["Abort"], feeds=[150])
    a = Message(41, filler(3, 140), 8, 4)
    again = Message(1100, filler(4, 10))
    add("abort-spares-others", "a message on another chunk stream completes", "CTRL-019 CTRL-018",
        [old.chunks()[0], a.chunks()[0], *stop.chunks(), a.chunks()[1], *again.chunks()], yields(stop, a, again),
        flags=["Abort"])
    before = Message(40, filler(5, 10))
    for csid, what in ((6, "idle"), (77, "never used")):
        stop, after = control(2, u32(csid)), Message(60, filler(6, 10))
        add(f"abort-{what.replace(' ', '-')}", f"Abort of a chunk stream that is {what}", "CTRL-020",
            flat(before.chunks(), stop.chunks(), after.chunks(1, 20)), yields(before, stop, after), result="lenient",
            flags=["AbortIdle"], allow=["accept", "close"])


for part in (basic_headers, headers, timestamps, omitted_extended, fragments, interleaving, pending, broken, aborts):
    part()
