# SPDX-License-Identifier: GPL-2.0
"""kt2ko check has to find what differs between two kernels: the scripts of incompatible/ use what only one of them has.

A script says, in lines "#@ KERNEL WHAT", what has to be found for each kernel, with its headers and without:

    fine                       nothing: it is built, and nothing is said
    CODE LINE                  an error at that line, and the exit status
    warning CODE LINE          a warning, which only --strict makes wrong
    differs NAME               the value is another one than in the first kernel; it is built
    fallback                   it is built, and has to take a costlier way

A line "#@ headers" says that it is found with headers only, "#@ unsafe" that the script needs --unsafe.
"""

import glob
import json
import os
import subprocess

import report

HERE = os.path.dirname(os.path.abspath(__file__))
KERNELS = ("6.1", "6.12")  # the scripts are about these
TIMEOUT_S = 300


def kt2ko(*words):
    return subprocess.run([report.KT2KO, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, encoding="utf-8", errors="replace", timeout=TIMEOUT_S)


def expectations(path):
    """({kernel: words}, options, whether headers are needed) of a script."""
    wanted, options, headers = {}, [], False
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words[:1] != ["#@"]:
                continue
            if words[1] == "unsafe":
                options.append("--unsafe")
            elif words[1] == "headers":
                headers = True
            else:
                wanted[words[1]] = words[2:]
    return wanted, options, headers


def findings(row, severity):
    return [[f["code"], str(f["line"])] for f in row["findings"] if f["severity"] == severity]


def judge(words, row, headers):
    """A problem with what was found for one kernel, or ''. headers: there are some to build with."""
    errors, warnings = findings(row, "error"), findings(row, "warning")
    differs = [text for event in row.get("events", []) for text in event["differs"]]
    fallbacks = [event for event in row.get("events", []) if "fallback" in event]
    if words[0].startswith("KT"):
        good = row["result"] == "wrong" and not row["built"] and errors == [words]
    elif words[0] == "warning":
        good = not errors and warnings == [words[1:]]
    elif words[0] == "differs":
        good = not errors + warnings and [text.split()[0] for text in differs] == words[1:]
    elif words[0] == "fallback":
        good = not errors + warnings and len(fallbacks) == 1
    else:
        good = words == ["fine"] and not errors + warnings + fallbacks
    good = good and row["built"] == (headers and row["result"] == "ok")
    return "" if good else f"wanted {' '.join(words)}, got {json.dumps(row, indent=1)}"


def check_script(path, snapshots, headers):
    wanted, options, _ = expectations(path)
    if sorted(wanted) != sorted(snapshots):
        return f"it says nothing about one of {', '.join(KERNELS)}"
    kernels = [word for name in KERNELS for word in ("-k", snapshots[name])]
    done = kt2ko("check", "--json", *options, *kernels, path)
    strict = kt2ko("check", "--json", "--strict", *options, *kernels, path)
    rows = json.loads(done.stdout)
    problems = [judge(wanted[name], row, headers) for name, row in zip(KERNELS, rows)]
    certain = any(words[0].startswith("KT") for words in wanted.values())
    harmless = all(words[0] in ("fine", "fallback") for words in wanted.values())
    if (done.returncode, strict.returncode) != (int(certain), int(not harmless)):
        problems.append(f"exit status {done.returncode}, with --strict {strict.returncode}")
    return "\n".join(problem for problem in problems if problem)


def snapshots_in(folder, releases):
    """({short name: file}, problem): taken in virtual machines."""
    files = {}
    for name in KERNELS:
        if name not in releases:
            return {}, f"kernel {name} is not installed: scripts/setup.sh"
        files[name] = os.path.join(folder, name + ".facts")
        done = kt2ko("snapshot", "-k", releases[name], "-o", files[name])
        if done.returncode != 0 or not done.stdout.startswith(f"{files[name]}: kernel {name}."):
            return {}, f"kt2ko snapshot: status {done.returncode}\n{done.stdout}{done.stderr}"
    return files, ""


def of_other_releases(snapshots):
    """The same kernels under names that no headers have."""
    files = {}
    for name, path in snapshots.items():
        files[name] = path + ".other"
        with open(path, encoding="utf-8") as file, open(files[name], "w", encoding="utf-8") as other:
            other.write(file.readline().rstrip("\n") + "-other\n" + file.read())
    return files


def check_all(folder, releases, result):
    """releases: of kernels by their short names, see flavours.py."""
    snapshots, problem = snapshots_in(folder, releases)
    result.add("snapshots", problem)
    if problem:
        return
    scripts = sorted(glob.glob(os.path.join(HERE, "incompatible", "*.kp")))
    result.run_all(scripts, os.path.basename, lambda path: check_script(path, snapshots, True))
    others = of_other_releases(snapshots)
    without = [path for path in scripts if not expectations(path)[2]]
    result.run_all(without, lambda path: os.path.basename(path) + " without headers", lambda path: check_script(path, others, False))
