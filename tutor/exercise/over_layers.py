"""What an exercise says about whole layers: its shapes, its arrays of numbers, and claims in matrix form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from tutor.errors import ExerciseError, GraphError, TutorError, tell
from tutor.exercise.spaced import is_spaced, space_evenly
from tutor.expression.keys import derivative_key
from tutor.expression.lexicon import STARRED
from tutor.expression.limits import MAX_AXES
from tutor.expression.nodes import Call, Expr, Name, Partial, children
from tutor.expression.parse import make_vocabulary, parse_with
from tutor.expression.program_signs import PROGRAM_WORDS
from tutor.expression.sizes import read_size
from tutor.expression.walk import find_partials
from tutor.graph.array_products import read_as_matrices, read_as_program
from tutor.graph.entries import places
from tutor.graph.index_forms import settle_lengths
from tutor.graph.layered import LAYER_FUNCTIONS, Layered, choose_sizes, from_network_layers, write_out
from tutor.graph.network import Network, quantities
from tutor.graph.nouns import Graph
from tutor.graph.read_steps import check_name
from tutor.graph.shapes import AXES, Shape, shape_of, shape_text
from tutor.notation.profile import Notation, affine, notation
from tutor.notation.symbol import Symbol
from tutor.rules.functions import check_calls
from tutor.rules.operations import MASKED, PRINTED, WRITABLE
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.exercise.model import Exercise

Fault = Callable[[str, str, str], None]
"""Notes a fault: what, where in the file, the next move."""

MAX_SIZE = 10_000
MAX_VALUES = 10_000


def read_shapes(table: Mapping[str, Any], fault: Fault) -> dict[str, Shape]:
    """``[shapes]``: the sizes of each array, whole numbers or letters: ``W = [2, 3]``, ``x = ["n"]``."""
    shapes: dict[str, Shape] = {}
    for key, value in table.items():
        path = f"shapes.{make_visible(key)}"
        sizes = value if isinstance(value, list) else [value]
        try:
            name = check_name(key)
            shape = tuple(size if isinstance(size, int) else read_size(str(size)) or check_name(str(size)) for size in sizes)
        except TutorError as error:
            fault(error.what, path, error.hint)
            continue
        if any(isinstance(size, bool) or (isinstance(size, int) and not 1 <= size <= MAX_SIZE) for size in shape):
            fault(f"a size is a whole number from 1 to {MAX_SIZE:,}, or a letter", path, "such as W = [2, 3]")
        elif len(shape) > MAX_AXES:
            fault(f"{name} has {len(shape)} axes", path, AXES)
        else:
            shapes[name] = shape
    return shapes


def flatten_values(values: Mapping[str, Any], shapes: Mapping[str, Shape], fault: Fault) -> dict[str, Any]:
    """``[values]`` with every array taken apart into its entries: ``W = [[1, 2]]`` is ``W_1_1 = 1`` and ``W_1_2 = 2``."""
    flat: dict[str, Any] = {}
    count = 0
    for key, value in values.items():
        shape = shapes.get(key)
        if not isinstance(value, list) and not shape:
            flat[key] = value
            continue
        path = f"values.{make_visible(key)}"
        if shape and is_spaced(value):
            try:
                value = space_evenly(value, shape)
            except TutorError as error:
                fault(error.what, path, error.hint)
                continue
        actual = _shape(value)
        if not shape:
            fault(f"{make_visible(key)} is an array here, and has no shape", path, f"add {make_visible(key)} to [shapes]")
        elif actual is None:
            fault(f"{key} is no regular array", path, "its rows need the same number of entries, such as [[1, 2], [3, 4]]")
        elif actual != shape:
            fault(f"{key} has the shape {shape_text(actual)} here and {shape_text(shape)} under [shapes]", path, "")
        else:
            entries = dict(_entries(key, value, actual))
            count += len(entries)
            flat |= entries
    if count > MAX_VALUES:
        fault(f"{count:,} numbers", "values", f"the limit is {MAX_VALUES:,}")
    return flat


def _shape(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list):
        return ()
    inner = [_shape(part) for part in value]
    if not inner or inner[0] is None or any(part != inner[0] for part in inner):
        return None
    return (len(value), *inner[0])


def _entries(name: str, value: Any, shape: Sequence[int]) -> Iterator[tuple[str, Any]]:
    for place in product(*map(range, shape)):
        entry = value
        for i in place:
            entry = entry[i]
        yield "_".join([name, *(str(i + 1) for i in place)]), entry


def write_graph(layered: Layered) -> Graph:
    """The graph neuron by neuron, with small numbers in the place of letters for sizes."""
    return write_out(choose_sizes(layered)[0])


def layers_of(exercise: Exercise, profile: str) -> Layered:
    """The layer form of an exercise: its own, or that of its network in the course's convention (Wx + b or Wᵀx + b).

    Raises `GraphError` for a computation that is only written neuron by neuron.
    """
    if exercise.layers is not None:
        return exercise.layers
    if exercise.network is not None and exercise.graph is not None:
        return from_network_layers(exercise.network, affine(profile))
    raise GraphError(
        f"{exercise.id} is written neuron by neuron, it has no layer form",
        hint="there is one for a [network], and for steps over arrays with [shapes]",
    )


def choose_own_layers(layered: Layered | None, network: Network | None, profile: str) -> Layered | None:
    """The layers that a file's claims may speak of."""
    if layered is not None or network is None:
        return layered
    return from_network_layers(network, affine(profile))


def is_about_layers(text: str, layered: Layered) -> bool:
    """Whether a claim is about an array, or a derivative with respect to one."""
    words = {word.removeprefix("d") for word in re.findall(r"[A-Za-z]\w*", text)} | set(re.findall(r"[A-Za-z]\w*", text))
    return any(shape for name, shape in layered.shapes.items() if name in words)


def read_layer_formulas(text: str, layered: Layered) -> tuple[Expr, ...]:
    """A printed formula in all ways in which it can be read: a typed ``*`` is a product entry by entry for some, of matrices for others.

    Raises `TutorError` where it can be read in none.
    """
    try:
        return (read_layer_formula(text, layered),)
    except GraphError as error:
        found: list[Expr] = []
        for read in (read_as_program, read_as_matrices):
            try:
                found.append(read_layer_formula(text, layered, read))
            except TutorError:
                continue
        if not found:
            raise error from None
        return tuple(dict.fromkeys(found))


def read_layer_formula(text: str, layered: Layered, read: Callable[[Expr], Expr] | None = None) -> Expr:
    """A formula over layers: ``outer(x, dE/dz1)``, ``(w2 @ dE/dz2) ⊙ sigmoid'(z1)``; ``read`` says what a typed ``*`` is.

    Raises `TutorError` for what is not known, and for shapes that do not fit.
    """
    names = (*layered.graph.names, *layered.symbolic)
    known = make_vocabulary(names, {*LAYER_FUNCTIONS, STARRED, *layered.graph.own_functions})
    printed = {word: name for word, name in PRINTED.items() if word not in names}
    expr = parse_with(text, replace(known, sizes=frozenset(layered.symbolic), words={}, functions={**printed, **known.functions}))
    check_calls(expr, {*WRITABLE, STARRED, *PROGRAM_WORDS})
    for partial in find_partials(expr):
        if partial.of not in [step.target for step in layered.graph.steps]:
            raise ExerciseError(tell("{name} is not computed by a step, so it has no derivative here", name=partial.of))
        if layered.shapes[partial.of]:
            raise ExerciseError(
                tell("{name} is an array of shape {shape}, and its derivative is none", name=partial.of,
                     shape=shape_text(layered.shapes[partial.of])),
                hint=tell("claim that of an entry, such as d{name}_1/d…, or of {loss}", name=partial.of, loss=layered.graph.loss),
            )
    expr = settle_lengths(expr if read is None else read(expr), layered.shapes)
    shape_of(expr, layered.shapes)
    return expr


def check_masks(layered: Layered, values: Mapping[str, Any], fault: Fault) -> None:
    """Refuse a given mask whose entries are not all 0 or 1, or that lets nothing of a row through."""
    leaves = {quantity.name for quantity in layered.graph.leaves}
    masks = {name for step in layered.graph.steps for name in _list_masks(step.expr) if name in leaves}
    for name in sorted(masks):
        shape, items = layered.shapes[name], layered.entries[name].items if name in layered.entries else ()
        found = [values.get(item) for item in items]
        if not found or None in found:
            continue
        if any(value not in (0, 1) for value in found):
            what = "a mask has 1 where a score counts and 0 where it does not"
            fault(what, f"values.{name}", "write 1 and 0, not what is added to the scores")
        elif width := next((size for size in shape[::-1] if isinstance(size, int)), 0):
            empty = [at for at in range(0, len(found), width) if not any(found[at : at + width])]
            if empty:
                what = f"row {empty[0] // width + 1} of the mask lets nothing through"
                fault(what, f"values.{name}", "a softmax needs one score at least")


def _list_masks(expr: Expr) -> list[str]:
    last = expr.args[-1] if type(expr) is Call and expr.func in MASKED else None
    own = [last.name] if type(last) is Name else []
    return [*own, *(name for part in children(expr) for name in _list_masks(part))]


def list_asked_entries(text: str, layered: Layered) -> tuple[str, ...]:
    """The derivatives of the single quantities that are asked for by that of an array: ``dL/dW``, or ``W`` for short."""
    expr = read_layer_formula(text, layered)
    loss = layered.graph.loss
    if type(expr) is Name:
        name = expr.name
    elif type(expr) is Partial and expr.of == loss:
        name = expr.wrt
    else:
        raise ExerciseError(f"{make_visible(text)} is no derivative of {loss}", hint=f"write d{loss}/d{layered.graph.leaves[0].name}")
    return tuple(derivative_key(loss, single) for single in choose_sizes(layered)[0].entries[name].items)


def entry_symbols(exercise: Exercise, profile: str) -> dict[str, Symbol]:
    """How the single quantities of an exercise over arrays are written neuron by neuron, w_{12}^2 for ``w2_1_2``, and the arrays
    themselves, which its notes and its claims speak of."""
    if exercise.layers is None:
        return {}
    small, _ = choose_sizes(exercise.layers)
    own = exercise.symbols if profile == exercise.notation else {}
    known = notation(profile, list(quantities(small.graph)), own, loss=small.graph.loss)
    arrays = {name: known.symbol(name) for name, shape in small.shapes.items() if shape}
    return arrays | entries_of(small, known)


def entries_of(layered: Layered, known: Notation) -> dict[str, Symbol]:
    """The symbols of all entries of arrays, in a notation that knows the arrays."""
    symbols = {}
    for name, array in layered.entries.items():
        for place, single in zip(places(array.shape), array.items, strict=True):
            index = [Symbol(str(i), str(i)) for i in place]
            symbols[single] = known.entry(name, index) if index else known.symbol(name)
    return symbols


def sizes_written_with(exercise: Exercise) -> Mapping[str, int]:
    """With which sizes a computation whose sizes are letters is written out; empty for all others."""
    return choose_sizes(exercise.layers)[1] if exercise.layers is not None else {}
