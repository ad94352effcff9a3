#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How long scripts take to attach their events and to detach them, in guest instructions. See README.md.

usage: attach.py [-k KERNEL]... [ROW...]    KERNEL: 6.1, 6.12, a release; ROW: a row's name
The tables are printed and written to build/bench/attach.txt.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(ROOT, "tests", "support"), os.path.join(ROOT, "tests", "vm")]

import kernels  # noqa: E402
import report  # noqa: E402

OUT = os.path.join(report.BUILD, "bench")
KT2KO = os.path.join(report.BUILD, "bin", "kt2ko")
CPUS = 1  # with more, guests that count instructions do not come up (QEMU 7.2)
LIMIT_S = 1500
SEPARATE = 300
CHEAPER = 50  # all system calls, against separate probes


class Row:
    """Events that a script attaches."""

    def __init__(self, name, title, module, events, points, limit_s=None):
        self.name = name
        self.title = title
        self.module = module      # attach/MODULE.kp
        self.events = events      # its arguments; for job.sh
        self.points = points      # so many events have to be meant at least
        self.limit_s = limit_s    # of virtual time, for attaching and for detaching
        self.attach = self.detach = None
        self.notes = []

    def take(self, words):
        if words[0] == "failed:":
            self.notes.append(" ".join(words))
            return
        self.attach, self.detach, seen = int(words[0]) / 1e9, int(words[1]) / 1e9, int(words[2])
        if seen < self.points:
            self.notes.append(f"{seen} events, expected at least {self.points}")
        for what in ("attach", "detach"):
            if self.limit_s and getattr(self, what) > self.limit_s:
                self.notes.append(f"{what} takes more than {self.limit_s} s")


def rows():
    return [
        Row("one", "syscalls:sys_enter_getppid, empty handler", "plain", "syscalls:sys_enter_getppid", 1),
        Row("all", "*:*, empty handler", "plain", "*:*", 1000, 3),
        Row("all-args", "*:*, a handler that asks for arg1", "args", "*:*", 1000, 3),
        Row("functions", "probe:*, empty handler", "plain", "probe:*", 1),
        Row("syscalls", "syscalls:*, empty handler", "plain", "syscalls:*", 500),
        Row("syscalls-args", "syscalls:*, a handler that asks for arg1", "args", "syscalls:*", 500),
        Row("separate", f"{SEPARATE} probes of system calls' functions, one event each", "plain", f"separate {SEPARATE}", SEPARATE),
    ]


def command(words):
    """Runs a command that has to succeed."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        report.die(f"{' '.join(words)} failed:\n{done.stdout}")


def build_clock():
    path = os.path.join(OUT, "attach_clock")
    command(["gcc", "-O2", "-static", "-Wall", "-Wextra", "-o", path, os.path.join(HERE, "attach", "clock.c")])
    return path


def build_modules(kernel, names):
    folder = os.path.join(OUT, kernel.release, "attach")
    os.makedirs(folder, exist_ok=True)
    paths = [os.path.join(folder, f"{name}.ko") for name in names]
    for name, path in zip(names, paths):
        command([KT2KO, "--no-facts", "-k", kernel.build, "-o", path, os.path.join(HERE, "attach", f"{name}.kp")])
    return paths


def run_guest(kernel, chosen, modules, clock):
    listed = os.path.join(OUT, kernel.release, "attach-list")
    with open(listed, "w", encoding="utf-8") as file:
        file.writelines(f"{row.name} {row.module} {row.events}\n" for row in chosen)
    words = [report.BOOTER, "--count-instructions", "-k", kernel.image, "-m", "1024", "-s", str(CPUS), "-t", str(LIMIT_S),
             "-f", f"/usr/bin/attach_clock={clock}", "-f", f"/bench/list={listed}"]
    for path in modules:
        words += ["-f", f"/bench/{os.path.basename(path)}={path}"]
    with subprocess.Popen(words + [os.path.join(HERE, "attach", "job.sh")], stdout=subprocess.PIPE, text=True) as guest:
        for line in guest.stdout:
            print(f"{kernel.name}: {line}", end="", file=sys.stderr, flush=True)  # it takes minutes
            yield line
    if guest.returncode:
        report.die(f"{kernel.name}: the guest failed")


def separate_s(chosen):
    """What separate probes take; None: not measured."""
    return next((row.attach for row in chosen if row.name == "separate"), None)


def compare(chosen):
    """All system calls against separate probes."""
    separate = separate_s(chosen)
    for row in chosen:
        if separate and row.attach and row.name.startswith("syscalls") and row.attach * CHEAPER > separate:
            row.notes.append(f"attaching takes more than 1/{CHEAPER} of what separate probes take")


def measure(kernel, chosen, clock):
    modules = build_modules(kernel, sorted({row.module for row in chosen}))
    by_name = {row.name: row for row in chosen}
    for line in run_guest(kernel, chosen, modules, clock):
        name, *words = line.split() or [""]
        if name in by_name and words:
            by_name[name].take(words)
    compare(chosen)
    for row in chosen:
        if row.attach is None and not row.notes:
            row.notes.append("not measured")


def table(kernel, chosen):
    separate = separate_s(chosen)
    lines = [f"{kernel.release}: milliseconds of one CPU at one instruction per nanosecond",
             f"{'events':<56}{'attach':>10}{'detach':>10}{'limit':>8}{'separate / attach':>19}"]
    for row in chosen:
        if row.attach is None:
            lines.append(f"{row.title:<56}{'-':>10}{'-':>10}")
        else:
            limit = f"{row.limit_s * 1000}" if row.limit_s else ""
            ratio = f"{separate / row.attach:.0f}" if separate and row.name.startswith("syscalls") else ""
            lines.append(f"{row.title:<56}{row.attach * 1000:>10.1f}{row.detach * 1000:>10.1f}{limit:>8}{ratio:>19}".rstrip())
        lines += [f"    {note}" for note in row.notes]
    return "\n".join(lines) + "\n"


def main():
    words, names = sys.argv[1:], []
    while len(words) >= 2 and words[0] == "-k":
        names.append(words[1])
        words = words[2:]
    if set(words) - {row.name for row in rows()}:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    os.makedirs(OUT, exist_ok=True)
    clock = build_clock()
    found = kernels.find(names)
    texts, bad = [], not found
    for kernel in found:
        chosen = [row for row in rows() if not words or row.name in words]
        measure(kernel, chosen, clock)
        texts.append(table(kernel, chosen))
        print(texts[-1], flush=True)
        bad |= any(row.notes for row in chosen)
    with open(os.path.join(OUT, "attach.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(texts))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
