"""Names that say what a quantity is in a network, where nobody else says it: w5 and theta are weights, b and bias_1 are biases."""

from __future__ import annotations

import re
from typing import Literal

_PLACE = r"(?:_?[0-9].*|_.*)?"
_TELLING: dict[Literal["weight", "bias"], re.Pattern[str]] = {
    "weight": re.compile(rf"(?:[wW][A-Za-z]?|[tT]heta|weights?|params?){_PLACE}"),
    "bias": re.compile(rf"(?:[bB][A-Za-z]?|bias(?:es)?){_PLACE}"),
}


def tell_kind(name: str) -> Literal["weight", "bias", ""]:
    """What a name says that its quantity is; empty for a name that says nothing.

    >>> [tell_kind(name) for name in ("w_1_2", "Wh", "theta", "b", "bias_1", "x", "beta")]
    ['weight', 'weight', 'weight', 'bias', 'bias', '', '']
    """
    return next((kind for kind, pattern in _TELLING.items() if pattern.fullmatch(name)), "")
