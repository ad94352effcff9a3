#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes samples/README.md, the index of the samples, from the headers of the scripts.

usage: gen_samples_index.py            writes the index
       gen_samples_index.py --check    writes nothing; fails when the index is stale or a header is incomplete

The header of a sample: comment lines "# Title: ...", "# Shows: ...", "# Needs: ...", one or more "# Run: ...", and
"# Expect: ...", which may go on in further comment lines with an excerpt of the output. Since samples are test cases,
too (tests/README.md), each must have an expectation that can fail.
"""

import difflib
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(ROOT, "samples")
INDEX = os.path.join(SAMPLES, "README.md")

FIELDS = ("Title", "Shows", "Needs", "Run", "Expect")

# Folders in the order of the index, with their headings.
TOPICS = (
    ("helloworld", "The first script"),
    ("language", "The language"),
    ("syscalls", "System calls"),
    ("events", "Many events at once"),
    ("sched", "Scheduler and processes"),
    ("mem", "Memory"),
    ("io", "Files and disks"),
    ("net", "Network"),
    ("irq", "Interrupts"),
    ("profiling", "Profiling"),
    ("timers", "Timers"),
    ("kernel", "Inside the kernel"),
    ("signals", "Signals"),
    ("games", "Games"),
)

INTRODUCTION = """\
# Samples

<!-- Written by scripts/gen_samples_index.py from the headers of the scripts. Do not edit. -->

Scripts to learn from and to start with. `kt2ko run` needs root and traces this machine; `kt2ko vm` runs the same script
in a throw-away virtual machine. What follows `--` is a command: only its process is traced, and its end ends the trace.
The header of each script says what it shows and what to expect. New to the language? Read the
[guided tour](../docs/tour.md); the [reference](../docs/language.md) has every detail.

Each sample is a test as well: the lines that start with `#@`, `#=`, `#~` and `#*` at its end say how to run it and what
it must print ([format](../tests/README.md)).
"""


class HeaderError(Exception):
    """A sample that breaks the rules above."""


def read_header(path):
    """{field: [text, ...]} of a sample. A field may stand several times."""
    found = {field: [] for field in FIELDS}
    asserts = False
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = re.match(r"# (\w+): +(\S.*)$", line)
            if match and match.group(1) in found:
                found[match.group(1)].append(match.group(2).strip())
            asserts = asserts or line.startswith(("#= ", "#~ "))
    for field, texts in found.items():
        if not texts:
            raise HeaderError(f"{shown(path)}: no line '# {field}: ...'")
        if len(texts) > 1 and field != "Run":
            raise HeaderError(f"{shown(path)}: more than one line '# {field}: ...'")
    for command in found["Run"]:
        if not command.startswith("kt2ko ") or shown(path) not in command.split():
            raise HeaderError(f"{shown(path)}: 'Run' is not a command that runs it: {command}")
    if not asserts:
        raise HeaderError(f"{shown(path)}: expects nothing: no line '#= ...' or '#~ ...'")
    return found


def shown(path):
    return os.path.relpath(path, ROOT)


def scripts(folder):
    path = os.path.join(SAMPLES, folder)
    return sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith(".kp"))


def check_folders():
    known = {folder for folder, _ in TOPICS}
    there = {name for name in os.listdir(SAMPLES) if os.path.isdir(os.path.join(SAMPLES, name))}
    if known != there:
        raise HeaderError(f"folders of samples/ and TOPICS differ: {', '.join(sorted(known ^ there))}")


def plain(text):
    """Text of a table cell."""
    return text.replace("|", "\\|").replace("*", "\\*")


def index_text():
    check_folders()
    out = [INTRODUCTION]
    for folder, heading in TOPICS:
        out.append(f"\n## {heading}\n\n| script | what it shows | needs |\n|---|---|---|\n")
        for path in scripts(folder):
            header = read_header(path)
            link = os.path.relpath(path, SAMPLES)
            out.append(f"| [{header['Title'][0]}]({link}) | {plain(header['Shows'][0])} | {plain(header['Needs'][0])} |\n")
    return "".join(out)


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        text = index_text()
    except HeaderError as error:
        print(error, file=sys.stderr)
        return 1
    if not sys.argv[1:]:
        with open(INDEX, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    old = ""
    if os.path.exists(INDEX):
        with open(INDEX, encoding="utf-8") as file:
            old = file.read()
    if old == text:
        return 0
    print("".join(difflib.unified_diff(old.splitlines(True), text.splitlines(True), "samples/README.md", "as it should be")))
    print("samples/README.md is stale: run scripts/gen_samples_index.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
