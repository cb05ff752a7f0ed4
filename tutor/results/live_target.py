"""A module of PyTorch or a function of a session as an exercise: ``tutor.solve(model, x=x)``; example arrays say shapes and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

from tutor.answer.files.number_files import NumberArray
from tutor.errors import OutputError, TutorError, tell
from tutor.exercise.model import Exercise
from tutor.graph.shapes import Shape
from tutor.marking.given_arrays import read_given
from tutor.numbers.arrays import np
from tutor.numbers.run import read_value
from tutor.program.live_objects import write_live_program
from tutor.program.live_sources import name_object
from tutor.program.read_program import SETTINGS, put_numbers
from tutor.solving.program_exercise import describe_program, read_sized
from tutor.text import make_visible

MOST_SHOWN = 60
"""With more numbers than these a page has letters: nobody reads so many."""
FILE = "notebook"


def read_live_target(target: Any, given: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Exercise:
    """The exercise of an object: ``given`` are its arguments, arrays whose shapes are meant, and settings; nothing is called.

    Where all inputs and weights are known, and few numbers, these are the values at which it is worked out.

    Raises a `TutorError` where there is no source, or a line of it is not read.

    >>> def f(x, w):
    ...     return ((w * x) ** 2).sum()
    >>> read_live_target(f, {"x": [1.0, 2.0], "w": [3.0, 4.0]}, {}).values["x_1"]
    Fraction(1, 1)
    """
    try:
        made = write_live_program(target)
        arrays = flatten_given(given)
        said = {name: read_shape(name, value) for name, value in arrays.items()}
        found = read_sized(made.text, FILE, made.wanted, {**said, **shapes}, made.places)
    except TutorError as error:
        if error.where:
            raise
        raise OutputError(error.what, where=name_object(target), hint=error.hint) from None
    exercise = describe_program(FILE, found, (), title=made.called)
    if shapes and put_numbers(shapes) != dict(said):
        return exercise
    known = {**made.weights, **arrays}
    leaves = exercise.layers.graph.leaves if exercise.layers is not None else ()
    sizes = [size for leaf in leaves for size in leaf.shape]
    count = sum(prod(map(int, leaf.shape)) for leaf in leaves) if all(isinstance(size, int) for size in sizes) else MOST_SHOWN + 1
    if count > MOST_SHOWN or exercise.layers is None:
        return exercise
    numbers = [NumberArray(name, np.asarray(list_numbers(value), dtype=float))
               for name, value in known.items() if not isinstance(value, str)]  # fmt: skip
    values: dict[str, Any] = {}
    for name, array in read_given(exercise.layers, numbers).arrays.items():
        for place in np.ndindex(array.shape):
            values["_".join([name, *(str(one + 1) for one in place)])] = read_value(repr(float(array[place])))
    return replace(exercise, values=values) if len(values) == count else exercise


def flatten_given(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by their names; of a dictionary, its entries: params={"W1": W1}.

    >>> flatten_given({"x": 1, "params": {"W": 2}})
    {'x': 1, 'W': 2}
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        found |= {str(key): part for key, part in value.items()} if isinstance(value, Mapping) else {name: value}
    return found


def list_numbers(value: Any) -> Any:
    """An array of any library as nested lists of numbers.

    >>> list_numbers([1, (2, 3)])
    [1, [2, 3]]
    """
    if isinstance(value, list | tuple):
        return [list_numbers(part) for part in value]
    listed = getattr(value, "tolist", None)
    return listed() if callable(listed) else value


def read_shape(name: str, value: Any) -> Shape:
    """The shape of an example; of a setting (``stride=2``, ``mode="test"``) itself.

    Raises `OutputError` for what is no array.

    >>> read_shape("x", [[1.0, 2.0]]), read_shape("stride", 2)
    ((1, 2), (2,))
    """
    if isinstance(value, str) or (name in SETTINGS and isinstance(value, int)):
        return (value,)
    shape = getattr(value, "shape", None)
    try:
        sizes = np.shape(list_numbers(value)) if shape is None else shape
        if shape is None and np.asarray(list_numbers(value)).dtype.kind not in "biuf":
            raise ValueError(name)
        return tuple(int(size) for size in sizes)
    except (TypeError, ValueError):
        raise OutputError(tell("{name} is no array of numbers", name=make_visible(name, 60)),
                          hint=tell("give an example array: tutor.solve(model, x=x)")) from None  # fmt: skip
