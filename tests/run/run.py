#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""run: every case of this folder, and every sample that needs no kernel, as a process under sanitizers (ASan, UBSan).

Each case runs twice: with the text of its output made of arguments, as it is by default, and made by the handlers.

usage: run.py [-r] [WORD...]     cases whose path contains a WORD; -r writes what was printed into the case files
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import cases  # noqa: E402
import report  # noqa: E402

TIMEOUT_S = 60
LIBRARY = os.path.join(report.BUILD, "runtime-c", "libktr_user_san.a")
CFLAGS = ["-std=gnu11", "-O1", "-g", "-fwrapv", "-fno-omit-frame-pointer", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", UBSAN_OPTIONS="print_stacktrace=1",
                   LC_ALL="C", TZ="UTC")


def run(words, **more):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=TIMEOUT_S, check=False, encoding="utf-8", errors="surrogateescape", **more)


def build(case, folder, deferred):
    """Translates and compiles a case. Returns (program, problem)."""
    name = os.path.splitext(os.path.basename(case.path))[0]
    c_file, program = os.path.join(folder, name + ".c"), os.path.join(folder, name)
    done = run([report.KT2KO, f"--deferred={deferred}", *case.options(), "--user-c", c_file, case.path])
    if done.returncode != 0:
        return None, f"kt2ko: status {done.returncode}\n{done.stderr}"
    include = os.path.join(report.ROOT, "runtime-c", "include")
    done = run(["cc", *CFLAGS, "-I", include, c_file, LIBRARY, "-o", program])
    if done.returncode != 0:
        return None, f"the emitted C does not compile:\n{done.stderr}"
    return program, ""


def execute(case, program, folder):
    """Plays the case's events into the program."""
    events = os.path.join(folder, "events")
    with open(events, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("".join(event + "\n" for event in case.events))
    words = [program, "--events", events]
    for param in case.params:
        words += ["--param", param]
    if case.losses:
        words.append("--stats")
    return run(words + ["--"] + case.args, env=ENVIRONMENT)


def check(case, rewrite):
    for deferred in ("yes", "no"):
        problem = check_way(case, rewrite, deferred)
        if problem:
            return f"--deferred={deferred}: {problem}"
    return ""


def check_way(case, rewrite, deferred):
    with tempfile.TemporaryDirectory(prefix="kt2ko-run-") as folder:
        program, problem = build(case, folder, deferred)
        if problem:
            return problem
        done = execute(case, program, folder)
    problem = cases.compare(case, "user", done.returncode, done.stdout, done.stderr)
    if problem and rewrite and cases.rewrite(case, "user", done.stdout, done.stderr):
        print(f"rewrote {case.path}")
        return cases.compare(cases.Case(case.path), "user", done.returncode, done.stdout, done.stderr)
    return problem


def main():
    words = [word for word in sys.argv[1:] if word != "-r"]
    rewrite = "-r" in sys.argv[1:]
    result = report.Report("run")
    folders = (HERE, os.path.join(report.ROOT, "samples"))
    found = [case for folder in folders for case in cases.find_cases(folder, words) if case.runs_in("user")]
    result.run_all(found, lambda case: os.path.relpath(case.path, report.ROOT), lambda case: check(case, rewrite))
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
