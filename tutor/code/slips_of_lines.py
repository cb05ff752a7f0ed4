"""The slips that are made in a line of a backward pass: a table, each row with the changes that take it back.

To add one, write what takes it back as a generator here, its row in `TABLE`, and its words in `tutor.explain.words.code_words`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from tutor.code.line_edits import SUMS, LineEdit, Surroundings, is_counted, make_edit, say_node, walk_expressions
from tutor.code.missing_terms import take_powers, take_units
from tutor.code.parts_of_formulas import LIBRARY, is_outer, is_rest, split_product, strip_transpose
from tutor.code.slips_of_parts import (
    take_factors,
    take_lines,
    take_means,
    take_needless,
    take_penalties,
    take_scaled,
    take_terms,
)
from tutor.code.slips_of_places import (
    take_diagonals,
    take_functions,
    take_matrices,
    take_others,
    take_parts,
    take_places,
    take_repeated,
    take_spread,
    take_sums,
    take_turned,
)
from tutor.code.slips_of_rounds import change_assignment
from tutor.code.slips_of_slopes import take_everywhere, take_slopes
from tutor.code.slips_of_windows import take_windows
from tutor.code.statement_names import is_length

Take = Callable[[ast.stmt, Surroundings], Iterator[LineEdit]]
LITERALS = (0, 1, 2, 3, 4, -1, 0.5, -0.5, 1.5, -1.5, -2, 0.25)


def _turn(node: ast.expr) -> ast.expr:
    """The transpose of a part; of a transpose the part."""
    inner = strip_transpose(node)
    return inner if inner is not None else ast.Attribute(node, "T", ast.Load())


def take_products(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another order of a matrix product, or a transpose more or less."""
    for node in walk_expressions(statement):
        if is_outer(node) and isinstance(node, ast.Call):
            yield make_edit("product-order", statement, node, ast.Call(node.func, node.args[::-1], node.keywords))
        found = split_product(node)
        if found is None:
            continue
        left, right, make = found
        for swap in (False, True):
            for first in (False, True):
                for second in (False, True):
                    if swap or first or second:
                        one, two = (_turn(left) if first else left), (_turn(right) if second else right)
                        turned = [part for part, yes in ((left, first), (right, second)) if yes]
                        if swap:
                            tag = "product-order"
                        elif all(strip_transpose(part) is not None for part in turned):
                            tag = "transpose-too-many"
                        else:
                            tag = "transpose-forgotten"
                        yield make_edit(tag, statement, node, make(two, one) if swap else make(one, two))


def take_transposes(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A transpose more or less, anywhere."""
    for node in walk_expressions(statement):
        inner = strip_transpose(node)
        if inner is not None:
            yield make_edit("transpose-too-many", statement, node, inner)
        elif len(around.shape(node) or ()) == 2 and isinstance(
            node, ast.Name | ast.Subscript | ast.Attribute | ast.Call | ast.BinOp
        ):
            yield make_edit("transpose-forgotten", statement, node, _turn(node))


def take_signs(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A sign turned: of a term, of a part, of the whole line."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub):
        sign = ast.Sub() if isinstance(statement.op, ast.Add) else ast.Add()
        made = ast.copy_location(ast.AugAssign(statement.target, sign, statement.value), statement)
        yield LineEdit("sign", statement, (made,), None, None, say_node(statement), say_node(made), "-1")
    for node in walk_expressions(statement):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield make_edit("sign", statement, node, node.operand, "-1")
    for node in walk_expressions(statement):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            sign = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            yield make_edit("sign", statement, node, ast.BinOp(node.left, sign, node.right), "-1")
            if isinstance(node.op, ast.Sub):
                yield make_edit(
                    "difference-reversed", statement, node, ast.BinOp(node.right, ast.Sub(), node.left), "-1"
                )
    for place, node in enumerate(walk_expressions(statement)):
        value = around.values.get(id(node))
        kept = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)  # coeff[rows, y] = -count
        counted = is_counted(value) if kept else type(value) is int  # nobody counts below 0
        if place == 0 and not counted and isinstance(statement, ast.Assign | ast.Return | ast.AnnAssign):
            yield make_edit("sign", statement, node, ast.UnaryOp(ast.USub(), node), "-1")
        if isinstance(node, ast.Call):  # np.exp(z) for np.exp(-z)
            for part in node.args:
                if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and not is_counted(around.values.get(id(part))):
                    yield make_edit("sign", statement, part, ast.UnaryOp(ast.USub(), part), "-1")


def take_axes(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another axis, or an axis that stays."""
    for node in walk_expressions(statement):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)):
            continue
        word = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if word not in (
            *SUMS,
            "max",
            "min",
            "var",
            "std",
            "prod",
            "softmax",
            "cumsum",
            "concatenate",
            "stack",
            "argmax",
        ):
            continue
        plain = isinstance(node.func, ast.Attribute) and not (
            isinstance(node.func.value, ast.Name) and node.func.value.id in LIBRARY
        )
        listed = node.args[0:1] if plain else node.args[1:2]
        axis = next((part for part in node.keywords if part.arg in ("axis", "dim")), None)
        now = axis.value if axis is not None else listed[0] if listed else None
        others = [part for part in node.keywords if part is not axis]
        if now is not None:
            args = [part for part in node.args if part is not now]
            yield make_edit("wrong-axis", statement, node, ast.Call(node.func, args, others))
        for number in (0, 1, 2, -1):
            if now is not None and say_node(now) == str(number):
                continue
            args = [part for part in node.args if part is not now]
            made = ast.Call(node.func, args, [ast.keyword("axis", ast.Constant(number)), *others])
            yield make_edit("wrong-axis" if now is not None else "axis-forgotten", statement, node, made)
            if not node.keywords and now is None:  # the whole array to one number, where a column or a row is asked for
                whole = ast.Call(node.func, args, [*made.keywords, ast.keyword("keepdims", ast.Constant(True))])
                yield make_edit("axis-forgotten", statement, node, whole)
        kept = next((part for part in node.keywords if part.arg in ("keepdims", "keepdim")), None)
        rest = [part for part in node.keywords if part is not kept]
        if kept is None:
            yield make_edit(
                "keepdims-forgotten",
                statement,
                node,
                ast.Call(node.func, node.args, [*rest, ast.keyword("keepdims", ast.Constant(True))]),
            )
        else:
            yield make_edit("keepdims-too-many", statement, node, ast.Call(node.func, node.args, rest))


def list_compared(statement: ast.stmt) -> list[ast.Compare]:
    """The comparisons of a statement: in its value, and in brackets of what it assigns to."""
    return [node for node in ast.walk(statement) if isinstance(node, ast.Compare) and len(node.ops) == 1]


_SAME_SIDE = ({ast.Lt, ast.LtE}, {ast.Gt, ast.GtE})
"""Comparisons that differ only where both sides are equal: everywhere a ReLU cut, if its output is compared."""


def take_masks(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A mask turned round, one with its bound on the wrong side, or the mask of another array."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Name | ast.Attribute):
        yield make_edit("mask-turned", statement, target.slice, ast.UnaryOp(ast.Invert(), target.slice))
    for node in ast.walk(statement):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            yield make_edit("mask-turned", statement, node, node.operand)
    for node in list_compared(statement):
        for other in (
            (ast.LtE, ast.Gt, ast.Lt, ast.GtE)
            if not isinstance(node.ops[0], ast.Eq | ast.NotEq)
            else (ast.Eq, ast.NotEq)
        ):
            if type(node.ops[0]) is not other:
                tag = "mask-bound" if {type(node.ops[0]), other} in _SAME_SIDE else "mask-turned"
                yield make_edit(tag, statement, node, ast.Compare(node.left, [other()], node.comparators))
        shape = around.shape(node.left)
        for text in around.list_fitting(shape, exact=True):
            if text != say_node(node.left):
                yield make_edit("mask-of-another", statement, node.left, around.parse(text))
        for text in around.list_fitting(shape) if not isinstance(node.ops[0], ast.Eq) else ():  # window == best, and not window > 0
            made = ast.Compare(node.left, [ast.Eq()], [around.parse(text)])
            if text != say_node(node.left):
                yield make_edit("mask-of-another", statement, node, made)
        if not any(text == say_node(node.comparators[0]) for text in ("0", "0.0")):
            tag = "another-number" if isinstance(node.comparators[0], ast.Constant) else "mask-of-another"
            yield make_edit(tag, statement, node.comparators[0], ast.Constant(0))


def take_numbers(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another number: an exponent, a factor, a place."""
    for node in walk_expressions(statement):
        written = node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = -node.operand.value if isinstance(node.operand.value, int | float) else None
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
        ):
            value = node.value
        else:
            continue
        if value is None:
            continue
        if isinstance(value, float) and abs(value * 24 - round(value * 24)) > 1e-9:  # the 3 of 3 * 0.044715
            for ratio in (2, 3, 4, 0.5):
                made = ast.BinOp(ast.Constant(ratio), ast.Mult(), written)
                yield make_edit("constant-factor", statement, written, made, f"{1 / ratio:.6g}")
        scaled = [value * ratio for ratio in around.ratio] + [value / ratio for ratio in around.ratio]
        for number in dict.fromkeys([*scaled, *LITERALS, *around.numbers]):
            tidy = int(number) if float(number) == int(number) else round(number, 12)
            known = number in around.numbers or abs(tidy * 24 - round(tidy * 24)) < 1e-9
            if tidy != value and abs(tidy) < 1e6 and known:
                yield make_edit(
                    "another-number",
                    statement,
                    written,
                    ast.parse(repr(tidy), mode="eval").body,
                    f"{value / number:.6g}" if number else "",
                )


def take_assignment(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Added for overwritten, and the other way."""
    yield from change_assignment(statement)
    others = {ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div}
    if isinstance(statement, ast.AugAssign) and type(statement.op) in others:
        made = ast.copy_location(ast.AugAssign(statement.target, others[type(statement.op)](), statement.value), statement)
        yield LineEdit("operator", statement, (made,), None, None, say_node(statement), say_node(made))


def take_operators(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another sign between two parts: × for ÷, an entrywise product for a matrix product."""
    for node in walk_expressions(statement):
        if isinstance(node, ast.BinOp):
            others: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
                ast.Mult: (ast.Div, ast.MatMult, ast.Add), ast.Div: (ast.Mult,), ast.FloorDiv: (ast.Div,), ast.MatMult: (ast.Mult,),
                ast.Add: (ast.Mult,), ast.Sub: (ast.Mult,),
            }  # fmt: skip
            for other in others.get(type(node.op), ()):
                ones = [getattr(part, "value", None) == 1 for part in (node.left, node.right)]
                if any(ones) and other is ast.Mult:  # nobody writes 1 * g
                    continue
                tag = {ast.FloorDiv: "integer-division", ast.MatMult: "product-for-entrywise"}.get(
                    type(node.op), "operator"
                )
                tag = "entrywise-for-product" if other is ast.MatMult else tag
                yield make_edit(tag, statement, node, ast.BinOp(node.left, other(), node.right))
        found = split_product(node)
        if found is not None and isinstance(node, ast.Call):
            yield make_edit("product-for-entrywise", statement, node, ast.BinOp(found[0], ast.Mult(), found[1]))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in (*SUMS, "maximum", "minimum", "max", "min")
        ):
            other_word = {
                "sum": "mean",
                "mean": "sum",
                "maximum": "minimum",
                "minimum": "maximum",
                "max": "sum",
                "min": "max",
            }[node.func.attr]
            tag = {"sum": "sum-for-mean", "mean": "mean-for-sum"}.get(node.func.attr, "operator")
            yield make_edit(
                tag,
                statement,
                node,
                ast.Call(ast.Attribute(node.func.value, other_word, ast.Load()), node.args, node.keywords),
            )


def take_names(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another quantity of the same shape, or 1 less it; of any shape where the line does not work as it stands."""
    fails = isinstance(statement, ast.Assign | ast.AugAssign) and id(statement.value) not in around.values
    for node in walk_expressions(statement):
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and strip_transpose(node) is None:
            shape = around.shape(node)
            texts = list(around.pool) if fails else around.list_fitting(shape, exact=True)
            texts += [text for text in around.counts if around.counted.get(text) and isinstance(around.values.get(id(node)), int)]
            for text in texts:
                if text != say_node(node):
                    yield make_edit("another-variable", statement, node, around.parse(text))
            if node is getattr(statement, "value", None) and isinstance(node, ast.Subscript) and is_length(node):
                yield from _take_lengths(statement, node, around)
        elif isinstance(node, ast.Call) and around.shape(node) == ():  # len(y), mask.sum()
            for text in around.counts:
                if text != say_node(node):
                    yield make_edit("another-variable", statement, node, around.parse(text))
        elif is_rest(node):
            yield make_edit("another-variable", statement, node, node.right)  # type: ignore[attr-defined]
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            for text in around.list_fitting((), exact=True):
                yield make_edit("another-variable", statement, node, around.parse(text))
    for node in walk_expressions(statement):
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and strip_transpose(node) is None and around.shape(node) is not None:
            for text in around.list_fitting(around.shape(node), exact=True):
                yield make_edit("another-variable", statement, node, around.parse(f"(1 - {text})"))


def _take_lengths(statement: ast.stmt, node: ast.Subscript, around: Surroundings) -> Iterator[LineEdit]:
    """Two lengths of the same array for one, ``x.shape[2] * x.shape[3]``: how many numbers a mean is of."""
    if not isinstance(node.value, ast.Attribute):
        return
    of = node.value.value
    for left, right in combinations(range(len(around.shape(of) or ())), 2):
        text = f"{say_node(of)}.shape[{left}] * {say_node(of)}.shape[{right}]"
        yield make_edit("another-variable", statement, node, around.parse(text))


@dataclass(frozen=True, slots=True)
class LineSlip:
    """A row: the changes that take slips of this kind back, likeliest first in the table."""

    name: str
    take: Take


TABLE: Sequence[LineSlip] = (
    LineSlip("products", take_products), LineSlip("signs", take_signs), LineSlip("axes", take_axes), LineSlip("masks", take_masks),
    LineSlip("slopes", take_slopes), LineSlip("windows", take_windows), LineSlip("transposes", take_transposes),
    LineSlip("parts", take_parts), LineSlip("turned", take_turned), LineSlip("assignment", take_assignment),
    LineSlip("operators", take_operators), LineSlip("needless", take_needless), LineSlip("places", take_places),
    LineSlip("means", take_means), LineSlip("numbers", take_numbers), LineSlip("names", take_names),
    LineSlip("names everywhere", take_everywhere),
    LineSlip("functions", take_functions), LineSlip("repeated", take_repeated), LineSlip("diagonals", take_diagonals),
    LineSlip("units", take_units), LineSlip("lines", take_lines), LineSlip("scaled", take_scaled),
    LineSlip("penalties", take_penalties), LineSlip("factors", take_factors), LineSlip("terms", take_terms),
    LineSlip("sums", take_sums), LineSlip("others", take_others), LineSlip("numbers of rows", take_spread),
    LineSlip("matrices", take_matrices), LineSlip("powers", take_powers),
)  # fmt: skip
