#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Each function of tapsets/ alone makes a script that kt2ko accepts without a warning; names of numbers are the system's.

usage: check_tapsets.py KT2KO RUNTIME_LIBRARY
"""

import errno
import glob
import os
import re
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def functions():
    """NAME.function of all tapsets."""
    for path in sorted(glob.glob(os.path.join(ROOT, "tapsets", "*.kp"))):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8") as file:
            for found in re.findall(r"^function ([a-z]\w*)\(", file.read(), re.M):
                yield f"{name}.{found}"


def check_alone(kt2ko, name):
    done = subprocess.run([kt2ko, "--stop-after=emit", "-e", f"print({name})"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, encoding="utf-8")
    return f"{name}: status {done.returncode}\n{done.stdout}" if done.returncode or done.stdout else ""


def names_script():
    """A script that prints every name, and what it has to print."""
    script, wanted = [], []
    for number, name in sorted(errno.errorcode.items()):
        script.append(f"print(errno.name({number}), errno.name(-{number}))")
        name = {"EDEADLOCK": "EDEADLK", "EWOULDBLOCK": "EAGAIN", "ENOTSUP": "EOPNOTSUPP"}.get(name, name)
        wanted.append(f"{name}\t{name}")
    for number in range(1, 32):
        script.append(f"print(signal.name({number}))")
        wanted.append("SIGSTKFLT" if number == 16 else signal.Signals(number).name)
    return "\n".join(script) + "\n", "\n".join(wanted) + "\n"


def check_names(kt2ko, library):
    script, wanted = names_script()
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)
        with open(path("names.kp"), "w", encoding="utf-8") as file:
            file.write(script)
        subprocess.run([kt2ko, "--user-c", path("names.c"), path("names.kp")], check=True)
        subprocess.run(["cc", "-std=gnu11", "-fwrapv", "-fsanitize=address,undefined", "-I", os.path.join(ROOT, "runtime-c", "include"),
                        path("names.c"), library, "-o", path("names")], check=True)
        with open(path("events"), "w", encoding="utf-8"):
            pass
        done = subprocess.run([path("names"), "--events", path("events")], stdout=subprocess.PIPE, check=False, encoding="utf-8")
    different = [f"{a!r} instead of {b!r}" for a, b in zip(done.stdout.split("\n"), wanted.split("\n")) if a != b]
    return "\n".join(different) or ("" if done.stdout == wanted else f"status {done.returncode}, {len(done.stdout)} bytes")


def main():
    kt2ko, library = sys.argv[1:]
    found = list(functions())
    problems = [check_alone(kt2ko, name) for name in found] + [check_names(kt2ko, library)]
    problems = [problem for problem in problems if problem]
    print("\n".join(problems) or f"{len(found)} functions")
    return 1 if problems or not found else 0


if __name__ == "__main__":
    sys.exit(main())
