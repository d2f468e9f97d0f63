"""Family amf0-v1: the AMF0 part of one message, and the values in it."""

import json

from corpus import Family, Runs
from wire import (END, NULL, UNDEFINED, UNSUPPORTED, boolean, date, ecma, forms, long_string, number, obj, reference, strict,
                  string, typed, u32, xml)

NOTES = {
    "NotUtf8": {
        "kind": "hostile", "rule": "AMF0-033",
        "effect": "The string is not UTF-8 (AMF0 1.3.1). It is rejected, or replaced as Unicode recommends.", "links": []},
    "Nul": {
        "kind": "hostile",
        "rule": "AMF0-041",
        "effect": "AMF0 1.3.1 allows NUL in strings. A reader that stops at it sees another name than one that does "
        "not: a way around checks.",
        "links": [],
    },
    "EmptyKey": {
        "kind": "ambiguity",
        "rule": "AMF0-023",
        "effect": "AMF0 2.11 gives the empty key to the end marker and says nothing of one before another marker: a "
        "property without a name, or an error.",
        "links": [],
    },
    "DuplicateKey": {
        "kind": "ambiguity",
        "rule": "AMF0-039",
        "effect": "AMF0 2.5 does not say which of two properties with one name counts.",
        "links": [],
    },
    "NoEndMarker": {
        "kind": "de-facto",
        "rule": "AMF0-019",
        "effect": "AMF0 2.10 ends an ECMA array with an end marker. Some encoders leave it out at the end of the "
        "message.",
        "links": ["https://github.com/q191201771/lal/issues/237"],
    },
    "Unsupported": {
        "kind": "choice", "rule": "AMF0-028", "effect": "A reader may raise an error on 0x0D (AMF0 2.15).", "links": []},
    "Amf3Escape": {
        "kind": "choice", "rule": "AMF0-032",
        "effect": "After 0x11 follows AMF3. A decoder without AMF3 reports an unknown type (AMF0 3.1); one that "
                  "hands on the bytes unread is as good.", "links": []},
    "Depth": {
        "kind": "de-facto",
        "rule": "AMF0-036",
        "effect": "AMF0 sets no bound on nesting (AMF0 2.5, 2.10, 2.12). A decoder that recurses without one ends "
        "with its stack; real messages nest a few levels.",
        "links": [
            "https://github.com/Red5/red5-server/issues/469",
            "https://github.com/noirotm/flvmeta/issues/29",
        ],
    },
    "Count": {
        "kind": "hostile",
        "rule": "AMF0-037",
        "effect": "A count (AMF0 2.10, 2.12) or length (AMF0 2.14, 2.17) far above the bytes that follow: memory for "
        "it must not be reserved, and no sum with it may run over.",
        "links": [
            "https://github.com/Red5/red5-server/issues/469",
            "https://nvd.nist.gov/vuln/detail/CVE-2021-4185",
        ],
    },
    "BadReference": {
        "kind": "de-facto",
        "rule": "AMF0-015",
        "effect": "An index that no value of the message has, of which AMF0 2.9 says nothing. Decoders that follow "
        "references refuse it.",
        "links": [],
    },
    "KeyOrder": {
        "kind": "de-facto",
        "rule": "AMF0-038",
        "effect": "AMF0 2.5 does not give the properties of an object an order. Relays and players keep that of the bytes.",
        "links": [],
    },
    "ShortLong": {
        "kind": "de-facto",
        "rule": "AMF0-007",
        "effect": "A string that fits the short form is written in the long one, which AMF0 2.14 has for strings above 65535 "
        "bytes. It does not forbid it; some decoders refuse it.",
        "links": [],
    },
    "Cycle": {
        "kind": "hostile",
        "rule": "AMF0-016",
        "effect": "A value that contains itself, by a reference of AMF0 2.9, which does not say whether a value that is "
        "still being read has its index: read, or refused. A reader that follows references without a bound never ends.",
        "links": [],
    },
}
family = Family("amf0-v1", "amf0", NOTES)
add = family.group()


def good(id, title, rules, *values, **more):
    # The end marker of an ECMA array can be missing (AMF0-019).
    if '"ecma-array"' not in json.dumps(forms(*values)):
        more.setdefault("cuts", "parts")
    add(id, title, rules, [v[0] for v in values], forms(*values), **more)


def repeated(form, times):
    return {**form, "times": times}


def scalars():
    for name, value in (("1", 1.0), ("0", 0.0), ("minus-1", -1.0), ("minus-0", -0.0), ("1-5", 1.5), ("1e9", 1e9)):
        rules = "AMF0-001 AMF0-002" + (" AMF0-042" if name == "minus-0" else "")
        good(f"amf0-number-{name}", f"number {value!r}", rules, number(value))
    for name, bits in (("nan", "7ff8000000000000"), ("infinity", "7ff0000000000000"), ("minus-infinity", "fff0000000000000"),
                       ("smallest", "0000000000000001"), ("largest", "7fefffffffffffff")):
        good(f"amf0-number-{name}", f"number with the bits {bits}", "AMF0-002 AMF0-042", number(bits=bits))
    good("amf0-true", "boolean true", "AMF0-003", boolean(True))
    good("amf0-false", "boolean false", "AMF0-003", boolean(False))
    for byte in (2, 255):
        good(f"amf0-true-as-{byte}", f"boolean byte {byte} is true", "AMF0-003", boolean(True, byte))
    good("amf0-null", "null", "AMF0-010", NULL)
    good("amf0-undefined", "undefined", "AMF0-010", UNDEFINED)
    good("amf0-date", "date 1000 ms, zone 0", "AMF0-026", date(1000))
    good("amf0-date-zone", "date with a zone other than 0: the time is what counts", "AMF0-026 AMF0-027", date(1000, -60))
    good("amf0-date-before-1970", "date -1 ms", "AMF0-026", date(-1))
    codes = ("av01", "vp08", "vp09", "avc1", "hvc1", "vvc1", "ac-3", "ec-3", "Opus", ".mp3", "fLaC", "mp4a")
    good("amf0-fourcc-numbers", "codec ids as numbers made of their four characters", "AMF0-002 AMF0-008",
         obj(*((c, number(float(int.from_bytes(c.encode(), "big")))) for c in codes)))


def texts():
    good("amf0-string-connect", 'string "connect"', "AMF0-004", string("connect"))
    good("amf0-string-empty", "empty string", "AMF0-004", string(""))
    good("amf0-string-2-byte", "the length counts bytes", "AMF0-005", string("é"))
    good("amf0-string-4-byte", "a character outside the basic plane is four bytes", "AMF0-005 AMF0-033", string("\U0001F3A5"))
    good("amf0-long-string-short", 'long string "a"', "AMF0-007", long_string("a"), flags=["ShortLong"])
    good("amf0-long-string-empty", "empty long string", "AMF0-007", long_string(""), flags=["ShortLong"])
    a = {"type": "string", "value": "a"}
    add("amf0-string-65535", "the longest short string", "AMF0-004", Runs((b"\2\xff\xff", 1), (b"a", 65535)), [repeated(a, 65535)])
    add("amf0-long-string-65536", "the shortest string that needs the long form", "AMF0-006",
        Runs((b"\x0c" + u32(65536), 1), (b"a", 65536)), [repeated(a, 65536)])
    good("amf0-xml", "XML document", "AMF0-029", xml("<a/>"))
    good("amf0-xml-empty", "empty XML document", "AMF0-029", xml(""))
    for name, data, other in (("overlong-nul", b"\xc0\x80", 2), ("surrogate", b"\xed\xa0\x80", 3), ("byte-ff", b"\xff", 1)):
        readings = [("one replacement character", [{"type": "string", "value": "\ufffd"}])] if other > 1 else []
        add(f"amf0-not-utf8-{name}", f"a string of the bytes {data.hex()}", "AMF0-033", b"\2" + bytes([0, len(data)]) + data,
            [{"type": "string", "value": "\ufffd" * other}], result="lenient", flags=["NotUtf8"],
            allow=["accept", "close"] + ["alternative"] * bool(readings), alternatives=readings)
    add("amf0-nul", "a string with NUL in it", "AMF0-041", string("live\0x")[0], forms(string("live\0x")), result="lenient",
        flags=["Nul"], allow=["accept", "close"])


def containers():
    app = ("app", string("live"))
    good("amf0-object", '{app: "live"}', "AMF0-008", obj(app))
    good("amf0-object-empty", "empty object", "AMF0-008", obj())
    good("amf0-ecma-array", "ECMA array of one property", "AMF0-017", ecma(app))
    good("amf0-ecma-array-empty", "empty ECMA array", "AMF0-017", ecma())
    five = [(c, number(float(i))) for i, c in enumerate("abcde")]
    good("amf0-ecma-array-count-0", "ECMA array with count 0 and five properties", "AMF0-018", ecma(*five, count=0))
    good("amf0-ecma-array-count-100", "ECMA array with count 100 and one property, then null", "AMF0-018", ecma(app, count=100), NULL)
    good("amf0-strict-array", '["av01"]', "AMF0-024", strict(string("av01")))
    good("amf0-strict-array-empty", "empty strict array, then null", "AMF0-024", strict(), NULL)
    good("amf0-strict-array-hole", "a hole in a strict array is undefined", "AMF0-025", strict(number(1), UNDEFINED, number(3)))
    good("amf0-typed-object", "object of class C", "AMF0-030", typed("C", ("x", number(1))))
    good("amf0-typed-object-empty", "object of class C without properties", "AMF0-030", typed("C"))
    good("amf0-key-order", "keys keep their order", "AMF0-038", obj(*((c, NULL) for c in "zaym")), flags=["KeyOrder"])
    add("amf0-key-65535", "a key of 65535 bytes", "AMF0-040 AMF0-008",
        Runs((b"\3\xff\xff", 1), (b"k", 65535), (b"\5" + END, 1)),
        [{"type": "object", "properties": [{"key": "k", "key_times": 65535, "value": NULL[1]}]}])
    nested = NULL
    for _ in range(16):
        nested = obj(("a", nested))
    good("amf0-depth-16", "16 objects inside each other", "AMF0-008", nested)
    add("amf0-empty-key", "an empty key before a null", "AMF0-023", b"\3\0\0\5" + END,
        [{"type": "object", "properties": [{"key": "", "value": NULL[1]}]}], result="lenient", flags=["EmptyKey"],
        allow=["accept", "close"])
    twice = obj(("a", number(1)), ("a", number(2)))
    add("amf0-duplicate-key", "two properties of one name", "AMF0-039", twice[0], forms(twice), result="lenient",
        flags=["DuplicateKey"], allow=["accept", "close", "alternative"],
        alternatives=[("the first counts", forms(obj(("a", number(1))))), ("the last counts", forms(obj(("a", number(2)))))])
    whole = ecma(app)
    add("amf0-ecma-array-no-end", "ECMA array without its end marker at the end of the message", "AMF0-019", whole[0][:-3],
        forms(whole), result="lenient", flags=["NoEndMarker"], allow=["accept", "close"])


def references():
    good("amf0-reference-in-array", "the second item is the first: the array has index 0, the object 1", "AMF0-011 AMF0-012",
         strict(obj(), reference(1)))
    good("amf0-reference-across-values", "one object twice in a message", "AMF0-011 AMF0-013", obj(("a", NULL)), reference(0))
    good("amf0-reference-counts-all-kinds", "object, ECMA array, strict array and typed object take an index, dates and strings none",
         "AMF0-012", obj(), ecma(), date(0), string("s"), strict(), typed("C"), reference(3))
    cycle = {"result": "lenient", "flags": ["Cycle"], "allow": ["accept", "close"]}
    good("amf0-reference-to-itself", "an array that contains itself", "AMF0-016 AMF0-011", strict(reference(0)), **cycle)
    good("amf0-reference-object-to-itself", "an object that contains itself", "AMF0-016", obj(("a", reference(0))), **cycle)


def messages():
    good("amf0-create-stream", "createStream with transaction id 2", "AMF0-001 AMF0-004", string("createStream"), number(2), NULL)
    good("amf0-connect", "a connect command", "AMF0-008 AMF0-010", string("connect"), number(1), obj(
        ("app", string("live")), ("flashVer", string("FMLE/3.0")), ("tcUrl", string("rtmp://example.com/live")),
        ("fpad", boolean(False)), ("capabilities", number(15)), ("pageUrl", UNDEFINED), ("objectEncoding", number(0))))
    good("amf0-on-status", "an onStatus command", "AMF0-008", string("onStatus"), number(0), NULL, obj(
        ("level", string("status")), ("code", string("NetStream.Publish.Start")), ("description", string("Started"))))
    good("amf0-on-metadata", "onMetaData with an ECMA array", "AMF0-017 AMF0-038", string("onMetaData"), ecma(
        ("width", number(1280)), ("height", number(720)), ("stereo", boolean(True)), ("encoder", string("x")), count=0))


def escapes():
    add("amf0-unsupported", "unsupported, then null", "AMF0-028", [UNSUPPORTED[0], NULL[0]], forms(UNSUPPORTED, NULL),
        result="lenient", flags=["Unsupported"], allow=["accept", "close"])
    add("amf0-avm-plus", "the switch to AMF3 after a string", "AMF0-031 AMF0-032", [string("f")[0], b"\x11\x0a\x0b\x01\x01"],
        [string("f")[1], {"type": "avm-plus", "hex": "0a0b0101"}], result="lenient", flags=["Amf3Escape"],
        allow=["accept", "close", "alternative"],
        alternatives=[("the value is read", [string("f")[1], {"type": "amf3", "value": {
            "type": "object", "class": "", "dynamic": True, "sealed": [], "members": []}}])])


def broken():
    def bad(id, title, rules, data, before=(), flags=()):
        add(id, title, rules, data, before, result="invalid", flags=flags)

    bad("amf0-stray-end", "an object end marker as a value", "AMF0-022", b"\x09")
    bad("amf0-stray-end-after-null", "an object end marker after a value", "AMF0-022", b"\5\x09", forms(NULL))
    bad("amf0-stray-end-in-array", "an object end marker as an item", "AMF0-022", b"\x0a\0\0\0\1\x09")
    bad("amf0-stray-end-as-property", "an object end marker after a key", "AMF0-022", b"\3\0\1a\x09" + END)
    bad("amf0-movie-clip", "the reserved marker 0x04", "AMF0-009", b"\4")
    bad("amf0-recordset", "the reserved marker 0x0E", "AMF0-009", b"\x0e")
    for marker in (0x12, 0x7F, 0xFF):
        bad(f"amf0-marker-{marker:x}", f"the unknown marker 0x{marker:X}", "AMF0-001 AMF0-034", bytes([marker, 0, 0]))
    bad("amf0-unknown-marker-in-object", "an unknown marker as a property", "AMF0-034", b"\3\0\1a\x20" + END)
    bad("amf0-reference-to-nothing", "a reference where no complex value was", "AMF0-015 AMF0-011", reference(0)[0],
        flags=["BadReference"])
    bad("amf0-reference-65535", "reference 65535 after one object", "AMF0-015", [obj()[0], reference(65535)[0]], forms(obj()),
        flags=["BadReference"])
    bad("amf0-reference-next", "the first index that is not there", "AMF0-015", [obj()[0], reference(1)[0]], forms(obj()),
        flags=["BadReference"])
    bad("amf0-reference-forward", "a reference to a value that begins after it", "AMF0-015",
        strict(reference(1), obj())[0], flags=["BadReference"])
    bad("amf0-reference-date", "dates take no index", "AMF0-012 AMF0-015", [date(0)[0], reference(0)[0]], forms(date(0)),
        flags=["BadReference"])
    full = {
        "number": (number(1)[0], 8), "boolean": (b"\1", 1), "string-length": (b"\2\0", 2), "string": (string("abc")[0], 5),
        "object-empty": (b"\3", 1), "object-key": (b"\3\0\3ap", 5), "object-value": (b"\3\0\1a", 4),
        "object-end": (obj(("a", NULL))[0], 7), "reference": (b"\x0a\0\0\0\1\x07\0", 7), "ecma-array-count": (b"\x08\0\0\0", 4),
        "ecma-array-key": (b"\x08\0\0\0\1\0\3ap", 9), "strict-array-count": (b"\x0a\0\0", 3),
        "strict-array-items": (b"\x0a\0\0\0\2\5", 6), "date": (date(0)[0], 10), "date-time": (date(0)[0], 8),
        "long-string": (long_string("abc")[0], 7), "long-string-length": (b"\x0c\0\0\0", 4), "xml": (xml("<a/>")[0], 8),
        "typed-object-class": (b"\x10\0\3C", 4), "typed-object": (typed("C", ("x", number(1)))[0], 12),
    }
    rows = {"number": "AMF0-002", "boolean": "AMF0-003", "string": "AMF0-004", "object": "AMF0-008", "reference": "AMF0-011",
            "ecma-array": "AMF0-017", "strict-array": "AMF0-024", "date": "AMF0-026", "long-string": "AMF0-007",
            "xml": "AMF0-029", "typed-object": "AMF0-030"}
    for name, (data, cut) in full.items():
        row = next(rows[kind] for kind in sorted(rows, key=len, reverse=True) if name.startswith(kind))
        bad(f"amf0-cut-{name}", f"the message ends after {cut} byte(s) inside a value", f"AMF0-035 {row}", data[:cut])
    bad("amf0-strict-array-hole-left-out", "three items are announced, and the hole is left out instead of written as undefined",
        "AMF0-025 AMF0-024 AMF0-035", b"\x0a\0\0\0\3" + number(1)[0] + number(3)[0])
    bad("amf0-cut-second-value", "the second value is cut short", "AMF0-035", string("f")[0] + b"\0\x40", forms(string("f")))
    bad("amf0-strict-array-count-max", "a strict array that announces 4294967295 items", "AMF0-037 AMF0-035", b"\x0a\xff\xff\xff\xff\5",
        flags=["Count"])
    bad("amf0-ecma-array-count-max", "an ECMA array that announces 4294967295 properties and ends inside a key",
        "AMF0-037 AMF0-035", b"\x08\xff\xff\xff\xff\0\1", flags=["Count"])
    bad("amf0-long-string-length-max", "a long string that announces 4294967295 bytes", "AMF0-037 AMF0-035", b"\x0c\xff\xff\xff\xffa",
        flags=["Count"])
    bad("amf0-xml-length-max", "an XML document that announces 4294967295 bytes", "AMF0-037 AMF0-035", b"\x0f\xff\xff\xff\xffa",
        flags=["Count"])
    add("amf0-depth-objects", "100000 objects inside each other", "AMF0-036",
        Runs((b"\3\0\1a", 100000), (NULL[0], 1), (END, 100000)), result="invalid", flags=["Depth"])
    add("amf0-depth-strict-arrays", "100000 strict arrays inside each other", "AMF0-036",
        Runs((b"\x0a\0\0\0\1", 100000), (NULL[0], 1)), result="invalid", flags=["Depth"])
    add("amf0-depth-ecma-arrays", "100000 ECMA arrays inside each other", "AMF0-036",
        Runs((b"\x08\0\0\0\1\0\1a", 100000), (NULL[0], 1), (END, 100000)), result="invalid", flags=["Depth"])


for part in (scalars, texts, containers, references, messages, escapes, broken):
    part()
