# SPDX-License-Identifier: GPL-2.0
"""Makes a failing program smaller while it keeps failing: delta debugging on the tree."""

import copy

import syntax

TRIES = 400


def statement_cuts(block):
    """Programs without some of the statements: big pieces first."""
    for i in range(len(list(syntax.blocks(block)))):
        size = len(list(syntax.blocks(block))[i])
        piece = size
        while piece:
            for at in range(0, size, piece):
                new = copy.deepcopy(block)
                del list(syntax.blocks(new))[i][at:at + piece]
                yield new
            piece //= 2


def unwrapped(block):
    """Programs where a compound statement is replaced by its body."""
    for i, inner in enumerate(syntax.blocks(block)):
        for k, statement in enumerate(inner):
            bodies = getattr(statement, "blocks", None) or [getattr(statement, "body", None)]
            for b, body in enumerate(bodies):
                if body is None:
                    continue
                new = copy.deepcopy(block)
                place = list(syntax.blocks(new))[i]
                found = getattr(place[k], "blocks", None) or [place[k].body]
                place[k:k + 1] = found[b]
                yield new


EXPRESSIONS = (syntax.Lit, syntax.Name, syntax.Unary, syntax.Binary, syntax.Paren, syntax.Index, syntax.Field, syntax.Call,
               syntax.Method, syntax.Table, syntax.Func)


def places(block):
    """Every place of an expression, in a fixed order."""
    for node in syntax.walk(block):
        for holder, key in syntax.children(node):
            if isinstance(syntax.get_child(holder, key), EXPRESSIONS):
                yield node, holder, key


def simpler(e):
    """What may stand for an expression: parts of it, constants."""
    for holder, key in syntax.children(e):
        child = syntax.get_child(holder, key)
        if isinstance(child, EXPRESSIONS):
            yield child
    if not isinstance(e, syntax.Lit):
        yield from (syntax.Lit(1), syntax.Lit("a"), syntax.Lit(True), syntax.Lit(None))


def simpler_expressions(block):
    for i, (node, holder, key) in enumerate(list(places(block))):
        e = syntax.get_child(holder, key)
        if isinstance(node, (syntax.CallStat, syntax.ForC)) or isinstance(e, syntax.Func) and \
                isinstance(node, syntax.FuncDecl):
            continue
        if isinstance(node, (syntax.Assign, syntax.Incr)) and (holder is getattr(node, "targets", None) or key == "target"):
            continue
        for n in range(len(list(simpler(e)))):
            new = copy.deepcopy(block)
            _, h, k = list(places(new))[i]
            syntax.set_child(h, k, list(simpler(syntax.get_child(h, k)))[n])
            yield new


def shorter_lists(block):
    """Programs with an argument, an item, or a name and its value less."""
    for i, node in enumerate(syntax.walk(block)):
        for name in ("args", "items", "exprs", "params"):
            for k in range(len(getattr(node, name, None) or [])):
                new = copy.deepcopy(block)
                changed = list(syntax.walk(new))[i]
                del getattr(changed, name)[k]
                if name == "exprs" and hasattr(changed, "targets"):
                    if k < len(changed.targets) and len(changed.targets) > 1:
                        del changed.targets[k]
                if isinstance(changed, syntax.Assign) and not changed.exprs:
                    continue
                yield new


def shrink(block, fails):
    """The smallest program found for which fails(program) is true."""
    tries = 0
    progress = True
    while progress and tries < TRIES:
        progress = False
        for candidates in (statement_cuts, unwrapped, simpler_expressions, shorter_lists):
            again = True
            while again and tries < TRIES:
                again = False
                for new in candidates(block):
                    tries += 1
                    if tries >= TRIES:
                        break
                    if fails(new):
                        block, again, progress = new, True, True
                        break
    return block
