"""``einsum('bij,bjk->bik', A, B)``: sums of products by their letters, written with the operations that there are.

One letter summed between two arrays is a matrix product; anything else is a product entry by entry, summed along axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.errors import GraphError, tell
from tutor.expression.nodes import Call, Expr, Number
from tutor.expression.program_signs import AXIS_WORD
from tutor.expression.sizes import Size
from tutor.expression.tokens import LIST
from tutor.graph.axis_forms import arrange_axes, write_along_axes
from tutor.graph.broadcasting import spread_array
from tutor.graph.shapes import Shape, shape_of, shape_text, shorten_call
from tutor.rules.operations import ENTRYWISE, LONGER, name_along

Letters = tuple[str, ...]


def write_einsum(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """A sum of products by its letters, which the reader has as lists of their numbers.

    Raises `GraphError` for letters that do not fit their arrays, for a diagonal, and for more arrays or axes than are read.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.expression.program_signs import read_subscripts
    >>> write_plain(write_einsum(Call("einsum", (read_subscripts("ij,kj->ik"), Name("A"), Name("B"))), {"A": (2, 3), "B": (4, 3)}))
    'matmul(A, transpose(B))'
    """
    spec, *operands = call.args
    listed = [_read_letters(part) for part in spec.args] if type(spec) is Call and spec.func == LIST else []
    if len(listed) != len(operands) + 1 or not 1 <= len(operands) <= 2:
        raise GraphError(tell("einsum of {count} arrays", count=len(operands)),
                         hint=tell("write einsum('ij,jk->ik', A, B), of one array or two"))
    *inputs, out = listed
    sizes = _find_sizes(operands, inputs, out, shapes)
    parts = [_sum_alone(operand, letters, [*out, *(other for place, some in enumerate(inputs) if place != own for other in some)], shapes)
             for own, (operand, letters) in enumerate(zip(operands, inputs, strict=True))]  # fmt: skip
    if len(parts) == 1:
        return _order_axes(*parts[0], out)
    (one, first), (two, second) = parts
    batch = tuple(letter for letter in first if letter in second and letter in out)
    summed = tuple(letter for letter in first if letter in second and letter not in out)
    left, right = (tuple(letter for letter in some if letter not in other) for some, other in ((first, second), (second, first)))
    if len(summed) == 1 and max(len(left), len(right)) <= 1 and (not batch or (left and right and len(batch) <= len(LONGER) - 2)):
        made = Call("matmul", (_order_axes(one, first, (*batch, *left, *summed)), _order_axes(two, second, (*batch, *summed, *right))))
        return _order_axes(made, (*batch, *left, *right), out)
    whole = (*out, *summed)
    if len(whole) > len(LONGER):
        raise GraphError(tell("einsum over {count} letters at once", count=len(whole)),
                         hint=tell("an array has at most {count} axes", count=len(LONGER)))
    shape = tuple(sizes[letter] for letter in whole)
    product: Expr = Call(ENTRYWISE, (_align(one, first, whole, sizes, shape), _align(two, second, whole, sizes, shape)))
    axes = tuple(Number(str(place)) for place in range(len(out), len(whole)))
    return write_along_axes(Call("sum", (product, Call(AXIS_WORD, axes))), shapes) if axes else product


def _read_letters(expr: Expr) -> Letters:
    return tuple(chr(int(part.text)) for part in expr.args if type(part) is Number) if type(expr) is Call else ()


def _find_sizes(operands: Sequence[Expr], inputs: Sequence[Letters], out: Letters, shapes: Mapping[str, Shape]) -> dict[str, Size]:
    sizes: dict[str, Size] = {}
    for operand, letters in zip(operands, inputs, strict=True):
        shape, shown = shape_of(operand, shapes), shorten_call(operand, shapes)
        if len(shape) != len(letters) or len(set(letters)) < len(letters):
            raise GraphError(tell("einsum: the letters {letters} for {array} of shape {shape}", letters="".join(letters), array=shown,
                                  shape=shape_text(shape)), hint=tell("one letter for each axis, each once"))  # fmt: skip
        for letter, size in zip(letters, shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise GraphError(tell("einsum: {letter} runs to {one} and, in {array}, to {size}", letter=letter, one=sizes[letter],
                                      array=shown, size=size), hint=tell("axes with one letter are equally long"))  # fmt: skip
    if len(set(out)) < len(out) or not set(out) <= set(sizes):
        raise GraphError(tell("einsum: the letters {letters} of the result", letters="".join(out)),
                         hint=tell("each of the letters before the arrow, at most once"))
    return sizes


def _sum_alone(operand: Expr, letters: Letters, used: Sequence[str], shapes: Mapping[str, Shape]) -> tuple[Expr, Letters]:
    """An array summed along the axes that nothing else has, and its other letters."""
    alone = tuple(Number(str(place)) for place, letter in enumerate(letters) if letter not in used)
    if not alone:
        return operand, letters
    return write_along_axes(Call("sum", (operand, Call(AXIS_WORD, alone))), shapes), tuple(letter for letter in letters if letter in used)


def _order_axes(expr: Expr, letters: Letters, wanted: Letters) -> Expr:
    return arrange_axes(expr, [letters.index(letter) for letter in wanted], {})


def _align(expr: Expr, letters: Letters, whole: Letters, sizes: Mapping[str, Size], shape: Shape) -> Expr:
    """An array with its axes in the places of the whole, repeated along the others."""
    if not letters:
        return spread_array(expr, (), shape)
    expr, rank = _order_axes(expr, letters, tuple(letter for letter in whole if letter in letters)), len(letters)
    for place, letter in enumerate(whole):
        if letter not in letters:
            rank += 1
            expr = Call(name_along("keep", rank, place), (expr,))
    return spread_array(expr, tuple(sizes[letter] if letter in letters else 1 for letter in whole), shape)
