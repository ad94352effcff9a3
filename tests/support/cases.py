# SPDX-License-Identifier: GPL-2.0
"""Case files of tests/run/: reading, comparing, rewriting. The format is described in tests/README.md."""

import difflib
import os
import re
import shlex

HOMES = ("user", "vm")


class CaseError(Exception):
    """A case file that breaks the format."""


class Expected:
    """What one home must print. Lines are (kind, text): kind is '=', '~' or '*'."""

    def __init__(self):
        self.stdout = []
        self.stderr = []


class Case:
    """One file NAME.kp."""

    def __init__(self, path):
        self.path = path
        self.args = []
        self.events = []
        self.params = []
        self.ktrun = []
        self.losses = False
        self.unsafe = False
        self.tapsets = ""  # a folder beside the case's
        self.vm_cmd = ""
        self.status = 0
        self.unordered = False
        self.newline = True
        self.only = ""
        self.reason = ""
        self.expected = {}  # "" (both homes), "user", "vm" -> Expected
        self._read()

    def options(self):
        """Options that kt2ko needs."""
        words = ["--unsafe"] if self.unsafe else []
        if self.tapsets:
            words += ["-I", os.path.join(os.path.dirname(self.path), self.tapsets)]
        return words

    def runs_in(self, home):
        return self.only in ("", home)

    def expect(self, home):
        """The expectation that counts for a home."""
        return self.expected.get(home) or self.expected.get("") or Expected()

    def _read(self):
        section = ""
        with open(self.path, encoding="utf-8", errors="surrogateescape") as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip("\n")
                try:
                    if line.startswith("#@"):
                        section = self._directive(line[2:].strip(), section)
                    else:
                        self._expectation(line, section)
                except (CaseError, ValueError, re.error) as error:
                    raise CaseError(f"{self.path}:{number}: {error}") from None
        if not self.expected:
            raise CaseError(f"{self.path}: expects nothing: add '#@ expect'")

    def _directive(self, text, section):
        word, _, rest = text.partition(" ")
        rest = rest.strip()
        if word == "args":
            self.args = shlex.split(rest)
        elif word == "event":
            self.events.append(rest)
        elif word == "param":
            if "=" not in rest:
                raise CaseError("param needs NAME=VALUE")
            self.params.append(rest)
        elif word == "losses":
            self.losses = True
        elif word == "unsafe":
            self.unsafe = True
        elif word == "tapsets":
            self.tapsets = rest
        elif word == "ktrun":
            self.ktrun = shlex.split(rest)
        elif word == "vm-cmd":
            self.vm_cmd = rest
        elif word == "status":
            self.status = int(rest)
        elif word == "unordered":
            self.unordered = True
        elif word == "no-newline":
            self.newline = False
        elif word in ("user-only", "vm-only"):
            if not rest:
                raise CaseError(f"{word} needs a reason")
            self.only, self.reason = word[:-5], rest
        elif word in ("expect", "expect-user", "expect-vm"):
            section = word[7:]
            self.expected.setdefault(section, Expected())
        else:
            raise CaseError(f"unknown directive {word}")
        return section

    def _expectation(self, line, section):
        for marker, kind, stream in (("#=", "=", "stdout"), ("#~", "~", "stdout"), ("#*", "*", "stdout"),
                                     ("#!~", "~", "stderr"), ("#!*", "*", "stderr"), ("#!", "=", "stderr")):
            if line != marker and not line.startswith(marker + " "):
                continue
            if section not in self.expected:
                raise CaseError(f"'{marker}' before '#@ expect'")
            text = line[len(marker) + 1:]
            if kind == "~":
                re.compile(text)
            getattr(self.expected[section], stream).append((kind, text))
            return


def find_cases(root, words):
    """All cases below root whose path, from the name of root on, contains one of the words (all when there are none)."""
    found = []
    for folder, _, files in sorted(os.walk(root)):
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name.endswith(".kp") and (not words or any(word in os.path.relpath(path, os.path.dirname(root)) for word in words)):
                found.append(Case(path))
    return found


def _matches(wanted, lines):
    """Do the lines match the wanted list? '*' stands for any number of lines."""
    reachable = {0}  # positions in lines that the wanted prefix can end at
    for kind, text in wanted:
        if kind == "*":
            reachable = set(range(min(reachable), len(lines) + 1)) if reachable else set()
        elif kind == "=":
            reachable = {i + 1 for i in reachable if i < len(lines) and lines[i] == text}
        else:
            reachable = {i + 1 for i in reachable if i < len(lines) and re.fullmatch(text, lines[i])}
    return len(lines) in reachable


def compare_stream(wanted, text, name, unordered=False, newline=True):
    """Empty string when text is as wanted, else a readable difference."""
    lines = text.split("\n")
    ends_well = lines[-1] == ""
    if ends_well:
        lines.pop()
    if unordered:
        wanted, lines = sorted(wanted, key=lambda w: w[1]), sorted(lines)
    if not _matches(wanted, lines):
        shown = [f"{kind} {text}" for kind, text in wanted]
        got = [f"= {line}" for line in lines]
        return "\n".join(difflib.unified_diff(shown, got, f"{name} expected", f"{name} printed", lineterm="", n=4))
    if lines and ends_well != newline:
        return f"{name} {'ends' if ends_well else 'does not end'} with a line break"
    return ""


def compare(case, home, status, stdout, stderr):
    """The differences between a run and its case; empty when it passed."""
    wanted = case.expect(home)
    problems = []
    if status != case.status:
        problems.append(f"exit status {status}, expected {case.status}")
    problems.append(compare_stream(wanted.stdout, stdout, "stdout", case.unordered, case.newline))
    problems.append(compare_stream(wanted.stderr, stderr, "stderr"))
    return "\n".join(problem for problem in problems if problem)


def rewrite(case, home, stdout, stderr):
    """Puts what was printed in the place of the expectation. Refuses where patterns stand: those are for people."""
    section = home if home in case.expected else ""
    wanted = case.expect(home)
    if any(kind != "=" for kind, _ in wanted.stdout + wanted.stderr):
        return False
    with open(case.path, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().split("\n")
    head = f"#@ expect-{section}" if section else "#@ expect"
    start = lines.index(head)
    end = start + 1
    while end < len(lines) and (lines[end].startswith(("#=", "#!"))):
        end += 1
    new = [f"#= {line}".rstrip() for line in stdout.split("\n")[:None if not stdout.endswith("\n") else -1] if stdout]
    new += [f"#! {line}".rstrip() for line in stderr.splitlines()]
    lines[start + 1:end] = new
    with open(case.path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(lines))
    return True
