# SPDX-License-Identifier: GPL-2.0
"""What modules import from the kernel: everything is known (imports.txt), and what must not be probed is on the blocklist."""

import fnmatch
import os
import re

import checks
import report

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = ("data", "bare", "handler", "quick", "blocked", "process")


def listed():
    """{name: class} of imports.txt."""
    with open(os.path.join(HERE, "imports.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {name: kind for kind, name in rows}


def breakpoint_patterns():
    with open(os.path.join(report.ROOT, "runtime-c", "include", "ktr_blocklist.def"), encoding="utf-8") as file:
        return re.findall(r'^KTR_BLOCKED\("([^"]+)", BREAK', file.read(), re.MULTILINE)


def tried_in_the_guest():
    with open(os.path.join(report.ROOT, "tests", "vm", "cases", "imports.sh"), encoding="utf-8") as file:
        return set(file.read().split())


def imports_are_known(kernel, folder):
    """Every import has its class, and what the class says of lists holds."""
    module = os.path.join(folder, "imports.ko")
    done = checks.kt2ko("-k", kernel, "-o", module, checks.write_script(folder))
    if done.returncode != 0:
        return done.stdout
    known = listed()
    imports = {line.split()[-1] for line in checks.output("nm", "-u", module).splitlines()}
    problems = [f"{name}: not in tests/kbuild/imports.txt" for name in sorted(imports - set(known))]
    problems += [f"{name}: no class {kind}" for name, kind in known.items() if kind not in CLASSES]
    patterns, tried = breakpoint_patterns(), tried_in_the_guest()
    for name, kind in sorted(known.items()):
        if kind == "blocked" and not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            problems.append(f"{name}: not in ktr_blocklist.def")
        if kind == "bare" and name not in tried:
            problems.append(f"{name}: tests/vm/cases/imports.sh does not try it")
    return "\n".join(problems)
