"""What all families share: the list that a vector is added to, and the checks on adding."""

FAMILIES = {}


class Family:
    """One file of data/. `state` of a group is what a decoder starts from."""

    def __init__(self, schema, name, notes):
        self.schema, self.name, self.notes, self.groups = schema, name, notes, []
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
