#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""golden: the emitted C of a few short scripts, byte for byte. For the readability of the output; behaviour is tested
by running (run/, vm/).

usage: run.py [-r] [WORD...]     -r writes NAME.c anew; read the difference before you commit it
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


def emitted(script):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.c")
        words = [report.KT2KO, "--no-line", "--user-c", path, os.path.basename(script)]
        done = subprocess.run(words, cwd=HERE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, encoding="utf-8", timeout=60)
        if done.returncode:
            raise RuntimeError(f"kt2ko exited with {done.returncode}: {done.stdout}")
        with open(path, encoding="utf-8") as f:
            return f.read()


def expected_path(script):
    return script[: -len(".kp")] + ".c"


def check(script):
    with open(expected_path(script), encoding="utf-8") as f:
        want = f.read()
    got = emitted(script)
    if got != emitted(script):
        return "two runs gave different bytes"
    diff = difflib.unified_diff(want.splitlines(), got.splitlines(), "expected", "emitted", lineterm="")
    return "\n".join(diff)


def main(words):
    rewrite = "-r" in words
    words = [w for w in words if w != "-r"]
    scripts = [s for s in sorted(glob.glob(os.path.join(HERE, "*.kp"))) if not words or any(w in s for w in words)]
    if rewrite:
        for script in scripts:
            with open(expected_path(script), "w", encoding="utf-8") as f:
                f.write(emitted(script))
        return 0
    results = report.Report("golden")
    results.run_all(scripts, os.path.basename, check)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
