# SPDX-License-Identifier: GPL-2.0
"""Short names of kernels: "6.1" and "6.12" are Debian's cloud flavour, "6.12-rt", "6.1-generic" the others."""

import re

USUAL = "cloud"  # the flavour that all rungs test with


def flavour(release):
    found = re.search(r"-(cloud|rt)-[^-]*$", release)
    return found[1] if found else "generic"


def short_name(release):
    version = ".".join(release.split(".")[:2])
    return version if flavour(release) == USUAL else f"{version}-{flavour(release)}"
