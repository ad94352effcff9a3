#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The manual pages and --help name the same options, commands and parameters.

usage: test_man.py BIN_DIRECTORY MAN_DIRECTORY WIRE_HEADER
"""

import os
import re
import subprocess
import sys


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


def options_in_help(text):
    """{"-k, --kernel KERNEL", ...}: what stands before two blanks or the end of a line that begins with an option."""
    return set(re.findall(r"^ +(-\S+(?:, --\S+)?(?: [A-Z=]+)*)(?:  +| (?=[a-z])|$)", text, re.MULTILINE))


def plain(line):
    """A roff line without macros and escapes."""
    line = re.sub(r"^\.[A-Z]+ ?", "", line).replace('"', "").replace("\\-", "-")
    return re.sub(r" +", " ", re.sub(r"\\f[BIR]", "", line)).strip()


def tags(page, section):
    """The tags of a section: the lines that follow .TP."""
    found, here, after_tag = [], "", False
    for line in page.splitlines():
        if line.startswith(".SH"):
            here = plain(line)
        elif after_tag and here == section:
            found.append(plain(line))
        after_tag = line.startswith(".TP")
    return found


def compare(what, program, page):
    if program == page:
        return 0
    print(f"{what}: only in --help: {sorted(program - page)}, only in the manual page: {sorted(page - program)}")
    return 1


def main():
    binaries, pages, wire = sys.argv[1:]
    problems = 0
    for name in ("kt2ko", "ktrun"):
        program = os.path.join(binaries, name)
        with open(os.path.join(pages, name + ".1"), encoding="utf-8") as file:
            page = file.read()
        text = help_of(program)
        options = options_in_help(text)
        if len(options) < 5:
            print(f"{name}: cannot read --help: {options}")
            problems += 1
        problems += compare(f"{name}, options", options, {tag for tag in tags(page, "OPTIONS") if tag[0] == "-"})
        if name == "kt2ko":
            commands = set(re.findall(r"^  kt2ko \[?([a-z]+)", text, re.MULTILINE))
            problems += compare("kt2ko, commands", commands, set(tags(page, "COMMANDS")))
            for command in commands:
                problems += compare(f"kt2ko {command}", options_in_help(help_of(program, command)) - options, set())
        else:
            with open(wire, encoding="utf-8") as file:
                header = file.read().split("Module parameters")[1].split("*/")[0]
            parameters = set(re.findall(r"^ \*   ([a-z_]+) +\S", header, re.MULTILINE))
            # Those that ktrun sets itself, from its own options and words.
            parameters -= {"args", "pid", "children", "self", "cpu", "gid", "hold"}
            problems += compare("parameters", parameters, {tag for tag in tags(page, "OPTIONS") if tag[0] != "-"})
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
