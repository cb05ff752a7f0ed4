"""Statements as a good programmer writes them: what is computed twice has a name, no fraction that is a decimal, no line that is too long.

Works on the text of statements, by Python's own parser: `python_formula` writes one formula at a time, and what two of them share, and how
long a line gets, is seen only here.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tutor.contracts.python_types import give_types

LONGEST_LINE = 96
"""Characters of a line, with its indentation and without its comment."""
LONGEST_NAME = 24
LARGE = 6
"""So many names and numbers make a formula one that is not written twice."""
TAB = "    "
_MOVED = {"reshape", "swapaxes", "transpose", "permute", "broadcast_to", "full", "eye", "ones"}
"""What costs nothing to do again: it moves entries and computes none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``target = value``, with what stands behind it."""

    target: str
    value: str
    comment: str = ""


def write_statements(
    statements: Sequence[Statement], taken: Collection[str] = (), numbers: Collection[str] = (), gradients: Collection[str] = (),
    like: str = "", sizes: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """The lines of a body, without its indentation.

    ``taken`` are names that stand for something else, ``numbers`` those of numbers, ``gradients`` those of gradients; ``like`` is the
    tensor whose type the tensors have that are made, ``sizes`` are the names of sizes.

    >>> write_statements([Statement("p", "np.exp(z) / np.exp(z).sum()"), Statement("dW", "2 / 10 * W * (1 / n)", "3×2")])
    ['exp_z = np.exp(z)', 'p = exp_z / exp_z.sum()', 'dW = 0.2 * W / n  # 3×2']
    """
    simplify, join = _Simplifier(numbers), _PlaceJoiner()  # one after the other: x[..., 0] is first an axis of one entry
    body = [_Parsed(one.target, join.visit(simplify.visit(_parse(one.value))), one.comment) for one in statements]
    _share(body, {*taken, *(one.target for one in statements)}, {*gradients})
    for one in body if like else ():
        one.value = give_types(one.value, like, sizes)
    return [line for one in body for line in _write_lines(one)]


@dataclass(slots=True)
class _Parsed:
    target: str
    value: ast.expr
    comment: str = ""


def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class _Simplifier(ast.NodeTransformer):
    """a * (1 / b) is a / b, 1 / 5 is 0.2, a + -b is a - b, without brackets that change nothing but rounding.

    (a.sum(axis=-1) / n)[..., None] is a.sum(axis=-1, keepdims=True) / n for the number n.
    """

    def __init__(self, numbers: Collection[str]) -> None:
        self.numbers = numbers

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return self._simplify(node.left, node.op, node.right) or node

    def _simplify(self, left: ast.expr, sign: ast.operator, right: ast.expr) -> ast.expr | None:
        inner = right if isinstance(right, ast.BinOp) else None
        if isinstance(sign, ast.Add):
            if inner is not None and isinstance(inner.op, ast.Add | ast.Sub):
                return self._join(self._join(left, sign, inner.left), inner.op, inner.right)
            negated = _take_minus(right)
            return None if negated is None else self._join(left, ast.Sub(), negated)
        if isinstance(sign, ast.Sub):
            negated = _take_minus(right)
            return None if negated is None else self._join(left, ast.Add(), negated)
        if isinstance(sign, ast.Mult):
            if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
                return _multiply(left.value, right.value)
            if inner is not None and isinstance(inner.op, ast.Div) and _is_number(inner.left, 1):
                return self._join(left, ast.Div(), inner.right)
            if inner is not None and isinstance(inner.op, ast.Mult | ast.Div):
                return self._join(self._join(left, sign, inner.left), inner.op, inner.right)
            if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div) and _is_number(left.left, 1):
                return self._join(right, ast.Div(), left.right)
        if isinstance(sign, ast.Div) and isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return _write_decimal(left.value, right.value)
        return None

    def _join(self, left: ast.expr, sign: ast.operator, right: ast.expr) -> ast.expr:
        return self._simplify(left, sign, right) or ast.BinOp(left, sign, right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return (_put_minus(node.operand) if isinstance(node.op, ast.USub) else None) or node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "sum" and (inner := _take_minus(node.func.value)) is not None:
            return ast.UnaryOp(ast.USub(), ast.Call(ast.Attribute(inner, "sum", ast.Load()), node.args, node.keywords))
        first = node.args[0] if node.args else None
        if isinstance(first, ast.List) and first.elts and isinstance(before := first.elts[0], ast.Call) and before.args:
            joined, settings = before.args[0], [list(map(ast.dump, call.keywords)) for call in (node, before)]
            if ast.dump(before.func) == ast.dump(node.func) and settings[0] == settings[1] and isinstance(joined, ast.List):
                node.args[0] = ast.List([*joined.elts, *first.elts[1:]], ast.Load())
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        return (self._keep_axis(node.value) if _is_last(node, None) else None) or node

    def _keep_axis(self, node: ast.expr) -> ast.expr | None:
        """What has one entry along the last axis, of what has none along it; nothing where that is not written shorter."""
        if isinstance(node, ast.Subscript) and _is_last(node, 0):
            return node.value
        if isinstance(node, ast.UnaryOp):
            inner = self._keep_axis(node.operand)
            return None if inner is None else ast.UnaryOp(node.op, inner)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Add | ast.Sub):
            sides = [side if self._is_plain(side) else self._keep_axis(side) for side in (node.left, node.right)]
            left, right = sides
            return None if left is None or right is None else self._join(left, node.op, right)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("sum", "max", "amax"):
            axes = [one for one in node.keywords if one.arg in ("axis", "dim") and ast.unparse(one.value) == "-1"]
            if len(axes) == len(node.keywords) == 1 and not node.args:
                kept = ast.keyword("keepdims" if axes[0].arg == "axis" else "keepdim", ast.Constant(True))
                return ast.Call(node.func, [], [*axes, kept])
        return None

    def _is_plain(self, node: ast.expr) -> bool:
        """Whether it is a number, and no array."""
        return all(isinstance(part, ast.Constant | ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop | ast.expr_context)
                   or (isinstance(part, ast.Name) and part.id in self.numbers) for part in ast.walk(node))  # fmt: skip


def _is_last(node: ast.Subscript, place: int | None) -> bool:
    """Whether it is x[..., place]."""
    return isinstance(node.slice, ast.Tuple) and ast.unparse(node.slice).strip("()") == f"..., {place}"


class _PlaceJoiner(ast.NodeTransformer):
    """Parts of parts as one part, and what is repeated twice repeated once."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        return _join_places(node) or node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        first = node.args[0] if node.args else None
        if _name_call(node.func) == "broadcast_to" and isinstance(first, ast.Subscript) and _list_new(first):
            inside = first.value
            if isinstance(inside, ast.Call) and _name_call(inside.func) == "broadcast_to":
                again = ast.Subscript(inside.args[0], first.slice, ast.Load())
                return ast.Call(node.func, [_join_places(again) or again, *node.args[1:]], node.keywords)
        if isinstance(first, ast.List) and _name_call(node.func) in ("concatenate", "cat") and not node.keywords:
            inner = [alone for part in first.elts if (alone := _take_alone(part)) is not None]
            if len(inner) == len(first.elts) and isinstance(node.func, ast.Attribute):
                return ast.Call(ast.Attribute(node.func.value, "stack", ast.Load()), [ast.List(inner, ast.Load())], [])
        return node


def _take_alone(node: ast.expr) -> ast.expr | None:
    """What has a new first axis of one entry: x of x[None], and of a number in a vector of one; nothing for any other part."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value is None:
        return node.value
    alone = isinstance(node, ast.Call) and _name_call(node.func) == "broadcast_to" and ast.unparse(node.args[1]) == "(1,)"
    return node.args[0] if isinstance(node, ast.Call) and alone else None


def _list_new(node: ast.Subscript) -> list[ast.expr]:
    """The new axes of x[..., None, None]; nothing for any other part."""
    places = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
    new: list[ast.expr] = [place for place in places if isinstance(place, ast.Constant) and place.value is None]
    return new if len(places) == len(new) + 1 and ast.unparse(places[0]) == "..." else []


def _join_places(node: ast.Subscript) -> ast.Subscript | None:
    """x[..., 2:3, :][..., 0, :] as x[..., 2, :], and x[..., None][..., None] as x[..., None, None]; nothing for any other part."""
    inner = node.value
    if isinstance(inner, ast.Subscript) and isinstance(node.slice, ast.Slice) and isinstance(inner.slice, ast.Slice):
        return _join_spans(inner.value, inner.slice, node.slice)
    if not isinstance(inner, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or not isinstance(inner.slice, ast.Tuple):
        return None
    if _list_new(node) and _list_new(inner):
        return ast.Subscript(inner.value, ast.Tuple([*inner.slice.elts, *_list_new(node)], ast.Load()), ast.Load())
    texts, inside = ([ast.unparse(place) for place in part.slice.elts] for part in (node, inner))  # type: ignore[attr-defined]
    span = inner.slice.elts[1] if len(texts) > 1 and texts == ["...", "0", *[":"] * (len(inside) - 2)] else None
    if not isinstance(span, ast.Slice) or inside[0] != "..." or inside[2:] != texts[2:]:
        return None
    first, last = (end.value if isinstance(end, ast.Constant) else None if end else 0 for end in (span.lower, span.upper))
    if not isinstance(first, int) or last != first + 1:
        return None
    return ast.Subscript(inner.value, ast.Tuple([inner.slice.elts[0], ast.Constant(first), *inner.slice.elts[2:]], ast.Load()), ast.Load())


def _join_spans(value: ast.expr, outer: ast.Slice, inner: ast.Slice) -> ast.Subscript | None:
    """x[1:5][2:3] as x[3:4]: both count from the first entry on, and the inner span ends in the outer one."""
    ends = [(0 if end is None else end.value if isinstance(end, ast.Constant) else None) for end in (outer.lower, inner.lower, inner.upper)]
    first, low, high = (end if type(end) is int else None for end in ends)
    if outer.step or inner.step or first is None or low is None or not high or min(first, low, high) < 0:
        return None
    span = ast.Slice(ast.Constant(first + low) if first + low else None, ast.Constant(first + high))
    return ast.Subscript(value, span, ast.Load())


def _put_minus(node: ast.expr) -> ast.expr | None:
    """-(a / b) as -a / b; nothing for a mask, which has no sign in NumPy."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left = _put_minus(node.left)
        return None if left is None else ast.BinOp(left, node.op, node.right)
    return None if isinstance(node, ast.Compare) else ast.UnaryOp(ast.USub(), node)


def _take_minus(node: ast.expr) -> ast.expr | None:
    """What stands behind the sign of a product; nothing where it has none."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left = _take_minus(node.left)
        return None if left is None else ast.BinOp(left, node.op, node.right)
    return None


def _is_number(node: ast.expr, number: int) -> bool:
    return isinstance(node, ast.Constant) and node.value == number


def _write_decimal(over: object, under: object) -> ast.expr | None:
    """A fraction of two whole numbers as a decimal of a few digits; nothing where it is none."""
    if type(over) is not int or type(under) is not int or not under:
        return None
    number = over / under
    return ast.Constant(number) if len(repr(number)) <= 6 and Fraction(repr(number)) == Fraction(over, under) else None


def _multiply(one: object, two: object) -> ast.expr | None:
    """A product of two numbers of a few digits; nothing where it has more."""
    if not isinstance(one, int | float) or not isinstance(two, int | float):
        return None
    exact = Fraction(repr(one)) * Fraction(repr(two))
    number = int(exact) if exact.denominator == 1 else float(exact)
    return ast.Constant(number) if len(repr(number)) <= 6 and Fraction(repr(number)) == exact else None


# what is computed twice


def _share(body: list[_Parsed], taken: set[str], gradients: set[str]) -> None:
    """A name for every call, mask and scaled gradient that is computed twice, the largest first; what is a statement has its name."""
    for place, one in enumerate(body):
        if isinstance(one.value, ast.Call | ast.BinOp | ast.Subscript | ast.Compare):
            _replace(body[place + 1 :], ast.dump(one.value), one.target)
    while True:
        counts = Counter[str]()
        found: dict[str, ast.expr] = {}
        for one in body:
            for node in ast.walk(one.value):
                if isinstance(node, ast.expr) and _is_worth_a_name(node, gradients):
                    counts[text := ast.dump(node)] += 1
                    found.setdefault(text, node)
        twice = [text for text, count in counts.items() if count > 1]
        if not twice:
            return
        text = max(twice, key=lambda text: sum(1 for _ in ast.walk(found[text])))
        name = _choose_name(found[text], taken, gradients)
        taken.add(name)
        first = next(place for place, one in enumerate(body) if any(ast.dump(node) == text for node in ast.walk(one.value)))
        _replace(body, text, name)
        body.insert(first, _Parsed(name, found[text]))


def _is_worth_a_name(node: ast.expr, gradients: Collection[str]) -> bool:
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        leaves = [part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Constant)]
        if len(leaves) > 2 and _find_scaled(node) in gradients:
            return True
    if isinstance(node, ast.BinOp):
        return sum(isinstance(part, ast.Name | ast.Constant) for part in ast.walk(node)) >= LARGE
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and _name_call(node.func) not in _MOVED


def _find_scaled(node: ast.expr) -> str:
    """The name that a product begins with: of 2 * dv / n dv."""
    while isinstance(node, ast.BinOp):
        node = node.right if isinstance(node.left, ast.Constant) else node.left
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    return node.id if isinstance(node, ast.Name) else ""


def _name_call(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


class _Replacer(ast.NodeTransformer):
    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.Name(self.name, ast.Load()) if ast.dump(node) == self.text else self.generic_visit(node)


def _replace(body: Sequence[_Parsed], text: str, name: str) -> None:
    for one in body:
        one.value = _Replacer(text, name).visit(one.value)  # type: ignore[assignment]


def _choose_name(node: ast.expr, taken: Collection[str], gradients: Collection[str]) -> str:
    """What a shared value is called: exp_z, sum_exp_z, dv_scaled, mask, shared."""
    wanted = "mask"
    if isinstance(node, ast.BinOp):
        scaled = _find_scaled(node) if isinstance(node.op, ast.Mult | ast.Div) else ""
        wanted = f"{scaled}_scaled" if scaled in gradients else "shared"
    if isinstance(node, ast.Call):
        libraries = {"np", "torch", "softmax", "route"}
        called = _name_call(node.func)
        words = [part.id if isinstance(part, ast.Name) else _name_call(part.func) for part in ast.walk(node)
                 if isinstance(part, ast.Call) or (isinstance(part, ast.Name) and part.id not in libraries)]  # fmt: skip
        wanted = "_".join(dict.fromkeys(words))
        wanted = wanted if len(wanted) <= LONGEST_NAME else called + "_part"
    names = [wanted, *(f"{wanted}{count}" for count in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


# lines


def _write_lines(statement: _Parsed) -> Iterator[str]:
    comment = f"  # {statement.comment}" if statement.comment else ""
    line = f"{statement.target} = {ast.unparse(statement.value)}"
    if len(TAB + line) <= LONGEST_LINE:
        yield line + comment
        return
    value = statement.value
    if isinstance(value, ast.Call) and len(value.args) == 1 and isinstance(listed := value.args[0], ast.List):
        settings = "".join(f", {ast.unparse(one)}" for one in value.keywords)
        yield f"{statement.target} = {ast.unparse(value.func)}(["
        yield from (f"{TAB}{ast.unparse(part)}," for part in listed.elts)
        yield f"]{settings}){comment}"
        return
    parts = list(_list_terms(value))
    if len(parts) == 1:
        yield line + comment  # one operation on one array: there is no better place
        return
    yield f"{statement.target} = ("
    yield from (TAB + part for part in parts)
    yield f"){comment}"


def _list_terms(node: ast.expr) -> Iterator[str]:
    """The terms of a sum, or else the factors of a product, each with the sign before it."""
    signs: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-"}
    if not (isinstance(node, ast.BinOp) and type(node.op) in signs):
        signs = {ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}
    pieces: list[str] = []
    while isinstance(node, ast.BinOp) and type(node.op) in signs:
        sign = signs[type(node.op)]
        right = ast.unparse(ast.BinOp(ast.Name("x", ast.Load()), node.op, node.right))
        pieces.append(sign + right.removeprefix(f"x {sign}"))
        node = node.left
    pieces.append(ast.unparse(node) if type(node) is not ast.BinOp or "+" in signs.values() else f"({ast.unparse(node)})")
    yield from reversed(pieces)
