# SPDX-License-Identifier: GPL-2.0
"""What scripts typically do, as groups of statements: recursion, closures, objects, packing arguments, queues."""

import copy

from expressions import Expressions
from syntax import (Assign, Binary, Break, Call, CallStat, Continue, Field, ForC, ForIn, ForNum, Func, FuncDecl, If,
                    Incr, Index, Item, Lit, Method, Name, Paren, Return, Table, Var, Vararg, While)
from scopes import FIELDS, Fun, SCALARS


class Idioms(Expressions):
    """Part of the generator. Each s_... gives a statement or several."""

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

    def s_maybe(self, scope, depth):
        """A function that does not always return something, or not always the same."""
        name, p = self.fresh("f"), self.fresh("p")
        kind = self.pick(SCALARS)
        inner = self.function_scope(scope, (p, kind))
        body = [If([self.expr("bool", inner, 2)], [[Return([self.expr(kind, inner, 1)])]])]
        if self.chance(0.4):
            body.append(If([self.expr("bool", inner, 1)], [[Return([])]]))
        self.statements(body, inner, self.rng.randint(0, 1), 2)
        if self.chance(0.4):
            body.append(Return(self.pick([[Name(p)], [], [self.expr(self.pick(SCALARS), inner, 1), Lit(None)],
                                          [Call(Name("tonumber"), [self.expr("str", inner, 1)])],
                                          [Call(Name("type"), [Name(p)])]])))
        scope.names.append((name, Fun([kind], "any", many=True)))
        call = lambda: self.call_of(name, scope, 1)  # noqa: E731
        return [FuncDecl(name, Func([p], False, body)), self.show([call()]), self.show([call(), Paren(call())])]

    def s_late(self, scope, depth):
        """A variable that gets its value later, or not at all."""
        name, kind = self.fresh("x"), self.pick(SCALARS)
        value = self.expr(kind, scope, 1)
        out = [Var([name], [])]
        scope.names.append((name, "any"))
        change = Assign([Name(name)], [value])
        if self.chance(0.6):
            change = If([self.expr("bool", scope, 1)], [[change]] + [[Assign([Name(name)], [self.any(scope, 1)])]] *
                        self.chance(0.3))
        if self.chance(0.3):
            i = self.fresh("i")
            change = ForNum(i, Lit(1), Lit(2), None, [self.show([Name(name)]), change])
        out += [change, self.show([Name(name), Call(Name("type"), [Name(name)]),
                                   Binary("||", Name(name), self.expr(kind, scope, 0))])]
        return out

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
            out.append(self.show([Call(Name(name), [copy.deepcopy(self.pick(functions)), self.expr("int", scope, 1)])]))
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
