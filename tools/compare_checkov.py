#!/usr/bin/env python3
"""Runs plimsoll and Checkov on the same folders, matches what they find, and measures both.

    python3 -m venv /tmp/ckv && /tmp/ckv/bin/pip install checkov==3.3.30
    cargo build --release
    tools/compare_checkov.py --checkov /tmp/ckv/bin/checkov --runs 7 --output raw.csv fixtures/*/ DIRECTORY...

The raw table has a row for each finding, suppressed finding and undecided check of either, and for a check that
Checkov passes where plimsoll has a finding. The counts and times go to standard output as Markdown; where other
work goes on, processor time says more than time elapsed. Which finding is right is for a reader: docs/comparison.md.

Two findings match when a plimsoll rule carries the id of the Checkov check as an alias, and they speak of the same
resource or of overlapping lines of one file. Where ids differ, an overlap of lines is noted as `near`.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = ["target", "tool", "state", "rule", "file", "line", "end_line", "resource", "message", "match", "matched_with"]


def run(command, directory):
    """Runs one whole process; gives its output, seconds elapsed, seconds of processor time and peak memory in MB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = out.read().decode("utf-8", "replace")
        # Both end with 1 when they find something.
        if process.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{err.read().decode('utf-8', 'replace')}")
    return text, (seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def checkov_rows(text):
    """What Checkov reports as failed, what a comment in the files silences, and what it says is well."""
    found = json.loads(text)
    for report in found if isinstance(found, list) else [found]:
        results = report.get("results", {})
        for state, records in (("found", "failed_checks"), ("suppressed", "skipped_checks"), ("passed", "passed_checks")):
            for record in results.get(records, []):
                first, last = record.get("file_line_range") or (0, 0)
                name = record["repo_file_path"] if record["file_path"].startswith("/..") else record["file_path"]
                yield {
                    "tool": "checkov",
                    "state": state,
                    "rule": record["check_id"],
                    "file": os.path.normpath(name.lstrip("/")),
                    "line": first,
                    "end_line": last,
                    "resource": record["resource"],
                    "message": record["check_name"],
                    "places": [],
                    "instances": [record["resource"]],
                }


def plimsoll_rows(text):
    """What plimsoll finds, what is suppressed, and what it could not decide."""
    found = json.loads(text)
    for state, key in (("found", "findings"), ("suppressed", "suppressed"), ("undecided", "undecided")):
        for record in found[key]:
            message = record.get("message") or record.get("reason") or ""
            if state == "undecided":
                message = f"needs {record['decide_with']}"
            yield {
                "tool": "plimsoll",
                "state": state,
                "rule": record["rule"],
                "file": record["file"],
                "line": record["line"],
                "end_line": record.get("end_line") or record["line"],
                "resource": record.get("resource") or "; ".join(record.get("instances", [])),
                "message": message,
                "places": [(place["file"], place["line"]) for place in record.get("related", [])],
                "instances": [record.get("resource"), *record.get("instances", [])],
            }


def span(seconds):
    """The least and the median, in the unit that shows them best."""
    least, median = min(seconds), statistics.median(seconds)
    if median < 0.5:
        return f"{least * 1000:.0f} / {median * 1000:.0f} ms"
    return f"{least:.1f} / {median:.1f} s"


def without_keys(address):
    """`module.a["x"].b.c[0]` as `module.a.b.c`: Checkov and plimsoll write instance keys differently."""
    plain, depth = [], 0
    for character in address or "":
        depth += character == "["
        if depth == 0:
            plain.append(character)
        depth -= character == "]"
    return "".join(plain)


def match(ours, theirs, aliases):
    """`same`, `near` or nothing, for one finding of each."""
    places = [(ours["file"], ours["line"]), *ours["places"]]
    overlap = any(file == theirs["file"] and theirs["line"] <= line <= theirs["end_line"] for file, line in places)
    if theirs["rule"] in aliases.get(ours["rule"], ()):
        wanted = without_keys(theirs["resource"])
        if overlap or any(without_keys(address) == wanted for address in ours["instances"]):
            return "same"
    return "near" if overlap else ""


def compare(target, plimsoll, checkov, aliases):
    """Matched rows of both for one target."""
    ours, theirs = list(plimsoll_rows(plimsoll)), list(checkov_rows(checkov))
    for row in ours + theirs:
        row.update(target=target, match="", matched_with="")
    for left in ours:
        for right in theirs:
            kind = match(left, right, aliases)
            if right["state"] == "passed" and kind == "near":
                continue
            for row, other in ((left, right), (right, left)):
                if kind and (row["match"] in ("", kind) or kind == "same"):
                    known = row["matched_with"].split() if row["match"] == kind else []
                    row["match"] = kind
                    row["matched_with"] = " ".join(dict.fromkeys([*known, other["rule"]]))
    # What is well in the eyes of one is worth a row only where the other disagrees.
    theirs = [row for row in theirs if row["state"] != "passed" or row["match"] == "same"]
    return sorted(ours + theirs, key=lambda row: (row["file"], row["line"], row["tool"], row["rule"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+", metavar="DIRECTORY")
    parser.add_argument("--plimsoll", default=str(ROOT / "target/release/plimsoll"))
    parser.add_argument("--checkov", default="checkov")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turns (default: 5)")
    parser.add_argument("--as-of", default="2026-11-20")
    parser.add_argument("--output", default="comparison.csv", help="the raw table (default: comparison.csv)")
    arguments = parser.parse_args()
    plimsoll = [os.path.abspath(arguments.plimsoll)]
    checkov = [arguments.checkov]
    rules = json.loads(run([*plimsoll, "rules", "--format", "json"], ROOT)[0])
    aliases = {rule["id"]: rule["aliases"] for rule in rules}
    version = subprocess.run([*checkov, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"Checkov {version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, runs {arguments.runs}\n")
    print("| folder | plimsoll: found, suppressed, undecided | Checkov: found, suppressed | same | tool |", end="")
    print(" elapsed min / median | processor min / median | MB |")
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    for target in arguments.targets:
        name = pathlib.Path(target).resolve().name
        # Both judge the folder as a repository of its own.
        ours = [*plimsoll, "check", "--root", ".", "--as-of", arguments.as_of, "--format", "json"]
        theirs = [*checkov, "--directory", ".", "--compact", "--skip-download", "--output", "json"]
        taken = {"plimsoll": [], "checkov": []}
        for _ in range(arguments.runs):
            taken["plimsoll"].append(run(ours, target))
            taken["checkov"].append(run(theirs, target))
        found = compare(name, taken["plimsoll"][0][0], taken["checkov"][0][0], aliases)
        rows += found

        def count(tool, state):
            return sum(row["tool"] == tool and row["state"] == state for row in found)

        same = sum(row["tool"] == "checkov" and row["state"] != "passed" and row["match"] == "same" for row in found)
        counts = (
            f"{name} | {count('plimsoll', 'found')}, {count('plimsoll', 'suppressed')}, {count('plimsoll', 'undecided')}"
            f" | {count('checkov', 'found')}, {count('checkov', 'suppressed')} | {same}"
        )
        for tool, runs in taken.items():
            elapsed, processor, memory = zip(*(measured for _, measured in runs))
            print(f"| {counts} | {tool} | {span(elapsed)} | {span(processor)} | {max(memory):.0f} |", flush=True)
            counts = " | | | "
    with open(arguments.output, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
