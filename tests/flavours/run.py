#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flavours: Debian's generic and PREEMPT_RT kernels. What modules import there is known, and all samples run in a guest, half of them
on one RT kernel and half on the other; on the generic ones, some. With --all: all samples run on both RT kernels, and compile for
all these kernels with W=1 and -Werror.

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


def run_samples(everything, result):
    """In guests of the RT kernels."""
    topics = [f"samples/{topic}/" for topic in sorted(os.listdir(os.path.join(report.ROOT, "samples")))]
    for number, kernel in enumerate(RT):
        chosen = topics if everything else topics[number::len(RT)]
        drive("vm", [kernel], [*chosen, "cases/imports.sh"], result)


def main():
    result = report.Report("flavours")
    everything = sys.argv[1:] == ["--all"]
    problem = get_kernels()
    result.add("scripts/flavours.sh", problem)
    if not problem:
        drive("kbuild", RT + GENERIC, ["imports"], result)
        if everything:
            drive("kbuild", RT + GENERIC, ["samples/"], result)
        run_samples(everything, result)
        drive("vm", GENERIC, SOME_SAMPLES, result)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
