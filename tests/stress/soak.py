#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""soak: output at full rate with a reader that is too slow, for minutes. See README.md.

usage: soak.py [-k KERNEL]... [--seconds N] [--cpus N]
    KERNEL: 6.1, 6.12, debug, a release; default: 6.1, 6.12 and debug where they are there; N: 600 seconds, 4 CPUs
The last line is "soak: N passed, M failed".
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TESTS, "support"))
sys.path.insert(0, os.path.join(TESTS, "vm"))

import guest  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402
import kernel_run as vm  # noqa: E402


def check(result):
    """The case's check; shows what came and went when all is well."""
    if result.status != 0:
        return f"exit status {result.status}; printed:\n{guest.tail(result.stdout)}\n{guest.tail(result.stderr)}"
    print(guest.tail(result.stdout), flush=True)
    return ""


def soak(kernel, programs, options, result):
    name = f"soak of {options.seconds} s on {kernel.name}"
    module, problem = vm.build_script(kernel, os.path.join(HERE, "soak.kp"),
                                      os.path.join(report.BUILD, "stress", f"soak-{kernel.release}"))
    if problem:
        result.add(name, problem)
        return
    with open(os.path.join(HERE, "soak.sh"), encoding="utf-8") as file:
        text = f"SECONDS_LONG={options.seconds}\nPROGRAMS={vm.PROGRAMS}\n{file.read()}"
    files = {**programs, "/modules/soak.ko": module}
    case = guest.GuestCase(name, text, files, options.seconds * 2 + 300, check)
    guest.Runner(kernel, result.add, options.cpus).run([case])


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("-k", dest="kernels", action="append", default=[])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--cpus", type=int, default=4)
    options = parser.parse_args()
    if not options.kernels:
        os.environ["KT2KO_TEST_DEBUG_KERNEL"] = "1"
    result = report.Report("soak")
    programs, problem = vm.build_programs()
    if problem:
        result.add("tests/vm/programs", problem)
        return result.finish()
    for kernel in kernels.find(options.kernels):
        soak(kernel, programs, options, result)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
