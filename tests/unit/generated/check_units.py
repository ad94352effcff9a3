#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every file of the runtime's core and kernel folders stands in one unit, and in one only; units hold nothing else."""

import collections
import glob
import os
import re
import sys

RUNTIME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "runtime-c")
LINE = re.compile(r'#include "(?:\.\./)+(\w+/\w+\.c)"')


def problems():
    times = collections.Counter()
    for path in sorted(glob.glob(os.path.join(RUNTIME, "units", "**", "*.c"), recursive=True)):
        name = os.path.relpath(path, RUNTIME)
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                found = LINE.fullmatch(line.rstrip("\n"))
                if found:
                    times[found[1]] += 1
                elif not line.startswith("//"):
                    yield f"{name}:{number}: neither a comment nor a file of the runtime"
    files = {f"{folder}/{name}" for folder in ("core", "kernel") for name in os.listdir(os.path.join(RUNTIME, folder))
             if name.endswith(".c")}
    for path in sorted(files | set(times)):
        if path not in files:
            yield f"{path} does not exist"
        elif times[path] != 1:
            yield f"{path} stands in {times[path]} units: put it into one of runtime-c/units/"


found = list(problems())
print("\n".join(found) or "all files stand in one unit")
sys.exit(1 if found else 0)
