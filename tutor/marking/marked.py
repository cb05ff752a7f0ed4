"""Marked work, as plain data.  Everything that is shown, exported or counted later is in here; nothing in here is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from tutor.answer.handed_in import Unused

Verdict = Literal["correct", "follow-through", "close", "misconception", "wrong", "undecided", "unreadable", "blank"]
VERDICTS: tuple[Verdict, ...] = (
    "correct", "follow-through", "close", "misconception", "wrong", "undecided", "unreadable", "blank",
)  # fmt: skip
RIGHT: tuple[Verdict, ...] = ("correct", "follow-through")
PERSON: tuple[Verdict, ...] = ("undecided", "unreadable")
"""What a person looks at."""
Outcome = Literal["", "other-form", "typed-back", "few-digits", "rounded-early", "broken-line", "circular"]
"""What is to be said besides the verdict: equal but not in the form asked; the question typed back; correctly rounded, but to fewer
digits than asked; right but for intermediate results that were rounded; right result after a line that does not hold; explained by
another answer that is explained by this one."""


ABSENT = "nothing was handed in"
"""The problem of a student of the roster who handed in nothing: a row with no marks, and no grade anywhere."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip: its stable tag, free of variables (``missing-path``), and the step where it was made (``dL/dout_h1``)."""

    tag: str
    at: str


@dataclass(frozen=True, slots=True)
class Refutation:
    """A point that shows that an answer is wrong: values of quantities by name, and what both sides give there, as text."""

    point: tuple[tuple[str, str], ...]
    yours: str
    expected: str


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of working that does not hold: its number from 1, its text, and what it was compared with (``before`` or ``goal``)."""

    number: int
    text: str
    against: Literal["before", "goal"]
    yours: str = ""
    expected: str = ""

    @property
    def computed(self) -> str:
        """What it comes to, where that says more than the line itself."""
        return self.yours if self.expected or self.yours != self.text.strip() else ""


@dataclass(frozen=True, slots=True)
class Credit:
    """One operation on an answer's credit: ``award`` a fraction, ``scale`` it, ``cap`` it, or ``stop`` (later ones do not count)."""

    operation: Literal["award", "scale", "cap", "stop"]
    amount: Fraction
    reason: str


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """One answer with its verdict.

    ``marks`` of ``out_of`` are awarded, folded from ``credits``.  ``read`` is how the answer was understood.  ``slips`` are the
    explanations that fit equally well, each a single slip or a pair.  ``follows`` are the questions whose wrong (or rounded) answers this
    one was computed from.  ``message`` says what could not be read, with a caret, and what would be understood.
    """

    question: str
    text: str
    verdict: Verdict
    marks: Fraction
    out_of: Fraction
    credits: tuple[Credit, ...] = ()
    read: str = ""
    slips: tuple[tuple[Slip, ...], ...] = ()
    follows: tuple[str, ...] = ()
    outcome: Outcome = ""
    line: BrokenLine | None = None
    refutation: Refutation | None = None
    message: str = ""

    @property
    def tag(self) -> str:
        """The explanation as one text: ``missing-path``, a pair as ``a + b``, several that fit as ``a | b``; empty without one."""
        return " | ".join(dict.fromkeys(" + ".join(slip.tag for slip in slips) for slips in self.slips))


@dataclass(frozen=True, slots=True)
class Marked:
    """The marked work of one student.

    ``first`` is the question that went wrong first, in the order of the computation.  ``status`` is ``marked``, or ``could not be
    marked`` with ``reason``.  ``person`` lists the questions that a person has to look at.  The hashes, ``version`` and ``seed``
    say what exactly was marked with what.  ``unused`` is what was handed in and became neither an answer nor working: a person looks at it.
    """

    student: str
    exercise: str
    answers: tuple[MarkedAnswer, ...] = ()
    marks: Fraction = Fraction(0)
    out_of: Fraction = Fraction(0)
    first: str = ""
    status: Literal["marked", "could not be marked"] = "marked"
    reason: str = ""
    problems: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    source: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    exercise_hash: str = ""
    input_hash: str = ""
    seed: int = 0
    unused: tuple[Unused, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person has to look before there is a grade: at an answer, or at something unused that may be the answer to a blank one.

        >>> Marked("anna", "dl/bce", person=("dL/dw",)).waits, Marked("anna", "dl/bce").waits
        (True, False)
        """
        return bool(self.person) or (bool(self.unused) and any(answer.verdict == "blank" for answer in self.answers))
