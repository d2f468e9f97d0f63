"""What all families share: the list that a vector is added to, and the checks on adding."""

import json

FAMILIES = {}
# Order of the properties of a vector.
ORDER = ("id", "title", "requirements", "bytes", "runs", "result", "feeds", "flags", "allow", "yields",
         "alternatives", "error_at", "pending", "cuts", "canonical", "note")


class Family:
    """One file of data/. `state` of a group is what a decoder starts from."""

    def __init__(self, schema, name, notes, habit=None):
        self.schema, self.name, self.notes, self.groups = schema, name, notes, []
        # Flag of each vector that has no other one of the kind de-facto: no text says what the family holds.
        self.habit = habit
        # Groups of added/*.json: they have a source of their own.
        self.added = []
        FAMILIES[schema] = self

    def group(self, **state):
        tests = next((tests for known, tests in self.groups if known == state), None)
        if tests is None:
            tests = []
            self.groups.append((state, tests))

        def add(id, title, rules, data, yields=(), *, result="valid", feeds=(), flags=(), allow=(),
                alternatives=(), error_at=None, pending=False, note=None, cuts=(), canonical=False):
            assert result in ("valid", "invalid", "lenient"), id
            assert (result == "lenient") <= bool(flags and allow), f"{id}: flags and allow"
            assert not (result == "valid" and allow), id
            assert ("alternative" in allow) == bool(alternatives), id
            assert set(flags) <= set(self.notes), f"{id}: {flags}"
            if self.habit and not any(self.notes[flag]["kind"] == "de-facto" for flag in flags):
                flags = [*flags, self.habit]
            vector = {"id": id, "title": title, "requirements": sorted(rules.split())}
            if isinstance(data, Runs):
                vector["runs"] = [{"hex": part.hex(), "times": times} for part, times in data.runs]
            else:
                parts = [data] if isinstance(data, bytes) else list(data)
                vector["bytes"] = " ".join(part.hex() for part in parts if part)
                assert not feeds or sum(feeds) < sum(map(len, parts)), f"{id}: feeds"
            vector["result"] = result
            for key, value in (("feeds", feeds), ("flags", flags), ("allow", allow)):
                if value:
                    vector[key] = list(value)
            vector["yields"] = list(yields)
            if alternatives:
                vector["alternatives"] = [
                    {"reading": reading, "yields": list(other)} for reading, other in alternatives]
            if error_at is not None:
                vector["error_at"] = error_at
            if pending:
                vector["pending"] = True
            if cuts:
                length = len(b"".join(parts))
                ranges = [[1, length - 1]] if cuts == "all" else inside(parts) if cuts == "parts" else [list(pair) for pair in cuts]
                assert result != "invalid" and all(low <= high < length for low, high in ranges), f"{id}: cuts"
                if ranges:
                    vector["cuts"] = ranges
            if canonical:
                assert result != "invalid", id
                vector["canonical"] = True
            if note:
                vector["note"] = note
            tests.append(vector)
        return add


class Conflict(Exception):
    """A file of added/ that does not fit."""


def once(pairs):
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Conflict(f"the property `{twice}` stands twice in one object")
    return dict(pairs)


def merge(folder):
    """Puts the groups and notes of folder/*.json, which have the form of data/*.json, behind those of the families."""
    for path in sorted(folder.glob("*.json")):
        try:
            merge_file(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once))
        except Conflict as why:
            raise Conflict(f"gen/added/{path.name}: {why}") from None
        except (AttributeError, KeyError, TypeError, ValueError) as why:
            raise Conflict(f"gen/added/{path.name}: no file of vectors: {why!r}; "
                           f"`rtmpspec vectors lint gen/added/{path.name}` says more") from None


def merge_file(added):
    family = FAMILIES.get(added["schema"])
    if family is None:
        raise Conflict(f"no family {added['schema']}")
    for flag, note in added["notes"].items():
        if family.notes.setdefault(flag, note) != note:
            raise Conflict(f"the flag `{flag}` has another note in {family.schema}: remove this one")
    for group in added["groups"]:
        for test in group["tests"]:
            strange = sorted(set(test.get("flags", ())) - set(family.notes))
            if strange:
                raise Conflict(f"{test['id']}: no note explains the flag `{strange[0]}`")
        tests = [{key: test[key] for key in sorted(test, key=ORDER.index)} for test in group["tests"]]
        family.added.append({"source": group["source"], "state": group["state"], "tests": tests})


def inside(parts):
    """The lengths at which the bytes end inside one of the parts."""
    ranges, start = [], 0
    for part in parts:
        if len(part) > 1:
            ranges.append([start + 1, start + len(part) - 1])
        start += len(part)
    return ranges


class Runs:
    """Bytes too many to print: each part `times` times."""

    def __init__(self, *runs):
        self.runs = runs
