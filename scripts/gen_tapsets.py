#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes docs/tapsets.md from the comments in tapsets/.

usage: gen_tapsets.py            writes it
       gen_tapsets.py --check    writes nothing; fails when it is stale, or a function has no comment
"""

import difflib
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENT = os.path.join(ROOT, "docs", "tapsets.md")

INTRODUCTION = """\
# Tapsets

<!-- Written by scripts/gen_tapsets.py from the comments in tapsets/. Do not edit. -->

A tapset is a file of functions about one part of the kernel. A script uses them with a dot, and needs nothing else for it:

```ktap
trace probe:tcp_connect { print(execname, tcp.text(arg1)) }
```

`tcp.text` is the function `text` of the file `tcp.kp`. It is looked for in the folders of `-I DIR`, in their order, then in those of
kt2ko. Only what a script uses, and what that needs, becomes part of the module, so a function for which a kernel has no fields is an
error only where it is used. A variable or parameter of the script's own hides the tapset of its name.

A tapset of one's own holds functions, variables (`var`), `ffi.include` and `ffi.cdef`, in the language of scripts. Its names are its own:
it sees nothing of the script, and the script sees of it what stands behind the dot, except names that begin with `_`. Its
variables get their values before the script's first statement. It may use other tapsets, but two may not need each other.
Scripts can also share a tapset as a module of its own, see [shipping.md](shipping.md#tapsets-as-modules).

What is read of the kernel's memory is read safely: what cannot be read is `nil` or `""`.
"""


def parse(path):
    """(what the file says of itself, [(signature, comment)])."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    name = os.path.splitext(os.path.basename(path))[0]
    comment, about, functions = [], None, []
    for line in lines:
        if line.startswith("# SPDX"):
            continue
        if line.startswith("#"):
            comment.append(line[1:].strip())
            continue
        found = re.match(r"function ([a-z]\w*)\(([^)]*)\)", line)
        if found:
            functions.append((f"{name}.{found[1]}({found[2]})", " ".join(comment)))
        elif about is None and comment:
            about = " ".join(comment)
        comment = []
    return about or "", functions


def document():
    parts = [INTRODUCTION]
    problems = []
    for path in sorted(glob.glob(os.path.join(ROOT, "tapsets", "*.kp"))):
        about, functions = parse(path)
        parts.append(f"\n## {os.path.splitext(os.path.basename(path))[0]}\n\n{about}\n\n| function | gives |\n|---|---|\n")
        for signature, comment in functions:
            if not comment:
                problems.append(f"{path}: {signature} has no comment")
            parts.append(f"| `{signature}` | {comment} |\n".replace("||", "\\|\\|"))
    return "".join(parts), problems


def main():
    wanted, problems = document()
    if sys.argv[1:] == ["--check"]:
        present = ""
        if os.path.exists(DOCUMENT):
            with open(DOCUMENT, encoding="utf-8") as file:
                present = file.read()
        problems += difflib.unified_diff(present.splitlines(), wanted.splitlines(), "docs/tapsets.md", "as it should be", lineterm="")
    else:
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(wanted)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
