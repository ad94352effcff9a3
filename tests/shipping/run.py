#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""shipping: Debian systems in virtual machines get kt2ko's packages, a DKMS package, and what kt2ko doctor asks for.

usage: run.py [-k KERNEL]... [WORD...]      cases whose name contains a word; kernels as for tests/vm, default: 6.1
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "vm"))

import guest  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402

IMAGES = os.path.join(report.BUILD, "shipping")
SETUP_LIMIT_S = 1800
CASE_LIMIT_S = 1200
MEMORY_MB = 1536

# A guest starts a thousand programs while it compiles: emulation is twice as fast when they all lie at the same addresses, and when
# the kernel does not guard itself against the processor.
KERNEL_WORDS = "norandmaps mitigations=off"


def run(words, limit=SETUP_LIMIT_S, **more):
    """(status, everything that was printed)"""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              encoding="utf-8", errors="replace", timeout=limit, **more)
    except subprocess.TimeoutExpired as error:
        return "limit", (error.stdout or b"").decode("utf-8", "replace")
    return done.returncode, done.stdout


def prepare(folder, releases):
    """Makes the packages in the folder, and the machines' images unless they are there; a problem or ''."""
    make_images = [[os.path.join(report.ROOT, "scripts", "shipping.sh"), folder, release] for release in releases]
    for words in (["cpack", "--config", os.path.join(report.BUILD, "CPackConfig.cmake"), "-B", folder], *make_images):
        status, output = run(words, env={**os.environ, "KT2KO_BUILD": report.BUILD})
        if status != 0:
            return f"{' '.join(words)}: status {status}\n{guest.tail(output)}"
    return ""


def dkms_package(folder):
    """The source package of the script that the cases run, made here: {path in the guest: file}."""
    status, output = run(["sh", "-c", f". {HERE}/lib.sh; write_script \"$1\"", "sh", os.path.join(folder, "runs.kp")], cwd=folder)
    package = os.path.join(folder, "runs-dkms")
    if status == 0:
        status, output = run([report.KT2KO, "--dkms", package, os.path.join(folder, "runs.kp")])
    if status != 0:
        raise RuntimeError(output)
    return {os.path.join("/case/runs-dkms", os.path.relpath(path, package)): path
            for path in glob.glob(os.path.join(package, "**"), recursive=True) if os.path.isfile(path)}


class Case:
    """A shell script for a Debian machine. Its line `#@ machine NAME` names the disk image."""

    def __init__(self, path, kernel):
        self.path = path
        self.kernel = kernel
        self.name = f"{os.path.basename(path)} [{kernel.name}]"
        with open(path, encoding="utf-8") as file:
            self.machine = re.search(r"^#@ machine (\S+)$", file.read(), re.MULTILINE)[1]

    def image(self, name):
        return os.path.join(IMAGES, self.kernel.release, name + ".ext4")

    def run(self, files):
        """Boots a machine for it; a problem or ''."""
        files = {**files, "/case/case": self.path, "/case/lib.sh": os.path.join(HERE, "lib.sh")}
        words = [report.BOOTER, "-k", self.kernel.image, "-m", str(MEMORY_MB), "-t", str(CASE_LIMIT_S), "-a", KERNEL_WORDS,
                 "-d", self.image(self.machine), "-d", self.image("packages")]
        for guest_path, host_path in sorted(files.items()):
            words += ["-f", f"{guest_path}={host_path}"]
        status, output = run([*words, os.path.join(HERE, "guest.sh")], CASE_LIMIT_S + 60)
        return "" if status == 0 else f"status {status}\n{guest.tail(output, 80)}"


def main():
    result = report.Report("shipping")
    names, words = report.kernels_and_words()
    chosen = kernels.find(names or ["6.1"])
    cases = [Case(path, kernel) for kernel in chosen for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.sh")))]
    with tempfile.TemporaryDirectory(prefix="kt2ko-shipping-") as folder:
        problem = prepare(os.path.join(folder, "packages"), [kernel.release for kernel in chosen])
        result.add("packages and machines", problem)
        if not problem:
            files = {f"/case/{os.path.basename(path)}": path for path in glob.glob(os.path.join(folder, "packages", "*.deb"))}
            files.update(dkms_package(folder))
            wanted = [case for case in cases if not words or any(word in case.name for word in words)]
            if not wanted:
                result.add(" ".join(words), "no such case")
            result.run_all(wanted, lambda case: case.name, lambda case: case.run(files))
    return result.finish()


if __name__ == "__main__":
    sys.exit(main())
