"""Writers for the bytes of RTMP, and the forms in which vectors state what a decoder is to find.

Written from the specifications, for the vectors alone: nothing here decodes, so that no expectation
can come from a decoder. Standard library only.
"""

import hashlib
import math
import struct


def filler(seed, length):
    """Payload bytes that look random: x = (x*1103515245+12345) mod 2^31, byte = bits 16..23."""
    x, out = seed, bytearray()
    for _ in range(length):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        out.append((x >> 16) & 0xFF)
    return bytes(out)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# Chunk stream (RTMP 5.3)

EXTENDED = 0xFFFFFF


def basic(fmt, csid, form=None):
    """Basic header; `form` is its length in bytes, by default the smallest that holds the id."""
    if form is None:
        form = 1 if csid < 64 else 2 if csid < 320 else 3
    if form == 1:
        return bytes([fmt << 6 | csid])
    if form == 2:
        return bytes([fmt << 6, csid - 64])
    return bytes([fmt << 6 | 1]) + struct.pack("<H", csid - 64)


def u24(number):
    return number.to_bytes(3, "big")


def u32(number):
    return struct.pack(">I", number)


def header(fmt, csid, time=0, length=0, kind=0, msid=0, form=None, extended=None):
    """One chunk header. For fmt 3 `extended` is the value to repeat, or None."""
    out = basic(fmt, csid, form)
    if fmt == 3:
        return out + (u32(extended) if extended is not None else b"")
    out += u24(min(time, EXTENDED))
    if fmt < 2:
        out += u24(length) + bytes([kind])
    if fmt == 0:
        out += struct.pack("<I", msid)
    return out + (u32(time) if time >= EXTENDED else b"")


class Message:
    """What a receiver is to find."""

    def __init__(self, ts, payload, kind=9, csid=6, msid=1):
        self.ts, self.payload, self.kind, self.csid, self.msid = ts, payload, kind, csid, msid

    def yields(self, **more):
        return {"type": self.kind, "csid": self.csid, "msid": self.msid, "ts": self.ts,
                "len": len(self.payload), "sha256": sha256(self.payload), **more}

    def chunks(self, fmt=0, time=None, size=128, form=None, extended=None, repeat=True):
        """The message as a list of chunks. `time` is the timestamp or delta in the first header;
        `extended` is the value in force when fmt is 3; without `repeat` the type 3 chunks lack it."""
        if time is None:
            time = self.ts
        if fmt < 3:
            extended = time if time >= EXTENDED else None
        first = header(fmt, self.csid, time, len(self.payload), self.kind, self.msid, form, extended)
        out = [first + self.payload[:size]]
        for at in range(size, len(self.payload), size):
            more = header(3, self.csid, form=form, extended=extended if repeat else None)
            out.append(more + self.payload[at:at + size])
        return out


def control(kind, body, csid=2, msid=0, ts=0):
    return Message(ts, body, kind, csid, msid)


def user_control(event, body, **more):
    return control(4, struct.pack(">H", event) + body, **more)


# AMF0: each function returns (bytes, value form)


def double(number):
    return struct.pack(">d", number)


def form_of_double(bits):
    number = struct.unpack(">d", bits)[0]
    return {"bits": bits.hex(), "value": number if math.isfinite(number) else None}


def number(value=None, bits=None):
    bits = double(value) if bits is None else bytes.fromhex(bits)
    return b"\0" + bits, {"type": "number", **form_of_double(bits)}


def boolean(value, byte=None):
    return bytes([1, int(value) if byte is None else byte]), {"type": "boolean", "value": value}


def short(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def long(text):
    data = text.encode()
    return u32(len(data)) + data


def string(text):
    return b"\2" + short(text), {"type": "string", "value": text}


def long_string(text):
    return b"\x0c" + long(text), {"type": "string", "value": text}


def xml(text):
    return b"\x0f" + long(text), {"type": "xml-document", "value": text}


NULL = (b"\5", {"type": "null"})
UNDEFINED = (b"\6", {"type": "undefined"})
UNSUPPORTED = (b"\x0d", {"type": "unsupported"})
END = b"\0\0\x09"


def reference(index):
    return b"\7" + struct.pack(">H", index), {"type": "reference", "index": index}


def date(millis, zone=0):
    bits = double(millis)
    return (b"\x0b" + bits + struct.pack(">h", zone),
            {"type": "date", **form_of_double(bits), "zone": zone})


def pairs(properties):
    data = b"".join(short(key) + value[0] for key, value in properties) + END
    return data, [{"key": key, "value": value[1]} for key, value in properties]


def obj(*properties):
    data, form = pairs(properties)
    return b"\3" + data, {"type": "object", "properties": form}


def typed(name, *properties):
    data, form = pairs(properties)
    return b"\x10" + short(name) + data, {"type": "typed-object", "class": name, "properties": form}


def ecma(*properties, count=None):
    data, form = pairs(properties)
    count = len(properties) if count is None else count
    return b"\x08" + u32(count) + data, {"type": "ecma-array", "count": count, "properties": form}


def strict(*items):
    data = b"\x0a" + u32(len(items)) + b"".join(item[0] for item in items)
    return data, {"type": "strict-array", "items": [item[1] for item in items]}


def wire(*values):
    return b"".join(value[0] for value in values)


def forms(*values):
    return [value[1] for value in values]
