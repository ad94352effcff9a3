# SPDX-License-Identifier: GPL-2.0
"""string.* of the reference interpreter. One character of a Python string is one byte."""

import formats
from values import ScriptError, TableValue, is_int, new_string

BLANKS = " \t\n\v\f\r"


def text_arg(args, n):
    if len(args) < n:
        raise ScriptError(f"bad argument #{n}: (no value)")
    if not isinstance(args[n - 1], str):
        raise ScriptError(f"wrong type of argument {n}")
    return args[n - 1]


def int_arg(args, n, default=None):
    """default: of an argument that may be missing."""
    if default is not None and (len(args) < n or args[n - 1] is None):
        return default
    if len(args) < n:
        raise ScriptError(f"bad argument #{n}: (no value)")
    if not is_int(args[n - 1]):
        raise ScriptError(f"wrong type of argument {n}")
    return args[n - 1]


def s_len(_, args):
    return [len(text_arg(args, 1))]


def s_sub(_, args):
    s, i, j = text_arg(args, 1), int_arg(args, 2), int_arg(args, 3, -1)
    i = max(i if i >= 0 else len(s) + i + 1, 1)
    j = min(j if j >= 0 else len(s) + j + 1, len(s))
    return [s[i - 1:j] if i <= j else ""]


def s_find(_, args):
    s, what, init = text_arg(args, 1), text_arg(args, 2), int_arg(args, 3, 1)
    init = max(init if init >= 0 else len(s) + init + 1, 1)
    at = s.find(what, init - 1) if init <= len(s) + 1 else -1
    return [None] if at < 0 else [at + 1, at + len(what)]


def change(s, letters, offset):
    return "".join(chr(ord(ch) + offset) if ch in letters else ch for ch in s)


def s_upper(_, args):
    return [change(text_arg(args, 1), "abcdefghijklmnopqrstuvwxyz", -32)]


def s_lower(_, args):
    return [change(text_arg(args, 1), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 32)]


def s_rep(_, args):
    s, n = text_arg(args, 1), int_arg(args, 2)
    sep = text_arg(args, 3) if len(args) > 2 and args[2] is not None else ""
    if not s and not sep:
        return [""]
    n = min(max(n, 0), 5000)  # more than any string can hold
    return [new_string(sep.join([s] * n))]


def s_byte(_, args):
    s, i = text_arg(args, 1), int_arg(args, 2, 1)
    i = i if i >= 0 else len(s) + i + 1
    return [ord(s[i - 1]) if 1 <= i <= len(s) else None]


def s_char(_, args):
    out = ""
    for n in range(1, len(args) + 1):
        v = int_arg(args, n)
        if not 0 <= v <= 255:
            raise ScriptError(f"argument {n} is no byte: {v}")
        out += chr(v)
    return [out]


def s_format(_, args):
    text_arg(args, 1)
    return [new_string(formats.format_text(args))]


def s_split(_, args):
    s = text_arg(args, 1)
    if len(args) > 1 and args[1] is not None:
        sep = text_arg(args, 2)
        if not sep:
            raise ScriptError("the separator is empty")
        parts = s.split(sep)
    else:
        for blank in BLANKS:
            s = s.replace(blank, " ")
        parts = [part for part in s.split(" ") if part]
    table = TableValue()
    for i, part in enumerate(parts, 1):
        table.set(i, part)
    return [table]


def s_starts(_, args):
    return [text_arg(args, 1).startswith(text_arg(args, 2))]


def s_ends(_, args):
    return [text_arg(args, 1).endswith(text_arg(args, 2))]


def glob(p, s):
    """`*`, `?` and plain characters."""
    if not p:
        return not s
    if p[0] == "*":
        return any(glob(p[1:], s[i:]) for i in range(len(s) + 1))
    return bool(s) and p[0] in ("?", s[0]) and glob(p[1:], s[1:])


def s_glob(run, args):
    s, p = text_arg(args, 1), text_arg(args, 2)
    if any(ch in p for ch in "[\\") or p.count("*") > 3:
        run.undefined("a glob with sets")
    return [glob(p, s)]


def s_basename(_, args):
    s = text_arg(args, 1)
    if s and not s.strip("/"):
        return ["/"]
    return [s.rstrip("/").rsplit("/", 1)[-1]]


def s_trim(_, args):
    return [text_arg(args, 1).strip(BLANKS)]


FUNCTIONS = {name[2:]: function for name, function in list(globals().items()) if name.startswith("s_")}
