#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""package: the Debian packages have what they need, are the same when they are made again, and kt2ko works where they are unpacked, without its source tree.

usage: run.py
"""

import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import report  # noqa: E402

TIME_LIMIT_S = 600
SCRIPT = 'trace sched:sched_switch { printf("%s\\n", task.parent_name()) }\n'
WANTED = {
    "kt2ko": ("bin/kt2ko", "share/kt2ko/runtime-c/include/ktr.h", "share/kt2ko/templates/Kbuild.mustache",
              "share/kt2ko/tapsets/task.kp", "share/kt2ko/samples/helloworld/hello.kp", "share/man/man1/kt2ko.1",
              "share/doc/kt2ko/language.md", "share/doc/kt2ko/copyright"),
    "ktrun": ("bin/ktrun", "share/man/man1/ktrun.1", "share/doc/ktrun/copyright"),
}


def run(*words, **more):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          encoding="utf-8", errors="replace", timeout=TIME_LIMIT_S, **more)
    if done.returncode != 0:
        raise subprocess.SubprocessError(f"{' '.join(words)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def field(package, name):
    return run("dpkg-deb", "-f", package, name).strip()


def unpack(folder):
    """Makes the packages and unpacks them into one folder: {name: file}."""
    run("cpack", "--config", os.path.join(report.BUILD, "CPackConfig.cmake"), "-B", os.path.join(folder, "made"))
    packages = {field(path, "Package"): path for path in glob.glob(os.path.join(folder, "made", "*.deb"))}
    for path in packages.values():
        run("dpkg-deb", "-x", path, os.path.join(folder, "root"))
    return packages


def same(packages, folder):
    """The same bytes once more, later and in another folder; nothing names the source tree."""
    run("cpack", "--config", os.path.join(report.BUILD, "CPackConfig.cmake"), "-B", os.path.join(folder, "again"))
    for path in packages.values():
        with open(path, "rb") as first, open(os.path.join(folder, "again", os.path.basename(path)), "rb") as second:
            if first.read() != second.read():
                return f"{os.path.basename(path)} is another one"
    found = subprocess.run(["grep", "-rl", report.ROOT, os.path.join(folder, "root")], stdout=subprocess.PIPE, text=True, check=False).stdout
    return f"the source tree is named in {found}" if found else ""


def contents(packages, usr):
    """Both packages, with every file that is wanted."""
    if sorted(packages) != sorted(WANTED):
        return f"packages: {sorted(packages)}"
    for names in WANTED.values():
        for name in names:
            if not os.path.isfile(os.path.join(usr, name)):
                return f"no {name}"
    return ""


def depends(packages, usr):
    """Libraries of the programs are named; ktrun needs nothing. The maintainer is named."""
    for package in packages.values():
        if ".invalid" in field(package, "Maintainer"):
            return "maintainer: " + field(package, "Maintainer")
    if field(packages["ktrun"], "Depends"):
        return "ktrun depends on " + field(packages["ktrun"], "Depends")
    found = field(packages["kt2ko"], "Depends")
    missing = [word for word in ("ktrun (= ", "libc6 (>= ", "libstdc++6", "libelf1", "libfmt9", "make", "gcc") if word not in found]
    return f"kt2ko does not depend on {missing}: {found}" if missing else ""


def works(usr, folder, kernel):
    """kt2ko builds a module and a bundle from a folder of its own; the environment names nothing of ours."""
    place = os.path.join(folder, "elsewhere")
    os.makedirs(place)
    with open(os.path.join(place, "x.kp"), "w", encoding="utf-8") as file:
        file.write(SCRIPT)
    kt2ko, ktrun = (os.path.join(usr, "bin", name) for name in ("kt2ko", "ktrun"))
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": os.environ.get("HOME", place), "LC_ALL": "C"}
    run(kt2ko, "-k", kernel, "x.kp", cwd=place, env=environment)
    run(kt2ko, "bundle", "-k", kernel, "-o", "x.ktb", "x.kp", cwd=place, env=environment)
    text = run(ktrun, "x.ktb", cwd=place, env=environment)
    if "x (x.kp)\n  traces sched:sched_switch\n" not in text:
        return text
    run(kt2ko, "--emit-c", "c", "x.kp", cwd=place, env=environment)
    return "" if os.path.isfile(os.path.join(place, "x.ko")) else "no x.ko"


def main():
    result = report.Report("package")
    kernels = sorted(glob.glob("/lib/modules/*/build/Module.symvers"))
    with tempfile.TemporaryDirectory(prefix="kt2ko-package-") as folder:
        try:
            packages = unpack(folder)
        except (subprocess.SubprocessError, OSError) as error:
            result.add("cpack", str(error))
            return result.finish()
        usr = os.path.join(folder, "root", "usr")
        checks = [("same", lambda: same(packages, folder)), ("contents", lambda: contents(packages, usr)), ("depends", lambda: depends(packages, usr)),
                  ("works", lambda: works(usr, folder, os.path.dirname(kernels[0])) if kernels else "no kernel headers")]
        for name, check in checks:
            try:
                result.add(name, check())
            except (subprocess.SubprocessError, OSError, KeyError) as error:
                result.add(name, str(error))
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
