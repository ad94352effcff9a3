# SPDX-License-Identifier: GPL-2.0
"""What the reference interpreter makes of trees made by hand. Run by run.py before anything else."""

import interpret
import syntax
import values
from syntax import (Assign, Binary, Call, CallStat, Field, ForIn, ForNum, Func, FuncDecl, Handler, If, Incr, Index, Item, Lit,
                    Name, Repeat, Return, Table, Unary, Var, Vararg, While)


def call(name, *args):
    fn = Field(Name("string"), name[7:]) if name.startswith("string.") else Name(name)
    return Call(fn, list(args))


def show(*args):
    return CallStat(call("print", *args))


def add(a, b):
    return Binary("+", a, b)


N, T = Name("n"), Name("t")

# (name, block, what it prints, error with its line or None)
CASES = [
    ("numbers wrap and divide as in C", [
        show(Binary("+", Lit((1 << 63) - 1), Lit(1)), Binary("/", Unary("-", Lit(7)), Lit(2)),
             Binary("%", Unary("-", Lit(7)), Lit(3)), Binary("/", Lit(-1 << 63), Unary("-", Lit(1)))),
    ], "-9223372036854775808\t-3\t-1\t-9223372036854775808\n", None),
    ("only nil and false are false", [
        show(Binary("&&", Lit(0), Lit("zero")), Binary("||", Lit(None), Lit(5)), Unary("!", Lit(""))),
    ], "zero\t5\tfalse\n", None),
    ("1, \"1\" and true are different keys", [
        Var(["t"], [Table([Item(None, Lit("a")), Item([Lit("1")], Lit("b")), Item([Lit(True)], Lit("c"))])]),
        show(Index(T, [Lit(1)]), Index(T, [Lit("1")]), Index(T, [Lit(True)]), call("len", T)),
    ], "a\tb\tc\t3\n", None),
    ("closures share variables, rounds of loops have their own", [
        Var(["t"], [Table([])]),
        ForNum("i", Lit(1), Lit(2), None, [Assign([Index(T, [Name("i")])], [
            Func([], False, [Incr(Name("i"), "+=", Lit(10)), Return([Name("i")])])])]),
        show(Call(Index(T, [Lit(1)]), []), Call(Index(T, [Lit(1)]), []), Call(Index(T, [Lit(2)]), [])),
    ], "11\t21\t12\n", None),
    ("several results, varargs, missing arguments", [
        FuncDecl("f", Func(["a"], True, [Return([Name("a"), Vararg()])])),
        show(call("f", Lit(1), Lit(2), Lit(3)), call("f"), call("f", Lit(4), Lit(5))),
    ], "1\tnil\t4\t5\n", None),
    ("a tail call goes as deep as it likes", [
        FuncDecl("f", Func(["n"], False, [
            If([Binary("==", N, Lit(0))], [[Return([Lit("done")])]]), Return([call("f", Binary("-", N, Lit(1)))])])),
        show(call("f", Lit(500))),
    ], "done\n", None),
    ("loops end rather than overflow", [
        ForNum("i", Lit((1 << 63) - 2), Lit((1 << 63) - 1), None, [show(Name("i"))]),
        ForNum("i", Lit(3), Lit(1), Unary("-", Lit(2)), [show(Name("i"))]),
        Var(["n"], [Lit(0)]),
        While(Binary("<", N, Lit(2)), [Incr(N, "+=", Lit(1))]),
        Repeat([Incr(N, "-=", Lit(1)), Var(["m"], [N])], Binary("<", Name("m"), Lit(0))),
        show(N),
    ], "9223372036854775806\n9223372036854775807\n3\n1\n-1\n", None),
    ("sort_pairs: largest first, equal values by key, composite keys by their parts", [
        Var(["t"], [Table([Item([Lit(256), Lit(1)], Lit(1)), Item([Lit(2), Lit("x")], Lit(1)), Item("k", Lit(7))])]),
        ForIn(["a", "b", "v"], "sort_pairs", [T], [show(Name("a"), Name("b"), Name("v"))]),
    ], "k\tnil\t7\n2\tx\t1\n256\t1\t1\n", None),
    ("formats", [
        CallStat(call("printf", Lit("|%-5d|%+d|%#x|%05d|%.3d|%.2s|%5s|%%\n"), Lit(7), Lit(7), Lit(255), Lit(-42), Lit(5),
                      Lit("cut"), Lit(None))),
    ], "|7    |+7|0xff|-0042|005|cu|  nil|%\n", None),
    ("strings", [
        show(call("string.sub", Lit("kworker"), Lit(-3)), call("string.find", Lit("a=b"), Lit("=")),
             call("tonumber", Lit(" 0x1f ")), call("string.rep", Lit("ab"), Lit(2), Lit("-"))),
    ], "ker\t2\t31\tab-ab\n", None),
    ("aggregations", [
        Var(["t"], [Table([])]),
        ForNum("i", Lit(1), Lit(4), None, [Incr(Field(T, "n"), "+=", call("avg", Name("i"))),
                                           Incr(Field(T, "m"), "+=", call("max", Name("i")))]),
        Var(["h"], [call("hist")]), Incr(Name("h"), "+=", call("hist", Lit(5))),
        show(Field(T, "n"), Field(T, "m"), Name("h")),
    ], "2\t4\t" + "value ".rjust(31) + "------------- Distribution ------------- count\n" + "[4, 8)".rjust(31) + " |" +
     "@" * 37 + " 1\n" + " " * 32 + "count 1, min 5, avg 5, max 5\n", None),
    ("an error has the line of its statement, and trace_end does not run", [
        Handler("trace_end", None, [show(Lit("end"))]),
        FuncDecl("f", Func(["x"], False, [Return([add(Name("x"), Lit(1))])])),
        show(call("f", Lit(1))),
        show(call("f", Lit("1"))),
    ], "2\n", (5, "Cannot make arith operation")),
    ("exit is no error", [
        Handler("trace_end", None, [show(Lit("end"))]), CallStat(call("exit")), show(Lit("not reached")),
    ], "end\n", None),
    ("storing under nil", [Var(["t"], [Table([])]), Assign([Index(T, [Lit(None)])], [Lit(1)])], "", (2, "table nil index")),
]


def check(case):
    """The problem of a case, or ''."""
    _, block, stdout, error = case
    syntax.program_text(block)
    outcome = interpret.interpret(block)
    got = (outcome.stdout, (outcome.line, outcome.error) if outcome.error else None)
    return "" if got == (stdout, error) else f"expected {(stdout, error)}\ngot      {got}"


def check_text():
    """The printer: parentheses where they are needed, and only there."""
    e = Binary("*", add(Lit(1), Lit(2)), Unary("-", Unary("-", Binary("..", Lit("a\n"), Binary("..", Lit("b"), Lit(3))))))
    text = syntax.expr_text(e)
    wanted = '(1 + 2) * - -("a\\n" .. "b" .. 3)'
    return "" if text == wanted else f"expected {wanted}\ngot      {text}"


def check_limit():
    """The limit of loops, and what the reference leaves open."""
    block = [ForNum("i", Lit(1), Lit(11), None, [])]
    syntax.program_text(block)
    error = interpret.interpret(block, loop_limit=10).error
    if error != "loop execute count exceed max limit(10)" or interpret.interpret(block, loop_limit=11).error:
        return f"limit of loops: {error}"
    block = [Var(["t"], [Table([Item("a", Lit(1)), Item("b", Lit(2))])]), ForIn(["k"], "pairs", [T], [show(Name("k"))])]
    syntax.program_text(block)
    try:
        interpret.interpret(block)
    except values.Undefined:
        return ""
    return "the order of pairs() is open"


def check_all(add_result):
    """add_result(name, problem) for each case."""
    for case in CASES:
        add_result(f"interpreter: {case[0]}", check(case))
    add_result("interpreter: limits", check_limit())
    add_result("printer", check_text())
