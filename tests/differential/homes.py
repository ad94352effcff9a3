# SPDX-License-Identifier: GPL-2.0
"""Where kt2ko's programs run: as processes under sanitizers, or as modules in a virtual machine.

Compiling costs most of the time, so many programs become one executable: what kt2ko emits has names of its own for everything
(`ktg_`), which get a number here.
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("support", "run", "vm"):
    sys.path.append(os.path.join(os.path.dirname(HERE), folder))

import report  # noqa: E402

TIMEOUT_S = 60
BUILD_TIMEOUT_S = 600
LIBRARY = os.path.join(report.BUILD, "runtime-c", "libktr_user_san.a")
MOVING_LIBRARY = os.path.join(report.BUILD, "runtime-c", "libktr_user_moves.a")
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]
CFLAGS = ["-std=gnu11", "-O0", "-fwrapv", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", LC_ALL="C")
DIAGNOSTIC = re.compile(r"^[^:\n]*:(\d+):(\d+): error: (.*) \[(KT\d+)\]$", re.MULTILINE)
OBJECT = re.compile(r"(table|function) 0x[0-9a-f]+")

# The runtime reads one script: the one that the environment names is copied to its place before main().
CHOICE = """#include "ktr.h"
#include <stdlib.h>
#include <string.h>
%s
struct ktr_script chosen __asm__("ktg_script");
static const struct ktr_script *const all[] = { %s };
__attribute__((constructor)) static void choose(void)
{
	memcpy(&chosen, all[atoi(getenv("PROGRAM"))], sizeof(chosen));
}
"""


class Refusal:
    """kt2ko refuses a program. errors: (line, message, code)."""

    def __init__(self, status, text):
        self.status = status
        self.text = text
        self.errors = [(int(line), message, code) for line, _, message, code in DIAGNOSTIC.findall(text)]


class Result:
    """A run of a program, or why there was none (problem)."""

    def __init__(self, status=None, stdout="", stderr="", problem=""):
        self.status = status
        self.stdout = OBJECT.sub(r"\1 0x?", stdout)
        self.stderr = stderr
        self.problem = problem


def run(words, timeout=TIMEOUT_S, **more):
    """Runs a command. Its output is bytes, one character each: no line break is changed."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                          check=False, **more)
    done.stdout, done.stderr = done.stdout.decode("latin-1"), done.stderr.decode("latin-1")
    return done


def write(path, text):
    with open(path, "w", encoding="latin-1", newline="\n") as file:
        file.write(text)
    return path


def params_of(program):
    goes_on = ["--param", "on_error=1"] if program.goes_on else []
    if program.loop_limit is None:
        return goes_on
    return [*goes_on, "--param", f"max_main_loop_count={program.loop_limit}", "--param", f"max_loop_count={program.loop_limit}"]


def event_line(event):
    return f"{event['name']} cpu={event['cpu']} pid=100 comm={event['execname']} : " \
           f"__syscall_nr={event['arg0']} name=0x1000 len={event['arg2']}\n"


class UserHome:
    """Processes. folder: for everything that is made. fast: only the runtime is sanitized, and leaks are not looked for.
    moves: with the runtime whose strings move."""

    def __init__(self, folder, fast=False, moves=False):
        self.folder = folder
        self.library = MOVING_LIBRARY if moves else LIBRARY
        self.fast = fast
        leaks = {"ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0"} if fast else {}
        self.environment = {**ENVIRONMENT, **leaks}

    def translate(self, name, text, seed):
        """Makes NAME.c. Gives a Refusal, or None. How handlers' output is made changes from seed to seed."""
        script = write(os.path.join(self.folder, name + ".kp"), text)
        done = run([report.KT2KO, "--no-facts", f"--deferred={'yes' if seed % 3 else 'no'}", "--user-c",
                    os.path.join(self.folder, name + ".c"), script])
        return None if done.returncode == 0 else Refusal(done.returncode, done.stderr)

    def compile(self, names):
        """One executable of several programs. Gives what the compiler complains of, or ''."""
        parts = []
        for name in names:
            with open(os.path.join(self.folder, name + ".c"), encoding="latin-1") as file:
                parts.append(re.sub(r"\bktg_", f"ktg_{name}_", file.read()))
        declared = "\n".join(f"extern const struct ktr_script ktg_{name}_script;" for name in names)
        parts.append(CHOICE % (declared, ", ".join(f"&ktg_{name}_script" for name in names)))
        source = write(os.path.join(self.folder, "all.c"), "\n".join(parts))
        made = os.path.join(self.folder, "all.o")
        done = run(["cc", *CFLAGS, *([] if self.fast else SANITIZE), "-I", os.path.join(report.ROOT, "runtime-c", "include"),
                    "-c", source, "-o", made], BUILD_TIMEOUT_S)
        if done.returncode == 0:
            done = run(["cc", *SANITIZE, made, self.library, "-o", os.path.join(self.folder, "all")], BUILD_TIMEOUT_S)
        return "" if done.returncode == 0 else f"the emitted C does not compile:\n{done.stderr}"

    def execute(self, number, program):
        """Runs program `number` of the executable."""
        events = write(os.path.join(self.folder, "events"), "".join(event_line(event) for event in program.events))
        words = [os.path.join(self.folder, "all"), "--events", events, *params_of(program)]
        try:
            done = run(words, env=dict(self.environment, PROGRAM=str(number)))
        except subprocess.TimeoutExpired:
            return Result(problem=f"not done in {TIMEOUT_S} s")
        return Result(done.returncode, done.stdout, done.stderr)

    def run_all(self, named):
        """named: [(name, program)], translated. Gives a Result for each."""
        problem = self.compile([name for name, _ in named])
        if not problem:
            return [self.execute(i, program) for i, (_, program) in enumerate(named)]
        if len(named) == 1:
            return [Result(problem=problem)]
        return [result for one in named for result in self.run_all([one])]
