# SPDX-License-Identifier: GPL-2.0
"""Values of the reference interpreter. nil, booleans, numbers and strings are Python's None, bool, int and str."""

SMALL_KEYS = range(0, 1024)  # the keys that pairs() visits first, in ascending order
MAX_BYTES = 2000             # of a string: a program with longer ones is given up, long before the limit of the language


class ScriptError(Exception):
    """A run-time error of the program. line: of the innermost statement, once that is known."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message
        self.line = None


class ScriptExit(Exception):
    """exit() was called."""


class Undefined(Exception):
    """The program does what the reference does not define, or takes too long: it is no test."""


class Ref:
    """A place: a variable."""

    __slots__ = ("value",)

    def __init__(self, value=None):
        self.value = value


class TableValue:
    """Elements by normalized key, in the order of insertion. looped: loops under way that a new key would disturb."""

    def __init__(self):
        self.elements = {}  # key_of(key) -> [key, value]
        self.looped = 0

    def get(self, key):
        found = self.elements.get(key_of(key))
        return found[1] if found else None

    def set(self, key, value):
        if key is None:
            raise ScriptError("table nil index")
        k = key_of(key)
        if value is None:
            self.elements.pop(k, None)
        elif k in self.elements:
            self.elements[k][1] = value
        else:
            if self.looped:
                raise Undefined("an element is added during a loop")
            self.elements[k] = [key, value]


class FuncValue:
    def __init__(self, node, scope):
        self.node = node
        self.scope = scope


class LibValue:
    def __init__(self, name, call):
        self.name = name
        self.call = call


class TupleValue:
    """A key of several parts."""

    def __init__(self, parts):
        self.parts = tuple(parts)


def wrap(n):
    """A number as 64 bits hold it."""
    n &= (1 << 64) - 1
    return n - (1 << 64) if n >> 63 else n


def unsigned(n):
    return n & ((1 << 64) - 1)


def is_int(v):
    return isinstance(v, int) and not isinstance(v, bool)


def truth(v):
    return v is not None and v is not False


def type_name(v):
    if v is None:
        return "nil"
    if isinstance(v, bool):
        return "boolean"
    if isinstance(v, int):
        return "number"
    if isinstance(v, str):
        return "string"
    if isinstance(v, TableValue):
        return "table"
    if isinstance(v, TupleValue):
        return "tuple"
    if isinstance(v, (FuncValue, LibValue)):
        return "function"
    return v.type_name


def key_of(v):
    """What a key is found by: 1, "1" and true are different keys, which Python's are not."""
    if isinstance(v, TupleValue):
        return ("tuple",) + tuple(key_of(part) for part in v.parts)
    if v is None or isinstance(v, (bool, int, str)):
        return (type_name(v), v)
    if hasattr(v, "content"):
        return (type_name(v), v.content())
    return ("object", id(v))


def equal(a, b):
    return key_of(a) == key_of(b)


def less(a, b):
    if is_int(a) and is_int(b) or isinstance(a, str) and isinstance(b, str):
        return a < b
    raise ScriptError("compare with non-number")


def make_tuple(parts):
    flat = []
    for part in parts:
        if part is None:
            raise ScriptError("table nil index")
        if not isinstance(part, (bool, int, str, TupleValue)):
            raise ScriptError(f"cannot use a {type_name(part)} as part of a composite key")
        flat += part.parts if isinstance(part, TupleValue) else [part]
    return TupleValue(flat)


# ---- the order of sort_pairs()

RANKS = {"number": 0, "string": 1, "tuple": 2, "histogram": 3, "stats": 3, "table": 4, "function": 5, "nil": 6, "boolean": 7}


def order(a, b, descending=False):
    """Negative when a comes before b. Numbers come before strings, those before all others, whatever the direction."""
    names = type_name(a), type_name(b)
    if names[0] != names[1]:
        return RANKS[names[0]] - RANKS[names[1]]
    if names[0] == "tuple":
        return order_of_tuples(a.parts, b.parts, descending)
    if names[0] in ("table", "function"):
        raise Undefined("tables and functions are sorted")
    x, y = (a.count, b.count) if names[0] in ("histogram", "stats") else (a, b)
    if names[0] == "nil":
        return 0
    way = (x > y) - (x < y)
    return -way if descending else way


def order_of_tuples(a, b, descending):
    """By the first parts that differ; the shorter one first where there are none."""
    for x, y in zip(a, b):
        way = order(x, y, descending)
        if way:
            return way
    way = len(a) - len(b)
    return -way if descending else way


def check_sortable(values):
    """Between values that are neither numbers nor strings, and of different kinds, the reference knows no order."""
    if len({type_name(v) for v in values} - {"number", "string"}) > 1:
        raise Undefined("sorted values of several kinds")


# ---- text

def show(v):
    """The text of a value as print() writes it. Serial numbers of objects are no part of the reference: `?`."""
    if v is None:
        return "nil"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v)
    if isinstance(v, str):
        return v
    if isinstance(v, TupleValue):
        return ", ".join(show(part) for part in v.parts)
    if isinstance(v, TableValue):
        return "table 0x?"
    if isinstance(v, FuncValue):
        return "function 0x?"
    if isinstance(v, LibValue):
        return "cfunction 0x?"
    return v.text("")


def new_string(text):
    if len(text) > MAX_BYTES:
        raise Undefined("a long string")
    return text
