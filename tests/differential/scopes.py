# SPDX-License-Identifier: GPL-2.0
"""What the generator draws from: dice, constants, the types of names, scopes."""

INTS = [0, 1, -1, 2, 3, 5, 7, 10, 16, 63, 64, 100, 255, 256, 1000, 1023, 1024, 4096, 65535, 1 << 31, (1 << 31) - 1,
        (1 << 32) + 1, (1 << 62), (1 << 63) - 1, -(1 << 31), -(1 << 63) + 1]
STRINGS = ["", "a", "b", "ab", "abc", "x", "key", "hello", "Hello World", "a,b,,c", "  pad ", "0", "42", "-7", "0x1f", "010",
           "z\tz", "line\n", "%d", "\x00nul", "\xe9\xff", "/usr/bin/ls", "a/b/", "nil", "true", "12ab", " 99 ",
           "0123456789abcdef0123456789abcdef0"]
SCALARS = ("int", "str", "bool")
FIELDS = ("a", "b", "c", "name", "value", "next")
NUMBER_KINDS = ("count", "sum", "min", "max", "avg", "stddev")
HISTOGRAM_KINDS = ("hist", "qhist", "lhist", "stats")


class Tab:
    """The type of a table: what its keys are, the type of its values."""

    def __init__(self, keys, value):
        self.keys = keys
        self.value = value


class Fun:
    """The type of a function. many: it may return other than one value."""

    def __init__(self, params, result, vararg=False, many=False):
        self.params = params
        self.result = result
        self.vararg = vararg
        self.many = many


class Agg:
    """The type of a variable that aggregates."""

    def __init__(self, kind, bounds=None):
        self.kind = kind
        self.bounds = bounds


class Scope:
    """Names with their types, the innermost last."""

    def __init__(self, names=(), in_function=False, in_handler=False, loop=0, result=None, vararg=False):
        self.names = list(names)
        self.in_function = in_function
        self.in_handler = in_handler
        self.loop = loop        # loops around, within the function
        self.result = result
        self.vararg = vararg
        self.constant = set()   # names that statements leave alone

    def inner(self, loop=0):
        new = Scope(self.names, self.in_function, self.in_handler, self.loop + loop, self.result, self.vararg)
        new.constant = set(self.constant)
        return new

    def visible(self):
        seen, found = set(), []
        for name, kind in reversed(self.names):
            if name not in seen:
                seen.add(name)
                found.append((name, kind))
        return found

    def of(self, test):
        return [(name, kind) for name, kind in self.visible() if test(kind)]


class Dice:
    """Decisions of a random.Random in self.rng; numbers of names in self.numbers."""

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, values):
        return self.rng.choice(values)

    def weighted(self, choices):
        """choices: (weight, value)."""
        at = self.rng.random() * sum(w for w, _ in choices)
        for weight, value in choices:
            at -= weight
            if at < 0:
                return value
        return choices[-1][1]

    def fresh(self, letter, scope=None):
        """A new name; sometimes one that hides an older."""
        if scope and scope.names and self.chance(0.06):
            name = self.pick(scope.names)[0]
            if name not in scope.constant and name not in ("id", "arg2"):
                return name
        self.numbers[letter] = self.numbers.get(letter, 0) + 1
        return f"{letter}{self.numbers[letter]}"
