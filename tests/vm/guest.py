# SPDX-License-Identifier: GPL-2.0
"""Runs many cases in few guests: one boot for as many as possible, a fresh one after a case that broke its guest.

The inside is guest_runner.sh, the guest itself is made by kt2ko-vm-boot.
"""

import os
import re
import select
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import report  # noqa: E402
import where  # noqa: E402

KTRUN = os.path.join(report.BUILD, "bin", "ktrun")

CASES_PER_BOOT = 80
BYTES_PER_BOOT = 200 << 20  # of files: they stand in memory, in a file system that takes a third of the smallest guest
BOOT_LIMIT_S = 180
AT_BREAKPOINT = re.compile(r"^CPU \d+ at (?:asm_)?exc_int3\+", re.MULTILINE)  # as where.py says it
GRACE_S = 40             # beyond a case's own limit, before its guest is given up
END_LIMIT_S = 120        # the last checks

# kt2ko-vm-boot lets all virtual CPUs run in one thread: under QEMU's multi-threaded emulation a CPU can go on executing a breakpoint that
# another one has just taken away. Kernels after 6.1 oops then, 6.1 tries again for ever, which it reports as a soft lockup, if at all.
THREAD_EACH = "tcg,thread=multi"

# What a clean kernel log does not have.
COMPLAINTS = re.compile(r"BUG|WARNING|KASAN|UBSAN|Oops|Kernel panic|possible (circular|recursive) locking|"
                        r"inconsistent lock state|suspicious RCU|sleeping function|\bstall|lockup|"
                        r"general protection fault|[uU]nable to handle|blocked for more than|list_(add|del) corruption|"
                        r"refcount_t|scheduling while atomic|stack-protector|invalid opcode")


class GuestCase:
    """One case: shell text, the files that it needs, and what to say about its result."""

    def __init__(self, name, shell, files=None, limit=20, check=None, dirty_log=False):
        self.name = name
        self.shell = shell
        self.files = files or {}  # guest path -> host path
        self.limit = limit        # seconds, for a kernel of usual speed
        self.check = check        # Result -> problem or ""; None: the status must be 0
        self.dirty_log = dirty_log  # complaints in the kernel log are what the case is about


class Result:
    """What became of a case."""

    def __init__(self):
        self.status = None  # number, "limit", or None: the guest went down
        self.files = {"out": b"", "err": b"", "log": b"", "left": b""}
        self.crash = ""

    def text(self, name):
        return self.files[name].decode("utf-8", "surrogateescape")

    @property
    def stdout(self):
        return self.text("out")

    @property
    def stderr(self):
        return self.text("err")


def tail(text, lines=40):
    kept = text.rstrip("\n").split("\n")[-lines:]
    return "\n".join(kept)


def for_one_boot(numbered):
    """As many of the cases, from the first one on, as a guest has room for; one at least."""
    files, kept = {}, []
    for number, case in numbered[:CASES_PER_BOOT]:
        files.update({guest_path: os.path.getsize(host_path) for guest_path, host_path in case.files.items()})
        if kept and sum(files.values()) > BYTES_PER_BOOT:
            break
        kept.append((number, case))
    return kept


def log_complaint(log):
    """The first complaint of a kernel log with what follows it; empty when the log is clean."""
    lines = log.split("\n")
    for number, line in enumerate(lines):
        if COMPLAINTS.search(line):
            return "\n".join(lines[number:number + 60])
    return ""


def judge(case, result):
    """Everything that is wrong with a result, or ''."""
    if result.status is None:
        return f"the guest went down:\n{result.crash}"
    problems = []
    if result.status == "limit":
        problems.append(f"not done in {case.limit} s; printed:\n{tail(result.stdout)}\n{tail(result.stderr)}")
    elif case.check:
        problems.append(case.check(result))
    elif result.status != 0:
        problems.append(f"exit status {result.status}; printed:\n{tail(result.stdout)}\n{tail(result.stderr)}")
    problems.append(result.text("left").strip())
    if not case.dirty_log:
        complaint = log_complaint(result.text("log"))
        if complaint:
            problems.append("the kernel log is not clean:\n" + complaint)
    return "\n".join(problem for problem in problems if problem)


class Frames:
    """Reads what guest_runner.sh reports: yields ("begin", id), ("file", name, bytes), ("end", id, status)."""

    def __init__(self, process):
        self._process = process
        self._buffer = b""

    def read(self, limit_s):
        """The next frame; None at the end of the guest's output. Raises TimeoutError after limit_s without one."""
        line = self._line(time.monotonic() + limit_s)
        if line is None:
            return None
        words = line.decode("ascii", "replace").split()
        if words[:1] == ["@begin"]:
            return ("begin", words[1])
        if words[:1] == ["@end"]:
            return ("end", words[1], words[2])
        if words[:1] == ["@file"]:
            data = self._bytes(int(words[2]), time.monotonic() + limit_s)
            return None if data is None else ("file", words[1], data)
        raise ValueError(f"the guest says {line!r}")

    def _line(self, deadline):
        while b"\n" not in self._buffer:
            if not self._more(deadline):
                return None
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _bytes(self, count, deadline):
        while len(self._buffer) < count:
            if not self._more(deadline):
                return None
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _more(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
            raise TimeoutError
        data = os.read(self._process.stdout.fileno(), 1 << 20)
        self._buffer += data
        return bool(data)


def accelerator(kernel, cpus, parallel):
    """What to tell kt2ko-vm-boot about emulation; what the environment says goes first."""
    return {"KT2KO_VM_ACCEL": THREAD_EACH} if parallel and cpus > 1 and kernel.release.startswith("6.1.") else {}


def keeps_breakpoint(why):
    """Whether a CPU runs into a breakpoint for ever: the kernel's log says so, or it was there at each look of where.py."""
    return "RIP: 0010:asm_exc_int3" in why or len(AT_BREAKPOINT.findall(why)) >= where.LOOKS


class Guest:
    """One boot. Cases are named by their number."""

    def __init__(self, kernel, numbered, cpus, parallel, folder):
        self.kernel = kernel
        self._log = os.path.join(folder, "console")
        self._monitor = os.path.join(folder, "monitor")
        self._errors = open(os.path.join(folder, "errors"), "w+b")
        words = [report.BOOTER, "--no-log-check", "-k", kernel.image, "-m", str(kernel.memory_mb), "-s", str(cpus),
                 "-a", f"log_buf_len=4M {kernel.append}", "-l", self._log, "-f", f"/usr/bin/ktrun={kernel.ktrun or KTRUN}"]
        if len(self._monitor) < where.PATH_MAX:
            words += ["--monitor", self._monitor]
        listed = self._write(folder, "list", "".join(f"{number}\n" for number, _ in numbered))
        words += ["-f", f"/cases/list={listed}"]
        files = {}
        for number, case in numbered:
            command = self._write(folder, f"{number}.cmd", case.shell)
            limit = self._write(folder, f"{number}.limit", f"{round(case.limit * kernel.slowness)}\n")
            words += ["-f", f"/cases/{number}/cmd={command}", "-f", f"/cases/{number}/limit={limit}"]
            files.update(case.files)
        for guest_path, host_path in sorted(files.items()):
            words += ["-f", f"{guest_path}={host_path}"]
        words.append(os.path.join(HERE, "guest_runner.sh"))
        environment = {**accelerator(self.kernel, cpus, parallel), **os.environ}
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors,
                                         env=environment)
        self.frames = Frames(self._process)

    @staticmethod
    def _write(folder, name, text):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        return path

    def where(self):
        return where.where(self._monitor, self.kernel)

    def why_down(self):
        """What is known about a guest that ended too early."""
        self.end()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace")
        console = ""
        if os.path.exists(self._log):
            with open(self._log, encoding="utf-8", errors="replace") as file:
                console = file.read().replace("\r", "")
        begun = console.find("kt2ko: guest ready")
        return log_complaint(console[max(begun, 0):]) or tail(said, 10) + "\n" + tail(console, 30)

    def end(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class Runner:
    """Runs the cases for one kernel. report(case_name, problem) is called as they end."""

    def __init__(self, kernel, tell, cpus=1, parallel=False):
        self.kernel = kernel
        self.tell = tell
        self.cpus = cpus
        self.parallel = parallel
        self._again = set()  # cases that run a second time

    def run(self, cases):
        left = list(enumerate(cases))
        failed_boots = 0
        while left:
            done = self._boot(for_one_boot(left))
            left = left[done:]
            failed_boots = 0 if done else failed_boots + 1
            if failed_boots == 2:
                for _, case in left:
                    self.tell(case.name, f"the guest does not boot:\n{self._why}")
                return

    def _boot(self, numbered):
        """Boots once; the number of cases that are done with, one that broke the guest included."""
        with tempfile.TemporaryDirectory(prefix="kt2ko-vm-") as folder:
            guest = Guest(self.kernel, numbered, self.cpus, self.parallel, folder)
            try:
                return self._follow(guest, numbered)
            finally:
                guest.end()

    def _follow(self, guest, numbered):
        slowness = self.kernel.slowness
        done, current, result, begun = 0, None, None, 0
        limit = BOOT_LIMIT_S * slowness
        try:
            while frame := guest.frames.read(limit):
                if frame[0] == "begin":
                    current, result, begun = frame[1], Result(), time.monotonic()
                    limit = END_LIMIT_S * slowness
                    if done < len(numbered):
                        limit = numbered[done][1].limit * slowness + GRACE_S * slowness
                elif frame[0] == "file":
                    result.files[frame[1]] = frame[2]
                elif current == "leaks":
                    self._tell_time("the search for leaks", begun)
                    self._tell_leaks(result)
                    current = None
                else:
                    self._tell_time(numbered[done][1].name, begun)
                    self._end_case(numbered[done][1], result, frame[2])
                    done, current = done + 1, None
            why = ""
        except TimeoutError:
            why = "the guest stands still\n" + guest.where()
        if current is None and done == len(numbered):
            return done
        self._why = why + guest.why_down()
        if current is None and done == 0:
            return 0
        if done < len(numbered):
            if self._runs_again(*numbered[done]):
                return done
            result = result or Result()
            result.crash = self._why
            self.tell(numbered[done][1].name, judge(numbered[done][1], result))
            return done + 1
        self.tell("the end of the guest", self._why)
        return done

    def _runs_again(self, number, case):
        """With a thread for each CPU, QEMU may let one run into a breakpoint for ever that the kernel has taken away (README.md). That is
        no fault of the case: it runs once more, which is said."""
        if not self.parallel or number in self._again or not keeps_breakpoint(self._why):
            return False
        self._again.add(number)
        print(f"once more: {case.name}: QEMU kept a breakpoint that is gone", flush=True)
        return True

    def _tell_time(self, name, begun):
        report.tell_time(f"{name} [{self.kernel.name}]", time.monotonic() - begun)

    def _end_case(self, case, result, status):
        result.status = int(status) if status.isdigit() else status
        self.tell(case.name, judge(case, result))

    def _tell_leaks(self, result):
        self.tell("no leaked memory", tail(result.stdout, 100))
