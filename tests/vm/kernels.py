# SPDX-License-Identifier: GPL-2.0
"""The kernels that guests run: installed packages, and the debug kernel where a checkout has it beside itself."""

import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import flavours  # noqa: E402
import report  # noqa: E402

# Where scripts/flavours.sh unpacks images; their headers are installed.
UNPACKED = os.path.join(report.BUILD, "kernels")
DEBUG_DIR = os.path.join(os.path.dirname(report.ROOT), "shared", "debug-kernel")


class Kernel:
    """What it takes to build for a kernel and to boot it. Its short name: "6.1", "6.12", "6.1-rt", "6.12-generic", "debug"."""

    def __init__(self, release, image, build, debug=False):
        self.release = release
        self.image = image  # for kt2ko-vm-boot -k
        self.build = build  # kernel build directory
        self.append = ""  # to its command line
        self.debug = debug
        self.memory_mb = 2048 if debug else 1024
        self.slowness = 5 if debug else 1  # factor on time limits
        self.name = "debug" if debug else flavours.short_name(release)
        self.options = []  # of kt2ko, for another architecture
        self.ktrun = ""  # the one for its guests; empty: that of this build
        self.programs = ""  # folder of the programs that scripts probe; empty: that of this machine's


def _packaged():
    for image in glob.glob("/boot/vmlinuz-*") + glob.glob(os.path.join(UNPACKED, "boot", "vmlinuz-*")):
        release = os.path.basename(image)[len("vmlinuz-"):]
        build = f"/lib/modules/{release}/build"
        if os.path.exists(os.path.join(build, "Module.symvers")):
            yield Kernel(release, release if image.startswith("/boot/") else image, os.path.realpath(build))


def _unpack_debug_build(release):
    """The build directory of the debug kernel, unpacked once into our own build directory."""
    target = os.path.join(report.BUILD, "vm", release)
    if not os.path.isdir(os.path.join(target, "build")):
        partial = f"{target}.{os.getpid()}"
        os.makedirs(partial)
        archive = os.path.join(DEBUG_DIR, f"build-{release}.tar.xz")
        subprocess.run(["tar", "-C", partial, "-xf", archive], check=True)
        os.rename(partial, target)
    return os.path.join(target, "build")


def _debug():
    for image in glob.glob(os.path.join(DEBUG_DIR, "vmlinuz-*")):
        release = os.path.basename(image)[len("vmlinuz-"):]
        if os.path.exists(os.path.join(DEBUG_DIR, f"build-{release}.tar.xz")):
            yield Kernel(release, image, "", debug=True)


def _age(kernel):
    return [int(part) if part.isdigit() else 0 for part in kernel.release.replace("-", ".").split(".")]


def find(names=()):
    """The kernels of these names ("6.1", "6.12-rt", "debug", a release); those of the cloud flavour when none are given, the debug kernel
    too when KT2KO_TEST_DEBUG_KERNEL is set (it is about six times slower). The newest of each name."""
    newest = {}
    for kernel in sorted(list(_packaged()), key=_age) + list(_debug()):
        newest[kernel.name] = kernel
        if kernel.release in names:
            newest[kernel.release] = kernel
    missing = [name for name in names if name not in newest]
    if missing:
        report.die(f"no kernel {', '.join(missing)}; there are: {', '.join(newest)}")
    with_debug = bool(os.environ.get("KT2KO_TEST_DEBUG_KERNEL"))
    usual = [kernel for kernel in newest.values() if (with_debug if kernel.debug else flavours.flavour(kernel.release) == flavours.USUAL)]
    chosen = [newest[name] for name in names] if names else usual
    for kernel in chosen:
        if kernel.debug and not kernel.build:
            kernel.build = _unpack_debug_build(kernel.release)
    return chosen
