# SPDX-License-Identifier: GPL-2.0
"""Random expressions of a wanted type, and samples of aggregations."""

from syntax import (Assign, Binary, Call, CallStat, Do, Field, Func, If, Incr, Lit, Name, Paren, Return, Table, Unary,
                    Var, Word)
from scopes import Agg, Dice, Fun, HISTOGRAM_KINDS, INTS, NUMBER_KINDS, SCALARS, STRINGS, Tab


class Expressions(Dice):
    """Part of the generator. self.wrong: how often an expression is of another type than wanted."""

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

    def position(self, scope):
        """An argument that should be small, and often is."""
        return self.int_literal_small() if self.chance(0.7) else self.expr("int", scope, 1)

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
            call = Call(Field(Name("string"), "byte"), [self.expr("str", scope, d), self.position(scope)])
            return Binary("||", call, self.int_literal())
        if how == "find":
            call = Call(Field(Name("string"), "find"), [self.expr("str", scope, d), self.expr("str", scope, 0)] +
                        ([self.position(scope)] if self.chance(0.4) else []))
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
            args = [self.position(scope) for _ in range(self.rng.randint(1, 2))]
            return Call(Field(Name("string"), "sub"), [self.expr("str", scope, d)] + args)
        if how == "string":
            name = self.pick(["upper", "lower", "trim", "basename", "rep", "char"])
            args = [self.expr("str", scope, d)]
            if name == "rep":
                args.append(self.pick([Lit(self.rng.randint(0, 3)), self.position(scope)]))
                args += [self.expr("str", scope, 0)] if self.chance(0.4) else []
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
