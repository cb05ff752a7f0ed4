"""Parts of a line that are missing, or one too many: a factor, a term, a count, a penalty, a line beside it.

Rows of the table in `tutor.code.slips_of_lines`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.code.line_edits import SUMS, LineEdit, Surroundings, make_edit, say_node, walk_expressions
from tutor.code.parts_of_formulas import LIBRARY, strip_transpose
from tutor.code.targets import list_targets

SLOPES = ("({0} > 0)", "{0} * (1 - {0})", "(1 - {0} ** 2)", "(1 - {0})", "{0}")


def take_needless(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A factor, a term, a function or the whole line left out."""
    for node in walk_expressions(statement):
        if isinstance(node, ast.BinOp):
            tag = "term-too-many" if isinstance(node.op, ast.Add | ast.Sub) else "factor-too-many"
            if not isinstance(node.op, ast.MatMult):
                yield make_edit(tag, statement, node, node.left, say_node(node.right))
            inner = node.left
            if isinstance(node.op, ast.Mult) and isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult):  # a slope: * a * (1 - a)
                slope = ast.BinOp(inner.right, ast.Mult(), node.right)
                yield make_edit(tag, statement, node, inner.left, say_node(slope))
            if isinstance(node.op, ast.Add | ast.Mult):
                yield make_edit(tag, statement, node, node.right, say_node(node.left))
            elif isinstance(node.op, ast.Sub):
                yield make_edit(tag, statement, node, ast.UnaryOp(ast.USub(), node.right), say_node(node.left))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inside = (
                node.args[0]
                if isinstance(node.func.value, ast.Name) and node.func.value.id in LIBRARY and node.args
                else node.func.value
            )
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id in LIBRARY and not node.args):
                tag = "sum-too-many" if node.func.attr in SUMS else "function-too-many"
                yield make_edit(tag, statement, node, inside)
        elif isinstance(node, ast.Call) and len(node.args) == 1:
            yield make_edit("function-too-many", statement, node, node.args[0])
    if isinstance(statement, ast.AugAssign):
        tag = "term-too-many" if isinstance(statement.op, ast.Add | ast.Sub) else "factor-too-many"
        yield LineEdit(tag, statement, (), None, None, say_node(statement), "", say_node(statement.value))
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name | ast.Subscript):
        yield LineEdit("line-too-many", statement, (), None, None, say_node(statement), "")


def is_entry(statement: ast.stmt) -> bool:
    """Whether a statement gives one entry of an array, as loops over all of its entries do.

    >>> [is_entry(ast.parse(text).body[0]) for text in ("d[k] = e", "d = e", "d[i, j] += e")]
    [True, False, True]
    """
    return isinstance(statement, ast.Assign | ast.AugAssign) and all(isinstance(one, ast.Subscript) for one in list_targets(statement))


def take_factors(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A factor that is missing: a slope, a mask, a quantity, a count."""
    if isinstance(statement, ast.Expr):
        return
    for node in walk_expressions(statement):
        if isinstance(node, ast.Constant) or strip_transpose(node) is not None:
            continue
        shape = around.shape(node)
        if not shape and not (shape == () and node is getattr(statement, "value", None) and is_entry(statement)):
            continue
        for text in around.list_fitting(shape, exact=not shape):
            if text == say_node(node):
                continue
            for form in SLOPES:
                said = form.format(text)
                tag = "mask-forgotten" if ">" in form else "slope-forgotten" if "1 -" in form else "factor-forgotten"
                yield make_edit(tag, statement, node, ast.BinOp(node, ast.Mult(), around.parse(said)), said)


def take_means(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """The division by a count that is missing, or that is one too many."""
    if isinstance(statement, ast.Expr):
        return
    for place, node in enumerate(list(walk_expressions(statement))[:8]):
        yield from _list_other_counts(statement, node, around)
        if place and not isinstance(node, ast.BinOp | ast.Call | ast.Name | ast.Subscript):
            continue
        if id(node) in around.values and around.shape(node) is None:  # a cache, or several values
            continue
        if place and type(around.values.get(id(node))) is int:  # a count is no mean
            continue
        for count in around.counts:
            for sign, tag in ((ast.Div(), "mean-forgotten"), (ast.Mult(), "mean-twice")):
                yield make_edit(tag, statement, node, ast.BinOp(node, sign, around.parse(count)), count)


def _list_other_counts(statement: ast.stmt, node: ast.expr, around: Surroundings) -> Iterator[LineEdit]:
    """The entries of a matrix for its rows, or the other way: ``d.size`` for ``d.shape[0]``."""
    counted = node.value if isinstance(node, ast.Subscript) else node
    if not isinstance(counted, ast.Attribute) or counted.attr not in ("shape", "size") or len(around.shape(counted.value) or ()) != 2:
        return
    text = say_node(counted.value)
    if counted is node and counted.attr == "size":
        for axis in (0, 1):
            yield make_edit("mean-twice", statement, node, around.parse(f"{text}.shape[{axis}]"), f"{text}.shape[{1 - axis}]")
    place = node.slice.value if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) else None
    if type(place) is int and place in (0, 1):
        yield make_edit("mean-forgotten", statement, node, around.parse(f"{text}.size"), f"{text}.shape[{1 - place}]")


def is_count(node: ast.AST | None) -> bool:
    """Whether a formula counts: ``len(y)``, ``X.shape[0]``, ``y.size``.

    >>> [is_count(ast.parse(text, mode="eval").body) for text in ("len(y)", "X.shape[0]", "float(y.size)", "len(y) * w")]
    [True, True, True, False]
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return node.func.id == "len" or (node.func.id in ("float", "int") and is_count(node.args[0]))
    node = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(node, ast.Attribute) and node.attr in ("shape", "size")


def take_scaled(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A constant factor, whatever it is: the root of a size by its name; of what counts it is none."""
    if isinstance(statement, ast.Expr) or is_count(getattr(statement, "value", None)):
        return
    for place, node in enumerate(walk_expressions(statement)):
        if place and not isinstance(node, ast.BinOp | ast.Call | ast.Name | ast.Subscript):
            continue
        for text in around.roots:
            for sign, tag, said in ((ast.Div(), "factor-forgotten", f"1 / {text}"), (ast.Mult(), "factor-forgotten", text)):
                yield make_edit(tag, statement, node, ast.BinOp(node, sign, around.parse(text)), said)
        for text in around.list_fitting((), exact=True) if around.shape(node) else ():
            for sign, said in ((ast.Div(), f"1 / {text}"), (ast.Mult(), text)):
                yield make_edit("factor-forgotten", statement, node, ast.BinOp(node, sign, around.parse(text)), said)
        for ratio in (*around.ratio, 2.0, 0.5):
            tidy = int(ratio) if float(ratio) == int(ratio) else round(ratio, 10)
            if tidy not in (0, 1):
                yield make_edit(
                    "constant-factor",
                    statement,
                    node,
                    ast.BinOp(ast.parse(repr(tidy), mode="eval").body, ast.Mult(), node),
                    f"{1 / ratio:.6g}",
                )
        if place > 8:
            return


def take_terms(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A term that is missing: another path."""
    if isinstance(statement, ast.Expr):
        return
    for place, node in enumerate(walk_expressions(statement)):
        shape = around.shape(node)
        if place > 6 or shape is None or (place and not shape):
            continue
        for text in [*around.list_fitting(shape), *around.list_fitting((), exact=True)]:
            if text == say_node(node):
                continue
            for said in (text, f"{text} ** 2") if around.find_shape(text) else (text,):
                yield make_edit("missing-path", statement, node, ast.BinOp(node, ast.Add(), around.parse(said)), said)
                made = ast.BinOp(node, ast.Sub(), around.parse(said))
                yield make_edit("missing-path", statement, node, made, f"-{said}")


def take_penalties(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """The gradient of a penalty of weights that is missing."""
    for node in list(walk_expressions(statement))[:1] if not isinstance(statement, ast.Expr) else ():
        for text in around.list_fitting(around.shape(node), exact=True):
            for rate in around.extra:
                forms = ["{0} * {1}", "2 * {0} * {1}", "0.5 * {0} * {1}"]
                forms += [f"{{0}} / {count} * {{1}}" for count in around.counts]
                for form in forms:
                    said = form.format(rate, text)
                    made = ast.BinOp(node, ast.Add(), around.parse(said))
                    yield make_edit("penalty-forgotten", statement, node, made, said)


def take_lines(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A line that is missing in front of this one, or behind it: a mask, a 1 taken off at the labels, a copy, a division by the count."""
    target = (
        statement.targets[0]
        if isinstance(statement, ast.Assign)
        else statement.target
        if isinstance(statement, ast.AugAssign)
        else None
    )
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name):
        made = ast.Call(ast.Attribute(statement.value, "copy", ast.Load()), [], [])
        yield make_edit("cache-changed", statement, statement.value, made)
    if isinstance(target, ast.Name):
        shape = around.shape(statement.value) if isinstance(statement, ast.Assign | ast.AugAssign) else None
        for labels in around.extra:
            if not labels.isidentifier():
                continue
            lines = [f"{target.id}[range({target.id}.shape[0]), {labels}] -= 1"] if shape and len(shape) == 2 else []
            for line in lines:
                yield LineEdit("label-forgotten", statement, (statement, *ast.parse(line).body), None, None, "", line)
    base = target.value if isinstance(target, ast.Subscript) else target
    if isinstance(base, ast.Name | ast.Attribute):
        for count in around.counts:
            for sign, tag in (("/", "mean-forgotten"), ("*", "mean-twice")):
                line = f"{say_node(base)} {sign}= {count}"
                yield LineEdit(tag, statement, (statement, *ast.parse(line).body), None, None, "", line, count)
    for node in walk_expressions(statement):
        if isinstance(node, ast.Name) and around.shape(node):
            for text in around.list_fitting(around.shape(node), exact=True):
                line = f"{node.id} = {node.id} * ({text} > 0)"
                yield LineEdit(
                    "mask-forgotten",
                    statement,
                    (*ast.parse(line).body, statement),
                    None,
                    None,
                    "",
                    line,
                    f"({text} > 0)",
                )
