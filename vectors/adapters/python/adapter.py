# SPDX-License-Identifier: CC0-1.0
"""The line protocol of ../../PROTOCOL.md for an adapter in Python. Copy it; it needs nothing else.

    serve("my decoder", "1.2", {"amf0-v1": (read, form)}, loses=["order"])

- read(request, data) calls the decoder and yields what it finds, in the decoder's own objects. What it raises is the
  decoder's error. It may raise Cannot for a request that the decoder has no way to be asked.
- form(values) turns these objects into the forms of ../../README.md. What it raises is a fault of the adapter and is
  answered with `cannot`, never with `error`.

In place of the pair, a function verdict(request, data) that raises is enough for a decoder that only takes or refuses.
"""

import json
import os
import sys
import traceback


class Cannot(Exception):
    """This request cannot be put to the decoder; the text says why."""


def reads(request, data):
    """The bytes in the reads that the request names; one read where it names none."""
    every, sizes = request.get("every"), list(request.get("reads") or [])
    if every:
        sizes = [every] * (len(data) // every)
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    if at < len(data) or at == 0:
        yield data[at:]


def nested(cut):
    """For a function that turns a value into its form: `cut` in place of what lies deeper than 32 levels."""

    def around(form):
        depth = 0

        def deeper(value):
            nonlocal depth
            if depth > 32:
                return cut
            depth += 1
            try:
                return form(value)
            finally:
                depth -= 1

        return deeper

    return around


def answer(family, request):
    read, form = family if isinstance(family, tuple) else (family, None)
    data, values, error = bytes.fromhex(request["bytes"]), [], None
    try:
        for value in read(request, data) or ():
            values.append(value)
    except Cannot as reason:
        return {"cannot": str(reason)}
    except Exception as reason:
        error = f"{type(reason).__name__}: {reason}"[:500]
    if form is None:
        return {"error": error}
    try:
        found = form(values)
        json.dumps(found)
        return {"yields": found, "error": error}
    except Exception as fault:
        traceback.print_exc()
        return {"cannot": f"adapter: {type(fault).__name__}: {fault}"[:500]}


def serve(name, version, families, loses=(), note=None):
    """Answers requests until the input ends."""
    # What a library prints must not come between the answers.
    out, sys.stdout = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8"), sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        if "hello" in request:
            kinds = {family: "yields" if isinstance(how, tuple) else "verdict" for family, how in families.items()}
            said = {"name": name, "version": version, "families": kinds, "loses": list(loses)}
            if note:
                said["note"] = note
        elif request["family"] in families:
            said = {"n": request["n"], **answer(families[request["family"]], request)}
        else:
            said = {"n": request["n"], "cannot": "no such family here"}
        print(json.dumps(said), file=out, flush=True)
