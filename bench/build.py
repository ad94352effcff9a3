#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How long building takes, against an empty module built by kbuild in the same run. See README.md.

usage: build.py [-k KERNEL]...    KERNEL: 6.1, 6.12, a release
The table is printed and written to build/bench/build.txt.
"""

import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import run  # noqa: E402, also makes the drivers' folders known
import kernels  # noqa: E402
import report  # noqa: E402

ROUNDS = 5
COLD_ROUNDS = 2  # each builds the whole runtime
LONG_PARTS = ("games/snake", "games/maze", "games/life", "language/tour")
HELLO, LONG, COLD = "hello world, warm", "long script, warm", "hello world, cold kernel"
# Most times that the empty module takes.
LIMITS = {HELLO: 0.1, LONG: 0.3, COLD: 2}


def empty_module(folder):
    with open(os.path.join(folder, "empty.c"), "w", encoding="utf-8") as file:
        file.write("#include <linux/module.h>\nstatic int __init start(void) { return 0; }\nstatic void __exit end(void) {}\n"
                   'module_init(start);\nmodule_exit(end);\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("nothing");\n')
    with open(os.path.join(folder, "Makefile"), "w", encoding="utf-8") as file:
        file.write("obj-m := empty.o\n")


def sample(name):
    """A sample's lines without what the tests expect of it."""
    with open(os.path.join(report.ROOT, "samples", name + ".kp"), encoding="utf-8") as file:
        text = file.read()
    return text.split("\n#@", 1)[0]


def hello(number):
    return f"{sample('helloworld/hello')}\nprint({number})\n"


def long_script(number):
    """Samples as functions of one script, more than 300 lines."""
    parts = [f"function part{i}() {{\n{sample(name)}\n}}\npart{i}()\n" for i, name in enumerate(LONG_PARTS)]
    return "".join(parts) + f"print({number})\n"


def seconds(words, **options):
    start = time.monotonic()
    run.command(words, **options)
    return time.monotonic() - start


class Bench:
    """The builds for one kernel, in a folder and a cache of their own."""

    def __init__(self, kernel, folder):
        self.kernel = kernel
        self.folder = folder
        self.cache = os.path.join(folder, "cache")
        self.built = 0

    def kbuild(self):
        folder = os.path.join(self.folder, "empty")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        empty_module(folder)
        return seconds(["make", "-C", self.kernel.build, f"M={folder}", f"-j{os.cpu_count()}", "modules"])

    def kt2ko(self, text):
        """No script is like one before it, so that nothing of it can be there already."""
        self.built += 1
        path = os.path.join(self.folder, f"bench{self.built}.kp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text(self.built))
        return seconds([run.KT2KO, "-k", self.kernel.build, "-o", path[:-3] + ".ko", path],
                       env={**os.environ, "XDG_CACHE_HOME": self.cache})

    def cold(self):
        shutil.rmtree(self.cache, ignore_errors=True)
        return self.kt2ko(hello)

    def measure(self):
        """Seconds by row, the best of some rounds: the rest is what else the machine does."""
        best = {COLD: min(self.cold() for _ in range(COLD_ROUNDS))}
        self.kt2ko(long_script)  # what its events need is built now
        rounds = [(self.kbuild(), self.kt2ko(hello), self.kt2ko(long_script)) for _ in range(ROUNDS)]
        best["kbuild"], best[HELLO], best[LONG] = (min(column) for column in zip(*rounds))
        return best


def table(kernel, best):
    lines = [f"{kernel.release}: an empty module by kbuild takes 1 ({best['kbuild']:.2f} s here)"]
    for row, limit in LIMITS.items():
        ratio = best[row] / best["kbuild"]
        lines.append(f"{row:<28}{ratio:>8.3f}   at most {limit}{'' if ratio <= limit else '   TOO SLOW'}")
    return "\n".join(lines)


def main():
    names = sys.argv[2::2]
    if sys.argv[1::2] != ["-k"] * len(names):
        report.die(__doc__.split("\n\n")[1])
    os.makedirs(run.OUT, exist_ok=True)
    print(f"the long script has {long_script(0).count(chr(10))} lines")
    tables = []
    for kernel in kernels.find(names):
        with tempfile.TemporaryDirectory(prefix="kt2ko-bench-") as folder:
            tables.append(table(kernel, Bench(kernel, folder).measure()))
        print(tables[-1], flush=True)
    with open(os.path.join(run.OUT, "build.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(tables) + "\n")
    return 1 if "TOO SLOW" in "".join(tables) else 0


if __name__ == "__main__":
    sys.exit(main())
