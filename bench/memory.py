#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What modules take in memory: their text and data, what they take when they run, and what an element of a table takes.

usage: memory.py [-k KERNEL]...    KERNEL: 6.1, 6.12, a release
The scripts are those of run.py. The tables are printed and written to build/bench/memory.txt.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import run  # noqa: E402, also makes the drivers' folders known
import kernels  # noqa: E402
import report  # noqa: E402
import workloads  # noqa: E402

CPUS = (1, 4)
FEW, MANY = 1000, 9000


def sections(path):
    """Text and data (with what starts as zeros) of a module, in bytes."""
    words = run.command(["size", path]).splitlines()[1].split()
    return int(words[0]), int(words[1]) + int(words[2])


def run_guest(kernel, chosen, cpus, elements):
    listed = os.path.join(run.OUT, kernel.release, "memory_list")
    with open(listed, "w", encoding="utf-8") as file:
        # those that need nothing but insmod
        file.writelines(f"{w.name}\n" for w in chosen if w.name != "uprobe")
    words = [report.BOOTER, "-k", kernel.image, "-m", "1024", "-s", str(cpus), "-t", "900", "-f", f"/bench/list={listed}",
             "-f", f"/bench/elements.ko={elements}"]
    for w in chosen:
        words += ["-f", f"/bench/kt_{w.name}.ko={os.path.join(run.OUT, kernel.release, f'kt_{w.name}.ko')}"]
    done = subprocess.run(words + [os.path.join(HERE, "memory", "job.sh")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        report.die(f"{kernel.name}: the guest failed:\n{done.stdout}{done.stderr}")
    modules, kinds = {}, []
    for line in done.stdout.splitlines():
        words = line.split()
        if words[:1] == ["MODULE"]:
            modules[words[1]] = {key: int(value) for key, value in zip(words[2::2], words[3::2])}
        elif words[:1] == ["ELEMENTS"]:
            kinds.append((words[1], (int(words[3]) - int(words[2])) / (MANY - FEW)))
        elif words:
            report.die(f"{kernel.name}: {line}")
    return modules, kinds


def table(kernel, chosen, ran, kinds):
    one, four = (ran[cpus] for cpus in CPUS)
    lines = [f"{kernel.release}: modules, bytes; KiB when they run: besides CPUs, for each CPU, and at most on {CPUS[1]} CPUs",
             f"{'workload':<46}{'by hand':>16}{'kt2ko':>18}{'all':>9}{'a CPU':>7}{'most':>8}",
             f"{'':<46}{'text':>9}{'data':>7}{'text':>10}{'data':>8}"]
    for w in chosen:
        ours = sections(os.path.join(run.OUT, kernel.release, f"kt_{w.name}.ko"))
        theirs = sections(os.path.join(run.OUT, kernel.release, "handwritten", f"hw_{w.name}.ko"))
        line = f"{w.title:<46}{theirs[0]:>9}{theirs[1]:>7}{ours[0]:>10}{ours[1]:>8}"
        if w.name in one and w.name in four:
            per_cpu = (four[w.name]["memory_total"] - one[w.name]["memory_total"]) / (CPUS[1] - CPUS[0])
            rest = one[w.name]["memory_total"] - CPUS[0] * per_cpu
            line += f"{rest / 1024:>9.0f}{per_cpu / 1024:>7.0f}{four[w.name]['memory_ceiling'] / 1024:>8.0f}"
        lines.append(line)
    lines.append(f"\n{'an element of a table':<46}{'bytes':>9}")
    lines += [f"{kind:<46}{size:>9.1f}" for kind, size in kinds]
    return "\n".join(lines) + "\n"


def main():
    words, names = sys.argv[1:], []
    while len(words) >= 2 and words[0] == "-k":
        names.append(words[1])
        words = words[2:]
    if words:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    os.makedirs(run.OUT, exist_ok=True)
    text = "".join(f"{what}: {value}\n" for what, value in run.versions([]).items())
    for kernel in kernels.find(names):
        run.build_handwritten(kernel, workloads.ALL)
        run.build_scripts(kernel, workloads.ALL)
        elements = os.path.join(run.OUT, kernel.release, "elements.ko")
        run.command([run.KT2KO, "-k", kernel.build, "-o", elements, os.path.join(HERE, "memory", "elements.kp")])
        ran, kinds = {}, []
        for cpus in CPUS:
            ran[cpus], kinds = run_guest(kernel, workloads.ALL, cpus, elements)
        text += "\n" + table(kernel, workloads.ALL, ran, kinds)
    print(text, end="")
    with open(os.path.join(run.OUT, "memory.txt"), "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
