#!/usr/bin/env python3
"""Runs fuzzers for a while each and adds up their executions in RECORD.md (R6).

What one finds is kept in tests/fuzz/open and counts as an open finding; a later run in which it no longer fails moves it
into the corpus. Exit status 0: no open finding.
"""
import argparse
import datetime
import fcntl
import os
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("BUILD", "build")) / "fuzz"
RECORD = FOLDER / "RECORD.md"
OPEN = FOLDER / "open"
# Longer inputs say nothing new and take more time.
LONGEST = {"message_ranges": 64, "session": 96, "scenario_parser": 512}
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "malloc_context_size=1:quarantine_size_mb=8"}
HEADING = "| target | executions | runs | first run | last run | found | open |"
ROW = re.compile(r"^\| (\w+) \| ([\d,]+) \| (\d+) \| (\S+) \| (\S+) \| (\d+) \| (\d+) \|$")


def open_findings(target):
    return sorted(OPEN.glob(target + "-*")) if OPEN.is_dir() else []


def recheck(target):
    """Findings that do not fail any more stay as tests."""
    for finding in open_findings(target):
        if subprocess.run([BUILD / target, finding], env=ENVIRONMENT, capture_output=True).returncode == 0:
            corpus = FOLDER / "corpus" / target
            corpus.mkdir(parents=True, exist_ok=True)
            finding.rename(corpus / ("found-" + finding.name[-8:]))


def run(target, seconds):
    """The executions, and how many findings there were."""
    own = BUILD / "corpus" / target
    own.mkdir(parents=True, exist_ok=True)
    OPEN.mkdir(exist_ok=True)
    # Time is that of a clock on the wall, on a machine that may have other things to do.
    # The entropic schedule looks at every input of the corpus in every execution: most of the time would go into that.
    command = [BUILD / target, f"-max_total_time={seconds}", "-timeout=120", "-report_slow_units=1000",
               "-print_final_stats=1", "-entropic=0", "-reload=0",
               f"-max_len={LONGEST.get(target, 2048)}", f"-artifact_prefix={OPEN}/{target}-"]
    words = FOLDER / (target + ".dict")
    if words.exists():
        command.append(f"-dict={words}")
    command += [own] + [folder for folder in [FOLDER / "corpus" / target] if folder.is_dir()]
    before = len(open_findings(target))
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, errors="replace")
    count = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    if done.returncode != 0:
        told = [line for line in done.stderr.splitlines() if not line.startswith("#")]
        print("\n".join(told[-60:]))
    found = len(open_findings(target)) - before
    if done.returncode != 0 and found == 0:
        sys.exit(f"{target} ended with status {done.returncode} and left no input behind")
    if not any(OPEN.iterdir()):
        OPEN.rmdir()
    return int(count.group(1)) if count else 0, found


def record(target, executions, found):
    """Adds a run to the table; returns its row."""
    today = datetime.date.today().isoformat()
    with open(RECORD, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().split("\n")
        rows = {m.group(1): m.groups() for m in map(ROW.match, lines) if m}
        _, total, runs, first, _, old, _ = rows.get(target, (target, "0", "0", today, today, "0", "0"))
        rows[target] = (target, f"{int(total.replace(',', '')) + executions:,}", int(runs) + 1, first, today,
                        int(old) + found, len(open_findings(target)))
        rest = [line for line in lines if not ROW.match(line)]
        at = rest.index(HEADING) + 2
        rest[at:at] = ["| " + " | ".join(map(str, rows[name])) + " |" for name in sorted(rows)]
        file.seek(0)
        file.write("\n".join(rest))
        file.truncate()
    return rows[target]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("targets", nargs="*")
    arguments = arguments.parse_args()
    targets = arguments.targets or sorted(path.name[: -len("_fuzz.cpp")] for path in FOLDER.glob("*_fuzz.cpp"))
    still_open = 0
    for target in targets:
        recheck(target)
        executions, found = run(target, arguments.seconds)
        row = record(target, executions, found)
        still_open += row[6]
        print(f"R6 = {target}: {executions:,} executions, {found} found; in all {row[1]} executions, {row[6]} open",
              flush=True)
    sys.exit(1 if still_open else 0)


if __name__ == "__main__":
    main()
