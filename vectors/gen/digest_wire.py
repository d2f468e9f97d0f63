"""C1, S1, C2 and S2 of the digest handshake (HSD-002 to HSD-017) and the ciphers of RTMPE."""

import hashlib
import hmac
import struct

from wire import filler

TAIL = bytes.fromhex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae")
PLAYER, SERVER = b"Genuine Adobe Flash Player 001", b"Genuine Adobe Flash Media Server 001"
PLAYER_KEY, SERVER_KEY = PLAYER + TAIL, SERVER + TAIL
assert (len(PLAYER), len(SERVER), len(PLAYER_KEY), len(SERVER_KEY)) == (30, 36, 62, 68)
# RFC 2409 6.2.
PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


def sign(key, data):
    return hmac.new(key, bytes(data), hashlib.sha256).digest()


def blank(time, version, seed):
    return bytearray(struct.pack(">I", time) + bytes.fromhex(version) + filler(seed, 1528))


def digest_at(packet, layout):
    base = 8 if layout == "A" else 772
    return sum(packet[base : base + 4]) % 728 + base + 4


def key_at(packet, layout):
    return sum(packet[1532:1536]) % 632 + 772 if layout == "A" else sum(packet[768:772]) % 632 + 8


def imprint(packet, layout, key):
    at = digest_at(packet, layout)
    digest = sign(key, packet[:at] + packet[at + 32 :])
    packet[at : at + 32] = digest
    return at, digest


def first(maker, layout, time=0, version="0a002d02", seed=1, offsets=None, public=None):
    """C1 or S1: `offsets` are four bytes for the place of the digest, `public` a Diffie-Hellman key."""
    packet = blank(time, version, seed)
    if offsets is not None:
        base = 8 if layout == "A" else 772
        packet[base : base + 4] = offsets
    if public is not None:
        at = key_at(packet, layout)
        packet[at : at + 128] = public
    at, digest = imprint(packet, layout, {"C": PLAYER, "S": SERVER}[maker])
    return bytes(packet), at, digest


def second(maker, digest, seed):
    """C2 or S2 that answers the packet with `digest`."""
    packet = bytearray(filler(seed, 1536))
    key = sign({"C": PLAYER_KEY, "S": SERVER_KEY}[maker], digest)
    packet[1504:] = sign(key, packet[:1504])
    return bytes(packet), key


def rc4(key, data, skip=1536):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in bytes(skip) + data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out[skip:])


def xtea(words, block, order="<"):
    a, b = struct.unpack(f"{order}II", block)
    total, mask = 0, 0xFFFFFFFF
    for _ in range(32):
        a = a + ((b << 4 & mask ^ b >> 5) + b ^ total + words[total & 3]) & mask
        total = total + 0x9E3779B9 & mask
        b = b + ((a << 4 & mask ^ a >> 5) + a ^ total + words[total >> 11 & 3]) & mask
    return struct.pack(f"{order}II", a, b)


def pi_words(count):
    """The first `count` 32-bit words of the fraction of pi, by Machin's formula."""
    bits = 32 * count + 64
    one = 1 << bits

    def arctan(inverse):
        term = total = one // inverse
        n, sign_ = 3, -1
        while term:
            term //= inverse * inverse
            total += sign_ * (term // n)
            n, sign_ = n + 2, -sign_
        return total

    fraction = (16 * arctan(5) - 4 * arctan(239)) % one >> 64
    return [fraction >> 32 * (count - 1 - i) & 0xFFFFFFFF for i in range(count)]


PI = pi_words(18 + 1024)


class Blowfish:
    def __init__(self, key):
        self.p, self.s = PI[:18], [PI[18 + 256 * i : 18 + 256 * (i + 1)] for i in range(4)]
        repeated = key * (72 // len(key) + 1)
        self.p = [word ^ int.from_bytes(repeated[4 * i : 4 * i + 4], "big") for i, word in enumerate(self.p)]
        a = b = 0
        for table in (self.p, *self.s):
            for i in range(0, len(table), 2):
                a, b = self.words(a, b)
                table[i : i + 2] = a, b

    def words(self, a, b):
        for i in range(16):
            a ^= self.p[i]
            s = self.s
            b ^= ((s[0][a >> 24] + s[1][a >> 16 & 255] ^ s[2][a >> 8 & 255]) + s[3][a & 255]) & 0xFFFFFFFF
            a, b = b, a
        return b ^ self.p[17], a ^ self.p[16]

    def block(self, data, order="<"):
        return struct.pack(f"{order}II", *self.words(*struct.unpack(f"{order}II", data)))


# Published vectors of the two ciphers.
assert xtea(struct.unpack(">4I", bytes(range(16))), b"ABCDEFGH", ">").hex() == "497df3d072612cb5"
assert Blowfish(bytes(8)).block(bytes(8), ">").hex() == "4ef997456198dd78"
# Constants of RTMPE, used in the signatures of types 8 and 9 (taken as facts from the sources of librtmp and FFmpeg).
XTEA_KEYS = [
    [int(row[i : i + 8], 16) for i in range(0, 32, 8)]
    for row in """
bff034b211d9081fccdfb795748de732 086a5eb61743090e6ef05ab8fe5a39e2 7b10956f76ce05212388a73a440149a1
a943f317ebf11bb2a691a5ee17f36339 7a30e00ab529e22ca087aea5c0cb79ac bdce0c232febdeff1cfaae161123239d
55dd3f7b77e7e62e9bb8c499c9481ee4 407bb6b471e89136a7aebf55ca33b839 fcf6bdc3b63c36977ce4f82504d959b2
28e091fd41954c4c7fb7db00e3a066f8 57845b764f251b0346d45bcda2c30d29 0acceef8da55b546034734525863713b
b82075dca75f1feed84268e8a72a44cc 07cf6e9ea16d7b259fa7ae6cd92f5629 feb1eae48c8c3ce14e0064a76a387c2a
""".split()
]
BLOWFISH_KEYS = [
    bytes.fromhex(row)
    for row in """
7934774c67d1383adfb356be8b7bd02438e07358415d6967 46f6b4cc0193e3a19e7d3c655586fd098ff7b3c46f41ca5c
1ae7e2f3f9147994c0d39743087bb384432f9d843f21019b d3e354b0f71df62b5a434d0483643e0d592f61cbb16a590d
c8c1e9b8165699217b5b36b7b59bdf06492c97f59548857e ebe5e62ea4bad42cf216e08f6623a94341ce381484950053
66db90f03b4ff56fe49c2089355ed2b2c39e9f7f63b22881 bb20aced2a046a1994989bc8ffcd93efc60d56a7eb13d930
bcf2438209408a8725436de6bba4b944583f217c99bb3f24 ec1aaacdcebd5311d2fb83b6c3baab4f6279e865a9922876
c60c300391182d7b79dae1d564779a12c5b1d7914f964ca3 d77c2abfa6e7857c45adff1294d8dea45c3d79a444025d22
16190d816a4cc7f8b8f94ecd2c9e9084b2082560e11eae18 e97c58261b519e49826061fca0a01bcdf505d6a66d0788a3
2b97118bd94ed9df20e39c10e6a1352111f9130d0b2465b2
""".split()
]
assert len(XTEA_KEYS) == len(BLOWFISH_KEYS) == 15


def encipher(version, signature, answer_key):
    """Each 8-byte block with the key that the answer key's byte at its place chooses (RTMPE-012)."""
    if version == 6:
        return signature
    out = b""
    for at in range(0, 32, 8):
        chosen, block = answer_key[at] % 15, signature[at : at + 8]
        out += xtea(XTEA_KEYS[chosen], block) if version == 8 else Blowfish(BLOWFISH_KEYS[chosen]).block(block)
    return out
