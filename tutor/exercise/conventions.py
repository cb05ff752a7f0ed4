"""The conventions that an exercise declares: who gets the derivative at a tie, and whether its figures have decimal commas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

from tutor.errors import ExerciseError, hint_near
from tutor.graph.nouns import Graph
from tutor.rules.functions import Ties
from tutor.text import make_visible

Decimal: TypeAlias = Literal["point", "comma"]
Fault = Callable[[str, str, str], None]
_CHOICES: Mapping[str, tuple[str, ...]] = {"max": get_args(Ties), "decimal": get_args(Decimal)}
_COMMA = re.compile(r"(?<![\w.])(\d*),(?=\d)")
_SEVERAL = re.compile(r"(?<![\w.])\d*,\d+,\d+")
_POINT = re.compile(r"(?<![\w.])\d*\.\d+")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What an exercise file declares under ``[conventions]``.

    ``max`` is who gets the derivative where the largest (smallest) operands of a maximum (a minimum, a window of a pooling) are equal:
    each of k its share of 1/k, or the ``first`` of them all of it.  ``decimal`` is how the figures of claims are written.
    """

    max: Ties = "shared"
    decimal: Decimal = "point"

    def put_in(self, graph: Graph) -> Graph:
        """The graph with the convention for ties."""
        return replace(graph, ties=self.max) if graph.ties != self.max else graph

    def read_figures(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """A claim as it is written in TOML, with decimal points; as it is where points are declared.

        Raises `ExerciseError` for a text that has a decimal point where commas are declared: it could be a thousand.
        """
        if self.decimal == "point":
            return entry
        return {key: self._read(value) if key in ("claim", "printed", "at", "correction") else value for key, value in entry.items()}

    def _read(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._read(part) for part in value]
        if isinstance(value, Mapping):
            return {key: self._read(part) for key, part in value.items()}
        return read_commas(value) if type(value) is str else value  # a number of TOML has a point


def read_commas(text: str) -> str:
    """A text with decimal commas as one with points; a comma before a space separates.

    Raises `ExerciseError` where a decimal point stands, too, and where commas may be both: 0,25,3.

    >>> read_commas("[-0,3; 0]"), read_commas("0,5*max(x, 1,25)"), read_commas("w after 1")
    ('[-0.3; 0]', '0.5*max(x, 1.25)', 'w after 1')
    """
    point = _POINT.search(text)
    if point:
        what = f"{make_visible(point.group(), 40)} has a decimal point, and this exercise declares commas"
        raise ExerciseError(what, hint='write 0,5, and a thousand without a sign; or leave out decimal = "comma"')
    several = _SEVERAL.search(text)
    if several:
        what = f"{make_visible(several.group(), 40)}: which of its commas are decimal is not clear"
        raise ExerciseError(what, hint="entries are separated by a semicolon: [0,25; 3]")
    return _COMMA.sub(r"\1.", text)


def read_conventions(table: Mapping[str, Any], fault: Fault) -> Conventions:
    """``[conventions]`` of a file; what is not known there is a fault, and the usual convention is kept.

    >>> read_conventions({"max": "first"}, print)
    Conventions(max='first', decimal='point')
    """
    good: dict[str, Any] = {}
    for key, value in table.items():
        path = f"conventions.{make_visible(key)}"
        if key not in _CHOICES:
            fault(f"there is no convention {make_visible(key)}", path, hint_near(key, _CHOICES) or f"known: {', '.join(_CHOICES)}")
        elif value not in _CHOICES[key]:
            what = f"{key} is {' or '.join(_CHOICES[key])}, not {make_visible(repr(value), 60)}"
            fault(what, path, f'such as {key} = "{_CHOICES[key][1]}"')
        else:
            good[key] = value
    return Conventions(**good)
