"""Family capability-v1: the command object of connect, or the information object of its answer, and what it says of
Enhanced RTMP (E-RTMP v2 "Enhancing NetConnection connect Command")."""

from corpus import Family
from wire import NULL, UNDEFINED, ecma, number, obj, strict, string

NOTES = {
    "UnknownProperty": {
        "kind": "de-facto",
        "rule": "ERC-009",
        "effect": "A property that neither RTMP 7.2.1.1 nor E-RTMP v2 names. No clause has it ignored; servers do.",
        "links": [],
    },
    "Wildcard": {
        "kind": "ambiguity",
        "rule": "ERC-006",
        "effect": 'The key "*" overrides the flags of one codec by the text; an example adds to them (errata E-66). Both are to be '
        "joined when a capability is judged.",
        "links": [],
    },
    "WrongType": {
        "kind": "de-facto",
        "rule": "ERC-009",
        "effect": "A property of another type than RTMP 7.2.1.1 or E-RTMP v2 says: ignored, or the command is "
        "refused.",
        "links": [],
    },
    "Number": {
        "kind": "ambiguity",
        "rule": "ERC-007",
        "effect": 'E-RTMP v2 "Enhancing NetConnection connect Command" has a set of flags; the number is none: '
        "negative, with a fraction, or above 32 bits.",
        "links": [],
    },
    "UnknownBits": {
        "kind": "choice",
        "rule": "ERC-007",
        "effect": 'Bits that neither RTMP 7.2.1.1 nor E-RTMP v2 "Enhancing NetConnection connect Command" defines: '
        "kept or dropped.",
        "links": [],
    },
    "EcmaArray": {
        "kind": "de-facto",
        "rule": "ERC-004",
        "effect": 'An ECMA array where E-RTMP v2 "Enhancing NetConnection connect Command" has an object or a strict '
        "array.",
        "links": [],
    },
    "Entry": {
        "kind": "choice",
        "rule": "ERC-001",
        "effect": 'An entry that E-RTMP v2 "Enhancing NetConnection connect Command" does not know as a FourCC: kept, '
        "or left out.",
        "links": [],
    },
}
family = Family("capability-v1", "capability", NOTES)
add = family.group()


BITS = {
    "audio_codecs": ["none", "adpcm", "mp3", "intel", "unused", "nelly8", "nelly", "g711a", "g711u", "nelly16", "aac", "speex"],
    "video_codecs": ["unused", "jpeg", "sorenson", "homebrew", "vp6", "vp6-alpha", "homebrew-v", "h264"],
    "video_function": ["client-seek", "hdr", "metadata-packet", "large-scale-tile"],
}


def caps(caps_ex=None, list=None, video=None, audio=None, **masks):
    form = {}
    for key, mask in masks.items():
        form[key] = {"mask": mask, "names": [name for bit, name in enumerate(BITS[key]) if mask >> bit & 1]}
    for key, value in (("caps_ex", caps_ex), ("fourcc_list", list)):
        if value is not None:
            form[key] = value
    for key, value in (("video", video), ("audio", audio)):
        if value is not None:
            form[key] = [{"fourcc": k, "flags": v} for k, v in value]
    return [{"capabilities": form}]


def good(id, title, rules, members, yields, **more):
    add(f"caps-{id}", title, rules, obj(*members)[0], yields, **more)


def info(*pairs):
    return obj(*((k, number(v)) for k, v in pairs))


def lenient(flag, *allow, **more):
    return {"result": "lenient", "flags": [flag], "allow": list(allow or ("accept", "close")), **more}


def all():
    good("none", "no property of Enhanced RTMP", "ERC-022 ERC-009", [("app", string("live"))], caps())
    for value in range(16):
        good(f"ex-{value}", f"capsEx {value}", "ERC-007", [("capsEx", number(value))], caps(value))
    for value in (16, 255, 4294967295):
        good(
            f"ex-{value}",
            f"capsEx {value} with unknown bits",
            "ERC-007 ERC-012",
            [("capsEx", number(value))],
            caps(value),
            **lenient("UnknownBits", "accept", "alternative", alternatives=[("known bits only", caps(value & 15))]),
        )
    for name, value in (("minus-1", -1), ("half", 0.5), ("2-32", 4294967296)):
        good(f"ex-{name}", f"capsEx {value}", "ERC-007 ERC-009", [("capsEx", number(value))], caps(), **lenient("Number"))
    good("ex-nan", "capsEx NaN", "ERC-007 ERC-009", [("capsEx", number(bits="7ff8000000000000"))], caps(), **lenient("Number"))
    for name, value in (("string", string("15")), ("null", NULL), ("undefined", UNDEFINED), ("object", obj())):
        good(f"ex-{name}", f"capsEx is a {name}", "ERC-009 ERC-022", [("capsEx", value)], caps(), **lenient("WrongType"))
    for code in ("av01", "vp09", "hvc1", "vp08", "avc1", "vvc1", "ac-3", "ec-3", "Opus", ".mp3", "fLaC", "mp4a"):
        good(
            f"list-{code.strip('.').lower().replace('-', '')}",
            f"fourCcList of {code}",
            "ERC-001",
            [("fourCcList", strict(string(code)))],
            caps(list=[code]),
        )
    good(
        "list-v1",
        "the three codecs of E-RTMP v1",
        "ERC-001 ERC-004",
        [("fourCcList", strict(string("av01"), string("vp09"), string("hvc1")))],
        caps(list=["av01", "vp09", "hvc1"]),
    )
    good("list-any", "fourCcList of *", "ERC-001 ERC-002", [("fourCcList", strict(string("*")))], caps(list=["*"]))
    good("list-empty", "an empty fourCcList", "ERC-001 ERC-022", [("fourCcList", strict())], caps(list=[]))
    for name, entry in (("short", string("av1")), ("long", string("av01x")), ("number", number(1635135537)), ("null", NULL)):
        good(
            f"list-entry-{name}",
            f"an entry that is no FourCC: {name}",
            "ERC-001 ERC-009",
            [("fourCcList", strict(entry, string("vp09")))],
            caps(list=["vp09"]),
            **lenient(
                "Entry",
                "accept",
                "close",
                *(["alternative"] if name in ("short", "long") else []),
                **(
                    {"alternatives": [("kept", caps(list=["av1" if name == "short" else "av01x", "vp09"]))]}
                    if name in ("short", "long")
                    else {}
                ),
            ),
        )
    for name, value in (("string", string("av01")), ("object", obj(("0", string("av01")))), ("number", number(1))):
        good(
            f"list-{name}",
            f"fourCcList is a {name}",
            "ERC-001 ERC-009",
            [("fourCcList", value)],
            caps(),
            **lenient("WrongType"),
        )
    good(
        "list-ecma",
        "fourCcList as ECMA array",
        "ERC-001 ERC-009",
        [("fourCcList", ecma(("0", string("av01"))))],
        caps(list=["av01"]),
        **lenient("EcmaArray", "accept", "close", "alternative", alternatives=[("ignored", caps())]),
    )
    for flags in range(8):
        good(
            f"map-video-{flags}",
            f"vp09 with flags {flags}",
            "ERC-005",
            [("videoFourCcInfoMap", info(("vp09", flags)))],
            caps(video=[("vp09", flags)]),
        )
    good(
        "map-audio",
        "Opus decode, mp4a decode and encode",
        "ERC-005 ERC-003",
        [("audioFourCcInfoMap", info(("Opus", 1), ("mp4a", 3)))],
        caps(audio=[("Opus", 1), ("mp4a", 3)]),
    )
    good(
        "map-any",
        "* forwards everything",
        "ERC-005 ERC-006",
        [("videoFourCcInfoMap", info(("*", 4)))],
        caps(video=[("*", 4)]),
        flags=["Wildcard"],
    )
    good(
        "map-any-and-one",
        "the example of the text: vp09 decodes and encodes, * forwards",
        "ERC-006",
        [("videoFourCcInfoMap", info(("vp09", 3), ("*", 4)))],
        caps(video=[("vp09", 3), ("*", 4)]),
        flags=["Wildcard"],
    )
    good("map-empty", "an empty map", "ERC-005 ERC-022", [("videoFourCcInfoMap", obj())], caps(video=[]))
    good(
        "map-unknown-bits",
        "flags 255",
        "ERC-005",
        [("videoFourCcInfoMap", info(("hvc1", 255)))],
        caps(video=[("hvc1", 255)]),
        **lenient("UnknownBits", "accept", "alternative", alternatives=[("known bits only", caps(video=[("hvc1", 7)]))]),
    )
    good(
        "map-unknown-codec",
        "a codec that the text does not list",
        "ERC-005",
        [("videoFourCcInfoMap", info(("zzzz", 1)))],
        caps(video=[("zzzz", 1)]),
        **lenient("Entry", "accept", "alternative", alternatives=[("left out", caps(video=[]))]),
    )
    good(
        "map-ecma",
        "the map as ECMA array",
        "ERC-005 ERC-009",
        [("videoFourCcInfoMap", ecma(("hvc1", number(1))))],
        caps(video=[("hvc1", 1)]),
        **lenient("EcmaArray", "accept", "close", "alternative", alternatives=[("ignored", caps())]),
    )
    for name, value in (("string", string("1")), ("negative", number(-1)), ("half", number(1.5)), ("null", NULL)):
        good(
            f"map-value-{name}",
            f"flags that are none: {name}",
            "ERC-005 ERC-009",
            [("videoFourCcInfoMap", obj(("hvc1", value), ("av01", number(1))))],
            caps(video=[("av01", 1)]),
            **lenient(
                "Number" if name in ("negative", "half") else "WrongType",
                "accept",
                "close",
                "alternative",
                alternatives=[
                    ("the codec without flags", caps(video=[("hvc1", 0), ("av01", 1)])),
                    ("the map is ignored", caps()),
                ],
            ),
        )
    for name, value in (("strict", strict(string("hvc1"))), ("number", number(7)), ("null", NULL)):
        good(
            f"map-{name}",
            f"the map is another value: {name}",
            "ERC-005 ERC-009",
            [("videoFourCcInfoMap", value)],
            caps(),
            **lenient("WrongType"),
        )
    good(
        "everything",
        "list, both maps and capsEx",
        "ERC-003 ERC-004 ERC-005 ERC-007",
        [
            ("app", string("live")),
            ("fourCcList", strict(string("av01"), string("hvc1"))),
            ("videoFourCcInfoMap", info(("av01", 7), ("hvc1", 1))),
            ("audioFourCcInfoMap", info(("Opus", 3), ("*", 4))),
            ("capsEx", number(15)),
        ],
        caps(15, ["av01", "hvc1"], [("av01", 7), ("hvc1", 1)], [("Opus", 3), ("*", 4)]),
        flags=["Wildcard"],
    )
    for key, property, rule in (
        ("audio_codecs", "audioCodecs", "CONN-022"),
        ("video_codecs", "videoCodecs", "CONN-023"),
        ("video_function", "videoFunction", "CONN-024"),
    ):
        every = (1 << len(BITS[key])) - 1
        for bit, name in enumerate(BITS[key]):
            good(
                f"{property.lower()}-{name}",
                f"{property} {1 << bit:#x}: {name}",
                rule,
                [(property, number(1 << bit))],
                caps(**{key: 1 << bit}),
            )
        good(f"{property.lower()}-all", f"{property} {every:#x}: all", rule, [(property, number(every))], caps(**{key: every}))
        good(f"{property.lower()}-0", f"{property} 0", rule, [(property, number(0))], caps(**{key: 0}))
        good(
            f"{property.lower()}-unknown",
            f"{property} with a bit that is not defined",
            rule,
            [(property, number(every + 2))],
            caps(**{key: every + 2}),
            **lenient(
                "UnknownBits", "accept", "alternative", alternatives=[("known bits only", caps(**{key: every + 2 & every}))]
            ),
        )
        good(
            f"{property.lower()}-string",
            f"{property} is a string",
            rule + " ERC-009",
            [(property, string("255"))],
            caps(),
            **lenient("WrongType"),
        )
    good(
        "unknown-properties",
        "twenty unknown properties",
        "ERC-009",
        [(f"x{i}", number(i)) for i in range(20)] + [("capsEx", number(1))],
        caps(1),
        flags=["UnknownProperty"],
    )
    good(
        "other-case",
        "property names depend on case",
        "ERC-009",
        [("capsex", number(15)), ("FourCcList", strict(string("av01")))],
        caps(),
        flags=["UnknownProperty"],
    )


all()
