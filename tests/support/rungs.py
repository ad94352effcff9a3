# SPDX-License-Identifier: GPL-2.0
"""Rungs that have other rungs' drivers do the work, for other kernels."""

import os
import re
import subprocess
import sys

import report


def drive(rung, kernels, words, result):
    """Runs another rung's driver and takes over what it counts; what it says goes to our output."""
    command = [sys.executable, os.path.join(report.ROOT, "tests", rung, "run.py")]
    for kernel in kernels:
        command += ["-k", kernel]
    process = subprocess.Popen([*command, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    passed = failed = 0
    for line in process.stdout:
        counts = re.fullmatch(rf"{rung}: (\d+) passed, (\d+) failed\n", line)
        if counts:
            passed, failed = map(int, counts.groups())
        else:
            print(line, end="", flush=True)
    status = process.wait()
    result.passed += passed
    result.failed += failed
    if passed == 0 or (status != 0 and failed == 0):
        result.add(f"{rung} for {', '.join(kernels)}", f"status {status}, {passed} passed")
