# SPDX-License-Identifier: GPL-2.0
"""Aggregations of the reference interpreter, and their text."""

import math

from values import ScriptError, Undefined, is_int, type_name, wrap

NUMBER_KINDS = ("count", "sum", "min", "max", "avg", "stddev")
HISTOGRAMS = ("hist", "qhist", "lhist")
NAMES = {"count": "a count", "sum": "a sum", "min": "a min", "max": "a max", "avg": "an avg", "stddev": "a stddev",
         "stats": "stats", "hist": "a hist", "qhist": "a qhist", "lhist": "an lhist"}
BAR = 38
KEY_COLUMNS = 31
HEADING = "value ".rjust(KEY_COLUMNS) + "------------- Distribution ------------- count"
LEAST, MOST = -(1 << 63), (1 << 63) - 1


class Aggregate:
    """What aggregations have seen. As an element or variable it is added to; a copy of it is a value."""

    def __init__(self, kind, bounds=None):
        self.kind = kind
        self.bounds = bounds  # of an lhist: from, to, step
        self.count = self.sum = self.squares = 0
        self.min = self.max = None
        self.buckets = {}

    def copy(self):
        new = Aggregate(self.kind, self.bounds)
        new.merge(self)
        return new

    @property
    def type_name(self):
        return "stats" if self.kind == "stats" else "histogram"

    def content(self):
        return (self.kind, self.bounds, self.count, self.sum, self.squares, self.min, self.max,
                tuple(sorted(self.buckets.items())))

    def add(self, x):
        self.count += 1
        self.sum += x
        self.squares += x * x
        self.min = x if self.min is None else min(self.min, x)
        self.max = x if self.max is None else max(self.max, x)
        if self.kind in HISTOGRAMS:
            low = self.bucket_of(x)
            self.buckets[low] = self.buckets.get(low, 0) + 1

    def merge(self, other):
        self.count += other.count
        self.sum += other.sum
        self.squares += other.squares
        for name, choose in (("min", min), ("max", max)):
            both = [v for v in (getattr(self, name), getattr(other, name)) if v is not None]
            setattr(self, name, choose(both) if both else None)
        for low, n in other.buckets.items():
            self.buckets[low] = self.buckets.get(low, 0) + n

    def same_kind(self, other):
        return self.kind == other.kind and self.bounds == other.bounds

    # ---- buckets: known by their lowest number

    def bucket_of(self, x):
        if self.kind == "lhist":
            first, end, step = self.bounds
            return LEAST if x < first else end if x >= end else first + (x - first) // step * step
        if x < 0:
            return LEAST
        if self.kind == "hist" or x < 16:
            return x if x < 2 or self.kind == "qhist" else 1 << (x.bit_length() - 1)
        shift = x.bit_length() - 4
        return x >> shift << shift

    def top_of(self, low):
        """The highest number of a bucket."""
        if self.kind == "lhist":
            first, end, step = self.bounds
            return first - 1 if low == LEAST else MOST if low == end else min(low + step, end) - 1
        if low < 0:
            return -1
        if self.kind == "hist" or low < 16:
            return low if low < 2 or self.kind == "qhist" else 2 * low - 1
        return low + (1 << (low.bit_length() - 4)) - 1

    def next_low(self, low):
        return self.top_of(low) + 1

    # ---- what reading gives

    def read(self):
        """The value of a variable or element that holds it."""
        if self.kind == "count":
            return wrap(self.count)
        if self.kind == "sum":
            return wrap(self.sum)
        if self.kind in ("min", "max"):
            return getattr(self, self.kind)
        if self.kind == "avg":
            return self.average()
        if self.kind == "stddev":
            return self.deviation()
        return self.copy()

    def average(self):
        if not self.count:
            return None
        return abs(self.sum) // self.count * (1 if self.sum >= 0 else -1)

    def deviation(self):
        if not self.count:
            return None
        return math.isqrt(self.count * self.squares - self.sum * self.sum) // self.count

    def percentile(self, n, of):
        if not self.count:
            return None
        rank = -(-self.count * n // of)
        seen = 0
        for low in sorted(self.buckets):
            seen += self.buckets[low]
            if seen >= rank:
                # never above the largest number that came
                return min(self.top_of(low), self.max)
        raise Undefined("no such percentile")

    def field(self, name):
        if name in ("count", "min", "max"):
            return getattr(self, name)
        if name == "sum":
            return wrap(self.sum)
        if name == "avg":
            return self.average()
        if name == "stddev" and self.kind == "stats":
            return self.deviation()
        raise ScriptError(f"a {self.type_name} has no field '{name}'")

    # ---- text

    def rows(self):
        """(lowest, highest, count) of the rows that are shown: a qhist's are powers of two."""
        like = self if self.kind != "qhist" else Aggregate("hist")
        counts = {}
        for low, n in self.buckets.items():
            row = like.bucket_of(low)
            counts[row] = counts.get(row, 0) + n
        low, last = min(counts), max(counts)
        while low <= last:
            yield low, like.top_of(low), counts.get(low, 0), like
            low = like.next_low(low)

    def summary(self, unit):
        if not self.count:
            return "count 0"
        parts = [("min", self.min), ("avg", self.average())]
        if self.kind == "qhist":
            parts += [(f"p{n}", self.percentile(n, 100)) for n in (50, 90, 99)]
        parts.append(("max", self.max))
        if self.kind == "stats":
            parts += [("sum", wrap(self.sum)), ("stddev", self.deviation())]
        return ", ".join([f"count {self.count}"] + [f"{name} {amount(v, unit) if unit else v}" for name, v in parts])

    def text(self, unit):
        """Without a newline at the end."""
        if self.kind not in HISTOGRAMS or not self.count:
            return self.summary(unit)
        rows = list(self.rows())
        peak = max(n for _, _, n, _ in rows)
        lines = [HEADING]
        for low, high, n, like in rows:
            bar = "@" * (n * (BAR - 1) // peak)
            lines.append(f"{label(like, low, high, unit).rjust(KEY_COLUMNS)} |{bar.ljust(BAR)}{n}")
        return "\n".join(lines + [" " * (KEY_COLUMNS + 1) + self.summary(unit)])


def label(kind, low, high, unit):
    """The name of a row."""
    if low == LEAST:
        return f"(..., {edge(high + 1, unit)})"
    if low == high:
        return edge(low, unit)
    end = "..." if kind.kind == "lhist" and low == kind.bounds[1] else edge(high + 1, unit)
    return f"[{edge(low, unit)}, {end})"


def edge(v, unit):
    if unit:
        return amount(v, unit)
    sign, v, k = "-" if v < 0 else "", abs(v), 0
    while v and v % 1024 == 0 and k < 6:
        v, k = v // 1024, k + 1
    return sign + str(v) + "KMGTPE"[k - 1:k]


TIME_UNITS = ["ns", "us", "ms", "s"]


def amount(v, unit):
    """A number with its unit: three digits, rounded down."""
    sign, v = "-" if v < 0 else "", abs(v)
    base, names = (1024, ["B", "KB", "MB", "GB", "TB", "PB", "EB"]) if unit == "bytes" else \
        (1000, TIME_UNITS[TIME_UNITS.index(unit):])
    divisor, k = 1, 0
    while k + 1 < len(names) and v // divisor >= base:
        divisor, k = divisor * base, k + 1
    whole = v // divisor
    places = 0 if k == 0 or whole >= 100 else 1 if whole >= 10 else 2
    fraction = str(v % divisor * 10 ** places // divisor).rjust(places, "0")[:places].rstrip("0") if places else ""
    return sign + str(whole) + ("." + fraction if fraction else "") + names[k]


# ---- adding

def what(v):
    """How messages call what is added, or added to."""
    if isinstance(v, Aggregate):
        return NAMES[v.kind]
    if is_int(v):
        return "a number"
    name = type_name(v)
    return f"a {name}" if name in ("string", "table") else name


def add_to(place, added):
    """The new content of a place (variable or element) after `place += added`; added: an Aggregate with its samples."""
    if place is None:
        return added.copy()
    if not isinstance(place, Aggregate) or not place.same_kind(added):
        had, have = what(place), what(added)
        if had == have:
            raise ScriptError("cannot add an lhist to one with other bounds")
        raise ScriptError(f"cannot add {have} to {had}")
    new = place.copy()
    new.merge(added)
    return new


def check_bounds(first, end, step):
    if step < 1:
        raise ScriptError("lhist: the step must be positive")
    if end <= first:
        raise ScriptError("lhist: the upper bound must be above the lower one")
    if (end - first - 1) // step >= 1000:
        raise ScriptError("lhist: more than 1000 buckets")


def make(kind, args):
    """What a call of an aggregation function stands for: an Aggregate with one sample, or an empty one."""
    bounds = None
    if kind == "lhist":
        for i, v in enumerate(args[:4 if len(args) > 3 else 3]):
            if not is_int(v):
                raise ScriptError(f"wrong type of argument {i + 1}")
        if len(args) < 3:
            raise ScriptError(f"bad argument #{len(args) + 1}: (no value)")
        bounds = tuple(args[1:4] if len(args) > 3 else args[:3])
        check_bounds(*bounds)
        args = args[:1] if len(args) > 3 else []
    new = Aggregate(kind, bounds)
    if args and not is_int(args[0]):
        raise ScriptError("wrong type of argument 1")
    if args:
        new.add(args[0])
    return new
