# SPDX-License-Identifier: GPL-2.0
"""The reference interpreter: runs a program's tree by the language reference, docs/language.md, as simply as possible.

It knows nothing of how kt2ko does it: values are Python's, there are no types, and nothing is optimized.
"""

import functools

import aggregates
import library
import syntax
import values
from values import FuncValue, LibValue, Ref, ScriptError, ScriptExit, TableValue, Undefined, truth

STEPS = 60000       # evaluated nodes: a program that needs more is given up
DEPTH = 16          # of calls; where the real limit lies depends on the stack
HANDLER_DEPTH = 6
BREAK, CONTINUE = "break", "continue"
ARITHMETIC = {"+", "-", "*", "/", "%"}


class Outcome:
    """What a run of a program gives. done: lines of statements (or conditions) that ended without an error."""

    def __init__(self, status, stdout, error, line, done=()):
        self.status = status
        self.stdout = stdout
        self.error = error
        self.line = line
        self.done = done


class Env:
    """Variables that are visible at a place: the innermost first. Declaring one makes a new Env, so closures keep theirs."""

    __slots__ = ("name", "ref", "outer")

    def __init__(self, name, ref, outer):
        self.name = name
        self.ref = ref
        self.outer = outer


class TailCall:
    def __init__(self, fn, args):
        self.fn = fn
        self.args = args


class Results:
    """return was executed."""

    def __init__(self, values_):
        self.values = values_


class Interpreter:
    """One run. loop_limit: rounds of loops and calls in one run of the main chunk, a handler, or trace_end. goes_on: an error in a
    handler ends just that."""

    def __init__(self, loop_limit=None, goes_on=False):
        self.out = []
        self.steps = STEPS
        self.depth = 0
        self.max_depth = DEPTH
        self.loop_limit = loop_limit
        self.goes_on = goes_on
        self.loops = self.calls = 0
        self.globals = {}
        self.handlers = []  # (event's name, filter, body, env)
        self.end = None
        self.event = None
        self.done = set()
        self.library = {name: LibValue(name, call) for name, call in library.FUNCTIONS.items()}
        self.library_tables = {table: {name: LibValue(f"{table}.{name}", call) for name, call in members.items()}
                               for table, members in library.TABLES.items()}

    # ---- life

    def run(self, block, events):
        try:
            self._main(block)
            for event in [] if self.exited else events:
                self._play(event)
                if self.exited:
                    break
            if self.end:
                self._run_body(self.end[0], self.end[1], DEPTH)
        except ScriptError as error:
            return Outcome(1, "".join(self.out), error.message, error.line, self.done)
        except RecursionError:
            raise Undefined("a deep expression") from None
        return Outcome(0, "".join(self.out), None, None, self.done)

    def _main(self, block):
        self.exited = False
        self._run_body(block, None, DEPTH)

    def _run_body(self, block, env, max_depth):
        self.loops = self.calls = self.depth = 0
        self.max_depth = max_depth
        try:
            self.block(block, env)
        except ScriptExit:
            self.exited = True

    def _play(self, event):
        for name, filter_, body, env in self.handlers:
            if name != event["name"]:
                continue
            self.event = event
            self.depth = 0
            try:
                if filter_ is None or truth(self.eval(filter_, env)):
                    self._run_body(body, env, HANDLER_DEPTH)
            except ScriptError:
                if not self.goes_on:
                    raise
            self.event = None
            if self.exited:
                return

    def write(self, text):
        self.out.append(text)

    @staticmethod
    def undefined(why):
        raise Undefined(why)

    # ---- statements: give None, BREAK, CONTINUE, Results or TailCall

    def block(self, block, env):
        return self.block_env(block, env)[0]

    def block_env(self, block, env):
        """(how the block ended, what is visible at its end)."""
        for s in block:
            try:
                signal, env = self.statement(s, env)
            except ScriptError as error:
                if error.line is None:
                    error.line = s.line
                raise
            if signal is not None:
                return signal, env
        return None, env

    def statement(self, s, env):
        self.step()
        kind = type(s).__name__
        if kind == "Var":
            found = self.many(s.exprs, env, places=True)
            for i, name in enumerate(s.names):
                env = Env(name, Ref(found[i] if i < len(found) else None), env)
            self.done.add(s.line)
            return None, env
        if kind == "FuncDecl":
            env = Env(s.name, Ref(), env)
            env.ref.value = FuncValue(s.func, env)
            return None, env
        return getattr(self, "do_" + kind)(s, env), env

    def do_Assign(self, s, env):
        places = [self.place(target, env) for target in s.targets]
        found = self.many(s.exprs, env, places=True)
        for i, place in enumerate(places):
            self.store(place, found[i] if i < len(found) else None)
        self.done.add(s.line)

    def do_Incr(self, s, env):
        place = self.place(s.target, env)
        kind = self.aggregation(s.e)
        if kind:
            added = aggregates.make(kind, self.many(s.e.args, env))
            if kind == "count":
                added.count = 1
            self.add_aggregate(place, added)
        else:
            self.add(place, s.op, self.eval(s.e, env))
        self.done.add(s.line)

    def add_aggregate(self, place, added):
        self.store(place, aggregates.add_to(self.content(place), added))

    def add(self, place, op, v):
        if isinstance(v, aggregates.Aggregate):
            if op != "+=":
                raise ScriptError(self.incr_message(place))
            self.add_aggregate(place, v)
            return
        if not values.is_int(v):
            raise ScriptError(self.incr_message(place))
        old = self.content(place)
        if isinstance(old, aggregates.Aggregate):
            if op != "+=":
                raise Undefined("subtracting from an aggregation")
            raise ScriptError(f"cannot add a number to {aggregates.NAMES[old.kind]}")
        if old is None and not isinstance(place, Ref):
            old = 0
        if not values.is_int(old):
            raise ScriptError(self.incr_message(place))
        self.store(place, values.wrap(old + v if op == "+=" else old - v))

    @staticmethod
    def incr_message(place):
        return "use '+=' on non-number" if isinstance(place, Ref) else "use '+=' operator on non-number value"

    def do_CallStat(self, s, env):
        self.call_values(s.call, env)
        self.done.add(s.line)

    def do_If(self, s, env):
        for i, cond in enumerate(s.conds):
            if self.condition(cond, env, s.lines[i]):
                return self.block(s.blocks[i], env)
        return self.block(s.blocks[-1], env) if len(s.blocks) > len(s.conds) else None

    def condition(self, cond, env, line):
        try:
            result = truth(self.eval(cond, env))
        except ScriptError as error:
            if error.line is None:
                error.line = line
            raise
        self.done.add(line)
        return result

    def round(self):
        """Begins a round of a loop."""
        self.loops += 1
        if self.loop_limit is not None and self.loops > self.loop_limit:
            raise ScriptError(f"loop execute count exceed max limit({self.loop_limit})")

    def one_round(self, body, env):
        """(whether the loop is over, what it then hands on)."""
        self.round()
        signal = self.block(body, env)
        if signal is BREAK:
            return True, None
        return signal is not None and signal is not CONTINUE, signal

    def do_While(self, s, env):
        while self.condition(s.cond, env, s.line):
            over, signal = self.one_round(s.body, env)
            if over:
                return signal
        return None

    def do_Repeat(self, s, env):
        while True:
            self.round()
            signal, inner = self.block_env(s.body, env)
            if signal is BREAK:
                return None
            if signal is CONTINUE and inner is not env:
                raise Undefined("continue skips variables that the condition may see")
            if signal is not None and signal is not CONTINUE:
                return signal
            if self.condition(s.cond, inner, s.end_line):
                return None

    def do_ForNum(self, s, env):
        bounds = [self.eval(e, env) for e in ([s.first, s.last] + ([s.step] if s.step is not None else []))]
        if not all(values.is_int(v) for v in bounds):
            raise ScriptError("'for' init/limit/step value must be a number")
        i, last, step = bounds if len(bounds) == 3 else bounds + [1]
        if step == 0:
            raise ScriptError("the step of 'for' is zero")
        self.done.add(s.line)
        while i <= last if step > 0 else i >= last:
            over, signal = self.one_round(s.body, Env(s.name, Ref(i), env))
            if over:
                return signal
            i += step
            if values.wrap(i) != i:
                return None
        return None

    def do_ForC(self, s, env):
        env = Env(s.name, Ref(self.eval(s.first, env)), env)
        while self.condition(s.cond, env, s.line):
            over, signal = self.one_round(s.body, env)
            if over:
                return signal
            self.statement(s.step, env)
        return None

    def do_ForIn(self, s, env):
        args = self.many(s.args, env)
        table = library.need(args, 1, library.is_table)
        steps = self.sorted_steps(table, args) if s.fn == "sort_pairs" else self.plain_steps(table, s.any_order)
        self.done.add(s.line)
        for key, v in steps:
            self.round()
            signal = self.block(s.body, self.loop_variables(s.names, key, v, env))
            if signal is BREAK:
                break
            if signal is not None and signal is not CONTINUE:
                return signal
        return None

    @staticmethod
    def loop_variables(names, key, v, env):
        found = [key, v]
        if len(names) > 2:
            parts = list(key.parts) if isinstance(key, values.TupleValue) else [key]
            found = (parts + [None] * len(names))[:len(names) - 1] + [v]
        for name, value in zip(names, found):
            env = Env(name, Ref(value), env)
        return env

    def plain_steps(self, table, any_order):
        table.looped += 1
        try:
            for key in values.SMALL_KEYS if table.elements else ():
                found = table.elements.get(("number", key))
                if found:
                    yield key, self.read_place(found[1])
            rest = [k for k, e in table.elements.items() if not (values.is_int(e[0]) and e[0] in values.SMALL_KEYS)]
            if len(rest) > 1 and not any_order:
                raise Undefined("the order of pairs() matters")
            for k in rest:
                if k in table.elements:
                    yield table.elements[k][0], self.read_place(table.elements[k][1])
        finally:
            table.looped -= 1

    def sorted_steps(self, table, args):
        order = args[1] if len(args) > 1 else None
        elements = [(key, self.read_place(v)) for key, v in table.elements.values()]
        if isinstance(order, (FuncValue, LibValue)):
            return iter(self.in_order_of(order, elements))
        if order is not None and not isinstance(order, str):
            raise ScriptError("wrong type of argument 2")
        limit = None
        if library.given(args, 3):
            limit = library.need(args, 3, values.is_int)
        if order not in (None, "value", "-value", "key", "-key"):
            raise ScriptError(f"unknown order '{order}': use value, -value, key or -key")
        ordered = self.in_order(elements, order or "-value")
        return iter(ordered if limit is None else ordered[:max(limit, 0)])

    def in_order_of(self, before, elements):
        """The order that a function gives. How often it is called is open, and where it puts elements that are equal."""
        if self.loop_limit is not None:
            raise Undefined("the calls of an order count")

        def way(a, b):
            first, second = (truth((self.call(before, pair) or [None])[0]) for pair in ([a[1], b[1]], [b[1], a[1]]))
            if first == second:
                raise Undefined("equal elements in the order of a function")
            return -1 if first else 1
        return sorted(elements, key=functools.cmp_to_key(way))

    @staticmethod
    def in_order(elements, order):
        values.check_sortable([key for key, _ in elements])
        if order.endswith("value"):
            values.check_sortable([v for _, v in elements])
        descending = order.startswith("-")
        by_key = functools.cmp_to_key(values.order)
        if order.endswith("value"):
            elements = sorted(elements, key=lambda e: by_key(e[0]))
        chosen = 1 if order.endswith("value") else 0
        ordered = functools.cmp_to_key(lambda a, b: values.order(a[chosen], b[chosen], descending))
        return sorted(elements, key=ordered)

    def do_Do(self, s, env):
        return self.block(s.body, env)

    def do_Break(self, s, env):
        return BREAK

    def do_Continue(self, s, env):
        return CONTINUE

    def do_Return(self, s, env):
        if len(s.exprs) == 1 and isinstance(s.exprs[0], (syntax.Call, syntax.Method)):
            fn, args = self.callee(s.exprs[0], env)
            if isinstance(fn, FuncValue):
                self.done.add(s.line)
                return TailCall(fn, args)
            return Results(self.call(fn, args))
        found = self.many(s.exprs, env)
        self.done.add(s.line)
        return Results(found)

    def do_Handler(self, s, env):
        if s.head == "trace_end":
            self.end = (s.body, env)
        else:
            self.handlers.append((s.head.split()[1], s.filter, s.body, env))

    # ---- places

    def place(self, target, env):
        """A Ref, or (table, key)."""
        if isinstance(target, syntax.Name):
            return self.variable(target.name, env) or self.globals.setdefault(target.name, Ref())
        obj = self.eval(target.obj, env)
        if isinstance(target, syntax.Field):
            return (obj, target.name)
        return (obj, self.key(target.keys, env))

    def store(self, place, v):
        if isinstance(place, Ref):
            place.value = v
            return
        table, key = place
        if not isinstance(table, TableValue):
            raise ScriptError("set key to non-table")
        table.set(key, v)

    @staticmethod
    def content(place):
        """What a place holds, aggregations as they are."""
        if isinstance(place, Ref):
            return place.value
        table, key = place
        if not isinstance(table, TableValue):
            raise ScriptError("set key to non-table")
        if key is None:
            raise ScriptError("table nil index")
        return table.get(key)

    @staticmethod
    def read_place(v):
        return v.read() if isinstance(v, aggregates.Aggregate) else v

    @staticmethod
    def variable(name, env):
        while env is not None:
            if env.name == name:
                return env.ref
            env = env.outer
        return None

    def key(self, keys, env):
        found = [self.eval(key, env) for key in keys]
        return found[0] if len(found) == 1 else values.make_tuple(found)

    # ---- expressions

    def step(self):
        self.steps -= 1
        if self.steps < 0:
            raise Undefined("it takes too long")

    def aggregation(self, e):
        """The kind of aggregation that an expression is a call of."""
        if isinstance(e, syntax.Call) and isinstance(e.fn, syntax.Name) and e.fn.name in aggregates.NAMES:
            return e.fn.name
        return None

    def many(self, exprs, env, places=False, only_one=False):
        """The values of a list. places: aggregations may be among them, for what they are assigned to. only_one: the last
        expression too gives one value."""
        found = []
        for i, e in enumerate(exprs):
            if places and self.aggregation(e):
                found.append(aggregates.make(e.fn.name, self.many(e.args, env)))
            elif only_one or i + 1 < len(exprs):
                found.append(self.eval(e, env))
            elif isinstance(e, syntax.Vararg):
                found += self.variable("...", env).value
            elif isinstance(e, (syntax.Call, syntax.Method)):
                found += self.call_values(e, env)
            else:
                found.append(self.eval(e, env))
        return found

    def eval(self, e, env):
        self.step()
        return getattr(self, "eval_" + type(e).__name__)(e, env)

    def eval_Lit(self, e, env):
        return values.wrap(e.value) if values.is_int(e.value) else e.value

    def eval_Name(self, e, env):
        ref = self.variable(e.name, env)
        if ref is not None:
            return self.read_place(ref.value)
        if e.name in self.library:
            return self.library[e.name]
        return self.read_place(self.globals[e.name].value) if e.name in self.globals else None

    def eval_Word(self, e, env):
        if self.event is None:
            raise Undefined("a word about the event without one")
        return self.event.get(e.name)

    def eval_Vararg(self, e, env):
        found = self.variable("...", env).value
        return found[0] if found else None

    def eval_Paren(self, e, env):
        return self.eval(e.e, env)

    def eval_Unary(self, e, env):
        v = self.eval(e.e, env)
        if e.op == "!":
            return not truth(v)
        if not values.is_int(v):
            raise ScriptError("use '-' operator on non-number")
        return values.wrap(-v)

    def eval_Binary(self, e, env):
        a = self.eval(e.a, env)
        if e.op == "&&":
            return self.eval(e.b, env) if truth(a) else a
        if e.op == "||":
            return a if truth(a) else self.eval(e.b, env)
        b = self.eval(e.b, env)
        if e.op in ARITHMETIC:
            return self.arithmetic(e.op, a, b)
        if e.op == "..":
            if not all(isinstance(v, str) or values.is_int(v) for v in (a, b)):
                raise ScriptError("cannot concat non-string")
            return values.new_string(str(a) + str(b))
        if e.op in ("==", "!="):
            return values.equal(a, b) == (e.op == "==")
        if e.op in ("<", ">="):
            return values.less(a, b) == (e.op == "<")
        return values.less(b, a) == (e.op == ">")

    @staticmethod
    def arithmetic(op, a, b):
        if not values.is_int(a) or not values.is_int(b):
            raise ScriptError("Cannot make arith operation")
        if op in "/%" and b == 0:
            raise ScriptError("divide 0 arith operation" if op == "/" else "mod 0 arith operation")
        if op in "/%":
            quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            return values.wrap(quotient if op == "/" else a - quotient * b)
        return values.wrap({"+": a + b, "-": a - b, "*": a * b}[op])

    def eval_Index(self, e, env):
        obj = self.eval(e.obj, env)
        return self.element(obj, self.key(e.keys, env))

    def eval_Field(self, e, env):
        if isinstance(e.obj, syntax.Name) and e.obj.name in self.library_tables and self.variable(e.obj.name, env) is None:
            return self.library_tables[e.obj.name][e.name]
        return self.element(self.eval(e.obj, env), e.name)

    def element(self, obj, key):
        if isinstance(obj, TableValue):
            return self.read_place(obj.get(key))
        if isinstance(obj, values.TupleValue) and values.is_int(key):
            return obj.parts[key - 1] if 1 <= key <= len(obj.parts) else None
        if isinstance(obj, aggregates.Aggregate) and isinstance(key, str):
            return obj.field(key)
        if isinstance(obj, (values.TupleValue, aggregates.Aggregate)):
            raise Undefined("a strange index")
        raise ScriptError("get key from non-table")

    def eval_Table(self, e, env):
        table, at = TableValue(), 0
        for i, item in enumerate(e.items):
            if item.keys is not None:
                key = item.keys if isinstance(item.keys, str) else self.key(item.keys, env)
                table.set(key, self.many([item.e], env, places=True, only_one=True)[0])
                continue
            for v in self.many([item.e], env, places=True, only_one=i + 1 < len(e.items)):
                at += 1
                if v is not None:
                    table.set(at, v)
        return table

    def eval_Func(self, e, env):
        return FuncValue(e, env)

    # ---- calls

    def eval_Call(self, e, env):
        found = self.call_values(e, env)
        return found[0] if found else None

    eval_Method = eval_Call

    def callee(self, e, env):
        """(function, arguments)."""
        if isinstance(e, syntax.Method):
            obj = self.eval(e.obj, env)
            fn = self.element(obj, e.name)
            return fn, [obj] + self.many(e.args, env)
        if self.aggregation(e):
            raise Undefined("an aggregation as a value")
        fn = self.eval(e.fn, env)
        return fn, self.many(e.args, env)

    def call_values(self, e, env):
        fn, args = self.callee(e, env)
        return self.call(fn, args)

    def call(self, fn, args):
        if isinstance(fn, LibValue):
            return fn.call(self, args)
        self.depth += 1
        if self.depth > self.max_depth:
            raise Undefined("calls are nested too deeply")
        try:
            while True:
                if not isinstance(fn, FuncValue):
                    if isinstance(fn, LibValue):
                        return fn.call(self, args)
                    raise ScriptError(f"attempt to call {values.type_name(fn)} function")
                signal = self.enter(fn, args)
                if not isinstance(signal, TailCall):
                    return signal.values if isinstance(signal, Results) else []
                fn, args = signal.fn, signal.args
        finally:
            self.depth -= 1

    def enter(self, fn, args):
        self.calls += 1
        if self.loop_limit is not None and self.calls > self.loop_limit // 2:
            raise Undefined("calls near the limit")
        node, env = fn.node, fn.scope
        for i, name in enumerate(node.params):
            env = Env(name, Ref(args[i] if i < len(args) else None), env)
        if node.vararg:
            env = Env("...", Ref(args[len(node.params):]), env)
        return self.block(node.body, env)


def interpret(block, events=(), loop_limit=None, goes_on=False):
    """Runs a program that was printed (its statements have lines). Raises Undefined when it is no test."""
    return Interpreter(loop_limit, goes_on).run(block, events)
