#!/usr/bin/env python3
"""Runs the commands of README.md's console blocks and compares what they print.

A line `…` stands for any number of lines. A block with a command only must exit with 0 or 1 (findings).
`cargo test` is run by .ci/run itself and skipped here. `plimsoll` is the release build, which the first cargo
command makes.
"""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def blocks(text):
    """Yields (command, expected output lines) of every console block."""
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        command, expected = None, []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, expected
                command, expected = line[2:], []
            else:
                expected.append(line)
        if command:
            yield command, expected


def matches(expected, found):
    """Whether `found` lines fit `expected`, in which `…` stands for any number of lines."""
    pieces, piece = [], []
    for line in expected:
        if line.strip() == "…":
            pieces.append(piece)
            piece = []
        else:
            piece.append(line.rstrip())
    pieces.append(piece)
    found = [line.rstrip() for line in found]
    if len(pieces) == 1:
        return not expected or found == pieces[0]
    first, *middle, last = pieces
    if found[: len(first)] != first or (last and found[-len(last) :] != last):
        return False
    at, end = len(first), len(found) - len(last)
    for piece in middle:
        while found[at : at + len(piece)] != piece:
            at += 1
            if at + len(piece) > end:
                return False
        at += len(piece)
    return at <= end


def main():
    commands = list(blocks((ROOT / "README.md").read_text(encoding="utf-8")))
    # The command that builds comes first.
    commands.sort(key=lambda pair: not pair[0].startswith("cargo run"))
    environment = dict(os.environ, PATH=f"{TARGET / 'release'}{os.pathsep}{os.environ['PATH']}", NO_COLOR="1")
    environment.pop("COLUMNS", None)
    failed = False
    for command, expected in commands:
        if command.startswith("cargo test"):
            continue
        run = subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True)
        good = run.returncode in (0, 1) and run.stdout and matches(expected, run.stdout.splitlines())
        print(f"{'ok' if good else 'FAILED'}: {command}")
        if not good:
            failed = True
            print(run.stdout, run.stderr[-2000:], sep="\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
