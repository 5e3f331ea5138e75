#!/usr/bin/env python3
"""Writes the answers of the real Terraform CLI beside the cases of this folder.

usage: regenerate.py path/to/oracle/plan.py [--check]

`expressions/cases.txt` (one expression a line) becomes `expressions/answers.jsonl`, `functions.txt` likewise `functions.jsonl`; each folder of
`configurations/` gets `expected.json`, made with the arguments in its `arguments.json` (a list of `--var=k=v`,
`--var-file=path` and `--workspace=name`, and `root` for a root module below the folder).
With --check nothing is written; the exit status says whether the answers still are what the CLI says.
"""
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ORACLE = sys.argv[1]
CHECK = "--check" in sys.argv


def ask(*arguments, text=None):
    return subprocess.run([sys.executable, ORACLE, *arguments], input=text, text=True, capture_output=True).stdout


def put(path, text):
    if CHECK:
        if path.read_text() != text:
            print(f"{path} differs")
            return False
        return True
    path.write_text(text)
    return True


def main():
    same = True
    cases = (HERE / "expressions/cases.txt").read_text()
    same &= put(HERE / "expressions/answers.jsonl", ask("--expr", "-", text=cases))
    functions = ask("--expr", str(HERE / "expressions/functions.txt"), "--in", str(HERE / "expressions"))
    # A crash of the CLI prints a stack that is never the same twice.
    functions = re.sub(r"panic in function implementation.*?\"}", 'panic in function implementation"}', functions)
    same &= put(HERE / "expressions/functions.jsonl", functions)
    for folder in sorted((HERE / "configurations").iterdir()):
        settings = {"arguments": [], "root": None}
        if (folder / "arguments.json").exists():
            settings |= json.loads((folder / "arguments.json").read_text())
        flags = []
        for argument in settings["arguments"]:
            flag, value = argument.split("=", 1)
            if flag == "--var-file":
                value = str(folder / value)
            flags += [flag, value]
        root = folder / settings["root"] if settings["root"] else folder
        extra = ["--root", str(folder)] if settings["root"] else []
        expected = folder / "expected.json"
        old = expected.read_text() if expected.exists() else ""
        expected.unlink(missing_ok=True)
        answer = json.loads(ask(str(root), *flags, *extra))
        if old:
            expected.write_text(old)
        document = {"arguments": settings["arguments"], "root": settings["root"], "answer": answer}
        same &= put(expected, json.dumps(document, indent=1, sort_keys=True) + "\n")
    return 0 if same else 1


sys.exit(main())
