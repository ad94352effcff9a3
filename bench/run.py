#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Guest instructions per event: scripts against hand-written modules doing the same work, and against other tools. See README.md.

usage: run.py [--alone] [-k KERNEL]... [WORKLOAD...]
    KERNEL: 6.1, 6.12, a release; WORKLOAD: words in a workload's name; --alone: without SystemTap and bpftrace
The tables are printed and written to build/bench/results.txt and results.json.
"""

import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(ROOT, "tests", "support"), os.path.join(ROOT, "tests", "vm")]

import kernels  # noqa: E402
import report  # noqa: E402
import rivals  # noqa: E402
import workloads  # noqa: E402

OUT = os.path.join(report.BUILD, "bench")
KT2KO = os.path.join(report.BUILD, "bin", "kt2ko")
KTRUN = os.path.join(report.BUILD, "bin", "ktrun")
LIMIT_S = 900
KNOWN_OF = "6.1."  # the release of the costs that are known
LIMIT_WITH_RIVALS_S = 3600  # a compiler runs in the guest


def command(words, **options):
    """Runs a command that has to succeed; its output."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode:
        report.die(f"{' '.join(words)} failed:\n{done.stdout}")
    return done.stdout


def build_hammer():
    path = os.path.join(OUT, "hammer")
    command(["gcc", "-O2", "-static", "-no-pie", "-Wall", "-Wextra", "-o", path, os.path.join(HERE, "hammer.c")])
    symbols = command(["nm", path])
    target = re.search(r"^([0-9a-f]+) T hammer_target$", symbols, re.M)
    load = re.search(r"LOAD +(0x[0-9a-f]+) (0x[0-9a-f]+) .*\n? *.* R E", command(["readelf", "-lW", path]))
    return path, int(target[1], 16) - int(load[2], 16) + int(load[1], 16)


def build_handwritten(kernel, chosen):
    folder = os.path.join(OUT, kernel.release, "handwritten")
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(os.path.join(HERE, "handwritten")):
        source, copy = os.path.join(HERE, "handwritten", name), os.path.join(folder, name)
        # what did not change keeps its time: make has nothing to do then
        if not os.path.exists(copy) or open(source, "rb").read() != open(copy, "rb").read():
            shutil.copy(source, copy)
    command(["make", "-C", kernel.build, f"M={folder}", "-j2", "modules"])
    return [os.path.join(folder, f"hw_{w.name}.ko") for w in chosen]


def build_scripts(kernel, chosen):
    folder = os.path.join(OUT, kernel.release)
    paths = []
    for w in chosen:
        path = os.path.join(folder, f"kt_{w.name}.ko")
        command([KT2KO, "-k", kernel.build, "-m", f"kt_{w.name}", "-o", path,
                 os.path.join(HERE, "scripts", f"{w.name}.kp")])
        paths.append(path)
    return paths


def run_guest(kernel, chosen, modules, hammer, offset, others):
    listed = os.path.join(OUT, kernel.release, "list")
    with open(listed, "w", encoding="utf-8") as file:
        for w in chosen:
            file.write(f"{w.name} {w.loop} {w.reader or '-'} {w.parameters.format(hammer_target=offset)}\n")
    words = [report.BOOTER, "--count-instructions", "-k", kernel.image, "-m", "3072" if others else "1024",
             "-t", str(LIMIT_WITH_RIVALS_S if others else LIMIT_S), *others,
             "-f", f"/usr/bin/ktrun={KTRUN}", "-f", f"/usr/bin/hammer={hammer}", "-f", f"/bench/list={listed}"]
    for path in modules:
        words += ["-f", f"/bench/{os.path.basename(path)}={path}"]
    done = subprocess.run(words + [os.path.join(HERE, "job.sh")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        report.die(f"{kernel.name}: the guest failed:\n{done.stdout}{done.stderr}")
    return done.stdout


class Row:
    """What was measured for a workload; instructions are per round, those of the untraced loop taken off."""

    def __init__(self, workload):
        self.workload = workload
        self.untraced = None
        self.cost = {}    # by tool: "hand-written", "kt2ko", those of rivals.py
        self.events = {}  # by tool: what each event's probe has seen
        self.notes = []   # each is a failure
        self.remarks = []  # about other tools

    def take(self, what, rest):
        if what.endswith("-events"):
            self.events.setdefault(what[:-len("-events")], []).append(int(rest))
        elif not rest.isdigit():
            (self.notes if what in ("hand-written", "kt2ko", "untraced") else self.remarks).append(f"{what} {rest}")
        elif what == "untraced":
            self.untraced = int(rest) / 100
        else:
            self.cost[what] = int(rest) / 100 - self.untraced

    def check(self, kernel):
        """Fewer events than rounds: what was measured is not what was meant."""
        rounds = 41 * (100 if self.workload.reader else 1000) // (2 if self.workload.loop == "yield" else 1)
        for tool, seen in self.events.items():
            if min(seen) >= rounds:
                continue
            if tool in ("hand-written", "kt2ko"):
                self.notes.append(f"{tool} saw {min(seen)} events of {rounds}")
            else:
                self.remarks.append(f"{tool} saw {min(seen)} events of {rounds}: not compared")
                self.cost.pop(tool, None)
        if "kt2ko" in self.cost and "kt2ko" not in self.events:
            self.notes.append("kt2ko saw no events")
        if kernel.release.startswith(KNOWN_OF) and self.cost.get("hand-written", 0) > self.workload.known * 1.03 + 1:
            self.notes.append(f"hand-written is slower than the known {self.workload.known}")
        for tool in set(self.cost) - {"hand-written", "kt2ko"}:
            if self.cost.get("kt2ko", 0) >= self.cost[tool]:
                self.notes.append(f"{tool} is not slower")

    @property
    def ratio(self):
        ours, by_hand = self.cost.get("kt2ko"), self.cost.get("hand-written")
        return ours / by_hand if ours and by_hand else None

    @property
    def failed(self):
        return self.ratio is None or self.ratio > self.workload.limit or bool(self.notes)

    def data(self):
        return {"workload": self.workload.name, "title": self.workload.title, "untraced": self.untraced, "cost": self.cost,
                "ratio": self.ratio, "limit": self.workload.limit, "known": self.workload.known, "notes": self.notes,
                "remarks": self.remarks}


def measure(kernel, chosen, hammer, offset, others):
    modules = build_handwritten(kernel, chosen) + build_scripts(kernel, chosen)
    rows = {w.name: Row(w) for w in chosen}
    words = []
    for rival in others:
        more, problems = rival.prepare(kernel, chosen, os.path.join(OUT, kernel.release), hammer)
        words += more
        for name, problem in problems.items():
            rows[name].remarks.append(problem)
    for line in run_guest(kernel, chosen, modules, hammer, offset, words).splitlines():
        words = line.split(" ", 2)
        if len(words) == 3 and words[0] in rows:
            rows[words[0]].take(words[1], words[2])
        elif line:
            print(f"{kernel.name}: {line}", file=sys.stderr)
    for row in rows.values():
        row.check(kernel)
    return list(rows.values())


def table(kernel, rows, others):
    def number(value, digits=0):
        return "-" if value is None else f"{value:.{digits}f}"
    lines = [f"{kernel.release}: guest instructions per event over the untraced loop",
             f"{'workload':<46}{'untraced':>9}{'by hand':>9}{'kt2ko':>9}{'ratio':>7}{'limit':>7}"
             + "".join(f"{rival.name:>10}" for rival in others)]
    for row in rows:
        over = "  over" if row.ratio and row.ratio > row.workload.limit else ""
        lines.append(f"{row.workload.title:<46}{number(row.untraced):>9}{number(row.cost.get('hand-written')):>9}"
                     f"{number(row.cost.get('kt2ko')):>9}{number(row.ratio, 2):>7}{row.workload.limit:>7}"
                     + "".join(f"{number(row.cost.get(rival.name)):>10}" for rival in others) + over)
        lines += [f"    {note}" for note in row.notes + row.remarks]
    return "\n".join(lines) + "\n"


def versions(others):
    revision = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()
    return {"kt2ko": command([KT2KO, "--version"]).strip() + (f" ({revision})" if revision else ""),
            "compiler": command(["gcc", "--version"]).splitlines()[0],
            "qemu": command(["qemu-system-x86_64", "--version"]).splitlines()[0],
            **{rival.name: rival.version() for rival in others}}


def main():
    words, names = sys.argv[1:], []
    others = [rival for rival in rivals.ALL if rival.installed()]
    while words and (words[0] == "--alone" or words[0] == "-k" and len(words) >= 2):
        if words[0] == "--alone":
            others, words = [], words[1:]
        else:
            names.append(words[1])
            words = words[2:]
    chosen = [w for w in workloads.ALL if not words or any(word in w.name for word in words)]
    if not chosen or any(word.startswith("-") for word in words):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    os.makedirs(OUT, exist_ok=True)
    hammer, offset = build_hammer()
    about = versions(others)
    text = "".join(f"{what}: {value}\n" for what, value in about.items())
    result = {"versions": about, "kernels": {}}
    over = False
    for kernel in kernels.find(names):
        rows = measure(kernel, chosen, hammer, offset, others)
        text += "\n" + table(kernel, rows, others)
        result["kernels"][kernel.release] = [row.data() for row in rows]
        over |= any(row.failed for row in rows)
    print(text, end="")
    with open(os.path.join(OUT, "results.txt"), "w", encoding="utf-8") as file:
        file.write(text)
    with open(os.path.join(OUT, "results.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=2)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
