"""What ci/mutations.sh runs; its header is the documentation."""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = pathlib.Path.cwd()
HERE = ROOT / "ci/mutations"
NOT_COPIED = {"target", ".git", "captures", "__pycache__"}
BUILD_DEADLINE = 900
KEYS = {"name", "file", "find", "replace", "seen"}


class Fatal(Exception):
    """Exit 2."""


def mutations(families):
    """All mutations by family, each with the place where it stands."""
    found = {}
    for path in sorted(HERE.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text())["mutation"]
        except (tomllib.TOMLDecodeError, KeyError) as error:
            raise Fatal(f"{path.relative_to(ROOT)}: {error}") from error
        for entry in entries:
            if entry.keys() - KEYS or not {"name", "file", "find", "replace"} <= entry.keys():
                raise Fatal(f"{path.relative_to(ROOT)}: {entry.get('name', '?')}: the keys are {sorted(KEYS)}")
        found[path.stem] = entries
    for family in families:
        if family not in found:
            raise Fatal(f"no family {family}; there are: {' '.join(found)}")
    known = {path.stem for path in (ROOT / "vectors/data").glob("*.json")}
    if missing := sorted(known - found.keys()):
        raise Fatal(f"families without a mutation: {' '.join(missing)}; add ci/mutations/{missing[0]}.toml")
    if stray := sorted(found.keys() - known):
        raise Fatal(f"ci/mutations/{stray[0]}.toml: vectors/data has no such family")
    return {family: entries for family, entries in found.items() if not families or family in families}


def changed(family, entry):
    """The text of the file with the mutation."""
    text = (ROOT / entry["file"]).read_text() if (ROOT / entry["file"]).is_file() else ""
    count = text.count(entry["find"])
    if count != 1 or entry["find"] == entry["replace"]:
        raise Fatal(
            f"{family}: {entry['name']}: the mutation no longer applies: update it in ci/mutations/{family}.toml: "
            f"{entry['file']} holds its text {count} times, not once"
        )
    return text.replace(entry["find"], entry["replace"])


def not_copied(target):
    def ignore(folder, names):
        return [name for name in names if name in NOT_COPIED or pathlib.Path(folder, name).resolve() == target]

    return ignore


def build(copy):
    """The test binary, or the messages of the compiler."""
    command = "cargo test --locked -p rtmp-vectors --test vectors --no-run --message-format=json".split()
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=BUILD_DEADLINE)
    if done.returncode != 0:
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        errors = [m["message"]["rendered"] for m in said if m.get("reason") == "compiler-message"]
        return None, "".join(errors) + done.stderr
    for line in done.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("executable") and message.get("target", {}).get("name") == "vectors":
            return message["executable"], ""
    return None, "cargo names no test binary"


def vectors(binary, family, timeout):
    """The ids that fail, how many ran, and how the process ended where it did not end by itself."""
    command = [binary, "--format", "pretty", "--color", "never", f"{family}-v1/"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
            ended = f"ended by signal {-process.returncode}" if process.returncode < 0 else ""
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            ended = f"stopped after {timeout} s"
    if not ended and process.returncode not in (0, 101):
        raise Fatal(f"{' '.join(command)} ended with {process.returncode}")
    results = re.findall(r"^test (\S+)/(\S+) +\.\.\. (ok|FAILED|ignored)", output, re.MULTILINE)
    failed = [name for _, name, verdict in results if verdict == "FAILED"]
    return failed, len(results), ended


def shown(ids, ended):
    if not ids:
        return ended or "NOT CAUGHT"
    first = " ".join(ids[:3]) + (" ..." if len(ids) > 3 else "")
    return first + (f" ({ended})" if ended else "")


def revision():
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def machine():
    models = re.findall(r"^model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE) \
        if pathlib.Path("/proc/cpuinfo").exists() else []
    return f"{os.cpu_count()} x {models[0] if models else platform.machine()}, {platform.system()}"


def markdown(path, arguments, rows, vectors_run, seconds):
    caught = sum(row["caught"] for row in rows)
    lines = [
        "# Mutations of the codec",
        "",
        f"`{' '.join(['ci/mutations.sh', *arguments])}` on {time.strftime('%Y-%m-%d')}, version {revision()}, {machine()}.",
        f"{caught} of {len(rows)} mutations are caught; without any, all {vectors_run} vectors pass. {seconds:.0f} s in all.",
        "Each changes one place of the codec; the vectors of its family have to fail then.",
        "",
        "| family | mutation | seen at | caught by | first of them | s |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        number = f"{row['failed']} of {row['ran']}" if row["failed"] else "its end" if row["caught"] else "**none**"
        lines.append(
            f"| {row['family']} | {row['name']} | {row['seen']} | {number} | {row['shown']} | {row['seconds']:.0f} |"
        )
    path.write_text("\n".join(lines) + "\n")


def run(options, chosen, work):
    target = pathlib.Path(options.target_dir).resolve() if options.target_dir else work / "target"
    os.environ["CARGO_TARGET_DIR"] = str(target)
    # One place for all runs that share a target folder, so that cargo takes the copy for the same packages.
    copy = target / "copy" if options.target_dir else work / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    # Without the times of the files: cargo would take what an earlier run left behind for newer.
    shutil.copytree(ROOT, copy, ignore=not_copied(target), copy_function=shutil.copyfile)
    begin = time.monotonic()
    print("building without a mutation", file=sys.stderr, flush=True)
    binary, errors = build(copy)
    if binary is None:
        raise Fatal(f"the codec does not build without a mutation:\n{errors}")
    intact = 0
    for family in chosen:
        failed, ran, ended = vectors(binary, family, options.timeout)
        if failed or ended or ran == 0:
            print(f"mutations: {family}: without any, {len(failed)} of {ran} vectors fail: {shown(failed, ended)}")
            return 1
        intact += ran
    print(f"without a mutation all {intact} vectors pass ({time.monotonic() - begin:.0f} s with the build)\n")
    print(f"{'family':<19} {'mutation':<44} {'caught by':>11}  {'s':>3}  first", flush=True)
    rows, unbuilt = [], []
    for family, entries in chosen.items():
        for entry in entries:
            start = time.monotonic()
            place = copy / entry["file"]
            intact_text = place.read_text()
            place.write_text(changed(family, entry))
            binary, errors = build(copy)
            failed, ran, ended = vectors(binary, family, options.timeout) if binary else ([], 0, "")
            place.write_text(intact_text)
            if binary is None:
                unbuilt.append(f"{family}: {entry['name']}: the mutation does not build:\n{errors[-3000:]}")
                print(f"{family:<19} {entry['name']:<44} does not build", flush=True)
                continue
            row = {
                "family": family, "name": entry["name"], "seen": entry.get("seen", ""), "failed": len(failed),
                "ran": ran, "caught": bool(failed or ended), "shown": shown(failed, ended),
                "seconds": time.monotonic() - start,
            }
            rows.append(row)
            number = f"{len(failed)} of {ran}" if failed else "its end" if ended else "none"
            print(f"{family:<19} {entry['name']:<44} {number:>11}  {row['seconds']:3.0f}  {row['shown']}", flush=True)
    seconds = time.monotonic() - begin
    missed = [f"{row['family']}: {row['name']}" for row in rows if not row["caught"]]
    print(f"\nmutations: {len(rows) - len(missed)} of {len(rows)} caught in {seconds:.0f} s")
    for name in missed:
        print(f"mutations: no vector catches {name}")
    if options.out:
        arguments = (["--family", *options.family] if options.family else []) + (
            ["--one-per-family"] if options.one_per_family else []
        )
        markdown(pathlib.Path(options.out), arguments, rows, intact, seconds)
    if unbuilt:
        raise Fatal("\n".join(unbuilt))
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(prog="ci/mutations.sh", add_help=False)
    parser.add_argument("--family", nargs="+", action="extend", default=[])
    parser.add_argument("--one-per-family", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--target-dir")
    parser.add_argument("--timeout", type=int, default=120)
    options = parser.parse_args()
    chosen = mutations([family.removesuffix("-v1") for family in options.family])
    # All before anything is built.
    for family, entries in chosen.items():
        for entry in entries:
            changed(family, entry)
    if options.one_per_family:
        chosen = {family: entries[:1] for family, entries in chosen.items()}
    if options.list:
        for family, entries in chosen.items():
            for entry in entries:
                print(f"{family:<19} {entry['name']:<44} {entry['file']}  {entry.get('seen', '')}".rstrip())
        return 0
    with tempfile.TemporaryDirectory(prefix="rtmpspec-mutations.") as work:
        return run(options, chosen, pathlib.Path(work))


def stop(number, _):
    sys.exit(128 + number)


for number in (signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, stop)
try:
    sys.exit(main())
except Fatal as error:
    print(f"mutations: {error}", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
except subprocess.TimeoutExpired as error:
    print(f"mutations: the build took longer than {error.timeout:.0f} s", file=sys.stderr)
    sys.exit(2)
