# SPDX-License-Identifier: GPL-2.0
"""Makes programs of a seed: the same seed gives the same program.

Programs are typed while they are made, so that most of what they do works. An ill-typed program has, here and there, an
expression of another type than its place wants. Every loop has an end. What a program does must not depend on what the
reference leaves open; the interpreter gives up those that do, and the runner takes the next.
"""

import random

from idioms import Idioms
from syntax import (Assign, Binary, Break, Call, CallStat, Continue, Do, Field, ForC, ForIn, ForNum, Func, FuncDecl,
                    Handler, If, Incr, Index, Item, Lit, Name, Paren, Repeat, Return, Table, Unary, Var, Vararg,
                    While, Word)
from scopes import Agg, FIELDS, Fun, SCALARS, Scope, Tab

EVENT = "syscalls:sys_enter_sethostname"


class Program:
    """block, the events to be played, the limit of loops (or None), and whether an error ends just its handler."""

    def __init__(self, seed, block, events, loop_limit, goes_on=False):
        self.seed = seed
        self.block = block
        self.events = events
        self.loop_limit = loop_limit
        self.goes_on = goes_on


class Generator(Idioms):
    """One program. Statements are made by methods s_..., which get the scope and how deep they stand in others."""

    def __init__(self, seed, events=True):
        self.seed = seed
        self.rng = random.Random(seed)
        self.wrong = self.rng.choice([0, 0, 0, 0, 0, 0.005, 0.01, 0.02])  # how often a type is another one
        self.with_events = events and self.chance(0.35)
        self.size = self.rng.choice([4, 8, 8, 12, 20])
        self.goes_on = seed % 3 == 0  # not of the dice: the programs of other seeds stay what they were
        self.numbers = {}

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
            block += self.long_loop(limit)
        block.append(Handler("trace_end", None, self.report(scope)) if self.with_events or self.chance(0.3)
                     else Do(self.report(scope)))
        events = []
        if self.with_events:
            events = [{"name": EVENT, "arg0": 170, "arg2": self.rng.randint(1, 40), "execname": "hostname",
                       "probename": "sys_enter_sethostname", "cpu": self.rng.randint(0, 3)}
                      for _ in range(self.rng.randint(1, 6))]
        return Program(self.seed, block, events, limit, self.with_events and self.goes_on)

    def long_loop(self, limit):
        """Loops around the limit: by one, in a function, or inside of each other."""
        n = self.pick([limit - 1, limit, limit + 1, 2 * limit])
        name, outer = self.fresh("i"), self.fresh("i")
        body = [If([Binary("==", Binary("%", Name(name), Lit(max(limit // 5, 1))), Lit(0))], [[self.show([Name(name)])]])]
        loops = [[ForNum(name, Lit(1), Lit(n), None, body)],
                 [ForC(name, Lit(1), Binary("<=", Name(name), Lit(n)), Incr(Name(name), "+=", Lit(1)), body)],
                 [Var([name], [Lit(0)]), While(Binary("<", Name(name), Lit(n)), [Incr(Name(name), "+=", Lit(1))] + body)],
                 [Var([name], [Lit(0)]), Repeat([Incr(Name(name), "+=", Lit(1))] + body, Binary(">=", Name(name), Lit(n)))],
                 [ForNum(outer, Lit(1), Lit(3), None, [ForNum(name, Lit(1), Lit(n // 3), None, body)])]]
        made = self.pick(loops)
        if self.chance(0.3):
            f = self.fresh("f")
            made = [FuncDecl(f, Func([], False, made)), CallStat(Call(Name(f), []))]
        return made

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
        if self.goes_on:
            body.append(self.failing())
        body += self.counters(inner)
        return Handler(f"trace {EVENT}", filter_, body)

    @staticmethod
    def failing():
        """Divides by zero for some events: what follows is for the others."""
        nothing = Binary("-", Word("arg2"), Word("arg2"))
        return If([Binary("<", Word("arg2"), Lit(20))], [[Generator.show([Binary("/", Lit(7), nothing)])]])

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
            (0 if depth >= 2 else 2, self.s_maybe), (1.5, self.s_late), (0 if deep else 1, self.s_queue),
            (0 if deep else 1, self.s_closures_of_loop), (0.7, self.s_sorted_by),
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
                args.append(Lit(self.rng.randint(32, 126)) if self.chance(0.8) else self.expr("int", scope, 1))
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
        shown = [Name(k), Name(v)]
        if kind.keys == "pair":
            shown += [Index(Name(k), [Lit(self.rng.randint(0, 3))]), Call(Name("len"), [Name(k)])]
        body = [self.show(shown)] + self.body(inner, depth, n=self.rng.randint(1, 2))
        if self.chance(0.1) and not isinstance(body[-1], (Break, Continue, Return)):
            body.append(Assign([Index(Name(name), [Name(k)])], [Lit(None)]))
        names, args = [k, v], [Name(name)]
        if self.chance(0.12):
            names, body = [k], [self.show(shown[:1])]
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


def generate(seed, events=True):
    return Generator(seed, events).program()
