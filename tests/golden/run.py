#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""golden: what kt2ko makes of a few short scripts, byte for byte: the emitted C (NAME.c), what --explain tells (NAME.txt),
whichever is there. For the readability of the output; behaviour is tested by running (run/, vm/).

usage: run.py [-r] [WORD...]     -r writes the files that are there anew; read the difference before you commit it
"""

import difflib
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import report  # noqa: E402


def kt2ko(*words):
    done = subprocess.run([report.KT2KO, *words], cwd=HERE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, encoding="utf-8", timeout=60)
    if done.returncode:
        raise RuntimeError(f"kt2ko exited with {done.returncode}: {done.stdout}")
    return done.stdout


def emitted(script):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.c")
        kt2ko("--no-line", "--user-c", path, os.path.basename(script))
        with open(path, encoding="utf-8") as f:
            return f.read()


def explained(script):
    return kt2ko("--explain", os.path.basename(script))


KINDS = {".c": emitted, ".txt": explained}


def expectations(script):
    """[(path, function that makes it)]"""
    found = [(script[: -len(".kp")] + end, make) for end, make in KINDS.items()]
    return [(path, make) for path, make in found if os.path.exists(path)]


def check(script):
    problems = [] if expectations(script) else ["nothing is expected of it"]
    for path, make in expectations(script):
        with open(path, encoding="utf-8") as f:
            want = f.read()
        got = make(script)
        if got != make(script):
            problems.append("two runs gave different bytes")
        problems += difflib.unified_diff(want.splitlines(), got.splitlines(), "expected", "made", lineterm="")
    return "\n".join(problems)


def main(words):
    rewrite = "-r" in words
    words = [w for w in words if w != "-r"]
    scripts = [s for s in sorted(glob.glob(os.path.join(HERE, "*.kp"))) if not words or any(w in s for w in words)]
    if rewrite:
        for script in scripts:
            for path, make in expectations(script):
                with open(path, "w", encoding="utf-8") as f:
                    f.write(make(script))
        return 0
    results = report.Report("golden")
    results.run_all(scripts, os.path.basename, check)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
