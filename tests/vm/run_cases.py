#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs a list of cases in guests; for trying modules by hand and for other tools. The list is described in README.md.

usage: run_cases.py [-k KERNEL]... CASES.json      KERNEL: 6.1, 6.12, debug, a release; default: all there are
"""

import json
import os
import shlex
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import cases as run_cases_format  # noqa: E402
import guest  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402

MODULES_DIR = "/modules"


def in_guest(module):
    """Where a module is in the guest."""
    return f"{MODULES_DIR}/{os.path.basename(module)}"


def ktrun_shell(what, args=(), options=(), command=""):
    """Shell text that runs a script under ktrun; what: a module in the guest, or a bundle and a name in it."""
    words = ["exec", "ktrun", *options, *what, *args]
    if command:
        words += ["--", "sh", "-c", command]
    return " ".join(shlex.quote(word) for word in words) + "\n"


def _wanted_lines(value):
    """Expectation of a stream: exact text, or lines ["=" | "~" | "*", TEXT]."""
    if isinstance(value, str):
        lines = value.split("\n")
        if lines[-1] == "":
            lines.pop()
        return [("=", line) for line in lines]
    return [(line[0], line[1] if len(line) > 1 else "") for line in value]


def make_check(entry):
    """A GuestCase's check from the entry's status, stdout and stderr."""
    def check(result):
        problems = []
        status = entry.get("status", 0)
        if result.status != status:
            problems.append(f"exit status {result.status}, expected {status}\n{guest.tail(result.stderr)}")
        for name, text in (("stdout", result.stdout), ("stderr", result.stderr)):
            if name in entry:
                problems.append(run_cases_format.compare_stream(_wanted_lines(entry[name]), text, name,
                                                                entry.get("unordered", False)))
        return "\n".join(problem for problem in problems if problem)
    return check


def make_case(entry, folder, kernel):
    """A GuestCase from an entry of the list; None when it is not for this kernel. Paths are relative to folder."""
    if "kernels" in entry and kernel.name not in entry["kernels"]:
        return None
    files = {path: os.path.join(folder, host) for path, host in entry.get("files", {}).items()}
    modules = [entry["module"]] if "module" in entry else []
    for module in modules + entry.get("modules", []):
        module = module.replace("{kernel}", kernel.name).replace("{release}", kernel.release)
        files[in_guest(module)] = os.path.join(folder, module)
    shell = entry.get("shell") or ktrun_shell([in_guest(entry["module"])], entry.get("args", ()), entry.get("ktrun", ()),
                                              entry.get("command", ""))
    return guest.GuestCase(entry["name"], shell, files, entry.get("limit", 20), make_check(entry))


class Printer:
    """Prints ok or FAIL for each case; the last line is the sum."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self._lock = threading.Lock()

    def teller(self, kernel):
        def tell(name, problem):
            with self._lock:
                if problem:
                    self.failed += 1
                    print(f"FAIL {kernel.name}: {name}\n    " + problem.rstrip().replace("\n", "\n    "), flush=True)
                else:
                    self.passed += 1
                    print(f"ok {kernel.name}: {name}", flush=True)
        return tell

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.passed and not self.failed else 1


def side_by_side(calls):
    """As many at once as there are CPUs."""
    room = threading.Semaphore(report.workers())

    def limited(call):
        with room:
            call()
    threads = [threading.Thread(target=limited, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    words, names = sys.argv[1:], []
    while len(words) >= 2 and words[0] == "-k":
        names.append(words[1])
        words = words[2:]
    if len(words) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = os.path.dirname(os.path.abspath(words[0]))
    with open(words[0], encoding="utf-8") as file:
        entries = json.load(file)
    printer = Printer()

    def run(kernel, cpus):
        chosen = [make_case(entry, folder, kernel) for entry in entries if entry.get("cpus", 1) == cpus]
        guest.Runner(kernel, printer.teller(kernel), cpus).run([case for case in chosen if case])
    found = kernels.find(names)
    counts = sorted({entry.get("cpus", 1) for entry in entries})
    side_by_side([lambda k=kernel, c=cpus: run(k, c) for kernel in found for cpus in counts])
    return printer.finish()


if __name__ == "__main__":
    sys.exit(main())
