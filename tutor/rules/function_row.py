"""The noun of the table of functions: what a row says of one of them.

A row speaks the product's own grammar.  ``value`` is the definition, in the row's parameters; ``partials`` has one derivative
for each parameter, as lecturers write it: in terms of the function's *own output* (``out``) where that is the custom
(σ′ = σ(1−σ)).  The tests prove each of them equal to SymPy's derivative of ``value`` and to finite differences, so a new row is
tested by existing.  A row without ``value`` is primitive: the evaluator and SymPy know it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tutor.errors import TutorError

OUT = "out"
SLOPE = "slope"
"""In a slip's formula: the right derivative."""
VALUE = "value"
"""Among the written-out forms of a row: its own ``value``."""

Ties = Literal["shared", "first"]
"""Who gets the derivative of a maximum (a minimum, a pooling) of equal operands: each of k a share of 1/k, or the first all of it."""

Role = Literal["function", "activation", "loss", "selection"]
"""What a row is in a network.  A selection (max, a choice by sign) passes one of its operands on."""

Targets = Literal["", "signs", "bits"]
"""How a loss wants the target of two classes: −1 and 1, 0 and 1 (or a probability), or as it comes."""


@dataclass(frozen=True, slots=True)
class Misuse:
    """A formula that is written in place of the right one by a known slip (``tag``, see `tutor.marking.misconceptions`).

    ``place`` says what it stands for: the ``slope`` of a function, its ``value``, or each ``call`` of it.  The formula is in the row's
    parameters, ``out``, and of a slope the right one, ``slope``.  Without ``slope`` in it, it is that of the first operand.

    >>> Misuse("sigmoid-slope-is-output", "slope", "out").formula
    'out'
    """

    tag: str
    place: Literal["slope", "value", "call"]
    formula: str


@dataclass(frozen=True, slots=True)
class Function:
    """One row.  ``sample`` is the range tests draw from, ``kinks`` where the first argument has no two-sided derivative,
    ``convention`` the key of what is taken there (its words are printed in a solution that needs it), ``flat`` marks functions whose
    derivative is 0 wherever it exists, so that nothing can be learnt through them, and ``rising`` those of one number that rise
    everywhere, ``familiar`` the activations that come to mind first and are taken for another one.  ``variadic`` functions take any number
    of arguments.

    ``settings`` are the last parameters, those that are no operands but fixed numbers: (name, least, most), an empty text for no
    limit.  A formula in ``written`` (`VALUE` is ``value`` itself) is recognised as this function where its settings are in these
    limits.  ``role`` is what it is in a network; ``words`` is what a network calls it as its loss, ``by_formula`` that the network then
    writes its formula out and not its name.  A function of a whole ``layer`` is a step for each of its components; a made row is the
    ``component`` of that number, from 1 (0 for any other), whose own operand has that number.  ``first`` are the derivatives under the
    convention that the first of equal operands has it all, of a function that has ties.  ``slips`` are those that are made with
    just this function; what is made with every activation or every loss is not repeated here.  ``targets`` says how a loss of two
    classes wants its second operand.
    """

    name: str
    params: tuple[str, ...]
    partials: tuple[str, ...]
    value: str = ""
    sample: tuple[float, float] = (-3.0, 3.0)
    kinks: tuple[str, ...] = ()
    convention: str = ""
    flat: bool = False
    rising: bool = False
    familiar: bool = False
    variadic: bool = False
    source: str = ""
    role: Role = "function"
    settings: tuple[tuple[str, str, str], ...] = ()
    written: tuple[str, ...] = ()
    words: str = ""
    by_formula: bool = False
    layer: bool = False
    component: int = 0
    first: tuple[str, ...] = ()
    slips: tuple[Misuse, ...] = ()
    targets: Targets = ""

    def __post_init__(self) -> None:
        if not self.variadic and len(self.partials) != len(self.params):
            raise self._fault(
                f"{len(self.partials)} derivatives for {len(self.params)} parameters", "partials",
                'one text a parameter, such as ("out*(1 - out)",)',
            )  # fmt: skip
        named = tuple(name for name, _, _ in self.settings)
        if named != self.params[len(self.params) - len(named) :]:
            raise self._fault(
                f"the settings {', '.join(named)} are not its last parameters", "settings",
                'such as (("a", "0", "1"),) for params ("x", "a")',
            )  # fmt: skip
        if self.words and (self.role != "loss" or self.operands != 2):
            raise self._fault("only a loss of output and target can be a network's loss", "words", 'role="loss", params ("a", "y")')
        if VALUE in self.written and not self.value:
            raise self._fault("a primitive has no formula that could be recognised", "written", "leave it out")

    def _fault(self, what: str, field: str, hint: str) -> TutorError:
        return TutorError(what, where=f"rules.functions, row {self.name}, field {field}", hint=hint)

    @property
    def operands(self) -> int:
        """How many of its parameters are quantities, which come first; the others are settings."""
        return len(self.params) - len(self.settings)

    @property
    def of_logarithms(self) -> bool:
        """Whether it is a loss that is a sum of logarithms, a cross-entropy, so that it is read as its formula."""
        return self.role == "loss" and "log(" in self.value

    @property
    def curved(self) -> bool:
        """Whether it has a slope of its own, which can be forgotten or taken at another place: an activation, or a function such as sin."""
        if self.role not in ("function", "activation") or self.flat or self.layer or self.variadic:
            return False
        return not {self.params[0], OUT}.isdisjoint(re.findall(r"\w+", self.partials[0]))


def slip_of_slope(tag: str, formula: str) -> Misuse:
    """A slip that is made with the slope of a function."""
    return Misuse(tag, "slope", formula)


def slip_of_call(tag: str, formula: str) -> Misuse:
    """A slip that is made with each call of a function."""
    return Misuse(tag, "call", formula)


SIGN_TURNED = slip_of_slope("sign-of-error", "-slope")
LEFT_SLOPE = (slip_of_slope("relu-slope-left", "1"),)
COMMON_LOG = (slip_of_call("log10-for-ln", "out/log(10)"),)
