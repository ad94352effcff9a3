#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes docs/limits.md from the tables in runtime-c/include/ktr_limits.h.

usage: gen_limits.py            writes it
       gen_limits.py --check    writes nothing; fails when it is stale, or a case that a row names does not exist
"""

import difflib
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEADER = os.path.join(ROOT, "runtime-c", "include", "ktr_limits.h")
DOCUMENT = os.path.join(ROOT, "docs", "limits.md")

INTRODUCTION = """\
# Limits

<!-- Written by scripts/gen_limits.py from runtime-c/include/ktr_limits.h. Do not edit. -->

Whatever a script does is limited, in every build. A run-time error ends the script with its file and line, or just the handler
(`on_error=1`); what is dropped, cut or skipped is counted by cause. Counts stand in `status`, and `ktrun` tells at the end those
that are not zero.

## Limits that can be changed

They are parameters of the module: `insmod script.ko max_loop_count=1000`, or `--param max_loop_count=1000` with `ktrun`,
`kt2ko run` and `kt2ko vm`. `kt2ko --param max_loop_count=1000 script.kp` builds a module that has another default.

| parameter | limits | default | allowed | beyond it | case |
|---|---|---|---|---|---|
"""

FIXED = """
`output_kb` is off because output that somebody reads in time harms nobody; what is not read in time is limited by `buffer_kb`, and what
it takes to write it by `overload`. It is looked at when a CPU begins a part of its buffer (16 KiB and more), so output costs nothing more.

Where `memory_kb` is set to less than `reserve_kb`, the reserve is as large as that, unless `reserve_kb` was set the same way (both when the
script was built, or both when it was loaded), or `memory_kb` was not set that late: then the module is not loaded, and the kernel's log says why.

## Limits of a build

Those marked with * can be changed for a module whose C is built by `make` (`kt2ko --emit-c DIR`): `make KCFLAGS=-DNAME=VALUE`.

| name | limits | value | beyond it | case |
|---|---|---|---|---|
"""


def words(text):
    """The arguments of a row: split at commas outside of quotes, which are taken away."""
    parts = re.findall(r'\s*((?:"[^"]*"\s*)+|[^,"]+)(?:,|$)', text)
    return ["".join(re.findall(r'"([^"]*)"', part)) if '"' in part else part.strip() for part in parts]


def rows(text, name):
    """The rows of the table NAME."""
    table = re.search(rf"#define {name}\(X\) \\\n((?:.*\\\n)*.*\n)", text).group(1).replace("\\\n", " ")
    found = re.findall(r'X\(((?:"[^"]*"|[^")])*)\)', table)
    return [words(row) for row in found]


def value_of(text, word):
    """A number, or what a macro of that name is defined as, without suffixes."""
    if word == "KTR_LIMIT_ANY":
        return "any"
    if re.fullmatch(r"-?\d+", word):
        return word
    return re.search(rf"^#define {word} (\d+)u?$", text, re.MULTILINE).group(1)


def grouped(number):
    return f"{int(number):,}".replace(",", " ") if number.isdigit() else number


def case_text(path, problems):
    if not path:
        return ""
    if not os.path.exists(os.path.join(ROOT, "tests", path)):
        problems.append(f"tests/{path} does not exist")
    return f"[{os.path.basename(path)}](../tests/{path})"


def document(problems):
    with open(HEADER, encoding="utf-8") as file:
        text = file.read()
    out = INTRODUCTION
    for _, name, default, least, most, what, over, case in rows(text, "KTR_LIMIT_LIST"):
        low, high = (grouped(value_of(text, word)) for word in (least, most))
        allowed = f"{low} and more" if high == "any" else f"{low} to {high}"
        out += f"| `{name}` | {what} | {grouped(value_of(text, default))} | {allowed} | {over} | {case_text(case, problems)} |\n"
    out += FIXED
    for name, what, over, case in rows(text, "KTR_FIXED_LIMIT_LIST"):
        star = "*" if f"#ifndef {name}\n" in text else ""
        out += f"| `{name}`{star} | {what} | {grouped(value_of(text, name))} | {over} | {case_text(case, problems)} |\n"
    return out


def main():
    problems = []
    wanted = document(problems)
    if sys.argv[1:] == ["--check"]:
        with open(DOCUMENT, encoding="utf-8") as file:
            present = file.read()
        problems += difflib.unified_diff(present.splitlines(), wanted.splitlines(), "docs/limits.md", "as it should be", lineterm="")
    elif sys.argv[1:]:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    else:
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(wanted)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
