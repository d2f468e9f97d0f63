#!/usr/bin/env python3
"""Writes ../data/*.json and ../manifest.json, from the modules beside this one and added/*.json.

    python3 generate.py            write the files
    python3 generate.py --check    compare with the files, change nothing; 1 if they differ

captures.py writes ../captures/streams and ../captures/manifest.json; --check compares these as well.

Needs Python 3.11 or later and nothing else. The output depends on nothing but these sources.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys
import tomllib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import aggregate  # noqa: E402,F401
import amf0  # noqa: E402,F401
import amf3  # noqa: E402,F401
import auth  # noqa: E402,F401
import capability  # noqa: E402,F401
import captures  # noqa: E402
import chunk_stream  # noqa: E402,F401
import control  # noqa: E402,F401
import enhanced  # noqa: E402,F401
import flv_file  # noqa: E402,F401
import flv_tag  # noqa: E402,F401
import handshake  # noqa: E402,F401
import handshake_digest  # noqa: E402,F401
import message  # noqa: E402,F401
import rtmpe  # noqa: E402,F401
import rtmpt  # noqa: E402,F401
import shared_object  # noqa: E402,F401
import swf_verification  # noqa: E402,F401
import timestamp  # noqa: E402,F401
import url  # noqa: E402,F401
import field  # noqa: E402,F401
import hostile  # noqa: E402,F401
import worked  # noqa: E402,F401
from corpus import FAMILIES, Conflict, merge  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent.parent
CATALOGUE = HERE.parent / "conformance" / "requirements"
SOURCE = {"name": "generated", "tool": "vectors/gen/generate.py", "version": "1", "made": "2026-11-20"}
LICENCE = "CC0-1.0"
# What a note without a link has to name.
LEGACY = "https://veovera.github.io/enhanced-rtmp/docs/legacy/"
# Where the documents stand whose clauses a note names.
DOCUMENTS = [
    (r"(?<!E-)(?<!Enhanced )RTMP \d", LEGACY + "rtmp-v1-0-spec.pdf"),
    (r"RTMP errata|errata \d", "https://zenomt.github.io/rtmp-errata-addenda/rtmp-errata-addenda.html"),
    (r"URI Schemes \d", "https://github.com/zenomt/rtmp-errata-addenda/blob/main/rtmp-uris/rtmp-uris.txt"),
    (r"AMF0 \d", LEGACY + "amf0-file-format-spec.pdf"),
    (r"(AMF3|A3) \d", LEGACY + "amf3-file-format-spec.pdf"),
    (r"FLV E", LEGACY + "video-file-format-v10-1-spec.pdf"),
    (r"(E-RTMP|Enhanced RTMP) v1", "https://github.com/veovera/enhanced-rtmp/blob/main/docs/enhanced/enhanced-rtmp-v1.md"),
    (r"(E-RTMP|Enhanced RTMP) v2", "https://veovera.org/docs/enhanced/enhanced-rtmp-v2"),
    (r"SWF file format", "https://open-flash.github.io/mirrors/swf-spec-19.pdf"),
    (r"errata E-\d", "https://github.com/rtmpspec/rtmpspec/blob/main/conformance/requirements/errata.toml"),
]


def compact(value):
    return json.dumps(value, separators=(", ", ": "), allow_nan=False)


def lines(value, depth):
    """One property per line, properties of `depth` levels; deeper values on one line."""
    pad = " " * depth

    def text(node, level, indent):
        if level == 0 or not node or not isinstance(node, (dict, list)):
            return compact(node)
        if isinstance(node, dict):
            inner = [f"{json.dumps(key)}: {text(item, level - 1, indent + ' ')}" for key, item in node.items()]
            return "{\n" + ",\n".join(f"{indent} {line}" for line in inner) + f"\n{indent}}}"
        inner = [text(item, level - 1, indent + " ") for item in node]
        return "[\n" + ",\n".join(f"{indent} {line}" for line in inner) + f"\n{indent}]"

    return text(value, depth, pad[:0]) + "\n"


def groups(family):
    own = [{"source": SOURCE, "state": state, "tests": tests} for state, tests in family.groups]
    return own + family.added


def links(note):
    """Those of the note, then the documents and RFCs whose clauses it names."""
    found = list(note["links"])
    found += [url for pattern, url in DOCUMENTS if re.search(pattern, note["effect"])]
    found += [f"https://www.rfc-editor.org/rfc/rfc{number}" for number in re.findall(r"RFC (\d+)", note["effect"])]
    return list(dict.fromkeys(found))


def document(family):
    used = {flag for group in groups(family) for test in group["tests"] for flag in test.get("flags", ())}
    assert used == set(family.notes), f"{family.schema}: notes without a vector: {set(family.notes) - used}"
    notes = {flag: {**note, "links": links(note)} for flag, note in sorted(family.notes.items())}
    for flag, note in notes.items():
        if not note["links"]:
            raise Conflict(f"{family.schema}: the note of {flag} has no link and names no clause")
    return {
        "schema": family.schema, "licence": LICENCE,
        "notes": notes,
        "groups": groups(family),
    }


def build():
    """Relative path to content of every generated file."""
    files, entries, ids, rules = {}, [], set(), set()
    for schema, family in sorted(FAMILIES.items()):
        tests = [test for group in groups(family) for test in group["tests"]]
        for test in tests:
            if test["id"] in ids:
                raise Conflict(f"the id {test['id']} stands twice")
            assert test["requirements"], test["id"]
            ids.add(test["id"])
            rules.update(test["requirements"])
        content = lines(document(family), 6)
        path = f"data/{family.name}.json"
        files[path] = content
        count = {result: sum(t["result"] == result for t in tests) for result in ("valid", "invalid", "lenient")}
        entries.append({"path": path, "schema": schema, "vectors": len(tests), **count,
                        "sha256": hashlib.sha256(content.encode()).hexdigest()})
    total = {key: sum(entry[key] for entry in entries) for key in ("vectors", "valid", "invalid", "lenient")}
    manifest = {"schema": "manifest-v1", "licence": LICENCE, "made": SOURCE["made"], **total,
                "requirements": len(rules), "files": entries}
    files["manifest.json"] = lines(manifest, 3)
    return files, rules


def unknown_rules(rules):
    """Requirement ids that the catalogue does not have; none when it is not there."""
    if not CATALOGUE.is_dir():
        print("the requirement catalogue is not there: ids not checked", file=sys.stderr)
        return []
    known = set()
    for path in CATALOGUE.glob("*.toml"):
        known.update(row["id"] for row in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", ()))
    return sorted(rules - known)


def unflagged_habits():
    """Vectors that pass or fail by rows that no text has, without a flag that says so."""
    level = {}
    for path in CATALOGUE.glob("*.toml"):
        for row in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", ()):
            level[row["id"]] = row["source_level"]
    out = []
    for family in FAMILIES.values():
        for test in (test for group in groups(family) for test in group["tests"]):
            habit = any(family.notes[flag]["kind"] == "de-facto" for flag in test.get("flags", ()))
            if test["result"] != "lenient" and not habit and all(level.get(row) == "de-facto" for row in test["requirements"]):
                out.append(test["id"])
    return sorted(out)


def main():
    parser = argparse.ArgumentParser(description="Writes the test vectors, or checks them.")
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    check = parser.parse_args().check
    try:
        merge(HERE / "gen" / "added")
        files, rules = build()
    except Conflict as why:
        print(why, file=sys.stderr)
        return 1
    errors = [f"no such requirement: {rule}" for rule in unknown_rules(rules)]
    errors += [f"{id}: each of its requirements is de-facto, and no flag of that kind says so" for id in unflagged_habits()]
    if check:
        stray = {f"data/{path.name}" for path in (HERE / "data").glob("*")} - set(files)
        errors += [f"{path}: not written by the generator" for path in sorted(stray)]
        errors += captures.check()
    for path, content in files.items():
        target = HERE / path
        if not check:
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content.encode())
        elif not target.is_file():
            errors.append(f"{path}: missing")
        elif target.read_bytes() != content.encode():
            errors.append(f"{path}: differs from what the generator writes")
    for error in errors:
        print(error, file=sys.stderr)
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
