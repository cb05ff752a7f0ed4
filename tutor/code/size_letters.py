"""Letters for the sizes of a run: the same program at other sizes tells which axes are the same one, and which sizes are fixed."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from tutor.code.parts_of_formulas import split_product
from tutor.graph.shapes import Shape

WIDTHS = ("H", "C", "M", "K", "P", "Q", "R", "S")
"""Letters for sizes that have none in the program."""
TIMES = (4, 3)
"""A size may be so many times another: the 4H columns of an LSTM's weights, the 3H of a GRU's."""
_SAMPLES = re.compile(r"^(N|batch_?size|num_?(train|samples|examples|data)|n_?(train|samples))$")
Sizes = tuple[int, int]
"""A size in the one run and in the other."""


def name_sizes(
    shapes: Mapping[str, tuple[int, ...]], others: Mapping[str, tuple[int, ...]], known: Mapping[str, Sizes], taken: Collection[str]
) -> tuple[dict[str, Shape], dict[str, int]]:
    """Shapes with letters in the place of sizes, and the size of each letter in the first run.

    ``known`` are the letters of the program with their sizes in both, ``taken`` names that are no letters.

    >>> name_sizes({"X": (7, 5), "W": (5, 12)}, {"X": (5, 7), "W": (7, 16)}, {"N": (7, 5), "H": (3, 4)}, [])
    ({'X': ('N', 'C'), 'W': ('C', '4*H')}, {'C': 5, 'N': 7, 'H': 3})
    """
    pairs: dict[str, list[Sizes]] = {}
    for name, shape in shapes.items():
        other = others.get(name, ())
        pairs[name] = [*zip(shape, other if len(other) == len(shape) else [-size for size in shape], strict=True)]
    own = {pair: letter for letter, pair in known.items() if letter.isidentifier() and len(letter) <= 2 and letter not in taken}
    free = _list_letters({*taken, *known})
    letters: dict[Sizes, str] = {}
    sizes: dict[str, int] = {}
    for pair in sorted({pair for listed in pairs.values() for pair in listed if pair[0] != pair[1] and abs(pair[0]) > 1}):
        times = next((k for k in TIMES if (pair[0] / k, pair[1] / k) in own and pair not in own), 1)
        letter = own.get((pair[0] // times, pair[1] // times)) or next(free)
        letters[pair] = letter if times == 1 else f"{times}*{letter}"
        sizes[letter] = pair[0] // times
    return {name: tuple(letters.get(pair, pair[0]) for pair in listed) for name, listed in pairs.items()}, sizes


def find_said_letters(tree: ast.AST, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[str, int]]:
    """The names that a program gives to sizes of its arrays, each with the array and its axis: m = X.shape[1]; N, D = X.shape.

    >>> find_said_letters(ast.parse("m = X.shape[1]"), {"X": (5, 7)})
    {'m': ('X', 1)}
    """
    found: dict[str, tuple[str, int]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        value: ast.expr = node.value
        place, target = None, node.targets[0]
        if isinstance(value, ast.Subscript):
            place = value.slice.value if isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, int) else -9
            value = value.value
        if not isinstance(value, ast.Attribute) or value.attr != "shape" or not isinstance(value.value, ast.Name):
            continue
        array = value.value.id
        listed = [target] if place is not None else target.elts if isinstance(target, ast.Tuple) else []
        for axis, part in enumerate(listed, place or 0):
            if isinstance(part, ast.Name) and -1 <= axis < len(shapes.get(array, ())):
                found.setdefault(part.id, (array, axis))
    return found


def _list_letters(taken: Collection[str]) -> Iterator[str]:
    numbered = (f"n{place}" for place in range(1, 1_000))
    return (letter for letter in chain(WIDTHS, numbered) if letter not in taken)


def list_sampled(tree: ast.AST) -> set[str]:
    r"""The names with several samples, one behind the other: one of them goes into a product (``X[i] @ W``), or N is their number.

    >>> sorted(list_sampled(ast.parse("N = X.shape[0]\nn = x.shape[0]\nfor i in range(N): c = C[i].dot(W) + w[i] * x[i]")))
    ['C', 'X']
    """
    named: list[ast.expr] = []
    for node in ast.walk(tree):
        product = split_product(node) if isinstance(node, ast.expr) else None
        for part in product[:2] if product is not None else ():
            if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Name):
                named.append(part.value)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript) and isinstance(node.targets[0], ast.Name):
            whole, place = node.value.value, node.value.slice
            first = isinstance(place, ast.Constant) and place.value == 0
            if first and isinstance(whole, ast.Attribute) and whole.attr == "shape" and _SAMPLES.match(node.targets[0].id):
                named.append(whole.value)
    return {one.id if isinstance(one, ast.Name) else one.attr for one in named if isinstance(one, ast.Name | ast.Attribute)}
