"""Family timestamp-v1: which of two timestamps is the later one (RTMP 4, RFC 1982)."""

from corpus import Family
from wire import u32

NOTES = {
    "Opposite": {
        "kind": "ambiguity",
        "rule": "TIME-004",
        "effect": "The timestamps are 2^31 ms apart: serial arithmetic (RTMP 4, RFC 1982 3.2) does not say which is "
        "the later one.",
        "links": [],
    },
}
family = Family("timestamp-v1", "timestamp", NOTES)


def one(reference, value, **more):
    since = (value - reference + 0x80000000) % 0x100000000 - 0x80000000
    family.group(reference=reference)(
        f"timestamp-{value}-against-{reference}",
        f"{value} against {reference}",
        "TIME-004 TIME-002",
        u32(value),
        [{"timestamp": {"since": since, "before": since < 0}}],
        **more,
    )


assert (10000 - 4000000000) % 2**32 == 294977296
for reference, value in (
    (4000000000, 10000),
    (4000000000, 3000000000),
    (0, 0),
    (0, 1),
    (1, 0),
    (0, 0x7FFFFFFF),
    (0, 0x80000001),
    (0xFFFFFFFF, 0),
    (0, 0xFFFFFFFF),
    (0xFFFFFFFF, 0xFFFFFFFF),
    (0x80000000, 0x7FFFFFFF),
    (0x7FFFFFFF, 0x80000000),
    (0xFFFFFFF0, 0x10),
    (4294967000, 100),
):
    one(reference, value)
for reference, value in ((0, 0x80000000), (0x80000000, 0)):
    one(
        reference,
        value,
        result="lenient",
        flags=["Opposite"],
        allow=["accept", "alternative"],
        alternatives=[
            ("the other one", [{"timestamp": {"since": 0x7FFFFFFF, "before": False}}]),
            ("neither", [{"timestamp": {"since": -0x80000000, "before": False}}]),
        ],
    )
