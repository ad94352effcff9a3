#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""differential: random programs, run by kt2ko and by a reference interpreter, must do the same.

usage: run.py [--seed S] [--count N] [--minutes M] [--shrink] [--fast] [--moves] [--batch B]
       run.py --show --seed S
       run.py --vm [-k KERNEL] [--seed S] [--count N]

  --seed S     the first seed (1); program number i has the seed S + i
  --count N    programs (80)
  --minutes M  as many programs as take that long, instead of --count
  --shrink     make the programs that fail smaller
  --fast       only the runtime under sanitizers, not what kt2ko emits: twice as many programs in the same time
  --moves      with a runtime whose strings move whenever one is made (cmake --build build --target ktr_user_moves)
  --show       print the program of the seed and what the interpreter makes of it, nothing else
  --batch B    programs that are compiled at once (20)
  --vm         as modules in a virtual machine of KERNEL (6.1) instead of processes
"""

import argparse
import copy
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import generate  # noqa: E402
import homes  # noqa: E402
import interpret  # noqa: E402
import report  # noqa: E402
import shrink  # noqa: E402
import syntax  # noqa: E402
import test_interpreter  # noqa: E402
import values  # noqa: E402
import vm_home  # noqa: E402

REMOVALS = 8         # statements that a program may lose because kt2ko rightly refuses them
SHOWN_LINES = 25


class Test:
    """A program with what the interpreter makes of it. text, outcome: of the program as it is now."""

    def __init__(self, program):
        self.program = program
        self.refused = False   # kt2ko refused a part, which is gone
        self.update()

    def update(self):
        self.text = syntax.program_text(self.program.block)
        self.outcome = interpret.interpret(self.program.block, self.program.events, self.program.loop_limit,
                                           self.program.goes_on)

    @property
    def name(self):
        return f"p{self.program.seed}"


def make_test(seed, events=True):
    """The test of a seed, or None when its program is none."""
    try:
        return Test(generate.generate(seed, events))
    except values.Undefined:
        return None


# ---- refusals

def statements_at(block, line):
    """(list, index) of the innermost statements that begin at a line, or have a condition there."""
    found = []
    for inner in syntax.blocks(block):
        for i, s in enumerate(inner):
            if s.line == line or line in getattr(s, "lines", ()) or getattr(s, "end_line", 0) == line:
                found.append((inner, i))
    return found


def is_certain(statement):
    """Is all of a line evaluated when it ends well? Not with && and ||, nor with functions."""
    kinds = {type(node).__name__ for node in syntax.walk(statement)}
    lazy = any(isinstance(node, syntax.Binary) and node.op in ("&&", "||") for node in syntax.walk(statement))
    return not lazy and "Func" not in kinds and not hasattr(statement, "body") and not hasattr(statement, "blocks")


def neutral(s):
    """What a refused statement becomes: nothing, or what declares the same names."""
    unknown = syntax.Call(syntax.Name("id"), [syntax.Lit(None)])
    if isinstance(s, syntax.Var):
        s.exprs = [copy.deepcopy(unknown) for _ in s.names]
        return [s]
    if isinstance(s, syntax.Return):
        s.exprs = []
        return [s]
    return []


def without_refused(test, refusal):
    """Takes what kt2ko refuses out of the program. Gives a problem when it should not have refused it."""
    removed = False
    for line, message, code in sorted(refusal.errors, reverse=True):
        if not code.startswith("KT2"):
            return f"refused: {refusal.text}"
        places = statements_at(test.program.block, line)
        if not places:
            continue  # it is gone, by another error of that line
        removed = True
        block, i = places[0]  # the statement itself, not one of a function in it
        if line in test.outcome.done and is_certain(block[i]):
            return f"refused, but line {line} runs without an error: {message} [{code}]"
        block[i:i + 1] = kept = neutral(block[i])
        for s in kept:
            s.line = 0  # until it is printed again
    if not removed:
        return f"refused where nothing begins: {refusal.text}"
    test.refused = True
    test.update()
    return ""


# ---- one batch of programs

def excerpt(text):
    lines = text.split("\n")
    return "\n".join(lines[:SHOWN_LINES] + (["..."] if len(lines) > SHOWN_LINES else []))


def difference(test, result):
    """What is wrong with a result, or ''."""
    wanted = test.outcome
    if result.problem:
        return result.problem
    stderr = f"{test.name}.kp:{wanted.line}: error: {wanted.error}\n" if wanted.error else ""
    stdout = homes.OBJECT.sub(r"\1 0x?", wanted.stdout)  # as a Result's; texts may look like numbers of objects
    if (result.status, result.stdout, result.stderr) == (wanted.status, stdout, stderr):
        return ""
    out, have = stdout.split("\n"), result.stdout.split("\n")
    at = next((i for i, (a, b) in enumerate(zip(out, have)) if a != b), min(len(out), len(have)))
    return (f"the interpreter: status {wanted.status}, stderr {stderr!r}, stdout from line {at + 1}:\n"
            f"{excerpt(chr(10).join(out[at:]))}\n"
            f"kt2ko: status {result.status}, stderr {result.stderr[:1500]!r}, stdout from there:\n"
            f"{excerpt(chr(10).join(have[at:]))}")


def translate(home, test):
    """Translates a test, without what is rightly refused. Gives (whether there is something to run, problem)."""
    for _ in range(REMOVALS):
        refusal = home.translate(test.name, test.text, test.program.seed)
        if refusal is None:
            return True, ""
        if refusal.status != 1 or not refusal.errors:
            return False, f"kt2ko: status {refusal.status}\n{refusal.text}"
        try:
            problem = without_refused(test, refusal)
        except values.Undefined:
            return False, ""
        if problem:
            return False, problem
    return False, ""


def run_batch(home, tests):
    """Gives (test, problem, whether it ran) for each."""
    verdicts, ready = [], []
    for test in tests:
        runs, problem = translate(home, test)
        if runs:
            ready.append(test)
        else:
            verdicts.append((test, problem, False))
    if ready:
        results = home.run_all([(test.name, test.program) for test in ready])
        verdicts += [(test, difference(test, result), True) for test, result in zip(ready, results)]
    return verdicts


def reduced(home, test):
    """The text of a smaller program that fails too."""
    def fails(block):
        program = copy.copy(test.program)
        program.block = block
        try:
            small = Test(program)
            runs, problem = translate(home, small)
            if problem and "runs without" not in problem and "compile" not in problem and "refused" in problem:
                return False   # names that are gone
            return bool(problem or runs and difference(small, home.run_all([(small.name, program)])[0]))
        except (values.Undefined, AttributeError, TypeError):
            return False
    return syntax.program_text(shrink.shrink(copy.deepcopy(test.program.block), fails))


def failure_text(home, test, problem, options):
    text = f"seed {test.program.seed}: run.py --seed {test.program.seed} --count 1\n{problem}\nprogram:\n{test.text}"
    return text + (f"smaller:\n{reduced(home, test)}" if options.shrink else "")


class Counts:
    def __init__(self):
        self.made = self.undefined = self.refused = self.not_run = self.errors = 0

    def line(self):
        return (f"{self.made} programs; {self.errors} ended with a run-time error, {self.refused} had a part that kt2ko refused, "
                f"{self.not_run} of them all; {self.undefined} more seeds gave no program")


def next_tests(seed, n, counts, events=True):
    """n tests, and the seed after theirs."""
    tests = []
    while len(tests) < n:
        test = make_test(seed, events)
        seed += 1
        if test is None:
            counts.undefined += 1
        else:
            tests.append(test)
    return tests, seed


def run_in_user_space(options, result):
    counts, seed, begun = Counts(), options.seed, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kt2ko-differential-") as folder:
        home = homes.UserHome(folder, options.fast, options.moves)
        while counts.made < options.count if options.minutes is None else \
                time.monotonic() - begun < options.minutes * 60:
            left = options.batch if options.minutes is not None else min(options.batch, options.count - counts.made)
            tests, seed = next_tests(seed, left, counts)
            counts.made += len(tests)
            for test, problem, ran in run_batch(home, tests):
                counts.refused += test.refused
                counts.not_run += not ran
                counts.errors += test.outcome.status == 1
                result.add(f"seed {test.program.seed}", problem and failure_text(home, test, problem, options))
    print(counts.line())


def run_in_vm(options, result):
    counts, cases, seed = Counts(), [], options.seed
    with tempfile.TemporaryDirectory(prefix="kt2ko-differential-") as folder:
        user, home = homes.UserHome(folder), vm_home.VmHome(options.kernel, folder)
        while counts.made < options.count:
            (test,), seed = next_tests(seed, 1, counts)
            runs, problem = translate(user, test)
            if not runs:
                counts.not_run += 1
                continue
            counts.made += 1
            name = f"seed {test.program.seed} on {options.kernel}"
            case, problem = home.guest_case(test, name, difference)
            if problem:
                result.add(name, problem)
            else:
                cases.append(case)
        home.run(cases, result.add)
    print(counts.line())


def show(seed):
    test = make_test(seed)
    if test is None:
        print("no program")
        return
    print(test.text)
    print("".join("# event " + homes.event_line(event) for event in test.program.events), end="")
    outcome = test.outcome
    print(f"# limit of loops {test.program.loop_limit}, status {outcome.status}, error {outcome.error} at line {outcome.line}")
    print(outcome.stdout)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--moves", action="store_true")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--vm", action="store_true")
    parser.add_argument("-k", dest="kernel", default="6.1")
    options = parser.parse_args()
    if options.show:
        show(options.seed)
        return 0
    result = report.Report("differential")
    test_interpreter.check_all(result.add)
    try:
        (run_in_vm if options.vm else run_in_user_space)(options, result)
    except KeyboardInterrupt:
        print("interrupted")
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
