# SPDX-License-Identifier: GPL-2.0
"""What the drivers of the rungs have in common: running cases side by side, the report, the last line."""

import concurrent.futures
import contextlib
import os
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KT2KO_BUILD", os.path.join(ROOT, "build"))
KT2KO = os.path.join(BUILD, "bin", "kt2ko")
BOOTER = os.path.join(BUILD, "bin", "kt2ko-vm-boot")


def workers():
    return max(1, len(os.sched_getaffinity(0)))


SLOW_S = 30  # what takes longer is told, for who wants a rung to end sooner


@contextlib.contextmanager
def timed(name):
    """What is done within takes its time, which is told when it is much."""
    begun = time.monotonic()
    yield
    tell_time(name, time.monotonic() - begun)


def tell_time(name, seconds):
    if seconds >= SLOW_S:
        print(f"{seconds:.0f} s: {name}", flush=True)


def kernels_and_words():
    """([KERNEL...], [WORD...]) of a command line [-k KERNEL]... [WORD...]."""
    names, words = [], sys.argv[1:]
    while len(words) >= 2 and words[0] == "-k":
        names.append(words[1])
        words = words[2:]
    return names, words


class Report:
    """Collects results; prints failures as they come and the sum at the end. Threads may share it."""

    def __init__(self, rung):
        self.rung = rung
        self.passed = 0
        self.failed = 0
        self._lock = threading.Lock()

    def add(self, name, problem):
        """problem: empty when the case passed."""
        with self._lock:
            if problem:
                self.failed += 1
                print(f"FAILED {self.rung}: {name}")
                print("    " + problem.rstrip().replace("\n", "\n    "), flush=True)
            else:
                self.passed += 1

    def run_all(self, items, name_of, run):
        """run(item) gives the problem, or ''. Items run side by side, results come in their order."""
        with concurrent.futures.ThreadPoolExecutor(workers()) as pool:
            for item, problem in zip(items, pool.map(lambda item: _guarded(run, item), items)):
                self.add(name_of(item), problem)

    def run_jobs(self, jobs):
        """Calls that add results of their own, as many at once as there are CPUs."""
        with concurrent.futures.ThreadPoolExecutor(workers()) as pool:
            for job in [pool.submit(job) for job in jobs]:
                try:
                    job.result()
                except Exception as error:  # a broken driver must not look like a passed case
                    self.add("the driver", f"{type(error).__name__}: {error}")

    def finish(self):
        """Prints the line that scripts/test.sh sums up and gives the exit status. No test at all is a failure."""
        if self.passed + self.failed == 0:
            print(f"FAILED {self.rung}: no test ran")
            self.failed = 1
        print(f"{self.rung}: {self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0


def _guarded(run, item):
    try:
        return run(item)
    except Exception as error:  # a broken driver must not look like a passed case
        return f"{type(error).__name__}: {error}"


def die(message):
    print(message, file=sys.stderr)
    sys.exit(1)
