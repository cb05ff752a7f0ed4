"""What an exercise asks, and the tests that its mark scheme carries: the nouns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["number", "expression", "fraction", "vector", "matrix", "array", "column", "chain", "choice", "program"]
Form = Literal["any", "decimal", "fraction", "percent", "inputs", "steps"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near a number has to be.

    A number is right when it is the value, or the value correctly rounded or cut off to at least ``digits`` significant digits (with
    ``decimals``: to at least so many places after the point), or within ``relative``·|value| or ``absolute`` of it.
    """

    relative: Fraction = Fraction(1, 1000)
    absolute: Fraction = Fraction(0)
    digits: int = 2
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class AskedProgram:
    """A backward pass that is asked for: the function, the gradients that it gives (``dx``, ``dW1``), and its forward pass.

    ``given`` is the text of the lecturer's file with the forward pass; where it is empty it is the student's own.  ``forward`` is the
    forward function, where its name does not follow from that of ``backward``.
    """

    backward: str
    gradients: tuple[str, ...]
    forward: str = ""
    given: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked.

    ``ask`` is it as typed: ``dL/dw5``, ``out_h1``, ``w5 after 1``, ``dL/dW1``.  ``targets`` are the quantities that make up the
    answer, in reading order, by their names in the working (``dL/dw5``, ``w5@1``): one for a number, several for a vector, a
    matrix (``shape`` (rows, columns)), an array of three axes or more, or a column of a table.

    ``form`` restricts how the answer may be written: a number as ``decimal`` or ``fraction``, an expression in ``inputs`` only (given
    quantities, no intermediate ones, no derivatives) or in ``steps`` (any quantity, but no derivative); or it allows ``percent`` besides.
    ``follow`` switches follow-through on.  A choice has ``options`` (letter, text),
    ``translated`` into other languages, too, and its right letters in ``right``.
    ``array`` is what is asked by its name in the layer form (``dL/dW1``, ``W1@1``), empty for a single quantity of an exercise without one;
    an ``expression`` for it is a formula over whole arrays, of any ``shape``.
    A ``program`` asks for a backward pass; its ``ask`` are the gradients.
    What is asked of any time, ``dL/dh[t]``, is asked at the time that ``free`` gives to the index; ``shown`` is its name with the letter.
    """

    id: str
    ask: str
    kind: Kind = "number"
    targets: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    marks: Fraction = Fraction(1)
    tolerance: Tolerance = Tolerance()
    form: Form = "any"
    follow: bool = True
    text: str = ""
    options: tuple[tuple[str, str], ...] = ()
    right: tuple[str, ...] = ()
    array: str = ""
    translated: tuple[tuple[str, str], ...] = ()
    free: tuple[tuple[str, int], ...] = ()
    shown: str = ""
    program: AskedProgram | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A test of the mark scheme: this answer to this question gets this verdict, tag and credit (a fraction of the marks).

    ``earlier`` are answers to other questions that the student is to have given before.
    """

    question: str
    answer: str
    verdict: str
    tag: str = ""
    credit: Fraction | None = None
    earlier: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """What shares of a question's marks are given: a mark scheme's defaults.

    ``misconception`` replaces the table's own share for a single slip, ``pair`` is for two slips together, ``close`` for a near miss.
    ``other_form``, ``few_digits`` and ``broken_line`` scale a right answer that is not in the form asked, too short, or beside a line of
    working that does not hold.
    With ``decimal_comma`` a comma between two digits is that of a decimal, whatever else a submission has.
    """

    misconception: Fraction | None = None
    pair: Fraction = Fraction(1, 4)
    follow: Fraction = Fraction(1)
    close: Fraction = Fraction(1, 2)
    other_form: Fraction = Fraction(1, 2)
    few_digits: Fraction = Fraction(1, 2)
    broken_line: Fraction = Fraction(1, 2)
    decimal_comma: bool = False


LISTS: tuple[Kind, ...] = ("vector", "matrix", "array", "column")
"""The kinds whose answer has several entries."""
WITHOUT_VALUES: tuple[Kind, ...] = ("expression", "chain", "choice", "program")
"""The kinds whose answer is no number."""


def labels(questions: Iterable[Question]) -> dict[str, str]:
    """What each question is called where it is spoken of: what it asks, or its id where another one asks the same.

    >>> labels([Question("w", "dL/dw"), Question("dL/db", "dL/db"), Question("dL/dw.chain", "dL/dw", "chain")])
    {'w': 'dL/dw', 'dL/db': 'dL/db', 'dL/dw.chain': 'dL/dw.chain'}
    """
    listed = list(questions)
    asks = {question.id: f"{question.program.backward}()" if question.program else question.ask for question in listed}
    first: dict[str, str] = {}
    for question in sorted(listed, key=lambda q: q.kind in ("chain", "expression", "fraction")):
        first.setdefault(asks[question.id], question.id)
    return {ident: ask if ask and first[ask] == ident else ident for ident, ask in asks.items()}
