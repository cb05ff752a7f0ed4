"""Values that somebody gives for what a program is given: checked, and found by their names."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tutor.code.code_values import CodeProblem
from tutor.code.size_bounds import LARGEST
from tutor.errors import hint_near, tell
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import Floats, np
from tutor.program.source import Source
from tutor.text import make_visible


def check_given(given: Mapping[str, Floats | str], sources: Sequence[Source]) -> dict[str, Floats]:
    """The values by their names, of ``params.W1`` also by W1; a text says why what is called so could not be read.

    Raises `CodeProblem` for a name that stands nowhere in the program, and for values that are none, not finite or too many.

    >>> from tutor.program.source import read_source
    >>> check_given({"p.w": np.ones(2)}, [read_source("y = 2*w", "a.py")])["w"].tolist()
    [1.0, 1.0]
    """
    found: dict[str, Floats] = {}
    for name, values in _find_names(given, sources, "--given").items():
        if isinstance(values, str):
            raise CodeProblem(
                tell("{name} is not read: {why}", name=make_visible(name, 60), why=values), where="--given"
            )
        if not np.size(values):
            raise CodeProblem(tell("{name} has no entries", name=make_visible(name, 60)), where="--given")
        if not np.all(np.isfinite(values)):
            raise CodeProblem(tell("{name} holds what is no finite number", name=make_visible(name, 60)), where="--given")
        if np.size(values) > LARGEST:
            raise CodeProblem(tell("{name} has {count:,} entries, more than {limit:,}", name=make_visible(name, 60), count=np.size(values),
                                   limit=LARGEST), where="--given", hint=tell("give a few samples of it"))  # fmt: skip
        found[name] = np.asarray(values, dtype=float)
    return found


def check_shapes(shapes: Mapping[str, Shape], sources: Sequence[Source]) -> dict[str, Shape]:
    """The shapes that somebody says by their names.  Raises `CodeProblem` for a name that stands nowhere in the program."""
    return _find_names(shapes, sources, "--shape")


_Said = TypeVar("_Said")


def _find_names(said: Mapping[str, _Said], sources: Sequence[Source], where: str) -> dict[str, _Said]:
    known = dict.fromkeys(name for source in sources for name in list_names(source.tree)) if said else {}
    found: dict[str, _Said] = {}
    for name, what in said.items():
        short = name if name in known else name.rpartition(".")[2]
        if short not in known:
            raise CodeProblem(tell("nothing in the program is called {name}", name=make_visible(name, 60)), where=where,
                              hint=hint_near(short, known))  # fmt: skip
        found[short] = what
    return found


def list_names(tree: ast.Module) -> list[str]:
    """The names, attributes and keys of a program."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.append(node.id)
        elif isinstance(node, ast.arg):
            found.append(node.arg)
        elif isinstance(node, ast.Attribute):
            found.append(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
            found.append(node.value)
    return found


def is_settled(values: Floats) -> bool:
    """Whether values say how a program works, rather than being numbers that it works on: a single number, labels, a mask, rows of 0 and 1.

    These are the same in every set of numbers.

    >>> is_settled(np.array(0.5)), is_settled(np.array([0.0, 1.0])), is_settled(np.array([0.5, 2.0]))
    (True, True, False)
    """
    return not values.shape or bool(np.all((values == 0) | (values == 1)))


def take_given(values: Floats, *, label: bool = False) -> Any:
    """The value that a program works with: a whole single number and labels as whole numbers.

    >>> take_given(np.array(3.0)), take_given(np.array(0.5)), take_given(np.array([1.0]), label=True).dtype.kind
    (3, 0.5, 'i')
    """
    if not values.shape:
        return int(values) if values == np.round(values) else float(values)
    return values.astype(int) if label else np.array(values)
