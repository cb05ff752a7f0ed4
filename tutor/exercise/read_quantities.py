"""``[quantities]`` of an exercise file: what written steps compute, by kind and place in a network, so that other notations know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from tutor.errors import TutorError, hint_near
from tutor.graph.nouns import Kind, Quantity
from tutor.graph.read_steps import check_name
from tutor.text import make_visible


def read_quantities(table: Mapping[str, Any], fault: Callable[..., None]) -> dict[str, Quantity]:
    """Quantities with a kind and a place in a network: ``w5 = { kind = "weight", index = [2, 1, 1, 5] }``; a fault leaves its row out.

    >>> read_quantities({"w": {"kind": "weight", "index": [2]}}, print)["w"].index
    (2,)
    """
    found = {}
    for key, value in table.items():
        path = f"quantities.{make_visible(key)}"
        try:
            name = check_name(key)
        except TutorError as error:
            fault(error.what, path, error.hint)
            name = ""
        if not isinstance(value, dict):
            fault("a quantity is described by a table", path, 'such as w5 = { kind = "weight" }')
            continue
        kind, index = value.get("kind", "input"), value.get("index", [])
        if kind not in get_args(Kind):
            fault(f"there is no kind {make_visible(str(kind))}", path, hint_near(str(kind), get_args(Kind)))
        elif not isinstance(index, list) or not all(isinstance(i, int) for i in index):
            fault("an index is a list of whole numbers", path)
        elif name:
            found[name] = Quantity(name, kind, index=tuple(index))
    return found
