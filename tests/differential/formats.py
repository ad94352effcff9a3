# SPDX-License-Identifier: GPL-2.0
"""printf() of the reference interpreter."""

import re

import values
from values import ScriptError

CONVERSION = re.compile(r"%([-+ #0]*)(\d*)(?:(\.)(\d*))?(.?)", re.DOTALL)
NUMBERS = "diuoxXc"



def integer(flags, precision, conv, v, width):
    """An integer as C's printf writes it."""
    signed = conv in "di"
    magnitude = abs(v) if signed else values.unsigned(v)
    text = format(magnitude, {"i": "d", "u": "d"}.get(conv, conv))
    if precision is not None:
        text = "" if precision == 0 and magnitude == 0 else text.rjust(precision, "0")
    prefix = ""
    if signed:
        prefix = "-" if v < 0 else "+" if "+" in flags else " " if " " in flags else ""
    elif "#" in flags and conv in "xX" and magnitude:
        prefix = "0" + conv
    elif "#" in flags and conv == "o" and not text.startswith("0"):
        text = "0" + text
    if "0" in flags and "-" not in flags and precision is None:
        text = text.rjust(width - len(prefix), "0")
    return prefix + text


def one(match, args, number):
    """A conversion of the argument with this number (the format is 1)."""
    flags, width, dot, precision, conv = match.groups()
    if len(flags) > 5:
        raise ScriptError("invalid format (repeated flags)")
    if len(width) > 2 or len(precision or "") > 2:
        raise ScriptError("invalid format (width or precision too long)")
    if not conv:
        raise ScriptError("invalid option '%' to 'format'")
    if number - 1 >= len(args):
        raise ScriptError(f"bad argument #{number}: (no value)")
    v = args[number - 1]
    width = int(width or 0)
    precision = int(precision or 0) if dot else None
    if conv == "s":
        text = values.show(v)
        text = text if precision is None else text[:precision]
    elif conv not in NUMBERS:
        raise ScriptError(f"invalid option '%{conv}' to 'format'")
    elif not values.is_int(v):
        raise ScriptError(f"wrong type of argument {number}")
    elif conv == "c":
        text = chr(v & 255)
    else:
        text = integer(flags, precision, conv, v, width)
    return text.ljust(width) if "-" in flags else text.rjust(width)


def format_text(args):
    """What printf(args) writes."""
    if not args:
        raise ScriptError("bad argument #1: (no value)")
    if not isinstance(args[0], str):
        raise ScriptError("wrong type of argument 1")
    text, out, at, number = args[0], "", 0, 2
    while at < len(text):
        if text[at] != "%":
            out, at = out + text[at], at + 1
        elif text[at:at + 2] == "%%":
            out, at = out + "%", at + 2
        else:
            match = CONVERSION.match(text, at)
            out += one(match, args, number)
            number, at = number + 1, match.end()
    return out
