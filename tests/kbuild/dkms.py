# SPDX-License-Identifier: GPL-2.0
"""kt2ko --dkms: DKMS takes the package and builds the module. A function(kernel, folder) that gives a problem or ''."""

import os
import re
import shutil
import subprocess

import checks

# Plain words for paths that dkms would otherwise take from the machine.
TREE_OPTIONS = ("--dkmstree", "tree", "--sourcetree", "source", "--installtree", "modules")


def run(folder, *words):
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace", timeout=checks.TIMEOUT_S)
    return done.returncode, done.stdout


def conf_of(package):
    """The values of dkms.conf, as the shell that dkms is sees them."""
    with open(os.path.join(package, "dkms.conf"), encoding="utf-8") as file:
        return dict(re.findall(r'^([A-Z_]+(?:\[0\])?)="(.*)"$', file.read(), re.MULTILINE))


def release_of(kernel):
    with open(os.path.join(kernel, "include", "generated", "utsrelease.h"), encoding="utf-8") as file:
        return re.search(r'"(.*)"', file.read()).group(1)


def build_by_dkms(folder, package, conf, kernel, release):
    """(module or None, output): add and build, in trees of our own."""
    for name in TREE_OPTIONS[1::2]:
        os.makedirs(os.path.join(folder, name))
    trees = [word if word.startswith("--") else os.path.join(folder, word) for word in TREE_OPTIONS]
    name = f"{conf['PACKAGE_NAME']}/{conf['PACKAGE_VERSION']}"
    output = ""
    for words in (["add", package], ["build", name, "-k", release, "--kernelsourcedir", kernel]):
        status, text = run(folder, "dkms", *words, *trees)
        output += text
        if status != 0:
            return None, output
    for top, _, files in os.walk(os.path.join(folder, "tree")):
        for file in files:
            if file.startswith(conf["BUILT_MODULE_NAME[0]"] + ".ko"):
                return os.path.join(top, file), output
    return None, output


def build_by_make(folder, package, conf, kernel, release):
    """The same by the line of dkms.conf, where dkms is not installed or root is missing."""
    line = conf["MAKE[0]"].replace("$kernelver", release).replace("$kernel_source_dir", kernel)
    status, output = run(package, "sh", "-c", line)
    module = os.path.join(package, conf["BUILT_MODULE_NAME[0]"] + ".ko")
    return (module if status == 0 else None), output


def dkms_builds_the_package(kernel, folder):
    package = os.path.join(folder, "package")
    done = checks.kt2ko("--dkms", package, checks.write_script(folder, "by_dkms.kp"))
    if done.returncode != 0:
        return done.stdout
    conf = conf_of(package)
    if conf["PACKAGE_NAME"] != "kt2ko-by_dkms" or not re.fullmatch(r"\d+\.\d+\.\d+\.[0-9a-f]{8}", conf["PACKAGE_VERSION"]):
        return f"dkms.conf: {conf}"
    way = build_by_dkms if shutil.which("dkms") and os.geteuid() == 0 else build_by_make
    module, output = way(folder, package, conf, kernel, release_of(kernel))
    if not module:
        return f"{way.__name__}:\n{output[-3000:]}"
    shown = checks.output("modinfo", module)
    if "kt2ko_script:   by_dkms.kp" not in shown or f"vermagic:       {release_of(kernel)} " not in shown:
        return shown
    checks.kt2ko("--dkms", package, checks.write_script(folder, "by_dkms.kp", 'print("other")\n'))
    return "" if conf_of(package)["PACKAGE_VERSION"] != conf["PACKAGE_VERSION"] else "another script has the same version"
