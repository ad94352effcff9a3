#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs scripts/smoke.c with event lists and compares what comes out. usage: home_test.py PROGRAM"""

import subprocess
import sys
import tempfile

HEADER = "                         value ------------- Distribution ------------- count\n"


def row(key, bar, count):
    return f"{key:>31} |{'@' * bar:<38}{count:<7}\n"


def play(program, events, *words):
    with tempfile.NamedTemporaryFile("w", suffix=".events") as file:
        file.write(events)
        file.flush()
        done = subprocess.run([program, "--events", file.name, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, check=False, encoding="utf-8")
    return done.stdout, done.stderr, done.returncode


IN_ORDER = r"""
# filter, fields, nesting, timers, end
sched:sched_switch cpu=0 pid=1 comm=init : prev_comm="a b" prev_pid=7
sched:sched_switch cpu=1 pid=2 comm=bash : prev_comm="filtered" prev_pid=0
sched:sched_switch cpu=1 level=hardirq pid=2 comm=bash : prev_comm="\x41\"" prev_pid=0x10
sched:sched_switch nest=1 cpu=1 level=hardirq pid=2 comm=bash : prev_comm="reentry" prev_pid=3
sched:sched_switch nest=1 cpu=1 level=nmi pid=2 comm=bash : prev_comm="nmi" prev_pid=3
tick 25
sched:sched_wakeup
exit
sched:sched_switch : prev_comm="after the end" prev_pid=1
"""

IN_ORDER_OUT = ('a b\t7\nA"\t16\nnmi\t3\ntick n=3 len=2\ntick n=3 len=2\nbash\t2\ninit\t1\n' + HEADER +
                row("bash", 25, 2) + row("init", 12, 1))

SKIPPED = "smoke: 1 events skipped: a handler of the same level was running on the CPU\n"


def main():
    program = sys.argv[1]
    one = 'sched:sched_switch comm=x : prev_comm="y" prev_pid=1\n'
    checks = [
        ("events in order", play(program, IN_ORDER, "--stats"), (IN_ORDER_OUT, SKIPPED, 0)),
        ("a limit in the main chunk", play(program, "", "--param", "max_main_loop_count=5000", "--", "loop"),
         ("", "smoke.kp:8: error: call count exceed max limit(5000)\n", 1)),
        ("a field that an event lacks", play(program, "sched:sched_switch : prev_comm=1\n"),
         ("", "smoke.kp:5: error: event sched:sched_switch has no field prev_pid\n", 1)),
        ("a run-time error in a filter",
         play(program, 'sched:sched_switch : prev_comm="x" prev_pid="no number"\n' + one),
         ("", "smoke.kp:5: error: compare with non-number\n", 1)),
        ("errors that end just the handler",
         play(program, 'sched:sched_switch : prev_comm="x" prev_pid="no number"\n' + one, "--param", "on_error=1"),
         ("y\t1\nx\t1\n" + HEADER + row("x", 38, 1), "", 0)),
        ("one process", play(program, one + one.replace("comm=x", "pid=7 comm=z", 1), "--param", "pid=7"),
         ("y\t1\nz\t1\n" + HEADER + row("z", 38, 1), "", 0)),
    ]
    failures = 0
    for name, got, want in checks:
        if got != want:
            failures += 1
            print(f"{name}:\n got  {got!r}\n want {want!r}")

    out, err, status = play(program, one, "--threads", "4", "--repeat", "2000", "--stats")
    if (status, err) != (0, "") or out.count("y\t1\n") != 8000 or not out.endswith(row("x", 38, 8000)):
        failures += 1
        print(f"threads: status {status}, {err!r}, ...{out[-300:]!r}")
    print(f"{failures} of {len(checks) + 1} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
