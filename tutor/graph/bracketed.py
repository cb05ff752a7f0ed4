"""Entries of an array by what stands in brackets behind its name, or behind a derivative: ``W[1, 2]``, ``dL/dZ[0, :]``, ``dL/dW[:, -1]``.

As everywhere a place is counted from 1 where numbers stand alone, as on paper; with a colon or a minus all of the bracket is Python's
(`tutor.graph.python_slices`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.errors import GraphError, tell
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Call, Expr, Name, Number, Partial
from tutor.expression.parse import read_name
from tutor.expression.program_signs import ENTRY, SLICED, read_slice
from tutor.graph.algebra import Formulas
from tutor.graph.entries import Array, Entries
from tutor.graph.layered import Layered, choose_sizes
from tutor.graph.python_slices import take_slice

_BRACKETED = re.compile(
    r"\s*(?:(?:d|∂|\\partial\s?)\s*(?P<of>[^\W\d]\w{0,40})\s*/\s*(?:d|∂|\\partial\s?)\s*)?(?P<name>[^\W\d][^\s\[\]/()]{0,40})\s?"
    r"(?P<places>\[[^\[\]]{1,80}\])\s*"
)


@dataclass(frozen=True, slots=True)
class Bracketed:
    """Some entries of the array ``name``, or of the derivative of ``of`` with respect to it, and both as a formula.

    () is the shape of a single one.
    """

    of: str
    name: str
    entries: Array[str]
    expr: Expr

    @property
    def keys(self) -> tuple[str, ...]:
        """Each entry by its name, or its derivative by its key."""
        return tuple(derivative_key(self.of, item) if self.of else item for item in self.entries.items)


def pick_bracketed(text: str, layered: Layered | None) -> Bracketed | None:
    """What a text means that is an array with a bracket behind it; nothing for any other text, and where there is no such array.

    Raises `GraphError` for a place that the array does not have.

    >>> from tutor.graph.layered import from_layers
    >>> layered = from_layers(["L = sum(W)"], {"W": (2, 3)})
    >>> [pick_bracketed(text, layered).keys for text in ("dL/dW[1, 2]", "W[0, 1:]")]
    [('dL/dW_1_2',), ('W_1_2', 'W_1_3')]
    """
    match = _BRACKETED.fullmatch(text) if layered is not None else None
    if match is None or layered is None:
        return None
    name, of = read_name(match["name"]), read_name(match["of"] or "")
    known = choose_sizes(layered)[0].entries.get(name)
    if known is None or not known.shape:
        return None
    places = match["places"]
    array: Expr = Partial(of, name) if of else Name(name)
    if ENTRY.fullmatch(places) and "-" not in places:
        index = [int(part) for part in places[1:-1].split(",")]
        item = known.pick_entry(index) if len(index) == len(known.shape) else None
        if item is None:
            raise GraphError(tell("there is no entry {text}", text=text.strip()[:60]),
                             hint=tell("{name} is {shape}; numbers alone are counted from 1, with a colon from 0", name=name,
                                       shape="×".join(map(str, known.shape))))  # fmt: skip
        return Bracketed(of, name, Array((), (item,)), Call("entry", (array, *(Number(str(place)) for place in index))))
    sliced = SLICED.fullmatch(places)
    if sliced is None:
        return None
    _, method = read_slice(sliced)
    found, names = (take_slice(Call(method.func, (one, *method.settings)), {name: known.shape}) for one in (array, Name(name)))
    values = Entries({name: Array(known.shape, tuple(map(Name, known.items)))}, Formulas()).value(names)
    return Bracketed(of, name, Array(values.shape, tuple(item.name for item in values.items if type(item) is Name)), found)
