r"""An array that is answered entry by entry, each by its name: ``P_11 = 20, P_21 = 112``, one a line, in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.pasted import drop_setting
from tutor.answer.read.reading import read, trim_answer
from tutor.answer.read.vocabulary import Vocabulary
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Name, Partial
from tutor.late_patterns import compile_late

MAX_NAME = 80
"""A longer name of an entry is none."""
_MARK = compile_late(
    r"\\[,;:!]|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<sign>:=|[=:≈≃≔←]|\\(?:approx|coloneqq|leftarrow|gets|simeq)(?![A-Za-z]))"
    r"|(?P<part>[,;\n]|\\\\|\s(?:and|und|\\(?:quad|qquad|text\{\s?(?:and|und)\s?\}))\s)"
)
_EDGES = " \t\n&$,;\u00a0"


def read_named(text: str, known: Vocabulary, targets: Sequence[str]) -> dict[str, str] | None:
    """What is written for each of the entries that are named; nothing for a text that is anything else.

    ``targets`` are the names of all entries of the array.  Of several equals signs behind a name the last one counts.

    >>> from tutor.answer.read.vocabulary import vocabulary
    >>> from tutor.exercise.load import load
    >>> known = vocabulary(load("qmul/max-pooling"))
    >>> read_named("P_21 = 112, P_{12} = 30", known, ["P_1_1", "P_1_2", "P_2_1", "P_2_2"])
    {'P_2_1': '112', 'P_1_2': '30'}
    """
    if not any(sign in text for sign in "=:≈←≔\\"):
        return None
    bare = drop_setting(text, known)
    bare = bare[slice(*trim_answer(bare))]
    found: dict[str, str] = {}
    for name, value in _split(bare):
        target = _find_target(name, known, targets)
        if not target or not value or target in found:
            return None
        found[target] = value
    return found or None


def nest_entries(values: Sequence[str], shape: Sequence[int]) -> str:
    """Entries in the order of an array as one text, a row in each bracket.

    >>> nest_entries(["20", "30", "112", "37"], (2, 2))
    '[[20, 30], [112, 37]]'
    """
    parts = list(values)
    for size in reversed(shape[1:]):
        parts = [f"[{', '.join(parts[place : place + size])}]" for place in range(0, len(parts), size)]
    return f"[{', '.join(parts)}]"


def _split(text: str) -> Iterator[tuple[str, str]]:
    """The name in front of each part, and what stands behind its last sign; a part without a sign has no name."""
    begin = level = 0
    first = last = -1
    for mark in [*_MARK.finditer(text), None]:
        kind = "part" if mark is None else mark.lastgroup
        level += (kind == "open") - (kind == "close")
        if mark is not None and level > 0:
            continue
        if kind == "sign" and mark is not None:
            first, last = (mark.start() if first < 0 else first), mark.end()
        elif kind == "part":
            end = len(text) if mark is None else mark.start()
            if text[begin:end].strip(_EDGES):
                yield (text[begin:first].strip(_EDGES), text[last:end].strip(_EDGES)) if first >= 0 else ("", "")
            begin, first, last = end if mark is None else mark.end(), -1, -1


def _find_target(name: str, known: Vocabulary, targets: Sequence[str]) -> str:
    """The entry that a text names; empty for any other text."""
    if not 0 < len(name) <= MAX_NAME:
        return ""
    try:
        expr = read(name, known)
    except AnswerError:
        return ""
    key = derivative_key(expr.of, expr.wrt) if isinstance(expr, Partial) else expr.name if isinstance(expr, Name) else ""
    return key if key in targets else ""
