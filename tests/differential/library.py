# SPDX-License-Identifier: GPL-2.0
"""The library of the reference interpreter: functions that depend on nothing but their arguments.

A function takes the interpreter and a list of arguments, and returns a list of results.
"""

import functools

import aggregates
import formats
import strings
import values
from values import ScriptError, ScriptExit, TableValue, TupleValue, Undefined, is_int, type_name


def need(args, n, test):
    """Argument n (from 1), which must pass a test."""
    if len(args) < n:
        raise ScriptError(f"bad argument #{n}: (no value)")
    if not test(args[n - 1]):
        raise ScriptError(f"wrong type of argument {n}")
    return args[n - 1]


def anything(_):
    return True


def is_table(v):
    return isinstance(v, TableValue)


def given(args, n):
    return len(args) >= n and args[n - 1] is not None


def lib_print(run, args):
    run.write("\t".join(values.show(v) for v in args) + "\n")
    return []


def lib_printf(run, args):
    run.write(formats.format_text(args))
    return []


def lib_type(_, args):
    return [type_name(need(args, 1, anything))]


def lib_tostring(_, args):
    v = need(args, 1, anything)
    if type_name(v) in ("table", "function"):
        raise Undefined("the text of an object is used")
    return [values.new_string(values.show(v))]


def number_of(text, base):
    text = text.strip(" \t\n\v\f\r")
    negative = text[:1] == "-"
    text = text[1:] if text[:1] in ("-", "+") else text
    if base in (None, 16) and len(text) > 2 and text[:2].lower() == "0x":
        base, text = 16, text[2:]
    base = base or 10
    n = 0
    for ch in text:
        digit = "0123456789abcdefghijklmnopqrstuvwxyz".find(ch.lower()) if ch.isascii() else -1
        if digit < 0 or digit >= base:
            return None
        n = min(n * base + digit, (1 << 64) - 1)
    return values.wrap(-n if negative else n) if text else None


def lib_tonumber(_, args):
    v = need(args, 1, anything)
    base = need(args, 2, is_int) if given(args, 2) else None
    if base == 0:
        raise Undefined("base 0")
    if base is not None and not 2 <= base <= 36:
        raise ScriptError("base out of range")
    if is_int(v):
        return [v]
    return [number_of(v, base) if isinstance(v, str) else None]


def lib_len(_, args):
    v = need(args, 1, anything)
    if isinstance(v, str):
        return [len(v)]
    if isinstance(v, TableValue):
        return [len(v.elements)]
    if isinstance(v, TupleValue):
        return [len(v.parts)]
    raise ScriptError(f"cannot get length of type {type_name(v)}")


def lib_delete(_, args):
    need(args, 1, is_table).elements.clear()
    return []


def lib_exit(_, args):
    raise ScriptExit


def lib_table_new(_, args):
    for n in (1, 2):
        if given(args, n) and need(args, n, is_int) > 1000:
            raise Undefined("a large table")
    if given(args, 3):
        raise Undefined("a table with a limit")
    return [TableValue()]


def lib_percentile(_, args):
    h = need(args, 1, lambda v: type_name(v) == "histogram")
    n = need(args, 2, is_int)
    of = need(args, 3, is_int) if given(args, 3) else 100
    if of < 1 or n < 0 or n > of:
        raise ScriptError("percentile out of range")
    return [h.percentile(n, of)]


# ---- print_hist

UNITS = ("ns", "us", "ms", "s", "bytes")


def hist_options(args):
    rows, unit = 20, ""
    for n, v in enumerate(args[1:3], 2):
        if is_int(v):
            rows = v
        elif isinstance(v, str) and v not in UNITS and v != "":
            raise ScriptError(f"unknown unit '{v}': use ns, us, ms, s or bytes")
        elif isinstance(v, str):
            unit = v
        elif v is not None:
            raise ScriptError(f"wrong type of argument {n}")
    return min(max(rows, 1), 1000), unit


def sorted_rows(elements, rows):
    """The rows that are shown: (key, count), the largest first, equal ones in the order of their keys."""
    values.check_sortable([key for key, _ in elements])
    ordered = sorted(elements, key=functools.cmp_to_key(lambda a, b: b[1] - a[1] or values.order(a[0], b[0])))
    return ordered[:rows]


def number_row(key, n, total):
    bar = "@" * (max(n, 0) * aggregates.BAR // total if total else 0)
    text = values.show(key)
    if len(text) > 32:
        return text + ("" if text.endswith("\n") else "\n") + bar.ljust(aggregates.BAR) + f"\n{n}\n\n"
    return f"{text.rjust(aggregates.KEY_COLUMNS)} |{bar.ljust(aggregates.BAR)}{str(n).ljust(7)}\n"


def numbers_text(elements, rows):
    total = sum(n for _, n in elements if n > 0)
    if total > (1 << 64) // aggregates.BAR:
        raise Undefined("bars of large numbers")
    out = aggregates.HEADING + "\n" + "".join(number_row(key, n, total) for key, n in sorted_rows(elements, rows))
    return out + ("...".rjust(aggregates.KEY_COLUMNS) + " |\n" if len(elements) > rows else "")


def hists_text(elements, rows, unit):
    counts = [(key, h.count) for key, h in elements]
    by_key = {values.key_of(key): h for key, h in elements}
    out = ""
    for key, _ in sorted_rows(counts, rows):
        h, text = by_key[values.key_of(key)], values.show(key)
        if h.kind == "stats":
            out += f"{text}: {h.text(unit)}\n"
        else:
            out += text + ("" if text.endswith("\n") else "\n") + h.text(unit) + "\n\n"
    return out + ("...\n" if len(elements) > rows else "")


def lib_print_hist(run, args):
    v = need(args, 1, lambda v: type_name(v) in ("table", "histogram", "stats"))
    rows, unit = hist_options(args)
    if not is_table(v):
        run.write(v.text(unit) + "\n")
        return []
    elements = [(key, run.read_place(e)) for key, e in v.elements.values()]
    kinds = {"number" if is_int(e) else "hist" if isinstance(e, aggregates.Aggregate) else
             "nothing" if e is None else "other" for _, e in elements}
    if "nothing" in kinds:
        raise Undefined("print_hist of the least of nothing")
    if kinds == {"hist"}:
        run.write(hists_text(elements, rows, unit))
        return []
    if "hist" in kinds:
        if "other" in kinds:
            raise Undefined("which error comes first")
        raise ScriptError("print_hist: the table holds histograms and other values")
    if "other" in kinds:
        run.write(aggregates.HEADING + "\n")
        raise ScriptError("print_hist only can print number")
    run.write(numbers_text(elements, rows))
    return []


FUNCTIONS = {
    "print": lib_print, "printf": lib_printf, "type": lib_type, "tostring": lib_tostring, "stringof": lib_tostring,
    "tonumber": lib_tonumber, "len": lib_len, "delete": lib_delete, "exit": lib_exit, "print_hist": lib_print_hist,
    "percentile": lib_percentile,
}
TABLES = {"string": strings.FUNCTIONS, "table": {"new": lib_table_new}}
