#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""arm64: scripts as modules for Debian's arm64 kernels, built here by a cross compiler and run in emulated guests. Without a kernel or
a word each of other rungs' cases runs on one kernel, the next one on the next.

usage: run.py [-k KERNEL]... [WORD...]     KERNEL: 6.1, 6.12; cases whose path contains a WORD
"""

import glob
import os
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TESTS, "support"))
sys.path.insert(0, os.path.join(TESTS, "kbuild"))
sys.path.insert(0, os.path.join(TESTS, "vm"))

import cases as case_format  # noqa: E402
import guest  # noqa: E402
import kernels  # noqa: E402
import module_imports  # noqa: E402
import report  # noqa: E402
from kernel_run import KernelRun, ShellCase, build_script, run, run_kernels, shown  # noqa: E402
from run_cases import MODULES_DIR  # noqa: E402

PREFIX = "aarch64-linux-gnu-"
PROGRAMS = os.path.join(report.BUILD, "arm64", "programs")  # the same path in the guest
SLOWNESS = 2  # than guests of this machine's own architecture
MEMORY_MB = 1024

# What of the other rungs' cases runs here too: all that meets the kernel, and of the language what every script is made of.
CHOSEN = ["samples", *(os.path.join("tests/run", folder) for folder in (
    "basics", "cases/events", "cases/ffi", "cases/life", "cases/stress", "cases/tapsets", "cases/aggregates/real_events.kp",
    "cases/library/kread.kp", "cases/library/machine.kp", "cases/library/time.kp", "cases/limits/call_limit.kp",
    "cases/functions/recursion_too_deep.kp", "cases/operators/wraparound.kp", "cases/strings/bytes.kp",
    "cases/tables/growth.kp"))]

NOT_HERE = {  # names of kernels
    "samples/mem/page_faults.kp": ("6.1", "6.12"),  # x86 alone has its event
    "samples/kernel/about.kp": ("6.1",),  # built without CONFIG_KALLSYMS_ALL, it has no addresses of variables
    "samples/kernel/variable.kp": ("6.1",),
    "samples/kernel/watch.kp": ("6.1",),
    "tests/run/cases/events/symbols.kp": ("6.1",),
    "tests/run/cases/ffi/interrupts.kp": ("6.1",),
    "tests/run/cases/ffi/unsafe-write.kp": ("6.1",),
    "tests/run/cases/events/change_of_directory.kp": ("6.1", "6.12"),  # x86 numbers, see cases/numbers.kp
    "tests/run/cases/tapsets/flags.kp": ("6.1", "6.12"),
}


def prepare():
    """The directory with the kernels, and a problem."""
    done = subprocess.run([os.path.join(report.ROOT, "scripts", "arm64.sh")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        return "", f"scripts/arm64.sh: status {done.returncode}\n" + "\n".join(done.stdout.splitlines()[-20:])
    return done.stdout.splitlines()[-1], ""


def find_kernels(directory, names):
    found = []
    for image in sorted(glob.glob(os.path.join(directory, "boot", "vmlinuz-*"))):
        release = os.path.basename(image)[len("vmlinuz-"):]
        kernel = kernels.Kernel(release, release, os.path.join(directory, "usr/src", "linux-headers-" + release))
        kernel.options = ["--arch", "arm64", "--cross-compile", PREFIX]
        kernel.ktrun = os.path.join(directory, "usr/bin/ktrun")
        kernel.programs = PROGRAMS
        kernel.memory_mb = MEMORY_MB
        kernel.slowness = SLOWNESS
        if not names or kernel.name in names or release in names:
            found.append(kernel)
    return found


def write_narrow(path):
    """A program of 32 bits that calls getpid() and exit(0); no compiler for it is needed."""
    code = struct.pack("<5I", 0xe3a07014, 0xef000000, 0xe3a00000, 0xe3a07001, 0xef000000)  # mov r7, 20; svc; mov r0, 0; mov r7, 1; svc
    base, headers = 0x10000, 52 + 32
    size = headers + len(code)
    elf = struct.pack("<4s5B7x2H5I6H", b"\x7fELF", 1, 1, 1, 0, 0, 2, 40, 1, base + headers, 52, 0, 0x5000400, 52, 32, 1, 40, 0, 0)
    segment = struct.pack("<8I", 1, 0, base, base, size, size, 5, 0x10000)
    with open(path, "wb") as file:
        file.write(elf + segment + code)
    os.chmod(path, 0o755)


def build_programs():
    """Builds the programs that cases probe, static ones: guests have no libraries. Returns (files for the guest, problem)."""
    os.makedirs(PROGRAMS, exist_ok=True)
    narrow = os.path.join(PROGRAMS, "narrow")
    write_narrow(narrow)
    files = {narrow: narrow}
    for folder, name in (("vm", "calls"), ("vm", "spins"), ("arm64", "loop"), ("arm64", "marks")):
        program = os.path.join(PROGRAMS, name + "_static")
        done = run([PREFIX + "gcc", "-O1", "-g", "-fno-omit-frame-pointer", "-static", "-o", program,
                    os.path.join(TESTS, folder, "programs", name + ".c")])
        if done.returncode != 0:
            return {}, done.stdout
        files[program] = program
    return files, ""


def find_cases(words):
    found = case_format.find_cases(os.path.join(HERE, "cases"), [])
    for path in (os.path.join(report.ROOT, path) for path in CHOSEN):
        found += [case_format.Case(path)] if path.endswith(".kp") else case_format.find_cases(path, [])
    return [case for case in found if case.runs_in("vm") and (not words or any(word in shown(case.path) for word in words))]


def cases_by_kernel(found, chosen, each_on_one):
    """{kernel: its cases}. Each on one: what other rungs run too is dealt out to the kernels that it is for."""
    cases = {kernel.name: [] for kernel in chosen}
    for turn, case in enumerate(found):
        names = [name for name in cases if name not in NOT_HERE.get(shown(case.path), ())]
        if each_on_one and names and not case.path.startswith(HERE + os.sep):
            names = [names[turn % len(names)]]
        for name in names:
            cases[name].append(case)
    return cases


def unknown_imports(kernel):
    """As imports_are_known of the rung kbuild."""
    module, problem = build_script(kernel, os.path.join(HERE, "cases", "functions.kp"), os.path.join(report.BUILD, "arm64", kernel.name))
    if problem:
        return problem
    imports = {line.split()[-1] for line in run([PREFIX + "nm", "-u", module]).stdout.splitlines()}
    return "\n".join(f"{name}: not in tests/kbuild/imports.txt" for name in sorted(imports - set(module_imports.listed())))


def find_shell_cases(words):
    paths = sorted(glob.glob(os.path.join(HERE, "cases", "*.sh")))
    return [ShellCase(path) for path in paths if not words or any(word in shown(path) for word in words)]


class Arm64Run(KernelRun):
    """Cases find the programs in $PROGRAMS; shell scripts have the modules of modules/."""

    def shell_cases(self, found):
        if not found:
            return {}
        modules = self.build_all(sorted(glob.glob(os.path.join(HERE, "modules", "*.kp"))))
        files = {f"{MODULES_DIR}/{os.path.basename(module)}": module for module in modules.values()}
        by_machine = {}
        for case in found:
            by_machine.setdefault((case.cpus, case.parallel, case.signed), []).append(guest.GuestCase(
                self.name(case.path), f"export PROGRAMS={PROGRAMS}\n{case.text}", {**files, **self.programs}, case.limit))
        return by_machine

    def script_case(self, case, what, files):
        made = super().script_case(case, what, {**files, **self.programs})
        made.shell = f"export PROGRAMS={PROGRAMS}\n{made.shell}"
        return made

    def sample_cases(self, found):
        """From their module files, as all others: the bundles' ways are the rung vm's."""
        return self.module_cases(found)


def main():
    names, words = report.kernels_and_words()
    result = report.Report("arm64")
    add = result.add
    directory, problem = prepare()
    if problem:
        add("the kernels", problem)
        return result.finish()
    os.environ["KT2KO_KERNEL_DIR"] = directory
    programs, problem = build_programs()
    if problem:
        add("tests/vm/programs", problem)
    chosen = find_kernels(directory, names)
    if not chosen:
        add("kernels", f"none in {directory}")
    found = find_cases(words)
    shell_cases = find_shell_cases(words)
    cases = cases_by_kernel(found, chosen, not names and not words)

    def prepare_kernel(kernel):
        if not words:
            add(f"imports are known on {kernel.name}", unknown_imports(kernel))
        return Arm64Run(kernel, add, programs).guests(cases[kernel.name], shell_cases)

    run_kernels(chosen, prepare_kernel, add)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
