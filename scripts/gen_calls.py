#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes runtime-c/include/ktr_calls.def: what a prebuilt tapset calls of the runtime of the script that uses it.

A row is made of each function of ktr.h, ktr_ffi.h and ktr_tapset.h whose first parameter is the context.

usage: gen_calls.py            writes it
       gen_calls.py --check    writes nothing; fails when it is stale
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = os.path.join(ROOT, "runtime-c", "include")
HEADERS = ("ktr.h", "ktr_ffi.h", "ktr_tapset.h")
OUT = os.path.join(INCLUDE, "ktr_calls.def")

INTRODUCTION = """\
/* SPDX-License-Identifier: GPL-2.0 */
/* Written by scripts/gen_calls.py from the headers beside it. Do not edit. See ktr_tapset.h. */
/* KTR_CALL(type, name, (parameters), (arguments)): a function whose first parameter is the context */
"""
PROTOTYPE = re.compile(r"^(\w[\w *]*?)\b(ktr_\w+)\((struct ktr_ctx \*c[^)]*)\);", re.MULTILINE)


def arguments(parameters):
    return ", ".join(re.search(r"(\w+)(\[\])?$", p.strip()).group(1) for p in parameters.split(","))


def rows():
    for header in HEADERS:
        with open(os.path.join(INCLUDE, header), encoding="utf-8") as file:
            text = file.read()
        for kind, name, parameters in PROTOTYPE.findall(text):
            if not kind.startswith(("static", "typedef")):
                one_line = re.sub(r"\s+", " ", parameters)
                yield f"KTR_CALL({kind.strip()}, {name}, ({one_line}), ({arguments(one_line)}))\n"


def main():
    text = INTRODUCTION + "".join(rows())
    if sys.argv[1:] == ["--check"]:
        with open(OUT, encoding="utf-8") as file:
            if file.read() != text:
                print("runtime-c/include/ktr_calls.def is stale: run scripts/gen_calls.py")
                return 1
        return 0
    with open(OUT, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
