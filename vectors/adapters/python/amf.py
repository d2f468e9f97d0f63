# SPDX-License-Identifier: CC0-1.0
"""Py3AMF (PyPI: py3amf, MIT), its decoders of AMF0 and AMF3."""

import datetime
import struct
from importlib.metadata import version

import peers  # noqa: F401
import pyamf
import pyamf.amf0
import pyamf.amf3
import pyamf.flex
import pyamf.xml

from adapter import nested, serve

EPOCH = datetime.datetime(1970, 1, 1)


class Amf3:
    """A value that stood behind the marker 0x11 of AMF0."""

    def __init__(self, value):
        self.value = value


class Amf0Decoder(pyamf.amf0.Decoder):
    def readAMF3(self):
        return Amf3(super().readAMF3())


def read(decoder):
    # Iterating over the decoder would take bytes that end inside a value for the end of the values.
    while not decoder.stream.at_eof():
        yield decoder.readElement()


def bits(number):
    return struct.pack(">d", number).hex()


def date(value):
    return bits((value - EPOCH) / datetime.timedelta(microseconds=1) / 1000)


def simple(value):
    """The forms that both formats share; None for any other value."""
    if value is None:
        return {"type": "null"}
    if value is pyamf.Undefined:
        return {"type": "undefined"}
    if isinstance(value, bool):
        return {"type": "boolean", "value": value}
    if isinstance(value, str):
        return {"type": "string", "value": value}
    return None


class Objects:
    """Objects in the order in which they began; the second sight of one is a reference to it."""

    def __init__(self):
        self.seen, self.count = {}, 0

    def index(self, value):
        """The index of an object that was there before, None for a new one."""
        if id(value) in self.seen:
            return self.seen[id(value)]
        self.seen[id(value)] = self.count
        self.count += 1
        return None


def properties(members, form):
    return [{"key": str(key), "value": form(value)} for key, value in members.items()]


def form0(values):
    objects, inner = Objects(), Objects()

    @nested({"type": "null"})
    def form(value):
        if (said := simple(value)) is not None:
            return said
        if isinstance(value, Amf3):
            return {"type": "amf3", "value": form3([value.value], inner)[0]["amf3"]}
        if isinstance(value, (int, float)):
            return {"type": "number", "bits": bits(value)}
        if isinstance(value, datetime.datetime):
            return {"type": "date", "bits": date(value), "zone": 0}
        if pyamf.xml.is_xml(value):
            return {"type": "xml-document", "value": ""}
        if (index := objects.index(value)) is not None:
            return {"type": "reference", "index": index}
        if isinstance(value, pyamf.MixedArray):
            return {"type": "ecma-array", "count": 0, "properties": properties(value, form)}
        if isinstance(value, pyamf.TypedObject):
            return {"type": "typed-object", "class": text(value.alias), "properties": properties(value, form)}
        if isinstance(value, pyamf.ASObject):
            return {"type": "object", "properties": properties(value, form)}
        if isinstance(value, list):
            return {"type": "strict-array", "items": [form(item) for item in value]}
        raise TypeError(f"no form for {type(value)}")

    return [form(value) for value in values]


def text(name):
    return name.decode("utf-8") if isinstance(name, bytes) else name


def form3(values, objects=None):
    objects = objects or Objects()

    def members(items):
        return [{"key": text(key), "value": form(value)} for key, value in items]

    @nested({"type": "null"})
    def form(value):
        if (said := simple(value)) is not None:
            return said
        if isinstance(value, bytes):
            return {"type": "string", "value": text(value)}
        if isinstance(value, int):
            return {"type": "integer", "value": value}
        if isinstance(value, float):
            return {"type": "double", "bits": bits(value)}
        if (index := objects.index(value)) is not None:
            return {"type": "reference", "index": index}
        if isinstance(value, datetime.datetime):
            return {"type": "date", "bits": date(value)}
        if pyamf.xml.is_xml(value):
            return {"type": "xml-document", "value": ""}
        if isinstance(value, pyamf.amf3.ByteArray):
            return {"type": "byte-array", "hex": value.getvalue().hex()}
        if isinstance(value, pyamf.flex.ArrayCollection):
            # It keeps the items of its array, not the array, which has an index.
            objects.count += 1
            array = {"type": "array", "associative": [], "dense": [form(item) for item in value]}
            return {"type": "externalizable", "class": "flex.messaging.io.ArrayCollection", "value": array}
        if isinstance(value, pyamf.flex.ObjectProxy):
            proxied = form(value._amf_object)
            return {"type": "externalizable", "class": "flex.messaging.io.ObjectProxy", "value": proxied}
        if isinstance(value, pyamf.MixedArray):
            named = members((key, item) for key, item in value.items() if not isinstance(key, int))
            dense = [form(item) for key, item in value.items() if isinstance(key, int)]
            return {"type": "array", "associative": named, "dense": dense}
        # ObjectProxy keeps a plain dict.
        if isinstance(value, dict):
            name = text(value.alias) if isinstance(value, pyamf.TypedObject) else ""
            found = members(value.items())
            return {"type": "object", "class": name, "dynamic": True, "sealed": [], "members": found}
        if isinstance(value, tuple) and len(value) == 2:
            entries = [{"key": form(key), "value": form(item)} for key, item in value[0].items()]
            return {"type": "dictionary", "weak": bool(value[1]), "entries": entries}
        if isinstance(value, list):
            return {"type": "array", "associative": [], "dense": [form(item) for item in value]}
        raise TypeError(f"no form for {type(value)}")

    return [{"amf3": form(value)} for value in values]


serve(
    "Py3AMF",
    version("py3amf"),
    {
        "amf0-v1": (lambda _, data: read(Amf0Decoder(data)), form0),
        "amf3-v1": (lambda _, data: read(pyamf.amf3.Decoder(data)), form3),
    },
    loses=["ecma-count", "date-zone", "unsupported", "xml-text", "sealed"],
    note="readElement() until the end of the stream, pyamf.flex imported",
)
