"""The hostile families where a format nests another: depth, counts, lengths, reference indices, truncation at each byte."""

import flv_file
from aggregate import A, V, found as sub_found, sub
from amf3_wire import u29
from control import taken_or_ignored
from corpus import FAMILIES, Runs
from enhanced import BODY, audio as ex_audio, head, si24, sized, track, video as ex_video
from message import META
from shared_object import dropped, event, found as so_found, head as so_head
from wire import (END, NULL, Message, control, forms, number, obj, reference, short, strict, string, u32, user_control,
                  wire)

DEPTH = 100000


def note(schema, flag, rule, effect, *links, kind="hostile"):
    FAMILIES[schema].notes[flag] = {"kind": kind, "rule": rule, "effect": effect, "links": list(links)}


RED5 = "https://github.com/Red5/red5-server/issues/469"
FLVMETA = "https://github.com/noirotm/flvmeta/issues/29"
WIRESHARK = "https://nvd.nist.gov/vuln/detail/CVE-2021-4185"
MEDIA3 = "https://github.com/androidx/media/issues/3414"
NMS = "https://github.com/illuspas/Node-Media-Server/issues/65"


def lenient(flag, *allow, **more):
    return {"result": "lenient", "flags": [flag], "allow": list(allow or ("accept", "close")), **more}


UNCLOSED = "Thousands of values inside each other, and the bytes end: an error (RTMP errata 2), and no end of the stack."


def amf0():
    note("amf0-v1", "Unclosed", "AMF0-035", UNCLOSED, RED5, FLVMETA)
    add = FAMILIES["amf0-v1"].group()
    for marker, name, rule in ((0x0C, "long-string", "AMF0-007"), (0x0F, "xml", "AMF0-029")):
        for length in (0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFA, 0xFFFFFFFB):
            add(f"amf0-{name}-length-{length:x}", f"a {name.replace('-', ' ')} that announces {length} bytes",
                f"AMF0-037 AMF0-035 {rule}", bytes([marker]) + u32(length) + b"a", result="invalid", flags=["Count"])
    for count in (2, 1000000, 0x7FFFFFFF, 0x80000000):
        add(f"amf0-strict-array-count-{count}", f"a strict array that announces {count} items and has one",
            "AMF0-037 AMF0-035 AMF0-024", b"\x0a" + u32(count) + b"\5", result="invalid", flags=["Count"])
        add(f"amf0-ecma-array-count-{count}-cut", f"an ECMA array that announces {count} properties and ends inside a value",
            "AMF0-037 AMF0-035 AMF0-017", b"\x08" + u32(count) + b"\0\1a\0", result="invalid", flags=["Count"])
    for depth in (1000, 70000):
        add(f"amf0-depth-strict-arrays-{depth}-cut", f"{depth} strict arrays inside each other, and no value", "AMF0-036 AMF0-035",
            Runs((b"\x0a\0\0\0\1", depth)), result="invalid", flags=["Unclosed"])
    add("amf0-depth-typed-objects", f"{DEPTH} typed objects inside each other", "AMF0-036 AMF0-030",
        Runs((b"\x10\0\1C\0\1a", DEPTH), (NULL[0], 1), (END, DEPTH)), result="invalid", flags=["Depth"])
    for name, data, before in (
        ("in-object", b"\3\0\1a\7\0\1" + END, ()), ("in-ecma-array", b"\x08\0\0\0\1\0\1a\7\0\1" + END, ()),
        ("in-typed-object", b"\x10\0\1C\0\1a\7\0\1" + END, ()), ("after-strings", reference(0)[0], (string("a"), number(1))),
    ):
        add(f"amf0-reference-to-nothing-{name}", f"an index that is not there: {name.replace('-', ' ')}", "AMF0-015",
            [*(v[0] for v in before), data], forms(*before), result="invalid", flags=["BadReference"])


def amf3():
    note("amf3-v1", "Unclosed", "AMF3-036", UNCLOSED, FLVMETA)
    add = FAMILIES["amf3-v1"].group()
    for count in (2, 65536, 0x7FFFFFF):
        for name, data in (("array", b"\x09" + u29(count << 1 | 1) + b"\1\1"), ("string", b"\6" + u29(count << 1 | 1) + b"a"),
                           ("byte-array", b"\x0c" + u29(count << 1 | 1) + b"a"),
                           ("vector-int", b"\x0d" + u29(count << 1 | 1) + b"\0\0\0\0\1"),
                           ("dictionary", b"\x11" + u29(count << 1 | 1) + b"\0\1\1")):
            add(f"amf3-{name}-count-{count}", f"{name.replace('-', ' ')}: {count} announced, one there", "AMF3-036 AMF3-035", data,
                result="invalid", flags=["Count"])
    add("amf3-depth-sealed-objects", f"{DEPTH} objects inside each other, with traits by reference", "AMF3-039 AMF3-017",
        Runs((b"\x0a\x13\1\3a", 1), (b"\x0a\1", DEPTH), (b"\1", 1)), result="invalid", flags=["Depth"])
    add("amf3-depth-unclosed", "70000 arrays inside each other, and no value", "AMF3-039 AMF3-036 AMF3-015",
        Runs((b"\x09\3\1", 70000)), result="invalid", flags=["Unclosed"])


def messages():
    schema = "message-v1"
    note(schema, "Depth", "AMF0-036", "AMF0 sets no bound on nesting (AMF0 2.5, 2.10, 2.12), A3 3.11 neither. Decoders have one by "
         "habit; one that recurses without it ends with its stack.", RED5, FLVMETA, kind="de-facto")
    note(schema, "Count", "AMF0-037", "A count or length (AMF0 2.12, 2.14; A3 1.3.1) far above the bytes that follow: memory for it "
         "must not be reserved.", RED5, WIRESHARK)
    note(schema, "BadReference", "AMF0-015", "An index that no value of the message has, of which AMF0 2.9 says nothing. Decoders "
         "that follow references refuse it.", kind="de-facto")
    note(schema, "BadReferenceOfAmf3", "AMF3-034", "An index that the tables of A3 2.2 do not have.",
         "https://nvd.nist.gov/vuln/detail/CVE-2015-8270")
    start, forms_ = wire(string("f"), number(2)), forms(string("f"), number(2))
    for kind, prefix, name in ((20, b"", "command"), (17, b"\0", "command-amf3")):
        add = FAMILIES[schema].group(type=kind)
        for what, data in (("strict-arrays", b"\x0a\0\0\0\1"), ("objects", b"\3\0\1a"), ("ecma-arrays", b"\x08\0\0\0\0\0\1a")):
            add(f"{name}-depth-{what}", f"an argument of {DEPTH} {what.replace('-', ' ')} inside each other", "AMF0-036 MSG-013",
                Runs((prefix + start, 1), (data, DEPTH), (NULL[0], 1)), forms_, result="invalid", flags=["Depth"])
        for what, data in (("strict-array", b"\x0a\xff\xff\xff\xff\5"), ("long-string", b"\x0c\xff\xff\xff\xffa"),
                           ("ecma-array", b"\x08\xff\xff\xff\xff\0\1")):
            add(f"{name}-count-{what}", f"an argument that announces 4294967295: {what.replace('-', ' ')}",
                "AMF0-037 AMF0-035 MSG-013", [prefix, start, data], forms_, result="invalid", flags=["Count"])
        add(f"{name}-reference-to-nothing", "an argument by a reference to nothing", "AMF0-015 MSG-013",
            [prefix, start, reference(7)[0]], forms_, result="invalid", flags=["BadReference"])
    add = FAMILIES[schema].group(type=17)
    for what, data in (("arrays", b"\x09\3\1"), ("objects", b"\x0a\x0b\1\3a"), ("dictionary-keys", b"\x11\3\0")):
        add(f"command-amf3-depth-of-amf3-{what}", f"an AMF3 argument of {DEPTH} {what.replace('-', ' ')} inside each other",
            "AMF3-039 MSG-011", Runs((b"\0" + start + b"\x11", 1), (data, DEPTH), (b"\1", 1)), forms_, result="invalid",
            flags=["Depth"])
    for what, data in (("string", b"\6\xff\xff\xff\xff"), ("array", b"\x09\xff\xff\xff\xff\1"), ("byte-array", b"\x0c\xff\xff\xff\xff"),
                       ("traits", b"\x0a\xff\xff\xff\xfb\1")):
        add(f"command-amf3-count-of-amf3-{what}", f"an AMF3 argument with the largest count: {what}", "AMF3-036 MSG-011",
            [b"\0", start, b"\x11" + data], forms_, result="invalid", flags=["Count"])
    for what, data in (("string", b"\6\0"), ("object", b"\x0a\0"), ("traits", b"\x0a\1"), ("array", b"\x09\xff\xff\xff\xfe")):
        add(f"command-amf3-reference-of-amf3-{what}", f"an AMF3 argument by a reference to nothing: {what}", "AMF3-034 MSG-011",
            [b"\0", start, b"\x11" + data], forms_, result="invalid", flags=["BadReferenceOfAmf3"])
    add = FAMILIES[schema].group(type=18)
    add("data-depth-strict-arrays", f"metadata of {DEPTH} strict arrays inside each other", "AMF0-036 DATA-001",
        Runs((META[0][0], 1), (b"\x0a\0\0\0\1", DEPTH), (NULL[0], 1)), [META[0][1]], result="invalid", flags=["Depth"])


def shared_objects():
    schema = "shared-object-v1"
    note(schema, "Depth", "AMF0-036", "A slot whose value nests without a bound (AMF0 2.5, 2.12). The event is dropped, or the message; "
         "a decoder that recurses ends with its stack.", RED5)
    note(schema, "Value", "SO-024", "A slot whose value announces more than there is, or refers to nothing (AMF0 2.9, 2.12, 2.14). The "
         "event is dropped, or the message.", WIRESHARK)
    add = FAMILIES[schema].group(type=19)
    data = short("k") + b"\x0a\0\0\0\1" * 20000 + NULL[0]
    start, slot, nest, end = so_head() + bytes([3]) + u32(len(data)), short("k"), b"\x0a\0\0\0\1", NULL[0]
    add("so-value-depth", "a slot of 20000 strict arrays inside each other", "SO-024 SO-009 AMF0-036",
        Runs((start + slot, 1), (nest, 20000), (end, 1)), result="lenient", flags=["Depth"], allow=["close", "alternative"],
        alternatives=[("the event is dropped", so_found())])
    for name, value in (("count", b"\x0a\xff\xff\xff\xff\5"), ("length", b"\x0c\xff\xff\xff\xffa"), ("reference", b"\7\0\0"),
                        ("reference-max", b"\x0a\0\0\0\1\7\xff\xff"), ("string-cut", b"\2\0\5ab")):
        for kind, what in ((3, "request-change"), (4, "change"), (6, "send-message")):
            data = (short("k") if kind != 6 else b"") + value
            add(f"so-value-{name}-{what}", f"{what} with a value that is broken: {name}", "SO-024 SO-005",
                [so_head(), event(kind, data)], result="lenient", flags=["Value"], allow=["close", "alternative"],
                alternatives=[("the event is dropped", so_found()),
                              ("handed on as bytes", so_found({"type": "unknown", "event": kind, "data": data.hex()}))])
    whole = event(3, short("a") + number(1)[0]) + event(8) + event(9, short("b"))
    yields = so_found({"type": "request-change", "slots": [{"key": "a", "value": number(1)[1]}]}, {"type": "clear"},
                      {"type": "remove", "key": "b"})
    size, one, two = len(so_head()), len(event(3, short("a") + number(1)[0])), 5
    add("so-cut-anywhere", "three events, cut inside each of them", "SO-024 SO-005 SO-006", [so_head(), whole], yields,
        cuts=[[1, size - 1]], canonical=True)
    events, ends = yields[0]["shared-object"]["events"], (one, one + two, len(whole))
    for cut in range(1, len(whole)):
        if cut not in ends:
            done = events[: sum(end < cut for end in ends)]
            add(f"so-cut-anywhere-{cut}", f"three events that end after {cut} of {len(whole)} bytes", "SO-024 SO-005 SO-006",
                [so_head(), whole[:cut]], result="lenient", flags=["ShortEvent"], **dropped(*done))
    sixteen = FAMILIES[schema].group(type=16)
    sixteen("so-amf3-cut-anywhere", "type 16, cut before its event", "SO-024 SO-021", [b"\0", so_head(), event(9, short("b"))],
            so_found({"type": "remove", "key": "b"}), cuts=[[1, size]], canonical=True)
    last = event(9, short("b"))
    for cut in range(1, len(last)):
        sixteen(f"so-amf3-cut-anywhere-{cut}", f"type 16 with an event that ends after {cut} of {len(last)} bytes", "SO-024 SO-021",
                [b"\0", so_head(), last[:cut]], result="lenient", flags=["ShortEvent"], **dropped())



def aggregates():
    add = FAMILIES["aggregate-v1"].group(ts=5000, msid=1)
    parts = [sub(8, A, 0), sub(9, V, 0), sub(18, wire(*META), 0)]
    cuts, start = [], 0
    for part in parts:
        cuts.append([start + 1, start + len(part) - 5])
        start += len(part)
    # After the data the message is whole; a back pointer that is cut short is MSG-028.
    add("aggregate-cut-anywhere", "three messages, cut inside the header or the data of each", "MSG-029 MSG-022 MSG-031", parts,
        [sub_found(8, A, 5000), sub_found(9, V, 5000), sub_found(18, wire(*META), 5000)], cuts=cuts, flags=["Cut", "Data"])


def media():
    schema = "enhanced-rtmp-v1"
    note(schema, "Depth", "AMF0-036", "Metadata nest without a bound (AMF0 2.5, 2.12). Decoders have one by habit; one that recurses "
         "without it ends with its stack.", RED5, FLVMETA, kind="de-facto")
    note(schema, "BadReference", "AMF0-015", "An index that no value has, of which AMF0 2.9 says nothing. Decoders that follow references "
         "refuse it.", kind="de-facto")
    note(schema, "Truncated", "ERM-024", "The payload ends at any byte inside its header (E-RTMP v2): refused, and nothing is read beyond "
         "it.", MEDIA3)
    video, audio = FAMILIES[schema].group(medium="video"), FAMILIES[schema].group(medium="audio")
    video("ex-metadata-depth", f"colorInfo of {DEPTH} objects inside each other", "ERV-013 AMF0-036",
          Runs((head(4) + b"hvc1" + string("colorInfo")[0], 1), (b"\3\0\1a", DEPTH), (NULL[0], 1), (END, DEPTH)),
          result="invalid", flags=["Depth"])
    video("ex-metadata-count-max", "colorInfo that announces 4294967295 items", "ERV-013 AMF0-037 AMF0-035",
          [head(4), b"hvc1", string("colorInfo")[0], b"\x0a\xff\xff\xff\xff\5"], result="invalid", flags=["Length"])
    video("ex-metadata-reference-to-nothing", "colorInfo by a reference to nothing", "ERV-013 AMF0-015",
          [head(4), b"hvc1", string("colorInfo")[0], b"\7\0\0"], result="invalid", flags=["BadReference"])
    color = obj(("colorConfig", obj(("bitDepth", number(10)))))
    pairs = wire(string("colorInfo"), color)
    video("ex-metadata-cut-anywhere", "metadata, cut after each byte but between the FourCC and the first name", "ERV-013 ERM-024",
          [head(4), b"hvc1", pairs], ex_video("metadata", track("hvc1", pairs), metadata=forms(string("colorInfo"), color)),
          flags=["Truncated"], cuts=[[1, 4], [6, 4 + len(pairs)]], canonical=True)
    nano = b"\2\0\0\7"
    timed = si24(0) + BODY
    t = lambda id, code="hvc1", time=0: track(code, BODY, time, id)
    for name, parts, yields, cuts in (
        ("modex-chain", [head(7), nano + b"\7", nano + b"\1", b"hvc1", timed],
         ex_video("coded-frames", track("hvc1", time=0), nanos=7), [[1, 17]]),
        ("one-track", [head(6), b"\1", b"hvc1", b"\1", timed], ex_video("coded-frames", t(1), multitrack="one-track"), [[1, 9]]),
        ("many-tracks", [head(7), nano + b"\6", b"\x11", b"hvc1", sized(0, timed), sized(1, timed), sized(2, timed)],
         ex_video("coded-frames", t(0), t(1), t(2), multitrack="many-tracks", nanos=7),
         [[1, 10], [12, 19], [21, 28], [30, 37]]),
        ("many-codecs", [head(6), b"\x21", b"hvc1", sized(0, timed), b"av01", sized(1, BODY)],
         ex_video("coded-frames", t(0), t(1, "av01", None), multitrack="many-tracks-many-codecs"), [[1, 1], [3, 14], [16, 24]]),
        ("command", [head(7, 5), nano + b"\1", b"\1"],
         [{"video": {"frame_type": 5, "packet": "command", "nanos": 7, "command": 1}}], [[1, 6]]),
    ):
        assert all(high < len(b"".join(parts)) for _, high in cuts), name
        video(f"ex-cut-anywhere-{name}", f"cut after each byte at which something is missing: {name.replace('-', ' ')}",
              "ERM-024 ERV-004" + (" ERM-011 ERM-012" if "many" in name else ""), parts, yields, flags=["Truncated"], cuts=cuts)
    a = lambda id, code="Opus", body=BODY: track(code, body, None, id)
    for name, parts, yields, cuts in (
        ("frame", [b"\x91", b"mp4a", BODY], ex_audio("coded-frames", track("mp4a")), [[1, 4]]),
        ("modex", [b"\x97", nano + b"\1", b"Opus", BODY], ex_audio("coded-frames", track("Opus"), nanos=7), [[1, 9]]),
        ("many-tracks", [b"\x95", b"\x11", b"Opus", sized(0, BODY), sized(1, BODY)],
         ex_audio("coded-frames", a(0), a(1), multitrack="many-tracks"), [[1, 5], [7, 11], [13, 17]]),
    ):
        audio(f"ex-audio-cut-anywhere-{name}", f"cut after each byte at which something is missing: {name.replace('-', ' ')}",
              "ERM-024 ERA-001" + (" ERM-011 ERM-012" if "many" in name else ""), parts, yields, flags=["Truncated"], cuts=cuts,
              canonical=True)


def files():
    A_, V_ = flv_file.A, flv_file.V
    full = flv_file.header() + flv_file.tag(8, 0, A_) + flv_file.tag(9, 40, V_)
    held = {test["id"] for _, tests in FAMILIES["flv-file-v1"].groups for test in tests}
    first = 13 + 11 + len(A_)
    second = first + 4 + 11 + len(V_)
    add = FAMILIES["flv-file-v1"].group()
    for cut in range(1, len(full)):
        if f"flv-file-cut-{cut}" in held:
            continue
        done = [flv_file.head(), flv_file.found(8, 0, A_), flv_file.found(9, 40, V_)]
        add(f"flv-file-cut-{cut}", f"the file ends after {cut} of {len(full)} bytes", "FLV-003", full[:cut],
            done[: (cut >= 9) + (cut >= first) + (cut >= second)], **lenient("Truncated"))
    for size, name in ((1, "1"), (0x7FFFFF, "7fffff"), (0x800000, "800000")):
        add(f"flv-file-tag-size-{name}-more", f"a tag that announces {len(V_) + size} bytes of {len(V_)}", "FLV-005",
            [flv_file.header(), b"\x09" + (len(V_) + size).to_bytes(3, "big") + bytes(7), V_], [flv_file.head()],
            result="lenient", flags=["Length", "Truncated"], allow=["accept", "close"])
    for offset in (0x7FFFFFFF, 0x80000000):
        add(f"flv-file-offset-{offset:x}", f"data offset {offset}", "FLV-002",
            [flv_file.header(offset=offset), flv_file.tag(8, 0, A_)], [flv_file.head(offset=offset)], result="lenient",
            flags=["Length", "DataOffset"], allow=["accept", "close"])
    tags = 1000
    add("flv-file-empty-tags", f"{tags} tags without data", "FLV-005 FLV-004",
        Runs((flv_file.header(), 1), (flv_file.tag(8, 0, b""), tags)), [flv_file.head(), *[flv_file.found(8, 0, b"")] * tags])


def controls():
    add = FAMILIES["control-v1"].group(chunk_size=128)
    ping = user_control(6, bytes.fromhex("01020304"))
    whole = b"".join(ping.chunks())
    for cut in range(1, len(whole)):
        add(f"control-cut-{cut}", f"a ping that ends after {cut} of {len(whole)} bytes: no message, no error", "CHUNK-058 UCM-001",
            whole[:cut], pending=True)
    for kind, name, size in ((1, "set-chunk-size", 4), (2, "abort", 4), (3, "acknowledgement", 4), (5, "window-ack-size", 4),
                             (6, "set-peer-bandwidth", 4)):
        for length in range(size):
            m = control(kind, bytes([0, 0, 1, 0])[:length])
            add(f"control-short-{name}-{length}", f"type {kind} with a body of {length} byte(s)", "CTRL-041", m.chunks(),
                [m.yields(control=None)], **lenient("ShortBody"))
        if kind == 6:
            continue
        for extra in (1, 100):
            m = control(kind, bytes([0, 0, 1, 0]) + bytes(extra))
            said = {1: {"name": "set-chunk-size", "size": 256}, 2: {"name": "abort", "csid": 256},
                    3: {"name": "acknowledgement", "bytes": 256}, 5: {"name": "window-ack-size", "size": 256}}[kind]
            add(f"control-long-{name}-{extra}", f"type {kind} with {extra} byte(s) after its field", "CTRL-042", m.chunks(),
                [m.yields(control=said)], result="lenient", flags=["LongBody"], **taken_or_ignored(m))
    for code, name, size in ((0, "stream-begin", 4), (1, "stream-eof", 4), (2, "stream-dry", 4), (3, "set-buffer-length", 8),
                             (4, "stream-is-recorded", 4), (6, "ping-request", 4), (7, "ping-response", 4)):
        for length in range(size):
            m = control(4, bytes([0, code]) + bytes([0, 0, 0, 1, 0, 0, 0, 1])[:length])
            add(f"control-short-{name}-{length}", f"event {code} with {length} byte(s) of {size}", "UCM-026", m.chunks(),
                [m.yields(control=None)], **lenient("ShortBody"))
    stream = FAMILIES["chunk-stream-v1"].group(chunk_size=128)
    # Two chunks in the longest headers: 3-byte id and extended timestamp.
    m = Message(0x1000000, bytes(range(140)), 9, 400)
    whole = b"".join(m.chunks())
    for cut in [*range(1, 20), *range(146, len(whole))]:
        stream(f"chunk-cut-{cut}", f"a message in two chunks that ends after {cut} of {len(whole)} bytes: no message, no error",
               "CHUNK-058", whole[:cut], pending=True)


def capabilities():
    schema = "capability-v1"
    note(schema, "Truncated", "AMF0-035", "The object ends at any byte inside it (AMF0 2.5).", NMS, MEDIA3)
    add = FAMILIES[schema].group()
    value = obj(("capsEx", number(15)), ("fourCcList", strict(string("av01"), string("*"))),
                ("videoFourCcInfoMap", obj(("vp09", number(3)))), ("videoFunction", number(2)), ("audioCodecs", number(4)))
    yields = {"audio_codecs": {"mask": 4, "names": ["mp3"]}, "video_function": {"mask": 2, "names": ["hdr"]}, "caps_ex": 15,
              "fourcc_list": ["av01", "*"], "video": [{"fourcc": "vp09", "flags": 3}]}
    add("caps-cut-anywhere", "an object of capabilities, cut after each byte", "ERC-005 ERC-007 AMF0-035", value[0],
        [{"capabilities": yields}], flags=["Truncated"], cuts="all")


for part in (amf0, amf3, messages, shared_objects, aggregates, media, files, controls, capabilities):
    part()
