#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""kbuild: every sample and every case of run/ against the headers of kernels, with W=1 and -Werror.

For each kernel one module directory is built in full; the C of all scripts is then compiled in that directory by one
call of make, and what it needs must be defined by the runtime. Calling make for each script would cost seconds each,
nearly all of it spent on reading the kernel's makefiles. The C of a script has no header of the kernel, so without words
the cases of run/ are compiled for one kernel; as modules the rung vm has them on all, and the samples as a user builds them.

Without words the ways to a module are compared as well (checks.py), its imports (module_imports.py), what two builds give
(reproducible.py), and what DKMS makes of a script (dkms.py); and kt2ko check has to find what differs between kernels
(incompatible.py). The words core, features, imports, reproducible, tapsets, dkms and incompatible take these alone.

usage: run.py [-k KERNEL]... [WORD...]
    KERNEL: 6.12, 6.1-rt, 6.12-generic; default: the installed ones of the cloud flavour; WORD: scripts whose path contains it
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]

import cases as case_format  # noqa: E402
import checks  # noqa: E402
import dkms  # noqa: E402
import flavours  # noqa: E402
import incompatible  # noqa: E402
import module_imports  # noqa: E402
import report  # noqa: E402
import reproducible  # noqa: E402
import tapset_modules  # noqa: E402

TIMEOUT_S = 900
# Checks that a word takes alone.
BY_WORD = {
    "core": (checks.core_comes_along, checks.core_keeps_what_makes_code),
    "features": (checks.features_are_told_apart,),
    "imports": (module_imports.imports_are_known,),
    "reproducible": reproducible.OF_EVERY_KERNEL,
    "tapsets": tapset_modules.OF_EVERY_KERNEL + tapset_modules.OF_OURS,
    "dkms": (dkms.dkms_builds_the_package,),
}
MODULE = "kt_case"
INDIRECT_CALL = "__x86_indirect_thunk_"  # the kernel exports one for each register


def kernels(names):
    """(release, build directory) of installed kernel headers: of those names, else of the usual flavour."""
    found = {}
    for directory in glob.glob("/lib/modules/*/build") + glob.glob("/usr/src/linux-headers-*"):
        if os.path.isfile(os.path.join(directory, "Module.symvers")):
            real = os.path.realpath(directory)
            found[real] = re.sub(r"^linux-headers-", "", os.path.basename(real))
    return sorted((release, directory) for directory, release in found.items()
                  if (flavours.short_name(release) in names if names else flavours.flavour(release) == flavours.USUAL))


def scripts(top, words):
    found = []
    for folder, _, files in sorted(os.walk(os.path.join(report.ROOT, top))):
        found += [os.path.join(folder, name) for name in sorted(files) if name.endswith(".kp")]
    return [path for path in found if not words or any(word in shown(path) for word in words)]


def shown(path):
    return os.path.relpath(path, report.ROOT)


def run(words, **more):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace", timeout=TIMEOUT_S, **more)


def make(directory, folder, *targets):
    return run(["make", "-k", "-C", directory, f"M={folder}", f"-j{report.workers()}", "W=1", "KCFLAGS=-Werror",
                *targets], env=dict(os.environ, LC_ALL="C"))


def symbols(path, kind):
    """Undefined ('U') or defined ('T') names of an object."""
    names = set()
    for line in run(["nm", path]).stdout.splitlines():
        parts = line.split()
        if len(parts) >= 2 and (parts[-2] == "U") == (kind == "U"):
            names.add(parts[-1])
    return names


def build_runtime(directory, project):
    """A whole module in the project directory; returns a problem or ''."""
    empty = os.path.join(os.path.dirname(project), "empty.kp")
    with open(empty, "w", encoding="utf-8") as file:
        file.write('print("up")\n')
    done = run([report.KT2KO, "-m", MODULE, "--emit-c", project, empty])
    if done.returncode == 0:
        done = make(directory, project, "modules")
        if os.path.exists(os.path.join(project, MODULE + ".ko")) and done.returncode == 0:
            return ""
    return complaints(done.stdout)


def write_c(paths, project, name, result):
    """The C of all scripts; returns {object: path} for those that kt2ko accepts."""
    objects = {}
    for number, path in enumerate(paths):
        stem = f"case_{number}"
        case = case_format.Case(path)
        if case.unsafe:
            continue  # what it calls is found out by a step of its own, in a module directory: checks.py, vm/
        done = run([report.KT2KO, "--no-line", *case.options(), "--user-c", os.path.join(project, stem + ".c"), path])
        if done.returncode == 0:
            objects[stem + ".o"] = path
        else:
            result.add(name(path), f"kt2ko: status {done.returncode}\n{done.stdout}")
    return objects


def messages_about(stem, output):
    """The compiler's lines about one C file, else the last of all."""
    lines = output.splitlines()
    return "\n".join([line for line in lines if stem + ".c" in line][:20]) or complaints(output)


def check_objects(directory, project, objects, name, result):
    """Compiles the C of all scripts at once and looks at what each needs."""
    defined = symbols(os.path.join(project, MODULE + ".o"), "T")
    # What every object gets from the kernel whatever the script says; through which register a call goes, the compiler decides.
    imports = symbols(os.path.join(project, MODULE + ".o"), "U")
    done = make(directory, project, *objects)
    for target, path in objects.items():
        file = os.path.join(project, target)
        if not os.path.exists(file):
            result.add(name(path), messages_about(target[:-2], done.stdout))
            continue
        missing = sorted(symbol for symbol in symbols(file, "U") - defined - imports if not symbol.startswith(INDIRECT_CALL))
        result.add(name(path), f"the runtime lacks {', '.join(missing)}" if missing else "")


def check_scripts(release, directory, paths, result):
    """All scripts in one module directory."""
    def name(path):
        return f"{shown(path)} for {release}"

    with report.timed(f"the scripts for {release}"), tempfile.TemporaryDirectory(prefix="kt2ko-kbuild-") as folder:
        project = os.path.join(folder, "p")
        problem = build_runtime(directory, project)
        result.add(f"the runtime for {release}", problem)
        if problem:
            return
        objects = write_c(paths, project, name, result)
        if objects:
            check_objects(directory, project, objects, name, result)


def check_incompatible(found, result):
    with report.timed("scripts and kernels that do not fit"), tempfile.TemporaryDirectory(prefix="kt2ko-kbuild-") as folder:
        incompatible.check_all(folder, {flavours.short_name(release): release for release, _ in found}, result)


def jobs_of(found, words, result):
    """Calls that are independent of each other, the longest first."""
    if words == ["incompatible"]:
        return [lambda: check_incompatible(found, result)]
    if len(words) == 1 and words[0] in BY_WORD:
        return [job for release, directory in found for job in checks.jobs(BY_WORD[words[0]], directory, release, result)]
    cases, samples = scripts("tests/run", words), scripts("samples", words)
    jobs = [lambda kernel=kernel: check_scripts(*kernel, (cases if words or kernel is found[-1] else []) + samples, result)
            for kernel in reversed(found)]
    if words or not found:
        return jobs
    jobs.append(lambda: check_incompatible(found, result))
    for release, directory in found:
        jobs += checks.jobs(tapset_modules.OF_EVERY_KERNEL + BY_WORD["imports"] + checks.OF_EVERY_KERNEL, directory, release, result)
    # one kernel is as good as another; each has its turn
    jobs += checks.jobs(checks.OF_OURS + BY_WORD["reproducible"] + tapset_modules.OF_OURS, found[0][1], found[0][0], result)
    jobs += checks.jobs(BY_WORD["dkms"], found[-1][1], found[-1][0], result)
    return jobs


def complaints(text):
    """What the compiler or make complained about, else the last lines."""
    lines = [line for line in text.splitlines() if re.search("error|warning|undefined|Error", line)]
    return "\n".join(lines[:30] or text.splitlines()[-30:])


def main():
    result = report.Report("kbuild")
    names, words = report.kernels_and_words()
    found = kernels(names)
    if not found or {flavours.short_name(release) for release, _ in found} < set(names):
        result.add("kernel headers", "not all are installed: scripts/setup.sh, scripts/flavours.sh")
    result.run_jobs(jobs_of(found, words, result))
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
