"""Family amf3-v1: AMF3 values one after the other, with one set of reference tables."""

from amf3_wire import (
    EMPTY,
    FALSE,
    NULL,
    TRUE,
    UNDEFINED,
    array,
    byte_array,
    date,
    dictionary,
    integer,
    obj,
    real,
    ref,
    reference,
    string,
    string_ref,
    text,
    u29,
    vector,
    xml,
)
from corpus import Family, Runs

NOTES = {
    "OverLong": {
        "kind": "de-facto",
        "rule": "AMF3-004",
        "effect": "A U29 in more bytes than its number needs. The grammar of A3 1.3.1 admits it.",
        "links": [],
    },
    "NotUtf8": {
        "kind": "hostile",
        "rule": "AMF3-041",
        "effect": "The string is not UTF-8 (A3 1.3.2). It is rejected, or replaced as Unicode recommends.",
        "links": [],
    },
    "Externalizable": {
        "kind": "choice",
        "rule": "AMF3-020",
        "effect": "By A3 3.12 only an agreement about the class says what follows. A decoder without it reports an "
        "error; one with it, or one that hands on the rest unread, goes on.",
        "links": [],
    },
    "KnownExternalizable": {
        "kind": "de-facto",
        "rule": "AMF3-021",
        "effect": "A3 3.12 leaves the body of externalizable classes to an agreement. By habit ArrayCollection and "
        "ObjectProxy of Flex hold one value. The group's state names the classes as agreed; a decoder that knows none answers "
        "`cannot`.",
        "links": ["https://github.com/apache/flex-sdk"],
    },
    "OtherKind": {
        "kind": "ambiguity",
        "rule": "AMF3-029",
        "effect": "The reference is written with the marker of another kind than the value that it names. A3 2.2 does "
        "not say whether that is an error.",
        "links": [],
    },
    "VectorFlag": {
        "kind": "ambiguity",
        "rule": "AMF3-024",
        "effect": "The byte for a fixed length is neither 0 nor 1 (A3 3.15).",
        "links": [],
    },
    "IntegerKey": {
        "kind": "de-facto",
        "rule": "AMF3-027",
        "effect": "An encoder writes integer keys of a dictionary as integers; A3 3.16 has them as decimal strings.",
        "links": [],
    },
    "DuplicateKey": {
        "kind": "ambiguity",
        "rule": "AMF3-018",
        "effect": "A3 3.11 and 3.12 do not say which of two members with one name counts.",
        "links": [],
    },
    "Depth": {
        "kind": "de-facto",
        "rule": "AMF3-039",
        "effect": "A3 3.11 to 3.16 set no bound on nesting. Decoders have one by habit; one that recurses without it ends "
        "with its stack.",
        "links": ["https://github.com/noirotm/flvmeta/issues/29"],
    },
    "Count": {
        "kind": "hostile",
        "rule": "AMF3-036",
        "effect": "A count or length (A3 1.3.1: up to 28 bits) far above the bytes that follow: memory for it must "
        "not be reserved.",
        "links": [
            "https://nvd.nist.gov/vuln/detail/CVE-2015-8270",
            "https://nvd.nist.gov/vuln/detail/CVE-2015-8271",
        ],
    },
    "Cycle": {
        "kind": "hostile",
        "rule": "AMF3-030",
        "effect": "A value that contains itself, by a reference of A3 2.2: a reader that follows references without a "
        "bound never ends.",
        "links": [],
    },
    "Expansion": {
        "kind": "hostile",
        "rule": "AMF3-036",
        "effect": "Two bytes each name one long string (A3 1.3.2) or one long list of members (A3 3.12): a decoder "
        "that copies what they name needs far more memory than it received bytes. One with a bound may "
        "refuse.",
        "links": [],
    },
}
family = Family("amf3-v1", "amf3", NOTES)
add = family.group()


def found(*values):
    return [{"amf3": value[1]} for value in values]


def good(id, title, rules, *values, **more):
    more.setdefault("canonical", not more.get("flags"))
    if sum(len(v[0]) for v in values) < 1000:
        more.setdefault("cuts", "parts")
    add(id, title, rules, [v[0] for v in values], found(*values), **more)


def bad(id, title, rules, data, *before, flags=(), **more):
    add(id, title, rules, [*(v[0] for v in before), data], found(*before), result="invalid", flags=flags, **more)


def numbers():
    # V7: the edges of the four lengths.
    printed = {
        0: "00",
        1: "01",
        127: "7f",
        128: "8100",
        129: "8101",
        16383: "ff7f",
        16384: "818000",
        2097151: "ffff7f",
        2097152: "80c08000",
        268435455: "bfffffff",
        268435456: "c0808000",
        536870911: "ffffffff",
    }
    for number, data in printed.items():
        assert u29(number).hex() == data
        value = number - (number >> 28 << 29)
        good(
            f"amf3-u29-{number}",
            f"U29 {number} as an integer",
            "AMF3-001 AMF3-006" + " AMF3-003" * (number >= 1 << 21),
            integer(value),
        )
    for number, data in ((-1, "04ffffffff"), (-2, "04fffffffe"), (-268435456, "04c0808000"), (268435455, "04bfffffff")):
        assert integer(number)[0].hex() == data
    for number in (-2, -128, -129, -16384, -16385, -2097152, -268435455, 255, 65535, 65536, 0x5A5A5A, 0xABCDEF1, 2097153):
        good(
            f"amf3-integer-{'minus-' if number < 0 else ''}{abs(number)}",
            f"integer {number}",
            "AMF3-006 AMF3-001",
            integer(number),
        )
    for name, data, number in (
        ("8000", b"\x80\0", 0),
        ("8001", b"\x80\1", 1),
        ("808001", b"\x80\x80\1", 1),
        ("80808000", b"\x80\x80\x80\0", 0),
        ("80808001", b"\x80\x80\x80\1", 1),
        ("808080ff", b"\x80\x80\x80\xff", 255),
        ("80ff7f", b"\x80\xff\x7f", 16383),
        ("80ffffff", b"\x80\xff\xff\xff", 0x3FFFFF),
    ):
        good(
            f"amf3-over-long-{name}",
            f"over-long U29 {name}",
            "AMF3-004",
            (b"\4" + data, integer(number)[1]),
            flags=["OverLong"],
        )
    good(
        "amf3-over-long-length",
        "an over-long string length",
        "AMF3-004 AMF3-009",
        (b"\6\x80\7abc", string("abc")[1]),
        flags=["OverLong"],
    )
    for name, value in (
        ("268435456", 268435456.0),
        ("minus-268435457", -268435457.0),
        ("536870911", 536870911.0),
        ("536870912", 536870912.0),
        ("4294967295", 4294967295.0),
    ):
        good(f"amf3-double-{name}", f"{value:.0f} does not fit an integer", "AMF3-007 AMF3-008 AMF3-002", real(value))
    for name, value in (("0", 0.0), ("1", 1.0), ("1-5", 1.5), ("minus-1", -1.0)):
        good(f"amf3-double-{name}", f"double {value!r}", "AMF3-008", real(value))
    for name, bits in (
        ("minus-0", "8000000000000000"),
        ("nan", "7ff8000000000000"),
        ("infinity", "7ff0000000000000"),
        ("minus-infinity", "fff0000000000000"),
        ("smallest", "0000000000000001"),
        ("largest", "7fefffffffffffff"),
    ):
        good(f"amf3-double-{name}", f"double with the bits {bits}", "AMF3-008", real(bits=bits))


def markers():
    for name, value in (("undefined", UNDEFINED), ("null", NULL), ("false", FALSE), ("true", TRUE)):
        good(f"amf3-{name}", name, "AMF3-005" + " AMF3-037" * (name == "undefined"), value)
    good("amf3-markers-in-a-row", "four markers are four values", "AMF3-005", UNDEFINED, NULL, FALSE, TRUE)
    for marker in (0x12, 0x13, 0x20, 0x7F, 0x80, 0xFF):
        bad(f"amf3-marker-{marker:x}", f"the unknown marker 0x{marker:X}", "AMF3-033", bytes([marker, 1, 0]))
    bad("amf3-true-with-a-byte", "a byte after the marker of true, which holds the value alone", "AMF3-005 AMF3-033", b"\xff", TRUE)
    bad("amf3-marker-in-array", "an unknown marker inside an array", "AMF3-033", b"\x09\3\1\x12")
    bad("amf3-marker-after-value", "an unknown marker after a value", "AMF3-033", b"\x12", NULL)


def strings():
    abc = string("abc")
    assert abc[0].hex() == "0607616263" and string("")[0].hex() == "0601"
    good("amf3-string", 'string "abc"', "AMF3-009", abc)
    good("amf3-string-ref", '"abc", then a reference to it', "AMF3-009 AMF3-011", abc, string_ref(0, "abc"))
    good("amf3-string-empty", "empty string", "AMF3-010", string(""))
    good(
        "amf3-string-empty-no-index",
        'the empty string takes no index: "", "a", reference 0',
        "AMF3-010",
        string(""),
        string("a"),
        string_ref(0, "a"),
    )
    good(
        "amf3-string-two-refs",
        "two strings, then both by reference",
        "AMF3-011",
        string("a"),
        string("b"),
        string_ref(1, "b"),
        string_ref(0, "a"),
    )
    good(
        "amf3-string-repeated",
        "a string written twice takes two indices",
        "AMF3-011 AMF3-009",
        string("a"),
        string("a"),
        string("b"),
        string_ref(2, "b"),
        canonical=False,
    )
    good("amf3-string-2-byte", "the length counts bytes", "AMF3-041", string("é"))
    good("amf3-string-4-byte", "a character outside the basic plane is four bytes", "AMF3-041", string("\U0001f3a5"))
    good("amf3-string-nul", "a string with NUL in it", "AMF3-041", string("a\0b"))
    for length in (63, 64, 8191, 8192, 65535, 65536, 1048575, 1048576):
        add(
            f"amf3-string-{length}",
            f"a string of {length} bytes",
            "AMF3-009 AMF3-001 AMF3-035",
            Runs((b"\6" + u29(length << 1 | 1), 1), (b"a", length)),
            [{"amf3": {"type": "string", "value": "a", "times": length}}],
        )
    many = [string(f"s{i}") for i in range(64)]
    good(
        "amf3-string-ref-64",
        "the first index that needs two bytes",
        "AMF3-011 AMF3-001 AMF3-034",
        *many,
        string("last"),
        string_ref(64, "last"),
        string_ref(63, "s63"),
    )
    for name, data, other in (("overlong-nul", b"\xc0\x80", 2), ("surrogate", b"\xed\xa0\x80", 3), ("byte-ff", b"\xff", 1)):
        readings = [("one replacement character", [{"amf3": string("\ufffd")[1]}])] if other > 1 else []
        add(
            f"amf3-not-utf8-{name}",
            f"a string of the bytes {data.hex()}",
            "AMF3-041",
            b"\6" + u29(len(data) << 1 | 1) + data,
            [{"amf3": string("\ufffd" * other)[1]}],
            result="lenient",
            flags=["NotUtf8"],
            allow=["accept", "close"] + ["alternative"] * bool(readings),
            alternatives=readings,
        )
    bad("amf3-string-ref-nothing", "a string reference where no string was", "AMF3-034", b"\6\0")
    bad("amf3-string-ref-next", "the first index that is not there", "AMF3-034", b"\6\2", string("a"))
    bad("amf3-string-ref-after-empty", "the empty string takes no index", "AMF3-034 AMF3-010", b"\6\0", string(""))
    bad(
        "amf3-string-ref-next-after-names",
        "class, sealed and dynamic names and the string took four indices: the fifth is not there",
        "AMF3-011 AMF3-034",
        b"\6" + ref(4),
        obj(("z", TRUE), name="C", sealed=[("x", NULL)]),
        string("s"),
    )
    add(
        "amf3-string-length-in-characters",
        "the length counts one character where it should count two bytes: the second byte is taken for a marker",
        "AMF3-041 AMF3-033",
        [b"\6" + u29(3) + "\u00e9".encode()],
        [{"amf3": string("\ufffd")[1]}],
        result="invalid",
        flags=["NotUtf8"],
        allow=["close"],
    )
    bad("amf3-string-ref-max", "the largest index", "AMF3-034", b"\6\xff\xff\xff\xfe", string("a"))
    bad(
        "amf3-string-length-max",
        "a string that announces 268435455 bytes",
        "AMF3-036 AMF3-035",
        b"\6\xff\xff\xff\xffa",
        flags=["Count"],
    )
    bad("amf3-string-ref-to-xml", "the text of XML takes no index of a string", "AMF3-012 AMF3-034", b"\6\0", xml("abc"))
    bad(
        "amf3-string-ref-to-xml-document",
        "the text of an XMLDocument takes no index of a string",
        "AMF3-012 AMF3-034",
        b"\6\0",
        xml("abc", 7),
    )
    long, times = 65535, 200
    strings = [{"type": "string", "value": "a", "times": long}] * (times + 1)
    add(
        "amf3-string-ref-expansion",
        f"{times} references to a string of {long} bytes",
        "AMF3-036 AMF3-011",
        Runs((b"\x09" + u29((times + 1) << 1 | 1) + EMPTY + b"\6" + u29(long << 1 | 1), 1), (b"a", long), (b"\6\0", times)),
        [{"amf3": {"type": "array", "associative": [], "dense": strings}}],
        result="lenient",
        flags=["Expansion"],
        allow=["accept", "close"],
    )


def documents():
    for marker, name in ((7, "xml-document"), (11, "xml")):
        rules = "AMF3-013" if marker == 7 else "AMF3-022"
        good(f"amf3-{name}", f"{name} <a/>", rules, xml("<a/>", marker))
        good(f"amf3-{name}-empty", f"empty {name}", rules, xml("", marker))
        good(f"amf3-{name}-ref", f"{name} by reference", f"{rules} AMF3-029", xml("<a/>", marker), reference(marker, 0))
        good(
            f"amf3-{name}-twice",
            "the same text twice is two objects",
            f"{rules} AMF3-012",
            xml("<a/>", marker),
            xml("<a/>", marker),
            reference(marker, 1),
            canonical=False,
        )
        bad(
            f"amf3-{name}-length-max",
            f"{name} that announces 268435455 bytes",
            "AMF3-036 AMF3-035",
            bytes([marker]) + b"\xff\xff\xff\xff<",
            flags=["Count"],
        )
    good(
        "amf3-xml-not-in-string-table",
        "XML, string, reference to the string",
        "AMF3-012 AMF3-028",
        xml("x"),
        string("y"),
        string_ref(0, "y"),
    )
    assert date(1000)[0].hex() == "0801408f400000000000"
    good("amf3-date", "date 1000 ms", "AMF3-014", date(1000))
    good("amf3-date-before-1970", "date -1 ms", "AMF3-014", date(-1))
    good("amf3-date-nan", "date without a value", "AMF3-014", date(bits="7ff8000000000000"))
    good("amf3-date-ref", "date by reference", "AMF3-014 AMF3-029", date(1000), reference(8, 0))
    for flag in (3, 0x7F, 0x1FFFFFFF):
        good(
            f"amf3-date-flag-{flag:x}",
            f"date with the U29 0x{flag:X}: only its low bit counts",
            "AMF3-040",
            date(1000, flag=flag),
            canonical=False,
        )


def arrays():
    one, two = integer(1), integer(2)
    assert array()[0].hex() == "090101" and array(one, two)[0].hex() == "09050104010402"
    good("amf3-array-empty", "empty array", "AMF3-015", array())
    good("amf3-array-dense", "[1, 2]", "AMF3-015", array(one, two))
    good("amf3-array-associative", "an array with names only", "AMF3-015", array(assoc=[("a", one)]))
    good("amf3-array-mixed", "names first, then the dense part", "AMF3-015", array(two, NULL, assoc=[("a", one), ("b", TRUE)]))
    good("amf3-array-nested", "[[], [1]]", "AMF3-015", array(array(), array(one)))
    good(
        "amf3-array-key-ref", "a key by string reference", "AMF3-011 AMF3-015", string("a"), array(assoc=[(("a", ref(0)), one)])
    )
    good(
        "amf3-array-key-enters-table",
        "a key can be named by a later string",
        "AMF3-011",
        array(assoc=[("a", one)]),
        string_ref(0, "a"),
    )
    good("amf3-array-numeric-key", 'a key "0" in the associative part', "AMF3-015", array(two, assoc=[("0", one)]))
    good("amf3-array-ref", "an array twice", "AMF3-015 AMF3-029", array(one), reference(9, 0))
    good("amf3-array-self", "an array that contains itself", "AMF3-030", array(reference(9, 0)), flags=["Cycle"])
    good(
        "amf3-array-self-by-name",
        "an array with itself under a name",
        "AMF3-030",
        array(assoc=[("a", reference(9, 0))]),
        flags=["Cycle"],
    )
    good("amf3-array-64", "64 items: the count needs two bytes", "AMF3-015 AMF3-001", array(*[integer(i) for i in range(64)]))
    add(
        "amf3-array-duplicate-key",
        "one key twice",
        "AMF3-018",
        array(assoc=[("a", one), ("a", two)])[0],
        found(array(assoc=[("a", one), ("a", two)])),
        result="lenient",
        flags=["DuplicateKey"],
        allow=["accept", "close", "alternative"],
        alternatives=[
            ("the first counts", found(array(assoc=[("a", one)]))),
            ("the last counts", found(array(assoc=[("a", two)]))),
        ],
    )
    bad(
        "amf3-array-count-max",
        "an array that announces 268435455 items",
        "AMF3-036 AMF3-035",
        b"\x09\xff\xff\xff\xff\1\1",
        flags=["Count"],
    )
    bad("amf3-array-key-ref-nothing", "a key by a reference to nothing", "AMF3-034", b"\x09\1\0\1\1")


def objects():
    one, two = integer(1), integer(2)
    assert obj(("a", one))[0].hex() == "0a0b010361040101" and obj()[0].hex() == "0a0b0101"
    good("amf3-object", "{a: 1}, anonymous and dynamic", "AMF3-016 AMF3-017 AMF3-019", obj(("a", one)))
    good("amf3-object-empty", "empty object", "AMF3-016 AMF3-019", obj())
    sealed = obj(name="C", sealed=[("x", one), ("y", two)], dynamic=False)
    good("amf3-object-sealed", "class C with two sealed members", "AMF3-017 AMF3-018", sealed)
    good("amf3-object-sealed-empty", "class C without members", "AMF3-017", obj(name="C", dynamic=False))
    both = obj(("z", TRUE), name="C", sealed=[("x", one)])
    good("amf3-object-sealed-and-dynamic", "sealed members come before dynamic ones", "AMF3-018 AMF3-017", both)
    good(
        "amf3-object-dynamic-without-members",
        "the empty key ends even an empty dynamic part",
        "AMF3-018",
        obj(name="C", sealed=[("x", one)]),
    )
    good(
        "amf3-object-traits-ref",
        "the second object takes the traits of the first",
        "AMF3-016 AMF3-028",
        sealed,
        obj(name="C", sealed=[("x", TRUE), ("y", NULL)], dynamic=False, traits=0),
    )
    good(
        "amf3-object-traits-ref-dynamic",
        "dynamic traits by reference",
        "AMF3-016 AMF3-017",
        obj(("a", one)),
        obj((("a", ref(0)), two), traits=0),
    )
    first, second = obj(name="C", sealed=[("x", one)], dynamic=False), obj(name="D", sealed=[("y", two)], dynamic=False)
    good(
        "amf3-object-traits-ref-1",
        "two classes, then both traits by reference",
        "AMF3-016 AMF3-028",
        first,
        second,
        obj(name="D", sealed=[("y", NULL)], dynamic=False, traits=1),
        obj(name="C", sealed=[("x", NULL)], dynamic=False, traits=0),
    )
    good(
        "amf3-object-class-name-ref",
        "the name of the class by string reference",
        "AMF3-011",
        string("C"),
        obj(name="C", raw_name=ref(0), sealed=[("x", one)], dynamic=False),
    )
    good(
        "amf3-object-member-name-ref",
        "a member is named like its class",
        "AMF3-011",
        obj(name="C", sealed=[(("C", ref(0)), one)], dynamic=False),
    )
    good(
        "amf3-object-names-enter-table",
        "class, sealed and dynamic names take indices in this order",
        "AMF3-011 AMF3-018",
        both,
        string_ref(0, "C"),
        string_ref(1, "x"),
        string_ref(2, "z"),
    )
    good(
        "amf3-object-anonymous-sealed",
        "sealed members without a class name",
        "AMF3-019 AMF3-017",
        obj(sealed=[("x", one)], dynamic=False),
    )
    good("amf3-object-ref", "one object twice", "AMF3-016 AMF3-029", obj(("a", one)), reference(10, 0))
    itself = (bytes.fromhex("0a0b0103610a0001"), obj(("a", reference(10, 0)))[1])
    assert obj(("a", reference(10, 0)))[0] == itself[0]
    good("amf3-object-self", "an object whose a is itself", "AMF3-030", itself, flags=["Cycle"])
    good(
        "amf3-object-self-sealed",
        "an object whose sealed member is itself",
        "AMF3-030",
        obj(name="C", sealed=[("x", reference(10, 0))], dynamic=False),
        flags=["Cycle"],
    )
    good(
        "amf3-object-parent",
        "a child that names its parent",
        "AMF3-030 AMF3-029",
        obj(("c", obj(("p", reference(10, 0)), traits=0))),
        flags=["Cycle"],
    )
    nested = NULL
    for depth in range(16):
        nested = obj((("a", ref(0)) if depth < 15 else "a", nested), **({"traits": 0} if depth < 15 else {}))
    good("amf3-depth-16", "16 objects inside each other", "AMF3-016 AMF3-039", nested)
    good(
        "amf3-object-16-sealed",
        "16 sealed members: the flags need two bytes",
        "AMF3-017 AMF3-001",
        obj(name="C", sealed=[(f"m{i}", integer(i)) for i in range(16)], dynamic=False),
    )
    bad("amf3-traits-ref-nothing", "traits by reference where none were", "AMF3-034", b"\x0a\1\1")
    bad("amf3-traits-ref-next", "the first index that is not there", "AMF3-034", b"\x0a\5\1", obj())
    bad("amf3-object-class-ref-nothing", "a class name by a reference to nothing", "AMF3-034", b"\x0a\x0b\0\1")
    bad(
        "amf3-object-sealed-count-max",
        "traits that announce 33554431 sealed members",
        "AMF3-036 AMF3-017",
        b"\x0a\xff\xff\xff\xfb\1\3a",
        flags=["Count"],
    )
    bad("amf3-object-no-end", "the dynamic part has no end", "AMF3-018", b"\x0a\x0b\1\3a\4\1")
    rest = b"\x09\1\1"
    for name, raw in (("C", text("C")), ("", EMPTY)):
        add(
            "amf3-externalizable" + ("" if name else "-anonymous"),
            f"externalizable class {name!r}",
            "AMF3-020 AMF3-017",
            [b"\x0a\7" + raw, rest],
            [{"amf3": {"type": "externalizable", "class": name, "hex": rest.hex()}}],
            result="lenient",
            flags=["Externalizable"],
            allow=["accept", "close"],
        )
    for name in ("ArrayCollection", "ObjectProxy"):
        inner = array(one) if name == "ArrayCollection" else obj(("a", one))
        full = f"flex.messaging.io.{name}"
        wrapped = {"type": "externalizable", "class": full, "value": inner[1]}
        add(
            f"amf3-externalizable-{name.lower()}",
            f"{full} holds one value",
            "AMF3-021 AMF3-020",
            [b"\x0a\7" + text(full), inner[0]],
            [{"amf3": wrapped}],
            result="lenient",
            flags=["Externalizable"],
            allow=["accept", "close", "alternative"],
            alternatives=[("the rest is unread", [{"amf3": {"type": "externalizable", "class": full, "hex": inner[0].hex()}}])],
        )
    add(
        "amf3-externalizable-traits-ref",
        "two objects of one externalizable class, the second by traits reference",
        "AMF3-038",
        [b"\x0a\7" + text("flex.messaging.io.ArrayCollection"), array()[0], b"\x0a\1", array(one)[0]],
        [
            {"amf3": {"type": "externalizable", "class": "flex.messaging.io.ArrayCollection", "value": v[1]}}
            for v in (array(), array(one))
        ],
        result="lenient",
        flags=["Externalizable"],
        allow=["accept", "close", "alternative"],
        alternatives=[
            (
                "the rest is unread",
                [
                    {
                        "amf3": {
                            "type": "externalizable",
                            "class": "flex.messaging.io.ArrayCollection",
                            "hex": (array()[0] + b"\x0a\1" + array(one)[0]).hex(),
                        }
                    }
                ],
            )
        ],
    )


    collection = "flex.messaging.io.ArrayCollection"
    wrapped = lambda *values: [
        {"amf3": {"type": "externalizable", "class": collection, "value": value[1]}} for value in values
    ]
    head = b"\x0a\7" + text(collection)
    agreed = family.group(knows=[collection, "flex.messaging.io.ObjectProxy"])
    agreed(
        "amf3-externalizable-arraycollection-then-null",
        "an ArrayCollection of one array, then null: who knows the class finds the end of it",
        "AMF3-021 AMF3-020",
        [head, array(one)[0], NULL[0]],
        [*wrapped(array(one)), {"amf3": NULL[1]}],
        flags=["KnownExternalizable"],
    )
    agreed(
        "amf3-externalizable-objectproxy-then-null",
        "an ObjectProxy of one object, then null: who knows the class finds the end of it",
        "AMF3-021 AMF3-020",
        [b"\x0a\7" + text("flex.messaging.io.ObjectProxy"), obj(("a", one))[0], NULL[0]],
        [
            {"amf3": {"type": "externalizable", "class": "flex.messaging.io.ObjectProxy", "value": obj(("a", one))[1]}},
            {"amf3": NULL[1]},
        ],
        flags=["KnownExternalizable"],
    )
    agreed(
        "amf3-externalizable-traits-ref-then-null",
        "two objects of one known externalizable class, the second by traits reference, then null",
        "AMF3-038 AMF3-021",
        [head, array()[0], b"\x0a\1", array(one)[0], NULL[0]],
        [*wrapped(array(), array(one)), {"amf3": NULL[1]}],
        flags=["KnownExternalizable"],
    )
    for id, title, rules, data, before in (
        ("arraycollection", "an ArrayCollection that ends before its value", "AMF3-021", head, []),
        (
            "traits-ref",
            "an object of a known externalizable class by traits reference that ends before its value",
            "AMF3-038 AMF3-021",
            head + array()[0] + b"\x0a\1",
            wrapped(array()),
        ),
    ):
        agreed(
            f"amf3-externalizable-{id}-cut",
            title,
            rules,
            data,
            before,
            result="invalid",
            flags=["KnownExternalizable"],
            allow=["close", "alternative"],
            alternatives=[
                (
                    "the rest is unread",
                    [{"amf3": {"type": "externalizable", "class": collection, "hex": data[len(head) :].hex()}}],
                )
            ],
        )


def binaries():
    assert byte_array(b"\0\1")[0].hex() == "0c050001"
    good("amf3-byte-array", "two bytes", "AMF3-023", byte_array(b"\0\1"))
    good("amf3-byte-array-empty", "no bytes", "AMF3-023", byte_array(b""))
    good("amf3-byte-array-ref", "one byte array twice", "AMF3-023 AMF3-029", byte_array(b"\xff"), reference(12, 0))
    good("amf3-byte-array-64", "64 bytes: the length needs two bytes", "AMF3-023", byte_array(bytes(range(64))))
    bad(
        "amf3-byte-array-length-max",
        "a byte array that announces 268435455 bytes",
        "AMF3-036 AMF3-035 AMF3-023",
        b"\x0c\xff\xff\xff\xff\0",
        flags=["Count"],
    )
    assert vector("int", 1)[0].hex() == "0d030000000001" and vector("int", 1, fixed=True)[0].hex() == "0d030100000001"
    good("amf3-vector-int", "Vector.<int> [1]", "AMF3-024", vector("int", 1))
    good("amf3-vector-int-fixed", "Vector.<int> [1] of fixed length", "AMF3-024", vector("int", 1, fixed=True))
    good("amf3-vector-int-edges", "ints have 32 bits here", "AMF3-024", vector("int", -1, -2147483648, 2147483647))
    good("amf3-vector-uint", "Vector.<uint>", "AMF3-024", vector("uint", 0, 1, 4294967295))
    good("amf3-vector-double", "Vector.<Number>", "AMF3-024", vector("double", 0.0, 1.5, -1.0))
    for kind in ("int", "uint", "double", "object"):
        marker = {"int": 13, "uint": 14, "double": 15, "object": 16}[kind]
        rules = "AMF3-025" if kind == "object" else "AMF3-024"
        good(f"amf3-vector-{kind}-empty", f"empty vector of {kind}", rules, vector(kind))
        good(f"amf3-vector-{kind}-ref", f"one vector of {kind} twice", f"{rules} AMF3-029", vector(kind), reference(marker, 0))
        bad(
            f"amf3-vector-{kind}-count-max",
            f"a vector of {kind} that announces 268435455 items",
            f"AMF3-036 AMF3-035 {rules}",
            bytes([marker]) + b"\xff\xff\xff\xff\0\1\0\0\0",
            flags=["Count"],
        )
    typed = vector("object", obj(name="C", raw_name=ref(0), dynamic=False), NULL, name="C")
    good("amf3-vector-object", "a vector of class C", "AMF3-025 AMF3-011", typed)
    good(
        "amf3-vector-object-any",
        "a vector of any type, fixed",
        "AMF3-025",
        vector("object", integer(1), string("a"), fixed=True, name="*"),
    )
    good(
        "amf3-vector-object-name-ref",
        "the type name by string reference",
        "AMF3-025 AMF3-011",
        string("C"),
        vector("object", name="C", raw_name=ref(0)),
    )
    good(
        "amf3-vector-object-self",
        "a vector that contains itself",
        "AMF3-030 AMF3-025",
        vector("object", reference(16, 0), name="*"),
        flags=["Cycle"],
    )
    odd = vector("int", 1, fixed=True, flag=2)
    add(
        "amf3-vector-flag-2",
        "the byte for a fixed length is 2",
        "AMF3-024",
        odd[0],
        found(odd),
        result="lenient",
        flags=["VectorFlag"],
        allow=["accept", "close", "alternative"],
        alternatives=[("not fixed", found(vector("int", 1)))],
    )


def dictionaries():
    one = integer(1)
    simple = dictionary((string("a"), one))
    assert simple[0].hex() == "1103000603610401"
    good("amf3-dictionary", '{"a": 1} with strong keys', "AMF3-026", simple)
    good("amf3-dictionary-empty", "empty dictionary", "AMF3-026", dictionary())
    good("amf3-dictionary-weak", "weak keys", "AMF3-026", dictionary((string("a"), one), weak=True))
    good("amf3-dictionary-decimal-key", 'the integer key 1 is the string "1"', "AMF3-027", dictionary((string("1"), one)))
    add(
        "amf3-dictionary-integer-key",
        "an integer as key",
        "AMF3-027",
        dictionary((one, one))[0],
        found(dictionary((one, one))),
        result="lenient",
        flags=["IntegerKey"],
        allow=["accept", "close", "alternative"],
        alternatives=[("the key as a decimal string", found(dictionary((string("1"), one))))],
    )
    good("amf3-dictionary-object-key", "an object as key", "AMF3-026", dictionary((obj(), one), (array(), NULL)))
    good(
        "amf3-dictionary-key-ref",
        "the value of an entry is its key",
        "AMF3-026 AMF3-030",
        dictionary((obj(), reference(10, 1))),
    )
    good(
        "amf3-dictionary-self",
        "a dictionary that contains itself",
        "AMF3-030 AMF3-026",
        dictionary((string("a"), reference(17, 0))),
        flags=["Cycle"],
    )
    good(
        "amf3-dictionary-self-key",
        "a dictionary that is its own key",
        "AMF3-030 AMF3-026",
        dictionary((reference(17, 0), one)),
        flags=["Cycle"],
    )
    bad(
        "amf3-dictionary-count-max",
        "a dictionary that announces 268435455 entries",
        "AMF3-036 AMF3-035 AMF3-026",
        b"\x11\xff\xff\xff\xff\0\1\1",
        flags=["Count"],
    )


def tables():
    kinds = [
        obj(),
        array(),
        date(0),
        xml("x"),
        xml("y", 7),
        byte_array(b"z"),
        vector("int", 1),
        vector("uint", 1),
        vector("double", 1.0),
        vector("object", name="*"),
        dictionary(),
    ]
    markers = [10, 9, 8, 11, 7, 12, 13, 14, 15, 16, 17]
    good(
        "amf3-table-counts-all-kinds",
        "every kind with an identity takes an index of one table",
        "AMF3-029 AMF3-028 AMF3-033 AMF3-034",
        *kinds,
        *[reference(marker, index) for index, marker in enumerate(markers)],
    )
    good(
        "amf3-table-scalars-take-none",
        "numbers, booleans and strings take no index",
        "AMF3-029",
        integer(1),
        real(1.0),
        TRUE,
        NULL,
        string("s"),
        array(),
        reference(9, 0),
    )
    good(
        "amf3-tables-are-independent",
        "index 0 of strings, objects and traits",
        "AMF3-028",
        obj(name="C", sealed=[("x", NULL)], dynamic=False),
        reference(10, 0),
        string_ref(0, "C"),
        obj(name="C", sealed=[("x", NULL)], dynamic=False, traits=0),
    )
    good("amf3-table-parent-first", "the parent has index 0, the child 1", "AMF3-030 AMF3-029", array(array(), reference(9, 1)))
    bad("amf3-object-ref-to-string", "a string takes no index of an object", "AMF3-034 AMF3-028", b"\x0a\0", string("a"))
    bad("amf3-ref-forward", "a reference to a value that begins after it", "AMF3-034", b"\x09\5\1\x09\2\x09\1\1")
    for marker in (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17):
        bad(f"amf3-ref-nothing-{marker:x}", f"marker 0x{marker:X} with a reference to nothing", "AMF3-034", bytes([marker, 0]))
        bad(
            f"amf3-ref-max-{marker:x}",
            f"marker 0x{marker:X} with the largest index",
            "AMF3-034",
            bytes([marker]) + b"\xff\xff\xff\xfe",
            array(),
        )
    for first, marker, name in (
        (array(), 10, "array-as-object"),
        (obj(), 9, "object-as-array"),
        (xml("x"), 7, "xml-as-document"),
        (byte_array(b"x"), 17, "bytes-as-dictionary"),
    ):
        add(
            f"amf3-ref-{name}",
            f"the marker of a reference is another one: {name}",
            "AMF3-029 AMF3-034",
            [first[0], reference(marker, 0)[0]],
            found(first, reference(marker, 0)),
            result="lenient",
            flags=["OtherKind"],
            allow=["accept", "close"],
        )


def depths():
    for name, data, tail in (
        ("arrays", b"\x09\3\1", b"\1"),
        ("objects", b"\x0a\x0b\1\3a", b"\1" * 1),
        ("vectors", b"\x10\3\0\1", b"\1"),
        ("dictionary-values", b"\x11\3\0\1", b"\1"),
        ("dictionary-keys", b"\x11\3\0", b"\1\1"),
        ("associative-arrays", b"\x09\1\3a", b"\1"),
    ):
        times = 100000
        end = {"objects": (b"\1", times), "associative-arrays": (b"\1", times), "dictionary-keys": (b"\1", times)}.get(name)
        add(
            f"amf3-depth-{name}",
            f"{times} {name} inside each other",
            "AMF3-039",
            Runs((data, times), (tail, 1), *([end] if end else [])),
            result="invalid",
            flags=["Depth"],
        )


def truncated():
    whole = {
        "everything": array(
            obj(("k", date(1000)), name="C", sealed=[("x", vector("object", NULL, name="D"))]),
            dictionary((string("q"), byte_array(b"12"))),
            xml("<b/>"),
            vector("double", 2.0),
        ),
    }
    for name, value in whole.items():
        good(f"amf3-cut-{name}", f"cut after each byte: {name}", "AMF3-036 AMF3-018", value)
    for name, data, rules in (
        ("u29-1", b"\4\x80", "AMF3-001"),
        ("u29-2", b"\4\x80\x80", "AMF3-001"),
        ("u29-3", b"\4\xff\xff\xff", "AMF3-001 AMF3-003"),
        ("integer", b"\4", "AMF3-001"),
        ("double", b"\5\x3f\xf0\0\0\0\0\0", "AMF3-008"),
        ("string", b"\6\7ab", "AMF3-009"),
        ("string-length", b"\6", "AMF3-009"),
        ("date", b"\x08\1\x40", "AMF3-014"),
        ("date-flag", b"\x08", "AMF3-014 AMF3-040"),
        ("array-names", b"\x09\1\3a", "AMF3-015"),
        ("array-items", b"\x09\5\1\1", "AMF3-015"),
        ("object-traits", b"\x0a", "AMF3-016"),
        ("object-class", b"\x0a\x0b\5C", "AMF3-019 AMF3-016"),
        ("object-sealed-names", b"\x0a\x23\3C\3x", "AMF3-017 AMF3-018"),
        ("object-sealed-values", b"\x0a\x13\3C\3x", "AMF3-018"),
        ("xml", b"\x0b\x09<a", "AMF3-022"),
        ("xml-document", b"\7\x09<a", "AMF3-013"),
        ("byte-array", b"\x0c\5\0", "AMF3-023"),
        ("vector-flag", b"\x0d\3", "AMF3-024"),
        ("vector-int", b"\x0d\3\0\0\0\0", "AMF3-024"),
        ("vector-double", b"\x0f\3\0\x3f\xf0", "AMF3-024"),
        ("vector-object-name", b"\x10\3\0\5C", "AMF3-025"),
        ("vector-object-item", b"\x10\3\0\3C", "AMF3-025"),
        ("dictionary-flag", b"\x11\3", "AMF3-026"),
        ("dictionary-value", b"\x11\3\0\6\3a", "AMF3-026"),
    ):
        bad(f"amf3-cut-{name}", f"the bytes end inside a value: {name}", rules, data)


for part in (numbers, markers, strings, documents, arrays, objects, binaries, dictionaries, tables, depths, truncated):
    part()
