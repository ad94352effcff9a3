# SPDX-License-Identifier: GPL-2.0
"""The syntax tree of a ktap program, and its text.

Printing is what gives statements their lines: the interpreter reports errors with them. Every expression stands on the line
of its statement (functions inside of expressions too), except functions that are the whole value of a `var` or a `return`.
"""

import dataclasses
import typing

Node = typing.Any


@dataclasses.dataclass
class Lit:
    """nil, a boolean, a number, or a string (one character for each byte). text: how a number is written."""
    value: Node
    text: str = ""


@dataclasses.dataclass
class Name:
    name: str


@dataclasses.dataclass
class Word:
    """A word about the event: arg1, execname, probename."""
    name: str


@dataclasses.dataclass
class Vararg:
    pass


@dataclasses.dataclass
class Unary:
    op: str
    e: Node


@dataclasses.dataclass
class Binary:
    op: str
    a: Node
    b: Node


@dataclasses.dataclass
class Paren:
    """Parentheses that mean something: one value of a list."""
    e: Node


@dataclasses.dataclass
class Index:
    obj: Node
    keys: list


@dataclasses.dataclass
class Field:
    obj: Node
    name: str


@dataclasses.dataclass
class Call:
    fn: Node
    args: list


@dataclasses.dataclass
class Method:
    obj: Node
    name: str
    args: list


@dataclasses.dataclass
class Item:
    """Of a table constructor. keys: None for a positional one, a text for `name = `, else a list."""
    keys: Node
    e: Node


@dataclasses.dataclass
class Table:
    items: list


@dataclasses.dataclass
class Func:
    params: list
    vararg: bool
    body: list


# ---- statements: line is where they begin

@dataclasses.dataclass
class Var:
    names: list
    exprs: list
    line: int = 0


@dataclasses.dataclass
class FuncDecl:
    name: str
    func: Func
    line: int = 0


@dataclasses.dataclass
class Assign:
    targets: list
    exprs: list
    line: int = 0


@dataclasses.dataclass
class Incr:
    """target += e, target -= e; agg: e is a call of an aggregation."""
    target: Node
    op: str
    e: Node
    line: int = 0


@dataclasses.dataclass
class CallStat:
    call: Node
    line: int = 0


@dataclasses.dataclass
class If:
    conds: list
    blocks: list  # one more than conds: with else
    line: int = 0
    lines: list = dataclasses.field(default_factory=list)  # of the conditions


@dataclasses.dataclass
class While:
    cond: Node
    body: list
    line: int = 0


@dataclasses.dataclass
class Repeat:
    body: list
    cond: Node
    line: int = 0
    end_line: int = 0


@dataclasses.dataclass
class ForNum:
    name: str
    first: Node
    last: Node
    step: Node  # or None
    body: list
    line: int = 0


@dataclasses.dataclass
class ForC:
    name: str
    first: Node
    cond: Node
    step: Node  # a statement
    body: list
    line: int = 0


@dataclasses.dataclass
class ForIn:
    """any_order: what the body does does not depend on the order of the elements."""
    names: list
    fn: str
    args: list
    body: list
    any_order: bool = False
    line: int = 0


@dataclasses.dataclass
class Do:
    body: list
    line: int = 0


@dataclasses.dataclass
class Break:
    line: int = 0


@dataclasses.dataclass
class Continue:
    line: int = 0


@dataclasses.dataclass
class Return:
    exprs: list
    line: int = 0


@dataclasses.dataclass
class Handler:
    """head: `trace_end`, or `trace EVENT`."""
    head: str
    filter: Node  # or None
    body: list
    line: int = 0


# ---- text

LEVELS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "..": 4, "+": 5, "-": 5, "*": 6, "/": 6,
          "%": 6}
UNARY_LEVEL = 7
PRIMARY_LEVEL = 8
NAMED_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def quoted(text):
    """A string's literal. Bytes that are not printable are written as decimals of three digits, which no digit can extend."""
    out = ""
    for ch in text:
        out += NAMED_ESCAPES.get(ch) or (ch if " " <= ch <= "~" else f"\\{ord(ch):03d}")
    return f'"{out}"'


class Printer:
    """Makes the text of a program and fills in the lines of its statements."""

    def __init__(self):
        self.lines = []
        self.depth = 0

    def text(self, block):
        self.block(block)
        return "".join(line + "\n" for line in self.lines)

    def expr(self, e):
        """The text of an expression of the statement that is being printed."""
        for node in walk(e):
            if hasattr(node, "line"):
                node.line = len(self.lines) + 1
            if isinstance(node, If):
                node.lines = [node.line]
        return expr_text(e)

    def exprs(self, es):
        return ", ".join(self.expr(e) for e in es)

    def inline(self, block):
        """The body of an `if` in a function of one line."""
        return "  ".join(self.simple(s) for s in block)

    def put(self, text):
        self.lines.append("\t" * self.depth + text)

    def block(self, block):
        for statement in block:
            self.statement(statement)

    def inner(self, block):
        self.depth += 1
        self.block(block)
        self.depth -= 1

    def statement(self, s):
        s.line = len(self.lines) + 1
        kind = type(s).__name__
        if kind in ("Var", "Return") and len(s.exprs) == 1 and isinstance(s.exprs[0], Func):
            head = "return" if kind == "Return" else f"var {', '.join(s.names)} ="
            self.function(f"{head} function ", s.exprs[0])
        elif hasattr(self, "put_" + kind):
            getattr(self, "put_" + kind)(s)
        else:
            self.put(self.simple(s))

    def simple(self, s):
        """The text of a statement of one line."""
        if isinstance(s, Var):
            return f"var {', '.join(s.names)}" + (f" = {self.exprs(s.exprs)}" if s.exprs else "")
        if isinstance(s, Assign):
            return f"{self.exprs(s.targets)} = {self.exprs(s.exprs)}"
        if isinstance(s, Incr):
            return f"{self.expr(s.target)} {s.op} {self.expr(s.e)}"
        if isinstance(s, CallStat):
            return self.expr(s.call)
        if isinstance(s, Return):
            return f"return {self.exprs(s.exprs)}".rstrip()
        if isinstance(s, If):
            return f"if ({self.expr(s.conds[0])}) {{ {self.inline(s.blocks[0])} }}"
        return {"Break": "break", "Continue": "continue"}[type(s).__name__]

    def function(self, head, func):
        params = func.params + (["..."] if func.vararg else [])
        self.put(f"{head}({', '.join(params)}) {{")
        self.inner(func.body)
        self.put("}")

    def put_FuncDecl(self, s):
        self.function(f"function {s.name}", s.func)

    def put_If(self, s):
        s.lines = []
        for i, cond in enumerate(s.conds):
            s.lines.append(len(self.lines) + 1)
            self.put(f"{'} elseif' if i else 'if'} ({self.expr(cond)}) {{")
            self.inner(s.blocks[i])
        if len(s.blocks) > len(s.conds):
            self.put("} else {")
            self.inner(s.blocks[-1])
        self.put("}")

    def put_While(self, s):
        self.braces(f"while ({self.expr(s.cond)})", s.body)

    def put_Repeat(self, s):
        self.put("repeat")
        self.inner(s.body)
        s.end_line = len(self.lines) + 1
        self.put(f"until ({self.expr(s.cond)})")

    def put_ForNum(self, s):
        values = [s.first, s.last] + ([s.step] if s.step is not None else [])
        self.braces(f"for ({s.name} = {self.exprs(values)})", s.body)

    def put_ForC(self, s):
        s.step.line = s.line
        self.braces(f"for ({s.name} = {self.expr(s.first)}; {self.expr(s.cond)}; {self.simple(s.step)})", s.body)

    def put_ForIn(self, s):
        self.braces(f"for ({', '.join(s.names)} in {s.fn}({self.exprs(s.args)}))", s.body)

    def put_Do(self, s):
        self.put("do")
        self.inner(s.body)
        self.put("end")

    def put_Handler(self, s):
        self.braces(s.head + (f" /{self.expr(s.filter)}/" if s.filter is not None else ""), s.body)

    def braces(self, head, body):
        self.put(head + " {")
        self.inner(body)
        self.put("}")


def program_text(block):
    return Printer().text(block)


def inline(block):
    """The body of a function within an expression."""
    return "  ".join(Printer().simple(s) for s in block)


def exprs_text(exprs):
    return ", ".join(expr_text(e) for e in exprs)


def level_of(e):
    if isinstance(e, Binary):
        return LEVELS[e.op]
    if isinstance(e, Unary) or isinstance(e, Lit) and is_number(e.value) and e.value < 0:
        return UNARY_LEVEL
    return PRIMARY_LEVEL


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def operand(e, least):
    """An operand, in parentheses when it binds less than `least`."""
    text = expr_text(e)
    return text if level_of(e) >= least else f"({text})"


def suffixable(e):
    """What may stand before a dot, a bracket or arguments."""
    return expr_text(e) if isinstance(e, (Name, Index, Field, Call, Method, Paren)) else f"({expr_text(e)})"


def literal(e):
    if e.value is None:
        return "nil"
    if isinstance(e.value, bool):
        return "true" if e.value else "false"
    return e.text or str(e.value) if is_number(e.value) else quoted(e.value)


def binary_text(e):
    level = LEVELS[e.op]
    right_first = e.op == ".."
    a, b = operand(e.a, level + right_first), operand(e.b, level + (not right_first))
    return f"{a} {e.op} {b}"


def item_text(item):
    if item.keys is None:
        return expr_text(item.e)
    if isinstance(item.keys, str):
        return f"{item.keys} = {expr_text(item.e)}"
    return f"[{exprs_text(item.keys)}] = {expr_text(item.e)}"


def expr_text(e):
    if isinstance(e, Lit):
        return literal(e)
    if isinstance(e, (Name, Word)):
        return e.name
    if isinstance(e, Vararg):
        return "..."
    if isinstance(e, Unary):
        inner = operand(e.e, UNARY_LEVEL)
        # two minus signs would begin a comment
        return f"{e.op} {inner}" if inner.startswith("-") else e.op + inner
    if isinstance(e, Binary):
        return binary_text(e)
    if isinstance(e, Paren):
        return f"({expr_text(e.e)})"
    if isinstance(e, Index):
        inside = exprs_text(e.keys)
        return f"{suffixable(e.obj)}[{inside}]"
    if isinstance(e, Field):
        return f"{suffixable(e.obj)}.{e.name}"
    if isinstance(e, Call):
        return f"{suffixable(e.fn)}({exprs_text(e.args)})"
    if isinstance(e, Method):
        return f"{suffixable(e.obj)}:{e.name}({exprs_text(e.args)})"
    if isinstance(e, Table):
        return "{ " + ", ".join(item_text(item) for item in e.items) + " }" if e.items else "{}"
    if isinstance(e, Func):
        params = ", ".join(e.params + (["..."] if e.vararg else []))
        return f"function ({params}) {{ {inline(e.body)} }}"
    raise TypeError(f"no expression: {e!r}")


# ---- walking

def children(node):
    """All nodes directly below one, as (holder, key): holder[key] or getattr(holder, key) is the child."""
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if dataclasses.is_dataclass(value):
            yield node, field.name
        elif isinstance(value, list):
            yield from children_of_list(value)


def children_of_list(values):
    for i, value in enumerate(values):
        if dataclasses.is_dataclass(value):
            yield values, i
        elif isinstance(value, list):
            yield from children_of_list(value)


def get_child(holder, key):
    return holder[key] if isinstance(holder, list) else getattr(holder, key)


def set_child(holder, key, value):
    if isinstance(holder, list):
        holder[key] = value
    else:
        setattr(holder, key, value)


def walk(node):
    """A node, or a block, and everything below it."""
    if isinstance(node, list):
        for child in node:
            yield from walk(child)
        return
    yield node
    for holder, key in list(children(node)):
        yield from walk(get_child(holder, key))


def blocks(node):
    """Every list of statements in a program, outermost first."""
    if isinstance(node, list):
        yield node
        for statement in node:
            yield from blocks_below(statement)
    else:
        yield from blocks_below(node)


def blocks_below(node):
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if field.name == "body":
            yield from blocks(value)
        elif field.name == "blocks":
            for block in value:
                yield from blocks(block)
        elif dataclasses.is_dataclass(value):
            yield from blocks_below(value)
        elif isinstance(value, list):
            for child in value:
                if dataclasses.is_dataclass(child):
                    yield from blocks_below(child)
