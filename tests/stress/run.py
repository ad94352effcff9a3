#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""stress: what takes long, in parts of minutes that can be stopped and resumed.

usage: run.py [-k KERNEL]... [--part cycles|kills|faults|sweep] [--way WAY] [--cycles N] [--cpus N] [--again] [WORD...]
    KERNEL: 6.1, 6.12, debug, a release; default: 6.1, 6.12 and debug where they are there
    WORD: only scripts of mix/ whose name contains a WORD; in the sweep: only functions of these names
    WAY: of the sweep: entries, returns, breakpoints, other-entries, other-returns; default: all

Part `cycles`: the scripts of mix/ are loaded and unloaded again and again, in turn, while system calls, forks and switches go
on on all CPUs. Part `kills`: ktrun runs them, and is killed at random moments. Part `faults`: as cycles, while allocations of kernel
memory that the modules make fail, every N-th (the kernel with fault injection only). Part `sweep`: every function of the kernel is
hooked, in every way, one batch at a time (sweep.py). Default: all.

A guest runs cycles (a kill is one, a batch too) in pieces; after each piece the log must be clean, nothing may be left loaded, and memory
must not have grown. What has been done is kept in build/stress/ under the fingerprint of what was tested, so that a run
goes on where the last one stopped; --again forgets it. The last line is "stress: N passed, M failed", N being cycles.
"""

import argparse
import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TESTS, "support"))
sys.path.insert(0, os.path.join(TESTS, "vm"))

import guest  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402
import kernel_run as vm  # noqa: E402
import sweep  # noqa: E402

CYCLES_PER_PIECE = 20
PIECES_PER_BOOT = 5
SECONDS_PER_CYCLE = 20              # generous: one virtual CPU at a time may run
MOMENTS = "moments:"                # the line of kills.sh that tells in which states the script was left
STATE_DIR = os.path.join(report.BUILD, "stress")


class Part:
    """What is done again and again."""

    def __init__(self, name, cpus, cycles, debug_cycles):
        self.name = name
        self.script = os.path.join(HERE, name + ".sh")
        self.cpus = cpus
        self.cycles = cycles
        self.debug_cycles = debug_cycles

    def wanted(self, kernel):
        return self.debug_cycles if kernel.debug else self.cycles


LOAD = os.path.join(HERE, "load.sh")
SWEEP = Part("sweep", 2, 0, 0)      # as many cycles as there are batches
PARTS = [Part("cycles", 4, 300, 400), Part("kills", 2, 200, 200), Part("faults", 4, 0, 200), SWEEP]


def sources(part):
    """Files that modules are made of besides the scripts' C, and the shell text around them."""
    found = [LOAD, part.script]
    for top in ("runtime-c", "templates"):
        for folder, _, names in os.walk(os.path.join(report.ROOT, top)):
            found += [os.path.join(folder, name) for name in names]
    return sorted(found)


def c_of(script):
    with tempfile.NamedTemporaryFile(suffix=".c") as file:
        subprocess.run([report.KT2KO, "--no-line", "--user-c", file.name, script], cwd=vm.PROGRAMS, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(file.name, "rb") as text:
            return text.read()


def fingerprint(part, scripts):
    """Of what is tested. Not the modules' bytes: kernels with KASAN have names of temporary files in them."""
    digest = hashlib.sha256()
    for script in sorted(scripts):
        digest.update(c_of(script))
    for path in sources(part):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


class State:
    """Cycles of a part done so far for one kernel, kept in a file."""

    def __init__(self, part, kernel, key, again):
        self.path = os.path.join(STATE_DIR, f"{part.name}-{kernel.release}.json")
        self.key = key
        self.done = 0
        self.moments = {}  # how often kills left the script in each state
        if not again and os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
            if kept["key"] == key:
                self.done = kept["done"]
                self.moments = kept.get("moments", {})

    def add(self, cycles, moments):
        self.done += cycles
        for moment in moments:
            self.moments[moment] = self.moments.get(moment, 0) + 1
        os.makedirs(STATE_DIR, exist_ok=True)
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump({"key": self.key, "done": self.done, "moments": self.moments}, file)
        os.rename(self.path + ".new", self.path)


def build_modules(kernel, words, result):
    """(modules of mix/, built for a kernel; their scripts); problems are told."""
    folder = os.path.join(STATE_DIR, f"modules-{kernel.release}")
    modules, scripts = [], []
    for script in sorted(glob.glob(os.path.join(HERE, "mix", "*.kp"))):
        if words and not any(word in os.path.basename(script) for word in words):
            continue
        module, problem = vm.build_script(kernel, script, folder)
        if problem:
            result.add(f"{os.path.basename(script)} for {kernel.name}", problem)
        else:
            modules.append(module)
            scripts.append(script)
    return modules, scripts


def moments_of(result):
    """The states that kills left the script in, from what the guest printed."""
    for line in result.stdout.splitlines():
        if line.startswith(MOMENTS):
            return line[len(MOMENTS):].split()
    return []


def text_of(part):
    """What a part runs in a guest."""
    text = ""
    for path in (LOAD, part.script):
        with open(path, encoding="utf-8") as file:
            text += file.read()
    return text


class Piece:
    """CYCLES_PER_PIECE cycles, the first one being number `first`: which script a cycle takes depends on its number."""

    def __init__(self, part, first, modules, programs):
        names = " ".join(os.path.splitext(os.path.basename(module))[0] for module in modules)
        head = f"SCRIPTS='{names}'\nFIRST={first}\nCYCLES={CYCLES_PER_PIECE}\nPROGRAMS={vm.PROGRAMS}\n"
        files = dict(programs)
        files.update({f"/modules/{os.path.basename(module)}": module for module in modules})
        self.moments = []
        self.name = f"{part.name} {first} to {first + CYCLES_PER_PIECE - 1}"
        self.case = guest.GuestCase(self.name, head + text_of(part), files, CYCLES_PER_PIECE * SECONDS_PER_CYCLE, self._check)

    def _check(self, result):
        self.moments = moments_of(result)
        if result.status == 0:
            return ""
        return f"exit status {result.status}; printed:\n{guest.tail(result.stdout)}\n{guest.tail(result.stderr)}"


def run_boot(kernel, pieces, cpus, state, wanted, result):
    """One guest. False when something failed."""
    by_name = {piece.name: piece for piece in pieces}
    good = True

    def tell(name, problem):
        nonlocal good
        if problem:
            good = False
            result.add(f"{name} on {kernel.name}", problem)
        elif name in by_name:
            state.add(CYCLES_PER_PIECE, by_name[name].moments)
            moments = " ".join(f"{moment} {count}" for moment, count in sorted(state.moments.items()))
            print(f"{kernel.name}: {state.done} of {wanted} {name.split()[0]} {moments}".rstrip(), flush=True)
    guest.Runner(kernel, tell, cpus).run([piece.case for piece in pieces])
    return good


def run_part(part, kernel, built, programs, options, result):
    modules, scripts = built
    state = State(part, kernel, fingerprint(part, scripts), options.again)
    wanted = options.cycles or part.wanted(kernel)
    while state.done < wanted:
        firsts = range(state.done, wanted, CYCLES_PER_PIECE)[:PIECES_PER_BOOT]
        pieces = [Piece(part, first, modules, programs) for first in firsts]
        if not run_boot(kernel, pieces, options.cpus or part.cpus, state, wanted, result):
            break
    result.passed += min(state.done, wanted)


def run_kernel(kernel, programs, options, result):
    parts = [part for part in PARTS if options.part in (None, part.name)]
    built = build_modules(kernel, options.words, result) if parts != [SWEEP] else None
    if built and not built[0]:
        result.add(f"scripts for {kernel.name}", "no module could be built")
        return
    for part in parts:
        if part is SWEEP:
            key = fingerprint(part, [sweep.SCRIPT])
            sweep.run(kernel, key, text_of(part), programs, options.cpus or part.cpus, options, STATE_DIR, result)
        elif part.wanted(kernel):
            run_part(part, kernel, built, programs, options, result)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("-k", dest="kernels", action="append", default=[])
    parser.add_argument("--part", choices=[part.name for part in PARTS])
    parser.add_argument("--way", choices=[way.name for way in sweep.functions.WAYS])
    parser.add_argument("--cycles", type=int, default=0)
    parser.add_argument("--cpus", type=int, default=0)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    if not options.kernels:
        os.environ["KT2KO_TEST_DEBUG_KERNEL"] = "1"
    result = report.Report("stress")
    programs, problem = vm.build_programs()
    if problem:
        result.add("tests/vm/programs", problem)
        return result.finish()
    for kernel in kernels.find(options.kernels):
        run_kernel(kernel, programs, options, result)
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
