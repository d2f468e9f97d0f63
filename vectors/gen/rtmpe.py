"""Family rtmpe-v1: what RTMPE adds to the digest handshake."""

from corpus import Family
from digest_wire import PRIME, XTEA_KEYS, digest_at, encipher, first, key_at, rc4, sign
from wire import filler, sha256

NOTES = {
    "DeFacto": {
        "kind": "de-facto",
        "rule": "RTMPE-003",
        "effect": "Neither RTMP 5.2 nor another text has RTMPE: this is what its implementations agree on (errata E-74).",
        "links": [],
    },
    "LeadingZero": {
        "kind": "interop",
        "rule": "RTMPE-008",
        "effect": "Public key or secret begin with zero bytes. Shortened ones make other keys: one handshake in 256 "
        "fails.",
        "links": ["https://github.com/bluenviron/mediamtx/issues/2269"],
    },
    "WeakKey": {
        "kind": "hostile",
        "rule": "RTMPE-007",
        "effect": "A public key that fixes the secret, or lies outside the subgroup: refused (RFC 2631 2.1.5).",
        "links": [],
    },
    "NoRtmpe": {
        "kind": "choice",
        "rule": "RTMPE-014",
        "effect": "A server without RTMPE answers 3 or closes (RTMP 5.2.2).",
        "links": [],
    },
}
family = Family("rtmpe-v1", "rtmpe", NOTES, "DeFacto")


def number(data):
    return int.from_bytes(data, "big")


def raw(value):
    return value.to_bytes(128, "big")


def keys(private, peer):
    public, secret = raw(pow(2, private, PRIME)), raw(pow(number(peer), private, PRIME))
    return {
        "public": public.hex(),
        "secret": secret.hex(),
        "send_key": sign(secret, peer)[:16].hex(),
        "receive_key": sign(secret, public)[:16].hex(),
    }


def exchange():
    a, b = number(filler(5, 128)) % PRIME, number(filler(6, 128)) % PRIME
    A, B = raw(pow(2, a, PRIME)), raw(pow(2, b, PRIME))
    client, server = keys(a, B), keys(b, A)
    # V3, as printed.
    assert sha256(A) == "f3c9c2e77b501ff91feec04119db66d4bd232f823f336fa4fb366cc0c13c95ba"
    assert sha256(B) == "21e767b7a6980eee300342ec225202b8622694c8c8fb5c2ff8b56248af94fec3"
    assert (
        client["secret"] == server["secret"]
        and sha256(bytes.fromhex(client["secret"])) == "7cf05c59a02a7dc7ddef217b689cda0d20b1b30efdc71c230aed3455071d4991"
    )
    assert client["send_key"] == server["receive_key"] == "c08b980ace5c8ca476f83b8af049604e"
    assert client["receive_key"] == server["send_key"] == "da74a5827012e5aff1cf83ba1adc5ff9"
    assert rc4(bytes.fromhex(client["send_key"]), bytes(16)).hex() == "80762da41e204e11c5146e6eb7a8f26b"
    assert rc4(bytes.fromhex(server["send_key"]), bytes(16)).hex() == "7407aa8ccc60292af9565ee8806687c3"
    dh = lambda private, peer: [{"key-exchange": keys(private, peer)}]
    group = lambda private: family.group(step="key-exchange", private=raw(private).hex())
    rules = "RTMPE-004 RTMPE-009"
    group(a)("rtmpe-keys-v3-client", "the client's side", rules, B, dh(a, B))
    group(b)("rtmpe-keys-v3-server", "the server's side", rules, A, dh(b, A))
    for private, name in ((1, "1"), (2, "2"), (PRIME - 2, "p-minus-2"), ((PRIME - 1) // 2 - 1, "q-minus-1")):
        group(private)(f"rtmpe-keys-private-{name}", f"private key {name.replace('-', ' ')}", rules, B, dh(private, B))
    group(a)("rtmpe-keys-peer-2", "the peer's key is the generator", f"{rules} RTMPE-007", raw(2), dh(a, raw(2)))
    group(a)("rtmpe-keys-peer-4", "the peer's key is 4", f"{rules} RTMPE-007", raw(4), dh(a, raw(4)))
    # Small searches, the first hit by number.
    found = {"public": None, "secret": None, "secret-2": None, "peer": None}
    power, shared = 1, 1
    peer = number(B)
    for private in range(1, 200000):
        power, shared = power * 2 % PRIME, shared * peer % PRIME
        if private > 1100 and found["public"] is None and power >> 1016 == 0:
            found["public"] = (private, B)
        if found["secret"] is None and shared >> 1016 == 0:
            found["secret"] = (private, B)
        if found["secret-2"] is None and shared >> 1008 == 0:
            found["secret-2"] = (private, B)
        if found["peer"] is None and private > 1100 and power >> 1008 == 0:
            found["peer"] = (a, raw(power))
        if None not in found.values():
            break
    for name, (private, other) in found.items():
        what = {
            "public": "the own public key",
            "secret": "the secret",
            "secret-2": "the secret, twice",
            "peer": "the peer's key, twice",
        }[name]
        group(private)(
            f"rtmpe-keys-leading-zero-{name}",
            f"a leading zero byte: {what}",
            f"RTMPE-008 {rules}",
            other,
            dh(private, other),
            flags=["LeadingZero"],
        )
    q = (PRIME - 1) // 2
    outside = next(y for y in range(3, 100) if pow(y, q, PRIME) != 1)
    for name, value in (
        ("0", 0),
        ("1", 1),
        ("p-minus-1", PRIME - 1),
        ("p", PRIME),
        ("p-plus-1", PRIME + 1),
        ("max", (1 << 1024) - 1),
        ("outside", outside),
        ("minus-2", PRIME - 2),
    ):
        assert pow(value, q, PRIME) != 1 or value in (1, PRIME + 1) or value >= PRIME
        group(a)(
            f"rtmpe-keys-refused-{name}",
            f"a public key that is refused: {name}",
            "RTMPE-007 RTMPE-004",
            raw(value),
            result="invalid",
            flags=["WeakKey"],
        )


def streams():
    a, b = number(filler(5, 128)) % PRIME, number(filler(6, 128)) % PRIME
    B = raw(pow(2, b, PRIME))
    client = keys(a, B)
    for name, key in (("c2s", client["send_key"]), ("s2c", client["receive_key"])):
        add = family.group(step="cipher", key=key)
        key = bytes.fromhex(key)
        for id, data, feeds in (
            ("zeros", bytes(16), [1, 7]),
            ("text", b"connect", [3]),
            ("4096", filler(8, 4096), [1, 255, 256, 1000]),
        ):
            add(
                f"rtmpe-cipher-{name}-{id}",
                f"{len(data)} bytes after 1536 bytes of key stream",
                "RTMPE-010 RTMPE-009",
                data,
                [{"cipher": {"hex": rc4(key, data).hex()}}],
                feeds=feeds,
            )


def signatures():
    for version in (6, 8, 9):
        for part in range(4):
            key = bytearray(filler(30 + part, 32))
            for block in range(4):
                # Each of the 15 keys once; the bytes are not below 15, so that modulo counts.
                key[8 * block] = (4 * part + block) % 15 + 15 * (1 + (part + block) % 16)
            assert {k % 15 for k in key[::8]} == {(4 * part + i) % 15 for i in range(4)}
            signature = filler(40 + part, 32)
            family.group(step="signature", version=version, answer_key=bytes(key).hex())(
                f"rtmpe-signature-{version}-{part}",
                f"type {version}: the blocks with the keys {', '.join(str(k % 15) for k in key[::8])}",
                "RTMPE-012",
                signature,
                [{"cipher": {"hex": encipher(version, signature, bytes(key)).hex()}}],
            )
    assert len(XTEA_KEYS) == 15


def packets():
    a = number(filler(5, 128)) % PRIME
    A = raw(pow(2, a, PRIME))
    printed = {
        "A": (1390, 572, "26f420f30b3a2f435c69a786ae199a601dafbc6bbd85f1e0e845e1f3ada12056"),
        "B": (614, 1060, "b7f063b1e4b5835af462a42c5fc089eb1343ea564bf7528e3222fe51624368dd"),
    }
    for layout, (key_offset, digest_offset, digest) in printed.items():
        packet, at, made = first("C", layout, 0, "80000302", 1, public=A)
        assert (key_at(packet, layout), at, made.hex()) == (key_offset, digest_offset, digest)
        assert at == digest_at(packet, layout) and not (at < key_offset + 128 and key_offset < at + 32)
        rules = "RTMPE-003 RTMPE-005 RTMPE-006 " + ("HSD-006" if layout == "A" else "HSD-007")
        name = layout.lower()
        form = lambda packet, layout: [
            {
                "digest-packet": {
                    "layout": layout,
                    "digest_a": digest_at(packet, "A"),
                    "digest_b": digest_at(packet, "B"),
                    "key_a": key_at(packet, "A"),
                    "key_b": key_at(packet, "B"),
                    **(
                        {
                            "digest": packet[digest_at(packet, layout) :][:32].hex(),
                            "public_key": packet[key_at(packet, layout) :][:128].hex(),
                        }
                        if layout
                        else {}
                    ),
                }
            }
        ]
        family.group(step="packet", packet="c1")(
            f"rtmpe-c1-v3-{name}", f"C1 of layout {layout} with a public key", rules, packet, form(packet, layout)
        )
        late = bytearray(first("C", layout, 0, "80000302", 1)[0])
        late[key_offset : key_offset + 128] = A
        family.group(step="packet", packet="c1")(
            f"rtmpe-c1-key-after-digest-{name}",
            f"C1 of layout {layout} whose key was written after the digest: no digest verifies",
            "RTMPE-005",
            bytes(late),
            form(bytes(late), None),
        )
        packet, _, made = first("C", layout, 0, "80000302", 1, public=raw(2))
        # With the private key 1 the secret is the receiver's public key itself.
        add = family.group(step="handshake", role="server", private=raw(1).hex())
        for version in (6, 8, 9):
            answer = [
                {
                    "rtmpe-handshake": {
                        "done": False,
                        "consumed": 1537,
                        "version": version,
                        "layout": layout,
                        "answer_key": sign(
                            b"Genuine Adobe Flash Media Server 001"
                            + bytes.fromhex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae"),
                            made,
                        ).hex(),
                    }
                }
            ]
            add(
                f"rtmpe-server-{version}-{name}",
                f"C0 {version} and C1 of layout {layout} with the public key 2",
                "RTMPE-002 RTMPE-003 RTMPE-006 RTMPE-012",
                [bytes([version]), packet],
                answer,
                result="lenient",
                flags=["NoRtmpe"],
                allow=["accept", "close", "alternative"],
                alternatives=[
                    (
                        "the plain handshake",
                        [{"rtmpe-handshake": {"done": False, "consumed": 1537, "version": 3, "layout": None}}],
                    )
                ],
                feeds=[1, 600],
                pending=True,
            )
            if version == 6:
                done = [{"rtmpe-handshake": {**answer[0]["rtmpe-handshake"], "done": True, "consumed": 3073}}]
                add(
                    f"rtmpe-server-done-{name}",
                    "C2 ends the handshake; what follows is encrypted",
                    "RTMPE-010 RTMPE-011 RTMPE-009",
                    [bytes([version]), packet, filler(50, 1536)],
                    done,
                    result="lenient",
                    flags=["NoRtmpe"],
                    allow=["accept", "close", "alternative"],
                    alternatives=[
                        (
                            "the plain handshake",
                            [{"rtmpe-handshake": {"done": True, "consumed": 3073, "version": 3, "layout": None}}],
                        )
                    ],
                    feeds=[1537],
                )
        for name_, bad in (("1", 1), ("p-minus-1", PRIME - 1), ("0", 0)):
            packet = first("C", layout, 0, "80000302", 1, public=raw(bad))[0]
            add(
                f"rtmpe-server-key-{name_}-{name}",
                f"C1 of layout {layout} with the public key {name_.replace('-', ' ')}",
                "RTMPE-007 RTMPE-003",
                [b"\6", packet],
                result="invalid",
                flags=["WeakKey"],
                allow=["close", "alternative"],
                alternatives=[
                    (
                        "the plain handshake",
                        [{"rtmpe-handshake": {"done": False, "consumed": 1537, "version": 3, "layout": None}}],
                    )
                ],
            )


exchange()
streams()
signatures()
packets()
