"""Family handshake-digest-v1: the handshake of Flash endpoints with digests in C1 and S1 and signatures in C2 and S2."""

import struct

from corpus import Family
from digest_wire import PLAYER, PLAYER_KEY, SERVER, blank, digest_at, first, imprint, key_at, second, sign
from wire import Message, filler, sha256

NOTES = {
    "DeFacto": {
        "kind": "de-facto",
        "rule": "HSD-002",
        "effect": "Neither RTMP 5.2 nor another text has the digest handshake: this is what its implementations agree on.",
        "links": [],
    },
    "BadSignature": {
        "kind": "interop",
        "rule": "HSD-014",
        "effect": "The signature in C2 is wrong. Servers go on nevertheless; a client may give up on a wrong one in "
        "S2. RTMP 5.2.4 wants an echo there, which is no signature either.",
        "links": ["https://github.com/owncast/owncast/issues/34"],
    },
    "NoDigest": {
        "kind": "interop",
        "rule": "HS-030",
        "effect": "Bytes 4 to 7 are not 0, but no digest verifies: the plain handshake applies.",
        "links": ["https://github.com/ossrs/srs/issues/1084", "https://github.com/KallDrexx/rust-media-libs/issues/4"],
    },
    "NoDigestSupport": {
        "kind": "choice",
        "rule": "HSD-018",
        "effect": "A server without the digest handshake answers C1 with an echo (RTMP 5.2.4).",
        "links": [],
    },
    "ByteSum": {
        "kind": "interop",
        "rule": "HSD-019",
        "effect": "The offset is the sum of four bytes, not the 32-bit number that they make. No specification has "
        "the digest handshake; this is what its implementations agree on.",
        "links": ["https://github.com/ant-media/Ant-Media-Server/issues/7787"],
    },
}
family = Family("handshake-digest-v1", "handshake-digest", NOTES, "DeFacto")
CHUNK = Message(0, filler(9, 4), 8, 4, 1).chunks()[0]


def places(packet):
    return {
        f"{what}_{layout.lower()}": at(packet, layout)
        for what, at in (("digest", digest_at), ("key", key_at))
        for layout in "AB"
    }


def packet_form(packet, layout):
    form = {"layout": layout, **places(packet)}
    if layout:
        at = digest_at(packet, layout)
        form["digest"] = packet[at : at + 32].hex()
    return [{"digest-packet": form}]


def worked():
    """V2, as printed."""
    assert filler(1, 16).hex() == "c67e816b4bfbe2fb54f6bddf7c1ce187"
    printed = {
        "A": (
            572,
            "4a2e03544347cb3bb9cbbb1851f74ca0f3d785e7756316a4587ac660c8abb2fe",
            "23ea3cc941a880a8207d555fc15f30f6f4bbf4d8748f6da3eb9d7d41a7a33207",
            554,
            "94cd4fa81eb1e27aac2a6c5459dc533ec32b93e2e0f49bdbbdf55248987fe019",
            "153c8b5ef01a32f5c036aaf92a2606891ffff776d7491301564e2b23551eb656",
            "67235ac49e484579e430ca73a6f31ea979fa4d71953c83b7c071cde4020d8059",
            "a5d644975cab6ea76741ac6ab3df2d1f7e486f770b125462a8e27e5bf0ebedbe",
            "f211874b1946719dcbb2b9f8dbc99428af541a2339bc55610c63866f5c27ac7c",
            "cea5a22c930992a835590e98d0f27b0b3667b44d78297829bcd32171e581a286",
            "5422bad1631fbd436e208e3bbf23ed29e21d8ccd64acad3d3a8693cd06dde8e6",
            "fdfbfefc2f23c240d6dc88c38d4502356f170b144966b19ad132eb0469d2a2a3",
        ),
        "B": (
            1060,
            "f9f85125e78a429455e14d66197c3883e5b445bd0192d31c530b20294a9634bf",
            "c64ea620e6b1bdc02206103e5eaf4f008063ea0e80b3eff23437e43dd4050b14",
            1164,
            "299ad7cd9816c995003e23f2b21fb80671b80377cf434fab1e829d6c32c25182",
            "11fb245cb445f6e381bac4d5fedc6da7f1cfdbdcf4931f276b4d0c9fb25d8826",
            "7b8d548b853a5cf7e44207772062eab21023bf78be85d375632023cfb3455849",
            "e52186599e89fc2bc1ba8097f7d98a56d92b9a79a5708339bde377fb2b5368c4",
            "26ae05ed8b5a868308736c854ff73deed28de596ca68fb0f36b15b934f585f0c",
            "9ad09a3904aaa5175f1d0a06dab800d92e70a342870986a1266ba32264721169",
            "b49a70376852d9fe115c046500c43f6dcd59db4e3bc4f8b229b02e2bebe301fb",
            "073409b3952f2c370234ba5317bbea31317717f901050beae07fa69fac04abcf",
        ),
    }
    for layout, row in printed.items():
        c1, at, digest = first("C", layout)
        s1, s_at, s_digest = first("S", layout, 0x01020304, "04050001", 2)
        s2, s_key = second("S", digest, 3)
        c2, c_key = second("C", s_digest, 4)
        assert (at, digest.hex(), sha256(c1), s_at, s_digest.hex(), sha256(s1)) == row[:6]
        assert (s_key.hex(), s2[1504:].hex(), sha256(s2)) == row[6:9] and (c_key.hex(), c2[1504:].hex(), sha256(c2)) == row[9:]
        name = layout.lower()
        for kind, packet in (("c1", c1), ("s1", s1)):
            family.group(packet=kind)(
                f"digest-{kind}-v2-{name}",
                f"{kind.upper()} of layout {layout}",
                "HSD-002 HSD-003 HSD-010 "
                + ("HSD-004 HSD-006" if layout == "A" else "HSD-005 HSD-007")
                + (" HSD-008" if kind == "c1" else " HSD-009"),
                packet,
                packet_form(packet, layout),
            )
        for kind, packet, peer, key, rule in (("s2", s2, digest, s_key, "HSD-012"), ("c2", c2, s_digest, c_key, "HSD-013")):
            add = family.group(packet=kind, peer_digest=peer.hex())
            form = lambda valid: [{"signature": {"answer_key": key.hex(), "valid": valid}}]
            add(f"digest-{kind}-v2-{name}", f"{kind.upper()} of layout {layout}", f"{rule} HSD-017", packet, form(True))
            changed = bytearray(packet)
            changed[-1] ^= 1
            add(
                f"digest-{kind}-changed-signature-{name}",
                f"{kind.upper()} with one bit of its signature changed",
                rule,
                bytes(changed),
                form(False),
            )
            changed = bytearray(packet)
            changed[0] ^= 0x80
            add(
                f"digest-{kind}-changed-body-{name}",
                f"{kind.upper()} with its first bit changed",
                rule,
                bytes(changed),
                form(False),
            )
            other = bytearray(packet)
            other[1504:] = sign(key, packet)
            add(
                f"digest-{kind}-over-all-{name}",
                f"{kind.upper()} signed over all of its bytes",
                rule,
                bytes(other),
                form(False),
            )
    zero, ones = bytes(1536), b"\xff" * 1536
    assert (digest_at(zero, "A"), digest_at(zero, "B"), key_at(zero, "A"), key_at(zero, "B")) == (12, 776, 772, 8)
    assert (digest_at(ones, "A"), digest_at(ones, "B"), key_at(ones, "A"), key_at(ones, "B")) == (304, 1068, 1160, 396)
    for kind in ("c1", "s1"):
        for name, packet in (("zero", zero), ("ones", ones)):
            family.group(packet=kind)(
                f"digest-{kind}-all-{name}",
                f"a packet of {name}: offsets, no digest",
                "HSD-019 HSD-004 HSD-005 HSD-006 HSD-007 HSD-022",
                packet,
                packet_form(packet, None),
            )


def edges():
    four = lambda total: bytes([min(255, max(0, total - 255 * i)) for i in range(4)])
    for maker in "CS":
        kind, key = f"{maker.lower()}1", PLAYER if maker == "C" else SERVER
        add, rule = family.group(packet=kind), "HSD-008" if maker == "C" else "HSD-009"
        for layout in "AB":
            rules = f"HSD-003 {rule} " + ("HSD-004" if layout == "A" else "HSD-005")
            name = layout.lower()
            for total in (0, 1, 727, 728, 729, 1019, 1020):
                assert sum(four(total)) == total
                packet, at, _ = first(maker, layout, offsets=four(total))
                assert at == (12 if layout == "A" else 776) + total % 728
                add(
                    f"digest-{kind}-sum-{total}-{name}",
                    f"{kind.upper()} of layout {layout}, offset bytes with the sum {total}",
                    f"{rules} HSD-019",
                    packet,
                    packet_form(packet, layout),
                    **({"flags": ["ByteSum"]} if total > 255 else {}),
                )
            base = 1532 if layout == "A" else 768
            for total in (0, 631, 632, 1020):
                packet = blank(0, "80000302", 7)
                packet[base : base + 4] = four(total)
                imprint(packet, layout, key)
                # The digest of layout B may cover the offset bytes of the key of layout A.
                add(
                    f"digest-{kind}-key-sum-{total}-{name}",
                    f"{kind.upper()} of layout {layout}, key offset bytes with the sum {total}",
                    "HSD-006" if layout == "A" else "HSD-007",
                    bytes(packet),
                    packet_form(packet, layout),
                )
            wrong = {
                "changed": lambda p: p[:100] + bytes([p[100] ^ 1]) + p[101:],
                "changed-time": lambda p: bytes([p[0] ^ 0x80]) + p[1:],
                "changed-digest": lambda p: (
                    p[: digest_at(p, layout)] + bytes([p[digest_at(p, layout)] ^ 1]) + p[digest_at(p, layout) + 1 :]
                ),
            }
            good = first(maker, layout, seed=11)[0]
            for id, change in wrong.items():
                packet = change(good)
                add(
                    f"digest-{kind}-{id}-{name}",
                    f"{kind.upper()} of layout {layout} with one bit {id.replace('-', ', ')}",
                    f"{rule} HSD-022",
                    packet,
                    packet_form(packet, None),
                )
            for id, other in (("full-key", PLAYER_KEY), ("peers-key", SERVER if maker == "C" else PLAYER)):
                packet = blank(0, "0a002d02", 12)
                imprint(packet, layout, other)
                add(
                    f"digest-{kind}-{id}-{name}",
                    f"{kind.upper()} of layout {layout} made with another key: {id}",
                    f"{rule} HSD-017",
                    bytes(packet),
                    packet_form(packet, None),
                )
            packet = blank(0, "0a002d02", 13)
            at = digest_at(packet, layout)
            packet[at : at + 32] = bytes(32)
            packet[at : at + 32] = sign(key, packet)
            add(
                f"digest-{kind}-over-zeros-{name}",
                f"{kind.upper()} of layout {layout} with a digest over all 1536 bytes, zeros in its place",
                f"{rule} HSD-022",
                bytes(packet),
                packet_form(packet, None),
            )
            packet = blank(0, "0a002d02", 14)
            base = 8 if layout == "A" else 772
            packet[base : base + 4] = b"\0\0\3\1"
            at = struct.unpack(">I", packet[base : base + 4])[0] % 728 + base + 4
            packet[at : at + 32] = sign(key, packet[:at] + packet[at + 32 :])
            add(
                f"digest-{kind}-offset-as-number-{name}",
                f"{kind.upper()} of layout {layout} with the offset bytes read as one number",
                "HSD-019 HSD-003",
                bytes(packet),
                packet_form(packet, None),
                flags=["ByteSum"],
            )
        packet = bytes(blank(5, "00000000", 15))
        add(f"digest-{kind}-plain", f"a plain {kind.upper()}", "HSD-022 HS-029", packet, packet_form(packet, None))


def flows():
    for role, maker in (("server", "C"), ("client", "S")):
        add, c = family.group(role=role), maker
        rule = "HSD-010 HSD-011 HSD-012" if role == "server" else "HSD-013 HSD-009"

        def stand(packet, consumed, done, layout, digest, version=3):
            sent = [1537 if maker == "S" and not done else 3073, 3073]  # as in handshake.py
            form = {"done": done, "consumed": consumed, "peer_version": version, "sent": sent, "layout": layout}
            if layout:
                form["answer_key"] = sign(
                    {"C": b"Genuine Adobe Flash Media Server 001", "S": b"Genuine Adobe Flash Player 001"}[maker]
                    + PLAYER_KEY[30:],
                    digest,
                ).hex()
            else:
                form["echo_time"] = struct.unpack(">I", packet[:4])[0]
                form["echo_random_sha256"] = sha256(packet[8:])
            return [{"digest-handshake": form}]

        for layout in "AB":
            packet, _, digest = first(maker, layout, 0x01020304, "80000302", 21)
            name = layout.lower()
            echo = [("an echo instead", stand(packet, 1537, False, None, None))]
            add(
                f"digest-{role}-begun-{name}",
                f"{c}0 and {c}1 of layout {layout}: the answer is signed",
                f"{rule} HSD-021 HSD-001",
                [b"\3", packet],
                stand(packet, 1537, False, layout, digest),
                pending=True,
                feeds=[1, 4, 700],
                result="lenient",
                flags=["NoDigestSupport"],
                allow=["accept", "alternative"],
                alternatives=echo,
            )
            last = filler(22, 1536)
            for id, parts, consumed in (
                ("bad-signature", [b"\3", packet, last], 3073),
                ("chunk-follows", [b"\3", packet, last, CHUNK], 3073),
            ):
                add(
                    f"digest-{role}-{id}-{name}",
                    f"{c}2 with a wrong signature" + ("; a chunk follows" if id == "chunk-follows" else ""),
                    "HSD-014 HSD-016 HSD-021" if role == "server" else "HSD-016",
                    parts,
                    stand(packet, consumed, True, layout, digest),
                    result="lenient",
                    flags=["BadSignature"],
                    allow=["accept", "close", "alternative"],
                    alternatives=[("an echo instead", stand(packet, consumed, True, None, None))],
                    feeds=[1537, 1530],
                )
            changed = bytes([packet[0] ^ 1]) + packet[1:]
            add(
                f"digest-{role}-wrong-{name}",
                f"{c}1 of layout {layout} with a wrong digest: plain",
                "HSD-022 HS-030 HSD-020" if role == "server" else "HSD-015",
                [b"\3", changed],
                stand(changed, 1537, False, None, None),
                result="lenient",
                flags=["NoDigest"],
                allow=["accept", "close"],
                pending=True,
                feeds=[5, 1000],
            )
        plain = bytes(blank(7, "00000000", 23))
        add(
            f"digest-{role}-plain",
            f"a plain {c}1: plain answer",
            "HS-029 HSD-015",
            [b"\3", plain],
            stand(plain, 1537, False, None, None),
            pending=True,
            feeds=[1],
        )


worked()
edges()
flows()
