"""Family handshake-v1: what one side of the plain handshake receives (RTMP 5.2).

The vectors cannot know the random bytes of the decoder's own packet, so the echo in a C2 or S2 here
never matches: whole handshakes are lenient (errata 3), those up to C1 or S1 are not.
"""

import struct

from corpus import Family
from wire import Message, filler, sha256

NOTES = {
    "EchoMismatch": {
        "kind": "interop", "rule": "HS-021",
        "effect": "The random bytes of C2 or S2 are not those of S1 or C1. RTMP 5.2.4 wants an echo; errata 3 says "
                  "that a peer should not fail for want of it, and many implementations do not send one.",
        "links": ["https://github.com/owncast/owncast/issues/34"]},
    "OtherVersion": {
        "kind": "ambiguity", "rule": "HS-010",
        "effect": "RTMP 5.2.2: a server that does not know the version should answer 3, and a client may give up. "
                  "RTMP 5.2.5 speaks of ending the connection.",
        "links": []},
    "NonZeroVersionBytes": {
        "kind": "interop", "rule": "HS-030",
        "effect": "Bytes 4 to 7 of C1 or S1 are not 0 (RTMP 5.2.3), as with the digest handshake, but there is no "
                  "digest: the plain handshake applies.",
        "links": ["https://github.com/ossrs/srs/issues/1084", "https://github.com/KallDrexx/rust-media-libs/issues/4"]},
}
family = Family("handshake-v1", "handshake", NOTES)
CHUNK = Message(0, filler(9, 4), 8, 4, 1).chunks()[0]


def packet(time=0, version=bytes(4), seed=1):
    return struct.pack(">I", time) + version + filler(seed, 1528)


def outcome(first, consumed, sent, done, version=3):
    """`sent` is the least and the most bytes that the decoder's side may have sent so far."""
    out = {"done": done, "consumed": consumed, "peer_version": version, "sent": list(sent)}
    if first is not None:
        out["echo_time"] = struct.unpack(">I", first[:4])[0]
        out["echo_random_sha256"] = sha256(first[8:])
    return [out]


def side(role):
    add = family.group(role=role)
    c = "C" if role == "server" else "S"
    # A server answers C1 with S2. A client may send C2 once S1 is there (RTMP 5.2.1), and has to when S2 is there too.
    answered, over = (3073, 3073) if role == "server" else (1537, 3073), (3073, 3073)
    before = (0, 1537) if role == "server" else (1537, 1537)
    first, second = packet(), packet(5, struct.pack(">I", 7), 2)
    rules = {"server": "HS-001 HS-002 HS-018 HS-020", "client": "HS-003 HS-018 HS-020"}[role]
    add(f"handshake-{role}-begun", f"{c}0 and {c}1: the echo is due", f"HS-009 HS-014 {rules}", [b"\3", first],
        outcome(first, 1537, answered, False), pending=True, feeds=[1, 4, 4])
    for time in (1, 0x7FFFFFFF, 0xFFFFFFFF):
        other = packet(time, seed=3)
        add(f"handshake-{role}-time-{time:x}", f"{c}1 with time 0x{time:X}", "HS-035 HS-014 HS-018", [b"\3", other],
            outcome(other, 1537, answered, False), pending=True)
    for name, version in (("flash", "0a002d02"), ("server", "04050001"), ("ones", "ffffffff")):
        other = packet(0, bytes.fromhex(version), 4)
        add(f"handshake-{role}-version-bytes-{name}", f"{c}1 with the bytes {version} and no digest", "HS-030 HS-020", [b"\3", other],
            outcome(other, 1537, answered, False), result="lenient", flags=["NonZeroVersionBytes"],
            allow=["accept", "close"], pending=True, feeds=[5, 4])
    for cut, where in ((1, f"after {c}0"), (9, f"inside {c}1"), (1536, f"one byte before the end of {c}1")):
        add(f"handshake-{role}-cut-{cut}", f"the bytes end {where}: no echo yet",
            "HS-007 HS-006" if role == "server" else "HS-003", ([b"\3", first[:cut - 1]]),
            outcome(None, cut, before, False), pending=True)
    add(f"handshake-{role}-cut-3072", f"the bytes end one byte before the end of {c}2: not done",
        "HS-008" if role == "server" else "HS-004", [b"\3", first, second[:-1]], outcome(first, 3072, answered, False),
        result="lenient", flags=["EchoMismatch"], allow=["accept", "close"], pending=True, feeds=[1537])
    tail = "HS-023 HS-022" if role == "server" else "HS-024"
    for name, last in (("random", second), ("zero", bytes(1536)), ("time-only", struct.pack(">II", 5, 0) + bytes(1528))):
        more = {"zero": " HS-026" if role == "server" else " HS-033"}.get(name, "")
        add(f"handshake-{role}-echo-{name}", f"{c}2 is no echo: {name}", f"HS-021{more}", [b"\3", first, last],
            outcome(first, 3073, over, True), result="lenient", flags=["EchoMismatch"], allow=["accept", "close"],
            feeds=[1, 1536, 1535])
    add(f"handshake-{role}-chunk-follows", f"a chunk follows {c}2 at once: it is left for the chunk layer", tail,
        [b"\3", first, second, CHUNK], outcome(first, 3073, over, True), result="lenient", flags=["EchoMismatch"],
        allow=["accept", "close"], feeds=[1537, 1530])
    versions = (0, 1, 2, 4, 31, 0x47, 0xFF) if role == "server" else (4, 0x47)
    for version in versions:
        rule = "HS-011" if role == "client" else "HS-013" if version < 3 else "HS-010" if version < 32 else "HS-012"
        add(f"handshake-{role}-version-{version}", f"{c}0 announces version {version}", rule, [bytes([version]), first],
            outcome(first, 1537, answered, False, version), result="lenient", flags=["OtherVersion"],
            allow=["accept", "close"], pending=True, feeds=[1])


side("server")
side("client")
