"""Writers for AMF3 and the forms in which vectors state its values.

As in wire.py each function returns (bytes, value form). References depend on what was written before,
so the vectors state them by hand: nothing here keeps a table.
"""

from wire import double, form_of_double, u32

MAX = 0x1FFFFFFF


def u29(number):
    """A3 1.3.1: seven bits in each of the first three bytes, eight in the fourth."""
    assert 0 <= number <= MAX
    if number < 0x80:
        return bytes([number])
    if number < 0x4000:
        return bytes([number >> 7 | 0x80, number & 0x7F])
    if number < 0x200000:
        return bytes([number >> 14 | 0x80, number >> 7 & 0x7F | 0x80, number & 0x7F])
    return bytes([number >> 22 | 0x80, number >> 15 & 0x7F | 0x80, number >> 8 & 0x7F | 0x80, number & 0xFF])


def text(value):
    """A string without its marker: name of a key, member or class."""
    data = value.encode()
    return u29(len(data) << 1 | 1) + data


EMPTY = b"\1"


def ref(index):
    return u29(index << 1)


UNDEFINED = (b"\0", {"type": "undefined"})
NULL = (b"\1", {"type": "null"})
FALSE = (b"\2", {"type": "boolean", "value": False})
TRUE = (b"\3", {"type": "boolean", "value": True})


def integer(value):
    return b"\4" + u29(value & MAX), {"type": "integer", "value": value}


def real(value=None, bits=None):
    bits = double(value) if bits is None else bytes.fromhex(bits)
    return b"\5" + bits, {"type": "double", **form_of_double(bits)}


def string(value):
    return b"\6" + text(value), {"type": "string", "value": value}


def string_ref(index, value):
    return b"\6" + ref(index), {"type": "string", "value": value}


def xml(value, marker=0x0B):
    return bytes([marker]) + text(value), {"type": {7: "xml-document", 11: "xml"}[marker], "value": value}


def date(millis=None, bits=None, flag=1):
    bits = double(millis) if bits is None else bytes.fromhex(bits)
    return b"\x08" + u29(flag) + bits, {"type": "date", **form_of_double(bits)}


def pairs(members):
    """Key bytes are written as given; a plain string is a literal."""
    data, form = b"", []
    for key, value in members:
        name, raw = key if isinstance(key, tuple) else (key, text(key))
        data += raw + value[0]
        form.append({"key": name, "value": value[1]})
    return data + EMPTY, form


def array(*dense, assoc=(), count=None):
    data, form = pairs(assoc)
    head = u29((len(dense) if count is None else count) << 1 | 1)
    return (
        b"\x09" + head + data + b"".join(v[0] for v in dense),
        {"type": "array", "associative": form, "dense": [v[1] for v in dense]},
    )


def obj(*members, name="", sealed=(), dynamic=True, raw_name=None, traits=None):
    """`sealed` and `members` are (key, value); `traits` is the index of traits written before."""
    if traits is None:
        head = u29(len(sealed) << 4 | dynamic << 3 | 3) + (text(name) if raw_name is None else raw_name)
        for key, _ in sealed:
            head += key[1] if isinstance(key, tuple) else text(key)
    else:
        head = u29(traits << 2 | 1)
    names = [key[0] if isinstance(key, tuple) else key for key, _ in sealed]
    data = b"".join(value[0] for _, value in sealed)
    rest, form = pairs(members) if dynamic else (b"", [])
    return b"\x0a" + head + data + rest, {
        "type": "object",
        "class": name,
        "dynamic": bool(dynamic),
        "sealed": [{"key": k, "value": v[1]} for k, (_, v) in zip(names, sealed, strict=True)],
        "members": form,
    }


def byte_array(data):
    return b"\x0c" + u29(len(data) << 1 | 1) + data, {"type": "byte-array", "hex": data.hex()}


def vector(kind, *items, fixed=False, name="", raw_name=None, flag=None):
    marker = {"int": 13, "uint": 14, "double": 15, "object": 16}[kind]
    data = bytes([marker]) + u29(len(items) << 1 | 1) + bytes([fixed if flag is None else flag])
    form = {"type": f"vector-{kind}", "fixed": bool(fixed)}
    if kind == "object":
        data += text(name) if raw_name is None else raw_name
        form["class"] = name
        form["items"] = [v[1] for v in items]
        return data + b"".join(v[0] for v in items), form
    if kind == "double":
        form["items"] = [double(v).hex() for v in items]
        return data + b"".join(double(v) for v in items), form
    form["items"] = list(items)
    return data + b"".join(u32(v & 0xFFFFFFFF) for v in items), form


def dictionary(*entries, weak=False):
    return (
        b"\x11" + u29(len(entries) << 1 | 1) + bytes([weak]) + b"".join(k[0] + v[0] for k, v in entries),
        {"type": "dictionary", "weak": weak, "entries": [{"key": k[1], "value": v[1]} for k, v in entries]},
    )


def reference(marker, index):
    return bytes([marker]) + ref(index), {"type": "reference", "index": index}
