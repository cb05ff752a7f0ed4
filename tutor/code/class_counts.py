"""How many classes a program has, where it is a number in it: then rows of 0 and 1 have as many places as their labels say.

``np.eye(10)[y]`` and ``np.zeros((10, y.size))`` fit a net of ten outputs alone; worked through at small sizes they fit none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import deepcopy

from tutor.code.exchanged_parts import exchange_statements
from tutor.program.source import Source

FEWEST = 3
"""A smaller number is none of classes, but of axes, or of yes and no."""
UNITS = re.compile(r"(eye|identity)$")
"""What makes a row of 0 and 1 for each class."""
LEVELLED = re.compile(r"(astype|flatten|ravel|reshape)$")
"""What labels go through before they say a place."""


def count_classes(source: Source) -> Source:
    r"""A program whose rows of 0 and 1 are as long as their labels ask for, instead of a number; the same one where none has a number.

    >>> from tutor.program.source import read_source
    >>> text = "def hot(y, k=10):\n    out = np.zeros((k, y.size))\n    out[y, np.arange(y.size)] = 1\n    return out"
    >>> print(ast.unparse(count_classes(read_source(text, "f.py")).tree).splitlines()[1].strip())
    out = np.zeros((y.max() + 1, y.size))
    >>> print(ast.unparse(count_classes(read_source("t = np.eye(10)[y]", "f.py")).tree))
    t = np.eye(y.max() + 1)[y]
    """
    made: dict[int, list[ast.stmt]] = {}
    bodies = [part for part in source.parts if isinstance(part, ast.FunctionDef)]
    inside = {id(part) for body in bodies for part in ast.walk(body)}
    script = ast.Module([part for part in source.tree.body if id(part) not in inside], [])
    for body in (*bodies, script):
        given = {arg.arg for arg in body.args.args} if isinstance(body, ast.FunctionDef) else set()
        for node in (part for part in ast.walk(body) if isinstance(part, ast.Assign | ast.Return) and id(part) not in made):
            changed = {id(count): label for count, label in _list_counts(node, body) if _is_number(count, given)}
            if changed:
                made[id(node)] = [_exchange(node, changed)]
    return exchange_statements(source, made)


def _is_number(node: ast.expr, given: set[str]) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int and node.value >= FEWEST
    return isinstance(node, ast.Name) and node.id in given


def _list_counts(node: ast.Assign | ast.Return, body: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What says how many classes there are in a statement, with the labels: 10 of ``np.eye(10)[y]``, and y."""
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Call) and UNITS.match(_name_call(part.value)):
            labels = _find_labels(part.slice.elts[-1] if isinstance(part.slice, ast.Tuple) else part.slice)
            if labels is not None and len(part.value.args) == 1:
                yield part.value.args[0], labels
    made = node.value if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else None
    if not isinstance(made, ast.Call) or _name_call(made) != "zeros" or not made.args or not isinstance(made.args[0], ast.Tuple):
        return
    name = node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else ""
    for part in ast.walk(body):
        target = part.targets[0] if isinstance(part, ast.Assign) and ast.unparse(part.value) in ("1", "1.0") else None
        if isinstance(target, ast.Subscript) and getattr(target.value, "id", "") == name and isinstance(target.slice, ast.Tuple):
            for count, place in zip(made.args[0].elts, target.slice.elts, strict=False):
                labels = _find_labels(place)
                if labels is not None:
                    yield count, labels


def _find_labels(place: ast.expr) -> ast.expr | None:
    """The labels that say a place: y, ``y[i]``, ``y.astype(int)``; nothing for a counter, ``np.arange(n)``."""
    called = place.func if isinstance(place, ast.Call) else None
    if isinstance(called, ast.Attribute) and LEVELLED.match(called.attr):
        place = called.value
    if isinstance(place, ast.Subscript):
        place = place.value
    return place if isinstance(place, ast.Name | ast.Attribute) and ast.unparse(place) != "i" else None


def _name_call(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _exchange(node: ast.stmt, changed: dict[int, ast.expr]) -> ast.stmt:
    """A statement with the number of labels in the place of some of its parts."""
    places = [place for place, part in enumerate(ast.walk(node)) if id(part) in changed]
    labels = [changed[id(part)] for part in ast.walk(node) if id(part) in changed]
    copied = deepcopy(node)
    parts = [*ast.walk(copied)]
    found = {id(parts[place]): label for place, label in zip(places, labels, strict=True)}
    for part in parts:
        for field, child in ast.iter_fields(part):
            for at, one in enumerate(child if isinstance(child, list) else [child]):
                if id(one) not in found:
                    continue
                made = ast.parse(f"{ast.unparse(found[id(one)])}.max() + 1", mode="eval").body
                for inner in ast.walk(made):
                    ast.copy_location(inner, one)
                if isinstance(child, list):
                    child[at] = made
                else:
                    setattr(part, field, made)
    return copied
