#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the language cases: each *.kp here is accepted, or refused with exactly the errors it names.

    run.py [-v] [--only-parse] [KT2KO [CASE.kp ...]]

Without KT2KO it takes the one in the build directory (KT2KO_BUILD, default build/). The last line is for scripts/test.sh.
--only-parse leaves out the cases that need more than the parser (KT2KO may then be kt2ko_parse_dump).

The first line of a case:

    #@ accept [stop=parse] [facts] [tapsets]     kt2ko must exit with 0 and report no error
    #@ refuse [stop=parse] [facts] [tapsets]     kt2ko must exit with 1 and report exactly the errors marked in the file

An expected error is a comment `#! KT1008` at the end of its line (several codes: `#! KT1008 KT1009`). Where no comment
can stand, header lines name it: `#@ error KT1003 line 7` or `#@ error KT1003 line 7 col 3`; `#@ note text` is ignored.
Warnings do not count. A case whose text must hold bytes that an editor would spoil writes `#@ raw`: from the line after
the header on, \\xHH, \\r, \\0 and \\n of the file become bytes, real line breaks disappear, and the header is not part
of what kt2ko gets (then lines count from the first raw byte).

stop=parse runs `kt2ko --stop-after=parse`, else `--stop-after=check`; with `facts` kt2ko knows the kernel of facts.txt, with
`tapsets` it looks into tests/tapsets (an error in one of them is named by a header line, with its line there). Exit status: 0 all cases passed, 1 some failed.
"""

import os
import re
import subprocess
import sys
import tempfile

TIME_LIMIT = 10  # seconds for one case
DIAGNOSTIC = re.compile(rb"^(?P<file>.*?):(?P<line>\d+):(?P<col>\d+): error: .*\[(?P<code>KT\d{4})\]$")
MARK = re.compile(rb"#!((?:\s+KT\d{4})+)\s*$")
HEADER_ERROR = re.compile(r"error (KT\d{4}) line (\d+)(?: col (\d+))?$")


class Case:
    """One file: what is given to kt2ko and what must come out."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as f:
            data = f.read()
        lines = data.split(b"\n")
        self.accept = None
        self.stop = "check"
        self.raw = False
        self.options = []
        self.expected = []  # (code, line, column or None)
        n_header = 0
        for line in lines:
            if not line.startswith(b"#@"):
                break
            n_header += 1
            self._header(line[2:].decode("utf-8").strip())
        if self.accept is None:
            raise ValueError("the first line must be '#@ accept' or '#@ refuse'")
        body = lines[n_header:]
        self.text = self._unescape(b"".join(body)) if self.raw else data
        if not self.raw:
            self._marks(lines)
        if self.accept == bool(self.expected):
            raise ValueError("accept takes no errors, refuse at least one")

    def _header(self, words):
        if words.startswith(("accept", "refuse")):
            self.accept = words.startswith("accept")
            for option in words.split()[1:]:
                if option == "facts":
                    self.options += ["--facts", os.path.join(os.path.dirname(self.path), "facts.txt")]
                elif option == "tapsets":
                    self.options += ["-I", os.path.join(os.path.dirname(os.path.dirname(self.path)), "tapsets")]
                elif option.startswith("stop="):
                    self.stop = option[len("stop="):]
                else:
                    raise ValueError(f"unknown option {option}")
        elif words == "raw":
            self.raw = True
        elif words.startswith("note"):
            pass
        elif HEADER_ERROR.match(words):
            code, line, col = HEADER_ERROR.match(words).groups()
            self.expected.append((code, int(line), int(col) if col else None))
        else:
            raise ValueError(f"unknown header '{words}'")

    def _marks(self, lines):
        for number, line in enumerate(lines, 1):
            mark = MARK.search(line.rstrip(b"\r"))
            if mark:
                self.expected += [(code.decode(), number, None) for code in mark.group(1).split()]

    @staticmethod
    def _unescape(text):
        names = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"\\": b"\\"}

        def byte(m):
            return names[m.group(1)] if m.group(1) in names else bytes([int(m.group(1)[1:], 16)])

        return re.sub(rb"\\(x[0-9a-fA-F]{2}|[rn0\\])", byte, text)

    def run(self, kt2ko):
        """Returns what is wrong, as a list of lines."""
        with tempfile.TemporaryDirectory() as d:
            script = os.path.join(d, os.path.basename(self.path))
            with open(script, "wb") as f:
                f.write(self.text)
            try:
                done = subprocess.run([kt2ko, f"--stop-after={self.stop}", *self.options, script], capture_output=True, check=False,
                                      timeout=TIME_LIMIT)
            except subprocess.TimeoutExpired:
                return [f"did not end within {TIME_LIMIT} s"]
        wrong = self._compare(done.stderr)
        want = 0 if self.accept else 1
        if done.returncode != want:
            wrong.append(f"exit status {done.returncode}, expected {want}")
        if wrong:
            wrong += ["    " + line.decode("utf-8", "replace") for line in done.stderr.splitlines()[:40]]
        return wrong

    def _compare(self, stderr):
        got = []
        for line in stderr.splitlines():
            m = DIAGNOSTIC.match(line)
            if m:
                got.append((m["code"].decode(), int(m["line"]), int(m["col"])))
        wrong = []
        for code, line, col in self.expected:
            hit = next((g for g in got if g[:2] == (code, line) and col in (None, g[2])), None)
            if hit:
                got.remove(hit)
            else:
                wrong.append(f"missing: {code} in line {line}" + (f" column {col}" if col else ""))
        return wrong + [f"unexpected: {code} in line {line} column {col}" for code, line, col in got]


def main(argv):
    verbose = "-v" in argv
    only_parse = "--only-parse" in argv
    args = [a for a in argv if a not in ("-v", "--only-parse")]
    if args and args[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    here = os.path.dirname(os.path.abspath(__file__))
    build = os.environ.get("KT2KO_BUILD", os.path.join(here, "..", "..", "build"))
    args = args or [os.path.join(build, "bin", "kt2ko")]
    paths = args[1:] or sorted(os.path.join(here, n) for n in os.listdir(here) if n.endswith(".kp"))
    failed = 0
    n_run = 0
    for path in paths:
        try:
            case = Case(path)
            if only_parse and case.stop != "parse":
                continue
            wrong = case.run(args[0])
        except (ValueError, OSError) as e:
            wrong = [f"not a case: {e}"]
        n_run += 1
        if wrong:
            failed += 1
            print(f"FAIL {os.path.basename(path)}")
            print("\n".join("  " + line for line in wrong))
        elif verbose:
            print(f"ok   {os.path.basename(path)}")
    print(f"lang: {n_run - failed} passed, {failed} failed")
    return 1 if failed or not n_run else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
