"""The printed values of vectors V4, V5, V6, V8 and V10: the writers make them, and vectors of the corpus hold them.

Those of V1 to V3, V7, V9 and V11 are asserted where they are made.
"""

from corpus import FAMILIES
from wire import basic, header


def held(schema):
    return {test["bytes"].replace(" ", "") for _, tests in FAMILIES[schema].groups for test in tests if "bytes" in test}


def chunk_headers():
    for csid, first, third in (
        (2, "02", "c2"),
        (3, "03", "c3"),
        (63, "3f", "ff"),
        (64, "0000", "c000"),
        (65, "0001", "c001"),
        (319, "00ff", "c0ff"),
        (320, "010001", "c10001"),
        (365, "012d01", "c12d01"),
        (575, "01ff01", "c1ff01"),
        (65599, "01ffff", "c1ffff"),
    ):
        assert (basic(0, csid).hex(), basic(3, csid).hex()) == (first, third)
    assert (basic(0, 64, 3).hex(), basic(0, 319, 3).hex()) == ("010000", "01ff00")
    assert header(0, 3, 1000, 32, 8, 12345).hex() == "030003e80000200839300000" and header(2, 3, 20).hex() == "83000014"
    assert header(0, 4, 1000, 307, 9, 12346).hex() == "040003e8000133093a300000" and header(3, 4).hex() == "c4"
    for time, data in (
        (0xFFFFFE, "06fffffe0000c80901000000"),
        (0xFFFFFF, "06ffffff0000c8090100000000ffffff"),
        (0x1000000, "06ffffff0000c8090100000001000000"),
        (0xFFFFFFFF, "06ffffff0000c80901000000ffffffff"),
    ):
        assert header(0, 6, time, 200, 9, 1).hex() == data
    assert header(3, 6, extended=0x1000000).hex() == "c601000000"
    assert header(1, 6, 0x1000000, 1, 8).hex() == "46ffffff0000010801000000"
    assert header(2, 6, 0xFFFFFE).hex() == "86fffffe" and header(2, 6, 0xFFFFFF).hex() == "86ffffff00ffffff"
    # The derived cases, by their timestamps.
    stamps = {tuple(y["ts"] for y in test["yields"]) for _, tests in FAMILIES["chunk-stream-v1"].groups for test in tests}
    for row in (
        (1000, 1020, 1040, 1060),
        (1000, 2000),
        (1000, 1020, 1040),
        (0x1000000, 0x1000014, 0x1000028),
        (10, 0x100000A),
        (10, 0x100000A, 0x200000A),
        (1000, 980),
        (0xFFFFFFF0, 0x10),
        (5000, 100),
    ):
        assert row in stamps, row


def control_messages():
    data = held("control-v1")
    for message in (
        "02000000000004010000000000001000",
        "02000000000004030000000012345678",
        "020000000000040500000000002625a0",
        "020000000000050600000000002625a002",
        "020000000000060400000000000000000001",
        "0200000000000a040000000000030000000100000bb8",
        "020000000000060400000000000601020304",
    ):
        assert message in data, message
    assert any(bytes.endswith("02000000000004020000000000000006") for bytes in data)


def values():
    data = held("amf0-v1")
    for value in (
        "003ff0000000000000",
        "000000000000000000",
        "00bff0000000000000",
        "007ff8000000000000",
        "020007636f6e6e656374",
        "05",
        "06",
        "0101",
        "0100",
        "0300036170700200046c697665000009",
        "080000000100036170700200046c697665000009",
        "03000009",
        "0a0000000102000461763031",
        "0b408f4000000000000000",
        "0c0000000161",
        "0f000000043c612f3e",
        "10000143000178003ff0000000000000000009",
        "0a0000000203000009070001",
        "02000c63726561746553747265616d00400000000000000005",
    ):
        assert value in data, value
    assert "0002000c63726561746553747265616d00400000000000000005" in held("message-v1")
    fourcc = {
        "av01": 1635135537,
        "vp08": 1987063864,
        "vp09": 1987063865,
        "avc1": 1635148593,
        "hvc1": 1752589105,
        "vvc1": 1987470129,
        "ac-3": 1633889587,
        "ec-3": 1700998451,
        "Opus": 1332770163,
        ".mp3": 778924083,
        "fLaC": 1716281667,
        "mp4a": 1836069985,
    }
    assert all(int.from_bytes(code.encode(), "big") == number for code, number in fourcc.items())


def messages():
    assert "0800000300006400000000af01aa0000000e09000006000078000000002701000000bb00000011" in held("aggregate-v1")
    objects = held("shared-object-v1")
    assert {
        "0002736f0000000000000000000000000100000000",
        "0002736f000000000000000000000000030000000b0003666f6f020003626172",
    } <= objects
    media = held("enhanced-rtmp-v1")
    for start in (
        "9068766331",
        "9168766331000050",
        "a368766331",
        "9268766331",
        "9468766331",
        "d100",
        "904f707573",
        "914f707573",
        "924f707573",
        "944f70757301060000003f",
        "970207a1200361766331",
        "97ff00ff",
        "96016876633101000000",
        "961168766331000000050000004142010000050000004142",
        "96216876633100000005000000414261763031010000024142",
    ):
        assert any(bytes.startswith(start) for bytes in media), start


for part in (chunk_headers, control_messages, values, messages):
    part()
