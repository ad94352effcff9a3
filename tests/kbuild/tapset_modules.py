# SPDX-License-Identifier: GPL-2.0
"""Tapsets as modules, and scripts that are linked with them: functions(kernel, folder) that give a problem or ''."""

import os

import checks

SCRIPT = """
trace probe:vfs_read { print(vfs.path(arg1), errno.name(arg2)) }
trace probe:tcp_connect { print(tcp.text(arg1)) }
"""
TAPSETS = ("vfs", "errno", "tcp")


def make_tapsets(kernel, folder, temp):
    """Builds them; TMPDIR is a folder of its own, to see whether its name gets into what is made."""
    os.makedirs(temp, exist_ok=True)
    os.makedirs(folder, exist_ok=True)
    for name in TAPSETS:
        done = checks.kt2ko("tapset", name, "-k", kernel, "-o", folder, temp=temp)
        if done.returncode != 0:
            return f"kt2ko tapset {name}: status {done.returncode}\n{done.stdout}"
    return ""


def content(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def modules_of_tapsets_are_the_same_everywhere(kernel, folder):
    here, there = os.path.join(folder, "tapsets"), os.path.join(folder, "other")
    problem = make_tapsets(kernel, here, os.path.join(folder, "t")) or make_tapsets(kernel, there, os.path.join(folder, "temp", "2"))
    if problem:
        return problem
    files = sorted(os.listdir(here))
    if files != sorted(f"kt2ko_{name}.{ending}" for name in TAPSETS for ending in ("ko", "symvers")):
        return f"made: {files}"
    differ = [file for file in files if content(here, file) != content(there, file)]
    return f"other bytes: {differ}" if differ else ""


def linked_scripts(kernel, folder):
    """The fast way and kbuild alone give modules that want the same of the tapsets; what does not fit is refused."""
    tapsets = os.path.join(folder, "tapsets")
    problem = make_tapsets(kernel, tapsets, os.path.join(folder, "t"))
    if problem:
        return problem
    script = checks.write_script(folder, "linked.kp", SCRIPT)
    found = []
    for way in ([], ["--kbuild"]):
        module = os.path.join(folder, "linked.ko")
        done = checks.kt2ko("--link-tapsets", "-I", tapsets, *way, "-k", kernel, "-o", module, script)
        if done.returncode != 0:
            return f"{way}: status {done.returncode}\n{done.stdout}"
        wanted = {name for kind, name in checks.symbols(module) if kind == "U" and name.startswith("ktg_")}
        needs = [line for line in checks.modinfo(module) if line.startswith("depends=")]
        of_tapsets = [record for record in checks.versions(module) if b"ktg_" in record]
        found.append((wanted, [sorted(line[8:].split(",")) for line in needs], of_tapsets))
    if found[0] != found[1]:
        return f"the fast way: {found[0]}\nkbuild: {found[1]}"
    wanted, needs, versions = found[0]
    if len(versions) != len(wanted):
        return f"versions {versions} of {wanted}"
    if needs != [sorted(f"kt2ko_{name}" for name in TAPSETS)]:
        return f"it needs {needs}"
    if not {"ktg_vfs__path", "ktg_errno__name", "ktg_tcp__text"} <= wanted:
        return f"it wants {wanted}"
    return refusals(kernel, folder, tapsets, script)


def refusals(kernel, folder, tapsets, script):
    own = os.path.join(folder, "own")
    os.makedirs(own, exist_ok=True)
    checks.write_script(own, "errno.kp", "function name(n) { return \"another\" }\nvar limit = 3\n")
    uses = checks.write_script(folder, "variable.kp", "print(errno.limit)\n")
    for words, status, text in (
            ([script], 3, "the tapset 'vfs' has no module here"),
            (["-I", own, "-I", tapsets, script], 3, "kt2ko_errno.symvers is of another text of the tapset"),
            (["-I", own, uses], 1, "KT3027")):
        done = checks.kt2ko("--link-tapsets", "-k", kernel, *words, cwd=own)
        if done.returncode != status or text not in done.stdout:
            return f"{words}: status {done.returncode}\n{done.stdout}"
    return ""


OF_EVERY_KERNEL = (linked_scripts,)
OF_OURS = (modules_of_tapsets_are_the_same_everywhere,)  # no matter which kernel
