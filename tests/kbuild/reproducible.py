# SPDX-License-Identifier: GPL-2.0
"""The same input gives the same bytes: each is a function(kernel, folder) that gives a problem or ''."""

import hashlib
import os
import subprocess
import tarfile

import checks
import report

OTHER = 'trace sched:sched_process_exit { print(pid) }\n'


def place(folder, name, script=checks.SCRIPT):
    """A folder with a script in it, and folders of its own for temporary files and the cache."""
    top = os.path.join(folder, name)
    for part in ("cache", "temp", "scripts"):
        os.makedirs(os.path.join(top, part))
    checks.write_script(os.path.join(top, "scripts"), "same.kp", script)
    checks.write_script(os.path.join(top, "scripts"), "other.kp", OTHER)
    return top


def run(top, *words, program=report.KT2KO, own_cache=True, **more):
    environment = dict(os.environ, LC_ALL="C", TMPDIR=os.path.join(top, "temp"), **more)
    if own_cache:
        environment["XDG_CACHE_HOME"] = os.path.join(top, "cache")
    done = subprocess.run([program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace", env=environment, cwd=top, timeout=checks.TIMEOUT_S)
    if done.returncode != 0:
        raise subprocess.SubprocessError(f"{words}: status {done.returncode}\n{done.stdout}")


def sum_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def bundles_are_the_same_everywhere(kernel, folder):
    """Whatever the folders and the order of scripts; members have fixed owners and one time, that of SOURCE_DATE_EPOCH."""
    made = []
    for name, scripts in (("a", ("same", "other")), ("longer", ("other", "same"))):
        top = place(folder, name)
        words = [f"scripts/{script}.kp" for script in scripts]
        run(top, "bundle", "-k", kernel, "-o", "t.ktb", *words, own_cache=False)
        made.append(os.path.join(top, "t.ktb"))
    if sum_of(made[0]) != sum_of(made[1]):
        return f"{made} differ"
    top = os.path.join(folder, "a")
    run(top, "-k", kernel, "-o", "same.ko", "scripts/same.kp", own_cache=False)
    run(top, "bundle", "-k", kernel, "-o", "dated.ktb", "scripts/same.kp", own_cache=False, SOURCE_DATE_EPOCH="1700000000")
    with tarfile.open(os.path.join(top, "dated.ktb")) as archive:
        infos = archive.getmembers()
        module = next(info for info in infos if info.name.endswith("/same.ko"))
        if archive.extractfile(module).read() != open(os.path.join(top, "same.ko"), "rb").read():
            return "the module in the bundle is not what kt2ko builds alone"
    wrong = [info for info in infos if (info.mtime, info.uid, info.gid, info.uname, info.gname) != (1700000000, 0, 0, "root", "root")]
    return f"wrong members: {wrong}" if wrong else ""


def files_of(top):
    """{name: sum} of the files below a folder."""
    return {os.path.relpath(os.path.join(folder, name), top): sum_of(os.path.join(folder, name))
            for folder, _, names in os.walk(top) for name in names}


def everything_is_the_same_everywhere(kernel, folder):
    """Modules by both ways, directories for make and for DKMS, what is known of the kernel: from other folders and empty caches."""
    made = {}
    for name in ("a", os.path.join("another", "longer")):
        top = place(folder, name)
        out = os.path.join(top, "out")
        os.makedirs(out)
        for words in (["-o", "out/cached.ko"], ["--kbuild", "-o", "out/kbuild.ko"], ["--emit-c", "out/c"], ["--dkms", "out/dkms"],
                      ["--deferred", "no", "-o", "out/texts.ko"]):
            run(top, "-k", kernel, *words, "scripts/same.kp")
        run(top, "snapshot", "-k", kernel, "-o", "out/kernel.snapshot")
        made[name] = files_of(out)
    these, those = made.values()
    if not {"cached.ko", "kbuild.ko", "texts.ko", "c/script.c", "kernel.snapshot"} <= set(these):
        return f"made: {sorted(these)}"
    differ = sorted(name for name in set(these) | set(those) if these.get(name) != those.get(name))
    return f"other bytes: {differ}" if differ else ""


OF_EVERY_KERNEL = (bundles_are_the_same_everywhere, everything_is_the_same_everywhere)
