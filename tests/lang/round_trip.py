#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Checks that what kt2ko_parse_dump prints for a script parses to the same tree: a second dump is the same text.

    round_trip.py KT2KO_PARSE_DUMP [FILE.kp ...]

Without files: all accepted language cases, all samples and tapsets of the tree. Exit status: 0 all equal, 1 not.
"""

import glob
import os
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def dump(tool, path):
    done = subprocess.run([tool, path], capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def check(tool, path):
    """Returns what is wrong, or None."""
    status, first, err = dump(tool, path)
    if status != 0:
        return f"does not parse\n{err}"
    with tempfile.NamedTemporaryFile(suffix=".kp") as f:
        f.write(first)
        f.flush()
        status, second, err = dump(tool, f.name)
    if status != 0:
        return f"its dump does not parse\n{err}"
    return None if first == second else "the dump of its dump differs"


def is_raw(path):
    with open(path, "rb") as f:
        return b"\n#@ raw" in f.read(200)


def main(argv):
    if not argv:
        print(__doc__, file=sys.stderr)
        return 2
    paths = argv[1:]
    if not paths:
        for pattern in ("tests/lang/ok-*.kp", "samples/**/*.kp", "tapsets/**/*.kp"):
            paths += sorted(p for p in glob.glob(os.path.join(ROOT, pattern), recursive=True) if not is_raw(p))
    failed = 0
    for path in paths:
        wrong = check(argv[0], path)
        if wrong:
            failed += 1
            print(f"FAIL {os.path.relpath(path, ROOT)}: {wrong}")
    print(f"round trip: {len(paths) - failed} of {len(paths)} scripts")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
