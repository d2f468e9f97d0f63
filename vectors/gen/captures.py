#!/usr/bin/env python3
"""Writes ../captures/streams/* and ../captures/manifest.json from ../captures/*.pcapng.

    python3 captures.py            write the files
    python3 captures.py --check    compare with the files, change nothing; 1 if they differ

For each connection: the bytes of both directions, and what they consist of (connection-v1, the form of
`rtmpspec vectors import`). A connection that several captures hold is written once. Needs Python 3.11 or later and
nothing else. The output depends on nothing but these sources and the captures.
"""

import argparse
import hashlib
import json
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import captures_rtmp  # noqa: E402
import captures_tcp  # noqa: E402
from captures_tcp import Fault  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent.parent / "captures"
MADE, LICENCE = "2026-11-20", "CC0-1.0"
SIDES = ("to_server", "to_client")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def line(value):
    return json.dumps(value, separators=(",", ":"))


def listed(expected):
    """connection-v1 as `rtmpspec vectors import` writes it: one message per line."""
    def side(key):
        out = []
        for name, value in expected[key].items():
            if name == "messages" and value:
                value = "[\n" + ",\n".join(f"   {line(message)}" for message in value) + "\n  ]"
            else:
                value = line(value)
            out.append(f'  "{name}": {value}')
        return f' "{key}": {{\n' + ",\n".join(out) + "\n }"

    head = [f' "{key}": {line(expected[key])}' for key in ("schema", "client", "server", "handshake")]
    return ("{\n" + ",\n".join(head + [side(key) for key in SIDES]) + "\n}\n").encode()


def entry(name, capture, expected, data, files):
    out = {"name": name, "capture": capture, "list_sha256": digest(files[f"streams/{name}.json"])}
    for key in SIDES:
        about = {"bytes": expected[key]["bytes"]["total"]}
        if data is not None:
            about |= {"messages": len(expected[key]["messages"]), "sha256": digest(data[key])}
        elif expected[key]["encrypted"] is not None:
            about["encrypted"] = expected[key]["encrypted"]["kind"]
        out[key] = about
    return out


def build(folder, progress=lambda name: None):
    """Relative path to content of every generated file, and what was met."""
    files, captures, entries, seen = {}, [], [], {}
    met = {"chunks": 0, "continued": 0, "extended": 0}
    for path in sorted(folder.glob("*.pcapng")):
        progress(path.name)
        content = path.read_bytes()
        captures.append({"path": path.name, "bytes": len(content), "sha256": digest(content)})
        try:
            found = captures_tcp.connections(captures_tcp.packets(content))
            read = [captures_rtmp.connection(one) for one in found]
        except (Fault, IndexError, struct.error) as why:
            raise Fault(f"{path.name}: {why}") from None
        for number, (expected, data, facts) in enumerate(read, 1):
            name = f"{path.stem}.{number:03}"
            text = listed(expected)
            same = (text, *(data[key] for key in SIDES)) if data else (text, name)
            if same in seen:
                entries.append({"name": name, "capture": path.name, "same_as": seen[same]})
                continue
            seen[same] = name
            files[f"streams/{name}.json"] = text
            if data is not None:
                files |= {f"streams/{name}.{key}.rtmp": data[key] for key in SIDES}
            for chunks in filter(None, facts.values()):
                met["chunks"] += chunks.count
                met["continued"] += chunks.continued
                met["extended"] += chunks.extended_chunks
            entries.append(entry(name, path.name, expected, data, files))
    stored = [one for one in entries if "same_as" not in one and "sha256" in one["to_server"]]
    manifest = {"schema": "captures-v1", "licence": LICENCE, "made": MADE, "captures": len(captures),
                "connections": len(entries), "streams": 2 * len(stored),
                "stream_bytes": sum(one[key]["bytes"] for one in stored for key in SIDES),
                "messages": sum(one[key]["messages"] for one in stored for key in SIDES)}
    text = [f' "{key}": {line(value)}' for key, value in manifest.items()]
    for key, rows in (("files", captures), ("contents", entries)):
        text.append(f' "{key}": [\n' + ",\n".join(f"  {line(row)}" for row in rows) + "\n ]")
    files["manifest.json"] = ("{\n" + ",\n".join(text) + "\n}\n").encode()
    return files, manifest | met


def self_check():
    captures_tcp.self_check()
    captures_rtmp.self_check()


def strays(folder, files):
    there = {f"streams/{path.name}" for path in (folder / "streams").glob("*")}
    return sorted(there - set(files))


def differences(folder, files):
    """Lines that say where the folder is not what is written here."""
    out = [f"captures/{path}: not written by gen/captures.py" for path in strays(folder, files)]
    for path, content in files.items():
        target = folder / path
        if not target.is_file():
            out.append(f"captures/{path}: missing")
        elif target.read_bytes() != content:
            out.append(f"captures/{path}: differs from what gen/captures.py writes")
    return out


def check():
    """The same for generate.py."""
    if not HERE.is_dir():
        print("the captures are not there: streams and lists not checked", file=sys.stderr)
        return []
    self_check()
    try:
        return differences(HERE, build(HERE)[0])
    except Fault as why:
        return [f"captures/{why}"]


def main():
    parser = argparse.ArgumentParser(description="Writes the streams and lists of the captures, or checks them.")
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--facts", action="store_true", help="say as JSON how much was read")
    arguments = parser.parse_args()
    terminal = sys.stderr.isatty()

    def progress(name):
        if terminal:
            print(f"\r\x1b[K{name}", end="", file=sys.stderr, flush=True)

    self_check()
    try:
        files, met = build(HERE, progress)
    except Fault as why:
        print(f"captures/{why}", file=sys.stderr)
        return 1
    finally:
        if terminal:
            print("\r\x1b[K", end="", file=sys.stderr)
    if arguments.check:
        errors = differences(HERE, files)
    else:
        errors = [f"captures/{path}: not written any more, remove it" for path in strays(HERE, files)]
        (HERE / "streams").mkdir(exist_ok=True)
        for path, content in files.items():
            (HERE / path).write_bytes(content)
    for error in errors:
        print(error, file=sys.stderr)
    if arguments.facts:
        print(line(met))
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
