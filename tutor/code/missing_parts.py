"""What is missing in a line whose right value is known: the factor or the term, in the program's own names, found by its value.

The quotient of what a line should give and what it gives is held against products of two forms of the quantities at hand, up to a
constant that is usual; so is their difference.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from tutor.code.line_edits import LineEdit, Surroundings, multiply_part, replace_part
from tutor.code.missing_terms import list_factors, list_terms
from tutor.numbers.arrays import np

FORMS = ("{0}", "(1 - {0})", "(1 - {0} ** 2)", "({0} > 0)", "{0} * (1 - {0})", "{0} ** 2", "np.exp({0})", "np.sign({0})",
         "{0} ** -1.0", "{0} ** -0.5", "{0} ** -1.5", "{0} ** -2.0")  # fmt: skip
CONSTANTS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, 4.0, 0.25, -1.5, 1.5)
MOST_FORMS = 220
MOST_POINTS = 6
"""So many entries are compared to find what fits; a run tells the rest."""
SAME = 1e-8
"""So near, relative, is the same."""


@dataclass(frozen=True, slots=True)
class _Form:
    text: str
    points: Any
    tag: str


def list_missing(statement: ast.stmt, value: Any, before: Any, around: Surroundings) -> Iterator[LineEdit]:
    """The changes that multiply a line, or one of its terms, by what is missing, or add it: as its right value tells.

    ``before`` is the value that it gives.
    """
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign) or statement.value is None:
        return
    whole = statement.value
    if isinstance(statement, ast.AugAssign):
        own = around.values.get(id(whole))
        if not _is_number(own) or not _is_number(before) or np.shape(before) != np.shape(value):
            return
        if not _is_spread(np.shape(own), np.shape(value)):  # a part of an array is changed
            return
        with np.errstate(all="ignore"):
            changed = {ast.Add: own + (value - before), ast.Sub: own - (value - before), ast.Mult: own * (value / before),
                       ast.Div: own * (before / value)}.get(type(statement.op))  # fmt: skip
        if changed is None:
            return
        value = changed
    nodes = list(list_wanted(whole, np.asarray(value), around))
    for node, wanted in nodes:
        own = around.values.get(id(node))
        if not _is_number(own) or not _is_spread(np.shape(own), np.shape(wanted)):
            continue
        own = np.asarray(own, dtype=float)
        if np.shape(wanted) != np.broadcast_shapes(np.shape(own), np.shape(wanted)):
            continue
        with np.errstate(all="ignore"):
            quotient = np.where((own == 0) & (np.abs(wanted) < 1e-14), np.nan, wanted / own)  # a mask says nothing there
        for text, tag in find_products(quotient, around, plain=True):
            made = multiply_part(node, around.parse(text))
            yield LineEdit(tag, statement, (replace_part(statement, node, made),), node, made, factor=say_factor(text))
        for number in ("1", "-1"):  # A + 1 of an ELU
            if np.nanmax(np.abs(wanted - own - float(number)), initial=0.0) <= SAME and not np.all(np.isnan(wanted)):
                made = add_term(node, number, around)
                yield LineEdit("term-forgotten", statement, (replace_part(statement, node, made),), node, made, factor=number)
        for text, _ in find_products(wanted - own, around):
            made = add_term(node, text, around)
            yield LineEdit("missing-path", statement, (replace_part(statement, node, made),), node, made, factor=text)
    for node, wanted in nodes:  # a whole factor, such as a matrix product or what is left of a mean
        own = around.values.get(id(node))
        if _is_number(own) and _is_spread(np.shape(own), np.shape(wanted)) and np.all(own):
            for text in list_factors(wanted / np.asarray(own, dtype=float), around):
                made = multiply_part(node, around.parse(text))
                yield LineEdit("factor-forgotten", statement, (replace_part(statement, node, made),), node, made, factor=say_factor(text))
    for node, wanted in nodes:
        own = around.values.get(id(node))
        if _is_number(own) and np.shape(own) == np.shape(wanted):
            for text in list_terms(wanted - np.asarray(own, dtype=float), around):
                made = add_term(node, text, around)
                yield LineEdit("missing-path", statement, (replace_part(statement, node, made),), node, made, factor=text)


def say_factor(text: str) -> str:
    """A factor as somebody would say it.

    >>> say_factor("std ** -1.0"), say_factor("a * std ** -1.0")
    ('1 / std', 'a * std ** -1.0')
    """
    own = text.removesuffix(" ** -1.0")
    return f"1 / {own}" if own != text and own.replace(".", "").isidentifier() else text


def add_term(node: ast.expr, text: str, around: Surroundings) -> ast.BinOp:
    """A part with a term added; one with a minus is subtracted."""
    if text.startswith("-"):
        return ast.BinOp(node, ast.Sub(), around.parse(text[1:]))
    return ast.BinOp(node, ast.Add(), around.parse(text))


def list_wanted(node: ast.expr, wanted: Any, around: Surroundings) -> Iterator[tuple[ast.expr, Any]]:
    """A part with the value that it should have, then its operands with theirs, where the others are right.

    An entry that may be anything, such as one that a mask takes out, is not a number.
    """
    yield node, wanted
    if is_choice(node):
        chosen = around.values.get(id(node.args[0]))  # type: ignore[attr-defined]
        if _is_number(chosen) and np.shape(chosen) == np.shape(wanted):
            for part, kept in zip(node.args[1:], (np.asarray(chosen, bool), ~np.asarray(chosen, bool)), strict=True):  # type: ignore[attr-defined]
                if _is_number(around.values.get(id(part))):
                    yield from list_wanted(part, np.where(kept, wanted, np.nan), around)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from list_wanted(node.operand, -wanted, around)
    if not isinstance(node, ast.BinOp):
        return
    one, two = around.values.get(id(node.left)), around.values.get(id(node.right))
    if not _is_number(one) or not _is_number(two):
        return
    turned: dict[type[ast.operator], tuple[Callable[[], Any], Callable[[], Any]]] = {
        ast.Add: (lambda: wanted - two, lambda: wanted - one), ast.Sub: (lambda: wanted + two, lambda: one - wanted),
        ast.Mult: (lambda: wanted / two, lambda: wanted / one), ast.Div: (lambda: wanted * two, lambda: one / wanted),
    }  # fmt: skip
    for part, find in zip((node.left, node.right), turned.get(type(node.op), ()), strict=False):
        try:
            with np.errstate(all="ignore"):
                needed = find()
        except ValueError:
            continue
        free = np.isnan(wanted) | ((np.asarray(needed) != needed) if isinstance(node.op, ast.Mult) else False)  # 0 / 0: anything
        if np.shape(free) == np.shape(needed) and np.any(~free) and np.all(np.isfinite(needed) | free):
            yield from list_wanted(part, needed, around)


def is_choice(node: ast.AST) -> bool:
    """Whether a part chooses between two: ``np.where(z > 0, 1, alpha)``.

    >>> is_choice(ast.parse("np.where(z > 0, 1, a)", mode="eval").body), is_choice(ast.parse("np.dot(a, b)", mode="eval").body)
    (True, False)
    """
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where" and len(node.args) == 3


def find_products(wanted: Any, around: Surroundings, *, plain: bool = False) -> Iterator[tuple[str, str]]:
    """Products of at most two forms of the quantities at hand that have a value up to a usual constant, with the slip's tag.

    Where they are ``plain`` two forms have a usual constant beside them at most: nobody forgets four things at once.
    """
    shape = np.shape(wanted)
    if not shape or np.any(np.isinf(wanted)) or not np.nanmax(np.abs(wanted), initial=0.0) >= 1e-12:
        return
    places = _choose_places(wanted)
    goal = np.ravel(wanted)[places]
    if len(goal) < 3:
        return
    if _is_constant(goal):
        yield from _say_product(float(goal[0]), [], around)
        return
    forms = list(_list_forms(shape, places, around))[:MOST_FORMS]
    if not forms:
        return
    table = np.array([form.points for form in forms])
    with np.errstate(all="ignore"):
        one = goal / table
        pair = one[:, None, :] / table[None, :, :]
    for place in np.flatnonzero(_is_constant(one)):
        yield from _say_product(float(one[place][0]), [forms[int(place)]], around)
    for first, second in zip(*np.nonzero(_is_constant(pair)), strict=True):
        if first <= second:
            two = [forms[int(first)], forms[int(second)]]
            constant = float(pair[first, second][0])
            usual = any(abs(constant - number) < SAME for number in CONSTANTS)
            if not plain or (usual and not any("sign" in form.text or "** -" in form.text for form in two)):
                yield from _say_product(constant, two, around)


def _say_product(constant: float, forms: Sequence[_Form], around: Surroundings) -> Iterator[tuple[str, str]]:
    tag = next((form.tag for form in forms if form.tag != "factor-forgotten"), "factor-forgotten")
    said = " * ".join(form.text for form in forms)
    scalars = {text: float(around.counted[text]) for text in around.counts if text in around.counted}
    scalars |= {f"({text} / ({text} - 1))": size / (size - 1) for text, size in scalars.items() if size > 1}  # a variance by Bessel
    scalars |= {text: float(one) for text, one in around.pool.items() if np.ndim(one) == 0 and float(one) not in (0.0, 1.0)}
    ways: list[tuple[str, float]] = [(said, 1.0)] if said else []
    ways += [(f"{text} * {said}" if said else text, size) for text, size in scalars.items()]
    ways += [(f"{said or '1'} / {text}", 1 / size) for text, size in scalars.items()]
    for text, size in ways:
        for number in CONSTANTS:
            if abs(constant - number * size) <= SAME * abs(constant):
                head = "" if number == 1 else "-" if number == -1 else f"{number:g} * "
                yield f"{head}{text}", tag
                return


def _list_forms(shape: tuple[int, ...], places: Any, around: Surroundings) -> Iterator[_Form]:
    fitting: dict[str, Any] = {}
    for text, value in around.pool.items():
        if np.ndim(value) and np.asarray(value).dtype.kind == "f" and _is_spread(np.shape(value), shape):
            fitting[text] = np.ravel(np.broadcast_to(value, shape))[places]
    for form in FORMS:  # all names as they are come first
        for text, full in fitting.items():
            with np.errstate(all="ignore"):
                points = _work_form(form, full)
            if np.all(np.isfinite(points)) and np.all(points != 0):
                tag = "mask-forgotten" if ">" in form else "slope-forgotten" if "1 -" in form else "factor-forgotten"
                yield _Form(form.format(text), points, tag)


def _work_form(form: str, value: Any) -> Any:
    known: dict[str, Callable[[], Any]] = {
        "{0}": lambda: value, "(1 - {0})": lambda: 1 - value, "(1 - {0} ** 2)": lambda: 1 - value**2,
        "({0} > 0)": lambda: (value > 0).astype(float), "{0} ** 2": lambda: value**2, "np.exp({0})": lambda: np.exp(value),
        "{0} * (1 - {0})": lambda: value * (1 - value), "np.sign({0})": lambda: np.sign(value),
    }  # fmt: skip
    return known.get(form, lambda: value ** float(form.rpartition(" ")[2]))()


def _choose_places(wanted: Any) -> Any:
    """Some entries that are not zero, from all over the array."""
    flat = np.ravel(wanted)
    able = np.flatnonzero(np.abs(flat) > 1e-5 * np.nanmax(np.abs(flat)))
    return able[np.unique(np.linspace(0, len(able) - 1, MOST_POINTS).astype(int))]


def _is_constant(values: Any) -> Any:
    first = values[..., :1]
    with np.errstate(all="ignore"):  # numbers as large as a slip may make them
        return np.all(np.isfinite(values), axis=-1) & np.all(np.abs(values - first) <= SAME * np.abs(first), axis=-1)


def _is_spread(own: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    try:
        return bool(np.broadcast_shapes(own, shape) == shape)
    except ValueError:
        return False


def _is_number(value: Any) -> TypeGuard[Any]:
    return isinstance(value, np.ndarray | np.generic | float | int) and np.asarray(value).dtype.kind in "fiub"
