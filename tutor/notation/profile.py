"""How a course writes things: the symbols, the signs, the names of the step size and of derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tutor.notation.symbol import Symbol, guess

Sign = Literal["dot", "cross", "none"]


@dataclass(frozen=True, slots=True)
class Notation:
    """The notation of one document: a course's profile together with the symbols of one exercise.

    ``factors`` is the sign between the factors of a chain rule (``dot`` ·, ``cross`` ×, ``none``), ``numbers`` the one between
    numbers.  ``symbols`` and ``functions`` say how a quantity or a function is written; what is not in them is written by
    `tutor.notation.symbol.guess`, from its name.  ``partials`` holds the derivatives with a symbol of their own
    (``("L", "in_o1")`` → δ).  ``indicator`` is how "1 where z > 0, else 0" is written: as ``brackets`` (1_{z>0}) or as ``cases``.
    """

    name: str = "plain"
    title: str = "Plain"
    factors: Sign = "dot"
    numbers: Sign = "dot"
    digits: int = 6
    indicator: Literal["brackets", "cases"] = "brackets"
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    functions: Mapping[str, Symbol] = field(default_factory=dict)
    partials: Mapping[tuple[str, str], Symbol] = field(default_factory=dict)

    def symbol(self, name: str) -> Symbol:
        """How a quantity is written."""
        return self.symbols.get(name) or guess(name)

    def function(self, name: str) -> Symbol:
        """How a function is written: σ for ``sigmoid``; an upright word where the course has no symbol."""
        return self.functions.get(name) or Symbol("\\operatorname{" + name.replace("_", "\\_") + "}", name)

    def partial(self, of: str, wrt: str) -> Symbol:
        """How ∂of/∂wrt is written."""
        known = self.partials.get((of, wrt))
        if known:
            return known
        top, bottom = self.symbol(of), self.symbol(wrt)
        return Symbol(
            "\\frac{\\partial " + top.latex + "}{\\partial " + bottom.latex + "}", f"∂{top.text}/∂{bottom.text}"
        )
