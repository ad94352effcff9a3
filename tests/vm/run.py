#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""vm: the cases of run/, the samples, and vm/cases, as modules in virtual machines of every kernel that is there.

The runtime's core knows nothing of the kernel and is the same code for all of them, so without a kernel or a word a case that is
about the language alone runs on one kernel, the next one on the next.

usage: run.py [-k KERNEL]... [WORD...]     KERNEL: 6.1, 6.12, debug, a release; cases whose path contains a WORD
"""

import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import cases as case_format  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402
from kernel_run import KernelRun, ShellCase, build_programs, run_kernels, shown  # noqa: E402


ABOUT_THE_LANGUAGE = tuple(f"tests/run/cases/{topic}/" for topic in (
    "aggregates", "control", "errors", "functions", "iteration", "lexical", "operators", "strings", "tables", "variables"))


def dealt(found, count):
    """The cases as one list for each of `count` kernels."""
    lists = [[] for _ in range(count)]
    turn = 0
    for case in found:
        if shown(case.path).startswith(ABOUT_THE_LANGUAGE):
            lists[turn % count].append(case)
            turn += 1
        else:
            for one in lists:
                one.append(case)
    return lists


def find_shell_cases(words):
    paths = sorted(glob.glob(os.path.join(HERE, "cases", "*.sh")))
    return [ShellCase(path) for path in paths if not words or any(word in shown(path) for word in words)]


def main():
    names, words = report.kernels_and_words()
    result = report.Report("vm")
    add = result.add
    script_cases = [case for folder in ("tests/run", "samples")
                    for case in case_format.find_cases(os.path.join(report.ROOT, folder), words) if case.runs_in("vm")]
    shell_cases = find_shell_cases(words)
    programs, problem = build_programs()
    if problem:
        add("tests/vm/programs", problem)
    found = kernels.find(names)
    if not found:
        add("kernels", "none with an image and headers is installed: scripts/setup.sh")
    lists = [script_cases] * len(found) if names or words else dealt(script_cases, len(found))
    cases_of = dict(zip([kernel.release for kernel in found], lists))
    run_kernels(found, lambda kernel: KernelRun(kernel, add, programs).guests(cases_of[kernel.release], shell_cases), add)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
