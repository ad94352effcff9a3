#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flavours: Debian's generic and PREEMPT_RT kernels. What modules import there is known, and on the RT kernels all samples run in a
guest; on the generic ones, some. With --all also: all samples compile for them with W=1 and -Werror.

The kernels come by scripts/flavours.sh. Other rungs' drivers do the work.

usage: run.py [--all]
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import report  # noqa: E402
from rungs import drive  # noqa: E402

RT = ("6.1-rt", "6.12-rt")
GENERIC = ("6.1-generic", "6.12-generic")
SOME_SAMPLES = ("samples/helloworld", "samples/syscalls")


def get_kernels():
    done = subprocess.run([os.path.join(report.ROOT, "scripts", "flavours.sh")], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return "" if done.returncode == 0 else f"status {done.returncode}\n{done.stdout[-4000:]}"


def main():
    result = report.Report("flavours")
    problem = get_kernels()
    result.add("scripts/flavours.sh", problem)
    if not problem:
        drive("kbuild", RT + GENERIC, ["imports"], result)
        if sys.argv[1:] == ["--all"]:
            drive("kbuild", RT + GENERIC, ["samples/"], result)
        drive("vm", RT, ["samples/", "cases/imports.sh"], result)
        drive("vm", GENERIC, SOME_SAMPLES, result)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
