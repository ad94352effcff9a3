# SPDX-License-Identifier: GPL-2.0
"""Makes programs of a seed: the same seed gives the same program.

Programs are typed while they are made, so that most of what they do works. An ill-typed program has, here and there, an
expression of another type than its place wants. Every loop has an end. What a program does must not depend on what the
reference leaves open; the interpreter gives up those that do, and the runner takes the next.
"""

import random

from syntax import (Assign, Binary, Break, Call, CallStat, Continue, Do, Field, ForC, ForIn, ForNum, Func, FuncDecl,
                    Handler, If, Incr, Index, Item, Lit, Method, Name, Paren, Repeat, Return, Table, Unary, Var, Vararg,
                    While, Word)

INTS = [0, 1, -1, 2, 3, 5, 7, 10, 16, 63, 64, 100, 255, 256, 1000, 1023, 1024, 4096, 65535, 1 << 31, (1 << 31) - 1,
        (1 << 32) + 1, (1 << 62), (1 << 63) - 1, -(1 << 31), -(1 << 63) + 1]
STRINGS = ["", "a", "b", "ab", "abc", "x", "key", "hello", "Hello World", "a,b,,c", "  pad ", "0", "42", "-7", "0x1f", "010",
           "z\tz", "line\n", "%d", "\x00nul", "\xe9\xff", "/usr/bin/ls", "a/b/", "nil", "true", "12ab", " 99 ",
           "0123456789abcdef0123456789abcdef0"]
SCALARS = ("int", "str", "bool")
TABLE_KEYS = ("small", "int", "str", "mixed", "pair")
FIELDS = ("a", "b", "c", "name", "value", "next")
NUMBER_KINDS = ("count", "sum", "min", "max", "avg", "stddev")
HISTOGRAM_KINDS = ("hist", "qhist", "lhist", "stats")
EVENT = "syscalls:sys_enter_sethostname"


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


class Program:
    """block, the events to be played, and the limit of loops (or None)."""

    def __init__(self, seed, block, events, loop_limit, ill):
        self.seed = seed
        self.block = block
        self.events = events
        self.loop_limit = loop_limit
        self.ill = ill


class Generator:
    def __init__(self, seed, events=True):
        self.seed = seed
        self.rng = random.Random(seed)
        self.wrong = self.rng.choice([0, 0, 0, 0, 0, 0.005, 0.01, 0.02])  # how often a type is another one
        self.with_events = events and self.chance(0.35)
        self.size = self.rng.choice([4, 8, 8, 12, 20])
        self.numbers = {}
        self.function_depth = 0

    # ---- dice

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
            if name not in scope.constant and name != "id":
                return name
        self.numbers[letter] = self.numbers.get(letter, 0) + 1
        return f"{letter}{self.numbers[letter]}"

    # ---- the program

    def program(self):
        scope = Scope()
        block = [FuncDecl("id", Func(["x"], False, [Return([Name("x")])]))]
        scope.names.append(("id", "id"))
        limit = None
        if self.chance(0.4):
            block.append(Handler("trace_end", None, self.report(scope)))
        self.statements(block, scope, self.size)
        if self.with_events:
            for _ in range(self.rng.randint(1, 2)):
                block.append(self.handler(scope))
                if self.chance(0.3):
                    self.statements(block, scope, 2)
        if self.chance(0.06):
            limit = self.rng.choice([20, 50, 300, 5000])
            self.statements(block, scope, 2)
            block.append(self.long_loop(limit))
        block.append(Handler("trace_end", None, self.report(scope)) if self.with_events or self.chance(0.3)
                     else Do(self.report(scope)))
        events = []
        if self.with_events:
            events = [{"name": EVENT, "arg0": 170, "arg2": self.rng.randint(1, 40), "execname": "hostname",
                       "probename": "sys_enter_sethostname", "cpu": self.rng.randint(0, 3)}
                      for _ in range(self.rng.randint(1, 6))]
        return Program(self.seed, block, events, limit, self.wrong > 0)

    def long_loop(self, limit):
        n = Lit(self.pick([limit - 1, limit, limit + 1, 2 * limit]))
        name = self.fresh("i")
        body = [If([Binary("==", Binary("%", Name(name), Lit(max(limit // 5, 1))), Lit(0))], [[self.show([Name(name)])]])]
        return self.pick([ForNum(name, Lit(1), n, None, body),
                          ForC(name, Lit(1), Binary("<=", Name(name), n), Incr(Name(name), "+=", Lit(1)), body)])

    @staticmethod
    def show(exprs):
        return CallStat(Call(Name("print"), exprs))

    def report(self, scope):
        """Shows what is there."""
        inner = scope.inner()
        out = []
        for name, kind in reversed(scope.visible()[:14]):
            if kind in SCALARS or kind == "any":
                out.append(self.show([Lit(name), Name(name)]))
            elif isinstance(kind, Tab):
                out += self.show_table(name, kind, inner)
            elif isinstance(kind, Agg):
                out.append(self.show([Lit(name), Name(name)]))
        return out

    def show_table(self, name, kind, scope):
        if isinstance(kind.value, Agg) and self.chance(0.7):
            if kind.value.kind in ("min", "max", "avg", "stddev", "count", "sum") or self.chance(0.5):
                return [self.sorted_loop(name, kind, [])]
            args = [Name(name)] + ([Lit(self.pick(["ns", "us", "ms", "s", "bytes"]))] if self.chance(0.3) else [])
            return [CallStat(Call(Name("print_hist"), args))]
        if kind.value == "int" and self.chance(0.2):
            return [CallStat(Call(Name("print_hist"), [Name(name)] + ([Lit(self.rng.randint(1, 5))]
                                                                      if self.chance(0.4) else [])))]
        return [self.sorted_loop(name, kind, [])]

    def sorted_loop(self, name, kind, more):
        k, v = self.fresh("k"), self.fresh("v")
        args = [Name(name)]
        if self.chance(0.5):
            args.append(Lit(self.pick(["key", "-key", "value", "-value"])))
            if self.chance(0.3):
                args.append(Lit(self.rng.randint(0, 4)))
        shown = [Lit(name), Name(k), Name(v) if kind.value in SCALARS or isinstance(kind.value, Agg)
                 else Call(Name("type"), [Name(v)])]
        if kind.keys == "pair" and self.chance(0.6):
            k2 = self.fresh("k")
            return ForIn([k, k2, v], "sort_pairs", args, [self.show([shown[0], Name(k), Name(k2), shown[2]])] + more)
        return ForIn([k, v], "sort_pairs", args, [self.show(shown)] + more)

    def handler(self, scope):
        inner = scope.inner()
        inner.in_handler, inner.in_function, inner.loop, inner.result = True, True, 0, None
        inner.names.append(("arg2", "word"))
        filter_ = None
        if self.chance(0.4):
            filter_ = Binary(self.pick([">", "<", "==", "!="]), Word("arg2"), self.int_literal_small())
        body = []
        self.statements(body, inner, self.rng.randint(1, 5), depth=1)
        body += self.counters(inner)
        return Handler(f"trace {EVENT}", filter_, body)

    def counters(self, scope):
        """What handlers typically do, so that the ways of keeping such values are met."""
        out = []
        for name, kind in scope.visible():
            if name in scope.constant or not self.chance(0.35):
                continue
            if kind == "int":
                out.append(Incr(Name(name), "+=", self.pick([Lit(1), Word("arg2")])))
            elif isinstance(kind, Tab) and kind.value == "int" and kind.keys != "pair":
                key = self.pick([Word("execname"), Word("probename")]) if kind.keys in ("str", "mixed") else Word("arg2")
                out.append(Incr(Index(Name(name), [key]), "+=", self.pick([Lit(1), Word("arg2")])))
            elif isinstance(kind, Agg):
                out.append(Incr(Name(name), "+=", self.sample(kind, scope)))
        return out[:4]

    # ---- statements

    def statements(self, block, scope, n, depth=0):
        for _ in range(n):
            made = self.statement(scope, depth)
            block += made if isinstance(made, list) else [made]

    def body(self, scope, depth, loop=0, n=None):
        inner = scope.inner(loop)
        out = []
        self.statements(out, inner, n or self.rng.randint(1, 3), depth + 1)
        if inner.loop and loop == 0 and self.chance(0.15):
            out.append(self.pick([Break, Continue])())
        elif scope.in_function and scope.result is not None and self.chance(0.1):
            out.append(self.return_(inner))
        return out

    def statement(self, scope, depth):
        deep = depth >= 3
        return self.weighted([
            (10, self.s_var), (7, self.s_assign), (5, self.s_many), (8, self.s_incr), (9, self.s_print), (3, self.s_printf),
            (0 if deep else 7, self.s_if), (0 if deep else 7, self.s_loop), (0 if deep else 1.5, self.s_do),
            (7, self.s_store), (1, self.s_delete), (5, self.s_table), (0 if depth >= 2 else 6, self.s_function),
            (0 if depth >= 2 else 2.5, self.s_counter), (0 if depth >= 1 else 2, self.s_object),
            (0 if deep else 5, self.s_table_loop), (4, self.s_call), (4, self.s_aggregate), (0.25, self.s_exit),
            (0 if deep else 1, self.s_recursion), (1.5, self.s_any), (1, self.s_global),
            (2, self.s_record), (0 if depth >= 2 else 1.5, self.s_table_function), (0 if depth >= 2 else 1.5, self.s_higher),
            (0 if depth >= 2 else 1.5, self.s_pack), (0 if depth >= 1 else 0.7, self.s_mutual), (1, self.s_build),
            (0 if deep else 1, self.s_queue), (0 if deep else 1, self.s_closures_of_loop), (0.7, self.s_sorted_by),
        ])(scope, depth)

    def s_var(self, scope, depth):
        if self.chance(0.2) and scope.of(lambda kind: isinstance(kind, Fun) and kind.many):
            fn, _ = self.pick(scope.of(lambda kind: isinstance(kind, Fun) and kind.many))
            names = [self.fresh("v") for _ in range(self.rng.randint(1, 3))]
            made = Var(names, [self.call_of(fn, scope, 2)])
            scope.names += [(name, "any") for name in names]
            return made
        kinds = [self.pick(SCALARS) for _ in range(self.weighted([(6, 1), (2, 2), (1, 3)]))]
        exprs = [self.expr(kind, scope, 3) for kind in kinds]
        names = [self.fresh(kind[0], scope) for kind in kinds]
        if len(set(names)) < len(names):
            names = [self.fresh("v") for _ in kinds]
        if self.chance(0.08):
            exprs, kinds = exprs[:-1], kinds[:-1] + ["any"]
        made = Var(names, exprs)
        scope.names += list(zip(names, kinds))
        return made

    def s_any(self, scope, depth):
        """A variable that holds values of several types, one after the other."""
        found = scope.of(lambda kind: kind == "any")
        if found and self.chance(0.6):
            name, _ = self.pick(found)
            return [Assign([Name(name)], [self.expr(self.pick(SCALARS), scope, 2)]), self.show([Name(name)])]
        name = self.fresh("x", scope)
        made = Var([name], [self.any(scope, 2)])
        scope.names.append((name, "any"))
        return made

    def s_global(self, scope, depth):
        """An undeclared variable; every use of it is an assignment before."""
        name = self.pick(["g1", "g2"])
        return [Assign([Name(name)], [self.expr("int", scope, 2)]), Incr(Name(name), "+=", self.expr("int", scope, 1)),
                self.show([Name(name)])]

    def scalar_variables(self, scope):
        return [(name, kind) for name, kind in scope.of(lambda kind: kind in SCALARS) if name not in scope.constant]

    def s_assign(self, scope, depth):
        found = self.scalar_variables(scope)
        if not found:
            return self.s_var(scope, depth)
        name, kind = self.pick(found)
        return Assign([Name(name)], [self.expr(kind, scope, 3)])

    def s_many(self, scope, depth):
        found = self.scalar_variables(scope)
        if len(found) < 2:
            return self.s_var(scope, depth)
        chosen = self.rng.sample(found, min(len(found), self.rng.randint(2, 3)))
        targets = [Name(name) for name, _ in chosen]
        exprs = [self.expr(kind, scope, 2) for _, kind in chosen]
        same = [name for name, kind in found if kind == chosen[0][1]]
        if chosen[0][1] == chosen[1][1] and self.chance(0.4):
            exprs[:2] = [targets[1], targets[0]]
        tables = self.tables(scope, lambda kind: kind.value in SCALARS)
        if tables and self.chance(0.3):
            table, kind = self.pick(tables)
            at = self.rng.randint(0, len(targets))
            targets.insert(at, self.element(table, kind, scope))
            exprs.insert(at, self.expr(kind.value, scope, 2))
        if self.chance(0.1) and same:
            exprs.append(self.expr("int", scope, 1))
        return Assign(targets, exprs)

    def s_incr(self, scope, depth):
        op = self.pick(["+=", "+=", "-="])
        found = [(name, kind) for name, kind in self.scalar_variables(scope) if kind == "int" or self.bad()]
        tables = self.tables(scope, lambda kind: kind.value == "int")
        if tables and self.chance(0.5):
            return Incr(self.element(*self.pick(tables), scope), op, self.expr("int", scope, 2))
        if not found:
            return self.s_var(scope, depth)
        return Incr(Name(self.pick(found)[0]), op, self.expr("int", scope, 2))

    def s_print(self, scope, depth):
        args = [self.expr(self.pick(SCALARS + ("any",)), scope, 3) for _ in range(self.rng.randint(1, 3))]
        if scope.vararg and self.chance(0.4):
            args.append(Vararg())
        return self.show(args)

    def s_printf(self, scope, depth):
        text, args = self.format(scope)
        return CallStat(Call(Name("printf"), [Lit(text + "\n")] + args))

    def format(self, scope):
        text, args = "", []
        for _ in range(self.rng.randint(1, 3)):
            conv = self.weighted([(4, "d"), (2, "x"), (1, "X"), (1, "o"), (1, "u"), (1, "i"), (1, "c"), (5, "s")])
            flags = "".join(flag for flag in "-+ #0" if self.chance(0.12))
            if conv in "sc":
                flags = flags.replace("0", "").replace("#", "")
            width = str(self.rng.randint(1, 24)) if self.chance(0.4) else ""
            precision = "." + self.pick(["", "0", "1", "3", "12"]) if self.chance(0.2) and conv != "c" else ""
            text += self.pick(["", " ", "|", "a%%"]) + f"%{flags}{width}{precision}{conv}"
            if conv == "s":
                args.append(self.expr(self.pick(SCALARS + ("any",)), scope, 2))
            elif conv == "c":
                args.append(Lit(self.rng.randint(32, 126)))
            else:
                args.append(self.expr("int", scope, 2))
        return text, args

    def s_if(self, scope, depth):
        n = self.weighted([(5, 1), (2, 2), (1, 3)])
        conds = [self.expr(self.pick(["bool", "bool", "bool", "any"]), scope, 3) for _ in range(n)]
        blocks = [self.body(scope, depth) for _ in range(n + self.chance(0.5))]
        return If(conds, blocks)

    def s_do(self, scope, depth):
        return Do(self.body(scope, depth))

    def s_loop(self, scope, depth):
        return self.pick([self.loop_num, self.loop_num, self.loop_c, self.loop_while, self.loop_repeat])(scope, depth)

    def loop_num(self, scope, depth):
        name = self.fresh("i", scope)
        inner = scope.inner(1)
        inner.names.append((name, "int"))
        body = self.body(inner, depth, n=self.rng.randint(1, 3))
        how = self.weighted([(5, "up"), (2, "down"), (2, "step"), (0.7, "edge"), (0.5, "wild")])
        low, n = self.rng.randint(-3, 6), self.rng.randint(0, 5)
        if how == "up":
            return ForNum(name, Lit(low), Lit(low + n), None, body)
        if how == "down":
            return ForNum(name, Lit(low + n), Lit(low), Unary("-", Lit(self.rng.randint(1, 3))), body)
        if how == "step":
            step = self.rng.randint(2, 4)
            return ForNum(name, self.opaque(Lit(low)), Lit(low + n * step), self.opaque(Lit(step)), body)
        if how == "edge":
            return ForNum(name, Lit((1 << 63) - 1 - n), Lit((1 << 63) - 1), self.pick([None, Lit(2), Lit(1 << 62)]), body)
        # from one expression to a little above: the values are not known when it is translated
        start = self.expr("int", scope, 1)
        return ForNum(name, Binary("%", start, Lit(5)), self.pick([Lit(4), Binary("%", self.expr("int", scope, 1), Lit(6))]),
                      self.pick([None, Lit(1), Lit(2)]), body)

    def loop_c(self, scope, depth):
        name = self.fresh("i", scope)
        inner = scope.inner(1)
        inner.names.append((name, "int"))
        inner.constant.add(name)
        body = self.body(inner, depth)
        first, n, step = self.rng.randint(-2, 3), self.rng.randint(0, 4), self.rng.randint(1, 3)
        if self.chance(0.3):
            return ForC(name, Lit(first + n), Binary(">=", Name(name), Lit(first)), Incr(Name(name), "-=", Lit(step)), body)
        return ForC(name, Lit(first), Binary(self.pick(["<", "<="]), Name(name), Lit(first + n)),
                    Incr(Name(name), "+=", Lit(step)), body)

    def counted(self, scope):
        """(a variable for the rounds of a loop, its declaration, the condition that it is small)."""
        name = self.fresh("n")
        cond = Binary("<", Name(name), Lit(self.rng.randint(1, 4)))
        if self.chance(0.3):
            cond = Binary("&&", cond, self.expr("bool", scope, 2))
        scope.names.append((name, "int"))
        scope.constant.add(name)
        return name, Var([name], [Lit(0)]), cond

    def loop_while(self, scope, depth):
        name, declared, cond = self.counted(scope)
        return [declared, While(cond, [Incr(Name(name), "+=", Lit(1))] + self.body(scope, depth, 1))]

    def loop_repeat(self, scope, depth):
        name, declared, cond = self.counted(scope)
        inner = scope.inner(1)
        body = [Incr(Name(name), "+=", Lit(1))]
        self.statements(body, inner, self.rng.randint(1, 2), depth + 1)
        until = Binary("||", Unary("!", cond), self.expr("bool", inner, 1)) if self.chance(0.3) else Unary("!", cond)
        return [declared, Repeat(body, until)]

    # ---- tables

    def tables(self, scope, test=lambda kind: True):
        return [(name, kind) for name, kind in scope.of(lambda kind: isinstance(kind, Tab))
                if test(kind) and name not in scope.constant]

    def table_key(self, keys, scope, depth=1):
        """The parts of a key."""
        if keys == "small":
            if self.chance(0.6):
                return [Lit(self.rng.randint(0, 6))]
            return [Binary("%", self.expr("int", scope, depth), Lit(8))]
        if keys == "int":
            return [self.expr("int", scope, depth)]
        if keys == "str":
            return [self.expr("str", scope, depth)]
        if keys == "mixed":
            return [self.expr(self.pick(SCALARS), scope, depth)]
        return [self.expr(self.pick(["int", "str"]), scope, depth), self.expr(self.pick(SCALARS), scope, depth)]

    def element(self, name, kind, scope):
        if kind.keys in ("str", "mixed") and self.chance(0.4):
            return Field(Name(name), self.pick(FIELDS))
        return Index(Name(name), self.table_key(kind.keys, scope))

    def s_table(self, scope, depth):
        value = self.weighted([(5, "int"), (2, "str"), (1, "bool"), (1, "any")])
        kind = Tab(self.weighted([(4, "small"), (2, "int"), (4, "str"), (2, "mixed"), (2, "pair")]), value)
        name = self.fresh("t", scope)
        made = Var([name], [self.constructor(kind, scope)])
        scope.names.append((name, kind))
        return made

    def constructor(self, kind, scope):
        items = []
        for _ in range(self.rng.randint(0, 4)):
            if kind.keys in ("small", "int", "mixed") and self.chance(0.5):
                items.append(Item(None, self.value(kind.value, scope)))
            elif kind.keys in ("str", "mixed") and self.chance(0.5):
                items.append(Item(self.pick(FIELDS), self.value(kind.value, scope)))
            else:
                items.append(Item(self.table_key(kind.keys, scope), self.value(kind.value, scope)))
        # the order of a key given twice, once by its place, is open
        if any(item.keys is None for item in items):
            items = [item for item in items if item.keys is None or isinstance(item.keys, str)]
        return Table(items)

    def value(self, kind, scope):
        return self.any(scope, 1) if kind == "any" else self.expr(kind, scope, 2)

    def s_store(self, scope, depth):
        found = self.tables(scope, lambda kind: not isinstance(kind.value, Agg))
        if not found:
            return self.s_table(scope, depth)
        name, kind = self.pick(found)
        value = Lit(None) if self.chance(0.08) else self.value(kind.value, scope)
        return Assign([self.element(name, kind, scope)], [value])

    def s_delete(self, scope, depth):
        found = self.tables(scope)
        if not found:
            return self.s_table(scope, depth)
        return CallStat(Call(Name("delete"), [Name(self.pick(found)[0])]))

    def s_table_loop(self, scope, depth):
        found = self.tables(scope, lambda kind: not isinstance(kind.value, Agg))
        if not found:
            return self.s_table(scope, depth)
        name, kind = self.pick(found)
        if self.chance(0.4):
            return self.sum_loop(name, kind, scope)
        inner = scope.inner(1)
        inner.constant.add(name)
        k, v = self.fresh("k", scope), self.fresh("v", scope)
        if k == v:
            v = self.fresh("v")
        key = {"small": "int", "int": "int", "str": "str", "mixed": "any", "pair": "tuple"}[kind.keys]
        inner.names += [(k, key), (v, kind.value)]
        body = [self.show([Name(k), Name(v)])] + self.body(inner, depth, n=self.rng.randint(1, 2))
        if self.chance(0.1):
            body.append(Assign([Index(Name(name), [Name(k)])], [Lit(None)]))
        names, args = [k, v], [Name(name)]
        if self.chance(0.12):
            names = [k]
            body = [self.show([Name(k)])]
        if self.chance(0.6):
            if self.chance(0.5):
                args.append(Lit(self.pick(["key", "-key", "value", "-value"])))
            return ForIn(names, "sort_pairs", args, body)
        return ForIn(names, "pairs", args, body)

    def sum_loop(self, name, kind, scope):
        """A loop whose result does not depend on the order."""
        total, k, v = self.fresh("n"), self.fresh("k"), self.fresh("v")
        scope.names.append((total, "int"))
        added = Name(v) if kind.value == "int" else Call(Name("len"), [Call(Name("tostring"), [Name(v)])])
        body = [Incr(Name(total), "+=", added)]
        if kind.value == "int" and self.chance(0.3):
            body = [If([Binary(">", Name(v), self.int_literal_small())], [body])]
        names = [k, v]
        if kind.keys == "pair" and self.chance(0.7):
            names = [k, self.fresh("k"), v]
        return [Var([total], [Lit(0)]), ForIn(names, "pairs", [Name(name)], body, any_order=True), self.show([Name(total)])]

    # ---- functions

    def s_function(self, scope, depth):
        name = self.fresh("f", scope)
        kind = self.signature()
        func = self.function(kind, scope, depth)
        scope.names.append((name, kind))
        # a function that is declared can call itself: not here, or it might not end
        return self.pick([FuncDecl(name, func), Var([name], [func])])

    def signature(self):
        params = [self.pick(SCALARS) for _ in range(self.rng.randint(0, 3))]
        return Fun(params, self.pick(SCALARS), self.chance(0.15), self.chance(0.25))

    def function(self, kind, scope, depth):
        inner = scope.inner()
        inner.in_function, inner.loop, inner.result, inner.vararg = True, 0, kind, kind.vararg
        names = [self.fresh("p") for _ in kind.params]
        inner.names += list(zip(names, kind.params))
        body = []
        self.statements(body, inner, self.rng.randint(0, 3), depth + 1)
        body.append(self.return_(inner))
        return Func(names, kind.vararg, body)

    def return_(self, scope):
        kind = scope.result
        calls = scope.of(lambda other: isinstance(other, Fun) and other.result == kind.result and other.many <= kind.many)
        if calls and self.chance(0.25):
            return Return([self.call_of(self.pick(calls)[0], scope, 1)])
        exprs = [self.expr(kind.result, scope, 2)]
        if kind.many:
            exprs += [self.expr(self.pick(SCALARS), scope, 1) for _ in range(self.rng.randint(0, 2))]
            if kind.vararg and self.chance(0.5):
                exprs.append(Vararg())
        return Return(exprs)

    def call_of(self, name, scope, depth):
        kind = next(k for n, k in scope.visible() if n == name)
        args = [self.expr(param, scope, depth) for param in kind.params]
        if self.wrong and self.chance(0.1) and args:
            args.pop()
        elif self.chance(0.1) or kind.vararg:
            args += [self.expr(self.pick(SCALARS), scope, 1) for _ in range(self.rng.randint(0, 2))]
        return Call(Name(name), args)

    def s_call(self, scope, depth):
        found = scope.of(lambda kind: isinstance(kind, Fun))
        if not found:
            return self.s_print(scope, depth)
        call = self.call_of(self.pick(found)[0], scope, 2)
        return self.pick([CallStat(call), self.show([call]), self.show([Paren(call)]), self.show([Lit("r"), call, Lit(1)])])

    def s_recursion(self, scope, depth):
        """A function that calls itself a few times; sometimes by a tail call."""
        name, n, a = self.fresh("f"), self.fresh("p"), self.fresh("p")
        inner = scope.inner()
        inner.in_function, inner.loop, inner.result, inner.vararg = True, 0, None, False
        inner.names += [(n, "int"), (a, "int")]
        inner.constant.add(n)
        again = Call(Name(name), [Binary("-", Name(n), Lit(1)), self.expr("int", inner, 2)])
        body = [If([Binary("<=", Name(n), Lit(0))], [[Return([Name(a)])]])]
        self.statements(body, inner, self.rng.randint(0, 1), 3)
        body.append(Return([again]) if self.chance(0.5) else
                    Return([Binary(self.pick("+-*"), again, self.expr("int", inner, 1))]))
        rounds = self.rng.randint(0, 5)
        return [FuncDecl(name, Func([n, a], False, body)),
                self.show([Call(Name(name), [Lit(rounds), self.expr("int", scope, 1)])])]

    def s_counter(self, scope, depth):
        """Closures that share variables."""
        make, n = self.fresh("f"), self.fresh("n")
        inner = scope.inner()
        inner.in_function, inner.loop, inner.result, inner.vararg = True, 0, None, False
        inner.names.append((n, "int"))
        step = Func([], False, [Incr(Name(n), self.pick(["+=", "-="]), self.expr("int", inner, 1)), Return([Name(n)])])
        a, b = self.fresh("f"), self.fresh("f")
        out = [FuncDecl(make, Func([n], False, [Return([step])])),
               Var([a, b], [Call(Name(make), [self.expr("int", scope, 1)]), Call(Name(make), [Lit(5)])])]
        scope.names += [(a, Fun([], "int")), (b, Fun([], "int"))]
        out.append(self.show([Call(Name(a), []), Call(Name(b), []), Call(Name(a), [])]))
        if self.chance(0.4):
            i, t = self.fresh("i"), self.fresh("t")
            out += [Var([t], [Table([])]),
                    ForNum(i, Lit(1), Lit(3), None, [Assign([Index(Name(t), [Name(i)])], [
                        Func([], False, [Incr(Name(i), "+=", Lit(1)), Return([Name(i)])])])]),
                    self.show([Call(Index(Name(t), [Lit(k)]), []) for k in (1, 1, 3)])]
        return out

    def s_object(self, scope, depth):
        """A table with methods."""
        name, me, p = self.fresh("o"), "me", self.fresh("p")
        inner = scope.inner()
        inner.in_function, inner.loop, inner.result, inner.vararg = True, 0, None, False
        inner.names.append((p, "int"))
        field = self.pick(FIELDS)
        add = Func([me, p], False, [Incr(Field(Name(me), field), "+=", self.expr("int", inner, 1)),
                                    Return([Field(Name(me), field)])])
        call = lambda: Method(Name(name), "add", [self.expr("int", scope, 1)])  # noqa: E731
        return [Var([name], [Table([Item(field, self.expr("int", scope, 1)), Item("add", add)])]),
                CallStat(call()), self.show([call(), Field(Name(name), field)]),
                self.show([Binary("+", call(), call())])]

    def function_scope(self, scope, *names):
        inner = scope.inner()
        inner.in_function, inner.loop, inner.result, inner.vararg = True, 0, None, False
        inner.names += names
        return inner

    def s_record(self, scope, depth):
        """Tables in tables."""
        name, sub = self.fresh("r"), self.pick(FIELDS)
        of = lambda *fields: self.path(Name(name), fields)  # noqa: E731
        items = [Item("n", self.expr("int", scope, 1)), Item(sub, Table([
            Item("s", self.expr("str", scope, 1)), Item("list", Table([Item(None, self.expr("int", scope, 0))
                                                                       for _ in range(self.rng.randint(0, 3))]))]))]
        out = [Var([name], [Table(items)])]
        uses = [Assign([of(sub, "s")], [Binary("..", of(sub, "s"), self.expr("str", scope, 1))]),
                Incr(of("n"), self.pick(["+=", "-="]), self.expr("int", scope, 1)),
                Incr(of(sub, "list", self.rng.randint(1, 4)), "+=", self.expr("int", scope, 1)),
                Assign([of(sub, "list", 2)], [of("n")]),
                Assign([of("alias")], [of(sub)]),
                Assign([of(sub, "list")], [Table([Item(None, of("n"))])]),
                Assign([of("n")], [Call(Name("len"), [of(sub, "list")])]),
                Assign([of(sub, "f")], [self.lambda_of("int", scope)])]
        out += self.rng.sample(uses, self.rng.randint(1, 4))
        out.append(self.show([of("n"), of(sub, "s"), Call(Name("len"), [of(sub, "list")]), of(sub, "list", 1),
                              Binary("==", of("alias"), of(sub)), Call(Name("type"), [of(sub, "f")])]))
        if self.bad():
            out.append(self.show([of("missing", "s")]))
        return out

    @staticmethod
    def path(e, fields):
        for field in fields:
            e = Field(e, field) if isinstance(field, str) else Index(e, [Lit(field)])
        return e

    def s_table_function(self, scope, depth):
        """A function that changes the table that it is given."""
        name, t, k, v = self.fresh("f"), self.fresh("p"), self.fresh("p"), self.fresh("p")
        inner = self.function_scope(scope, (k, "str"), (v, "int"))
        body = [Incr(Index(Name(t), [Name(k)]), "+=", Name(v)), Assign([Field(Name(t), "last")], [Name(v)])]
        if self.chance(0.4):
            body.append(Assign([Index(Name(t), [self.expr("str", inner, 1)])], [self.expr("int", inner, 1)]))
        if self.chance(0.3):
            body.append(If([self.expr("bool", inner, 1)], [[Assign([Name(t)], [Table([])])]]))
        body.append(Return([Name(t)] + [Call(Name("len"), [Name(t)])] * self.chance(0.5)))
        out = [FuncDecl(name, Func([t, k, v], False, body))]
        call = lambda table: Call(Name(name), [table, self.expr("str", scope, 1), self.expr("int", scope, 1)])  # noqa: E731
        found = self.tables(scope, lambda kind: kind.keys in ("str", "mixed") and kind.value == "int")
        if found:
            table, _ = self.pick(found)
            out.append(self.pick([CallStat(call(Name(table))), self.show([Field(Paren(call(Name(table))), "last")])]))
        out.append(self.show([Field(call(Table([Item("last", Lit(3))])), "last")]))
        x, n = self.fresh("v"), self.fresh("v")
        out += [Var([x, n], [call(call(Table([])))]), self.show([Name(n), Field(Name(x), "last"), Call(Name("len"), [Name(x)])])]
        return out

    def s_higher(self, scope, depth):
        """Functions as arguments and results."""
        name, g, p = self.fresh("f"), self.fresh("p"), self.fresh("p")
        inner = self.function_scope(scope, (p, "int"))
        call = lambda e: Call(Name(g), [e])  # noqa: E731
        result = self.pick([call(call(Name(p))), Binary("+", call(Name(p)), call(self.expr("int", inner, 1))), call(Name(p))])
        out = [FuncDecl(name, Func([g, p], False, [Return([result])]))]
        functions = [self.lambda_of("int", scope)]
        functions += [Name(n) for n, k in scope.of(lambda k: isinstance(k, Fun) and k.params == ["int"] and k.result == "int")]
        if self.chance(0.2):
            functions.append(Name(self.pick(["tostring", "tonumber", "type"])))
            out[0].func.body = [Return([call(Name(p))])]
        for _ in range(self.rng.randint(1, 2)):
            out.append(self.show([Call(Name(name), [self.pick(functions), self.expr("int", scope, 1)])]))
        return out

    def s_pack(self, scope, depth):
        """Any number of arguments: collected, passed on, taken one by one."""
        name, t, a, b, c = (self.fresh(letter) for letter in "ftvvp")
        inner = self.function_scope(scope, (a, "any"), (b, "any"))
        inner.vararg = True
        body = [Var([t], [Table([Item(None, Vararg())])]), Var([a, b], [Vararg()])]
        if self.chance(0.5):
            body.append(self.show([Name(c), Name(a), Paren(Vararg()), Vararg()]))
        if self.chance(0.4):
            body.append(If([Binary("!=", Name(a), Lit(None))], [[Return([Call(Name(name), [Vararg()])])]]))
        body.append(Return(self.pick([[Call(Name("len"), [Name(t)]), Name(b), Vararg()], [Vararg()],
                                      [Index(Name(t), [Lit(2)]), Paren(Vararg())]])))
        call = lambda: Call(Name(name), [self.expr(self.pick(SCALARS), scope, 1)  # noqa: E731
                                         for _ in range(self.rng.randint(0, 4))])
        out = [FuncDecl(name, Func([c], True, body)), self.show([call()]), self.show([call(), call()])]
        x, y = self.fresh("v"), self.fresh("v")
        out += [Var([x, y], [call()]), self.show([Name(x), Name(y)]),
                self.show([Call(Name("len"), [Table([Item(None, Lit(1)), Item(None, call())])])])]
        return out

    def s_mutual(self, scope, depth):
        """Two functions that call each other."""
        f, g, n, m = (self.fresh(letter) for letter in "ffpp")
        inner = self.function_scope(scope, (n, "int"))
        inner.constant.add(n)
        again = Call(Name(g), [Binary("-", Name(n), Lit(1))])
        return [Var([g], []),
                FuncDecl(f, Func([n], False, [
                    If([Binary("<=", Name(n), Lit(0))], [[Return([self.expr("int", inner, 1)])]]),
                    Return([self.pick([again, Binary("-", self.expr("int", inner, 1), again)])])])),
                Assign([Name(g)], [Func([m], False, [Return([Call(Name(f), [Name(m)])])])]),
                self.show([Call(Name(f), [Lit(self.rng.randint(0, 5))])])]

    def s_build(self, scope, depth):
        """A text that grows in a loop."""
        s, i = self.fresh("s"), self.fresh("i")
        inner = scope.inner(1)
        inner.names += [(s, "str"), (i, "int")]
        part = self.pick([Name(i), self.expr("str", inner, 1), Binary("..", Name(i), Lit(","))])
        grown = Binary("..", Name(s), part) if self.chance(0.7) else Binary("..", part, Name(s))
        body = [Assign([Name(s)], [grown])]
        if self.chance(0.3):
            body.append(If([Binary(">", Call(Name("len"), [Name(s)]), Lit(9))], [[self.pick([Break, Continue])()]]))
            body.append(Assign([Name(s)], [Binary("..", Name(s), Lit("."))]))
        first = self.expr("str", scope, 0)
        scope.names.append((s, "str"))
        return [Var([s], [first]), ForNum(i, Lit(1), Lit(self.rng.randint(1, 6)), None, body),
                self.show([Name(s)])]

    def s_queue(self, scope, depth):
        """Elements come at one end of a table and go at the other."""
        t, first, last = self.fresh("t"), self.fresh("n"), self.fresh("n")
        at = lambda n: Index(Name(t), [Name(n)])  # noqa: E731
        inner = scope.inner(1)
        x = self.fresh("x")
        inner.names.append((x, "int"))
        body = [Var([x], [at(first)]), Assign([at(first)], [Lit(None)]), Incr(Name(first), "+=", Lit(1)),
                If([Binary("&&", Binary(">", Name(x), Lit(1)), Binary("<", Name(last), Lit(12)))],
                   [[Incr(Name(last), "+=", Lit(1)), Assign([at(last)], [Binary("/", Name(x), Lit(2))])]]),
                self.show([Name(x), Call(Name("len"), [Name(t)])])]
        if self.chance(0.4):
            self.statements(body, inner, 1, 3)
        return [Var([t, first, last], [Table([Item(None, Lit(self.rng.randint(0, 9))), Item(None, Lit(3))]), Lit(1), Lit(2)]),
                While(Binary("<=", Name(first), Name(last)), body)]

    def s_closures_of_loop(self, scope, depth):
        """Functions that keep variables of rounds of a loop."""
        t, i, v, n = (self.fresh(letter) for letter in "tivn")
        inner = scope.inner(1)
        inner.names.append((i, "int"))
        made = Func([], False, [Incr(Name(v), "+=", Name(i)), Return([Name(v)])])
        body = [Var([v], [self.expr("int", inner, 1)]), Assign([Index(Name(t), [Name(i)])], [made])]
        if self.chance(0.5):
            body.append(Incr(Name(v), "+=", Lit(100)))
        if self.chance(0.3):
            body.insert(0, If([Binary("==", Name(i), Lit(2))], [[self.pick([Continue, Break])()]]))
        k = self.rng.randint(2, 4)
        loop = self.pick([ForNum(i, Lit(1), Lit(k), None, body),
                          ForC(i, Lit(1), Binary("<=", Name(i), Lit(k)), Incr(Name(i), "+=", Lit(1)), body)])
        k, f = self.fresh("k"), self.fresh("v")
        return [Var([t], [Table([])]), loop,
                ForIn([k, f], "pairs", [Name(t)], [self.show([Name(k), Call(Name(f), []), Call(Name(f), [])])])]

    def s_sorted_by(self, scope, depth):
        """An order given by a function."""
        found = self.tables(scope, lambda kind: kind.value in ("int", "str") and kind.keys != "pair")
        if not found:
            return self.s_table(scope, depth)
        name, kind = self.pick(found)
        k, v, a, b = (self.fresh(letter) for letter in "kvpp")
        key = lambda p: Name(p) if kind.value == "int" else Call(Name("len"), [Name(p)])  # noqa: E731
        before = Func([a, b], False, [Return([Binary(self.pick("<>"), key(a), key(b))])])
        return ForIn([k, v], "sort_pairs", [Name(name), before], [self.show([Name(k), Name(v)])])

    # ---- aggregations

    def sample(self, kind, scope):
        if kind.kind == "count":
            return Call(Name("count"), [])
        x = Word("arg2") if scope.in_handler and self.chance(0.5) else \
            self.pick([self.int_literal_small(), self.expr("int", scope, 1)])
        bounds = [Lit(v) for v in kind.bounds] if kind.bounds else []
        return Call(Name(kind.kind), [x] + bounds)

    def new_aggregation(self):
        kind = self.pick(NUMBER_KINDS + HISTOGRAM_KINDS)
        first = self.rng.randint(-20, 20)
        return Agg(kind, (first, first + self.rng.randint(1, 90), self.rng.randint(1, 20)) if kind == "lhist" else None)

    def empty(self, kind):
        return Call(Name(kind.kind), [Lit(v) for v in kind.bounds or ()])

    def s_aggregate(self, scope, depth):
        variables = scope.of(lambda kind: isinstance(kind, Agg))
        elements = self.tables(scope, lambda kind: isinstance(kind.value, Agg))
        if variables and self.chance(0.5):
            name, kind = self.pick(variables)
            out = [Incr(Name(name), "+=", self.sample(kind, scope)) for _ in range(self.rng.randint(1, 3))]
            if self.chance(0.2):
                out.append(self.use_of(name, kind, scope))
            if self.chance(0.1):
                out.append(Assign([Name(name)], [self.empty(kind)]))
            return out
        if elements and self.chance(0.7):
            name, kind = self.pick(elements)
            return [Incr(self.element(name, kind, scope), "+=", self.sample(kind.value, scope))
                    for _ in range(self.rng.randint(1, 4))]
        kind = self.new_aggregation()
        if self.chance(0.5):
            name = self.fresh("h")
            scope.names.append((name, kind))
            return Var([name], [self.empty(kind)])
        name = self.fresh("t")
        kind = Tab(self.pick(["small", "str", "mixed", "pair"]), kind)
        scope.names.append((name, kind))
        return Var([name], [Table([])])

    def use_of(self, name, kind, scope):
        if kind.kind in NUMBER_KINDS:
            return self.show([Name(name), Binary("==", Name(name), self.expr("int", scope, 1))])
        if kind.kind != "stats" and self.chance(0.3):
            return self.show([Call(Name("percentile"), [Name(name), Lit(self.pick([1, 50, 90, 99, 100]))])])
        if self.chance(0.2):
            return CallStat(Call(Name("print_hist"), [Name(name)]))
        copy = self.fresh("x")
        return Do([Var([copy], [Name(name)]), Incr(Name(name), "+=", Name(copy)),
                   self.show([Field(Name(name), self.pick(["count", "sum", "min", "max", "avg"])),
                              Field(Name(copy), "count"), Binary("==", Name(copy), Name(name))])])

    def s_exit(self, scope, depth):
        return If([self.expr("bool", scope, 2)], [[CallStat(Call(Name("exit"), []))]])

    # ---- expressions

    def bad(self):
        return self.wrong and self.chance(self.wrong)

    def opaque(self, e):
        """The same value, but its type is not known when the program is translated."""
        return Call(Name("id"), [e]) if self.chance(0.4) else e

    def int_literal(self):
        if self.chance(0.5):
            return Lit(self.rng.randint(0, 12))
        v = self.pick(INTS)
        if v < 0:
            return Unary("-", Lit(-v))
        return Lit(v, self.pick(["", "", f"0x{v:x}", f"0{v:o}"]))

    def int_literal_small(self):
        v = self.rng.randint(-3, 40)
        return Unary("-", Lit(-v)) if v < 0 else Lit(v)

    def expr(self, kind, scope, depth):
        if self.bad():
            kind = self.pick([k for k in SCALARS + ("any", "table", "func") if k != kind])
        if kind == "table":
            return self.constructor(Tab("small", "int"), scope)
        if kind == "func":
            return self.lambda_of(self.pick(SCALARS), scope)
        if kind == "any":
            return self.any(scope, depth)
        e = {"int": self.int_expr, "str": self.str_expr, "bool": self.bool_expr}[kind](scope, depth)
        return self.opaque(e) if self.chance(0.07) else e

    def any(self, scope, depth):
        if self.chance(0.2):
            return Lit(None)
        found = [name for name, _ in scope.of(lambda kind: kind == "any")]
        if found and self.chance(0.5):
            return Name(self.pick(found))
        tables = self.tables(scope, lambda kind: kind.value in SCALARS + ("any",))
        if tables and self.chance(0.4):
            return self.element(*self.pick(tables), scope)
        return self.expr(self.pick(SCALARS), scope, depth)

    def variable(self, kind, scope):
        found = [name for name, k in scope.of(lambda k: k == kind)]
        return Name(self.pick(found)) if found else None

    def shared(self, kind, scope, depth):
        """What every type has: variables, elements with a default, calls, and choices. None: nothing fits."""
        how = self.weighted([(6, "variable"), (2, "element"), (2, "call"), (1, "choice"), (0.4, "lambda"), (0.4, "vararg")])
        if how == "variable":
            return self.variable(kind, scope)
        if how == "element":
            found = self.tables(scope, lambda k: k.value == kind)
            if found:
                return Binary("||", self.element(*self.pick(found), scope), self.expr(kind, scope, 0))
        elif how == "call" and depth > 0:
            found = scope.of(lambda k: isinstance(k, Fun) and k.result == kind)
            if found:
                call = self.call_of(self.pick(found)[0], scope, depth - 1)
                return Paren(call) if self.chance(0.3) else call
        elif how == "choice" and depth > 0:
            if kind == "bool":
                return None
            return Binary("||", Binary("&&", self.expr("bool", scope, depth - 1), self.expr(kind, scope, depth - 1)),
                          self.expr(kind, scope, depth - 1))
        elif how == "lambda" and depth > 1:
            return Call(Paren(self.lambda_of(kind, scope)), [self.expr("int", scope, 1)])
        return None

    def lambda_of(self, kind, scope):
        name = self.fresh("p")
        inner = scope.inner()
        inner.in_function, inner.loop, inner.vararg = True, 0, False
        inner.names.append((name, "int"))
        body = []
        if self.chance(0.4):
            variables = [n for n, k in self.scalar_variables(inner) if k == "int"]
            body.append(Incr(Name(self.pick(variables)), "+=", self.int_literal_small()))
        return Func([name], False, body + [Return([self.expr(kind, inner, 1)])])

    def int_expr(self, scope, depth):
        if depth <= 0:
            return self.variable("int", scope) if self.chance(0.6) and self.variable("int", scope) else self.int_literal()
        found = self.shared("int", scope, depth) if self.chance(0.5) else None
        if found:
            return found
        d = depth - 1
        how = self.weighted([(8, "arith"), (2, "literal"), (2, "minus"), (1, "div"), (1, "len"), (1, "tonumber"), (1, "byte"),
                             (1, "find"), (1, "word"), (0.7, "number aggregate"), (0.5, "logic")])
        if how == "arith":
            return Binary(self.pick("++--*"), self.expr("int", scope, d), self.expr("int", scope, d))
        if how == "minus":
            return Unary("-", self.expr("int", scope, d))
        if how == "div":
            divisor = self.expr("int", scope, d) if self.chance(0.15) else self.pick([Lit(3), Lit(7), Unary("-", Lit(1)),
                                                                                      self.opaque(Lit(4))])
            return Binary(self.pick("/%"), self.expr("int", scope, d), divisor)
        if how == "len":
            tables = self.tables(scope)
            return Call(Name("len"), [Name(self.pick(tables)[0]) if tables and self.chance(0.5)
                                      else self.expr("str", scope, d)])
        if how == "tonumber":
            args = [self.expr("str", scope, d)] + ([Lit(self.pick([2, 8, 10, 16, 36]))] if self.chance(0.3) else [])
            return Binary("||", Call(Name("tonumber"), args), self.int_literal())
        if how == "byte":
            call = Call(Field(Name("string"), "byte"), [self.expr("str", scope, d), self.int_literal_small()])
            return Binary("||", call, self.int_literal())
        if how == "find":
            call = Call(Field(Name("string"), "find"), [self.expr("str", scope, d), self.expr("str", scope, 0)])
            return Binary("||", self.pick([call, Paren(call)]), self.int_literal())
        if how == "word" and scope.in_handler:
            return Word("arg2")
        if how == "number aggregate":
            found = scope.of(lambda k: isinstance(k, Agg) and k.kind in ("count", "sum"))
            if found:
                return Name(self.pick(found)[0])
        if how == "logic":
            return Binary(self.pick(["&&", "||"]), self.expr("int", scope, d), self.expr("int", scope, d))
        return self.int_literal()

    def str_literal(self):
        return Lit(self.pick(STRINGS))

    def str_expr(self, scope, depth):
        if depth <= 0:
            return self.variable("str", scope) if self.chance(0.5) and self.variable("str", scope) else self.str_literal()
        found = self.shared("str", scope, depth) if self.chance(0.4) else None
        if found:
            return found
        d = depth - 1
        how = self.weighted([(5, "concat"), (3, "literal"), (2, "tostring"), (1.5, "sub"), (2, "string"), (1, "type"),
                             (1, "format"), (1, "word")])
        if how == "concat":
            return Binary("..", self.expr(self.pick(["str", "str", "int"]), scope, d),
                          self.expr(self.pick(["str", "str", "int"]), scope, d))
        if how == "tostring":
            return Call(Name(self.pick(["tostring", "stringof"])), [self.expr(self.pick(SCALARS), scope, d)])
        if how == "sub":
            args = [self.int_literal_small() for _ in range(self.rng.randint(1, 2))]
            return Call(Field(Name("string"), "sub"), [self.expr("str", scope, d)] + args)
        if how == "string":
            name = self.pick(["upper", "lower", "trim", "basename", "rep", "char"])
            args = [self.expr("str", scope, d)]
            if name == "rep":
                args += [Lit(self.rng.randint(0, 3))] + ([self.expr("str", scope, 0)] if self.chance(0.4) else [])
            if name == "char":
                args = [Lit(self.rng.randint(1, 255)) for _ in range(self.rng.randint(0, 3))]
            return Call(Field(Name("string"), name), args)
        if how == "type":
            return Call(Name("type"), [self.expr(self.pick(SCALARS + ("any", "table", "func")), scope, d)])
        if how == "format":
            text, args = self.format(scope)
            return Call(Field(Name("string"), "format"), [Lit(text)] + args)
        if how == "word" and scope.in_handler:
            return Word(self.pick(["execname", "probename"]))
        return self.str_literal()

    def bool_expr(self, scope, depth):
        if depth <= 0:
            return self.variable("bool", scope) if self.chance(0.5) and self.variable("bool", scope) \
                else Lit(self.chance(0.5))
        found = self.shared("bool", scope, depth) if self.chance(0.25) else None
        if found:
            return found
        d = depth - 1
        how = self.weighted([(6, "compare"), (3, "equal"), (3, "logic"), (2, "not"), (1, "string"), (0.5, "literal")])
        if how == "compare":
            kind = self.pick(["int", "int", "str"])
            return Binary(self.pick(["<", "<=", ">", ">="]), self.expr(kind, scope, d), self.expr(kind, scope, d))
        if how == "equal":
            kind = self.pick(SCALARS + ("any",))
            return Binary(self.pick(["==", "!="]), self.expr(kind, scope, d),
                          self.expr(kind if self.chance(0.8) else "any", scope, d))
        if how == "logic":
            return Binary(self.pick(["&&", "||"]), self.expr("bool", scope, d), self.expr("bool", scope, d))
        if how == "not":
            return Unary("!", self.expr(self.pick(["bool", "any"]), scope, d))
        if how == "string":
            name = self.pick(["starts", "ends", "glob"])
            other = Lit(self.pick(["a*", "*", "?b*", "*l*o*", "x"])) if name == "glob" else self.expr("str", scope, 0)
            return Call(Field(Name("string"), name), [self.expr("str", scope, d), other])
        return Lit(self.chance(0.5))


def generate(seed, events=True):
    return Generator(seed, events).program()
