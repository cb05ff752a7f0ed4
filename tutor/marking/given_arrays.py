"""The values that a program ran with, from its file: which input or weight each array is, and which size each letter is.

Weights as PyTorch keeps them are turned where the computation has them the other way round; whole numbers that are labels become rows of
0 and 1 where it has these; what an exercise has values for needs none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.answer.files.number_files import NumberArray
from tutor.answer.handed_in import Unused
from tutor.errors import ValueProblem, tell
from tutor.expression.sizes import put_in_size
from tutor.graph.layered import Layered, put_sizes
from tutor.graph.shapes import Shape, shape_text
from tutor.marking.array_world import ArrayWorld
from tutor.marking.program_names import ProgramNames
from tutor.numbers.arithmetic import Value
from tutor.numbers.arrays import Floats, np
from tutor.numbers.floats import as_float
from tutor.text import make_visible

HOT = "_onehot"
MOST_LABELS = 10_000


@dataclass(frozen=True, slots=True)
class GivenArrays:
    """What is given: arrays by quantity, and what in the file was not used, with the reason."""

    arrays: Mapping[str, Floats]
    unused: tuple[Unused, ...] = ()
    turned: tuple[str, ...] = ()


def read_given(layered: Layered, file: Sequence[NumberArray]) -> GivenArrays:
    """The inputs and weights of a computation among some arrays.

    Raises `ValueProblem` where one quantity has two arrays.
    """
    names = ProgramNames(layered, [array.name for array in file])
    shapes = layered.shapes
    leaves = {quantity.name for quantity in layered.graph.leaves}
    found: dict[str, Floats] = {}
    unused: list[Unused] = []
    turned: list[str] = []
    for array in sorted(file, key=lambda array: array.name not in shapes):  # who has the very name is before who is only like it
        meant = names.find(array.name)
        label = names.find(array.name + HOT) if meant is None else None
        quantity = meant.quantity if meant is not None else label.quantity if label is not None else ""
        if quantity not in leaves or (meant is not None and meant.gradient):
            reason = tell("it is computed, so that nobody has to give it") if quantity else tell("no input or weight is called so")
            unused.append(Unused(make_visible(array.name, 80), "", reason))
            continue
        if quantity in found and quantity in {array.name for array in file}:
            unused.append(Unused(make_visible(array.name, 80), "", tell("{name} is there, too", name=quantity)))
            continue
        if quantity in found:
            hint = tell("leave out {name}", name=make_visible(array.name, 60))
            raise ValueProblem(tell("{name} has two values", name=quantity), hint=hint)
        values = array.values
        if meant is not None and meant.turned and values.ndim == 2:
            values = values.T
            turned.append(array.name)
        if (quantity.endswith(HOT) or label is not None) and values.ndim == len(shapes[quantity]) - 1:
            values = make_one_hot(values, shapes[quantity][-1], array.name)
        found[quantity] = fit_axes(values, shapes[quantity])
    return GivenArrays(found, tuple(unused), tuple(turned))


def make_one_hot(labels: Floats, size: int | str, name: str) -> Floats:
    """Labels, counted from 0, as rows of 0 and 1; where the size is a letter it is that of the largest label.

    >>> make_one_hot(np.array([0.0, 2.0]), 3, "y").tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    whole = np.round(labels)
    count = size if isinstance(size, int) else int(np.max(whole, initial=0)) + 1
    if not np.array_equal(whole, labels) or np.any(whole < 0) or np.any(whole >= count) or count > MOST_LABELS:
        raise ValueProblem(tell("{name} holds no labels from 0 to {last}", name=make_visible(name, 60), last=count - 1))
    found: Floats = (whole[..., None] == np.arange(count)).astype(np.float64)
    return found


def fit_axes(values: Floats, shape: Shape) -> Floats:
    """An array with the axes of one entry that a shape has, or without those that it has not."""
    if values.ndim == len(shape):
        return values
    sizes = [size for size in values.shape if size != 1]
    kept = [size for size in shape if size != 1]
    if len(sizes) == len(kept) and all(isinstance(size, str) or size == own for size, own in zip(kept, sizes, strict=True)):
        rest = iter(sizes)
        return values.reshape(tuple(1 if size == 1 else next(rest) for size in shape))
    return values


def find_letters(layered: Layered, arrays: Mapping[str, Floats]) -> dict[str, int]:
    """What each letter of a size is, by the shapes of what is given.

    Raises `ValueProblem` where two arrays say otherwise, or a shape does not fit.
    """
    found: dict[str, int] = {}
    said: dict[str, str] = {}
    shapes = layered.shapes
    for name, array in arrays.items():
        shape = shapes[name]
        fits = len(shape) == array.ndim
        for size, own in zip(shape, array.shape, strict=False) if fits else ():
            if isinstance(size, str) and size in layered.symbolic:
                if found.setdefault(size, own) != own:
                    what = tell("{letter} is {first} in {one} and {second} in {other}", letter=size, first=found[size], one=said[size],
                                second=own, other=name)  # fmt: skip
                    raise ValueProblem(what, hint=tell("one letter is one size: {name} has the shape {shape}", name=name,
                                                       shape=shape_text(array.shape)))  # fmt: skip
                said.setdefault(size, name)
        if not fits:
            what = tell("{name} has the shape {shape}, and {wanted} is needed", name=name, shape=shape_text(array.shape),
                        wanted=shape_text(shape))  # fmt: skip
            raise ValueProblem(what)
    for name, array in arrays.items():
        wanted = tuple(put_in_size(size, found) for size in shapes[name])
        if wanted != array.shape and all(isinstance(size, int) for size in wanted):
            what = tell("{name} has the shape {shape}, and {wanted} is needed", name=name, shape=shape_text(array.shape),
                        wanted=shape_text(wanted))  # fmt: skip
            raise ValueProblem(what)
    missing = [letter for letter in layered.symbolic if letter not in found]
    if missing:
        hint = tell("give an array of that size in the file of --given")
        raise ValueProblem(tell("nothing says what {letters} is", letters=", ".join(missing)), hint=hint)
    return found


def make_world(layered: Layered, values: Mapping[str, Value], given: Mapping[str, Floats]) -> ArrayWorld:
    """The arrays of a computation at its own values, with what is given in their place.

    Raises `ValueProblem` for what is missing, all of it at once, and for shapes that do not fit.
    """
    arrays: dict[str, Floats] = {}
    for quantity in layered.graph.leaves:
        entries = layered.entries.get(quantity.name)
        if quantity.name in given:
            arrays[quantity.name] = given[quantity.name]
        elif entries is not None and all(str(item) in values for item in entries.items):
            flat = np.array([as_float(values[str(item)]) for item in entries.items], dtype=np.float64)
            arrays[quantity.name] = flat.reshape(entries.shape)
    missing = [quantity.name for quantity in layered.graph.leaves if quantity.name not in arrays]
    if missing:
        raise ValueProblem(
            tell("there are no values for {names}", names=", ".join(missing[:12])),
            hint=tell("give the file of what the program ran with: --given values.npz"),
        )
    if not layered.symbolic:
        return ArrayWorld(layered, arrays)
    letters = find_letters(layered, arrays)
    return ArrayWorld(put_sizes(layered, letters, named=False), arrays, letters, layered)
