#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""debug: all samples, and the cases that are about memory and about the ends of scripts, on the kernel with KASAN, lockdep and kmemleak.

That kernel lies in ../shared/debug-kernel beside the repository; without it there is nothing to run. It is six times slower than
others, so the rest of the cases is for `tests/vm/run.py -k debug`.

usage: run.py
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import report  # noqa: E402
from rungs import drive  # noqa: E402

CASES = ("samples/", "cases/memory_faults", "cases/faults_", "cases/unloading", "cases/linked.sh", "cases/kernel_hotplug", "cases/profile_hotplug")


def main():
    result = report.Report("debug")
    drive("vm", ("debug",), list(CASES), result)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
