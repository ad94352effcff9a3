#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What is lost and what is wrong when 1 to 4 CPUs count in the same variable and elements. See README.md.

usage: counts.py [-k KERNEL]... [-n EVENTS] [CPUS...]    KERNEL: 6.1, 6.12, a release; EVENTS: of all CPUs, default 10000000
The tables are printed and written to build/bench/counts.txt.
"""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import run  # noqa: E402, also makes the drivers' folders known
import guest  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402

LIMIT_S = 1800
MIN_REPORTS = 5     # that were made meanwhile, or nothing was shown


def write(name, text):
    path = os.path.join(run.OUT, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
    return path


def run_guest(kernel, cpus, events, storms):
    module = os.path.join(run.OUT, kernel.release, "hammered.ko")
    os.makedirs(os.path.dirname(module), exist_ok=True)
    run.command([run.KT2KO, "-k", kernel.build, "-o", module, os.path.join(HERE, "counts", "hammered.kp")])
    words = [report.BOOTER, "-k", kernel.image, "-m", "1024", "-s", str(cpus), "-t", str(LIMIT_S), "-f", f"/bench/hammered.ko={module}",
             "-f", f"/usr/bin/storms={storms}", "-f", f"/bench/cpus={write('cpus', cpus)}",
             "-f", f"/bench/events={write('events', events)}", os.path.join(HERE, "counts", "job.sh")]
    environment = {**guest.accelerator(kernel, cpus, True), **os.environ}
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, env=environment)
    if done.returncode:
        report.die(f"{kernel.name} with {cpus} CPUs: the guest failed:\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()


class Counts:
    """What a guest said."""

    def __init__(self, lines):
        self.rows, self.notes = [], []
        for line in lines:
            what, _, rest = line.partition(" ")
            if what == "COUNT":
                name, expected, counted = (rest.split(" ") + ["", ""])[:3]
                self.rows.append((name.replace("_", " ").replace(",", " "), int(expected), int(counted or -1)))
            elif what == "REPORTS":
                self.reports(rest.split())
            elif line:
                self.notes.append(line)
        if len(self.rows) != 7:
            self.notes.append(f"{len(self.rows)} of 7 numbers")

    def reports(self, words):
        if len(words) != 3 or int(words[0]) < MIN_REPORTS:
            self.notes.append(f"fewer than {MIN_REPORTS} reports were made meanwhile: {' '.join(words)}")
        elif int(words[2]):
            self.notes.append(f"{words[2]} reports showed less than the one before")

    @property
    def good(self):
        return not self.notes and all(expected == counted for _, expected, counted in self.rows)

    def text(self):
        lines = [f"    {name:<34}{expected:>12}{counted:>12}{expected - counted:>10}" for name, expected, counted in self.rows]
        return "\n".join(lines + [f"    {note}" for note in self.notes]) + "\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("-k", dest="kernels", action="append", default=[])
    parser.add_argument("-n", dest="events", type=int, default=10_000_000)
    parser.add_argument("cpus", nargs="*", type=int)
    options = parser.parse_args()
    os.makedirs(run.OUT, exist_ok=True)
    storms = os.path.join(run.OUT, "storms")
    run.command(["gcc", "-O2", "-static", "-Wall", "-Wextra", "-o", storms, os.path.join(HERE, "counts", "storms.c")])
    text, good = "", True
    for kernel in kernels.find(options.kernels):
        for cpus in options.cpus or [1, 2, 3, 4]:
            counts = Counts(run_guest(kernel, cpus, options.events, storms))
            part = f"{kernel.release}, {cpus} CPUs\n    {'':<34}{'expected':>12}{'counted':>12}{'missing':>10}\n{counts.text()}"
            print(part, flush=True)
            text += part + "\n"
            good &= counts.good
    with open(os.path.join(run.OUT, "counts.txt"), "w", encoding="utf-8") as file:
        file.write(text)
    return 0 if text and good else 1


if __name__ == "__main__":
    sys.exit(main())
