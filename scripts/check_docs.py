#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Checks the documents for users against the tool: their examples and the list of library functions.

usage: check_docs.py KT2KO [LIBRARY.a]

- Every block ```ktap of docs/*.md must be accepted by KT2KO (--stop-after=check).
- A block ```output right after it is what the script prints; with LIBRARY.a, the user-space runtime, it is run.
- Every function of translator/catalog/builtins.def, and every module parameter, must be named in docs/language.md.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BLOCK = re.compile(r"^```(ktap|output)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CFLAGS = ["-std=gnu11", "-O1", "-fwrapv", "-fsanitize=address,undefined"]
TIME_LIMIT_S = 60


def examples(path):
    """(line, script, output or None) of a document. Output belongs to the script whose block ends in the line before."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found, end = [], -1
    for match in BLOCK.finditer(text):
        kind, body = match.groups()
        if kind == "ktap":
            found.append([text.count("\n", 0, match.start()) + 1, body, None])
        elif found and match.start() == end + 1:
            found[-1][2] = body
        else:
            raise SystemExit(f"{path}: an output block without its script")
        end = match.end()
    return found


def run(words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          encoding="utf-8", errors="replace", timeout=TIME_LIMIT_S)


def check_output(kt2ko, library, script, output, folder):
    c_file, program = os.path.join(folder, "example.c"), os.path.join(folder, "example")
    include = os.path.join(ROOT, "runtime-c", "include")
    for words in ([kt2ko, "--user-c", c_file, script],
                  ["cc", *CFLAGS, "-I", include, c_file, library, "-lpthread", "-o", program]):
        done = run(words)
        if done.returncode != 0:
            return done.stderr
    done = run([program, "--events", os.devnull, "--"])
    if done.returncode != 0 or done.stdout != output:
        return f"status {done.returncode}, printed:\n{done.stdout}{done.stderr}"
    return ""


def check_example(kt2ko, library, body, output):
    with tempfile.TemporaryDirectory(prefix="kt2ko-docs-") as folder:
        script = os.path.join(folder, "example.kp")
        with open(script, "w", encoding="utf-8") as file:
            file.write(body)
        done = run([kt2ko, "--stop-after=check", script])
        if done.returncode != 0:
            return done.stderr
        return check_output(kt2ko, library, script, output, folder) if library and output is not None else ""


def check_names():
    """Names that the reference must have."""
    with open(os.path.join(ROOT, "docs", "language.md"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(ROOT, "translator", "catalog", "builtins.def"), encoding="utf-8") as file:
        names = re.findall(r'^B\("([^"]+)"', file.read(), re.MULTILINE)
    words = set(re.findall(r"`+([\w.]+)", text))
    return [name for name in names + ["max_loop_count", "max_main_loop_count", "buffer_kb", "on_error"] if name not in words]


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    kt2ko, library = sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else ""
    failed = n = 0
    for path in sorted(glob.glob(os.path.join(ROOT, "docs", "*.md"))):
        for line, body, output in examples(path):
            n += 1
            problem = check_example(kt2ko, library, body, output)
            if problem:
                failed += 1
                print(f"{os.path.relpath(path, ROOT)}:{line}: {problem}")
    for name in check_names():
        failed += 1
        print(f"docs/language.md: says nothing about {name}")
    print(f"{n} examples, {failed} problems")
    return 1 if failed or not n else 0


if __name__ == "__main__":
    sys.exit(main())
